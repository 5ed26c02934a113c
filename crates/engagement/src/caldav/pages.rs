//! CalDAV and the feed over HTTP, at the root of the server. Programs sign in with Basic: any name, and an API token as the password.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use calendar::dav::{self, Answer, Asked, CALDAV, CALENDAR_SERVER, DAV, Element, Report};
use calendar::ics::{self, Kind};
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, Result, Say};
use kernel::http::{Access, App, gate};
use kernel::say;
use records::change::{self, Edit, Extent};
use records::http::note;
use records::{custom, read};
use serde_json::{Map, Value, json};

use super::collection::{self, Object};
use super::object;
use crate::activities::{ACTIVITY, Key};
use crate::permissions::{ACTIVITY_DELETE, ACTIVITY_READ, ACTIVITY_WRITE};
use crate::reminders;

const XML: &str = "application/xml; charset=utf-8";
const ICS: &str = "text/calendar; charset=utf-8";
/// Before the id of the newest event that a reading has seen.
const SYNC: &str = "urn:context7-crm:sync:";
const METHODS: &str = "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, REPORT";

/// The pages, at the root of the server.
pub fn pages() -> Router<App> {
    let dav = Router::new()
        .route("/dav/", any(root))
        .route("/dav/principal/", any(principal))
        .route("/dav/calendars/", any(home))
        .route("/dav/calendars/{collection}/", any(of_collection))
        .route("/dav/calendars/{collection}/{name}", any(of_object))
        .layer(from_fn(signed_in));
    Router::new()
        .route(
            "/.well-known/caldav",
            any(async || (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, "/dav/")])),
        )
        .route("/calendar.ics", get(feed).layer(from_fn(by_link)))
        .merge(dav)
}

/// A program says who it is with Basic; the password is the token.
async fn signed_in(mut request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS {
        return able(StatusCode::NO_CONTENT.into_response());
    }
    let basic = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = basic.and_then(|value| value.strip_prefix("Basic ")).and_then(password);
    if let Some(bearer) = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok()) {
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
    }
    // A cookie of a browser is no program's.
    request.headers_mut().remove(header::COOKIE);
    let mut response = gate::guard(Access::Needs(ACTIVITY_READ), request, next).await;
    if response.status() == StatusCode::UNAUTHORIZED {
        let ask = HeaderValue::from_static("Basic realm=\"Context7 CRM\", charset=\"UTF-8\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, ask);
    }
    able(response)
}

/// Says what the server can do, as programs ask of every answer.
fn able(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("dav", HeaderValue::from_static("1, 3, calendar-access"));
    headers.insert(header::ALLOW, HeaderValue::from_static(METHODS));
    response
}

fn password(encoded: &str) -> Option<String> {
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    Some(pair.split_once(':')?.1.to_owned())
}

/// The link of a feed holds the token.
async fn by_link(mut request: Request, next: Next) -> Response {
    let pairs = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let token = pairs.into_owned().find(|(name, _)| name == "token").map(|(_, token)| token);
    request.headers_mut().remove(header::COOKIE);
    if let Some(bearer) = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok()) {
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
    }
    gate::guard(Access::Needs(ACTIVITY_READ), request, next).await
}

/// Everything in one file, to be read again and again.
async fn feed(ctx: Ctx, headers: HeaderMap) -> Result<Response> {
    let (events, tasks) = futures::try_join!(
        collection::objects(&ctx, Kind::Event, None),
        collection::objects(&ctx, Kind::Task, None)
    )?;
    let all: Vec<Object> = events.into_iter().chain(tasks).collect();
    let tags: String = all.iter().map(Object::etag).collect();
    let etag = format!("\"{}\"", ics::etag(&tags).trim_matches('"'));
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|seen| seen.as_bytes() == etag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let name = format!("{} · {}", ctx.org.name, ctx.lang.pick("Takvimim", "My calendar"));
    let events = all.iter().map(|one| object::event(&ctx, &one.activity, &one.beside)).collect();
    let headers = [
        (header::CONTENT_TYPE, ICS.to_owned()),
        (header::ETAG, etag),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    Ok((headers, object::feed(&name, events)).into_response())
}

/// The collections, by the last part of their address.
fn kind_of(collection: &str) -> Result<Kind> {
    match collection {
        "events" => Ok(Kind::Event),
        "tasks" => Ok(Kind::Task),
        _ => Err(Error::NotFound),
    }
}

fn address(kind: Kind) -> &'static str {
    match kind {
        Kind::Event => "/dav/calendars/events/",
        Kind::Task => "/dav/calendars/tasks/",
    }
}

