//! What answers tell beside the thing itself, so that nobody has to ask once more.

use identity::totp;
use kernel::clock::{MINUTE_US, SECOND_US, rfc3339};
use serde_json::{Value, json};
use testkit::{Client, PASSWORD, TestApp, company, person, story};

const EMAIL: &str = "ayse@ornek.example";

/// The user as their own answer and the list tell alike.
async fn told(client: &Client, id: i64) -> Value {
    let one = client.get(&format!("users/{id}/")).await.expect(200).json();
    let list = client.get("users/").await.expect(200).json();
    let rows = list["results"].as_array().expect("results");
    let row = rows.iter().find(|row| row["id"] == id).expect("the user is listed");
    assert_eq!(row, &one);
    json!([one["last_seen_at"], one["two_factor_on"], one["is_locked"]])
}

async fn sign_in(app: &TestApp, password: &str) -> testkit::Answer {
    app.anonymous()
        .post("session/", json!({ "email": EMAIL, "password": password }))
        .await
}

story!(users_are_told_with_how_they_sign_in, |app| {
    let admin = app.admin().await;
    let (_, other) = app.user("Can Er", "sales_rep", None).await;
    assert_eq!(told(&admin, 1).await, json!([null, false, false]));
    let session = sign_in(&app, PASSWORD).await.expect(200);
    let seen_at = rfc3339(app.clock.now_us());
    assert_eq!(told(&admin, 1).await, json!([seen_at, false, false]));
    assert_eq!(told(&admin, other).await, json!([null, false, false]), "another one was not seen");

    let cookie = session.header("set-cookie").expect("a cookie");
    let csrf = session.json()["csrf_token"].as_str().expect("a token").to_owned();
    let ayse = app
        .anonymous()
        .with("cookie", cookie.split(';').next().expect("a pair"))
        .with("x-csrf-token", &csrf);
    let begun = ayse
        .post("me/two-factor/", json!({ "current_password": PASSWORD }))
        .await
        .expect(200)
        .json();
    assert_eq!(told(&admin, 1).await[1], false, "it has begun, and is not on");
    let code = totp::code(begun["secret"].as_str().expect("a secret"), app.clock.now_us());
    ayse.post("me/two-factor/confirm/", json!({ "code": code })).await.expect(200);
    assert_eq!(told(&admin, 1).await[1], true);

    app.clock.advance(MINUTE_US);
    for _ in 0..5 {
        sign_in(&app, "yanlış parola").await.expect(401);
    }
    assert_eq!(told(&admin, 1).await, json!([seen_at, true, true]));
    assert_eq!(told(&admin, other).await[2], false);
    app.clock.advance(31 * SECOND_US);
    assert_eq!(told(&admin, 1).await[2], false, "the wait is over");
    sign_in(&app, "yanlış parola").await.expect(401);
    assert_eq!(told(&admin, 1).await[2], true);
    admin.post("users/1/unlock/", json!({})).await.expect(204);
    assert_eq!(told(&admin, 1).await[2], false);
    // A directory of whom to attack is nobody's business.
    let (can, _) = app.user("Ece Su", "sales_rep", None).await;
    assert_eq!(told(&can, 1).await, json!([null, null, null]));
});

story!(a_pattern_of_codes_is_refused_where_it_is_set_and_shown_by_its_first_code, |app| {
    let admin = app.admin().await;
    let organisation = async || admin.get("organisation/").await.expect(200).json();
    assert_eq!(organisation().await["customer_code_example"], "M-000001");
    for wrong in ["MÜŞ-", "{yyyy}-{00}", "{00}-{00}", "012345678901234567{0000}"] {
        let refused = admin
            .patch("organisation/", json!({ "customer_code_pattern": wrong, "name": "Başka" }))
            .await
            .expect(422);
        assert!(refused.error("customer_code_pattern").contains("needs one counter"), "{wrong}");
    }
    let before = organisation().await;
    assert_eq!(
        (&before["customer_code_pattern"], before["name"] == "Başka"),
        (&json!(""), false),
        "nothing of a refused change stays"
    );
    let set = admin
        .patch("organisation/", json!({ "customer_code_pattern": "MÜŞ/{000}" }))
        .await
        .expect(200)
        .json();
    assert_eq!(set["customer_code_example"], "MÜŞ/001");
    assert_eq!(organisation().await, set);
    let made = admin.post("customers/", company("Alfa")).await.expect(201).json();
    assert_eq!(made["customer_code"], "MÜŞ/001", "what was shown is what is given");
});

