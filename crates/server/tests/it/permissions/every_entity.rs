//! Lists, counts, sums, files and searches of every entity against the rules read one by one, for whatever chance makes up.

use std::collections::BTreeSet;
use std::sync::Arc;

use identity::scope;
use identity::shares::{self, NewShare, Share};
use kernel::actor::{Permission, Via};
use kernel::ctx::Ctx;
use kernel::ids::UserId;
use records::{Entity, Record, custom, field_rules, read, schema};
use serde_json::{Value, json};
use testkit::dice::Dice;
use testkit::{Client, TestApp, company, story};

use super::team;

/// An entity with what chance needs to know of it.
struct Kind {
    entity: &'static Entity,
    /// Conditions of a rule.
    leaves: fn() -> Vec<Value>,
    /// A record with this number.
    input: fn(&mut Dice, i64, i64) -> Value,
    /// A sum that is of no money, not by currency, or all in one.
    summed: &'static str,
}

fn any_lead(dice: &mut Dice, n: i64, _: i64) -> Value {
    json!({
        "first_name": format!("Kayıt {n}"), "last_name": "Aday", "email": format!("{}{n}@aday.example", dice.one_of(&["alfa", "beta"])),
        "city": dice.one_of(&["İstanbul", "ANKARA", "İzmir", ""]), "source": dice.one_of(&["referral", "web_form", "trade_show"]),
        "budget": dice.one_of(&[json!("500.00"), json!("499.99"), Value::Null]), "industry": dice.one_of(&["Gıda", ""]),
    })
}

fn any_opportunity(dice: &mut Dice, n: i64, customer: i64) -> Value {
    json!({
        "name": format!("Kayıt {n} {}", dice.one_of(&["alfa", "beta"])), "customer": customer,
        "expected_close_date": dice.one_of(&["2026-06-30", "2026-09-30"]), "amount": dice.one_of(&["500.00", "499.99", "0.01"]),
        "stage": dice.one_of(&["prospecting", "qualification"]), "competitor": dice.one_of(&["Öteki A.Ş.", ""]),
    })
}

/// Those who are asked to take part are among the users of [`people`]: the administrator is the first there is.
fn any_activity(dice: &mut Dice, n: i64, _: i64) -> Value {
    let mut attendees: Vec<i64> = (0..dice.below(3)).map(|_| 2 + dice.below(8) as i64).collect();
    attendees.sort_unstable();
    attendees.dedup();
    json!({
        "subject": format!("Kayıt {n} {}", dice.one_of(&["alfa", "beta"])), "due_date": dice.one_of(&["2026-03-20T09:00:00Z", "2026-04-20T09:00:00Z"]),
        "activity_type": dice.one_of(&["phone_call", "meeting", "task"]), "priority": dice.one_of(&["normal", "urgent"]), "duration": 30,
        "location": dice.one_of(&["Gebze", ""]), "attendees": attendees,
    })
}

fn any_communication(dice: &mut Dice, n: i64, customer: i64) -> Value {
    json!({
        "subject": format!("Kayıt {n} {}", dice.one_of(&["alfa", "beta"])), "customer": customer, "duration": 10,
        "communication_type": dice.one_of(&["email", "sms", "social"]), "direction": dice.one_of(&["inbound", "outbound"]),
        "sender": dice.one_of(&["Ayşe", ""]), "tags": dice.one_of(&[json!([]), json!(["Şikâyet"])]),
    })
}

