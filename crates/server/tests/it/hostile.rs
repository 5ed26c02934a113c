//! Whatever is sent, the answer is a problem that says what is wrong, and it comes soon.

use std::time::Duration;

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use testkit::{Answer, Backend, Client, TestApp, company, person, story};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Long for a busy machine, short for somebody who waits.
const PATIENCE: Duration = Duration::from_secs(20);

/// Looks at all answers of a story before it gives its verdict.
#[derive(Default)]
struct Judge(std::cell::RefCell<Vec<String>>);

impl Judge {
    /// Insists on a whole problem with one of the statuses.
    fn problem(&self, answer: &Answer, statuses: &[u16], what: &str) {
        let what: String = what.chars().take(150).collect();
        let said: String = answer.text().chars().take(300).collect();
        let is_problem = || {
            let problem: Value = serde_json::from_slice(&answer.body).ok()?;
            let is_there = |member: &str| problem[member].as_str().is_some_and(|text| !text.is_empty());
            let whole = ["type", "title", "code", "detail", "request_id"].into_iter().all(is_there)
                && answer.header("content-type")? == "application/problem+json"
                && problem["status"] == answer.status.as_u16()
                && problem["request_id"].as_str() == answer.header("x-request-id").as_deref();
            // A directory is answered as RFC 7644, 3.12 has it.
            let is_scim = answer.header("content-type")? == "application/scim+json"
                && what.contains("/scim/v2/")
                && is_there("detail")
                && problem["status"].as_str() == Some(answer.status.as_str());
            (whole || is_scim).then_some(())
        };
        if !statuses.contains(&answer.status.as_u16()) || is_problem().is_none() {
            self.0.borrow_mut().push(format!("{what}: {} {said}", answer.status));
        }
    }

    /// The same, unless the answer is that it went well.
    fn no_harm(&self, answer: &Answer, statuses: &[u16], what: &str) {
        if !answer.status.is_success() {
            self.problem(answer, statuses, what);
        }
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let complaints = self.0.borrow();
        if !std::thread::panicking() {
            assert!(
                complaints.is_empty(),
                "{} answers are wrong:\n{}",
                complaints.len(),
                complaints[..complaints.len().min(30)].join("\n")
            );
        }
    }
}

async fn soon<T>(what: &str, answer: impl Future<Output = T>) -> T {
    let what: String = what.chars().take(120).collect();
    if std::env::var("CRM_TEST_SAYS").is_ok() {
        eprintln!("asking {what}");
    }
    tokio::time::timeout(PATIENCE, answer)
        .await
        .unwrap_or_else(|_| panic!("no answer: {what}"))
}

async fn get(client: &Client, path: &str) -> Answer {
    soon(path, client.get(path)).await
}

async fn post(client: &Client, path: &str, body: Vec<u8>) -> Answer {
    soon(path, client.post_bytes(path, body)).await
}

const WITH_BODIES: [&str; 12] = [
    "customers/",
    "customers/search/",
    "customers/bulk/",
    "customers/criteria/",
    "tags/",
    "views/",
    "custom-fields/",
    "teams/",
    "roles/",
    "users/",
    "tokens/",
    "import-mappings/",
];

story!(what_is_no_json_is_a_problem, |app| {
    let judge = Judge::default();
    let admin = app.admin().await;
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000)).into_bytes();
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("deep lists", deep("[", "]")),
        ("deep objects", deep("{\"a\":", "}")),
        ("deep lists without an end", b"[".repeat(1_000_000)),
        (
            "deep criteria",
            format!("{{\"criteria\":{}1{}}}", "{\"not\":".repeat(50_000), "}".repeat(50_000)).into_bytes(),
        ),
        ("nothing", Vec::new()),
        ("a word", b"hello".to_vec()),
        ("half an object", b"{\"first_name\":\"A".to_vec()),
        ("two objects", b"{}{}".to_vec()),
        ("NaN", b"{\"annual_revenue\":NaN}".to_vec()),
        ("a number beyond all", b"{\"annual_revenue\":1e999}".to_vec()),
        ("a NUL byte", b"{\"first_name\":\"a\0b\"}".to_vec()),
        ("half a surrogate", b"{\"first_name\":\"\\ud800\"}".to_vec()),
        ("bytes that are no text", b"{\"first_name\":\"\xff\xfe\"}".to_vec()),
        ("UTF-16", "{\"a\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a list", b"[]".to_vec()),
        ("a number", b"1".to_vec()),
        ("null", b"null".to_vec()),
    ];
    for path in WITH_BODIES {
        for (what, body) in &bodies {
            let answer = post(&admin, path, body.clone()).await;
            judge.problem(&answer, &[400, 422], &format!("{what} to {path}"));
        }
        let answer = post(&admin, path, vec![b' '; 3_000_000]).await;
        judge.problem(&answer, &[413], path);
    }
    assert_eq!(app.count("customers").await, 0);
});