story!(what_criteria_group_goes_out_as_a_file, |app| {
    let admin = app.admin().await;
    for (name, city) in [("Alfa", "İzmir"), ("Beta", "Ankara"), ("Gama", "Van"), ("Delta", "Van")] {
        let mut input = company(name);
        input["city"] = json!(city);
        admin.post("customers/", input).await.expect(201);
    }
    let either =
        json!({ "any": [{ "field": "city", "op": "eq", "value": "İzmir" }, { "field": "company_name", "op": "eq", "value": "Gama" }] });
    let asked = json!({ "criteria": either, "ordering": "-company_name", "fields": ["company_name", "city"], "headers": "names" });
    let file = admin.post("customers/export/", asked).await.expect(200);
    assert_eq!(file.header("content-type").as_deref(), Some("text/csv; charset=utf-8"));
    assert_eq!(
        file.text().lines().collect::<Vec<_>>(),
        ["company_name,city", "Gama,Van", "Alfa,İzmir"]
    );
    let found = json!({ "search": "delta", "fields": ["company_name"], "headers": "names" });
    assert_eq!(admin.post("customers/export/", found).await.expect(200).text().lines().count(), 2);
    let workbook = admin.post("customers/export/", json!({ "format": "xlsx" })).await.expect(200);
    assert!(workbook.header("content-disposition").expect("a name").contains(".xlsx"));
    // What is wrong is told by its place, and nobody takes out more than they may.
    for (field, body) in [
        ("format", json!({ "format": "pdf" })),
        ("headers", json!({ "headers": "x" })),
        ("fields", json!({ "fields": ["citty"] })),
        (
            "criteria.field",
            json!({ "criteria": { "field": "citty", "op": "eq", "value": "x" } }),
        ),
    ] {
        let refused = admin.post("customers/export/", body).await.expect(422);
        assert!(refused.json()["errors"][field][0].is_string(), "{}", refused.text());
    }
    let (reader, _) = app.user("Can Er", "read_only", None).await;
    reader.post("customers/export/", json!({})).await.expect(403);
});

