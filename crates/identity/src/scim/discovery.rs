//! What a directory may ask first: which parts of SCIM are here.

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::{Access, Reply, Routes};
use serde_json::{Value, json};
use utoipa_axum::routes;

use super::{GROUP, MAX_COUNT, ScimObject, USER, answer, list, place};
use crate::gate::Lines;
use crate::{Identity, USER_MANAGE};

pub(super) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(get_scim_config), Access::Needs(USER_MANAGE))
        .add(routes!(list_scim_schemas), Access::Needs(USER_MANAGE))
        .add(routes!(list_scim_resource_types), Access::Needs(USER_MANAGE))
        .done()
}

/// Which parts of SCIM are here.
#[utoipa::path(get, path = "/scim/v2/ServiceProviderConfig/", operation_id = "get_scim_config", tag = "scim", responses((status = 200, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn get_scim_config(ctx: Ctx, identity: Identity, OriginalUri(uri): OriginalUri) -> Result<Reply> {
    let no = json!({"supported": false});
    let config = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": true, "maxResults": MAX_COUNT},
        "changePassword": no,
        "sort": no,
        "etag": no,
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "API token",
            "description": "An API token with the permission user.manage and with all that the users to be managed may do.",
            "primary": true,
        }],
        "meta": {"resourceType": "ServiceProviderConfig", "location": format!("{}/", place(&identity, &uri, "ServiceProviderConfig"))},
    });
    answer(&ctx, Ok((StatusCode::OK, config)))
}

/// Which attributes resources have.
#[utoipa::path(get, path = "/scim/v2/Schemas/", operation_id = "list_scim_schemas", tag = "scim", responses((status = 200, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn list_scim_schemas(ctx: Ctx) -> Result<Reply> {
    let plain = |name: &str, kind: &str| attribute(name, kind, false, "readWrite", Value::Null);
    let read = |name: &str, of: Value| attribute(name, "complex", true, "readOnly", of);
    let pair = || json!([plain("value", "string"), plain("display", "string")]);
    let user = json!({
        "schemas": [SCHEMA], "id": USER, "name": "User",
        "attributes": [
            {"name": "userName", "type": "string", "multiValued": false, "required": true, "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": "server"},
            plain("externalId", "string"),
            plain("displayName", "string"),
            attribute("name", "complex", false, "readWrite", json!([plain("formatted", "string"), plain("givenName", "string"), plain("familyName", "string")])),
            attribute("emails", "complex", true, "readWrite", json!([plain("value", "string"), plain("type", "string"), plain("primary", "boolean")])),
            plain("active", "boolean"),
            plain("locale", "string"),
            read("groups", pair()),
        ],
    });
    let group = json!({
        "schemas": [SCHEMA], "id": GROUP, "name": "Group",
        "attributes": [plain("displayName", "string"), plain("externalId", "string"), attribute("members", "complex", true, "readWrite", pair())],
    });
    answer(&ctx, Ok((StatusCode::OK, list(2, 0, vec![user, group]))))
}

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

fn attribute(name: &str, kind: &str, is_many: bool, mutability: &str, of: Value) -> Value {
    let mut attribute = json!({
        "name": name, "type": kind, "multiValued": is_many, "required": false, "caseExact": false, "mutability": mutability, "returned": "default", "uniqueness": "none",
    });
    if !of.is_null() {
        attribute["subAttributes"] = of;
    }
    attribute
}

/// Which resources there are.
#[utoipa::path(get, path = "/scim/v2/ResourceTypes/", operation_id = "list_scim_resource_types", tag = "scim", responses((status = 200, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn list_scim_resource_types(ctx: Ctx) -> Result<Reply> {
    let kind = |name: &str, endpoint: &str, schema: &str| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name, "name": name, "endpoint": endpoint, "schema": schema,
        })
    };
    let kinds = vec![kind("User", "/Users", USER), kind("Group", "/Groups", GROUP)];
    answer(&ctx, Ok((StatusCode::OK, list(2, 0, kinds))))
}