story!(a_body_that_is_not_called_json_is_not_read, |app| {
    let admin = app.admin().await;
    let body = person("Gizli", "Form").to_string();
    // What a page elsewhere can make a browser send without asking us first.
    let foreign = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "json",
        "",
    ];
    for kind in foreign.map(Some).into_iter().chain([None]) {
        let answer = admin.send_bytes(Method::POST, "customers/", kind, body.clone().into_bytes()).await;
        assert_eq!(answer.expect(415).json()["code"], "not_json", "{kind:?}");
    }
    assert_eq!(app.count("customers").await, 0);
    for kind in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/merge-patch+json",
    ] {
        let answer = admin
            .send_bytes(Method::POST, "customers/", Some(kind), body.clone().into_bytes())
            .await;
        answer.expect(201);
    }
});

story!(values_of_the_wrong_kind_are_problems_of_their_fields, |app| {
    let judge = Judge::default();
    let admin = app.admin().await;
    let values = [
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(u64::MAX),
        json!("9".repeat(400)),
        json!("\u{0}"),
        json!("x".repeat(100_000)),
        json!([[[]]]),
        json!({}),
        json!({ "$gt": "" }),
    ];
    let fields = admin.get("customers/fields/").await.expect(200).json();
    let fields = fields["fields"].as_array().or(fields.as_array()).expect("fields").clone();
    let id = admin.post("customers/", person("Ada", "Er")).await.expect(201).id();
    for field in &fields {
        let name = field["name"].as_str().expect("a name");
        for value in &values {
            for (method, path) in [(Method::POST, "customers/".to_owned()), (Method::PATCH, format!("customers/{id}/"))] {
                let mut body = if method == Method::POST { person("Ada", "Er") } else { json!({}) };
                body[name] = value.clone();
                let what = format!("{method} {body}");
                let answer = soon(&what, admin.call(method, &path, Some(body))).await;
                // Some are right for some field.
                judge.no_harm(&answer, &[400, 409, 422], &what);
            }
            for op in ["eq", "gte", "in", "in_last"] {
                let criteria = json!({ "criteria": { "field": name, "op": op, "value": value } });
                let answer = soon(name, admin.post("customers/search/", criteria.clone())).await;
                judge.no_harm(&answer, &[400, 422], &criteria.to_string());
            }
        }
    }
    for body in [
        json!({ "ids": [-1, 0, i64::MAX], "action": "delete" }),
        json!({ "ids": [1e30], "action": "delete" }),
        json!({ "ids": ["1"], "action": "delete" }),
        json!({ "ids": vec![1; 200_000], "action": "delete" }),
        json!({ "ids": [id], "action": "tag", "tags": vec!["x"; 100_000] }),
        json!({ "ids": [id], "action": "tag", "tags": ["\u{0}"] }),
        json!({ "ids": [id], "action": "update", "changes": { "owner_id": u64::MAX } }),
    ] {
        let answer = soon("bulk", admin.post("customers/bulk/", body.clone())).await;
        judge.no_harm(&answer, &[400, 422], &body.to_string());
    }
    for body in [
        json!({ "page_size": -1 }),
        json!({ "page_size": 1e30 }),
        json!({ "page": u64::MAX }),
        json!({ "page": 0 }),
        json!({ "cursor": 1 }),
        json!({ "ordering": ["name"] }),
        json!({ "unknown": 1 }),
        json!({ "count": "\u{0}" }),
    ] {
        let answer = soon("search", admin.post("customers/search/", body.clone())).await;
        judge.problem(&answer, &[400, 422], &body.to_string());
    }
});

