//! What every operator means, case by case, the same in memory, on SQLite and on PostgreSQL.

use chrono_tz::Tz;
use criteria::{Criteria, Moment};
use kernel::clock;
use serde_json::{Value as Json, json};

use crate::stage::Stage;
use crate::things::Thing;

const ISTANBUL: Tz = Tz::Europe__Istanbul;
const BERLIN: Tz = Tz::Europe__Berlin;

/// A thing, and at a moment the tests it passes and those it does not.
struct Case {
    now: &'static str,
    zone: Tz,
    thing: Json,
    yes: Vec<Json>,
    no: Vec<Json>,
}

fn case(thing: Json, yes: &[(&str, &str, Json)], no: &[(&str, &str, Json)]) -> Case {
    at("2026-03-05T09:00:00Z", ISTANBUL, thing, yes, no)
}

fn at(now: &'static str, zone: Tz, thing: Json, yes: &[(&str, &str, Json)], no: &[(&str, &str, Json)]) -> Case {
    let tests = |tests: &[(&str, &str, Json)]| {
        let test = |(field, op, value): &(&str, &str, Json)| match value {
            Json::Null => json!({ "field": field, "op": op }),
            value => json!({ "field": field, "op": op, "value": value }),
        };
        tests.iter().map(test).collect()
    };
    Case {
        now,
        zone,
        thing,
        yes: tests(yes),
        no: tests(no),
    }
}

const NONE: Json = Json::Null;

