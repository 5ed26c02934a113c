//! Customers to seed, create and import: invented people, and companies named after some of them.

use chrono::NaiveDate;
use customers::cell::Cell;
use customers::customer::Customer;
use customers::customer::patch::Patch;
use customers::fields::Key;
use serde_json::{Map, Value, json};
use turkiye::TaxNumber;
use turkiye::people::{self, Person};

use crate::demo;

const SEED: u64 = 11;
const SECTORS: [(&str, &str); 8] = [
    ("Gıda", "food"),
    ("İnşaat", "construction"),
    ("Tekstil", "textile"),
    ("Lojistik", "logistics"),
    ("Yazılım", "software"),
    ("Otomotiv", "automotive"),
    ("Sağlık", "medical"),
    ("Turizm", "tourism"),
];
const FORMS: [&str; 3] = ["Ltd. Şti.", "A.Ş.", "Tic. Ltd. Şti."];

/// The person with this index.
pub fn person(index: u64, today: NaiveDate) -> Person {
    people::person(SEED, index, today)
}

/// A number below `limit` that looks like chance, the same for the same index.
pub fn scattered(index: u64, limit: u64) -> u64 {
    (index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24) % limit.max(1)
}

/// One of five is a company.
pub fn is_company(index: u64) -> bool {
    scattered(index, 5) == 0
}

struct Company {
    name: String,
    industry: &'static str,
    tax_number: String,
    revenue: i64,
}

fn company(index: u64, person: &Person) -> Company {
    let (sector, industry) = SECTORS[scattered(index ^ 1, 8) as usize];
    let form = FORMS[scattered(index ^ 2, 3) as usize];
    Company {
        name: format!("{} {sector} {form}", person.last_name),
        industry,
        tax_number: TaxNumber::from_seed(index).reveal(),
        revenue: 100_000 + scattered(index ^ 3, 50_000_000) as i64,
    }
}

/// A draft of the customer with this index.
pub fn draft(index: u64, today: NaiveDate, owner: (i64, i64)) -> Customer {
    let person = person(index, today);
    let mut draft = demo::draft(&person, Some(owner));
    let mut patch = Patch::default();
    // Nine of ten are active.
    patch.set(Key::IsActive, Cell::Bool(scattered(index ^ 5, 10) > 0));
    if is_company(index) {
        let company = company(index, &person);
        for key in [
            Key::Title,
            Key::FirstName,
            Key::LastName,
            Key::Gender,
            Key::BirthDate,
            Key::IdentityNumber,
        ] {
            patch.set(key, Cell::Missing);
        }
        patch.set(Key::CustomerType, Cell::from("company"));
        patch.set(Key::CompanyName, Cell::from(company.name.as_str()));
        patch.set(Key::TaxNumber, Cell::from(company.tax_number.as_str()));
        patch.set(Key::Industry, Cell::from(company.industry));
        patch.set(Key::AnnualRevenue, Cell::Int(company.revenue * 100));
    }
    patch.apply(&mut draft);
    draft
}

/// The same as the API takes it; whoever creates it owns it.
pub fn json(index: u64, today: NaiveDate) -> Value {
    let person = person(index, today);
    let mut json: Map<String, Value> = [
        ("primary_phone", person.mobile.as_str()),
        ("primary_email", person.email.as_str()),
        ("city", person.province.name),
        ("country", "TR"),
        ("lead_source", person.lead_source),
    ]
    .map(|(name, value)| (name.to_owned(), json!(value)))
    .into_iter()
    .collect();
    let own = if is_company(index) {
        let company = company(index, &person);
        json!({
            "customer_type": "company",
            "company_name": company.name,
            "tax_number": company.tax_number,
            "industry": company.industry,
            "annual_revenue": format!("{}.00", company.revenue),
        })
    } else {
        json!({
            "customer_type": "individual",
            "title": person.title,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "gender": person.gender,
            "birth_date": person.birth_date.format("%Y-%m-%d").to_string(),
            "identity_number": person.identity_number.reveal(),
        })
    };
    if let Value::Object(own) = own {
        json.extend(own);
    }
    Value::Object(json)
}

/// A CSV file of `rows` people from this index on.
pub fn csv(from: u64, rows: u64, today: NaiveDate) -> String {
    let mut csv = String::from(
        "customer_type,first_name,last_name,gender,birth_date,identity_number,primary_phone,primary_email,city,address_line,district,postal_code\n",
    );
    for index in from..from + rows {
        let person = person(index, today);
        csv.push_str(&format!(
            "individual,{},{},{},{},{},{},{},{},\"{}\",{},{}\n",
            person.first_name,
            person.last_name,
            person.gender,
            person.birth_date,
            person.identity_number.reveal(),
            person.mobile,
            person.email,
            person.province.name,
            person.address_line,
            person.district,
            person.postal_code
        ));
    }
    csv
}
