//! What leads hold of people: consents that follow, the archive, erasure.

use std::io::{Cursor, Read};

use serde_json::{Value, json};
use testkit::story;

use super::{at_company, undo};

fn file(archive: &[u8], name: &str) -> Value {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive.to_vec())).expect("an archive");
    let mut text = String::new();
    archive.by_name(name).expect("the file").read_to_string(&mut text).expect("text");
    serde_json::from_str(&text).expect("json")
}

story!(what_a_lead_agreed_to_stands_in_the_ledger_of_the_customer, |app| {
    let admin = app.admin().await;
    let lead = admin.post("leads/", at_company("Öz Makine")).await.expect(201).id();
    let path = format!("leads/{lead}/consents/");
    let said = json!({ "channel": "email", "purpose": "marketing", "status": "granted", "source": "web_form", "at": "2026-03-15T12:00:00Z", "evidence": "form 7", "notice_text": "Aydınlatma" });
    admin.post(&path, said).await.expect(200);
    admin
        .post(
            &path,
            json!({ "channel": "pigeon", "purpose": "marketing", "status": "granted", "source": "web_form" }),
        )
        .await
        .expect(422);
    let converted = admin.post(&format!("leads/{lead}/convert/"), json!({})).await.expect(200);
    let contact = converted.json()["contact_id"].clone();
    let consents = admin.get(&format!("customers/{contact}/consents/")).await.expect(200).json();
    assert!(
        consents.to_string().contains("form 7") && consents.to_string().contains("2026-03-15"),
        "{consents}"
    );
    assert_eq!(app.count("consents").await, 1);
    let seen = admin.get(&format!("customers/{contact}/")).await.expect(200).json();
    assert_eq!(seen["id"], contact);
    let found = admin.get("customers/?consent_email=granted").await.expect(200).json();
    assert_eq!(found["results"][0]["id"], contact);
    // It is the person's, and not the company's.
    assert_eq!(found["count"], 1);
    let late = json!({ "channel": "sms", "purpose": "marketing", "status": "granted", "source": "web_form" });
    admin.post(&path, late).await.expect(409);
});

story!(who_is_erased_is_gone_from_the_leads_they_were, |app| {
    let admin = app.admin().await;
    let lead = admin.post("leads/", at_company("Öz Makine")).await.expect(201).id();
    let other = admin
        .post(
            "leads/",
            json!({ "first_name": "Ada", "last_name": "Kaya", "email": "ada@baska.example" }),
        )
        .await
        .expect(201)
        .id();
    admin
        .post(&format!("leads/{lead}/notes/"), json!({ "body": "Işıl Hanım aradı" }))
        .await
        .expect(201);
    let converted = admin.post(&format!("leads/{lead}/convert/"), json!({})).await.expect(200);
    let contact = converted.json()["contact_id"].clone();

    let archive = admin.get(&format!("customers/{contact}/personal-data/")).await.expect(200);
    let leads = file(&archive.body, "leads.json");
    assert_eq!(leads["leads"][0]["email"], "isil@ozmakine.example");
    assert_eq!(leads["notes"][0]["body"], "Işıl Hanım aradı");
    assert_eq!(leads["leads"].as_array().expect("leads").len(), 1, "nobody else's");

    let code = admin.get(&format!("customers/{contact}/")).await.expect(200).json()["customer_code"].clone();
    admin
        .post(
            &format!("customers/{contact}/erase/"),
            json!({ "customer_code": code, "reason": "Talep" }),
        )
        .await
        .expect(200);
    app.consume().await;
    let left = admin.get(&format!("leads/{lead}/")).await.expect(200).json();
    assert_eq!(
        (left["company"].as_str(), left["status"].as_str(), left["source"].as_str()),
        (Some("Öz Makine"), Some("converted"), Some("trade_show")),
        "what counts stays, and so does the company, which was not erased"
    );
    let everything = [
        left.to_string(),
        admin.get(&format!("leads/{lead}/timeline/")).await.expect(200).text(),
        admin.get(&format!("leads/{lead}/notes/")).await.expect(200).text(),
        admin
            .get(&format!("customers/{}/timeline/", converted.json()["customer_id"]))
            .await
            .expect(200)
            .text(),
        admin.get("leads/?search=isil").await.expect(200).text(),
    ];
    for text in &everything {
        for trace in ["Işıl", "Çağlar", "isil@", "1112233"] {
            assert!(!text.contains(trace), "{trace}: {text}");
        }
    }
    let found = admin
        .post("leads/check-duplicates/", json!({ "phone": "0532 111 22 33" }))
        .await
        .expect(200)
        .json();
    assert_eq!(found["leads"], json!([]));
    let other = admin.get(&format!("leads/{other}/")).await.expect(200).json();
    assert_eq!(other["name"], "Ada Kaya");
    // Nor does an undo bring it back.
    undo(&admin, converted.operation()).await;
    assert!(!admin.get(&format!("leads/{lead}/")).await.expect(200).text().contains("isil@"));
    app.settled().await;
});
