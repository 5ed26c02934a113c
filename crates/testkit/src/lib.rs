//! A running product on a database of its own, for tests.
