//! Numbers out of a workbook, as text without the noise of binary fractions.

/// Appends a number as a spreadsheet shows it: fifteen digits, no exponent, a point before the decimals. A text that is no number is left
/// as it is.
///
/// `1.234` gets a zero at its end: read as text it could be 1234 in a Turkish column, and `1.2340` cannot.
pub(crate) fn print(value: &str, out: &mut String) {
    let start = out.len();
    if is_plain(value) {
        out.push_str(value);
    } else {
        match value.parse::<f64>() {
            Ok(number) if number.is_finite() => push_fifteen_digits(number, out),
            _ => return out.push_str(value),
        }
    }
    let printed = out[start..].trim_start_matches('-');
    if printed
        .split_once('.')
        .is_some_and(|(whole, fraction)| fraction.len() == 3 && whole.len() <= 3 && !whole.starts_with('0'))
    {
        out.push('0');
    }
}

/// Whole numbers, however long, and decimals with few enough digits say exactly what was meant.
fn is_plain(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match digits.split_once('.') {
        None => all_digits(digits) && (digits.len() <= 15 || !digits.ends_with("00")),
        Some((whole, fraction)) => all_digits(whole) && all_digits(fraction) && !fraction.ends_with('0') && digits.len() <= 16,
    }
}

fn push_fifteen_digits(number: f64, out: &mut String) {
    let scientific = format!("{number:.14e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return out.push('0');
    }
    if number < 0.0 {
        out.push('-');
    }
    // How many digits stand before the point. Beyond this many zeros nobody wants them written out.
    let whole = exponent + 1;
    if !(-30..=60).contains(&whole) {
        return out.push_str(&format!("{:e}", number.abs()));
    }
    match usize::try_from(whole) {
        Ok(whole) if whole >= digits.len() => {
            out.push_str(digits);
            out.extend(std::iter::repeat_n('0', whole - digits.len()));
        }
        Ok(whole) if whole > 0 => {
            out.push_str(&digits[..whole]);
            out.push('.');
            out.push_str(&digits[whole..]);
        }
        _ => {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', whole.unsigned_abs() as usize));
            out.push_str(digits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_without_noise() {
        for (value, expected) in [
            ("12", "12"),
            ("-12.5", "-12.5"),
            ("0.30000000000000004", "0.3"),
            ("19.989999999999998", "19.99"),
            ("1.1000000000000001", "1.1"),
            ("1.2345678901E10", "12345678901"),
            ("5.32E+11", "532000000000"),
            ("1E-7", "0.0000001"),
            ("-1.5E-3", "-0.0015"),
            ("0.0", "0"),
            ("-0", "-0"),
            ("12.50", "12.5"),
            ("12345678901", "12345678901"),
            ("1234567890123456789", "1234567890123456789"),
            ("1.234", "1.2340"),
            ("-123.456", "-123.4560"),
            ("0.123", "0.123"),
            ("1234.567", "1234.567"),
            ("1e300", "1e300"),
            ("abc", "abc"),
            ("", ""),
            ("NaN", "NaN"),
        ] {
            let mut out = String::new();
            print(value, &mut out);
            assert_eq!(out, expected, "{value}");
        }
    }
}