story!(files_of_any_bytes_are_imported_or_refused, |app| {
    let admin = app.admin().await;
    let long = format!("company_name\n{}\n", "x".repeat(3_000_000));
    let wide = format!("{}\n{}\n", "a,".repeat(100_000), "b,".repeat(100_000));
    let contents: Vec<(&str, Vec<u8>)> = vec![
        ("NUL bytes", b"company_name,city,tags\nA\0B,\0,\0;x\n\0,\0,\0\n".to_vec()),
        ("a NUL in the header", b"company\0_name\nA\n".to_vec()),
        ("bytes that are no text", b"company_name\n\xff\xfe\xfd\n".to_vec()),
        ("an open quote", b"company_name\n\"A\nB\nC".to_vec()),
        ("a long cell", long.into_bytes()),
        ("many columns", wide.into_bytes()),
        ("a zip that is none", b"PK\x03\x04\0\0\0\0".repeat(100)),
        ("the same name twice", b"company_name,company_name\nA,B\n".to_vec()),
        ("only a header", b"company_name\n".to_vec()),
        ("blank", b"\n\n\n   \n".to_vec()),
    ];
    let judge = Judge::default();
    for (what, content) in contents {
        let answer = soon(what, admin.upload("imports/", "dosya.csv", &content, &[])).await;
        judge.no_harm(&answer, &[400, 413, 422], what);
        if !answer.status.is_success() {
            continue;
        }
        let path = format!("imports/{}/", answer.id());
        for answer in [
            get(&admin, &path).await,
            get(&admin, &format!("{path}preview/")).await,
            get(&admin, &format!("{path}errors/")).await,
        ] {
            judge.no_harm(&answer, &[400, 404, 409, 422], what);
        }
        for step in ["dry-run/", "start/"] {
            let answer = soon(what, admin.post(&format!("{path}{step}"), json!({}))).await;
            judge.no_harm(&answer, &[400, 409, 422], &format!("{what}: {step}"));
            soon(what, app.run_jobs()).await;
        }
        let import = get(&admin, &path).await.expect(200).json();
        assert_ne!(import["state"], "running", "{what}: {import}");
        assert!(!import.to_string().contains("Something went wrong"), "{what}: {import}");
        let answer = get(&admin, &format!("{path}errors/")).await;
        judge.no_harm(&answer, &[400, 404, 409, 422], what);
    }
});

story!(a_member_named_twice_does_no_harm, |app| {
    let judge = Judge::default();
    let admin = app.admin().await;
    let twice = post(&admin, "customers/search/", b"{\"page_size\":1,\"page_size\":2}".to_vec()).await;
    judge.problem(&twice, &[400, 422], "page_size twice");
    let answer = post(
        &admin,
        "customers/",
        b"{\"first_name\":\"A\",\"last_name\":\"B\",\"first_name\":1}".to_vec(),
    )
    .await;
    judge.problem(&answer, &[400, 422], "first_name twice");
    // A hundred thousand members nobody knows: each is named, and it does not take for ever.
    let many: String = (0..100_000).map(|n| format!("\"f{n}\":1,")).collect();
    let answer = post(&admin, "customers/", format!("{{{many}\"last_name\":\"B\"}}").into_bytes()).await;
    judge.problem(&answer, &[400, 422], "many members");
    assert_eq!(app.count("customers").await, 0);
});

