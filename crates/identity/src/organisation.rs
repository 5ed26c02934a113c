//! The organisation that uses the product: one row.

use kernel::ctx::{Ctx, Organisation};
use kernel::db::{Db, Tx};
use kernel::error::{Error, Lang, Result, invalid};
use kernel::events::NewEvent;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Reply, Routes};
use kernel::say;
use kernel::text::nearest;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::fields::{self, Diff, Gather};
use crate::gate::{Lines, forget_after};
use crate::{Identity, ORGANISATION_MANAGE};

const MAX_NAME_CHARS: usize = 120;
const MAX_PATTERN_CHARS: usize = 60;

/// The currencies that have two decimals, as every amount of the product has.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP \
    CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK \
    LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB \
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW";

/// The organisation as it stands in the table and in answers.
#[derive(Clone, Debug, Serialize, FromRow, ToSchema)]
pub struct Settings {
    #[serde(skip)]
    id: i64,
    pub name: String,
    /// IANA: `Europe/Istanbul`.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// `tr` or `en`.
    pub locale: String,
    /// How customer codes are made; empty for the product's own way.
    pub customer_code_pattern: String,
    /// For how many months the audit is kept; none for ever.
    pub audit_kept_months: Option<i64>,
}

/// The organisation with what follows from its settings.
#[derive(Serialize, ToSchema)]
#[schema(as = Organisation)]
pub struct Shown {
    #[serde(flatten)]
    #[schema(inline)]
    settings: Settings,
    /// The first code that the pattern makes today; none of a pattern that cannot be used.
    customer_code_example: Option<String>,
}

impl Shown {
    fn of(settings: Settings, identity: &Identity, ctx: &Ctx) -> Shown {
        let example = identity.code_example(&settings.customer_code_pattern, ctx.today());
        Shown {
            settings,
            customer_code_example: example.ok().filter(|example| !example.is_empty()),
        }
    }
}

/// What changes of the organisation.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OrganisationChange {
    pub name: Option<String>,
    pub time_zone: Option<String>,
    pub currency: Option<String>,
    pub locale: Option<String>,
    pub customer_code_pattern: Option<String>,
    /// 12 to 1200; null for ever.
    #[serde(deserialize_with = "fields::present")]
    #[schema(value_type = Option<i64>)]
    pub audit_kept_months: Option<Option<i64>>,
}

/// The organisation as `Ctx` carries it; a nameless one before set-up.
pub async fn read(db: &Db) -> Result<Organisation> {
    let Some(settings) = db.opt::<Settings>(&select()).await? else {
        return Ok(Organisation::default());
    };
    let standard = Organisation::default();
    Ok(Organisation {
        zone: settings.time_zone.parse().unwrap_or(standard.zone),
        lang: Lang::parse(&settings.locale).unwrap_or(standard.lang),
        currency: settings.currency,
        name: settings.name,
        customer_code_pattern: settings.customer_code_pattern,
    })
}

/// The settings, seen from a transaction.
pub async fn settings(tx: &mut Tx) -> Result<Settings> {
    tx.opt(&select()).await?.ok_or(Error::NotFound)
}

/// Changes what is given.
pub async fn update(tx: &mut Tx, ctx: &Ctx, change: OrganisationChange) -> Result<()> {
    let before = settings(tx).await?;
    let mut problems = Gather::default();
    let or = |given: Option<String>, before: &str| given.unwrap_or_else(|| before.to_owned());
    let name = problems.take(fields::name("name", &or(change.name, &before.name), MAX_NAME_CHARS))?;
    let time_zone = problems.take(time_zone(&or(change.time_zone, &before.time_zone)))?;
    let currency = problems.take(currency(&or(change.currency, &before.currency)))?;
    let locale = problems.take(fields::locale(&or(change.locale, &before.locale)))?;
    let pattern = problems.take(pattern(&or(change.customer_code_pattern, &before.customer_code_pattern)))?;
    let kept_months = problems.take(audit_kept_months(
        "audit_kept_months",
        change.audit_kept_months.unwrap_or(before.audit_kept_months),
    ))?;
    problems.check()?;

    let mut diff = Diff::default();
    diff.note("name", before.name.as_str(), name.as_str());
    diff.note("time_zone", before.time_zone.as_str(), time_zone.as_str());
    diff.note("currency", before.currency.as_str(), currency.as_str());
    diff.note("locale", before.locale.as_str(), locale.as_str());
    diff.note("customer_code_pattern", before.customer_code_pattern.as_str(), pattern.as_str());
    diff.note("audit_kept_months", before.audit_kept_months, kept_months);
    if diff.is_empty() {
        return Ok(());
    }
    let update = Query::update()
        .table("organisation")
        .values([
            ("name", name.into()),
            ("time_zone", time_zone.into()),
            ("currency", currency.into()),
            ("locale", locale.into()),
            ("customer_code_pattern", pattern.into()),
            ("audit_kept_months", kept_months.into()),
        ])
        .and_where(Expr::col("id").eq(before.id))
        .to_owned();
    tx.exec(&update).await?;
    tx.emit(
        &ctx.stamp(),
        NewEvent::new("organisation.updated", "organisation", before.id).changes(diff.0),
    )
    .await?;
    forget_after(tx);
    Ok(())
}

