//! Running it for real: events for other systems, backup, doctor, upgrades, several nodes, the log.

mod log;
mod nodes;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use kernel::clock::Clock;
use kernel::db::{Db, Synchronous};
use kernel::error::Error;
use migrations::Migration;
use serde_json::{Value, json};
use server::config::Config;
use server::{backup, upgrade};
use testkit::{Client, TestApp, audit, company, story};

async fn told(client: &Client, query: &str) -> Value {
    client.get(&format!("events/?{query}")).await.expect(200).json()
}

fn ids(answer: &Value) -> Vec<i64> {
    let results = answer["results"].as_array().expect("a list");
    results.iter().filter_map(|event| event["id"].as_i64()).collect()
}

story!(other_systems_read_every_event_once_by_a_cursor, |app| {
    let admin = app.admin().await;
    for n in 0..5 {
        admin.post("customers/", company(&format!("Alfa {n}"))).await.expect(201);
    }
    app.settled().await;
    let newest = kernel::events::newest(app.db()).await.expect("an id");
    let mut read = Vec::new();
    let mut after = json!(0);
    loop {
        let part = told(&admin, &format!("after={after}&limit=2")).await;
        if ids(&part).is_empty() {
            assert_eq!(part["next_after"], after, "nothing more, and the place stays");
            break;
        }
        read.extend(ids(&part));
        after = part["next_after"].clone();
    }
    assert_eq!(read, (1..=newest).collect::<Vec<_>>(), "ascending, all, once");
    let created = told(&admin, "kind=customer.created,tag.*").await;
    assert_eq!(ids(&created).len(), 5);
    assert!(created["results"][0]["payload"]["name"].is_string());
    assert_eq!(created["next_after"], newest, "what does not fit is passed");
    assert_eq!(ids(&told(&admin, "kind=customer.created&limit=3").await).len(), 3);
    // Again, the same: at least once.
    assert_eq!(told(&admin, "kind=customer.created,tag.*").await, created);
    for wrong in ["after=-1", "after=x", "limit=0", "limit=1001", "kind=*"] {
        admin.get(&format!("events/?{wrong}")).await.expect(422);
    }
    admin.get("events/?before=3").await.expect(400);
    let (reader, _) = app.user("Oku Yan", "manager", None).await;
    reader.get("events/").await.expect(403);
});

