//! Whose leads become: rules in order, people's hours, fairness under a crowd, and what nobody touched in time.

use std::collections::BTreeMap;

use kernel::clock::{DAY_US, HOUR_US, MINUTE_US};
use serde_json::{Value, json};
use testkit::{Client, TestApp, company, story};

/// Monday, 2026-03-16, 12:00 in İstanbul, is when every story begins.
fn at(app: &TestApp, after_us: i64) {
    app.clock.advance(testkit::BEGIN_US + after_us - app.clock.now_us());
}

async fn rule(admin: &Client, body: Value) -> i64 {
    admin.post("assignment/rules/", body).await.expect(201).id()
}

fn lead(name: &str) -> Value {
    json!({ "last_name": name, "email": format!("{}@ornek.example", kernel::text::fold(name)) })
}

async fn create(admin: &Client, body: Value) -> Value {
    admin.post("leads/", body).await.expect(201).json()
}

async fn owner(admin: &Client, id: &Value) -> Value {
    admin.get(&format!("leads/{id}/")).await.expect(200).json()["assigned_to"].clone()
}

async fn sellers<const N: usize>(app: &TestApp, names: [&str; N]) -> [i64; N] {
    let mut ids = [0; N];
    for (id, name) in ids.iter_mut().zip(names) {
        *id = app.user(name, "sales_rep", Some("Satış")).await.1;
    }
    ids
}

story!(sixty_four_at_once_are_dealt_evenly, |app| {
    let admin = app.admin().await;
    let ids = sellers(&app, ["Ali Ak", "Bora Bal", "Can Cem", "Deniz Dal"]).await;
    rule(&admin, json!({ "name": "Sırayla", "users": ids, "strategy": "round_robin" })).await;
    let one = |n: usize| {
        let admin = admin.with("x-n", "1");
        async move {
            create(&admin, lead(&format!("Aday{n}"))).await["assigned_to"]
                .as_i64()
                .expect("an owner")
        }
    };
    let owners = futures::future::join_all((0..64).map(one)).await;
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for owner in owners {
        *counts.entry(owner).or_default() += 1;
    }
    assert_eq!(counts, ids.iter().map(|id| (*id, 16)).collect(), "exactly fair");
    assert_eq!(app.count("assignment_decisions").await, 64, "each is decided once");
    let list = admin.get("leads/?page_size=100&ordering=id").await.expect(200).json();
    let rows = list["results"].as_array().expect("rows");
    assert_eq!(rows.len(), 64);
    for (place, row) in rows.iter().enumerate() {
        assert_eq!(row["assigned_to"], ids[place % 4], "in turn, without a gap: lead {place}");
    }
});

story!(rules_are_asked_in_their_order_and_say_why, |app| {
    let admin = app.admin().await;
    let [ali, bora, can] = sellers(&app, ["Ali Ak", "Bora Bal", "Can Cem"]).await;
    let big = rule(
        &admin,
        json!({ "name": "Büyükler", "users": [can], "strategy": "round_robin", "criteria": { "field": "budget", "op": "gte", "value": "100000" } }),
    )
    .await;
    rule(
        &admin,
        json!({ "name": "Kalanlar", "users": [ali, bora], "strategy": "least_load" }),
    )
    .await;
    let mut large = lead("Büyük");
    large["budget"] = json!("250000");
    let large = create(&admin, large).await;
    assert_eq!(large["assigned_to"], can);
    assert_eq!(large["team_name"], "Satış", "and of the team");
    let small = create(&admin, lead("Küçük")).await;
    assert_eq!(small["assigned_to"], ali);
    assert_eq!(create(&admin, lead("Orta")).await["assigned_to"], bora, "whoever has fewer");

    let story = admin.get(&format!("leads/{}/assignment/", small["id"])).await.expect(200).json();
    let decision = &story["results"][0];
    assert_eq!(
        (decision["user_name"].as_str(), decision["reason"].as_str()),
        (Some("Ali Ak"), Some("created"))
    );
    let steps = decision["trace"]["steps"].as_array().expect("steps");
    assert_eq!(
        (steps[0]["rule_id"].as_i64(), steps[0]["outcome"].as_str()),
        (Some(big), Some("not_met"))
    );
    assert_eq!(
        (steps[1]["rule"].as_str(), steps[1]["outcome"].as_str()),
        (Some("Kalanlar"), Some("chosen"))
    );
    assert_eq!(steps[1]["considered"].as_array().map(Vec::len), Some(2));

    // An owner who is named stays; a person at the screen keeps what they enter.
    let mut named = lead("Belli");
    named["assigned_to"] = json!(bora);
    let named = create(&admin, named).await;
    assert_eq!(named["assigned_to"], bora);
    let none = admin.get(&format!("leads/{}/assignment/", named["id"])).await.expect(200).json();
    assert_eq!(none["results"], json!([]), "no rule decided");

    // In the other order everybody goes to the others.
    let rules = admin.get("assignment/rules/").await.expect(200).json();
    let ids: Vec<i64> = rules["results"]
        .as_array()
        .expect("rules")
        .iter()
        .filter_map(|rule| rule["id"].as_i64())
        .rev()
        .collect();
    let moved = admin.post("assignment/rules/reorder/", json!({ "ids": ids })).await.expect(200);
    let mut large = lead("Daha");
    large["budget"] = json!("250000");
    assert_eq!(create(&admin, large).await["assigned_to"], ali);
    admin
        .post(&format!("operations/{}/undo/", moved.operation()), json!({}))
        .await
        .expect(200);
    let mut large = lead("Yine");
    large["budget"] = json!("250000");
    assert_eq!(create(&admin, large).await["assigned_to"], can, "taken back");
    admin.delete(&format!("assignment/rules/{big}/")).await.expect(200);
    let mut large = lead("Son");
    large["budget"] = json!("250000");
    assert_ne!(create(&admin, large).await["assigned_to"], can);
});

