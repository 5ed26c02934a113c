//! The pages strangers see: plain HTML, written here whole, with nothing from elsewhere. All of it works without JavaScript but for the work a
//! sender has to do (see [`super::guard`]), which a page says where it is off. Whatever anybody wrote goes through [`escaped`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use criteria::Kind;
use kernel::error::{FieldErrors, Lang, Say};
use records::countries::COUNTRIES;
use records::custom::Definitions;
use records::fields::Form as Written;
use sha2::{Digest as _, Sha256};

use super::content::{Asked, WebFormContent};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = concat!(include_str!("work.js"), include_str!("page.js"));
/// What a site includes to show a form in its page.
pub const EMBED: &str = include_str!("embed.js");

/// The field that people do not see and programs fill in.
pub const BAIT: &str = "contact_url";
/// What a page carries along of where somebody came from.
pub const CARRIED: [&str; 7] = [
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "referrer",
    "landing_page",
];

/// What somebody has filled in so far, by the name of the input.
pub type Typed = BTreeMap<String, Vec<String>>;

/// How a page is shown.
pub struct Frame<'a> {
    pub lang: Lang,
    pub slug: &'a str,
    pub colour: &'a str,
    /// Within another page.
    pub is_embedded: bool,
    /// Without it there is no script: a preview.
    pub nonce: Option<&'a str>,
}

/// What is to be sent along: the token of the page, and the work it takes.
pub struct Task<'a> {
    pub token: &'a str,
    pub challenge: i64,
    pub bits: u8,
}

/// What stands in a form that is shown again.
#[derive(Default)]
pub struct State<'a> {
    pub typed: Typed,
    pub errors: FieldErrors,
    pub alert: Option<Say>,
    pub task: Option<Task<'a>>,
    /// A link to the same page in the other language.
    pub other_lang: Option<String>,
}

/// Text as it stands in HTML, between tags and within quotes.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

