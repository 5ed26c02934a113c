//! The rows of one sheet of a workbook. The sheet is unpacked and parsed as it is read; only the texts that cells share are held in memory.

mod formats;
mod number;
mod strings;
mod workbook;
mod xml;

use std::path::Path;

use quick_xml::events::{BytesStart, Event};

use self::formats::{Kind, Styles};
use self::strings::{Strings, unescape};
use self::workbook::Workbook;
use self::xml::{Xml, append_text, attribute};
use crate::options::Limits;
use crate::serial::{column_of, from_serial};
use crate::{Fault, Position, Problem, Row};

/// The sheets of a workbook that are not hidden, in the order of their tabs.
pub(crate) fn sheets(path: &Path, limits: &Limits) -> Result<Vec<String>, Problem> {
    Ok(Workbook::open(path, limits)?.sheet_names())
}

/// Reads row after row. Knows nothing of headers.
pub(crate) struct Rows {
    workbook: Workbook,
    sheet: String,
    limits: Limits,
    strings: Strings,
    styles: Styles,
    xml: Xml,
    ended: bool,
    /// The number of the row read last.
    row: u64,
    /// Rows before this one are passed over.
    from: u64,
    /// The value of the cell at hand.
    value: String,
}

/// What a cell says about its value before it is read.
#[derive(Clone, Copy)]
struct CellHead {
    column: usize,
    kind: CellKind,
    style: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CellKind {
    Number,
    Shared,
    Text,
    Boolean,
    Date,
    Error,
}

/// No spreadsheet has more rows.
const MAX_ROWS: u64 = 1 << 20;

impl Rows {
    pub fn open(path: &Path, sheet: Option<&str>, limits: Limits) -> Result<Rows, Problem> {
        let workbook = Workbook::open(path, &limits)?;
        let sheet = workbook.sheet(sheet)?;
        let strings = Strings::load(&workbook, &limits)?;
        let styles = Styles::load(&workbook, &limits)?;
        let xml = workbook.open_sheet(&sheet, &limits)?;
        Ok(Rows {
            workbook,
            sheet,
            limits,
            strings,
            styles,
            xml,
            ended: false,
            row: 0,
            from: 1,
            value: String::new(),
        })
    }

    pub fn sheet(&self) -> &str {
        &self.sheet
    }

    pub fn progress(&self) -> (u64, u64) {
        self.xml.progress()
    }

    pub fn position(&self) -> Position {
        Position {
            byte: self.progress().0,
            row: self.from.max(self.row + 1),
        }
    }

    /// Goes to a row by passing over those before it, from the first if need be.
    pub fn seek(&mut self, to: Position) -> Result<(), Problem> {
        if to.row <= self.row {
            self.xml = self.workbook.open_sheet(&self.sheet, &self.limits)?;
            (self.ended, self.row) = (false, 0);
        }
        self.from = to.row;
        Ok(())
    }

    /// Reads the next row. False at the end of the sheet.
    pub fn read_into(&mut self, row: &mut Row) -> Result<bool, Problem> {
        let mut inside = false;
        let mut bytes = 0;
        while !self.ended {
            let cell = match self.xml.next()? {
                Event::Start(start) => match start.local_name().as_ref() {
                    "row" => {
                        let given = attribute(&start, "r").and_then(|number| number.parse().ok());
                        let number: u64 = given.unwrap_or(self.row + 1);
                        if number <= self.row || number > MAX_ROWS {
                            return Err(Problem::damaged(format!("row {number}")));
                        }
                        self.row = number;
                        inside = true;
                        bytes = 0;
                        row.start(number);
                        continue;
                    }
                    "c" if inside && self.row >= self.from => CellHead::of(&start, row.used())?,
                    _ => continue,
                },
                Event::End(end) => match end.local_name().as_ref() {
                    "row" if inside && self.row >= self.from => return Ok(true),
                    "sheetData" => {
                        self.ended = true;
                        continue;
                    }
                    _ => continue,
                },
                Event::Eof => return Err(Problem::damaged(format!("{}: row {}", self.sheet, self.row))),
                _ => continue,
            };
            self.read_value(cell.column)?;
            self.put(cell, row)?;
            bytes += row.cells.get(cell.column).map_or(0, String::len);
            if bytes > self.limits.max_row_bytes {
                return Err(Problem::RowTooLong {
                    row: self.row,
                    max: self.limits.max_row_bytes,
                });
            }
        }
        Ok(false)
    }

