//! What a form asks and says: its fields and consents in their order, its texts in each of its languages, its look, where it may be shown,
//! and what the leads that come by it are given.

use std::collections::BTreeSet;

use criteria::{Choice, Kind};
use customers::consents::{Channel, Purpose};
use kernel::ctx::Ctx;
use kernel::error::{FieldErrors, Lang, Result, Say};
use kernel::say;
use records::Cell;
use records::custom::{self, Definitions};
use records::entity::required;
use records::fields::Form as Written;
use records::patch;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::leads::{Key, LEAD, Source};

/// How many fields, consents and origins a form may have.
const MAX_FIELDS: usize = 50;
const MAX_CONSENTS: usize = 10;
const MAX_ORIGINS: usize = 20;
const MAX_LINE_CHARS: usize = 200;
const MAX_TEXT_CHARS: usize = 5_000;
const MAX_URL_CHARS: usize = 500;
const MAX_SECONDS: i64 = 60;
const MAX_PER_MINUTE: i64 = 1_000_000;

/// The fields of a lead that a stranger may fill in. Those that say how we see the lead are not among them.
pub const ASKED: [Key; 16] = [
    Key::FirstName,
    Key::LastName,
    Key::Company,
    Key::Title,
    Key::Email,
    Key::Phone,
    Key::Website,
    Key::City,
    Key::Country,
    Key::Industry,
    Key::CompanySize,
    Key::Budget,
    Key::Currency,
    Key::Need,
    Key::Timeline,
    Key::Notes,
];

/// What a form asks and says. What is not given of it is as in a new form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WebFormContent {
    /// `tr`, `en`: those it is shown in; the first is for whoever reads neither.
    pub langs: Vec<String>,
    pub title_tr: String,
    pub title_en: String,
    /// Plain text, as all texts are; an empty line begins a new paragraph.
    pub intro_tr: String,
    pub intro_en: String,
    pub button_tr: String,
    pub button_en: String,
    /// Shown once it is sent in.
    pub thanks_tr: String,
    pub thanks_en: String,
    /// Where to go instead of being thanked.
    pub redirect_url: String,
    /// What people must be told about their data (KVKK), above the button.
    pub privacy_tr: String,
    pub privacy_en: String,
    pub fields: Vec<WebFormField>,
    pub consents: Vec<WebFormConsent>,
    /// Of the button: `#1f5fbf`.
    pub colour: String,
    /// The sites that may show it in a frame or send it in from a script: `https://www.ornek.example`; `*` is all. The page of the form itself
    /// needs none.
    pub allowed_origins: Vec<String>,
    /// The source of the leads.
    #[schema(value_type = Source)]
    pub source: String,
    /// Beside it; the name of the form when it is empty.
    pub source_detail: String,
    /// The campaign of leads whose link names none.
    pub campaign: String,
    /// Whether a lead is made only once the link in a mail to the address was followed. Needs a mail server (`CRM_SMTP_URL`).
    pub double_opt_in: bool,
    /// Whoever is faster than this is no person.
    pub min_seconds: i64,
    /// So many are taken in a minute; the nearer, the more work a sender has to do.
    pub limit_per_minute: i64,
}

/// A field that a form asks, or gives every lead.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WebFormField {
    /// Of a lead: `first_name`, `email`, `custom.size`.
    pub field: String,
    /// The field's own when it is empty.
    pub label_tr: String,
    pub label_en: String,
    pub help_tr: String,
    pub help_en: String,
    pub placeholder_tr: String,
    pub placeholder_en: String,
    pub is_required: bool,
    /// Not asked: every lead has this `value`.
    pub is_hidden: bool,
    pub value: String,
    /// Of a field with choices: those that are offered, in this order; all when it is empty.
    pub choices: Vec<String>,
}

/// Something people may agree to, by a box that nobody has ticked for them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WebFormConsent {
    /// `email`, `sms`, `call`, `push` or `post`.
    pub channel: String,
    /// `marketing`, `service`, `survey`, `profiling` or `sharing`.
    pub purpose: String,
    /// Beside the box.
    pub text_tr: String,
    pub text_en: String,
    /// The whole notice, unfolded on demand. Kept with the consent, as the text beside the box is.
    pub notice_tr: String,
    pub notice_en: String,
    pub is_required: bool,
}

