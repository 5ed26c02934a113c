//! The rules by which records are handed out, in their order: the first that is met and has somebody free decides.

pub mod http;

use std::collections::{BTreeMap, BTreeSet};

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result};
use kernel::events::{Event, NewEvent};
use kernel::json_text::JsonText;
use kernel::operations::Refusal;
use kernel::say;
use records::custom::Definitions;
use records::edit::{self, Edit};
use records::fields::Form;
use records::{Entity, choices, schema};
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;

use crate::source::Source;

/// How many an entity may have: every creation asks them all.
pub const MAX_RULES: usize = 100;
const MAX_NAME_CHARS: usize = 80;
const MAX_POOL: usize = 200;
const MAX_SKILL_FIELDS: usize = 5;
/// Thirty days around the clock.
const MAX_SLA_MINUTES: i64 = 30 * 24 * 60;

choices! {
    /// How one of the pool is chosen.
    AssignmentStrategy {
        RoundRobin: "round_robin", "Sırayla", "In turn";
        LeastLoad: "least_load", "En az açık kaydı olana", "To whoever has the fewest open";
        Skills: "skills", "Becerilere göre", "By skills";
        Territory: "territory", "Bölgeye göre", "By territory";
        StickyOwner: "sticky_owner", "Bilinen müşterinin sorumlusuna", "To whoever looks after the known customer";
    }
}

/// A rule as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
pub struct Rule {
    /// 0 until it is kept.
    pub id: i64,
    pub entity: String,
    pub name: String,
    /// Rules are asked from the smallest on.
    pub position: i64,
    pub criteria: JsonText<Value>,
    pub users: JsonText<Vec<i64>>,
    pub teams: JsonText<Vec<i64>>,
    #[sqlx(try_from = "String")]
    pub strategy: AssignmentStrategy,
    /// Fields whose words are looked for among people's skills.
    pub skill_fields: JsonText<Vec<String>>,
    /// Only those who are at work at the moment.
    pub only_at_work: bool,
    /// Working minutes within which a record has to be touched.
    pub sla_minutes: Option<i64>,
    /// Who gets what nobody touched; the manager of the team when it is nobody in particular.
    pub fallback_user_id: Option<i64>,
    pub is_active: bool,
}

const COLUMNS: [&str; 12] = [
    "entity",
    "name",
    "position",
    "criteria",
    "users",
    "teams",
    "strategy",
    "skill_fields",
    "only_at_work",
    "sla_minutes",
    "fallback_user_id",
    "is_active",
];

impl Rule {
    /// Brings what a caller wrote to the form it is kept in, or says what is wrong with it. What stands as it was `before` is not looked
    /// into: a field may have gone since, and that must not stand in the way of another name.
    pub fn normalise(&mut self, before: Option<&Rule>, definitions: &Definitions) -> Result<()> {
        let source = Source::asked(&self.entity).map_err(|problem| kernel::error::invalid("entity", problem))?;
        let mut errors = FieldErrors::default();
        self.name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.name.is_empty() || self.name.chars().count() > MAX_NAME_CHARS {
            errors.add(
                "name",
                say!(
                    "1 ile {} karakter arasında olmalı.",
                    "Must have 1 to {} characters.",
                    MAX_NAME_CHARS
                ),
            );
        }
        if before.is_none_or(|before| before.criteria != self.criteria) {
            match records::http::parse_criteria(Some(&self.criteria), &schema::whole(source.entity, definitions)) {
                Ok(criteria) => self.criteria = JsonText(criteria.to_json()),
                Err(Error::Invalid(wrong)) => errors.0.extend(wrong.0),
                Err(error) => return Err(error),
            }
        }
        for (field, ids) in [("users", &mut self.users.0), ("teams", &mut self.teams.0)] {
            let mut seen = BTreeSet::new();
            ids.retain(|id| seen.insert(*id));
            if ids.len() > MAX_POOL {
                errors.add(field, say!("En çok {} olabilir.", "May be {} at most.", MAX_POOL));
            }
        }
        if self.strategy != AssignmentStrategy::StickyOwner && self.users.is_empty() && self.teams.is_empty() {
            errors.add(
                "users",
                say!("En az bir kişi ya da ekip verin.", "Give at least one person or team."),
            );
        }
        self.check_skill_fields(source.entity, &mut errors);
        if self.sla_minutes.is_some_and(|minutes| !(1..=MAX_SLA_MINUTES).contains(&minutes)) {
            errors.add(
                "sla_minutes",
                say!("1 ile {} arasında olmalı.", "Must be between 1 and {}.", MAX_SLA_MINUTES),
            );
        }
        errors.check()
    }

