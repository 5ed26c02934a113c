//! What a column of a file can be meant for: the written fields, the custom fields, parts of the primary address, other customers, consents.

use criteria::Kind;
use kernel::ctx::Ctx;
use kernel::error::Result;
use records::Entity;
use tabular::guess;
use tabular::looks::Looks;

use crate::custom_fields::Definitions;
use crate::fields::{Form, Key};

/// A target, as code knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    Field(Key),
    /// A custom field, by its key.
    Custom(String),
    Address(AddressPart),
    /// Another customer, by its name or code, made when it is not there.
    Relative(Relative),
    /// A consent to marketing over this channel: yes or no.
    Consent(&'static str),
}

/// A part of the primary address that is no field of the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressPart {
    Line,
    District,
    PostalCode,
}

/// What another customer is to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relative {
    /// The company this company is a part of.
    Parent,
    /// The company this person works for.
    Employer,
}

impl Target {
    /// The target of this name; custom fields are `custom.<key>`.
    pub fn find(name: &str, definitions: &Definitions) -> Option<Target> {
        if let Some(key) = name.strip_prefix("custom.") {
            return definitions.get(key).map(|_| Target::Custom(key.to_owned()));
        }
        let besides = BESIDES
            .iter()
            .find(|besides| besides.name == name)
            .map(|besides| besides.target.clone());
        besides.or_else(|| Key::find(name).filter(|key| key.spec().is_written()).map(Target::Field))
    }

    pub fn name(&self) -> String {
        match self {
            Target::Field(key) => key.name().to_owned(),
            Target::Custom(key) => format!("custom.{key}"),
            other => BESIDES
                .iter()
                .find(|besides| besides.target == *other)
                .map(|besides| besides.name.to_owned())
                .unwrap_or_default(),
        }
    }
}

/// A target that is no field.
struct Besides {
    target: Target,
    name: &'static str,
    label_tr: &'static str,
    label_en: &'static str,
}

const fn besides(target: Target, name: &'static str, label_tr: &'static str, label_en: &'static str) -> Besides {
    Besides {
        target,
        name,
        label_tr,
        label_en,
    }
}

static BESIDES: &[Besides] = &[
    besides(Target::Address(AddressPart::Line), "address_line", "Adres", "Address"),
    besides(Target::Address(AddressPart::District), "district", "İlçe", "District"),
    besides(Target::Address(AddressPart::PostalCode), "postal_code", "Posta kodu", "Postal code"),
    besides(
        Target::Relative(Relative::Parent),
        "parent_company",
        "Bağlı olduğu firma",
        "Parent company",
    ),
    besides(Target::Relative(Relative::Employer), "employer", "Çalıştığı firma", "Employer"),
    besides(Target::Consent("email"), "consent_email", "E-posta izni", "E-mail consent"),
    besides(Target::Consent("sms"), "consent_sms", "SMS izni", "SMS consent"),
    besides(Target::Consent("phone"), "consent_phone", "Arama izni", "Call consent"),
];

