//! Deciding whose a record becomes: when it is created, when somebody asks for it, and by hand.

use kernel::actor::Via;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result};
use kernel::say;
use records::cell::Cell;
use records::change::{ADOPTED, Changed, DECIDED_OWNER, Draft, EXAMINED, Refused, change_all};
use records::revert::UNDOING;
use records::{Record, check, custom, names};
use sea_query::{Alias, Expr, ExprTrait, Query};

use crate::decisions::{self, AssignmentReason, Kept};
use crate::engine::Decision;
use crate::hand::Hand;
use crate::source::Source;
use crate::trace::{AssignmentOutcome, AssignmentStep, AssignmentTrace};

/// Decides about new records that nobody owns yet: a hook of the entity's `settle`, after everything that may refuse a record, so that one
/// that is not kept costs nobody their turn.
pub async fn decide(tx: &mut Tx, ctx: &Ctx, source: &'static Source, drafts: &mut [Draft]) -> Result<()> {
    let definitions = custom::definitions(ctx, source.entity.name).await?;
    let is_wanted = |draft: &&mut Draft| is_wanted(ctx, draft) && (source.is_open)(&draft.after);
    let mut wanted: Vec<&mut Draft> = drafts.iter_mut().filter(is_wanted).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let Some(mut hand) = Hand::take(tx, ctx, source).await? else {
        return Ok(());
    };
    wanted.retain(|draft| {
        let mut decided = draft.after.clone();
        decided.carried.insert(DECIDED_OWNER.into(), true.into());
        check::check(&decided, None, &definitions, ctx).is_empty()
    });
    for draft in &mut wanted {
        // Rules may ask when it came.
        if draft.after.created_at == 0 {
            draft.after.created_at = ctx.now_us();
        }
    }
    let records: Vec<&Record> = wanted.iter().map(|draft| &draft.after).collect();
    let known = hand.known_owners(tx, ctx, &records).await?;
    for (draft, known_owner) in wanted.into_iter().zip(known) {
        let decision = hand.decide(ctx, &draft.after, known_owner);
        apply(&mut draft.after, source, &decision);
        Kept::of(AssignmentReason::Created, &decision).carry(&mut draft.after);
    }
    hand.put_down(tx).await
}

fn is_wanted(ctx: &Ctx, draft: &Draft) -> bool {
    let (record, entity) = (&draft.after, draft.after.entity);
    if draft.before.is_some() || !draft.errors.is_empty() || record.deleted_at.is_some() {
        return false;
    }
    if [UNDOING, DECIDED_OWNER, EXAMINED]
        .iter()
        .any(|word| record.carried.contains_key(*word))
    {
        return false;
    }
    let is_nobodys = record.cell(entity.owner).is_missing() && record.cell(entity.team).is_missing();
    // A person at the screen owns what they enter; a program and an import do not.
    let by_itself = matches!(ctx.actor.via, Via::Token { .. } | Via::Session { id: 0 });
    is_nobodys || (by_itself && record.carried.contains_key(ADOPTED))
}

/// Gives a record to whom the decision names.
pub fn apply(record: &mut Record, source: &Source, decision: &Decision) {
    let Some(user_id) = decision.user_id else { return };
    give(record, Some(user_id), decision.team_id);
    if let Some((place, _)) = source.due.and_then(|due| record.entity.field(due)) {
        record.put(place, decision.sla_due_at.into());
    }
    record.carried.insert(DECIDED_OWNER.into(), true.into());
}

/// Nobody has to touch it any more.
pub fn wait_no_more(record: &mut Record, source: &Source) {
    if let Some((place, _)) = source.due.and_then(|due| record.entity.field(due)) {
        record.put(place, Cell::Missing);
    }
}

/// Makes a record somebody's; until when they have to touch it is for the caller to say.
pub fn give(record: &mut Record, user_id: Option<i64>, team_id: Option<i64>) {
    let entity = record.entity;
    for (name, id) in [(entity.owner, user_id), (entity.team, team_id)] {
        if let Some((place, _)) = entity.field(name) {
            record.put(place, id.map_or(Cell::Missing, Cell::Int));
        }
    }
}

/// Gives records to whom the rules name now, whoever has them.
pub async fn by_rules(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: &Stamp,
    source: &'static Source,
    records: Vec<Record>,
) -> Result<(Vec<Changed>, Vec<Refused>)> {
    let mut decisions = Vec::with_capacity(records.len());
    if let Some(mut hand) = Hand::take(tx, ctx, source).await? {
        let known = hand.known_owners(tx, ctx, &records.iter().collect::<Vec<_>>()).await?;
        for (record, known_owner) in records.iter().zip(known) {
            decisions.push(hand.decide(ctx, record, known_owner));
        }
        hand.put_down(tx).await?;
    }
    let mut decisions = decisions.into_iter();
    let alter = |record: &mut Record| {
        let decision = decisions.next().filter(|decision| decision.user_id.is_some());
        let Some(decision) = decision else {
            let mut errors = FieldErrors::default();
            let problem = say!(
                "Bu kayıt için hiçbir kural uygun birini bulamadı.",
                "No rule finds anybody free for this record."
            );
            errors.add("by_rules", problem);
            return Err(errors);
        };
        apply(record, source, &decision);
        Kept::of(AssignmentReason::Asked, &decision).carry(record);
        Ok(())
    };
    change_all(tx, ctx, stamp, records, alter).await
}

/// Gives records to somebody by hand.
pub async fn by_hand(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: &Stamp,
    source: &'static Source,
    records: Vec<Record>,
    user_id: i64,
) -> Result<(Vec<Changed>, Vec<Refused>)> {
    let team = Query::select()
        .column("team_id")
        .from(Alias::new("users"))
        .and_where(Expr::col("id").eq(user_id))
        .to_owned();
    let team_id = tx.opt::<(Option<i64>,)>(&team).await?.and_then(|(team_id,)| team_id);
    let names = names::all(ctx).await?;
    let by = ctx.actor.user_id.and_then(|id| names.user(id.0)).unwrap_or_default().to_owned();
    let said = say!("{by} tarafından verildi", "given by {by}");
    let decision = Decision {
        rule_id: None,
        user_id: Some(user_id),
        team_id,
        sla_due_at: None,
        trace: AssignmentTrace {
            steps: vec![AssignmentStep::new(None, String::new(), AssignmentOutcome::Named, said, Vec::new())],
        },
    };
    let alter = |record: &mut Record| {
        give(record, Some(user_id), team_id);
        wait_no_more(record, source);
        Kept::of(AssignmentReason::Named, &decision).carry(record);
        Ok(())
    };
    change_all(tx, ctx, stamp, records, alter).await
}

/// Writes down what was decided, once the records are kept: a hook of the entity's `after`.
pub async fn after(tx: &mut Tx, stamp: &Stamp, changed: &[Changed]) -> Result<()> {
    let kept: Vec<(&Record, Kept)> = changed
        .iter()
        .filter_map(|changed| Some((&changed.after, Kept::carried(&changed.after)?)))
        .collect();
    decisions::keep(tx, stamp, &kept).await
}

/// What a refusal of one record is, for a request that is about one alone.
pub fn one(changed: Vec<Changed>, refused: Vec<Refused>) -> Result<bool> {
    match refused.into_iter().next() {
        Some(refused) => Err(kernel::error::Error::Invalid(refused.errors)),
        None => Ok(!changed.is_empty()),
    }
}
