//! Passwords: which are good enough, and their argon2id hashes. Hashing takes 19 MiB and some hundredths of a second, so it runs on a
//! blocking thread, two at a time; a flood of sign-ins waits in a short queue and is then turned away.

use std::collections::HashSet;
use std::sync::LazyLock;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use kernel::error::{Error, Result, invalid};
use kernel::say;
use kernel::text::{fold, words};
use tokio::sync::Semaphore;

/// What ASVS asks of its level 2; no letters, digits or signs are demanded, which only makes people write `Password1!`.
const MIN_CHARS: usize = 12;
const MAX_CHARS: usize = 128;

/// What OWASP asks of argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How many hash at once, and how many may stand in the queue, themselves included.
static WORKERS: Semaphore = Semaphore::const_new(2);
static QUEUE: Semaphore = Semaphore::const_new(64);

/// The hash of a random password that nobody has: what a sign-in to no account is compared with, so that it takes as long as one to an
/// account.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$q0ZUXb3dVQm1o7e1m0b2nA$5n5m0r3K8xwq3V7b2k1fJw0q0mZpYc0vQh1mD9r2o3E";

/// The hash of a password that was found good enough.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Whose password it is: what everybody knows of them, and nobody should guess by.
#[derive(Clone, Copy, Default)]
pub struct Owner<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub organisation: &'a str,
}

/// A word of a name is told apart from chance by being at least this long.
const MIN_WORD_CHARS: usize = 4;

/// Refuses weak passwords.
pub fn check(field: &str, password: &str, owner: Owner) -> Result<()> {
    let chars = password.chars().count();
    if !(MIN_CHARS..=MAX_CHARS).contains(&chars) {
        return Err(invalid(
            field,
            say!(
                "{} ile {} karakter arasında olmalı.",
                "Must have {} to {} characters.",
                MIN_CHARS,
                MAX_CHARS
            ),
        ));
    }
    let plain = password.trim().to_lowercase();
    let folded = fold(&plain);
    let local = owner.email.trim().split('@').next().unwrap_or_default();
    let known = [local, owner.name, owner.organisation];
    let guessed = known
        .into_iter()
        .flat_map(words)
        .find(|word| word.chars().count() >= MIN_WORD_CHARS && folded.contains(word.as_str()));
    if let Some(word) = guessed {
        return Err(invalid(
            field,
            say!(
                "Adınız, e-posta adresiniz ya da kuruluşunuz parolada geçemez: “{}”.",
                "Your name, e-mail address or organisation must not be in the password: “{}”.",
                word
            ),
        ));
    }
    if is_common(&plain) || is_pattern(&plain) {
        return Err(invalid(
            field,
            say!(
                "Bu parola çok yaygın; başka bir tane seçin.",
                "This password is very common; choose another."
            ),
        ));
    }
    Ok(())
}

/// Whether it is one of the commonest, also with digits and signs hung on.
fn is_common(plain: &str) -> bool {
    let bare = plain.trim_end_matches(|c: char| !c.is_alphabetic());
    COMMON.contains(plain) || COMMON.contains(bare)
}

/// Whether it only repeats a few characters, or counts.
fn is_pattern(plain: &str) -> bool {
    let letters: Vec<char> = plain.chars().collect();
    let repeats = (1..=4).any(|unit| letters.iter().skip(unit).zip(&letters).all(|(after, before)| after == before));
    let step = |from: char, to: char| match (from, to) {
        ('9', '0') => 1,
        ('0', '9') => -1,
        _ => to as i64 - from as i64,
    };
    let counts = |by: i64| letters.windows(2).all(|pair| step(pair[0], pair[1]) == by);
    repeats || counts(1) || counts(-1)
}

/// Checks a password and hashes it. Never call it inside a transaction.
pub async fn hash(password: &str, email: &str) -> Result<PasswordHash> {
    hash_of(password, Owner { email, ..Owner::default() }).await
}

