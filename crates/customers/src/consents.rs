//! What customers agreed to: a ledger that only grows, and what stands now, which follows from it. The law asks for the proof (KVKK, İYS),
//! so an entry is neither changed nor undone: who erred records the contrary.

pub mod http;

use std::collections::{BTreeMap, BTreeSet};

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, Say};
use kernel::events::NewEvent;
use kernel::ids::CustomerId;
use kernel::{clock, say};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::customer::read;
use crate::permissions::CONSENT_WRITE;
use records::choices;

const MAX_EVIDENCE_CHARS: usize = 2_000;
const MAX_NOTICE_CHARS: usize = 20_000;
const ROWS_PER_INSERT: usize = 200;

choices! {
    /// By what means the customer may be reached.
    Channel {
        Email: "email", "E-posta", "E-mail";
        Sms: "sms", "SMS", "SMS";
        Call: "call", "Arama", "Call";
        Push: "push", "Anlık bildirim", "Push notification";
        Post: "post", "Posta", "Post";
    }
}

choices! {
    /// What for.
    Purpose {
        Marketing: "marketing", "Pazarlama", "Marketing";
        Service: "service", "Hizmet bildirimi", "Service notices";
        Survey: "survey", "Anket", "Surveys";
        Profiling: "profiling", "Profilleme", "Profiling";
        Sharing: "sharing", "Üçüncü kişilerle paylaşım", "Sharing with third parties";
    }
}

choices! {
    /// What the customer said.
    Status {
        Granted: "granted", "Onay verdi", "Granted";
        Denied: "denied", "Reddetti", "Denied";
        Withdrawn: "withdrawn", "Geri aldı", "Withdrawn";
    }
}

choices! {
    /// Where it was said.
    Source {
        WebForm: "web_form", "Web formu", "Web form";
        Paper: "paper", "Islak imzalı form", "Paper form";
        CallCentre: "call_centre", "Çağrı merkezi", "Call centre";
        InPerson: "in_person", "Yüz yüze", "In person";
        Email: "email", "E-posta", "E-mail";
        Sms: "sms", "SMS", "SMS";
        Iys: "iys", "İYS", "İYS";
        Import: "import", "İçe aktarma", "Import";
        Api: "api", "API", "API";
        Other: "other", "Diğer", "Other";
    }
}

/// Something a customer said, about to be recorded.
#[derive(Clone, Debug)]
pub struct NewConsent {
    pub channel: Channel,
    pub purpose: Purpose,
    pub status: Status,
    pub source: Source,
    /// When it was said; microseconds UTC.
    pub at_us: i64,
    pub evidence: String,
    /// What the customer was told before.
    pub notice_text: String,
}

impl NewConsent {
    /// Reads what a caller sent; one answer names everything that is wrong.
    pub fn parse(input: &http::ConsentInput, now_us: i64) -> Result<NewConsent> {
        let mut errors = FieldErrors::default();
        let mut wrong = |field: &str, problem: Say| errors.add(field, problem);
        let channel = Channel::parse(&input.channel).map_err(|problem| wrong("channel", problem));
        let purpose = Purpose::parse(&input.purpose).map_err(|problem| wrong("purpose", problem));
        let status = Status::parse(&input.status).map_err(|problem| wrong("status", problem));
        let source = Source::parse(&input.source).map_err(|problem| wrong("source", problem));
        let at_us = input.at.as_deref().map_or(Some(now_us), clock::parse_rfc3339);
        match at_us {
            None => wrong(
                "at",
                say!(
                    "2026-03-16T12:00:00+03:00 biçiminde bir zaman olmalı.",
                    "Must be a time such as 2026-03-16T12:00:00+03:00."
                ),
            ),
            Some(at_us) if at_us > now_us => wrong("at", say!("Gelecekte olamaz.", "Cannot be in the future.")),
            Some(at_us) if at_us < 0 => wrong("at", say!("1970'ten önce olamaz.", "Cannot be before 1970.")),
            Some(_) => {}
        }
        for (field, text, max_chars) in [
            ("evidence", &input.evidence, MAX_EVIDENCE_CHARS),
            ("notice_text", &input.notice_text, MAX_NOTICE_CHARS),
        ] {
            if text.chars().count() > max_chars {
                wrong(
                    field,
                    say!("En çok {} karakter olabilir.", "May have {} characters at most.", max_chars),
                );
            }
            if text.contains('\0') {
                wrong(field, say!("Sıfır baytı içeremez.", "Must not contain a zero byte."));
            }
        }
        match (channel, purpose, status, source, at_us) {
            (Ok(channel), Ok(purpose), Ok(status), Ok(source), Some(at_us)) if errors.is_empty() => {
                let (evidence, notice_text) = (input.evidence.trim().to_owned(), input.notice_text.trim().to_owned());
                Ok(NewConsent {
                    channel,
                    purpose,
                    status,
                    source,
                    at_us,
                    evidence,
                    notice_text,
                })
            }
            _ => Err(Error::Invalid(errors)),
        }
    }

