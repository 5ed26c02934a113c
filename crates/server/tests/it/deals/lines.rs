//! Products, rates, lines and stakeholders.

use serde_json::json;
use testkit::{person, story};

use super::{kinds, opportunity, undo};

story!(a_catalogue_is_kept_and_searched, |app| {
    let admin = app.admin().await;
    let input = json!({ "code": "GTX-1", "name": "GTX Işıldak", "price": "550", "series": "GTX" });
    let product = admin.post("products/", input.clone()).await.expect(201);
    assert_eq!(
        (product.json()["price"].as_str(), product.json()["currency"].as_str()),
        (Some("550.00"), Some("TRY"))
    );
    let path = format!("products/{}/", product.id());
    let refused = admin.post("products/", input).await.expect(422);
    assert!(!refused.error("code").is_empty(), "{}", refused.text());
    let refused = admin
        .post("products/", json!({ "code": "X", "price": "-1", "currency": "lira" }))
        .await
        .expect(422);
    for field in ["name", "price", "currency"] {
        assert!(!refused.error(field).is_empty(), "{field}");
    }
    for (search, count) in [("isildak", 1), ("gtx-1", 1), ("mg", 0)] {
        let found = admin.get(&format!("products/?search={search}")).await.expect(200).json();
        assert_eq!(found["count"], count, "{search}");
    }
    admin.patch(&path, json!({ "is_active": false })).await.expect(200);
    assert_eq!(admin.get("products/?is_active=true").await.expect(200).json()["count"], 0);
    let (seller, _) = app.user("Satıcı", "sales_rep", None).await;
    seller.get(&path).await.expect(200);
    seller.patch(&path, json!({ "price": "1" })).await.expect(403);
    admin.delete(&path).await.expect(204);
    admin.get(&path).await.expect(404);
});

story!(lines_sum_to_the_amount_and_come_back_as_they_were, |app| {
    let admin = app.admin().await;
    let product = admin
        .post("products/", json!({ "code": "GTX-1", "name": "GTX", "price": "100" }))
        .await
        .expect(201)
        .id();
    let (_, deal) = opportunity(&admin, "Acme").await;
    let (path, of) = (format!("opportunities/{deal}/lines/"), format!("opportunities/{deal}/"));
    let lines =
        json!({ "lines": [{ "product_id": product, "quantity": "2.5", "discount": "10" }, { "name": "Kurulum", "unit_price": "99.99" }] });
    let set = admin.put(&path, lines.clone()).await.expect(200);
    let operation = set.operation();
    assert_eq!(
        (set.json()["total"].as_str(), set.json()["amount"].as_str()),
        (Some("324.99"), Some("324.99"))
    );
    assert_eq!(set.json()["lines"][0]["total"], "225.00");
    assert_eq!(admin.get(&path).await.expect(200).json(), set.json());
    assert_eq!(admin.get(&of).await.expect(200).json()["amount"], "324.99");
    assert_eq!(
        admin.put(&path, lines).await.expect(200).header("x-operation-id"),
        None,
        "nothing changed"
    );
    let refused = admin.patch(&of, json!({ "amount": "1" })).await.expect(422);
    assert!(!refused.error("amount").is_empty());

    // The price that was given stays, whatever the catalogue says later.
    admin
        .patch(&format!("products/{product}/"), json!({ "price": "900" }))
        .await
        .expect(200);
    assert_eq!(admin.get(&of).await.expect(200).json()["amount"], "324.99");
    admin.delete(&format!("products/{product}/")).await.expect(422);

    let wrong = json!({ "lines": [{ "quantity": "x" }, { "product_id": 999 }, { "product_id": product, "discount": "101" }] });
    let refused = admin.put(&path, wrong).await.expect(422);
    for field in [
        "lines.0.quantity",
        "lines.0.name",
        "lines.0.unit_price",
        "lines.1.product_id",
        "lines.2.discount",
    ] {
        assert!(!refused.error(field).is_empty(), "{field}: {}", refused.text());
    }
    assert_eq!(app.count("opportunity_lines").await, 2, "what was refused changed nothing");

    let emptied = admin.put(&path, json!({ "lines": [] })).await.expect(200);
    assert_eq!(
        (&emptied.json()["lines"], emptied.json()["amount"].as_str()),
        (&json!([]), Some("324.99")),
        "the amount stays"
    );
    let late = undo(&admin, operation).await;
    assert_eq!(late["refused"][0]["subject_type"], "opportunity_lines", "{late}");
    let back = undo(&admin, emptied.operation()).await;
    assert_eq!(back["refused_count"], 0, "{back}");
    assert_eq!(app.count("opportunity_lines").await, 2);
    assert!(
        kinds(&admin, &format!("{of}timeline/"))
            .await
            .contains(&"opportunity.lines_changed".to_owned())
    );

    // Lines of another currency need a price of their own.
    admin
        .put("exchange-rates/EUR/2026-03-01/", json!({ "rate": "40.5" }))
        .await
        .expect(200);
    let customer = admin.get(&of).await.expect(200).json()["customer"].clone();
    let euro = json!({ "name": "Avrupa", "customer": customer, "currency": "EUR", "expected_close_date": "2026-06-30" });
    let euro = admin.post("opportunities/", euro).await.expect(201).id();
    let path = format!("opportunities/{euro}/lines/");
    let refused = admin.put(&path, json!({ "lines": [{ "product_id": product }] })).await.expect(422);
    assert!(refused.error("lines.0.unit_price").contains("TRY"), "{}", refused.text());
    let lines = json!({ "lines": [{ "product_id": product, "unit_price": "10" }] });
    admin.put(&path, lines).await.expect(200);
    let deal = admin.get(&format!("opportunities/{euro}/")).await.expect(200).json();
    assert_eq!(
        (deal["amount"].as_str(), deal["amount_base"].as_str()),
        (Some("10.00"), Some("405.00"))
    );
});

