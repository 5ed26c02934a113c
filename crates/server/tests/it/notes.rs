//! Notes about customers: written, changed, taken back, and where they show.

use std::io::Read;

use serde_json::{Value, json};
use testkit::{Client, TestApp, company, person, story};

async fn customer(client: &Client, name: &str) -> i64 {
    client.post("customers/", company(name)).await.expect(201).id()
}

async fn note(client: &Client, customer_id: i64, body: &str) -> i64 {
    let input = json!({ "body": body });
    client
        .post(&format!("customers/{customer_id}/notes/"), input)
        .await
        .expect(201)
        .id()
}

fn bodies(list: &Value) -> Vec<String> {
    let results = list["results"].as_array().expect("results");
    results
        .iter()
        .map(|note| note["body"].as_str().expect("a body").to_owned())
        .collect()
}

async fn notes(client: &Client, customer_id: i64) -> Vec<String> {
    bodies(&client.get(&format!("customers/{customer_id}/notes/")).await.expect(200).json())
}

/// What the timeline tells of notes.
async fn told(client: &Client, customer_id: i64) -> Vec<String> {
    let timeline = client.get(&format!("customers/{customer_id}/timeline/")).await.expect(200).json();
    let entries = timeline["results"].as_array().expect("entries");
    let of_notes = entries.iter().filter(|entry| entry["subject_type"] == "note");
    of_notes
        .map(|entry| {
            assert_eq!(
                (&entry["kind"], &entry["payload"], &entry["changes"]),
                (&json!("note"), &json!({}), &json!({}))
            );
            entry["note"]["body"].as_str().expect("a body").to_owned()
        })
        .collect()
}

async fn undo(client: &Client, operation: i64) -> Value {
    client
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json()
}

async fn kinds(app: &TestApp) -> Vec<String> {
    let query = sea_query::Query::select()
        .column("kind")
        .from("events")
        .and_where(sea_query::ExprTrait::eq(sea_query::Expr::col("subject_type"), "note"))
        .order_by("id", sea_query::Order::Asc)
        .to_owned();
    app.db().texts(&query).await.expect("events")
}

