//! Forms over HTTP, for those who make them. Strangers meet them in [`super::public`].

use axum::Extension;
use axum::extract::OriginalUri;
use axum::http::{HeaderMap, StatusCode, header};
use kernel::clock::rfc3339;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Lang, Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, List, Params, PathId, Reply, Routes};
use kernel::page::{self, SortKey};
use kernel::{operations, say};
use records::fields::Form as Written;
use records::http::{DeletedRecord, etag};
use records::paging::paging_only;
use records::schema::FieldInfo;
use records::{choices, custom, read};
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

use super::change::{self, WebFormInput};
use super::confirmation;
use super::content::ASKED;
use super::desk::Desk;
use super::figures::{self, Days, WebFormCounts, WebFormFigures, What};
use super::page as html;
use super::{Form, WebFormContent};
use crate::leads::LEAD;
use crate::permissions::{FORM_MANAGE, LEAD_READ};

const TAG: &str = "forms";

/// The lines of the route table; their handlers can ask for the desk.
pub fn routes(desk: &Desk) -> Routes {
    let with_desk =
        |(schemas, paths, methods): UtoipaMethodRouter<kernel::http::App>| (schemas, paths, methods.layer(Extension(desk.clone())));
    Routes::new()
        .add(with_desk(routes!(list_forms)), Access::Needs(LEAD_READ))
        .add(with_desk(routes!(create_form)), Access::Needs(FORM_MANAGE))
        .add(routes!(list_form_fields), Access::Needs(FORM_MANAGE))
        .add(routes!(preview_form), Access::Needs(FORM_MANAGE))
        .add(routes!(reorder_forms), Access::Needs(FORM_MANAGE))
        .add(with_desk(routes!(get_form)), Access::Needs(LEAD_READ))
        .add(with_desk(routes!(update_form)), Access::Needs(FORM_MANAGE))
        .add(routes!(delete_form), Access::Needs(FORM_MANAGE))
        .add(routes!(list_form_versions), Access::Needs(FORM_MANAGE))
        .add(with_desk(routes!(get_form_figures)), Access::Needs(LEAD_READ))
        .add(routes!(list_form_submissions), Access::Needs(FORM_MANAGE))
        .add(with_desk(routes!(retry_form_submission)), Access::Needs(FORM_MANAGE))
        .add(routes!(list_lead_submissions), Access::Needs(LEAD_READ))
}

/// A form.
#[derive(Serialize, ToSchema)]
pub struct WebForm {
    pub id: i64,
    pub name: String,
    pub slug: String,
    pub is_active: bool,
    pub is_archived: bool,
    /// Raised by every change.
    pub version: i64,
    pub content: WebFormContent,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub updated_at: String,
    pub embedding: WebFormEmbedding,
    /// Of the last thirty days.
    pub figures: WebFormCounts,
}

/// How a form comes onto the web.
#[derive(Serialize, ToSchema)]
pub struct WebFormEmbedding {
    /// The page of the form itself.
    pub url: String,
    /// What a site puts into its page: a frame that grows with the form and tells where somebody came from.
    pub script: String,
    /// The same without JavaScript of ours in the site.
    pub iframe: String,
}

impl WebForm {
    fn of(desk: &Desk, form: &Form, figures: WebFormCounts) -> WebForm {
        let url = format!("{}/f/{}", desk.public_url(), form.slug);
        let src = html::escaped(&url);
        let title = html::escaped(form.content.first_lang().pick(&form.content.title_tr, &form.content.title_en));
        WebForm {
            embedding: WebFormEmbedding {
                script: format!("<script src=\"{src}.js\" data-title=\"{title}\" async></script>"),
                iframe: format!("<iframe src=\"{src}?embed=1\" title=\"{title}\" style=\"width:100%;height:720px;border:0\"></iframe>"),
                url,
            },
            id: form.id,
            name: form.name.clone(),
            slug: form.slug.clone(),
            is_active: form.is_active,
            is_archived: form.is_archived,
            version: form.version,
            content: form.content.0.clone(),
            created_at: rfc3339(form.created_at),
            updated_at: rfc3339(form.updated_at),
            figures,
        }
    }
}

/// The order of the forms: each of them, once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebFormOrder {
    pub form_ids: Vec<i64>,
}

