//! SCIM 2.0 (RFC 7643 and 7644): how a directory makes, changes and deactivates users, and who has which role. Its users are users, its groups
//! are roles. It calls with an API token; what the token may not do elsewhere it may not do here.

mod discovery;
mod filter;
mod groups;
mod patch;
mod users;

use std::collections::BTreeMap;

use axum::http::{StatusCode, Uri};
use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use kernel::http::openapi::problems_also_as;
use kernel::http::{Reply, Routes};
use kernel::say;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::Identity;

const KIND: &str = "application/scim+json";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const PROBLEM: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// Resources in one answer.
const MAX_COUNT: u64 = 200;
const COUNT: u64 = 100;

/// A resource or message as RFC 7643 describes it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct ScimObject(Value);

/// The problems of these handlers: what the gate refuses as everywhere, the rest in SCIM's own words.
pub(crate) struct ScimProblems;

impl IntoResponses for ScimProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems_also_as(&[(KIND, "ScimObject")])
    }
}

pub(crate) fn routes(identity: &Identity) -> Routes {
    discovery::routes(identity)
        .merge(users::routes(identity))
        .merge(groups::routes(identity))
}

/// The answer, in SCIM's words also where it is a refusal. What we did wrong is answered and logged as everywhere.
fn answer(ctx: &Ctx, outcome: Result<(StatusCode, Value)>) -> Result<Reply> {
    let (status, body) = match outcome {
        Ok((StatusCode::NO_CONTENT, _)) => return Ok(Reply::no_content()),
        Ok(done) => done,
        Err(error) if error.status().is_server_error() => return Err(error),
        Err(error) => {
            let (status, kind) = match &error {
                Error::Invalid(_) => (StatusCode::BAD_REQUEST, Some("invalidValue")),
                Error::Refused { code, .. } if *code == UNIQUENESS => (StatusCode::CONFLICT, Some(UNIQUENESS)),
                Error::Refused { code, .. } => (StatusCode::BAD_REQUEST, Some(*code)),
                other => (other.status(), None),
            };
            let detail = match &error {
                Error::Invalid(fields) => {
                    let told = fields.in_language(ctx.lang).into_iter();
                    told.map(|(field, problems)| format!("{field}: {}", problems.join(" ")))
                        .collect::<Vec<_>>()
                        .join(" ")
                }
                other => other.detail(ctx.lang),
            };
            let mut problem = json!({"schemas": [PROBLEM], "status": status.as_u16().to_string(), "detail": detail});
            if let Some(kind) = kind {
                problem["scimType"] = kind.into();
            }
            (status, problem)
        }
    };
    let reply = Reply::text(status, body.to_string()).header("content-type", KIND);
    Ok(match body["meta"]["location"].as_str() {
        Some(location) => reply.header("location", location),
        None => reply,
    })
}

const UNIQUENESS: &str = "uniqueness";

fn taken() -> Error {
    Error::Refused {
        code: UNIQUENESS,
        say: say!("Bu adda bir kayıt zaten var.", "There is a record of this name already."),
    }
}

/// Where the resources of this kind are.
fn place(identity: &Identity, uri: &Uri, kind: &str) -> String {
    let path = uri.path();
    let root = path.find("/scim/v2").map_or(path, |end| &path[..end]);
    format!("{}{root}/scim/v2/{kind}", identity.0.settings.public_url)
}

/// Which part of a list is asked for: how many to leave out, and how many to give.
fn window(pairs: &[(String, String)]) -> Result<(u64, u64)> {
    let number = |name: &str, standard: i64| -> Result<i64> {
        match pairs.iter().find(|(known, _)| known == name) {
            None => Ok(standard),
            Some((_, text)) => text.trim().parse().map_err(|_| bad_value(name)),
        }
    };
    let start = u64::try_from(number("startIndex", 1)?).unwrap_or(1);
    let count = u64::try_from(number("count", COUNT as i64)?).unwrap_or(0);
    Ok((start.saturating_sub(1).min(i64::MAX as u64), count.min(MAX_COUNT)))
}

fn bad_value(name: &str) -> Error {
    Error::Refused {
        code: "invalidValue",
        say: say!("“{}” bu değerde olamaz.", "“{}” cannot have this value.", name),
    }
}

fn list(total: i64, skipped: u64, resources: Vec<Value>) -> Value {
    json!({
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": skipped + 1,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    })
}

/// The number in an id of ours; anything else is not there.
fn number(id: &str) -> Result<i64> {
    id.parse().map_err(|_| Error::NotFound)
}
