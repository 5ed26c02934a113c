//! The audit: everything done and every reading that matters, in a chain that nobody changes unnoticed.

use kernel::clock::DAY_US;
use serde_json::{Value, json};
use testkit::{Client, PASSWORD, TestApp, company, person, story};

/// A valid identity number of nobody.
const NUMBER: &str = "10000000146";

async fn entries(admin: &Client, query: &str) -> Vec<Value> {
    let answer = admin.get(&format!("audit/?{query}")).await.expect(200).json();
    answer["results"].as_array().expect("a list").clone()
}

async fn verdict(app: &TestApp, body: Value) -> Value {
    app.consume().await;
    app.admin().await.post("audit/verify/", body).await.expect(200).json()
}

async fn sql(app: &TestApp, text: &str) -> kernel::error::Result<()> {
    let text = text.to_owned();
    app.db().write(async |tx| tx.raw(text).await).await
}

/// Takes the guard away, as somebody with the database in their hands would.
async fn unguarded(app: &TestApp, text: &str) {
    let is_sqlite = app.db().dialect() == kernel::dialect::Dialect::Sqlite;
    let lift = match is_sqlite {
        true => "DROP TRIGGER audit_entries_no_update; DROP TRIGGER audit_entries_no_delete",
        false => "DROP TRIGGER audit_entries_append_only ON audit_entries",
    };
    sql(app, lift).await.expect("no guard");
    sql(app, text).await.expect("a change");
}

story!(what_is_done_stands_in_the_audit_with_who_and_by_what_means, |app| {
    let admin = app.admin().await;
    let id = admin.post("customers/", company("Alfa")).await.expect(201).id();
    admin.patch(&format!("customers/{id}/"), json!({ "city": "Van" })).await.expect(200);
    app.consume().await;
    app.consume().await;
    let of_customer = entries(&admin, &format!("subject_type=customer&subject_id={id}")).await;
    let kinds: Vec<&Value> = of_customer.iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds, ["customer.updated", "customer.created"], "newest first, each once");
    let updated = &of_customer[0];
    assert_eq!((&updated["actor_id"], &updated["actor_name"]), (&json!(1), &json!("Ayşe Yılmaz")));
    assert!(updated["via"].as_str().is_some_and(|via| via.starts_with("token:")), "{updated}");
    assert!(
        updated["summary"]["fields"]
            .as_array()
            .is_some_and(|fields| fields.contains(&json!("city"))),
        "{updated}"
    );
    assert_eq!(updated["details"], Value::Null, "what a customer was and is stands in its history");
    assert!(!updated.to_string().contains("Van"), "no values: {updated}");

    assert_eq!(entries(&admin, "kind=customer.*").await.len(), 2);
    assert_eq!(entries(&admin, "kind=customer.created&actor_id=1").await.len(), 1);
    assert_eq!(entries(&admin, "actor_id=999").await.len(), 0);
    assert_eq!(entries(&admin, "search=yilmaz&kind=customer.updated").await.len(), 1);
    assert_eq!(entries(&admin, "search=nobody.like.this").await.len(), 0);
    let later = "at__gte=2027-01-01T00:00:00Z";
    assert_eq!(entries(&admin, later).await.len(), 0);
    admin.get("audit/?at__gte=yesterday").await.expect(422);
    admin.get("audit/?kind=customer*").await.expect(422);
    admin.get("audit/?colour=red").await.expect(400);
    // Page by page it is the same list.
    let all = entries(&admin, "page_size=200").await;
    let mut walked = Vec::new();
    let mut next = Some("audit/?page_size=2".to_owned());
    while let Some(path) = next {
        let page = admin.get(&path).await.expect(200).json();
        walked.extend(page["results"].as_array().expect("a list").clone());
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(walked, all);
    let verdict = verdict(&app, json!({})).await;
    assert_eq!(verdict["broken"], Value::Null);
    let (reader, _) = app.user("Oku Yan", "manager", None).await;
    reader.get("audit/").await.expect(403);
});

