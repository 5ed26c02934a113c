//! The one integration binary: stories through the API, each on SQLite and, when `CRM_TEST_POSTGRES` names a server, on PostgreSQL.

mod access;
mod contract;
mod crates;
mod customers;
mod events;
mod undo;
