//! Tables that are sent while they are written.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use kernel::error::Lang;
use tabular::write::CsvStyle;

/// What a table writer has written and nobody has sent yet.
#[derive(Clone, Default)]
pub struct Spool(Arc<Mutex<Vec<u8>>>);

impl Spool {
    /// Takes what there is.
    pub fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// How a CSV file is written for people who read this language: as their spreadsheet opens it by a double click.
pub fn csv_style(lang: Lang) -> CsvStyle {
    lang.pick(
        CsvStyle::TURKISH_EXCEL,
        CsvStyle {
            byte_order_mark: true,
            ..CsvStyle::PLAIN
        },
    )
}
