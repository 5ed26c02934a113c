//! Qualification: moving leads between their statuses, with the gate before `qualified`.

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::{operations, say};
use records::bulk::{self, BulkOutcome, Tally, Target};
use records::change::{Changed, Draft, Refused, change_all};
use records::entity::required;
use records::record::Record;
use records::revert::UNDOING;
use records::{Cell, custom, http, read};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::bant::{self, Answers, BantAnswersInput};
use super::settings;
use super::{Key, LEAD, Status};
use crate::permissions::LEAD_WRITE;

const TAG: &str = "leads";
const MAX_REASON_CHARS: usize = 200;
/// Leads qualified in one go.
const CHUNK: usize = 500;

/// Where a lead is to stand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadQualification {
    /// `new`, `working`, `nurturing`, `qualified` or `disqualified`.
    pub status: String,
    /// Why it is disqualified (`junk`, `no budget`, …); only then.
    pub reason: Option<String>,
    /// Answers of BANT that are given in the same stroke.
    pub bant: Option<BantAnswersInput>,
}

/// The same for many: `ids`, or everything that `criteria` and `search` find.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadsQualification {
    pub ids: Option<Vec<i64>>,
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    pub search: Option<String>,
    /// `new`, `working`, `nurturing`, `qualified` or `disqualified`.
    pub status: String,
    /// Why they are disqualified; only then.
    pub reason: Option<String>,
    /// Answers of BANT that are given in the same stroke.
    pub bant: Option<BantAnswersInput>,
}

/// What was asked, understood.
struct Wanted {
    status: Status,
    reason: String,
    answers: Answers,
}

impl Wanted {
    fn parse(ctx: &Ctx, status: &str, reason: Option<&str>, bant: Option<&BantAnswersInput>) -> Result<Wanted> {
        let mut errors = FieldErrors::default();
        let reason = reason.unwrap_or_default().trim().to_owned();
        let status = match Status::parse(status) {
            Ok(Status::Converted) => {
                let problem = say!(
                    "Bir adayı dönüştürmek için “dönüştür” işlemini kullanın.",
                    "Use the conversion to convert a lead."
                );
                errors.add("status", problem);
                Status::New
            }
            Ok(status) => status,
            Err(problem) => {
                errors.add("status", problem);
                Status::New
            }
        };
        match (status, reason.is_empty()) {
            (Status::Disqualified, true) => errors.add("reason", required()),
            (Status::Disqualified, false) if reason.chars().count() > MAX_REASON_CHARS => errors.add(
                "reason",
                say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_REASON_CHARS),
            ),
            (Status::Disqualified, false) | (_, true) => {}
            (_, false) if errors.is_empty() => errors.add(
                "reason",
                say!("Yalnızca elenen adaylar için verilir.", "Only given when a lead is disqualified."),
            ),
            (_, false) => {}
        }
        let answers = match bant {
            Some(input) => Answers::parse(ctx, input, "bant.", &mut errors),
            None => Answers::default(),
        };
        errors.check()?;
        Ok(Wanted { status, reason, answers })
    }

    fn apply(&self, lead: &mut Record) {
        lead.set(Key::Status, self.status.word());
        if self.status == Status::Disqualified {
            lead.set(Key::DisqualifyReason, self.reason.as_str());
        }
        self.answers.apply(lead);
    }

    async fn run(&self, tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, leads: Vec<Record>) -> Result<(Vec<Changed>, Vec<Refused>, bool)> {
        let ids: Vec<i64> = leads.iter().map(|lead| lead.id).collect();
        let alter = |lead: &mut Record| {
            self.apply(lead);
            Ok(())
        };
        let (changed, refused) = change_all(tx, ctx, stamp, leads, alter).await?;
        let is_refused = |index: usize| refused.iter().any(|refused| refused.index == index);
        let kept: Vec<i64> = ids
            .iter()
            .enumerate()
            .filter(|(index, _)| !is_refused(*index))
            .map(|(_, id)| *id)
            .collect();
        let is_answered = bant::keep(tx, stamp, &kept, &self.answers).await?;
        Ok((changed, refused, is_answered))
    }
}

