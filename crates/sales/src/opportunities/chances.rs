//! The chance of an opportunity by a model: what became of others that stood as it stands. A pipeline says whether its stages or the model give
//! the probability; one that somebody set by hand stays. The model learns from closed opportunities as they stood on a day while they were
//! open, and of those that were written down only after they had ended it takes nothing but what was known all along.

pub mod history;
pub mod http;

use std::collections::BTreeMap;

use criteria::{Field, Kind, Place};
use futures::FutureExt;
use kernel::clock::DAY_US;
use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::dialect::Dialect;
use kernel::error::Result;
use kernel::jobs::Job;
use prediction::Value;
use records::change::{Draft, change_all};
use records::record::Record;
use records::revert::UNDOING;
use records::{custom, read};
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query, SelectStatement};
use serde_json::{Value as Json, json};

use super::{Key, OPPORTUNITY, ProbabilitySource};
use crate::figures;
use crate::models::{self, Active};
use crate::pipelines::{self, Outcome, Pipelines};

/// Learns from the opportunities that are closed.
pub const TRAIN: Job = Job {
    name: "sales.train_opportunities",
    run: |ctx, payload| async move { train(&ctx, &payload).await }.boxed(),
};

/// Sets the probability of every open opportunity that the model gives one: daily, since they grow older, and when the model changes.
pub const REFRESH: Job = Job {
    name: "sales.opportunity_chances",
    run: |ctx, _| async move { refresh(&ctx).await.map(|_| ()) }.boxed(),
};

/// In the payload of [`TRAIN`]: somebody asked. By itself the job goes on only with what somebody has begun.
const ASKED: &str = "asked";
/// Opportunities changed in one transaction.
const CHUNK: u64 = 500;
/// Hundredths of a percent: probabilities are whole percents, so that one does not change for nothing, and never quite certain.
const PERCENT: i64 = 100;

/// How an opportunity stands on a day. What is not known is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Situation {
    pub stage: String,
    pub days_in_stage: Option<i64>,
    /// Days since it was opened.
    pub age_days: Option<i64>,
    pub days_to_close: Option<i64>,
    /// How often its close date was put off.
    pub pushes: Option<i64>,
    pub amount_base: Option<i64>,
    pub source: String,
    pub industry: String,
    pub company_size: String,
}

/// What the model looks at, in the order of [`Situation::values`]: a name (of a field of the opportunity where there is one, so that it is as
/// hidden as that), what it is called, its kind.
const FACTS: [(&str, &str, &str, Kind); 9] = [
    ("stage", "Aşama", "Stage", Kind::Text),
    ("stage_entered_at", "Aşamadaki gün", "Days in stage", Kind::Number { decimals: 0 }),
    (
        "opened_on",
        "Açıldığından beri gün",
        "Days since opened",
        Kind::Number { decimals: 0 },
    ),
    (
        "expected_close_date",
        "Beklenen kapanışa gün",
        "Days to expected close",
        Kind::Number { decimals: 0 },
    ),
    (
        "pushes",
        "Kapanışın ertelenmesi",
        "Close date put off",
        Kind::Number { decimals: 0 },
    ),
    ("amount_base", "Tutar", "Amount", Kind::Money),
    ("source", "Kaynak", "Source", Kind::Text),
    ("industry", "Müşterinin sektörü", "Industry of the customer", Kind::Text),
    ("company_size", "Müşterinin büyüklüğü", "Size of the customer", Kind::Text),
];

/// The facts as fields, for what a model is told by.
pub fn fields() -> impl Iterator<Item = Field> {
    FACTS
        .into_iter()
        .map(|(name, tr, en, kind)| Field::new(name, tr, en, kind, Place::Column(name)))
}

impl Situation {
    /// In the order of [`FACTS`].
    pub fn values(&self) -> Vec<Value<'_>> {
        let number = |number: Option<i64>| number.map_or(Value::Missing, |number| Value::Number(number as f64));
        vec![
            word(&self.stage),
            number(self.days_in_stage),
            number(self.age_days),
            number(self.days_to_close),
            number(self.pushes),
            number(self.amount_base),
            word(&self.source),
            word(&self.industry),
            word(&self.company_size),
        ]
    }

    /// The values that a model asks for.
    fn values_for(&self, model: &Active) -> Vec<Value<'_>> {
        let values = self.values();
        let value = |name: &str| {
            FACTS
                .iter()
                .position(|(known, ..)| *known == name)
                .and_then(|place| values.get(place))
        };
        let asked = model.model.features().map(|feature| value(&feature.name));
        asked.map(|value| value.copied().unwrap_or(Value::Missing)).collect()
    }

    /// In hundredths of a percent.
    fn probability(&self, model: &Active) -> i64 {
        let percent = (model.model.probability(&self.values_for(model)) * 100.0).round() as i64;
        percent.clamp(1, 99) * PERCENT
    }
}

