//! Identity numbers that leave unmasked: who read whose is written down before the answer goes out. It is asked of the answer itself, so that
//! no route can be forgotten.

use std::collections::BTreeSet;

use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::events::NewEvent;
use serde_json::{Value, json};

use crate::fields::{Key, SENSITIVE};

/// The kind of the event.
pub const KIND: &str = "customer.identity_read";
/// A person's number has so many digits; a company's tax number, which is public, has fewer.
const DIGITS: usize = 11;

/// Notes the customers whose unmasked numbers stand in a JSON answer; one event an answer, none when there are none.
pub async fn note(ctx: &Ctx, answer: &[u8]) -> Result<()> {
    if !mentions(answer) {
        return Ok(());
    }
    let Ok(answer) = serde_json::from_slice::<Value>(answer) else {
        return Ok(());
    };
    let mut read = BTreeSet::new();
    collect(&answer, None, &mut read);
    let Some(first) = read.first().copied() else { return Ok(()) };
    // Not in the timeline of the customer, and nothing that is remembered of customers becomes stale.
    let only = if read.len() == 1 { first } else { 0 };
    let event = NewEvent::new(KIND, "disclosure", only).payload(json!({ "customer_ids": read }));
    ctx.db.write(async |tx| tx.emit(&ctx.stamp(), event).await).await
}

/// Whether it is worth reading: one of the names is there, followed by something other than nothing.
fn mentions(answer: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(answer) else { return false };
    SENSITIVE.iter().any(|key| {
        let name = format!("\"{}\"", key.name());
        text.match_indices(&name).any(|(at, _)| {
            let mut rest = text[at + name.len()..].chars().filter(|letter| !letter.is_whitespace());
            let begins = (rest.next(), rest.next(), rest.next());
            !matches!(begins, (Some(':'), Some('"'), Some('"')) | (Some(':'), Some('n'), _))
        })
    })
}

/// Walks objects: a row has `id` and the fields; an entry of a history has `subject_id` and the fields among its `changes`; the parts of a
/// page about one customer belong to the `id` around them.
fn collect(value: &Value, around: Option<i64>, read: &mut BTreeSet<i64>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, around, read)),
        Value::Object(members) => {
            let id = |name: &str| members.get(name).and_then(Value::as_i64);
            let own = id("customer_id").or(id("subject_id")).or(id("id")).or(around);
            let shown = SENSITIVE.iter().filter_map(|key: &Key| members.get(key.name()));
            if shown.into_iter().any(is_unmasked)
                && let Some(own) = own
            {
                read.insert(own);
            }
            members.values().for_each(|member| collect(member, own, read));
        }
        _ => {}
    }
}

fn is_unmasked(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()),
        Value::Array(sides) => sides.iter().any(is_unmasked),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(answer: Value) -> Vec<i64> {
        let text = answer.to_string();
        let mut read = BTreeSet::new();
        if mentions(text.as_bytes()) {
            collect(&answer, None, &mut read);
        }
        read.into_iter().collect()
    }

    #[test]
    fn whoever_stands_unmasked_in_an_answer_is_found_and_nobody_else() {
        let row = |id: i64, number: &str| json!({"id": id, "name": "X", "identity_number": number, "tax_number": ""});
        assert_eq!(read(row(5, "10000000146")), [5]);
        assert_eq!(read(row(5, "10*******46")), [0i64; 0]);
        assert_eq!(read(row(5, "")), [0i64; 0]);
        assert_eq!(
            read(json!({"results": [row(1, ""), row(2, "10000000146"), row(3, "10000000146")]})),
            [2, 3]
        );
        assert_eq!(
            read(json!({"id": 4, "identity_number": "", "tax_number": "1234567890"})),
            [0i64; 0],
            "a company"
        );
        assert_eq!(
            read(json!({"id": 4, "identity_number": "", "tax_number": "10000000146"})),
            [4],
            "a person's"
        );
        let entry = json!({"id": 99, "subject_id": 7, "changes": {"identity_number": ["", "10000000146"]}});
        assert_eq!(read(json!({"results": [entry]})), [7]);
        assert_eq!(
            read(json!({"field": "identity_number", "custom": {"identity_number": null}})),
            [0i64; 0]
        );
    }

    #[test]
    fn spaces_between_name_and_value_hide_nothing() {
        assert!(mentions(br#"{"id" : 1, "identity_number" : "10000000146"}"#));
        assert!(!mentions(br#"{"id" : 1, "identity_number" : "", "tax_number":""}"#));
    }
}