    /// Reads up to the end of the cell and keeps its value: the content of `<v>`, or of every `<t>` of a text that stands in the cell. The
    /// formula and how the text is pronounced are passed over.
    fn read_value(&mut self, column: usize) -> Result<(), Problem> {
        self.value.clear();
        let (mut wanted, mut spoken) = (false, false);
        loop {
            let event = self.xml.next()?;
            match &event {
                Event::Start(start) => match start.local_name().as_ref() {
                    "v" | "t" => wanted = !spoken,
                    "rPh" => spoken = true,
                    _ => {}
                },
                Event::End(end) => match end.local_name().as_ref() {
                    "v" | "t" => wanted = false,
                    "rPh" => spoken = false,
                    "c" => return Ok(()),
                    _ => {}
                },
                Event::Eof => return Err(Problem::damaged(format!("{}: row {}", self.sheet, self.row))),
                _ if wanted => append_text(&event, &mut self.value)?,
                _ => {}
            }
            if self.value.len() > self.limits.max_cell_chars.saturating_mul(4) {
                return Err(Problem::CellTooLong {
                    row: self.row,
                    column,
                    max: self.limits.max_cell_chars,
                });
            }
        }
    }

    /// Puts the value where it belongs in the row. Cells without a value leave no trace: sheets are often coloured to the last column.
    fn put(&mut self, head: CellHead, row: &mut Row) -> Result<(), Problem> {
        if self.value.is_empty() {
            return Ok(());
        }
        if head.column < row.used() {
            return Err(Problem::damaged(format!("row {}", self.row)));
        }
        if head.column >= self.limits.max_columns {
            return Err(Problem::TooManyColumns {
                row: self.row,
                max: self.limits.max_columns,
            });
        }
        while row.used() < head.column {
            row.push();
        }
        let value = self.value.as_str();
        let cell = row.push();
        match head.kind {
            CellKind::Shared => {
                let text = value.trim().parse().ok().and_then(|index| self.strings.get(index));
                cell.push_str(text.ok_or_else(|| Problem::damaged("sharedStrings.xml"))?);
            }
            CellKind::Text => unescape(value, cell),
            CellKind::Boolean => cell.push_str(if value.trim() == "1" { "true" } else { "false" }),
            CellKind::Date => cell.push_str(value.strip_suffix("T00:00:00").unwrap_or(value)),
            CellKind::Error => {
                let fault = Fault::FormulaError {
                    column: head.column,
                    error: value.to_owned(),
                };
                row.faults.push(fault);
                return Ok(());
            }
            CellKind::Number => {
                let kind = self.styles.kind(head.style);
                let moment = value.trim().parse().ok().filter(|_| kind != Kind::Number);
                match moment.and_then(|serial: f64| kind.say(serial, from_serial(serial, self.workbook.epoch)?)) {
                    Some(moment) => cell.push_str(&moment),
                    None => number::print(value.trim(), cell),
                }
            }
        }
        if cell.len() > self.limits.max_cell_chars && cell.chars().count() > self.limits.max_cell_chars {
            return Err(Problem::CellTooLong {
                row: self.row,
                column: head.column,
                max: self.limits.max_cell_chars,
            });
        }
        Ok(())
    }
}

impl CellHead {
    fn of(start: &BytesStart<'_>, next_column: usize) -> Result<CellHead, Problem> {
        // One pass: there are more cells than anything else, and none of these values needs unescaping.
        let (mut column, mut kind, mut style) = (next_column, CellKind::Number, 0);
        for attribute in start.attributes().with_checks(false).flatten() {
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                "r" => column = column_of(value).ok_or_else(|| Problem::damaged(value))?,
                "s" => style = value.parse().unwrap_or(0),
                "t" => {
                    kind = match value {
                        "s" => CellKind::Shared,
                        "str" | "inlineStr" => CellKind::Text,
                        "b" => CellKind::Boolean,
                        "d" => CellKind::Date,
                        "e" => CellKind::Error,
                        _ => CellKind::Number,
                    }
                }
                _ => {}
            }
        }
        Ok(CellHead { column, kind, style })
    }
}
