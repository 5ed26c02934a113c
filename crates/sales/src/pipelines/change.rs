//! Changing pipelines and their stages. Every change is an event of the subject type `pipeline`, which whatever remembers them listens to.

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, Say, invalid};
use kernel::events::{Event, NewEvent};
use kernel::operations::Refusal;
use kernel::{operations, say, text};
use records::change::change_all;
use records::edit::{self, Edit};
use records::record::Record;
use records::{custom, order, read};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Category, Outcome, Pipeline, Pipelines, Stage};
use crate::opportunities::{FIELDS, Key, OPPORTUNITY, ProbabilitySource, chances};
use crate::products::decimal;

/// The subject type of the events of pipelines and their stages.
pub const SUBJECT: &str = "pipeline";
const MAX_NAME_CHARS: usize = 60;
const MAX_KEY_CHARS: usize = 20;
/// How many pipelines there may be, and how many stages each.
const MAX_PIPELINES: usize = 50;
const MAX_STAGES: usize = 30;
/// Opportunities moved in one transaction when their stage goes.
const MAX_MOVED: u64 = 10_000;

/// What is to be set of a pipeline.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PipelineInput {
    pub name: Option<String>,
    /// Where opportunities go that name none. The one that was it before no longer is.
    pub is_default: Option<bool>,
    /// Whether it is out of use; its opportunities stay.
    pub is_archived: Option<bool>,
    /// What gives its opportunities their probability, unless somebody set it: `stage` or `model`.
    pub probability_source: Option<String>,
}

/// What is to be set of a stage.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StageInput {
    /// Given once, when it is made; from the English name when it is not given.
    pub key: Option<String>,
    pub name_tr: Option<String>,
    pub name_en: Option<String>,
    /// `open`, `won` or `lost`; given once, when it is made.
    #[schema(value_type = Option<Outcome>)]
    pub outcome: Option<String>,
    /// In percent.
    #[schema(value_type = Option<String>)]
    pub probability: Option<Value>,
    #[schema(value_type = Option<Category>)]
    pub category: Option<String>,
    /// After how many days an opportunity in it is said to rot; 0 is never.
    pub rots_after_days: Option<i64>,
    /// Names of fields without which none enters.
    pub required_fields: Option<Vec<String>>,
}

/// The pipelines as they stand, for a change: not those that are remembered.
async fn fresh(tx: &mut Tx, ctx: &Ctx) -> Result<Pipelines> {
    // One at a time: names, the default one and keys are compared with all others.
    tx.lock_table("pipelines").await?;
    super::load(ctx.db.clone()).await
}

fn find(pipelines: &Pipelines, id: i64) -> Result<Pipeline> {
    pipelines.get(id).cloned().ok_or(Error::NotFound)
}

fn name(field: &str, text: &str, errors: &mut FieldErrors) -> String {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
        errors.add(
            field,
            say!(
                "1 ile {} karakter arasında olmalı.",
                "Must have 1 to {} characters.",
                MAX_NAME_CHARS
            ),
        );
    }
    name
}

/// Tells what became of a pipeline: how it stood before, with its stages, and how it stands now.
async fn tell(tx: &mut Tx, stamp: &Stamp, kind: &'static str, id: i64, before: Option<Pipeline>) -> Result<()> {
    let after = super::one(tx, id).await?;
    let edit = Edit { before, after };
    tx.emit(
        stamp,
        NewEvent::new(kind, SUBJECT, id).payload(edit.images()).changes(edit.changes()),
    )
    .await
}

