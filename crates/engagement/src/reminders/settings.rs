//! What somebody wants to be reminded of, and where.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveTime, TimeZone};
use chrono_tz::Tz;
use kernel::clock::utc;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Reply, Routes};
use kernel::json_text::JsonText;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, OnConflict, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

const TAG: &str = "notifications";
const MAX_REMINDERS: usize = 5;
/// Four weeks.
pub const MAX_MINUTES_BEFORE: i64 = 28 * 24 * 60;

/// What somebody wants to be reminded of, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NotificationSettings)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Minutes before a new activity of theirs at which they are reminded, unless they say otherwise of that one.
    pub minutes_before: Vec<i64>,
    /// Whether reminders come by e-mail as well.
    pub by_email: bool,
    /// Between these times of the day (`22:00`, `07:30`) nothing leaves the product; both or neither.
    pub quiet_from: Option<String>,
    pub quiet_to: Option<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            minutes_before: vec![15],
            by_email: false,
            quiet_from: None,
            quiet_to: None,
        }
    }
}

fn time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

impl Settings {
    fn check(&mut self) -> Result<()> {
        let mut errors = FieldErrors::default();
        self.minutes_before.sort_unstable();
        self.minutes_before.dedup();
        if self.minutes_before.len() > MAX_REMINDERS {
            errors.add("minutes_before", say!("En çok {} olabilir.", "May be {} at most.", MAX_REMINDERS));
        }
        if self
            .minutes_before
            .iter()
            .any(|minutes| !(0..=MAX_MINUTES_BEFORE).contains(minutes))
        {
            errors.add("minutes_before", minutes_problem());
        }
        for (field, value) in [("quiet_from", &self.quiet_from), ("quiet_to", &self.quiet_to)] {
            if value.as_deref().is_some_and(|text| time(text).is_none()) {
                errors.add(field, say!("22:00 gibi bir saat olmalı.", "Must be a time such as 22:00."));
            }
        }
        match (&self.quiet_from, &self.quiet_to) {
            (Some(from), Some(to)) if from == to => {
                errors.add("quiet_to", say!("Başlangıçtan farklı olmalı.", "Must differ from the beginning."));
            }
            (Some(_), None) => errors.add(
                "quiet_to",
                say!("Başlangıcı varsa bitişi de gerekli.", "Needed as there is a beginning."),
            ),
            (None, Some(_)) => errors.add(
                "quiet_from",
                say!("Bitişi varsa başlangıcı da gerekli.", "Needed as there is an end."),
            ),
            _ => {}
        }
        errors.check()
    }

    /// This moment, or the end of the quiet time it falls into.
    pub fn after_quiet(&self, at_us: i64, zone: Tz) -> i64 {
        let of = |text: &Option<String>| text.as_deref().and_then(time);
        let (Some(from), Some(to)) = (of(&self.quiet_from), of(&self.quiet_to)) else {
            return at_us;
        };
        let local = utc(at_us).with_timezone(&zone);
        let (day, now) = (local.date_naive(), local.time());
        let is_quiet = if from < to {
            (from..to).contains(&now)
        } else {
            now >= from || now < to
        };
        if !is_quiet {
            return at_us;
        }
        let ends_on = if now < to { day } else { day.succ_opt().unwrap_or(day) };
        let end = zone.from_local_datetime(&ends_on.and_time(to)).earliest();
        end.map_or(at_us, |end| end.timestamp_micros())
    }
}

pub fn minutes_problem() -> kernel::error::Say {
    say!(
        "0 ile {} dakika arasında olmalı.",
        "Must be between 0 and {} minutes.",
        MAX_MINUTES_BEFORE
    )
}

/// The settings of these users; whoever has none has the standard ones.
pub async fn of(tx: &mut Tx, user_ids: impl Iterator<Item = i64>) -> Result<BTreeMap<i64, Settings>> {
    let ids: BTreeSet<i64> = user_ids.collect();
    let query = Query::select()
        .columns(["user_id", "settings"])
        .from(Alias::new("notification_settings"))
        .and_where(Expr::col("user_id").is_in(ids))
        .to_owned();
    let found: Vec<(i64, JsonText<Settings>)> = tx.all(&query).await?;
    Ok(found.into_iter().map(|(id, settings)| (id, settings.0)).collect())
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_notification_settings), Access::SignedIn)
        .add(routes!(set_notification_settings), Access::SignedIn)
}

async fn mine(tx: &mut Tx, ctx: &Ctx) -> Result<Settings> {
    let me = ctx.actor.user_id.map_or(0, |id| id.0);
    Ok(of(tx, std::iter::once(me)).await?.remove(&me).unwrap_or_default())
}

/// What the caller wants to be reminded of, and where.
#[utoipa::path(get, path = "/me/notification-settings/", tag = TAG, operation_id = "get_notification_settings", responses((status = 200, body = Settings), Problems))]
async fn get_notification_settings(ctx: Ctx) -> Result<Reply> {
    let query = Query::select()
        .columns(["user_id", "settings"])
        .from(Alias::new("notification_settings"))
        .and_where(Expr::col("user_id").eq(ctx.actor.user_id.map(|id| id.0)))
        .to_owned();
    let found: Option<(i64, JsonText<Settings>)> = ctx.db.opt(&query).await?;
    Reply::ok(&found.map(|(_, settings)| settings.0).unwrap_or_default())
}

/// Sets what the caller wants to be reminded of, and where. Activities that are there keep their reminders.
#[utoipa::path(put, path = "/me/notification-settings/", tag = TAG, operation_id = "set_notification_settings", request_body = Settings, responses((status = 200, body = Settings), Problems))]
async fn set_notification_settings(ctx: Ctx, Body(mut settings): Body<Settings>) -> Result<Reply> {
    settings.check()?;
    ctx.write(async |tx| {
        let json = serde_json::to_string(&settings)?;
        let put = Query::insert()
            .into_table("notification_settings")
            .columns(["user_id", "settings"])
            .values_panic([ctx.actor.user_id.map(|id| id.0).into(), json.into()])
            .on_conflict(OnConflict::column("user_id").update_column("settings").to_owned())
            .to_owned();
        tx.exec(&put).await?;
        Reply::ok(&mine(tx, &ctx).await?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        kernel::clock::parse_rfc3339(text).expect("a time")
    }

    #[test]
    fn what_is_quiet_over_midnight_waits_for_the_morning() {
        let settings = Settings {
            quiet_from: Some("22:00".into()),
            quiet_to: Some("07:30".into()),
            ..Settings::default()
        };
        let after = |text: &str| settings.after_quiet(at(text), Tz::Europe__Istanbul);
        assert_eq!(after("2026-03-16T21:59:00+03:00"), at("2026-03-16T21:59:00+03:00"));
        assert_eq!(after("2026-03-16T22:00:00+03:00"), at("2026-03-17T07:30:00+03:00"));
        assert_eq!(after("2026-03-17T03:00:00+03:00"), at("2026-03-17T07:30:00+03:00"));
        assert_eq!(after("2026-03-17T07:30:00+03:00"), at("2026-03-17T07:30:00+03:00"));
    }

    #[test]
    fn nothing_is_quiet_when_nobody_says_so() {
        let noon = at("2026-03-16T12:00:00+03:00");
        assert_eq!(Settings::default().after_quiet(noon, Tz::Europe__Istanbul), noon);
    }
}
