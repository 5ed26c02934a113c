//! What somebody sends in: read by the version they saw, kept as it came, and made into a lead.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use customers::consents::{self, Channel, NewConsent, Purpose};
use kernel::clock::rfc3339;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{FieldErrors, Lang, Result};
use kernel::events::NewEvent;
use kernel::ids::CustomerId;
use kernel::{say, text};
use records::change::create_all;
use records::custom::Definitions;
use records::entity::required;
use records::record::Record;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, UpdateStatement};
use serde_json::{Value, json};

use super::Form;
use super::confirmation;
use super::content::{self, WebFormContent};
use super::figures::What;
use super::http::SubmissionState;
use super::page::CARRIED;
use crate::leads::consents as lead_consents;
use crate::leads::touches::{self, LeadTouchKind, NewTouch};
use crate::leads::{Key, LEAD, Status, keys};

/// Names of people and companies have so many characters.
const MAX_NAME_CHARS: usize = 50;

/// What was filled in, read and sound.
#[derive(Clone)]
pub struct Filled {
    pub lang: Lang,
    /// The lead it would make.
    pub lead: Record,
    /// As it came, by field; consents under `consent.email.marketing`.
    pub answers: content::Answers,
}

/// A submission that may be taken.
pub struct Arrived {
    pub form: Arc<Form>,
    /// The version that was answered, and what it said.
    pub version: i64,
    pub content: Arc<WebFormContent>,
    pub filled: Filled,
    /// In the order of [`CARRIED`].
    pub carried: [String; 7],
    pub address: Option<IpAddr>,
    pub user_agent: String,
    pub at_us: i64,
    pub nonce: i64,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Accepted,
    /// It waits for the confirmation.
    Waiting,
    /// The same page was sent in before; nothing was kept.
    Repeated,
}

/// Reads what was filled in. `pairs` are the names and values of the inputs.
pub fn read(
    content: &WebFormContent,
    definitions: &Definitions,
    pairs: &[(String, String)],
    lang: Lang,
) -> std::result::Result<Filled, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut lead = LEAD.blank();
    let mut answers = content::Answers::new();
    for asked in content.asked(definitions) {
        let name = &asked.of.field;
        let texts: Vec<&str> = match asked.of.is_hidden {
            true => vec![asked.of.value.as_str()],
            false => pairs
                .iter()
                .filter(|(known, value)| known == name && !value.trim().is_empty())
                .map(|(_, value)| value.as_str())
                .collect(),
        };
        let (value, cell) = match content::read(&asked, definitions, &texts) {
            Ok(read) => read,
            Err(problem) => {
                errors.add(name, problem);
                continue;
            }
        };
        if asked.of.is_required && !asked.of.is_hidden && (cell.is_missing() || value == Value::Bool(false)) {
            errors.add(name, required());
            continue;
        }
        if !asked.of.is_hidden && !texts.is_empty() {
            let plain = match &value {
                Value::Array(_) | Value::Bool(_) => value,
                // As it was written, and not as it was understood.
                _ => Value::from(texts.first().copied().unwrap_or_default().trim()),
            };
            answers.insert(name.clone(), plain);
        }
        match (name.strip_prefix("custom."), LEAD.field(name)) {
            (Some(key), _) if !cell.is_missing() => {
                lead.custom.insert(key.to_owned(), cell);
            }
            (None, Some((index, _))) => lead.put(index, cell),
            _ => {}
        }
    }
    for consent in &content.consents {
        let name = format!("consent.{}", consent.key());
        let is_given = pairs
            .iter()
            .any(|(known, value)| *known == name && matches!(value.as_str(), "true" | "on" | "1"));
        if is_given {
            answers.insert(name, Value::Bool(true));
        } else if consent.is_required {
            errors.add(
                name,
                say!("Devam etmek için onaylamanız gerekiyor.", "You have to agree to this to go on."),
            );
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    if [Key::FirstName, Key::LastName, Key::Company]
        .iter()
        .all(|key| lead[*key].is_missing())
    {
        // A newsletter asks for no name, and a lead must be called something.
        let called = match lead[Key::Email].text().split('@').next().filter(|local| !local.is_empty()) {
            Some(local) => local,
            None => lead[Key::Phone].text(),
        };
        let called: String = called.chars().take(MAX_NAME_CHARS).collect();
        lead.set(Key::LastName, called);
    }
    Ok(Filled { lang, lead, answers })
}

impl Arrived {
    /// The lead it makes.
    fn lead(&self) -> Record {
        lead_of(&self.form, &self.content, &self.filled, &self.carried)
    }

    fn utm_source(&self) -> &str {
        &self.carried[0]
    }
}

/// The lead that what was filled in makes, with where it came from.
pub fn lead_of(form: &Form, content: &WebFormContent, filled: &Filled, carried: &[String; 7]) -> Record {
    let mut lead = filled.lead.clone();
    lead.set(Key::Source, content.source.as_str());
    let detail = match content.source_detail.is_empty() {
        true => &form.name,
        false => &content.source_detail,
    };
    lead.set(Key::SourceDetail, detail.as_str());
    lead.set(Key::Form, form.id);
    for (key, text) in [
        Key::UtmSource,
        Key::UtmMedium,
        Key::UtmCampaign,
        Key::UtmTerm,
        Key::UtmContent,
        Key::Referrer,
        Key::LandingPage,
    ]
    .into_iter()
    .zip(carried)
    {
        lead.set(key, text.as_str());
    }
    if lead[Key::UtmCampaign].is_missing() {
        lead.set(Key::UtmCampaign, content.campaign.as_str());
    }
    lead
}

/// What a page said of where somebody came from, cut to what is kept of it.
pub fn carried(pairs: &[(String, String)]) -> [String; 7] {
    CARRIED.map(|name| {
        let max_chars = if name.starts_with("utm_") { 100 } else { 500 };
        let value = pairs.iter().find(|(known, _)| known.strip_prefix('_') == Some(name));
        let value = value.map(|(_, value)| value.trim()).unwrap_or_default();
        value.chars().filter(|c| !c.is_control()).take(max_chars).collect()
    })
}

/// Something that makes a lead, or touches the one that is there.
pub struct Candidate<'a> {
    pub form: &'a Form,
    pub content: &'a WebFormContent,
    pub version: i64,
    pub filled: &'a Filled,
    pub lead: Record,
    pub at_us: i64,
}

