//! Encodings of text files. A reader sees every file as bytes in which ASCII is ASCII: UTF-16 is turned into UTF-8 on the way in, and the
//! others are decoded cell by cell, so that a broken letter spoils one cell and not the file.

use std::fmt;
use std::io::{Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use crate::Problem;

/// The encoding of a CSV file. ISO-8859-9 is windows-1254 here, as everywhere on the web: the one contains the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    /// An encoding of one byte a letter.
    Bytes(&'static encoding_rs::Encoding),
}

impl Encoding {
    /// Turkish Windows: what Excel writes as "CSV" on a Turkish computer.
    pub const WINDOWS_1254: Encoding = Encoding::Bytes(encoding_rs::WINDOWS_1254);

    /// An encoding by one of its usual names: `utf-8`, `utf-16le`, `windows-1254`, `iso-8859-9`, `latin5`.
    pub fn named(name: &str) -> Result<Encoding, Problem> {
        match encoding_rs::Encoding::for_label(name.as_bytes()) {
            Some(found) if found == encoding_rs::UTF_8 => Ok(Encoding::Utf8),
            Some(found) if found == encoding_rs::UTF_16LE => Ok(Encoding::Utf16Le),
            Some(found) if found == encoding_rs::UTF_16BE => Ok(Encoding::Utf16Be),
            Some(found) if found.is_single_byte() => Ok(Encoding::Bytes(found)),
            _ => Err(Problem::UnknownEncoding { name: name.to_owned() }),
        }
    }

    /// The name of the encoding; [`Encoding::named`] knows it.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le => "UTF-16LE",
            Encoding::Utf16Be => "UTF-16BE",
            Encoding::Bytes(encoding) => encoding.name(),
        }
    }

    /// The encoding that a mark at the beginning of the file announces, and how long the mark is.
    pub(crate) fn by_mark(head: &[u8]) -> Option<(Encoding, u64)> {
        match head {
            [0xEF, 0xBB, 0xBF, ..] => Some((Encoding::Utf8, 3)),
            [0xFF, 0xFE, ..] => Some((Encoding::Utf16Le, 2)),
            [0xFE, 0xFF, ..] => Some((Encoding::Utf16Be, 2)),
            _ => None,
        }
    }

    /// UTF-16 without a mark gives itself away: every other byte of Western text is zero.
    pub(crate) fn by_zeros(head: &[u8]) -> Option<Encoding> {
        let pairs = head.len() / 2;
        let zeros = |offset| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
        match (zeros(0), zeros(1)) {
            (even, odd) if pairs > 0 && odd * 2 > pairs && even * 10 < pairs => Some(Encoding::Utf16Le),
            (even, odd) if pairs > 0 && even * 2 > pairs && odd * 10 < pairs => Some(Encoding::Utf16Be),
            _ => None,
        }
    }

    /// UTF-8 or windows-1254, by the letters beyond ASCII: a few broken ones do not unmake a UTF-8 file.
    pub(crate) fn by_letters(sample: &[u8]) -> Encoding {
        let (mut good, mut broken) = (0_usize, 0_usize);
        for chunk in sample.utf8_chunks() {
            good += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
            broken += usize::from(!chunk.invalid().is_empty());
        }
        // The sample may end in the middle of a letter.
        if let Some(last) = sample.utf8_chunks().last()
            && !last.invalid().is_empty()
            && std::str::from_utf8(last.invalid()).is_err_and(|error| error.error_len().is_none())
        {
            broken -= 1;
        }
        if broken * 4 <= good {
            Encoding::Utf8
        } else {
            Encoding::WINDOWS_1254
        }
    }

    /// Appends the text of these bytes, as [`Source`] hands them out. False when some are no letters: � stands in their place.
    pub(crate) fn decode(self, bytes: &[u8], text: &mut String) -> bool {
        let start = text.len();
        let whole = match self {
            Encoding::Bytes(encoding) if !bytes.is_ascii() => {
                let (letters, broken) = encoding.decode_without_bom_handling(bytes);
                text.push_str(&letters);
                !broken
            }
            _ => match std::str::from_utf8(bytes) {
                Ok(letters) => {
                    text.push_str(letters);
                    true
                }
                Err(_) => {
                    text.push_str(&String::from_utf8_lossy(bytes));
                    false
                }
            },
        };
        // Bytes that windows-1254 leaves free are decoded as C1 controls; zeros are no text anywhere.
        let unwanted = |c: char| c == '\0' || (matches!(self, Encoding::Bytes(_)) && ('\u{80}'..='\u{9f}').contains(&c));
        if text[start..].contains(unwanted) {
            let cleaned = text[start..].replace(unwanted, "\u{fffd}");
            text.replace_range(start.., &cleaned);
            return false;
        }
        whole
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Encoding {
    type Error = Problem;

    fn try_from(name: String) -> Result<Encoding, Problem> {
        Encoding::named(&name)
    }
}

impl From<Encoding> for String {
    fn from(encoding: Encoding) -> String {
        encoding.name().to_owned()
    }
}

/// Where bytes come from.
pub(crate) trait Stream: Read + Seek + Send {}

impl<T: Read + Seek + Send> Stream for T {}

const CHUNK_BYTES: usize = 64 << 10;

/// A file as bytes in which ASCII is ASCII. Half of a surrogate pair becomes what it would be in UTF-8, which is not valid there and so is
/// found where all broken letters are.
pub(crate) struct Source {
    stream: Box<dyn Stream>,
    pub encoding: Encoding,
    raw: Box<[u8]>,
    /// A byte that waits for its other half.
    odd: Option<u8>,
    /// A surrogate that waits for its other half.
    high: Option<u16>,
}

impl Source {
    pub fn new(stream: Box<dyn Stream>, encoding: Encoding) -> Source {
        Source {
            stream,
            encoding,
            raw: vec![0; CHUNK_BYTES].into(),
            odd: None,
            high: None,
        }
    }

    pub fn seek(&mut self, byte: u64) -> Result<(), Problem> {
        self.stream.seek(SeekFrom::Start(byte))?;
        (self.odd, self.high) = (None, None);
        Ok(())
    }

    /// Replaces the content of `out` with what comes next; nothing when the file ends.
    pub fn fill(&mut self, out: &mut Vec<u8>) -> Result<(), Problem> {
        out.clear();
        while out.is_empty() {
            let length = self.stream.read(&mut self.raw)?;
            let raw = &self.raw[..length];
            match self.encoding {
                Encoding::Utf8 | Encoding::Bytes(_) => out.extend_from_slice(raw),
                Encoding::Utf16Le | Encoding::Utf16Be => {
                    for byte in raw {
                        let Some(first) = self.odd.take() else {
                            self.odd = Some(*byte);
                            continue;
                        };
                        let unit = match self.encoding {
                            Encoding::Utf16Le => u16::from_le_bytes([first, *byte]),
                            _ => u16::from_be_bytes([first, *byte]),
                        };
                        push_unit(&mut self.high, unit, out);
                    }
                    if length == 0 {
                        if let Some(high) = self.high.take() {
                            push_code(u32::from(high), out);
                        }
                        if self.odd.take().is_some() {
                            out.push(0xFF);
                        }
                    }
                }
            }
            if length == 0 {
                break;
            }
        }
        Ok(())
    }

    /// How many bytes of the file these bytes were.
    pub fn length_of(&self, bytes: &[u8]) -> u64 {
        match self.encoding {
            Encoding::Utf8 | Encoding::Bytes(_) => bytes.len() as u64,
            Encoding::Utf16Le | Encoding::Utf16Be => {
                let letters = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
                let pairs = bytes.iter().filter(|byte| **byte >= 0xF0).count();
                2 * (letters + pairs) as u64
            }
        }
    }
}

fn push_unit(high: &mut Option<u16>, unit: u16, out: &mut Vec<u8>) {
    match (high.take(), unit) {
        (Some(first), 0xDC00..=0xDFFF) => {
            push_code(0x10000 + ((u32::from(first) - 0xD800) << 10) + (u32::from(unit) - 0xDC00), out);
            return;
        }
        (Some(alone), _) => push_code(u32::from(alone), out),
        (None, _) => {}
    }
    match unit {
        0xD800..=0xDBFF => *high = Some(unit),
        _ => push_code(u32::from(unit), out),
    }
}

/// UTF-8, also of a lone surrogate.
fn push_code(code: u32, out: &mut Vec<u8>) {
    let tail = |shift: u32| 0x80 | (code >> shift & 0x3F) as u8;
    match code {
        0..0x80 => out.push(code as u8),
        0x80..0x800 => out.extend([0xC0 | (code >> 6) as u8, tail(0)]),
        0x800..0x10000 => out.extend([0xE0 | (code >> 12) as u8, tail(6), tail(0)]),
        _ => out.extend([0xF0 | (code >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const TURKISH: &str = "Pijamalı hasta yağız şoföre çabucak güvendi; İĞÜŞÖÇ ı";

    fn through(encoding: Encoding, bytes: Vec<u8>) -> (String, bool) {
        let mut source = Source::new(Box::new(Cursor::new(bytes)), encoding);
        let (mut out, mut all) = (Vec::new(), Vec::new());
        loop {
            source.fill(&mut out).unwrap();
            if out.is_empty() {
                break;
            }
            all.extend_from_slice(&out);
        }
        let mut text = String::new();
        let whole = encoding.decode(&all, &mut text);
        (text, whole)
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn turkish_comes_through_in_every_encoding() {
        let ansi = encoding_rs::WINDOWS_1254.encode(TURKISH).0.into_owned();
        let cases = [
            ("utf-8", TURKISH.as_bytes().to_vec()),
            ("utf-16le", utf16(TURKISH, u16::to_le_bytes)),
            ("utf-16be", utf16(TURKISH, u16::to_be_bytes)),
            ("windows-1254", ansi.clone()),
            ("iso-8859-9", ansi.clone()),
            ("latin5", ansi),
        ];
        for (name, bytes) in cases {
            assert_eq!(through(Encoding::named(name).unwrap(), bytes), (TURKISH.to_owned(), true), "{name}");
        }
        assert_eq!(
            Encoding::named("klingon"),
            Err(Problem::UnknownEncoding {
                name: "klingon".to_owned()
            })
        );
    }

    #[test]
    fn letters_beyond_ascii_tell_the_encoding() {
        let ansi = encoding_rs::WINDOWS_1254.encode(TURKISH).0.into_owned();
        assert_eq!(Encoding::by_letters(TURKISH.as_bytes()), Encoding::Utf8);
        assert_eq!(Encoding::by_letters(&ansi), Encoding::WINDOWS_1254);
        assert_eq!(
            Encoding::by_letters("ş".as_bytes().split_last().unwrap().1),
            Encoding::Utf8,
            "cut in the middle of a letter"
        );
        assert_eq!(Encoding::by_zeros(&utf16(TURKISH, u16::to_le_bytes)), Some(Encoding::Utf16Le));
        assert_eq!(Encoding::by_zeros(&utf16(TURKISH, u16::to_be_bytes)), Some(Encoding::Utf16Be));
        assert_eq!(Encoding::by_zeros(TURKISH.as_bytes()), None);
    }

    #[test]
    fn broken_letters_are_told_never_swallowed() {
        let lone = [u16::from(b'a'), 0xD800, u16::from(b'b')]
            .into_iter()
            .flat_map(u16::to_le_bytes)
            .collect();
        for (encoding, bytes) in [
            (Encoding::Utf8, b"a\xFFb".to_vec()),
            (Encoding::Utf16Le, lone),
            (Encoding::WINDOWS_1254, b"a\x81b".to_vec()),
            (Encoding::Utf8, b"a\0b".to_vec()),
        ] {
            let (text, whole) = through(encoding, bytes);
            assert!(!whole, "{encoding}");
            assert!(text.starts_with("a\u{fffd}") && text.ends_with('b'), "{encoding}: {text:?}");
        }
        assert!(!through(Encoding::Utf16Be, vec![0, b'a', 0]).1, "half a letter at the end");
    }

    #[test]
    fn lengths_are_those_of_the_file() {
        let text = "aş😀";
        for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
            let source = Source::new(Box::new(Cursor::new(vec![])), encoding);
            assert_eq!(source.length_of(text.as_bytes()), 2 * text.encode_utf16().count() as u64);
        }
    }
}
