//! Rules of retention: which customers are deleted or erased once a criteria holds of them ("inactive, and not changed for ten years"). A
//! rule works only after a dry run of exactly what it says now, and then once a day.

use criteria::Criteria;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result, invalid};
use kernel::events::{Changes, NewEvent, change};
use kernel::json_text::JsonText;
use kernel::{operations, say};
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use utoipa::ToSchema;

use super::erasure;
use crate::custom_fields::{self, Definitions};
use crate::customer::{change, http::parse_criteria, read, schema};
use crate::permissions::READ;

/// Customers deleted or erased in one transaction.
const CHUNK: u64 = 200;
/// Customers shown by a dry run.
const SAMPLE: u64 = 20;
const MAX_NAME_CHARS: usize = 100;
const MAX_RULES: usize = 100;

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Deleted as by hand: it can be undone for thirty days.
    Delete,
    /// Made anonymous for good.
    Erase,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Action::Delete => "delete",
            Action::Erase => "erase",
        }
    }
}

/// A rule as it stands.
#[derive(Clone, Debug, Serialize, FromRow, ToSchema)]
pub struct Rule {
    pub id: i64,
    pub name: String,
    #[schema(value_type = Object)]
    pub criteria: JsonText<Value>,
    /// `delete` or `erase`.
    pub action: String,
    pub is_active: bool,
    #[serde(skip)]
    checked_hash: String,
    /// When it was last tried, and how many customers it met then.
    #[serde(serialize_with = "kernel::clock::shown::time_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub checked_at: Option<i64>,
    pub checked_count: Option<i64>,
    #[serde(serialize_with = "kernel::clock::shown::time_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ran_at: Option<i64>,
    /// Customers it has deleted or erased so far.
    pub total_count: i64,
}

/// A rule about to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRule {
    pub name: String,
    #[schema(value_type = Object)]
    pub criteria: Value,
    pub action: Action,
}

/// What changes of a rule; what is not given stays. New criteria or a new action make it inactive until it is tried again.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RuleChange {
    pub name: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    pub action: Option<Action>,
    pub is_active: Option<bool>,
}

/// What a rule would do now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DryRun {
    pub count: i64,
    /// Some of them: ids and names.
    pub sample: Vec<Met>,
}

/// A customer that a rule meets.
#[derive(Clone, Debug, Serialize, FromRow, ToSchema)]
pub struct Met {
    pub id: i64,
    pub customer_code: String,
    pub name: String,
}

fn select() -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "name",
            "criteria",
            "action",
            "is_active",
            "checked_hash",
            "checked_at",
            "checked_count",
            "ran_at",
            "total_count",
        ])
        .from(Alias::new("retention_rules"))
        .order_by("id", Order::Asc)
        .to_owned()
}

/// What the last dry run was about.
fn hash(criteria: &Value, action: &str) -> String {
    format!("{:x}", Sha256::digest(format!("{action} {criteria}")))
}

/// Every rule.
pub async fn all(ctx: &Ctx) -> Result<Vec<Rule>> {
    ctx.db.all(&select()).await
}

/// One rule.
pub async fn get(ctx: &Ctx, id: i64) -> Result<Rule> {
    ctx.db.opt(select().and_where(Expr::col("id").eq(id))).await?.ok_or(Error::NotFound)
}

async fn held(tx: &mut Tx, id: i64) -> Result<Rule> {
    let mut query = select();
    query.and_where(Expr::col("id").eq(id));
    tx.dialect().for_update(&mut query);
    tx.opt(&query).await?.ok_or(Error::NotFound)
}

fn name(given: &str) -> Result<String> {
    let name = given.trim();
    match name.chars().count() {
        0 => Err(invalid("name", say!("Bu alan gerekli.", "This field is required."))),
        length if length > MAX_NAME_CHARS => Err(invalid(
            "name",
            say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_NAME_CHARS),
        )),
        _ => Ok(name.to_owned()),
    }
}

