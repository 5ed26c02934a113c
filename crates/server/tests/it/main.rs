//! The one integration binary: stories through the API, each on SQLite and, when `CRM_TEST_POSTGRES` names a server, on PostgreSQL.

mod access;
mod addresses;
mod audit;
mod consents;
mod contact_points;
mod contract;
mod crash;
mod crates;
mod custom_fields;
mod customers;
mod duplicates;
mod events;
mod exports;
mod horizon;
mod hostile;
mod imports;
mod live;
mod permissions;
mod personal_data;
mod relations;
mod running;
mod tags;
mod undo;
mod views;
