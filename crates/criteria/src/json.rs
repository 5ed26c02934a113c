//! A criteria as canonical JSON: what [`Criteria::parse`] reads back to the same.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::criteria::{Criteria, Leaf};
use crate::operand;

impl Criteria {
    /// The one spelling of this criteria, for storing, comparing and hashing.
    pub fn to_json(&self) -> Value {
        match self {
            Criteria::All(nodes) => json!({ "all": nodes.iter().map(Criteria::to_json).collect::<Vec<_>>() }),
            Criteria::Any(nodes) => json!({ "any": nodes.iter().map(Criteria::to_json).collect::<Vec<_>>() }),
            Criteria::Not(node) => json!({ "not": node.to_json() }),
            Criteria::Leaf(Leaf::Field(test)) => {
                let mut leaf = json!({ "field": test.field.name, "op": test.op.name() });
                if let Some(value) = operand::to_json(&test.field, test.op, &test.operand) {
                    leaf["value"] = value;
                }
                leaf
            }
        }
    }
}

impl Serialize for Criteria {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}