/// Runs the program on a data directory and a database; says whether it went well, and what it said.
async fn crm(dir: &Path, url: Option<&str>, arguments: &[&str]) -> (bool, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crm"));
    command.args(arguments).env_clear().env("CRM_DATA_DIR", dir).env("CRM_LOG", "warn");
    if let Some(url) = url {
        command.env("DATABASE_URL", url);
    }
    // Connections are closed by tasks, which must be able to run meanwhile.
    let output = tokio::task::spawn_blocking(move || command.output()).await;
    let output = output.expect("a thread").expect("the program");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// A place to restore to, that goes with the test.
struct Elsewhere {
    dir: tempfile::TempDir,
    made: Option<(String, String)>,
    url: Option<String>,
}

impl Elsewhere {
    async fn like(app: &TestApp) -> Elsewhere {
        let dir = tempfile::tempdir().expect("a directory");
        let Some(_) = app.url() else {
            return Elsewhere {
                dir,
                made: None,
                url: None,
            };
        };
        let server = std::env::var("CRM_TEST_POSTGRES").expect("a server");
        let name = format!(
            "crm_elsewhere_{}_{}",
            std::process::id(),
            dir.path().display().to_string().len() + next()
        );
        let url = kernel::db::create_postgres(&server, &name).await.expect("a database");
        Elsewhere {
            dir,
            made: Some((server, name)),
            url: Some(url),
        }
    }

    async fn open(&self) -> Db {
        match &self.url {
            None => Db::sqlite(&self.dir.path().join("crm.db"), Synchronous::Normal).await,
            Some(url) => Db::postgres(url).await,
        }
        .expect("a database")
    }

    async fn crm(&self, arguments: &[&str]) -> (bool, String) {
        crm(self.dir.path(), self.url.as_deref(), arguments).await
    }

    async fn end(self) {
        if let Some((server, name)) = self.made {
            kernel::db::drop_postgres(&server, &name).await.expect("no database");
        }
    }
}

fn next() -> usize {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn config(app: &TestApp) -> Config {
    Config {
        data_dir: app.dir().to_owned(),
        database_url: app.url(),
        ..Config::default()
    }
}

async fn customers(db: &Db) -> i64 {
    audit::texts(db, "SELECT CAST(count(*) AS text) FROM customers").await[0]
        .parse()
        .expect("a number")
}

/// Everything that doctor says of a place, by the name of the check.
fn diagnosis(said: &str) -> Vec<(String, String)> {
    let json: Value = serde_json::from_str(said.split("\ncrm:").next().expect("a part")).unwrap_or_else(|error| panic!("{error}: {said}"));
    let checks = json.as_array().expect("checks").iter();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    checks.map(|check| (text(&check["name"]), text(&check["state"]))).collect()
}

fn state_of(said: &str, name: &str) -> String {
    let all = diagnosis(said);
    all.iter()
        .find(|(known, _)| known == name)
        .unwrap_or_else(|| panic!("no {name}: {said}"))
        .1
        .clone()
}

story!(a_backup_made_while_others_write_restores_to_a_sound_database, |app| {
    let admin = app.admin().await;
    let import = admin
        .upload("imports/", "a.csv", b"first_name;last_name\nAli;Kaya\n", &[])
        .await
        .expect(201)
        .id();
    for n in 0..20 {
        admin.post("customers/", company(&format!("Önce {n}"))).await.expect(201);
    }
    app.consume().await;
    let stop = Arc::new(AtomicBool::new(false));
    let written = Arc::new(AtomicI64::new(0));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (admin, stop, written) = (admin.clone(), stop.clone(), written.clone());
            tokio::spawn(async move {
                let mut n = 0;
                while !stop.load(Ordering::SeqCst) {
                    admin
                        .post("customers/", company(&format!("Sürerken {writer} {n}")))
                        .await
                        .expect(201);
                    written.fetch_add(1, Ordering::SeqCst);
                    n += 1;
                    // All of this is on one thread.
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    while written.load(Ordering::SeqCst) < 10 {
        tokio::task::yield_now().await;
    }
    let before = 20 + written.load(Ordering::SeqCst);
    let file = app.dir().join("backups").join("deneme.zip");
    let manifest = backup::write(&config(&app), &file).await.expect("a backup");
    let begun_after = written.load(Ordering::SeqCst);
    while written.load(Ordering::SeqCst) < begun_after + 5 {
        tokio::task::yield_now().await;
    }
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.expect("a writer");
    }
    assert!(manifest.tables["customers"] >= before, "what was acknowledged is in it");
    assert!(manifest.files.keys().any(|name| name.starts_with("files/imports/")), "{manifest:?}");

    let elsewhere = Elsewhere::like(&app).await;
    let path = file.display().to_string();
    let (well, said) = elsewhere.crm(&["restore", &path]).await;
    assert!(well, "{said}");
    let (well, said) = elsewhere.crm(&["doctor", "--json", "--all"]).await;
    assert!(well, "{said}");
    assert!(diagnosis(&said).iter().all(|(_, state)| state == "ok"), "{said}");
    let db = elsewhere.open().await;
    audit::sound(&db).await;
    let restored = customers(&db).await;
    assert_eq!(restored, manifest.tables["customers"]);
    assert!(restored < customers(app.db()).await, "what came later is not in it");
    assert!(elsewhere.dir.path().join(format!("imports/{import}.csv")).exists());
    // Ids go on where they were.
    let product = server::app::Product::new(
        db.clone(),
        Clock::at(testkit::BEGIN_US),
        identity::Settings::default(),
        elsewhere.dir.path(),
    );
    let ctx = product.system().await.expect("a context");
    let team = db
        .write(async |tx| identity::teams::create(tx, &ctx, identity::teams::NewTeam::named("Yeni")).await)
        .await
        .expect("a team");
    assert!(team.0 > 0);
    drop((product, ctx));
    db.close().await;

    // What is there is not overwritten unasked, and kept when it is asked for.
    let (well, said) = elsewhere.crm(&["restore", &path]).await;
    assert!(!well && said.contains("--force"), "{said}");
    let (well, said) = elsewhere.crm(&["restore", &path, "--force"]).await;
    assert!(well && said.contains("kept as"), "{said}");
    let db = elsewhere.open().await;
    assert_eq!(customers(&db).await, restored);
    assert_eq!(
        audit::texts(&db, "SELECT name FROM teams").await,
        Vec::<String>::new(),
        "it is the backup again"
    );
    db.close().await;
    elsewhere.end().await;
});

story!(a_broken_backup_is_refused_and_changes_nothing, |app| {
    app.admin().await.post("customers/", company("Alfa")).await.expect(201);
    let file = app.dir().join("a.zip");
    backup::write(&config(&app), &file).await.expect("a backup");
    assert!(backup::write(&config(&app), &file).await.is_err(), "a backup is never overwritten");
    let whole = std::fs::read(&file).expect("the backup");
    let elsewhere = Elsewhere::like(&app).await;
    let broken = elsewhere.dir.path().join("broken.zip");
    let half = &whole[..whole.len() / 2];
    let mut flipped = whole.clone();
    for byte in flipped[whole.len() / 3..][..64].iter_mut() {
        *byte ^= 0x55;
    }
    for bytes in [half, &flipped[..], b"PK", b""] {
        std::fs::write(&broken, bytes).expect("a file");
        let (well, said) = elsewhere.crm(&["restore", &broken.display().to_string()]).await;
        assert!(!well, "{said}");
        assert!(!elsewhere.dir.path().join("crm.db").exists(), "nothing is left");
    }
    elsewhere.end().await;
});

story!(doctor_finds_what_is_wrong_and_mends_what_it_can, |app| {
    let admin = app.admin().await;
    let id = admin.post("customers/", company("İstanbul Çelik")).await.expect(201).id();
    let other = admin.post("customers/", company("Ankara Boya")).await.expect(201).id();
    app.consume().await;
    let doctor = async |arguments: &[&str]| crm(app.dir(), app.url().as_deref(), &[&["doctor", "--json"], arguments].concat()).await;
    let (well, said) = doctor(&[]).await;
    assert!(well && diagnosis(&said).iter().all(|(_, state)| state == "ok"), "{said}");
    let sql = async |text: String| app.db().write(async |tx| tx.raw(text).await).await.expect("a change");
    sql(format!("UPDATE customers SET name_fold = 'bozuk' WHERE id = {id}")).await;
    sql(format!("DELETE FROM customer_search WHERE rowid = {other}")).await;
    let (well, said) = doctor(&[]).await;
    assert!(!well);
    assert_eq!(
        (state_of(&said, "folded texts"), state_of(&said, "search")),
        ("fail".into(), "fail".into()),
        "{said}"
    );
    assert_eq!(admin.get("customers/?search=boya").await.expect(200).json()["results"], json!([]));
    let served = admin.get("system/doctor/").await.expect(200).json();
    assert!(
        served
            .as_array()
            .expect("checks")
            .iter()
            .any(|check| check["name"] == "search" && check["state"] == "fail"),
        "{served}"
    );
    let says = |served: &Value| {
        let checks = served.as_array().expect("checks").iter();
        let search = checks.clone().find(|check| check["name"] == "search").expect("the check").clone();
        json!([search["found"], search["remedy"]])
    };
    assert_eq!(
        says(&served),
        json!([
            format!("customer that is not found: {other}"),
            "crm doctor --fix writes the words of the search anew"
        ])
    );
    admin.patch("users/1/", json!({ "locale": "tr" })).await.expect(200);
    let turkish = admin.get("system/doctor/").await.expect(200).json();
    assert_eq!(
        says(&turkish),
        json!([
            format!("bulunamayan müşteri: {other}"),
            "crm doctor --fix arama sözcüklerini yeniden yazar"
        ])
    );
    let (well, said) = doctor(&["--fix"]).await;
    assert!(well, "{said}");
    assert!(diagnosis(&said).iter().all(|(_, state)| state == "ok"), "{said}");
    app.db().memo().touch_all();
    assert_eq!(
        admin.get("customers/?search=boya").await.expect(200).json()["results"][0]["id"],
        other
    );

    sql("CREATE INDEX ix_by_hand ON customers (title)".into()).await;
    sql("DROP INDEX ix_import_mappings_entity_header_key".into()).await;
    sql(format!(
        "UPDATE events SET actor_id = 7 WHERE subject_id = {id} AND kind = 'customer.created'"
    ))
    .await;
    sql(format!("UPDATE customers SET primary_email = 'x@y.tr' WHERE id = {id}")).await;
    let (well, said) = doctor(&[]).await;
    assert!(!well);
    for name in ["schema", "audit", "agreement"] {
        assert_eq!(state_of(&said, name), "fail", "{said}");
    }
    assert!(
        said.contains("ix_by_hand orada olmamalı") && said.contains("header_key eksik"),
        "{said}"
    );
});

/// A migration that does something and then cannot go on.
const HALF_WAY: Migration = Migration {
    name: "m9999_half_way",
    up: |tx| {
        Box::pin(async move {
            tx.raw("CREATE TABLE half_done (id integer)").await?;
            tx.raw("DELETE FROM customer_figures").await?;
            Err(Error::internal("it cannot go on"))
        })
    },
};

const WHOLE: Migration = Migration {
    name: "m9998_whole",
    up: |tx| Box::pin(async move { tx.raw("CREATE TABLE whole_done (id integer)").await }),
};

fn list(more: &[Migration]) -> Vec<Migration> {
    [migrations::ALL, more].concat()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir)
        .expect("a folder")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn an_upgrade_that_fails_half_way_leaves_the_old_file_as_it_was_and_one_that_works_keeps_it() {
    let app = TestApp::new(testkit::Backend::Sqlite).await;
    // Not by a token, whose use would be noted some seconds later.
    let ctx = app.ctx.clone();
    ctx.db
        .write(async |tx| identity::teams::create(tx, &ctx, identity::teams::NewTeam::named("Alfa")).await)
        .await
        .expect("a team");
    drop(ctx);
    app.consume().await;
    let path = app.dir().join("crm.db");
    let refused = upgrade::sqlite(&path, &list(&[WHOLE])).await.expect_err("somebody has it open");
    assert!(format!("{refused:#}").contains("stop it first"), "{refused:#}");
    let place = app.leave().await;
    assert_eq!(upgrade::sqlite(&path, migrations::ALL).await.expect("nothing to do"), None);
    let before = std::fs::read(&path).expect("the file");
    let there = files(place.dir());
    let failed = upgrade::sqlite(&path, &list(&[WHOLE, HALF_WAY])).await.expect_err("it fails");
    assert!(format!("{failed:#}").contains("it cannot go on"), "{failed:#}");
    let after = std::fs::read(&path).expect("the file");
    let other: Vec<usize> = (0..before.len().max(after.len()))
        .filter(|at| before.get(*at) != after.get(*at))
        .collect();
    assert!(
        other.is_empty(),
        "{} bytes are other, of {} and {}: {:?}",
        other.len(),
        before.len(),
        after.len(),
        &other[..other.len().min(20)]
    );
    let left: Vec<PathBuf> = files(place.dir()).into_iter().filter(|file| !there.contains(file)).collect();
    assert_eq!(left, Vec::<PathBuf>::new(), "nothing is left beside it");
    // The version before serves it on.
    let process = testkit::process::Process::serve(Path::new(env!("CARGO_BIN_EXE_crm")), &place);
    process.kill();

    let kept = upgrade::sqlite(&path, &list(&[WHOLE]))
        .await
        .expect("it works")
        .expect("it was changed");
    assert!(kept.ends_with("crm.db.before-m9998_whole"), "{}", kept.display());
    let db = place.open().await;
    assert_eq!(audit::texts(&db, "SELECT name FROM teams").await, ["Alfa"]);
    assert_eq!(audit::texts(&db, "SELECT CAST(count(*) AS text) FROM whole_done").await, ["0"]);
    db.close().await;
    kernel::db::integrity(&kept).await.expect("the old one is sound");
    // The version before does not touch what it does not know.
    let (well, said) = crm(place.dir(), None, &["migrate"]).await;
    assert!(!well && said.contains("m9998_whole"), "{said}");
    // A new file needs no copy.
    let fresh = tempfile::tempdir().expect("a directory");
    assert_eq!(
        upgrade::sqlite(&fresh.path().join("crm.db"), migrations::ALL)
            .await
            .expect("nothing"),
        None
    );
}

#[tokio::test]
async fn on_postgres_a_migration_that_fails_half_way_leaves_the_old_version_serving() {
    let Some(backend) = testkit::database::postgres() else {
        eprintln!("skipped: CRM_TEST_POSTGRES names no server");
        return;
    };
    let app = TestApp::new(backend).await;
    let admin = app.admin().await;
    admin.post("customers/", company("Alfa")).await.expect(201);
    app.consume().await;
    let figures = app.count("customer_figures").await;
    let newer = Db::postgres(&app.url().expect("a url")).await.expect("another node");
    migrations::run_list(&newer, &app.clock, &list(&[HALF_WAY]))
        .await
        .expect_err("it fails");
    newer.close().await;
    admin.post("customers/", company("Beta")).await.expect(201);
    assert_eq!(app.count("customer_figures").await, figures, "nothing of it is left");
    assert_eq!(
        audit::texts(
            app.db(),
            "SELECT CAST(count(*) AS text) FROM information_schema.tables WHERE table_name = 'half_done'"
        )
        .await,
        ["0"]
    );
    assert_eq!(
        migrations::run(app.db(), &app.clock).await.expect("the old list"),
        Vec::<&str>::new()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_client_goes_on_where_it_was() {
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: no python3");
        return;
    }
    let app = TestApp::new(testkit::Backend::Sqlite).await;
    let admin = app.admin().await;
    let address = app.listen().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/events_client/events_client.py");
    let read = async || {
        let mut command = std::process::Command::new("python3");
        command
            .args([script, "--once", "--limit", "2", "--kind", "customer.*", "--cursor", "cursor.txt"])
            .current_dir(app.dir())
            .env("CRM_URL", format!("http://{address}"))
            .env("CRM_TOKEN", admin.bearer().expect("a token"));
        let output = tokio::task::spawn_blocking(move || command.output())
            .await
            .expect("a thread")
            .expect("the client");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let names = |line: &str| serde_json::from_str::<Value>(line).expect("json")["payload"]["name"].clone();
        String::from_utf8_lossy(&output.stdout).lines().map(names).collect::<Vec<Value>>()
    };
    for name in ["Bir", "İki", "Üç"] {
        admin.post("customers/", company(name)).await.expect(201);
    }
    assert_eq!(read().await, ["Bir", "İki", "Üç"]);
    assert_eq!(read().await, Vec::<Value>::new());
    admin.post("customers/", company("Dört")).await.expect(201);
    assert_eq!(read().await, ["Dört"]);
}
