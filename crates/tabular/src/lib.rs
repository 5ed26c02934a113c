//! Tables in and out as a stream, in constant memory: CSV and XLSX, what people write in them, and what they mean by it.
//!
//! ```no_run
//! let mut reader = tabular::open("customers.csv".as_ref(), &tabular::Options::default())?;
//! let mut row = tabular::Row::default();
//! while reader.read_into(&mut row)? {
//!     println!("{}: {:?}", row.number, row.cells);
//! }
//! # Ok::<(), tabular::Problem>(())
//! ```
//!
//! - [`open`] finds out what a file is, whatever its name says, and yields its header and its rows.
//! - [`number`], [`date`] and [`boolean`] read what a cell says; [`guess`] finds which column is meant for which field.
//! - [`write`] writes what [`open`] reads.
//!
//! Pure: no database, no business. What cannot be read is a [`Problem`] (the file) or a [`Fault`] (one row), and both can be said in
//! Turkish and in English.

pub mod boolean;
mod csv;
pub mod date;
mod encoding;
pub mod guess;
mod inflate;
pub mod looks;
pub mod number;
mod options;
mod problem;
mod reader;
mod row;
mod serial;
mod sniff;
pub mod write;
mod xlsx;

pub use encoding::Encoding;
pub use options::{Format, Header, Limits, Options};
pub use problem::{Fault, Problem};
pub use reader::{Position, Progress, Reader, open, sheets};
pub use row::Row;
