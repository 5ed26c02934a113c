//! Predictive models: learned in process from what was won and lost, kept as versions, one of them in force for an entity or none. A
//! training that had too little history is kept as well, with what it lacked.

pub mod inputs;

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::error::{Error, Result};
use kernel::events::NewEvent;
use kernel::json_text::JsonText;
use kernel::say;
use prediction::{Example, Feature, Model, Refusal, Trained};
use records::entity::Entity;
use records::http::Said;
use records::record::Record;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;

use inputs::{Input, Raw};

/// Closed records learned from: the newest.
const MAX_HISTORY: usize = 200_000;
/// Rows read in one go.
const CHUNK: u64 = 20_000;
/// The subject type of the events of models.
pub const SUBJECT: &str = "score_model";

/// What a model learns of: an entity, and how its records tell that they were won or lost.
pub struct Learner {
    pub entity: &'static Entity,
    pub outcome: &'static str,
    pub won: &'static str,
    pub lost: &'static str,
}

/// A version as it is kept, without the model itself.
#[derive(Clone, Debug, Serialize, FromRow, ToSchema)]
pub struct ModelVersion {
    pub id: i64,
    pub version: i64,
    #[serde(serialize_with = "kernel::clock::shown::time")]
    #[schema(value_type = String, format = DateTime)]
    pub trained_at: i64,
    pub is_active: bool,
    /// Examples it learned from.
    pub won: i64,
    pub lost: i64,
    #[schema(value_type = Vec<String>)]
    pub fields: JsonText<Vec<String>>,
    /// On examples it had not seen; none where nothing was learned.
    #[schema(value_type = Option<ModelQuality>)]
    pub quality: JsonText<Option<ModelQuality>>,
    /// Why nothing was learned.
    #[schema(value_type = Option<TrainingRefused>)]
    pub refusal: JsonText<Option<TrainingRefused>>,
}

/// How good a model is, by rolling hold-out: learned from what came before, tried on what came next.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelQuality {
    /// Examples it was tried on.
    pub examples: usize,
    pub won: usize,
    /// The chance that somebody who was won had a higher probability than somebody who was not: 0.5 is guessing.
    pub auc: f64,
    /// Mean of the squared difference of probability and outcome: less is better.
    pub brier: f64,
    /// The same if the rate of wins were said to all.
    pub brier_of_rate: f64,
    pub log_loss: f64,
    /// How far what was said and what came are apart, on average over the bands.
    pub calibration_error: f64,
    /// Ten bands by probability.
    pub reliability: Vec<ModelReliability>,
}

/// Those to whom about the same probability was said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelReliability {
    pub count: usize,
    pub predicted: f64,
    pub observed: f64,
}

/// A history that is too small.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrainingRefused {
    pub won: usize,
    pub lost: usize,
    /// So many of each are needed.
    pub needed: usize,
    pub reason_tr: String,
    pub reason_en: String,
}

impl From<Refusal> for TrainingRefused {
    fn from(refusal: Refusal) -> TrainingRefused {
        let Refusal::NotEnough { won, lost, needed } = refusal;
        let reason = say!(
            "Öğrenmek için her sonuçtan en az {} kayıt gerekir; kazanılan {}, kaybedilen {}.",
            "Learning needs {} records of each outcome at least; there are {} won and {} lost.",
            needed,
            won,
            lost
        );
        TrainingRefused {
            won,
            lost,
            needed,
            reason_tr: reason.tr.into(),
            reason_en: reason.en.into(),
        }
    }
}

/// The model in force, ready for use.
#[derive(Debug)]
pub struct Active {
    pub id: i64,
    pub version: i64,
    pub model: Model,
    /// In the order of its features; none for a field that is gone, which counts as missing.
    pub inputs: Vec<Option<Input>>,
}

/// What one field adds to the log-odds of a record.
#[derive(Serialize, ToSchema)]
pub struct ModelContribution {
    pub field: String,
    pub label: Said,
    /// What the value fell into; none when the caller does not see the field.
    pub value: Option<Said>,
    /// Above zero it speaks for, below zero against, compared with the average of the history.
    pub log_odds: f64,
}

/// Why a record has its probability: `base` and the contributions, added in this order, are `log_odds` to the last bit.
#[derive(Serialize, ToSchema)]
pub struct ModelExplanation {
    pub model_version: i64,
    pub base: f64,
    pub contributions: Vec<ModelContribution>,
    pub log_odds: f64,
    /// 1 / (1 + e^-log_odds)
    pub probability: f64,
}

