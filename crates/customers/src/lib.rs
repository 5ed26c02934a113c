//! Customers and what hangs on them: contact points, addresses, relations, consents, tags, custom fields, saved views; their import and
//! export, timeline and figures.
//!
//! [`fields`] says what a customer is made of, one line per field. [`customer`] is the noun itself.

pub mod addresses;
pub mod cell;
pub mod contact_points;
pub mod custom_fields;
pub mod customer;
pub mod fields;
pub mod figures;
pub mod names;
pub mod permissions;
pub mod tags;
pub mod timeline;
pub mod turkiye;

use std::time::Duration;

use futures::FutureExt;
use kernel::clock::DAY_US;
use kernel::jobs::{Job, Schedule};
use kernel::module::Module;
use kernel::operations::UNDO_WINDOW_DAYS;

/// Customers deleted for good in one transaction.
const PURGED_AT_ONCE: u64 = 500;

/// What customers plug into the product.
pub fn module() -> Module {
    Module {
        name: "customers",
        routes: customer::http::routes().merge(timeline::routes()),
        consumers: vec![figures::CONSUMER],
        jobs: vec![PURGE],
        schedules: vec![Schedule { job: PURGE.name, every: Duration::from_secs(24 * 3600) }],
        permissions: permissions::ALL,
        reverts: vec![("customer", customer::revert::revert)],
    }
}

/// Ends what was deleted longer ago than an operation can be undone.
const PURGE: Job = Job {
    name: "customers.purge",
    run: |ctx, _| {
        async move {
            let before_us = ctx.now_us() - UNDO_WINDOW_DAYS * DAY_US;
            while ctx.db.write(async |tx| customer::store::purge(tx, before_us, PURGED_AT_ONCE).await).await? > 0 {}
            Ok(())
        }
        .boxed()
    },
};
