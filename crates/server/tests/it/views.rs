//! Saved lists, for oneself, for one's team, for everyone.

use serde_json::{Value, json};
use testkit::{Client, story};

async fn names(client: &Client) -> Vec<String> {
    let list = client.get("views/").await.expect(200).json();
    list["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|view| view["name"].as_str().expect("a name").to_owned())
        .collect()
}

fn view(name: &str, sharing: &str) -> Value {
    json!({
        "name": name, "sharing": sharing, "criteria": { "field": "city", "op": "eq", "value": "Ankara" },
        "ordering": "-annual_revenue,name", "columns": ["name", "city", "annual_revenue"],
    })
}

story!(a_list_is_saved_and_found_again, |app| {
    let admin = app.admin().await;
    let saved = admin.post("views/", view(" Ankara  müşterileri ", "private")).await.expect(201);
    let id = saved.id();
    assert_eq!(
        saved.header("location").as_deref(),
        Some(format!("/api/v1/crm/views/{id}/").as_str())
    );
    let shown = admin.get(&format!("views/{id}/")).await.expect(200).json();
    assert_eq!(shown, saved.json());
    assert_eq!(
        (shown["name"].as_str(), shown["owner_name"].as_str(), shown["is_editable"].as_bool()),
        (Some("Ankara müşterileri"), Some("Ayşe Yılmaz"), Some(true))
    );
    admin
        .post(
            "customers/search/",
            json!({ "criteria": shown["criteria"], "ordering": shown["ordering"] }),
        )
        .await
        .expect(200);
    let bare = admin.post("views/", json!({ "name": "Çok" })).await.expect(201).json();
    assert_eq!(
        (bare["entity"].as_str(), bare["sharing"].as_str(), &bare["criteria"]),
        (Some("customer"), Some("private"), &json!({ "all": [] }))
    );
    assert_eq!(names(&admin).await, ["Ankara müşterileri", "Çok"]);
});

story!(wrong_views_are_refused_by_field, |app| {
    let admin = app.admin().await;
    let id = admin.post("views/", json!({ "name": "Var" })).await.expect(201).id();
    let before = (app.count("events").await, app.count("operations").await);
    for (input, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "name": "x".repeat(81) }), "name"),
        (
            json!({ "name": "x", "criteria": { "field": "ctiy", "op": "eq", "value": "x" } }),
            "criteria.field",
        ),
        (
            json!({ "name": "x", "criteria": { "all": [{ "field": "city", "op": "gte", "value": "x" }] } }),
            "criteria.all[0].op",
        ),
        (json!({ "name": "x", "criteria": 5 }), "criteria"),
        (json!({ "name": "x", "ordering": "nmae" }), "ordering"),
        (json!({ "name": "x", "columns": ["name", "ctiy"] }), "columns"),
        (json!({ "name": "x", "columns": ["name", "name"] }), "columns"),
        (json!({ "name": "x", "columns": ["custom.yok"] }), "columns"),
        (json!({ "name": "x", "sharing": "world" }), "sharing"),
        (json!({ "name": "x", "sharing": "team" }), "sharing"),
        (json!({ "name": "x", "entity": "invoice" }), "entity"),
        (json!({ "name": "x", "icon": "star" }), "icon"),
    ] {
        let refused = admin.post("views/", input.clone()).await.expect(422);
        assert!(!refused.error(field).is_empty(), "{input}: {}", refused.text());
    }
    assert!(
        admin
            .post("views/", json!({ "name": "x", "columns": ["ctiy"] }))
            .await
            .expect(422)
            .error("columns")
            .contains("city")
    );
    admin.patch(&format!("views/{id}/"), json!({ "ordering": "-" })).await.expect(422);
    admin
        .patch(&format!("views/{id}/"), json!({ "entity": "customer" }))
        .await
        .expect(422);
    let same = admin.patch(&format!("views/{id}/"), json!({ "name": "Var" })).await.expect(200);
    assert_eq!(same.header("x-operation-id"), None);
    assert_eq!((app.count("events").await, app.count("operations").await), before);
});

