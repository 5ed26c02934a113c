//! Rates of currencies over HTTP.

use axum::extract::OriginalUri;
use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result, invalid};
use kernel::events::{Event, NewEvent};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, List, Params, PathId, Reply, Routes};
use kernel::operations::Refusal;
use kernel::page::{self, SortKey};
use kernel::{money, say};
use records::edit::{self, Edit};
use records::kept::noted;
use records::paging::paging_only;
use sea_query::{Alias, Expr, ExprTrait, OnConflict, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::permissions::{OPPORTUNITY_READ, PRODUCT_MANAGE};
use crate::products::{currency, decimal};

const TAG: &str = "exchange-rates";
/// The subject type of the events of rates, which have no id: each carries the rate whole.
pub const SUBJECT: &str = "exchange_rate";
const MAX_SOURCE_CHARS: usize = 50;

/// A rate as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
struct Row {
    currency: String,
    date: String,
    rate_micros: i64,
    source: String,
}

impl Row {
    fn shown(&self) -> ExchangeRate {
        ExchangeRate {
            currency: self.currency.clone(),
            date: self.date.clone(),
            rate: money::to_scaled(self.rate_micros, 6),
            source: self.source.clone(),
        }
    }
}

async fn held(tx: &mut Tx, currency: &str, date: &str) -> Result<Option<Row>> {
    let mut query = Query::select();
    query
        .columns(["currency", "date", "rate_micros", "source"])
        .from(Alias::new("exchange_rates"))
        .and_where(Expr::col("currency").eq(currency))
        .and_where(Expr::col("date").eq(date));
    tx.dialect().for_update(&mut query);
    tx.opt(&query).await
}

/// Sets a rate, or takes it away, and tells it.
async fn keep(tx: &mut Tx, stamp: &Stamp, edit: Edit<Row>) -> Result<()> {
    if let Some(row) = &edit.after {
        let put = Query::insert()
            .into_table("exchange_rates")
            .columns(["currency", "date", "rate_micros", "source"])
            .values_panic([
                row.currency.as_str().into(),
                row.date.as_str().into(),
                row.rate_micros.into(),
                row.source.as_str().into(),
            ])
            .on_conflict(
                OnConflict::columns(["currency", "date"])
                    .update_columns(["rate_micros", "source"])
                    .to_owned(),
            )
            .to_owned();
        tx.exec(&put).await?;
    } else if let Some(row) = &edit.before {
        let gone = Query::delete()
            .from_table("exchange_rates")
            .and_where(Expr::col("currency").eq(row.currency.as_str()))
            .and_where(Expr::col("date").eq(row.date.as_str()))
            .to_owned();
        tx.exec(&gone).await?;
    }
    let event = NewEvent::new("exchange_rate.set", SUBJECT, 0)
        .payload(edit.images())
        .changes(edit.changes());
    tx.emit(stamp, event).await
}

/// Takes back events of rates, newest first. Amounts that were converted keep their rate, as ever. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let mut refusals = Vec::new();
        // One event an operation.
        for event in events {
            let side = |name: &str| serde_json::from_value::<Option<Row>>(event.payload[name].clone());
            let (before, after) = (side("before")?, side("after")?);
            let Some(row) = after.as_ref().or(before.as_ref()) else { continue };
            let now = held(tx, &row.currency, &row.date).await?;
            if now != after {
                let problem = say!("Bu kayıt sonradan değiştirilmiş.", "This record was changed since.");
                refusals.push(edit::whole(SUBJECT, event.subject_id, problem));
                continue;
            }
            let back = Edit {
                before: now,
                after: before,
            };
            keep(tx, &stamp, back).await?;
        }
        Ok(refusals)
    })
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_exchange_rates), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(put_exchange_rate), Access::Needs(PRODUCT_MANAGE))
}

/// How much of the organisation's currency one unit of another was worth on a day; it holds until the next one.
#[derive(Serialize, ToSchema)]
pub struct ExchangeRate {
    pub currency: String,
    #[schema(format = Date)]
    pub date: String,
    /// A decimal string such as `41.234567`.
    pub rate: String,
    /// Where it is from: `TCMB`.
    pub source: String,
}