#[rustfmt::skip]
fn cases() -> Vec<Case> {
    let period = |last: &str| json!({ "last": last });
    let next = |next: &str| json!({ "next": next });
    let calendar = |name: &str| json!({ "calendar": name });
    vec![
        // Text that is folded: case, the four letters i, diacritics and blanks do not matter.
        case(json!({"name": "İSTANBUL Işık  Ltd. Şti."}),
            &[("name", "eq", json!("istanbul ışık ltd. şti.")), ("name", "contains", json!("IŞIK")), ("name", "contains", json!("isik ltd")),
              ("name", "starts_with", json!("ıstan")), ("name", "ends_with", json!("STI.")), ("name", "in", json!(["x", "ISTANBUL ISIK LTD. STI."])),
              ("name", "ne", json!("ankara")), ("name", "not_in", json!(["ankara", "izmir"])), ("name", "is_set", NONE)],
            &[("name", "eq", json!("istanbul")), ("name", "contains", json!("isikltd")), ("name", "starts_with", json!("stan")), ("name", "ends_with", json!("sti")),
              ("name", "ne", json!("istanbul isik ltd. sti.")), ("name", "not_in", json!(["istanbul ışık ltd. şti."])), ("name", "is_empty", NONE)]),
        // Text that is not: every letter counts. LIKE's signs are letters like others.
        case(json!({"code": "A%b_c\\d"}),
            &[("code", "eq", json!("A%b_c\\d")), ("code", "contains", json!("%b_")), ("code", "contains", json!("c\\d")), ("code", "ends_with", json!("_c\\d")), ("code", "starts_with", json!("A%"))],
            &[("code", "eq", json!("a%b_c\\d")), ("code", "contains", json!("B")), ("code", "contains", json!("%c")), ("code", "contains", json!("b__")), ("code", "ends_with", json!("%d")),
              ("code", "ends_with", json!("xxA%b_c\\d")), ("code", "starts_with", json!("a")), ("code", "starts_with", json!("A_"))]),
        case(json!({"code": "\u{d7ff}\u{10ffff}z"}),
            &[("code", "starts_with", json!("\u{d7ff}")), ("code", "starts_with", json!("\u{d7ff}\u{10ffff}")), ("code", "ends_with", json!("\u{10ffff}z"))],
            &[("code", "starts_with", json!("\u{e000}")), ("code", "starts_with", json!("\u{d7fe}"))]),
        case(json!({"code": "\u{e000}a"}), &[("code", "starts_with", json!("\u{e000}"))], &[("code", "starts_with", json!("\u{d7ff}")), ("code", "starts_with", json!("\u{10ffff}"))]),
        // Missing: NULL, nothing, and for folded text what folds to nothing. Every comparison is false.
        case(json!({}),
            &[("name", "is_empty", NONE), ("score", "is_empty", NONE), ("born", "is_empty", NONE), ("active", "is_empty", NONE), ("owner", "is_empty", NONE), ("parts", "is_empty", NONE),
              ("parts", "has_none", json!(["Ay"])), ("tags", "is_empty", NONE), ("tags", "has_none", json!(["vip"])), ("custom.note", "is_empty", NONE), ("custom.likes", "has_none", json!(["Ay"])), ("age", "is_empty", NONE)],
            &[("name", "ne", json!("x")), ("name", "not_in", json!(["x"])), ("name", "contains", json!("x")), ("score", "ne", json!(1)), ("score", "lt", json!(1)), ("score", "not_in", json!([1])),
              ("born", "before", json!("2030-01-01")), ("born", "ne", json!("2030-01-01")), ("born", "anniversary_in", calendar("today")), ("age", "lt", json!(50)), ("age", "ne", json!(50)), ("active", "ne", json!(true)), ("active", "eq", json!(false)),
              ("owner", "ne", json!(1)), ("owner", "ne", json!("me")), ("tags", "ne", json!("vip")), ("tags", "not_in", json!(["vip"])), ("custom.note", "ne", json!("x")), ("custom.level", "lte", json!(5)), ("custom.ok", "ne", json!(true)),
              ("seen", "in_last", json!("100y")), ("days", "is_set", NONE)]),
        case(json!({"name": " \u{301} ", "code": "", "born": "", "size": "", "tags": [" "], "emails": ["", ""], "custom.note": "", "custom.due": "", "custom.color": "", "parts": [], "days": [""]}),
            &[("name", "is_empty", NONE), ("code", "is_empty", NONE), ("born", "is_empty", NONE), ("size", "is_empty", NONE), ("tags", "is_empty", NONE), ("emails", "is_empty", NONE),
              ("custom.note", "is_empty", NONE), ("custom.due", "is_empty", NONE), ("custom.color", "is_empty", NONE), ("parts", "is_empty", NONE), ("days", "is_empty", NONE)],
            &[("name", "ne", json!("x")), ("code", "ne", json!("x")), ("born", "lt", json!("2026-01-01")), ("born", "lte", json!("today")), ("age", "gte", json!(0)), ("age", "gt", json!(18)), ("born", "anniversary_in", next("1y")),
              ("size", "ne", json!("s")), ("emails", "ne", json!("x")), ("custom.due", "lt", json!("2026-01-01")), ("custom.color", "not_in", json!(["s"])), ("days", "before", json!("2026-01-01"))]),
        // A single blank is a text where texts are not folded.
        case(json!({"code": " ", "emails": [" "]}), &[("code", "is_set", NONE), ("code", "eq", json!(" ")), ("emails", "is_set", NONE)], &[("code", "eq", json!("  "))]),
        // Numbers: to the last decimal.
        case(json!({"score": 0, "ratio": 1250, "revenue": -50}),
            &[("score", "eq", json!(0)), ("score", "is_set", NONE), ("score", "lt", json!(1)), ("score", "gte", json!("0")), ("score", "between", json!([-1, 0])), ("ratio", "eq", json!(12.5)), ("ratio", "gt", json!("12.49")), ("ratio", "in", json!([1, 12.5])),
              ("revenue", "lt", json!("-0.49")), ("revenue", "lte", json!("-0.50")), ("revenue", "ne", json!("0.50")), ("score", "gt", json!(-9223372036854775807i64)), ("score", "lt", json!(9223372036854775807i64))],
            &[("score", "gt", json!(0)), ("score", "ne", json!(0)), ("ratio", "lt", json!("12.5")), ("ratio", "not_in", json!(["12.50"])), ("revenue", "gt", json!("-0.50")), ("revenue", "between", json!(["0", "1"])),
              ("score", "gt", json!(9223372036854775807i64)), ("score", "lt", json!(-9223372036854775807i64))]),
        case(json!({"score": i64::MAX, "revenue": i64::MIN}),
            &[("score", "gte", json!(i64::MAX)), ("score", "lte", json!(i64::MAX)), ("revenue", "lt", json!("-92233720368547758.07"))],
            &[("score", "gt", json!(i64::MAX)), ("score", "ne", json!(i64::MAX))]),
        // Choices, yes and no, references.
        case(json!({"size": "m", "active": false, "owner": 7}),
            &[("size", "eq", json!("m")), ("size", "in", json!(["s", "m"])), ("size", "ne", json!("l")), ("active", "eq", json!(false)), ("active", "ne", json!(true)), ("active", "is_set", NONE), ("owner", "eq", json!("me")), ("owner", "in", json!([1, "me"])), ("owner", "ne", json!(8))],
            &[("size", "not_in", json!(["m"])), ("active", "eq", json!(true)), ("owner", "ne", json!("me")), ("owner", "not_in", json!([8, 7]))]),
        // Several choices in a JSON array.
        case(json!({"parts": ["Ay", "o'\"x"], "custom.likes": ["gün ışığı"], "langs": ["Ay"]}),
            &[("parts", "has_any", json!(["gün ışığı", "Ay"])), ("parts", "has_all", json!(["o'\"x", "Ay"])), ("parts", "has_none", json!(["gün ışığı"])), ("parts", "is_set", NONE), ("custom.likes", "has_all", json!(["gün ışığı"])), ("custom.likes", "is_set", NONE), ("langs", "has_any", json!(["Ay"]))],
            &[("parts", "has_all", json!(["Ay", "gün ışığı"])), ("parts", "has_none", json!(["o'\"x"])), ("custom.likes", "has_any", json!(["Ay", "o'\"x"])), ("parts", "is_empty", NONE), ("langs", "has_none", json!(["Ay"])), ("langs", "has_any", json!(["gün ışığı"]))]),
        // Many values: one that satisfies is enough; `ne` and `not_in` want none that is it.
        case(json!({"tags": ["VIP", "Altın Üye"], "emails": ["a@x.tr", "b@y.tr"], "marks": [5, 95], "visits": ["2026-03-05T20:59:59.999999Z"], "days": ["2026-02-28", "2020-01-01"], "friends": [3, 7]}),
            &[("tags", "has_any", json!(["vıp", "x"])), ("tags", "has_all", json!(["altin uye", "vip"])), ("tags", "has_none", json!(["gümüş"])), ("tags", "eq", json!("vip")), ("tags", "ne", json!("x")), ("tags", "contains", json!("tın")), ("tags", "starts_with", json!("altı")),
              ("emails", "ends_with", json!("@y.tr")), ("emails", "not_in", json!(["c@x.tr"])), ("emails", "has_all", json!(["a@x.tr", "b@y.tr"])), ("marks", "lt", json!(1)), ("marks", "gt", json!(9)), ("marks", "between", json!([0.5, 0.5])),
              ("visits", "within", calendar("today")), ("days", "in_last", json!("7d")), ("days", "anniversary_in", period("1y")), ("friends", "has_all", json!(["me", 3]))],
            &[("tags", "ne", json!("vip")), ("tags", "not_in", json!(["x", "altın üye"])), ("tags", "has_none", json!(["vip"])), ("tags", "has_all", json!(["vip", "x"])), ("tags", "is_empty", NONE), ("emails", "contains", json!("A@")), ("emails", "eq", json!("vip")),
              ("marks", "between", json!([1, 9])), ("marks", "ne", json!(0.5)), ("visits", "gt", json!("today")), ("days", "in_last", json!("5d")), ("friends", "has_none", json!(["me"]))]),
        // Custom fields.
        case(json!({"custom.note": "Çok İYİ", "custom.level": 25, "custom.fee": 1050, "custom.due": "2026-03-31", "custom.at": "2026-03-05T10:00:00Z", "custom.color": "l", "custom.ok": true, "custom.boss": 7, "custom.since": "2000-03-05", "custom.page": "https://İstanbul.example/A", "custom.2024 \"it's\" $.x": "Evet"}),
            &[("custom.note", "contains", json!("cok ıyı")), ("custom.note", "starts_with", json!("COK")), ("custom.level", "eq", json!(2.5)), ("custom.level", "between", json!([2, 3])), ("custom.fee", "gt", json!("10.49")), ("custom.due", "within", calendar("this_month")), ("custom.due", "in_next", json!("27d")),
              ("custom.at", "in_last", json!("1d")), ("custom.at", "in_next", json!("2h")), ("custom.color", "eq", json!("l")), ("custom.ok", "eq", json!(true)), ("custom.boss", "eq", json!("me")), ("custom.since", "eq", json!(26)), ("custom.since", "is_set", NONE), ("custom.page", "contains", json!("istanbul.EXAMPLE/a")),
              ("custom.2024 \"it's\" $.x", "eq", json!("EVET"))],
            &[("custom.note", "eq", json!("çok")), ("custom.level", "gt", json!(2.5)), ("custom.due", "in_next", json!("26d")), ("custom.at", "in_next", json!("1h")), ("custom.ok", "ne", json!(true)), ("custom.since", "gt", json!(26)), ("custom.due", "anniversary_in", calendar("this_month")), ("custom.due", "anniversary_in", next("1y"))]),
        // A value of another kind than the field's is as good as none.
        case(json!({"custom.note": "x", "custom.level": "25", "custom.ok": "true", "custom.likes": "Ay", "custom.fee": true, "custom.due": 2026}),
            &[("custom.due", "is_empty", NONE), ("custom.level", "is_empty", NONE), ("custom.ok", "is_empty", NONE), ("custom.likes", "is_empty", NONE), ("custom.fee", "is_empty", NONE), ("custom.likes", "has_none", json!(["Ay"]))],
            &[("custom.level", "gt", json!(0)), ("custom.level", "eq", json!(2.5)), ("custom.ok", "eq", json!(true)), ("custom.likes", "has_any", json!(["Ay"])), ("custom.fee", "ne", json!(0))]),

        // Dates. A day is itself; relative ones are counted from the local today, which in Istanbul begins at 21:00 UTC.
        at("2026-03-04T21:00:00Z", ISTANBUL, json!({"born": "2026-03-05"}),
            &[("born", "eq", json!("today")), ("born", "within", calendar("today")), ("born", "lte", json!("today")), ("born", "gte", json!({"ago": "1d"})), ("born", "before", json!({"in": "1d"})), ("born", "in_last", json!("1d")), ("born", "in_next", json!("1d")), ("born", "in", json!(["2020-01-01", "today"]))],
            &[("born", "before", json!("today")), ("born", "after", json!("today")), ("born", "ne", json!("2026-03-05")), ("born", "not_in", json!(["today"]))]),
        at("2026-03-04T20:59:59Z", ISTANBUL, json!({"born": "2026-03-05"}),
            &[("born", "gt", json!("today")), ("born", "eq", json!({"in": "1d"})), ("born", "in_next", json!("2d"))],
            &[("born", "eq", json!("today")), ("born", "in_last", json!("1d")), ("born", "in_next", json!("1d"))]),
        // in_last N days is (today − N, today], in_next N days is [today, today + N).
        at("2026-03-31T12:00:00Z", ISTANBUL, json!({"born": "2026-03-02", "days": ["2026-03-01"]}),
            &[("born", "in_last", json!("30d")), ("days", "in_last", json!("31d")), ("born", "in_last", json!("5w"))],
            &[("born", "in_last", json!("29d")), ("days", "in_last", json!("30d")), ("born", "in_next", json!("30d"))]),
        // A month before 31 March is 28 February: the days after it count.
        at("2026-03-31T12:00:00Z", ISTANBUL, json!({"born": "2026-03-01", "days": ["2026-02-28"]}),
            &[("born", "in_last", json!("1mo")), ("days", "eq", json!({"ago": "1mo"})), ("days", "in_last", json!("2mo"))],
            &[("days", "in_last", json!("1mo")), ("born", "eq", json!({"ago": "1mo"}))]),
        at("2026-01-31T12:00:00Z", ISTANBUL, json!({"born": "2026-02-27", "days": ["2026-02-28"]}),
            &[("born", "in_next", json!("1mo")), ("days", "eq", json!({"in": "1mo"}))], &[("days", "in_next", json!("1mo"))]),
        at("2024-02-29T12:00:00Z", ISTANBUL, json!({"born": "2025-02-28", "days": ["2023-02-28"]}),
            &[("born", "eq", json!({"in": "1y"})), ("days", "eq", json!({"ago": "12mo"})), ("born", "in_next", json!("13mo"))],
            &[("born", "in_next", json!("1y")), ("days", "in_last", json!("1y"))]),
        // The calendar around a year's end. 1 January 2027 is a Friday.
        at("2027-01-01T00:30:00Z", ISTANBUL, json!({"born": "2026-12-31", "days": ["2026-12-28"], "custom.due": "2027-01-03"}),
            &[("born", "within", calendar("last_month")), ("born", "within", calendar("last_year")), ("born", "within", calendar("this_week")), ("days", "within", calendar("this_week")), ("custom.due", "within", calendar("this_week")), ("custom.due", "within", calendar("this_quarter")), ("born", "within", period("2d")), ("custom.due", "within", next("3d"))],
            &[("born", "within", calendar("ytd")), ("born", "within", calendar("this_month")), ("custom.due", "within", calendar("ytd")), ("born", "within", calendar("this_quarter")), ("born", "within", calendar("today")), ("custom.due", "within", next("2d"))]),
        at("2026-12-31T21:00:00Z", ISTANBUL, json!({"born": "2027-01-01"}), &[("born", "within", calendar("ytd")), ("born", "eq", json!("today"))], &[("born", "within", calendar("last_year"))]),
        at("2026-12-31T21:00:00Z", Tz::UTC, json!({"born": "2026-12-31"}), &[("born", "within", calendar("this_month")), ("born", "eq", json!("today"))], &[("born", "within", calendar("last_year"))]),
        // The edges of the calendar.
        case(json!({"born": "9999-12-31", "days": ["0001-01-01"]}),
            &[("born", "gte", json!("9999-12-31")), ("born", "lte", json!("9999-12-31")), ("born", "is_set", NONE), ("days", "lte", json!("0001-01-01")), ("days", "before", json!("0001-01-02")), ("age", "lt", json!(1))],
            &[("born", "gt", json!("9999-12-31")), ("born", "ne", json!("9999-12-31")), ("days", "lt", json!("0001-01-01")), ("age", "gte", json!(0))]),

        // Times. A day stands for all of it.
        at("2026-03-05T09:00:00Z", ISTANBUL, json!({"seen": "2026-03-05T20:59:59.999999Z"}),
            &[("seen", "eq", json!("2026-03-05")), ("seen", "eq", json!("today")), ("seen", "lte", json!("2026-03-05")), ("seen", "gte", json!("2026-03-05")), ("seen", "between", json!(["2026-03-01", "2026-03-05"])), ("seen", "before", json!("2026-03-06")), ("seen", "in_last", json!("1d")), ("seen", "within", calendar("today")), ("seen", "eq", json!("2026-03-05T23:59:59.999999+03:00"))],
            &[("seen", "gt", json!("2026-03-05")), ("seen", "after", json!("today")), ("seen", "lt", json!("2026-03-05")), ("seen", "ne", json!("2026-03-05")), ("seen", "eq", json!("2026-03-05T20:59:59Z")), ("seen", "lte", json!("2026-03-05T20:59:59Z")), ("seen", "in_next", json!("11h"))]),
        at("2026-03-05T09:00:00Z", ISTANBUL, json!({"seen": "2026-03-05T21:00:00Z"}),
            &[("seen", "gt", json!("2026-03-05")), ("seen", "eq", json!("2026-03-06")), ("seen", "in_next", json!("2d"))],
            &[("seen", "lte", json!("2026-03-05")), ("seen", "between", json!(["2026-03-01", "2026-03-05"])), ("seen", "within", calendar("today")), ("seen", "in_next", json!("1d"))]),
        // Hours are counted from now: (now − 6h, now] and [now, now + 6h).
        at("2026-03-05T09:00:00Z", ISTANBUL, json!({"seen": "2026-03-05T03:00:00Z", "visits": ["2026-03-05T09:00:00Z"]}),
            &[("seen", "lte", json!({"ago": "6h"})), ("seen", "in_last", json!("7h")), ("visits", "in_last", json!("1h")), ("visits", "in_next", json!("1h")), ("visits", "eq", json!("2026-03-05T12:00:00+03:00"))],
            &[("seen", "in_last", json!("6h")), ("seen", "gt", json!({"ago": "6h"})), ("visits", "after", json!("2026-03-05T09:00:00Z")), ("visits", "gte", json!({"in": "1h"}))]),
        // Berlin, the day with 23 hours (29 March 2026): it ends at 22:00 UTC, having begun at 23:00.
        at("2026-03-29T12:00:00Z", BERLIN, json!({"seen": "2026-03-28T23:00:00Z", "visits": ["2026-03-29T21:59:59.999999Z"], "custom.at": "2026-03-29T22:00:00Z"}),
            &[("seen", "eq", json!("today")), ("visits", "eq", json!("today")), ("visits", "in_last", json!("1d")), ("custom.at", "gt", json!("today")), ("custom.at", "eq", json!("2026-03-30"))],
            &[("custom.at", "eq", json!("today")), ("seen", "lt", json!("today")), ("custom.at", "in_next", json!("1d"))]),
        // The day with 25 hours (25 October 2026): from 22:00 UTC to 23:00.
        at("2026-10-25T12:00:00Z", BERLIN, json!({"seen": "2026-10-24T22:00:00Z", "visits": ["2026-10-25T22:59:59Z"], "custom.at": "2026-10-25T23:00:00Z"}),
            &[("seen", "eq", json!("today")), ("visits", "eq", json!("today")), ("custom.at", "eq", json!({"in": "1d"}))], &[("custom.at", "eq", json!("today")), ("visits", "after", json!("today"))]),
        // Cairo leaps over midnight: 24 April 2026 begins at 01:00. Apia had no 30 December 2011 at all.
        at("2026-04-24T12:00:00Z", Tz::Africa__Cairo, json!({"seen": "2026-04-23T22:00:00Z", "visits": ["2026-04-23T21:59:59Z"]}),
            &[("seen", "eq", json!("2026-04-24")), ("visits", "eq", json!("2026-04-23"))], &[("seen", "eq", json!("2026-04-23")), ("visits", "gte", json!("2026-04-24"))]),
        at("2011-12-31T12:00:00Z", Tz::Pacific__Apia, json!({"seen": "2011-12-30T10:00:00Z", "visits": ["2011-12-30T09:59:59Z"]}),
            &[("seen", "eq", json!("2011-12-31")), ("visits", "eq", json!("2011-12-29"))], &[("seen", "eq", json!("2011-12-30")), ("visits", "eq", json!("2011-12-30")), ("seen", "lt", json!("2011-12-30"))]),

        // Ages: whole years on the local day.
        at("2026-03-04T21:00:00Z", ISTANBUL, json!({"born": "2001-03-05", "ages": ["2010-03-06", "2020-03-04"]}),
            &[("age", "eq", json!(25)), ("age", "gte", json!(25)), ("age", "lte", json!(25)), ("age", "between", json!([25, 45])), ("age", "in", json!([24, 25])), ("age", "gt", json!(24)), ("age", "lt", json!(26)), ("age", "ne", json!(24)), ("ages", "eq", json!(15)), ("ages", "in", json!([6])), ("ages", "not_in", json!([16, 5]))],
            &[("age", "eq", json!(24)), ("age", "gt", json!(25)), ("age", "lt", json!(25)), ("age", "not_in", json!([25])), ("ages", "eq", json!(16))]),
        at("2026-03-04T20:59:59Z", ISTANBUL, json!({"born": "2001-03-05"}), &[("age", "eq", json!(24))], &[("age", "gte", json!(25))]),
        // Born on 29 February: a year older on 28 February of a common year, on 29 February of a leap year.
        at("2026-02-28T12:00:00Z", ISTANBUL, json!({"born": "2000-02-29"}), &[("age", "eq", json!(26)), ("age", "gte", json!(26))], &[("age", "eq", json!(25))]),
        at("2026-02-27T12:00:00Z", ISTANBUL, json!({"born": "2000-02-29"}), &[("age", "eq", json!(25))], &[("age", "gte", json!(26))]),
        at("2028-02-28T12:00:00Z", ISTANBUL, json!({"born": "2000-02-29"}), &[("age", "eq", json!(27))], &[("age", "gte", json!(28))]),
        at("2028-02-29T12:00:00Z", ISTANBUL, json!({"born": "2000-02-29", "ages": ["2001-02-28", "2001-03-01"]}), &[("age", "eq", json!(28)), ("ages", "eq", json!(27)), ("ages", "eq", json!(26))], &[("age", "lt", json!(28))]),
        // Who is not yet born is younger than any age.
        case(json!({"born": "2026-03-06", "ages": ["2026-03-05"]}),
            &[("age", "lt", json!(1)), ("age", "lt", json!(0)), ("age", "ne", json!(0)), ("age", "is_set", NONE), ("ages", "eq", json!(0)), ("ages", "gte", json!(0))],
            &[("age", "gte", json!(0)), ("age", "eq", json!(0)), ("ages", "gt", json!(0)), ("ages", "lt", json!(0))]),

        // Anniversaries.
        at("2026-12-29T12:00:00Z", ISTANBUL, json!({"born": "1990-01-02", "days": ["1990-12-29"]}),
            &[("born", "anniversary_in", next("5d")), ("days", "anniversary_in", next("1d")), ("days", "anniversary_in", calendar("today")), ("days", "anniversary_in", calendar("this_month")), ("born", "anniversary_in", period("1y")), ("born", "anniversary_in", calendar("ytd"))],
            &[("born", "anniversary_in", next("4d")), ("born", "anniversary_in", calendar("this_month")), ("days", "anniversary_in", calendar("last_month"))]),
        // 29 February has its anniversary on 28 February of a common year.
        at("2026-02-28T12:00:00Z", ISTANBUL, json!({"born": "2000-02-29"}), &[("born", "anniversary_in", calendar("today")), ("born", "anniversary_in", next("1d")), ("born", "anniversary_in", period("1d"))], &[]),
        at("2026-03-01T12:00:00Z", ISTANBUL, json!({"born": "2000-02-29"}), &[("born", "anniversary_in", period("2d"))], &[("born", "anniversary_in", calendar("today")), ("born", "anniversary_in", calendar("this_month"))]),
        at("2028-02-28T12:00:00Z", ISTANBUL, json!({"born": "2000-02-29"}), &[("born", "anniversary_in", next("2d")), ("born", "anniversary_in", calendar("this_month"))], &[("born", "anniversary_in", calendar("today"))]),
        at("2028-02-29T12:00:00Z", ISTANBUL, json!({"born": "2000-02-29", "days": ["2001-02-28"]}), &[("born", "anniversary_in", calendar("today"))], &[("days", "anniversary_in", calendar("today"))]),
        // The day itself is no anniversary yet, nor is one that has not come.
        at("2026-03-05T12:00:00Z", ISTANBUL, json!({"born": "2026-03-05", "days": ["2030-03-05"]}), &[],
            &[("born", "anniversary_in", calendar("today")), ("born", "anniversary_in", next("1y")), ("days", "anniversary_in", calendar("today"))]),
        at("2026-03-05T12:00:00Z", ISTANBUL, json!({"born": "2025-03-05"}), &[("born", "anniversary_in", calendar("today"))], &[]),
    ]
}

