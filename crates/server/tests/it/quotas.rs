//! Quotas, and what managers say beside the forecast: who may set whose, what they are held against, and how they are taken back.

use serde_json::{Value, json};
use testkit::{Client, TestApp, company, story};

const APRIL: &str = "forecast/?from=2026-04-01&to=2026-04-30";

/// A manager of the team Ankara, a representative in it and one in another team; and an opportunity of 1000.00 that each of these won in April.
struct Sales {
    admin: Client,
    manager: Client,
    team: i64,
    rep: i64,
    rep_client: Client,
    stranger: i64,
}

async fn sales(app: &TestApp) -> Sales {
    let admin = app.admin().await;
    let (manager, manager_id) = app.user("Ayşe Yönetir", "manager", Some("Ankara")).await;
    let (rep_client, rep) = app.user("Can Satar", "sales_rep", Some("Ankara")).await;
    let (_, stranger) = app.user("Ece Başka", "sales_rep", Some("İzmir")).await;
    let team = admin.get(&format!("users/{manager_id}/")).await.expect(200).json()["team_id"]
        .as_i64()
        .expect("a team");
    let customer = admin.post("customers/", company("Acme")).await.expect(201).id();
    for owner in [rep, stranger] {
        let deal = json!({
            "name": "Kazanılan", "customer": customer, "amount": "1000.00", "expected_close_date": "2026-04-10", "sales_rep": owner,
            "stage": "won", "opened_on": "2026-03-01", "actual_close_date": "2026-04-10",
        });
        admin.post("opportunities/", deal).await.expect(201);
    }
    Sales {
        admin,
        manager,
        team,
        rep,
        rep_client,
        stranger,
    }
}

/// The line of somebody in the one period.
fn line(forecast: &Value, kind: &str, id: Option<i64>) -> Value {
    let lines = forecast["periods"][0]["lines"].as_array().expect("lines");
    let found = lines.iter().find(|line| line["kind"] == kind && line["id"].as_i64() == id);
    found.cloned().unwrap_or_default()
}

async fn undo(app: &TestApp, client: &Client, operation: i64) -> Value {
    let undone = client
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json();
    app.settled().await;
    undone
}

story!(what_is_won_is_held_against_the_quota, |app| {
    let sales = sales(&app).await;
    let (admin, rep) = (&sales.admin, sales.rep);
    let none = admin.get(APRIL).await.expect(200).json();
    let mine = line(&none, "user", Some(rep));
    assert_eq!((&mine["quota"], &mine["attainment"]), (&Value::Null, &Value::Null));
    let before = mine["categories"].clone();

    let both = json!({ "quotas": [{ "user_id": rep, "amount": "4000.00" }, { "user_id": sales.stranger, "amount": 500 }] });
    let set = admin.put("quotas/2026-04/", both.clone()).await.expect(200);
    let operation = set.operation();
    let forecast = admin.get(APRIL).await.expect(200).json();
    let mine = line(&forecast, "user", Some(rep));
    assert_eq!(mine["quota"], json!({ "amount": "4000.00", "source": "own" }));
    assert_eq!(
        (&mine["attainment"], &mine["gap"]),
        (&json!("25.00"), &json!("3000.00")),
        "1000 of 4000"
    );
    assert_eq!(mine["categories"], before, "a quota changes no figure");
    let theirs = line(&forecast, "user", Some(sales.stranger));
    assert_eq!((&theirs["attainment"], &theirs["gap"]), (&json!("200.00"), &json!("-500.00")));
    let total = line(&forecast, "total", None);
    assert_eq!(total["quota"], json!({ "amount": "4500.00", "source": "members" }));
    assert_eq!(line(&forecast, "team", Some(sales.team))["quota"]["amount"], "4000.00");

    let again = admin.put("quotas/2026-04/", both).await.expect(200);
    assert!(again.header("x-operation-id").is_none(), "what changes nothing is no operation");

    // Of one source only nobody has a quota.
    let partial = admin.get(&format!("{APRIL}&source=Fuar")).await.expect(200).json();
    assert_eq!(line(&partial, "total", None)["attainment"], Value::Null);

    let quarter = json!({ "quotas": [{ "team_id": sales.team, "amount": "1000.01" }] });
    admin.put("quotas/2026-Q3/", quarter).await.expect(200);
    let months = admin.get("quotas/?from=2026-07-01&to=2026-09-30").await.expect(200).json();
    let amounts: Vec<&str> = months["results"]
        .as_array()
        .expect("quotas")
        .iter()
        .filter_map(|quota| quota["amount"].as_str())
        .collect();
    assert_eq!(amounts, ["333.34", "333.34", "333.33"]);
    let whole = admin
        .get("quotas/?period=quarter&from=2026-07-01&to=2026-07-01")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&whole["results"][0]["amount"], &whole["results"][0]["period"]),
        (&json!("1000.01"), &json!("2026-Q3"))
    );

    let undone = undo(&app, admin, operation).await;
    assert_eq!(undone["refused_count"], 0, "{undone}");
    let forecast = admin.get(APRIL).await.expect(200).json();
    assert_eq!(line(&forecast, "total", None)["quota"], Value::Null);
    undo(&app, admin, undone["operation_id"].as_i64().expect("an operation")).await;
    let forecast = admin.get(APRIL).await.expect(200).json();
    assert_eq!(
        line(&forecast, "total", None)["quota"]["amount"],
        "4500.00",
        "undone twice it is there again"
    );
    let taken = json!({ "quotas": [{ "user_id": rep, "amount": null }] });
    admin.put("quotas/2026-04/", taken).await.expect(200);
    let forecast = admin.get(APRIL).await.expect(200).json();
    assert_eq!(line(&forecast, "user", Some(rep))["quota"], Value::Null);
});

