//! Settings of sales are taken back like records: products, rates, score rules, settings of leads, pipelines with their stages.

use serde_json::{Value, json};
use testkit::{Answer, Client, company, story};

async fn undo(client: &Client, done: &Answer) -> Value {
    client
        .post(&format!("operations/{}/undo/", done.operation()), json!({}))
        .await
        .expect(200)
        .json()
}

/// Whether all of it was taken back.
fn is_whole(undone: &Value) -> bool {
    undone["refused"] == json!([]) && undone["undone"].as_i64() > Some(0)
}

story!(products_rates_rules_and_settings_are_taken_back, |app| {
    let admin = app.admin().await;
    let made = admin
        .post("products/", json!({ "code": "GTX", "name": "GTX Pro", "price": "100.00" }))
        .await
        .expect(201);
    let path = format!("products/{}/", made.id());
    let dearer = admin.patch(&path, json!({ "price": "250.00" })).await.expect(200);
    let same = admin.patch(&path, json!({ "price": "250.00" })).await.expect(200);
    assert_eq!(same.header("x-operation-id"), None, "nothing changed");
    let gone = admin.delete(&path).await.expect(204);
    assert!(is_whole(&undo(&admin, &gone).await));
    assert_eq!(admin.get(&path).await.expect(200).json()["price"], "250.00", "under its id again");
    assert!(is_whole(&undo(&admin, &dearer).await));
    assert_eq!(admin.get(&path).await.expect(200).json()["price"], "100.00");
    assert_eq!(
        admin.get("products/?search=gtx").await.expect(200).json()["count"],
        1,
        "found by its name"
    );
    // Lines have come to name it: it stays.
    let customer = admin.post("customers/", company("Acme")).await.expect(201).id();
    let deal = json!({ "name": "F", "customer": customer, "expected_close_date": "2026-05-01" });
    let deal = admin.post("opportunities/", deal).await.expect(201).id();
    let lines = json!({ "lines": [{ "product_id": made.id() }] });
    admin.put(&format!("opportunities/{deal}/lines/"), lines).await.expect(200);
    let refused = undo(&admin, &made).await;
    assert_eq!(refused["refused"].as_array().map(Vec::len), Some(1), "{refused}");
    admin.get(&path).await.expect(200);
    // Its code was given to another in the meantime.
    let other = admin.post("products/", json!({ "code": "B", "name": "B" })).await.expect(201);
    let moved = admin
        .patch(&format!("products/{}/", other.id()), json!({ "code": "C" }))
        .await
        .expect(200);
    admin.post("products/", json!({ "code": "B", "name": "Yeni B" })).await.expect(201);
    assert!(!is_whole(&undo(&admin, &moved).await));

    let rate = "exchange-rates/USD/2026-03-01/";
    let first = admin.put(rate, json!({ "rate": "40" })).await.expect(200);
    let second = admin.put(rate, json!({ "rate": "41.5", "source": "TCMB" })).await.expect(200);
    assert!(!is_whole(&undo(&admin, &first).await), "it was changed since");
    assert!(is_whole(&undo(&admin, &second).await));
    let rates = admin.get("exchange-rates/?currency=USD").await.expect(200).json();
    assert_eq!(
        (&rates["results"][0]["rate"], &rates["results"][0]["source"]),
        (&json!("40.000000"), &json!(""))
    );
    let third = admin
        .put("exchange-rates/EUR/2026-03-01/", json!({ "rate": "45" }))
        .await
        .expect(200);
    assert!(is_whole(&undo(&admin, &third).await));
    assert_eq!(admin.get("exchange-rates/?currency=EUR").await.expect(200).json()["count"], 0);

    let rule = json!({ "kind": "engagement", "name": "Arama", "touch": "call", "points": 10 });
    let made = admin.post("leads/score-rules/", rule.clone()).await.expect(201);
    let path = format!("leads/score-rules/{}/", made.id());
    let mut more = rule.clone();
    more["points"] = json!(20);
    let changed = admin.put(&path, more).await.expect(200);
    let gone = admin.delete(&path).await.expect(204);
    let rules = async || admin.get("leads/score-rules/").await.expect(200).json();
    assert!(is_whole(&undo(&admin, &gone).await));
    assert_eq!(rules().await["results"][0]["points"], 20);
    assert!(is_whole(&undo(&admin, &changed).await));
    assert_eq!(
        (&rules().await["results"][0]["points"], &rules().await["results"][0]["id"]),
        (&json!(10), &json!(made.id()))
    );
    assert!(is_whole(&undo(&admin, &made).await));
    assert_eq!(rules().await["count"], 0);

    let gate = admin.patch("leads/settings/", json!({ "bant_gate": 6 })).await.expect(200);
    assert!(is_whole(&undo(&admin, &gate).await));
    assert_eq!(admin.get("leads/settings/").await.expect(200).json()["bant_gate"], 4);
});

