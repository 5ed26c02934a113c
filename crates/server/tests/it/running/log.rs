//! The log says what happens, and nothing about anybody.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::http::Method;
use serde_json::json;
use server::config::LogFormat;
use server::log;
use testkit::process::{Connection, Process};
use testkit::{Backend, TestApp, company, story};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Heard {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("the log")).into_owned()
    }
}

const EMAIL: &str = "gizli.kisi@mahrem.example";
const PHONE: &str = "05321234567";
const NUMBER: &str = "10000000146";
const PASSWORD: &str = "cok-gizli-parola-42";
const NAME: &str = "Mahremiye";

story!(nothing_of_what_a_request_carries_is_logged, |app| {
    let heard = Heard::default();
    let writer = heard.clone();
    // As it is said, before anything is covered, and down to the last detail of every library.
    let lines = log::lines(LogFormat::Pretty, move || writer.clone());
    let subscriber = tracing_subscriber::registry().with(EnvFilter::new("trace")).with(lines);
    let _guard = tracing::subscriber::set_default(subscriber);

    let admin = app
        .admin()
        .await
        .with("idempotency-key", &format!("{EMAIL} {NUMBER}"))
        .with("x-forwarded-for", "10.20.30.40");
    let token = admin.bearer().expect("a token").to_owned();
    let nobody = app.anonymous().with("cookie", &format!("crm_session={PASSWORD}; a={EMAIL}"));
    nobody
        .post("session/", json!({ "email": EMAIL, "password": PASSWORD }))
        .await
        .expect(401);
    nobody
        .post("session/", json!({ "email": "ayse@ornek.example", "password": PASSWORD }))
        .await
        .expect(401);
    nobody
        .post_bytes(
            "session/",
            format!("{{\"email\":\"{EMAIL}\",\"password\":\"{PASSWORD}\"").into_bytes(),
        )
        .await
        .expect(400);
    nobody
        .post("session/", json!({ "email": EMAIL, "parola": PASSWORD }))
        .await
        .expect(422);
    let mine = app.admin().await;
    let mut person = testkit::person(NAME, "Soyad");
    person["primary_email"] = json!(EMAIL);
    person["primary_phone"] = json!(PHONE);
    person["identity_number"] = json!(NUMBER);
    let id = admin.post("customers/", person.clone()).await.expect(201).id();
    person["identity_number"] = json!("10000000147");
    mine.post("customers/", person).await.expect(422);
    mine.patch(&format!("customers/{id}/"), json!({ "primary_email": EMAIL, NUMBER: PHONE }))
        .await
        .expect(422);
    for path in [
        format!("customers/?search={EMAIL}"),
        format!("customers/?identity_number={NUMBER}"),
        format!("customers/?cursor={PASSWORD}"),
        format!("customers/?{PHONE}={NAME}"),
        format!("customers/{EMAIL}/"),
        format!("customers/{id}/360"),
        format!("users/?search={NAME}"),
        format!("/api/v1/crm/{EMAIL}?token={token}"),
        format!("/{EMAIL}/{PHONE}"),
        format!("customers/export/?search={EMAIL}"),
    ] {
        mine.get(&path).await;
    }
    let file = format!("customer_type,first_name,last_name,primary_email\nindividual,{NAME},Soyad,{EMAIL}\n\"broken");
    mine.upload("imports/", &format!("{NAME}.csv"), file.as_bytes(), &[("options", PASSWORD)])
        .await;
    app.consume().await;
    app.run_jobs().await;
    // Something goes wrong on our side while all that is on its way.
    app.db()
        .write(async |tx| tx.raw("ALTER TABLE contact_points RENAME TO elsewhere").await)
        .await
        .expect("a change");
    mine.patch(
        &format!("customers/{id}/"),
        json!({ "primary_email": format!("iki.{EMAIL}"), "primary_phone": PHONE }),
    )
    .await
    .expect(500);
    let mut another = testkit::person(NAME, "Soyad");
    another["primary_email"] = json!(EMAIL);
    mine.post("customers/", another).await.expect(500);

    let said = heard.text();
    assert!(
        said.contains("request failed") && said.contains("/api/v1/crm/customers/{id}/"),
        "something is heard: {said}"
    );
    for secret in [EMAIL, PHONE, NUMBER, PASSWORD, NAME, token.as_str(), "532 123", "10.20.30.40"] {
        let told = said.lines().find(|line| line.contains(secret));
        assert_eq!(told, None, "{secret} is in the log");
    }
});

#[tokio::test]
async fn settings_are_read_anew_and_an_open_stream_does_not_hold_the_end_up() {
    let app = TestApp::new(Backend::Sqlite).await;
    let bearer = app.admin().await.bearer().expect("a token").to_owned();
    let place = app.leave().await;
    let settings = place.dir().join("crm.toml");
    let process = Process::serve(std::path::Path::new(env!("CARGO_BIN_EXE_crm")), &place);
    let mut connection = Connection::new(&process, &bearer);
    let id = connection
        .post("customers/", "k1", &company("Alfa"))
        .await
        .expect("an answer")
        .expect(201)
        .id();
    std::fs::write(&settings, "log = \"debug\"\n").expect("settings");
    process.signal("HUP");
    std::fs::write(&settings, "log = [broken").expect("settings");
    process.signal("HUP");
    // It serves on, whatever it read.
    connection.get(&format!("customers/{id}/")).await.expect("an answer").expect(200);
    std::fs::remove_file(&settings).expect("no settings");

    let mut stream = tokio::net::TcpStream::connect(&process.address).await.expect("a connection");
    let request = format!("GET /api/v1/crm/events/stream/ HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {bearer}\r\n\r\n");
    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
        .await
        .expect("a request");
    let mut head = [0; 12];
    tokio::io::AsyncReadExt::read_exact(&mut stream, &mut head)
        .await
        .expect("an answer");
    assert_eq!(&head, b"HTTP/1.1 200");
    let answer = connection
        .call(Method::POST, "customers/", &[("idempotency-key", "k2")], Some(&company("Beta")))
        .await;
    answer.expect("an answer").expect(201);
    drop(connection);
    let begun = Instant::now();
    let ended = tokio::task::spawn_blocking(move || process.stop()).await.expect("a thread");
    assert!(ended.success(), "{ended}");
    assert!(begun.elapsed() < Duration::from_secs(7), "it took {:?}", begun.elapsed());
    let db = place.open().await;
    assert_eq!(super::customers(&db).await, 2);
    db.close().await;
}
