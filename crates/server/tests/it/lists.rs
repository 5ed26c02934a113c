//! What every list has, whatever is on it: views, totals, files, favourites, company, and one search over all.

use serde_json::{Value, json};
use testkit::{Client, TestApp, company, story};

struct Sales {
    admin: Client,
    rep: Client,
    leads: Vec<i64>,
    deals: Vec<i64>,
}

/// Two leads and two opportunities; the second of each is the rep's.
async fn sales(app: &TestApp) -> Sales {
    let admin = app.admin().await;
    let (rep, rep_id) = app.user("Temsilci", "sales_rep", None).await;
    let customer = admin.post("customers/", company("Nar Gıda")).await.expect(201).id();
    let (mut leads, mut deals) = (Vec::new(), Vec::new());
    for (name, budget, currency, owner) in [("Ada", "1000.50", "TRY", None), ("=2+5", "200", "USD", Some(rep_id))] {
        let lead = json!({
            "first_name": name, "last_name": "Nar", "company": "Nar Bahçe", "email": "nar@aday.example", "budget": budget,
            "currency": currency, "assigned_to": owner,
        });
        leads.push(admin.post("leads/", lead).await.expect(201).id());
        let deal = json!({
            "name": format!("{name} hattı"), "customer": customer, "expected_close_date": "2026-06-30", "amount": budget, "sales_rep": owner,
        });
        deals.push(admin.post("opportunities/", deal).await.expect(201).id());
    }
    Sales { admin, rep, leads, deals }
}

async fn lines(client: &Client, path: &str) -> Vec<(String, String)> {
    let list = client.get(path).await.expect(200).json();
    let word = |value: &Value| value.as_str().expect("a word").to_owned();
    let rows = list["results"].as_array().expect("results");
    rows.iter().map(|line| (word(&line["entity"]), word(&line["name"]))).collect()
}

fn line(entity: &str, name: &str) -> (String, String) {
    (entity.into(), name.into())
}

story!(views_are_of_an_entity, |app| {
    let Sales { admin, rep, .. } = sales(&app).await;
    let view = admin
        .post(
            "views/",
            json!({
                "entity": "opportunity", "name": "Büyükler", "sharing": "everyone", "ordering": "-amount_base",
                "criteria": { "field": "amount_base", "op": "gte", "value": "500" }, "columns": ["name", "amount"],
            }),
        )
        .await
        .expect(201);
    assert_eq!(view.json()["entity"], "opportunity");
    admin.post("views/", json!({ "name": "Bizimkiler" })).await.expect(201);
    let names = async |client: &Client, path: &str| -> Vec<Value> {
        let list = client.get(path).await.expect(200).json();
        list["results"]
            .as_array()
            .expect("results")
            .iter()
            .map(|view| view["name"].clone())
            .collect()
    };
    assert_eq!(names(&admin, "views/").await, ["Bizimkiler", "Büyükler"]);
    assert_eq!(names(&admin, "views/?entity=opportunity").await, ["Büyükler"]);
    assert_eq!(names(&rep, "views/?entity=opportunity").await, ["Büyükler"]);
    assert!(names(&rep, "views/?entity=lead").await.is_empty());
    assert!(!admin.get("views/?entity=opportunty").await.expect(422).error("entity").is_empty());
    // A field of one entity is none of another.
    let wrong = json!({ "entity": "lead", "name": "x", "ordering": "amount_base" });
    assert!(!admin.post("views/", wrong).await.expect(422).error("ordering").is_empty());
    let refused = json!({ "columns": ["customer_code"] });
    assert!(
        !admin
            .patch(&format!("views/{}/", view.id()), refused)
            .await
            .expect(422)
            .error("columns")
            .is_empty()
    );
    // Who may not read opportunities sees no view of them, and makes none.
    let role = admin
        .post("roles/", json!({ "name": "Müşteri", "grants": { "customer.read": "all" } }))
        .await
        .expect(201)
        .id();
    let (other, other_id) = app.user("Öteki", "read_only", None).await;
    admin
        .patch(&format!("users/{other_id}/"), json!({ "role_ids": [role] }))
        .await
        .expect(200);
    assert!(names(&other, "views/").await.is_empty());
    other.get(&format!("views/{}/", view.id())).await.expect(404);
    other
        .post("views/", json!({ "entity": "opportunity", "name": "x" }))
        .await
        .expect(403);
    other.post("views/", json!({ "name": "x" })).await.expect(201);
    // Deleted and brought back.
    let operation = admin.delete(&format!("views/{}/", view.id())).await.expect(200).operation();
    assert_eq!(names(&admin, "views/").await, ["Bizimkiler"]);
    admin.post(&format!("operations/{operation}/undo/"), json!({})).await.expect(200);
    assert_eq!(names(&admin, "views/?entity=opportunity").await, ["Büyükler"]);
});