#[test]
fn every_operator_means_what_is_written_here() {
    let mut stage = Stage::open();
    let cases = cases();
    let things: Vec<Thing> = cases.iter().map(|case| Thing::of(case.thing.clone())).collect();
    stage.keep(&things);
    let mut wrong = Vec::new();
    for ((case, thing), id) in cases.iter().zip(&things).zip(1i64..) {
        let moment = Moment {
            now_us: clock::parse_rfc3339(case.now).unwrap(),
            zone: case.zone,
            me: Some(7),
        };
        let tests = case
            .yes
            .iter()
            .map(|test| (test, true))
            .chain(case.no.iter().map(|test| (test, false)));
        for (test, expected) in tests {
            let criteria = Criteria::parse(test, &stage.schema).unwrap_or_else(|error| panic!("{test}: {error}"));
            let complement = Criteria::Not(Box::new(criteria.clone()));
            for (criteria, expected) in [(&criteria, expected), (&complement, !expected)] {
                let mut readings = vec![("memory", criteria.matches(thing, &moment))];
                for dialect in stage.dialects() {
                    readings.push((dialect.name(), stage.find(dialect, criteria, &moment).contains(&id)));
                }
                for (reading, answer) in readings {
                    if answer != expected {
                        wrong.push(format!(
                            "{reading} at {} in {}: {} of {} should be {expected}",
                            case.now,
                            case.zone,
                            criteria.to_json(),
                            case.thing
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn without_me_nothing_is_mine() {
    let mut stage = Stage::open();
    let thing = Thing::of(json!({"owner": 7}));
    stage.keep(std::slice::from_ref(&thing));
    let moment = Moment {
        now_us: 0,
        zone: ISTANBUL,
        me: None,
    };
    for (op, value, expected) in [
        ("eq", json!("me"), false),
        ("ne", json!("me"), true),
        ("in", json!(["me", 7]), true),
        ("not_in", json!(["me"]), true),
    ] {
        let criteria = Criteria::parse(&json!({"field": "owner", "op": op, "value": value}), &stage.schema).unwrap();
        assert_eq!(criteria.matches(&thing, &moment), expected, "{op}");
        for dialect in stage.dialects() {
            assert_eq!(
                stage.find(dialect, &criteria, &moment).len(),
                usize::from(expected),
                "{op} on {dialect:?}"
            );
        }
    }
}
