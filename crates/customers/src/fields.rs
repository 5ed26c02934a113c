//! What a customer is made of. One line per field: its name in the specification, what it is called in Turkish and English, what kind of
//! value it holds, where it is kept, and how it is written. Reading, writing, validation, filters, ordering, history, undo, import, export
//! and the API document are all driven by this list.

use criteria::{Choice, Kind, Place};
pub use records::fields::{Form, Group, Sort, Spec};
use records::fields::{choices, folded, nullable, plain, sort};

use crate::consents::Status;

const INDIVIDUAL_OR_COMPANY: &[Choice] = &[
    Choice::new("individual", "Birey", "Individual"),
    Choice::new("company", "Firma", "Company"),
];
const GENDERS: &[Choice] = &[
    Choice::new("F", "Kadın", "Female"),
    Choice::new("M", "Erkek", "Male"),
    Choice::new("O", "Diğer", "Other"),
];
pub const COMPANY_SIZES: &[Choice] = &[
    Choice::new("1-9", "1–9 kişi", "1–9 people"),
    Choice::new("10-49", "10–49 kişi", "10–49 people"),
    Choice::new("50-249", "50–249 kişi", "50–249 people"),
    Choice::new("250-999", "250–999 kişi", "250–999 people"),
    Choice::new("1000+", "1000 ve üzeri", "1000 or more"),
];

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

records::fields! {
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

/// Seen only with the permission; masked otherwise.
pub const SENSITIVE: [Key; 2] = [Key::IdentityNumber, Key::TaxNumber];
