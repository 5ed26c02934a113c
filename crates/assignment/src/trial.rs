//! What rules would do: asked of records of the past, nothing is kept.

use std::collections::BTreeMap;

use kernel::clock::DAY_US;
use kernel::ctx::Ctx;
use kernel::error::{Error, Result, invalid};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Reply, Routes};
use kernel::say;
use records::{Record, custom, read};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::ASSIGNMENT_MANAGE;
use crate::engine::{Case, State};
use crate::hand;
use crate::rules::http::AssignmentRuleInput;
use crate::rules::{self, MAX_RULES, Rule};
use crate::source::Source;
use crate::trace::AssignmentTrace;

/// Records looked at; the newest of the time.
const LOOKED_AT: u64 = 5_000;
/// Decisions told with their whole story.
const TOLD: usize = 20;
const DAYS: i64 = 90;
const MAX_DAYS: i64 = 3_660;

pub fn routes() -> Routes {
    Routes::new().add(routes!(try_assignment_rules), Access::Needs(ASSIGNMENT_MANAGE))
}

/// Rules to be tried.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentTrial {
    #[serde(default = "lead")]
    pub entity: String,
    /// In their order, not kept; the rules that are kept and active when they are not given.
    pub rules: Option<Vec<AssignmentRuleInput>>,
    /// Records that came in within so many days; 90 when it is not given.
    pub days: Option<i64>,
}

fn lead() -> String {
    "lead".into()
}

/// What would have been.
#[derive(Serialize, ToSchema)]
pub struct AssignmentTried {
    /// Records looked at: the newest 5 000 of the time.
    pub records: usize,
    pub is_capped: bool,
    /// Those for whom no rule found anybody.
    pub to_nobody: i64,
    pub rules: Vec<AssignmentTriedRule>,
    pub people: Vec<AssignmentTriedPerson>,
    /// The last twenty decisions.
    pub samples: Vec<AssignmentTriedRecord>,
}

/// What a rule would have decided.
#[derive(Serialize, ToSchema)]
pub struct AssignmentTriedRule {
    /// Its place among the rules that were tried.
    pub position: usize,
    pub name: String,
    pub count: i64,
}

/// What somebody would have been given.
#[derive(Serialize, ToSchema)]
pub struct AssignmentTriedPerson {
    pub user_id: i64,
    pub name: String,
    pub count: i64,
}

/// A decision, as it would have been.
#[derive(Serialize, ToSchema)]
pub struct AssignmentTriedRecord {
    pub id: i64,
    pub name: String,
    pub user_id: Option<i64>,
    pub trace: AssignmentTrace,
}

/// Tries rules on records of the past: who would have been given what. People are taken as they are today, nobody has anything in the
/// beginning, each record comes at its own time. Nothing is kept.
#[utoipa::path(post, path = "/assignment/rules/try/", tag = "assignment", operation_id = "try_assignment_rules", request_body = AssignmentTrial, responses((status = 200, body = AssignmentTried), Problems))]
async fn try_assignment_rules(ctx: Ctx, Body(trial): Body<AssignmentTrial>) -> Result<Reply> {
    let source = Source::asked(&trial.entity).map_err(|problem| invalid("entity", problem))?;
    let days = trial.days.unwrap_or(DAYS);
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(invalid(
            "days",
            say!("1 ile {} arasında olmalı.", "Must be between 1 and {}.", MAX_DAYS),
        ));
    }
    let definitions = custom::definitions(&ctx, source.entity.name).await?;
    if trial.rules.as_ref().is_some_and(|rules| rules.len() > MAX_RULES) {
        return Err(invalid(
            "rules",
            say!("En çok {} kural olabilir.", "There may be {} rules at most.", MAX_RULES),
        ));
    }
    let rules = match trial.rules {
        None => {
            let mut active = rules::alive();
            active
                .and_where(Expr::col("entity").eq(source.entity.name))
                .and_where(Expr::col("is_active").eq(true));
            ctx.db.all::<Rule>(&active).await?
        }
        Some(inputs) => {
            let mut rules = Vec::with_capacity(inputs.len());
            for (place, input) in inputs.into_iter().enumerate() {
                rules.push(drafted(source, input, &definitions).map_err(|error| at_place(error, place))?);
            }
            rules
        }
    };
    // Only the place among them tells them apart: they may not be kept yet.
    let rules: Vec<Rule> = rules.into_iter().zip(1..).map(|(rule, id)| Rule { id, ..rule }).collect();
    let (records, is_capped) = past(&ctx, source, ctx.now_us() - days * DAY_US).await?;
    let (state, known) = ctx
        .db
        .write(async |tx| {
            let state = hand::state(tx, source, &rules, &definitions).await?;
            let known = match rules.iter().any(|rule| rule.strategy == rules::AssignmentStrategy::StickyOwner) {
                true => (source.known_owners)(tx, &ctx, &records.iter().collect::<Vec<_>>()).await?,
                false => vec![None; records.len()],
            };
            Ok((state, known))
        })
        .await?;
    Reply::ok(&tried(&ctx, source, state, &records, known, is_capped))
}

