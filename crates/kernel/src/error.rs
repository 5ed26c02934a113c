//! The one error of the product. Code that finds something wrong with what a caller sent says so with [`invalid`] or
//! [`FieldErrors`], in both languages, naming the field and what would be right. Everything unexpected is [`Error::Internal`]: logged
//! where it is answered, never shown.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A language the product speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    Tr,
    En,
}

impl Lang {
    pub fn parse(tag: &str) -> Option<Lang> {
        match tag.trim().get(..2)?.to_ascii_lowercase().as_str() {
            "tr" => Some(Lang::Tr),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    pub fn tag(self) -> &'static str {
        match self {
            Lang::Tr => "tr",
            Lang::En => "en",
        }
    }

    /// Picks the text of this language.
    pub fn pick<T>(self, tr: T, en: T) -> T {
        match self {
            Lang::Tr => tr,
            Lang::En => en,
        }
    }
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Say {
    pub tr: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

impl Say {
    pub const fn new(tr: &'static str, en: &'static str) -> Say {
        Say {
            tr: Cow::Borrowed(tr),
            en: Cow::Borrowed(en),
        }
    }

    pub fn get(&self, lang: Lang) -> &str {
        lang.pick(&self.tr, &self.en)
    }
}

/// `say!("{n} satır", "{n} rows")`: a formatted text in both languages.
#[macro_export]
macro_rules! say {
    ($tr:literal, $en:literal $(, $arg:expr)* $(,)?) => {
        $crate::error::Say { tr: format!($tr $(, $arg)*).into(), en: format!($en $(, $arg)*).into() }
    };
}

/// What is wrong, by field. Not empty when it is returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(pub BTreeMap<String, Vec<Say>>);

impl FieldErrors {
    pub fn add(&mut self, field: impl Into<String>, problem: Say) {
        self.0.entry(field.into()).or_default().push(problem);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when nothing was added.
    pub fn check(self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(Error::Invalid(self)) }
    }

    /// The same for a part of what was asked: `subject` becomes `next.subject`.
    pub fn under(self, part: &str) -> FieldErrors {
        FieldErrors(
            self.0
                .into_iter()
                .map(|(field, problems)| (format!("{part}.{field}"), problems))
                .collect(),
        )
    }

    pub fn in_language(&self, lang: Lang) -> BTreeMap<&str, Vec<&str>> {
        self.0
            .iter()
            .map(|(field, problems)| (field.as_str(), problems.iter().map(|say| say.get(lang)).collect()))
            .collect()
    }
}

/// One field that two people changed: what the caller wants, what stands, and what both started from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clash {
    pub yours: Value,
    pub theirs: Value,
    pub original: Value,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 400: the request itself cannot be understood.
    #[error("bad request: {}", .0.en)]
    BadRequest(Say),
    /// 401: nobody is signed in.
    #[error("not signed in")]
    Unauthenticated,
    /// 401: wrong e-mail or password, said the same for both.
    #[error("wrong credentials")]
    WrongCredentials,
    /// 403: signed in, but not allowed.
    #[error("forbidden: {}", .0.en)]
    Forbidden(Say),
    /// 403, for a reason that programs must tell from others.
    #[error("refused: {code}")]
    Refused { code: &'static str, say: Say },
    /// 404: not there, or not for these eyes; the two look the same.
    #[error("not found")]
    NotFound,
    /// 405.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// 409: somebody else was faster, or the thing is not in the state for this.
    #[error("conflict: {}", .0.en)]
    Conflict(Say),
    /// 409 with the fields that clash.
    #[error("edit conflict")]
    Clash(BTreeMap<String, Clash>),
    /// 415.
    #[error("the body is not called JSON")]
    NotJson,
    /// 413.
    #[error("too large: {}", .0.en)]
    TooLarge(Say),
    /// 422: understood, but some fields are wrong.
    #[error("invalid: {:?}", .0)]
    Invalid(FieldErrors),
    /// 429.
    #[error("too many requests")]
    TooMany { retry_after_s: u64 },
    /// 500: ours to mend.
    #[error("{0}")]
    Internal(Cow<'static, str>),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// One field is wrong.
pub fn invalid(field: impl Into<String>, problem: Say) -> Error {
    let mut errors = FieldErrors::default();
    errors.add(field, problem);
    Error::Invalid(errors)
}

impl Error {
    pub fn internal(what: impl Into<Cow<'static, str>>) -> Error {
        Error::Internal(what.into())
    }

    /// Whether a unique index over exactly these columns of the table refused the statement. Unique indexes are named
    /// `uq_<table>_<columns…>`, by which PostgreSQL tells; SQLite tells the columns.
    pub fn breaks_unique(&self, table: &str, columns: &[&str]) -> bool {
        let Error::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        if !error.is_unique_violation() {
            return false;
        }
        match error.constraint() {
            Some(name) => name == format!("uq_{table}_{}", columns.join("_")),
            None => {
                let listed = columns
                    .iter()
                    .map(|column| format!("{table}.{column}"))
                    .collect::<Vec<_>>()
                    .join(", ");
                error.message().ends_with(&format!(": {listed}"))
            }
        }
    }

    /// Turns the refusal of a unique index into an error of the field.
    pub fn or_taken(self, table: &str, columns: &[&str], field: &str, problem: Say) -> Error {
        if self.breaks_unique(table, columns) {
            invalid(field, problem)
        } else {
            self
        }
    }

    /// Whether PostgreSQL refused a value because it does not fit where it stands: a word for a number, a NUL in a text. SQLite takes all.
    pub fn is_misfit(&self) -> bool {
        match self {
            Error::Database(sqlx::Error::Database(error)) => error
                .code()
                .is_some_and(|code| code.starts_with("22") || matches!(code.as_ref(), "08P01" | "42804" | "42883")),
            _ => false,
        }
    }

    /// Whether trying again may help: another transaction was in the way.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Database(sqlx::Error::Database(error)) => matches!(error.code().as_deref(), Some("40001" | "40P01" | "5" | "6" | "517")),
            Error::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => true,
            _ => false,
        }
    }
}
