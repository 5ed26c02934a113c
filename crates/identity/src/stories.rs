//! Stories through the routes, on a database of their own.

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

#[tokio::test]
async fn the_first_start_is_set_up_once_by_its_link() {
    let place = Place::at("https://crm.isik.com.tr").await;
    let nobody = Caller::default();
    assert_eq!(place.get(&nobody, "/setup/").await.expect(200).body, json!({"needed": true}));
    let first = setup::ensure_link(&place.ctx).await.unwrap().unwrap();
    let second = setup::ensure_link(&place.ctx).await.unwrap().unwrap();
    place.call(&nobody, "POST", "/setup/", set_up_form(&first)).await.expect(403);
    let mut weak = set_up_form(&second);
    weak["password"] = json!("1234567890");
    assert!(place.call(&nobody, "POST", "/setup/", weak).await.expect(422).body["errors"]["password"][0].is_string());
    let mut nameless = set_up_form(&second);
    nameless["organisation"] = json!("");
    assert!(place.call(&nobody, "POST", "/setup/", nameless).await.expect(422).body["errors"]["organisation"][0].is_string());

    let answer = place.call(&nobody, "POST", "/setup/", set_up_form(&second)).await.expect(200);
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("; Secure"),
        "{cookie}"
    );
    let administrator = signed_in(&answer);
    assert_eq!(answer.body["email"], "ayse@isik.com.tr");
    assert_eq!(answer.body["roles"], json!(["administrator"]));
    assert_eq!(answer.body["permissions"]["customer.read"], "all");
    assert_eq!(
        answer.body["organisation"],
        json!({"name": "Işık Ticaret", "time_zone": "Europe/Istanbul", "currency": "TRY", "locale": "tr"})
    );
    assert_eq!(place.get(&administrator, "/me/").await.expect(200).body, answer.body);

    assert_eq!(place.get(&nobody, "/setup/").await.body, json!({"needed": false}));
    place.call(&nobody, "POST", "/setup/", set_up_form(&second)).await.expect(409);
    assert_eq!(setup::ensure_link(&place.ctx).await.unwrap(), None);
    let roles = place.get(&administrator, "/roles/").await.body;
    let codes: Vec<_> = roles["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        codes,
        ["administrator", "manager", "sales_rep", "marketer", "service_agent", "read_only"]
    );
    assert_eq!(roles["results"][1]["name"], "Ekip yöneticisi");
    let kinds = place.kinds_of_events().await;
    assert!(
        ["organisation.updated", "role.created", "user.created", "session.created"]
            .iter()
            .all(|kind| kinds.iter().any(|k| k == kind)),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn signing_in_and_out() {
    let place = Place::new().await;
    place.set_up().await;
    let wrong = place.sign_in("ayse@isik.com.tr", "yanlış parola").await.expect(401);
    let unknown = place.sign_in("kimse@isik.com.tr", "yanlış parola").await.expect(401);
    assert_eq!(wrong.body, unknown.body, "the two are told the same");
    assert_eq!(wrong.body["code"], "wrong_credentials");
    place.sign_in("not an address", "x").await.expect(401);

    let answer = place.sign_in(" AYSE@isik.com.tr", PASSWORD).await.expect(200);
    assert!(
        !answer.headers[header::SET_COOKIE].to_str().unwrap().contains("Secure"),
        "no TLS here"
    );
    let ayse = signed_in(&answer);
    let sessions = place.get(&ayse, "/me/sessions/").await.expect(200).body;
    assert_eq!(sessions["count"], 2);
    assert_eq!(
        sessions["results"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|session| session["is_current"] == true)
            .count(),
        1
    );

    place.call(&ayse, "DELETE", "/session/", Value::Null).await.expect(204);
    place.get(&ayse, "/me/").await.expect(401);
    assert_eq!(
        place.get(&ayse, "/setup/").await.expect(200).body["needed"],
        false,
        "an old cookie is simply nobody"
    );
}

#[tokio::test]
async fn five_failures_lock_the_account_for_a_while_even_for_the_right_password() {
    let place = Place::new().await;
    place.set_up().await;
    for _ in 0..5 {
        place.sign_in("ayse@isik.com.tr", "yanlış parola").await.expect(401);
    }
    let locked = place.sign_in("ayse@isik.com.tr", PASSWORD).await.expect(429);
    assert_eq!(locked.headers[header::RETRY_AFTER], "30");
    place.clock.advance(31 * SECOND_US);
    place.sign_in("ayse@isik.com.tr", PASSWORD).await.expect(200);
    place.sign_in("ayse@isik.com.tr", "yanlış parola").await.expect(401);
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_is_turned_away() {
    let place = Place::new().await;
    place.set_up().await;
    for _ in 0..50 {
        place.sign_in("no address", "x").await.expect(401);
    }
    place.sign_in("ayse@isik.com.tr", PASSWORD).await.expect(429);
    let elsewhere = Caller {
        address: [10, 0, 0, 7],
        ..Caller::default()
    };
    place
        .call(
            &elsewhere,
            "POST",
            "/session/",
            json!({"email": "ayse@isik.com.tr", "password": PASSWORD}),
        )
        .await
        .expect(200);
}

#[tokio::test]
async fn a_browser_proves_that_a_change_comes_from_our_page() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    for csrf in [None, Some("wrong".to_owned()), Some(String::new())] {
        let forged = Caller { csrf, ..ayse.clone() };
        let refused = place.call(&forged, "PATCH", "/me/", json!({"theme": "dark"})).await.expect(403);
        assert!(refused.body["detail"].as_str().unwrap().contains("X-CSRF-Token"));
        place.get(&forged, "/me/").await.expect(200);
    }
    let changed = place
        .call(&ayse, "PATCH", "/me/", json!({"theme": "dark", "locale": "en"}))
        .await
        .expect(200);
    assert_eq!((&changed.body["theme"], &changed.body["locale"]), (&json!("dark"), &json!("en")));
    assert_eq!(changed.body["csrf_token"].as_str(), ayse.csrf.as_deref());
    place.call(&ayse, "PATCH", "/me/", json!({"theme": "pink"})).await.expect(422);
}

#[tokio::test]
async fn a_session_slides_for_thirty_days_and_ends_after_ninety() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let idle = signed_in(&place.sign_in("ayse@isik.com.tr", PASSWORD).await);
    for _ in 0..3 {
        place.clock.advance(25 * DAY_US);
        place.identity.forget_all();
        place.get(&ayse, "/me/").await.expect(200);
        place.identity.flush().await.unwrap();
    }
    place.get(&idle, "/me/").await.expect(401);
    place.identity.forget_all();
    place.clock.advance(14 * DAY_US);
    place.get(&ayse, "/me/").await.expect(200);
    place.clock.advance(2 * DAY_US);
    place.get(&ayse, "/me/").await.expect(401);

    crate::sessions::clean_up(&place.ctx).await.unwrap();
    let left = Query::select().column("id").from(Alias::new("sessions")).to_owned();
    assert!(place.ctx.db.all::<(i64,)>(&left).await.unwrap().is_empty());
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let other = signed_in(&place.sign_in("ayse@isik.com.tr", PASSWORD).await);
    let new = "yepyeni bir parola";
    place.call(&ayse, "PATCH", "/me/", json!({"password": new})).await.expect(422);
    let refused = place
        .call(&ayse, "PATCH", "/me/", json!({"password": new, "current_password": "no"}))
        .await
        .expect(422);
    assert!(refused.body["errors"]["current_password"][0].is_string());
    let changed = place
        .call(&ayse, "PATCH", "/me/", json!({"password": new, "current_password": PASSWORD}))
        .await
        .expect(200);
    place.get(&ayse, "/me/").await.expect(401);
    let ayse = signed_in(&changed);
    place.get(&other, "/me/").await.expect(401);
    place.get(&ayse, "/me/").await.expect(200);
    place.sign_in("ayse@isik.com.tr", PASSWORD).await.expect(401);
    place.sign_in("ayse@isik.com.tr", new).await.expect(200);
    place.kinds_of_events().await;
}

