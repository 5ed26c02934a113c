//! Match keys: what two records of the same customer are likely to share, hashed into numbers that are kept beside it. Records that share
//! no key are never compared.

use std::collections::BTreeSet;

use kernel::db::Tx;
use kernel::error::Result;
use sea_query::{Alias, Cond, Expr, ExprTrait, Func, Query, SelectStatement};

use super::facts::Facts;
use crate::customer::Customer;

/// Customers of neighbouring ids are a generation, and their keys lie together. A hash falls anywhere in a large table, and each of a new
/// customer's would have to be read and written with a page of its own; the pages of one generation stay at hand. Who looks a key up looks
/// once in each generation, sixteen times at a million: more of them would write faster and find slower.
const GENERATION: i64 = 1 << 16;

/// What a key is made of. The letters are kept with the records and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Email,
    Phone,
    TaxNumber,
    IdentityNumber,
    /// Of a company's website or addresses.
    Domain,
    /// A word of a person's name with the date of birth: finds who changed the other word.
    NameAndBirth,
    /// The whole name of a person with the city.
    NameAndCity,
    CompanyName,
    /// The first word of a company's name with the city.
    CompanyAndCity,
}

impl Kind {
    fn letter(self) -> char {
        match self {
            Kind::Email => 'e',
            Kind::Phone => 'p',
            Kind::TaxNumber => 't',
            Kind::IdentityNumber => 'i',
            Kind::Domain => 'd',
            Kind::NameAndBirth => 'b',
            Kind::NameAndCity => 'c',
            Kind::CompanyName => 'n',
            Kind::CompanyAndCity => 'y',
        }
    }

    fn key(self, parts: &[&str]) -> i64 {
        let mut text = String::from(self.letter());
        for part in parts {
            text.push('\u{1f}');
            text.push_str(part);
        }
        hash(&text)
    }
}

/// FNV-1a of 64 bits. Its values are kept in every database: it never changes.
fn hash(text: &str) -> i64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash as i64
}

/// The bones of a folded word: its first letter and the consonants after it, none twice in a row, and those that people mix up made one.
/// Most slips of a finger are in vowels and doubled letters, and leave the bones as they are.
pub fn bones(word: &str) -> String {
    let mut bones = String::with_capacity(word.len());
    for (place, letter) in word.chars().enumerate() {
        let letter = match letter {
            'd' => 't',
            'b' => 'p',
            'w' => 'v',
            'q' => 'k',
            // The soft g and the h are hardly heard.
            'g' | 'h' if place > 0 => continue,
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' if place > 0 => continue,
            other => other,
        };
        if !bones.ends_with(letter) {
            bones.push(letter);
        }
    }
    bones
}

/// The match keys of a customer.
pub fn keys(facts: &Facts) -> BTreeSet<i64> {
    let mut keys = BTreeSet::new();
    let mut add = |kind: Kind, parts: &[&str]| {
        if parts.iter().all(|part| !part.is_empty()) {
            keys.insert(kind.key(parts));
        }
    };
    facts.emails.iter().for_each(|email| add(Kind::Email, &[email]));
    facts.phones.iter().for_each(|phone| add(Kind::Phone, &[phone]));
    add(Kind::TaxNumber, &[&facts.tax_number]);
    add(Kind::IdentityNumber, &[&facts.identity_number]);
    if facts.is_company {
        facts.domains.iter().for_each(|domain| add(Kind::Domain, &[domain]));
        let mut words: Vec<String> = facts.company_words.iter().map(|word| bones(word)).collect();
        if let Some(first) = words.first() {
            add(Kind::CompanyAndCity, &[first, &facts.city]);
        }
        words.sort();
        add(Kind::CompanyName, &[&words.join(" ")]);
    } else {
        let words: Vec<String> = facts.name_words().iter().map(|word| bones(word)).collect();
        words.iter().for_each(|word| add(Kind::NameAndBirth, &[word, &facts.birth_date]));
        let mut sorted = words;
        sorted.sort();
        add(Kind::NameAndCity, &[&sorted.join(" "), &facts.city]);
    }
    keys
}

fn keys_of(customer: &Customer) -> BTreeSet<i64> {
    if customer.deleted_at.is_some() {
        return BTreeSet::new();
    }
    keys(&Facts::of(customer))
}

/// Brings the keys of changed customers to what they are now: `(before, after)`.
pub async fn store(tx: &mut Tx, changed: &[(&Customer, &Customer)]) -> Result<()> {
    let (mut gone, mut fresh) = (Vec::new(), Vec::new());
    for (before, after) in changed {
        // A new customer has nothing before.
        let old = if before.id == 0 { BTreeSet::new() } else { keys_of(before) };
        let new = keys_of(after);
        gone.extend(old.difference(&new).map(|key| (*key, after.id)));
        fresh.extend(new.difference(&old).map(|key| (*key, after.id)));
    }
    remove(tx, &gone).await?;
    add(tx, fresh).await
}

