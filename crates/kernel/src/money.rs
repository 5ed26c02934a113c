//! Money is whole minor units (kuruş) and an ISO currency; JSON carries decimal strings.

use std::fmt::Write as _;

/// Minor units in a major one. Every currency the product keeps has two decimals.
pub const MINOR_PER_MAJOR: i64 = 100;

/// Writes minor units as a decimal string: `123450` is `"1234.50"`.
pub fn to_decimal(minor: i64) -> String {
    to_scaled(minor, 2)
}

/// Writes a number kept as a whole number of its last decimal: `to_scaled(-5, 2)` is `"-0.05"`.
pub fn to_scaled(value: impl Into<i128>, decimals: u8) -> String {
    let value = value.into();
    let mut out = String::new();
    if value < 0 {
        out.push('-');
    }
    let unit = 10u128.pow(u32::from(decimals));
    let magnitude = value.unsigned_abs();
    let _ = write!(out, "{}", magnitude / unit);
    if decimals > 0 {
        let _ = write!(out, ".{:0width$}", magnitude % unit, width = usize::from(decimals));
    }
    out
}

/// Reads a decimal string of at most two decimals; `None` when it is anything else or does not fit.
pub fn from_decimal(text: &str) -> Option<i64> {
    from_scaled(text, 2)
}

/// Reads a plain decimal number (`-12.5`) with at most `decimals` decimals as a whole number of its last decimal.
pub fn from_scaled(text: &str, decimals: u8) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || digits.ends_with('.') {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::from(decimals).checked_sub(fraction.len())?;
    let mut value: i64 = 0;
    for digit in whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', missing)) {
        value = value.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
    }
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimal_strings_are_exact() {
        assert_eq!(to_decimal(123450), "1234.50");
        assert_eq!(to_decimal(-5), "-0.05");
        assert_eq!(from_decimal("1234.5"), Some(123450));
        assert_eq!(
            from_decimal("0.10").zip(from_decimal("0.20")).map(|(a, b)| a + b),
            from_decimal("0.30")
        );
        for wrong in ["", ".", "1.", ".5", "1,5", "1.234", "1e3", "--1", "₺1", "99999999999999999999"] {
            assert_eq!(from_decimal(wrong), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(minor in i64::MIN + 1..i64::MAX) {
            prop_assert_eq!(from_decimal(&to_decimal(minor)), Some(minor));
        }
    }
}