/// The criteria of a rule, which must narrow: nobody erases everybody by a rule left empty.
fn parse(definitions: &Definitions, json: &Value) -> Result<Criteria> {
    let criteria = parse_criteria(Some(json), &schema::whole(definitions))?;
    if criteria.is_everything() {
        return Err(invalid(
            "criteria",
            say!(
                "Kural hangi müşteriler için olduğunu söylemeli; boş olamaz.",
                "The rule must say for which customers it is; it cannot be empty."
            ),
        ));
    }
    Ok(criteria)
}

/// Makes a rule, which does nothing until it has been tried and made active.
pub async fn create(tx: &mut Tx, ctx: &Ctx, definitions: &Definitions, new: NewRule) -> Result<Rule> {
    let name = name(&new.name)?;
    parse(definitions, &new.criteria)?;
    if tx.all::<Rule>(&select()).await?.len() >= MAX_RULES {
        return Err(invalid(
            "name",
            say!("En çok {} kural olabilir.", "There may be {} rules at most.", MAX_RULES),
        ));
    }
    let insert = Query::insert()
        .into_table("retention_rules")
        .columns(["name", "criteria", "action", "created_at", "updated_at"])
        .values_panic([
            name.as_str().into(),
            new.criteria.to_string().into(),
            new.action.name().into(),
            ctx.now_us().into(),
            ctx.now_us().into(),
        ])
        .returning_col("id")
        .to_owned();
    let id = tx.insert(&insert).await?;
    let changes = Changes::from_iter([
        ("name".to_owned(), change(Value::Null, json!(name))),
        ("criteria".to_owned(), change(Value::Null, new.criteria)),
        ("action".to_owned(), change(Value::Null, json!(new.action))),
    ]);
    emit(tx, ctx, "retention_rule.created", id, changes).await?;
    held(tx, id).await
}

/// Changes a rule.
pub async fn update(tx: &mut Tx, ctx: &Ctx, definitions: &Definitions, id: i64, wanted: RuleChange) -> Result<Rule> {
    let before = held(tx, id).await?;
    let name = wanted.name.as_deref().map_or(Ok(before.name.clone()), name)?;
    let criteria = wanted.criteria.unwrap_or_else(|| before.criteria.0.clone());
    parse(definitions, &criteria)?;
    let action = wanted.action.map_or(before.action.clone(), |action| action.name().to_owned());
    let is_same = criteria == before.criteria.0 && action == before.action;
    let is_active = wanted.is_active.unwrap_or(before.is_active && is_same);
    if is_active && before.checked_hash != hash(&criteria, &action) {
        return Err(invalid(
            "is_active",
            say!(
                "Kural önce denenmeli: son deneme bugünkü haliyle değil.",
                "The rule must be tried first: the last dry run was not of what it says now."
            ),
        ));
    }
    let mut changes = Changes::new();
    for (field, old, new) in [
        ("name", json!(before.name), json!(name)),
        ("criteria", before.criteria.0.clone(), criteria.clone()),
        ("action", json!(before.action), json!(action)),
        ("is_active", json!(before.is_active), json!(is_active)),
    ] {
        if old != new {
            changes.insert(field.to_owned(), change(old, new));
        }
    }
    if changes.is_empty() {
        return Ok(before);
    }
    let update = Query::update()
        .table("retention_rules")
        .value("name", name)
        .value("criteria", criteria.to_string())
        .value("action", action)
        .value("is_active", is_active)
        .value("updated_at", ctx.now_us())
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.exec(&update).await?;
    emit(tx, ctx, "retention_rule.updated", id, changes).await?;
    held(tx, id).await
}

/// Ends a rule; what it has done stays done.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<()> {
    let before = held(tx, id).await?;
    let delete = Query::delete()
        .from_table("retention_rules")
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.exec(&delete).await?;
    let changes = Changes::from_iter([("name".to_owned(), change(json!(before.name), Value::Null))]);
    emit(tx, ctx, "retention_rule.deleted", id, changes).await
}

async fn emit(tx: &mut Tx, ctx: &Ctx, kind: &'static str, id: i64, changes: Changes) -> Result<()> {
    tx.emit(&ctx.stamp(), NewEvent::new(kind, "retention_rule", id).changes(changes))
        .await
}