#[tokio::test]
async fn a_token_has_what_its_scopes_and_its_owner_both_allow() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let (_, rep) = place.user(&ayse, "deniz@isik.com.tr", "sales_rep").await;
    let refused = place
        .call(&rep, "POST", "/tokens/", json!({"name": "x", "scopes": ["custmer.read"]}))
        .await
        .expect(422);
    assert!(
        refused.body["errors"]["scopes"][0].as_str().unwrap().contains("customer.read"),
        "{}",
        refused.body
    );

    let key = Caller {
        key: Some("k1"),
        ..rep.clone()
    };
    let form =
        json!({"name": "Depo", "scopes": ["customer.read:all", "user.manage"], "expires_at": kernel::clock::rfc3339(START_US + DAY_US)});
    let created = place.call(&key, "POST", "/tokens/", form.clone()).await.expect(201);
    let secret = created.body["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("crm_") && secret.len() == 47);
    let again = place.call(&key, "POST", "/tokens/", form).await.expect(201);
    assert_eq!(
        (again.id(), again.body.get("secret")),
        (created.id(), None),
        "repeated, the secret is not told again"
    );
    assert!(place.get(&rep, "/tokens/").await.body["results"][0].get("secret").is_none());

    let program = Caller {
        bearer: Some(secret.clone()),
        ..Caller::default()
    };
    let me = place.get(&program, "/me/").await.expect(200).body;
    assert_eq!(
        me["permissions"],
        json!({"customer.read": "own"}),
        "no more than its owner, no more than its scopes"
    );
    assert_eq!(me["csrf_token"], Value::Null);
    place
        .call(&program, "POST", "/tokens/", json!({"name": "x", "scopes": ["*"]}))
        .await
        .expect(403);
    place.call(&program, "PATCH", "/me/", json!({"theme": "dark"})).await.expect(403);
    place
        .get(
            &Caller {
                bearer: Some("crm_wrong".into()),
                ..Caller::default()
            },
            "/setup/",
        )
        .await
        .expect(401);

    place.identity.flush().await.unwrap();
    assert!(place.get(&rep, "/tokens/").await.body["results"][0]["used_at"].is_string());
    place.clock.advance(DAY_US);
    place.get(&program, "/me/").await.expect(401);
    assert_eq!(
        place.get(&ayse, "/tokens/").await.body["count"],
        1,
        "the administrator sees everybody's"
    );
    place
        .call(&ayse, "DELETE", &format!("/tokens/{}/", created.id()), Value::Null)
        .await
        .expect(204);
}

