//! `crm doctor`: is everything as it must be? A list of named checks, each with what to do when it is not well.

use std::path::Path;

use clap::Args;
use customers::{imports, upkeep};
use identity::audit::verify;
use kernel::clock::Clock;
use kernel::ctx::Ctx;
use kernel::db::copy::{self, File};
use kernel::db::{Db, Synchronous};
use kernel::error::{Lang, Result, Say};
use kernel::events::consumers;
use kernel::jobs;
use kernel::say;
use serde::Serialize;
use utoipa::ToSchema;

use crate::cli::told;
use crate::config::Config;

/// Below this much free space somebody should be told.
const LOW_BYTES: u64 = 1 << 30;
/// Events that a consumer may be behind while all is well.
const MUCH_BEHIND: i64 = 100_000;
/// How many findings are named.
const NAMED: usize = 5;

/// Is everything as it must be? Says what to do where it is not
#[derive(Args)]
pub struct Doctor {
    /// Mend what can be mended safely: folded texts and the words of the search
    #[arg(long)]
    fix: bool,
    /// Look at every row instead of the newest
    #[arg(long)]
    all: bool,
    /// For programs
    #[arg(long)]
    json: bool,
}

/// In the names of indexes that custom fields bring along, which no migration knows.
const OF_CUSTOM_FIELDS: &str = "_custom_";

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = CheckState)]
pub enum State {
    Ok,
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub struct Check {
    name: &'static str,
    state: State,
    found: Say,
    /// None when all is well.
    remedy: Option<Say>,
}

/// The same in the language of whoever asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Check)]
pub struct Told {
    /// What was looked at: a key that stays the same in every language.
    pub name: &'static str,
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do; empty when all is well.
    pub remedy: String,
}

impl Check {
    fn ok(name: &'static str, found: Say) -> Check {
        Check {
            name,
            state: State::Ok,
            found,
            remedy: None,
        }
    }

    fn not(self, state: State, remedy: Say) -> Check {
        Check {
            state,
            remedy: Some(remedy),
            ..self
        }
    }

    /// Well when nothing was found.
    fn of(name: &'static str, findings: &[Say], state: State, remedy: Say) -> Check {
        if findings.is_empty() {
            return Check::ok(name, say!("sorun yok", "nothing wrong"));
        }
        let named = |lang| {
            findings
                .iter()
                .take(NAMED)
                .map(|found| found.get(lang))
                .collect::<Vec<_>>()
                .join("; ")
        };
        let (tr, en) = (named(Lang::Tr), named(Lang::En));
        let found = match findings.len() - findings.len().min(NAMED) {
            0 => Say {
                tr: tr.into(),
                en: en.into(),
            },
            more => Say {
                tr: format!("{tr}; ve {more} tane daha").into(),
                en: format!("{en}; and {more} more").into(),
            },
        };
        Check::ok(name, found).not(state, remedy)
    }

    /// In one language.
    pub fn told(self, lang: Lang) -> Told {
        Told {
            name: self.name,
            state: self.state,
            found: self.found.get(lang).to_owned(),
            remedy: self.remedy.map(|remedy| remedy.get(lang).to_owned()).unwrap_or_default(),
        }
    }
}

impl Doctor {
    pub async fn run(self, config: &Config, ctx: &Ctx) -> anyhow::Result<()> {
        let mut checks = examine(ctx, self.all).await.map_err(told)?;
        checks.insert(0, schema(config).await?);
        checks.insert(1, audit(ctx).await.map_err(told)?);
        checks.insert(2, file(&ctx.db).await.map_err(told)?);
        if self.fix && mend(ctx, self.all).await.map_err(told)? > 0 {
            let again = examine(ctx, self.all).await.map_err(told)?;
            checks.truncate(3);
            checks.extend(again);
        }
        let checks: Vec<Told> = checks.into_iter().map(|check| check.told(ctx.lang)).collect();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&checks)?);
        } else {
            for check in &checks {
                let state = match check.state {
                    State::Ok => "ok  ",
                    State::Warn => "WARN",
                    State::Fail => "FAIL",
                };
                println!("{state} {:<16} {}", check.name, check.found);
                if !check.remedy.is_empty() {
                    println!("     {:<16} → {}", "", check.remedy);
                }
            }
        }
        let failed = checks.iter().filter(|check| check.state == State::Fail).count();
        anyhow::ensure!(failed == 0, "{failed} checks failed");
        Ok(())
    }
}

