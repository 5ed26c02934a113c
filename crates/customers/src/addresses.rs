//! Where a customer is. In Türkiye the city is one of the 81 provinces and the district one of its own; elsewhere both are free text.

pub mod http;

use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::{say, text};
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::FromRow;

use crate::cell::Cell;
use crate::children::{self, Child};
use crate::countries::is_country_code;
use crate::customer::Customer;
use crate::fields::Key;
use turkiye::places;

/// How many a customer may have.
pub const MAX_ADDRESSES: usize = 50;

/// An address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromRow, utoipa::ToSchema)]
#[serde(default)]
pub struct Address {
    pub id: i64,
    #[serde(skip)]
    pub customer_id: i64,
    pub label: String,
    /// Street, number, flat.
    pub line: String,
    pub district: String,
    /// In Türkiye a province.
    pub city: String,
    pub postal_code: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    pub is_primary: bool,
}

impl Address {
    /// As it stands in the history: what it is, not which row.
    pub fn without_id(&self) -> Value {
        json!({
            "label": self.label, "line": self.line, "district": self.district, "city": self.city,
            "postal_code": self.postal_code, "country": self.country, "is_primary": self.is_primary,
        })
    }

    /// What it says, but for which of several it is.
    fn says(&self) -> [&str; 6] {
        [
            &self.label,
            &self.city,
            &self.district,
            &self.line,
            &self.postal_code,
            &self.country,
        ]
    }

    fn order(&self) -> (bool, [&str; 6]) {
        (!self.is_primary, self.says())
    }

    /// Whether it is the same address, be it the primary one or not.
    pub fn is_same_place(&self, other: &Address) -> bool {
        self.says() == other.says()
    }

    fn is_empty(&self) -> bool {
        [&self.line, &self.district, &self.city, &self.postal_code, &self.country]
            .into_iter()
            .all(String::is_empty)
    }

    /// Brings province and district to their official spelling, or says what is wrong.
    pub fn normalise(&mut self, errors: &mut FieldErrors) {
        let bounds = [
            ("label", &mut self.label, 50),
            ("line", &mut self.line, 300),
            ("district", &mut self.district, 50),
            ("city", &mut self.city, 50),
            ("postal_code", &mut self.postal_code, 12),
        ];
        for (field, value, max_chars) in bounds {
            *value = value.split_whitespace().collect::<Vec<_>>().join(" ");
            if value.chars().count() > max_chars {
                errors.add(
                    field,
                    say!("En çok {} karakter olabilir.", "May have {} characters at most.", max_chars),
                );
            }
        }
        self.country = self.country.trim().to_uppercase();
        if self.country.is_empty() && places::find_province(&self.city).is_some() {
            self.country = "TR".into();
        }
        if !self.country.is_empty() && !is_country_code(&self.country) {
            errors.add(
                "country",
                say!(
                    "İki harfli ülke kodu olmalı, örneğin TR.",
                    "Must be a two-letter country code such as TR."
                ),
            );
        }
        if self.country != "TR" || self.city.is_empty() {
            return;
        }
        let Some(province) = places::find_province(&self.city) else {
            errors.add(
                "city",
                say!("Türkiye'nin 81 ilinden biri olmalı.", "Must be one of the 81 provinces of Türkiye."),
            );
            return;
        };
        self.city = province.name.to_owned();
        if !self.district.is_empty() {
            match province.find_district(&self.district) {
                Some(district) => self.district = district.to_owned(),
                None => errors.add(
                    "district",
                    say!("{} ilinin bir ilçesi olmalı.", "Must be a district of {}.", province.name),
                ),
            }
        }
    }
}

/// Writes `city` and `country` into the primary address, after they were set.
pub fn follow_fields(customer: &mut Customer) {
    let (city, country) = (customer[Key::City].text().to_owned(), customer[Key::Country].text().to_owned());
    match customer.addresses.iter_mut().find(|address| address.is_primary) {
        Some(primary) if primary.city == city && primary.country == country => {}
        Some(primary) => {
            if primary.city != city {
                // A district belongs to its city.
                primary.district = String::new();
            }
            (primary.city, primary.country) = (city, country);
        }
        None if city.is_empty() && country.is_empty() => {}
        None => customer.addresses.insert(
            0,
            Address {
                city,
                country,
                is_primary: true,
                ..Address::default()
            },
        ),
    }
    customer.addresses.retain(|address| !address.is_empty());
    sort(&mut customer.addresses);
}

/// Makes exactly one address the primary one and writes it into `city` and `country`, after the list was changed.
pub fn lead_fields(customer: &mut Customer) {
    sort(&mut customer.addresses);
    let primary = customer.addresses.iter().position(|address| address.is_primary).unwrap_or(0);
    for (index, address) in customer.addresses.iter_mut().enumerate() {
        address.is_primary = index == primary;
    }
    let (city, country) = customer
        .addresses
        .get(primary)
        .map(|address| (address.city.clone(), address.country.clone()))
        .unwrap_or_default();
    customer.set(Key::City, Cell::from(city.as_str()));
    customer.set(Key::Country, Cell::from(country.as_str()));
}

