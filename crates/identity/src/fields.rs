//! The few forms of text that this context takes, checked once at the edge.

use kernel::error::{Error, FieldErrors, Lang, Result, invalid};
use kernel::events::{Changes, change};
pub use kernel::json_text::present;
use kernel::say;
use serde_json::Value;

/// An e-mail address, trimmed and lower-cased, by which people sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    pub fn parse(text: &str) -> Result<Email> {
        match kernel::email::Email::parse(text) {
            Ok(email) => Ok(Email(email.as_str().to_ascii_lowercase())),
            Err(problem) => Err(invalid("email", problem.say())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name: one line, neither empty nor too long.
pub fn name(field: &str, text: &str, max_chars: usize) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(invalid(field, say!("Boş olamaz.", "Must not be empty.")));
    }
    if text.chars().count() > max_chars {
        return Err(invalid(
            field,
            say!("En çok {} karakter olabilir.", "May have {} characters at most.", max_chars),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(invalid(field, say!("Tek satır olmalı.", "Must be a single line.")));
    }
    Ok(text.to_owned())
}

/// A language of the product.
pub fn locale(text: &str) -> Result<String> {
    match Lang::parse(text) {
        Some(lang) if text.trim().len() == 2 => Ok(lang.tag().to_owned()),
        _ => Err(one_of("locale", &["tr", "en"])),
    }
}

pub fn one_of(field: &str, choices: &[&str]) -> Error {
    let choices = choices.join(", ");
    invalid(field, say!("Şunlardan biri olmalı: {}.", "Must be one of: {}.", choices))
}

/// Gathers what changes, as events tell it.
#[derive(Default)]
pub struct Diff(pub Changes);

impl Diff {
    /// Notes a field if it changes, and says whether it does.
    pub fn note(&mut self, field: &str, before: impl Into<Value>, after: impl Into<Value>) -> bool {
        let (before, after) = (before.into(), after.into());
        let differs = before != after;
        if differs {
            self.0.insert(field.to_owned(), change(before, after));
        }
        differs
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Gathers the problems of several fields, to tell them all at once.
#[derive(Default)]
pub struct Gather(FieldErrors);

impl Gather {
    /// The value, or its problem kept for later.
    pub fn take<T: Default>(&mut self, outcome: Result<T>) -> Result<T> {
        match outcome {
            Err(Error::Invalid(errors)) => {
                errors
                    .0
                    .into_iter()
                    .for_each(|(field, problems)| problems.into_iter().for_each(|problem| self.0.add(field.clone(), problem)));
                Ok(T::default())
            }
            other => other,
        }
    }

    pub fn check(self) -> Result<()> {
        self.0.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mails_are_compared_trimmed_and_lower_cased() {
        assert_eq!(
            Email::parse("  Ayse.Yilmaz@Firma.COM.tr ").unwrap().as_str(),
            "ayse.yilmaz@firma.com.tr"
        );
        for wrong in [
            "",
            "ayse",
            "@firma.com",
            "ayse@firma",
            "a b@firma.com",
            "a@b@c.com",
            "a@-b.com",
            "a@b..com",
            "a,b@c.com",
        ] {
            assert!(Email::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_locale_is_one_we_speak() {
        assert_eq!(locale("EN").unwrap(), "en");
        assert!(locale("de").is_err());
        assert!(locale("tr-TR").is_err());
    }
}
