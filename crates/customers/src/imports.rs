//! Imports: a file becomes customers. It is uploaded ([`upload`]), its columns are mapped to fields ([`mapping`]), tried ([`dry_run`]) and
//! run ([`run`]). One engine reads the file as a stream ([`row`]) and settles its rows in chunks ([`chunk`]), each in one transaction with
//! the place it stopped at, so that an import that was cut off goes on exactly there. An import is one operation, and is undone as one.

mod cells;
pub mod chunk;
mod consents;
pub mod corrections;
pub mod dry_run;
pub mod errors;
pub mod http;
pub mod likely;
pub mod mapping;
pub mod options;
pub mod plan;
pub mod preview;
pub mod records;
mod relatives;
pub mod row;
pub mod run;
pub mod targets;
pub mod upload;

use std::path::{Path, PathBuf};

use kernel::actor::{Actor, Grants, Limits, Scope, Via};
use kernel::clock::rfc3339;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, FieldErrors, Result, Say};
use kernel::events::NewEvent;
use kernel::ids::{OperationId, TeamId, UserId};
use kernel::json_text::JsonText;
use sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement, UpdateStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use tabular::{Format, Position, Problem};
use utoipa::ToSchema;

use self::chunk::Counts;
use self::corrections::Corrected;
use self::mapping::Column;
use self::options::Options;
use ::records::Entity;
use kernel::say;

use crate::permissions::IMPORT;

pub use run::run_file;

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its columns are being mapped.
    Mapping,
    /// It is being tried.
    Checking,
    /// It was tried.
    Ready,
    Running,
    Paused,
    Done,
    Failed,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Mapping => "mapping",
            State::Checking => "checking",
            State::Ready => "ready",
            State::Running => "running",
            State::Paused => "paused",
            State::Done => "done",
            State::Failed => "failed",
        }
    }

    fn parse(name: &str) -> State {
        let all = [
            State::Mapping,
            State::Checking,
            State::Ready,
            State::Running,
            State::Paused,
            State::Done,
        ];
        all.into_iter().find(|state| state.name() == name).unwrap_or(State::Failed)
    }
}

/// What the file turned out to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    pub names: Vec<String>,
    pub format: Format,
    /// The sheets of a workbook.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// The first rows.
    #[serde(default)]
    pub sample: Vec<Vec<String>>,
}

/// How far an import has come, and in whose name it runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// Where the next row begins; none before the first.
    pub at: Option<Position>,
    pub runs_as: Option<RunsAs>,
}

/// Who started an import, and what they might do then: what a token could not do, an import it started cannot either.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunsAs {
    /// None is the product itself: the command line.
    pub user_id: Option<i64>,
    pub team_id: Option<i64>,
    pub grants: Grants,
    #[serde(default)]
    pub limits: Limits,
}

/// What has been counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// By the dry run.
    pub checked: Option<Counts>,
    pub written: Counts,
    pub read_bytes: u64,
    pub total_bytes: u64,
}

/// An import as it is kept.
#[derive(Clone, Debug)]
pub struct Import {
    pub id: i64,
    /// What its rows become.
    pub entity: &'static Entity,
    pub file_name: String,
    path: String,
    pub file_bytes: i64,
    pub state: State,
    pub header: Header,
    pub mapping: Vec<Column>,
    pub options: Options,
    pub standing: Standing,
    pub figures: Figures,
    pub problem: Option<Say>,
    pub owner_id: Option<i64>,
    pub operation_id: Option<OperationId>,
    pub created_at: i64,
    pub updated_at: i64,
    /// What was put right by hand.
    pub corrected: Corrected,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    entity: String,
    file_name: String,
    file_path: String,
    file_bytes: i64,
    state: String,
    header: JsonText<Header>,
    mapping: JsonText<Vec<Column>>,
    options: JsonText<Options>,
    position: JsonText<Standing>,
    counts: JsonText<Figures>,
    problem_tr: String,
    problem_en: String,
    owner_id: Option<i64>,
    operation_id: Option<i64>,
    created_at: i64,
    updated_at: i64,
    corrected_cells: i64,
    skipped_rows: i64,
}

