//! XLSX out. Rows go to a temporary file at once; the archive is made of it at the end.

use std::io::Write;

use chrono::NaiveTime;
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

use super::{Cell, Sheet};
use crate::Problem;
use crate::serial::to_serial;

/// A workbook of one sheet that is being written.
pub struct Xlsx<W: Write + Send> {
    writer: W,
    workbook: Workbook,
    formats: Formats,
    next_row: u32,
}

struct Formats {
    date: Format,
    date_time: Format,
    /// By the number of decimals.
    decimals: Vec<Format>,
}

/// Excel keeps fifteen digits of a number and no more; longer ones are written as text.
const MAX_EXACT: u64 = 999_999_999_999_999;
const MAX_ROWS: u32 = 1 << 20;
const MAX_CELL_CHARS: usize = 32_767;

impl<W: Write + Send> Xlsx<W> {
    /// Begins a workbook with one sheet of this name, its header in bold and always in sight. The writer is written to at the end only.
    pub fn new(writer: W, sheet: &str, header: &[&str]) -> Result<Xlsx<W>, Problem> {
        let mut workbook = Workbook::new();
        let worksheet = workbook.add_worksheet_with_constant_memory().map_err(problem)?;
        worksheet.set_name(sheet).map_err(problem)?;
        worksheet.set_freeze_panes(1, 0).map_err(problem)?;
        let bold = Format::new().set_bold().set_background_color(Color::RGB(0xE8_EE_F7));
        for (column, name) in (0_u16..).zip(header) {
            let width = name.chars().count().clamp(10, 40) as f64 + 2.0;
            worksheet.set_column_width(column, width).map_err(problem)?;
        }
        for (column, name) in (0_u16..).zip(header) {
            worksheet.write_string_with_format(0, column, *name, &bold).map_err(problem)?;
        }
        let decimals = (0..=18).map(|scale| match scale {
            0 => Format::new().set_num_format("#,##0"),
            scale => Format::new().set_num_format(format!("#,##0.{}", "0".repeat(scale))),
        });
        // These two are shown as the computer of the reader shows dates.
        let formats = Formats {
            date: Format::new().set_num_format_index(14),
            date_time: Format::new().set_num_format_index(22),
            decimals: decimals.collect(),
        };
        Ok(Xlsx {
            writer,
            workbook,
            formats,
            next_row: 1,
        })
    }
}

impl<W: Write + Send> Sheet for Xlsx<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Problem> {
        if self.next_row == MAX_ROWS {
            return Err(Problem::SheetFull { max: u64::from(MAX_ROWS) });
        }
        let row = self.next_row;
        let worksheet = self.workbook.worksheet_from_index(0).map_err(problem)?;
        for (column, cell) in (0_u16..).zip(cells) {
            if let Cell::Text(text) = cell
                && text.len() > MAX_CELL_CHARS
                && text.chars().count() > MAX_CELL_CHARS
            {
                return Err(Problem::CellTooLong {
                    row: u64::from(row) + 1,
                    column: usize::from(column),
                    max: MAX_CELL_CHARS,
                });
            }
            write_cell(worksheet, &self.formats, (row, column), cell).map_err(problem)?;
        }
        self.next_row += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), Problem> {
        self.workbook.save_to_writer(&mut self.writer).map_err(problem)?;
        Ok(self.writer.flush()?)
    }
}

fn write_cell(worksheet: &mut Worksheet, formats: &Formats, (row, column): (u32, u16), cell: &Cell<'_>) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            worksheet.write_string(row, column, *text)?;
        }
        Cell::Bool(value) => {
            worksheet.write_boolean(row, column, *value)?;
        }
        Cell::Integer(value) if value.unsigned_abs() <= MAX_EXACT => {
            worksheet.write_number(row, column, *value as f64)?;
        }
        Cell::Integer(value) => {
            worksheet.write_string(row, column, value.to_string())?;
        }
        Cell::Decimal(value) => match formats.decimals.get(usize::from(value.scale)) {
            Some(format) if value.scaled.unsigned_abs() <= MAX_EXACT => {
                // The nearest binary number to the decimal text is what a spreadsheet would store for it.
                let number: f64 = value.to_string().parse().unwrap_or(f64::NAN);
                worksheet.write_number_with_format(row, column, number, format)?;
            }
            _ => {
                worksheet.write_string(row, column, value.to_string())?;
            }
        },
        Cell::Date(date) => match to_serial(date.and_time(NaiveTime::MIN)) {
            Some(serial) => {
                worksheet.write_number_with_format(row, column, serial, &formats.date)?;
            }
            None => {
                worksheet.write_string(row, column, date.to_string())?;
            }
        },
        Cell::DateTime(moment) => match to_serial(*moment) {
            Some(serial) => {
                worksheet.write_number_with_format(row, column, serial, &formats.date_time)?;
            }
            None => {
                worksheet.write_string(row, column, moment.format("%Y-%m-%dT%H:%M:%S%.f").to_string())?;
            }
        },
    }
    Ok(())
}

fn problem(error: XlsxError) -> Problem {
    Problem::Io {
        message: error.to_string(),
    }
}
