//! The rows that were refused: kept with what is wrong with them, shown to be put right, and given back as a file to be mended and imported
//! again.

use std::collections::BTreeMap;

use axum::body::Body;
use bytes::Bytes;
use futures::Stream;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Lang, Result};
use kernel::json_text::JsonText;
use kernel::page::{self, ListRequest, Page, SortKey};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use sqlx::FromRow;
use tabular::write::{Cell, Csv, Sheet};
use utoipa::ToSchema;

use super::Import;
use super::chunk::WrongRow;
use super::corrections;
use super::row::Wrong;
use crate::streamed::{Spool, csv_style};

/// Wrong rows kept; the others are only counted. Who has more has the mapping wrong.
pub const MAX_KEPT: i64 = 100_000;
const ROWS_PER_INSERT: usize = 200;
/// Few enough that rows of megabytes do no harm.
const ROWS_PER_PAGE: u64 = 100;

/// Keeps wrong rows, `before` of which were counted already.
pub async fn keep(tx: &mut Tx, import_id: i64, before: i64, rows: &[WrongRow]) -> Result<()> {
    let room = usize::try_from(MAX_KEPT - before).unwrap_or(0);
    for some in rows[..rows.len().min(room)].chunks(ROWS_PER_INSERT) {
        let mut insert = Query::insert();
        insert
            .into_table("import_errors")
            .columns(["import_id", "row_number", "cells", "problems"]);
        for row in some {
            insert.values_panic([
                import_id.into(),
                (row.number as i64).into(),
                serde_json::to_string(&row.cells)?.into(),
                serde_json::to_string(&row.wrong)?.into(),
            ]);
        }
        tx.exec(&insert).await?;
    }
    Ok(())
}

/// Forgets the wrong rows of an earlier try.
pub async fn clear(tx: &mut Tx, import_id: i64) -> Result<()> {
    tx.exec(
        &Query::delete()
            .from_table("import_errors")
            .and_where(Expr::col("import_id").eq(import_id))
            .to_owned(),
    )
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    id: i64,
    row_number: i64,
    cells: JsonText<Vec<String>>,
    problems: JsonText<Vec<Wrong>>,
}

/// The wrong rows as a CSV file: as they came, and what is wrong with each.
pub fn file(ctx: &Ctx, import: Import) -> Result<Body> {
    Ok(Body::from_stream(stream(ctx.clone(), import)?))
}

struct Writing {
    ctx: Ctx,
    import_id: i64,
    sheet: Option<Box<Csv<Spool>>>,
    spool: Spool,
    after: (i64, i64),
}

fn stream(ctx: Ctx, import: Import) -> Result<impl Stream<Item = Result<Bytes>>> {
    let spool = Spool::default();
    let reason = ctx.lang.pick("Hata", "Problem");
    let header: Vec<&str> = import.header.names.iter().map(String::as_str).chain([reason]).collect();
    let sheet = Csv::new(spool.clone(), &header, csv_style(ctx.lang)).map_err(|problem| Error::internal(problem.to_string()))?;
    let state = Writing {
        ctx,
        import_id: import.id,
        sheet: Some(Box::new(sheet)),
        spool,
        after: (0, 0),
    };
    Ok(futures::stream::try_unfold(state, |mut state| async move {
        let Some(mut sheet) = state.sheet.take() else { return Ok(None) };
        let rows = page(&state).await?;
        for row in &rows {
            let said = sentence(&row.problems, state.ctx.lang);
            let cells: Vec<Cell<'_>> = row.cells.iter().map(|cell| Cell::Text(cell)).chain([Cell::Text(&said)]).collect();
            sheet.row(&cells).map_err(|problem| Error::internal(problem.to_string()))?;
        }
        match rows.last() {
            Some(last) => {
                state.after = (last.row_number, last.id);
                state.sheet = Some(sheet);
            }
            None => sheet.finish().map_err(|problem| Error::internal(problem.to_string()))?,
        }
        Ok(Some((state.spool.take(), state)))
    }))
}

