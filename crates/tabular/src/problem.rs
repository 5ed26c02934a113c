//! What can be wrong: with a file as a whole ([`Problem`], reading stops) or with one row of it ([`Fault`], reading goes on).

use std::io;

use kernel::error::Say;
use kernel::say;

use crate::serial::column_name;

/// What is wrong with a file. Reading it cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("the file cannot be read: {message}")]
    Io { message: String },
    #[error("the file is empty")]
    Empty,
    #[error("expected a CSV or XLSX file, found {found}")]
    NotATable { found: &'static str },
    #[error("expected a CSV or XLSX file, found an old or password-protected Excel file")]
    OldExcel,
    #[error("the workbook is damaged: {part}")]
    Damaged { part: String },
    #[error("there is no sheet {name:?}; there are {}", .sheets.join(", "))]
    NoSuchSheet { name: String, sheets: Vec<String> },
    #[error("the encoding {name:?} is not known")]
    UnknownEncoding { name: String },
    #[error("the separator {separator:?} cannot be used")]
    BadSeparator { separator: char },
    #[error("there is no header: the file has no row {row}")]
    NoHeader { row: u64 },
    #[error("row {row}, column {column}: a cell longer than {max} letters")]
    CellTooLong { row: u64, column: usize, max: usize },
    #[error("row {row} is longer than {max} bytes")]
    RowTooLong { row: u64, max: usize },
    #[error("row {row} has more than {max} columns")]
    TooManyColumns { row: u64, max: usize },
    #[error("row {row} begins a quotation that never ends")]
    UnclosedQuote { row: u64 },
    #[error("the workbook unpacks to more than is allowed ({limit})")]
    Bomb { limit: &'static str },
    #[error("a sheet holds {max} rows at most")]
    SheetFull { max: u64 },
}

impl Problem {
    /// A name that does not change, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Problem::Io { .. } => "file_unreadable",
            Problem::Empty => "file_empty",
            Problem::NotATable { .. } => "file_not_a_table",
            Problem::OldExcel => "file_old_excel",
            Problem::Damaged { .. } => "file_damaged",
            Problem::NoSuchSheet { .. } => "sheet_not_found",
            Problem::UnknownEncoding { .. } => "encoding_unknown",
            Problem::BadSeparator { .. } => "separator_unusable",
            Problem::NoHeader { .. } => "header_missing",
            Problem::CellTooLong { .. } => "cell_too_long",
            Problem::RowTooLong { .. } => "row_too_long",
            Problem::TooManyColumns { .. } => "too_many_columns",
            Problem::UnclosedQuote { .. } => "quote_unclosed",
            Problem::Bomb { .. } => "file_too_large_unpacked",
            Problem::SheetFull { .. } => "sheet_full",
        }
    }

    /// What the message names, by name.
    pub fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Problem::Io { message } => vec![("message", message.clone())],
            Problem::Empty | Problem::OldExcel => vec![],
            Problem::NotATable { found } => vec![("found", (*found).to_owned())],
            Problem::Damaged { part } => vec![("part", part.clone())],
            Problem::NoSuchSheet { name, sheets } => vec![("name", name.clone()), ("sheets", sheets.join(", "))],
            Problem::UnknownEncoding { name } => vec![("name", name.clone())],
            Problem::BadSeparator { separator } => vec![("separator", separator.to_string())],
            Problem::NoHeader { row } | Problem::UnclosedQuote { row } => vec![("row", row.to_string())],
            Problem::CellTooLong { row, column, max } => {
                vec![("row", row.to_string()), ("column", column_name(*column)), ("max", max.to_string())]
            }
            Problem::RowTooLong { row, max } | Problem::TooManyColumns { row, max } => {
                vec![("row", row.to_string()), ("max", max.to_string())]
            }
            Problem::Bomb { limit } => vec![("limit", (*limit).to_owned())],
            Problem::SheetFull { max } => vec![("max", max.to_string())],
        }
    }

    /// What to tell the person who chose the file.
    pub fn say(&self) -> Say {
        match self {
            Problem::Io { message } => say!("Dosya okunamadı: {message}", "The file cannot be read: {message}"),
            Problem::Empty => say!("Dosya boş.", "The file is empty."),
            Problem::NotATable { found } => say!(
                "CSV ya da XLSX dosyası bekleniyordu, {found} bulundu. Tabloyu CSV ya da XLSX olarak kaydedip yeniden deneyin.",
                "Expected a CSV or XLSX file, found {found}. Save the table as CSV or XLSX and try again.",
            ),
            Problem::OldExcel => say!(
                "Bu, eski biçimde (.xls) ya da parolalı bir Excel dosyası. Parolasız .xlsx ya da CSV olarak kaydedip yeniden deneyin.",
                "This is an Excel file in the old format (.xls) or with a password. Save it as .xlsx without a password, or as CSV.",
            ),
            Problem::Damaged { part } => say!("Excel dosyası bozuk ({part}).", "The workbook is damaged ({part})."),
            Problem::NoSuchSheet { name, sheets } => {
                let sheets = sheets.join(", ");
                say!(
                    "“{name}” adlı sayfa yok. Sayfalar: {sheets}",
                    "There is no sheet “{name}”. Sheets: {sheets}"
                )
            }
            Problem::UnknownEncoding { name } => say!("“{name}” kodlaması bilinmiyor.", "The encoding “{name}” is not known."),
            Problem::BadSeparator { separator } => {
                say!(
                    "“{separator}” ayırıcı olarak kullanılamaz.",
                    "“{separator}” cannot be used as a separator."
                )
            }
            Problem::NoHeader { row } => say!(
                "Başlık satırı bulunamadı: dosyada {row}. satır yok.",
                "No header was found: the file has no row {row}.",
            ),
            Problem::CellTooLong { row, column, max } => {
                let column = column_name(*column);
                say!(
                    "{row}. satırın {column} sütunundaki hücre {max} harften uzun. Kapanmamış bir tırnak işareti olabilir.",
                    "The cell in row {row}, column {column} is longer than {max} letters. A quotation mark may be unclosed.",
                )
            }
            Problem::RowTooLong { row, max } => say!(
                "{row}. satır {max} bayttan uzun. Kapanmamış bir tırnak işareti olabilir ya da dosyada satır sonu yoktur.",
                "Row {row} is longer than {max} bytes. A quotation mark may be unclosed, or the file has no line breaks.",
            ),
            Problem::TooManyColumns { row, max } => {
                say!(
                    "{row}. satırda {max} sütundan fazlası var.",
                    "Row {row} has more than {max} columns."
                )
            }
            Problem::UnclosedQuote { row } => say!(
                "{row}. satırda başlayan tırnak işareti hiç kapanmıyor.",
                "The quotation mark that opens in row {row} is never closed.",
            ),
            Problem::Bomb { limit } => say!(
                "Excel dosyası açıldığında izin verilenden büyük ({limit}).",
                "The workbook is larger than allowed when unpacked ({limit}).",
            ),
            Problem::SheetFull { max } => say!(
                "Bir Excel sayfası en çok {max} satır alır. CSV olarak dışa aktarın.",
                "An Excel sheet holds {max} rows at most. Export as CSV.",
            ),
        }
    }

    /// A problem met while a library was reading comes back out of the error the library made of it.
    pub(crate) fn from_io(error: &io::Error) -> Problem {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Problem>()) {
            Some(problem) => problem.clone(),
            None => Problem::Io {
                message: error.to_string(),
            },
        }
    }

    pub(crate) fn damaged(part: impl Into<String>) -> Problem {
        Problem::Damaged { part: part.into() }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Problem {
        Problem::from_io(&error)
    }
}

