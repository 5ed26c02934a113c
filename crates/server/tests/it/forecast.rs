//! The board, the pipeline and the forecast over a small history whose figures are computed by hand.

use kernel::clock::DAY_US;
use serde_json::{Value, json};
use testkit::{Client, TestApp, company, story};

/// Three opportunities opened on 16 March: one won and one lost on 31 March, one in proposal since the 26th. Today is the 31st.
async fn history(app: &TestApp, admin: &Client) -> [String; 3] {
    let customer = admin.post("customers/", company("Acme Sanayi")).await.expect(201).id();
    let mut paths = Vec::new();
    for (name, amount, expected) in [
        ("Açık", "1000.00", "2026-04-30"),
        ("Kazanılan", "2000.00", "2026-03-31"),
        ("Kaybedilen", "4000.00", "2026-03-31"),
    ] {
        let deal = json!({ "name": name, "customer": customer, "amount": amount, "expected_close_date": expected, "source": "Fuar" });
        let id = admin.post("opportunities/", deal).await.expect(201).id();
        paths.push(format!("opportunities/{id}/"));
    }
    let [open, won, lost]: [String; 3] = paths.try_into().expect("three");
    app.clock.advance(10 * DAY_US);
    admin.patch(&open, json!({ "stage": "proposal" })).await.expect(200);
    admin.patch(&won, json!({ "stage": "proposal" })).await.expect(200);
    admin.patch(&lost, json!({ "expected_close_date": "2026-04-20" })).await.expect(200);
    app.clock.advance(5 * DAY_US);
    admin.patch(&won, json!({ "stage": "won" })).await.expect(200);
    admin
        .patch(&lost, json!({ "stage": "lost", "loss_reason": "Fiyat" }))
        .await
        .expect(200);
    [open, won, lost]
}

fn stage<'a>(stages: &'a Value, key: &str) -> &'a Value {
    let found = stages.as_array().expect("stages").iter().find(|stage| stage["stage"] == key);
    found.expect("the stage")
}

async fn found(client: &Client, criteria: &Value) -> Value {
    client
        .post("opportunities/search/", json!({ "criteria": criteria }))
        .await
        .expect(200)
        .json()["count"]
        .clone()
}

story!(a_board_has_sums_and_cards_by_stage, |app| {
    let admin = app.admin().await;
    history(&app, &admin).await;
    let board = admin.get("opportunities/board/").await.expect(200).json();
    let column = stage(&board["columns"], "proposal");
    assert_eq!(
        (column["count"].clone(), column["amount"].clone(), column["weighted"].clone()),
        (json!(1), json!("1000.00"), json!("500.00"))
    );
    assert_eq!(column["cards"][0]["name"], "Açık");
    assert_eq!(
        (
            column["cards"][0]["days_in_stage"].clone(),
            column["cards"][0]["is_rotting"].clone()
        ),
        (json!(5), json!(false))
    );
    assert_eq!(stage(&board["columns"], "prospecting")["cards"], json!([]));
    assert_eq!(stage(&board["columns"], "lost")["amount"], "4000.00");
    assert_eq!(board["total"]["amount"], "7000.00");
    assert_eq!(found(&admin, &column["criteria"]).await, 1);

    let narrowed = admin.get("opportunities/board/?amount__gte=2000").await.expect(200).json();
    assert_eq!(
        (
            narrowed["total"]["count"].clone(),
            stage(&narrowed["columns"], "proposal")["count"].clone()
        ),
        (json!(2), json!(0))
    );
    let criteria = json!({ "criteria": { "field": "amount", "op": "gte", "value": 2000 } });
    assert_eq!(admin.post("opportunities/board/", criteria).await.expect(200).json(), narrowed);

    app.clock.advance(26 * DAY_US);
    let board = admin.get("opportunities/board/").await.expect(200).json();
    assert_eq!(
        stage(&board["columns"], "proposal")["cards"][0]["is_rotting"],
        true,
        "31 days of 30"
    );
    let refused = admin.get("opportunities/board/?cursor=x").await.expect(422);
    assert!(refused.error("stage_id").contains("column"));

    let (other, _) = app.user("Can Kaya", "sales_rep", None).await;
    let theirs = other.get("opportunities/board/").await.expect(200).json();
    assert_eq!(theirs["total"]["count"], 0, "what others own is in no sum");
});