#[tokio::test]
async fn a_deleted_token_and_a_user_made_inactive_are_out_at_once() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let (deniz, rep) = place.user(&ayse, "deniz@isik.com.tr", "sales_rep").await;
    let made = place
        .call(&rep, "POST", "/tokens/", json!({"name": "a", "scopes": ["*"]}))
        .await
        .expect(201);
    let kept = place
        .call(&rep, "POST", "/tokens/", json!({"name": "b", "scopes": ["*"]}))
        .await
        .expect(201);
    let bearer = |answer: &Answer| Caller {
        bearer: answer.body["secret"].as_str().map(str::to_owned),
        ..Caller::default()
    };
    place.get(&bearer(&made), "/me/").await.expect(200);
    place.get(&bearer(&kept), "/me/").await.expect(200);
    place
        .call(&rep, "DELETE", &format!("/tokens/{}/", made.id()), Value::Null)
        .await
        .expect(204);
    place.get(&bearer(&made), "/me/").await.expect(401);
    place.get(&bearer(&kept), "/me/").await.expect(200);

    place
        .call(&ayse, "PATCH", &format!("/users/{deniz}/"), json!({"is_active": false}))
        .await
        .expect(200);
    place.get(&rep, "/me/").await.expect(401);
    place.get(&bearer(&kept), "/me/").await.expect(401);
    place.sign_in("deniz@isik.com.tr", PASSWORD).await.expect(401);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let me = place.get(&ayse, "/me/").await.body["id"].as_i64().unwrap();
    let role = place.role(&ayse, "administrator").await;
    let refuse = async |path: String, change: Value, field: &str| {
        let refused = place.call(&ayse, "PATCH", &path, change).await.expect(422);
        assert!(
            refused.body["errors"][field][0].as_str().unwrap().contains("son etkin kullanıcı"),
            "{}",
            refused.body
        );
    };
    refuse(format!("/users/{me}/"), json!({"is_active": false}), "is_active").await;
    refuse(format!("/users/{me}/"), json!({"role_ids": []}), "role_ids").await;
    refuse(format!("/roles/{role}/"), json!({"grants": {"customer.read": "all"}}), "grants").await;

    let (second, _) = place.user(&ayse, "ikinci@isik.com.tr", "administrator").await;
    place
        .call(&ayse, "PATCH", &format!("/users/{second}/"), json!({"is_active": false}))
        .await
        .expect(200);
    refuse(format!("/users/{me}/"), json!({"is_active": false}), "is_active").await;
    place
        .call(&ayse, "PATCH", &format!("/users/{second}/"), json!({"is_active": true}))
        .await
        .expect(200);
    place
        .call(&ayse, "PATCH", &format!("/users/{me}/"), json!({"is_active": false}))
        .await
        .expect(200);
    place.get(&ayse, "/me/").await.expect(401);
}

