//! One way to compare text: [`fold`] for finding, [`sort_key`] for ordering. Both are stored beside the text, so that SQLite, PostgreSQL
//! and Rust agree without collations.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What two texts must share to find each other: case, diacritics, width and the four Turkish letters i are folded away, white space
/// is squeezed to single blanks. `fold("  İSTANBUL ") == fold("ıstanbul") == "istanbul"`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return squeeze(text.chars().map(|c| c.to_ascii_lowercase()), text.len());
    }
    let letters = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(|c| c.to_lowercase())
        // Lower-casing İ leaves a combining dot behind; ı, ł, ø and the like have no decomposition.
        .filter(|c| !is_combining_mark(*c))
        .flat_map(plain);
    squeeze(letters, text.len())
}

/// A key that sorts as a Turkish reader expects when compared byte by byte: `c < ç < d`, `ı < i`, and case ignored.
/// Digits come before letters, other signs before both. Pure ASCII, about as long as the text.
pub fn sort_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len() + 8);
    let composed: String = text.nfkc().collect();
    let lower = composed.chars().flat_map(|c| match c {
        'I' => "ı".chars().collect::<Vec<_>>(),
        'İ' => "i".chars().collect(),
        c => c.to_lowercase().collect(),
    });
    for c in lower {
        // A letter that follows its plain sister takes the sister and a tilde, which is above every letter.
        match c {
            'ç' => key.push_str("c~"),
            'ğ' => key.push_str("g~"),
            'ı' => key.push_str("h~"),
            'ö' => key.push_str("o~"),
            'ş' => key.push_str("s~"),
            'ü' => key.push_str("u~"),
            c if c.is_whitespace() => {
                if !key.is_empty() && !key.ends_with(' ') {
                    key.push(' ');
                }
            }
            c => key.push_str(&fold(c.encode_utf8(&mut [0; 4]))),
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// The words of a search, folded: what is neither letter nor digit separates, except inside e-mail addresses and codes, where it is dropped
/// the same way on both sides because the index is cut by the same rule.
pub fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// How many words of a search count: each is a condition more, and nobody remembers more of what they look for.
const MAX_ASKED_WORDS: usize = 8;
/// How much of a word counts; PostgreSQL takes two thousand bytes at most.
const MAX_ASKED_CHARS: usize = 100;

/// The words somebody searches for: only the first few, and of a very long one only its beginning, by which it is found as well.
pub fn asked_words(search: &str) -> Vec<String> {
    let mut words = words(search);
    words.truncate(MAX_ASKED_WORDS);
    for word in &mut words {
        if let Some((end, _)) = word.char_indices().nth(MAX_ASKED_CHARS) {
            word.truncate(end);
        }
    }
    words
}

/// The distance in edits between two short words; for suggestions such as "did you mean …".
pub fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let cost = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// The candidate nearest to `word`, if it is near enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (edit_distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

fn plain(c: char) -> impl Iterator<Item = char> {
    let replacement: &str = match c {
        'ı' => "i",
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'ĸ' => "k",
        _ => "",
    };
    let keep = replacement.is_empty().then_some(c);
    replacement.chars().chain(keep)
}

fn squeeze(letters: impl Iterator<Item = char>, capacity: usize) -> String {
    let mut out = String::with_capacity(capacity);
    let mut gap = false;
    for c in letters {
        if c.is_whitespace() || c.is_control() {
            gap = !out.is_empty();
        } else {
            if gap {
                out.push(' ');
                gap = false;
            }
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_search_has_an_end() {
        assert_eq!(asked_words("Ayşe  YILMAZ"), ["ayse", "yilmaz"]);
        assert_eq!(asked_words(&"a ".repeat(50_000)).len(), 8);
        assert_eq!(asked_words(&"é".repeat(50_000)), ["e".repeat(100)]);
    }

    #[test]
    fn the_four_letters_i_find_each_other() {
        for spelling in [
            "istanbul",
            "İSTANBUL",
            "Istanbul",
            "ISTANBUL",
            "ıstanbul",
            " İstanbul\u{a0}",
            "i\u{307}stanbul",
        ] {
            assert_eq!(fold(spelling), "istanbul", "{spelling:?}");
        }
        assert_eq!(fold("Şişli  Çağlayan"), "sisli caglayan");
        assert_eq!(fold("Łódź Straße Ærø"), "lodz strasse aero");
        assert_eq!(fold("ﬁnans ＡＢＣ"), "finans abc");
    }

    #[test]
    fn names_sort_as_in_a_turkish_dictionary() {
        let mut names = [
            "Zeynep", "Işıl", "Ümit", "İsmail", "Çiğdem", "Cem", "Umut", "Şule", "Sude", "Öykü", "Onur", "Hakan", "Deniz", "ilker", "Gül",
            "Ğ",
        ];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(
            names,
            [
                "Cem", "Çiğdem", "Deniz", "Gül", "Ğ", "Hakan", "Işıl", "ilker", "İsmail", "Onur", "Öykü", "Sude", "Şule", "Umut", "Ümit",
                "Zeynep"
            ]
        );
    }

    #[test]
    fn a_mistyped_field_finds_its_neighbour() {
        assert_eq!(nearest("custmer_code", ["customer_code", "city"]), Some("customer_code"));
        assert_eq!(nearest("xyzzy_plugh", ["customer_code", "city"]), None);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in ".{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn case_does_not_matter(text in "[a-zçğıöşüA-ZÇĞİÖŞÜ ]{0,20}") {
            prop_assert_eq!(fold(&text.to_lowercase()), fold(&text));
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
        }
    }
}
