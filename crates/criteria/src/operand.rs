//! The value of a field test: from JSON by the kind of the field, and back.

use chrono::{Datelike, NaiveDate};
use kernel::error::Say;
use kernel::{clock, money, say, text};
use serde_json::{Value, json};

use crate::criteria::{Literal, Operand};
use crate::error::{Error, joined};
use crate::op::{Op, Takes};
use crate::parse::MAX_TEXT_CHARS;
use crate::schema::{Field, Kind};
use crate::time::{Calendar, Period, When, Window};

/// Nobody is older, and dates stay far from the edge of the calendar.
const MAX_AGE: i64 = 200;

pub(crate) fn parse(field: &Field, op: Op, value: &Value, path: &str) -> Result<Operand, Error> {
    match op.takes() {
        Takes::Nothing if value.is_null() => Ok(Operand::Nothing),
        Takes::Nothing => {
            let op = op.name();
            Err(wrong(path, say!("\"{op}\" değer almaz.", "\"{op}\" takes no value.")))
        }
        Takes::One => literal(field, value, path).map(Operand::One),
        Takes::Range => match value.as_array().map(Vec::as_slice) {
            Some([from, to]) => range(
                literal(field, from, &format!("{path}[0]"))?,
                literal(field, to, &format!("{path}[1]"))?,
                path,
            ),
            _ => Err(wrong(
                path,
                say!("İki değer gerekir: [en az, en çok].", "Needs two values: [least, greatest]."),
            )),
        },
        Takes::Many => match value.as_array() {
            Some(values) if !values.is_empty() => {
                let literals = values
                    .iter()
                    .enumerate()
                    .map(|(i, value)| literal(field, value, &format!("{path}[{i}]")));
                Ok(Operand::Many(literals.collect::<Result<_, _>>()?))
            }
            _ => Err(wrong(
                path,
                say!(
                    "En az bir değerli bir liste gerekir: [\"…\"].",
                    "Needs a list of at least one value: [\"…\"]."
                ),
            )),
        },
        Takes::Period => {
            let period = value
                .as_str()
                .and_then(Period::parse)
                .filter(|period| may_count(field, *period))
                .ok_or_else(|| not_a_period(field, path))?;
            Ok(Operand::Window(if op == Op::InLast {
                Window::Last(period)
            } else {
                Window::Next(period)
            }))
        }
        Takes::Window => window(field, op, value, path).map(Operand::Window),
    }
}

fn literal(field: &Field, value: &Value, path: &str) -> Result<Literal, Error> {
    match &field.kind {
        Kind::Text | Kind::Link => plain_text(field, value, path),
        Kind::Choice(_) | Kind::MultiChoice(_) => choice(field, value, path),
        Kind::Number { decimals } => scaled(value, *decimals).map(Literal::Int).ok_or_else(|| {
            wrong(
                path,
                say!(
                    "En çok {decimals} ondalıklı bir sayı gerekir, örneğin 12.",
                    "Needs a number of at most {decimals} decimals, such as 12."
                ),
            )
        }),
        Kind::Money => scaled(value, 2).map(Literal::Int).ok_or_else(|| {
            wrong(
                path,
                say!(
                    "En çok iki ondalıklı bir tutar gerekir, örneğin \"1234.50\".",
                    "Needs an amount of at most two decimals, such as \"1234.50\"."
                ),
            )
        }),
        Kind::Age => scaled(value, 0)
            .filter(|age| (0..=MAX_AGE).contains(age))
            .map(Literal::Int)
            .ok_or_else(|| {
                wrong(
                    path,
                    say!(
                        "0 ile {MAX_AGE} arasında tam bir yaş gerekir.",
                        "Needs a whole age from 0 to {MAX_AGE}."
                    ),
                )
            }),
        Kind::Date | Kind::DateTime => when(field, value).map(Literal::When).ok_or_else(|| not_a_date(field, path)),
        Kind::Bool => value
            .as_bool()
            .map(Literal::Bool)
            .ok_or_else(|| wrong(path, say!("true veya false gerekir.", "Needs true or false."))),
        Kind::Reference(entity) => match value {
            Value::String(me) if me == "me" && *entity == "user" => Ok(Literal::Me),
            _ => value.as_i64().map(Literal::Int).ok_or_else(|| match *entity {
                "user" => wrong(
                    path,
                    say!("Bir kullanıcı numarası veya \"me\" gerekir.", "Needs the id of a user, or \"me\"."),
                ),
                _ => wrong(path, say!("Bir kayıt numarası gerekir, örneğin 42.", "Needs an id, such as 42.")),
            }),
        },
    }
}

