//! DKIM (RFC 6376): who signs a mail answers for it. RSA with SHA-256, headers and body relaxed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::error::Say;
use kernel::say;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};

/// What is signed, if it is there. What a receiver shows or acts on must not be changed on the way.
const SIGNED: [&str; 12] = [
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "in-reply-to",
];

/// A key that signs for a domain.
pub struct Signer {
    key: RsaKeyPair,
    domain: String,
    selector: String,
}

impl Signer {
    /// Reads a private key as `openssl genrsa` and `openssl genpkey` write it.
    pub fn read(pem: &str, domain: &str, selector: &str) -> Result<Signer, Say> {
        let refused = || {
            say!(
                "En az 2048 bitlik bir RSA özel anahtarı olmalı (PEM): openssl genrsa 2048.",
                "Must be an RSA private key of at least 2048 bits (PEM): openssl genrsa 2048."
            )
        };
        let (label, der) = unwrapped(pem).ok_or_else(refused)?;
        let key = match label {
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&der),
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der),
            _ => return Err(refused()),
        };
        Ok(Signer {
            key: key.map_err(|_| refused())?,
            domain: domain.to_owned(),
            selector: selector.to_owned(),
        })
    }

    /// Where the public key is to stand: `selector._domainkey.domain`.
    pub fn record_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// What is to stand there.
    pub fn record(&self) -> String {
        // The key is wrapped as a SubjectPublicKeyInfo of rsaEncryption.
        const RSA: [u8; 15] = [
            0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
        ];
        let public = self.key.public_key().as_ref();
        let bits = wrapped(0x03, &[&[0], public].concat());
        let info = wrapped(0x30, &[&RSA[..], &bits].concat());
        format!("v=DKIM1; k=rsa; p={}", STANDARD.encode(info))
    }

    /// The header to put before the mail; none where the key cannot sign.
    pub fn sign(&self, mail: &[u8], at_s: i64) -> Option<String> {
        let (head, body) = split(mail);
        let body_hash = STANDARD.encode(digest(&SHA256, &relaxed_body(body)));
        let headers = headers(head);
        let signed: Vec<&(String, String)> = SIGNED
            .iter()
            .filter_map(|name| headers.iter().rev().find(|(known, _)| known == name))
            .collect();
        let names = signed.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(":");
        let unsigned = format!(
            "v=1; a=rsa-sha256; c=relaxed/relaxed; d={}; s={}; t={at_s};\r\n h={names};\r\n bh={body_hash};\r\n b=",
            self.domain, self.selector
        );
        let mut text: String = signed.iter().map(|(name, value)| format!("{name}:{value}\r\n")).collect();
        text.push_str(&format!("dkim-signature:{}", relaxed_value(&unsigned)));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .ok()?;
        let signature = STANDARD.encode(signature);
        let lines: Vec<&str> = signature
            .as_bytes()
            .chunks(72)
            .filter_map(|line| std::str::from_utf8(line).ok())
            .collect();
        Some(format!("DKIM-Signature: {unsigned}{}\r\n", lines.join("\r\n ")))
    }
}

/// The label and content of a PEM text.
fn unwrapped(pem: &str) -> Option<(&str, Vec<u8>)> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (base64, _) = rest.split_once("-----END ")?;
    let clean: String = base64.chars().filter(|c| !c.is_whitespace()).collect();
    Some((label, STANDARD.decode(clean).ok()?))
}

/// A DER value with its tag and length.
fn wrapped(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut der = vec![tag];
    match length {
        0..128 => der.push(length as u8),
        128..256 => der.extend([0x81, length as u8]),
        _ => der.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    der.extend(content);
    der
}

fn split(mail: &[u8]) -> (&[u8], &[u8]) {
    let end = mail.windows(4).position(|window| window == b"\r\n\r\n");
    end.map_or((mail, &[]), |end| (&mail[..end + 2], &mail[end + 4..]))
}

/// Names in small letters, values unfolded with single spaces.
fn headers(head: &[u8]) -> Vec<(String, String)> {
    let mut whole: Vec<String> = Vec::new();
    for line in String::from_utf8_lossy(head).split_terminator("\r\n") {
        match whole.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => last.push_str(line),
            _ => whole.push(line.to_owned()),
        }
    }
    let pairs = whole.iter().filter_map(|line| line.split_once(':'));
    pairs
        .map(|(name, value)| (name.trim_end().to_ascii_lowercase(), relaxed_value(value)))
        .collect()
}

