//! Ties between customers: the people of a company, its parent company, a family. A tie is kept once and shown from both sides, read
//! backwards from the other one: who is my employer has me as an employee.

pub mod http;

use std::collections::{BTreeMap, BTreeSet};

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::events::{Event, NewEvent};
use kernel::ids::CustomerId;
use kernel::operations::Refusal;
use kernel::say;
use sea_query::{Alias, CommonTableExpression, Cond, Expr, ExprTrait, Order, Query, SelectStatement, UnionType, WithClause};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;

use crate::customer::read;
use crate::edit::{self, Edit};
use crate::permissions::{READ, WRITE};
use records::choices;

/// How many a customer may have.
pub const MAX_RELATIONS: u64 = 10_000;
const MAX_TITLE_CHARS: usize = 100;

choices! {
    /// What the other customer is to this one.
    RelationRole {
        Employee: "employee", "Çalışan", "Employee";
        Employer: "employer", "İşveren", "Employer";
        Contact: "contact", "İlgili kişi", "Contact";
        ContactOf: "contact_of", "İlgili kişisi olduğu firma", "Contact of";
        Owner: "owner", "Sahip", "Owner";
        Owned: "owned", "Sahibi olduğu firma", "Owned company";
        Partner: "partner", "İş ortağı", "Partner";
        Parent: "parent", "Ana şirket", "Parent company";
        Subsidiary: "subsidiary", "Bağlı şirket", "Subsidiary";
        Family: "family", "Aile", "Family";
        Other: "other", "Diğer", "Other";
    }
}

impl RelationRole {
    /// The same tie, read from the other side.
    pub fn inverse(self) -> RelationRole {
        match self {
            RelationRole::Employee => RelationRole::Employer,
            RelationRole::Employer => RelationRole::Employee,
            RelationRole::Contact => RelationRole::ContactOf,
            RelationRole::ContactOf => RelationRole::Contact,
            RelationRole::Owner => RelationRole::Owned,
            RelationRole::Owned => RelationRole::Owner,
            RelationRole::Parent => RelationRole::Subsidiary,
            RelationRole::Subsidiary => RelationRole::Parent,
            RelationRole::Partner | RelationRole::Family | RelationRole::Other => self,
        }
    }

    fn is_mutual(self) -> bool {
        self.inverse() == self
    }

    /// Of a role and its inverse, the one that is kept.
    fn is_kept(self) -> bool {
        !matches!(
            self,
            RelationRole::Employer | RelationRole::ContactOf | RelationRole::Owned | RelationRole::Subsidiary
        )
    }

    /// What the two must be: whether this one, and whether the other, is a company. `None` is either.
    fn companies(self) -> (Option<bool>, Option<bool>) {
        match self {
            RelationRole::Employee => (Some(true), Some(false)),
            RelationRole::Owner => (Some(true), None),
            RelationRole::Parent => (Some(true), Some(true)),
            RelationRole::Family => (Some(false), Some(false)),
            RelationRole::Employer | RelationRole::Owned | RelationRole::Subsidiary => {
                let (other, this) = self.inverse().companies();
                (this, other)
            }
            RelationRole::Contact | RelationRole::ContactOf | RelationRole::Partner | RelationRole::Other => (None, None),
        }
    }
}

/// A tie as it is kept: `other_id` is the `role` of `customer_id`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
pub struct Relation {
    /// 0 until it is kept.
    pub id: i64,
    pub customer_id: i64,
    pub other_id: i64,
    #[sqlx(try_from = "String")]
    pub role: RelationRole,
    /// What the person does there: `Satın Alma Müdürü`.
    pub title: String,
    /// The first of its role to turn to; one at most per customer and role.
    pub is_primary: bool,
}

impl Relation {
    /// The same tie, as the other side sees it.
    fn mirrored(&self) -> Relation {
        Relation {
            customer_id: self.other_id,
            other_id: self.customer_id,
            role: self.role.inverse(),
            ..self.clone()
        }
    }

    /// The same tie, as it is kept.
    fn settled(self) -> Relation {
        if self.role.is_kept() { self } else { self.mirrored() }
    }

