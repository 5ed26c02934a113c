//! A file comes in: streamed to disk within a bound, looked at, its columns guessed. A file that is no table leaves nothing behind.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Query};
use tabular::date::DateStyle;
use tabular::number::NumberStyle;
use tabular::{Format, Problem};
use tokio::io::AsyncWriteExt;

use super::mapping::{self, Column};
use super::options::{MatchBy, Mode, Options};
use super::targets::{self, Known};
use super::{Figures, Header, Import, ImportChange, Standing, State, event};
use crate::permissions::CONSENT_WRITE;
use records::Entity;

/// Bytes of a file, at most.
pub const MAX_FILE_BYTES: u64 = 4 << 30;
/// Bytes of the options that come with it.
const MAX_OPTIONS_BYTES: usize = 256 << 10;
/// Rows that are looked at to guess, and rows that are shown.
const LOOKED_AT: usize = 200;
const SHOWN: usize = 10;
/// Letters of a cell that is shown.
const SHOWN_CHARS: usize = 200;
const MAX_NAME_CHARS: usize = 200;

/// Where uploads are kept, below the data directory.
pub const FOLDER: &str = "imports";

/// A file that has arrived, and what came with it. Unless it is [taken](Arrived::take) it is removed again.
pub struct Arrived {
    path: PathBuf,
    is_taken: bool,
    pub name: String,
    pub bytes: u64,
    pub change: ImportChange,
}

impl Drop for Arrived {
    fn drop(&mut self) {
        if !self.is_taken {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Arrived {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves the file to its place.
    fn take(&mut self, place: &Path) -> Result<()> {
        std::fs::rename(&self.path, place)?;
        self.is_taken = true;
        Ok(())
    }
}

/// Receives the parts `file` and `options`.
pub async fn receive(ctx: &Ctx, mut parts: Multipart) -> Result<Arrived> {
    let (mut arrived, mut change) = (None, ImportChange::default());
    while let Some(part) = parts.next_field().await.map_err(broken_upload)? {
        match part.name() {
            Some("file") if arrived.is_none() => arrived = Some(store(ctx, part).await?),
            Some("options") => change = options(part).await?,
            _ => {}
        }
    }
    let mut arrived = arrived.ok_or_else(|| invalid("file", say!("Bir dosya gönderin.", "Send a file.")))?;
    arrived.change = change;
    Ok(arrived)
}

async fn store(ctx: &Ctx, mut part: Field<'_>) -> Result<Arrived> {
    let folder = ctx.data_dir.join(FOLDER);
    tokio::fs::create_dir_all(&folder).await?;
    let name: String = part
        .file_name()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_NAME_CHARS)
        .collect();
    let path = folder.join(format!("upload-{:016x}", rand::random::<u64>()));
    let mut file = tokio::fs::File::create(&path).await?;
    let mut arrived = Arrived {
        path,
        is_taken: false,
        name,
        bytes: 0,
        change: ImportChange::default(),
    };
    while let Some(bytes) = part.chunk().await.map_err(broken_upload)? {
        arrived.bytes += bytes.len() as u64;
        if arrived.bytes > MAX_FILE_BYTES {
            return Err(Error::TooLarge(say!(
                "Dosya en çok {} GiB olabilir.",
                "A file may have {} GiB at most.",
                MAX_FILE_BYTES >> 30
            )));
        }
        file.write_all(&bytes).await?;
    }
    file.flush().await?;
    Ok(arrived)
}

/// Removes files that came before `before_us` and that no import waits for: left behind by a crash between an import's end and the removal
/// of its file, or half way through an upload. They are full of personal data. Gives how many.
pub async fn sweep(ctx: &Ctx, before_us: i64) -> Result<usize> {
    let waiting = Query::select()
        .column("file_path")
        .from(Alias::new("imports"))
        .and_where(Expr::col("state").is_not_in([State::Done.name(), State::Failed.name()]))
        .to_owned();
    let waiting: HashSet<String> = ctx.db.all::<(String,)>(&waiting).await?.into_iter().map(|(path,)| path).collect();
    let mut removed = 0;
    let mut files = match tokio::fs::read_dir(ctx.data_dir.join(FOLDER)).await {
        Ok(files) => files,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error.into()),
    };
    while let Some(file) = files.next_entry().await? {
        let path = format!("{FOLDER}/{}", file.file_name().to_string_lossy());
        let came = file
            .metadata()
            .await?
            .modified()?
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        if (came.as_micros() as i64) < before_us && !waiting.contains(&path) {
            tokio::fs::remove_file(file.path()).await?;
            removed += 1;
        }
    }
    Ok(removed)
}

async fn options(mut part: Field<'_>) -> Result<ImportChange> {
    let mut json = Vec::new();
    while let Some(bytes) = part.chunk().await.map_err(broken_upload)? {
        json.extend_from_slice(&bytes);
        if json.len() > MAX_OPTIONS_BYTES {
            return Err(invalid("options", say!("Çok uzun.", "Too long.")));
        }
    }
    kernel::http::extract::parse(&json)
}

fn broken_upload(error: MultipartError) -> Error {
    Error::BadRequest(say!(
        "Yükleme yarım kaldı ya da çok parçalı form değil: {}.",
        "The upload was cut off or is no multipart form: {}.",
        error
    ))
}

/// What a file shows of itself.
pub struct Sniffed {
    pub header: Header,
    /// More rows than are shown.
    pub rows: Vec<Vec<String>>,
}

/// Looks at the beginning of a file.
pub async fn sniff(path: PathBuf, options: tabular::Options) -> Result<Sniffed, Problem> {
    let look = move || {
        let sheets = tabular::sheets(&path, &options)?;
        let mut reader = tabular::open(&path, &options)?;
        let mut rows = Vec::new();
        let mut row = tabular::Row::default();
        while rows.len() < LOOKED_AT && reader.read_into(&mut row)? {
            rows.push(std::mem::take(&mut row.cells).into_iter().map(shortened).collect());
        }
        let sample = rows.iter().take(SHOWN).cloned().collect();
        Ok(Sniffed {
            header: Header {
                names: reader.header().to_vec(),
                format: reader.format().clone(),
                sheets,
                sample,
            },
            rows,
        })
    };
    tokio::task::spawn_blocking(look).await.unwrap_or_else(|panic| {
        Err(Problem::Io {
            message: panic.to_string(),
        })
    })
}

fn shortened(cell: String) -> String {
    match cell.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell,
    }
}

