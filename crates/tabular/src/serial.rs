//! How a spreadsheet numbers days and letters columns.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

const MILLIS_A_DAY: f64 = 86_400_000.0;

/// The day a workbook counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Epoch {
    /// Day 1 is 1 January 1900, and a 29 February 1900 that never was is counted as day 60.
    #[default]
    Y1900,
    /// Day 0 is 1 January 1904.
    Y1904,
}

/// The moment a serial number stands for, to the nearest millisecond.
pub(crate) fn from_serial(serial: f64, epoch: Epoch) -> Option<NaiveDateTime> {
    // 9999-12-31 is day 2 958 465.
    if !(0.0..2_958_466.0).contains(&serial) || (epoch == Epoch::Y1900 && (60.0..61.0).contains(&serial)) {
        return None;
    }
    let zero = match epoch {
        Epoch::Y1900 if serial < 60.0 => NaiveDate::from_ymd_opt(1899, 12, 31),
        Epoch::Y1900 => NaiveDate::from_ymd_opt(1899, 12, 30),
        Epoch::Y1904 => NaiveDate::from_ymd_opt(1904, 1, 1),
    };
    let millis = (serial * MILLIS_A_DAY).round() as i64;
    zero?.and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::milliseconds(millis))
}

/// The serial number of a moment, counted from 1900. None before 1 March 1900, where spreadsheets disagree.
pub(crate) fn to_serial(moment: NaiveDateTime) -> Option<f64> {
    let zero = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_hms_opt(0, 0, 0)?;
    let serial = (moment - zero).num_milliseconds() as f64 / MILLIS_A_DAY;
    (61.0..2_958_466.0).contains(&serial).then_some(serial)
}

/// The letters of a column counted from 0: A, B, … Z, AA.
pub(crate) fn column_name(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// The column, counted from 0, of a reference such as `AB12`.
pub(crate) fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let mut column = 0_usize;
    for letter in letters {
        column = column
            .checked_mul(26)?
            .checked_add(usize::from(letter.to_ascii_uppercase() - b'A') + 1)?;
    }
    column.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_spreadsheets_do() {
        let cases = [
            (1.0, Epoch::Y1900, Some("1900-01-01 00:00:00")),
            (59.0, Epoch::Y1900, Some("1900-02-28 00:00:00")),
            (60.0, Epoch::Y1900, None),
            (61.0, Epoch::Y1900, Some("1900-03-01 00:00:00")),
            (45_354.0, Epoch::Y1900, Some("2024-03-03 00:00:00")),
            (45_354.604_166_666_664, Epoch::Y1900, Some("2024-03-03 14:30:00")),
            (43_892.0, Epoch::Y1904, Some("2024-03-03 00:00:00")),
            (0.0, Epoch::Y1904, Some("1904-01-01 00:00:00")),
            (-1.0, Epoch::Y1900, None),
            (1e300, Epoch::Y1900, None),
            (f64::NAN, Epoch::Y1900, None),
        ];
        for (serial, epoch, expected) in cases {
            assert_eq!(
                from_serial(serial, epoch).map(|moment| moment.to_string()).as_deref(),
                expected,
                "{serial}"
            );
        }
    }

    #[test]
    fn columns_have_letters() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!(column_name(column), name);
            assert_eq!(column_of(&format!("{name}7")), Some(column));
        }
        assert_eq!(column_of("12"), None);
        assert_eq!(column_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ1"), None);
    }
}
