//! The part of a CalDAV server (RFC 4918, 4791, 6578) that is only text: bodies of PROPFIND, REPORT, PROPPATCH and MKCALENDAR in, typed;
//! multistatus out. Entities are never expanded, and size, depth and number of elements have limits.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use kernel::error::Say;
use kernel::say;
use kernel::text::fold;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::Event as Xml;
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use crate::ics::{Event, Kind, occurrences};

/// A multiget of a phone names a hundred hrefs; this is room for thousands.
pub const MAX_BYTES: usize = 512 * 1024;
pub const MAX_DEPTH: usize = 24;
pub const MAX_ELEMENTS: usize = 20_000;
/// Filters within filters; no program asks for more than three.
const MAX_FILTERS: usize = 100;

pub const DAV: &str = "DAV:";
pub const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
pub const CALENDAR_SERVER: &str = "http://calendarserver.org/ns/";
pub const APPLE: &str = "http://apple.com/ns/ical/";

/// The name of an element, with its namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    pub space: String,
    pub local: String,
}

impl Name {
    pub fn new(space: &str, local: &str) -> Name {
        Name {
            space: space.to_owned(),
            local: local.to_owned(),
        }
    }

    pub fn is(&self, space: &str, local: &str) -> bool {
        self.space == space && self.local == local
    }
}

/// A piece of XML: what clients send as values of properties, and what they are answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    pub name: Name,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    pub fn new(space: &str, local: &str) -> Element {
        Element {
            name: Name::new(space, local),
            attributes: Vec::new(),
            text: String::new(),
            children: Vec::new(),
        }
    }

    pub fn text(mut self, text: impl Into<String>) -> Element {
        self.text = text.into();
        self
    }

    pub fn child(mut self, child: Element) -> Element {
        self.children.push(child);
        self
    }

    /// A child `DAV:href`.
    pub fn href(self, href: impl Into<String>) -> Element {
        self.child(Element::new(DAV, "href").text(href))
    }

    pub fn attribute(mut self, name: &str, value: impl Into<String>) -> Element {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    fn find(&self, space: &str, local: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name.is(space, local))
    }

    fn value_of(&self, attribute: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(name, _)| name == attribute)
            .map(|(_, value)| value.as_str())
    }
}

/// What a PROPFIND asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// No body means the same.
    All,
    Names,
    These(Vec<Name>),
}

/// A REPORT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// What passes the filter.
    Query {
        asked: Asked,
        filter: Filter,
    },
    /// These objects.
    MultiGet {
        asked: Asked,
        hrefs: Vec<String>,
    },
    /// What has changed since a token; everything when it is empty.
    Sync {
        asked: Asked,
        token: String,
        limit: Option<u32>,
    },
    FreeBusy {
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    },
    /// One that is answered with `DAV:supported-report`.
    Other(Name),
}

/// What a PROPPATCH or MKCALENDAR sets and removes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    pub set: Vec<Element>,
    pub remove: Vec<Name>,
}

/// A comp-filter: of a component, and in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// VCALENDAR at the top, VEVENT or VTODO in it.
    pub component: String,
    pub is_not_defined: bool,
    pub range: Option<Range>,
    pub properties: Vec<PropertyFilter>,
    pub within: Vec<Filter>,
}

/// A time range; one side may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyFilter {
    pub name: String,
    pub is_not_defined: bool,
    /// The text that it holds, and whether that is what must not be.
    pub holds: Option<(String, bool)>,
}

impl Filter {
    /// Whether an object (all events of one uid) passes. Times without a zone are the reader's.
    pub fn passes(&self, events: &[Event], reader: Tz) -> bool {
        // The outermost names VCALENDAR, which every object is.
        self.within.iter().all(|filter| filter.passes_component(events, reader))
    }

    /// The range within which events are looked for, when there is one: for an index.
    pub fn range(&self) -> Option<Range> {
        self.range.or_else(|| self.within.iter().find_map(Filter::range))
    }

