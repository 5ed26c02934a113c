//! How fast files are imported and exported, and in how much memory: `cargo run --release -p customers --example import_speed -- 1000000`.
//! With `CRM_BENCH_POSTGRES` set to a URL of an empty database, over PostgreSQL; with the further words `consumers`, with these running
//! alongside, and `new`, the first import only.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use customers::imports::options::{MatchBy, Options};
use customers::imports::{ImportChange, run_file};
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::ctx::{Ctx, Organisation};
use kernel::db::{Db, Synchronous};
use kernel::error::{Lang, Result};
use records::exports;
use tabular::write::{Cell, Csv, CsvStyle, Sheet};
use turkiye::people;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HEADER: [&str; 13] = [
    "Müşteri Kodu",
    "Adı",
    "Soyadı",
    "T.C. Kimlik No",
    "Doğum Tarihi",
    "Cinsiyet",
    "E-posta",
    "Cep Telefonu",
    "İl",
    "İlçe",
    "Adres",
    "Kaynak",
    "Müşteri Olduğu Tarih",
];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let rows: u64 = std::env::args().nth(1).and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let words: Vec<String> = std::env::args().skip(2).collect();
    let has = |word: &str| words.iter().any(|given| given == word);
    let folder = std::env::temp_dir().join(format!("import-speed-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure(&folder, rows, has("consumers"), has("new")).await;
    std::fs::remove_dir_all(&folder)?;
    outcome
}

async fn measure(folder: &Path, rows: u64, with_consumers: bool, only_new: bool) -> Result<()> {
    let file = folder.join("people.csv");
    generate(&file, rows)?;
    println!("{rows} rows, {} MB", file.metadata()?.len() / 1_000_000);
    let db = match std::env::var("CRM_BENCH_POSTGRES") {
        Ok(url) => Db::postgres(&url).await?,
        Err(_) => Db::sqlite(&folder.join("crm.db"), Synchronous::Normal).await?,
    };
    migrations::run(&db, &Clock::System).await?;
    customers::customer::ENTITY.know();
    let ctx = context(db, folder.to_owned());
    if with_consumers {
        let (db, clock) = (ctx.db.clone(), ctx.clock.clone());
        tokio::spawn(async move { customers::figures::CONSUMER.run(db, clock, "bench".into()).await });
    }
    memory("at start");
    let options = Options {
        match_by: MatchBy::CustomerCode,
        ..Options::default()
    };
    for what in ["new", "again, nothing changed"] {
        let begun = Instant::now();
        let mut told = 0;
        let change = ImportChange {
            options: Some(options.clone()),
            ..ImportChange::default()
        };
        let import = run_file(&ctx, &file, change, |counts| {
            if counts.rows >= told + 100_000 {
                told = counts.rows;
                println!(
                    "  {:>9} rows, {:.0} rows/s",
                    counts.rows,
                    counts.rows as f64 / begun.elapsed().as_secs_f64()
                );
            }
        })
        .await?;
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "import ({what}): {seconds:.1} s, {:.0} rows/s, {:?}",
            rows as f64 / seconds,
            import.figures.written
        );
        memory("after it");
        if only_new {
            return Ok(());
        }
    }
    for (name, format) in [("out.csv", "csv"), ("out.xlsx", "xlsx")] {
        if format == "xlsx" && rows > 1_000_000 {
            continue;
        }
        let begun = Instant::now();
        let wanted = exports::wanted(&ctx, &customers::customer::ENTITY, &[("format".into(), format.into())]).await?;
        exports::to_file(&ctx, wanted, &folder.join(name)).await?;
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "export {format}: {seconds:.1} s, {:.0} rows/s, {} MB",
            rows as f64 / seconds,
            folder.join(name).metadata()?.len() / 1_000_000
        );
        memory("after it");
    }
    println!("database: {} MB", ctx.db.size_bytes().await? / 1_000_000);
    Ok(())
}

fn context(db: Db, folder: PathBuf) -> Ctx {
    Ctx {
        db,
        clock: Clock::System,
        actor: Arc::new(Actor::system()),
        org: Arc::new(Organisation::default()),
        lang: Lang::Tr,
        request_id: "".into(),
        address: None,
        data_dir: folder.into(),
        reverts: Arc::default(),
        mail: None,
        idempotency: None,
    }
}

fn generate(path: &Path, rows: u64) -> Result<()> {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 3, 16).unwrap_or_default();
    let broken = |problem: tabular::Problem| kernel::error::Error::internal(problem.to_string());
    let mut sheet = Box::new(Csv::new(BufWriter::new(File::create(path)?), &HEADER, CsvStyle::TURKISH_EXCEL).map_err(broken)?);
    for (index, person) in people::people(1, today).take(rows as usize).enumerate() {
        let (code, born, since) = (
            format!("B-{index:07}"),
            person.birth_date.format("%d.%m.%Y").to_string(),
            person.customer_since.format("%d.%m.%Y").to_string(),
        );
        let identity_number = person.identity_number.reveal();
        let gender = if person.gender == "F" { "Kadın" } else { "Erkek" };
        let cells = [
            code.as_str(),
            person.first_name,
            person.last_name,
            &identity_number,
            &born,
            gender,
            &person.email,
            &person.mobile,
            person.province.name,
            person.district,
            &person.address_line,
            person.lead_source,
            &since,
        ];
        sheet.row(&cells.map(Cell::Text)).map_err(broken)?;
    }
    sheet.finish().map_err(broken)
}

fn memory(when: &str) {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        return;
    };
    let of = |name: &str| {
        status
            .lines()
            .find(|line| line.starts_with(name))
            .and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
            .unwrap_or(0)
            / 1024
    };
    println!(
        "  memory {when}: {} MB now ({} MB of it the process's own), {} MB at most",
        of("VmRSS"),
        of("RssAnon"),
        of("VmHWM")
    );
}