#[tokio::test]
async fn every_route_refuses_nobody_and_the_unprivileged() {
    use kernel::http::Access;
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let (_, reader) = place.user(&ayse, "deniz@isik.com.tr", "read_only").await;
    assert!(place.table.len() > 25);
    for route in place.table.clone() {
        let path = route.path.strip_prefix("/api/v1/crm").unwrap().replace("{id}", "1");
        let anonymous = place.call(&Caller::default(), &route.method, &path, Value::Null).await.status;
        match route.access {
            Access::Public => assert!(
                ["/setup/", "/session/", "/password-reset/", "/oidc/"]
                    .iter()
                    .any(|open| path.starts_with(open)),
                "{path} is open to everybody"
            ),
            Access::Unready | Access::SignedIn => assert_eq!(anonymous, 401, "{} {path}", route.method),
            Access::Needs(_) => {
                assert_eq!(anonymous, 401, "{} {path}", route.method);
                place.call(&reader, &route.method, &path, json!({})).await.expect(403);
            }
        }
    }
}

#[tokio::test]
async fn the_document_names_nothing_that_it_does_not_describe() {
    let place = Place::new().await;
    let document = utoipa::openapi::OpenApiBuilder::new().build();
    let (_, api, _) = module(&place.identity).routes.into_parts("/api/v1/crm", document);
    let api = serde_json::to_value(&api).unwrap();
    let text = api.to_string();
    let schemas = api["components"]["schemas"].as_object().unwrap();
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        // The server lists `Problem`, which belongs to everybody.
        assert!(
            name == "Problem" || schemas.contains_key(name),
            "{name} is not described; there are {:?}",
            schemas.keys()
        );
    }
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(
                operation["operationId"].as_str().is_some_and(|id| id.contains('_')),
                "{method} {path}"
            );
            assert!(
                operation["responses"]["422"]["content"]["application/problem+json"].is_object(),
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let clerk = json!({"name": "Personel", "grants": {"user.manage": "all", "customer.read": "all"}});
    let clerk_role = place.call(&ayse, "POST", "/roles/", clerk).await.expect(201);
    assert_eq!(clerk_role.body["code"], "personel");
    let (me, clerk) = place.user(&ayse, "personel@isik.com.tr", "personel").await;
    let administrator = place.role(&ayse, "administrator").await;
    let boss = place.get(&ayse, "/me/").await.body["id"].as_i64().unwrap();
    place
        .call(&clerk, "PATCH", &format!("/users/{me}/"), json!({"role_ids": [administrator]}))
        .await
        .expect(422);
    let form = json!({"email": "x@isik.com.tr", "name": "X", "role_ids": [administrator]});
    place.call(&clerk, "POST", "/users/", form).await.expect(422);
    place
        .call(
            &clerk,
            "PATCH",
            &format!("/users/{boss}/"),
            json!({"password": "benim parolam olsun"}),
        )
        .await
        .expect(403);
    let form = json!({"email": "x@isik.com.tr", "name": "X", "role_ids": [place.role(&ayse, "read_only").await]});
    place.call(&clerk, "POST", "/users/", form).await.expect(201);
    place
        .call(&clerk, "POST", "/roles/", json!({"name": "Gizli", "grants": {"*": "all"}}))
        .await
        .expect(403);
}

