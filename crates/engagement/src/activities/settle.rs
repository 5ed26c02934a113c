//! What follows from other fields of an activity, and what must be true of it.

use std::collections::BTreeSet;

use futures::future::BoxFuture;
use kernel::clock::{DAY_US, MINUTE_US};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::say;
use kernel::text::nearest;
use records::Cell;
use records::change::Draft;
use records::entity::required;
use records::record::Record;
use records::revert::UNDOING;
use sea_query::{Alias, Expr, ExprTrait, Query};

use super::{Key, Priority, Status, assignment, status, types};
use crate::{series, ties};

/// An activity that takes longer is a project.
const MAX_MINUTES: i64 = 31 * 24 * 60;

/// See [`records::Entity::settle`].
pub fn settle<'a>(tx: &'a mut Tx, ctx: &'a Ctx, drafts: &'a mut [Draft]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let types = types::all(ctx).await?;
        for draft in drafts.iter_mut() {
            fill(draft, &types, ctx);
            check(draft, &types);
            series::settle(draft);
            follow_status(draft, ctx);
            end(&mut draft.after);
        }
        ties::customers_of_opportunities(tx, drafts).await?;
        ties::within_sight(tx, ctx, drafts).await?;
        parents(tx, drafts).await?;
        assignment::settle(tx, ctx, drafts).await
    })
}

fn fill(draft: &mut Draft, types: &[types::ActivityType], ctx: &Ctx) {
    let is_new = draft.before.is_none();
    let activity = &mut draft.after;
    let default = |activity: &mut Record, key: Key, word: &str| {
        if activity[key].is_missing() {
            activity.set(key, word);
        }
    };
    default(activity, Key::ActivityType, types::TASK);
    default(activity, Key::Status, Status::Planned.word());
    default(activity, Key::Priority, Priority::Normal.word());
    if activity[Key::IsAllDay].is_missing() {
        activity.set(Key::IsAllDay, false);
    }
    if activity[Key::IsException].is_missing() {
        activity.set(Key::IsException, false);
    }
    let key = activity[Key::ActivityType].text();
    let minutes = types.iter().find(|known| known.key == key).and_then(|known| known.default_minutes);
    if is_new && activity[Key::Duration].is_missing() && activity[Key::IsAllDay] != Cell::Bool(true) {
        activity.set(Key::Duration, minutes);
    }
    if is_new && activity[Key::CreatedBy].is_missing() {
        activity.set(Key::CreatedBy, ctx.actor.user_id.map(|id| id.0));
    }
    for key in [Key::ChecklistTotal, Key::ChecklistDone] {
        if activity[key].is_missing() {
            activity.set(key, 0);
        }
    }
    let priority = Priority::parse(activity[Key::Priority].text()).unwrap_or(Priority::Normal);
    activity.set(Key::PriorityRank, priority as i64);
}

fn check(draft: &mut Draft, types: &[types::ActivityType]) {
    if draft.after.carried.contains_key(UNDOING) {
        return;
    }
    let is_new = draft.before.is_none();
    let changed = |key: Key| draft.before.as_ref().is_none_or(|before| before[key] != draft.after[key]);
    let activity = &draft.after;
    let mut wrong = Vec::new();
    for key in [Key::Subject, Key::DueDate] {
        if activity[key].is_missing() && (is_new || changed(key)) {
            wrong.push((key, required()));
        }
    }
    let word = activity[Key::ActivityType].text();
    if changed(Key::ActivityType) && !types.iter().any(|known| known.key == word && !known.is_archived) {
        let offered: Vec<&str> = types
            .iter()
            .filter(|known| !known.is_archived)
            .map(|known| known.key.as_str())
            .collect();
        let problem = match nearest(word, offered.iter().copied()) {
            Some(near) => say!(
                "Böyle bir tür yok; “{}” olabilir mi?",
                "There is no such type; did you mean “{}”?",
                near
            ),
            None => say!("Şunlardan biri olmalı: {}.", "Must be one of: {}.", offered.join(", ")),
        };
        wrong.push((Key::ActivityType, problem));
    }
    if activity[Key::Duration]
        .int()
        .is_some_and(|minutes| !(0..=MAX_MINUTES).contains(&minutes))
    {
        let problem = say!("0 ile {} dakika arasında olmalı.", "Must be between 0 and {} minutes.", MAX_MINUTES);
        wrong.push((Key::Duration, problem));
    }
    if changed(Key::CompletedDate) && !activity[Key::CompletedDate].is_missing() && status(activity) != Status::Completed {
        let problem = say!("Yalnız tamamlanmış bir aktivitenin olur.", "Only a completed activity has one.");
        wrong.push((Key::CompletedDate, problem));
    }
    for (key, problem) in wrong {
        draft.errors.add(key.name(), problem);
    }
}

