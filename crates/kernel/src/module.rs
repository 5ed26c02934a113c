//! What a context plugs into the product.

use axum::Router;

use crate::actor::Permission;
use crate::events::consumers::Consumer;
use crate::http::{App, Routes};
use crate::jobs::{Job, Schedule};
use crate::operations::Reverts;

/// A context: its routes, what it reacts to, what it does later, what may be allowed.
#[derive(Default)]
pub struct Module {
    pub name: &'static str,
    pub routes: Routes,
    /// Pages for people outside, at the root of the server and not under the API.
    pub pages: Router<App>,
    pub consumers: Vec<Consumer>,
    pub jobs: Vec<Job>,
    pub schedules: Vec<Schedule>,
    pub permissions: &'static [Permission],
    pub reverts: Reverts,
}
