//! What follows from other fields of an opportunity, and what stages ask.

use futures::future::BoxFuture;
use kernel::clock::local_midnight_us;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::{say, text};
use records::change::Draft;
use records::entity::required;
use records::record::Record;
use records::revert::UNDOING;
use sea_query::{Alias, Expr, ExprTrait, Query};
use std::collections::BTreeSet;

use super::{Key, ProbabilitySource, chances, imported};
use crate::pipelines::{self, Outcome, Pipelines, Stage};
use crate::rates::{self, Rate};

/// In [`Record::carried`]: the amount comes from the lines.
pub const FROM_LINES: &str = "from_lines";

/// See [`records::Entity::settle`].
pub fn settle<'a>(tx: &'a mut Tx, ctx: &'a Ctx, drafts: &'a mut [Draft]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let pipelines = pipelines::all(ctx).await?;
        imported::check(tx, drafts).await?;
        for draft in drafts.iter_mut() {
            place(draft, &pipelines, ctx);
        }
        convert(tx, ctx, drafts).await?;
        chances::settle(tx, ctx, drafts, &pipelines).await?;
        refuse_amounts_of_lines(tx, drafts).await
    })
}

fn today(ctx: &Ctx) -> String {
    ctx.today().format("%Y-%m-%d").to_string()
}

/// Finds the stage, and what follows from it.
fn place(draft: &mut Draft, pipelines: &Pipelines, ctx: &Ctx) {
    let is_undo = draft.after.carried.contains_key(UNDOING);
    defaults(draft, pipelines, ctx);
    let Some(stage) = find_stage(draft, pipelines) else {
        return;
    };
    let stage = &stage;
    let after = &mut draft.after;
    let is_moved = draft
        .before
        .as_ref()
        .is_none_or(|before| before[Key::StageId].int() != Some(stage.id));
    after.set(Key::StageId, stage.id);
    after.set(Key::Stage, stage.key.as_str());
    after.set(Key::Pipeline, stage.pipeline_id);
    after.set(Key::Outcome, stage.outcome.word());
    after.set(Key::IsWon, stage.outcome == Outcome::Won);
    if is_undo {
        return;
    }
    if is_moved {
        after.set(Key::StageEnteredAt, entered_at(after, stage.outcome, draft.before.is_none(), ctx));
        enter(draft, stage, ctx);
    }
    probability(draft, stage, is_moved);
    category(draft, stage, is_moved);
    if draft.after[Key::Name].is_missing() {
        draft.errors.add(Key::Name.name(), required());
    }
    if draft.after[Key::Customer].is_missing() {
        draft.errors.add(Key::Customer.name(), required());
    }
    if draft.after[Key::ExpectedCloseDate].is_missing() && stage.outcome == Outcome::Open {
        draft.errors.add(Key::ExpectedCloseDate.name(), required());
    }
}

fn defaults(draft: &mut Draft, pipelines: &Pipelines, ctx: &Ctx) {
    let after = &mut draft.after;
    // What nobody can have meant to empty stays as it was.
    if let Some(before) = &draft.before {
        for key in [
            Key::Stage,
            Key::Pipeline,
            Key::ProbabilitySource,
            Key::Probability,
            Key::Category,
            Key::OpenedOn,
            Key::Currency,
        ] {
            if after[key].is_missing() {
                after.set(key, before[key].clone());
            }
        }
    }
    if after[Key::Currency].is_missing() {
        after.set(Key::Currency, ctx.org.currency.as_str());
    }
    if after[Key::Amount].is_missing() {
        after.set(Key::Amount, 0);
    }
    if after[Key::OpenedOn].is_missing() {
        after.set(Key::OpenedOn, today(ctx));
    }
    if after[Key::ProbabilitySource].is_missing() {
        after.set(Key::ProbabilitySource, ProbabilitySource::Stage.word());
    }
    if after[Key::Pipeline].is_missing() {
        after.set(Key::Pipeline, pipelines.default().map(|pipeline| pipeline.id));
    }
}

