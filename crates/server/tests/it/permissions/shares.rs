//! Single records shared with people and teams.

use serde_json::json;
use testkit::{company, story};

use super::{names, set};

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
