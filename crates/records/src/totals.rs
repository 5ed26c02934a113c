//! Figures over everything a list finds: sums, averages, extremes, how many have a value, how many different ones there are. Exact, in one
//! statement that reads the records once. Money is never added up across currencies.

use std::collections::BTreeMap;

use criteria::{Criteria, Field, Kind, Schema};
use kernel::clock::rfc3339;
use kernel::ctx::Ctx;
use kernel::dialect::Dialect;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::money::to_scaled;
use kernel::say;
use sea_query::{Alias, CommonTableExpression, Expr, ExprTrait, Query, SelectStatement, UnionType, WithClause, WithQuery};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::entity::Entity;
use crate::http::parse_criteria;
use crate::{choices, read, schema};

/// Figures of one answer.
const MAX_TOTALS: usize = 20;
/// Decimals of an average beside those of the numbers themselves.
const MORE_DECIMALS: u8 = 2;
/// The field with the currency of the money of a record.
const CURRENCY: &str = "currency";
/// Sums are taken of the parts above and below this, so that neither leaves what a database counts with.
const PART: i64 = 1_000_000;

choices! {
    /// What is figured out of a field.
    TotalFunction {
        Sum: "sum", "Toplam", "Sum";
        Average: "average", "Ortalama", "Average";
        Min: "min", "En küçük", "Smallest";
        Max: "max", "En büyük", "Largest";
        Filled: "filled", "Dolu", "Filled";
        Empty: "empty", "Boş", "Empty";
        Distinct: "distinct", "Farklı değer", "Different values";
    }
}

/// Which figures are asked for, of which records.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotalsRequest {
    /// As in the search of the entity.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    #[serde(default)]
    pub search: Option<String>,
    /// Twenty at most.
    pub totals: Vec<TotalWanted>,
}

/// A figure that is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotalWanted {
    pub field: String,
    #[schema(value_type = TotalFunction)]
    pub function: String,
}

/// The figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct Totals {
    /// How many records there are in all, exactly.
    pub count: i64,
    /// In the order in which they were asked for.
    pub totals: Vec<Total>,
}

/// A figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct Total {
    pub field: String,
    #[schema(value_type = TotalFunction)]
    pub function: &'static str,
    /// A count as a number, a number as a decimal string, a date or time as in a record; none when there is nothing to figure, and for
    /// money, which is told by currency (but for what is in the organisation's).
    #[schema(value_type = Option<Object>)]
    pub value: Value,
    /// Of money: a figure for each currency, by its code.
    pub by_currency: Option<Vec<InCurrency>>,
}

/// A figure in one currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct InCurrency {
    /// ISO 4217.
    pub currency: String,
    /// A decimal string.
    pub value: String,
}

/// A figure that makes sense.
struct Figure {
    field: std::sync::Arc<Field>,
    function: TotalFunction,
    /// Money that is in the organisation's currency.
    is_in_own_currency: bool,
}

impl Figure {
    fn parse(entity: &Entity, wanted: &TotalWanted, schema: &Schema) -> Result<Figure, (&'static str, kernel::error::Say)> {
        use TotalFunction::*;
        let field = schema.field(&wanted.field).cloned().ok_or_else(|| {
            let problem = match schema.nearest(&wanted.field) {
                Some(near) => say!(
                    "“{}” diye bir alan yok; “{}” olabilir mi?",
                    "There is no field “{}”; did you mean “{}”?",
                    wanted.field,
                    near
                ),
                None => say!("“{}” diye bir alan yok.", "There is no field “{}”.", wanted.field),
            };
            ("field", problem)
        })?;
        let function = TotalFunction::parse(&wanted.function).map_err(|problem| ("function", problem))?;
        let is_number = matches!(field.kind, Kind::Money | Kind::Number { .. });
        let is_time = matches!(field.kind, Kind::Date | Kind::DateTime);
        let makes_sense = match function {
            Sum | Average => is_number,
            Min | Max => is_number || is_time,
            Filled | Empty => true,
            Distinct => !field.is_many() && field.kind != Kind::Age,
        };
        if makes_sense {
            return Ok(Figure {
                is_in_own_currency: entity.reading.in_own_currency.contains(&field.name.as_ref()),
                field,
                function,
            });
        }
        Err((
            "function",
            say!(
                "“{}” alanı için {} hesaplanamaz.",
                "The field “{}” has no {}.",
                wanted.field,
                function.word()
            ),
        ))
    }

    /// Whether it is told by currency.
    fn is_by_currency(&self) -> bool {
        use TotalFunction::*;
        self.field.kind == Kind::Money && !self.is_in_own_currency && matches!(self.function, Sum | Average | Min | Max)
    }

