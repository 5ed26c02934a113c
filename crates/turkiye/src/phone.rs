//! Telephone numbers, Turkish ones as people write them: `0532 123 45 67`, `+90 (532) 123 45 67`, `5321234567`, `00905321234567`, `444 0 123`.
//!
//! Turkish numbers are read here: hardly any work, and not more strict than the numbering plan. All of 05xx is mobile, also ranges that no
//! operator has yet, since an installed program can not know what is handed out next year. Numbers of other countries go through the
//! `phonenumber` crate, which is some two hundred times slower.

use std::fmt;

use kernel::error::Say;

use crate::places::province_of_area_code;

/// A telephone number in its one spelling: E.164 (`+905321234567`), or the seven digits of a call centre (`4440123`), which exist in Türkiye
/// only and can not be dialled from elsewhere.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Phone {
    number: String,
    kind: PhoneKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PhoneKind {
    Mobile,
    Landline,
    /// 444 and four digits: the same number all over Türkiye.
    CallCentre,
    /// A number not tied to a place: 0800, 0850, 0900 and their like.
    Service,
    /// A number of another country, where mobile and landline look the same.
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PhoneError {
    Empty,
    Characters,
    TooShort,
    TooLong,
    NoAreaCode,
    UnknownAreaCode,
    Foreign,
}

/// Area codes outside the provinces: 392 is Northern Cyprus, 238 is kept for İzmir.
const OTHER_AREA_CODES: [u16; 2] = [238, 392];
const SERVICE_CODES: [u16; 6] = [800, 811, 850, 888, 898, 900];

impl Phone {
    /// Reads a number; without a country code it is Turkish.
    pub fn parse(text: &str) -> Result<Phone, PhoneError> {
        let (digits, has_country_code) = digits(text)?;
        match digits.strip_prefix("90") {
            Some(national) if has_country_code || digits.len() >= 12 => turkish(national),
            _ if has_country_code => foreign(&digits),
            _ => turkish(&digits),
        }
    }

    /// `+905321234567` or `4440123`: how it is stored, compared and dialled.
    pub fn as_str(&self) -> &str {
        &self.number
    }

    pub fn kind(&self) -> PhoneKind {
        self.kind
    }

    pub fn is_turkish(&self) -> bool {
        self.kind == PhoneKind::CallCentre || self.number.starts_with("+90")
    }

    /// How it is written in Türkiye: `0532 123 45 67`, `444 0 123`; a number of another country stays as it is.
    pub fn national(&self) -> String {
        match (self.kind, self.number.strip_prefix("+90")) {
            (PhoneKind::CallCentre, _) => format!("{} {} {}", &self.number[..3], &self.number[3..4], &self.number[4..]),
            (_, Some(ten)) => format!("0{} {} {} {}", &ten[..3], &ten[3..6], &ten[6..8], &ten[8..]),
            (_, None) => self.number.clone(),
        }
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.number)
    }
}

/// The digits, without what people put between them and without `+` or `00`, and whether one of these two was there.
fn digits(text: &str) -> Result<(String, bool), PhoneError> {
    let mut digits = String::with_capacity(16);
    let mut plus = false;
    for c in text.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if digits.is_empty() && !plus => plus = true,
            '(' | ')' | '-' | '.' | '/' => {}
            // Dashes and marks of direction, which come along when a number is copied from a contact card.
            '\u{2010}'..='\u{2015}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            c if c.is_whitespace() => {}
            _ => return Err(PhoneError::Characters),
        }
    }
    if digits.is_empty() {
        return Err(PhoneError::Empty);
    }
    if !plus && digits.starts_with("00") {
        digits.drain(..2);
        plus = true;
    }
    Ok((digits, plus))
}

/// A number inside Türkiye, with or without the 0 in front.
fn turkish(digits: &str) -> Result<Phone, PhoneError> {
    let digits = digits.strip_prefix('0').unwrap_or(digits);
    let kind = match digits.len() {
        7 if digits.starts_with("444") => {
            return Ok(Phone {
                number: digits.to_owned(),
                kind: PhoneKind::CallCentre,
            });
        }
        7 => return Err(PhoneError::NoAreaCode),
        ..10 => return Err(PhoneError::TooShort),
        10 => kind_by_code(digits[..3].parse().unwrap_or(0)).ok_or(PhoneError::UnknownAreaCode)?,
        11.. => return Err(PhoneError::TooLong),
    };
    Ok(Phone {
        number: format!("+90{digits}"),
        kind,
    })
}

