//! Routes of their own.