/// A rate about to be set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExchangeRateInput {
    #[schema(value_type = String)]
    pub rate: Value,
    #[serde(default)]
    pub source: String,
}

/// The rates, the newest first; `currency` narrows them to one.
#[utoipa::path(get, path = "/exchange-rates/", tag = TAG, operation_id = "list_exchange_rates",
    params(("currency" = Option<String>, Query), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<ExchangeRate>), Problems))]
async fn list_exchange_rates(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let (own, paging): (Vec<_>, Vec<_>) = pairs.iter().cloned().partition(|(name, _)| name == "currency");
    let request = paging_only(&paging)?;
    let dialect = ctx.db.dialect();
    let mut filtered = Query::select();
    filtered.from(Alias::new("exchange_rates"));
    if let Some((_, code)) = own.first() {
        let code = currency(code).map_err(|problem| invalid("currency", problem))?;
        filtered.and_where(Expr::col(("exchange_rates", "currency")).eq(code));
    }
    let column = |name: &str| (name.to_owned(), format!("exchange_rates.{name}"));
    let mut row: Vec<_> = ["currency", "date", "source"].map(column).into();
    row.push(("rate".into(), dialect.json_scaled("exchange_rates.rate_micros", 6)));
    let keys = [("date", true), ("currency", false)].map(|(column, descending)| SortKey {
        table: "exchange_rates",
        column,
        nullable: false,
        descending,
    });
    let page = page::fetch(&ctx.db, &filtered, &dialect.json_object(&row), &keys, &request).await?;
    let (count, count_is_capped) = page::count(&ctx.db, &filtered, request.exact_count()).await?;
    Ok(List {
        page,
        count,
        count_is_capped,
        path: uri.path(),
        query: &pairs,
    }
    .reply())
}

/// Sets the rate of a currency on a day. Amounts that were converted already keep their rate until they are changed.
#[utoipa::path(put, path = "/exchange-rates/{currency}/{date}/", tag = TAG, operation_id = "put_exchange_rate", params(("currency" = String, Path), ("date" = String, Path)), request_body = ExchangeRateInput, responses((status = 200, body = ExchangeRate), Problems))]
async fn put_exchange_rate(
    ctx: Ctx,
    PathId((code, date)): PathId<(String, String)>,
    Body(input): Body<ExchangeRateInput>,
) -> Result<Reply> {
    let mut errors = FieldErrors::default();
    let code = currency(&code)
        .map_err(|problem| errors.add("currency", problem))
        .unwrap_or_default();
    if code == ctx.org.currency {
        errors.add(
            "currency",
            say!(
                "Kuruluşun kendi para birimi her zaman 1'dir.",
                "The organisation's own currency is always 1."
            ),
        );
    }
    let is_date = chrono::NaiveDate::parse_from_str(&date, "%Y-%m-%d").is_ok_and(|day| day.format("%Y-%m-%d").to_string() == date);
    if !is_date {
        errors.add(
            "date",
            say!("YYYY-AA-GG biçiminde bir tarih olmalı.", "Must be a date of the form YYYY-MM-DD."),
        );
    }
    let rate_micros = decimal(&input.rate, 6).map_err(|problem| errors.add("rate", problem)).unwrap_or(1);
    if rate_micros == 0 {
        errors.add("rate", say!("Sıfırdan büyük olmalı.", "Must be greater than zero."));
    }
    if input.source.chars().count() > MAX_SOURCE_CHARS {
        errors.add(
            "source",
            say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_SOURCE_CHARS),
        );
    }
    errors.check()?;
    ctx.write(async |tx| {
        let rate = Row {
            currency: code,
            date,
            rate_micros,
            source: input.source.trim().to_owned(),
        };
        noted(tx, &ctx, "exchange_rates.set", async |tx, stamp| {
            let before = held(tx, &rate.currency, &rate.date).await?;
            let reply = Reply::ok(&rate.shown())?;
            if before.as_ref() == Some(&rate) {
                return Ok((reply, false));
            }
            let after = Some(rate);
            keep(tx, stamp, Edit { before, after }).await?;
            Ok((reply, true))
        })
        .await
    })
    .await
}