/// An import of a file that is not kept yet.
pub struct Prepared {
    entity: &'static Entity,
    header: Header,
    mapping: Vec<Column>,
    options: Options,
}

/// Looks at a file and maps its columns: as the caller says, else as the last time, else by guessing.
pub async fn prepare(ctx: &Ctx, path: &Path, change: &ImportChange) -> Result<Prepared> {
    let entity = match &change.entity {
        Some(name) => Entity::asked(name).map_err(|problem| invalid("entity", problem))?,
        None => &crate::customer::ENTITY,
    };
    ctx.scope(entity.permissions.import)?;
    let known = targets::of(ctx, entity).await?;
    let asked = change.options.clone().unwrap_or_default();
    let file = sniff(path.to_owned(), asked.of_file()?).await.map_err(super::problem_with_file)?;
    let names = &file.header.names;
    let kept = mapping::for_header(&ctx.db, entity.name, names).await?;
    let mut errors = FieldErrors::default();
    let given = match (&change.mapping, &kept) {
        (Some(given), _) => given.clone(),
        (None, Some(kept)) => mapping::lay_over(kept, names),
        (None, None) => mapping::guess(names, &file.rows, &known),
    };
    // A kept mapping may name a field that is no longer there.
    let mut lost = FieldErrors::default();
    let columns = mapping::checked(
        &given,
        names,
        &known,
        if change.mapping.is_some() { &mut errors } else { &mut lost },
    );
    let columns = columns
        .into_iter()
        .map(|column| match column.target.as_deref().map(|name| targets::named(&known, name)) {
            Some(None) => Column {
                column: column.column,
                ..Column::default()
            },
            _ => column,
        });
    let columns: Vec<Column> = columns.collect();
    let options = match (&change.options, kept) {
        (Some(_), _) => styles(asked, &file, &columns, &known),
        (None, Some(kept)) => styles(kept.options, &file, &columns, &known),
        (None, None) => Options {
            match_by: recognised_by(entity, &columns),
            ..styles(asked, &file, &columns, &known)
        },
    };
    options.check(entity, &known, &mut errors);
    errors.check()?;
    Ok(Prepared {
        entity,
        header: file.header,
        mapping: columns,
        options,
    })
}

/// Finds out how the file writes numbers and dates, where nobody has said it.
fn styles(mut options: Options, file: &Sniffed, columns: &[Column], known: &[Known]) -> Options {
    let texts = |wanted: fn(&Known) -> bool| -> Vec<&str> {
        let fits = |column: &Column| {
            column
                .target
                .as_deref()
                .and_then(|name| targets::named(known, name))
                .is_some_and(wanted)
        };
        let places: Vec<usize> = columns
            .iter()
            .enumerate()
            .filter(|(_, column)| fits(column))
            .map(|(place, _)| place)
            .collect();
        file.rows
            .iter()
            .flat_map(|row| places.iter().filter_map(|place| row.get(*place)))
            .map(String::as_str)
            .filter(|text| !text.trim().is_empty())
            .collect()
    };
    if options.number_style.is_none() {
        let numbers = texts(|known| known.is_number);
        // A workbook gives its numbers with a point; only texts in it can be anything else.
        let is_plain = |text: &&str| text.parse::<f64>().is_ok();
        let is_workbook = matches!(file.header.format, Format::Xlsx { .. });
        options.number_style = Some(if is_workbook && numbers.iter().all(is_plain) {
            NumberStyle::Point
        } else {
            NumberStyle::guess(numbers)
        });
    }
    if options.date_style.is_none() {
        options.date_style = Some(DateStyle::guess(texts(|known| known.is_date)).order);
    }
    options
}