/// What can be asked of a running database without making it wait: also behind `GET system/doctor/`.
pub async fn examine(ctx: &Ctx, all: bool) -> Result<Vec<Check>> {
    Ok(vec![
        replica(&ctx.db).await,
        orphans(&ctx.db).await?,
        agreement(&ctx.db).await?,
        pipeline_facts(&ctx.db).await?,
        folds(&ctx.db, all).await?,
        search(&ctx.db).await?,
        readers(&ctx.db).await?,
        work(&ctx.db).await?,
        uploads(ctx).await?,
        data_dir(&ctx.data_dir),
    ])
}

/// The file itself, and its references. PostgreSQL looks after its own.
async fn file(db: &Db) -> Result<Check> {
    let Db::Sqlite { path, .. } = db else {
        return Ok(Check::ok("database", say!("PostgreSQL yanıt veriyor", "PostgreSQL answers")));
    };
    let mut file = File::open(path).await?;
    // In the words of SQLite, which has no others.
    let problems: Vec<Say> = file.problems().await?.iter().map(|problem| say!("{0}", "{0}", problem)).collect();
    file.close().await?;
    Ok(Check::of(
        "database",
        &problems,
        State::Fail,
        say!(
            "programı durdurup son sağlam yedeği geri yükleyin: crm restore",
            "stop the program and restore the last good backup: crm restore"
        ),
    ))
}

/// The replica that lists are read from. Without it everything works, and the primary has more to do.
async fn replica(db: &Db) -> Check {
    match db.replica_examined().await {
        None => Check::ok("replica", say!("ayarlanmamış", "none is set")),
        Some(replica) if replica.is_used => Check::ok("replica", say!("kullanılıyor, {} ms geride", "used, {} ms behind", replica.lag_ms)),
        Some(replica) => Check::ok("replica", say!("kullanılmıyor: {}", "left alone: {}", replica.reason)).not(
            State::Warn,
            say!("çalıştığını, kaydı izlediğini ve DATABASE_REPLICA_URL’nin gösterdiği yer olduğunu denetleyin; listeler bu arada ana veritabanından okunur", "see that it runs, replays, and is what DATABASE_REPLICA_URL names; lists are read from the primary meanwhile"),
        ),
    }
}

/// Rows of somebody who is not there: what no reference of the database itself holds.
async fn orphans(db: &Db) -> Result<Check> {
    let queries = [
        (
            "SELECT CAST(f.customer_id AS text) FROM customer_figures f WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = f.customer_id)",
            Say::new("rakamların müşterisi yok", "figures without their customer"),
        ),
        (
            "SELECT e.id || ' → ' || e.operation_id FROM events e WHERE e.operation_id IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.id = e.operation_id)",
            Say::new("olayın işlemi yok", "event without its operation"),
        ),
        (
            "SELECT i.id || ' → ' || i.operation_id FROM imports i WHERE i.operation_id IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.id = i.operation_id)",
            Say::new("aktarımın işlemi yok", "import without its operation"),
        ),
    ];
    let found = findings(db, &queries).await?;
    Ok(Check::of(
        "orphans",
        &found,
        State::Warn,
        say!(
            "bu listeyle bildirin: program böyle satır bırakmaz",
            "report it with this list: the program leaves none"
        ),
    ))
}

/// What each of a few queries finds, with the words for it.
async fn findings(db: &Db, queries: &[(&str, Say)]) -> Result<Vec<Say>> {
    let mut found = Vec::new();
    for (query, what) in queries {
        let subjects = db.findings(&format!("{query} LIMIT 100")).await?;
        found.extend(subjects.into_iter().map(|subject| Say {
            tr: format!("{}: {subject}", what.tr).into(),
            en: format!("{}: {subject}", what.en).into(),
        }));
    }
    Ok(found)
}

