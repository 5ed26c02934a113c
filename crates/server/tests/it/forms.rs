//! Forms on the web: made and changed by those who may, filled in by strangers, and what comes of it.

use std::collections::BTreeMap;

use axum::http::Method;
use kernel::clock::{DAY_US, MINUTE_US, SECOND_US};
use sales::forms::guard;
use serde_json::{Value, json};
use testkit::{Answer, Client, TestApp, person, story};

mod guards;
mod mail;

/// A page that somebody has opened, and what it holds.
struct Page {
    html: String,
    token: String,
    challenge: i64,
    bits: u8,
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

impl Page {
    fn read(answer: &Answer) -> Page {
        let html = answer.text();
        let attribute = |name: &str| {
            between(&html, &format!("{name}=\""), "\"")
                .unwrap_or_else(|| panic!("no {name}: {html}"))
                .to_owned()
        };
        Page {
            token: between(&html, "name=\"_token\" value=\"", "\"").expect("a token").to_owned(),
            challenge: attribute("data-challenge").parse().expect("a number"),
            bits: attribute("data-bits").parse().expect("a number"),
            html,
        }
    }

    async fn open(client: &Client, path: &str) -> Page {
        Page::read(&client.get(path).await.expect(200))
    }

    /// What is sent with it by who did the work.
    fn filled(&self, fields: &[(&str, &str)]) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        form.append_pair("_token", &self.token);
        form.append_pair("_work", &guard::work(self.challenge, self.bits));
        form.finish()
    }

    fn hidden(&self, name: &str) -> Option<&str> {
        between(&self.html, &format!("name=\"{name}\" value=\""), "\"")
    }
}

async fn send(client: &Client, slug: &str, body: String) -> Answer {
    let path = format!("/f/{slug}");
    client
        .send_bytes(Method::POST, &path, Some("application/x-www-form-urlencoded"), body.into_bytes())
        .await
}

/// Opens the page, takes the time a person takes, and sends it in.
async fn fill_in(app: &TestApp, slug: &str, fields: &[(&str, &str)]) -> Answer {
    let visitor = app.anonymous();
    let page = Page::open(&visitor, &format!("/f/{slug}")).await;
    app.clock.advance(5 * SECOND_US);
    send(&visitor, slug, page.filled(fields)).await
}

const ADA: [(&str, &str); 4] = [
    ("first_name", "Ada"),
    ("last_name", "Kılıç"),
    ("email", "ada@kilic.example"),
    ("phone", "0532 111 22 33"),
];

async fn form(admin: &Client, input: Value) -> Value {
    admin.post("forms/", input).await.expect(201).json()
}

async fn leads(admin: &Client) -> Vec<Value> {
    let list = admin.get("leads/?ordering=created_at").await.expect(200).json();
    list["results"].as_array().expect("results").clone()
}

async fn total(admin: &Client, id: &Value) -> Value {
    admin.get(&format!("forms/{id}/figures/")).await.expect(200).json()["total"].clone()
}

