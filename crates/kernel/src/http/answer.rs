//! Answers: JSON that is ready as text, problems in the caller's language, and POSTs that are done once however often they come.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::Serialize;
use serde_json::{Value, json};

use super::gate::accepted_language;
use crate::actor::Via;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Lang, Result};
use crate::ids::OperationId;
use crate::page::Page;
use crate::say;

/// A JSON answer whose body is already text.
#[derive(Clone, Debug)]
pub struct Reply {
    status: StatusCode,
    body: String,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    pub fn ok(value: &impl Serialize) -> Result<Reply> {
        Ok(Reply::text(StatusCode::OK, serde_json::to_string(value)?))
    }

    /// 201, with the path of what was made.
    pub fn created(location: impl Into<String>, value: &impl Serialize) -> Result<Reply> {
        Ok(Reply::text(StatusCode::CREATED, serde_json::to_string(value)?).header("location", location))
    }

    pub fn text(status: StatusCode, body: String) -> Reply {
        Reply {
            status,
            body,
            headers: Vec::new(),
        }
    }

    pub fn no_content() -> Reply {
        Reply::text(StatusCode::NO_CONTENT, String::new())
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }

    /// Names the operation by which this change can be undone.
    pub fn operation(self, id: OperationId) -> Reply {
        self.header("x-operation-id", id.to_string())
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], self.body).into_response();
        if self.status == StatusCode::NO_CONTENT {
            response.headers_mut().remove(header::CONTENT_TYPE);
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// A list answer. `path` is what `next` and `previous` point at, with the caller's own filters in `query`.
pub struct List<'a> {
    pub page: Page,
    pub count: i64,
    pub count_is_capped: bool,
    pub path: &'a str,
    pub query: &'a [(String, String)],
}

