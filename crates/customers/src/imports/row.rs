//! From a row of the file to what it says: a patch of the fields, and what hangs on the customer. Pure, so that it runs beside the writer.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use criteria::Kind;
use kernel::ctx::Ctx;
use kernel::error::{FieldErrors, Result, Say};
use kernel::say;
use kernel::text::fold;
use sea_query::{Alias, Query};
use serde::{Deserialize, Serialize};

use super::cells::{self, Cells};
use super::mapping::Column;
use super::options::{MatchBy, Mode, Options};
use super::targets::{AddressPart, Relative, Target};
use crate::addresses::{self, Address};
use crate::cell::Cell;
use crate::countries;
use crate::custom_fields::Definitions;
use crate::customer::Customer;
use crate::customer::change;
use crate::customer::patch::{self, Patch};
use crate::fields::{Form, Key};

/// Something that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wrong {
    /// The column it is about; none when it is about the row.
    pub column: Option<String>,
    pub field: Option<String>,
    pub tr: String,
    pub en: String,
}

/// What a row says.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The number a spreadsheet shows beside the row.
    pub number: u64,
    /// As the file has them, for the file of wrong rows.
    pub cells: Vec<String>,
    pub patch: Patch,
    pub address: Vec<(AddressPart, String)>,
    pub relatives: Vec<(Relative, String)>,
    pub consents: Vec<(&'static str, bool)>,
    /// By what it is recognised, in the form it is kept in.
    pub key: Option<String>,
    pub wrong: Vec<Wrong>,
    /// The new customer it would be, complete, with what would be wrong with it. None when only known customers are changed.
    pub new: Option<(Box<Customer>, FieldErrors)>,
}

/// A mapping made ready.
pub struct Plan {
    pub header: Vec<String>,
    steps: Vec<Step>,
    defaults: Vec<(Target, String)>,
    cells: Cells,
    pub options: Options,
    pub definitions: Arc<Definitions>,
    staff: Staff,
    /// The target → the column that gives it.
    columns: HashMap<String, String>,
    /// Whether rows name other customers.
    pub has_relatives: bool,
}

struct Step {
    index: usize,
    target: Target,
    scale: i64,
}

/// Users and teams by what files call them.
#[derive(Default)]
pub struct Staff {
    users: HashMap<String, i64>,
    teams: HashMap<String, i64>,
}

impl Staff {
    /// A user by name or e-mail address.
    pub fn user(&self, text: &str) -> Result<Cell, Say> {
        self.users.get(&fold(text)).map(|id| Cell::Int(*id)).ok_or_else(|| {
            say!(
                "Bu e-posta ya da adla bir kullanıcı yok.",
                "There is no user with this e-mail or name."
            )
        })
    }

    /// A team by its name.
    pub fn team(&self, text: &str) -> Result<Cell, Say> {
        self.teams
            .get(&fold(text))
            .map(|id| Cell::Int(*id))
            .ok_or_else(|| say!("Böyle bir ekip yok.", "There is no such team."))
    }

    pub async fn load(ctx: &Ctx) -> Result<Staff> {
        let users = Query::select()
            .columns(["id", "email", "name_fold"])
            .from(Alias::new("users"))
            .to_owned();
        let teams = Query::select().columns(["id", "name_fold"]).from(Alias::new("teams")).to_owned();
        let users: Vec<(i64, String, String)> = ctx.db.all(&users).await?;
        let mut by_name: HashMap<String, i64> = users.iter().map(|(id, _, name)| (name.clone(), *id)).collect();
        // Two people may share a name, never an e-mail address.
        by_name.extend(users.iter().map(|(id, email, _)| (fold(email), *id)));
        let teams: Vec<(i64, String)> = ctx.db.all(&teams).await?;
        Ok(Staff {
            users: by_name,
            teams: teams.into_iter().map(|(id, name)| (name, id)).collect(),
        })
    }
}

impl Plan {
    /// Makes a mapping ready that was [checked](super::mapping::checked).
    pub async fn make(ctx: &Ctx, header: &[String], mapping: &[Column], options: &Options, definitions: Arc<Definitions>) -> Result<Plan> {
        Ok(Plan::with_staff(header, mapping, options, definitions, Staff::load(ctx).await?))
    }

