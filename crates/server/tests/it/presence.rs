//! Who has a customer open, what one opened last, and what one keeps at hand.

use serde_json::{Value, json};
use testkit::{Client, TestApp, company, story};

/// Signs in; gives a client with cookie and CSRF token.
async fn signed_in(app: &TestApp, id: i64) -> Client {
    let query = sea_query::Query::select()
        .column("email")
        .from("users")
        .and_where(sea_query::ExprTrait::eq(sea_query::Expr::col("id"), id))
        .to_owned();
    let email = app.db().texts(&query).await.expect("users").pop().expect("a user");
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

/// A new user at a screen, and their id.
async fn at_screen(app: &TestApp, name: &str, role: &str, team: Option<&str>) -> (Client, i64) {
    let (_, id) = app.user(name, role, team).await;
    let copy = "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE id = 1)".to_owned();
    app.db().write(async |tx| tx.raw(copy).await).await.expect("a password");
    (signed_in(app, id).await, id)
}

async fn customer(client: &Client, name: &str) -> i64 {
    client.post("customers/", company(name)).await.expect(201).id()
}

/// Says that a page is open; who else is there: name and state.
async fn here(client: &Client, id: i64, state: &str) -> Vec<(String, String)> {
    let answer = client
        .post(&format!("customers/{id}/here/"), json!({ "state": state }))
        .await
        .expect(200)
        .json();
    let others = answer["others"].as_array().expect("others");
    let word = |value: &Value| value.as_str().expect("a word").to_owned();
    others.iter().map(|other| (word(&other["name"]), word(&other["state"]))).collect()
}

async fn names(client: &Client, path: &str) -> Vec<String> {
    let list = client.get(path).await.expect(200).json();
    let results = list["results"].as_array().expect("results");
    results
        .iter()
        .map(|line| line["name"].as_str().expect("a name").to_owned())
        .collect()
}

fn seen(name: &str, state: &str) -> Vec<(String, String)> {
    vec![(name.into(), state.into())]
}

const SECOND_US: i64 = 1_000_000;

story!(those_who_have_a_customer_open_see_each_other, |app| {
    let admin = signed_in(&app, 1).await;
    let (mine, my_id) = at_screen(&app, "Temsilci", "sales_rep", None).await;
    let (stranger, _) = at_screen(&app, "Yabancı", "sales_rep", None).await;
    let id = customer(&mine, "Alfa").await;
    let other = customer(&mine, "Beta").await;
    let before = (app.count("events").await, app.count("operations").await);
    assert!(here(&admin, id, "viewing").await.is_empty(), "oneself is no other");
    assert_eq!(here(&mine, id, "editing").await, seen("Ayşe Yılmaz", "viewing"));
    let others = admin
        .post(&format!("customers/{id}/here/"), json!({ "state": "viewing" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        others["others"],
        json!([{ "id": my_id, "name": "Temsilci", "state": "editing", "since": "2026-03-16T09:00:00.000000Z" }])
    );
    assert!(here(&admin, other, "viewing").await.is_empty());
    stranger
        .post(&format!("customers/{id}/here/"), json!({ "state": "viewing" }))
        .await
        .expect(404);
    // A page that says nothing any more is not there; one that does keeps its beginning.
    app.clock.advance(40 * SECOND_US);
    here(&mine, id, "viewing").await;
    app.clock.advance(40 * SECOND_US);
    assert!(here(&mine, id, "viewing").await.is_empty());
    let others = admin
        .post(&format!("customers/{id}/here/"), json!({ "state": "viewing" }))
        .await
        .expect(200)
        .json();
    assert_eq!(others["others"][0]["since"], "2026-03-16T09:00:00.000000Z");
    assert_eq!((app.count("events").await, app.count("operations").await), before);
    for wrong in [json!({}), json!({ "state": "asleep" }), json!({ "state": "viewing", "x": 1 })] {
        admin.post(&format!("customers/{id}/here/"), wrong).await.expect(422);
    }
    app.clock.advance(3_500 * SECOND_US);
    here(&mine, id, "viewing").await;
    app.clock.advance(200 * SECOND_US);
    let now_us = app.clock.now_us();
    let sweep = async |tx: &mut kernel::db::Tx| tx.enqueue("records.presence_sweep", json!({}), now_us).await;
    app.db().write(sweep).await.expect("a job");
    app.run_jobs().await;
    assert_eq!(app.count("presences").await, 1, "what is old is swept, and nothing else");
});

story!(what_was_opened_is_found_again, |app| {
    let admin = signed_in(&app, 1).await;
    let (mine, _) = at_screen(&app, "Temsilci", "sales_rep", None).await;
    let mut ids = Vec::new();
    for n in 0..23 {
        let input = json!({ "customer_type": "company", "company_name": format!("Firma {n:02}"), "city": "İzmir" });
        ids.push(mine.post("customers/", input).await.expect(201).id());
    }
    for id in &ids {
        app.clock.advance(SECOND_US);
        here(&mine, *id, "viewing").await;
    }
    app.clock.advance(60 * SECOND_US);
    here(&mine, ids[3], "viewing").await;
    let list = mine.get("me/recent/").await.expect(200).json();
    assert_eq!(list["results"].as_array().map(Vec::len), Some(20));
    let first = &list["results"][0];
    assert_eq!(
        (&first["entity"], &first["id"], &first["name"]),
        (&json!("customer"), &json!(ids[3]), &json!("Firma 03"))
    );
    let code = mine.get(&format!("customers/{}/", ids[3])).await.expect(200).json()["customer_code"].clone();
    assert_eq!(first["subtitle"], format!("{} · İzmir", code.as_str().expect("a code")));
    assert_eq!(names(&mine, "me/recent/").await[1], "Firma 22");
    assert!(names(&admin, "me/recent/").await.is_empty(), "each has their own");
    // What one may no longer see is not among them.
    admin.delete(&format!("customers/{}/", ids[3])).await.expect(200);
    admin
        .patch(&format!("customers/{}/", ids[22]), json!({ "owner_id": 1, "team_id": null }))
        .await
        .expect(200);
    assert_eq!(names(&mine, "me/recent/").await[0], "Firma 21");
    // A token leaves no trace, and neither does who looks as somebody else.
    let token = app.admin().await;
    assert!(here(&token, ids[0], "viewing").await.is_empty());
    let (_, rep_id) = app.user("Bakılan", "sales_rep", None).await;
    let theirs = app.client_of(rep_id).await;
    let shown = customer(&theirs, "Onun").await;
    admin.post("me/view-as/", json!({ "user_id": rep_id })).await.expect(204);
    here(&admin, shown, "viewing").await;
    assert!(names(&admin, "me/recent/").await.is_empty());
    admin.delete("me/view-as/").await.expect(204);
    assert!(names(&admin, "me/recent/").await.is_empty());
    assert_eq!(app.count("recents").await, 23);
});

story!(favourites_are_kept_in_an_order_of_ones_own, |app| {
    let admin = app.admin().await;
    let (rep, _) = app.user("Temsilci", "sales_rep", None).await;
    let mut ids = Vec::new();
    for name in ["Alfa", "Beta", "Gama"] {
        ids.push(customer(&admin, name).await);
    }
    let path = |id: i64| format!("customers/{id}/favourite/");
    for id in [ids[0], ids[1], ids[2], ids[0]] {
        admin.put(&path(id), json!({})).await.expect(204);
    }
    rep.put(&path(ids[0]), json!({})).await.expect(404);
    admin.put(&path(999), json!({})).await.expect(404);
    assert_eq!(names(&admin, "me/favourites/").await, ["Alfa", "Beta", "Gama"]);
    assert!(names(&rep, "me/favourites/").await.is_empty());
    let ordered = admin
        .put("me/favourites/", json!({ "ids": [ids[2], ids[0]] }))
        .await
        .expect(200)
        .json();
    assert_eq!(ordered["results"][0]["name"], "Gama");
    assert_eq!(names(&admin, "me/favourites/").await, ["Gama", "Alfa", "Beta"]);
    let refused = admin.put("me/favourites/", json!({ "ids": [999] })).await.expect(422);
    assert!(refused.error("ids").contains("999"));
    let is_favourite = async |id: i64| admin.get(&format!("customers/{id}/360/")).await.expect(200).json()["is_favourite"].clone();
    assert_eq!(is_favourite(ids[1]).await, true);
    for _ in 0..2 {
        admin.delete(&path(ids[1])).await.expect(204);
    }
    assert_eq!(is_favourite(ids[1]).await, false);
    // A favourite that was merged is the one it was merged into, once.
    admin
        .post("customers/merge/", json!({ "winner_id": ids[1], "loser_ids": [ids[2], ids[0]] }))
        .await
        .expect(200);
    assert_eq!(names(&admin, "me/favourites/").await, ["Beta"]);
    assert_eq!(is_favourite(ids[1]).await, true);
    admin.put("me/favourites/", json!({ "ids": [ids[1]] })).await.expect(200);
    admin.delete(&path(ids[1])).await.expect(204);
    assert!(names(&admin, "me/favourites/").await.is_empty());
    assert_eq!(app.count("favourites").await, 0);
});
