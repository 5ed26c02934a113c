//! Other customers that rows name: the parent of a company, the employer of a person. They are found by name or code among those the
//! importer may see and among the new ones; a company nobody knows yet is made, bare but for its name, and filled when its own row comes.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::text::fold;
use sea_query::{Alias, Expr, ExprTrait, Query, Value};

use super::chunk::About;
use super::row::{Draft, Plan};
use crate::cell::Cell;
use crate::customer::{Customer, change, read};
use crate::fields::Key;
use crate::permissions::READ;
use crate::relations::{self, Relation, RelationRole};

/// Companies that are there already.
#[derive(Default)]
pub struct Found {
    by_name: HashMap<String, i64>,
    by_code: HashMap<String, i64>,
    /// Those that earlier rows of this import have made bare, by folded name.
    bare: HashMap<String, Customer>,
}

impl Found {
    /// Knows the companies that the chunk has just made as well.
    pub fn learn(&mut self, new: &[Customer]) {
        for customer in new.iter().filter(|customer| customer.is_company()) {
            self.by_name.entry(fold(customer[Key::CompanyName].text())).or_insert(customer.id);
            self.by_code.insert(customer[Key::CustomerCode].text().to_owned(), customer.id);
        }
    }

    /// The bare company in whose name a new customer comes.
    pub fn take_bare(&mut self, customer: &Customer) -> Option<Customer> {
        if self.bare.is_empty() || !customer.is_company() {
            None
        } else {
            self.bare.remove(&fold(customer[Key::CompanyName].text()))
        }
    }

    fn of(&self, name: &str) -> Option<i64> {
        self.by_code.get(name).or_else(|| self.by_name.get(&fold(name))).copied()
    }
}

/// Finds the companies that rows name, and the bare ones that new companies may be.
pub async fn find<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    plan: &Plan,
    drafts: &[Draft],
    new: impl Iterator<Item = &'a Customer>,
    stamp: &Stamp,
) -> Result<Found> {
    let named: HashSet<&str> = drafts
        .iter()
        .flat_map(|draft| &draft.relatives)
        .map(|(_, name)| name.as_str())
        .collect();
    let new: HashSet<String> = new
        .filter(|customer| customer.is_company())
        .map(|customer| fold(customer[Key::CompanyName].text()))
        .collect();
    let mut found = Found::default();
    if named.is_empty() && new.is_empty() {
        return Ok(found);
    }
    let names: HashSet<String> = named.iter().map(|name| fold(name)).chain(new.iter().cloned()).collect();
    let mut by_name = read::visible(ctx, READ).await?;
    by_name
        .columns([("customers", "id"), ("customers", "company_name_fold")])
        .and_where(Expr::col(("customers", "company_name_fold")).is_in(names))
        // Said in so many words, that the partial index serves it.
        .and_where(Expr::col(("customers", "company_name_fold")).ne(Expr::Constant(Value::from(""))))
        .and_where(Expr::col(("customers", "customer_type")).eq("company"))
        .order_by(("customers", "id"), sea_query::Order::Asc);
    for (id, name) in tx.all::<(i64, String)>(&by_name).await? {
        // Of two with the same name the older one is meant.
        found.by_name.entry(name).or_insert(id);
    }
    let codes: Vec<&str> = named.iter().copied().filter(|name| name.chars().count() <= 20).collect();
    if !codes.is_empty() {
        let mut by_code = read::visible(ctx, READ).await?;
        by_code
            .columns([("customers", "id"), ("customers", "customer_code")])
            .and_where(Expr::col(("customers", "customer_code")).is_in(codes))
            .and_where(Expr::col(("customers", "customer_type")).eq("company"));
        found.by_code = tx
            .all::<(i64, String)>(&by_code)
            .await?
            .into_iter()
            .map(|(id, code)| (code, id))
            .collect();
    }
    let maybe_bare: Vec<i64> = new.iter().filter_map(|name| found.by_name.get(name)).copied().collect();
    if let (false, Some(operation)) = (maybe_bare.is_empty(), stamp.operation_id) {
        let ours = Query::select()
            .column("subject_id")
            .from(Alias::new("events"))
            .and_where(Expr::col("customer_id").is_in(maybe_bare))
            .and_where(Expr::col("kind").eq("customer.created"))
            .and_where(Expr::col("operation_id").eq(operation.0))
            .to_owned();
        let ours: Vec<i64> = tx.all::<(i64,)>(&ours).await?.into_iter().map(|(id,)| id).collect();
        let customers = if ours.is_empty() {
            Vec::new()
        } else {
            read::for_change(
                tx,
                ctx,
                super::plan::reach(ctx, &crate::customer::ENTITY)?,
                &ours,
                &plan.definitions,
            )
            .await?
        };
        found.bare = customers
            .into_iter()
            .filter(is_bare)
            .map(|customer| (fold(customer[Key::CompanyName].text()), customer))
            .collect();
    }
    Ok(found)
}

/// Whether nothing is known of a company but its name.
fn is_bare(customer: &Customer) -> bool {
    const GIVEN: [Key; 8] = [
        Key::CustomerCode,
        Key::CustomerType,
        Key::CompanyName,
        Key::Owner,
        Key::Team,
        Key::CustomerSince,
        Key::IsActive,
        Key::Currency,
    ];
    customer.version == 1
        && customer.custom.is_empty()
        && customer.contact_points.is_empty()
        && customer.addresses.is_empty()
        && Key::written()
            .filter(|key| !GIVEN.contains(key))
            .all(|key| customer[key].is_missing())
}

/// Writes the relations of a chunk, making the companies that are missing; returns how many it made. `about` says whom a row is about.
pub async fn keep(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: &Stamp,
    plan: &Plan,
    mut found: Found,
    drafts: &[Draft],
    about: impl Fn(usize) -> Option<About>,
) -> Result<i64> {
    let named = || {
        let rows = drafts.iter().enumerate().filter(|(_, draft)| !draft.relatives.is_empty());
        // What a company names as employer can only be its parent, and the other way round.
        let role = |about: About| {
            if about.is_company {
                RelationRole::Parent
            } else {
                RelationRole::Employer
            }
        };
        rows.filter_map(|(index, draft)| Some((about(index)?, draft)))
            .flat_map(move |(about, draft)| draft.relatives.iter().map(move |(_, name)| (about.id, role(about), name.as_str())))
    };
    let mut missing: BTreeMap<String, Customer> = BTreeMap::new();
    for (_, _, name) in named().filter(|(_, _, name)| found.of(name).is_none()) {
        missing.entry(fold(name)).or_insert_with(|| {
            let mut company = Customer::default();
            company.set(Key::CustomerType, Cell::from("company"));
            company.set(Key::CompanyName, Cell::from(name));
            change::complete(&mut company, ctx, &plan.definitions);
            company
        });
    }
    let (names, mut companies): (Vec<String>, Vec<Customer>) = missing.into_iter().unzip();
    change::keep_new(tx, ctx, stamp, &mut companies).await?;
    found
        .by_name
        .extend(names.into_iter().zip(companies.iter().map(|company| company.id)));
    let mut ties: Vec<(i64, i64, RelationRole)> = named()
        .filter_map(|(id, role, name)| Some((id, found.of(name)?, role)))
        .filter(|(id, other, _)| id != other)
        .collect();
    ties.sort_unstable();
    ties.dedup();
    let tie = |(customer_id, other_id, role)| Relation {
        id: 0,
        customer_id,
        other_id,
        role,
        title: String::new(),
        is_primary: false,
    };
    relations::create_all(tx, stamp, ties.into_iter().map(tie).collect()).await?;
    Ok(companies.len() as i64)
}
