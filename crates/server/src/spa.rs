//! The web application, embedded in the binary.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Files;

/// Answers with the file of this path, or with the application itself, whose router knows the path.
pub fn serve(path: &str) -> Response {
    let path = path.trim_start_matches('/');
    match Files::get(path) {
        Some(file) if path.starts_with("assets/") => answer(file, "public, max-age=31536000, immutable"),
        Some(file) => answer(file, "no-cache"),
        // A missing file is missing; a path without an ending is a page.
        None if path.rsplit('/').next().is_some_and(|name| name.contains('.')) => StatusCode::NOT_FOUND.into_response(),
        None => match Files::get("index.html").or_else(|| Files::get("placeholder.html")) {
            Some(page) => answer(page, "no-cache"),
            None => (StatusCode::NOT_FOUND, "the web application is not in this build").into_response(),
        },
    }
}

fn answer(file: EmbeddedFile, cache: &'static str) -> Response {
    let kind = file.metadata.mimetype().to_owned();
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache.to_owned())],
        Body::from(file.data.into_owned()),
    )
        .into_response()
}
