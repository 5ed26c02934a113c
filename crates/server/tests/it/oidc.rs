//! Signing in at a provider, which here is a small one of our own on a loopback port.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::clock::{HOUR_US, MINUTE_US, SECOND_US};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use testkit::{Answer, Client, PASSWORD, TestApp, story};

const EMAIL: &str = "ayse@ornek.example";

/// A provider of OpenID Connect: answers any code with the claims it was told last, if the verifier fits the challenge.
#[derive(Clone)]
struct Provider(Arc<Inner>);

struct Inner {
    url: String,
    key: Mutex<(String, EcdsaKeyPair)>,
    /// The claims of the next token, the challenge its verifier must fit, and the algorithm it says.
    next: Mutex<(Value, String, &'static str)>,
    key_reads: Mutex<u32>,
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).expect("a key")
}

impl Provider {
    async fn start() -> Provider {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let provider = Provider(Arc::new(Inner {
            url: format!("http://{}", listener.local_addr().expect("an address")),
            key: Mutex::new(("k1".into(), new_key())),
            next: Mutex::default(),
            key_reads: Mutex::default(),
        }));
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    fn settings(&self) -> identity::Settings {
        identity::Settings {
            public_url: "http://localhost:8080".into(),
            oidc: Some(identity::oidc::Settings {
                issuer: self.0.url.clone(),
                client_id: "crm".into(),
                client_secret: "gizli".into(),
                roles: BTreeMap::from([("satis".into(), "sales_rep".into()), ("pazarlama".into(), "marketer".into())]),
                creates_users: true,
                ..Default::default()
            }),
            ..Default::default()
        }
    }
}

async fn configuration(State(Provider(provider)): State<Provider>) -> Json<Value> {
    let url = &provider.url;
    Json(json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"), "jwks_uri": format!("{url}/keys"),
    }))
}

async fn keys(State(Provider(provider)): State<Provider>) -> Json<Value> {
    *provider.key_reads.lock().expect("a lock") += 1;
    let key = provider.key.lock().expect("a lock");
    let point = key.1.public_key().as_ref();
    let part = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    Json(json!({"keys": [{"kid": key.0, "kty": "EC", "crv": "P-256", "x": part(&point[1..33]), "y": part(&point[33..])}]}))
}

async fn token(State(Provider(provider)): State<Provider>, Form(form): Form<HashMap<String, String>>) -> Result<Json<Value>, StatusCode> {
    let (claims, challenge, alg) = provider.next.lock().expect("a lock").clone();
    let fits = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes())) == challenge;
    if !fits || form["code"] != "the code" || form["client_secret"] != "gizli" || form["grant_type"] != "authorization_code" {
        return Err(StatusCode::BAD_REQUEST);
    }
    let key = provider.key.lock().expect("a lock");
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&json!({"alg": alg, "kid": key.0})), part(&claims));
    let signature = key.1.sign(&SystemRandom::new(), message.as_bytes()).expect("a signature");
    let signature = if alg == "none" {
        String::new()
    } else {
        URL_SAFE_NO_PAD.encode(signature)
    };
    Ok(Json(
        json!({"id_token": format!("{message}.{signature}"), "access_token": "x", "token_type": "Bearer"}),
    ))
}

/// What goes wrong on the way, if anything.
#[derive(Default)]
struct Twist {
    claims: Value,
    alg: Option<&'static str>,
    state: Option<&'static str>,
    code: Option<&'static str>,
    challenge: Option<&'static str>,
    without_cookie: bool,
    late_us: i64,
}

/// One whole attempt: to the provider and back.
async fn attempt(app: &TestApp, provider: &Provider, subject: &str, twist: Twist) -> Answer {
    let begun = app.anonymous().get("oidc/start/?next=/customers/7").await.expect(302);
    let location = begun.header("location").expect("a location");
    assert!(location.starts_with(&format!("{}/authorize?", provider.0.url)), "{location}");
    let query: HashMap<String, String> = kernel::http::extract::pairs(location.split_once('?').expect("a query").1)
        .into_iter()
        .collect();
    assert_eq!(query["redirect_uri"], "http://localhost:8080/api/v1/crm/oidc/callback/");
    assert_eq!(
        (query["code_challenge_method"].as_str(), query["scope"].as_str()),
        ("S256", "openid email profile")
    );
    let now_s = app.clock.now_us() / SECOND_US;
    let mut claims = json!({
        "iss": provider.0.url, "aud": "crm", "sub": subject, "nonce": query["nonce"], "iat": now_s, "exp": now_s + 300,
        "email": EMAIL, "email_verified": true, "name": "Ayşe Yılmaz",
    });
    for (name, value) in twist.claims.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    let challenge = twist.challenge.map_or(query["code_challenge"].clone(), str::to_owned);
    *provider.0.next.lock().expect("a lock") = (claims, challenge, twist.alg.unwrap_or("ES256"));
    app.clock.advance(twist.late_us);
    let cookie = begun.header("set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a pair");
    let browser = if twist.without_cookie {
        app.anonymous()
    } else {
        app.anonymous().with("cookie", cookie)
    };
    let state = twist.state.unwrap_or(&query["state"]);
    let code = twist.code.unwrap_or("the%20code");
    browser.get(&format!("oidc/callback/?code={code}&state={state}")).await.expect(302)
}

