//! How likely two records are the same customer, and why: each field that both have speaks for it or against it, by so many bits, and the
//! sum over the odds before looking is the answer (Fellegi and Sunter, 1969).
//!
//! The weight of a level is log₂(m/u): how much likelier it is among pairs that are the same than among pairs that share a match key and
//! are not. They were fitted by `crm bench dedupe --weights --seed 77` (logistic regression over 20 000 pairs of people and 135 000 of
//! companies) and rounded to half a bit; published figures are of other seeds. Where generated records cannot tell they were held to what
//! is known: an identity number is of one person, a tax number is of one company with all its branches, and a holding shares its domain.

use kernel::error::Say;
use kernel::say;
use serde::Serialize;
use strsim::{jaro_winkler, osa_distance};

use super::facts::Facts;

/// From this probability on a pair stands in the queue, in per mille, while there are no more than [`FEW`] customers.
pub const REVIEW_MILLIS: i64 = 600;
/// So many customers have hardly any namesakes beyond what the weights know of.
const FEW: i64 = 100_000;
/// By how many bits the odds have to be better for each further power of ten: measured at a million, where 0.7 is as precise as 0.6 is at
/// a hundred thousand.
const BITS_PER_DECADE: f64 = 0.64;
/// From here on it may be merged without anybody looking, in per mille.
pub const AUTOMATIC_MILLIS: i64 = 999;

/// The odds that two people whose records share a match key are the same, in bits, before their fields are looked at.
const PERSON_PRIOR_BITS: f64 = -5.0;
/// The same of two companies, whose names are often made of the same few words.
const COMPANY_PRIOR_BITS: f64 = -4.0;

macro_rules! levels {
    ($($level:ident: $word:literal, $field:literal, $bits:literal, $tr:literal, $en:literal;)*) => {
        /// How a field of two records compares.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Level { $($level),* }

        impl Level {
            pub const ALL: &'static [Level] = &[$(Level::$level),*];

            /// By which it is kept.
            pub fn word(self) -> &'static str {
                match self { $(Level::$level => $word),* }
            }

            pub fn field(self) -> &'static str {
                match self { $(Level::$level => $field),* }
            }

            /// log₂(m/u).
            pub fn bits(self) -> f64 {
                match self { $(Level::$level => $bits),* }
            }

            pub fn say(self) -> Say {
                match self { $(Level::$level => say!($tr, $en)),* }
            }

            pub fn find(word: &str) -> Option<Level> {
                Level::ALL.iter().copied().find(|level| level.word() == word)
            }
        }
    };
}

levels! {
    IdentitySame: "identity.same", "identity_number", 16.0, "T.C. kimlik numaraları aynı.", "The identity numbers are the same.";
    IdentityDifferent: "identity.different", "identity_number", -10.0, "T.C. kimlik numaraları farklı.", "The identity numbers differ.";
    TaxSame: "tax.same", "tax_number", 10.0, "Vergi numaraları aynı.", "The tax numbers are the same.";
    TaxDifferent: "tax.different", "tax_number", -8.0, "Vergi numaraları farklı.", "The tax numbers differ.";
    NameSame: "name.same", "name", 5.5, "Adları aynı.", "The names are the same.";
    NameClose: "name.close", "name", 5.0, "Adları çok benziyor.", "The names are very much alike.";
    NameSwapped: "name.swapped", "name", 5.0, "Ad ve soyadı yer değiştirmiş.", "First and last name are swapped.";
    NamePart: "name.part", "name", 4.0, "Birinin adı ötekinin bir parçası.", "The name of one is part of the other's.";
    SurnameDiffers: "name.surname_differs", "name", -1.0, "Adları aynı, soyadları farklı.", "The first names are the same, the last names differ.";
    FirstNameDiffers: "name.first_name_differs", "name", -9.0, "Soyadları aynı, adları farklı: aileden biri olabilir.", "The last names are the same, the first names differ: it may be family.";
    NameDifferent: "name.different", "name", -7.0, "Adları farklı.", "The names differ.";
    CompanySame: "company.same", "company_name", 0.5, "Firma adları aynı.", "The company names are the same.";
    CompanyClose: "company.close", "company_name", 0.0, "Firma adları çok benziyor.", "The company names are very much alike.";
    CompanyPart: "company.part", "company_name", -1.5, "Bir firma adı ötekinin bir parçası.", "One company name is part of the other.";
    CompanyDifferent: "company.different", "company_name", -6.0, "Firma adları farklı.", "The company names differ.";
    BirthSame: "birth.same", "birth_date", 6.5, "Doğum tarihleri aynı.", "The dates of birth are the same.";
    BirthClose: "birth.close", "birth_date", 5.0, "Doğum tarihleri bir rakamda ya da gün ve ayda ayrılıyor.", "The dates of birth differ in a digit, or day and month are swapped.";
    BirthDifferent: "birth.different", "birth_date", -7.0, "Doğum tarihleri farklı.", "The dates of birth differ.";
    EmailSame: "email.same", "email", 6.0, "Aynı e-posta adresi.", "The same e-mail address.";
    EmailClose: "email.close", "email", 4.0, "E-posta adresleri çok benziyor.", "The e-mail addresses are very much alike.";
    EmailDifferent: "email.different", "email", -2.0, "E-posta adresleri farklı.", "The e-mail addresses differ.";
    PhoneSame: "phone.same", "phone", 7.0, "Aynı telefon numarası.", "The same phone number.";
    PhoneClose: "phone.close", "phone", 5.0, "Telefon numaraları bir rakamda ayrılıyor.", "The phone numbers differ in a digit.";
    PhoneDifferent: "phone.different", "phone", -2.5, "Telefon numaraları farklı.", "The phone numbers differ.";
    DomainSame: "domain.same", "website", 8.0, "Aynı alan adı.", "The same domain.";
    DomainDifferent: "domain.different", "website", -4.0, "Alan adları farklı.", "The domains differ.";
    CitySame: "city.same", "city", 0.5, "Aynı il.", "The same city.";
    CityDifferent: "city.different", "city", -2.0, "İlleri farklı.", "The cities differ.";
}

