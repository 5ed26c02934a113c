//! The pipeline in figures.

pub mod facts;
