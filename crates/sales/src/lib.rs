//! Leads and opportunities.
