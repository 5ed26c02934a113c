//! Signing in, staying so, and proving that it is still the same browser.

use super::*;

#[tokio::test]
async fn signing_in_and_out() {
    let place = Place::new().await;
    place.set_up().await;
    let wrong = place.sign_in("ayse@isik.com.tr", "yanlış parola").await.expect(401);
    let unknown = place.sign_in("kimse@isik.com.tr", "yanlış parola").await.expect(401);
    assert_eq!(wrong.body, unknown.body, "the two are told the same");
    assert_eq!(wrong.body["code"], "wrong_credentials");
    place.sign_in("not an address", "x").await.expect(401);

    let answer = place.sign_in(" AYSE@isik.com.tr", PASSWORD).await.expect(200);
    assert!(
        !answer.headers[header::SET_COOKIE].to_str().unwrap().contains("Secure"),
        "no TLS here"
    );
    let ayse = signed_in(&answer);
    let sessions = place.get(&ayse, "/me/sessions/").await.expect(200).body;
    assert_eq!(sessions["count"], 2);
    assert_eq!(
        sessions["results"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|session| session["is_current"] == true)
            .count(),
        1
    );

    place.call(&ayse, "DELETE", "/session/", Value::Null).await.expect(204);
    place.get(&ayse, "/me/").await.expect(401);
    assert_eq!(
        place.get(&ayse, "/setup/").await.expect(200).body["needed"],
        false,
        "an old cookie is simply nobody"
    );
}

#[tokio::test]
async fn five_failures_lock_the_account_for_a_while_even_for_the_right_password() {
    let place = Place::new().await;
    place.set_up().await;
    for _ in 0..5 {
        place.sign_in("ayse@isik.com.tr", "yanlış parola").await.expect(401);
    }
    let locked = place.sign_in("ayse@isik.com.tr", PASSWORD).await.expect(429);
    assert_eq!(locked.headers[header::RETRY_AFTER], "30");
    place.clock.advance(31 * SECOND_US);
    place.sign_in("ayse@isik.com.tr", PASSWORD).await.expect(200);
    place.sign_in("ayse@isik.com.tr", "yanlış parola").await.expect(401);
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_is_turned_away() {
    let place = Place::new().await;
    place.set_up().await;
    for _ in 0..50 {
        place.sign_in("no address", "x").await.expect(401);
    }
    place.sign_in("ayse@isik.com.tr", PASSWORD).await.expect(429);
    let elsewhere = Caller {
        address: [10, 0, 0, 7],
        ..Caller::default()
    };
    place
        .call(
            &elsewhere,
            "POST",
            "/session/",
            json!({"email": "ayse@isik.com.tr", "password": PASSWORD}),
        )
        .await
        .expect(200);
}

#[tokio::test]
async fn a_browser_proves_that_a_change_comes_from_our_page() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    for csrf in [None, Some("wrong".to_owned()), Some(String::new())] {
        let forged = Caller { csrf, ..ayse.clone() };
        let refused = place.call(&forged, "PATCH", "/me/", json!({"theme": "dark"})).await.expect(403);
        assert!(refused.body["detail"].as_str().unwrap().contains("X-CSRF-Token"));
        place.get(&forged, "/me/").await.expect(200);
    }
    let changed = place
        .call(&ayse, "PATCH", "/me/", json!({"theme": "dark", "locale": "en"}))
        .await
        .expect(200);
    assert_eq!((&changed.body["theme"], &changed.body["locale"]), (&json!("dark"), &json!("en")));
    assert_eq!(changed.body["csrf_token"].as_str(), ayse.csrf.as_deref());
    place.call(&ayse, "PATCH", "/me/", json!({"theme": "pink"})).await.expect(422);
}

#[tokio::test]
async fn a_session_slides_for_thirty_days_and_ends_after_ninety() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let idle = signed_in(&place.sign_in("ayse@isik.com.tr", PASSWORD).await);
    for _ in 0..3 {
        place.clock.advance(25 * DAY_US);
        place.identity.forget_all();
        place.get(&ayse, "/me/").await.expect(200);
        place.identity.flush().await.unwrap();
    }
    place.get(&idle, "/me/").await.expect(401);
    place.identity.forget_all();
    place.clock.advance(14 * DAY_US);
    place.get(&ayse, "/me/").await.expect(200);
    place.clock.advance(2 * DAY_US);
    place.get(&ayse, "/me/").await.expect(401);

    crate::sessions::clean_up(&place.ctx).await.unwrap();
    let left = Query::select().column("id").from(Alias::new("sessions")).to_owned();
    assert!(place.ctx.db.all::<(i64,)>(&left).await.unwrap().is_empty());
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let other = signed_in(&place.sign_in("ayse@isik.com.tr", PASSWORD).await);
    let new = "yepyeni bir parola";
    place.call(&ayse, "PATCH", "/me/", json!({"password": new})).await.expect(422);
    let refused = place
        .call(&ayse, "PATCH", "/me/", json!({"password": new, "current_password": "no"}))
        .await
        .expect(422);
    assert!(refused.body["errors"]["current_password"][0].is_string());
    let changed = place
        .call(&ayse, "PATCH", "/me/", json!({"password": new, "current_password": PASSWORD}))
        .await
        .expect(200);
    place.get(&ayse, "/me/").await.expect(401);
    let ayse = signed_in(&changed);
    place.get(&other, "/me/").await.expect(401);
    place.get(&ayse, "/me/").await.expect(200);
    place.sign_in("ayse@isik.com.tr", PASSWORD).await.expect(401);
    place.sign_in("ayse@isik.com.tr", new).await.expect(200);
    place.kinds_of_events().await;
}