/// What stands in two places must be the same in both.
async fn agreement(db: &Db) -> Result<Check> {
    let queries = [
        (
            "SELECT CAST(c.id AS text) FROM customers c WHERE c.primary_email <> \
             coalesce((SELECT p.value FROM contact_points p WHERE p.customer_id = c.id AND p.kind = 'email' AND p.rank = 0), '')",
            Say::new("müşterinin birincil e-postası", "primary e-mail of customer"),
        ),
        (
            "SELECT CAST(c.id AS text) FROM customers c WHERE c.primary_phone <> \
             coalesce((SELECT p.value FROM contact_points p WHERE p.customer_id = c.id AND p.kind = 'phone' AND p.rank = 0), '')",
            Say::new("müşterinin birincil telefonu", "primary phone of customer"),
        ),
        (
            "SELECT CAST(c.id AS text) FROM customers c WHERE c.city <> \
             coalesce((SELECT a.city FROM addresses a WHERE a.customer_id = c.id AND a.is_primary), '')",
            Say::new("müşterinin ili", "city of customer"),
        ),
        (
            "SELECT s.customer_id || ' (' || s.topic || ')' FROM consent_states s \
             WHERE NOT EXISTS (SELECT 1 FROM consents c WHERE c.id = s.consent_id AND c.status = s.status)",
            Say::new("müşterinin izni", "consent of customer"),
        ),
    ];
    let found = findings(db, &queries).await?;
    Ok(Check::of(
        "agreement",
        &found,
        State::Fail,
        say!(
            "müşteriyi açıp kaydedin; bu listeyle bildirin",
            "open the customer and save it; report it with this list"
        ),
    ))
}

/// What pipelines and forecasts are summed from.
async fn pipeline_facts(db: &Db) -> Result<Check> {
    let found: Vec<Say> = match sales::pipeline::facts::missing(db).await? {
        0 => Vec::new(),
        count => vec![say!(
            "{} fırsatın geçmişinden çıkan kayıtları eksik",
            "what follows from the history of {} opportunities is missing",
            count
        )],
    };
    Ok(Check::of(
        "pipeline facts",
        &found,
        State::Warn,
        say!(
            "sunucu çalışırken günde bir kez kendiliğinden tamamlanır",
            "the running server makes them by itself once a day"
        ),
    ))
}

async fn folds(db: &Db, all: bool) -> Result<Check> {
    let stale = upkeep::stale_folds(db, all).await?;
    let found: Vec<Say> = stale
        .iter()
        .map(|stale| {
            say!(
                "{2} tablosunun {1} numaralı satırında {0}",
                "{0} of row {1} of {2}",
                stale.column,
                stale.id,
                stale.table
            )
        })
        .collect();
    Ok(Check::of(
        "folded texts",
        &found,
        State::Fail,
        say!(
            "crm doctor --fix --all müşterilerinkini yeniden yazar; ötekileri yeniden kaydedin",
            "crm doctor --fix --all writes those of customers anew; save the others again"
        ),
    ))
}

const NOT_FOUND: &str = "SELECT CAST(c.id AS text) FROM customers c WHERE c.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM customer_search s WHERE s.rowid = c.id)";
const FOUND_THOUGH_GONE: &str = "SELECT CAST(s.rowid AS text) FROM customer_search s WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = s.rowid AND c.deleted_at IS NULL)";

async fn search(db: &Db) -> Result<Check> {
    let queries = [
        (NOT_FOUND, Say::new("bulunamayan müşteri", "customer that is not found")),
        (
            FOUND_THOUGH_GONE,
            Say::new("silindiği hâlde bulunan müşteri", "customer found though it is gone"),
        ),
    ];
    let found = findings(db, &queries).await?;
    Ok(Check::of(
        "search",
        &found,
        State::Fail,
        say!(
            "crm doctor --fix arama sözcüklerini yeniden yazar",
            "crm doctor --fix writes the words of the search anew"
        ),
    ))
}

