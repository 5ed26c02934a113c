//! Duplicates are found where a record is made, listed while they are there, and become one that can become several again.

use std::collections::{BTreeMap, BTreeSet};

use customers::merge::registry::{HOLDERS, OnErasure, OnMerge};
use kernel::dialect::Dialect;
use sea_query::{Alias, Query};
use serde_json::{Value, json};
use testkit::{Client, TestApp, company, person, story};

fn ayse() -> Value {
    let mut ayse = person("Ayşe", "Yılmaz");
    ayse["primary_email"] = json!("ayse.yilmaz@posta.example");
    ayse["primary_phone"] = json!("0532 123 45 67");
    ayse["birth_date"] = json!("1980-05-06");
    ayse["city"] = json!("İzmir");
    ayse
}

fn with(mut input: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().expect("fields") {
        input[name] = value.clone();
    }
    input
}

async fn made(client: &Client, input: Value) -> i64 {
    client.post("customers/", input).await.expect(201).id()
}

async fn check(client: &Client, draft: Value) -> Value {
    client.post("customers/duplicates/check/", draft).await.expect(200).json()
}

async fn queue(client: &Client) -> Vec<Value> {
    let list = client.get("customers/duplicates/").await.expect(200).json();
    assert_eq!(list["count"].as_u64(), list["results"].as_array().map(|rows| rows.len() as u64));
    list["results"].as_array().expect("results").clone()
}

async fn merge(client: &Client, winner: i64, losers: &[i64], fields: Value) -> testkit::Answer {
    let asked = json!({ "winner_id": winner, "loser_ids": losers, "fields": fields });
    client.post("customers/merge/", asked).await
}

async fn undo(client: &Client, operation: i64) -> Value {
    client
        .post(&format!("operations/{operation}/undo/"), json!({}))
        .await
        .expect(200)
        .json()
}

/// Every row of every table but those that only tell what was done, and the marks of change.
async fn dump(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let untold = [
        "events",
        "operations",
        "operation_refusals",
        "merges",
        "merge_moves",
        "idempotency_keys",
        "api_tokens",
        "tokens",
        "sessions",
        "customer_search",
    ];
    let mut all = BTreeMap::new();
    for (table, columns) in schema(app).await {
        if untold.contains(&table.as_str()) {
            continue;
        }
        let shown: Vec<String> = columns
            .iter()
            .filter(|column| !["version", "updated_at"].contains(&column.as_str()) || table != "customers")
            .map(|column| format!("coalesce(CAST(\"{column}\" AS text), '∅')"))
            .collect();
        let query = Query::select()
            .expr(app.db().dialect().own_sql(shown.join(" || '|' || ")))
            .from(Alias::new(&table))
            .to_owned();
        let mut rows = app.db().texts(&query).await.expect("rows");
        rows.sort();
        all.insert(table, rows);
    }
    all
}

/// The tables with their columns.
async fn schema(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let sql = match app.db().dialect() {
        Dialect::Sqlite => {
            "SELECT m.name || ' ' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '%\\_search%' ESCAPE '\\' ORDER BY m.name, c.cid"
        }
        Dialect::Postgres => {
            "SELECT t.table_name || ' ' || c.column_name FROM information_schema.tables t \
             JOIN information_schema.columns c ON c.table_name = t.table_name AND c.table_schema = t.table_schema \
             WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND t.table_name NOT LIKE '%\\_search' \
             ORDER BY t.table_name, c.ordinal_position"
        }
    };
    pairs(app, sql).await
}

/// The columns by which a foreign key speaks of customers, by table.
async fn referring(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let sql = match app.db().dialect() {
        Dialect::Sqlite => {
            "SELECT m.name || ' ' || f.\"from\" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
             WHERE m.type = 'table' AND f.\"table\" = 'customers'"
        }
        Dialect::Postgres => {
            "SELECT c.conrelid::regclass::text || ' ' || a.attname FROM pg_constraint c \
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) \
             WHERE c.contype = 'f' AND c.confrelid = 'customers'::regclass"
        }
    };
    pairs(app, sql).await
}