/// Part of [`super::LEAD`]'s settling: the gate, and what follows from the status.
pub async fn settle(ctx: &Ctx, drafts: &mut [Draft]) -> Result<()> {
    let gate = settings::all(ctx).await?.bant_gate;
    for draft in drafts.iter_mut() {
        let was = draft.before.as_ref().map(super::status);
        let is = super::status(&draft.after);
        if was == Some(is) || draft.after.carried.contains_key(UNDOING) {
            continue;
        }
        if is == Status::Qualified {
            let score = draft.after[Key::BantScore].int().unwrap_or_default();
            if score < gate {
                draft.errors.add(
                    Key::Status.name(),
                    say!(
                        "Nitelikli sayılması için BANT puanı en az {} olmalı; şimdi {}.",
                        "To be qualified it needs a BANT score of {} at least; now it is {}.",
                        gate,
                        score
                    ),
                );
            }
            draft.after.set(Key::QualifiedAt, ctx.now_us());
        }
        // Whoever is back has not been ruled out.
        if was == Some(Status::Disqualified) {
            draft.after.set(Key::DisqualifyReason, Cell::Missing);
        }
    }
    Ok(())
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(qualify_lead), Access::Needs(LEAD_WRITE))
        .add(routes!(qualify_leads), Access::Needs(LEAD_WRITE))
}

/// Moves a lead to another status; `qualified` needs the BANT score the organisation asks for, `disqualified` a reason. Junk is
/// `{"status": "disqualified", "reason": "junk"}`. Answers with the lead.
#[utoipa::path(put, path = "/leads/{id}/qualify/", tag = TAG, operation_id = "qualify_lead", params(("id" = i64, Path)), request_body = LeadQualification, responses((status = 200, body = super::http::Lead), Problems))]
async fn qualify_lead(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<LeadQualification>) -> Result<Reply> {
    let wanted = Wanted::parse(&ctx, &input.status, input.reason.as_deref(), input.bant.as_ref())?;
    http::command(&ctx, &LEAD, "qualify", id, async |tx, stamp| {
        let lead = read::one_for_change(tx, &ctx, &LEAD, LEAD_WRITE, id).await?;
        let (changed, refused, is_answered) = wanted.run(tx, &ctx, stamp, vec![lead]).await?;
        match refused.into_iter().next() {
            Some(refused) => Err(Error::Invalid(refused.errors)),
            None => Ok(is_answered || !changed.is_empty()),
        }
    })
    .await
}

/// The same for many leads in one stroke, undone in one.
#[utoipa::path(post, path = "/leads/qualify/", tag = TAG, operation_id = "qualify_leads", request_body = LeadsQualification, responses((status = 200, body = BulkOutcome), Problems))]
async fn qualify_leads(ctx: Ctx, Body(input): Body<LeadsQualification>) -> Result<Reply> {
    let wanted = Wanted::parse(&ctx, &input.status, input.reason.as_deref(), input.bant.as_ref())?;
    ctx.write(async |tx| {
        let definitions = custom::definitions(&ctx, LEAD.name).await?;
        let target = Target {
            ids: input.ids.as_deref(),
            criteria: input.criteria.as_ref(),
            search: input.search.as_deref(),
        };
        let ids = bulk::meant(tx, &ctx, &LEAD, LEAD_WRITE, target).await?;
        let operation = operations::open(tx, &ctx.stamp(), &LEAD.operation("qualify")).await?;
        let stamp = ctx.stamp().within(operation);
        let mut tally = Tally::default();
        for chunk in ids.chunks(CHUNK) {
            let leads = read::for_change(tx, &ctx, &LEAD, LEAD_WRITE, chunk, &definitions).await?;
            let order: Vec<i64> = leads.iter().map(|lead| lead.id).collect();
            let (changed, refused, _) = wanted.run(tx, &ctx, &stamp, leads).await?;
            tally.add(&ctx, &order, &changed, refused);
        }
        let summary = json!({ "action": "qualify", "matched": ids.len(), "changed": tally.changed, "refused": tally.refused_count });
        operations::finish(tx, operation, ctx.now_us(), "done", summary).await?;
        Ok(Reply::ok(&tally.outcome(operation, ids.len()))?.operation(operation))
    })
    .await
}
