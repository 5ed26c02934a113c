//! Where a customer is. In Türkiye the city is one of the 81 provinces and the district one of its own; elsewhere both are free text.

pub mod http;

use kernel::db::Tx;
use kernel::error::{FieldErrors, Result};
use kernel::{say, text};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::FromRow;

use crate::cell::Cell;
use crate::customer::Customer;
use crate::fields::Key;
use crate::turkiye::places;

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

    fn is_empty(&self) -> bool {
        [&self.line, &self.district, &self.city, &self.postal_code, &self.country].into_iter().all(String::is_empty)
    }

    /// Brings province and district to their official spelling, or says what is wrong.
    pub fn normalise(&mut self, errors: &mut FieldErrors) {
        let bounds = [("label", &mut self.label, 50), ("line", &mut self.line, 300), ("district", &mut self.district, 50), ("city", &mut self.city, 50), ("postal_code", &mut self.postal_code, 12)];
        for (field, value, max_chars) in bounds {
            *value = value.split_whitespace().collect::<Vec<_>>().join(" ");
            if value.chars().count() > max_chars {
                errors.add(field, say!("En çok {} karakter olabilir.", "May have {} characters at most.", max_chars));
            }
        }
        self.country = self.country.trim().to_uppercase();
        if self.country.is_empty() && places::find_province(&self.city).is_some() {
            self.country = "TR".into();
        }
        if !self.country.is_empty() && !is_country_code(&self.country) {
            errors.add("country", say!("İki harfli ülke kodu olmalı, örneğin TR.", "Must be a two-letter country code such as TR."));
        }
        if self.country != "TR" || self.city.is_empty() {
            return;
        }
        let Some(province) = places::find_province(&self.city) else {
            errors.add("city", say!("Türkiye'nin 81 ilinden biri olmalı.", "Must be one of the 81 provinces of Türkiye."));
            return;
        };
        self.city = province.name.to_owned();
        if !self.district.is_empty() {
            match province.find_district(&self.district) {
                Some(district) => self.district = district.to_owned(),
                None => errors.add("district", say!("{} ilinin bir ilçesi olmalı.", "Must be a district of {}.", province.name)),
            }
        }
    }
}

/// Whether the text has the form of an ISO 3166-1 alpha-2 code.
pub fn is_country_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
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
        None => customer.addresses.insert(0, Address { city, country, is_primary: true, ..Address::default() }),
    }
    customer.addresses.retain(|address| !address.is_empty());
}

/// Makes exactly one address the primary one and writes it into `city` and `country`, after the list was changed.
pub fn lead_fields(customer: &mut Customer) {
    let primary = customer.addresses.iter().position(|address| address.is_primary).unwrap_or(0);
    for (index, address) in customer.addresses.iter_mut().enumerate() {
        address.is_primary = index == primary;
    }
    let (city, country) = customer.addresses.get(primary).map(|address| (address.city.clone(), address.country.clone())).unwrap_or_default();
    customer.set(Key::City, Cell::from(city.as_str()));
    customer.set(Key::Country, Cell::from(country.as_str()));
}

/// The addresses of several customers, the primary one first.
pub async fn of(tx: &mut Tx, customer_ids: &[i64]) -> Result<Vec<Address>> {
    tx.all(&select(customer_ids)).await
}

/// The query for the addresses of several customers, the primary one first.
pub fn select(customer_ids: &[i64]) -> sea_query::SelectStatement {
    Query::select()
        .columns(["id", "customer_id", "label", "line", "district", "city", "postal_code", "country", "is_primary"])
        .from(Alias::new("addresses"))
        .and_where(Expr::col("customer_id").is_in(customer_ids.iter().copied()))
        .order_by("is_primary", Order::Desc)
        .order_by("id", Order::Asc)
        .to_owned()
}

/// Brings the rows of changed customers to their lists: `(before, after)`. Rows that stay keep their id.
pub async fn store(tx: &mut Tx, changed: &[(&Customer, &Customer)]) -> Result<()> {
    let mut gone = Vec::new();
    let mut fresh = Vec::new();
    for (before, after) in changed {
        for address in &after.addresses {
            match before.addresses.iter().find(|old| old.id == address.id && address.id != 0) {
                Some(old) if old == address => {}
                Some(_) => {
                    gone.push(address.id);
                    fresh.push((after.id, address));
                }
                None => fresh.push((after.id, address)),
            }
        }
        let kept = |old: &&Address| !after.addresses.iter().any(|address| address.id == old.id);
        gone.extend(before.addresses.iter().filter(kept).map(|old| old.id));
    }
    for ids in gone.chunks(500) {
        let delete = Query::delete().from_table("addresses").and_where(Expr::col("id").is_in(ids.iter().copied())).to_owned();
        tx.exec(&delete).await?;
    }
    for known in [true, false] {
        let rows: Vec<_> = fresh.iter().filter(|(_, address)| (address.id != 0) == known).collect();
        for some in rows.chunks(500) {
            let mut insert = Query::insert();
            insert.into_table("addresses");
            let columns = ["customer_id", "label", "line", "district", "district_fold", "city", "city_fold", "postal_code", "country", "is_primary"];
            if known {
                insert.columns(columns.into_iter().chain(["id"]));
            } else {
                insert.columns(columns);
            }
            for (customer_id, address) in some {
                let mut values: Vec<Expr> = vec![
                    (*customer_id).into(),
                    address.label.as_str().into(),
                    address.line.as_str().into(),
                    address.district.as_str().into(),
                    text::fold(&address.district).into(),
                    address.city.as_str().into(),
                    text::fold(&address.city).into(),
                    address.postal_code.as_str().into(),
                    address.country.as_str().into(),
                    address.is_primary.into(),
                ];
                if known {
                    values.push(address.id.into());
                }
                insert.values_panic(values);
            }
            tx.exec(&insert).await?;
        }
    }
    Ok(())
}