fn browser(app: &TestApp, answer: &Answer) -> Client {
    assert_eq!(answer.header("location").as_deref(), Some("/customers/7"));
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("crm_session="), "{cookie}");
    app.anonymous().with("cookie", cookie.split(';').next().expect("a pair"))
}

fn claims(claims: Value) -> Twist {
    Twist {
        claims,
        ..Twist::default()
    }
}

story!(who_the_provider_knows_comes_in_and_is_known_again_by_issuer_and_subject, |app| {
    let provider = Provider::start().await;
    assert_eq!(
        app.anonymous().get("session/options/").await.expect(200).json(),
        json!({ "oidc": null, "passkeys": false })
    );
    app.anonymous().get("oidc/start/").await.expect(404);
    let app = app.restarted_with(provider.settings()).await;
    let options = app.anonymous().get("session/options/").await.expect(200).json();
    assert_eq!(options["oidc"]["start"], "/api/v1/crm/oidc/start/");

    let ayse = browser(&app, &attempt(&app, &provider, "7", Twist::default()).await);
    assert_eq!(ayse.get("me/").await.expect(200).json()["id"], 1);
    let other_address = claims(json!({ "email": "baska@ornek.example", "email_verified": false }));
    let again = browser(&app, &attempt(&app, &provider, "7", other_address).await);
    assert_eq!(again.get("me/").await.json()["email"], EMAIL, "the address of the first time stays");
    let recycled = attempt(&app, &provider, "8", Twist::default()).await;
    assert_eq!(
        recycled.header("location").as_deref(),
        Some("/sign-in?problem=account"),
        "the address is linked to somebody else"
    );
    assert_eq!(app.count("external_identities").await, 1);

    // Somebody new, with the roles of their groups, which follow them from then on.
    let new = |groups: Value| claims(json!({ "email": "deniz@ornek.example", "name": "Deniz Şahin", "groups": groups }));
    let deniz = browser(&app, &attempt(&app, &provider, "9", new(json!(["satis", "başka"]))).await);
    let me = deniz.get("me/").await.expect(200).json();
    assert_eq!((&me["name"], &me["roles"]), (&json!("Deniz Şahin"), &json!(["sales_rep"])));
    let deniz = browser(&app, &attempt(&app, &provider, "9", new(json!(["pazarlama"]))).await);
    assert_eq!(deniz.get("me/").await.json()["roles"], json!(["marketer"]));
    assert_eq!(
        again.get("me/").await.json()["roles"],
        json!(["administrator"]),
        "roles that are tied to no group stay"
    );
    let id = deniz.get("me/").await.json()["id"].as_i64().expect("an id");
    app.admin()
        .await
        .patch(&format!("users/{id}/"), json!({ "is_active": false }))
        .await
        .expect(200);
    let away = attempt(&app, &provider, "9", new(json!([]))).await;
    assert_eq!(away.header("location").as_deref(), Some("/sign-in?problem=account"));
    let sessions = app.count("sessions").await;
    let unverified = attempt(
        &app,
        &provider,
        "10",
        claims(json!({ "email": "x@ornek.example", "email_verified": false })),
    )
    .await;
    assert_eq!(unverified.header("location").as_deref(), Some("/sign-in?problem=account"));
    assert_eq!((app.count("users").await, app.count("sessions").await), (2, sessions));
});

