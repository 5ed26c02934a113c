//! Taking back changes of records, field by field, and telling apart who changed what since.

use std::collections::{BTreeMap, BTreeSet};

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Clash, Error, Result, Say};
use kernel::events::{self, Event};
use kernel::operations::Refusal;
use kernel::say;
use sea_query::{Expr, ExprTrait, Order};
use serde_json::Value;

use crate::change::{REPEATED, change_all};
use crate::custom::{self, Definitions};
use crate::entity::Entity;
use crate::record::Record;
use crate::{field_rules, read};

/// Takes back events of an entity, newest first. See [`kernel::operations`].
pub async fn revert(tx: &mut Tx, ctx: &Ctx, stamp: Stamp, entity: &'static Entity, events: &[Event]) -> Result<Vec<Refusal>> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let mut refusals = Vec::new();
    let mut rest: Vec<&Event> = events.iter().collect();
    // One stroke may have touched a record several times: then it is taken back in several rounds, newest first.
    while !rest.is_empty() {
        let mut seen = BTreeSet::new();
        let (round, later): (Vec<&Event>, Vec<&Event>) = rest.into_iter().partition(|event| seen.insert(event.subject_id));
        revert_round(tx, ctx, stamp, entity, &definitions, &round, &mut refusals).await?;
        rest = later;
    }
    Ok(refusals)
}

async fn revert_round(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    entity: &'static Entity,
    definitions: &Definitions,
    round: &[&Event],
    refusals: &mut Vec<Refusal>,
) -> Result<()> {
    let by_id: BTreeMap<i64, &Event> = round.iter().map(|event| (event.subject_id, *event)).collect();
    let ids: Vec<i64> = by_id.keys().copied().collect();
    let records = read::load(tx, entity, &ids, None, definitions).await?;
    let there: BTreeSet<i64> = records.iter().map(|record| record.id).collect();
    for id in ids.iter().filter(|id| !there.contains(id)) {
        refusals.push(whole(
            entity,
            *id,
            say!("Kayıt kalıcı olarak silinmiş.", "The record is gone for good."),
        ));
    }
    let order: Vec<i64> = records.iter().map(|record| record.id).collect();
    // Undo answers for itself: what it brings back was right once, whatever the caller's reach.
    let system = ctx.as_system();
    let changed_since = changed_since_created(tx, &stamp, entity, round, &records).await?;
    let take_back = |record: &mut Record| {
        record.carried.insert(UNDOING.into(), true.into());
        if let Some(event) = by_id.get(&record.id) {
            if changed_since.contains(&record.id) && record.deleted_at.is_none() {
                let reason = say!(
                    "Kayıt oluşturulduktan sonra değiştirilmiş.",
                    "The record was changed after it was created."
                );
                refusals.push(whole(entity, record.id, reason));
            } else {
                take_back(record, event, stamp.at_us, definitions, refusals);
            }
        }
        Ok(())
    };
    let (_, refused) = change_all(tx, &system, &stamp, records, take_back).await?;
    for refused in refused {
        let id = order.get(refused.index).copied().unwrap_or_default();
        for (field, problems) in refused.errors.0 {
            let reason = problems.into_iter().next().unwrap_or_else(not_undone);
            refusals.push(refusal(entity, id, field, reason));
        }
    }
    Ok(())
}

/// In [`Record::carried`]: an undo sets the fields, so that nothing else should follow from them.
pub const UNDOING: &str = "undoing";

fn not_undone() -> Say {
    say!("Geri alınamadı.", "Could not be undone.")
}

/// The records created by these events that were changed since by anything but the operation itself, which may well have created a record
/// and changed it again, and the undo that is under way.
async fn changed_since_created(tx: &mut Tx, stamp: &Stamp, entity: &Entity, round: &[&Event], records: &[Record]) -> Result<BTreeSet<i64>> {
    let version: BTreeMap<i64, i64> = records.iter().map(|record| (record.id, record.version)).collect();
    let is_later = |event: &&&Event| {
        (event.kind == entity.events.created || event.kind == REPEATED)
            && version.get(&event.subject_id).copied() != event.payload["version"].as_i64()
    };
    let created: Vec<&&Event> = round.iter().filter(is_later).collect();
    let (Some(first), Some(operation)) = (
        created.iter().map(|event| event.id).min(),
        created.first().and_then(|event| event.operation_id),
    ) else {
        return Ok(created.iter().map(|event| event.subject_id).collect());
    };
    let ours = [Some(operation), stamp.operation_id.map(|id| id.0)].into_iter().flatten();
    let mut others = events::select();
    others
        .and_where(Expr::col("subject_type").eq(entity.name))
        .and_where(Expr::col("record_type").eq(entity.name))
        .and_where(Expr::col("record_id").is_in(created.iter().map(|event| event.subject_id)))
        .and_where(Expr::col("id").gt(first))
        .and_where(Expr::col("operation_id").is_null().or(Expr::col("operation_id").is_not_in(ours)));
    Ok(tx.all::<Event>(&others).await?.into_iter().map(|event| event.subject_id).collect())
}

