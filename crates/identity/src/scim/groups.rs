//! Groups as a directory sees them: they are roles, and their members the users who have them. What a role allows is decided here and not in
//! the directory: a group that it makes allows nothing at first.

use std::collections::BTreeSet;

use axum::extract::OriginalUri;
use axum::http::{StatusCode, Uri};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result, invalid};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::ids::UserId;
use kernel::say;
use kernel::text::fold;
use sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use serde_json::{Value, json};
use sqlx::FromRow;
use utoipa_axum::routes;

use super::patch::{self, member};
use super::{GROUP, ScimObject, answer, filter, list, number, place, taken, window};
use crate::gate::Lines;
use crate::roles::{self, NewRole, RoleChange, RoleId};
use crate::users::{self, UserChange};
use crate::{Identity, ROLE_MANAGE, USER_MANAGE};

/// Members that one request may move: each is a change of its own, with its event.
const MAX_MOVES: usize = 500;

#[derive(FromRow)]
struct Row {
    id: i64,
    external_id: Option<String>,
    name: String,
}

fn select() -> SelectStatement {
    Query::select()
        .columns(["id", "external_id", "name"])
        .from(Alias::new("roles"))
        .to_owned()
}

fn select_members(roles: impl IntoIterator<Item = i64>) -> SelectStatement {
    Query::select()
        .column(("user_roles", "role_id"))
        .columns([("users", "id"), ("users", "email")])
        .from(Alias::new("user_roles"))
        .join(
            JoinType::InnerJoin,
            "users",
            Expr::col(("users", "id")).equals(("user_roles", "user_id")),
        )
        .and_where(Expr::col(("user_roles", "role_id")).is_in(roles))
        .order_by(("users", "id"), Order::Asc)
        .to_owned()
}

fn resource(row: &Row, members: &[(i64, i64, String)], at: &str) -> Value {
    let members: Vec<Value> = members
        .iter()
        .filter(|(role_id, ..)| *role_id == row.id)
        .map(|(_, id, email)| json!({"value": id.to_string(), "display": email}))
        .collect();
    let mut resource = json!({
        "schemas": [GROUP],
        "id": row.id.to_string(),
        "displayName": row.name,
        "members": members,
        "meta": {"resourceType": "Group", "location": format!("{at}/{}/", row.id)},
    });
    if let Some(external_id) = &row.external_id {
        resource["externalId"] = external_id.as_str().into();
    }
    resource
}

async fn read_in(tx: &mut Tx, id: i64, at: &str) -> Result<Value> {
    let row: Row = tx.opt(select().and_where(Expr::col("id").eq(id))).await?.ok_or(Error::NotFound)?;
    Ok(resource(&row, &tx.all(&select_members([id])).await?, at))
}

/// The ids of the members of a resource.
fn members(resource: &Value) -> Result<BTreeSet<i64>> {
    let Some(members) = member(resource, "members").filter(|members| !members.is_null()) else {
        return Ok(BTreeSet::new());
    };
    let refuse = || invalid("members", say!("Kullanıcı numaraları olmalı.", "Must be ids of users."));
    let members = members.as_array().ok_or_else(refuse)?;
    members
        .iter()
        .map(|item| {
            let id = member(item, "value").ok_or_else(refuse)?;
            id.as_str().and_then(|id| id.parse().ok()).or(id.as_i64()).ok_or_else(refuse)
        })
        .collect()
}

fn name(resource: &Value) -> Result<String> {
    let name = member(resource, "displayName").and_then(Value::as_str).map(str::trim);
    match name {
        Some(name) if !name.is_empty() => Ok(name.to_owned()),
        _ => Err(invalid("displayName", say!("Bu alan gerekli.", "This field is required."))),
    }
}

async fn set_external_id(tx: &mut Tx, id: i64, resource: &Value) -> Result<()> {
    let external_id = member(resource, "externalId").and_then(Value::as_str).map(str::to_owned);
    let update = Query::update()
        .table("roles")
        .value("external_id", external_id)
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    let done = tx.exec(&update).await;
    done.map(|_| ()).map_err(|error| {
        if error.breaks_unique("roles", &["external_id"]) {
            taken()
        } else {
            error
        }
    })
}

