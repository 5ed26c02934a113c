//! What a caller wants a record to become: the written fields by name, each already in the form it is kept in.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::Datelike;
use criteria::Kind;
use kernel::email::Email;
use kernel::error::{FieldErrors, Say};
use kernel::{money, say, text};
use serde_json::{Map, Value};
use turkiye::phone::Phone;
use turkiye::places;
use turkiye::url::WebAddress;

use crate::cell::Cell;
use crate::countries::is_country_code;
use crate::custom::{Definition, Definitions};
use crate::entity::Entity;
use crate::fields::{Form, Spec};
use crate::record::Record;

/// Values to set; what is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    /// By the place of the field in the entity's list.
    pub cells: BTreeMap<usize, Cell>,
    pub custom: BTreeMap<String, Cell>,
}

/// So many problems are told; whoever has more has something else in hand than a record. An organisation has fewer fields.
pub const MAX_ERRORS: usize = 200;

impl Patch {
    /// Reads a JSON object, collecting what is wrong by field. Names that are shown and not written are passed over, so that what was read
    /// can be sent back.
    pub fn parse(entity: &Entity, input: &Map<String, Value>, definitions: &Definitions, errors: &mut FieldErrors) -> Patch {
        let mut patch = Patch::default();
        for (name, value) in input {
            if errors.0.len() >= MAX_ERRORS {
                break;
            }
            if name == "custom" {
                match value {
                    Value::Object(custom) => custom
                        .iter()
                        .take(MAX_ERRORS)
                        .for_each(|(key, value)| patch.parse_custom(key, value, definitions, errors)),
                    _ => errors.add(name, say!("Bir nesne olmalı.", "Must be an object.")),
                }
            } else if let Some(key) = name.strip_prefix("custom.") {
                patch.parse_custom(key, value, definitions, errors);
            } else if let Some((index, spec)) = entity.field(name) {
                if spec.is_written() {
                    match parse(spec, value) {
                        Ok(cell) => {
                            patch.cells.insert(index, cell);
                        }
                        Err(problem) => errors.add(name, problem),
                    }
                }
            } else if !entity.is_shown(name) {
                errors.add(name, unknown(name, entity.written().map(|(_, spec)| spec.name())));
            }
        }
        patch
    }

    fn parse_custom(&mut self, key: &str, value: &Value, definitions: &Definitions, errors: &mut FieldErrors) {
        let Some(definition) = definitions.get(key) else {
            errors.add(
                format!("custom.{key}"),
                unknown(key, definitions.0.iter().map(|known| known.custom.key.as_str())),
            );
            return;
        };
        match parse_custom(definition, value) {
            Ok(cell) => {
                self.custom.insert(key.to_owned(), cell);
            }
            Err(problem) => errors.add(format!("custom.{key}"), problem),
        }
    }

    /// Sets the values.
    pub fn apply(&self, record: &mut Record) {
        for (index, cell) in &self.cells {
            record.put(*index, cell.clone());
        }
        for (key, cell) in &self.custom {
            if cell.is_missing() {
                record.custom.remove(key);
            } else {
                record.custom.insert(key.clone(), cell.clone());
            }
        }
    }
}

/// What is wrong with a name that no field has.
pub fn unknown<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Say {
    match text::nearest(name, known) {
        Some(nearest) => say!(
            "Böyle bir alan yok; “{}” olabilir mi?",
            "There is no such field; did you mean “{}”?",
            nearest
        ),
        None => say!("Böyle bir alan yok.", "There is no such field."),
    }
}

