//! Where strangers meet a form, without signing in: `/f/{slug}` is its page, `.js` behind it what a site includes, `.json` what it asks for sites
//! that show it in their own way. Whoever is signed in here is a stranger too: their cookie is left aside.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Path, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criteria::Kind;
use kernel::ctx::Ctx;
use kernel::error::{Error, FieldErrors, Lang, Result, Say};
use kernel::http::extract::{pairs, parse};
use kernel::http::{Access, App, gate};
use kernel::say;
use records::custom;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::{Map, Value, json};

use super::confirmation::{self, Standing};
use super::desk::Desk;
use super::figures::{WebFormRefusal, What};
use super::guard::{self, Counted, Pass};
use super::page::{self, BAIT, CARRIED, Frame, State, Task, Typed};
use super::submission::{self, Arrived, Taken};
use super::{Form, WebFormContent};
use crate::leads::{Key, LEAD};

/// Bytes of a submission. A form of fifty fields with long texts has fewer.
const MAX_BYTES: usize = 128 * 1024;
const MAX_USER_AGENT_CHARS: usize = 300;
const MAX_URL_CHARS: usize = 500;

/// The pages, at the root of the server.
pub fn pages(desk: &Desk) -> Router<App> {
    Router::new()
        .route("/f/{slug}", get(show).post(take).options(preflight))
        .route("/f/{slug}/start", post(start))
        .route("/f/{slug}/thanks", get(thanks))
        .route("/f/{slug}/confirm/{token}", get(ask_confirmation).post(confirm))
        .layer(Extension(desk.clone()))
        .layer(from_fn(as_stranger))
}