/// The same, where more is known of whose it is.
pub async fn hash_of(password: &str, owner: Owner<'_>) -> Result<PasswordHash> {
    check("password", password, owner)?;
    let password = password.to_owned();
    on_worker(move || {
        let hash = argon2()?
            .hash_password(password.as_bytes())
            .map_err(|error| Error::internal(format!("argon2: {error}")))?;
        Ok(PasswordHash(hash.to_string()))
    })
    .await
}

/// Whether the password is the one of the hash; takes as long when there is no hash.
pub(crate) async fn verify(password: &str, hash: Option<&str>) -> Result<bool> {
    let is_real = hash.is_some();
    let hash = hash.unwrap_or(NOBODYS).to_owned();
    let password = password.to_owned();
    let fits = on_worker(move || Ok(argon2()?.verify_password(password.as_bytes(), hash.as_str()).is_ok())).await?;
    Ok(fits && is_real)
}

/// Longer texts are no password of anybody and are not worth hashing.
pub(crate) fn is_too_long(password: &str) -> bool {
    password.len() > 4 * MAX_CHARS
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| Error::internal(format!("argon2: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn on_worker<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _place = QUEUE.try_acquire().map_err(|_| Error::TooMany { retry_after_s: 2 })?;
    // The permit goes into the work: a caller that goes away leaves the thread busy until it is done.
    let permit = WORKERS
        .acquire()
        .await
        .map_err(|_| Error::internal("the password workers are closed"))?;
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        work()
    })
    .await
    .map_err(|error| Error::internal(format!("hashing failed: {error}")))?
}

/// The most common passwords of ten characters and more, here and elsewhere, lower-cased.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("password/common.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
});

#[cfg(test)]
mod tests {
    use kernel::error::Lang;

    use super::*;

    fn refusal(password: &str) -> Option<String> {
        let owner = Owner {
            email: "ayse.yilmaz@firma.com.tr",
            name: "Ayşe Yılmaz Ak",
            organisation: "Işık Ticaret",
        };
        match check("password", password, owner) {
            Ok(()) => None,
            Err(Error::Invalid(errors)) => errors.in_language(Lang::En)["password"].first().map(|text| (*text).to_owned()),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn short_common_and_own_name_are_refused() {
        assert!(refusal("kısa").is_some_and(|text| text.contains("12 to 128")));
        assert!(refusal(&"ş".repeat(129)).is_some());
        for own in [
            "Ayse.Yilmaz@firma.com.tr",
            "yılmaz-2026-yılmaz",
            "IŞIK ve gölge 1",
            "benim-AYŞE-parolam",
        ] {
            assert!(refusal(own).is_some_and(|text| text.contains("e-mail")), "{own}");
        }
        assert_eq!(refusal("akşam olunca sustu"), None, "two letters of a name are no hint");
        for common in [
            "123456789012",
            "0987654321098",
            "aaaaaaaaaaaa",
            "abc1abc1abc1",
            "qwertyuiop123",
            "Galatasaray1905!",
        ] {
            assert!(refusal(common).is_some_and(|text| text.contains("common")), "{common}");
        }
        assert_eq!(refusal("çay bahçesi 7"), None);
        assert_eq!(refusal(&"şekerli!".repeat(16)), None);
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let hash = hash("doğru at pil zımba", "a@b.tr").await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(verify("doğru at pil zımba", Some(hash.as_str())).await.unwrap());
        assert!(!verify("dogru at pil zimba", Some(hash.as_str())).await.unwrap());
        assert!(!verify("anything at all", None).await.unwrap());
    }

    #[test]
    fn what_nobody_has_is_a_whole_hash() {
        // Were it not, the comparison would end at once and tell that there is no such account.
        let parsed = argon2::password_hash::phc::PasswordHash::new(NOBODYS).unwrap();
        assert_eq!(parsed.hash.unwrap().len(), 32);
        assert_eq!(Params::try_from(&parsed).unwrap().m_cost(), MEMORY_KIB);
    }
}