story!(a_form_is_made_changed_archived_and_undone, |app| {
    let admin = app.admin().await;
    let made = admin.post("forms/", json!({ "name": "İletişim formu" })).await.expect(201);
    let form = made.json();
    assert_eq!(form["slug"], "iletisim-formu");
    assert_eq!((&form["version"], &form["is_active"]), (&json!(1), &json!(true)));
    assert_eq!(form["content"]["fields"][2]["field"], "email");
    assert!(
        form["embedding"]["script"]
            .as_str()
            .expect("a text")
            .contains("/f/iletisim-formu.js")
    );
    let id = form["id"].as_i64().expect("an id");
    let path = format!("forms/{id}/");

    let twin = admin.post("forms/", json!({ "name": "İletişim formu" })).await.expect(201).json();
    assert_eq!(
        twin["slug"], "iletisim-formu-2",
        "a second form of this name has an address of its own"
    );
    admin
        .post("forms/", json!({ "name": "Başka", "slug": "iletisim-formu" }))
        .await
        .expect(422);

    let mut content = form["content"].clone();
    content["title_tr"] = json!("Teklif isteyin");
    let changed = admin.patch(&path, json!({ "content": content })).await.expect(200);
    assert_eq!(
        (&changed.json()["version"], &changed.json()["content"]["title_tr"]),
        (&json!(2), &json!("Teklif isteyin"))
    );
    let same = admin.patch(&path, json!({ "content": content })).await.expect(200);
    assert_eq!(same.json()["version"], 2);
    assert!(same.header("x-operation-id").is_none(), "nothing changed, nothing to undo");
    admin
        .with("if-match", "\"1\"")
        .patch(&path, json!({ "name": "Ad" }))
        .await
        .expect(409);
    let versions = admin.get(&format!("{path}versions/")).await.expect(200).json();
    let titles: Vec<&str> = versions["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|version| version["content"]["title_tr"].as_str())
        .collect();
    assert_eq!(titles, ["Teklif isteyin", "Bize ulaşın"]);

    let operation = changed.operation();
    admin.post(&format!("operations/{operation}/undo/"), json!({})).await.expect(200);
    let back = admin.get(&path).await.expect(200).json();
    assert_eq!((&back["content"]["title_tr"], &back["version"]), (&json!("Bize ulaşın"), &json!(3)));

    admin.get("/f/iletisim-formu").await.expect(200);
    admin.patch(&path, json!({ "is_archived": true })).await.expect(200);
    admin.get("/f/iletisim-formu").await.expect(404);
    admin
        .patch(&path, json!({ "is_archived": false, "is_active": false }))
        .await
        .expect(200);
    admin.get("/f/iletisim-formu").await.expect(404);
    admin.patch(&path, json!({ "is_active": true })).await.expect(200);

    let gone = admin.delete(&path).await.expect(200).operation();
    admin.get(&path).await.expect(404);
    admin.post(&format!("operations/{gone}/undo/"), json!({})).await.expect(200);
    admin.get(&path).await.expect(200);
    fill_in(&app, "iletisim-formu", &ADA).await.expect(303);
    admin.delete(&path).await.expect(409);
    admin.get(&path).await.expect(200);

    let ids = [twin["id"].as_i64(), Some(id)];
    admin.put("forms/order/", json!({ "form_ids": ids })).await.expect(204);
    let list = admin.get("forms/").await.expect(200).json();
    assert_eq!([list["results"][0]["id"].as_i64(), list["results"][1]["id"].as_i64()], ids);
    admin.put("forms/order/", json!({ "form_ids": [id] })).await.expect(422);
});

story!(what_is_wrong_with_a_form_is_told_at_its_place, |app| {
    let admin = app.admin().await;
    let wrong = json!({
        "name": " ", "slug": "İ x",
        "content": {
            "langs": ["tr", "de"], "title_tr": "", "colour": "red;}", "redirect_url": "javascript:alert(1)",
            "allowed_origins": ["https://ornek.example", "ornek.example/yol"], "min_seconds": 100, "source": "uzay", "double_opt_in": true,
            "fields": [
                { "field": "first_name" }, { "field": "first_name" }, { "field": "assigned_to" }, { "field": "emial" },
                { "field": "company_size", "choices": ["999"] }, { "field": "city", "is_hidden": true }, { "field": "notes", "value": "x" },
            ],
            "consents": [{ "channel": "email", "purpose": "marketing" }, { "channel": "email", "purpose": "marketing", "text_tr": "x" }, { "channel": "fax" }],
        },
    });
    let refused = admin.post("forms/", wrong).await.expect(422);
    let errors = &refused.json()["errors"];
    for place in [
        "name",
        "slug",
        "content.langs",
        "content.title_tr",
        "content.colour",
        "content.redirect_url",
        "content.allowed_origins.1",
        "content.min_seconds",
        "content.source",
        "content.double_opt_in",
        "content.fields",
        "content.fields.1.field",
        "content.fields.2.field",
        "content.fields.3.field",
        "content.fields.4.choices",
        "content.fields.5.value",
        "content.fields.6.value",
        "content.consents.0.text_tr",
        "content.consents.1.channel",
        "content.consents.2.channel",
    ] {
        assert!(errors[place].is_array(), "{place}: {errors}");
    }
    assert!(
        errors["content.fields.3.field"][0].as_str().expect("a text").contains("email"),
        "a suggestion"
    );
    assert!(
        errors["content.double_opt_in"][0]
            .as_str()
            .expect("a text")
            .contains("CRM_SMTP_URL"),
        "without a mail server nobody can be asked: {errors}"
    );
    assert_eq!((app.count("forms").await, app.count("form_versions").await), (0, 0));

    let preview = admin
        .post("forms/preview/", json!({ "content": { "title_en": "<Hi>" }, "lang": "en" }))
        .await
        .expect(200)
        .json();
    let html = preview["html"].as_str().expect("html");
    assert!(html.contains("<h1>&lt;Hi&gt;</h1>") && !html.contains("<script"), "{html}");
    assert_eq!(app.count("forms").await, 0, "looked at and not kept");
    let fields = admin.get("forms/fields/").await.expect(200).json();
    let inputs: BTreeMap<&str, &str> = fields
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|field| Some((field["name"].as_str()?, field["input"].as_str()?)))
        .collect();
    assert_eq!(
        (inputs["email"], inputs["notes"], inputs["company_size"]),
        ("email", "textarea", "select")
    );
    assert!(!inputs.contains_key("lead_score") && !inputs.contains_key("status"));
});

