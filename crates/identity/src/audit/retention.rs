//! How long the audit is kept: a setting of the organisation, looked after once a day. What goes is always the oldest part of the chain as a whole,
//! and never without the checkpoint on which the rest stands (see [`ending`]).

use chrono::Months;
use kernel::clock;
use kernel::ctx::Ctx;
use kernel::error::{Result, invalid};
use kernel::http::openapi::Problems;
use kernel::http::{Params, Reply};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use utoipa::ToSchema;

use super::ending;
use crate::listing::filter;
use crate::organisation;

/// The daily job.
pub(crate) const JOB: &str = "identity.end_audit";

/// What a retention would end now.
#[derive(Serialize, ToSchema)]
pub struct Retention {
    /// As asked, or as it is set; none for ever.
    months: Option<i64>,
    /// Entries from before this moment go.
    before: Option<String>,
    /// How many entries that is today.
    entries: i64,
    /// Of the oldest entry there is.
    oldest_at: Option<String>,
}

/// Ends what is older than the organisation keeps.
pub(crate) async fn run(ctx: &Ctx) -> Result<()> {
    let Some(months) = set(ctx).await? else { return Ok(()) };
    let Some(before_us) = before(ctx, months) else { return Ok(()) };
    let ended = ending::end_before(ctx, before_us).await?;
    if ended > 0 {
        tracing::info!(ended, months, "old entries of the audit were ended");
    }
    Ok(())
}

async fn set(ctx: &Ctx) -> Result<Option<i64>> {
    let select = Query::select()
        .column("audit_kept_months")
        .from(Alias::new("organisation"))
        .order_by("id", Order::Asc)
        .limit(1)
        .to_owned();
    Ok(ctx.db.opt::<(Option<i64>,)>(&select).await?.and_then(|(months,)| months))
}

/// So many months ago, to the day and the hour.
fn before(ctx: &Ctx, months: i64) -> Option<i64> {
    let months = Months::new(u32::try_from(months).ok()?);
    Some(clock::utc(ctx.now_us()).checked_sub_months(months)?.timestamp_micros())
}

/// What would be ended by a retention: that of the parameter `months`, or the one that is set.
#[utoipa::path(get, path = "/audit/retention/", operation_id = "get_audit_retention", tag = "audit", params(("months" = Option<i64>, Query)), responses((status = 200, body = Retention), Problems))]
pub(super) async fn get_audit_retention(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let months = match filter(&pairs, "months") {
        None => set(&ctx).await?,
        Some(text) => {
            let wrong = || invalid("months", say!("Bir ay sayısı olmalı.", "Must be a number of months."));
            organisation::audit_kept_months("months", Some(text.trim().parse().map_err(|_| wrong())?))?
        }
    };
    let end = |order| {
        Query::select()
            .columns(["id", "at"])
            .from(Alias::new("audit_entries"))
            .order_by("id", order)
            .limit(1)
            .to_owned()
    };
    let oldest: Option<(i64, i64)> = ctx.db.opt(&end(Order::Asc)).await?;
    let newest: Option<(i64, i64)> = ctx.db.opt(&end(Order::Desc)).await?;
    let before_us = months.and_then(|months| before(&ctx, months));
    let entries = match (before_us, oldest, newest) {
        (Some(before_us), Some((oldest, _)), Some((newest, _))) => {
            // As far as no younger one stands among them: numbers follow each other without a gap.
            let younger = Query::select()
                .expr(Expr::col("id").min())
                .from(Alias::new("audit_entries"))
                .and_where(Expr::col("at").gte(before_us))
                .to_owned();
            let (younger,): (Option<i64>,) = ctx.db.one(&younger).await?;
            younger.unwrap_or(newest + 1) - oldest
        }
        _ => 0,
    };
    Reply::ok(&Retention {
        months,
        before: before_us.map(clock::rfc3339),
        entries,
        oldest_at: oldest.map(|(_, at)| clock::rfc3339(at)),
    })
}