    fn check_skill_fields(&self, entity: &'static Entity, errors: &mut FieldErrors) {
        let is_text = |name: &str| {
            let spec = entity.field(name).map(|(_, spec)| spec);
            spec.is_some_and(|spec| spec.field.kind == criteria::Kind::Text && spec.form != Form::Computed)
        };
        if self.strategy == AssignmentStrategy::Skills && self.skill_fields.is_empty() {
            errors.add(
                "skill_fields",
                say!(
                    "En az bir alan verin: örneğin industry.",
                    "Give at least one field: industry, for example."
                ),
            );
        }
        if self.skill_fields.len() > MAX_SKILL_FIELDS {
            errors.add(
                "skill_fields",
                say!("En çok {} alan olabilir.", "May be {} fields at most.", MAX_SKILL_FIELDS),
            );
        }
        for name in self.skill_fields.iter().filter(|name| !is_text(name)) {
            errors.add(
                "skill_fields",
                say!("“{name}” diye bir metin alanı yok.", "There is no text field “{name}”."),
            );
        }
    }
}

/// A query for rules that are not deleted, in their order.
pub fn alive() -> SelectStatement {
    Query::select()
        .column("id")
        .columns(COLUMNS)
        .from(Alias::new("assignment_rules"))
        .and_where(Expr::col("deleted_at").is_null())
        .order_by("entity", Order::Asc)
        .order_by("position", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned()
}

/// Rules of an entity, held for this transaction.
async fn held(tx: &mut Tx, entity: &str) -> Result<Vec<Rule>> {
    let mut query = alive();
    query.and_where(Expr::col("entity").eq(entity));
    tx.dialect().for_update(&mut query);
    tx.all(&query).await
}

/// Adds a rule after the others.
pub async fn create(tx: &mut Tx, stamp: &Stamp, definitions: &Definitions, mut rule: Rule) -> Result<Rule> {
    rule.normalise(None, definitions)?;
    check_people(tx, &rule).await?;
    let others = held(tx, &rule.entity).await?;
    if others.len() >= MAX_RULES {
        return Err(kernel::error::invalid(
            "name",
            say!("En çok {} kural olabilir.", "There may be {} rules at most.", MAX_RULES),
        ));
    }
    rule.position = others.last().map_or(1, |last| last.position + 1);
    let edit = Edit {
        before: None,
        after: Some(rule),
    };
    keep(tx, stamp, vec![edit])
        .await?
        .pop()
        .ok_or(Error::internal("a rule was not kept"))
}

/// Changes a rule by `alter`; whether anything changed.
pub async fn update(tx: &mut Tx, stamp: &Stamp, definitions: &Definitions, id: i64, alter: impl FnOnce(&mut Rule)) -> Result<bool> {
    let before = one(tx, id).await?;
    let mut after = before.clone();
    alter(&mut after);
    after.normalise(Some(&before), definitions)?;
    if after == before {
        return Ok(false);
    }
    check_people(tx, &after).await?;
    let edit = Edit {
        before: Some(before),
        after: Some(after),
    };
    keep(tx, stamp, vec![edit]).await?;
    Ok(true)
}

/// Deletes a rule softly.
pub async fn delete(tx: &mut Tx, stamp: &Stamp, id: i64) -> Result<()> {
    let edit = Edit {
        before: Some(one(tx, id).await?),
        after: None,
    };
    keep(tx, stamp, vec![edit]).await?;
    Ok(())
}

/// Puts the rules of an entity into another order: all of them are named.
pub async fn reorder(tx: &mut Tx, stamp: &Stamp, entity: &str, ids: &[i64]) -> Result<usize> {
    let rules = held(tx, entity).await?;
    let (known, asked): (BTreeSet<i64>, BTreeSet<i64>) = (rules.iter().map(|rule| rule.id).collect(), ids.iter().copied().collect());
    if known != asked || ids.len() != asked.len() {
        return Err(kernel::error::invalid(
            "ids",
            say!(
                "Bütün kuralları birer kez verin: {:?}.",
                "Give every rule once: {:?}.",
                rules.iter().map(|rule| rule.id).collect::<Vec<_>>()
            ),
        ));
    }
    let moved = |before: Rule| {
        let place = ids.iter().position(|id| *id == before.id)? as i64 + 1;
        let after = Rule {
            position: place,
            ..before.clone()
        };
        (after != before).then_some(Edit {
            before: Some(before),
            after: Some(after),
        })
    };
    let edits: Vec<Edit<Rule>> = rules.into_iter().filter_map(moved).collect();
    Ok(keep(tx, stamp, edits).await?.len())
}

async fn one(tx: &mut Tx, id: i64) -> Result<Rule> {
    let mut query = alive();
    query.and_where(Expr::col("id").eq(id));
    tx.dialect().for_update(&mut query);
    tx.opt(&query).await?.ok_or(Error::NotFound)
}

/// Refuses people and teams that are not there, in one query for each kind.
async fn check_people(tx: &mut Tx, rule: &Rule) -> Result<()> {
    let mut errors = FieldErrors::default();
    let fallback: Vec<i64> = rule.fallback_user_id.into_iter().collect();
    let users: BTreeSet<i64> = rule.users.iter().chain(&fallback).copied().collect();
    for (table, asked, named) in [
        (
            "users",
            users,
            [("users", &rule.users.0), ("fallback_user_id", &fallback)].as_slice(),
        ),
        ("teams", rule.teams.iter().copied().collect(), [("teams", &rule.teams.0)].as_slice()),
    ] {
        if asked.is_empty() {
            continue;
        }
        let mut query = Query::select();
        query
            .column("id")
            .from(Alias::new(table))
            .and_where(Expr::col("id").is_in(asked.iter().copied()));
        if table == "users" {
            query.and_where(Expr::col("is_active").eq(true));
        }
        let there: BTreeSet<i64> = tx.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect();
        for (field, ids) in named {
            for id in ids.iter().filter(|id| !there.contains(id)) {
                errors.add(
                    *field,
                    match table {
                        "users" => say!("{id} diye etkin bir kullanıcı yok.", "There is no active user {id}."),
                        _ => say!("{id} diye bir ekip yok.", "There is no team {id}."),
                    },
                );
            }
        }
    }
    errors.check()
}

/// Keeps what was changed and tells it. Rules that are there afterwards.
async fn keep(tx: &mut Tx, stamp: &Stamp, mut edits: Vec<Edit<Rule>>) -> Result<Vec<Rule>> {
    let gone: Vec<i64> = edits
        .iter()
        .filter(|edit| edit.after.is_none())
        .filter_map(|edit| Some(edit.before.as_ref()?.id))
        .collect();
    if !gone.is_empty() {
        let end = Query::update()
            .table("assignment_rules")
            .value("deleted_at", stamp.at_us)
            .and_where(Expr::col("id").is_in(gone))
            .to_owned();
        tx.exec(&end).await?;
    }
    let values = |rule: &Rule| -> Result<Vec<sea_query::Value>> {
        Ok(vec![
            rule.entity.as_str().into(),
            rule.name.as_str().into(),
            rule.position.into(),
            rule.criteria.to_string().into(),
            serde_json::to_string(&rule.users)?.into(),
            serde_json::to_string(&rule.teams)?.into(),
            rule.strategy.word().into(),
            serde_json::to_string(&rule.skill_fields)?.into(),
            rule.only_at_work.into(),
            rule.sla_minutes.into(),
            rule.fallback_user_id.into(),
            rule.is_active.into(),
            stamp.at_us.into(),
            stamp.at_us.into(),
            None::<i64>.into(),
        ])
    };
    let columns: Vec<&'static str> = COLUMNS.into_iter().chain(["created_at", "updated_at", "deleted_at"]).collect();
    let (mut fresh, mut old) = (Vec::new(), Vec::new());
    for rule in edits.iter().filter_map(|edit| edit.after.as_ref()) {
        match rule.id {
            0 => fresh.push(values(rule)?),
            id => old.push([vec![id.into()], values(rule)?].concat()),
        }
    }
    let ids = tx.insert_new_rows("assignment_rules", &columns, fresh.into_iter()).await?;
    let new = edits.iter_mut().filter_map(|edit| edit.after.as_mut()).filter(|rule| rule.id == 0);
    for (rule, id) in new.zip(ids) {
        rule.id = id;
    }
    let with_id: Vec<&'static str> = ["id"].into_iter().chain(columns).collect();
    tx.put_rows("assignment_rules", &with_id, old.into_iter()).await?;
    let event = |edit: &Edit<Rule>| {
        let rule = edit.after.as_ref().or(edit.before.as_ref())?;
        let kind = edit.verb("assignment_rule.created", "assignment_rule.updated", "assignment_rule.deleted");
        Some(
            NewEvent::new(kind, "assignment_rule", rule.id)
                .payload(edit.images())
                .changes(edit.changes()),
        )
    };
    tx.emit_all(stamp, edits.iter().filter_map(event).collect()).await?;
    Ok(edits.into_iter().filter_map(|edit| edit.after).collect())
}

/// Takes back events of rules, newest first: exactly the rule comes back, or nothing. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let mut query = alive();
        query.and_where(Expr::col("id").is_in(events.iter().map(|event| event.subject_id)));
        tx.dialect().for_update(&mut query);
        let stored: BTreeMap<i64, Rule> = tx.all::<Rule>(&query).await?.into_iter().map(|rule| (rule.id, rule)).collect();
        let (edits, refusals) = edit::take_back("assignment_rule", &stored, events)?;
        keep(tx, &stamp, edits).await?;
        Ok(refusals)
    })
}
