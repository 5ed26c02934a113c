//! The texts that cells share, end to end in one piece of memory.

use quick_xml::events::Event;

use super::workbook::Workbook;
use super::xml::append_text;
use crate::Problem;
use crate::options::Limits;

#[derive(Default)]
pub(crate) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    pub fn load(workbook: &Workbook, limits: &Limits) -> Result<Strings, Problem> {
        let mut strings = Strings::default();
        let Some(mut xml) = workbook.open_part("/sharedStrings", limits)? else {
            return Ok(strings);
        };
        let mut raw = String::new();
        let (mut wanted, mut spoken) = (false, false);
        loop {
            let event = xml.next()?;
            match &event {
                Event::Start(start) => match start.local_name().as_ref() {
                    "si" => raw.clear(),
                    "t" => wanted = !spoken,
                    "rPh" => spoken = true,
                    _ => {}
                },
                Event::End(end) => match end.local_name().as_ref() {
                    "t" => wanted = false,
                    "rPh" => spoken = false,
                    "si" => {
                        unescape(&raw, &mut strings.text);
                        strings.ends.push(strings.text.len());
                    }
                    "sst" => return Ok(strings),
                    _ => {}
                },
                Event::Eof => return Err(Problem::damaged("sharedStrings.xml")),
                _ if wanted => append_text(&event, &mut raw)?,
                _ => {}
            }
            if strings.text.len() + raw.len() + strings.ends.len() * size_of::<usize>() > limits.max_shared_bytes {
                return Err(Problem::Bomb { limit: "max_shared_bytes" });
            }
        }
    }

    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..end)
    }
}

/// Appends a text in which `_x000D_` stands for the letter of that number, as spreadsheets write what XML cannot hold.
pub(crate) fn unescape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 7).and_then(|code| code.strip_suffix('_'));
        let letter = code
            .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        match letter {
            Some(letter) => {
                out.push_str(&rest[..at]);
                out.push(letter);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str(&rest[..at + 2]);
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_xml_cannot_hold() {
        for (text, expected) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xZZZZ_", "_xZZZZ_"),
            ("_x00", "_x00"),
            ("_x+00D_", "_x+00D_"),
            ("ş_x", "ş_x"),
            ("_xşşş_", "_xşşş_"),
        ] {
            let mut out = String::new();
            unescape(text, &mut out);
            assert_eq!(out, expected);
        }
    }
}
