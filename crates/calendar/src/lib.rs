//! Time as people and calendars write it. Pure: no database, no clock, no network; the moment and the zone are always given.
//!
//! - [`natural`] reads "yarın 14:00" and "next Tuesday" out of a line.
//! - [`recurrence`] is the RRULE of RFC 5545: checked, said in words, laid out between two moments.
//! - [`ics`] writes and reads iCalendar; [`zones`] knows what others call a time zone.
//! - [`free_busy`] merges what is taken and finds what is free.
//! - [`dav`] is the part of a CalDAV server that is only text: requests in, multistatus out.

pub mod dav;
pub mod free_busy;
pub mod ics;
pub mod natural;
pub mod recurrence;
pub mod zoned;
pub mod zones;
