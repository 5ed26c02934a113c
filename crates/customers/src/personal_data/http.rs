//! Personal data over HTTP.

use axum::extract::OriginalUri;
use axum::response::Response;
use kernel::ctx::Ctx;
use kernel::error::{Error, Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::say;
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::consents::{self, Dossier};
use super::retention::{self, DryRun, NewRule, Rule, RuleChange};
use super::{archive, erasure};
use crate::custom_fields;
use crate::customer::read;
use crate::permissions::{ERASE, EXPORT_PERSONAL_DATA, READ, RETENTION_MANAGE};
use records::exports::attachment;

const TAG: &str = "personal data";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(export_personal_data), Access::Needs(EXPORT_PERSONAL_DATA))
        .add(routes!(get_consent_dossier), Access::Needs(READ))
        .add(routes!(erase_customer), Access::Needs(ERASE))
        .add(routes!(list_retention_rules), Access::Needs(RETENTION_MANAGE))
        .add(routes!(create_retention_rule), Access::Needs(RETENTION_MANAGE))
        .add(routes!(update_retention_rule), Access::Needs(RETENTION_MANAGE))
        .add(routes!(delete_retention_rule), Access::Needs(RETENTION_MANAGE))
        .add(routes!(try_retention_rule), Access::Needs(RETENTION_MANAGE))
}

/// Everything that is kept about a customer, as a ZIP of JSON files. That it was asked for is told as an event.
#[utoipa::path(get, path = "/customers/{id}/personal-data/", tag = TAG, operation_id = "export_personal_data", params(("id" = i64, Path)), responses((status = 200, content_type = "application/zip", body = String), Problems))]
async fn export_personal_data(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Response> {
    let archive = archive::make(&ctx, id).await?;
    let name = format!("{}-{id}.zip", ctx.lang.pick("kisisel-veriler", "personal-data"));
    Ok(attachment(archive.into(), "application/zip", &name))
}

/// The proof of a customer's consents: the whole ledger from the first entry on, with evidence and the texts that were shown.
#[utoipa::path(get, path = "/customers/{id}/consents/dossier/", tag = TAG, operation_id = "get_consent_dossier", params(("id" = i64, Path)), responses((status = 200, body = Dossier), Problems))]
async fn get_consent_dossier(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    read::require(&ctx, READ, id).await?;
    Reply::ok(&consents::dossier(&ctx, id).await?)
}

/// Which customer to erase, said twice, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// The code of the customer, so that nobody is erased by a slip.
    customer_code: String,
    /// For the record; keep personal data out of it.
    reason: String,
}

/// What was done.
#[derive(Serialize, ToSchema)]
pub struct Erased {
    customer_id: i64,
}

/// Make a customer anonymous for good: names, numbers, contact points, addresses, relations, tags, custom fields and history go, counts and
/// sums stay. It cannot be undone.
#[utoipa::path(post, path = "/customers/{id}/erase/", tag = TAG, operation_id = "erase_customer", params(("id" = i64, Path)), request_body = Erasure, responses((status = 200, body = Erased), Problems))]
async fn erase_customer(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<Erasure>) -> Result<Reply> {
    if input.reason.trim().is_empty() || input.reason.chars().count() > 500 {
        return Err(invalid(
            "reason",
            say!("1 ile 500 karakter arasında olmalı.", "Must have 1 to 500 characters."),
        ));
    }
    let definitions = custom_fields::definitions(&ctx).await?;
    // Also one that is deleted: it is kept for thirty days otherwise.
    let mut find = read::known(&ctx, ERASE).await?;
    find.columns(["customer_code", "erased_at"].map(|column| ("customers", column)))
        .and_where(Expr::col(("customers", "id")).eq(id));
    ctx.write(async |tx| {
        let (code, erased_at): (String, Option<i64>) = tx.opt(&find).await?.ok_or(Error::NotFound)?;
        if code != input.customer_code.trim() {
            return Err(invalid(
                "customer_code",
                say!("Bu müşterinin kodu değil.", "This is not the code of this customer."),
            ));
        }
        if erased_at.is_some() {
            return Err(Error::Conflict(say!(
                "Bu müşteri zaten anonimleştirilmiş.",
                "This customer has been erased already."
            )));
        }
        erasure::erase(tx, &ctx, &definitions, &[id], input.reason.trim()).await?;
        Reply::ok(&Erased { customer_id: id })
    })
    .await
}

/// The rules of retention.
#[utoipa::path(get, path = "/retention-rules/", tag = TAG, operation_id = "list_retention_rules", responses((status = 200, body = Listed<Rule>), Problems))]
async fn list_retention_rules(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&Listed::whole(retention::all(&ctx).await?))
}

/// Make a rule of retention. It does nothing until it has been tried and made active.
#[utoipa::path(post, path = "/retention-rules/", tag = TAG, operation_id = "create_retention_rule", request_body = NewRule, responses((status = 201, body = Rule), Problems))]
async fn create_retention_rule(ctx: Ctx, OriginalUri(uri): OriginalUri, Body(new): Body<NewRule>) -> Result<Reply> {
    let definitions = custom_fields::definitions(&ctx).await?;
    ctx.write(async |tx| {
        let rule = retention::create(tx, &ctx, &definitions, new).await?;
        Reply::created(format!("{}{}/", uri.path(), rule.id), &rule)
    })
    .await
}

/// Change a rule of retention, or make it active. New criteria or a new action make it inactive until it is tried again.
#[utoipa::path(patch, path = "/retention-rules/{id}/", tag = TAG, operation_id = "update_retention_rule", params(("id" = i64, Path)), request_body = RuleChange, responses((status = 200, body = Rule), Problems))]
async fn update_retention_rule(ctx: Ctx, PathId(id): PathId<i64>, Body(change): Body<RuleChange>) -> Result<Reply> {
    let definitions = custom_fields::definitions(&ctx).await?;
    ctx.write(async |tx| Reply::ok(&retention::update(tx, &ctx, &definitions, id, change).await?))
        .await
}

/// End a rule of retention.
#[utoipa::path(delete, path = "/retention-rules/{id}/", tag = TAG, operation_id = "delete_retention_rule", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_retention_rule(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        retention::delete(tx, &ctx, id).await?;
        Ok(Reply::no_content())
    })
    .await
}

/// Say what a rule would do now: how many customers it meets, and some of them. Nothing is changed.
#[utoipa::path(post, path = "/retention-rules/{id}/dry-run/", tag = TAG, operation_id = "try_retention_rule", params(("id" = i64, Path)), responses((status = 200, body = DryRun), Problems))]
async fn try_retention_rule(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    Reply::ok(&retention::try_out(&ctx, id).await?)
}
