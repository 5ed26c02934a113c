//! How forms do: views, starts, submissions, what came of them, and what was refused why, by day and by where people came from. What is written
//! in a transaction anyway is counted in it; views, starts and refusals are counted in memory and written every few seconds, so that a flood
//! of them writes next to nothing. A process that dies loses the views of these seconds, and no submission.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kernel::clock::DAY_US;
use kernel::clock::local_date;
use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::error::{Result, invalid};
use kernel::say;
use records::choices;
use sea_query::{Alias, Expr, ExprTrait, OnConflict, Order, Query};
use serde::Serialize;
use utoipa::ToSchema;

choices! {
    /// Why a submission was refused.
    WebFormRefusal {
        Bait: "bait", "Tuzak alanı doldurdu", "Filled in the trap";
        TooFast: "too_fast", "İnsan için çok hızlı", "Too fast for a person";
        Token: "token", "Geçersiz ya da süresi dolmuş sayfa", "Void or expired page";
        Work: "work", "Hesabı yapmadı", "Did not do the work";
        Repeated: "repeated", "Aynı sayfadan ikinci kez", "The same page a second time";
        Address: "address", "Bir adresten çok fazla", "Too many from one address";
        Flood: "flood", "Forma çok fazla", "Too many for the form";
        Origin: "origin", "İzinsiz site", "A site that is not allowed";
        TooLarge: "too_large", "Çok büyük", "Too large";
        Invalid: "invalid", "Alanlar hatalı", "Wrong fields";
        Mail: "mail", "Bir adrese çok fazla onay e-postası", "Too many confirmation mails to one address";
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    View,
    Start,
    Submission,
    /// A submission that waits for its confirmation.
    Waiting,
    Confirmed,
    /// A lead that was made.
    Lead,
    /// A lead that was there already.
    Touch,
    Refused(WebFormRefusal),
}

impl What {
    fn word(self) -> String {
        match self {
            What::View => "view".into(),
            What::Start => "start".into(),
            What::Submission => "submission".into(),
            What::Waiting => "waiting".into(),
            What::Confirmed => "confirmed".into(),
            What::Lead => "lead".into(),
            What::Touch => "touch".into(),
            What::Refused(reason) => format!("{REFUSED}{}", reason.word()),
        }
    }
}

const REFUSED: &str = "refused_";
/// Sources told apart by a form on a day; whoever makes up more of them finds them under [`OTHERS`].
const MAX_SOURCES: usize = 50;
const OTHERS: &str = "(…)";
/// How long views wait to be written.
const WRITE_EVERY: Duration = Duration::from_secs(5);
/// Days told at most.
const MAX_DAYS: i64 = 366;
/// Days told when nobody says which.
const USUAL_DAYS: i64 = 30;

/// Form, day, source, what.
type Key = (i64, String, String, String);

/// What was counted and not written yet.
#[derive(Default)]
pub struct Counter {
    counted: BTreeMap<Key, i64>,
    /// The sources of each form on a day.
    sources: BTreeMap<(String, i64), Vec<String>>,
    is_timed: bool,
}

impl Counter {
    fn key(&mut self, ctx: &Ctx, form_id: i64, source: &str, what: What) -> Key {
        let day = local_date(ctx.now_us(), ctx.org.zone).to_string();
        let source: String = source.trim().to_lowercase().chars().take(100).collect();
        self.sources.retain(|(of, _), _| *of == day);
        let known = self.sources.entry((day.clone(), form_id)).or_default();
        let source = if known.contains(&source) {
            source
        } else if known.len() < MAX_SOURCES {
            known.push(source.clone());
            source
        } else {
            OTHERS.to_owned()
        };
        (form_id, day, source, what.word())
    }
}

/// Counts of one process.
#[derive(Default)]
pub struct Counts {
    counter: Mutex<Counter>,
    /// Held from taking what was counted until it is written: who reads after a write of their own sees what another write had taken.
    writing: tokio::sync::Mutex<()>,
}

impl Counts {
    fn locked(&self) -> std::sync::MutexGuard<'_, Counter> {
        self.counter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more; whether somebody has to see to it that it is written.
    pub fn note(&self, ctx: &Ctx, form_id: i64, source: &str, what: What) -> bool {
        let mut counter = self.locked();
        let key = counter.key(ctx, form_id, source, what);
        *counter.counted.entry(key).or_default() += 1;
        !std::mem::replace(&mut counter.is_timed, true)
    }

    /// Writes what was counted. What cannot be written is counted still.
    pub async fn write(&self, db: &Db) -> Result<()> {
        let _writing = self.writing.lock().await;
        let counted = {
            let mut counter = self.locked();
            counter.is_timed = false;
            std::mem::take(&mut counter.counted)
        };
        if counted.is_empty() {
            return Ok(());
        }
        let outcome = db.write(async |tx| add(tx, &counted).await).await;
        if outcome.is_err() {
            let mut counter = self.locked();
            for (key, count) in counted {
                *counter.counted.entry(key).or_default() += count;
            }
        }
        outcome
    }

    /// Adds what is written in a transaction anyway.
    pub async fn add(&self, tx: &mut Tx, ctx: &Ctx, all: &[(i64, &str, What)]) -> Result<()> {
        let mut counted = BTreeMap::new();
        {
            let mut counter = self.locked();
            for (form_id, source, what) in all {
                let key = counter.key(ctx, *form_id, source, *what);
                *counted.entry(key).or_default() += 1;
            }
        }
        add(tx, &counted).await
    }
}

/// How long to wait before what was counted is written.
pub async fn wait() {
    tokio::time::sleep(WRITE_EVERY).await;
}

async fn add(tx: &mut Tx, counted: &BTreeMap<Key, i64>) -> Result<()> {
    let rows: Vec<_> = counted.iter().collect();
    for some in rows.chunks(100) {
        let mut insert = Query::insert();
        insert
            .into_table("form_figures")
            .columns(["form_id", "day", "utm_source", "what", "count"]);
        for ((form_id, day, source, what), count) in some {
            insert.values_panic([
                (*form_id).into(),
                day.as_str().into(),
                source.as_str().into(),
                what.as_str().into(),
                (**count).into(),
            ]);
        }
        insert.on_conflict(
            OnConflict::columns(["form_id", "day", "utm_source", "what"])
                .value("count", Expr::col(("form_figures", "count")).add(Expr::col(("excluded", "count"))))
                .to_owned(),
        );
        tx.exec(&insert).await?;
    }
    Ok(())
}

/// What came of a form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct WebFormCounts {
    pub views: i64,
    /// How many began to fill it in.
    pub starts: i64,
    /// Those that were taken, also those that wait for a confirmation.
    pub submissions: i64,
    /// How many had to be confirmed, and how many were.
    pub to_confirm: i64,
    pub confirmed: i64,
    /// Leads that were made.
    pub leads: i64,
    /// Submissions of who was an open lead already.
    pub known_leads: i64,
    pub refused: i64,
    /// Submissions for a view, in hundredths of a percent; none without views.
    pub conversion: Option<i64>,
}

