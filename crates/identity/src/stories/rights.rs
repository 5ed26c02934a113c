//! Who may do what, and who may give it.

use super::*;

#[tokio::test]
async fn the_last_administrator_stays() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let me = place.get(&ayse, "/me/").await.body["id"].as_i64().unwrap();
    let role = place.role(&ayse, "administrator").await;
    let refuse = async |path: String, change: Value, field: &str| {
        let refused = place.call(&ayse, "PATCH", &path, change).await.expect(422);
        assert!(
            refused.body["errors"][field][0].as_str().unwrap().contains("son etkin kullanıcı"),
            "{}",
            refused.body
        );
    };
    refuse(format!("/users/{me}/"), json!({"is_active": false}), "is_active").await;
    refuse(format!("/users/{me}/"), json!({"role_ids": []}), "role_ids").await;
    refuse(format!("/roles/{role}/"), json!({"grants": {"customer.read": "all"}}), "grants").await;

    let (second, _) = place.user(&ayse, "ikinci@isik.com.tr", "administrator").await;
    place
        .call(&ayse, "PATCH", &format!("/users/{second}/"), json!({"is_active": false}))
        .await
        .expect(200);
    refuse(format!("/users/{me}/"), json!({"is_active": false}), "is_active").await;
    place
        .call(&ayse, "PATCH", &format!("/users/{second}/"), json!({"is_active": true}))
        .await
        .expect(200);
    place
        .call(&ayse, "PATCH", &format!("/users/{me}/"), json!({"is_active": false}))
        .await
        .expect(200);
    place.get(&ayse, "/me/").await.expect(401);
}

#[tokio::test]
async fn every_route_refuses_nobody_and_the_unprivileged() {
    use kernel::http::Access;
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let (_, reader) = place.user(&ayse, "deniz@isik.com.tr", "read_only").await;
    assert!(place.table.len() > 25);
    for route in place.table.clone() {
        let path = route.path.strip_prefix("/api/v1/crm").unwrap().replace("{id}", "1");
        let anonymous = place.call(&Caller::default(), &route.method, &path, Value::Null).await.status;
        match route.access {
            Access::Public => assert!(
                ["/setup/", "/session/", "/password-reset/", "/oidc/"]
                    .iter()
                    .any(|open| path.starts_with(open)),
                "{path} is open to everybody"
            ),
            Access::Unready | Access::SignedIn => assert_eq!(anonymous, 401, "{} {path}", route.method),
            Access::Needs(_) => {
                assert_eq!(anonymous, 401, "{} {path}", route.method);
                place.call(&reader, &route.method, &path, json!({})).await.expect(403);
            }
        }
    }
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let clerk = json!({"name": "Personel", "grants": {"user.manage": "all", "customer.read": "all"}});
    let clerk_role = place.call(&ayse, "POST", "/roles/", clerk).await.expect(201);
    assert_eq!(clerk_role.body["code"], "personel");
    let (me, clerk) = place.user(&ayse, "personel@isik.com.tr", "personel").await;
    let administrator = place.role(&ayse, "administrator").await;
    let boss = place.get(&ayse, "/me/").await.body["id"].as_i64().unwrap();
    place
        .call(&clerk, "PATCH", &format!("/users/{me}/"), json!({"role_ids": [administrator]}))
        .await
        .expect(422);
    let form = json!({"email": "x@isik.com.tr", "name": "X", "role_ids": [administrator]});
    place.call(&clerk, "POST", "/users/", form).await.expect(422);
    place
        .call(
            &clerk,
            "PATCH",
            &format!("/users/{boss}/"),
            json!({"password": "benim parolam olsun"}),
        )
        .await
        .expect(403);
    let form = json!({"email": "x@isik.com.tr", "name": "X", "role_ids": [place.role(&ayse, "read_only").await]});
    place.call(&clerk, "POST", "/users/", form).await.expect(201);
    place
        .call(&clerk, "POST", "/roles/", json!({"name": "Gizli", "grants": {"*": "all"}}))
        .await
        .expect(403);
}

