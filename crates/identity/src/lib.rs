//! Users, teams, roles, sessions, API tokens, the organisation.
