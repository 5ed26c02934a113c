//! Who may do what, on which records and fields: the tree of teams, rules of roles, single records shared, and why.

use std::collections::BTreeSet;

use customers::customer::access::Known;
use customers::permissions::{READ, WRITE};
use kernel::actor::Via;
use kernel::ctx::Ctx;
use kernel::ids::UserId;
use serde_json::{Value, json};
use testkit::dice::Dice;
use testkit::{Client, TestApp, company, story};

fn company_in(name: &str, city: &str) -> Value {
    let mut input = company(name);
    input["city"] = city.into();
    input
}

async fn names(client: &Client, query: &str) -> BTreeSet<String> {
    let list = client.get(&format!("customers/?page_size=200{query}")).await.expect(200).json();
    assert_eq!(
        list["count"].as_i64(),
        Some(list["results"].as_array().expect("results").len() as i64)
    );
    let rows = list["results"].as_array().expect("results").iter();
    rows.map(|row| row["name"].as_str().expect("a name").to_owned()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn team(admin: &Client, name: &str, parent: Option<i64>, manager: Option<i64>) -> i64 {
    let input = json!({ "name": name, "parent_id": parent, "manager_id": manager });
    admin.post("teams/", input).await.expect(201).id()
}

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

story!(managers_reach_the_teams_below_them, |app| {
    let admin = app.admin().await;
    let (boss, boss_id) = app.user("Büyük Patron", "manager", None).await;
    let (chief, chief_id) = app.user("Şef Marmara", "manager", None).await;
    let (rep, rep_id) = app.user("Temsilci", "sales_rep", None).await;
    let turkiye = team(&admin, "Türkiye", None, Some(boss_id)).await;
    let marmara = team(&admin, "Marmara", Some(turkiye), None).await;
    let bursa = team(&admin, "Bursa", Some(marmara), None).await;
    let ege = team(&admin, "Ege", Some(turkiye), None).await;
    admin
        .patch(&format!("users/{chief_id}/"), json!({ "team_id": marmara }))
        .await
        .expect(200);
    admin
        .patch(&format!("users/{rep_id}/"), json!({ "team_id": bursa }))
        .await
        .expect(200);
    for (name, team, owner) in [
        ("Merkez A.Ş.", Some(turkiye), None),
        ("Marmara A.Ş.", Some(marmara), None),
        ("Bursa A.Ş.", Some(bursa), None),
        ("Ege A.Ş.", Some(ege), None),
        ("Kimsesiz A.Ş.", None, None),
        ("Temsilci A.Ş.", Some(ege), Some(rep_id)),
    ] {
        let mut input = company(name);
        (input["team_id"], input["owner_id"]) = (json!(team), json!(owner));
        if team.is_none() && owner.is_none() {
            input["owner_id"] = json!(1);
        }
        admin.post("customers/", input).await.expect(201);
    }
    let under_boss = ["Merkez A.Ş.", "Marmara A.Ş.", "Bursa A.Ş.", "Ege A.Ş.", "Temsilci A.Ş."];
    assert_eq!(names(&boss, "").await, set(&under_boss), "leading a team reaches all below it");
    assert_eq!(names(&chief, "").await, set(&["Marmara A.Ş.", "Bursa A.Ş."]));
    assert_eq!(names(&rep, "").await, set(&["Temsilci A.Ş."]));
    assert_eq!(names(&chief, "&ordering=name&search=bursa").await, set(&["Bursa A.Ş."]));

    // The tree changes, and what people reach with it.
    admin
        .patch(&format!("teams/{ege}/"), json!({ "parent_id": marmara }))
        .await
        .expect(200);
    assert_eq!(names(&chief, "").await.len(), 4);
    let refused = admin
        .patch(&format!("teams/{turkiye}/"), json!({ "parent_id": bursa }))
        .await
        .expect(422);
    assert!(
        refused.json()["errors"]["parent_id"][0]
            .as_str()
            .expect("a reason")
            .contains("below itself")
    );
    admin
        .patch(&format!("teams/{turkiye}/"), json!({ "parent_id": turkiye }))
        .await
        .expect(422);
    admin.patch(&format!("teams/{ege}/"), json!({ "parent_id": 999 })).await.expect(422);
    admin
        .patch(&format!("teams/{ege}/"), json!({ "manager_id": 999 }))
        .await
        .expect(422);
    admin.delete(&format!("teams/{marmara}/")).await.expect(409);
    admin
        .patch(&format!("teams/{ege}/"), json!({ "parent_id": null }))
        .await
        .expect(200);
    assert_eq!(names(&chief, "").await, set(&["Marmara A.Ş.", "Bursa A.Ş."]));
    assert!(!names(&boss, "").await.contains("Ege A.Ş."));

    // Nobody gives a customer to a team outside their reach.
    let own = chief.get("customers/?search=marmara").await.expect(200).json()["results"][0]["id"].clone();
    chief
        .patch(&format!("customers/{own}/"), json!({ "team_id": bursa }))
        .await
        .expect(200);
    let refused = chief
        .patch(&format!("customers/{own}/"), json!({ "team_id": ege }))
        .await
        .expect(422);
    assert!(refused.json()["errors"]["owner_id"].is_array());
});

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

story!(single_records_are_shared, |app| {
    let admin = app.admin().await;
    let (rep, rep_id) = app.user("Temsilci", "sales_rep", Some("Ege")).await;
    let (mate, _) = app.user("Takım Arkadaşı", "sales_rep", Some("Ege")).await;
    let (stranger, stranger_id) = app.user("Yabancı", "sales_rep", Some("Marmara")).await;
    let alfa = admin.post("customers/", company("Alfa")).await.expect(201).id();
    let beta = admin.post("customers/", company("Beta")).await.expect(201).id();
    rep.get(&format!("customers/{alfa}/")).await.expect(404);

    let share = admin
        .post(&format!("customers/{alfa}/shares/"), json!({ "user_id": rep_id, "level": "read" }))
        .await
        .expect(201);
    assert_eq!(share.json()["user_name"], "Temsilci");
    assert_eq!(names(&rep, "").await, set(&["Alfa"]));
    rep.get(&format!("customers/{alfa}/360/")).await.expect(200);
    rep.patch(&format!("customers/{alfa}/"), json!({ "industry": "Gıda" }))
        .await
        .expect(404);
    rep.delete(&format!("customers/{alfa}/")).await.expect(403);
    rep.post(
        &format!("customers/{alfa}/shares/"),
        json!({ "user_id": stranger_id, "level": "read" }),
    )
    .await
    .expect(404);
    stranger.get(&format!("customers/{alfa}/")).await.expect(404);

    // The same person again is the same share.
    let again = admin
        .post(&format!("customers/{alfa}/shares/"), json!({ "user_id": rep_id, "level": "write" }))
        .await
        .expect(201);
    assert_eq!(again.id(), share.id());
    rep.patch(&format!("customers/{alfa}/"), json!({ "industry": "Gıda" }))
        .await
        .expect(200);
    assert_eq!(names(&mate, "").await, set(&[]));
    let ege = admin.get("teams/?search=ege").await.expect(200).json()["results"][0]["id"].clone();
    admin
        .post(&format!("customers/{beta}/shares/"), json!({ "team_id": ege, "level": "read" }))
        .await
        .expect(201);
    assert_eq!(names(&mate, "").await, set(&["Beta"]));
    assert_eq!(names(&rep, "").await, set(&["Alfa", "Beta"]));
    assert_eq!(names(&stranger, "").await, set(&[]));
    let why = admin
        .get(&format!("customers/{alfa}/access/?user_id={rep_id}"))
        .await
        .expect(200)
        .json();
    assert_eq!(why["permissions"][1]["is_allowed"], true);
    assert!(
        why["permissions"][1]["reasons"][1]["text"]
            .as_str()
            .expect("a text")
            .contains("shared")
    );
    assert_eq!(why["permissions"][2]["is_allowed"], false, "a share never lets delete");

    // Whoever may share what they own may.
    let mine = rep.post("customers/", company("Benim")).await.expect(201).id();
    rep.post(
        &format!("customers/{mine}/shares/"),
        json!({ "user_id": stranger_id, "level": "read" }),
    )
    .await
    .expect(201);
    assert_eq!(names(&stranger, "").await, set(&["Benim"]));
    let listed = rep.get(&format!("customers/{mine}/shares/")).await.expect(200).json();
    assert_eq!(listed["results"][0]["user_id"].as_i64(), Some(stranger_id));

    let path = format!("customers/{alfa}/shares/{}/", share.id());
    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.expect(404);
    rep.get(&format!("customers/{alfa}/")).await.expect(404);
    for wrong in [
        json!({ "level": "read" }),
        json!({ "user_id": rep_id, "team_id": ege, "level": "read" }),
        json!({ "user_id": 999, "level": "read" }),
        json!({ "team_id": 999, "level": "read" }),
        json!({ "user_id": rep_id, "level": "all" }),
    ] {
        admin.post(&format!("customers/{alfa}/shares/"), wrong.clone()).await.expect(422);
    }
});

/// Signs in; gives a client with cookie and CSRF token.
async fn signed_in(app: &TestApp, email: &str) -> Client {
    let nobody = app.anonymous();
    let answer = nobody
        .post("session/", json!({ "email": email, "password": testkit::PASSWORD }))
        .await
        .expect(200);
    let cookie = answer.header("set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let csrf = answer.json()["csrf_token"].as_str().expect("a token").to_owned();
    nobody.with("cookie", &cookie).with("x-csrf-token", &csrf)
}

story!(an_administrator_looks_as_somebody_else, |app| {
    let admin = app.admin().await;
    let (rep, rep_id) = app.user("Temsilci", "sales_rep", None).await;
    let theirs = rep.post("customers/", company("Onunki")).await.expect(201).id();
    let other = admin.post("customers/", company("Öteki")).await.expect(201).id();
    // A token is no person who looks at screens.
    admin.post("me/view-as/", json!({ "user_id": rep_id })).await.expect(403);
    let browser = signed_in(&app, "ayse@ornek.example").await;
    browser.post("me/view-as/", json!({ "user_id": 1 })).await.expect(422);
    browser.post("me/view-as/", json!({ "user_id": 999 })).await.expect(422);
    browser.post("me/view-as/", json!({ "user_id": rep_id })).await.expect(204);
    let me = browser.get("me/").await.expect(200).json();
    assert_eq!((me["id"].as_i64(), me["viewed_by"].as_i64()), (Some(rep_id), Some(1)));
    assert_eq!(names(&browser, "").await, set(&["Onunki"]));
    browser.get(&format!("customers/{other}/")).await.expect(404);
    browser.post("customers/search/", json!({})).await.expect(200);

    let before = app.count("events").await;
    browser
        .patch(&format!("customers/{theirs}/"), json!({ "industry": "Gıda" }))
        .await
        .expect(403);
    browser.post("customers/", company("Yeni")).await.expect(403);
    browser.delete(&format!("customers/{theirs}/")).await.expect(403);
    browser.post("tokens/", json!({ "name": "x", "scopes": ["*"] })).await.expect(403);
    browser.patch("me/", json!({ "name": "Başkası" })).await.expect(403);
    browser.post("me/view-as/", json!({ "user_id": 1 })).await.expect(403);
    assert_eq!(app.count("events").await, before, "nothing was changed");

    browser.delete("me/view-as/").await.expect(204);
    let me = browser.get("me/").await.expect(200).json();
    assert_eq!((me["id"].as_i64(), &me["viewed_by"]), (Some(1), &Value::Null));
    assert_eq!(names(&browser, "").await, set(&["Onunki", "Öteki"]));
    let query = sea_query::Query::select()
        .columns(["kind", "actor_id"].map(sea_query::Alias::new))
        .from("events")
        .and_where(sea_query::ExprTrait::like(sea_query::Expr::col("kind"), "session.view_as%"))
        .order_by("id", sea_query::Order::Asc)
        .to_owned();
    let told: Vec<(String, Option<i64>)> = app.db().all(&query).await.expect("events");
    assert_eq!(
        told,
        [("session.view_as_began".into(), Some(1)), ("session.view_as_ended".into(), Some(1))]
    );
});

story!(nobody_looks_as_somebody_who_may_do_more, |app| {
    let admin = app.admin().await;
    let role = admin
        .post(
            "roles/",
            json!({ "name": "Destek", "grants": { "user.view_as": "all", "customer.read": "own" } }),
        )
        .await
        .expect(201)
        .id();
    let (_, id) = app.user("Destek Uzmanı", "read_only", None).await;
    let (_, rep) = app.user("Temsilci", "sales_rep", None).await;
    let (_, reader) = app.user("Dar", "read_only", None).await;
    let own = admin
        .post("roles/", json!({ "name": "Dar", "grants": { "customer.read": "own" } }))
        .await
        .expect(201)
        .id();
    admin
        .patch(&format!("users/{reader}/"), json!({ "role_ids": [own] }))
        .await
        .expect(200);
    admin
        .patch(&format!("users/{id}/"), json!({ "role_ids": [role] }))
        .await
        .expect(200);
    let password = json!({ "password": testkit::PASSWORD });
    admin.patch(&format!("users/{id}/"), password).await.expect(200);
    let browser = signed_in(&app, "destek.uzmani@ornek.example").await;
    browser.post("me/view-as/", json!({ "user_id": 1 })).await.expect(403);
    browser.post("me/view-as/", json!({ "user_id": rep })).await.expect(403);
    browser.post("me/view-as/", json!({ "user_id": reader })).await.expect(204);
    // Once they may no longer, they are themselves again.
    admin
        .patch(&format!("roles/{role}/"), json!({ "grants": { "customer.read": "own" } }))
        .await
        .expect(200);
    assert_eq!(browser.get("me/").await.expect(200).json()["id"].as_i64(), Some(id));
});

/// Any rule somebody might write.
fn any_rule(dice: &mut Dice) -> Value {
    let leaf = |dice: &mut Dice| match dice.below(9) {
        0 => json!({ "field": "city", "op": "in", "value": ["istanbul", "Ankara"] }),
        1 => json!({ "field": "industry", "op": "is_set" }),
        2 => json!({ "field": "tags", "op": "has_any", "value": ["vip"] }),
        3 => json!({ "field": "email", "op": "contains", "value": "alfa" }),
        4 => json!({ "field": "annual_revenue", "op": "gte", "value": "500" }),
        5 => json!({ "field": "custom.puan", "op": "lt", "value": 5 }),
        6 => json!({ "field": "owner_id", "op": "is_empty" }),
        7 => json!({ "field": "consent_email", "op": "eq", "value": "granted" }),
        _ => json!({ "field": "customer_type", "op": "eq", "value": "company" }),
    };
    match dice.below(4) {
        0 => json!({ "not": leaf(dice) }),
        1 => json!({ "any": [leaf(dice), leaf(dice)] }),
        2 => json!({ "all": [leaf(dice), { "not": leaf(dice) }] }),
        _ => leaf(dice),
    }
}

// For any roles, teams, rules, shares and records: what the list finds is what the rules, read one by one in memory, say.
story!(lists_are_what_the_rules_say, |app| {
    let mut dice = Dice::new("lists_are_what_the_rules_say");
    let admin = app.admin().await;
    admin
        .post(
            "custom-fields/",
            json!({ "key": "puan", "label_tr": "Puan", "label_en": "Points", "kind": "number" }),
        )
        .await
        .expect(201);
    let mut teams: Vec<i64> = Vec::new();
    for n in 0..7 {
        let parent = if n > 1 && dice.below(4) > 0 {
            Some(*dice.one_of(&teams))
        } else {
            None
        };
        teams.push(team(&admin, &format!("Ekip {n}"), parent, None).await);
    }
    let mut roles = Vec::new();
    for n in 0..6 {
        let scope = *dice.one_of(&["own", "team", "below", "all"]);
        let write = *dice.one_of(&["own", "team", "below", "all"]);
        let mut role = json!({ "name": format!("Rol {n}"), "grants": { "customer.read": scope, "customer.write": write } });
        if dice.below(5) == 0 {
            role["grants"] = json!({ "customer.write": write });
        }
        if dice.below(2) == 0 {
            role["rows"] = json!({ "customer": any_rule(&mut dice) });
        }
        roles.push(admin.post("roles/", role).await.expect(201).id());
    }
    let mut users = Vec::new();
    for n in 0..8 {
        let (client, id) = app.user(&format!("Kişi {n}"), "read_only", None).await;
        let mut held: Vec<i64> = (0..1 + dice.below(3)).map(|_| *dice.one_of(&roles)).collect();
        held.dedup();
        let team = if dice.below(4) > 0 { Some(*dice.one_of(&teams)) } else { None };
        admin
            .patch(&format!("users/{id}/"), json!({ "role_ids": held, "team_id": team }))
            .await
            .expect(200);
        users.push((client, id));
    }
    for team in &teams {
        if dice.below(3) == 0 {
            let (_, manager) = dice.one_of(&users);
            admin
                .patch(&format!("teams/{team}/"), json!({ "manager_id": manager }))
                .await
                .expect(200);
        }
    }
    let mut customers = Vec::new();
    for n in 0..60 {
        let mut input = company(&format!("Müşteri {n}"));
        if dice.below(3) == 0 {
            input = json!({ "first_name": "Kişi", "last_name": format!("No{n}") });
        }
        input["city"] = (*dice.one_of(&["İstanbul", "ANKARA", "İzmir", ""])).into();
        input["industry"] = (*dice.one_of(&["Gıda", ""])).into();
        input["tags"] = dice.one_of(&[json!(["VIP"]), json!(["fuar"]), json!([])]).clone();
        input["primary_email"] = dice
            .one_of(&[json!(format!("a{n}@alfa.example")), json!(format!("b{n}@beta.example")), json!("")])
            .clone();
        input["annual_revenue"] = dice.one_of(&[json!("500.00"), json!("499.99"), Value::Null]).clone();
        input["custom"] = dice.one_of(&[json!({ "puan": 3 }), json!({ "puan": 5 }), json!({})]).clone();
        input["owner_id"] = if dice.below(2) == 0 {
            json!(dice.one_of(&users).1)
        } else {
            Value::Null
        };
        input["team_id"] = if dice.below(3) > 0 || input["owner_id"].is_null() {
            json!(dice.one_of(&teams))
        } else {
            Value::Null
        };
        let id = admin.post("customers/", input).await.expect(201).id();
        if dice.below(3) == 0 {
            let status = *dice.one_of(&["granted", "denied"]);
            let said = json!({ "channel": "email", "purpose": "marketing", "status": status, "source": "web_form" });
            let answer = admin.post(&format!("customers/{id}/consents/"), said).await;
            assert!(answer.status.is_success(), "{}", answer.text());
        }
        customers.push(id);
    }
    for _ in 0..12 {
        let mut share = json!({ "level": dice.one_of(&["read", "write"]) });
        match dice.below(2) {
            0 => share["user_id"] = json!(dice.one_of(&users).1),
            _ => share["team_id"] = json!(dice.one_of(&teams)),
        }
        admin
            .post(&format!("customers/{}/shares/", dice.one_of(&customers)), share)
            .await
            .expect(201);
    }
    admin
        .delete(&format!("customers/{}/", customers.pop().expect("one")))
        .await
        .expect(200);

    let mut known = Vec::new();
    for id in &customers {
        known.push(Known::load(&app.ctx, *id).await.expect("a customer"));
    }
    let mut seen_by_somebody = 0;
    for (client, id) in &users {
        let actor = app
            .product
            .identity
            .actor_of(UserId(*id), Via::Session { id: 0 })
            .await
            .expect("a user");
        let ctx = Ctx {
            actor: std::sync::Arc::new(actor),
            ..app.ctx.clone()
        };
        if !ctx.actor.may(READ) {
            client.get("customers/").await.expect(403);
            continue;
        }
        let said: BTreeSet<i64> = known
            .iter()
            .filter(|known| known.allows(&ctx, READ))
            .map(|known| known.customer.id)
            .collect();
        let list = client.get("customers/?page_size=200").await.expect(200).json();
        let rows = list["results"].as_array().expect("results");
        let listed: BTreeSet<i64> = rows.iter().filter_map(|row| row["id"].as_i64()).collect();
        assert_eq!(listed, said, "user {id}: {:?}", ctx.actor.limits);
        assert_eq!(list["count"].as_i64(), Some(said.len() as i64));
        seen_by_somebody += said.len();
        // And each on its own, to be read and to be written.
        for known in known.iter().skip(dice.below(10) as usize).step_by(10) {
            let path = format!("customers/{}/", known.customer.id);
            let found = client.get(&path).await.status.as_u16();
            assert_eq!(found, if known.allows(&ctx, READ) { 200 } else { 404 }, "user {id}, {path}");
            let written = client.patch(&path, json!({})).await.status.as_u16();
            assert_eq!(written == 200, known.allows(&ctx, WRITE), "user {id}, {path}: {written}");
        }
    }
    assert!(seen_by_somebody > 0, "nobody sees anything");
});