/// How much a field decides.
#[derive(Serialize, ToSchema)]
pub struct ModelFeature {
    pub field: String,
    pub label: Said,
    /// The standard deviation of what it adds to the log-odds, over the history.
    pub importance: f64,
    pub bins: Vec<ModelBin>,
}

/// What a value of a field adds.
#[derive(Serialize, ToSchema)]
pub struct ModelBin {
    pub label: Said,
    pub log_odds: f64,
    /// Examples with it.
    pub examples: usize,
}

fn shown(say: kernel::error::Say) -> Said {
    Said {
        tr: say.tr.into(),
        en: say.en.into(),
    }
}

impl Active {
    fn values<'a>(&self, record: &'a Record, now_us: i64) -> Vec<prediction::Value<'a>> {
        // A record that is just coming has been created now.
        let created_at = if record.created_at == 0 { now_us } else { record.created_at };
        let value = |input: &Option<Input>| match input {
            Some(input) => input.of_record(record, created_at),
            None => prediction::Value::Missing,
        };
        self.inputs.iter().map(value).collect()
    }

    /// Between 0 and 1.
    pub fn probability(&self, record: &Record, now_us: i64) -> f64 {
        self.model.probability(&self.values(record, now_us))
    }

    /// Of a row that has the values of the inputs from `first` on.
    pub fn probability_of_row(&self, cells: &[records::Cell], created_at: i64) -> f64 {
        let values: Vec<_> = self
            .inputs
            .iter()
            .zip(cells)
            .map(|(input, cell)| match input {
                Some(input) => input.value(cell, created_at),
                None => prediction::Value::Missing,
            })
            .collect();
        self.model.probability(&values)
    }

    /// Adds the columns of its inputs to a query.
    pub fn select(&self, ctx: &Ctx, entity: &'static Entity, query: &mut SelectStatement) {
        for input in &self.inputs {
            query.expr(match input {
                Some(input) => input.sql(entity, ctx.db.dialect()),
                None => Expr::val(0),
            });
        }
    }

    fn label(&self, place: usize, name: &str) -> Said {
        match self.inputs.get(place) {
            Some(Some(input)) => shown(input.field.label.clone()),
            _ => Said {
                tr: name.to_owned(),
                en: name.to_owned(),
            },
        }
    }

    fn bin(&self, place: usize, name: &str, bin: usize) -> Said {
        match (self.inputs.get(place), self.model.bins(name)) {
            (Some(Some(input)), Some(bins)) => shown(input.bin(bins, bin)),
            _ => shown(say!("Bilinmiyor", "Unknown")),
        }
    }

    /// Why a record has its probability, as this caller may know it.
    pub fn explain(&self, ctx: &Ctx, record: &Record) -> ModelExplanation {
        let hidden = records::field_rules::hidden(record.entity, &ctx.actor);
        self.explain_values(&self.values(record, ctx.now_us()), &hidden)
    }

    /// The same of values in the order of the features; what is hidden is listed without its value.
    pub fn explain_values(&self, values: &[prediction::Value<'_>], hidden: &BTreeSet<String>) -> ModelExplanation {
        let explanation = self.model.explain(values);
        let contributions = explanation.contributions.iter().enumerate().map(|(place, part)| ModelContribution {
            field: part.feature.to_owned(),
            label: self.label(place, part.feature),
            value: (!hidden.contains(part.feature)).then(|| self.bin(place, part.feature, part.bin)),
            log_odds: part.log_odds,
        });
        ModelExplanation {
            model_version: self.version,
            base: explanation.base,
            contributions: contributions.collect(),
            log_odds: explanation.log_odds,
            probability: explanation.probability,
        }
    }

    /// Its fields, those that decide most first.
    pub fn features(&self) -> Vec<ModelFeature> {
        let feature = |(place, feature): (usize, &Feature)| {
            let bins = self.model.weights(&feature.name).enumerate();
            ModelFeature {
                label: self.label(place, &feature.name),
                importance: self.model.importance(&feature.name),
                bins: bins
                    .filter(|(_, (_, examples))| *examples > 0)
                    .map(|(bin, (log_odds, examples))| ModelBin {
                        label: self.bin(place, &feature.name, bin),
                        log_odds,
                        examples,
                    })
                    .collect(),
                field: feature.name.clone(),
            }
        };
        let mut features: Vec<ModelFeature> = self.model.features().enumerate().map(feature).collect();
        features.sort_by(|a, b| b.importance.total_cmp(&a.importance));
        features
    }
}

const COLUMNS: [&str; 9] = [
    "id",
    "version",
    "trained_at",
    "is_active",
    "won",
    "lost",
    "fields",
    "quality",
    "refusal",
];