story!(a_stranger_fills_it_in_and_a_lead_is_there, |app| {
    let admin = app.admin().await;
    admin
        .post(
            "custom-fields/",
            json!({ "entity": "lead", "key": "makine", "label_tr": "Makine", "label_en": "Machine", "kind": "multi_choice",
                    "choices": [{ "value": "torna", "label_tr": "Torna", "label_en": "Lathe" }, { "value": "freze", "label_tr": "Freze", "label_en": "Mill" }] }),
        )
        .await
        .expect(201);
    let made = form(
        &admin,
        json!({ "name": "Fuar", "slug": "fuar", "content": {
            "fields": [
                { "field": "first_name", "is_required": true }, { "field": "last_name", "label_tr": "Soyadınız" }, { "field": "email", "is_required": true },
                { "field": "phone" }, { "field": "budget" }, { "field": "notes", "help_tr": "Ne arıyorsunuz?" }, { "field": "custom.makine" },
                { "field": "country", "is_hidden": true, "value": "TR" },
            ],
            "consents": [
                { "channel": "email", "purpose": "marketing", "text_tr": "E-posta almak istiyorum.", "text_en": "I want mail.", "notice_tr": "Aydınlatma metni." , "notice_en": "Notice." },
                { "channel": "sms", "purpose": "marketing", "text_tr": "SMS almak istiyorum.", "text_en": "I want SMS." },
            ],
            "source": "trade_show", "source_detail": "WIN 2026", "campaign": "fuar-2026", "thanks_tr": "Sağ olun <b>!",
        } }),
    )
    .await;
    let visitor = app
        .anonymous()
        .with("accept-language", "tr")
        .with("referer", "https://www.google.com/")
        .with("user-agent", "Firefox");
    let page = Page::open(&visitor, "/f/fuar?utm_source=Google&utm_medium=cpc&first_name=Ay%22%3Ee").await;
    assert!(
        page.html.contains("<html lang=\"tr\"") && page.html.contains("Soyadınız"),
        "{}",
        page.html
    );
    assert_eq!(page.hidden("_utm_source"), Some("Google"));
    assert_eq!(page.hidden("_referrer"), Some("https://www.google.com/"));
    assert!(
        page.html.contains("value=\"Ay&quot;&gt;e\""),
        "what the link says is filled in, as text"
    );
    assert!(!page.html.contains("name=\"country\""), "hidden fields are not asked");
    assert!(!page.html.contains(" checked"), "nobody agrees beforehand");
    let start = visitor
        .send_bytes(
            Method::POST,
            "/f/fuar/start",
            Some("application/x-www-form-urlencoded"),
            b"utm_source=Google".to_vec(),
        )
        .await;
    start.expect(204);

    app.clock.advance(5 * SECOND_US);
    let answers = [
        ("first_name", "Ada"),
        ("email", "ada@kilic.example"),
        ("phone", "0532 111 22 33"),
        ("budget", "50.000"),
        ("notes", "İki satır\nçok güzel"),
        ("custom.makine", "torna"),
        ("custom.makine", "freze"),
        ("consent.email.marketing", "true"),
        ("status", "qualified"),
        ("lead_score", "100"),
        ("assigned_to", "1"),
        ("country", "DE"),
        ("_utm_source", "Google"),
        ("_utm_medium", "cpc"),
        ("_referrer", "https://www.google.com/"),
    ];
    let thanks = send(&visitor, "fuar", page.filled(&answers)).await.expect(303);
    let location = thanks.header("location").expect("a place");
    assert_eq!(location, "/f/fuar/thanks?lang=tr");
    let thanks = visitor.get(&location).await.expect(200).text();
    assert!(thanks.contains("Sağ olun &lt;b&gt;!"), "{thanks}");

    let all = leads(&admin).await;
    assert_eq!(all.len(), 1);
    let lead = &all[0];
    for (field, value) in [
        ("first_name", json!("Ada")),
        ("email", json!("ada@kilic.example")),
        ("phone", json!("+905321112233")),
        ("budget", json!("50000.00")),
        ("notes", json!("İki satır\nçok güzel")),
        ("source", json!("trade_show")),
        ("source_detail", json!("WIN 2026")),
        ("utm_source", json!("Google")),
        ("utm_medium", json!("cpc")),
        ("utm_campaign", json!("fuar-2026")),
        ("referrer", json!("https://www.google.com/")),
        ("country", json!("TR")),
        ("status", json!("new")),
        ("assigned_to", Value::Null),
        ("lead_score", json!(0)),
        ("form_id", made["id"].clone()),
    ] {
        assert_eq!(lead[field], value, "{field}: {lead}");
    }
    assert_eq!(lead["custom"]["makine"], json!(["torna", "freze"]));
    let lead_id = lead["id"].as_i64().expect("an id");

    let consents = admin.get(&format!("leads/{lead_id}/consents/")).await.expect(200).json();
    assert_eq!(consents["count"], 1, "what was not ticked was not said: {consents}");
    let consent = &consents["results"][0];
    assert_eq!(
        (&consent["channel"], &consent["purpose"], &consent["status"], &consent["source"]),
        (&json!("email"), &json!("marketing"), &json!("granted"), &json!("web_form"))
    );
    let told = "E-posta almak istiyorum.\n\nAydınlatma metni.";
    assert_eq!(
        consent["notice_hash"],
        format!("{:x}", <sha2::Sha256 as sha2::Digest>::digest(told))
    );
    assert!(consent["evidence"].as_str().expect("a text").contains("/f/fuar, v1"), "{consent}");
    let touches = admin.get(&format!("leads/{lead_id}/touches/")).await.expect(200).json();
    assert_eq!((&touches["count"], &touches["results"][0]["kind"]), (&json!(1), &json!("form")));

    let sent = admin.get(&format!("leads/{lead_id}/submissions/")).await.expect(200).json();
    let submission = &sent["results"][0];
    assert_eq!(submission["answers"]["budget"], "50.000", "as it was written");
    assert_eq!(submission["answers"]["consent.email.marketing"], true);
    assert!(
        submission["answers"].get("status").is_none() && submission["answers"].get("country").is_none(),
        "{submission}"
    );
    assert_eq!(
        (
            &submission["version"],
            &submission["state"],
            &submission["lang"],
            &submission["user_agent"]
        ),
        (&json!(1), &json!("accepted"), &json!("tr"), &json!("Firefox"))
    );
    let figures = admin.get(&format!("forms/{}/figures/", made["id"])).await.expect(200).json();
    let total = &figures["total"];
    assert_eq!(
        (&total["views"], &total["starts"], &total["submissions"], &total["leads"]),
        (&json!(1), &json!(1), &json!(1), &json!(1))
    );
    assert_eq!(total["conversion"], 10_000);
    assert_eq!(
        (&figures["by_utm_source"][0]["utm_source"], &figures["by_day"][0]["day"]),
        (&json!("google"), &json!("2026-03-16"))
    );
    assert_eq!(app.count("form_submissions").await, 1);
});

