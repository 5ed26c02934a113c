//! The demo organisation: the sales people and companies of the B2B set, and generated individuals and leads.

mod activities;
mod leads;

use std::collections::{BTreeMap, BTreeSet};

use customers::cell::Cell;
use customers::consents::{self, Channel, NewConsent, Purpose, Source, Status};
use customers::custom_fields::{self, CustomField, NewField};
use customers::customer::Customer;
use customers::customer::change;
use customers::customer::patch::Patch;
use customers::customer::read;
use customers::fields::Key;
use customers::imports;
use customers::permissions::WRITE;
use identity::password;
use identity::roles;
use identity::setup::{self, NewOrganisation};
use identity::teams;
use identity::users::{self, NewUser};
use kernel::ctx::Ctx;
use kernel::ids::{TeamId, UserId};
use kernel::operations;
use sales::pipelines;
use sales::pipelines::change::{PipelineInput, StageInput};
use sales::products::ProductInput;
use sea_query::{Expr, ExprTrait, Query};
use serde_json::json;
use turkiye::people::{self, Person};

use crate::app::Product;
use crate::cli::files::read_mapping;
use crate::cli::told;

/// Who signs in, and with what. The demo listens on this machine only.
pub const EMAIL: &str = "admin@ornek.example";
pub const PASSWORD: &str = "context7-demo";

const SALES_TEAMS: &str = include_str!("../../../examples/b2b_sales/sales_teams.csv");
const ACCOUNTS: &str = include_str!("../../../examples/b2b_sales/accounts.csv");
const ACCOUNTS_MAPPING: &str = include_str!("../../../examples/b2b_sales/accounts.mapping.json");
const SALES_PIPELINE: &str = include_str!("../../../examples/b2b_sales/sales_pipeline.csv");
const PRODUCTS: &str = include_str!("../../../examples/b2b_sales/products.csv");
const DEALS_MAPPING: &str = include_str!("../../../examples/b2b_sales/sales_pipeline.mapping.json");
const INDIVIDUALS: usize = 2_000;
const CHUNK: usize = 500;
const SEED: u64 = 7;

/// Loads it, unless there is an organisation already.
pub async fn load(product: &Product) -> anyhow::Result<()> {
    let ctx = product.system().await?;
    if !setup::is_needed(&ctx).await? {
        println!("There are users already: the demo organisation is left alone.");
        return Ok(());
    }
    let hash = password::hash(PASSWORD, EMAIL).await.map_err(told)?;
    let sellers = ctx
        .db
        .write(async |tx| {
            setup::organisation(tx, &ctx, NewOrganisation::named("Örnek Ticaret A.Ş.", "tr")).await?;
            setup::administrator(tx, &ctx, EMAIL, "Deniz Yönetici", hash.clone(), "tr").await?;
            sales_people(tx, &ctx, &hash).await
        })
        .await
        .map_err(told)?;
    // From here on with the organisation's own settings.
    let ctx = product.system().await?;
    println!("{} sales people in their regional offices", sellers.len());
    let companies = companies(product, &ctx).await?;
    give_to_sellers(&ctx, &sellers).await.map_err(told)?;
    println!("{companies} companies, imported from the B2B set");
    let deals = deals(product, &ctx).await?;
    println!("{deals} deals, imported from the B2B set");
    let individuals = individuals(&ctx, &sellers).await.map_err(told)?;
    println!("{individuals} individuals");
    let teams = sellers.iter().map(|seller| seller.team.0).collect::<BTreeSet<i64>>();
    let leads = leads::load(&ctx, teams.into_iter().collect()).await.map_err(told)?;
    println!("{leads} leads");
    let admin = administrator(&ctx).await.map_err(told)?;
    let (planned, written) = activities::load(&ctx, admin).await.map_err(told)?;
    println!("{planned} activities, {written} communications beside those that follow from them");
    println!("\nSign in as {EMAIL} with the password {PASSWORD}");
    Ok(())
}

/// Imports the companies of the B2B set as anybody would: by the mapping that lies beside the file.
/// The id of who signs in.
async fn administrator(ctx: &Ctx) -> kernel::error::Result<i64> {
    let query = Query::select()
        .column("id")
        .from("users")
        .and_where(Expr::col("email").eq(EMAIL))
        .to_owned();
    Ok(ctx.db.one::<(i64,)>(&query).await?.0)
}

