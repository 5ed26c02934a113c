//! What somebody did in one stroke, to how many records, and how it is undone. The events of an operation carry its id; undoing applies
//! their changes backwards, newest first, refuses field by field what has changed since, and is an operation itself.

use futures::future::BoxFuture;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::FromRow;

use crate::clock::DAY_US;
use crate::ctx::{Ctx, Stamp};
use crate::db::{Db, Tx};
use crate::error::{Error, Lang, Result, Say};
use crate::events::{self, Event};
use crate::ids::OperationId;
use crate::jobs::Job;
use crate::json_text::JsonText;
use crate::say;

/// How long an operation can be undone, and how long what it deleted is kept.
pub const UNDO_WINDOW_DAYS: i64 = 30;
/// Events undone in one transaction. An operation of no more is undone in one stroke, a larger one by a job.
const CHUNK: u64 = 500;
/// Refusals told in the answer; all of them are kept.
const TOLD: u64 = 100;

/// The job that undoes large operations.
pub const UNDO_JOB: Job = Job {
    name: "operations.undo",
    run: |ctx, payload| {
        Box::pin(async move {
            let id = payload["operation_id"]
                .as_i64()
                .ok_or(Error::internal("an undo without an operation"))?;
            run_undo(&ctx, OperationId(id)).await
        })
    },
};

/// Takes back events of one subject type, newest first; says what it refuses.
pub type Revert = for<'a> fn(&'a mut Tx, &'a Ctx, Stamp, &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>>;

/// Who can take back the events of which subject type.
pub type Reverts = Vec<(&'static str, Revert)>;

/// Something that could not be taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub subject_type: &'static str,
    pub subject_id: i64,
    /// Empty when it is about the whole record.
    pub field: String,
    pub reason: Say,
}

/// An operation as it stands in the table.
#[derive(Clone, Debug, Serialize, FromRow, utoipa::ToSchema)]
pub struct Operation {
    pub id: i64,
    /// `customers.bulk`, `customers.import`, `operations.undo`.
    pub kind: String,
    pub actor_id: Option<i64>,
    #[serde(serialize_with = "crate::clock::shown::time")]
    #[schema(value_type = String, format = DateTime)]
    pub at: i64,
    #[serde(serialize_with = "crate::clock::shown::time_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<i64>,
    /// `running`, `done` or `failed`.
    pub state: String,
    /// What it did: counts and the like.
    #[schema(value_type = Object)]
    pub summary: JsonText<Value>,
    pub undoes_id: Option<i64>,
    pub undone_by_id: Option<i64>,
}

/// The answer to an undo.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Undone {
    pub operation_id: i64,
    /// `done`, or `running` when it is large and goes on in the background.
    pub state: String,
    pub undone: i64,
    pub refused_count: i64,
    pub refused: Vec<Refused>,
}

/// A refusal in the caller's language.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Refused {
    pub subject_type: String,
    pub subject_id: i64,
    pub field: String,
    pub reason: String,
}

/// A query for whole operations.
pub fn select() -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "kind",
            "actor_id",
            "at",
            "finished_at",
            "state",
            "summary",
            "undoes_id",
            "undone_by_id",
        ])
        .from(Alias::new("operations"))
        .to_owned()
}

/// Begins an operation.
pub async fn open(tx: &mut Tx, stamp: &Stamp, kind: &str) -> Result<OperationId> {
    insert(tx, stamp, kind, None).await
}

/// Ends an operation, with what it did.
pub async fn finish(tx: &mut Tx, id: OperationId, now_us: i64, state: &str, summary: Value) -> Result<()> {
    let done = Query::update()
        .table("operations")
        .value("finished_at", now_us)
        .value("state", state)
        .value("summary", summary.to_string())
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.exec(&done).await?;
    Ok(())
}

/// Notes an operation that is done within this very transaction.
pub async fn note(tx: &mut Tx, stamp: &Stamp, kind: &str, summary: Value) -> Result<OperationId> {
    let row = Query::insert()
        .into_table("operations")
        .columns(["kind", "actor_id", "at", "finished_at", "state", "summary"])
        .values_panic([
            kind.into(),
            stamp.actor_id.map(|id| id.0).into(),
            stamp.at_us.into(),
            stamp.at_us.into(),
            "done".into(),
            summary.to_string().into(),
        ])
        .returning_col("id")
        .to_owned();
    Ok(OperationId(tx.insert(&row).await?))
}

