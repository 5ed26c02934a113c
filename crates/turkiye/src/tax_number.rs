//! The tax number of a company or a person: vergi kimlik numarası (VKN), ten digits, the last of which is computed from the first nine.

use std::fmt;

use kernel::error::Say;

use crate::digits_only;

/// A tax number whose check digit is right. Prints masked; [`TaxNumber::reveal`] gives all of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaxNumber(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaxNumberError {
    NotDigits,
    Length,
    CheckDigit,
}

impl TaxNumber {
    /// Reads ten digits; blanks between them do not matter, zeros in front do.
    ///
    /// The check digit catches every change of a single digit, and 96 % of the swaps of two different neighbouring digits.
    pub fn parse(text: &str) -> Result<TaxNumber, TaxNumberError> {
        let digits = digits_only(text).ok_or(TaxNumberError::NotDigits)?;
        let digits: [u8; 10] = digits.try_into().map_err(|_| TaxNumberError::Length)?;
        let number = digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit));
        if complete(number / 10) == number {
            Ok(TaxNumber(number))
        } else {
            Err(TaxNumberError::CheckDigit)
        }
    }

    /// All ten digits: for storing it and for who may see it.
    pub fn reveal(self) -> String {
        format!("{:010}", self.0)
    }

    /// `45******20`.
    pub fn masked(self) -> String {
        format!("{:02}******{:02}", self.0 / 100_000_000, self.0 % 100)
    }

    /// A number for demonstrations and tests: valid by its check digit, given to nobody by us. Different seeds below a thousand million give
    /// different numbers.
    pub fn from_seed(seed: u64) -> TaxNumber {
        const RANGE: u64 = 1_000_000_000;
        // 3¹⁸ has no divisor in common with the range, so the product visits every number once.
        TaxNumber(complete(seed % RANGE * 387_420_489 % RANGE))
    }
}

impl fmt::Debug for TaxNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Display for TaxNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// The first nine digits with the check digit behind them.
fn complete(nine: u64) -> u64 {
    let sum: u64 = (1..=9_u32)
        .map(|place| {
            let digit = nine / 10_u64.pow(9 - place) % 10;
            let shifted = (digit + 10 - u64::from(place)) % 10;
            match shifted * (1 << (10 - place)) % 9 {
                0 if shifted != 0 => 9,
                rest => rest,
            }
        })
        .sum();
    nine * 10 + (10 - sum % 10) % 10
}

impl TaxNumberError {
    pub fn code(self) -> &'static str {
        match self {
            TaxNumberError::NotDigits => "tax_number_not_digits",
            TaxNumberError::Length => "tax_number_length",
            TaxNumberError::CheckDigit => "tax_number_check_digit",
        }
    }

    pub fn say(self) -> Say {
        match self {
            TaxNumberError::NotDigits => Say::new(
                "Vergi kimlik numarası yalnızca rakamlardan oluşur.",
                "A tax number has digits only.",
            ),
            TaxNumberError::Length => Say::new(
                "Vergi kimlik numarası 10 haneli olmalıdır; baştaki sıfırlar da yazılır.",
                "A tax number has 10 digits, zeros in front included.",
            ),
            TaxNumberError::CheckDigit => Say::new(
                "Vergi kimlik numarasının kontrol hanesi tutmuyor; numarayı vergi levhasıyla karşılaştırın.",
                "The check digit of the tax number does not fit; compare it with the tax certificate.",
            ),
        }
    }
}

impl fmt::Display for TaxNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say().en)
    }
}

impl std::error::Error for TaxNumberError {}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn good_numbers_are_read() {
        for good in ["4540536920", "454 053 6920"] {
            assert_eq!(TaxNumber::parse(good).unwrap().reveal(), "4540536920");
        }
        let with_zeros = TaxNumber::from_seed(0).reveal();
        assert!(with_zeros.starts_with("000000000"), "{with_zeros}");
        assert_eq!(TaxNumber::parse(&with_zeros).unwrap().reveal(), with_zeros);
    }

    #[test]
    fn bad_numbers_are_refused_with_the_reason() {
        use TaxNumberError::*;
        for (text, error) in [
            ("", Length),
            ("454053692", Length),
            ("45405369200", Length),
            ("454053692a", NotDigits),
            ("4540536921", CheckDigit),
        ] {
            assert_eq!(TaxNumber::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn it_prints_masked() {
        let number = TaxNumber::parse("4540536920").unwrap();
        assert_eq!(
            (number.to_string(), format!("{number:?}")),
            ("45******20".into(), "45******20".into())
        );
    }

    #[test]
    fn seeds_give_different_numbers() {
        let numbers: HashSet<_> = (0..100_000).map(TaxNumber::from_seed).collect();
        assert_eq!(numbers.len(), 100_000);
    }

    /// How many of the 90 pairs of different digits swap unnoticed at each of the first eight pairs of places. Which they are depends on the
    /// two digits alone, since each digit adds to the sum by itself.
    #[test]
    fn the_swaps_that_pass_unnoticed_are_known() {
        let unnoticed: Vec<usize> = (0..8)
            .map(|place| {
                let swapped = |a: u64, b: u64| {
                    let number = |first, second| complete(first * 10_u64.pow(8 - place) + second * 10_u64.pow(7 - place)) % 10;
                    a != b && number(a, b) == number(b, a)
                };
                (0..10)
                    .flat_map(|a| (0..10).map(move |b| (a, b)))
                    .filter(|(a, b)| swapped(*a, *b))
                    .count()
            })
            .collect();
        assert_eq!(unnoticed, [4, 4, 2, 2, 4, 4, 4, 4]);
    }

    proptest! {
        #[test]
        fn every_seed_gives_a_good_number(seed: u64) {
            let number = TaxNumber::from_seed(seed);
            prop_assert_eq!(TaxNumber::parse(&number.reveal()), Ok(number));
        }

        #[test]
        fn every_change_of_one_digit_is_detected(seed: u64, place in 0..10_usize, shift in 1..10_u8) {
            let mut digits = TaxNumber::from_seed(seed).reveal().into_bytes();
            digits[place] = b'0' + (digits[place] - b'0' + shift) % 10;
            prop_assert!(TaxNumber::parse(&String::from_utf8(digits).unwrap()).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,20}") {
            let _ = TaxNumber::parse(&text);
        }
    }
}
