//! What a value looks like. Good enough to tell columns apart, not to accept a value: that is for whoever stores it.

use kernel::text::fold;

use crate::boolean::boolean;
use crate::date::{DateStyle, date};
use crate::number::{NumberStyle, number};

/// What the values of a field look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks<'a> {
    Email,
    Phone,
    /// Vergi kimlik numarası: ten digits, the last of which checks the others.
    TaxNumber,
    /// T.C. kimlik numarası: eleven digits, the last two of which check the others.
    IdentityNumber,
    Date,
    Number,
    Url,
    Boolean,
    /// One of these, folded.
    Choice(&'a [&'a str]),
    Text,
}

impl Looks<'_> {
    /// Whether a value that is not empty looks like this.
    pub fn fits(self, value: &str) -> bool {
        let value = value.trim();
        match self {
            Looks::Email => is_email(value),
            Looks::Phone => is_phone(value),
            Looks::TaxNumber => is_tax_number(value),
            Looks::IdentityNumber => is_identity_number(value),
            Looks::Date => [DateStyle::DAY_FIRST, DateStyle::MONTH_FIRST]
                .iter()
                .any(|style| date(value, *style).is_some()),
            Looks::Number => number(value, NumberStyle::default()).is_some(),
            Looks::Url => is_url(value),
            Looks::Boolean => boolean(value).is_some(),
            Looks::Choice(choices) => {
                let value = fold(value);
                choices.iter().any(|choice| fold(choice) == value)
            }
            Looks::Text => true,
        }
    }

    /// Whether looks alone are enough to know the field by.
    pub(crate) fn is_telling(self) -> bool {
        matches!(
            self,
            Looks::Email | Looks::Phone | Looks::TaxNumber | Looks::IdentityNumber | Looks::Url
        )
    }
}

fn is_email(value: &str) -> bool {
    let Some((name, domain)) = value.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| !c.is_whitespace() && !matches!(c, ',' | ';' | '<' | '>' | '@');
    !name.is_empty()
        && name.chars().all(plain)
        && domain.chars().all(plain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

/// Ten to fifteen digits with the signs people put between them. A number that is written as money or a date is none.
fn is_phone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let signs_only = value
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '+' | '(' | ')' | '-' | '/' | '.'));
    let begins = value.starts_with(['+', '(', '0', '5', '2', '3', '4', '8', '9']);
    (10..=15).contains(&digits) && signs_only && begins && !is_identity_number(value) && date(value, DateStyle::DAY_FIRST).is_none()
}

fn is_url(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let bare = ["https://", "http://", "www."].iter().find_map(|start| lower.strip_prefix(start));
    bare.is_some_and(|rest| rest.contains('.') && !rest.contains(char::is_whitespace))
}

/// Whether the check digit of a Turkish tax number is right.
pub fn is_tax_number(value: &str) -> bool {
    let Some(digits) = digits::<10>(value) else { return false };
    let sum: u32 = (0..9)
        .map(|index| {
            let shifted = (digits[index] + 9 - index as u32) % 10;
            let power = shifted * 2_u32.pow(9 - index as u32) % 9;
            if shifted != 0 && power == 0 { 9 } else { power }
        })
        .sum();
    (10 - sum % 10) % 10 == digits[9]
}

/// Whether the two check digits of a Turkish identity number are right.
pub fn is_identity_number(value: &str) -> bool {
    let Some(digits) = digits::<11>(value).filter(|digits| digits[0] != 0) else {
        return false;
    };
    let odd: u32 = digits[..9].iter().step_by(2).sum();
    let even: u32 = digits[1..8].iter().step_by(2).sum();
    let tenth = (odd * 7 + 90 - even) % 10;
    tenth == digits[9] && digits[..10].iter().sum::<u32>() % 10 == digits[10]
}

fn digits<const N: usize>(value: &str) -> Option<[u32; N]> {
    let found: Option<Vec<u32>> = value.chars().map(|c| c.to_digit(10)).collect();
    found?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_apart() {
        let cases: &[(Looks<'_>, &[&str], &[&str])] = &[
            (
                Looks::Email,
                &["ali@firma.com.tr", "a.b+c@d.co"],
                &["ali", "@x.com", "a@b", "a b@c.com", "a@.com"],
            ),
            (
                Looks::Phone,
                &["+90 532 123 45 67", "0532 1234567", "(0212) 555 12 34", "5321234567"],
                &["123", "03.04.2024 10:10", "10000000146", "Ali"],
            ),
            (Looks::TaxNumber, &["1234567890"], &["1234567891", "123456789", "12345678901"]),
            (
                Looks::IdentityNumber,
                &["10000000146"],
                &["10000000147", "01234567890", "1000000014"],
            ),
            (Looks::Date, &["03.04.2024", "12/25/2024", "3 Mart 2024"], &["5", "elma"]),
            (Looks::Number, &["1.234,56", "12"], &["elma", ""]),
            (Looks::Url, &["https://firma.com", "www.firma.com.tr/a"], &["firma", "https://a b"]),
            (Looks::Boolean, &["Evet", "0"], &["belki"]),
            (Looks::Choice(&["Bireysel", "Kurumsal"]), &["KURUMSAL", "bireysel"], &["kamu"]),
        ];
        for (looks, good, bad) in cases {
            for value in *good {
                assert!(looks.fits(value), "{looks:?} {value:?}");
            }
            for value in *bad {
                assert!(!looks.fits(value), "{looks:?} {value:?}");
            }
        }
    }
}
