//! Customers go out as a file: as much as one may see, and fit to come back in.

use customers::imports::{self, ImportChange};
use serde_json::{Value, json};
use testkit::{Backend, Client, TestApp, company, person, story};

/// Some customers of every kind.
async fn some(client: &Client) {
    let mut ayse = person("Ayşe", "Öğüt");
    for (field, value) in [
        ("customer_code", "E-1"),
        ("identity_number", "10000000146"),
        ("birth_date", "1980-04-03"),
        ("gender", "F"),
        ("primary_email", "ayse@ornek.example"),
        ("secondary_email", "ayse2@ornek.example"),
        ("primary_phone", "0532 123 45 67"),
        ("website", "https://ornek.example/a"),
        ("city", "İzmir"),
        ("annual_revenue", "1234.50"),
        ("lead_source", "=1+1"),
    ] {
        ayse[field] = json!(value);
    }
    ayse["tags"] = json!(["vip", "eski"]);
    ayse["custom"] = json!({ "puan": "12.50", "renk": "mavi" });
    client.post("customers/", ayse).await.expect(201);
    let mut firma = company("Örnek; \"Gıda\"\nA.Ş.");
    for (field, value) in [
        ("customer_code", "E-2"),
        ("tax_number", "1234567890"),
        ("tax_office", "Konak"),
        ("company_size", "10-49"),
        ("city", "Ankara"),
        ("currency", "USD"),
    ] {
        firma[field] = json!(value);
    }
    client.post("customers/", firma).await.expect(201);
    let mut ali = person("Ali", "Er");
    ali["customer_code"] = json!("E-3");
    ali["is_active"] = json!(false);
    ali["city"] = json!("İzmir");
    client.post("customers/", ali).await.expect(201);
}

async fn custom_fields(client: &Client) {
    for field in [
        json!({ "entity": "customer", "key": "puan", "label_tr": "Puan", "label_en": "Points", "kind": "number", "decimals": 2 }),
        json!({ "entity": "customer", "key": "renk", "label_tr": "Renk", "label_en": "Colour", "kind": "choice",
                "choices": [{ "value": "mavi", "label_tr": "Mavi", "label_en": "Blue" }, { "value": "sari", "label_tr": "Sarı", "label_en": "Yellow" }] }),
    ] {
        client.post("custom-fields/", field).await.expect(201);
    }
}

story!(what_one_may_see_goes_out, |app| {
    let admin = app.admin().await;
    custom_fields(&admin).await;
    some(&admin).await;
    let file = admin.get("customers/export/?headers=names&fields=customer_code,name,identity_number,annual_revenue,tags,custom.puan,lead_source,owner_id&ordering=customer_code").await.expect(200);
    assert_eq!(file.header("content-type").as_deref(), Some("text/csv; charset=utf-8"));
    assert_eq!(
        file.header("content-disposition").as_deref(),
        Some("attachment; filename=\"customers-2026-03-16.csv\"")
    );
    assert_eq!(
        file.text(),
        "customer_code,name,identity_number,annual_revenue,tags,custom.puan,lead_source,owner_id\r\n\
         E-1,Ayşe Öğüt,10000000146,1234.50,\"eski, vip\",12.50,'=1+1,Ayşe Yılmaz\r\n\
         E-2,\"Örnek; \"\"Gıda\"\" A.Ş.\",,,,,,Ayşe Yılmaz\r\n\
         E-3,Ali Er,,,,,,Ayşe Yılmaz\r\n"
    );
    admin.patch("users/1/", json!({ "locale": "tr" })).await.expect(200);
    let turkish = admin
        .get("customers/export/?fields=customer_code,gender,annual_revenue&customer_code=E-1")
        .await
        .expect(200);
    assert_eq!(turkish.text(), "\u{feff}Müşteri kodu;Cinsiyet;Yıllık ciro\r\nE-1;Kadın;1234,50\r\n");
    admin.patch("users/1/", json!({ "locale": "en" })).await.expect(200);
    let filtered = admin
        .get("customers/export/?fields=customer_code&headers=names&city=%C4%B0zmir&search=ay%C5%9F")
        .await
        .expect(200)
        .text();
    assert_eq!(filtered, "customer_code\r\nE-1\r\n");
    assert!(
        admin
            .get("customers/export/?fields=custmer_code")
            .await
            .expect(422)
            .error("fields")
            .contains("customer_code")
    );
    admin.get("customers/export/?format=pdf").await.expect(422);
    admin.get("customers/export/?ctiy=x").await.expect(400);
    // Who took what is told.
    let query = sea_query::Query::select()
        .columns(["actor_id", "payload"])
        .from(sea_query::Alias::new("events"))
        .and_where(sea_query::ExprTrait::eq(sea_query::Expr::col("kind"), "customer.exported"))
        .order_by("id", sea_query::Order::Asc)
        .to_owned();
    let told: Vec<(Option<i64>, String)> = app.db().all(&query).await.expect("events");
    let payload: Value = serde_json::from_str(&told[2].1).expect("json");
    assert_eq!(
        (told.len(), told[2].0, &payload["count"], &payload["search"]),
        (3, Some(1), &json!(1), &json!("ayş"))
    );
});