/// A form to be looked at before it is kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebFormPreviewInput {
    pub content: WebFormContent,
    /// `tr` or `en`; the first of the form when it is not given.
    pub lang: Option<String>,
}

/// How it would look.
#[derive(Serialize, ToSchema)]
pub struct WebFormPreview {
    /// A whole page without scripts, for an `srcdoc`.
    pub html: String,
}

/// A field that a form can ask.
#[derive(Serialize, ToSchema)]
pub struct WebFormFieldInfo {
    #[serde(flatten)]
    pub field: FieldInfo,
    /// How it is filled in: `text`, `textarea`, `email`, `tel`, `url`, `number`, `date`, `select`, `checkboxes` or `checkbox`.
    pub input: &'static str,
}

/// A version of a form.
#[derive(Debug, Serialize, FromRow, ToSchema)]
pub struct WebFormVersion {
    pub version: i64,
    #[schema(value_type = WebFormContent)]
    pub content: kernel::json_text::JsonText<WebFormContent>,
    #[serde(serialize_with = "kernel::clock::shown::time")]
    #[schema(value_type = String, format = DateTime)]
    pub at: i64,
    pub by_id: Option<i64>,
    pub by_name: Option<String>,
}

choices! {
    /// What became of a submission.
    SubmissionState {
        Accepted: "accepted", "Kabul edildi", "Accepted";
        Waiting: "waiting", "Onay bekliyor", "Waits for confirmation";
        Confirmed: "confirmed", "Onaylandı", "Confirmed";
    }
}

/// What somebody sent in.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct FormSubmission {
    id: i64,
    form_id: i64,
    form_name: String,
    /// The version that was answered.
    version: i64,
    state: SubmissionState,
    /// The language it was shown in.
    lang: String,
    /// What was filled in, by field, as it was; consents under `consent.email.marketing`.
    #[schema(value_type = Object)]
    answers: Value,
    utm_source: String,
    utm_medium: String,
    utm_campaign: String,
    utm_term: String,
    utm_content: String,
    referrer: String,
    landing_page: String,
    /// Without its last part.
    address: String,
    user_agent: String,
    #[schema(format = DateTime)]
    at: String,
    #[schema(format = DateTime)]
    confirmed_at: Option<String>,
    /// The lead that was made or touched.
    lead_id: Option<i64>,
    lead_name: Option<String>,
    /// A customer who has the address that was filled in.
    customer_id: Option<i64>,
    customer_name: Option<String>,
    /// Why no lead came of it.
    problem: String,
}

/// A submission as JSON, written by the database.
pub(super) fn submission_row(dialect: Dialect) -> String {
    let column = |name: &str| (name.to_owned(), format!("form_submissions.{name}"));
    let mut pairs: Vec<_> = [
        "id",
        "form_id",
        "version",
        "state",
        "lang",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_term",
        "utm_content",
        "referrer",
        "landing_page",
        "address",
        "user_agent",
        "lead_id",
        "customer_id",
        "problem",
    ]
    .map(column)
    .into();
    pairs.push(("answers".into(), dialect.json_text("form_submissions.answers")));
    for time in ["at", "confirmed_at"] {
        pairs.push((time.into(), dialect.json_time(&format!("form_submissions.{time}"))));
    }
    for (name, table, key) in [
        ("form_name", "forms", "form_id"),
        ("lead_name", "leads", "lead_id"),
        ("customer_name", "customers", "customer_id"),
    ] {
        pairs.push((
            name.into(),
            format!("(SELECT {table}.name FROM {table} WHERE {table}.id = form_submissions.{key})"),
        ));
    }
    dialect.json_object(&pairs)
}

async fn answer(tx: &mut Tx, desk: &Desk, id: i64, counts: WebFormCounts, status: StatusCode) -> Result<Reply> {
    let form = super::one(tx, id).await?;
    let reply = Reply::text(status, serde_json::to_string(&WebForm::of(desk, &form, counts))?);
    Ok(reply.header("etag", etag(form.version)))
}

