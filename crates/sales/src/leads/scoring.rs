//! Scores: what a lead is worth working on, by rules that somebody wrote or by a model that learned from leads won and lost. The score of a
//! lead that is closed stays as it was, so that scores can be held against what came of them.

pub mod analysis;
pub mod dry_run;
pub mod explanation;
pub mod http;
pub mod rules;
pub mod training;

use futures::FutureExt as _;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::events::NewEvent;
use kernel::jobs::Job;
use records::change::Draft;
use records::record::Record;
use records::{Cell, custom, read};
use sea_query::{Alias, Expr, ExprTrait, IntoIden as _, Order, Query, SelectStatement, TableRef, UpdateStatement, ValueTuple};
use serde_json::json;

use super::touches::{self, ByLead};
use super::{Key, LEAD, ScoreSource, Status};
use crate::models::inputs::Raw;
use crate::models::{self, Active, Learner};
use rules::{Points, Rules};

/// Computes the score of every open lead anew: daily, since engagement decays, and when the rules change.
pub const SCORE: Job = Job {
    name: "sales.score",
    run: |ctx, _| async move { score_all(&ctx).await.map(|_| ()) }.boxed(),
};

/// Leads scored in one go.
const CHUNK: u64 = 1_000;
/// The same where nothing but a model's inputs are read.
const RAW_CHUNK: u64 = 20_000;
/// Leads written in one statement.
const WRITTEN: usize = 1_000;

/// How leads tell what became of them.
pub static LEARNER: Learner = Learner {
    entity: &LEAD,
    outcome: "status",
    won: "converted",
    lost: "disqualified",
};

/// What a model looks at when nobody has chosen: what is known of a lead before it is won or lost.
pub const MODEL_FIELDS: [Key; 12] = [
    Key::Source,
    Key::CompanySize,
    Key::Country,
    Key::City,
    Key::Budget,
    Key::Authority,
    Key::BantBudget,
    Key::BantAuthority,
    Key::BantNeed,
    Key::BantTimeline,
    Key::FitScore,
    Key::EngagementScore,
];

/// Subject type of the event that many scores changed. There is none for each lead: a score follows from what other events tell.
pub const SUBJECT: &str = "lead_score";

/// What a lead's scores come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scores {
    points: Points,
    score: i64,
    source: ScoreSource,
    /// Hundredths of a percent.
    win_probability: Option<i64>,
}

impl Scores {
    /// By the rules, or by a model that is in force.
    fn of(points: Points, probability: Option<f64>) -> Scores {
        match probability {
            Some(probability) => Scores {
                points,
                score: (probability * 100.0).round() as i64,
                source: ScoreSource::Model,
                win_probability: Some((probability * 10_000.0).round() as i64),
            },
            None => Scores {
                score: points.score(),
                points,
                source: ScoreSource::Rules,
                win_probability: None,
            },
        }
    }

    /// As they stand on a lead.
    fn kept(lead: &Record) -> Scores {
        let int = |key: Key| lead[key].int().unwrap_or_default();
        Scores {
            points: Points {
                fit: int(Key::FitScore),
                engagement: int(Key::EngagementScore),
            },
            score: int(Key::LeadScore),
            source: ScoreSource::parse(lead[Key::ScoreSource].text()).unwrap_or(ScoreSource::Rules),
            win_probability: lead[Key::WinProbability].int(),
        }
    }

    fn give(self, lead: &mut Record) {
        lead.set(Key::FitScore, self.points.fit);
        lead.set(Key::EngagementScore, self.points.engagement);
        lead.set(Key::LeadScore, self.score);
        lead.set(Key::ScoreSource, self.source.word());
        lead.set(Key::WinProbability, self.win_probability);
    }
}

