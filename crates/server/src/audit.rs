//! The audit as a file, and `crm audit`.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use clap::Subcommand;
use customers::streamed::{Spool, csv_style};
use futures::Stream;
use identity::AUDIT_READ;
use identity::audit::{self, Link, ending, http, verify};
use kernel::clock::DAY_US;
use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use kernel::events::NewEvent;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Params, Routes};
use kernel::page::{self, ListRequest, MAX_PAGE_SIZE, SortKey};
use records::exports::attachment;
use sea_query::SelectStatement;
use serde_json::{Value, json};
use tabular::write::{Cell, Csv, Sheet};
use utoipa_axum::routes;

use crate::cli::told;

const COLUMNS: [&str; 13] = [
    "id",
    "at",
    "actor_id",
    "actor_name",
    "via",
    "address",
    "kind",
    "subject_type",
    "subject_id",
    "event_id",
    "summary",
    "details",
    "hash",
];

pub fn routes() -> Routes {
    Routes::new().add(routes!(export_audit), Access::Needs(AUDIT_READ))
}

/// The entries that the list would show, newest first, as CSV. That they were taken is an entry itself.
#[utoipa::path(get, path = "/audit/export/", operation_id = "export_audit", tag = "audit", params(http::AuditParams), responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_audit(ctx: Ctx, Params(pairs): Params) -> Result<Response> {
    let asked = http::request(ctx.db.dialect(), &pairs)?;
    let filtered = http::filtered(&ctx, &pairs).await?;
    let (count, _) = page::count(&ctx.db, &filtered, true).await?;
    let filters: Vec<&(String, String)> = pairs.iter().collect();
    let told = NewEvent::new("audit.exported", "export", 0).payload(json!({ "count": count, "filters": filters }));
    ctx.db.write(async |tx| tx.emit(&ctx.stamp(), told).await).await?;
    let name = format!("audit-{}.csv", ctx.today().format("%Y-%m-%d"));
    let file = File {
        row: http::row(ctx.db.dialect()),
        ctx,
        filtered,
        request: ListRequest {
            page: None,
            page_size: Some(MAX_PAGE_SIZE),
            cursor: None,
            ..asked
        },
    };
    Ok(attachment(Body::from_stream(file.stream()?), "text/csv; charset=utf-8", &name))
}

/// A file on its way.
struct File {
    ctx: Ctx,
    filtered: SelectStatement,
    row: String,
    request: ListRequest,
}

const KEYS: [SortKey; 2] = [key("at"), key("id")];

const fn key(column: &'static str) -> SortKey {
    SortKey {
        table: "audit_entries",
        column,
        nullable: false,
        descending: true,
    }
}

impl File {
    fn stream(self) -> Result<impl Stream<Item = Result<Bytes>>> {
        let spool = Spool::default();
        let sheet = Csv::new(spool.clone(), &COLUMNS, csv_style(self.ctx.lang)).map_err(broken)?;
        Ok(futures::stream::try_unfold(
            (self, Some(Box::new(sheet)), spool),
            |(mut file, sheet, spool)| async move {
                let Some(mut sheet) = sheet else { return Ok(None) };
                let page = page::fetch(&file.ctx.db, &file.filtered, &file.row, &KEYS, &file.request).await?;
                for row in &page.rows {
                    let row: Value = serde_json::from_str(row)?;
                    let cells: Vec<String> = COLUMNS.iter().map(|name| text(&row[*name])).collect();
                    let cells: Vec<Cell<'_>> = cells.iter().map(|cell| Cell::Text(cell)).collect();
                    sheet.row(&cells).map_err(broken)?;
                }
                file.request.cursor = page.next;
                let sheet = match file.request.cursor {
                    Some(_) => Some(sheet),
                    None => {
                        sheet.finish().map_err(broken)?;
                        None
                    }
                };
                Ok(Some((spool.take(), (file, sheet, spool))))
            },
        ))
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn broken(problem: tabular::Problem) -> Error {
    Error::internal(problem.to_string())
}

/// The audit
#[derive(Subcommand)]
pub enum Audit {
    /// Walk the chain and say whether it is whole
    Verify {
        /// `number:hash`, as `crm audit anchor` printed it once
        #[arg(long)]
        anchor: Option<String>,
    },
    /// Print the newest link of the chain, to be kept where nobody who can write to the database can write
    Anchor,
    /// End the entries that are older, from the oldest side; a checkpoint stays
    End {
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
        older_than_days: i64,
    },
}

impl Audit {
    pub async fn run(self, ctx: &Ctx) -> anyhow::Result<()> {
        match self {
            Audit::Verify { anchor } => {
                let parse = |text: &str| {
                    Link::parse(text).ok_or_else(|| anyhow::anyhow!("an anchor is number:hash, as crm audit anchor prints it"))
                };
                let anchor = anchor.as_deref().map(parse).transpose()?;
                let verdict = verify::verify(&ctx.db, anchor.as_ref()).await.map_err(told)?;
                if let Some(broken) = verdict.broken {
                    let place = |name: &str, id: Option<i64>| id.map(|id| format!(", {name} {id}")).unwrap_or_default();
                    anyhow::bail!(
                        "the audit is broken{}{}: {}",
                        place("entry", broken.entry_id),
                        place("event", broken.event_id),
                        broken.reason.en
                    );
                }
                println!("The audit is whole: {} entries after {}.", verdict.entries, verdict.begins_after);
                println!("{}", verdict.anchor);
            }
            Audit::Anchor => println!("{}", audit::anchor(&ctx.db).await.map_err(told)?),
            Audit::End { older_than_days } => {
                let ended = ending::end_before(ctx, ctx.now_us() - older_than_days * DAY_US)
                    .await
                    .map_err(told)?;
                println!("{ended} entries ended.");
            }
        }
        Ok(())
    }
}
