//! What keeps machines away.

use super::*;

/// What was refused, by reason.
async fn refused(admin: &Client, id: &Value) -> BTreeMap<String, i64> {
    let figures = admin.get(&format!("forms/{id}/figures/")).await.expect(200).json();
    let told = figures["refused"].as_array().expect("a list").iter();
    told.filter_map(|one| Some((one["reason"].as_str()?.to_owned(), one["count"].as_i64()?)))
        .collect()
}

fn reasons(told: &[(&str, i64)]) -> BTreeMap<String, i64> {
    told.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect()
}

/// A visitor who comes from an address of their own.
async fn behind_a_proxy(app: TestApp) -> TestApp {
    app.restarted_with(identity::Settings {
        trust_proxy: true,
        ..identity::Settings::default()
    })
    .await
}

story!(machines_are_refused_and_learn_nothing, |app| {
    let admin = app.admin().await;
    let made = form(&admin, json!({ "name": "İletişim", "slug": "iletisim" })).await;
    let other = form(&admin, json!({ "name": "Başka", "slug": "baska", "content": { "min_seconds": 0 } })).await;
    let bot = app.anonymous();

    // It fills in everything there is: it looks as if it had worked.
    let page = Page::open(&bot, "/f/iletisim").await;
    app.clock.advance(5 * SECOND_US);
    let mut all = ADA.to_vec();
    all.push(("contact_url", "http://evil.example"));
    let answer = send(&bot, "iletisim", page.filled(&all)).await.expect(303);
    assert_eq!(answer.header("location").as_deref(), Some("/f/iletisim/thanks?lang=en"));

    // Faster than anybody types; the same page is good a little later.
    let page = Page::open(&bot, "/f/iletisim").await;
    app.clock.advance(2 * SECOND_US);
    let hasty = send(&bot, "iletisim", page.filled(&ADA)).await.expect(403);
    assert!(hasty.text().contains("could not be sent"));

    // Without a page, with one that was changed, with that of another form, with one of yesterday.
    let plain = |token: &str, work: &str| {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(ADA).append_pair("_token", token).append_pair("_work", work);
        form.finish()
    };
    send(&bot, "iletisim", plain("", "1")).await.expect(403);
    let mut changed = page.token.clone();
    changed.replace_range(10..11, if &changed[10..11] == "A" { "B" } else { "A" });
    send(&bot, "iletisim", plain(&changed, &guard::work(page.challenge, page.bits)))
        .await
        .expect(403);
    let foreign = Page::open(&bot, "/f/baska").await;
    send(&bot, "iletisim", foreign.filled(&ADA)).await.expect(403);
    let old = Page::open(&bot, "/f/iletisim").await;
    app.clock.advance(DAY);
    send(&bot, "iletisim", old.filled(&ADA)).await.expect(403);

    // Without the work, and with that of another page.
    let page = Page::open(&bot, "/f/iletisim").await;
    app.clock.advance(5 * SECOND_US);
    send(&bot, "iletisim", plain(&page.token, "")).await.expect(403);
    let wrong = (0..)
        .map(|n: u32| n.to_string())
        .find(|n| *n != guard::work(page.challenge, page.bits))
        .expect("a number");
    send(&bot, "iletisim", plain(&page.token, &wrong)).await.expect(403);

    // The same page twice looks the same twice, and counts once.
    let first = send(&bot, "iletisim", page.filled(&ADA)).await.expect(303);
    let second = send(
        &bot,
        "iletisim",
        page.filled(&[("first_name", "B"), ("last_name", "C"), ("email", "b@c.example")]),
    )
    .await
    .expect(303);
    assert_eq!(first.header("location"), second.header("location"));

    let large = format!("notes={}", "x".repeat(200_000));
    send(&bot, "iletisim", large).await.expect(413);
    let evil = bot.with("origin", "https://evil.example");
    send(&evil, "iletisim", plain(&page.token, "1")).await.expect(403);
    send(&bot, "yok", plain("", "")).await.expect(404);

    assert_eq!((leads(&admin).await.len(), app.count("form_submissions").await), (1, 1));
    assert_eq!(
        refused(&admin, &made["id"]).await,
        reasons(&[
            ("bait", 1),
            ("too_fast", 1),
            ("token", 4),
            ("work", 2),
            ("repeated", 1),
            ("too_large", 1),
            ("origin", 1)
        ])
    );
    assert_eq!(refused(&admin, &other["id"]).await, reasons(&[]));
});

