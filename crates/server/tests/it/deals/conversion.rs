//! Leads that become customers.

use serde_json::json;
use testkit::{TestApp, company, story};

use super::{at_company, undo};

async fn counts(app: &TestApp) -> [i64; 4] {
    [
        app.count("customers").await,
        app.count("relations").await,
        app.count("opportunities").await,
        app.count("operations").await,
    ]
}

story!(a_lead_becomes_a_company_with_its_contact_and_an_opportunity_and_comes_back, |app| {
    let admin = app.admin().await;
    let lead = admin.post("leads/", at_company("Öz Makine")).await.expect(201).id();
    let path = format!("leads/{lead}/convert/");
    let before = admin.get(&format!("leads/{lead}/")).await.expect(200).json();

    let preview = admin.get(&path).await.expect(200).json();
    assert_eq!(
        (preview["is_convertible"].as_bool(), preview["create"].as_str()),
        (Some(true), Some("company"))
    );
    assert_eq!(preview["customer"]["company_name"], "Öz Makine");
    assert_eq!(preview["contact"]["last_name"], "Çağlar");
    assert_eq!(preview["opportunity"]["amount"], "250000.00");
    assert_eq!((&preview["missing"], &preview["customers"]["candidates"]), (&json!({}), &json!([])));
    assert_eq!(counts(&app).await[0], 0, "a preview makes nothing");

    let refused = admin.post(&path, json!({ "opportunity": { "name": "Hat" } })).await.expect(422);
    assert!(!refused.error("opportunity.expected_close_date").is_empty(), "{}", refused.text());
    assert_eq!(counts(&app).await, [0, 0, 0, 1], "a refusal leaves nothing behind");

    let wanted = json!({ "opportunity": { "name": "Yeni hat", "expected_close_date": "2026-09-30" } });
    let answer = admin.post(&path, wanted.clone()).await.expect(200);
    let done = answer.json();
    assert_eq!(done["made"], json!(["customer", "contact", "opportunity"]));
    let (customer, contact) = (
        done["customer_id"].as_i64().expect("an id"),
        done["contact_id"].as_i64().expect("an id"),
    );
    let made = admin.get(&format!("customers/{customer}/")).await.expect(200).json();
    assert_eq!(
        (made["customer_type"].as_str(), made["name"].as_str()),
        (Some("company"), Some("Öz Makine"))
    );
    assert_eq!((made["city"].as_str(), made["primary_email"].as_str()), (Some("İzmir"), Some("")));
    let person = admin.get(&format!("customers/{contact}/")).await.expect(200).json();
    assert_eq!(
        (
            person["name"].as_str(),
            person["primary_email"].as_str(),
            person["primary_phone"].as_str()
        ),
        (Some("Işıl Çağlar"), Some("isil@ozmakine.example"), Some("+905321112233"))
    );
    let ties = admin.get(&format!("customers/{customer}/relations/")).await.expect(200).json();
    assert_eq!(
        (
            ties["results"][0]["other_id"].as_i64(),
            ties["results"][0]["role"].as_str(),
            ties["results"][0]["title"].as_str()
        ),
        (Some(contact), Some("contact"), Some("Satın Alma Müdürü"))
    );
    let deal = admin
        .get(&format!("opportunities/{}/", done["opportunity_id"]))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (deal["customer"].as_i64(), deal["lead"].as_i64(), deal["amount"].as_str()),
        (Some(customer), Some(lead), Some("250000.00"))
    );
    let converted = admin.get(&format!("leads/{lead}/")).await.expect(200).json();
    assert_eq!(
        (
            converted["status"].as_str(),
            converted["conversion_date"].as_str(),
            converted["converted_contact"].as_i64()
        ),
        (Some("converted"), Some("2026-03-16"), Some(contact))
    );
    let timeline = admin.get(&format!("customers/{customer}/timeline/")).await.expect(200).text();
    for kind in ["lead.created", "lead.converted", "opportunity.created", "customer.created"] {
        assert!(timeline.contains(kind), "{kind}: {timeline}");
    }

    // Again: the same answer, and nothing twice.
    let stood = counts(&app).await;
    let again = admin.post(&path, wanted).await.expect(200);
    assert_eq!((again.json(), again.header("x-operation-id")), (done.clone(), None));
    assert_eq!(admin.get(&path).await.expect(200).json()["conversion"], done);
    assert_eq!(counts(&app).await, stood);

    let undone = undo(&admin, answer.operation()).await;
    assert_eq!(undone["refused"], json!([]), "{undone}");
    for gone in [
        format!("customers/{customer}/"),
        format!("customers/{contact}/"),
        format!("opportunities/{}/", done["opportunity_id"]),
    ] {
        admin.get(&gone).await.expect(404);
    }
    assert_eq!(app.count("relations").await, 0);
    let mut after = admin.get(&format!("leads/{lead}/")).await.expect(200).json();
    let mut before = before;
    for changing in ["version", "updated_at"] {
        after[changing] = json!(null);
        before[changing] = json!(null);
    }
    assert_eq!(after, before, "the lead is what it was");
    app.settled().await;
});

