//! Users as a directory sees them. `userName` is the e-mail address; to delete is to make inactive, because records tell who did what.

use axum::extract::OriginalUri;
use axum::http::{StatusCode, Uri};
use kernel::clock;
use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::error::{Error, Lang, Result, invalid};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::ids::UserId;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use serde_json::{Value, json};
use sqlx::FromRow;
use utoipa_axum::routes;

use super::patch::{self, member};
use super::{ScimObject, USER, answer, filter, list, number, place, taken, window};
use crate::gate::Lines;
use crate::users::{self, NewUser, UserChange};
use crate::{Identity, USER_MANAGE};

#[derive(FromRow)]
struct Row {
    id: i64,
    external_id: Option<String>,
    email: String,
    name: String,
    locale: String,
    is_active: bool,
    created_at: i64,
    updated_at: i64,
}

fn select() -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "external_id",
            "email",
            "name",
            "locale",
            "is_active",
            "created_at",
            "updated_at",
        ])
        .from(Alias::new("users"))
        .to_owned()
}

/// The resource, with its groups.
fn resource(row: &Row, groups: &[(i64, i64, String)], at: &str) -> Value {
    let groups: Vec<Value> = groups
        .iter()
        .filter(|(user_id, ..)| *user_id == row.id)
        .map(|(_, id, name)| json!({"value": id.to_string(), "display": name}))
        .collect();
    let mut resource = json!({
        "schemas": [USER],
        "id": row.id.to_string(),
        "userName": row.email,
        "displayName": row.name,
        "name": {"formatted": row.name},
        "emails": [{"value": row.email, "type": "work", "primary": true}],
        "active": row.is_active,
        "groups": groups,
        "meta": {
            "resourceType": "User",
            "created": clock::rfc3339(row.created_at),
            "lastModified": clock::rfc3339(row.updated_at),
            "location": format!("{at}/{}/", row.id),
        },
    });
    if let Some(external_id) = &row.external_id {
        resource["externalId"] = external_id.as_str().into();
    }
    if !row.locale.is_empty() {
        resource["locale"] = row.locale.as_str().into();
    }
    resource
}

fn select_groups(users: impl IntoIterator<Item = i64>) -> SelectStatement {
    Query::select()
        .column(("user_roles", "user_id"))
        .columns([("roles", "id"), ("roles", "name")])
        .from(Alias::new("user_roles"))
        .join(
            JoinType::InnerJoin,
            "roles",
            Expr::col(("roles", "id")).equals(("user_roles", "role_id")),
        )
        .and_where(Expr::col(("user_roles", "user_id")).is_in(users))
        .order_by(("roles", "id"), Order::Asc)
        .to_owned()
}

async fn read(db: &Db, id: i64, at: &str) -> Result<Value> {
    let row: Row = db.opt(select().and_where(Expr::col("id").eq(id))).await?.ok_or(Error::NotFound)?;
    Ok(resource(&row, &db.all(&select_groups([id])).await?, at))
}

async fn read_in(tx: &mut Tx, id: i64, at: &str) -> Result<Value> {
    let row: Row = tx.opt(select().and_where(Expr::col("id").eq(id))).await?.ok_or(Error::NotFound)?;
    Ok(resource(&row, &tx.all(&select_groups([id])).await?, at))
}

/// What a resource says of a user.
struct Wanted {
    email: String,
    name: String,
    external_id: Option<String>,
    locale: Option<String>,
    is_active: bool,
}