    /// The same tie, as this customer sees it.
    fn seen_from(&self, customer_id: i64) -> Relation {
        if self.customer_id == customer_id {
            self.clone()
        } else {
            self.mirrored()
        }
    }

    /// Whether the two would be one and the same tie.
    fn is_twin_of(&self, other: &Relation) -> bool {
        let mutual = self.role.is_mutual() && self.customer_id == other.other_id && self.other_id == other.customer_id;
        let same = self.customer_id == other.customer_id && self.other_id == other.other_id;
        self.id != other.id && self.role == other.role && (same || mutual)
    }

    /// Whether the two say the same, whatever their ids.
    pub(crate) fn is_same_tie(&self, other: &Relation) -> bool {
        Relation { id: -1, ..self.clone() }.is_twin_of(other)
    }

    /// Whether both claim to be the first of their role.
    pub(crate) fn is_rival_of(&self, other: &Relation) -> bool {
        self.id != other.id && self.is_primary && other.is_primary && self.role == other.role && self.customer_id == other.customer_id
    }
}

/// Ties a customer to another. The caller must be allowed to change the one and to see the other.
pub async fn create(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, wanted: Relation) -> Result<i64> {
    let sides = Sides::hold(tx, ctx, wanted.customer_id, wanted.other_id).await?;
    check(&wanted, &sides)?;
    if count(tx, wanted.customer_id).await? >= MAX_RELATIONS {
        return Err(invalid(
            "other_id",
            say!(
                "Bir müşterinin en çok {} ilişkisi olabilir.",
                "A customer may have {} relations at most.",
                MAX_RELATIONS
            ),
        ));
    }
    let edits = place(tx, None, wanted.settled()).await?;
    let ids = keep(tx, stamp, edits).await?;
    ids.last().copied().ok_or(Error::internal("a relation was not kept"))
}

/// Ties many customers at once, as an import names them. Ties that are there already, and those that would put a company below itself, are
/// passed over. Whether the caller may is not checked here; both sides must be what the role takes.
pub async fn create_all(tx: &mut Tx, stamp: &Stamp, wanted: Vec<Relation>) -> Result<usize> {
    let mut wanted: Vec<Relation> = wanted.into_iter().map(Relation::settled).collect();
    let near = near(tx, &wanted).await?;
    wanted.retain(|tie| !near.iter().any(|known| tie.is_same_tie(known)));
    // Until they have ids of their own, their places tell them apart.
    for (place, tie) in wanted.iter_mut().enumerate() {
        tie.id = -1 - place as i64;
    }
    let mut closing: BTreeSet<i64> = closing(tx, &wanted).await?.into_iter().collect();
    let above: BTreeMap<i64, i64> = wanted
        .iter()
        .filter(|tie| tie.role == RelationRole::Parent)
        .map(|tie| (tie.customer_id, tie.other_id))
        .collect();
    let in_circle = |tie: &Relation| {
        let mut at = tie.other_id;
        for _ in 0..=above.len() {
            match above.get(&at) {
                _ if at == tie.customer_id => return true,
                Some(next) => at = *next,
                None => return false,
            }
        }
        true
    };
    closing.extend(
        wanted
            .iter()
            .filter(|tie| tie.role == RelationRole::Parent && in_circle(tie))
            .map(|tie| tie.id),
    );
    wanted.retain(|tie| !closing.contains(&tie.id));
    let edits = wanted
        .into_iter()
        .map(|tie| Edit {
            before: None,
            after: Some(Relation { id: 0, ..tie }),
        })
        .collect();
    Ok(keep(tx, stamp, edits).await?.len())
}

/// Changes a tie of a customer; whether anything changed. `alter` sees it from the customer's side.
pub async fn update(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: &Stamp,
    customer_id: i64,
    id: i64,
    alter: impl FnOnce(&mut Relation) -> Result<()>,
) -> Result<bool> {
    let (before, sides) = hold(tx, ctx, customer_id, id).await?;
    let seen = before.seen_from(customer_id);
    let mut wanted = seen.clone();
    alter(&mut wanted)?;
    if wanted == seen {
        return Ok(false);
    }
    check(&wanted, &sides)?;
    let edits = place(tx, Some(before), wanted.settled()).await?;
    keep(tx, stamp, edits).await?;
    Ok(true)
}