/// The generation of a customer.
pub fn generation(customer_id: i64) -> i64 {
    customer_id / GENERATION
}

/// The largest id of a customer, from which follow the generations there are and about how many customers.
pub fn newest() -> SelectStatement {
    let newest = Func::coalesce([Func::max(Expr::col("id")).into(), Expr::val(0)]);
    Query::select().expr(newest).from(Alias::new("customers")).to_owned()
}

/// Writes keys that are not there yet.
pub async fn add(tx: &mut Tx, rows: Vec<(i64, i64)>) -> Result<()> {
    let mut rows: Vec<(i64, i64, i64)> = rows.into_iter().map(|(key, id)| (generation(id), key, id)).collect();
    // In the order of the table: neighbours share a page.
    rows.sort_unstable();
    let rows = rows
        .into_iter()
        .map(|(generation, key, customer_id)| vec![generation.into(), key.into(), customer_id.into()]);
    tx.insert_missing_rows("match_keys", &["generation", "key", "customer_id"], rows)
        .await
}

async fn remove(tx: &mut Tx, rows: &[(i64, i64)]) -> Result<()> {
    for some in rows.chunks(200) {
        let mut either = Cond::any();
        for (key, customer_id) in some {
            let one = Cond::all()
                .add(Expr::col("generation").eq(generation(*customer_id)))
                .add(Expr::col("key").eq(*key))
                .add(Expr::col("customer_id").eq(*customer_id));
            either = either.add(one);
        }
        tx.exec(&Query::delete().from_table("match_keys").cond_where(either).to_owned())
            .await?;
    }
    Ok(())
}

/// Removes every key of customers, whatever made them: reads through their generations.
pub async fn forget(tx: &mut Tx, ids: &[i64]) -> Result<()> {
    let generations: BTreeSet<i64> = ids.iter().map(|id| generation(*id)).collect();
    let delete = Query::delete()
        .from_table("match_keys")
        .and_where(Expr::col("generation").is_in(generations))
        .and_where(Expr::col("customer_id").is_in(ids.iter().copied()))
        .to_owned();
    tx.exec(&delete).await?;
    Ok(())
}

/// Removes the keys of a whole generation.
pub async fn forget_generation(tx: &mut Tx, generation: i64) -> Result<()> {
    let delete = Query::delete()
        .from_table("match_keys")
        .and_where(Expr::col("generation").eq(generation))
        .to_owned();
    tx.exec(&delete).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(first: &str, last: &str) -> Facts {
        Facts {
            first_name: kernel::text::fold(first),
            last_name: kernel::text::fold(last),
            birth_date: "1980-05-06".into(),
            city: "izmir".into(),
            ..Facts::default()
        }
    }

    fn meet(a: &Facts, b: &Facts) -> usize {
        keys(a).intersection(&keys(b)).count()
    }

    #[test]
    fn the_hash_is_the_one_that_is_kept_in_every_database() {
        assert_eq!(hash(""), 0xcbf2_9ce4_8422_2325_u64 as i64);
        assert_eq!(hash("a"), 0xaf63_dc4c_8601_ec8c_u64 as i64);
        assert_eq!(Kind::Email.key(&["a@b.example"]), hash("e\u{1f}a@b.example"));
    }

    #[test]
    fn spellings_of_a_name_have_the_same_bones() {
        for (a, b) in [("ayse", "ayşee"), ("mehmet", "memet"), ("yildirim", "yıldrım"), ("ahmet", "ahmed")] {
            assert_eq!(bones(&kernel::text::fold(a)), bones(&kernel::text::fold(b)), "{a} {b}");
        }
        assert_ne!(bones("ayse"), bones("fatma"));
    }

    #[test]
    fn swapped_misspelt_and_married_names_meet_and_strangers_do_not() {
        let ayse = person("Ayşe", "Yılmaz");
        assert_eq!(meet(&ayse, &person("Yilmaz", "AYSE")), 3);
        assert_eq!(meet(&ayse, &person("Ayşe", "Demir")), 1);
        assert_eq!(meet(&ayse, &person("Mehmet", "Demir")), 0);
        let other_day = Facts {
            birth_date: "1981-05-06".into(),
            ..person("Ayşe", "Yılmaz")
        };
        assert_eq!(meet(&ayse, &other_day), 1, "name and city are left");
    }

    #[test]
    fn what_is_missing_makes_no_key() {
        assert!(keys(&Facts::default()).is_empty());
        let nameless = Facts {
            birth_date: "1980-05-06".into(),
            city: "izmir".into(),
            ..Facts::default()
        };
        assert!(keys(&nameless).is_empty());
    }
}
