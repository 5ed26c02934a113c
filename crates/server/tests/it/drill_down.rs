//! Every figure of the pipeline and the forecast has a list that proves it: what is listed adds up to the figure.

use kernel::clock::DAY_US;
use serde_json::{Value, json};
use testkit::{Client, TestApp, company, story};

/// Cents of a decimal string.
fn cents(amount: &Value) -> i64 {
    let text = amount.as_str().expect("an amount");
    kernel::money::from_decimal(text).expect("a decimal")
}

/// Twelve opportunities over two owners, sources and industries, with moves, wins and losses over forty days.
async fn history(app: &TestApp) -> Client {
    let admin = app.admin().await;
    let (_, rep) = app.user("Can Kaya", "sales_rep", Some("Ankara")).await;
    let product = json!({ "code": "GTX", "name": "GTX Pro", "price": "100.00" });
    let product = admin.post("products/", product).await.expect(201).id();
    let mut customers = Vec::new();
    for (name, industry) in [("Acme", "technology"), ("Beta", "")] {
        let mut customer = company(name);
        customer["industry"] = json!(industry);
        customers.push(admin.post("customers/", customer).await.expect(201).id());
    }
    let mut paths = Vec::new();
    for n in 0..12 {
        let mut deal = json!({
            "name": format!("F{n}"), "customer": customers[n % 2], "amount": format!("{}.{:02}", 1000 + n * 137, n * 7),
            "expected_close_date": if n % 3 == 0 { "2026-04-20" } else { "2026-05-15" }, "source": if n % 4 == 0 { "Fuar" } else { "" },
        });
        if n % 2 == 0 {
            deal["sales_rep"] = json!(rep);
        }
        let id = admin.post("opportunities/", deal).await.expect(201).id();
        let lines =
            json!({ "lines": [{ "product_id": product, "quantity": "1" }, { "name": "Kurulum", "quantity": "1", "unit_price": "55.50" }] });
        if n % 5 == 0 {
            admin.put(&format!("opportunities/{id}/lines/"), lines).await.expect(200);
        }
        paths.push(format!("opportunities/{id}/"));
    }
    let change = async |days: i64, from: usize, step: usize, body: Value| {
        app.clock.advance(days * DAY_US);
        for path in paths.iter().skip(from).step_by(step) {
            admin.patch(path, body.clone()).await.expect(200);
        }
    };
    change(5, 0, 2, json!({ "stage": "proposal" })).await;
    change(5, 1, 5, json!({ "expected_close_date": "2026-06-10" })).await;
    change(5, 0, 4, json!({ "stage": "won" })).await;
    change(1, 3, 4, json!({ "stage": "lost", "loss_reason": "Fiyat" })).await;
    change(20, 2, 4, json!({ "stage": "negotiation", "expected_close_date": "2026-05-01" })).await;
    admin
}

/// All rows of a list, page by page, and the sums of a member.
async fn listed(client: &Client, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut next = Some(format!("{path}&page_size=3"));
    while let Some(path) = next {
        let page = client.get(path.trim_start_matches("/api/v1/crm/")).await.expect(200).json();
        rows.extend(page["results"].as_array().expect("rows").iter().cloned());
        next = page["next"].as_str().map(str::to_owned);
    }
    rows
}

fn sum(rows: &[Value], name: &str) -> i64 {
    rows.iter().map(|row| cents(&row[name])).sum()
}

/// The path that a question and what stands beside a figure amount to.
fn path(list: &str, question: &str, behind: &Value) -> String {
    let mut path = format!("{list}?{question}");
    for (name, value) in behind.as_object().expect("parameters") {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let value = if value == "null" {
            String::new()
        } else {
            value.replace(' ', "%20")
        };
        path.push_str(&format!("&{name}={value}"));
    }
    path
}

async fn searched(client: &Client, criteria: &Value) -> Vec<Value> {
    let page = json!({ "criteria": criteria, "page_size": 100 });
    let found = client.post("opportunities/search/", page).await.expect(200).json();
    found["results"].as_array().expect("rows").clone()
}

