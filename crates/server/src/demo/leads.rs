//! Leads of the demo organisation: generated people who ask for something, the rules that score them, and the rule that gives them to
//! sellers.

use assignment::rules::{self as assigning, AssignmentStrategy};
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::json_text::JsonText;
use kernel::operations;
use kernel::text::fold;
use records::change::create_all;
use records::{Record, custom};
use sales::leads::scoring::rules::{self as scoring, ScoreRuleInput};
use sales::leads::{Authority, Key, LEAD, Source, Status};
use serde_json::{Value, json};
use turkiye::people::{self, Person};

const LEADS: usize = 240;
/// Other people than those who are customers.
const SEED: u64 = 11;
/// Working minutes within which somebody has to answer.
const SLA_MINUTES: i64 = 240;

const COMPANIES: [&str; 12] = [
    "Akdeniz Lojistik",
    "Boğaziçi Yazılım",
    "Çınar Tekstil",
    "Doruk İnşaat",
    "Ege Gıda",
    "Fırat Makine",
    "Güney Enerji",
    "Ihlamur Mobilya",
    "İnci Kimya",
    "Şahin Otomotiv",
    "Ülkem Tarım",
    "Yıldız Ambalaj",
];
const INDUSTRIES: [&str; 5] = ["Lojistik", "Yazılım", "Tekstil", "İnşaat", "Gıda"];
const SOURCES: [Source; 5] = [
    Source::WebForm,
    Source::Referral,
    Source::TradeShow,
    Source::SocialMedia,
    Source::ColdCall,
];
const STATUSES: [Status; 8] = [
    Status::New,
    Status::New,
    Status::New,
    Status::Working,
    Status::Working,
    Status::Nurturing,
    Status::New,
    Status::Working,
];

/// Makes them, and gives how many. The sellers of the teams get them in turn.
pub async fn load(ctx: &Ctx, teams: Vec<i64>) -> Result<usize> {
    let definitions = custom::definitions(ctx, LEAD.name).await?;
    let people: Vec<Person> = people::people(SEED, ctx.today()).take(LEADS).collect();
    ctx.db
        .write(async |tx| {
            let operation = operations::open(tx, &ctx.stamp(), "demo.leads").await?;
            let stamp = ctx.stamp().within(operation);
            let rule = assigning::Rule {
                id: 0,
                entity: LEAD.name.to_owned(),
                name: "Herkese sırayla".to_owned(),
                position: 0,
                criteria: JsonText(json!({ "all": [] })),
                users: JsonText(Vec::new()),
                teams: JsonText(teams.clone()),
                strategy: AssignmentStrategy::RoundRobin,
                skill_fields: JsonText(Vec::new()),
                only_at_work: false,
                sla_minutes: Some(SLA_MINUTES),
                fallback_user_id: None,
                is_active: true,
            };
            assigning::create(tx, &stamp, &definitions, rule).await?;
            for rule in score_rules() {
                scoring::create(tx, ctx, &stamp, rule).await?;
            }
            let records = people.iter().enumerate().map(|(place, person)| draft(place, person)).collect();
            let (created, _) = create_all(tx, ctx, &stamp, &LEAD, records).await?;
            operations::finish(tx, operation, ctx.now_us(), "done", json!({ "changed": created.len() })).await?;
            Ok(created.len())
        })
        .await
}

fn score_rules() -> Vec<ScoreRuleInput> {
    let fit = |name: &str, criteria: Value, points: i64| ScoreRuleInput {
        kind: "fit".to_owned(),
        name: name.to_owned(),
        criteria: Some(criteria),
        touch: None,
        points,
        half_life_days: None,
        position: None,
        is_active: None,
    };
    let is = |field: &str, value: &str| json!({ "field": field, "op": "eq", "value": value });
    vec![
        fit("Firma adına yazan", json!({ "field": "company", "op": "is_set" }), 15),
        fit("Tanıdık önerisi", is("source", Source::Referral.word()), 25),
        fit("Karar veren", is("authority", Authority::DecisionMaker.word()), 30),
        fit("İstanbul'dan", is("city", "İstanbul"), 10),
    ]
}

/// A generated person as a lead; every third asks for a company, every fourth of them decides there.
fn draft(place: usize, person: &Person) -> Record {
    let mut lead = Record::blank(&LEAD);
    let at = |count: usize| place.wrapping_mul(7) % count;
    lead.set(Key::FirstName, person.first_name);
    lead.set(Key::LastName, person.last_name);
    lead.set(Key::Phone, person.mobile.as_str());
    lead.set(Key::City, person.province.name);
    lead.set(Key::Country, "TR");
    lead.set(Key::Source, SOURCES[at(SOURCES.len())].word());
    lead.set(Key::Status, STATUSES[at(STATUSES.len())].word());
    // The domain of an address tells the company: only who asks for one shares its domain.
    let mailbox = person.email.split('@').next().unwrap_or_default();
    lead.set(Key::Email, format!("{mailbox}@{mailbox}.example"));
    if place.is_multiple_of(3) {
        let third = place / 3;
        let company = COMPANIES[third % COMPANIES.len()];
        lead.set(Key::Company, company);
        lead.set(Key::Email, format!("{mailbox}@{}.example", fold(company).replace(' ', "-")));
        lead.set(Key::Industry, INDUSTRIES[third % INDUSTRIES.len()]);
        if third.is_multiple_of(4) {
            lead.set(Key::Authority, Authority::DecisionMaker.word());
        }
    }
    lead
}
