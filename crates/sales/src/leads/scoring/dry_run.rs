//! Trying rules on leads that are there, before they are put in force.

use kernel::ctx::Ctx;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::say;
use records::record::Record;
use records::{custom, read};
use sea_query::Order;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::LEAD;
use super::super::touches::{self, ByLead};
use super::analysis::BANDS;
use super::rules::{self, MAX_RULES, Rules, ScoreRuleInput};
use crate::permissions::LEAD_READ;

/// Leads looked at: the newest.
const MAX_LEADS: u64 = 20_000;
/// Leads looked at in one go.
const CHUNK: u64 = 2_000;
/// Leads told whose scores move most.
const TOLD: usize = 10;

/// The rules to be tried, all of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreDryRun {
    pub rules: Vec<ScoreRuleInput>,
}

/// What they would do.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ScoreDryRunOutcome {
    /// Leads looked at: those the caller may see, 20 000 of the newest at most.
    pub considered: usize,
    /// Leads by score in ten bands under the rules in force.
    pub before: Vec<usize>,
    /// The same under the rules that were given.
    pub after: Vec<usize>,
    pub changed: usize,
    /// Where the score would move most.
    pub movers: Vec<ScoreMover>,
}

/// A lead whose score would move.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScoreMover {
    pub id: i64,
    pub name: String,
    pub before: i64,
    pub after: i64,
}

impl ScoreMover {
    fn by(&self) -> i64 {
        (self.after - self.before).abs()
    }
}

/// Says what rules would do to the leads the caller may see.
pub async fn run(ctx: &Ctx, input: ScoreDryRun) -> Result<ScoreDryRunOutcome> {
    let schema = rules::whole(ctx).await?;
    let proposed = Rules::ready(parsed(input, &schema)?, &schema);
    let current = Rules::ready(rules::all(&ctx.db).await?, &schema);
    let definitions = custom::definitions(ctx, LEAD.name).await?;
    let mut outcome = ScoreDryRunOutcome {
        before: vec![0; BANDS],
        after: vec![0; BANDS],
        ..ScoreDryRunOutcome::default()
    };
    let mut below = i64::MAX;
    while (outcome.considered as u64) < MAX_LEADS {
        let mut query = read::visible(ctx, &LEAD, LEAD_READ).await?;
        query
            .and_where(sea_query::ExprTrait::lt(LEAD.col("id"), below))
            .order_by((LEAD.table, "id"), Order::Desc)
            .limit(CHUNK);
        let leads = read::found(ctx, &LEAD, &definitions, query).await?;
        let Some(lead) = leads.last() else { break };
        below = lead.id;
        let ids: Vec<i64> = leads.iter().map(|lead| lead.id).collect();
        let before = scores(ctx, &current, &leads, &ids).await?;
        let after = scores(ctx, &proposed, &leads, &ids).await?;
        for ((lead, before), after) in leads.iter().zip(before).zip(after) {
            outcome.add(lead, before, after);
        }
        outcome.movers.sort_by_key(|mover| std::cmp::Reverse(mover.by()));
        outcome.movers.truncate(TOLD);
    }
    Ok(outcome)
}

impl ScoreDryRunOutcome {
    fn add(&mut self, lead: &Record, before: i64, after: i64) {
        self.considered += 1;
        for (bands, score) in [(&mut self.before, before), (&mut self.after, after)] {
            if let Some(band) = bands.get_mut(super::analysis::band(score)) {
                *band += 1;
            }
        }
        if before != after {
            self.changed += 1;
            self.movers.push(ScoreMover {
                id: lead.id,
                name: lead.name().to_owned(),
                before,
                after,
            });
        }
    }
}

async fn scores(ctx: &Ctx, rules: &Rules, leads: &[Record], ids: &[i64]) -> Result<Vec<i64>> {
    let touches = match super::asked(rules, ctx, ids) {
        Some(query) => touches::by_lead(ctx.db.all(&query).await?),
        None => ByLead::new(),
    };
    let score = |lead: &Record| {
        let own = touches.get(&lead.id).map(Vec::as_slice).unwrap_or_default();
        rules.points(ctx, lead, own).score()
    };
    Ok(leads.iter().map(score).collect())
}

/// Reads the rules; what is wrong is named by the place of the rule.
fn parsed(input: ScoreDryRun, schema: &criteria::Schema) -> Result<Vec<rules::ScoreRule>> {
    if input.rules.len() > MAX_RULES {
        return Err(invalid(
            "rules",
            say!("En çok {} kural olabilir.", "There may be {} rules at most.", MAX_RULES),
        ));
    }
    let mut errors = FieldErrors::default();
    let mut rules = Vec::with_capacity(input.rules.len());
    for (index, rule) in input.rules.into_iter().enumerate() {
        match rule.parse(schema) {
            Ok(rule) => rules.push(rule),
            Err(Error::Invalid(wrong)) => {
                for (field, problems) in wrong.0 {
                    errors.0.entry(format!("rules.{index}.{field}")).or_default().extend(problems);
                }
            }
            Err(error) => return Err(error),
        }
    }
    errors.check()?;
    Ok(rules)
}