fn drafted(source: &Source, input: AssignmentRuleInput, definitions: &custom::Definitions) -> Result<Rule> {
    let mut rule = input.into_rule()?;
    rule.entity = source.entity.name.into();
    rule.normalise(None, definitions)?;
    Ok(rule)
}

/// Names the rule that is wrong.
fn at_place(error: Error, place: usize) -> Error {
    match error {
        Error::Invalid(errors) => {
            let mut placed = kernel::error::FieldErrors::default();
            for (field, problems) in errors.0 {
                placed.0.insert(format!("rules.{place}.{field}"), problems);
            }
            Error::Invalid(placed)
        }
        other => other,
    }
}

/// The records that came since a time, the oldest first, as if nobody had them; whether there were more.
async fn past(ctx: &Ctx, source: &'static Source, since_us: i64) -> Result<(Vec<Record>, bool)> {
    let entity = source.entity;
    let definitions = custom::definitions(ctx, entity.name).await?;
    let query = Query::select()
        .from(Alias::new(entity.table))
        .and_where(entity.col("deleted_at").is_null())
        .and_where(entity.col("created_at").gte(since_us))
        .order_by((entity.table, "created_at"), Order::Desc)
        .order_by((entity.table, "id"), Order::Desc)
        .limit(LOOKED_AT + 1)
        .to_owned();
    let mut records = read::found(ctx, entity, &definitions, query).await?;
    let is_capped = records.len() as u64 > LOOKED_AT;
    records.truncate(LOOKED_AT as usize);
    records.reverse();
    Ok((records, is_capped))
}

fn tried(
    ctx: &Ctx,
    source: &'static Source,
    mut state: State,
    records: &[Record],
    known: Vec<Option<i64>>,
    is_capped: bool,
) -> AssignmentTried {
    let (mut by_rule, mut by_user): (BTreeMap<i64, i64>, BTreeMap<i64, i64>) = Default::default();
    let mut to_nobody = 0;
    let mut samples = Vec::new();
    for (place, (record, known_owner)) in records.iter().zip(known).enumerate() {
        let decision = state.decide(&Case {
            record,
            source,
            at_us: record.created_at,
            zone: ctx.org.zone,
            known_owner,
            except: &[],
            counts: true,
        });
        match (decision.rule_id, decision.user_id) {
            (Some(rule), Some(user)) => {
                *by_rule.entry(rule).or_default() += 1;
                *by_user.entry(user).or_default() += 1;
            }
            _ => to_nobody += 1,
        }
        if place + TOLD >= records.len() {
            samples.push(AssignmentTriedRecord {
                id: record.id,
                name: record.name().to_owned(),
                user_id: decision.user_id,
                trace: decision.trace,
            });
        }
    }
    samples.reverse();
    let mut people: Vec<AssignmentTriedPerson> = state
        .people
        .values()
        .filter(|person| by_user.contains_key(&person.id) || state.rules.iter().any(|rule| rule.pool.contains(&person.id)))
        .map(|person| AssignmentTriedPerson {
            user_id: person.id,
            name: person.name.clone(),
            count: by_user.get(&person.id).copied().unwrap_or(0),
        })
        .collect();
    people.sort_by_key(|person| (-person.count, person.user_id));
    let rules = state.rules.iter().enumerate();
    let rules = rules.map(|(position, rule)| AssignmentTriedRule {
        position,
        name: rule.name.clone(),
        count: by_rule.get(&rule.id).copied().unwrap_or(0),
    });
    AssignmentTried {
        records: records.len(),
        is_capped,
        to_nobody,
        rules: rules.collect(),
        people,
        samples,
    }
}
