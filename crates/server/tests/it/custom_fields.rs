//! Fields that the organisation adds without code.

use kernel::db::Db;
use serde_json::{Value, json};
use testkit::{Client, company, story};

async fn field(client: &Client, key: &str, kind: &str, more: Value) -> i64 {
    let mut input = json!({ "key": key, "label_tr": key, "kind": kind });
    input
        .as_object_mut()
        .expect("an object")
        .extend(more.as_object().cloned().unwrap_or_default());
    client.post("custom-fields/", input).await.expect(201).id()
}

async fn with_custom(client: &Client, name: &str, custom: Value) -> i64 {
    let mut input = company(name);
    input["custom"] = custom;
    client.post("customers/", input).await.expect(201).id()
}

async fn count(client: &Client, filter: &str) -> i64 {
    client.get(&format!("customers/?{filter}")).await.expect(200).json()["count"]
        .as_i64()
        .expect("a count")
}

fn choices(values: &[&str]) -> Value {
    json!({ "choices": values.iter().map(|value| json!({ "value": value })).collect::<Vec<_>>() })
}

story!(a_field_can_be_used_at_once, |app| {
    let admin = app.admin().await;
    let made = admin
        .post(
            "custom-fields/",
            json!({ "entity": "customer", "key": "sozlesme_no", "label_tr": "Sözleşme no", "label_en": "Contract no", "kind": "text" }),
        )
        .await
        .expect(201);
    assert_eq!(
        (made.json()["position"].as_i64(), made.json()["is_required"].as_bool()),
        (Some(1), Some(false))
    );
    field(&admin, "puan", "number", json!({ "decimals": 1 })).await;
    field(&admin, "limit", "money", json!({})).await;
    field(&admin, "bitis", "date", json!({})).await;
    field(&admin, "uyari", "boolean", json!({})).await;
    field(&admin, "katalog", "link", json!({})).await;
    field(&admin, "sinif", "choice", choices(&["A", "B"])).await;
    field(&admin, "ilgi", "multi_choice", choices(&["spor", "müzik", "kitap"])).await;
    let custom = json!({
        "sozlesme_no": "İST-17", "puan": "7.5", "limit": "1000.00", "bitis": "2026-12-31", "uyari": true,
        "katalog": "https://ornek.example/k", "sinif": "B", "ilgi": ["kitap", "spor"],
    });
    let id = with_custom(&admin, "Alfa", custom.clone()).await;
    with_custom(&admin, "Beta", json!({ "puan": "3.0", "sinif": "A", "ilgi": ["müzik"] })).await;
    assert_eq!(admin.get(&format!("customers/{id}/")).await.expect(200).json()["custom"], custom);
    for filter in [
        "custom.sozlesme_no=ist-17",
        "custom.puan__gte=7.5",
        "custom.limit=1000",
        "custom.bitis__lte=2026-12-31",
        "custom.uyari=true",
        "custom.katalog__is_set=true",
        "custom.sinif=B",
        "custom.ilgi__has_any=spor",
    ] {
        assert_eq!(count(&admin, filter).await, 1, "{filter}");
    }
    let listed = admin.get("custom-fields/").await.expect(200).json();
    assert_eq!(
        (listed["count"].as_i64(), listed["results"][7]["key"].as_str()),
        (Some(8), Some("ilgi"))
    );
    let known = admin.get("customers/fields/").await.expect(200).text();
    assert!(known.contains("custom.sozlesme_no"));
});

/// How the database finds customers by a filter.
pub async fn plan(db: &Db, criteria: &Value, client: &Client, ctx: &kernel::ctx::Ctx) -> String {
    // Asked once through the API, so that what is explained is what can be asked.
    client.post("customers/search/", json!({ "criteria": criteria })).await.expect(200);
    let schema = ::customers::customer::schema::schema(ctx).await.expect("a schema");
    let criteria = criteria::Criteria::parse(criteria, &schema).expect("a criteria");
    let moment = ::customers::customer::read::moment(ctx);
    let condition = criteria.to_sql(&schema, db.dialect(), &moment);
    let query = sea_query::Query::select()
        .column(("customers", "id"))
        .from("customers")
        .and_where(condition)
        .to_owned();
    testkit::database::explain(db, &query).await
}