fn kinds() -> [Kind; 4] {
    [
        Kind {
            entity: &sales::leads::LEAD,
            leaves: || {
                vec![
                    json!({ "field": "city", "op": "in", "value": ["istanbul", "Ankara"] }),
                    json!({ "field": "industry", "op": "is_set" }),
                    json!({ "field": "email", "op": "contains", "value": "alfa" }),
                    json!({ "field": "budget", "op": "gte", "value": "500" }),
                    json!({ "field": "custom.puan", "op": "lt", "value": 5 }),
                    json!({ "field": "assigned_to", "op": "is_empty" }),
                    json!({ "field": "source", "op": "eq", "value": "referral" }),
                ]
            },
            input: any_lead,
            summed: "budget",
        },
        Kind {
            entity: &sales::opportunities::OPPORTUNITY,
            leaves: || {
                vec![
                    json!({ "field": "name", "op": "contains", "value": "ALFA" }),
                    json!({ "field": "competitor", "op": "is_set" }),
                    json!({ "field": "stage", "op": "eq", "value": "qualification" }),
                    json!({ "field": "amount", "op": "gte", "value": "500" }),
                    json!({ "field": "custom.puan", "op": "lt", "value": 5 }),
                    json!({ "field": "sales_rep", "op": "is_empty" }),
                    json!({ "field": "expected_close_date", "op": "lt", "value": "2026-07-01" }),
                ]
            },
            input: any_opportunity,
            summed: "amount_base",
        },
        Kind {
            entity: &engagement::activities::ACTIVITY,
            leaves: || {
                vec![
                    json!({ "field": "subject", "op": "contains", "value": "ALFA" }),
                    json!({ "field": "location", "op": "is_set" }),
                    json!({ "field": "activity_type", "op": "eq", "value": "meeting" }),
                    json!({ "field": "priority", "op": "eq", "value": "urgent" }),
                    json!({ "field": "custom.puan", "op": "lt", "value": 5 }),
                    json!({ "field": "assigned_to", "op": "is_empty" }),
                    json!({ "field": "due_date", "op": "lt", "value": "2026-04-01T00:00:00Z" }),
                ]
            },
            input: any_activity,
            summed: "duration",
        },
        Kind {
            entity: &engagement::communications::COMMUNICATION,
            leaves: || {
                vec![
                    json!({ "field": "subject", "op": "contains", "value": "ALFA" }),
                    json!({ "field": "sender", "op": "is_set" }),
                    json!({ "field": "communication_type", "op": "eq", "value": "sms" }),
                    json!({ "field": "tags", "op": "contains", "value": "sikayet" }),
                    json!({ "field": "custom.puan", "op": "lt", "value": 5 }),
                    json!({ "field": "owner_id", "op": "is_empty" }),
                    json!({ "field": "direction", "op": "eq", "value": "inbound" }),
                ]
            },
            input: any_communication,
            summed: "duration",
        },
    ]
}

/// Any rule somebody might write.
fn any_rule(dice: &mut Dice, kind: &Kind) -> Value {
    let leaves = (kind.leaves)();
    let leaf = |dice: &mut Dice| dice.one_of(&leaves).clone();
    match dice.below(4) {
        0 => json!({ "not": leaf(dice) }),
        1 => json!({ "any": [leaf(dice), leaf(dice)] }),
        2 => json!({ "all": [leaf(dice), { "not": leaf(dice) }] }),
        _ => leaf(dice),
    }
}

/// A record with everything that decides who reaches it.
struct Known {
    record: Record,
    shares: Vec<Share>,
}

impl Known {
    /// The rules, read one by one in memory.
    fn allows(&self, ctx: &Ctx, permission: Permission, schema: &criteria::Schema) -> bool {
        scope::covers(ctx, permission, self.record.entity.owned(), schema, &self.record)
            || shares::give(&ctx.actor, permission, &self.shares)
            || self.is_attended(ctx, permission)
    }

    /// Whoever takes part may read.
    fn is_attended(&self, ctx: &Ctx, permission: Permission) -> bool {
        let attendees = self.record.cell("attendees").ids();
        let takes_part = ctx.actor.user_id.is_some_and(|me| attendees.contains(&me.0));
        permission == self.record.entity.permissions.read && ctx.actor.may(permission) && takes_part
    }
}

async fn ids(client: &Client, path: &str) -> BTreeSet<i64> {
    let list = client.get(path).await.expect(200).json();
    let rows = list["results"].as_array().expect("results");
    assert_eq!(list["count"].as_i64(), Some(rows.len() as i64), "what is counted is what is shown");
    rows.iter().filter_map(|row| row["id"].as_i64()).collect()
}

/// What tells its records from each other in a file.
fn told_by(entity: &Entity) -> &'static str {
    entity.number.map_or(entity.called, |number| number.field)
}

/// A money as the API shows it, in minor units.
fn minor(value: &Value) -> i64 {
    let text = value.as_str().unwrap_or("0");
    // What is no money is told without decimals.
    text.parse()
        .unwrap_or_else(|_| kernel::money::from_decimal(text).expect("a decimal"))
}

