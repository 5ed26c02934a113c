//! Corrections: cells of a file put right, and rows left out, without another file. They are kept with the import and laid over the rows
//! wherever these are read: in the preview, the dry run and the run, also when it goes on after a pause.

use std::collections::{BTreeMap, HashMap};

use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::error::{FieldErrors, Result, invalid};
use kernel::say;
use kernel::text::nearest;
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Import, State};

/// Kept for an import: more is easier done in the file.
pub const MAX_CORRECTIONS: u64 = 10_000;
/// Given at once.
const MAX_AT_ONCE: usize = 1_000;
const MAX_VALUE_CHARS: usize = 20_000;

/// A correction of a cell, or of whether a row is imported at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// As a spreadsheet counts, and as the errors name it.
    pub row_number: i64,
    /// A column of the header; none together with `skip`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What stands in the cell instead; null takes the correction of the cell back.
    #[serde(default)]
    pub value: Option<String>,
    /// `true` leaves the row out, `false` takes that back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<bool>,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Corrected {
    pub cells: i64,
    pub skipped_rows: i64,
}

/// Lays corrections beside those that are there, each over one of the same cell or row.
pub async fn put(tx: &mut Tx, ctx: &Ctx, import_id: i64, corrections: &[Correction]) -> Result<Corrected> {
    let import = super::for_change(tx, ctx, import_id).await?;
    if !matches!(import.state, State::Mapping | State::Ready) {
        return Err(super::not_in(import.state));
    }
    check(corrections, &import.header.names)?;
    let column = |correction: &Correction| correction.column.clone().unwrap_or_default();
    // Of several for a cell the last one holds.
    let last: BTreeMap<(i64, String), &Correction> = corrections
        .iter()
        .map(|correction| ((correction.row_number, column(correction)), correction))
        .collect();
    let cells: Vec<&(i64, String)> = last.keys().collect();
    for some in cells.chunks(200) {
        let these = some.iter().fold(Cond::any(), |any, (row_number, column)| {
            any.add(
                Expr::col("row_number")
                    .eq(*row_number)
                    .and(Expr::col("column_name").eq(column.as_str())),
            )
        });
        let delete = Query::delete()
            .from_table("import_corrections")
            .and_where(Expr::col("import_id").eq(import_id))
            .cond_where(these)
            .to_owned();
        tx.exec(&delete).await?;
    }
    let rows: Vec<_> = last
        .into_iter()
        .filter(|(_, correction)| correction.value.is_some() || correction.skip == Some(true))
        .map(|((row_number, column), correction)| {
            let value = correction.value.clone().unwrap_or_default();
            vec![import_id.into(), row_number.into(), column.into(), value.into()]
        })
        .collect();
    let columns = ["import_id", "row_number", "column_name", "value"];
    tx.insert_rows("import_corrections", &columns, rows.into_iter()).await?;
    let corrected = super::locked(tx, import_id).await?.corrected;
    if corrected.cells + corrected.skipped_rows > MAX_CORRECTIONS as i64 {
        return Err(invalid(
            "corrections",
            say!(
                "En çok {} düzeltme olabilir; dosyayı düzeltip yeniden yükleyin.",
                "There may be {} corrections at most; mend the file and upload it again.",
                MAX_CORRECTIONS
            ),
        ));
    }
    Ok(corrected)
}

fn check(corrections: &[Correction], header: &[String]) -> Result<()> {
    let mut errors = FieldErrors::default();
    if corrections.len() > MAX_AT_ONCE {
        return Err(invalid(
            "corrections",
            say!(
                "Bir kerede en çok {} düzeltme verin.",
                "Give {} corrections at most at once.",
                MAX_AT_ONCE
            ),
        ));
    }
    for (index, correction) in corrections.iter().enumerate() {
        let mut wrong = |member: &str, problem| errors.add(format!("corrections[{index}].{member}"), problem);
        if correction.row_number < 1 {
            wrong("row_number", say!("1 ya da daha büyük olmalı.", "Must be 1 or greater."));
        }
        match (&correction.column, correction.skip) {
            (Some(_), Some(_)) | (None, None) => wrong(
                "column",
                say!(
                    "Bir sütun ya da skip verin, ikisini birden değil.",
                    "Give a column or skip, and not both."
                ),
            ),
            (Some(column), None) if !header.contains(column) => wrong(
                "column",
                match nearest(column, header.iter().map(String::as_str)) {
                    Some(near) => say!(
                        "“{}” diye bir sütun yok; “{}” olabilir mi?",
                        "There is no column “{}”; did you mean “{}”?",
                        column,
                        near
                    ),
                    None => say!("“{}” diye bir sütun yok.", "There is no column “{}”.", column),
                },
            ),
            (None, Some(_)) if correction.value.is_some() => {
                wrong("value", say!("skip ile birlikte olmaz.", "Does not go together with skip."));
            }
            _ => {}
        }
        if correction
            .value
            .as_ref()
            .is_some_and(|value| value.chars().count() > MAX_VALUE_CHARS)
        {
            wrong(
                "value",
                say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_VALUE_CHARS),
            );
        }
    }
    errors.check()
}

