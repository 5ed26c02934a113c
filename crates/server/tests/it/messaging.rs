//! Messages: what nobody has set up goes nowhere and can be looked at; what a lane sends arrives once; what is refused is known and why.

use messaging::provider::Attachment;
use messaging::words::{MessageCategory, MessageChannel};
use messaging::{Content, Dispatch, Message, Recipient};
use serde_json::{Value, json};
use testkit::sink::Sink;
use testkit::{Client, TestApp, story};

const HOUR_US: i64 = 3600 * 1_000_000;

fn message(to: &str) -> Message {
    Message {
        dispatch: Dispatch {
            channel: MessageChannel::Email,
            category: MessageCategory::Transactional,
            source: "story",
            source_id: None,
            lane_id: None,
            due_at_us: 0,
        },
        content: Content {
            subject: "Teklifiniz hazır".into(),
            text: "Merhaba,\n.\nÇay ister misiniz?\n".into(),
            html: "<p>Merhaba</p>".into(),
            attachments: vec![Attachment {
                name: "teklif.pdf".into(),
                kind: "application/pdf".into(),
                base64: "JVBERg==".into(),
            }],
        },
        recipient: Recipient {
            address: to.into(),
            name: "Ayşe".into(),
            customer_id: None,
        },
    }
}

async fn send(app: &TestApp, message: &Message) {
    let post = &app.product.post;
    app.db()
        .write(async |tx| post.send(tx, &app.ctx, message).await)
        .await
        .expect("queued");
}

async fn deliver(app: &TestApp) {
    app.product.post.drain(&app.ctx).await.expect("delivered");
}

async fn lane(admin: &Client, sink: &Sink) -> i64 {
    let input = json!({
        "name": "Posta", "provider": "smtp", "password": "çok gizli",
        "settings": { "host": "127.0.0.1", "port": sink.address.port(), "security": "none", "username": "info",
                      "from_address": "info@ornek.example", "from_name": "Örnek A.Ş." },
    });
    admin.post("lanes/", input).await.expect(201).id()
}

async fn only(client: &Client, path: &str) -> Value {
    let list = client.get(path).await.expect(200).json();
    assert_eq!(list["count"], 1, "{list}");
    list["results"][0].clone()
}

story!(with_nothing_set_up_messages_stay_in_the_outbox, |app| {
    let admin = app.admin().await;
    let lanes = admin.get("lanes/").await.expect(200).json();
    assert_eq!(lanes["results"].as_array().map(Vec::len), Some(1));
    assert_eq!(lanes["results"][0]["provider"], "outbox");
    assert_eq!(lanes["channels_in_outbox"], json!(["email", "sms", "push", "in_app"]));
    send(&app, &message("ayse@deneme.example")).await;
    assert_eq!(only(&admin, "deliveries/").await["state"], "waiting");
    deliver(&app).await;
    let sent = only(&admin, "deliveries/?recipient=AYSE@deneme.example").await;
    assert_eq!((&sent["state"], &sent["provider"]), (&json!("sent"), &json!("outbox")));
    let shown = admin.get(&format!("deliveries/{}/", sent["id"])).await.expect(200).json();
    assert_eq!(shown["html"], "<p>Merhaba</p>");
    assert_eq!(shown["attachments"][0]["name"], "teklif.pdf");
    assert_eq!(shown["tries"][0]["outcome"], "accepted");
    let figures = admin.get("deliveries/figures/?source=story").await.expect(200).json();
    assert_eq!(
        (&figures["planned"], &figures["sent"], &figures["is_finished"]),
        (&json!(1), &json!(1), &json!(true))
    );
});

story!(a_message_goes_by_the_lane_once_and_what_is_rolled_back_does_not, |app| {
    let admin = app.admin().await;
    let sink = Sink::start().await;
    let lane = lane(&admin, &sink).await;
    send(&app, &message("ayse@deneme.example")).await;
    let post = &app.product.post;
    let failed: kernel::error::Result<()> = app
        .db()
        .write(async |tx| {
            post.send(tx, &app.ctx, &message("mehmet@deneme.example")).await?;
            Err(kernel::error::Error::NotFound)
        })
        .await;
    assert!(failed.is_err());
    deliver(&app).await;
    deliver(&app).await;
    let taken = sink.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].to, "ayse@deneme.example");
    assert_eq!(taken[0].header("From"), Some("=?utf-8?B?w5ZybmVrIEEuxZ4u?="));
    assert!(taken[0].mail.contains("=C3=87ay ister misiniz?"), "{}", taken[0].mail);
    assert!(taken[0].mail.contains("\r\n.\r\n"), "the line that is only a dot is there");
    assert!(taken[0].header("Message-ID").is_some_and(|id| id.ends_with("@ornek.example>")));
    let sent = only(&admin, "deliveries/").await;
    assert_eq!((sent["state"].as_str(), sent["lane_id"].as_i64()), (Some("sent"), Some(lane)));
    let lanes = admin.get("lanes/").await.expect(200);
    assert_eq!(lanes.json()["results"][1]["health"], "well");
    assert_eq!(lanes.json()["results"][1]["has_secret"], true);
    assert!(!lanes.text().contains("gizli"), "a secret is never given back");
});