/// From which probability on a pair stands in the queue of about so many customers, in per mille: the more there are, the more of those who
/// are much alike are namesakes.
pub fn review_millis(customers: i64) -> i64 {
    let decades = (customers.max(FEW) as f64 / FEW as f64).log10();
    let few = REVIEW_MILLIS as f64 / (1000 - REVIEW_MILLIS) as f64;
    let odds = few * (decades * BITS_PER_DECADE).exp2();
    (odds / (1.0 + odds) * 1000.0) as i64
}

/// What was found of two records.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    is_company: bool,
    pub levels: Vec<Level>,
}

/// A field that speaks for two records being the same, or against it.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = MatchReason)]
pub struct Reason {
    pub field: String,
    /// `name.same`, `phone.different`, …
    pub level: String,
    /// By how many bits it changes the odds; below zero it speaks against.
    pub bits: f64,
    /// In the caller's language.
    pub text: String,
}

impl Score {
    /// The odds in bits.
    pub fn bits(&self) -> f64 {
        let prior = if self.is_company { COMPANY_PRIOR_BITS } else { PERSON_PRIOR_BITS };
        prior + self.levels.iter().map(|level| level.bits()).sum::<f64>()
    }

    /// The probability in per mille. Never 1000: nobody knows.
    pub fn probability_millis(&self) -> i64 {
        let probability = 1.0 / (1.0 + (-self.bits()).exp2());
        ((probability * 1000.0) as i64).min(999)
    }

    /// As it is kept.
    pub fn words(&self) -> String {
        self.levels.iter().map(|level| level.word()).collect::<Vec<_>>().join(" ")
    }
}

/// The reasons behind a score that is kept as [`Score::words`], the weightiest first.
pub fn reasons(words: &str, lang: kernel::error::Lang) -> Vec<Reason> {
    let mut levels: Vec<Level> = words.split(' ').filter_map(Level::find).collect();
    levels.sort_by(|a, b| b.bits().abs().total_cmp(&a.bits().abs()));
    let reason = |level: Level| Reason {
        field: level.field().into(),
        level: level.word().into(),
        bits: level.bits(),
        text: level.say().get(lang).to_owned(),
    };
    levels.into_iter().map(reason).collect()
}

/// Compares two customers; `None` when they cannot be the same, being a person and a company.
pub fn score(a: &Facts, b: &Facts) -> Option<Score> {
    if a.is_company != b.is_company {
        return None;
    }
    let name = if a.is_company { company(a, b) } else { name(a, b) };
    let levels = [
        same_or_not(
            &a.identity_number,
            &b.identity_number,
            Level::IdentitySame,
            Level::IdentityDifferent,
        ),
        same_or_not(&a.tax_number, &b.tax_number, Level::TaxSame, Level::TaxDifferent),
        name,
        birth(&a.birth_date, &b.birth_date),
        email(a, b),
        phone(a, b),
        any_same(&a.domains, &b.domains, Level::DomainSame, Level::DomainDifferent),
        same_or_not(&a.city, &b.city, Level::CitySame, Level::CityDifferent),
    ];
    Some(Score {
        is_company: a.is_company,
        levels: levels.into_iter().flatten().collect(),
    })
}

fn same_or_not(a: &str, b: &str, same: Level, different: Level) -> Option<Level> {
    match (a.is_empty() || b.is_empty(), a == b) {
        (true, _) => None,
        (_, true) => Some(same),
        _ => Some(different),
    }
}

