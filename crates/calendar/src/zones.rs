//! What others call a time zone: by its name in the database, with a vendor's path before it, by the names of Windows, or only by what
//! its VTIMEZONE says the clocks do.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use kernel::text::fold;

/// The zone of a name, in any case: `Europe/Istanbul`, `/mozilla.org/20050126_1/Europe/Istanbul`, `Turkey Standard Time`.
pub fn named(name: &str) -> Option<Tz> {
    let name = name.trim().trim_matches('"');
    if name.len() > 200 {
        return None;
    }
    if let Some(zone) = iana(name) {
        return Some(zone);
    }
    let windows = fold(name);
    if let Some((_, zone)) = WINDOWS.iter().find(|(known, _)| fold(known) == windows) {
        return zone.parse().ok();
    }
    // A vendor's path before the name.
    let mut rest = name.trim_start_matches('/');
    while let Some((_, tail)) = rest.split_once('/') {
        if let Some(zone) = iana(tail) {
            return Some(zone);
        }
        rest = tail;
    }
    None
}

fn iana(name: &str) -> Option<Tz> {
    name.parse().ok().or_else(|| {
        chrono_tz::TZ_VARIANTS
            .into_iter()
            .find(|zone| zone.name().eq_ignore_ascii_case(name))
    })
}

/// One STANDARD or DAYLIGHT of a VTIMEZONE, laid out: from when on which offset is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Onset {
    pub local: NaiveDateTime,
    pub offset_from_s: i32,
    pub offset_to_s: i32,
}

/// The zone whose clocks do what these onsets say around `near`: of those people use most first. `None` when no zone does.
pub fn behaving_like(onsets: &[Onset], near: NaiveDate) -> Option<Tz> {
    if onsets.is_empty() {
        return None;
    }
    let mut changes: Vec<(DateTime<Utc>, i32)> = onsets
        .iter()
        .filter_map(|onset| {
            let moment = onset.local.checked_sub_signed(Duration::seconds(i64::from(onset.offset_from_s)))?;
            Some((moment.and_utc(), onset.offset_to_s))
        })
        .collect();
    changes.sort();
    let before = onsets.iter().min_by_key(|onset| onset.local).map_or(0, |onset| onset.offset_from_s);
    let offset_at = |moment: DateTime<Utc>| {
        changes
            .iter()
            .rev()
            .find(|(from, _)| *from <= moment)
            .map_or(before, |(_, offset)| *offset)
    };
    // Every ten days over thirteen months: no two rules of our days look the same.
    let first = near.and_hms_opt(12, 0, 0)?.and_utc();
    let probes: Vec<(DateTime<Utc>, i32)> = (0..40)
        .filter_map(|n| first.checked_add_signed(Duration::days(n * 10)))
        .map(|m| (m, offset_at(m)))
        .collect();
    let same = |zone: &Tz| probes.iter().all(|(moment, offset)| offset_s(*zone, *moment) == *offset);
    USUAL
        .iter()
        .filter_map(|name| name.parse().ok())
        .chain(chrono_tz::TZ_VARIANTS)
        .find(same)
}

/// How far the clocks of a zone are ahead of UTC.
pub fn offset_s(zone: Tz, moment: DateTime<Utc>) -> i32 {
    zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc()
}