/// Reads a resource. The name stands in several places; `before` tells which of them was changed.
fn wanted(resource: &Value, before: Option<&str>) -> Result<Wanted> {
    let text = |value: Option<&Value>| {
        value
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let emails = member(resource, "emails").and_then(Value::as_array);
    let is_primary = |email: &&Value| member(email, "primary").and_then(truth).unwrap_or(false);
    let email = emails.and_then(|emails| emails.iter().find(is_primary).or(emails.first()));
    let email = text(email.and_then(|email| member(email, "value")));
    let email = match text(member(resource, "userName")) {
        Some(name) if name.contains('@') => Some(name),
        name => email.or(name),
    };
    let parts = member(resource, "name");
    let part = |part: &str| text(parts.and_then(|parts| member(parts, part)));
    let both = [part("givenName"), part("familyName")]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let names = [
        text(member(resource, "displayName")),
        part("formatted"),
        Some(both).filter(|both| !both.is_empty()),
    ];
    let known: Vec<String> = names.into_iter().flatten().collect();
    let name = known.iter().find(|name| Some(name.as_str()) != before).or(known.first()).cloned();
    let is_active = match member(resource, "active") {
        None | Some(Value::Null) => true,
        Some(value) => truth(value).ok_or_else(|| invalid("active", say!("true ya da false olmalı.", "Must be true or false.")))?,
    };
    let email = email.ok_or_else(|| invalid("userName", say!("Bu alan gerekli.", "This field is required.")))?;
    Ok(Wanted {
        // Some directories know no names.
        name: name.unwrap_or_else(|| before.unwrap_or(&email).to_owned()),
        email,
        external_id: text(member(resource, "externalId")),
        locale: text(member(resource, "locale"))
            .and_then(|tag| Lang::parse(&tag))
            .map(|lang| lang.tag().to_owned()),
        is_active,
    })
}

/// A yes or no; Entra sends them as text.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(is) => Some(*is),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

async fn set_external_id(tx: &mut Tx, id: i64, external_id: Option<String>) -> Result<()> {
    let update = Query::update()
        .table("users")
        .value("external_id", external_id)
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.exec(&update).await.map_err(or_taken)?;
    Ok(())
}

fn or_taken(error: Error) -> Error {
    if error.breaks_unique("users", &["external_id"]) {
        taken()
    } else {
        error
    }
}

/// Refuses an address that somebody else has.
async fn check_free(tx: &mut Tx, email: &str, but: i64) -> Result<()> {
    let other = Query::select()
        .column("id")
        .from(Alias::new("users"))
        .and_where(Expr::col("email").eq(email.to_ascii_lowercase()))
        .and_where(Expr::col("id").ne(but))
        .to_owned();
    match tx.opt::<(i64,)>(&other).await? {
        Some(_) => Err(taken()),
        None => Ok(()),
    }
}

async fn change(tx: &mut Tx, ctx: &Ctx, identity: &Identity, id: i64, wanted: Wanted) -> Result<()> {
    users::check_not_above(tx, identity, ctx, UserId(id)).await?;
    check_free(tx, &wanted.email, id).await?;
    let change = UserChange {
        email: Some(wanted.email),
        name: Some(wanted.name),
        locale: wanted.locale,
        is_active: Some(wanted.is_active),
        ..UserChange::default()
    };
    users::update(tx, ctx, UserId(id), change).await?;
    set_external_id(tx, id, wanted.external_id).await
}

// Over HTTP

pub(super) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(list_scim_users, create_scim_user), Access::Needs(USER_MANAGE))
        .add(
            routes!(get_scim_user, replace_scim_user, patch_scim_user, delete_scim_user),
            Access::Needs(USER_MANAGE),
        )
        .done()
}

/// The users, to a directory.
#[utoipa::path(get, path = "/scim/v2/Users/", operation_id = "list_scim_users", tag = "scim", params(("filter" = Option<String>, Query), ("startIndex" = Option<i64>, Query), ("count" = Option<i64>, Query)), responses((status = 200, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn list_scim_users(ctx: Ctx, identity: Identity, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    answer(&ctx, find(&ctx, &identity, &uri, &pairs).await)
}

async fn find(ctx: &Ctx, identity: &Identity, uri: &Uri, pairs: &[(String, String)]) -> Result<(StatusCode, Value)> {
    let (skipped, count) = window(pairs)?;
    let mut filtered = Query::select();
    filtered.from(Alias::new("users"));
    if let Some(filter) = filter::of(pairs)? {
        let id = filter.value.parse::<i64>().unwrap_or(0);
        match filter.attribute.as_str() {
            "username" | "emails.value" | "emails" => filtered.and_where(Expr::col("email").eq(filter.value.to_ascii_lowercase())),
            "externalid" => filtered.and_where(Expr::col("external_id").eq(filter.value)),
            "active" => filtered.and_where(Expr::col("is_active").eq(filter.value == "true")),
            "id" => filtered.and_where(Expr::col("id").eq(id)),
            other => return Err(filter::unknown(other)),
        };
    }
    let (total,): (i64,) = ctx.db.one(filtered.clone().expr(Expr::col("id").count())).await?;
    let rows = filtered
        .columns([
            "id",
            "external_id",
            "email",
            "name",
            "locale",
            "is_active",
            "created_at",
            "updated_at",
        ])
        .order_by("id", Order::Asc)
        .offset(skipped)
        .limit(count);
    let rows: Vec<Row> = ctx.db.all(rows).await?;
    let groups = ctx.db.all(&select_groups(rows.iter().map(|row| row.id))).await?;
    let at = place(identity, uri, "Users");
    let resources = rows.iter().map(|row| resource(row, &groups, &at)).collect();
    Ok((StatusCode::OK, list(total, skipped, resources)))
}