fn word(text: &str) -> Value<'_> {
    if text.is_empty() { Value::Missing } else { Value::Text(text) }
}

/// What is asked of the database beside the records themselves.
#[derive(Default)]
struct Around {
    pushes: BTreeMap<i64, i64>,
    /// Industry and size of customers.
    customers: BTreeMap<i64, (String, String)>,
}

fn of_customers(ids: &[i64]) -> SelectStatement {
    Query::select()
        .columns(["id", "industry_fold", "company_size"])
        .from(Alias::new("customers"))
        .and_where(Expr::col("id").is_in(ids.iter().copied()))
        .to_owned()
}

type Customer = (i64, String, String);

impl Around {
    /// The queries for it: how often close dates were put off, and the customers.
    fn queries(dialect: Dialect, records: &[&Record]) -> (SelectStatement, SelectStatement) {
        let ids = records.iter().map(|record| record.id).filter(|id| *id > 0);
        let pushes = Query::select()
            .column("opportunity_id")
            .expr(figures::count(dialect))
            .from(Alias::new("close_date_moves"))
            .and_where(Expr::col("opportunity_id").is_in(ids))
            .and_where(Expr::col("days").gt(0))
            .group_by_col("opportunity_id")
            .to_owned();
        let customers: Vec<i64> = records.iter().filter_map(|record| record[Key::Customer].int()).collect();
        (pushes, of_customers(&customers))
    }

    fn of(pushes: Vec<(i64, i64)>, customers: Vec<Customer>) -> Around {
        Around {
            pushes: pushes.into_iter().collect(),
            customers: customers.into_iter().map(|(id, industry, size)| (id, (industry, size))).collect(),
        }
    }

    /// What is around records that are about to be kept.
    async fn held(tx: &mut Tx, records: &[&Record]) -> Result<Around> {
        let (pushes, customers) = Around::queries(tx.dialect(), records);
        Ok(Around::of(tx.all(&pushes).await?, tx.all(&customers).await?))
    }

    /// What is around a record that is looked at.
    async fn read(db: &Db, record: &Record) -> Result<Around> {
        let (pushes, customers) = Around::queries(db.dialect(), &[record]);
        let (pushes, customers) = futures::try_join!(db.all(&pushes), db.all(&customers))?;
        Ok(Around::of(pushes, customers))
    }

    fn situation(&self, record: &Record, ctx: &Ctx) -> Situation {
        let today = ctx.today();
        let since = |key: Key| Some((today - record[key].text().parse::<chrono::NaiveDate>().ok()?).num_days());
        let (industry, company_size) = record[Key::Customer]
            .int()
            .and_then(|id| self.customers.get(&id).cloned())
            .unwrap_or_default();
        Situation {
            stage: record[Key::Stage].text().to_owned(),
            days_in_stage: record[Key::StageEnteredAt].int().map(|at| Ord::max(ctx.now_us() - at, 0) / DAY_US),
            age_days: since(Key::OpenedOn).map(|days| Ord::max(days, 0)),
            days_to_close: since(Key::ExpectedCloseDate).map(|days| -days),
            pushes: Some(self.pushes.get(&record.id).copied().unwrap_or_default()),
            amount_base: record[Key::AmountBase].int(),
            source: kernel::text::fold(record[Key::Source].text()),
            industry,
            company_size,
        }
    }
}

/// Whether the model is asked for a pipeline's probabilities.
fn asks_model(pipelines: &Pipelines, record: &Record) -> bool {
    let pipeline = record[Key::Pipeline].int().and_then(|id| pipelines.get(id));
    pipeline.is_some_and(|pipeline| pipeline.probability_source == ProbabilitySource::Model)
}

