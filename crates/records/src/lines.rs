//! Records as short lines: what is kept at hand, opened lately, or found by words.

use kernel::ctx::Ctx;
use sea_query::SelectStatement;
use serde::Serialize;
use utoipa::ToSchema;

use crate::custom::Definitions;
use crate::entity::Entity;
use crate::read::{self, Reader};

/// A record as a short line.
#[derive(Serialize, ToSchema)]
pub struct Line {
    /// `customer`, `lead`, `opportunity`.
    pub entity: &'static str,
    pub id: i64,
    pub name: String,
    /// What tells it from others of its name: code and city of a customer, number and company of a lead.
    pub subtitle: String,
    /// `individual` or `company`; empty for what is no customer.
    pub customer_type: String,
}

/// Adds what a line shows to a query over records, after the columns that are there.
pub(crate) fn select(ctx: &Ctx, entity: &Entity, query: &mut SelectStatement) {
    let dialect = ctx.db.dialect();
    let parts = read::parts(dialect, entity, &Definitions::default(), &Reader::of(ctx, entity));
    let part = |name: &str| {
        let sql = parts.iter().find(|(known, _)| known == name).map_or("''", |(_, sql)| sql.as_str());
        format!("coalesce({sql}, '')")
    };
    let subtitle: Vec<String> = entity.subtitle.iter().map(|name| part(name)).collect();
    query.column((entity.table, "id"));
    for sql in [part(entity.called), joined(&subtitle), part("customer_type")] {
        query.expr(dialect.own_sql(sql));
    }
}

/// The SQL of texts with a dot between those that are not empty.
fn joined(texts: &[String]) -> String {
    let mut all = "''".to_owned();
    for text in texts {
        all = format!("{all} || CASE WHEN {all} <> '' AND {text} <> '' THEN ' · ' ELSE '' END || {text}");
    }
    all
}

impl Line {
    /// Of what [`select`] asked for.
    pub(crate) fn of(entity: &Entity, (id, name, subtitle, customer_type): (i64, String, String, String)) -> Line {
        Line {
            entity: entity.name,
            id,
            name,
            subtitle,
            customer_type,
        }
    }
}