story!(further_cards_of_a_column_come_by_its_cursor, |app| {
    let admin = app.admin().await;
    let customer = admin.post("customers/", company("Acme")).await.expect(201).id();
    for n in 0..5 {
        let deal = json!({ "name": format!("F{n}"), "customer": customer, "expected_close_date": "2026-06-30" });
        admin.post("opportunities/", deal).await.expect(201);
    }
    let board = admin.get("opportunities/board/?page_size=2").await.expect(200).json();
    let mut column = stage(&board["columns"], "prospecting").clone();
    let mut names = Vec::new();
    loop {
        names.extend(column["cards"].as_array().expect("cards").iter().map(|card| card["name"].clone()));
        let Some(cursor) = column["cursor"].as_str() else { break };
        let path = format!("opportunities/board/?page_size=2&stage_id={}&cursor={cursor}", column["stage_id"]);
        let board = admin.get(&path).await.expect(200).json();
        assert_eq!(board["columns"].as_array().expect("columns").len(), 1);
        column = board["columns"][0].clone();
    }
    assert_eq!(names, ["F4", "F3", "F2", "F1", "F0"]);
});

story!(a_pipeline_is_told_in_figures, |app| {
    let admin = app.admin().await;
    let [_, won, _] = history(&app, &admin).await;
    let figures = admin.get("pipeline/?from=2026-03-01&to=2026-03-31").await.expect(200).json();
    let first = stage(&figures["stages"], "prospecting");
    assert_eq!(
        (
            first["cohort"]["entered"].clone(),
            first["cohort"]["went_on"].clone(),
            first["cohort"]["lost"].clone(),
            first["cohort"]["open"].clone()
        ),
        (json!(3), json!(2), json!(1), json!(0))
    );
    assert_eq!(first["cohort"]["went_on_rate"], "66.67");
    assert_eq!(first["time_in_stage"], json!({ "left": 3, "median_days": 10, "p80_days": 15 }));
    let proposal = stage(&figures["stages"], "proposal");
    assert_eq!(
        (
            proposal["cohort"]["entered"].clone(),
            proposal["cohort"]["went_on"].clone(),
            proposal["cohort"]["open"].clone()
        ),
        (json!(2), json!(1), json!(1))
    );
    assert_eq!(
        (
            proposal["count"].clone(),
            proposal["weighted"].clone(),
            proposal["mean_age_days"].clone()
        ),
        (json!(1), json!("500.00"), json!("5.0"))
    );
    assert_eq!(found(&admin, &proposal["criteria"]).await, 1);
    let total = &figures["win_rate"]["total"];
    assert_eq!(
        (
            total["won"].clone(),
            total["won_amount"].clone(),
            total["lost"].clone(),
            total["lost_amount"].clone(),
            total["win_rate"].clone()
        ),
        (json!(1), json!("2000.00"), json!(1), json!("4000.00"), json!("50.00"))
    );
    assert_eq!(found(&admin, &total["lost_criteria"]).await, 1);
    let source = &figures["win_rate"]["by_source"][0];
    assert_eq!(
        (source["key"].clone(), found(&admin, &source["won_criteria"]).await),
        (json!("Fuar"), json!(1))
    );
    assert_eq!(figures["win_rate"]["by_month"][0]["key"], "2026-03");
    // 1 open × 1/2 × 2000.00 ÷ 15 days
    assert_eq!(
        (figures["velocity"]["cycle_days"].clone(), figures["velocity"]["per_day"].clone()),
        (json!("15.0"), json!("66.66"))
    );
    assert_eq!(
        figures["slippage"],
        json!({ "pushes": 1, "pushed_days": 20, "mean_push_days": "20.0", "pulls": 0, "pushed_opportunities": 1 })
    );

    let past = admin.get("pipeline/?as_of=2026-03-20").await.expect(200).json();
    let first = stage(&past["stages"], "prospecting");
    assert_eq!(
        (first["count"].clone(), first["amount"].clone(), first["weighted"].clone()),
        (json!(3), json!("7000.00"), json!("700.00"))
    );
    assert_eq!(
        (past["open"]["count"].clone(), past["win_rate"]["total"]["won"].clone()),
        (json!(3), json!(0))
    );
    let before = admin.get("pipeline/?as_of=2026-03-15").await.expect(200).json();
    assert_eq!(before["open"]["count"], 0, "nothing was there yet");
    let today = admin.get("pipeline/?as_of=2026-03-31").await.expect(200).json();
    for (now, then) in figures["stages"]
        .as_array()
        .expect("stages")
        .iter()
        .zip(today["stages"].as_array().expect("stages"))
    {
        for name in ["count", "amount", "weighted", "mean_age_days"] {
            assert_eq!(now[name], then[name], "{name} of {}", now["stage"]);
        }
    }

    let undone = admin.patch(&won, json!({ "stage": "negotiation" })).await.expect(200);
    assert_eq!(undone.json()["outcome"], "open");
    let again = admin.get("pipeline/?from=2026-03-01&to=2026-03-31").await.expect(200).json();
    assert_eq!(again["win_rate"]["total"]["won"], 0, "what is open again is not won");
    admin.delete(&won).await.expect(200);
    let gone = admin.get("pipeline/?from=2026-03-01&to=2026-03-31").await.expect(200).json();
    assert_eq!(stage(&gone["stages"], "prospecting")["cohort"]["entered"], 2);

    let (other, _) = app.user("Can Kaya", "sales_rep", None).await;
    for path in ["pipeline/", "pipeline/?as_of=2026-03-20"] {
        let theirs = other.get(path).await.expect(200).json();
        assert_eq!(theirs["open"]["count"], 0);
        assert_eq!(stage(&theirs["stages"], "prospecting")["cohort"]["entered"], 0);
        assert_eq!(theirs["win_rate"]["total"]["lost"], 0);
    }
    let refused = admin.get("pipeline/?form=2026-01-01").await.expect(422);
    assert!(refused.error("form").contains("from"));
    assert!(!admin.get("pipeline/?as_of=yesterday").await.expect(422).error("as_of").is_empty());
});

