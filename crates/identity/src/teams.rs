//! Teams: flat; a user is in one at most, and a record belongs to one at most.

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::ids::TeamId;
use kernel::say;
use kernel::text::{asked_words, fold};
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::fields::{self, Diff};
use crate::gate::{Lines, forget_after};
use crate::listing::{Listing, Ordering, by, pair};
use crate::{Identity, TEAM_MANAGE};

const MAX_NAME_CHARS: usize = 80;

/// A team.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    /// How many active users are in it.
    pub user_count: i64,
}

/// A team about to be made, or its new name.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamInput {
    pub name: String,
}

/// Makes a team.
pub async fn create(tx: &mut Tx, ctx: &Ctx, name: &str) -> Result<TeamId> {
    let name = fields::name("name", name, MAX_NAME_CHARS)?;
    let insert = Query::insert()
        .into_table("teams")
        .columns(["name", "name_fold"])
        .values_panic([name.as_str().into(), fold(&name).into()])
        .returning_col("id")
        .to_owned();
    let id = tx.insert(&insert).await.map_err(or_taken)?;
    let mut diff = Diff::default();
    diff.note("name", json!(null), name);
    tx.emit(&ctx.stamp(), NewEvent::new("team.created", "team", id).changes(diff.0))
        .await?;
    Ok(TeamId(id))
}

/// Gives a team another name.
pub async fn rename(tx: &mut Tx, ctx: &Ctx, id: TeamId, name: &str) -> Result<()> {
    let before = name_of(tx, id).await?;
    let name = fields::name("name", name, MAX_NAME_CHARS)?;
    let mut diff = Diff::default();
    if !diff.note("name", before, name.as_str()) {
        return Ok(());
    }
    let update = Query::update()
        .table("teams")
        .values([("name_fold", fold(&name).into()), ("name", name.into())])
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
    let before = name_of(tx, id).await?;
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
    match name_of(tx, id).await {
        Err(Error::NotFound) => Err(invalid("team_id", say!("Böyle bir ekip yok.", "There is no such team."))),
        other => other.map(|_| ()),
    }
}

async fn name_of(tx: &mut Tx, id: TeamId) -> Result<String> {
    let select = Query::select()
        .column("name")
        .from(Alias::new("teams"))
        .and_where(Expr::col("id").eq(id.0))
        .to_owned();
    let (name,): (String,) = tx.opt(&select).await?.ok_or(Error::NotFound)?;
    Ok(name)
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
    let row = dialect.json_object(&[pair("id", "teams.id"), pair("name", "teams.name"), pair("user_count", users)]);
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
#[utoipa::path(post, path = "/teams/", operation_id = "create_team", tag = "teams", request_body = TeamInput, responses((status = 201, body = Team), Problems))]
async fn create_team(ctx: Ctx, OriginalUri(uri): OriginalUri, Body(input): Body<TeamInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        let id = create(tx, &ctx, &input.name).await?;
        Reply::created(format!("{}{id}/", uri.path()), &one_in(tx, id).await?)
    })
    .await
}

/// Rename a team.
#[utoipa::path(patch, path = "/teams/{id}/", operation_id = "update_team", tag = "teams", params(("id" = i64, Path)), request_body = TeamInput, responses((status = 200, body = Team), Problems))]
async fn update_team(ctx: Ctx, PathId(id): PathId<TeamId>, Body(input): Body<TeamInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        rename(tx, &ctx, id, &input.name).await?;
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
