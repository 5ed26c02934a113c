//! Tables out as a stream: [`Csv`] and [`Xlsx`]. What is written here, [`crate::open`] reads back as it was.

mod csv;
mod guard;
mod xlsx;

use chrono::{NaiveDate, NaiveDateTime};

pub use self::csv::{Csv, CsvStyle};
pub(crate) use self::guard::unguarded;
pub use self::xlsx::Xlsx;
use crate::Problem;
use crate::number::Decimal;

/// A value with its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    Text(&'a str),
    Integer(i64),
    Decimal(Decimal),
    Date(NaiveDate),
    DateTime(NaiveDateTime),
    Bool(bool),
    Empty,
}

/// A table that is being written. The header is given when it is begun.
pub trait Sheet {
    /// Writes the next row.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Problem>;

    /// Writes what is left. Without it the table is not whole.
    fn finish(self: Box<Self>) -> Result<(), Problem>;
}