impl Default for WebFormContent {
    /// A new form: it asks who it is and what it is about.
    fn default() -> WebFormContent {
        let ask = |key: Key, is_required| WebFormField {
            field: key.name().to_owned(),
            is_required,
            ..WebFormField::default()
        };
        let text = str::to_owned;
        WebFormContent {
            langs: vec![text("tr"), text("en")],
            title_tr: text("Bize ulaşın"),
            title_en: text("Contact us"),
            intro_tr: String::new(),
            intro_en: String::new(),
            button_tr: text("Gönder"),
            button_en: text("Send"),
            thanks_tr: text("Teşekkürler. En kısa sürede size döneceğiz."),
            thanks_en: text("Thank you. We will be in touch soon."),
            redirect_url: String::new(),
            privacy_tr: String::new(),
            privacy_en: String::new(),
            fields: vec![
                ask(Key::FirstName, true),
                ask(Key::LastName, true),
                ask(Key::Email, true),
                ask(Key::Phone, false),
                ask(Key::Company, false),
                ask(Key::Notes, false),
            ],
            consents: Vec::new(),
            colour: text("#1f5fbf"),
            allowed_origins: Vec::new(),
            source: Source::WebForm.word().to_owned(),
            source_detail: String::new(),
            campaign: String::new(),
            double_opt_in: false,
            min_seconds: 3,
            limit_per_minute: 1_000,
        }
    }
}

/// A field as it stands in a form, with what it is.
pub struct Asked<'a> {
    pub of: &'a WebFormField,
    pub label: Say,
    pub kind: Kind,
    /// None of a custom field.
    pub written: Option<Written>,
}

impl WebFormField {
    /// What it is; none when a custom field is gone.
    pub fn asked(&self, definitions: &Definitions) -> Option<Asked<'_>> {
        let (label, kind, written) = match self.field.strip_prefix("custom.") {
            Some(key) => {
                let definition = definitions.get(key)?;
                (&definition.field.label, &definition.field.kind, None)
            }
            None => {
                let key = ASKED.into_iter().find(|key| key.name() == self.field)?;
                (&key.spec().field.label, &key.spec().field.kind, Some(key.spec().form))
            }
        };
        let or = |own: &str, given: &str| if given.is_empty() { own.to_owned() } else { given.to_owned() };
        Some(Asked {
            of: self,
            label: Say {
                tr: or(&label.tr, &self.label_tr).into(),
                en: or(&label.en, &self.label_en).into(),
            },
            kind: kind.clone(),
            written,
        })
    }
}

impl Asked<'_> {
    /// The choices that are offered, in their order.
    pub fn choices(&self) -> Vec<&Choice> {
        let (Kind::Choice(all) | Kind::MultiChoice(all)) = &self.kind else {
            return Vec::new();
        };
        match self.of.choices.is_empty() {
            true => all.iter().collect(),
            false => {
                let named = self.of.choices.iter();
                named.filter_map(|value| all.iter().find(|choice| choice.value == *value)).collect()
            }
        }
    }
}

impl WebFormConsent {
    /// By which a submission names it.
    pub fn key(&self) -> String {
        format!("{}.{}", self.channel, self.purpose)
    }

    /// What people were told, in the language they were told it in.
    pub fn told(&self, lang: Lang) -> String {
        let text = lang.pick(&self.text_tr, &self.text_en).trim();
        match lang.pick(&self.notice_tr, &self.notice_en).trim() {
            "" => text.to_owned(),
            notice => format!("{text}\n\n{notice}"),
        }
    }
}

impl WebFormContent {
    /// The languages it is shown in.
    pub fn langs(&self) -> impl Iterator<Item = Lang> {
        self.langs.iter().filter_map(|lang| Lang::parse(lang))
    }

    pub fn first_lang(&self) -> Lang {
        self.langs().next().unwrap_or_default()
    }

