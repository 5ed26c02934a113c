//! Whose leads become: what assignment has to know of them, and the routes that ask it.

use std::collections::{BTreeMap, BTreeSet};

use assignment::{Source, decide, decisions};
use futures::future::BoxFuture;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::text::fold;
use kernel::{operations, say};
use records::bulk::{self, BulkOutcome, Tally, Target};
use records::change::{Changed, DECIDED_OWNER, Draft, Refused};
use records::record::Record;
use records::revert::UNDOING;
use records::{Cell, custom, http, read};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{Key, LEAD, Status, status};
use crate::permissions::{LEAD_READ, LEAD_WRITE};

const TAG: &str = "leads";
/// Leads handed out in one go.
const CHUNK: usize = 500;
/// Statuses in which a lead is work for somebody.
const OPEN: [Status; 4] = [Status::New, Status::Working, Status::Nurturing, Status::Qualified];

/// Leads, as assignment sees them.
pub static SOURCE: Source = Source {
    entity: &LEAD,
    open: || LEAD.col("status").is_in(OPEN.map(Status::word)),
    is_open: |lead| OPEN.contains(&status(lead)),
    city: Some("city"),
    country: Some("country"),
    due: Some("sla_due_at"),
    known_owners,
};

/// Part of [`super::LEAD`]'s settling: nobody waits for a lead that somebody took up, and a new one becomes somebody's.
pub async fn settle(tx: &mut Tx, ctx: &Ctx, drafts: &mut [Draft]) -> Result<()> {
    for draft in drafts.iter_mut() {
        let is_taken_up = draft.before.as_ref().is_some_and(|before| is_taken_up(before, &draft.after));
        if is_taken_up && !draft.after.carried.contains_key(UNDOING) {
            draft.after.set(Key::SlaDueAt, Cell::Missing);
        }
    }
    decide::decide(tx, ctx, &SOURCE, drafts).await
}

/// Whether somebody did something with it: another status, a call, or a person gave it to somebody else.
fn is_taken_up(before: &Record, after: &Record) -> bool {
    let differs = |key: Key| before[key] != after[key];
    let is_given = differs(Key::AssignedTo) && !after.carried.contains_key(DECIDED_OWNER);
    differs(Key::Status) || differs(Key::FirstTouchedAt) || is_given
}

/// Who looks after the customers that these leads are by their e-mail address, their phone or the name of their company, in this order.
fn known_owners<'a>(tx: &'a mut Tx, _: &'a Ctx, leads: &'a [&'a Record]) -> BoxFuture<'a, Result<Vec<Option<i64>>>> {
    Box::pin(async move {
        let of = |key: Key| -> BTreeSet<String> {
            let texts = leads.iter().map(|lead| fold(lead[key].text()));
            texts.filter(|text| !text.is_empty()).collect()
        };
        let owned = |query: &mut sea_query::SelectStatement| {
            query
                .and_where(Expr::col(("customers", "deleted_at")).is_null())
                .and_where(Expr::col(("customers", "owner_id")).is_not_null())
                // The oldest customer comes last, and stays.
                .order_by(("customers", "id"), Order::Desc);
        };
        let mut by_point = Query::select();
        by_point
            .columns([("contact_points", "value_key"), ("customers", "owner_id")])
            .from(Alias::new("contact_points"))
            .inner_join(
                "customers",
                Expr::col(("customers", "id")).equals(("contact_points", "customer_id")),
            )
            .and_where(Expr::col(("contact_points", "value_key")).is_in(of(Key::Email).into_iter().chain(of(Key::Phone))));
        owned(&mut by_point);
        let mut by_name = Query::select();
        by_name
            .columns([("customers", "company_name_fold"), ("customers", "owner_id")])
            .from(Alias::new("customers"))
            .and_where(Expr::col(("customers", "company_name_fold")).is_in(of(Key::Company)))
            // Said in so many words, that the partial index serves it.
            .and_where(Expr::col(("customers", "company_name_fold")).ne(Expr::Constant("".into())));
        owned(&mut by_name);
        let by_point: BTreeMap<String, i64> = tx.all::<(String, i64)>(&by_point).await?.into_iter().collect();
        let by_name: BTreeMap<String, i64> = tx.all::<(String, i64)>(&by_name).await?.into_iter().collect();
        let owner = |lead: &&Record| {
            let find = |map: &BTreeMap<String, i64>, key: Key| map.get(&fold(lead[key].text())).copied();
            find(&by_point, Key::Email)
                .or_else(|| find(&by_point, Key::Phone))
                .or_else(|| find(&by_name, Key::Company))
        };
        Ok(leads.iter().map(owner).collect())
    })
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(lead_assignment), Access::Needs(LEAD_READ))
        .add(routes!(assign_lead), Access::Needs(LEAD_WRITE))
        .add(routes!(assign_leads), Access::Needs(LEAD_WRITE))
}

