//! One-time codes of an authenticator application: RFC 6238 with what they all know, SHA-1, six digits, thirty seconds.

use kernel::clock::SECOND_US;
use kernel::error::{Error, Result};
use ring::hmac;

const STEP_US: i64 = 30 * SECOND_US;
/// Steps that a clock may be off, either way.
const SKEW: i64 = 1;
const SECRET_BYTES: usize = 20;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new shared secret, in Base32, as people type it.
pub fn secret() -> Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(format!("no random bytes: {error}")))?;
    Ok(base32(&bytes))
}

/// The step whose code this is, if it is later than the last one used: no code is good twice.
pub fn step_of(secret: &str, code: &str, now_us: i64, last_step: i64) -> Option<i64> {
    let key = unbase32(secret)?;
    let now = now_us.div_euclid(STEP_US);
    (now - SKEW..=now + SKEW)
        .filter(|step| *step > last_step)
        .find(|step| crate::secrets::same(&code_at(&key, *step), code))
}

/// What an authenticator shows at a time.
pub fn code(secret: &str, now_us: i64) -> String {
    code_at(&unbase32(secret).unwrap_or_default(), now_us.div_euclid(STEP_US))
}

/// What the picture says that an authenticator reads.
pub fn uri(secret: &str, email: &str, organisation: &str) -> String {
    let issuer = escaped(if organisation.is_empty() { "CRM" } else { organisation });
    let email = escaped(email);
    format!("otpauth://totp/{issuer}:{email}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
}

fn code_at(key: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[tag.len() - 1] & 15);
    let number = tag[at..at + 4].iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Base32 without padding.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(held << (5 - bits) & 31) as usize]));
    }
    text
}

fn unbase32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0u32, 0);
    for letter in text.bytes() {
        held = held << 5 | ALPHABET.iter().position(|known| *known == letter)? as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// Percent-encoded: a space as `%20`, because not every authenticator knows `+`.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B, whose codes there have eight digits; ours are their last six.
    const RFC: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(super::code(&base32(RFC), second * SECOND_US), code);
        }
    }

    #[test]
    fn a_code_is_good_for_a_step_either_way_and_once() {
        let secret = base32(RFC);
        let now = 1_111_111_111 * SECOND_US;
        let code = super::code(&secret, now);
        let step = step_of(&secret, &code, now, 0).unwrap();
        assert_eq!(step_of(&secret, &code, now + STEP_US, 0), Some(step));
        assert_eq!(step_of(&secret, &code, now - STEP_US, 0), Some(step));
        assert_eq!(step_of(&secret, &code, now + 2 * STEP_US, 0), None);
        assert_eq!(step_of(&secret, &code, now - 2 * STEP_US, 0), None);
        assert_eq!(step_of(&secret, &code, now, step), None, "used");
        assert_eq!(
            step_of(&secret, &super::code(&secret, now - STEP_US), now, step),
            None,
            "older than the one used"
        );
        for wrong in ["", "05047", "0504711", "050472", "٠٥٠٤٧١"] {
            assert_eq!(step_of(&secret, wrong, now, 0), None, "{wrong}");
        }
    }

    #[test]
    fn base32_is_that_of_rfc_4648_and_goes_both_ways() {
        for (plain, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), text);
            assert_eq!(unbase32(text).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(unbase32("m8"), None);
        assert_eq!(secret().unwrap().len(), 32);
    }

    #[test]
    fn the_uri_is_one_an_authenticator_reads() {
        assert_eq!(
            uri("ABC", "ayşe@ornek.example", "Işık Ticaret"),
            "otpauth://totp/I%C5%9F%C4%B1k%20Ticaret:ay%C5%9Fe%40ornek.example?secret=ABC&issuer=I%C5%9F%C4%B1k%20Ticaret&algorithm=SHA1&digits=6&period=30"
        );
    }
}
