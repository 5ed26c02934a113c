//! Teams, as a tree: a user is in one at most, a record belongs to one at most, and somebody may lead each.

use std::collections::{BTreeSet, HashMap};

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::ids::{TeamId, UserId};
use kernel::say;
use kernel::text::{asked_words, fold};
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::fields::{self, Diff, Gather};
use crate::gate::{Lines, forget_after};
use crate::listing::{Listing, Ordering, by, pair};
use crate::{Identity, TEAM_MANAGE};

const MAX_NAME_CHARS: usize = 80;
/// Levels of teams.
const MAX_DEPTH: usize = 20;

/// A team.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    /// The team above it.
    pub parent_id: Option<TeamId>,
    /// Who leads it: what a role allows for one's team, it allows them for this one, and for those below it as for those below one's own.
    pub manager_id: Option<UserId>,
    pub manager_name: Option<String>,
    /// How many active users are in it.
    pub user_count: i64,
}

/// A team about to be made.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    pub name: String,
    pub parent_id: Option<TeamId>,
    pub manager_id: Option<UserId>,
}

impl NewTeam {
    /// A team at the top, led by nobody.
    pub fn named(name: &str) -> NewTeam {
        NewTeam {
            name: name.to_owned(),
            ..NewTeam::default()
        }
    }
}

/// What changes of a team; what is not given stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TeamChange {
    pub name: Option<String>,
    /// `null` puts it at the top.
    #[serde(deserialize_with = "fields::present")]
    #[schema(value_type = Option<i64>)]
    pub parent_id: Option<Option<TeamId>>,
    #[serde(deserialize_with = "fields::present")]
    #[schema(value_type = Option<i64>)]
    pub manager_id: Option<Option<UserId>>,
}

/// Makes a team.
pub async fn create(tx: &mut Tx, ctx: &Ctx, new: NewTeam) -> Result<TeamId> {
    let mut problems = Gather::default();
    let name = problems.take(fields::name("name", &new.name, MAX_NAME_CHARS))?;
    problems.take(check_parent(tx, None, new.parent_id).await)?;
    problems.take(check_manager(tx, new.manager_id).await)?;
    problems.check()?;
    let insert = Query::insert()
        .into_table("teams")
        .columns(["name", "name_fold", "parent_id", "manager_id"])
        .values_panic([
            name.as_str().into(),
            fold(&name).into(),
            new.parent_id.map(|id| id.0).into(),
            new.manager_id.map(|id| id.0).into(),
        ])
        .returning_col("id")
        .to_owned();
    let id = tx.insert(&insert).await.map_err(or_taken)?;
    let mut diff = Diff::default();
    diff.note("name", json!(null), name);
    diff.note("parent_id", json!(null), json!(new.parent_id));
    diff.note("manager_id", json!(null), json!(new.manager_id));
    tx.emit(&ctx.stamp(), NewEvent::new("team.created", "team", id).changes(diff.0))
        .await?;
    forget_after(tx);
    Ok(TeamId(id))
}

/// Changes what is given.
pub async fn update(tx: &mut Tx, ctx: &Ctx, id: TeamId, change: TeamChange) -> Result<()> {
    let before = row(tx, id).await?;
    let mut problems = Gather::default();
    let name = match &change.name {
        Some(name) => problems.take(fields::name("name", name, MAX_NAME_CHARS))?,
        None => before.name.clone(),
    };
    let parent_id = change.parent_id.unwrap_or(before.parent_id);
    if parent_id != before.parent_id {
        problems.take(check_parent(tx, Some(id), parent_id).await)?;
    }
    let manager_id = change.manager_id.unwrap_or(before.manager_id);
    if manager_id != before.manager_id {
        problems.take(check_manager(tx, manager_id).await)?;
    }
    problems.check()?;
    let mut diff = Diff::default();
    diff.note("name", before.name, name.as_str());
    diff.note("parent_id", json!(before.parent_id), json!(parent_id));
    diff.note("manager_id", json!(before.manager_id), json!(manager_id));
    if diff.is_empty() {
        return Ok(());
    }
    let update = Query::update()
        .table("teams")
        .values([
            ("name_fold", fold(&name).into()),
            ("name", name.into()),
            ("parent_id", parent_id.map(|id| id.0).into()),
            ("manager_id", manager_id.map(|id| id.0).into()),
        ])
        .and_where(Expr::col("id").eq(id.0))
        .to_owned();
    tx.exec(&update).await.map_err(or_taken)?;
    tx.emit(&ctx.stamp(), NewEvent::new("team.updated", "team", id.0).changes(diff.0))
        .await?;
    forget_after(tx);
    Ok(())
}

