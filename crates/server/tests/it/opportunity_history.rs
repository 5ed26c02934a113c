//! The history of an opportunity: what changed, by whom, and what a role hides of it.

use serde_json::{Value, json};
use testkit::{company, story};

story!(changes_are_told_with_who_made_them, |app| {
    let admin = app.admin().await;
    let customer = admin.post("customers/", company("Acme Sanayi")).await.expect(201).id();
    let deal = json!({ "name": "Acme hat yenileme", "customer": customer, "expected_close_date": "2026-06-30" });
    let id = admin.post("opportunities/", deal).await.expect(201).id();
    let path = format!("opportunities/{id}/");
    let history = async || {
        let answer = admin.get(&format!("{path}history/")).await.expect(200).json();
        answer["results"].as_array().expect("rows").clone()
    };
    let begun = history().await;
    assert_eq!(begun.len(), 1);
    assert_eq!(begun[0]["changed"], json!([]));
    assert_eq!(begun[0]["stage"]["key"], "prospecting");

    let moved = json!({ "stage": "proposal", "amount": "125000.50" });
    admin.patch(&path, moved).await.expect(200);
    admin.patch(&path, json!({ "expected_close_date": "2026-09-30" })).await.expect(200);
    // What is no part of it leaves no row.
    admin.patch(&path, json!({ "name": "Acme hattı" })).await.expect(200);
    let rows = history().await;
    let changed: Vec<&Value> = rows.iter().map(|row| &row["changed"]).collect();
    assert_eq!(
        changed,
        [
            &json!(["expected_close_date"]),
            &json!(["stage", "amount", "probability", "category"]),
            &json!([])
        ]
    );
    assert_eq!(
        (&rows[0]["expected_close_date"], &rows[1]["expected_close_date"]),
        (&json!("2026-09-30"), &json!("2026-06-30"))
    );
    assert_eq!(
        (&rows[1]["amount"], &rows[1]["probability"]),
        (&json!("125000.50"), &json!("50.00"))
    );
    assert!(
        rows.iter().all(|row| row["actor_id"].is_i64() && row["actor_name"].is_string()),
        "{rows:?}"
    );

    admin.get("opportunities/999999/history/").await.expect(404);
});
