//! `crm bench messages`: how many e-mails a second go from the queue to a mail server on this machine, and what each stage costs.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use messaging::lanes::{self, LaneInput};
use messaging::words::{MessageCategory, MessageChannel, ProviderKind};
use messaging::{Content, Dispatch, Recipient};
use serde_json::json;

use super::database::{Kind, Scratch};
use super::machine;
use super::measure::cpu_us;
use crate::app::Product;
use crate::cli::told;

/// Recipients queued in one transaction.
const QUEUED_AT_ONCE: usize = 10_000;

/// Measure how many e-mails a second go to a mail server that takes everything, such as `smtp-sink -c 127.0.0.1:2525 100`
#[derive(clap::Args)]
pub struct Messages {
    /// Where the mail server listens
    #[arg(long, value_name = "ADDRESS")]
    to: SocketAddr,
    /// E-mails
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    messages: usize,
    /// Connections to the mail server
    #[arg(long, default_value_t = 2, value_name = "N")]
    connections: i64,
    /// Size of the HTML
    #[arg(long, default_value_t = 16, value_name = "KB")]
    html_kb: usize,
    /// Measure on PostgreSQL, in a database made for it on this server and dropped afterwards
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

impl Messages {
    /// Queues, sends, prints.
    pub async fn run(self) -> anyhow::Result<()> {
        let kind = self.postgres.clone().map_or(Kind::Sqlite(None), Kind::Postgres);
        let scratch = Scratch::open(&kind, false).await?;
        let outcome = self.measure(&scratch, kind.name()).await;
        scratch.discard().await?;
        outcome.with_context(|| format!("on {}", kind.name()))
    }

    async fn measure(&self, scratch: &Scratch, name: &str) -> anyhow::Result<()> {
        let product = scratch.product(false).await?;
        println!(
            "{}\n{name}, {} connections, {} KB of HTML",
            machine::described(),
            self.connections,
            self.html_kb
        );
        self.stage("queued", self.queue(&product)).await?;
        let ctx = product.system().await.map_err(told)?;
        self.stage("sent", async { product.post.drain(&ctx).await.map_err(told) }).await?;
        let query = sea_query::Query::select()
            .expr(product.app.db.dialect().own_sql("count(*)"))
            .from(sea_query::Alias::new("deliveries"))
            .and_where(sea_query::ExprTrait::eq(sea_query::Expr::col("state"), "sent"))
            .to_owned();
        let (sent,): (i64,) = product.app.db.one(&query).await.map_err(told)?;
        if sent as usize != self.messages {
            bail!("{sent} of {} were sent", self.messages);
        }
        product.app.db.clone().close().await;
        Ok(())
    }

    /// A lane and its queue.
    async fn queue(&self, product: &Product) -> anyhow::Result<()> {
        let ctx = product.system().await.map_err(told)?;
        let post = &product.post;
        let lane = LaneInput {
            name: Some("bench".into()),
            provider: Some(ProviderKind::Smtp),
            settings: Some(
                json!({ "host": self.to.ip().to_string(), "port": self.to.port(), "security": "none", "from_address": "bench@ornek.example" }),
            ),
            connections: Some(self.connections),
            ..LaneInput::default()
        };
        let content = Content {
            subject: "Ölçüm".into(),
            html: "<p>Bir satır metin, ölçüm için.</p>\n".repeat(self.html_kb * 1024 / 38),
            ..Content::default()
        };
        let dispatch = Dispatch {
            channel: MessageChannel::Email,
            category: MessageCategory::Commercial,
            source: "bench",
            source_id: Some(1),
            lane_id: None,
            due_at_us: 0,
        };
        let write = async |tx: &mut kernel::db::Tx| {
            lanes::put(tx, &ctx, post, None, lane).await?;
            messaging::message::keep(tx, &content).await
        };
        let content_id = product.app.db.write(write).await.map_err(told)?;
        let all: Vec<Recipient> = (0..self.messages)
            .map(|number| Recipient {
                address: format!("kisi{number}@deneme.example"),
                name: format!("Kişi {number}"),
                customer_id: None,
            })
            .collect();
        for some in all.chunks(QUEUED_AT_ONCE) {
            let queue = async |tx: &mut kernel::db::Tx| post.queue(tx, &ctx, &dispatch, content_id, some).await;
            product.app.db.write(queue).await.map_err(told)?;
        }
        Ok(())
    }

    async fn stage(&self, what: &str, work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
        let (begun, cpu_before) = (Instant::now(), cpu_us());
        work.await?;
        let took = Ord::max(begun.elapsed(), Duration::from_micros(1));
        println!(
            "{what:10} {} in {:.2} s: {:.0} per s, CPU {} µs each",
            self.messages,
            took.as_secs_f64(),
            self.messages as f64 / took.as_secs_f64(),
            (cpu_us() - cpu_before) / Ord::max(self.messages, 1) as u64
        );
        Ok(())
    }
}
