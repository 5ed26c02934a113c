//! What somebody asks of a pipeline: which one, whose, of what, when.

use chrono::{Days, NaiveDate};
use criteria::Criteria;
use kernel::clock::local_midnight_us;
use kernel::ctx::Ctx;
use kernel::error::{Result, invalid};
use kernel::say;
use records::{http, read, schema};
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde_json::{Value, json};

use super::WINDOW_DAYS;
use crate::board;
use crate::figures;
use crate::opportunities::OPPORTUNITY;
use crate::pipelines::{self, Pipeline};

/// The parameters, read.
pub struct Asked {
    pub pipeline: Pipeline,
    /// Conditions on opportunities as criteria JSON.
    conditions: Vec<Value>,
    product: Option<i64>,
    /// Days, both within.
    pub from: String,
    pub to: String,
    pub from_us: i64,
    pub end_us: i64,
    pub as_of: Option<String>,
    /// The last moment of that day.
    pub as_of_end: Option<i64>,
}

/// The value of a parameter that is given and not empty.
pub fn given<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(given, value)| given == name && !value.trim().is_empty())
        .map(|(_, value)| value.trim())
}

pub fn id(pairs: &[(String, String)], name: &'static str) -> Result<Option<i64>> {
    given(pairs, name)
        .map(|value| {
            value
                .parse()
                .map_err(|_| invalid(name, say!("Tam sayı olmalı.", "Must be a whole number.")))
        })
        .transpose()
}

pub fn day(pairs: &[(String, String)], name: &'static str) -> Result<Option<NaiveDate>> {
    given(pairs, name)
        .map(|value| {
            let day = value.parse();
            day.map_err(|_| invalid(name, say!("2026-03-31 gibi bir gün olmalı.", "Must be a day such as 2026-03-31.")))
        })
        .transpose()
}

/// When a day begins.
pub fn begins(ctx: &Ctx, day: NaiveDate) -> Result<i64> {
    local_midnight_us(&day.to_string(), ctx.org.zone).ok_or_else(|| invalid("from", say!("Böyle bir gün yok.", "There is no such day.")))
}

/// The conditions of owner, team and source.
pub fn conditions(pairs: &[(String, String)]) -> Result<Vec<Value>> {
    let mut conditions = Vec::new();
    for (name, field) in [("owner", "sales_rep"), ("team", "team_id")] {
        conditions.extend(id(pairs, name)?.map(|id| json!({ "field": field, "op": "eq", "value": id })));
    }
    conditions.extend(given(pairs, "source").map(|source| json!({ "field": "source", "op": "eq", "value": source })));
    Ok(conditions)
}

impl Asked {
    pub async fn read(ctx: &Ctx, pairs: &[(String, String)]) -> Result<Asked> {
        const KNOWN: [&str; 8] = ["pipeline", "owner", "team", "source", "product", "from", "to", "as_of"];
        known(pairs, &KNOWN)?;
        let pipelines = pipelines::all(ctx).await?;
        let pipeline = board::pipeline(&pipelines, id(pairs, "pipeline")?)?.clone();
        let as_of = day(pairs, "as_of")?;
        let to = day(pairs, "to")?.unwrap_or(as_of.unwrap_or_else(|| ctx.today()));
        let to = as_of.map_or(to, |as_of| Ord::min(as_of, to));
        let from = day(pairs, "from")?.unwrap_or(to - chrono::TimeDelta::days(WINDOW_DAYS));
        if from > to {
            return Err(invalid("from", say!("Bitişten sonra olamaz.", "Cannot be after the end.")));
        }
        let after = |day: NaiveDate| day.checked_add_days(Days::new(1)).unwrap_or(day);
        Ok(Asked {
            pipeline,
            conditions: conditions(pairs)?,
            product: id(pairs, "product")?,
            from_us: begins(ctx, from)?,
            end_us: begins(ctx, after(to))?,
            from: from.to_string(),
            to: to.to_string(),
            as_of_end: as_of
                .map(|day| Ok::<_, kernel::error::Error>(begins(ctx, after(day))? - 1))
                .transpose()?,
            as_of: as_of.map(|day| day.to_string()),
        })
    }

    /// The criteria whose list these conditions are, with those of the question.
    pub fn criteria(&self, more: &[Value]) -> Value {
        let own = json!({ "field": "pipeline", "op": "eq", "value": self.pipeline.id });
        let all: Vec<&Value> = [&own].into_iter().chain(&self.conditions).chain(more).collect();
        json!({ "all": all })
    }

    /// The conditions on opportunities as criteria.
    pub async fn parsed(&self, ctx: &Ctx) -> Result<Criteria> {
        if self.conditions.is_empty() {
            return Ok(Criteria::everything());
        }
        let schema = schema::schema(ctx, &OPPORTUNITY).await?;
        http::parse_criteria(Some(&json!({ "all": self.conditions })), &schema)
    }

    /// Only those with the product.
    pub fn of_product(&self, query: &mut SelectStatement) {
        if let Some(product) = self.product {
            let with = Query::select()
                .column("opportunity_id")
                .from(Alias::new("opportunity_lines"))
                .and_where(Expr::col("product_id").eq(product))
                .to_owned();
            query.and_where(OPPORTUNITY.col("id").in_subquery(with));
        }
    }

    /// The ids of the opportunities that are meant and that the caller may see; none when these are all.
    pub async fn subset(&self, ctx: &Ctx) -> Result<Option<SelectStatement>> {
        if figures::sees_all(ctx) && self.conditions.is_empty() && self.product.is_none() {
            return Ok(None);
        }
        Ok(Some(self.visible(ctx).await?))
    }

    /// The ids of the opportunities that are meant and that the caller may see.
    pub async fn visible(&self, ctx: &Ctx) -> Result<SelectStatement> {
        let mut query = read::asked(ctx, &OPPORTUNITY, &self.parsed(ctx).await?, None).await?;
        self.of_product(&mut query);
        query.column((OPPORTUNITY.table, "id"));
        Ok(query)
    }
}

/// Refuses parameters nobody knows.
pub fn known(pairs: &[(String, String)], names: &[&'static str]) -> Result<()> {
    match pairs.iter().find(|(name, _)| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some((name, _)) => Err(invalid(
            name.as_str(),
            say!("Bilinmiyor; şunlar olabilir: {}.", "Unknown; may be: {}.", names.join(", ")),
        )),
    }
}
