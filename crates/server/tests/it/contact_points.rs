//! How a customer can be reached: the list and the four fields of the specification are two sides of one thing.

use serde_json::{Value, json};
use testkit::{Client, person, story};

async fn customer(client: &Client) -> i64 {
    let mut input = person("Ayşe", "Işık");
    input["primary_email"] = json!("ayse@ornek.example");
    client.post("customers/", input).await.expect(201).id()
}

async fn points(client: &Client, id: i64) -> Value {
    client.get(&format!("customers/{id}/contact-points/")).await.expect(200).json()
}

/// `(value, rank)` of the e-mails, in order.
async fn emails(client: &Client, id: i64) -> Vec<(String, i64)> {
    let list = points(client, id).await;
    let rows = list["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter(|point| point["kind"] == "email");
    rows.map(|point| {
        (
            point["value"].as_str().expect("a value").to_owned(),
            point["rank"].as_i64().expect("a rank"),
        )
    })
    .collect()
}

fn ranked(values: &[(&str, i64)]) -> Vec<(String, i64)> {
    values.iter().map(|(value, rank)| ((*value).to_owned(), *rank)).collect()
}

story!(points_are_added_in_order_and_show_in_the_fields, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/contact-points/");
    let second = admin
        .post(&path, json!({ "kind": "email", "value": " Ikinci@ORNEK.example", "label": "iş" }))
        .await
        .expect(201);
    assert_eq!(
        second.header("location").as_deref(),
        Some(format!("/api/v1/crm/{path}{}/", second.id()).as_str())
    );
    assert_eq!(second.header("etag").as_deref(), Some("\"2\""));
    assert_eq!(
        (second.json()["is_primary"].clone(), second.json()["rank"].clone()),
        (json!(false), json!(1))
    );
    assert_eq!(second.json()["value"], "Ikinci@ornek.example");
    admin
        .post(&path, json!({ "kind": "email", "value": "ucuncu@ornek.example" }))
        .await
        .expect(201);
    let fourth = admin
        .post(&path, json!({ "kind": "email", "value": "dorduncu@ornek.example" }))
        .await
        .expect(201);
    admin
        .post(&path, json!({ "kind": "phone", "value": "0532 123 45 67" }))
        .await
        .expect(201);
    admin
        .post(
            &path,
            json!({ "kind": "social", "value": "https://social.example/ayse", "is_verified": true }),
        )
        .await
        .expect(201);

    let list = points(&admin, id).await;
    assert_eq!((list["count"].as_i64(), &list["next"]), (Some(6), &Value::Null));
    let shown = admin.get(&format!("customers/{id}/")).await.expect(200).json();
    assert_eq!(shown["secondary_email"], "Ikinci@ornek.example");
    assert_eq!(shown["primary_phone"], "+905321234567");

    // The last becomes the first; the first takes the first place that is free, which is where the last was.
    let first = admin
        .patch(&format!("{path}{}/", fourth.id()), json!({ "is_primary": true }))
        .await
        .expect(200);
    assert_eq!(first.json()["is_primary"], true);
    assert_eq!(
        emails(&admin, id).await,
        ranked(&[
            ("dorduncu@ornek.example", 0),
            ("Ikinci@ornek.example", 1),
            ("ucuncu@ornek.example", 2),
            ("ayse@ornek.example", 3)
        ])
    );
    assert_eq!(
        admin.get(&format!("customers/{id}/")).await.expect(200).json()["primary_email"],
        "dorduncu@ornek.example"
    );

    // From the second place the two change places.
    admin
        .patch(&format!("{path}{}/", second.id()), json!({ "is_primary": true }))
        .await
        .expect(200);
    assert_eq!(
        emails(&admin, id).await[..2],
        ranked(&[("Ikinci@ornek.example", 0), ("dorduncu@ornek.example", 1)])[..]
    );

    // Behind the first two no gap is left; the first place may stand empty.
    let third = points(&admin, id).await["results"][2]["id"].as_i64().expect("an id");
    admin.delete(&format!("{path}{third}/")).await.expect(200);
    assert_eq!(
        emails(&admin, id).await,
        ranked(&[
            ("Ikinci@ornek.example", 0),
            ("dorduncu@ornek.example", 1),
            ("ayse@ornek.example", 2)
        ])
    );
    admin.delete(&format!("{path}{}/", second.id())).await.expect(200);
    let shown = admin.get(&format!("customers/{id}/")).await.expect(200).json();
    assert_eq!(
        (shown["primary_email"].as_str(), shown["secondary_email"].as_str()),
        (Some(""), Some("dorduncu@ornek.example"))
    );
    let back = admin
        .post(&path, json!({ "kind": "email", "value": "yeni@ornek.example" }))
        .await
        .expect(201);
    assert_eq!(back.json()["is_primary"], true, "the first free place is taken");
});