/// The stage that is meant: of another pipeline the one with the same key, or its first.
fn find_stage(draft: &mut Draft, pipelines: &Pipelines) -> Option<Stage> {
    let after = &draft.after;
    let Some(pipeline) = after[Key::Pipeline].int().and_then(|id| pipelines.get(id)) else {
        draft.errors.add(
            Key::Pipeline.name(),
            say!("Böyle bir satış süreci yok.", "There is no such pipeline."),
        );
        return None;
    };
    let key = after[Key::Stage].text();
    let by_id = || {
        let before = draft.before.as_ref()?;
        let is_set = before[Key::StageId] != after[Key::StageId] && before[Key::Stage] == after[Key::Stage];
        pipelines.stage(after[Key::StageId].int().filter(|_| is_set)?)
    };
    let stage = match (by_id(), key) {
        (Some(stage), _) => Some(stage),
        (None, "") => pipeline.first(),
        (None, key) => {
            let moved_over = draft
                .before
                .as_ref()
                .is_some_and(|before| before[Key::Pipeline] != after[Key::Pipeline] && before[Key::Stage].text() == key);
            pipeline
                .stage(key)
                .or_else(|| pipeline.called(key))
                .or(pipeline.first().filter(|_| moved_over))
        }
    };
    if stage.is_none() {
        let keys: Vec<&str> = pipeline.stages.iter().map(|stage| stage.key.as_str()).collect();
        let problem = match text::nearest(key, keys.iter().copied()) {
            Some(near) => say!(
                "Böyle bir aşama yok; “{}” olabilir mi?",
                "There is no such stage; did you mean “{}”?",
                near
            ),
            None => say!("Şunlardan biri olmalı: {}.", "Must be one of: {}.", keys.join(", ")),
        };
        draft.errors.add(Key::Stage.name(), problem);
    }
    stage.cloned()
}

/// When an opportunity came into its stage: now, or, for one that is entered later than it began, on the day it tells.
fn entered_at(after: &Record, outcome: Outcome, is_new: bool, ctx: &Ctx) -> i64 {
    let day = match outcome {
        Outcome::Open => after[Key::OpenedOn].text(),
        _ => after[Key::ActualCloseDate].text(),
    };
    match local_midnight_us(day, ctx.org.zone) {
        Some(at) if is_new && day < today(ctx).as_str() => at,
        _ => ctx.now_us(),
    }
}

/// The gate of a stage, and the dates that go with it.
fn enter(draft: &mut Draft, stage: &Stage, ctx: &Ctx) {
    for name in stage.required_fields.iter() {
        let cell = draft.after.cell(name);
        let is_empty = cell.is_missing() || (name == Key::Amount.name() && cell.int() == Some(0));
        if is_empty {
            draft.errors.add(
                name.clone(),
                say!(
                    "“{}” aşamasına geçmek için gerekli.",
                    "Needed to enter the stage “{}”.",
                    ctx.lang.pick(stage.name_tr.as_str(), stage.name_en.as_str())
                ),
            );
        }
    }
    let after = &mut draft.after;
    if stage.outcome == Outcome::Open {
        after.set(Key::ActualCloseDate, records::Cell::Missing);
        after.set(Key::ClosedAt, records::Cell::Missing);
        return;
    }
    if after[Key::ActualCloseDate].is_missing() {
        after.set(Key::ActualCloseDate, today(ctx));
    }
    // One that is entered when it has ended was expected for no other day, as far as anybody knows.
    if draft.before.is_none() {
        after.set(Key::ExpectedCloseDate, after[Key::ActualCloseDate].clone());
    }
    let entered = after[Key::StageEnteredAt].clone();
    after.set(Key::ClosedAt, entered.int());
}

/// The stage's probability, unless somebody pinned their own or leaves it to the model.
fn probability(draft: &mut Draft, stage: &Stage, is_moved: bool) {
    let is_given = match &draft.before {
        Some(before) => before[Key::Probability] != draft.after[Key::Probability],
        None => !draft.after[Key::Probability].is_missing(),
    };
    let names_source = draft
        .before
        .as_ref()
        .is_some_and(|before| before[Key::ProbabilitySource] != draft.after[Key::ProbabilitySource]);
    let after = &mut draft.after;
    if is_given
        && !names_source
        && !after.carried.contains_key(ProbabilitySource::Model.word())
        && stage.outcome == Outcome::Open
        && after[Key::Probability].int() != Some(stage.probability)
    {
        after.set(Key::ProbabilitySource, ProbabilitySource::Manual.word());
    }
    let by_stage = after[Key::ProbabilitySource].text() == ProbabilitySource::Stage.word();
    if stage.outcome != Outcome::Open || after[Key::Probability].is_missing() || (by_stage && (is_moved || names_source)) {
        after.set(Key::Probability, stage.probability);
    }
    if !(0..=10_000).contains(&after[Key::Probability].int().unwrap_or_default()) {
        draft.errors.add(
            Key::Probability.name(),
            say!("0 ile 100 arasında olmalı.", "Must be between 0 and 100."),
        );
    }
}

