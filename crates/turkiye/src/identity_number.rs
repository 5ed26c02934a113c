//! The identity number of a person: T.C. kimlik numarası (TCKN) of citizens, yabancı kimlik numarası (YKN, starting with 99) of foreigners.
//! Eleven digits, the last two of which are computed from the first nine.

use std::fmt;

use kernel::error::Say;

use crate::digits_only;

/// An identity number whose check digits are right. Prints masked; [`IdentityNumber::reveal`] gives all of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdentityNumber(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityNumberError {
    NotDigits,
    Length,
    LeadingZero,
    CheckDigits,
}

impl IdentityNumber {
    /// Reads eleven digits; blanks between them do not matter.
    ///
    /// The check digits catch every change of a single digit. They catch a swap of two neighbouring digits unless these differ by five.
    pub fn parse(text: &str) -> Result<IdentityNumber, IdentityNumberError> {
        let digits = digits_only(text).ok_or(IdentityNumberError::NotDigits)?;
        let digits: [u8; 11] = digits.try_into().map_err(|_| IdentityNumberError::Length)?;
        let number = digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit));
        if digits[0] == 0 {
            Err(IdentityNumberError::LeadingZero)
        } else if complete(number / 100) != number {
            Err(IdentityNumberError::CheckDigits)
        } else {
            Ok(IdentityNumber(number))
        }
    }

    /// Whether it is a foreigner's.
    pub fn is_foreigner(self) -> bool {
        self.0 / 1_000_000_000 == 99
    }

    /// All eleven digits: for storing it and for who may see it.
    pub fn reveal(self) -> String {
        self.0.to_string()
    }

    /// `17*******60`: enough to recognise one's own.
    pub fn masked(self) -> String {
        format!("{}*******{:02}", self.0 / 1_000_000_000, self.0 % 100)
    }

    /// A citizen's number for demonstrations and tests: valid by its check digits, given to nobody by us. Different seeds below 890 million
    /// give different numbers.
    pub fn from_seed(seed: u64) -> IdentityNumber {
        const RANGE: u64 = 890_000_000;
        // 3¹⁸ has no divisor in common with the range, so the product visits every number once.
        IdentityNumber(complete(100_000_000 + seed % RANGE * 387_420_489 % RANGE))
    }

    /// A foreigner's number for demonstrations and tests. Different seeds below ten million give different numbers.
    pub fn foreigner_from_seed(seed: u64) -> IdentityNumber {
        const RANGE: u64 = 10_000_000;
        IdentityNumber(complete(990_000_000 + seed % RANGE * 387_420_489 % RANGE))
    }
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Display for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// The first nine digits with both check digits behind them.
fn complete(nine: u64) -> u64 {
    let digit = |place: u32| nine / 10_u64.pow(8 - place) % 10;
    let odd: u64 = [0, 2, 4, 6, 8].into_iter().map(digit).sum();
    let even: u64 = [1, 3, 5, 7].into_iter().map(digit).sum();
    // Less the even ones, but never below zero: 36 is the most they can be.
    let tenth = (odd * 7 + 40 - even) % 10;
    let eleventh = (odd + even + tenth) % 10;
    nine * 100 + tenth * 10 + eleventh
}

impl IdentityNumberError {
    pub fn code(self) -> &'static str {
        match self {
            IdentityNumberError::NotDigits => "identity_number_not_digits",
            IdentityNumberError::Length => "identity_number_length",
            IdentityNumberError::LeadingZero => "identity_number_leading_zero",
            IdentityNumberError::CheckDigits => "identity_number_check_digits",
        }
    }

    pub fn say(self) -> Say {
        match self {
            IdentityNumberError::NotDigits => Say::new(
                "Kimlik numarası yalnızca rakamlardan oluşur.",
                "An identity number has digits only.",
            ),
            IdentityNumberError::Length => Say::new("Kimlik numarası 11 haneli olmalıdır.", "An identity number has 11 digits."),
            IdentityNumberError::LeadingZero => Say::new("Kimlik numarası 0 ile başlayamaz.", "An identity number does not start with 0."),
            IdentityNumberError::CheckDigits => Say::new(
                "Kimlik numarasının kontrol haneleri tutmuyor; numarayı belgeyle karşılaştırın.",
                "The check digits of the identity number do not fit; compare it with the document.",
            ),
        }
    }
}

impl fmt::Display for IdentityNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say().en)
    }
}

impl std::error::Error for IdentityNumberError {}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn good_numbers_are_read() {
        for good in ["17291716060", " 172 917 160 60 ", "10000000146"] {
            let number = IdentityNumber::parse(good).unwrap();
            assert_eq!(number.reveal(), good.replace(' ', ""));
            assert!(!number.is_foreigner());
        }
        assert!(IdentityNumber::foreigner_from_seed(7).is_foreigner());
    }

    #[test]
    fn bad_numbers_are_refused_with_the_reason() {
        use IdentityNumberError::*;
        let bad = [
            ("", Length),
            ("1729171606", Length),
            ("172917160600", Length),
            ("1729171606O", NotDigits),
            ("01729171606", LeadingZero),
            ("17291716061", CheckDigits),
            ("17291716050", CheckDigits),
            ("11111111111", CheckDigits),
        ];
        for (text, error) in bad {
            assert_eq!(IdentityNumber::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn it_prints_masked() {
        let number = IdentityNumber::parse("17291716060").unwrap();
        assert_eq!(
            (number.to_string(), format!("{number:?}")),
            ("17*******60".into(), "17*******60".into())
        );
    }

    #[test]
    fn seeds_give_different_numbers() {
        let numbers: HashSet<_> = (0..100_000).map(IdentityNumber::from_seed).collect();
        assert_eq!(numbers.len(), 100_000);
        let numbers: HashSet<_> = (0..100_000).map(IdentityNumber::foreigner_from_seed).collect();
        assert_eq!(numbers.len(), 100_000);
    }

    proptest! {
        #[test]
        fn every_seed_gives_a_good_number(seed: u64) {
            for number in [IdentityNumber::from_seed(seed), IdentityNumber::foreigner_from_seed(seed)] {
                prop_assert_eq!(IdentityNumber::parse(&number.reveal()), Ok(number));
            }
            prop_assert!(!IdentityNumber::from_seed(seed).is_foreigner());
        }

        #[test]
        fn every_change_of_one_digit_is_detected(seed: u64, place in 0..11_usize, shift in 1..10_u8) {
            let mut digits = IdentityNumber::from_seed(seed).reveal().into_bytes();
            digits[place] = b'0' + (digits[place] - b'0' + shift) % 10;
            prop_assert!(IdentityNumber::parse(&String::from_utf8(digits).unwrap()).is_err());
        }

        // One neighbour counts sevenfold and the other as minus one in the tenth digit: a swap moves it by eight times their difference,
        // which is nothing when they differ by five. The two check digits themselves never swap unnoticed.
        #[test]
        fn a_swap_of_neighbours_is_detected_unless_they_differ_by_five(seed: u64, place in 0..10_usize) {
            let mut digits = IdentityNumber::from_seed(seed).reveal().into_bytes();
            let difference = digits[place].abs_diff(digits[place + 1]);
            digits.swap(place, place + 1);
            let passes = IdentityNumber::parse(&String::from_utf8(digits.clone()).unwrap()).is_ok();
            let undetectable = difference == 0 || difference == 5 && place < 9 && digits[0] != b'0';
            prop_assert_eq!(passes, undetectable);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,20}") {
            let _ = IdentityNumber::parse(&text);
        }
    }
}
