//! Probabilities of opportunities by a model that learned from those that were won and lost.

use kernel::clock::DAY_US;
use serde_json::{Value, json};
use testkit::{Client, TestApp, company, story};

async fn train(app: &TestApp, client: &Client) -> Value {
    client.post("opportunities/scoring/train/", json!({})).await.expect(202);
    app.run_jobs().await;
    client.get("opportunities/scoring/models/").await.expect(200).json()["results"][0].clone()
}

/// An open opportunity from a source.
async fn open(client: &Client, customer: i64, source: &str) -> String {
    let deal = json!({ "name": format!("Açık {source}"), "customer": customer, "amount": "1000.00", "expected_close_date": "2026-09-30", "source": source });
    format!("opportunities/{}/", client.post("opportunities/", deal).await.expect(201).id())
}

async fn probability(client: &Client, path: &str) -> (f64, String) {
    let deal = client.get(path).await.expect(200).json();
    let percent = deal["probability"].as_str().expect("a probability").parse().expect("a number");
    (percent, deal["probability_source"].as_str().expect("a source").to_owned())
}

/// So many that were won and lost: those from a reference won, the others lost, one in ten the other way round. They are written down only
/// after they ended, with amounts that tell the outcome.
async fn history(app: &TestApp, client: &Client, customer: i64) {
    for n in 0..120 {
        app.clock.advance(DAY_US / 12);
        let is_reference = n % 2 == 0;
        let is_won = is_reference != (n % 20 < 2);
        let mut deal = json!({
            "name": format!("Eski {n}"), "customer": customer, "source": if is_reference { "Referans" } else { "Reklam" },
            "opened_on": format!("2025-{:02}-01", 1 + n / 12), "actual_close_date": format!("2025-{:02}-20", 2 + n / 12),
            "stage": if is_won { "won" } else { "lost" }, "amount": if is_won { "9000.00" } else { "10.00" },
        });
        if !is_won {
            deal["loss_reason"] = json!("Fiyat");
        }
        client.post("opportunities/", deal).await.expect(201);
    }
}

