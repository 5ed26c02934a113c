//! Running it for real: events for other systems, backup, doctor, upgrades, several nodes, the log.

use serde_json::{Value, json};
use testkit::{Client, company, story};

async fn told(client: &Client, query: &str) -> Value {
    client.get(&format!("events/?{query}")).await.expect(200).json()
}

fn ids(answer: &Value) -> Vec<i64> {
    let results = answer["results"].as_array().expect("a list");
    results.iter().filter_map(|event| event["id"].as_i64()).collect()
}

story!(other_systems_read_every_event_once_by_a_cursor, |app| {
    let admin = app.admin().await;
    for n in 0..5 {
        admin.post("customers/", company(&format!("Alfa {n}"))).await.expect(201);
    }
    app.settled().await;
    let newest = kernel::events::newest(app.db()).await.expect("an id");
    let mut read = Vec::new();
    let mut after = json!(0);
    loop {
        let part = told(&admin, &format!("after={after}&limit=2")).await;
        if ids(&part).is_empty() {
            assert_eq!(part["next_after"], after, "nothing more, and the place stays");
            break;
        }
        read.extend(ids(&part));
        after = part["next_after"].clone();
    }
    assert_eq!(read, (1..=newest).collect::<Vec<_>>(), "ascending, all, once");
    let created = told(&admin, "kind=customer.created,tag.*").await;
    assert_eq!(ids(&created).len(), 5);
    assert!(created["results"][0]["payload"]["name"].is_string());
    assert_eq!(created["next_after"], newest, "what does not fit is passed");
    assert_eq!(ids(&told(&admin, "kind=customer.created&limit=3").await).len(), 3);
    // Again, the same: at least once.
    assert_eq!(told(&admin, "kind=customer.created,tag.*").await, created);
    for wrong in ["after=-1", "after=x", "limit=0", "limit=1001", "kind=*"] {
        admin.get(&format!("events/?{wrong}")).await.expect(422);
    }
    admin.get("events/?before=3").await.expect(400);
    let (reader, _) = app.user("Oku Yan", "manager", None).await;
    reader.get("events/").await.expect(403);
});
