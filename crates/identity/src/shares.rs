//! Single records shared with a user or a team beyond what their roles reach.

use kernel::actor::{Actor, Permission};
use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::ids::{TeamId, UserId};
use kernel::say;
use sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::fields::Diff;
use crate::gate::forget_after;

/// Shares of one record.
const MAX_SHARES: usize = 200;

/// What a share allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Read,
    /// Reading and writing, as far as the role allows either at all.
    Write,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Read => "read",
            Level::Write => "write",
        }
    }
}

/// A record about to be shared, with a user or with a team.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShare {
    pub user_id: Option<UserId>,
    pub team_id: Option<TeamId>,
    pub level: Level,
}

/// With whom a record is shared.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Share {
    pub id: i64,
    pub user_id: Option<UserId>,
    pub user_name: Option<String>,
    pub team_id: Option<TeamId>,
    pub team_name: Option<String>,
    pub level: String,
    #[serde(serialize_with = "kernel::clock::shown::time")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: i64,
}

/// What a permission asks of a share; none for those that a share never gives.
fn levels(permission: Permission) -> &'static [&'static str] {
    match permission.action {
        "read" => &["read", "write"],
        "write" => &["write"],
        _ => &[],
    }
}

fn with(user_id: Option<UserId>, team_id: Option<TeamId>) -> Cond {
    let user = user_id.map(|id| Expr::col(("record_shares", "user_id")).eq(id.0));
    let team = team_id.map(|id| Expr::col(("record_shares", "team_id")).eq(id.0));
    user.into_iter().chain(team).fold(Cond::any(), Cond::add)
}

/// The ids of the records of an entity that are shared with the caller for this permission; none when there cannot be any.
pub(crate) fn ids(actor: &Actor, permission: Permission, entity: &str) -> Option<SelectStatement> {
    let levels = levels(permission);
    if !actor.limits.has_shares || levels.is_empty() {
        return None;
    }
    let select = Query::select()
        .column("record_id")
        .from(Alias::new("record_shares"))
        .and_where(Expr::col("entity").eq(entity))
        .and_where(Expr::col("level").is_in(levels.iter().copied()))
        .cond_where(with(actor.user_id, actor.team_id))
        .to_owned();
    Some(select)
}

/// Whether anything is shared with somebody.
pub(crate) async fn any_with(db: &Db, user_id: UserId, team_id: Option<TeamId>) -> Result<bool> {
    let select = Query::select()
        .column("id")
        .from(Alias::new("record_shares"))
        .cond_where(with(Some(user_id), team_id))
        .limit(1)
        .to_owned();
    Ok(db.opt::<(i64,)>(&select).await?.is_some())
}

fn select_of(entity: &str, record_id: i64) -> SelectStatement {
    Query::select()
        .columns(["id", "user_id", "team_id", "level", "created_at"].map(|column| ("record_shares", column)))
        .expr_as(Expr::col(("users", "name")), "user_name")
        .expr_as(Expr::col(("teams", "name")), "team_name")
        .from(Alias::new("record_shares"))
        .left_join("users", Expr::col(("users", "id")).equals(("record_shares", "user_id")))
        .left_join("teams", Expr::col(("teams", "id")).equals(("record_shares", "team_id")))
        .and_where(Expr::col("entity").eq(entity))
        .and_where(Expr::col("record_id").eq(record_id))
        .order_by(("record_shares", "id"), sea_query::Order::Asc)
        .to_owned()
}

type Row = (i64, Option<UserId>, Option<TeamId>, String, i64, Option<String>, Option<String>);

fn share((id, user_id, team_id, level, created_at, user_name, team_name): Row) -> Share {
    Share {
        id,
        user_id,
        user_name,
        team_id,
        team_name,
        level,
        created_at,
    }
}

/// With whom a record is shared. Whether the caller may know is asked before, by who owns the entity.
pub async fn of(db: &Db, entity: &str, record_id: i64) -> Result<Vec<Share>> {
    Ok(db.all(&select_of(entity, record_id)).await?.into_iter().map(share).collect())
}