story!(views_are_seen_by_whom_they_are_shared_with, |app| {
    let admin = app.admin().await;
    let (chief, _) = app.user("Şef Batı", "manager", Some("Batı")).await;
    let (west, _) = app.user("Ali Batı", "sales_rep", Some("Batı")).await;
    let (east, _) = app.user("Oya Doğu", "sales_rep", Some("Doğu")).await;
    let mine = west.post("views/", view("Benim", "private")).await.expect(201).id();
    west.post("views/", view("Herkese", "everyone")).await.expect(403);
    west.patch(&format!("views/{mine}/"), json!({ "sharing": "team" }))
        .await
        .expect(403);
    let team = chief.post("views/", view("Takım", "team")).await.expect(201).id();
    let all = admin.post("views/", view("Herkes", "everyone")).await.expect(201).id();
    assert_eq!(names(&chief).await, ["Herkes", "Takım"]);
    assert_eq!(names(&west).await, ["Benim", "Herkes", "Takım"]);
    assert_eq!(names(&east).await, ["Herkes"]);
    assert_eq!(
        names(&admin).await,
        ["Herkes"],
        "not even an administrator sees what is private or another team's"
    );
    east.get(&format!("views/{team}/")).await.expect(404);
    east.patch(&format!("views/{mine}/"), json!({ "name": "x" })).await.expect(404);
    // Seen, but not theirs.
    let shown = west.get(&format!("views/{team}/")).await.expect(200).json();
    assert_eq!(shown["is_editable"], false);
    west.patch(&format!("views/{team}/"), json!({ "name": "x" })).await.expect(403);
    west.delete(&format!("views/{all}/")).await.expect(403);
    // Whoever may share may also put shared views in order.
    let changed = chief
        .patch(&format!("views/{all}/"), json!({ "name": "Herkesin" }))
        .await
        .expect(200)
        .json();
    assert_eq!(changed["owner_name"], "Ayşe Yılmaz");
    // Taken back to private it is its owner's again.
    chief
        .patch(&format!("views/{team}/"), json!({ "sharing": "private" }))
        .await
        .expect(200);
    west.get(&format!("views/{team}/")).await.expect(404);
});

story!(views_are_changed_deleted_and_brought_back, |app| {
    let admin = app.admin().await;
    let saved = admin.post("views/", view("Bir", "private")).await.expect(201);
    let path = format!("views/{}/", saved.id());
    let undo = async |operation: i64| {
        admin
            .post(&format!("operations/{operation}/undo/"), json!({}))
            .await
            .expect(200)
            .json()
    };
    let changed = admin
        .patch(&path, json!({ "name": "İki", "columns": [], "sharing": "everyone" }))
        .await
        .expect(200)
        .operation();
    let refused = undo(saved.operation()).await;
    assert_eq!(
        (refused["refused_count"].as_i64(), refused["refused"][0]["subject_type"].as_str()),
        (Some(1), Some("view"))
    );
    assert_eq!(undo(changed).await["refused_count"], 0);
    assert_eq!(admin.get(&path).await.expect(200).json(), saved.json());
    let deleted = admin.delete(&path).await.expect(200).operation();
    admin.get(&path).await.expect(404);
    admin.delete(&path).await.expect(404);
    assert!(names(&admin).await.is_empty());
    let undone = undo(deleted).await;
    assert_eq!(undone["refused_count"], 0, "{undone}");
    assert_eq!(admin.get(&path).await.expect(200).json(), saved.json());
    undo(undone["operation_id"].as_i64().expect("an operation")).await;
    admin.get(&path).await.expect(404);
    assert_eq!(app.count("views").await, 1, "kept while it can be brought back");
});

story!(a_view_outlives_a_field_it_asks_about, |app| {
    let admin = app.admin().await;
    let field = admin
        .post("custom-fields/", json!({ "key": "metin", "label_tr": "Metin", "kind": "text" }))
        .await
        .expect(201)
        .id();
    let input = json!({ "name": "Bir", "criteria": { "field": "custom.metin", "op": "is_set" }, "columns": ["name", "custom.metin"] });
    let id = admin.post("views/", input).await.expect(201).id();
    admin.delete(&format!("custom-fields/{field}/")).await.expect(204);
    admin.patch(&format!("views/{id}/"), json!({ "name": "İki" })).await.expect(200);
    admin
        .patch(&format!("views/{id}/"), json!({ "columns": ["custom.metin"] }))
        .await
        .expect(422);
});

