//! Which column is meant for which field: guessed, changed by people, kept for the next file with the same header.

use std::collections::{BTreeMap, HashMap};

use kernel::actor::Scope;
use kernel::clock::rfc3339;
use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::error::{Error, FieldErrors, Lang, Result, Say, invalid};
use kernel::json_text::JsonText;
use kernel::text::{fold, nearest};
use kernel::{say, text};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use utoipa::ToSchema;

use super::options::Options;
use super::targets::{self, Known};
use super::widest;

/// A column of the file and what it is meant for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// As the header has it.
    pub column: String,
    /// The name of a field, `custom.<key>`, `address_line`, `district`, `postal_code`, `parent_company`, `employer`, `consent_email`, …;
    /// none leaves the column out.
    #[serde(default)]
    pub target: Option<String>,
    /// What numbers are multiplied by: 1000000 when the file gives millions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<i64>,
    /// How sure a guess is, out of 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// What a guess rests on: `same_name`, `similar_name`, `content` or `saved`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The same as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Column {
    fn reason(&self) -> Option<Say> {
        Some(match self.why.as_deref()? {
            "same_name" => tabular::guess::Why::SameName.say(),
            "similar_name" => tabular::guess::Why::SimilarName.say(),
            "content" => tabular::guess::Why::Content.say(),
            "saved" => say!("Kayıtlı eşlemeden", "From a saved mapping"),
            _ => return None,
        })
    }
}

/// The columns with their reasons in words.
pub fn in_language(columns: &[Column], lang: Lang) -> Vec<Column> {
    let said = |column: &Column| Column {
        reason: column.reason().map(|say| say.get(lang).to_owned()),
        ..column.clone()
    };
    columns.iter().map(said).collect()
}

/// What every column seems to be meant for.
pub fn guess(header: &[String], sample: &[Vec<String>], known: &[Known]) -> Vec<Column> {
    let why = |why: tabular::guess::Why| match why {
        tabular::guess::Why::SameName => "same_name",
        tabular::guess::Why::SimilarName => "similar_name",
        tabular::guess::Why::Content => "content",
    };
    let guesses = targets::guess(header, sample, known);
    header
        .iter()
        .zip(guesses)
        .map(|(column, guess)| match guess {
            Some((place, confidence, reason)) => Column {
                column: column.clone(),
                target: Some(known[place].name.clone()),
                confidence: Some(confidence),
                why: Some(why(reason).to_owned()),
                ..Column::default()
            },
            None => Column {
                column: column.clone(),
                ..Column::default()
            },
        })
        .collect()
}

/// Brings what a caller gives to one entry for every column of the header, in its order, or says what is wrong.
pub fn checked(given: &[Column], header: &[String], known: &[Known], errors: &mut FieldErrors) -> Vec<Column> {
    let mut by_column: HashMap<&str, &Column> = HashMap::new();
    let mut used: BTreeMap<&str, &str> = BTreeMap::new();
    for (index, entry) in given.iter().enumerate() {
        let place = |field: &str| format!("mapping.{index}.{field}");
        if !header.contains(&entry.column) {
            let hint = nearest(&entry.column, header.iter().map(String::as_str)).unwrap_or_default();
            errors.add(
                place("column"),
                say!(
                    "Dosyada “{}” sütunu yok; “{}” olabilir mi?",
                    "The file has no column “{}”; did you mean “{}”?",
                    entry.column,
                    hint
                ),
            );
            continue;
        }
        by_column.insert(&entry.column, entry);
        let Some(name) = entry.target.as_deref() else { continue };
        let Some(target) = targets::named(known, name) else {
            let hint = nearest(name, known.iter().map(|known| known.name.as_str()));
            let problem = match hint {
                Some(hint) => say!(
                    "Böyle bir alan yok; “{}” olabilir mi?",
                    "There is no such field; did you mean “{}”?",
                    hint
                ),
                None => say!("Böyle bir alan yok.", "There is no such field."),
            };
            errors.add(place("target"), problem);
            continue;
        };
        if entry
            .scale
            .is_some_and(|scale| !(1..=1_000_000_000).contains(&scale) || !target.is_number)
        {
            errors.add(
                place("scale"),
                say!(
                    "Yalnızca sayılar 1 ile 1.000.000.000 arasında bir sayıyla çarpılabilir.",
                    "Only numbers can be multiplied, by 1 to 1,000,000,000."
                ),
            );
        }
        if let Some(other) = used.insert(&target.name, &entry.column) {
            errors.add(
                place("target"),
                say!("Bu alan “{}” sütununa bağlı.", "This field is taken by the column “{}”.", other),
            );
        }
    }
    let whole = |column: &String| {
        by_column.get(column.as_str()).map_or_else(
            || Column {
                column: column.clone(),
                ..Column::default()
            },
            |entry| Column {
                reason: None,
                ..(*entry).clone()
            },
        )
    };
    header.iter().map(whole).collect()
}