/// Shares a record, or changes how far it is shared already.
pub async fn put(tx: &mut Tx, ctx: &Ctx, entity: &'static str, record_id: i64, new: NewShare) -> Result<Share> {
    let table = match (new.user_id, new.team_id) {
        (Some(_), None) => "users",
        (None, Some(_)) => "teams",
        _ => {
            return Err(invalid(
                "user_id",
                say!(
                    "Ya bir kullanıcı (user_id) ya bir ekip (team_id) verin.",
                    "Give either a user (user_id) or a team (team_id)."
                ),
            ));
        }
    };
    let target = new.user_id.map(|id| id.0).or(new.team_id.map(|id| id.0)).unwrap_or_default();
    let mut there = Query::select();
    there.column("id").from(Alias::new(table)).and_where(Expr::col("id").eq(target));
    if table == "users" {
        there.and_where(Expr::col("is_active").eq(true));
    }
    if tx.opt::<(i64,)>(&there).await?.is_none() {
        let (field, problem) = match table {
            "users" => ("user_id", say!("Böyle etkin bir kullanıcı yok.", "There is no such active user.")),
            _ => ("team_id", say!("Böyle bir ekip yok.", "There is no such team.")),
        };
        return Err(invalid(field, problem));
    }
    let before: Vec<Share> = tx.all(&select_of(entity, record_id)).await?.into_iter().map(share).collect();
    let same = before
        .iter()
        .find(|share| share.user_id == new.user_id && share.team_id == new.team_id);
    let mut diff = Diff::default();
    diff.note("level", json!(same.map(|share| share.level.as_str())), new.level.name());
    let id = match same {
        Some(share) if diff.is_empty() => return Ok(share.clone()),
        Some(share) => {
            let update = Query::update()
                .table("record_shares")
                .value("level", new.level.name())
                .and_where(Expr::col("id").eq(share.id))
                .to_owned();
            tx.exec(&update).await?;
            share.id
        }
        None if before.len() >= MAX_SHARES => {
            return Err(invalid(
                "user_id",
                say!(
                    "Bir kayıt en çok {} kişi ya da ekiple paylaşılabilir.",
                    "A record can be shared with {} people or teams at most.",
                    MAX_SHARES
                ),
            ));
        }
        None => {
            let insert = Query::insert()
                .into_table("record_shares")
                .columns(["entity", "record_id", "user_id", "team_id", "level", "created_at", "created_by"])
                .values_panic([
                    entity.into(),
                    record_id.into(),
                    new.user_id.map(|id| id.0).into(),
                    new.team_id.map(|id| id.0).into(),
                    new.level.name().into(),
                    ctx.now_us().into(),
                    ctx.actor.user_id.map(|id| id.0).into(),
                ])
                .returning_col("id")
                .to_owned();
            tx.insert(&insert).await?
        }
    };
    emit(
        tx,
        ctx,
        "share.given",
        id,
        json!({ "entity": entity, "record_id": record_id, "user_id": new.user_id, "team_id": new.team_id }),
        diff,
    )
    .await?;
    let mut one = select_of(entity, record_id);
    one.and_where(Expr::col(("record_shares", "id")).eq(id));
    Ok(share(tx.one(&one).await?))
}

/// Ends a share.
pub async fn end(tx: &mut Tx, ctx: &Ctx, entity: &'static str, record_id: i64, id: i64) -> Result<()> {
    let mut one = select_of(entity, record_id);
    one.and_where(Expr::col(("record_shares", "id")).eq(id));
    let share = share(tx.opt(&one).await?.ok_or(Error::NotFound)?);
    tx.exec(
        &Query::delete()
            .from_table("record_shares")
            .and_where(Expr::col("id").eq(id))
            .to_owned(),
    )
    .await?;
    let mut diff = Diff::default();
    diff.note("level", share.level, json!(null));
    let payload = json!({ "entity": entity, "record_id": record_id, "user_id": share.user_id, "team_id": share.team_id });
    emit(tx, ctx, "share.taken_back", id, payload, diff).await
}

/// Ends the shares of records that are gone for good.
pub async fn forget(tx: &mut Tx, entity: &str, record_ids: &[i64]) -> Result<()> {
    let delete = Query::delete()
        .from_table("record_shares")
        .and_where(Expr::col("entity").eq(entity))
        .and_where(Expr::col("record_id").is_in(record_ids.iter().copied()))
        .to_owned();
    tx.exec(&delete).await?;
    Ok(())
}

async fn emit(tx: &mut Tx, ctx: &Ctx, kind: &'static str, id: i64, payload: serde_json::Value, diff: Diff) -> Result<()> {
    let event = NewEvent::new(kind, "share", id).payload(payload).changes(diff.0);
    tx.emit(&ctx.stamp(), event).await?;
    forget_after(tx);
    Ok(())
}

/// Whether one of these shares of a record gives the actor the permission, which they must hold at all.
pub fn give(actor: &Actor, permission: Permission, shares: &[Share]) -> bool {
    let theirs = |share: &Share| {
        (share.user_id.is_some() && share.user_id == actor.user_id) || (share.team_id.is_some() && share.team_id == actor.team_id)
    };
    let levels = levels(permission);
    actor.may(permission) && shares.iter().any(|share| theirs(share) && levels.contains(&share.level.as_str()))
}