story!(a_forecast_counts_what_is_won_and_expected_and_never_what_is_lost, |app| {
    let admin = app.admin().await;
    history(&app, &admin).await;
    let path = "forecast/?from=2026-03-01&to=2026-04-30";
    let forecast = admin.get(path).await.expect(200).json();
    let [march, april] = [0, 1].map(|place| forecast["periods"][place]["lines"][0].clone());
    assert_eq!(
        (march["kind"].clone(), forecast["periods"][1]["period"].clone()),
        (json!("total"), json!("2026-04"))
    );
    assert_eq!(
        march["categories"]["closed"],
        json!({ "count": 1, "amount": "2000.00", "weighted": "2000.00" })
    );
    assert_eq!(march["cumulative"]["pipeline"], "2000.00", "what was lost is in no category");
    assert_eq!(
        april["categories"]["best_case"],
        json!({ "count": 1, "amount": "1000.00", "weighted": "500.00" })
    );
    assert_eq!(
        april["cumulative"],
        json!({ "closed": "0.00", "commit": "0.00", "best_case": "1000.00", "pipeline": "1000.00" })
    );
    // One opportunity, won by half of the runs.
    assert_eq!(
        (april["simulation"]["p10"].clone(), april["simulation"]["p90"].clone()),
        (json!("0.00"), json!("1000.00"))
    );
    assert_eq!(
        forecast["history"],
        json!({ "won": 1, "lost": 1, "is_used": false, "runs": 10_000 })
    );
    assert_eq!(found(&admin, &april["open_criteria"]).await, 1);
    assert_eq!(found(&admin, &march["closed_criteria"]).await, 1);
    assert_eq!(admin.get(path).await.expect(200).json(), forecast, "the same data, the same answer");

    let later = admin.get("forecast/?from=2026-04-01&period=month").await.expect(200).json();
    let march = later["past"].as_array().expect("past").last().expect("a period").clone();
    assert_eq!(
        (
            march["period"].clone(),
            march["won"]["amount"].clone(),
            march["forecast"]["cumulative"]["pipeline"].clone()
        ),
        (json!("2026-03"), json!("2000.00"), json!("0.00")),
        "on the first of March nothing was there"
    );
    let quarter = admin.get("forecast/?from=2026-03-31&period=quarter").await.expect(200).json();
    assert_eq!(quarter["periods"][0]["lines"][0]["categories"]["closed"]["amount"], "2000.00");

    let (other, _) = app.user("Can Kaya", "sales_rep", None).await;
    let theirs = other.get(path).await.expect(200).json();
    assert_eq!(theirs["periods"][0]["lines"].as_array().expect("lines").len(), 1);
    assert_eq!(theirs["periods"][0]["lines"][0]["cumulative"]["pipeline"], "0.00");
    assert!(!admin.get("forecast/?period=week").await.expect(422).error("period").is_empty());
});