    /// The fields that are asked, and what the others give.
    pub fn asked<'a>(&'a self, definitions: &Definitions) -> Vec<Asked<'a>> {
        self.fields.iter().filter_map(|field| field.asked(definitions)).collect()
    }

    fn field(&self, key: Key) -> Option<&WebFormField> {
        self.fields.iter().find(|field| field.field == key.name())
    }

    /// Whether a site may show it and send it in.
    pub fn allows(&self, origin: &str) -> bool {
        self.allowed_origins.iter().any(|known| known == "*" || known == origin)
    }

    /// Brings it to the form it is kept in, and says what is wrong, each under its place.
    pub async fn check(&mut self, ctx: &Ctx) -> Result<FieldErrors> {
        let definitions = custom::definitions(ctx, LEAD.name).await?;
        let mut errors = FieldErrors::default();
        self.check_texts(&mut errors);
        self.check_fields(&definitions, &mut errors);
        self.check_consents(&mut errors);
        self.check_place(&mut errors);
        if self.double_opt_in {
            if ctx.mail.is_none() {
                errors.add("content.double_opt_in", no_mail_server());
            }
            if self.field(Key::Email).is_none_or(|field| field.is_hidden || !field.is_required) {
                errors.add(
                    "content.double_opt_in",
                    say!(
                        "E-posta sorulmalı ve zorunlu olmalı.",
                        "The e-mail address must be asked and required."
                    ),
                );
            }
        }
        Ok(errors)
    }

    fn check_texts(&mut self, errors: &mut FieldErrors) {
        let mut known = BTreeSet::new();
        let is_known = |lang: &String| lang == "tr" || lang == "en";
        if self.langs.is_empty() || !self.langs.iter().all(|lang| is_known(lang) && known.insert(lang.clone())) {
            errors.add(
                "content.langs",
                say!("tr, en ya da ikisi olmalı.", "Must be tr, en, or both of them."),
            );
        }
        let has = |lang: &str| known.contains(lang);
        for (name, text, is_meant) in [
            ("title_tr", &mut self.title_tr, has("tr")),
            ("title_en", &mut self.title_en, has("en")),
            ("button_tr", &mut self.button_tr, has("tr")),
            ("button_en", &mut self.button_en, has("en")),
        ] {
            line(&format!("content.{name}"), text, errors);
            if is_meant && text.is_empty() {
                errors.add(format!("content.{name}"), required());
            }
        }
        for (name, text) in [("source_detail", &mut self.source_detail), ("campaign", &mut self.campaign)] {
            bound(&format!("content.{name}"), text, 100, errors);
        }
        for (name, text) in [
            ("intro_tr", &mut self.intro_tr),
            ("intro_en", &mut self.intro_en),
            ("thanks_tr", &mut self.thanks_tr),
            ("thanks_en", &mut self.thanks_en),
            ("privacy_tr", &mut self.privacy_tr),
            ("privacy_en", &mut self.privacy_en),
        ] {
            bound(&format!("content.{name}"), text, MAX_TEXT_CHARS, errors);
        }
    }

    fn check_fields(&mut self, definitions: &Definitions, errors: &mut FieldErrors) {
        let ways = [Key::Email, Key::Phone];
        if self.fields.is_empty() || self.fields.len() > MAX_FIELDS {
            errors.add(
                "content.fields",
                say!("1 ile {} arasında alan olmalı.", "There must be 1 to {} fields.", MAX_FIELDS),
            );
            self.fields.truncate(MAX_FIELDS);
        }
        let mut known = BTreeSet::new();
        for (index, field) in self.fields.iter_mut().enumerate() {
            let place = |name: &str| format!("content.fields.{index}.{name}");
            for (name, text) in [
                ("label_tr", &mut field.label_tr),
                ("label_en", &mut field.label_en),
                ("help_tr", &mut field.help_tr),
                ("help_en", &mut field.help_en),
                ("placeholder_tr", &mut field.placeholder_tr),
                ("placeholder_en", &mut field.placeholder_en),
            ] {
                line(&place(name), text, errors);
            }
            bound(&place("value"), &mut field.value, MAX_LINE_CHARS, errors);
            if !known.insert(field.field.clone()) {
                errors.add(
                    place("field"),
                    say!("Bu alan formda zaten var.", "This field is on the form already."),
                );
            }
            match field.asked(definitions) {
                None => errors.add(place("field"), unknown(&field.field, definitions)),
                Some(asked) => check_field(&asked, definitions, &place, errors),
            }
        }
        let is_reachable = ways
            .into_iter()
            .any(|key| self.field(key).is_some_and(|field| field.is_required && !field.is_hidden));
        if !is_reachable {
            errors.add(
                "content.fields",
                say!(
                    "E-posta ya da telefon sorulmalı ve zorunlu olmalı; yoksa kimseye dönülemez.",
                    "The e-mail address or the phone must be asked and required, or nobody could be answered."
                ),
            );
        }
        for definition in definitions.0.iter().filter(|definition| definition.custom.is_required) {
            let name = format!("custom.{}", definition.custom.key);
            let is_given = |field: &WebFormField| field.field == name && (field.is_required || field.is_hidden);
            if !self.fields.iter().any(is_given) {
                errors.add(
                    "content.fields",
                    say!(
                        "“{}” adaylarda zorunlu; formda zorunlu ya da gizli bir alan olmalı.",
                        "“{}” is required of leads; it must be a required or hidden field of the form.",
                        definition.custom.label_tr
                    ),
                );
            }
        }
    }

    fn check_consents(&mut self, errors: &mut FieldErrors) {
        if self.consents.len() > MAX_CONSENTS {
            errors.add("content.consents", say!("En çok {} olabilir.", "May be {} at most.", MAX_CONSENTS));
            self.consents.truncate(MAX_CONSENTS);
        }
        let langs: Vec<Lang> = self.langs().collect();
        let mut known = BTreeSet::new();
        for (index, consent) in self.consents.iter_mut().enumerate() {
            let place = |name: &str| format!("content.consents.{index}.{name}");
            if let Err(problem) = Channel::parse(&consent.channel) {
                errors.add(place("channel"), problem);
            }
            if let Err(problem) = Purpose::parse(&consent.purpose) {
                errors.add(place("purpose"), problem);
            }
            if !known.insert(consent.key()) {
                errors.add(
                    place("channel"),
                    say!(
                        "Bu kanal ve amaç formda zaten var.",
                        "This channel and purpose are on the form already."
                    ),
                );
            }
            for (lang, name, text) in [
                (Lang::Tr, "text_tr", &mut consent.text_tr),
                (Lang::En, "text_en", &mut consent.text_en),
            ] {
                bound(&place(name), text, 1_000, errors);
                if text.is_empty() && langs.contains(&lang) {
                    errors.add(place(name), required());
                }
            }
            for (name, text) in [("notice_tr", &mut consent.notice_tr), ("notice_en", &mut consent.notice_en)] {
                bound(&place(name), text, MAX_TEXT_CHARS, errors);
            }
        }
    }

    fn check_place(&mut self, errors: &mut FieldErrors) {
        let is_colour = |text: &str| text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit());
        self.colour = self.colour.trim().to_ascii_lowercase();
        if !is_colour(&self.colour) {
            errors.add(
                "content.colour",
                say!("#1f5fbf gibi bir renk olmalı.", "Must be a colour such as #1f5fbf."),
            );
        }
        self.redirect_url = self.redirect_url.trim().to_owned();
        let is_page = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(is_plain_host);
        let page = url::Url::parse(&self.redirect_url).ok().filter(is_page);
        match page {
            _ if self.redirect_url.is_empty() => {}
            Some(url) if url.as_str().len() <= MAX_URL_CHARS => self.redirect_url = url.to_string(),
            _ => errors.add(
                "content.redirect_url",
                say!(
                    "https://www.ornek.example/tesekkurler gibi bir adres olmalı.",
                    "Must be an address such as https://www.ornek.example/thanks."
                ),
            ),
        }
        if self.allowed_origins.len() > MAX_ORIGINS {
            errors.add(
                "content.allowed_origins",
                say!("En çok {} olabilir.", "May be {} at most.", MAX_ORIGINS),
            );
            self.allowed_origins.truncate(MAX_ORIGINS);
        }
        for (index, origin) in self.allowed_origins.iter_mut().enumerate() {
            match plain_origin(origin) {
                Some(plain) => *origin = plain,
                None => errors.add(
                    format!("content.allowed_origins.{index}"),
                    say!(
                        "https://www.ornek.example gibi, yolsuz bir adres olmalı.",
                        "Must be an address without a path, such as https://www.ornek.example."
                    ),
                ),
            }
        }
        if let Err(problem) = Source::parse(&self.source) {
            errors.add("content.source", problem);
        }
        if !(0..=MAX_SECONDS).contains(&self.min_seconds) {
            errors.add(
                "content.min_seconds",
                say!("0 ile {} arasında olmalı.", "Must be between 0 and {}.", MAX_SECONDS),
            );
        }
        if !(1..=MAX_PER_MINUTE).contains(&self.limit_per_minute) {
            errors.add(
                "content.limit_per_minute",
                say!("1 ile {} arasında olmalı.", "Must be between 1 and {}.", MAX_PER_MINUTE),
            );
        }
    }
}

