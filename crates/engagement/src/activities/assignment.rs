//! Whose activities become: what assignment has to know of them, and the routes that ask it.

use std::collections::{BTreeMap, BTreeSet};

use ::assignment::{Source, decide, decisions};
use futures::future::BoxFuture;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::say;
use records::change::Draft;
use records::{Record, http, read};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{ACTIVITY, Key, Status, status};
use crate::permissions::{ACTIVITY_READ, ACTIVITY_WRITE};

const TAG: &str = "activities";

/// Activities, as assignment sees them.
pub static SOURCE: Source = Source {
    entity: &ACTIVITY,
    open: || ACTIVITY.col("status").is_in(Status::OPEN.map(Status::word)),
    is_open: |activity| status(activity).is_open(),
    city: None,
    country: None,
    due: None,
    known_owners,
};

/// Part of [`super::ACTIVITY`]'s settling: a new one that is nobody's becomes somebody's.
pub async fn settle(tx: &mut Tx, ctx: &Ctx, drafts: &mut [Draft]) -> Result<()> {
    decide::decide(tx, ctx, &SOURCE, drafts).await
}

/// What somebody looks after, by the tie that is nearest.
const TIES: [(Key, &str); 3] = [
    (Key::Opportunity, "opportunities"),
    (Key::Lead, "leads"),
    (Key::Customer, "customers"),
];

/// Who looks after the opportunities, leads or customers that these activities are for.
fn known_owners<'a>(tx: &'a mut Tx, _: &'a Ctx, activities: &'a [&'a Record]) -> BoxFuture<'a, Result<Vec<Option<i64>>>> {
    Box::pin(async move {
        let mut owners: BTreeMap<(Key, i64), i64> = BTreeMap::new();
        for (key, table) in TIES {
            let ids: BTreeSet<i64> = activities.iter().filter_map(|activity| activity[key].int()).collect();
            if ids.is_empty() {
                continue;
            }
            let query = Query::select()
                .columns(["id", "owner_id"])
                .from(Alias::new(table))
                .and_where(Expr::col("id").is_in(ids))
                .and_where(Expr::col("owner_id").is_not_null())
                .to_owned();
            let found = tx.all::<(i64, i64)>(&query).await?;
            owners.extend(found.into_iter().map(|(id, owner)| ((key, id), owner)));
        }
        let owner = |activity: &&Record| {
            let mut ties = TIES.iter().filter_map(|(key, _)| Some((*key, activity[*key].int()?)));
            ties.find_map(|tie| owners.get(&tie).copied())
        };
        Ok(activities.iter().map(owner).collect())
    })
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(activity_assignment), Access::Needs(ACTIVITY_READ))
        .add(routes!(assign_activity), Access::Needs(ACTIVITY_WRITE))
        .add(routes!(take_activity), Access::Needs(ACTIVITY_WRITE))
}

/// Whose an activity is to become: `assigned_to`, or whomever the rules name.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityAssignment {
    pub assigned_to: Option<i64>,
    #[serde(default)]
    pub by_rules: bool,
}

/// Whose an activity became and why: every decision with the rules that were asked and the people that were considered, the newest first.
#[utoipa::path(get, path = "/activities/{id}/assignment/", tag = TAG, operation_id = "list_activity_assignments", params(("id" = i64, Path)), responses((status = 200, body = Listed<decisions::AssignmentDecision>), Problems))]
async fn activity_assignment(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    read::require(&ctx, &ACTIVITY, ACTIVITY_READ, id).await?;
    Reply::ok(&Listed::whole(decisions::of(&ctx, ACTIVITY.name, id).await?))
}

/// Gives an activity to somebody, or to whomever the rules name now. Answers with the activity.
#[utoipa::path(post, path = "/activities/{id}/assign/", tag = TAG, operation_id = "assign_activity", params(("id" = i64, Path)), request_body = ActivityAssignment, responses((status = 200, body = super::http::Activity), Problems))]
async fn assign_activity(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<ActivityAssignment>) -> Result<Reply> {
    http::command(&ctx, &ACTIVITY, "assign", id, async |tx, stamp| {
        let activity = read::one_for_change(tx, &ctx, &ACTIVITY, ACTIVITY_WRITE, id).await?;
        let (changed, refused) = match (input.assigned_to, input.by_rules) {
            (Some(user_id), false) => decide::by_hand(tx, &ctx, stamp, &SOURCE, vec![activity], user_id).await?,
            (None, true) => decide::by_rules(tx, &ctx, stamp, &SOURCE, vec![activity]).await?,
            _ => {
                let problem = say!("Bir kişi ya da “by_rules” verin.", "Give a person or “by_rules”.");
                return Err(invalid("assigned_to", problem));
            }
        };
        decide::one(changed, refused)
    })
    .await
}

/// Takes an activity that is nobody's, of the queue of the caller's team; refused when somebody was faster.
#[utoipa::path(post, path = "/activities/{id}/take/", tag = TAG, operation_id = "take_activity", params(("id" = i64, Path)), responses((status = 200, body = super::http::Activity), Problems))]
async fn take_activity(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    http::command(&ctx, &ACTIVITY, "assign", id, async |tx, stamp| {
        let activity = read::one_for_change(tx, &ctx, &ACTIVITY, ACTIVITY_READ, id).await?;
        let me = ctx.actor.user_id.map(|id| id.0);
        if activity[Key::AssignedTo].int() == me {
            return Ok(false);
        }
        let (None, Some(me)) = (activity[Key::AssignedTo].int(), me) else {
            return Err(invalid(
                "assigned_to",
                say!("Başka biri daha önce aldı.", "Somebody else took it already."),
            ));
        };
        // Whoever may see what waits for somebody may be that somebody, though they could not change it otherwise.
        let (changed, refused) = decide::by_hand(tx, &ctx.as_system(), stamp, &SOURCE, vec![activity], me).await?;
        decide::one(changed, refused)
    })
    .await
}