/// When it was completed and by whom follows from the status.
fn follow_status(draft: &mut Draft, ctx: &Ctx) {
    if draft.after.carried.contains_key(UNDOING) {
        return;
    }
    let was = draft.before.as_ref().map(status);
    let activity = &mut draft.after;
    let is = status(activity);
    if was == Some(is) {
        return;
    }
    if is == Status::Completed {
        if activity[Key::CompletedDate].is_missing() {
            activity.set(Key::CompletedDate, ctx.now_us());
        }
        activity.set(Key::CompletedBy, ctx.actor.user_id.map(|id| id.0));
    } else if was == Some(Status::Completed) {
        activity.set(Key::CompletedDate, Cell::Missing);
        activity.set(Key::CompletedBy, Cell::Missing);
    }
}

/// When it ends: after its minutes, and after the whole day of one without a time.
fn end(activity: &mut Record) {
    let minutes = activity[Key::Duration].int().unwrap_or_default();
    let takes_us = match activity[Key::IsAllDay] {
        Cell::Bool(true) => Ord::max(minutes * MINUTE_US, DAY_US),
        _ => minutes * MINUTE_US,
    };
    activity.set(Key::EndDate, activity[Key::DueDate].int().map(|due| due.saturating_add(takes_us)));
}

/// A part of an activity has no parts itself.
async fn parents(tx: &mut Tx, drafts: &mut [Draft]) -> Result<()> {
    let named = |draft: &Draft| draft.after[Key::Parent].int().filter(|_| draft.touches(&[Key::Parent.name()]));
    let parents: BTreeSet<i64> = drafts.iter().filter_map(named).collect();
    if parents.is_empty() {
        return Ok(());
    }
    let parts = Query::select()
        .column("id")
        .from(Alias::new("activities"))
        .and_where(Expr::col("id").is_in(parents))
        .and_where(Expr::col("parent_id").is_not_null())
        .to_owned();
    let parts: BTreeSet<i64> = tx.all::<(i64,)>(&parts).await?.into_iter().map(|(id,)| id).collect();
    let own = drafts.iter().filter(|draft| named(draft).is_some()).map(|draft| draft.after.id);
    let with_parts = Query::select()
        .distinct()
        .column("parent_id")
        .from(Alias::new("activities"))
        .and_where(Expr::col("parent_id").is_in(own.filter(|id| *id > 0)))
        .and_where(Expr::col("deleted_at").is_null())
        .to_owned();
    let with_parts: BTreeSet<i64> = tx.all::<(i64,)>(&with_parts).await?.into_iter().map(|(id,)| id).collect();
    for draft in drafts.iter_mut() {
        let Some(parent) = named(draft) else { continue };
        if parent == draft.after.id || parts.contains(&parent) || with_parts.contains(&draft.after.id) {
            let problem = say!(
                "Bir alt aktivitenin kendi alt aktivitesi olamaz.",
                "A part of an activity cannot have parts itself."
            );
            draft.errors.add(Key::Parent.name(), problem);
        }
    }
    Ok(())
}
