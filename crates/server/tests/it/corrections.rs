//! Rows of an import put right without another file, and those that are probably there already.

use serde_json::{Value, json};
use testkit::{Answer, Client, TestApp, story};

async fn uploaded(client: &Client, content: &str, options: Value) -> i64 {
    let options = json!({ "options": options }).to_string();
    client
        .upload("imports/", "müşteriler.csv", content.as_bytes(), &[("options", &options)])
        .await
        .expect(201)
        .id()
}

async fn tried(client: &Client, id: i64) -> Value {
    client.post(&format!("imports/{id}/dry-run/"), json!({})).await.expect(200).json()
}

async fn run(app: &TestApp, client: &Client, id: i64) -> Value {
    client.post(&format!("imports/{id}/start/"), json!({})).await.expect(200);
    app.run_jobs().await;
    client.get(&format!("imports/{id}/")).await.expect(200).json()
}

async fn put(client: &Client, id: i64, corrections: Value) -> Answer {
    client
        .put(&format!("imports/{id}/corrections/"), json!({ "corrections": corrections }))
        .await
}

async fn errors(client: &Client, id: i64, query: &str) -> Value {
    client
        .get(&format!("imports/{id}/errors/?format=json{query}"))
        .await
        .expect(200)
        .json()
}

fn counts(counts: &Value) -> [i64; 5] {
    ["rows", "created", "duplicate", "wrong", "likely_duplicate"].map(|name| counts[name].as_i64().unwrap_or(-1))
}

async fn names(client: &Client) -> Vec<String> {
    let list = client.get("customers/?ordering=id&page_size=200").await.expect(200).json();
    let results = list["results"].as_array().expect("results");
    results.iter().map(|one| one["name"].as_str().expect("a name").to_owned()).collect()
}

const FILE: &str = "first_name,last_name,email,birth_date
Ali,Er,ali@ornek.example,1990-01-02
Veli,Ay,veli.ornek.example,1991-99-02
Can,Su,can@ornek.example,1992-03-04
,Boş,bos@ornek.example,
Naz,Ok,naz@,1993-05-06
";

story!(wrong_cells_are_put_right_without_another_file, |app| {
    let admin = app.admin().await;
    let id = uploaded(&admin, FILE, json!({})).await;
    let checked = tried(&admin, id).await;
    assert_eq!(counts(&checked["checked"]), [5, 2, 0, 3, 0]);
    assert_eq!(checked["corrected"], json!({ "cells": 0, "skipped_rows": 0 }));
    let page = errors(&admin, id, "&page_size=2").await;
    assert_eq!(
        (page["count"].as_i64(), page["results"].as_array().map(Vec::len)),
        (Some(3), Some(2))
    );
    let first = &page["results"][0];
    assert_eq!(
        (&first["row_number"], &first["cells"], &first["corrections"], &first["is_skipped"]),
        (
            &json!(3),
            &json!(["Veli", "Ay", "veli.ornek.example", "1991-99-02"]),
            &json!({}),
            &json!(false)
        )
    );
    let problems = first["problems"].as_array().expect("problems");
    let of_email = problems.iter().find(|problem| problem["column"] == "email").expect("a problem");
    assert_eq!(of_email["value"], "veli.ornek.example");
    assert!(of_email["message"].as_str().is_some_and(|text| !text.is_empty()));
    let rest = admin.get(page["next"].as_str().expect("a page")).await.expect(200).json();
    assert_eq!(rest["results"][0]["row_number"], 6);

    let path = format!("imports/{id}/corrections/");
    let answer = put(
        &admin,
        id,
        json!([
            { "row_number": 3, "column": "email", "value": "yanlış" },
            { "row_number": 3, "column": "email", "value": "veli@ornek.example" },
            { "row_number": 3, "column": "birth_date", "value": "1991-09-02" },
            { "row_number": 5, "skip": true },
            { "row_number": 4, "skip": true },
        ]),
    )
    .await
    .expect(200)
    .json();
    assert_eq!(answer, json!({ "cells": 2, "skipped_rows": 2 }));
    let seen = errors(&admin, id, "").await;
    assert_eq!(
        seen["results"][0]["corrections"],
        json!({ "email": "veli@ornek.example", "birth_date": "1991-09-02" })
    );
    assert_eq!(seen["results"][1]["is_skipped"], true);
    // Taken back, and put again.
    put(&admin, id, json!([{ "row_number": 4, "skip": false }])).await.expect(200);
    let answer = put(
        &admin,
        id,
        json!([{ "row_number": 6, "column": "email", "value": "naz@ornek.example" }]),
    )
    .await
    .expect(200);
    assert_eq!(answer.json(), json!({ "cells": 3, "skipped_rows": 1 }));
    let answer = put(&admin, id, json!([{ "row_number": 6, "column": "email", "value": null }]))
        .await
        .expect(200);
    assert_eq!(answer.json(), json!({ "cells": 2, "skipped_rows": 1 }));
    let list = admin.get(&path).await.expect(200).json();
    assert_eq!(list["count"], 3);
    assert_eq!(list["results"][2], json!({ "row_number": 5, "value": null, "skip": true }));

    let preview = admin.get(&format!("imports/{id}/preview/")).await.expect(200).json();
    assert_eq!(preview["rows"].as_array().map(Vec::len), Some(4), "what is left out is not shown");
    assert_eq!(preview["rows"][1]["values"]["primary_email"], "veli@ornek.example");
    assert!(names(&admin).await.is_empty(), "nothing is written yet");
    let checked = tried(&admin, id).await;
    assert_eq!(counts(&checked["checked"]), [4, 3, 0, 1, 0]);
    assert_eq!(checked["corrected"], json!({ "cells": 2, "skipped_rows": 1 }));
    let done = run(&app, &admin, id).await;
    assert_eq!((&done["state"], counts(&done["counts"])), (&json!("done"), [4, 3, 0, 1, 0]));
    assert_eq!(names(&admin).await, ["Ali Er", "Veli Ay", "Can Su"]);
    let veli = admin.get("customers/?search=veli").await.expect(200).json()["results"][0].clone();
    assert_eq!(
        (&veli["primary_email"], &veli["birth_date"]),
        (&json!("veli@ornek.example"), &json!("1991-09-02"))
    );
    put(&admin, id, json!([{ "row_number": 2, "skip": true }])).await.expect(409);
    let csv = admin.get(&format!("imports/{id}/errors/")).await.expect(200);
    assert_eq!(csv.header("content-type").as_deref(), Some("text/csv; charset=utf-8"));
});

