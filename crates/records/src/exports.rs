//! Exports: the records a caller may take out, as a file, read in pages and sent while it is written. Who took what is told as an event.

use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{NaiveDate, NaiveDateTime};
use criteria::{Criteria, Kind};
use futures::Stream;
use kernel::clock::{parse_rfc3339, utc};
use kernel::ctx::Ctx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Lang, Result, invalid};
use kernel::events::NewEvent;
use kernel::page::{self, ListRequest, RESERVED, SortKey};
use kernel::text::nearest;
use kernel::{money, say};
use sea_query::SelectStatement;
use serde::Deserialize;
use serde_json::{Value, json};
use tabular::Problem;
use tabular::number::Decimal;
use tabular::write::{Cell, Csv, CsvStyle, Sheet, Xlsx};
use utoipa::{IntoParams, ToSchema};

use crate::custom::{self, Definitions};
use crate::entity::Entity;
use crate::fields::Form;
use crate::http::parse_criteria;
use crate::read::{self, Asked, Reader};
use crate::schema;
use crate::streamed::{Spool, csv_style};

/// Records read at once.
const PAGE_ROWS: u64 = 1_000;
/// Rows a sheet of a workbook holds below its header.
const MAX_SHEET_ROWS: i64 = (1 << 20) - 1;
/// Where files that are not sent yet are written, below the data directory.
const FOLDER: &str = "exports";

/// What the file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Csv,
    Xlsx,
}

impl Format {
    /// By the end of a file's name.
    pub fn of_path(path: &Path) -> Format {
        let is_workbook = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
        if is_workbook { Format::Xlsx } else { Format::Csv }
    }

    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// What is wanted.
#[derive(Clone)]
pub struct Wanted {
    pub entity: &'static Entity,
    pub asked: Asked,
    pub format: Format,
    /// The columns, in their order.
    columns: Vec<Column>,
    /// Headers and choices are names for programs, not words for people.
    for_programs: bool,
}

/// A column of the file.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    label_tr: String,
    label_en: String,
    kind: Kind,
}

/// The parameters of an export, for the document; beside them every filter of the list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "for the document")]
pub struct ExportParams {
    /// `csv` or `xlsx`.
    format: Option<String>,
    /// Names of fields, comma separated; all of them when not given.
    fields: Option<String>,
    /// `labels` in the caller's language, or `names` for programs.
    headers: Option<String>,
    /// Field names, comma separated, `-` for descending.
    ordering: Option<String>,
    /// Words; each must begin or be part of what is searched.
    search: Option<String>,
}

/// What an export is asked for as a body.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ExportRequest {
    /// A criteria, as in the search of the entity: also what no query string can say.
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    /// Words; each must begin or be part of what is searched.
    pub search: Option<String>,
    /// Field names, comma separated, `-` for descending.
    pub ordering: Option<String>,
    /// Names of fields, in the order of the columns; all of them when not given.
    pub fields: Option<Vec<String>>,
    /// `csv` or `xlsx`.
    pub format: Option<String>,
    /// `labels` in the caller's language, or `names` for programs.
    pub headers: Option<String>,
}

/// Reads a body.
pub async fn requested(ctx: &Ctx, entity: &'static Entity, asked: ExportRequest) -> Result<Wanted> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let schema = schema::for_actor(entity, &ctx.actor, &definitions);
    let request = ListRequest {
        ordering: asked.ordering,
        search: asked.search,
        ..ListRequest::default()
    };
    let fields = asked.fields.unwrap_or_default();
    Ok(Wanted {
        entity,
        format: format(asked.format.as_deref())?,
        for_programs: for_programs(asked.headers.as_deref())?,
        asked: Asked {
            criteria: parse_criteria(asked.criteria.as_ref(), &schema)?,
            request: request.checked()?,
        },
        columns: columns(entity, fields.iter().map(String::as_str), &definitions, &Reader::of(ctx, entity))?,
    })
}

