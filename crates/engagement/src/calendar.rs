//! The calendar: activities by their time, holidays, and when people are busy.

use chrono::{Datelike, NaiveDate};
use kernel::clock::{DAY_US, local_date, rfc3339, shown};
use kernel::ctx::Ctx;
use kernel::error::{Result, invalid};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Params, Reply, Routes};
use kernel::say;
use records::{read, timeline};
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::activities::{ACTIVITY, Status};
use crate::holidays;
use crate::permissions::ACTIVITY_READ;

const TAG: &str = "calendar";
/// Days that a calendar shows at once at most.
const MAX_DAYS: i64 = 100;
/// Activities that a calendar shows at once at most.
const MAX_ITEMS: u64 = 2_000;
/// The longest an activity takes: what began before that is over.
const LONGEST_US: i64 = 31 * DAY_US;
const MAX_USERS: usize = 100;

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_calendar), Access::Needs(ACTIVITY_READ))
        .add(routes!(get_free_busy), Access::Needs(ACTIVITY_READ))
}

/// An activity in the calendar.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct CalendarItem {
    id: i64,
    activity_type: String,
    subject: String,
    status: String,
    priority: String,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    is_all_day: bool,
    location: String,
    assigned_to: Option<i64>,
    assigned_to_name: Option<String>,
    team_id: Option<i64>,
    attendees: Vec<i64>,
    customer: Option<i64>,
    customer_name: Option<String>,
    lead: Option<i64>,
    opportunity: Option<i64>,
    /// Of those that repeat.
    series_id: Option<i64>,
    version: i64,
}

/// A part of a calendar.
#[derive(Serialize, ToSchema)]
pub struct Calendar {
    #[schema(format = DateTime)]
    pub from: String,
    #[schema(format = DateTime)]
    pub to: String,
    #[schema(value_type = Vec<CalendarItem>)]
    pub items: Vec<Box<RawValue>>,
    /// Whether there are more than are shown.
    pub is_truncated: bool,
    pub holidays: Vec<CalendarHoliday>,
}

/// A day in the calendar on which nobody works: a public holiday, or one of the organisation's own.
#[derive(Serialize, ToSchema)]
pub struct CalendarHoliday {
    #[schema(format = Date)]
    pub day: String,
    pub name: String,
    /// Whether only the afternoon is free.
    pub is_half_day: bool,
    pub is_public: bool,
    /// Computed, not published yet: a feast that may be a day off.
    pub is_expected: bool,
}

/// The holidays of these days, both within, in their order.
async fn holidays_between(ctx: &Ctx, first: NaiveDate, last: NaiveDate) -> Result<Vec<CalendarHoliday>> {
    let public = (first.year()..=last.year()).flat_map(turkiye::holidays::holidays);
    let public = public
        .filter(|holiday| (first..=last).contains(&holiday.date))
        .map(|holiday| CalendarHoliday {
            day: holiday.date.to_string(),
            name: holiday.name.get(ctx.lang).to_owned(),
            is_half_day: holiday.is_half_day,
            is_public: true,
            is_expected: holiday.is_expected,
        });
    let (from, to) = (first.to_string(), last.to_string());
    let own = holidays::own(ctx).await?;
    let own = own
        .iter()
        .filter(|holiday| (from.as_str()..=to.as_str()).contains(&holiday.day.as_str()))
        .map(|holiday| CalendarHoliday {
            day: holiday.day.clone(),
            name: holiday.name.clone(),
            is_half_day: holiday.is_half_day,
            is_public: false,
            is_expected: false,
        });
    let mut all: Vec<CalendarHoliday> = public.chain(own).collect();
    all.sort_by(|one, other| one.day.cmp(&other.day));
    Ok(all)
}

/// A time in which somebody is busy. Of what is not said.
#[derive(Serialize, ToSchema, FromRow, Clone)]
pub struct Busy {
    pub user_id: i64,
    #[serde(serialize_with = "shown::time")]
    #[schema(value_type = String, format = DateTime)]
    pub start: i64,
    #[serde(serialize_with = "shown::time")]
    #[schema(value_type = String, format = DateTime)]
    pub end: i64,
    pub is_all_day: bool,
    /// The activity, so that whoever moves one does not meet it as a conflict.
    pub activity_id: i64,
}

/// When people are busy.
#[derive(Serialize, ToSchema)]
pub struct FreeBusy {
    #[schema(format = DateTime)]
    pub from: String,
    #[schema(format = DateTime)]
    pub to: String,
    pub busy: Vec<Busy>,
}

