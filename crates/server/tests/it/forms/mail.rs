//! Double opt-in: the mail, the link, the button.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::*;

/// A mail server that keeps what it is given. `refuses` so many of the first mails for now.
struct Sink {
    url: String,
    mails: Arc<Mutex<Vec<String>>>,
}

async fn sink(refuses: usize) -> Sink {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let mails: Arc<Mutex<Vec<String>>> = Arc::default();
    let (kept, left) = (mails.clone(), Arc::new(Mutex::new(refuses)));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (kept, left) = (kept.clone(), left.clone());
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                let mut data: Option<String> = None;
                let _ = write.write_all(b"220 sink\r\n").await;
                while let Ok(Some(line)) = lines.next_line().await {
                    let answer = match (&mut data, line.as_str()) {
                        (Some(mail), ".") => {
                            kept.lock().expect("mails").push(std::mem::take(mail));
                            data = None;
                            "250 kept\r\n"
                        }
                        (Some(mail), line) => {
                            mail.push_str(line);
                            mail.push('\n');
                            continue;
                        }
                        (None, "DATA") => {
                            data = Some(String::new());
                            "354 go on\r\n"
                        }
                        (None, line) if line.starts_with("MAIL") && *left.lock().expect("a count") > 0 => {
                            *left.lock().expect("a count") -= 1;
                            "451 come again\r\n"
                        }
                        (None, "QUIT") => "221 bye\r\n",
                        (None, _) => "250 fine\r\n",
                    };
                    let _ = write.write_all(answer.as_bytes()).await;
                }
            });
        }
    });
    Sink { url, mails }
}

impl Sink {
    /// The mails that came, decoded as far as a link needs.
    fn mails(&self) -> Vec<String> {
        let all = self.mails.lock().expect("mails").clone();
        all.iter().map(|mail| mail.replace("=\n", "").replace("=3D", "=")).collect()
    }
}

async fn with_mail(app: TestApp, sink: &Sink) -> TestApp {
    app.restarted_with(identity::Settings {
        public_url: "https://crm.ornek.example".into(),
        mail: Some(kernel::mail::Settings::read(&sink.url, "Örnek A.Ş. <info@ornek.example>").expect("settings")),
        ..identity::Settings::default()
    })
    .await
}

fn opting_in() -> Value {
    json!({ "name": "Bülten", "slug": "bulten", "content": {
        "double_opt_in": true, "title_en": "Newsletter",
        "fields": [{ "field": "first_name" }, { "field": "email", "is_required": true }],
        "consents": [{ "channel": "email", "purpose": "marketing", "text_tr": "Onay", "text_en": "I want mail", "is_required": true }],
    } })
}

/// The path behind the link of a mail.
fn link(mail: &str) -> String {
    let start = mail.find("https://crm.ornek.example/f/").expect("a link");
    let link: String = mail[start..].chars().take_while(|c| !c.is_whitespace()).collect();
    link.trim_start_matches("https://crm.ornek.example").to_owned()
}

