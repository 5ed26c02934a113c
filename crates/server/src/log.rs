//! The log: what happens, in one line each, without personal data. Nothing of a request's body, query or headers is ever handed to it; what
//! slips into the words of an error (an address, a number, a token) is covered on its way out.

use std::io::{self, Write};

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, reload};

use crate::config::{Config, LogFormat};

const COVERED: &str = "…";
/// Digits in a row, however they are grouped, from which on they may be a phone or an identity number.
const MANY_DIGITS: usize = 10;
/// Letters and digits in a row from which on they may be a secret of ours.
const LONG_WORD: usize = 40;

/// The log of this process, whose filter can be changed while it runs.
pub struct Log(Option<reload::Handle<EnvFilter, Registry>>);

/// Begins to log to standard error. Somebody who embeds the program may log already: then nothing changes.
pub fn start(config: &Config) -> Log {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let (filter, handle) = reload::Layer::new(filter);
    let lines = lines(config.log_format, || Discreet(io::stderr()));
    let begun = tracing_subscriber::registry().with(filter).with(lines).try_init();
    if begun.is_err() {
        return Log(None);
    }
    // Through the log, so that a panic's words are covered as well.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let words = panic.payload_as_str().unwrap_or_default();
        tracing::error!(place, "panicked: {words}");
    }));
    Log(Some(handle))
}

/// How events become lines.
pub fn lines<S, W, M>(format: LogFormat, writer: M) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
    W: Write,
    M: Fn() -> W + Send + Sync + 'static,
{
    let lines = fmt::layer().with_writer(writer).with_target(false).with_ansi(false);
    match format {
        LogFormat::Pretty => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    }
}

impl Log {
    /// Logs by another filter from now on.
    pub fn filter(&self, directives: &str) -> anyhow::Result<()> {
        let filter = EnvFilter::try_new(directives)?;
        if let Some(handle) = &self.0 {
            handle.reload(filter)?;
        }
        Ok(())
    }
}

/// Covers what is personal in what is written through it.
pub struct Discreet<W>(pub W);

impl<W: Write> Write for Discreet<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(covered(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The text without e-mail addresses, long numbers and long secrets.
fn covered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|letter: char| !is_of_address(letter)).unwrap_or(rest.len());
        let number = number(rest);
        if number > 0 {
            out.push_str(COVERED);
            rest = &rest[number..];
        } else if word > 0 {
            let (whole, after) = rest.split_at(word);
            out.push_str(if is_personal(whole) { COVERED } else { whole });
            rest = after;
        } else {
            let letter = rest.chars().next().map_or(1, char::len_utf8);
            out.push_str(&rest[..letter]);
            rest = &rest[letter..];
        }
    }
    out
}

fn is_of_address(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '@' | '.' | '_' | '-' | '+' | '%')
}

fn is_personal(word: &str) -> bool {
    let is_address = || {
        // `%40` is how an address stands in a query.
        let word = word.replace("%40", "@");
        word.split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    };
    let is_secret = || {
        let has = |kind: fn(&char) -> bool| word.chars().any(|letter| kind(&letter));
        let is_random = has(char::is_ascii_digit) && has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
        word.len() >= LONG_WORD && is_random && !word.contains('.')
    };
    let is_number = || word.bytes().fold((0, 0), longest_run).1 >= MANY_DIGITS;
    is_address() || word.starts_with("crm_") && word.len() > 20 || is_secret() || is_number()
}

fn longest_run((run, longest): (usize, usize), byte: u8) -> (usize, usize) {
    let run = if byte.is_ascii_digit() { run + 1 } else { 0 };
    (run, longest.max(run))
}

/// How many bytes at the beginning are a long number, grouped as people write phones: `+90 (532) 123-45-67`.
fn number(text: &str) -> usize {
    let (mut digits, mut end) = (0, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '0'..='9' => {
                digits += 1;
                end = at + 1;
            }
            ' ' | '-' | '(' | ')' if digits > 0 || letter == '(' => {}
            '+' if at == 0 => {}
            _ => break,
        }
    }
    // Not the beginning of a time, whose date alone has fewer digits.
    if digits >= MANY_DIGITS && text.as_bytes().get(end) != Some(&b':') {
        end
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_numbers_and_secrets_are_covered() {
        for (text, shown) in [
            ("no ayse.yilmaz@ornek.example here", "no … here"),
            ("q=ayse%40ornek.example&x=1", "q=…&x=1"),
            ("the number 10000000146.", "the number …."),
            ("phone +90 (532) 123-45-67!", "phone …!"),
            ("phone 0532 123 45 67", "phone …"),
            ("key crm_AbCdEfGhIjKlMnOpQrStUv", "key …"),
            ("cookie QmFzZTY0LXVybC1zYWZlLXRva2VuLW9mLTQzLWxldHQ1", "cookie …"),
        ] {
            assert_eq!(covered(text), shown);
        }
    }

    #[test]
    fn what_is_not_personal_stays() {
        for text in [
            "2026-11-23T00:37:39.123456Z  INFO request request.id=5f3a21bc-1f method=GET route=\"/api/v1/crm/customers/{id}/\" status=200 took_us=123456",
            "Context7 CRM is at http://localhost:8080 (sqlite)",
            "consumer failed consumer=\"identity.audit\" event.id=123456789",
            "İstanbul, Çorum ve Şırnak",
            "the database has m9999_something_that_has_a_rather_long_name_in_it",
            "",
        ] {
            assert_eq!(covered(text), text);
        }
    }
}