story!(the_database_itself_refuses_to_change_an_entry, |app| {
    app.admin().await.post("customers/", company("Alfa")).await.expect(201);
    app.consume().await;
    let before = app.count("audit_entries").await;
    for change in [
        "UPDATE audit_entries SET kind = 'x' WHERE id = 1",
        "DELETE FROM audit_entries WHERE id = 1",
    ] {
        assert!(sql(&app, change).await.is_err(), "{change}");
    }
    assert_eq!(app.count("audit_entries").await, before);
    assert_eq!(verdict(&app, json!({})).await["broken"], Value::Null);
});

story!(an_event_that_was_changed_is_named, |app| {
    let admin = app.admin().await;
    let id = admin.post("customers/", company("Alfa")).await.expect(201).id();
    admin.patch(&format!("customers/{id}/"), json!({ "city": "Van" })).await.expect(200);
    assert_eq!(verdict(&app, json!({})).await["broken"], Value::Null);
    let updated = entries(&admin, "kind=customer.updated").await[0].clone();
    sql(&app, &format!("UPDATE events SET actor_id = 2 WHERE id = {}", updated["event_id"]))
        .await
        .expect("a change");
    let broken = verdict(&app, json!({})).await["broken"].clone();
    assert_eq!((&broken["entry_id"], &broken["event_id"]), (&updated["id"], &updated["event_id"]));
    sql(&app, &format!("UPDATE events SET actor_id = 1 WHERE id = {}", updated["event_id"]))
        .await
        .expect("a change");
    assert_eq!(verdict(&app, json!({})).await["broken"], Value::Null);
    sql(&app, &format!("DELETE FROM events WHERE id = {}", updated["event_id"]))
        .await
        .expect("a change");
    assert_eq!(verdict(&app, json!({})).await["broken"]["entry_id"], updated["id"]);
});

story!(an_entry_that_was_changed_is_named, |app| {
    let admin = app.admin().await;
    for name in ["Alfa", "Beta", "Gama"] {
        admin.post("customers/", company(name)).await.expect(201);
    }
    assert_eq!(verdict(&app, json!({})).await["broken"], Value::Null);
    unguarded(&app, "UPDATE audit_entries SET kind = 'customer.read' WHERE id = 2").await;
    assert_eq!(verdict(&app, json!({})).await["broken"]["entry_id"], 2);
});

story!(entries_that_were_taken_out_are_missed, |app| {
    let admin = app.admin().await;
    for name in ["Alfa", "Beta", "Gama"] {
        admin.post("customers/", company(name)).await.expect(201);
    }
    let anchor = verdict(&app, json!({})).await["anchor"].clone();
    assert_eq!(verdict(&app, json!({ "anchor": anchor })).await["broken"], Value::Null);
    let (newest, hash) = anchor.as_str().and_then(|anchor| anchor.split_once(':')).expect("an anchor");
    let newest: i64 = newest.parse().expect("a number");
    // Another history with the same number of entries.
    let other = format!("{newest}:{}", hash.chars().rev().collect::<String>());
    assert_eq!(verdict(&app, json!({ "anchor": other })).await["broken"]["entry_id"], newest);
    admin.post("audit/verify/", json!({ "anchor": "latest" })).await.expect(422);
    let newest = app.count("audit_entries").await;
    unguarded(&app, &format!("DELETE FROM audit_entries WHERE id = {newest}")).await;
    let broken = app.admin().await.post("audit/verify/", json!({})).await.expect(200).json()["broken"].clone();
    assert!(broken["event_id"].is_i64(), "the event without an entry: {broken}");
    sql(&app, "DELETE FROM audit_entries WHERE id = 1").await.expect("a change");
    let broken = app.admin().await.post("audit/verify/", json!({})).await.expect(200).json()["broken"].clone();
    assert_eq!(broken["entry_id"], 2, "the first that follows nothing");
});

