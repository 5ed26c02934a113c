//! What roles can say of an entity's records beside permissions.

use futures::future::BoxFuture;
use kernel::ctx::Ctx;
use kernel::error::Result;
use serde_json::Value;

use crate::entity::Entity;
use crate::{custom, field_rules, http, schema};

/// Refuses criteria that are not right.
pub fn check_rows<'a>(ctx: &'a Ctx, entity: &'static Entity, json: &'a Value) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let definitions = custom::definitions(ctx, entity.name).await?;
        http::parse_criteria(Some(json), &schema::whole(entity, &definitions)).map(|_| ())
    })
}

/// The fields that can be taken away.
pub fn fields<'a>(ctx: &'a Ctx, entity: &'static Entity) -> BoxFuture<'a, Result<Vec<String>>> {
    Box::pin(async move { Ok(field_rules::can_be_taken(entity, &*custom::definitions(ctx, entity.name).await?)) })
}

/// `ruled!(LEAD, "lead", "lead.read")`: how roles narrow an entity, as [`identity::Ruled`] has it.
#[macro_export]
macro_rules! ruled {
    ($entity:ident, $name:literal, $read:literal) => {
        identity::Ruled {
            entity: $name,
            read: $read,
            check_rows: |ctx, json| $crate::ruled::check_rows(ctx, &$entity, json),
            fields: |ctx| $crate::ruled::fields(ctx, &$entity),
        }
    };
}
