//! Extractors that refuse in the product's own words.

use axum::body::to_bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, RawQuery, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::gate::MAX_BODY_BYTES;
use crate::error::{Error, Result, Say, invalid};
use crate::say;

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Body<T>> {
        let is_json = is_json(request.headers());
        let bytes = to_bytes(request.into_body(), MAX_BODY_BYTES).await.map_err(|_| too_large())?;
        // A page elsewhere can make a browser send what is called plain text or a form, with the user's cookie, but no JSON.
        if !is_json && !bytes.is_empty() {
            return Err(Error::NotJson);
        }
        // serde would take the items of a list for the fields of a struct, in their order.
        if bytes.trim_ascii_start().starts_with(b"[") && serde_json::from_slice::<IgnoredAny>(&bytes).is_ok() {
            return Err(invalid("body", say!("Bir nesne olmalı.", "Must be an object.")));
        }
        parse(&bytes).map(Body)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind
        .and_then(|kind| kind.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// Reads JSON; what is not JSON is not understood, what is JSON of another shape is a wrong field.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    if bytes.windows(NUL_ESCAPE.len()).any(|window| window == NUL_ESCAPE) {
        let mut value: Value = parse_as_it_is(bytes)?;
        drop_nuls(&mut value);
        return parse_as_it_is(value.to_string().as_bytes());
    }
    parse_as_it_is(bytes)
}

const NUL_ESCAPE: &[u8] = b"\\u0000";

/// A NUL is nothing to see, and PostgreSQL keeps none: it is left out at the door.
fn drop_nuls(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|c| c != '\0'),
        Value::Array(items) => items.iter_mut().for_each(drop_nuls),
        Value::Object(members) => {
            if members.keys().any(|name| name.contains('\0')) {
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(name, value)| (name.replace('\0', ""), value))
                    .collect();
            }
            members.values_mut().for_each(drop_nuls);
        }
        _ => {}
    }
}

fn parse_as_it_is<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        if cause.is_data() {
            let field = if path == "." {
                named(&cause.to_string()).unwrap_or("body".into())
            } else {
                path
            };
            invalid(field, wrong_shape(&cause.to_string()))
        } else {
            Error::BadRequest(say!("Gövde geçerli JSON değil: {}.", "The body is not valid JSON: {}.", cause))
        }
    })?;
    reader
        .end()
        .map_err(|error| Error::BadRequest(say!("Gövde geçerli JSON değil: {}.", "The body is not valid JSON: {}.", error)))?;
    Ok(value)
}

/// The field that serde names between backticks.
fn named(message: &str) -> Option<String> {
    message.split('`').nth(1).map(str::to_owned)
}

/// What serde says, in both languages: it speaks English only, and its details are for those who read it.
fn wrong_shape(message: &str) -> Say {
    if message.starts_with("missing field") {
        say!("Bu alan gerekli.", "This field is required.")
    } else if message.starts_with("unknown field") {
        say!("Böyle bir alan yok.", "There is no such field.")
    } else {
        Say {
            tr: "Beklenen türde değil.".into(),
            en: format!("Not of the expected kind: {message}.").into(),
        }
    }
}

pub(super) fn too_large() -> Error {
    Error::TooLarge(say!(
        "Gövde en çok {} bayt olabilir.",
        "A body may have {} bytes at most.",
        MAX_BODY_BYTES
    ))
}

/// The query parameters, in their order, decoded.
pub struct Params(pub Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Params> {
        let RawQuery(query) = RawQuery::from_request_parts(parts, state).await.unwrap_or(RawQuery(None));
        Ok(Params(pairs(query.as_deref().unwrap_or_default())))
    }
}

/// Decodes a query string.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let clean = |text: std::borrow::Cow<str>| text.replace('\0', "");
    form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (clean(name), clean(value)))
        .collect()
}

/// Ids in the path; what is not a number is simply not there.
pub struct PathId<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PathId<T>> {
        let found: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        found.map(|Path(id)| PathId(id)).map_err(|_| Error::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_nul_is_left_out_and_a_backslash_is_not() {
        assert_eq!(
            parse::<Value>(br#"{"a\u0000":["b\u0000c"]}"#).expect("json"),
            json!({ "a": ["bc"] })
        );
        assert_eq!(parse::<Value>(br#"{"a":"\\u0000"}"#).expect("json"), json!({ "a": "\\u0000" }));
        assert_eq!(pairs("a%00=%00b"), [("a".to_owned(), "b".to_owned())]);
    }
}
