//! iCalendar (RFC 5545, 5546): what stands in a calendar as our own plain [`Event`], read from what real programs write and written so
//! that they can read it. A file that is too large or no calendar is refused; one event that cannot be understood is left out and said.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use kernel::error::Say;
use kernel::say;
use sha2::{Digest, Sha256};

use crate::recurrence::{self, End, Rule, Series};
use crate::zoned;
use crate::zones::{self, Onset};

/// A year of a busy person is about 2 MB.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// An unfolded line; what is longer is a file in a line.
pub const MAX_LINE_BYTES: usize = 256 * 1024;
pub const MAX_LINES: usize = 200_000;
/// VCALENDAR, VEVENT, VALARM, and one for what others invent.
pub const MAX_DEPTH: usize = 4;
pub const MAX_COMPONENTS: usize = 20_000;
/// Zones in one file; there are not many more in the world that differ.
const MAX_ZONES: usize = 100;
const MAX_ONSETS: usize = 400;
pub const MAX_ATTENDEES: usize = 500;
pub const MAX_ALARMS: usize = 50;
/// EXDATEs and RDATEs of one event.
pub const MAX_DATES: usize = 4_000;

/// A calendar object: what is in a file, a feed, a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    pub method: Option<Method>,
    pub name: Option<String>,
    pub events: Vec<Event>,
    /// What could not be understood and was left out. Only from reading.
    pub skipped: Vec<Skipped>,
}

/// An event that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub uid: String,
    pub why: Say,
}

/// What a message asks for (iTIP).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    Publish,
    Request,
    Reply,
    Cancel,
    Add,
    Refresh,
    Counter,
    DeclineCounter,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    #[default]
    Event,
    /// VTODO: `end` is when it is due.
    Task,
}

/// When something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// A whole day, everywhere.
    Day(NaiveDate),
    /// A time on the wall of a zone; UTC is one.
    Zoned(NaiveDateTime, Tz),
    /// A time on whatever wall one stands before.
    Floating(NaiveDateTime),
}

impl When {
    /// A moment, as UTC writes it.
    pub fn utc(moment: DateTime<Utc>) -> When {
        When::Zoned(moment.naive_utc(), Tz::UTC)
    }

    /// The time on the wall; midnight of a whole day.
    pub fn local(self) -> NaiveDateTime {
        match self {
            When::Day(day) => day.and_time(NaiveTime::MIN),
            When::Zoned(local, _) | When::Floating(local) => local,
        }
    }

    /// The zone it is in, or the reader's.
    pub fn zone(self, reader: Tz) -> Tz {
        match self {
            When::Zoned(_, zone) => zone,
            When::Day(_) | When::Floating(_) => reader,
        }
    }

    pub fn moment(self, reader: Tz) -> DateTime<Utc> {
        zoned::moment(self.local(), self.zone(reader))
    }

    pub fn is_all_day(self) -> bool {
        matches!(self, When::Day(_))
    }

    /// What the wall of this zone shows at the same moment; of a whole day its midnight.
    fn local_in(self, zone: Tz) -> NaiveDateTime {
        match self {
            When::Zoned(local, own) if own != zone => zoned::local(zoned::moment(local, own), zone),
            other => other.local(),
        }
    }

    fn plus(self, duration: Span) -> Option<When> {
        let days = Duration::days(duration.days);
        let exact = Duration::seconds(duration.seconds);
        match self {
            When::Day(day) => Some(When::Day(day.checked_add_signed(days + exact)?)),
            When::Floating(local) => Some(When::Floating(local.checked_add_signed(days)?.checked_add_signed(exact)?)),
            When::Zoned(local, zone) => {
                let local = local.checked_add_signed(days)?;
                if duration.seconds == 0 {
                    return Some(When::Zoned(local, zone));
                }
                Some(When::Zoned(
                    zoned::local(zoned::moment(local, zone).checked_add_signed(exact)?, zone),
                    zone,
                ))
            }
        }
    }
}

/// An appointment or a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    pub kind: Kind,
    pub uid: String,
    pub sequence: u32,
    pub summary: String,
    pub description: String,
    pub location: String,
    pub url: String,
    /// An appointment always has one.
    pub start: Option<When>,
    /// The first moment (or day) after it; for a task when it is due. Without one an appointment of a day lasts it, another no time.
    pub end: Option<When>,
    pub rrule: Option<Rule>,
    pub exdates: Vec<When>,
    pub rdates: Vec<When>,
    /// Which occurrence of the series of the same uid this stands in for.
    pub recurrence_id: Option<When>,
    pub organizer: Option<Person>,
    pub attendees: Vec<Attendee>,
    pub alarms: Vec<Alarm>,
    pub status: Option<Status>,
    /// TRANSP:TRANSPARENT: it takes nobody's time.
    pub is_free: bool,
    /// CLASS other than PUBLIC.
    pub is_private: bool,
    pub categories: Vec<String>,
    /// 1 is the highest, 0 none.
    pub priority: u8,
    pub percent: Option<u8>,
    pub completed: Option<DateTime<Utc>>,
    /// DTSTAMP: when this text was made; in messages it orders what has the same sequence.
    pub stamp: DateTime<Utc>,
    pub created: Option<DateTime<Utc>>,
    pub last_modified: Option<DateTime<Utc>>,
    /// What other programs keep here; given back to them as it came.
    pub other: Vec<Line>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    Tentative,
    Confirmed,
    Cancelled,
    NeedsAction,
    InProcess,
    Completed,
}

/// Who calls a meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// An e-mail address, without `mailto:`.
    pub address: String,
    pub name: String,
}

/// Who is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attendee {
    pub address: String,
    pub name: String,
    pub role: Role,
    pub answer: Answer,
    /// Whether an answer is asked for.
    pub rsvp: bool,
    /// Other parameters, as they came.
    pub other: Vec<(String, Vec<String>)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    Chair,
    #[default]
    Required,
    Optional,
    NonParticipant,
}

/// PARTSTAT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Answer {
    #[default]
    NeedsAction,
    Accepted,
    Declined,
    Tentative,
    Delegated,
    Completed,
    InProcess,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    pub trigger: Trigger,
    pub action: Action,
    pub description: String,
    pub other: Vec<Line>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// Seconds after the start; before it they are negative.
    FromStart(i64),
    FromEnd(i64),
    At(DateTime<Utc>),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Action {
    #[default]
    Display,
    Email,
    Audio,
}