    fn with_staff(header: &[String], mapping: &[Column], options: &Options, definitions: Arc<Definitions>, staff: Staff) -> Plan {
        let step = |entry: &Column| {
            let target = Target::find(entry.target.as_deref()?, &definitions)?;
            Some(Step {
                index: header.iter().position(|name| *name == entry.column)?,
                target,
                scale: entry.scale.unwrap_or(1),
            })
        };
        let steps: Vec<Step> = mapping.iter().filter_map(step).collect();
        let defaults = options
            .defaults
            .iter()
            .filter_map(|(name, text)| Some((Target::find(name, &definitions)?, text.clone())))
            .collect();
        Plan {
            columns: steps.iter().map(|step| (step.target.name(), header[step.index].clone())).collect(),
            has_relatives: steps.iter().any(|step| matches!(step.target, Target::Relative(_))),
            header: header.to_vec(),
            steps,
            defaults,
            cells: Cells::of(options),
            options: options.clone(),
            definitions,
            staff,
        }
    }

    /// The column that gives a target.
    pub fn column(&self, target: &str) -> Option<&str> {
        self.columns.get(target).map(String::as_str)
    }

    /// Reads a row, and makes the new customer it may be.
    pub fn read(&self, ctx: &Ctx, row: &mut tabular::Row) -> Draft {
        let mut draft = self.parse(row);
        if self.options.mode != Mode::Update && draft.wrong.is_empty() {
            let (customer, errors) = self.new_customer(ctx, &draft);
            draft.new = Some((Box::new(customer), errors));
        }
        draft
    }

    /// The new customer that a row describes, complete, and what is wrong with it.
    pub fn new_customer(&self, ctx: &Ctx, draft: &Draft) -> (Customer, FieldErrors) {
        let mut customer = Customer::default();
        let mut errors = FieldErrors::default();
        let mut patch = Cow::Borrowed(&draft.patch);
        for (target, text) in &self.defaults {
            let is_said = match target {
                Target::Field(key) => draft.patch.cells.iter().any(|(named, cell)| named == key && !cell.is_missing()),
                Target::Custom(key) => draft.patch.custom.get(key).is_some_and(|cell| !cell.is_missing()),
                _ => true,
            };
            if is_said {
                continue;
            }
            match (self.value(target, 1, text), target) {
                (Ok(Value::Cell(cell)), Target::Field(key)) => patch.to_mut().set(*key, cell),
                (Ok(Value::Cell(cell)), Target::Custom(key)) => {
                    patch.to_mut().custom.insert(key.clone(), cell);
                }
                (Err(problem), _) => errors.add(target.name(), problem),
                _ => {}
            }
        }
        patch.apply(&mut customer);
        draft.apply_address(&mut customer, &mut errors);
        let found = change::complete(&mut customer, ctx, &self.definitions);
        for (field, problems) in found.0 {
            errors.0.entry(field).or_insert(problems);
        }
        (customer, errors)
    }

    /// What the errors of a customer mean for the row.
    pub fn wrong(&self, errors: FieldErrors) -> Vec<Wrong> {
        let entry = |(field, problem): (&String, Say)| {
            // City and country stand in an address of the same names.
            let column = self
                .column(field)
                .or_else(|| self.column(if field == "line" { "address_line" } else { field }));
            Wrong {
                column: column.map(str::to_owned),
                field: Some(field.clone()),
                tr: problem.tr.into_owned(),
                en: problem.en.into_owned(),
            }
        };
        errors
            .0
            .iter()
            .flat_map(|(field, problems)| problems.iter().map(move |problem| (field, problem.clone())))
            .map(entry)
            .collect()
    }

