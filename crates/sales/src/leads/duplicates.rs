//! Whether a lead that is about to be made is there already, as a lead or as a customer.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use customers::custom_fields;
use customers::customer::Customer;
use customers::customer::patch::Patch;
use customers::duplicates::check::{self, Checked};
use customers::duplicates::facts::Facts;
use kernel::actor::Permission;
use kernel::ctx::Ctx;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Reply, Routes};
use kernel::say;
use records::record::Record;
use records::{change, custom, read};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::conversion::{self, LeadConversion};
use super::http::LeadInput;
use super::{LEAD, keys};
use crate::permissions::{LEAD_READ, LEAD_WRITE};

/// So many are told; whoever has more has a draft that says little.
const TOLD: usize = 20;
/// Leads looked at: a domain may have many.
const LOOKED_AT: u64 = 500;

pub fn routes() -> Routes {
    Routes::new().add(routes!(check_lead_duplicates), Access::Needs(LEAD_WRITE))
}

/// A lead in a line or two.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeadBrief {
    pub id: i64,
    pub lead_number: String,
    pub name: String,
    pub company: String,
    pub email: String,
    pub phone: String,
    pub status: String,
    pub assigned_to: Option<i64>,
}

/// Why it may be the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct LeadReason {
    pub field: &'static str,
    /// In the caller's language.
    pub text: String,
}

/// A lead that may be the same.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeadCandidate {
    pub lead: LeadBrief,
    pub reasons: Vec<LeadReason>,
}

/// The answer to a check.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeadChecked {
    /// Those with the strongest reasons first.
    pub leads: Vec<LeadCandidate>,
    /// How many more leads there are that the caller may not see.
    pub hidden_count: i64,
    /// Customers it may be.
    pub customers: Checked,
}

impl LeadChecked {
    fn is_empty(&self) -> bool {
        self.leads.is_empty() && self.hidden_count == 0 && self.customers.candidates.is_empty() && self.customers.hidden_count == 0
    }
}

/// The problem that says who is there already.
#[derive(Serialize, ToSchema)]
pub struct LeadDuplicateProblem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    /// `duplicate`
    code: &'static str,
    detail: String,
    request_id: String,
    #[serde(flatten)]
    checked: LeadChecked,
}

/// Looks whether a lead is there already, among leads and customers. Takes what a creation takes, as far as it is known; `id` when it is a
/// lead that is being changed.
#[utoipa::path(post, path = "/leads/check-duplicates/", tag = "leads", operation_id = "check_lead_duplicates", request_body = LeadInput, responses((status = 200, body = LeadChecked), Problems))]
async fn check_lead_duplicates(ctx: Ctx, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    let own = input.get("id").and_then(Value::as_i64).unwrap_or_default();
    let mut draft = drafted(&ctx, &input).await?;
    draft.id = own;
    Reply::ok(&of(&ctx, &draft).await?)
}

async fn drafted(ctx: &Ctx, input: &Map<String, Value>) -> Result<Record> {
    let definitions = custom::definitions(ctx, LEAD.name).await?;
    let mut errors = FieldErrors::default();
    let draft = change::drafted(&LEAD, &definitions, input, &mut errors);
    errors.check()?;
    Ok(draft)
}

/// The leads and customers that this lead may be.
pub async fn of(ctx: &Ctx, draft: &Record) -> Result<LeadChecked> {
    let keys = keys::keys(draft);
    let shared = Query::select()
        .columns(["lead_id", "key"])
        .from(Alias::new("lead_keys"))
        .and_where(Expr::col("key").is_in(keys.iter().cloned()))
        .and_where(Expr::col("lead_id").ne(draft.id))
        .order_by("lead_id", Order::Desc)
        .limit(LOOKED_AT)
        .to_owned();
    let mut by_lead: BTreeMap<i64, Vec<&'static str>> = BTreeMap::new();
    for (id, key) in ctx.db.all::<(i64, String)>(&shared).await? {
        by_lead.entry(id).or_default().extend(field_of(&key));
    }
    let mut query = seen(ctx, LEAD_READ).await?;
    query.and_where(LEAD.col("id").is_in(by_lead.keys().copied()));
    type Row = (i64, String, String, String, String, String, String, Option<i64>);
    let rows: Vec<Row> = ctx.db.all(&query).await?;
    let hidden_count = by_lead.len() as i64 - rows.len() as i64;
    let hidden = records::field_rules::hidden(&LEAD, &ctx.actor);
    let seen = |field: &str, text: String| if hidden.contains(field) { String::new() } else { text };
    let candidate = |(id, lead_number, name, company, email, phone, status, assigned_to): Row| {
        let mut fields = by_lead.get(&id).cloned().unwrap_or_default();
        fields.sort_by_key(|field| FIELDS.iter().position(|known| known == field));
        LeadCandidate {
            lead: LeadBrief {
                id,
                lead_number,
                name,
                company,
                email: seen("email", email),
                phone: seen("phone", phone),
                status,
                assigned_to,
            },
            reasons: fields.into_iter().map(|field| reason(ctx, field)).collect(),
        }
    };
    let mut leads: Vec<LeadCandidate> = rows.into_iter().map(candidate).collect();
    let place = |candidate: &LeadCandidate| {
        FIELDS
            .iter()
            .position(|field| candidate.reasons.first().is_some_and(|first| first.field == *field))
    };
    leads.sort_by_key(|candidate| (place(candidate), -(candidate.reasons.len() as i64), -candidate.lead.id));
    leads.truncate(TOLD);
    Ok(LeadChecked {
        leads,
        hidden_count,
        customers: customers(ctx, draft).await?,
    })
}