story!(a_lead_is_linked_to_the_customer_it_is, |app| {
    let admin = app.admin().await;
    let known = admin
        .post(
            "customers/",
            json!({ "customer_type": "company", "company_name": "Öz Makine", "website": "https://ozmakine.example", "city": "İzmir" }),
        )
        .await
        .expect(201)
        .id();
    let lead = admin
        .post("leads/", at_company("Öz Makine San. ve Tic. A.Ş."))
        .await
        .expect(201)
        .id();
    let path = format!("leads/{lead}/convert/");
    let preview = admin.get(&path).await.expect(200).json();
    assert_eq!(preview["customers"]["candidates"][0]["customer"]["id"], known, "{preview}");
    admin.post(&path, json!({ "customer_id": known + 99 })).await.expect(422);
    let answer = admin
        .post(&path, json!({ "customer_id": known, "contact": false }))
        .await
        .expect(200);
    let done = answer.json();
    assert_eq!((done["customer_id"].as_i64(), &done["made"]), (Some(known), &json!([])));
    assert_eq!(counts(&app).await[..3], [1, 0, 0], "nobody was made");
    undo(&admin, answer.operation()).await;
    admin.get(&format!("customers/{known}/")).await.expect(200);
    let timeline = admin.get(&format!("customers/{known}/timeline/")).await.expect(200).text();
    assert!(!timeline.contains("lead."), "its history went back with it: {timeline}");
});

story!(what_cannot_be_converted_is_refused_and_says_why, |app| {
    let admin = app.admin().await;
    let lead = admin
        .post("leads/", json!({ "first_name": "Ada", "email": "ada@posta.example" }))
        .await
        .expect(201)
        .id();
    let path = format!("leads/{lead}/convert/");
    let preview = admin.get(&path).await.expect(200).json();
    assert_eq!(preview["create"], "person");
    assert!(preview["missing"]["customer.last_name"].is_array(), "{preview}");
    let refused = admin.post(&path, json!({})).await.expect(422);
    assert!(!refused.error("customer.last_name").is_empty(), "{}", refused.text());
    let refused = admin.post(&path, json!({ "create": "firm" })).await.expect(422);
    assert!(!refused.error("create").is_empty());
    let refused = admin.post(&path, json!({ "owner": 999 })).await.expect(422);
    assert!(!refused.error("owner").is_empty());
    admin
        .patch(
            &format!("leads/{lead}/"),
            json!({ "status": "disqualified", "disqualify_reason": "Bütçe yok" }),
        )
        .await
        .expect(200);
    let refused = admin
        .post(&path, json!({ "customer": { "last_name": "Lovelace" } }))
        .await
        .expect(422);
    assert!(!refused.error("status").is_empty(), "{}", refused.text());
    assert_eq!(app.count("customers").await, 0);
    admin
        .patch(&format!("leads/{lead}/"), json!({ "status": "working" }))
        .await
        .expect(200);

    let (reader, _) = app.user("Okur", "read_only", None).await;
    reader.post(&path, json!({})).await.expect(403);
    let (_, seller) = app.user("Satıcı", "sales_rep", None).await;
    let done = admin
        .post(&path, json!({ "customer": { "last_name": "Lovelace" }, "owner": seller }))
        .await
        .expect(200)
        .json();
    let customer = admin.get(&format!("customers/{}/", done["customer_id"])).await.expect(200).json();
    assert_eq!(
        (customer["name"].as_str(), customer["owner_id"].as_i64(), &done["contact_id"]),
        (Some("Ada Lovelace"), Some(seller), &json!(null))
    );
});

story!(what_changed_since_a_conversion_stays_when_it_is_undone, |app| {
    let admin = app.admin().await;
    let lead = admin.post("leads/", at_company("Öz Makine")).await.expect(201).id();
    let answer = admin.post(&format!("leads/{lead}/convert/"), json!({})).await.expect(200);
    let done = answer.json();
    let customer = format!("customers/{}/", done["customer_id"]);
    admin.patch(&customer, json!({ "industry": "Makine" })).await.expect(200);
    let undone = undo(&admin, answer.operation()).await;
    assert_eq!(undone["refused_count"], 1, "{undone}");
    assert_eq!(undone["refused"][0]["subject_type"], "customer");
    admin.get(&customer).await.expect(200);
    admin.get(&format!("customers/{}/", done["contact_id"])).await.expect(404);
    let late = admin.post("customers/", company("Başka")).await.expect(201);
    assert!(late.id() > 0);
});

story!(one_key_converts_once, |app| {
    let admin = app.admin().await;
    let lead = admin.post("leads/", at_company("Öz Makine")).await.expect(201).id();
    let path = format!("leads/{lead}/convert/");
    let keyed = admin.with("idempotency-key", "convert-1");
    let first = keyed.post(&path, json!({})).await.expect(200);
    let second = keyed.post(&path, json!({})).await.expect(200);
    assert_eq!(first.json(), second.json());
    assert_eq!(second.header("idempotent-replay").as_deref(), Some("true"));
    assert_eq!(app.count("customers").await, 2);

    // Two at once without a key: one converts, the other is told.
    let lead = admin
        .post("leads/", json!({ "company": "Deniz", "phone": "0216 444 55 66" }))
        .await
        .expect(201)
        .id();
    let path = format!("leads/{lead}/convert/");
    let (one, other) = tokio::join!(admin.post(&path, json!({})), admin.post(&path, json!({})));
    assert_eq!(one.expect(200).json(), other.expect(200).json());
    assert_eq!(app.count("customers").await, 3);
});
