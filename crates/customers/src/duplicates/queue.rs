//! The pairs that are likely to be the same, kept current by the events of customers. What a person has decided stays decided.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures::future::BoxFuture;
use kernel::actor::Permission;
use kernel::clock::SECOND_US;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::events::consumers::Consumer;
use kernel::events::{self, Event, NewEvent, change};
use kernel::http::Reply;
use kernel::operations::{self, Refusal};
use kernel::page::{self, ListRequest, Page, SortKey};
use kernel::say;
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;

use super::check::{Brief, brief};
use super::facts::{self, Facts};
use super::score::{AUTOMATIC_MILLIS, Reason, reasons, review_millis, score};
use super::{candidates, keys, scan};
use crate::customer::read;
use crate::edit;
use crate::permissions::{READ, WRITE};

pub const CONSUMER: Consumer = Consumer {
    name: "customers.duplicates",
    wants: |kind| kind.starts_with("customer."),
    handle,
};

/// With so many events to come it is quicker to look through everybody when they are over.
const TOO_MANY: i64 = 20_000;
/// How long after the last of them.
const LATER_US: i64 = 20 * SECOND_US;

/// What became of a pair.
pub const STATES: [&str; 3] = ["open", "dismissed", "merged"];

/// Two customers and what their comparison gave, the smaller id first.
pub type Found = BTreeMap<(i64, i64), (i64, String)>;

/// A pair as it is kept.
#[derive(Clone, Debug, FromRow)]
pub struct Kept {
    id: i64,
    low_id: i64,
    high_id: i64,
    probability_millis: i64,
    reasons: String,
    state: String,
}

fn select_kept() -> SelectStatement {
    Query::select()
        .columns(["id", "low_id", "high_id", "probability_millis", "reasons", "state"])
        .from(Alias::new("duplicate_pairs"))
        .to_owned()
}

fn handle<'a>(tx: &'a mut Tx, events: &'a [Event]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let ids: BTreeSet<i64> = events
            .iter()
            .filter(|event| event.subject_type == "customer")
            .map(|event| event.subject_id)
            .collect();
        let at_us = events.last().map_or(0, |event| event.at);
        let (newest,) = tx.one::<(i64,)>(&events::select_newest()).await?;
        if newest - events.last().map_or(0, |event| event.id) > TOO_MANY {
            return tx.put_off(scan::RESCAN.name, at_us + LATER_US).await;
        }
        let ids: Vec<i64> = ids.into_iter().collect();
        let found = pairs_of(tx, &ids).await?;
        let either = Cond::any()
            .add(Expr::col("low_id").is_in(ids.iter().copied()))
            .add(Expr::col("high_id").is_in(ids.iter().copied()));
        let kept: Vec<Kept> = tx.all(select_kept().cond_where(either)).await?;
        bring_up_to_date(tx, kept, found, at_us).await
    })
}

/// The pairs these customers are in now.
async fn pairs_of(tx: &mut Tx, ids: &[i64]) -> Result<Found> {
    let changed = facts::load(tx, ids).await?;
    let keyed: Vec<(&Facts, Vec<i64>)> = changed
        .iter()
        .map(|facts| (facts, keys::keys(facts).into_iter().collect()))
        .collect();
    let asked: BTreeSet<i64> = keyed.iter().flat_map(|(_, keys)| keys.iter().copied()).collect();
    let (newest,) = tx.one::<(i64,)>(&keys::newest()).await?;
    let threshold = review_millis(newest);
    let holders = candidates::holders(tx, &asked.into_iter().collect::<Vec<_>>(), newest).await?;
    let others: BTreeSet<i64> = holders.values().filter(|ids| ids.len() > 1).flatten().copied().collect();
    let others = facts::load(tx, &others.into_iter().collect::<Vec<_>>()).await?;
    let others: HashMap<i64, &Facts> = others.iter().map(|facts| (facts.id, facts)).collect();
    let mut found = Found::new();
    for (facts, keys) in &keyed {
        let near: BTreeSet<i64> = keys.iter().filter_map(|key| holders.get(key)).flatten().copied().collect();
        for other in near.iter().filter(|id| **id != facts.id).filter_map(|id| others.get(id)) {
            note(&mut found, facts, other, threshold);
        }
    }
    Ok(found)
}

