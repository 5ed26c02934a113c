//! How often one may try to sign in. Failures are counted in the database, so that a restart forgets none and every node knows them all.
//!
//! An attempt is counted before the password is looked at, so that many at once cannot slip through together; a success takes it back.
//! Nobody is shut out for ever: that would let anybody shut out anybody. What counts is what was typed, whether there is such an account or
//! not, and it is kept as a hash, because people type passwords where addresses belong.

use std::net::IpAddr;

use kernel::clock::{MINUTE_US, SECOND_US};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use sea_query::{Alias, Expr, ExprTrait, OnConflict, Query};

use crate::back_off::{Failures, Rule, too_many};
use crate::secrets;

/// Five mistakes, then 30 seconds, 1, 2, 4, 8 and then always 15 minutes; an hour of quiet clears five.
pub(crate) const ACCOUNT: Rule = Rule {
    free: 5,
    first_wait_us: 30 * SECOND_US,
    longest_wait_us: 15 * MINUTE_US,
    forgiven_us: 12 * MINUTE_US,
};
/// A whole office may share an address: fifty mistakes, then 1, 2, 4, 8 and then always 15 minutes; ten minutes of quiet clear fifty.
pub(crate) const ADDRESS: Rule = Rule {
    free: 50,
    first_wait_us: MINUTE_US,
    longest_wait_us: 15 * MINUTE_US,
    forgiven_us: 12 * SECOND_US,
};
/// Asking for a new password: what is over is not refused but left undone, so that nobody learns who has an account.
const ASKING: Rule = Rule {
    free: 3,
    first_wait_us: 60 * MINUTE_US,
    longest_wait_us: 60 * MINUTE_US,
    forgiven_us: 60 * MINUTE_US,
};
/// After this long nothing is left to know.
pub(crate) const KEPT_US: i64 = 24 * 60 * MINUTE_US;

/// Counts an attempt on an account from an address, or refuses it.
pub(crate) async fn attempt(ctx: &Ctx, account: &str, address: IpAddr) -> Result<()> {
    counted(ctx, &[(of_address(address), ADDRESS), (of_account(account), ACCOUNT)]).await
}

/// Counts an attempt from an address, or refuses it.
pub(crate) async fn attempt_from(ctx: &Ctx, address: IpAddr) -> Result<()> {
    counted(ctx, &[(of_address(address), ADDRESS)]).await
}

/// The attempt was right, but there is more to prove: it is taken back, and earlier failures stay. Were they forgiven, whoever has the
/// password could try codes for ever, by giving it again after each few.
pub(crate) async fn passed(ctx: &Ctx, account: &str, address: IpAddr) -> Result<()> {
    ctx.db
        .write(async |tx| {
            take_back(tx, &of_address(address), ADDRESS).await?;
            take_back(tx, &of_account(account), ACCOUNT).await
        })
        .await
}

/// All was right: the account begins anew.
pub(crate) async fn succeeded(tx: &mut Tx, account: &str, address: IpAddr) -> Result<()> {
    // In the order in which they are counted, so that nobody waits for each other.
    take_back(tx, &of_address(address), ADDRESS).await?;
    unlock(tx, account).await
}

pub(crate) async fn succeeded_from(ctx: &Ctx, address: IpAddr) -> Result<()> {
    ctx.db.write(async |tx| take_back(tx, &of_address(address), ADDRESS).await).await
}

/// Whether somebody may ask for a new password for this address again.
pub(crate) async fn may_ask(ctx: &Ctx, account: &str) -> Result<bool> {
    match counted(ctx, &[(format!("asking {}", secrets::hashed(account)), ASKING)]).await {
        Err(Error::TooMany { .. }) => Ok(false),
        other => other.map(|()| true),
    }
}

/// Forgets the failures of an account.
pub(crate) async fn unlock(tx: &mut Tx, account: &str) -> Result<()> {
    let delete = Query::delete()
        .from_table("sign_in_failures")
        .and_where(Expr::col("subject").eq(of_account(account)))
        .to_owned();
    tx.exec(&delete).await?;
    Ok(())
}

/// The subjects of those of these accounts that may not be tried at this time.
pub(crate) fn select_locked<'a>(accounts: impl Iterator<Item = &'a str>, now_us: i64) -> sea_query::SelectStatement {
    Query::select()
        .column("subject")
        .from(Alias::new("sign_in_failures"))
        .and_where(Expr::col("subject").is_in(accounts.map(of_account)))
        .and_where(Expr::col("blocked_until").gt(now_us))
        .to_owned()
}

pub(crate) fn of_account(account: &str) -> String {
    format!("account {}", secrets::hashed(account))
}

fn of_address(address: IpAddr) -> String {
    format!("address {}", network(address))
}

async fn counted(ctx: &Ctx, subjects: &[(String, Rule)]) -> Result<()> {
    let now = ctx.now_us();
    // The refusal is not an error of the transaction: what was counted before it must stay counted.
    let wait_us = ctx
        .db
        .write(async |tx| {
            for (subject, rule) in subjects {
                match rule.attempt(read(tx, subject).await?, now) {
                    Ok(after) => store(tx, subject, after).await?,
                    Err(wait_us) => return Ok(Some(wait_us)),
                }
            }
            Ok(None)
        })
        .await?;
    wait_us.map_or(Ok(()), |wait_us| Err(too_many(wait_us)))
}

/// Reads and keeps others out until the end of the transaction.
async fn read(tx: &mut Tx, subject: &str) -> Result<Failures> {
    let fresh = Query::insert()
        .into_table("sign_in_failures")
        .columns(["subject", "failures", "last_at", "blocked_until"])
        .values_panic([subject.into(), 0.into(), 0.into(), 0.into()])
        .on_conflict(OnConflict::column("subject").do_nothing().to_owned())
        .to_owned();
    tx.exec(&fresh).await?;
    let mut select = select(subject);
    tx.dialect().for_update(&mut select);
    tx.one(&select).await
}

fn select(subject: &str) -> sea_query::SelectStatement {
    Query::select()
        .columns(["failures", "last_at", "blocked_until"])
        .from(Alias::new("sign_in_failures"))
        .and_where(Expr::col("subject").eq(subject))
        .to_owned()
}

async fn store(tx: &mut Tx, subject: &str, after: Failures) -> Result<()> {
    let update = Query::update()
        .table("sign_in_failures")
        .value("failures", after.failures)
        .value("last_at", after.last_at)
        .value("blocked_until", after.blocked_until)
        .and_where(Expr::col("subject").eq(subject))
        .to_owned();
    tx.exec(&update).await?;
    Ok(())
}

async fn take_back(tx: &mut Tx, subject: &str, rule: Rule) -> Result<()> {
    let mut select = select(subject);
    tx.dialect().for_update(&mut select);
    match tx.opt::<Failures>(&select).await? {
        Some(after) => store(tx, subject, rule.take_back(after)).await,
        None => Ok(()),
    }
}

/// Whoever has an address of IPv6 has a whole network of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_ipv6_are_one_address() {
        let neighbours = ["2001:db8::1", "2001:db8::2"].map(|text| network(text.parse().unwrap()));
        assert_eq!(neighbours[0], neighbours[1]);
        assert_eq!(network("::ffff:127.0.0.1".parse().unwrap()), IpAddr::from([127, 0, 0, 1]));
    }
}
