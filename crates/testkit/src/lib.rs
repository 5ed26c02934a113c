//! A running product on a database of its own, for tests: requests go straight into its router, time stands still until it is moved,
//! consumers and jobs run when told to.

pub mod audit;
pub mod authenticator;
pub mod database;
pub mod dice;
pub mod process;
pub mod sink;

use std::future::IntoFuture as _;
use std::path::Path;

use axum::Router;
use axum::body::{Body, BodyDataStream, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use futures::StreamExt as _;
use kernel::clock::Clock;
use kernel::ctx::Ctx;
use kernel::db::Db;
use kernel::events::consumers::Turn;
use serde_json::{Value, json};
use server::app::{PREFIX, Product};
use tower::ServiceExt;

pub use crate::database::{Backend, backends};
use crate::database::{Place, Scratch};

/// When tests begin: 2026-03-16, a Monday, 12:00 in İstanbul.
pub const BEGIN_US: i64 = 1_773_651_600 * 1_000_000;

/// The password of everybody in tests.
pub const PASSWORD: &str = "dogru-at-pil-zimba";

/// The product, with an organisation and its administrator.
pub struct TestApp {
    pub product: Product,
    pub clock: Clock,
    pub ctx: Ctx,
    scratch: Scratch,
}

/// Somebody who calls the API.
#[derive(Clone)]
pub struct Client {
    router: Router,
    bearer: Option<String>,
    headers: Vec<(String, String)>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl TestApp {
    /// A fresh product over a fresh database.
    pub async fn new(backend: Backend) -> TestApp {
        TestApp::bare(backend).await.set_up().await
    }

    /// The same over an empty database that the test has opened in its own way.
    pub async fn over(db: Db) -> TestApp {
        let clock = Clock::at(BEGIN_US);
        migrations::run(&db, &clock).await.expect("a schema");
        TestApp::on(Scratch::around(db), clock).await.set_up().await
    }

    async fn set_up(self) -> TestApp {
        let app = self;
        let ctx = &app.ctx;
        let hash = identity::password::hash(PASSWORD, "ayse@ornek.example").await.expect("a hash");
        ctx.db
            .write(async |tx| {
                identity::setup::organisation(tx, ctx, identity::setup::NewOrganisation::named("Deneme", "tr")).await?;
                identity::setup::administrator(tx, ctx, "ayse@ornek.example", "Ayşe Yılmaz", hash, "en").await
            })
            .await
            .expect("an organisation");
        app.refreshed().await
    }

    /// One where nobody has set anything up.
    pub async fn bare(backend: Backend) -> TestApp {
        TestApp::on(Scratch::new(backend).await, Clock::at(BEGIN_US)).await
    }

    async fn on(scratch: Scratch, clock: Clock) -> TestApp {
        let product = Product::new(scratch.db.clone(), clock.clone(), identity::Settings::default(), scratch.dir());
        let ctx = product.system().await.expect("a context");
        TestApp {
            product,
            clock,
            ctx,
            scratch,
        }
    }

    /// The same product after its process ended and began again.
    pub async fn restarted(self) -> TestApp {
        self.restarted_with(identity::Settings::default()).await
    }

    /// The same with other settings.
    pub async fn restarted_with(self, settings: identity::Settings) -> TestApp {
        let TestApp { clock, scratch, .. } = self;
        let product = Product::new(scratch.db.clone(), clock.clone(), settings, scratch.dir());
        let ctx = product.system().await.expect("a context");
        TestApp {
            product,
            clock,
            ctx,
            scratch,
        }
    }

    async fn refreshed(mut self) -> TestApp {
        self.ctx = self.product.system().await.expect("a context");
        self
    }

    pub fn db(&self) -> &Db {
        &self.scratch.db
    }

    /// What would be `DATABASE_URL`; none for SQLite.
    pub fn url(&self) -> Option<String> {
        self.scratch.url()
    }

    pub fn dir(&self) -> &Path {
        self.scratch.dir()
    }

    /// Serves it on a free loopback port, for what must come over a wire; ends with the test.
    pub async fn listen(&self) -> std::net::SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let service = self
            .product
            .router
            .clone()
            .into_make_service_with_connect_info::<std::net::SocketAddr>();
        tokio::spawn(axum::serve(listener, service).into_future());
        address
    }

    /// Closes the database and leaves it to another process.
    pub async fn leave(self) -> Place {
        let TestApp { scratch, .. } = self;
        scratch.leave().await
    }

    /// Nobody in particular.
    pub fn anonymous(&self) -> Client {
        Client {
            router: self.product.router.clone(),
            bearer: None,
            headers: vec![("accept-language".into(), "en".into())],
        }
    }

    /// The administrator, by an API token.
    pub async fn admin(&self) -> Client {
        self.client_of(1).await
    }

    /// A user by an API token that may do whatever the user may.
    pub async fn client_of(&self, user_id: i64) -> Client {
        let new = identity::tokens::NewToken {
            user_id: kernel::ids::UserId(user_id),
            name: "test".into(),
            scopes: vec!["*".into()],
            expires_at_us: None,
        };
        let token = self
            .ctx
            .db
            .write(async |tx| identity::tokens::create(tx, &self.ctx, new).await)
            .await
            .expect("a token");
        Client {
            bearer: Some(token.secret),
            ..self.anonymous()
        }
    }

    /// A new user with a built-in role, and their client and id.
    pub async fn user(&self, name: &str, role: &str, team: Option<&str>) -> (Client, i64) {
        let ctx = &self.ctx;
        let id = ctx
            .db
            .write(async |tx| {
                let role = identity::roles::by_code(tx, role).await?;
                let team_id = match team {
                    Some(team) => Some(team_named(tx, ctx, team).await?),
                    None => None,
                };
                let email = format!("{}@ornek.example", kernel::text::words(name).join("."));
                let new = identity::users::NewUser {
                    email,
                    name: name.into(),
                    locale: Some("en".into()),
                    team_id,
                    role_ids: vec![role],
                    password: None,
                };
                identity::users::create(tx, ctx, new).await
            })
            .await
            .expect("a user");
        (self.client_of(id.0).await, id.0)
    }

    /// Waits until readers may pass all that is committed. On PostgreSQL other tests on the same server hold them back.
    pub async fn settled(&self) {
        let newest = kernel::events::newest(self.db()).await.expect("an id");
        while kernel::events::horizon(self.db()).await.expect("an id") < newest {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    /// Lets every consumer catch up.
    pub async fn consume(&self) {
        self.settled().await;
        for consumer in &self.product.consumers {
            while let Turn::Passed(_) = consumer.turn(&self.ctx.db, &self.clock, "test").await.expect("a turn") {}
        }
    }

    /// Runs every job that is due, and those they enqueue.
    pub async fn run_jobs(&self) {
        let ctx = self.product.system().await.expect("a context");
        while kernel::jobs::turn(&ctx, &self.product.jobs).await.expect("a turn") {}
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &'static str) -> i64 {
        let query = sea_query::Query::select()
            .expr(self.db().dialect().own_sql("count(*)"))
            .from(table)
            .to_owned();
        let (count,): (i64,) = self.db().one(&query).await.expect("a count");
        count
    }
}

async fn team_named(tx: &mut kernel::db::Tx, ctx: &Ctx, name: &str) -> kernel::error::Result<kernel::ids::TeamId> {
    use sea_query::{Alias, Expr, ExprTrait, Query};
    let query = Query::select()
        .column("id")
        .from(Alias::new("teams"))
        .and_where(Expr::col("name").eq(name))
        .to_owned();
    match tx.opt::<(i64,)>(&query).await? {
        Some((id,)) => Ok(kernel::ids::TeamId(id)),
        None => identity::teams::create(tx, ctx, identity::teams::NewTeam::named(name)).await,
    }
}

impl Client {
    /// The same caller with one more header.
    pub fn with(&self, name: &str, value: &str) -> Client {
        let mut client = self.clone();
        client.headers.retain(|(known, _)| known != name);
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    /// Uploads a file as the form field `file`, with further text fields.
    pub async fn upload(&self, path: &str, file_name: &str, content: &[u8], fields: &[(&str, &str)]) -> Answer {
        const BOUNDARY: &str = "testkit-boundary";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\ncontent-type: application/octet-stream\r\n\r\n").bytes());
        body.extend(content);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
        let request = self
            .request(Method::POST, path)
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Sends any bytes as JSON.
    pub async fn post_bytes(&self, path: &str, body: Vec<u8>) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Sends any bytes as whatever they are said to be.
    pub async fn send_bytes(&self, method: Method, path: &str, kind: Option<&str>, body: Vec<u8>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.expect("a request")).await
    }

    /// Only the status, without waiting for the end of the body: live streams have none.
    pub async fn status(&self, method: Method, path: &str) -> u16 {
        let request = self.request(method, path).body(Body::empty()).expect("a request");
        self.router.clone().oneshot(request).await.expect("an answer").status().as_u16()
    }

    /// The secret of the token, for who calls from outside.
    pub fn bearer(&self) -> Option<&str> {
        self.bearer.as_deref()
    }

    /// Opens the stream of live events.
    pub async fn follow(&self) -> Feed {
        let request = self.request(Method::GET, "events/stream/").body(Body::empty()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        Feed {
            body: response.into_body().into_data_stream(),
            read: String::new(),
        }
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("{PREFIX}/{path}")
        };
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        match &self.bearer {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

/// A stream of server-sent events.
pub struct Feed {
    body: BodyDataStream,
    read: String,
}

impl Feed {
    /// The next event and its data; none when the stream has ended.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        // The stream is never silent for long: it says that it is there.
        let next = tokio::time::timeout(std::time::Duration::from_secs(20), self.read());
        next.await.expect("nothing more comes")
    }

    async fn read(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((message, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                let found = field("event:").map(|event| {
                    let data = serde_json::from_str(field("data:").unwrap_or("null"));
                    (event.to_owned(), data.expect("json"))
                });
                self.read = rest.to_owned();
                if found.is_some() {
                    return found;
                }
                continue;
            }
            let more = self.body.next().await?.expect("a part");
            self.read.push_str(std::str::from_utf8(&more).expect("text"));
        }
    }
}

impl Answer {
    /// Insists on a status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn id(&self) -> i64 {
        self.json()["id"].as_i64().expect("an id")
    }

    pub fn header(&self, name: &str) -> Option<String> {
        Some(self.headers.get(name)?.to_str().ok()?.to_owned())
    }

    /// The operation by which the change can be undone.
    #[track_caller]
    pub fn operation(&self) -> i64 {
        self.header("x-operation-id").and_then(|id| id.parse().ok()).expect("an operation")
    }

    /// What is wrong with a field, joined.
    pub fn error(&self, field: &str) -> String {
        self.json()["errors"][field]
            .as_array()
            .map(|list| list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "))
            .unwrap_or_default()
    }
}

/// A person that can be created as it is.
pub fn person(first_name: &str, last_name: &str) -> Value {
    json!({ "customer_type": "individual", "first_name": first_name, "last_name": last_name })
}

/// A company that can be created as it is.
pub fn company(name: &str) -> Value {
    json!({ "customer_type": "company", "company_name": name })
}

/// Writes a story once and runs it on SQLite and, when `CRM_TEST_POSTGRES` names a server, on PostgreSQL.
#[macro_export]
macro_rules! story {
    ($(#[$meta:meta])* $name:ident, |$app:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn story($app: $crate::TestApp) $body

            $(#[$meta])*
            #[tokio::test]
            async fn sqlite() {
                story($crate::TestApp::new($crate::Backend::Sqlite).await).await;
            }

            $(#[$meta])*
            #[tokio::test]
            async fn postgres() {
                let Some(backend) = $crate::database::postgres() else {
                    eprintln!("skipped: CRM_TEST_POSTGRES names no server");
                    return;
                };
                story($crate::TestApp::new(backend).await).await;
            }
        }
    };
}
