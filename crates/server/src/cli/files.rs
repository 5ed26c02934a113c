//! `crm import` and `crm export`

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use customers::imports::{self, ImportChange};
use indicatif::{ProgressBar, ProgressStyle};
use kernel::ctx::Ctx;
use records::exports;

use super::told;

#[derive(Args)]
pub struct Import {
    /// A CSV or XLSX file with a header row
    file: PathBuf,
    /// A JSON file with `mapping` and `options`, as the API takes them; guessed from headers and content when not given
    #[arg(long)]
    mapping: Option<PathBuf>,
}

#[derive(Args)]
pub struct Export {
    /// Where to write; the ending says the format: .csv or .xlsx
    file: PathBuf,
    /// The fields, comma separated; the usual ones when not given
    #[arg(long)]
    fields: Option<String>,
    /// Filters, ordering and search as in the query string of the list: `city=İzmir&ordering=name`
    #[arg(long, default_value = "")]
    query: String,
}

impl Import {
    pub async fn run(self, ctx: &Ctx) -> anyhow::Result<()> {
        let change = match &self.mapping {
            Some(path) => read_mapping(&std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?)?,
            None => ImportChange::default(),
        };
        // Wherever the program stands when it is asked to go on with it.
        let file = self
            .file
            .canonicalize()
            .with_context(|| format!("cannot find {}", self.file.display()))?;
        let bar = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {msg} ({elapsed})")?);
        let import = imports::run_file(ctx, &file, change, |counts| bar.set_message(format!("{} rows", counts.rows)))
            .await
            .map_err(told)?;
        bar.finish_and_clear();
        let counts = import.figures.written;
        println!(
            "{} rows: {} new, {} updated, {} unchanged, {} duplicate, {} wrong",
            counts.rows, counts.created, counts.updated, counts.unchanged, counts.duplicate, counts.wrong
        );
        if let Some(problem) = &import.problem {
            anyhow::bail!("the import stopped: {}", problem.en);
        }
        if let Some(operation) = import.operation_id {
            println!("It can be undone as operation {operation}.");
        }
        Ok(())
    }
}

/// Reads a mapping file.
pub fn read_mapping(json: &str) -> anyhow::Result<ImportChange> {
    kernel::http::extract::parse(json.as_bytes())
        .map_err(told)
        .context("the mapping cannot be read")
}

impl Export {
    pub async fn run(self, ctx: &Ctx) -> anyhow::Result<()> {
        let format = self
            .file
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default()
            .to_ascii_lowercase();
        anyhow::ensure!(format == "csv" || format == "xlsx", "the file must end in .csv or .xlsx");
        let mut pairs = kernel::http::extract::pairs(&self.query);
        pairs.push(("format".into(), format));
        if let Some(fields) = self.fields {
            pairs.push(("fields".into(), fields));
        }
        let wanted = exports::wanted(ctx, &customers::customer::ENTITY, &pairs).await.map_err(told)?;
        exports::to_file(ctx, wanted, &self.file).await.map_err(told)?;
        println!("{}", self.file.display());
        Ok(())
    }
}
