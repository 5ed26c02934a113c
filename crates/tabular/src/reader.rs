//! One reader for every kind of table: it finds the header and gives every row its width.

use std::fs::File;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::encoding::Source;
use crate::options::{Format, Header, Options};
use crate::serial::column_name;
use crate::{Problem, Row, csv, sniff, xlsx};

/// Where a row begins. A reader of the same file can go there again, also after a restart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The byte of a CSV file where the row begins; how far a workbook was read.
    pub byte: u64,
    /// The number of the row.
    pub row: u64,
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub read_bytes: u64,
    pub total_bytes: u64,
}

/// Opens a table, whatever its name says, and reads its header.
pub fn open(path: &Path, options: &Options) -> Result<Reader, Problem> {
    let mut file = File::open(path)?;
    let total_bytes = file.metadata()?.len();
    let (rows, format) = match sniff::kind(&mut file)? {
        sniff::Kind::Zip => {
            let rows = xlsx::Rows::open(path, options.sheet.as_deref(), options.limits.clone())?;
            let sheet = rows.sheet().to_owned();
            (Rows::Xlsx(Box::new(rows)), Format::Xlsx { sheet })
        }
        sniff::Kind::Text => open_text(file, options)?,
    };
    let mut reader = Reader {
        rows,
        format,
        total_bytes,
        header: Vec::new(),
        start: Position::default(),
    };
    reader.find_header(options.header)?;
    Ok(reader)
}

/// The names of the sheets of a workbook that are not hidden; none for a CSV file.
pub fn sheets(path: &Path, options: &Options) -> Result<Vec<String>, Problem> {
    match sniff::kind(&mut File::open(path)?)? {
        sniff::Kind::Zip => xlsx::sheets(path, &options.limits),
        sniff::Kind::Text => Ok(Vec::new()),
    }
}

fn open_text(mut file: File, options: &Options) -> Result<(Rows, Format), Problem> {
    let (encoding, mark_bytes) = sniff::encoding(&mut file, options.encoding)?;
    let mut source = Source::new(Box::new(file), encoding);
    source.seek(mark_bytes)?;
    let mut sample = Vec::new();
    source.fill(&mut sample)?;
    let header_line = match options.header {
        Header::Row(row) => row,
        Header::First | Header::None => 1,
    };
    let (sniffed, named) = sniff::separator(&sample, header_line);
    let separator = options.separator.unwrap_or(sniffed);
    if !separator.is_ascii() || matches!(separator, b'"' | b'\r' | b'\n' | 0) {
        return Err(Problem::BadSeparator {
            separator: char::from(separator),
        });
    }
    let mut start = Position { byte: mark_bytes, row: 1 };
    if named {
        let line_end = sample.iter().position(|byte| *byte == b'\n').map_or(sample.len(), |at| at + 1);
        start = Position {
            byte: mark_bytes + source.length_of(&sample[..line_end]),
            row: 2,
        };
    }
    let rows = csv::Rows::new(source, separator, options.limits.clone(), start)?;
    Ok((
        Rows::Csv(Box::new(rows)),
        Format::Csv {
            encoding,
            separator: char::from(separator),
        },
    ))
}

enum Rows {
    Csv(Box<csv::Rows>),
    Xlsx(Box<xlsx::Rows>),
}

impl Rows {
    fn read_into(&mut self, row: &mut Row) -> Result<bool, Problem> {
        match self {
            Rows::Csv(rows) => rows.read_into(row),
            Rows::Xlsx(rows) => rows.read_into(row),
        }
    }

    fn position(&self) -> Position {
        match self {
            Rows::Csv(rows) => rows.position(),
            Rows::Xlsx(rows) => rows.position(),
        }
    }

    fn seek(&mut self, to: Position) -> Result<(), Problem> {
        match self {
            Rows::Csv(rows) => rows.seek(to),
            Rows::Xlsx(rows) => rows.seek(to),
        }
    }
}

/// Reads a table row after row. Memory does not grow with the file.
pub struct Reader {
    rows: Rows,
    format: Format,
    header: Vec<String>,
    start: Position,
    total_bytes: u64,
}

impl Reader {
    /// The names of the columns, each different from the others. A column without a name has its letter.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// What the file turned out to be.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// Reads the next row that is not empty into `row`. False at the end of the table.
    pub fn read_into(&mut self, row: &mut Row) -> Result<bool, Problem> {
        while self.rows.read_into(row)? {
            if !row.is_blank() || !row.faults.is_empty() {
                row.fit(self.header.len());
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where the next row begins.
    pub fn position(&self) -> Position {
        self.rows.position()
    }

    /// Where the first row under the header begins.
    pub fn start(&self) -> Position {
        self.start
    }

    /// Goes on from a position that a reader of the same file has told.
    pub fn seek(&mut self, to: Position) -> Result<(), Problem> {
        self.rows.seek(if to.row < self.start.row { self.start } else { to })
    }

    /// How far reading has come.
    pub fn progress(&self) -> Progress {
        let (read_bytes, total_bytes) = match &self.rows {
            Rows::Csv(rows) => (rows.position().byte, self.total_bytes),
            Rows::Xlsx(rows) => rows.progress(),
        };
        Progress {
            read_bytes: read_bytes.min(total_bytes),
            total_bytes,
        }
    }

    /// The rows one by one, each in memory of its own. [`Reader::read_into`] is faster.
    pub fn rows(&mut self) -> impl Iterator<Item = Result<Row, Problem>> + '_ {
        std::iter::from_fn(move || {
            let mut row = Row::default();
            self.read_into(&mut row).map(|more| more.then_some(row)).transpose()
        })
    }

    fn find_header(&mut self, header: Header) -> Result<(), Problem> {
        let mut row = Row::default();
        loop {
            let place = self.rows.position();
            if !self.rows.read_into(&mut row)? {
                return Err(match header {
                    Header::Row(row) => Problem::NoHeader { row },
                    _ => Problem::Empty,
                });
            }
            let found = match header {
                Header::First | Header::None => !row.is_blank(),
                Header::Row(wanted) if row.number > wanted => return Err(Problem::NoHeader { row: wanted }),
                Header::Row(wanted) => row.number == wanted,
            };
            if !found {
                continue;
            }
            let names = &row.cells[..row.filled()];
            self.header = match header {
                Header::None => (0..row.used()).map(column_name).collect(),
                _ => unique(names),
            };
            if header == Header::None {
                self.rows.seek(place)?;
            }
            self.start = self.rows.position();
            return match self.header.len() {
                0 => Err(Problem::NoHeader { row: row.number }),
                _ => Ok(()),
            };
        }
    }
}

/// Names without blanks at their ends, every one different, also to those who do not look at case: `Ad`, `Ad (2)`.
fn unique(names: &[String]) -> Vec<String> {
    let mut taken = std::collections::HashSet::new();
    let names = names.iter().enumerate().map(|(column, name)| {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = if name.is_empty() { column_name(column) } else { name };
        let mut candidate = name.clone();
        let mut count = 2;
        while !taken.insert(kernel::text::fold(&candidate)) {
            candidate = format!("{name} ({count})");
            count += 1;
        }
        candidate
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_differ() {
        let names = ["Ad", "", "ad ", "Ad (2)", "  Doğum\n tarihi", "B"].map(str::to_owned);
        assert_eq!(unique(&names), ["Ad", "B", "ad (2)", "Ad (2) (2)", "Doğum tarihi", "B (2)"]);
    }
}
