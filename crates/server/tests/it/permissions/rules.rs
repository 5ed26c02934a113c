//! Rules of roles: which rows, which fields.

use serde_json::{Value, json};
use testkit::{Client, TestApp, story};

use super::{company_in, names, set};

/// A user with a role of these grants, rules for rows and for fields.
async fn user_with(app: &TestApp, admin: &Client, name: &str, role: Value) -> (Client, i64, i64) {
    let (client, user) = app.user(name, "read_only", None).await;
    let mut input = role;
    input["name"] = format!("Rol {name}").into();
    let role = admin.post("roles/", input).await.expect(201).id();
    admin
        .patch(&format!("users/{user}/"), json!({ "role_ids": [role] }))
        .await
        .expect(200);
    (client, user, role)
}

story!(roles_narrow_rows_by_criteria, |app| {
    let admin = app.admin().await;
    for (name, city) in [("Alfa", "İstanbul"), ("Beta", "Ankara"), ("Gama", "İstanbul")] {
        admin.post("customers/", company_in(name, city)).await.expect(201);
    }
    let rule = json!({ "customer": { "field": "city", "op": "eq", "value": "istanbul" } });
    let all = json!({ "customer.read": "all", "customer.write": "all", "customer.export": "all" });
    let (client, user, role) = user_with(&app, &admin, "Kadıköylü", json!({ "grants": all, "rows": rule })).await;
    assert_eq!(names(&client, "").await, set(&["Alfa", "Gama"]));
    assert_eq!(names(&client, "&city=Ankara").await, set(&[]));
    let beta = admin.get("customers/?search=beta").await.expect(200).json()["results"][0]["id"].clone();
    for path in ["", "360/", "timeline/", "contact-points/", "relations/", "consents/"] {
        client.get(&format!("customers/{beta}/{path}")).await.expect(404);
    }
    client
        .patch(&format!("customers/{beta}/"), json!({ "industry": "Gıda" }))
        .await
        .expect(404);
    let file = client.get("customers/export/?format=csv").await.expect(200);
    let text = String::from_utf8(file.body).expect("text");
    assert!(text.contains("Alfa") && !text.contains("Beta"), "{text}");

    // Nothing is made or moved outside the rule: it would be out of sight at once.
    let refused = client.post("customers/", company_in("Delta", "İzmir")).await.expect(422).json();
    let reason = refused["errors"]["city"][0].as_str().expect("a reason").to_owned();
    assert!(reason.contains("city is istanbul"), "{reason}");
    client.post("customers/", company_in("Delta", "İstanbul")).await.expect(201);
    let alfa = admin.get("customers/?search=alfa").await.expect(200).json()["results"][0]["id"].clone();
    client
        .patch(&format!("customers/{alfa}/"), json!({ "city": "İzmir" }))
        .await
        .expect(422);
    client
        .patch(&format!("customers/{alfa}/"), json!({ "industry": "Gıda" }))
        .await
        .expect(200);

    // With a second role the two reach what either reaches, not what their best halves would together.
    let own = json!({ "customer.read": "own", "customer.write": "own" });
    let second = admin
        .post("roles/", json!({ "name": "Kendi", "grants": own }))
        .await
        .expect(201)
        .id();
    admin
        .patch(&format!("users/{user}/"), json!({ "role_ids": [role, second] }))
        .await
        .expect(200);
    let mut mine = company_in("Ankaralı", "Ankara");
    mine["owner_id"] = json!(user);
    admin.post("customers/", mine).await.expect(201);
    assert_eq!(names(&client, "").await, set(&["Alfa", "Gama", "Delta", "Ankaralı"]));

    // Why?
    let asked = format!("customers/{beta}/access/?user_id={user}");
    let why = admin.get(&asked).await.expect(200).json();
    assert_eq!(
        (&why["permissions"][0]["name"], &why["permissions"][0]["is_allowed"]),
        (&json!("customer.read"), &json!(false))
    );
    let reasons: Vec<&str> = why["permissions"][0]["reasons"]
        .as_array()
        .expect("reasons")
        .iter()
        .map(|reason| reason["text"].as_str().expect("a text"))
        .collect();
    assert_eq!(
        reasons,
        [
            "The rule for rows of the role “Rol Kadıköylü” does not hold for this record: city is istanbul.",
            "The role “Kendi” allows their own records; this record is owned by Ayşe Yılmaz, and its team is none."
        ]
    );
    let turkish = admin.with("accept-language", "tr");
    assert!(turkish.get(&asked).await.expect(200).json()["permissions"][0]["reasons"][0]["text"].is_string());
    client.get(&format!("customers/{alfa}/access/?user_id={user}")).await.expect(403);
    admin.get(&format!("customers/{beta}/access/")).await.expect(422);
    admin.get(&format!("customers/{beta}/access/?user_id=999")).await.expect(422);

    // Rules that cannot be are refused, with the reason at its place.
    let wrong = json!({ "rows": { "customer": { "field": "ciity", "op": "eq", "value": "x" } } });
    let refused = admin.patch(&format!("roles/{role}/"), wrong).await.expect(422).json();
    assert!(
        refused["errors"]["rows.customer"][0].as_str().expect("a reason").contains("city"),
        "{refused}"
    );
    let refused = admin
        .patch(&format!("roles/{role}/"), json!({ "rows": { "lead": {} } }))
        .await
        .expect(422)
        .json();
    assert!(refused["errors"]["rows.lead"].is_array(), "{refused}");

    // A rule about a field that has gone lets nothing through.
    let field = admin
        .post(
            "custom-fields/",
            json!({ "key": "bolge", "label_tr": "Bölge", "label_en": "Region", "kind": "text" }),
        )
        .await
        .expect(201)
        .id();
    let rule = json!({ "customer": { "field": "custom.bolge", "op": "eq", "value": "x" } });
    admin.patch(&format!("roles/{role}/"), json!({ "rows": rule })).await.expect(200);
    admin
        .patch(&format!("users/{user}/"), json!({ "role_ids": [role] }))
        .await
        .expect(200);
    let labelled = admin
        .post(
            "customers/",
            json!({ "customer_type": "company", "company_name": "Bölgeli", "custom": { "bolge": "X" } }),
        )
        .await
        .expect(201);
    assert_eq!(names(&client, "").await, set(&["Bölgeli"]));
    client.get(&format!("customers/{}/", labelled.id())).await.expect(200);
    admin.delete(&format!("custom-fields/{field}/")).await;
    if admin.get("custom-fields/").await.expect(200).json()["count"] == 0 {
        assert_eq!(names(&client, "").await, set(&[]));
    }
});