fn href(kind: Kind, name: &str) -> String {
    let mut path = address(kind).to_owned();
    for piece in form_urlencoded::byte_serialize(name.as_bytes()) {
        path.push_str(&piece.replace('+', "%20"));
    }
    path + ".ics"
}

fn xml(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, XML)], body).into_response()
}

fn multistatus(answers: &[Answer], token: Option<&str>) -> Response {
    xml(StatusCode::MULTI_STATUS, dav::multistatus(answers, token))
}

fn refused(status: StatusCode, space: &str, precondition: &str) -> Response {
    xml(status, dav::error(&Element::new(space, precondition)))
}

/// What is wrong with a request, in words.
fn wrong(problem: Say) -> Error {
    Error::BadRequest(problem)
}

fn depth(headers: &HeaderMap) -> u8 {
    match headers.get("depth").and_then(|value| value.to_str().ok()) {
        Some("0") => 0,
        _ => 1,
    }
}

fn not_allowed() -> Response {
    StatusCode::METHOD_NOT_ALLOWED.into_response()
}

fn user(ctx: &Ctx) -> Result<i64> {
    ctx.actor.user_id.map(|id| id.0).ok_or(Error::Unauthenticated)
}

fn kinds(names: &[&str]) -> Element {
    names.iter().fold(Element::new(DAV, "resourcetype"), |element, name| {
        let space = if *name == "calendar" { CALDAV } else { DAV };
        element.child(Element::new(space, name))
    })
}

fn principal_properties() -> Vec<Element> {
    vec![
        Element::new(DAV, "current-user-principal").href("/dav/principal/"),
        Element::new(DAV, "principal-URL").href("/dav/principal/"),
        Element::new(DAV, "owner").href("/dav/principal/"),
        Element::new(CALDAV, "calendar-home-set").href("/dav/calendars/"),
    ]
}

async fn root(method: Method, body: Bytes) -> Result<Response> {
    if method.as_str() != "PROPFIND" {
        return Ok(not_allowed());
    }
    let asked = dav::propfind(&body).map_err(wrong)?;
    let there = [vec![kinds(&["collection"])], principal_properties()].concat();
    Ok(multistatus(&[Answer::of("/dav/", &asked, there)], None))
}

async fn principal(ctx: Ctx, method: Method, body: Bytes) -> Result<Response> {
    if method.as_str() != "PROPFIND" {
        return Ok(not_allowed());
    }
    let asked = dav::propfind(&body).map_err(wrong)?;
    let me = ctx.db.one::<(String, String)>(&whoami(user(&ctx)?)).await?;
    let mut there = [vec![kinds(&["collection", "principal"])], principal_properties()].concat();
    there.push(Element::new(DAV, "displayname").text(me.0));
    there.push(Element::new(CALDAV, "calendar-user-address-set").href(format!("mailto:{}", me.1)));
    Ok(multistatus(&[Answer::of("/dav/principal/", &asked, there)], None))
}

fn whoami(id: i64) -> sea_query::SelectStatement {
    use sea_query::{Expr, ExprTrait, Query};
    Query::select()
        .columns(["name", "email"])
        .from("users")
        .and_where(Expr::col("id").eq(id))
        .to_owned()
}

