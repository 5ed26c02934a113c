//! Who acts, what they may do, and on whose records.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::error::Lang;
use crate::ids::{TeamId, UserId};

/// A permission: an action on an entity. Declared as a constant by the context that owns the entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permission {
    pub entity: &'static str,
    pub action: &'static str,
    /// Whether it makes sense to hold it for one's own or one's team's records only.
    pub scoped: bool,
}

impl Permission {
    pub const fn scoped(entity: &'static str, action: &'static str) -> Permission {
        Permission {
            entity,
            action,
            scoped: true,
        }
    }

    pub const fn global(entity: &'static str, action: &'static str) -> Permission {
        Permission {
            entity,
            action,
            scoped: false,
        }
    }

    /// Its name in roles and tokens: `customer.read`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.entity, self.action)
    }
}

/// On whose records a permission holds. Ordered: more is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Records one owns.
    Own,
    /// And those of one's team and of the teams one leads.
    Team,
    /// And those of every team below these.
    Below,
    All,
}

/// What is left of a field that a role takes away. Ordered: more is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldAccess {
    /// Neither shown nor asked about nor written.
    Hidden,
    /// Shown, and not written.
    ReadOnly,
}

/// What narrows a permission beside its scope.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// One's team and the teams one leads: what the scope `team` reaches.
    pub teams: Vec<i64>,
    /// These and every team below them: what the scope `below` reaches.
    pub teams_below: Vec<i64>,
    /// What each role allows, when one of them has a rule for rows; none otherwise, as the grants then say it all.
    pub roles: Vec<RoleReach>,
    /// Entity → field → what is left of it.
    pub fields: BTreeMap<String, BTreeMap<String, FieldAccess>>,
    /// Whether any single record is shared with them.
    pub has_shares: bool,
}

/// What one role allows, and on which rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RoleReach {
    pub grants: Grants,
    /// Entity → the criteria its records must satisfy, as JSON.
    pub rows: BTreeMap<String, serde_json::Value>,
}

impl Limits {
    /// What is left of a field; none when nothing is taken away.
    pub fn field(&self, entity: &str, field: &str) -> Option<FieldAccess> {
        self.fields.get(entity)?.get(field).copied()
    }

    /// Whether any role narrows the rows of the entity.
    pub fn has_rule(&self, entity: &str) -> bool {
        self.roles.iter().any(|role| role.rows.contains_key(entity))
    }
}

/// Permissions by name, each with its widest scope.
pub type Grants = HashMap<String, Scope>;

/// Who acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The user, or the user whose token it is; none for the system itself.
    pub user_id: Option<UserId>,
    pub team_id: Option<TeamId>,
    pub grants: Grants,
    pub limits: Limits,
    pub lang: Option<Lang>,
    pub via: Via,
    /// The administrator who looks at the product as this user; nothing can be changed meanwhile.
    pub viewed_by: Option<UserId>,
}

/// By what means somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    Session { id: i64 },
    Token { id: i64 },
    System,
    Nobody,
}

impl Via {
    /// As it stands under events: `session:12`, `token:5`, `job` (begun by a user, gone on with in the background), `system`; nothing for nobody.
    pub fn name(self) -> Option<String> {
        match self {
            Via::Session { id: 0 } => Some("job".into()),
            Via::Session { id } => Some(format!("session:{id}")),
            Via::Token { id } => Some(format!("token:{id}")),
            Via::System => Some("system".into()),
            Via::Nobody => None,
        }
    }
}

impl Actor {
    /// The product itself: jobs, consumers, the command line.
    pub fn system() -> Actor {
        Actor {
            user_id: None,
            team_id: None,
            grants: Grants::new(),
            limits: Limits::default(),
            lang: None,
            via: Via::System,
            viewed_by: None,
        }
    }

    /// Not signed in.
    pub fn nobody() -> Actor {
        Actor {
            via: Via::Nobody,
            ..Actor::system()
        }
    }

    /// How far a permission reaches for this actor; `None` is not at all.
    pub fn scope(&self, permission: Permission) -> Option<Scope> {
        match self.via {
            Via::System => Some(Scope::All),
            Via::Nobody => None,
            _ => self.grants.get(&permission.name()).copied(),
        }
    }

    /// On which records of the entity a permission holds: on those of any of these scopes that satisfy the criteria beside it, if there is
    /// one. Empty is none.
    pub fn reaches(&self, permission: Permission, entity: &str) -> Vec<(Scope, Option<&serde_json::Value>)> {
        let Some(widest) = self.scope(permission) else { return Vec::new() };
        if self.via == Via::System || !self.limits.has_rule(entity) {
            return vec![(widest, None)];
        }
        let name = permission.name();
        let held = self.limits.roles.iter();
        let mut reaches: Vec<_> = held
            .filter_map(|role| Some((*role.grants.get(&name)?, role.rows.get(entity))))
            .collect();
        // What is held without a rule makes the same with one superfluous.
        let free = reaches.iter().filter(|(_, rule)| rule.is_none()).map(|(scope, _)| *scope).max();
        reaches.retain(|(scope, rule)| rule.is_some() && free.is_none_or(|free| *scope > free));
        reaches.extend(free.map(|scope| (scope, None)));
        reaches
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.scope(permission).is_some()
    }
}