story!(query_strings_of_any_bytes_are_understood_or_refused, |app| {
    let judge = Judge::default();
    let admin = app.admin().await;
    admin.post("customers/", company("Alfa")).await.expect(201);
    let lists = [
        "customers/",
        "operations/",
        "imports/",
        "tags/",
        "views/",
        "users/",
        "teams/",
        "roles/",
        "tokens/",
        "customers/export/",
        "customers/1/timeline/",
    ];
    let wrong = [
        "page=0",
        "page=-1",
        "page=18446744073709551615",
        "page=18446744073709551616",
        "page=1.5",
        "page=%00",
        "page_size=0",
        "page_size=-1",
        "page_size=999999999999999999999",
        "page_size=%ff",
        "count=%00",
        "cursor=%00",
        "cursor=%ff%fe",
        "cursor=e30",
        "cursor=W10",
        "cursor=bnVsbA",
    ];
    for list in lists {
        for query in wrong {
            let path = format!("{list}?{query}");
            let answer = get(&admin, &path).await;
            // A list that is answered whole has no pages and may not look.
            judge.no_harm(&answer, &[400, 404, 422], &path);
        }
        for query in [
            "%ff=1",
            "%00=1",
            "search=%00",
            "search=%ff%fe",
            "search=%00%00a",
            "ordering=%00",
            "ordering=%ff",
            "&&&&",
            "=",
            "=&=",
            "%",
            "%zz=%zz",
            "a[]=1",
            "page",
            "city=%00&city=%ff",
        ] {
            let path = format!("{list}?{query}");
            let answer = get(&admin, &path).await;
            judge.no_harm(&answer, &[400, 404, 422], &path);
        }
        // As many as fit into an address.
        for query in [
            "a&".repeat(30_000),
            "city=a&".repeat(9_000),
            format!("search={}", "a+".repeat(30_000)),
            format!("search={}", "a".repeat(60_000)),
            format!("ordering={}", "name,".repeat(12_000)),
            format!("cursor={}", "A".repeat(60_000)),
            format!("city__in={}", "a,".repeat(30_000)),
            format!("id__in={}", "1,".repeat(30_000)),
            format!("kind={}", "a,".repeat(30_000)),
        ] {
            let path = format!("{list}?{query}");
            let answer = get(&admin, &path).await;
            judge.no_harm(&answer, &[400, 404, 413, 422], &path);
        }
    }
    for (field, value) in [
        ("city", "%00"),
        ("name__contains", "%00"),
        ("annual_revenue__gte", "%00"),
        ("created_at__gte", "%00"),
        ("tags__has_any", "%00"),
        ("owner_id", "%00"),
        ("owner_id", "99999999999999999999"),
        ("annual_revenue", "99999999999999999999.99"),
        ("birth_date", "0000-00-00"),
        ("birth_date", "99999-12-31"),
        ("created_at__in_last", "99999999999999d"),
        ("birth_date__in_next", "-1d"),
        ("created_at__gte", "+262143-01-01"),
        ("is_active", "perhaps"),
    ] {
        let path = format!("customers/?{field}={value}");
        let answer = get(&admin, &path).await;
        judge.no_harm(&answer, &[400, 422], &path);
    }
});

story!(cursors_that_nobody_gave_are_refused, |app| {
    let judge = Judge::default();
    let admin = app.admin().await;
    for name in ["Alfa", "Beta", "Gama"] {
        admin.post("customers/", company(name)).await.expect(201);
    }
    let cursor_of = |list: &Value| {
        let next = list["next"].as_str().expect("a next page").to_owned();
        next.split("cursor=")
            .nth(1)
            .expect("a cursor")
            .split('&')
            .next()
            .expect("a cursor")
            .to_owned()
    };
    let by_name = cursor_of(&admin.get("customers/?ordering=name&page_size=1").await.expect(200).json());
    let by_time = cursor_of(&admin.get("customers/?page_size=1").await.expect(200).json());
    let operations = cursor_of(&admin.get("operations/?page_size=1").await.expect(200).json());
    for path in [
        format!("customers/?cursor={by_name}"),
        format!("customers/?ordering=-name&cursor={by_name}"),
        format!("customers/?ordering=name&cursor={by_time}"),
        format!("customers/?cursor={operations}"),
        format!("operations/?cursor={by_time}"),
        format!("customers/1/timeline/?cursor={by_name}"),
        format!("customers/?page=2&cursor={by_time}"),
    ] {
        judge.problem(&get(&admin, &path).await, &[400, 422], &path);
    }
    // Rightly made, with values that were never in any row.
    let lists = [
        ("customers/?ordering=name", by_name),
        ("customers/?", by_time),
        ("operations/?", operations),
    ];
    let values = [
        json!(null),
        json!("x"),
        json!("\u{0}"),
        json!(1),
        json!(-1),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1.5),
        json!(1e300),
        json!(true),
        json!([1]),
        json!({ "a": 1 }),
        json!("x".repeat(40_000)),
    ];
    for (list, cursor) in lists {
        let bytes = URL_SAFE_NO_PAD.decode(cursor.replace("%3D", "=")).expect("base64");
        let whole: Value = serde_json::from_slice(&bytes).expect("json");
        let keys = whole["k"].as_array().expect("keys").len();
        for place in 0..keys {
            for value in &values {
                for backwards in [false, true] {
                    let mut forged = whole.clone();
                    forged["k"][place] = value.clone();
                    forged["b"] = json!(backwards);
                    let path = format!("{list}&cursor={}", URL_SAFE_NO_PAD.encode(forged.to_string()));
                    let answer = get(&admin, &path).await;
                    judge.no_harm(&answer, &[400, 422], &forged.to_string());
                }
            }
        }
    }
});