story!(corrections_hold_after_a_pause, |app| {
    let admin = app.admin().await;
    let mut file = "code,first_name,last_name\n".to_owned();
    for n in 0..3_000 {
        file.push_str(&format!("C-{n:04},Kişi{n},{}\n", if n == 2_900 { "" } else { "Er" }));
    }
    let id = uploaded(&admin, &file, json!({ "match_by": "customer_code" })).await;
    let corrections = json!([{ "row_number": 2_902, "column": "last_name", "value": "Sonra" }, { "row_number": 2_903, "skip": true }]);
    put(&admin, id, corrections).await.expect(200);
    // Paused before the job came to it, and gone on with by another process.
    admin.post(&format!("imports/{id}/start/"), json!({})).await.expect(200);
    admin.post(&format!("imports/{id}/pause/"), json!({})).await.expect(200);
    app.run_jobs().await;
    assert!(names(&admin).await.is_empty());
    put(&admin, id, json!([{ "row_number": 2, "skip": true }])).await.expect(409);
    let app = app.restarted().await;
    let admin = app.admin().await;
    admin.post(&format!("imports/{id}/resume/"), json!({})).await.expect(200);
    app.run_jobs().await;
    let done = admin.get(&format!("imports/{id}/")).await.expect(200).json();
    assert_eq!(
        (&done["state"], counts(&done["counts"])),
        (&json!("done"), [2_999, 2_999, 0, 0, 0]),
        "{done}"
    );
    let one = admin.get("customers/?customer_code=C-2900").await.expect(200).json();
    assert_eq!(one["results"][0]["last_name"], "Sonra");
    assert_eq!(admin.get("customers/?customer_code=C-2901").await.expect(200).json()["count"], 0);
});

