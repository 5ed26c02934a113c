//! What is read, what is refused and in which words, and the spelling in a URL.

use criteria::{Criteria, Error, MAX_BYTES, Moment};
use serde_json::{Value as Json, json};

use crate::stage::Stage;
use crate::things::schema;

fn refused(json: Json) -> Error {
    Criteria::parse(&json, &schema()).expect_err(&json.to_string())
}

fn query(pairs: &[(&str, &str)]) -> Result<Json, Error> {
    Criteria::from_query(pairs.iter().copied(), &["page", "ordering"], &schema()).map(|criteria| criteria.to_json())
}

#[test]
fn what_is_read_is_written_back() {
    for json in [
        json!({"all": []}),
        json!({"any": [{"field": "name", "op": "contains", "value": "Işık"}, {"not": {"field": "active", "op": "eq", "value": true}}]}),
        json!({"field": "revenue", "op": "between", "value": ["-1.50", "1000.00"]}),
        json!({"field": "ratio", "op": "in", "value": ["1.00", "2.50"]}),
        json!({"field": "score", "op": "gte", "value": 3}),
        json!({"field": "seen", "op": "between", "value": [{"ago": "6h"}, {"in": "2w"}]}),
        json!({"field": "seen", "op": "gt", "value": "2026-03-05T11:30:00.000000Z"}),
        json!({"field": "born", "op": "anniversary_in", "value": {"next": "7d"}}),
        json!({"field": "born", "op": "within", "value": {"calendar": "this_quarter"}}),
        json!({"field": "born", "op": "in_last", "value": "12mo"}),
        json!({"field": "parts", "op": "has_all", "value": ["Ay"]}),
        json!({"field": "owner", "op": "not_in", "value": ["me", 4]}),
        json!({"field": "custom.note", "op": "is_empty"}),
    ] {
        assert_eq!(Criteria::parse(&json, &schema()).unwrap().to_json(), json);
    }
    // Other spellings of the same.
    let same = |given: Json, canonical: Json| assert_eq!(Criteria::parse(&given, &schema()).unwrap().to_json(), canonical);
    same(
        json!({"field": "thing.score", "op": "eq", "value": "7"}),
        json!({"field": "score", "op": "eq", "value": 7}),
    );
    same(
        json!({"field": "revenue", "op": "eq", "value": 7.5}),
        json!({"field": "revenue", "op": "eq", "value": "7.50"}),
    );
    same(
        json!({"field": "name", "op": "is_set", "value": null}),
        json!({"field": "name", "op": "is_set"}),
    );
}

