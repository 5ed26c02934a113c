//! A live stream tells its caller what they may know, and nobody anything else.

use serde_json::{Value, json};
use testkit::{Client, Feed, TestApp, company, person, story};

/// Follows the events of a running product, from now on.
async fn follow<const N: usize>(app: &TestApp, callers: [&Client; N]) -> [Feed; N] {
    // Older events are not ours to hear.
    app.settled().await;
    let mut feeds = Vec::new();
    for caller in callers {
        feeds.push(caller.follow().await);
    }
    tokio::spawn(app.product.live.clone().run(app.db().clone()));
    // The follower takes its place in its own time: what it passes on first is what we waited for.
    let admin = app.admin().await;
    let mut probe = admin.follow().await;
    for number in 0.. {
        admin
            .post("teams/", json!({ "name": format!("Deneme {number}") }))
            .await
            .expect(201);
        let heard = tokio::time::timeout(std::time::Duration::from_millis(200), probe.next()).await;
        if heard.is_ok_and(|message| message.is_some()) {
            break;
        }
    }
    feeds.try_into().unwrap_or_else(|_| unreachable!())
}

/// The next change that is about a customer.
async fn change(feed: &mut Feed) -> (String, i64) {
    loop {
        let (event, data) = feed.next().await.expect("the stream goes on");
        assert_eq!(event, "change", "{data}");
        if let Some(id) = data["customer_id"].as_i64() {
            let members: Vec<&String> = data.as_object().expect("an object").keys().collect();
            assert_eq!(
                members,
                [
                    "id",
                    "kind",
                    "subject_type",
                    "subject_id",
                    "customer_id",
                    "actor_id",
                    "operation_id"
                ],
                "no more is told than that it happened"
            );
            return (data["kind"].as_str().expect("a kind").to_owned(), id);
        }
    }
}

fn heard(kind: &str, id: i64) -> (String, i64) {
    (kind.to_owned(), id)
}

story!(a_stream_tells_of_what_its_caller_may_see, |app| {
    let admin = app.admin().await;
    let (ali, _) = app.user("Ali Satış", "sales_rep", Some("Kuzey")).await;
    let (veli, veli_id) = app.user("Veli Satış", "sales_rep", Some("Kuzey")).await;
    let (nur, _) = app.user("Nur Müdür", "manager", Some("Kuzey")).await;
    let (efe, _) = app.user("Efe Müdür", "manager", Some("Güney")).await;
    let [mut to_ali, mut to_veli, mut to_nur, mut to_efe, mut to_admin] = follow(&app, [&ali, &veli, &nur, &efe, &admin]).await;

    let ada = ali.post("customers/", person("Ada", "Er")).await.expect(201).id();
    let path = format!("customers/{ada}/");
    ali.patch(&path, json!({ "city": "Van" })).await.expect(200);
    let ege = efe.post("customers/", person("Ege", "Us")).await.expect(201).id();
    let cem = veli.post("customers/", person("Cem", "Ak")).await.expect(201).id();
    // What comes first at each shows what did not come before it.
    for feed in [&mut to_ali, &mut to_nur, &mut to_admin] {
        assert_eq!(change(feed).await, heard("customer.created", ada));
        assert_eq!(change(feed).await, heard("customer.updated", ada));
    }
    assert_eq!(change(&mut to_efe).await, heard("customer.created", ege));
    assert_eq!(change(&mut to_admin).await, heard("customer.created", ege));
    for feed in [&mut to_veli, &mut to_nur, &mut to_admin] {
        assert_eq!(change(feed).await, heard("customer.created", cem));
    }

    // Given away, a customer is the new owner's to hear of. And whoever saw it hears that it is gone.
    nur.patch(&path, json!({ "owner_id": veli_id })).await.expect(200);
    admin.delete(&path).await.expect(200);
    let zoe = ali.post("customers/", person("Zoe", "Er")).await.expect(201).id();
    for feed in [&mut to_veli, &mut to_nur, &mut to_admin] {
        assert_eq!(change(feed).await, heard("customer.updated", ada));
        assert_eq!(change(feed).await, heard("customer.deleted", ada));
    }
    assert_eq!(change(&mut to_ali).await, heard("customer.created", zoe));
    let last = efe.post("customers/", person("Son", "Us")).await.expect(201).id();
    assert_eq!(
        change(&mut to_efe).await,
        heard("customer.created", last),
        "nothing of the others' ever came"
    );
});