fn select(entity: &Entity) -> SelectStatement {
    Query::select()
        .columns(COLUMNS)
        .from(Alias::new("score_models"))
        .and_where(Expr::col("entity").eq(entity.name))
        .order_by("version", Order::Desc)
        .to_owned()
}

/// Versions shown.
const MAX_VERSIONS: u64 = 100;

/// The versions, the newest first.
pub async fn versions(db: &Db, entity: &Entity) -> Result<Vec<ModelVersion>> {
    db.all(select(entity).limit(MAX_VERSIONS)).await
}

/// The model in force, from memory while nobody changes it.
pub async fn active(ctx: &Ctx, entity: &'static Entity) -> Result<Arc<Option<Active>>> {
    let ctx_ = ctx.clone();
    let make = || async move { load(&ctx_, entity).await };
    let key = format!("score_model {}", entity.name);
    ctx.db.memo().get(key, &[SUBJECT, "custom_field"], make).await
}

/// The model in force, as it stands in the database.
pub async fn load(ctx: &Ctx, entity: &'static Entity) -> Result<Option<Active>> {
    let query = Query::select()
        .columns(["id", "version", "model"])
        .from(Alias::new("score_models"))
        .and_where(Expr::col("entity").eq(entity.name))
        .and_where(Expr::col("is_active").eq(true))
        .limit(1)
        .to_owned();
    let Some((id, version, model)) = ctx.db.opt::<(i64, i64, String)>(&query).await? else {
        return Ok(None);
    };
    let model: Model = serde_json::from_str(&model)?;
    let available = inputs::available(ctx, entity).await?;
    let input = |feature: &Feature| available.iter().find(|input| input.feature == *feature).cloned();
    Ok(Some(Active {
        id,
        version,
        inputs: model.features().map(input).collect(),
        model,
    }))
}

/// Learns from the history, keeps what came of it as a new version, and puts that in force unless somebody has chosen otherwise; whether a
/// model was put in force.
pub async fn train(ctx: &Ctx, learner: &'static Learner, names: &[String]) -> Result<bool> {
    let inputs = inputs::named(ctx, learner.entity, names).await?;
    let history = history(ctx, learner, &inputs).await?;
    let fields: Vec<String> = inputs.iter().map(|input| input.feature.name.clone()).collect();
    let learn = move || {
        let features: Vec<Feature> = inputs.iter().map(|input| input.feature.clone()).collect();
        prediction::train(&features, history.iter().filter_map(|row| example(row, &inputs, learner)).collect())
    };
    learned(ctx, learner.entity, fields, learn).await
}

/// The same of a history that is at hand: learns beside the tasks that answer others.
pub async fn learned(
    ctx: &Ctx,
    entity: &'static Entity,
    fields: Vec<String>,
    learn: impl FnOnce() -> Result<Trained, Refusal> + Send + 'static,
) -> Result<bool> {
    let learned = tokio::task::spawn_blocking(learn)
        .await
        .map_err(|panic| Error::internal(format!("learning panicked: {panic}")))?;
    ctx.db.write(async |tx| keep(tx, ctx, entity, fields, learned).await).await
}

/// Columns of a row of the history before those of the inputs: id, creation, outcome.
const HEAD: usize = 3;

async fn history(ctx: &Ctx, learner: &Learner, inputs: &[Input]) -> Result<Vec<Raw>> {
    let entity = learner.entity;
    let (mut rows, mut below) = (Vec::new(), i64::MAX);
    while rows.len() < MAX_HISTORY {
        let mut query = Query::select();
        query
            .columns([(entity.table, "id"), (entity.table, "created_at"), (entity.table, learner.outcome)])
            .from(Alias::new(entity.table))
            .and_where(entity.col("id").lt(below))
            .and_where(entity.col("deleted_at").is_null())
            .and_where(entity.col(learner.outcome).is_in([learner.won, learner.lost]))
            .order_by((entity.table, "id"), Order::Desc)
            .limit(CHUNK);
        for input in inputs {
            query.expr(input.sql(entity, ctx.db.dialect()));
        }
        let some: Vec<Raw> = ctx.db.all(&query).await?;
        let Some(last) = some.last().and_then(|row| row.0.first()?.int()) else {
            break;
        };
        below = last;
        rows.extend(some);
    }
    Ok(rows)
}

