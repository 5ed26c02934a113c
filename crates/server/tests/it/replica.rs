//! Lists from a streaming replica, which the test makes: read-your-writes, lag, and a replica that dies.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use kernel::db::Db;
use kernel::db::replica::{Limits, Report};
use testkit::{Client, TestApp, company};

const PATIENCE: Duration = Duration::from_secs(30);
const MAX_LAG: Duration = Duration::from_secs(2);

/// A primary and its replica, gone with the test.
struct Pair {
    binaries: PathBuf,
    dir: tempfile::TempDir,
    ports: [u16; 2],
}

/// Where PostgreSQL's own programs are; none where they are not installed.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
    found.sort();
    found.retain(|dir| {
        ["initdb", "pg_ctl", "pg_basebackup", "psql"]
            .iter()
            .all(|name| dir.join(name).exists())
    });
    found.pop()
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

impl Pair {
    fn start(binaries: PathBuf) -> Pair {
        // Short, because the path of a Unix socket has at most 107 bytes.
        let dir = tempfile::Builder::new().prefix("crm-rp.").tempdir_in("/tmp").expect("a directory");
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(dir.path()).status();
            assert!(owned.expect("chown").success());
        }
        let pair = Pair {
            binaries,
            dir,
            ports: [free_port(), free_port()],
        };
        let primary = pair.data(0);
        pair.run(
            "initdb",
            &[
                "-D",
                &primary,
                "-U",
                "postgres",
                "--auth=trust",
                "-E",
                "UTF8",
                "--no-locale",
                "--no-sync",
            ],
        );
        pair.pg_ctl(0, &["start"]);
        let port = pair.ports[0].to_string();
        let replica = pair.data(1);
        pair.run(
            "pg_basebackup",
            &[
                "-h",
                "127.0.0.1",
                "-p",
                &port,
                "-U",
                "postgres",
                "-D",
                &replica,
                "-R",
                "-X",
                "stream",
                "-c",
                "fast",
                "--no-sync",
            ],
        );
        pair.pg_ctl(1, &["start"]);
        pair
    }

    fn data(&self, which: usize) -> String {
        let name = ["primary", "replica"][which];
        self.dir.path().join(name).display().to_string()
    }

    fn url(&self, which: usize) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.ports[which])
    }

    fn pg_ctl(&self, which: usize, what: &[&str]) {
        let data = self.data(which);
        let log = format!("{data}.log");
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c fsync=off -c hot_standby=on",
            self.ports[which],
            self.dir.path().display()
        );
        self.run("pg_ctl", &[&["-D", &data, "-l", &log, "-w", "-o", &options][..], what].concat());
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let path = self.binaries.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&path);
            command
        } else {
            Command::new(&path)
        };
        let output = command
            .args(arguments)
            .current_dir(self.dir.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()
            .expect(program);
        assert!(output.success(), "{program} {arguments:?}");
    }

    fn on_replica(&self, sql: &str) {
        let port = self.ports[1].to_string();
        self.run("psql", &["-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-c", sql]);
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for which in [1, 0] {
            if Path::new(&self.data(which)).join("postmaster.pid").exists() {
                self.pg_ctl(which, &["stop", "-m", "immediate"]);
            }
        }
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id");
    id.stdout.starts_with(b"0\n")
}

fn report(db: &Db) -> Report {
    db.replica().expect("a replica")
}

