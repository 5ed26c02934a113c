//! Who acts, what they may do, and on whose records.

use std::collections::HashMap;

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
    Own,
    Team,
    All,
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
    pub lang: Option<Lang>,
    pub via: Via,
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
            lang: None,
            via: Via::System,
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

    pub fn may(&self, permission: Permission) -> bool {
        self.scope(permission).is_some()
    }
}