/// The forms, in their order, with their figures of the last thirty days; archived ones too.
#[utoipa::path(get, path = "/forms/", tag = TAG, operation_id = "list_forms", responses((status = 200, body = Listed<WebForm>), Problems))]
async fn list_forms(ctx: Ctx, Extension(desk): Extension<Desk>) -> Result<Reply> {
    desk.write_counts(&ctx).await;
    let forms = super::all(&ctx).await?;
    let mut counts = figures::of_all(&ctx.db, &Days::usual(&ctx)).await?;
    let shown = forms
        .0
        .iter()
        .map(|form| WebForm::of(&desk, form, counts.remove(&form.id).unwrap_or_default()));
    Reply::ok(&Listed::whole(shown.collect()))
}

/// Makes a form. A name is enough: what it asks is then what a new form asks.
#[utoipa::path(post, path = "/forms/", tag = TAG, operation_id = "create_form", request_body = WebFormInput, responses((status = 201, body = WebForm), Problems))]
async fn create_form(ctx: Ctx, Extension(desk): Extension<Desk>, Body(input): Body<WebFormInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "forms.create", json!({ "changed": 1 })).await?;
        let id = change::create(tx, &ctx, &ctx.stamp().within(operation), input).await?;
        let reply = answer(tx, &desk, id, WebFormCounts::default(), StatusCode::CREATED).await?;
        Ok(reply.header("location", format!("/api/v1/crm/forms/{id}/")).operation(operation))
    })
    .await
}

/// The fields that a form can ask: those of a lead that a stranger may fill in, and the organisation's own.
#[utoipa::path(get, path = "/forms/fields/", tag = TAG, operation_id = "list_form_fields", responses((status = 200, body = [WebFormFieldInfo]), Problems))]
async fn list_form_fields(ctx: Ctx) -> Result<Reply> {
    let definitions = custom::definitions(&ctx, LEAD.name).await?;
    let input = |field: &FieldInfo, written: Option<Written>| match (field.kind, written) {
        (_, Some(Written::LongText { .. })) => "textarea",
        (_, Some(Written::Email)) => "email",
        (_, Some(Written::Phone)) => "tel",
        (_, Some(Written::Country)) | ("choice", _) => "select",
        ("multi_choice", _) => "checkboxes",
        ("boolean", _) => "checkbox",
        ("number" | "money", _) => "number",
        ("date", _) => "date",
        ("link", _) => "url",
        _ => "text",
    };
    let own = ASKED.iter().map(|key| {
        let field = FieldInfo::own(key.spec());
        (field, Some(key.spec().form))
    });
    let custom = definitions
        .0
        .iter()
        .map(|definition| (FieldInfo::custom(&definition.field, definition.custom.is_required), None));
    let shown: Vec<WebFormFieldInfo> = own
        .chain(custom)
        .map(|(field, written)| WebFormFieldInfo {
            input: input(&field, written),
            field,
        })
        .collect();
    Reply::ok(&shown)
}

/// Shows how a form would look, kept or not; what is wrong with it is a 422 as it would be when it is kept.
#[utoipa::path(post, path = "/forms/preview/", tag = TAG, operation_id = "preview_form", request_body = WebFormPreviewInput, responses((status = 200, body = WebFormPreview), Problems))]
async fn preview_form(ctx: Ctx, Body(input): Body<WebFormPreviewInput>) -> Result<Reply> {
    let mut content = input.content;
    let lang = match input.lang.as_deref() {
        None => None,
        Some(lang) => Some(Lang::parse(lang).ok_or_else(|| invalid("lang", say!("tr veya en olmalı.", "Must be tr or en.")))?),
    };
    content.check(&ctx).await?.check()?;
    let definitions = custom::definitions(&ctx, LEAD.name).await?;
    let frame = html::Frame {
        lang: lang.unwrap_or_else(|| content.first_lang()),
        slug: "",
        colour: &content.colour,
        is_embedded: false,
        nonce: None,
    };
    let html = html::form(&frame, &content, &definitions, &html::State::default());
    Reply::ok(&WebFormPreview { html })
}

/// Brings the forms into another order.
#[utoipa::path(put, path = "/forms/order/", tag = TAG, operation_id = "reorder_forms", request_body = WebFormOrder, responses((status = 204, description = "They are in this order"), Problems))]
async fn reorder_forms(ctx: Ctx, Body(order): Body<WebFormOrder>) -> Result<Reply> {
    ctx.write(async |tx| {
        change::reorder(tx, &ctx, &order.form_ids).await?;
        Ok(Reply::no_content())
    })
    .await
}

