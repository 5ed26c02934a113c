//! Numbers as people write them: `1.234,56`, `1,234.56`, `₺1.234,56`, `(12)`, `%12`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An exact decimal number: `scaled` units of 10 to the power −`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decimal {
    pub scaled: i64,
    pub scale: u8,
}

impl Decimal {
    /// The most digits behind the decimal mark.
    pub const MAX_SCALE: u8 = 18;

    /// The same number in units of 10 to the power −`scale`. None when digits would be lost or it does not fit.
    pub fn exactly(self, scale: u8) -> Option<i64> {
        let step = 10_i64.checked_pow(u32::from(self.scale.abs_diff(scale)))?;
        if scale >= self.scale {
            self.scaled.checked_mul(step)
        } else {
            (self.scaled % step == 0).then_some(self.scaled / step)
        }
    }

    /// The nearest number in units of 10 to the power −`scale`; a half goes away from zero. None when it does not fit.
    pub fn rounded(self, scale: u8) -> Option<i64> {
        if scale >= self.scale {
            return self.exactly(scale);
        }
        let step = 10_i128.checked_pow(u32::from(self.scale - scale))?;
        let scaled = i128::from(self.scaled);
        i64::try_from((scaled + scaled.signum() * step / 2) / step).ok()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scaled < 0 {
            f.write_str("-")?;
        }
        let digits = format!("{:0width$}", self.scaled.unsigned_abs(), width = usize::from(self.scale) + 1);
        let (whole, fraction) = digits.split_at(digits.len() - usize::from(self.scale));
        f.write_str(whole)?;
        if fraction.is_empty() { Ok(()) } else { write!(f, ".{fraction}") }
    }
}

/// Which mark stands before the decimals. It decides only what a number leaves open: `1.234` and `1,234`; `1.234,5` and `1,5` speak for
/// themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberStyle {
    /// As in Turkish: `1.234,56`.
    #[default]
    Comma,
    /// As in English: `1,234.56`.
    Point,
}

impl NumberStyle {
    /// The style of a column. The numbers that leave nothing open decide; when none does, a mark before three digits groups thousands.
    pub fn guess<'a>(samples: impl IntoIterator<Item = &'a str>) -> NumberStyle {
        let (mut comma, mut point, mut lone_comma, mut lone_point) = (0, 0, 0, 0);
        for sample in samples {
            match Parts::of(sample).map(|parts| parts.reading()) {
                Some(Reading::Decimal { mark: ',', .. } | Reading::Grouped { mark: '.' }) => comma += 1,
                Some(Reading::Decimal { mark: '.', .. } | Reading::Grouped { mark: ',' }) => point += 1,
                Some(Reading::Open { mark: ',' }) => lone_comma += 1,
                Some(Reading::Open { .. }) => lone_point += 1,
                _ => {}
            }
        }
        let point_wins = if comma == point { lone_comma > lone_point } else { point > comma };
        if point_wins { NumberStyle::Point } else { NumberStyle::Comma }
    }

    fn mark(self) -> char {
        match self {
            NumberStyle::Comma => ',',
            NumberStyle::Point => '.',
        }
    }
}

/// The number a cell says. Currency signs and names and a percent sign are left aside: `%12` is 12. None when it is no number, when digits
/// are missing (`1,2E+10`), when groups are not of three, and when it does not fit.
pub fn number(text: &str, style: NumberStyle) -> Option<Decimal> {
    let parts = Parts::of(text)?;
    let decimal_mark = match parts.reading() {
        Reading::Whole | Reading::Grouped { .. } => None,
        Reading::Decimal { mark } => Some(mark),
        Reading::Open { mark } => (mark == style.mark()).then_some(mark),
        Reading::None => return None,
    };
    let (whole, fraction) = match decimal_mark {
        Some(mark) => parts.body.rsplit_once(mark)?,
        None => (parts.body.as_str(), ""),
    };
    let fraction = if fraction.len() > usize::from(Decimal::MAX_SCALE) {
        fraction.trim_end_matches('0')
    } else {
        fraction
    };
    let scale = u8::try_from(fraction.len()).ok().filter(|scale| *scale <= Decimal::MAX_SCALE)?;
    let mut scaled = 0_i64;
    for digit in whole.chars().chain(fraction.chars()).filter_map(|c| c.to_digit(10)) {
        scaled = scaled.checked_mul(10)?.checked_sub(i64::from(digit))?;
    }
    let scaled = if parts.negative { scaled } else { scaled.checked_neg()? };
    Some(Decimal { scaled, scale })
}

