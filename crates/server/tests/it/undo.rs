//! Undo brings back exactly what was, and refuses what has changed since.

use serde_json::{Value, json};
use testkit::{Client, TestApp, company, person, story};

/// Every customer as the API shows it, but for the marks of change.
async fn snapshot(client: &Client) -> Vec<Value> {
    let list = client.get("customers/?ordering=id&page_size=200").await.expect(200).json();
    let mut rows = list["results"].as_array().expect("results").clone();
    for row in &mut rows {
        let id = row["id"].as_i64().expect("an id");
        let whole = client.get(&format!("customers/{id}/360/")).await.expect(200).json();
        let without_ids = |name: &str| {
            let mut list = whole[name].as_array().expect("a list").clone();
            list.iter_mut().for_each(|item| item["id"] = json!(0));
            json!(list)
        };
        row["contact_points"] = without_ids("contact_points");
        row["addresses"] = without_ids("addresses");
        row["version"] = json!(0);
        row["updated_at"] = json!("");
    }
    rows
}

async fn undo(client: &Client, app: &TestApp, operation: i64) -> Value {
    let answer = client
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json();
    app.run_jobs().await;
    answer
}

async fn three(client: &Client) -> Vec<i64> {
    let mut ids = Vec::new();
    for n in 0..3 {
        let mut input = person(&format!("Kişi{n}"), "Deneme");
        input["primary_email"] = json!(format!("kisi{n}@ornek.example"));
        input["city"] = json!("Ankara");
        input["tags"] = json!(["eski"]);
        ids.push(client.post("customers/", input).await.expect(201).id());
    }
    ids
}

story!(a_change_is_taken_back_and_done_again, |app| {
    let admin = app.admin().await;
    let ids = three(&admin).await;
    let before = snapshot(&admin).await;
    let changed = admin
        .patch(
            &format!("customers/{}/", ids[0]),
            json!({ "first_name": "Başka", "primary_email": "yeni@ornek.example", "secondary_phone": "0212 555 12 34", "city": "İzmir", "tags": ["yeni"], "birth_date": "1990-01-01" }),
        )
        .await
        .expect(200)
        .operation();
    let after = snapshot(&admin).await;
    let undone = undo(&admin, &app, changed).await;
    assert_eq!(
        (undone["undone"].as_i64(), undone["refused_count"].as_i64()),
        (Some(1), Some(0)),
        "{undone}"
    );
    assert_eq!(snapshot(&admin).await, before);
    // Undo is an operation: undone, the change is there again.
    undo(&admin, &app, undone["operation_id"].as_i64().expect("an operation")).await;
    assert_eq!(snapshot(&admin).await, after);
    admin.post(&format!("operations/{changed}/undo/"), json!({})).await.expect(409);
});

story!(a_bulk_edit_and_a_deletion_are_taken_back, |app| {
    let admin = app.admin().await;
    let ids = three(&admin).await;
    let before = snapshot(&admin).await;
    let edit = admin
        .post(
            "customers/bulk/",
            json!({ "ids": ids, "action": "update", "changes": { "city": "Van", "industry": "retail" } }),
        )
        .await
        .expect(200)
        .operation();
    let untag = admin
        .post("customers/bulk/", json!({ "ids": ids, "action": "untag", "tags": ["eski"] }))
        .await
        .expect(200)
        .operation();
    let tag = admin
        .post("customers/bulk/", json!({ "ids": ids, "action": "tag", "tags": ["yeni"] }))
        .await
        .expect(200)
        .operation();
    let delete = admin
        .post("customers/bulk/", json!({ "ids": ids, "action": "delete" }))
        .await
        .expect(200)
        .operation();
    assert!(snapshot(&admin).await.is_empty());
    assert_eq!(admin.get("customers/?search=kisi1").await.expect(200).json()["count"], 0);
    for operation in [delete, tag, untag, edit] {
        let undone = undo(&admin, &app, operation).await;
        assert_eq!(
            (undone["undone"].as_i64(), undone["refused_count"].as_i64()),
            (Some(3), Some(0)),
            "{undone}"
        );
    }
    assert_eq!(snapshot(&admin).await, before);
    assert_eq!(admin.get("customers/?search=kisi1").await.expect(200).json()["count"], 1);
});

story!(what_changed_since_is_refused_field_by_field, |app| {
    let admin = app.admin().await;
    let ids = three(&admin).await;
    let edit = admin
        .post(
            "customers/bulk/",
            json!({ "ids": ids, "action": "update", "changes": { "industry": "retail", "gender": "F" } }),
        )
        .await
        .expect(200)
        .operation();
    admin
        .patch(&format!("customers/{}/", ids[1]), json!({ "industry": "medical" }))
        .await
        .expect(200);
    admin.delete(&format!("customers/{}/", ids[2])).await.expect(200);
    let undone = undo(&admin, &app, edit).await;
    assert_eq!(undone["refused_count"], 2, "{undone}");
    let refused = undone["refused"].as_array().expect("refusals");
    assert!(
        refused
            .iter()
            .any(|one| one["subject_id"] == ids[1] && one["field"] == "industry" && !one["reason"].as_str().expect("a reason").is_empty())
    );
    assert!(refused.iter().any(|one| one["subject_id"] == ids[2] && one["field"] == ""));
    let rows = snapshot(&admin).await;
    assert_eq!((rows[0]["industry"].as_str(), rows[0]["gender"].as_str()), (Some(""), Some("")));
    assert_eq!(
        (rows[1]["industry"].as_str(), rows[1]["gender"].as_str()),
        (Some("medical"), Some("")),
        "the other field is taken back"
    );
});