story!(what_stands_in_a_stage_is_listed_today_and_of_any_past_day, |app| {
    let admin = history(&app).await;
    for question in ["from=2026-03-01", "as_of=2026-03-24", "as_of=2026-03-30", "as_of=2026-04-10"] {
        let figures = admin.get(&format!("pipeline/?{question}")).await.expect(200).json();
        let mut seen = 0;
        for stage in figures["stages"].as_array().expect("stages") {
            let rows = listed(
                &admin,
                &path("pipeline/opportunities/", question, &stage["opportunities"]["standing"]),
            )
            .await;
            assert_eq!(json!(rows.len()), stage["count"], "{question}: {}", stage["stage"]);
            assert_eq!(sum(&rows, "amount"), cents(&stage["amount"]), "{question}: {}", stage["stage"]);
            assert_eq!(sum(&rows, "weighted"), cents(&stage["weighted"]), "{question}: {}", stage["stage"]);
            seen += rows.len();
        }
        assert_eq!(seen, 12, "{question}");
        let open = listed(&admin, &path("pipeline/opportunities/", question, &figures["open_opportunities"])).await;
        assert_eq!(sum(&open, "amount"), cents(&figures["open"]["amount"]));
    }
    let refused = admin.get("pipeline/opportunities/?figure=all").await.expect(422);
    assert!(refused.error("figure").contains("standing"));
    let (other, _) = app.user("Ece Başka", "sales_rep", None).await;
    let none = other
        .get("pipeline/opportunities/?figure=standing&as_of=2026-03-30")
        .await
        .expect(200)
        .json();
    assert_eq!(none["results"], json!([]), "nobody sees what others own");
});

story!(cohorts_stays_and_moves_are_listed, |app| {
    let admin = history(&app).await;
    let question = "from=2026-03-01&to=2026-05-31";
    let figures = admin.get(&format!("pipeline/?{question}")).await.expect(200).json();
    let mut counted = 0;
    for stage in figures["stages"].as_array().expect("stages") {
        for name in ["entered", "went_on", "lost", "open"] {
            let rows = listed(&admin, &path("pipeline/opportunities/", question, &stage["opportunities"][name])).await;
            assert_eq!(json!(rows.len()), stage["cohort"][name], "{name} of {}", stage["stage"]);
            counted += rows.len();
        }
        let left = listed(&admin, &path("pipeline/opportunities/", question, &stage["opportunities"]["left"])).await;
        assert_eq!(json!(left.len()), stage["time_in_stage"]["left"]);
    }
    assert!(counted > 12);
    let pushes = listed(
        &admin,
        &path("pipeline/opportunities/", question, &figures["slippage_opportunities"]["pushes"]),
    )
    .await;
    let days: i64 = pushes.iter().filter_map(|row| row["days"].as_i64()).sum();
    assert_eq!(
        (json!(pushes.len()), json!(days)),
        (figures["slippage"]["pushes"].clone(), figures["slippage"]["pushed_days"].clone())
    );
    assert!(!pushes.is_empty());
    let pulls = listed(
        &admin,
        &path("pipeline/opportunities/", question, &figures["slippage_opportunities"]["pulls"]),
    )
    .await;
    assert_eq!(json!(pulls.len()), figures["slippage"]["pulls"]);
});

