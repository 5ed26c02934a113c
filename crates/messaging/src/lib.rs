//! The one delivery pipeline: everything that leaves the product goes by it. One row for each recipient before anything is sent; what a crash
//! leaves on the wire is known afterwards ([messaging](../../../docs/messaging.md)).

mod claim;
pub mod deliveries;
mod dkim;
pub mod journal;
pub mod lanes;
pub mod message;
pub mod mime;
mod pace;
pub mod permissions;
mod post;
pub mod provider;
pub mod recipient;
mod recover;
mod retry;
pub mod segments;
mod settle;
pub mod smtp;
pub mod suppressions;
pub mod words;

use kernel::module::Module;

pub use message::{Content, Dispatch, Message, Recipient};
pub use post::Post;

/// What messaging plugs into the product.
pub fn module(post: &Post) -> Module {
    Module {
        name: "messaging",
        routes: lanes::http::routes(post)
            .merge(deliveries::routes(post))
            .merge(suppressions::routes()),
        permissions: permissions::ALL,
        ..Module::default()
    }
}
