//! The reasons for which opportunities are won and lost and leads disqualified, as an organisation lists them: what forms offer. They bind
//! nobody, since files bring others.

use std::sync::Arc;

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Lang, Result};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::json_text::JsonText;
use kernel::say;
use kernel::text::fold;
use records::choices;
use records::edit::Edit;
use records::kept::{self, Kept, noted};
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::permissions::PIPELINE_MANAGE;

const TAG: &str = "reasons";
const MAX_REASONS: usize = 50;
const MAX_CHARS: usize = 100;
/// Never was a lead: the same in every language, since screens have a key for it.
const JUNK: &str = "junk";

choices! {
    /// What a reason is for.
    ReasonKind {
        Win: "win", "Kazanma", "Winning";
        Loss: "loss", "Kaybetme", "Losing";
        Disqualify: "disqualify", "Eleme", "Disqualifying";
    }
}

impl ReasonKind {
    /// What holds until somebody says otherwise, in the organisation's language.
    fn standard(self, lang: Lang) -> Vec<String> {
        let words: &[(&str, &str)] = match self {
            ReasonKind::Win => &[
                ("Fiyat", "Price"),
                ("Ürün özellikleri", "Features"),
                ("İlişki", "Relationship"),
                ("Teslim süresi", "Delivery time"),
                ("Hizmet ve destek", "Service and support"),
            ],
            ReasonKind::Loss => &[
                ("Fiyat", "Price"),
                ("Rakip", "Competitor"),
                ("Bütçe yok", "No budget"),
                ("Zamanlama", "Timing"),
                ("Eksik özellik", "Missing feature"),
                ("Ulaşılamadı", "Not reached"),
                ("Vazgeçildi", "Given up"),
            ],
            ReasonKind::Disqualify => &[
                (JUNK, JUNK),
                ("Bütçe yok", "No budget"),
                ("İhtiyaç yok", "No need"),
                ("Yetkili değil", "No authority"),
                ("Ulaşılamadı", "Not reached"),
                ("Yinelenen", "Duplicate"),
            ],
        };
        let word = |(turkish, english): &(&str, &str)| match lang {
            Lang::Tr => (*turkish).to_owned(),
            Lang::En => (*english).to_owned(),
        };
        words.iter().map(word).collect()
    }
}

/// A list as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
pub struct List {
    /// Its own for each kind.
    id: i64,
    kind: String,
    reasons: JsonText<Vec<String>>,
}

impl Kept for List {
    const TABLE: &'static str = "reason_lists";
    const SUBJECT: &'static str = "reason_list";
    const KINDS: [&'static str; 3] = ["reason_list.set", "reason_list.set", "reason_list.reset"];
    const COLUMNS: &'static [&'static str] = &["kind", "reasons"];

    fn id(&self) -> i64 {
        self.id
    }

    fn identify(&mut self, id: i64) {
        self.id = id;
    }

    fn values(&self) -> Result<Vec<sea_query::Value>> {
        Ok(vec![self.kind.as_str().into(), serde_json::to_string(&self.reasons)?.into()])
    }
}

/// The reasons that forms offer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reasons {
    pub win: Vec<String>,
    pub loss: Vec<String>,
    pub disqualify: Vec<String>,
}

/// A list about to be set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonsInput {
    /// All of them, in their order; an empty list brings the standard one back.
    pub reasons: Vec<String>,
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_reasons), Access::SignedIn)
        .add(routes!(set_reasons), Access::Needs(PIPELINE_MANAGE))
}

fn shown(lists: &[List], lang: Lang) -> Reasons {
    let of = |kind: ReasonKind| match lists.iter().find(|list| list.kind == kind.word()) {
        Some(list) => list.reasons.0.clone(),
        None => kind.standard(lang),
    };
    Reasons {
        win: of(ReasonKind::Win),
        loss: of(ReasonKind::Loss),
        disqualify: of(ReasonKind::Disqualify),
    }
}

/// Reads a list: each once, none empty.
fn parse(reasons: Vec<String>) -> Result<Vec<String>> {
    let mut errors = FieldErrors::default();
    let mut read: Vec<String> = Vec::with_capacity(reasons.len());
    for (place, reason) in reasons.iter().enumerate() {
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        if reason.is_empty() || reason.chars().count() > MAX_CHARS {
            let problem = say!("1 ile {} karakter arasında olmalı.", "Must have 1 to {} characters.", MAX_CHARS);
            errors.add(format!("reasons.{place}"), problem);
        } else if read.iter().any(|known| fold(known) == fold(&reason)) {
            errors.add(
                format!("reasons.{place}"),
                say!("Bu neden listede var.", "This reason is in the list already."),
            );
        } else {
            read.push(reason);
        }
    }
    if reasons.len() > MAX_REASONS {
        errors.add("reasons", say!("En çok {} olabilir.", "May be {} at most.", MAX_REASONS));
    }
    errors.check()?;
    Ok(read)
}

/// Sets a list; whether that changed it.
async fn set(tx: &mut Tx, stamp: &Stamp, kind: ReasonKind, reasons: Vec<String>) -> Result<bool> {
    let mut query = kept::select::<List>();
    query.and_where(Expr::col("kind").eq(kind.word()));
    tx.dialect().for_update(&mut query);
    let before: Option<List> = tx.opt(&query).await?;
    let list = List {
        id: kind as i64 + 1,
        kind: kind.word().to_owned(),
        reasons: JsonText(reasons),
    };
    let after = Some(list).filter(|list| !list.reasons.is_empty());
    if before == after {
        return Ok(false);
    }
    kept::keep(tx, stamp, Edit { before, after }).await?;
    Ok(true)
}

/// The reasons that forms offer, by what they are for.
#[utoipa::path(get, path = "/reasons/", tag = TAG, operation_id = "list_reasons", responses((status = 200, body = Reasons), Problems))]
async fn list_reasons(ctx: Ctx) -> Result<Reply> {
    let db = ctx.db.clone();
    let lists = || async move { db.all::<List>(&kept::select::<List>()).await };
    let lists: Arc<Vec<List>> = ctx.db.memo().get("reason_lists".into(), &[List::SUBJECT], lists).await?;
    Reply::ok(&shown(&lists, ctx.org.lang))
}

/// Sets the reasons of a kind (`win`, `loss`, `disqualify`). What records say already stays.
#[utoipa::path(put, path = "/reasons/{kind}/", tag = TAG, operation_id = "set_reasons", params(("kind" = String, Path)), request_body = ReasonsInput, responses((status = 200, body = Reasons), Problems))]
async fn set_reasons(ctx: Ctx, PathId(kind): PathId<String>, Body(input): Body<ReasonsInput>) -> Result<Reply> {
    let kind = ReasonKind::parse(&kind).map_err(|_| Error::NotFound)?;
    let reasons = parse(input.reasons)?;
    ctx.write(async |tx| {
        noted(tx, &ctx, "reasons.set", async |tx, stamp| {
            let is_changed = set(tx, stamp, kind, reasons).await?;
            let lists: Vec<List> = tx.all(&kept::select::<List>()).await?;
            Ok((Reply::ok(&shown(&lists, ctx.org.lang))?, is_changed))
        })
        .await
    })
    .await
}