story!(totals_are_of_what_one_sees, |app| {
    let Sales { admin, rep, .. } = sales(&app).await;
    let asked = json!({ "totals": [{ "field": "budget", "function": "sum" }, { "field": "email", "function": "distinct" }] });
    let all = admin.post("leads/totals/", asked.clone()).await.expect(200).json();
    assert_eq!(all["count"], 2);
    let sums = json!([{ "currency": "TRY", "value": "1000.50" }, { "currency": "USD", "value": "200.00" }]);
    assert_eq!((&all["totals"][0]["by_currency"], &all["totals"][1]["value"]), (&sums, &json!(1)));
    let own = rep.post("leads/totals/", asked).await.expect(200).json();
    assert_eq!(own["count"], 1);
    assert_eq!(own["totals"][0]["by_currency"], json!([{ "currency": "USD", "value": "200.00" }]));
    // What is in the organisation's currency is one sum, whatever the deals are in.
    let asked = json!({ "totals": [{ "field": "amount_base", "function": "sum" }, { "field": "amount", "function": "max" }] });
    let deals = admin.post("opportunities/totals/", asked).await.expect(200).json();
    assert_eq!(
        (&deals["totals"][0]["value"], &deals["totals"][0]["by_currency"]),
        (&json!("1200.50"), &Value::Null)
    );
    assert_eq!(
        deals["totals"][1]["by_currency"],
        json!([{ "currency": "TRY", "value": "1000.50" }])
    );
    let wrong = json!({ "totals": [{ "field": "status", "function": "sum" }] });
    assert!(
        !admin
            .post("leads/totals/", wrong)
            .await
            .expect(422)
            .error("totals[0].function")
            .is_empty()
    );
});

story!(files_hold_what_one_may_take, |app| {
    let Sales { admin, rep, .. } = sales(&app).await;
    let file = admin
        .get("leads/export/?fields=first_name,budget,assigned_to&headers=names&ordering=id")
        .await
        .expect(200);
    assert!(file.header("content-disposition").expect("a name").contains("leads-2026-03-16.csv"));
    assert_eq!(
        file.text(),
        "first_name,budget,assigned_to\r\nAda,1000.50,Ayşe Yılmaz\r\n'=2+5,200.00,Temsilci\r\n"
    );
    let deals = admin
        .post(
            "opportunities/export/",
            json!({ "fields": ["name", "customer"], "headers": "names", "search": "ada" }),
        )
        .await
        .expect(200);
    assert_eq!(deals.text(), "name,customer\r\nAda hattı,Nar Gıda\r\n");
    let workbook = admin.get("opportunities/export/?format=xlsx").await.expect(200);
    assert!(workbook.header("content-type").expect("a kind").contains("spreadsheetml"));
    // A sales rep may not take files; whoever may sees only their own, and no field that is hidden from them.
    rep.get("leads/export/").await.expect(403);
    let role = json!({
        "name": "Dışa aktaran", "grants": { "lead.read": "all", "lead.export": "own" }, "fields": { "lead": { "budget": "hidden" } },
    });
    let role = admin.post("roles/", role).await.expect(201).id();
    let me = rep.get("me/").await.expect(200).json()["id"].clone();
    admin
        .patch(&format!("users/{me}/"), json!({ "role_ids": [role] }))
        .await
        .expect(200);
    let own = rep.get("leads/export/?headers=names").await.expect(200).text();
    assert!(own.contains("'=2+5") && !own.contains("Ada") && !own.contains(",budget,"), "{own}");
    assert!(!rep.get("leads/export/?fields=budget").await.expect(422).error("fields").is_empty());
    assert!(
        !rep.post("leads/totals/", json!({ "totals": [{ "field": "budget", "function": "sum" }] }))
            .await
            .expect(422)
            .text()
            .is_empty()
    );
    // To take out everything is to take out everything one sees.
    let grants = json!({ "grants": { "lead.read": "own", "lead.export": "all" } });
    admin.patch(&format!("roles/{role}/"), grants).await.expect(200);
    let seen = rep.get("leads/export/?headers=names").await.expect(200).text();
    assert!(seen.contains("'=2+5") && !seen.contains("Ada"), "{seen}");
    app.consume().await;
    let audit = admin.get("audit/?kind=lead.exported").await.expect(200).json();
    assert_eq!(audit["count"], 3, "{audit}");
});