/// A key that two files with the same columns share, whatever their order and spelling.
pub fn header_key(header: &[String]) -> String {
    let mut names: Vec<String> = header.iter().map(|name| fold(name)).collect();
    names.sort();
    let mut hash = Sha256::new();
    for name in names {
        hash.update(name);
        hash.update([0]);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is kept of a mapping.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    pub columns: Vec<Column>,
    pub options: Options,
}

/// A mapping kept for the next time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedMapping {
    pub id: i64,
    pub name: String,
    pub columns: Vec<Column>,
    pub options: Options,
    pub owner_id: Option<i64>,
    #[schema(format = DateTime)]
    pub created_at: String,
}

#[derive(FromRow)]
struct SavedRow {
    id: i64,
    name: String,
    mapping: JsonText<Kept>,
    owner_id: Option<i64>,
    created_at: i64,
}

impl From<SavedRow> for SavedMapping {
    fn from(row: SavedRow) -> SavedMapping {
        SavedMapping {
            id: row.id,
            name: row.name,
            columns: row.mapping.0.columns,
            options: row.mapping.0.options,
            owner_id: row.owner_id,
            created_at: rfc3339(row.created_at),
        }
    }
}

/// Mappings kept, at most; more than anybody looks through.
const MAX_SAVED: u64 = 200;

fn select(entity: &str) -> sea_query::SelectStatement {
    Query::select()
        .columns(["id", "name", "mapping", "owner_id", "created_at"])
        .from(Alias::new("import_mappings"))
        .and_where(Expr::col("entity").eq(entity))
        .order_by("id", Order::Desc)
        .limit(MAX_SAVED)
        .to_owned()
}

/// The mappings that were kept, newest first.
pub async fn list(ctx: &Ctx, entity: &str) -> Result<Vec<SavedMapping>> {
    let rows: Vec<SavedRow> = ctx.db.all(&select(entity)).await?;
    Ok(rows.into_iter().map(SavedMapping::from).collect())
}

/// The newest mapping kept for this header.
pub async fn for_header(db: &Db, entity: &str, header: &[String]) -> Result<Option<Kept>> {
    let mut query = select(entity);
    query.and_where(Expr::col("header_key").eq(header_key(header)));
    query.limit(1);
    Ok(db.opt::<SavedRow>(&query).await?.map(|row| row.mapping.0))
}

