//! Customers and what hangs on them; validation of Turkish identity; import and export; timeline; undo.

pub mod turkiye;
