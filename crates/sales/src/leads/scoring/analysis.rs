//! What scores are worth: how they are spread, and what came of the leads in each band.

use std::sync::Arc;

use kernel::ctx::Ctx;
use kernel::db::Db;
use kernel::error::Result;
use records::read;
use sea_query::{Expr, ExprTrait as _, SelectStatement};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{Key, LEAD, ScoreSource, Status};
use crate::models::{self, Active, ModelFeature, ModelVersion, TrainingRefused};
use crate::permissions::LEAD_READ;

/// 0 to 9, 10 to 19, …, 90 to 100.
pub const BANDS: usize = 10;

/// The band of a score.
pub fn band(score: i64) -> usize {
    (score.clamp(0, 99) / 10) as usize
}

/// The leads of a band.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ScoreBand {
    pub from: i64,
    /// Included.
    pub to: i64,
    pub leads: i64,
    pub open: i64,
    pub converted: i64,
    pub disqualified: i64,
    /// Of those that are closed, in hundredths of a percent; none where none is.
    pub conversion_rate: Option<i64>,
}

/// What scores are worth.
#[derive(Serialize, ToSchema)]
pub struct LeadScoring {
    /// What makes the scores now.
    pub source: ScoreSource,
    /// Active rules.
    pub rules: usize,
    /// The leads the caller may see, by score.
    pub bands: Vec<ScoreBand>,
    /// The model in force, with how good it is.
    pub model: Option<ModelVersion>,
    /// What it looks at, what decides most first.
    pub features: Vec<ModelFeature>,
    /// Why the last training came to nothing, if it did.
    pub refusal: Option<TrainingRefused>,
}

/// Tells it of the leads the caller may see. The model itself is no secret: it has learned from all leads, whoever asks.
pub async fn of(ctx: &Ctx) -> Result<LeadScoring> {
    let active = models::active(ctx, &LEAD).await?;
    let versions = models::versions(&ctx.db, &LEAD).await?;
    Ok(LeadScoring {
        source: match active.is_some() {
            true => ScoreSource::Model,
            false => ScoreSource::Rules,
        },
        rules: super::rules::in_force(ctx).await?.0.len(),
        bands: bands(ctx).await?.to_vec(),
        features: (*active).as_ref().map(Active::features).unwrap_or_default(),
        refusal: versions.first().and_then(|newest| newest.refusal.0.clone()),
        model: versions.into_iter().find(|version| version.is_active),
    })
}

/// The bands, from memory while no lead changes.
async fn bands(ctx: &Ctx) -> Result<Arc<Vec<ScoreBand>>> {
    let of = |key: Key| (LEAD.table, key.name());
    let mut query = read::visible(ctx, &LEAD, LEAD_READ).await?;
    query
        .columns([of(Key::LeadScore), of(Key::Status)])
        .expr(Expr::col(sea_query::Asterisk).count())
        .group_by_columns([of(Key::LeadScore), of(Key::Status)]);
    let key = format!("leads.score_bands {}", query.to_string(sea_query::SqliteQueryBuilder));
    let db = ctx.db.clone();
    ctx.db.memo().get(key, &LEAD.touched(), || count(db, query)).await
}

async fn count(db: Db, query: SelectStatement) -> Result<Vec<ScoreBand>> {
    let mut bands: Vec<ScoreBand> = (0..BANDS as i64)
        .map(|band| ScoreBand {
            from: band * 10,
            to: if band + 1 == BANDS as i64 { 100 } else { band * 10 + 9 },
            ..ScoreBand::default()
        })
        .collect();
    for (score, status, leads) in db.all::<(i64, String, i64)>(&query).await? {
        let Some(band) = bands.get_mut(band(score)) else { continue };
        band.leads += leads;
        match Status::parse(&status) {
            Ok(Status::Converted) => band.converted += leads,
            Ok(Status::Disqualified) => band.disqualified += leads,
            _ => band.open += leads,
        }
    }
    for band in &mut bands {
        let closed = band.converted + band.disqualified;
        band.conversion_rate = (closed > 0).then(|| (band.converted * 10_000 + closed / 2) / closed);
    }
    Ok(bands)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_is_in_the_last_band() {
        assert_eq!([0, 9, 10, 89, 90, 99, 100].map(band), [0, 0, 1, 8, 9, 9, 9]);
    }
}
