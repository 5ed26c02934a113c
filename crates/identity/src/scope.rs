//! Whose records: the condition that a finder adds for the caller's permission.

use kernel::actor::{Permission, Scope};
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::ids::{TeamId, UserId};
use sea_query::{Cond, Expr, ExprTrait, IntoColumnRef};

/// The rows on which the caller holds the permission: all of them, their team's and their own, or their own. Refuses who does not hold it
/// at all.
pub fn condition(ctx: &Ctx, permission: Permission, owner: impl IntoColumnRef, team: impl IntoColumnRef) -> Result<Cond> {
    let scope = ctx.scope(permission)?;
    let mine = || match ctx.actor.user_id {
        Some(me) => Expr::col(owner.into_column_ref()).eq(me.0),
        None => Expr::val(false),
    };
    Ok(match (scope, ctx.actor.team_id) {
        (Scope::All, _) => Cond::all(),
        (Scope::Team, Some(my_team)) => Cond::any().add(mine()).add(Expr::col(team.into_column_ref()).eq(my_team.0)),
        (Scope::Team, None) | (Scope::Own, _) => Cond::all().add(mine()),
    })
}

/// The same question of one record that is at hand.
pub fn covers(ctx: &Ctx, permission: Permission, owner: Option<UserId>, team: Option<TeamId>) -> Result<bool> {
    let mine = owner.is_some() && owner == ctx.actor.user_id;
    Ok(match ctx.scope(permission)? {
        Scope::All => true,
        Scope::Team => mine || (team.is_some() && team == ctx.actor.team_id),
        Scope::Own => mine,
    })
}