/// A property as it stands in the file, unfolded; the value is not unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub name: String,
    pub params: Vec<(String, Vec<String>)>,
    pub value: String,
}

/// An occurrence of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence<'a> {
    /// The event itself, or the one that stands in for this occurrence.
    pub event: &'a Event,
    /// The local start by which the series names it.
    pub id: NaiveDateTime,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

impl Event {
    pub fn new(uid: impl Into<String>, summary: impl Into<String>, start: When, end: When) -> Event {
        Event {
            uid: uid.into(),
            summary: summary.into(),
            start: Some(start),
            end: Some(end),
            ..Event::default()
        }
    }

    /// The rule with all its dates; times without a zone are the reader's.
    pub fn series(&self, reader: Tz) -> Option<Series> {
        let start = self.start.or(self.end)?;
        let zone = start.zone(reader);
        let mut series = Series::new(start.local(), zone, self.rrule.clone());
        let in_series = |when: &When| match (start, *when) {
            (When::Day(_), other) => other.local().date().and_time(NaiveTime::MIN),
            // A whole day left out of a series of appointments means the one on that day.
            (_, When::Day(day)) => day.and_time(start.local().time()),
            (_, other) => other.local_in(zone),
        };
        series.except = self.exdates.iter().map(in_series).collect();
        series.also = self.rdates.iter().map(in_series).collect();
        Some(series)
    }

    /// When it is over, of the event itself.
    pub fn end_moment(&self, reader: Tz) -> Option<DateTime<Utc>> {
        let start = self.start.or(self.end)?;
        Some(self.end_of(start, start.local(), reader))
    }

    /// The end of the occurrence that starts at this local time. Days are days on the wall, hours are hours.
    fn end_of(&self, start: When, local: NaiveDateTime, reader: Tz) -> DateTime<Utc> {
        let zone = start.zone(reader);
        let begins = zoned::moment(local, zone);
        match (start, self.end) {
            (When::Day(first), Some(When::Day(end))) => zoned::moment(local + (end - first).max(Duration::days(1)), zone),
            (When::Day(_), None) => zoned::moment(local + Duration::days(1), zone),
            (_, Some(end)) => begins + (end.moment(reader) - start.moment(reader)).max(Duration::zero()),
            (_, None) => begins,
        }
    }

    /// Whether it takes the time of those who are in it.
    pub fn is_busy(&self) -> bool {
        !self.is_free && self.status != Some(Status::Cancelled) && self.kind == Kind::Event
    }
}

/// What of these events, all of one uid, takes place in `from..to`: the series laid out, the occurrences that were changed in their own
/// place. In the order of their starts.
pub fn occurrences<'a>(events: &'a [Event], from: DateTime<Utc>, to: DateTime<Utc>, reader: Tz) -> Vec<Occurrence<'a>> {
    let mut found = Vec::new();
    let master = events.iter().find(|event| event.recurrence_id.is_none());
    let zone = master
        .and_then(|event| event.start.or(event.end))
        .map_or(reader, |start| start.zone(reader));
    let mut overridden: BTreeMap<NaiveDateTime, &Event> = BTreeMap::new();
    for event in events {
        if let Some(id) = event.recurrence_id {
            let id = match master.and_then(|m| m.start) {
                Some(When::Day(_)) => id.local().date().and_time(NaiveTime::MIN),
                _ => id.local_in(zone),
            };
            overridden.insert(id, event);
        }
    }
    let within = |start: DateTime<Utc>, end: DateTime<Utc>| start < to && (end > from || (end == start && start >= from));
    if let Some(event) = master
        && let Some(start) = event.start.or(event.end)
        && let Some(series) = event.series(reader)
    {
        let length = event.end_of(start, start.local(), reader) - start.moment(reader);
        // One day of slack on either side for clocks that change.
        let first = zoned::local(from, zone)
            .date()
            .checked_sub_signed(length + Duration::days(2))
            .unwrap_or(NaiveDate::MIN);
        let last = zoned::local(to, zone).date() + Duration::days(1);
        for local in series.local_starts(first).take_while(|local| local.date() <= last) {
            let begins = zoned::moment(local, zone);
            let ends = event.end_of(start, local, reader);
            if within(begins, ends) && !overridden.contains_key(&local) {
                found.push(Occurrence {
                    event,
                    id: local,
                    start: begins,
                    end: ends,
                });
            }
        }
    }
    for (id, event) in overridden {
        if let Some(start) = event.start.or(event.end) {
            let (begins, ends) = (start.moment(reader), event.end_of(start, start.local(), reader));
            if within(begins, ends) && event.status != Some(Status::Cancelled) {
                found.push(Occurrence {
                    event,
                    id,
                    start: begins,
                    end: ends,
                });
            }
        }
    }
    found.sort_by_key(|occurrence| (occurrence.start, occurrence.id));
    found
}

/// A strong ETag of a text, with its quotation marks.
pub fn etag(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let mut tag = String::from("\"");
    for byte in &hash[..16] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

// ---- reading ----

/// Reads a file. `Err` when it is no calendar or beyond the limits.
pub fn read(bytes: &[u8]) -> Result<Calendar, Say> {
    let components = components(bytes)?;
    let mut calendar = Calendar::default();
    let mut found = false;
    for component in components.iter().filter(|component| component.name == "VCALENDAR") {
        found = true;
        read_calendar(component, &mut calendar)?;
    }
    if !found {
        return Err(Say::new(
            "Bu bir takvim dosyası değil: BEGIN:VCALENDAR ile başlamalı.",
            "This is not a calendar file: it should start with BEGIN:VCALENDAR.",
        ));
    }
    Ok(calendar)
}

struct Component {
    name: String,
    lines: Vec<Line>,
    children: Vec<Component>,
}

impl Component {
    fn line(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.name == name)
    }
}