/// Reads a query string: `format`, `fields`, `headers`, and what the list understands.
pub async fn wanted(ctx: &Ctx, entity: &'static Entity, pairs: &[(String, String)]) -> Result<Wanted> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let schema = schema::for_actor(entity, &ctx.actor, &definitions);
    let given = |name: &str| pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
    let (format, for_programs) = (format(given("format"))?, for_programs(given("headers"))?);
    let reserved: Vec<&str> = RESERVED.iter().copied().chain(["headers"]).collect();
    let filters = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let criteria = Criteria::from_query(filters, &reserved, &schema).map_err(|error| Error::BadRequest(error.text))?;
    let request = ListRequest {
        ordering: given("ordering").map(str::to_owned),
        search: given("search").map(str::to_owned),
        ..ListRequest::default()
    };
    let fields = given("fields").filter(|fields| !fields.trim().is_empty());
    let columns = columns(
        entity,
        fields.into_iter().flat_map(|fields| fields.split(',')),
        &definitions,
        &Reader::of(ctx, entity),
    )?;
    Ok(Wanted {
        entity,
        asked: Asked { criteria, request },
        format,
        columns,
        for_programs,
    })
}

fn format(name: Option<&str>) -> Result<Format> {
    match name {
        None | Some("" | "csv") => Ok(Format::Csv),
        Some("xlsx") => Ok(Format::Xlsx),
        Some(_) => Err(invalid("format", say!("csv veya xlsx olmalı.", "Must be csv or xlsx."))),
    }
}

fn for_programs(headers: Option<&str>) -> Result<bool> {
    match headers {
        None | Some("" | "labels") => Ok(false),
        Some("names") => Ok(true),
        Some(_) => Err(invalid("headers", say!("labels veya names olmalı.", "Must be labels or names."))),
    }
}

/// The columns of these names, or all there are.
fn columns<'a>(
    entity: &'static Entity,
    fields: impl Iterator<Item = &'a str>,
    definitions: &Definitions,
    reader: &Reader,
) -> Result<Vec<Column>> {
    let goes_with = |name: &str| {
        let extra = entity.reading.columns.iter().find(|column| column.name == name);
        extra.is_some_and(|column| reader.hides(column.goes_with))
    };
    let mut known = all_columns(entity, definitions);
    known.retain(|column| !reader.hides(&column.name) && !goes_with(&column.name));
    let mut fields = fields.peekable();
    if fields.peek().is_none() {
        // What follows from other fields would only be in the way when the file comes back.
        let follows = |name: &str| name == entity.called && entity.field(name).is_some_and(|(_, spec)| spec.form == Form::Computed);
        known.retain(|column| !follows(&column.name));
        return Ok(known);
    }
    let find = |name: &str| known.iter().find(|column| column.name == name).cloned();
    fields
        .map(str::trim)
        .map(|name| {
            find(name).ok_or_else(|| {
                let hint = nearest(name, known.iter().map(|column| column.name.as_str())).unwrap_or(entity.called);
                invalid(
                    "fields",
                    say!(
                        "“{}” diye bir alan yok; “{}” olabilir mi?",
                        "There is no field “{}”; did you mean “{}”?",
                        name,
                        hint
                    ),
                )
            })
        })
        .collect()
}

/// Every column there can be: the fields that are kept, what the entity adds, the custom fields.
fn all_columns(entity: &'static Entity, definitions: &Definitions) -> Vec<Column> {
    let is_kept = |spec: &&crate::fields::Spec| spec.column().is_some() || spec.is_list();
    let fields = entity.fields.iter().filter(is_kept).map(|spec| Column {
        name: spec.name().to_owned(),
        label_tr: spec.field.label.tr.to_string(),
        label_en: spec.field.label.en.to_string(),
        kind: spec.field.kind.clone(),
    });
    let more = entity.reading.columns.iter().map(|column| Column {
        name: column.name.into(),
        label_tr: column.label_tr.into(),
        label_en: column.label_en.into(),
        kind: Kind::Text,
    });
    let custom = definitions.0.iter().map(|definition| Column {
        name: format!("custom.{}", definition.custom.key),
        label_tr: definition.custom.label_tr.clone(),
        label_en: definition.custom.label_en.clone(),
        kind: definition.field.kind.clone(),
    });
    fields.chain(more).chain(custom).collect()
}