async fn readers(db: &Db) -> Result<Check> {
    let mut found = Vec::new();
    for lag in consumers::lags(db).await? {
        if lag.failures > 0 {
            found.push(say!("{} hata veriyor: {}", "{} fails: {}", lag.consumer, lag.last_error));
        } else if lag.behind > MUCH_BEHIND {
            found.push(say!("{} {} olay geride", "{} is {} events behind", lag.consumer, lag.behind));
        }
    }
    let aside = consumers::set_aside(db).await?;
    found.extend(aside.iter().map(|aside| {
        say!(
            "{} numaralı olayı {} kenara ayırdı",
            "event {} was set aside by {}",
            aside.event_id,
            aside.consumer
        )
    }));
    Ok(Check::of(
        "consumers",
        &found,
        State::Warn,
        say!(
            "işçilerin çalıştığını denetleyin; kenara ayrılanı Sistem sayfasında yeniden işleyin",
            "see that workers run; replay what was set aside on the System page"
        ),
    ))
}

async fn work(db: &Db) -> Result<Check> {
    let given_up = jobs::list(db).await?.into_iter().filter(|job| job.failed != 0);
    let found: Vec<Say> = given_up
        .map(|job| say!("iş {} {}: {}", "job {} {}: {}", job.id, job.kind, job.last_error))
        .collect();
    Ok(Check::of(
        "jobs",
        &found,
        State::Warn,
        say!(
            "söylediklerini giderin; kendiliğinden yeniden denenmezler",
            "mend what they say; they are not tried again by themselves"
        ),
    ))
}

/// Imports that will want their file and do not have it.
async fn uploads(ctx: &Ctx) -> Result<Check> {
    const WAITING: &str =
        "SELECT file_path FROM imports WHERE state IN ('mapping', 'checking', 'ready', 'running', 'paused') AND file_path <> '' LIMIT 1000";
    let paths = ctx.db.findings(WAITING).await?;
    let missing = paths.into_iter().filter(|path| !ctx.data_dir.join(path).exists());
    let found: Vec<Say> = missing.map(|path| say!("{0}", "{0}", path)).collect();
    let remedy = match ctx.db {
        Db::Sqlite { .. } => say!("dosyayı yeniden yükleyin", "upload the file again"),
        Db::Postgres { .. } => say!(
            "dosyayı yeniden yükleyin ya da her düğümün veri dizininin aynı olduğunu denetleyin",
            "upload the file again, or see that every node has the same data directory"
        ),
    };
    Ok(Check::of(imports::upload::FOLDER, &found, State::Warn, remedy))
}

fn data_dir(dir: &Path) -> Check {
    let probe = dir.join(".crm-doctor.part");
    if let Err(error) = std::fs::write(&probe, b"") {
        let found = say!("{} yazılamıyor: {}", "{} cannot be written: {}", dir.display(), error);
        return Check::ok("data directory", found).not(
            State::Fail,
            say!(
                "programın kullanıcısına oraya yazma hakkı verin",
                "give the user of the program the right to write there"
            ),
        );
    }
    let _ = std::fs::remove_file(&probe);
    match rustix::fs::statvfs(dir) {
        Ok(space) => {
            let free = space.f_bavail.saturating_mul(space.f_frsize);
            let check = Check::ok("data directory", say!("{} MB boş", "{} MB free", free >> 20));
            if free < LOW_BYTES {
                check.not(
                    State::Warn,
                    say!("yer açın: SQLite ve yedekler için gerekli", "make room: SQLite and backups need it"),
                )
            } else {
                check
            }
        }
        Err(error) => Check::ok(
            "data directory",
            say!("boş yer bilinmiyor: {}", "free space is not known: {}", error),
        ),
    }
}

