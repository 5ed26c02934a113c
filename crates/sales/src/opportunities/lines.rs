//! The lines of an opportunity: products of the catalogue or free names, that sum to its amount.

use std::collections::BTreeMap;

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::{money, operations, say};
use records::change;
use records::http::note;
use records::parts::{self, Part};
use records::record::Record;
use records::{Entity, read};
use sea_query::Value as Sql;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::settle::FROM_LINES;
use super::{Key, OPPORTUNITY};
use crate::figures::Sight;
use crate::permissions::{OPPORTUNITY_READ, OPPORTUNITY_WRITE};
use crate::products::{self, Product, decimal};

const TAG: &str = "opportunities";
/// How many an opportunity may have.
const MAX_LINES: usize = 200;
const MAX_NAME_CHARS: usize = 200;
/// Fifteen digits, as amounts have them.
const MAX_AMOUNT: i64 = 10i64.pow(15);

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_opportunity_lines), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(set_opportunity_lines), Access::Needs(OPPORTUNITY_WRITE))
}

/// A line as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
pub struct Line {
    pub product_id: Option<i64>,
    pub name: String,
    /// Thousandths.
    pub quantity: i64,
    /// Minor units of the opportunity's currency.
    pub unit_price: i64,
    /// Hundredths of a percent.
    pub discount: i64,
    /// Minor units.
    pub total: i64,
}

impl Part for Line {
    const ENTITY: &'static Entity = &OPPORTUNITY;
    const OWNER: &'static str = "opportunity_id";
    const TABLE: &'static str = "opportunity_lines";
    const COLUMNS: &'static [&'static str] = &["product_id", "name", "quantity", "unit_price", "discount", "total"];
    const IS_ORDERED: bool = true;
    const SUBJECT: &'static str = "opportunity_lines";
    const CHANGED: &'static str = "opportunity.lines_changed";
    const FIELD: &'static str = "lines";

    fn values(&self) -> Vec<Sql> {
        vec![
            self.product_id.into(),
            self.name.as_str().into(),
            self.quantity.into(),
            self.unit_price.into(),
            self.discount.into(),
            self.total.into(),
        ]
    }
}

/// A line as the API shows it.
#[derive(Serialize, ToSchema)]
pub struct OpportunityLine {
    pub product_id: Option<i64>,
    pub name: String,
    /// A decimal string with three decimals.
    pub quantity: String,
    /// None for whom amounts are hidden.
    pub unit_price: Option<String>,
    /// In percent.
    pub discount: String,
    pub total: Option<String>,
}

/// A line as the API takes it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LineInput {
    pub product_id: Option<i64>,
    /// As the product's when it is not given.
    pub name: Option<String>,
    /// 1 when it is not given.
    #[schema(value_type = Option<String>)]
    pub quantity: Option<Value>,
    /// As the product's when it is not given.
    #[schema(value_type = Option<String>)]
    pub unit_price: Option<Value>,
    /// In percent; none when it is not given.
    #[schema(value_type = Option<String>)]
    pub discount: Option<Value>,
    /// Passed over: it follows from the others.
    #[schema(value_type = Option<String>)]
    pub total: Option<Value>,
}

/// The lines of an opportunity, all of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinesInput {
    pub lines: Vec<LineInput>,
}

/// The lines of an opportunity and what they come to.
#[derive(Serialize, ToSchema)]
pub struct OpportunityLines {
    pub lines: Vec<OpportunityLine>,
    /// The sum of the lines; none for whom amounts are hidden.
    pub total: Option<String>,
    /// The amount of the opportunity: the sum, once there are lines.
    pub amount: Option<String>,
    pub currency: String,
}

/// What a line comes to, rounded half away from zero.
pub fn total(quantity: i64, unit_price: i64, discount: i64) -> i64 {
    let parts = i128::from(quantity) * i128::from(unit_price) * i128::from(10_000 - discount);
    let whole = 1_000 * 10_000;
    ((parts + whole / 2) / whole) as i64
}

