//! From JSON to a typed [`Criteria`], or to an error that says what would be right.

use serde_json::{Map, Value};

use kernel::say;

use crate::criteria::{Criteria, FieldTest, Leaf, Operand};
use crate::error::Error;
use crate::op::{Op, Takes};
use crate::operand;
use crate::schema::{Field, Schema};

/// How deep nodes may lie in each other, the leaf included (segments_loyalty.md §5a).
pub const MAX_DEPTH: usize = 8;
/// Leaves in one criteria (segments_loyalty.md §5a).
pub const MAX_LEAVES: usize = 100;
/// Values in one list.
pub const MAX_LIST: usize = 1_000;
/// Values in all lists together: SQLite binds 32 766 parameters to a statement.
pub const MAX_VALUES: usize = 5_000;
/// Values of one `has_all`, each of which is a search of its own.
pub const MAX_HAS_ALL: usize = 50;
/// Letters of one text.
pub const MAX_TEXT_CHARS: usize = 500;
/// Bytes of a criteria as JSON text.
pub const MAX_BYTES: usize = 256 * 1024;

impl Criteria {
    /// Reads a criteria about the fields of `schema`.
    pub fn parse(json: &Value, schema: &Schema) -> Result<Criteria, Error> {
        Parser {
            schema,
            leaves: 0,
            values: 0,
        }
        .node(json, &mut Path::default(), 1)
    }

    /// The same from text, which may be hostile: its length is bounded, and its nesting by serde_json (128).
    pub fn parse_text(json: &str, schema: &Schema) -> Result<Criteria, Error> {
        if json.len() > MAX_BYTES {
            let kib = MAX_BYTES / 1024;
            return Err(Error::new(
                "",
                "too_large",
                say!("Ölçüt en çok {kib} KiB olabilir.", "A criteria has at most {kib} KiB."),
            ));
        }
        let value = serde_json::from_str(json).map_err(|error| {
            Error::new(
                "",
                "not_json",
                say!("Geçerli bir JSON değil: {error}", "This is not valid JSON: {error}"),
            )
        })?;
        Criteria::parse(&value, schema)
    }

    /// One test of a field, as a parameter of a query names it.
    pub(crate) fn field_test(schema: &Schema, field: &str, op: Op, value: Option<&Value>, path: &str) -> Result<Criteria, Error> {
        let mut parser = Parser {
            schema,
            leaves: 0,
            values: 0,
        };
        let field = parser.known_field(field, path)?;
        let operand = parser.operand(&field, op, value, path)?;
        Ok(Criteria::Leaf(Leaf::Field(FieldTest { field, op, operand })))
    }
}

/// Where in the JSON the parser stands.
#[derive(Default)]
struct Path(String);

impl Path {
    fn inside<T>(&mut self, key: &str, work: impl FnOnce(&mut Path) -> T) -> T {
        let length = self.0.len();
        if length > 0 && !key.starts_with('[') {
            self.0.push('.');
        }
        self.0.push_str(key);
        let answer = work(self);
        self.0.truncate(length);
        answer
    }

    fn with(&self, key: &str) -> String {
        match self.0.as_str() {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        }
    }
}

struct Parser<'a> {
    schema: &'a Schema,
    leaves: usize,
    values: usize,
}

