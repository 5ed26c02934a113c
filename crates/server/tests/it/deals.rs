//! Deals: stages, conversion, duplicates at the door, timelines and notes, products, lines, stakeholders, pipelines, erasure.

mod conversion;
mod doubles;
mod erasure;
mod histories;
mod lines;
mod pipelines;
mod stages;

use serde_json::{Value, json};
use testkit::{Client, company};

/// A lead of a person at a company.
fn at_company(company: &str) -> Value {
    json!({
        "first_name": "Işıl", "last_name": "Çağlar", "company": company, "title": "Satın Alma Müdürü", "email": "isil@ozmakine.example",
        "phone": "0532 111 22 33", "website": "https://ozmakine.example", "city": "izmir", "source": "trade_show", "budget": "250000",
    })
}

/// A customer and an opportunity with it.
async fn opportunity(client: &Client, name: &str) -> (i64, i64) {
    let customer = client.post("customers/", company(name)).await.expect(201).id();
    let input = json!({ "name": format!("{name} hattı"), "customer": customer, "expected_close_date": "2026-06-30" });
    (customer, client.post("opportunities/", input).await.expect(201).id())
}

/// Undoes an operation; gives the answer.
async fn undo(client: &Client, operation: i64) -> Value {
    client
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json()
}

/// The kinds of the entries of a timeline, newest first.
async fn kinds(client: &Client, path: &str) -> Vec<String> {
    let timeline = client.get(path).await.expect(200).json();
    let entries = timeline["results"].as_array().expect("entries");
    entries
        .iter()
        .map(|entry| entry["kind"].as_str().expect("a kind").to_owned())
        .collect()
}
