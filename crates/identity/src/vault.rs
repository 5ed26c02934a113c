//! What must be read again and not by whoever reads the database: sealed with ChaCha20-Poly1305 under a key that stands elsewhere. The key
//! is the setting `secret_key`, which several nodes share, or else the file `secret.key` in the data directory, made at the first use.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use kernel::error::{Error, Result};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

const KEY_BYTES: usize = 32;
const FILE: &str = "secret.key";

/// Seals and opens.
pub struct Vault(LessSafeKey, hmac::Key);

impl Vault {
    /// With the key of the settings (Base64 of 32 bytes), or with the one in the data directory.
    pub fn open(key: Option<&str>, data_dir: &Path) -> Result<Vault> {
        let text = match key {
            Some(key) => key.to_owned(),
            None => key_file(&data_dir.join(FILE))?,
        };
        let bytes = STANDARD.decode(text.trim()).ok().filter(|bytes| bytes.len() == KEY_BYTES);
        let bytes = bytes.ok_or(Error::internal(
            "the secret key must be the Base64 of 32 bytes: openssl rand -base64 32",
        ))?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|_| Error::internal("the secret key does not serve"))?;
        Ok(Vault(LessSafeKey::new(key), hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// A key of its own for who signs things, the same on every node and after every start.
    pub fn key_for(&self, label: &str) -> [u8; KEY_BYTES] {
        let tag = hmac::sign(&self.1, format!("key for {label}").as_bytes());
        tag.as_ref().try_into().unwrap_or([0; KEY_BYTES])
    }

    /// Seals a text. It opens only with the same `label`, so that what was sealed for one thing cannot be put in the place of another.
    pub fn seal(&self, label: &str, text: &str) -> Result<String> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|error| Error::internal(format!("no random bytes: {error}")))?;
        let mut sealed = text.as_bytes().to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(label), &mut sealed)
            .map_err(|_| Error::internal("a secret cannot be sealed"))?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// Opens what was sealed under this label; none when it was not, or was changed since.
    pub fn unseal(&self, label: &str, sealed: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let text = self
            .0
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(label), &mut sealed)
            .ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

/// The key in the file, which is made for its owner's eyes only when it is not there.
fn key_file(path: &Path) -> Result<String> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(format!("no random bytes: {error}")))?;
    let fresh = STANDARD.encode(bytes);
    // Written beside and then linked, so that another process never reads half a key.
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    match std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
    {
        Ok(mut file) if !path.exists() => {
            file.write_all(fresh.as_bytes())?;
            file.sync_all()?;
            match std::fs::hard_link(&beside, path) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error.into()),
                _ => {}
            }
        }
        Ok(_) => {}
        Err(error) if !path.exists() => return Err(error.into()),
        Err(_) => {}
    }
    let _ = std::fs::remove_file(&beside);
    let mut text = String::new();
    std::fs::File::open(path)?.read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_is_sealed_opens_under_its_label_and_unchanged_only() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(None, dir.path()).unwrap();
        let sealed = vault.seal("totp 7", "JBSWY3DPEHPK3PXP").unwrap();
        assert!(!sealed.contains("JBSW"));
        assert_ne!(sealed, vault.seal("totp 7", "JBSWY3DPEHPK3PXP").unwrap(), "each time another nonce");
        assert_eq!(vault.unseal("totp 7", &sealed).as_deref(), Some("JBSWY3DPEHPK3PXP"));
        assert_eq!(vault.unseal("totp 8", &sealed), None);
        for place in [0, 20, sealed.len() - 1] {
            let mut changed = sealed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            assert_eq!(vault.unseal("totp 7", std::str::from_utf8(&changed).unwrap()), None);
        }
        let again = Vault::open(None, dir.path()).unwrap();
        assert!(again.unseal("totp 7", &sealed).is_some(), "the key stays");
        let mode = std::fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
        let other = Vault::open(Some(&STANDARD.encode([7; 32])), dir.path()).unwrap();
        assert_eq!(other.unseal("totp 7", &sealed), None);
        assert!(Vault::open(Some("short"), dir.path()).is_err());
    }
}
