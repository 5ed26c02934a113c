//! Rows that become records of an entity described to the crate `records`: leads, opportunities. Fields are read by their forms; other records
//! are named in a file as people call them (a customer by its code or name, a pipeline by its name).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use ::records::change::{self, Changed, change_all, create_all};
use ::records::custom::{self, Definitions};
use ::records::fields::{Form, Spec};
use ::records::patch::{self, Patch};
use ::records::{Cell, Entity, Record, countries, read};
use criteria::Kind;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result, Say};
use kernel::say;
use kernel::text::fold;
use sea_query::{Alias, Cond, Expr, ExprTrait, Query};
use serde_json::{Map, Value};
use tabular::looks::Looks;

use super::cells::{Cells, currency};
use super::chunk::{Fate, Outcome, Seen, WrongRow, count};
use super::mapping::Column;
use super::options::{Mode, OnDuplicate, Options};
use super::plan::reach;
use super::row::{Staff, Wrong, company_size};
use super::targets::{self, Known, Seems};
use crate::customer;
use crate::permissions::READ;

/// Every target of an entity.
pub fn targets(entity: &'static Entity, definitions: &Definitions) -> Vec<Known> {
    let fields = entity.written().map(|(_, spec)| {
        let seems = match spec.form {
            Form::Email => Seems::Plain(Looks::Email),
            Form::Phone => Seems::Plain(Looks::Phone),
            Form::WebAddress => Seems::Plain(Looks::Url),
            Form::Date => Seems::Plain(Looks::Date),
            Form::Money | Form::Number { .. } => Seems::Plain(Looks::Number),
            Form::Bool => Seems::Plain(Looks::Boolean),
            Form::Choice => Seems::Choice(targets::choices(&spec.field.kind, &[])),
            _ => Seems::Plain(Looks::Text),
        };
        let label = &spec.field.label;
        Known::new(spec.name().to_owned(), labels(&label.tr, &label.en, spec.name()), seems)
    });
    let extras = entity.extras.iter().map(|extra| {
        Known::new(
            extra.name.to_owned(),
            labels(extra.label_tr, extra.label_en, extra.name),
            Seems::Plain(Looks::Text),
        )
    });
    targets::custom(definitions).chain(fields).chain(extras).collect()
}

fn labels(tr: &str, en: &str, name: &str) -> Vec<String> {
    let also = synonyms(name).iter().map(|word| (*word).to_owned());
    [tr.to_owned(), en.to_owned(), name.replace('_', " ")]
        .into_iter()
        .chain(also)
        .collect()
}

/// What else people call a field.
fn synonyms(name: &str) -> &'static [&'static str] {
    match name {
        "lead_number" => &["Aday numarası", "Lead id"],
        "opportunity_number" => &["Fırsat numarası", "Opportunity id", "Deal id"],
        "assigned_to" | "sales_rep" => &["Sales agent", "Owner", "Temsilci", "Satışçı"],
        "customer" => &["Account", "Firma", "Cari"],
        "stage" => &["Deal stage", "Durum"],
        "amount" => &["Close value", "Deal value", "Bedel"],
        "opened_on" => &["Engage date", "Başlangıç tarihi"],
        "actual_close_date" => &["Close date", "Kapanış tarihi"],
        "company" => &["Firma adı", "Company name", "Organisation"],
        "email" => &["E-mail address", "Mail", "E-posta adresi"],
        "phone" => &["Cep telefonu", "Mobile", "Telephone"],
        "title" => &["Unvan", "Position"],
        "source" => &["Lead source", "Aday kaynağı"],
        _ => &[],
    }
}

