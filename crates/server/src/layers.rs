//! What surrounds every request, from the outside in: the trailing slash, compression, security headers, the request's number and measure,
//! problems in the caller's language, panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use kernel::ctx::Ctx;
use kernel::error::Error;
use kernel::http::App;
use kernel::http::answer::answer_problems;
use kernel::http::gate::Envelope;
use tower::Layer;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// Scripts come from here and nowhere else; the components set styles from script, which is what `unsafe-inline` is for.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; \
                                       connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'";

/// Puts the layers around the routes. What no route takes is a problem under `/api`, and the web application elsewhere.
pub fn around(routes: Router, app: App) -> Router {
    let fixed = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    let inner = routes
        .fallback(elsewhere)
        .method_not_allowed_fallback(|| async { Error::MethodNotAllowed })
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Error::internal("a handler panicked").into_response()
        }))
        .layer(from_fn(note_disclosures))
        .layer(from_fn(answer_problems))
        .layer(from_fn_with_state(Numbering::new(app), number_and_measure))
        .layer(DefaultBodyLimit::disable())
        .layer(fixed("content-security-policy", CONTENT_SECURITY_POLICY))
        .layer(fixed("x-content-type-options", "nosniff"))
        .layer(fixed("referrer-policy", "same-origin"))
        .layer(CompressionLayer::new());
    // A path is changed before it is routed, so this stands outside the router.
    Router::new().fallback_service(MapRequestLayer::new(with_trailing_slash).layer(inner))
}

async fn elsewhere(request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        Error::NotFound.into_response()
    } else {
        crate::spa::serve(request.uri().path())
    }
}

/// Paths of the API end in a slash; without it they work too.
fn with_trailing_slash(mut request: Request) -> Request {
    let path = request.uri().path();
    let lacks = path.starts_with("/api/") && !path.ends_with('/') && !path.ends_with(".json");
    if lacks {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        if let Ok(uri) = format!("{path}/{query}").parse::<Uri>() {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// Writes down which identity numbers an answer shows, before it leaves. Answers in JSON are whole texts; what streams is no JSON. To whoever
/// sees no numbers none are shown.
async fn note_disclosures(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/json");
    let shows = |ctx: &Ctx| is_json && ctx.actor.may(customers::permissions::SEE_IDENTITY);
    let Some(ctx) = response.extensions_mut().remove::<Ctx>().filter(shows) else {
        return response;
    };
    let (parts, body) = response.into_parts();
    let noted = match to_bytes(body, usize::MAX).await {
        Ok(answer) => customers::disclosures::note(&ctx, &answer).await.map(|()| answer),
        Err(error) => Err(Error::internal(error.to_string())),
    };
    match noted {
        Ok(answer) => Response::from_parts(parts, Body::from(answer)),
        Err(error) => error.into_response(),
    }
}

#[derive(Clone)]
struct Numbering {
    app: App,
    /// Tells the numbers of one process from those of another.
    start: u64,
    next: Arc<AtomicU64>,
}

impl Numbering {
    fn new(app: App) -> Numbering {
        let start = app.clock.now_us() as u64 & 0xffff_ffff;
        Numbering {
            app,
            start,
            next: Arc::default(),
        }
    }
}

async fn number_and_measure(State(numbering): State<Numbering>, mut request: Request, next: Next) -> Response {
    let number = numbering.next.fetch_add(1, Ordering::Relaxed);
    let request_id: Arc<str> = format!("{:x}-{number:x}", numbering.start).into();
    request.extensions_mut().insert(Envelope {
        app: numbering.app,
        request_id: request_id.clone(),
    });
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().clone();
    let begun = Instant::now();
    let mut response = next.run(request).await;
    let took = begun.elapsed();
    // Only known routes are measured: a scanner must not make a metric of every path it tries.
    if let Some(route) = route {
        crate::metrics::request(method.as_str(), &route, response.status().as_u16(), took);
        tracing::debug!(request.id = %request_id, %method, route, status = response.status().as_u16(), took_us = took.as_micros() as u64, "request");
    }
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