fn components(bytes: &[u8]) -> Result<Vec<Component>, Say> {
    if bytes.len() > MAX_BYTES {
        return Err(say!(
            "Takvim dosyası en çok {} MB olabilir.",
            "A calendar file can be at most {} MB.",
            MAX_BYTES / 1024 / 1024
        ));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut done: Vec<Component> = Vec::new();
    let mut open: Vec<Component> = Vec::new();
    let (mut lines, mut count) = (0, 0);
    let mut unfolded: Vec<u8> = Vec::new();
    let mut physical = bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .peekable();
    while let Some(first) = physical.next() {
        unfolded.clear();
        unfolded.extend_from_slice(first);
        // Folded by octets: a letter may be cut in two, so lines are put together before they are text.
        while let Some(more) = physical.next_if(|line| matches!(line.first(), Some(b' ' | b'\t'))) {
            unfolded.extend_from_slice(&more[1..]);
            if unfolded.len() > MAX_LINE_BYTES {
                break;
            }
        }
        lines += 1;
        if lines > MAX_LINES {
            return Err(say!(
                "Takvim dosyası en çok {MAX_LINES} satır olabilir.",
                "A calendar file can have at most {MAX_LINES} lines."
            ));
        }
        if unfolded.len() > MAX_LINE_BYTES {
            return Err(say!(
                "{lines}. satır çok uzun: en çok {} KB olabilir.",
                "Line {lines} is too long: it can have at most {} KB.",
                MAX_LINE_BYTES / 1024
            ));
        }
        let text = std::str::from_utf8(&unfolded)
            .map_err(|_| say!("{lines}. satır UTF-8 değil.", "Line {lines} is not UTF-8."))?
            .trim_end_matches('\0');
        if text.trim().is_empty() {
            continue;
        }
        let line = content_line(text).ok_or_else(|| {
            say!(
                "{lines}. satır anlaşılamadı: AD:değer biçiminde olmalı.",
                "Line {lines} is not understood: it should look like NAME:value."
            )
        })?;
        match line.name.as_str() {
            "BEGIN" => {
                count += 1;
                if count > MAX_COMPONENTS {
                    return Err(say!(
                        "Takvim dosyasında en çok {MAX_COMPONENTS} öğe olabilir.",
                        "A calendar file can hold at most {MAX_COMPONENTS} components."
                    ));
                }
                if open.len() >= MAX_DEPTH {
                    return Err(say!(
                        "Takvim öğeleri en çok {MAX_DEPTH} kat iç içe olabilir.",
                        "Calendar components can be nested at most {MAX_DEPTH} deep."
                    ));
                }
                open.push(Component {
                    name: line.value.trim().to_ascii_uppercase(),
                    lines: Vec::new(),
                    children: Vec::new(),
                });
            }
            "END" => {
                let closed = open
                    .pop()
                    .filter(|component| component.name.eq_ignore_ascii_case(line.value.trim()))
                    .ok_or_else(|| {
                        say!(
                            "{lines}. satırdaki END, açık olan öğenin değil.",
                            "END in line {lines} does not belong to the component that is open."
                        )
                    })?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(closed),
                    None => done.push(closed),
                }
            }
            _ => {
                if let Some(component) = open.last_mut() {
                    component.lines.push(line);
                }
            }
        }
    }
    if let Some(component) = open.last() {
        let name: String = component.name.chars().take(40).collect();
        return Err(say!(
            "END:{name} eksik: dosya yarım kalmış.",
            "END:{name} is missing: the file is cut off."
        ));
    }
    Ok(done)
}

fn content_line(text: &str) -> Option<Line> {
    let end = text.find([';', ':'])?;
    let name = text[..end].trim();
    // Google and others put a group before the name now and then.
    let name = name.rsplit('.').next().unwrap_or(name);
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return None;
    }
    let mut rest = &text[end..];
    let mut params: Vec<(String, Vec<String>)> = Vec::new();
    while let Some(after) = rest.strip_prefix(';') {
        let stop = after.find(['=', ';', ':'])?;
        let key = after[..stop].trim().to_ascii_uppercase();
        rest = &after[stop..];
        let mut values = Vec::new();
        if rest.starts_with('=') {
            loop {
                rest = &rest[1..];
                let value = if let Some(quoted) = rest.strip_prefix('"') {
                    let close = quoted.find('"')?;
                    rest = &quoted[close + 1..];
                    &quoted[..close]
                } else {
                    let close = rest.find([',', ';', ':'])?;
                    let value = &rest[..close];
                    rest = &rest[close..];
                    value
                };
                values.push(param_decoded(value));
                if !rest.starts_with(',') {
                    break;
                }
            }
        }
        params.push((key, values));
    }
    Some(Line {
        name: name.to_ascii_uppercase(),
        params,
        value: rest.strip_prefix(':')?.to_owned(),
    })
}

impl Line {
    fn new(name: &str, value: impl Into<String>) -> Line {
        Line {
            name: name.to_owned(),
            params: Vec::new(),
            value: value.into(),
        }
    }

    fn with(mut self, key: &str, value: impl Into<String>) -> Line {
        self.params.push((key.to_owned(), vec![value.into()]));
        self
    }

    /// The first value of a parameter.
    pub fn param(&self, key: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(name, _)| name == key)
            .and_then(|(_, values)| values.first())
            .map(String::as_str)
    }
}

/// RFC 6868.
fn param_decoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('^', Some('n')) => out.push('\n'),
            ('^', Some('\'')) => out.push('"'),
            ('^', Some('^')) => out.push('^'),
            _ => {
                out.push(c);
                continue;
            }
        }
        chars.next();
    }
    out
}

fn param_encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    for c in value.chars() {
        match c {
            '^' => out.push_str("^^"),
            '\n' => out.push_str("^n"),
            '"' => out.push_str("^'"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    if out.contains([',', ';', ':']) { format!("\"{out}\"") } else { out }
}

fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(c) => out.push(c),
                None => {}
            },
            c => out.push(c),
        }
    }
    out
}