/// Why nobody can be asked to confirm.
pub fn no_mail_server() -> Say {
    Say::new(
        "Onay e-postası için bir posta sunucusu gerekir; yöneticiniz CRM_SMTP_URL ve CRM_MAIL_FROM ayarlarını vermeli.",
        "A mail server is needed to ask for confirmation; your administrator must set CRM_SMTP_URL and CRM_MAIL_FROM.",
    )
}

fn unknown(name: &str, definitions: &Definitions) -> Say {
    let own = ASKED.iter().map(|key| key.name().to_owned());
    let custom = definitions.0.iter().map(|definition| format!("custom.{}", definition.custom.key));
    let known: Vec<String> = own.chain(custom).collect();
    patch::unknown(name, known.iter().map(String::as_str))
}

fn check_field(asked: &Asked<'_>, definitions: &Definitions, place: &dyn Fn(&str) -> String, errors: &mut FieldErrors) {
    let field = asked.of;
    let all: &[Choice] = match &asked.kind {
        Kind::Choice(all) | Kind::MultiChoice(all) => all,
        _ => &[],
    };
    if let Some(stray) = field.choices.iter().find(|value| all.iter().all(|choice| choice.value != **value)) {
        errors.add(
            place("choices"),
            say!("Alanda “{}” diye bir seçenek yok.", "The field has no choice “{}”.", stray),
        );
    }
    match (field.is_hidden, field.value.is_empty()) {
        (false, true) => {}
        (false, false) => errors.add(
            place("value"),
            say!("Yalnızca gizli alanların değeri olur.", "Only hidden fields have a value."),
        ),
        (true, true) => errors.add(
            place("value"),
            say!("Gizli bir alanın değeri olmalı.", "A hidden field must have a value."),
        ),
        (true, false) => {
            if let Err(problem) = read(asked, definitions, &[&field.value]) {
                errors.add(place("value"), problem);
            }
        }
    }
}