    /// The only kind of component that can pass, when the filter names one.
    pub fn kind(&self) -> Option<Kind> {
        self.within
            .iter()
            .filter(|filter| !filter.is_not_defined)
            .find_map(|filter| match filter.component.as_str() {
                "VEVENT" => Some(Kind::Event),
                "VTODO" => Some(Kind::Task),
                _ => None,
            })
    }

    fn passes_component(&self, events: &[Event], reader: Tz) -> bool {
        let kind = match self.component.as_str() {
            "VEVENT" => Some(Kind::Event),
            "VTODO" => Some(Kind::Task),
            _ => None,
        };
        let these: Vec<Event> = events.iter().filter(|event| Some(event.kind) == kind).cloned().collect();
        if self.is_not_defined {
            return these.is_empty();
        }
        let in_range = self.range.is_none_or(|range| {
            let from = range.from.unwrap_or(DateTime::<Utc>::MIN_UTC + chrono::Duration::days(9_999));
            let to = range.to.unwrap_or(DateTime::<Utc>::MAX_UTC - chrono::Duration::days(9_999));
            // A task without a time is in every range (RFC 4791, 9.9).
            let timeless = these.iter().any(|event| event.start.is_none() && event.end.is_none());
            timeless || occurs(&these, from, to, reader)
        });
        !these.is_empty()
            && in_range
            && self
                .properties
                .iter()
                .all(|property| these.iter().any(|event| property.passes(event)))
            && self.within.iter().all(|alarms| {
                let any = these.iter().any(|event| !event.alarms.is_empty());
                alarms.component != "VALARM" || any != alarms.is_not_defined
            })
    }
}

fn occurs(events: &[Event], from: DateTime<Utc>, to: DateTime<Utc>, reader: Tz) -> bool {
    // An open range is asked about step by step, so that an endless series is not laid out to its end.
    let latest = events.iter().filter_map(|event| event.end_moment(reader)).max();
    let near = latest.map_or(to, |latest| (latest.max(from) + chrono::Duration::days(800)).min(to));
    let earliest = events
        .iter()
        .filter_map(|event| event.start.or(event.end))
        .map(|when| when.moment(reader))
        .min();
    let from = earliest.map_or(from, |earliest| from.max(earliest - chrono::Duration::days(1)));
    if from >= to {
        return false;
    }
    !occurrences(events, from, near, reader).is_empty() || (near < to && !occurrences(events, near, to, reader).is_empty())
}

impl PropertyFilter {
    fn passes(&self, event: &Event) -> bool {
        let value = match self.name.as_str() {
            "UID" => Some(event.uid.clone()),
            "SUMMARY" => Some(event.summary.clone()).filter(|text| !text.is_empty()),
            "DESCRIPTION" => Some(event.description.clone()).filter(|text| !text.is_empty()),
            "LOCATION" => Some(event.location.clone()).filter(|text| !text.is_empty()),
            "STATUS" => event.status.map(|status| format!("{status:?}")),
            "COMPLETED" => event.completed.map(|moment| moment.to_rfc3339()),
            "RRULE" => event.rrule.as_ref().map(ToString::to_string),
            "RECURRENCE-ID" => event.recurrence_id.map(|_| String::new()),
            "CATEGORIES" => Some(event.categories.join(",")).filter(|text| !text.is_empty()),
            other => event.other.iter().find(|line| line.name == other).map(|line| line.value.clone()),
        };
        match (&value, self.is_not_defined, &self.holds) {
            (value, true, _) => value.is_none(),
            (None, ..) => false,
            (Some(_), _, None) => true,
            (Some(value), _, Some((text, negated))) => {
                let plain = |text: &str| fold(&text.replace('-', ""));
                plain(value).contains(&plain(text)) != *negated
            }
        }
    }
}

/// Reads the body of a PROPFIND.
pub fn propfind(body: &[u8]) -> Result<Asked, Say> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Asked::All);
    }
    let root = parse(body)?;
    if !root.name.is(DAV, "propfind") {
        return Err(unexpected(&root.name, "DAV:propfind"));
    }
    Ok(asked(&root))
}