/// Takes back the note of an operation that turned out to change nothing.
pub async fn forget(tx: &mut Tx, id: OperationId) -> Result<()> {
    tx.exec(
        &Query::delete()
            .from_table("operations")
            .and_where(Expr::col("id").eq(id))
            .to_owned(),
    )
    .await?;
    Ok(())
}

async fn insert(tx: &mut Tx, stamp: &Stamp, kind: &str, undoes: Option<i64>) -> Result<OperationId> {
    let row = Query::insert()
        .into_table("operations")
        .columns(["kind", "actor_id", "at", "state", "summary", "undoes_id"])
        .values_panic([
            kind.into(),
            stamp.actor_id.map(|id| id.0).into(),
            stamp.at_us.into(),
            "running".into(),
            "{}".into(),
            undoes.into(),
        ])
        .returning_col("id")
        .to_owned();
    Ok(OperationId(tx.insert(&row).await?))
}

/// Undoes an operation: at once, or by a job when it is large.
pub async fn undo(tx: &mut Tx, ctx: &Ctx, id: OperationId) -> Result<OperationId> {
    let mut find = select();
    find.and_where(Expr::col("id").eq(id));
    tx.dialect().for_update(&mut find);
    let operation: Operation = tx.opt(&find).await?.ok_or(Error::NotFound)?;
    if operation.state == "running" {
        return Err(Error::Conflict(say!("Bu işlem henüz sürüyor.", "This operation is still running.")));
    }
    if operation.undone_by_id.is_some() {
        return Err(Error::Conflict(say!(
            "Bu işlem zaten geri alındı.",
            "This operation has been undone already."
        )));
    }
    if ctx.now_us() - operation.at > UNDO_WINDOW_DAYS * DAY_US {
        return Err(Error::Conflict(say!(
            "İşlemler {} gün içinde geri alınabilir.",
            "Operations can be undone for {} days.",
            UNDO_WINDOW_DAYS
        )));
    }
    let stamp = ctx.stamp();
    let undo_id = insert(tx, &stamp, "operations.undo", Some(operation.id)).await?;
    let mark = Query::update()
        .table("operations")
        .value("undone_by_id", undo_id)
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.exec(&mark).await?;
    let many = Query::select()
        .expr(Expr::col("id"))
        .from(Alias::new("events"))
        .and_where(Expr::col("operation_id").eq(id))
        .order_by("id", Order::Asc)
        .offset(CHUNK)
        .limit(1)
        .to_owned();
    if tx.opt::<(i64,)>(&many).await?.is_some() {
        tx.enqueue(UNDO_JOB.name, json!({ "operation_id": undo_id }), stamp.at_us).await?;
    } else {
        while step(tx, ctx, undo_id).await? {}
    }
    Ok(undo_id)
}

/// Goes on with a large undo until it is done; safe to call again after a crash.
async fn run_undo(ctx: &Ctx, undo_id: OperationId) -> Result<()> {
    while ctx.db.write(async |tx| step(tx, ctx, undo_id).await).await? {}
    Ok(())
}

#[derive(FromRow)]
struct UndoState {
    state: String,
    actor_id: Option<i64>,
    undoes_id: Option<i64>,
    progress: Option<i64>,
    summary: JsonText<Value>,
}