async fn companies(product: &Product, ctx: &Ctx) -> anyhow::Result<i64> {
    let number = |key: &str, label_tr: &str, label_en: &str| CustomField {
        entity: "customer".into(),
        key: key.into(),
        label_tr: label_tr.into(),
        label_en: label_en.into(),
        kind: "number".into(),
        ..CustomField::default()
    };
    let fields = [
        number("employees", "Çalışan sayısı", "Employees"),
        number("year_established", "Kuruluş yılı", "Year established"),
    ];
    ctx.db
        .write(async |tx| {
            for custom in fields {
                custom_fields::create(tx, ctx, NewField { custom, position: None }).await?;
            }
            Ok(())
        })
        .await
        .map_err(told)?;
    let file = product.app.data_dir.join("b2b_accounts.csv");
    std::fs::write(&file, ACCOUNTS)?;
    let import = imports::run_file(ctx, &file.canonicalize()?, read_mapping(ACCOUNTS_MAPPING)?, |_| {})
        .await
        .map_err(told)?;
    std::fs::remove_file(&file)?;
    anyhow::ensure!(import.figures.written.wrong == 0, "rows of the B2B set were refused");
    Ok(import.figures.written.created)
}

/// Imports the deals of the B2B set as anybody would, into a pipeline with the stages of the set. Open deals without a company belong to a
/// customer who stands for whoever has no name yet.
async fn deals(product: &Product, ctx: &Ctx) -> anyhow::Result<i64> {
    let mut products = Vec::new();
    for line in PRODUCTS.lines().skip(1) {
        if let [name, series, price] = line.split(',').collect::<Vec<_>>()[..] {
            products.push(ProductInput {
                code: Some(name.to_uppercase().replace(' ', "-")),
                name: Some(name.to_owned()),
                series: Some(series.to_owned()),
                price: Some(price.into()),
                ..ProductInput::default()
            });
        }
    }
    let definitions = custom_fields::definitions(ctx).await.map_err(told)?;
    ctx.db
        .write(async |tx| {
            for new in products {
                sales::products::create(tx, ctx, &ctx.stamp(), &new).await?;
            }
            let mut unnamed = Customer::default();
            unnamed.set(Key::CustomerType, Cell::from("company"));
            unnamed.set(Key::CompanyName, Cell::from("Henüz adı bilinmeyen aday"));
            change::create_all(tx, ctx, &ctx.stamp(), &definitions, vec![unnamed]).await?;
            Ok(())
        })
        .await
        .map_err(told)?;
    stages(ctx).await.map_err(told)?;
    let file = product.app.data_dir.join("b2b_sales_pipeline.csv");
    std::fs::write(&file, SALES_PIPELINE)?;
    let import = imports::run_file(ctx, &file.canonicalize()?, read_mapping(DEALS_MAPPING)?, |_| {})
        .await
        .map_err(told)?;
    std::fs::remove_file(&file)?;
    anyhow::ensure!(import.figures.written.wrong == 0, "rows of the B2B set were refused");
    Ok(import.figures.written.created)
}

/// The pipeline of the set: prospecting, engaging, won, lost; nothing is asked for on entering a stage.
async fn stages(ctx: &Ctx) -> kernel::error::Result<()> {
    let new = PipelineInput {
        name: Some("B2B satış".into()),
        is_default: Some(true),
        ..PipelineInput::default()
    };
    let id = ctx
        .db
        .write(async |tx| pipelines::change::create(tx, ctx, &ctx.stamp(), &new).await)
        .await?;
    let pipelines = pipelines::all(ctx).await?;
    let engaging = StageInput {
        key: Some("engaging".into()),
        name_tr: Some("Görüşülüyor".into()),
        name_en: Some("Engaging".into()),
        probability: Some("50".into()),
        category: Some("best_case".into()),
        ..StageInput::default()
    };
    let free = StageInput {
        required_fields: Some(Vec::new()),
        ..StageInput::default()
    };
    ctx.db
        .write(async |tx| {
            for stage in pipelines.get(id).into_iter().flat_map(|pipeline| &pipeline.stages) {
                match stage.key.as_str() {
                    "prospecting" => {}
                    "won" | "lost" => pipelines::change::update_stage(tx, ctx, &ctx.stamp(), (id, stage.id), &free)
                        .await
                        .map(|_| ())?,
                    _ => pipelines::change::delete_stage(tx, ctx, &ctx.stamp(), (id, stage.id), None).await?,
                }
            }
            pipelines::change::add_stage(tx, ctx, &ctx.stamp(), id, &engaging).await
        })
        .await
}