/// Reads the body of a REPORT.
pub fn report(body: &[u8]) -> Result<Report, Say> {
    let root = parse(body)?;
    let hrefs = || {
        root.children
            .iter()
            .filter(|child| child.name.is(DAV, "href"))
            .map(|child| child.text.trim().to_owned())
            .collect()
    };
    Ok(match (root.name.space.as_str(), root.name.local.as_str()) {
        (CALDAV, "calendar-query") => {
            let top = root.find(CALDAV, "filter").and_then(|filter| filter.find(CALDAV, "comp-filter"));
            let mut left = MAX_FILTERS;
            Report::Query {
                asked: asked(&root),
                filter: top.map(|top| filter(top, &mut left)).transpose()?.unwrap_or_default(),
            }
        }
        (CALDAV, "calendar-multiget") => Report::MultiGet {
            asked: asked(&root),
            hrefs: hrefs(),
        },
        (DAV, "sync-collection") => Report::Sync {
            asked: asked(&root),
            token: root
                .find(DAV, "sync-token")
                .map(|token| token.text.trim().to_owned())
                .unwrap_or_default(),
            limit: root
                .find(DAV, "limit")
                .and_then(|limit| limit.find(DAV, "nresults")?.text.trim().parse().ok()),
        },
        (CALDAV, "free-busy-query") => {
            let range = root.find(CALDAV, "time-range").map(time_range).transpose()?;
            match range {
                Some(Range {
                    from: Some(from),
                    to: Some(to),
                }) if from < to => Report::FreeBusy { from, to },
                _ => {
                    return Err(Say::new(
                        "time-range, start ve end ile verilmeli; end daha sonra olmalı.",
                        "time-range needs start and end, and end must be later.",
                    ));
                }
            }
        }
        _ => Report::Other(root.name.clone()),
    })
}

/// Reads the body of a PROPPATCH, a MKCALENDAR or an extended MKCOL; an empty one sets nothing.
pub fn patch(body: &[u8]) -> Result<Patch, Say> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Patch::default());
    }
    let root = parse(body)?;
    if !(root.name.is(DAV, "propertyupdate") || root.name.is(CALDAV, "mkcalendar") || root.name.is(DAV, "mkcol")) {
        return Err(unexpected(&root.name, "DAV:propertyupdate, CALDAV:mkcalendar"));
    }
    let mut patch = Patch::default();
    for step in root.children {
        let removes = step.name.is(DAV, "remove");
        if !removes && !step.name.is(DAV, "set") {
            continue;
        }
        for property in step
            .children
            .into_iter()
            .filter(|child| child.name.is(DAV, "prop"))
            .flat_map(|prop| prop.children)
        {
            if removes {
                patch.remove.push(property.name);
            } else {
                patch.set.push(property);
            }
        }
    }
    Ok(patch)
}

fn asked(root: &Element) -> Asked {
    if root.find(DAV, "propname").is_some() {
        return Asked::Names;
    }
    match root.find(DAV, "prop") {
        Some(prop) => Asked::These(prop.children.iter().map(|child| child.name.clone()).collect()),
        None => Asked::All,
    }
}

fn filter(element: &Element, left: &mut usize) -> Result<Filter, Say> {
    *left = left.checked_sub(1).ok_or_else(|| {
        say!(
            "Bir sorguda en çok {MAX_FILTERS} süzgeç olabilir.",
            "A query can have at most {MAX_FILTERS} filters."
        )
    })?;
    let mut out = Filter {
        component: element.value_of("name").unwrap_or_default().to_ascii_uppercase(),
        is_not_defined: element.find(CALDAV, "is-not-defined").is_some(),
        range: element.find(CALDAV, "time-range").map(time_range).transpose()?,
        ..Filter::default()
    };
    for child in &element.children {
        if child.name.is(CALDAV, "comp-filter") {
            out.within.push(filter(child, left)?);
        } else if child.name.is(CALDAV, "prop-filter") {
            out.properties.push(PropertyFilter {
                name: child.value_of("name").unwrap_or_default().to_ascii_uppercase(),
                is_not_defined: child.find(CALDAV, "is-not-defined").is_some(),
                holds: child
                    .find(CALDAV, "text-match")
                    .map(|text| (text.text.clone(), text.value_of("negate-condition") == Some("yes"))),
            });
        }
    }
    Ok(out)
}

