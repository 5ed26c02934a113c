//! A file becomes customers: understood, tried, run, paused, cut off, taken back.

use std::collections::BTreeSet;

use customers::imports;
use serde_json::{Value, json};
use testkit::{Answer, Client, TestApp, company, person, story};

/// As Excel on a Turkish computer writes "CSV".
fn windows_1254(text: &str) -> Vec<u8> {
    let byte = |letter: char| match letter {
        'ğ' => 0xF0,
        'Ğ' => 0xD0,
        'ı' => 0xFD,
        'İ' => 0xDD,
        'ş' => 0xFE,
        'Ş' => 0xDE,
        letter => u8::try_from(u32::from(letter)).expect("a letter of Latin-5"),
    };
    text.chars().map(byte).collect()
}

async fn upload(client: &Client, content: &[u8], options: Value) -> Answer {
    let options = options.to_string();
    let fields: &[(&str, &str)] = if options == "null" { &[] } else { &[("options", &options)] };
    client.upload("imports/", "müşteriler.csv", content, fields).await
}

/// Uploads a file and gives the id of its import.
async fn uploaded(client: &Client, content: &str, options: Value) -> i64 {
    upload(client, content.as_bytes(), options).await.expect(201).id()
}

/// Runs an import to its end.
async fn run(app: &TestApp, client: &Client, id: i64) -> Value {
    client.post(&format!("imports/{id}/start/"), json!({})).await.expect(200);
    app.run_jobs().await;
    client.get(&format!("imports/{id}/")).await.expect(200).json()
}

fn counts(counts: &Value) -> [i64; 6] {
    ["rows", "created", "updated", "unchanged", "duplicate", "wrong"].map(|name| counts[name].as_i64().unwrap_or(-1))
}

fn options(match_by: &str) -> Value {
    json!({ "options": { "match_by": match_by } })
}

/// Every customer as the API shows it, but for the marks of change.
async fn snapshot(client: &Client) -> Vec<Value> {
    let list = client.get("customers/?ordering=id&page_size=200").await.expect(200).json();
    let mut rows = list["results"].as_array().expect("results").clone();
    for row in &mut rows {
        let id = row["id"].as_i64().expect("an id");
        let whole = client.get(&format!("customers/{id}/360/")).await.expect(200).json();
        for name in ["contact_points", "addresses"] {
            let mut list = whole[name].as_array().expect("a list").clone();
            list.iter_mut().for_each(|item| item["id"] = json!(0));
            row[name] = json!(list);
        }
        row["version"] = json!(0);
        row["updated_at"] = json!("");
    }
    rows
}

/// Invented people with codes, `from` to `to`.
fn people(from: u32, to: u32) -> String {
    let rows = (from..to).map(|n| format!("P-{n:05},Kişi{n},Deneme,kisi{n}@ornek.example,İzmir\n"));
    std::iter::once("code,first_name,last_name,email,city\n".to_owned())
        .chain(rows)
        .collect()
}

fn files(app: &TestApp) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(app.dir().join("imports")) else {
        return Vec::new();
    };
    folder
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .collect()
}

story!(files_that_nobody_waits_for_are_swept_away, |app| {
    let admin = app.admin().await;
    let waiting = uploaded(&admin, &people(0, 3), options("none")).await;
    let mut kept = files(&app);
    let folder = app.dir().join("imports");
    for name in ["upload-00ff", "4711"] {
        std::fs::write(folder.join(name), "left behind").expect("a file");
    }
    let sweep = async |before_us| imports::upload::sweep(&app.ctx, before_us).await.expect("a sweep");
    assert_eq!(sweep(0).await, 0, "what has just come stays");
    assert_eq!(sweep(i64::MAX).await, 2);
    kept.sort();
    assert_eq!(files(&app), kept);
    assert_eq!(counts(&run(&app, &admin, waiting).await["counts"]), [3, 3, 0, 0, 0, 0]);
    assert!(files(&app).is_empty());
});

const TURKISH: &str = "Müşteri No;Adı;Soyadı;T.C. Kimlik No;Doğum Tarihi;Cinsiyet;Cep Telefonu;E-Posta;İl;İlçe;Adres;Ciro;Etiketler;SMS İzni;Açıklama\r\n\
    M-1;Ayşe;Öğüt;10000000146;03.04.1980;Kadın;0532 123 45 67;AYSE@ornek.example;İSTANBUL;Kadıköy;Bahariye Cd. 1;1.234,56;vip, eski;Evet;…\r\n\
    M-2;Şükrü;Işık;;31.12.1975;Erkek;;sukru@ornek.example;izmir;konak;;12,5;;Hayır;\r\n\
    M-3;;Eksik;;;;;;;;;;;;\r\n\
    M-4;Ali;Yanlış;12345678901;31.02.1980;Erkek;123;ali@;;;;çok;;belki;\r\n\
    M-1;Ayşe;Yine;;;;;;;;;;;;\r\n";