/// Whoever it is comes as nobody.
async fn as_stranger(mut request: Request, next: Next) -> Response {
    for name in [header::COOKIE, header::AUTHORIZATION, HeaderName::from_static("idempotency-key")] {
        request.headers_mut().remove(name);
    }
    gate::guard(Access::Public, request, next).await
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// The language of a page: the one that is asked for, the one that is read, or the form's first.
fn lang_of(ctx: &Ctx, content: &WebFormContent, asked: Option<&str>) -> Lang {
    let is_known = |lang: &Lang| content.langs().any(|known| known == *lang);
    let asked = asked.and_then(Lang::parse).filter(is_known);
    asked.unwrap_or_else(|| Some(ctx.lang).filter(is_known).unwrap_or_else(|| content.first_lang()))
}

async fn open(ctx: &Ctx, slug: &str) -> Result<Option<Arc<Form>>> {
    Ok(super::all(ctx).await?.open(slug).cloned())
}

fn nonce() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(format!("no random bytes: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A page with its policy; it is never kept, as it bears what is good once.
fn html(status: StatusCode, policy: String, html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (status, headers, html).into_response()
}

/// A page that says something about a form, or that there is none.
fn said(
    form: Option<&Form>,
    lang: Lang,
    is_embedded: bool,
    status: StatusCode,
    (title, text): (&str, &str),
    onward: Option<&str>,
) -> Result<Response> {
    let nonce = nonce()?;
    let frame = Frame {
        lang,
        slug: form.map_or("", |form| &form.slug),
        colour: form.map_or("#1f5fbf", |form| &form.content.colour),
        is_embedded,
        nonce: Some(&nonce),
    };
    let framed_by = form.map(|form| form.content.allowed_origins.as_slice()).unwrap_or_default();
    let policy = page::policy(&nonce, framed_by, None);
    Ok(html(status, policy, page::message(&frame, title, text, onward)))
}

fn closed(ctx: &Ctx) -> Result<Response> {
    let title = ctx.lang.pick("Form kapalı", "This form is closed");
    let text = ctx.lang.pick(
        "Bu form yok ya da artık doldurulamıyor.",
        "There is no such form, or it can no longer be filled in.",
    );
    said(None, ctx.lang, false, StatusCode::NOT_FOUND, (title, text), None)
}

/// What may be asked of an address in a minute was asked.
fn is_asking_too_much(ctx: &Ctx, desk: &Desk) -> bool {
    desk.limits().note(Counted::Asked(guard::address_key(ctx.address)), ctx.now_us()) > guard::ASKED_A_MINUTE
}

async fn show(
    ctx: Ctx,
    Extension(desk): Extension<Desk>,
    Path(slug): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response> {
    if let Some(slug) = slug.strip_suffix(".js") {
        return script(&ctx, slug, &headers).await;
    }
    if is_asking_too_much(&ctx, &desk) {
        return Err(Error::TooMany { retry_after_s: 60 });
    }
    let asked = pairs(uri.query().unwrap_or_default());
    if let Some(slug) = slug.strip_suffix(".json") {
        return describe(&ctx, &desk, slug, &asked, &headers).await;
    }
    let Some(form) = open(&ctx, &slug).await? else {
        return closed(&ctx);
    };
    let is_embedded = find(&asked, "embed") == Some("1");
    let own = desk.public_url();
    let is_own = |from: &str| !own.is_empty() && from.starts_with(own);
    let mut typed = Typed::new();
    for name in CARRIED {
        let given = match (name, find(&asked, name)) {
            (_, Some(value)) => Some(value.to_owned()),
            ("landing_page", None) if !is_embedded => Some(format!("{}{uri}", desk.public_url())),
            ("referrer", None) => header_text(&headers, header::REFERER).filter(|from| !is_own(from)),
            _ => None,
        };
        if let Some(value) = given.filter(|value| !value.is_empty()) {
            typed.insert(format!("_{name}"), vec![value.chars().take(MAX_URL_CHARS).collect()]);
        }
    }
    // Prefilled by the link: what newsletters send people by name.
    for field in &form.content.fields {
        if let Some(value) = find(&asked, &field.field) {
            typed.insert(field.field.clone(), vec![value.chars().take(MAX_URL_CHARS).collect()]);
        }
    }
    let is_prefetch = ["sec-purpose", "purpose"]
        .iter()
        .any(|name| headers.get(*name).is_some_and(|value| value.as_bytes().starts_with(b"prefetch")));
    if method == Method::GET && !is_prefetch {
        desk.count(&ctx, form.id, find(&asked, "utm_source").unwrap_or_default(), What::View);
    }
    let lang = lang_of(&ctx, &form.content, find(&asked, "lang"));
    let shown = Shown {
        form: &form,
        lang,
        is_embedded,
        other_lang: other_lang(&form, lang, &asked),
    };
    shown.page(&ctx, &desk, StatusCode::OK, typed, FieldErrors::default(), None).await
}

/// The link to the same page in the other language, where the form speaks both.
fn other_lang(form: &Form, lang: Lang, asked: &[(String, String)]) -> Option<String> {
    let other = form.content.langs().find(|known| *known != lang)?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(asked.iter().filter(|(name, _)| name != "lang").take(20));
    query.append_pair("lang", other.tag());
    Some(format!("/f/{}?{}", form.slug, query.finish()))
}

fn header_text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// A form as it is shown.
struct Shown<'a> {
    form: &'a Form,
    lang: Lang,
    is_embedded: bool,
    other_lang: Option<String>,
}

impl Shown<'_> {
    async fn page(
        &self,
        ctx: &Ctx,
        desk: &Desk,
        status: StatusCode,
        typed: Typed,
        errors: FieldErrors,
        alert: Option<Say>,
    ) -> Result<Response> {
        let form = self.form;
        let definitions = custom::definitions(ctx, LEAD.name).await?;
        let pass = hand_out(ctx, desk, form)?;
        let token = pass.sealed(desk.key(ctx)?);
        let nonce = nonce()?;
        let frame = Frame {
            lang: self.lang,
            slug: &form.slug,
            colour: &form.content.colour,
            is_embedded: self.is_embedded,
            nonce: Some(&nonce),
        };
        let state = State {
            typed,
            errors,
            alert,
            task: Some(Task {
                token: &token,
                challenge: pass.nonce,
                bits: pass.bits,
            }),
            other_lang: self.other_lang.clone(),
        };
        let onward = Some(form.content.redirect_url.as_str()).filter(|url| !url.is_empty());
        let policy = page::policy(&nonce, &form.content.allowed_origins, onward);
        Ok(html(status, policy, page::form(&frame, &form.content, &definitions, &state)))
    }
}

fn bits_now(ctx: &Ctx, desk: &Desk, form: &Form) -> u8 {
    let taken = desk.limits().seen(Counted::Taken(form.id), ctx.now_us());
    guard::bits(taken, form.content.limit_per_minute)
}

fn hand_out(ctx: &Ctx, desk: &Desk, form: &Form) -> Result<Pass> {
    Pass::new(form.id, form.version, ctx.now_us(), bits_now(ctx, desk, form))
}

/// What a site includes: the same for every form, as it knows by its own address which one it is for.
async fn script(ctx: &Ctx, slug: &str, headers: &HeaderMap) -> Result<Response> {
    if open(ctx, slug).await?.is_none() {
        return Ok((StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/javascript")], "").into_response());
    }
    let etag = page::etag(page::EMBED);
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "public, max-age=3600".to_owned()),
        (header::ETAG, etag),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin".to_owned()),
    ];
    Ok((headers, page::EMBED).into_response())
}

/// What a form asks, for a site that shows it in its own way, with a page's token to send it in by.
async fn describe(ctx: &Ctx, desk: &Desk, slug: &str, asked: &[(String, String)], headers: &HeaderMap) -> Result<Response> {
    let form = open(ctx, slug).await?.ok_or(Error::NotFound)?;
    let content = &form.content;
    let lang = lang_of(ctx, content, find(asked, "lang"));
    let definitions = custom::definitions(ctx, LEAD.name).await?;
    let pass = hand_out(ctx, desk, &form)?;
    let fields = content.asked(&definitions);
    let field = |asked: &super::content::Asked<'_>| {
        let of = asked.of;
        let choices: Vec<Value> = asked
            .choices()
            .iter()
            .map(|choice| json!({ "value": choice.value, "label": choice.label.get(lang) }))
            .collect();
        json!({
            "name": of.field, "label": asked.label.get(lang), "help": lang.pick(&of.help_tr, &of.help_en),
            "placeholder": lang.pick(&of.placeholder_tr, &of.placeholder_en), "is_required": of.is_required,
            "kind": records::schema::kind_name(&asked.kind), "is_many": matches!(asked.kind, Kind::MultiChoice(_)), "choices": choices,
        })
    };
    let consents: Vec<Value> = content
        .consents
        .iter()
        .map(|consent| {
            json!({
                "name": format!("consent.{}", consent.key()), "text": lang.pick(&consent.text_tr, &consent.text_en),
                "notice": lang.pick(&consent.notice_tr, &consent.notice_en), "is_required": consent.is_required,
            })
        })
        .collect();
    let described = json!({
        "slug": form.slug, "lang": lang.tag(),
        "title": lang.pick(&content.title_tr, &content.title_en), "intro": lang.pick(&content.intro_tr, &content.intro_en),
        "button": lang.pick(&content.button_tr, &content.button_en), "privacy": lang.pick(&content.privacy_tr, &content.privacy_en),
        "fields": fields.iter().filter(|asked| !asked.of.is_hidden).map(field).collect::<Vec<_>>(), "consents": consents,
        // The number whose SHA-256 with the challenge before it ("challenge:number") begins with so many zero bits is sent as `_work`.
        "_token": pass.sealed(desk.key(ctx)?), "challenge": pass.nonce.to_string(), "bits": pass.bits,
    });
    desk.count(ctx, form.id, find(asked, "utm_source").unwrap_or_default(), What::View);
    let response = ([(header::CACHE_CONTROL, "no-store")], Json(described)).into_response();
    Ok(shared(response, content, headers))
}

/// Lets a site read the answer, if the form may be on it.
fn shared(mut response: Response, content: &WebFormContent, headers: &HeaderMap) -> Response {
    let headers_out = response.headers_mut();
    headers_out.insert(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = headers.get(header::ORIGIN)
        && origin.to_str().is_ok_and(|origin| content.allows(origin))
    {
        headers_out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    response
}

/// What browsers ask before they send JSON from another site.
async fn preflight(ctx: Ctx, Path(slug): Path<String>, headers: HeaderMap) -> Result<Response> {
    let slug = slug.strip_suffix(".json").unwrap_or(&slug);
    let Some(form) = open(&ctx, slug).await? else {
        return Err(Error::NotFound);
    };
    let allowed = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    Ok(shared((StatusCode::NO_CONTENT, allowed).into_response(), &form.content, &headers))
}

/// Somebody began to fill it in.
async fn start(ctx: Ctx, Extension(desk): Extension<Desk>, Path(slug): Path<String>, body: Body) -> Result<Response> {
    if is_asking_too_much(&ctx, &desk) {
        return Err(Error::TooMany { retry_after_s: 60 });
    }
    let Some(form) = open(&ctx, &slug).await? else {
        return Err(Error::NotFound);
    };
    let bytes = to_bytes(body, 1_000).await.unwrap_or_default();
    let sent = pairs(std::str::from_utf8(&bytes).unwrap_or_default());
    desk.count(&ctx, form.id, find(&sent, "utm_source").unwrap_or_default(), What::Start);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Why a submission was not taken, as it is told. What only a machine would do is told as one thing, so that it learns nothing.
enum Refused {
    /// Once more, please.
    Again,
    TooMany,
    Fields(FieldErrors),
    NotHere,
}

/// A submission as it came in.
struct Sent {
    pairs: Vec<(String, String)>,
    is_json: bool,
}

/// Something is sent in, as a form or as JSON.
async fn take(ctx: Ctx, Extension(desk): Extension<Desk>, Path(slug): Path<String>, headers: HeaderMap, body: Body) -> Result<Response> {
    let kind = header_text(&headers, header::CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
    let is_json = kind.starts_with("application/json");
    let Some(form) = open(&ctx, &slug).await? else {
        return if is_json { Err(Error::NotFound) } else { closed(&ctx) };
    };
    if !is_json && !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Error::NotJson);
    }
    let refuse = |reason: WebFormRefusal| desk.count(&ctx, form.id, "", What::Refused(reason));
    let Ok(bytes) = to_bytes(body, MAX_BYTES).await else {
        refuse(WebFormRefusal::TooLarge);
        let response = Error::TooLarge(say!("En çok {} bayt olabilir.", "May have {} bytes at most.", MAX_BYTES)).into_response();
        return Ok(shared(response, &form.content, &headers));
    };
    let sent = match is_json {
        true => Sent {
            pairs: flat(&parse::<Map<String, Value>>(&bytes)?),
            is_json,
        },
        false => Sent {
            pairs: pairs(std::str::from_utf8(&bytes).unwrap_or_default()),
            is_json,
        },
    };
    let source = find(&sent.pairs, "_utm_source").unwrap_or_default();
    let outcome = receive(&ctx, &desk, &form, &headers, &sent).await?;
    if let Err((reason, _)) = &outcome {
        desk.count(&ctx, form.id, source, What::Refused(*reason));
    }
    let outcome = match outcome {
        Ok(taken) => Ok(taken),
        // It looks as if it had worked.
        Err((WebFormRefusal::Bait | WebFormRefusal::Repeated, _)) if !form.content.double_opt_in => Ok(Taken::Accepted),
        Err((WebFormRefusal::Bait | WebFormRefusal::Repeated | WebFormRefusal::Mail, _)) => Ok(Taken::Waiting),
        Err((_, refused)) => Err(refused),
    };
    let lang = lang_of(&ctx, &form.content, find(&sent.pairs, "_lang"));
    let response = match sent.is_json {
        true => answer_json(&form, lang, outcome),
        false => answer_page(&ctx, &desk, &form, lang, &sent, outcome).await?,
    };
    Ok(shared(response, &form.content, &headers))
}

/// JSON as inputs would give it.
fn flat(object: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    let mut pairs = Vec::new();
    for (name, value) in object.iter().take(200) {
        match value {
            Value::Array(items) => pairs.extend(items.iter().take(200).filter_map(|item| Some((name.clone(), text(item)?)))),
            value => pairs.extend(text(value).map(|text| (name.clone(), text))),
        }
    }
    pairs
}

/// Whether it was sent from the page of the form, from a site that may, or from no site at all.
fn is_allowed_origin(desk: &Desk, form: &Form, headers: &HeaderMap, sent: &Sent) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host = header_text(headers, header::HOST).unwrap_or_default();
    let is_own = origin == desk.public_url() || origin.split_once("://").is_some_and(|(_, theirs)| theirs == host);
    // A frame without an origin of its own shows our page all the same, if the policy lets it.
    is_own || form.content.allows(origin) || (origin == "null" && !sent.is_json)
}

type Outcome = std::result::Result<Taken, (WebFormRefusal, Refused)>;

/// All that stands between a submission and the desk, the cheapest first.
async fn receive(ctx: &Ctx, desk: &Desk, form: &Arc<Form>, headers: &HeaderMap, sent: &Sent) -> Result<Outcome> {
    let now_us = ctx.now_us();
    let limits = desk.limits();
    let text = |name: &str| find(&sent.pairs, name).unwrap_or_default();
    if !is_allowed_origin(desk, form, headers, sent) {
        return Ok(Err((WebFormRefusal::Origin, Refused::NotHere)));
    }
    if limits.note(Counted::Tries(guard::address_key(ctx.address)), now_us) > guard::TRIES_A_MINUTE {
        return Ok(Err((WebFormRefusal::Address, Refused::TooMany)));
    }
    if !text(BAIT).is_empty() {
        return Ok(Err((WebFormRefusal::Bait, Refused::Again)));
    }
    let pass = Pass::open(desk.key(ctx)?, text("_token"), now_us).filter(|pass| pass.form_id == form.id);
    let Some(pass) = pass else {
        return Ok(Err((WebFormRefusal::Token, Refused::Again)));
    };
    if !pass.is_worked(text("_work")) || pass.is_too_easy(bits_now(ctx, desk, form)) {
        return Ok(Err((WebFormRefusal::Work, Refused::Again)));
    }
    let Some(content) = version(ctx, form, pass.version).await? else {
        return Ok(Err((WebFormRefusal::Token, Refused::Again)));
    };
    if now_us - pass.issued_at_us < content.min_seconds * kernel::clock::SECOND_US {
        return Ok(Err((WebFormRefusal::TooFast, Refused::Again)));
    }
    // Only those who did the work count towards the limit: others must not be able to close a form.
    if limits.note(Counted::Taken(form.id), now_us) > form.content.limit_per_minute {
        return Ok(Err((WebFormRefusal::Flood, Refused::TooMany)));
    }
    let lang = lang_of(ctx, &content, find(&sent.pairs, "_lang"));
    let definitions = custom::definitions(ctx, LEAD.name).await?;
    let filled = match submission::read(&content, &definitions, &sent.pairs, lang) {
        Ok(filled) => filled,
        Err(errors) => return Ok(Err((WebFormRefusal::Invalid, Refused::Fields(errors)))),
    };
    if content.double_opt_in {
        let address = Counted::Mails(guard::text_key(filled.lead[Key::Email].text()));
        if limits.note(address, now_us) > guard::MAILS_A_DAY {
            return Ok(Err((WebFormRefusal::Mail, Refused::Again)));
        }
    }
    let user_agent = header_text(headers, header::USER_AGENT).unwrap_or_default();
    let arrived = Arrived {
        form: form.clone(),
        version: pass.version,
        content,
        filled,
        carried: submission::carried(&sent.pairs),
        address: ctx.address,
        user_agent: user_agent.chars().take(MAX_USER_AGENT_CHARS).collect(),
        at_us: now_us,
        nonce: pass.nonce,
    };
    match desk.take(ctx, arrived).await {
        Ok(Taken::Repeated) => Ok(Err((WebFormRefusal::Repeated, Refused::Again))),
        Ok(taken) => Ok(Ok(taken)),
        Err(Error::TooMany { .. }) => Ok(Err((WebFormRefusal::Flood, Refused::TooMany))),
        Err(error) => Err(error),
    }
}

/// What a version of a form asked; versions before the current one are seldom met, in pages that were open when it changed.
async fn version(ctx: &Ctx, form: &Form, version: i64) -> Result<Option<Arc<WebFormContent>>> {
    if version == form.version {
        return Ok(Some(Arc::new(form.content.0.clone())));
    }
    let query = Query::select()
        .column("content")
        .from(Alias::new("form_versions"))
        .and_where(Expr::col("form_id").eq(form.id))
        .and_where(Expr::col("version").eq(version))
        .to_owned();
    let found: Option<(kernel::json_text::JsonText<WebFormContent>,)> = ctx.db.opt(&query).await?;
    Ok(found.map(|(content,)| Arc::new(content.0)))
}

fn again() -> Say {
    say!(
        "Gönderilemedi. Bir an bekleyip yeniden gönderin.",
        "This could not be sent. Wait a moment and send it again."
    )
}

fn too_many() -> Say {
    say!(
        "Şu anda çok fazla gönderim var. Bir dakika sonra yeniden deneyin.",
        "Too much is being sent in just now. Try again in a minute."
    )
}

fn answer_json(form: &Form, lang: Lang, outcome: std::result::Result<Taken, Refused>) -> Response {
    let content = &form.content;
    match outcome {
        Ok(taken) => {
            let (_, message) = thanked(content, lang, taken == Taken::Waiting);
            let state = if taken == Taken::Waiting { "waiting" } else { "accepted" };
            let answer = json!({ "state": state, "message": message, "redirect_url": content.redirect_url });
            (StatusCode::CREATED, Json(answer)).into_response()
        }
        Err(Refused::Fields(errors)) => Error::Invalid(errors).into_response(),
        Err(Refused::TooMany) => Error::TooMany { retry_after_s: 60 }.into_response(),
        Err(Refused::NotHere) => {
            Error::Forbidden(say!("Bu form bu sitede kullanılamaz.", "This form cannot be used on this site.")).into_response()
        }
        Err(Refused::Again) => Error::Refused {
            code: "try_again",
            say: again(),
        }
        .into_response(),
    }
}

fn thanked(content: &WebFormContent, lang: Lang, is_waiting: bool) -> (&'static str, String) {
    if is_waiting {
        return (
            lang.pick("Bir adım kaldı", "One more step"),
            lang.pick(
                "Size bir e-posta gönderdik. İçindeki bağlantıyla onaylayın; gelmediyse istenmeyen postalara da bakın.",
                "We have sent you an e-mail. Confirm by the link in it; if it does not come, look among the junk, too.",
            )
            .to_owned(),
        );
    }
    let text = match lang.pick(&content.thanks_tr, &content.thanks_en).as_str() {
        "" => lang.pick("Bilgileriniz bize ulaştı.", "What you sent has reached us."),
        text => text,
    };
    (lang.pick("Teşekkürler", "Thank you"), text.to_owned())
}

async fn answer_page(
    ctx: &Ctx,
    desk: &Desk,
    form: &Form,
    lang: Lang,
    sent: &Sent,
    outcome: std::result::Result<Taken, Refused>,
) -> Result<Response> {
    let is_embedded = find(&sent.pairs, "_embed") == Some("1");
    let (status, errors, alert) = match outcome {
        Ok(taken) => return Ok(see_thanks(form, lang, is_embedded, taken == Taken::Waiting)),
        Err(Refused::NotHere) => {
            let title = lang.pick("Bu form bu sitede kullanılamaz", "This form cannot be used on this site");
            return said(Some(form), lang, is_embedded, StatusCode::FORBIDDEN, (title, ""), None);
        }
        Err(Refused::TooMany) => (StatusCode::TOO_MANY_REQUESTS, FieldErrors::default(), too_many()),
        Err(Refused::Again) => (StatusCode::FORBIDDEN, FieldErrors::default(), again()),
        Err(Refused::Fields(errors)) => {
            let alert = say!("Bazı alanlar düzeltilmeli.", "Some fields need another look.");
            (StatusCode::UNPROCESSABLE_ENTITY, errors, alert)
        }
    };
    // What was typed is there still.
    let mut typed = Typed::new();
    let is_theirs = |name: &str| {
        let own = form.content.fields.iter().any(|field| field.field == name);
        own || name.strip_prefix("consent.").is_some() || name.strip_prefix('_').is_some_and(|name| CARRIED.contains(&name))
    };
    for (name, value) in sent.pairs.iter().filter(|(name, _)| is_theirs(name)) {
        typed.entry(name.clone()).or_default().push(value.clone());
    }
    let shown = Shown {
        form,
        lang,
        is_embedded,
        other_lang: None,
    };
    shown.page(ctx, desk, status, typed, errors, Some(alert)).await
}

/// On to the thanks, so that nothing is sent twice by who looks at them again.
fn see_thanks(form: &Form, lang: Lang, is_embedded: bool, is_waiting: bool) -> Response {
    let redirect = &form.content.redirect_url;
    let onward = match redirect.is_empty() || is_embedded || is_waiting {
        false => redirect.clone(),
        true => {
            let flag = |is_it: bool, text: &'static str| if is_it { text } else { "" };
            let (embed, wait) = (flag(is_embedded, "&embed=1"), flag(is_waiting, "&wait=1"));
            format!("/f/{}/thanks?lang={}{embed}{wait}", form.slug, lang.tag())
        }
    };
    match HeaderValue::from_str(&onward) {
        Ok(onward) => (StatusCode::SEE_OTHER, [(header::LOCATION, onward)]).into_response(),
        Err(_) => StatusCode::NO_CONTENT.into_response(),
    }
}

/// A form by its address, whether it is open or not.
async fn known(ctx: &Ctx, slug: &str) -> Result<Option<Arc<Form>>> {
    Ok(super::all(ctx).await?.0.iter().find(|form| form.slug == slug).cloned())
}

async fn thanks(ctx: Ctx, Path(slug): Path<String>, uri: Uri) -> Result<Response> {
    let Some(form) = known(&ctx, &slug).await? else {
        return closed(&ctx);
    };
    let asked = pairs(uri.query().unwrap_or_default());
    let lang = lang_of(&ctx, &form.content, find(&asked, "lang"));
    let is_embedded = find(&asked, "embed") == Some("1");
    let is_waiting = find(&asked, "wait") == Some("1");
    let (title, text) = thanked(&form.content, lang, is_waiting);
    let onward = Some(form.content.redirect_url.as_str()).filter(|url| !url.is_empty() && !is_waiting);
    said(Some(&form), lang, is_embedded, StatusCode::OK, (title, &text), onward)
}

fn void(form: &Form, lang: Lang) -> Result<Response> {
    let title = lang.pick("Bağlantı geçersiz", "This link is not valid");
    let text = lang.pick(
        "Süresi dolmuş ya da eksik kopyalanmış olabilir. Formu yeniden doldurabilirsiniz.",
        "It may be too old, or copied in part. You can fill in the form again.",
    );
    said(Some(form), lang, false, StatusCode::NOT_FOUND, (title, text), None)
}

/// The page behind the link of a mail: nothing is confirmed by looking at it.
async fn ask_confirmation(ctx: Ctx, Extension(desk): Extension<Desk>, Path((slug, token)): Path<(String, String)>) -> Result<Response> {
    if is_asking_too_much(&ctx, &desk) {
        return Err(Error::TooMany { retry_after_s: 60 });
    }
    let Some(form) = known(&ctx, &slug).await? else {
        return closed(&ctx);
    };
    let (standing, lang) = confirmation::look(&ctx, &form, &token).await?;
    let lang = lang.unwrap_or_else(|| lang_of(&ctx, &form.content, None));
    match standing {
        Standing::Void => void(&form, lang),
        Standing::Confirmed => confirmed(&form, lang),
        Standing::Good => {
            let nonce = nonce()?;
            let frame = Frame {
                lang,
                slug: &form.slug,
                colour: &form.content.colour,
                is_embedded: false,
                nonce: Some(&nonce),
            };
            let title = lang.pick(&form.content.title_tr, &form.content.title_en);
            let text = lang.pick(
                "Bu formu siz doldurduysanız aşağıdaki düğmeyle onaylayın.",
                "If it was you who filled in this form, confirm it by the button below.",
            );
            let page = page::button(&frame, title, text, lang.pick("Onaylıyorum", "I confirm"));
            Ok(html(StatusCode::OK, page::policy(&nonce, &[], None), page))
        }
    }
}

fn confirmed(form: &Form, lang: Lang) -> Result<Response> {
    let (_, text) = thanked(&form.content, lang, false);
    let title = lang.pick("Onaylandı", "Confirmed");
    let onward = Some(form.content.redirect_url.as_str()).filter(|url| !url.is_empty());
    said(Some(form), lang, false, StatusCode::OK, (title, &text), onward)
}

/// Somebody said yes.
async fn confirm(ctx: Ctx, Extension(desk): Extension<Desk>, Path((slug, token)): Path<(String, String)>) -> Result<Response> {
    if is_asking_too_much(&ctx, &desk) {
        return Err(Error::TooMany { retry_after_s: 60 });
    }
    let Some(form) = known(&ctx, &slug).await? else {
        return closed(&ctx);
    };
    let (standing, lang) = confirmation::look(&ctx, &form, &token).await?;
    let lang = lang.unwrap_or_else(|| lang_of(&ctx, &form.content, None));
    if standing == Standing::Good {
        let standing = ctx
            .db
            .write(async |tx| {
                let (standing, counts) = confirmation::confirm(tx, &ctx, &form, &token, ctx.address).await?;
                let counts: Vec<(i64, &str, What)> = counts.iter().map(|(id, source, what)| (*id, source.as_str(), *what)).collect();
                desk.counts().add(tx, &ctx, &counts).await?;
                Ok(standing)
            })
            .await?;
        return match standing {
            Standing::Void => void(&form, lang),
            _ => confirmed(&form, lang),
        };
    }
    match standing {
        Standing::Confirmed => confirmed(&form, lang),
        _ => void(&form, lang),
    }
}