/// Reads the value of a field.
pub fn parse(spec: &Spec, value: &Value) -> Result<Cell, Say> {
    match (spec.form, value) {
        (_, Value::Null) => Ok(Cell::Missing),
        (Form::Bool, Value::Bool(yes)) => Ok(Cell::Bool(*yes)),
        (Form::Bool, _) => Err(say!("true veya false olmalı.", "Must be true or false.")),
        (Form::User | Form::Team | Form::Reference { .. }, Value::Number(id)) => id
            .as_i64()
            .filter(|id| *id > 0)
            .map(Cell::Int)
            .ok_or_else(|| say!("Bir kimlik numarası (id) olmalı.", "Must be an id.")),
        (Form::User | Form::Team | Form::Reference { .. }, _) => Err(say!("Bir kimlik numarası (id) olmalı.", "Must be an id.")),
        (Form::Tags, Value::Array(items)) => tags(items),
        (Form::Texts { max_chars }, Value::Array(items)) => texts(items, max_chars),
        (Form::Texts { .. }, _) => Err(say!("Metinlerin listesi olmalı.", "Must be a list of texts.")),
        (Form::Tags, _) => Err(say!("Etiket adlarının listesi olmalı.", "Must be a list of tag names.")),
        (Form::Users, Value::Array(items)) => users(items),
        (Form::Users, _) => Err(say!(
            "Kullanıcı kimliklerinin listesi olmalı.",
            "Must be a list of the ids of users."
        )),
        (Form::Money | Form::Number { .. }, Value::Number(number)) if number.is_i64() => parse_text(spec, &number.to_string()),
        (Form::Number { .. }, Value::Number(number)) => parse_text(spec, &number.to_string()),
        (_, Value::String(text)) => parse_text(spec, text),
        _ => Err(say!("Metin olmalı.", "Must be text.")),
    }
}

/// Reads the value of a field from text, as a form or a file gives it.
pub fn parse_text(spec: &Spec, text: &str) -> Result<Cell, Say> {
    let text = match spec.form {
        Form::LongText { .. } => clean_lines(text),
        _ => clean(text),
    };
    if text.is_empty() {
        return Ok(Cell::Missing);
    }
    match spec.form {
        Form::Code => bounded(text, 20),
        Form::Text { max_chars } | Form::LongText { max_chars } => bounded(text, max_chars),
        Form::Number { decimals } => amount(&text, decimals),
        Form::Choice => choice(spec.field.choices(), &text),
        Form::Email => Email::parse(&text)
            .map(|email| Cell::Text(email.to_string()))
            .map_err(|error| error.say()),
        Form::Phone => Phone::parse(&text)
            .map(|phone| Cell::Text(phone.to_string()))
            .map_err(|error| error.say()),
        // Their check digits depend on the country, so the customer as a whole is checked.
        Form::TaxNumber | Form::IdentityNumber => {
            let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            bounded(digits.into(), 11)
        }
        Form::WebAddress => WebAddress::parse(&text)
            .map(|url| Cell::Text(url.as_str().to_owned()))
            .map_err(|error| error.say()),
        Form::Date => date(&text),
        Form::DateTime => moment(&text),
        Form::Money => amount(&text, 2),
        Form::Currency => {
            let code = text.to_uppercase();
            let is_code = code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
            if is_code {
                Ok(Cell::Text(code))
            } else {
                Err(say!(
                    "Üç harfli para birimi kodu olmalı, örneğin TRY.",
                    "Must be a three-letter currency code such as TRY."
                ))
            }
        }
        Form::City => match places::find_province(&text) {
            Some(province) => Ok(Cell::Text(province.name.to_owned())),
            None => bounded(text, 50),
        },
        Form::Country => {
            let code = text.to_uppercase();
            if is_country_code(&code) {
                Ok(Cell::Text(code))
            } else {
                Err(say!(
                    "İki harfli ülke kodu olmalı, örneğin TR.",
                    "Must be a two-letter country code such as TR."
                ))
            }
        }
        Form::Bool => match text.as_ref() {
            "true" => Ok(Cell::Bool(true)),
            "false" => Ok(Cell::Bool(false)),
            _ => Err(say!("true veya false olmalı.", "Must be true or false.")),
        },
        Form::User | Form::Team | Form::Reference { .. } => text
            .parse()
            .ok()
            .filter(|id| *id > 0)
            .map(Cell::Int)
            .ok_or_else(|| say!("Bir kimlik numarası (id) olmalı.", "Must be an id.")),
        Form::Tags => tags(&text.split(',').map(|tag| Value::String(tag.to_owned())).collect::<Vec<_>>()),
        Form::Texts { max_chars } => texts(&text.split_whitespace().map(Value::from).collect::<Vec<_>>(), max_chars),
        Form::Users => users(&text.split(',').map(|id| Value::String(id.trim().to_owned())).collect::<Vec<_>>()),
        Form::Computed | Form::Command => Err(say!("Bu alan yazılamaz.", "This field cannot be written.")),
    }
}