story!(a_turkish_file_is_understood_tried_and_imported, |app| {
    let admin = app.admin().await;
    let arrived = upload(&admin, &windows_1254(&TURKISH.replace('…', "-")), Value::Null)
        .await
        .expect(201);
    let import = arrived.json();
    let id = arrived.id();
    assert_eq!(arrived.header("location"), Some(format!("/api/v1/crm/imports/{id}/")));
    assert_eq!(import["state"], "mapping");
    assert_eq!(
        import["format"],
        json!({ "format": "csv", "encoding": "windows-1254", "separator": ";" })
    );
    assert_eq!(import["file_name"], "müşteriler.csv");
    assert_eq!(import["sample"][0][2], "Öğüt");
    let targets: Vec<&str> = import["mapping"]
        .as_array()
        .expect("a mapping")
        .iter()
        .map(|column| column["target"].as_str().unwrap_or(""))
        .collect();
    assert_eq!(
        targets,
        [
            "customer_code",
            "first_name",
            "last_name",
            "identity_number",
            "birth_date",
            "gender",
            "primary_phone",
            "primary_email",
            "city",
            "district",
            "address_line",
            "annual_revenue",
            "tags",
            "consent_sms",
            ""
        ]
    );
    assert_eq!(import["mapping"][1]["reason"], "The column has the same name");
    assert_eq!(
        import["mapping"][1]["confidence"].as_i64().map(|confidence| confidence >= 90),
        Some(true)
    );
    assert_eq!(
        (&import["options"]["match_by"], &import["options"]["number_style"]),
        (&json!("customer_code"), &json!("comma"))
    );

    let preview = admin.get(&format!("imports/{id}/preview/")).await.expect(200).json();
    assert_eq!(preview["rows"][0]["values"]["primary_phone"], "+905321234567");
    assert_eq!(preview["rows"][0]["values"]["annual_revenue"], "1234.56");
    let fates: Vec<&str> = preview["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| row["fate"].as_str())
        .collect();
    assert_eq!(fates, ["create", "create", "wrong", "wrong", "duplicate"]);
    let wrong: Vec<&str> = preview["rows"][3]["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|error| error["column"].as_str())
        .collect();
    assert_eq!(wrong, ["Doğum Tarihi", "Cep Telefonu", "E-Posta", "Ciro", "SMS İzni"]);

    let tried = admin.post(&format!("imports/{id}/dry-run/"), json!({})).await.expect(200).json();
    assert_eq!(tried["state"], "ready");
    assert_eq!(counts(&tried["checked"]), [5, 2, 0, 0, 1, 2]);
    assert_eq!(app.count("customers").await, 0, "a dry run writes nothing");

    let done = run(&app, &admin, id).await;
    assert_eq!(
        (&done["state"], counts(&done["counts"])),
        (&json!("done"), counts(&tried["checked"]))
    );
    let list = admin.get("customers/?ordering=customer_code").await.expect(200).json();
    let ayse = &list["results"][0];
    for (field, value) in [
        ("customer_code", "M-1"),
        ("last_name", "Öğüt"),
        ("identity_number", "10000000146"),
        ("birth_date", "1980-04-03"),
        ("gender", "F"),
        ("primary_phone", "+905321234567"),
        ("primary_email", "AYSE@ornek.example"),
        ("city", "İstanbul"),
        ("country", "TR"),
        ("annual_revenue", "1234.56"),
    ] {
        assert_eq!(ayse[field], value, "{field}");
    }
    assert_eq!(ayse["tags"], json!(["eski", "vip"]));
    let whole = admin.get(&format!("customers/{}/360/", ayse["id"])).await.expect(200).json();
    assert_eq!(
        (&whole["addresses"][0]["district"], &whole["addresses"][0]["line"]),
        (&json!("Kadıköy"), &json!("Bahariye Cd. 1"))
    );
    assert_eq!(app.count("consents").await, 2);

    admin.patch("users/1/", json!({ "locale": "tr" })).await.expect(200);
    let errors = admin.get(&format!("imports/{id}/errors/")).await.expect(200);
    assert_eq!(errors.header("content-type").as_deref(), Some("text/csv; charset=utf-8"));
    let text = errors.text();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("M-4;Ali;Yanlış") && text.contains("Ciro: "), "{text}");
    assert_eq!(files(&app), [] as [&str; 0], "nobody needs the file any more");

    // The same again finds everything as it is.
    let again = upload(&admin, &windows_1254(&TURKISH.replace('…', "-")), Value::Null)
        .await
        .expect(201)
        .id();
    let done = run(&app, &admin, again).await;
    assert_eq!(counts(&done["counts"]), [5, 0, 0, 2, 1, 2]);
    assert_eq!(app.count("consents").await, 2, "what stands is not said again");
});

story!(known_customers_are_changed_and_an_undo_restores_every_row, |app| {
    let admin = app.admin().await;
    for n in 1..4 {
        let mut input = person(&format!("Kişi{n}"), "Deneme");
        input["customer_code"] = json!(format!("K-{n}"));
        input["primary_email"] = json!(format!("k{n}@ornek.example"));
        input["city"] = json!("Ankara");
        input["tags"] = json!(["eski"]);
        admin.post("customers/", input).await.expect(201);
    }
    let before = snapshot(&admin).await;
    let file = "Kod,Adı,E-posta,Telefon,İl,Etiketler\nK-1,Yeni,yeni@ornek.example,0532 111 22 33,İzmir,yeni\nK-2,Kişi2,,,Ankara,eski\nK-9,Yok,,,,\n";
    let id = uploaded(
        &admin,
        file,
        json!({ "options": { "mode": "update", "match_by": "customer_code" } }),
    )
    .await;
    let done = run(&app, &admin, id).await;
    assert_eq!(counts(&done["counts"]), [3, 0, 1, 1, 0, 1], "{done}");
    let errors = admin.get(&format!("imports/{id}/errors/")).await.expect(200).text();
    assert!(errors.contains("There is no such customer."), "{errors}");
    let changed = snapshot(&admin).await;
    assert_eq!((&changed[0]["first_name"], &changed[0]["city"]), (&json!("Yeni"), &json!("İzmir")));
    assert_eq!(changed[0]["last_name"], "Deneme", "what the file does not name stays");
    assert_eq!(changed[1..], before[1..]);
    assert_eq!(admin.get("customers/?search=yeni").await.expect(200).json()["count"], 1);

    let operation = done["operation_id"].as_i64().expect("an operation");
    admin.post(&format!("operations/{operation}/undo/"), json!({})).await.expect(200);
    app.run_jobs().await;
    assert_eq!(snapshot(&admin).await, before);

    // New and known ones in one file.
    let file = "Kod,Adı,Soyadı,Sektör\nK-1,Kişi1,Deneme,retail\nK-7,Yeni,Biri,retail\n";
    let id = uploaded(&admin, file, options("customer_code")).await;
    let done = run(&app, &admin, id).await;
    assert_eq!(counts(&done["counts"]), [2, 1, 1, 0, 0, 0]);
    let operation = done["operation_id"].as_i64().expect("an operation");
    let undone = admin
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!((&undone["undone"], &undone["refused_count"]), (&json!(2), &json!(0)), "{undone}");
    assert_eq!(snapshot(&admin).await, before);
});

story!(duplicates_are_left_out_or_laid_over, |app| {
    let admin = app.admin().await;
    let file = "Adı,Soyadı,E-posta,Sektör\nAli,Bir,ali@ornek.example,retail\nAli,Bir,ALI@ornek.example,medical\nVeli,İki,,\nVeli,İki,,\n";
    let id = uploaded(&admin, file, options("primary_email")).await;
    assert_eq!(
        counts(&run(&app, &admin, id).await["counts"]),
        [4, 3, 0, 0, 1, 0],
        "without an address nobody is the same"
    );
    let industry =
        async || admin.get("customers/?primary_email=ali@ornek.example").await.expect(200).json()["results"][0]["industry"].clone();
    assert_eq!(industry().await, "retail");

    let only_new = json!({ "options": { "mode": "create", "match_by": "primary_email" } });
    let file = "Adı,Soyadı,E-posta,Sektör\nAli,Bir,ali@ornek.example,finance\nCan,Üç,can@ornek.example,retail\n";
    let id = uploaded(&admin, file, only_new).await;
    assert_eq!(counts(&run(&app, &admin, id).await["counts"]), [2, 1, 0, 0, 1, 0]);
    assert_eq!(industry().await, "retail");

    let laid_over = json!({ "options": { "match_by": "primary_email", "on_duplicate": "update" } });
    let file = "Adı,Soyadı,E-posta,Sektör\nAli,Bir,ali@ornek.example,finance\nEce,Dört,ece@ornek.example,retail\nEce,Dört,ece@ornek.example,energy\nAli,Bir,ali@ornek.example,energy\n";
    let id = uploaded(&admin, file, laid_over).await;
    let tried = admin.post(&format!("imports/{id}/dry-run/"), json!({})).await.expect(200).json();
    let done = run(&app, &admin, id).await;
    assert_eq!(counts(&done["counts"]), [4, 1, 3, 0, 0, 0]);
    assert_eq!(counts(&tried["checked"]), counts(&done["counts"]));
    assert_eq!(industry().await, "energy");
    assert_eq!(
        admin
            .get("customers/?primary_email=ece@ornek.example&industry=energy")
            .await
            .expect(200)
            .json()["count"],
        1
    );
    let operation = done["operation_id"].as_i64().expect("an operation");
    let undone = admin
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(undone["refused_count"], 0, "{undone}");
    assert_eq!(industry().await, "retail");

    // Two customers who share a number cannot be told apart by it.
    for name in ["Bir", "İki"] {
        let mut input = person("Ortak", name);
        input["primary_phone"] = json!("0532 999 88 77");
        admin.post("customers/", input).await.expect(201);
    }
    let id = uploaded(&admin, "Adı,Soyadı,Telefon\nOrtak,Bir,05329998877\n", options("primary_phone")).await;
    assert_eq!(counts(&run(&app, &admin, id).await["counts"]), [1, 0, 0, 0, 0, 1]);
});

story!(codes_are_never_given_twice, |app| {
    let admin = app.admin().await;
    let mut input = person("Ali", "Bir");
    input["customer_code"] = json!("X-1");
    let id = admin.post("customers/", input).await.expect(201).id();
    admin.delete(&format!("customers/{id}/")).await.expect(200);
    let file = "Kod,Adı,Soyadı\nX-1,Başka,Biri\nX-2,Can,İki\nX-2,Cem,Üç\n";
    let id = uploaded(&admin, file, options("none")).await;
    let done = run(&app, &admin, id).await;
    assert_eq!(
        counts(&done["counts"]),
        [3, 1, 0, 0, 0, 2],
        "the code of a deleted customer is kept for its return"
    );
    assert!(
        admin
            .get(&format!("imports/{id}/errors/"))
            .await
            .expect(200)
            .text()
            .contains("This customer code is taken.")
    );
});

/// Runs an import in a task of its own; gives the task, and a way to wait for a chunk.
fn in_background(app: &TestApp, id: i64) -> (tokio::task::JoinHandle<()>, tokio::sync::mpsc::UnboundedReceiver<i64>) {
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    let ctx = app.ctx.clone();
    let task = tokio::spawn(async move {
        let _ = imports::run::run(&ctx, id, |counts| {
            let _ = tell.send(counts.rows);
        })
        .await;
    });
    (task, told)
}

story!(an_import_that_was_cut_off_goes_on_exactly_there, |app| {
    let admin = app.admin().await;
    // Every row twice, in other chunks: what was seen before the cut must be known after it.
    let file = format!("{}{}", people(0, 7_000), people(0, 7_000).split_once('\n').expect("a header").1);
    let id = uploaded(&admin, &file, options("customer_code")).await;
    admin.post(&format!("imports/{id}/start/"), json!({})).await.expect(200);
    let (task, mut told) = in_background(&app, id);
    assert_eq!(told.recv().await, Some(imports::run::CHUNK_ROWS as i64));
    task.abort();
    let _ = task.await;
    let kept = app.count("customers").await;
    let half = admin.get(&format!("imports/{id}/")).await.expect(200).json();
    assert_eq!(half["state"], "running");
    assert_eq!(
        half["counts"]["created"].as_i64(),
        Some(kept),
        "rows and counts are of one transaction"
    );
    assert!((imports::run::CHUNK_ROWS as i64..7_000).contains(&kept), "{kept}");

    app.run_jobs().await;
    let done = admin.get(&format!("imports/{id}/")).await.expect(200).json();
    assert_eq!(
        (&done["state"], counts(&done["counts"])),
        (&json!("done"), [14_000, 7_000, 0, 0, 7_000, 0])
    );
    assert_eq!(app.count("customers").await, 7_000);
    assert_eq!(app.count("contact_points").await, 7_000);
    let mut codes = BTreeSet::new();
    let mut next = Some("customers/?page_size=200&ordering=customer_code".to_owned());
    while let Some(path) = next {
        let page = admin.get(&path).await.expect(200).json();
        codes.extend(
            page["results"]
                .as_array()
                .expect("results")
                .iter()
                .map(|row| row["customer_code"].as_str().expect("a code").to_owned()),
        );
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(codes.len(), 7_000);
    app.run_jobs().await;
    assert_eq!(app.count("customers").await, 7_000, "a job that comes twice does nothing");
});

story!(an_import_is_paused_and_goes_on, |app| {
    let admin = app.admin().await;
    let id = uploaded(&admin, &people(0, 12_000), options("customer_code")).await;
    admin.post(&format!("imports/{id}/pause/"), json!({})).await.expect(409);
    admin.post(&format!("imports/{id}/start/"), json!({})).await.expect(200);
    admin.post(&format!("imports/{id}/start/"), json!({})).await.expect(409);
    let operation = admin.get(&format!("imports/{id}/")).await.expect(200).json()["operation_id"]
        .as_i64()
        .expect("an operation");
    let (task, mut told) = in_background(&app, id);
    told.recv().await.expect("a chunk");
    assert_eq!(
        admin.post(&format!("imports/{id}/pause/"), json!({})).await.expect(200).json()["state"],
        "paused"
    );
    task.await.expect("it stopped by itself");
    let kept = app.count("customers").await;
    assert!((1..12_000).contains(&kept), "{kept}");
    admin.post(&format!("operations/{operation}/undo/"), json!({})).await.expect(409);
    app.run_jobs().await;
    assert_eq!(app.count("customers").await, kept, "a paused import stands still");
    admin.post(&format!("imports/{id}/resume/"), json!({})).await.expect(200);
    app.run_jobs().await;
    let done = admin.get(&format!("imports/{id}/")).await.expect(200).json();
    assert_eq!(
        (&done["state"], counts(&done["counts"])),
        (&json!("done"), [12_000, 12_000, 0, 0, 0, 0])
    );
    assert_eq!(app.count("customers").await, 12_000);

    // It is taken back by a job, being large.
    let undone = admin
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(undone["state"], "running");
    app.run_jobs().await;
    assert_eq!(admin.get("customers/").await.expect(200).json()["count"], 0);
});

story!(an_import_is_given_up_and_what_was_written_taken_back, |app| {
    let admin = app.admin().await;
    let id = uploaded(&admin, &people(0, 5_000), options("customer_code")).await;
    admin.post(&format!("imports/{id}/start/"), json!({})).await.expect(200);
    let (task, mut told) = in_background(&app, id);
    told.recv().await.expect("a chunk");
    let given_up = admin.post(&format!("imports/{id}/cancel/"), json!({})).await.expect(200).json();
    assert_eq!(
        (&given_up["state"], &given_up["problem"]),
        (&json!("failed"), &json!("It was given up."))
    );
    task.await.expect("it stopped by itself");
    assert!(files(&app).is_empty());
    let operation = given_up["operation_id"].as_i64().expect("an operation");
    admin.post(&format!("operations/{operation}/undo/"), json!({})).await.expect(200);
    app.run_jobs().await;
    assert_eq!(admin.get("customers/").await.expect(200).json()["count"], 0);
});

story!(rows_name_other_companies, |app| {
    let admin = app.admin().await;
    let known = admin.post("customers/", company("Bilinen A.Ş.")).await.expect(201).id();
    let mut file = "Firma,Tür,Ana firma,Vergi no,Adı,Soyadı,Çalıştığı firma\n".to_owned();
    file += "Yavru Ltd.,Firma,BİLİNEN a.ş.,,,,\n";
    file += "Torun Ltd.,Firma,Yavru Ltd.,,,,\n";
    file += ",Birey,,,Ayşe,Kaya,Sonra Gelen A.Ş.\n";
    file += ",Birey,,,Can,Er,sonra gelen a.ş.\n";
    // Enough rows between for the named company to come in another chunk.
    for n in 0..imports::run::CHUNK_ROWS + 100 {
        file += &format!(",Birey,,,Kişi{n},Deneme,\n");
    }
    file += "Sonra Gelen A.Ş.,Firma,,1234567890,,,\n";
    let id = uploaded(&admin, &file, options("none")).await;
    let done = run(&app, &admin, id).await;
    assert_eq!(counts(&done["counts"]), [2_105, 2_105, 0, 0, 0, 0], "{done}");
    assert_eq!(done["counts"]["related"], 1);
    assert_eq!(
        app.count("customers").await,
        2_106,
        "the company that was named is the one that came"
    );
    assert_eq!(app.count("relations").await, 4);
    let later = admin.get("customers/?tax_number=1234567890").await.expect(200).json()["results"][0]["id"]
        .as_i64()
        .expect("an id");
    let relations = admin.get(&format!("customers/{later}/relations/")).await.expect(200).json();
    let roles: Vec<&str> = relations["results"]
        .as_array()
        .expect("relations")
        .iter()
        .filter_map(|relation| relation["role"].as_str())
        .collect();
    assert_eq!(roles, ["employee", "employee"]);
    let relations = admin.get(&format!("customers/{known}/relations/")).await.expect(200).json();
    assert_eq!(relations["results"][0]["role"], "subsidiary");

    let operation = done["operation_id"].as_i64().expect("an operation");
    admin.post(&format!("operations/{operation}/undo/"), json!({})).await.expect(200);
    app.run_jobs().await;
    let undone = admin.get(&format!("operations/{operation}/")).await.expect(200).json();
    let undone = admin
        .get(&format!("operations/{}/", undone["undone_by_id"]))
        .await
        .expect(200)
        .json();
    assert_eq!(undone["summary"]["refused"], 0, "{undone}");
    assert_eq!(admin.get("customers/").await.expect(200).json()["count"], 1);
    assert_eq!(app.count("relations").await, 0);
});

story!(a_mapping_is_kept_for_the_next_file, |app| {
    let admin = app.admin().await;
    let file = "sütun a,sütun b,sütun c\nAli,Kaya,12\n";
    let id = uploaded(&admin, file, Value::Null).await;
    let nothing = admin.post(&format!("imports/{id}/start/"), json!({})).await.expect(422);
    assert!(!nothing.error("mapping").is_empty());
    let unknown = json!({ "mapping": [{ "column": "sütun a", "target": "frist_name" }, { "column": "yok", "target": "city" }] });
    let refused = admin.patch(&format!("imports/{id}/"), unknown).await.expect(422);
    assert!(refused.error("mapping.0.target").contains("first_name"), "{}", refused.text());
    assert!(!refused.error("mapping.1.column").is_empty());
    let mapping = json!([{ "column": "sütun b", "target": "last_name" }, { "column": "sütun a", "target": "first_name" }, { "column": "sütun c", "target": "annual_revenue", "scale": 1000 }]);
    let changed = admin
        .patch(
            &format!("imports/{id}/"),
            json!({ "mapping": mapping, "options": { "defaults": { "currency": "USD" } } }),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&changed["mapping"][0]["target"], &changed["mapping"][2]["scale"]),
        (&json!("first_name"), &json!(1000))
    );
    let saved = admin
        .post("import-mappings/", json!({ "name": "Aylık liste", "import_id": id }))
        .await
        .expect(201)
        .id();
    let done = run(&app, &admin, id).await;
    assert_eq!(counts(&done["counts"]), [1, 1, 0, 0, 0, 0]);
    let row = admin.get("customers/").await.expect(200).json()["results"][0].clone();
    assert_eq!((&row["annual_revenue"], &row["currency"]), (&json!("12000.00"), &json!("USD")));

    let next = upload(&admin, "Sütun C,SÜTUN A,sütun b\n5,Can,Er\n".as_bytes(), Value::Null)
        .await
        .expect(201)
        .json();
    let targets: Vec<&str> = next["mapping"]
        .as_array()
        .expect("a mapping")
        .iter()
        .filter_map(|column| column["target"].as_str())
        .collect();
    assert_eq!(targets, ["annual_revenue", "first_name", "last_name"]);
    assert_eq!(
        (&next["mapping"][0]["why"], &next["options"]["defaults"]["currency"]),
        (&json!("saved"), &json!("USD"))
    );

    let (seller, _) = app.user("Seda Satış", "manager", Some("Ege")).await;
    if seller.get("import-mappings/").await.status == 200 {
        seller.delete(&format!("import-mappings/{saved}/")).await.expect(404);
    }
    admin.delete(&format!("import-mappings/{saved}/")).await.expect(204);
    admin.delete(&format!("import-mappings/{saved}/")).await.expect(404);
    assert_eq!(admin.get("import-mappings/").await.expect(200).json()["count"], 0);
});

story!(files_that_are_no_tables_leave_nothing_behind, |app| {
    let admin = app.admin().await;
    let long_cell = format!("Adı,Soyadı\nAli,{}\n", "x".repeat(1_000_000));
    let files_of_others: [(&str, Vec<u8>); 6] = [
        ("empty", Vec::new()),
        ("pdf", b"%PDF-1.7 \x00\x01\x02".to_vec()),
        ("old excel", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0".to_vec()),
        ("broken zip", b"PK\x03\x04nothing of the kind".to_vec()),
        ("a million letters", long_cell.into_bytes()),
        ("binary", (0..=255).cycle().take(5_000).collect()),
    ];
    for (what, content) in files_of_others {
        let refused = upload(&admin, &content, Value::Null).await;
        assert_eq!(refused.status, 422, "{what}: {}", refused.text());
        assert!(!refused.error("file").is_empty(), "{what}: {}", refused.text());
    }
    upload(&admin, b"a,b\n1,2\n", json!({ "options": { "encoding": "klingon" } }))
        .await
        .expect(422);
    upload(&admin, b"a,b\n1,2\n", json!({ "optoins": {} })).await.expect(422);
    admin.post("imports/", json!({})).await.expect(400);
    assert_eq!(app.count("imports").await, 0);
    assert_eq!(files(&app), [] as [&str; 0]);

    // What breaks only further down stops the import there, and says where.
    let file = format!("{}Z-1,Ali,{},a@b.com,\n", people(0, 1_500), "y".repeat(1_000_000));
    let id = uploaded(&admin, &file, options("customer_code")).await;
    let failed = run(&app, &admin, id).await;
    assert_eq!(failed["state"], "failed");
    assert!(failed["problem"].as_str().expect("a problem").contains("1502"), "{failed}");
    assert_eq!(files(&app), [] as [&str; 0]);
    let operation = failed["operation_id"].as_i64().expect("an operation");
    admin.post(&format!("operations/{operation}/undo/"), json!({})).await.expect(200);
    app.run_jobs().await;
    assert_eq!(admin.get("customers/").await.expect(200).json()["count"], 0);

    // A letter that is broken spoils its row and no other.
    let mut file = "Adı,Soyadı\nŞule,Öğütçü\n".as_bytes().to_vec();
    file.extend(b"Al\xFFi,Er\nCan,Er\n");
    let id = upload(&admin, &file, Value::Null).await.expect(201).id();
    assert_eq!(counts(&run(&app, &admin, id).await["counts"]), [3, 2, 0, 0, 0, 1]);
});

story!(imports_are_seen_and_made_by_who_may, |app| {
    let admin = app.admin().await;
    let (viewer, _) = app.user("İzleyici Biri", "read_only", None).await;
    upload(&viewer, b"a,b\n1,2\n", Value::Null).await.expect(403);
    viewer.get("imports/").await.expect(403);
    app.anonymous().get("imports/").await.expect(401);
    let mine = uploaded(&admin, &people(0, 3), options("customer_code")).await;
    assert_eq!(admin.get("imports/").await.expect(200).json()["count"], 1);
    let listed = admin.get("imports/").await.expect(200).json()["results"][0].clone();
    assert_eq!((&listed["id"], &listed["counts"]["rows"]), (&json!(mine), &json!(0)));

    // A seller imports for themselves only, and changes nobody else's customers.
    let role = admin
        .post(
            "roles/",
            json!({ "name": "Importer", "grants": { "customer.read": "own", "customer.write": "own", "customer.import": "own" } }),
        )
        .await
        .expect(201)
        .id();
    let (seller, seller_id) = app.user("Seda Satış", "read_only", None).await;
    admin
        .patch(&format!("users/{seller_id}/"), json!({ "role_ids": [role] }))
        .await
        .expect(200);
    seller.get(&format!("imports/{mine}/")).await.expect(404);
    seller.post(&format!("imports/{mine}/start/"), json!({})).await.expect(404);
    assert_eq!(seller.get("imports/").await.expect(200).json()["count"], 0);
    let mut input = person("Yönetici", "Müşterisi");
    input["customer_code"] = json!("Y-1");
    input["primary_email"] = json!("y1@ornek.example");
    let theirs = admin.post("customers/", input).await.expect(201).id();
    let file = "Kod,Adı,Soyadı,E-posta,Sorumlu\nY-1,Ele,Geçirildi,y1@ornek.example,\nS-1,Seda,Müşterisi,s1@ornek.example,\nS-2,Başkasına,Verilen,,ayse@ornek.example\n";
    let id = uploaded(&seller, file, options("customer_code")).await;
    let done = run(&app, &seller, id).await;
    assert_eq!(counts(&done["counts"]), [3, 1, 0, 0, 0, 2], "{done}");
    assert_eq!(
        admin.get(&format!("customers/{theirs}/")).await.expect(200).json()["first_name"],
        "Yönetici"
    );
    let own = seller.get("customers/").await.expect(200).json();
    assert_eq!((&own["count"], &own["results"][0]["owner_id"]), (&json!(1), &json!(seller_id)));
    let errors = seller.get(&format!("imports/{id}/errors/")).await.expect(200).text();
    assert!(
        errors.contains("This customer code is taken.") && errors.contains("outside your reach"),
        "{errors}"
    );
    admin.get(&format!("imports/{id}/")).await.expect(200);
    // Consents are for who may write them.
    let id = uploaded(&seller, "Adı,Soyadı,SMS izni\nAli,Er,evet\n", options("none")).await;
    seller.post(&format!("imports/{id}/start/"), json!({})).await.expect(403);
});

story!(progress_is_told_but_not_chattered, |app| {
    let admin = app.admin().await;
    let id = uploaded(&admin, &people(0, 3_500), options("customer_code")).await;
    admin.post(&format!("imports/{id}/start/"), json!({})).await.expect(200);
    app.run_jobs().await;
    let query = sea_query::Query::select()
        .columns(["kind"])
        .from(sea_query::Alias::new("events"))
        .and_where(sea_query::ExprTrait::eq(sea_query::Expr::col("subject_type"), "import"))
        .to_owned();
    let kinds: Vec<(String,)> = app.db().all(&query).await.expect("events");
    let kinds: Vec<&str> = kinds.iter().map(|(kind,)| kind.as_str()).collect();
    // The clock of the test stands still, so not even a second has passed.
    assert_eq!(kinds, ["import.created", "import.started", "import.finished"]);
    assert_eq!(app.count("jobs").await, 0);
});

story!(a_large_file_is_tried_in_the_background, |app| {
    let admin = app.admin().await;
    let id = uploaded(&admin, &people(0, 25_000), options("customer_code")).await;
    assert_eq!(
        admin.post(&format!("imports/{id}/dry-run/"), json!({})).await.expect(200).json()["state"],
        "checking"
    );
    admin.patch(&format!("imports/{id}/"), json!({ "options": {} })).await.expect(409);
    app.run_jobs().await;
    let tried = admin.get(&format!("imports/{id}/")).await.expect(200).json();
    assert_eq!(
        (&tried["state"], counts(&tried["checked"])),
        (&json!("ready"), [25_000, 25_000, 0, 0, 0, 0])
    );
    assert_eq!(app.count("customers").await, 0);
    let changed = admin
        .patch(&format!("imports/{id}/"), json!({ "options": { "match_by": "none" } }))
        .await
        .expect(200)
        .json();
    assert_eq!((&changed["state"], &changed["checked"]), (&json!("mapping"), &Value::Null));
});

#[tokio::test]
async fn the_companies_of_the_b2b_set_are_imported_by_their_mapping() {
    let app = TestApp::new(testkit::Backend::Sqlite).await;
    let admin = app.admin().await;
    for (key, label) in [("employees", "Employees"), ("year_established", "Year established")] {
        let field = json!({ "entity": "customer", "key": key, "label_tr": label, "label_en": label, "kind": "number" });
        admin.post("custom-fields/", field).await.expect(201);
    }
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/b2b_sales"));
    let mapping = std::fs::read(folder.join("accounts.mapping.json")).expect("a mapping");
    let change = kernel::http::extract::parse(&mapping).expect("a mapping that is understood");
    let import = imports::run_file(&app.ctx, &folder.join("accounts.csv"), change, |_| {})
        .await
        .expect("an import");
    let written = import.figures.written;
    assert_eq!((written.rows, written.created, written.wrong, written.related), (85, 85, 0, 0));
    let acme = admin.get("customers/?company_name=Acme%20Corporation").await;
    let acme = acme.expect(200).json()["results"][0].clone();
    assert_eq!(
        (&acme["annual_revenue"], &acme["currency"], &acme["country"]),
        (&json!("1100040000.00"), &json!("USD"), &json!("US"))
    );
    assert_eq!(acme["custom"], json!({ "employees": 2822, "year_established": 1996 }));
    assert_eq!(admin.get("customers/?country=PH").await.expect(200).json()["count"], 1);
    let relations = admin.get(&format!("customers/{}/relations/", acme["id"])).await.expect(200).json();
    assert!(relations["count"].as_i64().expect("a count") > 0);
    assert!(folder.join("accounts.csv").exists(), "a file of one's own is left alone");
}