story!(ids_that_are_none_are_not_there, |app| {
    let judge = Judge::default();
    let admin = app.admin().await;
    admin.post("customers/", company("Alfa")).await.expect(201);
    let mut routes: Vec<(Method, String)> = Vec::new();
    for route in &app.product.table {
        if route.path.contains('{') {
            routes.push((route.method.parse().expect("a method"), route.path.clone()));
        }
    }
    assert!(routes.len() > 30);
    for (method, route) in routes {
        for id in [
            "-1",
            "0",
            "9223372036854775807",
            "9223372036854775808",
            "99999999999999999999999",
            "1.5",
            "0x1",
            "%00",
            "%ff",
            "abc",
            "1%20",
            "%2e%2e",
            "%2f",
            "null",
            "İ",
        ] {
            let id = if id == "İ" { "%C4%B0" } else { id };
            let parts: Vec<&str> = route.split('/').map(|part| if part.starts_with('{') { id } else { part }).collect();
            let path = parts.join("/");
            let what = format!("{method} {path}");
            let answer = soon(&what, admin.call(method.clone(), &path, Some(json!({})))).await;
            // Deleting what is not there, or asking for the districts of nowhere, may be answered; some a token may not do.
            judge.no_harm(&answer, &[400, 403, 404, 405, 409, 422], &what);
        }
    }
});

story!(tricks_with_paths_lead_nowhere, |app| {
    let judge = Judge::default();
    let admin = app.admin().await;
    let id = admin.post("customers/", company("Alfa")).await.expect(201).id();
    for path in [
        "/api/v1/crm/%2e%2e/%2e%2e/etc/passwd",
        "/api/v1/crm/customers/..%2f..%2f",
        "/api/v1/crm//customers/",
        "/api/v1/crm/customers//",
        "/api//v1/crm/customers/",
        "/api/v1/crm/customers/1/../1/",
        "/api/v1/crm/customers/%2e%2e/customers/",
        "/api/v1/crm/customers/1%00/",
        "/api/v1/crm/customers/1;a=b/",
        "/api/v1/crm/customers%2f1/",
        "/api/v1/crm/CUSTOMERS/",
        "/api/v2/crm/customers/",
        "/api/",
        "/api/..",
    ] {
        judge.problem(&get(&admin, path).await, &[404], path);
    }
    let long = format!("/api/v1/crm/{}", "a/".repeat(30_000));
    judge.problem(&get(&admin, &long).await, &[404], "a long path");
    // Outside the API there is the web application and nothing of this machine.
    for path in [
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/assets/../../../etc/passwd",
        "/crm.db",
        "/data/crm.db",
    ] {
        let answer = get(&admin, path).await;
        assert!(
            !answer.text().contains("root:") && !answer.body.starts_with(b"SQLite format"),
            "{path}"
        );
        assert!(!answer.status.is_server_error(), "{path}");
    }
    for method in [Method::PATCH, Method::PUT, Method::DELETE] {
        judge.problem(
            &admin.call(method.clone(), "customers/", Some(json!({}))).await,
            &[405],
            method.as_str(),
        );
    }
    for method in [
        Method::TRACE,
        Method::OPTIONS,
        Method::CONNECT,
        Method::from_bytes(b"EXPLODE").expect("a method"),
    ] {
        judge.problem(
            &admin.call(method.clone(), &format!("customers/{id}/"), None).await,
            &[400, 405],
            method.as_str(),
        );
    }
});