/// Ends a tie of a customer.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, customer_id: i64, id: i64) -> Result<()> {
    let (before, _) = hold(tx, ctx, customer_id, id).await?;
    keep(
        tx,
        stamp,
        vec![Edit {
            before: Some(before),
            after: None,
        }],
    )
    .await?;
    Ok(())
}

/// A tie of a customer with both its sides held, so that nobody else changes it meanwhile. One whose other side the caller may not see is
/// not there for them.
async fn hold(tx: &mut Tx, ctx: &Ctx, customer_id: i64, id: i64) -> Result<(Relation, Sides)> {
    let other_id = find(tx, customer_id, id).await?.seen_from(customer_id).other_id;
    let sides = Sides::hold(tx, ctx, customer_id, other_id).await;
    let sides = sides.map_err(|error| {
        if matches!(error, Error::Invalid(_)) {
            Error::NotFound
        } else {
            error
        }
    })?;
    Ok((find(tx, customer_id, id).await?, sides))
}

/// Both customers of a tie, held for this transaction.
struct Sides {
    is_company: [bool; 2],
}

impl Sides {
    async fn hold(tx: &mut Tx, ctx: &Ctx, customer_id: i64, other_id: i64) -> Result<Sides> {
        let writable = read::visible(ctx, WRITE)
            .await?
            .column(("customers", "id"))
            .and_where(Expr::col(("customers", "id")).eq(customer_id))
            .to_owned();
        if tx.opt::<(i64,)>(&writable).await?.is_none() {
            return Err(Error::NotFound);
        }
        if customer_id == other_id {
            return Err(invalid(
                "other_id",
                say!("Bir müşteri kendisiyle ilişkili olamaz.", "A customer cannot be related to itself."),
            ));
        }
        // In the order of the ids, so that two who tie the same pair do not wait for each other.
        let mut both = read::visible(ctx, READ).await?;
        both.columns([("customers", "id"), ("customers", "customer_type")])
            .and_where(Expr::col(("customers", "id")).is_in([customer_id, other_id]))
            .order_by(("customers", "id"), Order::Asc);
        tx.dialect().for_update(&mut both);
        let kinds: BTreeMap<i64, String> = tx.all::<(i64, String)>(&both).await?.into_iter().collect();
        let is_company = |id: i64| kinds.get(&id).map(|kind| kind == "company");
        match (is_company(customer_id), is_company(other_id)) {
            (Some(this), Some(other)) => Ok(Sides { is_company: [this, other] }),
            (None, _) => Err(Error::NotFound),
            (_, None) => Err(invalid(
                "other_id",
                say!(
                    "Böyle bir müşteri yok ya da size görünmüyor.",
                    "There is no such customer, or it is not visible to you."
                ),
            )),
        }
    }
}

/// What must be true of a tie as its customer sees it.
fn check(wanted: &Relation, sides: &Sides) -> Result<()> {
    let mut errors = FieldErrors::default();
    let (this, other) = wanted.role.companies();
    for (wanted, is_company, field) in [(this, sides.is_company[0], "role"), (other, sides.is_company[1], "other_id")] {
        match wanted {
            Some(wanted) if wanted == is_company => {}
            Some(true) if field == "role" => errors.add(field, say!("Bu rol yalnızca firmalarda olur.", "Only companies have this role.")),
            Some(true) => errors.add(field, say!("Bu rolde bir firma olmalı.", "Must be a company in this role.")),
            Some(false) if field == "role" => errors.add(field, say!("Bu rol yalnızca bireylerde olur.", "Only persons have this role.")),
            Some(false) => errors.add(field, say!("Bu rolde bir birey olmalı.", "Must be a person in this role.")),
            None => {}
        }
    }
    if wanted.title.chars().count() > MAX_TITLE_CHARS {
        errors.add(
            "title",
            say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_TITLE_CHARS),
        );
    }
    errors.check()
}

