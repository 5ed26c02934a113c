//! A mapping made ready: customers have a plan of their own, with addresses, relatives and consents; every other entity is read by its list of
//! fields.

use kernel::actor::Permission;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::Result;
use records::Entity;
use serde_json::{Map, Value};

use super::chunk::{self, Outcome, Seen};
use super::{Import, preview, records as others, row};
use crate::custom_fields;
use crate::customer::ENTITY;

/// How the rows of a file become records.
pub enum Plan {
    Customers(Box<row::Plan>),
    Records(Box<others::Plan>),
}

/// What a row says.
pub enum Draft {
    Customer(Box<row::Draft>),
    Record(Box<others::Draft>),
}

/// The narrower of what the caller may import and may write.
pub fn reach(ctx: &Ctx, entity: &Entity) -> Result<Permission> {
    let (write, import) = (entity.permissions.write, entity.permissions.import);
    Ok(if ctx.scope(write)? < ctx.scope(import)? { write } else { import })
}

impl Plan {
    /// Makes the mapping of an import ready.
    pub async fn make(ctx: &Ctx, import: &Import) -> Result<Plan> {
        let (header, mapping, options) = (&import.header.names, &import.mapping, &import.options);
        if import.entity.name == ENTITY.name {
            let definitions = custom_fields::definitions(ctx).await?;
            let plan = row::Plan::make(ctx, header, mapping, options, definitions).await?;
            return Ok(Plan::Customers(Box::new(plan)));
        }
        let plan = others::Plan::make(ctx, import.entity, header, mapping, options).await?;
        Ok(Plan::Records(Box::new(plan)))
    }

    pub fn header(&self) -> &[String] {
        match self {
            Plan::Customers(plan) => &plan.header,
            Plan::Records(plan) => &plan.header,
        }
    }

    /// Reads a row.
    pub fn read(&self, ctx: &Ctx, row: &mut tabular::Row) -> Draft {
        match self {
            Plan::Customers(plan) => Draft::Customer(Box::new(plan.read(ctx, row))),
            Plan::Records(plan) => Draft::Record(Box::new(plan.read(row))),
        }
    }

    /// Whether rows are recognised by something.
    pub fn has_key(&self) -> bool {
        match self {
            Plan::Customers(plan) => plan.has_key(),
            Plan::Records(plan) => plan.has_key(),
        }
    }

    /// By what a row is recognised, if it can be read.
    pub fn key_of(&self, row: &mut tabular::Row) -> Option<String> {
        match self {
            Plan::Customers(plan) => plan.key_of(row),
            Plan::Records(plan) => plan.key_of(row),
        }
    }

    /// Decides on every row of a chunk and, with a stamp, writes it. `seen` are the keys of the rows before.
    pub async fn settle(&self, tx: &mut Tx, ctx: &Ctx, drafts: Vec<Draft>, seen: &mut Seen, stamp: Option<&Stamp>) -> Result<Outcome> {
        let (mut customers, mut records) = (Vec::new(), Vec::new());
        for draft in drafts {
            match draft {
                Draft::Customer(draft) => customers.push(*draft),
                Draft::Record(draft) => records.push(*draft),
            }
        }
        match self {
            Plan::Customers(plan) => chunk::settle(tx, ctx, plan, customers, seen, stamp).await,
            Plan::Records(plan) => others::settle(tx, ctx, plan, records, seen, stamp).await,
        }
    }

    /// What a row says, target by target, as it would be written.
    pub fn shown(&self, ctx: &Ctx, draft: &Draft) -> Map<String, Value> {
        match (self, draft) {
            (Plan::Customers(plan), Draft::Customer(draft)) => preview::of_customer(ctx, plan, draft),
            (Plan::Records(plan), Draft::Record(draft)) => plan.shown(draft),
            _ => Map::new(),
        }
    }
}

impl Draft {
    /// The number a spreadsheet shows beside the row.
    pub fn number(&self) -> u64 {
        match self {
            Draft::Customer(draft) => draft.number,
            Draft::Record(draft) => draft.number,
        }
    }

    /// As the file has them.
    pub fn cells(&self) -> &[String] {
        match self {
            Draft::Customer(draft) => &draft.cells,
            Draft::Record(draft) => &draft.cells,
        }
    }
}