story!(rates_are_set_by_day, |app| {
    let admin = app.admin().await;
    for (day, rate) in [("2026-03-01", "40.5"), ("2026-03-02", "41"), ("2026-03-02", "41.25")] {
        admin
            .put(&format!("exchange-rates/eur/{day}/"), json!({ "rate": rate, "source": "TCMB" }))
            .await
            .expect(200);
    }
    let rates = admin.get("exchange-rates/?currency=EUR").await.expect(200).json();
    assert_eq!(rates["count"], 2, "the last word of a day counts");
    assert_eq!(
        (&rates["results"][0]["date"], &rates["results"][0]["rate"]),
        (&json!("2026-03-02"), &json!("41.250000"))
    );
    let refused = admin
        .put("exchange-rates/TRY/2026-13-01/", json!({ "rate": "0" }))
        .await
        .expect(422);
    for field in ["currency", "date", "rate"] {
        assert!(!refused.error(field).is_empty(), "{field}");
    }
    let (seller, _) = app.user("Satıcı", "sales_rep", None).await;
    seller
        .put("exchange-rates/EUR/2026-03-03/", json!({ "rate": "1" }))
        .await
        .expect(403);
});

story!(who_has_a_say_is_set_with_their_roles, |app| {
    let admin = app.admin().await;
    let (_, deal) = opportunity(&admin, "Acme").await;
    let ada = admin.post("customers/", person("Ada", "Lovelace")).await.expect(201).id();
    let can = admin.post("customers/", person("Can", "Ak")).await.expect(201).id();
    let path = format!("opportunities/{deal}/stakeholders/");
    let both = json!({ "stakeholders": [{ "customer_id": ada, "role": "decision_maker", "note": "Bütçe onun" }, { "customer_id": can, "role": "blocker" }] });
    let set = admin.put(&path, both).await.expect(200);
    let seen = admin.get(&path).await.expect(200).json();
    assert_eq!(
        (
            &seen["results"][0]["customer_name"],
            &seen["results"][0]["role"],
            &seen["results"][1]["role"]
        ),
        (&json!("Ada Lovelace"), &json!("decision_maker"), &json!("blocker"))
    );
    let wrong = json!({ "stakeholders": [{ "customer_id": ada, "role": "boss" }, { "customer_id": ada, "role": "user" }, { "customer_id": 999, "role": "user" }] });
    let refused = admin.put(&path, wrong).await.expect(422);
    for field in ["stakeholders.0.role", "stakeholders.1.customer_id"] {
        assert!(!refused.error(field).is_empty(), "{field}: {}", refused.text());
    }
    admin
        .put(&path, json!({ "stakeholders": [{ "customer_id": 999, "role": "user" }] }))
        .await
        .expect(422);
    assert_eq!(app.count("stakeholders").await, 2);
    undo(&admin, set.operation()).await;
    assert_eq!(app.count("stakeholders").await, 0);
});
