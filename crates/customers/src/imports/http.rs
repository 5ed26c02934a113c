//! Imports over HTTP.

use axum::extract::OriginalUri;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::response::{IntoResponse, Response};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result, invalid};
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, Body, List, Params, PathId, Reply, Routes};
use kernel::page::{self, ListRequest, SortKey};
use kernel::say;
use sea_query::{Alias, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::chunk::Counts;
use super::corrections::{self, Corrected, Correction};
use super::errors::ImportErrorRow;
use super::likely::{self, LikelyDuplicate};
use super::mapping::{self, Kept, SavedMapping};
use super::preview::{self, ImportPreview};
use super::{Import, ImportChange, ImportShown, State, dry_run, errors, run, targets, upload};
use crate::permissions::IMPORT;
use records::Entity;
use records::exports::attachment;

const TAG: &str = "imports";

pub fn routes() -> Routes {
    // Which permission is needed depends on what the rows become: the import itself asks for it.
    Routes::new()
        .add(routes!(list_imports), Access::SignedIn)
        .add(routes!(create_import), Access::SignedIn)
        .add(routes!(import_customers), Access::Needs(IMPORT))
        .add(routes!(list_import_targets), Access::SignedIn)
        .add(routes!(get_import), Access::SignedIn)
        .add(routes!(change_import), Access::SignedIn)
        .add(routes!(preview_import), Access::SignedIn)
        .add(routes!(check_import), Access::SignedIn)
        .add(routes!(start_import), Access::SignedIn)
        .add(routes!(pause_import), Access::SignedIn)
        .add(routes!(resume_import), Access::SignedIn)
        .add(routes!(cancel_import), Access::SignedIn)
        .add(routes!(get_import_errors), Access::SignedIn)
        .add(routes!(list_import_corrections, put_import_corrections), Access::SignedIn)
        .add(routes!(list_likely_duplicates), Access::SignedIn)
        .add(routes!(list_import_mappings), Access::SignedIn)
        .add(routes!(create_import_mapping), Access::SignedIn)
        .add(routes!(delete_import_mapping), Access::SignedIn)
}

/// An import in a list.
#[derive(Serialize, ToSchema)]
pub struct ImportListed {
    pub id: i64,
    /// `customer`, `lead` or `opportunity`.
    pub entity: String,
    pub file_name: String,
    pub file_bytes: i64,
    pub state: State,
    pub counts: Counts,
    pub problem: String,
    pub owner_id: Option<i64>,
    pub operation_id: Option<i64>,
    /// Whether it has been taken back, and not done again since.
    pub is_undone: bool,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub updated_at: String,
}

/// A file to import.
#[derive(ToSchema)]
#[allow(dead_code, reason = "for the document")]
struct Upload {
    /// CSV or XLSX; what it is is told by its content.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Mapping and options, if they are known already.
    options: Option<ImportChange>,
}

const IS_UNDONE: &str = "EXISTS (SELECT 1 FROM operations AS done JOIN operations AS undo ON undo.id = done.undone_by_id \
    WHERE done.id = imports.operation_id AND undo.undone_by_id IS NULL)";

/// The imports of the caller, newest first; with the widest scope everybody's.
#[utoipa::path(get, path = "/imports/", tag = TAG, operation_id = "list_imports", params(ListParams), responses((status = 200, body = Listed<ImportListed>), Problems))]
async fn list_imports(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let request = ListRequest::from_pairs(&pairs)?;
    let dialect = ctx.db.dialect();
    let column = |name: &str| (name.to_owned(), format!("imports.{name}"));
    let mut shown: Vec<(String, String)> = ["id", "entity", "file_name", "file_bytes", "state", "owner_id", "operation_id"]
        .map(column)
        .into();
    shown.push(("counts".into(), dialect.json_text("imports.counts")));
    shown.push(("is_undone".into(), dialect.json_bool(IS_UNDONE)));
    shown.push(("problem".into(), format!("imports.problem_{}", ctx.lang.tag())));
    shown.extend(["created_at", "updated_at"].map(|name| (name.to_owned(), dialect.json_time(&format!("imports.{name}")))));
    let filtered = Query::select()
        .from(Alias::new("imports"))
        .cond_where(super::visible(&ctx)?)
        .to_owned();
    let keys = ["created_at", "id"].map(|column| SortKey {
        table: "imports",
        column,
        nullable: false,
        descending: true,
    });
    let mut found = page::fetch(&ctx.db, &filtered, &dialect.json_object(&shown), &keys, &request).await?;
    for row in &mut found.rows {
        let mut json: serde_json::Value = serde_json::from_str(row)?;
        json["counts"] = json["counts"]["written"].take();
        *row = json.to_string();
    }
    let (count, count_is_capped) = page::count(&ctx.db, &filtered, request.exact_count()).await?;
    Ok(List {
        page: found,
        count,
        count_is_capped,
        path: uri.path(),
        query: &pairs,
    }
    .reply())
}

type Parts = std::result::Result<Multipart, MultipartRejection>;

/// Uploads a file and guesses what its columns mean; nothing is imported yet.
#[utoipa::path(post, path = "/imports/", tag = TAG, operation_id = "create_import", request_body(content = Upload, content_type = "multipart/form-data"), responses((status = 201, body = ImportShown), Problems))]
async fn create_import(ctx: Ctx, parts: Parts) -> Result<Reply> {
    take(ctx, parts).await
}

/// The same as `POST /imports/`, under the name the specification gives it.
#[utoipa::path(post, path = "/customers/import/", tag = TAG, operation_id = "import_customers", request_body(content = Upload, content_type = "multipart/form-data"), responses((status = 201, body = ImportShown), Problems))]
async fn import_customers(ctx: Ctx, parts: Parts) -> Result<Reply> {
    take(ctx, parts).await
}

async fn take(ctx: Ctx, parts: Parts) -> Result<Reply> {
    let parts = parts.map_err(|error| {
        Error::BadRequest(say!(
            "Çok parçalı bir form (multipart/form-data) bekleniyor: {}.",
            "Expected a multipart form: {}.",
            error
        ))
    })?;
    let arrived = upload::receive(&ctx, parts).await?;
    let prepared = upload::prepare(&ctx, arrived.path(), &arrived.change).await?;
    ctx.write(async |tx| {
        let import = upload::keep(tx, &ctx, arrived, prepared).await?;
        Reply::created(format!("/api/v1/crm/imports/{}/", import.id), &import.shown(&ctx))
    })
    .await
}

/// An import.
#[utoipa::path(get, path = "/imports/{id}/", tag = TAG, operation_id = "get_import", params(("id" = i64, Path)), responses((status = 200, body = ImportShown), Problems))]
async fn get_import(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    Reply::ok(&super::get(&ctx, id).await?.shown(&ctx))
}

/// Changes mapping and options before an import runs.
#[utoipa::path(patch, path = "/imports/{id}/", tag = TAG, operation_id = "change_import", params(("id" = i64, Path)), request_body = ImportChange, responses((status = 200, body = ImportShown), Problems))]
async fn change_import(ctx: Ctx, PathId(id): PathId<i64>, Body(change): Body<ImportChange>) -> Result<Reply> {
    Reply::ok(&super::change(&ctx, id, change).await?.shown(&ctx))
}

/// The first rows as they would be written.
#[utoipa::path(get, path = "/imports/{id}/preview/", tag = TAG, operation_id = "preview_import", params(("id" = i64, Path)), responses((status = 200, body = ImportPreview), Problems))]
async fn preview_import(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    Reply::ok(&preview::rows(&ctx, id).await?)
}

/// Tries an import: counts what would become of its rows and writes none of them. A large file goes on being tried in the background.
#[utoipa::path(post, path = "/imports/{id}/dry-run/", tag = TAG, operation_id = "check_import", params(("id" = i64, Path)), responses((status = 200, body = ImportShown), Problems))]
async fn check_import(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    Reply::ok(&dry_run::start(&ctx, id).await?.shown(&ctx))
}

/// Starts an import, which goes on in the background; `operation_id` undoes it.
#[utoipa::path(post, path = "/imports/{id}/start/", tag = TAG, operation_id = "start_import", params(("id" = i64, Path)), responses((status = 200, body = ImportShown), Problems))]
async fn start_import(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    step(&ctx, async |tx| run::start(tx, &ctx, id).await).await
}

/// Pauses a running import.
#[utoipa::path(post, path = "/imports/{id}/pause/", tag = TAG, operation_id = "pause_import", params(("id" = i64, Path)), responses((status = 200, body = ImportShown), Problems))]
async fn pause_import(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    step(&ctx, async |tx| run::pause(tx, &ctx, id).await).await
}

/// Goes on with a paused import.
#[utoipa::path(post, path = "/imports/{id}/resume/", tag = TAG, operation_id = "resume_import", params(("id" = i64, Path)), responses((status = 200, body = ImportShown), Problems))]
async fn resume_import(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    step(&ctx, async |tx| run::resume(tx, &ctx, id).await).await
}

/// Gives up what an import has not written yet; what it has written can be undone.
#[utoipa::path(post, path = "/imports/{id}/cancel/", tag = TAG, operation_id = "cancel_import", params(("id" = i64, Path)), responses((status = 200, body = ImportShown), Problems))]
async fn cancel_import(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    step(&ctx, async |tx| run::cancel(tx, &ctx, id).await).await
}

async fn step(ctx: &Ctx, work: impl AsyncFnOnce(&mut Tx) -> Result<Import>) -> Result<Reply> {
    ctx.write(async |tx| {
        let import = work(tx).await?;
        let operation = import.operation_id;
        let reply = Reply::ok(&import.shown(ctx))?;
        Ok(match operation {
            Some(operation) => reply.operation(operation),
            None => reply,
        })
    })
    .await
}

/// The rows that were refused, as they came, with what is wrong with each: a CSV file to be mended and imported again; with `format=json`
/// pages of them to be put right here, in the order of the file.
#[utoipa::path(get, path = "/imports/{id}/errors/", tag = TAG, operation_id = "get_import_errors",
    params(("id" = i64, Path), ("format" = Option<String>, Query, description = "`csv` or `json`; `csv` when not given"), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, content((Listed<ImportErrorRow> = "application/json"), (String = "text/csv"))), Problems))]