/// What was made of it.
#[derive(Clone, Debug, Default)]
pub struct Made {
    pub lead_id: Option<i64>,
    pub is_new: bool,
    pub customer_id: Option<i64>,
    /// Why there is no lead.
    pub problem: String,
}

/// Who acts when leads come in: nobody of ours.
fn stamp_of(ctx: &Ctx) -> Stamp {
    Stamp {
        // What is kept of it is cut, and stands with the submission.
        address: None,
        ..ctx.as_system().stamp()
    }
}

/// Makes leads of all of them at once. Who is an open lead already by their e-mail address (or, without one, by their phone) is touched and not
/// made again; what they filled in this time stands in the submission, since anybody can fill in anybody's address.
pub async fn make(tx: &mut Tx, ctx: &Ctx, candidates: &[Candidate<'_>]) -> Result<Vec<Made>> {
    let system = ctx.as_system();
    let stamp = stamp_of(ctx);
    let own: Vec<Option<String>> = candidates.iter().map(|candidate| key_of(&candidate.lead)).collect();
    let mut known = open_leads(tx, own.iter().flatten()).await?;
    let customers = customers_of(tx, candidates.iter().map(|candidate| candidate.lead[Key::Email].text())).await?;
    let mut made: Vec<Made> = candidates
        .iter()
        .map(|candidate| Made {
            customer_id: customers.get(&text::fold(candidate.lead[Key::Email].text())).copied(),
            ..Made::default()
        })
        .collect();
    // The first of several with one address makes the lead, the others touch it.
    let mut meant: BTreeSet<&str> = BTreeSet::new();
    let mut fresh = Vec::new();
    for (index, key) in own.iter().enumerate() {
        let is_known = key.as_ref().is_some_and(|key| known.contains_key(key));
        if !is_known && key.as_ref().is_none_or(|key| meant.insert(key)) {
            fresh.push(index);
        }
    }
    let records = fresh.iter().map(|index| candidates[*index].lead.clone()).collect();
    let (created, refused) = create_all(tx, &system, &stamp, &LEAD, records).await?;
    for changed in created {
        let index = fresh[changed.index];
        made[index].lead_id = Some(changed.after.id);
        made[index].is_new = true;
        if let Some(key) = &own[index] {
            known.insert(key.clone(), changed.after.id);
        }
    }
    for refused in refused {
        let said = refused.errors.in_language(ctx.org.lang);
        let said: Vec<String> = said
            .into_iter()
            .map(|(field, problems)| format!("{field}: {}", problems.join(" ")))
            .collect();
        made[fresh[refused.index]].problem = said.join(" ");
    }
    for (index, key) in own.iter().enumerate() {
        if made[index].lead_id.is_none() && made[index].problem.is_empty() {
            made[index].lead_id = key.as_ref().and_then(|key| known.get(key)).copied();
        }
    }
    let touched = candidates.iter().zip(&made).filter_map(|(candidate, made)| {
        Some(NewTouch {
            lead_id: made.lead_id?,
            kind: LeadTouchKind::Form,
            detail: candidate.form.name.clone(),
            at_us: candidate.at_us,
        })
    });
    let touched: Vec<NewTouch> = touched.collect();
    if !touched.is_empty() {
        touches::keep(tx, ctx, &stamp, touched).await?;
    }
    Ok(made)
}

/// By what a lead is known again.
fn key_of(lead: &Record) -> Option<String> {
    let all = keys::keys(lead);
    let of = |kind: &str| all.iter().find(|key| key.starts_with(kind)).cloned();
    of("email:").or_else(|| of("phone:"))
}

/// The newest open lead of each key.
async fn open_leads(tx: &mut Tx, keys: impl Iterator<Item = &String>) -> Result<BTreeMap<String, i64>> {
    let keys: BTreeSet<&String> = keys.collect();
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let open = Status::ALL.iter().filter(|status| status.is_open()).map(|status| status.word());
    let query = Query::select()
        .expr(Expr::col(("lead_keys", "key")))
        .expr(Expr::col(("lead_keys", "lead_id")).max())
        .from(Alias::new("lead_keys"))
        .inner_join("leads", LEAD.col("id").equals(("lead_keys", "lead_id")))
        .and_where(Expr::col(("lead_keys", "key")).is_in(keys.into_iter().cloned()))
        .and_where(LEAD.col("deleted_at").is_null())
        .and_where(LEAD.col("status").is_in(open))
        .group_by_col(("lead_keys", "key"))
        .to_owned();
    Ok(tx.all::<(String, i64)>(&query).await?.into_iter().collect())
}

/// The oldest customer with each e-mail address, by its folded text.
async fn customers_of<'a>(tx: &mut Tx, emails: impl Iterator<Item = &'a str>) -> Result<BTreeMap<String, i64>> {
    let emails: BTreeSet<String> = emails.filter(|email| !email.is_empty()).map(text::fold).collect();
    if emails.is_empty() {
        return Ok(BTreeMap::new());
    }
    let query = Query::select()
        .expr(Expr::col(("contact_points", "value_key")))
        .expr(Expr::col(("contact_points", "customer_id")).min())
        .from(Alias::new("contact_points"))
        .inner_join(
            "customers",
            Expr::col(("customers", "id")).equals(("contact_points", "customer_id")),
        )
        .and_where(Expr::col(("contact_points", "kind")).eq("email"))
        .and_where(Expr::col(("contact_points", "value_key")).is_in(emails))
        .and_where(Expr::col(("customers", "deleted_at")).is_null())
        .group_by_col(("contact_points", "value_key"))
        .to_owned();
    Ok(tx.all::<(String, i64)>(&query).await?.into_iter().collect())
}

