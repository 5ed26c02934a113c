//! Days on which nobody works: those of the country, and the organisation's own.

use std::sync::Arc;

use chrono::NaiveDate;
use kernel::ctx::Ctx;
use kernel::error::{Error, FieldErrors, Result};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::say;
use records::edit::Edit;
use records::kept::{self, Kept, noted};
use sea_query::{Expr, ExprTrait, Order};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::permissions::ACTIVITY_MANAGE;

const TAG: &str = "calendar";
const MAX_NAME_CHARS: usize = 100;

/// A day on which the organisation does not work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Holiday {
    pub id: i64,
    #[schema(format = Date)]
    pub day: String,
    pub name: String,
    /// Whether only the afternoon is free.
    pub is_half_day: bool,
}

impl Kept for Holiday {
    const TABLE: &'static str = "holidays";
    const SUBJECT: &'static str = "holiday";
    const KINDS: [&'static str; 3] = ["holiday.created", "holiday.updated", "holiday.deleted"];
    const COLUMNS: &'static [&'static str] = &["day", "name", "is_half_day"];

    fn id(&self) -> i64 {
        self.id
    }

    fn identify(&mut self, id: i64) {
        self.id = id;
    }

    fn values(&self) -> Result<Vec<sea_query::Value>> {
        Ok(vec![self.day.as_str().into(), self.name.as_str().into(), self.is_half_day.into()])
    }
}

/// A day to be free.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayInput {
    #[schema(format = Date)]
    pub day: String,
    pub name: String,
    #[serde(default)]
    pub is_half_day: bool,
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_holidays), Access::SignedIn)
        .add(routes!(create_holiday), Access::Needs(ACTIVITY_MANAGE))
        .add(routes!(delete_holiday), Access::Needs(ACTIVITY_MANAGE))
}

/// The organisation's own, by day.
pub async fn own(ctx: &Ctx) -> Result<Arc<Vec<Holiday>>> {
    let db = ctx.db.clone();
    let query = kept::select::<Holiday>().order_by("day", Order::Asc).to_owned();
    let holidays = || async move { db.all::<Holiday>(&query).await };
    ctx.db.memo().get("holidays".into(), &[Holiday::SUBJECT], holidays).await
}

/// The days on which the organisation does not work, beside the public holidays.
#[utoipa::path(get, path = "/holidays/", tag = TAG, operation_id = "list_holidays", responses((status = 200, body = Listed<Holiday>), Problems))]
async fn list_holidays(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&Listed::whole(own(&ctx).await?.to_vec()))
}

/// Makes a day free.
#[utoipa::path(post, path = "/holidays/", tag = TAG, operation_id = "create_holiday", request_body = HolidayInput, responses((status = 201, body = Holiday), Problems))]
async fn create_holiday(ctx: Ctx, Body(input): Body<HolidayInput>) -> Result<Reply> {
    let mut errors = FieldErrors::default();
    let name = input.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if !(1..=MAX_NAME_CHARS).contains(&name.chars().count()) {
        errors.add(
            "name",
            say!(
                "1 ile {} karakter arasında olmalı.",
                "Must have 1 to {} characters.",
                MAX_NAME_CHARS
            ),
        );
    }
    let day = input.day.parse::<NaiveDate>();
    if day.is_err() {
        errors.add("day", say!("2026-03-31 gibi bir gün olmalı.", "Must be a day such as 2026-03-31."));
    }
    errors.check()?;
    let holiday = Holiday {
        id: 0,
        day: day.map(|day| day.to_string()).unwrap_or_default(),
        name,
        is_half_day: input.is_half_day,
    };
    ctx.write(async |tx| {
        noted(tx, &ctx, "holidays.create", async |tx, stamp| {
            let taken = || say!("Bu gün listede var.", "This day is in the list already.");
            let kept = kept::keep(
                tx,
                stamp,
                Edit {
                    before: None,
                    after: Some(holiday),
                },
            )
            .await
            .map_err(|error| error.or_taken("holidays", &["day"], "day", taken()))?
            .ok_or(Error::NotFound)?;
            Ok((Reply::created(format!("/api/v1/crm/holidays/{}/", kept.id), &kept)?, true))
        })
        .await
    })
    .await
}

/// Makes a day a working day again.
#[utoipa::path(delete, path = "/holidays/{id}/", tag = TAG, operation_id = "delete_holiday", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_holiday(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "holidays.delete", async |tx, stamp| {
            let query = kept::select::<Holiday>().and_where(Expr::col("id").eq(id)).to_owned();
            let before: Holiday = tx.opt(&query).await?.ok_or(Error::NotFound)?;
            kept::keep(
                tx,
                stamp,
                Edit {
                    before: Some(before),
                    after: None,
                },
            )
            .await?;
            Ok((Reply::no_content(), true))
        })
        .await
    })
    .await
}
