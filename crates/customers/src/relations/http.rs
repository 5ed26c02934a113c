//! Relations over HTTP.

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, List, Params, PathId, Reply, Routes};
use kernel::operations;
use kernel::page::{self, ListRequest, Page, SortKey};
use sea_query::{Cond, Expr, ExprTrait, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{Relation as Kept, RelationRole};
use crate::customer::http::Deleted;
use crate::customer::read::{self, Reader};
use crate::fields::Key;
use crate::paging::paging_only;
use crate::permissions::{READ, WRITE};

const TAG: &str = "relations";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_relation_roles), Access::Needs(READ))
        .add(routes!(list_relations), Access::Needs(READ))
        .add(routes!(create_relation), Access::Needs(WRITE))
        .add(routes!(update_relation), Access::Needs(WRITE))
        .add(routes!(delete_relation), Access::Needs(WRITE))
}

/// A tie to another customer, as this customer sees it.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct Relation {
    pub id: i64,
    pub other_id: i64,
    pub other_name: String,
    /// `individual` or `company`.
    pub other_type: String,
    /// The other one's primary phone and e-mail, empty when there is none; left out where the caller's roles hide them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_email: Option<String>,
    /// What the other one is to this customer. From its own page the tie reads the other way round: `employee` is `employer` there.
    pub role: RelationRole,
    /// `outward`: the tie is kept as it reads here. `inward`: it is kept as the other one's, and read backwards here.
    pub direction: String,
    /// What the person does there.
    pub title: String,
    /// The first of its role, on the side where it is kept.
    pub is_primary: bool,
}

/// A tie about to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationInput {
    pub other_id: i64,
    /// What the other one is to this customer.
    #[schema(value_type = RelationRole)]
    pub role: String,
    #[serde(default)]
    pub title: String,
    /// Makes it the first of its role; the one that was before no longer is.
    #[serde(default)]
    pub is_primary: bool,
}

/// What is to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationPatch {
    #[schema(value_type = Option<RelationRole>)]
    pub role: Option<String>,
    pub title: Option<String>,
    pub is_primary: Option<bool>,
}

/// A role a relation can have.
#[derive(Serialize, ToSchema)]
pub struct RoleInfo {
    pub value: RelationRole,
    /// The same tie from the other side.
    pub inverse: RelationRole,
    pub label_tr: String,
    pub label_en: String,
}

/// One page and the count.
pub struct Found {
    pub page: Page,
    pub count: i64,
    pub count_is_capped: bool,
}

/// The ties of a customer that the caller may see (which is not checked here) to others that they may see.
pub async fn list(ctx: &Ctx, customer_id: i64, request: &ListRequest) -> Result<Found> {
    let filtered = ties(ctx, customer_id).await?;
    let key = |table, column, descending| SortKey {
        table,
        column,
        nullable: false,
        descending,
    };
    let keys = [
        key("relations", "is_primary", true),
        key("customers", "name_sort", false),
        key("relations", "id", false),
    ];
    let page = page::fetch(&ctx.db, &filtered, &row(ctx.db.dialect(), &read::reader(ctx)), &keys, request).await?;
    let (count, count_is_capped) = page::count(&ctx.db, &filtered, request.exact_count()).await?;
    Ok(Found {
        page,
        count,
        count_is_capped,
    })
}

/// The ties of a customer, with the customer on the other side under its own name.
async fn ties(ctx: &Ctx, customer_id: i64) -> Result<SelectStatement> {
    let is_outward = || Expr::col(("relations", "customer_id")).eq(customer_id);
    let other = Expr::case(is_outward(), Expr::col(("relations", "other_id"))).finally(Expr::col(("relations", "customer_id")));
    let mut query = read::visible(ctx, READ).await?;
    query.inner_join("relations", Expr::col(("customers", "id")).eq(other)).cond_where(
        Cond::any()
            .add(is_outward())
            .add(Expr::col(("relations", "other_id")).eq(customer_id)),
    );
    Ok(query)
}

/// The SQL of a tie as JSON.
fn row(dialect: Dialect, reader: &Reader) -> String {
    // No id stands in the text: a statement of its own for each customer would be planned for each.
    let is_outward = "relations.other_id = customers.id";
    let inverted = RelationRole::ALL.iter().filter(|role| role.is_kept() && !role.is_mutual());
    let inverted: Vec<String> = inverted
        .map(|role| format!("WHEN '{}' THEN '{}'", role.word(), role.inverse().word()))
        .collect();
    let inward = format!("CASE relations.role {} ELSE relations.role END", inverted.join(" "));
    let pairs = [
        ("id", "relations.id".to_owned()),
        ("other_id", "customers.id".to_owned()),
        ("other_name", "customers.name".to_owned()),
        ("other_type", "customers.customer_type".to_owned()),
        ("role", format!("CASE WHEN {is_outward} THEN relations.role ELSE {inward} END")),
        ("direction", format!("CASE WHEN {is_outward} THEN 'outward' ELSE 'inward' END")),
        ("title", "relations.title".to_owned()),
        ("is_primary", dialect.json_bool("relations.is_primary")),
    ];
    let mut pairs = pairs.map(|(key, sql)| (key.to_owned(), sql)).to_vec();
    for (name, key) in [("other_phone", Key::PrimaryPhone), ("other_email", Key::PrimaryEmail)] {
        if !reader.hides(key.name()) {
            pairs.push((name.to_owned(), format!("customers.{}", key.name())));
        }
    }
    dialect.json_object(&pairs)
}