/// The surest of the mapped fields that tell records apart.
fn recognised_by(entity: &Entity, columns: &[Column]) -> MatchBy {
    let has = |name: &str| columns.iter().any(|column| column.target.as_deref() == Some(name));
    let by = [
        MatchBy::CustomerCode,
        MatchBy::IdentityNumber,
        MatchBy::TaxNumber,
        MatchBy::PrimaryEmail,
        MatchBy::Number,
        MatchBy::Email,
    ];
    by.into_iter().find(|by| by.field(entity).is_some_and(has)).unwrap_or_default()
}

/// Keeps an import of a file that has arrived, and moves the file to its place.
pub async fn keep(tx: &mut Tx, ctx: &Ctx, mut arrived: Arrived, prepared: Prepared) -> Result<Import> {
    let extension = if matches!(prepared.header.format, Format::Xlsx { .. }) {
        "xlsx"
    } else {
        "csv"
    };
    let mut import = insert(tx, ctx, &arrived.name, arrived.bytes, "", prepared).await?;
    import.path = format!("{FOLDER}/{}.{extension}", import.id);
    let placed = Query::update()
        .table("imports")
        .value("file_path", import.path.as_str())
        .and_where(Expr::col("id").eq(import.id))
        .to_owned();
    tx.exec(&placed).await?;
    arrived.take(&import.path(ctx))?;
    Ok(import)
}

/// Keeps an import of a file that stays where it is.
pub async fn keep_in_place(tx: &mut Tx, ctx: &Ctx, path: &Path, prepared: Prepared) -> Result<Import> {
    let path = std::path::absolute(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let bytes = path.metadata()?.len();
    insert(tx, ctx, &name, bytes, &path.to_string_lossy(), prepared).await
}

async fn insert(tx: &mut Tx, ctx: &Ctx, name: &str, bytes: u64, path: &str, prepared: Prepared) -> Result<Import> {
    let Prepared {
        entity,
        header,
        mapping,
        options,
    } = prepared;
    let (now, owner_id) = (ctx.now_us(), ctx.actor.user_id.map(|id| id.0));
    let (standing, figures) = (
        Standing::default(),
        Figures {
            total_bytes: bytes,
            ..Figures::default()
        },
    );
    let insert = Query::insert()
        .into_table("imports")
        .columns([
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
            "owner_id",
            "created_at",
            "updated_at",
        ])
        .values_panic([
            entity.name.into(),
            name.into(),
            path.into(),
            (bytes as i64).into(),
            State::Mapping.name().into(),
            serde_json::to_string(&header)?.into(),
            serde_json::to_string(&mapping)?.into(),
            serde_json::to_string(&options)?.into(),
            serde_json::to_string(&standing)?.into(),
            serde_json::to_string(&figures)?.into(),
            owner_id.into(),
            now.into(),
            now.into(),
        ])
        .returning_col("id")
        .to_owned();
    let import = Import {
        corrected: Default::default(),
        entity,
        id: tx.insert(&insert).await?,
        file_name: name.to_owned(),
        path: path.to_owned(),
        file_bytes: bytes as i64,
        state: State::Mapping,
        header,
        mapping,
        options,
        standing,
        figures,
        problem: None,
        owner_id,
        operation_id: None,
        created_at: now,
        updated_at: now,
    };
    tx.emit(&ctx.stamp(), event("import.created", &import)).await?;
    Ok(import)
}

/// Refuses options that make no sense for a mapping when it is about to run.
pub fn check_ready(ctx: &Ctx, import: &Import) -> Result<()> {
    let consents = |column: &Column| column.target.as_deref().is_some_and(|name| name.starts_with("consent_"));
    if import.mapping.iter().any(consents) {
        ctx.scope(CONSENT_WRITE)?;
    }
    let has = |name: &str| import.mapping.iter().any(|column| column.target.as_deref() == Some(name));
    if import.mapping.iter().all(|column| column.target.is_none()) {
        return Err(invalid(
            "mapping",
            say!("En az bir sütunu bir alana bağlayın.", "Map at least one column to a field."),
        ));
    }
    let by = import.options.match_by.field(import.entity).filter(|name| !has(name));
    if let Some((_, spec)) = by.and_then(|name| import.entity.field(name)) {
        let label = &spec.field.label;
        return Err(invalid(
            "options.match_by",
            kernel::error::Say {
                tr: format!("Kayıtlar “{}” ile tanınacaksa bir sütun buna bağlanmalı.", label.tr).into(),
                en: format!("To recognise records by “{}”, map a column to it.", label.en).into(),
            },
        ));
    }
    if import.options.mode == Mode::Update && import.options.match_by == MatchBy::None {
        return Err(invalid(
            "options.match_by",
            say!(
                "Güncelleme için kayıtların neyle tanınacağını seçin.",
                "To update, choose by what records are recognised."
            ),
        ));
    }
    Ok(())
}