impl Wanted {
    fn header<'a>(&'a self, lang: Lang) -> Vec<&'a str> {
        let label = |column: &'a Column| lang.pick(column.label_tr.as_str(), column.label_en.as_str());
        self.columns
            .iter()
            .map(|column| if self.for_programs { column.name.as_str() } else { label(column) })
            .collect()
    }

    fn csv_style(&self, lang: Lang) -> CsvStyle {
        if self.for_programs { CsvStyle::PLAIN } else { csv_style(lang) }
    }

    /// The SQL of a row: a JSON array of the columns, and the custom fields as an object behind them when any is wanted.
    fn row(&self, dialect: Dialect, definitions: &Definitions, reader: &Reader) -> String {
        let entity = self.entity;
        let parts = read::parts(dialect, entity, definitions, reader);
        let part = |name: &str| parts.iter().find(|(known, _)| known == name).map(|(_, sql)| sql.clone());
        let value = |column: &Column| {
            let name = column.name.as_str();
            if let Some(extra) = entity.reading.columns.iter().find(|extra| extra.name == name) {
                return Some(extra.sql.to_owned());
            }
            // People, teams and other records are known by their names.
            let named = part(&format!("{}_name", name.strip_suffix("_id").unwrap_or(name)));
            match column.kind {
                Kind::Reference(_) => named.or_else(|| part(name)),
                _ => part(name),
            }
        };
        let mut values: Vec<String> = self.columns.iter().map(|column| value(column).unwrap_or("NULL".into())).collect();
        if self.columns.iter().any(|column| column.name.starts_with("custom.")) {
            values.extend(part("custom"));
        }
        dialect.json_array(&values)
    }
}

/// An export that is ready to be read page by page.
struct Export {
    ctx: Ctx,
    wanted: Wanted,
    filtered: SelectStatement,
    row: String,
    keys: Vec<SortKey>,
    cursor: Option<String>,
    is_over: bool,
}

impl Export {
    /// Makes the query, and notes who takes how much: before anything is sent, so that nobody gets away with half a file.
    async fn begin(ctx: &Ctx, wanted: Wanted) -> Result<Export> {
        let entity = wanted.entity;
        let definitions = custom::definitions(ctx, entity.name).await?;
        let schema = schema::for_actor(entity, &ctx.actor, &definitions);
        let keys = read::ordering(entity, &schema, &wanted.asked)?;
        // Nobody takes out what they do not see.
        let mut filtered = read::visible(ctx, entity, entity.permissions.read).await?;
        filtered.cond_where(read::alive_in_scope(ctx, entity, entity.permissions.export).await?);
        let Asked { criteria, request } = &wanted.asked;
        read::narrow(ctx, entity, &mut filtered, &schema, criteria, request.search.as_deref());
        let (count, _) = page::count(&ctx.db, &filtered, true).await?;
        if wanted.format == Format::Xlsx && count > MAX_SHEET_ROWS {
            return Err(invalid(
                "format",
                Problem::SheetFull {
                    max: MAX_SHEET_ROWS as u64,
                }
                .say(),
            ));
        }
        let names = crate::names::all(ctx).await?;
        let said = criteria.say(&criteria::Voice {
            lang: ctx.org.lang,
            zone: ctx.org.zone,
            names: &|entity, id| names.of(entity, id),
        });
        let told = NewEvent::new(entity.events.exported, "export", 0).payload(json!({
            "count": count, "format": wanted.format.name(), "criteria": said, "search": request.search,
            "fields": wanted.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
        }));
        ctx.db.write(async |tx| tx.emit(&ctx.stamp(), told).await).await?;
        let row = wanted.row(ctx.db.dialect(), &definitions, &Reader::of(ctx, entity));
        Ok(Export {
            ctx: ctx.clone(),
            wanted,
            filtered,
            row,
            keys,
            cursor: None,
            is_over: false,
        })
    }

