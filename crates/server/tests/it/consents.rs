//! What customers agreed to: a ledger that only grows.

use serde_json::{Value, json};
use testkit::{Client, person, story};

async fn customer(client: &Client) -> i64 {
    client.post("customers/", person("Ayşe", "Işık")).await.expect(201).id()
}

fn said(channel: &str, status: &str) -> Value {
    json!({ "channel": channel, "purpose": "marketing", "status": status, "source": "web_form" })
}

async fn consents(client: &Client, id: i64) -> Value {
    client.get(&format!("customers/{id}/consents/")).await.expect(200).json()
}

story!(the_latest_word_counts_and_all_are_kept, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/consents/");
    let mut first = said("email", "granted");
    first["at"] = json!("2026-03-10T10:00:00+03:00");
    first["evidence"] = json!(" form 12 ");
    first["notice_text"] = json!("Aydınlatma metni");
    let recorded = admin.post(&path, first.clone()).await.expect(201);
    let entry = recorded.json();
    assert_eq!(
        (entry["at"].as_str(), entry["recorded_at"].as_str()),
        (Some("2026-03-10T07:00:00.000000Z"), Some("2026-03-16T09:00:00.000000Z"))
    );
    assert_eq!(
        (entry["evidence"].as_str(), entry["notice_text"].as_str()),
        (Some("form 12"), Some("Aydınlatma metni"))
    );
    assert_eq!(entry["notice_hash"].as_str().map(str::len), Some(64));
    assert_eq!(entry["actor_name"], "Ayşe Yılmaz");
    assert_eq!(recorded.header("x-operation-id"), None, "a ledger is not undone");

    admin.post(&path, said("sms", "denied")).await.expect(201);
    admin.post(&path, said("email", "withdrawn")).await.expect(201);
    // What comes late was said earlier, and changes nothing that stands.
    let mut late = said("email", "granted");
    late["at"] = json!("2026-03-01T00:00:00Z");
    late["notice_text"] = json!("Aydınlatma metni");
    admin.post(&path, late).await.expect(201);
    // At the same moment the later entry counts.
    admin.post(&path, said("sms", "granted")).await.expect(201);

    let all = consents(&admin, id).await;
    let current: Vec<(&str, &str)> = all["current"]
        .as_array()
        .expect("current")
        .iter()
        .map(|entry| {
            (
                entry["channel"].as_str().expect("a channel"),
                entry["status"].as_str().expect("a status"),
            )
        })
        .collect();
    assert_eq!(current, [("email", "withdrawn"), ("sms", "granted")]);
    let ledger: Vec<&str> = all["ledger"]["results"]
        .as_array()
        .expect("a ledger")
        .iter()
        .map(|entry| entry["status"].as_str().expect("a status"))
        .collect();
    assert_eq!(ledger, ["granted", "withdrawn", "denied", "granted", "granted"]);
    assert_eq!(all["ledger"]["count"], 5);
    assert_eq!(app.count("notices").await, 1, "the same text is kept once");
    let timeline = admin
        .get(&format!("customers/{id}/timeline/?kind=consent.recorded"))
        .await
        .expect(200)
        .json();
    assert_eq!(timeline["results"].as_array().expect("events").len(), 5);

    let page = admin.get(&format!("{path}?page_size=2")).await.expect(200).json();
    let next = admin
        .get(page["ledger"]["next"].as_str().expect("a next page"))
        .await
        .expect(200)
        .json();
    assert_eq!(
        next["ledger"]["results"],
        json!(all["ledger"]["results"].as_array().expect("a ledger")[2..4])
    );
});

