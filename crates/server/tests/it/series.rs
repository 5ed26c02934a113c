//! Activities that repeat: made ahead, changed one by one and together, undone.

use kernel::clock::{DAY_US, HOUR_US, MINUTE_US, rfc3339};
use serde_json::{Value, json};
use testkit::{Client, TestApp, company, story};

const WEEK_US: i64 = 7 * DAY_US;

fn at(app: &TestApp, later_us: i64) -> String {
    rfc3339(app.clock.now_us() + later_us)
}

/// All activities in the order of their time.
async fn all(client: &Client) -> Vec<Value> {
    let list = client.get("activities/?ordering=due_date&page_size=200").await.expect(200).json();
    list["results"].as_array().expect("a list").clone()
}

/// What two looks at activities can be told apart by; not by how often they were changed.
fn plain(mut rows: Vec<Value>) -> Vec<Value> {
    for row in &mut rows {
        let row = row.as_object_mut().expect("an activity");
        row.remove("version");
        row.remove("updated_at");
    }
    rows
}

fn field<'a>(rows: &'a [Value], name: &str) -> Vec<&'a str> {
    rows.iter().filter_map(|row| row[name].as_str()).collect()
}

async fn undo(client: &Client, operation: i64) {
    let undone = client
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(undone["refused"], json!([]), "{undone}");
}

async fn weekly(app: &TestApp, client: &Client, fields: Value) -> (i64, i64) {
    let mut body =
        json!({ "activity_type": "meeting", "subject": "Haftalık görüşme", "due_date": at(app, DAY_US), "recurrence": "freq=weekly" });
    for (name, value) in fields.as_object().expect("fields") {
        body[name] = value.clone();
    }
    let made = client.post("activities/", body).await.expect(201);
    (made.id(), made.operation())
}

story!(a_weekly_meeting_stands_in_the_calendar_for_a_year_and_is_told_once, |app| {
    let admin = app.admin().await;
    let (guest, guest_id) = app.user("Can Kaya", "sales_rep", None).await;
    let customer = admin.post("customers/", company("Çınar Gıda")).await.expect(201).id();
    let (first, operation) = weekly(
        &app,
        &admin,
        json!({ "customer": customer, "attendees": [guest_id], "location": "Merkez" }),
    )
    .await;
    let rows = all(&admin).await;
    assert_eq!(rows.len(), 58, "the first, and those of 400 days");
    assert_eq!(rows[0]["id"], first);
    assert_eq!(rows[0]["recurrence"], "FREQ=WEEKLY");
    for (number, row) in rows.iter().enumerate() {
        let due = at(&app, DAY_US + number as i64 * WEEK_US);
        assert_eq!(
            (row["due_date"].as_str(), row["occurrence_date"].as_str()),
            (Some(due.as_str()), Some(due.as_str()))
        );
        assert_eq!(row["series_id"], rows[0]["series_id"]);
        assert_eq!(row["attendees"], json!([guest_id]));
        assert_eq!(
            (row["customer_name"].as_str(), row["location"].as_str()),
            (Some("Çınar Gıda"), Some("Merkez"))
        );
    }
    let told = guest.get("me/notifications/").await.expect(200).json();
    assert_eq!(told["count"], 1, "one invitation, not fifty-eight");
    app.consume().await;
    let history = admin
        .get(&format!("customers/{customer}/timeline/?kind=activity.created,record.repeated"))
        .await
        .expect(200)
        .json();
    assert_eq!(history["results"].as_array().map(Vec::len), Some(1), "{history}");
    let reminders = admin
        .get(&format!("activities/{}/reminders/", rows[40]["id"]))
        .await
        .expect(200)
        .json();
    assert_eq!(reminders["count"], 1, "each is reminded of");

    let shown = admin.get(&format!("activities/{first}/series/")).await.expect(200).json();
    assert_eq!(
        (shown["open"].as_i64(), shown["completed"].as_i64(), shown["is_endless"].as_bool()),
        (Some(58), Some(0), Some(true))
    );
    assert_eq!(shown["next"][0], at(&app, DAY_US + WEEK_US));
    assert_ne!(shown["said"]["tr"], shown["said"]["en"]);

    undo(&admin, operation).await;
    assert_eq!(all(&admin).await, Vec::<Value>::new());
    admin.get(&format!("activities/{first}/series/")).await.expect(404);
});

