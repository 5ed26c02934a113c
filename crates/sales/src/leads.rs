//! A lead: somebody who may become a customer.

pub mod assignment;
pub mod bant;
pub mod consents;
pub mod conversion;
pub mod duplicates;
pub mod erasure;
pub mod fields;
pub mod http;
pub mod keys;
pub mod lists;
pub mod qualify;
pub mod scoring;
pub mod settings;
pub mod touches;

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Result, Say};
use kernel::say;
use records::change::{Changed, Draft};
use records::entity::{Entity, Events, Numbered, Permissions, Reading, Search, required};
use records::record::Record;
use records::revert::UNDOING;

pub use fields::{Authority, FIELDS, Key, ScoreSource, Source, Status, Strength};

use crate::permissions;

/// The lead among the entities.
pub static LEAD: Entity = Entity {
    name: "lead",
    title: Say::new("Adaylar", "Leads"),
    plural: "leads",
    table: "leads",
    fields: FIELDS,
    permissions: Permissions {
        read: permissions::LEAD_READ,
        write: permissions::LEAD_WRITE,
        delete: permissions::LEAD_DELETE,
        export: permissions::LEAD_EXPORT,
        import: permissions::LEAD_IMPORT,
    },
    events: Events {
        created: "lead.created",
        updated: "lead.updated",
        deleted: "lead.deleted",
        restored: "lead.restored",
        exported: "lead.exported",
    },
    called: "name",
    owner: "assigned_to",
    team: "team_id",
    attended: None,
    customer: Some("converted_customer"),
    belongs_to: &[],
    number: Some(Numbered {
        field: "lead_number",
        pattern: "L-{YYYY}-{00000}",
    }),
    search: Search {
        table: "lead_search",
        fields: &["lead_number", "first_name", "last_name", "company", "email", "phone", "city"],
        through: &[],
    },
    shown: &[
        ("assigned_to_name", "(SELECT users.name FROM users WHERE users.id = leads.owner_id)"),
        ("team_name", "(SELECT teams.name FROM teams WHERE teams.id = leads.team_id)"),
        (
            "referred_by_name",
            "(SELECT customers.name FROM customers WHERE customers.id = leads.referred_by_id)",
        ),
    ],
    kept: &["status", "first_name", "last_name", "company"],
    subtitle: &["lead_number", "company"],
    reading: Reading::PLAIN,
    touched_by: &["customer", scoring::SUBJECT],
    extras: &[],
    settle,
    after,
};

/// What roles can say of it beside permissions.
pub const RULED: identity::Ruled = records::ruled!(LEAD, "lead", "lead.read");

/// In [`Record::carried`]: a conversion sets the status.
pub const CONVERTING: &str = "converting";

/// The status of a lead.
pub fn status(record: &Record) -> Status {
    Status::parse(record[Key::Status].text()).unwrap_or(Status::New)
}

fn settle<'a>(tx: &'a mut Tx, ctx: &'a Ctx, drafts: &'a mut [Draft]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for draft in drafts.iter_mut() {
            fill(&mut draft.after, ctx);
            check(draft);
        }
        qualify::settle(ctx, drafts).await?;
        scoring::settle(tx, ctx, drafts).await?;
        assignment::settle(tx, ctx, drafts).await
    })
}

/// What follows from other fields, and what has a default.
fn fill(lead: &mut Record, ctx: &Ctx) {
    let default = |lead: &mut Record, key: Key, word: &str| {
        if lead[key].is_missing() {
            lead.set(key, word);
        }
    };
    default(lead, Key::Status, Status::New.word());
    default(lead, Key::Source, Source::Other.word());
    default(lead, Key::Authority, Authority::Unknown.word());
    default(lead, Key::Currency, &ctx.org.currency);
    for key in ANSWERS {
        default(lead, key, Strength::Unknown.word());
    }
    let bant: i64 = ANSWERS.iter().map(|key| strength(lead, *key).points()).sum();
    lead.set(Key::BantScore, bant);
    for key in [Key::LeadScore, Key::FitScore, Key::EngagementScore] {
        if lead[key].is_missing() {
            lead.set(key, 0);
        }
    }
    let person = [lead[Key::FirstName].text(), lead[Key::LastName].text()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let name = if person.is_empty() {
        lead[Key::Company].text().to_owned()
    } else {
        person
    };
    lead.set(Key::Name, name);
}

/// The four answers of BANT.
pub const ANSWERS: [Key; 4] = [Key::BantBudget, Key::BantAuthority, Key::BantNeed, Key::BantTimeline];

/// How sure an answer of BANT is.
pub fn strength(lead: &Record, key: Key) -> Strength {
    Strength::parse(lead[key].text()).unwrap_or(Strength::Unknown)
}

fn check(draft: &mut Draft) {
    if draft.after.carried.contains_key(UNDOING) {
        return;
    }
    let is_new = draft.before.is_none();
    let touches = |names: &[&str]| is_new || draft.touches(names);
    let lead = &draft.after;
    let mut wrong = Vec::new();
    if touches(&["first_name", "last_name", "company"]) && lead[Key::Name].is_missing() {
        wrong.push((
            Key::LastName.name(),
            say!("Ad, soyad ya da firma adı gerekli.", "A name or the name of a company is required."),
        ));
    }
    if touches(&["email", "phone"]) && lead[Key::Email].is_missing() && lead[Key::Phone].is_missing() {
        wrong.push((
            Key::Email.name(),
            say!("E-posta ya da telefon gerekli.", "An e-mail address or a phone is required."),
        ));
    }
    let was = draft.before.as_ref().map(status);
    let is = status(lead);
    if was != Some(is) {
        match is {
            Status::Converted if !lead.carried.contains_key(CONVERTING) => wrong.push((
                Key::Status.name(),
                say!(
                    "Bir adayı dönüştürmek için “dönüştür” işlemini kullanın.",
                    "Use the conversion to convert a lead."
                ),
            )),
            Status::Disqualified if lead[Key::DisqualifyReason].is_missing() => wrong.push((Key::DisqualifyReason.name(), required())),
            _ if was == Some(Status::Converted) => wrong.push((
                Key::Status.name(),
                say!(
                    "Dönüştürülmüş bir adayın durumu değişmez; dönüşümü geri alın.",
                    "The status of a converted lead does not change; undo the conversion."
                ),
            )),
            _ => {}
        }
    }
    for (field, problem) in wrong {
        draft.errors.add(field, problem);
    }
}

fn after<'a>(tx: &'a mut Tx, _ctx: &'a Ctx, stamp: &'a Stamp, changed: &'a [Changed]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        conversion::follow(tx, changed).await?;
        keys::follow(tx, changed).await?;
        ::assignment::decide::after(tx, stamp, changed).await?;
        Ok(())
    })
}
