//! Why somebody was given a record: which rules were looked at, and what was to be said of everybody in their pools.

use kernel::error::Say;
use records::choices;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// People told of one rule; larger pools are told in part.
const TOLD: usize = 50;

choices! {
    /// What came of asking a rule.
    StepOutcome {
        NotMet: "not_met", "Ölçüt tutmuyor", "Not met";
        NobodyFree: "nobody_free", "Uygun kimse yok", "Nobody free";
        Chosen: "chosen", "Seçildi", "Chosen";
        Named: "named", "Elle verildi", "Given by hand";
        GivenUp: "given_up", "Yöneticiye verildi", "Given to the manager";
    }
}

/// A text in both languages, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Words {
    pub tr: String,
    pub en: String,
}

impl From<Say> for Words {
    fn from(say: Say) -> Words {
        Words {
            tr: say.tr.into_owned(),
            en: say.en.into_owned(),
        }
    }
}

/// Somebody of a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Considered {
    pub user_id: i64,
    pub name: String,
    pub is_free: bool,
    pub said: Words,
}

/// A rule that was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Step {
    pub rule_id: Option<i64>,
    pub rule: String,
    pub outcome: StepOutcome,
    pub said: Words,
    /// The people of its pool; the first fifty.
    pub considered: Vec<Considered>,
}

impl Step {
    pub fn new(rule_id: Option<i64>, rule: String, outcome: StepOutcome, said: Say, mut considered: Vec<Considered>) -> Step {
        considered.truncate(TOLD);
        Step {
            rule_id,
            rule,
            outcome,
            said: Words::from(said),
            considered,
        }
    }
}

/// The whole story of a decision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Trace {
    pub steps: Vec<Step>,
}