story!(views_are_kept_as_tabs_in_an_order_of_ones_own, |app| {
    let admin = app.admin().await;
    let (rep, _) = app.user("Temsilci", "sales_rep", None).await;
    let mut ids = Vec::new();
    for name in ["Bir", "İki", "Üç"] {
        ids.push(admin.post("views/", view(name, "everyone")).await.expect(201).id());
    }
    let hidden = admin.post("views/", view("Gizli", "private")).await.expect(201).id();
    assert_eq!(
        admin.get("me/view-tabs/").await.expect(200).json(),
        json!({ "ids": [], "default_id": null })
    );
    let wanted = json!({ "ids": [ids[2], ids[0]], "default_id": ids[0] });
    assert_eq!(rep.put("me/view-tabs/", wanted.clone()).await.expect(200).json(), wanted);
    assert_eq!(rep.get("me/view-tabs/").await.expect(200).json(), wanted);
    let place = async |client: &Client, id: i64| {
        let shown = client.get(&format!("views/{id}/")).await.expect(200).json();
        (shown["position"].clone(), shown["is_default"].clone())
    };
    assert_eq!(place(&rep, ids[0]).await, (json!(1), json!(true)));
    assert_eq!(place(&rep, ids[2]).await, (json!(0), json!(false)));
    assert_eq!(place(&rep, ids[1]).await, (json!(null), json!(false)));
    assert_eq!(place(&admin, ids[0]).await, (json!(null), json!(false)), "each has their own");
    for (wrong, field) in [
        (json!({ "ids": [hidden] }), "ids"),
        (json!({ "ids": [ids[0], ids[0]] }), "ids"),
        (json!({ "ids": [ids[0]], "default_id": ids[1] }), "default_id"),
        (json!({}), "ids"),
    ] {
        assert!(!rep.put("me/view-tabs/", wrong).await.expect(422).error(field).is_empty());
    }
    assert_eq!(
        rep.get("me/view-tabs/").await.expect(200).json(),
        wanted,
        "what was refused changed nothing"
    );
    // Each list has its own tabs.
    let lead = json!({ "entity": "lead", "name": "Sıcak", "sharing": "everyone" });
    let lead = admin.post("views/", lead).await.expect(201).id();
    rep.put("me/view-tabs/", json!({ "ids": [lead] })).await.expect(422);
    let leads = json!({ "ids": [lead], "default_id": lead });
    rep.put("me/view-tabs/?entity=lead", leads.clone()).await.expect(200);
    assert_eq!(rep.get("me/view-tabs/?entity=lead").await.expect(200).json(), leads);
    assert_eq!(rep.get("me/view-tabs/").await.expect(200).json(), wanted);
    assert_eq!(place(&rep, lead).await, (json!(0), json!(true)));
    rep.get("me/view-tabs/?entity=ship").await.expect(422);
    // A tab whose view went is none, and is one again when the view comes back.
    let gone = admin.delete(&format!("views/{}/", ids[0])).await.expect(200).operation();
    assert_eq!(
        rep.get("me/view-tabs/").await.expect(200).json(),
        json!({ "ids": [ids[2]], "default_id": null })
    );
    admin.post(&format!("operations/{gone}/undo/"), json!({})).await.expect(200);
    assert_eq!(rep.get("me/view-tabs/").await.expect(200).json(), wanted);
    rep.put("me/view-tabs/", json!({ "ids": [] })).await.expect(200);
    assert_eq!(app.count("view_tabs").await, 1, "that of the leads");
});

story!(the_system_page_tells_schedules_and_rates, |app| {
    let admin = app.admin().await;
    let of = |system: &Value, job: &str| {
        let schedules = system["schedules"].as_array().expect("schedules");
        schedules
            .iter()
            .find(|schedule| schedule["job"] == job)
            .expect("a schedule")
            .clone()
    };
    let system = admin.get("system/").await.expect(200).json();
    let sweep = of(&system, "records.presence_sweep");
    assert_eq!((&sweep["every_s"], &sweep["last_at"]), (&json!(3600), &Value::Null));
    assert_eq!(sweep["next_at"], "2026-03-16T09:00:00.000000Z");
    kernel::jobs::schedule(&app.ctx, &app.product.schedules).await.expect("schedules");
    let before = system["rates"]["events_last_minute"].as_i64().expect("a rate");
    admin.post("views/", view("Bir", "private")).await.expect(201);
    let system = admin.get("system/").await.expect(200).json();
    let sweep = of(&system, "records.presence_sweep");
    assert_eq!(
        (&sweep["last_at"], &sweep["next_at"]),
        (&json!("2026-03-16T09:00:00.000000Z"), &json!("2026-03-16T10:00:00.000000Z"))
    );
    assert_eq!(system["rates"]["events_last_minute"], before + 1);
    app.clock.advance(10 * 60_000_000);
    let rates = admin.get("system/").await.expect(200).json()["rates"].clone();
    assert_eq!(
        (rates["events_last_minute"].as_i64(), rates["events_last_hour"].as_i64()),
        (Some(0), Some(before + 1))
    );
});
