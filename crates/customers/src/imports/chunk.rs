//! What becomes of some rows: new customers, changes of known ones, duplicates, refusals. The dry run and the import itself ask the same
//! function; only the import lets it write.

use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{Hash, Hasher};

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result, Say};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Query, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::likely::{self, LikelyRow, Remembered};
use super::options::{MatchBy, Mode, OnDuplicate, OnLikelyDuplicate};
use super::plan::reach;
use super::relatives;
use super::row::{Draft, Plan, Wrong, key_text, match_key};
use crate::customer::{Customer, ENTITY, change, check, read};
use crate::fields::Key;

/// What became of the rows of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Counts {
    /// Rows that hold something. The five below add up to them.
    pub rows: i64,
    /// New customers.
    pub created: i64,
    /// Known customers that changed.
    pub updated: i64,
    /// Known customers that were as the row says already.
    pub unchanged: i64,
    /// Rows left out because an earlier row, or a known customer, is the same.
    pub duplicate: i64,
    /// Rows refused.
    pub wrong: i64,
    /// Rows for new customers who are probably there already, or stand in an earlier row: counted above among the created ones, or among the
    /// duplicates where they are to be skipped. Looked for by the dry run, and by the run where they are to be skipped.
    pub likely_duplicate: i64,
    /// Companies made because a row named them as parent or employer; not counted above.
    pub related: i64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Counts) {
        self.rows += more.rows;
        self.created += more.created;
        self.updated += more.updated;
        self.unchanged += more.unchanged;
        self.duplicate += more.duplicate;
        self.wrong += more.wrong;
        self.likely_duplicate += more.likely_duplicate;
        self.related += more.related;
    }
}

/// The keys that rows of this file have had so far, as hashes: eight bytes for a customer; and what the first rows were about.
#[derive(Default)]
pub struct Seen {
    keys: HashSet<u64>,
    remembered: Remembered,
}

/// Keys remembered at most, some 75 MB. Beyond, a duplicate inside the file is found only as a customer that is known already.
const MAX_SEEN: usize = 4_000_000;

impl Seen {
    /// Notes a key; false when it was there.
    pub fn note(&mut self, key: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let hash = hasher.finish();
        if self.keys.len() >= MAX_SEEN {
            !self.keys.contains(&hash)
        } else {
            self.keys.insert(hash)
        }
    }
}

/// A row that was refused.
#[derive(Debug, Deserialize)]
pub struct WrongRow {
    pub number: u64,
    pub cells: Vec<String>,
    pub wrong: Vec<Wrong>,
}

/// What came of a chunk.
#[derive(Debug, Default)]
pub struct Outcome {
    pub counts: Counts,
    pub wrong: Vec<WrongRow>,
    pub likely: Vec<LikelyRow>,
    /// The fate of every row, in their order: for the preview.
    pub fates: Vec<Fate>,
}

/// What becomes of one row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    Create,
    Update,
    #[default]
    Unchanged,
    Duplicate,
    Wrong,
}

/// Whom a row is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whom {
    /// A new customer, by its place among the new ones.
    New(usize),
    Known(i64),
}

/// The customer that a row turned out to be about.
#[derive(Clone, Copy, Debug)]
pub struct About {
    pub id: i64,
    pub is_company: bool,
}