impl From<Problem> for io::Error {
    fn from(problem: Problem) -> io::Error {
        io::Error::other(problem)
    }
}

/// What is wrong with one row. The rows after it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// More cells than the header; those too many are left out.
    LongRow { cells: usize, columns: usize },
    /// Letters that do not exist in the encoding of the file; the cell shows � in their place.
    BrokenText { column: usize },
    /// A formula that has no value: `#N/A`, `#REF!` and the like. The cell is empty.
    FormulaError { column: usize, error: String },
}

impl Fault {
    /// A name that does not change, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Fault::LongRow { .. } => "row_too_many_cells",
            Fault::BrokenText { .. } => "cell_broken_text",
            Fault::FormulaError { .. } => "cell_formula_error",
        }
    }

    /// The column it is about, counted from 0.
    pub fn column(&self) -> Option<usize> {
        match self {
            Fault::LongRow { .. } => None,
            Fault::BrokenText { column } | Fault::FormulaError { column, .. } => Some(*column),
        }
    }

    /// What to tell the person who chose the file; the header gives the columns their names.
    pub fn say(&self, header: &[String]) -> Say {
        let name = self
            .column()
            .map(|column| header.get(column).cloned().unwrap_or_else(|| column_name(column)));
        let name = name.unwrap_or_default();
        match self {
            Fault::LongRow { cells, columns } => say!(
                "Satırda {cells} hücre var, başlıkta ise {columns} sütun.",
                "The row has {cells} cells, the header only {columns} columns.",
            ),
            Fault::BrokenText { .. } => say!(
                "“{name}” sütunundaki metin dosyanın kodlamasında okunamıyor.",
                "The text in column “{name}” cannot be read in the encoding of the file.",
            ),
            Fault::FormulaError { error, .. } => say!(
                "“{name}” sütunundaki formülün sonucu yok ({error}).",
                "The formula in column “{name}” has no value ({error}).",
            ),
        }
    }
}