fn time_range(element: &Element) -> Result<Range, Say> {
    let read = |name: &str| match element.value_of(name) {
        None => Ok(None),
        Some(text) => match NaiveDateTime::parse_from_str(text.trim(), "%Y%m%dT%H%M%SZ") {
            Ok(local) => Ok(Some(local.and_utc())),
            Err(_) => Err(say!(
                "time-range içinde {name} 20270315T000000Z gibi olmalı.",
                "{name} in time-range should look like 20270315T000000Z."
            )),
        },
    };
    Ok(Range {
        from: read("start")?,
        to: read("end")?,
    })
}

fn unexpected(name: &Name, wanted: &str) -> Say {
    let local: String = name.local.chars().take(40).collect();
    say!(
        "“{local}” beklenmiyordu: {wanted} olmalı.",
        "“{local}” was not expected: it should be {wanted}."
    )
}

/// Reads XML into a tree.
pub fn parse(body: &[u8]) -> Result<Element, Say> {
    let damaged = || {
        Say::new(
            "İstek gövdesi düzgün bir XML değil.",
            "The body of the request is not well-formed XML.",
        )
    };
    if body.len() > MAX_BYTES {
        return Err(say!(
            "İstek gövdesi en çok {} KB olabilir.",
            "The body can be at most {} KB.",
            MAX_BYTES / 1024
        ));
    }
    let text = std::str::from_utf8(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)).map_err(|_| damaged())?;
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut count = 0;
    loop {
        let (space, event) = reader.read_resolved_event().map_err(|_| damaged())?;
        match event {
            Xml::Start(start) => {
                count += 1;
                if count > MAX_ELEMENTS || open.len() >= MAX_DEPTH {
                    return Err(say!(
                        "İstek gövdesinde en çok {MAX_ELEMENTS} öğe, {MAX_DEPTH} kat iç içe olabilir.",
                        "The body can hold at most {MAX_ELEMENTS} elements, {MAX_DEPTH} deep."
                    ));
                }
                if open.is_empty() && root.is_some() {
                    return Err(damaged());
                }
                let space = match space {
                    ResolveResult::Bound(namespace) => unescape(namespace.into_inner()).map_err(|_| damaged())?.into_owned(),
                    ResolveResult::Unbound => String::new(),
                    ResolveResult::Unknown(_) => return Err(damaged()),
                };
                let mut element = Element::new(&space, start.local_name().into_inner());
                for attribute in start.attributes() {
                    let attribute = attribute.map_err(|_| damaged())?;
                    let key = attribute.key.into_inner();
                    if key == "xmlns" || key.starts_with("xmlns:") {
                        continue;
                    }
                    let value = attribute
                        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                        .map_err(|_| damaged())?;
                    element
                        .attributes
                        .push((attribute.key.local_name().into_inner().to_owned(), value.into_owned()));
                }
                open.push(element);
            }
            Xml::End(_) => {
                let mut closed = open.pop().ok_or_else(damaged)?;
                // Blanks between elements are no text.
                if !closed.children.is_empty() && closed.text.trim().is_empty() {
                    closed.text.clear();
                }
                match open.last_mut() {
                    Some(parent) => parent.children.push(closed),
                    None => root = Some(closed),
                }
            }
            Xml::Text(piece) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&piece.xml10_content());
                }
            }
            Xml::CData(piece) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&piece.xml10_content());
                }
            }
            Xml::GeneralRef(reference) => {
                let Some(element) = open.last_mut() else { return Err(damaged()) };
                match reference.resolve_char_ref().map_err(|_| damaged())? {
                    Some(c) => element.text.push(c),
                    None => element.text.push_str(resolve_predefined_entity(&reference).ok_or_else(damaged)?),
                }
            }
            Xml::DocType(_) => {
                return Err(Say::new("İstek gövdesinde DOCTYPE olamaz.", "The body cannot have a DOCTYPE."));
            }
            Xml::Eof => break,
            _ => {}
        }
    }
    if !open.is_empty() {
        return Err(damaged());
    }
    root.ok_or_else(damaged)
}

