//! An entity whose records are handed out, and what assignment has to know of it. Contexts above make theirs known at start.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use futures::future::BoxFuture;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Result, Say};
use kernel::say;
use records::{Entity, Record};
use sea_query::Expr;

/// See [`Source::known_owners`].
pub type KnownOwners = for<'a> fn(&'a mut Tx, &'a Ctx, &'a [&'a Record]) -> BoxFuture<'a, Result<Vec<Option<i64>>>>;

/// What assignment has to know of an entity.
pub struct Source {
    pub entity: &'static Entity,
    /// Whether a record is still open, in SQL and in memory: open ones are somebody's load.
    pub open: fn() -> Expr,
    pub is_open: fn(&Record) -> bool,
    /// Fields with the city and the country, for territories.
    pub city: Option<&'static str>,
    pub country: Option<&'static str>,
    /// The field with until when it must be touched; empty when nobody waits for it.
    pub due: Option<&'static str>,
    /// Who looks after the companies of these records already, in their order.
    pub known_owners: KnownOwners,
}

static KNOWN: RwLock<BTreeMap<&'static str, &'static Source>> = RwLock::new(BTreeMap::new());

impl Source {
    /// Makes it known. Called by the modules at start.
    pub fn know(&'static self) {
        KNOWN.write().unwrap_or_else(PoisonError::into_inner).insert(self.entity.name, self);
    }

    /// The source of an entity.
    pub fn of(entity: &str) -> Option<&'static Source> {
        KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(entity).copied()
    }

    /// The source a caller means, or what it may be.
    pub fn asked(entity: &str) -> Result<&'static Source, Say> {
        Source::of(entity).ok_or_else(|| {
            let known: Vec<&str> = KNOWN.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
            say!("Şunlardan biri olmalı: {}.", "Must be one of: {}.", known.join(", "))
        })
    }
}
