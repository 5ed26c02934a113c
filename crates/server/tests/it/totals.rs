//! Figures over everything a list finds.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Client, company, story};

/// Asks for figures: `(field, function)`.
async fn totals(client: &Client, criteria: Value, wanted: &[(&str, &str)]) -> Value {
    let wanted: Vec<Value> = wanted
        .iter()
        .map(|(field, function)| json!({ "field": field, "function": function }))
        .collect();
    let asked = json!({ "criteria": criteria, "totals": wanted });
    client.post("customers/totals/", asked).await.expect(200).json()
}

fn values(totals: &Value) -> Vec<Value> {
    let list = totals["totals"].as_array().expect("totals");
    list.iter()
        .map(|total| match &total["by_currency"] {
            Value::Null => total["value"].clone(),
            by_currency => {
                let each = by_currency.as_array().expect("currencies").iter();
                each.map(|one| json!([one["currency"], one["value"]])).collect()
            }
        })
        .collect()
}

async fn some(admin: &Client) {
    for (index, (city, currency, revenue, since)) in [
        ("Ankara", "TRY", Some("100.50"), "2020-01-31"),
        ("ankara", "TRY", Some("-0.75"), "2024-12-01"),
        ("İzmir", "EUR", Some("9000000000000.25"), "2021-06-15"),
        ("İzmir", "TRY", None, "2022-02-02"),
        ("", "EUR", Some("9000000000000.25"), "2019-05-05"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut input = company(&format!("Firma {index}"));
        input["city"] = json!(city);
        input["currency"] = json!(currency);
        input["annual_revenue"] = json!(revenue);
        input["customer_since"] = json!(since);
        input["custom"] = json!({ "puan": index as f64 + 0.5 });
        if index < 2 {
            input["tags"] = json!(["vip"]);
        }
        admin.post("customers/", input).await.expect(201);
    }
}

async fn points(admin: &Client) {
    let field = json!({ "key": "puan", "label_tr": "Puan", "kind": "number", "decimals": 1 });
    admin.post("custom-fields/", field).await.expect(201);
}

story!(figures_are_exact_and_money_is_told_by_currency, |app| {
    let admin = app.admin().await;
    points(&admin).await;
    let none = totals(
        &admin,
        json!(null),
        &[("annual_revenue", "sum"), ("city", "filled"), ("created_at", "max")],
    )
    .await;
    assert_eq!(
        (none["count"].as_i64(), values(&none)),
        (Some(0), vec![json!([]), json!(0), json!(null)])
    );
    some(&admin).await;
    let all = totals(
        &admin,
        json!(null),
        &[
            ("annual_revenue", "sum"),
            ("custom.puan", "sum"),
            ("annual_revenue", "average"),
            ("custom.puan", "average"),
            ("annual_revenue", "min"),
            ("annual_revenue", "max"),
            ("annual_revenue", "filled"),
            ("annual_revenue", "empty"),
            ("customer_since", "min"),
            ("customer_since", "max"),
            ("created_at", "max"),
            ("city", "distinct"),
            ("city", "empty"),
            ("tags", "filled"),
            ("tags", "empty"),
            ("custom.puan", "max"),
            ("is_active", "distinct"),
            ("owner_id", "distinct"),
            ("currency", "distinct"),
            ("industry", "distinct"),
        ],
    )
    .await;
    assert_eq!(all["count"], 5);
    assert_eq!(
        values(&all),
        [
            json!([["EUR", "18000000000000.50"], ["TRY", "99.75"]]),
            json!("12.5"),
            json!([["EUR", "9000000000000.25"], ["TRY", "49.88"]]),
            json!("2.500"),
            json!([["EUR", "9000000000000.25"], ["TRY", "-0.75"]]),
            json!([["EUR", "9000000000000.25"], ["TRY", "100.50"]]),
            json!(4),
            json!(1),
            json!("2019-05-05"),
            json!("2024-12-01"),
            json!("2026-03-16T09:00:00.000000Z"),
            json!(2),
            json!(1),
            json!(2),
            json!(3),
            json!("4.5"),
            json!(1),
            json!(1),
            json!(2),
            json!(0),
        ]
    );
    let ankara = json!({ "field": "city", "op": "eq", "value": "ANKARA" });
    let narrowed = totals(&admin, ankara, &[("annual_revenue", "sum")]).await;
    assert_eq!(
        (narrowed["count"].as_i64(), values(&narrowed)),
        (Some(2), vec![json!([["TRY", "99.75"]])])
    );
    let searched = json!({ "search": "firma 2", "totals": [{ "field": "custom.puan", "function": "sum" }] });
    let searched = admin.post("customers/totals/", searched).await.expect(200).json();
    assert_eq!((searched["count"].as_i64(), values(&searched)), (Some(1), vec![json!("2.5")]));
    let bare = admin.post("customers/totals/", json!({ "totals": [] })).await.expect(200).json();
    assert_eq!(bare["count"], 5);
});

story!(figures_tell_nobody_more_than_the_list, |app| {
    let admin = app.admin().await;
    points(&admin).await;
    some(&admin).await;
    let (rep, _) = app.user("Temsilci", "sales_rep", None).await;
    let mine = json!({ "customer_type": "company", "company_name": "Benim", "annual_revenue": "7.00", "currency": "TRY" });
    rep.post("customers/", mine).await.expect(201);
    let seen = totals(&rep, json!(null), &[("annual_revenue", "sum")]).await;
    let listed = rep.get("customers/?count=exact").await.expect(200).json();
    assert_eq!(seen["count"], listed["count"], "as many as the list has");
    let hidden = |fields: Value| json!({ "name": "Dar", "grants": { "customer.read": "all" }, "fields": { "customer": fields } });
    let role = admin
        .post("roles/", hidden(json!({ "annual_revenue": "hidden", "custom.puan": "hidden" })))
        .await
        .expect(201)
        .id();
    let (_, id) = app.user("Dar Görüşlü", "sales_rep", None).await;
    admin
        .patch(&format!("users/{id}/"), json!({ "role_ids": [role] }))
        .await
        .expect(200);
    let narrow = app.client_of(id).await;
    let ask = async |field: &str, function: &str| {
        let asked = json!({ "totals": [{ "field": "city", "function": "filled" }, { "field": field, "function": function }] });
        narrow.post("customers/totals/", asked).await
    };
    for field in ["annual_revenue", "custom.puan", "identity_number"] {
        let refused = ask(field, "filled").await.expect(422);
        assert!(!refused.error("totals[1].field").is_empty(), "{}", refused.text());
    }
    ask("city", "distinct").await.expect(200);
    admin
        .patch(&format!("roles/{role}/"), hidden(json!({ "currency": "hidden" })))
        .await
        .expect(200);
    let refused = app
        .client_of(id)
        .await
        .post(
            "customers/totals/",
            json!({ "totals": [{ "field": "annual_revenue", "function": "sum" }] }),
        )
        .await
        .expect(422);
    assert!(!refused.error("totals").is_empty());
});

story!(figures_that_make_no_sense_are_refused_by_place, |app| {
    let admin = app.admin().await;
    let before = (app.count("events").await, app.count("operations").await);
    for (field, function, place) in [
        ("ctiy", "filled", "field"),
        ("city", "sum", "function"),
        ("city", "max", "function"),
        ("tags", "distinct", "function"),
        ("age", "average", "function"),
        ("customer_since", "average", "function"),
        ("annual_revenue", "median", "function"),
    ] {
        let asked = json!({ "totals": [{ "field": field, "function": function }] });
        let refused = admin.post("customers/totals/", asked).await.expect(422);
        assert!(!refused.error(&format!("totals[0].{place}")).is_empty(), "{}", refused.text());
    }
    let many: Vec<Value> = (0..21).map(|_| json!({ "field": "city", "function": "filled" })).collect();
    assert!(
        !admin
            .post("customers/totals/", json!({ "totals": many }))
            .await
            .expect(422)
            .error("totals")
            .is_empty()
    );
    admin.post("customers/totals/", json!({})).await.expect(422);
    let broken = json!({ "criteria": { "field": "x", "op": "eq", "value": 1 }, "totals": [] });
    admin.post("customers/totals/", broken).await.expect(422);
    app.anonymous().post("customers/totals/", json!({ "totals": [] })).await.expect(401);
    assert_eq!((app.count("events").await, app.count("operations").await), before);
});

story!(what_nobody_waits_for_is_stopped, |app| {
    // Would count for hours.
    let endless = "(WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000000) SELECT max(x) FROM n)";
    let dialect = app.db().dialect();
    let endless = sea_query::Query::select().expr(dialect.own_sql(endless)).to_owned();
    // More often than there are connections: each must be free again.
    for _ in 0..25 {
        let left = tokio::time::timeout(Duration::from_millis(20), app.db().all_while_wanted::<(i64,)>(&endless)).await;
        assert!(left.is_err(), "it cannot have ended");
    }
    let free = async {
        assert!(app.count("users").await > 0);
        let one = sea_query::Query::select().expr(dialect.own_sql("CAST(1 AS bigint)")).to_owned();
        for _ in 0..25 {
            assert_eq!(app.db().all_while_wanted::<(i64,)>(&one).await.expect("a row"), [(1,)]);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), free)
        .await
        .expect("the connections are free");
});