/// The texts of a list, cut at commas that are not escaped.
fn unescaped_list(value: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (at, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                items.push(unescaped(&value[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(unescaped(&value[start..]));
    items.retain(|item| !item.is_empty());
    items
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => out.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}

/// The zones that a file brings with it.
struct Zones<'a> {
    components: HashMap<&'a str, &'a Component>,
    known: HashMap<String, Option<Tz>>,
    onsets: HashMap<String, Vec<Onset>>,
}

impl Zones<'_> {
    fn when(&mut self, line: &Line) -> Result<When, Say> {
        self.value(line, &line.value)
    }

    fn value(&mut self, line: &Line, value: &str) -> Result<When, Say> {
        let value = value.trim();
        let wrong = || {
            let shown: String = value.chars().take(40).collect();
            say!(
                "{} içindeki “{shown}” bir tarih değil: 20270315 ya da 20270315T103000 gibi olmalı.",
                "“{shown}” in {} is not a date: it should look like 20270315 or 20270315T103000.",
                line.name
            )
        };
        if value.len() == 8 && value.is_ascii() {
            let day = NaiveDate::parse_from_str(value, "%Y%m%d").map_err(|_| wrong())?;
            return if in_range(day) { Ok(When::Day(day)) } else { Err(wrong()) };
        }
        let is_utc = value.ends_with(['Z', 'z']);
        let local = date_time(value.trim_end_matches(['Z', 'z']))
            .filter(|local| in_range(local.date()))
            .ok_or_else(wrong)?;
        if is_utc {
            return Ok(When::Zoned(local, Tz::UTC));
        }
        let Some(name) = line.param("TZID").map(str::trim).filter(|name| !name.is_empty()) else {
            return Ok(When::Floating(local));
        };
        if let Some(zone) = self.zone(name, local.date()) {
            return Ok(When::Zoned(local, zone));
        }
        // No zone is like it; but the file says how far it is from UTC at this time.
        let onsets = self.onsets(name, local.date());
        let offset_s = match onsets.iter().filter(|onset| onset.local <= local).max_by_key(|onset| onset.local) {
            Some(onset) => onset.offset_to_s,
            None => match onsets.iter().min_by_key(|onset| onset.local) {
                Some(onset) => onset.offset_from_s,
                None => {
                    let name: String = name.chars().take(60).collect();
                    return Err(say!(
                        "“{name}” saat dilimi bilinmiyor ve dosyada da (VTIMEZONE) anlatılmıyor.",
                        "The time zone “{name}” is unknown, and the file does not describe it (VTIMEZONE)."
                    ));
                }
            },
        };
        Ok(When::Zoned(local - Duration::seconds(i64::from(offset_s)), Tz::UTC))
    }

    fn zone(&mut self, name: &str, near: NaiveDate) -> Option<Tz> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let component = self.components.get(name).copied();
        let zone = zones::named(name)
            .or_else(|| zones::named(&component?.line("X-LIC-LOCATION")?.value))
            .or_else(|| {
                let onsets = self.onsets(name, near);
                zones::behaving_like(&onsets, near)
            });
        self.known.insert(name.to_owned(), zone);
        zone
    }

    fn onsets(&mut self, name: &str, near: NaiveDate) -> Vec<Onset> {
        if let Some(onsets) = self.onsets.get(name) {
            return onsets.clone();
        }
        let onsets = self
            .components
            .get(name)
            .map(|component| onsets(component, near))
            .unwrap_or_default();
        self.onsets.insert(name.to_owned(), onsets.clone());
        onsets
    }
}

/// What a VTIMEZONE says around a day. Outlook begins in 1601, so a rule is followed from 1970 on.
fn onsets(zone: &Component, near: NaiveDate) -> Vec<Onset> {
    let mut all = Vec::new();
    for part in zone
        .children
        .iter()
        .filter(|part| part.name == "STANDARD" || part.name == "DAYLIGHT")
        .take(MAX_ONSETS)
    {
        let offset = |name: &str| part.line(name).and_then(|line| offset_s(&line.value));
        let (Some(offset_from_s), Some(offset_to_s)) = (offset("TZOFFSETFROM"), offset("TZOFFSETTO")) else {
            continue;
        };
        let Some(start) = part.line("DTSTART").and_then(|line| date_time(line.value.trim())) else {
            continue;
        };
        let onset = |local| Onset {
            local,
            offset_from_s,
            offset_to_s,
        };
        let rule = part.line("RRULE").and_then(|line| Rule::parse(&line.value).ok());
        let start = match (start.year() < 1970, NaiveDate::from_ymd_opt(1970, 1, 1)) {
            (true, Some(first)) => first.and_time(start.time()),
            _ => start,
        };
        all.push(onset(start));
        if let Some(rule) = rule {
            let series = Series::new(start, Tz::UTC, Some(rule));
            let from = near - Duration::days(800);
            let to = near + Duration::days(800);
            all.extend(series.local_starts(from).take_while(|local| local.date() <= to).take(12).map(onset));
        }
        for line in part.lines.iter().filter(|line| line.name == "RDATE").take(MAX_ONSETS) {
            all.extend(
                line.value
                    .split(',')
                    .take(MAX_ONSETS)
                    .filter_map(|value| date_time(value.trim()))
                    .map(onset),
            );
        }
        if all.len() > MAX_ONSETS * 4 {
            break;
        }
    }
    all
}

fn read_calendar(component: &Component, calendar: &mut Calendar) -> Result<(), Say> {
    let text = |name: &str| {
        component
            .line(name)
            .map(|line| unescaped(&line.value))
            .filter(|text| !text.is_empty())
    };
    calendar.method = calendar
        .method
        .or_else(|| component.line("METHOD").and_then(|line| pick(&METHODS, &line.value)));
    calendar.name = calendar.name.take().or_else(|| text("NAME")).or_else(|| text("X-WR-CALNAME"));
    let mut components = HashMap::new();
    for zone in component.children.iter().filter(|child| child.name == "VTIMEZONE") {
        if let Some(name) = zone.line("TZID") {
            components.insert(name.value.trim(), zone);
        }
        if components.len() > MAX_ZONES {
            return Err(say!(
                "Takvim dosyasında en çok {MAX_ZONES} saat dilimi olabilir.",
                "A calendar file can hold at most {MAX_ZONES} time zones."
            ));
        }
    }
    let mut zones = Zones {
        components,
        known: HashMap::new(),
        onsets: HashMap::new(),
    };
    for child in &component.children {
        let kind = match child.name.as_str() {
            "VEVENT" => Kind::Event,
            "VTODO" => Kind::Task,
            _ => continue,
        };
        match read_event(child, kind, &mut zones) {
            Ok(event) => calendar.events.push(event),
            Err(why) => calendar.skipped.push(Skipped {
                uid: child.line("UID").map(|line| unescaped(line.value.trim())).unwrap_or_default(),
                why,
            }),
        }
    }
    Ok(())
}

fn read_event(component: &Component, kind: Kind, zones: &mut Zones) -> Result<Event, Say> {
    let mut event = Event { kind, ..Event::default() };
    let mut duration = None;
    for line in &component.lines {
        let text = || unescaped(&line.value);
        let date_limit = || {
            say!(
                "Bir olayda en çok {MAX_DATES} tarih olabilir.",
                "An event can have at most {MAX_DATES} dates."
            )
        };
        match line.name.as_str() {
            "UID" => event.uid = unescaped(line.value.trim()),
            "SEQUENCE" => event.sequence = line.value.trim().parse().unwrap_or(0),
            "SUMMARY" => event.summary = text(),
            "DESCRIPTION" => event.description = text(),
            "LOCATION" => event.location = text(),
            "URL" => event.url = line.value.trim().to_owned(),
            "DTSTART" => event.start = Some(zones.when(line)?),
            "DTEND" if kind == Kind::Event => event.end = Some(zones.when(line)?),
            "DUE" if kind == Kind::Task => event.end = Some(zones.when(line)?),
            "DURATION" => {
                duration = Some(span(&line.value).ok_or_else(|| {
                    let shown: String = line.value.chars().take(40).collect();
                    say!(
                        "DURATION içindeki “{shown}” bir süre değil: PT1H30M gibi olmalı.",
                        "“{shown}” in DURATION is not a duration: it should look like PT1H30M."
                    )
                })?);
            }
            "RRULE" if event.rrule.is_none() && !line.value.trim().is_empty() => event.rrule = Some(Rule::parse(&line.value)?),
            "EXDATE" | "RDATE" => {
                for value in line.value.split(',').filter(|value| !value.trim().is_empty()) {
                    // A PERIOD is taken by its start.
                    let when = zones.value(line, value.split('/').next().unwrap_or(value))?;
                    let dates = if line.name == "EXDATE" {
                        &mut event.exdates
                    } else {
                        &mut event.rdates
                    };
                    dates.push(when);
                    if dates.len() > MAX_DATES {
                        return Err(date_limit());
                    }
                }
            }
            "RECURRENCE-ID" => event.recurrence_id = Some(zones.when(line)?),
            "ORGANIZER" => {
                event.organizer = Some(Person {
                    address: address(line),
                    name: line.param("CN").unwrap_or_default().to_owned(),
                });
            }
            "ATTENDEE" => {
                if event.attendees.len() >= MAX_ATTENDEES {
                    return Err(say!(
                        "Bir olayda en çok {MAX_ATTENDEES} katılımcı olabilir.",
                        "An event can have at most {MAX_ATTENDEES} attendees."
                    ));
                }
                event.attendees.push(attendee(line));
            }
            "STATUS" => event.status = pick(&STATUSES, &line.value),
            "TRANSP" => event.is_free = line.value.trim().eq_ignore_ascii_case("TRANSPARENT"),
            "CLASS" => event.is_private = !line.value.trim().eq_ignore_ascii_case("PUBLIC"),
            "CATEGORIES" => event.categories.extend(unescaped_list(&line.value)),
            "PRIORITY" => event.priority = line.value.trim().parse().unwrap_or(0).min(9),
            "PERCENT-COMPLETE" => event.percent = line.value.trim().parse().ok().filter(|percent| *percent <= 100),
            "COMPLETED" => event.completed = stamp(&line.value),
            "DTSTAMP" => event.stamp = stamp(&line.value).unwrap_or_default(),
            "CREATED" => event.created = stamp(&line.value),
            "LAST-MODIFIED" => event.last_modified = stamp(&line.value),
            _ => event.other.push(line.clone()),
        }
    }
    if event.uid.is_empty() {
        return Err(Say::new("UID eksik.", "UID is missing."));
    }
    if kind == Kind::Event && event.start.is_none() {
        return Err(Say::new("Başlangıç (DTSTART) eksik.", "The start (DTSTART) is missing."));
    }
    if let (Some(start), Some(duration), None) = (event.start, duration, event.end) {
        event.end = start.plus(duration).filter(|end| in_range(end.local().date()));
    }
    if let (Some(start), Some(end)) = (event.start, event.end) {
        // A day that ends on itself is meant to last it.
        let same_day = start.is_all_day() && start == end;
        let mixed = start.is_all_day() != end.is_all_day();
        let backwards = end.moment(Tz::UTC) < start.moment(Tz::UTC);
        if kind == Kind::Event && (same_day || mixed) {
            event.end = None;
        } else if kind == Kind::Event && backwards {
            return Err(Say::new(
                "Bitiş (DTEND) başlangıçtan önce olamaz.",
                "The end (DTEND) cannot be before the start.",
            ));
        }
    }
    for child in component.children.iter().filter(|child| child.name == "VALARM") {
        if event.alarms.len() >= MAX_ALARMS {
            return Err(say!(
                "Bir olayda en çok {MAX_ALARMS} uyarı olabilir.",
                "An event can have at most {MAX_ALARMS} alarms."
            ));
        }
        event.alarms.extend(alarm(child));
    }
    Ok(event)
}

fn attendee(line: &Line) -> Attendee {
    let mut attendee = Attendee {
        address: address(line),
        ..Attendee::default()
    };
    for (key, values) in &line.params {
        let value = values.first().map(String::as_str).unwrap_or_default();
        match key.as_str() {
            "CN" => attendee.name = value.to_owned(),
            "ROLE" => attendee.role = pick(&ROLES, value).unwrap_or_default(),
            "PARTSTAT" => attendee.answer = pick(&ANSWERS, value).unwrap_or_default(),
            "RSVP" => attendee.rsvp = value.eq_ignore_ascii_case("TRUE"),
            _ => attendee.other.push((key.clone(), values.clone())),
        }
    }
    attendee
}

/// The e-mail address: that of `mailto:`, or the EMAIL beside an address of another kind, as Apple writes it.
fn address(line: &Line) -> String {
    let value = line.value.trim();
    match value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")) {
        Some(_) => value[7..].trim().to_owned(),
        None => line.param("EMAIL").unwrap_or(value).to_owned(),
    }
}

