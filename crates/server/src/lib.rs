//! The program. The only place that lists the modules; everything else is in the contexts.

pub mod access;
pub mod app;
mod audit;
pub mod backup;
pub mod bench;
pub mod cli;
pub mod config;
pub mod demo;
pub mod doctor;
mod layers;
mod live;
pub mod log;
mod metrics;
pub mod openapi;
mod operations;
mod outlet;
mod spa;
mod system;
pub mod upgrade;
pub mod worker;
