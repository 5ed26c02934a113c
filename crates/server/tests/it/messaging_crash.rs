//! Killed at random moments while it sends, the program skips nobody, and whoever got a message twice stands among those that were in doubt.
//! `CRM_KILLS=50 CRM_MESSAGES=100000 cargo nextest run -p server messaging_crash` is the long run.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use messaging::words::{MessageCategory, MessageChannel};
use messaging::{Content, Dispatch, Recipient};
use serde_json::json;
use testkit::dice::Dice;
use testkit::process::Process;
use testkit::sink::Sink;
use testkit::{Backend, TestApp};

const KILLS: u64 = 5;
const MESSAGES: u64 = 4_000;
const CONNECTIONS: u64 = 2;
const PATIENCE: Duration = Duration::from_secs(600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    nobody_is_skipped(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let Some(backend) = testkit::database::postgres() else {
        eprintln!("skipped: CRM_TEST_POSTGRES names no server");
        return;
    };
    nobody_is_skipped(backend).await;
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

async fn nobody_is_skipped(backend: Backend) {
    let (kills, messages) = (number("CRM_KILLS", KILLS), number("CRM_MESSAGES", MESSAGES));
    let mut dice = Dice::new("messaging_crash");
    let app = TestApp::new(backend).await;
    let sink = Sink::start().await;
    let admin = app.admin().await;
    let lane = json!({
        "name": "Posta", "provider": "smtp", "connections": CONNECTIONS,
        "settings": { "host": "127.0.0.1", "port": sink.address.port(), "security": "none", "from_address": "info@ornek.example" },
    });
    admin.post("lanes/", lane).await.expect(201);
    let dispatch = Dispatch {
        channel: MessageChannel::Email,
        category: MessageCategory::Commercial,
        source: "campaign",
        source_id: Some(1),
        lane_id: None,
        due_at_us: 0,
    };
    let recipients: Vec<Recipient> = (0..messages)
        .map(|number| Recipient {
            address: format!("kisi{number}@deneme.example"),
            ..Recipient::default()
        })
        .collect();
    let post = &app.product.post;
    app.db()
        .write(async |tx| {
            let content = Content {
                subject: "Kampanya".into(),
                html: "<p>Merhaba</p>".repeat(100),
                ..Content::default()
            };
            let content_id = messaging::message::keep(tx, &content).await?;
            post.queue(tx, &app.ctx, &dispatch, content_id, &recipients).await
        })
        .await
        .expect("queued");
    let place = app.leave().await;
    let binary = std::env::var("CRM_BINARY").unwrap_or(env!("CARGO_BIN_EXE_crm").to_owned());
    for kill in 0..kills {
        let process = Process::serve(Path::new(&binary), &place);
        let (from, begun) = (sink.count() as u64, Instant::now());
        // Somewhere in the part of this kill: what is left is shared among those to come.
        let part = (messages - Ord::min(from, messages)) / (kills - kill);
        let until = from + dice.below(Ord::max(part, 1));
        while (sink.count() as u64) < until && begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        tokio::time::sleep(Duration::from_micros(dice.below(3_000))).await;
        process.kill();
        place.abandoned().await;
    }
    let process = Process::serve(Path::new(&binary), &place);
    let begun = Instant::now();
    let db = place.open().await;
    let states = async || {
        let query = sea_query::Query::select()
            .columns(["state", "recipient"])
            .column("was_in_doubt")
            .from("deliveries")
            .to_owned();
        let rows: Vec<(String, String, bool)> = db.all(&query).await.expect("rows");
        rows
    };
    let rows = loop {
        let rows = states().await;
        if rows.iter().all(|(state, _, _)| state == "sent" || state == "in_doubt") {
            break rows;
        }
        assert!(begun.elapsed() < PATIENCE, "it does not come to an end");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    process.kill();
    let mut received: HashMap<String, u64> = HashMap::new();
    for taken in sink.taken() {
        *received.entry(taken.to).or_default() += 1;
    }
    let doubtful = rows.iter().filter(|(_, _, was_in_doubt)| *was_in_doubt).count() as u64;
    let mut doubles = 0;
    for (state, recipient, was_in_doubt) in &rows {
        let times = received.remove(recipient).unwrap_or_default();
        doubles += u64::from(times > 1);
        assert!(times > 0 || *was_in_doubt, "{recipient} is {state} and got nothing");
        assert!(times < 2 || *was_in_doubt, "{recipient} got it {times} times and is not in doubt");
    }
    assert!(received.is_empty(), "somebody got what was not planned");
    assert_eq!(rows.len() as u64, messages);
    assert!(doubtful <= kills * CONNECTIONS, "{doubtful} in doubt after {kills} kills");
    eprintln!("{messages} messages, {kills} kills, {doubtful} in doubt, {doubles} twice");
    db.close().await;
}
