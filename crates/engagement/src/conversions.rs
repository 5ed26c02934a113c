//! What was done for a lead was done for the customer it became.

use futures::FutureExt;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::events::Event;
use kernel::events::consumers::Consumer;
use sea_query::{Expr, ExprTrait, Query};

/// Ties the activities of a converted lead to its customer.
pub const CONSUMER: Consumer = Consumer {
    name: "engagement.conversions",
    wants: |kind| kind == "lead.converted",
    handle: |tx, events| handle(tx, events).boxed(),
};

async fn handle(tx: &mut Tx, converted: &[Event]) -> Result<()> {
    for event in converted {
        let tie = Query::update()
            .table("activities")
            .value("customer_id", event.customer_id)
            .value("version", Expr::col("version").add(1))
            .and_where(Expr::col("lead_id").eq(event.subject_id))
            .and_where(Expr::col("customer_id").is_null())
            .to_owned();
        tx.exec(&tie).await?;
    }
    Ok(())
}
