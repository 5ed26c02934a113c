//! Two processes over one PostgreSQL under load, one of them killed again and again: nothing acknowledged is lost, nothing is done twice,
//! and the other goes on within ten seconds. `CRM_NODES_ROUNDS=50 cargo nextest run -p server nodes` (or `scripts/nodes`) runs longer.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::http::Method;
use kernel::db::Db;
use serde_json::{Value, json};
use testkit::dice::Dice;
use testkit::process::{Connection, Process};
use testkit::{PASSWORD, TestApp, audit};

const ROUNDS: u64 = 2;
const WRITERS: usize = 4;
const IMPORTED: usize = 6_000;
/// What the issue promises.
const TAKE_OVER: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(90);

/// Where the two listen now.
type Nodes = Arc<Mutex<[String; 2]>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_nodes_either_may_die() {
    let Some(backend) = testkit::database::postgres() else {
        eprintln!("skipped: CRM_TEST_POSTGRES names no server");
        return;
    };
    let rounds = std::env::var("CRM_NODES_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(ROUNDS);
    let mut dice = Dice::new("nodes");
    let app = TestApp::new(backend).await;
    let bearer = app.admin().await.bearer().expect("a token").to_owned();
    let place = app.leave().await;
    let binary = Path::new(env!("CARGO_BIN_EXE_crm"));
    let mut processes = [Process::serve(binary, &place), Process::serve(binary, &place)].map(Some);
    let nodes: Nodes = Arc::new(Mutex::new([0, 1].map(|node: usize| address(&processes, node))));
    let db = place.open().await;

    sessions_are_good_everywhere(&nodes).await;

    let stop = Arc::new(AtomicBool::new(false));
    let written = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| tokio::spawn(write(number, nodes.clone(), bearer.clone(), stop.clone(), written.clone())))
        .collect();
    for round in 1..=rounds {
        let begun = written.load(Ordering::SeqCst);
        let mut connection = Connection::to(&address(&processes, dice.below(2) as usize), &bearer);
        let import = start_import(&mut connection, round).await;
        // The one thing here that time must decide: when the power goes.
        tokio::time::sleep(Duration::from_micros(50_000 + dice.below(1_500_000))).await;
        let victim = dice.below(2) as usize;
        processes[victim].take().expect("a process").kill();
        let killed = Instant::now();
        let newest = kernel::events::newest(&db).await.expect("an id");
        let cursors = cursors(&db).await;
        let mut survivor = Connection::to(&address(&processes, 1 - victim), &bearer);
        let rows_then = import_rows(&mut survivor, import).await;
        let mut took_over = Waiting::default();
        while !took_over.is_over() {
            assert!(killed.elapsed() < TAKE_OVER, "nobody goes on: {took_over:?}");
            let now = import_rows(&mut survivor, import).await;
            took_over.import |= now == IMPORTED as i64 || now > rows_then;
            took_over.consumers |= consumers_go_on(&db, &cursors, newest).await;
            took_over.writers |= written.load(Ordering::SeqCst) > begun;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let took = killed.elapsed();
        wait_for_import(&mut survivor, import).await;
        processes[victim] = Some(Process::serve(binary, &place));
        nodes.lock().expect("the nodes")[victim] = address(&processes, victim);
        eprintln!(
            "nodes: round {round} of {rounds}: taken over in {} ms, {} writes",
            took.as_millis(),
            written.load(Ordering::SeqCst) - begun
        );
    }
    stop.store(true, Ordering::SeqCst);
    let mut acknowledged: Vec<(i64, String)> = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.expect("a writer"));
    }
    at_rest(&db).await;
    audit::sound_at_rest(&db).await;
    acknowledged.sort();
    let kept = audit::texts(
        &db,
        "SELECT id || '|' || company_name FROM customers WHERE company_name LIKE 'Yazar %' ORDER BY id",
    )
    .await;
    let promised: Vec<String> = acknowledged.iter().map(|(id, name)| format!("{id}|{name}")).collect();
    assert_eq!(kept, promised, "what was acknowledged, once, and nothing else");
    let imported = "SELECT count(*) || ' ' || count(DISTINCT company_name) FROM customers WHERE company_name LIKE 'Toplu %'";
    let all = rounds as usize * IMPORTED;
    assert_eq!(audit::texts(&db, imported).await, [format!("{all} {all}")]);
    let verdict = identity::audit::verify::verify(&db, None).await.expect("a verdict");
    assert_eq!(verdict.broken, None);
    assert_eq!(
        audit::texts(
            &db,
            "SELECT CAST((SELECT count(*) FROM events) - (SELECT count(*) FROM audit_entries) AS text)"
        )
        .await,
        ["0"],
        "every event stands in the audit once"
    );
    db.close().await;
}

#[derive(Debug, Default)]
struct Waiting {
    import: bool,
    consumers: bool,
    writers: bool,
}

impl Waiting {
    fn is_over(&self) -> bool {
        self.import && self.consumers && self.writers
    }
}

