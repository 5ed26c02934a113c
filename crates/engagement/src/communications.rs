//! A communication: a mail, a call, a meeting, a message on a social network; what was said between the organisation and a customer or lead,
//! and what became of it.

pub mod calls;
pub mod fields;
pub mod http;
pub mod lists;
pub mod timelines;

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Result, Say};
use kernel::say;
use records::change::{Changed, Draft};
use records::entity::{Entity, Events, Permissions, Reading, Search, nothing_after, required};
use records::revert::UNDOING;

pub use fields::{CommunicationStatus, CommunicationType, Direction, FIELDS, Key};

use crate::{permissions, ties};

/// The communication among the entities.
pub static COMMUNICATION: Entity = Entity {
    name: "communication",
    title: Say::new("İletişim kayıtları", "Communications"),
    plural: "communications",
    table: "communications",
    fields: FIELDS,
    permissions: Permissions {
        read: permissions::COMMUNICATION_READ,
        write: permissions::COMMUNICATION_WRITE,
        delete: permissions::COMMUNICATION_DELETE,
        export: permissions::COMMUNICATION_EXPORT,
        import: permissions::COMMUNICATION_IMPORT,
    },
    events: Events {
        created: "communication.created",
        updated: "communication.updated",
        deleted: "communication.deleted",
        restored: "communication.restored",
        exported: "communication.exported",
    },
    called: "subject",
    owner: "owner_id",
    team: "team_id",
    attended: None,
    customer: Some("customer"),
    belongs_to: &[("lead", "lead_id"), ("opportunity", "opportunity_id")],
    number: None,
    search: Search {
        table: "communication_search",
        fields: &["subject", "content", "sender", "recipient"],
        through: &[("customer_search", "customer_id")],
    },
    shown: &[
        (
            "owner_name",
            "(SELECT users.name FROM users WHERE users.id = communications.owner_id)",
        ),
        (
            "team_name",
            "(SELECT teams.name FROM teams WHERE teams.id = communications.team_id)",
        ),
        (
            "customer_name",
            "(SELECT customers.name FROM customers WHERE customers.id = communications.customer_id)",
        ),
        (
            "lead_name",
            "(SELECT leads.name FROM leads WHERE leads.id = communications.lead_id)",
        ),
        (
            "opportunity_name",
            "(SELECT opportunities.name FROM opportunities WHERE opportunities.id = communications.opportunity_id)",
        ),
    ],
    kept: &["communication_type", "direction", "status", "occurred_at"],
    subtitle: &["customer_name", "owner_name"],
    reading: Reading::PLAIN,
    touched_by: &["customer", "lead", "opportunity"],
    extras: &[],
    settle,
    after,
};

/// What roles can say of it beside permissions.
pub const RULED: identity::Ruled = records::ruled!(COMMUNICATION, "communication", "communication.read");

fn settle<'a>(tx: &'a mut Tx, ctx: &'a Ctx, drafts: &'a mut [Draft]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for draft in drafts.iter_mut() {
            fill(draft, ctx);
            check(draft, ctx);
        }
        ties::customers_of_opportunities(tx, drafts).await?;
        ties::within_sight(tx, ctx, drafts).await
    })
}

fn after<'a>(tx: &'a mut Tx, ctx: &'a Ctx, stamp: &'a Stamp, changed: &'a [Changed]) -> BoxFuture<'a, Result<()>> {
    nothing_after(tx, ctx, stamp, changed)
}

/// What it is when nobody says.
fn usual_status(way: CommunicationType, direction: Direction) -> CommunicationStatus {
    match (way, direction) {
        (CommunicationType::PhoneCall | CommunicationType::Meeting, _) => CommunicationStatus::Held,
        (_, Direction::Inbound) => CommunicationStatus::Received,
        (_, Direction::Outbound) => CommunicationStatus::Sent,
    }
}

fn fill(draft: &mut Draft, ctx: &Ctx) {
    if draft.after.carried.contains_key(UNDOING) {
        return;
    }
    let is_new = draft.before.is_none();
    let communication = &mut draft.after;
    if communication[Key::Direction].is_missing() {
        communication.set(Key::Direction, Direction::Outbound.word());
    }
    let way = CommunicationType::parse(communication[Key::CommunicationType].text());
    let direction = Direction::parse(communication[Key::Direction].text());
    if let (true, Ok(way), Ok(direction)) = (communication[Key::Status].is_missing(), way, direction) {
        communication.set(Key::Status, usual_status(way, direction).word());
    }
    if communication[Key::OccurredAt].is_missing() {
        communication.set(Key::OccurredAt, ctx.now_us());
    }
    if is_new && communication[Key::CreatedBy].is_missing() {
        communication.set(Key::CreatedBy, ctx.actor.user_id.map(|id| id.0));
    }
}

fn check(draft: &mut Draft, ctx: &Ctx) {
    if draft.after.carried.contains_key(UNDOING) {
        return;
    }
    let communication = &draft.after;
    let mut wrong = Vec::new();
    if communication[Key::CommunicationType].is_missing() {
        wrong.push((Key::CommunicationType, required()));
    }
    // A call that was missed has no words.
    let has_words = [Key::Subject, Key::Content].iter().any(|key| !communication[*key].is_missing());
    if draft.before.is_none() && !has_words {
        let problem = say!("Konu ya da içerik yazılmalı.", "A subject or a content is needed.");
        wrong.push((Key::Subject, problem));
    }
    if [Key::Customer, Key::Lead].iter().all(|key| communication[*key].is_missing()) && communication[Key::Opportunity].is_missing() {
        let problem = say!(
            "Kiminle olduğu belli olmalı: bir müşteri, aday ya da fırsat.",
            "It must be said with whom: a customer, a lead or an opportunity."
        );
        wrong.push((Key::Customer, problem));
    }
    if communication[Key::Duration]
        .int()
        .is_some_and(|minutes| !(0..=1_440).contains(&minutes))
    {
        wrong.push((
            Key::Duration,
            say!("0 ile 1440 dakika arasında olmalı.", "Must be between 0 and 1440 minutes."),
        ));
    }
    let later = ctx.now_us() + kernel::clock::DAY_US;
    if draft.touches(&[Key::OccurredAt.name()]) && communication[Key::OccurredAt].int().is_some_and(|at_us| at_us > later) {
        let problem = say!(
            "Gelecekte olamaz: yapılacak olan bir aktivitedir.",
            "Cannot be in the future: what is still to be done is an activity."
        );
        wrong.push((Key::OccurredAt, problem));
    }
    for (key, problem) in wrong {
        draft.errors.add(key.name(), problem);
    }
}