story!(corrections_that_make_no_sense_are_refused_by_place, |app| {
    let admin = app.admin().await;
    let (other, _) = app.user("Başka", "manager", None).await;
    let id = uploaded(&admin, FILE, json!({})).await;
    for (correction, member) in [
        (json!({ "row_number": 0, "column": "email", "value": "x" }), "row_number"),
        (json!({ "row_number": 2, "column": "emial", "value": "x" }), "column"),
        (json!({ "row_number": 2, "value": "x" }), "column"),
        (json!({ "row_number": 2, "column": "email", "skip": true }), "column"),
        (json!({ "row_number": 2, "skip": true, "value": "x" }), "value"),
        (json!({ "row_number": 2, "column": "email", "value": "x".repeat(20_001) }), "value"),
    ] {
        let refused = put(&admin, id, json!([correction])).await.expect(422);
        assert!(!refused.error(&format!("corrections[0].{member}")).is_empty(), "{}", refused.text());
    }
    let many: Vec<Value> = (1..=1_001).map(|n| json!({ "row_number": n, "skip": true })).collect();
    put(&admin, id, json!(many)).await.expect(422);
    assert_eq!(app.count("import_corrections").await, 0);
    let foreign = put(&other, id, json!([{ "row_number": 2, "skip": true }])).await;
    assert!([403, 404].contains(&foreign.status.as_u16()), "{}", foreign.text());
    admin.get(&format!("imports/{id}/errors/?format=xml")).await.expect(422);
    // Read in another way, rows and columns are others.
    put(&admin, id, json!([{ "row_number": 2, "skip": true }])).await.expect(200);
    admin
        .patch(&format!("imports/{id}/"), json!({ "options": { "separator": ";" } }))
        .await
        .expect(200);
    assert_eq!(app.count("import_corrections").await, 0);
});

const ALIKE: &str = "first_name,last_name,email,birth_date
Ayşe,Yıldız,ayse.yildiz@ornek.example,1990-01-02
Mehmet,Demir,mehmet@ornek.example,1985-05-05
Mehmet,Demir,mehmet@ornek.example,1985-05-05
Yeni,Kişi,yeni@ornek.example,2000-01-01
";

story!(rows_that_are_probably_there_are_told_and_can_be_left_out, |app| {
    let admin = app.admin().await;
    let known =
        json!({ "first_name": "Ayşe", "last_name": "Yıldız", "primary_email": "ayse.yildiz@ornek.example", "birth_date": "1990-01-02" });
    let known = admin.post("customers/", known).await.expect(201).id();
    app.consume().await;
    let id = uploaded(&admin, ALIKE, json!({})).await;
    let checked = tried(&admin, id).await;
    assert_eq!(counts(&checked["checked"]), [4, 4, 0, 0, 2], "{checked}");
    let likely = admin.get(&format!("imports/{id}/likely-duplicates/")).await.expect(200).json();
    let rows = likely["results"].as_array().expect("rows");
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (
            &rows[0]["row_number"],
            &rows[0]["customer_id"],
            &rows[0]["customer_name"],
            &rows[0]["cells"][0]
        ),
        (&json!(2), &json!(known), &json!("Ayşe Yıldız"), &json!("Ayşe"))
    );
    assert!(
        rows[0]["probability"]
            .as_f64()
            .is_some_and(|probability| (0.6..=1.0).contains(&probability))
    );
    assert_eq!(
        (&rows[1]["row_number"], &rows[1]["other_row_number"], &rows[1]["customer_id"]),
        (&json!(4), &json!(3), &Value::Null)
    );
    // Left out on demand, in the dry run as in the run.
    admin
        .patch(&format!("imports/{id}/"), json!({ "options": { "on_likely_duplicate": "skip" } }))
        .await
        .expect(200);
    assert_eq!(counts(&tried(&admin, id).await["checked"]), [4, 2, 2, 0, 2]);
    let done = run(&app, &admin, id).await;
    assert_eq!(counts(&done["counts"]), [4, 2, 2, 0, 2], "{done}");
    assert_eq!(names(&admin).await, ["Ayşe Yıldız", "Mehmet Demir", "Yeni Kişi"]);
    // Created all the same where nobody objects.
    let id = uploaded(&admin, ALIKE, json!({})).await;
    let done = run(&app, &admin, id).await;
    assert_eq!(counts(&done["counts"]), [4, 4, 0, 0, 0]);
    // Somebody whom the caller may not see is counted, and not named.
    let (seller, _) = app.user("Müdür", "manager", Some("Batı")).await;
    let id = uploaded(&seller, ALIKE, json!({})).await;
    let checked = tried(&seller, id).await;
    assert_eq!(checked["checked"]["likely_duplicate"], 4);
    let likely = seller.get(&format!("imports/{id}/likely-duplicates/")).await.expect(200).json();
    assert!(
        likely["results"]
            .as_array()
            .expect("rows")
            .iter()
            .all(|row| row["customer_name"].is_null() && row["customer_id"].is_null())
    );
});
