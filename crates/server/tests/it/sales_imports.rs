//! Files become leads and opportunities by the import that customers come in by.

use serde_json::{Value, json};
use testkit::{TestApp, company, story};

async fn start(app: &TestApp, file: &str, options: Value) -> Value {
    let admin = app.admin().await;
    let import = admin
        .upload("imports/", "dosya.csv", file.as_bytes(), &[("options", &options.to_string())])
        .await
        .expect(201)
        .json();
    let id = import["id"].as_i64().expect("an id");
    let checked = admin.post(&format!("imports/{id}/dry-run/"), json!({})).await.expect(200).json();
    admin.post(&format!("imports/{id}/start/"), json!({})).await.expect(200);
    app.run_jobs().await;
    let mut done = admin.get(&format!("imports/{id}/")).await.expect(200).json();
    done["checked"] = checked["checked"].clone();
    done
}

story!(a_file_becomes_leads, |app| {
    let admin = app.admin().await;
    let file = "Adı;Soyadı;Firma;E-posta;Cep telefonu;Kaynak;Bütçe;Sorumlu\n\
        Işıl;Çağlar;Öz Makine;isil@oz.example;0532 111 22 33;Fuar;250.000,00;Ayşe Yılmaz\n\
        Can;Demir;;can@demir.example;;Soğuk arama;;\n\
        ;;;bos@bos.example;;Fuar;;\n\
        Ece;Ak;;ece@;;Fuar;;\n\
        Can;Demir;;can@demir.example;;Soğuk arama;;\n";
    let done = start(&app, file, json!({ "entity": "lead" })).await;
    assert_eq!(done["entity"], "lead");
    assert_eq!(done["options"]["match_by"], "email");
    for counts in ["checked", "counts"] {
        let counts = &done[counts];
        assert_eq!(
            (&counts["rows"], &counts["created"], &counts["wrong"], &counts["duplicate"]),
            (&json!(5), &json!(2), &json!(2), &json!(1)),
            "{done}"
        );
    }
    let leads = admin.get("leads/?ordering=lead_number").await.expect(200).json();
    let first = &leads["results"][0];
    assert_eq!(
        (first["name"].as_str(), first["source"].as_str(), first["budget"].as_str()),
        (Some("Işıl Çağlar"), Some("trade_show"), Some("250000.00"))
    );

    // The same file again finds everybody.
    let again = start(&app, file, json!({ "entity": "lead", "options": { "match_by": "email" } })).await;
    assert_eq!(
        (&again["counts"]["created"], &again["counts"]["unchanged"]),
        (&json!(0), &json!(2)),
        "{again}"
    );

    let operation = done["operation_id"].as_i64().expect("an operation");
    admin.post(&format!("operations/{operation}/undo/"), json!({})).await.expect(200);
    assert_eq!(
        admin.get("leads/").await.expect(200).json()["count"],
        0,
        "an import is undone as one"
    );
});

story!(a_file_becomes_opportunities_with_their_history, |app| {
    let admin = app.admin().await;
    admin.post("customers/", company("Cancity")).await.expect(201);
    admin.post("customers/", company("Adı bilinmeyen aday")).await.expect(201);
    let file = "opportunity_id,sales_agent,account,deal_stage,engage_date,close_date,close_value\n\
        1C1I7A6R,Ayşe Yılmaz,Cancity,Won,10/20/2016,3/1/2017,1054\n\
        Z063OYW0,Ayşe Yılmaz,CANCITY,Lost,10/25/2016,3/11/2017,0\n\
        EC4QE1BX,Ayşe Yılmaz,,Prospecting,,,\n\
        MV1LWRNH,Ayşe Yılmaz,Nobody Ltd,Won,10/25/2016,3/11/2017,10\n";
    let column = |column: &str, target: &str| json!({ "column": column, "target": target });
    let options = json!({
        "entity": "opportunity",
        "mapping": [
            column("opportunity_id", "opportunity_number"), column("sales_agent", "sales_rep"), column("account", "customer"),
            column("deal_stage", "stage"), column("engage_date", "opened_on"), column("close_date", "actual_close_date"), column("close_value", "amount"),
        ],
        "options": {
            "date_style": "month_day_year",
            "number_style": "point",
            "match_by": "number",
            "defaults": { "customer": "Adı bilinmeyen aday", "name": "Satış", "expected_close_date": "30.06.2017", "loss_reason": "Bilinmiyor" },
        },
    });
    let done = start(&app, file, options).await;
    assert_eq!(
        (&done["counts"]["created"], &done["counts"]["wrong"]),
        (&json!(3), &json!(1)),
        "{done}"
    );
    assert_eq!(done["checked"], done["counts"], "the dry run told what came");
    let won = admin.get("opportunities/?outcome=won").await.expect(200).json();
    let won = &won["results"][0];
    assert_eq!(
        (
            won["opportunity_number"].as_str(),
            won["amount"].as_str(),
            won["actual_close_date"].as_str()
        ),
        (Some("1C1I7A6R"), Some("1054.00"), Some("2017-03-01"))
    );
    assert_eq!(
        won["closed_at"], "2017-02-28T21:00:00.000000Z",
        "closed on the day the file tells, in İstanbul"
    );
    let open = admin.get("opportunities/?outcome=open").await.expect(200).json();
    assert_eq!(open["results"][0]["customer_name"], "Adı bilinmeyen aday");
    assert_eq!(
        app.count("opportunity_history").await,
        5,
        "two for each that ended, one for the open one"
    );
});
