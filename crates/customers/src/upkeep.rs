//! What follows from what is kept and must agree with it: folded texts and the words of the search. Looked through by `crm doctor`.

use kernel::ctx::Ctx;
use kernel::db::Db;
use kernel::error::Result;
use kernel::text::fold;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};

use crate::custom_fields;
use crate::customer::{read, store};

/// Texts that have a folded shadow.
const FOLDED: [(&str, &str, &str); 11] = [
    ("customers", "first_name", "first_name_fold"),
    ("customers", "last_name", "last_name_fold"),
    ("customers", "company_name", "company_name_fold"),
    ("customers", "name", "name_fold"),
    ("customers", "tax_office", "tax_office_fold"),
    ("customers", "industry", "industry_fold"),
    ("customers", "lead_source", "lead_source_fold"),
    ("customers", "city", "city_fold"),
    ("addresses", "district", "district_fold"),
    ("users", "name", "name_fold"),
    ("tags", "name", "name_fold"),
];
const AT_ONCE: u64 = 5_000;

/// Rows whose folded text is not what its source folds to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    pub table: &'static str,
    pub column: &'static str,
    pub id: i64,
}

/// Looks at the newest rows of each table, or at all of them.
pub async fn stale_folds(db: &Db, all: bool) -> Result<Vec<Stale>> {
    let mut stale = Vec::new();
    for (table, column, folded) in FOLDED {
        let mut below = i64::MAX;
        loop {
            let rows = Query::select()
                .columns(["id", column, folded])
                .from(Alias::new(table))
                .and_where(Expr::col("id").lt(below))
                .order_by("id", Order::Desc)
                .limit(AT_ONCE)
                .to_owned();
            let rows: Vec<(i64, String, String)> = db.all(&rows).await?;
            let Some((last, ..)) = rows.last() else { break };
            below = *last;
            let wrong = rows.iter().filter(|(_, text, folded)| fold(text) != *folded);
            stale.extend(wrong.map(|(id, ..)| Stale { table, column, id: *id }));
            if !all {
                break;
            }
        }
    }
    Ok(stale)
}

/// Writes anew what follows from these customers.
pub async fn refresh(ctx: &Ctx, ids: &[i64]) -> Result<()> {
    let definitions = custom_fields::definitions(ctx).await?;
    for some in ids.chunks(500) {
        ctx.db
            .write(async |tx| {
                let customers = read::load(tx, some, None, &definitions).await?;
                store::refresh(tx, &customers).await
            })
            .await?;
    }
    Ok(())
}
