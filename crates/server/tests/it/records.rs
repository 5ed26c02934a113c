//! What every entity described to the crate `records` does, told with leads.

use serde_json::{Value, json};
use testkit::{Client, story};

fn lead(name: &str, city: &str) -> Value {
    json!({ "first_name": name, "last_name": "Aday", "email": format!("{}@aday.example", name.to_lowercase()), "city": city })
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("leads/?ordering=first_name{query}")).await.expect(200).json();
    let rows = list["results"].as_array().expect("results");
    assert_eq!(list["count"], rows.len(), "what is counted is what is shown");
    rows.iter()
        .map(|row| row["first_name"].as_str().expect("a name").to_owned())
        .collect()
}

story!(everybody_sees_the_leads_of_their_reach, |app| {
    let admin = app.admin().await;
    let (rep, rep_id) = app.user("Temsilci", "sales_rep", Some("Ege")).await;
    let (mate, mate_id) = app.user("Ekip Yöneticisi", "manager", Some("Ege")).await;
    let (service, _) = app.user("Hizmet", "read_only", None).await;
    rep.post("leads/", lead("Ada", "İzmir")).await.expect(201);
    mate.post("leads/", lead("Bora", "Manisa")).await.expect(201);
    let far = admin.post("leads/", lead("Can", "Van")).await.expect(201).id();
    assert_eq!(names(&rep, "").await, ["Ada"]);
    assert_eq!(names(&mate, "").await, ["Ada", "Bora"]);
    assert_eq!(names(&service, "").await, ["Ada", "Bora", "Can"]);
    for (client, status) in [(&rep, 404), (&service, 200)] {
        client.get(&format!("leads/{far}/")).await.expect(status);
    }
    rep.patch(&format!("leads/{far}/"), json!({ "city": "Muş" })).await.expect(404);
    service.patch(&format!("leads/{far}/"), json!({ "city": "Muş" })).await.expect(403);
    let bulk = json!({ "criteria": { "field": "city", "op": "is_set" }, "action": "update", "changes": { "country": "TR" } });
    let done = rep.post("leads/bulk/", bulk).await.expect(200).json();
    assert_eq!((&done["matched"], &done["changed"]), (&json!(1), &json!(1)), "only one's own");
    // Nobody gives away what they would then not reach.
    let own = rep.get("leads/").await.expect(200).json()["results"][0]["id"].clone();
    let refused = rep
        .patch(&format!("leads/{own}/"), json!({ "assigned_to": mate_id, "team_id": null }))
        .await
        .expect(422)
        .json();
    assert!(refused["errors"]["assigned_to"].is_array(), "{refused}");
    // Who gets a lead without a team brings their own.
    let given = admin
        .patch(&format!("leads/{far}/"), json!({ "assigned_to": rep_id, "team_id": null }))
        .await
        .expect(200)
        .json();
    assert_eq!(given["team_name"], "Ege");
    assert_eq!(names(&rep, "").await, ["Ada", "Can"]);
});

story!(roles_narrow_the_rows_and_fields_of_leads, |app| {
    let admin = app.admin().await;
    for (name, city) in [("Ada", "İzmir"), ("Bora", "Van")] {
        let mut new = lead(name, city);
        new["budget"] = json!("1000");
        admin.post("leads/", new).await.expect(201);
    }
    let (client, user) = app.user("Dar", "read_only", None).await;
    let role = json!({
        "name": "Yalnız İzmir",
        "grants": { "lead.read": "all", "lead.write": "all" },
        "rows": { "lead": { "field": "city", "op": "eq", "value": "izmir" } },
        "fields": { "lead": { "budget": "hidden", "phone": "read_only" } },
    });
    let role = admin.post("roles/", role).await.expect(201).id();
    admin
        .patch(&format!("users/{user}/"), json!({ "role_ids": [role] }))
        .await
        .expect(200);
    assert_eq!(names(&client, "").await, ["Ada"]);
    let list = client.get("leads/").await.expect(200).json();
    let (row, id) = (&list["results"][0], &list["results"][0]["id"]);
    assert!(row.get("budget").is_none(), "{row}");
    client.get("leads/?budget__gte=1").await.expect(400);
    let fields = client.get("leads/fields/").await.expect(200).text();
    assert!(!fields.contains("\"budget\""));
    let path = format!("leads/{id}/");
    let refused = client.patch(&path, json!({ "phone": "0532 111 22 33" })).await.expect(422).json();
    assert!(refused["errors"]["phone"].is_array(), "{refused}");
    let refused = client.patch(&path, json!({ "city": "Van" })).await.expect(422).json();
    assert!(refused["errors"]["city"].is_array(), "{refused}");
    client.patch(&path, json!({ "title": "Müdür" })).await.expect(200);
    // What a PUT does not even see, it does not empty.
    client.put(&path, lead("Ada", "İzmir")).await.expect(200);
    assert_eq!(admin.get(&path).await.expect(200).json()["budget"], "1000.00");
    let wrong = json!({ "fields": { "lead": { "status": "hidden" } } });
    admin.patch(&format!("roles/{role}/"), wrong).await.expect(422);
});