    /// Under what its current state stands.
    fn topic(&self) -> String {
        format!("{}.{}", self.purpose.word(), self.channel.word())
    }
}

/// Adds an entry to the ledger of a customer the caller may write consents of; gives its id.
pub async fn record(tx: &mut Tx, ctx: &Ctx, customer_id: i64, consent: &NewConsent) -> Result<i64> {
    // Held, so that entries of one customer come one after the other.
    let mut held = read::visible(ctx, CONSENT_WRITE).await?;
    held.column(("customers", "id"))
        .and_where(Expr::col(("customers", "id")).eq(customer_id));
    tx.dialect().for_update(&mut held);
    tx.opt::<(i64,)>(&held).await?.ok_or(Error::NotFound)?;

    let stamp = ctx.stamp();
    let notice_hash = notice(tx, stamp.at_us, &consent.notice_text).await?;
    let entry = Entry {
        customer_id,
        consent,
        notice_hash: &notice_hash,
    };
    let ids = enter(tx, &stamp, &[entry]).await?;
    ids.first().copied().ok_or(Error::internal("a consent was not kept"))
}

/// Adds an entry that was said before somebody was a customer, with the hash of a notice that is kept already. Whether the caller may is not
/// checked here: nobody says anything new.
pub async fn carry_over(tx: &mut Tx, stamp: &Stamp, customer_id: i64, consent: &NewConsent, notice_hash: &str) -> Result<i64> {
    let entry = Entry {
        customer_id,
        consent,
        notice_hash,
    };
    let ids = enter(tx, stamp, &[entry]).await?;
    ids.first().copied().ok_or(Error::internal("a consent was not kept"))
}

/// Adds entries of many customers at once, as an import tells them, without notices. What stands already is not said again, and customers
/// whose consents the caller may not write are passed over.
pub async fn record_all(tx: &mut Tx, ctx: &Ctx, told: Vec<(i64, NewConsent)>) -> Result<()> {
    // Of two words about the same the later one counts.
    let mut told: BTreeMap<(i64, String), NewConsent> = told.into_iter().map(|(id, consent)| ((id, consent.topic()), consent)).collect();
    if told.is_empty() {
        return Ok(());
    }
    let ids: BTreeSet<i64> = told.keys().map(|(id, _)| *id).collect();
    let mut held = read::visible(ctx, CONSENT_WRITE).await?;
    held.column(("customers", "id"))
        .and_where(Expr::col(("customers", "id")).is_in(ids.iter().copied()))
        .order_by(("customers", "id"), Order::Asc);
    tx.dialect().for_update(&mut held);
    let held: BTreeSet<i64> = tx.all::<(i64,)>(&held).await?.into_iter().map(|(id,)| id).collect();
    let stands = Query::select()
        .columns(["customer_id", "topic", "status"])
        .from("consent_states")
        .and_where(Expr::col("customer_id").is_in(ids))
        .to_owned();
    let stands: Vec<(i64, String, String)> = tx.all(&stands).await?;
    for (id, topic, status) in stands {
        let key = (id, topic);
        if told.get(&key).is_some_and(|consent| consent.status.word() == status) {
            told.remove(&key);
        }
    }
    told.retain(|(id, _), _| held.contains(id));
    let entries = told.iter().map(|((customer_id, _), consent)| Entry {
        customer_id: *customer_id,
        consent,
        notice_hash: "",
    });
    enter(tx, &ctx.stamp(), &entries.collect::<Vec<_>>()).await?;
    Ok(())
}

/// A row of the ledger about to be written.
struct Entry<'a> {
    customer_id: i64,
    consent: &'a NewConsent,
    notice_hash: &'a str,
}