fn whole(entity: &Entity, id: i64, reason: Say) -> Refusal {
    refusal(entity, id, String::new(), reason)
}

fn refusal(entity: &Entity, subject_id: i64, field: String, reason: Say) -> Refusal {
    Refusal {
        subject_type: entity.name,
        subject_id,
        field,
        reason,
    }
}

fn take_back(record: &mut Record, event: &Event, at_us: i64, definitions: &Definitions, refusals: &mut Vec<Refusal>) {
    let (entity, id) = (record.entity, record.id);
    let kinds = entity.events;
    let kind = event.kind.as_str();
    let brings = [kinds.created, kinds.restored, REPEATED].contains(&kind);
    match (brings, kind == kinds.deleted, record.deleted_at.is_some()) {
        (true, _, true) => refusals.push(whole(
            entity,
            id,
            say!("Kayıt zaten silinmiş.", "The record has been deleted already."),
        )),
        (true, _, false) => record.deleted_at = Some(at_us),
        (_, true, false) => refusals.push(whole(entity, id, say!("Kayıt silinmiş değil.", "The record is not deleted."))),
        (_, true, true) => record.deleted_at = None,
        (_, _, true) => refusals.push(whole(entity, id, say!("Kayıt sonradan silinmiş.", "The record was deleted since."))),
        _ => {
            for (field, pair) in event.changes.iter() {
                let (Some(before), Some(after)) = (pair.get(0), pair.get(1)) else {
                    continue;
                };
                if record.field_json(field, definitions) == *after {
                    record.set_field_json(field, before, definitions);
                } else {
                    let reason = say!("Bu alan sonradan değiştirilmiş.", "This field was changed since.");
                    refusals.push(refusal(entity, id, field.clone(), reason));
                }
            }
        }
    }
}

/// Refuses a change when a field it sets was set to something else by somebody after `base_version`.
pub async fn clashes(
    tx: &mut Tx,
    ctx: &Ctx,
    current: &Record,
    wanted: &Record,
    base_version: i64,
    definitions: &Definitions,
) -> Result<()> {
    let mine = wanted.changes_since(current, definitions);
    if mine.is_empty() {
        return Ok(());
    }
    let entity = current.entity;
    let mut since = events::select();
    since
        .and_where(Expr::col("subject_type").eq(entity.name))
        .and_where(Expr::col("record_type").eq(entity.name))
        .and_where(Expr::col("record_id").eq(current.id))
        .order_by("id", Order::Desc)
        .limit(500);
    let since: Vec<Event> = tx.all(&since).await?;
    let mut originals: BTreeMap<String, Value> = BTreeMap::new();
    // Newest first, so that the oldest change after the base has the last word on what it was.
    for event in since
        .iter()
        .take_while(|event| event.payload["version"].as_i64().is_none_or(|version| version > base_version))
    {
        for (field, pair) in event.changes.iter() {
            originals.insert(field.clone(), pair.get(0).cloned().unwrap_or_default());
        }
    }
    let hidden = field_rules::hidden(entity, &ctx.actor);
    let mut clashes = BTreeMap::new();
    for (field, pair) in mine.iter().filter(|(field, _)| !hidden.contains(*field)) {
        let Some(original) = originals.get(field) else { continue };
        clashes.insert(
            field.clone(),
            Clash {
                yours: pair.get(1).cloned().unwrap_or_default(),
                theirs: pair.get(0).cloned().unwrap_or_default(),
                original: original.clone(),
            },
        );
    }
    if clashes.is_empty() { Ok(()) } else { Err(Error::Clash(clashes)) }
}
