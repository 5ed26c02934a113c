//! Taking back changes of customers, field by field, and telling apart who changed what since.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Clash, Error, FieldErrors, Result};
use kernel::events::{self, Event};
use kernel::operations::Refusal;
use kernel::say;
use sea_query::{Expr, ExprTrait, Order};
use serde_json::{Map, Value};

use super::change::{Changed, change_all};
use super::patch::Patch;
use super::{Customer, read};
use crate::addresses::{self, Address};
use crate::contact_points::{self, ContactPoint};
use crate::custom_fields::{self, Definitions};
use crate::fields::Key;
use crate::merge;

/// Takes back events of customers, newest first. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, ctx: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let definitions = custom_fields::definitions(ctx).await?;
        let mut refusals = Vec::new();
        // One stroke may have touched a customer several times: then it is taken back in several rounds, newest first.
        let (merges, mut rest): (Vec<&Event>, Vec<&Event>) = events.iter().partition(|event| event.kind == "customer.merged");
        for event in merges {
            merge::undo::take_back(tx, &stamp, &definitions, event, &mut refusals).await?;
        }
        // What a merge did with the others is taken back with it.
        rest.retain(|event| {
            ["merged_into_id", "unmerged_from_id"]
                .iter()
                .all(|name| event.payload[*name] == Value::Null)
        });
        while !rest.is_empty() {
            let mut seen = BTreeSet::new();
            let (round, later): (Vec<&Event>, Vec<&Event>) = rest.into_iter().partition(|event| seen.insert(event.subject_id));
            revert_round(tx, ctx, stamp, &definitions, &round, &mut refusals).await?;
            rest = later;
        }
        Ok(refusals)
    })
}

async fn revert_round(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    definitions: &Definitions,
    round: &[&Event],
    refusals: &mut Vec<Refusal>,
) -> Result<()> {
    let ids: Vec<i64> = round.iter().map(|event| event.subject_id).collect();
    let by_id: BTreeMap<i64, &Event> = round.iter().map(|event| (event.subject_id, *event)).collect();
    let customers = read::load(tx, &ids, None, definitions).await?;
    let there: BTreeSet<i64> = customers.iter().map(|customer| customer.id).collect();
    for id in ids.iter().filter(|id| !there.contains(id)) {
        refusals.push(whole(*id, say!("Kayıt kalıcı olarak silinmiş.", "The record is gone for good.")));
    }
    let order: Vec<i64> = customers.iter().map(|customer| customer.id).collect();
    // Undo answers for itself: what it brings back was right once, whatever the caller's reach.
    let system = ctx.as_system();
    let changed_since = changed_since_created(tx, &stamp, round, &customers).await?;
    let take_back = |customer: &mut Customer| {
        if let Some(event) = by_id.get(&customer.id) {
            if changed_since.contains(&customer.id) && customer.deleted_at.is_none() {
                let reason = say!(
                    "Kayıt oluşturulduktan sonra değiştirilmiş.",
                    "The record was changed after it was created."
                );
                refusals.push(whole(customer.id, reason));
            } else {
                take_back(customer, event, stamp.at_us, definitions, refusals);
            }
        }
        Ok(())
    };
    let outcome = change_all(tx, &system, &stamp, definitions, customers, take_back).await?;
    let (_, refused): (Vec<Changed>, _) = outcome;
    for refused in refused {
        let id = order.get(refused.index).copied().unwrap_or_default();
        for (field, problems) in refused.errors.0 {
            let reason = problems
                .into_iter()
                .next()
                .unwrap_or_else(|| say!("Geri alınamadı.", "Could not be undone."));
            refusals.push(Refusal {
                subject_type: "customer",
                subject_id: id,
                field,
                reason,
            });
        }
    }
    Ok(())
}

