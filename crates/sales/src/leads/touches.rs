//! Touches: what a lead did (filled in a form, opened a mail) and what was done with it (a call, a meeting). The ground of its engagement.

use std::collections::BTreeMap;

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use futures::future::BoxFuture;
use kernel::clock::{MINUTE_US, parse_rfc3339};
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{FieldErrors, Result};
use kernel::events::{Event, NewEvent};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, List, Params, PathId, Reply, Routes};
use kernel::operations::Refusal;
use kernel::page::{self, SortKey};
use kernel::say;
use records::change::change_all;
use records::paging::paging_only;
use records::record::Record;
use records::{choices, custom, http, read};
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{Key, LEAD};
use crate::permissions::{LEAD_READ, LEAD_WRITE};

const TAG: &str = "leads";
const MAX_DETAIL_CHARS: usize = 500;
/// How far ahead the clock of a caller may be.
const CLOCK_SKEW_US: i64 = 5 * MINUTE_US;
/// The subject type of the events of touches.
pub const SUBJECT: &str = "lead_touch";
/// In [`Record::carried`]: it was touched, so that its score is to be computed anew.
pub const TOUCHED: &str = "touched";

choices! {
    /// What kind of touch it was.
    LeadTouchKind {
        Form: "form", "Form dolduruldu", "Form filled in";
        Visit: "visit", "Site ziyareti", "Visit of the site";
        EmailOpen: "email_open", "E-posta açıldı", "E-mail opened";
        EmailClick: "email_click", "E-postada bağlantı tıklandı", "Link in an e-mail clicked";
        Reply: "reply", "Yanıt", "Reply";
        Call: "call", "Arama", "Call";
        Meeting: "meeting", "Toplantı", "Meeting";
        Note: "note", "Not", "Note";
    }
}

impl LeadTouchKind {
    /// Whether somebody of ours was in touch, so that the lead does not wait any more.
    pub fn is_personal(self) -> bool {
        matches!(
            self,
            LeadTouchKind::Reply | LeadTouchKind::Call | LeadTouchKind::Meeting | LeadTouchKind::Note
        )
    }
}

/// A touch about to be noted.
#[derive(Clone, Debug)]
pub struct NewTouch {
    pub lead_id: i64,
    pub kind: LeadTouchKind,
    pub detail: String,
    pub at_us: i64,
}

/// A touch as the API takes it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadTouchInput {
    /// `form`, `visit`, `email_open`, `email_click`, `reply`, `call`, `meeting` or `note`.
    pub kind: String,
    /// 500 characters at most.
    pub detail: Option<String>,
    /// When it was; now when it is not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<String>,
}

/// A touch as the API shows it.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct LeadTouch {
    id: i64,
    kind: LeadTouchKind,
    detail: String,
    #[schema(format = DateTime)]
    at: String,
    by_id: Option<i64>,
    by_name: Option<String>,
}

impl LeadTouchInput {
    fn parse(&self, ctx: &Ctx, lead_id: i64) -> Result<NewTouch> {
        let mut errors = FieldErrors::default();
        let kind = LeadTouchKind::parse(&self.kind).unwrap_or_else(|problem| {
            errors.add("kind", problem);
            LeadTouchKind::Note
        });
        let detail = self.detail.as_deref().unwrap_or_default().trim().to_owned();
        if detail.chars().count() > MAX_DETAIL_CHARS {
            errors.add(
                "detail",
                say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_DETAIL_CHARS),
            );
        }
        let at_us = match self.at.as_deref().filter(|at| !at.is_empty()) {
            None => Some(ctx.now_us()),
            Some(at) => parse_rfc3339(at),
        };
        match at_us {
            None => errors.add(
                "at",
                say!(
                    "Bir zaman olmalı: 2026-03-16T12:00:00Z gibi.",
                    "Must be a time such as 2026-03-16T12:00:00Z."
                ),
            ),
            Some(at) if at > ctx.now_us() + CLOCK_SKEW_US => errors.add("at", say!("Gelecekte olamaz.", "Must not be in the future.")),
            Some(_) => {}
        }
        errors.check()?;
        Ok(NewTouch {
            lead_id,
            kind,
            detail,
            at_us: at_us.unwrap_or_default(),
        })
    }
}

/// Notes touches, whoever may see their leads: sets when these were touched first and last, and computes their scores anew. Those of leads
/// that are gone are left out.
pub async fn keep(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, touches: Vec<NewTouch>) -> Result<()> {
    let definitions = custom::definitions(ctx, LEAD.name).await?;
    let mut by_lead: BTreeMap<i64, Vec<NewTouch>> = BTreeMap::new();
    for touch in touches {
        by_lead.entry(touch.lead_id).or_default().push(touch);
    }
    let ids: Vec<i64> = by_lead.keys().copied().collect();
    let alive = LEAD.col("deleted_at").is_null();
    let leads = read::load(tx, &LEAD, &ids, Some(sea_query::Cond::all().add(alive)), &definitions).await?;
    let there: Vec<&NewTouch> = leads.iter().filter_map(|lead| by_lead.get(&lead.id)).flatten().collect();
    let by_id = stamp.actor_id.map(|id| id.0);
    let row = |touch: &&NewTouch| {
        vec![
            touch.lead_id.into(),
            touch.kind.word().into(),
            touch.detail.as_str().into(),
            touch.at_us.into(),
            by_id.into(),
        ]
    };
    let columns = ["lead_id", "kind", "detail", "at", "by_id"];
    let touch_ids = tx.insert_new_rows("lead_touches", &columns, there.iter().map(row)).await?;
    let events: Vec<NewEvent> = there.iter().zip(touch_ids).map(|(touch, id)| event(touch, id)).collect();
    let alter = |lead: &mut Record| {
        let own = by_lead.get(&lead.id).into_iter().flatten();
        let last: Option<i64> = own.clone().map(|touch| touch.at_us).max();
        let first = own.filter(|touch| touch.kind.is_personal()).map(|touch| touch.at_us).min();
        let last = [lead[Key::LastTouchedAt].int(), last].into_iter().flatten().max();
        let first = [lead[Key::FirstTouchedAt].int(), first].into_iter().flatten().min();
        lead.set(Key::LastTouchedAt, last);
        lead.set(Key::FirstTouchedAt, first);
        lead.carried.insert(TOUCHED.into(), true.into());
        Ok(())
    };
    change_all(tx, &ctx.as_system(), stamp, leads, alter).await?;
    // After the change of the lead, so that an undo takes the touch away before it computes the score.
    tx.emit_all(stamp, events).await
}