/// The schema as the migrations would make it.
async fn schema(config: &Config) -> anyhow::Result<Check> {
    const REMEDY: Say = Say::new(
        "şema elle değiştirilmiş: değişikliği geri alın ya da bir yedeği geri yükleyin",
        "somebody changed the schema by hand: take the change back, or restore a backup",
    );
    let (is, should) = match &config.database_url {
        None => {
            let dir = std::env::temp_dir().join(format!("crm-doctor-{}", std::process::id()));
            std::fs::create_dir_all(&dir)?;
            let path = dir.join("crm.db");
            let db = Db::sqlite(&path, Synchronous::Normal).await?;
            migrations::run(&db, &Clock::System).await?;
            db.close().await;
            let mut fresh = File::open(&path).await?;
            let should = fresh.schema().await?;
            fresh.close().await?;
            std::fs::remove_dir_all(&dir)?;
            let mut file = File::open(&config.data_dir.join("crm.db")).await?;
            let is = file.schema().await?;
            file.close().await?;
            (is, should)
        }
        Some(url) => {
            const SCRATCH: &str = "crm_doctor";
            let (place, _) = copy::postgres_place(url).await?;
            if let Err(error) = copy::postgres_schema(url, SCRATCH, true).await {
                let found = say!(
                    "karşılaştırılamıyor: yanında şema açılamıyor ({})",
                    "cannot be compared: no schema can be made beside it ({})",
                    error
                );
                return Ok(Check::ok("schema", found).not(
                    State::Warn,
                    say!("GRANT CREATE ON DATABASE … TO …", "GRANT CREATE ON DATABASE … TO …"),
                ));
            }
            let db = Db::postgres_in(url, SCRATCH).await?;
            migrations::run(&db, &Clock::System).await?;
            db.close().await;
            let should = copy::postgres_schema_parts(url, SCRATCH).await?;
            copy::postgres_schema(url, SCRATCH, false).await?;
            (copy::postgres_schema_parts(url, &place).await?, should)
        }
    };
    let missing = should
        .keys()
        .filter(|part| !is.contains_key(*part))
        .map(|part| say!("{} eksik", "{} is missing", part));
    let strange = is
        .keys()
        .filter(|part| !should.contains_key(*part) && !part.contains(OF_CUSTOM_FIELDS))
        .map(|part| say!("{} orada olmamalı", "{} should not be there", part));
    let other = should
        .iter()
        .filter(|(part, text)| is.get(*part).is_some_and(|is| is != *text))
        .map(|(part, _)| say!("{} olması gerektiği gibi değil", "{} is not as it should be", part));
    let found: Vec<Say> = missing.chain(strange).chain(other).collect();
    Ok(Check::of("schema", &found, State::Fail, REMEDY))
}

async fn audit(ctx: &Ctx) -> Result<Check> {
    let verdict = verify::verify(&ctx.db, None).await?;
    Ok(match verdict.broken {
        None => Check::ok("audit", say!("{} kayıt, bütün", "{} entries, whole", verdict.entries)),
        Some(broken) => {
            let number = |id: Option<i64>| id.map_or_else(|| "—".to_owned(), |id| id.to_string());
            let (entry, event) = (number(broken.entry_id), number(broken.event_id));
            let found = Say {
                tr: format!("kayıt {entry}, olay {event}: {}", broken.reason.tr).into(),
                en: format!("entry {entry}, event {event}: {}", broken.reason.en).into(),
            };
            Check::ok("audit", found).not(
                State::Fail,
                say!(
                    "veritabanı elle değiştirilmiş: bir yedekle karşılaştırın",
                    "somebody changed the database by hand: compare it with a backup"
                ),
            )
        }
    })
}

/// Mends what follows from customers; says how many were mended.
async fn mend(ctx: &Ctx, all: bool) -> Result<usize> {
    let stale = upkeep::stale_folds(&ctx.db, all).await?;
    let mut ids: Vec<i64> = stale
        .iter()
        .filter(|stale| stale.table == "customers")
        .map(|stale| stale.id)
        .collect();
    for query in [NOT_FOUND, FOUND_THOUGH_GONE] {
        ids.extend(ctx.db.findings(query).await?.iter().filter_map(|id| id.parse::<i64>().ok()));
    }
    ids.sort_unstable();
    ids.dedup();
    upkeep::refresh(ctx, &ids).await?;
    Ok(ids.len())
}