async fn one(tx: &mut Tx, ctx: &Ctx, customer_id: i64, id: i64) -> Result<String> {
    let row = tx.dialect().own_sql(row(tx.dialect(), &read::reader(ctx)));
    let query = ties(ctx, customer_id)
        .await?
        .expr(row)
        .and_where(Expr::col(("relations", "id")).eq(id))
        .to_owned();
    tx.texts(&query).await?.pop().ok_or(Error::NotFound)
}

fn role(word: &str) -> Result<RelationRole> {
    RelationRole::parse(word).map_err(|problem| invalid("role", problem))
}

fn title(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The roles there are, with their inverses.
#[utoipa::path(get, path = "/relations/roles/", tag = TAG, operation_id = "list_relation_roles", responses((status = 200, body = Listed<RoleInfo>), Problems))]
async fn list_relation_roles() -> Result<Reply> {
    let info = |(role, choice): (&RelationRole, &criteria::Choice)| RoleInfo {
        value: *role,
        inverse: role.inverse(),
        label_tr: choice.label.tr.to_string(),
        label_en: choice.label.en.to_string(),
    };
    Reply::ok(&Listed::whole(
        RelationRole::ALL.iter().zip(RelationRole::CHOICES).map(info).collect(),
    ))
}

/// The ties of a customer to others that the caller may see: the primary ones first, then by name.
#[utoipa::path(get, path = "/customers/{id}/relations/", tag = TAG, operation_id = "list_relations",
    params(("id" = i64, Path), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<Relation>), Problems))]
async fn list_relations(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    read::require(&ctx, READ, id).await?;
    let found = list(&ctx, id, &paging_only(&pairs)?).await?;
    Ok(List {
        page: found.page,
        count: found.count,
        count_is_capped: found.count_is_capped,
        path: uri.path(),
        query: &pairs,
    }
    .reply())
}

/// Ties a customer to another one.
#[utoipa::path(post, path = "/customers/{id}/relations/", tag = TAG, operation_id = "create_relation", params(("id" = i64, Path)), request_body = RelationInput, responses((status = 201, body = Relation), Problems))]
async fn create_relation(
    ctx: Ctx,
    OriginalUri(uri): OriginalUri,
    PathId(id): PathId<i64>,
    Body(input): Body<RelationInput>,
) -> Result<Reply> {
    let wanted = Kept {
        id: 0,
        customer_id: id,
        other_id: input.other_id,
        role: role(&input.role)?,
        title: title(&input.title),
        is_primary: input.is_primary,
    };
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "relations.create", json!({ "changed": 1 })).await?;
        let relation_id = super::create(tx, &ctx, &ctx.stamp().within(operation), wanted).await?;
        let reply = Reply::text(StatusCode::CREATED, one(tx, &ctx, id, relation_id).await?);
        Ok(reply
            .header("location", format!("{}{relation_id}/", uri.path()))
            .operation(operation))
    })
    .await
}

/// Changes a tie: its role, title, or whether it is the first of its role.
#[utoipa::path(patch, path = "/customers/{id}/relations/{relation_id}/", tag = TAG, operation_id = "update_relation", params(("id" = i64, Path), ("relation_id" = i64, Path)), request_body = RelationPatch, responses((status = 200, body = Relation), Problems))]
async fn update_relation(ctx: Ctx, PathId((id, relation_id)): PathId<(i64, i64)>, Body(patch): Body<RelationPatch>) -> Result<Reply> {
    let wanted_role = patch.role.as_deref().map(role).transpose()?;
    let alter = |relation: &mut Kept| {
        relation.role = wanted_role.unwrap_or(relation.role);
        relation.is_primary = patch.is_primary.unwrap_or(relation.is_primary);
        if let Some(given) = &patch.title {
            relation.title = title(given);
        }
        Ok(())
    };
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "relations.update", json!({ "changed": 1 })).await?;
        let has_changed = super::update(tx, &ctx, &ctx.stamp().within(operation), id, relation_id, alter).await?;
        let reply = Reply::text(StatusCode::OK, one(tx, &ctx, id, relation_id).await?);
        if has_changed {
            return Ok(reply.operation(operation));
        }
        operations::forget(tx, operation).await?;
        Ok(reply)
    })
    .await
}

/// Ends a tie.
#[utoipa::path(delete, path = "/customers/{id}/relations/{relation_id}/", tag = TAG, operation_id = "delete_relation", params(("id" = i64, Path), ("relation_id" = i64, Path)), responses((status = 200, body = Deleted), Problems))]
async fn delete_relation(ctx: Ctx, PathId((id, relation_id)): PathId<(i64, i64)>) -> Result<Reply> {
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "relations.delete", json!({ "changed": 1 })).await?;
        super::delete(tx, &ctx, &ctx.stamp().within(operation), id, relation_id).await?;
        Ok(Reply::ok(&Deleted { operation_id: operation.0 })?.operation(operation))
    })
    .await
}
