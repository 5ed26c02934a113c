//! A directory that makes users, changes them, gives them roles and takes them away.

use serde_json::{Value, json};
use testkit::{PASSWORD, TestApp, story};

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

fn patch(operations: Value) -> Value {
    json!({ "schemas": [PATCH], "Operations": operations })
}

async fn is_active(app: &TestApp, id: &str) -> Value {
    app.admin().await.get(&format!("users/{id}/")).await.json()["is_active"].clone()
}

story!(a_directory_looks_for_a_user_makes_them_and_sends_them_away, |app| {
    let directory = app.admin().await;
    let none = directory
        .get("scim/v2/Users?filter=userName%20eq%20%22Deniz%40Ornek.Example%22")
        .await
        .expect(200);
    assert_eq!(none.header("content-type").as_deref(), Some("application/scim+json"));
    assert_eq!((&none.json()["totalResults"], &none.json()["Resources"]), (&json!(0), &json!([])));

    let form = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Deniz@ornek.example", "externalId": "00u1",
        "name": {"givenName": "Deniz", "familyName": "Şahin"}, "locale": "tr-TR", "active": true, "nickName": "ignored"
    });
    let made = directory.post("scim/v2/Users", form.clone()).await.expect(201);
    let user = made.json();
    let id = user["id"].as_str().expect("text").to_owned();
    assert_eq!(
        (&user["userName"], &user["displayName"]),
        (&json!("deniz@ornek.example"), &json!("Deniz Şahin"))
    );
    assert_eq!(made.header("location").as_deref(), user["meta"]["location"].as_str());
    let twice = directory.post("scim/v2/Users", form).await.expect(409).json();
    assert_eq!((&twice["scimType"], &twice["status"]), (&json!("uniqueness"), &json!("409")));
    let same_id = json!({ "userName": "baska@ornek.example", "externalId": "00u1" });
    directory.post("scim/v2/Users", same_id).await.expect(409);
    assert_eq!(app.count("users").await, 2, "nothing is left of what was refused");
    for filter in ["externalId%20eq%20%2200u1%22", "userName%20eq%20%22DENIZ%40ornek.example%22"] {
        let found = directory.get(&format!("scim/v2/Users?filter={filter}")).await.expect(200).json();
        assert_eq!(found["Resources"][0], user, "{filter}");
    }
    assert_eq!(directory.get(&format!("scim/v2/Users/{id}")).await.expect(200).json(), user);

    let renamed = directory
        .patch(
            &format!("scim/v2/Users/{id}"),
            patch(json!([{"op": "replace", "value": {"displayName": "Deniz Ak"}}])),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&renamed["name"]["formatted"], &renamed["externalId"]),
        (&json!("Deniz Ak"), &json!("00u1"))
    );
    let whole = json!({ "userName": "deniz.ak@ornek.example", "displayName": "Deniz Ak", "externalId": "00u2", "active": true });
    let replaced = directory.put(&format!("scim/v2/Users/{id}"), whole).await.expect(200).json();
    assert_eq!(
        (&replaced["userName"], &replaced["externalId"]),
        (&json!("deniz.ak@ornek.example"), &json!("00u2"))
    );

    let admin = app.admin().await;
    admin
        .patch(&format!("users/{id}/"), json!({ "password": PASSWORD }))
        .await
        .expect(200);
    let sign_in = json!({ "email": "deniz.ak@ornek.example", "password": PASSWORD });
    let signed_in = app.anonymous().post("session/", sign_in.clone()).await.expect(200);
    let cookie = signed_in.header("set-cookie").expect("a cookie");
    let deniz = app.anonymous().with("cookie", cookie.split(';').next().expect("a pair"));
    deniz.get("me/").await.expect(200);
    let away = patch(json!([{"op": "Replace", "path": "active", "value": "False"}]));
    assert_eq!(
        directory.patch(&format!("scim/v2/Users/{id}"), away).await.expect(200).json()["active"],
        false
    );
    deniz.get("me/").await.expect(401);
    app.anonymous().post("session/", sign_in).await.expect(401);
    let back = patch(json!([{"op": "replace", "path": "active", "value": true}]));
    directory.patch(&format!("scim/v2/Users/{id}"), back).await.expect(200);
    assert_eq!(is_active(&app, &id).await, true);
    directory.delete(&format!("scim/v2/Users/{id}")).await.expect(204);
    assert_eq!(is_active(&app, &id).await, false);
    assert_eq!(app.count("users").await, 2, "they are not deleted: records tell who did what");
});

