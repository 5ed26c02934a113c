//! Words on customers: the table of tags and what customers show are one.

use serde_json::{Value, json};
use testkit::{Client, company, story};

async fn tagged(client: &Client, name: &str, tags: Value) -> i64 {
    let mut input = company(name);
    input["tags"] = tags;
    client.post("customers/", input).await.expect(201).id()
}

async fn tags(client: &Client) -> Vec<(String, i64)> {
    let list = client.get("tags/").await.expect(200).json();
    let rows = list["results"].as_array().expect("results").iter();
    rows.map(|tag| {
        (
            tag["name"].as_str().expect("a name").to_owned(),
            tag["customer_count"].as_i64().expect("a count"),
        )
    })
    .collect()
}

async fn id_of(client: &Client, name: &str) -> i64 {
    let list = client.get("tags/").await.expect(200).json();
    let tag = list["results"]
        .as_array()
        .expect("results")
        .iter()
        .find(|tag| tag["name"] == name)
        .expect("the tag");
    tag["id"].as_i64().expect("an id")
}

fn counted(list: &[(&str, i64)]) -> Vec<(String, i64)> {
    list.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

story!(tags_are_listed_with_their_use, |app| {
    let admin = app.admin().await;
    tagged(&admin, "Alfa", json!(["VIP", "çay"])).await;
    let beta = tagged(&admin, "Beta", json!(["vip", "Fuar"])).await;
    let made = admin
        .post("tags/", json!({ "name": " şube  müdürü ", "color": "#A0B1C2" }))
        .await
        .expect(201);
    assert_eq!(
        (made.json()["name"].as_str(), made.json()["color"].as_str()),
        (Some("şube müdürü"), Some("#a0b1c2"))
    );
    assert_eq!(
        made.header("location").as_deref(),
        Some(format!("/api/v1/crm/tags/{}/", made.id()).as_str())
    );
    // In the order of the Turkish alphabet.
    assert_eq!(
        tags(&admin).await,
        counted(&[("çay", 1), ("Fuar", 1), ("şube müdürü", 0), ("VIP", 2)])
    );
    admin.delete(&format!("customers/{beta}/")).await.expect(200);
    assert_eq!(
        tags(&admin).await,
        counted(&[("çay", 1), ("Fuar", 0), ("şube müdürü", 0), ("VIP", 1)])
    );
    let found = admin.get("tags/?search=MUDUR").await.expect(200).json();
    assert_eq!(
        (found["count"].as_i64(), found["results"][0]["name"].as_str()),
        (Some(1), Some("şube müdürü"))
    );
    let page = admin.get("tags/?page_size=3").await.expect(200).json();
    let next = admin.get(page["next"].as_str().expect("a next page")).await.expect(200).json();
    assert_eq!(next["results"][0]["name"], "VIP");
    assert!(admin.get("tags/?serach=x").await.expect(400).text().contains("search"));
});

story!(a_new_name_stands_on_every_customer, |app| {
    let admin = app.admin().await;
    let alfa = tagged(&admin, "Alfa", json!(["bir", "çay", "vip"])).await;
    let beta = tagged(&admin, "Beta", json!(["vip"])).await;
    let other = tagged(&admin, "Gama", json!(["bir"])).await;
    let vip = id_of(&admin, "vip").await;
    let events = app.count("events").await;
    let renamed = admin
        .patch(&format!("tags/{vip}/"), json!({ "name": "Âşık \"özel\"" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (renamed["name"].as_str(), renamed["customer_count"].as_i64()),
        (Some("Âşık \"özel\""), Some(2))
    );
    assert_eq!(app.count("events").await, events + 1, "one event, however many customers");
    let shown = admin.get(&format!("customers/{alfa}/")).await.expect(200);
    assert_eq!(
        shown.json()["tags"],
        json!(["Âşık \"özel\"", "bir", "çay"]),
        "in the order of the Turkish alphabet"
    );
    assert_eq!(shown.header("etag").as_deref(), Some("\"2\""), "what is shown is another");
    assert_eq!(
        admin.get(&format!("customers/{beta}/")).await.expect(200).json()["tags"],
        json!(["Âşık \"özel\""])
    );
    assert_eq!(admin.get(&format!("customers/{other}/")).await.expect(200).json()["version"], 1);
    assert_eq!(admin.get("customers/?tags__has_any=vip").await.expect(200).json()["count"], 0);
    let again = admin
        .patch(&format!("customers/{alfa}/"), json!({ "tags": ["bir", "âşık \"özel\""] }))
        .await
        .expect(200)
        .json();
    assert_eq!(again["tags"].as_array().map(Vec::len), Some(2));
    assert_eq!(tags(&admin).await.len(), 3, "no tag was made besides");

    let events = app.count("events").await;
    admin.patch(&format!("tags/{vip}/"), json!({ "color": "Red" })).await.expect(200);
    admin.patch(&format!("tags/{vip}/"), json!({ "color": "red" })).await.expect(200);
    assert_eq!(app.count("events").await, events + 1, "what changes nothing is no event");
});

story!(a_deleted_tag_is_nowhere, |app| {
    let admin = app.admin().await;
    let alfa = tagged(&admin, "Alfa", json!(["bir", "vip"])).await;
    let beta = tagged(&admin, "Beta", json!(["vip"])).await;
    let gone = tagged(&admin, "Gama", json!(["vip", "zil"])).await;
    let deleted = admin.delete(&format!("customers/{gone}/")).await.expect(200).operation();
    let vip = id_of(&admin, "vip").await;
    let answer = admin.delete(&format!("tags/{vip}/")).await.expect(204);
    assert_eq!(answer.header("x-operation-id"), None);
    assert_eq!(
        admin.get(&format!("customers/{alfa}/")).await.expect(200).json()["tags"],
        json!(["bir"])
    );
    assert_eq!(admin.get(&format!("customers/{beta}/")).await.expect(200).json()["tags"], json!([]));
    // A customer that comes back comes without it.
    admin.post(&format!("operations/{deleted}/undo/"), json!({})).await.expect(200);
    assert_eq!(
        admin.get(&format!("customers/{gone}/")).await.expect(200).json()["tags"],
        json!(["zil"])
    );
    assert_eq!(app.count("customer_tags").await, 2);
    admin.delete(&format!("tags/{vip}/")).await.expect(404);
    admin.patch(&format!("tags/{vip}/"), json!({ "name": "x" })).await.expect(404);
});

story!(wrong_tags_are_refused, |app| {
    let admin = app.admin().await;
    tagged(&admin, "Alfa", json!(["bir", "İki"])).await;
    let bir = id_of(&admin, "bir").await;
    let events = app.count("events").await;
    for (input, field) in [
        (json!({ "name": "IKI" }), "name"),
        (json!({ "name": " " }), "name"),
        (json!({ "name": "a,b" }), "name"),
        (json!({ "name": "x".repeat(41) }), "name"),
        (json!({ "name": "üç", "color": "#12345" }), "color"),
        (json!({ "name": "üç", "color": "mor" }), "color"),
        (json!({ "name": "üç", "size": 3 }), "size"),
    ] {
        let refused = admin.post("tags/", input.clone()).await.expect(422);
        assert!(!refused.error(field).is_empty(), "{input}: {}", refused.text());
    }
    assert!(
        !admin
            .patch(&format!("tags/{bir}/"), json!({ "name": "ıkı" }))
            .await
            .expect(422)
            .error("name")
            .is_empty()
    );
    // The same word in another spelling is the same tag.
    admin.patch(&format!("tags/{bir}/"), json!({ "name": "BİR" })).await.expect(200);
    assert_eq!(app.count("events").await, events + 1);
    let (seller, _) = app.user("Ali Satış", "sales_rep", None).await;
    seller.get("tags/").await.expect(200);
    for answer in [
        seller.post("tags/", json!({ "name": "üç" })).await,
        seller.patch(&format!("tags/{bir}/"), json!({ "name": "üç" })).await,
        seller.delete(&format!("tags/{bir}/")).await,
    ] {
        answer.expect(403);
    }
    // Tagging one's own customers with a new word needs no more than writing them.
    tagged(&seller, "Benim", json!(["yepyeni"])).await;
    assert!(tags(&admin).await.contains(&("yepyeni".to_owned(), 1)));
});
