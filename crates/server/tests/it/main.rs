//! The one integration binary: stories through the API, each on SQLite and, when `CRM_TEST_POSTGRES` names a server, on PostgreSQL.

mod access;
mod addresses;
mod consents;
mod contact_points;
mod contract;
mod crash;
mod crates;
mod custom_fields;
mod customers;
mod events;
mod exports;
mod horizon;
mod hostile;
mod imports;
mod live;
mod oidc;
mod relations;
mod scim;
mod sign_in;
mod tags;
mod undo;
mod views;