/// Whose a lead is to become: `assigned_to`, or whomever the rules name.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadAssignment {
    pub assigned_to: Option<i64>,
    #[serde(default)]
    pub by_rules: bool,
}

/// The same for many: `ids`, or everything that `criteria` and `search` find.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadsAssignment {
    pub ids: Option<Vec<i64>>,
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    pub search: Option<String>,
    pub assigned_to: Option<i64>,
    #[serde(default)]
    pub by_rules: bool,
}

/// To whom.
#[derive(Clone, Copy)]
enum To {
    User(i64),
    Rules,
}

impl To {
    fn parse(assigned_to: Option<i64>, by_rules: bool) -> Result<To> {
        match (assigned_to, by_rules) {
            (Some(user_id), false) => Ok(To::User(user_id)),
            (None, true) => Ok(To::Rules),
            _ => Err(invalid(
                "assigned_to",
                say!("Bir kişi ya da “by_rules” verin.", "Give a person or “by_rules”."),
            )),
        }
    }

    async fn give(self, tx: &mut Tx, ctx: &Ctx, stamp: &kernel::ctx::Stamp, leads: Vec<Record>) -> Result<(Vec<Changed>, Vec<Refused>)> {
        match self {
            To::User(user_id) => decide::by_hand(tx, ctx, stamp, &SOURCE, leads, user_id).await,
            To::Rules => decide::by_rules(tx, ctx, stamp, &SOURCE, leads).await,
        }
    }
}

/// Whose a lead became and why: every decision with the rules that were asked and the people that were considered, the newest first.
#[utoipa::path(get, path = "/leads/{id}/assignment/", tag = TAG, operation_id = "list_lead_assignments", params(("id" = i64, Path)), responses((status = 200, body = Listed<decisions::AssignmentDecision>), Problems))]
async fn lead_assignment(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    read::require(&ctx, &LEAD, LEAD_READ, id).await?;
    Reply::ok(&Listed::whole(decisions::of(&ctx, LEAD.name, id).await?))
}

/// Gives a lead to somebody, or to whomever the rules name now. Answers with the lead.
#[utoipa::path(post, path = "/leads/{id}/assign/", tag = TAG, operation_id = "assign_lead", params(("id" = i64, Path)), request_body = LeadAssignment, responses((status = 200, body = super::http::Lead), Problems))]
async fn assign_lead(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<LeadAssignment>) -> Result<Reply> {
    let to = To::parse(input.assigned_to, input.by_rules)?;
    http::command(&ctx, &LEAD, "assign", id, async |tx, stamp| {
        let lead = read::one_for_change(tx, &ctx, &LEAD, LEAD_WRITE, id).await?;
        let (changed, refused) = to.give(tx, &ctx, stamp, vec![lead]).await?;
        decide::one(changed, refused)
    })
    .await
}

/// The same for many leads in one stroke, undone in one.
#[utoipa::path(post, path = "/leads/assign/", tag = TAG, operation_id = "assign_leads", request_body = LeadsAssignment, responses((status = 200, body = BulkOutcome), Problems))]
async fn assign_leads(ctx: Ctx, Body(input): Body<LeadsAssignment>) -> Result<Reply> {
    let to = To::parse(input.assigned_to, input.by_rules)?;
    ctx.write(async |tx| {
        let definitions = custom::definitions(&ctx, LEAD.name).await?;
        let target = Target {
            ids: input.ids.as_deref(),
            criteria: input.criteria.as_ref(),
            search: input.search.as_deref(),
        };
        let ids = bulk::meant(tx, &ctx, &LEAD, LEAD_WRITE, target).await?;
        let operation = operations::open(tx, &ctx.stamp(), &LEAD.operation("assign")).await?;
        let stamp = ctx.stamp().within(operation);
        let mut tally = Tally::default();
        for chunk in ids.chunks(CHUNK) {
            let leads = read::for_change(tx, &ctx, &LEAD, LEAD_WRITE, chunk, &definitions).await?;
            let order: Vec<i64> = leads.iter().map(|lead| lead.id).collect();
            let (changed, refused) = to.give(tx, &ctx, &stamp, leads).await?;
            tally.add(&ctx, &order, &changed, refused);
        }
        let summary = json!({ "action": "assign", "matched": ids.len(), "changed": tally.changed, "refused": tally.refused_count });
        operations::finish(tx, operation, ctx.now_us(), "done", summary).await?;
        Ok(Reply::ok(&tally.outcome(operation, ids.len()))?.operation(operation))
    })
    .await
}
