//! The rows of a CSV file. Memory is bounded by [`crate::Limits`] whatever the file holds: one line of two gigabytes, a quotation that
//! never ends.

use csv_core::ReadRecordResult as Outcome;

use crate::encoding::Source;
use crate::options::Limits;
use crate::write::unguarded;
use crate::{Position, Problem, Row};

/// Reads row after row. Knows nothing of headers.
pub(crate) struct Rows {
    source: Source,
    parser: csv_core::Reader,
    limits: Limits,
    /// What was read from the file and not yet parsed: `chunk[at..]`.
    chunk: Vec<u8>,
    at: usize,
    /// Where in the file `chunk[at]` stands, and the number of the row that begins there.
    byte: u64,
    row: u64,
    /// The row at hand: its cells without quotes, one after the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Rows {
    pub fn new(source: Source, separator: u8, limits: Limits, start: Position) -> Result<Rows, Problem> {
        let mut rows = Rows {
            source,
            parser: csv_core::ReaderBuilder::new().delimiter(separator).build(),
            text: vec![0; limits.max_row_bytes.min(16 << 10)],
            ends: vec![0; limits.max_columns + 1],
            limits,
            chunk: Vec::new(),
            at: 0,
            byte: 0,
            row: 0,
        };
        rows.seek(start)?;
        Ok(rows)
    }

    pub fn position(&self) -> Position {
        Position {
            byte: self.byte,
            row: self.row,
        }
    }

    pub fn seek(&mut self, to: Position) -> Result<(), Problem> {
        self.source.seek(to.byte)?;
        self.parser.reset();
        self.chunk.clear();
        (self.at, self.byte, self.row) = (0, to.byte, to.row);
        Ok(())
    }

    /// Reads the next row that is not an empty line. False at the end of the file.
    pub fn read_into(&mut self, row: &mut Row) -> Result<bool, Problem> {
        if !self.skip_empty_lines()? {
            return Ok(false);
        }
        row.start(self.row);
        let cells = self.record()?;
        let mut start = 0;
        for (column, end) in self.ends[..cells].iter().enumerate() {
            let bytes = &self.text[start..*end];
            start = *end;
            let cell = row.push();
            if bytes.is_empty() {
                continue;
            }
            let whole = self.source.encoding.decode(bytes, cell);
            if cell.len() > self.limits.max_cell_chars && cell.chars().count() > self.limits.max_cell_chars {
                return Err(self.cell_too_long(column));
            }
            unguarded(cell);
            if !whole {
                row.broken();
            }
        }
        self.row += 1;
        Ok(true)
    }

    /// Moves to the first byte of the next row, counting the empty lines on the way.
    fn skip_empty_lines(&mut self) -> Result<bool, Problem> {
        loop {
            if self.at == self.chunk.len() && !self.fill()? {
                return Ok(false);
            }
            match self.chunk[self.at] {
                b'\n' => self.consume(1),
                b'\r' => {
                    self.consume(1);
                    self.skip_line_feed()?;
                }
                _ => return Ok(true),
            }
            self.row += 1;
        }
    }

    /// A line feed behind a carriage return is part of the same line break.
    fn skip_line_feed(&mut self) -> Result<(), Problem> {
        if (self.at < self.chunk.len() || self.fill()?) && self.chunk[self.at] == b'\n' {
            self.consume(1);
        }
        Ok(())
    }

    /// Parses one record into `text` and `ends`; how many cells it has.
    fn record(&mut self) -> Result<usize, Problem> {
        let (mut length, mut cells) = (0, 0);
        loop {
            let ended = self.at == self.chunk.len() && !self.fill()?;
            // At the end of the file a line break closes the last row, unless a quotation is open.
            let input = if ended { b"\n".as_slice() } else { &self.chunk[self.at..] };
            let (outcome, read, written, found) = self.parser.read_record(input, &mut self.text[length..], &mut self.ends[cells..]);
            length += written;
            cells += found;
            if !ended {
                self.consume(read);
            }
            match outcome {
                Outcome::Record if cells > self.limits.max_columns => return Err(self.too_many_columns()),
                Outcome::Record => {
                    if !ended && self.chunk[self.at - 1] == b'\r' {
                        self.skip_line_feed()?;
                    }
                    return Ok(cells);
                }
                Outcome::OutputFull => self.grow(length, cells)?,
                Outcome::OutputEndsFull => return Err(self.too_many_columns()),
                Outcome::InputEmpty | Outcome::End if ended => return Err(Problem::UnclosedQuote { row: self.row }),
                Outcome::InputEmpty | Outcome::End => {}
            }
        }
    }

    /// Makes room for a longer row, as long as it may still become one.
    fn grow(&mut self, length: usize, cells: usize) -> Result<(), Problem> {
        let cell_start = if cells == 0 { 0 } else { self.ends[cells - 1] };
        if length - cell_start > self.limits.max_cell_chars.saturating_mul(4) {
            return Err(self.cell_too_long(cells));
        }
        if self.text.len() >= self.limits.max_row_bytes {
            return Err(Problem::RowTooLong {
                row: self.row,
                max: self.limits.max_row_bytes,
            });
        }
        self.text.resize((self.text.len() * 2).min(self.limits.max_row_bytes), 0);
        Ok(())
    }

    fn fill(&mut self) -> Result<bool, Problem> {
        self.source.fill(&mut self.chunk)?;
        self.at = 0;
        Ok(!self.chunk.is_empty())
    }

    fn consume(&mut self, count: usize) {
        self.byte += self.source.length_of(&self.chunk[self.at..self.at + count]);
        self.at += count;
    }

    fn cell_too_long(&self, column: usize) -> Problem {
        Problem::CellTooLong {
            row: self.row,
            column,
            max: self.limits.max_cell_chars,
        }
    }

