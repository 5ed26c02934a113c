//! Lists and pages against the rules read one by one, for whatever chance makes up.

use std::collections::BTreeSet;

use customers::customer::access::Known;
use customers::permissions::{READ, WRITE};
use kernel::actor::Via;
use kernel::ctx::Ctx;
use kernel::ids::UserId;
use serde_json::{Value, json};
use testkit::dice::Dice;
use testkit::{company, story};

use super::team;

/// Any rule somebody might write.
fn any_rule(dice: &mut Dice) -> Value {
    let leaf = |dice: &mut Dice| match dice.below(9) {
        0 => json!({ "field": "city", "op": "in", "value": ["istanbul", "Ankara"] }),
        1 => json!({ "field": "industry", "op": "is_set" }),
        2 => json!({ "field": "tags", "op": "has_any", "value": ["vip"] }),
        3 => json!({ "field": "email", "op": "contains", "value": "alfa" }),
        4 => json!({ "field": "annual_revenue", "op": "gte", "value": "500" }),
        5 => json!({ "field": "custom.puan", "op": "lt", "value": 5 }),
        6 => json!({ "field": "owner_id", "op": "is_empty" }),
        7 => json!({ "field": "consent_email", "op": "eq", "value": "granted" }),
        _ => json!({ "field": "customer_type", "op": "eq", "value": "company" }),
    };
    match dice.below(4) {
        0 => json!({ "not": leaf(dice) }),
        1 => json!({ "any": [leaf(dice), leaf(dice)] }),
        2 => json!({ "all": [leaf(dice), { "not": leaf(dice) }] }),
        _ => leaf(dice),
    }
}