/// Reads the value of a custom field.
pub fn parse_custom(definition: &Definition, value: &Value) -> Result<Cell, Say> {
    let kind = &definition.field.kind;
    match (kind, value) {
        (_, Value::Null) => Ok(Cell::Missing),
        (Kind::Bool, Value::Bool(yes)) => Ok(Cell::Bool(*yes)),
        (Kind::MultiChoice(_), Value::Array(items)) => {
            let mut list = Vec::new();
            for item in items {
                let text = item
                    .as_str()
                    .ok_or_else(|| say!("Seçeneklerin listesi olmalı.", "Must be a list of choices."))?;
                if let Cell::Text(value) = choice(definition.field.choices(), text)?
                    && !list.contains(&value)
                {
                    list.push(value);
                }
            }
            Ok(if list.is_empty() { Cell::Missing } else { Cell::List(list) })
        }
        (Kind::Number { .. } | Kind::Money, Value::Number(number)) => parse_custom_text(definition, &number.to_string()),
        (_, Value::String(text)) => parse_custom_text(definition, text),
        _ => Err(say!("Bu türde bir değer olamaz.", "Not a value of this kind.")),
    }
}

/// Reads the value of a custom field from text.
pub fn parse_custom_text(definition: &Definition, text: &str) -> Result<Cell, Say> {
    let text = clean(text);
    if text.is_empty() {
        return Ok(Cell::Missing);
    }
    match &definition.field.kind {
        Kind::Number { decimals } => amount(&text, *decimals),
        Kind::Money => amount(&text, 2),
        Kind::Date => date(&text),
        Kind::Choice(choices) => choice(choices, &text),
        Kind::MultiChoice(_) => {
            let items: Vec<Value> = text.split(',').map(|item| Value::String(item.trim().to_owned())).collect();
            parse_custom(definition, &Value::Array(items))
        }
        Kind::Bool => match text.as_ref() {
            "true" => Ok(Cell::Bool(true)),
            "false" => Ok(Cell::Bool(false)),
            _ => Err(say!("true veya false olmalı.", "Must be true or false.")),
        },
        Kind::Link => WebAddress::parse(&text)
            .map(|url| Cell::Text(url.as_str().to_owned()))
            .map_err(|error| error.say()),
        _ => bounded(text, 1000),
    }
}

