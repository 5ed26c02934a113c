//! What can be asked of customers by whom, and the list of fields that forms, filters, imports and tables are built from.

use criteria::Schema;
use kernel::actor::Actor;
use kernel::ctx::Ctx;
use kernel::error::Result;
pub use records::schema::{ChoiceInfo, FieldInfo, kind_name};

use super::ENTITY;
use crate::custom_fields::Definitions;

/// The schema of criteria for this caller: fields they may not see cannot be asked about either, or filters would tell what is hidden.
pub async fn schema(ctx: &Ctx) -> Result<Schema> {
    records::schema::schema(ctx, &ENTITY).await
}

pub(crate) fn for_actor(actor: &Actor, definitions: &Definitions) -> Schema {
    records::schema::for_actor(&ENTITY, actor, definitions)
}

/// Every field, whoever asks: for the rules of roles.
pub fn whole(definitions: &Definitions) -> Schema {
    records::schema::whole(&ENTITY, definitions)
}

/// Every field of the customer, custom ones last.
pub async fn fields(ctx: &Ctx) -> Result<Vec<FieldInfo>> {
    records::schema::fields(ctx, &ENTITY).await
}