story!(a_pipeline_goes_by_the_model_once_it_has_learned, |app| {
    let admin = app.admin().await;
    let (rep, _) = app.user("Can Kaya", "sales_rep", None).await;
    rep.post("opportunities/scoring/train/", json!({})).await.expect(403);
    let customer = admin.post("customers/", company("Acme Sanayi")).await.expect(201).id();
    let (warm, cold) = (open(&admin, customer, "Referans").await, open(&admin, customer, "Reklam").await);
    let pinned = open(&admin, customer, "Referans").await;
    admin.patch(&pinned, json!({ "probability": "33" })).await.expect(200);

    let refused = train(&app, &admin).await;
    assert_eq!((&refused["refusal"]["needed"], &refused["refusal"]["won"]), (&json!(50), &json!(0)));
    let pipeline = admin.get("pipelines/").await.expect(200).json()["results"][0].clone();
    assert_eq!(pipeline["probability_source"], "stage");
    let path = format!("pipelines/{}/", pipeline["id"]);
    for wrong in ["manual", "dice"] {
        let answer = admin.patch(&path, json!({ "probability_source": wrong })).await.expect(422);
        assert!(answer.error("probability_source").contains("model"));
    }
    admin.patch(&path, json!({ "probability_source": "model" })).await.expect(200);
    app.run_jobs().await;
    assert_eq!(probability(&admin, &warm).await, (10.0, "stage".into()), "nothing was learned yet");

    history(&app, &admin, customer).await;
    let version = train(&app, &admin).await;
    assert_eq!(
        (&version["is_active"], &version["refusal"]),
        (&json!(true), &Value::Null),
        "{version}"
    );
    assert_eq!((&version["won"], &version["lost"]), (&json!(60), &json!(60)));
    let scoring = admin.get("opportunities/scoring/").await.expect(200).json();
    assert_eq!(scoring["model"]["id"], version["id"]);
    assert_eq!(scoring["features"][0]["field"], "source", "it alone tells anything");
    // What was written down when the outcome was known is not learned from: it would tell all.
    let amount = scoring["features"]
        .as_array()
        .expect("features")
        .iter()
        .find(|one| one["field"] == "amount_base");
    assert_eq!(amount.expect("the amount")["importance"], 0.0);
    assert!(version["quality"]["auc"].as_f64() < Some(0.99), "{version}");

    let (of_warm, source) = probability(&admin, &warm).await;
    let (of_cold, _) = probability(&admin, &cold).await;
    assert_eq!(source, "model");
    assert!(of_warm > 70.0 && of_cold < 30.0, "{of_warm} and {of_cold}");
    assert_eq!(probability(&admin, &pinned).await, (33.0, "manual".into()), "somebody said so");
    // A new one has it from its first moment.
    let fresh = open(&admin, customer, "Referans").await;
    assert_eq!(probability(&admin, &fresh).await.1, "model");

    let told = admin.get(&format!("{warm}probability/")).await.expect(200).json();
    assert_eq!(
        (&told["probability_source"], &told["stage_probability"]),
        (&json!("model"), &json!(1_000))
    );
    let explained = &told["model"];
    let parts = explained["contributions"].as_array().expect("contributions").iter();
    let sum = parts.fold(explained["base"].as_f64().expect("a base"), |sum, part| {
        sum + part["log_odds"].as_f64().expect("a number")
    });
    assert_eq!(Some(sum), explained["log_odds"].as_f64(), "to the last bit");
    assert_eq!(
        Some((explained["probability"].as_f64().expect("one") * 100.0).round()),
        Some(of_warm)
    );

    // Nothing is written where nothing differs.
    let rows = app.count("opportunity_history").await;
    let ctx = app.ctx.clone();
    assert_eq!(sales::opportunities::chances::refresh(&ctx).await.expect("done"), 0);
    assert_eq!(app.count("opportunity_history").await, rows);

    // Unpinned it follows the pipeline again; and without a model everything goes by its stage.
    admin.patch(&pinned, json!({ "probability_source": "stage" })).await.expect(200);
    assert_eq!(probability(&admin, &pinned).await.1, "model");
    admin.patch(&pinned, json!({ "probability": "40" })).await.expect(200);
    admin.post("opportunities/scoring/models/deactivate/", json!({})).await.expect(204);
    app.run_jobs().await;
    assert_eq!(probability(&admin, &warm).await, (10.0, "stage".into()));
    assert_eq!(probability(&admin, &pinned).await, (40.0, "manual".into()));
    let activate = format!("opportunities/scoring/models/{}/activate/", version["id"]);
    rep.post(&activate, json!({})).await.expect(403);
    admin.post(&activate, json!({})).await.expect(200);
    app.run_jobs().await;
    assert_eq!(probability(&admin, &warm).await, (of_warm, "model".into()));
    admin.patch(&path, json!({ "probability_source": "stage" })).await.expect(200);
    app.run_jobs().await;
    assert_eq!(probability(&admin, &cold).await, (10.0, "stage".into()));

    // What a role hides is explained without its value, or not at all.
    let grants = json!({ "opportunity.read": "all" });
    let role = json!({ "name": "Kaynak görmez", "grants": grants, "fields": { "opportunity": { "source": "hidden" } } });
    let role = admin.post("roles/", role).await.expect(201).id();
    let (blind, id) = app.user("Kör", "read_only", None).await;
    admin
        .patch(&format!("users/{id}/"), json!({ "role_ids": [role] }))
        .await
        .expect(200);
    let told = blind.get(&format!("{warm}probability/")).await.expect(200).json();
    let mut parts = told["model"]["contributions"].as_array().expect("contributions").iter();
    let source = parts.find(|part| part["field"] == "source").expect("the source");
    assert_eq!(source["value"], Value::Null);
    let fields = json!({ "fields": { "opportunity": { "probability": "hidden" } } });
    admin.patch(&format!("roles/{role}/"), fields).await.expect(200);
    blind.get(&format!("{warm}probability/")).await.expect(403);
    rep.get(&format!("{warm}probability/")).await.expect(404);
});

story!(opportunities_are_learned_from_as_they_stood, |app| {
    let admin = app.admin().await;
    let customer = admin.post("customers/", company("Acme Sanayi")).await.expect(201).id();
    // Entered as it began: its amount and dates are what was known then.
    let path = open(&admin, customer, "Fuar").await;
    app.clock.advance(10 * DAY_US);
    admin
        .patch(&path, json!({ "stage": "proposal", "amount": "2000.00" }))
        .await
        .expect(200);
    app.clock.advance(10 * DAY_US);
    admin
        .patch(&path, json!({ "amount": "1.00", "stage": "lost", "loss_reason": "Fiyat" }))
        .await
        .expect(200);
    // Written down after it had ended.
    let old = json!({ "name": "Eski", "customer": customer, "amount": "7.00", "stage": "won", "opened_on": "2025-01-01", "actual_close_date": "2025-02-01" });
    admin.post("opportunities/", old).await.expect(201);
    // Still open.
    open(&admin, customer, "Reklam").await;

    let cases = sales::opportunities::chances::history::cases(&app.ctx).await.expect("cases");
    assert_eq!(cases.len(), 2, "open ones tell nothing yet");
    let [won, lost]: [_; 2] = cases.try_into().expect("two");
    assert!(won.is_won && !lost.is_won);
    assert_eq!(
        (won.situation.amount_base, won.situation.days_to_close, won.situation.pushes),
        (None, None, None)
    );
    assert_eq!(won.situation.stage, "prospecting");
    assert!(["prospecting", "proposal"].contains(&lost.situation.stage.as_str()));
    let then = if lost.situation.stage == "proposal" { 200_000 } else { 100_000 };
    assert_eq!(lost.situation.amount_base, Some(then), "not what it was at the end");
    assert_eq!((lost.situation.source.as_str(), lost.situation.pushes), ("fuar", Some(0)));
});