    fn too_many_columns(&self) -> Problem {
        Problem::TooManyColumns {
            row: self.row,
            max: self.limits.max_columns,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor, Read, Seek, SeekFrom};

    use super::*;
    use crate::Encoding;

    fn rows(bytes: &[u8], separator: u8) -> Rows {
        let source = Source::new(Box::new(Cursor::new(bytes.to_vec())), Encoding::Utf8);
        Rows::new(source, separator, Limits::default(), Position { byte: 0, row: 1 }).unwrap()
    }

    fn all(bytes: &[u8], separator: u8) -> Vec<(u64, Vec<String>)> {
        let (mut rows, mut row, mut out) = (rows(bytes, separator), Row::default(), vec![]);
        while rows.read_into(&mut row).unwrap() {
            out.push((row.number, row.cells[..row.used()].to_vec()));
        }
        out
    }

    fn table(rows: &[(u64, &[&str])]) -> Vec<(u64, Vec<String>)> {
        rows.iter()
            .map(|(number, cells)| (*number, cells.iter().map(|cell| (*cell).to_owned()).collect()))
            .collect()
    }

    #[test]
    fn rows_of_every_shape() {
        type Numbered<'a> = (u64, &'a [&'a str]);
        let cases: &[(&str, &[Numbered<'_>])] = &[
            ("a,b\n1,2\n", &[(1, &["a", "b"]), (2, &["1", "2"])]),
            ("a,b\r\n1,2", &[(1, &["a", "b"]), (2, &["1", "2"])]),
            ("a,b\r1,2\r", &[(1, &["a", "b"]), (2, &["1", "2"])]),
            ("a\r\n\r\nb\n\n\nc", &[(1, &["a"]), (3, &["b"]), (6, &["c"])]),
            ("\"a\n1\",\"b\"\"c\"\r\nd", &[(1, &["a\n1", "b\"c"]), (2, &["d"])]),
            ("a,\n,b\n,", &[(1, &["a", ""]), (2, &["", "b"]), (3, &["", ""])]),
            ("5\" boru,x\n", &[(1, &["5\" boru", "x"])]),
            ("\"\",\"\"", &[(1, &["", ""])]),
            ("'=1+1,'x,''-2\n", &[(1, &["=1+1", "'x", "'-2"])]),
            ("", &[]),
            ("\n\r\n", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(all(text.as_bytes(), b','), table(expected), "{text:?}");
        }
        assert_eq!(all(b"a;b|c\n", b';'), table(&[(1, &["a", "b|c"])]));
    }

    #[test]
    fn every_row_can_be_reached_again() {
        let text = "a,b\r\n\"x\ny\",ş\r\n\r\n1,2\r\n3,4";
        let (mut rows, mut row) = (rows(text.as_bytes(), b','), Row::default());
        let mut places = vec![];
        loop {
            let place = rows.position();
            if !rows.read_into(&mut row).unwrap() {
                break;
            }
            places.push((place, row.clone()));
        }
        assert_eq!(places.iter().map(|(_, row)| row.number).collect::<Vec<_>>(), [1, 2, 4, 5]);
        for (place, expected) in places.iter().rev() {
            rows.seek(*place).unwrap();
            assert!(rows.read_into(&mut row).unwrap());
            assert_eq!(&row, expected);
        }
    }

    #[test]
    fn what_is_too_long_is_refused() {
        let refusal = |text: &str| {
            let (mut rows, mut row) = (rows(text.as_bytes(), b','), Row::default());
            loop {
                match rows.read_into(&mut row) {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(problem) => return Some(problem),
                }
            }
        };
        assert_eq!(refusal("a,b\n1,\"2\n3"), Some(Problem::UnclosedQuote { row: 2 }));
        assert_eq!(refusal("a\n\""), Some(Problem::UnclosedQuote { row: 2 }));
        assert_eq!(
            refusal(&format!("a\nb,{}", "ş".repeat(32_769))),
            Some(Problem::CellTooLong {
                row: 2,
                column: 1,
                max: 32_768
            })
        );
        assert_eq!(refusal(&"ş".repeat(32_768)), None);
        assert_eq!(refusal(&",".repeat(1_000)), Some(Problem::TooManyColumns { row: 1, max: 1_000 }));
        assert_eq!(refusal(&",".repeat(999)), None);
        assert_eq!(
            refusal(&format!("{},", "x".repeat(30_000)).repeat(200)),
            Some(Problem::RowTooLong { row: 1, max: 4 << 20 })
        );
    }

    /// A quotation that opens and goes on for `left` bytes.
    struct Endless {
        left: usize,
        filler: u8,
    }

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(self.left);
            buffer[..length].fill(self.filler);
            if let Some(first) = buffer.first_mut().filter(|_| self.left == 200 << 20) {
                *first = b'"';
            }
            self.left -= length;
            Ok(length)
        }
    }

    impl Seek for Endless {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            Ok(0)
        }
    }

    #[test]
    fn two_hundred_megabytes_between_quotes_stay_on_disk() {
        for filler in [b'x', b',', b'\n'] {
            let source = Source::new(Box::new(Endless { left: 200 << 20, filler }), Encoding::Utf8);
            let mut rows = Rows::new(source, b',', Limits::default(), Position { byte: 0, row: 1 }).unwrap();
            let problem = rows.read_into(&mut Row::default()).unwrap_err();
            assert_eq!(
                problem,
                Problem::CellTooLong {
                    row: 1,
                    column: 0,
                    max: 32_768
                }
            );
            assert!(rows.text.capacity() <= 1 << 20, "{}", rows.text.capacity());
            assert!(rows.byte < 1 << 20, "{}", rows.byte);
        }
    }
}