/// Part of [`LEAD`]'s settling: the scores of leads that come or change.
pub async fn settle(tx: &mut Tx, ctx: &Ctx, drafts: &mut [Draft]) -> Result<()> {
    let is_meant = |draft: &Draft| match &draft.before {
        None => true,
        Some(before) => {
            let is_changed = *before != draft.after || draft.after.carried.contains_key(touches::TOUCHED);
            is_changed && super::status(&draft.after).is_open()
        }
    };
    let rules = rules::in_force(ctx).await?;
    let known = drafts.iter().filter(|draft| is_meant(draft) && draft.before.is_some());
    let ids: Vec<i64> = known.map(|draft| draft.after.id).collect();
    let touches = match asked(&rules, ctx, &ids) {
        Some(query) => touches::by_lead(tx.all(&query).await?),
        None => ByLead::new(),
    };
    let model = models::active(ctx, &LEAD).await?;
    for draft in drafts.iter_mut().filter(|draft| is_meant(draft)) {
        give(ctx, &rules, (*model).as_ref(), &touches, &mut draft.after);
    }
    Ok(())
}

/// The touches the rules ask for, if they ask for any.
fn asked(rules: &Rules, ctx: &Ctx, ids: &[i64]) -> Option<SelectStatement> {
    let kinds = rules.touch_kinds();
    let is_asked = !ids.is_empty() && !kinds.is_empty();
    is_asked.then(|| touches::of_leads(ids, &kinds, rules.since_us(ctx.now_us())))
}

/// Sets the scores of a lead. The points come first, since a model may look at them.
fn give(ctx: &Ctx, rules: &Rules, model: Option<&Active>, touches: &ByLead, lead: &mut Record) {
    let own = touches.get(&lead.id).map(Vec::as_slice).unwrap_or_default();
    let points = rules.points(ctx, lead, own);
    Scores::of(points, None).give(lead);
    if let Some(model) = model {
        Scores::of(points, Some(model.probability(lead, ctx.now_us()))).give(lead);
    }
}

/// Computes the score of every open lead anew; says how many changed.
pub async fn score_all(ctx: &Ctx) -> Result<i64> {
    let rules = Rules::ready(rules::all(&ctx.db).await?, &rules::whole(ctx).await?);
    let model = models::load(ctx, &LEAD).await?;
    let changed = match &model {
        Some(model) if rules.0.is_empty() => score_rows(ctx, model).await?,
        model => score_records(ctx, &rules, model.as_ref()).await?,
    };
    if changed > 0 {
        let event = NewEvent::new("lead_scores.changed", SUBJECT, 0).payload(json!({ "changed": changed }));
        ctx.db.write(async |tx| tx.emit(&ctx.stamp(), event).await).await?;
    }
    Ok(changed)
}

async fn score_records(ctx: &Ctx, rules: &Rules, model: Option<&Active>) -> Result<i64> {
    let definitions = custom::definitions(ctx, LEAD.name).await?;
    let (mut last, mut changed) = (0, 0);
    loop {
        let leads = read::found(ctx, &LEAD, &definitions, open_after(last, CHUNK)).await?;
        let Some(lead) = leads.last() else { return Ok(changed) };
        last = lead.id;
        let ids: Vec<i64> = leads.iter().map(|lead| lead.id).collect();
        let touches = match asked(rules, ctx, &ids) {
            Some(query) => touches::by_lead(ctx.db.all(&query).await?),
            None => ByLead::new(),
        };
        let mut fresh = Vec::new();
        for mut lead in leads {
            let kept = Scores::kept(&lead);
            give(ctx, rules, model, &touches, &mut lead);
            let scores = Scores::kept(&lead);
            if scores != kept {
                fresh.push((lead.id, lead.version, scores));
            }
        }
        changed += write(ctx, &fresh).await?;
    }
}

/// Columns of a row before those of the model's inputs.
const HEAD: [&str; 8] = [
    "id",
    "version",
    "created_at",
    "fit_score",
    "engagement_score",
    "lead_score",
    "score_source",
    "win_probability",
];

