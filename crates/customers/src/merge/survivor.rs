//! What stays of several records when they become one. Pure: nothing is read or written here.

use std::collections::BTreeMap;

use kernel::error::{FieldErrors, Result};
use kernel::say;
use kernel::text::{fold, nearest};

use crate::addresses::{self, Address};
use crate::cell::Cell;
use crate::contact_points::{self, ContactPoint, SLOTS};
use crate::custom_fields::Definitions;
use crate::customer::Customer;
use crate::fields::{Form, Key};

/// The records after they became one. The losers keep what the winner had already.
pub struct United {
    pub winner: Customer,
    pub losers: Vec<Customer>,
}

/// The fields whose value can be chosen.
pub fn choosable() -> impl Iterator<Item = Key> {
    Key::written().filter(|key| !matches!(key, Key::CustomerCode | Key::CustomerType | Key::Tags))
}

/// Makes records one. `losers` come in the order in which they fill what the winner lacks.
pub fn unite(winner: &Customer, losers: &[Customer], choices: &BTreeMap<String, i64>, definitions: &Definitions) -> Result<United> {
    check(winner, losers, choices, definitions)?;
    let chosen = |field: &str| {
        let id = choices.get(field)?;
        [winner].into_iter().chain(losers).find(|customer| customer.id == *id)
    };
    let all = || [winner].into_iter().chain(losers);
    let mut after = winner.clone();
    for key in choosable() {
        let value = match (key, chosen(key.name())) {
            (_, Some(customer)) => &customer[key],
            // Somebody's customer stays theirs.
            (Key::Owner | Key::Team, None) if !winner[Key::Owner].is_missing() || !winner[Key::Team].is_missing() => &winner[key],
            (Key::CustomerSince, None) => all()
                .map(|customer| &customer[key])
                .filter(|since| !since.is_missing())
                .min_by(|a, b| a.text().cmp(b.text()))
                .unwrap_or(&Cell::Missing),
            (_, None) => all()
                .map(|customer| &customer[key])
                .find(|cell| !cell.is_missing())
                .unwrap_or(&Cell::Missing),
        };
        after.set(key, value.clone());
    }
    for definition in &definitions.0 {
        let name = &definition.custom.key;
        let source = chosen(&format!("custom.{name}")).or_else(|| all().find(|customer| customer.custom.contains_key(name)));
        match source.and_then(|customer| customer.custom.get(name)) {
            Some(value) => after.custom.insert(name.clone(), value.clone()),
            None => after.custom.remove(name),
        };
    }
    let mut tags: Vec<String> = winner[Key::Tags].list().to_vec();
    for tag in losers.iter().flat_map(|loser| loser[Key::Tags].list()) {
        if tags.iter().all(|known| fold(known) != fold(tag)) {
            tags.push(tag.clone());
        }
    }
    if tags.len() > winner[Key::Tags].list().len() {
        tags.sort_by_key(|tag| kernel::text::sort_key(tag));
        after.set(Key::Tags, Cell::List(tags));
    }
    let mut gone = losers.to_vec();
    unite_points(&mut after, &mut gone, choices);
    unite_addresses(&mut after, &mut gone, choices);
    Ok(United {
        winner: after,
        losers: gone,
    })
}

fn check(winner: &Customer, losers: &[Customer], choices: &BTreeMap<String, i64>, definitions: &Definitions) -> Result<()> {
    let mut errors = FieldErrors::default();
    for (field, id) in choices {
        let is_known = match field.strip_prefix("custom.") {
            Some(key) => definitions.kind(key).is_some(),
            None => choosable().any(|key| key.name() == field),
        };
        if !is_known {
            errors.add(
                format!("fields.{field}"),
                match nearest(field, choosable().map(Key::name)) {
                    Some(near) => say!(
                        "Böyle seçilebilir bir alan yok; “{}” olabilir mi?",
                        "There is no such field to choose; did you mean “{}”?",
                        near
                    ),
                    None => say!("Böyle seçilebilir bir alan yok.", "There is no such field to choose."),
                },
            );
        } else if *id != winner.id && losers.iter().all(|loser| loser.id != *id) {
            errors.add(
                format!("fields.{field}"),
                say!(
                    "Birleştirilen müşterilerden birinin numarası olmalı.",
                    "Must be the id of one of the customers being merged."
                ),
            );
        }
    }
    errors.check()
}

