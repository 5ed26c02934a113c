//! What activities and communications are tied to: a customer, a lead, an opportunity, each a field of that name.

use std::collections::{BTreeMap, BTreeSet};

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::say;
use records::change::Draft;
use records::revert::UNDOING;
use records::{Cell, Entity, read};
use sea_query::{Alias, Expr, ExprTrait, Query};

const CUSTOMER: &str = "customer";
const LEAD: &str = "lead";
const OPPORTUNITY: &str = "opportunity";

/// What is done for an opportunity is done for its customer.
pub async fn customers_of_opportunities(tx: &mut Tx, drafts: &mut [Draft]) -> Result<()> {
    let alone = |draft: &Draft| {
        let is_alone = draft.after.cell(CUSTOMER).is_missing() && draft.touches(&[OPPORTUNITY]);
        draft.after.cell(OPPORTUNITY).int().filter(|_| is_alone)
    };
    let asked: BTreeSet<i64> = drafts.iter().filter_map(alone).collect();
    if asked.is_empty() {
        return Ok(());
    }
    let customers = Query::select()
        .columns(["id", "customer_id"])
        .from(Alias::new("opportunities"))
        .and_where(Expr::col("id").is_in(asked))
        .to_owned();
    let customers: BTreeMap<i64, i64> = tx.all::<(i64, i64)>(&customers).await?.into_iter().collect();
    for draft in drafts.iter_mut() {
        let place = draft.after.entity.field(CUSTOMER).map(|(place, _)| place);
        if let (Some(place), Some(customer)) = (place, alone(draft).and_then(|id| customers.get(&id))) {
            draft.after.put(place, Cell::Int(*customer));
        }
    }
    Ok(())
}

/// Nobody ties a record to what they cannot see: its name would stand beside it.
pub async fn within_sight(tx: &mut Tx, ctx: &Ctx, drafts: &mut [Draft]) -> Result<()> {
    if ctx.actor.user_id.is_none() {
        return Ok(());
    }
    for name in [CUSTOMER, LEAD, OPPORTUNITY] {
        let Some(entity) = Entity::named(name) else { continue };
        let tied = |draft: &Draft| {
            let is_free = draft.after.carried.contains_key(UNDOING) || !draft.touches(&[name]);
            // The customer of an opportunity comes with it.
            let is_given = name != CUSTOMER || !draft.touches(&[OPPORTUNITY]);
            draft.after.cell(name).int().filter(|_| !is_free && is_given)
        };
        let asked: BTreeSet<i64> = drafts.iter().filter_map(tied).collect();
        if asked.is_empty() {
            continue;
        }
        let mut seen = BTreeSet::new();
        if ctx.actor.may(entity.permissions.read) {
            let mut query = read::visible(ctx, entity, entity.permissions.read).await?;
            query.column((entity.table, "id")).and_where(entity.col("id").is_in(asked));
            seen = tx.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect();
        }
        for draft in drafts.iter_mut() {
            if tied(draft).is_some_and(|id| !seen.contains(&id)) {
                let problem = say!(
                    "Böyle bir kayıt yok ya da size görünmüyor.",
                    "There is no such record, or it is not visible to you."
                );
                draft.errors.add(name, problem);
            }
        }
    }
    Ok(())
}