/// Brings a role to what a resource says of it.
async fn become_like(tx: &mut Tx, ctx: &Ctx, identity: &Identity, id: RoleId, before: &Value, wanted: &Value) -> Result<()> {
    let name = name(wanted)?;
    if before["displayName"] != name.as_str() {
        ctx.scope(ROLE_MANAGE)?;
        let change = RoleChange {
            name: Some(name),
            ..RoleChange::default()
        };
        roles::update(tx, ctx, id, change).await?;
    }
    set_external_id(tx, id.0, wanted).await?;
    let (had, has) = (members(before)?, members(wanted)?);
    let moved: Vec<i64> = had.symmetric_difference(&has).copied().collect();
    if moved.is_empty() {
        return Ok(());
    }
    if moved.len() > MAX_MOVES {
        return Err(invalid(
            "members",
            say!(
                "Bir istekte en çok {} üye değişebilir.",
                "At most {} members can change in one request.",
                MAX_MOVES
            ),
        ));
    }
    roles::check_may_give(tx, identity, ctx, &[id]).await?;
    for user_id in moved {
        let user_id = UserId(user_id);
        users::check_not_above(tx, identity, ctx, user_id).await?;
        let mut role_ids = users::role_ids_in(tx, user_id).await?;
        if has.contains(&user_id.0) {
            role_ids.push(id);
        } else {
            role_ids.retain(|role_id| *role_id != id);
        }
        let change = UserChange {
            role_ids: Some(role_ids),
            ..UserChange::default()
        };
        users::update(tx, ctx, user_id, change).await.map_err(|error| match error {
            Error::NotFound => invalid("members", say!("{} numaralı kullanıcı yok.", "There is no user {}.", user_id)),
            other => other,
        })?;
    }
    Ok(())
}

// Over HTTP

pub(super) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(list_scim_groups), Access::Needs(USER_MANAGE))
        .add(routes!(create_scim_group), Access::Needs(ROLE_MANAGE))
        .add(
            routes!(get_scim_group, replace_scim_group, patch_scim_group),
            Access::Needs(USER_MANAGE),
        )
        .add(routes!(delete_scim_group), Access::Needs(ROLE_MANAGE))
        .done()
}

/// The roles, to a directory.
#[utoipa::path(get, path = "/scim/v2/Groups/", operation_id = "list_scim_groups", tag = "scim", params(("filter" = Option<String>, Query), ("startIndex" = Option<i64>, Query), ("count" = Option<i64>, Query), ("excludedAttributes" = Option<String>, Query)), responses((status = 200, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn list_scim_groups(ctx: Ctx, identity: Identity, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    answer(&ctx, find(&ctx, &identity, &uri, &pairs).await)
}

async fn find(ctx: &Ctx, identity: &Identity, uri: &Uri, pairs: &[(String, String)]) -> Result<(StatusCode, Value)> {
    let (skipped, count) = window(pairs)?;
    let filter = filter::of(pairs)?;
    if let Some(filter) = &filter
        && !["displayname", "externalid", "id"].contains(&filter.attribute.as_str())
    {
        return Err(filter::unknown(&filter.attribute));
    }
    // Roles are few, and their names are compared as people read them.
    let rows: Vec<Row> = ctx.db.all(select().order_by("id", Order::Asc)).await?;
    let fits = |row: &Row| match &filter {
        None => true,
        Some(filter) => match filter.attribute.as_str() {
            "displayname" => fold(&row.name) == fold(&filter.value),
            "externalid" => row.external_id.as_ref() == Some(&filter.value),
            _ => row.id.to_string() == filter.value,
        },
    };
    let rows: Vec<Row> = rows.into_iter().filter(fits).collect();
    let total = rows.len() as i64;
    let rows: Vec<Row> = rows.into_iter().skip(skipped as usize).take(count as usize).collect();
    let without = pairs
        .iter()
        .any(|(name, value)| name == "excludedAttributes" && value.split(',').any(|name| name.trim() == "members"));
    let members = if without {
        Vec::new()
    } else {
        ctx.db.all(&select_members(rows.iter().map(|row| row.id))).await?
    };
    let at = place(identity, uri, "Groups");
    let resources = rows.iter().map(|row| resource(row, &members, &at)).collect();
    Ok((StatusCode::OK, list(total, skipped, resources)))
}

