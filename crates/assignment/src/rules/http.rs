//! Rules over HTTP.

use axum::extract::OriginalUri;
use criteria::{Criteria, Voice};
use kernel::ctx::Ctx;
use kernel::error::{Error, Lang, Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::json_text::JsonText;
use kernel::operations;
use records::custom::{self, Definitions};
use records::http::DeletedRecord;
use records::names::{self, Names};
use records::schema;
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{AssignmentStrategy, Rule as Kept};
use crate::ASSIGNMENT_MANAGE;
use crate::source::Source;
use crate::trace::AssignmentWords;

const TAG: &str = "assignment";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_assignment_rules), Access::Needs(ASSIGNMENT_MANAGE))
        .add(routes!(create_assignment_rule), Access::Needs(ASSIGNMENT_MANAGE))
        .add(routes!(reorder_assignment_rules), Access::Needs(ASSIGNMENT_MANAGE))
        .add(routes!(get_assignment_rule), Access::Needs(ASSIGNMENT_MANAGE))
        .add(routes!(update_assignment_rule), Access::Needs(ASSIGNMENT_MANAGE))
        .add(routes!(delete_assignment_rule), Access::Needs(ASSIGNMENT_MANAGE))
}

/// A rule by which records are handed out.
#[derive(Serialize, ToSchema)]
pub struct AssignmentRule {
    pub id: i64,
    pub entity: String,
    pub name: String,
    /// Rules are asked from the smallest on; the first that is met and has somebody free decides.
    pub position: i64,
    #[schema(value_type = Object)]
    pub criteria: Value,
    /// The criteria in words; none when it cannot be read any more.
    pub sentence: Option<AssignmentWords>,
    pub users: Vec<i64>,
    pub teams: Vec<i64>,
    pub strategy: AssignmentStrategy,
    pub skill_fields: Vec<String>,
    pub only_at_work: bool,
    pub sla_minutes: Option<i64>,
    pub fallback_user_id: Option<i64>,
    pub is_active: bool,
}

/// A rule about to be made.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRuleInput {
    /// `lead` when it is not given.
    #[serde(default = "lead")]
    pub entity: String,
    pub name: String,
    /// Every record when it is not given.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub criteria: Value,
    /// The pool: these people and those of these teams. A sticky owner needs none.
    #[serde(default)]
    pub users: Vec<i64>,
    #[serde(default)]
    pub teams: Vec<i64>,
    /// `round_robin`, `least_load`, `skills`, `territory` or `sticky_owner`.
    #[schema(value_type = AssignmentStrategy)]
    pub strategy: String,
    /// For `skills`: the text fields whose words are looked for among people's skills.
    #[serde(default)]
    pub skill_fields: Vec<String>,
    /// Only those who are at work at the moment.
    #[serde(default)]
    pub only_at_work: bool,
    /// Working minutes within which whoever gets it has to touch it.
    #[serde(default)]
    pub sla_minutes: Option<i64>,
    /// Who gets what nobody touched; the manager of the team when it is nobody in particular.
    #[serde(default)]
    pub fallback_user_id: Option<i64>,
    #[serde(default = "yes")]
    pub is_active: bool,
}

fn lead() -> String {
    "lead".into()
}

fn yes() -> bool {
    true
}

impl AssignmentRuleInput {
    /// As it would be kept.
    pub fn into_rule(self) -> Result<Kept> {
        Ok(Kept {
            id: 0,
            entity: self.entity,
            name: self.name,
            position: 0,
            criteria: JsonText(self.criteria),
            users: JsonText(self.users),
            teams: JsonText(self.teams),
            strategy: strategy(&self.strategy)?,
            skill_fields: JsonText(self.skill_fields),
            only_at_work: self.only_at_work,
            sla_minutes: self.sla_minutes,
            fallback_user_id: self.fallback_user_id,
            is_active: self.is_active,
        })
    }
}

/// What is to change. `sla_minutes` and `fallback_user_id` are taken away by null.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRulePatch {
    pub name: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    pub users: Option<Vec<i64>>,
    pub teams: Option<Vec<i64>>,
    #[schema(value_type = Option<AssignmentStrategy>)]
    pub strategy: Option<String>,
    pub skill_fields: Option<Vec<String>>,
    pub only_at_work: Option<bool>,
    #[serde(default, deserialize_with = "kernel::json_text::present")]
    pub sla_minutes: Option<Option<i64>>,
    #[serde(default, deserialize_with = "kernel::json_text::present")]
    pub fallback_user_id: Option<Option<i64>>,
    pub is_active: Option<bool>,
}