/// An amount of money in its smallest unit, of which a whole has 10 to the power `decimals`. None also when digits would be lost: better a
/// row that is refused than an amount that is nearly right.
pub fn money_minor(text: &str, style: NumberStyle, decimals: u8) -> Option<i64> {
    number(text, style)?.exactly(decimals)
}

/// A number without its sign, currency and blanks at the ends.
struct Parts {
    negative: bool,
    /// Digits, and between them the marks `,`, `.`, and `_` for every other sign that groups.
    body: String,
}

/// What the marks in a number mean.
#[derive(Debug, PartialEq, Eq)]
enum Reading {
    Whole,
    Grouped {
        mark: char,
    },
    Decimal {
        mark: char,
    },
    /// One mark before exactly three digits: thousands or decimals.
    Open {
        mark: char,
    },
    None,
}

impl Parts {
    fn of(text: &str) -> Option<Parts> {
        const MAX_LETTERS: usize = 64;
        if text.len() > MAX_LETTERS * 4 {
            return None;
        }
        let mut rest = text.trim();
        let mut negative = false;
        if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            (rest, negative) = (inner.trim(), true);
        }
        // A sign may stand on either side of the currency, and behind the number in what accounting programs write. Only one is believed.
        let mut signs = u8::from(negative);
        loop {
            let before = rest;
            for sign in ['-', '−', '+'] {
                if let Some(bare) = rest.strip_prefix(sign).or_else(|| rest.strip_suffix(sign)) {
                    (rest, signs) = (bare, signs + 1);
                    negative |= sign != '+';
                }
            }
            rest = without_unit(rest.trim());
            if rest == before {
                break;
            }
        }
        if signs > 1
            || !rest.starts_with(|c: char| c.is_ascii_digit() || c == ',' || c == '.')
            || !rest.ends_with(|c: char| c.is_ascii_digit())
        {
            return None;
        }
        let body: Option<String> = rest
            .chars()
            .map(|c| match c {
                '0'..='9' | ',' | '.' => Some(c),
                ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\'' | '’' => Some('_'),
                _ => None,
            })
            .collect();
        Some(Parts { negative, body: body? })
    }

    fn reading(&self) -> Reading {
        let marks: Vec<char> = self.body.chars().filter(|c| !c.is_ascii_digit()).collect();
        let (Some(first), Some(last)) = (marks.first().copied(), marks.last().copied()) else {
            return Reading::Whole;
        };
        let alone = marks.len() == 1;
        let same = marks.iter().all(|mark| *mark == first);
        if same && self.is_grouped(&self.body, first) && (!alone || first == '_') {
            return Reading::Grouped { mark: first };
        }
        if alone && first != '_' {
            let open = self.is_grouped(&self.body, first);
            return if open {
                Reading::Open { mark: first }
            } else {
                Reading::Decimal { mark: first }
            };
        }
        // Several marks: the last stands before the decimals, all others group and are alike.
        let Some((whole, _)) = self.body.rsplit_once(last).filter(|_| last != '_' && last != first) else {
            return Reading::None;
        };
        if self.is_grouped(whole, first) {
            Reading::Decimal { mark: last }
        } else {
            Reading::None
        }
    }

    /// One to three digits, then groups of three. `0.123` is not thousands.
    fn is_grouped(&self, digits: &str, mark: char) -> bool {
        let mut groups = digits.split(mark);
        let head = groups.next().unwrap_or_default();
        let all_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
        (1..=3).contains(&head.len())
            && !head.starts_with('0')
            && all_digits(head)
            && groups.all(|group| group.len() == 3 && all_digits(group))
    }
}