fn alarm(component: &Component) -> Option<Alarm> {
    let trigger = component.line("TRIGGER")?;
    let mut alarm = Alarm {
        trigger: match stamp(&trigger.value) {
            Some(moment) => Trigger::At(moment),
            None => {
                let span = span(&trigger.value)?;
                let seconds = span.days * 86_400 + span.seconds;
                match trigger.param("RELATED") {
                    Some(related) if related.eq_ignore_ascii_case("END") => Trigger::FromEnd(seconds),
                    _ => Trigger::FromStart(seconds),
                }
            }
        },
        action: Action::Display,
        description: String::new(),
        other: Vec::new(),
    };
    for line in &component.lines {
        match line.name.as_str() {
            "TRIGGER" => {}
            "ACTION" => alarm.action = pick(&ACTIONS, &line.value).unwrap_or_default(),
            "DESCRIPTION" => alarm.description = unescaped(&line.value),
            _ => alarm.other.push(line.clone()),
        }
    }
    Some(alarm)
}

fn in_range(day: NaiveDate) -> bool {
    (recurrence::FIRST_YEAR..=recurrence::LAST_YEAR).contains(&day.year())
}

fn date_time(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim_end_matches(['Z', 'z']);
    if text.len() != 15 || !text.is_ascii() {
        return None;
    }
    let day = NaiveDate::parse_from_str(&text[..8], "%Y%m%d").ok()?;
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().ok();
    if !text[8..9].eq_ignore_ascii_case("T") {
        return None;
    }
    // A leap second is the one before it.
    day.and_hms_opt(number(9..11)?, number(11..13)?, number(13..15)?.min(59))
}

