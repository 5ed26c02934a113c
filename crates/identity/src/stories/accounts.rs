//! The organisation and its users.

use super::*;

#[tokio::test]
async fn the_first_start_is_set_up_once_by_its_link() {
    let place = Place::at("https://crm.isik.com.tr").await;
    let nobody = Caller::default();
    assert_eq!(place.get(&nobody, "/setup/").await.expect(200).body, json!({"needed": true}));
    let first = setup::ensure_link(&place.ctx).await.unwrap().unwrap();
    let second = setup::ensure_link(&place.ctx).await.unwrap().unwrap();
    place.call(&nobody, "POST", "/setup/", set_up_form(&first)).await.expect(403);
    let mut weak = set_up_form(&second);
    weak["password"] = json!("1234567890");
    assert!(place.call(&nobody, "POST", "/setup/", weak).await.expect(422).body["errors"]["password"][0].is_string());
    let mut nameless = set_up_form(&second);
    nameless["organisation"] = json!("");
    assert!(place.call(&nobody, "POST", "/setup/", nameless).await.expect(422).body["errors"]["organisation"][0].is_string());

    let answer = place.call(&nobody, "POST", "/setup/", set_up_form(&second)).await.expect(200);
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("; Secure"),
        "{cookie}"
    );
    let administrator = signed_in(&answer);
    assert_eq!(answer.body["email"], "ayse@isik.com.tr");
    assert_eq!(answer.body["roles"], json!(["administrator"]));
    assert_eq!(answer.body["permissions"]["customer.read"], "all");
    assert_eq!(
        answer.body["organisation"],
        json!({"name": "Işık Ticaret", "time_zone": "Europe/Istanbul", "currency": "TRY", "locale": "tr"})
    );
    assert_eq!(place.get(&administrator, "/me/").await.expect(200).body, answer.body);

    assert_eq!(place.get(&nobody, "/setup/").await.body, json!({"needed": false}));
    place.call(&nobody, "POST", "/setup/", set_up_form(&second)).await.expect(409);
    assert_eq!(setup::ensure_link(&place.ctx).await.unwrap(), None);
    let roles = place.get(&administrator, "/roles/").await.body;
    let codes: Vec<_> = roles["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        codes,
        ["administrator", "manager", "sales_rep", "marketer", "service_agent", "read_only"]
    );
    assert_eq!(roles["results"][1]["name"], "Ekip yöneticisi");
    let kinds = place.kinds_of_events().await;
    assert!(
        ["organisation.updated", "role.created", "user.created", "session.created"]
            .iter()
            .all(|kind| kinds.iter().any(|k| k == kind)),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn users_are_made_found_changed_and_listed() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let team = place.call(&ayse, "POST", "/teams/", json!({"name": "Ege"})).await.expect(201);
    place.call(&ayse, "POST", "/teams/", json!({"name": " EGE "})).await.expect(422);
    for (n, name) in ["Çiğdem Ak", "Cem Ak", "Işıl Koç", "İsmail Koç"].into_iter().enumerate() {
        let form = json!({"email": format!("u{n}@isik.com.tr"), "name": name, "team_id": team.id()});
        place.call(&ayse, "POST", "/users/", form).await.expect(201);
    }
    let names = async |query: &str| -> Vec<String> {
        let list = place.get(&ayse, &format!("/users/{query}")).await.expect(200).body;
        list["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("").await, ["Ayşe Işık", "Cem Ak", "Çiğdem Ak", "Işıl Koç", "İsmail Koç"]);
    assert_eq!(names("?search=ak%20ISIK.COM&ordering=-name").await, ["Çiğdem Ak", "Cem Ak"]);
    assert_eq!(names("?search=isik.com&page_size=2&page=2").await, ["Çiğdem Ak", "Işıl Koç"]);
    assert_eq!(names(&format!("?team_id={}", team.id())).await.len(), 4);
    let first = place.get(&ayse, "/users/?page_size=2&ordering=email").await.body;
    assert_eq!(first["count"], 5);
    let next = first["next"].as_str().unwrap().strip_prefix("/api/v1/crm").unwrap().to_owned();
    assert_eq!(place.get(&ayse, &next).await.body["results"][0]["email"], "u1@isik.com.tr");
    let refused = place.get(&ayse, "/users/?serch=x").await.expect(400);
    assert!(refused.body["detail"].as_str().unwrap().contains("“search”"));
    place.get(&ayse, "/users/?ordering=password_hash").await.expect(400);

    let taken = json!({"email": "U1@ISIK.com.tr", "name": "", "team_id": 99, "role_ids": [99]});
    let refused = place.call(&ayse, "POST", "/users/", taken).await.expect(422).body;
    assert_eq!(
        refused["errors"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>(),
        ["name", "role_ids", "team_id"]
    );
    let taken = json!({"email": "U1@ISIK.com.tr", "name": "Başkası"});
    assert!(place.call(&ayse, "POST", "/users/", taken).await.expect(422).body["errors"]["email"][0].is_string());
    place
        .call(
            &ayse,
            "POST",
            "/users/",
            json!({"email": "y@isik.com.tr", "name": "Y", "emial": "z"}),
        )
        .await
        .expect(422);

    let found = place.get(&ayse, "/users/?search=ismail").await.body["results"][0].clone();
    assert_eq!(found["team_name"], "Ege");
    let path = format!("/users/{}/", found["id"]);
    let role = place.role(&ayse, "marketer").await;
    place.clock.advance(MINUTE_US);
    let changed = place
        .call(&ayse, "PATCH", &path, json!({"team_id": null, "role_ids": [role, role]}))
        .await
        .expect(200)
        .body;
    assert_eq!((&changed["team_id"], &changed["role_ids"]), (&Value::Null, &json!([role])));
    assert_ne!(changed["updated_at"], found["updated_at"]);
    assert_eq!(place.get(&ayse, &path).await.body, changed);
    place
        .call(&ayse, "DELETE", &format!("/teams/{}/", team.id()), Value::Null)
        .await
        .expect(409);
    place.get(&ayse, "/users/999/").await.expect(404);
    place.get(&ayse, "/users/abc/").await.expect(404);
}

#[tokio::test]
async fn the_organisation_changes_for_everybody_at_once() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let refused = place
        .call(
            &ayse,
            "PATCH",
            "/organisation/",
            json!({"time_zone": "Europe/Instanbul", "currency": "TL"}),
        )
        .await
        .expect(422)
        .body;
    assert_eq!(refused["errors"].as_object().unwrap().len(), 2);
    let changed =
        json!({"name": "Işık A.Ş.", "time_zone": "Europe/Berlin", "currency": "eur", "customer_code_pattern": "MÜŞ-{yyyy}-{00000}"});
    let changed = place.call(&ayse, "PATCH", "/organisation/", changed).await.expect(200).body;
    assert_eq!(changed["currency"], "EUR");
    assert_eq!(place.get(&ayse, "/me/").await.body["organisation"]["time_zone"], "Europe/Berlin");
    assert_eq!(place.identity.organisation().await.unwrap().name, "Işık A.Ş.");
}

#[tokio::test]
async fn the_command_line_makes_users_without_http() {
    let place = Place::new().await;
    let ctx = &place.ctx;
    let hash = password::hash(PASSWORD, "a@isik.com.tr").await.unwrap();
    let id = ctx
        .db
        .write(async |tx| {
            setup::organisation(tx, ctx, setup::NewOrganisation::named("Işık", "en")).await?;
            let id = setup::administrator(tx, ctx, "a@isik.com.tr", "A", hash, "en").await?;
            setup::organisation(tx, ctx, setup::NewOrganisation::named("Işık", "en")).await?;
            crate::tokens::create(
                tx,
                ctx,
                crate::tokens::NewToken {
                    user_id: id,
                    name: "demo".into(),
                    scopes: vec!["*".into()],
                    expires_at_us: None,
                },
            )
            .await?;
            Ok(id)
        })
        .await
        .unwrap();
    assert_eq!(users::get(ctx, id).await.unwrap().role_ids.len(), 1);
    place.sign_in("a@isik.com.tr", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn the_document_names_nothing_that_it_does_not_describe() {
    let place = Place::new().await;
    let document = utoipa::openapi::OpenApiBuilder::new().build();
    let (_, api, _) = module(&place.identity).routes.into_parts("/api/v1/crm", document);
    let api = serde_json::to_value(&api).unwrap();
    let text = api.to_string();
    let schemas = api["components"]["schemas"].as_object().unwrap();
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        // The server lists `Problem`, which belongs to everybody.
        assert!(
            name == "Problem" || schemas.contains_key(name),
            "{name} is not described; there are {:?}",
            schemas.keys()
        );
    }
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(
                operation["operationId"].as_str().is_some_and(|id| id.contains('_')),
                "{method} {path}"
            );
            assert!(
                operation["responses"]["422"]["content"]["application/problem+json"].is_object(),
                "{method} {path}"
            );
        }
    }
}
