//! Every place where the id of a customer is kept, what a merge does with it, and what an erasure does. A test walks the schema of both
//! databases and finds no column that is missing here.

use kernel::db::Tx;
use kernel::error::Result;
use kernel::ids::OperationId;
use sea_query::{Alias, Cond, Expr, ExprTrait, Query};

/// What becomes of the losers' rows when customers become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnMerge {
    /// Each goes over to the winner; which did is written down.
    Move,
    /// They go over but for those that the winner has already; the noun itself knows how.
    Unite,
    /// They follow from others and are made anew.
    Recompute,
    /// They speak of the record and not of the customer.
    Stay,
}

/// What becomes of the rows when a customer is [erased](crate::personal_data::erasure).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnErasure {
    /// A number that tells nothing any more.
    Keep,
    /// What they say of the customer is taken out.
    Blank,
    Delete,
    /// They follow from the customer's fields, and go with these.
    Recompute,
}

/// A column that holds ids of customers.
#[derive(Clone, Copy, Debug)]
pub struct Holder {
    pub table: &'static str,
    pub column: &'static str,
    /// By which the table tells its rows apart.
    pub row: &'static str,
    /// The entity that the rows must name, where the table holds ids of several.
    pub entity: Option<&'static str>,
    pub on_merge: OnMerge,
    pub on_erasure: OnErasure,
}

const fn holder(table: &'static str, column: &'static str, on_merge: OnMerge, on_erasure: OnErasure) -> Holder {
    Holder {
        table,
        column,
        row: "id",
        entity: None,
        on_merge,
        on_erasure,
    }
}

/// Of a table that holds ids of several entities.
const fn of_customers(holder: Holder) -> Holder {
    Holder {
        entity: Some("customer"),
        ..holder
    }
}

/// All of them.
pub const HOLDERS: &[Holder] = &[
    // What was said and done is taken out by the context it belongs to, once it hears of the erasure.
    holder("activities", "customer_id", OnMerge::Move, OnErasure::Keep),
    holder("addresses", "customer_id", OnMerge::Unite, OnErasure::Delete),
    holder("communications", "customer_id", OnMerge::Move, OnErasure::Keep),
    holder("consent_states", "customer_id", OnMerge::Recompute, OnErasure::Keep),
    // The proof that the law asks of the organisation.
    holder("consents", "customer_id", OnMerge::Move, OnErasure::Keep),
    holder("contact_points", "customer_id", OnMerge::Unite, OnErasure::Delete),
    holder("customer_figures", "customer_id", OnMerge::Recompute, OnErasure::Keep),
    Holder {
        row: "old_id",
        ..holder("customer_redirects", "customer_id", OnMerge::Move, OnErasure::Keep)
    },
    holder("customer_redirects", "old_id", OnMerge::Stay, OnErasure::Keep),
    holder("customer_tags", "customer_id", OnMerge::Unite, OnErasure::Delete),
    holder("deliveries", "customer_id", OnMerge::Move, OnErasure::Delete),
    holder("duplicate_pairs", "low_id", OnMerge::Stay, OnErasure::Delete),
    holder("duplicate_pairs", "high_id", OnMerge::Stay, OnErasure::Delete),
    holder("events", "customer_id", OnMerge::Move, OnErasure::Blank),
    // They speak of what somebody opened; where it was merged, they are read as speaking of the winner.
    of_customers(holder("favourites", "record_id", OnMerge::Stay, OnErasure::Delete)),
    // What was filled in is taken out by the context it belongs to, once it hears of the erasure.
    holder("form_submissions", "customer_id", OnMerge::Move, OnErasure::Keep),
    holder("import_likely_duplicates", "customer_id", OnMerge::Stay, OnErasure::Delete),
    // What a lead knew of the person is taken out by the context it belongs to, once it hears of the erasure.
    holder("leads", "converted_contact_id", OnMerge::Move, OnErasure::Keep),
    holder("leads", "converted_customer_id", OnMerge::Move, OnErasure::Keep),
    holder("leads", "referred_by_id", OnMerge::Move, OnErasure::Keep),
    holder("match_keys", "customer_id", OnMerge::Recompute, OnErasure::Recompute),
    holder("merge_moves", "from_id", OnMerge::Stay, OnErasure::Keep),
    holder("merges", "winner_id", OnMerge::Stay, OnErasure::Delete),
    holder("notes", "customer_id", OnMerge::Move, OnErasure::Delete),
    holder("opportunities", "customer_id", OnMerge::Move, OnErasure::Keep),
    holder("opportunity_closings", "customer_id", OnMerge::Move, OnErasure::Keep),
    of_customers(holder("presences", "record_id", OnMerge::Stay, OnErasure::Delete)),
    of_customers(holder("recents", "record_id", OnMerge::Stay, OnErasure::Delete)),
    of_customers(holder("record_shares", "record_id", OnMerge::Move, OnErasure::Delete)),
    holder("relations", "customer_id", OnMerge::Unite, OnErasure::Delete),
    holder("relations", "other_id", OnMerge::Unite, OnErasure::Delete),
    holder("stakeholders", "customer_id", OnMerge::Move, OnErasure::Delete),
];

