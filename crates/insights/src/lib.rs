//! Read-only over everything below.

pub mod customer_360;

use kernel::module::Module;

/// What this context plugs into the product.
pub fn module() -> Module {
    Module {
        name: "insights",
        routes: customer_360::routes(),
        ..Module::default()
    }
}
