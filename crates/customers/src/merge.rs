//! Merging: several records of one customer become one, the winner. What hangs on the losers goes over to it ([`registry`] says how, table by
//! table), their ids lead to it ([`redirects`]), and undoing the operation gives every row back ([`undo`]).

pub mod http;
pub mod preview;
pub mod redirects;
pub mod registry;
pub mod survivor;
mod ties;
pub mod undo;

use std::collections::{BTreeMap, BTreeSet};

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::ids::{CustomerId, OperationId};
use kernel::{operations, say};
use sea_query::{Expr, ExprTrait, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::addresses::Address;
use crate::consents::{self, SameInstant};
use crate::contact_points::ContactPoint;
use crate::custom_fields::Definitions;
use crate::customer::{Customer, check, read, store};
use crate::duplicates::queue;
use crate::fields::Key;
use crate::figures;
use crate::permissions::{MERGE, WRITE};
use survivor::United;

/// How many records can go over into one at once.
pub const MAX_LOSERS: usize = 20;

/// What is to become one.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeRequest {
    /// The record that stays.
    pub winner_id: i64,
    /// Those that go over into it.
    pub loser_ids: Vec<i64>,
    /// Field → the id of the customer whose value stays. Without a choice it is the first that is not empty: the winner's, then that of the
    /// record changed last.
    #[serde(default)]
    pub fields: BTreeMap<String, i64>,
}

impl MergeRequest {
    fn check(&self) -> Result<()> {
        let distinct: BTreeSet<i64> = self.loser_ids.iter().copied().collect();
        if distinct.is_empty() || self.loser_ids.len() > MAX_LOSERS {
            return Err(invalid(
                "loser_ids",
                say!("1 ile {} arasında müşteri olmalı.", "Must be 1 to {} customers.", MAX_LOSERS),
            ));
        }
        if distinct.len() < self.loser_ids.len() || distinct.contains(&self.winner_id) {
            return Err(invalid(
                "loser_ids",
                say!("Her müşteri bir kez yazılmalı.", "Each customer must be named once."),
            ));
        }
        Ok(())
    }
}

/// The customers of a merge, held for this transaction: the winner, then the losers, the one changed last first.
pub(crate) async fn hold(tx: &mut Tx, ctx: &Ctx, definitions: &Definitions, asked: &MergeRequest) -> Result<(Customer, Vec<Customer>)> {
    asked.check()?;
    let ids: Vec<i64> = [asked.winner_id].into_iter().chain(asked.loser_ids.iter().copied()).collect();
    let may_merge = read::visible(ctx, MERGE)
        .await?
        .column(("customers", "id"))
        .and_where(Expr::col(("customers", "id")).is_in(ids.iter().copied()))
        .to_owned();
    let may_merge: BTreeSet<i64> = tx.all::<(i64,)>(&may_merge).await?.into_iter().map(|(id,)| id).collect();
    let held = read::for_change(tx, ctx, WRITE, &ids, definitions).await?;
    let (mut winner, mut losers): (Vec<Customer>, Vec<Customer>) = held
        .into_iter()
        .filter(|customer| may_merge.contains(&customer.id))
        .partition(|customer| customer.id == asked.winner_id);
    let winner = winner.pop().ok_or_else(|| out_of_reach("winner_id"))?;
    if losers.len() < asked.loser_ids.len() {
        return Err(out_of_reach("loser_ids"));
    }
    if losers.iter().any(|loser| loser.is_company() != winner.is_company()) {
        return Err(invalid(
            "loser_ids",
            say!(
                "Bir birey ile bir firma birleştirilemez.",
                "A person and a company cannot be merged."
            ),
        ));
    }
    losers.sort_by_key(|loser| (std::cmp::Reverse(loser.updated_at), loser.id));
    Ok((winner, losers))
}

fn out_of_reach(field: &str) -> Error {
    invalid(
        field,
        say!(
            "Böyle bir müşteri yok ya da onu birleştirmek yetkinizin dışında.",
            "There is no such customer, or merging it is out of your reach."
        ),
    )
}