/// What was counted when a lead came in.
pub fn counted(made: &Made) -> Option<What> {
    made.lead_id.map(|_| if made.is_new { What::Lead } else { What::Touch })
}

/// Records what people agreed to, each with the text they were shown and what proves it, and tells the customers among them.
pub async fn note_consents(tx: &mut Tx, ctx: &Ctx, all: &[(i64, &Candidate<'_>, &Made)], proof: &str) -> Result<()> {
    let stamp = stamp_of(ctx);
    let mut told = Vec::new();
    let mut events = Vec::new();
    for (submission_id, candidate, made) in all {
        let Some(lead_id) = made.lead_id else { continue };
        for consent in &candidate.content.consents {
            let is_given = candidate.filled.answers.get(&format!("consent.{}", consent.key())) == Some(&Value::Bool(true));
            let (Ok(channel), Ok(purpose)) = (Channel::parse(&consent.channel), Purpose::parse(&consent.purpose)) else {
                continue;
            };
            if is_given {
                let evidence = format!(
                    "{} (/f/{}, v{}), #{submission_id}, {}{proof}",
                    candidate.form.name,
                    candidate.form.slug,
                    candidate.version,
                    rfc3339(candidate.at_us)
                );
                told.push((
                    lead_id,
                    NewConsent {
                        channel,
                        purpose,
                        status: consents::Status::Granted,
                        source: consents::Source::WebForm,
                        at_us: candidate.at_us,
                        evidence,
                        notice_text: consent.told(candidate.filled.lang),
                    },
                ));
            }
        }
        if let Some(customer_id) = made.customer_id {
            let payload = json!({ "form_id": candidate.form.id, "form": candidate.form.name, "lead_id": lead_id });
            events.push(
                NewEvent::new("form.submitted", "form_submission", *submission_id)
                    .record(LEAD.name, lead_id)
                    .customer(CustomerId(customer_id))
                    .payload(payload),
            );
        }
    }
    lead_consents::record_all(tx, &stamp, &told).await?;
    tx.emit_all(&stamp, events).await
}

/// Takes in a batch: all of it or nothing. What becomes of each, in their order, and what is to be counted of it.
pub async fn enter(tx: &mut Tx, ctx: &Ctx, public_url: &str, batch: &[&Arrived]) -> Result<(Vec<Taken>, Vec<(i64, String, What)>)> {
    // On PostgreSQL one batch at a time, also of several nodes: a page counts once, and nobody becomes two leads.
    tx.lock_table("form_submissions").await?;
    let mut seen = used(tx, batch.iter().map(|one| one.nonce)).await?;
    let mut taken = Vec::with_capacity(batch.len());
    for one in batch {
        taken.push(match (seen.insert(one.nonce), one.content.double_opt_in) {
            (false, _) => Taken::Repeated,
            (true, false) => Taken::Accepted,
            (true, true) => Taken::Waiting,
        });
    }
    let places = |what: Taken| -> Vec<usize> { (0..batch.len()).filter(|index| taken[*index] == what).collect() };
    let accepted = places(Taken::Accepted);
    let candidate = |index: &usize| {
        let one = batch[*index];
        Candidate {
            form: &one.form,
            content: &one.content,
            version: one.version,
            filled: &one.filled,
            lead: one.lead(),
            at_us: one.at_us,
        }
    };
    let candidates: Vec<Candidate<'_>> = accepted.iter().map(candidate).collect();
    let made = make(tx, ctx, &candidates).await?;

    let waiting = places(Taken::Waiting);
    let mut links = Vec::with_capacity(waiting.len());
    for index in &waiting {
        links.push(confirmation::Link::new(ctx, public_url, batch[*index])?);
    }
    let nothing = Made::default();
    let kept: Vec<(&Arrived, &Made, Option<&confirmation::Link>)> = accepted
        .iter()
        .zip(&made)
        .map(|(index, made)| (batch[*index], made, None))
        .chain(
            waiting
                .iter()
                .zip(&links)
                .map(|(index, link)| (batch[*index], &nothing, Some(link))),
        )
        .collect();
    let ids = insert(tx, ctx, &kept).await?;
    let consented: Vec<(i64, &Candidate<'_>, &Made)> = ids
        .iter()
        .zip(candidates.iter().zip(&made))
        .map(|(id, (candidate, made))| (*id, candidate, made))
        .collect();
    note_consents(tx, ctx, &consented, "").await?;
    for link in &links {
        tx.send(&link.mail, ctx.now_us()).await?;
    }
    let mut counts = Vec::new();
    for (one, made, link) in &kept {
        let mut count = |what: What| counts.push((one.form.id, one.utm_source().to_owned(), what));
        count(What::Submission);
        if link.is_some() {
            count(What::Waiting);
        }
        counted(made).into_iter().for_each(count);
    }
    Ok((taken, counts))
}

/// The pages that were sent in before.
async fn used(tx: &mut Tx, nonces: impl Iterator<Item = i64>) -> Result<BTreeSet<i64>> {
    let query = Query::select()
        .column("nonce")
        .from(Alias::new("form_submissions"))
        .and_where(Expr::col("nonce").is_in(nonces))
        .to_owned();
    Ok(tx.all::<(i64,)>(&query).await?.into_iter().map(|(nonce,)| nonce).collect())
}

async fn insert(tx: &mut Tx, ctx: &Ctx, kept: &[(&Arrived, &Made, Option<&confirmation::Link>)]) -> Result<Vec<i64>> {
    const COLUMNS: [&str; 22] = [
        "form_id",
        "version",
        "state",
        "lang",
        "answers",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_term",
        "utm_content",
        "referrer",
        "landing_page",
        "address",
        "user_agent",
        "at",
        "nonce",
        "lead_id",
        "customer_id",
        "problem",
        "confirm_hash",
        "confirm_until",
        "confirm_address",
    ];
    let row = |(one, made, link): &(&Arrived, &Made, Option<&confirmation::Link>)| {
        let state = match link {
            Some(_) => SubmissionState::Waiting,
            None => SubmissionState::Accepted,
        };
        let answers = Value::Object(one.filled.answers.clone()).to_string();
        let mut row: Vec<sea_query::Value> = vec![
            one.form.id.into(),
            one.version.into(),
            state.word().into(),
            one.filled.lang.tag().into(),
            answers.into(),
        ];
        row.extend(one.carried.iter().map(|text| sea_query::Value::from(text.as_str())));
        row.extend([
            super::guard::cut(one.address).into(),
            one.user_agent.as_str().into(),
            one.at_us.into(),
            one.nonce.into(),
            made.lead_id.into(),
            made.customer_id.into(),
            made.problem.as_str().into(),
            link.map(|link| link.hash.as_str()).into(),
            link.map(|_| ctx.now_us() + confirmation::GOOD_US).into(),
            "".into(),
        ]);
        row
    };
    tx.insert_new_rows("form_submissions", &COLUMNS, kept.iter().map(row)).await
}

/// What leads sent in, for the archive of a person.
pub async fn archived(ctx: &Ctx, lead_ids: &[i64]) -> Result<Vec<Value>> {
    let query = Query::select()
        .expr(ctx.db.dialect().own_sql(super::http::submission_row(ctx.db.dialect())))
        .from(Alias::new("form_submissions"))
        .and_where(Expr::col(("form_submissions", "lead_id")).is_in(lead_ids.iter().copied()))
        .order_by(("form_submissions", "id"), Order::Asc)
        .to_owned();
    let rows = ctx.db.texts(&query).await?;
    Ok(rows
        .iter()
        .map(|row| serde_json::from_str(row))
        .collect::<std::result::Result<_, _>>()?)
}

/// Takes out of what was sent in what it says of a person. That it was, when, and by which form stays, for counts.
pub async fn forget(tx: &mut Tx, lead_ids: &[i64]) -> Result<()> {
    let mut update = forgotten();
    update.and_where(Expr::col("lead_id").is_in(lead_ids.iter().copied()));
    tx.exec(&update).await?;
    Ok(())
}

/// The same of a customer who is erased.
pub async fn forget_of_customer(tx: &mut Tx, customer_id: i64) -> Result<()> {
    let mut update = forgotten();
    update.and_where(Expr::col("customer_id").eq(customer_id));
    tx.exec(&update).await?;
    Ok(())
}

/// The same of leads that were deleted so long ago that they are about to end.
pub async fn forget_deleted(tx: &mut Tx, deleted_before_us: i64) -> Result<()> {
    let mut update = forgotten();
    let ended = Query::select()
        .column("id")
        .from(Alias::new(LEAD.table))
        .and_where(Expr::col("deleted_at").lt(deleted_before_us))
        .to_owned();
    update.and_where(Expr::col("lead_id").in_subquery(ended));
    tx.exec(&update).await?;
    Ok(())
}

fn forgotten() -> UpdateStatement {
    let mut update = Query::update();
    update.table("form_submissions").value("answers", "{}");
    for column in [
        "referrer",
        "landing_page",
        "utm_term",
        "utm_content",
        "address",
        "user_agent",
        "confirm_address",
        "problem",
    ] {
        update.value(column, "");
    }
    update
}