    fn parse(&self, row: &mut tabular::Row) -> Draft {
        let mut draft = Draft {
            number: row.number,
            ..Draft::default()
        };
        draft.patch.cells.reserve(self.steps.len());
        for fault in &row.faults {
            let say = fault.say(&self.header);
            let column = fault.column().and_then(|column| self.header.get(column)).cloned();
            draft.wrong.push(Wrong {
                column,
                field: None,
                tr: say.tr.into_owned(),
                en: say.en.into_owned(),
            });
        }
        for step in &self.steps {
            let text = row.cells.get(step.index).map(|text| text.trim()).unwrap_or_default();
            if text.is_empty() && !self.options.clear_empty {
                continue;
            }
            match (self.value(&step.target, step.scale, text), &step.target) {
                (Ok(Value::Cell(cell)), Target::Field(key)) => draft.patch.cells.push((*key, cell)),
                (Ok(Value::Cell(cell)), Target::Custom(key)) => {
                    draft.patch.custom.insert(key.clone(), cell);
                }
                (Ok(Value::Address(text)), Target::Address(part)) => draft.address.push((*part, text)),
                (Ok(Value::Relative(text)), Target::Relative(relative)) => draft.relatives.push((*relative, text)),
                (Ok(Value::Consent(yes)), Target::Consent(channel)) => draft.consents.push((channel, yes)),
                (Ok(_), _) => {}
                (Err(problem), target) => draft.wrong.push(Wrong {
                    column: Some(self.header[step.index].clone()),
                    field: Some(target.name()),
                    tr: problem.tr.into_owned(),
                    en: problem.en.into_owned(),
                }),
            }
        }
        draft.key = self.key(&draft.patch);
        draft.cells = std::mem::take(&mut row.cells);
        draft
    }

    /// Whether rows are recognised by something.
    pub fn has_key(&self) -> bool {
        match_key(self.options.match_by).is_some()
    }

    /// By what a row is recognised, if it can be read.
    pub fn key_of(&self, row: &mut tabular::Row) -> Option<String> {
        let draft = self.parse(row);
        draft.key.filter(|_| draft.wrong.is_empty())
    }

    fn key(&self, patch: &Patch) -> Option<String> {
        let key = match_key(self.options.match_by)?;
        let text = patch.cells.iter().find(|(named, _)| *named == key)?.1.text();
        (!text.is_empty()).then(|| key_text(key, text))
    }

    fn value(&self, target: &Target, scale: i64, text: &str) -> Result<Value, Say> {
        match target {
            Target::Field(key) => self.field(*key, scale, text).map(Value::Cell),
            Target::Custom(key) => self.custom(key, scale, text).map(Value::Cell),
            Target::Address(_) => Ok(Value::Address(text.to_owned())),
            Target::Relative(_) if text.is_empty() => Ok(Value::Nothing),
            Target::Relative(_) => match patch::parse_text(Key::CompanyName.spec(), text)? {
                Cell::Text(name) => Ok(Value::Relative(name)),
                _ => Ok(Value::Nothing),
            },
            Target::Consent(_) if text.is_empty() => Ok(Value::Nothing),
            Target::Consent(_) => self.cells.boolean(text).map(Value::Consent),
        }
    }

    fn field(&self, key: Key, scale: i64, text: &str) -> Result<Cell, Say> {
        let spec = key.spec();
        if text.is_empty() {
            return Ok(Cell::Missing);
        }
        match spec.form {
            Form::Money => self.cells.number(text, scale, 2),
            Form::Date => patch::parse_text(spec, &self.cells.date(text)?),
            Form::Bool => self.cells.boolean(text).map(Cell::Bool),
            Form::Country => patch::parse_text(spec, countries::code_of(text).unwrap_or(text)),
            Form::Currency => patch::parse_text(spec, cells::currency(text)),
            Form::Choice => {
                let value = Some(key)
                    .filter(|key| *key == Key::CompanySize)
                    .and_then(|_| company_size(text))
                    .or_else(|| choice(key, text));
                patch::parse_text(spec, value.unwrap_or(text))
            }
            Form::User => self.staff.user(text),
            Form::Team => self.staff.team(text),
            _ => patch::parse_text(spec, text),
        }
    }

