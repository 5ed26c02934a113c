//! The objects of a collection: which activities somebody has in their calendar, by which names, and what changed since.

use std::collections::{BTreeMap, BTreeSet};

use calendar::ics::Kind;
use kernel::clock::DAY_US;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::events;
use records::{Record, custom, read};
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query};

use super::object::{self, Beside};
use crate::activities::{ACTIVITY, Key, Status};
use crate::permissions::ACTIVITY_READ;

/// What is over longer ago is no longer in anybody's calendar.
const PAST_US: i64 = 180 * DAY_US;
/// Objects of a collection.
const MAX_OBJECTS: u64 = 5_000;
/// Changes after which a program had better read all.
const MAX_CHANGES: u64 = 5_000;

/// An activity in somebody's calendar.
pub struct Object {
    pub name: String,
    pub activity: Record,
    pub beside: Beside,
}

impl Object {
    pub fn etag(&self) -> String {
        object::etag(&self.activity, &self.beside)
    }

    pub fn text(&self, ctx: &Ctx) -> String {
        object::text(object::event(ctx, &self.activity, &self.beside))
    }
}

/// The activities of the caller: what they do, and what they take part in.
fn mine(ctx: &Ctx) -> Cond {
    let me = ctx.actor.user_id.map(|id| id.0);
    let attended = Query::select()
        .column("activity_id")
        .from(Alias::new("activity_attendees"))
        .and_where(Expr::col("user_id").eq(me))
        .to_owned();
    Cond::any()
        .add(ACTIVITY.col("owner_id").eq(me))
        .add(ACTIVITY.col("id").in_subquery(attended))
}

/// Objects of the caller's collection; `ids` narrows to some activities.
pub async fn objects(ctx: &Ctx, kind: Kind, ids: Option<&[i64]>) -> Result<Vec<Object>> {
    let mut query = read::visible(ctx, &ACTIVITY, ACTIVITY_READ).await?;
    let since = ctx.now_us() - PAST_US;
    query
        .cond_where(mine(ctx))
        .cond_where(
            Cond::any()
                .add(ACTIVITY.col("due_at").gte(since))
                .add(ACTIVITY.col("status").is_in(Status::OPEN.map(Status::word))),
        )
        .order_by((ACTIVITY.table, "due_at"), Order::Desc)
        .limit(MAX_OBJECTS);
    let takes_time = Cond::any()
        .add(ACTIVITY.col("duration_minutes").gt(0))
        .add(ACTIVITY.col("is_all_day").eq(true));
    query.cond_where(match kind {
        Kind::Event => takes_time,
        Kind::Task => Cond::all().add(ACTIVITY.col("is_all_day").eq(false)).add(
            Cond::any()
                .add(ACTIVITY.col("duration_minutes").is_null())
                .add(ACTIVITY.col("duration_minutes").lte(0)),
        ),
    });
    if let Some(ids) = ids {
        query.and_where(ACTIVITY.col("id").is_in(ids.iter().copied()));
    }
    let definitions = custom::definitions(ctx, ACTIVITY.name).await?;
    let activities = read::found(ctx, &ACTIVITY, &definitions, query).await?;
    furnished(ctx, activities).await
}

/// Activities with what their objects have beside.
async fn furnished(ctx: &Ctx, activities: Vec<Record>) -> Result<Vec<Object>> {
    let ids: Vec<i64> = activities.iter().map(|activity| activity.id).collect();
    let people: BTreeSet<i64> = activities
        .iter()
        .flat_map(|activity| activity[Key::Attendees].ids().into_iter().chain(activity[Key::AssignedTo].int()))
        .collect();
    let customers: BTreeSet<i64> = activities.iter().filter_map(|activity| activity[Key::Customer].int()).collect();
    let names = Query::select()
        .columns(["activity_id", "name", "uid"])
        .from(Alias::new("activity_calendar_names"))
        .and_where(Expr::col("activity_id").is_in(ids.iter().copied()))
        .and_where(Expr::col("user_id").eq(ctx.actor.user_id.map(|id| id.0)))
        .to_owned();
    let people = Query::select()
        .columns(["id", "name", "email"])
        .from(Alias::new("users"))
        .and_where(Expr::col("id").is_in(people))
        .to_owned();
    let reminders = Query::select()
        .columns(["activity_id", "minutes_before"])
        .from(Alias::new("reminders"))
        .and_where(Expr::col("user_id").eq(ctx.actor.user_id.map(|id| id.0)))
        .and_where(Expr::col("activity_id").is_in(ids.iter().copied()))
        .order_by("minutes_before", Order::Asc)
        .to_owned();
    let customers = Query::select()
        .columns(["id", "name"])
        .from(Alias::new("customers"))
        .and_where(Expr::col("id").is_in(customers))
        .to_owned();
    let (names, people, reminders, customers) = futures::try_join!(
        ctx.db.all::<(i64, String, String)>(&names),
        ctx.db.all::<(i64, String, String)>(&people),
        ctx.db.all::<(i64, i64)>(&reminders),
        ctx.db.all::<(i64, String)>(&customers),
    )?;
    let names: BTreeMap<i64, (String, String)> = names.into_iter().map(|(id, name, uid)| (id, (name, uid))).collect();
    let people: BTreeMap<i64, (String, String)> = people.into_iter().map(|(id, name, email)| (id, (name, email))).collect();
    let customers: BTreeMap<i64, String> = customers.into_iter().collect();
    let mut minutes: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (activity_id, before) in reminders {
        minutes.entry(activity_id).or_default().push(before);
    }
    let whole = |activity: Record| {
        let id = activity.id;
        let (name, uid) = names.get(&id).cloned().unwrap_or_else(|| (own_name(id), own_uid(id)));
        let customer_name = activity[Key::Customer].int().and_then(|id| customers.get(&id).cloned());
        let here = activity[Key::Attendees].ids().into_iter().chain(activity[Key::AssignedTo].int());
        let people = here.filter_map(|id| Some((id, people.get(&id)?.clone()))).collect();
        Object {
            name,
            beside: Beside {
                uid,
                people,
                reminders: minutes.remove(&id).unwrap_or_default(),
                customer_name,
                url: String::new(),
            },
            activity,
        }
    };
    Ok(activities.into_iter().map(whole).collect())
}