impl WebFormCounts {
    fn add(&mut self, what: &str, count: i64) {
        let place = match what {
            "view" => &mut self.views,
            "start" => &mut self.starts,
            "submission" => &mut self.submissions,
            "waiting" => &mut self.to_confirm,
            "confirmed" => &mut self.confirmed,
            "lead" => &mut self.leads,
            "touch" => &mut self.known_leads,
            what if what.starts_with(REFUSED) => &mut self.refused,
            _ => return,
        };
        *place += count;
        self.conversion = (self.views > 0).then(|| self.submissions * 10_000 / self.views);
    }
}

/// The counts of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebFormDay {
    #[schema(format = Date)]
    pub day: String,
    #[serde(flatten)]
    pub counts: WebFormCounts,
}

/// The counts of those who came from somewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebFormSource {
    /// As links name it (`utm_source`), in small letters; empty for those whose link named none, `(…)` for all beyond the first fifty of a day.
    pub utm_source: String,
    #[serde(flatten)]
    pub counts: WebFormCounts,
}

/// How many submissions were refused for a reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebFormRefused {
    pub reason: WebFormRefusal,
    pub label_tr: String,
    pub label_en: String,
    pub count: i64,
}

/// How a form does.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebFormFigures {
    #[schema(format = Date)]
    pub from: String,
    #[schema(format = Date)]
    pub to: String,
    pub total: WebFormCounts,
    /// Days on which something happened, in their order.
    pub by_day: Vec<WebFormDay>,
    /// Those with the most submissions first.
    pub by_utm_source: Vec<WebFormSource>,
    /// Those for which something was refused, the most frequent first.
    pub refused: Vec<WebFormRefused>,
}

