//! People's hours, absences and skills over HTTP. Everybody writes their own hours and absences; who leads them, and who manages
//! assignment, writes the rest too.

use std::collections::BTreeMap;

use kernel::actor::Actor;
use kernel::ctx::{Ctx, forbidden};
use kernel::error::{Error, Result};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::json_text::JsonText;
use kernel::operations;
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Person as Kept;
use crate::ASSIGNMENT_MANAGE;
use crate::working_time::{Absence, Hours};

const TAG: &str = "assignment";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_assignment_people), Access::SignedIn)
        .add(routes!(get_assignment_person), Access::SignedIn)
        .add(routes!(update_assignment_person), Access::SignedIn)
}

/// Somebody records are given to.
#[derive(Serialize, ToSchema)]
pub struct AssignmentPerson {
    pub user_id: i64,
    pub name: String,
    pub team_id: Option<i64>,
    /// Day (`mon` … `sun`) → spans such as `09:00-12:30`, in the organisation's zone.
    #[schema(value_type = Object)]
    pub hours: Hours,
    pub absences: Vec<Absence>,
    /// The most they are given in a day; none is no limit.
    pub daily_cap: Option<i64>,
    pub skills: Vec<String>,
    pub cities: Vec<String>,
    /// ISO 3166 codes.
    pub countries: Vec<String>,
    /// How many they were given today, whatever these are.
    pub given_today: i64,
    /// Whether the caller may change their cap, skills and places too.
    pub is_managed: bool,
}

/// What is to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentPersonPatch {
    #[schema(value_type = Option<Object>)]
    pub hours: Option<Hours>,
    pub absences: Option<Vec<Absence>>,
    #[serde(default, deserialize_with = "kernel::json_text::present")]
    pub daily_cap: Option<Option<i64>>,
    pub skills: Option<Vec<String>>,
    pub cities: Option<Vec<String>>,
    pub countries: Option<Vec<String>>,
}

impl AssignmentPersonPatch {
    /// Whether it touches what people do not say of themselves.
    fn needs_manager(&self) -> bool {
        self.daily_cap.is_some() || self.skills.is_some() || self.cities.is_some() || self.countries.is_some()
    }

    fn apply(self, person: &mut Kept) {
        fn put<T>(place: &mut JsonText<T>, value: Option<T>) {
            if let Some(value) = value {
                place.0 = value;
            }
        }
        put(&mut person.hours, self.hours);
        put(&mut person.absences, self.absences);
        put(&mut person.skills, self.skills);
        put(&mut person.cities, self.cities);
        put(&mut person.countries, self.countries);
        if let Some(cap) = self.daily_cap {
            person.daily_cap = cap;
        }
    }
}

#[derive(FromRow)]
struct User {
    id: i64,
    name: String,
    team_id: Option<i64>,
    manager_id: Option<i64>,
    leader_id: Option<i64>,
}

impl User {
    fn is_me(&self, actor: &Actor) -> bool {
        actor.user_id.is_some_and(|me| me.0 == self.id)
    }

    fn is_managed(&self, actor: &Actor) -> bool {
        let leads = |id: Option<i64>| id.is_some() && id == actor.user_id.map(|me| me.0);
        actor.may(ASSIGNMENT_MANAGE) || ((leads(self.manager_id) || leads(self.leader_id)) && !self.is_me(actor))
    }
}

/// The active users of whom the caller may know this: themselves, those they lead, and everybody for who manages assignment.
fn seen(ctx: &Ctx) -> SelectStatement {
    let mut query = Query::select();
    query
        .columns(["id", "name", "team_id", "manager_id"].map(|column| ("users", column)))
        .expr_as(Expr::col(("teams", "manager_id")), "leader_id")
        .from(Alias::new("users"))
        .left_join("teams", Expr::col(("teams", "id")).equals(("users", "team_id")))
        .and_where(Expr::col(("users", "is_active")).eq(true))
        .order_by(("users", "name_sort"), Order::Asc)
        .order_by(("users", "id"), Order::Asc);
    if !ctx.actor.may(ASSIGNMENT_MANAGE) {
        let me = ctx.actor.user_id.map_or(0, |id| id.0);
        let any = Cond::any()
            .add(Expr::col(("users", "id")).eq(me))
            .add(Expr::col(("users", "manager_id")).eq(me))
            .add(Expr::col(("teams", "manager_id")).eq(me));
        query.cond_where(any);
    }
    query
}

