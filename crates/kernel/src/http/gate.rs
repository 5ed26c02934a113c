//! The gate every request passes: who is it, in which language, may they call this route. It hands the [`Ctx`] to the handler.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::{Extensions, HeaderMap, Method, header, request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};

use super::routes::Access;
use crate::actor::{Actor, Via};
use crate::clock::Clock;
use crate::ctx::{Ctx, Idempotency, Organisation, forbidden};
use crate::db::Db;
use crate::error::{Error, Lang, Result, invalid};
use crate::mail;
use crate::operations::Reverts;
use crate::say;

/// Bytes of a JSON body.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// What the running server holds; the state of every handler.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub gate: Arc<dyn Gate>,
    pub reverts: Arc<Reverts>,
    pub data_dir: Arc<Path>,
    /// By which server mails go out; none where none is set up.
    pub mail: Option<Arc<mail::Server>>,
}

/// Knows who is who. The identity context implements it.
pub trait Gate: Send + Sync {
    /// Reads cookie or token. Fails when they are given but wrong; nobody is not an error.
    fn admit<'a>(&'a self, headers: &'a HeaderMap, method: &'a Method) -> BoxFuture<'a, Result<Admission>>;

    /// Which address a request comes from, as far as it is known.
    fn address(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr>;
}

/// Who it is, and for which organisation.
#[derive(Clone)]
pub struct Admission {
    pub actor: Arc<Actor>,
    pub org: Arc<Organisation>,
    /// Why the caller may do nothing but what puts it right ([`Access::Unready`]); none for nearly everybody.
    pub unready: Option<fn() -> Error>,
}

/// What the outermost layer gives every request.
#[derive(Clone)]
pub struct Envelope {
    pub app: App,
    pub request_id: Arc<str>,
}

/// The language a request asks for by its header.
pub fn accepted_language(headers: &HeaderMap) -> Option<Lang> {
    headers
        .get(header::ACCEPT_LANGUAGE)?
        .to_str()
        .ok()?
        .split(',')
        .find_map(Lang::parse)
}

/// Admits, checks the permission, and calls the handler with a [`Ctx`].
pub async fn guard(access: Access, request: Request, next: Next) -> Response {
    match admitted(access, request).await {
        Ok((request, ctx)) => {
            let lang = ctx.lang;
            let changes = !only_asks(&request);
            let mut response = if changes {
                // A caller that hangs up must not stop a change half way.
                tokio::spawn(next.run(request))
                    .await
                    .unwrap_or_else(|panic| Error::internal(panic.to_string()).into_response())
            } else {
                next.run(request).await
            };
            response.extensions_mut().insert(lang);
            // For who looks at what leaves.
            response.extensions_mut().insert(ctx);
            response
        }
        Err(error) => error.into_response(),
    }
}

async fn admitted(access: Access, mut request: Request) -> Result<(Request, Ctx)> {
    let envelope = request
        .extensions()
        .get::<Envelope>()
        .cloned()
        .ok_or(Error::internal("no envelope"))?;
    let admission = envelope.app.gate.admit(request.headers(), request.method()).await?;
    let lang = admission
        .actor
        .lang
        .or(accepted_language(request.headers()))
        .unwrap_or(admission.org.lang);
    match access {
        Access::Public => {}
        _ if admission.actor.via == Via::Nobody => return Err(Error::Unauthenticated),
        Access::Unready => {}
        _ if let Some(why) = admission.unready => return Err(why()),
        Access::SignedIn => {}
        Access::Needs(permission) if admission.actor.may(permission) => {}
        Access::Needs(permission) => return Err(forbidden(permission)),
    }
    if admission.actor.viewed_by.is_some() && changes_something(&request) {
        return Err(Error::Forbidden(say!(
            "Başkasının gözünden bakarken hiçbir şey değiştirilemez. Önce kendi görünümünüze dönün.",
            "Nothing can be changed while you look at the product as somebody else. Go back to your own view first."
        )));
    }
    let idempotency;
    (request, idempotency) = idempotency_of(request).await?;
    let address = envelope.app.gate.address(request.headers(), request.extensions());
    let ctx = Ctx {
        db: envelope.app.db.on_behalf_of(|| admission.actor.via.name()),
        clock: envelope.app.clock,
        actor: admission.actor,
        org: admission.org,
        lang,
        request_id: envelope.request_id,
        address,
        data_dir: envelope.app.data_dir,
        reverts: envelope.app.reverts,
        mail: envelope.app.mail,
        idempotency,
    };
    request.extensions_mut().insert(ctx.clone());
    Ok((request, ctx))
}

/// Whether a request may change anything but the view itself.
fn changes_something(request: &Request) -> bool {
    let path = request.uri().path().trim_end_matches('/');
    let ends_view = *request.method() == Method::DELETE && path.ends_with("/me/view-as");
    // An open page of who looks as somebody else is answered, and not noted down.
    let is_here = *request.method() == Method::POST && path.ends_with("/here");
    !only_asks(request) && !ends_view && !is_here
}

/// Whether a request only asks, with a body if need be.
fn only_asks(request: &Request) -> bool {
    let path = request.uri().path().trim_end_matches('/');
    let asks = ["/search", "/customers/totals", "/customers/criteria"];
    match *request.method() {
        Method::GET | Method::HEAD => true,
        Method::POST => asks.iter().any(|end| path.ends_with(end)),
        _ => false,
    }
}

async fn idempotency_of(request: Request) -> Result<(Request, Option<Arc<Idempotency>>)> {
    if *request.method() != Method::POST {
        return Ok((request, None));
    }
    let Some(key) = request.headers().get("idempotency-key") else {
        return Ok((request, None));
    };
    let key = key
        .to_str()
        .ok()
        .filter(|key| !key.is_empty() && key.len() <= 200 && key.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()))
        .map(str::to_owned)
        .ok_or_else(|| {
            invalid(
                "Idempotency-Key",
                say!(
                    "1 ile 200 arasında görünür ASCII karakter olmalı.",
                    "Must be 1 to 200 visible ASCII characters."
                ),
            )
        })?;
    let (parts, body) = request.into_parts();
    let mut hash = Sha256::new();
    // The caller's own secret goes in first: a body may hold a password, which its bare hash would give away to whoever reads the table.
    for secret in [header::AUTHORIZATION, header::COOKIE] {
        hash.update(parts.headers.get(secret).map_or(&[][..], |value| value.as_bytes()));
    }
    hash.update(parts.uri.to_string());
    let is_upload = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    let body = if is_upload {
        // Files are not held in memory; the key alone must tell them apart.
        body
    } else {
        let bytes = axum::body::to_bytes(body, MAX_BODY_BYTES)
            .await
            .map_err(|_| super::extract::too_large())?;
        hash.update(&bytes);
        Body::from(bytes)
    };
    let idempotency = Idempotency {
        key,
        request_hash: format!("{:x}", hash.finalize()),
    };
    Ok((Request::from_parts(parts, body), Some(Arc::new(idempotency))))
}

impl<S: Send + Sync> FromRequestParts<S> for Ctx {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut request::Parts, _: &S) -> Result<Ctx> {
        parts
            .extensions
            .get::<Ctx>()
            .cloned()
            .ok_or(Error::internal("a route without a guard"))
    }
}