story!(customers_are_found_by_what_stands, |app| {
    let admin = app.admin().await;
    let (yes, no, silent) = (customer(&admin).await, customer(&admin).await, customer(&admin).await);
    let count = async |filter: &str| {
        admin.get(&format!("customers/?{filter}")).await.expect(200).json()["count"]
            .as_i64()
            .expect("a count")
    };
    assert_eq!(count("consent_email=granted").await, 0);
    admin
        .post(&format!("customers/{yes}/consents/"), said("email", "granted"))
        .await
        .expect(201);
    admin
        .post(&format!("customers/{no}/consents/"), said("email", "granted"))
        .await
        .expect(201);
    assert_eq!(
        count("consent_email=granted").await,
        2,
        "a count that was remembered is counted anew"
    );
    admin
        .post(&format!("customers/{no}/consents/"), said("email", "withdrawn"))
        .await
        .expect(201);
    assert_eq!(count("consent_email=granted").await, 1);
    assert_eq!(count("consent_email=withdrawn").await, 1);
    assert_eq!(count("consent_email__isnull=true").await, 1);
    assert_eq!(count("consent_sms__isnull=true").await, 3);
    let mut survey = said("sms", "granted");
    survey["purpose"] = json!("survey");
    admin.post(&format!("customers/{silent}/consents/"), survey).await.expect(201);
    assert_eq!(count("consent_sms=granted").await, 0, "only marketing counts");
    admin.get("customers/?consent_email=maybe").await.expect(400);
    app.db().analyze().await.expect("statistics");
    let granted = json!({ "field": "consent_email", "op": "eq", "value": "granted" });
    let plan = crate::custom_fields::plan(app.db(), &granted, &admin, &app.ctx).await;
    assert!(plan.contains("consent_states_topic_status_customer_id"), "{plan}");
});

story!(what_is_wrong_is_named_at_once, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/consents/");
    let before = app.count("events").await;
    let refused = admin
        .post(&path, json!({ "channel": "fax", "purpose": "x", "status": "maybe", "at": "2026-03-16T09:00:01Z", "evidence": "x".repeat(2001), "notice_text": "x".repeat(20_001) }))
        .await
        .expect(422);
    for field in ["channel", "purpose", "status", "source", "at", "evidence", "notice_text"] {
        assert!(!refused.error(field).is_empty(), "{field}: {}", refused.text());
    }
    for at in ["yesterday", "2026-03-16", "1969-12-31T00:00:00Z"] {
        let mut input = said("email", "granted");
        input["at"] = json!(at);
        assert!(!admin.post(&path, input).await.expect(422).error("at").is_empty(), "{at}");
    }
    admin.post(&path, json!({ "channel": "email", "unknown": 1 })).await.expect(422);
    assert_eq!((app.count("events").await, app.count("consents").await), (before, 0));
    assert_eq!(consents(&admin, id).await["current"], json!([]));
});

story!(a_repeated_post_is_one_entry, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let client = admin.with("idempotency-key", "izin-1");
    let first = client
        .post(&format!("customers/{id}/consents/"), said("email", "granted"))
        .await
        .expect(201);
    let again = client
        .post(&format!("customers/{id}/consents/"), said("email", "granted"))
        .await
        .expect(201);
    assert_eq!(first.json(), again.json());
    assert_eq!(app.count("consents").await, 1);
});

story!(consents_have_a_permission_of_their_own, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/consents/");
    let (reader, _) = app.user("Oya Okur", "read_only", None).await;
    reader.get(&path).await.expect(200);
    reader.post(&path, said("email", "granted")).await.expect(403);
    let (marketer, _) = app.user("Mert Pazar", "marketer", None).await;
    marketer.post(&path, said("email", "granted")).await.expect(201);
    marketer
        .patch(&format!("customers/{id}/"), json!({ "title": "Dr." }))
        .await
        .expect(403);
    let (seller, _) = app.user("Ali Satış", "sales_rep", None).await;
    seller.get(&path).await.expect(404);
    seller.post(&path, said("email", "granted")).await.expect(404);
});

story!(the_ledger_ends_with_its_customer, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    admin
        .post(&format!("customers/{id}/consents/"), said("email", "granted"))
        .await
        .expect(201);
    admin.delete(&format!("customers/{id}/")).await.expect(200);
    assert_eq!(app.count("consents").await, 1);
    app.clock.advance(31 * 24 * 3600 * 1_000_000);
    let ctx = &app.ctx;
    let before_us = ctx.now_us() - 30 * 24 * 3600 * 1_000_000;
    ctx.db
        .write(async |tx| ::customers::customer::store::purge(tx, before_us, 10).await)
        .await
        .expect("a purge");
    assert_eq!((app.count("consents").await, app.count("consent_states").await), (0, 0));
});
