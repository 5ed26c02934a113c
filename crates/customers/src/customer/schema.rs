//! What can be asked of customers by whom, and the list of fields that forms, filters, imports and tables are built from.

use criteria::Schema;
use kernel::actor::Actor;
use kernel::ctx::Ctx;
use kernel::error::Result;
pub use records::schema::{ChoiceInfo, FieldInfo, kind_name};

use super::field_rules;
use crate::custom_fields::{self, Definitions};
use crate::fields::{FIELDS, Key, SENSITIVE};
use crate::permissions;

/// The schema of criteria for this caller: fields they may not see cannot be asked about either, or filters would tell what is hidden.
pub async fn schema(ctx: &Ctx) -> Result<Schema> {
    let definitions = custom_fields::definitions(ctx).await?;
    Ok(for_actor(&ctx.actor, &definitions))
}

pub(crate) fn for_actor(actor: &Actor, definitions: &Definitions) -> Schema {
    let sees_all = actor.may(permissions::SEE_IDENTITY);
    let hidden = field_rules::hidden(actor);
    let fields = Key::all()
        .filter(|key| sees_all || !SENSITIVE.contains(key))
        .filter(|key| !hidden.contains(key.name()))
        .map(|key| key.spec().field.clone());
    let custom = definitions.0.iter().map(|definition| &definition.field);
    let custom = custom.filter(|field| !hidden.contains(field.name.as_ref()));
    Schema::new("customer", "customers", fields).with(custom.map(|field| (**field).clone()))
}

/// Every field, whoever asks: for the rules of roles.
pub fn whole(definitions: &Definitions) -> Schema {
    let fields = Key::all().map(|key| key.spec().field.clone());
    Schema::new("customer", "customers", fields).with(definitions.0.iter().map(|definition| (*definition.field).clone()))
}

/// Every field of the customer, custom ones last.
pub async fn fields(ctx: &Ctx) -> Result<Vec<FieldInfo>> {
    let definitions = custom_fields::definitions(ctx).await?;
    let (hidden, unwritable) = (field_rules::hidden(&ctx.actor), field_rules::unwritable(&ctx.actor));
    let own = Key::all().map(|key| FieldInfo {
        is_sensitive: SENSITIVE.contains(&key),
        ..FieldInfo::own(&FIELDS[key as usize])
    });
    let custom = definitions
        .0
        .iter()
        .map(|definition| FieldInfo::custom(&definition.field, definition.custom.is_required));
    let left = own.chain(custom).filter(|field| !hidden.contains(&field.name)).map(|field| {
        let is_writable = field.is_writable && !unwritable.contains(&field.name);
        FieldInfo {
            is_writable,
            is_importable: field.is_importable && is_writable,
            ..field
        }
    });
    Ok(left.collect())
}