fn moved() -> impl Iterator<Item = &'static Holder> {
    HOLDERS.iter().filter(|holder| holder.on_merge == OnMerge::Move)
}

impl Holder {
    /// The rows of these customers.
    fn of(&self, ids: &[i64]) -> Cond {
        let theirs = Cond::all().add(Expr::col(self.column).is_in(ids.iter().copied()));
        match self.entity {
            Some(entity) => theirs.add(Expr::col("entity").eq(entity)),
            None => theirs,
        }
    }

    /// By which its moves are written down.
    pub fn place(&self) -> String {
        format!("{}.{}", self.table, self.column)
    }
}

/// Gives the winner every row of the losers in the tables that move whole, and writes down which.
pub async fn move_rows(tx: &mut Tx, operation: OperationId, winner_id: i64, loser_ids: &[i64]) -> Result<()> {
    for holder in moved() {
        let theirs = || holder.of(loser_ids);
        let rows = Query::select()
            .expr(Expr::val(operation.0))
            .expr(Expr::val(holder.place()))
            .columns([holder.row, holder.column])
            .from(Alias::new(holder.table))
            .cond_where(theirs())
            .to_owned();
        note(tx, rows).await?;
        let give = Query::update()
            .table(holder.table)
            .value(holder.column, winner_id)
            .cond_where(theirs())
            .to_owned();
        tx.exec(&give).await?;
    }
    Ok(())
}

/// Takes away what these customers' rows say of them; says how many events were emptied.
pub async fn erase(tx: &mut Tx, ids: &[i64]) -> Result<u64> {
    let mut emptied = 0;
    for holder in HOLDERS {
        match holder.on_erasure {
            OnErasure::Keep | OnErasure::Recompute => {}
            OnErasure::Blank => emptied += kernel::events::erase(tx, holder.of(ids)).await?,
            OnErasure::Delete => {
                let delete = Query::delete().from_table(holder.table).cond_where(holder.of(ids)).to_owned();
                tx.exec(&delete).await?;
            }
        }
    }
    Ok(emptied)
}

/// Writes down moves that a query gives.
pub(super) async fn note(tx: &mut Tx, rows: sea_query::SelectStatement) -> Result<()> {
    let mut insert = Query::insert();
    insert
        .into_table("merge_moves")
        .columns(["operation_id", "place", "row_id", "from_id"]);
    insert
        .select_from(rows)
        .map_err(|error| kernel::error::Error::internal(error.to_string()))?;
    tx.exec(&insert).await?;
    Ok(())
}

/// Gives back to these losers what a merge took, as far as the winner still has it.
pub async fn give_back(tx: &mut Tx, operation: i64, winner_id: i64, loser_ids: &[i64]) -> Result<()> {
    for holder in HOLDERS {
        let of_place = || {
            Query::select()
                .from(Alias::new("merge_moves"))
                .and_where(Expr::col(("merge_moves", "operation_id")).eq(operation))
                .and_where(Expr::col(("merge_moves", "place")).eq(holder.place()))
                .to_owned()
        };
        let from = of_place()
            .column(("merge_moves", "from_id"))
            .and_where(Expr::col(("merge_moves", "row_id")).equals((holder.table, holder.row)))
            .to_owned();
        let which = of_place()
            .column(("merge_moves", "row_id"))
            .and_where(Expr::col(("merge_moves", "from_id")).is_in(loser_ids.iter().copied()))
            .to_owned();
        if matches!(holder.on_merge, OnMerge::Move) || holder.table == "relations" {
            let give = Query::update()
                .table(holder.table)
                .value(holder.column, Expr::SubQuery(None, Box::new(from.into())))
                .and_where(Expr::col(holder.row).in_subquery(which))
                .and_where(Expr::col(holder.column).eq(winner_id))
                .to_owned();
            tx.exec(&give).await?;
        }
    }
    Ok(())
}