#[test]
fn a_refusal_says_where_and_what_would_be_right() {
    let error =
        refused(json!({"all": [{"field": "name", "op": "is_set"}, {"any": [{"not": {"field": "scroe", "op": "eq", "value": 1}}]}]}));
    assert_eq!((error.path.as_str(), error.code), ("all[1].any[0].not.field", "unknown_field"));
    assert_eq!(error.text.tr, "\"scroe\" diye bir alan yok. \"score\" mi demek istediniz?");
    assert_eq!(error.text.en, "There is no field \"scroe\". Did you mean \"score\"?");

    let error = refused(json!({"field": "size", "op": "gt", "value": "m"}));
    assert_eq!((error.path.as_str(), error.code), ("op", "wrong_operator"));
    assert_eq!(
        error.text.en,
        "The field \"size\" has no operator \"gt\". Its operators are: eq, ne, in, not_in, is_set, is_empty."
    );

    for (path, code, json) in [
        ("", "wrong_shape", json!({})),
        ("", "wrong_shape", json!([])),
        ("", "wrong_shape", json!({"all": [], "any": []})),
        ("", "unknown_key", json!({"and": []})),
        ("", "unknown_key", json!({"field": "name", "op": "is_set", "valu": 1})),
        ("", "unknown_key", json!({"field": "name", "op": "is_set", "all": []})),
        ("all", "wrong_shape", json!({"all": {}})),
        ("any", "empty", json!({"any": []})),
        ("all[0]", "wrong_shape", json!({"all": ["x"]})),
        ("field", "wrong_shape", json!({"field": 3, "op": "eq"})),
        ("op", "wrong_shape", json!({"field": "name"})),
        ("value", "wrong_value", json!({"field": "name", "op": "is_set", "value": true})),
        ("value", "wrong_value", json!({"field": "name", "op": "eq"})),
        ("value", "wrong_value", json!({"field": "name", "op": "eq", "value": " "})),
        ("value", "wrong_value", json!({"field": "code", "op": "eq", "value": ""})),
        ("value", "wrong_value", json!({"field": "code", "op": "eq", "value": "a\0"})),
        (
            "value",
            "wrong_value",
            json!({"field": "code", "op": "eq", "value": "x".repeat(501)}),
        ),
        ("value", "wrong_value", json!({"field": "score", "op": "eq", "value": 1.5})),
        ("value", "wrong_value", json!({"field": "revenue", "op": "eq", "value": "1.234"})),
        ("value", "wrong_value", json!({"field": "revenue", "op": "eq", "value": "1,5"})),
        (
            "value",
            "wrong_value",
            json!({"field": "revenue", "op": "eq", "value": "99999999999999999999"}),
        ),
        ("value", "wrong_value", json!({"field": "age", "op": "eq", "value": -1})),
        ("value", "wrong_value", json!({"field": "born", "op": "eq", "value": "2026-02-29"})),
        ("value", "wrong_value", json!({"field": "born", "op": "eq", "value": "2026-3-5"})),
        (
            "value",
            "wrong_value",
            json!({"field": "born", "op": "eq", "value": "2026-03-05T00:00:00Z"}),
        ),
        ("value", "wrong_value", json!({"field": "born", "op": "gt", "value": {"ago": "6h"}})),
        ("value", "wrong_value", json!({"field": "born", "op": "in_last", "value": "6h"})),
        ("value", "wrong_value", json!({"field": "born", "op": "in_last", "value": "101y"})),
        ("value", "wrong_value", json!({"field": "born", "op": "in_last", "value": "0d"})),
        (
            "value",
            "wrong_value",
            json!({"field": "born", "op": "anniversary_in", "value": {"next": "2y"}}),
        ),
        (
            "value",
            "wrong_value",
            json!({"field": "born", "op": "within", "value": {"calendar": "this_yaer"}}),
        ),
        ("value", "reversed", json!({"field": "score", "op": "between", "value": [2, 1]})),
        (
            "value[1]",
            "wrong_value",
            json!({"field": "score", "op": "between", "value": [2, "x"]}),
        ),
        ("value", "wrong_value", json!({"field": "score", "op": "in", "value": []})),
        (
            "value[1]",
            "wrong_value",
            json!({"field": "size", "op": "in", "value": ["s", "sm"]}),
        ),
        ("value", "wrong_value", json!({"field": "active", "op": "eq", "value": "true"})),
        ("value", "wrong_value", json!({"field": "owner", "op": "eq", "value": "you"})),
        (
            "value",
            "too_many_values",
            json!({"field": "score", "op": "in", "value": vec![1; 1_001]}),
        ),
        (
            "value",
            "too_many_values",
            json!({"field": "tags", "op": "has_all", "value": vec!["x"; 51]}),
        ),
        (
            "all[5].value",
            "too_many_values",
            json!({"all": vec![json!({"field": "score", "op": "in", "value": vec![1; 1_000]}); 6]}),
        ),
        (
            "all",
            "too_many",
            json!({"all": vec![json!({"field": "name", "op": "is_set"}); 101]}),
        ),
        (
            "all[1].any[49]",
            "too_many",
            json!({"all": [{"any": vec![json!({"field": "name", "op": "is_set"}); 51]}, {"any": vec![json!({"field": "name", "op": "is_set"}); 51]}]}),
        ),
    ] {
        let error = refused(json.clone());
        assert_eq!((error.path.as_str(), error.code), (path, code), "{json}: {error}");
        assert_ne!(error.text.tr, error.text.en);
    }
    let error = refused(json!({"field": "size", "op": "eq", "value": "sm"}));
    assert_eq!(error.text.en, "Did you mean \"m\"? Needs one of: s, m, l.");
}