fn any_same(a: &[String], b: &[String], same: Level, different: Level) -> Option<Level> {
    match (a.is_empty() || b.is_empty(), a.iter().any(|one| b.contains(one))) {
        (true, _) => None,
        (_, true) => Some(same),
        _ => Some(different),
    }
}

/// How alike two parts of a name are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Different,
    /// All words of one are among the other's, or are its first letters.
    Part,
    Close,
    Same,
}

fn likeness(a: &str, b: &str) -> Likeness {
    if a == b {
        return Likeness::Same;
    }
    if is_slip(a, b) {
        return Likeness::Close;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let long: Vec<&str> = long.split([' ', '-', '.']).filter(|word| !word.is_empty()).collect();
    let is_there = |word: &str| {
        long.iter()
            .any(|other| *other == word || (word.len() == 1 && other.starts_with(word)))
    };
    let mut words = short.split([' ', '-', '.']).filter(|word| !word.is_empty()).peekable();
    if words.peek().is_some() && words.all(is_there) {
        Likeness::Part
    } else {
        Likeness::Different
    }
}

/// Whether one may be the other, mistyped: one slip in four letters, two in eight. Of three letters one may be left out, doubled or have
/// changed places; exchanged for another it makes another name, `Can` and `Cem`.
fn is_slip(a: &str, b: &str) -> bool {
    let (one, other) = (a.chars().count(), b.chars().count());
    let allowed = match one.min(other) {
        0..=1 => return false,
        2..=3 if one.max(other) <= 4 => {
            let has_swapped = || {
                let sorted = |text: &str| {
                    let mut letters: Vec<char> = text.chars().collect();
                    letters.sort_unstable();
                    letters
                };
                sorted(a) == sorted(b)
            };
            return one.max(other) >= 3 && osa_distance(a, b) == 1 && (one != other || has_swapped());
        }
        2..=3 => return false,
        4..=7 => 1,
        _ => 2,
    };
    osa_distance(a, b) <= allowed && jaro_winkler(a, b) >= 0.8
}

fn name(a: &Facts, b: &Facts) -> Option<Level> {
    if [a, b].iter().any(|facts| facts.first_name.is_empty() || facts.last_name.is_empty()) {
        return None;
    }
    let (first, last) = (likeness(&a.first_name, &b.first_name), likeness(&a.last_name, &b.last_name));
    let swapped = likeness(&a.first_name, &b.last_name).min(likeness(&a.last_name, &b.first_name));
    Some(match (first, last) {
        (Likeness::Same, Likeness::Same) => Level::NameSame,
        _ if swapped >= Likeness::Close => Level::NameSwapped,
        _ if swapped >= Likeness::Part && first.min(last) < Likeness::Part => Level::NameSwapped,
        _ if first >= Likeness::Close && last >= Likeness::Close => Level::NameClose,
        _ if first >= Likeness::Part && last >= Likeness::Part => Level::NamePart,
        (Likeness::Different, Likeness::Different) => Level::NameDifferent,
        (Likeness::Different, _) => Level::FirstNameDiffers,
        _ => Level::SurnameDiffers,
    })
}

fn company(a: &Facts, b: &Facts) -> Option<Level> {
    let (few, many) = if a.company_words.len() <= b.company_words.len() {
        (&a.company_words, &b.company_words)
    } else {
        (&b.company_words, &a.company_words)
    };
    if few.is_empty() {
        return None;
    }
    let same = few.iter().filter(|word| many.contains(word)).count();
    let near = few
        .iter()
        .filter(|word| many.iter().any(|other| *word == other || is_slip(word, other)))
        .count();
    Some(if same == many.len() {
        Level::CompanySame
    } else if near == many.len() || is_slip(&few.join(""), &many.join("")) {
        Level::CompanyClose
    } else if near == few.len() {
        Level::CompanyPart
    } else {
        Level::CompanyDifferent
    })
}

fn birth(a: &str, b: &str) -> Option<Level> {
    let compared = same_or_not(a, b, Level::BirthSame, Level::BirthDifferent)?;
    if compared == Level::BirthSame {
        return Some(compared);
    }
    let parts = |date: &str| -> Vec<String> { date.split('-').map(str::to_owned).collect() };
    let (one, other) = (parts(a), parts(b));
    let is_turned = one.len() == 3 && other.len() == 3 && one[0] == other[0] && one[1] == other[2] && one[2] == other[1];
    Some(if is_turned || osa_distance(a, b) == 1 {
        Level::BirthClose
    } else {
        Level::BirthDifferent
    })
}

fn email(a: &Facts, b: &Facts) -> Option<Level> {
    let compared = any_same(&a.emails, &b.emails, Level::EmailSame, Level::EmailDifferent)?;
    let is_near = |one: &str, other: &str| {
        let (local, other_local) = (one.split('@').next().unwrap_or(one), other.split('@').next().unwrap_or(other));
        let number = |local: &str| local.chars().filter(char::is_ascii_digit).collect::<String>();
        // `info@` and the like are everybody's, and a number behind a name is there to tell namesakes apart.
        let is_own = local.len() >= 6 && other_local.len() >= 6;
        is_own && (local == other_local || (osa_distance(one, other) == 1 && number(local) == number(other_local)))
    };
    if a.is_company {
        // That two mailboxes differ says nothing of a company; its domain does.
        return Some(compared).filter(|compared| *compared == Level::EmailSame);
    }
    if compared == Level::EmailDifferent && a.emails.iter().any(|one| b.emails.iter().any(|other| is_near(one, other))) {
        return Some(Level::EmailClose);
    }
    Some(compared)
}

fn phone(a: &Facts, b: &Facts) -> Option<Level> {
    let compared = any_same(&a.phones, &b.phones, Level::PhoneSame, Level::PhoneDifferent)?;
    let is_near = |one: &String, other: &String| osa_distance(one, other) == 1;
    if compared == Level::PhoneDifferent && a.phones.iter().any(|one| b.phones.iter().any(|other| is_near(one, other))) {
        return Some(Level::PhoneClose);
    }
    Some(compared)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(first: &str, last: &str, phone: &str, birth: &str) -> Facts {
        Facts {
            first_name: first.into(),
            last_name: last.into(),
            phones: vec![phone.into()],
            birth_date: birth.into(),
            city: "izmir".into(),
            ..Facts::default()
        }
    }

    fn millis(a: &Facts, b: &Facts) -> i64 {
        score(a, b).map_or(0, |score| score.probability_millis())
    }

    #[test]
    fn a_family_that_shares_a_phone_is_no_duplicate() {
        let ayse = person("ayse", "yilmaz", "321234567", "1980-05-06");
        assert!(millis(&ayse, &person("mehmet", "yilmaz", "321234567", "1978-01-02")) < 10);
        assert!(millis(&ayse, &person("mehmet", "yilmaz", "321234567", "")) < REVIEW_MILLIS);
        // Not even twins.
        assert!(millis(&ayse, &person("mehmet", "yilmaz", "321234567", "1980-05-06")) < REVIEW_MILLIS);
    }

    #[test]
    fn slips_swaps_and_new_surnames_are_found() {
        let ayse = person("ayse", "yilmaz", "321234567", "1980-05-06");
        for other in [
            person("aysee", "yilmaz", "321234567", ""),
            person("yilmaz", "ayse", "321234567", ""),
            person("ayse", "demir", "321234567", "1980-05-06"),
            person("ayse nur", "yilmaz", "321234567", "1980-06-05"),
        ] {
            assert!(millis(&ayse, &other) >= REVIEW_MILLIS, "{other:?}: {}", millis(&ayse, &other));
        }
    }

    #[test]
    fn a_person_is_no_company_and_a_namesake_is_not_the_same() {
        let ayse = person("ayse", "yilmaz", "321234567", "1980-05-06");
        let firm = Facts {
            is_company: true,
            phones: ayse.phones.clone(),
            ..Facts::default()
        };
        assert_eq!(score(&ayse, &firm), None);
        assert!(millis(&ayse, &person("ayse", "yilmaz", "990000000", "1991-02-03")) < 100);
        assert!(millis(&ayse, &person("ayse", "yilmaz", "990000000", "")) < REVIEW_MILLIS);
    }

    #[test]
    fn the_more_customers_the_likelier_a_pair_must_be() {
        assert_eq!([0, 1, 100_000].map(review_millis), [600, 600, 600]);
        assert_eq!(review_millis(1_000_000), 700);
        assert!(review_millis(100_000_000) < AUTOMATIC_MILLIS);
    }

    #[test]
    fn comparing_goes_both_ways_and_words_are_read_back() {
        let (a, b) = (
            person("ayse nur", "yilmaz", "1", "1980-05-06"),
            person("ayse", "yilmax", "2", "1980-06-05"),
        );
        let there = score(&a, &b).expect("two people");
        assert_eq!(Some(there.clone()), score(&b, &a));
        let reasons = reasons(&there.words(), kernel::error::Lang::Tr);
        assert_eq!(reasons.len(), there.levels.len());
        assert!(reasons[0].bits.abs() >= reasons[1].bits.abs());
        assert!(
            reasons
                .iter()
                .any(|reason| reason.text == "Adları çok benziyor." || reason.text == "Birinin adı ötekinin bir parçası.")
        );
        let words: std::collections::BTreeSet<&str> = Level::ALL.iter().map(|level| level.word()).collect();
        assert_eq!(words.len(), Level::ALL.len(), "no two levels are kept by the same word");
    }
}