/// The SQL of how many cells, and how many whole rows, an import has in all: for a query over imports.
pub(super) const COUNTS: [&str; 2] = [
    "(SELECT count(*) FROM import_corrections WHERE import_corrections.import_id = imports.id AND column_name <> '')",
    "(SELECT count(*) FROM import_corrections WHERE import_corrections.import_id = imports.id AND column_name = '')",
];

fn select(import_id: i64) -> SelectStatement {
    Query::select()
        .columns(["row_number", "column_name", "value"])
        .from(Alias::new("import_corrections"))
        .and_where(Expr::col("import_id").eq(import_id))
        .order_by("row_number", Order::Asc)
        .order_by("column_name", Order::Asc)
        .limit(MAX_CORRECTIONS)
        .to_owned()
}

fn of_row((row_number, column, value): (i64, String, String)) -> Correction {
    match column.is_empty() {
        true => Correction {
            row_number,
            column: None,
            value: None,
            skip: Some(true),
        },
        false => Correction {
            row_number,
            column: Some(column),
            value: Some(value),
            skip: None,
        },
    }
}

/// All of an import, by row; or those of some rows.
pub async fn list(db: &Db, import_id: i64, row_numbers: Option<&[i64]>) -> Result<Vec<Correction>> {
    let mut query = select(import_id);
    if let Some(row_numbers) = row_numbers {
        query.and_where(Expr::col("row_number").is_in(row_numbers.iter().copied()));
    }
    let rows: Vec<(i64, String, String)> = db.all(&query).await?;
    Ok(rows.into_iter().map(of_row).collect())
}

/// Forgets all of an import.
pub async fn clear(tx: &mut Tx, import_id: i64) -> Result<()> {
    let delete = Query::delete()
        .from_table("import_corrections")
        .and_where(Expr::col("import_id").eq(import_id))
        .to_owned();
    tx.exec(&delete).await?;
    Ok(())
}

/// Corrections made ready to be laid over rows.
#[derive(Default)]
pub struct Corrections {
    /// By row: the places of cells and what stands there instead; none is a row that is left out.
    rows: HashMap<u64, Option<Vec<(usize, String)>>>,
}

impl Corrections {
    /// Those of an import.
    pub async fn load(db: &Db, import: &Import) -> Result<Corrections> {
        let mut corrections = Corrections::default();
        for correction in list(db, import.id, None).await? {
            let row = corrections
                .rows
                .entry(correction.row_number.unsigned_abs())
                .or_insert_with(|| Some(Vec::new()));
            match (correction.column, correction.value) {
                (Some(column), Some(value)) => {
                    let place = import.header.names.iter().position(|name| *name == column);
                    if let (Some(cells), Some(place)) = (row.as_mut(), place) {
                        cells.push((place, value));
                    }
                }
                _ => *row = None,
            }
        }
        Ok(corrections)
    }

    /// Reads the next row that is not left out, as it was put right; `false` at the end.
    pub fn read(&self, reader: &mut tabular::Reader, row: &mut tabular::Row) -> Result<bool, tabular::Problem> {
        while reader.read_into(row)? {
            match self.rows.get(&row.number) {
                None => return Ok(true),
                Some(Some(cells)) => {
                    for (place, value) in cells {
                        if let Some(cell) = row.cells.get_mut(*place) {
                            cell.clone_from(value);
                        }
                        // What was wrong with the cell as it came is no longer.
                        row.faults.retain(|fault| fault.column() != Some(*place));
                    }
                    return Ok(true);
                }
                Some(None) => {}
            }
        }
        Ok(false)
    }
}