story!(wrong_fields_are_told_where_they_are_and_what_was_typed_stays, |app| {
    let admin = app.admin().await;
    form(&admin, json!({ "name": "İletişim", "slug": "iletisim" })).await;
    let visitor = app.anonymous();
    let page = Page::open(&visitor, "/f/iletisim?lang=tr&utm_source=x").await;
    app.clock.advance(5 * SECOND_US);
    let fields = [
        ("first_name", "Ada <i>"),
        ("email", "ada@"),
        ("notes", "</textarea><script>alert(1)</script>"),
        ("_lang", "tr"),
        ("_utm_source", "x"),
    ];
    let refused = send(&visitor, "iletisim", page.filled(&fields)).await.expect(422);
    let again = Page::read(&refused);
    assert!(
        again.html.contains("id=\"f-email-wrong\"") && again.html.contains("aria-describedby=\"f-email-wrong\""),
        "{}",
        again.html
    );
    assert!(again.html.contains("id=\"f-last_name-wrong\""), "required");
    assert!(!again.html.contains("id=\"f-first_name-wrong\""));
    assert!(again.html.contains("value=\"Ada &lt;i&gt;\""), "{}", again.html);
    assert!(again.html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)"), "{}", again.html);
    assert!(!again.html.contains("<script>alert"), "{}", again.html);
    assert!(again.html.contains("Bazı alanlar düzeltilmeli") && again.hidden("_utm_source") == Some("x"));
    assert_eq!((app.count("leads").await, app.count("form_submissions").await), (0, 0));
    app.clock.advance(5 * SECOND_US);
    let mut right = ADA.to_vec();
    right.push(("_utm_source", "x"));
    send(&visitor, "iletisim", again.filled(&right)).await.expect(303);
    assert_eq!(leads(&admin).await.len(), 1);
});