/// The answer about one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Already percent-encoded.
    pub href: String,
    /// 404 for what is gone; then there are no properties.
    pub status: Option<u16>,
    pub found: Vec<Element>,
    pub missing: Vec<Name>,
}

impl Answer {
    pub fn gone(href: impl Into<String>) -> Answer {
        Answer {
            href: href.into(),
            status: Some(404),
            found: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// Picks what was asked for out of what there is. Large texts (calendar-data) are given only to who names them.
    pub fn of(href: impl Into<String>, asked: &Asked, there: Vec<Element>) -> Answer {
        let mut answer = Answer {
            href: href.into(),
            status: None,
            found: Vec::new(),
            missing: Vec::new(),
        };
        match asked {
            Asked::All => {
                answer.found = there
                    .into_iter()
                    .filter(|property| !property.name.is(CALDAV, "calendar-data"))
                    .collect()
            }
            Asked::Names => {
                answer.found = there
                    .into_iter()
                    .map(|property| Element::new(&property.name.space, &property.name.local))
                    .collect()
            }
            Asked::These(names) => {
                for name in names {
                    match there.iter().find(|property| property.name == *name) {
                        Some(property) => answer.found.push(property.clone()),
                        None => answer.missing.push(name.clone()),
                    }
                }
            }
        }
        answer
    }
}

/// A 207 Multi-Status.
pub fn multistatus(answers: &[Answer], sync_token: Option<&str>) -> String {
    let mut out = Out::new("d:multistatus");
    for answer in answers {
        out.0.push_str("<d:response><d:href>");
        out.escape(&answer.href);
        out.0.push_str("</d:href>");
        if let Some(status) = answer.status {
            out.status(status);
        }
        if !answer.found.is_empty() || (answer.status.is_none() && answer.missing.is_empty()) {
            out.0.push_str("<d:propstat><d:prop>");
            for property in &answer.found {
                out.element(property);
            }
            out.0.push_str("</d:prop>");
            out.status(200);
            out.0.push_str("</d:propstat>");
        }
        if !answer.missing.is_empty() {
            out.0.push_str("<d:propstat><d:prop>");
            for name in &answer.missing {
                out.element(&Element::new(&name.space, &name.local));
            }
            out.0.push_str("</d:prop>");
            out.status(404);
            out.0.push_str("</d:propstat>");
        }
        out.0.push_str("</d:response>");
    }
    if let Some(token) = sync_token {
        out.0.push_str("<d:sync-token>");
        out.escape(token);
        out.0.push_str("</d:sync-token>");
    }
    out.0.push_str("</d:multistatus>");
    out.0
}

/// The body of an error that names its precondition: `valid-sync-token`, `no-uid-conflict`.
pub fn error(precondition: &Element) -> String {
    let mut out = Out::new("d:error");
    out.element(precondition);
    out.0.push_str("</d:error>");
    out.0
}

struct Out(String);

const PREFIXES: [(&str, &str); 4] = [("d", DAV), ("c", CALDAV), ("cs", CALENDAR_SERVER), ("a", APPLE)];

impl Out {
    fn new(root: &str) -> Out {
        let mut out = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{root}");
        for (prefix, space) in PREFIXES {
            let _ = write!(out, " xmlns:{prefix}=\"{space}\"");
        }
        out.push('>');
        Out(out)
    }

    fn escape(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\r' => self.0.push_str("&#13;"),
                // What XML 1.0 cannot hold at all.
                c if c.is_control() && !matches!(c, '\n' | '\t' | '\u{7f}'..='\u{9f}') => {}
                '\u{fffe}' | '\u{ffff}' => {}
                c => self.0.push(c),
            }
        }
    }