fn address(processes: &[Option<Process>; 2], node: usize) -> String {
    processes[node].as_ref().expect("a process").address.clone()
}

/// One request after the other, now to this node, now to that; one that is not answered is sent to the other with the same key.
async fn write(number: usize, nodes: Nodes, bearer: String, stop: Arc<AtomicBool>, written: Arc<AtomicU64>) -> Vec<(i64, String)> {
    let mut acknowledged = Vec::new();
    let mut turn = number;
    let mut next = 0;
    while !stop.load(Ordering::SeqCst) {
        next += 1;
        let name = format!("Yazar {number} {next}");
        let body = json!({ "customer_type": "company", "company_name": name });
        let begun = Instant::now();
        let id = loop {
            turn += 1;
            let address = nodes.lock().expect("the nodes")[turn % 2].clone();
            let answer = Connection::to(&address, &bearer)
                .post("customers/", &format!("key-{number}-{next}"), &body)
                .await;
            match answer {
                Ok(answer) => break answer.expect(201).id(),
                Err(_) => assert!(begun.elapsed() < PATIENCE, "nobody answers"),
            }
        };
        acknowledged.push((id, name));
        written.fetch_add(1, Ordering::SeqCst);
    }
    acknowledged
}

async fn start_import(connection: &mut Connection, round: u64) -> i64 {
    let rows = (0..IMPORTED).map(|n| format!("company,Toplu {round} {n}\n"));
    let content = format!("customer_type,company_name\n{}", rows.collect::<String>());
    let import = connection
        .upload("imports/", "toplu.csv", &content, &json!({}))
        .await
        .expect("an answer")
        .expect(201)
        .id();
    connection
        .post(&format!("imports/{import}/start/"), &format!("start-{round}"), &json!({}))
        .await
        .expect("an answer")
        .expect(200);
    import
}

async fn import_rows(connection: &mut Connection, import: i64) -> i64 {
    let shown = connection
        .get(&format!("imports/{import}/"))
        .await
        .expect("an answer")
        .expect(200)
        .json();
    shown["counts"]["rows"].as_i64().unwrap_or_default()
}

async fn wait_for_import(connection: &mut Connection, import: i64) {
    let begun = Instant::now();
    loop {
        let shown = connection
            .get(&format!("imports/{import}/"))
            .await
            .expect("an answer")
            .expect(200)
            .json();
        match shown["state"].as_str() {
            Some("done") => {
                assert_eq!(shown["counts"]["created"], IMPORTED, "{shown}");
                return;
            }
            Some("running") => assert!(begun.elapsed() < PATIENCE, "it does not end: {shown}"),
            _ => panic!("{shown}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn cursors(db: &Db) -> BTreeMap<String, i64> {
    let lags = kernel::events::consumers::lags(db).await.expect("lags");
    lags.into_iter().map(|lag| (lag.consumer.to_string(), lag.cursor)).collect()
}

/// Whether every consumer has moved since it stood there, or has nothing left to do: how far behind they were is not the question.
async fn consumers_go_on(db: &Db, then: &BTreeMap<String, i64>, newest: i64) -> bool {
    let now = cursors(db).await;
    now.iter()
        .all(|(consumer, cursor)| *cursor >= newest || then.get(consumer).is_none_or(|then| cursor > then))
}

async fn consumers_passed(db: &Db, event: i64) -> bool {
    let lags = kernel::events::consumers::lags(db).await.expect("lags");
    lags.iter().all(|lag| lag.cursor >= event)
}

async fn at_rest(db: &Db) {
    let begun = Instant::now();
    loop {
        let newest = kernel::events::newest(db).await.expect("an id");
        let jobs = kernel::jobs::list(db).await.expect("jobs");
        if consumers_passed(db, newest).await && jobs.is_empty() {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "it does not come to rest: {jobs:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Signed in on one node is signed in on the other, and signed out on both.
async fn sessions_are_good_everywhere(nodes: &Nodes) {
    let [one, other] = nodes.lock().expect("the nodes").clone();
    let (mut one, mut other) = (Connection::to(&one, ""), Connection::to(&other, ""));
    let credentials = json!({ "email": "ayse@ornek.example", "password": PASSWORD });
    let answer = one
        .call(Method::POST, "session/", &[], Some(&credentials))
        .await
        .expect("an answer")
        .expect(200);
    let cookie = answer.header("set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let csrf = answer.json()["csrf_token"].as_str().expect("a token").to_owned();
    let mine = [("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str())];
    for node in [&mut other, &mut one] {
        node.call(Method::GET, "me/", &mine, None).await.expect("an answer").expect(200);
    }
    one.call(Method::DELETE, "session/", &mine, None)
        .await
        .expect("an answer")
        .expect(204);
    let ended = Instant::now();
    loop {
        let answer: testkit::Answer = other.call(Method::GET, "me/", &mine, None).await.expect("an answer");
        if answer.status == 401 {
            return;
        }
        // The other node is told; it does not merely forget after a while.
        assert!(
            ended.elapsed() < Duration::from_secs(5),
            "still signed in: {}",
            Value::from(answer.text())
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
