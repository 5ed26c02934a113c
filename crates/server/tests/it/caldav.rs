//! Activities in the calendars of telephones: read, made, moved, ended, and told by what changed; and the feed that is only read.

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::clock::{DAY_US, HOUR_US, rfc3339};
use serde_json::json;
use testkit::{Answer, Client, TestApp, company, story};

/// The caller as a program of a telephone: the token is its password.
fn telephone(app: &TestApp, user: &Client) -> Client {
    let pair = STANDARD.encode(format!("telefon:{}", user.bearer().expect("a token")));
    app.anonymous().with("authorization", &format!("Basic {pair}"))
}

async fn ask(client: &Client, method: &str, path: &str, body: &str) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    client
        .send_bytes(method, path, Some("application/xml"), body.as_bytes().to_vec())
        .await
}

async fn put(client: &Client, path: &str, text: &str) -> Answer {
    client
        .send_bytes(Method::PUT, path, Some("text/calendar"), text.as_bytes().to_vec())
        .await
}

fn sync(token: &str) -> String {
    format!(
        "<d:sync-collection xmlns:d=\"DAV:\"><d:sync-token>{token}</d:sync-token><d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
    )
}

fn token_of(answer: &str) -> String {
    let (_, rest) = answer.rsplit_once("<d:sync-token>").expect("a token");
    rest.split_once('<').expect("an end").0.to_owned()
}

