//! What users and teams are called, for sentences and history.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::ctx::Ctx;
use kernel::error::Result;
use sea_query::{Alias, Query};

/// Names by id.
#[derive(Debug, Default)]
pub struct Names {
    users: HashMap<i64, String>,
    teams: HashMap<i64, String>,
}

impl Names {
    pub fn user(&self, id: i64) -> Option<&str> {
        self.users.get(&id).map(String::as_str)
    }

    /// The name of a record of an entity.
    pub fn of(&self, entity: &str, id: i64) -> Option<String> {
        let names = match entity {
            "user" => &self.users,
            "team" => &self.teams,
            _ => return None,
        };
        names.get(&id).cloned()
    }
}

/// All of them, from memory while nobody changes a user or a team.
pub async fn all(ctx: &Ctx) -> Result<Arc<Names>> {
    let db = ctx.db.clone();
    let load = || async move {
        let of = async |table: &'static str| -> Result<HashMap<i64, String>> {
            let query = Query::select().columns(["id", "name"]).from(Alias::new(table)).to_owned();
            Ok(db.all::<(i64, String)>(&query).await?.into_iter().collect())
        };
        Ok(Names {
            users: of("users").await?,
            teams: of("teams").await?,
        })
    };
    ctx.db.memo().get("names".into(), &["user", "team"], load).await
}
