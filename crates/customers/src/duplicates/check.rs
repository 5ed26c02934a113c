//! Whether a customer that is about to be made is there already.

use std::collections::BTreeSet;

use kernel::ctx::Ctx;
use kernel::error::{FieldErrors, Result};
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::facts::{self, Facts};
use super::score::{AUTOMATIC_MILLIS, Reason, Score, reasons, review_millis, score};
use super::{candidates, keys};
use crate::custom_fields;
use crate::customer::patch::Patch;
use crate::customer::read::Reader;
use crate::customer::{Customer, check, read};
use crate::permissions::READ;

/// So many are told; whoever has more has a draft that says little.
const TOLD: usize = 20;

/// A customer in a line or two.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Brief {
    pub id: i64,
    pub customer_code: String,
    pub customer_type: String,
    pub name: String,
    pub city: String,
    pub primary_email: String,
    pub primary_phone: String,
    pub created_at: String,
}

/// The SQL of a [`Brief`], as `(key, SQL)`.
pub fn brief(dialect: kernel::dialect::Dialect, table: &str, reader: &Reader) -> Vec<(String, String)> {
    let plain = [
        "id",
        "customer_code",
        "customer_type",
        "name",
        "city",
        "primary_email",
        "primary_phone",
    ];
    let seen = |name: &&str| match reader.hides(name) {
        true => ((*name).to_owned(), "''".to_owned()),
        false => ((*name).to_owned(), format!("{table}.{name}")),
    };
    let mut pairs: Vec<(String, String)> = plain.iter().map(seen).collect();
    pairs.push(("created_at".into(), dialect.json_time(&format!("{table}.created_at"))));
    pairs
}

/// A customer that may be the same.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Candidate {
    pub customer: Brief,
    /// Between 0 and 1.
    pub probability: f64,
    /// Whether it is so likely that nobody need look.
    pub is_automatic: bool,
    pub reasons: Vec<Reason>,
}

/// The answer to a check.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Checked {
    /// The likeliest first.
    pub candidates: Vec<Candidate>,
    /// How many more there are that the caller may not see.
    pub hidden_count: i64,
}

/// Looks for a draft, as the form has it, among the customers there are. `id` is the customer's own when it is there already.
pub async fn draft(ctx: &Ctx, mut input: Map<String, Value>) -> Result<Checked> {
    let own = input.remove("id").and_then(|id| id.as_i64()).unwrap_or_default();
    let definitions = custom_fields::definitions(ctx).await?;
    let mut errors = FieldErrors::default();
    let patch = Patch::parse(&input, &definitions, &mut errors);
    errors.check()?;
    let mut draft = Customer::default();
    patch.apply(&mut draft);
    check::settle(&mut draft, ctx);
    draft.id = own;
    alike(ctx, &Facts::of(&draft)).await
}

/// The customers that may be this one.
pub async fn alike(ctx: &Ctx, draft: &Facts) -> Result<Checked> {
    let found = find(ctx, draft).await?;
    let ids: Vec<i64> = found.iter().map(|(id, _)| *id).collect();
    let mut query = read::visible(ctx, READ).await?;
    let dialect = ctx.db.dialect();
    query
        .expr(dialect.own_sql(dialect.json_object(&brief(dialect, "customers", &read::reader(ctx)))))
        .and_where(Expr::col(("customers", "id")).is_in(ids));
    let seen: Vec<Brief> = ctx
        .db
        .texts(&query)
        .await?
        .iter()
        .map(|json| serde_json::from_str(json))
        .collect::<Result<_, _>>()?;
    let hidden_count = found.len() as i64 - seen.len() as i64;
    let candidate = |(id, score): &(i64, Score)| {
        let probability_millis = score.probability_millis();
        Some(Candidate {
            customer: seen.iter().find(|brief| brief.id == *id)?.clone(),
            probability: probability_millis as f64 / 1000.0,
            is_automatic: probability_millis >= AUTOMATIC_MILLIS,
            reasons: reasons(&score.words(), ctx.lang),
        })
    };
    Ok(Checked {
        candidates: found.iter().filter_map(candidate).take(TOLD).collect(),
        hidden_count,
    })
}

/// The ids of those that may be this one, whoever may see them, the likeliest first.
async fn find(ctx: &Ctx, draft: &Facts) -> Result<Vec<(i64, Score)>> {
    let (newest,) = ctx.db.one::<(i64,)>(&keys::newest()).await?;
    let keys: Vec<i64> = keys::keys(draft).into_iter().collect();
    let holders = candidates::read(&ctx.db, &keys, newest).await?;
    let mut ids: BTreeSet<i64> = holders.into_values().flatten().collect();
    ids.remove(&draft.id);
    let others = facts::read(&ctx.db, &ids.into_iter().collect::<Vec<_>>()).await?;
    let threshold = review_millis(newest);
    let mut found: Vec<(i64, Score)> = others
        .iter()
        .filter_map(|other| Some((other.id, score(draft, other)?)))
        .filter(|(_, score)| score.probability_millis() >= threshold)
        .collect();
    found.sort_by(|(a, one), (b, other)| other.bits().total_cmp(&one.bits()).then(a.cmp(b)));
    Ok(found)
}
