//! An activity: a call, a meeting, a task; what somebody does about a customer, a lead or an opportunity, and when.

pub mod assignment;
pub mod checklist;
pub mod complete;
pub mod fields;
pub mod http;
pub mod lists;
mod settle;
pub mod types;

use futures::future::BoxFuture;
use identity::scope::Attended;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Result, Say};
use records::change::Changed;
use records::entity::{Entity, Events, Permissions, Reading, Search};
use records::record::Record;

pub use fields::{ActivityResult, FIELDS, Key, Priority, Status};

use crate::{communications, permissions, reminders, series};

/// The activity among the entities.
pub static ACTIVITY: Entity = Entity {
    name: "activity",
    title: Say::new("Aktiviteler", "Activities"),
    plural: "activities",
    table: "activities",
    fields: FIELDS,
    permissions: Permissions {
        read: permissions::ACTIVITY_READ,
        write: permissions::ACTIVITY_WRITE,
        delete: permissions::ACTIVITY_DELETE,
        export: permissions::ACTIVITY_EXPORT,
        import: permissions::ACTIVITY_IMPORT,
    },
    events: Events {
        created: "activity.created",
        updated: "activity.updated",
        deleted: "activity.deleted",
        restored: "activity.restored",
        exported: "activity.exported",
    },
    called: "subject",
    owner: "assigned_to",
    team: "team_id",
    attended: Some(Attended {
        table: "activity_attendees",
        record: "activity_id",
        user: "user_id",
    }),
    customer: Some("customer"),
    belongs_to: &[("lead", "lead_id"), ("opportunity", "opportunity_id")],
    number: None,
    search: Search {
        table: "activity_search",
        fields: &["subject", "location", "outcome"],
        through: &[("customer_search", "customer_id")],
    },
    shown: &[
        (
            "assigned_to_name",
            "(SELECT users.name FROM users WHERE users.id = activities.owner_id)",
        ),
        ("team_name", "(SELECT teams.name FROM teams WHERE teams.id = activities.team_id)"),
        (
            "customer_name",
            "(SELECT customers.name FROM customers WHERE customers.id = activities.customer_id)",
        ),
        ("lead_name", "(SELECT leads.name FROM leads WHERE leads.id = activities.lead_id)"),
        (
            "opportunity_name",
            "(SELECT opportunities.name FROM opportunities WHERE opportunities.id = activities.opportunity_id)",
        ),
    ],
    kept: &["activity_type", "status", "due_date", "attendees"],
    subtitle: &["customer_name", "assigned_to_name"],
    reading: Reading::PLAIN,
    touched_by: &["customer", "lead", "opportunity"],
    extras: &[],
    settle: settle::settle,
    after,
};

/// What roles can say of it beside permissions.
pub const RULED: identity::Ruled = records::ruled!(ACTIVITY, "activity", "activity.read");

/// The status of an activity.
pub fn status(record: &Record) -> Status {
    Status::parse(record[Key::Status].text()).unwrap_or(Status::Planned)
}

fn after<'a>(tx: &'a mut Tx, ctx: &'a Ctx, stamp: &'a Stamp, changed: &'a [Changed]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        ::assignment::decide::after(tx, stamp, changed).await?;
        reminders::follow(tx, ctx, changed).await?;
        series::follow(tx, ctx, stamp, changed).await?;
        communications::calls::follow(tx, ctx, stamp, changed).await?;
        crate::notifications::of_activities(tx, stamp, changed).await
    })
}