/// What is asked of a calendar.
struct Asked {
    from_us: i64,
    until_us: i64,
    users: Vec<i64>,
    team: Option<i64>,
    types: Vec<String>,
    with_closed: bool,
}

impl Asked {
    fn read(ctx: &Ctx, pairs: &[(String, String)]) -> Result<Asked> {
        const OWN: [&str; 4] = ["users", "team", "types", "closed"];
        let (own, range): (Vec<_>, Vec<_>) = pairs.iter().cloned().partition(|(name, _)| OWN.contains(&name.as_str()));
        let given = |name: &str| own.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
        let ids = |name: &'static str| -> Result<Vec<i64>> {
            let parts = given(name)
                .unwrap_or_default()
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            let no_id = |_| invalid(name, say!("Kimlik numaraları (id) olmalı.", "Must be ids."));
            parts.map(|part| part.parse().map_err(no_id)).collect()
        };
        let users = ids("users")?;
        if users.len() > MAX_USERS {
            return Err(invalid(
                "users",
                say!("En çok {} kişi olabilir.", "May be {} people at most.", MAX_USERS),
            ));
        }
        let range = timeline::asked(ctx, &range)?;
        let from_us = range.from_us.ok_or_else(|| invalid("from", records::entity::required()))?;
        let until_us = range.until_us.ok_or_else(|| invalid("to", records::entity::required()))?;
        if until_us <= from_us {
            return Err(invalid("to", say!("Başlangıçtan sonra olmalı.", "Must be after the beginning.")));
        }
        if until_us - from_us > MAX_DAYS * DAY_US {
            return Err(invalid(
                "to",
                say!("En çok {} gün gösterilir.", "{} days are shown at most.", MAX_DAYS),
            ));
        }
        Ok(Asked {
            from_us,
            until_us,
            users,
            team: ids("team")?.first().copied(),
            types: given("types")
                .unwrap_or_default()
                .split(',')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
            with_closed: given("closed").is_none_or(|word| word == "true"),
        })
    }

    /// Whether an activity falls into the time.
    fn falls_into(&self) -> Cond {
        let column = |name: &'static str| ACTIVITY.col(name);
        Cond::all()
            .add(column("due_at").lt(self.until_us))
            // Said of the beginning as well, by which the indexes are ordered.
            .add(column("due_at").gte(self.from_us - LONGEST_US))
            .add(column("due_at").gte(self.from_us).or(column("ends_at").gt(self.from_us)))
    }
}

/// The SQL of an item.
fn item(ctx: &Ctx) -> String {
    let dialect = ctx.db.dialect();
    let column = |name: &str, column: &str| (name.to_owned(), format!("activities.{column}"));
    let mut pairs = vec![
        column("id", "id"),
        column("activity_type", "activity_type"),
        column("subject", "subject"),
        column("status", "status"),
        column("priority", "priority"),
        column("location", "location"),
        column("assigned_to", "owner_id"),
        column("team_id", "team_id"),
        column("customer", "customer_id"),
        column("lead", "lead_id"),
        column("opportunity", "opportunity_id"),
        column("series_id", "series_id"),
        column("version", "version"),
    ];
    pairs.push(("start".into(), dialect.json_time("activities.due_at")));
    pairs.push(("end".into(), dialect.json_time("activities.ends_at")));
    pairs.push(("is_all_day".into(), dialect.json_bool("activities.is_all_day")));
    pairs.push(("attendees".into(), dialect.json_text("activities.attendees")));
    let shown = ["assigned_to_name", "customer_name"];
    let shown = ACTIVITY.shown.iter().filter(|(name, _)| shown.contains(name));
    pairs.extend(shown.map(|(name, sql)| ((*name).into(), (*sql).into())));
    let reader = read::Reader::of(ctx, &ACTIVITY);
    pairs.retain(|(name, _)| !reader.hides(name));
    dialect.json_object(&pairs)
}

/// The activities between `from` and `to` (days, both within, or times) that the caller may see, with the holidays. `users` narrows to what
/// these do or take part in, `team` to that of a team, `types` to some types; `closed=false` leaves out what is completed or cancelled.
#[utoipa::path(get, path = "/calendar/", tag = TAG, operation_id = "get_calendar",
    params(("from" = String, Query), ("to" = String, Query), ("users" = Option<String>, Query), ("team" = Option<i64>, Query), ("types" = Option<String>, Query), ("closed" = Option<bool>, Query)),
    responses((status = 200, body = Calendar), Problems))]