fn plain_text(field: &Field, value: &Value, path: &str) -> Result<Literal, Error> {
    let Some(given) = value.as_str() else {
        return Err(wrong(path, say!("Bir metin gerekir.", "Needs a text.")));
    };
    // PostgreSQL has no NUL in text; and nothing would be found by a text of which folding leaves nothing.
    let nothing = if field.is_folded() {
        text::fold(given).is_empty()
    } else {
        given.is_empty()
    };
    if nothing || given.contains('\0') {
        return Err(wrong(
            path,
            say!(
                "Boş olmayan bir metin gerekir; boş olanlar için \"is_empty\" işleci var.",
                "Needs a text that is not empty; for what is empty there is the operator \"is_empty\"."
            ),
        ));
    }
    if given.chars().count() > MAX_TEXT_CHARS {
        return Err(wrong(
            path,
            say!(
                "Metin en çok {MAX_TEXT_CHARS} harf olabilir.",
                "A text has at most {MAX_TEXT_CHARS} letters."
            ),
        ));
    }
    Ok(Literal::Text(given.to_owned()))
}

fn choice(field: &Field, value: &Value, path: &str) -> Result<Literal, Error> {
    let values = || {
        field
            .choices()
            .iter()
            .map(|choice| choice.value.as_ref())
            .filter(|value| !value.is_empty())
    };
    match value.as_str() {
        Some(given) if values().any(|value| value == given) => Ok(Literal::Text(given.to_owned())),
        given => {
            let list = values().take(50).collect::<Vec<_>>().join(", ");
            let mut text = say!("Şunlardan biri gerekir: {list}.", "Needs one of: {list}.");
            if let Some(near) = given.and_then(|given| text::nearest(given, values())) {
                text = joined(say!("\"{near}\" mi demek istediniz?", "Did you mean \"{near}\"?"), text);
            }
            Err(wrong(path, text))
        }
    }
}

/// A JSON number or decimal string as a whole number of its last decimal.
fn scaled(value: &Value, decimals: u8) -> Option<i64> {
    match value {
        Value::Number(number) => money::from_scaled(&number.to_string(), decimals),
        Value::String(text) => money::from_scaled(text, decimals),
        _ => None,
    }
}