/// A user whose role hides these fields of opportunities.
async fn hiding(app: &TestApp, admin: &Client, name: &str, fields: Value) -> Client {
    let grants = json!({ "opportunity.read": "all", "opportunity.write": "all", "customer.read": "all" });
    let role = json!({ "name": name, "grants": grants, "fields": { "opportunity": fields } });
    let role = admin.post("roles/", role).await.expect(201).id();
    let (client, id) = app.user(name, "read_only", None).await;
    let given = json!({ "role_ids": [role] });
    admin.patch(&format!("users/{id}/"), given).await.expect(200);
    client
}

story!(figures_tell_nothing_of_hidden_fields, |app| {
    let admin = app.admin().await;
    let [open, ..] = history(&app, &admin).await;
    let lines = json!({ "lines": [{ "name": "Kurulum", "quantity": "1", "unit_price": "1000.00" }] });
    admin.put(&format!("{open}lines/"), lines).await.expect(200);
    let me = admin.get("me/").await.expect(200).json()["id"].clone();
    let quota = json!({ "quotas": [{ "user_id": me, "amount": "5000.00" }] });
    admin.put("quotas/2026-03/", quota).await.expect(200);
    let paths = [
        "opportunities/board/",
        "pipeline/?from=2026-03-01",
        "pipeline/?as_of=2026-03-28",
        "pipeline/opportunities/?figure=won&from=2026-03-01",
        "pipeline/opportunities/?figure=standing&as_of=2026-03-28",
        "pipeline/opportunities/?figure=won&from=2026-03-01&line_name=Kurulum",
        "forecast/?from=2026-03-01&to=2026-04-30",
        "forecast/?from=2026-04-01",
        "forecast/opportunities/?past_period=2026-03&category=pipeline",
        &format!("{open}lines/"),
        &format!("{open}timeline/"),
        &open,
    ];
    // All that the amounts, with the chances of their stages, and the quota come to.
    let money = [
        "1000.00", "2000.00", "4000.00", "7000.00", "500.00", "3000.00", "40.00\"", "6000.00",
    ];
    let blind = hiding(&app, &admin, "Tutar görmez", json!({ "amount": "hidden" })).await;
    let mut seen = 0;
    for path in paths {
        let text = |answer: testkit::Answer| answer.expect(200).text();
        let (all, left) = (text(admin.get(path).await), text(blind.get(path).await));
        seen += money.iter().filter(|amount| all.contains(*amount)).count();
        for amount in money {
            assert!(!left.contains(amount), "{path} tells {amount}: {left}");
        }
    }
    assert!(seen > 15, "who sees amounts is told them: {seen}");

    let board = blind.get("opportunities/board/").await.expect(200).json();
    assert_eq!(board["total"], json!({ "count": 3, "amount": null, "weighted": null }));
    let figures = blind.get("pipeline/?from=2026-03-01").await.expect(200).json();
    assert_eq!(figures["win_rate"]["total"]["win_rate"], "50.00", "how many were won is no secret");
    let forecast = blind.get("forecast/?from=2026-03-01&to=2026-04-30").await.expect(200).json();
    let line = &forecast["periods"][0]["lines"][0];
    assert_eq!(
        (line["categories"]["closed"]["count"].clone(), line["quota"]["amount"].clone()),
        (json!(1), json!("5000.00"))
    );
    for member in ["weighted", "simulation", "attainment", "gap"] {
        assert!(line[member].is_null(), "{member}: {line}");
    }

    let unsure = hiding(&app, &admin, "Olasılık görmez", json!({ "probability": "hidden" })).await;
    let board = unsure.get("opportunities/board/").await.expect(200).json();
    assert_eq!(board["total"], json!({ "count": 3, "amount": "7000.00", "weighted": null }));
    let forecast = unsure.get("forecast/?from=2026-03-01&to=2026-04-30").await.expect(200).json();
    assert!(forecast["periods"][1]["lines"][0]["simulation"].is_null());

    let dateless = hiding(
        &app,
        &admin,
        "Tarih görmez",
        json!({ "expected_close_date": "hidden", "actual_close_date": "hidden", "source": "hidden" }),
    )
    .await;
    let figures = dateless.get("pipeline/?from=2026-03-01").await.expect(200).json();
    assert!(figures["win_rate"].is_null() && figures["slippage"].is_null() && figures["velocity"]["won"].is_null());
    assert_eq!(figures["open"]["amount"], "1000.00");
    for path in ["forecast/", "forecast/opportunities/?past_period=2026-03&category=pipeline"] {
        dateless.get(path).await.expect(403);
    }
    for figure in ["won", "lost", "pushes", "pulls"] {
        dateless.get(&format!("pipeline/opportunities/?figure={figure}")).await.expect(403);
    }
});