/// A moment that is in UTC by its nature; without the Z it is meant so all the same.
fn stamp(text: &str) -> Option<DateTime<Utc>> {
    date_time(text.trim())
        .filter(|local| in_range(local.date()))
        .map(|local| local.and_utc())
}

fn offset_s(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|d| d.parse::<i32>().ok());
    Some(sign * (number(0..2)? * 3_600 + number(2..4)? * 60 + number(4..6).unwrap_or(0)))
}

/// A DURATION: days as the wall counts them, and exact seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    days: i64,
    seconds: i64,
}

fn span(text: &str) -> Option<Span> {
    /// Ten years: nothing lasts longer, and nothing overflows.
    const MAX_DAYS: i64 = 3_660;
    let text = text.trim().to_ascii_uppercase();
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(&text)),
    };
    let mut rest = rest.strip_prefix('P')?;
    let (mut days, mut seconds, mut in_time, mut any) = (0_i64, 0_i64, false, false);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('T') {
            (in_time, rest) = (true, after);
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest[..end].parse().ok().filter(|n| *n <= MAX_DAYS * 86_400)?;
        match (rest.as_bytes()[end], in_time) {
            (b'W', false) => days += number * 7,
            (b'D', false) => days += number,
            (b'H', true) => seconds += number * 3_600,
            (b'M', true) => seconds += number * 60,
            (b'S', true) => seconds += number,
            _ => return None,
        }
        any = true;
        rest = &rest[end + 1..];
    }
    let fits = any && days <= MAX_DAYS && seconds <= MAX_DAYS * 86_400;
    fits.then_some(Span {
        days: sign * days,
        seconds: sign * seconds,
    })
}

const METHODS: [(&str, Method); 8] = [
    ("PUBLISH", Method::Publish),
    ("REQUEST", Method::Request),
    ("REPLY", Method::Reply),
    ("CANCEL", Method::Cancel),
    ("ADD", Method::Add),
    ("REFRESH", Method::Refresh),
    ("COUNTER", Method::Counter),
    ("DECLINECOUNTER", Method::DeclineCounter),
];
const STATUSES: [(&str, Status); 6] = [
    ("TENTATIVE", Status::Tentative),
    ("CONFIRMED", Status::Confirmed),
    ("CANCELLED", Status::Cancelled),
    ("NEEDS-ACTION", Status::NeedsAction),
    ("IN-PROCESS", Status::InProcess),
    ("COMPLETED", Status::Completed),
];
const ROLES: [(&str, Role); 4] = [
    ("CHAIR", Role::Chair),
    ("REQ-PARTICIPANT", Role::Required),
    ("OPT-PARTICIPANT", Role::Optional),
    ("NON-PARTICIPANT", Role::NonParticipant),
];
const ANSWERS: [(&str, Answer); 7] = [
    ("NEEDS-ACTION", Answer::NeedsAction),
    ("ACCEPTED", Answer::Accepted),
    ("DECLINED", Answer::Declined),
    ("TENTATIVE", Answer::Tentative),
    ("DELEGATED", Answer::Delegated),
    ("COMPLETED", Answer::Completed),
    ("IN-PROCESS", Answer::InProcess),
];
const ACTIONS: [(&str, Action); 3] = [("DISPLAY", Action::Display), ("EMAIL", Action::Email), ("AUDIO", Action::Audio)];

fn pick<T: Copy>(names: &[(&str, T)], text: &str) -> Option<T> {
    names
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text.trim()))
        .map(|(_, value)| *value)
}