/// Decides on every row of a chunk and, with a stamp, writes it. `seen` are the keys of the rows before.
pub async fn settle(
    tx: &mut Tx,
    ctx: &Ctx,
    plan: &Plan,
    mut drafts: Vec<Draft>,
    seen: &mut Seen,
    stamp: Option<&Stamp>,
) -> Result<Outcome> {
    let options = &plan.options;
    let mut fates = vec![Fate::Wrong; drafts.len()];
    let mut whom: Vec<Option<Whom>> = vec![None; drafts.len()];
    let mut known = known(tx, ctx, plan, &drafts).await?;

    // Whom is each row about?
    let mut fresh: Vec<Fresh> = Vec::new();
    let mut fresh_by_key: HashMap<String, usize> = HashMap::new();
    let mut changes: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter_mut().enumerate() {
        if !draft.wrong.is_empty() {
            continue;
        }
        let Some(key) = draft.key.clone() else {
            match (options.mode, draft.new.take()) {
                (Mode::Create | Mode::Both, Some((customer, errors))) => {
                    whom[index] = Some(Whom::New(fresh.len()));
                    fresh.push(Fresh {
                        customer: *customer,
                        errors,
                        rows: vec![index],
                        adopted: None,
                    });
                }
                _ => {
                    draft.wrong = row_wrong(
                        plan,
                        say!(
                            "Müşterinin tanınacağı sütun boş.",
                            "The column by which the customer is recognised is empty."
                        ),
                    )
                }
            }
            continue;
        };
        let is_first = seen.note(&key);
        let found = known.ids.get(&key).map(Vec::as_slice).unwrap_or_default();
        let customer = match (found, fresh_by_key.get(&key)) {
            (_, Some(place)) => Some(Whom::New(*place)),
            ([id], None) => Some(Whom::Known(*id)),
            ([], None) => None,
            _ => {
                draft.wrong = row_wrong(
                    plan,
                    say!("Birden çok müşteri buna uyuyor.", "More than one customer matches this."),
                );
                continue;
            }
        };
        let is_duplicate = !is_first || (options.mode == Mode::Create && customer.is_some());
        if is_duplicate && options.on_duplicate == OnDuplicate::Skip {
            fates[index] = Fate::Duplicate;
            continue;
        }
        match (customer, draft.new.take()) {
            (Some(Whom::Known(id)), _) => changes.entry(id).or_default().push(index),
            (Some(Whom::New(place)), _) => fresh[place].rows.push(index),
            // What a dry run has not written is not there; a row that changes it is taken for right.
            (None, _) if !is_first && stamp.is_none() => {
                fates[index] = Fate::Update;
                continue;
            }
            (None, Some((customer, errors))) => {
                fresh_by_key.insert(key, fresh.len());
                whom[index] = Some(Whom::New(fresh.len()));
                fresh.push(Fresh {
                    customer: *customer,
                    errors,
                    rows: vec![index],
                    adopted: None,
                });
                continue;
            }
            (None, None) => {
                draft.wrong = row_wrong(plan, say!("Böyle bir müşteri yok.", "There is no such customer."));
                continue;
            }
        }
        whom[index] = customer;
    }

    // New companies that earlier rows have named already are known, though nothing else was.
    let mut people = relatives::Found::default();
    if let (true, Some(stamp)) = (plan.has_relatives, stamp) {
        people = relatives::find(tx, ctx, plan, &drafts, fresh.iter().map(|fresh| &fresh.customer), stamp).await?;
        for fresh in fresh.iter_mut().filter(|fresh| fresh.errors.is_empty()) {
            let Some(bare) = people.take_bare(&fresh.customer) else { continue };
            fresh.adopted = Some(bare.id);
            for index in &fresh.rows {
                whom[*index] = Some(Whom::Known(bare.id));
            }
            changes.insert(bare.id, fresh.rows.clone());
            known.customers.insert(bare.id, bare);
        }
    }
    let adopted: HashSet<i64> = fresh.iter().filter_map(|fresh| fresh.adopted).collect();
    let mut new: Vec<(usize, Customer)> = Vec::with_capacity(fresh.len());
    let mut refused: Vec<(Vec<usize>, FieldErrors)> = Vec::new();
    for (place, mut one) in fresh.into_iter().enumerate() {
        if one.adopted.is_some() {
            continue;
        }
        for index in one.rows.iter().skip(1) {
            if let Err(errors) = drafts[*index].apply(&mut one.customer) {
                one.errors.0.extend(errors.0);
            }
        }
        if one.rows.len() > 1 && one.errors.is_empty() {
            one.errors = change::complete(&mut one.customer, ctx, &plan.definitions);
        }
        for (nth, index) in one.rows.iter().enumerate() {
            fates[*index] = if nth == 0 { Fate::Create } else { Fate::Update };
        }
        if one.errors.is_empty() {
            new.push((place, one.customer))
        } else {
            refused.push((one.rows, one.errors))
        }
    }

    // Codes are unique over all customers, also those out of reach and those deleted.
    let mut rows_of_new: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, whom) in whom.iter().enumerate() {
        if let Some(Whom::New(place)) = whom {
            rows_of_new.entry(*place).or_default().push(index);
        }
    }
    let rows_of = |place: usize| rows_of_new.get(&place).cloned().unwrap_or_default();
    let taken = taken_codes(tx, plan, &new, &changes, &drafts, &known).await?;
    let mut codes: HashSet<String> = HashSet::new();
    new.retain(|(place, customer)| {
        let code = customer[Key::CustomerCode].text();
        let is_taken = !code.is_empty() && (taken.contains(code) || !codes.insert(code.to_owned()));
        if is_taken {
            refused.push((rows_of(*place), code_is_taken()));
        }
        !is_taken
    });
    let pairs: Vec<(&Customer, Option<&Customer>)> = new.iter().map(|(_, customer)| (customer, None)).collect();
    let wrong = check::references(tx, &pairs).await?;
    let mut position = 0;
    new.retain(|(place, _)| {
        let errors = wrong.get(&position).cloned();
        position += 1;
        errors.map(|errors| refused.push((rows_of(*place), errors))).is_none()
    });

    let skips = options.on_likely_duplicate == OnLikelyDuplicate::Skip;
    let mut likely_rows: Vec<LikelyRow> = Vec::new();
    if skips || stamp.is_none() {
        let row = |place: usize| rows_of_new.get(&place).and_then(|rows| rows.first()).copied().unwrap_or_default();
        let asked: Vec<(u64, &Customer)> = new.iter().map(|(place, customer)| (drafts[row(*place)].number, customer)).collect();
        let found = likely::find(tx, &mut seen.remembered, &asked, skips).await?;
        let mut position = 0;
        new.retain(|(place, _)| {
            let likely = found.get(&position).copied();
            position += 1;
            let Some(likely) = likely else { return true };
            likely_rows.push(LikelyRow {
                number: drafts[row(*place)].number,
                cells: drafts[row(*place)].cells.clone(),
                likely,
            });
            if skips {
                for index in rows_of(*place) {
                    fates[index] = Fate::Duplicate;
                    whom[index] = None;
                }
            }
            !skips
        });
    }

    // Known customers.
    let mut to_change: Vec<Customer> = changes.keys().filter_map(|id| known.customers.remove(id)).collect();
    to_change.sort_by_key(|customer| customer.id);
    let order: Vec<i64> = to_change.iter().map(|customer| customer.id).collect();
    let companies: HashSet<i64> = to_change
        .iter()
        .filter(|customer| customer.is_company())
        .map(|customer| customer.id)
        .collect();
    let (own_code, moment) = (|customer: &Customer| customer[Key::CustomerCode].text().to_owned(), ctx.stamp());
    let alter = |customer: &mut Customer| {
        let code = own_code(customer);
        for index in changes.get(&customer.id).into_iter().flatten() {
            drafts[*index].apply(customer)?;
        }
        let wanted = customer[Key::CustomerCode].text();
        if wanted.is_empty() {
            customer.set(Key::CustomerCode, crate::cell::Cell::from(code.as_str()));
        } else if wanted != code && (taken.contains(wanted) || !codes.insert(wanted.to_owned())) {
            return Err(code_is_taken());
        }
        Ok(())
    };
    let (changed, wrong) = change::prepare(tx, ctx, stamp.unwrap_or(&moment), &plan.definitions, to_change, alter).await?;
    let is_changed: HashSet<i64> = changed.iter().map(|changed| changed.after.id).collect();
    for (id, rows) in &changes {
        let fate = match (adopted.contains(id), is_changed.contains(id)) {
            (true, _) => Fate::Create,
            (false, true) => Fate::Update,
            (false, false) => Fate::Unchanged,
        };
        for index in rows {
            fates[*index] = fate;
        }
    }
    for one in wrong {
        refused.push((changes.get(&order[one.index]).cloned().unwrap_or_default(), one.errors));
    }
    for (rows, errors) in refused {
        for index in rows {
            drafts[index].wrong = plan.wrong(errors.clone());
            fates[index] = Fate::Wrong;
            whom[index] = None;
        }
    }

    let mut related = 0;
    if let Some(stamp) = stamp {
        let (places, mut customers): (Vec<usize>, Vec<Customer>) = new.into_iter().unzip();
        change::keep_new(tx, ctx, stamp, &mut customers).await?;
        change::keep_changes(tx, stamp, &changed).await?;
        let ids: HashMap<usize, About> = places
            .into_iter()
            .zip(&customers)
            .map(|(place, new)| {
                (
                    place,
                    About {
                        id: new.id,
                        is_company: new.is_company(),
                    },
                )
            })
            .collect();
        let about = |index: usize| match whom[index]? {
            Whom::New(place) => ids.get(&place).copied(),
            Whom::Known(id) => Some(About {
                id,
                is_company: companies.contains(&id),
            }),
        };
        if plan.has_relatives {
            people.learn(&customers);
            related = relatives::keep(tx, ctx, stamp, plan, people, &drafts, about).await?;
        }
        super::consents::keep(tx, ctx, plan, &drafts, about).await?;
    }

    let mut outcome = Outcome {
        counts: count(&fates),
        ..Outcome::default()
    };
    outcome.counts.related = related;
    outcome.counts.likely_duplicate = likely_rows.len() as i64;
    outcome.likely = likely_rows;
    outcome.fates = fates;
    for draft in drafts.into_iter().filter(|draft| !draft.wrong.is_empty()) {
        outcome.wrong.push(WrongRow {
            number: draft.number,
            cells: draft.cells,
            wrong: draft.wrong,
        });
    }
    Ok(outcome)
}

