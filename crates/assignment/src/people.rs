//! The people records are given to: when they work, when they are away, how many a day they take, what they know, and which places are theirs.

pub mod http;

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result};
use kernel::events::{Event, NewEvent};
use kernel::json_text::JsonText;
use kernel::operations::Refusal;
use kernel::say;
use kernel::text::fold;
use records::edit::{self, Edit};
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::engine;
use crate::working_time::{Absence, Hours, Week, office_hours};

const MAX_WORDS: usize = 100;
const MAX_WORD_CHARS: usize = 60;
const MAX_ABSENCES: usize = 200;
const MAX_DAILY_CAP: i64 = 10_000;

/// What is known of somebody, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
pub struct Person {
    #[sqlx(rename = "user_id")]
    pub id: i64,
    pub hours: JsonText<Hours>,
    pub absences: JsonText<Vec<Absence>>,
    pub daily_cap: Option<i64>,
    pub skills: JsonText<Vec<String>>,
    pub cities: JsonText<Vec<String>>,
    pub countries: JsonText<Vec<String>>,
}

const COLUMNS: [&str; 7] = ["user_id", "hours", "absences", "daily_cap", "skills", "cities", "countries"];

impl Person {
    /// Somebody of whom nothing was said: in office hours, all the year, as many as come.
    pub fn unsaid(id: i64) -> Person {
        Person {
            id,
            hours: JsonText(office_hours()),
            absences: JsonText(Vec::new()),
            daily_cap: None,
            skills: JsonText(Vec::new()),
            cities: JsonText(Vec::new()),
            countries: JsonText(Vec::new()),
        }
    }

    fn normalise(&mut self) -> Result<()> {
        let mut errors = FieldErrors::default();
        if let Err(problem) = Week::parse(&self.hours) {
            errors.add("hours", problem);
        }
        for absence in &mut self.absences.0 {
            let day = |text: &str| chrono::NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
            match (day(&absence.from), day(&absence.to)) {
                (Some(from), Some(to)) if from <= to => {
                    (absence.from, absence.to) = (from.to_string(), to.to_string());
                }
                (Some(_), Some(_)) => errors.add(
                    "absences",
                    say!("Son gün ilk günden önce olamaz.", "The last day cannot be before the first."),
                ),
                _ => errors.add("absences", say!("Günleri 2026-08-03 gibi yazın.", "Write days as 2026-08-03.")),
            }
            absence.reason = absence.reason.trim().chars().take(200).collect();
        }
        self.absences.0.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
        if self.absences.len() > MAX_ABSENCES {
            errors.add("absences", say!("En çok {} olabilir.", "May be {} at most.", MAX_ABSENCES));
        }
        if self.daily_cap.is_some_and(|cap| !(0..=MAX_DAILY_CAP).contains(&cap)) {
            errors.add(
                "daily_cap",
                say!("0 ile {} arasında olmalı.", "Must be between 0 and {}.", MAX_DAILY_CAP),
            );
        }
        for (field, words) in [
            ("skills", &mut self.skills.0),
            ("cities", &mut self.cities.0),
            ("countries", &mut self.countries.0),
        ] {
            let mut seen = std::collections::BTreeSet::new();
            for word in words.iter_mut() {
                *word = word.split_whitespace().collect::<Vec<_>>().join(" ");
            }
            words.retain(|word| !word.is_empty() && seen.insert(fold(word)));
            if words.len() > MAX_WORDS || words.iter().any(|word| word.chars().count() > MAX_WORD_CHARS) {
                errors.add(
                    field,
                    say!(
                        "En çok {} sözcük, her biri en çok {} karakter olabilir.",
                        "May be {} words at most, each of {} characters at most.",
                        MAX_WORDS,
                        MAX_WORD_CHARS
                    ),
                );
            }
        }
        errors.check()
    }

    /// As the engine needs them. Hours that cannot be read are none.
    pub fn ready(&self, name: String, team_id: Option<i64>) -> engine::Person {
        let folded = |words: &[String]| words.iter().map(|word| fold(word)).collect();
        engine::Person {
            id: self.id,
            name,
            team_id,
            week: Week::parse(&self.hours).unwrap_or_default(),
            absences: self.absences.0.clone(),
            daily_cap: self.daily_cap,
            skills: self.skills.0.clone(),
            cities: folded(&self.cities),
            countries: folded(&self.countries),
        }
    }
}

/// A query for what is known of people.
pub fn select() -> SelectStatement {
    Query::select().columns(COLUMNS).from(Alias::new("assignment_people")).to_owned()
}

/// Changes what is known of somebody; whether anything changed.
pub async fn update(tx: &mut Tx, stamp: &Stamp, user_id: i64, alter: impl FnOnce(&mut Person)) -> Result<bool> {
    let mut query = select();
    query.and_where(Expr::col("user_id").eq(user_id));
    tx.dialect().for_update(&mut query);
    let before: Option<Person> = tx.opt(&query).await?;
    let mut after = before.clone().unwrap_or_else(|| Person::unsaid(user_id));
    alter(&mut after);
    after.normalise()?;
    if before.as_ref().unwrap_or(&Person::unsaid(user_id)) == &after {
        return Ok(false);
    }
    let edit = Edit {
        before,
        after: Some(after),
    };
    keep(tx, stamp, vec![edit]).await?;
    Ok(true)
}

async fn keep(tx: &mut Tx, stamp: &Stamp, edits: Vec<Edit<Person>>) -> Result<()> {
    let ids: Vec<i64> = edits
        .iter()
        .filter_map(|edit| Some(edit.after.as_ref().or(edit.before.as_ref())?.id))
        .collect();
    let end = Query::delete()
        .from_table("assignment_people")
        .and_where(Expr::col("user_id").is_in(ids))
        .to_owned();
    tx.exec(&end).await?;
    let mut rows = Vec::new();
    for person in edits.iter().filter_map(|edit| edit.after.as_ref()) {
        rows.push(vec![
            person.id.into(),
            serde_json::to_string(&person.hours)?.into(),
            serde_json::to_string(&person.absences)?.into(),
            person.daily_cap.into(),
            serde_json::to_string(&person.skills)?.into(),
            serde_json::to_string(&person.cities)?.into(),
            serde_json::to_string(&person.countries)?.into(),
            stamp.at_us.into(),
        ]);
    }
    let columns: Vec<&'static str> = COLUMNS.into_iter().chain(["updated_at"]).collect();
    tx.insert_rows("assignment_people", &columns, rows.into_iter()).await?;
    let event = |edit: &Edit<Person>| {
        let person = edit.after.as_ref().or(edit.before.as_ref())?;
        Some(
            NewEvent::new("assignment_person.updated", "assignment_person", person.id)
                .payload(edit.images())
                .changes(edit.changes()),
        )
    };
    tx.emit_all(stamp, edits.iter().filter_map(event).collect()).await
}

/// Takes back events of people, newest first. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let mut query = select();
        query.and_where(Expr::col("user_id").is_in(events.iter().map(|event| event.subject_id)));
        tx.dialect().for_update(&mut query);
        let stored: BTreeMap<i64, Person> = tx
            .all::<Person>(&query)
            .await?
            .into_iter()
            .map(|person| (person.id, person))
            .collect();
        let (edits, refusals) = edit::take_back("assignment_person", &stored, events)?;
        keep(tx, &stamp, edits).await?;
        Ok(refusals)
    })
}
