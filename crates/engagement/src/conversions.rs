//! What was done for a lead, and said to it, was for the customer it became.

use futures::FutureExt;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::events::Event;
use kernel::events::consumers::Consumer;
use sea_query::{Expr, ExprTrait, Query};

/// What is done for a lead.
const TABLES: [&str; 2] = ["activities", "communications"];

/// Ties the activities and communications of a converted lead to its customer.
pub const CONSUMER: Consumer = Consumer {
    name: "engagement.conversions",
    wants: |kind| kind == "lead.converted",
    handle: |tx, events| handle(tx, events).boxed(),
};

async fn handle(tx: &mut Tx, converted: &[Event]) -> Result<()> {
    for (event, table) in converted.iter().flat_map(|event| TABLES.map(|table| (event, table))) {
        let tie = Query::update()
            .table(table)
            .value("customer_id", event.customer_id)
            .value("version", Expr::col("version").add(1))
            .and_where(Expr::col("lead_id").eq(event.subject_id))
            .and_where(Expr::col("customer_id").is_null())
            .to_owned();
        tx.exec(&tie).await?;
    }
    Ok(())
}