    fn status(&mut self, status: u16) {
        let reason = match status {
            200 => "OK",
            403 => "Forbidden",
            404 => "Not Found",
            507 => "Insufficient Storage",
            _ => "",
        };
        let _ = write!(self.0, "<d:status>HTTP/1.1 {status} {reason}</d:status>");
    }

    fn element(&mut self, element: &Element) {
        let prefix = PREFIXES
            .iter()
            .find(|(_, space)| *space == element.name.space)
            .map(|(prefix, _)| *prefix);
        let tag = match prefix {
            Some(prefix) => format!("{prefix}:{}", element.name.local),
            None => element.name.local.clone(),
        };
        self.0.push('<');
        self.0.push_str(&tag);
        if prefix.is_none() {
            self.0.push_str(" xmlns=\"");
            self.escape(&element.name.space);
            self.0.push('"');
        }
        for (name, value) in &element.attributes {
            let _ = write!(self.0, " {name}=\"");
            self.escape(value);
            self.0.push('"');
        }
        if element.text.is_empty() && element.children.is_empty() {
            self.0.push_str("/>");
            return;
        }
        self.0.push('>');
        self.escape(&element.text);
        for child in &element.children {
            self.element(child);
        }
        let _ = write!(self.0, "</{tag}>");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ics::When;

    fn these(names: &[(&str, &str)]) -> Asked {
        Asked::These(names.iter().map(|(space, local)| Name::new(space, local)).collect())
    }

    const DAVX5_SYNC: &str = r#"<?xml version='1.0' encoding='UTF-8' ?><sync-collection xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav"><sync-token>https://crm.example/sync/17</sync-token><sync-level>1</sync-level><limit><nresults>500</nresults></limit><prop><getetag /></prop></sync-collection>"#;

    #[test]
    fn clients_find_their_calendars() {
        // iOS: who am I, where are my calendars
        let ios = br#"<?xml version="1.0" encoding="UTF-8"?>
<A:propfind xmlns:A="DAV:"><A:prop><A:current-user-principal/><A:principal-URL/><A:resourcetype/></A:prop></A:propfind>"#;
        assert_eq!(
            propfind(ios).unwrap(),
            these(&[(DAV, "current-user-principal"), (DAV, "principal-URL"), (DAV, "resourcetype")])
        );
        // vdirsyncer
        let vdirsyncer = br#"<?xml version="1.0" encoding="utf-8" ?>
<propfind xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><prop><resourcetype /><c:calendar-home-set/></prop></propfind>"#;
        assert_eq!(
            propfind(vdirsyncer).unwrap(),
            these(&[(DAV, "resourcetype"), (CALDAV, "calendar-home-set")])
        );
        // Thunderbird
        let thunderbird = br#"<?xml version="1.0" encoding="UTF-8"?>
<D:propfind xmlns:D='DAV:' xmlns:CS='http://calendarserver.org/ns/' xmlns:C='urn:ietf:params:xml:ns:caldav'><D:prop><D:resourcetype/><D:owner/><D:current-user-principal/><C:supported-calendar-component-set/><CS:getctag/></D:prop></D:propfind>"#;
        assert!(matches!(propfind(thunderbird).unwrap(), Asked::These(names) if names[4].is(CALENDAR_SERVER, "getctag")));
        assert_eq!(propfind(b"").unwrap(), Asked::All);
        assert_eq!(propfind(br#"<propfind xmlns="DAV:"><allprop/></propfind>"#).unwrap(), Asked::All);
        assert_eq!(propfind(br#"<propfind xmlns="DAV:"><propname/></propfind>"#).unwrap(), Asked::Names);
    }

    #[test]
    fn clients_ask_for_what_changed() {
        assert_eq!(
            report(DAVX5_SYNC.as_bytes()).unwrap(),
            Report::Sync {
                asked: these(&[(DAV, "getetag")]),
                token: "https://crm.example/sync/17".to_owned(),
                limit: Some(500)
            }
        );
        let multiget = br#"<?xml version="1.0"?><C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop><D:href>/dav/1/a%20b.ics</D:href><D:href>/dav/1/c&amp;d.ics</D:href></C:calendar-multiget>"#;
        assert_eq!(
            report(multiget).unwrap(),
            Report::MultiGet {
                asked: these(&[(DAV, "getetag"), (CALDAV, "calendar-data")]),
                hrefs: vec!["/dav/1/a%20b.ics".to_owned(), "/dav/1/c&d.ics".to_owned()]
            }
        );
        let query = br#"<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="20270301T000000Z" end="20270401T000000Z"/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"#;
        let Report::Query { filter, .. } = report(query).unwrap() else {
            panic!("a query")
        };
        assert_eq!(filter.kind(), Some(Kind::Event));
        let on = |text: &str| {
            let local: NaiveDateTime = text.parse().unwrap();
            vec![Event::new(
                "u",
                "s",
                When::utc(local.and_utc()),
                When::utc(local.and_utc() + chrono::Duration::hours(1)),
            )]
        };
        assert!(filter.passes(&on("2027-03-15T10:00:00"), Tz::UTC));
        assert!(filter.passes(&on("2027-02-28T23:30:00"), Tz::UTC), "it reaches into the range");
        assert!(!filter.passes(&on("2027-04-01T00:00:00"), Tz::UTC));
        let mut weekly = on("2020-01-07T10:00:00");
        weekly[0].rrule = Some(crate::recurrence::Rule::parse("FREQ=WEEKLY").unwrap());
        assert!(filter.passes(&weekly, Tz::UTC));
        let open = br#"<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav"><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="20270301T000000Z"/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"#;
        let Report::Query { filter, .. } = report(open).unwrap() else {
            panic!("a query")
        };
        assert!(filter.passes(&weekly, Tz::UTC));
        assert!(!filter.passes(&on("2026-03-15T10:00:00"), Tz::UTC));
        // iOS reminders: open tasks
        let tasks = br#"<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav"><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VTODO"><C:prop-filter name="COMPLETED"><C:is-not-defined/></C:prop-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"#;
        let Report::Query { filter, .. } = report(tasks).unwrap() else {
            panic!("a query")
        };
        let mut task = Event {
            kind: Kind::Task,
            uid: "t".to_owned(),
            ..Event::default()
        };
        assert!(filter.passes(std::slice::from_ref(&task), Tz::UTC));
        assert!(!filter.passes(&weekly, Tz::UTC));
        task.completed = Some(DateTime::UNIX_EPOCH);
        assert!(!filter.passes(&[task], Tz::UTC));
        assert!(
            matches!(report(br#"<D:expand-property xmlns:D="DAV:"/>"#).unwrap(), Report::Other(name) if name.is(DAV, "expand-property"))
        );
    }

    #[test]
    fn calendars_are_named_and_coloured() {
        let body = br##"<?xml version="1.0" encoding="UTF-8"?><B:mkcalendar xmlns:B="urn:ietf:params:xml:ns:caldav"><A:set xmlns:A="DAV:"><A:prop><D:calendar-color xmlns:D="http://apple.com/ns/ical/" symbolic-color="blue">#1BADF8FF</D:calendar-color><A:displayname>Sat&#x131;&#351;</A:displayname><B:supported-calendar-component-set><B:comp name="VEVENT"/></B:supported-calendar-component-set></A:prop></A:set></B:mkcalendar>"##;
        let patch = patch(body).unwrap();
        assert_eq!(
            patch.set[0],
            Element::new(APPLE, "calendar-color")
                .attribute("symbolic-color", "blue")
                .text("#1BADF8FF")
        );
        assert_eq!(patch.set[1].text, "Satış");
        assert_eq!(patch.set[2].children[0].value_of("name"), Some("VEVENT"));
        let update = br#"<propertyupdate xmlns="DAV:"><set><prop><displayname>A</displayname></prop></set><remove><prop><x xmlns="y:"/></prop></remove></propertyupdate>"#;
        let update = super::patch(update).unwrap();
        assert_eq!((update.set.len(), update.remove), (1, vec![Name::new("y:", "x")]));
    }

    #[test]
    fn answers_are_read_back_by_a_reader_of_xml() {
        let there = vec![
            Element::new(DAV, "resourcetype")
                .child(Element::new(DAV, "collection"))
                .child(Element::new(CALDAV, "calendar")),
            Element::new(DAV, "displayname").text("Satış <A&B>"),
            Element::new(CALDAV, "calendar-data").text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n\u{0}"),
        ];
        let asked = these(&[(DAV, "displayname"), (CALDAV, "calendar-data"), ("urn:x", "unknown")]);
        let text = multistatus(
            &[Answer::of("/dav/1/", &asked, there.clone()), Answer::gone("/dav/1/x.ics")],
            Some("t&1"),
        );
        let root = parse(text.as_bytes()).unwrap();
        assert!(root.name.is(DAV, "multistatus"));
        let found = &root.children[0].children[1].children[0].children;
        assert_eq!(found[0].text, "Satış <A&B>");
        assert_eq!(found[1].text, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
        let missing = &root.children[0].children[2];
        assert!(missing.children[0].children[0].name.is("urn:x", "unknown"));
        assert_eq!(missing.children[1].text, "HTTP/1.1 404 Not Found");
        assert_eq!(root.children[1].children[1].text, "HTTP/1.1 404 Not Found");
        assert_eq!(root.find(DAV, "sync-token").unwrap().text, "t&1");
        assert!(
            Answer::of("/", &Asked::All, there)
                .found
                .iter()
                .all(|p| p.name.local != "calendar-data")
        );
        assert!(error(&Element::new(DAV, "valid-sync-token")).ends_with("<d:valid-sync-token/></d:error>"));
    }

    #[test]
    fn hostile_bodies_are_refused() {
        let bomb =
            br#"<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;">]><propfind xmlns="DAV:">&d;</propfind>"#;
        assert!(parse(bomb).unwrap_err().en.contains("DOCTYPE"));
        assert!(parse(br#"<a>&d;</a>"#).is_err());
        assert!(parse("<a>".repeat(100).as_bytes()).unwrap_err().en.contains("deep"));
        assert!(
            parse(format!("<a>{}</a>", "<b/>".repeat(MAX_ELEMENTS)).as_bytes())
                .unwrap_err()
                .en
                .contains("elements")
        );
        assert!(parse(&vec![b' '; MAX_BYTES + 1]).unwrap_err().en.contains("KB"));
        for text in ["", "<a", "<a></b>", "<x:a/>", "<a/><b/>", "\u{feff}", "<a"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(report(br#"<c:free-busy-query xmlns:c="urn:ietf:params:xml:ns:caldav"/>"#).is_err());
    }

    proptest! {
        #[test]
        fn no_damage_makes_it_panic(from in any::<prop::sample::Index>(), length in 0usize..30, byte in any::<u8>()) {
            let mut bytes = DAVX5_SYNC.as_bytes().to_vec();
            let from = from.index(bytes.len());
            let to = (from + length).min(bytes.len());
            let _ = report(&[&bytes[..from], &bytes[to..]].concat());
            bytes[from] = byte;
            let _ = report(&bytes);
            let _ = propfind(&bytes);
            let _ = patch(&bytes);
        }

        #[test]
        fn what_is_written_is_read_back(text in "[ -~çğışö\n]{0,40}", space in "[a-z:&\"]{1,9}") {
            let property = Element::new(&space, "p").text(text).attribute("n", "v\"<&");
            let body = error(&property);
            prop_assert_eq!(&parse(body.as_bytes()).unwrap().children[0], &property);
        }
    }
}
