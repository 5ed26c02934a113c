//! One's activities in the calendars of telephones and mail programs: CalDAV (RFC 4791) in both directions under `/dav/`, and a feed to read
//! only (`/calendar.ics?token=…`). The password is an API token. Appointments and what has only a time to be done by are two collections, as
//! programs want it; each of a series is an object of its own.

mod collection;
mod object;
mod pages;

pub use pages::pages;
