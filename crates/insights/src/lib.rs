//! Read-only over everything below: customer 360.
