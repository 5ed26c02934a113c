//! BANT: four answers about budget, authority, need and timeline, each as sure as the evidence it rests on.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use kernel::clock::DAY_US;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result};
use kernel::events::{Event, NewEvent};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::operations::Refusal;
use kernel::say;
use records::change::change_all;
use records::edit::{self, Edit};
use records::record::Record;
use records::{choices, field_rules, http, names, read};
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::settings::{self, MAX_BANT};
use super::{Key, LEAD, Strength};
use crate::permissions::{LEAD_READ, LEAD_WRITE};

const TAG: &str = "leads";
const MAX_EVIDENCE_CHARS: usize = 2_000;
/// The subject type of the events of answers.
pub const SUBJECT: &str = "lead_answer";

choices! {
    /// What is asked about a lead.
    BantQuestion {
        Budget: "budget", "Bütçe", "Budget";
        Authority: "authority", "Yetki", "Authority";
        Need: "need", "İhtiyaç", "Need";
        Timeline: "timeline", "Zamanlama", "Timeline";
    }
}

impl BantQuestion {
    /// The field of the lead with how sure the answer is.
    pub fn key(self) -> Key {
        match self {
            BantQuestion::Budget => Key::BantBudget,
            BantQuestion::Authority => Key::BantAuthority,
            BantQuestion::Need => Key::BantNeed,
            BantQuestion::Timeline => Key::BantTimeline,
        }
    }
}

choices! {
    /// What an answer rests on.
    BantEvidence {
        Note: "note", "Not", "Note";
        Email: "email", "E-posta", "E-mail";
        Call: "call", "Arama", "Call";
        Meeting: "meeting", "Toplantı", "Meeting";
        Form: "form", "Form", "Form";
        Other: "other", "Diğer", "Other";
    }
}

/// An answer as the API takes it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BantAnswerInput {
    /// `unknown`, `weak` or `strong`.
    pub strength: String,
    /// `note`, `email`, `call`, `meeting`, `form` or `other`, which is also the default.
    pub evidence_kind: Option<String>,
    /// What was said, and where: 2 000 characters at most.
    pub evidence: Option<String>,
}

/// Answers as the API takes them; those that are not named stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BantAnswersInput {
    pub budget: Option<BantAnswerInput>,
    pub authority: Option<BantAnswerInput>,
    pub need: Option<BantAnswerInput>,
    pub timeline: Option<BantAnswerInput>,
}

/// An answer as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct BantAnswer {
    pub question: BantQuestion,
    pub strength: Strength,
    /// None where nothing was answered yet.
    pub evidence_kind: Option<BantEvidence>,
    pub evidence: String,
    #[serde(serialize_with = "kernel::clock::shown::time_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<i64>,
    /// How old the answer is.
    pub age_days: Option<i64>,
    pub by_id: Option<i64>,
    pub by_name: Option<String>,
}

/// The answers about a lead, and what they amount to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bant {
    /// Those the caller may see, in the order of the word.
    pub answers: Vec<BantAnswer>,
    /// 0 to 8: a weak answer gives one point, a strong one two.
    pub score: i64,
    pub max_score: i64,
    /// What a lead needs to be qualified.
    pub gate: i64,
    pub is_enough: bool,
}

/// An answer as it is kept, and as its events tell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
struct Answer {
    id: i64,
    lead_id: i64,
    question: String,
    strength: String,
    evidence_kind: String,
    evidence: String,
    at: i64,
    by_id: Option<i64>,
}

const COLUMNS: [&str; 8] = ["id", "lead_id", "question", "strength", "evidence_kind", "evidence", "at", "by_id"];

/// Answers that were understood.
#[derive(Clone, Debug, Default)]
pub struct Answers(Vec<(BantQuestion, Strength, BantEvidence, String)>);

impl Answers {
    /// Reads answers; what is wrong is named below `prefix`.
    pub fn parse(ctx: &Ctx, input: &BantAnswersInput, prefix: &str, errors: &mut FieldErrors) -> Answers {
        let unwritable = field_rules::unwritable(&LEAD, &ctx.actor);
        let given = [&input.budget, &input.authority, &input.need, &input.timeline];
        let mut answers = Vec::new();
        for (question, given) in BantQuestion::ALL.iter().zip(given) {
            let Some(given) = given else { continue };
            let place = |part: &str| format!("{prefix}{}.{part}", question.word());
            if unwritable.contains(question.key().name()) {
                let problem = say!(
                    "Rolünüz bu alanı değiştirmenize izin vermiyor.",
                    "Your role does not let you change this field."
                );
                errors.add(format!("{prefix}{}", question.word()), problem);
                continue;
            }
            let kind = given.evidence_kind.as_deref().unwrap_or(BantEvidence::Other.word());
            let evidence = given.evidence.as_deref().unwrap_or_default().trim().to_owned();
            if evidence.chars().count() > MAX_EVIDENCE_CHARS {
                errors.add(
                    place("evidence"),
                    say!(
                        "En çok {} karakter olabilir.",
                        "May have {} characters at most.",
                        MAX_EVIDENCE_CHARS
                    ),
                );
            }
            match (Strength::parse(&given.strength), BantEvidence::parse(kind)) {
                (Ok(strength), Ok(kind)) => answers.push((*question, strength, kind, evidence)),
                (strength, kind) => {
                    strength
                        .err()
                        .into_iter()
                        .for_each(|problem| errors.add(place("strength"), problem));
                    kind.err()
                        .into_iter()
                        .for_each(|problem| errors.add(place("evidence_kind"), problem));
                }
            }
        }
        Answers(answers)
    }