fn relaxed_value(value: &str) -> String {
    let words = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// White space in lines as one blank, none at their ends, no empty lines at the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut kept = 0;
    let text = body.strip_suffix(b"\r\n").unwrap_or(body);
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut blank = false;
        for &byte in line {
            if matches!(byte, b' ' | b'\t') {
                blank = true;
                continue;
            }
            if std::mem::take(&mut blank) {
                out.push(b' ');
            }
            out.push(byte);
        }
        let is_empty = out.len() == kept || out.ends_with(b"\r\n");
        out.extend(b"\r\n");
        if !is_empty {
            kept = out.len();
        }
    }
    out.truncate(kept);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_relaxed_as_the_standard_says() {
        // RFC 6376, 3.4.5.
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b""), b"");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        assert_eq!(relaxed_body(b"\r\na"), b"\r\na\r\n");
        assert_eq!(
            headers(b"A: X\r\nB : Y\t\r\n\tZ  \r\n"),
            [("a".into(), "X".into()), ("b".into(), "Y Z".into())]
        );
    }

    /// Signs nothing but mails of tests.
    const KEY: &str = include_str!("dkim/test_key.pem");

    /// Whether the signature in front of a mail is its own.
    fn is_sound(signer: &Signer, mail: &[u8]) -> bool {
        let (head, body) = split(mail);
        let headers = headers(head);
        let (_, signature) = headers.iter().find(|(name, _)| name == "dkim-signature").expect("a signature");
        let (rest, signed) = signature.rsplit_once(" b=").expect("b=");
        let tag = |name: &str| {
            let mut tags = signature.split(';').filter_map(|tag| tag.trim().split_once('='));
            tags.find(|(known, _)| *known == name)
                .map(|(_, value)| value.replace(' ', ""))
                .unwrap_or_default()
        };
        let names = tag("h");
        let names = names
            .split(':')
            .map(|name| headers.iter().find(|(known, _)| known == name).expect("a header"));
        let mut text: String = names.map(|(name, value)| format!("{name}:{value}\r\n")).collect();
        text.push_str(&format!("dkim-signature:{rest} b="));
        let key = ring::signature::UnparsedPublicKey::new(&ring::signature::RSA_PKCS1_2048_8192_SHA256, signer.key.public_key());
        let signature = STANDARD.decode(signed.replace(' ', "")).expect("Base64");
        tag("bh") == STANDARD.encode(digest(&SHA256, &relaxed_body(body))) && key.verify(text.as_bytes(), &signature).is_ok()
    }

    #[test]
    fn a_signed_mail_is_whole_and_a_changed_one_is_not() {
        let signer = Signer::read(KEY, "ornek.example", "crm").expect("a key");
        assert_eq!(signer.record_name(), "crm._domainkey.ornek.example");
        assert!(signer.record().starts_with("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"));
        let mail = "From: a@ornek.example\r\nSubject: =?utf-8?B?xLA=?=\r\n  iki\r\nTo: b@c.example\r\n\r\nMerhaba  \r\n\r\n".to_owned();
        let signature = signer.sign(mail.as_bytes(), 1_773_651_600).expect("a signature");
        let signed = format!("{signature}{mail}");
        assert!(signed.split("\r\n").all(|line| line.len() <= 150));
        assert!(is_sound(&signer, signed.as_bytes()));
        assert!(
            is_sound(&signer, signed.replace("Merhaba  \r\n\r\n", "Merhaba\r\n").as_bytes()),
            "relaxed"
        );
        assert!(!is_sound(&signer, signed.replace("Merhaba", "merhaba").as_bytes()));
        assert!(!is_sound(&signer, signed.replace("b@c", "x@c").as_bytes()));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(Signer::read("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "a.example", "s").is_err());
        assert!(Signer::read("", "a.example", "s").is_err());
    }
}