story!(what_a_period_promised_stands_against_what_came, |app| {
    let admin = app.admin().await;
    let [open, ..] = history(&app, &admin).await;
    let april = async || {
        let forecast = admin.get("forecast/?from=2026-05-01&period=month").await.expect(200).json();
        let past = forecast["past"].as_array().expect("past").last().expect("a period").clone();
        assert_eq!((&past["period"], &past["source"]), (&json!("2026-04"), &json!("history")));
        (
            past["forecast"]["categories"]["best_case"]["amount"].clone(),
            past["forecast"]["weighted"].clone(),
            past["won"]["amount"].clone(),
        )
    };
    // The 2nd of April: the period has begun, with one opportunity in proposal that is expected in it.
    app.clock.advance(2 * DAY_US);
    assert_eq!(april().await, (json!("1000.00"), json!("500.00"), json!("0.00")));
    // Whatever becomes of it, and comes in addition, does not change what was promised.
    admin
        .patch(
            &open,
            json!({ "amount": "1200.00", "stage": "won", "actual_close_date": "2026-04-02" }),
        )
        .await
        .expect(200);
    let customer = admin.get("customers/").await.expect(200).json()["results"][0]["id"].clone();
    let late =
        json!({ "name": "Sonradan", "customer": customer, "amount": "99.00", "expected_close_date": "2026-04-20", "stage": "proposal" });
    admin.post("opportunities/", late).await.expect(201);
    assert_eq!(april().await, (json!("1000.00"), json!("500.00"), json!("1200.00")));
});