story!(filters_use_the_index_of_the_field, |app| {
    let admin = app.admin().await;
    let mut ids = Vec::new();
    for (key, kind) in [
        ("metin", "text"),
        ("sayi", "number"),
        ("para", "money"),
        ("gun", "date"),
        ("sinif", "choice"),
        ("isaret", "boolean"),
    ] {
        let more = if kind == "choice" { choices(&["A", "B"]) } else { json!({}) };
        ids.push(field(&admin, key, kind, more).await);
    }
    for n in 0..40 {
        let custom = if n < 3 {
            json!({ "metin": format!("Değer {n}"), "sayi": n, "para": "5.00", "gun": "2026-01-01", "sinif": "A", "isaret": true })
        } else {
            json!({})
        };
        with_custom(&admin, &format!("Firma {n}"), custom).await;
    }
    app.db().analyze().await.expect("statistics");
    for (place, criteria) in [
        (0, json!({ "field": "custom.metin", "op": "eq", "value": "değer 1" })),
        (0, json!({ "field": "custom.metin", "op": "starts_with", "value": "değ" })),
        (1, json!({ "field": "custom.sayi", "op": "gte", "value": 2 })),
        (2, json!({ "field": "custom.para", "op": "eq", "value": "5.00" })),
        (3, json!({ "field": "custom.gun", "op": "lte", "value": "2026-02-01" })),
        (4, json!({ "field": "custom.sinif", "op": "eq", "value": "A" })),
        (5, json!({ "field": "custom.isaret", "op": "eq", "value": true })),
    ] {
        let plan = plan(app.db(), &criteria, &admin, &app.ctx).await;
        assert!(
            plan.contains(&format!("ix_customers_custom_{}", ids[place])),
            "{criteria} is found by\n{plan}"
        );
    }
    assert_eq!(count(&admin, "custom.metin__startswith=DEĞ").await, 3);
});

story!(wrong_definitions_are_refused, |app| {
    let admin = app.admin().await;
    field(&admin, "var", "text", json!({})).await;
    let before = app.count("events").await;
    let good = json!({ "key": "yeni", "label_tr": "Yeni", "kind": "text" });
    let with = |more: Value| {
        let mut input = good.clone();
        input
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        input
    };
    for (more, field) in [
        (json!({ "key": "Var" }), "key"),
        (json!({ "key": "1var" }), "key"),
        (json!({ "key": "var-mi" }), "key"),
        (json!({ "key": "x".repeat(41) }), "key"),
        (json!({ "key": "çay" }), "key"),
        (json!({ "key": "'); DROP TABLE customers; --" }), "key"),
        (json!({ "key": "city" }), "key"),
        (json!({ "key": "version" }), "key"),
        (json!({ "key": "var" }), "key"),
        (json!({ "kind": "colour" }), "kind"),
        (json!({ "entity": "leed" }), "entity"),
        (json!({ "label_tr": " " }), "label_tr"),
        (json!({ "label_en": "x".repeat(81) }), "label_en"),
        (json!({ "kind": "choice" }), "choices"),
        (
            json!({ "kind": "choice", "choices": [{ "value": "a" }, { "value": "A" }] }),
            "choices",
        ),
        (
            json!({ "kind": "choice", "choices": [{ "value": "a", "label_tr": "x" }, { "value": "b", "label_en": "X" }] }),
            "choices",
        ),
        (json!({ "kind": "choice", "choices": [{ "value": "a,b" }] }), "choices"),
        (json!({ "choices": [{ "value": "a" }] }), "choices"),
        (json!({ "kind": "number", "decimals": 7 }), "decimals"),
        (json!({ "decimals": 2 }), "decimals"),
        (json!({ "colour": "red" }), "colour"),
    ] {
        let refused = admin.post("custom-fields/", with(more.clone())).await.expect(422);
        assert!(!refused.error(field).is_empty(), "{more}: {}", refused.text());
    }
    assert_eq!((app.count("events").await, app.count("custom_fields").await), (before, 1));
    let (seller, _) = app.user("Ali Satış", "sales_rep", None).await;
    seller.get("custom-fields/").await.expect(200);
    seller.post("custom-fields/", good.clone()).await.expect(403);
    seller.patch("custom-fields/1/", json!({ "label_tr": "x" })).await.expect(403);
    seller.delete("custom-fields/1/").await.expect(403);
});