story!(every_change_of_the_list_can_be_undone_and_done_again, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/contact-points/");
    admin
        .post(&path, json!({ "kind": "email", "value": "ikinci@ornek.example" }))
        .await
        .expect(201);
    let third = admin
        .post(&path, json!({ "kind": "email", "value": "ucuncu@ornek.example" }))
        .await
        .expect(201);
    let before = emails(&admin, id).await;
    for change in ["primary", "delete"] {
        let change = match change {
            "primary" => {
                admin
                    .patch(&format!("{path}{}/", third.id()), json!({ "is_primary": true, "label": "iş" }))
                    .await
            }
            _ => admin.delete(&format!("{path}{}/", third.id())).await,
        };
        let operation = change.expect(200).operation();
        let after = emails(&admin, id).await;
        assert_ne!(after, before);
        let undone = admin
            .post(&format!("operations/{operation}/undo/"), json!({}))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (undone["undone"].as_i64(), undone["refused_count"].as_i64()),
            (Some(1), Some(0)),
            "{undone}"
        );
        assert_eq!(emails(&admin, id).await, before);
        let shown = admin.get(&format!("customers/{id}/")).await.expect(200).json();
        assert_eq!(shown["primary_email"], "ayse@ornek.example");
        let again = admin
            .post(&format!("operations/{}/undo/", undone["operation_id"]), json!({}))
            .await
            .expect(200)
            .json();
        assert_eq!(again["refused_count"], 0, "{again}");
        assert_eq!(emails(&admin, id).await, after);
        admin
            .post(&format!("operations/{}/undo/", again["operation_id"]), json!({}))
            .await
            .expect(200);
        assert_eq!(emails(&admin, id).await, before);
    }
});

story!(what_is_wrong_is_named_and_nothing_happens, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/contact-points/");
    let before = app.count("events").await;
    let twin = admin
        .post(&path, json!({ "kind": "email", "value": "AYSE@ornek.example" }))
        .await
        .expect(422);
    assert!(!twin.error("value").is_empty());
    for (input, field) in [
        (json!({ "kind": "email", "value": "no-at" }), "value"),
        (json!({ "kind": "phone", "value": "12" }), "value"),
        (json!({ "kind": "fax", "value": "x" }), "kind"),
        (json!({ "kind": "social", "value": "x", "label": "l".repeat(51) }), "label"),
        (json!({ "kind": "social" }), "value"),
        (json!({ "kind": "social", "value": "x", "rank": 3 }), "rank"),
    ] {
        let refused = admin.post(&path, input.clone()).await.expect(422);
        assert!(!refused.error(field).is_empty(), "{field}: {}", refused.text());
    }
    let point = points(&admin, id).await["results"][0]["id"].as_i64().expect("an id");
    admin
        .patch(&format!("{path}{point}/"), json!({ "kind": "phone" }))
        .await
        .expect(422);
    admin.patch(&format!("{path}999/"), json!({ "label": "x" })).await.expect(404);
    admin.delete(&format!("{path}999/")).await.expect(404);
    let turkish = admin
        .with("accept-language", "tr")
        .post(&path, json!({ "kind": "email", "value": "ayse@ornek.example" }))
        .await
        .expect(422);
    assert!(!turkish.error("value").is_empty());
    assert_eq!(app.count("events").await, before);
    // What changes nothing is no operation.
    let same = admin.patch(&format!("{path}{point}/"), json!({ "label": "" })).await.expect(200);
    assert_eq!(same.header("x-operation-id"), None);
    assert_eq!(app.count("events").await, before);
});

story!(another_value_is_not_verified, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/contact-points/");
    let phone = admin
        .post(&path, json!({ "kind": "phone", "value": "0532 123 45 67", "is_verified": true }))
        .await
        .expect(201)
        .id();
    let point = format!("{path}{phone}/");
    assert_eq!(
        admin.patch(&point, json!({ "label": "cep" })).await.expect(200).json()["is_verified"],
        true
    );
    assert_eq!(
        admin.patch(&point, json!({ "value": "0533 123 45 67" })).await.expect(200).json()["is_verified"],
        false
    );
    assert_eq!(
        admin
            .patch(&point, json!({ "value": "0534 123 45 67", "is_verified": true }))
            .await
            .expect(200)
            .json()["is_verified"],
        true
    );
});

story!(a_repeated_post_adds_once, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/contact-points/");
    let client = admin.with("idempotency-key", "nokta-1");
    let input = json!({ "kind": "phone", "value": "0532 123 45 67" });
    let first = client.post(&path, input.clone()).await.expect(201);
    let again = client.post(&path, input).await.expect(201);
    assert_eq!(first.json(), again.json());
    assert_eq!(
        (again.header("idempotent-replay").as_deref(), again.header("etag")),
        (Some("true"), first.header("etag"))
    );
    assert_eq!(points(&admin, id).await["count"], 2);
    client
        .post(&path, json!({ "kind": "phone", "value": "0533 123 45 67" }))
        .await
        .expect(409);
});

story!(the_list_of_a_customer_out_of_reach_is_not_there, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/contact-points/");
    let point = points(&admin, id).await["results"][0]["id"].as_i64().expect("an id");
    let (seller, _) = app.user("Ali Satış", "sales_rep", None).await;
    seller.get(&path).await.expect(404);
    seller
        .post(&path, json!({ "kind": "phone", "value": "0532 123 45 67" }))
        .await
        .expect(404);
    seller.patch(&format!("{path}{point}/"), json!({ "label": "x" })).await.expect(404);
    seller.delete(&format!("{path}{point}/")).await.expect(404);
    let (reader, _) = app.user("Oya Okur", "read_only", None).await;
    reader.get(&path).await.expect(200);
    reader
        .post(&path, json!({ "kind": "phone", "value": "0532 123 45 67" }))
        .await
        .expect(403);
});
