//! Figures over lists of customers, as [`records::totals`] has them.

use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Reply, Routes};
use records::totals::{self, Totals, TotalsRequest};
use utoipa_axum::routes;

use crate::customer::ENTITY;
use crate::permissions::READ;

pub fn routes() -> Routes {
    Routes::new().add(routes!(total_customers), Access::Needs(READ))
}

/// Figures over everything that the criteria and the search find among the customers the caller may see.
#[utoipa::path(post, path = "/customers/totals/", tag = "customers", operation_id = "total_customers", request_body = TotalsRequest, responses((status = 200, body = Totals), Problems))]
async fn total_customers(ctx: Ctx, Body(request): Body<TotalsRequest>) -> Result<Reply> {
    Reply::ok(&totals::of(&ctx, &ENTITY, &request).await?)
}
