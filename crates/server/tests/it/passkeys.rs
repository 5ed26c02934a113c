//! Passkeys: made, used alone or after the password, taken away; and everything that must not let anybody in.

use identity::totp;
use kernel::clock::{MINUTE_US, SECOND_US};
use serde_json::{Value, json};
use testkit::authenticator::Authenticator;
use testkit::{Answer, Client, PASSWORD, TestApp, story};

const EMAIL: &str = "ayse@ornek.example";
const ORIGIN: &str = "http://localhost:8080";

/// The same product where people reach it under a name: passkeys are bound to one.
async fn named(app: TestApp) -> TestApp {
    let settings = identity::Settings {
        public_url: ORIGIN.into(),
        ..identity::Settings::default()
    };
    app.restarted_with(settings).await
}

async fn sign_in(app: &TestApp, email: &str) -> Answer {
    let body = json!({ "email": email, "password": PASSWORD });
    app.anonymous().post("session/", body).await
}

fn browser(app: &TestApp, answer: &Answer) -> Client {
    let cookie = answer.header("set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let csrf = answer.json()["csrf_token"].as_str().expect("a token").to_owned();
    app.anonymous().with("cookie", &cookie).with("x-csrf-token", &csrf).with(
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    )
}

/// Signs in with the password, without a second step.
async fn signed_in(app: &TestApp) -> Client {
    browser(app, &sign_in(app, EMAIL).await.expect(200))
}

async fn options(client: &Client) -> Value {
    client
        .post("me/passkeys/options/", json!({ "current_password": PASSWORD }))
        .await
        .expect(200)
        .json()
}

/// Makes a passkey; the browser goes on with its new token.
async fn register(app: &TestApp, ayse: &Client, device: &mut Authenticator, name: &str) -> (Client, i64) {
    let credential = device.create(&options(ayse).await);
    let made = ayse
        .post("me/passkeys/", json!({ "name": name, "credential": credential }))
        .await
        .expect(201);
    let id = made.json()["passkey"]["id"].as_i64().expect("an id");
    (browser(app, &made), id)
}

async fn challenge(app: &TestApp) -> Value {
    app.anonymous().post("session/passkey/options/", json!({})).await.expect(200).json()
}

async fn show(app: &TestApp, credential: Value) -> Answer {
    app.anonymous().post("session/passkey/", json!({ "credential": credential })).await
}

async fn enter(app: &TestApp, device: &mut Authenticator) -> Answer {
    let credential = device.get(&challenge(app).await);
    show(app, credential).await
}

/// What is written down, the newest last.
async fn events(app: &TestApp, kind: &str) -> Vec<Value> {
    use sea_query::{Alias, Expr, ExprTrait, Order, Query};
    let query = Query::select()
        .columns(["payload"])
        .from(Alias::new("events"))
        .and_where(Expr::col("kind").eq(kind))
        .order_by("id", Order::Asc)
        .to_owned();
    let rows: Vec<(String,)> = app.db().all(&query).await.expect("events");
    rows.iter().map(|(payload,)| serde_json::from_str(payload).expect("JSON")).collect()
}

/// Refused without a session, and without a word about why.
async fn refused(app: &TestApp, answer: Answer) {
    let answer = answer.expect(403);
    assert_eq!(answer.json()["code"], "passkey_refused");
    assert_eq!(answer.header("set-cookie"), None);
    // The next mistake is not to meet the wait for this one.
    app.clock.advance(16 * MINUTE_US);
}

story!(several_passkeys_are_made_named_used_and_removed, |app| {
    let app = named(app).await;
    assert_eq!(app.anonymous().get("session/options/").await.json()["passkeys"], true);
    let ayse = signed_in(&app).await;
    ayse.post("me/passkeys/options/", json!({ "current_password": "not mine at all" }))
        .await
        .expect(422);
    ayse.post("me/passkeys/options/", json!({})).await.expect(422);
    // An API token makes no keys.
    app.admin()
        .await
        .post("me/passkeys/options/", json!({ "current_password": PASSWORD }))
        .await
        .expect(403);

    let (mut laptop, mut phone) = (Authenticator::new(1, ORIGIN), Authenticator::new(2, ORIGIN));
    let asked = options(&ayse).await;
    assert_eq!(asked["publicKey"]["rp"]["id"], "localhost");
    assert_eq!(asked["publicKey"]["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(asked["publicKey"]["authenticatorSelection"]["residentKey"], "required");
    let (ayse, first) = register(&app, &ayse, &mut laptop, "Masaüstü").await;
    let asked = options(&ayse).await;
    assert_eq!(asked["publicKey"]["excludeCredentials"][0]["id"], laptop.credential_id());
    let (ayse, second) = register(&app, &ayse, &mut phone, "").await;
    assert_eq!(laptop.user_handle, phone.user_handle, "one account");

    let list = ayse.get("me/passkeys/").await.expect(200).json();
    assert_eq!(list["results"][0]["name"], "Masaüstü");
    assert_eq!(list["results"][1]["name"], "Firefox, Linux");
    assert_eq!(list["results"][0]["used_at"], Value::Null);
    assert_eq!(list["results"][0]["system"], "Linux");
    assert!(!list.to_string().contains("public_key"), "{list}");
    assert_eq!(ayse.get("me/").await.json()["two_factor"]["passkeys"], 2);

    app.clock.advance(MINUTE_US);
    let entered = enter(&app, &mut laptop).await.expect(200);
    assert_eq!(entered.json()["email"], EMAIL);
    browser(&app, &entered).get("me/").await.expect(200);
    let list = ayse.get("me/passkeys/").await.json();
    assert_eq!(list["results"][0]["used_at"], "2026-03-16T09:01:00.000000Z");
    assert_eq!(list["results"][1]["used_at"], Value::Null);
    assert_eq!(events(&app, "user.passkey_used").await, [json!({ "passkey_id": first })]);

    let path = format!("me/passkeys/{second}/");
    ayse.patch(&path, json!({ "name": "Telefon" })).await.expect(204);
    ayse.patch(&path, json!({ "name": "" })).await.expect(422).error("name");
    ayse.delete(&path).await.expect(204);
    ayse.delete(&path).await.expect(404);
    refused(&app, enter(&app, &mut phone).await).await;
    enter(&app, &mut laptop).await.expect(200);
    assert_eq!(events(&app, "user.passkey_added").await.len(), 2);
    assert_eq!(
        events(&app, "user.passkey_removed").await,
        [json!({ "passkey_id": second, "name": "Telefon" })]
    );
    app.consume().await;
    let audit = app.admin().await.get("audit/?kind=user.passkey_added").await.expect(200).json();
    assert_eq!(audit["results"].as_array().map(Vec::len), Some(2));
});

story!(whoever_is_not_the_owner_stays_out, |app| {
    let app = named(app).await;
    let (_, ali) = app.user("Ali Veli", "sales_rep", None).await;
    let ayse = signed_in(&app).await;
    let mut device = Authenticator::new(1, ORIGIN);
    let (ayse, id) = register(&app, &ayse, &mut device, "a").await;
    let sessions = app.count("sessions").await;

    // The same answer twice.
    let answer = device.get(&challenge(&app).await);
    show(&app, answer.clone()).await.expect(200);
    refused(&app, show(&app, answer).await).await;
    // A challenge that we never gave.
    let made_up = json!({"publicKey": {"challenge": "AAAAAAAAAAAAAAAAAAAAAA", "rpId": "localhost"}});
    refused(&app, show(&app, device.get(&made_up)).await).await;
    // A challenge that somebody was asked to make a key with.
    let mut register_challenge = options(&ayse).await;
    register_challenge["publicKey"]["rpId"] = json!("localhost");
    refused(&app, show(&app, device.get(&register_challenge)).await).await;
    // Too late.
    let late = challenge(&app).await;
    app.clock.advance(5 * MINUTE_US);
    refused(&app, show(&app, device.get(&late)).await).await;
    // A page of another origin, of another port, another site.
    for origin in ["https://evil.example", "http://localhost:8081", "https://localhost:8080"] {
        let mut lured = device.clone();
        lured.origin = origin.into();
        refused(&app, enter(&app, &mut lured).await).await;
    }
    let mut other_site = device.clone();
    other_site.rp_id = Some("evil.example".into());
    refused(&app, enter(&app, &mut other_site).await).await;
    // Whoever finds the device and does not know the PIN.
    let mut found = device.clone();
    found.verifies = false;
    refused(&app, enter(&app, &mut found).await).await;
    // Another key under the same name.
    let mut forged = Authenticator::new(9, ORIGIN);
    let mut answer = forged.get(&challenge(&app).await);
    for field in ["id", "rawId"] {
        answer[field] = json!(device.credential_id());
    }
    refused(&app, show(&app, answer).await).await;
    // The right key for somebody else's account.
    let mut mistaken = device.clone();
    mistaken.user_handle = vec![7; 16];
    refused(&app, enter(&app, &mut mistaken).await).await;
    for nonsense in [json!({}), json!("x"), json!({"id": "x", "response": {"clientDataJSON": "!"}})] {
        refused(&app, show(&app, nonsense).await).await;
    }
    assert_eq!(app.count("sessions").await, sessions + 1, "one sign-in was good");

    // The waiting is over, and the device was never at fault.
    app.clock.advance(60 * MINUTE_US);
    device.counter += 1;
    enter(&app, &mut device).await.expect(200);
    // Somebody else cannot take it away or rename it.
    let other = app.client_of(ali).await;
    other.delete(&format!("me/passkeys/{id}/")).await.expect(403);
    assert_eq!(ayse.get("me/passkeys/").await.json()["results"][0]["id"], id);
});

story!(a_key_that_was_copied_is_noticed, |app| {
    let app = named(app).await;
    let ayse = signed_in(&app).await;
    let mut device = Authenticator::new(1, ORIGIN);
    let (ayse, _) = register(&app, &ayse, &mut device, "a").await;
    let mut copy = device.clone();
    enter(&app, &mut device).await.expect(200);
    enter(&app, &mut device).await.expect(200);
    refused(&app, enter(&app, &mut copy).await).await;
    let told = events(&app, "sign_in.refused").await;
    assert_eq!(told, [json!({ "reason": "passkey_counter" })]);
    enter(&app, &mut device).await.expect(200);

    // Keys that travel between devices do not count at all, and that is fine.
    let mut travelling = Authenticator::new(2, ORIGIN);
    travelling.counts = false;
    register(&app, &ayse, &mut travelling, "b").await;
    enter(&app, &mut travelling).await.expect(200);
    enter(&app, &mut travelling).await.expect(200);
});

story!(a_registration_is_bound_to_its_owner_its_site_and_its_challenge, |app| {
    let app = named(app).await;
    let ayse = signed_in(&app).await;
    let made = async |credential: Value| ayse.post("me/passkeys/", json!({ "credential": credential })).await;
    let mut device = Authenticator::new(1, ORIGIN);
    for spoil in [
        (|device: &mut Authenticator| device.origin = "https://evil.example".into()) as fn(&mut Authenticator),
        |device| device.rp_id = Some("evil.example".into()),
        |device| device.verifies = false,
    ] {
        let mut spoilt = device.clone();
        spoil(&mut spoilt);
        let credential = spoilt.create(&options(&ayse).await);
        made(credential).await.expect(422).error("credential");
    }
    let late = options(&ayse).await;
    app.clock.advance(5 * MINUTE_US);
    made(device.create(&late)).await.expect(422);
    made(json!({ "id": "x" })).await.expect(422).error("credential");
    // A challenge for coming in makes no key, and another's neither.
    let mut for_entry = challenge(&app).await;
    for_entry["publicKey"]["user"] = json!({ "id": "AAAAAAAAAAAAAAAAAAAAAA" });
    for_entry["publicKey"]["rp"] = json!({ "id": "localhost" });
    made(device.create(&for_entry)).await.expect(422);
    assert_eq!(app.count("passkeys").await, 0);
    assert_eq!(events(&app, "user.passkey_added").await.len(), 0);

    let credential = device.create(&options(&ayse).await);
    let good = made(credential.clone()).await.expect(201);
    let ayse = browser(&app, &good);
    ayse.post("me/passkeys/", json!({ "credential": credential })).await.expect(422);
    // The same device once more.
    let credential = device.create(&options(&ayse).await);
    ayse.post("me/passkeys/", json!({ "credential": credential })).await.expect(422);
    assert_eq!(app.count("passkeys").await, 1);
});

story!(it_answers_the_second_step_after_the_password, |app| {
    let app = named(app).await;
    let ayse = signed_in(&app).await;
    let begun = ayse
        .post("me/two-factor/", json!({ "current_password": PASSWORD }))
        .await
        .expect(200)
        .json();
    let secret = begun["secret"].as_str().expect("a secret").to_owned();
    let code = totp::code(&secret, app.clock.now_us());
    let confirmed = ayse.post("me/two-factor/confirm/", json!({ "code": code })).await.expect(200);
    let ayse = browser(&app, &confirmed);
    let first = sign_in(&app, EMAIL).await.expect(202).json();
    assert_eq!(first["methods"], json!(["code"]));
    let mut device = Authenticator::new(1, ORIGIN);
    register(&app, &ayse, &mut device, "a").await;

    let first = sign_in(&app, EMAIL).await.expect(202).json();
    assert_eq!(first["methods"], json!(["code", "passkey"]));
    let step = json!({ "challenge": first["challenge"], "credential": device.get(&challenge(&app).await) });
    app.anonymous().post("session/passkey/", step).await.expect(200);
    let step = json!({ "challenge": first["challenge"], "credential": device.get(&challenge(&app).await) });
    let over = app.anonymous().post("session/passkey/", step).await.expect(403);
    assert_eq!(over.json()["code"], "challenge_over");

    // Somebody else's passkey does not complete it.
    let (_, ali) = app.user("Ali Veli", "administrator", None).await;
    let ctx = &app.ctx;
    let hash = identity::password::hash(PASSWORD, "ali.veli@ornek.example").await.expect("a hash");
    let change = identity::users::UserChange {
        password: Some(hash),
        ..identity::users::UserChange::default()
    };
    ctx.db
        .write(async |tx| identity::users::update(tx, ctx, kernel::ids::UserId(ali), change).await)
        .await
        .expect("a password");
    let ali = browser(&app, &sign_in(&app, "ali.veli@ornek.example").await.expect(200));
    let mut alis = Authenticator::new(2, ORIGIN);
    register(&app, &ali, &mut alis, "a").await;
    let first = sign_in(&app, EMAIL).await.expect(202).json();
    let step = json!({ "challenge": first["challenge"], "credential": alis.get(&challenge(&app).await) });
    refused(&app, app.anonymous().post("session/passkey/", step).await).await;
    // Without a role that demands it, a passkey does not take the password away.
    sign_in(&app, "ali.veli@ornek.example").await.expect(200);
});

story!(it_is_enough_where_a_second_factor_is_demanded, |app| {
    let app = named(app).await;
    let ayse = signed_in(&app).await;
    let admin = app.admin().await;
    let roles = admin.get("roles/?search=adm").await.expect(200).json();
    let role = roles["results"]
        .as_array()
        .expect("roles")
        .iter()
        .find(|role| role["code"] == "administrator")
        .expect("the role")
        .clone();
    admin
        .patch(&format!("roles/{}/", role["id"]), json!({ "requires_two_factor": true }))
        .await
        .expect(200);
    ayse.get("customers/").await.expect(403);
    let mut device = Authenticator::new(1, ORIGIN);
    let (ayse, id) = register(&app, &ayse, &mut device, "a").await;
    ayse.get("customers/").await.expect(200);
    // The password alone is not enough any more, the passkey alone is.
    let first = sign_in(&app, EMAIL).await.expect(202).json();
    assert_eq!(first["methods"], json!(["passkey"]));
    let entered = enter(&app, &mut device).await.expect(200);
    browser(&app, &entered).get("customers/").await.expect(200);
    // The last one stays.
    ayse.delete(&format!("me/passkeys/{id}/")).await.expect(409);
    assert_eq!(app.count("passkeys").await, 1);
    // Who lost it is helped by an administrator.
    let (other, _) = app.user("Ali Veli", "administrator", None).await;
    other.delete("users/1/two-factor/").await.expect(204);
    assert_eq!(app.count("passkeys").await, 0);
    refused(&app, enter(&app, &mut device).await).await;
});

story!(mistakes_make_wait_as_with_passwords, |app| {
    let app = named(app).await;
    let ayse = signed_in(&app).await;
    let mut device = Authenticator::new(1, ORIGIN);
    register(&app, &ayse, &mut device, "a").await;
    let mut found = device.clone();
    found.verifies = false;
    for _ in 0..5 {
        enter(&app, &mut found).await.expect(403);
    }
    let waits = enter(&app, &mut device).await.expect(429);
    assert_eq!(waits.header("retry-after").as_deref(), Some("30"));
    sign_in(&app, EMAIL).await.expect(429);
    app.clock.advance(31 * SECOND_US);
    device.counter += 1;
    enter(&app, &mut device).await.expect(200);
    // Challenges are not free either: fifty, then the address waits.
    for _ in 0..60 {
        if app.anonymous().post("session/passkey/options/", json!({})).await.status == 429 {
            return;
        }
    }
    panic!("challenges without end");
});

story!(it_is_not_offered_where_browsers_know_no_name, |app| {
    assert_eq!(app.anonymous().get("session/options/").await.json()["passkeys"], false);
    app.anonymous().post("session/passkey/options/", json!({})).await.expect(409);
    let ayse = signed_in(&app).await;
    ayse.post("me/passkeys/options/", json!({ "current_password": PASSWORD }))
        .await
        .expect(409);
    assert_eq!(app.count("passkey_challenges").await, 0);
});

story!(challenges_that_nobody_answers_go_away, |app| {
    let app = named(app).await;
    challenge(&app).await;
    assert_eq!(app.count("passkey_challenges").await, 1);
    app.clock.advance(5 * MINUTE_US);
    let ctx = app.product.system().await.expect("a context");
    ctx.db
        .write(async |tx| tx.enqueue("identity.clean_up", json!({}), ctx.now_us()).await)
        .await
        .expect("a job");
    app.run_jobs().await;
    assert_eq!(app.count("passkey_challenges").await, 0);
});