/// The customers created by these events that were changed since by anything but the operation itself, which may well have created a
/// customer and changed it again, and the undo that is under way.
async fn changed_since_created(tx: &mut Tx, stamp: &Stamp, round: &[&Event], customers: &[Customer]) -> Result<BTreeSet<i64>> {
    let version: BTreeMap<i64, i64> = customers.iter().map(|customer| (customer.id, customer.version)).collect();
    let is_later =
        |event: &&&Event| event.kind == "customer.created" && version.get(&event.subject_id).copied() != event.payload["version"].as_i64();
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
        .and_where(Expr::col("customer_id").is_in(created.iter().map(|event| event.subject_id)))
        .and_where(Expr::col("subject_type").eq("customer"))
        .and_where(Expr::col("id").gt(first))
        .and_where(Expr::col("operation_id").is_null().or(Expr::col("operation_id").is_not_in(ours)));
    Ok(tx.all::<Event>(&others).await?.into_iter().map(|event| event.subject_id).collect())
}

fn whole(id: i64, reason: kernel::error::Say) -> Refusal {
    Refusal {
        subject_type: "customer",
        subject_id: id,
        field: String::new(),
        reason,
    }
}

fn take_back(customer: &mut Customer, event: &Event, at_us: i64, definitions: &Definitions, refusals: &mut Vec<Refusal>) {
    match event.kind.as_str() {
        "customer.unmerged" => refusals.push(whole(customer.id, say!("Yeniden birleştirin.", "Merge them again instead."))),
        "customer.created" if customer.deleted_at.is_some() => {
            refusals.push(whole(
                customer.id,
                say!("Kayıt zaten silinmiş.", "The record has been deleted already."),
            ));
        }
        "customer.created" => customer.deleted_at = Some(at_us),
        "customer.deleted" if customer.deleted_at.is_none() => {
            refusals.push(whole(customer.id, say!("Kayıt silinmiş değil.", "The record is not deleted.")));
        }
        "customer.deleted" => customer.deleted_at = None,
        "customer.restored" if customer.deleted_at.is_some() => {
            refusals.push(whole(
                customer.id,
                say!("Kayıt zaten silinmiş.", "The record has been deleted already."),
            ));
        }
        "customer.restored" => customer.deleted_at = Some(at_us),
        _ if customer.deleted_at.is_some() => refusals.push(whole(
            customer.id,
            say!("Kayıt sonradan silinmiş.", "The record was deleted since."),
        )),
        _ => {
            for (field, pair) in event.changes.iter() {
                let (Some(before), Some(after)) = (pair.get(0), pair.get(1)) else {
                    continue;
                };
                if field_json(customer, field, definitions) != *after {
                    let reason = say!("Bu alan sonradan değiştirilmiş.", "This field was changed since.");
                    refusals.push(Refusal {
                        subject_type: "customer",
                        subject_id: customer.id,
                        field: field.clone(),
                        reason,
                    });
                    continue;
                }
                if let Err(errors) = set_field(customer, field, before, definitions) {
                    let reason = errors
                        .0
                        .into_values()
                        .flatten()
                        .next()
                        .unwrap_or_else(|| say!("Geri alınamadı.", "Could not be undone."));
                    refusals.push(Refusal {
                        subject_type: "customer",
                        subject_id: customer.id,
                        field: field.clone(),
                        reason,
                    });
                }
            }
        }
    }
}

/// A field as the history shows it.
pub(crate) fn field_json(customer: &Customer, field: &str, definitions: &Definitions) -> Value {
    match field {
        "contact_points" => customer.contact_points.iter().map(ContactPoint::without_id).collect(),
        "addresses" => customer.addresses.iter().map(Address::without_id).collect(),
        _ => match (field.strip_prefix("custom."), Key::find(field)) {
            (Some(key), _) => match (customer.custom.get(key), definitions.kind(key)) {
                (Some(cell), Some(kind)) => cell.to_json(kind),
                (Some(cell), None) => cell.to_kept_json(),
                (None, _) => Value::Null,
            },
            (None, Some(key)) => key.spec().show(&customer[key]),
            (None, None) => Value::Null,
        },
    }
}

