//! Double opt-in: a submission waits until somebody with access to the address follows the link in a mail and says yes on the page behind it.
//! Opening the page confirms nothing, as programs that look through mail open every link.

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::clock::{DAY_US, rfc3339};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Lang, Result};
use kernel::json_text::JsonText;
use kernel::mail::Mail;
use records::custom;
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;

use super::content::{self, WebFormContent};
use super::figures::What;
use super::http::SubmissionState;
use super::submission::{self, Arrived, Candidate, Made};
use super::{Form, guard};
use crate::leads::{Key, LEAD};

/// How long a link is good. What nobody confirms is forgotten then.
pub const GOOD_US: i64 = 7 * DAY_US;
/// Longer than any token of ours.
const MAX_TOKEN_LEN: usize = 100;

/// A link that was made, and the mail that brings it.
pub struct Link {
    /// The table keeps nothing that the link could be made of.
    pub hash: String,
    pub mail: Mail,
}

fn hash(token: &str) -> String {
    format!("{:x}", Sha256::digest(token))
}

impl Link {
    /// The mail holds nothing that was filled in: nobody shall send their own words to others in our name.
    pub fn new(ctx: &Ctx, public_url: &str, arrived: &Arrived) -> Result<Link> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| Error::internal(format!("no random bytes: {error}")))?;
        let token = URL_SAFE_NO_PAD.encode(bytes);
        let lang = arrived.filled.lang;
        let title = lang.pick(&arrived.content.title_tr, &arrived.content.title_en);
        let link = format!("{public_url}/f/{}/confirm/{token}", arrived.form.slug);
        let organisation = &ctx.org.name;
        let text = lang.pick(
            format!(
                "Merhaba,\n\n“{title}” formunda bu e-posta adresi verildi. Sizseniz aşağıdaki sayfada onaylayın; bağlantı 7 gün geçerlidir:\n\n{link}\n\nSiz doldurmadıysanız bir şey yapmanız gerekmez: bilgiler silinir.\n\n{organisation}\n"
            ),
            format!(
                "Hello,\n\nthis e-mail address was given in the form “{title}”. If that was you, please confirm on the page below; the link is good for 7 days:\n\n{link}\n\nIf it was not you, there is nothing to do: what was filled in will be deleted.\n\n{organisation}\n"
            ),
        );
        Ok(Link {
            hash: hash(&token),
            mail: Mail {
                to: arrived.filled.lead[Key::Email].text().to_owned(),
                subject: lang.pick(format!("Lütfen onaylayın: {title}"), format!("Please confirm: {title}")),
                text,
            },
        })
    }
}

#[derive(Debug, FromRow)]
struct Row {
    id: i64,
    form_id: i64,
    version: i64,
    state: String,
    lang: String,
    answers: JsonText<content::Answers>,
    utm_source: String,
    utm_medium: String,
    utm_campaign: String,
    utm_term: String,
    utm_content: String,
    referrer: String,
    landing_page: String,
    at: i64,
    confirm_until: Option<i64>,
}

fn by_token(token: &str) -> SelectStatement {
    let mut query = select();
    query.and_where(Expr::col("confirm_hash").eq(hash(token)));
    query
}

fn select() -> SelectStatement {
    Query::select()
        .columns([
            "id",
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
            "at",
            "confirm_until",
        ])
        .from(Alias::new("form_submissions"))
        .to_owned()
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be confirmed, or was just now.
    Good,
    Confirmed,
    /// There is no such link, or it is too old.
    Void,
}

/// How a link of a form stands, and in which language its form was filled in.
pub async fn look(ctx: &Ctx, form: &Form, token: &str) -> Result<(Standing, Option<Lang>)> {
    if token.len() > MAX_TOKEN_LEN {
        return Ok((Standing::Void, None));
    }
    let row: Option<Row> = ctx.db.opt(&by_token(token)).await?;
    Ok(standing(ctx, form, row.as_ref()))
}

fn standing(ctx: &Ctx, form: &Form, row: Option<&Row>) -> (Standing, Option<Lang>) {
    let Some(row) = row.filter(|row| row.form_id == form.id) else {
        return (Standing::Void, None);
    };
    let lang = Lang::parse(&row.lang);
    if row.state == SubmissionState::Confirmed.word() {
        (Standing::Confirmed, lang)
    } else if row.confirm_until.is_some_and(|until| ctx.now_us() < until) {
        (Standing::Good, lang)
    } else {
        (Standing::Void, lang)
    }
}