/// Deletes a team without users.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, id: TeamId) -> Result<()> {
    let before = row(tx, id).await?.name;
    let below = Query::select()
        .column("id")
        .from(Alias::new("teams"))
        .and_where(Expr::col("parent_id").eq(id.0))
        .limit(1)
        .to_owned();
    if tx.opt::<(i64,)>(&below).await?.is_some() {
        return Err(Error::Conflict(say!(
            "Bu ekibin altında ekipler var; önce onları başka yere bağlayın.",
            "There are teams below this one; move them elsewhere first."
        )));
    }
    let members = Query::select()
        .column("id")
        .from(Alias::new("users"))
        .and_where(Expr::col("team_id").eq(id.0))
        .limit(1)
        .to_owned();
    if tx.opt::<(i64,)>(&members).await?.is_some() {
        return Err(Error::Conflict(say!(
            "Bu ekipte kullanıcılar var; önce onları başka ekibe geçirin.",
            "There are users in this team; move them to another first."
        )));
    }
    tx.exec(Query::delete().from_table("teams").and_where(Expr::col("id").eq(id.0)))
        .await?;
    let mut diff = Diff::default();
    diff.note("name", before, json!(null));
    tx.emit(&ctx.stamp(), NewEvent::new("team.deleted", "team", id.0).changes(diff.0))
        .await?;
    forget_after(tx);
    Ok(())
}

pub(crate) async fn check_exists(tx: &mut Tx, id: TeamId) -> Result<()> {
    check_is_there(tx, "team_id", id).await
}

async fn check_is_there(tx: &mut Tx, field: &str, id: TeamId) -> Result<()> {
    match row(tx, id).await {
        Err(Error::NotFound) => Err(invalid(field, say!("Böyle bir ekip yok.", "There is no such team."))),
        other => other.map(|_| ()),
    }
}

/// Refuses a team above that is not there, or is the team itself or below it.
async fn check_parent(tx: &mut Tx, id: Option<TeamId>, parent: Option<TeamId>) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    check_is_there(tx, "parent_id", parent).await?;
    // Two moves at once could otherwise close a ring that neither alone does.
    tx.lock_table("teams").await?;
    let tree = Tree(tx.all(&select_tree()).await?);
    if id.is_some_and(|id| tree.with_below(&[id.0]).contains(&parent.0)) {
        return Err(invalid(
            "parent_id",
            say!(
                "Bir ekip kendisinin ya da altındaki bir ekibin altına konamaz.",
                "A team cannot be put below itself or below a team under it."
            ),
        ));
    }
    if tree.depth(parent.0) >= MAX_DEPTH {
        return Err(invalid(
            "parent_id",
            say!("Ekipler en çok {} kat olabilir.", "Teams may be {} levels deep at most.", MAX_DEPTH),
        ));
    }
    Ok(())
}

async fn check_manager(tx: &mut Tx, manager: Option<UserId>) -> Result<()> {
    let Some(manager) = manager else { return Ok(()) };
    let select = Query::select()
        .column("id")
        .from(Alias::new("users"))
        .and_where(Expr::col("id").eq(manager.0))
        .and_where(Expr::col("is_active").eq(true))
        .to_owned();
    match tx.opt::<(i64,)>(&select).await? {
        Some(_) => Ok(()),
        None => Err(invalid(
            "manager_id",
            say!("Böyle etkin bir kullanıcı yok.", "There is no such active user."),
        )),
    }
}

