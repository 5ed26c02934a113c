//! An activity as an object of iCalendar, and what such an object says of an activity.

use std::collections::BTreeMap;

use calendar::ics::{Alarm, Attendee, Calendar, Event, Kind, Method, Person, Status as IcsStatus, Trigger, When};
use calendar::{ics, zoned};
use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use kernel::clock::{rfc3339, utc};
use kernel::ctx::Ctx;
use kernel::error::Say;
use records::{Cell, Record};
use serde_json::{Map, Value, json};

use crate::activities::{Key, Priority, Status, status};

/// What an object has beside its activity.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// By which programs know it.
    pub uid: String,
    /// People by their ids: name and address.
    pub people: BTreeMap<i64, (String, String)>,
    /// Minutes before it at which its reader is reminded.
    pub reminders: Vec<i64>,
    pub customer_name: Option<String>,
    /// Where it is in the product.
    pub url: String,
}

/// In which collection an activity is: what takes no time is something to do.
pub fn kind(activity: &Record) -> Kind {
    let takes_time = activity[Key::Duration].int().is_some_and(|minutes| minutes > 0);
    match takes_time || activity[Key::IsAllDay] == Cell::Bool(true) {
        true => Kind::Event,
        false => Kind::Task,
    }
}

fn when(at_us: i64, is_all_day: bool, zone: Tz) -> When {
    let local = zoned::local(utc(at_us), zone);
    match is_all_day {
        true => When::Day(local.date()),
        false => When::Zoned(local, zone),
    }
}

/// The activity as an object.
pub fn event(ctx: &Ctx, activity: &Record, beside: &Beside) -> Event {
    let zone = ctx.org.zone;
    let kind = kind(activity);
    let is_all_day = activity[Key::IsAllDay] == Cell::Bool(true);
    let due_us = activity[Key::DueDate].int().unwrap_or_default();
    let ends_us = activity[Key::EndDate].int().unwrap_or(due_us);
    let standing = status(activity);
    let mut event = Event {
        kind,
        uid: beside.uid.clone(),
        sequence: u32::try_from(activity.version).unwrap_or_default(),
        summary: activity.name().to_owned(),
        description: described(activity, beside),
        location: activity[Key::Location].text().to_owned(),
        url: beside.url.clone(),
        status: Some(match (kind, standing) {
            (_, Status::Cancelled) => IcsStatus::Cancelled,
            (Kind::Task, Status::Completed) => IcsStatus::Completed,
            (Kind::Task, Status::InProgress) => IcsStatus::InProcess,
            (Kind::Task, _) => IcsStatus::NeedsAction,
            (Kind::Event, _) => IcsStatus::Confirmed,
        }),
        priority: match Priority::parse(activity[Key::Priority].text()) {
            Ok(Priority::Urgent) => 1,
            Ok(Priority::High) => 3,
            Ok(Priority::Low) => 9,
            _ => 5,
        },
        completed: activity[Key::CompletedDate].int().filter(|_| kind == Kind::Task).map(utc),
        stamp: utc(activity.updated_at),
        created: Some(utc(activity.created_at)),
        last_modified: Some(utc(activity.updated_at)),
        ..Event::default()
    };
    match kind {
        Kind::Event => {
            event.start = Some(when(due_us, is_all_day, zone));
            event.end = Some(when(ends_us, is_all_day, zone));
        }
        Kind::Task => event.end = Some(when(due_us, is_all_day, zone)),
    }
    let attendees = activity[Key::Attendees].ids();
    if !attendees.is_empty() {
        let person = |id: i64| beside.people.get(&id);
        event.organizer = activity[Key::AssignedTo].int().and_then(person).map(|(name, address)| Person {
            name: name.clone(),
            address: address.clone(),
        });
        event.attendees = attendees
            .into_iter()
            .filter_map(person)
            .map(|(name, address)| Attendee {
                name: name.clone(),
                address: address.clone(),
                ..Attendee::default()
            })
            .collect();
    }
    let alarms = beside.reminders.iter().map(|minutes| Alarm {
        trigger: match kind {
            Kind::Event => Trigger::FromStart(-minutes * 60),
            Kind::Task => Trigger::FromEnd(-minutes * 60),
        },
        action: ics::Action::Display,
        description: activity.name().to_owned(),
        other: Vec::new(),
    });
    event.alarms = alarms.collect();
    event
}

/// What it is about, with whom first: telephones show little more than that.
fn described(activity: &Record, beside: &Beside) -> String {
    let own = activity[Key::Description].text();
    match &beside.customer_name {
        Some(name) if own.is_empty() => format!("{PREFIX}{name}"),
        Some(name) => format!("{PREFIX}{name}\n\n{own}"),
        None => own.to_owned(),
    }
}

/// Before the name of the customer.
const PREFIX: &str = "→ ";

/// The description without the line that we put before it.
fn own_description(text: &str) -> &str {
    match text.strip_prefix(PREFIX) {
        Some(rest) => rest.split_once("\n\n").map_or("", |(_, own)| own),
        None => text,
    }
}

