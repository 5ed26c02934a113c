//! The catalogue of products with their prices.

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::events::NewEvent;
use kernel::text::fold;
use sea_query::Query;
use serde_json::json;

/// A product about to be put into the catalogue.
#[derive(Clone, Debug, Default)]
pub struct NewProduct {
    pub code: String,
    pub name: String,
    pub series: String,
    pub price_minor: i64,
    /// ISO 4217; the organisation's when it is empty.
    pub currency: String,
}

/// Puts a product into the catalogue.
pub async fn create(tx: &mut Tx, ctx: &Ctx, new: NewProduct) -> Result<i64> {
    let currency = if new.currency.is_empty() {
        ctx.org.currency.clone()
    } else {
        new.currency
    };
    let insert = Query::insert()
        .into_table("products")
        .columns(["code", "name", "name_fold", "series", "price", "currency", "created_at"])
        .values_panic([
            new.code.as_str().into(),
            new.name.as_str().into(),
            fold(&new.name).into(),
            new.series.into(),
            new.price_minor.into(),
            currency.into(),
            ctx.now_us().into(),
        ])
        .returning_col("id")
        .to_owned();
    let id = tx.insert(&insert).await?;
    let event = NewEvent::new("product.created", "product", id).payload(json!({ "code": new.code, "name": new.name }));
    tx.emit(&ctx.stamp(), event).await?;
    Ok(id)
}
