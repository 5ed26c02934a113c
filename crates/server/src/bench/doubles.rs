//! Records whose duplicates are known. First there are people and companies, as they are; then records of them, as they are typed: each
//! record knows only some of the facts, and gets some of them wrong. One record of ten is the second one of somebody, made years later: by
//! then some have another phone or mailbox, have moved or married. Nothing here looks at how duplicates are found.

use chrono::NaiveDate;
use customers::cell::Cell;
use customers::customer::Customer;
use customers::customer::patch::Patch;
use customers::fields::Key;
use kernel::text::fold;
use turkiye::TaxNumber;
use turkiye::people::{self, Person};

/// A record, and whose it is.
pub struct Record {
    pub of: u64,
    pub draft: Customer,
}

/// Chance that is the same for the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        ((self.roll() >> 32) * limit) >> 32
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn any<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }
}

/// Somebody as they are, whoever has written it down.
#[derive(Clone)]
struct Truth {
    is_company: bool,
    person: Person,
    /// Of a company.
    name: String,
    tax_number: String,
    domain: String,
    phone: String,
    email: String,
}

const TRADES: [&str; 24] = [
    "Gıda",
    "İnşaat",
    "Tekstil",
    "Lojistik",
    "Yazılım",
    "Otomotiv",
    "Sağlık",
    "Turizm",
    "Mobilya",
    "Kimya",
    "Makine",
    "Enerji",
    "Tarım",
    "Ambalaj",
    "Plastik",
    "Metal",
    "Elektrik",
    "Matbaa",
    "Danışmanlık",
    "Reklam",
    "Medikal",
    "Güvenlik",
    "Eğitim",
    "Denizcilik",
];
const FIRST_WORDS: [&str; 16] = [
    "Anadolu", "Ege", "Marmara", "Doğu", "Güneş", "Yıldız", "Öz", "Yeni", "Akdeniz", "Başak", "Çınar", "Deniz", "Ufuk", "Zirve", "Pınar",
    "Işık",
];
const FORMS: [&str; 5] = [
    "Ltd. Şti.",
    "A.Ş.",
    "Tic. Ltd. Şti.",
    "San. ve Tic. A.Ş.",
    "Sanayi ve Ticaret Limited Şirketi",
];
const LETTERS: [char; 29] = [
    'a', 'b', 'c', 'ç', 'd', 'e', 'f', 'g', 'ğ', 'h', 'ı', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'ö', 'p', 'r', 's', 'ş', 't', 'u', 'ü', 'v',
    'y', 'z',
];

/// So many records, of which one in ten is somebody's second or third.
pub fn records(seed: u64, count: u64, today: NaiveDate) -> Vec<Record> {
    let mut dice = Dice(seed);
    let singles = count - count / 10;
    let truths = truths(seed, singles, today, &mut dice);
    let mut records: Vec<Record> = truths
        .iter()
        .zip(0..)
        .map(|(truth, of)| Record {
            of,
            draft: written(truth, &mut dice, seed, today, Time::First),
        })
        .collect();
    for _ in 0..count / 10 {
        let of = dice.below(singles);
        let draft = written(&truths[of as usize], &mut dice, seed, today, Time::Later);
        // Wherever it comes, not behind all others.
        let place = dice.below(records.len() as u64) as usize;
        records.push(Record { of, draft });
        let last = records.len() - 1;
        records.swap(place, last);
    }
    records
}

