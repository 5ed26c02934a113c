//! How a file is read and what becomes of its rows.

use std::collections::BTreeMap;

use kernel::error::{FieldErrors, Result};
use kernel::say;
use serde::{Deserialize, Serialize};
use tabular::Encoding;
use tabular::date::{DateOrder, DateStyle};
use tabular::number::NumberStyle;
use utoipa::ToSchema;

use records::Entity;

use super::targets::{self, Known};

/// What becomes of rows: new customers only, changes of known ones only, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    Create,
    Update,
    #[default]
    Both,
}

/// By what a row is recognised as a record that is known already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchBy {
    CustomerCode,
    TaxNumber,
    IdentityNumber,
    PrimaryEmail,
    PrimaryPhone,
    /// By the number of a lead or an opportunity.
    Number,
    /// Of a lead.
    Email,
    /// Of a lead.
    Phone,
    /// By nothing: every row is a new record.
    #[default]
    None,
}

impl MatchBy {
    /// The field of an entity that is meant, if the entity has it.
    pub fn field(self, entity: &Entity) -> Option<&'static str> {
        let is_customer = entity.name == crate::customer::ENTITY.name;
        let name = match self {
            MatchBy::CustomerCode if is_customer => "customer_code",
            MatchBy::TaxNumber if is_customer => "tax_number",
            MatchBy::IdentityNumber if is_customer => "identity_number",
            MatchBy::PrimaryEmail if is_customer => "primary_email",
            MatchBy::PrimaryPhone if is_customer => "primary_phone",
            MatchBy::Number if !is_customer => entity.number?.field,
            MatchBy::Email if !is_customer => "email",
            MatchBy::Phone if !is_customer => "phone",
            _ => return None,
        };
        entity.field(name).map(|_| name)
    }
}

/// What becomes of a row whose customer stood in an earlier row of the file, or is known and ought to be new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnDuplicate {
    #[default]
    Skip,
    Update,
}

/// What becomes of a row that would be a new customer who is probably there already, though by no key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnLikelyDuplicate {
    #[default]
    Create,
    Skip,
}

/// Everything that can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The encoding of a CSV file, such as `UTF-8` or `windows-1254`; found out when it is not given.
    pub encoding: Option<String>,
    /// What separates the cells of a CSV file; found out when it is not given.
    pub separator: Option<char>,
    /// The sheet of a workbook; the first one when it is not given.
    pub sheet: Option<String>,
    /// `comma` (1.234,56) or `point` (1,234.56), for numbers that leave it open.
    #[schema(value_type = Option<String>)]
    pub number_style: Option<NumberStyle>,
    /// `day_month_year`, `month_day_year` or `year_month_day`, for dates that leave it open.
    #[schema(value_type = Option<String>)]
    pub date_style: Option<DateOrder>,
    pub mode: Mode,
    pub match_by: MatchBy,
    pub on_duplicate: OnDuplicate,
    pub on_likely_duplicate: OnLikelyDuplicate,
    /// Target → text, for new customers whose row says nothing about it.
    pub defaults: BTreeMap<String, String>,
    /// An empty cell empties the field of a known customer; otherwise it leaves it as it is.
    pub clear_empty: bool,
}

impl Options {
    /// How the file is to be opened.
    pub fn of_file(&self) -> Result<tabular::Options> {
        let encoding = self
            .encoding
            .as_deref()
            .map(Encoding::named)
            .transpose()
            .map_err(|problem| kernel::error::invalid("options.encoding", problem.say()))?;
        Ok(tabular::Options {
            encoding,
            separator: self.separator.map(|separator| u8::try_from(separator).unwrap_or(0)),
            sheet: self.sheet.clone(),
            ..tabular::Options::default()
        })
    }

    pub fn number_style(&self) -> NumberStyle {
        self.number_style.unwrap_or_default()
    }

    pub fn date_style(&self) -> DateStyle {
        DateStyle {
            order: self.date_style.unwrap_or_default(),
            ..DateStyle::default()
        }
    }

    /// Says what cannot be.
    pub fn check(&self, entity: &Entity, known: &[Known], errors: &mut FieldErrors) {
        if self.mode == Mode::Update && self.match_by == MatchBy::None {
            errors.add(
                "options.match_by",
                say!(
                    "Güncelleme için kayıtların neyle tanınacağını seçin.",
                    "To update, choose by what records are recognised."
                ),
            );
        }
        if self.match_by != MatchBy::None && self.match_by.field(entity).is_none() {
            errors.add(
                "options.match_by",
                say!("Bu kayıtlar bununla tanınamaz.", "These records are not recognised by this."),
            );
        }
        if self.separator.is_some_and(|separator| !separator.is_ascii()) {
            errors.add(
                "options.separator",
                say!("Tek bir ASCII işareti olmalı.", "Must be one ASCII sign."),
            );
        }
        for name in self.defaults.keys() {
            match targets::named(known, name).map(|target| target.can_default) {
                None => errors.add(
                    format!("options.defaults.{name}"),
                    say!("Böyle bir alan yok.", "There is no such field."),
                ),
                Some(false) => errors.add(
                    format!("options.defaults.{name}"),
                    say!("Bu alanın varsayılanı olamaz.", "This field can have no default."),
                ),
                Some(true) => {}
            }
        }
    }
}
