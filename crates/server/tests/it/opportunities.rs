//! Opportunities: created, moved through their stages, with their history.

use serde_json::json;
use testkit::{company, story};

story!(an_opportunity_goes_through_its_stages, |app| {
    let admin = app.admin().await;
    let customer = admin.post("customers/", company("Acme Sanayi")).await.expect(201).id();
    let created = admin
        .post(
            "opportunities/",
            json!({ "name": "Acme hat yenileme", "customer": customer, "expected_close_date": "2026-06-30" }),
        )
        .await
        .expect(201);
    let deal = created.json();
    assert_eq!(deal["opportunity_number"], "F-2026-00001");
    assert_eq!(
        (deal["stage"].as_str(), deal["probability"].as_str()),
        (Some("prospecting"), Some("10.00"))
    );
    assert_eq!(
        (deal["probability_source"].as_str(), deal["category"].as_str()),
        (Some("stage"), Some("pipeline"))
    );
    assert_eq!(deal["customer_name"], "Acme Sanayi");
    assert_eq!(deal["opened_on"], "2026-03-16");
    let path = format!("opportunities/{}/", created.id());

    let refused = admin.patch(&path, json!({ "stage": "proposal" })).await.expect(422).json();
    assert!(refused["errors"]["amount"].is_array(), "{refused}");
    let moved = admin
        .patch(&path, json!({ "stage": "proposal", "amount": "125000.50" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (moved["probability"].as_str(), moved["category"].as_str()),
        (Some("50.00"), Some("best_case"))
    );
    assert_eq!(moved["amount_base"], "125000.50");

    let pinned = admin
        .patch(&path, json!({ "probability": "62.5", "category": "commit" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (pinned["probability_source"].as_str(), pinned["is_category_pinned"].as_bool()),
        (Some("manual"), Some(true))
    );
    let moved = admin.patch(&path, json!({ "stage": "negotiation" })).await.expect(200).json();
    assert_eq!(
        (moved["probability"].as_str(), moved["category"].as_str()),
        (Some("62.50"), Some("commit")),
        "pinned picks survive"
    );
    let by_stage = admin
        .patch(&path, json!({ "probability_source": "stage" }))
        .await
        .expect(200)
        .json();
    assert_eq!(by_stage["probability"], "75.00");

    let refused = admin.patch(&path, json!({ "stage": "lost" })).await.expect(422).json();
    assert!(refused["errors"]["loss_reason"].is_array(), "{refused}");
    let won = admin.patch(&path, json!({ "stage": "won" })).await.expect(200);
    let operation = won.header("x-operation-id").expect("an operation");
    let won = won.json();
    assert_eq!(
        (
            won["is_won"].as_bool(),
            won["probability"].as_str(),
            won["actual_close_date"].as_str()
        ),
        (Some(true), Some("100.00"), Some("2026-03-16"))
    );
    assert_eq!(won["category"], "closed");
    assert_eq!(app.count("opportunity_history").await, 6);

    admin.post(&format!("operations/{operation}/undo/"), json!({})).await.expect(200);
    let open = admin.get(&path).await.expect(200).json();
    assert_eq!(
        (open["stage"].as_str(), open["outcome"].as_str(), open["actual_close_date"].clone()),
        (Some("negotiation"), Some("open"), json!(null))
    );
    assert_eq!(open["probability"], "75.00");

    let refused = admin.patch(&path, json!({ "stage": "propsal" })).await.expect(422).json();
    assert!(
        refused["errors"]["stage"][0].as_str().expect("a problem").contains("proposal"),
        "{refused}"
    );
    let found = admin.get("opportunities/?search=acme+san").await.expect(200).json();
    assert_eq!(found["count"], 1, "found by the name of its customer");
});