impl List<'_> {
    pub fn reply(self) -> Reply {
        Reply::text(StatusCode::OK, self.text())
    }

    /// The list as JSON, for an answer it is a part of.
    pub fn text(self) -> String {
        let link = |cursor: &Option<String>| match cursor {
            None => "null".to_owned(),
            Some(cursor) => {
                let mut query = form_urlencoded::Serializer::new(String::new());
                query.extend_pairs(self.query.iter().filter(|(name, _)| name != "cursor" && name != "page"));
                query.append_pair("cursor", cursor);
                Value::String(format!("{}?{}", self.path, query.finish())).to_string()
            }
        };
        let bytes: usize = self.page.rows.iter().map(|row| row.len() + 1).sum();
        let mut body = String::with_capacity(bytes + 512);
        body.push_str(&format!(r#"{{"count":{},"count_is_capped":{},"#, self.count, self.count_is_capped));
        body.push_str(&format!(
            r#""next":{},"previous":{},"results":["#,
            link(&self.page.next),
            link(&self.page.previous)
        ));
        for (index, row) in self.page.rows.iter().enumerate() {
            if index > 0 {
                body.push(',');
            }
            body.push_str(row);
        }
        body.push_str("]}");
        body
    }
}

impl Ctx {
    /// Runs a change in a transaction. With an `Idempotency-Key` its answer is kept in the same transaction, and given again when the same
    /// request comes again.
    pub async fn write(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<Reply>) -> Result<Reply> {
        self.db
            .write(async |tx| {
                if let Some(answer) = self.remembered(tx).await? {
                    return Ok(answer);
                }
                let reply = work(tx).await?;
                self.remember(tx, &reply).await?;
                Ok(reply)
            })
            .await
    }

    /// Keys of one caller never meet those of another.
    fn idempotency_owner(&self) -> String {
        match &self.actor.via {
            Via::Session { .. } | Via::Token { .. } => self.actor.user_id.map(|id| format!("user:{id}")).unwrap_or_default(),
            Via::System => "system".into(),
            Via::Nobody => "nobody".into(),
        }
    }

    async fn remembered(&self, tx: &mut Tx) -> Result<Option<Reply>> {
        let Some(idempotency) = &self.idempotency else { return Ok(None) };
        let claim = Query::insert()
            .into_table("idempotency_keys")
            .columns(["owner", "key", "request_hash", "status", "body", "headers", "at"])
            .values_panic([
                self.idempotency_owner().into(),
                idempotency.key.as_str().into(),
                idempotency.request_hash.as_str().into(),
                0.into(),
                "".into(),
                "[]".into(),
                self.now_us().into(),
            ])
            .on_conflict(sea_query::OnConflict::columns(["owner", "key"]).do_nothing().to_owned())
            .to_owned();
        // Another request with this key that is still running is waited for here.
        if tx.exec(&claim).await? == 1 {
            return Ok(None);
        }
        let found = Query::select()
            .columns(["request_hash", "status", "body", "headers"])
            .from(Alias::new("idempotency_keys"))
            .and_where(Expr::col("owner").eq(self.idempotency_owner()))
            .and_where(Expr::col("key").eq(idempotency.key.as_str()))
            .to_owned();
        let (request_hash, status, body, headers): (String, i64, String, String) = tx.one(&found).await?;
        if request_hash != idempotency.request_hash {
            return Err(Error::Conflict(say!(
                "Bu Idempotency-Key başka bir istekle kullanılmış; yeni bir anahtar verin.",
                "This Idempotency-Key was used with another request; take a new one."
            )));
        }
        let status = StatusCode::from_u16(status as u16).map_err(|_| Error::internal("an answer without a status"))?;
        let mut reply = Reply::text(status, body).header("idempotent-replay", "true");
        for (name, value) in serde_json::from_str::<Vec<(String, String)>>(&headers)? {
            if let Some(name) = ["location", "etag", "x-operation-id"].into_iter().find(|known| *known == name) {
                reply = reply.header(name, value);
            }
        }
        Ok(Some(reply))
    }

    async fn remember(&self, tx: &mut Tx, reply: &Reply) -> Result<()> {
        let Some(idempotency) = &self.idempotency else { return Ok(()) };
        let kept = Query::update()
            .table("idempotency_keys")
            .value("status", i64::from(reply.status.as_u16()))
            .value("body", reply.body.as_str())
            .value("headers", serde_json::to_string(&reply.headers)?)
            .and_where(Expr::col("owner").eq(self.idempotency_owner()))
            .and_where(Expr::col("key").eq(idempotency.key.as_str()))
            .to_owned();
        tx.exec(&kept).await?;
        Ok(())
    }
}

/// Carries an error from the handler to [`answer_problems`], which knows the language.
#[derive(Clone)]
struct Failed(Arc<Error>);

impl Error {
    pub fn status(&self) -> StatusCode {
        match self {
            Error::BadRequest(_) => StatusCode::BAD_REQUEST,
            Error::Unauthenticated | Error::WrongCredentials => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) | Error::Refused { .. } => StatusCode::FORBIDDEN,
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Error::Conflict(_) | Error::Clash(_) => StatusCode::CONFLICT,
            Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Error::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Internal(_) | Error::Database(_) | Error::Json(_) | Error::Io(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::BadRequest(_) => "bad_request",
            Error::Unauthenticated => "not_signed_in",
            Error::WrongCredentials => "wrong_credentials",
            Error::Forbidden(_) => "forbidden",
            Error::Refused { code, .. } => code,
            Error::NotFound => "not_found",
            Error::MethodNotAllowed => "method_not_allowed",
            Error::Conflict(_) => "conflict",
            Error::Clash(_) => "edit_conflict",
            Error::TooLarge(_) => "too_large",
            Error::NotJson => "not_json",
            Error::Invalid(_) => "invalid",
            Error::TooMany { .. } => "too_many_requests",
            Error::Internal(_) | Error::Database(_) | Error::Json(_) | Error::Io(_) => "internal",
        }
    }

    /// A sentence for people.
    pub fn detail(&self, lang: Lang) -> String {
        let fixed = |tr: &str, en: &str| lang.pick(tr, en).to_owned();
        match self {
            Error::BadRequest(say) | Error::Forbidden(say) | Error::Conflict(say) | Error::TooLarge(say) => say.get(lang).to_owned(),
            Error::Refused { say, .. } => say.get(lang).to_owned(),
            Error::Unauthenticated => fixed("Önce oturum açın.", "Sign in first."),
            Error::WrongCredentials => fixed("E-posta ya da parola yanlış.", "The e-mail or the password is wrong."),
            Error::NotFound => fixed(
                "Kayıt yok ya da size görünmüyor.",
                "The record is not there, or not visible to you.",
            ),
            Error::MethodNotAllowed => fixed("Bu adreste bu yöntem yok.", "There is no such method at this address."),
            Error::NotJson => fixed(
                "Gövde JSON olmalı ve başlığı bunu söylemeli: Content-Type: application/json.",
                "The body must be JSON, and the header must say so: Content-Type: application/json.",
            ),
            Error::Clash(_) => fixed(
                "Siz düzenlerken başkası aynı alanları değiştirdi.",
                "Somebody changed the same fields while you were editing.",
            ),
            Error::Invalid(_) => fixed("Bazı alanlar hatalı.", "Some fields are wrong."),
            Error::TooMany { retry_after_s } => lang.pick(
                format!("Çok sık denendi; {retry_after_s} saniye bekleyin."),
                format!("Too many attempts; wait {retry_after_s} seconds."),
            ),
            _ => fixed(
                "Beklenmeyen bir hata oluştu; istek numarasıyla bildirin.",
                "Something went wrong here; report it with the request id.",
            ),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Failed(Arc::new(self)));
        response
    }
}

/// The outermost layer but one: writes the problem document of a failed request.
pub async fn answer_problems(request: Request, next: Next) -> Response {
    let asked = accepted_language(request.headers());
    let request_id = request
        .extensions()
        .get::<super::gate::Envelope>()
        .map(|envelope| envelope.request_id.clone())
        .unwrap_or("".into());
    let mut response = next.run(request).await;
    let Some(Failed(error)) = response.extensions_mut().remove::<Failed>() else {
        return response;
    };
    let lang = response.extensions().get::<Lang>().copied().or(asked).unwrap_or_default();
    let status = error.status();
    if status.is_server_error() {
        tracing::error!(request.id = %request_id, %error, "request failed");
    }
    let mut problem = json!({
        "type": format!("about:blank#{}", error.code()),
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "code": error.code(),
        "detail": error.detail(lang),
        "request_id": &*request_id,
    });
    match &*error {
        Error::Invalid(fields) => problem["errors"] = json!(fields.in_language(lang)),
        Error::Clash(fields) => problem["conflicts"] = json!(fields),
        Error::TooMany { retry_after_s } => {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(*retry_after_s));
        }
        _ => {}
    }
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = Body::from(problem.to_string());
    response
}

/// The document of a problem, for OpenAPI.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Problem {
    pub r#type: String,
    pub title: String,
    pub status: u16,
    /// A word for programs: `invalid`, `not_found`, …
    pub code: String,
    /// A sentence in the caller's language.
    pub detail: String,
    pub request_id: String,
    /// 422: what is wrong, by field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<std::collections::BTreeMap<String, Vec<String>>>,
    /// 409: fields somebody else changed meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub conflicts: Option<Value>,
}