    /// The next rows; none at the end.
    async fn page(&mut self) -> Result<Option<Vec<String>>> {
        if self.is_over {
            return Ok(None);
        }
        let request = ListRequest {
            page_size: Some(PAGE_ROWS),
            cursor: self.cursor.take(),
            ..ListRequest::default()
        };
        let page = page::fetch(&self.ctx.db, &self.filtered, &self.row, &self.keys, &request).await?;
        self.is_over = page.next.is_none();
        self.cursor = page.next;
        Ok(Some(page.rows))
    }

    /// Writes rows on a thread that may be busy with it for some milliseconds.
    async fn write<S: Sheet + Send + 'static>(&self, mut sheet: Box<S>, rows: Vec<String>) -> Result<Box<S>> {
        let (wanted, zone, lang) = (self.wanted.clone(), self.ctx.org.zone, self.ctx.lang);
        let write = move || -> Result<Box<S>> {
            for row in rows {
                let values: Vec<Value> = serde_json::from_str(&row)?;
                let custom = values.get(wanted.columns.len());
                let kept: Vec<Kept> = wanted
                    .columns
                    .iter()
                    .zip(&values)
                    .map(|(column, value)| match column.name.strip_prefix("custom.") {
                        Some(key) => keep(
                            column,
                            custom.and_then(|custom| custom.get(key)).unwrap_or(&Value::Null),
                            zone,
                            lang,
                            wanted.for_programs,
                        ),
                        None => keep(column, value, zone, lang, wanted.for_programs),
                    })
                    .collect();
                let cells: Vec<Cell<'_>> = kept.iter().map(Kept::cell).collect();
                sheet.row(&cells).map_err(|problem| Error::internal(problem.to_string()))?;
            }
            Ok(sheet)
        };
        tokio::task::spawn_blocking(write)
            .await
            .map_err(|panic| Error::internal(panic.to_string()))?
    }
}

/// A value on its way into the file.
enum Kept {
    Empty,
    Text(String),
    Integer(i64),
    Decimal(Decimal),
    Date(NaiveDate),
    DateTime(NaiveDateTime),
    Bool(bool),
}

impl Kept {
    fn cell(&self) -> Cell<'_> {
        match self {
            Kept::Empty => Cell::Empty,
            Kept::Text(text) => Cell::Text(text),
            Kept::Integer(value) => Cell::Integer(*value),
            Kept::Decimal(value) => Cell::Decimal(*value),
            Kept::Date(value) => Cell::Date(*value),
            Kept::DateTime(value) => Cell::DateTime(*value),
            Kept::Bool(value) => Cell::Bool(*value),
        }
    }
}

fn keep(column: &Column, value: &Value, zone: chrono_tz::Tz, lang: Lang, for_programs: bool) -> Kept {
    let text = |text: &str| {
        if text.is_empty() {
            Kept::Empty
        } else {
            Kept::Text(text.to_owned())
        }
    };
    let decimal =
        |text: &str, scale: u8| money::from_scaled(text, scale).map_or(Kept::Empty, |scaled| Kept::Decimal(Decimal { scaled, scale }));
    let label = |value: &str| {
        let (Kind::Choice(choices) | Kind::MultiChoice(choices)) = &column.kind else {
            return value.to_owned();
        };
        match choices.iter().find(|choice| choice.value == value) {
            Some(choice) if !for_programs => choice.label.get(lang).to_owned(),
            _ => value.to_owned(),
        }
    };
    match (value, &column.kind) {
        (Value::String(value), Kind::Money) => decimal(value, 2),
        (Value::String(value), Kind::Number { decimals }) => decimal(value, *decimals),
        (Value::String(value), Kind::Date) => NaiveDate::parse_from_str(value, "%Y-%m-%d").map_or(Kept::Empty, Kept::Date),
        (Value::String(value), Kind::DateTime) => match parse_rfc3339(value) {
            // To the second: nobody reads more in a table.
            Some(at_us) => Kept::DateTime(utc(at_us - at_us.rem_euclid(1_000_000)).with_timezone(&zone).naive_local()),
            None => Kept::Empty,
        },
        (Value::String(value), _) => text(&label(value)),
        (Value::Number(value), _) => value.as_i64().map_or(Kept::Empty, Kept::Integer),
        (Value::Bool(value), _) => Kept::Bool(*value),
        (Value::Array(items), _) => text(&items.iter().filter_map(Value::as_str).map(label).collect::<Vec<_>>().join(", ")),
        _ => Kept::Empty,
    }
}