story!(nothing_is_made_until_somebody_says_yes, |app| {
    let sink = sink(0).await;
    let app = with_mail(app, &sink).await;
    let admin = app.admin().await;
    let made = form(&admin, opting_in()).await;
    let fields = [
        ("first_name", "http://evil.example"),
        ("email", "zeynep@ornek.example"),
        ("consent.email.marketing", "true"),
    ];
    let waiting = fill_in(&app, "bulten", &fields).await.expect(303);
    assert_eq!(waiting.header("location").as_deref(), Some("/f/bulten/thanks?lang=en&wait=1"));
    let told = app.anonymous().get("/f/bulten/thanks?lang=en&wait=1").await.expect(200).text();
    assert!(told.contains("We have sent you an e-mail"), "{told}");
    assert_eq!((app.count("leads").await, app.count("lead_consents").await), (0, 0));
    app.run_jobs().await;
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert!(
        mail.contains("To: zeynep@ornek.example") && mail.contains("Subject: Please confirm: Newsletter"),
        "{mail}"
    );
    assert!(!mail.contains("evil.example"), "nobody sends their own words in our name: {mail}");

    // A program that looks through mail opens the link, as often as it likes.
    let path = link(mail);
    let visitor = app.anonymous();
    for _ in 0..2 {
        let page = visitor.get(&path).await.expect(200);
        assert!(page.text().contains("I confirm") && page.text().contains("method=\"post\""));
    }
    assert_eq!(app.count("leads").await, 0);
    visitor.get("/f/bulten/confirm/abc").await.expect(404);
    visitor.post("/f/bulten/confirm/abc", json!({})).await.expect(404);

    app.clock.advance(MINUTE);
    let form_type = Some("application/x-www-form-urlencoded");
    let done = visitor.send_bytes(Method::POST, &path, form_type, Vec::new()).await.expect(200);
    assert!(done.text().contains("Confirmed"), "{}", done.text());
    let lead = leads(&admin).await.remove(0);
    assert_eq!(
        (&lead["email"], &lead["source"]),
        (&json!("zeynep@ornek.example"), &json!("web_form"))
    );
    let consents = admin.get(&format!("leads/{}/consents/", lead["id"])).await.expect(200).json();
    let evidence = consents["results"][0]["evidence"].as_str().expect("a text");
    assert!(evidence.contains("double opt-in 2026-03-16T09:01"), "{evidence}");

    visitor.send_bytes(Method::POST, &path, form_type, Vec::new()).await.expect(200);
    visitor.get(&path).await.expect(200);
    assert_eq!(
        (app.count("leads").await, app.count("lead_consents").await),
        (1, 1),
        "twice is once"
    );
    let sent = admin
        .get(&format!("forms/{}/submissions/?state=confirmed", made["id"]))
        .await
        .expect(200)
        .json();
    assert_eq!((&sent["count"], &sent["results"][0]["lead_id"]), (&json!(1), &lead["id"]));
    let counts = total(&admin, &made["id"]).await;
    assert_eq!(
        (
            &counts["submissions"],
            &counts["to_confirm"],
            &counts["confirmed"],
            &counts["leads"]
        ),
        (&json!(1), &json!(1), &json!(1), &json!(1))
    );
});

story!(what_nobody_confirms_is_forgotten, |app| {
    let sink = sink(1).await;
    let app = with_mail(app, &sink).await;
    let admin = app.admin().await;
    form(&admin, opting_in()).await;
    let fields = [("email", "zeynep@ornek.example"), ("consent.email.marketing", "true")];
    fill_in(&app, "bulten", &fields).await.expect(303);
    app.run_jobs().await;
    assert_eq!(sink.mails().len(), 0, "the server was busy");
    app.clock.advance(MINUTE);
    app.run_jobs().await;
    let mails = sink.mails();
    assert_eq!(mails.len(), 1, "and was asked again");
    app.clock.advance(7 * DAY);
    let path = link(&mails[0]);
    app.anonymous().get(&path).await.expect(404);
    app.anonymous().post(&path, json!({})).await.expect(404);
    (sales::upkeep::PURGE.run)(app.ctx.clone(), Value::Null).await.expect("a purge");
    assert_eq!((app.count("form_submissions").await, app.count("leads").await), (0, 0));
});

story!(nobody_is_bothered_by_what_others_fill_in, |app| {
    let sink = sink(0).await;
    let app = with_mail(app, &sink).await;
    let admin = app.admin().await;
    let made = form(&admin, opting_in()).await;
    let fields = [("email", "zeynep@ornek.example"), ("consent.email.marketing", "true")];
    for _ in 0..guard::MAILS_A_DAY + 2 {
        let answer = fill_in(&app, "bulten", &fields).await.expect(303);
        assert_eq!(
            answer.header("location").as_deref(),
            Some("/f/bulten/thanks?lang=en&wait=1"),
            "always answered the same"
        );
    }
    app.run_jobs().await;
    assert_eq!(sink.mails().len() as i64, guard::MAILS_A_DAY);
    let figures = admin.get(&format!("forms/{}/figures/", made["id"])).await.expect(200).json();
    assert_eq!(
        (&figures["refused"][0]["reason"], &figures["refused"][0]["count"]),
        (&json!("mail"), &json!(2))
    );
});
