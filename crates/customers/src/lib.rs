//! Customers and what hangs on them: contact points, addresses, relations, consents, tags, custom fields, saved views; their import and
//! export, timeline and figures.
//!
//! [`fields`] says what a customer is made of, one line per field. [`customer`] is the noun itself.

pub mod addresses;
pub mod at_hand;
pub mod children;
pub mod consents;
pub mod contact_points;
pub mod custom_fields;
pub mod customer;
pub mod disclosures;
pub mod duplicates;
pub mod exports;
pub mod fields;
pub mod figures;
pub mod imports;
pub mod merge;
pub mod notes;
pub mod permissions;
pub mod personal_data;
pub mod places;
pub mod relations;
pub mod tags;
pub mod timeline;
pub mod totals;
pub mod upkeep;

pub use records::{cell, choices, countries, edit, names, paging, streamed};
use std::time::Duration;

use futures::FutureExt;
use identity::Identity;
use kernel::clock::DAY_US;
use kernel::jobs::{Job, Schedule};
use kernel::module::Module;
use kernel::operations::UNDO_WINDOW_DAYS;

/// Customers deleted for good in one transaction.
const PURGED_AT_ONCE: u64 = 500;

/// What customers plug into the product.
pub fn module(identity: &Identity) -> Module {
    customer::ENTITY.know();
    let routes = customer::http::routes()
        .merge(customer::sharing::routes())
        .merge(customer::access::routes(identity))
        .merge(personal_data::http::routes())
        .merge(duplicates::http::routes())
        .merge(merge::http::routes())
        .merge(timeline::routes())
        .merge(totals::routes())
        .merge(contact_points::http::routes())
        .merge(addresses::http::routes())
        .merge(notes::http::routes())
        .merge(at_hand::routes())
        .merge(relations::http::routes())
        .merge(consents::http::routes())
        .merge(tags::http::routes())
        .merge(custom_fields::http::routes())
        .merge(places::routes())
        .merge(imports::http::routes())
        .merge(exports::routes());
    Module {
        name: "customers",
        routes,
        consumers: vec![figures::CONSUMER, duplicates::queue::CONSUMER],
        jobs: vec![
            PURGE,
            RETENTION,
            imports::run::JOB,
            imports::dry_run::JOB,
            duplicates::scan::JOB,
            duplicates::scan::RESCAN,
        ],
        schedules: [(PURGE, 24), (RETENTION, 24)]
            .map(|(job, hours)| Schedule {
                job: job.name,
                every: Duration::from_secs(hours * 3600),
            })
            .into(),
        permissions: permissions::ALL,
        reverts: vec![
            ("customer", customer::revert::revert),
            ("relation", relations::revert),
            ("note", notes::revert),
            ("duplicate", duplicates::queue::revert),
        ],
        ..Module::default()
    }
}

/// Deletes or erases whom the rules of retention meet.
const RETENTION: Job = Job {
    name: "customers.retention",
    run: |ctx, _| async move { personal_data::retention::run_all(&ctx).await }.boxed(),
};

/// Ends what was deleted longer ago than an operation can be undone, and files that nobody waits for.
const PURGE: Job = Job {
    name: "customers.purge",
    run: |ctx, _| {
        async move {
            let before_us = ctx.now_us() - UNDO_WINDOW_DAYS * DAY_US;
            ctx.db.write(async |tx| notes::purge(tx, before_us).await).await?;
            imports::upload::sweep(&ctx, ctx.now_us() - DAY_US).await?;
            while ctx
                .db
                .write(async |tx| customer::store::purge(tx, before_us, PURGED_AT_ONCE).await)
                .await?
                > 0
            {}
            Ok(())
        }
        .boxed()
    },
};
