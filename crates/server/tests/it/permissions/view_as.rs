//! Looking at the product as somebody else.

use serde_json::{Value, json};
use testkit::{Client, TestApp, company, story};

use super::{names, set};

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
