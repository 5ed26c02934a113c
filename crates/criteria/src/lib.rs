//! The criteria language: which records are meant. One grammar for list filters, saved views, row rules, bulk actions, segments and
//! every rule to come; three readings that agree on every record: SQL on SQLite and PostgreSQL ([`Criteria::to_sql`]), in memory
//! ([`Criteria::matches`]), and a sentence for people ([`Criteria::say`]).
//!
//! ```json
//! {"all": [{"field": "city", "op": "in", "value": ["İstanbul", "Ankara"]},
//!          {"not": {"field": "age", "op": "between", "value": [25, 45]}}]}
//! ```
//!
//! What is fixed (segments_loyalty.md §5a, "fixed semantics"):
//! - **Missing** is NULL, the empty text, and for a field of many values none at all. Comparing a missing value is false, also with `ne`
//!   and `not_in`; `is_set` and `is_empty` ask for it. `has_none` alone is the plain complement of `has_any`: nothing has none of them.
//! - **`not`** is the plain complement: every record satisfies a criteria or its `not`, never both.
//! - **Many values** (tags, cities of all addresses): a comparison holds when one of them satisfies it; `ne` and `not_in` when none is it.
//! - **Text** with a stored `fold()` is compared folded, other text byte by byte. Choices are compared by their value.
//! - **Days** are days of the organisation's time zone. `in_last 30d` is the dates in (today − 30, today], `in_next 7d` those in
//!   [today, today + 7); months and years end on the last day of a shorter month. Against a time, a day stands for all of it:
//!   `lte 2026-03-05` includes the evening.
//! - **Anniversaries** come from the first year on; 29 February has its own on 28 February of a common year. So do ages.
//!
//! A criteria comes from [`Criteria::parse`] or [`Criteria::from_query`], both against a [`Schema`]: what they return is typed and cannot
//! fail later.

mod check;
mod criteria;
mod error;
mod eval;
mod json;
mod op;
mod operand;
mod parse;
mod query;
mod say;
mod schema;
mod sql;
mod time;

pub use criteria::{Criteria, FieldTest, Leaf, Literal, Operand};
pub use error::Error;
pub use eval::{Record, Value};
pub use op::Op;
pub use parse::{MAX_BYTES, MAX_DEPTH, MAX_HAS_ALL, MAX_LEAVES, MAX_LIST, MAX_TEXT_CHARS, MAX_VALUES};
pub use say::Voice;
pub use schema::{Choice, Field, Kind, Label, Place, Schema};
pub use time::{Calendar, Moment, Period, Unit, When, Window};
