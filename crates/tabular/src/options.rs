//! How a file is to be read. The defaults find out everything from the content.

use serde::{Deserialize, Serialize};

use crate::Encoding;

/// How a file is to be read. What is `None` is found out from the content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The encoding of a CSV file.
    pub encoding: Option<Encoding>,
    /// What separates the cells of a CSV file: one of `, ; tab |`, or any other ASCII sign.
    pub separator: Option<u8>,
    /// The sheet of a workbook; the first visible one when `None`.
    pub sheet: Option<String>,
    /// Where the names of the columns stand.
    pub header: Header,
    /// How much is too much.
    pub limits: Limits,
}

/// Where the names of the columns stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    /// In the first row that is not empty.
    #[default]
    First,
    /// In the row of this number, as a spreadsheet counts; what stands above is not read.
    Row(u64),
    /// Nowhere: columns are named A, B, C and there are as many as in the first row.
    None,
}

/// How much is too much. Memory is bounded by these, whatever the file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Letters in one cell.
    pub max_cell_chars: usize,
    /// Bytes in one row, as text.
    pub max_row_bytes: usize,
    /// Columns in one row.
    pub max_columns: usize,
    /// Files inside a workbook.
    pub max_entries: usize,
    /// Bytes of any file inside a workbook, unpacked.
    pub max_unpacked_bytes: u64,
    /// How many times larger than packed a file inside a workbook may be, once it is larger than 16 MiB.
    pub max_ratio: u64,
    /// Bytes of the texts that the cells of a workbook share; these are held in memory.
    pub max_shared_bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_cell_chars: 32_768,
            max_row_bytes: 4 << 20,
            max_columns: 1_000,
            max_entries: 5_000,
            max_unpacked_bytes: 8 << 30,
            max_ratio: 200,
            max_shared_bytes: 256 << 20,
        }
    }
}

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "format")]
pub enum Format {
    Csv { encoding: Encoding, separator: char },
    Xlsx { sheet: String },
}