fn object(uid: &str, lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260301T000000Z\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

const EVENTS: &str = "/dav/calendars/events/";

story!(a_telephone_and_the_product_keep_one_calendar, |app| {
    let admin = app.admin().await;
    let phone = telephone(&app, &admin);
    ask(&app.anonymous(), "PROPFIND", "/dav/", "").await.expect(401);
    let found = ask(&phone, "PROPFIND", "/dav/calendars/", "").await.expect(207).text();
    assert!(found.contains("VEVENT") && found.contains("VTODO"), "{found}");

    let customer = admin.post("customers/", company("Çınar Gıda")).await.expect(201).id();
    let due = rfc3339(app.clock.now_us() + DAY_US);
    let meeting = json!({ "activity_type": "meeting", "subject": "Ziyaret; Gebze, 2. kat", "due_date": due, "customer": customer });
    let id = admin.post("activities/", meeting).await.expect(201).id();
    let task = json!({ "activity_type": "task", "subject": "Dosya", "due_date": due });
    admin.post("activities/", task).await.expect(201);
    app.settled().await;
    let all = ask(&phone, "REPORT", EVENTS, &sync("")).await.expect(207).text();
    assert_eq!(all.matches("<d:response>").count(), 1, "the task is no appointment: {all}");
    let token = token_of(&all);

    let own = format!("{EVENTS}activity-{id}.ics");
    let read = phone.get(&own).await.expect(200);
    let text = read.text();
    assert!(
        text.contains("SUMMARY:Ziyaret\\; Gebze\\, 2. kat") && text.contains("DESCRIPTION:→ Çınar Gıda"),
        "{text}"
    );
    let tag = read.header("etag").expect("a tag");

    // The telephone moves it, and says nothing else; who comes too late with an old tag is told.
    let moved = text.replace("Ziyaret\\;", "Yeni ziyaret\\;");
    put(&phone.with("if-match", &tag), &own, &moved).await.expect(204);
    put(&phone.with("if-match", &tag), &own, &text).await.expect(412);
    let shown = admin.get(&format!("activities/{id}/")).await.expect(200).json();
    assert_eq!(
        (shown["subject"].as_str(), shown["description"].as_str()),
        (Some("Yeni ziyaret; Gebze, 2. kat"), Some(""))
    );
    assert_eq!(shown["customer"], customer, "what the telephone does not know stays");

    // One that the telephone makes.
    let new = "DTSTART:20270305T110000Z\r\nDTEND:20270305T123000Z\r\nSUMMARY:Telefondan\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT30M\r\nDESCRIPTION:x\r\nEND:VALARM\r\n";
    let path = format!("{EVENTS}AB%20C-1.ics");
    put(&phone.with("if-none-match", "*"), &path, &object("uid-1", new))
        .await
        .expect(201);
    put(&phone.with("if-none-match", "*"), &path, &object("uid-1", new))
        .await
        .expect(412);
    let made = admin.get("activities/?search=telefondan").await.expect(200).json();
    assert_eq!(
        (made["count"].as_i64(), made["results"][0]["duration"].as_i64()),
        (Some(1), Some(90))
    );
    let made = made["results"][0]["id"].as_i64().expect("an id");
    let reminders = admin.get(&format!("activities/{made}/reminders/")).await.expect(200).json();
    assert_eq!(reminders["results"][0]["minutes_before"], 30);
    assert!(phone.get(&path).await.expect(200).text().contains("UID:uid-1"));

    app.settled().await;
    let changed = ask(&phone, "REPORT", EVENTS, &sync(&token)).await.expect(207).text();
    assert_eq!(changed.matches("<d:response>").count(), 2, "{changed}");
    let token = token_of(&changed);
    phone.delete(&path).await.expect(204);
    admin.delete(&format!("activities/{id}/")).await.expect(200);
    app.settled().await;
    let gone = ask(&phone, "REPORT", EVENTS, &sync(&token)).await.expect(207).text();
    assert_eq!(gone.matches("404").count(), 2, "{gone}");
    assert!(gone.contains("AB%20C-1.ics") && gone.contains(&own), "{gone}");
    phone.get(&path).await.expect(404);
    ask(&phone, "REPORT", EVENTS, &sync("urn:other:1")).await.expect(403);
    // A repeating one becomes a series of ours.
    let weekly = "DTSTART:20270305T110000Z\r\nDTEND:20270305T113000Z\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nSUMMARY:Haftalık\r\n";
    put(&phone, &format!("{EVENTS}w.ics"), &object("uid-2", weekly)).await.expect(201);
    assert_eq!(admin.get("activities/?search=haftalik").await.expect(200).json()["count"], 3);
});

story!(a_calendar_is_its_owners_and_hostile_objects_are_refused, |app| {
    let admin = app.admin().await;
    let (other, _) = app.user("Can Kaya", "sales_rep", None).await;
    let (phone, strange) = (telephone(&app, &admin), telephone(&app, &other));
    let due = rfc3339(app.clock.now_us() + HOUR_US);
    let id = admin
        .post(
            "activities/",
            json!({ "activity_type": "meeting", "subject": "Gizli", "due_date": due }),
        )
        .await
        .expect(201)
        .id();
    let path = format!("{EVENTS}activity-{id}.ics");
    strange.get(&path).await.expect(404);
    strange.delete(&path).await.expect(404);
    let text = phone.get(&path).await.expect(200).text();
    // The same name is somebody else's: nothing is overwritten, and nothing told.
    let refused = put(&strange, &path, &text).await;
    assert_eq!(refused.status.as_u16(), 403);
    assert_eq!(admin.get(&format!("activities/{id}/")).await.expect(200).json()["subject"], "Gizli");
    for text in [
        "",
        "x",
        "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        &object("u", "SUMMARY:zamansız\r\n"),
        &"BEGIN:VCALENDAR\r\n".repeat(50_000),
    ] {
        put(&phone, &format!("{EVENTS}x.ics"), text).await.expect(403);
    }
    for body in ["<x", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", &"<a>".repeat(100_000)] {
        assert!((400..500).contains(&ask(&phone, "PROPFIND", EVENTS, body).await.status.as_u16()));
    }
    phone.get("/dav/calendars/öteki/").await.expect(404);
    assert_eq!(admin.get("activities/").await.expect(200).json()["count"], 1, "nothing came of it");

    // The feed, by its link.
    let link = format!("/calendar.ics?token={}", admin.bearer().expect("a token"));
    let feed = app.anonymous().get(&link).await.expect(200);
    assert!(feed.text().contains("SUMMARY:Gizli"));
    let tag = feed.header("etag").expect("a tag");
    app.anonymous().with("if-none-match", &tag).get(&link).await.expect(304);
    app.anonymous().get("/calendar.ics?token=crm_x").await.expect(401);
    app.anonymous().get("/calendar.ics").await.expect(401);
});
