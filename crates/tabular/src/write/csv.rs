//! CSV out.

use std::io::Write;

use super::guard::needs_guard;
use super::{Cell, Sheet};
use crate::Problem;

/// How a CSV file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvStyle {
    pub separator: u8,
    /// The mark before decimals.
    pub decimal_mark: char,
    /// Begins the file with the mark by which Excel knows UTF-8.
    pub byte_order_mark: bool,
}

impl CsvStyle {
    /// What programs expect: `,` between cells and `1234.50`.
    pub const PLAIN: CsvStyle = CsvStyle {
        separator: b',',
        decimal_mark: '.',
        byte_order_mark: false,
    };
    /// What Excel opens by a double click on a Turkish computer: `;` between cells and `1234,50`.
    pub const TURKISH_EXCEL: CsvStyle = CsvStyle {
        separator: b';',
        decimal_mark: ',',
        byte_order_mark: true,
    };
}

/// A CSV file that is being written, in UTF-8.
pub struct Csv<W: Write> {
    writer: ::csv::Writer<W>,
    style: CsvStyle,
    cell: String,
}

impl<W: Write> Csv<W> {
    /// Begins a table.
    pub fn new(mut writer: W, header: &[&str], style: CsvStyle) -> Result<Csv<W>, Problem> {
        if style.byte_order_mark {
            writer.write_all("\u{feff}".as_bytes())?;
        }
        let writer = ::csv::WriterBuilder::new()
            .delimiter(style.separator)
            .terminator(::csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(writer);
        let mut csv = Csv {
            writer,
            style,
            cell: String::new(),
        };
        let header: Vec<Cell<'_>> = header.iter().map(|name| Cell::Text(name)).collect();
        csv.row(&header)?;
        Ok(csv)
    }

    fn print(&mut self, cell: &Cell<'_>) {
        use std::fmt::Write as _;
        let text = &mut self.cell;
        text.clear();
        // Writing to a String cannot fail.
        let _ = match cell {
            Cell::Empty => Ok(()),
            Cell::Text(value) => {
                if needs_guard(value) {
                    text.push('\'');
                }
                text.push_str(value);
                Ok(())
            }
            Cell::Integer(value) => write!(text, "{value}"),
            Cell::Decimal(value) => write!(text, "{value}"),
            Cell::Date(value) => write!(text, "{}", value.format("%Y-%m-%d")),
            Cell::DateTime(value) => write!(text, "{}", value.format("%Y-%m-%dT%H:%M:%S%.f")),
            Cell::Bool(value) => write!(text, "{value}"),
        };
        if let Cell::Decimal(_) = cell
            && self.style.decimal_mark != '.'
        {
            *text = text.replace('.', self.style.decimal_mark.encode_utf8(&mut [0; 4]));
        }
    }
}

impl<W: Write> Sheet for Csv<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Problem> {
        for cell in cells {
            self.print(cell);
            self.writer.write_field(&self.cell).map_err(problem)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(problem)
    }

    fn finish(mut self: Box<Self>) -> Result<(), Problem> {
        Ok(self.writer.flush()?)
    }
}

fn problem(error: ::csv::Error) -> Problem {
    Problem::Io {
        message: error.to_string(),
    }
}
