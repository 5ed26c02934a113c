//! Whose quotas and adjustments there are, in which months: of users and of teams. What a team, or everybody, is to win when nobody said so
//! is the sum of those below.

use std::collections::{BTreeMap, BTreeSet};

use identity::scope;
use kernel::ctx::Ctx;
use kernel::error::{FieldErrors, Result, Say, invalid};
use kernel::money;
use kernel::say;
use sea_query::{Alias, Cond, Expr, ExprTrait, Query};
use serde_json::Value;

use super::Whose;
use super::period::Period;
use crate::figures;
use crate::permissions::FORECAST_MANAGE;

/// Amounts from here on are a slip of the hand.
const MAX_AMOUNT: i64 = 10_i64.pow(15);

/// The period that a path or a body names: `2026-04` or `2026-Q2`.
pub fn period(name: &str) -> Result<Period> {
    Period::parse(name).ok_or_else(|| {
        invalid(
            "period",
            say!(
                "Bir ay veya çeyrek olmalı: 2026-04 veya 2026-Q2 gibi.",
                "Must be a month or a quarter such as 2026-04 or 2026-Q2."
            ),
        )
    })
}

/// An amount divided over so many months; what does not divide comes first.
pub fn divided(amount: i64, months: usize) -> Vec<i64> {
    let count = Ord::max(months, 1) as i64;
    (0..count).map(|place| amount / count + i64::from(place < amount % count)).collect()
}

/// Reads an amount in the organisation's currency; none for null.
pub fn amount(value: Option<&Value>) -> Result<Option<i64>, Say> {
    let text = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => String::new(),
    };
    let amount = money::from_scaled(&text, 2).filter(|amount| (0..MAX_AMOUNT).contains(amount));
    amount.map(Some).ok_or_else(|| {
        say!(
            "Sıfırdan küçük olmayan bir tutar olmalı: örneğin 1234.50.",
            "Must be an amount of at least zero, such as 1234.50."
        )
    })
}

/// The users and teams that are meant, as a tree.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// With their teams.
    users: BTreeMap<i64, Option<i64>>,
    /// With the teams above them.
    teams: BTreeMap<i64, Option<i64>>,
}

impl Tree {
    /// All of them.
    pub async fn whole(ctx: &Ctx) -> Result<Tree> {
        let of = |table: &'static str, above: &'static str| Query::select().columns(["id", above]).from(Alias::new(table)).to_owned();
        let (users, teams) = (of("users", "team_id"), of("teams", "parent_id"));
        type Below = Vec<(i64, Option<i64>)>;
        let (users, teams): (Below, Below) = futures::try_join!(ctx.db.all(&users), ctx.db.all(&teams))?;
        Ok(Tree {
            users: users.into_iter().collect(),
            teams: teams.into_iter().collect(),
        })
    }

    /// Those whose opportunities the caller may see.
    pub async fn visible(ctx: &Ctx) -> Result<Tree> {
        let mut tree = Tree::whole(ctx).await?;
        if !figures::sees_all(ctx) {
            tree.users.retain(|id, team| figures::is_within(ctx, Some(*id), *team));
            tree.teams.retain(|id, _| figures::is_within(ctx, None, Some(*id)));
        }
        Ok(tree)
    }

    /// Only this user, or this team and who is in it.
    pub fn only(mut self, owner: Option<i64>, team: Option<i64>) -> Tree {
        if let Some(team) = team {
            self.teams.retain(|id, _| *id == team);
            self.users.retain(|_, of| *of == Some(team));
        }
        if let Some(owner) = owner {
            self.users.retain(|id, _| *id == owner);
            self.teams.clear();
        }
        self
    }

    pub fn has(&self, whose: Whose) -> bool {
        match whose {
            Whose::All => true,
            Whose::Team(id) => self.teams.contains_key(&id),
            Whose::User(id) => self.users.contains_key(&id),
        }
    }

    /// Those right below.
    fn below(&self, whose: Whose) -> Vec<Whose> {
        let is_here = |above: &Option<i64>| match whose {
            Whose::All => above.is_none_or(|above| !self.teams.contains_key(&above)),
            Whose::Team(id) => *above == Some(id),
            Whose::User(_) => false,
        };
        let teams = self
            .teams
            .iter()
            .filter(|(_, above)| is_here(above))
            .map(|(id, _)| Whose::Team(*id));
        let users = self
            .users
            .iter()
            .filter(|(_, above)| is_here(above))
            .map(|(id, _)| Whose::User(*id));
        teams.chain(users).collect()
    }

    /// Rows of a table with `user_id` and `team_id` that are about somebody here.
    pub fn condition(&self) -> Cond {
        Cond::any()
            .add(Expr::col("user_id").is_in(self.users.keys().copied()))
            .add(Expr::col("team_id").is_in(self.teams.keys().copied()))
    }

