//! Scores: what a lead is worth working on, by rules that somebody wrote or by a model that learned from leads won and lost. The score of a
//! lead that is closed stays as it was, so that scores can be held against what came of them.

pub mod analysis;
pub mod dry_run;
pub mod explanation;
pub mod features;
pub mod http;
pub mod rules;

use futures::FutureExt as _;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::events::NewEvent;
use kernel::jobs::Job;
use records::change::Draft;
use records::record::Record;
use records::{custom, read};
use sea_query::{Alias, Expr, ExprTrait, IntoIden as _, Order, Query, SelectStatement, TableRef, ValueTuple};
use serde_json::json;

use super::touches::{self, ByLead};
use super::{Key, LEAD, ScoreSource, Status};
use rules::{Points, Rules};

/// Computes the score of every open lead anew: daily, since engagement decays, and when the rules change.
pub const SCORE: Job = Job {
    name: "sales.score",
    run: |ctx, _| async move { score_all(&ctx).await.map(|_| ()) }.boxed(),
};

/// Leads scored in one go.
const CHUNK: usize = 1_000;

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
    fn of(points: Points) -> Scores {
        Scores {
            score: points.score(),
            points,
            source: ScoreSource::Rules,
            win_probability: None,
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
    for draft in drafts.iter_mut().filter(|draft| is_meant(draft)) {
        scores(ctx, &rules, &touches, &draft.after).give(&mut draft.after);
    }
    Ok(())
}

/// The touches the rules ask for, if they ask for any.
fn asked(rules: &Rules, ctx: &Ctx, ids: &[i64]) -> Option<SelectStatement> {
    let kinds = rules.touch_kinds();
    let is_asked = !ids.is_empty() && !kinds.is_empty();
    is_asked.then(|| touches::of_leads(ids, &kinds, rules.since_us(ctx.now_us())))
}

fn scores(ctx: &Ctx, rules: &Rules, touches: &ByLead, lead: &Record) -> Scores {
    let own = touches.get(&lead.id).map(Vec::as_slice).unwrap_or_default();
    Scores::of(rules.points(ctx, lead, own))
}

/// Computes the score of every open lead anew; says how many changed.
pub async fn score_all(ctx: &Ctx) -> Result<i64> {
    let rules = Rules::ready(rules::all(&ctx.db).await?, &rules::whole(ctx).await?);
    let definitions = custom::definitions(ctx, LEAD.name).await?;
    let (mut last, mut changed) = (0, 0);
    loop {
        let leads = read::found(ctx, &LEAD, &definitions, open_after(last)).await?;
        let Some(lead) = leads.last() else { break };
        last = lead.id;
        let ids: Vec<i64> = leads.iter().map(|lead| lead.id).collect();
        let touches = match asked(&rules, ctx, &ids) {
            Some(query) => touches::by_lead(ctx.db.all(&query).await?),
            None => ByLead::new(),
        };
        let fresh: Vec<(&Record, Scores)> = leads
            .iter()
            .map(|lead| (lead, scores(ctx, &rules, &touches, lead)))
            .filter(|(lead, fresh)| Scores::kept(lead) != *fresh)
            .collect();
        for source in [ScoreSource::Rules, ScoreSource::Model] {
            let rows: Vec<ValueTuple> = fresh.iter().filter(|(_, scores)| scores.source == source).map(row).collect();
            changed += write(ctx, source, rows).await?;
        }
    }
    if changed > 0 {
        let event = NewEvent::new("lead_scores.changed", SUBJECT, 0).payload(json!({ "changed": changed }));
        ctx.db.write(async |tx| tx.emit(&ctx.stamp(), event).await).await?;
    }
    Ok(changed)
}

/// The next open leads.
fn open_after(id: i64) -> SelectStatement {
    let open = Status::ALL.iter().filter(|status| status.is_open()).map(|status| status.word());
    Query::select()
        .from(Alias::new(LEAD.table))
        .and_where(LEAD.col("id").gt(id))
        .and_where(LEAD.col("deleted_at").is_null())
        .and_where(LEAD.col("status").is_in(open))
        .order_by((LEAD.table, "id"), Order::Asc)
        .limit(CHUNK as u64)
        .to_owned()
}

fn row((lead, scores): &(&Record, Scores)) -> ValueTuple {
    ValueTuple::Many(vec![
        lead.id.into(),
        lead.version.into(),
        scores.points.fit.into(),
        scores.points.engagement.into(),
        scores.score.into(),
        scores.win_probability.into(),
    ])
}

/// Writes scores in one statement. A lead that was changed since it was read has been scored by that change. The version is raised, since it
/// is the ETag of what is shown.
async fn write(ctx: &Ctx, source: ScoreSource, rows: Vec<ValueTuple>) -> Result<i64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let fresh = |column: &'static str| Expr::col(("fresh", column));
    let update = Query::update()
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
        .to_owned();
    let changed = ctx.db.write(async |tx| tx.exec(&update).await).await?;
    Ok(changed as i64)
}
