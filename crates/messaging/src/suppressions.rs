//! Who must not be written to, by the hash of the address: it holds also after the address itself was erased.

use axum::extract::OriginalUri;
use identity::listing::{Listing, Ordering, by, filter, pair};
use kernel::ctx::Ctx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::permissions::{MESSAGING_MANAGE, MESSAGING_READ};
use crate::recipient;
use crate::words::MessageChannel;

const TAG: &str = "messaging";
const MAX_NOTE_CHARS: usize = 500;
const ORDERINGS: &[Ordering] = &[by("id", "id"), by("at", "at")];

/// An address that is not written to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Suppression {
    pub id: i64,
    pub channel: MessageChannel,
    /// SHA-256 of the channel and the address; look one up with `?recipient=`.
    pub recipient_hash: String,
    /// hard_bounce, complaint, unsubscribed, manual.
    pub reason: String,
    pub note: String,
    pub at: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSuppression {
    pub channel: MessageChannel,
    pub recipient: String,
    #[serde(default)]
    pub note: String,
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_suppressions), Access::Needs(MESSAGING_READ))
        .add(routes!(create_suppression), Access::Needs(MESSAGING_MANAGE))
        .add(routes!(delete_suppression), Access::Needs(MESSAGING_MANAGE))
}

fn listing(dialect: Dialect) -> Listing<'static> {
    let own = |name: &str| pair(name, format!("suppressions.{name}"));
    let at = pair("at", dialect.json_time("suppressions.at"));
    Listing {
        table: "suppressions",
        row: dialect.json_object(&[own("id"), own("channel"), own("recipient_hash"), own("reason"), own("note"), at]),
        orderings: ORDERINGS,
        filters: &["channel", "reason", "recipient"],
    }
}

/// Addresses that are not written to.
#[utoipa::path(get, path = "/suppressions/", operation_id = "list_suppressions", tag = TAG, params(ListParams, ("channel" = Option<MessageChannel>, Query), ("reason" = Option<String>, Query), ("recipient" = Option<String>, Query)), responses((status = 200, body = Listed<Suppression>), Problems))]
async fn list_suppressions(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let listing = listing(ctx.db.dialect());
    let request = listing.request(&pairs)?;
    let mut filtered = Query::select().from(Alias::new("suppressions")).to_owned();
    if let Some(channel) = filter(&pairs, "channel") {
        let channel = MessageChannel::parse(channel).map_err(Error::BadRequest)?;
        filtered.and_where(Expr::col("channel").eq(channel.word()));
    }
    if let Some(reason) = filter(&pairs, "reason") {
        filtered.and_where(Expr::col("reason").eq(reason));
    }
    if let Some(recipient) = filter(&pairs, "recipient") {
        let hashes = MessageChannel::ALL.iter().map(|channel| recipient::hash(*channel, recipient));
        filtered.and_where(Expr::col("recipient_hash").is_in(hashes));
    }
    Ok(listing.find(&ctx, &filtered, &request).await?.reply(&uri, &pairs))
}

/// Never write to an address again. What waits for it is left out when its turn comes.
#[utoipa::path(post, path = "/suppressions/", operation_id = "create_suppression", tag = TAG, request_body = NewSuppression, responses((status = 201, body = Suppression), Problems))]
async fn create_suppression(ctx: Ctx, Body(input): Body<NewSuppression>) -> Result<Reply> {
    if input.recipient.trim().is_empty() {
        return Err(invalid("recipient", say!("Bu alan gerekli.", "This field is required.")));
    }
    if input.note.chars().count() > MAX_NOTE_CHARS {
        return Err(invalid(
            "note",
            say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_NOTE_CHARS),
        ));
    }
    let hash = recipient::hash(input.channel, &input.recipient);
    let now = ctx.now_us();
    ctx.write(async |tx| {
        let insert = Query::insert()
            .into_table("suppressions")
            .columns(["channel", "recipient_hash", "reason", "note", "at"])
            .values_panic([
                input.channel.word().into(),
                hash.as_str().into(),
                "manual".into(),
                input.note.as_str().into(),
                now.into(),
            ])
            .returning_col("id")
            .to_owned();
        let taken = || say!("Bu adres zaten listede.", "This address is on the list already.");
        let id = tx
            .insert(&insert)
            .await
            .map_err(|error| error.or_taken("suppressions", &["channel", "recipient_hash"], "recipient", taken()))?;
        let event = NewEvent::new("suppression.created", "suppression", id)
            .payload(json!({ "channel": input.channel, "recipient_hash": hash, "reason": "manual" }));
        tx.emit(&ctx.stamp(), event).await?;
        let made = Suppression {
            id,
            channel: input.channel,
            recipient_hash: hash.clone(),
            reason: "manual".into(),
            note: input.note.clone(),
            at: kernel::clock::rfc3339(now),
        };
        Reply::created(format!("/api/v1/crm/suppressions/{id}/"), &made)
    })
    .await
}

/// Write to the address again.
#[utoipa::path(delete, path = "/suppressions/{id}/", operation_id = "delete_suppression", tag = TAG, params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_suppression(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        let delete = Query::delete()
            .from_table("suppressions")
            .and_where(Expr::col("id").eq(id))
            .to_owned();
        if tx.exec(&delete).await? == 0 {
            return Err(Error::NotFound);
        }
        tx.emit(&ctx.stamp(), NewEvent::new("suppression.deleted", "suppression", id))
            .await?;
        Ok(Reply::no_content())
    })
    .await
}