fn shown(ctx: &Ctx, lines: &[Line], amount: i64, currency: &str) -> OpportunityLines {
    let sight = Sight::of(ctx);
    let money = |minor: i64| sight.amount(minor.into());
    let line = |line: &Line| OpportunityLine {
        product_id: line.product_id,
        name: line.name.clone(),
        quantity: money::to_scaled(line.quantity, 3),
        unit_price: money(line.unit_price),
        discount: money::to_scaled(line.discount, 2),
        total: money(line.total),
    };
    OpportunityLines {
        lines: lines.iter().map(line).collect(),
        total: money(sum(lines)),
        amount: money(amount),
        currency: currency.to_owned(),
    }
}

fn sum(lines: &[Line]) -> i64 {
    lines.iter().map(|line| line.total).fold(0, i64::saturating_add)
}

/// Reads the lines that are wanted; what is wrong is named by its place: `lines.2.quantity`.
fn parse(inputs: &[LineInput], products: &BTreeMap<i64, Product>, known: &[Line], currency: &str) -> Result<Vec<Line>> {
    let mut errors = FieldErrors::default();
    let mut lines = Vec::with_capacity(inputs.len());
    for (place, input) in inputs.iter().enumerate() {
        let mut wrong = |field: &str, problem| errors.add(format!("lines.{place}.{field}"), problem);
        let product = input.product_id.map(|id| products.get(&id));
        match product {
            Some(None) => wrong("product_id", say!("Böyle bir ürün yok.", "There is no such product.")),
            Some(Some(product)) if !product.is_active && known.iter().all(|line| line.product_id != Some(product.id)) => {
                wrong("product_id", say!("Bu ürün artık satılmıyor.", "This product is no longer sold."));
            }
            _ => {}
        }
        let product = product.flatten();
        let name = input.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let name = name.or(product.map(|product| product.name.as_str())).unwrap_or_default().to_owned();
        if name.is_empty() {
            wrong("name", say!("Bir ürün ya da bir ad gerekli.", "A product or a name is required."));
        }
        if name.chars().count() > MAX_NAME_CHARS {
            wrong(
                "name",
                say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_NAME_CHARS),
            );
        }
        let mut read = |field: &str, value: &Option<Value>, decimals: u8, default: i64| match value {
            None | Some(Value::Null) => default,
            Some(value) => decimal(value, decimals).unwrap_or_else(|problem| {
                errors.add(format!("lines.{place}.{field}"), problem);
                default
            }),
        };
        let quantity = read("quantity", &input.quantity, 3, 1_000);
        let discount = read("discount", &input.discount, 2, 0);
        let listed = product.filter(|product| product.currency == currency).map(|product| product.price);
        let unit_price = read("unit_price", &input.unit_price, 2, listed.unwrap_or_default());
        if discount > 10_000 {
            errors.add(
                format!("lines.{place}.discount"),
                say!("0 ile 100 arasında olmalı.", "Must be between 0 and 100."),
            );
        }
        if listed.is_none() && matches!(input.unit_price, None | Some(Value::Null)) {
            let problem = match product {
                Some(product) => say!(
                    "Ürünün fiyatı {}; fırsatın para birimiyle birim fiyat verin.",
                    "The price of the product is in {}; give a unit price in the currency of the opportunity.",
                    product.currency
                ),
                None => records::entity::required(),
            };
            errors.add(format!("lines.{place}.unit_price"), problem);
        }
        let is_huge = i128::from(quantity) * i128::from(unit_price) / 1_000 >= i128::from(MAX_AMOUNT);
        if is_huge {
            errors.add(
                format!("lines.{place}.unit_price"),
                say!("Tutar çok büyük.", "The amount is too large."),
            );
        }
        lines.push(Line {
            product_id: product.map(|product| product.id),
            name,
            quantity,
            unit_price,
            discount,
            total: if is_huge {
                0
            } else {
                total(quantity, unit_price, discount.min(10_000))
            },
        });
    }
    if inputs.len() > MAX_LINES {
        errors.add("lines", say!("En çok {} olabilir.", "May be {} at most.", MAX_LINES));
    }
    if sum(&lines) >= MAX_AMOUNT {
        errors.add("lines", say!("Tutar çok büyük.", "The amount is too large."));
    }
    errors.check()?;
    Ok(lines)
}

