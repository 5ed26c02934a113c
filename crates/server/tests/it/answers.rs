//! What answers tell beside the thing itself, so that nobody has to ask once more.

use identity::totp;
use kernel::clock::{MINUTE_US, SECOND_US, rfc3339};
use serde_json::{Value, json};
use testkit::{Client, PASSWORD, TestApp, story};

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
    let begun = ayse.post("me/two-factor/", json!({ "current_password": PASSWORD })).await.expect(200).json();
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
