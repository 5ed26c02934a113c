//! The real B2B set, as the demonstration loads it: what the product says of it is what a plain computation over the file says.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::{Backend, TestApp};

const DEALS: &str = include_str!("../../../../examples/b2b_sales/sales_pipeline.csv");

/// Won, lost, value of what was won.
#[derive(Default, Clone, Copy, PartialEq, Debug)]
struct Plain {
    won: i64,
    lost: i64,
    won_amount: i64,
}

fn plain(by: impl Fn(&[&str]) -> String) -> BTreeMap<String, Plain> {
    let mut all: BTreeMap<String, Plain> = BTreeMap::new();
    for line in DEALS.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let one = match cells[4] {
            "Won" => Plain {
                won: 1,
                won_amount: cells[7].parse().expect("a value"),
                ..Plain::default()
            },
            "Lost" => Plain {
                lost: 1,
                ..Plain::default()
            },
            _ => continue,
        };
        let sum = all.entry(by(&cells)).or_default();
        sum.won += one.won;
        sum.lost += one.lost;
        sum.won_amount += one.won_amount;
    }
    all
}

fn told(rows: &Value) -> BTreeMap<String, Plain> {
    let one = |row: &Value| {
        let amount = row["won_amount"].as_str().expect("an amount").trim_end_matches(".00");
        let plain = Plain {
            won: row["won"].as_i64().expect("a count"),
            lost: row["lost"].as_i64().expect("a count"),
            won_amount: amount.parse().expect("a whole amount"),
        };
        (row["key"]["name"].as_str().unwrap_or_default().to_owned(), plain)
    };
    rows.as_array().expect("rows").iter().map(one).collect()
}

async fn the_figures_of_the_real_set_are_those_of_the_file(app: TestApp) {
    server::demo::load(&app.product).await.expect("the demonstration");
    let admin = app.client_of(1).await;
    for (stage, count) in [("won", 4238), ("lost", 2473), ("engaging", 1589), ("prospecting", 500)] {
        let found = admin
            .get(&format!("opportunities/?stage={stage}&page_size=1"))
            .await
            .expect(200)
            .json();
        assert_eq!(found["count"], count, "{stage}");
    }
    let path = "pipeline/?from=2016-10-01&to=2017-12-31";
    let pipeline = admin.get(path).await.expect(200).json();
    let rates = &pipeline["win_rate"];
    let total = &rates["total"];
    assert_eq!((&total["won"], &total["lost"]), (&json!(4238), &json!(2473)));
    assert_eq!((&total["won_amount"], &total["win_rate"]), (&json!("10005534.00"), &json!("63.15")));
    assert_eq!(told(&rates["by_rep"]), plain(|cells| cells[1].to_owned()), "by agent");
    let product = |cells: &[&str]| {
        if cells[2] == "GTXPro" {
            "GTX Pro".to_owned()
        } else {
            cells[2].to_owned()
        }
    };
    assert_eq!(told(&rates["by_product"]), plain(product), "by product");
    // The number leads to the list that proves it.
    let proof = json!({ "criteria": total["won_criteria"], "page_size": 1 });
    assert_eq!(admin.post("opportunities/search/", proof).await.expect(200).json()["count"], 4238);
    // A model can be learned from it, of what was known before the outcomes.
    admin.post("opportunities/scoring/train/", json!({})).await.expect(202);
    app.run_jobs().await;
    let learned = admin.get("opportunities/scoring/models/").await.expect(200).json()["results"][0].clone();
    assert_eq!((&learned["won"], &learned["lost"]), (&json!(4238), &json!(2473)), "{learned}");
    let auc = learned["quality"]["auc"].as_f64().expect("a figure");
    // The set is made up, and next to nothing in it tells the outcome: what says more has looked at the end.
    assert!((0.45..0.7).contains(&auc), "{auc}");
    let unnamed = admin
        .get("opportunities/?search=adi+bilinmeyen&count=exact")
        .await
        .expect(200)
        .json();
    assert_eq!(unnamed["count"], 1425, "none of those without a company was dropped");
}

#[tokio::test]
async fn sqlite() {
    the_figures_of_the_real_set_are_those_of_the_file(TestApp::bare(Backend::Sqlite).await).await;
}

#[tokio::test]
async fn postgres() {
    let Some(backend) = testkit::database::postgres() else {
        eprintln!("skipped: CRM_TEST_POSTGRES names no server");
        return;
    };
    the_figures_of_the_real_set_are_those_of_the_file(TestApp::bare(backend).await).await;
}