/// Sets the lines of an opportunity, and its amount to their sum. Without lines the amount stays. Whether anything changed.
pub async fn set(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, opportunity: Record, inputs: &[LineInput]) -> Result<bool> {
    let ids: Vec<i64> = inputs.iter().filter_map(|input| input.product_id).collect();
    let products = products::some(tx, &ids)
        .await?
        .into_iter()
        .map(|product| (product.id, product))
        .collect();
    let known: Vec<Line> = parts::held(tx, opportunity.id).await?;
    let lines = parse(inputs, &products, &known, opportunity[Key::Currency].text())?;
    let is_changed = parts::set(tx, stamp, opportunity.id, &lines).await?;
    if lines.is_empty() {
        return Ok(is_changed);
    }
    let amount = sum(&lines);
    let carry = |record: &mut Record| {
        record.carried.insert(FROM_LINES.into(), true.into());
        record.set(Key::Amount, amount);
        Ok(())
    };
    let (changed, refused) = change::change_all(tx, ctx, stamp, vec![opportunity], carry).await?;
    match refused.into_iter().next() {
        Some(refused) => Err(Error::Invalid(refused.errors)),
        None => Ok(is_changed || !changed.is_empty()),
    }
}

/// The lines of an opportunity.
#[utoipa::path(get, path = "/opportunities/{id}/lines/", tag = TAG, operation_id = "list_opportunity_lines", params(("id" = i64, Path)), responses((status = 200, body = OpportunityLines), Problems))]
async fn list_opportunity_lines(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let mut query = read::visible(&ctx, &OPPORTUNITY, OPPORTUNITY_READ).await?;
    query
        .columns([("opportunities", "amount"), ("opportunities", "currency")])
        .and_where(sea_query::ExprTrait::eq(OPPORTUNITY.col("id"), id));
    let (amount, currency): (i64, String) = ctx.db.opt(&query).await?.ok_or(Error::NotFound)?;
    Reply::ok(&shown(&ctx, &parts::of(&ctx, id).await?, amount, &currency))
}

/// Sets the lines of an opportunity, all of them; its amount becomes their sum. An empty list leaves the amount as it is.
#[utoipa::path(put, path = "/opportunities/{id}/lines/", tag = TAG, operation_id = "set_opportunity_lines", params(("id" = i64, Path)), request_body = LinesInput, responses((status = 200, body = OpportunityLines), Problems))]
async fn set_opportunity_lines(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<LinesInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        let opportunity = read::one_for_change(tx, &ctx, &OPPORTUNITY, OPPORTUNITY_WRITE, id).await?;
        let (before, currency) = (
            opportunity[Key::Amount].int().unwrap_or_default(),
            opportunity[Key::Currency].text().to_owned(),
        );
        let operation = note(tx, &ctx, &OPPORTUNITY, "lines").await?;
        let is_changed = set(tx, &ctx, &ctx.stamp().within(operation), opportunity, &input.lines).await?;
        let lines: Vec<Line> = parts::held(tx, id).await?;
        let amount = if lines.is_empty() { before } else { sum(&lines) };
        let reply = Reply::ok(&shown(&ctx, &lines, amount, &currency))?;
        if is_changed {
            return Ok(reply.operation(operation));
        }
        operations::forget(tx, operation).await?;
        Ok(reply)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_to_its_quantity_at_its_price_less_its_discount() {
        assert_eq!(total(2_000, 10_000, 0), 20_000);
        assert_eq!(total(2_500, 10_000, 1_000), 22_500);
        assert_eq!(total(1_000, 1, 5_000), 1, "half a kuruş is rounded up");
        assert_eq!(total(333, 100, 0), 33);
        assert_eq!(total(1_000, 99, 10_000), 0);
    }
}