/// A new customer, and the rows that describe it.
struct Fresh {
    customer: Customer,
    errors: FieldErrors,
    rows: Vec<usize>,
    /// The bare company that an earlier row has made in its name.
    adopted: Option<i64>,
}

pub(super) fn count(fates: &[Fate]) -> Counts {
    let mut counts = Counts {
        rows: fates.len() as i64,
        ..Counts::default()
    };
    for fate in fates {
        *match fate {
            Fate::Create => &mut counts.created,
            Fate::Update => &mut counts.updated,
            Fate::Unchanged => &mut counts.unchanged,
            Fate::Duplicate => &mut counts.duplicate,
            Fate::Wrong => &mut counts.wrong,
        } += 1;
    }
    counts
}

fn row_wrong(plan: &Plan, problem: Say) -> Vec<Wrong> {
    let field = match_key(plan.options.match_by).map(Key::name);
    let column = field.and_then(|field| plan.column(field)).map(str::to_owned);
    vec![Wrong {
        column,
        field: field.map(str::to_owned),
        tr: problem.tr.into_owned(),
        en: problem.en.into_owned(),
    }]
}

fn code_is_taken() -> FieldErrors {
    let mut errors = FieldErrors::default();
    errors.add(Key::CustomerCode.name(), change::taken());
    errors
}