story!(wins_and_losses_are_listed_by_whatever_they_are_told_by, |app| {
    let admin = history(&app).await;
    let question = "from=2026-03-01&to=2026-05-31";
    let figures = admin.get(&format!("pipeline/?{question}")).await.expect(200).json();
    let rates = &figures["win_rate"];
    for by in ["by_month", "by_industry", "by_product"] {
        let all = rates[by].as_array().expect("rows");
        assert!(!all.is_empty(), "{by}");
        for told in all {
            for side in ["won", "lost"] {
                let rows = listed(&admin, &path("pipeline/opportunities/", question, &told["opportunities"][side])).await;
                assert_eq!(json!(rows.len()), told[side], "{side} {by} {}", told["key"]);
                assert_eq!(
                    sum(&rows, "amount"),
                    cents(&told[format!("{side}_amount")]),
                    "{side} {by} {}",
                    told["key"]
                );
            }
        }
    }
    for by in ["by_rep", "by_source"] {
        for told in rates[by].as_array().expect("rows") {
            let rows = searched(&admin, &told["won_criteria"]).await;
            assert_eq!(sum(&rows, "amount_base"), cents(&told["won_amount"]), "{by} {}", told["key"]);
        }
    }
    let rows = searched(&admin, &rates["total"]["lost_criteria"]).await;
    assert_eq!(sum(&rows, "amount_base"), cents(&rates["total"]["lost_amount"]));
});

story!(every_figure_of_the_forecast_is_listed, |app| {
    let admin = history(&app).await;
    let forecast = admin.get("forecast/?from=2026-03-01&to=2026-06-30").await.expect(200).json();
    let mut counted = 0;
    for period in forecast["periods"].as_array().expect("periods") {
        for line in period["lines"].as_array().expect("lines") {
            for name in ["closed", "commit", "best_case", "pipeline"] {
                let rows = searched(&admin, &line["criteria"][name]).await;
                let figures = &line["categories"][name];
                assert_eq!(
                    json!(rows.len()),
                    figures["count"],
                    "{name} of {} {}",
                    line["kind"],
                    period["period"]
                );
                assert_eq!(sum(&rows, "amount_base"), cents(&figures["amount"]));
                counted += rows.len();
            }
            // By simulation no less than what is won already, and rising.
            let spread = ["p10", "p50", "p90"].map(|name| cents(&line["simulation"][name]));
            assert!(
                cents(&line["categories"]["closed"]["amount"]) <= spread[0] && spread.is_sorted(),
                "{line}"
            );
        }
    }
    assert!(counted > 12);

    // Looking back from June: what April and May had promised.
    let question = "from=2026-06-01";
    let forecast = admin.get(&format!("forecast/?{question}")).await.expect(200).json();
    let mut promised = 0;
    for past in forecast["past"].as_array().expect("periods") {
        assert_eq!(past["source"], "history");
        for name in ["commit", "best_case", "pipeline"] {
            let asked = &past["opportunities"][name];
            if past["first"].as_str() > Some("2026-04-23") {
                continue;
            }
            let rows = listed(&admin, &path("forecast/opportunities/", question, asked)).await;
            let figures = &past["forecast"]["categories"][name];
            assert_eq!(json!(rows.len()), figures["count"], "{name} of {}", past["period"]);
            assert_eq!(sum(&rows, "amount"), cents(&figures["amount"]));
            assert_eq!(sum(&rows, "weighted"), cents(&figures["weighted"]));
            promised += rows.len();
        }
        let won = searched(&admin, &past["won_criteria"]).await;
        assert_eq!(sum(&won, "amount_base"), cents(&past["won"]["amount"]));
    }
    assert!(promised > 0);
});

story!(facts_that_are_missing_are_made_from_the_history, |app| {
    let admin = history(&app).await;
    let question = "pipeline/?from=2026-03-01&to=2026-05-31";
    let before = admin.get(question).await.expect(200).json();
    assert_eq!(sales::pipeline::facts::missing(app.db()).await.expect("a count"), 0);
    app.db()
        .write(async |tx| {
            for table in ["stage_stays", "close_date_moves", "opportunity_closings"] {
                tx.raw(&format!("DELETE FROM {table}")).await?;
            }
            Ok(())
        })
        .await
        .expect("gone");
    assert_eq!(sales::pipeline::facts::missing(app.db()).await.expect("a count"), 12);
    let (fill, ctx) = (sales::pipeline::facts::FILL, app.ctx.clone());
    (fill.run)(ctx, json!({})).await.expect("filled");
    assert_eq!(sales::pipeline::facts::missing(app.db()).await.expect("a count"), 0);
    assert_eq!(admin.get(question).await.expect(200).json(), before);
});
