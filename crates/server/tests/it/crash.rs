//! Killed at any moment, the program comes back with all that it promised and nothing by half.
//!
//! Writers at full speed note what every answer promised. The program gets SIGKILL at a moment that the dice choose, is started again over
//! what it left, and is held to its word. `CRM_CRASH_ROUNDS=100 cargo nextest run -p server crash::` (or `scripts/crash`) runs longer.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::http::Method;
use kernel::db::Db;
use serde_json::{Value, json};
use testkit::database::Place;
use testkit::dice::Dice;
use testkit::process::{Connection, Process};
use testkit::{Answer, Backend, TestApp, audit};

const ROUNDS: u64 = 3;
/// After so many rounds it goes on with a new database.
const ROUNDS_PER_DATABASE: u64 = 10;
const WRITERS: usize = 5;
/// More than are written, or undone, in one transaction.
const IMPORTED: usize = 2_300;
/// How long it may take until nothing runs any more.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    survives(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let Some(backend) = testkit::database::postgres() else {
        eprintln!("skipped: CRM_TEST_POSTGRES names no server");
        return;
    };
    survives(backend).await;
}

async fn survives(backend: Backend) {
    let rounds = std::env::var("CRM_CRASH_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(ROUNDS);
    let mut dice = Dice::new("crash");
    let mut done = 0;
    while done < rounds {
        let mut stage = Stage::new(backend.clone(), &mut dice).await;
        for _ in 0..ROUNDS_PER_DATABASE.min(rounds - done) {
            done += 1;
            let begun = Instant::now();
            let promised = stage.round(&mut dice).await;
            eprintln!(
                "crash: round {done} of {rounds}: {promised} promises kept, {} ms",
                begun.elapsed().as_millis()
            );
        }
    }
}

/// A database and those who write to it.
struct Stage {
    place: Place,
    bearer: String,
    writers: Vec<Writer>,
    importer: Importer,
}

impl Stage {
    async fn new(backend: Backend, dice: &mut Dice) -> Stage {
        let app = TestApp::new(backend).await;
        let bearer = app.admin().await.bearer().expect("a token").to_owned();
        Stage {
            place: app.leave().await,
            bearer,
            writers: (0..WRITERS).map(|number| Writer::new(format!("w{number}"), dice.split())).collect(),
            importer: Importer::default(),
        }
    }

    /// Writes, kills, starts again, and looks. Says how many promises were made.
    async fn round(&mut self, dice: &mut Dice) -> usize {
        let binary = std::env::var("CRM_BINARY").unwrap_or(env!("CARGO_BIN_EXE_crm").to_owned());
        let binary = Path::new(&binary);
        let process = Process::serve(binary, &self.place);
        let mut tasks = Vec::new();
        for mut writer in std::mem::take(&mut self.writers) {
            let connection = Connection::new(&process, &self.bearer);
            tasks.push(tokio::spawn(async move {
                writer.write(connection).await;
                writer
            }));
        }
        let connection = Connection::new(&process, &self.bearer);
        let mut importer = std::mem::take(&mut self.importer);
        // Every other time the writers have the database to themselves.
        let imports = dice.below(2) == 0;
        let importing = tokio::spawn(async move {
            if imports {
                let _ = importer.work(connection).await;
            }
            importer
        });
        // The one thing here that time must decide: when the power goes.
        tokio::time::sleep(Duration::from_micros(20_000 + dice.below(1_500_000))).await;
        process.kill();
        for task in tasks {
            self.writers.push(task.await.expect("a writer"));
        }
        self.importer = importing.await.expect("the importer");
        self.place.abandoned().await;

        if self.place.url().is_some() {
            // As if the minute had passed that the leases of a dead process last. On SQLite the program does not wait for it.
            let db = self.place.open().await;
            kernel::jobs::release_leases(&db).await.expect("leases");
            db.close().await;
        }

        // On SQLite nobody but the program has opened the file since: bringing it back is its own affair.
        let process = Process::serve(binary, &self.place);
        let db = self.place.open().await;
        audit::sound(&db).await;
        let mut connection = Connection::new(&process, &self.bearer);
        let mut promised = 0;
        for writer in &mut self.writers {
            writer.settle(&mut connection).await;
            promised += std::mem::take(&mut writer.promises);
        }
        self.importer.settle(&mut connection).await;
        at_rest(&mut connection).await;
        audit::sound_at_rest(&db).await;
        let rows = rows(&db).await;
        for writer in &mut self.writers {
            writer.hold_to_its_word(&rows, &mut connection).await;
        }
        self.importer.hold_to_its_word(&db).await;
        process.kill();
        if self.place.url().is_none() {
            kernel::db::integrity(&self.place.dir().join("crm.db")).await.expect("a sound file");
        }
        drop(db);
        self.place.abandoned().await;
        promised
    }
}

/// Waits until every consumer has caught up and no job is left.
async fn at_rest(connection: &mut Connection) {
    let begun = Instant::now();
    loop {
        let system = connection.get("system/").await.expect("an answer").expect(200).json();
        let behind = system["consumers"]
            .as_array()
            .expect("consumers")
            .iter()
            .any(|consumer| consumer["behind"] != 0);
        let jobs = system["jobs"].as_array().expect("jobs");
        if !behind && jobs.is_empty() {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "it does not come to rest: {system}");
        // There is nothing to wait for over HTTP.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A customer as it must be.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    id: i64,
    version: i64,
    first_name: String,
    email: String,
    city: String,
    industry: String,
    tag: String,
    is_deleted: bool,
}

impl Known {
    fn fields(&self) -> Value {
        json!({ "first_name": self.first_name, "primary_email": self.email, "city": self.city, "tags": [self.tag], "industry": self.industry })
    }
}

async fn rows(db: &Db) -> BTreeMap<i64, (String, Known)> {
    let query = "SELECT id || '|' || version || '|' || last_name || '|' || first_name || '|' || primary_email || '|' || city || '|' || industry || '|' || tags || '|' || \
                 CASE WHEN deleted_at IS NULL THEN 'no' ELSE 'yes' END FROM customers WHERE last_name <> ''";
    let row = |row: String| {
        let parts: Vec<&str> = row.split('|').collect();
        let tags: Vec<String> = serde_json::from_str(parts[7]).expect("tags");
        let known = Known {
            id: parts[0].parse().expect("an id"),
            version: parts[1].parse().expect("a version"),
            first_name: parts[3].into(),
            email: parts[4].into(),
            city: parts[5].into(),
            industry: parts[6].into(),
            tag: tags.concat(),
            is_deleted: parts[8] == "yes",
        };
        (known.id, (parts[2].to_owned(), known))
    };
    audit::texts(db, query).await.into_iter().map(row).collect()
}

/// Something that was asked for and not answered yet.
#[derive(Clone, Debug)]
enum Asked {
    Create(Known),
    Update(usize, Known),
    Delete(usize),
    /// The industry of some.
    Bulk(Vec<usize>, String),
    /// Back to what it was.
    Undo(usize, Known),
}

/// A request as it went out, to be sent again.
#[derive(Clone, Debug)]
struct Sent {
    path: String,
    key: String,
    body: Value,
    asked: Asked,
}

struct Writer {
    name: String,
    dice: Dice,
    next: u64,
    customers: Vec<Known>,
    /// What became of it nobody knows.
    unsure: Option<Sent>,
    /// Creations of this round that were answered.
    answered: Vec<(Sent, i64)>,
    /// The last change that can be undone: its operation, whom it concerned, and what that one was before.
    undoable: Option<(i64, usize, Known)>,
    promises: usize,
}

impl Writer {
    fn new(name: String, dice: Dice) -> Writer {
        Writer {
            name,
            dice,
            next: 0,
            customers: Vec::new(),
            unsure: None,
            answered: Vec::new(),
            undoable: None,
            promises: 0,
        }
    }

    /// One request after the other until the program is gone.
    async fn write(&mut self, mut connection: Connection) {
        loop {
            let sent = self.think();
            self.unsure = Some(sent.clone());
            let Ok(answer) = send(&mut connection, &sent).await else { return };
            self.note(&sent, answer);
            self.unsure = None;
        }
    }

    fn token(&mut self) -> String {
        self.next += 1;
        format!("{}x{}z", self.name, self.next)
    }

    fn fresh(&mut self, base: Known) -> Known {
        let token = self.token();
        Known {
            email: format!("{token}@ornek.example"),
            city: (*self.dice.one_of(&["Ankara", "İzmir", "Van", "Çorum"])).into(),
            tag: format!("t{}", self.next % 7),
            industry: base.industry.clone(),
            first_name: token,
            ..base
        }
    }

    fn think(&mut self) -> Sent {
        let alive: Vec<usize> = (0..self.customers.len())
            .filter(|index| !self.customers[*index].is_deleted)
            .collect();
        let key = self.token();
        let request = |path: String, body: Value, asked: Asked| Sent {
            path,
            key: key.clone(),
            body,
            asked,
        };
        let one = (!alive.is_empty()).then(|| *self.dice.one_of(&alive));
        match (self.dice.below(20), one) {
            (0..=5, _) | (_, None) => {
                let nobody = Known {
                    id: 0,
                    version: 1,
                    first_name: String::new(),
                    email: String::new(),
                    city: String::new(),
                    industry: String::new(),
                    tag: String::new(),
                    is_deleted: false,
                };
                let wanted = self.fresh(nobody);
                let mut body = wanted.fields();
                body["customer_type"] = json!("individual");
                body["last_name"] = json!(self.name);
                request("customers/".into(), body, Asked::Create(wanted))
            }
            (6..=12, Some(index)) => {
                let wanted = self.fresh(self.customers[index].clone());
                let path = format!("customers/{}/", wanted.id);
                request(path, wanted.fields(), Asked::Update(index, wanted))
            }
            (13..=14, Some(index)) => request(
                format!("customers/{}/", self.customers[index].id),
                Value::Null,
                Asked::Delete(index),
            ),
            (15..=17, Some(one)) => {
                let mut some: Vec<usize> = alive.iter().copied().filter(|_| self.dice.below(3) == 0).take(40).collect();
                if some.is_empty() {
                    some.push(one);
                }
                let ids: Vec<i64> = some.iter().map(|index| self.customers[*index].id).collect();
                let industry = format!("i{key}");
                let body = json!({ "ids": ids, "action": "update", "changes": { "industry": industry } });
                request("customers/bulk/".into(), body, Asked::Bulk(some, industry))
            }
            (_, Some(_)) => match self.undoable.take() {
                Some((operation, index, before)) => request(format!("operations/{operation}/undo/"), json!({}), Asked::Undo(index, before)),
                None => self.think(),
            },
        }
    }

    /// What an answer promises.
    fn note(&mut self, sent: &Sent, answer: Answer) {
        self.promises += 1;
        let operation = answer.header("x-operation-id").and_then(|id| id.parse().ok());
        match &sent.asked {
            Asked::Create(wanted) => {
                let answer = answer.expect(201).json();
                let id = answer["id"].as_i64().expect("an id");
                self.answered.push((sent.clone(), id));
                self.customers.push(Known { id, ..wanted.clone() });
            }
            Asked::Update(index, wanted) => {
                let answer = answer.expect(200).json();
                let before = self.customers[*index].clone();
                self.customers[*index] = Known {
                    version: before.version + 1,
                    ..wanted.clone()
                };
                assert_eq!(answer["version"], before.version + 1);
                self.undoable = operation.map(|operation| (operation, *index, before));
            }
            Asked::Delete(index) => {
                answer.expect(200);
                let before = self.customers[*index].clone();
                self.customers[*index].is_deleted = true;
                self.customers[*index].version += 1;
                self.undoable = operation.map(|operation| (operation, *index, before));
            }
            Asked::Bulk(some, industry) => {
                assert_eq!(answer.expect(200).json()["changed"], some.len());
                for index in some {
                    self.customers[*index].industry.clone_from(industry);
                    self.customers[*index].version += 1;
                }
                self.undoable = self.undoable.take().filter(|(_, index, _)| !some.contains(index));
            }
            Asked::Undo(index, before) => {
                let answer = answer.expect(200).json();
                assert_eq!((&answer["undone"], &answer["refused_count"]), (&json!(1), &json!(0)), "{answer}");
                self.customers[*index] = Known {
                    version: self.customers[*index].version + 1,
                    ..before.clone()
                };
            }
        }
    }

    /// Finds out what became of the request that was not answered. A POST is sent again with its key: done or not, it is done once.
    async fn settle(&mut self, connection: &mut Connection) {
        let Some(sent) = self.unsure.take() else { return };
        match &sent.asked {
            Asked::Create(_) | Asked::Bulk(..) | Asked::Undo(..) => {
                let answer = send(connection, &sent).await.expect("an answer");
                self.note(&sent, answer);
            }
            Asked::Update(index, _) | Asked::Delete(index) => {
                let known = &self.customers[*index];
                let answer = connection.get(&format!("customers/{}/", known.id)).await.expect("an answer");
                let is_done = answer.status == 404 || answer.json()["version"] == known.version + 1;
                // All of it or nothing is seen when the rows are compared.
                if is_done {
                    match &sent.asked {
                        Asked::Update(index, wanted) => {
                            self.customers[*index] = Known {
                                version: self.customers[*index].version + 1,
                                ..wanted.clone()
                            };
                        }
                        _ => {
                            self.customers[*index].is_deleted = true;
                            self.customers[*index].version += 1;
                        }
                    }
                }
                self.undoable = None;
            }
        }
    }

    async fn hold_to_its_word(&mut self, rows: &BTreeMap<i64, (String, Known)>, connection: &mut Connection) {
        for known in &self.customers {
            let (_, row) = rows.get(&known.id).unwrap_or_else(|| panic!("lost: {known:?}"));
            assert_eq!(row, known, "not as promised");
        }
        let there = rows.values().filter(|(name, _)| *name == self.name).count();
        assert_eq!(there, self.customers.len(), "{} has customers that were never asked for", self.name);
        // The same request again is the same answer, not another customer.
        for (sent, id) in self.answered.drain(..).rev().take(3) {
            let again = send(connection, &sent).await.expect("an answer").expect(201);
            assert_eq!(again.header("idempotent-replay").as_deref(), Some("true"));
            assert_eq!(again.id(), id);
        }
        for known in self.customers.iter().rev().take(10) {
            let found = connection
                .get(&format!("customers/?search={}@ornek.example", known.first_name))
                .await
                .expect("an answer")
                .expect(200)
                .json();
            let expected = if known.is_deleted { json!([]) } else { json!([known.id]) };
            let ids: Vec<&Value> = found["results"].as_array().expect("results").iter().map(|row| &row["id"]).collect();
            assert_eq!(json!(ids), expected, "{known:?}");
        }
    }
}

async fn send(connection: &mut Connection, sent: &Sent) -> std::io::Result<Answer> {
    match &sent.asked {
        Asked::Update(..) => connection.call(Method::PATCH, &sent.path, &[], Some(&sent.body)).await,
        Asked::Delete(_) => connection.call(Method::DELETE, &sent.path, &[], None).await,
        _ => connection.post(&sent.path, &sent.key, &sent.body).await,
    }
}

/// Imports a file, undoes the import, and so on: both go on in the background and through a restart.
#[derive(Default)]
struct Importer {
    files: usize,
    stage: Doing,
    finished: Vec<String>,
    undone: Vec<String>,
}

#[derive(Clone, Debug, Default)]
enum Doing {
    #[default]
    Nothing,
    Importing {
        marker: String,
        import: i64,
    },
    Undoing {
        marker: String,
        operation: i64,
    },
}

impl Importer {
    async fn work(&mut self, mut connection: Connection) -> std::io::Result<()> {
        loop {
            self.step(&mut connection).await?;
        }
    }

    async fn step(&mut self, connection: &mut Connection) -> std::io::Result<()> {
        self.stage = match self.stage.clone() {
            Doing::Nothing => {
                self.files += 1;
                let marker = format!("toplu{}", self.files);
                let rows = (0..IMPORTED).map(|n| format!("company,{marker} firma {n},{marker}.{n}@ornek.example,Ankara\n"));
                let content = format!("customer_type,company_name,primary_email,city\n{}", rows.collect::<String>());
                // Not answered, it lies there and nothing comes of it.
                let import = connection
                    .upload("imports/", "toplu.csv", &content, &json!({}))
                    .await?
                    .expect(201)
                    .id();
                Doing::Importing { marker, import }
            }
            Doing::Importing { marker, import } => {
                connection
                    .post(&format!("imports/{import}/start/"), &format!("start-{marker}"), &json!({}))
                    .await?
                    .expect(200);
                let done = wait_for(connection, &format!("imports/{import}/")).await?;
                let counts = &done["counts"];
                assert_eq!((&done["state"], &counts["created"]), (&json!("done"), &json!(IMPORTED)), "{done}");
                self.finished.push(marker.clone());
                let operation = done["operation_id"].as_i64().expect("an operation");
                Doing::Undoing { marker, operation }
            }
            Doing::Undoing { marker, operation } => {
                let undo = connection
                    .post(&format!("operations/{operation}/undo/"), &format!("undo-{marker}"), &json!({}))
                    .await?
                    .expect(200);
                let done = wait_for(connection, &format!("operations/{}/", undo.json()["operation_id"])).await?;
                assert_eq!(done["summary"], json!({ "undone": IMPORTED, "refused": 0 }), "{done}");
                self.finished.retain(|finished| *finished != marker);
                self.undone.push(marker);
                Doing::Nothing
            }
        };
        Ok(())
    }

    /// Finishes what was going on.
    async fn settle(&mut self, connection: &mut Connection) {
        if !matches!(self.stage, Doing::Nothing) {
            self.step(connection).await.expect("an answer");
        }
    }

    async fn hold_to_its_word(&mut self, db: &Db) {
        for (markers, alive) in [(&self.finished, IMPORTED), (&self.undone, 0)] {
            for marker in markers {
                let query = format!(
                    "SELECT count(*) || ' ' || count(DISTINCT company_name) || ' ' || coalesce(sum(CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END), 0) \
                     FROM customers WHERE company_name LIKE '{marker} %'"
                );
                let found = audit::texts(db, &query).await;
                assert_eq!(found, [format!("{IMPORTED} {IMPORTED} {alive}")], "{marker}");
            }
        }
    }
}

/// Asks until it runs no more.
async fn wait_for(connection: &mut Connection, path: &str) -> std::io::Result<Value> {
    let begun = Instant::now();
    loop {
        let shown = connection.get(path).await?.expect(200).json();
        if shown["state"] != "running" {
            return Ok(shown);
        }
        assert!(begun.elapsed() < PATIENCE, "it does not end: {shown}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