/// Customers that rows may be about.
#[derive(Default)]
struct Known {
    /// By the key of the row.
    ids: HashMap<String, Vec<i64>>,
    customers: HashMap<i64, Customer>,
}

/// Finds the customers of a chunk in one query by the key, each within the caller's reach.
async fn known(tx: &mut Tx, ctx: &Ctx, plan: &Plan, drafts: &[Draft]) -> Result<Known> {
    let mut found = Known::default();
    let Some(by) = match_key(plan.options.match_by) else {
        return Ok(found);
    };
    let keys: HashSet<&str> = drafts.iter().filter_map(|draft| draft.key.as_deref()).collect();
    if keys.is_empty() {
        return Ok(found);
    }
    let mut query = Query::select();
    match plan.options.match_by {
        MatchBy::PrimaryEmail | MatchBy::PrimaryPhone => {
            let folded: HashSet<String> = keys.iter().map(|key| kernel::text::fold(key)).collect();
            query
                .columns(["customer_id", "value"])
                .from(Alias::new("contact_points"))
                .and_where(Expr::col("value_key").is_in(folded))
                .and_where(Expr::col("kind").eq(if by == Key::PrimaryEmail { "email" } else { "phone" }))
                .and_where(Expr::col("rank").eq(0));
        }
        _ => {
            query
                .columns(["id", by.name()])
                .from(Alias::new("customers"))
                .and_where(Expr::col(by.name()).is_in(keys))
                .and_where(Expr::col("deleted_at").is_null());
            if by != Key::CustomerCode {
                // Said in so many words, that the partial index serves it.
                query.and_where(Expr::col(by.name()).ne(Expr::Constant(Value::from(""))));
            }
        }
    }
    let rows: Vec<(i64, String)> = tx.all(&query).await?;
    if rows.is_empty() {
        return Ok(found);
    }
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    for customer in read::for_change(tx, ctx, reach(ctx, &ENTITY)?, &ids, &plan.definitions).await? {
        found.customers.insert(customer.id, customer);
    }
    for (id, key) in rows {
        if found.customers.contains_key(&id) {
            match found.ids.entry(key_text(by, &key)) {
                Entry::Occupied(mut ids) => ids.get_mut().push(id),
                Entry::Vacant(ids) => {
                    ids.insert(vec![id]);
                }
            }
        }
    }
    Ok(found)
}

/// The codes among those wanted that somebody has.
async fn taken_codes(
    tx: &mut Tx,
    plan: &Plan,
    new: &[(usize, Customer)],
    changes: &BTreeMap<i64, Vec<usize>>,
    drafts: &[Draft],
    known: &Known,
) -> Result<HashSet<String>> {
    if plan.column(Key::CustomerCode.name()).is_none() {
        return Ok(HashSet::new());
    }
    let mut wanted: HashSet<&str> = new.iter().map(|(_, customer)| customer[Key::CustomerCode].text()).collect();
    for (id, rows) in changes {
        let own = known.customers.get(id).map(|customer| customer[Key::CustomerCode].text());
        let codes = rows
            .iter()
            .flat_map(|index| &drafts[*index].patch.cells)
            .filter(|(key, _)| *key == Key::CustomerCode)
            .map(|(_, cell)| cell.text());
        wanted.extend(codes.filter(|code| Some(*code) != own));
    }
    wanted.remove("");
    if wanted.is_empty() {
        return Ok(HashSet::new());
    }
    let query = Query::select()
        .column("customer_code")
        .from(Alias::new("customers"))
        .and_where(Expr::col("customer_code").is_in(wanted))
        .to_owned();
    Ok(tx.all::<(String,)>(&query).await?.into_iter().map(|(code,)| code).collect())
}
