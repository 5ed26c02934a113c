//! Activities: planned, done, followed up, undone; whose they are, what reminds of them, the calendar.

use kernel::clock::{DAY_US, HOUR_US, MINUTE_US};
use serde_json::{Value, json};
use testkit::{Client, TestApp, company, story};

/// The moment the stories are told at, and so long after it.
fn at(app: &TestApp, later_us: i64) -> String {
    kernel::clock::rfc3339(app.clock.now_us() + later_us)
}

async fn plan(client: &Client, fields: Value) -> Value {
    client.post("activities/", fields).await.expect(201).json()
}

fn subjects(list: &Value, name: &str) -> Vec<String> {
    let rows = list[name].as_array().unwrap_or_else(|| panic!("{name} of {list}"));
    rows.iter().filter_map(|row| row["subject"].as_str()).map(str::to_owned).collect()
}

async fn undo(client: &Client, operation: i64) -> Value {
    client
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json()
}

story!(an_activity_is_planned_found_completed_followed_up_and_undone, |app| {
    let admin = app.admin().await;
    let customer = admin.post("customers/", company("Çınar Gıda")).await.expect(201).id();
    let call = plan(
        &admin,
        json!({ "activity_type": "phone_call", "subject": "İlk görüşme", "due_date": at(&app, HOUR_US), "customer": customer, "priority": "high" }),
    )
    .await;
    assert_eq!(call["status"], "planned");
    assert_eq!(call["duration"], 15, "what a call takes when nobody says");
    assert_eq!(call["end_date"], at(&app, HOUR_US + 15 * MINUTE_US));
    assert_eq!(
        (call["assigned_to_name"].as_str(), call["customer_name"].as_str()),
        (Some("Ayşe Yılmaz"), Some("Çınar Gıda"))
    );
    assert_eq!(call["created_by"], call["assigned_to"]);
    assert_eq!(call["attendees"], json!([]));
    let id = call["id"].as_i64().expect("an id");

    for found in [
        "search=ILK",
        "search=cinar",
        "priority=high&status=planned",
        "activity_type=phone_call",
        &format!("customer={customer}"),
    ] {
        let list = admin.get(&format!("activities/?{found}")).await.expect(200).json();
        assert_eq!(list["count"], 1, "{found}");
    }
    assert_eq!(admin.get("activities/?status=completed").await.expect(200).json()["count"], 0);

    let completed = admin
        .put(
            &format!("activities/{id}/complete/"),
            json!({
                "result": "reached", "outcome": "Fiyat istedi", "spent_minutes": 25,
                "next": { "activity_type": "proposal", "due_date": at(&app, 2 * DAY_US) },
            }),
        )
        .await
        .expect(200);
    let done = completed.json();
    assert_eq!(
        (done["status"].as_str(), done["result"].as_str()),
        (Some("completed"), Some("reached"))
    );
    assert_eq!(
        (done["spent_minutes"].as_i64(), done["outcome"].as_str()),
        (Some(25), Some("Fiyat istedi"))
    );
    assert_eq!(done["completed_date"], at(&app, 0));
    assert_eq!(done["completed_by"], call["assigned_to"]);
    let next = admin.get("activities/?activity_type=proposal").await.expect(200).json();
    let next = &next["results"][0];
    assert_eq!((next["follows"].as_i64(), next["customer"].as_i64()), (Some(id), Some(customer)));
    assert_eq!(next["subject"], "İlk görüşme");
    let times = admin.get(&format!("activities/{id}/times/")).await.expect(200).json();
    assert_eq!(
        (times["count"].as_i64(), times["results"][0]["minutes"].as_i64()),
        (Some(1), Some(25))
    );
    let told = admin
        .get(&format!("customers/{customer}/timeline/?kind=activity.updated"))
        .await
        .expect(200)
        .json();
    assert_eq!(told["results"][0]["subject_id"], id, "it stands in the timeline of the customer");

    let undone = undo(&admin, completed.operation()).await;
    assert_eq!(undone["refused_count"], 0, "{undone}");
    let again = admin.get(&format!("activities/{id}/")).await.expect(200).json();
    assert_eq!(
        (again["status"].as_str(), &again["completed_date"], &again["spent_minutes"]),
        (Some("planned"), &Value::Null, &Value::Null)
    );
    assert_eq!(again["outcome"], "");
    assert_eq!(
        admin.get("activities/?activity_type=proposal").await.expect(200).json()["count"],
        0,
        "what was next went with it"
    );
    assert_eq!(admin.get(&format!("activities/{id}/times/")).await.expect(200).json()["count"], 0);
});

