//! What a lead agreed to. Customers have a ledger; what was said before somebody was a customer waits here, and goes into it when they
//! become one. As in the ledger, entries are neither changed nor undone: who erred records the contrary.

use std::collections::BTreeMap;

use customers::consents::http::ConsentInput;
use customers::consents::{self, Channel, NewConsent, Purpose, Source, Status};
use kernel::clock::rfc3339;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::events::NewEvent;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use records::read;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::Serialize;
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::LEAD;
use crate::permissions::{LEAD_READ, LEAD_WRITE};

const TAG: &str = "leads";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_lead_consents), Access::Needs(LEAD_READ))
        .add(routes!(record_lead_consent), Access::Needs(LEAD_WRITE))
}

/// Something a lead said, as it is kept.
#[derive(Clone, Debug, FromRow)]
struct Kept {
    id: i64,
    #[sqlx(try_from = "String")]
    channel: Channel,
    #[sqlx(try_from = "String")]
    purpose: Purpose,
    #[sqlx(try_from = "String")]
    status: Status,
    #[sqlx(try_from = "String")]
    source: Source,
    evidence: String,
    notice_hash: String,
    at: i64,
    consent_id: Option<i64>,
}

/// Something a lead said.
#[derive(Serialize, ToSchema)]
pub struct LeadConsent {
    pub id: i64,
    pub channel: Channel,
    pub purpose: Purpose,
    pub status: Status,
    pub source: Source,
    pub evidence: String,
    /// SHA-256 of the text they were shown.
    pub notice_hash: String,
    #[schema(format = DateTime)]
    pub at: String,
    /// Its entry in the ledger of the customer the lead became.
    pub consent_id: Option<i64>,
}

/// The id of an entry.
#[derive(Serialize, ToSchema)]
pub struct RecordedConsent {
    pub id: i64,
}

fn select(lead_id: i64) -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "channel",
            "purpose",
            "status",
            "source",
            "evidence",
            "notice_hash",
            "at",
            "consent_id",
        ])
        .from(Alias::new("lead_consents"))
        .and_where(Expr::col("lead_id").eq(lead_id))
        .order_by("id", Order::Asc)
        .to_owned()
}

/// Records what a lead said. Whether the caller may is asked before: a form has no caller.
pub async fn record(tx: &mut Tx, ctx: &Ctx, lead_id: i64, consent: &NewConsent) -> Result<i64> {
    let ids = record_all(tx, &ctx.stamp(), &[(lead_id, consent.clone())]).await?;
    ids.first().copied().ok_or(Error::internal("a consent was not kept"))
}

/// The same for many leads at once; gives the ids in their order.
pub async fn record_all(tx: &mut Tx, stamp: &Stamp, told: &[(i64, NewConsent)]) -> Result<Vec<i64>> {
    if told.is_empty() {
        return Ok(Vec::new());
    }
    // Many are shown the same few texts.
    let mut notices: BTreeMap<&str, String> = BTreeMap::new();
    for (_, consent) in told {
        if !notices.contains_key(consent.notice_text.as_str()) {
            let hash = consents::notice(tx, stamp.at_us, &consent.notice_text).await?;
            notices.insert(&consent.notice_text, hash);
        }
    }
    let columns = [
        "lead_id",
        "channel",
        "purpose",
        "status",
        "source",
        "evidence",
        "notice_hash",
        "at",
        "recorded_at",
        "actor_id",
    ];
    let row = |(lead_id, consent): &(i64, NewConsent)| {
        vec![
            (*lead_id).into(),
            consent.channel.word().into(),
            consent.purpose.word().into(),
            consent.status.word().into(),
            consent.source.word().into(),
            consent.evidence.as_str().into(),
            notices.get(consent.notice_text.as_str()).map_or("", String::as_str).into(),
            consent.at_us.into(),
            stamp.at_us.into(),
            stamp.actor_id.map(|id| id.0).into(),
        ]
    };
    let ids = tx.insert_new_rows("lead_consents", &columns, told.iter().map(row)).await?;
    let event = |((lead_id, consent), id): (&(i64, NewConsent), &i64)| {
        let payload = json!({
            "channel": consent.channel, "purpose": consent.purpose, "status": consent.status, "source": consent.source,
            "at": rfc3339(consent.at_us),
        });
        NewEvent::new("lead_consent.recorded", "lead_consent", *id)
            .record(LEAD.name, *lead_id)
            .payload(payload)
    };
    tx.emit_all(stamp, told.iter().zip(&ids).map(event).collect()).await?;
    Ok(ids)
}

