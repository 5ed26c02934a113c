//! Creating, finding and changing customers.

use serde_json::{Value, json};
use testkit::{company, person, story};

fn names(list: &Value) -> Vec<&str> {
    list["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|row| row["name"].as_str())
        .collect()
}

story!(a_customer_is_created_and_read, |app| {
    let admin = app.admin().await;
    let before = app.count("events").await;
    let created = admin
        .post(
            "customers/",
            json!({
                "customer_type": "individual", "title": "Dr.", "first_name": " Ayşe ", "last_name": "Işık", "birth_date": "1985-02-28", "gender": "F",
                "identity_number": "10000000146", "primary_email": "Ayse@Ornek.EXAMPLE", "secondary_email": "ayse2@ornek.example",
                "primary_phone": "0532 123 45 67", "city": "istanbul", "annual_revenue": "1234.5", "tags": ["VIP", "fuar 2026", "vip"],
            }),
        )
        .await
        .expect(201);
    let customer = created.json();
    assert_eq!(customer["customer_code"], "M-000001");
    assert_eq!(customer["name"], "Ayşe Işık");
    assert_eq!(customer["primary_email"], "Ayse@ornek.example");
    assert_eq!(customer["primary_phone"], "+905321234567");
    assert_eq!(customer["city"], "İstanbul");
    assert_eq!(customer["annual_revenue"], "1234.50");
    assert_eq!(customer["tags"], json!(["fuar 2026", "VIP"]));
    assert_eq!(customer["currency"], "TRY");
    assert_eq!(customer["customer_since"], "2026-03-16");
    assert_eq!(customer["created_at"], "2026-03-16T09:00:00.000000Z");
    assert_eq!(customer["is_active"], true);
    assert_eq!(customer["owner_name"], "Ayşe Yılmaz");
    assert_eq!(created.header("etag").as_deref(), Some("\"1\""));

    let id = created.id();
    let again = admin.get(&format!("customers/{id}/")).await.expect(200);
    assert_eq!(again.json(), customer);
    let known = admin
        .with("if-none-match", "\"1\"")
        .get(&format!("customers/{id}/"))
        .await
        .expect(304);
    assert!(known.body.is_empty());
    // Without the slash it works too.
    admin.get(&format!("customers/{id}")).await.expect(200);
    assert_eq!(app.count("contact_points").await, 3);
    let answers = 3;
    assert_eq!(
        app.count("events").await,
        before + 1 + answers,
        "one event for one change, and one for each answer that showed the identity number"
    );
});

story!(every_wrong_field_is_named_at_once, |app| {
    let admin = app.admin().await;
    let before = app.count("events").await;
    let refused = admin
        .post(
            "customers/",
            json!({
                "customer_type": "individual", "first_name": "Ali", "title": "12345678901", "identity_number": "10000000145", "birth_date": "2026-03-17",
                "primary_email": "no-at", "primary_phone": "12", "gender": "X", "annual_revenue": "1,5", "tax_number": "1234567891", "owner_id": 999,
                "frist_name": "?", "website": "javascript:alert(1)",
            }),
        )
        .await
        .expect(422);
    let errors = refused.json()["errors"]
        .as_object()
        .expect("errors")
        .keys()
        .cloned()
        .collect::<Vec<_>>();
    for field in [
        "title",
        "identity_number",
        "birth_date",
        "primary_email",
        "primary_phone",
        "gender",
        "annual_revenue",
        "tax_number",
        "last_name",
        "frist_name",
        "website",
    ] {
        assert!(errors.contains(&field.to_owned()), "{field} is not among {errors:?}");
    }
    assert!(
        refused.error("frist_name").contains("first_name"),
        "{}",
        refused.error("frist_name")
    );
    assert!(!refused.text().contains("10000000145"), "identity numbers are not repeated");
    let turkish = admin.with("accept-language", "tr").post("customers/", json!({})).await.expect(422);
    assert_eq!(turkish.header("content-type").as_deref(), Some("application/problem+json"));
    admin
        .post("customers/", json!({ "first_name": "A", "last_name": "B", "owner_id": 999 }))
        .await
        .expect(422);
    assert_eq!(app.count("customers").await, 0);
    assert_eq!(app.count("events").await, before, "a refused request leaves no event");
});

story!(turkish_spellings_find_each_other_and_sort_rightly, |app| {
    let admin = app.admin().await;
    for (first, last, city) in [
        ("Şule", "Çelik", "İSTANBUL"),
        ("Işıl", "Öz", "Istanbul"),
        ("ilker", "Cem", "istanbul"),
        ("Zeynep", "Ak", "izmir"),
        ("Çağla", "Us", "İzmir"),
    ] {
        let mut input = person(first, last);
        input["city"] = json!(city);
        admin.post("customers/", input).await.expect(201);
    }
    for spelling in ["istanbul", "İSTANBUL", "Istanbul", "ıstanbul"] {
        let found = admin
            .get(&format!("customers/?city={}&ordering=name", urlencode(spelling)))
            .await
            .expect(200)
            .json();
        assert_eq!(names(&found), ["Işıl Öz", "ilker Cem", "Şule Çelik"], "{spelling}");
        let found = admin
            .get(&format!("customers/?search={}&ordering=name", urlencode(spelling)))
            .await
            .expect(200)
            .json();
        assert_eq!(found["count"], 3, "{spelling}");
    }
    let all = admin.get("customers/?ordering=name").await.expect(200).json();
    assert_eq!(names(&all), ["Çağla Us", "Işıl Öz", "ilker Cem", "Şule Çelik", "Zeynep Ak"]);
    let found = admin
        .get(&format!("customers/?search={}", urlencode("SUL cel")))
        .await
        .expect(200)
        .json();
    assert_eq!(names(&found), ["Şule Çelik"]);
    assert_eq!(admin.get("customers/?search=!!!").await.expect(200).json()["count"], 0);
});

story!(lists_page_by_number_and_by_cursor, |app| {
    let admin = app.admin().await;
    for n in 0..25 {
        let mut input = company(&format!("Firma {n:02}"));
        if n % 3 == 0 {
            input["annual_revenue"] = json!(format!("{}.00", n / 6));
        }
        admin.post("customers/", input).await.expect(201);
    }
    for ordering in [
        "name",
        "-name",
        "-created_at",
        "annual_revenue",
        "-annual_revenue",
        "annual_revenue,-name",
    ] {
        let whole = admin
            .get(&format!("customers/?ordering={ordering}&page_size=200"))
            .await
            .expect(200)
            .json();
        let mut by_cursor: Vec<String> = Vec::new();
        let mut next = Some(format!("customers/?ordering={ordering}&page_size=7"));
        let mut last_page = None;
        while let Some(path) = next {
            let page = admin.get(&path).await.expect(200).json();
            by_cursor.extend(names(&page).into_iter().map(str::to_owned));
            next = page["next"].as_str().map(str::to_owned);
            last_page = Some(page);
        }
        assert_eq!(by_cursor, names(&whole), "{ordering}");
        // And back again.
        let previous = last_page.expect("a page")["previous"].as_str().expect("a previous page").to_owned();
        let back = admin.get(&previous).await.expect(200).json();
        assert_eq!(
            names(&back),
            by_cursor[14..21].iter().map(String::as_str).collect::<Vec<_>>(),
            "{ordering}"
        );
    }
    let second = admin.get("customers/?ordering=name&page=2&page_size=10").await.expect(200).json();
    assert_eq!(names(&second)[0], "Firma 10");
    assert_eq!(second["count"], 25);
    for wrong in [
        "page=0",
        "page_size=201",
        "page_size=x",
        "ordering=secret",
        "cursor=abc",
        "count=all",
        "cty=x",
        "city__foo=x",
    ] {
        let answer = admin.get(&format!("customers/?{wrong}")).await;
        assert!([400, 422].contains(&answer.status.as_u16()), "{wrong}: {}", answer.text());
    }
    let hint = admin.get("customers/?cty=x").await.expect(400).json();
    assert!(hint["detail"].as_str().expect("a detail").contains("city"), "{hint}");
});

story!(a_search_body_and_a_query_string_say_the_same, |app| {
    let admin = app.admin().await;
    for (name, revenue, industry) in [
        ("Alfa", "100.00", "retail"),
        ("Beta", "900.00", "Retail"),
        ("Gama", "5000.00", "medical"),
    ] {
        let mut input = company(name);
        input["annual_revenue"] = json!(revenue);
        input["industry"] = json!(industry);
        admin.post("customers/", input).await.expect(201);
    }
    let query = admin
        .get("customers/?annual_revenue__gte=500&industry=RETAIL")
        .await
        .expect(200)
        .json();
    let criteria = json!({ "all": [{ "field": "annual_revenue", "op": "gte", "value": "500.00" }, { "field": "industry", "op": "eq", "value": "RETAIL" }] });
    let body = admin
        .post("customers/search/", json!({ "criteria": criteria }))
        .await
        .expect(200)
        .json();
    assert_eq!(names(&query), ["Beta"]);
    assert_eq!(names(&body), ["Beta"]);
    let said = admin
        .post("customers/criteria/", json!({ "criteria": criteria }))
        .await
        .expect(200)
        .json();
    assert_eq!(said["count"], 1);
    assert!(said["sentence"]["en"].as_str().expect("a sentence").contains("industry"), "{said}");
    let refused = admin
        .post(
            "customers/search/",
            json!({ "criteria": { "field": "annual_revenu", "op": "gte", "value": 1 } }),
        )
        .await
        .expect(422);
    assert!(refused.text().contains("annual_revenue"), "{}", refused.text());
    let mut deep = json!({ "field": "name", "op": "is_set" });
    for _ in 0..60 {
        deep = json!({ "not": deep });
    }
    admin.post("customers/search/", json!({ "criteria": deep })).await.expect(422);
    let bomb = format!("{{\"criteria\":{}{}}}", "{\"not\":".repeat(10_000), "}".repeat(10_000));
    let answer = admin.post_bytes("customers/search/", bomb.into_bytes()).await;
    assert!(answer.status.is_client_error(), "{}", answer.text());
});

story!(concurrent_edits_of_other_fields_go_together_and_of_the_same_clash, |app| {
    let admin = app.admin().await;
    let id = admin.post("customers/", person("Can", "Demir")).await.expect(201).id();
    let path = format!("customers/{id}/");
    admin.patch(&path, json!({ "industry": "retail" })).await.expect(200);
    // Both started from version 1.
    let stale = admin.with("if-match", "\"1\"");
    stale.patch(&path, json!({ "city": "Ankara" })).await.expect(200);
    let clash = stale
        .patch(&path, json!({ "industry": "medical", "gender": "M" }))
        .await
        .expect(409)
        .json();
    assert_eq!(clash["code"], "edit_conflict");
    assert_eq!(
        clash["conflicts"],
        json!({ "industry": { "yours": "medical", "theirs": "retail", "original": "" } })
    );
    let now = admin.get(&path).await.expect(200).json();
    assert_eq!(
        (now["industry"].as_str(), now["gender"].as_str(), now["city"].as_str()),
        (Some("retail"), Some(""), Some("Ankara"))
    );
    // PUT empties what it does not name, but for the code.
    let put = admin.put(&path, person("Can", "Demir")).await.expect(200).json();
    assert_eq!(put["industry"], "");
    assert_eq!(put["customer_code"], "M-000001");
    // What was read can be sent back, and changes nothing.
    let same = admin.put(&path, put.clone()).await.expect(200);
    assert_eq!(same.json()["version"], put["version"]);
    assert_eq!(same.header("x-operation-id"), None);
});

story!(a_repeated_post_is_done_once, |app| {
    let admin = app.admin().await.with("idempotency-key", "k-1");
    let first = admin.post("customers/", person("Ece", "Kaya")).await.expect(201);
    let again = admin.post("customers/", person("Ece", "Kaya")).await.expect(201);
    assert_eq!(first.json(), again.json());
    assert_eq!(again.header("idempotent-replay").as_deref(), Some("true"));
    assert_eq!(again.header("location"), first.header("location"));
    admin.post("customers/", person("Ece", "Kara")).await.expect(409);
    assert_eq!(app.count("customers").await, 1);
    // A refusal is not remembered: mended, the same key may succeed.
    let other = admin.with("idempotency-key", "k-2");
    other.post("customers/", json!({})).await.expect(422);
    other.post("customers/", json!({})).await.expect(422);
});

story!(people_see_their_own_their_teams_or_all, |app| {
    let (ali, _) = app.user("Ali Satış", "sales_rep", Some("Kuzey")).await;
    let (veli, veli_id) = app.user("Veli Satış", "sales_rep", Some("Kuzey")).await;
    let (nur, _) = app.user("Nur Müdür", "manager", Some("Kuzey")).await;
    let (efe, _) = app.user("Efe Müdür", "manager", Some("Güney")).await;
    let id = ali.post("customers/", person("Ada", "Er")).await.expect(201).id();
    let path = format!("customers/{id}/");
    assert_eq!(nur.get("customers/").await.expect(200).json()["count"], 1);
    nur.get(&path).await.expect(200);
    for stranger in [&veli, &efe] {
        assert_eq!(stranger.get("customers/?count=exact").await.expect(200).json()["count"], 0);
        assert_eq!(stranger.get("customers/?search=ada").await.expect(200).json()["count"], 0);
        for path in [path.clone(), format!("{path}360/"), format!("{path}timeline/")] {
            stranger.get(&path).await.expect(404);
        }
        stranger.patch(&path, json!({ "city": "Van" })).await.expect(404);
        let bulk = stranger
            .post(
                "customers/bulk/",
                json!({ "ids": [id], "action": "update", "changes": { "city": "Van" } }),
            )
            .await
            .expect(200)
            .json();
        assert_eq!((bulk["matched"].as_i64(), bulk["changed"].as_i64()), (Some(0), Some(0)));
    }
    // Nobody gives a customer out of their reach.
    let given = ali.patch(&path, json!({ "owner_id": veli_id })).await.expect(422);
    assert!(!given.error("owner_id").is_empty());
    nur.patch(&path, json!({ "owner_id": veli_id })).await.expect(200);
    ali.get(&path).await.expect(404);
    veli.get(&path).await.expect(200);
});

story!(identity_numbers_are_masked_without_the_permission, |app| {
    let admin = app.admin().await;
    let mut input = person("Ada", "Er");
    input["identity_number"] = json!("10000000146");
    let id = admin.post("customers/", input).await.expect(201).id();
    admin
        .patch(&format!("customers/{id}/"), json!({ "identity_number": "" }))
        .await
        .expect(200);
    admin
        .patch(&format!("customers/{id}/"), json!({ "identity_number": "10000000146" }))
        .await
        .expect(200);
    let (reader, _) = app.user("Oku Yan", "read_only", None).await;
    for path in [
        "customers/".to_owned(),
        format!("customers/{id}/"),
        format!("customers/{id}/360/"),
        format!("customers/{id}/timeline/"),
    ] {
        let answer = reader.get(&path).await.expect(200);
        assert!(!answer.text().contains("10000000146"), "{path}");
        assert!(answer.text().contains("10*******46"), "{path}: {}", answer.text());
        assert!(admin.get(&path).await.expect(200).text().contains("10000000146"), "{path}");
    }
    // A filter must not tell what is hidden.
    reader.get("customers/?identity_number__starts_with=1").await.expect(400);
    reader.get("customers/?ordering=identity_number").await.expect(400);
});

story!(bulk_changes_are_one_operation, |app| {
    let admin = app.admin().await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(admin.post("customers/", company(&format!("Firma {n}"))).await.expect(201).id());
    }
    let done = admin
        .post("customers/bulk/", json!({ "criteria": { "field": "name", "op": "starts_with", "value": "firma" }, "action": "update", "changes": { "industry": "retail" } }))
        .await
        .expect(200)
        .json();
    assert_eq!((done["matched"].as_i64(), done["changed"].as_i64()), (Some(5), Some(5)));
    let tagged = admin
        .post("customers/bulk/", json!({ "ids": ids, "action": "tag", "tags": ["Önemli"] }))
        .await
        .expect(200)
        .json();
    assert_eq!(tagged["changed"], 5);
    assert_eq!(admin.get("customers/?tags__has_any=onemli").await.expect(200).json()["count"], 5);
    let refused = admin
        .post(
            "customers/bulk/",
            json!({ "ids": ids, "action": "update", "changes": { "gendr": "F" } }),
        )
        .await
        .expect(422);
    assert!(refused.error("changes.gendr").contains("gender"));
    admin
        .post("customers/bulk/", json!({ "ids": ids, "criteria": {}, "action": "delete" }))
        .await
        .expect(422);
    admin
        .post("customers/bulk/", json!({ "ids": ids, "action": "explode" }))
        .await
        .expect(422);
    let deleted = admin
        .post("customers/bulk/", json!({ "ids": [ids[0], ids[1]], "action": "delete" }))
        .await
        .expect(200)
        .json();
    assert_eq!(deleted["changed"], 2);
    assert_eq!(admin.get("customers/").await.expect(200).json()["count"], 3);
    admin.get(&format!("customers/{}/", ids[0])).await.expect(404);
});

