//! The criteria language from outside: what it means ([`cases`]), that its three readings agree ([`agree`]), what it refuses
//! ([`grammar`]), and what it says ([`words`]).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod agree;
mod cases;
mod grammar;
mod stage;
mod things;
mod words;
