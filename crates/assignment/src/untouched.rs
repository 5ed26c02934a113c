//! Records that nobody touched in time go on to the next who fits, never back to whoever had them; when nobody is left, to the fallback of
//! the rule or the manager of the team, and the clock stops.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::FutureExt;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::jobs::{Job, Schedule};
use kernel::json_text::JsonText;
use kernel::say;
use records::change::{DECIDED_OWNER, change_all};
use records::{Record, custom, read};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use sqlx::FromRow;

use crate::decide::{apply, give, wait_no_more};
use crate::decisions::{self, AssignmentReason, Kept};
use crate::engine::Decision;
use crate::hand::Hand;
use crate::source::Source;
use crate::trace::{AssignmentOutcome, AssignmentStep};

/// Records moved in one transaction.
const AT_ONCE: u64 = 200;

/// Looks for records whose time is over.
pub const JOB: Job = Job {
    name: "assignment.untouched",
    run: |ctx, _| {
        async move {
            let ctx = ctx.as_system();
            while ctx.db.write(async |tx| turn(tx, &ctx).await).await? == AT_ONCE {}
            Ok(())
        }
        .boxed()
    },
};

pub const EVERY_MINUTE: Schedule = Schedule {
    job: JOB.name,
    every: Duration::from_secs(60),
};

/// Somebody has to touch a record until a time.
#[derive(Clone, Debug, FromRow)]
struct Watch {
    entity: String,
    record_id: i64,
    rule_id: i64,
    user_id: i64,
    moves: i64,
    had: JsonText<Vec<i64>>,
}

/// Some of those whose time is over; how many were looked at.
async fn turn(tx: &mut Tx, ctx: &Ctx) -> Result<u64> {
    let over = Query::select()
        .columns(["entity", "record_id", "rule_id", "user_id", "moves", "had"])
        .from(Alias::new("assignment_watches"))
        .and_where(Expr::col("due_at").lte(ctx.now_us()))
        .order_by("due_at", Order::Asc)
        .limit(AT_ONCE)
        .to_owned();
    let mut by_entity: BTreeMap<String, BTreeMap<i64, Watch>> = BTreeMap::new();
    let mut seen = 0;
    for watch in tx.all::<Watch>(&over).await? {
        seen += 1;
        by_entity.entry(watch.entity.clone()).or_default().insert(watch.record_id, watch);
    }
    for (entity, watches) in by_entity {
        match Source::of(&entity) {
            Some(source) => move_on(tx, ctx, source, watches).await?,
            None => decisions::unwatch(tx, &entity, watches.into_keys()).await?,
        }
    }
    Ok(seen)
}

