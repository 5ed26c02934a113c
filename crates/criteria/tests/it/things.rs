//! Things: an entity with a field of every kind in every place.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use criteria::{Choice, Field, Kind, Label, Place, Record, Schema, Value};
use kernel::clock;
use serde_json::Value as Json;

static SIZES: [Choice; 3] = [
    Choice::new("s", "Küçük", "Small"),
    Choice::new("m", "Orta", "Medium"),
    Choice::new("l", "Büyük", "Large"),
];
static PARTS: [Choice; 3] = [
    Choice::new("Ay", "Ay", "Moon"),
    Choice::new("gün ışığı", "Gün", "Sun"),
    Choice::new("o'\"x", "Tuhaf", "Odd"),
];

const SIZE: Kind = Kind::Choice(Cow::Borrowed(&SIZES));
const SOME_PARTS: Kind = Kind::MultiChoice(Cow::Borrowed(&PARTS));

const fn values(only: &'static str, value: &'static str, folded: Option<&'static str>) -> Place {
    Place::Set {
        table: "values",
        owner: "thing_id",
        value,
        folded,
        only: Some(("kind", only)),
    }
}

static FIELDS: &[Field] = &[
    Field::new(
        "name",
        "Ad",
        "Name",
        Kind::Text,
        Place::Folded {
            column: "name",
            folded: "name_folded",
        },
    ),
    Field::new("code", "Kod", "Code", Kind::Text, Place::Column("code")),
    Field::new(
        "site",
        "İnternet sitesi",
        "Website",
        Kind::Link,
        Place::Folded {
            column: "site",
            folded: "site_folded",
        },
    ),
    Field::new("score", "Puan", "Score", Kind::Number { decimals: 0 }, Place::Column("score")),
    Field::new("ratio", "Oran", "Ratio", Kind::Number { decimals: 2 }, Place::Column("ratio")),
    Field::new("revenue", "Ciro", "Revenue", Kind::Money, Place::Column("revenue")),
    Field::new("born", "Doğum tarihi", "Birth date", Kind::Date, Place::Column("born")),
    Field::new("age", "Yaş", "Age", Kind::Age, Place::Column("born")),
    Field::new("seen", "Son görülme", "Last seen", Kind::DateTime, Place::Column("seen")),
    Field::new("size", "Boy", "Size", SIZE, Place::Column("size")),
    Field::new("active", "Aktif", "Active", Kind::Bool, Place::Column("active")),
    Field::new("owner", "Sorumlu", "Owner", Kind::Reference("user"), Place::Column("owner")),
    Field::new("parts", "Parçalar", "Parts", SOME_PARTS, Place::Column("parts")),
    Field::new(
        "tags",
        "Etiketler",
        "Tags",
        Kind::Text,
        Place::Set {
            table: "tags",
            owner: "thing_id",
            value: "name",
            folded: Some("folded"),
            only: None,
        },
    ),
    Field::new("emails", "E-postalar", "E-mails", Kind::Text, values("emails", "text", None)),
    Field::new("langs", "Diller", "Languages", SOME_PARTS, values("langs", "text", Some("folded"))),
    Field::new("sizes", "Boylar", "Sizes", SIZE, values("sizes", "text", None)),
    Field::new("days", "Günler", "Days", Kind::Date, values("days", "text", None)),
    Field::new("ages", "Çocuk yaşları", "Ages of children", Kind::Age, values("ages", "text", None)),
    Field::new("visits", "Ziyaretler", "Visits", Kind::DateTime, values("visits", "number", None)),
    Field::new(
        "marks",
        "Notlar",
        "Marks",
        Kind::Number { decimals: 1 },
        values("marks", "number", None),
    ),
    Field::new(
        "friends",
        "Tanıdıklar",
        "Friends",
        Kind::Reference("user"),
        values("friends", "number", None),
    ),
];

/// The schema, custom fields included.
pub fn schema() -> Schema {
    let custom = |(key, kind): (&str, Kind)| Field::custom(key, Label::new("Özel", "Custom"), kind, "custom", "custom_folded");
    let fields = [
        ("note", Kind::Text),
        ("level", Kind::Number { decimals: 1 }),
        ("fee", Kind::Money),
        ("due", Kind::Date),
        ("since", Kind::Age),
        ("at", Kind::DateTime),
        ("color", SIZE),
        ("likes", SOME_PARTS),
        ("ok", Kind::Bool),
        ("boss", Kind::Reference("user")),
        ("page", Kind::Link),
        ("2024 \"it's\" $.x", Kind::Text),
    ];
    Schema::new("thing", "things", FIELDS.iter().cloned()).with(fields.map(custom))
}

/// A thing: its stored values by the name of the field. What is null or absent is missing; times are RFC 3339.
#[derive(Clone)]
pub struct Thing(pub BTreeMap<String, Json>);

/// Only what is there.
impl fmt::Debug for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(
                self.0
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(name, value)| (name, value.to_string())),
            )
            .finish()
    }
}

impl Thing {
    pub fn of(json: Json) -> Thing {
        let Json::Object(object) = json else {
            panic!("a thing is an object: {json}")
        };
        Thing(object.into_iter().collect())
    }

    /// The stored value of a field: what stands in the column, in the JSON, or in the rows.
    pub fn stored(&self, field: &Field) -> Json {
        // An age is no value of its own.
        let name = if field.name == "age" { "born" } else { &field.name };
        let micros = |json: &Json| match json {
            Json::String(text) => clock::parse_rfc3339(text).unwrap_or_else(|| panic!("not a time: {text}")).into(),
            other => other.clone(),
        };
        match (self.0.get(name).unwrap_or(&Json::Null), &field.kind) {
            (Json::Array(times), Kind::DateTime) => times.iter().map(micros).collect(),
            (json, Kind::DateTime) => micros(json),
            (json, _) => json.clone(),
        }
    }
}

impl Record for Thing {
    fn value<'a>(&'a self, field: &Field) -> Value<'a> {
        fn value(json: Json) -> Value<'static> {
            match json {
                Json::Null | Json::Object(_) => Value::Missing,
                Json::Bool(yes) => Value::Bool(yes),
                Json::Number(number) => Value::Int(number.as_i64().unwrap()),
                Json::String(text) => Value::Text(text.into()),
                Json::Array(values) => Value::Many(values.into_iter().map(value).collect()),
            }
        }
        value(self.stored(field))
    }
}