    /// Whose it is, when the caller may set it.
    pub fn managed(&self, ctx: &Ctx, user_id: Option<i64>, team_id: Option<i64>, place: &str, errors: &mut FieldErrors) -> Option<Whose> {
        let field = |name: &str| format!("{place}{name}");
        let (whose, name) = match (user_id, team_id) {
            (Some(id), None) => (Whose::User(id), "user_id"),
            (None, Some(id)) => (Whose::Team(id), "team_id"),
            _ => {
                let problem = say!(
                    "user_id veya team_id alanlarından tam biri verilmeli.",
                    "Exactly one of user_id and team_id must be given."
                );
                errors.add(field("user_id"), problem);
                return None;
            }
        };
        let (owner, team) = match whose {
            Whose::User(id) => (Some(id), self.users.get(&id).copied().flatten()),
            _ => (None, team_id),
        };
        let is_managed = ctx
            .actor
            .scope(FORECAST_MANAGE)
            .is_some_and(|reach| scope::is_within(&ctx.actor, reach, owner, team));
        if !self.has(whose) || !is_managed {
            let problem = say!("Böyle biri yok ya da yetkiniz dışında.", "There is none such within your reach.");
            errors.add(field(name), problem);
            return None;
        }
        Some(whose)
    }
}

impl Whose {
    pub fn of(user_id: Option<i64>, team_id: Option<i64>) -> Whose {
        match (user_id, team_id) {
            (Some(id), _) => Whose::User(id),
            (None, Some(id)) => Whose::Team(id),
            (None, None) => Whose::All,
        }
    }

    pub fn user_id(self) -> Option<i64> {
        match self {
            Whose::User(id) => Some(id),
            _ => None,
        }
    }

    pub fn team_id(self) -> Option<i64> {
        match self {
            Whose::Team(id) => Some(id),
            _ => None,
        }
    }
}

/// Amounts that somebody said, by whose and which month they are.
#[derive(Clone, Debug, Default)]
pub struct Said(pub BTreeMap<(Whose, String), i64>);

impl Said {
    /// What is to be won in a month: what was said, or the sum of those below.
    fn month(&self, tree: &Tree, whose: Whose, month: &str, above: &mut BTreeSet<Whose>) -> (Option<i128>, bool) {
        if let Some(amount) = self.0.get(&(whose, month.to_owned())) {
            return (Some(i128::from(*amount)), true);
        }
        // A team that is above itself, should there ever be one, counts once.
        if !above.insert(whose) {
            return (None, false);
        }
        let below = tree.below(whose);
        let amounts: Vec<i128> = below.into_iter().filter_map(|one| self.month(tree, one, month, above).0).collect();
        ((!amounts.is_empty()).then(|| amounts.iter().sum()), false)
    }

    /// The same of months together, and whether all of it was said of this very one.
    pub fn months(&self, tree: &Tree, whose: Whose, months: &[String]) -> Option<(i128, bool)> {
        let mut sum = None;
        let mut is_own = true;
        for month in months {
            if let (Some(amount), own) = self.month(tree, whose, month, &mut BTreeSet::new()) {
                sum = Some(sum.unwrap_or_default() + amount);
                is_own &= own;
            }
        }
        sum.map(|sum| (sum, is_own))
    }

    /// Those of whom something was said in one of the months.
    pub fn named(&self, tree: &Tree, months: &BTreeSet<String>) -> Vec<Whose> {
        let is_meant = |(whose, month): &&(Whose, String)| months.contains(month) && tree.has(*whose);
        self.0.keys().filter(is_meant).map(|(whose, _)| *whose).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Team 1 over teams 2 and 3, two users in each of these, and one in none.
    fn tree() -> Tree {
        Tree {
            users: [(1, Some(2)), (2, Some(2)), (3, Some(3)), (4, Some(3)), (5, None)]
                .into_iter()
                .collect(),
            teams: [(1, None), (2, Some(1)), (3, Some(1))].into_iter().collect(),
        }
    }

    fn said(rows: &[(Whose, i64)]) -> Said {
        Said(
            rows.iter()
                .map(|(whose, amount)| ((*whose, "2026-04".to_owned()), *amount))
                .collect(),
        )
    }

    #[test]
    fn what_nobody_said_of_a_team_is_the_sum_of_those_below() {
        let months = ["2026-04".to_owned()];
        let quotas = said(&[
            (Whose::User(1), 10),
            (Whose::User(2), 20),
            (Whose::Team(3), 100),
            (Whose::User(3), 7),
            (Whose::User(5), 1),
        ]);
        let of = |whose| quotas.months(&tree(), whose, &months);
        assert_eq!(of(Whose::Team(2)), Some((30, false)));
        assert_eq!(of(Whose::Team(3)), Some((100, true)), "what was said holds");
        assert_eq!(of(Whose::Team(1)), Some((130, false)));
        assert_eq!(of(Whose::All), Some((131, false)));
        assert_eq!(of(Whose::User(4)), None);
        let narrowed = tree().only(None, Some(2));
        assert_eq!(quotas.months(&narrowed, Whose::All, &months), Some((30, false)));
    }

    proptest! {
        #[test]
        fn a_quarter_is_the_sum_of_its_months(amount in 0..MAX_AMOUNT, months in 1usize..=3) {
            let parts = divided(amount, months);
            prop_assert_eq!(parts.len(), months);
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            prop_assert!(parts.iter().max().unwrap() - parts.iter().min().unwrap() <= 1);
        }

        #[test]
        fn everybody_is_the_sum_of_all_users_when_no_team_was_told(amounts in proptest::collection::vec(0..MAX_AMOUNT, 5)) {
            let rows: Vec<(Whose, i64)> = amounts.iter().enumerate().map(|(place, amount)| (Whose::User(place as i64 + 1), *amount)).collect();
            let whole = said(&rows).months(&tree(), Whose::All, &["2026-04".to_owned()]);
            prop_assert_eq!(whole, Some((amounts.iter().map(|amount| i128::from(*amount)).sum(), false)));
        }
    }
}