    /// Sets the fields of a lead.
    pub fn apply(&self, lead: &mut Record) {
        for (question, strength, _, _) in &self.0 {
            lead.set(question.key(), strength.word());
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Keeps what the answers about these leads rest on; whether anything is new.
pub async fn keep(tx: &mut Tx, stamp: &Stamp, lead_ids: &[i64], answers: &Answers) -> Result<bool> {
    if answers.is_empty() || lead_ids.is_empty() {
        return Ok(false);
    }
    let mut known = select();
    known.and_where(Expr::col("lead_id").is_in(lead_ids.iter().copied()));
    let known: Vec<Answer> = tx.all(&known).await?;
    let known: BTreeMap<(i64, String), Answer> = known
        .into_iter()
        .map(|answer| ((answer.lead_id, answer.question.clone()), answer))
        .collect();
    let mut edits = Vec::new();
    for lead_id in lead_ids {
        for (question, strength, kind, evidence) in &answers.0 {
            let before = known.get(&(*lead_id, question.word().to_owned())).cloned();
            let fresh = Answer {
                id: before.as_ref().map_or(0, |before| before.id),
                lead_id: *lead_id,
                question: question.word().into(),
                strength: strength.word().into(),
                evidence_kind: kind.word().into(),
                evidence: evidence.clone(),
                at: stamp.at_us,
                by_id: stamp.actor_id.map(|id| id.0),
            };
            let says = |answer: &Answer| (answer.strength.clone(), answer.evidence_kind.clone(), answer.evidence.clone());
            if before.as_ref().map(says) != Some(says(&fresh)) {
                edits.push(Edit {
                    before,
                    after: Some(fresh),
                });
            }
        }
    }
    let is_new = !edits.is_empty();
    write(tx, stamp, edits).await?;
    Ok(is_new)
}

async fn write(tx: &mut Tx, stamp: &Stamp, mut edits: Vec<Edit<Answer>>) -> Result<()> {
    let values = |answer: &Answer| {
        vec![
            answer.lead_id.into(),
            answer.question.as_str().into(),
            answer.strength.as_str().into(),
            answer.evidence_kind.as_str().into(),
            answer.evidence.as_str().into(),
            answer.at.into(),
            answer.by_id.into(),
        ]
    };
    let is_fresh = |answer: &&mut Answer| answer.id == 0;
    let fresh: Vec<_> = edits.iter_mut().filter_map(|edit| edit.after.as_mut()).filter(is_fresh).collect();
    let ids = tx
        .insert_new_rows("lead_answers", &COLUMNS[1..], fresh.iter().map(|answer| values(answer)))
        .await?;
    for (answer, id) in fresh.into_iter().zip(&ids) {
        answer.id = *id;
    }
    let old = |answer: &&Answer| !ids.contains(&answer.id);
    let rows: Vec<_> = edits
        .iter()
        .filter_map(|edit| edit.after.as_ref())
        .filter(old)
        .map(|answer| [vec![answer.id.into()], values(answer)].concat())
        .collect();
    tx.put_rows("lead_answers", &COLUMNS, rows.into_iter()).await?;
    let gone = |edit: &Edit<Answer>| edit.before.as_ref().filter(|_| edit.after.is_none()).map(|answer| answer.id);
    let gone: Vec<i64> = edits.iter().filter_map(gone).collect();
    if !gone.is_empty() {
        let end = Query::delete()
            .from_table("lead_answers")
            .and_where(Expr::col("id").is_in(gone))
            .to_owned();
        tx.exec(&end).await?;
    }
    let event = |edit: &Edit<Answer>| {
        let answer = edit.after.as_ref().or(edit.before.as_ref())?;
        let event = NewEvent::new("lead.answered", SUBJECT, answer.id).record(LEAD.name, answer.lead_id);
        Some(event.payload(edit.images()).changes(edit.changes()))
    };
    tx.emit_all(stamp, edits.iter().filter_map(event).collect()).await
}

fn select() -> SelectStatement {
    Query::select().columns(COLUMNS).from(Alias::new("lead_answers")).to_owned()
}

/// Takes answers back. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _ctx: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let mut stored = select();
        stored.and_where(Expr::col("id").is_in(events.iter().map(|event| event.subject_id)));
        let stored: Vec<Answer> = tx.all(&stored).await?;
        let stored = stored.into_iter().map(|answer| (answer.id, answer)).collect();
        let (edits, refusals) = edit::take_back(SUBJECT, &stored, events)?;
        write(tx, &stamp, edits).await?;
        Ok(refusals)
    })
}