fn example<'a>(row: &'a Raw, inputs: &[Input], learner: &Learner) -> Option<Example<'a>> {
    let at = row.0.get(1)?.int()?;
    let cells = row.0.get(HEAD..)?;
    Some(Example {
        at,
        values: inputs.iter().zip(cells).map(|(input, cell)| input.value(cell, at)).collect(),
        is_won: row.0.get(2)?.text() == learner.won,
    })
}

async fn keep(tx: &mut Tx, ctx: &Ctx, entity: &'static Entity, fields: Vec<String>, learned: Result<Trained, Refusal>) -> Result<bool> {
    let known: Vec<ModelVersion> = tx.all(&select(entity)).await?;
    let version = known.first().map_or(1, |newest| newest.version + 1);
    let (model, quality, won, lost, refusal) = match learned {
        Ok(Trained { model, quality }) => {
            let (won, lost) = (model.won, model.lost);
            (serde_json::to_string(&model)?, Some(quality), won, lost, None)
        }
        Err(refusal) => {
            let refused = TrainingRefused::from(refusal);
            (String::new(), None, refused.won, refused.lost, Some(refused))
        }
    };
    // A model that tells no more than the rate of wins is kept, but not used; and who went back to an older one, or to the rules, meant it.
    let is_worth = quality.as_ref().is_some_and(|quality| quality.brier < quality.brier_of_rate);
    let mut models = known.iter().filter(|known| known.refusal.0.is_none());
    let is_welcome = models.next().is_none_or(|newest| newest.is_active);
    let row = vec![
        entity.name.into(),
        version.into(),
        ctx.now_us().into(),
        serde_json::to_string(&fields)?.into(),
        model.into(),
        serde_json::to_string(&quality)?.into(),
        (won as i64).into(),
        (lost as i64).into(),
        serde_json::to_string(&refusal)?.into(),
    ];
    let columns = [
        "entity",
        "version",
        "trained_at",
        "fields",
        "model",
        "quality",
        "won",
        "lost",
        "refusal",
    ];
    let ids = tx.insert_new_rows("score_models", &columns, [row].into_iter()).await?;
    let id = ids.first().copied().unwrap_or_default();
    let event = NewEvent::new("score_model.trained", SUBJECT, id)
        .payload(json!({ "entity": entity.name, "version": version, "is_refused": refusal.is_some() }));
    tx.emit(&ctx.stamp(), event).await?;
    if is_worth && is_welcome {
        put_in_force(tx, ctx, entity, Some((id, version))).await?;
    }
    Ok(is_worth && is_welcome)
}

/// Puts a version in force, or none.
async fn put_in_force(tx: &mut Tx, ctx: &Ctx, entity: &Entity, version: Option<(i64, i64)>) -> Result<()> {
    let set = |is_active: bool| {
        let mut update = Query::update();
        update.table("score_models").value("is_active", is_active);
        update
    };
    let mut end = set(false);
    end.and_where(Expr::col("entity").eq(entity.name))
        .and_where(Expr::col("is_active").eq(true));
    tx.exec(&end).await?;
    let (kind, id) = match version {
        Some((id, _)) => {
            tx.exec(set(true).and_where(Expr::col("id").eq(id))).await?;
            ("score_model.activated", id)
        }
        None => ("score_model.deactivated", 0),
    };
    let payload = json!({ "entity": entity.name, "version": version.map(|(_, version)| version) });
    tx.emit(&ctx.stamp(), NewEvent::new(kind, SUBJECT, id).payload(payload)).await
}

/// Puts a version in force that somebody chose.
pub async fn activate(tx: &mut Tx, ctx: &Ctx, entity: &'static Entity, id: i64) -> Result<ModelVersion> {
    let mut query = select(entity);
    query.and_where(Expr::col("id").eq(id));
    let version: ModelVersion = tx.opt(&query).await?.ok_or(Error::NotFound)?;
    if version.refusal.0.is_some() {
        return Err(Error::Conflict(say!(
            "Bu eğitimde geçmiş yetmediği için bir model öğrenilmedi.",
            "Nothing was learned in this training: the history was too small."
        )));
    }
    if !version.is_active {
        put_in_force(tx, ctx, entity, Some((id, version.version))).await?;
    }
    tx.one(&query).await
}

/// Puts no model in force.
pub async fn deactivate(tx: &mut Tx, ctx: &Ctx, entity: &'static Entity) -> Result<()> {
    put_in_force(tx, ctx, entity, None).await
}

/// Whether anything was ever learned: only then is it learned again by itself.
pub async fn is_in_use(db: &Db, entity: &Entity) -> Result<bool> {
    Ok(versions(db, entity).await?.iter().any(|version| version.refusal.0.is_none()))
}