/// Reads what was filled in, as the API would take it.
pub fn read(asked: &Asked<'_>, definitions: &Definitions, texts: &[&str]) -> Result<(Value, Cell), Say> {
    let first = texts.first().copied().unwrap_or_default();
    let value = match (&asked.kind, asked.written) {
        (Kind::MultiChoice(_), _) => {
            let items = texts
                .iter()
                .flat_map(|text| text.split(','))
                .map(str::trim)
                .filter(|item| !item.is_empty());
            Value::Array(items.map(Value::from).collect())
        }
        (Kind::Bool, _) => Value::Bool(matches!(first, "true" | "on" | "1")),
        (Kind::Money | Kind::Number { .. }, _) => Value::from(plain_number(first)),
        (_, Some(Written::Country)) => Value::from(records::countries::code_of(first).unwrap_or(first)),
        _ => Value::from(first),
    };
    let cell = match asked.of.field.strip_prefix("custom.").and_then(|key| definitions.get(key)) {
        Some(definition) => patch::parse_custom(definition, &value)?,
        None => match LEAD.field(&asked.of.field) {
            Some((_, spec)) => patch::parse(spec, &value)?,
            None => Cell::Missing,
        },
    };
    let offered = asked.choices();
    let is_offered = |value: &str| offered.is_empty() || offered.iter().any(|choice| choice.value == value);
    let strays = match &cell {
        Cell::Text(text) => !asked.of.is_hidden && !is_offered(text),
        Cell::List(list) => !asked.of.is_hidden && !list.iter().all(|item| is_offered(item)),
        _ => false,
    };
    if strays {
        return Err(say!("Seçeneklerden biri olmalı.", "Must be one of the choices."));
    }
    Ok((value, cell))
}

