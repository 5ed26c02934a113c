//! Pipelines and their stages, managed.

use serde_json::{Value, json};
use testkit::story;

use super::opportunity;

fn keys(pipeline: &Value) -> Vec<&str> {
    let stages = pipeline["stages"].as_array().expect("stages");
    stages.iter().map(|stage| stage["key"].as_str().expect("a key")).collect()
}

fn stage_id(pipeline: &Value, key: &str) -> i64 {
    let stages = pipeline["stages"].as_array().expect("stages");
    let found = stages.iter().find(|stage| stage["key"] == key).expect("the stage");
    found["id"].as_i64().expect("an id")
}

story!(a_pipeline_is_made_changed_and_taken_out_of_use, |app| {
    let admin = app.admin().await;
    let made = admin.post("pipelines/", json!({ "name": "Bayi satışı" })).await.expect(201);
    let (id, path) = (made.id(), format!("pipelines/{}/", made.id()));
    assert_eq!(keys(&made.json()).first(), Some(&"prospecting"));
    let refused = admin.post("pipelines/", json!({ "name": "BAYİ  SATIŞI" })).await.expect(422);
    assert!(!refused.error("name").is_empty());

    let added = admin
        .post(&format!("{path}stages/"), json!({ "name_tr": "Deneme", "name_en": "Trial run", "probability": "60", "rots_after_days": 10, "required_fields": ["next_step"] }))
        .await
        .expect(201)
        .json();
    assert_eq!(
        keys(&added)[4..],
        ["closing", "trial_run", "won", "lost"],
        "an open stage comes before the ends"
    );
    let wrong = json!({ "name_tr": "X", "key": "Böyle", "probability": "101", "category": "x", "required_fields": ["amonut"] });
    let refused = admin.post(&format!("{path}stages/"), wrong).await.expect(422);
    for field in ["key", "probability", "category", "required_fields"] {
        assert!(!refused.error(field).is_empty(), "{field}: {}", refused.text());
    }
    let trial = stage_id(&added, "trial_run");
    admin
        .patch(&format!("{path}stages/{trial}/"), json!({ "key": "other" }))
        .await
        .expect(422);
    admin
        .patch(
            &format!("{path}stages/{trial}/"),
            json!({ "name_tr": "Pilot", "probability": "65" }),
        )
        .await
        .expect(200);
    let mut order: Vec<i64> = keys(&added).iter().map(|key| stage_id(&added, key)).collect();
    admin
        .put(&format!("{path}stages/order/"), json!({ "stage_ids": &order[1..] }))
        .await
        .expect(422);
    order.swap(0, 5);
    let ordered = admin
        .put(&format!("{path}stages/order/"), json!({ "stage_ids": order }))
        .await
        .expect(200)
        .json();
    assert_eq!(keys(&ordered)[0], "trial_run");

    // What opportunities begin in, and what they are asked for, follows at once.
    admin.patch(&path, json!({ "is_default": true })).await.expect(200);
    let listed = admin.get("pipelines/").await.expect(200).json();
    assert_eq!(
        (listed["results"][0]["id"].as_i64(), &listed["results"][1]["is_default"]),
        (Some(id), &json!(false))
    );
    let customer = admin.post("customers/", testkit::company("Acme")).await.expect(201).id();
    let mut deal = json!({ "name": "A", "customer": customer, "expected_close_date": "2026-06-30" });
    let refused = admin.post("opportunities/", deal.clone()).await.expect(422);
    assert!(!refused.error("next_step").is_empty());
    deal["next_step"] = json!("Kurulum");
    let deal = admin.post("opportunities/", deal).await.expect(201).json();
    assert_eq!(
        (deal["stage"].as_str(), deal["probability"].as_str()),
        (Some("trial_run"), Some("65.00"))
    );

    admin.patch(&path, json!({ "is_archived": true })).await.expect(422);
    admin.patch(&path, json!({ "is_default": false })).await.expect(422);
    let first = listed["results"][1]["id"].clone();
    admin
        .patch(&format!("pipelines/{first}/"), json!({ "is_default": true }))
        .await
        .expect(200);
    admin.patch(&path, json!({ "is_archived": true })).await.expect(200);

    let (seller, _) = app.user("Satıcı", "sales_rep", None).await;
    seller.get("pipelines/").await.expect(200);
    seller.post("pipelines/", json!({ "name": "Benim" })).await.expect(403);
    seller.patch(&path, json!({ "name": "Benim" })).await.expect(403);
});

story!(a_stage_goes_only_when_its_opportunities_have_somewhere_to_go, |app| {
    let admin = app.admin().await;
    let (_, deal) = opportunity(&admin, "Acme").await;
    let (_, gone) = opportunity(&admin, "Silinen").await;
    let deleted = admin.delete(&format!("opportunities/{gone}/")).await.expect(200).json();
    let pipeline = admin.get("pipelines/").await.expect(200).json()["results"][0].clone();
    let path = format!("pipelines/{}/stages/", pipeline["id"]);
    let id = |key| stage_id(&pipeline, key);
    let first = id("prospecting");
    admin.delete(&format!("{path}{first}/")).await.expect(409);
    admin.delete(&format!("{path}{first}/?move_to={first}")).await.expect(422);
    admin.delete(&format!("{path}{first}/?move_to={}", id("won"))).await.expect(422);
    admin.delete(&format!("{path}{}/", id("won"))).await.expect(409);
    let refused = admin
        .delete(&format!("{path}{first}/?move_to={}", id("proposal")))
        .await
        .expect(409)
        .text();
    assert!(refused.contains("amount"), "{refused}");
    assert_eq!(app.count("stages").await, 7, "what was refused is there");

    let left = admin
        .delete(&format!("{path}{first}/?move_to={}", id("qualification")))
        .await
        .expect(200)
        .json();
    assert_eq!(keys(&left)[0], "qualification");
    let stage = async |id: i64| admin.get(&format!("opportunities/{id}/")).await.expect(200).json()["stage"].clone();
    assert_eq!(stage(deal).await, "qualification");
    // Who was deleted comes back in the stage they were moved to.
    admin
        .post(&format!("operations/{}/undo/", deleted["operation_id"]), json!({}))
        .await
        .expect(200);
    assert_eq!(stage(gone).await, "qualification");
});