async fn get_import_errors(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Response> {
    let import = super::get(&ctx, id).await?;
    let format = pairs.iter().find(|(name, _)| name == "format").map(|(_, value)| value.as_str());
    match format {
        None | Some("csv") => {
            let name = format!("import-{id}-{}.csv", ctx.lang.pick("hatalar", "errors"));
            Ok(attachment(errors::file(&ctx, import)?, "text/csv; charset=utf-8", &name))
        }
        Some("json") => {
            let (page, count) = errors::list(&ctx, &import, &ListRequest::from_pairs(&pairs)?).await?;
            let list = List {
                page,
                count,
                count_is_capped: false,
                path: uri.path(),
                query: &pairs,
            };
            Ok(list.reply().into_response())
        }
        Some(_) => Err(invalid("format", say!("csv veya json olmalı.", "Must be csv or json."))),
    }
}

/// What is to be put right.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Corrections {
    /// A thousand at most.
    corrections: Vec<Correction>,
}

/// What has been put right in an import, by row.
#[utoipa::path(get, path = "/imports/{id}/corrections/", tag = TAG, operation_id = "list_import_corrections", params(("id" = i64, Path)), responses((status = 200, body = Listed<Correction>), Problems))]
async fn list_import_corrections(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let import = super::get(&ctx, id).await?;
    Reply::ok(&Listed::whole(corrections::list(&ctx.db, import.id, None).await?))
}

