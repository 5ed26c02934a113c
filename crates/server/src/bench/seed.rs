//! The organisation that is measured: three large teams and a small one, 37 users, customers spread over them, and what happened to these.

use customers::custom_fields;
use customers::customer::change;
use identity::roles::{NewRole, RoleId};
use identity::setup::{self, NewOrganisation};
use identity::users::{self, NewUser};
use identity::{roles, teams};
use kernel::actor::Scope;
use kernel::clock::DAY_US;
use kernel::ctx::{Ctx, Stamp};
use kernel::events::consumers::Turn;
use kernel::events::{NewEvent, change as pair};
use kernel::ids::{CustomerId, TeamId};
use serde_json::json;

use super::people::{draft, scattered};
use crate::app::Product;
use crate::cli::told;

const TEAMS: [&str; 3] = ["İstanbul", "Ankara", "İzmir"];
const USERS: usize = 35;
/// The first user, who manages the first team.
pub const MANAGER: &str = "olcum.0@ornek.example";
/// Manages a team that has one customer of so many.
pub const SMALL_TEAM_MANAGER: &str = "olcum.kucuk@ornek.example";
/// Sees everything.
pub const DIRECTOR: &str = "olcum.mudur@ornek.example";
const SMALL_TEAM_EVERY: u64 = 5_000;
/// Sees everybody in one city, by the rule of a role.
pub const OF_ONE_CITY: &str = "olcum.van@ornek.example";
const CHUNK: u64 = 2_000;
/// Customers and events are spread over this many days before today.
const DAYS: i64 = 3 * 365;

/// Makes organisation, users, customers and events.
pub async fn customers(product: &Product, customers: u64, events: u64) -> anyhow::Result<()> {
    let ctx = product.system().await.map_err(told)?;
    let (sellers, of_small_team) = ctx.db.write(async |tx| people(tx, &ctx).await).await.map_err(told)?;
    let ctx = product.system().await.map_err(told)?;
    let bar = super::bar("customers", customers)?;
    let definitions = custom_fields::definitions(&ctx).await.map_err(told)?;
    let chunks = customers.div_ceil(CHUNK);
    let first_us = ctx.now_us() - DAYS * DAY_US;
    // The next chunk is drafted while this one is written.
    let (sender, mut drafted) = tokio::sync::mpsc::channel(2);
    let today = ctx.today();
    tokio::task::spawn_blocking(move || {
        for chunk in 0..chunks {
            let indexes = chunk * CHUNK..(chunk * CHUNK + CHUNK).min(customers);
            let drafts: Vec<_> = indexes
                .map(|index| match index % SMALL_TEAM_EVERY {
                    0 => draft(index, today, of_small_team),
                    _ => draft(index, today, sellers[index as usize % sellers.len()]),
                })
                .collect();
            if sender.blocking_send(drafts).is_err() {
                return;
            }
        }
    });
    let mut chunk = 0;
    while let Some(drafts) = drafted.recv().await {
        let stamp = Stamp {
            at_us: first_us + DAYS * DAY_US / chunks as i64 * chunk,
            ..ctx.stamp()
        };
        let wanted = drafts.len();
        let (created, refused) = ctx
            .db
            .write(async |tx| change::create_all(tx, &ctx, &stamp, &definitions, drafts).await)
            .await
            .map_err(told)?;
        anyhow::ensure!(
            created.len() == wanted,
            "not every customer could be created: {:?}",
            refused.first()
        );
        bar.inc(wanted as u64);
        chunk += 1;
    }
    bar.finish_and_clear();
    further_events(&ctx, customers, events, first_us).await?;
    let bar = super::spinner("consumers catch up");
    for consumer in &product.consumers {
        while let Turn::Passed(_) = consumer.turn(&ctx.db, &ctx.clock, "bench").await.map_err(told)? {}
    }
    ctx.db.analyze().await.map_err(told)?;
    bar.finish_and_clear();
    Ok(())
}

/// Teams, their managers, and sellers; gives the sellers of the large teams with their teams, and the one of the small team with his.
async fn people(tx: &mut kernel::db::Tx, ctx: &Ctx) -> kernel::error::Result<(Vec<(i64, i64)>, (i64, i64))> {
    setup::organisation(tx, ctx, NewOrganisation::named("Ölçüm A.Ş.", "tr")).await?;
    let manager = roles::by_code(tx, "manager").await?;
    let seller = roles::by_code(tx, "sales_rep").await?;
    let mut team_ids: Vec<TeamId> = Vec::new();
    for name in TEAMS {
        team_ids.push(teams::create(tx, ctx, teams::NewTeam::named(name)).await?);
    }
    let mut sellers = Vec::new();
    for index in 0..USERS {
        let team = team_ids[index % TEAMS.len()];
        let role = if index < TEAMS.len() { manager } else { seller };
        let new = user(&format!("olcum.{index}@ornek.example"), &format!("Ölçüm {index}"), team, role);
        let user = users::create(tx, ctx, new).await?;
        sellers.push((user.0, team.0));
    }
    let small = teams::create(tx, ctx, teams::NewTeam::named("Bayburt")).await?;
    let of_small_team = users::create(tx, ctx, user(SMALL_TEAM_MANAGER, "Ölçüm Küçük", small, manager)).await?;
    let administrator = roles::by_code(tx, roles::ADMINISTRATOR).await?;
    users::create(tx, ctx, user(DIRECTOR, "Ölçüm Müdür", small, administrator)).await?;
    let of_one_city = NewRole {
        name: "Yalnızca Van".into(),
        grants: [("customer.read".to_owned(), Scope::All)].into_iter().collect(),
        rows: [("customer".to_owned(), json!({ "field": "city", "op": "eq", "value": "Van" }))]
            .into_iter()
            .collect(),
        ..NewRole::default()
    };
    let role = roles::create(tx, ctx, of_one_city).await?;
    users::create(tx, ctx, user(OF_ONE_CITY, "Ölçüm Van", small, role)).await?;
    Ok((sellers, (of_small_team.0, small.0)))
}

fn user(email: &str, name: &str, team: TeamId, role: RoleId) -> NewUser {
    NewUser {
        email: email.into(),
        name: name.into(),
        password: None,
        locale: None,
        team_id: Some(team),
        role_ids: vec![role],
    }
}

/// Events beside those of creation, over all customers.
async fn further_events(ctx: &Ctx, customers: u64, events: u64, first_us: i64) -> anyhow::Result<()> {
    let bar = super::bar("events", events)?;
    for from in (0..events).step_by(CHUNK as usize) {
        let stamp = Stamp {
            at_us: first_us + (DAYS * DAY_US / events.max(1) as i64) * from as i64,
            ..ctx.stamp()
        };
        let event = |index: u64| {
            let customer = 1 + scattered(index, customers) as i64;
            NewEvent::new("customer.updated", "customer", customer)
                .customer(CustomerId(customer))
                .payload(json!({ "name": "Ölçüm", "version": 2 }))
                .changes(
                    [("lead_source".to_owned(), pair(json!("store"), json!("referral")))]
                        .into_iter()
                        .collect(),
                )
        };
        let some: Vec<NewEvent> = (from..(from + CHUNK).min(events)).map(event).collect();
        bar.inc(some.len() as u64);
        ctx.db.write(async |tx| tx.emit_all(&stamp, some).await).await.map_err(told)?;
    }
    bar.finish_and_clear();
    Ok(())
}