/// The customers a rule meets now: those it has not dealt with already.
async fn met(ctx: &Ctx, definitions: &Definitions, rule: &Rule) -> Result<SelectStatement> {
    let schema = schema::whole(definitions);
    let criteria = parse(definitions, &rule.criteria.0)?;
    let mut query = read::visible(&ctx.as_system(), READ).await?;
    read::narrow(ctx, &mut query, &schema, &criteria, None);
    query.and_where(Expr::col(("customers", "erased_at")).is_null());
    Ok(query)
}

/// Says what a rule would do now, and remembers that it was tried.
pub async fn try_out(ctx: &Ctx, id: i64) -> Result<DryRun> {
    let definitions = custom_fields::definitions(ctx).await?;
    let rule = get(ctx, id).await?;
    let met = met(ctx, &definitions, &rule).await?;
    let (count, _) = kernel::page::count(&ctx.db, &met, true).await?;
    let mut sample = met.clone();
    sample
        .columns(["id", "customer_code", "name"].map(|column| ("customers", column)))
        .order_by(("customers", "id"), Order::Asc)
        .limit(SAMPLE);
    let sample = ctx.db.all(&sample).await?;
    let note = Query::update()
        .table("retention_rules")
        .value("checked_hash", hash(&rule.criteria.0, &rule.action))
        .value("checked_at", ctx.now_us())
        .value("checked_count", count)
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    ctx.db.write(async |tx| tx.exec(&note).await).await?;
    Ok(DryRun { count, sample })
}

/// Runs every active rule; the daily job. Cut off anywhere, the next run goes on: whom a rule has dealt with it meets no more.
pub async fn run_all(ctx: &Ctx) -> Result<()> {
    for rule in all(ctx).await?.into_iter().filter(|rule| rule.is_active) {
        let done = run(ctx, &rule).await?;
        tracing::info!(rule.id, done, "retention rule ran");
    }
    Ok(())
}

async fn run(ctx: &Ctx, rule: &Rule) -> Result<i64> {
    let definitions = custom_fields::definitions(ctx).await?;
    let mut total = 0;
    loop {
        let mut next = met(ctx, &definitions, rule).await?;
        next.column(("customers", "id"))
            .order_by(("customers", "id"), Order::Asc)
            .limit(CHUNK);
        let ids: Vec<i64> = ctx.db.all::<(i64,)>(&next).await?.into_iter().map(|(id,)| id).collect();
        let done = match ids.is_empty() {
            true => 0,
            false => ctx.db.write(async |tx| apply(tx, ctx, &definitions, rule, &ids).await).await?,
        };
        total += done;
        // Whoever cannot be dealt with must not keep the rule busy for ever.
        if done == 0 {
            return Ok(total);
        }
    }
}

async fn apply(tx: &mut Tx, ctx: &Ctx, definitions: &Definitions, rule: &Rule, ids: &[i64]) -> Result<i64> {
    // Somebody may have stopped it meanwhile.
    if !held(tx, rule.id).await?.is_active {
        return Ok(0);
    }
    let system = ctx.as_system();
    let done = match rule.action.as_str() {
        "erase" => erasure::erase(tx, ctx, definitions, ids, &rule.name).await?,
        _ => {
            let stamp = ctx.stamp();
            let customers = read::for_change(tx, &system, READ, ids, definitions).await?;
            let summary = json!({ "changed": customers.len(), "rule_id": rule.id, "rule": rule.name });
            let operation = operations::note(tx, &stamp, "customers.retention", summary).await?;
            change::delete_all(tx, &system, &stamp.within(operation), definitions, customers)
                .await?
                .len()
        }
    };
    let note = Query::update()
        .table("retention_rules")
        .value("ran_at", ctx.now_us())
        .value("total_count", Expr::col("total_count").add(done as i64))
        .and_where(Expr::col("id").eq(rule.id))
        .to_owned();
    tx.exec(&note).await?;
    Ok(done as i64)
}