    fn custom(&self, key: &str, scale: i64, text: &str) -> Result<Cell, Say> {
        let Some(definition) = self.definitions.get(key) else {
            return Ok(Cell::Missing);
        };
        if text.is_empty() {
            return Ok(Cell::Missing);
        }
        match &definition.field.kind {
            Kind::Number { decimals } => self.cells.number(text, scale, *decimals),
            Kind::Money => self.cells.number(text, scale, 2),
            Kind::Date => patch::parse_custom_text(definition, &self.cells.date(text)?),
            Kind::Bool => self.cells.boolean(text).map(Cell::Bool),
            _ => patch::parse_custom_text(definition, text),
        }
    }
}

/// The field a row is recognised by.
pub fn match_key(match_by: MatchBy) -> Option<Key> {
    Some(match match_by {
        MatchBy::CustomerCode => Key::CustomerCode,
        MatchBy::TaxNumber => Key::TaxNumber,
        MatchBy::IdentityNumber => Key::IdentityNumber,
        MatchBy::PrimaryEmail => Key::PrimaryEmail,
        MatchBy::PrimaryPhone => Key::PrimaryPhone,
        MatchBy::Number | MatchBy::Email | MatchBy::Phone | MatchBy::None => return None,
    })
}

/// The text by which two values of a key are the same: the case of an e-mail address does not matter.
pub fn key_text(key: Key, text: &str) -> String {
    if key == Key::PrimaryEmail { fold(text) } else { text.to_owned() }
}

enum Value {
    Cell(Cell),
    Address(String),
    Relative(String),
    Consent(bool),
    Nothing,
}

impl Draft {
    /// Sets what the row says on a customer.
    pub fn apply(&self, customer: &mut Customer) -> Result<(), FieldErrors> {
        self.patch.apply(customer);
        let mut errors = FieldErrors::default();
        self.apply_address(customer, &mut errors);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Writes the parts of the address into the primary one.
    fn apply_address(&self, customer: &mut Customer, errors: &mut FieldErrors) {
        if self.address.iter().all(|(_, text)| text.is_empty()) && customer.addresses.is_empty() {
            return;
        }
        if self.address.is_empty() {
            return;
        }
        if !customer.addresses.iter().any(|address| address.is_primary) {
            customer.addresses.insert(
                0,
                Address {
                    is_primary: true,
                    ..Address::default()
                },
            );
        }
        let Some(address) = customer.addresses.iter_mut().find(|address| address.is_primary) else {
            return;
        };
        for (part, text) in &self.address {
            match part {
                AddressPart::Line => address.line.clone_from(text),
                AddressPart::District => address.district.clone_from(text),
                AddressPart::PostalCode => address.postal_code.clone_from(text),
            }
        }
        address.normalise(errors);
        addresses::lead_fields(customer);
    }
}

/// Words for the choices of a field, beside their labels.
pub fn choice_words(key: Key) -> &'static [(&'static str, &'static [&'static str])] {
    match key {
        Key::Gender => &[("F", &["k", "bayan", "kiz", "woman", "w"]), ("M", &["e", "bay", "man"])],
        Key::CustomerType => &[
            (
                "individual",
                &["bireysel", "kisi", "sahis", "gercek kisi", "person", "contact", "b2c"],
            ),
            (
                "company",
                &[
                    "kurumsal",
                    "sirket",
                    "kurum",
                    "tuzel",
                    "tuzel kisi",
                    "business",
                    "corporate",
                    "organisation",
                    "organization",
                    "account",
                    "b2b",
                ],
            ),
        ],
        _ => &[],
    }
}

fn choice(key: Key, text: &str) -> Option<&'static str> {
    let words = choice_words(key);
    if words.is_empty() {
        return None;
    }
    let folded = fold(text);
    words
        .iter()
        .find(|(_, words)| words.contains(&folded.as_str()))
        .map(|(value, _)| *value)
}

/// A number of people falls into one of the sizes.
pub fn company_size(text: &str) -> Option<&'static str> {
    let people: u64 = text.replace(['.', ',', ' '], "").parse().ok()?;
    Some(match people {
        0 => return None,
        1..=9 => "1-9",
        10..=49 => "10-49",
        50..=249 => "50-249",
        250..=999 => "250-999",
        _ => "1000+",
    })
}

