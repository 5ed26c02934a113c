//! Duplicates over HTTP.

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use kernel::ctx::Ctx;
use kernel::error::{Result, invalid};
use kernel::http::openapi::{ListParams, Listed as ListedPairs, Problems};
use kernel::http::{Access, Body, List, Params, PathId, Reply, Routes};
use kernel::say;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::check::{self, Checked};
use super::facts::Facts;
use super::queue::{self, Asked, Dismissed, Pair, STATES};
use crate::customer::http::CustomerInput;
use crate::customer::{Customer, read};
use crate::paging::paging_only;
use crate::permissions::{READ, WRITE};

const TAG: &str = "duplicates";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_duplicates), Access::Needs(READ))
        .add(routes!(check_duplicates), Access::Needs(READ))
        .add(routes!(dismiss_duplicate), Access::Needs(WRITE))
        .add(routes!(list_duplicates_of_customer), Access::Needs(READ))
}

/// The pairs that may be the same customer and that the caller may see both of, the likeliest first. `state` is `open` unless it is said.
#[utoipa::path(get, path = "/customers/duplicates/", tag = TAG, operation_id = "list_duplicates", params(ListParams, ("state" = Option<String>, Query)), responses((status = 200, body = ListedPairs<Pair>), Problems))]
async fn list_duplicates(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    list(&ctx, uri.path(), &pairs, None).await
}

/// The customers that this one may be the same as.
#[utoipa::path(get, path = "/customers/{id}/duplicates/", tag = TAG, operation_id = "list_duplicates_of_customer", params(("id" = i64, Path), ListParams, ("state" = Option<String>, Query)), responses((status = 200, body = ListedPairs<Pair>), Problems))]
async fn list_duplicates_of_customer(
    ctx: Ctx,
    OriginalUri(uri): OriginalUri,
    PathId(id): PathId<i64>,
    Params(pairs): Params,
) -> Result<Reply> {
    read::require(&ctx, READ, id).await?;
    list(&ctx, uri.path(), &pairs, Some(id)).await
}

async fn list(ctx: &Ctx, path: &str, pairs: &[(String, String)], customer_id: Option<i64>) -> Result<Reply> {
    let (states, paging): (Vec<_>, Vec<_>) = pairs.iter().cloned().partition(|(name, _)| name == "state");
    let state = states.first().map_or("open", |(_, state)| state.as_str());
    if !STATES.contains(&state) {
        return Err(invalid(
            "state",
            say!("open, dismissed veya merged olmalı.", "Must be open, dismissed or merged."),
        ));
    }
    let listed = queue::list(ctx, &Asked { state, customer_id }, &paging_only(&paging)?).await?;
    Ok(List {
        page: listed.page,
        count: listed.count,
        count_is_capped: listed.count_is_capped,
        path,
        query: pairs,
    }
    .reply())
}

/// Looks whether a customer is there already before it is made. Takes what a creation takes, as far as it is known; `id` when it is an
/// existing customer that is being changed.
#[utoipa::path(post, path = "/customers/duplicates/check/", tag = TAG, operation_id = "check_duplicates", request_body = CustomerInput, responses((status = 200, body = Checked), Problems))]
async fn check_duplicates(ctx: Ctx, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    Reply::ok(&check::draft(&ctx, input).await?)
}

/// Says that the two are not the same; they are not asked about again.
#[utoipa::path(post, path = "/customers/duplicates/{id}/dismiss/", tag = TAG, operation_id = "dismiss_duplicate", params(("id" = i64, Path)), responses((status = 200, body = Dismissed), Problems))]
async fn dismiss_duplicate(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| queue::dismiss(tx, &ctx, id).await).await
}

/// For a creation that asks for it by `on_duplicate=refuse`: the refusal, when the customer is likely to be there already.
pub async fn refusal(ctx: &Ctx, pairs: &[(String, String)], draft: &Customer) -> Result<Option<Reply>> {
    match pairs
        .iter()
        .find(|(name, _)| name == "on_duplicate")
        .map(|(_, value)| value.as_str())
    {
        None | Some("keep") => return Ok(None),
        Some("refuse") => {}
        Some(_) => {
            return Err(invalid("on_duplicate", say!("keep veya refuse olmalı.", "Must be keep or refuse.")));
        }
    }
    let checked = check::alike(ctx, &Facts::of(draft)).await?;
    if checked.candidates.is_empty() && checked.hidden_count == 0 {
        return Ok(None);
    }
    let detail = say!(
        "Bu müşteri büyük olasılıkla zaten kayıtlı; yine de eklemek için on_duplicate=keep verin.",
        "This customer is likely to be there already; give on_duplicate=keep to add it all the same."
    );
    let refused = DuplicateProblem {
        r#type: "about:blank#duplicate",
        title: "Conflict",
        status: 409,
        code: "duplicate",
        detail: detail.get(ctx.lang).to_owned(),
        request_id: ctx.request_id.to_string(),
        checked,
    };
    let reply = Reply::text(StatusCode::CONFLICT, serde_json::to_string(&refused)?);
    Ok(Some(reply.header("content-type", "application/problem+json")))
}

/// The problem that says who is there already.
#[derive(Serialize, ToSchema)]
pub struct DuplicateProblem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    /// `duplicate`
    code: &'static str,
    detail: String,
    request_id: String,
    #[serde(flatten)]
    checked: Checked,
}
