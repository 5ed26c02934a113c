//! Patches: operations on a resource as JSON (RFC 7644, 3.5.2). What comes out is looked at like a resource that was sent whole.

use kernel::error::{Error, Result};
use kernel::say;
use serde_json::{Map, Value};

use super::filter;

/// Operations of one request.
const MAX_OPERATIONS: usize = 100;

/// Applies the operations of a message.
pub fn apply(mut resource: Value, message: &Value) -> Result<Value> {
    let operations = member(message, "Operations").and_then(Value::as_array).ok_or_else(syntax)?;
    if operations.is_empty() || operations.len() > MAX_OPERATIONS {
        return Err(syntax());
    }
    for operation in operations {
        let verb = member(operation, "op")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_ascii_lowercase();
        let path = member(operation, "path").and_then(Value::as_str).unwrap_or_default();
        let value = member(operation, "value").cloned().unwrap_or(Value::Null);
        match (verb.as_str(), path) {
            ("add" | "replace", "") => {
                for (path, value) in value.as_object().ok_or_else(syntax)? {
                    put(&mut resource, path, value.clone(), verb == "add")?;
                }
            }
            ("add" | "replace", path) => put(&mut resource, path, value, verb == "add")?,
            ("remove", path) if !path.is_empty() => remove(&mut resource, path, &value)?,
            _ => return Err(syntax()),
        }
    }
    Ok(resource)
}

/// A member by its name, whose case does not matter.
pub fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value
        .as_object()?
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn member_mut<'a>(value: &'a mut Value, name: &str) -> Result<&'a mut Value> {
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    let members = value.as_object_mut().ok_or_else(bad_path)?;
    let known = members.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned();
    Ok(members.entry(known.unwrap_or_else(|| name.to_owned())).or_insert(Value::Null))
}

struct Path<'a> {
    attribute: &'a str,
    /// `[value eq "7"]`
    choice: Option<filter::Equals>,
    part: Option<&'a str>,
}

/// `name`, `name.familyName`, `members[value eq "7"]`, `emails[type eq "work"].value`, also after the name of a schema.
fn parse(path: &str) -> Result<Path<'_>> {
    let path = match path.rsplit_once(':') {
        Some((schema, rest)) if schema.starts_with("urn:") && !schema.contains('[') => rest,
        _ => path,
    };
    if let Some((attribute, rest)) = path.split_once('[') {
        let (choice, part) = rest.rsplit_once(']').ok_or_else(bad_path)?;
        return Ok(Path {
            attribute,
            choice: Some(filter::parse(choice)?),
            part: part.strip_prefix('.'),
        });
    }
    let (attribute, part) = path
        .split_once('.')
        .map_or((path, None), |(attribute, part)| (attribute, Some(part)));
    Ok(Path {
        attribute,
        choice: None,
        part,
    })
}

fn chosen(choice: &filter::Equals, item: &Value) -> bool {
    match member(item, &choice.attribute) {
        Some(Value::String(text)) => *text == choice.value,
        // Ids that came as numbers, and `primary eq true`.
        Some(value @ (Value::Bool(_) | Value::Number(_))) => format!("{value}") == choice.value,
        _ => false,
    }
}

fn put(resource: &mut Value, path: &str, value: Value, adds: bool) -> Result<()> {
    let path = parse(path)?;
    let place = member_mut(resource, path.attribute)?;
    match (&path.choice, path.part) {
        (None, None) => match (place, value) {
            (Value::Array(items), value) if adds => {
                let more = match value {
                    Value::Array(more) => more,
                    one => vec![one],
                };
                let fresh: Vec<Value> = more.into_iter().filter(|item| !items.contains(item)).collect();
                items.extend(fresh);
            }
            (Value::Object(members), Value::Object(more)) => members.extend(more),
            (place, value) => *place = value,
        },
        (None, Some(part)) => *member_mut(place, part)? = value,
        (Some(choice), part) => {
            if place.is_null() {
                *place = Value::Array(Vec::new());
            }
            let items = place.as_array_mut().ok_or_else(bad_path)?;
            if !items.iter().any(|item| chosen(choice, item)) {
                // Directories set the work address of who has none yet.
                let mut fresh = Map::new();
                fresh.insert(choice.attribute.clone(), choice.value.clone().into());
                items.push(Value::Object(fresh));
            }
            for item in items.iter_mut().filter(|item| chosen(choice, item)) {
                match part {
                    Some(part) => *member_mut(item, part)? = value.clone(),
                    None => *item = value.clone(),
                }
            }
        }
    }
    Ok(())
}