async fn home(ctx: Ctx, method: Method, headers: HeaderMap, body: Bytes) -> Result<Response> {
    if method.as_str() != "PROPFIND" {
        return Ok(not_allowed());
    }
    let asked = dav::propfind(&body).map_err(wrong)?;
    let there = [vec![kinds(&["collection"])], principal_properties()].concat();
    let mut answers = vec![Answer::of("/dav/calendars/", &asked, there)];
    if depth(&headers) > 0 {
        for kind in [Kind::Event, Kind::Task] {
            answers.push(Answer::of(address(kind), &asked, collection_properties(&ctx, kind).await?));
        }
    }
    Ok(multistatus(&answers, None))
}

async fn collection_properties(ctx: &Ctx, kind: Kind) -> Result<Vec<Element>> {
    let newest = collection::newest(ctx).await?;
    let component = match kind {
        Kind::Event => "VEVENT",
        Kind::Task => "VTODO",
    };
    let name = match kind {
        Kind::Event => ctx.lang.pick("Takvim", "Calendar"),
        Kind::Task => ctx.lang.pick("Yapılacaklar", "To do"),
    };
    let reports = ["calendar-query", "calendar-multiget"].map(|name| (CALDAV, name));
    let reports = reports.into_iter().chain([(DAV, "sync-collection")]).map(|(space, name)| {
        let report = Element::new(DAV, "report").child(Element::new(space, name));
        Element::new(DAV, "supported-report").child(report)
    });
    let may_write = ctx.actor.may(ACTIVITY_WRITE);
    let privileges = ["read", "write", "write-content", "bind", "unbind"]
        .into_iter()
        .filter(|name| *name == "read" || may_write);
    let privileges = privileges.map(|name| Element::new(DAV, "privilege").child(Element::new(DAV, name)));
    let mut there = vec![
        kinds(&["collection", "calendar"]),
        Element::new(DAV, "displayname").text(format!("{} · {name}", ctx.org.name)),
        Element::new(CALDAV, "supported-calendar-component-set").child(Element::new(CALDAV, "comp").attribute("name", component)),
        Element::new(CALENDAR_SERVER, "getctag").text(newest.to_string()),
        Element::new(DAV, "sync-token").text(format!("{SYNC}{newest}")),
        reports.fold(Element::new(DAV, "supported-report-set"), Element::child),
        privileges.fold(Element::new(DAV, "current-user-privilege-set"), Element::child),
        Element::new(CALDAV, "max-resource-size").text(ics::MAX_BYTES.to_string()),
    ];
    there.extend(principal_properties());
    Ok(there)
}

fn object_properties(ctx: &Ctx, object: &Object, asked: &Asked) -> Vec<Element> {
    let is_asked = |local: &str| match asked {
        Asked::These(names) => names.iter().any(|name| name.local == local),
        _ => false,
    };
    let mut there = vec![
        kinds(&[]),
        Element::new(DAV, "getetag").text(object.etag()),
        Element::new(DAV, "getcontenttype").text(ICS),
    ];
    if is_asked("calendar-data") {
        there.push(Element::new(CALDAV, "calendar-data").text(object.text(ctx)));
    }
    there
}

async fn of_collection(ctx: Ctx, Path(name): Path<String>, method: Method, headers: HeaderMap, body: Bytes) -> Result<Response> {
    let kind = kind_of(&name)?;
    match method.as_str() {
        "PROPFIND" => {
            let asked = dav::propfind(&body).map_err(wrong)?;
            let mut answers = vec![Answer::of(address(kind), &asked, collection_properties(&ctx, kind).await?)];
            if depth(&headers) > 0 {
                let objects = collection::objects(&ctx, kind, None).await?;
                let answer = |object: &Object| Answer::of(href(kind, &object.name), &asked, object_properties(&ctx, object, &asked));
                answers.extend(objects.iter().map(answer));
            }
            Ok(multistatus(&answers, None))
        }
        // Names and colours of calendars are the program's own; ours stay.
        "PROPPATCH" => {
            let patch = dav::patch(&body).map_err(wrong)?;
            let names = patch.set.into_iter().map(|property| property.name).chain(patch.remove);
            let found = names.map(|name| Element::new(&name.space, &name.local)).collect();
            Ok(multistatus(&[Answer::of(address(kind), &Asked::Names, found)], None))
        }
        "REPORT" => report(&ctx, kind, &body).await,
        _ => Ok(not_allowed()),
    }
}

