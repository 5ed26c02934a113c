//! How many parts an SMS comes to: GSM-7, GSM-7 with the Turkish single shift, or UCS-2 (3GPP 23.038). A pair of an escape and its letter, or of
//! surrogates, is never cut.

use serde::Serialize;

/// In which alphabet a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Coding {
    Gsm7,
    /// With the letters ş, ğ, ç, ı, İ, each counted twice.
    Turkish,
    Ucs2,
}

/// What a text comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Segments {
    pub coding: Coding,
    /// In the units of the coding; what is appended included.
    pub units: usize,
    pub parts: usize,
    /// Units that still fit in the last part.
    pub left: usize,
}

const BASIC: &str =
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED: &str = "^{}\\[]~|€\u{c}";
const TURKISH: &str = "ŞşĞğçıİ";

impl Coding {
    /// The narrowest that has every letter.
    pub fn of(text: &str) -> Coding {
        let has = |c: char| BASIC.contains(c) || EXTENDED.contains(c);
        if text.chars().all(has) {
            Coding::Gsm7
        } else if text.chars().all(|c| has(c) || TURKISH.contains(c)) {
            Coding::Turkish
        } else {
            Coding::Ucs2
        }
    }

    /// What fits in a message of one part, and in each of several: their headers take the rest.
    fn room(self) -> (usize, usize) {
        match self {
            Coding::Gsm7 => (160, 153),
            Coding::Turkish => (155, 149),
            Coding::Ucs2 => (70, 67),
        }
    }

    fn units(self, c: char) -> usize {
        match self {
            Coding::Ucs2 => c.len_utf16(),
            _ if BASIC.contains(c) => 1,
            _ => 2,
        }
    }
}

/// Counts a text. `appended` is what the operator adds to the end of bulk messages: of a code such as ` B038` five.
pub fn count(text: &str, appended: usize) -> Segments {
    let coding = Coding::of(text);
    let (alone, each) = coding.room();
    let units = text.chars().map(|c| coding.units(c)).sum::<usize>() + appended;
    if units <= alone {
        return Segments {
            coding,
            units,
            parts: 1,
            left: alone - units,
        };
    }
    let (mut parts, mut filled) = (1, 0);
    for width in text.chars().map(|c| coding.units(c)).chain(std::iter::repeat_n(1, appended)) {
        if filled + width > each {
            (parts, filled) = (parts + 1, 0);
        }
        filled += width;
    }
    Segments {
        coding,
        units,
        parts,
        left: each - filled,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn holds(text: &str, appended: usize, most: [usize; 3], coding: Coding) {
        for (parts, most) in (1..).zip(most) {
            let fits = count(&text.repeat(most), appended);
            assert_eq!((fits.parts, fits.coding, fits.left), (parts, coding, 0));
            assert_eq!(count(&text.repeat(most + 1), appended).parts, parts + 1);
        }
    }

    #[test]
    fn parts_hold_what_the_operators_say() {
        holds("a", 0, [160, 306, 459], Coding::Gsm7);
        holds("a", 5, [155, 301, 454], Coding::Gsm7);
        holds("ж", 0, [70, 134, 201], Coding::Ucs2);
        let turkish = |letters: usize| count(&format!("ş{}", "a".repeat(letters - 2)), 0).parts;
        assert_eq!([155, 156, 298, 299, 447, 448].map(turkish), [1, 2, 2, 3, 3, 4]);
    }

    #[test]
    fn only_seven_letters_need_the_turkish_shift() {
        assert_eq!(Coding::of("Ö ö Ü ü Ç I i"), Coding::Gsm7);
        for letter in TURKISH.chars() {
            let one = count(&letter.to_string(), 0);
            assert_eq!((one.coding, one.units), (Coding::Turkish, 2));
        }
        assert_eq!(Coding::of("â"), Coding::Ucs2);
        assert_eq!(count("€[]", 0).units, 6);
        assert_eq!(count("😀", 0).units, 2);
    }

    #[test]
    fn no_pair_is_cut() {
        let text = format!("{}€{}", "a".repeat(152), "a".repeat(152));
        assert_eq!(
            count(&text, 0).parts,
            3,
            "the pair goes over to the second part, and pushes one letter into a third"
        );
        assert_eq!(
            count("", 0),
            Segments {
                coding: Coding::Gsm7,
                units: 0,
                parts: 1,
                left: 160
            }
        );
    }

    proptest! {
        #[test]
        fn a_longer_text_never_has_fewer_parts(text in "(?s)[a-zşğ€😀ж]{0,400}", more in "[a-zşğ€😀ж]{1,3}") {
            prop_assert!(count(&text, 0).parts <= count(&(text.clone() + &more), 0).parts);
        }
    }
}
