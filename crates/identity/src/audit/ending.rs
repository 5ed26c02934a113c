//! Ending old entries: only from the oldest side, leaving a checkpoint on which the rest of the chain stands.

use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::events::NewEvent;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde_json::json;

use super::{Entry, select};

/// The kind of the event that tells of a checkpoint. Its subject is the last entry that was ended.
pub const KIND: &str = "audit.ended";
/// Entries ended in one transaction.
const AT_ONCE: i64 = 5_000;

/// Ends the entries from before a moment, as far as no younger one stands among them; says how many.
pub async fn end_before(ctx: &Ctx, before_us: i64) -> Result<i64> {
    let mut ended = 0;
    loop {
        let step = ctx.db.write_patiently(async |tx| {
            tx.lock_table("audit_entries").await?;
            let mut oldest = select();
            oldest.order_by("id", Order::Asc).limit(1);
            let Some(oldest) = tx.opt::<Entry>(&oldest).await? else {
                return Ok(0);
            };
            let mut younger = Query::select();
            younger
                .column("id")
                .from(Alias::new("audit_entries"))
                .and_where(Expr::col("id").lt(oldest.id + AT_ONCE))
                .and_where(Expr::col("at").gte(before_us))
                .order_by("id", Order::Asc)
                .limit(1);
            let stop = tx.opt::<(i64,)>(&younger).await?.map_or(oldest.id + AT_ONCE, |(id,)| id);
            let mut last = select();
            last.and_where(Expr::col("id").lt(stop)).order_by("id", Order::Desc).limit(1);
            let Some(last) = tx.opt::<Entry>(&last).await? else { return Ok(0) };
            let newest_event = Query::select()
                .expr(Expr::col("event_id").max())
                .from(Alias::new("audit_entries"))
                .and_where(Expr::col("id").lte(last.id))
                .to_owned();
            let (event_id,): (i64,) = tx.one(&newest_event).await?;
            let count = last.id - oldest.id + 1;
            let checkpoint = Query::insert()
                .into_table("audit_checkpoints")
                .columns(["at", "actor_id", "entry_id", "event_id", "ended", "hash"])
                .values_panic([
                    ctx.now_us().into(),
                    ctx.actor.user_id.map(|id| id.0).into(),
                    last.id.into(),
                    event_id.into(),
                    count.into(),
                    last.hash.as_str().into(),
                ])
                .to_owned();
            tx.exec(&checkpoint).await?;
            let gone = Query::delete()
                .from_table("audit_entries")
                .and_where(Expr::col("id").lte(last.id))
                .to_owned();
            tx.exec(&gone).await?;
            let told = NewEvent::new(KIND, "audit", last.id).payload(json!({ "ended": count, "hash": last.hash }));
            tx.emit(&ctx.stamp(), told).await?;
            Ok(count)
        });
        let step = step.await?;
        ended += step;
        if step < AT_ONCE {
            return Ok(ended);
        }
    }
}