/// Writes rows of the ledger, no two about the same, what stands after them, and their events; gives their ids.
async fn enter(tx: &mut Tx, stamp: &Stamp, entries: &[Entry<'_>]) -> Result<Vec<i64>> {
    let mut all = Vec::with_capacity(entries.len());
    let mut events = Vec::with_capacity(entries.len());
    for some in entries.chunks(ROWS_PER_INSERT) {
        let mut ledger = Query::insert();
        ledger.into_table("consents").columns([
            "customer_id",
            "channel",
            "purpose",
            "status",
            "source",
            "evidence",
            "notice_hash",
            "at",
            "recorded_at",
            "actor_id",
        ]);
        for entry in some {
            ledger.values_panic([
                entry.customer_id.into(),
                entry.consent.channel.word().into(),
                entry.consent.purpose.word().into(),
                entry.consent.status.word().into(),
                entry.consent.source.word().into(),
                entry.consent.evidence.as_str().into(),
                entry.notice_hash.into(),
                entry.consent.at_us.into(),
                stamp.at_us.into(),
                stamp.actor_id.map(|id| id.0).into(),
            ]);
        }
        let ids: Vec<(i64,)> = tx.all(ledger.returning_col("id")).await?;
        let mut stands = Query::insert();
        stands
            .into_table("consent_states")
            .columns(["customer_id", "topic", "status", "at", "consent_id"]);
        for (entry, (id,)) in some.iter().zip(ids) {
            stands.values_panic([
                entry.customer_id.into(),
                entry.consent.topic().into(),
                entry.consent.status.word().into(),
                entry.consent.at_us.into(),
                id.into(),
            ]);
            events.push(recorded(id, entry.customer_id, entry.consent));
            all.push(id);
        }
        tx.exec(stands.on_conflict(latest_counts())).await?;
    }
    tx.emit_all(stamp, events).await?;
    Ok(all)
}

/// The latest word counts; of two at the same time the one recorded later.
fn latest_counts() -> OnConflict {
    OnConflict::columns(["customer_id", "topic"])
        .update_columns(["status", "at", "consent_id"])
        .action_and_where(Expr::col(("excluded", "at")).gte(Expr::col(("consent_states", "at"))))
        .to_owned()
}

/// Which of two words of the same instant counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SameInstant {
    /// The one recorded later, as when they are recorded.
    LaterCounts,
    /// The one that refuses: said of what were two records, nobody knows which came later.
    RefusalCounts,
}

/// Makes what stands of customers anew from the ledger, after entries have changed owners.
pub(crate) async fn restate(tx: &mut Tx, customer_ids: &[i64], same_instant: SameInstant) -> Result<()> {
    let of = || Expr::col("customer_id").is_in(customer_ids.iter().copied());
    let ledger = Query::select()
        .columns(["customer_id", "purpose", "channel", "status", "at", "id"])
        .from("consents")
        .and_where(of())
        .to_owned();
    let entries: Vec<(i64, String, String, String, i64, i64)> = tx.all(&ledger).await?;
    let mut standing: BTreeMap<(i64, String), (i64, bool, i64, String)> = BTreeMap::new();
    for (customer_id, purpose, channel, status, at_us, id) in entries {
        let refuses = same_instant == SameInstant::RefusalCounts && status != Status::Granted.word();
        let entry = (at_us, refuses, id, status);
        let stands = standing
            .entry((customer_id, format!("{purpose}.{channel}")))
            .or_insert_with(|| entry.clone());
        if entry > *stands {
            *stands = entry;
        }
    }
    tx.exec(&Query::delete().from_table("consent_states").and_where(of()).to_owned())
        .await?;
    let rows = standing.into_iter().map(|((customer_id, topic), (at_us, _, id, status))| {
        vec![customer_id.into(), topic.into(), status.into(), at_us.into(), id.into()]
    });
    let columns = ["customer_id", "topic", "status", "at", "consent_id"];
    tx.insert_rows("consent_states", &columns, rows).await
}

fn recorded(id: i64, customer_id: i64, consent: &NewConsent) -> NewEvent {
    let payload = json!({
        "channel": consent.channel, "purpose": consent.purpose, "status": consent.status, "source": consent.source,
        "at": clock::rfc3339(consent.at_us),
    });
    NewEvent::new("consent.recorded", "consent", id)
        .customer(CustomerId(customer_id))
        .payload(payload)
}

/// Keeps the text of a notice once, however many were shown it; gives its SHA-256.
pub async fn notice(tx: &mut Tx, now_us: i64, text: &str) -> Result<String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let hash = format!("{:x}", Sha256::digest(text));
    let insert = Query::insert()
        .into_table("notices")
        .columns(["hash", "body", "at"])
        .values_panic([hash.as_str().into(), text.into(), now_us.into()])
        .on_conflict(OnConflict::column("hash").do_nothing().to_owned())
        .to_owned();
    tx.exec(&insert).await?;
    Ok(hash)
}