/// Roles, teams and users as chance has it; what they may is about the one entity.
async fn people(app: &TestApp, dice: &mut Dice, kind: &Kind) -> (Vec<i64>, Vec<(Client, i64)>) {
    let (admin, name) = (app.admin().await, kind.entity.name);
    let field = json!({ "entity": name, "key": "puan", "label_tr": "Puan", "label_en": "Points", "kind": "number" });
    admin.post("custom-fields/", field).await.expect(201);
    let mut teams: Vec<i64> = Vec::new();
    for n in 0..6 {
        let parent = (n > 1 && dice.below(4) > 0).then(|| *dice.one_of(&teams));
        teams.push(team(&admin, &format!("Ekip {n}"), parent, None).await);
    }
    let mut roles = Vec::new();
    for n in 0..6 {
        let mut any_scope = || *dice.one_of(&["own", "team", "below", "all"]);
        let mut grants = json!({ format!("{name}.read"): any_scope(), format!("{name}.write"): any_scope() });
        let export = any_scope();
        if dice.below(2) == 0 {
            grants[format!("{name}.export")] = json!(export);
        }
        if dice.below(6) == 0 {
            grants = json!({ "customer.read": "all" });
        }
        let mut role = json!({ "name": format!("Rol {n}"), "grants": grants });
        if dice.below(2) == 0 {
            role["rows"] = json!({ name: any_rule(dice, kind) });
        }
        // Of several roles the one that shows it wins.
        if dice.below(2) == 0 {
            role["fields"] = json!({ name: { kind.summed.trim_end_matches("_base"): "hidden" } });
        }
        roles.push(admin.post("roles/", role).await.expect(201).id());
    }
    let mut users = Vec::new();
    for n in 0..8 {
        let (client, id) = app.user(&format!("Kişi {n}"), "read_only", None).await;
        let mut held: Vec<i64> = (0..1 + dice.below(3)).map(|_| *dice.one_of(&roles)).collect();
        held.sort_unstable();
        held.dedup();
        let team = (dice.below(4) > 0).then(|| *dice.one_of(&teams));
        let change = json!({ "role_ids": held, "team_id": team });
        admin.patch(&format!("users/{id}/"), change).await.expect(200);
        users.push((client, id));
    }
    for team in &teams {
        if dice.below(3) == 0 {
            let manager = dice.one_of(&users).1;
            let change = json!({ "manager_id": manager });
            admin.patch(&format!("teams/{team}/"), change).await.expect(200);
        }
    }
    (teams, users)
}

/// Records that belong to whomever, some shared, one deleted; those that are there.
async fn some(app: &TestApp, dice: &mut Dice, kind: &Kind, teams: &[i64], users: &[(Client, i64)]) -> Vec<Known> {
    let (admin, entity) = (app.admin().await, kind.entity);
    let customer = admin.post("customers/", company("Nar Gıda")).await.expect(201).id();
    let mut ids = Vec::new();
    for n in 0..40 {
        let mut input = (kind.input)(dice, n, customer);
        input["custom"] = dice.one_of(&[json!({ "puan": 3 }), json!({ "puan": 5 }), json!({})]).clone();
        let id = admin.post(&format!("{}/", entity.plural), input).await.expect(201).id();
        let owner = (dice.below(2) == 0).then(|| dice.one_of(users).1);
        let team = (dice.below(3) > 0).then(|| *dice.one_of(teams));
        let given = json!({ entity.owner: owner, entity.team: team });
        admin.patch(&format!("{}/{id}/", entity.plural), given).await.expect(200);
        ids.push(id);
    }
    for _ in 0..10 {
        let level = *dice.one_of(&["read", "write"]);
        let share = match dice.below(2) {
            0 => json!({ "user_id": dice.one_of(users).1, "level": level }),
            _ => json!({ "team_id": dice.one_of(teams), "level": level }),
        };
        let (share, id): (NewShare, i64) = (serde_json::from_value(share).expect("a share"), *dice.one_of(&ids));
        let ctx = &app.ctx;
        ctx.db
            .write(async |tx| shares::put(tx, ctx, entity.name, id, share).await)
            .await
            .expect("shared");
    }
    let gone = ids.pop().expect("one");
    admin.delete(&format!("{}/{gone}/", entity.plural)).await.expect(200);
    let definitions = custom::definitions(&app.ctx, entity.name).await.expect("definitions");
    let load = async |tx: &mut kernel::db::Tx| read::load(tx, entity, &ids, None, &definitions).await;
    let mut known = Vec::new();
    for record in app.db().write(load).await.expect("records") {
        let shares = shares::of(app.db(), entity.name, record.id).await.expect("shares");
        known.push(Known { record, shares });
    }
    assert_eq!(known.len(), 39);
    known
}