enum Target {
    Field(usize, &'static Spec),
    Custom(String),
    Extra(&'static str),
}

struct Step {
    index: usize,
    target: Target,
    scale: i64,
}

/// A mapping made ready.
pub struct Plan {
    entity: &'static Entity,
    pub header: Vec<String>,
    steps: Vec<Step>,
    defaults: Vec<(Target, String)>,
    cells: Cells,
    options: Options,
    definitions: Arc<Definitions>,
    staff: Staff,
    columns: HashMap<String, String>,
}

/// What a row says.
#[derive(Default)]
pub struct Draft {
    pub number: u64,
    pub cells: Vec<String>,
    patch: Patch,
    /// Other records, by the place of the field, as the file calls them.
    named: BTreeMap<usize, String>,
    extras: BTreeMap<&'static str, String>,
    key: Option<String>,
    wrong: Vec<Wrong>,
}

impl Plan {
    /// Makes a mapping ready that was checked.
    pub async fn make(ctx: &Ctx, entity: &'static Entity, header: &[String], mapping: &[Column], options: &Options) -> Result<Plan> {
        let definitions = custom::definitions(ctx, entity.name).await?;
        let find = |name: &str| -> Option<Target> {
            if let Some(key) = name.strip_prefix("custom.") {
                return definitions.get(key).map(|_| Target::Custom(key.to_owned()));
            }
            let extra = entity.extras.iter().find(|extra| extra.name == name);
            let field = || entity.field(name).filter(|(_, spec)| spec.is_written());
            extra
                .map(|extra| Target::Extra(extra.name))
                .or_else(|| field().map(|(index, spec)| Target::Field(index, spec)))
        };
        let step = |entry: &Column| {
            Some(Step {
                target: find(entry.target.as_deref()?)?,
                index: header.iter().position(|name| *name == entry.column)?,
                scale: entry.scale.unwrap_or(1),
            })
        };
        let steps: Vec<Step> = mapping.iter().filter_map(step).collect();
        let defaults = options
            .defaults
            .iter()
            .filter_map(|(name, text)| Some((find(name)?, text.clone())))
            .collect();
        Ok(Plan {
            columns: steps.iter().map(|step| (step.target.name(), header[step.index].clone())).collect(),
            entity,
            header: header.to_vec(),
            defaults,
            steps,
            cells: Cells::of(options),
            options: options.clone(),
            definitions,
            staff: Staff::load(ctx).await?,
        })
    }

    /// Reads a row.
    pub fn read(&self, row: &mut tabular::Row) -> Draft {
        let mut draft = Draft {
            number: row.number,
            ..Draft::default()
        };
        for fault in &row.faults {
            let column = fault.column().and_then(|column| self.header.get(column)).cloned();
            draft.wrong.push(wrong(column, None, fault.say(&self.header)));
        }
        for step in &self.steps {
            let text = row.cells.get(step.index).map(|text| text.trim()).unwrap_or_default();
            if text.is_empty() && !self.options.clear_empty {
                continue;
            }
            if let Err(problem) = self.set(&mut draft, &step.target, step.scale, text) {
                let column = Some(self.header[step.index].clone());
                draft.wrong.push(wrong(column, Some(step.target.name()), problem));
            }
        }
        if self.options.mode != Mode::Update {
            for (target, text) in self.defaults.iter().filter(|(target, _)| !draft.says(target)).collect::<Vec<_>>() {
                if let Err(problem) = self.set(&mut draft, target, 1, text) {
                    draft.wrong.push(wrong(None, Some(target.name()), problem));
                }
            }
        }
        draft.key = self.key(&draft.patch);
        draft.cells = std::mem::take(&mut row.cells);
        draft
    }

    fn set(&self, draft: &mut Draft, target: &Target, scale: i64, text: &str) -> Result<(), Say> {
        match target {
            Target::Field(index, spec) if matches!(spec.form, Form::Reference { .. }) && !text.is_empty() => {
                draft.named.insert(*index, text.to_owned());
            }
            Target::Field(index, spec) => {
                draft.patch.cells.insert(*index, self.field(spec, scale, text)?);
            }
            Target::Custom(key) => {
                draft.patch.custom.insert(key.clone(), self.custom(key, scale, text)?);
            }
            Target::Extra(name) => {
                draft.extras.insert(name, text.to_owned());
            }
        }
        Ok(())
    }

    fn field(&self, spec: &Spec, scale: i64, text: &str) -> Result<Cell, Say> {
        if text.is_empty() {
            return Ok(Cell::Missing);
        }
        match spec.form {
            Form::Money => self.cells.number(text, scale, 2),
            Form::Number { decimals } => self.cells.number(text, scale, decimals),
            Form::Date => patch::parse_text(spec, &self.cells.date(text)?),
            Form::Bool => self.cells.boolean(text).map(Cell::Bool),
            Form::Country => patch::parse_text(spec, countries::code_of(text).unwrap_or(text)),
            Form::Currency => patch::parse_text(spec, currency(text)),
            Form::Choice if spec.name() == "company_size" => patch::parse_text(spec, company_size(text).unwrap_or(text)),
            Form::User => self.staff.user(text),
            Form::Team => self.staff.team(text),
            _ => patch::parse_text(spec, text),
        }
    }

    fn custom(&self, key: &str, scale: i64, text: &str) -> Result<Cell, Say> {
        let Some(definition) = self.definitions.get(key).filter(|_| !text.is_empty()) else {
            return Ok(Cell::Missing);
        };
        match &definition.field.kind {
            Kind::Number { decimals } => self.cells.number(text, scale, *decimals),
            Kind::Money => self.cells.number(text, scale, 2),
            Kind::Date => patch::parse_custom_text(definition, &self.cells.date(text)?),
            Kind::Bool => self.cells.boolean(text).map(Cell::Bool),
            _ => patch::parse_custom_text(definition, text),
        }
    }

    /// Whether rows are recognised by something.
    pub fn has_key(&self) -> bool {
        self.options.match_by.field(self.entity).is_some()
    }

    /// By what a row is recognised, if it can be read.
    pub fn key_of(&self, row: &mut tabular::Row) -> Option<String> {
        let draft = self.read(row);
        draft.key.filter(|_| draft.wrong.is_empty())
    }

    fn key(&self, patch: &Patch) -> Option<String> {
        let (index, _) = self.entity.field(self.options.match_by.field(self.entity)?)?;
        let text = patch.cells.get(&index)?.text();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// What a row says, target by target.
    pub fn shown(&self, draft: &Draft) -> Map<String, Value> {
        let mut values = Map::new();
        for (index, cell) in &draft.patch.cells {
            let spec = &self.entity.fields[*index];
            values.insert(spec.name().to_owned(), spec.show(cell));
        }
        for (key, cell) in &draft.patch.custom {
            let kind = self.definitions.kind(key).unwrap_or(&Kind::Text);
            values.insert(format!("custom.{key}"), cell.to_json(kind));
        }
        for (index, text) in &draft.named {
            values.insert(self.entity.fields[*index].name().to_owned(), text.as_str().into());
        }
        for (name, text) in &draft.extras {
            values.insert((*name).to_owned(), text.as_str().into());
        }
        values
    }

    /// What the errors of a record mean for the row.
    fn wrong(&self, errors: FieldErrors) -> Vec<Wrong> {
        let told = |(field, problems): (String, Vec<Say>)| {
            let column = self.columns.get(&field).cloned();
            problems
                .into_iter()
                .map(move |problem| wrong(column.clone(), Some(field.clone()), problem))
        };
        errors.0.into_iter().flat_map(told).collect()
    }

    fn wrong_row(&self, problem: Say) -> Vec<Wrong> {
        let field = self.options.match_by.field(self.entity).map(str::to_owned);
        let column = field.as_ref().and_then(|field| self.columns.get(field)).cloned();
        vec![wrong(column, field, problem)]
    }
}

fn wrong(column: Option<String>, field: Option<String>, problem: Say) -> Wrong {
    Wrong {
        column,
        field,
        tr: problem.tr.into_owned(),
        en: problem.en.into_owned(),
    }
}

impl Target {
    fn name(&self) -> String {
        match self {
            Target::Field(_, spec) => spec.name().to_owned(),
            Target::Custom(key) => format!("custom.{key}"),
            Target::Extra(name) => (*name).to_owned(),
        }
    }
}

impl Draft {
    fn says(&self, target: &Target) -> bool {
        match target {
            Target::Field(index, _) => self.named.contains_key(index) || self.patch.cells.get(index).is_some_and(|cell| !cell.is_missing()),
            Target::Custom(key) => self.patch.custom.contains_key(key),
            Target::Extra(name) => self.extras.contains_key(name),
        }
    }

    fn apply(&self, record: &mut Record) {
        self.patch.apply(record);
        for (name, text) in &self.extras {
            record.carried.insert((*name).to_owned(), text.as_str().into());
        }
    }
}

/// Decides on every row of a chunk and, with a stamp, writes it. `seen` are the keys of the rows before.
pub async fn settle(
    tx: &mut Tx,
    ctx: &Ctx,
    plan: &Plan,
    mut drafts: Vec<Draft>,
    seen: &mut Seen,
    stamp: Option<&Stamp>,
) -> Result<Outcome> {
    resolve(tx, ctx, plan, &mut drafts).await?;
    let mut fates = vec![Fate::Wrong; drafts.len()];
    let known = known(tx, ctx, plan, &drafts).await?;
    let mut fresh: Vec<usize> = Vec::new();
    let mut changes: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter_mut().enumerate().filter(|(_, draft)| draft.wrong.is_empty()) {
        let is_first = draft.key.as_deref().is_none_or(|key| seen.note(key));
        let found = draft
            .key
            .as_deref()
            .and_then(|key| known.get(key))
            .map(Vec::as_slice)
            .unwrap_or_default();
        let is_there = !is_first || (plan.options.mode == Mode::Create && !found.is_empty());
        if is_there && plan.options.on_duplicate == OnDuplicate::Skip {
            fates[index] = Fate::Duplicate;
            continue;
        }
        match (found, plan.options.mode) {
            ([id], _) => changes.entry(*id).or_default().push(index),
            // An earlier row of this file made it, or would have.
            ([], _) if !is_first => fates[index] = Fate::Duplicate,
            ([], Mode::Create | Mode::Both) => fresh.push(index),
            ([], Mode::Update) => draft.wrong = plan.wrong_row(say!("Böyle bir kayıt yok.", "There is no such record.")),
            _ => draft.wrong = plan.wrong_row(say!("Birden çok kayıt buna uyuyor.", "More than one record matches this.")),
        }
    }
    let records: Vec<Record> = fresh
        .iter()
        .map(|index| {
            let mut record = plan.entity.blank();
            drafts[*index].apply(&mut record);
            record
        })
        .collect();
    fresh.iter().for_each(|index| fates[*index] = Fate::Create);
    let refused = match stamp {
        Some(stamp) => create_all(tx, ctx, stamp, plan.entity, records).await?.1,
        None => change::examine(tx, ctx, plan.entity, records).await?,
    };
    let mut wrong_rows: Vec<(Vec<usize>, FieldErrors)> = refused
        .into_iter()
        .map(|refused| (vec![fresh[refused.index]], refused.errors))
        .collect();
    let ids: Vec<i64> = changes.keys().copied().collect();
    let to_change = match ids.is_empty() {
        true => Vec::new(),
        false => read::for_change(tx, ctx, plan.entity, reach(ctx, plan.entity)?, &ids, &plan.definitions).await?,
    };
    let order: Vec<i64> = to_change.iter().map(|record| record.id).collect();
    let rows_of = |id: i64| changes.get(&id).cloned().unwrap_or_default();
    let is_changed: BTreeSet<i64> = match stamp {
        Some(stamp) => {
            let alter = |record: &mut Record| {
                rows_of(record.id).iter().for_each(|index| drafts[*index].apply(record));
                Ok(())
            };
            let (changed, refused) = change_all(tx, ctx, stamp, to_change, alter).await?;
            wrong_rows.extend(refused.into_iter().map(|refused| (rows_of(order[refused.index]), refused.errors)));
            changed.iter().map(|changed: &Changed| changed.after.id).collect()
        }
        None => to_change
            .iter()
            .filter(|record| {
                let mut after = (*record).clone();
                rows_of(record.id).iter().for_each(|index| drafts[*index].apply(&mut after));
                after != **record
            })
            .map(|record| record.id)
            .collect(),
    };
    for (id, rows) in &changes {
        for index in rows {
            fates[*index] = if is_changed.contains(id) { Fate::Update } else { Fate::Unchanged };
        }
    }
    for (rows, errors) in wrong_rows {
        for index in rows {
            drafts[index].wrong = plan.wrong(errors.clone());
            fates[index] = Fate::Wrong;
        }
    }
    let mut outcome = Outcome {
        counts: count(&fates),
        fates,
        ..Outcome::default()
    };
    for draft in drafts.into_iter().filter(|draft| !draft.wrong.is_empty()) {
        outcome.wrong.push(WrongRow {
            number: draft.number,
            cells: draft.cells,
            wrong: draft.wrong,
        });
    }
    Ok(outcome)
}

/// Finds the records that rows may be about, by the key of the row.
async fn known(tx: &mut Tx, ctx: &Ctx, plan: &Plan, drafts: &[Draft]) -> Result<HashMap<String, Vec<i64>>> {
    let mut known: HashMap<String, Vec<i64>> = HashMap::new();
    let Some(column) = plan.options.match_by.field(plan.entity) else {
        return Ok(known);
    };
    let keys: BTreeSet<&str> = drafts.iter().filter_map(|draft| draft.key.as_deref()).collect();
    if keys.is_empty() {
        return Ok(known);
    }
    let mut query = read::visible(ctx, plan.entity, reach(ctx, plan.entity)?).await?;
    query
        .columns([(plan.entity.table, "id"), (plan.entity.table, column)])
        .and_where(plan.entity.col(column).is_in(keys))
        // Said in so many words, that a partial index serves it.
        .and_where(plan.entity.col(column).ne(Expr::Constant(sea_query::Value::from(""))));
    for (id, key) in tx.all::<(i64, String)>(&query).await? {
        known.entry(key).or_default().push(id);
    }
    Ok(known)
}

/// Finds the records that rows name, one query for each field.
async fn resolve(tx: &mut Tx, ctx: &Ctx, plan: &Plan, drafts: &mut [Draft]) -> Result<()> {
    let fields: BTreeSet<usize> = drafts.iter().flat_map(|draft| draft.named.keys().copied()).collect();
    for index in fields {
        let spec = &plan.entity.fields[index];
        let Form::Reference { table } = spec.form else { continue };
        let texts: BTreeSet<String> = drafts
            .iter()
            .filter_map(|draft| draft.named.get(&index))
            .map(|text| fold(text))
            .collect();
        let found = called(tx, ctx, table, &texts).await?;
        for draft in drafts.iter_mut() {
            let Some(text) = draft.named.get(&index) else { continue };
            match found.get(&fold(text)).map(Vec::as_slice).unwrap_or_default() {
                [id] => {
                    draft.patch.cells.insert(index, Cell::Int(*id));
                }
                found => {
                    let problem = match found {
                        [] => say!("“{}” diye bir kayıt yok.", "There is no record called “{}”.", text),
                        _ => say!("“{}” diye birden çok kayıt var.", "There are several records called “{}”.", text),
                    };
                    let column = plan.columns.get(spec.name()).cloned();
                    draft.wrong.push(wrong(column, Some(spec.name().to_owned()), problem));
                }
            }
        }
    }
    Ok(())
}

/// The ids of the records that are called so, by the folded text.
async fn called(tx: &mut Tx, ctx: &Ctx, table: &'static str, texts: &BTreeSet<String>) -> Result<HashMap<String, Vec<i64>>> {
    let mut found: HashMap<String, Vec<i64>> = HashMap::new();
    if table == customer::ENTITY.table {
        let mut query = customer::read::visible(ctx, READ).await?;
        let upper: Vec<String> = texts.iter().map(|text| text.to_uppercase()).collect();
        query
            .columns([(table, "id"), (table, "customer_code"), (table, "name_fold")])
            .cond_where(
                Cond::any()
                    .add(Expr::col((table, "name_fold")).is_in(texts.iter().map(String::as_str)))
                    .add(Expr::col((table, "customer_code")).is_in(upper)),
            );
        for (id, code, name) in tx.all::<(i64, String, String)>(&query).await? {
            for key in BTreeSet::from([fold(&code), name]) {
                found.entry(key).or_default().push(id);
            }
        }
        return Ok(found);
    }
    // Other tables are called by their number, or are few and called by a name.
    let entity = Entity::all().into_iter().find(|entity| entity.table == table);
    let mut query = match entity {
        Some(entity) => read::visible(ctx, entity, entity.permissions.read).await?,
        None => Query::select().from(Alias::new(table)).to_owned(),
    };
    match entity.and_then(|entity| entity.number) {
        Some(number) => {
            let upper: Vec<String> = texts.iter().map(|text| text.to_uppercase()).collect();
            query
                .columns([(table, "id"), (table, number.field)])
                .and_where(Expr::col((table, number.field)).is_in(upper));
        }
        None => {
            query.columns([(table, "id"), (table, "name")]);
        }
    }
    for (id, name) in tx.all::<(i64, String)>(&query).await? {
        found.entry(fold(&name)).or_default().push(id);
    }
    Ok(found)
}