/// Notes a pair that is likely enough: from this probability on, in per mille.
pub fn note(found: &mut Found, a: &Facts, b: &Facts, threshold: i64) {
    let pair = if a.id < b.id { (a.id, b.id) } else { (b.id, a.id) };
    if found.contains_key(&pair) {
        return;
    }
    if let Some(score) = score(a, b)
        && score.probability_millis() >= threshold
    {
        found.insert(pair, (score.probability_millis(), score.words()));
    }
}

/// The pairs that are kept whose smaller id lies between these two.
pub async fn kept_between(tx: &mut Tx, low: i64, below: i64) -> Result<Vec<Kept>> {
    let mut query = select_kept();
    query
        .and_where(Expr::col("low_id").gte(low))
        .and_where(Expr::col("low_id").lt(below));
    tx.all(&query).await
}

/// Makes what is kept what was found; decided pairs stay as they are.
pub async fn bring_up_to_date(tx: &mut Tx, kept: Vec<Kept>, mut found: Found, at_us: i64) -> Result<()> {
    let mut gone = Vec::new();
    let mut changed = Vec::new();
    for pair in kept {
        let now = found.remove(&(pair.low_id, pair.high_id));
        match now {
            _ if pair.state != "open" => {}
            None => gone.push(pair.id),
            Some((millis, words)) if (millis, words.as_str()) != (pair.probability_millis, pair.reasons.as_str()) => {
                changed.push((pair, millis, words));
            }
            Some(_) => {}
        }
    }
    for ids in gone.chunks(500) {
        let delete = Query::delete()
            .from_table("duplicate_pairs")
            .and_where(Expr::col("id").is_in(ids.iter().copied()))
            .to_owned();
        tx.exec(&delete).await?;
    }
    let columns = ["id", "low_id", "high_id", "probability_millis", "reasons", "found_at"];
    let rows = changed.iter().map(|(pair, millis, words)| {
        vec![
            pair.id.into(),
            pair.low_id.into(),
            pair.high_id.into(),
            (*millis).into(),
            words.as_str().into(),
            at_us.into(),
        ]
    });
    tx.put_rows("duplicate_pairs", &columns, rows).await?;
    let rows = found
        .iter()
        .map(|((low, high), (millis, words))| vec![(*low).into(), (*high).into(), (*millis).into(), words.as_str().into(), at_us.into()]);
    tx.insert_missing_rows("duplicate_pairs", &columns[1..], rows.collect::<Vec<_>>().into_iter())
        .await
}

/// Two customers that may be the same.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Pair {
    pub id: i64,
    /// Between 0 and 1.
    pub probability: f64,
    /// Whether it is so likely that nobody need look.
    pub is_automatic: bool,
    /// `open`, `dismissed` or `merged`.
    pub state: String,
    #[schema(format = DateTime)]
    pub found_at: String,
    pub reasons: Vec<Reason>,
    /// The one that was there first.
    pub first: Brief,
    pub second: Brief,
}

/// A [`Pair`] as the database writes it.
#[derive(Deserialize)]
struct Row {
    id: i64,
    probability_millis: i64,
    state: String,
    found_at: String,
    reasons: String,
    first: Brief,
    second: Brief,
}

/// Which pairs are asked for.
pub struct Asked<'a> {
    pub state: &'a str,
    /// Only those that this customer is in.
    pub customer_id: Option<i64>,
}

/// A page of pairs and how many there are.
pub struct Listed {
    pub page: Page,
    pub count: i64,
    pub count_is_capped: bool,
}

