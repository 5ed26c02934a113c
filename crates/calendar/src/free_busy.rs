//! Free and busy: what is taken, merged; what is free for several people within their hours. For warnings of conflicts and for the
//! booking page. Holidays are those of the caller, so that an organisation's own days off count too.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::zoned;

/// Some time, its end not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

impl Span {
    pub fn new(from: DateTime<Utc>, to: DateTime<Utc>) -> Span {
        Span { from, to }
    }

    pub fn overlaps(&self, other: &Span) -> bool {
        self.from < other.to && other.from < self.to
    }

    fn is_empty(&self) -> bool {
        self.from >= self.to
    }
}

/// In order, without overlaps and without gaps of no length.
pub fn merged(spans: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.into_iter().filter(|span| !span.is_empty()).collect();
    spans.sort();
    let mut out: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match out.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => out.push(span),
        }
    }
    out
}

/// What of `spans` is left when `taken` is taken out of it. Both as [`merged`] gives them.
pub fn without(spans: &[Span], taken: &[Span]) -> Vec<Span> {
    let mut out = Vec::new();
    let mut first = 0;
    for span in spans {
        let mut from = span.from;
        while first < taken.len() && taken[first].to <= span.from {
            first += 1;
        }
        for busy in taken[first..].iter().take_while(|busy| busy.from < span.to) {
            if busy.from > from {
                out.push(Span::new(from, busy.from));
            }
            from = from.max(busy.to);
        }
        if from < span.to {
            out.push(Span::new(from, span.to));
        }
    }
    out
}

/// What two lists share. Both as [`merged`] gives them.
pub fn shared(a: &[Span], b: &[Span]) -> Vec<Span> {
    let (mut i, mut j) = (0, 0);
    let mut out = Vec::new();
    while i < a.len() && j < b.len() {
        let span = Span::new(a[i].from.max(b[j].from), a[i].to.min(b[j].to));
        if !span.is_empty() {
            out.push(span);
        }
        if a[i].to <= b[j].to { i += 1 } else { j += 1 }
    }
    out
}

/// What of a day is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayOff {
    Whole,
    /// From this time on.
    From(NaiveTime),
}

/// The hours of somebody's week, on the wall of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    pub zone: Tz,
    /// From Monday; each day has as many pieces as it likes. A piece that ends at midnight ends at 23:59:59 or at 00:00.
    pub week: [Vec<(NaiveTime, NaiveTime)>; 7],
}

impl Hours {
    /// The same hours from Monday to Friday.
    pub fn weekdays(zone: Tz, from: NaiveTime, to: NaiveTime) -> Hours {
        let mut week: [Vec<(NaiveTime, NaiveTime)>; 7] = Default::default();
        for day in &mut week[..5] {
            day.push((from, to));
        }
        Hours { zone, week }
    }

    /// The working time between two moments, at most [`MAX_DAYS`] of it, without what is off.
    pub fn between(&self, window: Span, day_off: impl Fn(NaiveDate) -> Option<DayOff>) -> Vec<Span> {
        let first = zoned::local(window.from, self.zone).date();
        let last = zoned::local(window.to, self.zone).date();
        let days = first.iter_days().take_while(|day| *day <= last).take(MAX_DAYS);
        let pieces = days.flat_map(|day| {
            let off = day_off(day);
            let hours = &self.week[day.weekday().num_days_from_monday() as usize];
            hours.iter().filter_map(move |(from, to)| {
                let midnight = *to == NaiveTime::MIN;
                let end = match off {
                    None => *to,
                    Some(DayOff::Whole) => return None,
                    Some(DayOff::From(free)) if midnight || free < *to => free,
                    Some(DayOff::From(_)) => *to,
                };
                let ends_at_midnight = end == NaiveTime::MIN && midnight;
                let to = if ends_at_midnight {
                    day.succ_opt()?.and_time(end)
                } else {
                    day.and_time(end)
                };
                let span = Span::new(zoned::moment(day.and_time(*from), self.zone), zoned::moment(to, self.zone));
                Some(Span::new(span.from.max(window.from), span.to.min(window.to)))
            })
        });
        merged(pieces.collect::<Vec<_>>())
    }
}