/// Gives each company to the agent with most of its deals.
async fn give_to_sellers(ctx: &Ctx, sellers: &[Seller]) -> kernel::error::Result<()> {
    let mut deals: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for line in SALES_PIPELINE.lines().skip(1) {
        let columns: Vec<&str> = line.split(',').collect();
        if let [_, agent, _, account, ..] = columns[..] {
            *deals.entry((account, agent)).or_default() += 1;
        }
    }
    let mut best: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for ((account, agent), count) in deals {
        let known = best.entry(account).or_default();
        if count > known.0 {
            *known = (count, agent);
        }
    }
    let definitions = custom_fields::definitions(ctx).await?;
    let companies = Query::select()
        .column("id")
        .from("customers")
        .and_where(Expr::col("customer_type").eq("company"))
        .to_owned();
    let give = |customer: &mut Customer| {
        let agent = best.get(customer[Key::CompanyName].text()).map(|(_, agent)| *agent);
        if let Some(seller) = sellers.iter().find(|seller| Some(seller.name.as_str()) == agent) {
            customer.set(Key::Owner, Cell::Int(seller.user.0));
            customer.set(Key::Team, Cell::Int(seller.team.0));
        }
        Ok(())
    };
    ctx.db
        .write(async |tx| {
            let ids: Vec<i64> = tx.all::<(i64,)>(&companies).await?.into_iter().map(|(id,)| id).collect();
            let operation = operations::note(tx, &ctx.stamp(), "demo.owners", json!({ "changed": ids.len() })).await?;
            let customers = read::for_change(tx, ctx, WRITE, &ids, &definitions).await?;
            change::change_all(tx, ctx, &ctx.stamp().within(operation), &definitions, customers, give).await
        })
        .await?;
    Ok(())
}

/// A seller and the team customers of theirs belong to.
struct Seller {
    name: String,
    user: UserId,
    team: TeamId,
}

/// Agents, managers and regional offices of the B2B set as users and teams.
async fn sales_people(tx: &mut kernel::db::Tx, ctx: &Ctx, hash: &password::PasswordHash) -> kernel::error::Result<Vec<Seller>> {
    let manager_role = roles::by_code(tx, "manager").await?;
    let seller_role = roles::by_code(tx, "sales_rep").await?;
    let all_sales = teams::create(tx, ctx, teams::NewTeam::named(ctx.lang.pick("Satış", "Sales"))).await?;
    let mut team_ids: BTreeMap<&str, TeamId> = BTreeMap::new();
    let mut managers: BTreeMap<&str, UserId> = BTreeMap::new();
    let mut sellers = Vec::new();
    for line in SALES_TEAMS.lines().skip(1) {
        let mut columns = line.split(',');
        let (Some(agent), Some(manager), Some(office)) = (columns.next(), columns.next(), columns.next()) else {
            continue;
        };
        let team = match team_ids.get(office) {
            Some(team) => *team,
            None => {
                let team = teams::create(
                    tx,
                    ctx,
                    teams::NewTeam {
                        parent_id: Some(all_sales),
                        ..teams::NewTeam::named(office)
                    },
                )
                .await?;
                team_ids.insert(office, team);
                team
            }
        };
        if !managers.contains_key(manager) {
            managers.insert(manager, users::create(tx, ctx, person(manager, team, manager_role, hash)).await?);
        }
        let user = users::create(tx, ctx, person(agent, team, seller_role, hash)).await?;
        sellers.push(Seller {
            name: agent.to_owned(),
            user,
            team,
        });
    }
    Ok(sellers)
}

