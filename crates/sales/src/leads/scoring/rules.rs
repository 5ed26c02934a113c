//! The rules of scores: points for what a lead is (fit), and for what it did, less of it the longer ago that was (engagement).

use std::collections::BTreeSet;
use std::sync::Arc;

use criteria::{Criteria, Schema};
use futures::future::BoxFuture;
use kernel::clock::DAY_US;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::{Db, Tx};
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::json_text::JsonText;
use kernel::say;
use records::edit::Edit;
use records::kept::{self, Kept};
use records::read::moment;
use records::record::Record;
use records::{choices, custom, http, schema};
use sea_query::{Expr, ExprTrait, Order, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::FromRow;
use utoipa::ToSchema;

use super::super::LEAD;
use super::super::touches::LeadTouchKind;

/// How many there may be.
pub const MAX_RULES: usize = 100;
const MAX_NAME_CHARS: usize = 100;
const MAX_POINTS: i64 = 100;
const MAX_HALF_LIFE_DAYS: i64 = 3_650;
/// After so many half-lives a touch has less than a thousandth of its points, and is not asked for any more.
const HALF_LIVES: i64 = 10;

choices! {
    /// What a rule looks at.
    ScoreRuleKind {
        Fit: "fit", "Uygunluk", "Fit";
        Engagement: "engagement", "İlgi", "Engagement";
    }
}

/// A rule as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct ScoreRule {
    pub id: i64,
    /// `fit`: leads that meet the criteria have the points; `engagement`: every touch of a kind gives them.
    #[sqlx(try_from = "String")]
    pub kind: ScoreRuleKind,
    pub name: String,
    /// Of a fit rule.
    #[schema(value_type = Object)]
    pub criteria: JsonText<Value>,
    /// Of an engagement rule: `form`, `call`, …; empty for fit.
    pub touch: String,
    pub points: i64,
    /// After so many days a touch is worth half its points; none for points that stay.
    pub half_life_days: Option<i64>,
    pub position: i64,
    pub is_active: bool,
}

/// A rule as the API takes it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreRuleInput {
    /// `fit` or `engagement`.
    pub kind: String,
    pub name: String,
    /// For fit.
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    /// For engagement: a kind of touch.
    pub touch: Option<String>,
    /// -100 to 100, not 0.
    pub points: i64,
    /// For engagement: 1 to 3650; none for points that stay.
    pub half_life_days: Option<i64>,
    /// The last when it is not given.
    pub position: Option<i64>,
    pub is_active: Option<bool>,
}

/// A rule read for use.
#[derive(Debug)]
pub struct Ready {
    pub rule: ScoreRule,
    /// Of a fit rule that can be read; one that cannot (a custom field is gone, say) meets nobody.
    criteria: Option<Criteria>,
}

/// The rules in force.
#[derive(Debug, Default)]
pub struct Rules(pub Vec<Ready>);

/// What one rule gives a lead.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScoreRulePoints {
    pub rule_id: i64,
    pub kind: ScoreRuleKind,
    pub name: String,
    pub points: i64,
    pub half_life_days: Option<i64>,
    /// How many touches of the kind there are; none for fit.
    pub touches: Option<usize>,
    /// What is left of the points, all touches together, in hundredths.
    pub points_left_hundredths: i64,
}

/// What all of them give a lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Points {
    pub fit: i64,
    pub engagement: i64,
}

impl Points {
    /// The score they make: 0 to 100.
    pub fn score(self) -> i64 {
        (self.fit + self.engagement).clamp(0, 100)
    }
}

impl Rules {
    /// Reads rules for use; those that are not active are left out.
    pub fn ready(rules: Vec<ScoreRule>, schema: &Schema) -> Rules {
        let ready = |rule: ScoreRule| {
            let parsed = Criteria::parse(&rule.criteria, schema);
            if let (ScoreRuleKind::Fit, Err(error)) = (rule.kind, &parsed) {
                tracing::warn!(rule = rule.id, %error, "a score rule cannot be read and meets nobody");
            }
            Ready {
                criteria: parsed.ok().filter(|_| rule.kind == ScoreRuleKind::Fit),
                rule,
            }
        };
        Rules(rules.into_iter().filter(|rule| rule.is_active).map(ready).collect())
    }