#[test]
fn what_is_too_deep_or_too_long_is_refused_at_once() {
    let nested = |depth: usize| {
        format!(
            "{}{{\"field\":\"name\",\"op\":\"is_set\"}}{}",
            "{\"not\":".repeat(depth),
            "}".repeat(depth)
        )
    };
    assert!(Criteria::parse_text(&nested(7), &schema()).is_ok());
    assert_eq!(Criteria::parse_text(&nested(8), &schema()).unwrap_err().code, "too_deep");
    assert_eq!(Criteria::parse_text(&nested(10_000), &schema()).unwrap_err().code, "not_json");
    let long = format!("{}{}", "[".repeat(MAX_BYTES), "]".repeat(MAX_BYTES));
    assert_eq!(Criteria::parse_text(&long, &schema()).unwrap_err().code, "too_large");
    // Built by a program, past any reader of text; taken apart by hand, because serde_json would recurse.
    let mut json = Json::Null;
    for _ in 0..10_000 {
        json = Json::Object([("not".to_owned(), json)].into_iter().collect());
    }
    assert_eq!(Criteria::parse(&json, &schema()).unwrap_err().code, "too_deep");
    while let Json::Object(mut object) = json {
        json = object.remove("not").unwrap_or_default();
    }
}

#[test]
fn the_largest_criteria_is_one_that_the_databases_take() {
    let mut stage = Stage::open();
    let moment = Moment {
        now_us: 0,
        zone: chrono_tz::UTC,
        me: Some(1),
    };
    let ages: Vec<u8> = (0..=200).collect();
    let texts: Vec<String> = (0..1_000).map(|i| format!("metin {i}")).collect();
    let numbers: Vec<i64> = (0..1_000).collect();
    let tags: Vec<String> = texts[..50].to_vec();
    let widest = json!({"any": [
        {"field": "age", "op": "not_in", "value": ages}, {"field": "ages", "op": "not_in", "value": ages}, {"field": "tags", "op": "has_all", "value": tags}, {"field": "name", "op": "in", "value": texts},
        {"field": "custom.level", "op": "not_in", "value": numbers}, {"field": "tags", "op": "has_none", "value": texts},
    ]});
    let longest = json!({"not": {"all": vec![json!({"not": {"field": "tags", "op": "ne", "value": "x"}}); 100]}});
    let mut deepest = json!({"all": vec![json!({"field": "age", "op": "in", "value": [1, 2, 3]}); 98]});
    for _ in 0..3 {
        deepest = json!({"any": [{"not": deepest}]});
    }
    for json in [widest, longest, deepest] {
        let criteria = Criteria::parse(&json, &stage.schema).unwrap();
        for dialect in stage.dialects() {
            stage.find(dialect, &criteria, &moment);
        }
    }
}

#[test]
fn indexes_serve_what_is_asked() {
    let mut stage = Stage::open();
    let moment = Moment {
        now_us: 1_772_700_000_000_000,
        zone: chrono_tz::UTC,
        me: Some(1),
    };
    for sql in [
        "CREATE INDEX by_name ON things (name_folded)",
        "CREATE INDEX by_born ON things (born)",
        "CREATE INDEX by_birthday ON things (substr(born, 6, 5))",
        "CREATE INDEX by_revenue ON things (revenue)",
        "CREATE INDEX by_seen ON things (seen)",
        "CREATE INDEX by_tag ON tags (folded, thing_id)",
        "CREATE INDEX by_owner ON tags (thing_id)",
        "CREATE INDEX by_note ON things ((CASE WHEN json_type(custom_folded, '$.\"note\"') = 'text' THEN custom_folded ->> '$.\"note\"' END))",
    ] {
        stage.execute(kernel::dialect::Dialect::Sqlite, sql);
    }
    for (index, json) in [
        ("by_name", json!({"field": "name", "op": "eq", "value": "Ali"})),
        ("by_name", json!({"field": "name", "op": "starts_with", "value": "Ali"})),
        ("by_name", json!({"field": "name", "op": "in", "value": ["Ali", "Veli"]})),
        ("by_born", json!({"field": "age", "op": "between", "value": [25, 45]})),
        ("by_born", json!({"field": "born", "op": "in_last", "value": "90d"})),
        (
            "by_birthday",
            json!({"field": "born", "op": "anniversary_in", "value": {"next": "7d"}}),
        ),
        ("by_revenue", json!({"field": "revenue", "op": "gte", "value": "1000"})),
        (
            "by_seen",
            json!({"field": "seen", "op": "within", "value": {"calendar": "this_month"}}),
        ),
        (
            "by_seen",
            json!({"all": [{"field": "seen", "op": "eq", "value": "today"}, {"not": {"field": "name", "op": "eq", "value": "Ali"}}]}),
        ),
        ("by_tag", json!({"field": "tags", "op": "has_any", "value": ["VIP"]})),
        ("by_owner", json!({"field": "tags", "op": "has_none", "value": ["VIP"]})),
        ("by_note", json!({"field": "custom.note", "op": "eq", "value": "x"})),
    ] {
        let criteria = Criteria::parse(&json, &stage.schema).unwrap();
        let plan = stage.plan(&criteria, &moment);
        assert!(
            plan.contains(index) || (index == "by_owner" && plan.contains("by_tag (folded=? AND thing_id=?)")),
            "{json} does not use {index}:\n{plan}"
        );
    }
}