/// Waits for another process, which tells nobody.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begin = Instant::now();
    while !is_so().await {
        assert!(begin.elapsed() < PATIENCE, "never {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn names(client: &Client) -> Vec<String> {
    let list = client.get("customers/?count=exact&ordering=id").await.expect(200).json();
    let rows = list["results"].as_array().expect("rows").clone();
    assert_eq!(list["count"].as_u64(), Some(rows.len() as u64), "the count is of the same moment");
    rows.iter()
        .map(|row| row["company_name"].as_str().expect("a name").to_owned())
        .collect()
}

async fn add(client: &Client, name: &str) {
    client.post("customers/", company(name)).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_read_from_a_replica_that_is_well_by_who_has_seen_nothing_newer() {
    let Some(binaries) = binaries() else {
        eprintln!("SKIPPED: initdb, pg_ctl, pg_basebackup and psql are not all in /usr/lib/postgresql/*/bin; no replica can be made");
        return;
    };
    let pair = Pair::start(binaries);
    let limits = Limits {
        own_writes: Duration::ZERO,
        max_lag: MAX_LAG,
    };
    let db = Db::postgres(&pair.url(0)).await.expect("the primary");
    let db = db.with_replica(&pair.url(1), limits).expect("a replica");
    let app = TestApp::over(db.clone()).await;
    let (writer, reader) = (app.admin().await, app.admin().await);
    until("used", async || report(&db).is_used).await;

    // The reader, who wrote nothing, is answered by the replica.
    add(&writer, "Birinci").await;
    until("replicated", async || names(&reader).await == ["Birinci"]).await;
    assert!(report(&db).reads > 0);

    // It stands still: the writer finds what they wrote, by the primary; the reader is told what was, by the replica.
    pair.on_replica("SELECT pg_wal_replay_pause()");
    add(&writer, "İkinci").await;
    let before = report(&db);
    assert_eq!(names(&writer).await, ["Birinci", "İkinci"]);
    assert_eq!(report(&db).reads_of_primary, before.reads_of_primary + 1);
    assert_eq!(names(&reader).await, ["Birinci"]);
    assert_eq!(report(&db).reads, before.reads + 1);
    // One record is always read where it was written.
    assert_eq!(reader.get("customers/2/").await.expect(200).json()["company_name"], "İkinci");
    // Too far behind, it serves nobody.
    until("behind", async || !report(&db).is_used).await;
    assert!(report(&db).reason.contains("behind"), "{:?}", report(&db));
    assert_eq!(names(&reader).await, ["Birinci", "İkinci"]);
    let doctor = reader.get("system/doctor/").await.expect(200).text();
    assert!(doctor.contains("\"replica\"") && doctor.contains("behind"), "{doctor}");

    // It goes on: everybody is answered by it again, the writer as well.
    pair.on_replica("SELECT pg_wal_replay_resume()");
    until("used again", async || report(&db).is_used).await;
    let before = report(&db).reads;
    until("enough for the writer", async || {
        assert_eq!(names(&writer).await, ["Birinci", "İkinci"]);
        report(&db).reads > before
    })
    .await;
    // An export reads there, and writes down that it did on the primary.
    let csv = reader.get("customers/export/?format=csv").await.expect(200).text();
    assert!(csv.contains("İkinci"), "{csv}");

    // Killed in the middle: nobody notices.
    let asking = tokio::spawn({
        let reader = reader.clone();
        async move {
            for _ in 0..60 {
                assert_eq!(names(&reader).await, ["Birinci", "İkinci"]);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    });
    pair.pg_ctl(1, &["stop", "-m", "immediate"]);
    asking.await.expect("every list was answered");
    until("noticed", async || !report(&db).is_used).await;
    add(&writer, "Üçüncü").await;
    assert_eq!(names(&reader).await.len(), 3);
    let system = reader.get("system/").await.expect(200).json();
    assert_eq!(system["replica"]["is_used"], false);
    assert_ne!(system["replica"]["reason"], "");

    pair.pg_ctl(1, &["start"]);
    until("back", async || report(&db).is_used).await;
    until("replicated", async || names(&reader).await.len() == 3).await;

    // With a time of grace the primary answers, however quick the replica is.
    let patient = Limits {
        own_writes: Duration::from_secs(3_600),
        max_lag: MAX_LAG,
    };
    let db = Db::postgres(&pair.url(0)).await.expect("the primary");
    let db = db.with_replica(&pair.url(1), patient).expect("a replica");
    until("used", async || report(&db).is_used).await;
    let [one, other] = ["session:1", "session:2"].map(|who| db.clone().on_behalf_of(|| Some(who.into())));
    one.write(async |_| Ok(())).await.expect("a write");
    one.lists().await;
    assert_eq!((report(&db).reads, report(&db).reads_of_primary), (0, 1));
    other.lists().await;
    assert_eq!((report(&db).reads, report(&db).reads_of_primary), (1, 1));
    // Nobody in particular: jobs and consumers build on what they read.
    db.lists().await;
    assert_eq!(report(&db).reads, 1);
}
