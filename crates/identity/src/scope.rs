//! Whose records: the condition that a finder adds for the caller's permission, and the same question of one record at hand. A permission
//! reaches the records of its scope (one's own, one's teams', …) that satisfy the role's rule for rows, and those that are shared.

use criteria::{Criteria, Moment, Record, Schema};
use kernel::actor::{Actor, Permission, Scope};
use kernel::ctx::Ctx;
use kernel::error::Result;
use sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement, UnionType};
use serde_json::Value;

use crate::shares;

/// An entity whose records belong to somebody: its name, its table, and the columns `id`, `owner_id` and `team_id` of it.
#[derive(Clone, Copy, Debug)]
pub struct Owned {
    pub entity: &'static str,
    pub table: &'static str,
    /// Who may read a record beside those it belongs to.
    pub attended: Option<Attended>,
}

/// Rows that name users who take part in a record (the attendees of a meeting): they may read it, as far as their role lets them read any.
#[derive(Clone, Copy, Debug)]
pub struct Attended {
    pub table: &'static str,
    /// The column with the id of the record.
    pub record: &'static str,
    /// The column with the id of the user.
    pub user: &'static str,
}

impl Owned {
    fn col(&self, name: &'static str) -> Expr {
        Expr::col((self.table, name))
    }

    /// The ids of the records that the caller takes part in; none when the permission is not to read, or nobody takes part in such records.
    fn attended(&self, actor: &Actor, permission: Permission) -> Option<SelectStatement> {
        let (attended, me) = (self.attended.filter(|_| permission.action == "read")?, actor.user_id?);
        let ids = Query::select()
            .column(attended.record)
            .from(attended.table)
            .and_where(Expr::col(attended.user).eq(me.0))
            .to_owned();
        Some(ids)
    }
}

/// The moment criteria are evaluated at.
pub fn moment(ctx: &Ctx) -> Moment {
    Moment {
        now_us: ctx.now_us(),
        zone: ctx.org.zone,
        me: ctx.actor.user_id.map(|id| id.0),
    }
}

/// A rule as criteria; none when it cannot be read any more (a custom field is gone, say), and then it lets nothing through.
pub fn rule(schema: &Schema, json: &Value) -> Option<Criteria> {
    let parsed = Criteria::parse(json, schema);
    if let Err(error) = &parsed {
        tracing::warn!(%error, "a rule of a role cannot be read and lets nothing through");
    }
    parsed.ok()
}

/// The rows on which the caller holds the permission. Refuses who does not hold it at all. `schema` is the whole schema of the entity, and
/// is asked for only when there are rules.
pub fn condition(ctx: &Ctx, permission: Permission, owned: Owned, schema: Option<&Schema>) -> Result<Cond> {
    ctx.scope(permission)?;
    let actor = &*ctx.actor;
    let mut any = Cond::any();
    for (scope, json) in actor.reaches(permission, owned.entity) {
        let mut one = Cond::all();
        if scope < Scope::All {
            one = one.add(belongs(actor, scope, owned));
        }
        match (json, schema) {
            (None, _) if scope == Scope::All => return Ok(Cond::all()),
            (None, _) => {}
            (Some(json), Some(schema)) => match rule(schema, json) {
                Some(criteria) => one = one.add(criteria.to_sql(schema, ctx.db.dialect(), &moment(ctx))),
                None => continue,
            },
            (Some(_), None) => continue,
        }
        any = any.add(one);
    }
    if let Some(shared) = shares::ids(actor, permission, owned.entity) {
        any = any.add(owned.col("id").in_subquery(shared));
    }
    if let Some(attended) = owned.attended(actor, permission) {
        any = any.add(owned.col("id").in_subquery(attended));
    }
    // Not even one way to any row.
    Ok(if any.is_empty() { Cond::all().add(Expr::val(false)) } else { any })
}

/// So few records of a reach that a list does better to find them all first than to walk an index until a page is full.
const FEW: u64 = 3_000;

