//! What a customer is made of. One line per field: its name in the specification, what it is called in Turkish and English, what kind of
//! value it holds, where it is kept, and how it is written. Reading, writing, validation, filters, ordering, history, undo, import, export
//! and the API document are all driven by this list.

use std::borrow::Cow;

use criteria::{Choice, Field, Kind, Place};
use serde_json::Value;

use crate::cell::Cell;

use crate::consents::Status;

/// A field of the customer, and how it is written.
pub struct Spec {
    pub field: Field,
    pub form: Form,
    pub group: Group,
    /// The column lists are ordered by, if they can be.
    pub sort: Option<Sort>,
}

/// How a value is written and checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Not written: it follows from other fields.
    Computed,
    /// Given by the organisation's pattern when the caller gives none.
    Code,
    Text {
        max_chars: usize,
    },
    Choice,
    Email,
    Phone,
    TaxNumber,
    IdentityNumber,
    WebAddress,
    Date,
    Money,
    Currency,
    Bool,
    User,
    Team,
    Tags,
    /// A province of Türkiye is brought to its official spelling; other places stay as they are written.
    City,
    /// ISO 3166-1 alpha-2.
    Country,
}

/// The part of a form or a page a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Identity,
    Contact,
    Business,
    Ownership,
    System,
}

/// A column to order by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub column: &'static str,
    pub nullable: bool,
}

impl Spec {
    pub fn name(&self) -> &str {
        &self.field.name
    }

    /// The column that keeps it, if it is one of the customer's own.
    pub fn column(&self) -> Option<&'static str> {
        match self.field.place {
            Place::Column(column) | Place::Folded { column, .. } if !matches!(self.field.kind, Kind::Age) => Some(column),
            _ => None,
        }
    }

    /// The column that keeps its folded text.
    pub fn folded(&self) -> Option<&'static str> {
        match self.field.place {
            Place::Folded { folded, .. } => Some(folded),
            _ => None,
        }
    }

    /// A value as the API shows it.
    pub fn show(&self, cell: &Cell) -> Value {
        match (self.form, cell) {
            (Form::Tags, Cell::Missing) => Value::Array(Vec::new()),
            _ => cell.to_json(&self.field.kind),
        }
    }

    pub fn is_written(&self) -> bool {
        self.form != Form::Computed
    }
}

const INDIVIDUAL_OR_COMPANY: &[Choice] = &[
    Choice::new("individual", "Birey", "Individual"),
    Choice::new("company", "Firma", "Company"),
];
const GENDERS: &[Choice] = &[
    Choice::new("F", "Kadın", "Female"),
    Choice::new("M", "Erkek", "Male"),
    Choice::new("O", "Diğer", "Other"),
];
const COMPANY_SIZES: &[Choice] = &[
    Choice::new("1-9", "1–9 kişi", "1–9 people"),
    Choice::new("10-49", "10–49 kişi", "10–49 people"),
    Choice::new("50-249", "50–249 kişi", "50–249 people"),
    Choice::new("250-999", "250–999 kişi", "250–999 people"),
    Choice::new("1000+", "1000 ve üzeri", "1000 or more"),
];

const fn sort(column: &'static str) -> Option<Sort> {
    Some(Sort { column, nullable: false })
}

const fn nullable(column: &'static str) -> Option<Sort> {
    Some(Sort { column, nullable: true })
}

const fn plain(column: &'static str) -> Place {
    Place::Column(column)
}

const fn folded(column: &'static str, folded: &'static str) -> Place {
    Place::Folded { column, folded }
}

const fn choices(choices: &'static [Choice]) -> Kind {
    Kind::Choice(Cow::Borrowed(choices))
}

const fn points(kind: &'static str) -> Place {
    Place::Set {
        table: "contact_points",
        owner: "customer_id",
        value: "value_key",
        folded: None,
        only: Some(("kind", kind)),
    }
}

/// What stands of a consent to marketing.
const fn consent(topic: &'static str) -> Place {
    Place::Set {
        table: "consent_states",
        owner: "customer_id",
        value: "status",
        folded: None,
        only: Some(("topic", topic)),
    }
}

