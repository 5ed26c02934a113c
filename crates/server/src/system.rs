//! How the product itself is doing: probes, figures for Prometheus, and the System page.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use kernel::clock::{HOUR_US, MINUTE_US};
use kernel::ctx::Ctx;
use kernel::db::replica;
use kernel::error::{Error, Result};
use kernel::events::consumers::{self, Consumer, Lag, SetAside};
use kernel::http::openapi::Problems;
use kernel::http::{Access, App, PathId, Reply, Routes};
use kernel::jobs::{self, JobRow, Schedule, ScheduleRow};
use kernel::page;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::doctor::{self, Told};

pub fn routes(consumers: &[Consumer], schedules: &[Schedule]) -> Routes {
    let (of_system, system_path, get_system) = routes!(get_system);
    let schedules: Arc<[Schedule]> = schedules.into();
    let (schemas, paths, methods) = routes!(replay_event);
    let consumers: Arc<[Consumer]> = consumers.into();
    Routes::new()
        .add(
            (of_system, system_path, get_system.layer(Extension(schedules))),
            Access::Needs(identity::SYSTEM_READ),
        )
        .add(routes!(get_doctor), Access::Needs(identity::SYSTEM_READ))
        .add(
            (schemas, paths, methods.layer(Extension(consumers))),
            Access::Needs(identity::SYSTEM_READ),
        )
}

/// How the product is doing.
#[derive(Serialize, ToSchema)]
struct System {
    version: &'static str,
    /// `sqlite` or `postgres`.
    database: &'static str,
    database_bytes: i64,
    /// The replica that lists are read from, where there is one.
    replica: Option<replica::Report>,
    consumers: Vec<Lag>,
    events_set_aside: Vec<SetAside>,
    jobs: Vec<JobRow>,
    schedules: Vec<ScheduleRow>,
    rates: Rates,
}

/// How much is going on.
#[derive(Serialize, ToSchema)]
struct Rates {
    events_last_minute: i64,
    events_last_hour: i64,
    /// Counting stops at 10 000.
    is_capped: bool,
}

/// Counts the newest events, back to where counting stops.
async fn rates(ctx: &Ctx) -> Result<Rates> {
    let now_us = ctx.now_us();
    let since = async |ago_us: i64| -> Result<i64> {
        let newest = Query::select()
            .column("at")
            .from(Alias::new("events"))
            .order_by("id", Order::Desc)
            .limit(page::COUNT_CAP as u64)
            .to_owned();
        let recent = Query::select()
            .from_subquery(newest, Alias::new("newest"))
            .and_where(Expr::col("at").gte(now_us - ago_us))
            .to_owned();
        Ok(page::count(&ctx.db, &recent, true).await?.0)
    };
    let (minute, hour) = (since(MINUTE_US).await?, since(HOUR_US).await?);
    Ok(Rates {
        events_last_minute: minute,
        events_last_hour: hour,
        is_capped: hour >= page::COUNT_CAP,
    })
}

/// Consumers and how far behind they are, events set aside, jobs and schedules, how much is going on, the size of the database.
#[utoipa::path(get, path = "/system/", tag = "system", operation_id = "get_system", responses((status = 200, body = System), Problems))]
async fn get_system(ctx: Ctx, Extension(schedules): Extension<Arc<[Schedule]>>) -> Result<Reply> {
    let system = System {
        version: env!("CARGO_PKG_VERSION"),
        database: ctx.db.dialect().name(),
        database_bytes: ctx.db.size_bytes().await?,
        replica: ctx.db.replica(),
        consumers: consumers::lags(&ctx.db).await?,
        events_set_aside: consumers::set_aside(&ctx.db).await?,
        jobs: jobs::list(&ctx.db).await?,
        schedules: jobs::scheduled(&ctx.db, ctx.now_us(), &schedules).await?,
        rates: rates(&ctx).await?,
    };
    Reply::ok(&system)
}

/// Whether everything is as it must be: the checks of `crm doctor` that a running server can afford, without the schema, the audit and the file.
#[utoipa::path(get, path = "/system/doctor/", tag = "system", operation_id = "get_doctor", responses((status = 200, body = [Told]), Problems))]
async fn get_doctor(ctx: Ctx) -> Result<Reply> {
    let checks = doctor::examine(&ctx, false).await?;
    Reply::ok(&checks.into_iter().map(|check| check.told(ctx.lang)).collect::<Vec<_>>())
}

/// Hands an event that was set aside to its consumer once more.
#[utoipa::path(post, path = "/system/set-aside/{id}/replay/", tag = "system", operation_id = "replay_event", params(("id" = i64, Path)), responses((status = 204, description = "It went well this time"), Problems))]
async fn replay_event(ctx: Ctx, Extension(known): Extension<Arc<[Consumer]>>, PathId(id): PathId<i64>) -> Result<Reply> {
    let aside = consumers::set_aside(&ctx.db)
        .await?
        .into_iter()
        .find(|aside| aside.id == id)
        .ok_or(Error::NotFound)?;
    let consumer = known
        .iter()
        .find(|consumer| consumer.name == aside.consumer)
        .ok_or(Error::NotFound)?;
    ctx.write(async |tx| {
        consumer.replay(tx, id).await?;
        Ok(Reply::no_content())
    })
    .await
}

/// `/healthz`: the process is there. `/readyz`: it can read its database. `/metrics`: for Prometheus.
pub fn probes(app: &App) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(app.clone())
}

async fn ready(State(app): State<App>) -> Response {
    match kernel::events::horizon(&app.db).await {
        Ok(_) => "ok".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
        }
    }
}

fn figures_of(replica: &replica::Report) -> String {
    let replica::Report {
        is_used,
        lag_ms,
        reads,
        reads_of_primary,
        failures,
        ..
    } = replica;
    format!(
        "# TYPE crm_replica_used gauge\ncrm_replica_used {}\n\
         # TYPE crm_replica_lag_seconds gauge\ncrm_replica_lag_seconds {}.{:03}\n\
         # TYPE crm_replica_reads_total counter\ncrm_replica_reads_total{{from=\"replica\"}} {reads}\n\
         crm_replica_reads_total{{from=\"primary\"}} {reads_of_primary}\n\
         # TYPE crm_replica_failures_total counter\ncrm_replica_failures_total {failures}\n",
        u8::from(*is_used),
        lag_ms / 1_000,
        lag_ms % 1_000,
    )
}

async fn metrics(State(app): State<App>) -> Response {
    use std::fmt::Write as _;
    let mut page = crate::metrics::page();
    if let Some(replica) = app.db.replica() {
        page.push_str(&figures_of(&replica));
    }
    match consumers::lags(&app.db).await {
        Ok(lags) => {
            page.push_str("# TYPE crm_consumer_lag_events gauge\n");
            for lag in lags {
                let _ = writeln!(page, "crm_consumer_lag_events{{consumer=\"{}\"}} {}", lag.consumer, lag.behind);
            }
            ([("content-type", "text/plain; version=0.0.4")], page).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "no metrics");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