#[derive(FromRow)]
struct Row {
    name: String,
    parent_id: Option<TeamId>,
    manager_id: Option<UserId>,
}

async fn row(tx: &mut Tx, id: TeamId) -> Result<Row> {
    let select = Query::select()
        .columns(["name", "parent_id", "manager_id"])
        .from(Alias::new("teams"))
        .and_where(Expr::col("id").eq(id.0))
        .to_owned();
    tx.opt(&select).await?.ok_or(Error::NotFound)
}

/// Every team with the team above it and who leads it: `(id, parent, manager)`. An organisation has hundreds at most.
pub(crate) struct Tree(pub Vec<(i64, Option<i64>, Option<i64>)>);

pub(crate) fn select_tree() -> SelectStatement {
    Query::select()
        .columns(["id", "parent_id", "manager_id"])
        .from(Alias::new("teams"))
        .to_owned()
}

impl Tree {
    /// The team of a user and those they lead.
    pub fn of(&self, user_id: UserId, team_id: Option<TeamId>) -> Vec<i64> {
        let led = self
            .0
            .iter()
            .filter(|(_, _, manager)| *manager == Some(user_id.0))
            .map(|(id, ..)| *id);
        let mut teams: Vec<i64> = team_id.map(|id| id.0).into_iter().chain(led).collect();
        teams.sort_unstable();
        teams.dedup();
        teams
    }

    /// These teams and every team below them.
    pub fn with_below(&self, teams: &[i64]) -> Vec<i64> {
        let mut below: HashMap<i64, Vec<i64>> = HashMap::new();
        for (id, parent, _) in &self.0 {
            if let Some(parent) = parent {
                below.entry(*parent).or_default().push(*id);
            }
        }
        let mut found: BTreeSet<i64> = BTreeSet::new();
        let mut open = teams.to_vec();
        while let Some(team) = open.pop() {
            if found.insert(team) {
                open.extend(below.get(&team).into_iter().flatten());
            }
        }
        found.into_iter().collect()
    }

    /// How many teams there are from this one to the top, itself included.
    fn depth(&self, team: i64) -> usize {
        let above = |team: &i64| self.0.iter().find(|(id, ..)| id == team)?.1;
        std::iter::successors(Some(team), above).take(MAX_DEPTH + 1).count()
    }
}

fn or_taken(error: Error) -> Error {
    error.or_taken(
        "teams",
        &["name_fold"],
        "name",
        say!("Bu adda bir ekip var.", "There is a team of this name."),
    )
}

// Over HTTP

const ORDERINGS: &[Ordering] = &[by("name", "name_fold"), by("id", "id")];

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(list_teams), Access::SignedIn)
        .add(routes!(create_team), Access::Needs(TEAM_MANAGE))
        .add(routes!(get_team), Access::SignedIn)
        .add(routes!(update_team), Access::Needs(TEAM_MANAGE))
        .add(routes!(delete_team), Access::Needs(TEAM_MANAGE))
        .done()
}

fn listing(dialect: Dialect) -> Listing<'static> {
    let users = "(SELECT count(*) FROM users WHERE users.team_id = teams.id AND users.is_active)";
    let manager = "(SELECT users.name FROM users WHERE users.id = teams.manager_id)";
    let row = dialect.json_object(&[
        pair("id", "teams.id"),
        pair("name", "teams.name"),
        pair("parent_id", "teams.parent_id"),
        pair("manager_id", "teams.manager_id"),
        pair("manager_name", manager),
        pair("user_count", users),
    ]);
    Listing {
        table: "teams",
        row,
        orderings: ORDERINGS,
        filters: &[],
    }
}

fn select_one(dialect: Dialect, id: TeamId) -> SelectStatement {
    let row = dialect.own_sql(listing(dialect).row);
    Query::select()
        .expr(row)
        .from(Alias::new("teams"))
        .and_where(Expr::col(("teams", "id")).eq(id.0))
        .to_owned()
}

