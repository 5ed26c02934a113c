//! Stories through the routes, on a database of their own.

mod accounts;
mod rights;
mod sign_in;
mod tokens;

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use axum::middleware::from_fn;
use axum::{Extension, Router};
use http_body_util::BodyExt as _;
use kernel::actor::Permission;
use kernel::clock::{Clock, DAY_US, MINUTE_US, SECOND_US};
use kernel::ctx::{Ctx, Organisation};
use kernel::db::{Db, Synchronous};
use kernel::http::answer::answer_problems;
use kernel::http::gate::Envelope;
use kernel::http::{App, Route};
use sea_query::{Alias, Query};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{Identity, Settings, module, password, setup, teams, users};

const START_US: i64 = 1_790_000_000 * SECOND_US;
const PASSWORD: &str = "çay bahçesi 7";
const CUSTOMER_READ: Permission = Permission::scoped("customer", "read");
const CUSTOMER_WRITE: Permission = Permission::scoped("customer", "write");

struct Place {
    router: Router,
    table: Vec<Route>,
    identity: Identity,
    clock: Clock,
    ctx: Ctx,
    _dir: tempfile::TempDir,
}

/// A browser or a program.
#[derive(Clone, Default)]
struct Caller {
    cookie: Option<String>,
    csrf: Option<String>,
    bearer: Option<String>,
    key: Option<&'static str>,
    address: [u8; 4],
}

struct Answer {
    status: StatusCode,
    body: Value,
    headers: axum::http::HeaderMap,
}

impl Answer {
    fn id(&self) -> i64 {
        self.body["id"].as_i64().unwrap_or_else(|| panic!("no id in {}", self.body))
    }

    #[track_caller]
    fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }
}

impl Place {
    async fn new() -> Place {
        Place::at("http://localhost:8080").await
    }

    async fn at(public_url: &str) -> Place {
        let dir = tempfile::tempdir().unwrap();
        let db = match std::env::var("CRM_TEST_POSTGRES") {
            Ok(url) => Db::postgres(&new_database(&url).await).await.unwrap(),
            Err(_) => Db::sqlite(&dir.path().join("t.db"), Synchronous::Normal).await.unwrap(),
        };
        let clock = Clock::at(START_US);
        migrations::run(&db, &clock).await.unwrap();
        let identity = Identity::new(
            db.clone(),
            clock.clone(),
            Settings {
                public_url: public_url.into(),
                ..Settings::default()
            },
        );
        identity.know([CUSTOMER_READ, CUSTOMER_WRITE, Permission::global("tag", "manage")]);
        let data_dir: Arc<Path> = dir.path().into();
        let app = App {
            db: db.clone(),
            clock: clock.clone(),
            gate: identity.gate(),
            reverts: Arc::default(),
            data_dir,
            mail: None,
        };
        let document = utoipa::openapi::OpenApiBuilder::new().build();
        let (router, _, table) = module(&identity).routes.into_parts("/api/v1/crm", document);
        let router = router
            .with_state(app.clone())
            .layer(from_fn(answer_problems))
            .layer(Extension(Envelope {
                app: app.clone(),
                request_id: "r".into(),
            }));
        let ctx = Ctx::system(&app, Arc::new(Organisation::default()));
        Place {
            router,
            table,
            identity,
            clock,
            ctx,
            _dir: dir,
        }
    }

    async fn call(&self, caller: &Caller, method: &str, path: &str, body: Value) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1/crm{path}"))
            .header(header::ACCEPT_LANGUAGE, "en");
        if let Some(cookie) = &caller.cookie {
            request = request.header(header::COOKIE, format!("crm_session={cookie}"));
        }
        if let Some(csrf) = &caller.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        if let Some(bearer) = &caller.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        }
        if let Some(key) = caller.key {
            request = request.header("idempotency-key", key);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        };
        let mut request = request.body(body).unwrap();
        request
            .extensions_mut()
            .insert(ConnectInfo(std::net::SocketAddr::from((caller.address, 4711))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Answer {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        }
    }

    async fn get(&self, caller: &Caller, path: &str) -> Answer {
        self.call(caller, "GET", path, Value::Null).await
    }

    /// Set up over HTTP: the administrator, signed in.
    async fn set_up(&self) -> Caller {
        let token = setup::ensure_link(&self.ctx).await.unwrap().expect("no user yet");
        let answer = self
            .call(&Caller::default(), "POST", "/setup/", set_up_form(&token))
            .await
            .expect(200);
        signed_in(&answer)
    }

    async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.call(
            &Caller::default(),
            "POST",
            "/session/",
            json!({"email": email, "password": password}),
        )
        .await
    }

    /// A user with one role, signed in.
    async fn user(&self, administrator: &Caller, email: &str, role: &str) -> (i64, Caller) {
        let role = self.role(administrator, role).await;
        let form = json!({"email": email, "name": "Deniz Şahin", "password": PASSWORD, "role_ids": [role]});
        let id = self.call(administrator, "POST", "/users/", form).await.expect(201).id();
        (id, signed_in(&self.sign_in(email, PASSWORD).await.expect(200)))
    }

    async fn role(&self, caller: &Caller, code: &str) -> i64 {
        let roles = self.get(caller, "/roles/").await.expect(200).body;
        let found = roles["results"]
            .as_array()
            .unwrap()
            .iter()
            .find(|role| role["code"] == code)
            .unwrap_or_else(|| panic!("no {code}"));
        found["id"].as_i64().unwrap()
    }

    async fn kinds_of_events(&self) -> Vec<String> {
        let written = Query::select()
            .columns(["kind", "payload", "changes"])
            .from(Alias::new("events"))
            .order_by("id", sea_query::Order::Asc)
            .to_owned();
        let events: Vec<(String, String, String)> = self.ctx.db.all(&written).await.unwrap();
        let everything = format!("{events:?}");
        for secret in ["argon2", PASSWORD, "token_hash"] {
            assert!(!everything.contains(secret), "{secret} stands in the events");
        }
        events.into_iter().map(|(kind, ..)| kind).collect()
    }
}

/// An empty database of its own in the cluster that `scripts/with-postgres` has started.
async fn new_database(url: &str) -> String {
    use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
    let name = format!(
        "identity_{}",
        crate::secrets::create("").unwrap()[..12].replace(['-', '_'], "x").to_lowercase()
    );
    let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
    let mut connection = options.connect().await.unwrap();
    connection
        .execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .await
        .unwrap();
    connection.close().await.unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

fn set_up_form(token: &str) -> Value {
    json!({"token": token, "organisation": "Işık Ticaret", "email": "Ayse@Isik.com.tr ", "name": "Ayşe Işık", "password": PASSWORD, "locale": "tr"})
}

fn signed_in(answer: &Answer) -> Caller {
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    let token = cookie.strip_prefix("crm_session=").unwrap().split(';').next().unwrap();
    let csrf = answer.body["csrf_token"].as_str().unwrap();
    Caller {
        cookie: Some(token.to_owned()),
        csrf: Some(csrf.to_owned()),
        ..Caller::default()
    }
}