/// The primary one first, the others by what they say and not by when they came: so the history of a list reads the same after an undo,
/// which may bring a row back under another id. [`select`] orders alike.
fn sort(addresses: &mut [Address]) {
    addresses.sort_by(|a, b| a.order().cmp(&b.order()));
}

/// Adds an address; the first one is the primary one.
pub fn add(customer: &mut Customer, mut address: Address) -> Result<()> {
    check(customer, &mut address)?;
    keep(customer, address);
    Ok(())
}

/// Changes an address.
pub fn change(customer: &mut Customer, id: i64, patch: http::AddressPatch) -> Result<()> {
    let index = position(customer, id)?;
    if customer.addresses[index].is_primary && patch.is_primary == Some(false) {
        return Err(invalid(
            "is_primary",
            say!(
                "Bunun yerine başka bir adresi birincil yapın.",
                "Make another address the primary one instead."
            ),
        ));
    }
    let mut address = customer.addresses.remove(index);
    let http::AddressPatch {
        label,
        line,
        district,
        city,
        postal_code,
        country,
        is_primary,
    } = patch;
    for (value, given) in [
        (&mut address.label, label),
        (&mut address.line, line),
        (&mut address.district, district),
        (&mut address.city, city),
        (&mut address.postal_code, postal_code),
        (&mut address.country, country),
    ] {
        if let Some(given) = given {
            *value = given;
        }
    }
    address.is_primary |= is_primary == Some(true);
    check(customer, &mut address)?;
    keep(customer, address);
    Ok(())
}

/// Removes an address; when it was the primary one, the next takes its place.
pub fn remove(customer: &mut Customer, id: i64) -> Result<()> {
    let index = position(customer, id)?;
    customer.addresses.remove(index);
    lead_fields(customer);
    Ok(())
}

fn position(customer: &Customer, id: i64) -> Result<usize> {
    customer
        .addresses
        .iter()
        .position(|address| address.id == id)
        .ok_or(Error::NotFound)
}

fn check(customer: &Customer, address: &mut Address) -> Result<()> {
    let mut errors = FieldErrors::default();
    address.normalise(&mut errors);
    if address.is_empty() {
        errors.add("line", say!("Adres boş olamaz.", "An address must not be empty."));
    }
    let place = |address: &Address| Address {
        id: 0,
        customer_id: 0,
        is_primary: false,
        ..address.clone()
    };
    if customer.addresses.iter().any(|other| place(other) == place(address)) {
        errors.add(
            "line",
            say!("Bu müşteride bu adres zaten var.", "This customer has this address already."),
        );
    }
    errors.check()
}

/// Puts an address among the others; when it is the primary one, no other is.
fn keep(customer: &mut Customer, address: Address) {
    if address.is_primary {
        customer.addresses.iter_mut().for_each(|other| other.is_primary = false);
    }
    customer.addresses.push(address);
    lead_fields(customer);
}

/// The addresses of several customers, the primary one first.
pub async fn of(tx: &mut Tx, customer_ids: &[i64]) -> Result<Vec<Address>> {
    tx.all(&select(customer_ids)).await
}

/// What addresses are ordered by, after the primary one.
pub const ORDER: [&str; 6] = ["label", "city", "district", "line", "postal_code", "country"];

/// The query for the addresses of several customers, the primary one first.
pub fn select(customer_ids: &[i64]) -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "customer_id",
            "label",
            "line",
            "district",
            "city",
            "postal_code",
            "country",
            "is_primary",
        ])
        .from(Alias::new("addresses"))
        .and_where(Expr::col("customer_id").is_in(customer_ids.iter().copied()))
        .order_by("is_primary", Order::Desc)
        .order_by_columns(ORDER.map(|column| (column, Order::Asc)))
        .to_owned()
}

/// Brings the rows of changed customers to their lists: `(before, after)`.
pub async fn store(tx: &mut Tx, changed: &[(&Customer, &Customer)]) -> Result<()> {
    children::store::<Address>(tx, changed).await
}

impl Child for Address {
    const TABLE: &'static str = "addresses";
    const COLUMNS: &'static [&'static str] = &[
        "label",
        "line",
        "district",
        "district_fold",
        "city",
        "city_fold",
        "postal_code",
        "country",
        "is_primary",
    ];
    type Shown = Address;

    fn list(customer: &Customer) -> &[Address] {
        &customer.addresses
    }

    fn id(&self) -> i64 {
        self.id
    }

    fn field(&self) -> &str {
        "addresses"
    }

    fn values(&self) -> Vec<sea_query::Value> {
        vec![
            self.label.as_str().into(),
            self.line.as_str().into(),
            self.district.as_str().into(),
            text::fold(&self.district).into(),
            self.city.as_str().into(),
            text::fold(&self.city).into(),
            self.postal_code.as_str().into(),
            self.country.as_str().into(),
            self.is_primary.into(),
        ]
    }

    fn select(customer_ids: &[i64]) -> SelectStatement {
        select(customer_ids)
    }
}