/// The text of one object.
pub fn text(event: Event) -> String {
    ics::write(&Calendar {
        events: vec![event],
        ..Calendar::default()
    })
}

/// A feed of many.
pub fn feed(name: &str, events: Vec<Event>) -> String {
    ics::write(&Calendar {
        method: Some(Method::Publish),
        name: Some(name.to_owned()),
        events,
        ..Calendar::default()
    })
}

/// What an object says of an activity, in the words of the API.
pub struct Said {
    pub uid: String,
    pub fields: Map<String, Value>,
    /// Addresses of who is asked to come; none where it says nothing of it.
    pub attendees: Option<Vec<String>>,
    pub reminders: Vec<i64>,
}

/// Reads what a program wants to keep.
pub fn said(ctx: &Ctx, bytes: &[u8], wanted: Kind) -> Result<Said, Say> {
    let calendar = ics::read(bytes)?;
    if let Some(skipped) = calendar.skipped.first() {
        return Err(skipped.why.clone());
    }
    let one = |event: &&Event| event.recurrence_id.is_none();
    let event = calendar
        .events
        .iter()
        .find(one)
        .or(calendar.events.first())
        .ok_or_else(|| Say::new("Nesnede bir etkinlik yok.", "There is no event in the object."))?;
    if event.kind != wanted {
        return Err(Say::new(
            "Randevular ve görevler ayrı takvimlerde durur.",
            "Appointments and tasks are kept in calendars of their own.",
        ));
    }
    let zone = ctx.org.zone;
    let start = event
        .start
        .or(event.end)
        .ok_or_else(|| Say::new("Zamanı yok.", "It has no time."))?;
    let begins = match event.kind {
        Kind::Event => start,
        Kind::Task => event.end.unwrap_or(start),
    };
    let at = begins.moment(zone);
    let is_all_day = begins.is_all_day();
    let mut fields = Map::new();
    let mut put = |key: Key, value: Value| {
        fields.insert(key.name().to_owned(), value);
    };
    let summary = event.summary.trim();
    put(
        Key::Subject,
        json!(if summary.is_empty() {
            ctx.lang.pick("Konusuz", "No subject")
        } else {
            summary
        }),
    );
    put(Key::Description, json!(own_description(&event.description)));
    put(Key::Location, json!(event.location.chars().take(200).collect::<String>()));
    put(Key::DueDate, json!(moment(at)));
    put(Key::IsAllDay, json!(is_all_day));
    if event.kind == Kind::Event {
        let ends = event.end_moment(zone).unwrap_or(at);
        let minutes = (ends - at).num_minutes();
        // A day is its own length.
        let is_one_day = is_all_day && ends - at <= Duration::hours(25);
        put(Key::Duration, if is_one_day { Value::Null } else { json!(minutes) });
    }
    if let Some(rule) = &event.rrule {
        put(Key::Recurrence, json!(rule.to_string()));
    }
    put(
        Key::Priority,
        json!(match event.priority {
            1 | 2 => Priority::Urgent,
            3 | 4 => Priority::High,
            6..=9 => Priority::Low,
            _ => Priority::Normal,
        }),
    );
    match event.status {
        Some(IcsStatus::Cancelled) => put(Key::Status, json!(Status::Cancelled)),
        Some(IcsStatus::Completed) => put(Key::Status, json!(Status::Completed)),
        Some(IcsStatus::InProcess) => put(Key::Status, json!(Status::InProgress)),
        Some(IcsStatus::NeedsAction) => put(Key::Status, json!(Status::Planned)),
        _ => {}
    }
    let attendees = event.attendees.iter().map(|attendee| attendee.address.to_lowercase());
    Ok(Said {
        uid: event.uid.clone(),
        fields,
        attendees: (!event.attendees.is_empty()).then(|| attendees.collect()),
        reminders: reminders(event, at, zone),
    })
}

fn moment(at: DateTime<Utc>) -> String {
    rfc3339(at.timestamp_micros())
}

/// Minutes before it, of the alarms that come before it.
fn reminders(event: &Event, at: DateTime<Utc>, zone: Tz) -> Vec<i64> {
    let minutes = |alarm: &Alarm| match alarm.trigger {
        Trigger::FromStart(seconds) => -seconds / 60,
        Trigger::FromEnd(seconds) => match event.kind {
            Kind::Task => -seconds / 60,
            Kind::Event => (at - event.end_moment(zone).unwrap_or(at)).num_minutes() - seconds / 60,
        },
        Trigger::At(moment) => (at - moment).num_minutes(),
    };
    let mut all: Vec<i64> = event
        .alarms
        .iter()
        .map(minutes)
        .filter(|minutes| (0..=crate::reminders::settings::MAX_MINUTES_BEFORE).contains(minutes))
        .collect();
    all.sort_unstable();
    all.dedup();
    all.truncate(10);
    all
}

/// The tag of an object: any change of the activity, or of its reader's reminders, changes it.
pub fn etag(activity: &Record, beside: &Beside) -> String {
    let reminders: Vec<String> = beside.reminders.iter().map(i64::to_string).collect();
    format!("\"{}-{}-{}\"", activity.id, activity.version, reminders.join("."))
}
