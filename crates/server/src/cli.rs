//! The command line.

use anyhow::Context;
use clap::{Parser, Subcommand};
use kernel::clock::Clock;
use kernel::ctx::Ctx;
use kernel::db::Db;

use crate::app::Product;
use crate::config::Config;
use crate::{access, backup, bench, demo, doctor, log, openapi, upgrade, worker};

mod accounts;
pub mod files;
mod serve;

pub use accounts::told;

/// Context7 CRM: customers, leads, campaigns and loyalty in one program.
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the web application, and run the workers
    Serve,
    /// Run only the workers, beside servers over the same PostgreSQL
    Worker,
    /// Bring the database up to date
    Migrate,
    /// Load the demo organisation; does nothing when there is an organisation already
    Demo,
    /// Import customers from a CSV or XLSX file
    Import(files::Import),
    /// Export customers to a CSV or XLSX file
    Export(files::Export),
    Bench(bench::Bench),
    /// Make users and give them passwords
    #[command(subcommand)]
    User(accounts::User),
    /// Make API tokens
    #[command(subcommand)]
    Token(accounts::Token),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Doctor(doctor::Doctor),
    #[command(subcommand)]
    Audit(crate::audit::Audit),
    /// Print the OpenAPI document
    Openapi,
    /// Print the access matrix: what roles allow and what routes ask for
    Access,
    /// Show every setting and where it comes from
    Config,
}

impl Cli {
    /// Runs the command to its end.
    pub fn run(self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.run_async())
    }

    async fn run_async(self) -> anyhow::Result<()> {
        match self.command {
            Command::Openapi => return print_openapi().await,
            Command::Access => return print_access().await,
            Command::Config => return print_config(),
            Command::Bench(bench) => return bench.run().await,
            _ => {}
        }
        let config = Config::load()?;
        let log = log::start(&config);
        match self.command {
            Command::Serve => serve::run(config, &log).await,
            Command::Worker => {
                let product = open(&config).await?;
                let listening = worker::start_listening(&product);
                let tasks = worker::start(&product).await?;
                tracing::info!("workers run");
                serve::until_told_to_stop().await;
                drop((tasks, listening));
                Ok(())
            }
            Command::Migrate => {
                upgraded(&config).await?;
                let db = config.open_database().await?;
                for name in migrations::run(&db, &Clock::System).await? {
                    println!("{name}");
                }
                println!("The database is up to date.");
                Ok(())
            }
            Command::Demo => demo::load(&open(&config).await?).await,
            Command::Import(import) => import.run(&system(&config).await?).await,
            Command::Export(export) => export.run(&system(&config).await?).await,
            Command::User(user) => user.run(&system(&config).await?, &config.public_url).await,
            Command::Token(token) => token.run(&system(&config).await?).await,
            Command::Backup(backup) => backup.run(&config).await,
            Command::Restore(restore) => restore.run(&config).await,
            Command::Doctor(doctor) => doctor.run(&config, &system(&config).await?).await,
            Command::Audit(audit) => audit.run(&system(&config).await?).await,
            Command::Openapi | Command::Access | Command::Config | Command::Bench(_) => Ok(()),
        }
    }
}

/// Opens and migrates the database, and puts the product together over it.
async fn open(config: &Config) -> anyhow::Result<Product> {
    upgraded(config).await?;
    let db = config.open_database().await?;
    migrations::run(&db, &Clock::System)
        .await
        .context("the database cannot be brought up to date")?;
    Ok(Product::new(db, Clock::System, config.identity()?, &config.data_dir))
}

/// Brings a SQLite file that is there up to date by way of a copy, before anybody has it open.
async fn upgraded(config: &Config) -> anyhow::Result<()> {
    if config.database_url.is_none() {
        upgrade::sqlite(&config.data_dir.join("crm.db"), migrations::ALL).await?;
    }
    Ok(())
}

async fn system(config: &Config) -> anyhow::Result<Ctx> {
    Ok(open(config).await?.system().await?)
}

async fn print_openapi() -> anyhow::Result<()> {
    print_from_code(|product| Ok(openapi::printed(&product.document)?)).await
}

async fn print_access() -> anyhow::Result<()> {
    print_from_code(|product| Ok(access::document(product))).await
}

/// Prints what comes from the code alone; a database is there because a product stands over one.
async fn print_from_code(text: impl FnOnce(&Product) -> anyhow::Result<String>) -> anyhow::Result<()> {
    let dir = std::env::temp_dir().join(format!("crm-printed-{}", std::process::id()));
    std::fs::create_dir_all(&dir)?;
    let db = Db::sqlite(&dir.join("crm.db"), Default::default()).await?;
    let product = Product::new(db, Clock::System, identity::Settings::default(), &dir);
    print!("{}", text(&product)?);
    std::fs::remove_dir_all(&dir)?;
    Ok(())
}

fn print_config() -> anyhow::Result<()> {
    let shown = Config::shown()?;
    let width = shown.iter().map(|setting| setting.value.len()).max().unwrap_or_default();
    for setting in shown {
        println!("{:<24} {:<width$}  {}", setting.name, setting.value, setting.origin);
    }
    Ok(())
}
