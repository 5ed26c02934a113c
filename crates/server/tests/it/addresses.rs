//! Where a customer is: several addresses, one of which `city` and `country` show.

use serde_json::{Value, json};
use testkit::{Client, company, story};

async fn customer(client: &Client) -> i64 {
    client.post("customers/", company("Alfa")).await.expect(201).id()
}

async fn addresses(client: &Client, id: i64) -> Vec<Value> {
    let list = client.get(&format!("customers/{id}/addresses/")).await.expect(200).json();
    list["results"].as_array().expect("results").clone()
}

/// What they say, whichever rows they are.
async fn said(client: &Client, id: i64) -> Vec<Value> {
    let mut list = addresses(client, id).await;
    list.iter_mut().for_each(|address| address["id"] = json!(0));
    list
}

story!(the_primary_address_shows_in_the_fields, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/addresses/");
    let first = admin
        .post(
            &path,
            json!({ "label": "merkez", "line": " Moda  Cad. 1 ", "city": "ISTANBUL", "district": "kadikoy" }),
        )
        .await
        .expect(201);
    let shown = first.json();
    assert_eq!(
        (shown["city"].as_str(), shown["district"].as_str(), shown["country"].as_str()),
        (Some("İstanbul"), Some("Kadıköy"), Some("TR"))
    );
    assert_eq!(
        (shown["is_primary"].as_bool(), shown["line"].as_str()),
        (Some(true), Some("Moda Cad. 1"))
    );
    assert_eq!(
        first.header("location").as_deref(),
        Some(format!("/api/v1/crm/{path}{}/", first.id()).as_str())
    );
    let second = admin.post(&path, json!({ "label": "depo", "city": "Kocaeli" })).await.expect(201);
    assert_eq!(second.json()["is_primary"], false);
    assert_eq!(admin.get(&format!("customers/{id}/")).await.expect(200).json()["city"], "İstanbul");

    admin
        .patch(&format!("{path}{}/", second.id()), json!({ "is_primary": true }))
        .await
        .expect(200);
    let list = addresses(&admin, id).await;
    assert_eq!(
        (list.len(), list[0]["label"].as_str(), list[1]["is_primary"].as_bool()),
        (2, Some("depo"), Some(false))
    );
    assert_eq!(admin.get(&format!("customers/{id}/")).await.expect(200).json()["city"], "Kocaeli");
    let refused = admin
        .patch(&format!("{path}{}/", second.id()), json!({ "is_primary": false }))
        .await
        .expect(422);
    assert!(!refused.error("is_primary").is_empty());

    let found = admin.get("customers/?district=kadikoy").await.expect(200).json();
    assert_eq!(found["count"], 1, "any address counts");
    admin.delete(&format!("{path}{}/", second.id())).await.expect(200);
    let shown = admin.get(&format!("customers/{id}/")).await.expect(200).json();
    assert_eq!(
        (shown["city"].as_str(), shown["country"].as_str()),
        (Some("İstanbul"), Some("TR")),
        "the next one takes its place"
    );
    admin.delete(&format!("{path}{}/", first.id())).await.expect(200);
    assert_eq!(admin.get(&format!("customers/{id}/")).await.expect(200).json()["city"], "");
});

