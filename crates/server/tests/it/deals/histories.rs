//! Timelines and notes of leads and opportunities.

use serde_json::json;
use testkit::story;

use super::{at_company, kinds, opportunity, undo};

story!(a_lead_has_a_timeline_with_its_notes_which_its_customer_takes_over, |app| {
    let admin = app.admin().await;
    let lead = admin.post("leads/", at_company("Öz Makine")).await.expect(201).id();
    let path = format!("leads/{lead}/timeline/");
    admin
        .patch(&format!("leads/{lead}/"), json!({ "status": "working" }))
        .await
        .expect(200);
    let notes = format!("leads/{lead}/notes/");
    let note = admin.post(&notes, json!({ "body": " İlk görüşme\r\nsıcak " })).await.expect(201);
    let note_path = format!("{notes}{}/", note.id());
    assert_eq!(note.json()["body"], "İlk görüşme\nsıcak");
    assert_eq!(kinds(&admin, &path).await, ["note", "lead.updated", "lead.created"]);
    let timeline = admin.get(&path).await.expect(200).json();
    let [written, changed] = [&timeline["results"][0], &timeline["results"][1]];
    assert_eq!(written["note"]["body"], "İlk görüşme\nsıcak");
    assert_eq!(changed["changes"]["status"], json!(["new", "working"]));
    assert_eq!(changed["labels"]["status"], json!({ "tr": "Durum", "en": "Status" }));

    // A note stands once, as it is now.
    admin
        .patch(&note_path, json!({ "body": "Randevu", "is_pinned": true }))
        .await
        .expect(200);
    let timeline = admin.get(&path).await.expect(200).text();
    assert!(timeline.contains("Randevu") && !timeline.contains("sıcak"), "{timeline}");
    let stale = admin.with("if-match", "\"1\"").patch(&note_path, json!({ "body": "x" })).await;
    stale.expect(409);
    admin.patch(&note_path, json!({ "body": " " })).await.expect(422);

    // By pages, the same entries and no other.
    let first = admin.get(&format!("{path}?page_size=2")).await.expect(200).json();
    let next = first["next"].as_str().expect("a next page").replace("/api/v1/crm/", "");
    let second = admin.get(&next).await.expect(200).json();
    assert_eq!(second["results"].as_array().expect("entries").len(), 1);
    assert_eq!(second["next"], json!(null));
    assert_eq!(kinds(&admin, &format!("{path}?kind=note")).await, ["note"]);
    admin.get(&format!("{path}?kimd=note")).await.expect(400);

    // The customer it becomes shows it all, and no longer once that is undone.
    let converted = admin.post(&format!("leads/{lead}/convert/"), json!({})).await.expect(200);
    let customer = format!("customers/{}/timeline/", converted.json()["customer_id"]);
    let timeline = admin.get(&customer).await.expect(200).json();
    let entries = timeline["results"].as_array().expect("entries");
    let noted = entries.iter().find(|entry| entry["kind"] == "record_note").expect("the note");
    assert_eq!(noted["payload"]["body"], "Randevu");
    assert!(!timeline.to_string().contains("sıcak"), "{timeline}");
    undo(&admin, converted.operation()).await;

    let deleted = admin.delete(&note_path).await.expect(200).json();
    assert_eq!(kinds(&admin, &format!("{path}?kind=note")).await, [] as [&str; 0]);
    assert_eq!(admin.get(&notes).await.expect(200).json()["count"], 0);
    undo(&admin, deleted["operation_id"].as_i64().expect("an operation")).await;
    assert_eq!(admin.get(&notes).await.expect(200).json()["results"][0]["body"], "Randevu");
});

story!(notes_of_others_are_read_and_not_changed, |app| {
    let admin = app.admin().await;
    let (seller, seller_id) = app.user("Satıcı", "sales_rep", None).await;
    let (customer, deal) = opportunity(&admin, "Acme").await;
    let notes = format!("opportunities/{deal}/notes/");
    let note = admin.post(&notes, json!({ "body": "Gizli" })).await.expect(201).id();
    // What is somebody else's is not there for them, in neither timeline.
    seller.get(&notes).await.expect(404);
    seller.get(&format!("opportunities/{deal}/timeline/")).await.expect(404);
    seller.post(&notes, json!({ "body": "x" })).await.expect(404);
    admin
        .patch(&format!("customers/{customer}/"), json!({ "owner_id": seller_id }))
        .await
        .expect(200);
    let timeline = seller.get(&format!("customers/{customer}/timeline/")).await.expect(200).text();
    assert!(!timeline.contains("Gizli"), "{timeline}");
    // Once it is theirs they read it; what others wrote they do not change.
    admin
        .patch(&format!("opportunities/{deal}/"), json!({ "sales_rep": seller_id }))
        .await
        .expect(200);
    let seen = seller.get(&notes).await.expect(200).json();
    assert_eq!(
        (&seen["results"][0]["body"], &seen["results"][0]["is_editable"]),
        (&json!("Gizli"), &json!(false))
    );
    seller.patch(&format!("{notes}{note}/"), json!({ "body": "x" })).await.expect(403);
    seller.delete(&format!("{notes}{note}/")).await.expect(403);
    // Nor is it reached by way of another record.
    let (_, other) = opportunity(&admin, "Başka").await;
    admin.delete(&format!("opportunities/{other}/notes/{note}/")).await.expect(404);
    admin.delete(&format!("leads/{deal}/notes/{note}/")).await.expect(404);
    assert_eq!(seller.get(&notes).await.expect(200).json()["results"][0]["body"], "Gizli");
});

story!(what_was_deleted_is_kept_while_it_can_be_brought_back, |app| {
    let admin = app.admin().await;
    let (_, deal) = opportunity(&admin, "Acme").await;
    let lead = admin.post("leads/", at_company("Öz Makine")).await.expect(201).id();
    let note = admin
        .post(&format!("leads/{lead}/notes/"), json!({ "body": "Not" }))
        .await
        .expect(201)
        .id();
    admin.delete(&format!("leads/{lead}/notes/{note}/")).await.expect(200);
    admin.delete(&format!("leads/{lead}/")).await.expect(200);
    admin.delete(&format!("opportunities/{deal}/")).await.expect(200);
    for (days, left) in [(29, 1), (2, 0)] {
        app.clock.advance(days * 24 * 3_600_000_000);
        let now_us = app.clock.now_us();
        let purge = async |tx: &mut kernel::db::Tx| tx.enqueue("sales.purge", json!({}), now_us).await;
        app.db().write(purge).await.expect("a job");
        app.run_jobs().await;
        for table in ["record_notes", "leads", "opportunities"] {
            assert_eq!(app.count(table).await, left, "{table} after {days} days more");
        }
    }
    assert_eq!(app.count("opportunity_history").await, 0, "it goes with its opportunity");
});