story!(quotas_are_set_for_ones_own_teams_only, |app| {
    let sales = sales(&app).await;
    let manager = &sales.manager;
    let own = json!({ "quotas": [{ "user_id": sales.rep, "amount": "10" }, { "team_id": sales.team, "amount": "20" }] });
    manager.put("quotas/2026-04/", own.clone()).await.expect(200);
    let rows = app.count("quotas").await;
    let others = json!({ "quotas": [{ "user_id": sales.rep, "amount": "11" }, { "user_id": sales.stranger, "amount": "10" }] });
    let refused = manager.put("quotas/2026-04/", others).await.expect(422);
    assert!(refused.error("quotas.1.user_id").contains("reach"), "{}", refused.json());
    assert_eq!(app.count("quotas").await, rows, "nothing of it was set");
    let forecast = sales.admin.get(APRIL).await.expect(200).json();
    assert_eq!(line(&forecast, "user", Some(sales.rep))["quota"]["amount"], "10.00");
    sales.rep_client.put("quotas/2026-04/", own).await.expect(403);
    let seen = sales
        .rep_client
        .get("quotas/?from=2026-04-01&to=2026-04-01")
        .await
        .expect(200)
        .json();
    let seen = seen["results"].as_array().expect("quotas");
    assert_eq!(
        (seen.len(), &seen[0]["user_id"]),
        (1, &json!(sales.rep)),
        "a representative sees the own one"
    );

    for (body, field) in [
        (json!({ "quotas": [{ "amount": "1" }] }), "quotas.0.user_id"),
        (json!({ "quotas": [{ "user_id": sales.rep, "amount": "-1" }] }), "quotas.0.amount"),
        (json!({ "quotas": [{ "user_id": 999_999, "amount": "1" }] }), "quotas.0.user_id"),
    ] {
        assert!(!sales.admin.put("quotas/2026-04/", body).await.expect(422).error(field).is_empty());
    }
    for period in ["2026-13", "2026-Q5", "2026-4", "bahar"] {
        let refused = sales
            .admin
            .put(&format!("quotas/{period}/"), json!({ "quotas": [] }))
            .await
            .expect(422);
        assert!(!refused.error("period").is_empty(), "{period}");
    }
});

story!(a_managers_number_stands_beside_the_forecast_and_in_no_sum, |app| {
    let sales = sales(&app).await;
    let (manager, rep) = (&sales.manager, sales.rep);
    let computed = line(&manager.get(APRIL).await.expect(200).json(), "user", Some(rep));
    assert_eq!(computed["adjustment"], Value::Null);
    let say = |amount: Value, reason: &str| json!({ "period": "2026-04", "user_id": rep, "amount": amount, "reason": reason });
    manager
        .post("forecast/adjustments/", say(json!("1500.00"), "İki sözleşme yolda"))
        .await
        .expect(201);
    let second = manager
        .post("forecast/adjustments/", say(json!("1200.00"), "Biri ertelendi"))
        .await
        .expect(201);
    let beside = line(&manager.get(APRIL).await.expect(200).json(), "user", Some(rep));
    assert_eq!(
        (
            &beside["adjustment"]["amount"],
            &beside["adjustment"]["reason"],
            &beside["adjustment"]["by_name"]
        ),
        (&json!("1200.00"), &json!("Biri ertelendi"), &json!("Ayşe Yönetir"))
    );
    for name in ["categories", "cumulative", "weighted", "simulation"] {
        assert_eq!(beside[name], computed[name], "{name} stays as computed");
    }
    let history = manager.get("forecast/adjustments/?period=2026-04").await.expect(200).json();
    let amounts: Vec<&Value> = history["results"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| &row["amount"])
        .collect();
    assert_eq!(amounts, [&json!("1200.00"), &json!("1500.00")], "{history}");

    let undone = undo(&app, manager, second.operation()).await;
    assert_eq!(undone["refused_count"], 0, "{undone}");
    let back = line(&manager.get(APRIL).await.expect(200).json(), "user", Some(rep));
    assert_eq!(back["adjustment"]["amount"], "1500.00");
    assert_eq!(app.count("forecast_adjustments").await, 3, "rows are only added");
    let late = manager.post(&format!("operations/{}/undo/", second.operation()), json!({})).await;
    assert_eq!(late.expect(409).status, 409);
    manager
        .post("forecast/adjustments/", say(Value::Null, "Hesap yeter"))
        .await
        .expect(201);
    let none = line(&manager.get(APRIL).await.expect(200).json(), "user", Some(rep));
    assert_eq!(none["adjustment"], Value::Null);

    assert!(
        !manager
            .post("forecast/adjustments/", say(json!("1"), " "))
            .await
            .expect(422)
            .error("reason")
            .is_empty()
    );
    let stranger = json!({ "period": "2026-04", "user_id": sales.stranger, "amount": "1", "reason": "x" });
    assert!(
        !manager
            .post("forecast/adjustments/", stranger)
            .await
            .expect(422)
            .error("user_id")
            .is_empty()
    );
    sales
        .rep_client
        .post("forecast/adjustments/", say(json!("1"), "x"))
        .await
        .expect(403);
    assert_eq!(app.count("forecast_adjustments").await, 4);
});
