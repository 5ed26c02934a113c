//! The first rows as they would be written.

use std::sync::Arc;

use criteria::Kind;
use kernel::ctx::Ctx;
use kernel::error::Result;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::chunk::{Fate, Seen};
use super::corrections::Corrections;
use super::plan::{Draft, Plan};
use super::row;
use super::targets::{AddressPart, Relative, Target};
use super::{Import, State};
use crate::customer::read;
use crate::fields::SENSITIVE;

const ROWS: usize = 20;

/// What the first rows would become.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportPreview {
    pub header: Vec<String>,
    pub rows: Vec<PreviewRow>,
}

/// A row and what would become of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewRow {
    /// As a spreadsheet counts.
    pub row_number: i64,
    pub fate: Fate,
    /// As the file has them.
    pub cells: Vec<String>,
    /// Target → value, as it would be written.
    #[schema(value_type = Object)]
    pub values: Map<String, Value>,
    pub errors: Vec<CellError>,
}

/// What is wrong with a cell, or with the row when no column is named.
#[derive(Debug, Serialize, ToSchema)]
pub struct CellError {
    pub column: Option<String>,
    pub field: Option<String>,
    pub message: String,
}

/// Reads and settles the first rows; writes nothing.
pub async fn rows(ctx: &Ctx, id: i64) -> Result<ImportPreview> {
    let import = super::get(ctx, id).await?;
    if matches!(import.state, State::Done | State::Failed) {
        return Err(super::not_in(import.state));
    }
    let header = import.header.names.clone();
    let plan = Arc::new(Plan::make(ctx, &import).await?);
    let drafts = first(ctx, &import, plan.clone()).await?;
    let mut rows: Vec<PreviewRow> = drafts.iter().map(|draft| shown(draft, plan.shown(ctx, draft))).collect();
    let outcome = ctx
        .db
        .write(async |tx| plan.settle(tx, ctx, drafts, &mut Seen::default(), None).await)
        .await?;
    for (row, fate) in rows.iter_mut().zip(&outcome.fates) {
        row.fate = *fate;
    }
    for wrong in outcome.wrong {
        if let Some(row) = rows.iter_mut().find(|row| row.row_number == wrong.number as i64) {
            row.errors = wrong
                .wrong
                .into_iter()
                .map(|wrong| CellError {
                    column: wrong.column,
                    field: wrong.field,
                    message: ctx.lang.pick(wrong.tr, wrong.en),
                })
                .collect();
        }
    }
    Ok(ImportPreview { header, rows })
}

async fn first(ctx: &Ctx, import: &Import, plan: Arc<Plan>) -> Result<Vec<Draft>> {
    let (path, options, ctx) = (import.path(ctx), import.file_options()?, ctx.clone());
    let corrections = Corrections::load(&ctx.db, import).await?;
    let read = move || {
        let mut reader = tabular::open(&path, &options)?;
        let (mut drafts, mut row) = (Vec::new(), tabular::Row::default());
        while drafts.len() < ROWS && corrections.read(&mut reader, &mut row)? {
            drafts.push(plan.read(&ctx, &mut row));
        }
        Ok(drafts)
    };
    let read = tokio::task::spawn_blocking(read)
        .await
        .map_err(|panic| kernel::error::Error::internal(panic.to_string()))?;
    read.map_err(super::problem_with_file)
}

fn shown(draft: &Draft, values: Map<String, Value>) -> PreviewRow {
    PreviewRow {
        row_number: draft.number() as i64,
        fate: Fate::Wrong,
        cells: draft.cells().to_vec(),
        values,
        errors: Vec::new(),
    }
}

/// What a row says of a customer, as it would be written.
pub(super) fn of_customer(ctx: &Ctx, plan: &row::Plan, draft: &row::Draft) -> Map<String, Value> {
    let mut values = Map::new();
    let masks = read::reader(ctx).masks();
    for (key, cell) in &draft.patch.cells {
        let value = key.spec().show(cell);
        let value = match value.as_str() {
            Some(text) if masks && SENSITIVE.contains(key) => Value::String(read::mask(text)),
            _ => value,
        };
        values.insert(key.name().to_owned(), value);
    }
    for (key, cell) in &draft.patch.custom {
        values.insert(
            format!("custom.{key}"),
            cell.to_json(plan.definitions.kind(key).unwrap_or(&Kind::Text)),
        );
    }
    let mut besides = |target: Target, value: Value| values.insert(target.name(), value);
    for (part, text) in &draft.address {
        let part: &AddressPart = part;
        besides(Target::Address(*part), text.as_str().into());
    }
    for (relative, name) in &draft.relatives {
        let relative: &Relative = relative;
        besides(Target::Relative(*relative), name.as_str().into());
    }
    for (channel, yes) in &draft.consents {
        besides(Target::Consent(channel), (*yes).into());
    }
    values
}