impl Parser<'_> {
    fn node(&mut self, json: &Value, path: &mut Path, depth: usize) -> Result<Criteria, Error> {
        if depth > MAX_DEPTH {
            let text = say!(
                "Koşullar en çok {MAX_DEPTH} düzey iç içe olabilir.",
                "Conditions may be nested at most {MAX_DEPTH} deep."
            );
            return Err(Error::new(&path.0, "too_deep", text));
        }
        let Value::Object(object) = json else {
            return Err(not_a_node(&path.0));
        };
        if object.contains_key("field") {
            return self.leaf(object, path);
        }
        let mut keys = object.iter();
        let (Some((key, inner)), None) = (keys.next(), keys.next()) else {
            return Err(not_a_node(&path.0));
        };
        match key.as_str() {
            "all" => Ok(Criteria::All(path.inside("all", |path| self.nodes(inner, path, depth))?)),
            "any" => {
                let nodes = path.inside("any", |path| self.nodes(inner, path, depth))?;
                if nodes.is_empty() {
                    let text = say!(
                        "En az bir koşul gerekir; boş \"any\" hiçbir kaydı seçmez.",
                        "Needs at least one condition; an empty \"any\" would mean no record."
                    );
                    return Err(Error::new(path.with("any"), "empty", text));
                }
                Ok(Criteria::Any(nodes))
            }
            "not" => Ok(Criteria::Not(Box::new(
                path.inside("not", |path| self.node(inner, path, depth + 1))?,
            ))),
            unknown => Err(unknown_key(path, unknown, &["all", "any", "not", "field"])),
        }
    }

    fn nodes(&mut self, json: &Value, path: &mut Path, depth: usize) -> Result<Vec<Criteria>, Error> {
        let Value::Array(nodes) = json else {
            let text = say!(
                "Burada koşulların listesi ([…]) olmalı.",
                "This must be a list ([…]) of conditions."
            );
            return Err(Error::new(&path.0, "wrong_shape", text));
        };
        // Groups without leaves count as well, so that a long list of them is refused early.
        if nodes.len() > MAX_LEAVES {
            return Err(too_many_leaves(&path.0));
        }
        nodes
            .iter()
            .enumerate()
            .map(|(i, node)| path.inside(&format!("[{i}]"), |path| self.node(node, path, depth + 1)))
            .collect()
    }

    fn leaf(&mut self, object: &Map<String, Value>, path: &mut Path) -> Result<Criteria, Error> {
        const KEYS: [&str; 3] = ["field", "op", "value"];
        self.leaves += 1;
        if self.leaves > MAX_LEAVES {
            return Err(too_many_leaves(&path.0));
        }
        if let Some(unknown) = object.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(unknown_key(path, unknown, &KEYS));
        }
        let text_of = |key: &str| {
            object.get(key).and_then(Value::as_str).ok_or_else(|| {
                let text = say!("\"{key}\" bir metin olmalı.", "\"{key}\" must be a text.");
                Error::new(path.with(key), "wrong_shape", text)
            })
        };
        let field = self.known_field(text_of("field")?, &path.with("field"))?;
        let op = known_op(&field, text_of("op")?, &path.with("op"))?;
        let operand = self.operand(&field, op, object.get("value"), &path.with("value"))?;
        Ok(Criteria::Leaf(Leaf::Field(FieldTest { field, op, operand })))
    }

    fn known_field(&self, name: &str, path: &str) -> Result<std::sync::Arc<Field>, Error> {
        if let Some(field) = self.schema.field(name) {
            return Ok(field.clone());
        }
        let shown: String = name.chars().take(60).collect();
        Err(Error::new(
            path,
            "unknown_field",
            match self.schema.nearest(&shown) {
                Some(near) => say!(
                    "\"{shown}\" diye bir alan yok. \"{near}\" mi demek istediniz?",
                    "There is no field \"{shown}\". Did you mean \"{near}\"?"
                ),
                None => {
                    let names = self.schema.fields().map(|field| field.name.as_ref()).collect::<Vec<_>>().join(", ");
                    say!(
                        "\"{shown}\" diye bir alan yok. Alanlar: {names}.",
                        "There is no field \"{shown}\". The fields are: {names}."
                    )
                }
            },
        ))
    }

    fn operand(&mut self, field: &Field, op: Op, value: Option<&Value>, path: &str) -> Result<Operand, Error> {
        let value = value.unwrap_or(&Value::Null);
        if op.takes() == Takes::Many {
            let most = if op == Op::HasAll { MAX_HAS_ALL } else { MAX_LIST };
            let count = value.as_array().map_or(0, Vec::len);
            self.values += count;
            if count > most || self.values > MAX_VALUES {
                let text = say!(
                    "Listede en çok {most} değer olabilir, tüm listelerde toplam en çok {MAX_VALUES}.",
                    "A list has at most {most} values, all lists together at most {MAX_VALUES}."
                );
                return Err(Error::new(path, "too_many_values", text));
            }
        }
        operand::parse(field, op, value, path)
    }
}

/// The operator of this name, if the field understands it.
pub(crate) fn known_op(field: &Field, name: &str, path: &str) -> Result<Op, Error> {
    match Op::parse(name) {
        Some(op) if field.operators().contains(&op) => Ok(op),
        _ => {
            let names = field.operators().iter().map(|op| op.name()).collect::<Vec<_>>().join(", ");
            let (shown, field) = (name.chars().take(60).collect::<String>(), &field.name);
            let text = say!(
                "\"{field}\" alanı \"{shown}\" işlecini bilmez. İşleçler: {names}.",
                "The field \"{field}\" has no operator \"{shown}\". Its operators are: {names}."
            );
            Err(Error::new(path, "wrong_operator", text))
        }
    }
}

fn not_a_node(path: &str) -> Error {
    let text = say!(
        "Bir koşul {{\"all\": […]}}, {{\"any\": […]}}, {{\"not\": {{…}}}} veya {{\"field\", \"op\", \"value\"}} biçimindedir.",
        "A condition is {{\"all\": […]}}, {{\"any\": […]}}, {{\"not\": {{…}}}} or {{\"field\", \"op\", \"value\"}}."
    );
    Error::new(path, "wrong_shape", text)
}

fn unknown_key(path: &Path, key: &str, known: &[&str]) -> Error {
    let (key, known) = (key.chars().take(60).collect::<String>(), known.join(", "));
    let text = say!(
        "\"{key}\" bilinmiyor. Burada olabilecekler: {known}.",
        "\"{key}\" is not known here. What may stand here: {known}."
    );
    Error::new(&path.0, "unknown_key", text)
}

fn too_many_leaves(path: &str) -> Error {
    let text = say!(
        "En çok {MAX_LEAVES} koşul olabilir.",
        "At most {MAX_LEAVES} conditions are possible."
    );
    Error::new(path, "too_many", text)
}
