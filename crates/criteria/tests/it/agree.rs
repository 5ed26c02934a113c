//! Random things and random criteria: memory, SQLite and PostgreSQL find the same, and every thing satisfies a criteria or its `not`.
//!
//! `CRM_CRITERIA_CASES` says how many criteria are tried (4 000 unless told otherwise), each against 24 things.

use chrono_tz::Tz;
use criteria::{Criteria, Field, Kind, Moment, Op, Schema};
use kernel::clock;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value as Json, json};

use crate::stage::Stage;
use crate::things::{Thing, schema};

const THINGS: usize = 24;
const CRITERIA: usize = 40;

const ZONES: [Tz; 9] = [
    Tz::Europe__Istanbul,
    Tz::Europe__Berlin,
    Tz::UTC,
    Tz::America__Sao_Paulo,
    Tz::Pacific__Apia,
    Tz::Africa__Cairo,
    Tz::Asia__Kathmandu,
    Tz::Australia__Lord_Howe,
    Tz::America__New_York,
];

/// Days at which something happens: ends of months and years, 29 February, clocks that change.
const DAYS: [&str; 26] = [
    "2026-03-05",
    "2026-03-04",
    "2026-02-28",
    "2026-03-01",
    "2024-02-29",
    "2024-02-28",
    "2024-03-01",
    "2028-02-29",
    "2000-02-29",
    "2001-02-28",
    "2025-12-31",
    "2026-01-01",
    "2026-12-31",
    "2027-01-01",
    "2026-03-29",
    "2026-10-25",
    "2026-03-31",
    "2026-01-31",
    "2026-04-30",
    "1999-12-31",
    "1981-03-05",
    "2011-12-30",
    "2026-04-24",
    "2018-11-04",
    "0001-01-01",
    "9999-12-31",
];

fn day() -> impl Strategy<Value = String> {
    let near = (0..800i64).prop_map(|days| clock::utc(1_740_000_000_000_000 + days * clock::DAY_US).date_naive().to_string());
    prop_oneof![3 => select(&DAYS[..]).prop_map(str::to_owned), 1 => near]
}

/// Times at and around the beginning of days in all the zones.
fn time() -> impl Strategy<Value = String> {
    let offset = prop_oneof![Just(-3i64), Just(0), Just(-1), Just(-2), Just(3), Just(-9), Just(12), -24..24i64];
    (day(), offset, -1..=1i64).prop_filter_map("within the years of RFC 3339", |(day, hours, us)| {
        let midnight = clock::parse_rfc3339(&format!("{day}T00:00:00Z"))?;
        let text = clock::rfc3339(midnight + hours * clock::HOUR_US + us);
        clock::parse_rfc3339(&text).map(|_| text)
    })
}

fn text() -> impl Strategy<Value = String> {
    let known = select(
        &[
            "a",
            "A",
            "ali",
            "ALİ",
            "Alı",
            "ali veli",
            "Veli  Ali",
            "İstanbul",
            "ISTANBUL",
            "ıst",
            "50%",
            "%",
            "_",
            "5_0",
            "\\",
            "a\\b",
            "ß",
            "ss",
            "ẞ",
            "\u{10ffff}",
            "a\u{10ffff}b",
            "\u{d7ff}x",
            "\u{e000}",
            "z",
            "zz",
            "'",
            "\"",
            "{\"a\":1}",
            "😀",
            "é",
            "e\u{301}",
            "ǅ",
            "Σίσυφος",
            "ς",
            "null",
            "true",
            "1",
            " ",
            " a",
            "a ",
            "[\"Ay\"]",
            "$",
            "?",
            "$1",
        ][..],
    );
    let any = proptest::string::string_regex("[a-cA-Cçıİ %_\\\\'\"$?]{1,4}").unwrap();
    let wild = "\\PC{1,3}";
    prop_oneof![6 => known.prop_map(str::to_owned), 3 => any, 1 => wild]
}

fn period(hours: bool) -> BoxedStrategy<String> {
    let units = if hours {
        &["h", "d", "w", "mo", "y"][..]
    } else {
        &["d", "w", "mo", "y"][..]
    };
    (prop_oneof![Just(1u32), Just(2), Just(12), 1..60u32], select(units))
        .prop_map(|(count, unit)| format!("{count}{unit}"))
        .boxed()
}

