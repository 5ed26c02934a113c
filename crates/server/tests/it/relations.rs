//! Ties between customers: kept once, read from both sides.

use serde_json::{Value, json};
use testkit::{Client, company, person, story};

async fn relations(client: &Client, id: i64) -> Vec<Value> {
    let list = client.get(&format!("customers/{id}/relations/")).await.expect(200).json();
    assert_eq!(list["count"].as_u64(), list["results"].as_array().map(|rows| rows.len() as u64));
    list["results"].as_array().expect("results").clone()
}

async fn tie(client: &Client, id: i64, other_id: i64, role: &str) -> testkit::Answer {
    client
        .post(&format!("customers/{id}/relations/"), json!({ "other_id": other_id, "role": role }))
        .await
}

async fn made(client: &Client, input: Value) -> i64 {
    client.post("customers/", input).await.expect(201).id()
}

async fn undo(client: &Client, operation: i64) -> Value {
    client
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json()
}

story!(a_tie_reads_from_both_sides, |app| {
    let admin = app.admin().await;
    let (firm, ali) = (made(&admin, company("Alfa")).await, made(&admin, person("Ali", "Ak")).await);
    let created = admin
        .post(
            &format!("customers/{firm}/relations/"),
            json!({ "other_id": ali, "role": "employee", "title": " Satın  Alma ", "is_primary": true }),
        )
        .await
        .expect(201);
    let id = created.id();
    assert_eq!(
        created.header("location").as_deref(),
        Some(format!("/api/v1/crm/customers/{firm}/relations/{id}/").as_str())
    );
    assert_eq!(
        created.json(),
        json!({ "id": id, "other_id": ali, "other_name": "Ali Ak", "other_type": "individual", "other_phone": "", "other_email": "", "role": "employee", "direction": "outward", "title": "Satın Alma", "is_primary": true })
    );
    assert_eq!(
        relations(&admin, ali).await,
        [
            json!({ "id": id, "other_id": firm, "other_name": "Alfa", "other_type": "company", "other_phone": "", "other_email": "", "role": "employer", "direction": "inward", "title": "Satın Alma", "is_primary": true })
        ]
    );
    assert_eq!(app.count("relations").await, 1);

    // From the other side it is changed as well; and a tie made from there is the same tie.
    let changed = admin
        .patch(
            &format!("customers/{ali}/relations/{id}/"),
            json!({ "title": "Müdür", "role": "contact_of" }),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(
        (changed["role"].as_str(), changed["title"].as_str()),
        (Some("contact_of"), Some("Müdür"))
    );
    assert_eq!(relations(&admin, firm).await[0]["role"], "contact");
    assert!(!tie(&admin, firm, ali, "contact").await.expect(422).error("other_id").is_empty());
    assert!(!tie(&admin, ali, firm, "contact_of").await.expect(422).error("other_id").is_empty());
    tie(&admin, ali, firm, "employer").await.expect(201);
    assert_eq!(relations(&admin, firm).await.len(), 2);

    // Both timelines tell of it.
    for (customer, role) in [(firm, "employee"), (ali, "employer")] {
        let timeline = admin
            .get(&format!("customers/{customer}/timeline/?kind=relation.created"))
            .await
            .expect(200)
            .json();
        let events = timeline["results"].as_array().expect("events");
        assert_eq!(events.len(), 2);
        assert_eq!(events[1]["payload"]["role"], role);
    }
    let roles = admin.get("relations/roles/").await.expect(200).json();
    let employee = &roles["results"][0];
    assert_eq!(
        (
            employee["value"].as_str(),
            employee["inverse"].as_str(),
            employee["label_tr"].as_str()
        ),
        (Some("employee"), Some("employer"), Some("Çalışan"))
    );
});

story!(mutual_ties_are_one_from_either_side, |app| {
    let admin = app.admin().await;
    let (a, b) = (made(&admin, person("Ali", "Ak")).await, made(&admin, person("Oya", "Ak")).await);
    tie(&admin, a, b, "family").await.expect(201);
    assert!(!tie(&admin, b, a, "family").await.expect(422).error("other_id").is_empty());
    assert_eq!(relations(&admin, b).await[0]["role"], "family");
    tie(&admin, b, a, "other").await.expect(201);
});

story!(nonsense_is_refused, |app| {
    let admin = app.admin().await;
    let (firm, other, ali) = (
        made(&admin, company("Alfa")).await,
        made(&admin, company("Beta")).await,
        made(&admin, person("Ali", "Ak")).await,
    );
    let before = app.count("events").await;
    let path = format!("customers/{firm}/relations/");
    for (input, field) in [
        (json!({ "other_id": firm, "role": "partner" }), "other_id"),
        (json!({ "other_id": 999_999, "role": "partner" }), "other_id"),
        (json!({ "other_id": ali, "role": "boss" }), "role"),
        (json!({ "other_id": ali, "role": "" }), "role"),
        (json!({ "other_id": ali }), "role"),
        (json!({ "other_id": ali, "role": "parent" }), "other_id"),
        (json!({ "other_id": other, "role": "employee" }), "other_id"),
        (json!({ "other_id": ali, "role": "employer" }), "role"),
        (json!({ "other_id": ali, "role": "contact", "title": "x".repeat(101) }), "title"),
        (json!({ "other_id": ali, "role": "contact", "since": "2020" }), "since"),
    ] {
        let refused = admin.post(&path, input.clone()).await.expect(422);
        assert!(!refused.error(field).is_empty(), "{input}: {}", refused.text());
    }
    assert_eq!(app.count("events").await, before);
    assert_eq!(app.count("operations").await, 3, "only the creations");
    admin.patch(&format!("{path}77/"), json!({ "title": "x" })).await.expect(404);
    admin.delete(&format!("{path}77/")).await.expect(404);
});

story!(no_company_comes_to_be_below_itself, |app| {
    let admin = app.admin().await;
    let mut firms = Vec::new();
    for name in ["Holding", "Orta", "Alt"] {
        firms.push(made(&admin, company(name)).await);
    }
    let (top, middle, bottom) = (firms[0], firms[1], firms[2]);
    tie(&admin, middle, top, "parent").await.expect(201);
    // Said from above: what is below is a subsidiary.
    let low = tie(&admin, middle, bottom, "subsidiary").await.expect(201);
    assert_eq!(relations(&admin, bottom).await[0]["role"], "parent");
    for (child, parent) in [(top, bottom), (top, middle), (middle, bottom)] {
        assert!(
            !tie(&admin, child, parent, "parent").await.expect(422).error("other_id").is_empty(),
            "{child} below {parent}"
        );
    }
    tie(&admin, bottom, top, "parent").await.expect(201);
    // Turned round it may stand, as long as it closes no circle: now the lowest is above the middle, and the top above both.
    admin
        .patch(&format!("customers/{middle}/relations/{}/", low.id()), json!({ "role": "parent" }))
        .await
        .expect(200);
    let below = relations(&admin, top).await;
    let to_middle = below.iter().find(|row| row["other_id"] == middle).expect("a tie")["id"].clone();
    let refused = admin
        .patch(&format!("customers/{top}/relations/{to_middle}/"), json!({ "role": "parent" }))
        .await
        .expect(422);
    assert!(!refused.error("other_id").is_empty());
});

story!(one_tie_of_a_role_is_the_primary_one, |app| {
    let admin = app.admin().await;
    let firm = made(&admin, company("Alfa")).await;
    let (ali, oya) = (made(&admin, person("Ali", "Ak")).await, made(&admin, person("Oya", "Öz")).await);
    let path = format!("customers/{firm}/relations/");
    let first = admin
        .post(&path, json!({ "other_id": ali, "role": "contact", "is_primary": true }))
        .await
        .expect(201)
        .id();
    let second = admin
        .post(&path, json!({ "other_id": oya, "role": "contact", "is_primary": true }))
        .await
        .expect(201);
    let primary = async || {
        let rows = relations(&admin, firm).await;
        rows.iter()
            .filter(|row| row["is_primary"] == true)
            .map(|row| row["id"].as_i64().expect("an id"))
            .collect::<Vec<_>>()
    };
    assert_eq!(primary().await, [second.id()]);
    let undone = undo(&admin, second.operation()).await;
    assert_eq!(undone["refused_count"], 0, "{undone}");
    assert_eq!(primary().await, [first], "the one that was before is so again");
    assert_eq!(relations(&admin, firm).await.len(), 1);
});

story!(ties_come_back_exactly_or_not_at_all, |app| {
    let admin = app.admin().await;
    let firm = made(&admin, company("Alfa")).await;
    let ali = admin.post("customers/", person("Ali", "Ak")).await.expect(201).id();
    let path = format!("customers/{firm}/relations/");
    let created = admin
        .post(&path, json!({ "other_id": ali, "role": "employee", "title": "Şef" }))
        .await
        .expect(201);
    let one = format!("{path}{}/", created.id());
    let before = relations(&admin, firm).await;

    let changed = admin
        .patch(&one, json!({ "title": "Müdür", "role": "contact" }))
        .await
        .expect(200)
        .operation();
    let refused = undo(&admin, created.operation()).await;
    assert_eq!(refused["refused"][0]["subject_type"], "relation", "it was changed since");
    let undone = undo(&admin, changed).await;
    assert_eq!(undone["refused_count"], 0, "{undone}");
    assert_eq!(relations(&admin, firm).await, before);

    let deleted = admin.delete(&one).await.expect(200).operation();
    assert!(relations(&admin, firm).await.is_empty());
    let undone = undo(&admin, deleted).await;
    assert_eq!(relations(&admin, firm).await, before, "the same id, the same words");
    undo(&admin, undone["operation_id"].as_i64().expect("an operation")).await;
    assert!(relations(&admin, firm).await.is_empty(), "and gone again");

    // Somebody ties them again meanwhile: then the old tie stays away.
    let again = tie(&admin, firm, ali, "employee").await.expect(201);
    let deleted = admin.delete(&format!("{path}{}/", again.id())).await.expect(200).operation();
    tie(&admin, firm, ali, "employee").await.expect(201);
    assert_eq!(undo(&admin, deleted).await["refused_count"], 1);
    assert_eq!(relations(&admin, firm).await.len(), 1);

    // A customer is gone: the tie is neither shown nor brought back.
    let last = relations(&admin, firm).await[0]["id"].as_i64().expect("an id");
    let deleted = admin.delete(&format!("{path}{last}/")).await.expect(200).operation();
    admin.delete(&format!("customers/{ali}/")).await.expect(200);
    let refused = undo(&admin, deleted).await;
    assert_eq!(refused["refused_count"], 1, "{refused}");
    assert!(relations(&admin, firm).await.is_empty());
    assert_eq!(app.count("relations").await, 0);
});

story!(both_sides_must_be_within_reach, |app| {
    let admin = app.admin().await;
    let (seller, _) = app.user("Ali Satış", "sales_rep", None).await;
    let mine = made(&seller, company("Benim")).await;
    let theirs = made(&admin, person("Oya", "Öz")).await;
    assert!(!tie(&seller, mine, theirs, "contact").await.expect(422).error("other_id").is_empty());
    tie(&seller, theirs, mine, "contact_of").await.expect(404);
    seller.get(&format!("customers/{theirs}/relations/")).await.expect(404);
    let id = tie(&admin, mine, theirs, "contact").await.expect(201).id();
    assert!(
        relations(&seller, mine).await.is_empty(),
        "a tie does not tell who is on the other side"
    );
    seller.delete(&format!("customers/{mine}/relations/{id}/")).await.expect(404);
    let (reader, _) = app.user("Oya Okur", "read_only", None).await;
    assert_eq!(relations(&reader, mine).await.len(), 1);
    reader.delete(&format!("customers/{mine}/relations/{id}/")).await.expect(403);
    assert!(
        reader
            .get(&format!("customers/{mine}/relations/?role=contact"))
            .await
            .expect(400)
            .text()
            .contains("role")
    );
});

story!(many_ties_are_paged, |app| {
    let admin = app.admin().await;
    let firm = made(&admin, company("Alfa")).await;
    for n in 0..7 {
        let person = made(&admin, person(&format!("Kişi{n}"), "Deneme")).await;
        tie(&admin, firm, person, "employee").await.expect(201);
    }
    let mut next = Some(format!("customers/{firm}/relations/?page_size=3"));
    let mut names = Vec::new();
    while let Some(path) = next {
        let page = admin.get(&path).await.expect(200).json();
        names.extend(
            page["results"]
                .as_array()
                .expect("results")
                .iter()
                .map(|row| row["other_name"].as_str().expect("a name").to_owned()),
        );
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(names, (0..7).map(|n| format!("Kişi{n} Deneme")).collect::<Vec<_>>());
});
