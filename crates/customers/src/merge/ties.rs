//! The ties of customers that become one: to others they go over to the winner, those between them end up as no tie at all.

use std::collections::BTreeSet;

use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::ids::OperationId;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Query};

use super::registry;
use crate::relations::{self, Relation, RelationRole};

/// Gives the winner the losers' ties. Those that it has already, and those among the merged themselves, stay where they are. The ids of the
/// ties that are the first of their role no more, since the winner has one.
pub async fn unite(tx: &mut Tx, operation: OperationId, winner_id: i64, loser_ids: &[i64]) -> Result<Vec<i64>> {
    let is_loser = |id: i64| loser_ids.contains(&id);
    let all = relations::touching(tx, &[&[winner_id], loser_ids].concat()).await?;
    let (theirs, mut taken): (Vec<Relation>, Vec<Relation>) =
        all.into_iter().partition(|tie| is_loser(tie.customer_id) || is_loser(tie.other_id));
    let (mut firsts, mut seconds, mut lost_first) = (Vec::new(), Vec::new(), Vec::new());
    for tie in theirs {
        let mapped = |id: i64| if is_loser(id) { winner_id } else { id };
        let mut given = Relation {
            customer_id: mapped(tie.customer_id),
            other_id: mapped(tie.other_id),
            ..tie.clone()
        };
        if given.customer_id == given.other_id || taken.iter().any(|known| given.is_same_tie(known)) {
            continue;
        }
        if taken.iter().any(|known| given.is_rival_of(known)) {
            given.is_primary = false;
            lost_first.push(tie.id);
        }
        if given.customer_id != tie.customer_id {
            firsts.push(tie.id);
        } else {
            seconds.push(tie.id);
        }
        taken.push(given);
    }
    for (column, ids) in [("customer_id", &firsts), ("other_id", &seconds)] {
        give(tx, operation, column, winner_id, ids).await?;
    }
    let second = Query::update()
        .table("relations")
        .value("is_primary", false)
        .and_where(Expr::col("id").is_in(lost_first.iter().copied()))
        .to_owned();
    tx.exec(&second).await?;
    refuse_circle(tx, winner_id, &taken).await?;
    Ok(lost_first)
}

async fn give(tx: &mut Tx, operation: OperationId, column: &'static str, winner_id: i64, ids: &[i64]) -> Result<()> {
    for some in ids.chunks(500) {
        let these = || Expr::col("id").is_in(some.iter().copied());
        let rows = Query::select()
            .expr(Expr::val(operation.0))
            .expr(Expr::val(format!("relations.{column}")))
            .columns(["id", column])
            .from(Alias::new("relations"))
            .and_where(these())
            .to_owned();
        registry::note(tx, rows).await?;
        let give = Query::update()
            .table("relations")
            .value(column, winner_id)
            .and_where(these())
            .to_owned();
        tx.exec(&give).await?;
    }
    Ok(())
}

/// A company that is above one of the merged and below another would come to be above itself.
async fn refuse_circle(tx: &mut Tx, winner_id: i64, ties: &[Relation]) -> Result<()> {
    let parents: BTreeSet<i64> = ties
        .iter()
        .filter(|tie| tie.role == RelationRole::Parent && tie.customer_id == winner_id)
        .map(|tie| tie.other_id)
        .collect();
    // As if each were about to be tied: under no id of its own, so that the ties themselves are walked.
    let asked: Vec<Relation> = parents
        .into_iter()
        .map(|other_id| Relation {
            id: -1,
            customer_id: winner_id,
            other_id,
            role: RelationRole::Parent,
            title: String::new(),
            is_primary: false,
        })
        .collect();
    if relations::closing(tx, &asked).await?.is_empty() {
        return Ok(());
    }
    Err(Error::Conflict(say!(
        "Bu firmaların arasında başka bir firma var: birleşince kendi bağlı şirketinin altına girerdi. Önce o ilişkiyi düzeltin.",
        "There is another company between these: merged, it would come to be below its own subsidiary. Mend that relation first."
    )))
}