/// What stood before and cannot be read from anything else, kept for the undo.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Before {
    /// By customer.
    pub lists: BTreeMap<i64, Lists>,
    /// Ties that were the first of their role and are so no more.
    pub primary_relations: Vec<i64>,
    /// Pairs of the queue.
    pub pairs: Vec<(i64, queue::Verdict)>,
}

/// The lists of a customer with the ids of their rows.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Lists {
    pub contact_points: Vec<ContactPoint>,
    pub addresses: Vec<Address>,
}

/// Makes several customers one; gives the winner as it is then.
pub async fn merge(tx: &mut Tx, ctx: &Ctx, definitions: &Definitions, asked: &MergeRequest) -> Result<(OperationId, Customer)> {
    let (winner, losers) = hold(tx, ctx, definitions, asked).await?;
    let stamp = ctx.stamp();
    let United {
        winner: mut after,
        losers: mut gone,
    } = survivor::unite(&winner, &losers, &asked.fields, definitions)?;
    check::settle(&mut after, ctx);
    // Both were within the caller's reach, whoever owns them.
    check::check(&after, Some(&winner), definitions, &ctx.as_system()).check()?;
    let changes = after.changes_since(&winner, definitions);
    for (customer, before) in [(&mut after, &winner)].into_iter().chain(gone.iter_mut().zip(&losers)) {
        customer.version = before.version + 1;
        customer.updated_at = stamp.at_us;
    }
    for customer in &mut gone {
        customer.deleted_at = Some(stamp.at_us);
    }
    let loser_ids: Vec<i64> = losers.iter().map(|loser| loser.id).collect();
    let summary = json!({ "changed": 1 + loser_ids.len(), "winner_id": winner.id, "loser_ids": loser_ids });
    let operation = operations::note(tx, &stamp, "customers.merge", summary).await?;
    let stamp = stamp.within(operation);

    let pairs: Vec<(&Customer, &Customer)> = [(&winner, &after)].into_iter().chain(losers.iter().zip(&gone)).collect();
    store::update(tx, &pairs).await?;
    let ids: Vec<i64> = pairs.iter().map(|(before, _)| before.id).collect();
    let lists = |customer: &Customer| Lists {
        contact_points: customer.contact_points.clone(),
        addresses: customer.addresses.clone(),
    };
    let before = Before {
        lists: pairs.iter().map(|(before, _)| (before.id, lists(before))).collect(),
        primary_relations: ties::unite(tx, operation, winner.id, &loser_ids).await?,
        pairs: queue::close(tx, &stamp, &ids).await?,
    };
    registry::move_rows(tx, operation, winner.id, &loser_ids).await?;
    consents::restate(tx, &ids, SameInstant::RefusalCounts).await?;
    figures::recount(tx, &ids).await?;
    redirects::lead(tx, winner.id, &loser_ids).await?;
    let note = Query::insert()
        .into_table("merges")
        .columns(["operation_id", "winner_id", "before"])
        .values_panic([operation.into(), winner.id.into(), serde_json::to_string(&before)?.into()])
        .to_owned();
    tx.exec(&note).await?;

    let name = after[Key::Name].text();
    let merged = NewEvent::new("customer.merged", "customer", winner.id)
        .customer(CustomerId(winner.id))
        .payload(json!({ "name": name, "version": after.version, "loser_ids": loser_ids }))
        .changes(changes);
    let events = gone.iter().map(|loser| {
        NewEvent::new("customer.deleted", "customer", loser.id)
            .customer(CustomerId(loser.id))
            .payload(json!({ "name": loser[Key::Name].text(), "version": loser.version, "merged_into_id": winner.id }))
    });
    tx.emit_all(&stamp, events.chain([merged]).collect()).await?;
    Ok((operation, after))
}

/// What a merge said it would do, as it is told in the answer.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Merged {
    pub operation_id: i64,
    pub winner_id: i64,
    #[schema(value_type = crate::customer::http::Customer)]
    pub customer: Value,
}
