//! Pipelines: the stages an opportunity goes through, each with its probability, its gate, and how long one may stay.

pub mod change;
pub mod http;

use std::sync::Arc;

use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::error::Result;
use kernel::json_text::JsonText;
use kernel::text::fold;
use records::choices;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::opportunities::ProbabilitySource;

choices! {
    /// Whether an opportunity is still open, and how it ended.
    Outcome {
        Open: "open", "Açık", "Open";
        Won: "won", "Kazanıldı", "Won";
        Lost: "lost", "Kaybedildi", "Lost";
    }
}

choices! {
    /// What a forecast counts on.
    Category {
        Pipeline: "pipeline", "Süreçte", "Pipeline";
        BestCase: "best_case", "En iyi durum", "Best case";
        Commit: "commit", "Taahhüt", "Commit";
        Closed: "closed", "Kapandı", "Closed";
        Omitted: "omitted", "Tahmin dışı", "Omitted";
    }
}

/// A pipeline with its stages, in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Pipeline {
    pub id: i64,
    pub name: String,
    pub is_default: bool,
    pub is_archived: bool,
    /// What gives its opportunities their probability, unless somebody set it: `stage`, or `model` where one is in force.
    pub probability_source: ProbabilitySource,
    pub stages: Vec<Stage>,
}

/// A stage of a pipeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow, utoipa::ToSchema)]
pub struct Stage {
    pub id: i64,
    pub pipeline_id: i64,
    /// `proposal`: its name in the API, its own within the pipeline.
    pub key: String,
    pub name_tr: String,
    pub name_en: String,
    #[sqlx(try_from = "String")]
    pub outcome: Outcome,
    /// Hundredths of a percent.
    pub probability: i64,
    /// The forecast category of opportunities in it, unless theirs is pinned.
    #[sqlx(try_from = "String")]
    pub category: Category,
    /// After so many days an opportunity in it is said to rot; none where it may stay.
    pub rots_after_days: Option<i64>,
    /// Names of fields without which none enters.
    #[schema(value_type = Vec<String>)]
    pub required_fields: JsonText<Vec<String>>,
    pub position: i64,
}

/// All pipelines, the default one first.
#[derive(Clone, Debug, Default)]
pub struct Pipelines(pub Vec<Pipeline>);

impl Pipelines {
    pub fn get(&self, id: i64) -> Option<&Pipeline> {
        self.0.iter().find(|pipeline| pipeline.id == id)
    }

    pub fn default(&self) -> Option<&Pipeline> {
        self.0
            .iter()
            .find(|pipeline| pipeline.is_default)
            .or_else(|| self.0.iter().find(|pipeline| !pipeline.is_archived))
    }

    pub fn stage(&self, id: i64) -> Option<&Stage> {
        self.stages().find(|stage| stage.id == id)
    }

    pub fn stages(&self) -> impl Iterator<Item = &Stage> {
        self.0.iter().flat_map(|pipeline| &pipeline.stages)
    }
}

impl Pipeline {
    /// The stage of this key.
    pub fn stage(&self, key: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.key == key)
    }

    /// The stage that people call so.
    pub fn called(&self, name: &str) -> Option<&Stage> {
        let name = fold(name);
        self.stages
            .iter()
            .find(|stage| [&stage.key, &stage.name_tr, &stage.name_en].iter().any(|known| fold(known) == name))
    }

    /// Where opportunities begin.
    pub fn first(&self) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.outcome == Outcome::Open)
    }

    /// The stage in which opportunities end so.
    pub fn ending(&self, outcome: Outcome) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.outcome == outcome)
    }
}

/// All pipelines, from memory while nobody changes them.
pub async fn all(ctx: &Ctx) -> Result<Arc<Pipelines>> {
    let db = ctx.db.clone();
    ctx.db.memo().get("pipelines".into(), &["pipeline"], || load(db)).await
}

#[derive(FromRow)]
struct Row {
    id: i64,
    name: String,
    is_default: bool,
    archived_at: Option<i64>,
    #[sqlx(try_from = "String")]
    probability_source: ProbabilitySource,
}

fn select() -> SelectStatement {
    Query::select()
        .columns(["id", "name", "is_default", "archived_at", "probability_source"])
        .from(Alias::new("pipelines"))
        .order_by("is_default", Order::Desc)
        .order_by("position", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned()
}

fn select_stages() -> SelectStatement {
    Query::select()
        .columns([
            "id",
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
        ])
        .from(Alias::new("stages"))
        .order_by("position", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned()
}

fn together(row: Row, stages: &[Stage]) -> Pipeline {
    Pipeline {
        stages: stages.iter().filter(|stage| stage.pipeline_id == row.id).cloned().collect(),
        id: row.id,
        name: row.name,
        is_default: row.is_default,
        is_archived: row.archived_at.is_some(),
        probability_source: row.probability_source,
    }
}

async fn load(db: Db) -> Result<Pipelines> {
    let stages: Vec<Stage> = db.all(&select_stages()).await?;
    let rows = db.all::<Row>(&select()).await?;
    Ok(Pipelines(rows.into_iter().map(|row| together(row, &stages)).collect()))
}

/// A pipeline as it stands within a transaction.
async fn one(tx: &mut Tx, id: i64) -> Result<Option<Pipeline>> {
    let stages: Vec<Stage> = tx.all(select_stages().and_where(Expr::col("pipeline_id").eq(id))).await?;
    let row: Option<Row> = tx.opt(select().and_where(Expr::col("id").eq(id))).await?;
    Ok(row.map(|row| together(row, &stages)))
}
