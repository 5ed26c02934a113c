//! Activities: calls, meetings and tasks, who does them, what reminds of them, and the calendar they stand in.

pub mod activities;
pub mod caldav;
pub mod calendar;
pub mod communications;
pub mod conversions;
pub mod erasure;
pub mod holidays;
pub mod notifications;
pub mod permissions;
pub mod reminders;
pub mod series;
mod ties;
pub mod timelines;
pub mod times;
pub mod upkeep;

use futures::FutureExt;
use kernel::module::{Module, Service};
use records::kept::{self, Kept};
use records::parts::{self, Part};

use crate::activities::ACTIVITY;
use crate::activities::checklist::ChecklistItem;
use crate::activities::types::ActivityType;
use crate::communications::COMMUNICATION;
use crate::holidays::Holiday;
use crate::series::ActivitySeries;
use crate::times::Time;

/// What activities plug into the product.
pub fn module() -> Module {
    ACTIVITY.know();
    COMMUNICATION.know();
    activities::assignment::SOURCE.know();
    for archived in erasure::ARCHIVED {
        customers::personal_data::archive::holds(archived);
    }
    Module {
        name: "engagement",
        routes: activities::http::routes()
            .merge(activities::lists::routes())
            .merge(activities::types::routes())
            .merge(activities::complete::routes())
            .merge(activities::checklist::routes())
            .merge(activities::assignment::routes())
            .merge(series::http::routes())
            .merge(communications::http::routes())
            .merge(communications::lists::routes())
            .merge(communications::timelines::routes())
            .merge(timelines::routes())
            .merge(times::routes())
            .merge(reminders::http::routes())
            .merge(reminders::settings::routes())
            .merge(notifications::routes())
            .merge(holidays::routes())
            .merge(calendar::routes()),
        pages: caldav::pages(),
        consumers: vec![conversions::CONSUMER, erasure::CONSUMER],
        jobs: vec![upkeep::PURGE, series::EXTEND],
        schedules: vec![upkeep::PURGES, series::EXTENDS],
        services: vec![Service {
            name: "engagement.reminders",
            run: |ctx| reminders::run(ctx).boxed(),
        }],
        permissions: permissions::ALL,
        reverts: vec![
            ("activity", |tx, ctx, stamp, events| {
                Box::pin(records::revert::revert(tx, ctx, stamp, &ACTIVITY, events))
            }),
            ("communication", |tx, ctx, stamp, events| {
                Box::pin(records::revert::revert(tx, ctx, stamp, &COMMUNICATION, events))
            }),
            (ChecklistItem::SUBJECT, parts::revert::<ChecklistItem>),
            (ActivityType::SUBJECT, kept::revert::<ActivityType>),
            (ActivitySeries::SUBJECT, kept::revert::<ActivitySeries>),
            (Time::SUBJECT, kept::revert::<Time>),
            (Holiday::SUBJECT, kept::revert::<Holiday>),
        ],
    }
}