story!(notes_are_written_and_listed_with_the_pinned_first, |app| {
    let admin = app.admin().await;
    let id = customer(&admin, "Alfa").await;
    let path = format!("customers/{id}/notes/");
    let made = admin
        .post(&path, json!({ "body": " ilk satır\r\nikinci \n", "is_pinned": true }))
        .await
        .expect(201);
    let note_id = made.id();
    assert_eq!(
        made.header("location").as_deref(),
        Some(format!("/api/v1/crm/notes/{note_id}/").as_str())
    );
    assert_eq!(made.header("etag").as_deref(), Some("\"1\""));
    let shown = admin.get(&format!("notes/{note_id}/")).await.expect(200);
    assert_eq!(shown.header("etag").as_deref(), Some("\"1\""));
    let shown = shown.json();
    assert_eq!(shown, made.json());
    assert_eq!(
        (
            &shown["body"],
            &shown["author_name"],
            &shown["is_pinned"],
            &shown["is_editable"],
            &shown["customer_id"]
        ),
        (
            &json!("ilk satır\nikinci"),
            &json!("Ayşe Yılmaz"),
            &json!(true),
            &json!(true),
            &json!(id)
        )
    );
    for n in 0..4 {
        note(&admin, id, &format!("not {n}")).await;
    }
    let other = customer(&admin, "Beta").await;
    note(&admin, other, "başkasının").await;
    let page = admin.get(&format!("{path}?page_size=2")).await.expect(200).json();
    assert_eq!(
        (page["count"].as_i64(), bodies(&page)),
        (Some(5), vec!["ilk satır\nikinci".into(), "not 3".into()])
    );
    let mut rest = Vec::new();
    let mut next = page["next"].as_str().map(str::to_owned);
    while let Some(link) = next {
        let page = admin.get(&link).await.expect(200).json();
        rest.extend(bodies(&page));
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(rest, ["not 2", "not 1", "not 0"]);
    let whole = admin.get(&format!("customers/{id}/360/")).await.expect(200).json();
    assert_eq!(
        (whole["notes"]["count"].as_i64(), bodies(&whole["notes"])[0].as_str()),
        (Some(5), "ilk satır\nikinci")
    );

    let before = (app.count("events").await, app.count("operations").await, app.count("notes").await);
    for (input, field) in [
        (json!({}), "body"),
        (json!({ "body": " \n " }), "body"),
        (json!({ "body": "x".repeat(20_001) }), "body"),
        (json!({ "body": 5 }), "body"),
        (json!({ "body": "x", "is_pinned": "yes" }), "is_pinned"),
        (json!({ "body": "x", "colour": "red" }), "colour"),
    ] {
        let refused = admin.post(&path, input.clone()).await.expect(422);
        assert!(!refused.error(field).is_empty(), "{}", refused.text());
    }
    admin.post("customers/999/notes/", json!({ "body": "x" })).await.expect(404);
    admin.get("customers/999/notes/").await.expect(404);
    admin.get("notes/999/").await.expect(404);
    admin.get(&format!("{path}?search=x")).await.expect(400);
    let same = admin
        .patch(&format!("notes/{note_id}/"), json!({ "is_pinned": true }))
        .await
        .expect(200);
    assert_eq!(same.header("x-operation-id"), None);
    assert_eq!(
        (app.count("events").await, app.count("operations").await, app.count("notes").await),
        before
    );
});

story!(the_timeline_tells_a_note_as_it_is_now, |app| {
    let admin = app.admin().await;
    let id = customer(&admin, "Alfa").await;
    let first = note(&admin, id, "eski metin").await;
    let second = note(&admin, id, "kalan").await;
    let path = format!("notes/{first}/");
    let changed = admin.patch(&path, json!({ "body": "yeni metin" })).await.expect(200).operation();
    assert_eq!(told(&admin, id).await, ["kalan", "yeni metin"]);
    let timeline = admin.get(&format!("customers/{id}/timeline/")).await.expect(200).text();
    assert!(!timeline.contains("eski metin"), "an edit leaves no copy behind");
    let only = admin.get(&format!("customers/{id}/timeline/?kind=note")).await.expect(200).json();
    assert_eq!(only["results"].as_array().map(Vec::len), Some(2));
    let deleted = admin.delete(&path).await.expect(200).operation();
    admin.get(&path).await.expect(404);
    admin.patch(&path, json!({ "body": "x" })).await.expect(404);
    admin.delete(&path).await.expect(404);
    assert_eq!(told(&admin, id).await, ["kalan"]);
    assert_eq!(notes(&admin, id).await, ["kalan"]);
    // What changed it can no longer be taken back, its deletion can.
    assert_eq!(undo(&admin, changed).await["refused_count"], 1);
    let undone = undo(&admin, deleted).await;
    assert_eq!(undone["refused_count"], 0, "{undone}");
    assert_eq!(told(&admin, id).await, ["kalan", "yeni metin"]);
    let again = admin.patch(&path, json!({ "is_pinned": true })).await.expect(200).operation();
    assert_eq!(undo(&admin, again).await["refused_count"], 0);
    assert_eq!(admin.get(&path).await.expect(200).json()["is_pinned"], false);
    // A creation taken back takes the note away, and that taken back brings it again.
    let third = admin
        .post(&format!("customers/{id}/notes/"), json!({ "body": "üç" }))
        .await
        .expect(201);
    let gone = undo(&admin, third.operation()).await;
    admin.get(&format!("notes/{}/", third.id())).await.expect(404);
    undo(&admin, gone["operation_id"].as_i64().expect("an operation")).await;
    assert_eq!(told(&admin, id).await, ["üç", "kalan", "yeni metin"]);
    assert_eq!(
        kinds(&app).await,
        [
            "note.created",
            "note.created",
            "note.updated",
            "note.deleted",
            "note.restored",
            "note.updated",
            "note.updated",
            "note.created",
            "note.deleted",
            "note.restored"
        ]
    );
    assert_eq!(admin.get(&format!("notes/{second}/")).await.expect(200).json()["version"], 1);
    // The audit has all of it.
    app.consume().await;
    let audit = admin.get("audit/?kind=note.*").await.expect(200).text();
    assert!(audit.contains("note.deleted"), "{audit}");
    // Kept while it can be brought back, and then gone for good.
    admin.delete(&path).await.expect(200);
    for (days, left) in [(29, 3), (2, 2)] {
        app.clock.advance(days * 24 * 3_600_000_000);
        let now_us = app.clock.now_us();
        let purge = async |tx: &mut kernel::db::Tx| tx.enqueue("customers.purge", json!({}), now_us).await;
        app.db().write(purge).await.expect("a job");
        app.run_jobs().await;
        assert_eq!(app.count("notes").await, left);
    }
});

story!(the_timeline_is_narrowed_by_person_and_date, |app| {
    let admin = app.admin().await;
    let id = customer(&admin, "Alfa").await;
    let (manager, manager_id) = app.user("Müdür", "administrator", None).await;
    app.clock.advance(24 * 3_600_000_000);
    note(&manager, id, "ikinci gün").await;
    let count = async |query: &str| {
        let path = format!("customers/{id}/timeline/?{query}");
        admin.get(&path).await.expect(200).json()["results"].as_array().map(Vec::len)
    };
    assert_eq!(count("").await, Some(2));
    assert_eq!(count(&format!("actor={manager_id}")).await, Some(1));
    assert_eq!(count(&format!("actor=1,{manager_id}")).await, Some(2));
    assert_eq!(count("actor=1&kind=note").await, Some(0));
    assert_eq!(count("from=2026-03-17").await, Some(1));
    assert_eq!(count("to=2026-03-16").await, Some(1));
    assert_eq!(count("from=2026-03-16&to=2026-03-17").await, Some(2));
    assert_eq!(count("to=2026-03-15").await, Some(0));
    assert_eq!(count("from=2026-03-17T12:00:00%2B03:00").await, Some(1));
    assert_eq!(count("from=2026-03-17T12:00:01%2B03:00").await, Some(0));
    for wrong in ["actor=ali", "from=yesterday", "to=2026-02-30", "colour=red", "cursor=x"] {
        admin.get(&format!("customers/{id}/timeline/?{wrong}")).await.expect(400);
    }
});

story!(a_note_is_changed_by_its_author_and_by_who_may_write_all, |app| {
    let admin = app.admin().await;
    let (chief, _) = app.user("Şef", "manager", Some("Batı")).await;
    let (mine, _) = app.user("Temsilci", "sales_rep", Some("Batı")).await;
    let (stranger, _) = app.user("Yabancı", "sales_rep", Some("Doğu")).await;
    let id = customer(&mine, "Alfa").await;
    let note_id = note(&mine, id, "benim").await;
    let path = format!("notes/{note_id}/");
    for nobody in [&stranger] {
        nobody.get(&path).await.expect(404);
        nobody.get(&format!("customers/{id}/notes/")).await.expect(404);
        nobody.patch(&path, json!({ "body": "x" })).await.expect(404);
        nobody.delete(&path).await.expect(404);
        nobody
            .post(&format!("customers/{id}/notes/"), json!({ "body": "x" }))
            .await
            .expect(404);
    }
    let is_editable = async |client: &Client| client.get(&path).await.expect(200).json()["is_editable"].clone();
    assert_eq!(is_editable(&mine).await, true);
    assert_eq!(is_editable(&admin).await, true);
    assert_eq!(is_editable(&chief).await, false, "may write the customer, but not all customers");
    chief.patch(&path, json!({ "body": "x" })).await.expect(403);
    chief.delete(&path).await.expect(403);
    mine.patch(&path, json!({ "body": "benim yine" })).await.expect(200);
    let changed = admin.patch(&path, json!({ "body": "düzeltildi" })).await.expect(200).json();
    assert_eq!(changed["author_name"], "Temsilci", "who changes it does not become its author");
    let chiefs = note(&chief, id, "şefin").await;
    mine.delete(&format!("notes/{chiefs}/")).await.expect(403);
    assert_eq!(notes(&mine, id).await, ["şefin", "düzeltildi"]);
    app.anonymous().get(&path).await.expect(401);
});

story!(two_who_edit_a_note_at_once_hear_of_each_other, |app| {
    let admin = app.admin().await;
    let id = customer(&admin, "Alfa").await;
    let path = format!("notes/{}/", note(&admin, id, "bir").await);
    let theirs = admin
        .with("if-match", "\"1\"")
        .patch(&path, json!({ "body": "iki" }))
        .await
        .expect(200);
    assert_eq!(theirs.header("etag").as_deref(), Some("\"2\""));
    let refused = admin
        .with("if-match", "\"1\"")
        .patch(&path, json!({ "body": "üç" }))
        .await
        .expect(409)
        .json();
    assert_eq!(
        refused["conflicts"]["body"],
        json!({ "yours": "üç", "theirs": "iki", "original": "bir" })
    );
    // Another field than the one they changed clashes with nothing.
    admin
        .with("if-match", "\"1\"")
        .patch(&path, json!({ "is_pinned": true }))
        .await
        .expect(200);
    admin
        .with("if-match", "\"3\"")
        .patch(&path, json!({ "body": "üç" }))
        .await
        .expect(200);
    admin
        .with("if-match", "bir")
        .patch(&path, json!({ "body": "dört" }))
        .await
        .expect(400);
    assert_eq!(admin.get(&path).await.expect(200).json()["body"], "üç");
    // The same POST twice is one note.
    let notes_path = format!("customers/{id}/notes/");
    for _ in 0..2 {
        admin
            .with("idempotency-key", "k")
            .post(&notes_path, json!({ "body": "tek" }))
            .await
            .expect(201);
    }
    assert_eq!(notes(&admin, id).await, ["üç", "tek"]);
});

story!(notes_follow_a_merge_and_come_back, |app| {
    let admin = app.admin().await;
    let winner = admin.post("customers/", person("Ali", "Veli")).await.expect(201).id();
    let loser = admin.post("customers/", person("Ali", "Velı")).await.expect(201).id();
    note(&admin, winner, "kazananın").await;
    let moved = note(&admin, loser, "kaybedenin").await;
    let last = admin.delete(&format!("notes/{moved}/")).await.expect(200).operation();
    let merged = admin
        .post("customers/merge/", json!({ "winner_id": winner, "loser_ids": [loser] }))
        .await
        .expect(200)
        .operation();
    // Deleted before the merge, brought back after it: where the customer is now.
    assert_eq!(undo(&admin, last).await["refused_count"], 0);
    assert_eq!(notes(&admin, winner).await, ["kaybedenin", "kazananın"]);
    assert_eq!(told(&admin, winner).await, ["kaybedenin", "kazananın"]);
    admin.get(&format!("customers/{loser}/notes/")).await.expect(308);
    undo(&admin, merged).await;
    assert_eq!(notes(&admin, winner).await, ["kazananın"]);
    assert_eq!(notes(&admin, loser).await, ["kaybedenin"]);
    assert_eq!(told(&admin, loser).await, ["kaybedenin"]);
});

story!(notes_are_given_out_and_erased_with_the_rest, |app| {
    let admin = app.admin().await;
    let id = admin.post("customers/", person("Ali", "Veli")).await.expect(201).id();
    let kept = note(&admin, id, "çok gizli bilgi").await;
    let changed = admin
        .patch(&format!("notes/{kept}/"), json!({ "body": "çok gizli haber" }))
        .await
        .expect(200)
        .operation();
    let gone = note(&admin, id, "silinen gizli").await;
    admin.delete(&format!("notes/{gone}/")).await.expect(200);
    let answer = admin.get(&format!("customers/{id}/personal-data/")).await.expect(200);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(answer.body)).expect("an archive");
    let mut text = String::new();
    archive
        .by_name("notes.json")
        .expect("notes")
        .read_to_string(&mut text)
        .expect("text");
    let given: Vec<Value> = serde_json::from_str(&text).expect("json");
    assert_eq!((given.len(), &given[0]["body"]), (1, &json!("çok gizli haber")));
    let code = admin.get(&format!("customers/{id}/")).await.expect(200).json()["customer_code"].clone();
    admin
        .post(
            &format!("customers/{id}/erase/"),
            json!({ "customer_code": code, "reason": "Başvuru 12" }),
        )
        .await
        .expect(200);
    assert_eq!(app.count("notes").await, 0);
    for column in ["payload", "changes"] {
        let query = sea_query::Query::select().column(column).from("events").to_owned();
        let texts = app.db().texts(&query).await.expect("events");
        assert!(texts.iter().all(|text| !text.contains("gizli")), "{column}");
    }
    assert_eq!(undo(&admin, changed).await["undone"], 0);
    assert!(told(&admin, id).await.is_empty());
});
