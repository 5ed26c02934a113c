//! One change to many records, as one operation.

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result, invalid};
use kernel::ids::OperationId;
use kernel::{operations, say};
use sea_query::{ExprTrait, Order};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::change::{Changed, Refused, change_all, delete_all, number_taken};
use crate::custom::{self, Definitions};
use crate::entity::Entity;
use crate::patch::Patch;
use crate::record::Record;
use crate::{http, read, schema};

/// Records changed in one transaction.
const CHUNK: u64 = 500;
/// Records one request may change; larger sets go in several.
const MAX_RECORDS: u64 = 100_000;
/// Refusals told in the answer.
const TOLD: usize = 100;

/// What to do, to which records: `ids`, or everything that `criteria` and `search` find.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordsBulk {
    pub ids: Option<Vec<i64>>,
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    pub search: Option<String>,
    /// `update` or `delete`.
    pub action: String,
    /// For `update`: field → value.
    #[schema(value_type = Option<Object>)]
    pub changes: Option<Map<String, Value>>,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BulkOutcome {
    pub operation_id: i64,
    pub matched: i64,
    pub changed: i64,
    pub refused_count: i64,
    pub refused: Vec<BulkRefused>,
}

/// A record that was not changed, and why.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BulkRefused {
    pub id: i64,
    #[schema(value_type = Object)]
    pub errors: Value,
}

enum Action {
    Update(Patch),
    Delete,
}

/// Which records are meant: ids, or what is found.
pub struct Target<'a> {
    pub ids: Option<&'a [i64]>,
    pub criteria: Option<&'a Value>,
    pub search: Option<&'a str>,
}

/// Runs it, all in the caller's transaction, so that it is done whole or not at all.
pub async fn run(tx: &mut Tx, ctx: &Ctx, entity: &'static Entity, request: RecordsBulk) -> Result<(OperationId, BulkOutcome)> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let action = action(entity, &request, &definitions)?;
    let permission = match action {
        Action::Update(_) => entity.permissions.write,
        Action::Delete => entity.permissions.delete,
    };
    let target = Target {
        ids: request.ids.as_deref(),
        criteria: request.criteria.as_ref(),
        search: request.search.as_deref(),
    };
    let ids = meant(tx, ctx, entity, permission, target).await?;
    let operation = operations::open(tx, &ctx.stamp(), &entity.operation("bulk")).await?;
    let stamp = ctx.stamp().within(operation);
    let mut tally = Tally::default();
    for chunk in ids.chunks(CHUNK as usize) {
        let records = read::for_change(tx, ctx, entity, permission, chunk, &definitions).await?;
        let order: Vec<i64> = records.iter().map(|record| record.id).collect();
        let (done, wrong) = match &action {
            Action::Delete => (delete_all(tx, ctx, &stamp, records).await?, Vec::new()),
            Action::Update(patch) => {
                let alter = |record: &mut Record| {
                    patch.apply(record);
                    Ok(())
                };
                change_all(tx, ctx, &stamp, records, alter)
                    .await
                    .map_err(|error| number_taken(entity, error))?
            }
        };
        tally.add(ctx, &order, &done, wrong);
    }
    let summary = json!({ "action": request.action, "matched": ids.len(), "changed": tally.changed, "refused": tally.refused_count });
    operations::finish(tx, operation, ctx.now_us(), "done", summary).await?;
    Ok((operation, tally.outcome(operation, ids.len())))
}

/// The ids that are meant. Who is meant is settled before anything changes: a change may take a record out of the criteria.
pub async fn meant(
    tx: &mut Tx,
    ctx: &Ctx,
    entity: &'static Entity,
    permission: kernel::actor::Permission,
    target: Target<'_>,
) -> Result<Vec<i64>> {
    ctx.scope(permission)?;
    let mut query = read::visible(ctx, entity, permission).await?;
    match target {
        Target {
            ids: Some(ids),
            criteria: None,
            search: None,
        } => {
            if ids.len() as u64 > CHUNK * 20 {
                return Err(invalid(
                    "ids",
                    say!(
                        "En çok {} olabilir; daha fazlası için criteria kullanın.",
                        "May be {} at most; use criteria for more.",
                        CHUNK * 20
                    ),
                ));
            }
            query.and_where(entity.col("id").is_in(ids.iter().copied()));
        }
        Target {
            ids: None,
            criteria,
            search,
        } if criteria.is_some() || search.is_some() => {
            let schema = schema::schema(ctx, entity).await?;
            let criteria = http::parse_criteria(criteria, &schema)?;
            read::narrow(ctx, entity, &mut query, &schema, &criteria, search);
        }
        _ => {
            return Err(invalid(
                "ids",
                say!(
                    "Ya ids ya da criteria veya search verin.",
                    "Give either ids, or criteria or search."
                ),
            ));
        }
    }
    query
        .column((entity.table, "id"))
        .order_by((entity.table, "id"), Order::Asc)
        .limit(MAX_RECORDS + 1);
    let ids: Vec<i64> = tx.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect();
    if ids.len() as u64 > MAX_RECORDS {
        return Err(invalid(
            "criteria",
            say!(
                "En çok {} kaydı değiştirebilir; süzgeci daraltın.",
                "May change {} records at most; narrow the filter.",
                MAX_RECORDS
            ),
        ));
    }
    Ok(ids)
}

/// What has been done so far.
#[derive(Default)]
pub struct Tally {
    pub changed: i64,
    pub refused_count: i64,
    refused: Vec<BulkRefused>,
}

impl Tally {
    /// Adds a chunk; `order` has the ids of its records in their places.
    pub fn add(&mut self, ctx: &Ctx, order: &[i64], done: &[Changed], wrong: Vec<Refused>) {
        self.changed += done.len() as i64;
        self.refused_count += wrong.len() as i64;
        let room = TOLD.saturating_sub(self.refused.len());
        self.refused.extend(wrong.into_iter().take(room).map(|refusal| BulkRefused {
            id: order.get(refusal.index).copied().unwrap_or_default(),
            errors: json!(refusal.errors.in_language(ctx.lang)),
        }));
    }

    pub fn outcome(self, operation: OperationId, matched: usize) -> BulkOutcome {
        BulkOutcome {
            operation_id: operation.0,
            matched: matched as i64,
            changed: self.changed,
            refused_count: self.refused_count,
            refused: self.refused,
        }
    }
}

fn action(entity: &'static Entity, request: &RecordsBulk, definitions: &Definitions) -> Result<Action> {
    match request.action.as_str() {
        "delete" => Ok(Action::Delete),
        "update" => {
            let changes = request.changes.as_ref().filter(|changes| !changes.is_empty());
            let changes = changes.ok_or_else(|| invalid("changes", say!("En az bir alan verin.", "Give at least one field.")))?;
            let mut errors = FieldErrors::default();
            let patch = Patch::parse(entity, changes, definitions, &mut errors);
            errors = errors.under("changes");
            if let Some(number) = entity.number
                && changes.contains_key(number.field)
            {
                errors.add(
                    format!("changes.{}", number.field),
                    say!("Her kaydın numarası başkadır.", "Every record has a number of its own."),
                );
            }
            errors.check()?;
            Ok(Action::Update(patch))
        }
        _ => Err(invalid("action", say!("update veya delete olmalı.", "Must be update or delete."))),
    }
}
