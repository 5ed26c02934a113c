//! `crm bench forms`: how many submissions of a public form are taken in a second, each a new person with a consent, through every guard; and
//! how many of a flood are refused. The senders' work (proof of work, tokens) is done beforehand: it is theirs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use identity::setup::{self, NewOrganisation};
use sales::forms::guard;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use turkiye::people;

use super::database::{Kind, Scratch};
use super::machine;
use super::measure::cpu_us;
use crate::app::Product;
use crate::cli::told;

/// Measure how many submissions of a public form are taken in a second, and how many of a flood are refused
#[derive(clap::Args)]
pub struct Forms {
    /// Submissions
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    submissions: usize,
    /// Senders at the same time
    #[arg(long, default_value_t = 128, value_name = "N")]
    clients: usize,
    /// Measure on PostgreSQL, in a database made for it on this server and dropped afterwards
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

/// What came of many requests.
struct Outcome {
    took: Duration,
    cpu_us: u64,
    /// In rising order.
    each_us: Vec<u64>,
}

impl Outcome {
    fn line(&self, what: &str) -> String {
        let percentile = |percent: usize| self.each_us.get(self.each_us.len() * percent / 100).copied().unwrap_or_default() as f64 / 1000.0;
        let many = self.each_us.len();
        format!(
            "{what:24} {many:6} in {:6.2} s: {:6.0} per s, p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, CPU {} µs each",
            self.took.as_secs_f64(),
            many as f64 / self.took.as_secs_f64(),
            percentile(50),
            percentile(95),
            percentile(99),
            self.cpu_us / many.max(1) as u64
        )
    }
}

impl Forms {
    /// Makes a form, has it filled in, prints.
    pub async fn run(self) -> anyhow::Result<()> {
        let kind = self.postgres.clone().map_or(Kind::Sqlite(None), Kind::Postgres);
        let scratch = Scratch::open(&kind, false).await?;
        let outcome = self.measure(&scratch, kind.name()).await;
        scratch.discard().await?;
        outcome.with_context(|| format!("on {}", kind.name()))
    }

    async fn measure(&self, scratch: &Scratch, name: &str) -> anyhow::Result<()> {
        let settings = identity::Settings {
            // Everybody has an address of their own, as strangers have.
            trust_proxy: true,
            ..identity::Settings::default()
        };
        let product = scratch.product_with(false, settings).await?;
        make_form(&product).await?;
        let bar = super::spinner("the work of the senders");
        let requests = self.prepare(&product).await?;
        bar.finish_and_clear();
        let workers = crate::worker::start(&product).await.map_err(told)?;
        let taken = run(&product.router, requests, self.clients, StatusCode::SEE_OTHER).await?;
        let flood: Vec<Prepared> = (0..self.submissions)
            .map(|_| Prepared::new("203.0.113.7", "first_name=x".into()))
            .collect();
        // The first of them are told to come again, the others that they are too many.
        let refused = run(&product.router, flood, self.clients, StatusCode::TOO_MANY_REQUESTS).await?;
        drop(workers);
        let count = |table: &'static str| {
            let query = sea_query::Query::select()
                .expr(product.app.db.dialect().own_sql("count(*)"))
                .from(sea_query::Alias::new(table))
                .to_owned();
            let db = product.app.db.clone();
            async move { db.one::<(i64,)>(&query).await.map(|(count,)| count) }
        };
        let (leads, consents) = (count("leads").await.map_err(told)?, count("lead_consents").await.map_err(told)?);
        if leads as usize != self.submissions || consents as usize != self.submissions {
            bail!("{} submissions made {leads} leads and {consents} consents", self.submissions);
        }
        println!("{}\n{name}, {} clients", machine::described(), self.clients);
        println!("{}", taken.line("taken, each a new lead"));
        println!("{}", refused.line("refused of a flood"));
        product.app.db.clone().close().await;
        Ok(())
    }

