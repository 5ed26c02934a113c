//! Records: an entity is a table of fields, described once ([`Entity`]); reading, writing, checking, history, undo, bulk changes and the API
//! document follow from the description. What an entity does beyond that it says in two hooks, before and after its records are kept.

pub mod bulk;
pub mod cell;
pub mod change;
pub mod check;
pub mod choices;
pub mod countries;
pub mod custom;
pub mod edit;
pub mod entity;
pub mod exports;
pub mod favourites;
pub mod field_rules;
pub mod fields;
pub mod http;
pub mod kept;
pub mod lines;
pub mod names;
pub mod notes;
pub mod numbers;
pub mod order;
pub mod paging;
pub mod parts;
pub mod patch;
pub mod presence;
pub mod read;
pub mod recents;
pub mod record;
pub mod revert;
pub mod ruled;
pub mod schema;
pub mod search;
pub mod store;
pub mod streamed;
pub mod timeline;
pub mod totals;
pub mod views;

pub use cell::Cell;
pub use entity::Entity;
pub use record::Record;

use std::time::Duration;

use futures::FutureExt;
use kernel::clock::DAY_US;
use kernel::jobs::{Job, Schedule};
use kernel::module::Module;
use kernel::operations::UNDO_WINDOW_DAYS;

/// What serves the records of every entity.
pub fn module() -> Module {
    Module {
        name: "records",
        routes: views::http::routes()
            .merge(views::tabs::routes())
            .merge(favourites::routes())
            .merge(recents::routes())
            .merge(search::routes()),
        jobs: vec![PURGE, presence::SWEEP],
        schedules: [(PURGE, 24), (presence::SWEEP, 1)]
            .map(|(job, hours)| Schedule {
                job: job.name,
                every: Duration::from_secs(hours * 3600),
            })
            .into(),
        permissions: &[views::VIEW_SHARE],
        reverts: vec![("view", views::revert)],
        ..Module::default()
    }
}

/// Ends what was deleted longer ago than an operation can be undone.
const PURGE: Job = Job {
    name: "records.purge",
    run: |ctx, _| {
        async move {
            let before_us = ctx.now_us() - UNDO_WINDOW_DAYS * DAY_US;
            ctx.db.write(async |tx| views::purge(tx, before_us).await).await?;
            Ok(())
        }
        .boxed()
    },
};