/// A user, to a directory.
#[utoipa::path(get, path = "/scim/v2/Users/{id}/", operation_id = "get_scim_user", tag = "scim", params(("id" = String, Path)), responses((status = 200, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn get_scim_user(ctx: Ctx, identity: Identity, OriginalUri(uri): OriginalUri, PathId(id): PathId<String>) -> Result<Reply> {
    let found = async { Ok((StatusCode::OK, read(&ctx.db, number(&id)?, &place(&identity, &uri, "Users")).await?)) };
    answer(&ctx, found.await)
}

/// Make a user, from a directory. Without a password: they sign in where the directory says.
#[utoipa::path(post, path = "/scim/v2/Users/", operation_id = "create_scim_user", tag = "scim", request_body = ScimObject, responses((status = 201, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn create_scim_user(ctx: Ctx, identity: Identity, OriginalUri(uri): OriginalUri, Body(input): Body<ScimObject>) -> Result<Reply> {
    let at = place(&identity, &uri, "Users");
    let made = async {
        let wanted = wanted(&input.0, None)?;
        ctx.db
            .write(async |tx| {
                check_free(tx, &wanted.email, 0).await?;
                let new = NewUser {
                    email: wanted.email,
                    name: wanted.name,
                    locale: wanted.locale,
                    ..NewUser::default()
                };
                let id = users::create(tx, &ctx, new).await?;
                set_external_id(tx, id.0, wanted.external_id).await?;
                if !wanted.is_active {
                    let change = UserChange {
                        is_active: Some(false),
                        ..UserChange::default()
                    };
                    users::update(tx, &ctx, id, change).await?;
                }
                read_in(tx, id.0, &at).await
            })
            .await
    };
    answer(&ctx, made.await.map(|resource| (StatusCode::CREATED, resource)))
}

/// Replace a user, from a directory.
#[utoipa::path(put, path = "/scim/v2/Users/{id}/", operation_id = "replace_scim_user", tag = "scim", params(("id" = String, Path)), request_body = ScimObject, responses((status = 200, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn replace_scim_user(
    ctx: Ctx,
    identity: Identity,
    OriginalUri(uri): OriginalUri,
    PathId(id): PathId<String>,
    Body(input): Body<ScimObject>,
) -> Result<Reply> {
    let at = place(&identity, &uri, "Users");
    become_like(&ctx, &identity, &id, &at, |_| Ok(input.0)).await
}

/// Change a user, from a directory.
#[utoipa::path(patch, path = "/scim/v2/Users/{id}/", operation_id = "patch_scim_user", tag = "scim", params(("id" = String, Path)), request_body = ScimObject, responses((status = 200, body = ScimObject, content_type = "application/scim+json"), super::ScimProblems))]
async fn patch_scim_user(
    ctx: Ctx,
    identity: Identity,
    OriginalUri(uri): OriginalUri,
    PathId(id): PathId<String>,
    Body(input): Body<ScimObject>,
) -> Result<Reply> {
    let at = place(&identity, &uri, "Users");
    become_like(&ctx, &identity, &id, &at, |before| patch::apply(before, &input.0)).await
}

/// Makes a user what `alter` makes of the resource as it is.
async fn become_like(ctx: &Ctx, identity: &Identity, id: &str, at: &str, alter: impl FnOnce(Value) -> Result<Value>) -> Result<Reply> {
    let changed = ctx.db.write(async |tx| {
        let id = number(id)?;
        let before = read_in(tx, id, at).await?;
        let name = before["displayName"].as_str().map(str::to_owned);
        let wanted = wanted(&alter(before)?, name.as_deref())?;
        change(tx, ctx, identity, id, wanted).await?;
        read_in(tx, id, at).await
    });
    answer(ctx, changed.await.map(|resource| (StatusCode::OK, resource)))
}

/// Make a user inactive, from a directory. Ends their sessions and tokens.
#[utoipa::path(delete, path = "/scim/v2/Users/{id}/", operation_id = "delete_scim_user", tag = "scim", params(("id" = String, Path)), responses((status = 204), super::ScimProblems))]
async fn delete_scim_user(ctx: Ctx, identity: Identity, PathId(id): PathId<String>) -> Result<Reply> {
    let gone = ctx.db.write(async |tx| {
        let id = UserId(number(&id)?);
        users::check_not_above(tx, &identity, &ctx, id).await?;
        let change = UserChange {
            is_active: Some(false),
            ..UserChange::default()
        };
        users::update(tx, &ctx, id, change).await
    });
    answer(&ctx, gone.await.map(|()| (StatusCode::NO_CONTENT, Value::Null)))
}
