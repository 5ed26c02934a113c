//! What a file is, by its content: its name is not asked.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use csv_core::ReadRecordResult as Outcome;

use crate::{Encoding, Problem};

/// What separates cells, likeliest first.
const SEPARATORS: [u8; 4] = [b';', b',', b'\t', b'|'];

const HEAD_BYTES: usize = 4 << 10;
const CHUNK_BYTES: usize = 256 << 10;
const SAMPLE_ROWS: usize = 50;

/// What a file can be that we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Zip,
}

/// Text or a workbook; anything else is refused by the name people have for it.
pub(crate) fn kind(file: &mut File) -> Result<Kind, Problem> {
    let head = read_up_to(file, HEAD_BYTES)?;
    file.seek(SeekFrom::Start(0))?;
    kind_of(&head)
}

fn kind_of(head: &[u8]) -> Result<Kind, Problem> {
    const SIGNATURES: [(&[u8], &str); 10] = [
        (b"%PDF", "PDF"),
        (b"\x89PNG", "PNG"),
        (b"\xFF\xD8\xFF", "JPEG"),
        (b"GIF8", "GIF"),
        (b"\x1F\x8B", "GZIP"),
        (b"Rar!", "RAR"),
        (b"7z\xBC\xAF", "7-Zip"),
        (b"{\\rtf", "RTF"),
        (b"SQLite format 3", "SQLite"),
        (b"\x09\x08\x10\x00", "XLS"),
    ];
    if head.is_empty() {
        return Err(Problem::Empty);
    }
    if head.starts_with(b"PK\x03\x04") {
        return Ok(Kind::Zip);
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Err(Problem::OldExcel);
    }
    if let Some((_, found)) = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature)) {
        return Err(Problem::NotATable { found });
    }
    let start = String::from_utf8_lossy(&head[..head.len().min(512)])
        .trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t'])
        .to_lowercase();
    // Reports that call themselves .xls are often one of these.
    if ["<html", "<!doctype html", "<table", "<head", "<meta"]
        .iter()
        .any(|tag| start.starts_with(tag))
    {
        return Err(Problem::NotATable { found: "HTML" });
    }
    if start.starts_with("<?xml") {
        return Err(Problem::NotATable { found: "XML" });
    }
    if head.contains(&0) && Encoding::by_mark(head).is_none() && Encoding::by_zeros(head).is_none() {
        return Err(Problem::NotATable { found: "binary" });
    }
    Ok(Kind::Text)
}

/// The encoding of a text file and the length of the mark it begins with. Reads on until letters beyond ASCII tell, to the end if need be.
pub(crate) fn encoding(file: &mut File, wanted: Option<Encoding>) -> Result<(Encoding, u64), Problem> {
    file.seek(SeekFrom::Start(0))?;
    let head = read_up_to(file, HEAD_BYTES)?;
    let marked = Encoding::by_mark(&head);
    if let Some(wanted) = wanted {
        return Ok((
            wanted,
            marked.filter(|(encoding, _)| *encoding == wanted).map_or(0, |(_, length)| length),
        ));
    }
    if let Some(marked) = marked {
        return Ok(marked);
    }
    if let Some(encoding) = Encoding::by_zeros(&head) {
        return Ok((encoding, 0));
    }
    file.seek(SeekFrom::Start(0))?;
    loop {
        let chunk = read_up_to(file, CHUNK_BYTES)?;
        if chunk.is_empty() {
            return Ok((Encoding::Utf8, 0));
        }
        if !chunk.is_ascii() {
            return Ok((Encoding::by_letters(&chunk), 0));
        }
    }
}

/// The separator that cuts the first rows, from the line of the header on, into the most even table, and whether the file begins with a line
/// that only names it (`sep=;`, as Excel understands it).
pub(crate) fn separator(sample: &[u8], header_line: u64) -> (u8, bool) {
    if let Some([separator, b'\r' | b'\n', ..]) = sample.strip_prefix(b"sep=") {
        return (*separator, true);
    }
    let line_starts = sample.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let start = std::iter::once(0)
        .chain(line_starts)
        .nth(usize::try_from(header_line.max(1) - 1).unwrap_or(usize::MAX));
    let sample = &sample[start.unwrap_or(0)..];
    let mut best = (b',', (0, 0, 0));
    for separator in SEPARATORS {
        let widths = widths(sample, separator);
        let Some(columns) = widths.first().copied().filter(|columns| *columns > 1) else {
            continue;
        };
        // Rows as wide as the header tell most; trailing empty cells are often left out, surplus ones hardly ever added.
        let even = widths.iter().filter(|width| **width == columns).count();
        let short = widths.iter().filter(|width| **width > 1 && **width < columns).count();
        let score = (even * 100 / widths.len(), short * 100 / widths.len(), columns);
        if score > best.1 {
            best = (separator, score);
        }
    }
    (best.0, false)
}

fn widths(sample: &[u8], separator: u8) -> Vec<usize> {
    let mut parser = csv_core::ReaderBuilder::new().delimiter(separator).build();
    let mut text = vec![0; sample.len() + 1];
    let mut ends = vec![0; sample.len() + 1];
    let (mut at, mut widths) = (0, vec![]);
    while widths.len() < SAMPLE_ROWS && at < sample.len() {
        let (outcome, read, _, cells) = parser.read_record(&sample[at..], &mut text, &mut ends);
        at += read;
        match outcome {
            Outcome::Record => widths.push(cells),
            // A row cut off where the sample ends counts only when it is all there is.
            _ if widths.is_empty() => {
                widths.push(cells + 1);
                break;
            }
            _ => break,
        }
    }
    widths
}

pub(crate) fn read_up_to(file: &mut File, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    file.take(limit as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_found() {
        let cases: &[(&str, u8)] = &[
            ("Ad;Soyad;Tutar\nAli;Kaya;1,50\nVeli;Can;2,75\n", b';'),
            ("ad,soyad\nAli,\"Kaya; Can; Er\"\n", b','),
            ("ad\tsoyad\tnot\nAli\tKaya\ta,b;c\n", b'\t'),
            ("ad|soyad\nAli|Kaya\n", b'|'),
            ("\"Ad, Soyad\";\"Adres\"\n\"Kaya, Ali\";\"x\ny, z\"\n", b';'),
            ("e-posta\na@b.com\n", b','),
            ("a;b;c", b';'),
            ("a;b;c;d\n1;2\n1;2;3,5\n", b';'),
            ("", b','),
        ];
        for (text, expected) in cases {
            assert_eq!(separator(text.as_bytes(), 1), (*expected, false), "{text:?}");
        }
        assert_eq!(separator(b"sep=|\r\na;b|c\r\n", 1), (b'|', true));
    }

    #[test]
    fn files_of_another_kind_are_named() {
        let refused = |head: &[u8]| kind_of(head).unwrap_err();
        assert_eq!(refused(b""), Problem::Empty);
        assert_eq!(refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0"), Problem::OldExcel);
        assert_eq!(refused(b"%PDF-1.7\n"), Problem::NotATable { found: "PDF" });
        assert_eq!(refused(b"\n <HTML><body><table>"), Problem::NotATable { found: "HTML" });
        assert_eq!(refused(b"<?xml version='1.0'?><Workbook"), Problem::NotATable { found: "XML" });
        assert_eq!(
            refused(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"),
            Problem::NotATable { found: "binary" }
        );
        assert_eq!(kind_of(b"a,b\n1,2"), Ok(Kind::Text));
        assert_eq!(kind_of(b"PK\x03\x04rest"), Ok(Kind::Zip));
    }
}
