//! Activities and communications of the demo organisation: what sellers did in the last weeks and are to do in the next, the weekly meeting, and
//! what customers wrote.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use engagement::activities::{self, ACTIVITY, ActivityResult, Priority, Status};
use engagement::communications::{self, COMMUNICATION, CommunicationType, Direction};
use kernel::clock::{DAY_US, HOUR_US, MINUTE_US, local_midnight_us};
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::operations;
use records::change::create_all;
use records::record::Record;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde_json::json;

/// Customers of each person for whom there is something to do.
const CUSTOMERS: u64 = 12;

/// Type, subject, minutes, what came of it.
const DONE: [(&str, &str, i64, ActivityResult, &str); 6] = [
    (
        "phone_call",
        "Yıllık ihtiyaç görüşmesi",
        18,
        ActivityResult::Reached,
        "Yeni dönem için adet istedi; teklif beklediğini söyledi.",
    ),
    (
        "meeting",
        "Ürün tanıtımı",
        60,
        ActivityResult::Done,
        "Satın alma ve kalite katıldı. Numune istendi.",
    ),
    ("phone_call", "Teklif sonrası arama", 6, ActivityResult::NoAnswer, ""),
    (
        "demo",
        "Uzaktan gösterim",
        45,
        ActivityResult::Done,
        "Entegrasyon soruları yazılı yanıtlanacak.",
    ),
    ("follow_up", "Numune sonucu", 10, ActivityResult::Done, "Numune beğenildi."),
    (
        "phone_call",
        "Ödeme planı",
        12,
        ActivityResult::Reached,
        "30 gün vade kabul edildi.",
    ),
];

/// Type, subject, hour of the day, priority.
const TO_DO: [(&str, &str, i64, Priority); 7] = [
    ("phone_call", "Teklif üzerine ara", 10, Priority::High),
    ("meeting", "Yerinde ziyaret", 14, Priority::Normal),
    ("task", "Sözleşme taslağını hazırla", 17, Priority::Normal),
    ("demo", "Ürün gösterimi", 11, Priority::Normal),
    ("follow_up", "Numune sonucunu sor", 9, Priority::Low),
    ("proposal", "Fiyat teklifini gönder", 16, Priority::Urgent),
    ("phone_call", "Yenileme görüşmesi", 15, Priority::Normal),
];

/// Way, direction, subject, content.
const WRITTEN: [(CommunicationType, Direction, &str, &str); 5] = [
    (
        CommunicationType::Email,
        Direction::Inbound,
        "Fiyat talebi",
        "Merhaba, ekteki liste için fiyat rica ederiz.",
    ),
    (
        CommunicationType::Email,
        Direction::Outbound,
        "Teklifimiz",
        "Görüştüğümüz ürünler için teklifimiz ektedir.",
    ),
    (
        CommunicationType::Sms,
        Direction::Outbound,
        "",
        "Yarınki ziyaretimizi hatırlatmak isteriz.",
    ),
    (
        CommunicationType::Social,
        Direction::Inbound,
        "Fuar paylaşımına yorum",
        "Standınız çok ilgi çekiciydi.",
    ),
    (
        CommunicationType::Email,
        Direction::Inbound,
        "Teslimat gecikmesi",
        "Son sipariş iki gün geç geldi; bilgi rica ederiz.",
    ),
];

/// A customer and who looks after them.
struct Served {
    id: i64,
    owner_id: i64,
    team_id: Option<i64>,
    name: String,
}

/// Makes them; says how many activities and communications there are then.
pub async fn load(ctx: &Ctx, admin: i64) -> Result<(usize, usize)> {
    let served = Query::select()
        .columns(["id", "owner_id", "team_id", "name"])
        .from(Alias::new("customers"))
        .and_where(Expr::col("owner_id").is_not_null())
        .and_where(Expr::col("deleted_at").is_null())
        .order_by("owner_id", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned();
    let served: Vec<(i64, i64, Option<i64>, String)> = ctx.db.all(&served).await?;
    let served: Vec<Served> = served
        .into_iter()
        .map(|(id, owner_id, team_id, name)| Served {
            id,
            owner_id,
            team_id,
            name,
        })
        .collect();
    let mut busy = Vec::new();
    for (place, customer) in served.iter().enumerate() {
        let before = served[..place]
            .iter()
            .rev()
            .take_while(|other| other.owner_id == customer.owner_id)
            .count();
        if (before as u64) < CUSTOMERS {
            busy.push((before, customer));
        }
    }
    let mut planned: Vec<Record> = busy
        .iter()
        .flat_map(|(place, customer)| of_customer(ctx, *place, customer))
        .collect();
    planned.extend(own(ctx, admin, &served));
    let written = busy.iter().filter(|(place, _)| place % 2 == 0);
    let written: Vec<Record> = written.map(|(place, customer)| letter(ctx, *place, customer)).collect();
    ctx.db
        .write(async |tx| {
            let operation = operations::open(tx, &ctx.stamp(), "demo.activities").await?;
            let stamp = ctx.stamp().within(operation);
            let (made, _) = create_all(tx, ctx, &stamp, &ACTIVITY, planned).await?;
            let (logged, _) = create_all(tx, ctx, &stamp, &COMMUNICATION, written).await?;
            operations::finish(tx, operation, ctx.now_us(), "done", json!({ "changed": made.len() })).await?;
            Ok((made.len(), logged.len()))
        })
        .await
}

/// So many working days from today, at an hour.
fn at(ctx: &Ctx, days: i64, hour: i64) -> i64 {
    let mut day: NaiveDate = ctx.today();
    let mut left = days.unsigned_abs();
    while left > 0 {
        day = match days < 0 {
            true => day - Days::new(1),
            false => day + Days::new(1),
        };
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            left -= 1;
        }
    }
    let midnight = local_midnight_us(&day.to_string(), ctx.org.zone);
    midnight.unwrap_or_else(|| ctx.now_us() + days * DAY_US) + hour * HOUR_US
}

