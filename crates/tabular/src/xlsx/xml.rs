//! XML, piece by piece, each piece bounded.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use crate::Problem;
use crate::inflate::Unpacked;
use crate::options::Limits;

/// Nesting deeper than this is no workbook.
const MAX_DEPTH: usize = 64;

/// Reads the pieces of one XML file. `<a/>` comes as `<a></a>`.
pub(crate) struct Xml {
    reader: Reader<Unpacked>,
    name: String,
    piece: Vec<u8>,
    max_piece_bytes: usize,
    depth: usize,
}

impl Xml {
    pub fn new(file: Unpacked, name: &str, limits: &Limits) -> Xml {
        let mut reader = Reader::from_reader(file);
        reader.config_mut().expand_empty_elements = true;
        let max_piece_bytes = limits.max_cell_chars.saturating_mul(8).max(64 << 10);
        Xml {
            reader,
            name: name.to_owned(),
            piece: Vec::new(),
            max_piece_bytes,
            depth: 0,
        }
    }

    pub fn next(&mut self) -> Result<Event<'_>, Problem> {
        self.piece.clear();
        self.reader.get_mut().mark(self.max_piece_bytes);
        let event = self.reader.read_event_into(&mut self.piece).map_err(|error| match error {
            quick_xml::Error::Io(error) => Problem::from_io(&error),
            error => Problem::damaged(format!("{}: {error}", self.name)),
        })?;
        match &event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            // No spreadsheet program writes one; what it could hold is only trouble.
            Event::DocType(_) => return Err(Problem::damaged(format!("{}: DOCTYPE", self.name))),
            _ => {}
        }
        if self.depth > MAX_DEPTH {
            return Err(Problem::damaged(self.name.clone()));
        }
        Ok(event)
    }

    /// Calls `each` with every element, to the end of the file.
    pub fn for_each_start(&mut self, mut each: impl FnMut(&BytesStart<'_>) -> Result<(), Problem>) -> Result<(), Problem> {
        loop {
            match self.next()? {
                Event::Start(start) => each(&start)?,
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    pub fn progress(&self) -> (u64, u64) {
        self.reader.get_ref().progress()
    }
}

/// The value of an attribute, whatever the prefix of its name.
pub(crate) fn attribute<'a>(start: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    let mut attributes = start.attributes();
    let found = attributes
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()
}

/// Appends the text of a piece; what is no text is passed over.
pub(crate) fn append_text(event: &Event<'_>, text: &mut String) -> Result<(), Problem> {
    match event {
        Event::Text(piece) => text.push_str(&piece.xml10_content()),
        Event::CData(piece) => text.push_str(&piece.xml10_content()),
        Event::GeneralRef(reference) => match reference.resolve_char_ref() {
            Ok(Some(letter)) => text.push(letter),
            _ => text.push_str(resolve_predefined_entity(reference).ok_or_else(|| Problem::damaged("XML"))?),
        },
        _ => {}
    }
    Ok(())
}
