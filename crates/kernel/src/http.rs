//! HTTP as every context uses it: routes that name their permission, extractors whose refusals name the field, answers.

pub mod answer;
pub mod extract;
pub mod gate;
pub mod openapi;
pub mod routes;

pub use answer::{List, Reply};
pub use extract::{Body, Params, PathId};
pub use gate::{Admission, App, Gate};
pub use routes::{Access, Route, Routes};