story!(answers_are_taken_for_what_they_say, |app| {
    let admin = app.admin().await;
    let sink = Sink::start().await;
    lane(&admin, &sink).await;
    for to in ["nobody@a.example", "later@a.example", "full@a.example", "good@a.example"] {
        send(&app, &message(to)).await;
    }
    deliver(&app).await;
    let of = async |to: &str| only(&admin, &format!("deliveries/?recipient={to}")).await;
    assert_eq!(of("nobody@a.example").await["state"], "failed");
    assert_eq!(of("full@a.example").await["state"], "failed");
    assert_eq!(of("later@a.example").await["state"], "waiting");
    assert_eq!(of("good@a.example").await["state"], "sent");
    // Only the address that takes nothing is not written to again.
    let list = admin.get("suppressions/").await.expect(200).json();
    assert_eq!((&list["count"], &list["results"][0]["reason"]), (&json!(1), &json!("hard_bounce")));
    let before = sink.commands().len();
    send(&app, &message("NOBODY@a.example")).await;
    deliver(&app).await;
    assert_eq!(sink.commands().len(), before, "nothing was sent");
    let states = admin.get("deliveries/?state=suppressed").await.expect(200).json();
    assert_eq!(states["count"], 1);
    // Eight tries within two days, and no more.
    for _ in 0..60 {
        app.clock.advance(HOUR_US);
        deliver(&app).await;
    }
    let later = of("later@a.example").await;
    assert_eq!((later["state"].as_str(), later["attempts"].as_i64()), (Some("failed"), Some(8)));
    let tries = admin.get(&format!("deliveries/{}/", later["id"])).await.expect(200).json();
    assert_eq!(tries["tries"].as_array().map(Vec::len), Some(8));
    assert_eq!(tries["tries"][0]["code"], 450);
});

story!(what_was_accepted_without_a_word_is_in_doubt, |app| {
    let admin = app.admin().await;
    let sink = Sink::start().await;
    lane(&admin, &sink).await;
    let mut offer = message("silent@a.example");
    offer.dispatch.category = MessageCategory::Commercial;
    offer.dispatch.source_id = Some(7);
    send(&app, &offer).await;
    send(&app, &offer).await;
    deliver(&app).await;
    app.clock.advance(72 * HOUR_US);
    deliver(&app).await;
    assert_eq!(sink.count(), 1, "nobody gets anything twice from the same source, nor in doubt");
    let doubtful = only(&admin, "deliveries/?state=in_doubt").await;
    let figures = admin.get("deliveries/figures/?source=story&source_id=7").await.expect(200).json();
    assert_eq!(figures["is_finished"], false);
    let resolve = format!("deliveries/{}/resolve/", doubtful["id"]);
    admin.post(&resolve, json!({ "verdict": "sent" })).await.expect(204);
    admin.post(&resolve, json!({ "verdict": "sent" })).await.expect(409);
    let resolved = only(&admin, "deliveries/?was_in_doubt=true").await;
    assert_eq!(resolved["state"], "sent");
    deliver(&app).await;
    assert_eq!(sink.count(), 1);
});

story!(a_lane_that_goes_nowhere_rests_and_loses_nothing, |app| {
    let admin = app.admin().await;
    let sink = Sink::start().await;
    let lane = lane(&admin, &sink).await;
    let change = format!("lanes/{lane}/");
    admin
        .patch(
            &change,
            json!({ "settings": { "host": "127.0.0.1", "port": 1, "security": "none", "from_address": "a@b.example" } }),
        )
        .await
        .expect(200);
    for number in 0..5 {
        send(&app, &message(&format!("a{number}@a.example"))).await;
    }
    deliver(&app).await;
    let resting = admin.get("lanes/").await.expect(200).json()["results"][1].clone();
    assert_eq!(resting["health"], "resting");
    assert_ne!(resting["problem"], "");
    assert_eq!(admin.get("deliveries/?state=waiting").await.expect(200).json()["count"], 5);
    let right =
        json!({ "settings": { "host": "127.0.0.1", "port": sink.address.port(), "security": "none", "from_address": "a@b.example" } });
    admin.patch(&change, right).await.expect(200);
    app.clock.advance(HOUR_US);
    deliver(&app).await;
    assert_eq!(sink.count(), 5);
});

story!(a_lane_is_tested_by_really_sending, |app| {
    let admin = app.admin().await;
    let sink = Sink::start().await;
    let lane = lane(&admin, &sink).await;
    let test = format!("lanes/{lane}/test/");
    let good = admin.post(&test, json!({ "to": "ben@ornek.example" })).await.expect(200).json();
    assert_eq!(good["is_ok"], true, "{good}");
    let names: Vec<&str> = good["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .filter_map(|step| step["name"].as_str())
        .collect();
    assert_eq!(
        names,
        ["connect", "greeting", "hello", "sign_in", "sender", "recipient", "data", "message"]
    );
    assert_eq!(sink.count(), 1);
    let bad = admin.post(&test, json!({ "to": "nobody@ornek.example" })).await.expect(200).json();
    assert_eq!((&bad["is_ok"], &bad["answer"]), (&json!(false), &json!("550 5.1.1 no such user")));
    assert_eq!(app.count("deliveries").await, 0, "a test is no delivery");
    assert_eq!(app.count("suppressions").await, 0);
    admin.post(&test, json!({ "to": "kimse" })).await.expect(422);
});

story!(who_may_not_is_refused_and_what_cannot_work_is_named, |app| {
    let admin = app.admin().await;
    let (seller, _) = app.user("Selin", "sales_rep", None).await;
    seller.get("lanes/").await.expect(403);
    seller.get("deliveries/").await.expect(403);
    let wrong = json!({ "name": "", "provider": "smtp" });
    let problem = admin.post("lanes/", wrong).await.expect(422).json();
    assert!(problem["errors"]["name"].is_array(), "{problem}");
    let wrong = json!({ "name": "P", "provider": "smtp", "settings": { "host": "smtp.a.example", "port": 25, "security": "none", "username": "u", "from_address": "a@b.example" } });
    let problem = admin.post("lanes/", wrong).await.expect(422).json();
    assert!(problem["errors"]["settings.security"].is_array(), "{problem}");
    assert_eq!(app.count("lanes").await, 1);
    admin.delete("lanes/1/").await.expect(409);
});