#[tokio::test]
async fn users_are_made_found_changed_and_listed() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let team = place.call(&ayse, "POST", "/teams/", json!({"name": "Ege"})).await.expect(201);
    place.call(&ayse, "POST", "/teams/", json!({"name": " EGE "})).await.expect(422);
    for (n, name) in ["Çiğdem Ak", "Cem Ak", "Işıl Koç", "İsmail Koç"].into_iter().enumerate() {
        let form = json!({"email": format!("u{n}@isik.com.tr"), "name": name, "team_id": team.id()});
        place.call(&ayse, "POST", "/users/", form).await.expect(201);
    }
    let names = async |query: &str| -> Vec<String> {
        let list = place.get(&ayse, &format!("/users/{query}")).await.expect(200).body;
        list["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("").await, ["Ayşe Işık", "Cem Ak", "Çiğdem Ak", "Işıl Koç", "İsmail Koç"]);
    assert_eq!(names("?search=ak%20ISIK.COM&ordering=-name").await, ["Çiğdem Ak", "Cem Ak"]);
    assert_eq!(names("?search=isik.com&page_size=2&page=2").await, ["Çiğdem Ak", "Işıl Koç"]);
    assert_eq!(names(&format!("?team_id={}", team.id())).await.len(), 4);
    let first = place.get(&ayse, "/users/?page_size=2&ordering=email").await.body;
    assert_eq!(first["count"], 5);
    let next = first["next"].as_str().unwrap().strip_prefix("/api/v1/crm").unwrap().to_owned();
    assert_eq!(place.get(&ayse, &next).await.body["results"][0]["email"], "u1@isik.com.tr");
    let refused = place.get(&ayse, "/users/?serch=x").await.expect(400);
    assert!(refused.body["detail"].as_str().unwrap().contains("“search”"));
    place.get(&ayse, "/users/?ordering=password_hash").await.expect(400);

    let taken = json!({"email": "U1@ISIK.com.tr", "name": "", "team_id": 99, "role_ids": [99]});
    let refused = place.call(&ayse, "POST", "/users/", taken).await.expect(422).body;
    assert_eq!(
        refused["errors"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>(),
        ["name", "role_ids", "team_id"]
    );
    let taken = json!({"email": "U1@ISIK.com.tr", "name": "Başkası"});
    assert!(place.call(&ayse, "POST", "/users/", taken).await.expect(422).body["errors"]["email"][0].is_string());
    place
        .call(
            &ayse,
            "POST",
            "/users/",
            json!({"email": "y@isik.com.tr", "name": "Y", "emial": "z"}),
        )
        .await
        .expect(422);

    let found = place.get(&ayse, "/users/?search=ismail").await.body["results"][0].clone();
    assert_eq!(found["team_name"], "Ege");
    let path = format!("/users/{}/", found["id"]);
    let role = place.role(&ayse, "marketer").await;
    place.clock.advance(MINUTE_US);
    let changed = place
        .call(&ayse, "PATCH", &path, json!({"team_id": null, "role_ids": [role, role]}))
        .await
        .expect(200)
        .body;
    assert_eq!((&changed["team_id"], &changed["role_ids"]), (&Value::Null, &json!([role])));
    assert_ne!(changed["updated_at"], found["updated_at"]);
    assert_eq!(place.get(&ayse, &path).await.body, changed);
    place
        .call(&ayse, "DELETE", &format!("/teams/{}/", team.id()), Value::Null)
        .await
        .expect(409);
    place.get(&ayse, "/users/999/").await.expect(404);
    place.get(&ayse, "/users/abc/").await.expect(404);
}

#[tokio::test]
async fn a_change_of_a_role_or_team_holds_at_the_next_request() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let (id, rep) = place.user(&ayse, "deniz@isik.com.tr", "sales_rep").await;
    assert_eq!(place.get(&rep, "/me/").await.body["permissions"]["customer.read"], "own");
    let role = place.role(&ayse, "sales_rep").await;
    let refused = place
        .call(
            &ayse,
            "PATCH",
            &format!("/roles/{role}/"),
            json!({"grants": {"tag.manage": "own", "customer.raed": "all"}}),
        )
        .await
        .expect(422);
    assert_eq!(refused.body["errors"].as_object().unwrap().len(), 2);
    place
        .call(
            &ayse,
            "PATCH",
            &format!("/roles/{role}/"),
            json!({"grants": {"customer.read": "team"}}),
        )
        .await
        .expect(200);
    let me = place.get(&rep, "/me/").await.body;
    assert_eq!(me["permissions"], json!({"customer.read": "team"}));
    let ctx = place.ctx.clone();
    let team = place
        .ctx
        .db
        .write(async |tx| teams::create(tx, &ctx, teams::NewTeam::named("Marmara")).await)
        .await
        .unwrap();
    place
        .call(&ayse, "PATCH", &format!("/users/{id}/"), json!({"team_id": team}))
        .await
        .expect(200);
    assert_eq!(place.get(&rep, "/me/").await.body["team"]["name"], "Marmara");
    place
        .call(&ayse, "DELETE", &format!("/roles/{role}/"), Value::Null)
        .await
        .expect(409);
    let own = place
        .call(&ayse, "POST", "/roles/", json!({"name": "Geçici", "grants": {}}))
        .await
        .expect(201)
        .id();
    place
        .call(&ayse, "DELETE", &format!("/roles/{own}/"), Value::Null)
        .await
        .expect(204);
    let all = place.get(&rep, "/roles/permissions/").await.expect(200).body;
    assert!(
        all.as_array()
            .unwrap()
            .iter()
            .any(|permission| permission["name"] == "customer.read" && permission["label_tr"] == "Müşterileri görmek")
    );
}

#[tokio::test]
async fn the_organisation_changes_for_everybody_at_once() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let refused = place
        .call(
            &ayse,
            "PATCH",
            "/organisation/",
            json!({"time_zone": "Europe/Instanbul", "currency": "TL"}),
        )
        .await
        .expect(422)
        .body;
    assert_eq!(refused["errors"].as_object().unwrap().len(), 2);
    let changed =
        json!({"name": "Işık A.Ş.", "time_zone": "Europe/Berlin", "currency": "eur", "customer_code_pattern": "MÜŞ-{yyyy}-{00000}"});
    let changed = place.call(&ayse, "PATCH", "/organisation/", changed).await.expect(200).body;
    assert_eq!(changed["currency"], "EUR");
    assert_eq!(place.get(&ayse, "/me/").await.body["organisation"]["time_zone"], "Europe/Berlin");
    assert_eq!(place.identity.organisation().await.unwrap().name, "Işık A.Ş.");
}