    /// What must be known of each record.
    fn value(&self, schema: &Schema, dialect: Dialect, ctx: &Ctx) -> Result<Expr> {
        use TotalFunction::*;
        let moment = read::moment(ctx);
        if matches!(self.function, Filled | Empty) {
            let is_set = json!({ "field": self.field.name, "op": "is_set" });
            let is_set = Criteria::parse(&is_set, schema).map_err(|error| Error::internal(error.text.en.to_string()))?;
            let (yes, no) = if self.function == Filled { (1, 0) } else { (0, 1) };
            let case = Expr::case(is_set.to_sql(schema, dialect, &moment), Expr::Constant(yes.into()));
            return Ok(case.finally(Expr::Constant(no.into())).into());
        }
        let value = schema.value(&self.field, dialect, &moment);
        let value = value.ok_or(Error::internal("a figure of many values"))?;
        Ok(match &self.field.kind {
            Kind::Money | Kind::Number { .. } => value.cast_as("bigint"),
            _ => value,
        })
    }

    /// The SQL of its parts over a column of what is known of each record: two numbers, or one value.
    fn parts(&self, column: &str) -> Vec<String> {
        use TotalFunction::*;
        let is_text = !matches!(
            self.field.kind,
            Kind::Money | Kind::Number { .. } | Kind::DateTime | Kind::Bool | Kind::Reference(_)
        );
        // An empty text is no value.
        let value = if is_text {
            format!("nullif({column}, '')")
        } else {
            column.to_owned()
        };
        match self.function {
            Sum | Average => vec![
                format!("sum({column} / {PART})"),
                format!("sum({column} % {PART})"),
                format!("count({column})"),
            ],
            Min => vec![format!("min({value})")],
            Max => vec![format!("max({value})")],
            Filled | Empty => vec![format!("coalesce(sum({column}), 0)")],
            Distinct => vec![format!("count(DISTINCT {value})")],
        }
    }

    /// The figure as it is shown, of its parts.
    fn shown(&self, parts: &[Value]) -> Value {
        use TotalFunction::*;
        let whole = |place: usize| parts.get(place).and_then(Value::as_i64).map(i128::from);
        let decimals = match self.field.kind {
            Kind::Money => 2,
            Kind::Number { decimals } => decimals,
            _ => 0,
        };
        match self.function {
            Filled | Empty | Distinct => parts.first().cloned().unwrap_or_default(),
            Sum | Average => {
                let (Some(high), Some(low), Some(count)) = (whole(0), whole(1), whole(2)) else {
                    return Value::Null;
                };
                let sum = high * i128::from(PART) + low;
                match self.function {
                    Sum => json!(to_scaled(sum, decimals)),
                    _ if self.field.kind == Kind::Money => json!(to_scaled(rounded(sum, count), decimals)),
                    _ => {
                        let more = sum * 10i128.pow(u32::from(MORE_DECIMALS));
                        json!(to_scaled(rounded(more, count), decimals + MORE_DECIMALS))
                    }
                }
            }
            Min | Max => match (&self.field.kind, whole(0)) {
                (Kind::Money | Kind::Number { .. }, Some(number)) => json!(to_scaled(number, decimals)),
                (Kind::DateTime, Some(at_us)) => json!(rfc3339(at_us as i64)),
                _ => parts.first().cloned().unwrap_or_default(),
            },
        }
    }
}

/// Half is rounded away from zero.
fn rounded(sum: i128, count: i128) -> i128 {
    let half = count / 2;
    if sum < 0 { (sum - half) / count } else { (sum + half) / count }
}

/// Reads what is asked for; what is wrong is named by its place.
fn figures(entity: &Entity, wanted: &[TotalWanted], schema: &Schema) -> Result<Vec<Figure>> {
    if wanted.len() > MAX_TOTALS {
        return Err(invalid(
            "totals",
            say!("En çok {} hesap istenebilir.", "{} may be asked for at most.", MAX_TOTALS),
        ));
    }
    let mut errors = FieldErrors::default();
    let mut figures = Vec::with_capacity(wanted.len());
    for (index, wanted) in wanted.iter().enumerate() {
        match Figure::parse(entity, wanted, schema) {
            Ok(figure) => figures.push(figure),
            Err((member, problem)) => errors.add(format!("totals[{index}].{member}"), problem),
        }
    }
    if figures.iter().any(Figure::is_by_currency) && schema.field(CURRENCY).is_none() {
        errors.add(
            "totals",
            say!(
                "Para birimi size gizli; para tutarları toplanamaz.",
                "The currency is hidden from you; amounts of money cannot be added up."
            ),
        );
    }
    errors.check()?;
    Ok(figures)
}

