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
pub mod field_rules;
pub mod fields;
pub mod http;
pub mod names;
pub mod notes;
pub mod numbers;
pub mod paging;
pub mod patch;
pub mod read;
pub mod record;
pub mod revert;
pub mod ruled;
pub mod schema;
pub mod store;
pub mod streamed;
pub mod timeline;

pub use cell::Cell;
pub use entity::Entity;
pub use record::Record;