async fn get_calendar(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let asked = Asked::read(&ctx, &pairs)?;
    let mut query = read::visible(&ctx, &ACTIVITY, ACTIVITY_READ).await?;
    query
        .expr(ctx.db.dialect().own_sql(item(&ctx)))
        .cond_where(asked.falls_into())
        .order_by((ACTIVITY.table, "due_at"), Order::Asc)
        .order_by((ACTIVITY.table, "id"), Order::Asc)
        .limit(MAX_ITEMS + 1);
    if !asked.users.is_empty() {
        let attended = Query::select()
            .column("activity_id")
            .from(Alias::new("activity_attendees"))
            .and_where(Expr::col("user_id").is_in(asked.users.iter().copied()))
            .to_owned();
        let theirs = ACTIVITY.col("owner_id").is_in(asked.users.iter().copied());
        query.cond_where(Cond::any().add(theirs).add(ACTIVITY.col("id").in_subquery(attended)));
    }
    if let Some(team) = asked.team {
        query.and_where(ACTIVITY.col("team_id").eq(team));
    }
    if !asked.types.is_empty() {
        query.and_where(ACTIVITY.col("activity_type").is_in(asked.types.iter().map(String::as_str)));
    }
    if !asked.with_closed {
        query.and_where(ACTIVITY.col("status").is_in(Status::OPEN.map(Status::word)));
    }
    let mut rows = ctx.db.texts(&query).await?;
    let is_truncated = rows.len() as u64 > MAX_ITEMS;
    rows.truncate(MAX_ITEMS as usize);
    let first = local_date(asked.from_us, ctx.org.zone);
    let last = local_date(asked.until_us - 1, ctx.org.zone);
    Reply::ok(&Calendar {
        from: rfc3339(asked.from_us),
        to: rfc3339(asked.until_us),
        items: rows.into_iter().map(RawValue::from_string).collect::<Result<_, _>>()?,
        is_truncated,
        holidays: holidays_between(&ctx, first, last).await?,
    })
}

/// When these `users` are busy between `from` and `to`: by open activities with a duration, whether or not the caller may see them; of what
/// is not said.
#[utoipa::path(get, path = "/calendar/free-busy/", tag = TAG, operation_id = "get_free_busy",
    params(("from" = String, Query), ("to" = String, Query), ("users" = String, Query)),
    responses((status = 200, body = FreeBusy), Problems))]
async fn get_free_busy(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let asked = Asked::read(&ctx, &pairs)?;
    if asked.users.is_empty() {
        return Err(invalid("users", records::entity::required()));
    }
    let busy = |user: (&'static str, &'static str)| {
        Query::select()
            .expr_as(Expr::col(user), "user_id")
            .expr_as(ACTIVITY.col("due_at"), "start")
            .expr_as(ACTIVITY.col("ends_at"), "end")
            .column((ACTIVITY.table, "is_all_day"))
            .expr_as(ACTIVITY.col("id"), "activity_id")
            .from(Alias::new(ACTIVITY.table))
            .cond_where(asked.falls_into())
            .and_where(ACTIVITY.col("deleted_at").is_null())
            .and_where(ACTIVITY.col("status").is_in(Status::OPEN.map(Status::word)))
            .and_where(ACTIVITY.col("ends_at").gt(ACTIVITY.col("due_at")))
            .and_where(Expr::col(user).is_in(asked.users.iter().copied()))
            .to_owned()
    };
    let own = busy((ACTIVITY.table, "owner_id"));
    let mut attended = busy(("activity_attendees", "user_id"));
    attended.inner_join(
        "activity_attendees",
        Expr::col(("activity_attendees", "activity_id")).equals((ACTIVITY.table, "id")),
    );
    let (own, attended) = futures::try_join!(ctx.db.all::<Busy>(&own), ctx.db.all::<Busy>(&attended))?;
    let mut all: Vec<Busy> = own.into_iter().chain(attended).collect();
    all.sort_by_key(|busy| (busy.user_id, busy.start, busy.activity_id));
    all.dedup_by_key(|busy| (busy.user_id, busy.activity_id));
    Reply::ok(&FreeBusy {
        from: rfc3339(asked.from_us),
        to: rfc3339(asked.until_us),
        busy: all,
    })
}