story!(choices_in_use_stay, |app| {
    let admin = app.admin().await;
    let one = field(&admin, "sinif", "choice", choices(&["A", "B", "C"])).await;
    let many = field(&admin, "ilgi", "multi_choice", choices(&["spor", "müzik", "kitap"])).await;
    with_custom(&admin, "Alfa", json!({ "sinif": "A", "ilgi": ["spor", "kitap"] })).await;
    with_custom(&admin, "Beta", json!({ "sinif": "A" })).await;
    let gone = with_custom(&admin, "Gama", json!({ "sinif": "C" })).await;
    admin.delete(&format!("customers/{gone}/")).await.expect(200);
    let refused = admin
        .patch(&format!("custom-fields/{one}/"), choices(&["B", "C"]))
        .await
        .expect(422);
    assert!(
        refused.error("choices").contains('2') && refused.error("choices").contains('A'),
        "{}",
        refused.text()
    );
    let changed = admin
        .patch(
            &format!("custom-fields/{one}/"),
            json!({ "choices": [{ "value": "A", "label_tr": "Altın" }], "is_required": true, "position": 9 }),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(
        (changed["choices"][0]["label_en"].as_str(), changed["position"].as_i64()),
        (Some("Altın"), Some(9))
    );
    admin
        .patch(&format!("custom-fields/{many}/"), choices(&["spor", "müzik"]))
        .await
        .expect(422);
    admin
        .patch(&format!("custom-fields/{many}/"), choices(&["spor", "kitap"]))
        .await
        .expect(200);
    admin
        .patch(&format!("custom-fields/{many}/"), json!({ "kind": "text" }))
        .await
        .expect(422);
    admin
        .patch(&format!("custom-fields/{many}/"), json!({ "key": "baska" }))
        .await
        .expect(422);
    admin.patch("custom-fields/999/", json!({ "label_tr": "x" })).await.expect(404);
    let needed = admin.post("customers/", company("Delta")).await.expect(422);
    assert!(!needed.error("custom.sinif").is_empty());
    let listed = admin.get("custom-fields/").await.expect(200).json();
    assert_eq!(listed["results"][1]["key"], "sinif", "in its new place");
});

story!(a_field_goes_with_its_values_only_by_force, |app| {
    let admin = app.admin().await;
    let id = field(&admin, "metin", "text", json!({})).await;
    field(&admin, "kalan", "text", json!({})).await;
    let alfa = with_custom(&admin, "Alfa", json!({ "metin": "x", "kalan": "y" })).await;
    let gone = with_custom(&admin, "Beta", json!({ "metin": "x" })).await;
    let deleted = admin.delete(&format!("customers/{gone}/")).await.expect(200).operation();
    let refused = admin.delete(&format!("custom-fields/{id}/")).await.expect(409);
    assert!(
        refused.text().contains("force=true") && refused.text().contains('1'),
        "{}",
        refused.text()
    );
    admin.delete(&format!("custom-fields/{id}/?force=yes")).await.expect(400);
    admin.delete(&format!("custom-fields/{id}/?fource=true")).await.expect(400);
    admin.delete(&format!("custom-fields/{id}/?force=true")).await.expect(204);
    assert_eq!(
        admin.get(&format!("customers/{alfa}/")).await.expect(200).json()["custom"],
        json!({ "kalan": "y" })
    );
    admin.get("customers/?custom.metin=x").await.expect(400);
    admin.post(&format!("operations/{deleted}/undo/"), json!({})).await.expect(200);
    assert_eq!(
        admin.get(&format!("customers/{gone}/")).await.expect(200).json()["custom"],
        json!({})
    );
    // The same name again, as another kind, knows nothing of what was.
    field(&admin, "metin", "number", json!({})).await;
    assert_eq!(count(&admin, "custom.metin__is_set=true").await, 0);
});