/// The ids of the records that are not deleted and that the caller reaches, when they are few and come from several indexes (one's own, one's
/// teams', shared ones). SQLite walks the index of the order for such a list: with a small team in a million customers that was 85 ms, and
/// is a tenth of a millisecond so. Rules for rows are left to the database's own judgement.
pub async fn few(ctx: &Ctx, permission: Permission, owned: Owned) -> Result<Option<SelectStatement>> {
    ctx.scope(permission)?;
    let actor = &*ctx.actor;
    let scope = match actor.reaches(permission, owned.entity).as_slice() {
        [(scope, None)] if *scope < Scope::All => *scope,
        _ => return Ok(None),
    };
    let alive = || {
        Query::select()
            .column("id")
            .from(owned.table)
            .and_where(owned.col("deleted_at").is_null())
            .to_owned()
    };
    let own = actor.user_id.map(|me| alive().and_where(owned.col("owner_id").eq(me.0)).to_owned());
    let of_teams = Some(teams(actor, scope))
        .filter(|teams| !teams.is_empty())
        .map(|teams| alive().and_where(owned.col("team_id").is_in(teams.iter().copied())).to_owned());
    let shared = shares::ids(actor, permission, owned.entity);
    let mut ways = own
        .into_iter()
        .chain(of_teams)
        .chain(shared)
        .chain(owned.attended(actor, permission));
    let (Some(mut all), Some(next)) = (ways.next(), ways.next()) else {
        return Ok(None);
    };
    all.union(UnionType::All, next);
    for way in ways {
        all.union(UnionType::All, way);
    }
    let up_to = all.clone().limit(FEW + 1).to_owned();
    let key = format!("scope.few {}", up_to.to_string(sea_query::SqliteQueryBuilder));
    let db = ctx.db.clone();
    // No more than a hint, which may be some seconds old.
    let are_few = ctx
        .db
        .memo()
        .get(key, &[], || async move {
            let found: Vec<(i64,)> = db.all(&up_to).await?;
            Ok(found.len() as u64 <= FEW)
        })
        .await?;
    Ok(are_few.then_some(all))
}

/// The rows that belong to somebody within the scope.
fn belongs(actor: &Actor, scope: Scope, owned: Owned) -> Cond {
    let mut any = Cond::any();
    if let Some(me) = actor.user_id {
        any = any.add(owned.col("owner_id").eq(me.0));
    }
    let team = owned.col("team_id");
    match teams(actor, scope) {
        [] => {}
        [one] => any = any.add(team.eq(*one)),
        several => any = any.add(team.is_in(several.iter().copied())),
    }
    if any.is_empty() { Cond::all().add(Expr::val(false)) } else { any }
}

fn teams(actor: &Actor, scope: Scope) -> &[i64] {
    match scope {
        Scope::Own | Scope::All => &[],
        Scope::Team => &actor.limits.teams,
        Scope::Below => &actor.limits.teams_below,
    }
}

/// Whether a record with this owner and team is within the scope.
pub fn is_within(actor: &Actor, scope: Scope, owner_id: Option<i64>, team_id: Option<i64>) -> bool {
    let mine = owner_id.is_some() && owner_id == actor.user_id.map(|id| id.0);
    scope == Scope::All || mine || team_id.is_some_and(|team| teams(actor, scope).contains(&team))
}

/// Whether the caller holds the permission on a record at hand. It says nothing of shares.
pub fn covers(ctx: &Ctx, permission: Permission, owned: Owned, schema: &Schema, record: &impl Held) -> bool {
    let within = |(scope, json): (Scope, Option<&Value>)| {
        is_within(&ctx.actor, scope, record.owner_id(), record.team_id())
            && json.is_none_or(|json| rule(schema, json).is_some_and(|criteria| criteria.matches(record, &moment(ctx))))
    };
    ctx.actor.reaches(permission, owned.entity).into_iter().any(within)
}

/// A record that belongs to somebody.
pub trait Held: Record {
    fn owner_id(&self) -> Option<i64>;
    fn team_id(&self) -> Option<i64>;
}