/// What is to be done to bring a tie to where it is wanted, or why it cannot be there. The tie itself comes last.
async fn place(tx: &mut Tx, before: Option<Relation>, after: Relation) -> Result<Vec<Edit<Relation>>> {
    let near = near(tx, std::slice::from_ref(&after)).await?;
    if near.iter().any(|known| after.is_twin_of(known)) {
        return Err(invalid("other_id", say!("Bu ilişki zaten var.", "There is this relation already.")));
    }
    let has_moved = before
        .as_ref()
        .is_none_or(|before| (before.role, before.customer_id) != (after.role, after.customer_id));
    if has_moved && after.role == RelationRole::Parent && !closing(tx, std::slice::from_ref(&after)).await?.is_empty() {
        return Err(invalid(
            "other_id",
            say!(
                "Bir şirket kendi bağlı şirketinin altında olamaz.",
                "A company cannot be below its own subsidiary."
            ),
        ));
    }
    let second = |known: Relation| Edit {
        after: Some(Relation {
            is_primary: false,
            ..known.clone()
        }),
        before: Some(known),
    };
    let mut edits: Vec<_> = near.into_iter().filter(|known| after.is_rival_of(known)).map(second).collect();
    edits.push(Edit {
        before,
        after: Some(after),
    });
    Ok(edits)
}

/// The ties that may stand in the way of these: of the same role between the same customers, or the primary ones.
async fn near(tx: &mut Tx, ties: &[Relation]) -> Result<Vec<Relation>> {
    let customers: BTreeSet<i64> = ties.iter().flat_map(|tie| [tie.customer_id, tie.other_id]).collect();
    let roles: BTreeSet<RelationRole> = ties.iter().map(|tie| tie.role).collect();
    if ties.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = select();
    query
        .and_where(Expr::col("customer_id").is_in(customers.iter().copied()))
        .and_where(Expr::col("role").is_in(roles.into_iter().map(RelationRole::word)))
        .cond_where(
            Cond::any()
                .add(Expr::col("other_id").is_in(customers))
                .add(Expr::col("is_primary").eq(true)),
        );
    tx.all(&query).await
}

/// Those of these new ties to a parent company that would put a company below itself.
pub(crate) async fn closing(tx: &mut Tx, ties: &[Relation]) -> Result<Vec<i64>> {
    let parents: Vec<&Relation> = ties.iter().filter(|tie| tie.role == RelationRole::Parent).collect();
    if parents.is_empty() {
        return Ok(Vec::new());
    }
    // Two who each see nothing of the other's tie could close a circle together.
    tx.lock_table("relations").await?;
    let mut start = Query::select()
        .column("customer_id")
        .column("other_id")
        .from(Alias::new("relations"))
        .and_where(Expr::col("role").eq(RelationRole::Parent.word()))
        .and_where(Expr::col("customer_id").is_in(parents.iter().map(|tie| tie.other_id)))
        .and_where(Expr::col("id").is_not_in(parents.iter().map(|tie| tie.id)))
        .to_owned();
    let next = Query::select()
        .column(("above", "customer_id"))
        .column(("relations", "other_id"))
        .from(Alias::new("relations"))
        .inner_join("above", Expr::col(("relations", "customer_id")).equals(("above", "other_id")))
        .and_where(Expr::col(("relations", "role")).eq(RelationRole::Parent.word()))
        .and_where(Expr::col(("relations", "id")).is_not_in(parents.iter().map(|tie| tie.id)))
        .to_owned();
    let above = CommonTableExpression::new()
        .table_name("above")
        .columns(["customer_id", "other_id"])
        .query(start.union(UnionType::Distinct, next).to_owned())
        .to_owned();
    let all = Query::select()
        .columns(["customer_id", "other_id"])
        .from(Alias::new("above"))
        .to_owned();
    let query = all.with(WithClause::new().recursive(true).cte(above).to_owned());
    let above: BTreeSet<(i64, i64)> = tx.all::<(i64, i64)>(&query).await?.into_iter().collect();
    let closes = |tie: &&&Relation| tie.other_id == tie.customer_id || above.contains(&(tie.other_id, tie.customer_id));
    Ok(parents.iter().filter(closes).map(|tie| tie.id).collect())
}

