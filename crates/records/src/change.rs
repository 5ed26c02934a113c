//! Changing records: create, update, delete. Whatever the door (form, API, bulk, import, undo), the change goes through here: settled by the
//! entity, checked, kept, and told as one event each, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, Say};
use kernel::events::{Changes, NewEvent};
use kernel::ids::CustomerId;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::{Map, Value, json};

use crate::cell::Cell;
use crate::custom::{self, Definitions};
use crate::entity::Entity;
use crate::fields::Form;
use crate::numbers::{self, Numbers};
use crate::patch::Patch;
use crate::record::Record;
use crate::{check, field_rules, read, revert, store};

/// A record about to be kept, and what is wrong with it so far.
pub struct Draft {
    /// Its place in what was asked.
    pub index: usize,
    /// None for a new one.
    pub before: Option<Record>,
    pub after: Record,
    pub errors: FieldErrors,
}

impl Draft {
    /// Whether any of these fields differ from what they were; of a new record, whether they are there.
    pub fn touches(&self, names: &[&str]) -> bool {
        names.iter().any(|name| match &self.before {
            Some(before) => before.cell(name) != self.after.cell(name),
            None => !self.after.cell(name).is_missing(),
        })
    }
}

/// In [`Record::carried`]: the product chose the owner, so that it does not matter whether the caller reaches them.
pub const DECIDED_OWNER: &str = "decided_owner";

/// In [`Record::carried`]: nobody was named as the owner, and whoever creates the record is it for want of anybody else.
pub const ADOPTED: &str = "adopted";

/// In [`Record::carried`]: one of many of the same (a call of every week), of which the histories of others tell only the first. A new one is told
/// by [`REPEATED`].
pub const UNTOLD: &str = "untold";

/// The kind of the event of a new record that is [`UNTOLD`].
pub const REPEATED: &str = "record.repeated";

/// A record that could not be created or changed, and why.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Its place in what was asked.
    pub index: usize,
    pub errors: FieldErrors,
}

/// A record that was kept.
pub struct Changed {
    /// Its place in what was asked.
    pub index: usize,
    /// None for a new one.
    pub before: Option<Record>,
    pub after: Record,
    pub changes: Changes,
}

impl Changed {
    /// Whether a field came to differ.
    pub fn touches(&self, name: &str) -> bool {
        match &self.before {
            Some(before) => before.cell(name) != self.after.cell(name),
            None => !self.after.cell(name).is_missing(),
        }
    }

    pub fn is_new(&self) -> bool {
        self.before.is_none()
    }
}

/// Creates records; all that are right are kept, the others are refused.
pub async fn create_all(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: &Stamp,
    entity: &'static Entity,
    records: Vec<Record>,
) -> Result<(Vec<Changed>, Vec<Refused>)> {
    let draft = |(index, mut after): (usize, Record)| {
        adopt(&mut after, ctx);
        Draft {
            index,
            before: None,
            after,
            errors: FieldErrors::default(),
        }
    };
    let drafts = records.into_iter().enumerate().map(draft).collect();
    keep(tx, ctx, stamp, entity, drafts).await
}

/// Creates one record, or says what is wrong with it.
pub async fn create(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, record: Record) -> Result<Record> {
    let entity = record.entity;
    let (mut created, refused) = create_all(tx, ctx, stamp, entity, vec![record])
        .await
        .map_err(|error| number_taken(entity, error))?;
    match (created.pop(), refused.into_iter().next()) {
        (Some(created), _) => Ok(created.after),
        (None, Some(refused)) => Err(Error::Invalid(refused.errors)),
        (None, None) => Err(Error::internal("a record was neither created nor refused")),
    }
}

/// A new record from the API's JSON, with what is wrong in the JSON itself.
pub fn drafted(entity: &'static Entity, definitions: &Definitions, input: &Map<String, Value>, errors: &mut FieldErrors) -> Record {
    let patch = Patch::parse(entity, input, definitions, errors);
    let mut record = entity.blank();
    patch.apply(&mut record);
    record
}

