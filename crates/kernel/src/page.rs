//! Lists: pages by number or by keyset, in a stated order, with a count that knows when to stop.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::db::Db;
use crate::error::{Error, Result, invalid};
use crate::say;

pub const DEFAULT_PAGE_SIZE: u64 = 50;
pub const MAX_PAGE_SIZE: u64 = 200;
/// Where counting stops unless the caller asks for the exact number.
pub const COUNT_CAP: i64 = 10_000;
/// Where counting stops in a search: what is found must be looked up one by one, and while somebody types every letter asks anew.
pub const SEARCH_COUNT_CAP: i64 = 200;

/// What a caller asks of a list, but for the filters.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// 1 is the first. Not together with `cursor`.
    pub page: Option<u64>,
    pub page_size: Option<u64>,
    /// From `next` or `previous` of another answer.
    pub cursor: Option<String>,
    /// Field names, comma separated, `-` for descending.
    pub ordering: Option<String>,
    pub search: Option<String>,
    /// `exact` counts to the end.
    pub count: Option<String>,
}

/// The query parameters that are no filters.
pub const RESERVED: [&str; 8] = ["page", "page_size", "cursor", "ordering", "search", "count", "format", "fields"];

impl ListRequest {
    /// Reads the reserved parameters of a query string.
    pub fn from_pairs(pairs: &[(String, String)]) -> Result<ListRequest> {
        let mut request = ListRequest::default();
        for (name, value) in pairs {
            match name.as_str() {
                "page" => request.page = Some(whole(name, value)?),
                "page_size" => request.page_size = Some(whole(name, value)?),
                "cursor" => request.cursor = Some(value.clone()),
                "ordering" => request.ordering = Some(value.clone()),
                "search" => request.search = Some(value.clone()),
                "count" => request.count = Some(value.clone()),
                _ => {}
            }
        }
        request.checked()
    }

    /// Refuses what makes no sense.
    pub fn checked(self) -> Result<ListRequest> {
        if self.page == Some(0) {
            return Err(invalid("page", say!("Sayfalar 1'den başlar.", "Pages begin at 1.")));
        }
        if self.page.is_some_and(|page| page > 1_000_000) {
            return Err(invalid(
                "page",
                say!(
                    "Bu kadar ileri sayfa yok; cursor kullanın.",
                    "There is no page that far; use cursor."
                ),
            ));
        }
        if self.page_size.is_some_and(|size| size == 0 || size > MAX_PAGE_SIZE) {
            return Err(invalid(
                "page_size",
                say!("1 ile {} arasında olmalı.", "Must be between 1 and {}.", MAX_PAGE_SIZE),
            ));
        }
        if self.page.is_some() && self.cursor.is_some() {
            return Err(invalid(
                "cursor",
                say!("page ile birlikte kullanılamaz.", "Cannot be used together with page."),
            ));
        }
        if self.count.as_deref().is_some_and(|count| count != "exact" && count != "capped") {
            return Err(invalid("count", say!("exact veya capped olmalı.", "Must be exact or capped.")));
        }
        Ok(self)
    }

    pub fn page_size(&self) -> u64 {
        self.page_size.unwrap_or(DEFAULT_PAGE_SIZE)
    }

    pub fn exact_count(&self) -> bool {
        self.count.as_deref() == Some("exact")
    }
}

fn whole(name: &str, value: &str) -> Result<u64> {
    value
        .parse()
        .map_err(|_| invalid(name, say!("Tam sayı olmalı.", "Must be a whole number.")))
}

/// A column a list is ordered by.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    pub table: &'static str,
    pub column: &'static str,
    pub nullable: bool,
    pub descending: bool,
}

impl SortKey {
    fn order(&self, backwards: bool) -> Order {
        if self.descending != backwards { Order::Desc } else { Order::Asc }
    }
}

/// A place in a list: the sort values of a row, and which way to read from there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Cursor {
    /// The ordering it was made for.
    o: String,
    k: Vec<Value>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    b: bool,
}

