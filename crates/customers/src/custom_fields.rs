//! Fields that the organisation adds to the customer; see [`records::custom`].

pub mod http;

use std::sync::Arc;

use kernel::ctx::Ctx;
use kernel::error::Result;
pub use records::custom::{CustomChoice, CustomField, Definition, Definitions, FieldChange, NewField, create, delete, update};

/// The definitions, from memory while nobody changes them.
pub async fn definitions(ctx: &Ctx) -> Result<Arc<Definitions>> {
    records::custom::definitions(ctx, crate::customer::ENTITY.name).await
}
