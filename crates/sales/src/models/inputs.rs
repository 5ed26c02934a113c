//! What a predictive model learns from: fields with few values or with an order. Texts and identifiers never: a model would learn names by
//! heart.

use chrono::NaiveDate;
use criteria::{Field, Kind, Place};
use kernel::clock::DAY_US;
use kernel::ctx::Ctx;
use kernel::dialect::Dialect;
use kernel::error::{Result, Say};
use kernel::{money, say};
use prediction::{Bins, Feature, Value};
use records::entity::Entity;
use records::fields::Form;
use records::record::Record;
use records::{Cell, custom};
use sea_query::{Expr, ExprTrait as _};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column as _, FromRow, Row as _, TypeInfo as _, ValueRef as _};

use crate::opportunities::{OPPORTUNITY, chances};

/// How many fields a model may look at.
pub const MAX_FIELDS: usize = 60;

/// Fields of leads and opportunities that tell the outcome, are made of the model's own answer, say when a record was written, or are
/// identifiers.
const LEFT_OUT: [&str; 20] = [
    "actual_close_date",
    "amount_base",
    "category",
    "closed_at",
    "conversion_date",
    "created_at",
    "form_id",
    "is_won",
    "lead_score",
    "outcome",
    "probability",
    "probability_source",
    "qualified_at",
    "rate_date",
    "rate_micros",
    "score_source",
    "stage_id",
    "status",
    "updated_at",
    "win_probability",
];

/// A field as a model sees it.
#[derive(Clone, Debug)]
pub struct Input {
    pub field: Field,
    pub feature: Feature,
}

/// The fields a model can learn from.
pub async fn available(ctx: &Ctx, entity: &'static Entity) -> Result<Vec<Input>> {
    // An opportunity is judged by how it stands on a day, and its fields alone do not tell that.
    if entity.name == OPPORTUNITY.name {
        return Ok(chances::fields().map(Input::of).collect());
    }
    let definitions = custom::definitions(ctx, entity.name).await?;
    let is_closed_list = |form: Form| matches!(form, Form::Country | Form::City);
    let own = entity
        .fields
        .iter()
        .filter(|spec| can_be_learned(&spec.field) || is_closed_list(spec.form))
        .map(|spec| spec.field.clone());
    let custom = definitions.0.iter().map(|definition| (*definition.field).clone());
    Ok(own.chain(custom.filter(can_be_learned)).map(Input::of).collect())
}

/// Those of these names that there are, in their order.
pub async fn named(ctx: &Ctx, entity: &'static Entity, names: &[String]) -> Result<Vec<Input>> {
    let available = available(ctx, entity).await?;
    let find = |name: &String| available.iter().find(|input| input.feature.name == *name).cloned();
    Ok(names.iter().filter_map(find).collect())
}

fn can_be_learned(field: &Field) -> bool {
    let is_kind = matches!(
        field.kind,
        Kind::Choice(_) | Kind::Number { .. } | Kind::Money | Kind::Bool | Kind::Date | Kind::DateTime
    );
    is_kind && !LEFT_OUT.contains(&field.name.as_ref())
}

impl Input {
    pub fn of(field: Field) -> Input {
        let kind = match field.kind {
            Kind::Number { .. } | Kind::Money | Kind::Date | Kind::DateTime => prediction::Kind::Number,
            _ => prediction::Kind::Category,
        };
        Input {
            feature: Feature {
                name: field.name.to_string(),
                kind,
            },
            field,
        }
    }

