//! The audit: one entry for everything that was done, and for every reading that matters, each sealed with the hash of all before it. What
//! happened stands in `events`; this is its table of contents, which nobody can change unnoticed. `docs/audit.md` says how to check it by
//! other means.

pub mod ending;
pub mod http;
pub mod retention;
pub mod verify;

use futures::future::BoxFuture;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::events::Event;
use kernel::events::consumers::Consumer;
use sea_query::{Alias, Expr, Order, Query, SelectStatement};
use serde_json::json;
use sqlx::FromRow;

use crate::secrets;

/// Puts every event into the chain.
pub const CONSUMER: Consumer = Consumer {
    name: "identity.audit",
    wants: |_| true,
    handle,
};

/// What the first entry of all stands on.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An entry.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Entry {
    pub id: i64,
    pub at: i64,
    pub actor_id: Option<i64>,
    pub via: Option<String>,
    pub address: Option<String>,
    pub kind: String,
    pub subject_type: String,
    pub subject_id: i64,
    pub event_id: i64,
    /// JSON: the operation, the names of the fields that were changed, and the digest of the rest of the event. No values: what is personal
    /// stands once, in the event.
    pub summary: String,
    pub prev_hash: String,
    pub hash: String,
}

const COLUMNS: [&str; 12] = [
    "id",
    "at",
    "actor_id",
    "via",
    "address",
    "kind",
    "subject_type",
    "subject_id",
    "event_id",
    "summary",
    "prev_hash",
    "hash",
];

/// A place in the chain: the number of an entry and its hash.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Link {
    pub id: i64,
    pub hash: String,
}

impl Entry {
    /// The entry of an event, after another one.
    fn of(event: &Event, before: &Link) -> Entry {
        let changes = serde_json::Value::Object(event.changes.0.clone());
        let summary = json!({
            "operation_id": event.operation_id,
            "fields": event.changes.keys().collect::<Vec<_>>(),
            // Not in whose timeline it stands: that changes when customers are merged.
            "digest": secrets::hashed(&format!("{}\n{changes}", event.payload.0)),
        });
        let mut entry = Entry {
            id: before.id + 1,
            at: event.at,
            actor_id: event.actor_id,
            via: event.via.clone(),
            address: event.address.clone(),
            kind: event.kind.clone(),
            subject_type: event.subject_type.clone(),
            subject_id: event.subject_id,
            event_id: event.id,
            summary: summary.to_string(),
            prev_hash: before.hash.clone(),
            hash: String::new(),
        };
        entry.hash = entry.seal();
        entry
    }

    /// What is hashed: a JSON array without spaces, in this order.
    fn canonical(&self) -> String {
        json!([
            self.id,
            self.at,
            self.actor_id,
            self.via,
            self.address,
            self.kind,
            self.subject_type,
            self.subject_id,
            self.event_id,
            self.summary,
        ])
        .to_string()
    }

    /// SHA-256, in hexadecimal, of the hash before, a new line, and [`Entry::canonical`].
    fn seal(&self) -> String {
        secrets::hashed(&format!("{}\n{}", self.prev_hash, self.canonical()))
    }

    fn link(&self) -> Link {
        Link {
            id: self.id,
            hash: self.hash.clone(),
        }
    }
}

fn select() -> SelectStatement {
    Query::select().columns(COLUMNS).from(Alias::new("audit_entries")).to_owned()
}

/// The end of a chain of links: of entries by `id`, of checkpoints by `entry_id`.
fn select_last(table: &'static str, id: &'static str) -> SelectStatement {
    Query::select()
        .expr_as(Expr::col(id), "id")
        .column("hash")
        .from(Alias::new(table))
        .order_by(id, Order::Desc)
        .limit(1)
        .to_owned()
}

fn select_newest() -> SelectStatement {
    select_last("audit_entries", "id")
}

fn select_checkpoint() -> SelectStatement {
    select_last("audit_checkpoints", "entry_id")
}

fn genesis() -> Link {
    Link {
        id: 0,
        hash: GENESIS.into(),
    }
}

