//! A customer: a person or a company. What it is (here), how it is read ([`read`]), changed ([`change`]), checked ([`check`]) and kept
//! ([`store`]).

pub mod access;
pub mod bulk;
pub mod change;
pub mod check;
pub mod code;
pub mod field_rules;
pub mod http;
pub mod patch;
pub mod read;
pub mod record;
pub mod revert;
pub mod schema;
pub mod sharing;
pub mod store;

use std::collections::BTreeMap;
use std::ops::Index;

use kernel::error::Say;
use kernel::events::{Changes, change as pair};
use records::Entity;
use records::entity::{self, Events, ExtraColumn, Numbered, Permissions, Reading, Search, Sensitive};
use serde_json::{Map, Value, json};

use crate::addresses::Address;
use crate::cell::Cell;
use crate::contact_points::ContactPoint;
use crate::custom_fields::Definitions;
use crate::fields::{FIELDS, Key};
use crate::permissions;

macro_rules! primary_address {
    ($column:literal) => {
        concat!(
            "(SELECT addresses.",
            $column,
            " FROM addresses WHERE addresses.customer_id = customers.id AND addresses.is_primary LIMIT 1)"
        )
    };
}

/// The customer among the entities: for what serves them all, such as custom fields and saved views.
pub static ENTITY: Entity = Entity {
    name: "customer",
    title: Say::new("Müşteriler", "Customers"),
    plural: "customers",
    table: "customers",
    fields: FIELDS,
    permissions: Permissions {
        read: permissions::READ,
        write: permissions::WRITE,
        delete: permissions::DELETE,
        export: permissions::EXPORT,
        import: permissions::IMPORT,
    },
    events: Events {
        created: "customer.created",
        updated: "customer.updated",
        deleted: "customer.deleted",
        restored: "customer.restored",
        exported: "customer.exported",
    },
    called: "name",
    owner: "owner_id",
    team: "team_id",
    attended: None,
    customer: None,
    belongs_to: &[],
    number: Some(Numbered {
        field: "customer_code",
        pattern: code::DEFAULT_PATTERN,
    }),
    search: Search {
        table: read::SEARCH,
        fields: &[],
        through: &[],
    },
    shown: &[
        ("owner_name", "(SELECT users.name FROM users WHERE users.id = customers.owner_id)"),
        ("team_name", "(SELECT teams.name FROM teams WHERE teams.id = customers.team_id)"),
    ],
    kept: &[
        "customer_type",
        "first_name",
        "last_name",
        "company_name",
        "customer_since",
        "is_active",
    ],
    subtitle: &["customer_code", "city"],
    reading: Reading {
        sensitive: Some(Sensitive {
            fields: &["identity_number", "tax_number"],
            permission: permissions::SEE_IDENTITY,
            masked: read::masked,
        }),
        together: &[
            &["primary_email", "secondary_email", "email"],
            &["primary_phone", "secondary_phone", "phone"],
            &["city", "district", "country"],
            &["birth_date", "age"],
        ],
        shows: &[("email", "contact_points"), ("phone", "contact_points"), ("city", "addresses")],
        columns: ADDRESS,
        in_own_currency: &[],
        redirects: Some("customer_redirects"),
    },
    touched_by: &["relation", "consent", "tag"],
    extras: &[],
    settle: entity::settled,
    after: entity::nothing_after,
};

/// Parts of the primary address, which are no fields.
const ADDRESS: &[ExtraColumn] = &[
    primary("address_line", "Adres", "Address", primary_address!("line")),
    primary("district", "İlçe", "District", primary_address!("district")),
    primary("postal_code", "Posta kodu", "Postal code", primary_address!("postal_code")),
];

const fn primary(name: &'static str, label_tr: &'static str, label_en: &'static str, sql: &'static str) -> ExtraColumn {
    ExtraColumn {
        name,
        label_tr,
        label_en,
        sql,
        goes_with: "addresses",
    }
}

/// A customer as it stands, or as it is about to stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Customer {
    /// 0 until it is kept.
    pub id: i64,
    /// Raised by every change; the ETag.
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub deleted_at: Option<i64>,
    cells: Vec<Cell>,
    pub custom: BTreeMap<String, Cell>,
    /// E-mails, phones and the like; `primary_email` and its three sisters show the first two of their kind.
    pub contact_points: Vec<ContactPoint>,
    /// `city` and `country` show the primary one.
    pub addresses: Vec<Address>,
}