/// The stage's forecast category, unless somebody pinned another.
fn category(draft: &mut Draft, stage: &Stage, is_moved: bool) {
    let before = draft.before.as_ref();
    let is_given = match before {
        Some(before) => before[Key::Category] != draft.after[Key::Category],
        None => !draft.after[Key::Category].is_missing(),
    };
    let unpinned = before.is_some_and(|before| before[Key::IsCategoryPinned] != draft.after[Key::IsCategoryPinned]);
    let after = &mut draft.after;
    if is_given && !unpinned && after[Key::Category].text() != stage.category.word() {
        after.set(Key::IsCategoryPinned, true);
    }
    let is_pinned = after[Key::IsCategoryPinned] == records::Cell::Bool(true);
    if !is_pinned {
        after.set(Key::IsCategoryPinned, false);
    }
    if stage.outcome != Outcome::Open || !is_pinned || (after[Key::Category].is_missing() && is_moved) {
        after.set(Key::Category, stage.category.word());
    }
}

/// Amounts in the organisation's currency, by the rate of the day: of the day it closed, once it has.
async fn convert(tx: &mut Tx, ctx: &Ctx, drafts: &mut [Draft]) -> Result<()> {
    let today = today(ctx);
    let touched = |draft: &Draft| {
        draft.before.is_none()
            || draft.touches(&[Key::Amount.name(), Key::Currency.name()])
            || draft.touches(&[Key::ActualCloseDate.name()])
    };
    let mut currencies: BTreeSet<String> = BTreeSet::new();
    for draft in drafts.iter().filter(|draft| touched(draft)) {
        currencies.insert(draft.after[Key::Currency].text().to_owned());
    }
    if currencies.is_empty() {
        return Ok(());
    }
    let currencies: Vec<String> = currencies.into_iter().collect();
    let days: BTreeSet<String> = drafts
        .iter()
        .filter(|draft| touched(draft))
        .filter(|draft| draft.after[Key::Currency].text() != ctx.org.currency)
        .map(|draft| rate_day(&draft.after, &today))
        .chain([today.clone()])
        .collect();
    let mut by_day = std::collections::BTreeMap::new();
    for day in days {
        let rates = rates::on(tx, ctx, &currencies, &day).await?;
        by_day.insert(day, rates);
    }
    for draft in drafts.iter_mut().filter(|draft| touched(draft)) {
        let currency = draft.after[Key::Currency].text().to_owned();
        let day = if currency == ctx.org.currency {
            today.clone()
        } else {
            rate_day(&draft.after, &today)
        };
        let found: Option<&Rate> = by_day.get(&day).and_then(|rates| rates.get(&currency));
        let Some(rate) = found else {
            draft.errors.add(
                Key::Currency.name(),
                say!(
                    "{} için {} gününe kadar bir kur yok; önce kurları girin.",
                    "There is no rate of {} up to {}; enter the rates first.",
                    currency,
                    day
                ),
            );
            continue;
        };
        let amount = draft.after[Key::Amount].int().unwrap_or_default();
        draft.after.set(Key::AmountBase, rates::convert(amount, rate.rate_micros));
        draft.after.set(Key::RateMicros, rate.rate_micros);
        draft.after.set(Key::RateDate, rate.date.as_str());
    }
    Ok(())
}

fn rate_day(after: &Record, today: &str) -> String {
    match after[Key::ActualCloseDate].text() {
        "" => today.to_owned(),
        day => std::cmp::min(day, today).to_owned(),
    }
}

/// The amount of an opportunity with lines is their sum.
async fn refuse_amounts_of_lines(tx: &mut Tx, drafts: &mut [Draft]) -> Result<()> {
    let is_meant = |draft: &Draft| {
        let is_free = [FROM_LINES, UNDOING].iter().any(|key| draft.after.carried.contains_key(*key));
        !is_free && draft.before.is_some() && draft.touches(&[Key::Amount.name()])
    };
    let ids: Vec<i64> = drafts.iter().filter(|draft| is_meant(draft)).map(|draft| draft.after.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let with_lines = Query::select()
        .distinct()
        .column("opportunity_id")
        .from(Alias::new("opportunity_lines"))
        .and_where(Expr::col("opportunity_id").is_in(ids))
        .to_owned();
    let with_lines: BTreeSet<i64> = tx.all::<(i64,)>(&with_lines).await?.into_iter().map(|(id,)| id).collect();
    for draft in drafts.iter_mut().filter(|draft| is_meant(draft)) {
        if with_lines.contains(&draft.after.id) {
            draft.errors.add(
                Key::Amount.name(),
                say!(
                    "Tutar kalemlerin toplamıdır; kalemleri değiştirin.",
                    "The amount is the sum of the lines; change these."
                ),
            );
        }
    }
    Ok(())
}