/// Holds everything that tells of records against the rules, for one user.
async fn check(app: &TestApp, kind: &Kind, known: &[Known], schema: &criteria::Schema, client: &Client, id: i64) -> usize {
    let entity = kind.entity;
    let actor = app.product.identity.actor_of(UserId(id), Via::Session { id: 0 }).await;
    let ctx = Ctx {
        actor: Arc::new(actor.expect("a user")),
        ..app.ctx.clone()
    };
    let kind_summed = kind.summed;
    let path = |end: &str| format!("{}/{end}", entity.plural);
    let totals = json!({ "totals": [{ "field": kind.summed, "function": "sum" }] });
    if !ctx.actor.may(entity.permissions.read) {
        client.get(&path("")).await.expect(403);
        client.post(&path("totals/"), totals).await.expect(403);
        assert!(ids(client, "search/?search=kay%C4%B1t").await.is_empty());
        assert!(ids(client, "views/").await.is_empty());
        return 0;
    }
    let ctx = &ctx;
    let allowed = |permission| known.iter().filter(move |known| known.allows(ctx, permission, schema));
    let said: BTreeSet<i64> = allowed(entity.permissions.read).map(|known| known.record.id).collect();
    let who = format!("user {id}, {entity:?}: {:?}", ctx.actor.limits);
    assert_eq!(ids(client, &path("?page_size=200")).await, said, "{who}");
    assert_eq!(
        ids(
            client,
            &path(&format!("?page_size=200&search=kay%C4%B1t&ordering={}", entity.called))
        )
        .await,
        said,
        "{who}"
    );
    let exactly = format!("search/?entity={}&search=kay%C4%B1t", entity.name);
    let newest: BTreeSet<i64> = said.iter().rev().take(10).copied().collect();
    assert_eq!(ids(client, &exactly).await, newest, "{who}");
    assert_eq!(ids(client, "views/").await.len(), 1, "{who}");

    let sum: i64 = allowed(entity.permissions.read)
        .filter_map(|known| known.record.cell(kind.summed).int())
        .sum();
    let sum = (!field_rules::hidden(entity, &ctx.actor).contains(kind.summed)).then_some(sum);
    if let Some(sum) = sum {
        let told = client.post(&path("totals/"), totals).await.expect(200).json();
        assert_eq!(told["count"].as_i64(), Some(said.len() as i64), "{who}");
        let total = &told["totals"][0];
        let shown = if total["by_currency"].is_array() {
            &total["by_currency"][0]["value"]
        } else {
            &total["value"]
        };
        assert_eq!(minor(shown), sum, "{who}: {told}");
    } else {
        client.post(&path("totals/"), totals).await.expect(422);
    }
    if entity.name == "opportunity" {
        let amount = |amount: &Value| amount.is_string().then(|| minor(amount));
        let board = client.get("opportunities/board/").await.expect(200).json();
        let figures = (board["total"]["count"].as_i64(), amount(&board["total"]["amount"]));
        assert_eq!(figures, (Some(said.len() as i64), sum), "{who}");
        let cards = board["columns"]
            .as_array()
            .expect("columns")
            .iter()
            .flat_map(|column| column["cards"].as_array().expect("cards"));
        assert!(cards.filter_map(|card| card["id"].as_i64()).all(|id| said.contains(&id)), "{who}");
        let pipeline = client.get("pipeline/").await.expect(200).json();
        let figures = (pipeline["open"]["count"].as_i64(), amount(&pipeline["open"]["amount"]));
        assert_eq!(figures, (Some(said.len() as i64), sum), "{who}");
        let forecast = client
            .get("forecast/?from=2026-04-01&to=2026-12-31&period=quarter")
            .await
            .expect(200)
            .json();
        let periods = forecast["periods"].as_array().expect("periods").iter();
        let lines: Vec<&Value> = periods.flat_map(|period| period["lines"].as_array().expect("lines")).collect();
        for kind in ["total", "user"] {
            let of_kind = |line: &&&Value| line["kind"] == kind;
            let categories = lines.iter().filter(of_kind).flat_map(|line| {
                ["closed", "commit", "best_case", "pipeline"]
                    .iter()
                    .map(|name| &line["categories"][name])
            });
            let told: Vec<(i64, Option<i64>)> = categories
                .map(|figures| (figures["count"].as_i64().expect("a count"), amount(&figures["amount"])))
                .collect();
            let is_meant = |known: &&Known| kind == "total" || known.record.cell(entity.owner).int().is_some();
            let meant = || {
                allowed(entity.permissions.read)
                    .filter(is_meant)
                    .map(|known| known.record.cell(kind_summed).int())
            };
            assert_eq!(
                told.iter().map(|(count, _)| *count).sum::<i64>(),
                meant().count() as i64,
                "{who}: {kind}"
            );
            assert!(told.iter().all(|(_, amount)| amount.is_some() == sum.is_some()), "{who}: {kind}");
            if sum.is_some() {
                let all: i64 = told.iter().filter_map(|(_, amount)| *amount).sum();
                assert_eq!(all, meant().flatten().sum::<i64>(), "{who}: {kind}");
            }
        }
        let has_money = |line: &&Value| !line["simulation"].is_null() || line["cumulative"]["pipeline"].is_string();
        assert_eq!(lines.iter().any(has_money), sum.is_some(), "{who}");
    }

    let file = client
        .get(&path(&format!("export/?headers=names&fields={}", told_by(entity))))
        .await;
    if ctx.actor.may(entity.permissions.export) {
        let taken: BTreeSet<String> = file.expect(200).text().lines().skip(1).map(str::to_owned).collect();
        let number = told_by(entity);
        let may: BTreeSet<String> = allowed(entity.permissions.export)
            .filter(|known| said.contains(&known.record.id))
            .map(|known| known.record.cell(number).text().to_owned())
            .collect();
        assert_eq!(taken, may, "{who}");
    } else {
        file.expect(403);
    }
    for known in known.iter().step_by(7) {
        let one = path(&format!("{}/", known.record.id));
        let reads = said.contains(&known.record.id);
        assert_eq!(
            client.get(&one).await.status.as_u16(),
            if reads { 200 } else { 404 },
            "{who}, {one}"
        );
        let kept = client.put(&format!("{one}favourite/"), json!({})).await.status.as_u16();
        assert_eq!(kept, if reads { 204 } else { 404 }, "{who}, {one}");
        let written = client.patch(&one, json!({})).await.status.as_u16();
        assert_eq!(
            written == 200,
            known.allows(ctx, entity.permissions.write, schema),
            "{who}, {one}: {written}"
        );
    }
    said.len()
}