story!(one_keeps_at_hand_whatever_one_sees, |app| {
    let Sales { admin, rep, leads, deals } = sales(&app).await;
    let paths = [
        format!("leads/{}", leads[1]),
        format!("opportunities/{}", deals[1]),
        "customers/1".into(),
    ];
    for path in &paths {
        admin.put(&format!("{path}/favourite/"), json!({})).await.expect(204);
        admin.put(&format!("{path}/favourite/"), json!({})).await.expect(204);
    }
    rep.put(&format!("leads/{}/favourite/", leads[0]), json!({})).await.expect(404);
    rep.put(&format!("opportunities/{}/favourite/", deals[1]), json!({}))
        .await
        .expect(204);
    assert_eq!(lines(&rep, "me/favourites/").await, [line("opportunity", "=2+5 hattı")]);
    assert_eq!(lines(&admin, "me/favourites/").await.len(), 3);
    assert_eq!(lines(&admin, "me/favourites/?entity=lead").await, [line("lead", "=2+5 Nar")]);
    admin.put(&format!("leads/{}/favourite/", leads[0]), json!({})).await.expect(204);
    let order = json!({ "ids": [leads[0]] });
    admin.put("me/favourites/?entity=lead", order).await.expect(200);
    let ordered = lines(&admin, "me/favourites/?entity=lead").await;
    assert_eq!(ordered, [line("lead", "Ada Nar"), line("lead", "=2+5 Nar")]);
    assert!(
        !admin
            .put("me/favourites/?entity=opportunity", json!({ "ids": [999] }))
            .await
            .expect(422)
            .error("ids")
            .is_empty()
    );
    admin.delete(&format!("leads/{}/favourite/", leads[1])).await.expect(204);
    assert_eq!(lines(&admin, "me/favourites/?entity=lead").await, [line("lead", "Ada Nar")]);
    let shown = admin.get("me/favourites/?entity=opportunity").await.expect(200).json();
    assert_eq!(shown["results"][0]["subtitle"], "F-2026-00002 · Nar Gıda");
    // Nobody at a screen: answered, and no trace.
    let here = json!({ "state": "viewing" });
    admin.post(&format!("leads/{}/here/", leads[0]), here.clone()).await.expect(200);
    rep.post(&format!("leads/{}/here/", leads[0]), here).await.expect(404);
    assert_eq!((app.count("presences").await, app.count("recents").await), (0, 0));
});

story!(one_search_finds_everything_one_sees, |app| {
    let Sales { admin, rep, leads, .. } = sales(&app).await;
    assert_eq!(
        lines(&admin, "search/?search=nar").await,
        [
            line("customer", "Nar Gıda"),
            line("lead", "=2+5 Nar"),
            line("lead", "Ada Nar"),
            // By the name of their customer.
            line("opportunity", "=2+5 hattı"),
            line("opportunity", "Ada hattı"),
        ]
    );
    assert_eq!(lines(&admin, "search/?search=NAR&entity=lead").await.len(), 2);
    assert_eq!(
        lines(&rep, "search/?search=nar").await,
        [line("lead", "=2+5 Nar"), line("opportunity", "=2+5 hattı")]
    );
    for nothing in ["search/?search=", "search/?search=%2A%2A", "search/?search=yokboyle"] {
        assert!(lines(&admin, nothing).await.is_empty(), "{nothing}");
    }
    admin.get("search/").await.expect(400);
    admin.get("search/?search=nar&q=x").await.expect(400);
    admin.delete(&format!("leads/{}/", leads[0])).await.expect(200);
    assert_eq!(lines(&admin, "search/?search=nar&entity=lead").await, [line("lead", "=2+5 Nar")]);
});