story!(headers_of_any_kind_are_understood_or_refused, |app| {
    let judge = Judge::default();
    let admin = app.admin().await;
    let nobody = app.anonymous();
    let id = admin.post("customers/", company("Alfa")).await.expect(201).id();
    let long = "x".repeat(100_000);
    for cookie in [
        "crm_session",
        "crm_session=",
        "crm_session=%00",
        "crm_session=\"; crm_session=a",
        "=;=;=",
        ";;;;",
        "crm_session=../../etc/passwd",
        &format!("crm_session={long}"),
        &"a=b; ".repeat(20_000),
    ] {
        let answer = soon(cookie, nobody.with("cookie", cookie).get("customers/")).await;
        judge.problem(&answer, &[401], cookie);
    }
    for token in [
        "Bearer",
        "Bearer ",
        "Bearer crm_",
        "Basic YTpi",
        "bearer x",
        "Bearer crm_\u{fc}",
        &format!("Bearer crm_{long}"),
        "Bearer a b c",
    ] {
        let answer = soon(token, nobody.with("authorization", token).get("customers/")).await;
        judge.problem(&answer, &[401], token);
    }
    for key in ["", &long, "a\tb", "\u{fc}", &"k".repeat(201)] {
        let answer = soon(key, admin.with("idempotency-key", key).post("customers/", company("Beta"))).await;
        judge.problem(&answer, &[400, 422], "idempotency-key");
    }
    for etag in ["x", "\"x\"", "\"99999999999999999999\"", "\"-1\"", "W/\"1\", \"2\"", &long] {
        let answer = soon(
            etag,
            admin
                .with("if-match", etag)
                .patch(&format!("customers/{id}/"), json!({ "city": "Van" })),
        )
        .await;
        judge.no_harm(&answer, &[400, 409, 412, 422], etag);
        assert!(
            soon(etag, admin.with("if-none-match", etag).get(&format!("customers/{id}/")))
                .await
                .status
                .is_success()
        );
    }
    for language in ["", "*", "x", "tr;q=abc", "ü", &long, &"tr,".repeat(30_000)] {
        let answer = soon(language, nobody.with("accept-language", language).get("customers/")).await;
        judge.problem(&answer, &[401], "accept-language");
    }
    for kind in [
        None,
        Some("text/plain"),
        Some("application/xml"),
        Some("application/x-www-form-urlencoded"),
        Some("application/json; charset=utf-16"),
        Some("multipart/form-data"),
        Some("\u{fc}"),
    ] {
        for body in ["<customer/>", "first_name=A&last_name=B", "--x\r\n"] {
            let answer = admin.send_bytes(Method::POST, "customers/", kind, body.into()).await;
            judge.problem(&answer, &[400, 415, 422], &format!("{kind:?}"));
        }
    }
    for (kind, body) in [
        (None, "x"),
        (Some("application/json"), "{}"),
        (Some("multipart/form-data"), "x"),
        (Some("multipart/form-data; boundary="), "x"),
        (Some("multipart/form-data; boundary=b"), "no boundary at all"),
        (Some("multipart/form-data; boundary=b"), "--b\r\n\r\n"),
        (
            Some("multipart/form-data; boundary=b"),
            "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"../../x.csv\"\r\n\r\na,b\n1",
        ),
        (
            Some("multipart/form-data; boundary=b"),
            "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n\r\n--b--\r\n",
        ),
        (
            Some("multipart/form-data; boundary=b"),
            "--b\r\ncontent-disposition: form-data; name=\"options\"\r\n\r\n{\r\n--b--\r\n",
        ),
    ] {
        let answer = soon(body, admin.send_bytes(Method::POST, "imports/", kind, body.into())).await;
        judge.problem(&answer, &[400, 415, 422], body);
    }
});

/// What hyper does not even take for a request it answers itself, without a body; what matters is that it answers and goes on.
#[tokio::test]
async fn what_is_no_request_is_refused_on_the_wire() {
    let app = TestApp::new(Backend::Sqlite).await;
    let address = app.listen().await;
    let bearer = app.admin().await.bearer().expect("a token").to_owned();
    let ask = |request: Vec<u8>| async move {
        let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
        // It may hang up before all is written.
        let _ = stream.write_all(&request).await;
        let mut head = vec![0; 64];
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut head))
            .await
            .expect("no answer")
            .unwrap_or_default();
        let head = String::from_utf8_lossy(&head[..read]).into_owned();
        head.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok())
    };
    let line = |path: &str, headers: &str| {
        format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {bearer}\r\n{headers}\r\n").into_bytes()
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        (
            "a hundred thousand parameters",
            line(&format!("/api/v1/crm/customers/?{}", "a=1&".repeat(100_000)), ""),
        ),
        (
            "an enormous header",
            line("/api/v1/crm/customers/", &format!("x-much: {}\r\n", "y".repeat(2_000_000))),
        ),
        ("many headers", line("/api/v1/crm/customers/", &"x-one: y\r\n".repeat(10_000))),
        ("bytes that are no text", line("/api/v1/crm/customers/?\u{ff}", "")),
        ("a NUL in the path", line("/api/v1/crm/customers/\0", "")),
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(100)),
        ("a length that is none", line("/api/v1/crm/customers/", "content-length: -1\r\n")),
        (
            "two lengths",
            line("/api/v1/crm/customers/", "content-length: 1\r\ncontent-length: 2\r\n"),
        ),
        ("a folded header", line("/api/v1/crm/customers/", "x-a: b\r\n c\r\n")),
    ];
    for (what, request) in cases {
        let status = ask(request).await;
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{what}: {status:?}");
    }
    assert_eq!(ask(line("/api/v1/crm/customers/", "")).await, Some(200), "it goes on");
}