impl Cursor {
    fn parse(text: &str, ordering: &str, keys: usize) -> Result<Cursor> {
        let cursor: Option<Cursor> = URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        match cursor {
            Some(cursor) if cursor.o == ordering && cursor.k.len() == keys => Ok(cursor),
            _ => Err(Error::BadRequest(say!(
                "cursor bu listeye ait değil; next veya previous bağlantısını olduğu gibi kullanın.",
                "The cursor does not belong to this list; use the link in next or previous as it is."
            ))),
        }
    }

    fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }
}

/// One page: rows as the database wrote them, and the cursors to either side.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub rows: Vec<String>,
    pub next: Option<String>,
    pub previous: Option<String>,
}

impl Page {
    /// How many rows there are in all, when the page itself tells: nothing comes after it, and how many came before it is known. Most
    /// searches end on their first page, and need no counting.
    pub fn total(&self, request: &ListRequest) -> Option<i64> {
        let skipped = request.page.map_or(0, |page| page - 1) * request.page_size();
        let is_last = self.next.is_none() && request.cursor.is_none() && (skipped == 0 || !self.rows.is_empty());
        is_last.then(|| skipped as i64 + self.rows.len() as i64)
    }
}

/// Reads one page. `filtered` is a query with tables and conditions but no columns; `row` is the SQL text of a row as JSON; `keys` end in a
/// unique column.
pub async fn fetch(db: &Db, filtered: &SelectStatement, row: &str, keys: &[SortKey], request: &ListRequest) -> Result<Page> {
    read(db, filtered, row, keys, request, Steps::One).await
}