fn kind_by_code(code: u16) -> Option<PhoneKind> {
    if (500..600).contains(&code) {
        Some(PhoneKind::Mobile)
    } else if SERVICE_CODES.contains(&code) {
        Some(PhoneKind::Service)
    } else if province_of_area_code(code).is_some() || OTHER_AREA_CODES.contains(&code) {
        Some(PhoneKind::Landline)
    } else {
        None
    }
}

fn foreign(digits: &str) -> Result<Phone, PhoneError> {
    use phonenumber::Type;

    let number = phonenumber::parse(None, format!("+{digits}")).map_err(|_| PhoneError::Foreign)?;
    if !number.is_valid() {
        return Err(PhoneError::Foreign);
    }
    let kind = match number.number_type(&phonenumber::metadata::DATABASE) {
        Type::Mobile => PhoneKind::Mobile,
        Type::FixedLine => PhoneKind::Landline,
        Type::FixedLineOrMobile | Type::Unknown => PhoneKind::Unknown,
        _ => PhoneKind::Service,
    };
    Ok(Phone {
        number: number.format().mode(phonenumber::Mode::E164).to_string(),
        kind,
    })
}

impl PhoneError {
    pub fn code(self) -> &'static str {
        match self {
            PhoneError::Empty => "phone_empty",
            PhoneError::Characters => "phone_characters",
            PhoneError::TooShort => "phone_too_short",
            PhoneError::TooLong => "phone_too_long",
            PhoneError::NoAreaCode => "phone_no_area_code",
            PhoneError::UnknownAreaCode => "phone_unknown_area_code",
            PhoneError::Foreign => "phone_foreign",
        }
    }

    pub fn say(self) -> Say {
        match self {
            PhoneError::Empty => Say::new(
                "Telefon numarasını yazın, örneğin 0532 123 45 67.",
                "Write a telephone number, for example 0532 123 45 67.",
            ),
            PhoneError::Characters => Say::new(
                "Telefon numarasında yalnızca rakam, boşluk, +, parantez, tire, nokta ve eğik çizgi olabilir.",
                "A telephone number may have digits, blanks, +, brackets, hyphens, dots and slashes only.",
            ),
            PhoneError::TooShort => Say::new(
                "Telefon numarası kısa: alan koduyla birlikte 10 hane olmalıdır, örneğin 0532 123 45 67.",
                "The telephone number is too short: it has 10 digits with its area code, for example 0532 123 45 67.",
            ),
            PhoneError::TooLong => Say::new(
                "Telefon numarası uzun: alan koduyla birlikte 10 hane olmalıdır; yurt dışı numaraları + ve ülke koduyla, iki numara ayrı ayrı yazılır.",
                "The telephone number is too long: it has 10 digits with its area code; write foreign numbers with + and the country code, and two numbers separately.",
            ),
            PhoneError::NoAreaCode => Say::new(
                "Alan kodu eksik: örneğin İstanbul için 0212 veya 0216 ile başlayın.",
                "The area code is missing: start with 0212 or 0216 for İstanbul, for example.",
            ),
            PhoneError::UnknownAreaCode => Say::new(
                "Türkiye'de böyle bir alan kodu yok; yurt dışı numaraları + ve ülke koduyla yazılır.",
                "Türkiye has no such area code; write foreign numbers with + and the country code.",
            ),
            PhoneError::Foreign => Say::new(
                "Bu ülkede böyle bir telefon numarası olamaz; ülke kodunu ve hane sayısını denetleyin.",
                "There is no such telephone number in that country; check the country code and the number of digits.",
            ),
        }
    }
}

impl fmt::Display for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say().en)
    }
}