fn handle<'a>(tx: &'a mut Tx, events: &'a [Event]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        // An event that was set aside is replayed beside the consumer's own turn, and two must not stand on the same entry.
        tx.lock_table("audit_entries").await?;
        let mut last: Link = match tx.opt(&select_newest()).await? {
            Some(last) => last,
            None => tx.opt(&select_checkpoint()).await?.unwrap_or_else(genesis),
        };
        let mut rows = Vec::with_capacity(events.len());
        for event in events {
            let entry = Entry::of(event, &last);
            last = entry.link();
            rows.push(vec![
                entry.id.into(),
                entry.at.into(),
                entry.actor_id.into(),
                entry.via.into(),
                entry.address.into(),
                entry.kind.into(),
                entry.subject_type.into(),
                entry.subject_id.into(),
                entry.event_id.into(),
                entry.summary.into(),
                entry.prev_hash.into(),
                entry.hash.into(),
            ]);
        }
        tx.insert_rows("audit_entries", &COLUMNS, rows.into_iter()).await
    })
}

/// The newest entry, for safekeeping where nobody who can write to this database can write.
pub async fn anchor(db: &kernel::db::Db) -> Result<Link> {
    match db.opt(&select_newest()).await? {
        Some(last) => Ok(last),
        None => Ok(db.opt(&select_checkpoint()).await?.unwrap_or_else(genesis)),
    }
}

impl std::fmt::Display for Link {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}", self.id, self.hash)
    }
}

impl Link {
    /// Reads what [`Link::to_string`] writes.
    pub fn parse(text: &str) -> Option<Link> {
        let (id, hash) = text.trim().split_once(':')?;
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let id = id.parse().ok().filter(|id| *id >= 0)?;
        is_hash.then(|| Link { id, hash: hash.into() })
    }
}

#[cfg(test)]
mod tests {
    use kernel::json_text::JsonText;

    use super::*;

    fn event() -> Event {
        Event {
            id: 7,
            at: 1_773_651_600_000_000,
            kind: "customer.updated".into(),
            actor_id: Some(1),
            operation_id: Some(3),
            subject_type: "customer".into(),
            subject_id: 42,
            customer_id: Some(42),
            payload: JsonText(json!({"name": "Ayşe \"A\" Yılmaz"})),
            changes: JsonText(json!({"city": ["Van", "İzmir"]}).as_object().cloned().unwrap()),
            via: Some("session:9".into()),
            address: None,
            record_type: None,
            record_id: None,
        }
    }

    /// The form is a promise: whoever checks the chain by other means reads it in docs/audit.md.
    #[test]
    fn the_form_that_is_hashed_never_changes() {
        let entry = Entry::of(&event(), &genesis());
        assert_eq!(
            entry.canonical(),
            r#"[1,1773651600000000,1,"session:9",null,"customer.updated","customer",42,7,"{\"operation_id\":3,\"fields\":[\"city\"],\"digest\":\"DIGEST\"}"]"#
                .replace("DIGEST", &secrets::hashed("{\"name\":\"Ayşe \\\"A\\\" Yılmaz\"}\n{\"city\":[\"Van\",\"İzmir\"]}"))
        );
        assert_eq!(entry.hash, secrets::hashed(&format!("{GENESIS}\n{}", entry.canonical())));
        assert!(
            !entry.summary.contains("Yılmaz") && !entry.summary.contains("İzmir"),
            "no values in it"
        );
    }

    #[test]
    fn whatever_is_changed_changes_the_hash() {
        let whole = Entry::of(&event(), &genesis());
        let changes: [fn(&mut Event); 9] = [
            |event| event.at += 1,
            |event| event.actor_id = None,
            |event| event.operation_id = None,
            |event| event.kind.push('x'),
            |event| event.subject_id = 43,
            |event| event.payload.0["name"] = json!("Ali"),
            |event| event.changes.0["city"][1] = json!("Muş"),
            |event| event.via = None,
            |event| event.address = Some("::1".into()),
        ];
        for change in changes {
            let mut event = event();
            change(&mut event);
            assert_ne!(Entry::of(&event, &genesis()).hash, whole.hash, "{event:?}");
        }
        assert_ne!(Entry::of(&event(), &whole.link()).hash, whole.hash);
    }

    #[test]
    fn an_anchor_reads_back() {
        let link = Entry::of(&event(), &genesis()).link();
        assert_eq!(Link::parse(&format!(" {link}\n")), Some(link));
        for wrong in [
            "",
            "1",
            "1:abc",
            "x:00",
            &format!("-1:{GENESIS}"),
            &format!("1:{}", GENESIS.replace('0', "G")),
        ] {
            assert_eq!(Link::parse(wrong), None, "{wrong}");
        }
    }
}