/// Enters what a lead said into the ledger of the customer it became, unless it was entered before: the ledger is not undone, so a lead that is
/// converted again says nothing twice of the same customer.
pub async fn hand_over(tx: &mut Tx, ctx: &Ctx, lead_id: i64, customer_id: i64) -> Result<()> {
    let kept: Vec<Kept> = tx.all(&select(lead_id)).await?;
    for one in kept {
        if let Some(consent_id) = one.consent_id {
            let whose = Query::select()
                .column("id")
                .from(Alias::new("consents"))
                .and_where(Expr::col("id").eq(consent_id))
                .and_where(Expr::col("customer_id").eq(customer_id))
                .to_owned();
            if tx.opt::<(i64,)>(&whose).await?.is_some() {
                continue;
            }
        }
        let told = NewConsent {
            channel: one.channel,
            purpose: one.purpose,
            status: one.status,
            source: one.source,
            at_us: one.at,
            evidence: one.evidence,
            notice_text: String::new(),
        };
        let consent_id = consents::carry_over(tx, &ctx.stamp(), customer_id, &told, &one.notice_hash).await?;
        let mark = Query::update()
            .table("lead_consents")
            .value("consent_id", consent_id)
            .and_where(Expr::col("id").eq(one.id))
            .to_owned();
        tx.exec(&mark).await?;
    }
    Ok(())
}

/// What a lead said, oldest first.
#[utoipa::path(get, path = "/leads/{id}/consents/", tag = TAG, operation_id = "list_lead_consents", params(("id" = i64, Path)), responses((status = 200, body = Listed<LeadConsent>), Problems))]
async fn list_lead_consents(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    read::require(&ctx, &LEAD, LEAD_READ, id).await?;
    let kept: Vec<Kept> = ctx.db.all(&select(id)).await?;
    let shown = |one: Kept| LeadConsent {
        id: one.id,
        channel: one.channel,
        purpose: one.purpose,
        status: one.status,
        source: one.source,
        evidence: one.evidence,
        notice_hash: one.notice_hash,
        at: rfc3339(one.at),
        consent_id: one.consent_id,
    };
    Reply::ok(&Listed::whole(kept.into_iter().map(shown).collect()))
}

/// Records what a lead said. It goes into the ledger of the customer the lead becomes.
#[utoipa::path(post, path = "/leads/{id}/consents/", tag = TAG, operation_id = "record_lead_consent", params(("id" = i64, Path)), request_body = ConsentInput, responses((status = 200, body = RecordedConsent), Problems))]
async fn record_lead_consent(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<ConsentInput>) -> Result<Reply> {
    let consent = NewConsent::parse(&input, ctx.now_us())?;
    ctx.write(async |tx| {
        let lead = read::one_for_change(tx, &ctx, &LEAD, LEAD_WRITE, id).await?;
        if super::status(&lead) == super::Status::Converted {
            return Err(Error::Conflict(kernel::say!(
                "Aday dönüştürülmüş; izni müşteriye kaydedin.",
                "The lead is converted; record the consent of the customer."
            )));
        }
        let consent_id = record(tx, &ctx, id, &consent).await?;
        Reply::ok(&RecordedConsent { id: consent_id })
    })
    .await
}
