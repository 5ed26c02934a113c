//! The catalogue of products with their prices.

pub mod http;

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, Say, invalid};
use kernel::events::{Changes, NewEvent, change};
use kernel::{money, say, text};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::FromRow;

const MAX_TEXT_CHARS: usize = 100;

/// A product as it is kept.
#[derive(Clone, Debug, Default, PartialEq, FromRow)]
pub struct Product {
    pub id: i64,
    /// Its own, by which catalogues and imports know it.
    pub code: String,
    pub name: String,
    pub series: String,
    /// Minor units.
    pub price: i64,
    pub currency: String,
    /// Whether it is still sold.
    pub is_active: bool,
}

/// What is to be set of a product.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProductInput {
    pub code: Option<String>,
    pub name: Option<String>,
    pub series: Option<String>,
    /// A decimal string such as `1234.50`.
    #[schema(value_type = Option<String>)]
    pub price: Option<Value>,
    pub currency: Option<String>,
    pub is_active: Option<bool>,
}

/// Reads a decimal from a string or a number, as so many whole parts.
pub(crate) fn decimal(value: &Value, decimals: u8) -> Result<i64, Say> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let bound = 10i64.pow(15);
    money::from_scaled(&text, decimals)
        .filter(|value| (0..bound).contains(value))
        .ok_or_else(|| {
            say!(
                "Sıfırdan küçük olmayan, en çok {} ondalıklı bir sayı olmalı: örneğin 1234.50.",
                "Must be a number of at least zero with {} decimals at most: such as 1234.50.",
                decimals
            )
        })
}

/// Reads the code of a currency.
pub(crate) fn currency(text: &str) -> Result<String, Say> {
    let code = text.trim().to_uppercase();
    match code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        true => Ok(code),
        false => Err(say!(
            "Üç harfli para birimi kodu olmalı, örneğin TRY.",
            "Must be a three-letter currency code such as TRY."
        )),
    }
}

impl Product {
    fn set(&mut self, input: &ProductInput) -> Result<()> {
        let mut errors = FieldErrors::default();
        for (field, wanted, place, can_miss) in [
            ("code", &input.code, &mut self.code, false),
            ("name", &input.name, &mut self.name, false),
            ("series", &input.series, &mut self.series, true),
        ] {
            if let Some(text) = wanted {
                *place = text.split_whitespace().collect::<Vec<_>>().join(" ");
            }
            if place.is_empty() && !can_miss {
                errors.add(field, say!("Bu alan gerekli.", "This field is required."));
            }
            if place.chars().count() > MAX_TEXT_CHARS {
                errors.add(
                    field,
                    say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_TEXT_CHARS),
                );
            }
        }
        if let Some(price) = &input.price {
            match decimal(price, 2) {
                Ok(price) => self.price = price,
                Err(problem) => errors.add("price", problem),
            }
        }
        if let Some(code) = &input.currency {
            match currency(code) {
                Ok(code) => self.currency = code,
                Err(problem) => errors.add("currency", problem),
            }
        }
        self.is_active = input.is_active.unwrap_or(self.is_active);
        errors.check()
    }

    fn changes_since(&self, before: &Product) -> Changes {
        let shown = |product: &Product| {
            json!({
                "code": product.code, "name": product.name, "series": product.series, "price": money::to_decimal(product.price),
                "currency": product.currency, "is_active": product.is_active,
            })
        };
        let (old, new) = (shown(before), shown(self));
        let fields = new.as_object().into_iter().flatten();
        fields
            .filter(|(name, value)| old[*name] != **value)
            .map(|(name, value)| (name.clone(), change(old[name].clone(), value.clone())))
            .collect()
    }
}

fn or_taken(error: Error) -> Error {
    error.or_taken(
        "products",
        &["code"],
        "code",
        say!("Bu ürün kodu kullanılıyor.", "This product code is taken."),
    )
}

/// Products by their ids.
pub async fn some(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Product>> {
    let query = Query::select()
        .columns(["id", "code", "name", "series", "price", "currency", "is_active"])
        .from(Alias::new("products"))
        .and_where(Expr::col("id").is_in(ids.iter().copied()))
        .to_owned();
    tx.all(&query).await
}

/// Adds a product to the catalogue; gives its id.
pub async fn create(tx: &mut Tx, ctx: &Ctx, input: &ProductInput) -> Result<i64> {
    let mut product = Product {
        currency: ctx.org.currency.clone(),
        is_active: true,
        ..Product::default()
    };
    product.set(input)?;
    let insert = Query::insert()
        .into_table("products")
        .columns([
            "code",
            "name",
            "name_fold",
            "series",
            "price",
            "currency",
            "is_active",
            "created_at",
        ])
        .values_panic([
            product.code.as_str().into(),
            product.name.as_str().into(),
            text::fold(&product.name).into(),
            product.series.as_str().into(),
            product.price.into(),
            product.currency.as_str().into(),
            product.is_active.into(),
            ctx.now_us().into(),
        ])
        .returning_col("id")
        .to_owned();
    let id = tx.insert(&insert).await.map_err(or_taken)?;
    let told = NewEvent::new("product.created", "product", id)
        .payload(json!({ "name": product.name }))
        .changes(product.changes_since(&Product::default()));
    tx.emit(&ctx.stamp(), told).await?;
    Ok(id)
}

/// Changes a product. What was sold before keeps the price it was sold at.
pub async fn update(tx: &mut Tx, ctx: &Ctx, id: i64, input: &ProductInput) -> Result<()> {
    let before = some(tx, &[id]).await?.pop().ok_or(Error::NotFound)?;
    let mut product = before.clone();
    product.set(input)?;
    let changes = product.changes_since(&before);
    if changes.is_empty() {
        return Ok(());
    }
    let update = Query::update()
        .table("products")
        .value("code", product.code.as_str())
        .value("name", product.name.as_str())
        .value("name_fold", text::fold(&product.name))
        .value("series", product.series.as_str())
        .value("price", product.price)
        .value("currency", product.currency.as_str())
        .value("is_active", product.is_active)
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.exec(&update).await.map_err(or_taken)?;
    let told = NewEvent::new("product.updated", "product", id)
        .payload(json!({ "name": product.name }))
        .changes(changes);
    tx.emit(&ctx.stamp(), told).await
}

/// Removes a product that no opportunity names; others are deactivated instead.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<()> {
    let product = some(tx, &[id]).await?.pop().ok_or(Error::NotFound)?;
    let used = Query::select()
        .column("id")
        .from(Alias::new("opportunity_lines"))
        .and_where(Expr::col("product_id").eq(id))
        .limit(1)
        .to_owned();
    if tx.opt::<(i64,)>(&used).await?.is_some() {
        return Err(invalid(
            "is_active",
            say!(
                "Fırsatlarda geçen bir ürün silinemez; satıştan kaldırın (is_active: false).",
                "A product that opportunities name cannot be deleted; take it off sale (is_active: false)."
            ),
        ));
    }
    let gone = Query::delete().from_table("products").and_where(Expr::col("id").eq(id)).to_owned();
    tx.exec(&gone).await?;
    let told = NewEvent::new("product.deleted", "product", id).payload(json!({ "name": product.name }));
    tx.emit(&ctx.stamp(), told).await
}