story!(groups_are_roles_and_their_members_come_and_go, |app| {
    let directory = app.admin().await;
    let (_, deniz) = app.user("Deniz Şahin", "sales_rep", None).await;
    let (_, can) = app.user("Can Ak", "sales_rep", None).await;
    let groups = directory.get("scim/v2/Groups").await.expect(200).json();
    let reps = groups["Resources"]
        .as_array()
        .expect("groups")
        .iter()
        .find(|group| group["members"].as_array().is_some_and(|m| m.len() == 2));
    let reps = reps.expect("the role")["id"].as_str().expect("text").to_owned();
    let roles_of = async |id: i64| app.admin().await.get(&format!("users/{id}/")).await.json()["role_ids"].clone();

    let form = json!({ "displayName": "Ege Satış", "externalId": "g1", "members": [{"value": deniz.to_string()}] });
    let made = directory.post("scim/v2/Groups", form.clone()).await.expect(201).json();
    let id = made["id"].as_str().expect("text").to_owned();
    assert_eq!(
        directory.post("scim/v2/Groups", form).await.expect(409).json()["scimType"],
        "uniqueness"
    );
    assert_eq!(
        directory.get(&format!("roles/{id}/")).await.json()["grants"],
        json!({}),
        "it allows nothing yet"
    );
    let found = directory
        .get("scim/v2/Groups?filter=displayName%20eq%20%22EGE%20SATI%C5%9E%22&excludedAttributes=members")
        .await
        .expect(200)
        .json();
    assert_eq!((&found["totalResults"], &found["Resources"][0]["members"]), (&json!(1), &json!([])));

    let path = format!("scim/v2/Groups/{id}");
    let moved = patch(json!([
        {"op": "add", "path": "members", "value": [{"value": can.to_string()}]},
        {"op": "remove", "path": format!("members[value eq \"{deniz}\"]")},
    ]));
    let moved = directory.patch(&path, moved).await.expect(200).json();
    assert_eq!(
        moved["members"],
        json!([{"value": can.to_string(), "display": "can.ak@ornek.example"}])
    );
    assert_eq!(roles_of(deniz).await.as_array().map(Vec::len), Some(1));
    assert_eq!(roles_of(can).await.as_array().map(Vec::len), Some(2));
    let nobody = patch(json!([{"op": "add", "path": "members", "value": [{"value": "999"}]}]));
    let refused = directory.patch(&path, nobody).await.expect(400).json();
    assert_eq!(refused["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(app.count("user_roles").await, 4, "one wrong member leaves all as it was");

    directory.delete(&path).await.expect(204);
    directory.get(&path).await.expect(404);
    assert_eq!(roles_of(can).await.as_array().map(Vec::len), Some(1));
    directory.delete(&format!("scim/v2/Groups/{reps}")).await.expect(409);
});

story!(a_directory_may_no_more_than_its_token, |app| {
    let (rep, id) = app.user("Deniz Şahin", "sales_rep", None).await;
    rep.get("scim/v2/Users").await.expect(403);
    app.anonymous().get("scim/v2/Users").await.expect(401);
    let admin = app.admin().await;
    let clerk = admin
        .post(
            "roles/",
            json!({ "name": "Personel", "grants": {"user.manage": "all", "customer.read": "all"} }),
        )
        .await
        .expect(201)
        .id();
    admin
        .patch(&format!("users/{id}/"), json!({ "role_ids": [clerk] }))
        .await
        .expect(200);
    let clerk = app.client_of(id).await;
    clerk.get("scim/v2/Users").await.expect(200);
    let away = patch(json!([{"op": "replace", "path": "active", "value": false}]));
    clerk.patch("scim/v2/Users/1", away.clone()).await.expect(403);
    let join = patch(json!([{"op": "add", "path": "members", "value": [{"value": id.to_string()}]}]));
    clerk.patch("scim/v2/Groups/1", join).await.expect(400);
    clerk.post("scim/v2/Groups", json!({ "displayName": "Gizli" })).await.expect(403);
    clerk.delete("scim/v2/Users/1").await.expect(403);
    assert_eq!(is_active(&app, "1").await, true);
    let last = admin.patch("scim/v2/Users/1", away).await.expect(400).json();
    assert!(
        last["detail"].as_str().is_some_and(|detail| detail.contains("last active")),
        "{last}"
    );
});

story!(a_directory_can_ask_what_there_is, |app| {
    let directory = app.admin().await;
    for n in 0..3 {
        app.user(&format!("Kişi {n}"), "read_only", None).await;
    }
    let page = directory.get("scim/v2/Users?startIndex=2&count=2").await.expect(200).json();
    assert_eq!(
        (&page["totalResults"], &page["startIndex"], &page["itemsPerPage"]),
        (&json!(4), &json!(2), &json!(2))
    );
    assert_eq!(page["Resources"][0]["displayName"], "Kişi 0");
    assert_eq!(directory.get("scim/v2/Users?count=0").await.expect(200).json()["itemsPerPage"], 0);
    let refused = directory
        .get("scim/v2/Users?filter=userName%20co%20%22a%22")
        .await
        .expect(400)
        .json();
    assert_eq!(refused["scimType"], "invalidFilter");
    directory.get("scim/v2/Users?filter=password_hash%20eq%20%22a%22").await.expect(400);
    directory.get("scim/v2/Users?count=many").await.expect(400);
    directory.get("scim/v2/Users/abc").await.expect(404);
    let config = directory.get("scim/v2/ServiceProviderConfig").await.expect(200).json();
    assert_eq!(config["patch"]["supported"], true);
    assert_eq!(directory.get("scim/v2/Schemas").await.expect(200).json()["totalResults"], 2);
    assert_eq!(
        directory.get("scim/v2/ResourceTypes").await.expect(200).json()["Resources"][1]["endpoint"],
        "/Groups"
    );
    directory.post("scim/v2/Users", json!({ "displayName": "Adsız" })).await.expect(400);
    let everything = directory.get("scim/v2/Users").await.expect(200).text();
    assert!(!everything.contains("argon2"));
});