#[test]
fn a_url_spells_the_same_criteria() {
    let leaf = |field: &str, op: &str, value: Json| json!({"field": field, "op": op, "value": value});
    for (name, given, expected) in [
        ("revenue__gte", "1000", leaf("revenue", "gte", json!("1000.00"))),
        ("size__in", "s, m", leaf("size", "in", json!(["s", "m"]))),
        ("tags__has_any", "vip", leaf("tags", "has_any", json!(["vip"]))),
        ("born__in_next", "7d", leaf("born", "in_next", json!("7d"))),
        ("born__anniversary_in", "7d", leaf("born", "anniversary_in", json!({"next": "7d"}))),
        (
            "born__anniversary_in",
            "this_month",
            leaf("born", "anniversary_in", json!({"calendar": "this_month"})),
        ),
        ("born__within", "-7d", leaf("born", "within", json!({"last": "7d"}))),
        ("born", "2026-03-05", leaf("born", "eq", json!("2026-03-05"))),
        ("seen__gte", "-6h", leaf("seen", "gte", json!({"ago": "6h"}))),
        ("seen__lt", "+2w", leaf("seen", "lt", json!({"in": "2w"}))),
        ("seen__lt", " 2w", leaf("seen", "lt", json!({"in": "2w"}))),
        (
            "seen__range",
            "2026-01-01,today",
            leaf("seen", "between", json!(["2026-01-01", "today"])),
        ),
        ("name", "x", leaf("name", "eq", json!("x"))),
        ("name__iexact", "x", leaf("name", "eq", json!("x"))),
        ("name__icontains", "x, y", leaf("name", "contains", json!("x, y"))),
        ("name__istartswith", "x", leaf("name", "starts_with", json!("x"))),
        ("name__endswith", "x", leaf("name", "ends_with", json!("x"))),
        ("name__isnull", "true", json!({"field": "name", "op": "is_empty"})),
        ("name__isnull", "False", json!({"field": "name", "op": "is_set"})),
        ("name__is_set", "1", json!({"field": "name", "op": "is_set"})),
        ("active", "true", leaf("active", "eq", json!(true))),
        ("owner", "me", leaf("owner", "eq", json!("me"))),
        ("thing.owner__in", "3,me", leaf("owner", "in", json!([3, "me"]))),
        ("parts", "Ay", leaf("parts", "has_any", json!(["Ay"]))),
        ("custom.level__lt", "2.5", leaf("custom.level", "lt", json!("2.5"))),
    ] {
        assert_eq!(
            query(&[(name, given)]).unwrap_or_else(|error| panic!("{name}={given}: {error}")),
            expected,
            "{name}={given}"
        );
    }
    assert_eq!(
        query(&[("page", "3"), ("name", ""), ("ordering", "-x")]).unwrap(),
        json!({"all": []})
    );
    let both = query(&[("score__gt", "1"), ("page", "3"), ("size", "s")]).unwrap();
    assert_eq!(
        both,
        json!({"all": [leaf("score", "gt", json!(1)), leaf("size", "eq", json!("s"))]})
    );

    for (name, given, code, part) in [
        ("scroe", "1", "unknown_field", "Did you mean \"score\"?"),
        ("scroe__gte", "1", "unknown_field", "Did you mean \"score\"?"),
        ("pgae", "1", "unknown_field", "Did you mean \"age\"?"),
        ("name", "\u{301}", "wrong_value", "is_empty"),
        ("size__gte", "m", "wrong_operator", "eq, ne, in"),
        ("size__icontains", "m", "wrong_operator", "eq, ne, in"),
        ("score", "x", "wrong_value", "such as 12"),
        ("score__range", "1", "wrong_value", "two values"),
        ("active", "yes", "wrong_value", "true or false"),
        ("name__isnull", "maybe", "wrong_value", "true or false"),
        ("owner", "you", "wrong_value", "me"),
    ] {
        let error = query(&[(name, given)]).expect_err(name);
        assert_eq!((error.path.as_str(), error.code), (name, code), "{error}");
        assert!(error.text.en.contains(part), "{error}");
    }
}
