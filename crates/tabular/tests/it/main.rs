//! Files through the public door: written, read, resumed, refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod csv;
mod hostile;
mod round_trip;
mod workbook;
mod xlsx;

use std::io::Write;
use std::path::Path;

use tabular::{Options, Problem, Row};
use tempfile::NamedTempFile;

/// A file with this content; its name tells nothing.
fn file(content: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(content).expect("room for it");
    file
}

/// The header and the rows of a file.
fn table(path: &Path, options: &Options) -> Result<(Vec<String>, Vec<Row>), Problem> {
    let mut reader = tabular::open(path, options)?;
    let header = reader.header().to_vec();
    let rows = reader.rows().collect::<Result<_, _>>()?;
    Ok((header, rows))
}

/// Only the cells.
fn cells(rows: &[Row]) -> Vec<Vec<&str>> {
    rows.iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect()
}
