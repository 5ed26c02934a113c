//! Reminders: somebody is told of an activity so many minutes before its time, once, and again only when they put it off.

pub mod http;
pub mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kernel::clock::{HOUR_US, MINUTE_US, local_date, local_midnight_us};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Lang, Result};
use kernel::mail::Mail;
use records::Cell;
use records::change::Changed;
use records::record::Record;
use sea_query::{Alias, CaseStatement, Expr, ExprTrait, OnConflict, Order, Query};
use serde_json::json;
use sqlx::FromRow;

use crate::activities::{Key, Status, status};
use crate::notifications::{self, New};
use settings::Settings;

/// Told in one transaction.
const AT_ONCE: u64 = 500;
const NAP: Duration = Duration::from_secs(1);
/// When people are reminded of what has a day and no time.
const MORNING_US: i64 = 9 * HOUR_US;
/// One that would have been due that long ago when it is made is of no use.
const LATE_US: i64 = 5 * MINUTE_US;

/// The time that reminders of an activity count from: its own, or the morning of its day.
pub fn counted_from(ctx: &Ctx, activity: &Record) -> Option<i64> {
    let due = activity[Key::DueDate].int()?;
    if activity[Key::IsAllDay] != Cell::Bool(true) {
        return Some(due);
    }
    let day = local_date(due, ctx.org.zone).to_string();
    local_midnight_us(&day, ctx.org.zone).map(|midnight| midnight + MORNING_US)
}

/// Who is reminded of an activity without asking for it: whoever is to do it, and who takes part.
fn reminded(activity: &Record) -> BTreeSet<i64> {
    let owner = activity[Key::AssignedTo].int();
    owner.into_iter().chain(activity[Key::Attendees].ids()).collect()
}

/// Brings reminders to what became of activities: a hook of the entity's `after`.
pub async fn follow(tx: &mut Tx, ctx: &Ctx, changed: &[Changed]) -> Result<()> {
    let moved = |change: &&Changed| {
        change.before.is_none()
            || change.touches(Key::DueDate.name())
            || change.touches(Key::IsAllDay.name())
            || change.touches(Key::Status.name())
            || change.touches(Key::AssignedTo.name())
            || change.touches(Key::Attendees.name())
    };
    let moved: Vec<&Changed> = changed.iter().filter(moved).collect();
    give(tx, ctx, &moved).await?;
    let old: Vec<&Changed> = moved.into_iter().filter(|change| change.before.is_some()).collect();
    reschedule(tx, ctx, &old).await
}