/// Whoever creates a record owns it, unless somebody else is named. What comes in without a person (a form, a job) belongs to nobody yet.
fn adopt(record: &mut Record, ctx: &Ctx) {
    let entity = record.entity;
    let (Some((owner, _)), Some((team, _))) = (entity.field(entity.owner), entity.field(entity.team)) else {
        return;
    };
    if record.at(owner).is_missing() && record.at(team).is_missing() && !record.carried.contains_key(DECIDED_OWNER) {
        record.carried.insert(ADOPTED.into(), true.into());
        record.put(owner, ctx.actor.user_id.map(|id| id.0).into());
        record.put(team, ctx.actor.team_id.map(|id| id.0).into());
    }
}

/// Applies `alter` to each record and keeps those that come out right. Records that `alter` leaves as they were are not touched.
pub async fn change_all(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: &Stamp,
    records: Vec<Record>,
    mut alter: impl FnMut(&mut Record) -> Result<(), FieldErrors>,
) -> Result<(Vec<Changed>, Vec<Refused>)> {
    let Some(entity) = records.first().map(|record| record.entity) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let mut drafts = Vec::with_capacity(records.len());
    for (index, before) in records.into_iter().enumerate() {
        let mut after = before.clone();
        let errors = alter(&mut after).err().unwrap_or_default();
        drafts.push(Draft {
            index,
            before: Some(before),
            after,
            errors,
        });
    }
    keep(tx, ctx, stamp, entity, drafts).await
}

/// What would be wrong with new records, by their place; nothing is kept. For dry runs.
pub async fn examine(tx: &mut Tx, ctx: &Ctx, entity: &'static Entity, records: Vec<Record>) -> Result<Vec<Refused>> {
    let draft = |(index, mut after): (usize, Record)| {
        after.carried.insert(EXAMINED.into(), true.into());
        adopt(&mut after, ctx);
        Draft {
            index,
            before: None,
            after,
            errors: FieldErrors::default(),
        }
    };
    let drafts = records.into_iter().enumerate().map(draft).collect();
    Ok(judge(tx, ctx, entity, drafts).await?.1)
}

/// In [`Record::carried`]: the record is only looked at, so that hooks leave no trace.
pub const EXAMINED: &str = "examined";

/// Settles and checks: those that are right, and the others.
async fn judge(tx: &mut Tx, ctx: &Ctx, entity: &'static Entity, mut drafts: Vec<Draft>) -> Result<(Vec<Draft>, Vec<Refused>)> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    (entity.settle)(tx, ctx, &mut drafts).await?;
    drafts.retain(|draft| {
        let is_same = draft.before.as_ref().is_some_and(|before| *before == draft.after);
        !is_same || !draft.errors.is_empty()
    });
    for draft in &mut drafts {
        let wrong = check::check(&draft.after, draft.before.as_ref(), &definitions, ctx);
        for (field, problems) in wrong.0 {
            draft.errors.0.entry(field).or_insert(problems);
        }
    }
    check::references(tx, &mut drafts).await?;
    let (mut kept, wrong): (Vec<Draft>, Vec<Draft>) = drafts.into_iter().partition(|draft| draft.errors.is_empty());
    let refused = wrong.into_iter().map(|draft| Refused {
        index: draft.index,
        errors: draft.errors,
    });
    let refused: Vec<Refused> = refused.collect();
    join_teams(tx, entity, &mut kept).await?;
    Ok((kept, refused))
}