fn when(field: &Field, value: &Value) -> Option<When> {
    match value {
        Value::String(text) if text == "today" => Some(When::Today),
        Value::String(text) => day(text).map(When::Day).or_else(|| {
            let times = field.kind == Kind::DateTime;
            times.then(|| clock::parse_rfc3339(text)).flatten().map(When::Instant)
        }),
        Value::Object(object) if object.len() == 1 => {
            let (key, period) = object.iter().next()?;
            let period = Period::parse(period.as_str()?).filter(|period| may_count(field, *period))?;
            match key.as_str() {
                "ago" => Some(When::Ago(period)),
                "in" => Some(When::In(period)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A day of the years 1 to 9999, written `yyyy-mm-dd` and no other way.
fn day(text: &str) -> Option<NaiveDate> {
    let plain = text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit());
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (plain && day.year() > 0).then_some(day)
}

/// Hours are for times; a date knows only days.
fn may_count(field: &Field, period: Period) -> bool {
    field.kind == Kind::DateTime || !period.is_hours()
}

fn window(field: &Field, op: Op, value: &Value, path: &str) -> Result<Window, Error> {
    let named = || {
        let (key, name) = value.as_object().filter(|object| object.len() == 1)?.iter().next()?;
        let name = name.as_str()?;
        match key.as_str() {
            "last" => Period::parse(name).map(Window::Last),
            "next" => Period::parse(name).map(Window::Next),
            "calendar" => Calendar::parse(name).map(Window::Calendar),
            _ => None,
        }
    };
    let fits = |window: &Window| match window {
        Window::Last(period) | Window::Next(period) => may_count(field, *period) && (op != Op::AnniversaryIn || period.fits_a_year()),
        Window::Calendar(_) => true,
    };
    named().filter(fits).ok_or_else(|| {
        let calendars = Calendar::ALL.map(Calendar::name).join(", ");
        let mut text = say!(
            "{{\"last\": \"90d\"}}, {{\"next\": \"2w\"}} veya {{\"calendar\": \"this_month\"}} gerekir. Takvimler: {calendars}.",
            "Needs {{\"last\": \"90d\"}}, {{\"next\": \"2w\"}} or {{\"calendar\": \"this_month\"}}. The calendars are: {calendars}."
        );
        if op == Op::AnniversaryIn {
            text = joined(
                text,
                say!(
                    "Yıl dönümü için süre en çok bir yıl olabilir.",
                    "For an anniversary a period is at most a year."
                ),
            );
        }
        wrong(path, text)
    })
}

fn range(from: Literal, to: Literal, path: &str) -> Result<Operand, Error> {
    let reversed = match (&from, &to) {
        (Literal::Int(from), Literal::Int(to)) => from > to,
        (Literal::When(When::Day(from)), Literal::When(When::Day(to))) => from > to,
        (Literal::When(When::Instant(from)), Literal::When(When::Instant(to))) => from > to,
        _ => false,
    };
    if reversed {
        let text = say!(
            "İlk değer ikincisinden büyük olamaz.",
            "The first value must not be greater than the second."
        );
        return Err(Error::new(path, "reversed", text));
    }
    Ok(Operand::Range(from, to))
}

fn not_a_date(field: &Field, path: &str) -> Error {
    wrong(
        path,
        match field.kind {
            Kind::DateTime => say!(
                "Bir tarih gerekir: \"2026-03-05\", \"2026-03-05T14:30:00Z\", \"today\", {{\"ago\": \"30d\"}} veya {{\"in\": \"2w\"}}.",
                "Needs a time: \"2026-03-05\", \"2026-03-05T14:30:00Z\", \"today\", {{\"ago\": \"30d\"}} or {{\"in\": \"2w\"}}."
            ),
            _ => say!(
                "Bir tarih gerekir: \"2026-03-05\", \"today\", {{\"ago\": \"30d\"}} veya {{\"in\": \"2w\"}}.",
                "Needs a date: \"2026-03-05\", \"today\", {{\"ago\": \"30d\"}} or {{\"in\": \"2w\"}}."
            ),
        },
    )
}

fn not_a_period(field: &Field, path: &str) -> Error {
    wrong(
        path,
        match field.kind {
            Kind::DateTime => say!(
                "En çok yüz yıllık bir süre gerekir: 6h, 90d, 2w, 12mo veya 1y.",
                "Needs a period of at most a hundred years: 6h, 90d, 2w, 12mo or 1y."
            ),
            _ => say!(
                "En çok yüz yıllık bir süre gerekir: 90d, 2w, 12mo veya 1y.",
                "Needs a period of at most a hundred years: 90d, 2w, 12mo or 1y."
            ),
        },
    )
}

fn wrong(path: &str, text: Say) -> Error {
    Error::new(path, "wrong_value", text)
}

/// The value as it stands in canonical JSON; nothing for an operator without one.
pub(crate) fn to_json(field: &Field, op: Op, operand: &Operand) -> Option<Value> {
    match operand {
        Operand::Nothing => None,
        Operand::One(literal) => Some(literal_json(field, literal)),
        Operand::Range(from, to) => Some(json!([literal_json(field, from), literal_json(field, to)])),
        Operand::Many(literals) => Some(literals.iter().map(|literal| literal_json(field, literal)).collect()),
        Operand::Window(Window::Last(period)) if op == Op::InLast => Some(json!(period.to_string())),
        Operand::Window(Window::Next(period)) if op == Op::InNext => Some(json!(period.to_string())),
        Operand::Window(Window::Last(period)) => Some(json!({ "last": period.to_string() })),
        Operand::Window(Window::Next(period)) => Some(json!({ "next": period.to_string() })),
        Operand::Window(Window::Calendar(calendar)) => Some(json!({ "calendar": calendar.name() })),
    }
}

fn literal_json(field: &Field, literal: &Literal) -> Value {
    match (literal, &field.kind) {
        (Literal::Int(number), Kind::Money) => json!(money::to_decimal(*number)),
        (Literal::Int(number), Kind::Number { decimals }) if *decimals > 0 => json!(money::to_scaled(*number, *decimals)),
        (Literal::Int(number), _) => json!(number),
        (Literal::Text(text), _) => json!(text),
        (Literal::Bool(yes), _) => json!(yes),
        (Literal::When(When::Day(day)), _) => json!(day.to_string()),
        (Literal::When(When::Instant(at_us)), _) => json!(clock::rfc3339(*at_us)),
        (Literal::When(When::Today), _) => json!("today"),
        (Literal::When(When::Ago(period)), _) => json!({ "ago": period.to_string() }),
        (Literal::When(When::In(period)), _) => json!({ "in": period.to_string() }),
        (Literal::Me, _) => json!("me"),
    }
}
