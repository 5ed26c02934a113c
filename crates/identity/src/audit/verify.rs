//! Walking the chain: every entry follows from the one before and says what its event says, and no event is missing.

use std::collections::HashMap;

use kernel::clock;
use kernel::db::Db;
use kernel::error::{Result, Say};
use kernel::events::{self, Event};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query};
use serde::Serialize;

use super::{CONSUMER, Entry, Link, genesis, select, select_checkpoint, select_newest};

/// Entries read at once.
const BATCH: u64 = 1_000;
/// The event that tells of an erasure of personal data.
const ERASURE: &str = "customer.erased";
/// Event ids looked through at once.
const EVENT_IDS: i64 = 50_000;

/// What was found.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Verdict {
    /// Entries that were looked at.
    pub entries: i64,
    /// The entry before the first, `id:hash`: entry 0, or where older ones were ended.
    pub begins_after: String,
    /// The last entry, `id:hash`: the anchor to keep elsewhere.
    pub anchor: String,
    /// The first that is wrong; none when the chain is whole.
    pub broken: Option<Broken>,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Broken {
    pub entry_id: Option<i64>,
    pub event_id: Option<i64>,
    #[serde(serialize_with = "in_english")]
    #[schema(value_type = String)]
    pub reason: Say,
}

fn in_english<S: serde::Serializer>(say: &Say, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&say.en)
}

impl Broken {
    fn entry(id: i64, reason: Say) -> Broken {
        Broken {
            entry_id: Some(id),
            event_id: None,
            reason,
        }
    }

    fn event(id: i64, reason: Say) -> Broken {
        Broken {
            entry_id: None,
            event_id: Some(id),
            reason,
        }
    }
}

/// Looks through the whole chain as it stands now. With an anchor that was kept elsewhere also a chain that was made anew from its
/// beginning is noticed.
pub async fn verify(db: &Db, anchor: Option<&Link>) -> Result<Verdict> {
    // What is written meanwhile is not looked at.
    let cursor: Option<(i64,)> = db
        .opt(
            Query::select()
                .column("cursor")
                .from(Alias::new("consumers"))
                .and_where(Expr::col("name").eq(CONSUMER.name)),
        )
        .await?;
    let cursor = cursor.map_or(0, |(cursor,)| cursor);
    let newest: Option<Link> = db.opt(&select_newest()).await?;
    let begin: Link = db.opt(&select_checkpoint()).await?.unwrap_or_else(genesis);
    let mut walk = Walk {
        db,
        anchor,
        last: begin.clone(),
        entries: 0,
    };
    let mut broken = walk.checkpoint(cursor).await?;
    if broken.is_none() {
        broken = walk.entries(newest.map_or(0, |newest| newest.id)).await?;
    }
    if broken.is_none() {
        broken = walk.missing(cursor).await?;
    }
    if broken.is_none() {
        broken = walk.erasures().await?;
    }
    if broken.is_none() {
        broken = walk.anchor(&begin);
    }
    Ok(Verdict {
        entries: walk.entries,
        begins_after: begin.to_string(),
        anchor: walk.last.to_string(),
        broken,
    })
}

struct Walk<'a> {
    db: &'a Db,
    anchor: Option<&'a Link>,
    last: Link,
    entries: i64,
}

