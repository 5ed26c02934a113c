//! Why somebody was given a record: which rules were looked at, and what was to be said of everybody in their pools.

use kernel::error::Say;
use records::choices;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// People told of one rule; larger pools are told in part.
const TOLD: usize = 50;

choices! {
    /// What came of asking a rule.
    AssignmentOutcome {
        NotMet: "not_met", "Ölçüt tutmuyor", "Not met";
        NobodyFree: "nobody_free", "Uygun kimse yok", "Nobody free";
        Chosen: "chosen", "Seçildi", "Chosen";
        Named: "named", "Elle verildi", "Given by hand";
        GivenUp: "given_up", "Yöneticiye verildi", "Given to the manager";
    }
}

/// A text in both languages, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssignmentWords {
    pub tr: String,
    pub en: String,
}

impl From<Say> for AssignmentWords {
    fn from(say: Say) -> AssignmentWords {
        AssignmentWords {
            tr: say.tr.into_owned(),
            en: say.en.into_owned(),
        }
    }
}

/// Somebody of a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssignmentConsidered {
    pub user_id: i64,
    pub name: String,
    pub is_free: bool,
    pub said: AssignmentWords,
}

/// A rule that was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssignmentStep {
    pub rule_id: Option<i64>,
    pub rule: String,
    pub outcome: AssignmentOutcome,
    pub said: AssignmentWords,
    /// The people of its pool; the first fifty.
    pub considered: Vec<AssignmentConsidered>,
}

impl AssignmentStep {
    pub fn new(
        rule_id: Option<i64>,
        rule: String,
        outcome: AssignmentOutcome,
        said: Say,
        mut considered: Vec<AssignmentConsidered>,
    ) -> AssignmentStep {
        considered.truncate(TOLD);
        AssignmentStep {
            rule_id,
            rule,
            outcome,
            said: AssignmentWords::from(said),
            considered,
        }
    }
}

/// The whole story of a decision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssignmentTrace {
    pub steps: Vec<AssignmentStep>,
}