    /// The kinds of touches that count.
    pub fn touch_kinds(&self) -> Vec<&str> {
        let kinds: BTreeSet<&str> = self.engagement().map(|rule| rule.touch.as_str()).collect();
        kinds.into_iter().collect()
    }

    /// Since when touches count.
    pub fn since_us(&self, now_us: i64) -> i64 {
        let lives: Option<Vec<i64>> = self.engagement().map(|rule| rule.half_life_days).collect();
        match lives.and_then(|lives| lives.into_iter().max()) {
            Some(longest) => now_us - longest * HALF_LIVES * DAY_US,
            None => i64::MIN,
        }
    }

    fn engagement(&self) -> impl Iterator<Item = &ScoreRule> {
        let rules = self.0.iter().map(|ready| &ready.rule);
        rules.filter(|rule| rule.kind == ScoreRuleKind::Engagement)
    }

    /// What they give a lead with these touches (kind, time).
    pub fn points(&self, ctx: &Ctx, lead: &Record, touches: &[(String, i64)]) -> Points {
        let mut points = Points::default();
        let mut engagement = 0.0;
        for ready in &self.0 {
            match ready.rule.kind {
                ScoreRuleKind::Fit if ready.meets(ctx, lead) => points.fit += ready.rule.points,
                ScoreRuleKind::Fit => {}
                ScoreRuleKind::Engagement => engagement += ready.rule.left(touches, ctx.now_us()),
            }
        }
        points.engagement = engagement.round() as i64;
        points
    }

    /// The same, rule by rule; those that give nothing are left out.
    pub fn told(&self, ctx: &Ctx, lead: &Record, touches: &[(String, i64)]) -> Vec<ScoreRulePoints> {
        let told = |ready: &Ready| {
            let rule = &ready.rule;
            let (left, count) = match rule.kind {
                ScoreRuleKind::Fit if ready.meets(ctx, lead) => (rule.points as f64, None),
                ScoreRuleKind::Fit => return None,
                ScoreRuleKind::Engagement => {
                    let own = touches.iter().filter(|(kind, _)| *kind == rule.touch).count();
                    (rule.left(touches, ctx.now_us()), Some(own).filter(|own| *own > 0))
                }
            };
            let is_nothing = rule.kind == ScoreRuleKind::Engagement && count.is_none();
            (!is_nothing).then(|| ScoreRulePoints {
                rule_id: rule.id,
                kind: rule.kind,
                name: rule.name.clone(),
                points: rule.points,
                half_life_days: rule.half_life_days,
                touches: count,
                points_left_hundredths: (left * 100.0).round() as i64,
            })
        };
        self.0.iter().filter_map(told).collect()
    }
}

impl Ready {
    fn meets(&self, ctx: &Ctx, lead: &Record) -> bool {
        self.criteria.as_ref().is_some_and(|criteria| criteria.matches(lead, &moment(ctx)))
    }
}

impl ScoreRule {
    /// What is left of its points: each touch gives them, halved for every half-life that has passed.
    fn left(&self, touches: &[(String, i64)], now_us: i64) -> f64 {
        let own = touches.iter().filter(|(kind, _)| *kind == self.touch);
        let left = own.map(|(_, at)| {
            let age_days = std::cmp::max(now_us - at, 0) as f64 / DAY_US as f64;
            let halvings: f64 = self.half_life_days.map_or(0.0, |days| age_days / days as f64);
            self.points as f64 * (-halvings).exp2()
        });
        left.sum()
    }
}

impl Kept for ScoreRule {
    const TABLE: &'static str = "score_rules";
    const SUBJECT: &'static str = "score_rule";
    const KINDS: [&'static str; 3] = ["score_rule.created", "score_rule.updated", "score_rule.deleted"];
    const COLUMNS: &'static [&'static str] = &[
        "kind",
        "name",
        "criteria",
        "touch",
        "points",
        "half_life_days",
        "position",
        "is_active",
    ];
    const IS_DATED: bool = true;

    fn id(&self) -> i64 {
        self.id
    }

    fn identify(&mut self, id: i64) {
        self.id = id;
    }

    fn values(&self) -> Result<Vec<sea_query::Value>> {
        Ok(vec![
            self.kind.word().into(),
            self.name.as_str().into(),
            self.criteria.0.to_string().into(),
            self.touch.as_str().into(),
            self.points.into(),
            self.half_life_days.into(),
            self.position.into(),
            self.is_active.into(),
        ])
    }