async fn report(ctx: &Ctx, kind: Kind, body: &[u8]) -> Result<Response> {
    let answer = |object: &Object, asked: &Asked| Answer::of(href(kind, &object.name), asked, object_properties(ctx, object, asked));
    match dav::report(body).map_err(wrong)? {
        Report::Query { asked, filter } => {
            let objects = match filter.kind().is_some_and(|wanted| wanted != kind) {
                true => Vec::new(),
                false => collection::objects(ctx, kind, None).await?,
            };
            let passes = |object: &&Object| {
                let event = object::event(ctx, &object.activity, &object.beside);
                filter.passes(&[event], ctx.org.zone)
            };
            let answers: Vec<Answer> = objects.iter().filter(passes).map(|object| answer(object, &asked)).collect();
            Ok(multistatus(&answers, None))
        }
        Report::MultiGet { asked, hrefs } => {
            let mut answers = Vec::with_capacity(hrefs.len());
            let mut ids = BTreeSet::new();
            for wanted in &hrefs {
                if let Some(name) = name_in(wanted) {
                    ids.extend(collection::id_of(ctx, &name).await?);
                }
            }
            let ids: Vec<i64> = ids.into_iter().collect();
            let objects = collection::objects(ctx, kind, Some(&ids)).await?;
            for wanted in hrefs {
                let name = name_in(&wanted);
                let object = objects.iter().find(|object| Some(object.name.as_str()) == name.as_deref());
                answers.push(match object {
                    Some(object) => answer(object, &asked),
                    None => Answer::gone(wanted),
                });
            }
            Ok(multistatus(&answers, None))
        }
        Report::Sync { asked, token, .. } => {
            // Seen before the objects are read: what comes between is told twice rather than never.
            let newest = collection::newest(ctx).await?;
            let next = format!("{SYNC}{newest}");
            if token.is_empty() {
                let objects = collection::objects(ctx, kind, None).await?;
                let answers: Vec<Answer> = objects.iter().map(|object| answer(object, &asked)).collect();
                return Ok(multistatus(&answers, Some(&next)));
            }
            let since = token.strip_prefix(SYNC).and_then(|id| id.parse::<i64>().ok());
            let changed = match since.filter(|since| *since <= newest) {
                Some(since) => collection::changed_since(ctx, since).await?,
                None => None,
            };
            let Some(changed) = changed else {
                return Ok(refused(StatusCode::FORBIDDEN, DAV, "valid-sync-token"));
            };
            let ids: Vec<i64> = changed.iter().copied().collect();
            let objects = collection::objects(ctx, kind, Some(&ids)).await?;
            let mut answers: Vec<Answer> = objects.iter().map(|object| answer(object, &asked)).collect();
            let there: BTreeSet<i64> = objects.iter().map(|object| object.activity.id).collect();
            let names = collection::names_of(ctx, &changed).await?;
            let gone = names.into_iter().filter(|(id, _)| !there.contains(id));
            answers.extend(gone.map(|(_, name)| Answer::gone(href(kind, &name))));
            Ok(multistatus(&answers, Some(&next)))
        }
        Report::FreeBusy { .. } | Report::Other(_) => Ok(refused(StatusCode::FORBIDDEN, DAV, "supported-report")),
    }
}

