//! Where submissions are taken in.

use std::sync::Arc;

use identity::Identity;
use kernel::ctx::Ctx;
use kernel::db::Db;

use super::figures::{Counts, What, wait};

/// What a running server holds for its forms. Cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    identity: Identity,
    counts: Counts,
}

impl Desk {
    pub fn new(identity: &Identity) -> Desk {
        Desk(Arc::new(Inner {
            identity: identity.clone(),
            counts: Counts::default(),
        }))
    }

    /// Where people reach the product.
    pub fn public_url(&self) -> &str {
        self.0.identity.public_url()
    }

    /// Counts something that writes nothing by itself.
    pub fn count(&self, ctx: &Ctx, form_id: i64, source: &str, what: What) {
        if self.0.counts.note(ctx, form_id, source, what) {
            let desk = self.clone();
            let db = ctx.db.clone();
            tokio::spawn(async move {
                wait().await;
                desk.write(&db).await;
            });
        }
    }

    /// Writes what was counted so far, so that it is seen.
    pub async fn write_counts(&self, ctx: &Ctx) {
        self.write(&ctx.db).await;
    }

    async fn write(&self, db: &Db) {
        if let Err(error) = self.0.counts.write(db).await {
            tracing::warn!(%error, "figures of forms cannot be written yet");
        }
    }
}