story!(json_comes_from_the_sites_that_may, |app| {
    let admin = app.admin().await;
    form(
        &admin,
        json!({ "name": "Site", "slug": "site", "content": { "allowed_origins": ["https://www.ornek.example"], "redirect_url": "https://www.ornek.example/tesekkurler" } }),
    )
    .await;
    let site = app.anonymous().with("origin", "https://www.ornek.example");
    let described = site.get("/f/site.json?lang=en").await.expect(200);
    assert_eq!(
        described.header("access-control-allow-origin").as_deref(),
        Some("https://www.ornek.example")
    );
    let described = described.json();
    assert_eq!(
        (&described["title"], &described["fields"][2]["name"]),
        (&json!("Contact us"), &json!("email"))
    );
    let preflight = site.call(Method::OPTIONS, "/f/site", None).await.expect(204);
    assert_eq!(preflight.header("access-control-allow-headers").as_deref(), Some("content-type"));
    app.clock.advance(5 * SECOND_US);
    let challenge = described["challenge"].as_str().expect("a text").parse().expect("a number");
    let bits = described["bits"].as_u64().expect("a number") as u8;
    let mut body = json!({ "first_name": "Ada", "last_name": "Kılıç", "email": "ada", "_token": described["_token"], "_work": guard::work(challenge, bits) });
    let refused = site.post("/f/site", body.clone()).await.expect(422);
    assert!(!refused.error("email").is_empty());
    assert_eq!(
        refused.header("access-control-allow-origin").as_deref(),
        Some("https://www.ornek.example"),
        "the site can read what is wrong"
    );
    body["email"] = json!("ada@kilic.example");
    let elsewhere = app.anonymous().with("origin", "https://evil.example");
    let refused = elsewhere.post("/f/site", body.clone()).await.expect(403);
    assert_eq!(refused.header("access-control-allow-origin"), None);
    assert_eq!(app.count("leads").await, 0);
    let taken = site.post("/f/site", body.clone()).await.expect(201).json();
    assert_eq!(
        (&taken["state"], &taken["redirect_url"]),
        (&json!("accepted"), &json!("https://www.ornek.example/tesekkurler"))
    );
    let again = site.post("/f/site", body).await.expect(201).json();
    assert_eq!(again["state"], "accepted", "it looks the same");
    assert_eq!(
        (app.count("leads").await, app.count("form_submissions").await),
        (1, 1),
        "and is kept once"
    );
    site.send_bytes(Method::POST, "/f/site", Some("text/plain"), b"x".to_vec())
        .await
        .expect(415);
    site.post_bytes("/f/site", b"[1]".to_vec()).await.expect(422);
    site.post_bytes("/f/site", b"{".to_vec()).await.expect(400);

    let page = Page::open(&app.anonymous(), "/f/site").await;
    app.clock.advance(5 * SECOND_US);
    let thanks = send(&app.anonymous(), "site", page.filled(&ADA)).await.expect(303);
    assert_eq!(thanks.header("location").as_deref(), Some("https://www.ornek.example/tesekkurler"));
    let framed = Page::open(&app.anonymous(), "/f/site?embed=1").await;
    assert_eq!(framed.hidden("_embed"), Some("1"));
    app.clock.advance(5 * SECOND_US);
    let mut sent = ADA.to_vec();
    sent.push(("_embed", "1"));
    let thanks = send(&app.anonymous(), "site", framed.filled(&sent)).await.expect(303);
    let location = thanks.header("location").expect("a place");
    assert_eq!(location, "/f/site/thanks?lang=en&embed=1");
    let thanks = app.anonymous().get(&location).await.expect(200).text();
    assert!(
        thanks.contains("data-onward href=\"https://www.ornek.example/tesekkurler\""),
        "{thanks}"
    );
});

