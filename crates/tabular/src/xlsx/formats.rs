//! Which numbers are dates: the cell names a style, the style a number format, and the format is read.

use std::collections::HashMap;

use chrono::{NaiveDateTime, Timelike};
use quick_xml::events::Event;

use super::workbook::Workbook;
use super::xml::attribute;
use crate::Problem;
use crate::options::Limits;

/// What a number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Date,
    DateTime,
    Time,
}

impl Kind {
    /// The moment as ISO text, as far as the format shows it. None for what is no moment.
    pub fn say(self, serial: f64, moment: NaiveDateTime) -> Option<String> {
        let seconds = if moment.nanosecond() == 0 { "%H:%M:%S" } else { "%H:%M:%S%.3f" };
        match self {
            Kind::Number => None,
            Kind::Date => (serial >= 1.0).then(|| moment.format("%Y-%m-%d").to_string()),
            Kind::Time if serial < 1.0 => Some(moment.format(seconds).to_string()),
            // Hours may run on beyond the day.
            Kind::Time => Some(format!(
                "{}{}",
                serial.floor() as u64 * 24 + u64::from(moment.hour()),
                moment.format(&seconds[2..])
            )),
            Kind::DateTime => Some(moment.format(&format!("%Y-%m-%dT{seconds}")).to_string()),
        }
    }
}

/// The styles of a workbook, as far as they tell dates from numbers.
#[derive(Default)]
pub(crate) struct Styles {
    kinds: Vec<Kind>,
}

/// Excel itself allows 65 490.
const MAX_STYLES: usize = 100_000;

impl Styles {
    pub fn load(workbook: &Workbook, limits: &Limits) -> Result<Styles, Problem> {
        let mut styles = Styles::default();
        let Some(mut xml) = workbook.open_part("/styles", limits)? else {
            return Ok(styles);
        };
        let mut formats: HashMap<u32, Kind> = HashMap::new();
        let mut cell_styles = false;
        loop {
            match xml.next()? {
                Event::Start(start) => match start.local_name().as_ref() {
                    "numFmt" => {
                        let id = attribute(&start, "numFmtId").and_then(|id| id.parse().ok());
                        if let (Some(id), Some(code)) = (id, attribute(&start, "formatCode")) {
                            formats.insert(id, kind_of(&code));
                        }
                    }
                    "cellXfs" => cell_styles = true,
                    "xf" if cell_styles => {
                        let id = attribute(&start, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                        styles.kinds.push(formats.get(&id).copied().unwrap_or_else(|| built_in(id)));
                    }
                    _ => {}
                },
                Event::End(end) if end.local_name().as_ref() == "cellXfs" => return Ok(styles),
                Event::Eof => return Ok(styles),
                _ => {}
            }
            if styles.kinds.len() + formats.len() > MAX_STYLES {
                return Err(Problem::damaged("styles.xml"));
            }
        }
    }

    pub fn kind(&self, style: usize) -> Kind {
        self.kinds.get(style).copied().unwrap_or(Kind::Number)
    }
}

fn built_in(id: u32) -> Kind {
    match id {
        14..=17 | 27..=31 | 34..=36 | 50..=58 => Kind::Date,
        18..=21 | 32 | 33 | 45..=47 => Kind::Time,
        22 => Kind::DateTime,
        _ => Kind::Number,
    }
}

/// Reads a number format such as `dd.mm.yyyy hh:mm` or `#,##0.00 "₺"`.
fn kind_of(code: &str) -> Kind {
    let code = code.to_lowercase().replace("am/pm", "").replace("general", "");
    let (mut date, mut time, mut months) = (false, false, false);
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => while letters.next().is_some_and(|c| c != '"') {},
            '\\' | '_' | '*' => {
                letters.next();
            }
            '[' => {
                // [h] is hours that run on; all else in brackets is colour, condition or language.
                let inside: String = letters.by_ref().take_while(|c| *c != ']').collect();
                time |= !inside.is_empty() && inside.chars().all(|c| matches!(c, 'h' | 'm' | 's'));
            }
            'y' | 'd' => date = true,
            'h' | 's' => time = true,
            'm' => months = true,
            // Only the format of positive numbers counts.
            ';' => break,
            _ => {}
        }
    }
    match (date, time) {
        (true, true) => Kind::DateTime,
        (true, false) => Kind::Date,
        (false, true) => Kind::Time,
        (false, false) if months => Kind::Date,
        (false, false) => Kind::Number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_tell_dates_from_numbers() {
        for (code, expected) in [
            ("General", Kind::Number),
            ("#,##0.00", Kind::Number),
            ("#,##0.00 \"₺\";[Red]-#,##0.00 \"₺\"", Kind::Number),
            ("0.00E+00", Kind::Number),
            ("0 \"days\"", Kind::Number),
            ("0\\d", Kind::Number),
            ("_-* #,##0_-", Kind::Number),
            ("[$-41F]0", Kind::Number),
            ("[Red]0", Kind::Number),
            ("@", Kind::Number),
            ("dd.mm.yyyy", Kind::Date),
            ("[$-41F]d mmmm yyyy;@", Kind::Date),
            ("mmm", Kind::Date),
            ("dd.mm.yyyy hh:mm", Kind::DateTime),
            ("m/d/yy h:mm AM/PM", Kind::DateTime),
            ("h:mm AM/PM", Kind::Time),
            ("[h]:mm:ss", Kind::Time),
            ("mm:ss", Kind::Time),
        ] {
            assert_eq!(kind_of(code), expected, "{code}");
        }
    }
}
