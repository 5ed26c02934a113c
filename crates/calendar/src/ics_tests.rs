use proptest::prelude::*;

use super::*;

fn at(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn utc(text: &str) -> DateTime<Utc> {
    at(text).and_utc()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const ISTANBUL: Tz = chrono_tz::Europe::Istanbul;

fn one(text: &str) -> Event {
    let calendar = read(text.replace('\n', "\r\n").as_bytes()).unwrap();
    assert_eq!(calendar.skipped, [], "{text}");
    assert_eq!(calendar.events.len(), 1);
    calendar.events.into_iter().next().unwrap()
}

const APPLE: &str = r#"BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Apple Inc.//macOS 14.4//EN
CALSCALE:GREGORIAN
BEGIN:VTIMEZONE
TZID:Europe/Istanbul
BEGIN:STANDARD
TZOFFSETFROM:+0300
DTSTART:20160908T000000
TZNAME:GMT+3
TZOFFSETTO:+0300
RDATE:20160908T000000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;CN="Yılmaz, Ayşe";CUTYPE=INDIVIDUAL;EMAIL="ayse@ornek.example";PART
 STAT=ACCEPTED;ROLE=CHAIR:/aMTE3MjY/principal/
CREATED:20270301T070000Z
DTEND;TZID=Europe/Istanbul:20270315T113000
DTSTAMP:20270301T070102Z
DTSTART;TZID=Europe/Istanbul:20270315T103000
LAST-MODIFIED:20270301T070101Z
LOCATION:Kadıköy\, İstanbul
SEQUENCE:1
SUMMARY:Görüşme\; teklif
TRANSP:OPAQUE
UID:5A1C1C6E-0001
X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=70.5;X-TITLE="Moda: S
 ahil":geo:40.98,29.02
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Reminder
TRIGGER:-PT15M
UID:8C2B
X-WR-ALARMUID:8C2B
END:VALARM
END:VEVENT
END:VCALENDAR
"#;

#[test]
fn apple() {
    let event = one(APPLE);
    assert_eq!(event.start, Some(When::Zoned(at("2027-03-15T10:30:00"), ISTANBUL)));
    assert_eq!(event.start.unwrap().moment(Tz::UTC), utc("2027-03-15T07:30:00"));
    assert_eq!(event.location, "Kadıköy, İstanbul");
    assert_eq!(event.summary, "Görüşme; teklif");
    assert_eq!(event.attendees[0].name, "Yılmaz, Ayşe");
    assert_eq!(event.attendees[0].address, "ayse@ornek.example");
    assert_eq!(event.attendees[0].role, Role::Chair);
    assert_eq!(event.alarms[0].trigger, Trigger::FromStart(-900));
    assert_eq!(event.alarms[0].other.len(), 2, "what Apple keeps in its alarms stays");
    let kept = &event.other[0];
    assert_eq!(
        (kept.name.as_str(), kept.value.as_str()),
        ("X-APPLE-STRUCTURED-LOCATION", "geo:40.98,29.02")
    );
    assert_eq!(kept.param("X-TITLE"), Some("Moda: Sahil"));
}

#[test]
fn outlook_with_its_own_zone() {
    let event = one(r#"BEGIN:VCALENDAR
METHOD:REQUEST
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN=Hans:MAILTO:hans@firma.example
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=ali@ornek.example:MAILTO:ali@ornek.example
UID:040000008200E00074C5B7101A82E008
RRULE:FREQ=WEEKLY;UNTIL=20270630T080000Z;INTERVAL=1;BYDAY=TU;WKST=MO
SUMMARY;LANGUAGE=de-DE:Jour fixe
DTSTART;TZID=Customized Time Zone:20270323T100000
DTEND;TZID=Customized Time Zone:20270323T110000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:20270301T070000Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:0
X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE
END:VEVENT
END:VCALENDAR
"#);
    assert_eq!(event.start, Some(When::Zoned(at("2027-03-23T10:00:00"), chrono_tz::Europe::Berlin)));
    assert!(event.attendees[0].rsvp);
    assert_eq!(event.organizer.as_ref().unwrap().address, "hans@firma.example");
    let events = [event];
    let starts: Vec<_> = occurrences(&events, utc("2027-03-20T00:00:00"), utc("2027-04-01T00:00:00"), ISTANBUL)
        .iter()
        .map(|o| o.start)
        .collect();
    assert_eq!(starts, [utc("2027-03-23T09:00:00"), utc("2027-03-30T08:00:00")]);
}

#[test]
fn google_and_thunderbird_and_a_phone() {
    let google = one(
        "BEGIN:VCALENDAR\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\nVERSION:2.0\nMETHOD:PUBLISH\nX-WR-TIMEZONE:Europe/Istanbul\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20271029\nDTEND;VALUE=DATE:20271030\nDTSTAMP:20270101T000000Z\nUID:abc@google.com\nSUMMARY:Cumhuriyet Bayramı\nTRANSP:TRANSPARENT\nEND:VEVENT\nEND:VCALENDAR\n",
    );
    assert_eq!((google.start, google.is_free), (Some(When::Day(day("2027-10-29"))), true));

    let thunderbird = one(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN\nBEGIN:VTODO\nUID:t1\nDTSTAMP:20270101T000000Z\nSUMMARY:Ara\nDUE;TZID=/mozilla.org/20050126_1/Europe/Istanbul:20270315T170000\nPERCENT-COMPLETE:50\nSTATUS:IN-PROCESS\nX-MOZ-GENERATION:2\nEND:VTODO\nEND:VCALENDAR\n",
    );
    assert_eq!(
        (thunderbird.kind, thunderbird.percent, thunderbird.status),
        (Kind::Task, Some(50), Some(Status::InProcess))
    );
    assert_eq!(thunderbird.end, Some(When::Zoned(at("2027-03-15T17:00:00"), ISTANBUL)));

    let floating = one("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:f\nDTSTART:20270315T090000\nDURATION:P1DT2H\nEND:VEVENT\nEND:VCALENDAR\n");
    assert_eq!(floating.start, Some(When::Floating(at("2027-03-15T09:00:00"))));
    assert_eq!(floating.end, Some(When::Floating(at("2027-03-16T11:00:00"))));
    assert_eq!(floating.end_moment(ISTANBUL), Some(utc("2027-03-16T08:00:00")));

    let windows =
        one("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:w\nDTSTART;TZID=\"Turkey Standard Time\":20270315T090000\nEND:VEVENT\nEND:VCALENDAR\n");
    assert_eq!(windows.start, Some(When::Zoned(at("2027-03-15T09:00:00"), ISTANBUL)));
}

#[test]
fn an_occurrence_that_was_moved_stands_in_its_own_place() {
    let start = When::Zoned(at("2027-03-16T10:00:00"), ISTANBUL);
    let mut series = Event::new("u", "Haftalık", start, When::Zoned(at("2027-03-16T11:00:00"), ISTANBUL));
    series.rrule = Some(Rule::parse("FREQ=WEEKLY;COUNT=4").unwrap());
    series.exdates = vec![When::utc(utc("2027-04-06T07:00:00"))];
    let mut moved = Event::new(
        "u",
        "Taşındı",
        When::Zoned(at("2027-03-24T15:00:00"), ISTANBUL),
        When::Zoned(at("2027-03-24T16:00:00"), ISTANBUL),
    );
    moved.recurrence_id = Some(When::utc(utc("2027-03-23T07:00:00")));
    let events = [series, moved];
    let found: Vec<String> = occurrences(&events, utc("2027-03-01T00:00:00"), utc("2027-05-01T00:00:00"), ISTANBUL)
        .iter()
        .map(|o| format!("{} {} {}", o.event.summary, o.id.format("%d"), o.start.format("%d %H:%M")))
        .collect();
    assert_eq!(found, ["Haftalık 16 16 07:00", "Taşındı 23 24 12:00", "Haftalık 30 30 07:00"]);
    let calendar = Calendar {
        events: events.to_vec(),
        ..Calendar::default()
    };
    assert_eq!(read(write(&calendar).as_bytes()).unwrap(), calendar);
}

#[test]
fn what_is_written_is_folded_escaped_and_brings_its_zones() {
    let mut event = Event::new(
        "u",
        "ğ".repeat(60),
        When::Zoned(at("2027-03-16T10:00:00"), chrono_tz::Europe::Berlin),
        When::Zoned(at("2027-03-16T11:00:00"), chrono_tz::Europe::Berlin),
    );
    event.description = "a;b,c\\d\nyeni satır".to_owned();
    event.url = "https://x.example/\r\nBEGIN:VEVENT".to_owned();
    let text = write(&Calendar {
        method: Some(Method::Request),
        events: vec![event],
        ..Calendar::default()
    });
    assert!(text.lines().all(|line| line.len() <= 75));
    assert!(text.split("\r\n").all(|line| !line.contains('\n')), "every line ends with both");
    assert!(text.contains("DESCRIPTION:a\\;b\\,c\\\\d\\nyeni satır\r\n"));
    assert!(text.contains("METHOD:REQUEST\r\n"));
    assert!(text.contains("TZID:Europe/Berlin\r\n"));
    assert!(text.contains("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"));
    assert!(text.contains("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"));
    assert_eq!(text.matches("\r\nBEGIN:VEVENT").count(), 1, "nothing smuggles a component in");
    assert_eq!(etag(&text), etag(&text.clone()));
    assert_ne!(etag(&text), etag(&text.replace("a\\;b", "a\\;c")));
    // A zone without its name is known again by what its clocks do.
    let nameless = text
        .replace("TZID:Europe/Berlin", "TZID:Zone 1")
        .replace("TZID=Europe/Berlin", "TZID=Zone 1")
        .replace("X-LIC-LOCATION:Europe/Berlin", "X-A:b");
    assert_eq!(
        read(nameless.as_bytes()).unwrap().events[0].start,
        Some(When::Zoned(at("2027-03-16T10:00:00"), chrono_tz::Europe::Berlin))
    );
}

#[test]
fn a_hostile_file_is_refused_with_the_reason() {
    let refused = |bytes: &[u8], says: &str| {
        let why = read(bytes).expect_err(says);
        assert!(why.en.contains(says), "{} does not say {says}", why.en);
    };
    refused(b"", "BEGIN:VCALENDAR");
    refused(b"%PDF-1.4", "line 1".to_uppercase().replace("LINE", "Line").as_str());
    refused(&vec![b'a'; MAX_BYTES + 1], "4 MB");
    refused("BEGIN:VCALENDAR\r\n".repeat(10).as_bytes(), "nested");
    refused(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "END");
    refused(b"BEGIN:VCALENDAR\r\nX:1", "cut off");
    refused(b"BEGIN:VCALENDAR\r\nSUMMARY:\xff\xfe\r\nEND:VCALENDAR", "UTF-8");
    refused(
        format!(
            "BEGIN:VCALENDAR\r\n{}END:VCALENDAR",
            "BEGIN:VEVENT\r\nEND:VEVENT\r\n".repeat(MAX_COMPONENTS)
        )
        .as_bytes(),
        "components",
    );
    refused("A:\n".repeat(MAX_LINES + 1).as_bytes(), "lines");
    refused(
        format!("BEGIN:VCALENDAR\r\nX:{}", "\r\n a".repeat(MAX_LINE_BYTES)).as_bytes(),
        "too long",
    );
    // One bad event does not take the others with it.
    let mixed = read(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20270231T100000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:b\nDTSTART:20270228T100000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:c\nDTSTART;TZID=Mars:20270228T100000\nEND:VEVENT\nBEGIN:VEVENT\nUID:d\nDTSTART:20270228T100000Z\nRRULE:FREQ=SECONDLY\nEND:VEVENT\nEND:VCALENDAR\n").unwrap();
    assert_eq!(mixed.events.iter().map(|e| e.uid.as_str()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(mixed.skipped.iter().map(|s| s.uid.as_str()).collect::<Vec<_>>(), ["a", "c", "d"]);
    assert!(mixed.skipped[1].why.en.contains("Mars"));
}

fn text() -> impl Strategy<Value = String> {
    "[a-zçğıöşüİĞ0-9 ,;:\\\\\"^'\n😀-]{0,60}".prop_map(|text| text.trim().to_owned())
}

fn local() -> impl Strategy<Value = NaiveDateTime> {
    (0i64..2_000_000_000).prop_map(|s| DateTime::<Utc>::from_timestamp(s, 0).unwrap().naive_utc())
}

fn when() -> impl Strategy<Value = (When, When)> {
    let zone = prop::sample::select(vec![
        Tz::UTC,
        ISTANBUL,
        chrono_tz::America::New_York,
        chrono_tz::Australia::Lord_Howe,
    ]);
    (local(), 1i64..200_000, zone, 0..3).prop_map(|(local, length, zone, kind)| {
        let end = local + Duration::seconds(length.max(7_300));
        match kind {
            0 => (
                When::Day(local.date()),
                When::Day(local.date() + Duration::days(length / 80_000 + 1)),
            ),
            1 => (When::Floating(local), When::Floating(end)),
            _ => (When::Zoned(local, zone), When::Zoned(end, zone)),
        }
    })
}

fn event() -> impl Strategy<Value = Event> {
    let attendee = (text(), prop::sample::select(ANSWERS.map(|a| a.1).to_vec()), any::<bool>()).prop_map(|(name, answer, rsvp)| Attendee {
        address: "a@b.example".to_owned(),
        name,
        answer,
        rsvp,
        role: Role::Optional,
        other: vec![("CUTYPE".to_owned(), vec!["ROOM".to_owned()])],
    });
    let alarm = (-100_000i64..100_000, text(), 0..3).prop_map(|(s, description, kind)| Alarm {
        trigger: match kind {
            0 => Trigger::FromStart(s),
            1 => Trigger::FromEnd(s),
            _ => Trigger::At(DateTime::from_timestamp(1_800_000_000 + s, 0).unwrap()),
        },
        action: Action::Email,
        description,
        other: vec![Line::new("X-A", "b;c,d")],
    });
    let rule = prop::option::of(prop::sample::select(vec![
        "FREQ=DAILY",
        "FREQ=WEEKLY;COUNT=3;BYDAY=TU",
        "FREQ=MONTHLY;UNTIL=20300101T000000Z;BYDAY=-1FR",
    ]));
    let stamps = (prop::option::of(local()), local());
    (
        when(),
        prop::collection::vec(text(), 4),
        rule,
        prop::collection::vec(attendee, 0..3),
        prop::collection::vec(alarm, 0..3),
        stamps,
        any::<[bool; 3]>(),
    )
        .prop_map(
            |((start, end), texts, rule, attendees, alarms, (modified, stamp), [is_free, is_private, again])| Event {
                uid: "uid;1".to_owned(),
                summary: texts[0].clone(),
                description: texts[1].clone(),
                location: texts[2].clone(),
                categories: texts[3].split('\n').filter(|t| !t.is_empty()).map(str::to_owned).collect(),
                start: Some(start),
                end: Some(end),
                exdates: if again { vec![start, end] } else { Vec::new() },
                recurrence_id: again.then_some(start),
                rrule: rule.map(|rule| Rule::parse(rule).unwrap()),
                organizer: Some(Person {
                    address: "c@d.example".to_owned(),
                    name: texts[0].clone(),
                }),
                attendees,
                alarms,
                is_free,
                is_private,
                status: Some(Status::Tentative),
                last_modified: modified.map(|m| m.and_utc()),
                stamp: stamp.and_utc(),
                ..Event::default()
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_written_is_read_back(events in prop::collection::vec(event(), 0..4)) {
        let calendar = Calendar { method: Some(Method::Publish), name: None, events, skipped: Vec::new() };
        let text = write(&calendar);
        prop_assert_eq!(read(text.as_bytes()).unwrap(), calendar);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_damage_makes_it_panic(cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, any::<prop::sample::Index>(), 0u8..4, any::<u8>()), 1..6)) {
        let mut bytes = APPLE.as_bytes().to_vec();
        for (place, length, other, kind, byte) in cuts {
            if bytes.is_empty() { break; }
            let from = place.index(bytes.len());
            let to = (from + length).min(bytes.len());
            match kind {
                0 => { bytes.drain(from..to); }
                1 => bytes[from] = byte,
                2 => { let piece = bytes[from..to].to_vec(); let at = other.index(bytes.len()); bytes.splice(at..at, piece); }
                _ => { let digit = b'0' + byte % 10; for b in &mut bytes[from..to] { if b.is_ascii_digit() { *b = digit; } } }
            }
        }
        if let Ok(calendar) = read(&bytes) {
            prop_assert!(calendar.events.len() + calendar.skipped.len() <= 10);
            for event in &calendar.events {
                prop_assert!(occurrences(std::slice::from_ref(event), utc("2027-01-01T00:00:00"), utc("2028-01-01T00:00:00"), ISTANBUL).len() <= 400);
            }
            let again = write(&Calendar { skipped: Vec::new(), ..calendar });
            prop_assert!(again.len() < 100_000);
            prop_assert!(read(again.as_bytes()).is_ok());
        }
    }
}
