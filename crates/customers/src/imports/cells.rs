//! Cells of a file as values, in the ways the file writes numbers and dates.

use kernel::error::Say;
use kernel::say;
use kernel::text::fold;
use tabular::date::DateStyle;
use tabular::number::NumberStyle;

use super::options::Options;
use crate::cell::Cell;

/// How a file writes its values.
#[derive(Clone, Copy)]
pub struct Cells {
    number_style: NumberStyle,
    date_style: DateStyle,
}

impl Cells {
    pub fn of(options: &Options) -> Cells {
        Cells {
            number_style: options.number_style(),
            date_style: options.date_style(),
        }
    }

    pub fn number(&self, text: &str, scale: i64, decimals: u8) -> Result<Cell, Say> {
        let wrong = || match self.number_style {
            NumberStyle::Comma => say!(
                "Sayı olarak okunamadı; örneğin 1.234,56 bekleniyor.",
                "Cannot be read as a number; expected something like 1.234,56."
            ),
            NumberStyle::Point => say!(
                "Sayı olarak okunamadı; örneğin 1,234.56 bekleniyor.",
                "Cannot be read as a number; expected something like 1,234.56."
            ),
        };
        let number = tabular::number::number(text, self.number_style).ok_or_else(wrong)?;
        let scaled = number
            .scaled
            .checked_mul(scale)
            .map(|scaled| tabular::number::Decimal { scaled, ..number });
        let value = scaled.and_then(|number| number.exactly(decimals));
        // Fifteen digits, as everywhere.
        value
            .filter(|value| value.unsigned_abs() < 10u64.pow(15))
            .map(Cell::Int)
            .ok_or_else(|| match decimals {
                0 => say!(
                    "En çok 15 basamaklı bir tam sayı olmalı.",
                    "Must be a whole number of 15 digits at most."
                ),
                _ => say!(
                    "En çok {} ondalık ve 15 basamak olabilir.",
                    "May have {} decimals and 15 digits at most.",
                    decimals
                ),
            })
    }

    pub fn date(&self, text: &str) -> Result<String, Say> {
        let date = tabular::date::date(text, self.date_style);
        date.map(|date| date.format("%Y-%m-%d").to_string()).ok_or_else(|| {
            say!(
                "Tarih olarak okunamadı; örneğin 31.12.2026 bekleniyor.",
                "Cannot be read as a date; expected something like 31.12.2026."
            )
        })
    }

    pub fn boolean(&self, text: &str) -> Result<bool, Say> {
        let word = fold(text);
        match word.as_str() {
            "aktif" | "etkin" | "active" | "onayli" | "izinli" | "onay" | "granted" => Ok(true),
            "pasif" | "etkin degil" | "inactive" | "passive" | "onaysiz" | "izinsiz" | "ret" | "red" | "denied" => Ok(false),
            _ => tabular::boolean::boolean(text).ok_or_else(|| say!("Evet ya da hayır olmalı.", "Must be yes or no.")),
        }
    }
}

/// The code of a currency by what people write.
pub fn currency(text: &str) -> &str {
    match fold(text).as_str() {
        "tl" | "₺" | "turk lirasi" | "lira" => "TRY",
        "$" | "us$" | "dolar" | "dollar" | "abd dolari" => "USD",
        "€" | "avro" | "euro" => "EUR",
        "£" | "sterlin" | "sterling" => "GBP",
        _ => text,
    }
}