/// Nobody looks for an appointment in more days than a year has.
pub const MAX_DAYS: usize = 370;
/// As many slots as a page of choices can hold, and more.
pub const MAX_SLOTS: usize = 2_000;

/// Public holidays of Türkiye as days off.
pub fn turkish_holidays(day: NaiveDate) -> Option<DayOff> {
    let off = turkiye::holidays::on(day);
    if off.iter().any(|holiday| !holiday.is_half_day) {
        return Some(DayOff::Whole);
    }
    let afternoon = NaiveTime::from_hms_opt(turkiye::holidays::AFTERNOON_HOUR, 0, 0)?;
    (!off.is_empty()).then_some(DayOff::From(afternoon))
}

/// One whom a meeting needs: when they work, and what is taken of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// As [`Hours::between`] gives them.
    pub works: Vec<Span>,
    /// In any order.
    pub busy: Vec<Span>,
}

/// The times at which all are free for `length`, every `step` by the clock of `zone` (a step of 30 minutes starts at :00 and :30), with
/// `pause` kept before and after what is taken. The earliest first, [`MAX_SLOTS`] at most.
pub fn slots(people: &[Person], length: Duration, step: Duration, pause: Duration, zone: Tz) -> Vec<Span> {
    if length <= Duration::zero() || step < Duration::minutes(1) || length > Duration::days(31) {
        return Vec::new();
    }
    let pause = pause.clamp(Duration::zero(), Duration::days(1));
    let mut free: Option<Vec<Span>> = None;
    for person in people {
        let taken = merged(
            person
                .busy
                .iter()
                .filter(|span| !span.is_empty())
                .map(|span| Span::new(span.from - pause, span.to + pause)),
        );
        let theirs = without(&merged(person.works.iter().copied()), &taken);
        free = Some(match free {
            None => theirs,
            Some(ours) => shared(&ours, &theirs),
        });
    }
    let mut out = Vec::new();
    for span in free.unwrap_or_default() {
        let mut from = aligned(span.from, step, zone);
        while from + length <= span.to {
            if out.len() >= MAX_SLOTS {
                return out;
            }
            out.push(Span::new(from, from + length));
            from += step;
        }
    }
    out
}