/// A value of the kind as it is stored: often missing, often empty.
fn stored(field: &Field) -> BoxedStrategy<Json> {
    let one: BoxedStrategy<Json> = match &field.kind {
        Kind::Text | Kind::Link => prop_oneof![1 => Just(json!("")), 9 => text().prop_map(Json::from)].boxed(),
        Kind::Choice(choices) | Kind::MultiChoice(choices) => {
            let values: Vec<String> = choices.iter().map(|choice| choice.value.to_string()).collect();
            select(values).prop_map(Json::from).boxed()
        }
        Kind::Date | Kind::Age => prop_oneof![1 => Just(json!("")), 9 => day().prop_map(Json::from)].boxed(),
        Kind::DateTime => time().prop_map(Json::from).boxed(),
        Kind::Number { .. } | Kind::Money => prop_oneof![8 => (-20..20i64).prop_map(|n| n * 5), 1 => Just(i64::MAX), 1 => Just(i64::MIN)]
            .prop_map(Json::from)
            .boxed(),
        Kind::Reference(_) => (1..5i64).prop_map(Json::from).boxed(),
        Kind::Bool => any::<bool>().prop_map(Json::from).boxed(),
    };
    let present = if field.is_many() {
        vec(one, 0..3).prop_map(Json::from).boxed()
    } else {
        one
    };
    prop_oneof![1 => Just(Json::Null), 4 => present].boxed()
}

fn thing(schema: &Schema) -> impl Strategy<Value = Thing> + use<> {
    let values: Vec<_> = schema
        .fields()
        .filter(|field| field.name != "age")
        .map(|field| (Just(field.name.to_string()), stored(field)))
        .collect();
    values.prop_map(|values| Thing(values.into_iter().collect()))
}

/// A value as it stands in a criteria about the field.
fn literal(field: &Field) -> BoxedStrategy<Json> {
    let hours = field.kind == Kind::DateTime;
    match &field.kind {
        Kind::Text | Kind::Link => {
            let folded = field.is_folded();
            text()
                .prop_filter("not empty", move |text| !folded || !kernel::text::fold(text).is_empty())
                .prop_map(Json::from)
                .boxed()
        }
        Kind::Choice(_) | Kind::MultiChoice(_) => select(field.choices().iter().map(|choice| choice.value.to_string()).collect::<Vec<_>>())
            .prop_map(Json::from)
            .boxed(),
        Kind::Date | Kind::DateTime => {
            let instant = if hours { time().boxed() } else { day().boxed() };
            prop_oneof![
                4 => day().prop_map(Json::from),
                2 => instant.prop_map(Json::from),
                1 => Just(json!("today")),
                1 => period(hours).prop_map(|period| json!({ "ago": period })),
                1 => period(hours).prop_map(|period| json!({ "in": period })),
            ]
            .boxed()
        }
        Kind::Number { decimals: 0 } => (-100..100i64).prop_map(Json::from).boxed(),
        Kind::Number { .. } => (-200..200i64).prop_map(|n| json!(n as f64 / 2.0)).boxed(),
        Kind::Money => (-100..100i64).prop_map(|n| json!(kernel::money::to_decimal(n))).boxed(),
        Kind::Age => prop_oneof![0..50i64, Just(200)].prop_map(Json::from).boxed(),
        Kind::Reference(_) => prop_oneof![3 => (1..5i64).prop_map(Json::from), 1 => Just(json!("me"))].boxed(),
        Kind::Bool => any::<bool>().prop_map(Json::from).boxed(),
    }
}

fn leaf(field: &Field) -> BoxedStrategy<Json> {
    let name = field.name.to_string();
    let one_of = field.operators().to_vec();
    let (one, many) = (literal(field), vec(literal(field), 1..4));
    let range = (literal(field), literal(field));
    let (hours, schema) = (field.kind == Kind::DateTime, schema());
    let period = period(hours);
    let window = prop_oneof![
        period.clone().prop_map(|period| json!({ "last": period })),
        period.clone().prop_map(|period| json!({ "next": period })),
        select(&["today", "this_week", "this_month", "last_month", "this_quarter", "ytd", "last_year"][..])
            .prop_map(|name| json!({ "calendar": name })),
    ];
    (select(one_of), one, many, range, period, window)
        .prop_filter_map(
            "an ordered range, at most a year for anniversaries",
            move |(op, one, many, (from, to), period, window)| {
                let value = match op {
                    Op::IsSet | Op::IsEmpty => return Some(json!({ "field": name, "op": op.name() })),
                    Op::In | Op::NotIn | Op::HasAny | Op::HasAll | Op::HasNone => json!(many),
                    Op::Between => json!([from, to]),
                    Op::InLast | Op::InNext => json!(period),
                    Op::Within | Op::AnniversaryIn => window,
                    _ => one,
                };
                let json = json!({ "field": name, "op": op.name(), "value": value });
                match Criteria::parse(&json, &schema) {
                    Ok(_) => Some(json),
                    Err(error) if error.code == "reversed" || op == Op::AnniversaryIn => None,
                    Err(error) => panic!("{json}: {error}"),
                }
            },
        )
        .boxed()
}