impl TryFrom<Row> for Import {
    type Error = Error;

    fn try_from(row: Row) -> Result<Import> {
        let entity = Entity::named(&row.entity).ok_or_else(|| Error::internal("an import of an unknown entity"))?;
        let problem = (!row.problem_tr.is_empty()).then(|| Say {
            tr: row.problem_tr.into(),
            en: row.problem_en.into(),
        });
        Ok(Import {
            id: row.id,
            entity,
            file_name: row.file_name,
            path: row.file_path,
            file_bytes: row.file_bytes,
            state: State::parse(&row.state),
            header: row.header.0,
            mapping: row.mapping.0,
            options: row.options.0,
            standing: row.position.0,
            figures: row.counts.0,
            problem,
            owner_id: row.owner_id,
            operation_id: row.operation_id.map(OperationId),
            created_at: row.created_at,
            updated_at: row.updated_at,
            corrected: Corrected {
                cells: row.corrected_cells,
                skipped_rows: row.skipped_rows,
            },
        })
    }
}

impl Import {
    /// The uploaded file.
    pub fn path(&self, ctx: &Ctx) -> PathBuf {
        // A path of the command line is whole already, and joining keeps it.
        ctx.data_dir.join(&self.path)
    }

    /// Whether the file is ours, to be removed when it is no longer needed.
    fn owns_file(&self) -> bool {
        Path::new(&self.path).is_relative()
    }

    /// How the file is to be opened: as it was understood when it came, whatever a part of it may look like.
    fn file_options(&self) -> Result<tabular::Options> {
        let mut options = self.options.of_file()?;
        match &self.header.format {
            Format::Csv { encoding, separator } => {
                options.encoding = options.encoding.or(Some(*encoding));
                options.separator = options.separator.or(u8::try_from(*separator).ok());
            }
            Format::Xlsx { sheet } => options.sheet = options.sheet.or(Some(sheet.clone())),
        }
        Ok(options)
    }

    /// The context in which its rows are written.
    async fn ctx(&self, ctx: &Ctx) -> Result<Ctx> {
        let Some(runs_as) = &self.standing.runs_as else {
            return Err(Error::internal("an import that nobody started"));
        };
        let org = std::sync::Arc::new(identity::organisation::read(&ctx.db).await?);
        let Some(user_id) = runs_as.user_id else {
            return Ok(Ctx { org, ..ctx.as_system() });
        };
        let actor = Actor {
            user_id: Some(UserId(user_id)),
            team_id: runs_as.team_id.map(TeamId),
            grants: runs_as.grants.clone(),
            limits: runs_as.limits.clone(),
            lang: None,
            viewed_by: None,
            // Not the product itself: the grants hold.
            via: Via::Session { id: 0 },
        };
        Ok(Ctx {
            actor: std::sync::Arc::new(actor),
            org,
            idempotency: None,
            ..ctx.clone()
        })
    }
}

fn select(dialect: Dialect) -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "entity",
            "file_name",
            "file_path",
            "file_bytes",
            "state",
            "header",
            "mapping",
            "options",
            "position",
            "counts",
            "problem_tr",
            "problem_en",
            "owner_id",
            "operation_id",
            "created_at",
            "updated_at",
        ])
        .expr_as(dialect.own_sql(corrections::COUNTS[0]), "corrected_cells")
        .expr_as(dialect.own_sql(corrections::COUNTS[1]), "skipped_rows")
        .from(Alias::new("imports"))
        .to_owned()
}

/// One's own imports; with the widest scope everybody's.
fn visible(ctx: &Ctx) -> Result<Cond> {
    let mut any = Cond::any();
    for (entity, scope) in importable(ctx) {
        let one = Cond::all().add(Expr::col(("imports", "entity")).eq(entity.name));
        let one = match (scope, ctx.actor.user_id) {
            (Scope::All, _) => one,
            (_, Some(me)) => one.add(Expr::col(("imports", "owner_id")).eq(me.0)),
            (_, None) => continue,
        };
        any = any.add(one);
    }
    match any.is_empty() {
        // Says what is missing.
        true => ctx.scope(IMPORT).map(|_| Cond::all().add(Expr::val(false))),
        false => Ok(any),
    }
}

