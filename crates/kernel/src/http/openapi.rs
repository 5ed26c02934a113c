//! What every handler says of itself in the OpenAPI document, said once: the problems it may answer, and the shape of a list.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoParams, IntoResponses, ToSchema};

/// `responses((status = 200, body = User), Problems)`. The document must list [`super::answer::Problem`] among its schemas.
pub struct Problems;

const PROBLEMS: [(u16, &str); 10] = [
    (400, "The request was not understood."),
    (401, "Not signed in."),
    (403, "Signed in, but not allowed."),
    (404, "Not there, or not visible to the caller."),
    (409, "Somebody else was faster, or it is not in the state for this."),
    (413, "The body is too large."),
    (415, "The body is not JSON, or is not called so."),
    (422, "Understood, but some fields are wrong: `errors` tells which."),
    (429, "Too many attempts: `Retry-After` tells how long to wait."),
    (500, "Something went wrong here; report it with the request id."),
];

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems_also_as(&[])
    }
}

/// The same for handlers whose errors also come in the form of another standard: its media type and the name of its schema.
pub fn problems_also_as(forms: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let content = |schema: &str| ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
    PROBLEMS
        .into_iter()
        .map(|(status, what)| {
            let plain = ResponseBuilder::new()
                .description(what)
                .content("application/problem+json", content("Problem"));
            let response = forms
                .iter()
                .fold(plain, |response, (kind, schema)| response.content(*kind, content(schema)));
            (status.to_string(), RefOr::T(response.build()))
        })
        .collect()
}

/// A list answer, for the document; pages are written by [`super::List`].
#[derive(Serialize, ToSchema)]
pub struct Listed<T> {
    /// How many there are. Counting stops at 10 000, in a search for customers at 200, unless `count=exact`; `count_is_capped` says whether it did.
    pub count: i64,
    pub count_is_capped: bool,
    /// A link to the next page.
    pub next: Option<String>,
    pub previous: Option<String>,
    pub results: Vec<T>,
}

impl<T> Listed<T> {
    /// A list so short that it is answered whole.
    pub fn whole(results: Vec<T>) -> Listed<T> {
        Listed {
            count: results.len() as i64,
            count_is_capped: false,
            next: None,
            previous: None,
            results,
        }
    }
}

/// The parameters of every list, for the document; read by [`crate::page::ListRequest`].
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// 1 is the first. Not together with `cursor`.
    pub page: Option<u64>,
    /// At most 200; 50 when not given.
    pub page_size: Option<u64>,
    /// From `next` or `previous` of another answer.
    pub cursor: Option<String>,
    /// Field names, comma separated, `-` for descending.
    pub ordering: Option<String>,
    /// Words; each must begin or be part of what is searched.
    pub search: Option<String>,
    /// `exact` counts to the end.
    pub count: Option<String>,
}