/// People write 50.000, 1.234,50 and 1,234.50; the API takes 1234.50.
fn plain_number(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !"₺$€".contains(*c)).collect();
    let last = text.rfind(['.', ',']);
    let Some(last) = last else { return text };
    let behind = text.len() - last - 1;
    let marks = text.chars().filter(|c| *c == '.' || *c == ',').count();
    let has_both = text.contains('.') && text.contains(',');
    let is_decimal = if has_both { true } else { marks == 1 && behind != 3 };
    let digits = |part: &str| part.replace(['.', ','], "");
    match is_decimal {
        true => format!("{}.{}", digits(&text[..last]), &text[last + 1..]),
        false => digits(&text),
    }
}

/// Scheme, host and port of a site, as browsers name it.
fn plain_origin(text: &str) -> Option<String> {
    let text = text.trim();
    if text == "*" {
        return Some("*".to_owned());
    }
    let url = url::Url::parse(text).ok()?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(is_plain_host)
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let origin = url.origin();
    (is_plain && origin.is_tuple() && text.len() <= MAX_URL_CHARS).then(|| origin.ascii_serialization())
}

/// Whether a host can stand in a header: browsers take letters for a host that would end a directive of a policy.
fn is_plain_host(host: &str) -> bool {
    host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-*[]:".contains(&byte))
}

fn line(place: &str, text: &mut String, errors: &mut FieldErrors) {
    *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    bound(place, text, MAX_LINE_CHARS, errors);
}

fn bound(place: &str, text: &mut String, max_chars: usize, errors: &mut FieldErrors) {
    let plain = text.replace("\r\n", "\n");
    *text = plain.trim().chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    if text.chars().count() > max_chars {
        errors.add(
            place,
            say!("En çok {} karakter olabilir.", "May have {} characters at most.", max_chars),
        );
    }
}

/// What is kept of a form's answers, by the field.
pub type Answers = Map<String, Value>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (written, plain) in [
            ("50.000", "50000"),
            ("1.234,50", "1234.50"),
            ("1,234.50", "1234.50"),
            ("1.234.567", "1234567"),
            ("12,5", "12.5"),
            ("12.50", "12.50"),
            ("₺ 900", "900"),
            ("x", "x"),
        ] {
            assert_eq!(plain_number(written), plain, "{written}");
        }
    }

    #[test]
    fn an_origin_is_a_site_and_nothing_more() {
        assert_eq!(
            plain_origin("https://WWW.Ornek.example/").as_deref(),
            Some("https://www.ornek.example")
        );
        assert_eq!(plain_origin("http://localhost:3000").as_deref(), Some("http://localhost:3000"));
        assert_eq!(plain_origin("https://ornek.example:443").as_deref(), Some("https://ornek.example"));
        assert_eq!(plain_origin("*").as_deref(), Some("*"));
        for wrong in [
            "ornek.example",
            "https://ornek.example/form",
            "javascript:alert(1)",
            "https://a@ornek.example",
            "https://*.ornek.example; script-src *",
            "data:text/html,x",
            "https://ornek.example?x",
            "https://a;script-src",
            "",
        ] {
            assert_eq!(plain_origin(wrong), None, "{wrong}");
        }
    }
}