story!(who_read_whose_identity_number_is_written_down, |app| {
    let admin = app.admin().await;
    let id = admin.post("customers/", person("Ayşe", "Demir")).await.expect(201).id();
    let number = json!({ "identity_number": NUMBER });
    admin.patch(&format!("customers/{id}/"), number).await.expect(200);
    let other = admin.post("customers/", company("Alfa")).await.expect(201).id();
    let (blind, _) = app.user("Gör Mez", "read_only", None).await;
    app.consume().await;
    let read = async |query: &str| {
        app.consume().await;
        entries(&admin, &format!("kind=customer.identity_read{query}")).await
    };
    let begun = read("").await.len();
    assert_eq!(begun, 1, "the answer to the change showed it");

    // Nobody's number: no entry.
    admin.get(&format!("customers/{other}/")).await.expect(200);
    admin.get("customers/?customer_type=company").await.expect(200);
    blind.get(&format!("customers/{id}/")).await.expect(200);
    blind.get("customers/").await.expect(200);
    assert_eq!(read("").await.len(), begun);

    admin.get(&format!("customers/{id}/")).await.expect(200);
    let one = read("").await;
    assert_eq!(one.len(), begun + 1);
    assert_eq!((&one[0]["subject_id"], &one[0]["actor_id"]), (&json!(id), &json!(1)));
    assert_eq!(one[0]["details"]["customer_ids"], json!([id]));
    for path in ["customers/", &format!("customers/{id}/360/"), &format!("customers/{id}/timeline/")] {
        let before = read("").await.len();
        admin.get(path).await.expect(200);
        let after = read("").await;
        assert_eq!(after.len(), before + 1, "{path}: one entry a request");
        assert_eq!(after[0]["details"]["customer_ids"], json!([id]), "{path}");
    }
    let timeline = admin.get(&format!("customers/{id}/timeline/")).await.expect(200).json();
    assert!(
        !timeline.to_string().contains("identity_read"),
        "not part of the customer's history: {timeline}"
    );
    assert!(
        !entries(&admin, "").await.iter().any(|entry| entry.to_string().contains(NUMBER)),
        "nor is the number in the audit"
    );
});

story!(signing_in_and_failing_to_stand_in_the_audit_without_what_was_typed, |app| {
    let admin = app.admin().await;
    let nobody = app.anonymous();
    let sign_in = async |email: &str, password: &str| nobody.post("session/", json!({ "email": email, "password": password })).await;
    sign_in("ayse@ornek.example", "yanlis-parola-bu").await.expect(401);
    sign_in("yanlis-parola-bu@ornek.example", PASSWORD).await.expect(401);
    let answer = sign_in("ayse@ornek.example", PASSWORD).await.expect(200);
    let cookie = answer.header("set-cookie").expect("a cookie");
    let session = app.anonymous().with("cookie", cookie.split(';').next().expect("a pair"));
    let csrf = answer.json()["csrf_token"].as_str().expect("a token").to_owned();
    session.with("x-csrf-token", &csrf).delete("session/").await.expect(204);
    app.consume().await;

    let refused = entries(&admin, "kind=sign_in.refused&ordering=id").await;
    assert_eq!(refused.len(), 2);
    assert_eq!(
        (&refused[0]["subject_id"], &refused[1]["subject_id"]),
        (&json!(1), &json!(0)),
        "known and unknown"
    );
    let begun = entries(&admin, "kind=session.created").await;
    assert_eq!((begun.len(), &begun[0]["actor_id"]), (1, &json!(1)));
    let ended = entries(&admin, "kind=session.deleted").await;
    assert_eq!(ended[0]["via"], format!("session:{}", begun[0]["subject_id"]), "{ended:?}");
    let everything = entries(&admin, "page_size=200").await;
    assert!(!everything.iter().any(|entry| entry.to_string().contains("yanlis-parola")));
});

