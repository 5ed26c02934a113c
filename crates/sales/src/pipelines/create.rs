//! A new pipeline with its stages.

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::events::NewEvent;
use sea_query::Query;
use serde_json::json;

use super::{Category, Outcome};

/// A stage about to be made.
#[derive(Clone, Debug)]
pub struct NewStage {
    pub key: String,
    pub name_tr: String,
    pub name_en: String,
    pub outcome: Outcome,
    /// Hundredths of a percent; of an end it follows from the outcome.
    pub probability: i64,
    pub category: Category,
    pub rots_after_days: Option<i64>,
    pub required_fields: Vec<String>,
}

impl NewStage {
    /// A stage in which opportunities are open, with a probability in percent.
    pub fn open(key: &str, tr: &str, en: &str, percent: i64, category: Category) -> NewStage {
        NewStage {
            key: key.to_owned(),
            name_tr: tr.to_owned(),
            name_en: en.to_owned(),
            outcome: Outcome::Open,
            probability: percent * 100,
            category,
            rots_after_days: None,
            required_fields: Vec::new(),
        }
    }

    /// Where opportunities end.
    pub fn end(key: &str, tr: &str, en: &str, outcome: Outcome) -> NewStage {
        NewStage {
            outcome,
            category: Category::Closed,
            ..NewStage::open(key, tr, en, if outcome == Outcome::Won { 100 } else { 0 }, Category::Closed)
        }
    }
}

/// Makes a pipeline; as the default one it takes the place of the one before.
pub async fn create(tx: &mut Tx, ctx: &Ctx, name: &str, stages: &[NewStage], is_default: bool) -> Result<i64> {
    if is_default {
        tx.exec(&Query::update().table("pipelines").value("is_default", false).to_owned())
            .await?;
    }
    let insert = Query::insert()
        .into_table("pipelines")
        .columns(["name", "is_default"])
        .values_panic([name.into(), is_default.into()])
        .returning_col("id")
        .to_owned();
    let id = tx.insert(&insert).await?;
    let mut rows = Vec::with_capacity(stages.len());
    for (position, stage) in stages.iter().enumerate() {
        rows.push(vec![
            id.into(),
            stage.key.as_str().into(),
            stage.name_tr.as_str().into(),
            stage.name_en.as_str().into(),
            stage.outcome.word().into(),
            stage.probability.into(),
            stage.category.word().into(),
            stage.rots_after_days.into(),
            serde_json::to_string(&stage.required_fields)?.into(),
            (position as i64).into(),
        ]);
    }
    let columns = [
        "pipeline_id",
        "key",
        "name_tr",
        "name_en",
        "outcome",
        "probability",
        "category",
        "rots_after_days",
        "required_fields",
        "position",
    ];
    tx.insert_rows("stages", &columns, rows.into_iter()).await?;
    let event = NewEvent::new("pipeline.created", "pipeline", id).payload(json!({ "name": name }));
    tx.emit(&ctx.stamp(), event).await?;
    Ok(id)
}