    /// The value of a cell. A date counts as the days from the creation of the record to it: that means the same in history and now.
    pub fn value<'a>(&self, cell: &'a Cell, created_at: i64) -> Value<'a> {
        let days = |at_us: i64| Value::Number((at_us - created_at) as f64 / DAY_US as f64);
        match (cell, &self.field.kind) {
            (Cell::Text(day), Kind::Date) => match day.parse::<NaiveDate>() {
                Ok(day) => days(day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros()),
                Err(_) => Value::Missing,
            },
            (Cell::Int(at_us), Kind::DateTime) => days(*at_us),
            // SQLite keeps a boolean as a whole number.
            (Cell::Bool(true) | Cell::Int(1), Kind::Bool) => Value::Text("true"),
            (Cell::Bool(false) | Cell::Int(0), Kind::Bool) => Value::Text("false"),
            (Cell::Int(number), Kind::Number { .. } | Kind::Money) => Value::Number(*number as f64),
            (Cell::Text(text), _) => Value::Text(text),
            _ => Value::Missing,
        }
    }

    /// The value of a record.
    pub fn of_record<'a>(&self, record: &'a Record, created_at: i64) -> Value<'a> {
        static MISSING: Cell = Cell::Missing;
        let cell = match self.feature.name.strip_prefix("custom.") {
            Some(key) => record.custom.get(key).unwrap_or(&MISSING),
            None => record.cell(&self.feature.name),
        };
        self.value(cell, created_at)
    }

    /// Its SQL.
    pub fn sql(&self, entity: &Entity, dialect: Dialect) -> Expr {
        match &self.field.place {
            Place::Json { column, key, .. } => match self.field.kind {
                // PostgreSQL's numbers in JSON have no size.
                Kind::Number { .. } | Kind::Money => dialect.json_member_integer(entity.col(column), key).cast_as("bigint"),
                Kind::Bool => dialect.json_member_bool(entity.col(column), key),
                _ => dialect.json_member_text(entity.col(column), key),
            },
            Place::Column(column) | Place::Folded { column, .. } => entity.col(column),
            Place::Set { .. } => Expr::val(sea_query::Value::String(None)),
        }
    }

    /// What to call a bin of it.
    pub fn bin(&self, bins: &Bins, bin: usize) -> Say {
        if bin == 0 {
            return say!("Bilinmiyor", "Unknown");
        }
        if let Some(category) = bins.category(bin) {
            return self.category(category);
        }
        let number = |edge: f64| self.number(edge);
        match bins.range(bin) {
            Some((None, Some(to))) => both(&number(to), |to| format!("en çok {to}"), |to| format!("up to {to}")),
            Some((Some(from), Some(to))) => {
                let range = |from: &str, to: &str| format!("{from} – {to}");
                let (from, to) = (grouped(&number(from)), grouped(&number(to)));
                Say {
                    tr: range(&from.tr, &to.tr).into(),
                    en: range(&from.en, &to.en).into(),
                }
            }
            Some((Some(from), None)) => both(&number(from), |from| format!("{from} üstü"), |from| format!("above {from}")),
            Some((None, None)) => say!("Herhangi bir sayı", "Any number"),
            None => say!("Nadir ya da yeni bir değer", "A rare or new value"),
        }
    }

    fn category(&self, category: &str) -> Say {
        match (&self.field.kind, category) {
            (Kind::Bool, "true") => say!("Evet", "Yes"),
            (Kind::Bool, _) => say!("Hayır", "No"),
            _ => {
                let choice = self.field.choices().iter().find(|choice| choice.value == category);
                choice.map_or_else(|| say!("{}", "{}", category), |choice| choice.label.clone())
            }
        }
    }

    fn number(&self, edge: f64) -> String {
        match self.field.kind {
            Kind::Money => money::to_decimal(edge.round() as i64),
            Kind::Number { decimals } => money::to_scaled(edge.round() as i64, decimals),
            // Days.
            _ => format!("{edge:.1}"),
        }
    }
}

/// A decimal number as each language writes it: `1234.50` is `1.234,50` and `1,234.50`. Decimals that are all zero are left out.
fn grouped(decimal: &str) -> Say {
    let (whole, decimals) = decimal.split_once('.').unwrap_or((decimal, ""));
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let has_decimals = decimals.bytes().any(|digit| digit != b'0');
    let written = |group: char, point: char| {
        let mut out = sign.to_owned();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                out.push(group);
            }
            out.push(digit);
        }
        if has_decimals {
            out.push(point);
            out.push_str(decimals);
        }
        out
    };
    Say {
        tr: written('.', ',').into(),
        en: written(',', '.').into(),
    }
}