/// A form, with its version as ETag.
#[utoipa::path(get, path = "/forms/{id}/", tag = TAG, operation_id = "get_form", params(("id" = i64, Path)), responses((status = 200, body = WebForm), Problems))]
async fn get_form(ctx: Ctx, Extension(desk): Extension<Desk>, PathId(id): PathId<i64>) -> Result<Reply> {
    desk.write_counts(&ctx).await;
    let forms = super::all(&ctx).await?;
    let form = forms.get(id).ok_or(Error::NotFound)?;
    let counts = figures::of_all(&ctx.db, &Days::usual(&ctx)).await?.remove(&id).unwrap_or_default();
    Ok(Reply::ok(&WebForm::of(&desk, form, counts))?.header("etag", etag(form.version)))
}

/// Changes what is named of a form, as its next version; `is_archived` takes it out of use. Pages that are open can still be sent in, by the
/// version they show. With `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(patch, path = "/forms/{id}/", tag = TAG, operation_id = "update_form", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = WebFormInput, responses((status = 200, body = WebForm), Problems))]
async fn update_form(
    ctx: Ctx,
    headers: HeaderMap,
    Extension(desk): Extension<Desk>,
    PathId(id): PathId<i64>,
    Body(input): Body<WebFormInput>,
) -> Result<Reply> {
    let seen = match headers.get(header::IF_MATCH) {
        None => None,
        Some(seen) => Some(
            seen.to_str()
                .ok()
                .and_then(|seen| seen.trim_matches('"').parse().ok())
                .ok_or_else(|| invalid("If-Match", say!("ETag olmalı.", "Must be an ETag.")))?,
        ),
    };
    let counts = figures::of_all(&ctx.db, &Days::usual(&ctx)).await?.remove(&id).unwrap_or_default();
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "forms.update", json!({ "changed": 1 })).await?;
        let is_changed = change::update(tx, &ctx, &ctx.stamp().within(operation), id, seen, input).await?;
        let reply = answer(tx, &desk, id, counts, StatusCode::OK).await?;
        if is_changed {
            return Ok(reply.operation(operation));
        }
        operations::forget(tx, operation).await?;
        Ok(reply)
    })
    .await
}

/// Deletes a form that nobody has filled in; others are archived instead.
#[utoipa::path(delete, path = "/forms/{id}/", tag = TAG, operation_id = "delete_form", params(("id" = i64, Path)), responses((status = 200, body = DeletedRecord), Problems))]
async fn delete_form(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "forms.delete", json!({ "changed": 1 })).await?;
        change::delete(tx, &ctx.stamp().within(operation), id).await?;
        Ok(Reply::ok(&DeletedRecord { operation_id: operation.0 })?.operation(operation))
    })
    .await
}

/// The versions of a form, the newest first, two hundred at most.
#[utoipa::path(get, path = "/forms/{id}/versions/", tag = TAG, operation_id = "list_form_versions", params(("id" = i64, Path)), responses((status = 200, body = Listed<WebFormVersion>), Problems))]
async fn list_form_versions(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    super::all(&ctx).await?.get(id).ok_or(Error::NotFound)?;
    let by_name = "(SELECT users.name FROM users WHERE users.id = form_versions.by_id)";
    let query = Query::select()
        .columns(["version", "content", "at", "by_id"])
        .expr_as(ctx.db.dialect().own_sql(by_name), Alias::new("by_name"))
        .from(Alias::new("form_versions"))
        .and_where(Expr::col("form_id").eq(id))
        .order_by("version", Order::Desc)
        .limit(200)
        .to_owned();
    let versions: Vec<WebFormVersion> = ctx.db.all(&query).await?;
    Reply::ok(&Listed::whole(versions))
}

/// How a form does: on the last thirty days, or on the days `from` to `to`, a year at most.
#[utoipa::path(get, path = "/forms/{id}/figures/", tag = TAG, operation_id = "get_form_figures", params(("id" = i64, Path), ("from" = Option<String>, Query), ("to" = Option<String>, Query)), responses((status = 200, body = WebFormFigures), Problems))]
async fn get_form_figures(ctx: Ctx, Extension(desk): Extension<Desk>, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    super::all(&ctx).await?.get(id).ok_or(Error::NotFound)?;
    let days = Days::parse(&ctx, &pairs)?;
    desk.write_counts(&ctx).await;
    Reply::ok(&figures::of(&ctx.db, id, days).await?)
}