/// The entities whose records the caller may import, and how far.
fn importable(ctx: &Ctx) -> Vec<(&'static Entity, Scope)> {
    let entities = Entity::all().into_iter();
    entities
        .filter_map(|entity| Some((entity, ctx.actor.scope(entity.permissions.import)?)))
        .collect()
}

/// The widest scope in which the caller imports anything.
fn widest(ctx: &Ctx) -> Result<Scope> {
    match importable(ctx).into_iter().map(|(_, scope)| scope).max() {
        Some(scope) => Ok(scope),
        None => ctx.scope(IMPORT),
    }
}

/// An import that the caller may see.
pub async fn get(ctx: &Ctx, id: i64) -> Result<Import> {
    let mut query = select(ctx.db.dialect());
    query.cond_where(visible(ctx)?).and_where(Expr::col("id").eq(id));
    ctx.db.opt::<Row>(&query).await?.ok_or(Error::NotFound)?.try_into()
}

/// The same, to be changed in this transaction.
async fn for_change(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Import> {
    let mut query = select(tx.dialect());
    query.cond_where(visible(ctx)?).and_where(Expr::col("id").eq(id));
    tx.dialect().for_update(&mut query);
    tx.opt::<Row>(&query).await?.ok_or(Error::NotFound)?.try_into()
}

/// The same, whoever asks: for jobs.
async fn locked(tx: &mut Tx, id: i64) -> Result<Import> {
    let mut query = select(tx.dialect());
    query.and_where(Expr::col("id").eq(id));
    tx.dialect().for_update(&mut query);
    tx.opt::<Row>(&query).await?.ok_or(Error::NotFound)?.try_into()
}

fn update(ctx: &Ctx, id: i64) -> UpdateStatement {
    Query::update()
        .table("imports")
        .value("updated_at", ctx.now_us())
        .and_where(Expr::col("id").eq(id))
        .to_owned()
}

/// Tells what happens to an import. Such events belong to no operation: there is nothing in them to undo.
fn event(kind: &'static str, import: &Import) -> NewEvent {
    NewEvent::new(kind, "import", import.id).payload(json!({ "file_name": import.file_name, "counts": import.figures.written }))
}

fn not_in(state: State) -> Error {
    let (tr, en) = match state {
        State::Mapping => ("eşleme bekliyor", "waits for its mapping"),
        State::Checking => ("deneniyor", "is being tried"),
        State::Ready => ("başlamaya hazır", "is ready to start"),
        State::Running => ("sürüyor", "is running"),
        State::Paused => ("durduruldu", "is paused"),
        State::Done => ("bitti", "is done"),
        State::Failed => ("başarısız oldu", "has failed"),
    };
    Error::Conflict(Say {
        tr: format!("Bu şimdi yapılamaz: içe aktarma {tr}.").into(),
        en: format!("That cannot be done now: the import {en}.").into(),
    })
}

/// What can be changed before an import runs.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ImportChange {
    /// `customer`, `lead` or `opportunity`; `customer` when it is not given. It cannot change once the file is there.
    pub entity: Option<String>,
    /// The columns; those not named are left out.
    pub mapping: Option<Vec<Column>>,
    /// All options; those not named get their defaults.
    pub options: Option<Options>,
}