fn event(touch: &NewTouch, id: i64) -> NewEvent {
    NewEvent::new("lead.touched", SUBJECT, id)
        .record(LEAD.name, touch.lead_id)
        .payload(json!({ "kind": touch.kind.word(), "detail": touch.detail, "at": kernel::clock::rfc3339(touch.at_us) }))
}

/// Takes touches back. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _ctx: &'a Ctx, _stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let end = Query::delete()
            .from_table("lead_touches")
            .and_where(Expr::col("id").is_in(events.iter().map(|event| event.subject_id)))
            .to_owned();
        tx.exec(&end).await?;
        Ok(Vec::new())
    })
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_touches), Access::Needs(LEAD_READ))
        .add(routes!(create_touch), Access::Needs(LEAD_WRITE))
}

fn row(dialect: Dialect) -> String {
    let column = |name: &str| (name.to_owned(), format!("lead_touches.{name}"));
    let mut pairs: Vec<_> = ["id", "kind", "detail", "by_id"].map(column).into();
    pairs.push(("at".into(), dialect.json_time("lead_touches.at")));
    pairs.push((
        "by_name".into(),
        "(SELECT users.name FROM users WHERE users.id = lead_touches.by_id)".into(),
    ));
    dialect.json_object(&pairs)
}

/// The touches of a lead, the newest first.
#[utoipa::path(get, path = "/leads/{id}/touches/", tag = TAG, operation_id = "list_lead_touches",
    params(("id" = i64, Path), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<LeadTouch>), Problems))]
async fn list_touches(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    read::require(&ctx, &LEAD, LEAD_READ, id).await?;
    let request = paging_only(&pairs)?;
    let filtered = Query::select()
        .from(Alias::new("lead_touches"))
        .and_where(Expr::col(("lead_touches", "lead_id")).eq(id))
        .to_owned();
    let keys = ["at", "id"].map(|column| SortKey {
        table: "lead_touches",
        column,
        nullable: false,
        descending: true,
    });
    let page = page::fetch(&ctx.db, &filtered, &row(ctx.db.dialect()), &keys, &request).await?;
    let (count, count_is_capped) = match page.total(&request) {
        Some(total) => (total, false),
        None => page::count(&ctx.db, &filtered, request.exact_count()).await?,
    };
    Ok(List {
        page,
        count,
        count_is_capped,
        path: uri.path(),
        query: &pairs,
    }
    .reply())
}

/// Notes a touch; the score of the lead follows. Answers with the lead.
#[utoipa::path(post, path = "/leads/{id}/touches/", tag = TAG, operation_id = "create_lead_touch", params(("id" = i64, Path)), request_body = LeadTouchInput, responses((status = 201, body = super::http::Lead), Problems))]
async fn create_touch(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<LeadTouchInput>) -> Result<Reply> {
    let touch = input.parse(&ctx, id)?;
    ctx.write(async |tx| {
        read::one_for_change(tx, &ctx, &LEAD, LEAD_WRITE, id).await?;
        let operation = http::note(tx, &ctx, &LEAD, "touch").await?;
        keep(tx, &ctx, &ctx.stamp().within(operation), vec![touch]).await?;
        let (json, version) = read::read_back(tx, &ctx, &LEAD, id).await?;
        let reply = Reply::text(StatusCode::CREATED, json).header("etag", http::etag(version));
        Ok(reply.operation(operation))
    })
    .await
}

/// When touches were, by lead: kind and time.
pub type ByLead = BTreeMap<i64, Vec<(String, i64)>>;

/// The touches of these leads and kinds since a time.
pub fn of_leads(ids: &[i64], kinds: &[&str], since_us: i64) -> SelectStatement {
    Query::select()
        .columns(["lead_id", "kind", "at"])
        .from(Alias::new("lead_touches"))
        .and_where(Expr::col("lead_id").is_in(ids.iter().copied()))
        .and_where(Expr::col("at").gte(since_us))
        .and_where(Expr::col("kind").is_in(kinds.iter().copied()))
        .to_owned()
}

/// What [`of_leads`] finds.
pub fn by_lead(rows: Vec<(i64, String, i64)>) -> ByLead {
    let mut touches = ByLead::new();
    for (lead_id, kind, at) in rows {
        touches.entry(lead_id).or_default().push((kind, at));
    }
    touches
}
