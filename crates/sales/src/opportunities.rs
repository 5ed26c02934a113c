//! An opportunity: a deal that may be won.

pub mod chances;
pub mod fields;
pub mod history;
pub mod http;
pub mod imported;
pub mod lines;
pub mod lists;
mod settle;
pub mod stage;
pub mod stakeholders;

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Result, Say};
use records::change::Changed;
use records::entity::{Entity, Events, Extra, Numbered, Permissions, Reading, Search};

pub use fields::{FIELDS, Key, ProbabilitySource};

use crate::permissions;
use crate::pipeline::facts;

/// The opportunity among the entities.
pub static OPPORTUNITY: Entity = Entity {
    name: "opportunity",
    title: Say::new("Fırsatlar", "Opportunities"),
    plural: "opportunities",
    table: "opportunities",
    fields: FIELDS,
    permissions: Permissions {
        read: permissions::OPPORTUNITY_READ,
        write: permissions::OPPORTUNITY_WRITE,
        delete: permissions::OPPORTUNITY_DELETE,
        export: permissions::OPPORTUNITY_EXPORT,
        import: permissions::OPPORTUNITY_IMPORT,
    },
    events: Events {
        created: "opportunity.created",
        updated: "opportunity.updated",
        deleted: "opportunity.deleted",
        restored: "opportunity.restored",
        exported: "opportunity.exported",
    },
    called: "name",
    owner: "sales_rep",
    team: "team_id",
    attended: None,
    customer: Some("customer"),
    belongs_to: &[],
    number: Some(Numbered {
        field: "opportunity_number",
        pattern: "F-{YYYY}-{00000}",
    }),
    search: Search {
        table: "opportunity_search",
        fields: &["opportunity_number", "name", "competitor"],
        through: &[("customer_search", "customer_id")],
    },
    shown: &[
        (
            "sales_rep_name",
            "(SELECT users.name FROM users WHERE users.id = opportunities.owner_id)",
        ),
        ("team_name", "(SELECT teams.name FROM teams WHERE teams.id = opportunities.team_id)"),
        (
            "customer_name",
            "(SELECT customers.name FROM customers WHERE customers.id = opportunities.customer_id)",
        ),
    ],
    kept: &["customer", "pipeline", "stage", "stage_id", "outcome"],
    subtitle: &["opportunity_number", "customer_name"],
    reading: Reading {
        in_own_currency: &["amount_base"],
        together: &[&["amount", "amount_base"]],
        // In the history.
        shows: &[("amount", "lines")],
        ..Reading::PLAIN
    },
    touched_by: &["customer", "pipeline"],
    extras: &[Extra {
        name: imported::PRODUCT,
        label_tr: "Ürün",
        label_en: "Product",
    }],
    settle: settle::settle,
    after,
};

/// What roles can say of it beside permissions.
pub const RULED: identity::Ruled = records::ruled!(OPPORTUNITY, "opportunity", "opportunity.read");

fn after<'a>(tx: &'a mut Tx, ctx: &'a Ctx, stamp: &'a Stamp, changed: &'a [Changed]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        history::keep(tx, ctx, stamp, changed).await?;
        imported::products(tx, changed).await?;
        facts::keep(tx, ctx, changed).await
    })
}