fn broken(problem: Problem) -> Error {
    Error::internal(problem.to_string())
}

/// The body of an answer that is the file.
pub async fn body(ctx: &Ctx, wanted: Wanted) -> Result<Body> {
    let format = wanted.format;
    let export = Export::begin(ctx, wanted).await?;
    match format {
        Format::Csv => Ok(Body::from_stream(csv(export)?)),
        Format::Xlsx => {
            let folder = ctx.data_dir.join(FOLDER);
            tokio::fs::create_dir_all(&folder).await?;
            let path = folder.join(format!("export-{:016x}.xlsx", rand::random::<u64>()));
            let file = std::fs::File::options().read(true).write(true).create_new(true).open(&path)?;
            // Without a name it goes when nobody reads it any more, however that comes about.
            std::fs::remove_file(&path)?;
            let mut read = file.try_clone()?;
            xlsx(export, file).await?;
            std::io::Seek::rewind(&mut read)?;
            Ok(Body::from_stream(tokio_util::io::ReaderStream::new(tokio::fs::File::from_std(
                read,
            ))))
        }
    }
}

fn csv(export: Export) -> Result<impl Stream<Item = Result<Bytes>>> {
    let spool = Spool::default();
    let sheet = Csv::new(
        spool.clone(),
        &export.wanted.header(export.ctx.lang),
        export.wanted.csv_style(export.ctx.lang),
    )
    .map_err(broken)?;
    Ok(futures::stream::try_unfold(
        (export, Some(Box::new(sheet)), spool),
        |(mut export, sheet, spool)| async move {
            let Some(sheet) = sheet else { return Ok(None) };
            let sheet = match export.page().await? {
                Some(rows) => Some(export.write(sheet, rows).await?),
                None => {
                    sheet.finish().map_err(broken)?;
                    None
                }
            };
            Ok(Some((spool.take(), (export, sheet, spool))))
        },
    ))
}

async fn xlsx(mut export: Export, file: std::fs::File) -> Result<()> {
    let name = export.wanted.entity.title.get(export.ctx.lang).to_owned();
    let writer = std::io::BufWriter::new(file);
    let mut sheet = Box::new(Xlsx::new(writer, &name, &export.wanted.header(export.ctx.lang)).map_err(broken)?);
    while let Some(rows) = export.page().await? {
        sheet = export.write(sheet, rows).await?;
    }
    tokio::task::spawn_blocking(move || sheet.finish())
        .await
        .map_err(|panic| Error::internal(panic.to_string()))?
        .map_err(broken)
}

/// Writes the file of a query from the command line.
pub async fn to_file(ctx: &Ctx, wanted: Wanted, path: &Path) -> Result<()> {
    let format = wanted.format;
    let export = Export::begin(ctx, wanted).await?;
    let file = std::fs::File::create(path)?;
    match format {
        Format::Xlsx => xlsx(export, file).await,
        Format::Csv => {
            use futures::TryStreamExt;
            use tokio::io::AsyncWriteExt;
            let mut file = tokio::io::BufWriter::new(tokio::fs::File::from_std(file));
            let mut pages = std::pin::pin!(csv(export)?);
            while let Some(bytes) = pages.try_next().await? {
                file.write_all(&bytes).await?;
            }
            Ok(file.flush().await?)
        }
    }
}

/// The answer that is the file.
pub async fn file(ctx: &Ctx, wanted: Wanted) -> Result<Response> {
    let format = wanted.format;
    // Names of files are read by programs that know no Turkish.
    let title = kernel::text::fold(wanted.entity.title.get(ctx.lang)).replace(' ', "-");
    let name = format!("{title}-{}.{}", ctx.today().format("%Y-%m-%d"), format.name());
    Ok(attachment(body(ctx, wanted).await?, format.media_type(), &name))
}

/// An answer that browsers save as a file.
pub fn attachment(body: Body, kind: &'static str, name: &str) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