story!(a_creation_is_taken_back_unless_it_was_touched, |app| {
    let admin = app.admin().await;
    let created = admin.post("customers/", company("Alfa")).await.expect(201);
    let touched = admin.post("customers/", company("Beta")).await.expect(201);
    admin
        .patch(&format!("customers/{}/", touched.id()), json!({ "city": "Van" }))
        .await
        .expect(200);
    assert_eq!(undo(&admin, &app, created.operation()).await["refused_count"], 0);
    assert_eq!(undo(&admin, &app, touched.operation()).await["refused_count"], 1);
    let left = snapshot(&admin).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["name"], "Beta");
});

story!(large_operations_are_undone_in_the_background, |app| {
    let admin = app.admin().await;
    for chunk in 0..12 {
        for n in 0..100 {
            admin
                .post("customers/", company(&format!("Firma {}", chunk * 100 + n)))
                .await
                .expect(201);
        }
    }
    let everything = json!({ "field": "name", "op": "is_set" });
    let edit = admin
        .post(
            "customers/bulk/",
            json!({ "criteria": everything, "action": "update", "changes": { "industry": "retail" } }),
        )
        .await
        .expect(200)
        .operation();
    let answer = admin.post(&format!("operations/{edit}/undo/"), json!({})).await.expect(200).json();
    assert_eq!(answer["state"], "running");
    assert_eq!(admin.get("customers/?industry=retail").await.expect(200).json()["count"], 1200);
    app.run_jobs().await;
    let undo = admin
        .get(&format!("operations/{}/", answer["operation_id"]))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (undo["state"].as_str(), undo["summary"]["undone"].as_i64()),
        (Some("done"), Some(1200))
    );
    assert_eq!(admin.get("customers/?industry=retail").await.expect(200).json()["count"], 0);
});

story!(others_operations_are_not_for_everybody, |app| {
    let admin = app.admin().await;
    let operation = admin.post("customers/", company("Alfa")).await.expect(201).operation();
    let (seller, _) = app.user("Ali Satış", "sales_rep", None).await;
    seller.get(&format!("operations/{operation}/")).await.expect(404);
    seller.post(&format!("operations/{operation}/undo/"), json!({})).await.expect(404);
    assert_eq!(seller.get("operations/").await.expect(200).json()["count"], 0);
    app.clock.advance(31 * kernel_day());
    admin.post(&format!("operations/{operation}/undo/"), json!({})).await.expect(409);
});

fn kernel_day() -> i64 {
    24 * 3600 * 1_000_000
}

story!(
    the_history_tells_who_did_what_to_how_many_and_undoing_an_undo_does_it_again,
    |app| {
        let admin = app.admin().await;
        let (seller, seller_id) = app.user("Ali Satış", "sales_rep", None).await;
        let theirs = seller.post("customers/", company("Alfa")).await.expect(201);
        let begun = app.clock.now_us();
        app.clock.advance(kernel_day());
        admin.post("customers/", company("Beta")).await.expect(201);
        let everything = json!({ "field": "name", "op": "is_set" });
        let edit = json!({ "criteria": everything, "action": "update", "changes": { "industry": "Gıda" } });
        let edit = admin.post("customers/bulk/", edit).await.expect(200).operation();
        let found = async |query: &str| -> Vec<(String, String)> {
            let list = admin.get(&format!("operations/?{query}")).await.expect(200).json();
            let rows = list["results"].as_array().expect("results").iter();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            rows.map(|row| (text(&row["kind"]), text(&row["actor_name"]))).collect()
        };
        let named = |kind: &str, name: &str| (kind.to_owned(), name.to_owned());
        let all = [
            named("customers.bulk", "Ayşe Yılmaz"),
            named("customers.create", "Ayşe Yılmaz"),
            named("customers.create", "Ali Satış"),
        ];
        assert_eq!(found("").await, all);
        assert_eq!(found("kind=customers.bulk").await, all[..1]);
        assert_eq!(found(&format!("actor_id={seller_id}")).await, all[2..]);
        let since = kernel::clock::rfc3339(begun + 1).replace('+', "%2B");
        assert_eq!(found(&format!("at__gte={since}")).await, all[..2]);
        assert_eq!(
            found(&format!("at__lte={since}&kind=customers.create,customers.bulk")).await,
            all[2..]
        );
        for wrong in ["actor_id=x", "at__gte=dün", "kynd=x"] {
            admin.get(&format!("operations/?{wrong}")).await.expect(400);
        }
        let shown = admin.get("operations/?kind=customers.bulk").await.expect(200).json()["results"][0].clone();
        assert_eq!((&shown["summary"]["changed"], &shown["can_be_undone"]), (&json!(2), &json!(true)));

        // Undo, redo, undo.
        let industry = async || admin.get(&format!("customers/{}/", theirs.id())).await.expect(200).json()["industry"].clone();
        let mut last = edit;
        for expected in ["", "Gıda", ""] {
            let undone = admin.post(&format!("operations/{last}/undo/"), json!({})).await.expect(200).json();
            assert_eq!((&undone["undone"], &undone["refused_count"]), (&json!(2), &json!(0)), "{undone}");
            admin.post(&format!("operations/{last}/undo/"), json!({})).await.expect(409);
            last = undone["operation_id"].as_i64().expect("an id");
            assert_eq!(industry().await, expected);
        }
        let shown = admin.get("operations/?kind=customers.bulk").await.expect(200).json()["results"][0].clone();
        assert_eq!(shown["can_be_undone"], false);
    }
);