#[cfg(test)]
mod tests {
    use tabular::number::NumberStyle;

    use super::*;

    fn plan(columns: &[(&str, &str)], options: Options) -> Plan {
        let header: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let mapping: Vec<Column> = columns
            .iter()
            .map(|(name, target)| Column {
                column: (*name).into(),
                target: Some((*target).into()),
                ..Column::default()
            })
            .collect();
        let mut staff = Staff::default();
        staff.users.insert("ayse kaya".into(), 7);
        Plan::with_staff(&header, &mapping, &options, Arc::default(), staff)
    }

    fn row(cells: &[&str]) -> tabular::Row {
        let mut row = tabular::Row::default();
        row.number = 2;
        row.cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
        row
    }

    #[test]
    fn cells_become_values() {
        let columns = [
            ("A", "annual_revenue"),
            ("B", "birth_date"),
            ("C", "is_active"),
            ("D", "gender"),
            ("E", "owner_id"),
            ("F", "country"),
            ("G", "company_size"),
            ("H", "currency"),
        ];
        let draft = plan(&columns, Options::default()).parse(&mut row(&[
            "1.234,56",
            "03.04.1980",
            "Aktif",
            "Bayan",
            "AYŞE KAYA",
            "Almanya",
            "120",
            "TL",
        ]));
        assert_eq!(draft.wrong, []);
        let cell = |text: &str| Cell::Text(text.into());
        assert_eq!(
            draft.patch.cells,
            [
                (Key::AnnualRevenue, Cell::Int(123_456)),
                (Key::BirthDate, cell("1980-04-03")),
                (Key::IsActive, Cell::Bool(true)),
                (Key::Gender, cell("F")),
                (Key::Owner, Cell::Int(7)),
                (Key::Country, cell("DE")),
                (Key::CompanySize, cell("50-249")),
                (Key::Currency, cell("TRY")),
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_told_by_column() {
        let columns = [
            ("Ciro", "annual_revenue"),
            ("Doğum", "birth_date"),
            ("Sorumlu", "owner_id"),
            ("Onay", "consent_sms"),
            ("E-posta", "primary_email"),
        ];
        let draft = plan(&columns, Options::default()).parse(&mut row(&["çok", "31.02.1980", "Kimse", "belki", "ali@"]));
        let columns: Vec<_> = draft
            .wrong
            .iter()
            .map(|wrong| wrong.column.as_deref().unwrap_or_default())
            .collect();
        assert_eq!(columns, ["Ciro", "Doğum", "Sorumlu", "Onay", "E-posta"]);
        assert_eq!(draft.cells[0], "çok");
    }

    #[test]
    fn empty_cells_say_nothing_unless_they_clear() {
        let columns = [("Ad", "first_name"), ("Unvan", "title")];
        let quiet = plan(&columns, Options::default()).parse(&mut row(&["Ali", " "]));
        assert_eq!(quiet.patch.cells.len(), 1);
        let clearing = plan(
            &columns,
            Options {
                clear_empty: true,
                ..Options::default()
            },
        )
        .parse(&mut row(&["Ali", " "]));
        assert_eq!(clearing.patch.cells[1], (Key::Title, Cell::Missing));
    }

    #[test]
    fn millions_are_multiplied_exactly() {
        let header = ["revenue".to_owned()];
        let mapping = [Column {
            column: "revenue".into(),
            target: Some("annual_revenue".into()),
            scale: Some(1_000_000),
            ..Column::default()
        }];
        let options = Options {
            number_style: Some(NumberStyle::Point),
            ..Options::default()
        };
        let plan = Plan::with_staff(&header, &mapping, &options, Arc::default(), Staff::default());
        let draft = plan.parse(&mut row(&["1100.04"]));
        assert_eq!(draft.patch.cells, [(Key::AnnualRevenue, Cell::Int(110_004_000_000))]);
        assert_eq!(plan.parse(&mut row(&["99999999999"])).wrong.len(), 1);
    }
}