fn truths(seed: u64, count: u64, today: NaiveDate, dice: &mut Dice) -> Vec<Truth> {
    let mut all: Vec<Truth> = Vec::with_capacity(count as usize);
    for index in 0..count {
        let person = people::person(seed, index, today);
        let is_company = dice.percent(20);
        let name = match dice.below(3) {
            0 => format!("{} {}", person.last_name, dice.any(&TRADES)),
            1 => format!("{} {}", dice.any(&FIRST_WORDS), dice.any(&TRADES)),
            _ => format!("{} {} {}", dice.any(&FIRST_WORDS), person.last_name, dice.any(&TRADES)),
        };
        let mut truth = Truth {
            is_company,
            tax_number: TaxNumber::from_seed(index ^ (seed << 20)).reveal(),
            domain: format!("{}{index}.example", fold(&name).replace(' ', "")),
            name: format!("{name} {}", dice.any(&FORMS)),
            phone: person.mobile.clone(),
            email: person.email.clone(),
            person,
        };
        // One of six lives with the one before: another person of that surname, in the same city, and often on the same phone or address.
        if let Some(kin) = all.last().filter(|kin| !kin.is_company && !is_company)
            && kin.person.first_name != truth.person.first_name
            && dice.percent(17)
        {
            truth.person.last_name = kin.person.last_name;
            truth.person.province = kin.person.province;
            if dice.percent(50) {
                truth.phone = kin.phone.clone();
            }
            if dice.percent(10) {
                truth.email = kin.email.clone();
            }
        }
        all.push(truth);
    }
    all
}

/// When somebody is written down.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Time {
    First,
    /// Years after: people change.
    Later,
}

/// One record of somebody, as one clerk on one day has it.
fn written(truth: &Truth, dice: &mut Dice, seed: u64, today: NaiveDate, time: Time) -> Customer {
    let is_later = time == Time::Later;
    let mut patch = Patch::default();
    let mut set = |key: Key, text: String| patch.set(key, Cell::from(text.as_str()));
    set(Key::CustomerType, if truth.is_company { "company" } else { "individual" }.into());
    set(Key::Country, "TR".into());
    let other = people::person(seed ^ 0x5eed, dice.below(1 << 24), today);
    if truth.is_company {
        set(Key::CompanyName, company_name(&truth.name, dice));
        if dice.percent(50) {
            set(Key::TaxNumber, truth.tax_number.clone());
        }
        if dice.percent(40) {
            set(Key::Website, format!("https://www.{}", truth.domain));
        }
        if dice.percent(60) {
            let box_name = dice.any(&["info", "satis", "muhasebe", "iletisim"]);
            set(Key::PrimaryEmail, format!("{box_name}@{}", truth.domain));
        }
    } else {
        let (first, last) = person_name(truth, &other, dice, time);
        set(Key::FirstName, first);
        set(Key::LastName, last);
        if dice.percent(65) {
            set(Key::BirthDate, birth_date(truth.person.birth_date, dice));
        }
        if dice.percent(20) {
            set(Key::IdentityNumber, truth.person.identity_number.reveal());
        }
        if dice.percent(75) {
            let email = match dice.below(100) {
                0..20 if is_later => other.email.clone(),
                20..22 => typo_in_mailbox(&truth.email, dice),
                _ => truth.email.clone(),
            };
            set(Key::PrimaryEmail, email);
        }
    }
    if dice.percent(92) {
        let phone = match dice.below(100) {
            0..15 if is_later => other.mobile.clone(),
            15..17 => typo_in_digits(&truth.phone, dice),
            _ => truth.phone.clone(),
        };
        set(Key::PrimaryPhone, phone);
    }
    if dice.percent(90) {
        let moved = dice.percent(8) && is_later;
        let province = if moved { other.province } else { truth.person.province };
        set(Key::City, province.name.into());
    }
    let mut draft = Customer::default();
    patch.apply(&mut draft);
    draft
}

fn person_name(truth: &Truth, other: &Person, dice: &mut Dice, time: Time) -> (String, String) {
    let (mut first, mut last) = (truth.person.first_name.to_owned(), truth.person.last_name.to_owned());
    if time == Time::Later && truth.person.gender == "F" && dice.percent(8) {
        last = if dice.percent(30) {
            format!("{last} {}", other.last_name)
        } else {
            other.last_name.to_owned()
        };
    }
    match dice.below(100) {
        0..3 => first = format!("{first} {}", other.first_name),
        3..5 => first = first.chars().take(1).chain(['.']).collect(),
        5..10 => first = typo(&first, dice),
        10..15 => last = typo(&last, dice),
        _ => {}
    }
    if dice.percent(3) {
        std::mem::swap(&mut first, &mut last);
    }
    (spelt(&first, dice), spelt(&last, dice))
}

