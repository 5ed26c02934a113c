//! Signing in: two steps, waiting after mistakes, forgotten passwords, sessions and their ends.

use identity::totp;
use kernel::clock::{DAY_US, HOUR_US, MINUTE_US, SECOND_US};
use serde_json::{Value, json};
use testkit::{Answer, Client, PASSWORD, TestApp, story};

const EMAIL: &str = "ayse@ornek.example";
const STEP_US: i64 = 30 * SECOND_US;
const NEW_PASSWORD: &str = "yepyeni bir parola";

async fn sign_in(app: &TestApp, email: &str, password: &str) -> Answer {
    app.anonymous()
        .post("session/", json!({ "email": email, "password": password }))
        .await
}

/// The browser that an answer has signed in.
fn browser(app: &TestApp, answer: &Answer) -> Client {
    let cookie = answer.header("set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let csrf = answer.json()["csrf_token"].as_str().expect("a token").to_owned();
    app.anonymous().with("cookie", &cookie).with("x-csrf-token", &csrf)
}

async fn signed_in(app: &TestApp) -> Client {
    browser(app, &sign_in(app, EMAIL, PASSWORD).await.expect(200))
}

/// A telephone with the secret.
struct Authenticator(String);

impl Authenticator {
    fn code(&self, app: &TestApp) -> String {
        totp::code(&self.0, app.clock.now_us())
    }
}

/// Turns the second factor on: the browser goes on with its new token.
async fn with_two_factor(app: &TestApp, ayse: &Client) -> (Client, Authenticator, Vec<String>) {
    let begun = ayse
        .post("me/two-factor/", json!({ "current_password": PASSWORD }))
        .await
        .expect(200)
        .json();
    let phone = Authenticator(begun["secret"].as_str().expect("a secret").to_owned());
    let confirmed = ayse
        .post("me/two-factor/confirm/", json!({ "code": phone.code(app) }))
        .await
        .expect(200);
    let codes = confirmed.json()["recovery_codes"].as_array().expect("codes").clone();
    let codes = codes.iter().map(|code| code.as_str().expect("text").to_owned()).collect();
    (browser(app, &confirmed), phone, codes)
}

async fn second_step(app: &TestApp, first: &Answer, code: &str) -> Answer {
    let challenge = first.json()["challenge"].clone();
    app.anonymous()
        .post("session/second-step/", json!({ "challenge": challenge, "code": code }))
        .await
}

async fn kinds(app: &TestApp) -> Vec<String> {
    let query = sea_query::Query::select()
        .columns(["kind", "payload", "changes"])
        .from(sea_query::Alias::new("events"))
        .order_by("id", sea_query::Order::Asc)
        .to_owned();
    let rows: Vec<(String, String, String)> = app.db().all(&query).await.expect("events");
    rows.into_iter().map(|(kind, ..)| kind).collect()
}

story!(
    the_second_factor_is_asked_for_after_the_password_and_never_takes_a_code_twice,
    |app| {
        let old = signed_in(&app).await;
        let other = signed_in(&app).await;
        other.post("me/two-factor/", json!({})).await.expect(422);
        other.post("me/two-factor/confirm/", json!({ "code": "123456" })).await.expect(422);
        assert_eq!(old.get("me/").await.json()["two_factor"]["is_on"], false);

        let begun = old
            .post("me/two-factor/", json!({ "current_password": PASSWORD }))
            .await
            .expect(200)
            .json();
        assert!(
            begun["uri"]
                .as_str()
                .expect("a uri")
                .starts_with("otpauth://totp/Deneme:ayse%40ornek.example?secret=")
        );
        sign_in(&app, EMAIL, PASSWORD).await.expect(200);
        let (ayse, phone, codes) = with_two_factor(&app, &old).await;
        assert_eq!(codes.len(), 10);
        old.get("me/").await.expect(401);
        other.get("me/").await.expect(401);
        let me = ayse.get("me/").await.expect(200).json();
        assert_eq!(
            me["two_factor"],
            json!({ "is_on": true, "is_required": false, "recovery_codes_left": 10, "passkeys": 0 })
        );
        ayse.post("me/two-factor/", json!({ "current_password": PASSWORD }))
            .await
            .expect(409);

        let sessions = app.count("sessions").await;
        let first = sign_in(&app, EMAIL, PASSWORD).await.expect(202);
        assert_eq!(first.json()["code"], "two_factor_required");
        assert!(first.header("set-cookie").is_none());
        assert_eq!(app.count("sessions").await, sessions, "a password alone opens nothing");
        let used = second_step(&app, &first, &phone.code(&app)).await.expect(422);
        assert!(!used.error("code").is_empty(), "the code of the confirmation");
        app.clock.advance(STEP_US);
        let answer = second_step(&app, &first, &phone.code(&app)).await.expect(200);
        browser(&app, &answer).get("me/").await.expect(200);
        assert_eq!(
            second_step(&app, &first, &phone.code(&app)).await.expect(403).json()["code"],
            "challenge_over"
        );

        let again = sign_in(&app, EMAIL, PASSWORD).await.expect(202);
        second_step(&app, &again, &phone.code(&app)).await.expect(422);
        app.clock.advance(6 * MINUTE_US);
        second_step(&app, &again, &phone.code(&app)).await.expect(403);
        app.anonymous()
            .post("session/second-step/", json!({ "challenge": "made up", "code": "123456" }))
            .await
            .expect(403);

        // What stands in the database opens nothing.
        let query = sea_query::Query::select()
            .column("secret")
            .from(sea_query::Alias::new("two_factor"))
            .to_owned();
        let (kept,): (String,) = app.db().one(&query).await.expect("a row");
        assert!(!kept.contains(&phone.0));
        assert!(kinds(&app).await.contains(&"user.two_factor_on".to_owned()));
    }
);

story!(a_recovery_code_opens_once_and_new_ones_make_the_old_void, |app| {
    let (ayse, phone, codes) = with_two_factor(&app, &signed_in(&app).await).await;
    let first = sign_in(&app, EMAIL, PASSWORD).await.expect(202);
    second_step(&app, &first, &codes[0].to_lowercase().replace('-', " "))
        .await
        .expect(200);
    let first = sign_in(&app, EMAIL, PASSWORD).await.expect(202);
    second_step(&app, &first, &codes[0]).await.expect(422);
    assert_eq!(ayse.get("me/").await.json()["two_factor"]["recovery_codes_left"], 9);

    app.clock.advance(STEP_US);
    let proof = json!({ "current_password": PASSWORD, "code": phone.code(&app) });
    ayse.post(
        "me/two-factor/recovery-codes/",
        json!({ "current_password": "yanlış parola", "code": phone.code(&app) }),
    )
    .await
    .expect(422);
    let renewed = ayse.post("me/two-factor/recovery-codes/", proof).await.expect(200);
    let ayse = browser(&app, &renewed);
    let fresh = renewed.json()["recovery_codes"][3].as_str().expect("a code").to_owned();
    second_step(&app, &first, &codes[1]).await.expect(422);
    second_step(&app, &first, &fresh).await.expect(200);

    ayse.post("me/two-factor/off/", json!({ "current_password": PASSWORD, "code": codes[2] }))
        .await
        .expect(422);
    app.clock.advance(STEP_US);
    ayse.post(
        "me/two-factor/off/",
        json!({ "current_password": PASSWORD, "code": phone.code(&app) }),
    )
    .await
    .expect(204);
    sign_in(&app, EMAIL, PASSWORD).await.expect(200);
    assert_eq!((app.count("two_factor").await, app.count("recovery_codes").await), (0, 0));
    for kind in ["user.recovery_code_used", "user.recovery_codes_renewed", "user.two_factor_off"] {
        assert!(kinds(&app).await.iter().any(|k| k == kind), "{kind}");
    }
});

story!(wrong_codes_count_and_the_right_password_does_not_forgive_them, |app| {
    let (_, phone, _) = with_two_factor(&app, &signed_in(&app).await).await;
    app.clock.advance(STEP_US);
    for _ in 0..5 {
        let first = sign_in(&app, EMAIL, PASSWORD).await.expect(202);
        second_step(&app, &first, "000000").await.expect(422);
    }
    let locked = sign_in(&app, EMAIL, PASSWORD).await.expect(429);
    assert_eq!(locked.header("retry-after").as_deref(), Some("30"));
    app.clock.advance(31 * SECOND_US);
    let first = sign_in(&app, EMAIL, PASSWORD).await.expect(202);
    second_step(&app, &first, &phone.code(&app)).await.expect(200);
    assert_eq!(
        sign_in(&app, EMAIL, PASSWORD).await.expect(202).json()["code"],
        "two_factor_required",
        "a whole sign-in forgives"
    );
});

story!(a_role_can_demand_the_second_factor, |app| {
    let admin = app.admin().await;
    let role = admin.get("roles/").await.json()["results"]
        .as_array()
        .expect("roles")
        .iter()
        .find(|role| role["code"] == "administrator")
        .expect("the role")["id"]
        .clone();
    let changed = admin
        .patch(&format!("roles/{role}/"), json!({ "requires_two_factor": true }))
        .await
        .expect(200);
    assert_eq!(changed.json()["requires_two_factor"], true);

    let ayse = signed_in(&app).await;
    for path in ["users/", "customers/", "roles/"] {
        assert_eq!(ayse.get(path).await.expect(403).json()["code"], "two_factor_setup_required");
    }
    let before = app.count("events").await;
    ayse.post("teams/", json!({ "name": "Ege" })).await.expect(403);
    assert_eq!(app.count("events").await, before);
    assert_eq!(ayse.get("me/").await.expect(200).json()["two_factor"]["is_required"], true);
    admin.get("users/").await.expect(200);

    let (ayse, phone, _) = with_two_factor(&app, &ayse).await;
    ayse.get("users/").await.expect(200);
    app.clock.advance(STEP_US);
    ayse.post(
        "me/two-factor/off/",
        json!({ "current_password": PASSWORD, "code": phone.code(&app) }),
    )
    .await
    .expect(409);
    let other = app.user("Deniz Şahin", "sales_rep", None).await.0;
    other.get("customers/").await.expect(200);
    ayse.delete("session/").await.expect(204);
});

story!(a_lost_second_factor_is_reset_by_who_may, |app| {
    let (ayse, ..) = with_two_factor(&app, &signed_in(&app).await).await;
    let (_, deniz) = app.user("Deniz Şahin", "administrator", None).await;
    let other = app.client_of(deniz).await;
    ayse.delete("users/1/two-factor/").await.expect(409);
    app.user("Can Ak", "sales_rep", None)
        .await
        .0
        .delete("users/1/two-factor/")
        .await
        .expect(403);
    other.delete("users/1/two-factor/").await.expect(204);
    ayse.get("me/").await.expect(401);
    sign_in(&app, EMAIL, PASSWORD).await.expect(200);
    other.delete("users/99/two-factor/").await.expect(404);
});

story!(waiting_survives_a_restart_tells_nothing_and_can_be_lifted, |app| {
    for email in [EMAIL, "kimse@ornek.example"] {
        for _ in 0..5 {
            sign_in(&app, email, "yanlış parola").await.expect(401);
        }
    }
    let app = app.restarted().await;
    let known = sign_in(&app, EMAIL, PASSWORD).await.expect(429);
    let unknown = sign_in(&app, "kimse@ornek.example", PASSWORD).await.expect(429);
    assert_eq!(known.header("retry-after"), unknown.header("retry-after"));
    assert_eq!(known.json()["detail"], unknown.json()["detail"]);

    app.user("Can Ak", "sales_rep", None)
        .await
        .0
        .post("users/1/unlock/", json!({}))
        .await
        .expect(403);
    sign_in(&app, EMAIL, PASSWORD).await.expect(429);
    app.admin().await.post("users/1/unlock/", json!({})).await.expect(204);
    sign_in(&app, EMAIL, PASSWORD).await.expect(200);
    sign_in(&app, "kimse@ornek.example", PASSWORD).await.expect(429);
    assert!(kinds(&app).await.contains(&"user.unlocked".to_owned()));

    // However long somebody goes on, the owner is never out for more than a quarter of an hour.
    for _ in 0..30 {
        let answer = sign_in(&app, EMAIL, "yanlış parola").await;
        if answer.status == 429 {
            let wait: i64 = answer.header("retry-after").and_then(|wait| wait.parse().ok()).expect("seconds");
            assert!(wait <= 900, "{wait}");
            app.clock.advance(wait * SECOND_US);
        }
    }
    app.clock.advance(15 * MINUTE_US);
    sign_in(&app, EMAIL, PASSWORD).await.expect(200);
});

fn token_of(link: &Value) -> String {
    let link = link["link"].as_str().expect("a link");
    link.split_once("/new-password#").expect("a token").1.to_owned()
}

story!(a_link_gives_a_new_password_once_and_within_the_hour, |app| {
    let admin = app.admin().await;
    let ayse = signed_in(&app).await;
    let complete = async |token: &str, password: &str| {
        app.anonymous()
            .post("password-reset/complete/", json!({ "token": token, "password": password }))
            .await
    };
    app.user("Can Ak", "sales_rep", None)
        .await
        .0
        .post("users/1/password-reset/", json!({}))
        .await
        .expect(403);
    let void = admin.post("users/1/password-reset/", json!({})).await.expect(201).json();
    let late = admin.post("users/1/password-reset/", json!({})).await.expect(201).json();
    assert_eq!(
        complete(&token_of(&void), NEW_PASSWORD).await.expect(403).json()["code"],
        "link_void"
    );
    app.clock.advance(HOUR_US);
    complete(&token_of(&late), NEW_PASSWORD).await.expect(403);
    complete("", NEW_PASSWORD).await.expect(403);

    let overtaken = token_of(&admin.post("users/1/password-reset/", json!({})).await.expect(201).json());
    admin
        .patch("users/1/", json!({ "password": "bambaşka bir parola" }))
        .await
        .expect(200);
    complete(&overtaken, NEW_PASSWORD).await.expect(403);
    ayse.get("me/").await.expect(401);
    admin.patch("users/1/", json!({ "password": PASSWORD })).await.expect(200);
    let ayse = signed_in(&app).await;

    let link = token_of(&admin.post("users/1/password-reset/", json!({})).await.expect(201).json());
    assert!(!complete(&link, "kısa").await.expect(422).error("password").is_empty());
    assert!(
        complete(&link, "Ayşe Yılmaz 1985")
            .await
            .expect(422)
            .error("password")
            .contains("name")
    );
    ayse.get("me/").await.expect(200);
    let (ayse, phone, _) = with_two_factor(&app, &ayse).await;
    for _ in 0..5 {
        sign_in(&app, EMAIL, "yanlış parola").await.expect(401);
    }
    complete(&link, NEW_PASSWORD).await.expect(204);
    ayse.get("me/").await.expect(401);
    complete(&link, "başka bir parola").await.expect(403);
    sign_in(&app, EMAIL, PASSWORD).await.expect(401);
    app.clock.advance(STEP_US);
    let first = sign_in(&app, EMAIL, NEW_PASSWORD).await.expect(202);
    second_step(&app, &first, &phone.code(&app)).await.expect(200);
    assert_eq!(app.count("password_resets").await, 0);
});

story!(who_asks_for_a_new_password_is_always_told_the_same, |app| {
    let asked = async |email: &str| {
        app.anonymous()
            .post("password-reset/", json!({ "email": email }))
            .await
            .expect(202)
            .body
    };
    let known = asked(EMAIL).await;
    assert_eq!(known, asked("kimse@ornek.example").await);
    assert_eq!(known, asked("not an address").await);
    let events = async || {
        kinds(&app)
            .await
            .iter()
            .filter(|kind| *kind == "user.password_reset_requested")
            .count()
    };
    assert_eq!(events().await, 1, "only for who is there");
    for _ in 0..5 {
        assert_eq!(asked(EMAIL).await, known);
    }
    assert_eq!(events().await, 3, "a flood is answered and not written");
    assert_eq!(app.count("password_resets").await, 0, "nobody gets a link by asking");
});

story!(sessions_tell_where_they_are_and_end_one_by_one_or_all, |app| {
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
    let credentials = json!({ "email": EMAIL, "password": PASSWORD });
    let first = app
        .anonymous()
        .with("user-agent", firefox)
        .post("session/", credentials)
        .await
        .expect(200);
    let (desk, phone, tablet) = (browser(&app, &first), signed_in(&app).await, signed_in(&app).await);
    let list = desk.get("me/sessions/?ordering=id").await.expect(200).json();
    assert_eq!(list["count"], 3);
    assert_eq!(
        (
            &list["results"][0]["browser"],
            &list["results"][0]["system"],
            &list["results"][0]["is_current"]
        ),
        (&json!("Firefox"), &json!("Linux"), &json!(true))
    );
    assert_eq!(
        (&list["results"][1]["browser"], &list["results"][1]["is_current"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(list["results"][0]["ip_address"], "0.0.0.0");

    let id = list["results"][1]["id"].clone();
    let (other, deniz) = app.user("Deniz Şahin", "sales_rep", None).await;
    desk.delete(&format!("me/sessions/{id}/")).await.expect(204);
    phone.get("me/").await.expect(401);
    desk.delete(&format!("me/sessions/{id}/")).await.expect(404);
    desk.delete("me/sessions/").await.expect(204);
    tablet.get("me/").await.expect(401);
    desk.get("me/").await.expect(200);
    let gone = desk.delete("me/sessions/?all=true").await.expect(204);
    assert!(gone.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")));
    desk.get("me/").await.expect(401);
    assert_eq!(app.count("sessions").await, 0);

    let desk = signed_in(&app).await;
    other.delete("users/1/sessions/").await.expect(403);
    other.delete("me/sessions/").await.expect(403);
    app.client_of(deniz).await.get("customers/").await.expect(200);
    desk.get("me/").await.expect(200);
    app.admin().await.delete("users/1/sessions/").await.expect(204);
    desk.get("me/").await.expect(401);
});

story!(another_password_renews_the_session_that_changed_it, |app| {
    let (desk, other) = (signed_in(&app).await, signed_in(&app).await);
    let weak = json!({ "password": "123456789012", "current_password": PASSWORD });
    assert!(desk.patch("me/", weak).await.expect(422).error("password").contains("common"));
    let wrong = json!({ "password": NEW_PASSWORD, "current_password": "değil" });
    desk.patch("me/", wrong).await.expect(422);
    other.get("me/").await.expect(200);
    let right = json!({ "password": NEW_PASSWORD, "current_password": PASSWORD });
    let changed = desk.patch("me/", right).await.expect(200);
    desk.get("me/").await.expect(401);
    other.get("me/").await.expect(401);
    let desk = browser(&app, &changed);
    desk.patch("me/", json!({ "theme": "dark" })).await.expect(200);
    sign_in(&app, EMAIL, PASSWORD).await.expect(401);
});

story!(nothing_is_left_of_what_is_over, |app| {
    let _ = with_two_factor(&app, &signed_in(&app).await).await;
    sign_in(&app, EMAIL, PASSWORD).await.expect(202);
    sign_in(&app, EMAIL, "yanlış parola").await.expect(401);
    app.admin().await.post("users/1/password-reset/", json!({})).await.expect(201);
    app.clock.advance(100 * DAY_US);
    let schedules = app.product.schedules.clone();
    let ctx = app.product.system().await.expect("a context");
    kernel::jobs::schedule(&ctx, &schedules).await.expect("schedules");
    app.run_jobs().await;
    for table in ["sessions", "sign_in_challenges", "password_resets", "sign_in_failures"] {
        assert_eq!(app.count(table).await, 0, "{table}");
    }
    assert_eq!(app.count("recovery_codes").await, 10);
});
