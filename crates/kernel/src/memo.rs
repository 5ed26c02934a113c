//! Answers kept in memory for as long as nothing they depend on has been committed: counts, definitions. Every commit of events raises the
//! epoch of the subject types it touched, in this process at once and in the others over the same PostgreSQL by notification.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use moka::sync::Cache;

use crate::error::Result;

/// The longest a value is kept: another process over the same SQLite file (the command line) tells nobody of its commits.
const MAX_AGE: Duration = Duration::from_secs(5);

/// The subject type of what nobody knows.
const ANYTHING: &str = "*";

type Kept = (u64, Arc<dyn Any + Send + Sync>);

/// What is remembered, and how fresh it must be.
#[derive(Clone)]
pub struct Memo {
    epochs: Arc<RwLock<HashMap<String, u64>>>,
    kept: Cache<String, Kept>,
}

impl Default for Memo {
    fn default() -> Self {
        Memo {
            epochs: Arc::default(),
            kept: Cache::builder().max_capacity(2_000).time_to_live(MAX_AGE).build(),
        }
    }
}

impl Memo {
    /// One that remembers nothing.
    pub fn forgetful() -> Memo {
        Memo {
            epochs: Arc::default(),
            kept: Cache::builder().max_capacity(0).build(),
        }
    }

    /// Something of these subject types was committed.
    pub fn touch<'a>(&self, subjects: impl IntoIterator<Item = &'a str>) {
        if let Ok(mut epochs) = self.epochs.write() {
            for subject in subjects {
                *epochs.entry(subject.to_owned()).or_default() += 1;
            }
        }
    }

    /// Forgets everything: nobody knows what was committed.
    pub fn touch_all(&self) {
        self.touch([ANYTHING]);
        self.kept.invalidate_all();
    }

    /// A number that grows whenever something of these subject types is committed.
    pub fn epoch(&self, subjects: &[&str]) -> u64 {
        // Epochs only grow, so their sum tells any change.
        let asked = subjects.iter().copied().chain([ANYTHING]);
        self.epochs
            .read()
            .map_or(0, |epochs| asked.filter_map(|subject| epochs.get(subject)).sum())
    }

    /// The value kept under `key`, or what `make` makes now. `subjects` are the subject types it is made from.
    pub async fn get<T, F>(&self, key: String, subjects: &[&str], make: impl FnOnce() -> F) -> Result<Arc<T>>
    where
        T: Any + Send + Sync,
        F: Future<Output = Result<T>>,
    {
        // Taken before the value is made: what is committed meanwhile makes it stale.
        let epoch = self.epoch(subjects);
        if let Some((made_at, value)) = self.kept.get(&key)
            && made_at == epoch
            && let Ok(value) = value.downcast::<T>()
        {
            return Ok(value);
        }
        let value = Arc::new(make().await?);
        self.kept.insert(key, (epoch, value.clone()));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_value_is_kept_until_its_subject_is_touched() {
        let memo = Memo::default();
        let get = async |n: i64| *memo.get("k".into(), &["customer"], || async move { Ok(n) }).await.expect("a value");
        assert_eq!(get(1).await, 1);
        assert_eq!(get(2).await, 1);
        memo.touch(["user"]);
        assert_eq!(get(3).await, 1);
        memo.touch(["customer"]);
        assert_eq!(get(4).await, 4);
        memo.touch_all();
        assert_eq!(get(5).await, 5);
    }
}