fn person(name: &str, team: TeamId, role: roles::RoleId, hash: &password::PasswordHash) -> NewUser {
    let email = format!("{}@ornek.example", kernel::text::words(name).join("."));
    NewUser {
        email,
        name: name.to_owned(),
        password: Some(hash.clone()),
        locale: None,
        team_id: Some(team),
        role_ids: vec![role],
    }
}

async fn individuals(ctx: &Ctx, sellers: &[Seller]) -> kernel::error::Result<usize> {
    let definitions = custom_fields::definitions(ctx).await?;
    let people: Vec<Person> = people::people(SEED, ctx.today()).take(INDIVIDUALS).collect();
    let operation = ctx
        .db
        .write(async |tx| operations::open(tx, &ctx.stamp(), "demo.individuals").await)
        .await?;
    let stamp = ctx.stamp().within(operation);
    let mut created = 0;
    for (index, chunk) in people.chunks(CHUNK).enumerate() {
        let drafts = chunk.iter().enumerate().map(|(place, person)| {
            let seller = &sellers[(index * CHUNK + place) % sellers.len()];
            draft(person, Some((seller.user.0, seller.team.0)))
        });
        let drafts: Vec<Customer> = drafts.collect();
        created += ctx
            .db
            .write(async |tx| {
                let (customers, _) = change::create_all(tx, ctx, &stamp, &definitions, drafts).await?;
                let told = customers
                    .iter()
                    .zip(chunk)
                    .flat_map(|(customer, person)| consents_of(customer.id, person))
                    .collect();
                consents::record_all(tx, ctx, told).await?;
                Ok(customers.len())
            })
            .await?;
    }
    ctx.db
        .write(async |tx| operations::finish(tx, operation, ctx.now_us(), "done", json!({ "changed": created })).await)
        .await?;
    Ok(created)
}

/// What a generated person agreed to.
fn consents_of(customer_id: i64, person: &Person) -> impl Iterator<Item = (i64, NewConsent)> + '_ {
    person.consents.iter().filter_map(move |consent| {
        let channel = if consent.channel == "phone" {
            Channel::Call
        } else {
            Channel::parse(consent.channel).ok()?
        };
        let source = match consent.source {
            "store" => Source::InPerson,
            word => Source::parse(word).ok()?,
        };
        let noon = consent.date.and_hms_opt(9, 0, 0)?.and_utc().timestamp_micros();
        let consent = NewConsent {
            channel,
            purpose: Purpose::parse(consent.purpose).ok()?,
            status: if consent.is_granted { Status::Granted } else { Status::Denied },
            source,
            at_us: noon,
            evidence: String::new(),
            notice_text: String::new(),
        };
        Some((customer_id, consent))
    })
}

/// A generated person as a customer about to be created.
pub fn draft(person: &Person, owner_and_team: Option<(i64, i64)>) -> Customer {
    let mut patch = Patch::default();
    let mut set = |key: Key, text: &str| patch.set(key, Cell::from(text));
    set(Key::CustomerType, "individual");
    set(Key::Title, person.title);
    set(Key::FirstName, person.first_name);
    set(Key::LastName, person.last_name);
    set(Key::Gender, person.gender);
    set(Key::BirthDate, &person.birth_date.format("%Y-%m-%d").to_string());
    set(Key::IdentityNumber, &person.identity_number.reveal());
    set(Key::PrimaryPhone, &person.mobile);
    set(Key::PrimaryEmail, &person.email);
    set(Key::City, person.province.name);
    set(Key::Country, "TR");
    set(Key::LeadSource, person.lead_source);
    set(Key::CustomerSince, &person.customer_since.format("%Y-%m-%d").to_string());
    if let Some((owner, team)) = owner_and_team {
        patch.set(Key::Owner, Cell::Int(owner));
        patch.set(Key::Team, Cell::Int(team));
    }
    let mut draft = Customer::default();
    patch.apply(&mut draft);
    if let Some(address) = draft.addresses.first_mut() {
        address.district = person.district.to_owned();
        address.line = person.address_line.clone();
        address.postal_code = person.postal_code.clone();
    }
    draft
}
