//! The schema: one chronological list, run on both databases.
