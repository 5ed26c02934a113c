//! What is measured.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, header};
use serde_json::{Value, json};
use turkiye::places::provinces;

use super::measure::asked;
use super::people::{self, scattered};
use super::stage::Stage;
use crate::app::{PREFIX, Product};

/// Clients that create at the same time.
const WRITERS: usize = 16;
/// Customers of one bulk change.
const BULK: usize = 500;
const IMPORTED: u64 = 20_000;
/// Pages read from the middle of the list on.
const DEEP_PAGES: usize = 100;
const PAGE_SIZE: i64 = 50;

/// A case.
pub struct Case {
    pub name: &'static str,
    pub work: Work,
    /// Only on SQLite, with a flush at every commit.
    pub needs_full_sync: bool,
    /// Counts are counted anew for every call, as they are after a change.
    pub is_forgetful: bool,
}

/// What a case does.
pub enum Work {
    /// Calls, each made from its number; so many clients at a time.
    Calls { clients: usize, request: Make },
    /// A file imported once.
    Import { file: PathBuf, rows: u64 },
}

type Make = Arc<dyn Fn(u64) -> anyhow::Result<Request<Body>> + Send + Sync>;

/// All of them, those that write last.
pub async fn all(product: &Product, stage: &Stage, dir: &Path) -> anyhow::Result<Vec<Case>> {
    let sender = |bearer: &HeaderValue| {
        let bearer = bearer.clone();
        move |method: Method, path: &str, body: Option<Value>| -> anyhow::Result<Request<Body>> {
            let request = Request::builder()
                .method(method)
                .uri(format!("{PREFIX}/{path}"))
                .header(header::AUTHORIZATION, bearer.clone());
            Ok(match body {
                None => request.body(Body::empty()),
                Some(body) => request
                    .header(header::CONTENT_TYPE, "application/json")
                    .body(Body::from(body.to_string())),
            }?)
        }
    };
    let send = sender(&stage.bearer);
    let (small_team, one_city) = (sender(&stage.small_team), sender(&stage.one_city));
    let read = |name: &'static str, path: Box<dyn Fn(u64) -> String + Send + Sync>| {
        let send = send.clone();
        calls(name, 1, move |n| send(Method::GET, &path(n), None))
    };
    let one = |path: &'static str| {
        let visible = stage.visible.clone();
        Box::new(move |n: u64| format!("customers/{}/{path}", visible[n as usize % visible.len()]))
    };
    let today = stage.today;
    let create = {
        let send = send.clone();
        move |n| send(Method::POST, "customers/", Some(people::json(n, today)))
    };
    let update = {
        let (send, visible) = (send.clone(), stage.visible.clone());
        move |n: u64| {
            let path = format!("customers/{}/", visible[n as usize % visible.len()]);
            send(Method::PATCH, &path, Some(json!({ "lead_source": format!("olcum-{n}") })))
        }
    };
    let bulk = {
        let (send, visible) = (send.clone(), stage.visible.clone());
        move |n: u64| {
            let ids: Vec<i64> = (0..BULK).map(|k| visible[(n as usize * BULK + k) % visible.len()]).collect();
            let body = json!({ "ids": ids, "action": "update", "changes": { "lead_source": format!("toplu-{n}") } });
            send(Method::POST, "customers/bulk/", Some(body))
        }
    };
    let deep = deep_pages(product, stage).await?;
    let words = searches(today);
    let file = dir.join("import.csv");
    std::fs::write(&file, people::csv(stage.fresh + 9_000_000, IMPORTED, today))?;

    Ok(vec![
        read("list", Box::new(|_| "customers/".into())),
        Case {
            is_forgetful: true,
            ..read("list, counted anew", Box::new(|_| "customers/".into()))
        },
        calls("list, small team", 1, move |_| small_team(Method::GET, "customers/", None)),
        calls("list, one city by rule", 1, move |_| one_city(Method::GET, "customers/", None)),
        read("filter", Box::new(|n| format!("customers/?city={}&is_active=true", city(n)))),
        Case {
            is_forgetful: true,
            ..read(
                "filter, counted anew",
                Box::new(|n| format!("customers/?city={}&is_active=true", city(n))),
            )
        },
        read(
            "filter and sort",
            Box::new(|n| format!("customers/?city={}&is_active=true&ordering=name", city(n))),
        ),
        read("search as you type", {
            Box::new(move |n| format!("customers/?search={}", words[n as usize % words.len()]))
        }),
        read("deep page", Box::new(move |n| deep[n as usize % deep.len()].clone())),
        read("get", one("")),
        read("360", one("360/")),
        calls("update", 1, update.clone()),
        calls("update, 16 clients", WRITERS, update),
        calls("create", 1, create.clone()),
        calls("create, 16 clients", WRITERS, create.clone()),
        Case {
            needs_full_sync: true,
            ..calls("create, 16 clients, synchronous=FULL", WRITERS, create)
        },
        calls("bulk of 500", 1, bulk),
        Case {
            name: "import, per row",
            work: Work::Import { file, rows: IMPORTED },
            needs_full_sync: false,
            is_forgetful: false,
        },
    ])
}

fn calls(name: &'static str, clients: usize, make: impl Fn(u64) -> anyhow::Result<Request<Body>> + Send + Sync + 'static) -> Case {
    Case {
        name,
        work: Work::Calls {
            clients,
            request: Arc::new(make),
        },
        needs_full_sync: false,
        is_forgetful: false,
    }
}

/// A path that is read again and again.
pub fn reading(name: &'static str, bearer: &HeaderValue, path: String) -> Case {
    let bearer = bearer.clone();
    calls(name, 1, move |_| {
        let request = Request::get(format!("{PREFIX}/{path}")).header(header::AUTHORIZATION, bearer.clone());
        Ok(request.body(Body::empty())?)
    })
}

/// Any of the provinces, percent-encoded.
fn city(n: u64) -> String {
    encoded(provinces()[scattered(n, provinces().len() as u64) as usize].name)
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// What a search box sends while somebody writes a name, or a name and a city, letter by letter.
fn searches(today: chrono::NaiveDate) -> Vec<String> {
    let mut searches = Vec::new();
    for index in 0..400 {
        let person = people::person(index * 977, today);
        let whole = match index % 3 {
            0 => format!("{} {}", person.first_name, person.last_name),
            1 => person.last_name.to_owned(),
            _ => format!("{} {}", person.first_name, person.province.name),
        };
        let letters: Vec<char> = whole.chars().collect();
        let typed = (1..=letters.len()).map(|length| encoded(&letters[..length].iter().collect::<String>()));
        searches.extend(typed);
    }
    searches
}

/// Paths of pages from the middle of the list on.
async fn deep_pages(product: &Product, stage: &Stage) -> anyhow::Result<Vec<String>> {
    let next = |page: &Value| page["next"].as_str().map(str::to_owned);
    let middle = (stage.visible_count / PAGE_SIZE / 2).max(1);
    let first = asked(&product.router, stage, &format!("{PREFIX}/customers/?page={middle}")).await?;
    let mut path = next(&first).context("there are too few customers for a page in the middle")?;
    let mut paths = Vec::new();
    while paths.len() < DEEP_PAGES {
        paths.push(path.trim_start_matches(PREFIX).trim_start_matches('/').to_owned());
        let page = asked(&product.router, stage, &path).await?;
        let Some(further) = next(&page) else { break };
        path = further;
    }
    Ok(paths)
}