story!(pages_hold_to_a_strict_policy_and_show_nothing_of_elsewhere, |app| {
    let admin = app.admin().await;
    form(&admin, json!({ "name": "A", "slug": "a", "content": { "allowed_origins": ["https://www.ornek.example"], "redirect_url": "https://ornek.example/x" } })).await;
    let page = app.anonymous().get("/f/a").await.expect(200);
    let policy = page.header("content-security-policy").expect("a policy");
    let nonce = between(&policy, "script-src 'nonce-", "'").expect("a nonce").to_owned();
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; script-src 'nonce-{nonce}'; worker-src blob:; style-src 'nonce-{nonce}'; connect-src 'self'; \
             form-action 'self' https://ornek.example; frame-ancestors 'self' https://www.ornek.example; base-uri 'none'"
        )
    );
    assert_eq!(page.header("cache-control").as_deref(), Some("no-store"));
    let html = page.text();
    assert_eq!(html.matches("<script").count(), 1);
    assert!(html.contains(&format!("<script nonce=\"{nonce}\">")) && html.contains(&format!("<style nonce=\"{nonce}\">")));
    for foreign in ["src=", "url(", "@import", "onclick", "style=\""] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    let other = app.anonymous().get("/f/a").await.expect(200);
    assert_ne!(other.header("content-security-policy"), Some(policy), "each time another nonce");
    let script = app.anonymous().get("/f/a.js").await.expect(200);
    assert_eq!(script.header("content-type").as_deref(), Some("text/javascript; charset=utf-8"));
    let etag = script.header("etag").expect("a tag");
    app.anonymous().with("if-none-match", &etag).get("/f/a.js").await.expect(304);
    app.anonymous().get("/f/b.js").await.expect(404);
    app.anonymous().get("/f/b").await.expect(404);
    app.anonymous().get("/f/b.json").await.expect(404);
    // A wrong cookie would be a 401 elsewhere: here nobody is anybody.
    app.anonymous().with("cookie", "crm_session=x").get("/f/a").await.expect(200);
});

story!(whoever_is_known_is_touched_and_not_made_again, |app| {
    let admin = app.admin().await;
    let made = form(&admin, json!({ "name": "İletişim", "slug": "iletisim" })).await;
    let mut customer = person("Ada", "Kılıç");
    customer["primary_email"] = json!("Ada@Kilic.example");
    let customer = admin.post("customers/", customer).await.expect(201).id();
    let rule = json!({ "kind": "engagement", "name": "Form", "touch": "form", "points": 10 });
    admin.post("leads/score-rules/", rule).await.expect(201);
    for note in ["Bir", "İki"] {
        let mut fields = ADA.to_vec();
        fields.push(("notes", note));
        fill_in(&app, "iletisim", &fields).await.expect(303);
    }
    let all = leads(&admin).await;
    assert_eq!(all.len(), 1);
    let lead = &all[0];
    assert_eq!(
        (&lead["notes"], &lead["engagement_score"]),
        (&json!("Bir"), &json!(20)),
        "nobody's second words go over the first"
    );
    let id = lead["id"].as_i64().expect("an id");
    let sent = admin.get(&format!("leads/{id}/submissions/")).await.expect(200).json();
    assert_eq!(sent["count"], 2);
    assert_eq!(
        (&sent["results"][0]["answers"]["notes"], &sent["results"][0]["customer_id"]),
        (&json!("İki"), &json!(customer))
    );
    let counts = total(&admin, &made["id"]).await;
    assert_eq!(
        (&counts["submissions"], &counts["leads"], &counts["known_leads"]),
        (&json!(2), &json!(1), &json!(1))
    );
    let timeline = admin.get(&format!("customers/{customer}/timeline/")).await.expect(200).json();
    let kinds: Vec<&str> = timeline["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|entry| entry["kind"].as_str())
        .collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "form.submitted").count(), 2, "{kinds:?}");

    admin
        .patch(
            &format!("leads/{id}/"),
            json!({ "status": "disqualified", "disqualify_reason": "Rakip" }),
        )
        .await
        .expect(200);
    fill_in(&app, "iletisim", &ADA).await.expect(303);
    assert_eq!(leads(&admin).await.len(), 2, "who was closed comes anew");

    // A newsletter asks for an address and nothing else.
    form(
        &admin,
        json!({ "name": "Bülten", "slug": "bulten", "content": { "fields": [{ "field": "email", "is_required": true }] } }),
    )
    .await;
    fill_in(&app, "bulten", &[("email", "zeynep.ak@ornek.example")]).await.expect(303);
    assert!(leads(&admin).await.iter().any(|lead| lead["name"] == "zeynep.ak"));
});

