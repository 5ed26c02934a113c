//! Communications: logged, found, tied to customers and leads; calls that were held stand in the log by themselves.

use kernel::clock::{DAY_US, HOUR_US, rfc3339};
use serde_json::{Value, json};
use testkit::{Client, TestApp, company, story};

fn at(app: &TestApp, later_us: i64) -> String {
    rfc3339(app.clock.now_us() + later_us)
}

async fn list(client: &Client, query: &str) -> Vec<Value> {
    let list = client.get(&format!("communications/?{query}")).await.expect(200).json();
    list["results"].as_array().expect("a list").clone()
}

async fn undo(client: &Client, operation: i64) {
    let undone = client
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(undone["refused"], json!([]), "{undone}");
}

story!(what_was_written_is_logged_found_changed_and_undone, |app| {
    let admin = app.admin().await;
    let customer = admin.post("customers/", company("Çınar Gıda")).await.expect(201).id();
    let mail = json!({
        "communication_type": "email", "direction": "inbound", "subject": "Şikâyet: gecikme", "content": "Ürünler geç geldi.",
        "sender": "Ayça <ayca@cinar.example>", "recipient": "destek@ornek.example", "occurred_at": at(&app, -HOUR_US),
        "customer": customer, "tags": ["Şikâyet", "kargo"], "attachments": ["https://ornek.example/irsaliye.pdf", "foto 1.jpg"],
    });
    let made = admin.post("communications/", mail).await.expect(201);
    let shown = made.json();
    let id = made.id();
    assert_eq!(
        (shown["status"].as_str(), shown["customer_name"].as_str()),
        (Some("received"), Some("Çınar Gıda"))
    );
    assert_eq!(shown["tags"], json!(["kargo", "Şikâyet"]));
    assert_eq!(shown["attachments"], json!(["https://ornek.example/irsaliye.pdf", "foto 1.jpg"]));
    assert_eq!(shown["created_by"], shown["owner_id"]);
    for found in [
        "search=SIKAYET",
        "search=cinar",
        "search=gec",
        "tags=sikayet",
        "tags__contains=kar",
        "direction=inbound&communication_type=email",
        &format!("customer={customer}"),
    ] {
        assert_eq!(list(&admin, found).await.len(), 1, "{found}");
    }
    assert_eq!(list(&admin, "tags=iade").await.len(), 0);
    let changed = admin
        .patch(
            &format!("communications/{id}/"),
            json!({ "tags": ["iade"], "status": "replied", "attachments": [] }),
        )
        .await
        .expect(200);
    assert_eq!(list(&admin, "tags=iade").await.len(), 1);
    assert_eq!(list(&admin, "tags=kargo").await.len(), 0);
    undo(&admin, changed.operation()).await;
    let again = admin.get(&format!("communications/{id}/")).await.expect(200).json();
    assert_eq!(
        (&again["tags"], &again["status"], &again["attachments"]),
        (&shown["tags"], &shown["status"], &shown["attachments"])
    );

    let history = admin
        .get(&format!("customers/{customer}/timeline/?kind=communication.created"))
        .await
        .expect(200)
        .json();
    assert_eq!(history["results"].as_array().map(Vec::len), Some(1));
    let file = admin.get("communications/export/").await.expect(200).text();
    assert!(file.contains("Şikâyet: gecikme"), "{file}");
});

story!(what_is_no_communication_is_refused, |app| {
    let admin = app.admin().await;
    let customer = admin.post("customers/", company("Çınar Gıda")).await.expect(201).id();
    let refused = admin.post("communications/", json!({})).await.expect(422);
    for field in ["communication_type", "subject", "customer"] {
        assert!(!refused.error(field).is_empty(), "{field}");
    }
    let later = json!({ "communication_type": "email", "subject": "Yarın", "customer": customer, "occurred_at": at(&app, 3 * DAY_US) });
    assert!(
        admin
            .post("communications/", later)
            .await
            .expect(422)
            .error("occurred_at")
            .contains("activity")
    );
    let long = json!({ "communication_type": "phone_call", "subject": "x", "customer": customer, "duration": -1 });
    assert!(!admin.post("communications/", long).await.expect(422).error("duration").is_empty());
    let odd = json!({ "communication_type": "güvercin", "subject": "x", "customer": customer, "link": "javascript:alert(1)" });
    let refused = admin.post("communications/", odd).await.expect(422);
    for field in ["communication_type", "link"] {
        assert!(!refused.error(field).is_empty(), "{field}");
    }
    let (seller, _) = app.user("Can Kaya", "sales_rep", None).await;
    let hidden = json!({ "communication_type": "sms", "content": "Merhaba", "customer": customer });
    assert!(
        !seller
            .post("communications/", hidden)
            .await
            .expect(422)
            .error("customer")
            .is_empty()
    );
    assert_eq!(list(&admin, "").await, Vec::<Value>::new());
});