#[tokio::test]
async fn the_scope_of_a_permission_narrows_the_rows() {
    use kernel::actor::{Actor, Limits, Scope, Via};
    use kernel::ids::UserId;
    use sea_query::SqliteQueryBuilder;
    let place = Place::new().await;
    let sql = |scope: Option<Scope>, teams: &[i64], has_shares: bool| -> kernel::error::Result<String> {
        let grants = scope.map(|scope| ("customer.read".to_owned(), scope)).into_iter().collect();
        let actor = Actor {
            user_id: Some(UserId(7)),
            grants,
            limits: Limits {
                teams: teams.iter().copied().take(1).collect(),
                teams_below: teams.to_vec(),
                has_shares,
                ..Limits::default()
            },
            via: Via::Session { id: 1 },
            ..Actor::nobody()
        };
        let ctx = Ctx {
            actor: Arc::new(actor),
            ..place.ctx.clone()
        };
        let condition = {
            let owned = crate::scope::Owned {
                entity: "customer",
                table: "c",
            };
            crate::scope::condition(&ctx, CUSTOMER_READ, owned, None)?
        };
        let mut query = Query::select();
        query.expr(sea_query::Expr::val(1)).from(Alias::new("c")).cond_where(condition);
        Ok(query.to_string(SqliteQueryBuilder))
    };
    assert_eq!(sql(Some(Scope::All), &[], true).unwrap(), r#"SELECT 1 FROM "c" WHERE TRUE"#);
    assert_eq!(
        sql(Some(Scope::Own), &[3], false).unwrap(),
        r#"SELECT 1 FROM "c" WHERE "c"."owner_id" = 7"#
    );
    assert_eq!(
        sql(Some(Scope::Team), &[], false).unwrap(),
        r#"SELECT 1 FROM "c" WHERE "c"."owner_id" = 7"#
    );
    assert_eq!(
        sql(Some(Scope::Team), &[3, 4], false).unwrap(),
        r#"SELECT 1 FROM "c" WHERE "c"."owner_id" = 7 OR "c"."team_id" = 3"#
    );
    assert_eq!(
        sql(Some(Scope::Below), &[3, 4], false).unwrap(),
        r#"SELECT 1 FROM "c" WHERE "c"."owner_id" = 7 OR "c"."team_id" IN (3, 4)"#
    );
    assert!(
        sql(Some(Scope::Own), &[], true)
            .unwrap()
            .contains(r#"OR "c"."id" IN (SELECT "record_id" FROM "record_shares""#)
    );
    assert!(sql(None, &[], true).is_err());
}

#[tokio::test]
async fn the_command_line_makes_users_without_http() {
    let place = Place::new().await;
    let ctx = &place.ctx;
    let hash = password::hash(PASSWORD, "a@isik.com.tr").await.unwrap();
    let id = ctx
        .db
        .write(async |tx| {
            setup::organisation(tx, ctx, setup::NewOrganisation::named("Işık", "en")).await?;
            let id = setup::administrator(tx, ctx, "a@isik.com.tr", "A", hash, "en").await?;
            setup::organisation(tx, ctx, setup::NewOrganisation::named("Işık", "en")).await?;
            crate::tokens::create(
                tx,
                ctx,
                crate::tokens::NewToken {
                    user_id: id,
                    name: "demo".into(),
                    scopes: vec!["*".into()],
                    expires_at_us: None,
                },
            )
            .await?;
            Ok(id)
        })
        .await
        .unwrap();
    assert_eq!(users::get(&ctx.db, id).await.unwrap().role_ids.len(), 1);
    place.sign_in("a@isik.com.tr", PASSWORD).await.expect(200);
}