impl AssignmentRulePatch {
    fn apply(self, strategy: Option<AssignmentStrategy>, rule: &mut Kept) {
        fn put<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        put(&mut rule.name, self.name);
        put(&mut rule.criteria.0, self.criteria);
        put(&mut rule.users.0, self.users);
        put(&mut rule.teams.0, self.teams);
        put(&mut rule.strategy, strategy);
        put(&mut rule.skill_fields.0, self.skill_fields);
        put(&mut rule.only_at_work, self.only_at_work);
        put(&mut rule.sla_minutes, self.sla_minutes);
        put(&mut rule.fallback_user_id, self.fallback_user_id);
        put(&mut rule.is_active, self.is_active);
    }
}

/// All rules of an entity, in their new order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRuleOrder {
    #[serde(default = "lead")]
    pub entity: String,
    pub ids: Vec<i64>,
}

fn strategy(word: &str) -> Result<AssignmentStrategy> {
    AssignmentStrategy::parse(word).map_err(|problem| invalid("strategy", problem))
}

fn show(ctx: &Ctx, names: &Names, definitions: &Definitions, rule: Kept) -> AssignmentRule {
    let source = Source::of(&rule.entity);
    let parsed = source.and_then(|source| Criteria::parse(&rule.criteria, &schema::whole(source.entity, definitions)).ok());
    let say = |criteria: &Criteria, lang: Lang| {
        criteria.say(&Voice {
            lang,
            zone: ctx.org.zone,
            names: &|entity, id| names.of(entity, id),
        })
    };
    AssignmentRule {
        sentence: parsed.map(|criteria| AssignmentWords {
            tr: say(&criteria, Lang::Tr),
            en: say(&criteria, Lang::En),
        }),
        id: rule.id,
        entity: rule.entity,
        name: rule.name,
        position: rule.position,
        criteria: rule.criteria.0,
        users: rule.users.0,
        teams: rule.teams.0,
        strategy: rule.strategy,
        skill_fields: rule.skill_fields.0,
        only_at_work: rule.only_at_work,
        sla_minutes: rule.sla_minutes,
        fallback_user_id: rule.fallback_user_id,
        is_active: rule.is_active,
    }
}

async fn load_one(ctx: &Ctx, id: i64) -> Result<Kept> {
    let mut query = super::alive();
    query.and_where(Expr::col("id").eq(id));
    ctx.db.opt(&query).await?.ok_or(Error::NotFound)
}

/// The rules, in the order in which they are asked. `entity=lead` narrows.
#[utoipa::path(get, path = "/assignment/rules/", tag = TAG, operation_id = "list_assignment_rules", params(("entity" = Option<String>, Query)), responses((status = 200, body = Listed<AssignmentRule>), Problems))]
async fn list_assignment_rules(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let mut query = super::alive();
    if let Some((_, entity)) = pairs.iter().find(|(name, _)| name == "entity") {
        Source::asked(entity).map_err(|problem| invalid("entity", problem))?;
        query.and_where(Expr::col("entity").eq(entity.as_str()));
    }
    let names = names::all(&ctx).await?;
    let mut shown = Vec::new();
    for rule in ctx.db.all::<Kept>(&query).await? {
        // From memory: definitions of an entity are kept.
        let definitions = custom::definitions(&ctx, entity_name(&rule)).await?;
        shown.push(show(&ctx, &names, &definitions, rule));
    }
    Reply::ok(&Listed::whole(shown))
}

fn entity_name(rule: &Kept) -> &'static str {
    Source::of(&rule.entity).map_or("", |source| source.entity.name)
}