/// The row, made with the usual values if there is none yet.
pub(crate) async fn ensure_row(tx: &mut Tx) -> Result<i64> {
    tx.lock_table("organisation").await?;
    if let Some(settings) = tx.opt::<Settings>(&select()).await? {
        return Ok(settings.id);
    }
    let standard = Organisation::default();
    let insert = Query::insert()
        .into_table("organisation")
        .columns(["name", "time_zone", "currency", "locale", "customer_code_pattern"])
        .values_panic([
            "".into(),
            standard.zone.name().into(),
            standard.currency.into(),
            standard.lang.tag().into(),
            "".into(),
        ])
        .returning_col("id")
        .to_owned();
    tx.insert(&insert).await
}

fn select() -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "name",
            "time_zone",
            "currency",
            "locale",
            "customer_code_pattern",
            "audit_kept_months",
        ])
        .from(Alias::new("organisation"))
        .order_by("id", Order::Asc)
        .limit(1)
        .to_owned()
}

fn time_zone(text: &str) -> Result<String> {
    let text = text.trim();
    if let Ok(zone) = text.parse::<chrono_tz::Tz>() {
        return Ok(zone.name().to_owned());
    }
    let zones = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    Err(invalid(
        "time_zone",
        match nearest(text, zones) {
            Some(near) => say!(
                "“{}” diye bir saat dilimi yok; “{}” mi demek istediniz?",
                "There is no time zone “{}”; did you mean “{}”?",
                text,
                near
            ),
            None => say!(
                "Europe/Istanbul gibi bir saat dilimi olmalı.",
                "Must be a time zone such as Europe/Istanbul."
            ),
        },
    ))
}

fn currency(text: &str) -> Result<String> {
    let code = text.trim().to_ascii_uppercase();
    if code.len() == 3 && CURRENCIES.split_whitespace().any(|known| known == code) {
        return Ok(code);
    }
    Err(invalid(
        "currency",
        say!(
            "İki ondalıklı bir ISO 4217 kodu olmalı, örneğin TRY.",
            "Must be an ISO 4217 code with two decimals, such as TRY."
        ),
    ))
}

/// A year at least: who would look into what happened needs it, and a slip of the finger must not end it.
pub(crate) fn audit_kept_months(field: &str, months: Option<i64>) -> Result<Option<i64>> {
    match months {
        Some(months) if !(12..=1_200).contains(&months) => Err(invalid(
            field,
            say!(
                "12 ile 1200 arasında bir ay sayısı olmalı; süresiz saklamak için boş bırakın.",
                "Must be a number of months from 12 to 1200; none to keep it for ever."
            ),
        )),
        months => Ok(months),
    }
}

fn pattern(text: &str) -> Result<String> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    fields::name("customer_code_pattern", text, MAX_PATTERN_CHARS)
}

// Over HTTP

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(get_organisation), Access::SignedIn)
        .add(routes!(update_organisation), Access::Needs(ORGANISATION_MANAGE))
        .done()
}

/// The organisation.
#[utoipa::path(get, path = "/organisation/", operation_id = "get_organisation", tag = "organisation", responses((status = 200, body = Shown), Problems))]
async fn get_organisation(ctx: Ctx, identity: Identity) -> Result<Reply> {
    let settings = ctx.db.opt::<Settings>(&select()).await?.ok_or(Error::NotFound)?;
    Reply::ok(&Shown::of(settings, &identity, &ctx))
}

/// Change the organisation.
#[utoipa::path(patch, path = "/organisation/", operation_id = "update_organisation", tag = "organisation", request_body = OrganisationChange, responses((status = 200, body = Shown), Problems))]
async fn update_organisation(ctx: Ctx, identity: Identity, Body(change): Body<OrganisationChange>) -> Result<Reply> {
    // Else the refusal would come to whoever makes the next customer.
    if let Some(given) = &change.customer_code_pattern {
        identity
            .code_example(&pattern(given)?, ctx.today())
            .map_err(|problem| invalid("customer_code_pattern", problem))?;
    }
    ctx.write(async |tx| {
        update(tx, &ctx, change).await?;
        Reply::ok(&Shown::of(settings(tx).await?, &identity, &ctx))
    })
    .await
}

#[cfg(test)]
mod tests {
    use kernel::error::Lang;

    use super::*;

    #[test]
    fn a_mistyped_zone_is_suggested_and_an_unknown_currency_refused() {
        assert_eq!(time_zone(" Europe/Istanbul ").unwrap(), "Europe/Istanbul");
        let Err(Error::Invalid(errors)) = time_zone("Europe/Instanbul") else {
            panic!()
        };
        assert!(errors.in_language(Lang::En)["time_zone"][0].contains("did you mean “Europe/Istanbul”"));
        assert_eq!(currency("eur").unwrap(), "EUR");
        assert!(currency("TL").is_err());
        assert!(currency("JPY").is_err(), "has no decimals");
    }
}