/// Somebody said yes: the submission makes its lead now, and what they agreed to stands with when and from where it was confirmed. What is to
/// be counted comes along.
pub async fn confirm(
    tx: &mut Tx,
    ctx: &Ctx,
    form: &Arc<Form>,
    token: &str,
    address: Option<IpAddr>,
) -> Result<(Standing, Vec<(i64, String, What)>)> {
    tx.lock_table("form_submissions").await?;
    let row: Option<Row> = tx.opt(&by_token(token)).await?;
    let (stands, _) = standing(ctx, form, row.as_ref());
    let (Standing::Good, Some(row)) = (stands, row) else {
        return Ok((stands, Vec::new()));
    };
    let cut = guard::cut(address);
    let proof = format!("; double opt-in {} {cut}", rfc3339(ctx.now_us()));
    let made = make(tx, ctx, form, &row, &proof).await?;
    let confirmed = Query::update()
        .table("form_submissions")
        .value("state", SubmissionState::Confirmed.word())
        .value("confirmed_at", ctx.now_us())
        .value("confirm_address", cut)
        .and_where(Expr::col("id").eq(row.id))
        .to_owned();
    tx.exec(&confirmed).await?;
    let counts = [Some(What::Confirmed), submission::counted(&made)];
    let counts = counts.into_iter().flatten().map(|what| (form.id, row.utm_source.clone(), what));
    Ok((Standing::Good, counts.collect()))
}

/// Tries again to make a lead of a submission of which none came: because a field was required that it lacks, say. Without one still, why.
pub async fn retry(tx: &mut Tx, ctx: &Ctx, form: &Form, submission_id: i64) -> Result<(Made, Vec<(i64, String, What)>)> {
    tx.lock_table("form_submissions").await?;
    let mut query = select();
    query
        .and_where(Expr::col("id").eq(submission_id))
        .and_where(Expr::col("form_id").eq(form.id))
        .and_where(Expr::col("problem").ne(""))
        .and_where(Expr::col("lead_id").is_null());
    let row: Row = tx.opt(&query).await?.ok_or(Error::NotFound)?;
    let made = make(tx, ctx, form, &row, "").await?;
    let counts = submission::counted(&made).map(|what| (form.id, row.utm_source.clone(), what));
    Ok((made, counts.into_iter().collect()))
}

/// Makes the lead of a submission that is kept already, and notes which.
async fn make(tx: &mut Tx, ctx: &Ctx, form: &Form, row: &Row, proof: &str) -> Result<Made> {
    let definitions = custom::definitions(ctx, LEAD.name).await?;
    let content = answered(tx, form, row.version).await?;
    let lang = Lang::parse(&row.lang).unwrap_or(content.first_lang());
    let mut made = Made::default();
    match submission::read(&content, &definitions, &pairs(&row.answers), lang) {
        Ok(filled) => {
            let carried = [
                &row.utm_source,
                &row.utm_medium,
                &row.utm_campaign,
                &row.utm_term,
                &row.utm_content,
                &row.referrer,
                &row.landing_page,
            ]
            .map(String::clone);
            let candidate = Candidate {
                form,
                content: &content,
                version: row.version,
                lead: submission::lead_of(form, &content, &filled, &carried),
                filled: &filled,
                at_us: row.at,
            };
            made = submission::make(tx, ctx, std::slice::from_ref(&candidate))
                .await?
                .pop()
                .unwrap_or_default();
            submission::note_consents(tx, ctx, &[(row.id, &candidate, &made)], proof).await?;
        }
        // A field that it answered is another by now.
        Err(errors) => made.problem = errors.in_language(ctx.org.lang).into_keys().collect::<Vec<_>>().join(", "),
    }
    let update = Query::update()
        .table("form_submissions")
        .value("lead_id", made.lead_id)
        .value("customer_id", made.customer_id)
        .value("problem", made.problem.as_str())
        .and_where(Expr::col("id").eq(row.id))
        .to_owned();
    tx.exec(&update).await?;
    Ok(made)
}

/// What the version asked and said that was answered.
async fn answered(tx: &mut Tx, form: &Form, version: i64) -> Result<WebFormContent> {
    let query = Query::select()
        .column("content")
        .from(Alias::new("form_versions"))
        .and_where(Expr::col("form_id").eq(form.id))
        .and_where(Expr::col("version").eq(version))
        .to_owned();
    let (content,): (JsonText<WebFormContent>,) = tx.one(&query).await?;
    Ok(content.0)
}

/// Answers as inputs would give them again.
fn pairs(answers: &content::Answers) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in answers {
        match value {
            Value::Array(items) => pairs.extend(items.iter().filter_map(|item| Some((name.clone(), item.as_str()?.to_owned())))),
            Value::String(text) => pairs.push((name.clone(), text.clone())),
            other => pairs.push((name.clone(), other.to_string())),
        }
    }
    pairs
}

/// Forgets what nobody confirmed in time: there was no leave to keep it.
pub async fn purge(tx: &mut Tx, now_us: i64) -> Result<u64> {
    let gone = Query::delete()
        .from_table("form_submissions")
        .and_where(Expr::col("state").eq(SubmissionState::Waiting.word()))
        .and_where(Expr::col("confirm_until").lt(now_us))
        .to_owned();
    tx.exec(&gone).await
}
