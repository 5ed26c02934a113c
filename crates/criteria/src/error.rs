//! What is wrong with a criteria, where, and what would be right.

use std::fmt;

use kernel::error::Say;

/// Why a criteria was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Where: `all[2].not.value`, the name of a query parameter, or nothing for the whole.
    pub path: String,
    /// For programs: `unknown_field`, `wrong_operator`, `wrong_value`, …
    pub code: &'static str,
    /// For people.
    pub text: Say,
}

impl Error {
    pub(crate) fn new(path: impl Into<String>, code: &'static str, text: Say) -> Error {
        Error {
            path: path.into(),
            code,
            text,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.text.en),
            path => write!(f, "{path}: {}", self.text.en),
        }
    }
}

impl std::error::Error for Error {}

/// A request that carries a criteria that is not understood is a bad request (docs/api.md, "Lists").
impl From<Error> for kernel::error::Error {
    fn from(error: Error) -> Self {
        let Error { path, text, .. } = error;
        kernel::error::Error::BadRequest(match path.as_str() {
            "" => text,
            _ => Say {
                tr: format!("{path}: {}", text.tr).into(),
                en: format!("{path}: {}", text.en).into(),
            },
        })
    }
}

/// One text after the other.
pub(crate) fn joined(first: Say, then: Say) -> Say {
    Say {
        tr: format!("{} {}", first.tr, then.tr).into(),
        en: format!("{} {}", first.en, then.en).into(),
    }
}