story!(many_at_once_are_all_kept_and_nobody_twice, |app| {
    let admin = app.admin().await;
    let made = form(&admin, json!({ "name": "Yarış", "slug": "yaris", "content": { "min_seconds": 0 } })).await;
    let mut tasks = Vec::new();
    for n in 0..24 {
        let visitor = app.anonymous();
        tasks.push(tokio::spawn(async move {
            let page = Page::open(&visitor, "/f/yaris").await;
            // Three of each.
            let email = format!("kisi{}@ornek.example", n / 3);
            let fields = [("first_name", "Kişi"), ("last_name", "Bir"), ("email", email.as_str())];
            send(&visitor, "yaris", page.filled(&fields)).await.expect(303);
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    assert_eq!(
        (
            leads(&admin).await.len(),
            app.count("form_submissions").await,
            app.count("lead_touches").await
        ),
        (8, 24, 24)
    );
    let numbers: std::collections::BTreeSet<String> = leads(&admin)
        .await
        .iter()
        .filter_map(|lead| lead["lead_number"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(numbers.len(), 8);
    let counts = total(&admin, &made["id"]).await;
    assert_eq!(
        (&counts["submissions"], &counts["leads"], &counts["known_leads"]),
        (&json!(24), &json!(8), &json!(16))
    );
});

story!(an_open_page_is_read_by_the_version_it_shows, |app| {
    let admin = app.admin().await;
    let made = form(
        &admin,
        json!({ "name": "S", "slug": "s", "content": { "consents": [{ "channel": "email", "purpose": "marketing", "text_tr": "Eski", "text_en": "Old" }] } }),
    )
    .await;
    let page = Page::open(&app.anonymous(), "/f/s").await;
    let mut content = made["content"].clone();
    content["consents"][0]["text_en"] = json!("New");
    content["fields"]
        .as_array_mut()
        .expect("a list")
        .push(json!({ "field": "city", "is_required": true }));
    admin
        .patch(&format!("forms/{}/", made["id"]), json!({ "content": content }))
        .await
        .expect(200);
    app.clock.advance(5 * SECOND_US);
    let mut fields = ADA.to_vec();
    fields.extend([("consent.email.marketing", "true"), ("_lang", "en")]);
    send(&app.anonymous(), "s", page.filled(&fields)).await.expect(303);
    let id = leads(&admin).await[0]["id"].as_i64().expect("an id");
    let sent = admin.get(&format!("leads/{id}/submissions/")).await.expect(200).json();
    assert_eq!(sent["results"][0]["version"], 1);
    let consents = admin.get(&format!("leads/{id}/consents/")).await.expect(200).json();
    assert_eq!(
        consents["results"][0]["notice_hash"],
        format!("{:x}", <sha2::Sha256 as sha2::Digest>::digest("Old")),
        "what they saw and nothing else"
    );
});

story!(payloads_are_inert_wherever_they_show, |app| {
    let admin = app.admin().await;
    form(&admin, json!({ "name": "P", "slug": "p", "content": { "title_en": "</title><script>alert(1)</script>", "intro_en": "{{7*7}}<img src=x>", "thanks_en": "<svg onload=alert(1)>",
        "consents": [{ "channel": "email", "purpose": "marketing", "text_tr": "x", "text_en": "\"><script>alert(2)</script>" }] } })).await;
    let formula = "=HYPERLINK(\"http://evil.example\";\"x\")";
    let script = "<script>alert(3)</script>";
    fill_in(
        &app,
        "p",
        &[
            ("first_name", formula),
            ("last_name", script),
            ("email", "p@ornek.example"),
            ("phone", "+90 532 111 22 33"),
            ("company", "@SUM(1+1)"),
        ],
    )
    .await
    .expect(303);
    for path in [
        "/f/p?lang=en",
        "/f/p/thanks?lang=en",
        "/f/p?lang=en&first_name=%3Cscript%3Ealert(4)%3C/script%3E&utm_source=%22%3E%3Cscript%3Ealert(5)",
    ] {
        let html = app.anonymous().get(path).await.expect(200).text();
        assert_eq!(html.matches("<script").count(), 1, "only ours: {path}");
        assert!(!html.contains("<img") && !html.contains("<svg"), "{path}");
    }
    let embed = app.anonymous().get("/f/p.js").await.expect(200).text();
    assert!(!embed.contains("alert") && !embed.contains("innerHTML"), "{embed}");
    let lead = leads(&admin).await.remove(0);
    assert_eq!(
        (&lead["first_name"], &lead["last_name"]),
        (&json!(formula), &json!(script)),
        "kept as it came; who shows it escapes"
    );
    let listed = admin.get("leads/").await.expect(200);
    assert_eq!(listed.header("content-type").as_deref(), Some("application/json"));
    assert_eq!(listed.header("x-content-type-options").as_deref(), Some("nosniff"));
    // Leads leave as customers do: with what a spreadsheet would run made text.
    let id = lead["id"].as_i64().expect("an id");
    admin.post(&format!("leads/{id}/convert/"), json!({})).await.expect(200);
    let csv = admin
        .get("customers/export/?headers=names&fields=name,primary_phone")
        .await
        .expect(200)
        .text();
    for line in csv.lines().skip(1) {
        assert!(
            line.starts_with('\'') || line.starts_with("\"'") || line.starts_with(|c: char| c.is_alphanumeric()),
            "{csv}"
        );
    }
    assert!(csv.contains("'=HYPERLINK") || csv.contains("'@SUM"), "{csv}");
});

story!(forms_are_for_those_who_manage_them, |app| {
    let admin = app.admin().await;
    let made = form(&admin, json!({ "name": "İletişim", "slug": "iletisim" })).await;
    let path = format!("forms/{}/", made["id"]);
    let (reader, _) = app.user("Okur Biri", "read_only", None).await;
    reader.get("forms/").await.expect(200);
    reader.get(&path).await.expect(200);
    reader.get(&format!("{path}figures/")).await.expect(200);
    reader.get(&format!("{path}submissions/")).await.expect(403);
    reader.get(&format!("{path}versions/")).await.expect(403);
    reader.patch(&path, json!({ "name": "Ad" })).await.expect(403);
    reader.post("forms/", json!({ "name": "Ad" })).await.expect(403);
    reader.delete(&path).await.expect(403);
    let outsider = app.anonymous();
    outsider.get("forms/").await.expect(401);
    fill_in(&app, "iletisim", &ADA).await.expect(303);
    let lead = leads(&admin).await.remove(0);
    let (rep, _) = app.user("Satış Biri", "sales_rep", Some("Satış")).await;
    let status = rep.get(&format!("leads/{}/submissions/", lead["id"])).await.status.as_u16();
    assert!([403, 404].contains(&status), "a lead out of reach tells nothing: {status}");
});

story!(who_is_erased_is_erased_from_what_they_sent_in, |app| {
    let admin = app.admin().await;
    form(&admin, json!({ "name": "İletişim", "slug": "iletisim" })).await;
    fill_in(&app, "iletisim", &ADA).await.expect(303);
    let lead = leads(&admin).await.remove(0)["id"].as_i64().expect("an id");
    admin.post(&format!("leads/{lead}/convert/"), json!({})).await.expect(200);
    let customer = admin.get(&format!("leads/{lead}/")).await.expect(200).json()["converted_customer"]
        .as_i64()
        .expect("a customer");
    let code = admin.get(&format!("customers/{customer}/")).await.expect(200).json()["customer_code"].clone();
    admin
        .post(
            &format!("customers/{customer}/erase/"),
            json!({ "customer_code": code, "reason": "KVKK" }),
        )
        .await
        .expect(200);
    app.consume().await;
    let sent = admin.get(&format!("leads/{lead}/submissions/")).await.expect(200).json();
    assert_eq!((&sent["count"], &sent["results"][0]["answers"]), (&json!(1), &json!({})));
    assert!(!sent.to_string().contains("kilic"), "{sent}");
});

story!(what_made_no_lead_is_kept_and_can_be_tried_again, |app| {
    let admin = app.admin().await;
    let made = form(&admin, json!({ "name": "İletişim", "slug": "iletisim" })).await;
    let field = json!({ "entity": "lead", "key": "bolge", "label_tr": "Bölge", "label_en": "Region", "kind": "text", "is_required": true });
    let field = admin.post("custom-fields/", field).await.expect(201).id();
    fill_in(&app, "iletisim", &ADA).await.expect(303);
    assert_eq!(leads(&admin).await.len(), 0);
    let path = format!("forms/{}/submissions/", made["id"]);
    let sent = admin.get(&path).await.expect(200).json()["results"][0].clone();
    assert_eq!((&sent["answers"]["first_name"], &sent["lead_id"]), (&json!("Ada"), &Value::Null));
    assert!(sent["problem"].as_str().expect("a text").contains("custom.bolge"), "{sent}");
    let retry = format!("{path}{}/retry/", sent["id"]);
    admin.post(&retry, json!({})).await.expect(409);
    admin
        .patch(&format!("custom-fields/{field}/"), json!({ "is_required": false }))
        .await
        .expect(200);
    let done = admin.post(&retry, json!({})).await.expect(200).json();
    assert_eq!((&done["problem"], done["lead_id"].is_i64()), (&json!(""), true));
    admin.post(&retry, json!({})).await.expect(404);
    assert_eq!(leads(&admin).await.len(), 1, "once");
    // A form that would make no lead cannot be kept.
    admin
        .patch(&format!("custom-fields/{field}/"), json!({ "is_required": true }))
        .await
        .expect(200);
    let refused = admin
        .patch(&format!("forms/{}/", made["id"]), json!({ "content": {} }))
        .await
        .expect(422);
    assert!(refused.error("content.fields").contains("Bölge"), "{}", refused.text());
});

/// A minute and a day, for the stories of the guards and of mail.
const MINUTE: i64 = MINUTE_US;
const DAY: i64 = DAY_US;