// For any roles, teams, rules, shares and records: what the list finds is what the rules, read one by one in memory, say.
story!(lists_are_what_the_rules_say, |app| {
    let mut dice = Dice::new("lists_are_what_the_rules_say");
    let admin = app.admin().await;
    admin
        .post(
            "custom-fields/",
            json!({ "key": "puan", "label_tr": "Puan", "label_en": "Points", "kind": "number" }),
        )
        .await
        .expect(201);
    let mut teams: Vec<i64> = Vec::new();
    for n in 0..7 {
        let parent = if n > 1 && dice.below(4) > 0 {
            Some(*dice.one_of(&teams))
        } else {
            None
        };
        teams.push(team(&admin, &format!("Ekip {n}"), parent, None).await);
    }
    let mut roles = Vec::new();
    for n in 0..6 {
        let scope = *dice.one_of(&["own", "team", "below", "all"]);
        let write = *dice.one_of(&["own", "team", "below", "all"]);
        let mut role = json!({ "name": format!("Rol {n}"), "grants": { "customer.read": scope, "customer.write": write } });
        if dice.below(5) == 0 {
            role["grants"] = json!({ "customer.write": write });
        }
        if dice.below(2) == 0 {
            role["rows"] = json!({ "customer": any_rule(&mut dice) });
        }
        roles.push(admin.post("roles/", role).await.expect(201).id());
    }
    let mut users = Vec::new();
    for n in 0..8 {
        let (client, id) = app.user(&format!("Kişi {n}"), "read_only", None).await;
        let mut held: Vec<i64> = (0..1 + dice.below(3)).map(|_| *dice.one_of(&roles)).collect();
        held.dedup();
        let team = if dice.below(4) > 0 { Some(*dice.one_of(&teams)) } else { None };
        admin
            .patch(&format!("users/{id}/"), json!({ "role_ids": held, "team_id": team }))
            .await
            .expect(200);
        users.push((client, id));
    }
    for team in &teams {
        if dice.below(3) == 0 {
            let (_, manager) = dice.one_of(&users);
            admin
                .patch(&format!("teams/{team}/"), json!({ "manager_id": manager }))
                .await
                .expect(200);
        }
    }
    let mut customers = Vec::new();
    for n in 0..60 {
        let mut input = company(&format!("Müşteri {n}"));
        if dice.below(3) == 0 {
            input = json!({ "first_name": "Kişi", "last_name": format!("No{n}") });
        }
        input["city"] = (*dice.one_of(&["İstanbul", "ANKARA", "İzmir", ""])).into();
        input["industry"] = (*dice.one_of(&["Gıda", ""])).into();
        input["tags"] = dice.one_of(&[json!(["VIP"]), json!(["fuar"]), json!([])]).clone();
        input["primary_email"] = dice
            .one_of(&[json!(format!("a{n}@alfa.example")), json!(format!("b{n}@beta.example")), json!("")])
            .clone();
        input["annual_revenue"] = dice.one_of(&[json!("500.00"), json!("499.99"), Value::Null]).clone();
        input["custom"] = dice.one_of(&[json!({ "puan": 3 }), json!({ "puan": 5 }), json!({})]).clone();
        input["owner_id"] = if dice.below(2) == 0 {
            json!(dice.one_of(&users).1)
        } else {
            Value::Null
        };
        input["team_id"] = if dice.below(3) > 0 || input["owner_id"].is_null() {
            json!(dice.one_of(&teams))
        } else {
            Value::Null
        };
        let id = admin.post("customers/", input).await.expect(201).id();
        if dice.below(3) == 0 {
            let status = *dice.one_of(&["granted", "denied"]);
            let said = json!({ "channel": "email", "purpose": "marketing", "status": status, "source": "web_form" });
            let answer = admin.post(&format!("customers/{id}/consents/"), said).await;
            assert!(answer.status.is_success(), "{}", answer.text());
        }
        customers.push(id);
    }
    for _ in 0..12 {
        let mut share = json!({ "level": dice.one_of(&["read", "write"]) });
        match dice.below(2) {
            0 => share["user_id"] = json!(dice.one_of(&users).1),
            _ => share["team_id"] = json!(dice.one_of(&teams)),
        }
        admin
            .post(&format!("customers/{}/shares/", dice.one_of(&customers)), share)
            .await
            .expect(201);
    }
    admin
        .delete(&format!("customers/{}/", customers.pop().expect("one")))
        .await
        .expect(200);

    let mut known = Vec::new();
    for id in &customers {
        known.push(Known::load(&app.ctx, *id).await.expect("a customer"));
    }
    let mut seen_by_somebody = 0;
    for (client, id) in &users {
        let actor = app
            .product
            .identity
            .actor_of(UserId(*id), Via::Session { id: 0 })
            .await
            .expect("a user");
        let ctx = Ctx {
            actor: std::sync::Arc::new(actor),
            ..app.ctx.clone()
        };
        if !ctx.actor.may(READ) {
            client.get("customers/").await.expect(403);
            continue;
        }
        let said: BTreeSet<i64> = known
            .iter()
            .filter(|known| known.allows(&ctx, READ))
            .map(|known| known.customer.id)
            .collect();
        let list = client.get("customers/?page_size=200").await.expect(200).json();
        let rows = list["results"].as_array().expect("results");
        let listed: BTreeSet<i64> = rows.iter().filter_map(|row| row["id"].as_i64()).collect();
        assert_eq!(listed, said, "user {id}: {:?}", ctx.actor.limits);
        assert_eq!(list["count"].as_i64(), Some(said.len() as i64));
        seen_by_somebody += said.len();
        // And each on its own, to be read and to be written.
        for known in known.iter().skip(dice.below(10) as usize).step_by(10) {
            let path = format!("customers/{}/", known.customer.id);
            let found = client.get(&path).await.status.as_u16();
            assert_eq!(found, if known.allows(&ctx, READ) { 200 } else { 404 }, "user {id}, {path}");
            let written = client.patch(&path, json!({})).await.status.as_u16();
            assert_eq!(written == 200, known.allows(&ctx, WRITE), "user {id}, {path}: {written}");
        }
    }
    assert!(seen_by_somebody > 0, "nobody sees anything");
});