/// What else people call a target, beside its labels and its name.
fn synonyms(name: &str) -> &'static [&'static str] {
    match name {
        "customer_code" => &[
            "Kod",
            "Müşteri no",
            "Müşteri numarası",
            "Cari kod",
            "Cari kodu",
            "Hesap kodu",
            "Customer no",
            "Customer number",
            "Customer id",
            "Code",
            "Account code",
        ],
        "customer_type" => &["Tür", "Tip", "Tipi", "Müşteri tipi", "Type"],
        "title" => &["Ünvan", "Hitap", "Salutation"],
        "first_name" => &["Ad", "İsim", "Isim", "Given name", "Forename", "Name first"],
        "last_name" => &["Soyad", "Soyisim", "Soy isim", "Surname", "Family name"],
        "company_name" => &[
            "Firma",
            "Firma unvanı",
            "Firma ünvanı",
            "Ticari unvan",
            "Ticari ünvan",
            "Cari adı",
            "Cari unvan",
            "Şirket",
            "Şirket adı",
            "Kurum",
            "Kuruluş",
            "Account",
            "Account name",
            "Company",
            "Organisation",
            "Organization",
        ],
        "tax_number" => &[
            "Vergi no",
            "VKN",
            "V.K.N.",
            "Vergi kimlik no",
            "Vergi kimlik numarası",
            "Tax id",
            "Tax no",
            "VAT",
            "VAT number",
        ],
        "tax_office" => &["V.D.", "Vergi daire", "Vergi dairesi adı"],
        "identity_number" => &[
            "TCKN",
            "TC",
            "TC no",
            "TC kimlik no",
            "T.C. kimlik no",
            "TC kimlik",
            "Kimlik no",
            "National id",
            "Identity no",
        ],
        "birth_date" => &["Doğum günü", "D.Tarihi", "Doğ. tar.", "Date of birth", "Birthday", "DOB", "Born"],
        "gender" => &["Cins", "Sex"],
        "primary_email" => &[
            "Mail",
            "E-mail",
            "Email",
            "E-posta adresi",
            "Eposta",
            "Mail adresi",
            "Email address",
            "E-mail address",
        ],
        "secondary_email" => &["E-posta 2", "Email 2", "Mail 2", "Second email", "Alternate email", "Diğer e-posta"],
        "primary_phone" => &[
            "Tel",
            "Telefon no",
            "Telefon numarası",
            "Cep",
            "Cep telefonu",
            "Cep tel",
            "GSM",
            "Mobil",
            "Mobile",
            "Mobile phone",
            "Phone number",
            "Telephone",
        ],
        "secondary_phone" => &[
            "Telefon 2",
            "Tel 2",
            "Cep 2",
            "Phone 2",
            "Sabit telefon",
            "İş telefonu",
            "Ev telefonu",
            "Work phone",
            "Home phone",
            "Diğer telefon",
        ],
        "website" => &["Web", "Web adresi", "İnternet sitesi", "Site", "URL", "Homepage"],
        "city" => &["Şehir", "İl adı", "Town", "Province"],
        "country" => &["Ülke adı", "Office location", "Location", "Nation"],
        "industry" => &["Sektörü", "Faaliyet alanı", "İş kolu", "Sector", "Branch"],
        "company_size" => &[
            "Büyüklük",
            "Çalışan sayısı",
            "Personel sayısı",
            "Employees",
            "Number of employees",
            "Headcount",
        ],
        "annual_revenue" => &["Ciro", "Yıllık gelir", "Gelir", "Revenue", "Turnover", "Annual turnover"],
        "currency" => &["Para birim", "Döviz", "Döviz cinsi"],
        "lead_source" => &["Nereden geldi", "Kanal", "Source", "Channel"],
        "customer_since" => &[
            "Müşterilik tarihi",
            "Kayıt tarihi",
            "Üyelik tarihi",
            "Since",
            "Joined",
            "Registered",
            "Registration date",
        ],
        "is_active" => &["Aktif", "Aktif mi", "Durum", "Is active", "Enabled"],
        "tags" => &["Etiket", "Gruplar", "Grup", "Tag", "Labels"],
        "owner_id" => &[
            "Temsilci",
            "Müşteri temsilcisi",
            "Satış temsilcisi",
            "Sorumlu kişi",
            "Account manager",
            "Sales rep",
            "Sales agent",
        ],
        "team_id" => &["Takım", "Satış ekibi", "Bölge ekibi", "Sales team"],
        "address_line" => &["Açık adres", "Adres satırı", "Sokak", "Street", "Street address", "Address line"],
        "district" => &["Semt", "County"],
        "postal_code" => &["PK", "Posta kod", "Zip", "Zip code", "Postcode"],
        "parent_company" => &[
            "Ana firma",
            "Ana şirket",
            "Üst firma",
            "Holding",
            "Subsidiary of",
            "Parent",
            "Parent account",
        ],
        "employer" => &["İşyeri", "İş yeri", "Çalıştığı yer", "Works at", "Works for"],
        "consent_email" => &[
            "E-posta onayı",
            "Mail izni",
            "İYS e-posta",
            "E-bülten",
            "Newsletter",
            "Email opt in",
        ],
        "consent_sms" => &["SMS onayı", "Mesaj izni", "İYS mesaj", "SMS opt in"],
        "consent_phone" => &["Arama onayı", "Telefon izni", "İYS arama", "Phone consent"],
        _ => &[],
    }
}