/// The moments in `from..to` at which the clocks change, with the offset before and after.
pub fn changes(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<(DateTime<Utc>, i32, i32)> {
    let mut found = Vec::new();
    let mut at = from;
    // No zone of our days changes twice in a week (Morocco's Ramadan lasts a month).
    while at < to {
        let next = (at + Duration::days(7)).min(to);
        let (before, after) = (offset_s(zone, at), offset_s(zone, next));
        if before != after {
            let (mut low, mut high) = (at, next);
            while high - low > Duration::seconds(1) {
                let middle = low + Duration::seconds((high - low).num_seconds() / 2);
                if offset_s(zone, middle) == before {
                    low = middle
                } else {
                    high = middle
                }
            }
            found.push((high, before, after));
        }
        at = next;
    }
    found
}

/// Where several zones behave alike, the one that is meant most often.
const USUAL: [&str; 24] = [
    "Europe/Istanbul",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Athens",
    "Europe/Moscow",
    "Asia/Dubai",
    "Asia/Baku",
    "Asia/Tehran",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Karachi",
    "Asia/Tashkent",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Bangkok",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "UTC",
];

/// The names of Windows, after the Unicode CLDR (windowsZones), each with the zone of its territory "001".
const WINDOWS: [(&str, &str); 141] = [
    ("Dateline Standard Time", "Etc/GMT+12"),
    ("UTC-11", "Etc/GMT+11"),
    ("Aleutian Standard Time", "America/Adak"),
    ("Hawaiian Standard Time", "Pacific/Honolulu"),
    ("Marquesas Standard Time", "Pacific/Marquesas"),
    ("Alaskan Standard Time", "America/Anchorage"),
    ("UTC-09", "Etc/GMT+9"),
    ("Pacific Standard Time (Mexico)", "America/Tijuana"),
    ("UTC-08", "Etc/GMT+8"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("US Mountain Standard Time", "America/Phoenix"),
    ("Mountain Standard Time (Mexico)", "America/Mazatlan"),
    ("Mountain Standard Time", "America/Denver"),
    ("Yukon Standard Time", "America/Whitehorse"),
    ("Central America Standard Time", "America/Guatemala"),
    ("Central Standard Time", "America/Chicago"),
    ("Easter Island Standard Time", "Pacific/Easter"),
    ("Central Standard Time (Mexico)", "America/Mexico_City"),
    ("Canada Central Standard Time", "America/Regina"),
    ("SA Pacific Standard Time", "America/Bogota"),
    ("Eastern Standard Time (Mexico)", "America/Cancun"),
    ("Eastern Standard Time", "America/New_York"),
    ("Haiti Standard Time", "America/Port-au-Prince"),
    ("Cuba Standard Time", "America/Havana"),
    ("US Eastern Standard Time", "America/Indianapolis"),
    ("Turks And Caicos Standard Time", "America/Grand_Turk"),
    ("Paraguay Standard Time", "America/Asuncion"),
    ("Atlantic Standard Time", "America/Halifax"),
    ("Venezuela Standard Time", "America/Caracas"),
    ("Central Brazilian Standard Time", "America/Cuiaba"),
    ("SA Western Standard Time", "America/La_Paz"),
    ("Pacific SA Standard Time", "America/Santiago"),
    ("Newfoundland Standard Time", "America/St_Johns"),
    ("Tocantins Standard Time", "America/Araguaina"),
    ("E. South America Standard Time", "America/Sao_Paulo"),
    ("SA Eastern Standard Time", "America/Cayenne"),
    ("Argentina Standard Time", "America/Buenos_Aires"),
    ("Greenland Standard Time", "America/Godthab"),
    ("Montevideo Standard Time", "America/Montevideo"),
    ("Magallanes Standard Time", "America/Punta_Arenas"),
    ("Saint Pierre Standard Time", "America/Miquelon"),
    ("Bahia Standard Time", "America/Bahia"),
    ("UTC-02", "Etc/GMT+2"),
    ("Mid-Atlantic Standard Time", "Etc/GMT+2"),
    ("Azores Standard Time", "Atlantic/Azores"),
    ("Cape Verde Standard Time", "Atlantic/Cape_Verde"),
    ("UTC", "UTC"),
    ("Coordinated Universal Time", "UTC"),
    ("GMT Standard Time", "Europe/London"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik"),
    ("Sao Tome Standard Time", "Africa/Sao_Tome"),
    ("Morocco Standard Time", "Africa/Casablanca"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Romance Standard Time", "Europe/Paris"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("W. Central Africa Standard Time", "Africa/Lagos"),
    ("Jordan Standard Time", "Asia/Amman"),
    ("GTB Standard Time", "Europe/Bucharest"),
    ("Middle East Standard Time", "Asia/Beirut"),
    ("Egypt Standard Time", "Africa/Cairo"),
    ("E. Europe Standard Time", "Europe/Chisinau"),
    ("Syria Standard Time", "Asia/Damascus"),
    ("West Bank Standard Time", "Asia/Hebron"),
    ("South Africa Standard Time", "Africa/Johannesburg"),
    ("FLE Standard Time", "Europe/Kiev"),
    ("Israel Standard Time", "Asia/Jerusalem"),
    ("South Sudan Standard Time", "Africa/Juba"),
    ("Kaliningrad Standard Time", "Europe/Kaliningrad"),
    ("Sudan Standard Time", "Africa/Khartoum"),
    ("Libya Standard Time", "Africa/Tripoli"),
    ("Namibia Standard Time", "Africa/Windhoek"),
    ("Arabic Standard Time", "Asia/Baghdad"),
    ("Turkey Standard Time", "Europe/Istanbul"),
    ("Türkiye Standart Saati", "Europe/Istanbul"),
    ("Arab Standard Time", "Asia/Riyadh"),
    ("Belarus Standard Time", "Europe/Minsk"),
    ("Russian Standard Time", "Europe/Moscow"),
    ("E. Africa Standard Time", "Africa/Nairobi"),
    ("Iran Standard Time", "Asia/Tehran"),
    ("Arabian Standard Time", "Asia/Dubai"),
    ("Astrakhan Standard Time", "Europe/Astrakhan"),
    ("Azerbaijan Standard Time", "Asia/Baku"),
    ("Russia Time Zone 3", "Europe/Samara"),
    ("Mauritius Standard Time", "Indian/Mauritius"),
    ("Saratov Standard Time", "Europe/Saratov"),
    ("Georgian Standard Time", "Asia/Tbilisi"),
    ("Volgograd Standard Time", "Europe/Volgograd"),
    ("Caucasus Standard Time", "Asia/Yerevan"),
    ("Afghanistan Standard Time", "Asia/Kabul"),
    ("West Asia Standard Time", "Asia/Tashkent"),
    ("Qyzylorda Standard Time", "Asia/Qyzylorda"),
    ("Ekaterinburg Standard Time", "Asia/Yekaterinburg"),
    ("Pakistan Standard Time", "Asia/Karachi"),
    ("India Standard Time", "Asia/Calcutta"),
    ("Sri Lanka Standard Time", "Asia/Colombo"),
    ("Nepal Standard Time", "Asia/Katmandu"),
    ("Central Asia Standard Time", "Asia/Bishkek"),
    ("Bangladesh Standard Time", "Asia/Dhaka"),
    ("Omsk Standard Time", "Asia/Omsk"),
    ("Myanmar Standard Time", "Asia/Rangoon"),
    ("SE Asia Standard Time", "Asia/Bangkok"),
    ("Altai Standard Time", "Asia/Barnaul"),
    ("W. Mongolia Standard Time", "Asia/Hovd"),
    ("North Asia Standard Time", "Asia/Krasnoyarsk"),
    ("N. Central Asia Standard Time", "Asia/Novosibirsk"),
    ("Tomsk Standard Time", "Asia/Tomsk"),
    ("China Standard Time", "Asia/Shanghai"),
    ("North Asia East Standard Time", "Asia/Irkutsk"),
    ("Singapore Standard Time", "Asia/Singapore"),
    ("W. Australia Standard Time", "Australia/Perth"),
    ("Taipei Standard Time", "Asia/Taipei"),
    ("Ulaanbaatar Standard Time", "Asia/Ulaanbaatar"),
    ("North Korea Standard Time", "Asia/Pyongyang"),
    ("Aus Central W. Standard Time", "Australia/Eucla"),
    ("Transbaikal Standard Time", "Asia/Chita"),
    ("Tokyo Standard Time", "Asia/Tokyo"),
    ("Korea Standard Time", "Asia/Seoul"),
    ("Yakutsk Standard Time", "Asia/Yakutsk"),
    ("Cen. Australia Standard Time", "Australia/Adelaide"),
    ("AUS Central Standard Time", "Australia/Darwin"),
    ("E. Australia Standard Time", "Australia/Brisbane"),
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("West Pacific Standard Time", "Pacific/Port_Moresby"),
    ("Tasmania Standard Time", "Australia/Hobart"),
    ("Vladivostok Standard Time", "Asia/Vladivostok"),
    ("Lord Howe Standard Time", "Australia/Lord_Howe"),
    ("Bougainville Standard Time", "Pacific/Bougainville"),
    ("Russia Time Zone 10", "Asia/Srednekolymsk"),
    ("Magadan Standard Time", "Asia/Magadan"),
    ("Norfolk Standard Time", "Pacific/Norfolk"),
    ("Sakhalin Standard Time", "Asia/Sakhalin"),
    ("Central Pacific Standard Time", "Pacific/Guadalcanal"),
    ("Russia Time Zone 11", "Asia/Kamchatka"),
    ("New Zealand Standard Time", "Pacific/Auckland"),
    ("UTC+12", "Etc/GMT-12"),
    ("Fiji Standard Time", "Pacific/Fiji"),
    ("Chatham Islands Standard Time", "Pacific/Chatham"),
    ("UTC+13", "Etc/GMT-13"),
    ("Tonga Standard Time", "Pacific/Tongatapu"),
    ("Samoa Standard Time", "Pacific/Apia"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_many_names() {
        for (name, zone) in [
            ("Europe/Istanbul", "Europe/Istanbul"),
            ("europe/istanbul", "Europe/Istanbul"),
            ("/mozilla.org/20050126_1/Europe/Istanbul", "Europe/Istanbul"),
            (
                "/freeassociation.sourceforge.net/America/Argentina/Buenos_Aires",
                "America/Argentina/Buenos_Aires",
            ),
            ("Turkey Standard Time", "Europe/Istanbul"),
            ("W. EUROPE STANDARD TIME", "Europe/Berlin"),
            ("\"UTC\"", "UTC"),
        ] {
            assert_eq!(named(name).map(|zone| zone.name()), Some(zone), "{name}");
        }
        assert_eq!(named("Customized Time Zone"), None);
        assert_eq!(named(""), None);
        for (name, zone) in WINDOWS {
            assert!(zone.parse::<Tz>().is_ok(), "{name} is {zone}");
        }
    }

    #[test]
    fn the_changes_of_a_year() {
        let year = |y: i32| NaiveDate::from_ymd_opt(y, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc();
        let berlin = changes(chrono_tz::Europe::Berlin, year(2027), year(2028));
        let texts: Vec<String> = berlin
            .iter()
            .map(|(at, before, after)| format!("{} {before} {after}", at.to_rfc3339()))
            .collect();
        assert_eq!(
            texts,
            ["2027-03-28T01:00:00+00:00 3600 7200", "2027-10-31T01:00:00+00:00 7200 3600"]
        );
        assert!(changes(chrono_tz::Europe::Istanbul, year(2027), year(2028)).is_empty());
    }
}
