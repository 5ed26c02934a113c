//! A database per test. The schema is made once per test run and copied: a file for SQLite, a template for PostgreSQL.

use std::path::{Path, PathBuf};
use std::time::Duration;

use kernel::clock::Clock;
use kernel::db::{Db, Synchronous};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

/// Where a test runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    /// The URL of a server where databases may be made.
    Postgres(String),
}

/// PostgreSQL, if there is one to test on.
pub fn postgres() -> Option<Backend> {
    std::env::var("CRM_TEST_POSTGRES")
        .ok()
        .filter(|url| !url.is_empty())
        .map(Backend::Postgres)
}

/// Every backend there is to test on.
pub fn backends() -> Vec<Backend> {
    [Some(Backend::Sqlite), postgres()].into_iter().flatten().collect()
}

/// A database that goes with the test.
pub struct Scratch {
    pub db: Db,
    place: Place,
}

/// Where a database is, whether or not anybody has it open; goes with the test.
pub struct Place {
    dir: tempfile::TempDir,
    made: Option<(String, String)>,
}

impl Scratch {
    pub async fn new(backend: Backend) -> Scratch {
        let dir = tempfile::tempdir().expect("a directory");
        match backend {
            Backend::Sqlite => {
                let path = dir.path().join("crm.db");
                std::fs::copy(sqlite_template().await, &path).expect("a copy of the template");
                let db = Db::sqlite(&path, Synchronous::Normal).await.expect("a database");
                Scratch {
                    db,
                    place: Place { dir, made: None },
                }
            }
            Backend::Postgres(server) => {
                let template = postgres_template(&server).await;
                let name = format!("crm_test_{}_{}", std::process::id(), unique());
                let mut admin = PgConnection::connect(&server).await.expect("the server");
                create_from(&mut admin, &name, &template).await;
                let db = Db::postgres(&with_database(&server, &name)).await.expect("a database");
                Scratch {
                    db,
                    place: Place {
                        dir,
                        made: Some((server, name)),
                    },
                }
            }
        }
    }

    /// A database that somebody else made and takes away.
    pub fn around(db: Db) -> Scratch {
        let dir = tempfile::tempdir().expect("a directory");
        Scratch {
            db,
            place: Place { dir, made: None },
        }
    }

    pub fn dir(&self) -> &Path {
        self.place.dir()
    }

    pub fn url(&self) -> Option<String> {
        self.place.url()
    }

    /// Closes the database and leaves it where it is.
    pub async fn leave(self) -> Place {
        self.db.close().await;
        self.place
    }
}

impl Place {
    /// What would be `CRM_DATA_DIR`.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// What would be `DATABASE_URL`; none for SQLite.
    pub fn url(&self) -> Option<String> {
        self.made.as_ref().map(|(server, name)| with_database(server, name))
    }

    /// Opens it beside whoever else may have it open.
    pub async fn open(&self) -> Db {
        match self.url() {
            None => Db::sqlite(&self.dir().join("crm.db"), Synchronous::Normal).await,
            Some(url) => Db::postgres(&url).await,
        }
        .expect("a database")
    }

    /// Waits until the server of PostgreSQL has noticed that a process is dead and has ended what it was doing.
    pub async fn abandoned(&self) {
        let Some((server, name)) = &self.made else { return };
        let mut admin = PgConnection::connect(server).await.expect("the server");
        loop {
            let (there,): (i64,) = sqlx::query_as("SELECT count(*) FROM pg_stat_activity WHERE datname = $1")
                .bind(name)
                .fetch_one(&mut admin)
                .await
                .expect("an answer");
            if there == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A thread of its own, since a test's runtime may be ending; the server goes with the run anyway, this only keeps it small.
        if let Some((server, name)) = self.made.take() {
            let drop_it = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let Ok(runtime) = runtime else { return };
                runtime.block_on(async {
                    if let Ok(mut admin) = PgConnection::connect(&server).await {
                        let _ = sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")))
                            .execute(&mut admin)
                            .await;
                    }
                });
            };
            let _ = std::thread::spawn(drop_it).join();
        }
    }
}

