//! Un-merging: every row goes back to whom it was of, the winner's fields as far as nobody has changed them since.

use std::collections::BTreeSet;

use kernel::ctx::Stamp;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::events::{Event, NewEvent};
use kernel::ids::CustomerId;
use kernel::json_text::JsonText;
use kernel::operations::Refusal;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::json;

use super::{Before, redirects, registry, survivor};
use crate::addresses;
use crate::consents::{self, SameInstant};
use crate::contact_points;
use crate::custom_fields::Definitions;
use crate::customer::revert::{field_json, set_field};
use crate::customer::{Customer, read, store};
use crate::duplicates::queue;
use crate::edit::whole;
use crate::fields::Key;
use crate::figures;

/// Takes a merge back, from the winner's event.
pub async fn take_back(tx: &mut Tx, stamp: &Stamp, definitions: &Definitions, event: &Event, refusals: &mut Vec<Refusal>) -> Result<()> {
    let (Some(operation), winner_id) = (event.operation_id, event.subject_id) else {
        return Ok(());
    };
    let loser_ids: Vec<i64> = serde_json::from_value(event.payload["loser_ids"].clone())?;
    let ids: Vec<i64> = [winner_id].into_iter().chain(loser_ids.iter().copied()).collect();
    let (winner, gone): (Vec<Customer>, Vec<Customer>) = read::load(tx, &ids, None, definitions)
        .await?
        .into_iter()
        .partition(|customer| customer.id == winner_id);
    let Some(winner) = winner.into_iter().find(|winner| winner.deleted_at.is_none()) else {
        let reason = say!(
            "Birleşen kayıt sonradan silinmiş ya da başka bir kayıtla birleşmiş.",
            "The record it was merged into was deleted since, or merged into another."
        );
        refusals.push(whole("customer", winner_id, reason));
        return Ok(());
    };
    let leading = redirects::leading_to(tx, winner_id, &loser_ids).await?;
    let (back, lost): (Vec<Customer>, Vec<Customer>) = gone
        .into_iter()
        .partition(|loser| loser.deleted_at.is_some() && leading.contains(&loser.id));
    for id in loser_ids.iter().filter(|id| back.iter().all(|loser| loser.id != **id)) {
        let reason = if lost.iter().any(|loser| loser.id == *id) {
            say!("Kayıt sonradan geri getirilmiş.", "The record was brought back since.")
        } else {
            say!("Kayıt kalıcı olarak silinmiş.", "The record is gone for good.")
        };
        refusals.push(whole("customer", *id, reason));
    }
    if back.is_empty() {
        // What they brought stays: nobody is there to take it.
        return Ok(());
    }
    let find = Query::select()
        .column("before")
        .from(Alias::new("merges"))
        .and_where(Expr::col("operation_id").eq(operation))
        .to_owned();
    let Some((JsonText(mut before),)) = tx.opt::<(JsonText<Before>,)>(&find).await? else {
        return Ok(());
    };

    let mut after = winner.clone();
    let theirs = homeward(&before, &back);
    give_fields_back(&mut after, event, definitions, &mut before, &theirs, refusals);
    let mut restored = back.clone();
    for loser in &mut restored {
        loser.deleted_at = None;
        if let Some(lists) = before.lists.remove(&loser.id) {
            loser.contact_points = lists.contact_points;
            loser.addresses = lists.addresses;
        }
    }
    for customer in restored.iter_mut().chain([&mut after]) {
        customer.version += 1;
        customer.updated_at = stamp.at_us;
    }
    let pairs: Vec<(&Customer, &Customer)> = [(&winner, &after)].into_iter().chain(back.iter().zip(&restored)).collect();
    store::update(tx, &pairs).await?;

    let back_ids: Vec<i64> = back.iter().map(|loser| loser.id).collect();
    let all_ids: Vec<i64> = [winner_id].into_iter().chain(back_ids.iter().copied()).collect();
    registry::give_back(tx, operation, winner_id, &back_ids).await?;
    let first_again = Query::update()
        .table("relations")
        .value("is_primary", true)
        .and_where(Expr::col("id").is_in(before.primary_relations.iter().copied()))
        .and_where(Expr::col("customer_id").ne(winner_id))
        .to_owned();
    tx.exec(&first_again).await?;
    consents::restate(tx, &all_ids, SameInstant::LaterCounts).await?;
    figures::recount(tx, &all_ids).await?;
    redirects::forget(tx, &back_ids).await?;
    queue::put_back(tx, &before.pairs).await?;

    let name = |customer: &Customer| customer[Key::Name].text().to_owned();
    let unmerged = NewEvent::new("customer.unmerged", "customer", winner_id)
        .customer(CustomerId(winner_id))
        .payload(json!({ "name": name(&after), "version": after.version, "loser_ids": back_ids }))
        .changes(after.changes_since(&winner, definitions));
    let events = restored.iter().map(|loser| {
        NewEvent::new("customer.restored", "customer", loser.id)
            .customer(CustomerId(loser.id))
            .payload(json!({ "name": name(loser), "version": loser.version, "unmerged_from_id": winner_id }))
    });
    tx.emit_all(stamp, events.chain([unmerged]).collect()).await
}

/// The rows of lists that go back to losers.
struct Homeward {
    points: BTreeSet<i64>,
    addresses: BTreeSet<i64>,
}

fn homeward(before: &Before, back: &[Customer]) -> Homeward {
    let lists = || back.iter().filter_map(|loser| before.lists.get(&loser.id));
    Homeward {
        points: lists()
            .flat_map(|lists| lists.contact_points.iter().map(|point| point.id))
            .collect(),
        addresses: lists().flat_map(|lists| lists.addresses.iter().map(|address| address.id)).collect(),
    }
}

/// Sets the winner's fields back to what they were, but for those that were changed since: these stay, and are told.
fn give_fields_back(
    winner: &mut Customer,
    event: &Event,
    definitions: &Definitions,
    before: &mut Before,
    theirs: &Homeward,
    refusals: &mut Vec<Refusal>,
) {
    let now = winner.clone();
    let is_as_merged = |field: &str| {
        event
            .change(field)
            .is_none_or(|(_, after)| field_json(&now, field, definitions) == *after)
    };
    let mut refuse = |field: &str| {
        refusals.push(Refusal {
            subject_type: "customer",
            subject_id: now.id,
            field: field.to_owned(),
            reason: say!("Bu alan sonradan değiştirilmiş.", "This field was changed since."),
        });
    };
    for (field, pair) in event.changes.iter() {
        let is_list = field == "contact_points" || field == "addresses";
        let follows = Key::find(field).is_some_and(survivor::follows_from_list);
        if is_list || follows {
            continue;
        }
        if !is_as_merged(field) {
            refuse(field);
        } else if let Some(before) = pair.get(0)
            && set_field(winner, field, before, definitions).is_err()
        {
            refuse(field);
        }
    }
    let own = before.lists.remove(&winner.id).unwrap_or_default();
    if event.change("contact_points").is_some() {
        if is_as_merged("contact_points") {
            winner.contact_points = own.contact_points;
        } else {
            refuse("contact_points");
            winner.contact_points.retain(|point| !theirs.points.contains(&point.id));
        }
        contact_points::lead_fields(winner);
    }
    if event.change("addresses").is_some() {
        if is_as_merged("addresses") {
            winner.addresses = own.addresses;
        } else {
            refuse("addresses");
            winner.addresses.retain(|address| !theirs.addresses.contains(&address.id));
        }
        addresses::lead_fields(winner);
    }
    winner.set(Key::Name, crate::cell::Cell::from(winner.name().as_str()));
}
