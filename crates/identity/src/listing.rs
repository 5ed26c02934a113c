//! The lists of this context: the same manners as the big ones, with filters by hand.

use axum::http::Uri;
use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use kernel::http::{List, Reply};
use kernel::page::{self, ListRequest, Page, RESERVED, SortKey};
use kernel::say;
use kernel::text::nearest;
use sea_query::SelectStatement;

/// How a list can be ordered: the name a caller gives, and the column.
pub struct Ordering {
    pub name: &'static str,
    pub column: &'static str,
}

pub const fn by(name: &'static str, column: &'static str) -> Ordering {
    Ordering { name, column }
}

/// A list: its table, what a row is, and what a caller may ask of it.
pub struct Listing<'a> {
    pub table: &'static str,
    /// The SQL text of a row as JSON.
    pub row: String,
    /// The first is the order when none is asked for.
    pub orderings: &'a [Ordering],
    /// Parameters besides the reserved ones.
    pub filters: &'a [&'a str],
}

/// One page and the count.
pub struct Found {
    pub page: Page,
    count: i64,
    count_is_capped: bool,
}

impl Listing<'_> {
    /// Reads the parameters; one that the list does not know is refused with a suggestion.
    pub fn request(&self, pairs: &[(String, String)]) -> Result<ListRequest> {
        for (name, _) in pairs {
            let known = RESERVED.iter().chain(self.filters);
            if !known.clone().any(|known| known == name) {
                return Err(Error::BadRequest(match nearest(name, known.copied()) {
                    Some(near) => say!(
                        "“{}” diye bir parametre yok; “{}” mi demek istediniz?",
                        "There is no parameter “{}”; did you mean “{}”?",
                        name,
                        near
                    ),
                    None => say!("“{}” diye bir parametre yok.", "There is no parameter “{}”.", name),
                }));
            }
        }
        ListRequest::from_pairs(pairs)
    }

    pub async fn find(&self, ctx: &Ctx, filtered: &SelectStatement, request: &ListRequest) -> Result<Found> {
        let ctx = &ctx.for_lists().await;
        let keys = self.keys(request.ordering.as_deref())?;
        let page = page::fetch(&ctx.db, filtered, &self.row, &keys, request).await?;
        let (count, count_is_capped) = page::count(&ctx.db, filtered, request.exact_count()).await?;
        Ok(Found {
            page,
            count,
            count_is_capped,
        })
    }

    fn keys(&self, ordering: Option<&str>) -> Result<Vec<SortKey>> {
        let ordering = ordering.filter(|ordering| !ordering.is_empty()).unwrap_or(self.orderings[0].name);
        let mut keys = Vec::new();
        for asked in ordering.split(',').map(str::trim) {
            let (name, descending) = asked.strip_prefix('-').map_or((asked, false), |name| (name, true));
            let Some(known) = self.orderings.iter().find(|known| known.name == name) else {
                let names = self.orderings.iter().map(|known| known.name).collect::<Vec<_>>().join(", ");
                return Err(Error::BadRequest(say!(
                    "“{}” ile sıralanamaz; şunlarla sıralanır: {}.",
                    "Cannot be ordered by “{}”; it can be by: {}.",
                    name,
                    names
                )));
            };
            if keys.iter().all(|key: &SortKey| key.column != known.column) {
                keys.push(SortKey {
                    table: self.table,
                    column: known.column,
                    nullable: false,
                    descending,
                });
            }
        }
        if keys.iter().all(|key| key.column != "id") {
            let descending = keys.first().is_some_and(|key| key.descending);
            keys.push(SortKey {
                table: self.table,
                column: "id",
                nullable: false,
                descending,
            });
        }
        Ok(keys)
    }
}

impl Found {
    pub fn reply(self, uri: &Uri, query: &[(String, String)]) -> Reply {
        List {
            page: self.page,
            count: self.count,
            count_is_capped: self.count_is_capped,
            path: uri.path(),
            query,
        }
        .reply()
    }
}

/// The value of a filter.
pub fn filter<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

/// The value of a filter that is an id.
pub fn id_filter(pairs: &[(String, String)], name: &str) -> Result<Option<i64>> {
    let Some(text) = filter(pairs, name) else { return Ok(None) };
    text.parse()
        .map(Some)
        .map_err(|_| Error::BadRequest(say!("{} bir sayı olmalı.", "{} must be a number.", name)))
}

/// The value of a filter that is a yes or no.
pub fn bool_filter(pairs: &[(String, String)], name: &str) -> Result<Option<bool>> {
    match filter(pairs, name) {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(Error::BadRequest(say!(
            "{} true veya false olmalı.",
            "{} must be true or false.",
            name
        ))),
    }
}

/// `(key, SQL)` pairs of a row.
pub fn pair(key: &str, sql: impl Into<String>) -> (String, String) {
    (key.to_owned(), sql.into())
}