/// A target with all it is known by.
pub struct Known {
    pub name: String,
    pub label_tr: String,
    pub label_en: String,
    /// Whether it holds a number, which a column can give in thousands or millions.
    pub is_number: bool,
    pub is_date: bool,
    /// Whether it can have a default.
    pub can_default: bool,
    pub(super) labels: Vec<String>,
    pub(super) kind: Seems,
}

/// What its values look like.
pub enum Seems {
    Plain(Looks<'static>),
    Choice(Vec<String>),
}

/// Every target of an entity.
pub async fn of(ctx: &Ctx, entity: &'static Entity) -> Result<Vec<Known>> {
    let definitions = records::custom::definitions(ctx, entity.name).await?;
    Ok(match entity.name == crate::customer::ENTITY.name {
        true => all(&definitions),
        false => super::records::targets(entity, &definitions),
    })
}

/// The target of this name.
pub fn named<'a>(known: &'a [Known], name: &str) -> Option<&'a Known> {
    known.iter().find(|known| known.name == name)
}

/// Every target of customers.
pub fn all(definitions: &Definitions) -> Vec<Known> {
    let fields = Key::written().map(|key| {
        let spec = key.spec();
        let seems = match spec.form {
            Form::Email => Seems::Plain(Looks::Email),
            Form::Phone => Seems::Plain(Looks::Phone),
            Form::TaxNumber => Seems::Plain(Looks::TaxNumber),
            Form::IdentityNumber => Seems::Plain(Looks::IdentityNumber),
            Form::WebAddress => Seems::Plain(Looks::Url),
            Form::Date => Seems::Plain(Looks::Date),
            Form::Money => Seems::Plain(Looks::Number),
            Form::Bool => Seems::Plain(Looks::Boolean),
            Form::Choice => Seems::Choice(choices(&spec.field.kind, super::row::choice_words(key))),
            _ => Seems::Plain(Looks::Text),
        };
        known(Target::Field(key), &spec.field.label.tr, &spec.field.label.en, seems)
    });
    let besides = BESIDES.iter().map(|besides| {
        let seems = if matches!(besides.target, Target::Consent(_)) {
            Looks::Boolean
        } else {
            Looks::Text
        };
        known(besides.target.clone(), besides.label_tr, besides.label_en, Seems::Plain(seems))
    });
    let custom = custom(definitions);
    // A custom field is there because the organisation wants it: among equals it comes first.
    custom.chain(fields).chain(besides).collect()
}

/// The custom fields of any entity.
pub(super) fn custom(definitions: &Definitions) -> impl Iterator<Item = Known> {
    definitions.0.iter().map(|definition| {
        let seems = match &definition.field.kind {
            Kind::Number { .. } | Kind::Money => Seems::Plain(Looks::Number),
            Kind::Date => Seems::Plain(Looks::Date),
            Kind::Bool => Seems::Plain(Looks::Boolean),
            Kind::Link => Seems::Plain(Looks::Text),
            Kind::Choice(_) => Seems::Choice(choices(&definition.field.kind, &[])),
            _ => Seems::Plain(Looks::Text),
        };
        known(
            Target::Custom(definition.custom.key.clone()),
            &definition.custom.label_tr,
            &definition.custom.label_en,
            seems,
        )
    })
}

pub(super) fn choices(kind: &Kind, more: &[(&str, &[&str])]) -> Vec<String> {
    let (Kind::Choice(choices) | Kind::MultiChoice(choices)) = kind else {
        return Vec::new();
    };
    let own = choices
        .iter()
        .flat_map(|choice| [choice.value.to_string(), choice.label.tr.to_string(), choice.label.en.to_string()]);
    own.chain(more.iter().flat_map(|(_, words)| words.iter().map(|word| (*word).to_owned())))
        .collect()
}