pub(crate) fn set_field(customer: &mut Customer, field: &str, value: &Value, definitions: &Definitions) -> Result<(), FieldErrors> {
    match field {
        "contact_points" => {
            let mut points: Vec<ContactPoint> = serde_json::from_value(value.clone()).unwrap_or_default();
            keep_ids(
                &mut points,
                &customer.contact_points,
                |a, b| a.kind == b.kind && a.value == b.value,
                |point, id| point.id = id,
                |point| point.id,
            );
            customer.contact_points = points;
            contact_points::lead_fields(customer);
        }
        "addresses" => {
            let mut list: Vec<Address> = serde_json::from_value(value.clone()).unwrap_or_default();
            keep_ids(
                &mut list,
                &customer.addresses,
                Address::is_same_place,
                |address, id| address.id = id,
                |address| address.id,
            );
            customer.addresses = list;
            addresses::lead_fields(customer);
        }
        _ => {
            let mut errors = FieldErrors::default();
            let patch = Patch::parse(&Map::from_iter([(field.to_owned(), value.clone())]), definitions, &mut errors);
            if !errors.is_empty() {
                return Err(errors);
            }
            // The lists are taken back by their own entries in the same event.
            let (points, places) = (customer.contact_points.clone(), customer.addresses.clone());
            patch.apply(customer);
            customer.contact_points = points;
            customer.addresses = places;
        }
    }
    Ok(())
}

/// Gives rows that stay the ids they have.
fn keep_ids<T>(list: &mut [T], old: &[T], same: impl Fn(&T, &T) -> bool, set: impl Fn(&mut T, i64), id: impl Fn(&T) -> i64) {
    for item in list {
        if let Some(known) = old.iter().find(|known| same(item, known)) {
            set(item, id(known));
        }
    }
}

/// Refuses a change when a field it sets was set to something else by somebody after `base_version`.
pub async fn clashes(
    tx: &mut Tx,
    ctx: &Ctx,
    current: &Customer,
    wanted: &Customer,
    base_version: i64,
    definitions: &Definitions,
) -> Result<()> {
    let mine = wanted.changes_since(current, definitions);
    if mine.is_empty() {
        return Ok(());
    }
    let mut since = events::select();
    since
        .and_where(Expr::col("customer_id").eq(current.id))
        .and_where(Expr::col("subject_type").eq("customer"))
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
    let mut clashes = BTreeMap::new();
    let reader = read::reader(ctx);
    for (field, pair) in mine.iter().filter(|(field, _)| !reader.hides(field)) {
        let Some(original) = originals.get(field) else { continue };
        let (theirs, yours) = (pair.get(0).cloned().unwrap_or_default(), pair.get(1).cloned().unwrap_or_default());
        // Wanting what it was before they changed it is what a form does that never touched the field.
        let clash = Clash {
            yours,
            theirs,
            original: original.clone(),
        };
        clashes.insert(
            field.clone(),
            if reader.masks() && is_sensitive(field) {
                hidden(clash)
            } else {
                clash
            },
        );
    }
    // The lists follow from the fields that name the clash.
    if clashes.len() > 1 {
        clashes.retain(|field, _| field != "contact_points" && field != "addresses");
    }
    if clashes.is_empty() { Ok(()) } else { Err(Error::Clash(clashes)) }
}

fn is_sensitive(field: &str) -> bool {
    crate::fields::SENSITIVE.iter().any(|key| key.name() == field)
}

fn hidden(clash: Clash) -> Clash {
    let mask = |value: Value| value.as_str().map_or(value.clone(), |text| Value::String(read::mask(text)));
    Clash {
        yours: mask(clash.yours),
        theirs: mask(clash.theirs),
        original: mask(clash.original),
    }
}