async fn everything_is_what_the_rules_say(app: &TestApp, kind: &Kind) {
    let mut dice = Dice::new(kind.entity.name);
    let (teams, users) = people(app, &mut dice, kind).await;
    let known = some(app, &mut dice, kind, &teams, &users).await;
    let view = json!({ "entity": kind.entity.name, "name": "Hepsi", "sharing": "everyone" });
    app.admin().await.post("views/", view).await.expect(201);
    let definitions = custom::definitions(&app.ctx, kind.entity.name).await.expect("definitions");
    let schema = schema::whole(kind.entity, &definitions);
    let mut seen = Vec::new();
    for (client, id) in &users {
        seen.push(check(app, kind, &known, &schema, client, *id).await);
    }
    // Chance made a difference: somebody sees something, and not everybody the same.
    assert!(seen.iter().any(|count| *count > 0 && *count < known.len()), "{seen:?}");
}

story!(leads_are_what_the_rules_say, |app| {
    everything_is_what_the_rules_say(&app, &kinds()[0]).await;
});

story!(opportunities_are_what_the_rules_say, |app| {
    everything_is_what_the_rules_say(&app, &kinds()[1]).await;
});

story!(activities_are_what_the_rules_say, |app| {
    everything_is_what_the_rules_say(&app, &kinds()[2]).await;
});
