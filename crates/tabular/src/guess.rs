//! Which column of a file is meant for which field: by the name of the column first, by its content where names say nothing.

use kernel::error::Say;
use kernel::say;
use kernel::text::{edit_distance, words};

pub use crate::looks::Looks;

/// A field that a column can be meant for.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub name: &'a str,
    /// What people call it, in Turkish and English.
    pub labels: &'a [&'a str],
    pub looks: Looks<'a>,
}

/// A column and the field it seems to be meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess<'a> {
    /// The name of the [`Target`].
    pub target: &'a str,
    /// Out of 100.
    pub confidence: u8,
    pub why: Why,
}

/// What a guess rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    SameName,
    SimilarName,
    Content,
}

impl Why {
    pub fn say(self) -> Say {
        match self {
            Why::SameName => say!("Sütunun adı aynı", "The column has the same name"),
            Why::SimilarName => say!("Sütunun adı benziyor", "The column has a similar name"),
            Why::Content => say!("İçeriği uyuyor", "The content fits"),
        }
    }
}

/// Below this a guess is not worth making.
const MIN_CONFIDENCE: u8 = 50;

/// The field every column seems to be meant for. A field is used once at most, by the column that fits it best.
pub fn columns<'a>(header: &[String], rows: &[Vec<String>], targets: &[Target<'a>]) -> Vec<Option<Guess<'a>>> {
    let labels: Vec<Vec<Name>> = targets
        .iter()
        .map(|target| target.labels.iter().chain([&target.name]).map(|label| Name::of(label)).collect())
        .collect();
    let mut candidates = Vec::new();
    for (column, title) in header.iter().enumerate() {
        let title = Name::of(title);
        let values: Vec<&str> = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .collect();
        for (index, target) in targets.iter().enumerate() {
            let likeness = labels[index].iter().map(|label| title.likeness(label)).max().unwrap_or(0);
            if let Some(guess) = judge(target, likeness, &values) {
                candidates.push((guess, column, index));
            }
        }
    }
    // The surest first; among equals the column and the field that stand first.
    candidates.sort_by_key(|(guess, column, index)| (u8::MAX - guess.confidence, *column, *index));
    let mut guesses = vec![None; header.len()];
    let mut used = vec![false; targets.len()];
    for (guess, column, index) in candidates {
        if guesses[column].is_none() && !used[index] {
            used[index] = true;
            guesses[column] = Some(guess);
        }
    }
    guesses
}

/// Puts name and content together. Content that contradicts takes most of the trust in a name; content alone is believed only when it is
/// telling, such as an e-mail address.
fn judge<'a>(target: &Target<'a>, likeness: u8, values: &[&str]) -> Option<Guess<'a>> {
    let fitting = values.iter().filter(|value| target.looks.fits(value)).count();
    let share = (!values.is_empty() && target.looks != Looks::Text).then(|| (fitting * 100 / values.len()) as u32);
    let likeness = u32::from(likeness);
    let confidence = match share {
        None => likeness * 95 / 100,
        Some(share) if likeness >= 60 => (likeness * 6 + likeness * share * 4 / 100) / 10,
        Some(share) if target.looks.is_telling() && share >= 80 => 50 + share * 25 / 100,
        Some(_) => 0,
    };
    let why = match likeness {
        100 => Why::SameName,
        60.. => Why::SimilarName,
        _ => Why::Content,
    };
    let confidence = u8::try_from(confidence).unwrap_or(100);
    (confidence >= MIN_CONFIDENCE).then_some(Guess {
        target: target.name,
        confidence,
        why,
    })
}

/// The name of a column or field, folded and cut into words.
struct Name {
    words: Vec<String>,
    joined: String,
}

impl Name {
    fn of(text: &str) -> Name {
        let words = words(text);
        Name {
            joined: words.concat(),
            words,
        }
    }