/// Puts cells right, or leaves rows out, without another file. Each correction takes the place of an earlier one of the same cell or row;
/// `value: null` or `skip: false` takes that back, and what is not named stays. They hold for the next dry run and for the run.
#[utoipa::path(put, path = "/imports/{id}/corrections/", tag = TAG, operation_id = "put_import_corrections", params(("id" = i64, Path)), request_body = Corrections, responses((status = 200, body = Corrected), Problems))]
async fn put_import_corrections(ctx: Ctx, PathId(id): PathId<i64>, Body(given): Body<Corrections>) -> Result<Reply> {
    ctx.write(async |tx| Reply::ok(&corrections::put(tx, &ctx, id, &given.corrections).await?))
        .await
}

/// The rows for new customers who are probably there already, as the last dry run or run found them; a thousand at most.
#[utoipa::path(get, path = "/imports/{id}/likely-duplicates/", tag = TAG, operation_id = "list_likely_duplicates", params(("id" = i64, Path)), responses((status = 200, body = Listed<LikelyDuplicate>), Problems))]
async fn list_likely_duplicates(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let import = super::get(&ctx, id).await?;
    Reply::ok(&Listed::whole(likely::list(&ctx, &import).await?))
}

/// A target that a column can be mapped to.
#[derive(Serialize, ToSchema)]
pub struct ImportTarget {
    pub name: String,
    pub label_tr: String,
    pub label_en: String,
    /// Whether `scale` may multiply it.
    pub is_number: bool,
}