story!(a_pipeline_is_taken_back_with_its_stages, |app| {
    let admin = app.admin().await;
    let pipelines = async || admin.get("pipelines/").await.expect(200).json()["results"].clone();
    let before = pipelines().await;
    let path = format!("pipelines/{}/", before[0]["id"]);
    let stage = |pipelines: &Value, key: &str| {
        let stages = pipelines[0]["stages"].as_array().expect("stages").clone();
        stages.into_iter().find(|stage| stage["key"] == key)
    };

    let renamed = admin
        .patch(&path, json!({ "name": "Kurumsal", "probability_source": "model" }))
        .await
        .expect(200);
    assert!(is_whole(&undo(&admin, &renamed).await));
    assert_eq!(pipelines().await, before);

    let proposal = stage(&before, "proposal").expect("proposal")["id"].clone();
    let changed = admin
        .patch(
            &format!("{path}stages/{proposal}/"),
            json!({ "probability": "60", "rots_after_days": 5 }),
        )
        .await
        .expect(200);
    let added = admin
        .post(&format!("{path}stages/"), json!({ "name_tr": "Demo" }))
        .await
        .expect(201);
    assert!(!is_whole(&undo(&admin, &changed).await), "the pipeline was changed since");
    assert!(is_whole(&undo(&admin, &added).await));
    let again = admin
        .patch(&format!("{path}stages/{proposal}/"), json!({ "probability": "70" }))
        .await
        .expect(200);
    assert!(is_whole(&undo(&admin, &again).await));
    assert_eq!(stage(&pipelines().await, "proposal").expect("proposal")["probability"], 6_000);
    let stood = pipelines().await;

    let gone = admin.delete(&format!("{path}stages/{proposal}/")).await.expect(200);
    assert!(stage(&pipelines().await, "proposal").is_none());
    assert!(is_whole(&undo(&admin, &gone).await));
    assert_eq!(pipelines().await, stood, "under its id, in its place");
    let mut ids: Vec<Value> = stood[0]["stages"]
        .as_array()
        .expect("stages")
        .iter()
        .map(|stage| stage["id"].clone())
        .collect();
    ids.swap(0, 1);
    let ordered = admin
        .put(&format!("{path}stages/order/"), json!({ "stage_ids": ids }))
        .await
        .expect(200);
    assert!(is_whole(&undo(&admin, &ordered).await));
    assert_eq!(pipelines().await, stood);

    // A new default one, taken back with what it took from the other.
    let second = admin
        .post("pipelines/", json!({ "name": "Bayi", "is_default": true }))
        .await
        .expect(201);
    assert_eq!(pipelines().await[0]["name"], "Bayi");
    assert!(is_whole(&undo(&admin, &second).await));
    assert_eq!(pipelines().await, stood);

    // Somebody works in a stage that was added: it stays.
    let added = admin
        .post(&format!("{path}stages/"), json!({ "name_tr": "Deneme" }))
        .await
        .expect(201);
    let customer = admin.post("customers/", company("Acme")).await.expect(201).id();
    let deal = json!({ "name": "F", "customer": customer, "expected_close_date": "2026-05-01", "stage": "deneme" });
    let deal = admin.post("opportunities/", deal).await.expect(201).id();
    let refused = undo(&admin, &added).await;
    assert_eq!(refused["refused"].as_array().map(Vec::len), Some(1), "{refused}");
    assert_eq!(
        admin.get(&format!("opportunities/{deal}/")).await.expect(200).json()["stage"],
        "deneme"
    );
    let (rep, _) = app.user("Can Kaya", "sales_rep", None).await;
    let forbidden = rep.post(&format!("operations/{}/undo/", added.operation()), json!({})).await;
    assert!(!forbidden.status.is_success());
});

story!(reasons_are_a_list_of_the_organisation, |app| {
    let admin = app.admin().await;
    let (rep, _) = app.user("Can Kaya", "sales_rep", None).await;
    let standard = rep.get("reasons/").await.expect(200).json();
    assert!(standard["loss"].as_array().expect("reasons").contains(&json!("Rakip")));
    let wanted = json!({ "reasons": ["Fiyat", "  Rakip   seçildi "] });
    rep.put("reasons/loss/", wanted.clone()).await.expect(403);
    admin.put("reasons/luck/", wanted.clone()).await.expect(404);
    let twice = json!({ "reasons": ["Fiyat", "FİYAT", ""] });
    let refused = admin.put("reasons/loss/", twice).await.expect(422).json();
    assert!(
        refused["errors"]["reasons.1"].is_array() && refused["errors"]["reasons.2"].is_array(),
        "{refused}"
    );
    let set = admin.put("reasons/loss/", wanted.clone()).await.expect(200);
    let now = rep.get("reasons/").await.expect(200).json();
    assert_eq!(now["loss"], json!(["Fiyat", "Rakip seçildi"]));
    assert_eq!(now["win"], standard["win"], "the others stay");
    assert_eq!(admin.put("reasons/loss/", wanted).await.expect(200).header("x-operation-id"), None);
    let reset = admin.put("reasons/loss/", json!({ "reasons": [] })).await.expect(200);
    assert_eq!(rep.get("reasons/").await.expect(200).json(), standard);
    assert!(is_whole(&undo(&admin, &reset).await));
    assert_eq!(rep.get("reasons/").await.expect(200).json(), now);
    assert!(is_whole(&undo(&admin, &set).await));
    assert_eq!(rep.get("reasons/").await.expect(200).json(), standard);
});