fn show(ctx: &Ctx, user: User, person: Option<Kept>, given_today: i64) -> AssignmentPerson {
    let person = person.unwrap_or_else(|| Kept::unsaid(user.id));
    AssignmentPerson {
        is_managed: user.is_managed(&ctx.actor),
        user_id: user.id,
        name: user.name,
        team_id: user.team_id,
        hours: person.hours.0,
        absences: person.absences.0,
        daily_cap: person.daily_cap,
        skills: person.skills.0,
        cities: person.cities.0,
        countries: person.countries.0,
        given_today,
    }
}

/// How many were given to each today.
fn given_today(ctx: &Ctx, users: impl Iterator<Item = i64>) -> SelectStatement {
    let today = kernel::clock::local_date(ctx.now_us(), ctx.org.zone).to_string();
    Query::select()
        .columns(["user_id", "day_count"])
        .from(Alias::new("assignment_tallies"))
        .and_where(Expr::col("day").eq(today))
        .and_where(Expr::col("user_id").is_in(users))
        .to_owned()
}

fn sums(rows: Vec<(i64, i64)>) -> BTreeMap<i64, i64> {
    let mut sums = BTreeMap::new();
    for (user, count) in rows {
        *sums.entry(user).or_default() += count;
    }
    sums
}

async fn user(ctx: &Ctx, id: i64) -> Result<User> {
    let mut query = seen(ctx);
    query.and_where(Expr::col(("users", "id")).eq(id));
    ctx.db.opt(&query).await?.ok_or(Error::NotFound)
}

/// People's hours, absences, caps, skills and places: one's own, of those one leads, and of everybody with `assignment.manage`.
#[utoipa::path(get, path = "/assignment/people/", tag = TAG, operation_id = "list_assignment_people", responses((status = 200, body = Listed<AssignmentPerson>), Problems))]
async fn list_assignment_people(ctx: Ctx) -> Result<Reply> {
    let users: Vec<User> = ctx.db.all(&seen(&ctx)).await?;
    let mut query = super::select();
    query.and_where(Expr::col("user_id").is_in(users.iter().map(|user| user.id)));
    let given = sums(ctx.db.all(&given_today(&ctx, users.iter().map(|user| user.id))).await?);
    let mut people: BTreeMap<i64, Kept> = ctx
        .db
        .all::<Kept>(&query)
        .await?
        .into_iter()
        .map(|person| (person.id, person))
        .collect();
    let shown = users.into_iter().map(|user| {
        let person = people.remove(&user.id);
        let given = given.get(&user.id).copied().unwrap_or(0);
        show(&ctx, user, person, given)
    });
    Reply::ok(&Listed::whole(shown.collect()))
}

/// Somebody's hours, absences, cap, skills and places.
#[utoipa::path(get, path = "/assignment/people/{id}/", tag = TAG, operation_id = "get_assignment_person", params(("id" = i64, Path, description = "The user")), responses((status = 200, body = AssignmentPerson), Problems))]
async fn get_assignment_person(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let user = user(&ctx, id).await?;
    let mut query = super::select();
    query.and_where(Expr::col("user_id").eq(id));
    let person: Option<Kept> = ctx.db.opt(&query).await?;
    let given = sums(ctx.db.all(&given_today(&ctx, [id].into_iter())).await?);
    Reply::ok(&show(&ctx, user, person, given.get(&id).copied().unwrap_or(0)))
}

/// Changes what is known of somebody. Everybody writes their own hours and absences; caps, skills and places are for who leads them or
/// manages assignment.
#[utoipa::path(patch, path = "/assignment/people/{id}/", tag = TAG, operation_id = "update_assignment_person", params(("id" = i64, Path, description = "The user")), request_body = AssignmentPersonPatch, responses((status = 200, body = AssignmentPerson), Problems))]
async fn update_assignment_person(ctx: Ctx, PathId(id): PathId<i64>, Body(patch): Body<AssignmentPersonPatch>) -> Result<Reply> {
    let user = user(&ctx, id).await?;
    if patch.needs_manager() && !user.is_managed(&ctx.actor) {
        return Err(forbidden(ASSIGNMENT_MANAGE));
    }
    let given = sums(ctx.db.all(&given_today(&ctx, [id].into_iter())).await?);
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "assignment_people.update", json!({ "changed": 1 })).await?;
        let has_changed = super::update(tx, &ctx.stamp().within(operation), id, |person| patch.apply(person)).await?;
        let mut query = super::select();
        query.and_where(Expr::col("user_id").eq(id));
        let person: Option<Kept> = tx.opt(&query).await?;
        let reply = Reply::ok(&show(&ctx, user, person, given.get(&id).copied().unwrap_or(0)))?;
        if has_changed {
            return Ok(reply.operation(operation));
        }
        operations::forget(tx, operation).await?;
        Ok(reply)
    })
    .await
}