story!(a_time_to_come_back_makes_a_follow_up, |app| {
    let admin = app.admin().await;
    let call = plan(
        &admin,
        json!({ "activity_type": "phone_call", "subject": "Ara", "due_date": at(&app, 0) }),
    )
    .await;
    let id = call["id"].as_i64().expect("an id");
    let later = at(&app, 7 * DAY_US);
    let done = admin
        .put(
            &format!("activities/{id}/complete/"),
            json!({ "result": "no_answer", "follow_up_date": later }),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(done["follow_up_date"], later);
    let follow_up = admin.get("activities/?activity_type=follow_up").await.expect(200).json();
    assert_eq!(
        (follow_up["count"].as_i64(), &follow_up["results"][0]["due_date"]),
        (Some(1), &json!(later))
    );
    // What is wrong with the next one is said by its place, and nothing of it stays.
    let other = plan(&admin, json!({ "subject": "Yaz", "due_date": at(&app, 0) })).await;
    let wrong = admin
        .put(
            &format!("activities/{}/complete/", other["id"]),
            json!({ "next": { "subject": "Sonra", "due_date": "yarın", "activity_type": "fax" } }),
        )
        .await
        .expect(422);
    assert!(wrong.error("next.due_date").contains("2026"), "{}", wrong.text());
    let wrong = admin
        .put(
            &format!("activities/{}/complete/", other["id"]),
            json!({ "next": { "due_date": later, "activity_type": "fax" } }),
        )
        .await
        .expect(422);
    assert!(wrong.json()["errors"]["next.activity_type"].is_array(), "{}", wrong.text());
    let stands = admin.get(&format!("activities/{}/", other["id"])).await.expect(200).json();
    assert_eq!((stands["status"].as_str(), stands["version"].as_i64()), (Some("planned"), Some(1)));
});

story!(what_an_activity_cannot_be_is_said_by_its_field, |app| {
    let admin = app.admin().await;
    let refused = admin.post("activities/", json!({ "activity_type": "phone_cal" })).await.expect(422);
    assert!(refused.error("activity_type").contains("phone_call"), "{}", refused.text());
    for field in ["subject", "due_date"] {
        assert!(refused.json()["errors"][field].is_array(), "{field}: {}", refused.text());
    }
    let whole = json!({ "subject": "X", "due_date": at(&app, 0) });
    for (field, value) in [
        ("duration", json!(-5)),
        ("due_date", json!("31.12.2026")),
        ("status", json!("later")),
        ("attendees", json!([999_999])),
        ("attendees", json!("me")),
        ("customer", json!(424_242)),
        ("completed_date", json!(at(&app, 0))),
        ("parent", json!(999_999)),
    ] {
        let mut fields = whole.clone();
        fields[field] = value;
        let refused = admin.post("activities/", fields.clone()).await.expect(422).json();
        assert!(refused["errors"][field].is_array(), "{field}: {refused}");
    }
    assert_eq!(app.count("activities").await, 0, "nothing of what was refused is there");
    let task = plan(&admin, whole.clone()).await;
    assert_eq!((task["activity_type"].as_str(), &task["duration"]), (Some("task"), &Value::Null));
    let part = plan(&admin, json!({ "subject": "Parça", "due_date": at(&app, 0), "parent": task["id"] })).await;
    let refused = admin
        .post(
            "activities/",
            json!({ "subject": "Parçanın parçası", "due_date": at(&app, 0), "parent": part["id"] }),
        )
        .await
        .expect(422);
    assert!(!refused.error("parent").is_empty());
    let refused = admin
        .patch(&format!("activities/{}/", task["id"]), json!({ "parent": part["id"] }))
        .await
        .expect(422);
    assert!(!refused.error("parent").is_empty());
});

story!(activities_are_seen_by_owner_team_and_those_who_take_part, |app| {
    let (seller, seller_id) = app.user("Sena Satıcı", "sales_rep", Some("Ankara")).await;
    let (other, other_id) = app.user("Ozan Öteki", "sales_rep", Some("İzmir")).await;
    let meeting = plan(
        &seller,
        json!({ "activity_type": "meeting", "subject": "Lansman", "due_date": at(&app, DAY_US), "attendees": [other_id] }),
    )
    .await;
    let task = plan(&seller, json!({ "subject": "Hazırlık", "due_date": at(&app, DAY_US) })).await;
    assert_eq!(meeting["attendees"], json!([other_id]));
    assert_eq!(
        (meeting["assigned_to"].as_i64(), meeting["duration"].as_i64()),
        (Some(seller_id), Some(60))
    );

    let seen = other.get("activities/").await.expect(200).json();
    assert_eq!(subjects(&seen, "results"), ["Lansman"], "who takes part sees it, and nothing else");
    other.get(&format!("activities/{}/", task["id"])).await.expect(404);
    let id = meeting["id"].as_i64().expect("an id");
    other
        .patch(&format!("activities/{id}/"), json!({ "subject": "Başka" }))
        .await
        .expect(404);
    let told = other.get("me/notifications/").await.expect(200).json();
    assert_eq!(
        (told["count"].as_i64(), told["results"][0]["kind"].as_str()),
        (Some(1), Some("activity.invited"))
    );
    assert_eq!(
        seller.get("me/notifications/").await.expect(200).json()["count"],
        0,
        "nobody is told what they did themselves"
    );

    // Neither of them sees what the other does, but when they are busy.
    let (from, to) = (at(&app, 0), at(&app, 3 * DAY_US));
    let calendar = other.get(&format!("calendar/?from={from}&to={to}")).await.expect(200).json();
    assert_eq!(subjects(&calendar, "items"), ["Lansman"]);
    let busy = other
        .get(&format!("calendar/free-busy/?from={from}&to={to}&users={seller_id},{other_id}"))
        .await
        .expect(200)
        .json();
    let busy: Vec<_> = busy["busy"]
        .as_array()
        .expect("busy")
        .iter()
        .map(|busy| busy["user_id"].as_i64())
        .collect();
    assert_eq!(busy, [Some(seller_id), Some(other_id)], "a task takes no time");

    seller
        .patch(&format!("activities/{id}/"), json!({ "attendees": [] }))
        .await
        .expect(200);
    other.get(&format!("activities/{id}/")).await.expect(404);
    assert_eq!(app.count("activity_attendees").await, 0);
    let read = other
        .post("me/notifications/read/", json!({ "all": true }))
        .await
        .expect(200)
        .json();
    assert_eq!(read["unread"], 0);
    assert_eq!(other.get("me/notifications/?unread=true").await.expect(200).json()["count"], 0);
});

story!(nobody_ties_an_activity_to_what_they_cannot_see, |app| {
    let admin = app.admin().await;
    let (seller, _) = app.user("Sena Satıcı", "sales_rep", Some("Ankara")).await;
    let hidden = admin.post("customers/", company("Gizli A.Ş.")).await.expect(201).id();
    let refused = seller
        .post(
            "activities/",
            json!({ "subject": "Ara", "due_date": at(&app, 0), "customer": hidden }),
        )
        .await
        .expect(422);
    assert!(!refused.error("customer").is_empty());
    assert!(!refused.text().contains("Gizli"));
    assert_eq!(app.count("activities").await, 0);
});

story!(a_reminder_is_told_once_put_off_and_ends_with_its_activity, |app| {
    let admin = app.admin().await;
    let ctx = app.ctx.as_system();
    let due = app.clock.now_us() + HOUR_US;
    let call = plan(
        &admin,
        json!({ "activity_type": "phone_call", "subject": "Ara", "due_date": at(&app, HOUR_US) }),
    )
    .await;
    let id = call["id"].as_i64().expect("an id");
    let set = admin
        .put(&format!("activities/{id}/reminders/"), json!({ "minutes_before": [15, 30] }))
        .await
        .expect(200)
        .json();
    assert_eq!(set["count"], 2);
    let refused = admin
        .put(&format!("activities/{id}/reminders/"), json!({ "minutes_before": [-1] }))
        .await
        .expect(422);
    assert!(!refused.error("minutes_before.0").is_empty());

    assert_eq!(engagement::reminders::turn(&ctx).await.expect("a turn"), 0, "none is due yet");
    app.clock.advance(31 * MINUTE_US);
    assert_eq!(engagement::reminders::turn(&ctx).await.expect("a turn"), 1);
    assert_eq!(engagement::reminders::turn(&ctx).await.expect("a turn"), 0, "none twice");
    let told = admin.get("me/notifications/?unread=true").await.expect(200).json();
    assert_eq!(
        (told["count"].as_i64(), told["results"][0]["kind"].as_str()),
        (Some(1), Some("reminder"))
    );
    let reminder = told["results"][0]["payload"]["reminder_id"].as_i64().expect("a reminder");
    admin
        .post(&format!("me/reminders/{reminder}/snooze/"), json!({ "minutes": 5 }))
        .await
        .expect(200);
    app.clock.advance(5 * MINUTE_US);
    assert_eq!(
        engagement::reminders::turn(&ctx).await.expect("a turn"),
        1,
        "what was put off comes back"
    );

    // Moved to another time, both are told again of that one.
    admin
        .patch(
            &format!("activities/{id}/"),
            json!({ "due_date": kernel::clock::rfc3339(due + DAY_US) }),
        )
        .await
        .expect(200);
    app.clock.advance(DAY_US - 10 * MINUTE_US);
    assert_eq!(engagement::reminders::turn(&ctx).await.expect("a turn"), 0);
    app.clock.advance(20 * MINUTE_US);
    assert_eq!(engagement::reminders::turn(&ctx).await.expect("a turn"), 2);
    let told = admin.get("me/notifications/").await.expect(200).json();
    assert_eq!(told["count"], 3, "two that are due at once are told as one");
    admin.put(&format!("activities/{id}/complete/"), json!({})).await.expect(200);
    app.clock.advance(DAY_US);
    assert_eq!(
        engagement::reminders::turn(&ctx).await.expect("a turn"),
        0,
        "nobody is reminded of what is done"
    );
    let (stranger, _) = app.user("Ozan Öteki", "sales_rep", None).await;
    stranger
        .post(&format!("me/reminders/{reminder}/snooze/"), json!({ "minutes": 5 }))
        .await
        .expect(404);
});

story!(reminders_go_with_whoever_does_it, |app| {
    let admin = app.admin().await;
    let (_, first) = app.user("Sena Satıcı", "sales_rep", Some("Ankara")).await;
    let (_, second) = app.user("Murat Mert", "sales_rep", Some("Ankara")).await;
    let (_, guest) = app.user("Gül Konuk", "sales_rep", Some("Ankara")).await;
    let mut ids = Vec::new();
    for number in 0..3 {
        let fields =
            json!({ "subject": format!("Ziyaret {number}"), "due_date": at(&app, DAY_US), "assigned_to": first, "attendees": [guest] });
        ids.push(plan(&admin, fields).await["id"].clone());
    }
    assert_eq!(app.count("reminders").await, 6);
    let bulk = json!({ "ids": [ids[0], ids[1]], "action": "update", "changes": { "assigned_to": second } });
    admin.post("activities/bulk/", bulk).await.expect(200);
    assert_eq!(app.count("reminders").await, 6, "as many as before");
    app.clock.advance(DAY_US - 15 * MINUTE_US);
    let ctx = app.ctx.as_system();
    assert_eq!(engagement::reminders::turn(&ctx).await.expect("a turn"), 6);
    for (user, told) in [(first, 1), (second, 2), (guest, 3)] {
        let client = app.client_of(user).await;
        let list = client.get("me/notifications/?page_size=50").await.expect(200).json();
        let reminders = list["results"]
            .as_array()
            .expect("results")
            .iter()
            .filter(|one| one["kind"] == "reminder")
            .count();
        assert_eq!(reminders, told, "{user}");
    }
});

story!(the_history_of_a_lead_tells_only_of_activities_that_one_may_see, |app| {
    let admin = app.admin().await;
    let role = json!({ "name": "Yalnız adaylar", "grants": { "lead.read": "all", "lead.write": "all", "activity.read": "own", "activity.write": "own" } });
    let role = admin.post("roles/", role).await.expect(201).id();
    let (reader, id) = app.user("Rana Okur", "read_only", None).await;
    admin
        .patch(&format!("users/{id}/"), json!({ "role_ids": [role] }))
        .await
        .expect(200);
    let lead = admin
        .post("leads/", json!({ "company": "Deniz A.Ş.", "phone": "0216 444 55 66" }))
        .await
        .expect(201)
        .id();
    plan(&admin, json!({ "subject": "Gizli görüşme", "due_date": at(&app, 0), "lead": lead })).await;
    plan(
        &reader,
        json!({ "subject": "Kendi görüşmesi", "due_date": at(&app, 0), "lead": lead }),
    )
    .await;
    let path = format!("leads/{lead}/timeline/");
    let (all, theirs) = (
        admin.get(&path).await.expect(200).text(),
        reader.get(&path).await.expect(200).text(),
    );
    assert!(all.contains("Gizli görüşme") && all.contains("Kendi görüşmesi"), "{all}");
    assert!(theirs.contains("Kendi görüşmesi") && theirs.contains("lead.created"), "{theirs}");
    assert!(!theirs.contains("Gizli"), "{theirs}");
});

story!(checklist_timer_and_types, |app| {
    let admin = app.admin().await;
    let task = plan(&admin, json!({ "subject": "Fuar", "due_date": at(&app, DAY_US) })).await;
    let id = task["id"].as_i64().expect("an id");
    let set = admin
        .put(
            &format!("activities/{id}/checklist/"),
            json!({ "items": [{ "text": "Stant" }, { "text": "Broşür", "is_done": true }] }),
        )
        .await
        .expect(200);
    let shown = admin.get(&format!("activities/{id}/")).await.expect(200).json();
    assert_eq!(
        (shown["checklist_total"].as_i64(), shown["checklist_done"].as_i64()),
        (Some(2), Some(1))
    );
    undo(&admin, set.operation()).await;
    assert_eq!(
        admin.get(&format!("activities/{id}/checklist/")).await.expect(200).json()["count"],
        0
    );
    let shown = admin.get(&format!("activities/{id}/")).await.expect(200).json();
    assert_eq!(shown["checklist_total"], 0);

    admin.post(&format!("activities/{id}/timer/"), json!({})).await.expect(200);
    app.clock.advance(20 * MINUTE_US);
    let other = plan(&admin, json!({ "subject": "Başka", "due_date": at(&app, 0) })).await;
    admin
        .post(&format!("activities/{}/timer/", other["id"]), json!({}))
        .await
        .expect(200);
    let shown = admin.get(&format!("activities/{id}/")).await.expect(200).json();
    assert_eq!(shown["spent_minutes"], 20, "a timer on another ends the first");
    app.clock.advance(10 * MINUTE_US);
    assert_eq!(admin.delete("me/timer/").await.expect(200).json()["minutes"], 10);
    assert_eq!(admin.get("me/timer/").await.expect(200).json(), Value::Null);
    let from = at(&app, -DAY_US);
    let report = admin
        .get(&format!("activities/time-report/?from={from}&to={}&by=user", at(&app, DAY_US)))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (report["minutes"].as_i64(), report["lines"][0]["name"].as_str()),
        (Some(30), Some("Ayşe Yılmaz"))
    );
    let refused = admin
        .post(&format!("activities/{id}/times/"), json!({ "minutes": 0 }))
        .await
        .expect(422);
    assert!(!refused.error("minutes").is_empty());

    let visit = admin
        .post(
            "activity-types/",
            json!({ "name_tr": "Saha ziyareti", "name_en": "Site visit", "default_minutes": 120, "position": 0 }),
        )
        .await
        .expect(201)
        .json();
    assert_eq!((visit["key"].as_str(), visit["position"].as_i64()), (Some("site_visit"), Some(0)));
    let visited = plan(
        &admin,
        json!({ "activity_type": "site_visit", "subject": "Fabrika", "due_date": at(&app, 0) }),
    )
    .await;
    assert_eq!(visited["duration"], 120);
    admin
        .patch(&format!("activity-types/{}/", visit["id"]), json!({ "is_archived": true }))
        .await
        .expect(200);
    let refused = admin
        .post(
            "activities/",
            json!({ "activity_type": "site_visit", "subject": "Fabrika", "due_date": at(&app, 0) }),
        )
        .await
        .expect(422);
    assert!(
        !refused.error("activity_type").is_empty(),
        "an archived type is not offered any more"
    );
    admin
        .patch(&format!("activities/{}/", visited["id"]), json!({ "location": "Gebze" }))
        .await
        .expect(200);
    let (seller, _) = app.user("Sena Satıcı", "sales_rep", None).await;
    seller.post("activity-types/", json!({ "name_tr": "X" })).await.expect(403);
});