    fn after<'a>(tx: &'a mut Tx, ctx: &'a Ctx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { super::training::score_soon(tx, ctx).await })
    }
}

fn select() -> SelectStatement {
    kept::select::<ScoreRule>()
        .order_by("kind", Order::Desc)
        .order_by("position", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned()
}

/// Every rule, fit first, in their order.
pub async fn all(db: &Db) -> Result<Vec<ScoreRule>> {
    db.all(&select()).await
}

/// The rules in force, from memory while nobody changes them.
pub async fn in_force(ctx: &Ctx) -> Result<Arc<Rules>> {
    let (db, ctx_) = (ctx.db.clone(), ctx.clone());
    let make = || async move { Ok(Rules::ready(all(&db).await?, &whole(&ctx_).await?)) };
    ctx.db.memo().get("score_rules".into(), &["score_rule", "custom_field"], make).await
}

/// Every field of a lead, whoever asks.
pub async fn whole(ctx: &Ctx) -> Result<Schema> {
    let definitions = custom::definitions(ctx, LEAD.name).await?;
    Ok(schema::whole(&LEAD, &definitions))
}

impl ScoreRuleInput {
    /// Reads it, or says what is wrong.
    pub fn parse(self, schema: &Schema) -> Result<ScoreRule> {
        let mut errors = FieldErrors::default();
        let kind = ScoreRuleKind::parse(&self.kind).unwrap_or_else(|problem| {
            errors.add("kind", problem);
            ScoreRuleKind::Fit
        });
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
            errors.add(
                "name",
                say!(
                    "1 ile {} karakter arasında olmalı.",
                    "Must have 1 to {} characters.",
                    MAX_NAME_CHARS
                ),
            );
        }
        if self.points == 0 || !(-MAX_POINTS..=MAX_POINTS).contains(&self.points) {
            errors.add(
                "points",
                say!(
                    "-{} ile {} arasında olmalı, 0 olamaz.",
                    "Must be between -{} and {}, and not 0.",
                    MAX_POINTS,
                    MAX_POINTS
                ),
            );
        }
        let (criteria, touch) = match kind {
            ScoreRuleKind::Fit => self.parse_fit(schema, &mut errors)?,
            ScoreRuleKind::Engagement => self.parse_engagement(&mut errors),
        };
        errors.check()?;
        Ok(ScoreRule {
            id: 0,
            kind,
            name,
            criteria: JsonText(criteria),
            touch,
            points: self.points,
            half_life_days: self.half_life_days,
            position: self.position.unwrap_or_default(),
            is_active: self.is_active.unwrap_or(true),
        })
    }

    fn parse_fit(&self, schema: &Schema, errors: &mut FieldErrors) -> Result<(Value, String)> {
        for (field, is_given) in [
            ("touch", self.touch.as_deref().is_some_and(|touch| !touch.is_empty())),
            ("half_life_days", self.half_life_days.is_some()),
        ] {
            if is_given {
                errors.add(field, say!("Yalnızca ilgi kurallarında olur.", "Only engagement rules have one."));
            }
        }
        let criteria = self.criteria.clone().filter(|criteria| !criteria.is_null());
        if http::parse_criteria(criteria.as_ref(), schema)?.is_everything() {
            errors.add("criteria", say!("En az bir koşul gerekli.", "At least one condition is required."));
        }
        Ok((criteria.unwrap_or_else(|| json!({})), String::new()))
    }

    fn parse_engagement(&self, errors: &mut FieldErrors) -> (Value, String) {
        let is_empty = |criteria: &Value| criteria.is_null() || criteria.as_object().is_some_and(|object| object.is_empty());
        if self.criteria.as_ref().is_some_and(|criteria| !is_empty(criteria)) {
            errors.add(
                "criteria",
                say!("Yalnızca uygunluk kurallarında olur.", "Only fit rules have criteria."),
            );
        }
        if self.half_life_days.is_some_and(|days| !(1..=MAX_HALF_LIFE_DAYS).contains(&days)) {
            errors.add(
                "half_life_days",
                say!("1 ile {} arasında olmalı.", "Must be between 1 and {}.", MAX_HALF_LIFE_DAYS),
            );
        }
        match LeadTouchKind::parse(self.touch.as_deref().unwrap_or_default()) {
            Ok(touch) => (json!({}), touch.word().to_owned()),
            Err(problem) => {
                errors.add("touch", problem);
                (json!({}), String::new())
            }
        }
    }
}

