//! What a context plugs into the product.

use axum::Router;
use futures::future::BoxFuture;

use crate::actor::Permission;
use crate::ctx::Ctx;
use crate::events::consumers::Consumer;
use crate::http::{App, Routes};
use crate::jobs::{Job, Schedule};
use crate::operations::Reverts;

/// What a process that works in the background does for ever, beside jobs: what must not wait for their turn.
#[derive(Clone, Copy)]
pub struct Service {
    pub name: &'static str,
    /// Never ends. Several processes over one database may run it side by side.
    pub run: fn(Ctx) -> BoxFuture<'static, ()>,
}

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
    pub services: Vec<Service>,
    pub permissions: &'static [Permission],
    pub reverts: Reverts,
}
