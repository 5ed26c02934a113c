//! How to reach a customer: any number of e-mails, phones and social accounts, each with a label, in order. The first two e-mails and
//! phones are the customer's `primary_…` and `secondary_…` fields: rank 0 and rank 1.

pub mod http;

use kernel::db::Tx;
use kernel::email::Email;
use kernel::error::{Error, FieldErrors, Result};
use kernel::{say, text};
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::FromRow;

use crate::cell::Cell;
use crate::children::{self, Child};
use crate::customer::Customer;
use crate::fields::Key;
use turkiye::phone::Phone;

/// How many a customer may have.
pub const MAX_POINTS: usize = 50;

/// The kinds there are.
pub const KINDS: [&str; 3] = ["email", "phone", "social"];

/// A way to reach a customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
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
                errors.add(
                    "value",
                    say!("1 ile 200 karakter arasında olmalı.", "Must have 1 to 200 characters."),
                );
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
        let elsewhere = points
            .iter()
            .position(|point| point.kind == kind && point.value == wanted && point.rank > rank);
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
                points.push(ContactPoint {
                    id: 0,
                    customer_id: 0,
                    kind: kind.into(),
                    label: String::new(),
                    value: wanted,
                    rank,
                    is_verified: false,
                });
            }
        }
    }
    sort(&mut customer.contact_points);
}

/// Writes ranks 0 and 1 into the four fields, after the list was changed.
pub fn lead_fields(customer: &mut Customer) {
    sort(&mut customer.contact_points);
    for (key, kind, rank) in SLOTS {
        let value = customer
            .contact_points
            .iter()
            .find(|point| point.kind == kind && point.rank == rank)
            .map(|point| point.value.clone());
        customer.set(key, value.map_or(Cell::Missing, Cell::Text));
    }
}

/// Adds a point: as the primary one, as any but that, or, when the caller does not mind, where the first place is free.
pub fn add(customer: &mut Customer, mut point: ContactPoint, is_primary: Option<bool>) -> Result<()> {
    let mut errors = FieldErrors::default();
    point.normalise(&mut errors);
    refuse_twin(customer, &point, &mut errors);
    errors.check()?;
    place(&mut customer.contact_points, point, is_primary);
    lead_fields(customer);
    Ok(())
}

/// Changes a point. Another value is not verified any more, unless the caller says so.
pub fn change(customer: &mut Customer, id: i64, patch: http::ContactPointPatch) -> Result<()> {
    let index = position(customer, id)?;
    let mut point = customer.contact_points.remove(index);
    let old = point.value.clone();
    if let Some(value) = patch.value {
        point.value = value;
    }
    if let Some(label) = patch.label {
        point.label = label;
    }
    let mut errors = FieldErrors::default();
    point.normalise(&mut errors);
    refuse_twin(customer, &point, &mut errors);
    errors.check()?;
    point.is_verified = patch.is_verified.unwrap_or(point.is_verified && point.value == old);
    match patch.is_primary {
        Some(is_primary) if is_primary != (point.rank == 0) => place(&mut customer.contact_points, point, Some(is_primary)),
        _ => customer.contact_points.push(point),
    }
    lead_fields(customer);
    Ok(())
}

/// Removes a point. The second one does not become the first by itself: that is for people to say.
pub fn remove(customer: &mut Customer, id: i64) -> Result<()> {
    let index = position(customer, id)?;
    customer.contact_points.remove(index);
    lead_fields(customer);
    Ok(())
}

fn position(customer: &Customer, id: i64) -> Result<usize> {
    customer
        .contact_points
        .iter()
        .position(|point| point.id == id)
        .ok_or(Error::NotFound)
}

fn refuse_twin(customer: &Customer, point: &ContactPoint, errors: &mut FieldErrors) {
    let is_twin = |other: &ContactPoint| other.kind == point.kind && text::fold(&other.value) == text::fold(&point.value);
    if customer.contact_points.iter().any(is_twin) {
        errors.add("value", say!("Bu müşteride zaten var.", "This customer has it already."));
    }
}

/// Gives a point its rank. What stood first makes room: it becomes the second if there is none, else the last.
fn place(points: &mut Vec<ContactPoint>, mut point: ContactPoint, is_primary: Option<bool>) {
    let kind = point.kind.clone();
    let first_free = |points: &[ContactPoint], from: i64| {
        let is_taken = |rank: &i64| points.iter().any(|other| other.kind == kind && other.rank == *rank);
        (from..).find(|rank| !is_taken(rank)).unwrap_or(from)
    };
    point.rank = match is_primary {
        Some(true) => {
            let second = first_free(points, 1);
            if let Some(first) = points.iter_mut().find(|other| other.kind == kind && other.rank == 0) {
                first.rank = second;
            }
            0
        }
        Some(false) => first_free(points, 1),
        None => first_free(points, 0),
    };
    points.push(point);
}

/// Brings the list in order. Ranks 0 and 1 are fields and may stand empty; from 2 on there are no gaps.
fn sort(points: &mut [ContactPoint]) {
    points.sort_by_key(|point| (kind_order(&point.kind), point.rank));
    for kind in points.chunk_by_mut(|a, b| a.kind == b.kind) {
        for (rank, point) in (2..).zip(kind.iter_mut().filter(|point| point.rank > 1)) {
            point.rank = rank;
        }
    }
}

fn kind_order(kind: &str) -> usize {
    KINDS.iter().position(|known| *known == kind).unwrap_or(KINDS.len())
}

/// The points of several customers, in order.
pub async fn of(tx: &mut Tx, customer_ids: &[i64]) -> Result<Vec<ContactPoint>> {
    tx.all(&select(customer_ids)).await
}

/// The query for the points of several customers, in order.
pub fn select(customer_ids: &[i64]) -> SelectStatement {
    Query::select()
        .columns(["id", "customer_id", "kind", "label", "value", "rank", "is_verified"])
        .from(Alias::new("contact_points"))
        .and_where(Expr::col("customer_id").is_in(customer_ids.iter().copied()))
        .order_by("kind", Order::Asc)
        .order_by("rank", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned()
}

/// Brings the rows of changed customers to their lists: `(before, after)`.
pub async fn store(tx: &mut Tx, changed: &[(&Customer, &Customer)]) -> Result<()> {
    children::store::<ContactPoint>(tx, changed).await
}

impl Child for ContactPoint {
    const TABLE: &'static str = "contact_points";
    const COLUMNS: &'static [&'static str] = &["kind", "label", "value", "value_key", "rank", "is_verified"];
    type Shown = http::ContactPoint;

    fn list(customer: &Customer) -> &[ContactPoint] {
        &customer.contact_points
    }

    fn id(&self) -> i64 {
        self.id
    }

    fn field(&self) -> &str {
        &self.kind
    }

    fn values(&self) -> Vec<sea_query::Value> {
        vec![
            self.kind.as_str().into(),
            self.label.as_str().into(),
            self.value.as_str().into(),
            text::fold(&self.value).into(),
            self.rank.into(),
            self.is_verified.into(),
        ]
    }

    fn select(customer_ids: &[i64]) -> SelectStatement {
        select(customer_ids)
    }
}