/// The same without any rule: nothing is read but what the model looks at, and no record is built.
async fn score_rows(ctx: &Ctx, model: &Active) -> Result<i64> {
    let (mut last, mut changed) = (0, 0);
    loop {
        let mut query = open_after(last, RAW_CHUNK);
        query.columns(HEAD.map(|column| (LEAD.table, column)));
        model.select(ctx, &LEAD, &mut query);
        let rows: Vec<Raw> = ctx.db.all(&query).await?;
        let Some(row) = rows.last() else { return Ok(changed) };
        last = row.0.first().and_then(Cell::int).unwrap_or(i64::MAX);
        let fresh: Vec<_> = rows.iter().filter_map(|row| rescored(model, row)).collect();
        changed += write(ctx, &fresh).await?;
    }
}

/// The scores of a row, if they are not those it has. Points that rules gave once are gone with them.
fn rescored(model: &Active, Raw(row): &Raw) -> Option<(i64, i64, Scores)> {
    let int = |index: usize| row.get(index).and_then(Cell::int);
    let inputs = row.get(HEAD.len()..)?;
    let scores = Scores::of(Points::default(), Some(model.probability_of_row(inputs, int(2)?)));
    let is_same = (int(3), int(4), int(5), int(7))
        == (
            Some(scores.points.fit),
            Some(scores.points.engagement),
            Some(scores.score),
            scores.win_probability,
        )
        && row.get(6)?.text() == scores.source.word();
    (!is_same).then_some((int(0)?, int(1)?, scores))
}

/// The next open leads.
fn open_after(id: i64, limit: u64) -> SelectStatement {
    let open = Status::ALL.iter().filter(|status| status.is_open()).map(|status| status.word());
    Query::select()
        .from(Alias::new(LEAD.table))
        .and_where(LEAD.col("id").gt(id))
        .and_where(LEAD.col("deleted_at").is_null())
        .and_where(LEAD.col("status").is_in(open))
        .order_by((LEAD.table, "id"), Order::Asc)
        .limit(limit)
        .to_owned()
}

/// Writes scores: id, version, scores. A lead that was changed since it was read has been scored by that change. The version is raised,
/// since it is the ETag of what is shown.
async fn write(ctx: &Ctx, fresh: &[(i64, i64, Scores)]) -> Result<i64> {
    let mut changed = 0;
    for source in [ScoreSource::Rules, ScoreSource::Model] {
        let rows = fresh.iter().filter(|(_, _, scores)| scores.source == source).map(row);
        for rows in rows.collect::<Vec<_>>().chunks(WRITTEN) {
            let update = update(source, rows.to_vec());
            changed += ctx.db.write(async |tx| tx.exec(&update).await).await?;
        }
    }
    Ok(changed as i64)
}

fn row((id, version, scores): &(i64, i64, Scores)) -> ValueTuple {
    ValueTuple::Many(vec![
        (*id).into(),
        (*version).into(),
        scores.points.fit.into(),
        scores.points.engagement.into(),
        scores.score.into(),
        scores.win_probability.into(),
    ])
}

fn update(source: ScoreSource, rows: Vec<ValueTuple>) -> UpdateStatement {
    let fresh = |column: &'static str| Expr::col(("fresh", column));
    Query::update()
        .table(LEAD.table)
        .value(Key::FitScore.name(), fresh("column3"))
        .value(Key::EngagementScore.name(), fresh("column4"))
        .value(Key::LeadScore.name(), fresh("column5"))
        .value(Key::WinProbability.name(), fresh("column6"))
        .value(Key::ScoreSource.name(), source.word())
        .value("version", LEAD.col("version").add(1))
        .from(TableRef::ValuesList(rows, "fresh".into_iden()))
        .and_where(LEAD.col("id").eq(fresh("column1")))
        .and_where(LEAD.col("version").eq(fresh("column2")))
        .to_owned()
}
