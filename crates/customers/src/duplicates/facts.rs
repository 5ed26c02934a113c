//! What two customers are compared by, in the form in which it is compared: folded, without plus-tags, country codes and legal forms.

use kernel::db::{Db, Tx};
use kernel::error::Result;
use kernel::text::{fold, words};
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use sqlx::FromRow;

use crate::customer::Customer;
use crate::fields::Key;
use turkiye::url::WebAddress;

/// National numbers have ten digits, of which people leave out the first when they like; nine are left to compare.
const PHONE_DIGITS: usize = 9;
/// Anybody has an address there; it says nothing of the company.
const FREE_MAIL: [&str; 18] = [
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.com.tr",
    "outlook.com",
    "outlook.com.tr",
    "live.com",
    "msn.com",
    "yahoo.com",
    "yahoo.com.tr",
    "icloud.com",
    "me.com",
    "yandex.com",
    "yandex.com.tr",
    "mynet.com",
    "proton.me",
    "protonmail.com",
    "ttmail.com",
];
/// Words of a company's name that say what kind of company it is, not which.
const LEGAL_FORMS: [&str; 19] = [
    "a", "as", "anonim", "co", "corp", "gmbh", "inc", "limited", "llc", "ltd", "san", "sanayi", "sirketi", "sti", "tic", "ticaret", "s",
    "ve", "sirket",
];

/// A customer, as far as it matters for telling whether it is another one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub id: i64,
    pub is_company: bool,
    pub first_name: String,
    pub last_name: String,
    /// The words of a company's name without its legal form.
    pub company_words: Vec<String>,
    pub tax_number: String,
    pub identity_number: String,
    /// ISO, empty when it is not known.
    pub birth_date: String,
    pub city: String,
    pub emails: Vec<String>,
    pub phones: Vec<String>,
    /// Of a company: its website's and its addresses', but for those where anybody can have one.
    pub domains: Vec<String>,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    customer_type: String,
    first_name_fold: String,
    last_name_fold: String,
    company_name_fold: String,
    tax_number: String,
    identity_number: String,
    birth_date: Option<String>,
    city_fold: String,
    website: String,
}

impl Facts {
    pub fn of(customer: &Customer) -> Facts {
        let row = Row {
            id: customer.id,
            customer_type: customer[Key::CustomerType].text().to_owned(),
            first_name_fold: fold(customer[Key::FirstName].text()),
            last_name_fold: fold(customer[Key::LastName].text()),
            company_name_fold: fold(customer[Key::CompanyName].text()),
            tax_number: customer[Key::TaxNumber].text().to_owned(),
            identity_number: customer[Key::IdentityNumber].text().to_owned(),
            birth_date: Some(customer[Key::BirthDate].text().to_owned()),
            city_fold: fold(customer[Key::City].text()),
            website: customer[Key::Website].text().to_owned(),
        };
        let mut facts = Facts::from_row(row);
        for point in &customer.contact_points {
            facts.reached_by(&point.kind, &point.value);
        }
        facts
    }

    fn from_row(row: Row) -> Facts {
        let is_company = row.customer_type == "company";
        let website = WebAddress::parse(&row.website).ok();
        let mut company_words = words(&row.company_name_fold);
        if company_words.iter().any(|word| !is_legal_form(word)) {
            company_words.retain(|word| !is_legal_form(word));
        }
        Facts {
            id: row.id,
            is_company,
            first_name: row.first_name_fold,
            last_name: row.last_name_fold,
            company_words: if is_company { company_words } else { Vec::new() },
            tax_number: row.tax_number,
            identity_number: row.identity_number,
            birth_date: row.birth_date.unwrap_or_default(),
            city: row.city_fold,
            emails: Vec::new(),
            phones: Vec::new(),
            domains: website
                .filter(|_| is_company)
                .map(|site| site.domain().to_owned())
                .into_iter()
                .collect(),
        }
    }

    fn reached_by(&mut self, kind: &str, value: &str) {
        match kind {
            "email" => {
                let value = value.to_lowercase();
                let (local, domain) = value.split_once('@').unwrap_or((&value, ""));
                let local = local.split('+').next().unwrap_or(local);
                if self.is_company && !FREE_MAIL.contains(&domain) && self.domains.iter().all(|known| known != domain) {
                    self.domains.push(domain.to_owned());
                }
                self.emails.push(format!("{local}@{domain}"));
            }
            "phone" => {
                let digits: String = value.chars().filter(char::is_ascii_digit).collect();
                let end = digits[digits.len().saturating_sub(PHONE_DIGITS)..].to_owned();
                if !end.is_empty() {
                    self.phones.push(end);
                }
            }
            _ => {}
        }
    }

    /// The words of a person's name, sorted, so that those who mix up first and last names meet.
    pub fn name_words(&self) -> Vec<String> {
        let mut all = [words(&self.first_name), words(&self.last_name)].concat();
        all.sort();
        all
    }
}

fn is_legal_form(word: &str) -> bool {
    LEGAL_FORMS.contains(&word)
}

/// The facts of customers that are not deleted, in the order of their ids.
pub async fn load(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Facts>> {
    let mut all = Vec::with_capacity(ids.len());
    for some in ids.chunks(1_000) {
        let rows = tx.all(&customers(some)).await?;
        let points = tx.all(&points(some)).await?;
        all.extend(together(rows, points));
    }
    Ok(all)
}

/// The same outside a transaction.
pub async fn read(db: &Db, ids: &[i64]) -> Result<Vec<Facts>> {
    let mut all = Vec::with_capacity(ids.len());
    for some in ids.chunks(1_000) {
        let rows = db.all(&customers(some)).await?;
        let points = db.all(&points(some)).await?;
        all.extend(together(rows, points));
    }
    Ok(all)
}

fn customers(ids: &[i64]) -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "customer_type",
            "first_name_fold",
            "last_name_fold",
            "company_name_fold",
            "tax_number",
            "identity_number",
            "birth_date",
            "city_fold",
            "website",
        ])
        .from(Alias::new("customers"))
        .and_where(Expr::col("id").is_in(ids.iter().copied()))
        .and_where(Expr::col("deleted_at").is_null())
        // Of whom nothing is known any more, nobody can be told to be the same.
        .and_where(Expr::col("erased_at").is_null())
        .order_by("id", Order::Asc)
        .to_owned()
}

fn points(ids: &[i64]) -> SelectStatement {
    Query::select()
        .columns(["customer_id", "kind", "value"])
        .from(Alias::new("contact_points"))
        .and_where(Expr::col("customer_id").is_in(ids.iter().copied()))
        .to_owned()
}

fn together(rows: Vec<Row>, points: Vec<(i64, String, String)>) -> Vec<Facts> {
    let mut all: Vec<Facts> = rows.into_iter().map(Facts::from_row).collect();
    for (customer_id, kind, value) in points {
        if let Ok(index) = all.binary_search_by_key(&customer_id, |facts| facts.id) {
            all[index].reached_by(&kind, &value);
        }
    }
    all
}