/// Makes a pipeline, with the stages of the default one to begin with; gives its id.
pub async fn create(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, input: &PipelineInput) -> Result<i64> {
    let pipelines = fresh(tx, ctx).await?;
    let mut errors = FieldErrors::default();
    let name = name("name", input.name.as_deref().unwrap_or_default(), &mut errors);
    refuse_twin(&pipelines, 0, &name, &mut errors);
    let source = probability_source(input, ProbabilitySource::Stage, &mut errors);
    if pipelines.0.len() >= MAX_PIPELINES {
        errors.add("name", say!("En çok {} olabilir.", "May be {} at most.", MAX_PIPELINES));
    }
    errors.check()?;
    let insert = Query::insert()
        .into_table("pipelines")
        .columns(["name", "position"])
        .values_panic([name.as_str().into(), (pipelines.0.len() as i64).into()])
        .returning_col("id")
        .to_owned();
    let id = tx.insert(&insert).await?;
    let stages = pipelines.default().map(|pipeline| pipeline.stages.clone()).unwrap_or_default();
    insert_stages(tx, id, &stages).await?;
    set_probability_source(tx, ctx, id, ProbabilitySource::Stage, source).await?;
    if input.is_default == Some(true) {
        make_default(tx, stamp, &pipelines, id).await?;
    }
    tell(tx, stamp, "pipeline.created", id, None).await?;
    Ok(id)
}

fn refuse_twin(pipelines: &Pipelines, id: i64, name: &str, errors: &mut FieldErrors) {
    let is_twin = |known: &Pipeline| known.id != id && text::fold(&known.name) == text::fold(name);
    if pipelines.0.iter().any(is_twin) {
        errors.add("name", say!("Bu adda bir satış süreci var.", "There is a pipeline of this name."));
    }
}