story!(hours_absences_and_caps_are_kept_to, |app| {
    let admin = app.admin().await;
    let [ali, bora, can] = sellers(&app, ["Ali Ak", "Bora Bal", "Can Cem"]).await;
    rule(
        &admin,
        json!({ "name": "Sırayla", "users": [ali, bora, can], "strategy": "round_robin", "only_at_work": true }),
    )
    .await;
    let person = async |id: i64, body: Value| admin.patch(&format!("assignment/people/{id}/"), body).await.expect(200);
    let away = person(
        ali,
        json!({ "absences": [{ "from": "2026-03-16", "to": "2026-03-17", "reason": "izin" }] }),
    )
    .await;
    person(bora, json!({ "hours": { "mon": ["13:00-17:00"] } })).await;
    let capped = person(can, json!({ "daily_cap": 2 })).await.json();
    assert_eq!(capped["daily_cap"], 2);
    for n in 0..2 {
        assert_eq!(
            create(&admin, lead(&format!("Bir{n}"))).await["assigned_to"],
            can,
            "nobody else is at work"
        );
    }
    let nobody = create(&admin, lead("Üç")).await;
    assert_eq!(nobody["assigned_to"], 1, "nobody is left, so that it stays with who entered it");
    let story = admin.get(&format!("leads/{}/assignment/", nobody["id"])).await.expect(200).json();
    let said: Vec<String> = story["results"][0]["trace"]["steps"][0]["considered"]
        .as_array()
        .expect("people")
        .iter()
        .map(|one| one["said"]["en"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        said,
        [
            "away until 2026-03-17",
            "is not at work now",
            "has reached the limit of the day (2)"
        ]
    );
    let today = admin.get(&format!("assignment/people/{can}/")).await.expect(200).json();
    assert_eq!(today["given_today"], 2);

    at(&app, HOUR_US);
    assert_eq!(create(&admin, lead("Dört")).await["assigned_to"], bora);
    at(&app, DAY_US);
    assert_eq!(create(&admin, lead("Beş")).await["assigned_to"], can, "a new day");
    admin
        .post(&format!("operations/{}/undo/", away.operation()), json!({}))
        .await
        .expect(200);
    assert_eq!(create(&admin, lead("Altı")).await["assigned_to"], ali, "back again");

    let refused = admin
        .patch(&format!("assignment/people/{ali}/"), json!({ "hours": { "mon": ["18:00-09:00"] } }))
        .await;
    assert!(refused.expect(422).error("hours").contains("18:00-09:00"));
});

story!(skills_territories_and_known_customers, |app| {
    let admin = app.admin().await;
    let [ali, bora, can] = sellers(&app, ["Ali Ak", "Bora Bal", "Can Cem"]).await;
    let mut known = company("Öz Makine");
    known["primary_email"] = json!("info@ozmakine.example");
    known["owner_id"] = json!(can);
    let known = admin.post("customers/", known).await.expect(201).json();
    assert_eq!(known["owner_id"], can, "{known}");
    for (id, body) in [
        (ali, json!({ "skills": ["tekstil"], "cities": ["İzmir"] })),
        (bora, json!({ "skills": ["makine", "cnc"], "countries": ["DE"] })),
    ] {
        admin.patch(&format!("assignment/people/{id}/"), body).await.expect(200);
    }
    rule(&admin, json!({ "name": "Bilinen", "strategy": "sticky_owner" })).await;
    rule(
        &admin,
        json!({ "name": "Beceri", "users": [ali, bora], "strategy": "skills", "skill_fields": ["industry", "need"] }),
    )
    .await;
    rule(&admin, json!({ "name": "Bölge", "users": [ali, bora], "strategy": "territory" })).await;
    let with = |name: &str, more: Value| {
        let mut body = lead(name);
        for (field, value) in more.as_object().expect("an object") {
            body[field] = value.clone();
        }
        body
    };
    let given = async |body: Value| create(&admin, body).await["assigned_to"].clone();
    assert_eq!(
        given(with("A", json!({ "email": "INFO@ozmakine.example" }))).await,
        can,
        "by the address"
    );
    assert_eq!(given(with("B", json!({ "company": "öz makine" }))).await, can, "by the name");
    assert_eq!(given(with("C", json!({ "industry": "Makine" }))).await, bora);
    assert_eq!(given(with("D", json!({ "industry": "Tekstil" }))).await, ali);
    assert_eq!(given(with("E", json!({ "city": "izmir" }))).await, ali);
    assert_eq!(given(with("F", json!({ "country": "DE" }))).await, bora);
    assert_eq!(given(with("G", json!({ "industry": "Gıda" }))).await, 1, "none of the rules fits");
});

story!(what_nobody_touches_goes_on, |app| {
    let admin = app.admin().await;
    let [ali, bora, boss] = sellers(&app, ["Ali Ak", "Bora Bal", "Şef Şen"]).await;
    rule(
        &admin,
        json!({ "name": "Sırayla", "users": [ali, bora], "strategy": "round_robin", "sla_minutes": 60, "fallback_user_id": boss }),
    )
    .await;
    let first = create(&admin, lead("Bekleyen")).await;
    assert_eq!(
        (first["assigned_to"].as_i64(), first["sla_due_at"].as_str()),
        (Some(ali), Some("2026-03-16T10:00:00.000000Z"))
    );
    let called = create(&admin, lead("Aranan")).await;
    let noted = create(&admin, lead("Notlu")).await;
    assert_eq!((&called["assigned_to"], &noted["assigned_to"]), (&json!(bora), &json!(ali)));
    let call = admin
        .post(&format!("leads/{}/touches/", called["id"]), json!({ "kind": "call" }))
        .await
        .expect(201);
    assert_eq!(call.json()["sla_due_at"], Value::Null, "nobody waits any more");
    let alis = app.client_of(ali).await;
    alis.post(&format!("leads/{}/notes/", noted["id"]), json!({ "body": "aradım" }))
        .await
        .expect(201);

    let pass = async |minutes: i64| {
        at(&app, minutes * MINUTE_US);
        app.ctx
            .db
            .write(async |tx| tx.enqueue(assignment::untouched::JOB.name, Value::Null, 0).await)
            .await
            .expect("a job");
        app.run_jobs().await;
    };
    pass(59).await;
    assert_eq!(owner(&admin, &first["id"]).await, ali, "not yet");
    pass(60).await;
    assert_eq!(owner(&admin, &first["id"]).await, bora, "goes on");
    assert_eq!(owner(&admin, &called["id"]).await, bora);
    assert_eq!(owner(&admin, &noted["id"]).await, ali, "a note is a touch");
    let due = admin.get(&format!("leads/{}/", first["id"])).await.expect(200).json();
    assert_eq!(due["sla_due_at"], "2026-03-16T11:00:00.000000Z", "the clock begins anew");
    pass(60).await;
    assert_eq!(owner(&admin, &first["id"]).await, bora, "once");
    pass(120).await;
    assert_eq!(owner(&admin, &first["id"]).await, boss, "nobody is left");
    pass(500).await;
    assert_eq!(owner(&admin, &first["id"]).await, boss, "and there it stays");
    let story = admin.get(&format!("leads/{}/assignment/", first["id"])).await.expect(200).json();
    let reasons: Vec<&str> = story["results"]
        .as_array()
        .expect("decisions")
        .iter()
        .filter_map(|one| one["reason"].as_str())
        .collect();
    assert_eq!(reasons, ["given_up", "untouched", "created"]);
    assert_eq!(app.count("assignment_watches").await, 0);
});

story!(a_touch_taken_back_waits_again, |app| {
    let admin = app.admin().await;
    let [ali, bora] = sellers(&app, ["Ali Ak", "Bora Bal"]).await;
    rule(
        &admin,
        json!({ "name": "Sırayla", "users": [ali, bora], "strategy": "round_robin", "sla_minutes": 60 }),
    )
    .await;
    let lead = create(&admin, lead("Bekleyen")).await;
    let path = format!("leads/{}/", lead["id"]);
    let worked = admin.patch(&path, json!({ "status": "working" })).await.expect(200);
    assert_eq!(worked.json()["sla_due_at"], Value::Null);
    admin
        .post(&format!("operations/{}/undo/", worked.operation()), json!({}))
        .await
        .expect(200);
    let back = admin.get(&path).await.expect(200).json();
    assert_eq!(back["sla_due_at"], lead["sla_due_at"]);
    at(&app, HOUR_US);
    app.ctx
        .db
        .write(async |tx| tx.enqueue(assignment::untouched::JOB.name, Value::Null, 0).await)
        .await
        .expect("a job");
    app.run_jobs().await;
    assert_eq!(owner(&admin, &lead["id"]).await, bora);
});

story!(leads_are_given_by_hand_and_by_the_rules, |app| {
    let admin = app.admin().await;
    let [ali, bora] = sellers(&app, ["Ali Ak", "Bora Bal"]).await;
    let old: Vec<Value> = vec![create(&admin, lead("Bir")).await, create(&admin, lead("İki")).await];
    assert_eq!(old[0]["assigned_to"], 1, "no rule, so that who enters it owns it");
    let ids: Vec<&Value> = old.iter().map(|lead| &lead["id"]).collect();
    let refused = admin.post("leads/assign/", json!({ "ids": ids })).await.expect(422);
    assert!(refused.json()["errors"]["assigned_to"].is_array());
    let none = admin
        .post(&format!("leads/{}/assign/", ids[0]), json!({ "by_rules": true }))
        .await
        .expect(422);
    assert!(!none.error("by_rules").is_empty());

    let by_hand = admin
        .post(&format!("leads/{}/assign/", ids[0]), json!({ "assigned_to": bora }))
        .await
        .expect(200);
    assert_eq!(by_hand.json()["assigned_to"], bora);
    let story = admin.get(&format!("leads/{}/assignment/", ids[0])).await.expect(200).json();
    assert_eq!(story["results"][0]["reason"], "named");

    rule(
        &admin,
        json!({ "name": "Sırayla", "users": [ali, bora], "strategy": "round_robin" }),
    )
    .await;
    let bulk = admin
        .post("leads/assign/", json!({ "ids": ids, "by_rules": true }))
        .await
        .expect(200);
    assert_eq!(
        (owner(&admin, ids[0]).await, owner(&admin, ids[1]).await),
        (json!(ali), json!(bora))
    );
    admin
        .post(&format!("operations/{}/undo/", bulk.operation()), json!({}))
        .await
        .expect(200);
    assert_eq!((owner(&admin, ids[0]).await, owner(&admin, ids[1]).await), (json!(bora), json!(1)));

    // Nobody gives away what they do not reach, and rules are not everybody's to write.
    let (stranger, _) = app.user("Yaban Yel", "sales_rep", Some("Başka")).await;
    stranger
        .post(&format!("leads/{}/assign/", ids[0]), json!({ "assigned_to": ali }))
        .await
        .expect(404);
    stranger.get(&format!("leads/{}/assignment/", ids[0])).await.expect(404);
    stranger.get("assignment/rules/").await.expect(403);
    stranger.post("assignment/rules/try/", json!({})).await.expect(403);
});

story!(rules_are_tried_on_the_past_and_leave_no_trace, |app| {
    let admin = app.admin().await;
    let [ali, bora] = sellers(&app, ["Ali Ak", "Bora Bal"]).await;
    for n in 0..30 {
        let mut body = lead(&format!("Aday{n}"));
        body["city"] = json!(if n % 3 == 0 { "İzmir" } else { "Bursa" });
        create(&admin, body).await;
    }
    let before = admin.get("leads/?ordering=id&page_size=50").await.expect(200).json();
    let events = app.count("events").await;
    let draft = json!([
        { "name": "İzmir", "users": [ali], "strategy": "round_robin", "criteria": { "field": "city", "op": "eq", "value": "izmir" } },
        { "name": "Kalan", "users": [ali, bora], "strategy": "least_load", "criteria": { "field": "city", "op": "eq", "value": "Bursa" } },
    ]);
    let tried = admin
        .post("assignment/rules/try/", json!({ "rules": draft }))
        .await
        .expect(200)
        .json();
    assert_eq!((tried["records"].as_i64(), tried["to_nobody"].as_i64()), (Some(30), Some(0)));
    assert_eq!(
        (tried["rules"][0]["count"].as_i64(), tried["rules"][1]["count"].as_i64()),
        (Some(10), Some(20))
    );
    let count = |id: i64| {
        tried["people"]
            .as_array()
            .expect("people")
            .iter()
            .find(|one| one["user_id"] == id)
            .expect("one")["count"]
            .clone()
    };
    assert_eq!(
        (count(ali), count(bora)),
        (json!(15), json!(15)),
        "least load evens out what İzmir gave to Ali"
    );
    assert_eq!(tried["samples"].as_array().map(Vec::len), Some(20));

    assert_eq!(app.count("events").await, events);
    for table in [
        "assignment_rules",
        "assignment_cursors",
        "assignment_tallies",
        "assignment_decisions",
        "assignment_watches",
    ] {
        assert_eq!(app.count(table).await, 0, "{table}");
    }
    assert_eq!(admin.get("leads/?ordering=id&page_size=50").await.expect(200).json(), before);

    let wrong = json!([{ "name": "", "users": [], "strategy": "round_robin" }]);
    let refused = admin
        .post("assignment/rules/try/", json!({ "rules": wrong }))
        .await
        .expect(422)
        .json();
    assert!(
        refused["errors"]["rules.0.name"].is_array() && refused["errors"]["rules.0.users"].is_array(),
        "{refused}"
    );
});

story!(an_imported_file_is_dealt_evenly, |app| {
    let admin = app.admin().await;
    let ids = sellers(&app, ["Ali Ak", "Bora Bal", "Can Cem"]).await;
    rule(&admin, json!({ "name": "Sırayla", "users": ids, "strategy": "round_robin" })).await;
    let mut file = "Soyadı;E-posta;Durum;Elenme nedeni\n".to_owned();
    for n in 0..300 {
        file += &format!("Aday{n};aday{n}@ornek.example;;\n");
    }
    file += "Eski;eski@ornek.example;Elendi;ilgisiz\n";
    let options = json!({ "entity": "lead" }).to_string();
    let import = admin
        .upload("imports/", "adaylar.csv", file.as_bytes(), &[("options", &options)])
        .await
        .expect(201);
    let id = import.id();
    admin.post(&format!("imports/{id}/dry-run/"), json!({})).await.expect(200);
    assert_eq!(app.count("assignment_decisions").await, 0, "a dry run gives nobody anything");
    admin.post(&format!("imports/{id}/start/"), json!({})).await.expect(200);
    app.run_jobs().await;
    let list = admin.get("leads/").await.expect(200).json();
    assert_eq!(list["count"], 301, "{}", admin.get(&format!("imports/{id}/")).await.text());
    for id in ids {
        let theirs = admin.get(&format!("leads/?assigned_to={id}")).await.expect(200).json();
        assert_eq!(theirs["count"], 100);
    }
    let closed = admin.get("leads/?status=disqualified").await.expect(200).json();
    assert_eq!(closed["results"][0]["assigned_to"], 1, "what is closed is nobody's work");
});

story!(wrong_rules_are_refused_by_the_field, |app| {
    let admin = app.admin().await;
    let refused = admin
        .post(
            "assignment/rules/",
            json!({ "name": " ", "users": [999], "strategy": "skills", "criteria": { "field": "yok", "op": "eq", "value": 1 }, "sla_minutes": 0 }),
        )
        .await
        .expect(422)
        .json();
    for field in ["name", "criteria.field", "skill_fields", "sla_minutes"] {
        assert!(
            refused["errors"]
                .as_object()
                .expect("errors")
                .keys()
                .any(|key| key.starts_with(field)),
            "{field}: {refused}"
        );
    }
    let refused = admin
        .post(
            "assignment/rules/",
            json!({ "name": "A", "users": [999], "strategy": "round_robin" }),
        )
        .await
        .expect(422);
    assert!(refused.error("users").contains("999"));
    let refused = admin
        .post("assignment/rules/", json!({ "name": "A", "strategy": "lottery" }))
        .await
        .expect(422);
    assert!(refused.error("strategy").contains("round_robin"));
    assert_eq!(app.count("assignment_rules").await, 0);
});