/// Changes mapping and options. Another encoding, separator or sheet reads the header anew.
pub async fn change(ctx: &Ctx, id: i64, change: ImportChange) -> Result<Import> {
    let import = get(ctx, id).await?;
    let known = targets::of(ctx, import.entity).await?;
    let mut errors = FieldErrors::default();
    if change.entity.as_deref().is_some_and(|entity| entity != import.entity.name) {
        errors.add(
            "entity",
            say!(
                "Artık değişemez; dosyayı yeniden yükleyin.",
                "Cannot change any more; upload the file again."
            ),
        );
    }
    let options = change.options.unwrap_or_else(|| import.options.clone());
    options.check(import.entity, &known, &mut errors);
    let of_file = |options: &Options| (options.encoding.clone(), options.separator, options.sheet.clone());
    let mut header = import.header.clone();
    let mut given = change.mapping;
    // Rows and columns are perhaps no longer what they were.
    let is_read_anew = of_file(&options) != of_file(&import.options);
    if is_read_anew {
        let file = upload::sniff(import.path(ctx), options.of_file()?)
            .await
            .map_err(problem_with_options)?;
        if file.header.names != header.names && given.is_none() {
            given = Some(mapping::guess(&file.header.names, &file.rows, &known));
        }
        header = file.header;
    }
    let given = given.unwrap_or_else(|| import.mapping.clone());
    let mapping = mapping::checked(&given, &header.names, &known, &mut errors);
    errors.check()?;
    ctx.db
        .write(async |tx| {
            let import = for_change(tx, ctx, id).await?;
            if !matches!(import.state, State::Mapping | State::Ready) {
                return Err(not_in(import.state));
            }
            let mut change = update(ctx, id);
            change
                .value("state", State::Mapping.name())
                .value("header", serde_json::to_string(&header)?)
                .value("mapping", serde_json::to_string(&mapping)?)
                .value("options", serde_json::to_string(&options)?)
                .value(
                    "counts",
                    serde_json::to_string(&Figures {
                        total_bytes: import.file_bytes as u64,
                        ..Figures::default()
                    })?,
                );
            tx.exec(&change).await?;
            if is_read_anew {
                corrections::clear(tx, id).await?;
            }
            likely::clear(tx, id).await?;
            errors::clear(tx, id).await
        })
        .await?;
    get(ctx, id).await
}

/// What is wrong with a file, as an error of the upload.
pub(crate) fn problem_with_file(problem: Problem) -> Error {
    kernel::error::invalid("file", problem.say())
}

fn problem_with_options(problem: Problem) -> Error {
    let field = match problem {
        Problem::NoSuchSheet { .. } => "options.sheet",
        Problem::UnknownEncoding { .. } => "options.encoding",
        Problem::BadSeparator { .. } => "options.separator",
        _ => "file",
    };
    kernel::error::invalid(field, problem.say())
}

/// An import as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportShown {
    pub id: i64,
    /// `customer`, `lead` or `opportunity`: what its rows become.
    pub entity: &'static str,
    pub file_name: String,
    pub file_bytes: i64,
    /// `mapping` → `checking` → `ready` → `running` ⇄ `paused` → `done` or `failed`.
    pub state: State,
    /// What the file was found to be: `{"format": "csv", "encoding", "separator"}` or `{"format": "xlsx", "sheet"}`.
    #[schema(value_type = Object)]
    pub format: Format,
    /// The sheets of a workbook.
    pub sheets: Vec<String>,
    pub header: Vec<String>,
    /// The first rows, as the file has them.
    pub sample: Vec<Vec<String>>,
    pub mapping: Vec<Column>,
    pub options: Options,
    /// What a dry run has counted.
    pub checked: Option<Counts>,
    /// What was put right by hand.
    pub corrected: Corrected,
    /// What has been written.
    pub counts: Counts,
    pub read_bytes: i64,
    pub total_bytes: i64,
    /// Why it failed.
    pub problem: Option<String>,
    pub owner_id: Option<i64>,
    /// By which it is undone.
    pub operation_id: Option<i64>,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub updated_at: String,
}

impl Import {
    /// As the API shows it.
    pub fn shown(self, ctx: &Ctx) -> ImportShown {
        ImportShown {
            id: self.id,
            entity: self.entity.name,
            file_name: self.file_name,
            file_bytes: self.file_bytes,
            state: self.state,
            format: self.header.format,
            sheets: self.header.sheets,
            header: self.header.names,
            sample: self.header.sample,
            mapping: mapping::in_language(&self.mapping, ctx.lang),
            options: self.options,
            checked: self.figures.checked,
            corrected: self.corrected,
            counts: self.figures.written,
            read_bytes: self.figures.read_bytes as i64,
            total_bytes: self.figures.total_bytes as i64,
            problem: self.problem.map(|problem| problem.get(ctx.lang).to_owned()),
            owner_id: self.owner_id,
            operation_id: self.operation_id.map(|id| id.0),
            created_at: rfc3339(self.created_at),
            updated_at: rfc3339(self.updated_at),
        }
    }
}