/// The pairs both of whose sides the caller may see, the likeliest first.
pub async fn list(ctx: &Ctx, asked: &Asked<'_>, request: &ListRequest) -> Result<Listed> {
    let mut filtered = within_reach(ctx, READ).await?;
    filtered.and_where(Expr::col(("duplicate_pairs", "state")).eq(asked.state));
    if let Some(id) = asked.customer_id {
        filtered.cond_where(
            Cond::any()
                .add(Expr::col(("duplicate_pairs", "low_id")).eq(id))
                .add(Expr::col(("duplicate_pairs", "high_id")).eq(id)),
        );
    }
    let (dialect, reader) = (ctx.db.dialect(), read::reader(ctx));
    let plain = |name: &str| (name.to_owned(), format!("duplicate_pairs.{name}"));
    let row = dialect.json_object(&[
        plain("id"),
        plain("probability_millis"),
        plain("state"),
        plain("reasons"),
        ("found_at".into(), dialect.json_time("duplicate_pairs.found_at")),
        ("first".into(), dialect.json_nested(&brief(dialect, "low", &reader))),
        ("second".into(), dialect.json_nested(&brief(dialect, "high", &reader))),
    ]);
    let key = |column: &'static str| SortKey {
        table: "duplicate_pairs",
        column,
        nullable: false,
        descending: true,
    };
    let mut page = page::fetch(&ctx.db, &filtered, &row, &[key("probability_millis"), key("id")], request).await?;
    for row in &mut page.rows {
        let pair: Row = serde_json::from_str(row)?;
        *row = serde_json::to_string(&Pair {
            id: pair.id,
            probability: pair.probability_millis as f64 / 1000.0,
            is_automatic: pair.probability_millis >= AUTOMATIC_MILLIS,
            state: pair.state,
            found_at: pair.found_at,
            reasons: reasons(&pair.reasons, ctx.lang),
            first: pair.first,
            second: pair.second,
        })?;
    }
    let (count, count_is_capped) = match page.total(request) {
        Some(total) => (total, false),
        None => page::count(&ctx.db, &filtered, request.exact_count()).await?,
    };
    Ok(Listed {
        page,
        count,
        count_is_capped,
    })
}

async fn within_reach(ctx: &Ctx, permission: Permission) -> Result<SelectStatement> {
    let mut query = Query::select();
    query.from(Alias::new("duplicate_pairs"));
    for (side, id) in [("low", "low_id"), ("high", "high_id")] {
        query.join_as(
            sea_query::JoinType::InnerJoin,
            Alias::new("customers"),
            Alias::new(side),
            Expr::col((side, "id")).equals(("duplicate_pairs", id)),
        );
        // A merged one is deleted, and still tells whom it became.
        query.cond_where(
            Cond::any()
                .add(Expr::col((side, "deleted_at")).is_null())
                .add(Expr::col(("duplicate_pairs", "state")).eq("merged")),
        );
        // Asked of each by its id: whoever reaches a million customers must not make a list of them first.
        let mut reached = read::known(ctx, permission).await?;
        reached
            .expr(Expr::val(1))
            .and_where(Expr::col(("customers", "id")).equals(("duplicate_pairs", id)));
        query.and_where(Expr::exists(reached));
    }
    Ok(query)
}

/// Says of an open pair that the two are not the same; it is not asked again. Can be undone.
pub async fn dismiss(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Reply> {
    let mut find = within_reach(ctx, WRITE).await?;
    find.column(("duplicate_pairs", "state"))
        .columns([("duplicate_pairs", "low_id"), ("duplicate_pairs", "high_id")])
        .and_where(Expr::col(("duplicate_pairs", "id")).eq(id));
    tx.dialect().for_update(&mut find);
    let (state, low_id, high_id): (String, i64, i64) = tx.opt(&find).await?.ok_or(Error::NotFound)?;
    if state != "open" {
        return Err(Error::Conflict(say!(
            "Bu çift için karar verilmiş.",
            "This pair has been decided already."
        )));
    }
    let stamp = ctx.stamp();
    let operation = operations::note(tx, &stamp, "duplicates.dismiss", json!({ "changed": 1 })).await?;
    decide(tx, &[id], "dismissed", Some(&stamp)).await?;
    let event = NewEvent::new("duplicate.dismissed", "duplicate", id)
        .payload(json!({ "low_id": low_id, "high_id": high_id }))
        .changes(
            [("state".to_owned(), change(json!("open"), json!("dismissed")))]
                .into_iter()
                .collect(),
        );
    tx.emit(&stamp.within(operation), event).await?;
    Ok(Reply::ok(&Dismissed { operation_id: operation.0 })?.operation(operation))
}

/// By what it can be undone.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Dismissed {
    pub operation_id: i64,
}