story!(the_calendar_shows_what_falls_into_it, |app| {
    let admin = app.admin().await;
    let (_, other) = app.user("Ozan Öteki", "sales_rep", Some("İzmir")).await;
    for (subject, later, fields) in [
        ("Dün başladı", -HOUR_US, json!({ "duration": 180 })),
        ("Bugün", HOUR_US, json!({ "activity_type": "meeting" })),
        ("Bütün gün", 2 * HOUR_US, json!({ "is_all_day": true })),
        ("Haftaya", 8 * DAY_US, json!({})),
        ("Ozan'ın", HOUR_US, json!({ "assigned_to": other })),
    ] {
        let mut fields = fields;
        fields["subject"] = json!(subject);
        fields["due_date"] = json!(at(&app, later));
        plan(&admin, fields).await;
    }
    let range = format!("from={}&to={}", at(&app, 0), at(&app, DAY_US));
    let all = admin.get(&format!("calendar/?{range}")).await.expect(200).json();
    assert_eq!(subjects(&all, "items"), ["Dün başladı", "Bugün", "Ozan'ın", "Bütün gün"]);
    let his = admin.get(&format!("calendar/?{range}&users={other}")).await.expect(200).json();
    assert_eq!(subjects(&his, "items"), ["Ozan'ın"]);
    let meetings = admin.get(&format!("calendar/?{range}&types=meeting")).await.expect(200).json();
    assert_eq!(subjects(&meetings, "items"), ["Bugün"]);
    for (wrong, field) in [
        ("from=2026-01-01&to=2027-01-01", "to"),
        ("from=2026-01-02&to=2026-01-01", "to"),
        ("to=2026-01-01", "from"),
    ] {
        let refused = admin.get(&format!("calendar/?{wrong}")).await.expect(422);
        assert!(!refused.error(field).is_empty(), "{wrong}");
    }
    let today = &at(&app, 0)[..10];
    admin
        .post("holidays/", json!({ "day": today, "name": "Kuruluş günü" }))
        .await
        .expect(201);
    let refused = admin.post("holidays/", json!({ "day": today, "name": "Yine" })).await.expect(422);
    assert!(!refused.error("day").is_empty());
    let with = admin.get(&format!("calendar/?from={today}&to={today}")).await.expect(200).json();
    assert_eq!(with["holidays"][0]["name"], "Kuruluş günü");
    // Ramazan Bayramı of 2026 begins with the afternoon of the 19th of March.
    let feast = admin.get("calendar/?from=2026-03-18&to=2026-03-22").await.expect(200).json();
    let days: Vec<_> = feast["holidays"]
        .as_array()
        .expect("holidays")
        .iter()
        .map(|one| (one["day"].as_str(), one["is_half_day"].as_bool()))
        .collect();
    let whole = |day| (Some(day), Some(false));
    assert_eq!(
        days,
        [
            (Some("2026-03-19"), Some(true)),
            whole("2026-03-20"),
            whole("2026-03-21"),
            whole("2026-03-22")
        ]
    );
});