macro_rules! fields {
    ($($key:ident: $name:literal, $tr:literal, $en:literal, $kind:expr, $place:expr, $form:expr, $group:ident, $sort:expr;)*) => {
        /// A field, as code names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key { $($key),* }

        /// Every field, in the order of [`Key`].
        pub static FIELDS: &[Spec] = &[$(Spec {
            field: Field::new($name, $tr, $en, $kind, $place),
            form: $form,
            group: Group::$group,
            sort: $sort,
        }),*];

        const KEYS: &[Key] = &[$(Key::$key),*];
    };
}

fields! {
    CustomerCode: "customer_code", "Müşteri kodu", "Customer code", Kind::Text, plain("customer_code"), Form::Code, Identity, sort("customer_code");
    CustomerType: "customer_type", "Müşteri türü", "Customer type", choices(INDIVIDUAL_OR_COMPANY), plain("customer_type"), Form::Choice, Identity, sort("customer_type");
    Name: "name", "Ad", "Name", Kind::Text, folded("name", "name_fold"), Form::Computed, Identity, sort("name_sort");
    Title: "title", "Unvan", "Title", Kind::Text, plain("title"), Form::Text { max_chars: 10 }, Identity, None;
    FirstName: "first_name", "Adı", "First name", Kind::Text, folded("first_name", "first_name_fold"), Form::Text { max_chars: 50 }, Identity, sort("first_name_fold");
    LastName: "last_name", "Soyadı", "Last name", Kind::Text, folded("last_name", "last_name_fold"), Form::Text { max_chars: 50 }, Identity, sort("last_name_fold");
    CompanyName: "company_name", "Firma adı", "Company name", Kind::Text, folded("company_name", "company_name_fold"), Form::Text { max_chars: 100 }, Identity, sort("company_name_fold");
    TaxNumber: "tax_number", "Vergi numarası", "Tax number", Kind::Text, plain("tax_number"), Form::TaxNumber, Identity, None;
    TaxOffice: "tax_office", "Vergi dairesi", "Tax office", Kind::Text, folded("tax_office", "tax_office_fold"), Form::Text { max_chars: 50 }, Identity, sort("tax_office_fold");
    IdentityNumber: "identity_number", "T.C. kimlik numarası", "Identity number", Kind::Text, plain("identity_number"), Form::IdentityNumber, Identity, None;
    BirthDate: "birth_date", "Doğum tarihi", "Birth date", Kind::Date, plain("birth_date"), Form::Date, Identity, nullable("birth_date");
    Age: "age", "Yaş", "Age", Kind::Age, plain("birth_date"), Form::Computed, Identity, None;
    Gender: "gender", "Cinsiyet", "Gender", choices(GENDERS), plain("gender"), Form::Choice, Identity, sort("gender");
    PrimaryEmail: "primary_email", "E-posta", "E-mail", Kind::Text, plain("primary_email"), Form::Email, Contact, sort("primary_email");
    SecondaryEmail: "secondary_email", "İkinci e-posta", "Second e-mail", Kind::Text, plain("secondary_email"), Form::Email, Contact, None;
    PrimaryPhone: "primary_phone", "Telefon", "Phone", Kind::Text, plain("primary_phone"), Form::Phone, Contact, sort("primary_phone");
    SecondaryPhone: "secondary_phone", "İkinci telefon", "Second phone", Kind::Text, plain("secondary_phone"), Form::Phone, Contact, None;
    Email: "email", "Herhangi bir e-postası", "Any e-mail", Kind::Text, points("email"), Form::Computed, Contact, None;
    Phone: "phone", "Herhangi bir telefonu", "Any phone", Kind::Text, points("phone"), Form::Computed, Contact, None;
    Website: "website", "Web sitesi", "Website", Kind::Link, plain("website"), Form::WebAddress, Contact, None;
    City: "city", "İl", "City", Kind::Text, folded("city", "city_fold"), Form::City, Contact, sort("city_fold");
    District: "district", "İlçe", "District", Kind::Text,
        Place::Set { table: "addresses", owner: "customer_id", value: "district", folded: Some("district_fold"), only: None }, Form::Computed, Contact, None;
    Country: "country", "Ülke", "Country", Kind::Text, plain("country"), Form::Country, Contact, sort("country");
    Industry: "industry", "Sektör", "Industry", Kind::Text, folded("industry", "industry_fold"), Form::Text { max_chars: 50 }, Business, sort("industry_fold");
    CompanySize: "company_size", "Firma büyüklüğü", "Company size", choices(COMPANY_SIZES), plain("company_size"), Form::Choice, Business, None;
    AnnualRevenue: "annual_revenue", "Yıllık ciro", "Annual revenue", Kind::Money, plain("annual_revenue"), Form::Money, Business, nullable("annual_revenue");
    Currency: "currency", "Para birimi", "Currency", Kind::Text, plain("currency"), Form::Currency, Business, None;
    LeadSource: "lead_source", "Kaynak", "Lead source", Kind::Text, folded("lead_source", "lead_source_fold"), Form::Text { max_chars: 50 }, Business, sort("lead_source_fold");
    Tags: "tags", "Etiketler", "Tags", Kind::Text,
        Place::Set { table: "customer_tag_names", owner: "customer_id", value: "name", folded: Some("name_fold"), only: None }, Form::Tags, Business, None;
    ConsentEmail: "consent_email", "E-posta pazarlama izni", "Consent to e-mail marketing", choices(Status::CHOICES), consent("marketing.email"), Form::Computed, Contact, None;
    ConsentSms: "consent_sms", "SMS pazarlama izni", "Consent to SMS marketing", choices(Status::CHOICES), consent("marketing.sms"), Form::Computed, Contact, None;
    ConsentCall: "consent_call", "Arama pazarlama izni", "Consent to marketing calls", choices(Status::CHOICES), consent("marketing.call"), Form::Computed, Contact, None;
    Owner: "owner_id", "Sorumlu", "Owner", Kind::Reference("user"), plain("owner_id"), Form::User, Ownership, nullable("owner_id");
    Team: "team_id", "Ekip", "Team", Kind::Reference("team"), plain("team_id"), Form::Team, Ownership, nullable("team_id");
    CustomerSince: "customer_since", "Müşteri olduğu tarih", "Customer since", Kind::Date, plain("customer_since"), Form::Date, System, sort("customer_since");
    IsActive: "is_active", "Etkin", "Active", Kind::Bool, plain("is_active"), Form::Bool, System, sort("is_active");
    CreatedAt: "created_at", "Oluşturulma", "Created", Kind::DateTime, plain("created_at"), Form::Computed, System, sort("created_at");
    UpdatedAt: "updated_at", "Güncellenme", "Updated", Kind::DateTime, plain("updated_at"), Form::Computed, System, sort("updated_at");
}

impl Key {
    pub fn spec(self) -> &'static Spec {
        &FIELDS[self as usize]
    }

    pub fn name(self) -> &'static str {
        match &self.spec().field.name {
            Cow::Borrowed(name) => name,
            Cow::Owned(_) => "",
        }
    }

    /// The field of this name.
    pub fn find(name: &str) -> Option<Key> {
        Key::all().find(|key| key.spec().field.name == name)
    }

    pub fn all() -> impl Iterator<Item = Key> {
        KEYS.iter().copied()
    }

    /// The fields that callers write.
    pub fn written() -> impl Iterator<Item = Key> {
        Key::all().filter(|key| key.spec().is_written())
    }

    /// The fields kept in a column of the customer, tags apart.
    pub fn stored() -> impl Iterator<Item = (Key, &'static str)> {
        Key::all().filter_map(|key| Some((key, key.spec().column()?)))
    }
}

/// Seen only with the permission; masked otherwise.
pub const SENSITIVE: [Key; 2] = [Key::IdentityNumber, Key::TaxNumber];