story!(a_call_that_was_held_stands_in_the_log, |app| {
    let admin = app.admin().await;
    let customer = admin.post("customers/", company("Çınar Gıda")).await.expect(201).id();
    let call = json!({ "activity_type": "phone_call", "subject": "Fiyat", "due_date": at(&app, HOUR_US), "customer": customer });
    let call = admin.post("activities/", call).await.expect(201).id();
    let task = json!({ "activity_type": "task", "subject": "Dosya", "due_date": at(&app, HOUR_US), "customer": customer });
    let task = admin.post("activities/", task).await.expect(201).id();
    admin.put(&format!("activities/{task}/complete/"), json!({})).await.expect(200);
    assert_eq!(list(&admin, "").await.len(), 0, "a task is no conversation");

    let path = format!("activities/{call}/complete/");
    let completed = admin
        .put(
            &path,
            json!({ "result": "reached", "outcome": "Teklif istedi", "spent_minutes": 12 }),
        )
        .await
        .expect(200);
    let logged = list(&admin, &format!("customer={customer}")).await;
    assert_eq!(logged.len(), 1);
    assert_eq!(
        (
            &logged[0]["communication_type"],
            &logged[0]["status"],
            &logged[0]["content"],
            &logged[0]["duration"],
            &logged[0]["activity"]
        ),
        (
            &json!("phone_call"),
            &json!("held"),
            &json!("Teklif istedi"),
            &json!(12),
            &json!(call)
        )
    );
    // What is set right of the call is set right in the log.
    admin
        .patch(
            &format!("activities/{call}/"),
            json!({ "outcome": "Teklif istemedi", "result": "no_answer" }),
        )
        .await
        .expect(200);
    let logged = list(&admin, "").await;
    assert_eq!(
        (&logged[0]["content"], &logged[0]["status"]),
        (&json!("Teklif istemedi"), &json!("missed"))
    );
    admin.put(&format!("activities/{call}/reopen/"), json!({})).await.expect(200);
    assert_eq!(list(&admin, "").await.len(), 0);
    let again = admin.put(&path, json!({})).await.expect(200);
    assert_eq!(list(&admin, "").await.len(), 1);
    undo(&admin, again.operation()).await;
    assert_eq!(list(&admin, "").await.len(), 0);
    // The first completion cannot be taken back after it was changed; nothing was logged twice.
    let _ = completed;
    app.consume().await;
    let history = admin
        .get(&format!("customers/{customer}/timeline/?kind=communication.created"))
        .await
        .expect(200)
        .json();
    assert_eq!(history["results"], json!([]), "the history tells of the call once, as an activity");
});

story!(the_log_follows_leads_merges_and_erasure, |app| {
    let admin = app.admin().await;
    let lead = json!({ "first_name": "Ada", "last_name": "Kaya", "company": "Kaya Tekstil", "email": "ada@kaya.example" });
    let lead = admin.post("leads/", lead).await.expect(201).id();
    let sms = json!({ "communication_type": "sms", "content": "Randevunuz yarın", "lead": lead, "recipient": "+905321234567" });
    let sms = admin.post("communications/", sms).await.expect(201).id();
    let converted = admin.post(&format!("leads/{lead}/convert/"), json!({})).await.expect(200).json();
    let customer = converted["customer_id"]
        .as_i64()
        .or(converted["customer"]["id"].as_i64())
        .unwrap_or_else(|| panic!("{converted}"));
    app.consume().await;
    assert_eq!(list(&admin, &format!("customer={customer}")).await.len(), 1);
    let winner = admin.post("customers/", company("Kaya Tekstil Sanayi")).await.expect(201).id();
    admin
        .post("customers/merge/", json!({ "winner_id": winner, "loser_ids": [customer] }))
        .await
        .expect(200);
    assert_eq!(list(&admin, &format!("customer={winner}")).await.len(), 1);
    let code = admin.get(&format!("customers/{winner}/")).await.expect(200).json()["customer_code"].clone();
    let asked = json!({ "customer_code": code, "reason": "İstek" });
    admin.post(&format!("customers/{winner}/erase/"), asked).await.expect(200);
    app.consume().await;
    let shown = admin.get(&format!("communications/{sms}/")).await.expect(200).json();
    assert_eq!((&shown["content"], &shown["recipient"]), (&json!(""), &json!("")));
    assert_eq!(shown["subject"], "Silindi · Erased");
    assert_eq!(list(&admin, "search=randevunuz").await.len(), 0);
});