story!(changes_of_addresses_are_undone_and_done_again, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/addresses/");
    let mut rows = Vec::new();
    for (label, city) in [("a", "Ankara"), ("b", "Bursa"), ("c", "Ankara"), ("d", "Denizli")] {
        rows.push(admin.post(&path, json!({ "label": label, "city": city })).await.expect(201).id());
    }
    let start = said(&admin, id).await;
    let moved = admin
        .patch(&format!("{path}{}/", rows[3]), json!({ "is_primary": true }))
        .await
        .expect(200)
        .operation();
    admin.post(&format!("operations/{moved}/undo/"), json!({})).await.expect(200);
    let ids: Vec<i64> = addresses(&admin, id)
        .await
        .iter()
        .filter_map(|address| address["id"].as_i64())
        .collect();
    assert_eq!(ids, rows, "they are the same rows");
    let mut operations = Vec::new();
    operations.push(
        admin
            .patch(&format!("{path}{}/", rows[1]), json!({ "is_primary": true }))
            .await
            .expect(200)
            .operation(),
    );
    operations.push(
        admin
            .patch(
                &format!("{path}{}/", rows[2]),
                json!({ "line": "Yeni Cad. 5", "district": "cankaya" }),
            )
            .await
            .expect(200)
            .operation(),
    );
    operations.push(admin.delete(&format!("{path}{}/", rows[1])).await.expect(200).operation());
    let end = said(&admin, id).await;
    let mut undos = Vec::new();
    for operation in operations.into_iter().rev() {
        let undone = admin
            .post(&format!("operations/{operation}/undo/"), json!({}))
            .await
            .expect(200)
            .json();
        assert_eq!(undone["refused_count"], 0, "{undone}");
        undos.push(undone["operation_id"].as_i64().expect("an operation"));
    }
    assert_eq!(said(&admin, id).await, start);
    for operation in undos.into_iter().rev() {
        let undone = admin
            .post(&format!("operations/{operation}/undo/"), json!({}))
            .await
            .expect(200)
            .json();
        assert_eq!(undone["refused_count"], 0, "{undone}");
    }
    assert_eq!(said(&admin, id).await, end);
});

story!(wrong_addresses_are_refused_by_field, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/addresses/");
    admin
        .post(&path, json!({ "city": "Ankara", "line": "Atatürk Blv. 1" }))
        .await
        .expect(201);
    let before = app.count("events").await;
    for (input, field) in [
        (json!({}), "line"),
        (json!({ "city": "Ankara", "line": "Atatürk Blv. 1", "country": "TR" }), "line"),
        (json!({ "city": "Atlantis", "country": "TR" }), "city"),
        (json!({ "city": "Ankara", "district": "Kadıköy" }), "district"),
        (json!({ "country": "Türkiye", "line": "x" }), "country"),
        (json!({ "line": "x".repeat(301) }), "line"),
        (json!({ "line": "x", "zip": "06000" }), "zip"),
    ] {
        let refused = admin.post(&path, input.clone()).await.expect(422);
        assert!(!refused.error(field).is_empty(), "{field}: {}", refused.text());
    }
    assert_eq!(app.count("events").await, before);
    assert_eq!(addresses(&admin, id).await.len(), 1);
    let abroad = admin
        .post(&path, json!({ "city": "Atlantis", "country": "de" }))
        .await
        .expect(201)
        .json();
    assert_eq!(
        (abroad["city"].as_str(), abroad["country"].as_str()),
        (Some("Atlantis"), Some("DE"))
    );
});

story!(the_addresses_of_a_customer_out_of_reach_are_not_there, |app| {
    let admin = app.admin().await;
    let id = customer(&admin).await;
    let path = format!("customers/{id}/addresses/");
    let address = admin.post(&path, json!({ "city": "Ankara" })).await.expect(201).id();
    let (seller, _) = app.user("Ali Satış", "sales_rep", None).await;
    seller.get(&path).await.expect(404);
    seller.post(&path, json!({ "city": "Van" })).await.expect(404);
    seller
        .patch(&format!("{path}{address}/"), json!({ "city": "Van" }))
        .await
        .expect(404);
    seller.delete(&format!("{path}{address}/")).await.expect(404);
    // Another customer's address is not this one's.
    let other = admin.post("customers/", company("Beta")).await.expect(201).id();
    admin.delete(&format!("customers/{other}/addresses/{address}/")).await.expect(404);
});

story!(provinces_and_districts_are_listed, |app| {
    let (reader, _) = app.user("Oya Okur", "read_only", None).await;
    let provinces = reader.get("places/provinces/").await.expect(200).json();
    assert_eq!(provinces["count"], 81);
    assert_eq!(provinces["results"][33]["name"], "İstanbul");
    let districts = reader.get("places/provinces/34/districts/").await.expect(200);
    assert_eq!(
        (districts.json()["count"].as_i64(), districts.json()["results"][0]["name"].as_str()),
        (Some(39), Some("Adalar"))
    );
    assert!(districts.header("cache-control").is_some());
    reader.get("places/provinces/82/districts/").await.expect(404);
    reader.get("places/provinces/0/districts/").await.expect(404);
    app.anonymous().get("places/provinces/").await.expect(401);
});