story!(the_audit_goes_out_as_a_file_and_that_is_an_entry_too, |app| {
    let admin = app.admin().await;
    for n in 0..3 {
        admin.post("customers/", company(&format!("Alfa {n}"))).await.expect(201);
    }
    app.consume().await;
    let file = admin.get("audit/export/?kind=customer.created").await.expect(200);
    let text = file.text();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(text.lines().skip(1).all(|line| line.contains("customer.created")), "{text}");
    app.consume().await;
    let told = entries(&admin, "kind=audit.exported").await;
    assert_eq!((told.len(), &told[0]["details"]["count"]), (1, &json!(3)));
    assert_eq!(told[0]["details"]["filters"], json!([["kind", "customer.created"]]));
    let (reader, _) = app.user("Oku Yan", "manager", None).await;
    reader.get("audit/export/").await.expect(403);
});

story!(old_entries_end_from_the_oldest_side_and_the_chain_still_holds, |app| {
    let admin = app.admin().await;
    admin.post("customers/", company("Eski")).await.expect(201);
    app.consume().await;
    let anchor = json!(identity::audit::anchor(app.db()).await.expect("an anchor").to_string());
    let old = app.count("audit_entries").await;
    app.clock.advance(40 * DAY_US);
    let admin = app.admin().await;
    admin.post("customers/", company("Yeni")).await.expect(201);
    app.consume().await;
    let before_us = app.clock.now_us() - 30 * DAY_US;
    let end = async || identity::audit::ending::end_before(&app.ctx, before_us).await.expect("an end");
    assert_eq!(end().await, old);
    assert_eq!(end().await, 0, "nothing twice");
    let verdict_now = verdict(&app, json!({})).await;
    assert_eq!(verdict_now["broken"], Value::Null);
    assert_eq!(verdict_now["begins_after"], anchor, "what was ended is what the anchor said");
    assert_eq!(verdict(&app, json!({ "anchor": anchor })).await["broken"], Value::Null);
    assert_eq!(entries(&admin, "kind=customer.created").await.len(), 1);
    assert_eq!(entries(&admin, "kind=audit.ended").await.len(), 1, "ending is an entry");
    // A checkpoint that somebody made up covers nothing.
    assert!(sql(&app, "UPDATE audit_checkpoints SET hash = 'x'").await.is_err());
    assert!(sql(&app, "DELETE FROM audit_checkpoints").await.is_err());
    assert!(
        sql(&app, &format!("DELETE FROM audit_entries WHERE id = {}", old + 1))
            .await
            .is_err()
    );
});

story!(merging_and_erasing_leave_the_chain_whole_and_emptying_by_hand_does_not, |app| {
    let admin = app.admin().await;
    let ayse = admin.post("customers/", person("Ayşe", "Yılmaz")).await.expect(201).id();
    let other = admin.post("customers/", person("Ayse", "Yilmaz")).await.expect(201).id();
    admin
        .patch(&format!("customers/{other}/"), json!({ "city": "Van" }))
        .await
        .expect(200);
    app.consume().await;
    admin
        .post("customers/merge/", json!({ "winner_id": ayse, "loser_ids": [other] }))
        .await
        .expect(200);
    assert_eq!(verdict(&app, json!({})).await["broken"], Value::Null, "events in another timeline");
    let code = admin.get(&format!("customers/{ayse}/")).await.expect(200).json()["customer_code"].clone();
    let asked = json!({ "customer_code": code, "reason": "Talep" });
    admin.post(&format!("customers/{ayse}/erase/"), asked).await.expect(200);
    let whole = verdict(&app, json!({})).await;
    assert_eq!(whole["broken"], Value::Null, "{whole}");
    for table in ["customers", "contact_points", "match_keys", "merges"] {
        let rows = app.count(table).await;
        assert_eq!(rows, if table == "customers" { 2 } else { 0 }, "{table}");
    }
    let told = entries(&admin, "kind=customer.erased").await;
    assert_eq!(told.len(), 2, "the record that was merged into it is the same person");

    // Who empties an event without an erasure that tells of it is found out.
    sql(
        &app,
        r#"UPDATE events SET payload = '{"erased":true}', changes = '{}' WHERE id = (SELECT min(id) FROM events)"#,
    )
    .await
    .expect("a change");
    let broken = verdict(&app, json!({})).await;
    assert!(
        broken["broken"]["reason"].as_str().is_some_and(|reason| reason.contains("emptied")),
        "{broken}"
    );
});