fn name_of<T: PartialEq>(names: &[(&'static str, T)], value: &T) -> &'static str {
    names.iter().find(|(_, known)| known == value).map_or("", |(name, _)| name)
}

// ---- writing ----

/// The text of a calendar, in one order: the same calendar gives the same bytes.
pub fn write(calendar: &Calendar) -> String {
    let mut out = Out::default();
    out.put(Line::new("BEGIN", "VCALENDAR"));
    out.put(Line::new("VERSION", "2.0"));
    out.put(Line::new("PRODID", "-//Context7 CRM//Calendar//TR"));
    out.put(Line::new("CALSCALE", "GREGORIAN"));
    if let Some(method) = calendar.method {
        out.put(Line::new("METHOD", name_of(&METHODS, &method)));
    }
    if let Some(name) = &calendar.name {
        out.put(Line::new("NAME", escaped(name)));
        out.put(Line::new("X-WR-CALNAME", escaped(name)));
    }
    for (name, (first, last)) in zones_used(calendar) {
        if let Ok(zone) = name.parse::<Tz>() {
            write_zone(&mut out, zone, first, last);
        }
    }
    for event in &calendar.events {
        write_event(&mut out, event);
    }
    out.put(Line::new("END", "VCALENDAR"));
    out.0
}

#[derive(Default)]
struct Out(String);

impl Out {
    /// Writes a line, folded at 75 octets and never inside a letter.
    fn put(&mut self, line: Line) {
        let mut text = line.name;
        for (key, values) in &line.params {
            text.push(';');
            text.push_str(key);
            for (n, value) in values.iter().enumerate() {
                text.push(if n == 0 { '=' } else { ',' });
                text.push_str(&param_encoded(value));
            }
        }
        text.push(':');
        text.extend(line.value.chars().filter(|c| *c != '\n' && *c != '\r'));
        let mut width = 0;
        for c in text.chars() {
            if width + c.len_utf8() > 75 {
                self.0.push_str("\r\n ");
                width = 1;
            }
            self.0.push(c);
            width += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    fn text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.put(Line::new(name, escaped(text)));
        }
    }

    fn when(&mut self, name: &str, when: When) {
        self.put(match when {
            When::Day(day) => Line::new(name, day.format("%Y%m%d").to_string()).with("VALUE", "DATE"),
            When::Zoned(local, Tz::UTC) => Line::new(name, local.format("%Y%m%dT%H%M%SZ").to_string()),
            When::Zoned(local, zone) => Line::new(name, local.format("%Y%m%dT%H%M%S").to_string()).with("TZID", zone.name()),
            When::Floating(local) => Line::new(name, local.format("%Y%m%dT%H%M%S").to_string()),
        });
    }

    fn stamp(&mut self, name: &str, moment: DateTime<Utc>) {
        self.put(Line::new(name, moment.format("%Y%m%dT%H%M%SZ").to_string()));
    }
}

fn mailto(address: &str) -> String {
    if address.contains('@') && !address.contains(':') {
        format!("mailto:{address}")
    } else {
        address.to_owned()
    }
}

fn write_event(out: &mut Out, event: &Event) {
    let component = match event.kind {
        Kind::Event => "VEVENT",
        Kind::Task => "VTODO",
    };
    out.put(Line::new("BEGIN", component));
    out.put(Line::new("UID", escaped(&event.uid)));
    out.stamp("DTSTAMP", event.stamp);
    if let Some(id) = event.recurrence_id {
        out.when("RECURRENCE-ID", id);
    }
    if let Some(start) = event.start {
        out.when("DTSTART", start);
    }
    if let Some(end) = event.end {
        out.when(if event.kind == Kind::Event { "DTEND" } else { "DUE" }, end);
    }
    if let Some(rule) = &event.rrule {
        out.put(Line::new("RRULE", rule.to_string()));
    }
    for when in &event.exdates {
        out.when("EXDATE", *when);
    }
    for when in &event.rdates {
        out.when("RDATE", *when);
    }
    out.text("SUMMARY", &event.summary);
    out.text("DESCRIPTION", &event.description);
    out.text("LOCATION", &event.location);
    if !event.url.is_empty() {
        out.put(Line::new("URL", event.url.clone()));
    }
    if event.sequence > 0 {
        out.put(Line::new("SEQUENCE", event.sequence.to_string()));
    }
    if let Some(status) = event.status {
        out.put(Line::new("STATUS", name_of(&STATUSES, &status)));
    }
    if event.is_free {
        out.put(Line::new("TRANSP", "TRANSPARENT"));
    }
    if event.is_private {
        out.put(Line::new("CLASS", "PRIVATE"));
    }
    if !event.categories.is_empty() {
        let categories: Vec<String> = event.categories.iter().map(|category| escaped(category)).collect();
        out.put(Line::new("CATEGORIES", categories.join(",")));
    }
    if event.priority > 0 {
        out.put(Line::new("PRIORITY", event.priority.to_string()));
    }
    if let Some(percent) = event.percent {
        out.put(Line::new("PERCENT-COMPLETE", percent.to_string()));
    }
    for (name, moment) in [
        ("COMPLETED", event.completed),
        ("CREATED", event.created),
        ("LAST-MODIFIED", event.last_modified),
    ] {
        if let Some(moment) = moment {
            out.stamp(name, moment);
        }
    }
    if let Some(organizer) = &event.organizer {
        let line = Line::new("ORGANIZER", mailto(&organizer.address));
        out.put(if organizer.name.is_empty() {
            line
        } else {
            line.with("CN", &organizer.name)
        });
    }
    for attendee in &event.attendees {
        let mut line = Line::new("ATTENDEE", mailto(&attendee.address));
        if !attendee.name.is_empty() {
            line = line.with("CN", &attendee.name);
        }
        line = line
            .with("ROLE", name_of(&ROLES, &attendee.role))
            .with("PARTSTAT", name_of(&ANSWERS, &attendee.answer));
        if attendee.rsvp {
            line = line.with("RSVP", "TRUE");
        }
        line.params.extend(attendee.other.iter().cloned());
        out.put(line);
    }
    for line in &event.other {
        out.put(line.clone());
    }
    for alarm in &event.alarms {
        out.put(Line::new("BEGIN", "VALARM"));
        out.put(Line::new("ACTION", name_of(&ACTIONS, &alarm.action)));
        out.put(match alarm.trigger {
            Trigger::FromStart(seconds) => Line::new("TRIGGER", duration_text(seconds)),
            Trigger::FromEnd(seconds) => Line::new("TRIGGER", duration_text(seconds)).with("RELATED", "END"),
            Trigger::At(moment) => Line::new("TRIGGER", moment.format("%Y%m%dT%H%M%SZ").to_string()).with("VALUE", "DATE-TIME"),
        });
        out.text("DESCRIPTION", &alarm.description);
        for line in &alarm.other {
            out.put(line.clone());
        }
        out.put(Line::new("END", "VALARM"));
    }
    out.put(Line::new("END", component));
}

fn duration_text(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.unsigned_abs();
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let mut text = format!("{sign}P");
    if days > 0 {
        let _ = write!(text, "{days}D");
    }
    if rest > 0 || days == 0 {
        text.push('T');
        for (unit, amount) in [('H', rest / 3_600), ('M', rest / 60 % 60), ('S', rest % 60)] {
            if amount > 0 || (unit == 'S' && rest == 0) {
                let _ = write!(text, "{amount}{unit}");
            }
        }
    }
    text
}

/// The zones that a calendar writes times in, each with the first and last year of them.
fn zones_used(calendar: &Calendar) -> BTreeMap<&'static str, (i32, i32)> {
    let mut used: BTreeMap<&'static str, (i32, i32)> = BTreeMap::new();
    for event in &calendar.events {
        let until = event.rrule.as_ref().and_then(|rule| match rule.end() {
            End::On(day) => Some(day.year()),
            End::At(moment) => Some(moment.year()),
            End::AtLocal(local) => Some(local.year()),
            End::Never | End::After(_) => None,
        });
        let dates = [event.start, event.end, event.recurrence_id];
        for when in dates
            .into_iter()
            .flatten()
            .chain(event.exdates.iter().copied())
            .chain(event.rdates.iter().copied())
        {
            if let When::Zoned(local, zone) = when
                && zone != Tz::UTC
            {
                let year = local.year();
                let last = until.unwrap_or(year).max(year);
                let entry = used.entry(zone.name()).or_insert((year, last));
                *entry = (entry.0.min(year), entry.1.max(last));
            }
        }
    }
    used
}

/// How many years in a row must look the same before a rule is written for those to come.
const YEARS_OF_A_RULE: i32 = 5;

fn write_zone(out: &mut Out, zone: Tz, first_year: i32, last_year: i32) {
    let new_year = |year: i32| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single().unwrap_or_default();
    let from = new_year(first_year - 1);
    let to = new_year(last_year + YEARS_OF_A_RULE + 1);
    let changes = zones::changes(zone, from, to);
    out.put(Line::new("BEGIN", "VTIMEZONE"));
    out.put(Line::new("TZID", zone.name()));
    out.put(Line::new("X-LIC-LOCATION", zone.name()));
    let initial_s = zones::offset_s(zone, from);
    write_onset(
        out,
        from.naive_utc() + Duration::seconds(i64::from(initial_s)),
        initial_s,
        initial_s,
        None,
    );
    let tail_from = new_year(last_year + 1);
    let (tail, before): (Vec<_>, Vec<_>) = changes.iter().partition(|(at, ..)| *at >= tail_from);
    let mut explicit = before;
    match yearly_rules(&tail) {
        Some(rules) => {
            for (at, offset_from_s, offset_to_s) in explicit.drain(..) {
                write_onset(out, at_local(at, *offset_from_s), *offset_from_s, *offset_to_s, None);
            }
            for ((at, offset_from_s, offset_to_s), rule) in rules {
                write_onset(out, at_local(&at, offset_from_s), offset_from_s, offset_to_s, Some(rule));
            }
        }
        None => {
            explicit.extend(tail);
            for (at, offset_from_s, offset_to_s) in explicit {
                write_onset(out, at_local(at, *offset_from_s), *offset_from_s, *offset_to_s, None);
            }
        }
    }
    out.put(Line::new("END", "VTIMEZONE"));
}

fn at_local(at: &DateTime<Utc>, offset_s: i32) -> NaiveDateTime {
    at.naive_utc() + Duration::seconds(i64::from(offset_s))
}

type Change = (DateTime<Utc>, i32, i32);

/// The two rules by which these changes of some years come, each with its first; `None` when they follow none.
fn yearly_rules(changes: &[&Change]) -> Option<Vec<(Change, String)>> {
    if changes.len() != 2 * YEARS_OF_A_RULE as usize {
        return None;
    }
    let mut rules = Vec::new();
    for half in 0..2 {
        let these: Vec<&Change> = changes.iter().skip(half).step_by(2).copied().collect();
        let locals: Vec<NaiveDateTime> = these.iter().map(|(at, from_s, _)| at_local(at, *from_s)).collect();
        let (first, local) = (these[0], locals[0]);
        let same = these.iter().zip(&locals).all(|(change, other)| {
            (change.1, change.2) == (first.1, first.2)
                && other.month() == local.month()
                && other.weekday() == local.weekday()
                && other.num_seconds_from_midnight() == local.num_seconds_from_midnight()
        });
        let weekday = local.weekday().to_string().to_ascii_uppercase();
        let code = &weekday[..2];
        let last_week = |day: &NaiveDateTime| (day.date() + Duration::days(7)).month() != day.month();
        let by_day = if locals.iter().all(last_week) {
            format!("-1{code}")
        } else if locals.iter().all(|day| day.day0() / 7 == local.day0() / 7) {
            format!("{}{code}", local.day0() / 7 + 1)
        } else {
            return None;
        };
        if !same {
            return None;
        }
        rules.push((*first, format!("FREQ=YEARLY;BYMONTH={};BYDAY={by_day}", local.month())));
    }
    Some(rules)
}

fn write_onset(out: &mut Out, local: NaiveDateTime, offset_from_s: i32, offset_to_s: i32, rule: Option<String>) {
    let component = if offset_to_s > offset_from_s { "DAYLIGHT" } else { "STANDARD" };
    out.put(Line::new("BEGIN", component));
    out.put(Line::new("DTSTART", local.format("%Y%m%dT%H%M%S").to_string()));
    out.put(Line::new("TZOFFSETFROM", offset_text(offset_from_s)));
    out.put(Line::new("TZOFFSETTO", offset_text(offset_to_s)));
    if let Some(rule) = rule {
        out.put(Line::new("RRULE", rule));
    }
    out.put(Line::new("END", component));
}

fn offset_text(offset_s: i32) -> String {
    let sign = if offset_s < 0 { '-' } else { '+' };
    let seconds = offset_s.abs();
    let mut text = format!("{sign}{:02}{:02}", seconds / 3_600, seconds / 60 % 60);
    if seconds % 60 != 0 {
        let _ = write!(text, "{:02}", seconds % 60);
    }
    text
}

#[cfg(test)]
#[path = "ics_tests.rs"]
mod tests;