async fn seen(ctx: &Ctx, permission: Permission) -> Result<sea_query::SelectStatement> {
    let mut query = read::visible(ctx, &LEAD, permission).await?;
    for column in ["id", "lead_number", "name", "company", "email", "phone", "status", "owner_id"] {
        query.column((LEAD.table, column));
    }
    Ok(query)
}

/// What the keys rest on, the strongest first.
const FIELDS: [&str; 4] = ["email", "phone", "name", "domain"];

fn field_of(key: &str) -> Option<&'static str> {
    FIELDS
        .into_iter()
        .find(|field| key.split_once(':').is_some_and(|(kind, _)| kind == *field))
}

fn reason(ctx: &Ctx, field: &'static str) -> LeadReason {
    let text = match field {
        "email" => say!("E-posta aynı", "Same e-mail address"),
        "phone" => say!("Telefonun son dokuz hanesi aynı", "Same last nine digits of the phone"),
        "name" => say!("Ad ve firma aynı", "Same name and company"),
        _ => say!("Firmanın e-posta alan adı aynı", "Same e-mail domain of the company"),
    };
    LeadReason {
        field,
        text: text.get(ctx.lang).to_owned(),
    }
}

/// The customers that a lead may be: as what it would become, and as the contact it would bring.
async fn customers(ctx: &Ctx, draft: &Record) -> Result<Checked> {
    let plan = conversion::plan(ctx, draft, &LeadConversion::default()).await?;
    let mut found = Checked {
        candidates: Vec::new(),
        hidden_count: 0,
    };
    for input in [Some(&plan.customer), plan.contact.as_ref()].into_iter().flatten() {
        let checked = alike(ctx, input).await?;
        found.hidden_count += checked.hidden_count;
        for candidate in checked.candidates {
            if found.candidates.iter().all(|known| known.customer.id != candidate.customer.id) {
                found.candidates.push(candidate);
            }
        }
    }
    found.candidates.sort_by(|one, other| other.probability.total_cmp(&one.probability));
    Ok(found)
}

/// The customers that a draft of one, as the API takes it, may be.
pub(super) async fn alike(ctx: &Ctx, input: &Map<String, Value>) -> Result<Checked> {
    let definitions = custom_fields::definitions(ctx).await?;
    let patch = Patch::parse(input, &definitions, &mut FieldErrors::default());
    let mut draft = Customer::default();
    patch.apply(&mut draft);
    check::alike(ctx, &Facts::of(&draft)).await
}

/// For a creation that asks for it by `on_duplicate=refuse`: the refusal, when the lead is likely to be there already.
pub async fn refusal(ctx: &Ctx, pairs: &[(String, String)], input: &Map<String, Value>) -> Result<Option<Reply>> {
    if let Some((name, _)) = pairs.iter().find(|(name, _)| name != "on_duplicate") {
        return Err(Error::BadRequest(say!(
            "“{}” diye bir parametre yok.",
            "There is no parameter “{}”.",
            name
        )));
    }
    match pairs.first().map(|(_, value)| value.as_str()) {
        None | Some("keep") => return Ok(None),
        Some("refuse") => {}
        Some(_) => {
            return Err(invalid("on_duplicate", say!("keep veya refuse olmalı.", "Must be keep or refuse.")));
        }
    }
    let checked = of(ctx, &drafted(ctx, input).await?).await?;
    if checked.is_empty() {
        return Ok(None);
    }
    let detail = say!(
        "Bu aday büyük olasılıkla zaten kayıtlı; yine de eklemek için on_duplicate=keep verin.",
        "This lead is likely to be there already; give on_duplicate=keep to add it all the same."
    );
    let refused = LeadDuplicateProblem {
        r#type: "about:blank#duplicate",
        title: "Conflict",
        status: 409,
        code: "duplicate",
        detail: detail.get(ctx.lang).to_owned(),
        request_id: ctx.request_id.to_string(),
        checked,
    };
    let reply = Reply::text(StatusCode::CONFLICT, serde_json::to_string(&refused)?);
    Ok(Some(reply.header("content-type", "application/problem+json")))
}
