//! Leads: created, found, changed, undone.

use serde_json::{Value, json};
use testkit::story;

fn names(list: &Value) -> Vec<&str> {
    let rows = list["results"].as_array().expect("results");
    rows.iter().filter_map(|row| row["name"].as_str()).collect()
}

story!(a_lead_is_created_found_changed_and_undone, |app| {
    let admin = app.admin().await;
    let created = admin
        .post(
            "leads/",
            json!({
                "first_name": "Işıl", "last_name": "Çağlar", "company": "Öz Makine", "email": "isil@ozmakine.example", "phone": "0532 111 22 33",
                "source": "trade_show", "source_detail": "WIN Fuarı 2026", "budget": "250000", "city": "izmir", "notes": "İlk görüşme\nsıcak",
            }),
        )
        .await
        .expect(201);
    let lead = created.json();
    assert_eq!(lead["lead_number"], "L-2026-00001");
    assert_eq!(lead["name"], "Işıl Çağlar");
    assert_eq!(lead["status"], "new");
    assert_eq!(lead["authority"], "unknown");
    assert_eq!(lead["budget"], "250000.00");
    assert_eq!(lead["city"], "İzmir");
    assert_eq!(lead["phone"], "+905321112233");
    assert_eq!(lead["notes"], "İlk görüşme\nsıcak");
    assert_eq!(lead["lead_score"], 0);
    assert_eq!(lead["assigned_to_name"], "Ayşe Yılmaz");
    let id = created.id();

    let found = admin.get("leads/?search=isil").await.expect(200).json();
    assert_eq!(names(&found), ["Işıl Çağlar"]);
    let found = admin.get("leads/?source=trade_show&budget__gte=100000").await.expect(200).json();
    assert_eq!(found["count"], 1);
    let none = admin.get("leads/?status=qualified").await.expect(200).json();
    assert_eq!(none["count"], 0);

    let changed = admin
        .patch(&format!("leads/{id}/"), json!({ "status": "working", "need": "CNC tezgâhı" }))
        .await
        .expect(200);
    assert_eq!(changed.json()["status"], "working");
    let operation = changed.header("x-operation-id").expect("an operation");
    admin.post(&format!("operations/{operation}/undo/"), json!({})).await.expect(200);
    let lead = admin.get(&format!("leads/{id}/")).await.expect(200).json();
    assert_eq!((lead["status"].as_str(), lead["need"].as_str()), (Some("new"), Some("")));

    let refused = admin
        .post("leads/", json!({ "source": "xyz", "email": "x" }))
        .await
        .expect(422)
        .json();
    for field in ["source", "email"] {
        assert!(refused["errors"][field].is_array(), "{field}: {refused}");
    }
    let refused = admin.post("leads/", json!({ "first_name": "Ada" })).await.expect(422).json();
    assert!(refused["errors"]["email"].is_array(), "{refused}");
    assert_eq!(app.count("leads").await, 1, "nothing of what was refused is there");

    let deleted = admin.delete(&format!("leads/{id}/")).await.expect(200).json();
    admin.get(&format!("leads/{id}/")).await.expect(404);
    assert_eq!(admin.get("leads/?search=isil").await.expect(200).json()["count"], 0);
    admin
        .post(&format!("operations/{}/undo/", deleted["operation_id"]), json!({}))
        .await
        .expect(200);
    assert_eq!(admin.get("leads/?search=isil").await.expect(200).json()["count"], 1);
});

story!(a_lead_does_not_become_what_it_is_not, |app| {
    let admin = app.admin().await;
    let id = admin
        .post("leads/", json!({ "company": "Deniz Lojistik", "phone": "0216 444 55 66" }))
        .await
        .expect(201)
        .id();
    let refused = admin
        .patch(&format!("leads/{id}/"), json!({ "status": "converted" }))
        .await
        .expect(422)
        .json();
    assert!(refused["errors"]["status"].is_array(), "{refused}");
    let refused = admin
        .patch(&format!("leads/{id}/"), json!({ "status": "disqualified" }))
        .await
        .expect(422)
        .json();
    assert!(refused["errors"]["disqualify_reason"].is_array(), "{refused}");
    let refused = admin
        .patch(&format!("leads/{id}/"), json!({ "lead_score": 90, "bant_need": "strong" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&refused["lead_score"], &refused["bant_need"]),
        (&json!(0), &json!("unknown")),
        "what follows is not written"
    );
});