/// Part of [`OPPORTUNITY`]'s settling: the probabilities that the model gives, or no longer gives.
pub async fn settle(tx: &mut Tx, ctx: &Ctx, drafts: &mut [Draft], pipelines: &Pipelines) -> Result<()> {
    let source = |record: &Record| record[Key::ProbabilitySource].text().to_owned();
    let is_meant = |draft: &Draft| {
        let after = &draft.after;
        let is_open = after[Key::Outcome].text() == Outcome::Open.word() && !after.carried.contains_key(UNDOING);
        let is_changed =
            draft.before.as_ref().is_none_or(|before| *before != *after) || after.carried.contains_key(ProbabilitySource::Model.word());
        let is_by_model = asks_model(pipelines, after) || source(after) == ProbabilitySource::Model.word();
        is_open && is_changed && is_by_model && source(after) != ProbabilitySource::Manual.word()
    };
    let places: Vec<usize> = (0..drafts.len()).filter(|place| is_meant(&drafts[*place])).collect();
    if places.is_empty() {
        return Ok(());
    }
    let model = models::active(ctx, &OPPORTUNITY).await?;
    let records: Vec<&Record> = places.iter().map(|place| &drafts[*place].after).collect();
    let around = Around::held(tx, &records).await?;
    for place in places {
        let after = &mut drafts[place].after;
        match (*model).as_ref().filter(|_| asks_model(pipelines, after)) {
            Some(model) => {
                let probability = around.situation(after, ctx).probability(model);
                after.set(Key::Probability, probability);
                after.set(Key::ProbabilitySource, ProbabilitySource::Model.word());
            }
            None => {
                let stage = after[Key::StageId].int().and_then(|id| pipelines.stage(id));
                after.set(Key::Probability, stage.map(|stage| stage.probability));
                after.set(Key::ProbabilitySource, ProbabilitySource::Stage.word());
            }
        }
    }
    Ok(())
}

/// Has the probabilities set anew soon.
pub async fn refresh_soon(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    tx.put_off(REFRESH.name, ctx.now_us()).await
}

/// Puts a training in the queue.
pub async fn ask(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    tx.enqueue(TRAIN.name, json!({ ASKED: true }), ctx.now_us()).await
}

async fn train(ctx: &Ctx, payload: &Json) -> Result<()> {
    let is_asked = payload[ASKED].as_bool().unwrap_or(false);
    if !is_asked && !models::is_in_use(&ctx.db, &OPPORTUNITY).await? {
        return Ok(());
    }
    let cases = history::cases(ctx).await?;
    let features: Vec<_> = fields().map(models::inputs::Input::of).map(|input| input.feature).collect();
    let names = features.iter().map(|feature| feature.name.clone()).collect();
    let learn = move || prediction::train(&features, cases.iter().map(history::Case::example).collect());
    if models::learned(ctx, &OPPORTUNITY, names, learn).await? {
        ctx.db.write(async |tx| refresh_soon(tx, ctx).await).await?;
    }
    Ok(())
}

/// Sets the probabilities of open opportunities anew; says how many changed.
pub async fn refresh(ctx: &Ctx) -> Result<usize> {
    let definitions = custom::definitions(ctx, OPPORTUNITY.name).await?;
    let pipelines = pipelines::all(ctx).await?;
    let by_model = pipelines
        .0
        .iter()
        .filter(|pipeline| pipeline.probability_source == ProbabilitySource::Model);
    let by_model: Vec<i64> = by_model.map(|pipeline| pipeline.id).collect();
    let (mut last, mut changed) = (0, 0);
    loop {
        let ids = ids(&ctx.db, last, &by_model).await?;
        let Some(id) = ids.last() else { return Ok(changed) };
        last = *id;
        let set = async |tx: &mut Tx| {
            let records = read::load(tx, &OPPORTUNITY, &ids, None, &definitions).await?;
            let ask = |record: &mut Record| {
                record.carried.insert(ProbabilitySource::Model.word().into(), true.into());
                Ok(())
            };
            let (changed, _) = change_all(tx, ctx, &ctx.stamp(), records, ask).await?;
            Ok(changed.len())
        };
        changed += ctx.db.write(set).await?;
    }
}

/// The next open opportunities whose probability the model gives or gave.
async fn ids(db: &Db, after: i64, by_model: &[i64]) -> Result<Vec<i64>> {
    let col = |key: &'static str| OPPORTUNITY.col(key);
    let query = Query::select()
        .column((OPPORTUNITY.table, "id"))
        .from(Alias::new(OPPORTUNITY.table))
        .and_where(col("id").gt(after))
        .and_where(col("deleted_at").is_null())
        .and_where(col("outcome").eq(Outcome::Open.word()))
        .and_where(col("probability_source").ne(ProbabilitySource::Manual.word()))
        .cond_where(
            Cond::any()
                .add(col("pipeline_id").is_in(by_model.iter().copied()))
                .add(col("probability_source").eq(ProbabilitySource::Model.word())),
        )
        .order_by((OPPORTUNITY.table, "id"), Order::Asc)
        .limit(CHUNK)
        .to_owned();
    Ok(db.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect())
}