const STAGE_COLUMNS: [&str; 10] = [
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

fn stage_row(pipeline_id: i64, stage: &Stage) -> Vec<sea_query::Value> {
    vec![
        pipeline_id.into(),
        stage.key.as_str().into(),
        stage.name_tr.as_str().into(),
        stage.name_en.as_str().into(),
        stage.outcome.word().into(),
        stage.probability.into(),
        stage.category.word().into(),
        stage.rots_after_days.into(),
        json!(stage.required_fields).to_string().into(),
        stage.position.into(),
    ]
}

async fn insert_stages(tx: &mut Tx, pipeline_id: i64, stages: &[Stage]) -> Result<()> {
    let rows = stages.iter().map(|stage| stage_row(pipeline_id, stage));
    tx.insert_rows("stages", &STAGE_COLUMNS, rows).await
}

/// Makes a pipeline the default one, and tells of the one that was.
async fn make_default(tx: &mut Tx, stamp: &Stamp, pipelines: &Pipelines, id: i64) -> Result<()> {
    for (is_it, yes) in [(Expr::col("id").ne(id), false), (Expr::col("id").eq(id), true)] {
        let set = Query::update()
            .table("pipelines")
            .value("is_default", yes)
            .and_where(is_it)
            .to_owned();
        tx.exec(&set).await?;
    }
    let last = pipelines.0.iter().find(|known| known.is_default && known.id != id).cloned();
    match last {
        Some(last) => tell(tx, stamp, "pipeline.updated", last.id, Some(last)).await,
        None => Ok(()),
    }
}

/// Renames a pipeline, takes it out of use or back, or makes it the default one.
pub async fn update(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, id: i64, input: &PipelineInput) -> Result<bool> {
    let pipelines = fresh(tx, ctx).await?;
    let pipeline = find(&pipelines, id)?;
    let mut errors = FieldErrors::default();
    let wanted = name("name", input.name.as_deref().unwrap_or(&pipeline.name), &mut errors);
    refuse_twin(&pipelines, id, &wanted, &mut errors);
    let is_archived = input.is_archived.unwrap_or(pipeline.is_archived);
    let is_default = input.is_default.unwrap_or(pipeline.is_default);
    let source = probability_source(input, pipeline.probability_source, &mut errors);
    if pipeline.is_default && !is_default {
        errors.add(
            "is_default",
            say!(
                "Bunun yerine başka birini varsayılan yapın.",
                "Make another one the default instead."
            ),
        );
    }
    if is_archived && is_default {
        errors.add(
            "is_archived",
            say!("Varsayılan satış süreci arşivlenemez.", "The default pipeline cannot be archived."),
        );
    }
    errors.check()?;
    let before = (pipeline.name.as_str(), pipeline.is_archived, pipeline.is_default);
    if (wanted.as_str(), is_archived, is_default) == before && source == pipeline.probability_source {
        return Ok(false);
    }
    set_probability_source(tx, ctx, id, pipeline.probability_source, source).await?;
    let set = Query::update()
        .table("pipelines")
        .value("name", wanted.as_str())
        .value("archived_at", is_archived.then(|| ctx.now_us()))
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.exec(&set).await?;
    if is_default && !pipeline.is_default {
        make_default(tx, stamp, &pipelines, id).await?;
    }
    tell(tx, stamp, "pipeline.updated", id, Some(pipeline)).await?;
    Ok(true)
}

/// What is to give probabilities: the stage or the model.
fn probability_source(input: &PipelineInput, before: ProbabilitySource, errors: &mut FieldErrors) -> ProbabilitySource {
    match input.probability_source.as_deref().map(ProbabilitySource::parse) {
        None => before,
        Some(Ok(source)) if source != ProbabilitySource::Manual => source,
        Some(_) => {
            errors.add("probability_source", say!("stage veya model olmalı.", "Must be stage or model."));
            before
        }
    }
}

/// Sets what gives probabilities, and has those of its opportunities follow soon.
async fn set_probability_source(tx: &mut Tx, ctx: &Ctx, id: i64, before: ProbabilitySource, source: ProbabilitySource) -> Result<()> {
    if source == before {
        return Ok(());
    }
    let set = Query::update()
        .table("pipelines")
        .value("probability_source", source.word())
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.exec(&set).await?;
    chances::refresh_soon(tx, ctx).await
}

impl Stage {
    /// Sets what is given; what is wrong is collected.
    fn set(&mut self, input: &StageInput, errors: &mut FieldErrors) {
        self.name_tr = name("name_tr", input.name_tr.as_deref().unwrap_or(&self.name_tr), errors);
        // What is not said in English is as in Turkish.
        let english = input
            .name_en
            .as_deref()
            .or(Some(self.name_en.as_str()).filter(|name| !name.is_empty()));
        self.name_en = name("name_en", english.unwrap_or(&self.name_tr), errors);
        if let Some(probability) = &input.probability {
            match decimal(probability, 2) {
                Ok(value) if value <= 10_000 => self.probability = value,
                _ => errors.add("probability", say!("0 ile 100 arasında olmalı.", "Must be between 0 and 100.")),
            }
        }
        match self.outcome {
            Outcome::Open => {}
            Outcome::Won => self.probability = 10_000,
            Outcome::Lost => self.probability = 0,
        }
        if let Some(word) = &input.category {
            match Category::parse(word) {
                Ok(category) => self.category = category,
                Err(problem) => errors.add("category", problem),
            }
        }
        match input.rots_after_days {
            None => {}
            Some(0) => self.rots_after_days = None,
            Some(days) if (1..=3_650).contains(&days) => self.rots_after_days = Some(days),
            Some(_) => errors.add(
                "rots_after_days",
                say!("0 ile 3650 arasında olmalı.", "Must be between 0 and 3650."),
            ),
        }
        if let Some(fields) = &input.required_fields {
            let is_written = |field: &String| FIELDS.iter().any(|spec| spec.name() == field && spec.is_written());
            if let Some(unknown) = fields.iter().find(|field| !is_written(field)) {
                let known = FIELDS.iter().filter(|spec| spec.is_written()).map(|spec| spec.name());
                errors.add("required_fields", records::patch::unknown(unknown, known));
            }
            self.required_fields.0.clone_from(fields);
        }
    }
}

/// Adds a stage to a pipeline, before its ends when it is an open one; gives its id.
pub async fn add_stage(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, pipeline_id: i64, input: &StageInput) -> Result<()> {
    let pipelines = fresh(tx, ctx).await?;
    let pipeline = find(&pipelines, pipeline_id)?;
    let mut errors = FieldErrors::default();
    let outcome = match input.outcome.as_deref().map(Outcome::parse) {
        None => Outcome::Open,
        Some(Ok(outcome)) => outcome,
        Some(Err(problem)) => {
            errors.add("outcome", problem);
            Outcome::Open
        }
    };
    let mut stage = Stage {
        id: 0,
        pipeline_id,
        key: String::new(),
        name_tr: String::new(),
        name_en: String::new(),
        outcome,
        probability: 0,
        category: match outcome {
            Outcome::Open => Category::Pipeline,
            _ => Category::Closed,
        },
        rots_after_days: None,
        required_fields: kernel::json_text::JsonText(Vec::new()),
        position: 0,
    };
    stage.set(input, &mut errors);
    stage.key = match &input.key {
        Some(key) => key.trim().to_owned(),
        None => text::words(&text::fold(&stage.name_en))
            .join("_")
            .chars()
            .take(MAX_KEY_CHARS)
            .collect(),
    };
    let is_word = |key: &str| {
        key.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if stage.key.is_empty() || stage.key.len() > MAX_KEY_CHARS || !is_word(&stage.key) {
        errors.add(
            "key",
            say!(
                "Küçük harf, rakam ve alt çizgiden oluşmalı, en çok {} karakter: örneğin demo.",
                "Must be of small letters, digits and underscores, {} characters at most: such as demo.",
                MAX_KEY_CHARS
            ),
        );
    } else if pipeline.stage(&stage.key).is_some() {
        errors.add("key", say!("Bu aşama zaten var.", "There is this stage already."));
    }
    if pipeline.stages.len() >= MAX_STAGES {
        errors.add("key", say!("En çok {} olabilir.", "May be {} at most.", MAX_STAGES));
    }
    errors.check()?;
    let before = |known: &Stage| outcome != Outcome::Open || known.outcome == Outcome::Open;
    let place = pipeline.stages.iter().take_while(|known| before(known)).count();
    let ids: Vec<i64> = pipeline.stages.iter().skip(place).map(|known| known.id).collect();
    let later = Query::update()
        .table("stages")
        .value("position", Expr::col("position").add(1))
        .and_where(Expr::col("id").is_in(ids))
        .to_owned();
    tx.exec(&later).await?;
    let last = place.checked_sub(1).and_then(|before| pipeline.stages.get(before));
    stage.position = last.map_or(0, |last| last.position + 1);
    insert_stages(tx, pipeline_id, std::slice::from_ref(&stage)).await?;
    tell(tx, stamp, "pipeline.stage_added", pipeline_id, Some(pipeline)).await
}

fn stage_of(pipelines: &Pipelines, pipeline_id: i64, id: i64) -> Result<Stage> {
    let found = pipelines.stage(id).filter(|stage| stage.pipeline_id == pipeline_id);
    found.cloned().ok_or(Error::NotFound)
}

/// Changes a stage. Opportunities in it keep the probability they have until they move.
pub async fn update_stage(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, stage_id: (i64, i64), input: &StageInput) -> Result<bool> {
    let (pipeline_id, id) = stage_id;
    let pipelines = fresh(tx, ctx).await?;
    let before = stage_of(&pipelines, pipeline_id, id)?;
    let mut errors = FieldErrors::default();
    let once = || say!("Sonradan değişmez.", "Does not change later.");
    if input.key.as_ref().is_some_and(|key| *key != before.key) {
        errors.add("key", once());
    }
    if input.outcome.as_ref().is_some_and(|outcome| outcome != before.outcome.word()) {
        errors.add("outcome", once());
    }
    let mut stage = before.clone();
    stage.set(input, &mut errors);
    errors.check()?;
    if stage == before {
        return Ok(false);
    }
    let set = Query::update()
        .table("stages")
        .value("name_tr", stage.name_tr.as_str())
        .value("name_en", stage.name_en.as_str())
        .value("probability", stage.probability)
        .value("category", stage.category.word())
        .value("rots_after_days", stage.rots_after_days)
        .value("required_fields", json!(stage.required_fields).to_string())
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.exec(&set).await?;
    tell(
        tx,
        stamp,
        "pipeline.stage_updated",
        pipeline_id,
        pipelines.get(pipeline_id).cloned(),
    )
    .await?;
    Ok(true)
}

/// Brings the stages of a pipeline into an order that names each of them once.
pub async fn reorder(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, pipeline_id: i64, ids: &[i64]) -> Result<()> {
    let pipeline = find(&fresh(tx, ctx).await?, pipeline_id)?;
    let each = say!(
        "Sürecin her aşaması bir kez geçmeli.",
        "Must name each stage of the pipeline exactly once."
    );
    order::check("stage_ids", ids, pipeline.stages.iter().map(|stage| stage.id), each)?;
    order::put(tx, "stages", ids).await?;
    tell(tx, stamp, "pipeline.stages_reordered", pipeline_id, Some(pipeline)).await
}

/// Ends a stage that is empty, or whose opportunities go to another of the same pipeline. Every pipeline keeps a stage to begin in and both
/// ends.
pub async fn delete_stage(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, stage_id: (i64, i64), move_to: Option<i64>) -> Result<()> {
    let (pipeline_id, id) = stage_id;
    let pipelines = fresh(tx, ctx).await?;
    let stage = stage_of(&pipelines, pipeline_id, id)?;
    let pipeline = find(&pipelines, pipeline_id)?;
    let alike = pipeline.stages.iter().filter(|known| known.outcome == stage.outcome).count();
    if alike < 2 {
        return Err(Error::Conflict(say!(
            "Her süreçte en az bir açık, bir kazanıldı ve bir kaybedildi aşaması olmalı.",
            "Every pipeline needs an open, a won and a lost stage."
        )));
    }
    let inside = Query::select()
        .columns(["id"])
        .from(Alias::new("opportunities"))
        .and_where(Expr::col("stage_id").eq(id))
        .limit(MAX_MOVED + 1)
        .to_owned();
    let inside: Vec<i64> = tx.all::<(i64,)>(&inside).await?.into_iter().map(|(id,)| id).collect();
    if !inside.is_empty() {
        let target = match move_to {
            None => {
                return Err(Error::Conflict(say!(
                    "Bu aşamada fırsatlar var; move_to ile nereye gideceklerini söyleyin.",
                    "There are opportunities in this stage; say by move_to where they go."
                )));
            }
            Some(target) => stage_of(&pipelines, pipeline_id, target).map_err(|_| unfit())?,
        };
        if target.id == id || target.outcome != stage.outcome {
            return Err(unfit());
        }
        if inside.len() as u64 > MAX_MOVED {
            return Err(Error::Conflict(say!(
                "Bu aşamada {} fırsattan fazlası var; önce onları taşıyın.",
                "There are more than {} opportunities in this stage; move them first.",
                MAX_MOVED
            )));
        }
        empty(tx, ctx, &inside, &target).await?;
    }
    let gone = Query::delete().from_table("stages").and_where(Expr::col("id").eq(id)).to_owned();
    tx.exec(&gone).await?;
    tell(tx, stamp, "pipeline.stage_deleted", pipeline_id, Some(pipeline)).await
}

fn unfit() -> Error {
    invalid(
        "move_to",
        say!(
            "Aynı sürecin, aynı sonuçtaki başka bir aşaması olmalı.",
            "Must be another stage of the same pipeline, with the same outcome."
        ),
    )
}

/// Moves all opportunities of a stage to another, as one operation. Those that are deleted go along, so that they can come back.
async fn empty(tx: &mut Tx, ctx: &Ctx, ids: &[i64], target: &Stage) -> Result<()> {
    let definitions = custom::definitions(ctx, OPPORTUNITY.name).await?;
    let operation = operations::note(tx, &ctx.stamp(), &OPPORTUNITY.operation("stage"), json!({ "changed": ids.len() })).await?;
    let stamp = ctx.stamp().within(operation);
    // Whoever manages pipelines moves what is in them, whosever it is.
    let system = ctx.as_system();
    for some in ids.chunks(500) {
        let records = read::load(tx, &OPPORTUNITY, some, None, &definitions).await?;
        let order: Vec<String> = records.iter().map(|record| record.name().to_owned()).collect();
        let go = |record: &mut Record| {
            record.set(Key::Stage, target.key.as_str());
            Ok(())
        };
        let (_, refused) = change_all(tx, &system, &stamp, records, go).await?;
        if let Some(refused) = refused.first() {
            let name = order.get(refused.index).cloned().unwrap_or_default();
            let field = refused.errors.0.keys().next().cloned().unwrap_or_default();
            return Err(Error::Conflict(lacks(&name, &field)));
        }
    }
    Ok(())
}

fn lacks(name: &str, field: &str) -> Say {
    say!(
        "“{}” fırsatında hedef aşamanın istediği alan eksik: {}.",
        "The opportunity “{}” lacks what that stage asks for: {}.",
        name,
        field
    )
}

/// Takes back events of pipelines, newest first: the whole pipeline with its stages comes back, or nothing. A stage, or a pipeline, in which
/// there are opportunities now does not go. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        tx.lock_table("pipelines").await?;
        let mut refusals = Vec::new();
        for event in events {
            let id = event.subject_id;
            let side = |name: &str| serde_json::from_value::<Option<Pipeline>>(event.payload[name].clone());
            let (before, after) = (side("before")?, side("after")?);
            let now = super::one(tx, id).await?;
            if now != after {
                let problem = say!("Bu süreç sonradan değiştirilmiş.", "This pipeline was changed since.");
                refusals.push(edit::whole(SUBJECT, id, problem));
                continue;
            }
            let stages = |side: &Option<Pipeline>| side.as_ref().map(|pipeline| pipeline.stages.clone()).unwrap_or_default();
            let (old, new) = (stages(&before), stages(&now));
            let gone: Vec<i64> = new
                .iter()
                .map(|stage| stage.id)
                .filter(|id| old.iter().all(|stage| stage.id != *id))
                .collect();
            if is_any_in(tx, &gone).await? {
                let problem = say!("Bu aşamada artık fırsatlar var.", "There are opportunities in this stage now.");
                refusals.push(edit::whole(SUBJECT, id, problem));
                continue;
            }
            let end = |table: &'static str, ids: Vec<i64>| {
                let mut end = Query::delete();
                end.from_table(table).and_where(Expr::col("id").is_in(ids));
                end
            };
            tx.exec(&end("stages", gone)).await?;
            match &before {
                None => {
                    tx.exec(&end("pipelines", vec![id])).await?;
                }
                Some(before) => restore(tx, &stamp, before).await?,
            }
            tell(tx, &stamp, "pipeline.restored", id, now).await?;
        }
        Ok(refusals)
    })
}

async fn is_any_in(tx: &mut Tx, stages: &[i64]) -> Result<bool> {
    let any = Query::select()
        .column("id")
        .from(Alias::new("opportunities"))
        .and_where(Expr::col("stage_id").is_in(stages.iter().copied()))
        .limit(1)
        .to_owned();
    Ok(tx.opt::<(i64,)>(&any).await?.is_some())
}

/// Brings a pipeline and its stages back to what they were.
async fn restore(tx: &mut Tx, stamp: &Stamp, pipeline: &Pipeline) -> Result<()> {
    let set = Query::update()
        .table("pipelines")
        .value("name", pipeline.name.as_str())
        .value("is_default", pipeline.is_default)
        .value("archived_at", pipeline.is_archived.then_some(stamp.at_us))
        .value("probability_source", pipeline.probability_source.word())
        .and_where(Expr::col("id").eq(pipeline.id))
        .to_owned();
    tx.exec(&set).await?;
    let columns: Vec<&'static str> = ["id"].into_iter().chain(STAGE_COLUMNS).collect();
    let rows = pipeline
        .stages
        .iter()
        .map(|stage| [vec![stage.id.into()], stage_row(pipeline.id, stage)].concat());
    tx.put_rows("stages", &columns, rows).await
}