story!(what_was_done_for_a_lead_was_done_for_the_customer_it_became, |app| {
    let admin = app.admin().await;
    let lead = admin
        .post(
            "leads/",
            json!({ "first_name": "Işıl", "last_name": "Çağlar", "email": "isil@oz.example" }),
        )
        .await
        .expect(201)
        .id();
    let call = plan(&admin, json!({ "subject": "Tanışma", "due_date": at(&app, 0), "lead": lead })).await;
    assert_eq!(call["lead_name"], "Işıl Çağlar");
    let told = admin.get(&format!("leads/{lead}/timeline/")).await.expect(200).json();
    let kinds: Vec<_> = told["results"]
        .as_array()
        .expect("entries")
        .iter()
        .filter_map(|entry| entry["kind"].as_str())
        .collect();
    assert!(kinds.contains(&"activity.created"), "{kinds:?}");
    let customer = admin.post(&format!("leads/{lead}/convert/"), json!({})).await.expect(200).json()["customer_id"].clone();
    app.consume().await;
    let call = admin.get(&format!("activities/{}/", call["id"])).await.expect(200).json();
    assert_eq!(call["customer"], customer);
});

story!(activities_that_are_nobodys_are_handed_out_or_taken, |app| {
    let admin = app.admin().await;
    let (seller, seller_id) = app.user("Sena Satıcı", "sales_rep", Some("Ankara")).await;
    let (_, mate) = app.user("Murat Mert", "sales_rep", Some("Ankara")).await;
    admin
        .post(
            "assignment/rules/",
            json!({ "entity": "activity", "name": "Aramalar", "criteria": { "field": "activity_type", "op": "eq", "value": "phone_call" }, "users": [seller_id, mate], "strategy": "round_robin" }),
        )
        .await
        .expect(201);
    let mut owners = Vec::new();
    for number in 0..4 {
        let call = plan(
            &admin,
            json!({ "activity_type": "phone_call", "subject": format!("Arama {number}"), "due_date": at(&app, 0) }),
        )
        .await;
        owners.push(call["assigned_to"].as_i64());
        let why = admin
            .get(&format!("activities/{}/assignment/", call["id"]))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (why["count"].as_i64(), why["results"][0]["reason"].as_str()),
            (Some(1), Some("created")),
            "{why}"
        );
    }
    assert_eq!(owners.iter().filter(|owner| **owner == Some(seller_id)).count(), 2, "{owners:?}");
    assert_eq!(owners.iter().filter(|owner| **owner == Some(mate)).count(), 2, "{owners:?}");

    // A team's queue: nobody's, until somebody takes it; who comes second is told.
    let teams = admin.get("teams/").await.expect(200).json();
    let team = teams["results"]
        .as_array()
        .and_then(|teams| teams.iter().find(|team| team["name"] == "Ankara"))
        .expect("the team")["id"]
        .clone();
    let task = plan(
        &admin,
        json!({ "subject": "Sırada", "due_date": at(&app, 0), "assigned_to": null, "team_id": team }),
    )
    .await;
    assert_eq!(task["assigned_to"], Value::Null);
    let taken = seller
        .post(&format!("activities/{}/take/", task["id"]), json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(taken["assigned_to"], seller_id);
    let late = admin.post(&format!("activities/{}/take/", task["id"]), json!({})).await.expect(422);
    assert!(!late.error("assigned_to").is_empty());
});
