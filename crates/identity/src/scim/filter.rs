//! Filters: `userName eq "ayse@ornek.example"`, the one form that directories ask for before they make something.

use kernel::error::{Error, Result};
use kernel::say;

/// One comparison for equality.
#[derive(Debug, PartialEq, Eq)]
pub struct Equals {
    /// In lower case: names of attributes are compared without case.
    pub attribute: String,
    pub value: String,
}

/// Reads a filter.
pub fn parse(text: &str) -> Result<Equals> {
    let refuse = || Error::Refused {
        code: "invalidFilter",
        say: say!(
            "Süzgeç, özellik eq \"değer\" biçiminde olmalı.",
            "The filter must be of the form: attribute eq \"value\"."
        ),
    };
    let (attribute, rest) = text.trim().split_once(char::is_whitespace).ok_or_else(refuse)?;
    let (operator, value) = rest.trim().split_once(char::is_whitespace).ok_or_else(refuse)?;
    if !operator.eq_ignore_ascii_case("eq") {
        return Err(refuse());
    }
    let value = match serde_json::from_str(value.trim()) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(value @ (serde_json::Value::Bool(_) | serde_json::Value::Number(_))) => value.to_string(),
        _ => return Err(refuse()),
    };
    Ok(Equals {
        attribute: attribute.to_ascii_lowercase(),
        value,
    })
}

/// The filter of a list, if there is one.
pub fn of(pairs: &[(String, String)]) -> Result<Option<Equals>> {
    let text = pairs.iter().find(|(name, _)| name == "filter").map(|(_, text)| text);
    text.map(|text| parse(text)).transpose()
}

/// The refusal of an attribute that cannot be filtered by.
pub fn unknown(attribute: &str) -> Error {
    Error::Refused {
        code: "invalidFilter",
        say: say!("“{}” ile süzülemez.", "Cannot be filtered by “{}”.", attribute),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_is_read_and_nothing_else() {
        let equals = |attribute: &str, value: &str| Equals {
            attribute: attribute.into(),
            value: value.into(),
        };
        assert_eq!(parse(r#"userName eq "a@b.tr""#).unwrap(), equals("username", "a@b.tr"));
        assert_eq!(
            parse(r#" externalId  EQ  "a \"b\" c" "#).unwrap(),
            equals("externalid", r#"a "b" c"#)
        );
        assert_eq!(parse("active eq true").unwrap(), equals("active", "true"));
        for wrong in [
            "",
            "userName",
            "userName eq",
            r#"userName co "a""#,
            r#"userName eq "a" and active eq true"#,
            "userName eq a",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