/// The first columns of indexes and primary keys, by table.
async fn indexed(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let sql = match app.db().dialect() {
        Dialect::Sqlite => {
            "SELECT m.name || ' ' || i.name FROM sqlite_master m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i \
             WHERE m.type = 'table' AND i.seqno = 0 AND i.name IS NOT NULL \
             UNION SELECT m.name || ' ' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.pk = 1"
        }
        Dialect::Postgres => {
            "SELECT i.indrelid::regclass::text || ' ' || a.attname FROM pg_index i \
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        }
    };
    pairs(app, sql).await
}

async fn pairs(app: &TestApp, sql: &str) -> BTreeMap<String, Vec<String>> {
    let joined = match app.db().dialect() {
        Dialect::Sqlite => "group_concat(line, ',')",
        Dialect::Postgres => "string_agg(line, ',')",
    };
    let text = format!("(WITH listed(line) AS ({sql}) SELECT {joined} FROM listed)");
    let query = Query::select().expr(app.db().dialect().own_sql(text)).to_owned();
    let listed = app.db().texts(&query).await.expect("a schema").pop().expect("a line");
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in listed.split(',').filter_map(|line| line.split_once(' ')) {
        all.entry(table.to_owned()).or_default().push(column.to_owned());
    }
    all
}

story!(a_draft_is_asked_about_before_it_is_kept, |app| {
    let admin = app.admin().await;
    let id = made(&admin, ayse()).await;
    let draft = json!({ "customer_type": "individual", "first_name": "AYSE", "last_name": "YILMAZ", "primary_phone": "+90 532 123 45 67" });
    let found = check(&admin, draft.clone()).await;
    assert_eq!(found["candidates"].as_array().map(Vec::len), Some(1), "{found}");
    let candidate = &found["candidates"][0];
    assert_eq!(candidate["customer"]["id"], id);
    assert!(candidate["probability"].as_f64().expect("a number") > 0.7);
    let levels: BTreeSet<&str> = candidate["reasons"]
        .as_array()
        .expect("reasons")
        .iter()
        .map(|reason| reason["level"].as_str().expect("a level"))
        .collect();
    assert_eq!(levels, BTreeSet::from(["name.same", "phone.same"]));
    assert!(candidate["reasons"].to_string().contains("The names are the same."));

    // Nothing was kept, and the customer is not its own duplicate.
    assert_eq!(app.count("customers").await, 1);
    let own = check(&admin, with(draft.clone(), json!({ "id": id }))).await;
    assert_eq!(own, json!({ "candidates": [], "hidden_count": 0 }));
    // A family on one phone, and a company on it, are somebody else.
    for other in [
        with(
            person("Mehmet", "Yılmaz"),
            json!({ "primary_phone": "05321234567", "city": "İzmir" }),
        ),
        with(company("Yılmaz Gıda"), json!({ "primary_phone": "05321234567" })),
        json!({}),
    ] {
        let found = check(&admin, other.clone()).await;
        assert_eq!(found["candidates"], json!([]), "{other}");
    }
    let wrong = admin
        .post("customers/duplicates/check/", json!({ "primary_email": "x", "citty": "y" }))
        .await
        .expect(422);
    assert!(!wrong.error("primary_email").is_empty() && wrong.error("citty").contains("city"));

    // A creation refuses when it is asked to, and only then.
    let refuse = "customers/?on_duplicate=refuse";
    let mut whole = draft.clone();
    let refused = admin.post(refuse, whole.clone()).await.expect(409);
    assert_eq!(refused.header("content-type").as_deref(), Some("application/problem+json"));
    assert_eq!(
        (&refused.json()["code"], &refused.json()["candidates"][0]["customer"]["id"]),
        (&json!("duplicate"), &json!(id))
    );
    assert!(
        !admin
            .post("customers/?on_duplicate=x", whole.clone())
            .await
            .expect(422)
            .error("on_duplicate")
            .is_empty()
    );
    assert_eq!(app.count("customers").await, 1);
    whole["first_name"] = json!("Mehmet");
    let other = admin.post(refuse, whole).await.expect(201).id();
    admin.delete(&format!("customers/{other}/")).await.expect(200);

    // Who may not see the other learns that there is one, and not who.
    let (seller, _) = app.user("Ali Satış", "sales_rep", None).await;
    assert_eq!(check(&seller, draft.clone()).await, json!({ "candidates": [], "hidden_count": 1 }));
    admin.delete(&format!("customers/{id}/")).await.expect(200);
    assert_eq!(check(&admin, draft).await["candidates"], json!([]));
    assert_eq!(app.count("match_keys").await, 0);
});

story!(the_queue_follows_every_change, |app| {
    let admin = app.admin().await;
    let first = made(&admin, ayse()).await;
    let second = made(&admin, with(ayse(), json!({ "first_name": "Ayse", "primary_email": "" }))).await;
    made(&admin, person("Fatma", "Kaya")).await;
    assert!(queue(&admin).await.is_empty(), "nobody has looked yet");
    app.consume().await;
    let pairs = queue(&admin).await;
    assert_eq!(pairs.len(), 1, "{pairs:?}");
    assert_eq!(
        (&pairs[0]["first"]["id"], &pairs[0]["second"]["id"]),
        (&json!(first), &json!(second))
    );
    assert_eq!(pairs[0]["state"], "open");
    let of_one = admin.get(&format!("customers/{second}/duplicates/")).await.expect(200).json();
    assert_eq!(of_one["results"][0]["id"], pairs[0]["id"]);

    // Changed to somebody else, and back; deleted, and back; each time the queue knows.
    let path = format!("customers/{second}/");
    let changed = admin
        .patch(
            &path,
            json!({ "first_name": "Hatice", "birth_date": "1955-01-02", "primary_phone": "0533 765 43 21" }),
        )
        .await
        .expect(200);
    app.consume().await;
    assert!(queue(&admin).await.is_empty());
    undo(&admin, changed.operation()).await;
    app.consume().await;
    assert_eq!(queue(&admin).await.len(), 1);
    let deleted = admin.delete(&path).await.expect(200).operation();
    app.consume().await;
    assert!(queue(&admin).await.is_empty());
    undo(&admin, deleted).await;
    app.consume().await;
    let pairs = queue(&admin).await;
    assert_eq!(pairs.len(), 1);

    // The scan of the whole base says the same, and leaves what is there under its id.
    let scanned = customers::duplicates::scan::rescan(&app.ctx).await.expect("a scan");
    assert_eq!(scanned.found, 1);
    assert_eq!(queue(&admin).await, pairs);

    // Not the same: remembered through changes and scans, until it is undone.
    let id = &pairs[0]["id"];
    let dismissed = admin
        .post(&format!("customers/duplicates/{id}/dismiss/"), json!({}))
        .await
        .expect(200)
        .operation();
    admin
        .post(&format!("customers/duplicates/{id}/dismiss/"), json!({}))
        .await
        .expect(409);
    admin.patch(&path, json!({ "city": "Ankara" })).await.expect(200);
    app.consume().await;
    customers::duplicates::scan::rescan(&app.ctx).await.expect("a scan");
    assert!(queue(&admin).await.is_empty());
    let listed = admin.get("customers/duplicates/?state=dismissed").await.expect(200).json();
    assert_eq!(listed["results"][0]["id"], *id);
    undo(&admin, dismissed).await;
    assert_eq!(queue(&admin).await.len(), 1);
    assert!(
        !admin
            .get("customers/duplicates/?state=x")
            .await
            .expect(422)
            .error("state")
            .is_empty()
    );
});

story!(what_piles_up_is_looked_through_when_it_is_over, |app| {
    let admin = app.admin().await;
    made(&admin, ayse()).await;
    made(&admin, ayse()).await;
    // As after a large import: the newest event is far away.
    let newest = kernel::events::newest(app.db()).await.expect("an id");
    let far = Query::insert()
        .into_table("events")
        .columns(["id", "at", "kind", "subject_type", "subject_id", "payload", "changes"])
        .values_panic([
            (newest + 30_000).into(),
            app.ctx.now_us().into(),
            "tag.created".into(),
            "tag".into(),
            1.into(),
            "{}".into(),
            "{}".into(),
        ])
        .to_owned();
    app.db().write(async |tx| tx.exec(&far).await).await.expect("an event");
    app.consume().await;
    app.run_jobs().await;
    assert!(queue(&admin).await.is_empty(), "nobody has looked yet");
    app.clock.advance(21 * kernel::clock::SECOND_US);
    app.run_jobs().await;
    assert_eq!(queue(&admin).await.len(), 1);
    assert_eq!(app.count("jobs").await, 0, "and it was looked once");
});

story!(keys_that_were_lost_are_made_anew, |app| {
    let admin = app.admin().await;
    made(&admin, ayse()).await;
    made(&admin, ayse()).await;
    let keys = app.count("match_keys").await;
    assert!(keys > 0);
    let all = Query::delete().from_table("match_keys").to_owned();
    app.db().write(async |tx| tx.exec(&all).await).await.expect("no keys");
    customers::duplicates::scan::write_keys(&app.ctx).await.expect("keys");
    customers::duplicates::scan::write_keys(&app.ctx).await.expect("keys again");
    assert_eq!(app.count("match_keys").await, keys);
    customers::duplicates::scan::rescan(&app.ctx).await.expect("a scan");
    assert_eq!(queue(&admin).await.len(), 1);
});

story!(the_queue_shows_only_what_both_eyes_may_see, |app| {
    let admin = app.admin().await;
    let (seller, _) = app.user("Ali Satış", "sales_rep", None).await;
    made(&admin, ayse()).await;
    let mine = made(&seller, ayse()).await;
    app.consume().await;
    let pairs = queue(&admin).await;
    assert_eq!(pairs.len(), 1);
    assert!(queue(&seller).await.is_empty());
    let of_mine = seller.get(&format!("customers/{mine}/duplicates/")).await.expect(200).json();
    assert_eq!(of_mine["count"], 0);
    let path = format!("customers/duplicates/{}/dismiss/", pairs[0]["id"]);
    seller.post(&path, json!({})).await.expect(404);
    made(&seller, ayse()).await;
    app.consume().await;
    assert_eq!(queue(&seller).await.len(), 1);
    assert_eq!(queue(&admin).await.len(), 3);
    let page = admin.get("customers/duplicates/?page_size=2").await.expect(200).json();
    let rest = admin.get(page["next"].as_str().expect("a page")).await.expect(200).json();
    assert_eq!(rest["results"].as_array().map(Vec::len), Some(1));
});

story!(every_column_that_holds_a_customer_has_its_rules, |app| {
    let mut found: BTreeSet<(String, String)> = BTreeSet::new();
    for (table, columns) in schema(&app).await {
        let named = columns
            .into_iter()
            .filter(|column| column == "customer_id" || column.ends_with("_customer_id"));
        found.extend(named.map(|column| (table.clone(), column)));
    }
    for (table, columns) in referring(&app).await {
        found.extend(columns.into_iter().map(|column| (table.clone(), column)));
    }
    let known: BTreeSet<(String, String)> = HOLDERS
        .iter()
        .map(|holder| (holder.table.to_owned(), holder.column.to_owned()))
        .collect();
    let missing: Vec<_> = found.difference(&known).collect();
    assert!(missing.is_empty(), "customers/src/merge/registry.rs does not know {missing:?}");
    assert_eq!(known.len(), HOLDERS.len(), "a column stands there twice");
    let indexed = indexed(&app).await;
    let tables = schema(&app).await;
    for holder in HOLDERS {
        let columns = tables
            .get(holder.table)
            .unwrap_or_else(|| panic!("there is no table {}", holder.table));
        for column in [holder.column, holder.row].iter().filter(|column| **column != "id") {
            assert!(
                columns.iter().any(|known| known == column),
                "{}.{column} is not there",
                holder.table
            );
        }
        if holder.on_merge == OnMerge::Recompute && holder.on_erasure == OnErasure::Recompute {
            continue;
        }
        assert!(
            indexed
                .get(holder.table)
                .is_some_and(|first| first.iter().any(|column| column == holder.column)),
            "{}.{} has no index: a merge would read the whole table",
            holder.table,
            holder.column
        );
    }
});

/// Two records of one person and a few others, with hundreds of rows hanging on them.
async fn busy(app: &TestApp, admin: &Client) -> (i64, i64) {
    let winner = made(
        admin,
        with(ayse(), json!({ "secondary_phone": "0212 555 11 22", "tags": ["vip", "eski"] })),
    )
    .await;
    let loser = made(
        admin,
        with(
            ayse(),
            json!({ "first_name": "Ayse", "primary_email": "ayse@is.example", "city": "Ankara", "gender": "F", "tags": ["bülten", "VIP"], "lead_source": "fuar" }),
        ),
    )
    .await;
    let firm = made(admin, company("Alfa")).await;
    for n in 0..40 {
        for (id, kind) in [(winner, "a"), (loser, "b")] {
            let point = json!({ "kind": "email", "value": format!("{kind}{n}@liste.example") });
            if n % 2 == 0 {
                admin.post(&format!("customers/{id}/contact-points/"), point).await.expect(201);
            }
            let place = json!({ "line": format!("{kind} Sokak {n}"), "city": "Bursa" });
            if n % 4 == 0 {
                admin.post(&format!("customers/{id}/addresses/"), place).await.expect(201);
            }
            let word = json!({ "channel": "sms", "purpose": "marketing", "status": if n % 3 == 0 { "withdrawn" } else { "granted" }, "source": "paper" });
            admin.post(&format!("customers/{id}/consents/"), word).await.expect(201);
            app.clock.advance(kernel::clock::SECOND_US);
        }
        let friend = made(admin, person(&format!("Kişi{n}"), "Deneme")).await;
        for id in [winner, loser].iter().take(1 + n % 2) {
            let tie = json!({ "other_id": friend, "role": "family", "is_primary": n == 1 });
            admin.post(&format!("customers/{id}/relations/"), tie).await.expect(201);
        }
        let tie = json!({ "other_id": loser, "role": "other", "title": format!("{n}") });
        admin.post(&format!("customers/{friend}/relations/"), tie).await.expect(201);
    }
    let tie = json!({ "other_id": loser, "role": "employee", "is_primary": true });
    admin.post(&format!("customers/{firm}/relations/"), tie).await.expect(201);
    let tie = json!({ "other_id": loser, "role": "family" });
    admin.post(&format!("customers/{winner}/relations/"), tie).await.expect(201);
    app.consume().await;
    (winner, loser)
}

story!(what_was_merged_comes_apart_row_by_row, |app| {
    let admin = app.admin().await;
    let (winner, loser) = busy(&app, &admin).await;
    let before = dump(&app).await;
    for table in ["contact_points", "addresses", "relations", "consents"] {
        assert!(before[table].len() >= 20, "{table}");
    }
    let timeline = |id: i64| format!("customers/{id}/timeline/?page_size=200");
    let events_of = async |id: i64| {
        let list = admin.get(&timeline(id)).await.expect(200).json();
        list["results"].as_array().map_or(0, Vec::len)
    };
    let merged = merge(&admin, winner, &[loser], json!({ "city": loser, "primary_email": loser }))
        .await
        .expect(200);
    let customer = &merged.json()["customer"];
    assert_eq!(customer["id"], winner);
    assert_eq!(
        [
            &customer["first_name"],
            &customer["gender"],
            &customer["city"],
            &customer["primary_email"],
            &customer["primary_phone"]
        ],
        ["Ayşe", "F", "Ankara", "ayse@is.example", "+905321234567"]
    );
    assert_eq!(customer["tags"], json!(["bülten", "eski", "vip"]));
    let after = dump(&app).await;
    for table in [
        "customers",
        "contact_points",
        "addresses",
        "relations",
        "consents",
        "consent_states",
        "customer_tags",
        "match_keys",
        "customer_redirects",
        "customer_figures",
        "duplicate_pairs",
    ] {
        assert_ne!(before[table], after[table], "{table}");
    }
    let whole = admin.get(&format!("customers/{winner}/360/")).await.expect(200).json();
    assert_eq!(whole["contact_points"].as_array().map(Vec::len), Some(44));
    assert_eq!(whole["addresses"].as_array().map(Vec::len), Some(22));
    // Each customer has the forty others as family or more, the firm, and no tie to itself.
    let ties = admin
        .get(&format!("customers/{winner}/relations/?page_size=200"))
        .await
        .expect(200)
        .json();
    let ties = ties["results"].as_array().expect("ties");
    assert_eq!(ties.len(), 81, "forty of the family, forty others, an employer");
    assert!(ties.iter().all(|tie| tie["other_id"] != winner && tie["other_id"] != loser));
    let ledger = admin
        .get(&format!("customers/{winner}/consents/?page_size=200"))
        .await
        .expect(200)
        .json();
    assert_eq!(ledger["ledger"]["count"], 80);
    assert_eq!(customer_state(&admin, winner).await, "withdrawn", "the last word of both");

    // Old ids lead to the winner, wherever they were used.
    for (path, to) in [
        (format!("customers/{loser}/"), format!("/api/v1/crm/customers/{winner}/")),
        (format!("customers/{loser}/360/"), format!("/api/v1/crm/customers/{winner}/360/")),
        (timeline(loser), format!("/api/v1/crm/{}", timeline(winner))),
    ] {
        let moved = admin.get(&path).await.expect(308);
        assert_eq!(moved.header("location").as_deref(), Some(to.as_str()));
    }
    let (stranger, _) = app.user("Ali Satış", "sales_rep", None).await;
    stranger.get(&format!("customers/{loser}/")).await.expect(404);
    assert_eq!(events_of(winner).await, 200);

    let undone = undo(&admin, merged.operation()).await;
    assert_eq!(
        (&undone["refused_count"], &undone["state"]),
        (&json!(0), &json!("done")),
        "{undone}"
    );
    let again = dump(&app).await;
    for (table, rows) in &before {
        // The seller was made meanwhile.
        if !["users", "user_roles", "consumers"].contains(&table.as_str()) {
            assert_eq!(rows, &again[table], "{table}");
        }
    }
    admin.get(&format!("customers/{loser}/")).await.expect(200);
    app.consume().await;
    assert_eq!(queue(&admin).await.len(), 1);
    // Undone, it can be done again; but the undo itself is not undone.
    let refused = undo(&admin, undone["operation_id"].as_i64().expect("an operation")).await;
    assert_eq!(refused["refused_count"], 1, "{refused}");
    merge(&admin, loser, &[winner], json!({})).await.expect(200);
});

async fn customer_state(client: &Client, id: i64) -> String {
    let whole = client.get(&format!("customers/{id}/360/")).await.expect(200).json();
    whole["consents"][0]["status"].as_str().expect("a status").to_owned()
}

story!(what_changed_since_the_merge_stays_and_is_told, |app| {
    let admin = app.admin().await;
    let winner = made(&admin, ayse()).await;
    let loser = made(
        &admin,
        with(
            ayse(),
            json!({ "gender": "F", "primary_email": "b@posta.example", "industry": "Gıda", "tags": ["b"] }),
        ),
    )
    .await;
    let merged = merge(&admin, winner, &[loser], json!({})).await.expect(200).operation();
    let path = format!("customers/{winner}/");
    admin
        .patch(&path, json!({ "industry": "Tekstil", "secondary_phone": "0533 111 22 33" }))
        .await
        .expect(200);
    let undone = undo(&admin, merged).await;
    let refused: BTreeSet<&str> = undone["refused"]
        .as_array()
        .expect("refusals")
        .iter()
        .map(|refusal| refusal["field"].as_str().expect("a field"))
        .collect();
    assert_eq!(refused, BTreeSet::from(["contact_points", "industry"]), "{undone}");
    let now = admin.get(&path).await.expect(200).json();
    assert_eq!(
        (&now["gender"], &now["industry"], &now["tags"], &now["secondary_phone"]),
        (&json!(""), &json!("Tekstil"), &json!([]), &json!("+905331112233"))
    );
    let back = admin.get(&format!("customers/{loser}/")).await.expect(200).json();
    assert_eq!(
        (&back["primary_email"], &back["industry"]),
        (&json!("b@posta.example"), &json!("Gıda"))
    );
    let points = admin.get(&format!("customers/{winner}/contact-points/")).await.expect(200).text();
    assert!(!points.contains("b@posta.example"), "{points}");
});

story!(merges_follow_each_other_without_chains, |app| {
    let admin = app.admin().await;
    let (a, b, c) = (made(&admin, ayse()).await, made(&admin, ayse()).await, made(&admin, ayse()).await);
    app.consume().await;
    assert_eq!(queue(&admin).await.len(), 3);
    let first = merge(&admin, b, &[a], json!({})).await.expect(200).operation();
    let second = merge(&admin, c, &[b], json!({})).await.expect(200).operation();
    app.consume().await;
    assert!(queue(&admin).await.is_empty());
    for old in [a, b] {
        let moved = admin.get(&format!("customers/{old}/")).await.expect(308);
        assert_eq!(moved.header("location"), Some(format!("/api/v1/crm/customers/{c}/")));
    }
    let refused = undo(&admin, first).await;
    assert_eq!(refused["refused_count"], 1, "the winner was merged since: {refused}");
    assert_eq!(undo(&admin, second).await["refused_count"], 0);
    let moved = admin.get(&format!("customers/{a}/")).await.expect(308);
    assert_eq!(moved.header("location"), Some(format!("/api/v1/crm/customers/{b}/")));
    admin.get(&format!("customers/{b}/")).await.expect(200);
});

story!(nonsense_is_not_merged, |app| {
    let admin = app.admin().await;
    let (a, b, firm) = (
        made(&admin, ayse()).await,
        made(&admin, person("Ayşe", "Yılmaz")).await,
        made(&admin, company("Alfa")).await,
    );
    let (seller, _) = app.user("Ali Satış", "sales_rep", None).await;
    let (agent, _) = app.user("Oya Destek", "service_agent", None).await;
    let mine = made(&seller, ayse()).await;
    let before = (app.count("events").await, app.count("operations").await);
    for (winner, losers, fields, field) in [
        (a, vec![], json!({}), "loser_ids"),
        (a, vec![a], json!({}), "loser_ids"),
        (a, vec![b, b], json!({}), "loser_ids"),
        (a, vec![firm], json!({}), "loser_ids"),
        (a, vec![999_999], json!({}), "loser_ids"),
        (999_999, vec![a], json!({}), "winner_id"),
        (a, vec![b], json!({ "city": firm }), "fields.city"),
        (a, vec![b], json!({ "citty": a }), "fields.citty"),
        (a, vec![b], json!({ "customer_code": b }), "fields.customer_code"),
    ] {
        let refused = merge(&admin, winner, &losers, fields).await.expect(422);
        assert!(!refused.error(field).is_empty(), "{field}: {}", refused.text());
    }
    merge(&seller, mine, &[a], json!({})).await.expect(403);
    assert_eq!((app.count("events").await, app.count("operations").await), before);
    let asked = json!({ "winner_id": b, "loser_ids": [a] });
    let preview = agent.post("customers/merge/preview/", asked).await.expect(200).json();
    let birth = preview["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .find(|field| field["field"] == "birth_date")
        .expect("a birth date");
    assert_eq!((&birth["merged"], &birth["differs"]), (&json!("1980-05-06"), &json!(false)));
    assert_eq!(birth["values"][0], json!({ "customer_id": b, "value": null }));
    assert_eq!(
        (app.count("events").await, app.count("operations").await),
        before,
        "a preview does nothing"
    );
    merge(&agent, b, &[a], json!({})).await.expect(200);
});

story!(no_company_is_merged_into_its_own_chain, |app| {
    let admin = app.admin().await;
    let mut firms = Vec::new();
    for name in ["Holding", "Orta", "Alt"] {
        firms.push(made(&admin, company(name)).await);
    }
    let (top, middle, bottom) = (firms[0], firms[1], firms[2]);
    for (below, above) in [(middle, top), (bottom, middle)] {
        let tie = json!({ "other_id": above, "role": "parent" });
        admin.post(&format!("customers/{below}/relations/"), tie).await.expect(201);
    }
    merge(&admin, top, &[bottom], json!({})).await.expect(409);
    admin.get(&format!("customers/{bottom}/")).await.expect(200);
    // Neighbours may become one: the tie between them is no tie any more.
    merge(&admin, top, &[middle], json!({})).await.expect(200);
    let ties = admin.get(&format!("customers/{top}/relations/")).await.expect(200).json();
    assert_eq!(ties["count"], 1);
});