story!(an_attempt_that_was_tampered_with_comes_to_nothing, |app| {
    let provider = Provider::start().await;
    let app = app.restarted_with(provider.settings()).await;
    let attempts = [
        (
            "attempt",
            Twist {
                state: Some("made-up"),
                ..Twist::default()
            },
        ),
        (
            "attempt",
            Twist {
                without_cookie: true,
                ..Twist::default()
            },
        ),
        (
            "attempt",
            Twist {
                late_us: 11 * MINUTE_US,
                ..Twist::default()
            },
        ),
        (
            "provider",
            Twist {
                code: Some("other"),
                ..Twist::default()
            },
        ),
        (
            "provider",
            Twist {
                challenge: Some("of somebody else"),
                ..Twist::default()
            },
        ),
        (
            "provider",
            Twist {
                alg: Some("none"),
                ..Twist::default()
            },
        ),
        (
            "provider",
            Twist {
                alg: Some("HS256"),
                ..Twist::default()
            },
        ),
        ("provider", claims(json!({ "nonce": "other" }))),
        ("provider", claims(json!({ "aud": "other" }))),
        ("provider", claims(json!({ "iss": "https://other.example" }))),
        ("provider", claims(json!({ "exp": 1_700_000_000 }))),
    ];
    for (n, (problem, twist)) in attempts.into_iter().enumerate() {
        let answer = attempt(&app, &provider, "7", twist).await;
        assert_eq!(
            answer.header("location"),
            Some(format!("/sign-in?problem={problem}")),
            "attempt {n}"
        );
        assert!(
            answer.header("set-cookie").is_some_and(|cookie| cookie.starts_with("crm_oidc=;")),
            "attempt {n}"
        );
    }
    assert_eq!((app.count("sessions").await, app.count("external_identities").await), (0, 0));

    // A key that is new is looked for, though not at every attempt; one that the provider never had is refused.
    browser(&app, &attempt(&app, &provider, "7", Twist::default()).await);
    *provider.0.key.lock().expect("a lock") = ("k2".into(), new_key());
    app.clock.advance(2 * MINUTE_US);
    browser(&app, &attempt(&app, &provider, "7", Twist::default()).await);
    let reads = *provider.0.key_reads.lock().expect("a lock");
    browser(&app, &attempt(&app, &provider, "7", Twist::default()).await);
    assert_eq!(*provider.0.key_reads.lock().expect("a lock"), reads);
    provider.0.key.lock().expect("a lock").1 = new_key();
    let forged = attempt(&app, &provider, "7", Twist::default()).await;
    assert_eq!(forged.header("location").as_deref(), Some("/sign-in?problem=provider"));

    for next in ["https://evil.example/", "//evil.example", "/%5Cevil.example"] {
        let begun = app.anonymous().get(&format!("oidc/start/?next={next}")).await.expect(302);
        assert!(
            begun
                .header("location")
                .is_some_and(|location| location.starts_with(&provider.0.url))
        );
    }
});

story!(the_second_factor_is_asked_for_and_passwords_can_be_refused, |app| {
    let provider = Provider::start().await;
    let mut settings = provider.settings();
    let app = app.restarted_with(settings.clone()).await;
    browser(&app, &attempt(&app, &provider, "7", Twist::default()).await);
    let credentials = json!({ "email": EMAIL, "password": PASSWORD });
    let signed_in = app.anonymous().post("session/", credentials.clone()).await.expect(200);
    let cookie = signed_in.header("set-cookie").expect("a cookie");
    let csrf = signed_in.json()["csrf_token"].as_str().expect("a token").to_owned();
    let ayse = app
        .anonymous()
        .with("cookie", cookie.split(';').next().expect("a pair"))
        .with("x-csrf-token", &csrf);
    let secret = ayse
        .post("me/two-factor/", json!({ "current_password": PASSWORD }))
        .await
        .expect(200)
        .json();
    let secret = secret["secret"].as_str().expect("a secret").to_owned();
    let code = || identity::totp::code(&secret, app.clock.now_us());
    ayse.post("me/two-factor/confirm/", json!({ "code": code() })).await.expect(200);

    app.clock.advance(MINUTE_US);
    let half = attempt(&app, &provider, "7", Twist::default()).await;
    let location = half.header("location").expect("a location");
    let challenge = location.strip_prefix("/sign-in#challenge=").expect("a challenge");
    let step = json!({ "challenge": challenge, "code": code() });
    app.anonymous().post("session/second-step/", step).await.expect(200);

    if let Some(oidc) = &mut settings.oidc {
        oidc.refuses_passwords = true;
    }
    let app = app.restarted_with(settings).await;
    app.clock.advance(HOUR_US);
    assert_eq!(
        app.anonymous().post("session/", credentials).await.expect(401).json()["code"],
        "wrong_credentials"
    );
});