/// Makes a rule.
pub async fn create(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, input: ScoreRuleInput) -> Result<ScoreRule> {
    let is_last = input.position.is_none();
    let mut rule = input.parse(&whole(ctx).await?)?;
    let known: Vec<ScoreRule> = tx.all(&select()).await?;
    if known.len() >= MAX_RULES {
        return Err(invalid(
            "kind",
            say!("En çok {} kural olabilir.", "There may be {} rules at most.", MAX_RULES),
        ));
    }
    if is_last {
        rule.position = known.iter().map(|rule| rule.position).max().unwrap_or(0) + 1;
    }
    let edit = Edit {
        before: None,
        after: Some(rule),
    };
    keep(tx, ctx, stamp, edit).await?.ok_or(Error::internal("a rule was not kept"))
}

/// Keeps a rule, and has every score computed anew.
async fn keep(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, edit: Edit<ScoreRule>) -> Result<Option<ScoreRule>> {
    let kept = kept::keep(tx, stamp, edit).await?;
    super::training::score_soon(tx, ctx).await?;
    Ok(kept)
}

/// A rule to be changed.
pub async fn find(tx: &mut Tx, id: i64) -> Result<ScoreRule> {
    let mut query = select();
    query.and_where(Expr::col("id").eq(id));
    tx.dialect().for_update(&mut query);
    tx.opt(&query).await?.ok_or(Error::NotFound)
}

/// Replaces a rule; its place stays when none is given. With whether anything changed.
pub async fn update(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, id: i64, input: ScoreRuleInput) -> Result<(ScoreRule, bool)> {
    let before = find(tx, id).await?;
    let position = input.position.unwrap_or(before.position);
    let is_active = input.is_active.unwrap_or(before.is_active);
    let after = ScoreRule {
        id,
        position,
        is_active,
        ..input.parse(&whole(ctx).await?)?
    };
    if after == before {
        return Ok((after, false));
    }
    let edit = Edit {
        before: Some(before),
        after: Some(after.clone()),
    };
    keep(tx, ctx, stamp, edit).await?;
    Ok((after, true))
}

/// Ends a rule.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, id: i64) -> Result<()> {
    let edit = Edit {
        before: Some(find(tx, id).await?),
        after: None,
    };
    keep(tx, ctx, stamp, edit).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engagement(points: i64, half_life_days: Option<i64>) -> ScoreRule {
        ScoreRule {
            id: 1,
            kind: ScoreRuleKind::Engagement,
            name: "Calls".into(),
            criteria: JsonText(json!({})),
            touch: "call".into(),
            points,
            half_life_days,
            position: 1,
            is_active: true,
        }
    }

    #[test]
    fn points_halve_with_every_half_life() {
        let now_us = 1_000 * DAY_US;
        let touches = [0, 10, 20].map(|days| ("call".to_owned(), now_us - days * DAY_US));
        let left = engagement(8, Some(10)).left(&touches, now_us);
        assert!((left - (8.0 + 4.0 + 2.0)).abs() < 1e-9, "{left}");
        let left = engagement(8, None).left(&touches, now_us);
        assert!((left - 24.0).abs() < 1e-9, "{left}");
        let others = [("form".to_owned(), now_us)];
        assert_eq!(engagement(8, Some(10)).left(&others, now_us), 0.0);
    }

    #[test]
    fn touches_are_asked_for_as_far_back_as_they_count() {
        let ready = |rule| Ready { rule, criteria: None };
        let now_us = 1_000 * DAY_US;
        let rules = Rules(vec![ready(engagement(1, Some(7))), ready(engagement(1, Some(30)))]);
        assert_eq!(rules.since_us(now_us), now_us - 300 * DAY_US);
        let rules = Rules(vec![ready(engagement(1, Some(7))), ready(engagement(1, None))]);
        assert_eq!(rules.since_us(now_us), i64::MIN);
    }

    #[test]
    fn a_score_is_between_none_and_a_hundred() {
        let score = |fit, engagement| Points { fit, engagement }.score();
        assert_eq!((score(-30, 10), score(90, 40), score(30, 12)), (0, 100, 42));
    }
}