#[tokio::test]
async fn a_change_of_a_role_or_team_holds_at_the_next_request() {
    let place = Place::new().await;
    let ayse = place.set_up().await;
    let (id, rep) = place.user(&ayse, "deniz@isik.com.tr", "sales_rep").await;
    assert_eq!(place.get(&rep, "/me/").await.body["permissions"]["customer.read"], "own");
    let role = place.role(&ayse, "sales_rep").await;
    let refused = place
        .call(
            &ayse,
            "PATCH",
            &format!("/roles/{role}/"),
            json!({"grants": {"tag.manage": "own", "customer.raed": "all"}}),
        )
        .await
        .expect(422);
    assert_eq!(refused.body["errors"].as_object().unwrap().len(), 2);
    place
        .call(
            &ayse,
            "PATCH",
            &format!("/roles/{role}/"),
            json!({"grants": {"customer.read": "team"}}),
        )
        .await
        .expect(200);
    let me = place.get(&rep, "/me/").await.body;
    assert_eq!(me["permissions"], json!({"customer.read": "team"}));
    let ctx = place.ctx.clone();
    let team = place
        .ctx
        .db
        .write(async |tx| teams::create(tx, &ctx, teams::NewTeam::named("Marmara")).await)
        .await
        .unwrap();
    place
        .call(&ayse, "PATCH", &format!("/users/{id}/"), json!({"team_id": team}))
        .await
        .expect(200);
    assert_eq!(place.get(&rep, "/me/").await.body["team"]["name"], "Marmara");
    place
        .call(&ayse, "DELETE", &format!("/roles/{role}/"), Value::Null)
        .await
        .expect(409);
    let own = place
        .call(&ayse, "POST", "/roles/", json!({"name": "Geçici", "grants": {}}))
        .await
        .expect(201)
        .id();
    place
        .call(&ayse, "DELETE", &format!("/roles/{own}/"), Value::Null)
        .await
        .expect(204);
    let all = place.get(&rep, "/roles/permissions/").await.expect(200).body;
    assert!(
        all.as_array()
            .unwrap()
            .iter()
            .any(|permission| permission["name"] == "customer.read" && permission["label_tr"] == "Müşterileri görmek")
    );
}

#[tokio::test]
async fn the_scope_of_a_permission_narrows_the_rows() {
    use kernel::actor::{Actor, Limits, Scope, Via};
    use kernel::ids::UserId;
    use sea_query::SqliteQueryBuilder;
    let place = Place::new().await;
    let sql = |scope: Option<Scope>, teams: &[i64], has_shares: bool| -> kernel::error::Result<String> {
        let grants = scope.map(|scope| ("customer.read".to_owned(), scope)).into_iter().collect();
        let actor = Actor {
            user_id: Some(UserId(7)),
            grants,
            limits: Limits {
                teams: teams.iter().copied().take(1).collect(),
                teams_below: teams.to_vec(),
                has_shares,
                ..Limits::default()
            },
            via: Via::Session { id: 1 },
            ..Actor::nobody()
        };
        let ctx = Ctx {
            actor: Arc::new(actor),
            ..place.ctx.clone()
        };
        let condition = {
            let owned = crate::scope::Owned {
                attended: None,
                entity: "customer",
                table: "c",
            };
            crate::scope::condition(&ctx, CUSTOMER_READ, owned, None)?
        };
        let mut query = Query::select();
        query.expr(sea_query::Expr::val(1)).from(Alias::new("c")).cond_where(condition);
        Ok(query.to_string(SqliteQueryBuilder))
    };
    assert_eq!(sql(Some(Scope::All), &[], true).unwrap(), r#"SELECT 1 FROM "c" WHERE TRUE"#);
    assert_eq!(
        sql(Some(Scope::Own), &[3], false).unwrap(),
        r#"SELECT 1 FROM "c" WHERE "c"."owner_id" = 7"#
    );
    assert_eq!(
        sql(Some(Scope::Team), &[], false).unwrap(),
        r#"SELECT 1 FROM "c" WHERE "c"."owner_id" = 7"#
    );
    assert_eq!(
        sql(Some(Scope::Team), &[3, 4], false).unwrap(),
        r#"SELECT 1 FROM "c" WHERE "c"."owner_id" = 7 OR "c"."team_id" = 3"#
    );
    assert_eq!(
        sql(Some(Scope::Below), &[3, 4], false).unwrap(),
        r#"SELECT 1 FROM "c" WHERE "c"."owner_id" = 7 OR "c"."team_id" IN (3, 4)"#
    );
    assert!(
        sql(Some(Scope::Own), &[], true)
            .unwrap()
            .contains(r#"OR "c"."id" IN (SELECT "record_id" FROM "record_shares""#)
    );
    assert!(sql(None, &[], true).is_err());
}