/// Whether only the product gives such names.
pub fn is_own(name: &str) -> bool {
    name.starts_with("activity-")
}

/// The name of an object that the product made, and what programs tell it by.
fn own_name(id: i64) -> String {
    format!("activity-{id}")
}

fn own_uid(id: i64) -> String {
    format!("activity-{id}@context7-crm")
}

/// The activity that an object of this name is of.
pub async fn id_of(ctx: &Ctx, name: &str) -> Result<Option<i64>> {
    let own = name.strip_prefix("activity-").and_then(|id| id.parse().ok());
    if own.is_some() {
        return Ok(own);
    }
    let named = Query::select()
        .column("activity_id")
        .from(Alias::new("activity_calendar_names"))
        .and_where(Expr::col("user_id").eq(ctx.actor.user_id.map(|id| id.0)))
        .and_where(Expr::col("name").eq(name))
        .to_owned();
    Ok(ctx.db.opt::<(i64,)>(&named).await?.map(|(id,)| id))
}

/// Remembers by which name and uid somebody's program knows an activity that it made.
pub async fn remember(tx: &mut Tx, user_id: i64, activity_id: i64, name: &str, uid: &str) -> Result<()> {
    // The name of one that was deleted may be given again.
    let former = Query::delete()
        .from_table("activity_calendar_names")
        .and_where(Expr::col("user_id").eq(user_id))
        .and_where(Expr::col("name").eq(name))
        .to_owned();
    tx.exec(&former).await?;
    let row = vec![user_id.into(), activity_id.into(), name.into(), uid.into()];
    let columns = ["user_id", "activity_id", "name", "uid"];
    tx.insert_rows("activity_calendar_names", &columns, [row].into_iter()).await
}

/// What is the newest that a collection may show: what later readings are asked from.
pub async fn newest(ctx: &Ctx) -> Result<i64> {
    events::horizon(&ctx.db).await
}

/// The activities that changed after an event; none when there are too many to say.
pub async fn changed_since(ctx: &Ctx, event_id: i64) -> Result<Option<BTreeSet<i64>>> {
    let query = Query::select()
        .column("subject_id")
        .from(Alias::new("events"))
        .and_where(Expr::col("subject_type").eq(ACTIVITY.name))
        .and_where(Expr::col("id").gt(event_id))
        .order_by("id", Order::Asc)
        .limit(MAX_CHANGES)
        .to_owned();
    let changed: Vec<(i64,)> = ctx.db.all(&query).await?;
    if changed.len() as u64 == MAX_CHANGES {
        return Ok(None);
    }
    Ok(Some(changed.into_iter().map(|(id,)| id).collect()))
}

/// Names of activities, also of those that are no longer in the calendar.
pub async fn names_of(ctx: &Ctx, ids: &BTreeSet<i64>) -> Result<BTreeMap<i64, String>> {
    let query = Query::select()
        .columns(["activity_id", "name"])
        .from(Alias::new("activity_calendar_names"))
        .and_where(Expr::col("activity_id").is_in(ids.iter().copied()))
        .and_where(Expr::col("user_id").eq(ctx.actor.user_id.map(|id| id.0)))
        .to_owned();
    let mut names: BTreeMap<i64, String> = ctx.db.all::<(i64, String)>(&query).await?.into_iter().collect();
    for id in ids {
        names.entry(*id).or_insert_with(|| own_name(*id));
    }
    Ok(names)
}

/// The ids of the users with these addresses.
pub async fn users_with(ctx: &Ctx, addresses: &[String]) -> Result<Vec<i64>> {
    let query = Query::select()
        .column("id")
        .from(Alias::new("users"))
        .and_where(Expr::col("email").is_in(addresses.iter().map(String::as_str)))
        .and_where(Expr::col("is_active").eq(true))
        .to_owned();
    Ok(ctx.db.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect())
}