impl std::error::Error for PhoneError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_one_number_however_it_is_written() {
        let spellings = [
            "0532 123 45 67",
            "+90 (532) 123 45 67",
            "5321234567",
            "00905321234567",
            "905321234567",
            "+90 (0)532 123 45 67",
            "0 (532) 123-45-67",
            "0532.123.45.67",
            "\u{202a}+90 532 123 45 67\u{202c}",
            " 0532\u{a0}123 45 67 ",
        ];
        for spelling in spellings {
            let phone = Phone::parse(spelling).unwrap();
            assert_eq!((phone.as_str(), phone.kind()), ("+905321234567", PhoneKind::Mobile), "{spelling}");
            assert_eq!(phone.national(), "0532 123 45 67");
        }
    }

    #[test]
    fn the_kind_is_known() {
        let numbers = [
            ("0212 345 67 89", "+902123456789", PhoneKind::Landline),
            ("0392 228 00 00", "+903922280000", PhoneKind::Landline),
            ("444 0 123", "4440123", PhoneKind::CallCentre),
            ("+90 444 0 123", "4440123", PhoneKind::CallCentre),
            ("0212 444 0 123", "+902124440123", PhoneKind::Landline),
            ("0850 222 33 44", "+908502223344", PhoneKind::Service),
            ("+44 20 7946 0958", "+442079460958", PhoneKind::Landline),
            ("+49 1512 3456789", "+4915123456789", PhoneKind::Mobile),
            ("+1 202 555 0143", "+12025550143", PhoneKind::Unknown),
        ];
        for (text, number, kind) in numbers {
            let phone = Phone::parse(text).unwrap();
            assert_eq!((phone.as_str(), phone.kind()), (number, kind), "{text}");
        }
        assert_eq!(Phone::parse("4440123").unwrap().national(), "444 0 123");
        assert_eq!(Phone::parse("+442079460958").unwrap().national(), "+442079460958");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = [
            ("", PhoneError::Empty),
            (" - ", PhoneError::Empty),
            ("yok", PhoneError::Characters),
            ("0532 123 45 67 (dahili 5)", PhoneError::Characters),
            ("0532+1234567", PhoneError::Characters),
            ("112", PhoneError::TooShort),
            ("0532 123 45 6", PhoneError::TooShort),
            ("0532 123 45 67 8", PhoneError::TooLong),
            ("0532 123 45 67 / 0533 123 45 67", PhoneError::TooLong),
            ("345 67 89", PhoneError::NoAreaCode),
            ("0999 123 45 67", PhoneError::UnknownAreaCode),
            ("+44 20 7946", PhoneError::Foreign),
            ("+999 123 456 789", PhoneError::Foreign),
        ];
        for (text, error) in wrong {
            assert_eq!(Phone::parse(text), Err(error), "{text}");
        }
    }

    proptest! {
        // The crate is the oracle: every Turkish number it holds for valid is read here, to the same number.
        #[test]
        fn no_turkish_number_is_refused_that_the_numbering_plan_has(national in "(50[0-9]|5[3-5][0-9]|2[1-8][0-9]|3[1-9][0-9]|4[1-8][0-9]|8[0-9]{2}|900)[0-9]{7}|444[0-9]{4}") {
            let number = phonenumber::parse(None, format!("+90{national}")).unwrap();
            let ours = Phone::parse(&national);
            if number.is_valid() {
                let expected = number.format().mode(phonenumber::Mode::E164).to_string();
                let ours = ours.unwrap();
                let e164 = if ours.kind() == PhoneKind::CallCentre { format!("+90{ours}") } else { ours.to_string() };
                prop_assert_eq!(e164, expected);
                let kind = number.number_type(&phonenumber::metadata::DATABASE);
                prop_assert_eq!(kind == phonenumber::Type::Mobile, ours.kind() == PhoneKind::Mobile);
                prop_assert_eq!(kind == phonenumber::Type::FixedLine, ours.kind() == PhoneKind::Landline);
            } else {
                prop_assert!(ours.is_err() || national.starts_with('5'), "{}", national);
            }
        }

        #[test]
        fn what_was_read_reads_again_the_same(text in "[+0-9 ()-]{0,20}") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone.clone()));
                prop_assert_eq!(Phone::parse(&phone.national()), Ok(phone));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,24}") {
            let _ = Phone::parse(&text);
        }
    }
}