story!(text_is_kept_as_it_is_written, |app| {
    let admin = app.admin().await;
    for text in [
        "'; DROP TABLE customers; --",
        "<script>alert(1)</script>",
        "\"}{\"",
        "100% _ \\ ? $1",
        "😀 emoji",
    ] {
        let id = admin.post("customers/", company(text)).await.expect(201).id();
        assert_eq!(
            admin.get(&format!("customers/{id}/")).await.expect(200).json()["company_name"],
            json!(text)
        );
        let found = admin
            .post(
                "customers/search/",
                json!({ "criteria": { "field": "company_name", "op": "contains", "value": text } }),
            )
            .await
            .expect(200)
            .json();
        assert_eq!(names(&found), [text]);
        admin.get(&format!("customers/?search={}", urlencode(text))).await.expect(200);
        admin.delete(&format!("customers/{id}/")).await.expect(200);
    }
    admin.post("customers/", company(&"x".repeat(1_000_000))).await.expect(422);
    admin.post("customers/", company(&"x".repeat(3_000_000))).await.expect(413);
    admin.post_bytes("customers/", b"{not json".to_vec()).await.expect(400);
    admin.post_bytes("customers/", b"[]".to_vec()).await.expect(422);
    admin.post_bytes("customers/", vec![0xff, 0xfe]).await.expect(400);
    admin.post("customers/", company("a\u{0}b")).await.expect(201);
});

