//! What was decided, kept for ever: whose a record became, by which rule, and why; and which records have to be touched until when.

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::json_text::JsonText;
use records::{Record, choices};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;

use crate::engine::Decision;
use crate::trace::AssignmentTrace;

/// Decisions shown of one record.
const SHOWN: u64 = 100;

/// Where it travels in [`Record::carried`].
const CARRIED: &str = "assignment";

choices! {
    /// What made somebody decide.
    AssignmentReason {
        Created: "created", "Oluşturuldu", "It was created";
        Asked: "asked", "Kurallara soruldu", "The rules were asked";
        Named: "named", "Elle verildi", "Given by hand";
        Untouched: "untouched", "Süresinde ilgilenilmedi", "Nobody touched it in time";
        GivenUp: "given_up", "Yöneticiye bırakıldı", "Left to the manager";
    }
}

/// A decision on its way to being kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    pub reason: AssignmentReason,
    pub rule_id: Option<i64>,
    pub user_id: Option<i64>,
    /// Until when it must be touched; none when nobody watches it.
    pub due_at: Option<i64>,
    /// How often it was moved on, and who had it.
    pub moves: i64,
    pub had: Vec<i64>,
    pub trace: AssignmentTrace,
}

impl Kept {
    pub fn of(reason: AssignmentReason, decision: &Decision) -> Kept {
        Kept {
            reason,
            rule_id: decision.rule_id,
            user_id: decision.user_id,
            due_at: decision.sla_due_at,
            moves: 0,
            had: decision.user_id.into_iter().collect(),
            trace: decision.trace.clone(),
        }
    }

    /// Hands it on to the hook that writes it.
    pub fn carry(&self, record: &mut Record) {
        record.carried.insert(CARRIED.into(), json!(self));
    }

    pub fn carried(record: &Record) -> Option<Kept> {
        serde_json::from_value(record.carried.get(CARRIED)?.clone()).ok()
    }
}

/// Writes decisions down, and watches or no longer watches their records.
pub async fn keep(tx: &mut Tx, stamp: &Stamp, kept: &[(&Record, Kept)]) -> Result<()> {
    let Some(entity) = kept.first().map(|(record, _)| record.entity.name) else {
        return Ok(());
    };
    let mut rows = Vec::with_capacity(kept.len());
    let mut watches = Vec::new();
    for (record, kept) in kept {
        rows.push(vec![
            entity.into(),
            record.id.into(),
            kept.rule_id.into(),
            kept.user_id.into(),
            kept.reason.word().into(),
            stamp.at_us.into(),
            serde_json::to_string(&kept.trace)?.into(),
        ]);
        if let (Some(due_at), Some(rule_id), Some(user_id)) = (kept.due_at, kept.rule_id, kept.user_id) {
            watches.push(vec![
                entity.into(),
                record.id.into(),
                rule_id.into(),
                user_id.into(),
                due_at.into(),
                kept.moves.into(),
                serde_json::to_string(&kept.had)?.into(),
            ]);
        }
    }
    let columns = ["entity", "record_id", "rule_id", "user_id", "reason", "at", "trace"];
    tx.insert_rows("assignment_decisions", &columns, rows.into_iter()).await?;
    unwatch(tx, entity, kept.iter().map(|(record, _)| record.id)).await?;
    let columns = ["entity", "record_id", "rule_id", "user_id", "due_at", "moves", "had"];
    tx.insert_rows("assignment_watches", &columns, watches.into_iter()).await
}

/// Nobody has to touch these any more.
pub async fn unwatch(tx: &mut Tx, entity: &str, ids: impl Iterator<Item = i64>) -> Result<()> {
    let end = Query::delete()
        .from_table("assignment_watches")
        .and_where(Expr::col("entity").eq(entity))
        .and_where(Expr::col("record_id").is_in(ids))
        .to_owned();
    tx.exec(&end).await?;
    Ok(())
}

/// A decision as it is shown.
#[derive(Clone, Debug, Serialize, FromRow, ToSchema)]
pub struct AssignmentDecision {
    pub id: i64,
    #[serde(serialize_with = "kernel::clock::shown::time")]
    #[schema(value_type = String, format = DateTime)]
    pub at: i64,
    #[sqlx(try_from = "String")]
    pub reason: AssignmentReason,
    pub rule_id: Option<i64>,
    /// Whose it became; none when nobody was found.
    pub user_id: Option<i64>,
    pub user_name: Option<String>,
    #[schema(value_type = AssignmentTrace)]
    pub trace: JsonText<AssignmentTrace>,
}

/// The decisions about a record, the newest first.
pub async fn of(ctx: &Ctx, entity: &str, record_id: i64) -> Result<Vec<AssignmentDecision>> {
    let decisions = "assignment_decisions";
    let query = Query::select()
        .columns(["id", "at", "reason", "rule_id", "user_id", "trace"].map(|column| (decisions, column)))
        .expr_as(Expr::col(("users", "name")), "user_name")
        .from(Alias::new(decisions))
        .left_join("users", Expr::col(("users", "id")).equals((decisions, "user_id")))
        .and_where(Expr::col((decisions, "entity")).eq(entity))
        .and_where(Expr::col((decisions, "record_id")).eq(record_id))
        .order_by((decisions, "id"), Order::Desc)
        .limit(SHOWN)
        .to_owned();
    ctx.db.all(&query).await
}