    /// How alike two names are, out of 100.
    fn likeness(&self, label: &Name) -> u8 {
        if self.joined.is_empty() || label.joined.is_empty() {
            return 0;
        }
        if self.joined == label.joined {
            return 100;
        }
        let (mine, theirs) = (self.joined.chars().count(), label.joined.chars().count());
        let longest = mine.max(theirs);
        // One letter in six may differ, and none in a short name: "adi" is not "ada".
        let allowed = longest / 6;
        if mine.abs_diff(theirs) <= allowed && edit_distance(&self.joined, &label.joined) <= allowed {
            return 85;
        }
        // "Müşteri e-posta adresi" holds "e-posta". Endings may follow: "adı" holds "ad".
        let holds = |word: &String| {
            self.words
                .iter()
                .any(|mine| mine == word || (word.len() >= 4 && mine.starts_with(word.as_str())))
        };
        if label.joined.len() >= 3 && label.words.iter().all(holds) {
            let extra = self.words.len().saturating_sub(label.words.len());
            return 80_usize.saturating_sub(extra * 5).max(60) as u8;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGETS: [Target<'static>; 9] = [
        Target {
            name: "first_name",
            labels: &["Ad", "Adı", "İsim", "First name"],
            looks: Looks::Text,
        },
        Target {
            name: "last_name",
            labels: &["Soyad", "Soyadı", "Last name", "Surname"],
            looks: Looks::Text,
        },
        Target {
            name: "email",
            labels: &["E-posta", "Mail", "Email address"],
            looks: Looks::Email,
        },
        Target {
            name: "phone",
            labels: &["Telefon", "GSM", "Cep telefonu", "Mobile"],
            looks: Looks::Phone,
        },
        Target {
            name: "tckn",
            labels: &["TC Kimlik No", "TCKN"],
            looks: Looks::IdentityNumber,
        },
        Target {
            name: "tax_number",
            labels: &["Vergi No", "VKN"],
            looks: Looks::TaxNumber,
        },
        Target {
            name: "birth_date",
            labels: &["Doğum tarihi", "Birthday"],
            looks: Looks::Date,
        },
        Target {
            name: "city",
            labels: &["Şehir", "İl"],
            looks: Looks::Text,
        },
        Target {
            name: "kind",
            labels: &["Tür", "Müşteri tipi"],
            looks: Looks::Choice(&["Bireysel", "Kurumsal"]),
        },
    ];

    fn guessed(header: &[&str], rows: &[&[&str]]) -> Vec<Option<(&'static str, Why)>> {
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        columns(&header, &rows, &TARGETS)
            .into_iter()
            .map(|guess| guess.map(|guess| (guess.target, guess.why)))
            .collect()
    }

    #[test]
    fn columns_find_their_fields() {
        let header = [
            "ADI",
            "SOYADI",
            "Müşteri E-Posta Adresi",
            "Cep Tel.",
            "T.C. Kimlik No",
            "DOĞUM TARİHİ",
            "Sehir",
            "Açıklama",
            "Müşteri Tipi",
        ];
        let row: [&str; 9] = [
            "Ayşe",
            "Kaya",
            "ayse@x.com",
            "0532 123 45 67",
            "10000000146",
            "03.04.1980",
            "İzmir",
            "…",
            "bireysel",
        ];
        use Why::{Content, SameName, SimilarName};
        assert_eq!(
            guessed(&header, &[&row]),
            [
                Some(("first_name", SameName)),
                Some(("last_name", SameName)),
                Some(("email", SimilarName)),
                Some(("phone", Content)),
                Some(("tckn", SameName)),
                Some(("birth_date", SameName)),
                Some(("city", SameName)),
                None,
                Some(("kind", SameName)),
            ]
        );
    }

    #[test]
    fn content_decides_where_names_say_nothing() {
        let rows: [&[&str]; 2] = [
            &["ali@x.com", "10000000146", "1234567890", "a"],
            &["veli@y.com", "10000000146", "1234567890", "b"],
        ];
        let names: Vec<_> = guessed(&["A", "B", "C", "D"], &rows)
            .into_iter()
            .map(|guess| guess.map(|(name, _)| name))
            .collect();
        assert_eq!(names, [Some("email"), Some("tckn"), Some("tax_number"), None]);
    }

    #[test]
    fn a_field_is_used_once_and_by_the_best() {
        let names = guessed(&["Mail 2", "E-posta"], &[&["a@x.com", "b@x.com"]]);
        assert_eq!(names, [None, Some(("email", Why::SameName))]);
        assert_eq!(guessed(&["Ad", "Ad"], &[]), [Some(("first_name", Why::SameName)), None]);
    }

    #[test]
    fn a_contradicted_name_is_trusted_less() {
        let header = ["Telefon".to_owned()];
        let sure = columns(&header, &[vec!["0532 123 45 67".to_owned()]], &TARGETS);
        let unsure = columns(&header, &[vec!["bilinmiyor".to_owned()]], &TARGETS);
        let confidence = |guesses: &[Option<Guess<'_>>]| guesses[0].as_ref().map(|guess| guess.confidence);
        assert_eq!((confidence(&sure), confidence(&unsure)), (Some(100), Some(60)));
    }
}