async fn submissions(
    ctx: &Ctx,
    filtered: SelectStatement,
    uri: &axum::http::Uri,
    all: &[(String, String)],
    paging: &[(String, String)],
) -> Result<Reply> {
    let request = paging_only(paging)?;
    let keys = [SortKey {
        table: "form_submissions",
        column: "id",
        nullable: false,
        descending: true,
    }];
    let page = page::fetch(&ctx.db, &filtered, &submission_row(ctx.db.dialect()), &keys, &request).await?;
    let (count, count_is_capped) = match page.total(&request) {
        Some(total) => (total, false),
        None => page::count(&ctx.db, &filtered, request.exact_count()).await?,
    };
    Ok(List {
        page,
        count,
        count_is_capped,
        path: uri.path(),
        query: all,
    }
    .reply())
}

/// What was sent in by a form, the newest first; `state` narrows it.
#[utoipa::path(get, path = "/forms/{id}/submissions/", tag = TAG, operation_id = "list_form_submissions",
    params(("id" = i64, Path), ("state" = Option<SubmissionState>, Query), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<FormSubmission>), Problems))]
async fn list_form_submissions(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    super::all(&ctx).await?.get(id).ok_or(Error::NotFound)?;
    let (own, paging): (Vec<_>, Vec<_>) = pairs.iter().cloned().partition(|(name, _)| name == "state");
    let mut filtered = Query::select();
    filtered
        .from(Alias::new("form_submissions"))
        .and_where(Expr::col(("form_submissions", "form_id")).eq(id));
    if let Some((_, word)) = own.first() {
        let state = SubmissionState::parse(word).map_err(|problem| invalid("state", problem))?;
        filtered.and_where(Expr::col(("form_submissions", "state")).eq(state.word()));
    }
    submissions(&ctx, filtered, &uri, &pairs, &paging).await
}

/// Tries again to make a lead of a submission that says in `problem` why none came of it, once what was in the way is put right.
#[utoipa::path(post, path = "/forms/{id}/submissions/{submission_id}/retry/", tag = TAG, operation_id = "retry_form_submission", params(("id" = i64, Path), ("submission_id" = i64, Path)), responses((status = 200, body = FormSubmission), Problems))]
async fn retry_form_submission(
    ctx: Ctx,
    Extension(desk): Extension<Desk>,
    PathId((id, submission_id)): PathId<(i64, i64)>,
) -> Result<Reply> {
    let form = super::all(&ctx).await?.get(id).cloned().ok_or(Error::NotFound)?;
    ctx.write(async |tx| {
        let (made, counts) = confirmation::retry(tx, &ctx, &form, submission_id).await?;
        if made.lead_id.is_none() {
            return Err(Error::Conflict(say!(
                "Yine aday oluşturulamadı: {}",
                "Still no lead can be made: {}",
                made.problem
            )));
        }
        let counts: Vec<(i64, &str, What)> = counts.iter().map(|(id, source, what)| (*id, source.as_str(), *what)).collect();
        desk.counts().add(tx, &ctx, &counts).await?;
        let query = Query::select()
            .expr(tx.dialect().own_sql(submission_row(tx.dialect())))
            .from(Alias::new("form_submissions"))
            .and_where(Expr::col(("form_submissions", "id")).eq(submission_id))
            .to_owned();
        let row = tx.texts(&query).await?.pop().ok_or(Error::NotFound)?;
        Ok(Reply::text(StatusCode::OK, row))
    })
    .await
}

/// What a lead sent in by forms, the newest first.
#[utoipa::path(get, path = "/leads/{id}/submissions/", tag = "leads", operation_id = "list_lead_submissions",
    params(("id" = i64, Path), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<FormSubmission>), Problems))]
async fn list_lead_submissions(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    read::require(&ctx, &LEAD, LEAD_READ, id).await?;
    let filtered = Query::select()
        .from(Alias::new("form_submissions"))
        .and_where(Expr::col(("form_submissions", "lead_id")).eq(id))
        .to_owned();
    submissions(&ctx, filtered, &uri, &pairs, &pairs).await
}