/// Keeps a mapping under a name; one of the same name and header gives way.
pub async fn keep(tx: &mut Tx, ctx: &Ctx, entity: &str, name: &str, header: &[String], kept: Kept) -> Result<SavedMapping> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 100 {
        return Err(invalid(
            "name",
            say!("1 ile 100 karakter arasında olmalı.", "Must have 1 to 100 characters."),
        ));
    }
    let key = header_key(header);
    // What belongs to one file only is not kept.
    let options = Options {
        encoding: None,
        separator: None,
        sheet: None,
        ..kept.options
    };
    let columns = kept
        .columns
        .into_iter()
        .map(|column| Column {
            confidence: None,
            why: None,
            reason: None,
            ..column
        })
        .collect();
    let kept = Kept { columns, options };
    let older = Query::delete()
        .from_table("import_mappings")
        .and_where(Expr::col("entity").eq(entity))
        .and_where(Expr::col("header_key").eq(key.as_str()))
        .and_where(Expr::col("name").eq(name.as_str()))
        .to_owned();
    tx.exec(&older).await?;
    let (now, owner_id) = (ctx.now_us(), ctx.actor.user_id.map(|id| id.0));
    let insert = Query::insert()
        .into_table("import_mappings")
        .columns(["entity", "name", "header_key", "mapping", "owner_id", "created_at"])
        .values_panic([
            entity.into(),
            name.as_str().into(),
            key.into(),
            serde_json::to_string(&kept)?.into(),
            owner_id.into(),
            now.into(),
        ])
        .returning_col("id")
        .to_owned();
    let id = tx.insert(&insert).await?;
    Ok(SavedMapping {
        id,
        name,
        columns: kept.columns,
        options: kept.options,
        owner_id,
        created_at: rfc3339(now),
    })
}

/// Takes a mapping off the list: one's own, or anybody's with the widest scope.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<()> {
    let mut delete = Query::delete();
    delete.from_table("import_mappings").and_where(Expr::col("id").eq(id));
    if widest(ctx)? != Scope::All {
        delete.and_where(Expr::col("owner_id").eq(ctx.actor.user_id.map(|id| id.0)));
    }
    if tx.exec(&delete).await? == 0 {
        Err(Error::NotFound)
    } else {
        Ok(())
    }
}

/// Lays a kept mapping over the columns of a file.
pub fn lay_over(kept: &Kept, header: &[String]) -> Vec<Column> {
    let by_name: HashMap<String, &Column> = kept.columns.iter().map(|column| (text::fold(&column.column), column)).collect();
    let laid = |name: &String| match by_name.get(&fold(name)) {
        Some(column) => Column {
            column: name.clone(),
            target: column.target.clone(),
            scale: column.scale,
            confidence: column.target.as_ref().map(|_| 100),
            why: column.target.as_ref().map(|_| "saved".to_owned()),
            reason: None,
        },
        None => Column {
            column: name.clone(),
            ..Column::default()
        },
    };
    header.iter().map(laid).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::custom_fields::Definitions;

    #[test]
    fn headers_of_other_order_and_spelling_share_a_key() {
        let key = |names: &[&str]| header_key(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(key(&["Ad", "SOYAD"]), key(&["soyad", "AD"]));
        assert_ne!(key(&["Ad", "Soyad"]), key(&["AdSoyad"]));
    }

    #[test]
    fn what_is_wrong_with_a_mapping_is_said_by_its_place() {
        let header = ["Ad".to_owned(), "Ciro".to_owned()];
        let column = |column: &str, target: &str| Column {
            column: column.into(),
            target: Some(target.into()),
            ..Column::default()
        };
        let mut errors = FieldErrors::default();
        let given = [
            column("Ad", "first_name"),
            column("Ciro", "first_name"),
            column("Cir", "city"),
            Column {
                scale: Some(0),
                ..column("Ad", "frist_name")
            },
        ];
        checked(&given, &header, &targets::all(&Definitions::default()), &mut errors);
        assert_eq!(
            errors.0.keys().collect::<Vec<_>>(),
            ["mapping.1.target", "mapping.2.column", "mapping.3.target"]
        );
        let mut errors = FieldErrors::default();
        let whole = checked(
            &[Column {
                scale: Some(1_000_000),
                ..column("Ciro", "annual_revenue")
            }],
            &header,
            &targets::all(&Definitions::default()),
            &mut errors,
        );
        assert!(errors.is_empty());
        assert_eq!(
            (whole[0].target.as_deref(), whole[1].target.as_deref(), whole[1].scale),
            (None, Some("annual_revenue"), Some(1_000_000))
        );
    }
}