/// What a column can be mapped to: fields, custom fields, parts of the address, other customers, consents.
#[utoipa::path(get, path = "/imports/targets/", tag = TAG, operation_id = "list_import_targets", params(("entity" = Option<String>, Query)), responses((status = 200, body = [ImportTarget]), Problems))]
async fn list_import_targets(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let shown = |known: targets::Known| ImportTarget {
        is_number: known.is_number,
        name: known.name,
        label_tr: known.label_tr,
        label_en: known.label_en,
    };
    let known = targets::of(&ctx, asked_entity(&ctx, &pairs)?).await?;
    Reply::ok(&known.into_iter().map(shown).collect::<Vec<_>>())
}

/// The parameter `entity`; customers when it is not given.
fn asked_entity(ctx: &Ctx, pairs: &[(String, String)]) -> Result<&'static Entity> {
    let entity = match pairs {
        [] => &crate::customer::ENTITY,
        [(name, value)] if name == "entity" => Entity::asked(value).map_err(|problem| invalid("entity", problem))?,
        _ => {
            return Err(Error::BadRequest(say!(
                "Yalnızca “entity” parametresi verilebilir.",
                "The only parameter is “entity”."
            )));
        }
    };
    ctx.scope(entity.permissions.import)?;
    Ok(entity)
}

/// The mappings kept for the next file with the same header, newest first.
#[utoipa::path(get, path = "/import-mappings/", tag = TAG, operation_id = "list_import_mappings", params(("entity" = Option<String>, Query)), responses((status = 200, body = Listed<SavedMapping>), Problems))]
async fn list_import_mappings(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let entity = asked_entity(&ctx, &pairs)?;
    Reply::ok(&Listed::whole(mapping::list(&ctx, entity.name).await?))
}

/// An import whose mapping is to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingRequest {
    pub name: String,
    pub import_id: i64,
}

/// Keeps the mapping and the options of an import under a name; one of the same name and header gives way.
#[utoipa::path(post, path = "/import-mappings/", tag = TAG, operation_id = "create_import_mapping", request_body = MappingRequest, responses((status = 201, body = SavedMapping), Problems))]
async fn create_import_mapping(ctx: Ctx, Body(request): Body<MappingRequest>) -> Result<Reply> {
    let import = super::get(&ctx, request.import_id).await?;
    ctx.write(async |tx| {
        let kept = Kept {
            columns: import.mapping,
            options: import.options,
        };
        let saved = mapping::keep(tx, &ctx, import.entity.name, &request.name, &import.header.names, kept).await?;
        Reply::created(format!("/api/v1/crm/import-mappings/{}/", saved.id), &saved)
    })
    .await
}

/// Forgets a mapping.
#[utoipa::path(delete, path = "/import-mappings/{id}/", tag = TAG, operation_id = "delete_import_mapping", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_import_mapping(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        mapping::delete(tx, &ctx, id).await?;
        Ok(Reply::no_content())
    })
    .await
}