async fn count(tx: &mut Tx, customer_id: i64) -> Result<u64> {
    let of = Cond::any()
        .add(Expr::col("customer_id").eq(customer_id))
        .add(Expr::col("other_id").eq(customer_id));
    let query = Query::select()
        .expr(tx.dialect().own_sql("count(*)"))
        .from(Alias::new("relations"))
        .cond_where(of)
        .to_owned();
    let (count,): (i64,) = tx.one(&query).await?;
    Ok(count.unsigned_abs())
}

fn select() -> SelectStatement {
    Query::select()
        .columns(["id", "customer_id", "other_id", "role", "title", "is_primary"])
        .from(Alias::new("relations"))
        .to_owned()
}

/// The ties of customers, from whichever side, in order.
pub(crate) async fn touching(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Relation>> {
    let of = Cond::any()
        .add(Expr::col("customer_id").is_in(ids.iter().copied()))
        .add(Expr::col("other_id").is_in(ids.iter().copied()));
    let mut query = select();
    query.cond_where(of).order_by("id", Order::Asc);
    tx.all(&query).await
}

async fn find(tx: &mut Tx, customer_id: i64, id: i64) -> Result<Relation> {
    let of = Cond::any()
        .add(Expr::col("customer_id").eq(customer_id))
        .add(Expr::col("other_id").eq(customer_id));
    let mut query = select();
    query.and_where(Expr::col("id").eq(id)).cond_where(of);
    tx.opt(&query).await?.ok_or(Error::NotFound)
}

/// Keeps what was changed, and tells it in the timelines of both customers. The ids of what is there afterwards, in the order of the edits.
async fn keep(tx: &mut Tx, stamp: &Stamp, mut edits: Vec<Edit<Relation>>) -> Result<Vec<i64>> {
    let gone: Vec<i64> = edits.iter().filter_map(|edit| Some(edit.before.as_ref()?.id)).collect();
    if !gone.is_empty() {
        tx.exec(
            &Query::delete()
                .from_table("relations")
                .and_where(Expr::col("id").is_in(gone))
                .to_owned(),
        )
        .await?;
    }
    // A row that was changed is written again under its own id; new rows get theirs from the database.
    for has_id in [true, false] {
        let mut rows: Vec<&mut Relation> = edits
            .iter_mut()
            .filter_map(|edit| edit.after.as_mut())
            .filter(|row| (row.id != 0) == has_id)
            .collect();
        if rows.is_empty() {
            continue;
        }
        let mut insert = Query::insert();
        insert.into_table("relations").columns(
            ["customer_id", "other_id", "role", "title", "is_primary"]
                .into_iter()
                .chain(has_id.then_some("id")),
        );
        for row in &rows {
            let values: [Expr; 5] = [
                row.customer_id.into(),
                row.other_id.into(),
                row.role.word().into(),
                row.title.as_str().into(),
                row.is_primary.into(),
            ];
            insert.values_panic(values.into_iter().chain(has_id.then(|| row.id.into())));
        }
        let ids: Vec<(i64,)> = tx.all(insert.returning_col("id")).await?;
        for (row, (id,)) in rows.iter_mut().zip(ids) {
            row.id = id;
        }
    }
    tx.emit_all(stamp, edits.iter().flat_map(events).collect()).await?;
    Ok(edits.iter().filter_map(|edit| Some(edit.after.as_ref()?.id)).collect())
}

/// One event in each of the two timelines. The first carries the row, by which it is undone; the other is its mirror image.
fn events(edit: &Edit<Relation>) -> Vec<NewEvent> {
    let Some(row) = edit.after.as_ref().or(edit.before.as_ref()) else {
        return Vec::new();
    };
    let kind = edit.verb("relation.created", "relation.updated", "relation.deleted");
    let sides = [row.customer_id, row.other_id];
    let event = |customer_id: i64| {
        let seen = |side: &Option<Relation>| side.as_ref().map(|row| row.seen_from(customer_id));
        let seen = Edit {
            before: seen(&edit.before),
            after: seen(&edit.after),
        };
        let is_mirror = customer_id != row.customer_id;
        let shown = row.seen_from(customer_id);
        let mut payload = if is_mirror { json!({}) } else { edit.images() };
        payload["mirror"] = json!(is_mirror);
        payload["other_id"] = json!(shown.other_id);
        payload["role"] = json!(shown.role);
        let mut changes = seen.changes();
        changes.remove("customer_id");
        NewEvent::new(kind, "relation", row.id)
            .customer(CustomerId(customer_id))
            .payload(payload)
            .changes(changes)
    };
    sides.into_iter().map(event).collect()
}

/// Takes back events of ties, newest first: exactly the row comes back, or nothing. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let events: Vec<&Event> = events.iter().filter(|event| event.payload["mirror"] != true).collect();
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let alive = hold_alive(tx, &events).await?;
        let mut query = select();
        query.and_where(Expr::col("id").is_in(events.iter().map(|event| event.subject_id)));
        let stored: BTreeMap<i64, Relation> = tx.all::<Relation>(&query).await?.into_iter().map(|row| (row.id, row)).collect();
        let (edits, mut refusals) = edit::take_back("relation", &stored, events)?;
        let obstacles = obstacles(tx, &alive, &edits).await?;
        let (good, bad): (Vec<_>, Vec<_>) = edits.into_iter().partition(|edit| !obstacles.contains_key(&id_of(edit)));
        refusals.extend(bad.iter().filter_map(|edit| {
            let id = id_of(edit);
            obstacles.get(&id).map(|reason| edit::whole("relation", id, reason.clone()))
        }));
        keep(tx, &stamp, good).await?;
        Ok(refusals)
    })
}

