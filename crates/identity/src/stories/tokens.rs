//! API tokens, and how fast rights that are taken away are gone.

use super::*;

#[tokio::test]
async fn a_token_has_what_its_scopes_and_its_owner_both_allow() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let (_, rep) = place.user(&ayse, "deniz@isik.com.tr", "sales_rep").await;
    let refused = place
        .call(&rep, "POST", "/tokens/", json!({"name": "x", "scopes": ["custmer.read"]}))
        .await
        .expect(422);
    assert!(
        refused.body["errors"]["scopes"][0].as_str().unwrap().contains("customer.read"),
        "{}",
        refused.body
    );

    let key = Caller {
        key: Some("k1"),
        ..rep.clone()
    };
    let form =
        json!({"name": "Depo", "scopes": ["customer.read:all", "user.manage"], "expires_at": kernel::clock::rfc3339(START_US + DAY_US)});
    let created = place.call(&key, "POST", "/tokens/", form.clone()).await.expect(201);
    let secret = created.body["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("crm_") && secret.len() == 47);
    let again = place.call(&key, "POST", "/tokens/", form).await.expect(201);
    assert_eq!(
        (again.id(), again.body.get("secret")),
        (created.id(), None),
        "repeated, the secret is not told again"
    );
    assert!(place.get(&rep, "/tokens/").await.body["results"][0].get("secret").is_none());

    let program = Caller {
        bearer: Some(secret.clone()),
        ..Caller::default()
    };
    let me = place.get(&program, "/me/").await.expect(200).body;
    assert_eq!(
        me["permissions"],
        json!({"customer.read": "own"}),
        "no more than its owner, no more than its scopes"
    );
    assert_eq!(me["csrf_token"], Value::Null);
    place
        .call(&program, "POST", "/tokens/", json!({"name": "x", "scopes": ["*"]}))
        .await
        .expect(403);
    place.call(&program, "PATCH", "/me/", json!({"theme": "dark"})).await.expect(403);
    place
        .get(
            &Caller {
                bearer: Some("crm_wrong".into()),
                ..Caller::default()
            },
            "/setup/",
        )
        .await
        .expect(401);

    place.identity.flush().await.unwrap();
    assert!(place.get(&rep, "/tokens/").await.body["results"][0]["used_at"].is_string());
    place.clock.advance(DAY_US);
    place.get(&program, "/me/").await.expect(401);
    assert_eq!(
        place.get(&ayse, "/tokens/").await.body["count"],
        1,
        "the administrator sees everybody's"
    );
    place
        .call(&ayse, "DELETE", &format!("/tokens/{}/", created.id()), Value::Null)
        .await
        .expect(204);
}

#[tokio::test]
async fn a_deleted_token_and_a_user_made_inactive_are_out_at_once() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let (deniz, rep) = place.user(&ayse, "deniz@isik.com.tr", "sales_rep").await;
    let made = place
        .call(&rep, "POST", "/tokens/", json!({"name": "a", "scopes": ["*"]}))
        .await
        .expect(201);
    let kept = place
        .call(&rep, "POST", "/tokens/", json!({"name": "b", "scopes": ["*"]}))
        .await
        .expect(201);
    let bearer = |answer: &Answer| Caller {
        bearer: answer.body["secret"].as_str().map(str::to_owned),
        ..Caller::default()
    };
    place.get(&bearer(&made), "/me/").await.expect(200);
    place.get(&bearer(&kept), "/me/").await.expect(200);
    place
        .call(&rep, "DELETE", &format!("/tokens/{}/", made.id()), Value::Null)
        .await
        .expect(204);
    place.get(&bearer(&made), "/me/").await.expect(401);
    place.get(&bearer(&kept), "/me/").await.expect(200);

    place
        .call(&ayse, "PATCH", &format!("/users/{deniz}/"), json!({"is_active": false}))
        .await
        .expect(200);
    place.get(&rep, "/me/").await.expect(401);
    place.get(&bearer(&kept), "/me/").await.expect(401);
    place.sign_in("deniz@isik.com.tr", PASSWORD).await.expect(401);
}