/// The days that are asked for.
pub struct Days {
    pub from: String,
    pub to: String,
}

impl Days {
    /// The last thirty.
    pub fn usual(ctx: &Ctx) -> Days {
        let now = ctx.now_us();
        let day = |at_us: i64| local_date(at_us, ctx.org.zone).to_string();
        Days {
            from: day(now - (USUAL_DAYS - 1) * DAY_US),
            to: day(now),
        }
    }

    /// Reads `from` and `to`.
    pub fn parse(ctx: &Ctx, pairs: &[(String, String)]) -> Result<Days> {
        let mut days = Days::usual(ctx);
        let date = |text: &str| chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        for (name, value) in pairs {
            let place = match name.as_str() {
                "from" => &mut days.from,
                "to" => &mut days.to,
                _ => return Err(invalid(name, say!("Yalnızca from ve to.", "Only from and to."))),
            };
            let day = date(value).ok_or_else(|| {
                invalid(
                    name,
                    say!("2026-03-16 gibi bir tarih olmalı.", "Must be a date such as 2026-03-16."),
                )
            })?;
            *place = day.to_string();
        }
        let long = match (date(&days.from), date(&days.to)) {
            (Some(from), Some(to)) => (to - from).num_days(),
            _ => 0,
        };
        match long {
            0..MAX_DAYS => Ok(days),
            ..0 => Err(invalid("to", say!("from’dan önce olamaz.", "Must not be before from."))),
            _ => Err(invalid(
                "from",
                say!("En çok {} gün olabilir.", "May be {} days at most.", MAX_DAYS),
            )),
        }
    }
}

type Row = (i64, String, String, String, i64);

async fn rows(db: &Db, form_id: Option<i64>, days: &Days) -> Result<Vec<Row>> {
    let mut query = Query::select();
    query
        .columns(["form_id", "day", "utm_source", "what", "count"])
        .from(Alias::new("form_figures"))
        .and_where(Expr::col("day").gte(days.from.as_str()))
        .and_where(Expr::col("day").lte(days.to.as_str()))
        .order_by("day", Order::Asc);
    if let Some(id) = form_id {
        query.and_where(Expr::col("form_id").eq(id));
    }
    db.all(&query).await
}

/// The counts of every form on these days.
pub async fn of_all(db: &Db, days: &Days) -> Result<BTreeMap<i64, WebFormCounts>> {
    let mut all: BTreeMap<i64, WebFormCounts> = BTreeMap::new();
    for (form_id, _, _, what, count) in rows(db, None, days).await? {
        all.entry(form_id).or_default().add(&what, count);
    }
    Ok(all)
}

/// How a form did on these days.
pub async fn of(db: &Db, form_id: i64, days: Days) -> Result<WebFormFigures> {
    let mut total = WebFormCounts::default();
    let mut by_day: BTreeMap<String, WebFormCounts> = BTreeMap::new();
    let mut by_source: BTreeMap<String, WebFormCounts> = BTreeMap::new();
    let mut refused: BTreeMap<String, i64> = BTreeMap::new();
    for (_, day, source, what, count) in rows(db, Some(form_id), &days).await? {
        total.add(&what, count);
        by_day.entry(day).or_default().add(&what, count);
        by_source.entry(source).or_default().add(&what, count);
        if let Some(reason) = what.strip_prefix(REFUSED) {
            *refused.entry(reason.to_owned()).or_default() += count;
        }
    }
    let mut by_utm_source: Vec<WebFormSource> = by_source
        .into_iter()
        .map(|(utm_source, counts)| WebFormSource { utm_source, counts })
        .collect();
    by_utm_source.sort_by_key(|source| (-source.counts.submissions, -source.counts.views));
    let told = |(reason, count): (String, i64)| {
        let reason = WebFormRefusal::parse(&reason).ok()?;
        let label = &WebFormRefusal::CHOICES.iter().find(|choice| choice.value == reason.word())?.label;
        Some(WebFormRefused {
            reason,
            label_tr: label.tr.to_string(),
            label_en: label.en.to_string(),
            count,
        })
    };
    let mut refused: Vec<WebFormRefused> = refused.into_iter().filter_map(told).collect();
    refused.sort_by_key(|refused| -refused.count);
    Ok(WebFormFigures {
        from: days.from,
        to: days.to,
        total,
        by_day: by_day.into_iter().map(|(day, counts)| WebFormDay { day, counts }).collect(),
        by_utm_source,
        refused,
    })
}