/// The policy of a page: scripts and styles that bear the nonce, a worker made of them, nothing from elsewhere. `framed_by` are the sites
/// that may show it, `onward` is where a submission may lead.
pub fn policy(nonce: &str, framed_by: &[String], onward: Option<&str>) -> String {
    let ancestors = match framed_by.iter().any(|origin| origin == "*") {
        true => "*".to_owned(),
        false => ["'self'"]
            .into_iter()
            .chain(framed_by.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join(" "),
    };
    // Browsers hold the whole way of a submission against it, also where it is sent on to.
    let onward = onward
        .and_then(|url| url::Url::parse(url).ok())
        .map(|url| url.origin().ascii_serialization());
    let onward = onward.map(|origin| format!(" {origin}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; worker-src blob:; style-src 'nonce-{nonce}'; connect-src 'self'; \
         form-action 'self'{onward}; frame-ancestors {ancestors}; base-uri 'none'"
    )
}

/// Black or white, whichever can be read on a colour.
fn readable_on(colour: &str) -> &'static str {
    let part = |place: usize| {
        let value = colour
            .get(place..place + 2)
            .and_then(|part| u8::from_str_radix(part, 16).ok())
            .unwrap_or(0);
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    // As WCAG has it: the contrast with white and with black are the same at this luminance.
    let luminance = 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
    if luminance > 0.179 { "#000000" } else { "#ffffff" }
}

fn around(frame: &Frame<'_>, title: &str, body: &str) -> String {
    let Frame {
        lang,
        slug,
        colour,
        is_embedded,
        nonce,
    } = frame;
    let attribute = nonce.map(|nonce| format!(" nonce=\"{nonce}\"")).unwrap_or_default();
    let script = match nonce {
        Some(_) => format!("<script{attribute}>{SCRIPT}</script>"),
        None => String::new(),
    };
    let on_accent = readable_on(colour);
    let class = if *is_embedded { " class=\"embed\"" } else { "" };
    format!(
        "<!doctype html>\n<html lang=\"{}\" data-slug=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{}</title><style{attribute}>:root{{--accent:{colour};--on-accent:{on_accent};--focus:{colour}}}\n{STYLE}</style></head>\
         <body{class}><main>{body}</main>{script}</body></html>",
        lang.tag(),
        escaped(slug),
        escaped(title),
    )
}

/// A page that says something: thanks, that a form is closed, that an address is confirmed. `onward` is a link to go on by.
pub fn message(frame: &Frame<'_>, title: &str, text: &str, onward: Option<&str>) -> String {
    let mut body = format!("<h1>{}</h1><p role=\"status\">{}</p>", escaped(title), escaped(text));
    if let Some(url) = onward {
        let go_on = frame.lang.pick("Devam", "Continue");
        let _ = write!(
            body,
            "<p><a data-onward href=\"{}\" target=\"_top\" rel=\"noopener\">{go_on}</a></p>",
            escaped(url)
        );
    }
    around(frame, title, &body)
}

/// A page with one button that sends nothing but itself.
pub fn button(frame: &Frame<'_>, title: &str, text: &str, label: &str) -> String {
    let body = format!(
        "<h1>{}</h1><p>{}</p><form method=\"post\"><button>{}</button></form>",
        escaped(title),
        escaped(text),
        escaped(label)
    );
    around(frame, title, &body)
}

/// The form.
pub fn form(frame: &Frame<'_>, content: &WebFormContent, definitions: &Definitions, state: &State<'_>) -> String {
    let lang = frame.lang;
    let pick = |tr: &'static str, en: &'static str| lang.pick(tr, en);
    let title = lang.pick(&content.title_tr, &content.title_en);
    let mut body = String::with_capacity(8_192);
    if let Some(link) = &state.other_lang {
        let (tag, name) = lang.pick(("en", "English"), ("tr", "Türkçe"));
        let _ = write!(
            body,
            "<a class=\"langs\" lang=\"{tag}\" hreflang=\"{tag}\" href=\"{}\">{name}</a>",
            escaped(link)
        );
    }
    let _ = write!(body, "<h1>{}</h1>", escaped(title));
    paragraph(&mut body, "", lang.pick(&content.intro_tr, &content.intro_en));
    if let Some(alert) = &state.alert {
        let _ = write!(
            body,
            "<div class=\"alert\" role=\"alert\" id=\"alert\" tabindex=\"-1\">{}</div>",
            escaped(alert.get(lang))
        );
    }
    match &state.task {
        Some(task) => {
            let _ = write!(
                body,
                "<form method=\"post\" action=\"/f/{slug}\" data-challenge=\"{}\" data-bits=\"{}\" data-start=\"/f/{slug}/start\">\
                 <input type=\"hidden\" name=\"_token\" value=\"{}\"><input type=\"hidden\" name=\"_work\" value=\"\">\
                 <input type=\"hidden\" name=\"_lang\" value=\"{}\">",
                task.challenge,
                task.bits,
                escaped(task.token),
                lang.tag(),
                slug = escaped(frame.slug),
            );
            if frame.is_embedded {
                body.push_str("<input type=\"hidden\" name=\"_embed\" value=\"1\">");
            }
        }
        // Of a preview nothing is sent.
        None => body.push_str("<form>"),
    }
    for name in CARRIED {
        if let Some(value) = typed(&state.typed, &format!("_{name}")) {
            let _ = write!(body, "<input type=\"hidden\" name=\"_{name}\" value=\"{}\">", escaped(value));
        }
    }
    let asked = content.asked(definitions);
    if asked.iter().any(|asked| asked.of.is_required && !asked.of.is_hidden) {
        let _ = write!(body, "<p class=\"note\">{}</p>", pick("* zorunlu alan", "* required"));
    }
    for asked in asked.iter().filter(|asked| !asked.of.is_hidden) {
        field(&mut body, lang, asked, state);
    }
    let _ = write!(
        body,
        "<div class=\"aside\" aria-hidden=\"true\"><label>{}<input type=\"text\" name=\"{BAIT}\" value=\"\" tabindex=\"-1\" autocomplete=\"off\"></label></div>",
        pick("Bu alanı boş bırakın", "Leave this empty")
    );
    paragraph(&mut body, " class=\"note\"", lang.pick(&content.privacy_tr, &content.privacy_en));
    for consent in &content.consents {
        let name = format!("consent.{}", consent.key());
        let checked = if typed(&state.typed, &name).is_some() { " checked" } else { "" };
        let is_wrong = state.errors.0.contains_key(&name);
        let (invalid, star) = (described(is_wrong, false, &name), if consent.is_required { " *" } else { "" });
        let required = if consent.is_required { " required" } else { "" };
        let name = escaped(&name);
        let text = escaped(lang.pick(&consent.text_tr, &consent.text_en));
        let _ = write!(
            body,
            "<div class=\"consent\"><label><input type=\"checkbox\" name=\"{name}\" value=\"true\"{checked}{required}{invalid}><span>{text}{star}</span></label>"
        );
        let notice = lang.pick(&consent.notice_tr, &consent.notice_en);
        if !notice.is_empty() {
            let summary = pick("Metnin tamamı", "The whole text");
            let _ = write!(body, "<details><summary>{summary}</summary><p>{}</p></details>", escaped(notice));
        }
        wrong(&mut body, lang, state, &format!("consent.{}", consent.key()));
        body.push_str("</div>");
    }
    let kind = if state.task.is_some() { "submit" } else { "button" };
    let label = escaped(lang.pick(&content.button_tr, &content.button_en));
    let no_script = pick(
        "Göndermek için tarayıcınızda JavaScript açık olmalı: gönderen, makineleri uzak tutan küçük bir hesap yapar.",
        "JavaScript must be on in your browser to send this: the sender does a small computation that keeps machines away.",
    );
    let _ = write!(
        body,
        "<noscript><p class=\"alert\">{no_script}</p></noscript><button type=\"{kind}\">{label}</button></form>"
    );
    around(frame, title, &body)
}

fn paragraph(body: &mut String, attributes: &str, text: &str) {
    if !text.is_empty() {
        let _ = write!(body, "<p{attributes}>{}</p>", escaped(text));
    }
}

fn typed<'a>(typed: &'a Typed, name: &str) -> Option<&'a str> {
    typed.get(name)?.first().map(String::as_str)
}