/// The one way records come into the database.
async fn keep(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, entity: &'static Entity, drafts: Vec<Draft>) -> Result<(Vec<Changed>, Vec<Refused>)> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let (mut kept, refused) = judge(tx, ctx, entity, drafts).await?;
    give_numbers(tx, ctx, entity, &mut kept).await?;
    for draft in &mut kept {
        draft.after.version = draft.before.as_ref().map_or(1, |before| before.version + 1);
        draft.after.updated_at = stamp.at_us;
        if draft.before.is_none() && draft.after.created_at == 0 {
            draft.after.created_at = stamp.at_us;
        }
    }
    let (mut fresh, old): (Vec<Draft>, Vec<Draft>) = kept.into_iter().partition(|draft| draft.before.is_none());
    let mut records: Vec<Record> = fresh.iter().map(|draft| draft.after.clone()).collect();
    store::insert(tx, entity, &mut records).await?;
    for (draft, record) in fresh.iter_mut().zip(records) {
        draft.after = record;
    }
    let pairs: Vec<(&Record, &Record)> = old
        .iter()
        .filter_map(|draft| Some((draft.before.as_ref()?, &draft.after)))
        .collect();
    store::update(tx, entity, &pairs).await?;
    let changed = |draft: Draft| Changed {
        changes: draft
            .before
            .as_ref()
            .map(|before| draft.after.changes_since(before, &definitions))
            .unwrap_or_default(),
        index: draft.index,
        before: draft.before,
        after: draft.after,
    };
    let changed: Vec<Changed> = fresh.into_iter().chain(old).map(changed).collect();
    tx.emit_all(stamp, changed.iter().map(event).collect()).await?;
    (entity.after)(tx, ctx, stamp, &changed).await?;
    Ok((changed, refused))
}

/// Records of somebody without a team are of that somebody's team.
async fn join_teams(tx: &mut Tx, entity: &'static Entity, drafts: &mut [Draft]) -> Result<()> {
    let (Some((owner, _)), Some((team, _))) = (entity.field(entity.owner), entity.field(entity.team)) else {
        return Ok(());
    };
    let alone = |draft: &Draft| {
        let theirs = draft.after.at(owner).int().filter(|_| draft.after.at(team).is_missing())?;
        let before = draft.before.as_ref().and_then(|before| before.at(owner).int());
        (before != Some(theirs)).then_some(theirs)
    };
    let owners: BTreeSet<i64> = drafts.iter().filter_map(alone).collect();
    if owners.is_empty() {
        return Ok(());
    }
    let teams = Query::select()
        .columns(["id", "team_id"])
        .from(Alias::new("users"))
        .and_where(Expr::col("id").is_in(owners))
        .and_where(Expr::col("team_id").is_not_null())
        .to_owned();
    let teams: BTreeMap<i64, i64> = tx.all::<(i64, i64)>(&teams).await?.into_iter().collect();
    for draft in drafts.iter_mut() {
        if let Some(id) = alone(draft).and_then(|owner| teams.get(&owner)) {
            draft.after.put(team, Cell::Int(*id));
        }
    }
    Ok(())
}

async fn give_numbers(tx: &mut Tx, ctx: &Ctx, entity: &'static Entity, drafts: &mut [Draft]) -> Result<()> {
    let Some((numbered, (place, _))) = entity.number.and_then(|numbered| Some((numbered, entity.field(numbered.field)?))) else {
        return Ok(());
    };
    let without = |draft: &&mut Draft| draft.after.at(place).is_missing();
    let wanted = drafts.iter_mut().filter(|draft| without(draft)).count();
    if wanted == 0 {
        return Ok(());
    }
    let numbers = Numbers {
        table: entity.table,
        column: numbered.field,
        counters: "number_counters",
        prefix: entity.name,
    };
    let mut fresh = numbers::next(tx, ctx, numbers, numbered.pattern, wanted).await?.into_iter();
    for draft in drafts.iter_mut().filter(without) {
        draft.after.put(place, fresh.next().unwrap_or_default().into());
    }
    Ok(())
}

