//! How to reach a customer: any number of e-mails, phones and social accounts, each with a label, in order. The first two e-mails and
//! phones are the customer's `primary_…` and `secondary_…` fields: rank 0 and rank 1.

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
use crate::turkiye::email::Email;
use crate::turkiye::phone::Phone;

/// How many a customer may have.
pub const MAX_POINTS: usize = 50;

/// The kinds there are.
pub const KINDS: [&str; 3] = ["email", "phone", "social"];

/// A way to reach a customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow, utoipa::ToSchema)]
pub struct ContactPoint {
    #[serde(default)]
    pub id: i64,
    #[serde(skip, default)]
    pub customer_id: i64,
    /// `email`, `phone` or `social`.
    pub kind: String,
    /// `work`, `home`, … as the organisation likes.
    #[serde(default)]
    pub label: String,
    pub value: String,
    /// Place among its kind; 0 is the primary one.
    pub rank: i64,
    #[serde(default)]
    pub is_verified: bool,
}

impl ContactPoint {
    /// As it stands in the history: what it is, not which row.
    pub fn without_id(&self) -> Value {
        json!({ "kind": self.kind, "label": self.label, "value": self.value, "rank": self.rank, "is_verified": self.is_verified })
    }

    /// Brings the value to the form it is kept in, or says what is wrong with it.
    pub fn normalise(&mut self, errors: &mut FieldErrors) {
        let value = self.value.trim();
        match self.kind.as_str() {
            "email" => match Email::parse(value) {
                Ok(email) => self.value = email.to_string(),
                Err(error) => errors.add("value", error.say()),
            },
            "phone" => match Phone::parse(value) {
                Ok(phone) => self.value = phone.to_string(),
                Err(error) => errors.add("value", error.say()),
            },
            "social" if value.is_empty() || value.chars().count() > 200 => {
                errors.add("value", say!("1 ile 200 karakter arasında olmalı.", "Must have 1 to 200 characters."));
            }
            "social" => self.value = value.to_owned(),
            _ => errors.add("kind", say!("email, phone veya social olmalı.", "Must be email, phone or social.")),
        }
        self.label = self.label.trim().to_owned();
        if self.label.chars().count() > 50 {
            errors.add("label", say!("En çok 50 karakter olabilir.", "May have 50 characters at most."));
        }
    }
}

/// The fields of the customer that are ranks 0 and 1 of a kind.
pub const SLOTS: [(Key, &str, i64); 4] = [
    (Key::PrimaryEmail, "email", 0),
    (Key::SecondaryEmail, "email", 1),
    (Key::PrimaryPhone, "phone", 0),
    (Key::SecondaryPhone, "phone", 1),
];

/// Writes the four fields into the list, after they were set.
pub fn follow_fields(customer: &mut Customer) {
    for (key, kind, rank) in SLOTS {
        let wanted = customer[key].text().to_owned();
        let points = &mut customer.contact_points;
        let here = points.iter().position(|point| point.kind == kind && point.rank == rank);
        if here.is_some_and(|index| points[index].value == wanted) {
            continue;
        }
        if wanted.is_empty() {
            if let Some(index) = here {
                points.remove(index);
            }
            continue;
        }
        // The same value further down the list moves up; what stood here takes its place.
        let elsewhere = points.iter().position(|point| point.kind == kind && point.value == wanted && point.rank > rank);
        match (here, elsewhere) {
            (Some(here), Some(elsewhere)) => {
                points[here].rank = points[elsewhere].rank;
                points[elsewhere].rank = rank;
            }
            (None, Some(elsewhere)) => points[elsewhere].rank = rank,
            (Some(here), None) => {
                points[here].value = wanted;
                points[here].is_verified = false;
            }
            (None, None) => {
                points.push(ContactPoint { id: 0, customer_id: 0, kind: kind.into(), label: String::new(), value: wanted, rank, is_verified: false });
            }
        }
    }
    sort(&mut customer.contact_points);
}

/// Writes ranks 0 and 1 into the four fields, after the list was changed.
pub fn lead_fields(customer: &mut Customer) {
    sort(&mut customer.contact_points);
    for (key, kind, rank) in SLOTS {
        let value = customer.contact_points.iter().find(|point| point.kind == kind && point.rank == rank).map(|point| point.value.clone());
        customer.set(key, value.map_or(Cell::Missing, Cell::Text));
    }
}

fn sort(points: &mut [ContactPoint]) {
    points.sort_by(|a, b| (kind_order(&a.kind), a.rank).cmp(&(kind_order(&b.kind), b.rank)));
}

fn kind_order(kind: &str) -> usize {
    KINDS.iter().position(|known| *known == kind).unwrap_or(KINDS.len())
}

/// The points of several customers, in order.
pub async fn of(tx: &mut Tx, customer_ids: &[i64]) -> Result<Vec<ContactPoint>> {
    tx.all(&select(customer_ids)).await
}

/// The query for the points of several customers, in order.
pub fn select(customer_ids: &[i64]) -> sea_query::SelectStatement {
    Query::select()
        .columns(["id", "customer_id", "kind", "label", "value", "rank", "is_verified"])
        .from(Alias::new("contact_points"))
        .and_where(Expr::col("customer_id").is_in(customer_ids.iter().copied()))
        .order_by("kind", Order::Asc)
        .order_by("rank", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned()
}

/// Brings the rows of changed customers to their lists: `(before, after)`. Rows that stay keep their id.
pub async fn store(tx: &mut Tx, changed: &[(&Customer, &Customer)]) -> Result<()> {
    let mut gone = Vec::new();
    let mut fresh = Vec::new();
    for (before, after) in changed {
        for point in &after.contact_points {
            match before.contact_points.iter().find(|old| old.id == point.id && point.id != 0) {
                Some(old) if old == point => {}
                Some(_) => {
                    gone.push(point.id);
                    fresh.push((after.id, point));
                }
                None => fresh.push((after.id, point)),
            }
        }
        let kept = |old: &&ContactPoint| !after.contact_points.iter().any(|point| point.id == old.id);
        gone.extend(before.contact_points.iter().filter(kept).map(|old| old.id));
    }
    for ids in gone.chunks(500) {
        let delete = Query::delete().from_table("contact_points").and_where(Expr::col("id").is_in(ids.iter().copied())).to_owned();
        tx.exec(&delete).await?;
    }
    // A row that was changed is written again under its own id; new rows get theirs from the database.
    for (known, rows) in [(true, &fresh), (false, &fresh)] {
        let rows: Vec<_> = rows.iter().filter(|(_, point)| (point.id != 0) == known).collect();
        for some in rows.chunks(500) {
            let mut insert = Query::insert();
            insert.into_table("contact_points");
            let columns = ["customer_id", "kind", "label", "value", "value_key", "rank", "is_verified"];
            if known {
                insert.columns(columns.into_iter().chain(["id"]));
            } else {
                insert.columns(columns);
            }
            for (customer_id, point) in some {
                let mut values: Vec<Expr> = vec![
                    (*customer_id).into(),
                    point.kind.as_str().into(),
                    point.label.as_str().into(),
                    point.value.as_str().into(),
                    text::fold(&point.value).into(),
                    point.rank.into(),
                    point.is_verified.into(),
                ];
                if known {
                    values.push(point.id.into());
                }
                insert.values_panic(values);
            }
            tx.exec(&insert).await?;
        }
    }
    Ok(())
}