/// What each language says around a number.
fn both(decimal: &str, tr: impl Fn(&str) -> String, en: impl Fn(&str) -> String) -> Say {
    let number = grouped(decimal);
    Say {
        tr: tr(&number.tr).into(),
        en: en(&number.en).into(),
    }
}

/// A row as it comes, whatever its columns are: so that a million records need no JSON.
pub struct Raw(pub Vec<Cell>);

impl FromRow<'_, SqliteRow> for Raw {
    fn from_row(row: &SqliteRow) -> Result<Raw, sqlx::Error> {
        let cell = |index: usize| -> Result<Cell, sqlx::Error> {
            let raw = row.try_get_raw(index)?;
            let kind = raw.type_info();
            match kind.name() {
                _ if raw.is_null() => Ok(Cell::Missing),
                "TEXT" => row.try_get::<String, _>(index).map(Cell::from),
                _ => row.try_get::<i64, _>(index).map(Cell::Int),
            }
        };
        row.columns()
            .iter()
            .map(|column| cell(column.ordinal()))
            .collect::<Result<_, _>>()
            .map(Raw)
    }
}

impl FromRow<'_, PgRow> for Raw {
    fn from_row(row: &PgRow) -> Result<Raw, sqlx::Error> {
        let cell = |index: usize| -> Result<Cell, sqlx::Error> {
            let raw = row.try_get_raw(index)?;
            let kind = raw.type_info();
            match kind.name() {
                _ if raw.is_null() => Ok(Cell::Missing),
                "BOOL" => row.try_get::<bool, _>(index).map(Cell::Bool),
                "INT8" => row.try_get::<i64, _>(index).map(Cell::Int),
                "INT4" => row.try_get::<i32, _>(index).map(|number| Cell::Int(number.into())),
                _ => row.try_get::<String, _>(index).map(Cell::from),
            }
        };
        row.columns()
            .iter()
            .map(|column| cell(column.ordinal()))
            .collect::<Result<_, _>>()
            .map(Raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(kind: Kind) -> Input {
        Input::of(Field::new("x", "x", "x", kind, Place::Column("x")))
    }

    #[test]
    fn a_value_is_the_same_from_both_databases() {
        let yes = input(Kind::Bool);
        assert_eq!(yes.value(&Cell::Bool(true), 0), yes.value(&Cell::Int(1), 0));
        assert_eq!(yes.value(&Cell::Bool(false), 0), Value::Text("false"));
        assert_eq!(yes.value(&Cell::Missing, 0), Value::Missing);
    }

    #[test]
    fn a_number_is_written_as_its_language_writes_it() {
        let written = |decimal: &str| {
            let said = grouped(decimal);
            (said.tr.into_owned(), said.en.into_owned())
        };
        assert_eq!(written("1234567.50"), ("1.234.567,50".into(), "1,234,567.50".into()));
        assert_eq!(written("-1000.00"), ("-1.000".into(), "-1,000".into()));
        assert_eq!(written("999"), ("999".into(), "999".into()));
        assert_eq!(written("0.5"), ("0,5".into(), "0.5".into()));
    }

    #[test]
    fn a_date_counts_from_the_creation() {
        let day = input(Kind::Date);
        assert_eq!(day.value(&Cell::from("1970-01-11"), 0), Value::Number(10.0));
        assert_eq!(day.value(&Cell::from("1970-01-11"), 12 * DAY_US), Value::Number(-2.0));
        assert_eq!(day.value(&Cell::from("soon"), 0), Value::Missing);
        assert_eq!(input(Kind::DateTime).value(&Cell::Int(DAY_US / 2), 0), Value::Number(0.5));
    }
}