/// The customers that these events speak of and that are not deleted, held for this transaction.
async fn hold_alive(tx: &mut Tx, events: &[&Event]) -> Result<BTreeSet<i64>> {
    let ids = events
        .iter()
        .flat_map(|event| [event.customer_id, event.payload["other_id"].as_i64()])
        .flatten();
    let mut query = Query::select();
    query
        .column("id")
        .from(Alias::new("customers"))
        .and_where(Expr::col("id").is_in(ids))
        .and_where(Expr::col("deleted_at").is_null())
        .order_by("id", Order::Asc);
    tx.dialect().for_update(&mut query);
    Ok(tx.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect())
}

fn id_of(edit: &Edit<Relation>) -> i64 {
    edit.after.as_ref().or(edit.before.as_ref()).map_or(0, |row| row.id)
}

/// Why ties cannot come back as they were, by their ids.
async fn obstacles(tx: &mut Tx, alive: &BTreeSet<i64>, edits: &[Edit<Relation>]) -> Result<BTreeMap<i64, kernel::error::Say>> {
    let rows = || edits.iter().filter_map(|edit| edit.after.as_ref().or(edit.before.as_ref()));
    let coming: Vec<Relation> = edits.iter().filter_map(|edit| edit.after.clone()).collect();
    let ours: BTreeSet<i64> = edits.iter().map(id_of).collect();
    let near: Vec<Relation> = near(tx, &coming)
        .await?
        .into_iter()
        .filter(|known| !ours.contains(&known.id))
        .collect();
    let closing = closing(tx, &coming).await?;
    let mut obstacles = BTreeMap::new();
    for row in rows() {
        let is_coming = coming.iter().any(|coming| coming.id == row.id);
        let obstacle = if !alive.contains(&row.customer_id) || !alive.contains(&row.other_id) {
            Some(say!("Müşterilerden biri silinmiş.", "One of the customers was deleted."))
        } else if is_coming && near.iter().any(|known| row.is_twin_of(known)) {
            Some(say!(
                "Aynı ilişki sonradan yeniden kurulmuş.",
                "The same relation was made again since."
            ))
        } else if is_coming && near.iter().any(|known| row.is_rival_of(known)) {
            Some(say!(
                "Bu rolde birincil olan artık başkası.",
                "Another one is the primary one of this role now."
            ))
        } else if closing.contains(&row.id) {
            Some(say!(
                "Bir şirket kendi bağlı şirketinin altına girerdi.",
                "A company would come to be below its own subsidiary."
            ))
        } else {
            None
        };
        obstacles.extend(obstacle.map(|reason| (row.id, reason)));
    }
    Ok(obstacles)
}