async fn page(state: &Writing) -> Result<Vec<Row>> {
    let (row_number, id) = state.after;
    let query = Query::select()
        .columns(["id", "row_number", "cells", "problems"])
        .from(Alias::new("import_errors"))
        .and_where(Expr::col("import_id").eq(state.import_id))
        .and_where(Expr::col("row_number").gte(row_number))
        .and_where(Expr::col("row_number").gt(row_number).or(Expr::col("id").gt(id)))
        .order_by("row_number", Order::Asc)
        .order_by("id", Order::Asc)
        .limit(ROWS_PER_PAGE)
        .to_owned();
    state.ctx.db.all(&query).await
}

/// A row that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportErrorRow {
    /// As a spreadsheet counts.
    pub row_number: i64,
    /// All of its cells, as they were read.
    pub cells: Vec<String>,
    pub problems: Vec<ImportProblem>,
    /// Column → what stands there instead, since or before it was refused.
    pub corrections: BTreeMap<String, String>,
    /// Whether it is to be left out.
    pub is_skipped: bool,
}

/// What is wrong with a cell, or with the row when no column is named.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportProblem {
    pub column: Option<String>,
    pub field: Option<String>,
    /// As it was read.
    pub value: Option<String>,
    pub message: String,
}

/// One page of the rows that were refused, in the order of the file, with what has been put right in them.
pub async fn list(ctx: &Ctx, import: &Import, request: &ListRequest) -> Result<(Page, i64)> {
    let dialect = ctx.db.dialect();
    let filtered = Query::select()
        .from(Alias::new("import_errors"))
        .and_where(Expr::col(("import_errors", "import_id")).eq(import.id))
        .to_owned();
    let keys = ["row_number", "id"].map(|column| SortKey {
        table: "import_errors",
        column,
        nullable: false,
        descending: false,
    });
    let row = [
        ("number".to_owned(), "import_errors.row_number".to_owned()),
        ("cells".to_owned(), dialect.json_text("import_errors.cells")),
        ("wrong".to_owned(), dialect.json_text("import_errors.problems")),
    ];
    let mut page = page::fetch(&ctx.db, &filtered, &dialect.json_object(&row), &keys, request).await?;
    // No more than are kept.
    let (count, _) = page::count(&ctx.db, &filtered, true).await?;
    let rows: Vec<WrongRow> = page.rows.iter().map(|row| serde_json::from_str(row)).collect::<Result<_, _>>()?;
    let numbers: Vec<i64> = rows.iter().map(|row| row.number as i64).collect();
    let mut shown: Vec<ImportErrorRow> = rows.into_iter().map(|row| error_row(ctx, import, row)).collect();
    if !numbers.is_empty() {
        for correction in corrections::list(&ctx.db, import.id, Some(&numbers)).await? {
            for row in shown.iter_mut().filter(|row| row.row_number == correction.row_number) {
                match (&correction.column, &correction.value) {
                    (Some(column), Some(value)) => {
                        row.corrections.insert(column.clone(), value.clone());
                    }
                    _ => row.is_skipped = true,
                }
            }
        }
    }
    page.rows = shown.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    Ok((page, count))
}

fn error_row(ctx: &Ctx, import: &Import, row: WrongRow) -> ImportErrorRow {
    let value = |column: &Option<String>| {
        let place = import.header.names.iter().position(|name| Some(name) == column.as_ref())?;
        row.cells.get(place).cloned()
    };
    let problem = |wrong: Wrong| ImportProblem {
        value: value(&wrong.column),
        column: wrong.column,
        field: wrong.field,
        message: ctx.lang.pick(wrong.tr, wrong.en),
    };
    ImportErrorRow {
        row_number: row.number as i64,
        problems: row.wrong.into_iter().map(problem).collect(),
        cells: row.cells.clone(),
        corrections: BTreeMap::new(),
        is_skipped: false,
    }
}

fn sentence(problems: &[Wrong], lang: Lang) -> String {
    let said = |wrong: &Wrong| {
        let problem = lang.pick(&wrong.tr, &wrong.en);
        match wrong.column.as_ref().or(wrong.field.as_ref()) {
            Some(column) => format!("{column}: {problem}"),
            None => problem.clone(),
        }
    };
    problems.iter().map(said).collect::<Vec<_>>().join(" | ")
}
