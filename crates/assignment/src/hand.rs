//! The state of one entity's assignment, read in a transaction and held until it ends, so that two who decide at once do so one after the
//! other: on PostgreSQL the rows of the rules are locked, SQLite's writers are alone anyway.

use std::collections::{BTreeMap, BTreeSet};

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use records::custom::{self, Definitions};
use records::{Record, schema};
use sea_query::{Alias, Cond, Expr, ExprTrait, Query};

use crate::engine::{self, Case, Decision, State, Tally};
use crate::people;
use crate::rules::{self, AssignmentStrategy, Rule};
use crate::source::Source;

/// See the module.
pub struct Hand {
    pub source: &'static Source,
    pub state: State,
    before: State,
}

impl Hand {
    /// Takes the active rules of an entity in hand; none when it has no rules.
    pub async fn take(tx: &mut Tx, ctx: &Ctx, source: &'static Source) -> Result<Option<Hand>> {
        let mut active = rules::alive();
        active
            .and_where(Expr::col("entity").eq(source.entity.name))
            .and_where(Expr::col("is_active").eq(true));
        tx.dialect().for_update(&mut active);
        let rules: Vec<Rule> = tx.all(&active).await?;
        if rules.is_empty() {
            return Ok(None);
        }
        let definitions = custom::definitions(ctx, source.entity.name).await?;
        let mut state = state(tx, source, &rules, &definitions).await?;
        state.cursors = cursors(tx, &rules).await?;
        state.tallies = tallies(tx, source).await?;
        if rules.iter().any(|rule| rule.strategy == AssignmentStrategy::LeastLoad) {
            state.load = load(tx, source, state.people.keys().copied()).await?;
        }
        Ok(Some(Hand {
            source,
            before: state.clone(),
            state,
        }))
    }

    /// Who looks after the companies of these records already; asked for only when a rule wants to know.
    pub async fn known_owners(&self, tx: &mut Tx, ctx: &Ctx, records: &[&Record]) -> Result<Vec<Option<i64>>> {
        match self.state.rules.iter().any(|rule| rule.strategy == AssignmentStrategy::StickyOwner) {
            true => (self.source.known_owners)(tx, ctx, records).await,
            false => Ok(vec![None; records.len()]),
        }
    }

    /// Decides about one record, now.
    pub fn decide(&mut self, ctx: &Ctx, record: &Record, known_owner: Option<i64>) -> Decision {
        self.decide_but(ctx, record, known_owner, &[])
    }

    /// The same for none of `except`.
    pub fn decide_but(&mut self, ctx: &Ctx, record: &Record, known_owner: Option<i64>, except: &[i64]) -> Decision {
        let case = Case {
            record,
            source: self.source,
            at_us: ctx.now_us(),
            zone: ctx.org.zone,
            known_owner,
            except,
            counts: (self.source.is_open)(record),
        };
        self.state.decide(&case)
    }

    /// Writes down whose turn it is next.
    pub async fn put_down(self, tx: &mut Tx) -> Result<()> {
        let moved: Vec<(i64, i64)> = self
            .state
            .cursors
            .iter()
            .filter(|(rule, user)| self.before.cursors.get(rule) != Some(user))
            .map(|(rule, user)| (*rule, *user))
            .collect();
        if !moved.is_empty() {
            let end = Query::delete()
                .from_table("assignment_cursors")
                .and_where(Expr::col("rule_id").is_in(moved.iter().map(|(rule, _)| *rule)))
                .to_owned();
            tx.exec(&end).await?;
            let rows = moved.into_iter().map(|(rule, user)| vec![rule.into(), user.into()]);
            tx.insert_rows("assignment_cursors", &["rule_id", "user_id"], rows).await?;
        }
        let given: Vec<(&i64, &Tally)> = self
            .state
            .tallies
            .iter()
            .filter(|(user, tally)| self.before.tallies.get(user) != Some(tally))
            .collect();
        if !given.is_empty() {
            let entity = self.source.entity.name;
            let end = Query::delete()
                .from_table("assignment_tallies")
                .and_where(Expr::col("entity").eq(entity))
                .and_where(Expr::col("user_id").is_in(given.iter().map(|(user, _)| **user)))
                .to_owned();
            tx.exec(&end).await?;
            let rows = given.into_iter().map(|(user, tally)| {
                vec![
                    entity.into(),
                    (*user).into(),
                    tally.turn.into(),
                    tally.day.as_str().into(),
                    tally.day_count.into(),
                ]
            });
            tx.insert_rows("assignment_tallies", &["entity", "user_id", "turn", "day", "day_count"], rows)
                .await?;
        }
        Ok(())
    }
}