/// Without one currency or percent sign at either end.
fn without_unit(text: &str) -> &str {
    const SIGNS: [&str; 6] = ["₺", "$", "€", "£", "%", "¥"];
    const NAMES: [&str; 6] = ["TL", "TRY", "USD", "EUR", "EURO", "GBP"];
    for sign in SIGNS {
        if let Some(bare) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return bare.trim();
        }
    }
    let letters_at_end = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let letters_at_start = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_name = |name: &str| NAMES.iter().any(|known| known.eq_ignore_ascii_case(name));
    if is_name(&text[letters_at_end.len()..]) {
        letters_at_end.trim()
    } else if is_name(&text[..text.len() - letters_at_start.len()]) {
        letters_at_start.trim()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::NumberStyle::{Comma, Point};
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        let cases = [
            ("1.234,56", Comma, Some("1234.56")),
            ("1.234,56", Point, Some("1234.56")),
            ("1,234.56", Comma, Some("1234.56")),
            ("1234.5", Comma, Some("1234.5")),
            ("1234,5", Point, Some("1234.5")),
            ("1.234", Comma, Some("1234")),
            ("1.234", Point, Some("1.234")),
            ("1,234", Comma, Some("1.234")),
            ("1,234", Point, Some("1234")),
            ("1.234.567", Point, Some("1234567")),
            ("1,234,567.8", Comma, Some("1234567.8")),
            ("1.234.567,89", Comma, Some("1234567.89")),
            ("0.123", Comma, Some("0.123")),
            ("0,123", Point, Some("0.123")),
            (",5", Comma, Some("0.5")),
            ("₺1.234,56", Comma, Some("1234.56")),
            ("1.234,56 TL", Comma, Some("1234.56")),
            ("1.234,56 ₺", Comma, Some("1234.56")),
            ("TRY 12", Comma, Some("12")),
            ("$1,234.50", Point, Some("1234.50")),
            ("-$5", Point, Some("-5")),
            ("$-5", Point, Some("-5")),
            ("1 234,56", Comma, Some("1234.56")),
            ("1\u{a0}234\u{a0}567", Comma, Some("1234567")),
            ("1'234.50", Point, Some("1234.50")),
            ("%12", Comma, Some("12")),
            ("12,5%", Comma, Some("12.5")),
            ("-12", Comma, Some("-12")),
            ("−12", Comma, Some("-12")),
            ("12-", Comma, Some("-12")),
            ("(1.234,56)", Comma, Some("-1234.56")),
            ("(₺12)", Comma, Some("-12")),
            ("+7", Comma, Some("7")),
            ("007", Comma, Some("7")),
            ("-9223372036854775808", Comma, Some("-9223372036854775808")),
            ("9223372036854775808", Comma, None),
            ("0,00000000000000000000", Comma, Some("0")),
            ("0,0000000000000000001", Comma, None),
            ("", Comma, None),
            ("-", Comma, None),
            ("₺", Comma, None),
            ("--5", Comma, None),
            ("(-5)", Comma, None),
            ("12 34", Comma, None),
            ("1.23.456", Comma, None),
            ("1,2,3", Comma, None),
            ("1.234,567.8", Comma, None),
            ("1,2E+10", Comma, None),
            ("12 kg", Comma, None),
            ("abc", Comma, None),
            ("1.", Comma, None),
            ("٣", Comma, None),
        ];
        for (text, style, expected) in cases {
            assert_eq!(
                number(text, style).map(|number| number.to_string()).as_deref(),
                expected,
                "{text:?} {style:?}"
            );
        }
    }

    #[test]
    fn a_column_tells_its_style() {
        let cases: [(&[&str], NumberStyle); 8] = [
            (&["1.234", "12,50"], Comma),
            (&["1.234", "12.50"], Point),
            (&["1,234", "12,50"], Comma),
            (&["1.234", "2.500"], Comma),
            (&["1,234", "2,500"], Point),
            (&["1.234", "0.345"], Point),
            (&["1.2340", "2.500"], Point),
            (&["", "7", "elma"], Comma),
        ];
        for (samples, expected) in cases {
            assert_eq!(NumberStyle::guess(samples.iter().copied()), expected, "{samples:?}");
        }
    }

    #[test]
    fn money_is_exact_or_nothing() {
        assert_eq!(money_minor("1.234,5", Comma, 2), Some(123_450));
        assert_eq!(money_minor("1,500", Comma, 2), Some(150));
        assert_eq!(money_minor("1,505", Comma, 2), None);
        assert_eq!(money_minor("12", Comma, 0), Some(12));
        let half = Decimal { scaled: -1_505, scale: 3 };
        assert_eq!(
            (half.rounded(2), half.rounded(0), half.rounded(4)),
            (Some(-151), Some(-2), Some(-15_050))
        );
        assert_eq!(Decimal { scaled: 1, scale: 0 }.exactly(19), None);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(scaled: i64, scale in 0..=18_u8) {
            let decimal = Decimal { scaled, scale };
            prop_assert_eq!(number(&decimal.to_string(), Point), Some(decimal));
            // Turkish, grouped.
            let plain = decimal.to_string();
            let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
            let mut grouped = String::new();
            for (index, c) in whole.chars().enumerate() {
                if index > 0 && (whole.len() - index) % 3 == 0 && !grouped.ends_with('-') {
                    grouped.push('.');
                }
                grouped.push(c);
            }
            if !fraction.is_empty() {
                grouped = format!("{grouped},{fraction}");
            }
            prop_assert_eq!(number(&grouped, Comma), Some(decimal), "{}", grouped);
        }

        #[test]
        fn nothing_makes_it_panic(text in "[-+(),.0-9 ₺%TLe']{0,24}|\\PC{0,24}") {
            let _ = number(&text, Comma);
            let _ = NumberStyle::guess([text.as_str()]);
        }
    }
}