async fn one_in(tx: &mut Tx, id: TeamId) -> Result<Team> {
    let text = tx.texts(&select_one(tx.dialect(), id)).await?.pop().ok_or(Error::NotFound)?;
    Ok(serde_json::from_str(&text)?)
}

/// The teams.
#[utoipa::path(get, path = "/teams/", operation_id = "list_teams", tag = "teams", params(ListParams), responses((status = 200, body = Listed<Team>), Problems))]
async fn list_teams(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let listing = listing(ctx.db.dialect());
    let request = listing.request(&pairs)?;
    let mut filtered = Query::select();
    filtered.from(Alias::new("teams"));
    for word in asked_words(request.search.as_deref().unwrap_or_default()) {
        filtered.and_where(ctx.db.dialect().contains(Expr::col(("teams", "name_fold")), &word));
    }
    Ok(listing.find(&ctx, &filtered, &request).await?.reply(&uri, &pairs))
}

/// A team.
#[utoipa::path(get, path = "/teams/{id}/", operation_id = "get_team", tag = "teams", params(("id" = i64, Path)), responses((status = 200, body = Team), Problems))]
async fn get_team(ctx: Ctx, PathId(id): PathId<TeamId>) -> Result<Reply> {
    let text = ctx
        .db
        .texts(&select_one(ctx.db.dialect(), id))
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    Ok(Reply::text(StatusCode::OK, text))
}

/// Make a team.
#[utoipa::path(post, path = "/teams/", operation_id = "create_team", tag = "teams", request_body = NewTeam, responses((status = 201, body = Team), Problems))]
async fn create_team(ctx: Ctx, OriginalUri(uri): OriginalUri, Body(new): Body<NewTeam>) -> Result<Reply> {
    ctx.write(async |tx| {
        let id = create(tx, &ctx, new).await?;
        Reply::created(format!("{}{id}/", uri.path()), &one_in(tx, id).await?)
    })
    .await
}

/// Change a team: its name, its place in the tree, who leads it.
#[utoipa::path(patch, path = "/teams/{id}/", operation_id = "update_team", tag = "teams", params(("id" = i64, Path)), request_body = TeamChange, responses((status = 200, body = Team), Problems))]
async fn update_team(ctx: Ctx, PathId(id): PathId<TeamId>, Body(change): Body<TeamChange>) -> Result<Reply> {
    ctx.write(async |tx| {
        update(tx, &ctx, id, change).await?;
        Reply::ok(&one_in(tx, id).await?)
    })
    .await
}

/// Delete a team without users.
#[utoipa::path(delete, path = "/teams/{id}/", operation_id = "delete_team", tag = "teams", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_team(ctx: Ctx, PathId(id): PathId<TeamId>) -> Result<Reply> {
    ctx.write(async |tx| {
        delete(tx, &ctx, id).await?;
        Ok(Reply::no_content())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_knows_what_is_below_and_does_not_run_in_rings() {
        let tree = Tree(vec![
            (1, None, None),
            (2, Some(1), Some(7)),
            (3, Some(2), None),
            (4, Some(1), None),
            (5, None, Some(7)),
            // What no change lets in, and a hand in the database might.
            (8, Some(9), None),
            (9, Some(8), None),
        ]);
        assert_eq!(tree.with_below(&[2]), [2, 3]);
        assert_eq!(tree.with_below(&[1]), [1, 2, 3, 4]);
        assert_eq!(tree.with_below(&[8]), [8, 9]);
        assert_eq!(tree.of(UserId(7), Some(TeamId(4))), [2, 4, 5]);
        assert_eq!(tree.of(UserId(1), None), [0_i64; 0]);
        assert_eq!((tree.depth(1), tree.depth(3)), (1, 3));
        assert_eq!(tree.depth(8), MAX_DEPTH + 1);
    }
}