fn company_name(name: &str, dice: &mut Dice) -> String {
    let mut words: Vec<String> = name.split(' ').map(str::to_owned).collect();
    let bare = words.len()
        - FORMS
            .iter()
            .find(|form| name.ends_with(*form))
            .map_or(0, |form| form.split(' ').count());
    match dice.below(100) {
        // The form left out, or another one.
        0..25 => words.truncate(bare),
        25..40 => {
            words.truncate(bare);
            words.push(dice.any(&FORMS).to_owned());
        }
        // The trade left out.
        40..45 if bare > 2 => {
            words.remove(bare - 1);
        }
        _ => {}
    }
    if dice.percent(12) {
        let place = dice.below(bare.min(words.len()) as u64) as usize;
        words[place] = typo(&words[place], dice);
    }
    spelt(&words.join(" "), dice)
}

/// As some type: without what a foreign keyboard lacks, or in capitals.
fn spelt(text: &str, dice: &mut Dice) -> String {
    match dice.below(100) {
        0..25 => text.chars().map(plain).collect(),
        25..33 => text
            .chars()
            .map(|c| if c == 'i' { 'İ' } else { c })
            .collect::<String>()
            .to_uppercase(),
        _ => text.to_owned(),
    }
}

fn plain(c: char) -> char {
    match c {
        'ç' => 'c',
        'ğ' => 'g',
        'ı' => 'i',
        'ö' => 'o',
        'ş' => 's',
        'ü' => 'u',
        'Ç' => 'C',
        'Ğ' => 'G',
        'İ' => 'I',
        'Ö' => 'O',
        'Ş' => 'S',
        'Ü' => 'U',
        other => other,
    }
}

/// A letter left out, put in, doubled, exchanged for another or for its neighbour, anywhere.
fn typo(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return text.to_owned();
    }
    let place = dice.below(letters.len() as u64 - 1) as usize;
    match dice.below(5) {
        0 => {
            letters.remove(place);
        }
        1 => letters.insert(place + 1, dice.any(&LETTERS)),
        2 => letters.insert(place, letters[place]),
        3 => letters[place] = dice.any(&LETTERS),
        _ => letters.swap(place, place + 1),
    }
    letters.into_iter().collect()
}

fn typo_in_mailbox(email: &str, dice: &mut Dice) -> String {
    let (local, domain) = email.split_once('@').unwrap_or((email, "example.com"));
    let local: String = typo(local, dice).chars().map(plain).collect();
    format!("{}@{domain}", local.trim_matches('.').replace("..", "."))
}

/// One of the last six digits is another.
fn typo_in_digits(phone: &str, dice: &mut Dice) -> String {
    let place = phone.len() - 1 - dice.below(6) as usize;
    let digit = char::from(b'0' + dice.below(10) as u8);
    phone
        .chars()
        .enumerate()
        .map(|(index, c)| if index == place { digit } else { c })
        .collect()
}

/// Sometimes day and month in each other's place, or one year off.
fn birth_date(date: NaiveDate, dice: &mut Dice) -> String {
    use chrono::Datelike;
    let wrong = match dice.below(100) {
        0..2 => NaiveDate::from_ymd_opt(date.year(), date.day(), date.month()),
        2..4 => date.with_year(date.year() - 1),
        _ => None,
    };
    wrong.unwrap_or(date).format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn one_in_ten_is_of_somebody_who_is_there_already_and_the_seed_decides() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 16).expect("a date");
        let records = records(3, 1_000, today);
        let distinct: BTreeSet<u64> = records.iter().map(|record| record.of).collect();
        assert_eq!((records.len(), distinct.len()), (1_000, 900));
        let again = super::records(3, 1_000, today);
        assert!(records.iter().zip(&again).all(|(a, b)| a.of == b.of && a.draft == b.draft));
    }
}
