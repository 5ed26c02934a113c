//! Conversion over HTTP.

use customers::custom_fields;
use customers::duplicates::check::Checked;
use kernel::ctx::Ctx;
use kernel::error::{Error, FieldErrors, Result};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::operations;
use records::http::note;
use records::record::Record;
use records::{custom, read};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{Becoming, Conversion, LEAD, LeadConversion, Status, status};
use crate::leads::duplicates;
use crate::permissions::LEAD_CONVERT;

const TAG: &str = "leads";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(preview_conversion), Access::Needs(LEAD_CONVERT))
        .add(routes!(convert_lead), Access::Needs(LEAD_CONVERT))
}

/// What a conversion would do.
#[derive(Serialize, ToSchema)]
pub struct ConversionPreview {
    /// Whether the lead stands so that it can be converted.
    pub is_convertible: bool,
    /// What it became, when it is converted already.
    pub conversion: Option<Conversion>,
    /// `company` or `person`.
    #[schema(value_type = Becoming)]
    pub create: &'static str,
    /// The fields of the customer that would be made.
    #[schema(value_type = Object)]
    pub customer: Map<String, Value>,
    /// The fields of the contact that would be made; none when the customer itself is the person.
    #[schema(value_type = Option<Object>)]
    pub contact: Option<Map<String, Value>>,
    /// The fields of an opportunity that would be made, but for those that the lead does not know.
    #[schema(value_type = Object)]
    pub opportunity: Map<String, Value>,
    /// Customers that it probably is.
    pub customers: Checked,
    /// Customers that the contact probably is.
    pub contacts: Option<Checked>,
    /// Field → what is wrong or missing, by its place in the request.
    #[schema(value_type = Object)]
    pub missing: Value,
}

/// What a conversion of the lead would make, whom it probably is already, and what is missing.
#[utoipa::path(get, path = "/leads/{id}/convert/", tag = TAG, operation_id = "preview_conversion", params(("id" = i64, Path)), responses((status = 200, body = ConversionPreview), Problems))]
async fn preview_conversion(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    read::require(&ctx, &LEAD, LEAD_CONVERT, id).await?;
    // As the caller sees it: what their roles hide is not told here either.
    let (json, _) = read::get(&ctx, &LEAD, id).await?;
    let definitions = custom::definitions(&ctx, LEAD.name).await?;
    let lead = Record::from_row(&LEAD, &serde_json::from_str(&json)?, &definitions);
    let conversion = match status(&lead) {
        Status::Converted => Some(super::told(&lead, ctx.db.opt(&super::telling(&lead)).await?)),
        _ => None,
    };
    let wanted = LeadConversion {
        opportunity: Some(Map::new()),
        ..LeadConversion::default()
    };
    let plan = super::plan(&ctx, &lead, &wanted).await?;
    let mut missing = FieldErrors::default();
    let customers = likely(&ctx, &plan.customer, "customer", &mut missing).await?;
    let contacts = match &plan.contact {
        Some(contact) => Some(likely(&ctx, contact, "contact_fields", &mut missing).await?),
        None => None,
    };
    Reply::ok(&ConversionPreview {
        is_convertible: conversion.is_none() && status(&lead) != Status::Disqualified,
        conversion,
        create: plan.becoming.word(),
        customer: plan.customer,
        contact: plan.contact,
        opportunity: plan.opportunity.unwrap_or_default(),
        customers,
        contacts,
        missing: serde_json::json!(missing.in_language(ctx.lang)),
    })
}

/// Whom a draft probably is; and what it lacks, told by its place.
async fn likely(ctx: &Ctx, input: &Map<String, Value>, place: &str, missing: &mut FieldErrors) -> Result<Checked> {
    let definitions = custom_fields::definitions(ctx).await?;
    if let Err(Error::Invalid(errors)) =
        customers::customer::change::draft(ctx, &definitions, input).map_err(|error| super::placed(error, place))
    {
        missing.0.extend(errors.0);
    }
    duplicates::alike(ctx, input).await
}

/// Makes a customer of a lead, or links the one it is, with its contact and an opportunity as they are wanted. A lead that is converted
/// already answers with what it became. Undone as one operation within thirty days.
#[utoipa::path(post, path = "/leads/{id}/convert/", tag = TAG, operation_id = "convert_lead", params(("id" = i64, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = LeadConversion, responses((status = 200, body = Conversion), Problems))]
async fn convert_lead(ctx: Ctx, PathId(id): PathId<i64>, Body(wanted): Body<LeadConversion>) -> Result<Reply> {
    ctx.write(async |tx| {
        let operation = note(tx, &ctx, &LEAD, "convert").await?;
        let (conversion, is_new) = super::convert(tx, &ctx, &ctx.stamp().within(operation), id, &wanted).await?;
        let reply = Reply::ok(&conversion)?;
        if is_new {
            return Ok(reply.operation(operation));
        }
        operations::forget(tx, operation).await?;
        Ok(reply)
    })
    .await
}
