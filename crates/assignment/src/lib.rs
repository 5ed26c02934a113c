//! Assignment: whose a record becomes. Rules in order (criteria → pool → strategy), people with their hours, absences and daily caps;
//! decided in the transaction that creates the record, with every decision written down.

pub mod decide;
pub mod decisions;
pub mod engine;
pub mod hand;
pub mod people;
pub mod rules;
pub mod source;
pub mod trace;
pub mod trial;
pub mod untouched;
pub mod working_time;

use kernel::actor::Permission;
use kernel::module::Module;

pub use source::Source;

/// The rules by which records are handed out, and other people's hours and absences.
pub const ASSIGNMENT_MANAGE: Permission = Permission::global("assignment", "manage");

/// What assignment plugs into the product.
pub fn module() -> Module {
    Module {
        name: "assignment",
        routes: rules::http::routes().merge(trial::routes()).merge(people::http::routes()),
        jobs: vec![untouched::JOB],
        schedules: vec![untouched::EVERY_MINUTE],
        permissions: &[ASSIGNMENT_MANAGE],
        reverts: vec![("assignment_rule", rules::revert), ("assignment_person", people::revert)],
        ..Module::default()
    }
}
