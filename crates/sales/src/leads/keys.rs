//! By what a lead is known again when it comes a second time: its e-mail address, the last digits of its phone, its name at its company, and
//! the domain of its company. Kept beside the leads, so that one indexed look-up finds them.

use std::collections::BTreeSet;

use customers::customer::Customer;
use customers::customer::patch::Patch;
use customers::duplicates::facts::Facts;
use customers::fields::Key as CustomerKey;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::text;
use records::change::Changed;
use records::record::Record;
use sea_query::{Expr, ExprTrait, Query};

use super::Key;

/// What the keys follow from.
const FROM: [&str; 6] = ["first_name", "last_name", "company", "email", "phone", "website"];

/// The keys of a lead, each with the kind of the reason before the colon.
pub fn keys(lead: &Record) -> BTreeSet<String> {
    // Compared as a company is: without plus-tags, country codes, legal forms and the domains where anybody can have an address.
    let mut patch = Patch::default();
    for (key, cell) in [
        (CustomerKey::CompanyName, &lead[Key::Company]),
        (CustomerKey::PrimaryEmail, &lead[Key::Email]),
        (CustomerKey::PrimaryPhone, &lead[Key::Phone]),
        (CustomerKey::Website, &lead[Key::Website]),
    ] {
        patch.set(key, cell.clone());
    }
    patch.set(CustomerKey::CustomerType, "company".into());
    let mut company = Customer::default();
    patch.apply(&mut company);
    let facts = Facts::of(&company);
    let mut person = [Key::FirstName, Key::LastName]
        .iter()
        .flat_map(|key| text::words(&text::fold(lead[*key].text())))
        .collect::<Vec<_>>();
    person.sort();
    let name = format!("{}|{}", person.join(" "), facts.company_words.join(" "));
    let emails = facts.emails.iter().map(|email| format!("email:{email}"));
    let phones = facts.phones.iter().map(|phone| format!("phone:{phone}"));
    let domains = facts.domains.iter().map(|domain| format!("domain:{domain}"));
    // A person's name alone says little.
    let names = (!facts.company_words.is_empty()).then(|| format!("name:{name}"));
    emails.chain(phones).chain(domains).chain(names).collect()
}

/// Brings the keys of changed leads to what they say now. See [`records::Entity::after`].
pub async fn follow(tx: &mut Tx, changed: &[Changed]) -> Result<()> {
    let is_touched = |change: &&Changed| {
        let before = change.before.as_ref();
        FROM.iter().any(|field| change.touches(field)) || before.is_some_and(|before| before.deleted_at != change.after.deleted_at)
    };
    let touched: Vec<&Changed> = changed.iter().filter(is_touched).collect();
    let known: Vec<i64> = touched
        .iter()
        .filter(|change| !change.is_new())
        .map(|change| change.after.id)
        .collect();
    forget(tx, &known).await?;
    let rows: Vec<Vec<sea_query::Value>> = touched
        .iter()
        .filter(|change| change.after.deleted_at.is_none())
        .flat_map(|change| keys(&change.after).into_iter().map(|key| vec![key.into(), change.after.id.into()]))
        .collect();
    tx.insert_rows("lead_keys", &["key", "lead_id"], rows.into_iter()).await
}

/// Takes the keys of leads away.
pub async fn forget(tx: &mut Tx, ids: &[i64]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let gone = Query::delete()
        .from_table("lead_keys")
        .and_where(Expr::col("lead_id").is_in(ids.iter().copied()))
        .to_owned();
    tx.exec(&gone).await?;
    Ok(())
}