story!(one_of_a_series_changes_by_itself_and_the_following_together, |app| {
    let admin = app.admin().await;
    weekly(&app, &admin, json!({})).await;
    let rows = all(&admin).await;
    let id = |place: usize| rows[place]["id"].as_i64().expect("an id");
    // The fourth is moved, the fifth deleted, the second done.
    let moved = at(&app, DAY_US + 3 * WEEK_US + 2 * HOUR_US);
    admin
        .patch(&format!("activities/{}/", id(3)), json!({ "due_date": moved, "subject": "Ayrı" }))
        .await
        .expect(200);
    admin.delete(&format!("activities/{}/", id(4))).await.expect(200);
    admin.put(&format!("activities/{}/complete/", id(1)), json!({})).await.expect(200);
    let before = plain(all(&admin).await);
    assert_eq!(before[3]["is_exception"], true);

    // From the third on: an hour later, the next day, elsewhere.
    let later = at(&app, 2 * DAY_US + 2 * WEEK_US + HOUR_US);
    let changed = admin
        .patch(
            &format!("activities/{}/series/", id(2)),
            json!({ "scope": "following", "fields": { "due_date": later, "location": "Depo" } }),
        )
        .await
        .expect(200);
    assert_eq!(changed.json(), json!({ "changed": 55, "created": 0, "deleted": 0 }));
    let after = plain(all(&admin).await);
    assert_eq!(after.len(), 57);
    assert_eq!(&after[..2], &before[..2], "what was before stays as it was");
    assert_eq!(
        (after[2]["due_date"].as_str(), after[2]["location"].as_str()),
        (Some(later.as_str()), Some("Depo"))
    );
    assert_eq!(
        (
            after[3]["due_date"].as_str(),
            after[3]["subject"].as_str(),
            after[3]["location"].as_str()
        ),
        (Some(moved.as_str()), Some("Ayrı"), Some("Depo")),
        "what was moved by itself stays where it is"
    );
    assert_eq!(
        after[4]["due_date"],
        at(&app, 2 * DAY_US + 5 * WEEK_US + HOUR_US),
        "what was deleted does not come again"
    );
    assert_ne!(after[2]["series_id"], after[0]["series_id"]);
    let old = admin.get(&format!("activities/{}/series/", id(0))).await.expect(200).json();
    assert_eq!((old["is_endless"].as_bool(), old["open"].as_i64()), (Some(false), Some(1)));
    // The job leaves both as they are.
    let now_us = app.clock.now_us();
    app.db()
        .write(async |tx| tx.enqueue(engagement::series::EXTEND.name, Value::Null, now_us).await)
        .await
        .expect("a job");
    app.run_jobs().await;
    assert_eq!(plain(all(&admin).await), after);

    undo(&admin, changed.operation()).await;
    assert_eq!(plain(all(&admin).await), before);
});

story!(a_series_gets_another_rule_and_ends, |app| {
    let admin = app.admin().await;
    let (first, _) = weekly(&app, &admin, json!({ "recurrence": "FREQ=WEEKLY;COUNT=6" })).await;
    let rows = all(&admin).await;
    assert_eq!(rows.len(), 6);
    let third = rows[2]["id"].as_i64().expect("an id");
    // Later in the day from the third on: still six in all.
    let later = at(&app, DAY_US + 2 * WEEK_US + MINUTE_US);
    admin
        .patch(
            &format!("activities/{third}/series/"),
            json!({ "scope": "following", "fields": { "due_date": later } }),
        )
        .await
        .expect(200);
    let rows = all(&admin).await;
    assert_eq!(
        field(&rows, "recurrence"),
        [["FREQ=WEEKLY;COUNT=6"; 2].as_slice(), &["FREQ=WEEKLY;COUNT=4"; 4]].concat()
    );

    // Every two weeks: every other of them goes, as many come as the count says.
    let changed = admin
        .patch(
            &format!("activities/{third}/series/"),
            json!({ "scope": "following", "recurrence": "FREQ=WEEKLY;INTERVAL=2;COUNT=4" }),
        )
        .await
        .expect(200);
    assert_eq!(changed.json(), json!({ "changed": 2, "created": 2, "deleted": 2 }));
    let due = |weeks: i64| at(&app, DAY_US + weeks * WEEK_US + MINUTE_US);
    let rows = all(&admin).await;
    assert_eq!(field(&rows[2..], "due_date"), [due(2), due(4), due(6), due(8)]);

    // The first of the second series is also its last.
    let ended = admin
        .patch(&format!("activities/{third}/series/"), json!({ "scope": "all", "recurrence": "" }))
        .await
        .expect(200);
    assert_eq!(ended.json()["deleted"], 3);
    assert_eq!(all(&admin).await.len(), 3);
    undo(&admin, ended.operation()).await;
    assert_eq!(all(&admin).await.len(), 6);

    let deleted = admin.delete(&format!("activities/{first}/series/?scope=all")).await.expect(200);
    assert_eq!(deleted.json(), json!({ "changed": 0, "created": 0, "deleted": 2 }));
    let rows = all(&admin).await;
    assert_eq!(
        field(&rows, "due_date"),
        [due(2), due(4), due(6), due(8)],
        "the other series stands"
    );
});