/// Gives those who came to an activity the reminders they want of any.
async fn give(tx: &mut Tx, ctx: &Ctx, moved: &[&Changed]) -> Result<()> {
    let mut wanted: Vec<(i64, i64, i64)> = Vec::new();
    for change in moved {
        let after = &change.after;
        let Some(from_us) = counted_from(ctx, after).filter(|_| status(after).is_open() && after.deleted_at.is_none()) else {
            continue;
        };
        let before = change.before.as_ref().map(reminded).unwrap_or_default();
        wanted.extend(reminded(after).difference(&before).map(|user_id| (after.id, *user_id, from_us)));
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let settings = settings::of(tx, wanted.iter().map(|(_, user_id, _)| *user_id)).await?;
    let now = ctx.now_us();
    let standard = Settings::default();
    let rows: Vec<[i64; 4]> = wanted
        .into_iter()
        .flat_map(|(activity_id, user_id, from_us)| {
            let minutes = &settings.get(&user_id).unwrap_or(&standard).minutes_before;
            minutes
                .iter()
                .map(move |minutes| [activity_id, user_id, *minutes, from_us - minutes * MINUTE_US])
                .collect::<Vec<_>>()
        })
        .filter(|[.., due_at]| *due_at > now - LATE_US)
        .collect();
    put(tx, &rows).await
}

/// Keeps reminders: activity, user, minutes before, when due. Those that are there stay.
async fn put(tx: &mut Tx, rows: &[[i64; 4]]) -> Result<()> {
    for rows in rows.chunks(200) {
        let mut insert = Query::insert();
        insert
            .into_table("reminders")
            .columns(["activity_id", "user_id", "minutes_before", "due_at"]);
        for row in rows {
            insert.values_panic(row.map(Expr::from));
        }
        insert.on_conflict(
            OnConflict::columns(["activity_id", "user_id", "minutes_before"])
                .do_nothing()
                .to_owned(),
        );
        tx.exec(&insert).await?;
    }
    Ok(())
}

/// Gives activities (their ids, and the moments reminders count from) the reminders that another has, in place of those they had.
pub async fn copy(tx: &mut Tx, model_id: i64, activities: &[(i64, i64)]) -> Result<()> {
    let model = Query::select()
        .columns(["user_id", "minutes_before"])
        .from(Alias::new("reminders"))
        .and_where(Expr::col("activity_id").eq(model_id))
        .to_owned();
    let model: Vec<(i64, i64)> = tx.all(&model).await?;
    for activities in activities.chunks(CHUNK) {
        let given = Query::delete()
            .from_table("reminders")
            .and_where(Expr::col("activity_id").is_in(activities.iter().map(|(id, _)| *id)))
            .to_owned();
        tx.exec(&given).await?;
        let rows = activities.iter().flat_map(|(id, from_us)| {
            let row = move |(user_id, minutes): &(i64, i64)| [*id, *user_id, *minutes, from_us - minutes * MINUTE_US];
            model.iter().map(row)
        });
        put(tx, &rows.collect::<Vec<_>>()).await?;
    }
    Ok(())
}

/// Activities whose reminders are brought to them in one statement.
const CHUNK: usize = 200;

/// The reminders of an activity go with its time, and end with it.
async fn reschedule(tx: &mut Tx, ctx: &Ctx, old: &[&Changed]) -> Result<()> {
    let is_handed_on = |change: &&&Changed| change.touches(Key::AssignedTo.name()) || change.touches(Key::Attendees.name());
    let handed_on: Vec<i64> = old.iter().filter(is_handed_on).map(|change| change.after.id).collect();
    for ids in handed_on.chunks(CHUNK) {
        let owner = Query::select()
            .column("owner_id")
            .from(Alias::new("activities"))
            .and_where(Expr::col(("activities", "id")).equals(("reminders", "activity_id")))
            .and_where(Expr::col("owner_id").is_not_null())
            .to_owned();
        let attendees = Query::select()
            .column("user_id")
            .from(Alias::new("activity_attendees"))
            .and_where(Expr::col(("activity_attendees", "activity_id")).equals(("reminders", "activity_id")))
            .to_owned();
        let gone = Query::delete()
            .from_table("reminders")
            .and_where(Expr::col("activity_id").is_in(ids.iter().copied()))
            .and_where(Expr::col("user_id").not_in_subquery(owner))
            .and_where(Expr::col("user_id").not_in_subquery(attendees))
            .to_owned();
        tx.exec(&gone).await?;
    }
    let is_awake = |change: &&Changed| status(&change.after).is_open() && change.after.deleted_at.is_none();
    let (open, closed): (Vec<&Changed>, Vec<&Changed>) = old.iter().copied().partition(is_awake);
    for closed in closed.chunks(CHUNK) {
        let done = Query::update()
            .table("reminders")
            .value("state", "done")
            .and_where(Expr::col("activity_id").is_in(closed.iter().map(|change| change.after.id)))
            .to_owned();
        tx.exec(&done).await?;
    }
    for open in open.chunks(CHUNK) {
        // Opened again before its time.
        let awake = Query::update()
            .table("reminders")
            .value("state", "waiting")
            .and_where(Expr::col("activity_id").is_in(open.iter().map(|change| change.after.id)))
            .and_where(Expr::col("state").eq("done"))
            .and_where(Expr::col("due_at").gt(ctx.now_us()))
            .to_owned();
        tx.exec(&awake).await?;
    }
    let is_moved = |change: &&&Changed| change.touches(Key::DueDate.name()) || change.touches(Key::IsAllDay.name());
    let moved: Vec<(i64, i64)> = open
        .iter()
        .filter(is_moved)
        .filter_map(|change| Some((change.after.id, counted_from(ctx, &change.after)?)))
        .collect();
    for moved in moved.chunks(CHUNK) {
        let from_us = moved.iter().fold(CaseStatement::new(), |from_us, (id, at)| {
            from_us.case(Expr::col("activity_id").eq(*id), *at)
        });
        let due = Expr::expr(from_us).sub(Expr::col("minutes_before").mul(MINUTE_US));
        // Told once of a time, people are told again of another; not of one that has passed.
        let again = Query::update()
            .table("reminders")
            .value("due_at", due.clone())
            .value("state", "waiting")
            .value("sent_at", sea_query::Value::BigInt(None))
            .value("snoozed_until", sea_query::Value::BigInt(None))
            .and_where(Expr::col("activity_id").is_in(moved.iter().map(|(id, _)| *id)))
            .and_where(due.gt(ctx.now_us()))
            .to_owned();
        tx.exec(&again).await?;
    }
    Ok(())
}

/// Tells people for ever what is due. Any process may: what one has told is told in the same transaction.
pub async fn run(ctx: Ctx) {
    loop {
        match turn(&ctx).await {
            Ok(told) if told == AT_ONCE => continue,
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "reminders cannot be told"),
        }
        tokio::time::sleep(NAP).await;
    }
}

