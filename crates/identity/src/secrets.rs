//! What an outsider holds: 256 random bits as text. The tables keep only its SHA-256, which cannot be turned back and needs no salt,
//! because nobody can guess 256 bits.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::error::{Error, Result};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a secret.
pub type Digest = [u8; 32];

/// Longer than any secret of ours; what is longer is not worth hashing.
pub const MAX_LEN: usize = 100;

/// A new secret that begins with `prefix`.
pub fn create(prefix: &str) -> Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(format!("no random bytes: {error}")))?;
    Ok(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

pub fn digest(secret: &str) -> Digest {
    Sha256::digest(secret.as_bytes()).into()
}

/// A digest as it stands in the tables.
pub fn hex(digest: &Digest) -> String {
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        text
    })
}

/// The hash of a secret as it stands in the tables.
pub fn hashed(secret: &str) -> String {
    hex(&digest(secret))
}

/// The token that a browser must send along with the session's cookie. Whoever can read it could read the page anyway; whoever cannot
/// (another site) cannot make it up.
pub fn csrf_token(session_token: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"crm csrf token\0");
    hash.update(session_token.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// Compares in a time that tells nothing of where two texts differ.
pub fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (a, b) = (create("crm_").unwrap(), create("crm_").unwrap());
        assert_ne!(a, b);
        assert_eq!(a.len(), 4 + 43);
        assert!(a.len() < MAX_LEN);
    }

    #[test]
    fn a_hash_is_that_of_sha_256() {
        assert_eq!(hashed("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn comparison_is_exact() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd"));
        assert!(!same("abc", "abcd"));
        assert!(same("", ""));
    }
}