/// The same where rows must be sorted, or most are filtered out: the rows of the page are found first, by an index alone where one holds
/// all that is asked, and only they are read and written as JSON. Sorted whole, every candidate would be. `row` may speak of no table but
/// that of the last key.
pub async fn fetch_found(db: &Db, filtered: &SelectStatement, row: &str, keys: &[SortKey], request: &ListRequest) -> Result<Page> {
    read(db, filtered, row, keys, request, Steps::FindThenRead).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Steps {
    One,
    FindThenRead,
}

async fn read(db: &Db, filtered: &SelectStatement, row: &str, keys: &[SortKey], request: &ListRequest, steps: Steps) -> Result<Page> {
    let dialect = db.dialect();
    let size = request.page_size();
    let ordering = keys
        .iter()
        .map(|key| format!("{}{}", if key.descending { "-" } else { "" }, key.column))
        .collect::<Vec<_>>()
        .join(",");
    let cursor = request
        .cursor
        .as_deref()
        .map(|text| Cursor::parse(text, &ordering, keys.len()))
        .transpose()?;
    let backwards = cursor.as_ref().is_some_and(|cursor| cursor.b);
    let key_columns: Vec<String> = keys.iter().map(|key| format!("{}.{}", key.table, key.column)).collect();

    let columns = |query: &mut SelectStatement| {
        query
            .expr(dialect.own_sql(row))
            .expr(dialect.own_sql(dialect.json_array(&key_columns)));
    };
    let order = |query: &mut SelectStatement| {
        for key in keys {
            dialect.order_by(query, (key.table, key.column), key.order(backwards), key.nullable);
        }
    };
    let mut query = filtered.clone();
    order(&mut query);
    if let Some(cursor) = &cursor {
        query.cond_where(beyond(keys, &cursor.k, backwards)?);
    }
    // One more than asked for tells whether there is a next page.
    query.limit(size + 1);
    if let Some(page) = request.page {
        query.offset((page - 1) * size);
    }
    match keys.last() {
        Some(unique) if steps == Steps::FindThenRead => {
            let unique = (unique.table, unique.column);
            query.column(unique);
            let mut rows = Query::select();
            rows.from(Alias::new(unique.0)).and_where(Expr::col(unique).in_subquery(query));
            order(&mut rows);
            query = rows;
        }
        _ => {}
    }
    columns(&mut query);
    let rows = db.all(&query).await;
    // A cursor comes from outside, and what it says of a row may be of another kind than the column.
    let mut rows: Vec<(String, String)> = rows.map_err(|error| match &cursor {
        Some(_) if error.is_misfit() => broken_cursor(),
        _ => error,
    })?;
    let more = rows.len() as u64 > size;
    rows.truncate(size as usize);
    if backwards {
        rows.reverse();
    }
    let place = |row: Option<&(String, String)>, b: bool| -> Option<String> {
        let k = serde_json::from_str(&row?.1).ok()?;
        Some(Cursor { o: ordering.clone(), k, b }.text())
    };
    let (has_next, has_previous) = if backwards {
        (true, more)
    } else {
        (more, cursor.is_some() || request.page.is_some_and(|page| page > 1))
    };
    Ok(Page {
        next: if has_next { place(rows.last(), false) } else { None },
        previous: if has_previous { place(rows.first(), true) } else { None },
        rows: rows.into_iter().map(|(row, _)| row).collect(),
    })
}

/// The condition "comes after this place": `a > x OR (a = x AND (b > y OR …))`, missing values counting as the smallest.
fn beyond(keys: &[SortKey], place: &[Value], backwards: bool) -> Result<Cond> {
    let mut either = Cond::any();
    for (index, key) in keys.iter().enumerate() {
        let mut step = Cond::all();
        for (same, value) in keys[..index].iter().zip(place) {
            let column = Expr::col((same.table, same.column));
            step = step.add(if value.is_null() {
                column.is_null()
            } else {
                column.eq(bound(value)?)
            });
        }
        let column = || Expr::col((key.table, key.column));
        let value = &place[index];
        let further = match (key.order(backwards), value.is_null()) {
            (Order::Desc, true) => continue,
            (Order::Desc, false) if key.nullable => column().lt(bound(value)?).or(column().is_null()),
            (Order::Desc, false) => column().lt(bound(value)?),
            (_, true) => column().is_not_null(),
            (_, false) => column().gt(bound(value)?),
        };
        either = either.add(step.add(further));
    }
    // The plain bound on the first column is what lets the database start in the middle of the index.
    let first = &keys[0];
    let column = Expr::col((first.table, first.column));
    let whole = Cond::all().add(either);
    Ok(match (&place[0], first.order(backwards)) {
        (Value::Null, _) => whole,
        (value, Order::Desc) if !first.nullable => whole.add(column.lte(bound(value)?)),
        (value, Order::Asc) => whole.add(column.gte(bound(value)?)),
        _ => whole,
    })
}

fn bound(value: &Value) -> Result<sea_query::Value> {
    match value {
        Value::Number(number) => number.as_i64().map(Into::into),
        Value::String(text) => Some(text.as_str().into()),
        Value::Bool(yes) => Some((*yes).into()),
        _ => None,
    }
    .ok_or_else(broken_cursor)
}

fn broken_cursor() -> Error {
    Error::BadRequest(say!("cursor bozuk.", "The cursor is broken."))
}

/// Counts rows, up to [`COUNT_CAP`] unless it must be exact; the flag says whether it stopped there.
pub async fn count(db: &Db, filtered: &SelectStatement, exact: bool) -> Result<(i64, bool)> {
    count_up_to(db, filtered, (!exact).then_some(COUNT_CAP)).await
}

/// Counts rows, up to a cap if there is one; the flag says whether it stopped there.
pub async fn count_up_to(db: &Db, filtered: &SelectStatement, cap: Option<i64>) -> Result<(i64, bool)> {
    let mut inner = filtered.clone();
    inner.expr(Expr::val(1));
    if let Some(cap) = cap {
        inner.limit(cap as u64 + 1);
    }
    let outer = Query::select()
        .expr(db.dialect().own_sql("count(*)"))
        .from_subquery(inner, Alias::new("found"))
        .to_owned();
    let (count,): (i64,) = db.one(&outer).await?;
    Ok(match cap {
        Some(cap) if count > cap => (cap, true),
        _ => (count, false),
    })
}