/// The one statement: what is known of each record that is found, once, and the figures out of that. Each of its rows is a currency and
/// the parts of its figures as a JSON array that begins with a count; no currency is all of them together. Both databases read the records
/// once for it (`EXPLAIN`): a million of them, with figures of either sort, in some two seconds.
fn statement(found: SelectStatement, figures: &[Figure], dialect: Dialect) -> WithQuery {
    let parts = |is_by_currency: bool| {
        let of = |(place, figure): (usize, &Figure)| figure.parts(&format!("value_{place}"));
        let mine = figures
            .iter()
            .enumerate()
            .filter(move |(_, figure)| figure.is_by_currency() == is_by_currency);
        let parts: Vec<String> = std::iter::once("count(*)".to_owned()).chain(mine.flat_map(of)).collect();
        dialect.own_sql(dialect.json_array(&parts))
    };
    let in_all = Query::select()
        .expr(dialect.own_sql("CAST(NULL AS text)"))
        .expr(parts(false))
        .from(Alias::new("found"))
        .to_owned();
    let by_currency = Query::select()
        .expr(Expr::col(CURRENCY))
        .expr(parts(true))
        .from(Alias::new("found"))
        .group_by_col(CURRENCY)
        .to_owned();
    let has = |is_by_currency: bool| figures.iter().any(|figure| figure.is_by_currency() == is_by_currency);
    let query = match (has(true), has(false)) {
        (true, false) => by_currency,
        (true, true) => in_all.clone().union(UnionType::All, by_currency).to_owned(),
        (false, _) => in_all,
    };
    let found = CommonTableExpression::new().table_name("found").query(found).to_owned();
    query.with(WithClause::new().cte(found).to_owned())
}

/// Figures over everything that the criteria and the search find among the records the caller may see.
pub async fn of(ctx: &Ctx, entity: &'static Entity, request: &TotalsRequest) -> Result<Totals> {
    let schema = schema::schema(ctx, entity).await?;
    let criteria = parse_criteria(request.criteria.as_ref(), &schema)?;
    let figures = figures(entity, &request.totals, &schema)?;
    let dialect = ctx.db.dialect();
    let mut found = read::visible(ctx, entity, entity.permissions.read).await?;
    read::narrow(ctx, entity, &mut found, &schema, &criteria, request.search.as_deref());
    if figures.iter().any(Figure::is_by_currency) {
        let column = entity.field(CURRENCY).and_then(|(_, spec)| spec.column());
        found.expr_as(entity.col(column.ok_or(Error::internal("money without a currency"))?), CURRENCY);
    }
    if figures.is_empty() {
        found.column((entity.table, "id"));
    }
    for (place, figure) in figures.iter().enumerate() {
        found.expr_as(figure.value(&schema, dialect, ctx)?, format!("value_{place}"));
    }
    let rows: Vec<(Option<String>, String)> = ctx.db.all_while_wanted(&statement(found, &figures, dialect)).await?;
    totals(&figures, &rows)
}

/// The answer out of the rows of the [`statement`].
fn totals(figures: &[Figure], rows: &[(Option<String>, String)]) -> Result<Totals> {
    let mut of_all: Option<Vec<Value>> = None;
    let mut of_currencies: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (currency, parts) in rows {
        let parts: Vec<Value> = serde_json::from_str(parts)?;
        match currency {
            None => of_all = Some(parts),
            Some(currency) => {
                of_currencies.insert(currency, parts);
            }
        }
    }
    let count_of = |parts: &Vec<Value>| parts.first().and_then(Value::as_i64).unwrap_or_default();
    let count = match &of_all {
        Some(parts) => count_of(parts),
        None => of_currencies.values().map(count_of).sum(),
    };
    // Where the parts of the next figure begin, after the count.
    let (mut of_all_at, mut of_currencies_at) = (1, 1);
    let mut totals = Vec::with_capacity(figures.len());
    for figure in figures {
        let length = figure.parts("").len();
        let slice = |parts: &Vec<Value>, at: usize| figure.shown(parts.get(at..at + length).unwrap_or_default());
        let (value, by_currency) = match figure.is_by_currency() {
            true => {
                let at = of_currencies_at;
                of_currencies_at += length;
                let each = of_currencies.iter().filter_map(|(currency, parts)| {
                    Some(InCurrency {
                        currency: (*currency).to_owned(),
                        value: slice(parts, at).as_str()?.to_owned(),
                    })
                });
                (Value::Null, Some(each.collect()))
            }
            false => {
                let at = of_all_at;
                of_all_at += length;
                (of_all.as_ref().map_or(Value::Null, |parts| slice(parts, at)), None)
            }
        };
        totals.push(Total {
            field: figure.field.name.to_string(),
            function: figure.function.word(),
            value,
            by_currency,
        });
    }
    Ok(Totals { count, totals })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (sum, count, mean) in [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (-4, 3, -1), (0, 7, 0), (7, 1, 7)] {
            assert_eq!(rounded(sum, count), mean, "{sum} / {count}");
        }
    }
}