/// The name of the object at the end of an address.
fn name_in(href: &str) -> Option<String> {
    let uri: Uri = href.parse().ok()?;
    let last = uri.path().rsplit('/').next()?.strip_suffix(".ics")?.to_owned();
    // Form encoding reads a plus as a space; in an address it is one.
    let pair = format!("n={}", last.replace('+', "%2B"));
    let mut pairs = form_urlencoded::parse(pair.as_bytes()).into_owned();
    pairs.next().map(|(_, name)| name)
}

async fn find(ctx: &Ctx, kind: Kind, name: &str) -> Result<Option<Object>> {
    let Some(id) = collection::id_of(ctx, name).await? else {
        return Ok(None);
    };
    let mut found = collection::objects(ctx, kind, Some(&[id])).await?;
    found.retain(|object| object.name == name);
    Ok(found.pop())
}

async fn of_object(
    ctx: Ctx,
    Path((collection, file)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response> {
    let kind = kind_of(&collection)?;
    let name = file.strip_suffix(".ics").unwrap_or(&file);
    let object = find(&ctx, kind, name).await?;
    match (method.as_str(), object) {
        ("GET" | "HEAD", Some(object)) => {
            let headers = [(header::CONTENT_TYPE, ICS.to_owned()), (header::ETAG, object.etag())];
            Ok((headers, object.text(&ctx)).into_response())
        }
        ("PROPFIND", Some(object)) => {
            let asked = dav::propfind(&body).map_err(wrong)?;
            let there = object_properties(&ctx, &object, &asked);
            Ok(multistatus(&[Answer::of(href(kind, name), &asked, there)], None))
        }
        ("PUT", object) => put(&ctx, kind, name, object, &headers, &body).await,
        ("DELETE", Some(object)) => {
            if !matches(&headers, Some(&object)) {
                return Ok(StatusCode::PRECONDITION_FAILED.into_response());
            }
            delete(&ctx, object.activity.id).await
        }
        ("GET" | "HEAD" | "PROPFIND" | "DELETE", None) => Err(Error::NotFound),
        _ => Ok(not_allowed()),
    }
}

/// Whether what is there is what the program believes to be there.
fn matches(headers: &HeaderMap, object: Option<&Object>) -> bool {
    let given = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let tag = object.map(Object::etag);
    let wanted = given(header::IF_MATCH).is_none_or(|wanted| match &tag {
        Some(tag) => wanted == "*" || wanted.split(',').any(|one| one.trim() == tag),
        None => false,
    });
    let unwanted = given(header::IF_NONE_MATCH).is_some_and(|unwanted| match &tag {
        Some(tag) => unwanted == "*" || unwanted.split(',').any(|one| one.trim() == tag),
        None => false,
    });
    wanted && !unwanted
}

async fn delete(ctx: &Ctx, id: i64) -> Result<Response> {
    let end = async |tx: &mut Tx| {
        let activity = read::one_for_change(tx, ctx, &ACTIVITY, ACTIVITY_DELETE, id).await?;
        let operation = note(tx, ctx, &ACTIVITY, "delete").await?;
        change::delete_all(tx, ctx, &ctx.stamp().within(operation), vec![activity]).await?;
        Ok(())
    };
    match ctx.db.write(end).await {
        Err(Error::NotFound) => Ok(refused(StatusCode::FORBIDDEN, DAV, "need-privileges")),
        other => other.map(|()| StatusCode::NO_CONTENT.into_response()),
    }
}

async fn put(ctx: &Ctx, kind: Kind, name: &str, object: Option<Object>, headers: &HeaderMap, body: &[u8]) -> Result<Response> {
    if !matches(headers, object.as_ref()) {
        return Ok(StatusCode::PRECONDITION_FAILED.into_response());
    }
    if !ctx.actor.may(ACTIVITY_WRITE) {
        return Ok(refused(StatusCode::FORBIDDEN, DAV, "need-privileges"));
    }
    if object.is_none() && collection::is_own(name) {
        return Ok(refused(StatusCode::FORBIDDEN, DAV, "need-privileges"));
    }
    if name.is_empty() || name.chars().count() > 200 {
        return Err(wrong(say!(
            "Ad 1 ile 200 karakter arasında olmalı.",
            "The name must have 1 to 200 characters."
        )));
    }
    let mut said = match object::said(ctx, body, kind) {
        Ok(said) => said,
        Err(problem) => {
            tracing::info!(problem = problem.en.as_ref(), "an object of a calendar is refused");
            return Ok(refused(StatusCode::FORBIDDEN, CALDAV, "valid-calendar-data"));
        }
    };
    if let Some(addresses) = &said.attendees {
        let me = object
            .as_ref()
            .and_then(|object| object.activity[Key::AssignedTo].int())
            .or(ctx.actor.user_id.map(|id| id.0));
        let mut ids = collection::users_with(ctx, addresses).await?;
        ids.retain(|id| Some(*id) != me);
        said.fields.insert(Key::Attendees.name().to_owned(), json!(ids));
    }
    let me = user(ctx)?;
    let is_new = object.is_none();
    let kept = ctx
        .db
        .write(async |tx| {
            let what = if is_new { "create" } else { "update" };
            let operation = note(tx, ctx, &ACTIVITY, what).await?;
            let stamp = ctx.stamp().within(operation);
            let (id, is_changed) = match &object {
                None => (create(tx, ctx, &stamp, kind, name, &said).await?, true),
                Some(object) => (object.activity.id, update(tx, ctx, &stamp, object, said.fields.clone()).await?),
            };
            if !is_changed {
                kernel::operations::forget(tx, operation).await?;
            }
            reminders::http::set(tx, ctx, me, id, &said.reminders).await
        })
        .await;
    // The text is ours and not the program's, so that it reads again what is kept: no tag is given.
    match kept {
        Err(Error::NotFound) => return Ok(refused(StatusCode::FORBIDDEN, DAV, "need-privileges")),
        Err(Error::Invalid(errors)) => {
            tracing::info!(fields = ?errors.0.keys().collect::<Vec<_>>(), "an object of a calendar is refused");
            return Ok(refused(StatusCode::FORBIDDEN, CALDAV, "valid-calendar-object-resource"));
        }
        other => other?,
    }
    let status = if is_new { StatusCode::CREATED } else { StatusCode::NO_CONTENT };
    Ok(status.into_response())
}

async fn create(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, kind: Kind, name: &str, said: &object::Said) -> Result<i64> {
    let definitions = custom::definitions(ctx, ACTIVITY.name).await?;
    let mut fields = said.fields.clone();
    let activity_type = match kind {
        Kind::Event => "meeting",
        Kind::Task => crate::activities::types::TASK,
    };
    fields.insert(Key::ActivityType.name().to_owned(), json!(activity_type));
    if kind == Kind::Task {
        fields.insert(Key::Duration.name().to_owned(), json!(0));
    }
    let mut errors = kernel::error::FieldErrors::default();
    let record = change::drafted(&ACTIVITY, &definitions, &fields, &mut errors);
    errors.check()?;
    let id = change::create(tx, ctx, stamp, record).await?.id;
    let me = user(ctx)?;
    collection::remember(tx, me, id, name, &said.uid).await?;
    Ok(id)
}

/// Changes what the program says otherwise than it was shown; a rule is not changed from outside.
async fn update(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, object: &Object, mut fields: Map<String, Value>) -> Result<bool> {
    fields.remove(Key::Recurrence.name());
    let shown = object::said(ctx, object.text(ctx).as_bytes(), object::kind(&object.activity)).ok();
    if let Some(shown) = shown {
        fields.retain(|name, value| shown.fields.get(name) != Some(value));
    }
    let edit = Edit {
        id: object.activity.id,
        input: &fields,
        extent: Extent::Named,
        base_version: None,
    };
    Ok(change::update(tx, ctx, stamp, &ACTIVITY, edit).await?.is_some())
}
