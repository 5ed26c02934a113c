//! Leads that are there already.

use serde_json::json;
use testkit::story;

use super::{at_company, undo};

story!(a_lead_that_is_there_already_is_found_with_its_reasons, |app| {
    let admin = app.admin().await;
    let known = admin.post("leads/", at_company("Öz Makine San. A.Ş.")).await.expect(201).id();
    let check = async |input| admin.post("leads/check-duplicates/", input).await.expect(200).json();
    for (input, field) in [
        (json!({ "email": "ISIL+fuar@ozmakine.example" }), "email"),
        (json!({ "phone": "532 111 22 33" }), "phone"),
        (
            json!({ "first_name": "IŞIL", "last_name": "Caglar", "company": "oz makine" }),
            "name",
        ),
        (json!({ "company": "Başka", "email": "info@ozmakine.example" }), "domain"),
    ] {
        let found = check(input.clone()).await;
        assert_eq!(found["leads"][0]["lead"]["id"], known, "{input} {found}");
        assert_eq!(found["leads"][0]["reasons"][0]["field"], field, "{input} {found}");
    }
    admin.patch("users/1/", json!({ "locale": "tr" })).await.expect(200);
    let turkish = check(json!({ "email": "isil@ozmakine.example" })).await;
    assert!(turkish["leads"][0]["reasons"].to_string().contains("E-posta"), "{turkish}");
    // Anybody has an address there, and many have the same name.
    admin
        .post(
            "leads/",
            json!({ "first_name": "Can", "last_name": "Ak", "email": "can@gmail.com" }),
        )
        .await
        .expect(201);
    for input in [
        json!({ "email": "cem@gmail.com" }),
        json!({ "first_name": "Can", "last_name": "Ak" }),
    ] {
        assert_eq!(check(input.clone()).await["leads"], json!([]), "{input}");
    }
    assert_eq!(
        check(json!({ "id": known, "email": "isil@ozmakine.example" })).await["leads"],
        json!([]),
        "not itself"
    );

    let refused = admin
        .post(
            "leads/?on_duplicate=refuse",
            json!({ "company": "X", "email": "isil@ozmakine.example" }),
        )
        .await
        .expect(409)
        .json();
    assert_eq!(
        (refused["code"].as_str(), &refused["leads"][0]["lead"]["id"]),
        (Some("duplicate"), &json!(known))
    );
    assert_eq!(app.count("leads").await, 2);
    admin.post("leads/?on_duplicate=perhaps", json!({})).await.expect(422);
    let twin = json!({ "company": "X", "email": "isil@ozmakine.example" });
    admin.post("leads/?on_duplicate=keep", twin).await.expect(201);

    // Keys follow what a lead says, and go with it.
    admin
        .patch(&format!("leads/{known}/"), json!({ "phone": "0216 444 55 66" }))
        .await
        .expect(200);
    assert_eq!(check(json!({ "phone": "0532 111 22 33" })).await["leads"], json!([]));
    assert_eq!(check(json!({ "phone": "0216 444 55 66" })).await["leads"][0]["lead"]["id"], known);
    let deleted = admin.delete(&format!("leads/{known}/")).await.expect(200).json();
    assert_eq!(check(json!({ "phone": "0216 444 55 66" })).await["leads"], json!([]));
    undo(&admin, deleted["operation_id"].as_i64().expect("an operation")).await;
    assert_eq!(check(json!({ "phone": "0216 444 55 66" })).await["leads"][0]["lead"]["id"], known);
});

story!(a_customer_that_a_lead_is_already_is_found_and_what_is_hidden_only_counted, |app| {
    let admin = app.admin().await;
    let customer = admin
        .post(
            "customers/",
            json!({ "customer_type": "company", "company_name": "Öz Makine", "website": "https://ozmakine.example", "city": "İzmir" }),
        )
        .await
        .expect(201)
        .id();
    let found = admin
        .post("leads/check-duplicates/", at_company("Öz Makine"))
        .await
        .expect(200)
        .json();
    assert_eq!(found["customers"]["candidates"][0]["customer"]["id"], customer, "{found}");
    admin.post("leads/?on_duplicate=refuse", at_company("Öz Makine")).await.expect(409);
    admin.post("leads/", at_company("Öz Makine")).await.expect(201);

    let (seller, _) = app.user("Satıcı", "sales_rep", None).await;
    let found = seller
        .post("leads/check-duplicates/", at_company("Öz Makine"))
        .await
        .expect(200)
        .json();
    assert_eq!((&found["leads"], found["hidden_count"].as_i64()), (&json!([]), Some(1)), "{found}");
    assert_eq!(found["customers"]["candidates"], json!([]));
    assert!(!found.to_string().contains("isil@"), "{found}");
});