/// A role, to a directory.
#[utoipa::path(get, path = "/scim/v2/Groups/{id}/", operation_id = "get_scim_group", tag = "scim", params(("id" = String, Path)), responses((status = 200, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn get_scim_group(ctx: Ctx, identity: Identity, OriginalUri(uri): OriginalUri, PathId(id): PathId<String>) -> Result<Reply> {
    let found = async {
        let id = number(&id)?;
        let row: Row = ctx
            .db
            .opt(select().and_where(Expr::col("id").eq(id)))
            .await?
            .ok_or(Error::NotFound)?;
        let members = ctx.db.all(&select_members([id])).await?;
        Ok((StatusCode::OK, resource(&row, &members, &place(&identity, &uri, "Groups"))))
    };
    answer(&ctx, found.await)
}

/// Make a role that allows nothing yet, from a directory.
#[utoipa::path(post, path = "/scim/v2/Groups/", operation_id = "create_scim_group", tag = "scim", request_body = ScimObject, responses((status = 201, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn create_scim_group(ctx: Ctx, identity: Identity, OriginalUri(uri): OriginalUri, Body(input): Body<ScimObject>) -> Result<Reply> {
    let at = place(&identity, &uri, "Groups");
    let made = ctx.db.write(async |tx| {
        let name = name(&input.0)?;
        let rows: Vec<Row> = tx.all(&select()).await?;
        if rows.iter().any(|row| fold(&row.name) == fold(&name)) {
            return Err(taken());
        }
        let new = NewRole {
            name,
            ..NewRole::default()
        };
        let id = roles::create(tx, &ctx, new).await?;
        let before = read_in(tx, id.0, &at).await?;
        become_like(tx, &ctx, &identity, id, &before, &input.0).await?;
        read_in(tx, id.0, &at).await
    });
    answer(&ctx, made.await.map(|resource| (StatusCode::CREATED, resource)))
}

/// Replace the name and members of a role, from a directory.
#[utoipa::path(put, path = "/scim/v2/Groups/{id}/", operation_id = "replace_scim_group", tag = "scim", params(("id" = String, Path)), request_body = ScimObject, responses((status = 200, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn replace_scim_group(
    ctx: Ctx,
    identity: Identity,
    OriginalUri(uri): OriginalUri,
    PathId(id): PathId<String>,
    Body(input): Body<ScimObject>,
) -> Result<Reply> {
    let at = place(&identity, &uri, "Groups");
    change(&ctx, &identity, &id, &at, |_| Ok(input.0)).await
}

/// Change the name or members of a role, from a directory.
#[utoipa::path(patch, path = "/scim/v2/Groups/{id}/", operation_id = "patch_scim_group", tag = "scim", params(("id" = String, Path)), request_body = ScimObject, responses((status = 200, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn patch_scim_group(
    ctx: Ctx,
    identity: Identity,
    OriginalUri(uri): OriginalUri,
    PathId(id): PathId<String>,
    Body(input): Body<ScimObject>,
) -> Result<Reply> {
    let at = place(&identity, &uri, "Groups");
    change(&ctx, &identity, &id, &at, |before| patch::apply(before, &input.0)).await
}

/// Makes a role what `alter` makes of the resource as it is.
async fn change(ctx: &Ctx, identity: &Identity, id: &str, at: &str, alter: impl FnOnce(Value) -> Result<Value>) -> Result<Reply> {
    let changed = ctx.db.write(async |tx| {
        let id = number(id)?;
        let before = read_in(tx, id, at).await?;
        let wanted = alter(before.clone())?;
        become_like(tx, ctx, identity, RoleId(id), &before, &wanted).await?;
        read_in(tx, id, at).await
    });
    answer(ctx, changed.await.map(|resource| (StatusCode::OK, resource)))
}

/// Delete a role, from a directory: who had it has it no more.
#[utoipa::path(delete, path = "/scim/v2/Groups/{id}/", operation_id = "delete_scim_group", tag = "scim", params(("id" = String, Path)), responses((status = 204), super::ScimProblems))]
async fn delete_scim_group(ctx: Ctx, identity: Identity, OriginalUri(uri): OriginalUri, PathId(id): PathId<String>) -> Result<Reply> {
    let at = place(&identity, &uri, "Groups");
    let gone = ctx.db.write(async |tx| {
        let id = number(&id)?;
        let before = read_in(tx, id, &at).await?;
        let mut empty = before.clone();
        empty["members"] = json!([]);
        become_like(tx, &ctx, &identity, RoleId(id), &before, &empty).await?;
        roles::delete(tx, &ctx, RoleId(id)).await
    });
    answer(&ctx, gone.await.map(|()| (StatusCode::NO_CONTENT, Value::Null)))
}