fn unique() -> u64 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

/// The build of this test binary: a template belongs to the migrations that made it.
fn build() -> String {
    let binary = std::env::current_exe().expect("the test binary");
    let modified = binary.metadata().and_then(|meta| meta.modified()).expect("a time");
    let stamp = modified.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    format!("{stamp:x}")
}

async fn sqlite_template() -> PathBuf {
    let path = std::env::temp_dir().join(format!("crm-template-{}.db", build()));
    if !path.exists() {
        let draft = tempfile::tempdir().expect("a directory");
        let made = draft.path().join("template.db");
        let db = Db::sqlite(&made, Synchronous::Normal).await.expect("a database");
        migrations::run(&db, &Clock::at(crate::BEGIN_US)).await.expect("a schema");
        db.close().await;
        // Another process may have been faster; both made the same.
        let copy = path.with_extension(format!("{}", std::process::id()));
        std::fs::copy(&made, &copy).expect("a copy");
        std::fs::rename(&copy, &path).expect("a template");
    }
    path
}

async fn postgres_template(server: &str) -> String {
    let name = format!("crm_template_{}", build());
    let mut admin = PgConnection::connect(server).await.expect("the server");
    // One process makes it, the others wait.
    sqlx::raw_sql("SELECT pg_advisory_lock(711)")
        .execute(&mut admin)
        .await
        .expect("a lock");
    let there: (bool,) = sqlx::query_as("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(&name)
        .fetch_one(&mut admin)
        .await
        .expect("an answer");
    if !there.0 {
        let draft = format!("{name}_draft");
        sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")))
            .execute(&mut admin)
            .await
            .expect("no draft");
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {draft}")))
            .execute(&mut admin)
            .await
            .expect("a draft");
        let db = Db::postgres(&with_database(server, &draft)).await.expect("a database");
        migrations::run(&db, &Clock::at(crate::BEGIN_US)).await.expect("a schema");
        db.close().await;
        sqlx::raw_sql(AssertSqlSafe(format!("ALTER DATABASE {draft} RENAME TO {name}")))
            .execute(&mut admin)
            .await
            .expect("a template");
    }
    sqlx::raw_sql("SELECT pg_advisory_unlock(711)")
        .execute(&mut admin)
        .await
        .expect("no lock");
    name
}

async fn create_from(admin: &mut PgConnection, name: &str, template: &str) {
    // Copying fails while somebody else copies the same template.
    for _ in 0..200 {
        let made = sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}")))
            .execute(&mut *admin)
            .await;
        match made {
            Ok(_) => return,
            Err(error) if error.to_string().contains("being accessed") => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the template is never free");
}

fn with_database(server: &str, name: &str) -> String {
    match server.rsplit_once('/') {
        Some((server, _)) => format!("{server}/{name}"),
        None => server.to_owned(),
    }
}

/// How the database would find the rows of a query; on PostgreSQL with a reluctance to read whole tables, small as they are in tests.
pub async fn explain(db: &Db, query: &sea_query::SelectStatement) -> String {
    let lines: Vec<String> = match db {
        Db::Sqlite { readers, .. } => {
            let sql = format!("EXPLAIN QUERY PLAN {}", query.to_string(sea_query::SqliteQueryBuilder));
            // A reader learns of a new index when it reads, and explaining is not reading.
            #[allow(clippy::disallowed_methods, reason = "both statements must run on the same connection")]
            let mut reader = readers.acquire().await.expect("a reader");
            sqlx::raw_sql("SELECT count(*) FROM sqlite_master")
                .fetch_all(&mut *reader)
                .await
                .expect("a count");
            let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.expect("a plan");
            rows.iter().map(|row| row.get(3)).collect()
        }
        Db::Postgres { pool, .. } => {
            let sql = query.to_string(sea_query::PostgresQueryBuilder);
            let sql = format!("BEGIN; SET LOCAL enable_seqscan = off; EXPLAIN {sql}; ROLLBACK");
            let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(pool).await.expect("a plan");
            rows.iter().map(|row| row.get(0)).collect()
        }
    };
    lines.join("\n")
}