    /// Opens a page for each and does its work, on every processor.
    async fn prepare(&self, product: &Product) -> anyhow::Result<Vec<Prepared>> {
        let today = product.system().await.map_err(told)?.today();
        let mut passes = Vec::with_capacity(self.submissions);
        for index in 0..self.submissions {
            let request = Request::get("/f/olcum.json")
                .header("x-forwarded-for", address(index))
                .body(Body::empty())?;
            let response = product.router.clone().oneshot(request).await?;
            let body = to_bytes(response.into_body(), usize::MAX).await?;
            let page: Value = serde_json::from_slice(&body)?;
            let challenge: i64 = page["challenge"].as_str().context("no challenge")?.parse()?;
            let bits = page["bits"].as_u64().context("no bits")? as u8;
            let token = page["_token"].as_str().context("no token")?.to_owned();
            passes.push((index, token, challenge, bits));
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let chunk = passes.len().div_ceil(threads).max(1);
        let parts: Vec<Vec<_>> = passes.chunks(chunk).map(<[_]>::to_vec).collect();
        let tasks: Vec<_> = parts
            .into_iter()
            .map(|part| {
                tokio::task::spawn_blocking(move || {
                    let fill = |(index, token, challenge, bits): (usize, String, i64, u8)| {
                        let person = people::person(17, index as u64, today);
                        let mut form = form_urlencoded::Serializer::new(String::new());
                        form.append_pair("first_name", person.first_name)
                            .append_pair("last_name", person.last_name)
                            .append_pair("email", &format!("kisi{index}@ornek.example"))
                            .append_pair("phone", &format!("0532 {:03} {:04}", index / 10_000, index % 10_000))
                            .append_pair("notes", "Fiyat almak istiyorum.\nTeşekkürler.")
                            .append_pair("consent.email.marketing", "true")
                            .append_pair("_utm_source", "google")
                            .append_pair("_utm_medium", "cpc")
                            .append_pair("_token", &token)
                            .append_pair("_work", &guard::work(challenge, bits));
                        Prepared::new(&address(index), form.finish())
                    };
                    part.into_iter().map(fill).collect::<Vec<_>>()
                })
            })
            .collect();
        let mut all = Vec::with_capacity(self.submissions);
        for task in tasks {
            all.extend(task.await?);
        }
        Ok(all)
    }
}

fn address(index: usize) -> String {
    format!("10.{}.{}.{}", index >> 16 & 255, index >> 8 & 255, index & 255)
}

/// A submission that is ready to be sent.
struct Prepared {
    address: String,
    body: String,
}

impl Prepared {
    fn new(address: &str, body: String) -> Prepared {
        Prepared {
            address: address.to_owned(),
            body,
        }
    }

    fn request(&self) -> anyhow::Result<Request<Body>> {
        Ok(Request::post("/f/olcum")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-forwarded-for", &self.address)
            .body(Body::from(self.body.clone()))?)
    }
}

async fn make_form(product: &Product) -> anyhow::Result<()> {
    let ctx = product.system().await.map_err(told)?;
    let content = json!({
        "min_seconds": 0, "limit_per_minute": 1_000_000,
        "consents": [{ "channel": "email", "purpose": "marketing", "text_tr": "E-posta almak istiyorum.", "text_en": "I want mail." }],
    });
    let input = json!({ "name": "Ölçüm", "slug": "olcum", "content": content });
    let input: sales::forms::change::WebFormInput = serde_json::from_value(input)?;
    ctx.db
        .write(async |tx| {
            setup::organisation(tx, &ctx, NewOrganisation::named("Ölçüm A.Ş.", "tr")).await?;
            sales::forms::change::create(tx, &ctx, &ctx.stamp(), input.clone()).await
        })
        .await
        .map_err(told)?;
    Ok(())
}

/// Sends all of them, so many at a time; nearly all must be answered so.
async fn run(router: &Router, requests: Vec<Prepared>, clients: usize, expected: StatusCode) -> anyhow::Result<Outcome> {
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let (begun, cpu_before) = (Instant::now(), cpu_us());
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (router, requests, next) = (router.clone(), requests.clone(), next.clone());
            tokio::spawn(async move {
                let mut each_us = Vec::new();
                let mut others = Vec::new();
                while let Some(prepared) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let begun = Instant::now();
                    let response = router.clone().oneshot(prepared.request()?).await?;
                    let status = response.status();
                    to_bytes(response.into_body(), usize::MAX).await?;
                    each_us.push(begun.elapsed().as_micros() as u64);
                    if status != expected {
                        others.push(status);
                    }
                }
                anyhow::Ok((each_us, others))
            })
        })
        .collect();
    let (mut each_us, mut others) = (Vec::new(), Vec::new());
    for task in tasks {
        let (took, strays) = task.await??;
        each_us.extend(took);
        others.extend(strays);
    }
    let outcome = (begun.elapsed(), cpu_us() - cpu_before);
    // What an address may try before it is too much.
    if others.len() as i64 > 2 * guard::TRIES_A_MINUTE {
        bail!("{} were answered otherwise, the first by {}", others.len(), others[0]);
    }
    each_us.sort_unstable();
    Ok(Outcome {
        took: outcome.0,
        cpu_us: outcome.1,
        each_us,
    })
}