/// Brings the ways to reach all of them together, none twice. First what the winner had in its order; the primary one of a loser only where
/// the winner has none, or where it was chosen.
fn unite_points(after: &mut Customer, losers: &mut [Customer], choices: &BTreeMap<String, i64>) {
    let mut united: Vec<ContactPoint> = after.contact_points.clone();
    let mut lead: Vec<(&str, i64, String)> = Vec::new();
    for (key, kind, rank) in SLOTS {
        let slot = |customer: &Customer| {
            let here = |point: &&ContactPoint| point.kind == kind && point.rank == rank;
            customer.contact_points.iter().find(here).map(|point| point.value.clone())
        };
        let chosen = choices.get(key.name());
        let by_choice = losers.iter().find(|loser| Some(&loser.id) == chosen).and_then(slot);
        let stays = || slot(after).or_else(|| losers.iter().find_map(slot));
        if let Some(value) = by_choice.or_else(stays) {
            lead.push((kind, rank, value));
        }
    }
    for loser in losers.iter_mut() {
        let (twins, fresh): (Vec<ContactPoint>, Vec<ContactPoint>) = std::mem::take(&mut loser.contact_points)
            .into_iter()
            .partition(|point| united.iter().any(|known| is_same_point(known, point)));
        for twin in &twins {
            for known in united.iter_mut().filter(|known| is_same_point(known, twin)) {
                known.is_verified |= twin.is_verified;
            }
        }
        loser.contact_points = twins;
        // Behind all that are there.
        united.extend(fresh.into_iter().map(|point| ContactPoint {
            rank: point.rank + 1_000,
            ..point
        }));
    }
    for kind in contact_points::KINDS {
        let mut of_kind: Vec<&mut ContactPoint> = united.iter_mut().filter(|point| point.kind == kind).collect();
        let place = |point: &ContactPoint| {
            let leads = lead.iter().find(|(of, _, value)| *of == kind && fold(value) == fold(&point.value));
            leads.map_or((1, point.rank, point.id), |(_, rank, _)| (0, *rank, point.id))
        };
        of_kind.sort_by_key(|point| place(point));
        // A first place that nobody holds stays free; a second one is taken by whoever comes next only when there are losers to fill it.
        let has_first = lead.iter().any(|(of, rank, _)| *of == kind && *rank == 0) || kind == "social";
        for (rank, point) in (i64::from(!has_first)..).zip(of_kind) {
            point.rank = rank;
        }
    }
    after.contact_points = united;
    contact_points::lead_fields(after);
}

fn is_same_point(a: &ContactPoint, b: &ContactPoint) -> bool {
    a.kind == b.kind && fold(&a.value) == fold(&b.value)
}

/// Brings the addresses of all of them together, none twice. The winner's primary one stays so unless another city was chosen.
fn unite_addresses(after: &mut Customer, losers: &mut [Customer], choices: &BTreeMap<String, i64>) {
    let chosen = choices.get(Key::City.name()).or_else(|| choices.get(Key::Country.name()));
    let primary = |customer: &Customer| customer.addresses.iter().find(|address| address.is_primary).cloned();
    let by_choice = losers.iter().find(|loser| Some(&loser.id) == chosen).and_then(primary);
    let lead = by_choice.or_else(|| primary(after)).or_else(|| losers.iter().find_map(primary));
    let mut united = after.addresses.clone();
    for loser in losers.iter_mut() {
        let (known, fresh): (Vec<Address>, Vec<Address>) = std::mem::take(&mut loser.addresses).into_iter().partition(|address| {
            united
                .iter()
                .any(|there| there.is_same_place(address) || adds_nothing(address, there))
        });
        loser.addresses = known;
        united.extend(fresh);
    }
    if let Some(lead) = lead {
        let place = united
            .iter()
            .position(|address| address.is_same_place(&lead))
            .or_else(|| united.iter().position(|address| adds_nothing(&lead, address)));
        for (index, address) in united.iter_mut().enumerate() {
            address.is_primary = Some(index) == place;
        }
    }
    after.addresses = united;
    if after.addresses.is_empty() {
        return;
    }
    addresses::lead_fields(after);
}

/// Whether an address that names a city and no more says nothing that the other does not.
fn adds_nothing(bare: &Address, full: &Address) -> bool {
    let is_bare = bare.line.is_empty() && bare.district.is_empty() && bare.postal_code.is_empty() && bare.label.is_empty();
    is_bare && fold(&bare.city) == fold(&full.city) && bare.country == full.country
}

/// Whether a field follows from a list, and its choice is a choice in that list.
pub fn follows_from_list(key: Key) -> bool {
    matches!(key.spec().form, Form::Email | Form::Phone | Form::City | Form::Country)
}