/// The id of an input: names hold dots, which labels may refer to all the same.
fn id_of(name: &str) -> String {
    format!("f-{}", escaped(name))
}

fn described(is_wrong: bool, has_help: bool, name: &str) -> String {
    let id = id_of(name);
    let by: Vec<String> = [(is_wrong, "wrong"), (has_help, "help")]
        .into_iter()
        .filter(|(is_there, _)| *is_there)
        .map(|(_, what)| format!("{id}-{what}"))
        .collect();
    let invalid = if is_wrong { " aria-invalid=\"true\"" } else { "" };
    match by.is_empty() {
        true => invalid.to_owned(),
        false => format!("{invalid} aria-describedby=\"{}\"", by.join(" ")),
    }
}

fn wrong(body: &mut String, lang: Lang, state: &State<'_>, name: &str) {
    for problem in state.errors.0.get(name).into_iter().flatten() {
        let _ = write!(
            body,
            "<p class=\"wrong\" id=\"{}-wrong\">{}</p>",
            id_of(name),
            escaped(problem.get(lang))
        );
    }
}

fn field(body: &mut String, lang: Lang, asked: &Asked<'_>, state: &State<'_>) {
    let of = asked.of;
    let name = escaped(&of.field);
    let id = id_of(&of.field);
    let label = escaped(asked.label.get(lang));
    let star = if of.is_required {
        " <span aria-hidden=\"true\">*</span>"
    } else {
        ""
    };
    let required = if of.is_required { " required" } else { "" };
    let help = lang.pick(&of.help_tr, &of.help_en);
    let placeholder = match lang.pick(&of.placeholder_tr, &of.placeholder_en).as_str() {
        "" => String::new(),
        text => format!(" placeholder=\"{}\"", escaped(text)),
    };
    let about = described(state.errors.0.contains_key(&of.field), !help.is_empty(), &of.field);
    let value = typed(&state.typed, &of.field).unwrap_or_default();
    let plain = |kind: &str, more: &str| {
        format!(
            "<input id=\"{id}\" name=\"{name}\" type=\"{kind}\" value=\"{}\"{more}{placeholder}{required}{about}>",
            escaped(value)
        )
    };
    let labelled = |input: String| format!("<div class=\"field\"><label for=\"{id}\">{label}{star}</label>{input}");
    let options = |choices: Vec<(&str, &str)>| {
        let mut html = format!("<select id=\"{id}\" name=\"{name}\"{required}{about}><option value=\"\"></option>");
        for (known, text) in choices {
            let selected = if known == value { " selected" } else { "" };
            let _ = write!(html, "<option value=\"{}\"{selected}>{}</option>", escaped(known), escaped(text));
        }
        html + "</select>"
    };
    let block = match (&asked.kind, asked.written) {
        (Kind::Choice(_), _) => {
            let choices = asked.choices();
            labelled(options(
                choices
                    .iter()
                    .map(|choice| (choice.value.as_ref(), choice.label.get(lang)))
                    .collect(),
            ))
        }
        (Kind::MultiChoice(_), _) => {
            let given = state.typed.get(&of.field).map(Vec::as_slice).unwrap_or_default();
            let mut html = format!("<fieldset class=\"field choice\"{about}><legend>{label}{star}</legend>");
            for choice in asked.choices() {
                let checked = if given.iter().any(|value| *value == choice.value) {
                    " checked"
                } else {
                    ""
                };
                let _ = write!(
                    html,
                    "<label><input type=\"checkbox\" name=\"{name}\" value=\"{}\"{checked}><span>{}</span></label>",
                    escaped(&choice.value),
                    escaped(choice.label.get(lang))
                );
            }
            html
        }
        (Kind::Bool, _) => {
            let checked = if matches!(value, "true" | "on" | "1") { " checked" } else { "" };
            format!(
                "<div class=\"field choice\"><label><input id=\"{id}\" name=\"{name}\" type=\"checkbox\" value=\"true\"{checked}{required}{about}><span>{label}{star}</span></label>"
            )
        }
        (_, Some(Written::Country)) => labelled(options(
            COUNTRIES.iter().map(|(code, tr, en)| (*code, lang.pick(*tr, *en))).collect(),
        )),
        (_, Some(Written::LongText { max_chars })) => labelled(format!(
            "<textarea id=\"{id}\" name=\"{name}\" maxlength=\"{max_chars}\"{placeholder}{required}{about}>\n{}</textarea>",
            escaped(value)
        )),
        (_, Some(Written::Email)) => labelled(plain("email", " autocomplete=\"email\" maxlength=\"254\"")),
        (_, Some(Written::Phone)) => labelled(plain("tel", " autocomplete=\"tel\" maxlength=\"40\"")),
        (Kind::Link, _) => labelled(plain("text", " inputmode=\"url\" autocomplete=\"url\" maxlength=\"500\"")),
        (Kind::Date, _) => labelled(plain("date", "")),
        (Kind::Money | Kind::Number { .. }, _) => labelled(plain("text", " inputmode=\"decimal\" maxlength=\"25\"")),
        (_, Some(Written::Text { max_chars })) => {
            let autocomplete = match of.field.as_str() {
                "first_name" => " autocomplete=\"given-name\"",
                "last_name" => " autocomplete=\"family-name\"",
                "company" => " autocomplete=\"organization\"",
                "title" => " autocomplete=\"organization-title\"",
                _ => "",
            };
            labelled(plain("text", &format!(" maxlength=\"{max_chars}\"{autocomplete}")))
        }
        (_, Some(Written::City)) => labelled(plain("text", " autocomplete=\"address-level1\" maxlength=\"50\"")),
        (_, Some(Written::Currency)) => labelled(plain("text", " maxlength=\"3\"")),
        _ => labelled(plain("text", " maxlength=\"1000\"")),
    };
    body.push_str(&block);
    if !help.is_empty() {
        let _ = write!(body, "<p class=\"help\" id=\"{id}-help\">{}</p>", escaped(help));
    }
    wrong(body, lang, state, &of.field);
    body.push_str(match asked.kind {
        Kind::MultiChoice(_) => "</fieldset>",
        _ => "</div>",
    });
}

/// Of a page that never changes by itself, so that browsers may keep it.
pub fn etag(text: &str) -> String {
    format!("\"{:.16}\"", format!("{:x}", Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_wrote_is_text_and_nothing_else() {
        assert_eq!(
            escaped("<img src=x onerror='a(1)'>\"&"),
            "&lt;img src=x onerror=&#39;a(1)&#39;&gt;&quot;&amp;"
        );
    }

    #[test]
    fn a_policy_names_the_sites_and_nothing_that_is_not_ours() {
        let policy = policy("n", &["https://www.ornek.example".to_owned()], Some("https://ornek.example/thanks"));
        assert!(policy.contains("frame-ancestors 'self' https://www.ornek.example;"), "{policy}");
        assert!(policy.contains("form-action 'self' https://ornek.example;"), "{policy}");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn text_on_a_button_can_be_read() {
        assert_eq!(readable_on("#ffd400"), "#000000");
        assert_eq!(readable_on("#1f5fbf"), "#ffffff");
    }
}