story!(the_whole_customer_comes_in_one_answer, |app| {
    let admin = app.admin().await;
    let mut input = person("Ada", "Er");
    input["primary_email"] = json!("ada@ornek.example");
    input["city"] = json!("Ankara");
    let id = admin.post("customers/", input).await.expect(201).id();
    admin
        .patch(&format!("customers/{id}/"), json!({ "industry": "retail" }))
        .await
        .expect(200);
    app.consume().await;
    let whole = admin.get(&format!("customers/{id}/360/")).await.expect(200).json();
    assert_eq!(whole["profile"], admin.get(&format!("customers/{id}/")).await.expect(200).json());
    assert_eq!(whole["figures"]["events"], 2);
    assert_eq!(whole["figures"]["changes"], 1);
    assert_eq!(whole["contact_points"][0]["value"], "ada@ornek.example");
    assert_eq!(whole["contact_points"][0]["is_primary"], true);
    assert_eq!(whole["addresses"][0]["city"], "Ankara");
    let kinds: Vec<&str> = whole["timeline"]["results"]
        .as_array()
        .expect("entries")
        .iter()
        .filter_map(|entry| entry["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["customer.updated", "customer.created"]);
    let timeline = admin
        .get(&format!("customers/{id}/timeline/?kind=customer.updated"))
        .await
        .expect(200)
        .json();
    assert_eq!(timeline["results"][0]["changes"]["industry"], json!(["", "retail"]));
    assert_eq!(timeline["results"][0]["actor_name"], "Ayşe Yılmaz");
});

fn urlencode(text: &str) -> String {
    text.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() {
                (b as char).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
