//! The catalogue of products with their prices.

pub mod http;

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, Say, invalid};
use kernel::{money, say, text};
use records::edit::Edit;
use records::kept::{self, Kept};
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;

const MAX_TEXT_CHARS: usize = 100;

/// A product as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromRow)]
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
}

impl Kept for Product {
    const TABLE: &'static str = "products";
    const SUBJECT: &'static str = "product";
    const KINDS: [&'static str; 3] = ["product.created", "product.updated", "product.deleted"];
    const COLUMNS: &'static [&'static str] = &["code", "name", "series", "price", "currency", "is_active"];
    const SHADOWS: &'static [&'static str] = &["name_fold"];
    const IS_DATED: bool = true;

    fn id(&self) -> i64 {
        self.id
    }

    fn identify(&mut self, id: i64) {
        self.id = id;
    }

    fn values(&self) -> Result<Vec<sea_query::Value>> {
        Ok(vec![
            self.code.as_str().into(),
            self.name.as_str().into(),
            self.series.as_str().into(),
            self.price.into(),
            self.currency.as_str().into(),
            self.is_active.into(),
            text::fold(&self.name).into(),
        ])
    }

    fn refuse<'a>(tx: &'a mut Tx, edit: &'a Edit<Self>) -> BoxFuture<'a, Result<Option<Say>>> {
        Box::pin(async move {
            let Some(after) = &edit.after else {
                let id = edit.before.as_ref().map_or(0, |before| before.id);
                return Ok(tx.opt::<(i64,)>(&naming(id)).await?.map(|_| is_named()));
            };
            let twin = Query::select()
                .column("id")
                .from(Alias::new("products"))
                .and_where(Expr::col("code").eq(after.code.as_str()))
                .and_where(Expr::col("id").ne(after.id))
                .to_owned();
            Ok(tx.opt::<(i64,)>(&twin).await?.map(|_| taken()))
        })
    }
}

fn taken() -> Say {
    say!("Bu ürün kodu kullanılıyor.", "This product code is taken.")
}

fn is_named() -> Say {
    say!(
        "Fırsatlarda geçen bir ürün silinemez; satıştan kaldırın (is_active: false).",
        "A product that opportunities name cannot be deleted; take it off sale (is_active: false)."
    )
}

/// A line that names a product.
fn naming(id: i64) -> SelectStatement {
    Query::select()
        .column("id")
        .from(Alias::new("opportunity_lines"))
        .and_where(Expr::col("product_id").eq(id))
        .limit(1)
        .to_owned()
}

fn or_taken(error: Error) -> Error {
    error.or_taken("products", &["code"], "code", taken())
}

/// Products by their ids.
pub async fn some(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Product>> {
    let mut query = kept::select::<Product>();
    query.and_where(Expr::col("id").is_in(ids.iter().copied()));
    tx.all(&query).await
}

/// Adds a product to the catalogue; gives its id.
pub async fn create(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, input: &ProductInput) -> Result<i64> {
    let mut product = Product {
        currency: ctx.org.currency.clone(),
        is_active: true,
        ..Product::default()
    };
    product.set(input)?;
    let edit = Edit {
        before: None,
        after: Some(product),
    };
    let kept = kept::keep(tx, stamp, edit).await.map_err(or_taken)?;
    Ok(kept.map_or(0, |product| product.id))
}

/// Changes a product; whether anything changed. What was sold before keeps the price it was sold at.
pub async fn update(tx: &mut Tx, stamp: &Stamp, id: i64, input: &ProductInput) -> Result<bool> {
    let before = some(tx, &[id]).await?.pop().ok_or(Error::NotFound)?;
    let mut product = before.clone();
    product.set(input)?;
    if product == before {
        return Ok(false);
    }
    let edit = Edit {
        before: Some(before),
        after: Some(product),
    };
    kept::keep(tx, stamp, edit).await.map_err(or_taken)?;
    Ok(true)
}

/// Removes a product that no opportunity names; others are deactivated instead.
pub async fn delete(tx: &mut Tx, stamp: &Stamp, id: i64) -> Result<()> {
    let before = some(tx, &[id]).await?.pop();
    if before.is_none() {
        return Err(Error::NotFound);
    }
    if tx.opt::<(i64,)>(&naming(id)).await?.is_some() {
        return Err(invalid("is_active", is_named()));
    }
    kept::keep(tx, stamp, Edit { before, after: None }).await?;
    Ok(())
}