/// Adds a rule after the others.
#[utoipa::path(post, path = "/assignment/rules/", tag = TAG, operation_id = "create_assignment_rule", request_body = AssignmentRuleInput, responses((status = 201, body = AssignmentRule), Problems))]
async fn create_assignment_rule(ctx: Ctx, OriginalUri(uri): OriginalUri, Body(input): Body<AssignmentRuleInput>) -> Result<Reply> {
    let source = Source::asked(&input.entity).map_err(|problem| invalid("entity", problem))?;
    let rule = input.into_rule()?;
    let (definitions, names) = (custom::definitions(&ctx, source.entity.name).await?, names::all(&ctx).await?);
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "assignment_rules.create", json!({ "changed": 1 })).await?;
        let rule = super::create(tx, &ctx.stamp().within(operation), &definitions, rule).await?;
        let place = format!("{}{}/", uri.path(), rule.id);
        Ok(Reply::created(place, &show(&ctx, &names, &definitions, rule))?.operation(operation))
    })
    .await
}

/// A rule.
#[utoipa::path(get, path = "/assignment/rules/{id}/", tag = TAG, operation_id = "get_assignment_rule", params(("id" = i64, Path)), responses((status = 200, body = AssignmentRule), Problems))]
async fn get_assignment_rule(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let rule = load_one(&ctx, id).await?;
    let definitions = custom::definitions(&ctx, entity_name(&rule)).await?;
    Reply::ok(&show(&ctx, &*names::all(&ctx).await?, &definitions, rule))
}

/// Changes a rule.
#[utoipa::path(patch, path = "/assignment/rules/{id}/", tag = TAG, operation_id = "update_assignment_rule", params(("id" = i64, Path)), request_body = AssignmentRulePatch, responses((status = 200, body = AssignmentRule), Problems))]
async fn update_assignment_rule(ctx: Ctx, PathId(id): PathId<i64>, Body(patch): Body<AssignmentRulePatch>) -> Result<Reply> {
    let wanted = patch.strategy.as_deref().map(strategy).transpose()?;
    let definitions = custom::definitions(&ctx, entity_name(&load_one(&ctx, id).await?)).await?;
    let names = names::all(&ctx).await?;
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "assignment_rules.update", json!({ "changed": 1 })).await?;
        let alter = |rule: &mut Kept| patch.apply(wanted, rule);
        let has_changed = super::update(tx, &ctx.stamp().within(operation), &definitions, id, alter).await?;
        let mut query = super::alive();
        query.and_where(Expr::col("id").eq(id));
        let rule: Kept = tx.one(&query).await?;
        let reply = Reply::ok(&show(&ctx, &names, &definitions, rule))?;
        if has_changed {
            return Ok(reply.operation(operation));
        }
        operations::forget(tx, operation).await?;
        Ok(reply)
    })
    .await
}

/// Deletes a rule; for thirty days that can be undone.
#[utoipa::path(delete, path = "/assignment/rules/{id}/", tag = TAG, operation_id = "delete_assignment_rule", params(("id" = i64, Path)), responses((status = 200, body = DeletedRecord), Problems))]
async fn delete_assignment_rule(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "assignment_rules.delete", json!({ "changed": 1 })).await?;
        super::delete(tx, &ctx.stamp().within(operation), id).await?;
        Ok(Reply::ok(&DeletedRecord { operation_id: operation.0 })?.operation(operation))
    })
    .await
}

/// Puts all rules of an entity into another order, in one stroke.
#[utoipa::path(post, path = "/assignment/rules/reorder/", tag = TAG, operation_id = "reorder_assignment_rules", request_body = AssignmentRuleOrder, responses((status = 200, body = Listed<AssignmentRule>), Problems))]
async fn reorder_assignment_rules(ctx: Ctx, Body(order): Body<AssignmentRuleOrder>) -> Result<Reply> {
    let source = Source::asked(&order.entity).map_err(|problem| invalid("entity", problem))?;
    let (definitions, names) = (custom::definitions(&ctx, source.entity.name).await?, names::all(&ctx).await?);
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "assignment_rules.reorder", json!({ "changed": order.ids.len() })).await?;
        let moved = super::reorder(tx, &ctx.stamp().within(operation), &order.entity, &order.ids).await?;
        let mut query = super::alive();
        query.and_where(Expr::col("entity").eq(order.entity.as_str()));
        let rules: Vec<Kept> = tx.all(&query).await?;
        let rules = rules.into_iter().map(|rule| show(&ctx, &names, &definitions, rule)).collect();
        let reply = Reply::ok(&Listed::whole(rules))?;
        if moved > 0 {
            return Ok(reply.operation(operation));
        }
        operations::forget(tx, operation).await?;
        Ok(reply)
    })
    .await
}
