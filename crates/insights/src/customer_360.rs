//! Everything about a customer in one round trip: the profile, key figures, and the first page of every section there is. The database
//! writes most of it as one JSON document in one query; relations, notes and the timeline are read beside it.

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use customers::addresses::{Address, ORDER};
use customers::consents::http::Consent;
use customers::contact_points::http::ContactPoint;
use customers::custom_fields;
use customers::customer::http::Customer;
use customers::customer::read;
use customers::figures::Figures;
use customers::merge::redirects::{self, MergedInto};
use customers::notes::http::Note;
use customers::permissions::READ;
use customers::relations::http::Relation;
use customers::timeline::{self, Entry};
use customers::{consents, notes, relations};
use kernel::ctx::Ctx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result};
use kernel::http::openapi::Problems;
use kernel::http::{Access, PathId, Reply, Routes};
use kernel::page::ListRequest;
use sea_query::{Expr, ExprTrait};
use utoipa::ToSchema;
use utoipa_axum::routes;

/// Entries of a section's first page.
const SECTION_PAGE: u64 = 20;

/// The entry of the ledger that stands for each channel and purpose.
const STANDING_CONSENTS: &str = "consent_states JOIN consents ON consents.id = consent_states.consent_id \
                                 WHERE consent_states.customer_id = customers.id ORDER BY consent_states.topic";

pub fn routes() -> Routes {
    Routes::new().add(routes!(get_customer_360), Access::Needs(READ))
}

/// The sections of the view.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the document is written by the database; this is its description")]
struct Customer360 {
    profile: Customer,
    /// Whether the caller keeps it at hand.
    is_favourite: bool,
    figures: Figures,
    contact_points: Vec<ContactPoint>,
    addresses: Vec<Address>,
    /// What stands now of what the customer agreed to.
    consents: Vec<Consent>,
    relations: Relations,
    notes: Notes,
    timeline: Timeline,
}

/// The first page of the ties to other customers that the caller may see.
#[derive(ToSchema)]
#[allow(dead_code, reason = "see Customer360")]
struct Relations {
    count: i64,
    results: Vec<Relation>,
}

/// The first page of the notes: the pinned ones first, then the newest.
#[derive(ToSchema)]
#[allow(dead_code, reason = "see Customer360")]
struct Notes {
    count: i64,
    results: Vec<Note>,
}

/// The first page of the timeline.
#[derive(ToSchema)]
#[allow(dead_code, reason = "see Customer360")]
struct Timeline {
    /// For `cursor` of the timeline's own address; none when this is all.
    next: Option<String>,
    results: Vec<Entry>,
}

/// Everything about a customer in one round trip.
#[utoipa::path(get, path = "/customers/{id}/360/", tag = "customers", operation_id = "get_customer_360", params(("id" = i64, Path)), responses((status = 200, body = Customer360), (status = 308, body = MergedInto, description = "It was merged into another, to which `Location` leads"), Problems))]
async fn get_customer_360(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>) -> Result<Reply> {
    let definitions = custom_fields::definitions(&ctx).await?;
    let dialect = ctx.db.dialect();
    let profile = read::row_for(&ctx, &definitions).await?;
    let mut query = read::visible(&ctx, READ).await?;
    query
        .expr(dialect.own_sql(profile.as_str()))
        .expr(dialect.own_sql(dialect.json_object(&sections(dialect, &read::reader(&ctx)))));
    query.and_where(Expr::col(("customers", "id")).eq(id));
    let Some((profile, sections)) = ctx.db.opt::<(String, String)>(&query).await? else {
        return redirects::instead(&ctx, id, &uri, Error::NotFound).await;
    };
    let request = ListRequest {
        page_size: Some(SECTION_PAGE),
        ..ListRequest::default()
    };
    let relations = relations::http::list(&ctx, id, &request).await?;
    let notes = notes::http::list(&ctx, id, &request).await?;
    let is_favourite = records::favourites::has(&ctx, &customers::customer::ENTITY, id).await?;
    let timeline = timeline::page(&ctx, id, &timeline::Asked::default(), SECTION_PAGE).await?;
    let next = serde_json::to_string(&timeline.cursor.map(|cursor| cursor.to_string()))?;
    let entries = serde_json::to_string(&timeline.entries)?;
    let sections = sections.trim_start_matches('{');
    let relations = format!(r#"{{"count":{},"results":[{}]}}"#, relations.count, relations.page.rows.join(","));
    let notes = format!(r#"{{"count":{},"results":[{}]}}"#, notes.count, notes.page.rows.join(","));
    let timeline = format!(r#"{{"next":{next},"results":{entries}}}"#);
    Ok(Reply::text(
        StatusCode::OK,
        format!(
            r#"{{"profile":{profile},"is_favourite":{is_favourite},"relations":{relations},"notes":{notes},"timeline":{timeline},{sections}"#
        ),
    ))
}

/// The sections that hang on the customer, as `(key, SQL)`.
fn sections(dialect: Dialect, reader: &read::Reader) -> Vec<(String, String)> {
    let columns = |table: &str, names: &[&str]| -> Vec<(String, String)> {
        names.iter().map(|name| ((*name).to_owned(), format!("{table}.{name}"))).collect()
    };
    let with = |mut pairs: Vec<(String, String)>, name: &str, sql: String| {
        pairs.push((name.to_owned(), sql));
        pairs
    };
    let points = with(
        columns("contact_points", &["id", "kind", "label", "value", "rank"]),
        "is_verified",
        dialect.json_bool("contact_points.is_verified"),
    );
    let points = with(points, "is_primary", dialect.json_bool("(contact_points.rank = 0)"));
    let place_order = format!(
        "addresses.is_primary DESC, {}",
        ORDER.map(|column| format!("addresses.{column}")).join(", ")
    );
    let places = columns("addresses", &["id", "label", "line", "district", "city", "postal_code", "country"]);
    let places = with(places, "is_primary", dialect.json_bool("addresses.is_primary"));
    let figures = ["events", "changes", "first_event_at", "last_event_at"].map(|name| {
        let kept = |shown: String| format!("(SELECT {shown} FROM customer_figures WHERE customer_figures.customer_id = customers.id)");
        let sql = match name.ends_with("_at") {
            true => kept(dialect.json_time(name)),
            false => format!("coalesce({}, 0)", kept(name.to_owned())),
        };
        (name.to_owned(), sql)
    });
    let hang_on =
        |table: &str, only: &str, order: &str| format!("{table} WHERE {table}.customer_id = customers.id{only} ORDER BY {order} LIMIT 50");
    let hidden = ["email", "phone"].into_iter().filter(|kind| reader.hides(kind));
    let shown_points: String = hidden.map(|kind| format!(" AND contact_points.kind <> '{kind}'")).collect();
    let shown_places = if reader.hides("addresses") { " AND 1 = 0" } else { "" };
    vec![
        ("figures".into(), dialect.json_nested(&figures)),
        (
            "contact_points".into(),
            dialect.json_list(
                &points,
                &hang_on(
                    "contact_points",
                    &shown_points,
                    "contact_points.kind, contact_points.rank, contact_points.id",
                ),
            ),
        ),
        (
            "addresses".into(),
            dialect.json_list(&places, &hang_on("addresses", shown_places, &place_order)),
        ),
        (
            "consents".into(),
            dialect.json_list(&consents::http::row(dialect), STANDING_CONSENTS),
        ),
    ]
}