/// What was done for a customer, and what is to be.
fn of_customer(ctx: &Ctx, place: usize, customer: &Served) -> Vec<Record> {
    use activities::Key;
    let base = |activity_type: &str, subject: &str| {
        let mut activity = ACTIVITY.blank();
        activity.set(Key::ActivityType, activity_type);
        activity.set(Key::Subject, format!("{} · {subject}", customer.name));
        activity.set(Key::Customer, customer.id);
        activity.set(Key::AssignedTo, customer.owner_id);
        activity.set(Key::Team, customer.team_id);
        activity
    };
    let seed = place + customer.id as usize;
    let (activity_type, subject, minutes, result, outcome) = DONE[seed % DONE.len()];
    let mut done = base(activity_type, subject);
    let begun = at(ctx, -(1 + (seed % 40) as i64), 9 + (seed % 8) as i64);
    done.set(Key::DueDate, begun);
    done.set(Key::Status, Status::Completed.word());
    done.set(Key::CompletedDate, begun + minutes * MINUTE_US);
    done.set(Key::Duration, minutes);
    done.set(Key::Result, result.word());
    done.set(Key::OutcomeText, outcome);
    let (activity_type, subject, hour, priority) = TO_DO[seed % TO_DO.len()];
    let mut next = base(activity_type, subject);
    next.set(Key::DueDate, at(ctx, (seed % 14) as i64 - 3, hour));
    next.set(Key::Priority, priority.word());
    vec![done, next]
}

/// What the administrator has to do: some of everything, so that their screens show something.
fn own(ctx: &Ctx, admin: i64, served: &[Served]) -> Vec<Record> {
    use activities::Key;
    let mut mine = Vec::new();
    for (place, customer) in served.iter().step_by(served.len().max(24) / 12).take(12).enumerate() {
        let (activity_type, subject, hour, priority) = TO_DO[place % TO_DO.len()];
        let mut activity = ACTIVITY.blank();
        activity.set(Key::ActivityType, activity_type);
        activity.set(Key::Subject, format!("{} · {subject}", customer.name));
        activity.set(Key::Customer, customer.id);
        activity.set(Key::AssignedTo, admin);
        activity.set(Key::DueDate, at(ctx, place as i64 / 3 - 1, hour));
        activity.set(Key::Priority, priority.word());
        mine.push(activity);
    }
    let mut weekly = ACTIVITY.blank();
    weekly.set(Key::ActivityType, "meeting");
    weekly.set(Key::Subject, "Haftalık satış toplantısı");
    weekly.set(Key::AssignedTo, admin);
    weekly.set(Key::DueDate, at(ctx, 1, 9));
    weekly.set(Key::Location, "Toplantı odası");
    weekly.set(Key::Recurrence, "FREQ=WEEKLY");
    let owners = served.iter().map(|customer| customer.owner_id);
    let mut attendees: Vec<i64> = owners.filter(|owner| *owner != admin).collect();
    attendees.dedup();
    attendees.truncate(4);
    weekly.set(Key::Attendees, records::Cell::List(attendees.iter().map(i64::to_string).collect()));
    mine.push(weekly);
    mine
}

/// What a customer wrote, or was written.
fn letter(ctx: &Ctx, place: usize, customer: &Served) -> Record {
    use communications::Key;
    let seed = place + customer.id as usize;
    let (way, direction, subject, content) = WRITTEN[seed % WRITTEN.len()];
    let mut letter = COMMUNICATION.blank();
    letter.set(Key::CommunicationType, way.word());
    letter.set(Key::Direction, direction.word());
    letter.set(Key::Subject, subject);
    letter.set(Key::Content, content);
    letter.set(Key::OccurredAt, at(ctx, -(1 + (seed % 25) as i64), 8 + (seed % 10) as i64));
    letter.set(Key::Customer, customer.id);
    letter.set(Key::Owner, customer.owner_id);
    letter.set(Key::Team, customer.team_id);
    letter
}