story!(one_address_may_try_so_often_a_minute, |app| {
    let app = behind_a_proxy(app).await;
    let admin = app.admin().await;
    let made = form(&admin, json!({ "name": "İletişim", "slug": "iletisim" })).await;
    let many = app.anonymous().with("x-forwarded-for", "203.0.113.7");
    for _ in 0..guard::TRIES_A_MINUTE {
        send(&many, "iletisim", "first_name=x".into()).await.expect(403);
    }
    let refusal = send(&many, "iletisim", "first_name=x".into()).await.expect(429);
    assert!(refusal.text().contains("Try again in a minute"));
    let json = many.post("/f/iletisim", json!({})).await.expect(429);
    assert_eq!(json.header("retry-after").as_deref(), Some("60"));

    let else_where = app.anonymous().with("x-forwarded-for", "203.0.113.8");
    let page = Page::open(&else_where, "/f/iletisim").await;
    app.clock.advance(5 * SECOND_US);
    send(&else_where, "iletisim", page.filled(&ADA)).await.expect(303);
    let sent = admin.get(&format!("forms/{}/submissions/", made["id"])).await.expect(200).json();
    assert_eq!(sent["results"][0]["address"], "203.0.113.0", "kept without its last part");

    app.clock.advance(MINUTE);
    let page = Page::open(&many, "/f/iletisim").await;
    app.clock.advance(5 * SECOND_US);
    send(&many, "iletisim", page.filled(&ADA)).await.expect(303);
    assert_eq!(
        refused(&admin, &made["id"]).await,
        reasons(&[("token", guard::TRIES_A_MINUTE), ("address", 2)])
    );
});

story!(a_flood_makes_more_work_and_then_ends, |app| {
    let app = behind_a_proxy(app).await;
    let admin = app.admin().await;
    let made = form(
        &admin,
        json!({ "name": "İletişim", "slug": "iletisim", "content": { "min_seconds": 0, "limit_per_minute": 3 } }),
    )
    .await;
    let visitor = |n: usize| app.anonymous().with("x-forwarded-for", &format!("203.0.113.{n}"));
    let early = Page::open(&visitor(200), "/f/iletisim").await;
    assert_eq!(early.bits, guard::EASY_BITS);
    // Junk without work takes nobody's place.
    for n in 0..20 {
        send(&visitor(100 + n), "iletisim", "first_name=x".into()).await.expect(403);
    }
    let mut asked = Vec::new();
    for n in 0..3 {
        let page = Page::open(&visitor(n), "/f/iletisim").await;
        asked.push(page.bits);
        let email = format!("kisi{n}@ornek.example");
        let fields = [("first_name", "Kişi"), ("last_name", "Bir"), ("email", email.as_str())];
        send(&visitor(n), "iletisim", page.filled(&fields)).await.expect(303);
    }
    assert_eq!(asked, [guard::EASY_BITS, guard::EASY_BITS + 4, guard::HARD_BITS]);
    // A page from before the flood asked too little.
    send(&visitor(200), "iletisim", early.filled(&ADA)).await.expect(403);
    let page = Page::open(&visitor(9), "/f/iletisim").await;
    send(&visitor(9), "iletisim", page.filled(&ADA)).await.expect(429);
    assert_eq!(leads(&admin).await.len(), 3);
    let told = refused(&admin, &made["id"]).await;
    assert_eq!(
        (told.get("flood"), told.get("work"), told.get("token")),
        (Some(&1), Some(&1), Some(&20))
    );
    app.clock.advance(3 * MINUTE);
    let page = Page::open(&visitor(9), "/f/iletisim").await;
    assert_eq!(page.bits, guard::EASY_BITS, "it is over");
    send(&visitor(9), "iletisim", page.filled(&ADA)).await.expect(303);
});