/// The first step of the day's clock that is not before the moment.
fn aligned(moment: DateTime<Utc>, step: Duration, zone: Tz) -> DateTime<Utc> {
    let local = zoned::local(moment, zone);
    let since_midnight = local.time() - NaiveTime::MIN;
    let step_s = step.num_seconds().max(1);
    let past_s = since_midnight.num_seconds() % step_s;
    let whole = moment - Duration::nanoseconds(i64::from(moment.timestamp_subsec_nanos()));
    if past_s == 0 && whole == moment {
        moment
    } else {
        whole + Duration::seconds(step_s - past_s)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ISTANBUL: Tz = chrono_tz::Europe::Istanbul;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse::<chrono::NaiveDateTime>().unwrap().and_utc()
    }

    fn time(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(minute * 60, 0).unwrap()
    }

    #[test]
    fn two_people_find_a_time_around_the_eve_of_a_feast() {
        // Monday the 25th of May 2026 to Monday the 1st of June; the feast begins on Tuesday at 13:00.
        let window = Span::new(utc("2026-05-25T00:00:00"), utc("2026-06-01T21:00:00"));
        let hours = Hours::weekdays(ISTANBUL, time(9, 0), time(18, 0));
        let works = hours.between(window, turkish_holidays);
        let person = |busy: Vec<Span>| Person {
            works: works.clone(),
            busy,
        };
        let ayse = person(vec![
            Span::new(utc("2026-05-25T06:00:00"), utc("2026-05-25T14:10:00")),
            Span::new(utc("2026-05-26T06:00:00"), utc("2026-05-26T07:00:00")),
        ]);
        let ali = person(vec![
            Span::new(utc("2026-05-26T08:00:00"), utc("2026-05-26T09:00:00")),
            Span::new(utc("2026-06-01T06:30:00"), utc("2026-06-01T15:00:00")),
        ]);
        let found: Vec<String> = slots(
            &[ayse, ali],
            Duration::minutes(30),
            Duration::minutes(30),
            Duration::zero(),
            ISTANBUL,
        )
        .iter()
        .map(|slot| zoned::local(slot.from, ISTANBUL).format("%d %H:%M").to_string())
        .collect();
        assert_eq!(found, ["25 17:30", "26 10:00", "26 10:30", "26 12:00", "26 12:30", "01 09:00"]);
    }

    #[test]
    fn a_pause_is_kept_and_nobody_is_no_time() {
        let person = Person {
            works: vec![Span::new(at(0), at(240))],
            busy: vec![Span::new(at(60), at(120))],
        };
        let found = slots(
            &[person],
            Duration::minutes(30),
            Duration::minutes(30),
            Duration::minutes(15),
            Tz::UTC,
        );
        assert_eq!(found, [0, 150, 180, 210].map(|m| Span::new(at(m), at(m + 30))));
        assert!(slots(&[], Duration::minutes(30), Duration::minutes(30), Duration::zero(), Tz::UTC).is_empty());
        assert!(
            slots(
                &[Person::default()],
                Duration::minutes(30),
                Duration::zero(),
                Duration::zero(),
                Tz::UTC
            )
            .is_empty()
        );
    }

    #[test]
    fn hours_until_midnight() {
        let mut hours = Hours::weekdays(ISTANBUL, time(9, 0), time(12, 0));
        hours.week[0] = vec![(time(20, 0), NaiveTime::MIN)];
        let window = Span::new(utc("2026-06-01T00:00:00"), utc("2026-06-02T00:00:00"));
        assert_eq!(
            hours.between(window, |_| None),
            [Span::new(utc("2026-06-01T17:00:00"), utc("2026-06-01T21:00:00"))]
        );
        assert_eq!(hours.between(window, |_| Some(DayOff::Whole)), []);
        assert_eq!(hours.between(window, |_| Some(DayOff::From(time(13, 0)))), []);
    }

    fn spans() -> impl Strategy<Value = Vec<Span>> {
        prop::collection::vec((0i64..200, -5i64..40), 0..12).prop_map(|all| {
            all.into_iter()
                .map(|(from, length)| Span::new(at(from), at(from + length)))
                .collect()
        })
    }

    fn holds(spans: &[Span], minute: i64) -> bool {
        spans.iter().any(|span| span.from <= at(minute) && at(minute) < span.to)
    }

    proptest! {
        #[test]
        fn it_is_the_same_as_asking_every_minute(a in spans(), b in spans()) {
            let (ma, mb) = (merged(a.clone()), merged(b.clone()));
            prop_assert!(ma.windows(2).all(|pair| pair[0].to < pair[1].from));
            let (left, both) = (without(&ma, &mb), shared(&ma, &mb));
            for minute in 0..260 {
                prop_assert_eq!(holds(&ma, minute), holds(&a, minute));
                prop_assert_eq!(holds(&left, minute), holds(&a, minute) && !holds(&b, minute));
                prop_assert_eq!(holds(&both, minute), holds(&a, minute) && holds(&b, minute));
            }
            let people = [Person { works: a.clone(), busy: b.clone() }];
            let found = slots(&people, Duration::minutes(7), Duration::minutes(5), Duration::zero(), Tz::UTC);
            for from in (0..260).step_by(5) {
                let fits = (from..from + 7).all(|minute| holds(&a, minute) && !holds(&b, minute));
                prop_assert_eq!(found.contains(&Span::new(at(from), at(from + 7))), fits);
            }
        }
    }
}