/// The next change of a lead or an opportunity itself.
async fn sale(feed: &mut Feed) -> (String, i64) {
    loop {
        let (event, data) = feed.next().await.expect("the stream goes on");
        assert_eq!(event, "change", "{data}");
        if ["lead", "opportunity"].iter().any(|subject| data["subject_type"] == *subject) {
            return (
                data["kind"].as_str().expect("a kind").to_owned(),
                data["subject_id"].as_i64().expect("an id"),
            );
        }
    }
}

story!(leads_and_opportunities_are_told_to_whom_may_read_them, |app| {
    let admin = app.admin().await;
    let (ali, ali_id) = app.user("Ali Satış", "sales_rep", Some("Kuzey")).await;
    let (veli, _) = app.user("Veli Satış", "sales_rep", Some("Kuzey")).await;
    let (nur, _) = app.user("Nur Müdür", "manager", Some("Kuzey")).await;
    let [mut to_ali, mut to_veli, mut to_nur] = follow(&app, [&ali, &veli, &nur]).await;

    // Not by its author: by somebody else, to its owner and to whoever leads the owner.
    let lead = json!({ "last_name": "Ak", "email": "ak@ornek.example", "assigned_to": ali_id });
    let lead = admin.post("leads/", lead).await.expect(201).id();
    for feed in [&mut to_ali, &mut to_nur] {
        assert_eq!(sale(feed).await, heard("lead.created", lead));
    }
    // The customer is everybody's of the team to read or is not; the opportunity is what counts.
    let ada = veli.post("customers/", person("Ada", "Er")).await.expect(201).id();
    let deal = json!({ "name": "Gizli", "customer": ada, "sales_rep": ali_id, "amount": "10", "expected_close_date": "2030-01-31" });
    let deal = admin.post("opportunities/", deal).await.expect(201).id();
    for feed in [&mut to_ali, &mut to_nur] {
        assert_eq!(sale(feed).await, heard("opportunity.created", deal));
    }
    let own = veli
        .post("leads/", json!({ "last_name": "Us", "email": "us@ornek.example" }))
        .await
        .expect(201)
        .id();
    assert_eq!(
        sale(&mut to_veli).await,
        heard("lead.created", own),
        "nothing of the others' ever came, though the customer is Veli's"
    );
    admin.delete(&format!("leads/{lead}/")).await.expect(200);
    assert_eq!(
        sale(&mut to_ali).await,
        heard("lead.deleted", lead),
        "whoever saw it hears that it is gone"
    );
});

story!(a_flood_is_told_in_one_word, |app| {
    let admin = app.admin().await;
    let (efe, _) = app.user("Efe Satış", "sales_rep", Some("Güney")).await;
    for n in 0..210 {
        admin.post("customers/", company(&format!("Firma {n}"))).await.expect(201);
    }
    let [mut to_admin, mut to_efe] = follow(&app, [&admin, &efe]).await;
    let everything = json!({ "field": "name", "op": "is_set" });
    let bulk = json!({ "criteria": everything, "action": "update", "changes": { "industry": "retail" } });
    assert_eq!(admin.post("customers/bulk/", bulk).await.expect(200).json()["changed"], 210);
    for feed in [&mut to_admin, &mut to_efe] {
        let mut message = feed.next().await;
        while message
            .as_ref()
            .is_some_and(|(event, data)| event == "change" && data["customer_id"].is_null())
        {
            message = feed.next().await;
        }
        assert_eq!(
            message,
            Some(("refresh".to_owned(), json!({}))),
            "not one message for each of 210 changes"
        );
    }
    let after = admin.post("customers/", company("Sonra")).await.expect(201).id();
    assert_eq!(change(&mut to_admin).await, heard("customer.created", after), "then it goes on");
});

story!(a_stream_ends_when_rights_change, |app| {
    let admin = app.admin().await;
    let (ali, ali_id) = app.user("Ali Satış", "sales_rep", Some("Kuzey")).await;
    let (veli, _) = app.user("Veli Satış", "sales_rep", Some("Kuzey")).await;
    let [mut to_ali, mut to_veli] = follow(&app, [&ali, &veli]).await;
    admin
        .patch(&format!("users/{ali_id}/"), json!({ "is_active": false }))
        .await
        .expect(200);
    assert_eq!(
        to_ali.next().await,
        Some(("refresh".to_owned(), Value::from(serde_json::Map::new())))
    );
    assert_eq!(to_ali.next().await, None, "who may see nothing any more is told nothing any more");
    let id = veli.post("customers/", person("Ada", "Er")).await.expect(201).id();
    assert_eq!(change(&mut to_veli).await, heard("customer.created", id), "the others' go on");
});