fn remove(resource: &mut Value, path: &str, value: &Value) -> Result<()> {
    let path = parse(path)?;
    let place = member_mut(resource, path.attribute)?;
    match (&path.choice, path.part, place) {
        (Some(choice), None, Value::Array(items)) => items.retain(|item| !chosen(choice, item)),
        (Some(choice), Some(part), Value::Array(items)) => {
            for item in items.iter_mut().filter(|item| chosen(choice, item)) {
                *member_mut(item, part)? = Value::Null;
            }
        }
        // Not in the standard, but sent: the members to be removed as the value.
        (None, None, Value::Array(items)) if value.is_array() => {
            let gone: Vec<&Value> = value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|item| member(item, "value"))
                .collect();
            items.retain(|item| member(item, "value").is_none_or(|id| !gone.contains(&id)));
        }
        (None, None, place) => *place = Value::Null,
        (None, Some(part), place) => *member_mut(place, part)? = Value::Null,
        (Some(_), _, _) => {}
    }
    Ok(())
}

fn syntax() -> Error {
    Error::Refused {
        code: "invalidSyntax",
        say: say!(
            "Operations, op değeri add, replace ya da remove olan en çok {} işlem olmalı.",
            "Operations must be at most {} operations whose op is add, replace or remove.",
            MAX_OPERATIONS
        ),
    }
}

fn bad_path() -> Error {
    Error::Refused {
        code: "invalidPath",
        say: say!("Bu yol anlaşılamadı.", "This path is not understood."),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(resource: Value, operations: Value) -> Result<Value> {
        apply(resource, &json!({ "Operations": operations }))
    }

    #[test]
    fn what_directories_send_is_understood() {
        let user = json!({"userName": "a", "active": true, "name": {"formatted": "A B"}, "emails": [{"type": "work", "value": "a@b.tr"}]});
        let changed = patched(
            user,
            json!([
                {"op": "Replace", "path": "active", "value": "False"},
                {"op": "replace", "value": {"displayName": "C", "name.familyName": "D"}},
                {"op": "add", "path": "emails[type eq \"work\"].value", "value": "c@d.tr"},
                {"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:userName", "value": "c"},
                {"op": "remove", "path": "name.formatted"},
            ]),
        )
        .unwrap();
        assert_eq!(
            changed,
            json!({"userName": "c", "active": "False", "name": {"formatted": null, "familyName": "D"}, "emails": [{"type": "work", "value": "c@d.tr"}], "displayName": "C"})
        );
    }

    #[test]
    fn members_come_and_go() {
        let members = |ids: &[&str]| json!({"members": ids.iter().map(|id| json!({"value": id})).collect::<Vec<_>>()});
        let one = |operation: Value| patched(members(&["1", "2"]), json!([operation])).unwrap();
        assert_eq!(
            one(json!({"op": "add", "path": "members", "value": [{"value": "2"}, {"value": "3"}]})),
            members(&["1", "2", "3"])
        );
        assert_eq!(one(json!({"op": "remove", "path": "members[value eq \"1\"]"})), members(&["2"]));
        assert_eq!(
            one(json!({"op": "remove", "path": "members", "value": [{"value": "2"}]})),
            members(&["1"])
        );
        assert_eq!(
            one(json!({"op": "replace", "path": "members", "value": [{"value": "9"}]})),
            members(&["9"])
        );
        assert_eq!(one(json!({"op": "remove", "path": "members"})), json!({"members": null}));
    }

    #[test]
    fn nonsense_is_refused() {
        for operations in [
            json!([]),
            json!([{"op": "move", "path": "active"}]),
            json!([{"op": "remove"}]),
            json!([{"op": "add", "value": 3}]),
            json!([{"op": "replace", "path": "emails[type eq", "value": 3}]),
            json!([{"op": "replace", "path": "userName.x", "value": 3}]),
        ] {
            assert!(patched(json!({"userName": "a"}), operations.clone()).is_err(), "{operations}");
        }
        assert!(apply(json!({}), &json!({})).is_err());
    }
}