/// Writes what became of pairs; open again when nobody signs.
pub async fn decide(tx: &mut Tx, ids: &[i64], state: &str, by: Option<&Stamp>) -> Result<()> {
    let update = Query::update()
        .table("duplicate_pairs")
        .value("state", state)
        .value("decided_by", by.and_then(|stamp| stamp.actor_id).map(|id| id.0))
        .value("decided_at", by.map(|stamp| stamp.at_us))
        .and_where(Expr::col("id").is_in(ids.iter().copied()))
        .to_owned();
    tx.exec(&update).await?;
    Ok(())
}

/// What stands of a pair: its state, who decided it and when.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Verdict {
    state: String,
    decided_by: Option<i64>,
    decided_at: Option<i64>,
}

/// Marks the pairs between these customers as merged; gives what stood of them.
pub(crate) async fn close(tx: &mut Tx, stamp: &Stamp, customer_ids: &[i64]) -> Result<Vec<(i64, Verdict)>> {
    let mut between = Query::select();
    between
        .columns(["id", "state", "decided_by", "decided_at"])
        .from(Alias::new("duplicate_pairs"))
        .and_where(Expr::col("low_id").is_in(customer_ids.iter().copied()))
        .and_where(Expr::col("high_id").is_in(customer_ids.iter().copied()));
    tx.dialect().for_update(&mut between);
    let rows: Vec<(i64, String, Option<i64>, Option<i64>)> = tx.all(&between).await?;
    let ids: Vec<i64> = rows.iter().map(|(id, ..)| *id).collect();
    decide(tx, &ids, "merged", Some(stamp)).await?;
    let verdict = |(id, state, decided_by, decided_at)| {
        let verdict = Verdict {
            state,
            decided_by,
            decided_at,
        };
        (id, verdict)
    };
    Ok(rows.into_iter().map(verdict).collect())
}

/// Lets stand again what stood.
pub(crate) async fn put_back(tx: &mut Tx, pairs: &[(i64, Verdict)]) -> Result<()> {
    let mut by_verdict: BTreeMap<&Verdict, Vec<i64>> = BTreeMap::new();
    for (id, verdict) in pairs {
        by_verdict.entry(verdict).or_default().push(*id);
    }
    for (verdict, ids) in by_verdict {
        let update = Query::update()
            .table("duplicate_pairs")
            .value("state", verdict.state.as_str())
            .value("decided_by", verdict.decided_by)
            .value("decided_at", verdict.decided_at)
            .and_where(Expr::col("id").is_in(ids))
            .to_owned();
        tx.exec(&update).await?;
    }
    Ok(())
}

/// Takes back decisions, newest first, while they stand. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let mut query = select_kept();
        query
            .and_where(Expr::col("id").is_in(events.iter().map(|event| event.subject_id)))
            .order_by("id", Order::Asc);
        tx.dialect().for_update(&mut query);
        let kept: HashMap<i64, Kept> = tx.all::<Kept>(&query).await?.into_iter().map(|pair| (pair.id, pair)).collect();
        let mut refusals = Vec::new();
        let (mut reopened, mut dismissed, mut told) = (Vec::new(), Vec::new(), Vec::new());
        for event in events {
            let word = |state: &serde_json::Value| state.as_str().unwrap_or_default().to_owned();
            let Some((before, after)) = event.change("state").map(|(before, after)| (word(before), word(after))) else {
                continue;
            };
            if kept.get(&event.subject_id).is_none_or(|pair| pair.state != after) {
                let changed = say!("Bu çift sonradan değişti.", "This pair has changed since.");
                refusals.push(edit::whole("duplicate", event.subject_id, changed));
                continue;
            }
            let (ids, kind) = if before == "open" {
                (&mut reopened, "duplicate.reopened")
            } else {
                (&mut dismissed, "duplicate.dismissed")
            };
            ids.push(event.subject_id);
            told.push(
                NewEvent::new(kind, "duplicate", event.subject_id)
                    .payload(event.payload.0.clone())
                    .changes([("state".to_owned(), change(json!(after), json!(before)))].into_iter().collect()),
            );
        }
        decide(tx, &reopened, "open", None).await?;
        decide(tx, &dismissed, "dismissed", Some(&stamp)).await?;
        tx.emit_all(&stamp, told).await?;
        Ok(refusals)
    })
}
