//! Words that people put on customers. The table of tags is the truth; the column `customers.tags` shows their names.

pub mod http;

use std::collections::{BTreeMap, BTreeSet};

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::say;
use kernel::text::{fold, sort_key};
use sea_query::{Alias, Cond, Expr, ExprTrait, OnConflict, Order, Query, SelectStatement};
use serde::Serialize;
use serde_json::json;
use sqlx::FromRow;

use crate::customer::Customer;
use crate::edit::Edit;
use crate::fields::Key;

const MAX_NAME_CHARS: usize = 40;

/// Colours by name; any other is given as `#rrggbb`.
pub const COLORS: [&str; 13] = [
    "gray", "red", "pink", "grape", "violet", "indigo", "blue", "cyan", "teal", "green", "lime", "yellow", "orange",
];

/// A tag as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, FromRow)]
pub struct Tag {
    pub id: i64,
    pub name: String,
    /// Empty when it has none.
    pub color: String,
}

impl Tag {
    /// Brings name and colour to the form they are kept in, or says what is wrong with them.
    pub fn normalise(&mut self) -> Result<()> {
        self.name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.name.is_empty() || self.name.chars().count() > MAX_NAME_CHARS || self.name.contains(',') {
            return Err(invalid(
                "name",
                say!(
                    "Virgülsüz, 1 ile {} karakter arasında olmalı.",
                    "Must have 1 to {} characters and no comma.",
                    MAX_NAME_CHARS
                ),
            ));
        }
        self.color = self.color.trim().to_lowercase();
        let is_hex = |digits: &str| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let is_known = self.color.is_empty() || COLORS.contains(&self.color.as_str()) || self.color.strip_prefix('#').is_some_and(is_hex);
        if is_known {
            return Ok(());
        }
        let known = COLORS.join(", ");
        Err(invalid(
            "color",
            say!(
                "#rrggbb biçiminde ya da şunlardan biri olmalı: {}.",
                "Must be of the form #rrggbb or one of: {}.",
                known
            ),
        ))
    }
}

/// Makes a tag.
pub async fn create(tx: &mut Tx, ctx: &Ctx, mut tag: Tag) -> Result<i64> {
    tag.normalise()?;
    let insert = Query::insert()
        .into_table("tags")
        .columns(["name", "name_fold", "name_sort", "color"])
        .values_panic([
            tag.name.as_str().into(),
            fold(&tag.name).into(),
            sort_key(&tag.name).into(),
            tag.color.as_str().into(),
        ])
        .returning_col("id")
        .to_owned();
    tag.id = tx.insert(&insert).await.map_err(or_taken)?;
    let id = tag.id;
    tell(
        tx,
        ctx,
        Edit {
            before: None,
            after: Some(tag),
        },
        0,
    )
    .await?;
    Ok(id)
}

/// Renames or colours a tag, also on the customers that have it.
pub async fn update(tx: &mut Tx, ctx: &Ctx, id: i64, name: Option<String>, color: Option<String>) -> Result<()> {
    let before = find(tx, id).await?;
    let mut after = Tag {
        id,
        name: name.unwrap_or(before.name.clone()),
        color: color.unwrap_or(before.color.clone()),
    };
    after.normalise()?;
    if after == before {
        return Ok(());
    }
    let customers = if after.name == before.name {
        0
    } else {
        hold_customers(tx, id).await?
    };
    let update = Query::update()
        .table("tags")
        .value("name", after.name.as_str())
        .value("name_fold", fold(&after.name))
        .value("name_sort", sort_key(&after.name))
        .value("color", after.color.as_str())
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.exec(&update).await.map_err(or_taken)?;
    if customers > 0 {
        show_names(tx, id, Expr::val(true)).await?;
    }
    tell(
        tx,
        ctx,
        Edit {
            before: Some(before),
            after: Some(after),
        },
        customers,
    )
    .await
}

/// Deletes a tag, also from the customers that have it. It cannot be undone.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<()> {
    let before = find(tx, id).await?;
    let customers = hold_customers(tx, id).await?;
    show_names(tx, id, Expr::col(("tags", "id")).ne(id)).await?;
    tx.exec(&Query::delete().from_table("tags").and_where(Expr::col("id").eq(id)).to_owned())
        .await?;
    tell(
        tx,
        ctx,
        Edit {
            before: Some(before),
            after: None,
        },
        customers,
    )
    .await
}

async fn find(tx: &mut Tx, id: i64) -> Result<Tag> {
    let mut query = Query::select();
    query
        .columns(["id", "name", "color"])
        .from(Alias::new("tags"))
        .and_where(Expr::col("id").eq(id));
    tx.dialect().for_update(&mut query);
    tx.opt(&query).await?.ok_or(Error::NotFound)
}

fn or_taken(error: Error) -> Error {
    error.or_taken(
        "tags",
        &["name_fold"],
        "name",
        say!("Bu adda bir etiket var.", "There is a tag of this name."),
    )
}

