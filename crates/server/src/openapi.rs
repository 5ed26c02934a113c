//! The OpenAPI document and the page that shows it.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_scalar::Scalar;

#[derive(OpenApi)]
#[openapi(
    info(title = "Context7 CRM", description = "The API of Context7 CRM. See docs/api.md for its manners by example.", license(name = "Apache-2.0")),
    components(schemas(kernel::http::answer::Problem)),
    security(("session" = []), ("token" = [])),
)]
struct Skeleton;

/// The document before the routes are in it.
pub fn skeleton() -> utoipa::openapi::OpenApi {
    let mut document = Skeleton::openapi();
    if let Some(components) = document.components.as_mut() {
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("crm_session"))));
        components.add_security_scheme(
            "token",
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
        );
    }
    document
}

/// The document as it is checked in: pretty, with a new line at the end.
pub fn printed(document: &utoipa::openapi::OpenApi) -> serde_json::Result<String> {
    // Through a value, so that the order of keys is that of the document and not of the build.
    Ok(serde_json::to_string_pretty(&serde_json::to_value(document)?)? + "\n")
}

/// The document and its page.
pub fn routes(document: &utoipa::openapi::OpenApi) -> Router {
    let json = serde_json::to_string(document).unwrap_or_default();
    let page = Scalar::new(document.clone()).to_html();
    Router::new()
        .route(
            "/api/v1/crm/openapi.json",
            get(move || async move { ([("content-type", "application/json")], json) }),
        )
        .route("/api/docs/", get(move || async move { Html(page) }))
}
