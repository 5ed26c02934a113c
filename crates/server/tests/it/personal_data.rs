//! What the law asks for: everything about somebody, the proof of consents, erasure, rules of retention.

use std::io::{Cursor, Read};

use serde_json::{Value, json};
use testkit::{Client, TestApp, company, story};

async fn person(admin: &Client, last_name: &str) -> i64 {
    let input = json!({
        "first_name": "Zeynep", "last_name": last_name, "identity_number": "10000000146", "birth_date": "1990-05-04", "gender": "F",
        "primary_email": format!("{}@gizli.example", last_name.to_lowercase()), "primary_phone": "+905321112233", "city": "İzmir",
        "tags": ["VIP"], "lead_source": "Fuar",
    });
    admin.post("customers/", input).await.expect(201).id()
}

async fn consent(admin: &Client, id: i64, status: &str) {
    let said = json!({ "channel": "email", "purpose": "marketing", "status": status, "source": "web_form", "evidence": "Form 12", "notice_text": "Aydınlatma metni" });
    let answer = admin.post(&format!("customers/{id}/consents/"), said).await;
    assert!(answer.status.is_success(), "{}", answer.text());
}

/// Whether a word is anywhere in the database but for the ledger of consents.
async fn is_anywhere(app: &TestApp, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (table, columns) in [
        (
            "customers",
            &[
                "name",
                "first_name",
                "last_name",
                "primary_email",
                "primary_phone",
                "identity_number",
                "custom",
                "custom_fold",
                "name_fold",
                "name_sort",
                "tags",
            ][..],
        ),
        ("contact_points", &["value", "value_key"]),
        ("addresses", &["line", "district", "city"]),
        ("events", &["payload", "changes"]),
    ] {
        for column in columns {
            let text = app.db().dialect().own_sql(format!("CAST({column} AS text)"));
            let query = sea_query::Query::select().expr(text).from(table).to_owned();
            let texts = app.db().texts(&query).await.expect("rows");
            if texts.iter().any(|text| text.to_lowercase().contains(word)) {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    found
}

story!(everything_about_somebody_comes_in_one_archive, |app| {
    let admin = app.admin().await;
    let id = person(&admin, "Tekin").await;
    let other = admin.post("customers/", company("İşveren A.Ş.")).await.expect(201).id();
    admin
        .post(
            &format!("customers/{id}/relations/"),
            json!({ "other_id": other, "role": "employer" }),
        )
        .await;
    admin
        .post(
            &format!("customers/{id}/addresses/"),
            json!({ "line": "Gül Sk. 3", "city": "İzmir", "district": "Bornova" }),
        )
        .await
        .expect(201);
    consent(&admin, id, "granted").await;
    consent(&admin, id, "withdrawn").await;
    let answer = admin.get(&format!("customers/{id}/personal-data/")).await.expect(200);
    assert_eq!(answer.header("content-type").as_deref(), Some("application/zip"));
    let mut archive = zip::ZipArchive::new(Cursor::new(answer.body)).expect("an archive");
    let mut file = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).expect(name).read_to_string(&mut text).expect("text");
        text
    };
    let profile: Value = serde_json::from_str(&file("customer.json")).expect("json");
    assert_eq!(profile["identity_number"], "10000000146");
    assert!(file("contact_points.json").contains("tekin@gizli.example"));
    assert!(file("addresses.json").contains("Bornova"));
    let consents: Value = serde_json::from_str(&file("consents.json")).expect("json");
    assert_eq!(consents["stands"]["marketing.email"], "withdrawn");
    assert_eq!(consents["ledger"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&consents["notices"][0]["text"], &consents["notices"][0]["is_intact"]),
        (&json!("Aydınlatma metni"), &json!(true))
    );
    let timeline: Vec<Value> = serde_json::from_str(&file("timeline.json")).expect("json");
    assert_eq!(timeline.last().expect("an entry")["kind"], "customer.created");
    assert_eq!(timeline[0]["kind"], "customer.personal_data_exported", "who took it is told");
    let dossier = admin.get(&format!("customers/{id}/consents/dossier/")).await.expect(200).json();
    assert_eq!(dossier["ledger"][0]["status"], "granted", "from the first to the last");

    let (agent, _) = app.user("Temsilci", "service_agent", None).await;
    agent.get(&format!("customers/{id}/personal-data/")).await.expect(403);
    admin.get("customers/999/personal-data/").await.expect(404);

    // Whoever does not see a field does not give it out either.
    let grants = json!({ "customer.read": "all", "customer.export_personal_data": "all" });
    let fields = json!({ "customer": { "primary_email": "hidden", "city": "hidden" } });
    let role = json!({ "name": "Dar", "grants": grants, "fields": fields });
    let role = admin.post("roles/", role).await.expect(201).id();
    let (narrow, user) = app.user("Dar Gören", "read_only", None).await;
    admin
        .patch(&format!("users/{user}/"), json!({ "role_ids": [role] }))
        .await
        .expect(200);
    let answer = narrow.get(&format!("customers/{id}/personal-data/")).await.expect(200);
    let mut archive = zip::ZipArchive::new(Cursor::new(answer.body)).expect("an archive");
    for index in 0..archive.len() {
        let (mut file, mut text) = (archive.by_index(index).expect("a file"), String::new());
        file.read_to_string(&mut text).expect("text");
        for secret in ["gizli.example", "Bornova", "10000000146"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
});

story!(erasure_leaves_nothing_by_which_to_tell_who_it_was, |app| {
    let admin = app.admin().await;
    let (gone, stays) = (person(&admin, "Silinecek").await, person(&admin, "Kalan").await);
    let employer = admin.post("customers/", company("İşveren A.Ş.")).await.expect(201).id();
    let tie = admin
        .post(
            &format!("customers/{gone}/relations/"),
            json!({ "other_id": employer, "role": "employer", "title": "Silinecek Müdür" }),
        )
        .await;
    assert!(tie.status.is_success(), "{}", tie.text());
    admin
        .post(
            &format!("customers/{gone}/addresses/"),
            json!({ "line": "Silinecek Sk. 3", "city": "İzmir" }),
        )
        .await
        .expect(201);
    consent(&admin, gone, "granted").await;
    let changed = admin
        .patch(
            &format!("customers/{gone}/"),
            json!({ "primary_email": "silinecek2@gizli.example" }),
        )
        .await
        .expect(200);
    let operation = changed.header("x-operation-id").expect("an operation");
    app.consume().await;
    let code = admin.get(&format!("customers/{gone}/")).await.expect(200).json()["customer_code"].clone();
    let in_izmir = admin.get("customers/?city=İzmir").await.expect(200).json()["count"].clone();
    let from_fair = admin.get("customers/?lead_source=fuar").await.expect(200).json()["count"].clone();
    let of_employer = admin.get(&format!("customers/{employer}/timeline/")).await.expect(200).json()["count"].clone();

    let path = format!("customers/{gone}/erase/");
    admin
        .post(&path, json!({ "customer_code": "yanlış", "reason": "Talep" }))
        .await
        .expect(422);
    admin.post(&path, json!({ "customer_code": code, "reason": " " })).await.expect(422);
    let (manager, _) = app.user("Yönetici", "manager", None).await;
    manager
        .post(&path, json!({ "customer_code": code, "reason": "Talep" }))
        .await
        .expect(403);
    assert!(!is_anywhere(&app, "silinecek").await.is_empty());
    admin
        .post(&path, json!({ "customer_code": code, "reason": "KVKK başvurusu 17" }))
        .await
        .expect(200);

    assert_eq!(is_anywhere(&app, "silinecek").await, Vec::<String>::new());
    let left = admin.get(&format!("customers/{gone}/")).await.expect(200).json();
    assert_eq!(
        (&left["name"], &left["customer_code"], &left["city"], &left["is_active"]),
        (&json!("Silinmiş kişi"), &code, &json!("İzmir"), &json!(false))
    );
    for field in ["identity_number", "primary_email", "primary_phone", "first_name"] {
        assert_eq!(left[field], "", "{field}");
    }
    assert_eq!(left["birth_date"], Value::Null);
    assert_eq!(admin.get("customers/?search=silinecek").await.expect(200).json()["count"], 0);
    assert_eq!(
        admin.get(&format!("customers/{employer}/relations/")).await.expect(200).json()["count"],
        0
    );
    // Counts stay what they were, and so does who was left alone.
    assert_eq!(admin.get("customers/?city=İzmir").await.expect(200).json()["count"], in_izmir);
    assert_eq!(
        admin.get("customers/?lead_source=fuar").await.expect(200).json()["count"],
        from_fair
    );
    assert_eq!(
        admin.get(&format!("customers/{employer}/timeline/")).await.expect(200).json()["count"],
        of_employer
    );
    assert_eq!(
        admin.get(&format!("customers/{stays}/")).await.expect(200).json()["last_name"],
        "Kalan"
    );
    assert_eq!(
        admin.get(&format!("customers/{gone}/consents/dossier/")).await.expect(200).json()["ledger"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    // Undoing what was done before brings nothing back.
    let undone = admin
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!((&undone["undone"], &undone["refused_count"]), (&json!(0), &json!(1)), "{undone}");
    assert_eq!(is_anywhere(&app, "silinecek").await, Vec::<String>::new());
    admin
        .post(&path, json!({ "customer_code": code, "reason": "Yine" }))
        .await
        .expect(409);
    app.consume().await;
});

story!(rules_of_retention_work_once_they_were_tried, |app| {
    let admin = app.admin().await;
    for (name, active) in [("Eski Bir", false), ("Eski İki", false), ("Yeni", true)] {
        let mut input = company(name);
        input["is_active"] = active.into();
        admin.post("customers/", input).await.expect(201);
    }
    let everybody = json!({ "name": "Herkes", "criteria": { "all": [] }, "action": "erase" });
    let refused = admin.post("retention-rules/", everybody).await.expect(422).json();
    assert!(refused["errors"]["criteria"].is_array(), "{refused}");
    let criteria = json!({ "field": "is_active", "op": "eq", "value": false });
    let rule = json!({ "name": "Pasifler", "criteria": criteria, "action": "delete" });
    let id = admin.post("retention-rules/", rule).await.expect(201).id();
    let path = format!("retention-rules/{id}/");
    let refused = admin.patch(&path, json!({ "is_active": true })).await.expect(422).json();
    assert!(refused["errors"]["is_active"].is_array(), "{refused}");
    let tried = admin.post(&format!("{path}dry-run/"), json!({})).await.expect(200).json();
    assert_eq!((&tried["count"], &tried["sample"][0]["name"]), (&json!(2), &json!("Eski Bir")));
    assert_eq!(
        admin.get("customers/").await.expect(200).json()["count"],
        3,
        "a dry run changes nothing"
    );
    admin.patch(&path, json!({ "is_active": true })).await.expect(200);
    // What it says changes, and it must be tried again.
    let changed = admin.patch(&path, json!({ "action": "erase" })).await.expect(200).json();
    assert_eq!(changed["is_active"], false);
    admin
        .patch(&path, json!({ "action": "delete", "is_active": true }))
        .await
        .expect(200);

    customers::personal_data::retention::run_all(&app.ctx).await.expect("a run");
    assert_eq!(admin.get("customers/").await.expect(200).json()["count"], 1);
    let rules = admin.get("retention-rules/").await.expect(200).json();
    assert_eq!(
        (&rules["results"][0]["total_count"], rules["results"][0]["ran_at"].is_string()),
        (&json!(2), true)
    );
    let operation = admin.get("operations/").await.expect(200).json()["results"][0].clone();
    assert_eq!(operation["kind"], "customers.retention");
    admin
        .post(&format!("operations/{}/undo/", operation["id"]), json!({}))
        .await
        .expect(200);
    assert_eq!(admin.get("customers/").await.expect(200).json()["count"], 3);

    admin.patch(&path, json!({ "action": "erase" })).await.expect(200);
    admin.post(&format!("{path}dry-run/"), json!({})).await.expect(200);
    admin.patch(&path, json!({ "is_active": true })).await.expect(200);
    customers::personal_data::retention::run_all(&app.ctx).await.expect("a run");
    assert_eq!(is_anywhere(&app, "eski").await, Vec::<String>::new());
    assert_eq!(
        admin.get("customers/").await.expect(200).json()["count"],
        3,
        "erased, and still counted"
    );
    customers::personal_data::retention::run_all(&app.ctx).await.expect("a second run");
    let rules = admin.get("retention-rules/").await.expect(200).json();
    assert_eq!(rules["results"][0]["total_count"], 4, "nobody is erased twice");
    admin.delete(&path).await.expect(204);
    admin.patch(&path, json!({ "name": "x" })).await.expect(404);
});