#[derive(Clone, Debug, FromRow)]
struct Due {
    id: i64,
    user_id: i64,
    activity_id: i64,
    minutes_before: i64,
    subject: String,
    activity_type: String,
    due_at: Option<i64>,
    is_all_day: bool,
    location: String,
    customer_name: Option<String>,
    email: String,
    locale: String,
}

fn due(now_us: i64) -> sea_query::SelectStatement {
    let open = Status::OPEN.map(Status::word);
    Query::select()
        .columns(["id", "user_id", "activity_id", "minutes_before"].map(|column| ("reminders", column)))
        .columns(["subject", "activity_type", "due_at", "is_all_day", "location"].map(|column| ("activities", column)))
        .expr_as(Expr::col(("customers", "name")), "customer_name")
        .columns(["email", "locale"].map(|column| ("users", column)))
        .from(Alias::new("reminders"))
        .inner_join("activities", Expr::col(("activities", "id")).equals(("reminders", "activity_id")))
        .inner_join("users", Expr::col(("users", "id")).equals(("reminders", "user_id")))
        .left_join("customers", Expr::col(("customers", "id")).equals(("activities", "customer_id")))
        .and_where(Expr::col(("reminders", "state")).eq("waiting"))
        .and_where(Expr::col(("reminders", "due_at")).lte(now_us))
        .and_where(Expr::col(("activities", "deleted_at")).is_null())
        .and_where(Expr::col(("activities", "status")).is_in(open))
        .and_where(Expr::col(("users", "is_active")).eq(true))
        .order_by(("reminders", "due_at"), Order::Asc)
        .limit(AT_ONCE)
        .to_owned()
}

/// Tells some of what is due; how many reminders that were.
pub async fn turn(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now_us();
    // Looking first costs a reader nothing; claiming would make writers wait.
    if ctx.db.opt::<Due>(&due(now).limit(1).to_owned()).await?.is_none() {
        return Ok(0);
    }
    ctx.db
        .write(async |tx| {
            let mut query = due(now);
            tx.dialect().skip_locked_of(&mut query, "reminders");
            let told: Vec<Due> = tx.all(&query).await?;
            tell(tx, ctx, &told).await?;
            Ok(told.len() as u64)
        })
        .await
}

async fn tell(tx: &mut Tx, ctx: &Ctx, told: &[Due]) -> Result<()> {
    let sent = Query::update()
        .table("reminders")
        .value("state", "sent")
        .value("sent_at", ctx.now_us())
        .and_where(Expr::col("id").is_in(told.iter().map(|due| due.id)))
        .to_owned();
    tx.exec(&sent).await?;
    let settings = settings::of(tx, told.iter().map(|due| due.user_id)).await?;
    let standard = Settings::default();
    // Several of one activity that are due at once are one.
    let mut once: BTreeMap<(i64, i64), &Due> = BTreeMap::new();
    for due in told {
        once.entry((due.user_id, due.activity_id)).or_insert(due);
    }
    let new = once.values().map(|due| New {
        user_id: due.user_id,
        kind: "reminder",
        subject: ("activity", due.activity_id),
        payload: json!({
            "reminder_id": due.id,
            "subject": due.subject,
            "activity_type": due.activity_type,
            "due_date": due.due_at.map(kernel::clock::rfc3339),
            "is_all_day": due.is_all_day,
            "minutes_before": due.minutes_before,
            "location": due.location,
            "customer_name": due.customer_name,
        }),
    });
    notifications::notify(tx, &ctx.stamp(), new.collect()).await?;
    if ctx.mail.is_none() {
        return Ok(());
    }
    for due in once.values() {
        let settings = settings.get(&due.user_id).unwrap_or(&standard);
        if settings.by_email {
            let at_us = settings.after_quiet(ctx.now_us(), ctx.org.zone);
            tx.send(&mail(ctx, due), at_us).await?;
        }
    }
    Ok(())
}

fn mail(ctx: &Ctx, due: &Due) -> Mail {
    let lang = match due.locale.as_str() {
        "tr" => Lang::Tr,
        "en" => Lang::En,
        _ => ctx.org.lang,
    };
    let at = due.due_at.map(|at| kernel::clock::utc(at).with_timezone(&ctx.org.zone));
    let format = if due.is_all_day { "%d.%m.%Y" } else { "%d.%m.%Y %H:%M" };
    let at = at.map(|at| at.format(format).to_string()).unwrap_or_default();
    let lines = [at, due.customer_name.clone().unwrap_or_default(), due.location.clone()];
    let text = lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    Mail {
        to: due.email.clone(),
        subject: format!("{}: {}", lang.pick("Hatırlatma", "Reminder"), due.subject),
        text,
    }
}