async fn tell(tx: &mut Tx, ctx: &Ctx, edit: Edit<Tag>, customers: i64) -> Result<()> {
    let Some(tag) = edit.after.as_ref().or(edit.before.as_ref()) else {
        return Ok(());
    };
    let kind = edit.verb("tag.created", "tag.updated", "tag.deleted");
    let event = NewEvent::new(kind, "tag", tag.id)
        .payload(json!({ "name": tag.name, "customers": customers }))
        .changes(edit.changes());
    tx.emit(&ctx.stamp(), event).await
}

fn customers_with(tag_id: i64) -> SelectStatement {
    Query::select()
        .column("customer_id")
        .from(Alias::new("customer_tags"))
        .and_where(Expr::col("tag_id").eq(tag_id))
        .to_owned()
}

/// Holds the customers that have the tag for this transaction, so that nobody writes the names they show meanwhile; counts them.
async fn hold_customers(tx: &mut Tx, tag_id: i64) -> Result<i64> {
    let mut held = Query::select();
    held.column("id")
        .from(Alias::new("customers"))
        .and_where(Expr::col("id").in_subquery(customers_with(tag_id)))
        .order_by("id", Order::Asc);
    tx.dialect().for_update(&mut held);
    let count = Query::select()
        .expr(tx.dialect().own_sql("count(*)"))
        .from_subquery(held, Alias::new("held"))
        .to_owned();
    let (count,): (i64,) = tx.one(&count).await?;
    Ok(count)
}

/// Writes the names that the customers with this tag show, in one statement. `shown` says which of their tags.
async fn show_names(tx: &mut Tx, tag_id: i64, shown: Expr) -> Result<()> {
    let names = Query::select()
        .expr(tx.dialect().json_texts("tags.name", "tags.name_sort"))
        .from(Alias::new("customer_tags"))
        .inner_join("tags", Expr::col(("tags", "id")).equals(("customer_tags", "tag_id")))
        .and_where(Expr::col(("customer_tags", "customer_id")).equals(("customers", "id")))
        .and_where(shown)
        .to_owned();
    let update = Query::update()
        .table("customers")
        .value("tags", Expr::SubQuery(None, Box::new(names.into())))
        .value("version", Expr::col("version").add(1))
        .and_where(Expr::col("id").in_subquery(customers_with(tag_id)))
        .to_owned();
    tx.exec(&update).await?;
    Ok(())
}

/// Brings the tag rows of changed customers to their lists: `(before, after)`. Tags nobody has used before are made.
pub async fn store(tx: &mut Tx, changed: &[(&Customer, &Customer)]) -> Result<()> {
    let mut added: Vec<(i64, String)> = Vec::new();
    let mut removed: Vec<(i64, String)> = Vec::new();
    for (before, after) in changed {
        let (old, new) = (before[Key::Tags].list(), after[Key::Tags].list());
        added.extend(new.iter().filter(|tag| !old.contains(tag)).map(|tag| (after.id, tag.clone())));
        removed.extend(old.iter().filter(|tag| !new.contains(tag)).map(|tag| (after.id, tag.clone())));
    }
    if added.is_empty() && removed.is_empty() {
        return Ok(());
    }
    let names: BTreeSet<&str> = added.iter().chain(&removed).map(|(_, tag)| tag.as_str()).collect();
    let ids = ensure(tx, &names).await?;
    for some in removed.chunks(200) {
        let mut either = Cond::any();
        for (customer_id, tag) in some {
            if let Some(tag_id) = ids.get(&fold(tag)) {
                either = either.add(Expr::col("customer_id").eq(*customer_id).and(Expr::col("tag_id").eq(*tag_id)));
            }
        }
        tx.exec(&Query::delete().from_table("customer_tags").cond_where(either).to_owned())
            .await?;
    }
    for some in added.chunks(500) {
        let mut insert = Query::insert();
        insert.into_table("customer_tags").columns(["customer_id", "tag_id"]);
        for (customer_id, tag) in some {
            if let Some(tag_id) = ids.get(&fold(tag)) {
                insert.values_panic([(*customer_id).into(), (*tag_id).into()]);
            }
        }
        insert.on_conflict(OnConflict::columns(["customer_id", "tag_id"]).do_nothing().to_owned());
        tx.exec(&insert).await?;
    }
    Ok(())
}

/// The ids of tags by folded name, made where they are missing.
async fn ensure(tx: &mut Tx, names: &BTreeSet<&str>) -> Result<BTreeMap<String, i64>> {
    let mut insert = Query::insert();
    insert.into_table("tags").columns(["name", "name_fold", "name_sort", "color"]);
    for name in names {
        insert.values_panic([(*name).into(), fold(name).into(), sort_key(name).into(), "".into()]);
    }
    insert.on_conflict(OnConflict::column("name_fold").do_nothing().to_owned());
    tx.exec(&insert).await?;
    let folded: Vec<String> = names.iter().map(|name| fold(name)).collect();
    let query = Query::select()
        .columns(["name_fold", "id"])
        .from(Alias::new("tags"))
        .and_where(Expr::col("name_fold").is_in(folded))
        .to_owned();
    let rows: Vec<(String, i64)> = tx.all(&query).await?;
    Ok(rows.into_iter().collect())
}