story!(an_operation_tells_by_itself_what_its_undo_has_refused, |app| {
    let admin = app.admin().await;
    let id = admin.post("customers/", person("Ali", "Ak")).await.expect(201).id();
    let path = format!("customers/{id}/");
    let change = admin
        .patch(&path, json!({ "title": "Müdür", "city": "Van" }))
        .await
        .expect(200)
        .operation();
    let operation = async |id: i64| admin.get(&format!("operations/{id}/")).await.expect(200).json();
    let listed = async |id: i64| -> Value {
        let list = admin.get("operations/").await.expect(200).json();
        let rows = list["results"].as_array().expect("results").clone();
        rows.into_iter().find(|row| row["id"] == id).expect("the operation")
    };
    let mut before = operation(change).await;
    assert_eq!((&before["can_be_undone"], &before["refused"]), (&json!(true), &json!([])));
    assert!(before["actor_name"].is_string());
    before.as_object_mut().expect("an object").remove("refused");
    assert_eq!(before, listed(change).await);

    admin.patch(&path, json!({ "title": "Şef" })).await.expect(200);
    let undone = admin
        .post(&format!("operations/{change}/undo/"), json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(undone["refused"][0]["field"], "title", "{undone}");
    let after = operation(change).await;
    assert_eq!((&after["can_be_undone"], &after["refused"]), (&json!(false), &undone["refused"]));
    let undo = operation(undone["operation_id"].as_i64().expect("an id")).await;
    assert_eq!(undo["refused"], undone["refused"]);
    admin.patch("users/1/", json!({ "locale": "tr" })).await.expect(200);
    let turkish = operation(change).await;
    assert_ne!(turkish["refused"][0]["reason"], undone["refused"][0]["reason"]);
    let (other, _) = app.user("Can Er", "sales_rep", None).await;
    other.get(&format!("operations/{change}/")).await.expect(404);
});

story!(the_list_of_imports_tells_which_were_taken_back, |app| {
    let admin = app.admin().await;
    for name in ["a.csv", "b.csv"] {
        let file = format!("Şirket adı\nFirma {name}\n");
        let id = admin.upload("customers/import/", name, file.as_bytes(), &[]).await.expect(201).id();
        admin.post(&format!("imports/{id}/start/"), json!({})).await.expect(200);
        app.run_jobs().await;
    }
    let undone = async || -> Vec<bool> {
        let list = admin.get("imports/").await.expect(200).json();
        let mut rows = list["results"].as_array().expect("results").clone();
        rows.sort_by_key(|row| row["id"].as_i64());
        rows.iter().map(|row| row["is_undone"].as_bool().expect("yes or no")).collect()
    };
    let first = async || -> i64 {
        let list = admin.get("imports/").await.expect(200).json();
        let rows = list["results"].as_array().expect("results").clone();
        let row = rows.into_iter().min_by_key(|row| row["id"].as_i64()).expect("an import");
        row["operation_id"].as_i64().expect("an operation")
    };
    assert_eq!(undone().await, [false, false]);
    let undo = admin
        .post(&format!("operations/{}/undo/", first().await), json!({}))
        .await
        .expect(200)
        .json();
    app.run_jobs().await;
    assert_eq!(undone().await, [true, false]);
    let again = undo["operation_id"].as_i64().expect("an operation");
    admin.post(&format!("operations/{again}/undo/"), json!({})).await.expect(200);
    app.run_jobs().await;
    assert_eq!(undone().await, [false, false], "done again");
});

story!(ties_tell_how_the_other_one_is_reached_to_whom_may_know, |app| {
    let admin = app.admin().await;
    let firm = admin.post("customers/", company("Alfa")).await.expect(201).id();
    let mut ali = person("Ali", "Ak");
    ali["primary_phone"] = json!("0532 123 45 67");
    ali["primary_email"] = json!("ali@ornek.example");
    let ali = admin.post("customers/", ali).await.expect(201).id();
    let path = format!("customers/{firm}/relations/");
    let tie = admin
        .post(&path, json!({ "other_id": ali, "role": "contact" }))
        .await
        .expect(201)
        .json();
    assert_eq!(
        (&tie["other_phone"], &tie["other_email"]),
        (&json!("+905321234567"), &json!("ali@ornek.example"))
    );
    let (can, user) = app.user("Can Er", "read_only", None).await;
    let seen = can.get(&path).await.expect(200).json();
    assert_eq!(seen["results"][0], tie);
    let back = can.get(&format!("customers/{ali}/relations/")).await.expect(200).json();
    assert_eq!(back["results"][0]["other_phone"], "", "the firm has none");

    let role = admin.get(&format!("users/{user}/")).await.expect(200).json()["role_ids"][0].clone();
    let fields = json!({ "fields": { "customer": { "primary_phone": "hidden" } } });
    admin.patch(&format!("roles/{role}/"), fields).await.expect(200);
    for tie in [
        can.get(&path).await.expect(200).json()["results"][0].clone(),
        can.get(&format!("customers/{firm}/360/")).await.expect(200).json()["relations"]["results"][0].clone(),
    ] {
        assert!(tie.get("other_phone").is_none(), "{tie}");
        assert_eq!(tie["other_email"], "ali@ornek.example");
    }
});