story!(what_cannot_be_repeated_is_said, |app| {
    let admin = app.admin().await;
    let call = json!({ "subject": "Ara", "due_date": at(&app, DAY_US), "recurrence": "her salı" });
    let refused = admin.post("activities/", call).await.expect(422);
    assert!(refused.error("recurrence").contains("FREQ=WEEKLY"), "{}", refused.text());
    assert_eq!(all(&admin).await, Vec::<Value>::new());
    let (id, _) = weekly(&app, &admin, json!({ "recurrence": "FREQ=MONTHLY;BYMONTHDAY=1,15" })).await;
    let refused = admin
        .patch(&format!("activities/{id}/"), json!({ "recurrence": "FREQ=DAILY" }))
        .await
        .expect(422);
    assert!(refused.error("recurrence").contains("/series/"), "{}", refused.text());
    let path = format!("activities/{id}/series/");
    let refused = admin
        .patch(
            &path,
            json!({ "scope": "all", "fields": { "due_date": at(&app, 2 * DAY_US), "status": "completed" } }),
        )
        .await
        .expect(422);
    assert!(!refused.error("fields.status").is_empty());
    let refused = admin
        .patch(&path, json!({ "scope": "all", "fields": { "due_date": at(&app, 2 * DAY_US) } }))
        .await
        .expect(422);
    assert!(refused.error("due_date").contains("recurrence"), "{}", refused.text());
    admin.delete(&path).await.expect(422);
    let alone = admin
        .post("activities/", json!({ "subject": "Tek", "due_date": at(&app, DAY_US) }))
        .await
        .expect(201)
        .id();
    admin.get(&format!("activities/{alone}/series/")).await.expect(404);
    admin
        .patch(&format!("activities/{alone}/series/"), json!({ "scope": "all" }))
        .await
        .expect(422);
    // A PUT that does not know of the series does not end it.
    admin
        .put(
            &format!("activities/{id}/"),
            json!({ "subject": "Yeni", "due_date": at(&app, DAY_US) }),
        )
        .await
        .expect(200);
    let shown = admin.get(&path).await.expect(200).json();
    assert_eq!(shown["recurrence"], "FREQ=MONTHLY;BYMONTHDAY=1,15");
    // What repeats from now on was one before.
    admin
        .patch(&format!("activities/{alone}/"), json!({ "recurrence": "FREQ=YEARLY" }))
        .await
        .expect(200);
    let rows = all(&admin).await;
    assert_eq!(rows.iter().filter(|row| row["subject"] == "Tek").count(), 2);

    let read = admin
        .post(
            "activities/recurrence/",
            json!({ "recurrence": "FREQ=DAILY;INTERVAL=3;COUNT=2", "due_date": at(&app, 0) }),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(read["next"], json!([at(&app, 3 * DAY_US)]));
    assert_eq!(read["is_endless"], false);
});

story!(a_series_goes_on_as_time_passes_without_those_who_left, |app| {
    let admin = app.admin().await;
    let (_, gone) = app.user("Can Kaya", "sales_rep", None).await;
    let (first, _) = weekly(&app, &admin, json!({ "recurrence": "FREQ=DAILY", "attendees": [gone] })).await;
    let items = json!({ "items": [{ "text": "Gündem", "is_done": true }] });
    let rows = all(&admin).await;
    assert_eq!(rows.len(), 61, "sixty ahead");
    let last = rows[60]["id"].as_i64().expect("an id");
    admin.put(&format!("activities/{last}/checklist/"), items).await.expect(200);
    admin
        .put(&format!("activities/{last}/reminders/"), json!({ "minutes_before": [5, 60] }))
        .await
        .expect(200);
    admin
        .patch(&format!("users/{gone}/"), json!({ "is_active": false }))
        .await
        .expect(200);
    app.clock.advance(10 * DAY_US);
    let now_us = app.clock.now_us();
    app.db()
        .write(async |tx| tx.enqueue(engagement::series::EXTEND.name, Value::Null, now_us).await)
        .await
        .expect("a job");
    app.run_jobs().await;
    let rows = all(&admin).await;
    assert_eq!(rows.len(), 70);
    let newest = &rows[69];
    assert_eq!(newest["due_date"], at(&app, 60 * DAY_US));
    assert_eq!(newest["attendees"], json!([]));
    assert_eq!(
        (newest["checklist_total"].as_i64(), newest["checklist_done"].as_i64()),
        (Some(1), Some(0))
    );
    let id = newest["id"].as_i64().expect("an id");
    let reminders = admin.get(&format!("activities/{id}/reminders/")).await.expect(200).json();
    assert_eq!(reminders["count"], 2);
    let list = admin.get(&format!("activities/{id}/checklist/")).await.expect(200).json();
    assert_eq!(list["results"], json!([{ "text": "Gündem", "is_done": false }]));
    assert_eq!(newest["series_id"], rows[0]["series_id"]);
    assert_eq!(rows[0]["id"], first);
});