impl Known {
    /// A target by its name, and what it is called in Turkish, in English, and otherwise.
    pub(super) fn new(name: String, labels: Vec<String>, kind: Seems) -> Known {
        let label = |place: usize| labels.get(place).cloned().unwrap_or_default();
        Known {
            label_tr: label(0),
            label_en: label(1),
            is_number: matches!(kind, Seems::Plain(Looks::Number)),
            is_date: matches!(kind, Seems::Plain(Looks::Date)),
            can_default: true,
            name,
            labels,
            kind,
        }
    }
}

fn known(target: Target, label_tr: &str, label_en: &str, kind: Seems) -> Known {
    let name = target.name();
    let mut labels = vec![label_tr.to_owned(), label_en.to_owned()];
    match &target {
        Target::Custom(key) => labels.push(key.replace('_', " ")),
        _ => labels.extend(synonyms(&name).iter().map(|word| (*word).to_owned())),
    }
    Known {
        can_default: matches!(target, Target::Field(_) | Target::Custom(_)),
        ..Known::new(name, labels, kind)
    }
}

/// The target every column seems to be meant for: its place among `known`, how sure that is, and why.
pub fn guess(header: &[String], sample: &[Vec<String>], known: &[Known]) -> Vec<Option<(usize, u8, guess::Why)>> {
    let labels: Vec<Vec<&str>> = known
        .iter()
        .map(|known| known.labels.iter().map(String::as_str).collect())
        .collect();
    let words: Vec<Vec<&str>> = known
        .iter()
        .map(|known| match &known.kind {
            Seems::Choice(words) => words.iter().map(String::as_str).collect(),
            Seems::Plain(_) => Vec::new(),
        })
        .collect();
    let targets: Vec<guess::Target<'_>> = known
        .iter()
        .enumerate()
        .map(|(index, known)| guess::Target {
            name: &known.name,
            labels: &labels[index],
            looks: match known.kind {
                Seems::Plain(looks) => looks,
                Seems::Choice(_) => Looks::Choice(&words[index]),
            },
        })
        .collect();
    let place = |name: &str| known.iter().position(|known| known.name == name);
    guess::columns(header, sample, &targets)
        .into_iter()
        .map(|guess| guess.and_then(|guess| Some((place(guess.target)?, guess.confidence, guess.why))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(header: &[&str], rows: &[&[&str]]) -> Vec<Option<String>> {
        let known = all(&Definitions::default());
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        guess(&header, &rows, &known)
            .into_iter()
            .map(|guess| guess.map(|(place, ..)| known[place].name.clone()))
            .collect()
    }

    #[test]
    fn a_turkish_header_finds_its_fields() {
        let header = [
            "Müşteri No",
            "Adı",
            "Soyadı",
            "T.C. Kimlik No",
            "Cep Telefonu",
            "E-Posta",
            "Doğum Tarihi",
            "İl",
            "İlçe",
            "Adres",
            "Ciro",
            "SMS İzni",
        ];
        let row: &[&str] = &[
            "M-1",
            "Ayşe",
            "Kaya",
            "10000000146",
            "0532 123 45 67",
            "a@b.com",
            "03.04.1980",
            "İzmir",
            "Konak",
            "Kıbrıs Şehitleri Cd. 1",
            "1.234,56",
            "Evet",
        ];
        let wanted = [
            "customer_code",
            "first_name",
            "last_name",
            "identity_number",
            "primary_phone",
            "primary_email",
            "birth_date",
            "city",
            "district",
            "address_line",
            "annual_revenue",
            "consent_sms",
        ];
        assert_eq!(guessed(&header, &[row]), wanted.map(|name| Some(name.to_owned())));
    }

    #[test]
    fn an_english_header_finds_its_fields() {
        let header = ["account", "sector", "revenue", "office_location", "subsidiary_of"];
        let row: &[&str] = &["Acme Corporation", "technolgy", "1100.04", "United States", ""];
        let wanted = ["company_name", "industry", "annual_revenue", "country", "parent_company"];
        assert_eq!(guessed(&header, &[row]), wanted.map(|name| Some(name.to_owned())));
    }

    #[test]
    fn every_target_is_found_by_its_name() {
        for known in all(&Definitions::default()) {
            let target = Target::find(&known.name, &Definitions::default()).expect("a target");
            assert_eq!(target.name(), known.name);
        }
    }
}
