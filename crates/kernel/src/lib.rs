//! The shared language of the product. Knows no business.

pub mod actor;
pub mod clock;
pub mod ctx;
pub mod db;
pub mod dialect;
pub mod email;
pub mod error;
pub mod events;
pub mod http;
pub mod ids;
pub mod jobs;
pub mod json_text;
pub mod mail;
pub mod memo;
pub mod module;
pub mod money;
pub mod operations;
pub mod page;
pub mod text;