/// Rules with their people, of whom nobody was given anything yet.
pub async fn state(tx: &mut Tx, source: &'static Source, rules: &[Rule], definitions: &Definitions) -> Result<State> {
    let schema = schema::whole(source.entity, definitions);
    let anybody = rules
        .iter()
        .any(|rule| rule.strategy == AssignmentStrategy::StickyOwner && rule.users.is_empty() && rule.teams.is_empty());
    let users: BTreeSet<i64> = rules.iter().flat_map(|rule| rule.users.0.iter().copied()).collect();
    let teams: BTreeSet<i64> = rules.iter().flat_map(|rule| rule.teams.0.iter().copied()).collect();
    let mut active = Query::select();
    active
        .columns(["id", "name", "team_id"])
        .from(Alias::new("users"))
        .and_where(Expr::col("is_active").eq(true));
    if !anybody {
        let any = Cond::any().add(Expr::col("id").is_in(users)).add(Expr::col("team_id").is_in(teams));
        active.cond_where(any);
    }
    let active: Vec<(i64, String, Option<i64>)> = tx.all(&active).await?;
    let mut said = people::select();
    said.and_where(Expr::col("user_id").is_in(active.iter().map(|(id, ..)| *id)));
    let said: BTreeMap<i64, people::Person> = tx
        .all::<people::Person>(&said)
        .await?
        .into_iter()
        .map(|person| (person.id, person))
        .collect();
    let person = |(id, name, team_id): (i64, String, Option<i64>)| {
        let person = said.get(&id).cloned().unwrap_or_else(|| people::Person::unsaid(id));
        (id, person.ready(name, team_id))
    };
    let people: BTreeMap<i64, engine::Person> = active.into_iter().map(person).collect();
    let ready = |rule: &Rule| engine::Rule {
        id: rule.id,
        name: rule.name.clone(),
        criteria: criteria::Criteria::parse(&rule.criteria, &schema).ok(),
        pool: people
            .values()
            .filter(|person| rule.users.contains(&person.id) || person.team_id.is_some_and(|team| rule.teams.contains(&team)))
            .map(|person| person.id)
            .collect(),
        strategy: rule.strategy,
        skill_fields: rule.skill_fields.0.clone(),
        only_at_work: rule.only_at_work,
        sla_minutes: rule.sla_minutes,
        is_for_anybody: rule.users.is_empty() && rule.teams.is_empty(),
        fallback_user_id: rule.fallback_user_id,
    };
    Ok(State {
        rules: rules.iter().map(ready).collect(),
        people,
        ..State::default()
    })
}

async fn cursors(tx: &mut Tx, rules: &[Rule]) -> Result<BTreeMap<i64, i64>> {
    let query = Query::select()
        .columns(["rule_id", "user_id"])
        .from(Alias::new("assignment_cursors"))
        .and_where(Expr::col("rule_id").is_in(rules.iter().map(|rule| rule.id)))
        .to_owned();
    Ok(tx.all::<(i64, i64)>(&query).await?.into_iter().collect())
}

async fn tallies(tx: &mut Tx, source: &Source) -> Result<BTreeMap<i64, Tally>> {
    let query = Query::select()
        .columns(["user_id", "turn", "day", "day_count"])
        .from(Alias::new("assignment_tallies"))
        .and_where(Expr::col("entity").eq(source.entity.name))
        .to_owned();
    let rows: Vec<(i64, i64, String, i64)> = tx.all(&query).await?;
    let tally = |(user, turn, day, day_count)| (user, Tally { turn, day, day_count });
    Ok(rows.into_iter().map(tally).collect())
}

/// Open records of each, in one query.
async fn load(tx: &mut Tx, source: &Source, users: impl Iterator<Item = i64>) -> Result<BTreeMap<i64, i64>> {
    let owner = || source.entity.col("owner_id");
    let mut query = Query::select();
    query
        .expr(owner())
        .expr(Expr::col((source.entity.table, "id")).count())
        .from(Alias::new(source.entity.table))
        .and_where(source.entity.col("deleted_at").is_null())
        .and_where((source.open)())
        .and_where(owner().is_in(users))
        .add_group_by([owner()]);
    Ok(tx.all::<(i64, i64)>(&query).await?.into_iter().collect())
}