story!(roles_take_fields_away, |app| {
    let admin = app.admin().await;
    admin
        .post(
            "custom-fields/",
            json!({ "key": "gizli", "label_tr": "Gizli", "label_en": "Secret", "kind": "text" }),
        )
        .await
        .expect(201);
    let mut input = company_in("Alfa", "İstanbul");
    for (field, value) in [
        ("primary_email", "gizli@alfa.example"),
        ("industry", "Gıda"),
        ("annual_revenue", "1000.00"),
        ("lead_source", "Fuar"),
    ] {
        input[field] = value.into();
    }
    input["custom"] = json!({ "gizli": "sır" });
    input["primary_phone"] = "+902123334455".into();
    let id = admin.post("customers/", input).await.expect(201).id();
    admin
        .patch(
            &format!("customers/{id}/"),
            json!({ "primary_email": "yeni@alfa.example", "industry": "Tekstil" }),
        )
        .await
        .expect(200);

    let grants = json!({ "customer.read": "all", "customer.write": "all", "customer.export": "all" });
    let fields = json!({ "customer": { "primary_email": "hidden", "custom.gizli": "hidden", "annual_revenue": "hidden", "city": "hidden", "industry": "read_only" } });
    let (client, user, role) = user_with(&app, &admin, "Dar Gören", json!({ "grants": grants, "fields": fields })).await;

    let secrets = ["alfa.example", "sır", "1000.00", "İstanbul"];
    let paths = ["", "360/", "timeline/", "contact-points/", "addresses/"];
    for path in paths {
        let text = client.get(&format!("customers/{id}/{path}")).await.expect(200).text();
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "{path}: {text}");
    }
    for path in ["customers/", "customers/export/?format=csv"] {
        let text = client.get(path).await.expect(200).text();
        assert!(
            text.contains("Alfa") && secrets.iter().all(|secret| !text.contains(secret)),
            "{path}: {text}"
        );
    }
    let shown = client.get(&format!("customers/{id}/")).await.expect(200).json();
    assert_eq!(
        (&shown["industry"], &shown["primary_phone"]),
        (&json!("Tekstil"), &json!("+902123334455"))
    );
    assert!(shown.get("primary_email").is_none() && shown.get("email").is_none());
    let points = client.get(&format!("customers/{id}/contact-points/")).await.expect(200).json();
    assert_eq!(points["results"].as_array().map(Vec::len), Some(1), "the phone stays: {points}");

    // Nor can they be asked about, sorted by, exported or written.
    for path in [
        "customers/?primary_email__contains=gizli",
        "customers/?ordering=annual_revenue",
        "customers/?email=a",
        "customers/export/?fields=custom.gizli&format=csv",
        "customers/export/?fields=name,address_line&format=csv",
    ] {
        assert!(client.get(path).await.status.is_client_error(), "{path}");
    }
    let fields = client.get("customers/fields/").await.expect(200).text();
    assert!(!fields.contains("annual_revenue") && !fields.contains("custom.gizli"));
    for change in [
        json!({ "industry": "Gıda" }),
        json!({ "annual_revenue": "5.00" }),
        json!({ "custom": { "gizli": "x" } }),
        json!({ "primary_email": "a@b.example" }),
        json!({ "city": "Ankara" }),
    ] {
        let refused = client.patch(&format!("customers/{id}/"), change.clone()).await.expect(422);
        assert!(refused.text().contains("Your role does not let you change this field."), "{change}");
    }
    client
        .post(
            &format!("customers/{id}/contact-points/"),
            json!({ "kind": "email", "value": "c@d.example" }),
        )
        .await
        .expect(422);
    client
        .post(
            &format!("customers/{id}/contact-points/"),
            json!({ "kind": "phone", "value": "+902121112233" }),
        )
        .await
        .expect(201);
    client
        .post(&format!("customers/{id}/addresses/"), json!({ "city": "Ankara" }))
        .await
        .expect(422);
    client
        .post(
            "customers/",
            json!({ "customer_type": "company", "company_name": "Yeni", "industry": "Gıda" }),
        )
        .await
        .expect(422);
    let made = client
        .post("customers/", json!({ "customer_type": "company", "company_name": "Yeni" }))
        .await
        .expect(201);
    client.delete(&format!("customers/{}/", made.id())).await.expect(403);

    // A PUT leaves alone what its sender does not write.
    let mut whole = client.get(&format!("customers/{id}/")).await.expect(200).json();
    whole["lead_source"] = "Web".into();
    client.put(&format!("customers/{id}/"), whole).await.expect(200);
    let now = admin.get(&format!("customers/{id}/")).await.expect(200).json();
    assert_eq!(
        (
            &now["primary_email"],
            &now["annual_revenue"],
            &now["custom"]["gizli"],
            &now["city"],
            &now["lead_source"]
        ),
        (
            &json!("yeni@alfa.example"),
            &json!("1000.00"),
            &json!("sır"),
            &json!("İstanbul"),
            &json!("Web")
        )
    );

    // A second role that takes nothing away gives everything back; one that cannot read has no say.
    let blind = admin
        .post("roles/", json!({ "name": "Kör", "grants": { "tag.manage": "all" } }))
        .await
        .expect(201)
        .id();
    admin
        .patch(&format!("users/{user}/"), json!({ "role_ids": [role, blind] }))
        .await
        .expect(200);
    assert!(
        client
            .get(&format!("customers/{id}/"))
            .await
            .expect(200)
            .json()
            .get("city")
            .is_none()
    );
    let plain = admin
        .post("roles/", json!({ "name": "Düz", "grants": { "customer.read": "own" } }))
        .await
        .expect(201)
        .id();
    admin
        .patch(&format!("users/{user}/"), json!({ "role_ids": [role, plain] }))
        .await
        .expect(200);
    assert_eq!(client.get(&format!("customers/{id}/")).await.expect(200).json()["city"], "İstanbul");

    let refused = admin
        .patch(
            &format!("roles/{role}/"),
            json!({ "fields": { "customer": { "name": "hidden", "citty": "hidden" } } }),
        )
        .await
        .expect(422)
        .json();
    assert!(
        refused["errors"]["fields.customer.name"].is_array() && refused["errors"]["fields.customer.citty"].is_array(),
        "{refused}"
    );
});