async fn move_on(tx: &mut Tx, ctx: &Ctx, source: &'static Source, watches: BTreeMap<i64, Watch>) -> Result<()> {
    let (entity, stamp) = (source.entity, ctx.stamp());
    let definitions = custom::definitions(ctx, entity.name).await?;
    let ids: Vec<i64> = watches.keys().copied().collect();
    let noted = noted(tx, source, &ids).await?;
    // Kept anew below where it goes on.
    decisions::unwatch(tx, entity.name, ids.iter().copied()).await?;
    let waits = |record: &Record| {
        let has_due = source.due.is_none_or(|due| !record.cell(due).is_missing());
        let is_theirs = record.cell(entity.owner).int() == watches.get(&record.id).map(|watch| watch.user_id);
        record.deleted_at.is_none() && (source.is_open)(record) && has_due && is_theirs
    };
    let mut waiting = read::load(tx, entity, &ids, None, &definitions).await?;
    waiting.retain(waits);
    let mut hand = Hand::take(tx, ctx, source).await?;
    let known = match &hand {
        Some(hand) => hand.known_owners(tx, ctx, &waiting.iter().collect::<Vec<_>>()).await?,
        None => vec![None; waiting.len()],
    };
    let mut outcomes = Vec::with_capacity(waiting.len());
    for (record, known_owner) in waiting.iter().zip(known) {
        let Some(watch) = watches.get(&record.id) else { continue };
        let rule = hand
            .as_ref()
            .and_then(|hand| hand.state.rules.iter().find(|rule| rule.id == watch.rule_id));
        let fallback = rule.map(|rule| rule.fallback_user_id);
        let outcome = match (&mut hand, fallback) {
            _ if noted.contains(&(record.id, watch.user_id)) => None,
            (Some(hand), Some(fallback)) => {
                let decision = hand.decide_but(ctx, record, known_owner, &watch.had);
                Some((decision, fallback, watch.clone()))
            }
            // The rule is switched off.
            _ => None,
        };
        outcomes.push(outcome);
    }
    if let Some(hand) = hand {
        hand.put_down(tx).await?;
    }
    let stuck = outcomes
        .iter()
        .flatten()
        .filter(|(decision, fallback, _)| decision.user_id.is_none() && fallback.is_none());
    let managers = managers(tx, stuck.map(|(.., watch)| watch.user_id).collect()).await?;
    let mut outcomes = outcomes.into_iter();
    let alter = |record: &mut Record| {
        let Some((decision, fallback, watch)) = outcomes.next().flatten() else {
            wait_no_more(record, source);
            return Ok(());
        };
        match decision.user_id {
            Some(user_id) => {
                apply(record, source, &decision);
                let mut kept = Kept::of(AssignmentReason::Untouched, &decision);
                kept.moves = watch.moves + 1;
                kept.had = watch.had.0.iter().copied().chain([user_id]).collect();
                kept.carry(record);
            }
            None => {
                let last = fallback.or_else(|| managers.get(&watch.user_id).copied());
                give_up(record, source, decision, last, &watch);
            }
        }
        Ok(())
    };
    let (_, refused) = change_all(tx, ctx, &stamp, waiting, alter).await?;
    for refused in refused {
        tracing::warn!(entity = entity.name, errors = ?refused.errors, "a record that nobody touched could not be given on");
    }
    Ok(())
}

/// Nobody of the pools is left.
fn give_up(record: &mut Record, source: &Source, decision: Decision, last: Option<i64>, watch: &Watch) {
    wait_no_more(record, source);
    let mut kept = Kept::of(AssignmentReason::GivenUp, &decision);
    (kept.user_id, kept.due_at, kept.moves) = (last.or(Some(watch.user_id)), None, watch.moves + 1);
    let said = match last {
        Some(_) => say!("kimse kalmadı; son çareye verildi", "nobody is left; given to the last resort"),
        None => say!("kimse kalmadı; olduğu yerde kaldı", "nobody is left; it stays where it is"),
    };
    kept.trace.steps.push(AssignmentStep::new(
        Some(watch.rule_id),
        String::new(),
        AssignmentOutcome::GivenUp,
        said,
        Vec::new(),
    ));
    if let Some(user_id) = last {
        give(record, Some(user_id), None);
        record.carried.insert(DECIDED_OWNER.into(), true.into());
    }
    kept.carry(record);
}

/// Records and who wrote a note on them: to write one is to have touched it.
async fn noted(tx: &mut Tx, source: &Source, ids: &[i64]) -> Result<BTreeSet<(i64, i64)>> {
    let query = Query::select()
        .distinct()
        .columns(["record_id", "author_id"])
        .from(Alias::new("record_notes"))
        .and_where(Expr::col("entity").eq(source.entity.name))
        .and_where(Expr::col("record_id").is_in(ids.iter().copied()))
        .and_where(Expr::col("author_id").is_not_null())
        .and_where(Expr::col("deleted_at").is_null())
        .to_owned();
    Ok(tx.all::<(i64, i64)>(&query).await?.into_iter().collect())
}

/// User → the manager of their team, who is somebody else.
async fn managers(tx: &mut Tx, users: BTreeSet<i64>) -> Result<BTreeMap<i64, i64>> {
    let query = Query::select()
        .columns([("users", "id"), ("teams", "manager_id")])
        .from(Alias::new("users"))
        .inner_join("teams", Expr::col(("teams", "id")).equals(("users", "team_id")))
        .and_where(Expr::col(("users", "id")).is_in(users))
        .and_where(Expr::col(("teams", "manager_id")).is_not_null())
        .to_owned();
    let pairs: Vec<(i64, i64)> = tx.all(&query).await?;
    Ok(pairs.into_iter().filter(|(user, manager)| user != manager).collect())
}
