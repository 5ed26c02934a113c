//! Opportunities moved to a stage by its own path.

use serde_json::json;
use testkit::story;

use super::{opportunity, undo};

story!(a_stage_asks_for_its_fields_and_takes_them_in_the_same_move, |app| {
    let admin = app.admin().await;
    let (_, id) = opportunity(&admin, "Acme").await;
    let path = format!("opportunities/{id}/stage/");
    let refused = admin.put(&path, json!({})).await.expect(422);
    assert!(!refused.error("stage").is_empty());
    let refused = admin.put(&path, json!({ "stage": "propsal" })).await.expect(422);
    assert!(refused.error("stage").contains("proposal"), "{}", refused.text());
    let refused = admin.put(&path, json!({ "stage": "proposal", "amonut": "5" })).await.expect(422);
    assert!(refused.error("amonut").contains("amount"), "{}", refused.text());
    let refused = admin.put(&path, json!({ "stage": "lost" })).await.expect(422);
    assert!(!refused.error("loss_reason").is_empty());
    assert_eq!(app.count("opportunity_history").await, 1, "what was refused did not move");

    let moved = admin
        .put(
            &path,
            json!({ "stage": "proposal", "amount": "5000", "competitor": "Globex", "next_step": "Sunum" }),
        )
        .await
        .expect(200);
    let operation = moved.operation();
    let deal = moved.json();
    assert_eq!(
        (deal["stage"].as_str(), deal["amount"].as_str()),
        (Some("proposal"), Some("5000.00"))
    );
    assert_eq!(
        (deal["competitor"].as_str(), deal["next_step"].as_str()),
        (Some("Globex"), Some("Sunum"))
    );
    let same = admin.put(&path, json!({ "stage": "proposal" })).await.expect(200);
    assert_eq!(same.header("x-operation-id"), None, "nothing changed");
    let stale = admin
        .with("if-match", "\"1\"")
        .put(&path, json!({ "stage": "negotiation" }))
        .await
        .expect(409)
        .json();
    assert_eq!(stale["conflicts"]["stage"]["theirs"], "proposal", "{stale}");

    undo(&admin, operation).await;
    let deal = admin.get(&format!("opportunities/{id}/")).await.expect(200).json();
    assert_eq!(
        (deal["stage"].as_str(), deal["amount"].as_str()),
        (Some("prospecting"), Some("0.00"))
    );

    let (reader, _) = app.user("Okur", "read_only", None).await;
    reader.put(&path, json!({ "stage": "won", "amount": "1" })).await.expect(403);
});

story!(many_move_in_one_stroke_and_come_back_in_one, |app| {
    let admin = app.admin().await;
    let (_, rich) = opportunity(&admin, "Zengin").await;
    let (_, poor) = opportunity(&admin, "Fakir").await;
    let (_, other) = opportunity(&admin, "Öteki").await;
    admin
        .patch(&format!("opportunities/{rich}/"), json!({ "amount": "100" }))
        .await
        .expect(200);
    admin
        .post("opportunities/stage/", json!({ "ids": [rich], "stage": "nowhere" }))
        .await
        .expect(422);
    let moved = admin
        .post("opportunities/stage/", json!({ "ids": [rich, poor], "stage": "negotiation" }))
        .await
        .expect(200);
    let outcome = moved.json();
    assert_eq!((outcome["changed"].as_i64(), outcome["refused_count"].as_i64()), (Some(1), Some(1)));
    assert_eq!(outcome["refused"][0]["id"], poor);
    assert!(outcome["refused"][0]["errors"]["amount"].is_array(), "{outcome}");
    let stage = async |id: i64| admin.get(&format!("opportunities/{id}/")).await.expect(200).json()["stage"].clone();
    assert_eq!((stage(rich).await, stage(poor).await), (json!("negotiation"), json!("prospecting")));
    undo(&admin, moved.operation()).await;
    assert_eq!(stage(rich).await, "prospecting");

    let lost = json!({ "ids": [rich, poor], "stage": "lost", "loss_reason": "Fiyat" });
    let outcome = admin.post("opportunities/stage/", lost).await.expect(200).json();
    assert_eq!(outcome["changed"], 2);
    assert_eq!(stage(other).await, "prospecting", "who was not named stays");
});