fn node(schema: &Schema) -> impl Strategy<Value = Json> + use<> {
    let leaves: Vec<_> = schema.fields().map(|field| leaf(field)).collect();
    let leaf = proptest::strategy::Union::new(leaves);
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(|nodes| json!({ "all": nodes })),
            vec(inner.clone(), 1..3).prop_map(|nodes| json!({ "any": nodes })),
            inner.prop_map(|node| json!({ "not": node })),
        ]
    })
}

fn moment() -> impl Strategy<Value = Moment> {
    let now = time().prop_filter_map("a year of our lives", |text| {
        let now_us = clock::parse_rfc3339(&text)?;
        ("1980".."2100").contains(&text.get(..4)?).then_some(now_us)
    });
    (now, select(&ZONES[..]), proptest::option::of(1..5i64)).prop_map(|(now_us, zone, me)| Moment { now_us, zone, me })
}

#[test]
fn the_three_readings_agree() {
    let tried: usize = std::env::var("CRM_CRITERIA_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(4_000);
    let mut stage = Stage::open();
    let schema = schema();
    let stage = std::cell::RefCell::new(&mut stage);
    let strategy = (vec(thing(&schema), THINGS), vec(node(&schema), CRITERIA), moment());
    let config = Config {
        cases: u32::try_from(tried.div_ceil(CRITERIA)).unwrap(),
        max_shrink_iters: 500,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&strategy, |(things, criteria, moment)| {
        let mut stage = stage.borrow_mut();
        stage.keep(&things);
        for json in criteria {
            let criteria = Criteria::parse(&json, &schema).map_err(|error| TestCaseError::fail(format!("{json}: {error}")))?;
            prop_assert_eq!(&Criteria::parse(&criteria.to_json(), &schema).unwrap(), &criteria);
            let complement = Criteria::Not(Box::new(criteria.clone()));
            let expected: Vec<i64> = (1i64..)
                .zip(&things)
                .filter(|(_, thing)| criteria.matches(*thing, &moment))
                .map(|(id, _)| id)
                .collect();
            let others: Vec<i64> = (1..=things.len() as i64).filter(|id| !expected.contains(id)).collect();
            for (dialect, criteria, expected) in stage
                .dialects()
                .into_iter()
                .flat_map(|dialect| [(dialect, &criteria, &expected), (dialect, &complement, &others)])
            {
                let found = stage.find(dialect, criteria, &moment);
                let apart = (1i64..).zip(&things).find(|(id, _)| found.contains(id) != expected.contains(id));
                if let Some((id, thing)) = apart {
                    let found = found.contains(&id);
                    return Err(TestCaseError::fail(format!(
                        "{dialect:?} says {found} at {moment:?}: {} of {thing:?}",
                        criteria.to_json()
                    )));
                }
            }
        }
        Ok(())
    });
    if let Err(error) = outcome {
        let text = error.to_string();
        panic!("{}", text.chars().take(6_000).collect::<String>());
    }
}

/// Whatever is sent, the parser answers; and what it takes it writes back and reads again.
#[test]
fn the_parser_survives_anything() {
    let schema = schema();
    let word = select(
        &[
            "all",
            "any",
            "not",
            "field",
            "op",
            "value",
            "name",
            "score",
            "born",
            "seen",
            "parts",
            "eq",
            "in",
            "between",
            "within",
            "in_last",
            "ago",
            "calendar",
            "today",
            "90d",
            "9999999999999d",
            "0d",
            "😀d",
            "",
            "me",
            "-1",
            "1e400",
            "2026-02-30",
            "+2026-1-1",
            "99999-01-01",
        ][..],
    );
    let atom = prop_oneof![
        word.prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<bool>().prop_map(Json::from),
        Just(Json::Null)
    ];
    let keys = select(&["all", "any", "not", "field", "op", "value", "ago", "in", "last", "calendar", "x"][..]);
    let object = move |inner: BoxedStrategy<Json>| {
        btree_set(keys.clone(), 0..4).prop_flat_map(move |keys| {
            let count = keys.len();
            (Just(keys), vec(inner.clone(), count))
                .prop_map(|(keys, values)| Json::Object(keys.into_iter().map(str::to_owned).zip(values).collect::<Map<_, _>>()))
        })
    };
    let json = atom.prop_recursive(12, 60, 4, move |inner| {
        prop_oneof![object(inner.clone().boxed()), vec(inner, 0..4).prop_map(Json::from)]
    });
    TestRunner::new(Config {
        cases: 4_000,
        failure_persistence: None,
        ..Config::default()
    })
    .run(&json, |json| {
        match Criteria::parse(&json, &schema) {
            Ok(criteria) => prop_assert_eq!(Criteria::parse(&criteria.to_json(), &schema).unwrap(), criteria),
            Err(error) => prop_assert!(!error.text.tr.is_empty() && !error.text.en.is_empty()),
        }
        Ok(())
    })
    .unwrap();
}