story!(identity_numbers_are_masked_and_scopes_hold, |app| {
    let admin = app.admin().await;
    custom_fields(&admin).await;
    some(&admin).await;
    let (viewer, _) = app.user("İzleyici Biri", "read_only", None).await;
    viewer.get("customers/export/").await.expect(403);
    let grants = json!({ "customer.read": "all", "customer.export": "all" });
    let role = admin
        .post("roles/", json!({ "name": "Exporter", "grants": grants }))
        .await
        .expect(201)
        .id();
    let (exporter, exporter_id) = app.user("Dışa Aktaran", "read_only", None).await;
    admin
        .patch(&format!("users/{exporter_id}/"), json!({ "role_ids": [role] }))
        .await
        .expect(200);
    let file = exporter
        .get("customers/export/?headers=names&fields=customer_code,identity_number,tax_number&ordering=customer_code")
        .await
        .expect(200)
        .text();
    assert_eq!(
        file,
        "customer_code,identity_number,tax_number\r\nE-1,10*******46,\r\nE-2,,1234567890\r\nE-3,,\r\n"
    );
    exporter.get("customers/export/?identity_number=10000000146").await.expect(400);

    let grants = json!({ "customer.read": "all", "customer.export": "own" });
    admin
        .patch(&format!("roles/{role}/"), json!({ "grants": grants }))
        .await
        .expect(200);
    let mine = admin.get("customers/?customer_code=E-3").await.expect(200).json()["results"][0]["id"]
        .as_i64()
        .expect("an id");
    admin
        .patch(&format!("customers/{mine}/"), json!({ "owner_id": exporter_id }))
        .await
        .expect(200);
    let file = exporter
        .get("customers/export/?headers=names&fields=customer_code")
        .await
        .expect(200)
        .text();
    assert_eq!(file, "customer_code\r\nE-3\r\n", "what may be seen may not all be taken out");
});

story!(what_went_out_comes_back_as_it_was, |app| {
    let admin = app.admin().await;
    custom_fields(&admin).await;
    some(&admin).await;
    for format in ["csv", "xlsx"] {
        for headers in ["labels", "names"] {
            let file = admin
                .get(&format!("customers/export/?format={format}&headers={headers}"))
                .await
                .expect(200);
            let back = admin
                .upload("imports/", &format!("x.{format}"), &file.body, &[])
                .await
                .expect(201)
                .json();
            let id = back["id"].as_i64().expect("an id");
            admin.post(&format!("imports/{id}/start/"), json!({})).await.expect(200);
            app.run_jobs().await;
            let done = admin.get(&format!("imports/{id}/")).await.expect(200).json();
            let errors = admin.get(&format!("imports/{id}/errors/")).await.expect(200).text();
            assert_eq!(
                (&done["counts"]["unchanged"], &done["counts"]["rows"]),
                (&json!(3), &json!(3)),
                "{format} {headers}: {} {errors} {}",
                done["counts"],
                back["mapping"]
            );
        }
    }
});

#[tokio::test]
async fn what_went_out_of_one_product_comes_into_another() {
    let here = TestApp::new(Backend::Sqlite).await;
    let there = TestApp::new(Backend::Sqlite).await;
    for app in [&here, &there] {
        custom_fields(&app.admin().await).await;
    }
    let (ours, theirs) = (here.admin().await, there.admin().await);
    some(&ours).await;
    let path = here.dir().join("out.xlsx");
    let wanted = records::exports::wanted(&here.ctx, &customers::customer::ENTITY, &[("format".into(), "xlsx".into())])
        .await
        .expect("a query");
    records::exports::to_file(&here.ctx, wanted, &path).await.expect("a file");
    let import = imports::run_file(&there.ctx, &path, ImportChange::default(), |_| {})
        .await
        .expect("an import");
    assert_eq!((import.figures.written.created, import.figures.written.wrong), (3, 0));
    let all = async |client: &Client| {
        let mut rows = client.get("customers/?ordering=customer_code").await.expect(200).json()["results"]
            .as_array()
            .expect("results")
            .clone();
        for row in &mut rows {
            for name in ["id", "created_at", "updated_at", "version"] {
                row[name] = Value::Null;
            }
        }
        rows
    };
    assert_eq!(all(&theirs).await, all(&ours).await);
}