fn event(changed: &Changed) -> NewEvent {
    let (entity, after) = (changed.after.entity, &changed.after);
    let is_untold = after.carried.contains_key(UNTOLD);
    let kind = match (&changed.before, after.deleted_at) {
        (None, _) if is_untold => REPEATED,
        (None, _) => entity.events.created,
        (Some(before), Some(_)) if before.deleted_at.is_none() => entity.events.deleted,
        (Some(before), None) if before.deleted_at.is_some() => entity.events.restored,
        _ => entity.events.updated,
    };
    let event = NewEvent::new(kind, entity.name, after.id)
        .record(entity.name, after.id)
        .payload(json!({ "name": after.name(), "version": after.version }))
        .changes(changed.changes.clone());
    match entity.customer.filter(|_| !is_untold).and_then(|name| after.cell(name).int()) {
        Some(customer_id) => event.customer(CustomerId(customer_id)),
        None => event,
    }
}

/// The error of a number that another record has.
pub fn number_taken(entity: &Entity, error: Error) -> Error {
    match entity.number {
        Some(number) => error.or_taken(entity.table, &[number.field], number.field, taken()),
        None => error,
    }
}

fn taken() -> Say {
    say!("Bu numara kullanılıyor.", "This number is taken.")
}

/// How a PUT and a PATCH differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Fields that are not named become empty.
    Whole,
    /// Fields that are not named stay.
    Named,
}

/// What a caller wants one record to become.
pub struct Edit<'a> {
    pub id: i64,
    pub input: &'a Map<String, Value>,
    pub extent: Extent,
    /// The version the caller saw: fields that somebody else has changed since to something else are a clash, others are no obstacle.
    pub base_version: Option<i64>,
}

/// Changes one record by the API's JSON; none when it was as it is wanted already.
pub async fn update(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, entity: &'static Entity, edit: Edit<'_>) -> Result<Option<Changed>> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let mut errors = FieldErrors::default();
    let mut patch = Patch::parse(entity, edit.input, &definitions, &mut errors);
    let current = read::for_change(tx, ctx, entity, entity.permissions.write, &[edit.id], &definitions)
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    if edit.extent == Extent::Whole {
        empty_the_rest(&mut patch, &current, ctx);
    }
    let mut wanted = current.clone();
    patch.apply(&mut wanted);
    if let Some(base) = edit.base_version.filter(|base| *base != current.version) {
        revert::clashes(tx, ctx, &current, &wanted, base, &definitions).await?;
    }
    let apply = |record: &mut Record| {
        patch.apply(record);
        if errors.is_empty() { Ok(()) } else { Err(errors.clone()) }
    };
    let (mut changed, refused) = change_all(tx, ctx, stamp, vec![current], apply)
        .await
        .map_err(|error| number_taken(entity, error))?;
    match refused.into_iter().next() {
        Some(refused) => Err(Error::Invalid(refused.errors)),
        None => Ok(changed.pop()),
    }
}

/// What a PUT does not name becomes empty; what the caller does not write, or does not even see, stays, and so does the number.
fn empty_the_rest(patch: &mut Patch, current: &Record, ctx: &Ctx) {
    let entity = current.entity;
    let kept = field_rules::unwritable(entity, &ctx.actor);
    for (index, spec) in entity.written() {
        if spec.form != Form::Code && !kept.contains(spec.name()) {
            patch.cells.entry(index).or_insert(Cell::Missing);
        }
    }
    for key in current.custom.keys().filter(|key| !kept.contains(&format!("custom.{key}"))) {
        patch.custom.entry(key.clone()).or_insert(Cell::Missing);
    }
}

/// Deletes records softly; they can be brought back while the operation can be undone.
pub async fn delete_all(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, records: Vec<Record>) -> Result<Vec<Changed>> {
    let at_us = stamp.at_us;
    let end = |record: &mut Record| {
        record.deleted_at = Some(at_us);
        Ok(())
    };
    let (changed, _) = change_all(tx, ctx, stamp, records, end).await?;
    Ok(changed)
}