impl Default for Customer {
    fn default() -> Self {
        Customer {
            id: 0,
            version: 0,
            created_at: 0,
            updated_at: 0,
            deleted_at: None,
            cells: vec![Cell::Missing; FIELDS.len()],
            custom: BTreeMap::new(),
            contact_points: Vec::new(),
            addresses: Vec::new(),
        }
    }
}

impl Index<Key> for Customer {
    type Output = Cell;

    fn index(&self, key: Key) -> &Cell {
        &self.cells[key as usize]
    }
}

impl Customer {
    pub fn set(&mut self, key: Key, cell: Cell) {
        self.cells[key as usize] = cell;
    }

    pub fn is_company(&self) -> bool {
        self[Key::CustomerType].text() == "company"
    }

    /// What to call it.
    pub fn name(&self) -> String {
        let person = || {
            [self[Key::FirstName].text(), self[Key::LastName].text()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let company = self[Key::CompanyName].text();
        match self.is_company() {
            true if company.is_empty() => person(),
            true => company.to_owned(),
            false => person(),
        }
    }

    /// What differs from `before`, field by field, in the API's own words. Lists of contact points and addresses count as fields.
    pub fn changes_since(&self, before: &Customer, definitions: &Definitions) -> Changes {
        let mut changes = Changes::new();
        for key in Key::written() {
            if self[key] != before[key] {
                let spec = key.spec();
                changes.insert(key.name().to_owned(), pair(spec.show(&before[key]), spec.show(&self[key])));
            }
        }
        for name in before.custom.keys().chain(self.custom.keys()) {
            let (old, new) = (before.custom.get(name), self.custom.get(name));
            if old != new {
                let json = |cell: Option<&Cell>| match (cell, definitions.kind(name)) {
                    (Some(cell), Some(kind)) => cell.to_json(kind),
                    (Some(cell), None) => cell.to_kept_json(),
                    (None, _) => Value::Null,
                };
                changes.insert(format!("custom.{name}"), pair(json(old), json(new)));
            }
        }
        let points = |customer: &Customer| json!(customer.contact_points.iter().map(ContactPoint::without_id).collect::<Vec<_>>());
        if points(self) != points(before) {
            changes.insert("contact_points".into(), pair(points(before), points(self)));
        }
        let addresses = |customer: &Customer| json!(customer.addresses.iter().map(Address::without_id).collect::<Vec<_>>());
        if addresses(self) != addresses(before) {
            changes.insert("addresses".into(), pair(addresses(before), addresses(self)));
        }
        changes
    }

    /// Reads the JSON that [`read::row`] makes, unmasked.
    pub(crate) fn from_row(json: &Map<String, Value>, definitions: &Definitions) -> Customer {
        let mut customer = Customer::default();
        let int = |name: &str| json.get(name).and_then(Value::as_i64);
        customer.id = int("id").unwrap_or_default();
        customer.version = int("version").unwrap_or_default();
        for key in Key::all().filter(|key| key.spec().column().is_some() || *key == Key::Tags) {
            if let Some(value) = json.get(key.name()) {
                customer.set(key, Cell::from_json(value, &key.spec().field.kind));
            }
        }
        customer.created_at = customer[Key::CreatedAt].int().unwrap_or_default();
        customer.updated_at = customer[Key::UpdatedAt].int().unwrap_or_default();
        if let Some(Value::Object(custom)) = json.get("custom") {
            for (name, value) in custom {
                let cell = definitions
                    .kind(name)
                    .map_or_else(|| Cell::from_kept_json(value), |kind| Cell::from_json(value, kind));
                if !cell.is_missing() {
                    customer.custom.insert(name.clone(), cell);
                }
            }
        }
        customer
    }

    /// The words it is found by.
    pub fn search_words(&self) -> String {
        let mut words = Vec::new();
        for key in [Key::CustomerCode, Key::FirstName, Key::LastName, Key::CompanyName, Key::City] {
            words.extend(kernel::text::words(self[key].text()));
        }
        let tax_number = self[Key::TaxNumber].text();
        // Eleven digits are a person's identity number, which is not for everybody to find.
        if tax_number.len() == 10 {
            words.push(tax_number.to_owned());
        }
        for point in &self.contact_points {
            words.extend(kernel::text::words(&point.value));
            // A phone is found with and without its country code.
            if let Some(national) = point.value.strip_prefix("+90") {
                words.push(national.to_owned());
            }
        }
        words.sort();
        words.dedup();
        words.join(" ")
    }
}
