//! How an opportunity came to stand where it stands, over HTTP.

use kernel::clock::rfc3339;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, PathId, Reply, Routes};
use kernel::money::{to_decimal, to_scaled};
use records::read;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::super::{Key, OPPORTUNITY};
use crate::figures::Sight;
use crate::permissions::OPPORTUNITY_READ;
use crate::pipelines::{self, Pipelines};

const TAG: &str = "opportunities";
/// Changes shown, the newest: who reads on has the history of the record.
const MAX_CHANGES: usize = 500;

pub fn routes() -> Routes {
    Routes::new().add(routes!(list_opportunity_history), Access::Needs(OPPORTUNITY_READ))
}

/// How an opportunity stood after a change.
#[derive(Clone, Debug, FromRow)]
struct Row {
    at: i64,
    actor_id: Option<i64>,
    actor_name: Option<String>,
    stage_id: i64,
    amount: i64,
    currency: String,
    probability: i64,
    expected_close_date: Option<String>,
    category: String,
    is_deleted: bool,
}

/// How an opportunity stood after a change, and what the change was. What a role hides is none.
#[derive(Serialize, ToSchema)]
pub struct OpportunityChange {
    #[schema(format = DateTime)]
    pub at: String,
    /// Who changed it; none of what happened by itself.
    pub actor_id: Option<i64>,
    pub actor_name: Option<String>,
    /// The fields that changed, as they are called in the API; of the first row none: it is how it began.
    pub changed: Vec<&'static str>,
    pub stage: Option<StageThen>,
    /// In the currency beside it.
    pub amount: Option<String>,
    pub currency: Option<String>,
    /// Percent.
    pub probability: Option<String>,
    pub expected_close_date: Option<String>,
    pub category: Option<String>,
    pub is_deleted: bool,
}

/// A stage of the past; without names when there is none of its id any more.
#[derive(Serialize, ToSchema)]
pub struct StageThen {
    pub id: i64,
    pub key: Option<String>,
    pub name_tr: Option<String>,
    pub name_en: Option<String>,
}

impl StageThen {
    fn of(id: i64, pipelines: &Pipelines) -> StageThen {
        let stage = pipelines.stage(id);
        StageThen {
            id,
            key: stage.map(|stage| stage.key.clone()),
            name_tr: stage.map(|stage| stage.name_tr.clone()),
            name_en: stage.map(|stage| stage.name_en.clone()),
        }
    }
}

/// Whether a field differs between two rows.
type Differs = fn(&Row, &Row) -> bool;

/// What is told apart, and whether it differs between two rows.
const COMPARED: [(Key, Differs); 6] = [
    (Key::Stage, |a, b| a.stage_id != b.stage_id),
    (Key::Amount, |a, b| a.amount != b.amount),
    (Key::Currency, |a, b| a.currency != b.currency),
    (Key::Probability, |a, b| a.probability != b.probability),
    (Key::ExpectedCloseDate, |a, b| a.expected_close_date != b.expected_close_date),
    (Key::Category, |a, b| a.category != b.category),
];

/// The rows that changed something the caller may see, the newest first. `is_whole` where the last row is how it began.
fn changes(rows: &[Row], is_whole: bool, sight: &Sight, pipelines: &Pipelines) -> Vec<OpportunityChange> {
    let mut shown = Vec::with_capacity(rows.len());
    for (place, row) in rows.iter().enumerate() {
        let before = rows.get(place + 1);
        let changed: Vec<&'static str> = match before {
            None => Vec::new(),
            Some(before) => COMPARED
                .iter()
                .filter(|(key, differs)| sight.sees(*key) && differs(before, row))
                .map(|(key, _)| key.name())
                .collect(),
        };
        let is_told = match before {
            None => is_whole,
            Some(before) => !changed.is_empty() || before.is_deleted != row.is_deleted,
        };
        if !is_told {
            continue;
        }
        let sees = |key: Key| sight.sees(key);
        shown.push(OpportunityChange {
            at: rfc3339(row.at),
            actor_id: row.actor_id,
            actor_name: row.actor_name.clone(),
            changed,
            stage: sees(Key::Stage).then(|| StageThen::of(row.stage_id, pipelines)),
            amount: sees(Key::Amount).then(|| to_decimal(row.amount)),
            currency: sees(Key::Currency).then(|| row.currency.clone()),
            probability: sees(Key::Probability).then(|| to_scaled(row.probability, 2)),
            expected_close_date: row.expected_close_date.clone().filter(|_| sees(Key::ExpectedCloseDate)),
            category: sees(Key::Category).then(|| row.category.clone()),
            is_deleted: row.is_deleted,
        });
    }
    shown
}

/// The changes of stage, amount, probability, expected close and category with who made them and when, the newest first; the last row is how it
/// began. At most 500.
#[utoipa::path(get, path = "/opportunities/{id}/history/", tag = TAG, operation_id = "list_opportunity_history", params(("id" = i64, Path)), responses((status = 200, body = Listed<OpportunityChange>), Problems))]
async fn list_opportunity_history(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    const HISTORY: &str = "opportunity_history";
    read::require(&ctx, &OPPORTUNITY, OPPORTUNITY_READ, id).await?;
    let col = |name: &'static str| Expr::col((HISTORY, name));
    let mut query = Query::select();
    for name in [
        "at",
        "actor_id",
        "stage_id",
        "amount",
        "currency",
        "probability",
        "expected_close_date",
        "category",
        "is_deleted",
    ] {
        query.expr(col(name));
    }
    query
        .expr_as(Expr::col(("users", "name")), Alias::new("actor_name"))
        .from(Alias::new(HISTORY))
        .left_join("users", Expr::col(("users", "id")).equals((HISTORY, "actor_id")))
        .and_where(col("opportunity_id").eq(id))
        .order_by((HISTORY, "at"), Order::Desc)
        .order_by((HISTORY, "id"), Order::Desc)
        // One more tells what the last one shown was before.
        .limit(MAX_CHANGES as u64 + 1);
    let rows: Vec<Row> = ctx.db.all(&query).await?;
    let pipelines = pipelines::all(&ctx).await?;
    let is_whole = rows.len() <= MAX_CHANGES;
    Reply::ok(&Listed::whole(changes(&rows, is_whole, &Sight::of(&ctx), &pipelines)))
}
