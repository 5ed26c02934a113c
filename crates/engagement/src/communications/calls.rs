//! Calls and meetings that were held stand in the log of communications by themselves, as their activities have them.

use std::collections::BTreeSet;

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::Result;
use records::change::{self, Changed, DECIDED_OWNER, UNTOLD};
use records::record::Record;
use records::revert::UNDOING;
use records::{Cell, custom, read};
use sea_query::{Alias, Expr, ExprTrait, Query};

use super::{COMMUNICATION, CommunicationStatus, CommunicationType, Direction, Key};
use crate::activities::types::{self, ActivityType};
use crate::activities::{self, ActivityResult, Status, status};

/// The type of an activity that is a call.
const CALL: &str = "phone_call";

/// Brings the log to what became of activities: a hook of the activity's `after`.
pub async fn follow(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, changed: &[Changed]) -> Result<()> {
    let of_note: Vec<&Changed> = changed
        .iter()
        .filter(|change| is_held(&change.after) || change.before.as_ref().is_some_and(is_held))
        .collect();
    // An undo takes the log back by its own events.
    if of_note.iter().all(|change| change.after.carried.contains_key(UNDOING)) {
        return Ok(());
    }
    let types = types::all(ctx).await?;
    let mut fresh = Vec::new();
    let mut old = Vec::new();
    for change in of_note {
        let was = change.before.as_ref().is_some_and(is_held);
        match way(&change.after, &types) {
            Some(way) if is_held(&change.after) && !was && is_tied(&change.after) => fresh.push(logged(way, &change.after)),
            _ if was => old.push(change),
            _ => {}
        }
    }
    let system = ctx.as_system();
    change::create_all(tx, &system, stamp, &COMMUNICATION, fresh).await?;
    if old.is_empty() {
        return Ok(());
    }
    let there = of_activities(tx, ctx, &old).await?;
    let gone: BTreeSet<i64> = old
        .iter()
        .filter(|change| !is_held(&change.after))
        .map(|change| change.after.id)
        .collect();
    let (gone, stays): (Vec<Record>, Vec<Record>) = there
        .into_iter()
        .partition(|logged| logged[Key::Activity].int().is_some_and(|id| gone.contains(&id)));
    change::delete_all(tx, &system, stamp, gone).await?;
    let alter = |communication: &mut Record| {
        let activity = old
            .iter()
            .find(|change| Some(change.after.id) == communication[Key::Activity].int());
        if let Some(activity) = activity {
            describe(communication, &activity.after);
        }
        Ok(())
    };
    change::change_all(tx, &system, stamp, stays, alter).await?;
    Ok(())
}

fn is_held(activity: &Record) -> bool {
    status(activity) == Status::Completed && activity.deleted_at.is_none()
}

fn is_tied(activity: &Record) -> bool {
    use activities::Key::{Customer, Lead, Opportunity};
    [Customer, Lead, Opportunity].iter().any(|key| !activity[*key].is_missing())
}

/// By which way people spoke, of an activity in which they do.
fn way(activity: &Record, types: &[ActivityType]) -> Option<CommunicationType> {
    let key = activity[activities::Key::ActivityType].text();
    match types.iter().find(|known| known.key == key) {
        _ if key == CALL => Some(CommunicationType::PhoneCall),
        Some(known) if known.is_meeting => Some(CommunicationType::Meeting),
        _ => None,
    }
}

fn logged(way: CommunicationType, activity: &Record) -> Record {
    let mut communication = COMMUNICATION.blank();
    communication.set(Key::CommunicationType, way.word());
    communication.set(Key::Direction, Direction::Outbound.word());
    communication.set(Key::Activity, activity.id);
    for (to, from) in [
        (Key::Owner, activities::Key::AssignedTo),
        (Key::Team, activities::Key::Team),
        (Key::CreatedBy, activities::Key::CompletedBy),
    ] {
        communication.set(to, activity[from].clone());
    }
    describe(&mut communication, activity);
    // The history tells of the activity.
    for mark in [UNTOLD, DECIDED_OWNER] {
        communication.carried.insert(mark.into(), true.into());
    }
    communication
}

fn describe(communication: &mut Record, activity: &Record) {
    use activities::Key as Of;
    for (to, from) in [
        (Key::Subject, Of::Subject),
        (Key::OccurredAt, Of::CompletedDate),
        (Key::Customer, Of::Customer),
        (Key::Lead, Of::Lead),
        (Key::Opportunity, Of::Opportunity),
    ] {
        communication.set(to, activity[from].clone());
    }
    let said = [Of::OutcomeText, Of::Description]
        .into_iter()
        .find(|key| !activity[*key].is_missing());
    communication.set(Key::Content, said.map_or(Cell::Missing, |key| activity[key].clone()));
    let took = [Of::SpentMinutes, Of::Duration].into_iter().find_map(|key| activity[key].int());
    communication.set(Key::Duration, took.filter(|minutes| *minutes <= 1_440));
    use ActivityResult::{Busy, LeftMessage, NoAnswer, NotHeld, WrongNumber};
    let result = ActivityResult::parse(activity[Of::Result].text());
    let status = match result {
        Ok(NoAnswer | Busy | LeftMessage | WrongNumber | NotHeld) => CommunicationStatus::Missed,
        _ => CommunicationStatus::Held,
    };
    communication.set(Key::Status, status.word());
}

/// What was logged of these activities.
async fn of_activities(tx: &mut Tx, ctx: &Ctx, changed: &[&Changed]) -> Result<Vec<Record>> {
    let query = Query::select()
        .column("id")
        .from(Alias::new(COMMUNICATION.table))
        .and_where(Expr::col("activity_id").is_in(changed.iter().map(|change| change.after.id)))
        .and_where(Expr::col("deleted_at").is_null())
        .to_owned();
    let ids: Vec<i64> = tx.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect();
    let definitions = custom::definitions(ctx, COMMUNICATION.name).await?;
    let mut there = read::load(tx, &COMMUNICATION, &ids, None, &definitions).await?;
    for communication in &mut there {
        communication.carried.insert(UNTOLD.into(), true.into());
    }
    Ok(there)
}