impl Walk<'_> {
    /// A checkpoint is told of as an event, which is part of the chain.
    async fn checkpoint(&self, cursor: i64) -> Result<Option<Broken>> {
        if self.last.id == 0 {
            return Ok(None);
        }
        let entry = Query::select()
            .column("event_id")
            .from(Alias::new("audit_entries"))
            .and_where(Expr::col("subject_type").eq("audit"))
            .and_where(Expr::col("subject_id").eq(self.last.id))
            .and_where(Expr::col("kind").eq(super::ending::KIND))
            .to_owned();
        // Just told of, it is no entry yet.
        let told = events::select()
            .and_where(Expr::col("id").in_subquery(entry).or(Expr::col("id").gt(cursor)))
            .and_where(Expr::col("kind").eq(super::ending::KIND))
            .and_where(Expr::col("subject_id").eq(self.last.id))
            .to_owned();
        let told: Option<Event> = self.db.opt(&told).await?;
        let is_told = told.is_some_and(|event| event.payload["hash"] == self.last.hash.as_str());
        Ok((!is_told).then(|| {
            let reason = say!(
                "Zincirin başındaki denetim noktasını anlatan olay yok ya da başka bir şey söylüyor.",
                "No event tells of the checkpoint that the chain begins with, or it tells otherwise."
            );
            Broken::entry(self.last.id, reason)
        }))
    }

    async fn entries(&mut self, newest: i64) -> Result<Option<Broken>> {
        loop {
            let mut batch = select();
            batch
                .and_where(Expr::col("id").gt(self.last.id))
                .and_where(Expr::col("id").lte(newest))
                .order_by("id", Order::Asc)
                .limit(BATCH);
            let batch: Vec<Entry> = self.db.all(&batch).await?;
            if batch.is_empty() {
                return Ok(None);
            }
            let told = events::select()
                .and_where(Expr::col("id").is_in(batch.iter().map(|entry| entry.event_id)))
                .to_owned();
            let told: Vec<Event> = self.db.all(&told).await?;
            let told: HashMap<i64, Event> = told.into_iter().map(|event| (event.id, event)).collect();
            for entry in batch {
                if let Some(reason) = self.wrong(&entry, told.get(&entry.event_id)) {
                    return Ok(Some(Broken {
                        event_id: Some(entry.event_id),
                        ..Broken::entry(entry.id, reason)
                    }));
                }
                self.last = entry.link();
                self.entries += 1;
            }
        }
    }

    fn wrong(&self, entry: &Entry, event: Option<&Event>) -> Option<Say> {
        if entry.id != self.last.id + 1 {
            return Some(say!("Önündeki kayıt yok.", "The entry before it is missing."));
        }
        if entry.prev_hash != self.last.hash {
            return Some(say!(
                "Önündeki kaydın özetini taşımıyor.",
                "It does not carry the hash of the entry before it."
            ));
        }
        if entry.hash != entry.seal() {
            return Some(say!(
                "Özeti içeriğine uymuyor: değiştirilmiş.",
                "Its hash does not fit what it says: it was changed."
            ));
        }
        let Some(event) = event else {
            return Some(say!("Anlattığı olay silinmiş.", "The event that it tells of was removed."));
        };
        let mut said = Entry::of(event, &self.last);
        if event.is_erased() {
            // What it told is gone by right, which [`Walk::erasures`] asks after; that it happened, when and by whom, is not.
            (said.summary, said.hash) = (entry.summary.clone(), entry.hash.clone());
        }
        if *entry != said {
            return Some(say!("Anlattığı olay değiştirilmiş.", "The event that it tells of was changed."));
        }
        let is_anchor = self.anchor.is_some_and(|anchor| anchor.id == entry.id && anchor.hash != entry.hash);
        is_anchor.then(|| {
            say!(
                "Verilen dayanakla uyuşmuyor: zincir baştan yazılmış.",
                "It is not what the anchor says: the chain was made anew."
            )
        })
    }

    /// Events that the consumer has passed and that have no entry, but for those set aside.
    async fn missing(&self, cursor: i64) -> Result<Option<Broken>> {
        let ended = Query::select()
            .expr(Expr::col("event_id").max())
            .from(Alias::new("audit_checkpoints"))
            .to_owned();
        let (ended,): (Option<i64>,) = self.db.one(&ended).await?;
        let mut from = ended.unwrap_or(0);
        while from < cursor {
            let to = Ord::min(from + EVENT_IDS, cursor);
            let aside = Query::select()
                .column("event_id")
                .from(Alias::new("events_set_aside"))
                .and_where(Expr::col("consumer").eq(CONSUMER.name))
                .to_owned();
            let lonely = Query::select()
                .columns([("events", "id"), ("events", "at")])
                .from(Alias::new("events"))
                .join(
                    JoinType::LeftJoin,
                    "audit_entries",
                    Expr::col(("audit_entries", "event_id")).equals(("events", "id")),
                )
                .and_where(Expr::col(("events", "id")).gt(from))
                .and_where(Expr::col(("events", "id")).lte(to))
                .and_where(Expr::col(("audit_entries", "id")).is_null())
                .and_where(Expr::col(("events", "id")).not_in_subquery(aside))
                .order_by(("events", "id"), Order::Asc)
                .limit(1)
                .to_owned();
            if let Some((id, at)) = self.db.opt::<(i64, i64)>(&lonely).await? {
                let reason = say!("{} tarihli olayın kaydı yok.", "The event of {} has no entry.", clock::rfc3339(at));
                return Ok(Some(Broken::event(id, reason)));
            }
            from = to;
        }
        Ok(None)
    }

    /// Every event that was emptied must be accounted for by an erasure, whose own event is part of the chain.
    async fn erasures(&self) -> Result<Option<Broken>> {
        let emptied = events::count_erased(self.db).await?;
        let told = events::select().and_where(Expr::col("kind").eq(ERASURE)).to_owned();
        let told: Vec<Event> = self.db.all(&told).await?;
        let accounted: i64 = told.iter().filter_map(|event| event.payload[events::EMPTIED].as_i64()).sum();
        Ok((emptied > accounted).then(|| Broken {
            entry_id: None,
            event_id: None,
            reason: say!(
                "İçeriği boşaltılmış {} olay var; silme kayıtları {} tanesini anlatıyor.",
                "There are {} emptied events; the erasures that are told of account for {}.",
                emptied,
                accounted
            ),
        }))
    }

    /// An anchor must be a place that was passed.
    fn anchor(&self, begin: &Link) -> Option<Broken> {
        let anchor = self.anchor?;
        let reason = match anchor.id {
            id if id < begin.id => say!(
                "Dayanak, zincirin bugünkü başlangıcından eski; karşılaştırılamaz.",
                "The anchor is older than where the chain begins now; it cannot be compared."
            ),
            id if id > self.last.id => say!("Dayanağın gösterdiği kayıt yok.", "The entry that the anchor names is not there."),
            id if id == begin.id && anchor.hash != begin.hash => say!(
                "Verilen dayanakla uyuşmuyor: zincir baştan yazılmış.",
                "It is not what the anchor says: the chain was made anew."
            ),
            _ => return None,
        };
        Some(Broken::entry(anchor.id, reason))
    }
}