/// Without surrounding blanks and control characters.
fn clean(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if trimmed.chars().any(char::is_control) {
        Cow::Owned(trimmed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(trimmed)
    }
}

/// The same for text of several lines, which keeps its line breaks.
fn clean_lines(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    let is_control = |c: char| c.is_control() && c != '\n';
    if trimmed.chars().any(is_control) {
        let plain = trimmed.replace("\r\n", "\n");
        Cow::Owned(plain.chars().map(|c| if is_control(c) { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(trimmed)
    }
}

fn bounded(text: Cow<'_, str>, max_chars: usize) -> Result<Cell, Say> {
    let chars = text.chars().count();
    if chars > max_chars {
        return Err(say!(
            "En çok {} karakter olabilir; {} karakter geldi.",
            "May have {} characters at most; got {}.",
            max_chars,
            chars
        ));
    }
    Ok(Cell::Text(text.into_owned()))
}

fn choice(choices: &[criteria::Choice], text: &str) -> Result<Cell, Say> {
    let folded = text::fold(text);
    let fits = |choice: &&criteria::Choice| {
        choice.value == text
            || text::fold(&choice.value) == folded
            || text::fold(&choice.label.tr) == folded
            || text::fold(&choice.label.en) == folded
    };
    match choices.iter().find(fits) {
        Some(choice) => Ok(Cell::Text(choice.value.to_string())),
        None => {
            let known = choices.iter().map(|choice| choice.value.as_ref()).collect::<Vec<_>>().join(", ");
            Err(say!("Şunlardan biri olmalı: {}.", "Must be one of: {}.", known))
        }
    }
}

fn date(text: &str) -> Result<Cell, Say> {
    let wrong = || say!("YYYY-AA-GG biçiminde bir tarih olmalı.", "Must be a date of the form YYYY-MM-DD.");
    let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| wrong())?;
    let canonical = date.format("%Y-%m-%d").to_string();
    if canonical == text && (1800..=2200).contains(&chrono::Datelike::year(&date)) {
        Ok(Cell::Text(canonical))
    } else {
        Err(wrong())
    }
}

fn amount(text: &str, decimals: u8) -> Result<Cell, Say> {
    // Fifteen digits, as the specification has them.
    let bound = 10i64.pow(15);
    match money::from_scaled(text, decimals) {
        Some(value) if value.abs() < bound => Ok(Cell::Int(value)),
        _ if decimals == 0 => Err(say!("Bir tam sayı olmalı.", "Must be a whole number.")),
        _ => Err(say!(
            "Noktalı ondalık sayı olmalı, en çok {} ondalık ve 15 basamak: örneğin 1234.50.",
            "Must be a decimal number with a point, {} decimals and 15 digits at most: such as 1234.50.",
            decimals
        )),
    }
}

/// Users at most in one field.
const MAX_USERS: usize = 100;

fn users(items: &[Value]) -> Result<Cell, Say> {
    let mut ids: Vec<i64> = Vec::with_capacity(items.len());
    for item in items {
        let id = item.as_i64().or_else(|| item.as_str()?.parse().ok()).filter(|id| *id > 0);
        ids.push(id.ok_or_else(|| say!("Kullanıcı kimliklerinin listesi olmalı.", "Must be a list of the ids of users."))?);
    }
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MAX_USERS {
        return Err(say!("En çok {} kişi olabilir.", "May be {} people at most.", MAX_USERS));
    }
    Ok(match ids.is_empty() {
        true => Cell::Missing,
        false => Cell::List(ids.iter().map(i64::to_string).collect()),
    })
}

/// Moments that calendars can show.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

fn moment(text: &str) -> Result<Cell, Say> {
    let at_us =
        kernel::clock::parse_rfc3339(text).filter(|at_us| YEARS.contains(&kernel::clock::local_date(*at_us, chrono_tz::UTC).year()));
    at_us.map(Cell::Int).ok_or_else(|| {
        say!(
            "2026-03-31T14:30:00+03:00 gibi bir zaman olmalı.",
            "Must be a time such as 2026-03-31T14:30:00+03:00."
        )
    })
}

/// Texts at most in one field.
const MAX_TEXTS: usize = 50;

fn texts(items: &[Value], max_chars: usize) -> Result<Cell, Say> {
    let mut texts: Vec<String> = Vec::new();
    for item in items {
        let text = item.as_str().map(str::trim).unwrap_or_default();
        if !(1..=max_chars).contains(&text.chars().count()) {
            return Err(say!(
                "Her biri 1 ile {} karakter arasında bir metin olmalı.",
                "Each must be a text of 1 to {} characters.",
                max_chars
            ));
        }
        if !texts.iter().any(|known| known == text) {
            texts.push(text.to_owned());
        }
    }
    if texts.len() > MAX_TEXTS {
        return Err(say!("En çok {} olabilir.", "May be {} at most.", MAX_TEXTS));
    }
    Ok(if texts.is_empty() { Cell::Missing } else { Cell::List(texts) })
}

fn tags(items: &[Value]) -> Result<Cell, Say> {
    let mut tags: Vec<String> = Vec::new();
    for item in items {
        let tag = item
            .as_str()
            .map(|tag| tag.split_whitespace().collect::<Vec<_>>().join(" "))
            .unwrap_or_default();
        if tag.is_empty() && item.is_string() {
            continue;
        }
        if tag.is_empty() || tag.chars().count() > 40 || tag.contains(',') {
            return Err(say!(
                "Etiketler virgülsüz, 1 ile 40 karakter arasında olmalı.",
                "Tags must have 1 to 40 characters and no comma."
            ));
        }
        if !tags.iter().any(|known| text::fold(known) == text::fold(&tag)) {
            tags.push(tag);
        }
    }
    if tags.len() > 50 {
        return Err(say!("En çok 50 etiket olabilir.", "May have 50 tags at most."));
    }
    tags.sort_by_key(|tag| text::sort_key(tag));
    Ok(if tags.is_empty() { Cell::Missing } else { Cell::List(tags) })
}