/// Sets answers about a lead; whether anything changed.
pub async fn answer(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, id: i64, answers: &Answers) -> Result<bool> {
    let lead = read::one_for_change(tx, ctx, &LEAD, LEAD_WRITE, id).await?;
    let alter = |lead: &mut Record| {
        answers.apply(lead);
        Ok(())
    };
    let (changed, refused) = change_all(tx, ctx, stamp, vec![lead], alter).await?;
    if let Some(refused) = refused.into_iter().next() {
        return Err(Error::Invalid(refused.errors));
    }
    Ok(keep(tx, stamp, &[id], answers).await? || !changed.is_empty())
}

/// The answers about a lead that the caller may see.
pub async fn of(ctx: &Ctx, id: i64) -> Result<Bant> {
    let mut lead = read::visible(ctx, &LEAD, LEAD_READ).await?;
    lead.columns(BantQuestion::ALL.iter().map(|question| (LEAD.table, question.key().name())))
        .column((LEAD.table, Key::BantScore.name()))
        .and_where(LEAD.col("id").eq(id));
    let (budget, authority, need, timeline, score): (String, String, String, String, i64) =
        ctx.db.opt(&lead).await?.ok_or(Error::NotFound)?;
    let mut kept = select();
    kept.and_where(Expr::col("lead_id").eq(id));
    let mut kept: BTreeMap<String, Answer> = ctx
        .db
        .all::<Answer>(&kept)
        .await?
        .into_iter()
        .map(|answer| (answer.question.clone(), answer))
        .collect();
    let names = names::all(ctx).await?;
    let hidden = field_rules::hidden(&LEAD, &ctx.actor);
    let gate = settings::all(ctx).await?.bant_gate;
    let mut answers = Vec::new();
    for (question, strength) in BantQuestion::ALL.iter().zip([budget, authority, need, timeline]) {
        if hidden.contains(question.key().name()) {
            continue;
        }
        let answer = kept.remove(question.word());
        let by_id = answer.as_ref().and_then(|answer| answer.by_id);
        answers.push(BantAnswer {
            question: *question,
            strength: Strength::parse(&strength).unwrap_or(Strength::Unknown),
            evidence_kind: answer.as_ref().and_then(|answer| BantEvidence::parse(&answer.evidence_kind).ok()),
            at: answer.as_ref().map(|answer| answer.at),
            age_days: answer.as_ref().map(|answer| (ctx.now_us() - answer.at).div_euclid(DAY_US)),
            by_name: by_id.and_then(|id| names.user(id)).map(str::to_owned),
            by_id,
            evidence: answer.map(|answer| answer.evidence).unwrap_or_default(),
        });
    }
    Ok(Bant {
        answers,
        score,
        max_score: MAX_BANT,
        gate,
        is_enough: score >= gate,
    })
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_bant), Access::Needs(LEAD_READ))
        .add(routes!(set_bant), Access::Needs(LEAD_WRITE))
}

/// The four answers about a lead, with what each rests on and how old it is.
#[utoipa::path(get, path = "/leads/{id}/bant/", tag = TAG, operation_id = "get_lead_bant", params(("id" = i64, Path)), responses((status = 200, body = Bant), Problems))]
async fn get_bant(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    Reply::ok(&of(&ctx, id).await?)
}

/// Sets answers, those that are not named stay. One operation; an undo brings answers and evidence back. Answers with the lead.
#[utoipa::path(put, path = "/leads/{id}/bant/", tag = TAG, operation_id = "set_lead_bant", params(("id" = i64, Path)), request_body = BantAnswersInput, responses((status = 200, body = super::http::Lead), Problems))]
async fn set_bant(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<BantAnswersInput>) -> Result<Reply> {
    let mut errors = FieldErrors::default();
    let answers = Answers::parse(&ctx, &input, "", &mut errors);
    errors.check()?;
    http::command(&ctx, &LEAD, "bant", id, async |tx, stamp| {
        answer(tx, &ctx, stamp, id, &answers).await
    })
    .await
}