story!(two_who_change_one_lead_do_not_undo_each_other, |app| {
    let admin = app.admin().await;
    let created = admin.post("leads/", lead("Ada", "İzmir")).await.expect(201);
    let (path, etag) = (format!("leads/{}/", created.id()), created.header("etag").expect("an etag"));
    admin.patch(&path, json!({ "city": "Manisa" })).await.expect(200);
    let mine = admin.with("if-match", &etag);
    mine.patch(&path, json!({ "title": "Müdür" })).await.expect(200);
    let clash = mine.patch(&path, json!({ "city": "Aydın" })).await.expect(409).json();
    let city = &clash["conflicts"]["city"];
    assert_eq!(
        (&city["original"], &city["theirs"], &city["yours"]),
        (&json!("İzmir"), &json!("Manisa"), &json!("Aydın")),
        "{clash}"
    );
    let known = admin.get(&path).await.expect(200).header("etag").expect("an etag");
    admin.with("if-none-match", &known).get(&path).await.expect(304);
});

story!(leads_have_custom_fields_of_their_own, |app| {
    let admin = app.admin().await;
    let field = json!({ "entity": "lead", "key": "fuar_gunu", "label_tr": "Fuar günü", "kind": "number", "decimals": 1 });
    admin.post("custom-fields/", field).await.expect(201);
    let customers_own = json!({ "key": "fuar_gunu", "label_tr": "Fuar günü", "kind": "text" });
    admin.post("custom-fields/", customers_own).await.expect(201);
    assert_eq!(admin.get("custom-fields/?entity=lead").await.expect(200).json()["count"], 1);
    assert_eq!(admin.get("custom-fields/").await.expect(200).json()["count"], 2);
    let mut new = lead("Ada", "İzmir");
    new["custom"] = json!({ "fuar_gunu": "2.5" });
    let created = admin.post("leads/", new).await.expect(201);
    assert_eq!(created.json()["custom"], json!({ "fuar_gunu": "2.5" }));
    assert_eq!(names(&admin, "&custom.fuar_gunu__gt=2").await, ["Ada"]);
    assert!(names(&admin, "&custom.fuar_gunu__gt=3").await.is_empty());
    let said = admin
        .post(
            "leads/criteria/",
            json!({ "criteria": { "field": "custom.fuar_gunu", "op": "gt", "value": 2 } }),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(said["count"], 1);
    let wrong = admin
        .patch(&format!("leads/{}/", created.id()), json!({ "custom": { "fuar_gunu": "çok" } }))
        .await
        .expect(422)
        .json();
    assert!(wrong["errors"]["custom.fuar_gunu"].is_array(), "{wrong}");
    let mut other = lead("Bora", "Van");
    other["custom"] = json!({ "fuar_gnu": 1 });
    let wrong = admin.post("leads/", other).await.expect(422).text();
    assert!(wrong.contains("fuar_gunu"), "the nearest name is suggested: {wrong}");
});

story!(pages_follow_each_other_in_any_order, |app| {
    let admin = app.admin().await;
    for n in 0..7 {
        let mut new = lead(&format!("Kisi{n}"), ["Van", "Ağrı"][n % 2]);
        if n % 3 == 0 {
            new["budget"] = json!(format!("{n}00"));
        }
        admin.post("leads/", new).await.expect(201);
    }
    for ordering in ["", "-budget", "budget", "city,-first_name"] {
        let whole = admin
            .get(&format!("leads/?ordering={ordering}&page_size=100"))
            .await
            .expect(200)
            .json();
        let whole: Vec<&Value> = whole["results"].as_array().expect("rows").iter().map(|row| &row["id"]).collect();
        let (mut path, mut seen) = (format!("leads/?ordering={ordering}&page_size=2"), Vec::new());
        loop {
            let page = admin.get(&path).await.expect(200).json();
            seen.extend(page["results"].as_array().expect("rows").iter().map(|row| row["id"].clone()));
            match page["next"].as_str() {
                Some(next) => path = next.trim_start_matches("/api/v1/crm/").to_owned(),
                None => break,
            }
        }
        assert_eq!(seen.iter().collect::<Vec<_>>(), whole, "{ordering}");
    }
    admin.get("leads/?ordering=need").await.expect(400);
    admin.get("leads/?citty=Van").await.expect(400);
});