/// Undoes one chunk; `false` when nothing is left.
async fn step(tx: &mut Tx, ctx: &Ctx, undo_id: OperationId) -> Result<bool> {
    let mut state = Query::select()
        .columns(["state", "actor_id", "undoes_id", "progress", "summary"])
        .from(Alias::new("operations"))
        .and_where(Expr::col("id").eq(undo_id))
        .to_owned();
    // A job may run twice at once when its lease ran out; a chunk must not.
    tx.dialect().for_update(&mut state);
    let state: UndoState = tx.opt(&state).await?.ok_or(Error::NotFound)?;
    let (Some(undoes), "running") = (state.undoes_id, state.state.as_str()) else {
        return Ok(false);
    };
    let mut next = events::select();
    next.and_where(Expr::col("operation_id").eq(undoes))
        .order_by("id", Order::Desc)
        .limit(CHUNK);
    if let Some(progress) = state.progress {
        next.and_where(Expr::col("id").lt(progress));
    }
    let chunk: Vec<Event> = tx.all(&next).await?;
    let count = |name: &str| state.summary[name].as_i64().unwrap_or(0);
    let (mut undone, mut refused) = (count("undone"), count("refused"));
    // A job undoes in the name of who asked.
    let stamp = Stamp {
        actor_id: state.actor_id.map(crate::ids::UserId),
        ..ctx.stamp()
    }
    .within(undo_id);
    for run in chunk.chunk_by(|a, b| a.subject_type == b.subject_type && a.is_erased() == b.is_erased()) {
        let Some((subject_type, revert)) = ctx.reverts.iter().find(|(subject, _)| *subject == run[0].subject_type) else {
            return Err(Error::internal(format!("nobody can undo {}", run[0].subject_type)));
        };
        let refusals = match run[0].is_erased() {
            true => run.iter().map(|event| erased(subject_type, event.subject_id)).collect(),
            false => revert(tx, ctx, stamp, run).await?,
        };
        let mut whole: Vec<i64> = refusals.iter().map(|refusal| refusal.subject_id).collect();
        whole.dedup();
        undone += run.len().saturating_sub(whole.len()) as i64;
        refused += refusals.len() as i64;
        keep_refusals(tx, undo_id, &refusals).await?;
    }
    let summary = json!({ "undone": undone, "refused": refused });
    match chunk.last() {
        Some(last) if chunk.len() as u64 == CHUNK => {
            let progress = Query::update()
                .table("operations")
                .value("progress", last.id)
                .value("summary", summary.to_string())
                .and_where(Expr::col("id").eq(undo_id))
                .to_owned();
            tx.exec(&progress).await?;
            Ok(true)
        }
        _ => {
            finish(tx, undo_id, ctx.now_us(), "done", summary).await?;
            Ok(false)
        }
    }
}

fn erased(subject_type: &'static str, subject_id: i64) -> Refusal {
    Refusal {
        subject_type,
        subject_id,
        field: String::new(),
        reason: say!(
            "Bu kaydın kişisel verileri kalıcı olarak silinmiş.",
            "The personal data of this record has been erased for good."
        ),
    }
}

async fn keep_refusals(tx: &mut Tx, undo_id: OperationId, refusals: &[Refusal]) -> Result<()> {
    for some in refusals.chunks(200) {
        let mut insert = Query::insert();
        insert
            .into_table("operation_refusals")
            .columns(["operation_id", "subject_type", "subject_id", "field", "reason_tr", "reason_en"]);
        for refusal in some {
            insert.values_panic([
                undo_id.into(),
                refusal.subject_type.into(),
                refusal.subject_id.into(),
                refusal.field.as_str().into(),
                refusal.reason.tr.as_ref().into(),
                refusal.reason.en.as_ref().into(),
            ]);
        }
        tx.exec(&insert).await?;
    }
    Ok(())
}

/// How an undo stands.
pub async fn undone(tx: &mut Tx, lang: Lang, undo_id: OperationId) -> Result<Undone> {
    let operation: Operation = tx
        .opt(select().and_where(Expr::col("id").eq(undo_id)))
        .await?
        .ok_or(Error::NotFound)?;
    let refused: Vec<RefusalRow> = tx.all(&select_refused(undo_id)).await?;
    Ok(Undone {
        operation_id: operation.id,
        state: operation.state,
        undone: operation.summary["undone"].as_i64().unwrap_or(0),
        refused_count: operation.summary["refused"].as_i64().unwrap_or(0),
        refused: in_language(refused, lang),
    })
}

/// What an undo has refused, the first of it.
pub async fn refused(db: &Db, lang: Lang, undo_id: OperationId) -> Result<Vec<Refused>> {
    Ok(in_language(db.all(&select_refused(undo_id)).await?, lang))
}

type RefusalRow = (String, i64, String, String, String);

fn select_refused(undo_id: OperationId) -> SelectStatement {
    Query::select()
        .columns(["subject_type", "subject_id", "field", "reason_tr", "reason_en"])
        .from(Alias::new("operation_refusals"))
        .and_where(Expr::col("operation_id").eq(undo_id))
        .order_by("id", Order::Asc)
        .limit(TOLD)
        .to_owned()
}

fn in_language(refused: Vec<RefusalRow>, lang: Lang) -> Vec<Refused> {
    refused
        .into_iter()
        .map(|(subject_type, subject_id, field, tr, en)| Refused {
            subject_type,
            subject_id,
            field,
            reason: lang.pick(tr, en),
        })
        .collect()
}
