//! ID tokens: who the provider says it is. Signed with RS256 or ES256 by a key of the provider; everything else, `none` before all, is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::{Map, Value};

/// How far the provider's clock may be off.
const SKEW_S: i64 = 60;

/// The keys of a provider.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Keys {
    keys: Vec<Key>,
}

#[derive(Clone, Debug, Deserialize)]
struct Key {
    #[serde(default)]
    kid: Option<String>,
    kty: String,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
}

/// What a token must say.
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub audience: &'a str,
    pub nonce: &'a str,
    pub now_s: i64,
}

/// Why a token is refused; for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Form,
    Algorithm,
    UnknownKey,
    Signature,
    Issuer,
    Audience,
    Expired,
    Nonce,
    Subject,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
}

/// The claims of a token that is good.
pub fn verify(token: &str, keys: &Keys, expected: &Expected) -> Result<Map<String, Value>, Refusal> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Refusal::Form)?;
    let (header, claims) = signed.split_once('.').ok_or(Refusal::Form)?;
    let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| Refusal::Form)?;
    let kind = match header.alg.as_str() {
        "RS256" => "RSA",
        "ES256" => "EC",
        _ => return Err(Refusal::Algorithm),
    };
    let fits = |key: &&Key| {
        key.kty == kind && key.purpose.as_deref().is_none_or(|purpose| purpose == "sig") && (header.kid.is_none() || key.kid == header.kid)
    };
    let key = keys.keys.iter().find(fits).ok_or(Refusal::UnknownKey)?;
    key.check(signed.as_bytes(), &decoded(signature)?)?;

    let claims: Map<String, Value> = serde_json::from_slice(&decoded(claims)?).map_err(|_| Refusal::Form)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("iss") != expected.issuer {
        return Err(Refusal::Issuer);
    }
    let audiences: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is_for_us = audiences.contains(&expected.audience);
    let is_by_us = claims.get("azp").is_none_or(|party| party == expected.audience);
    if !is_for_us || !is_by_us || (audiences.len() > 1 && !claims.contains_key("azp")) {
        return Err(Refusal::Audience);
    }
    let second = |name: &str| claims.get(name).and_then(Value::as_f64).map(|second| second as i64);
    let is_over = second("exp").is_none_or(|end| end + SKEW_S <= expected.now_s);
    let is_early = ["iat", "nbf"]
        .into_iter()
        .filter_map(second)
        .any(|begin| begin - SKEW_S > expected.now_s);
    if is_over || is_early {
        return Err(Refusal::Expired);
    }
    if !crate::secrets::same(text("nonce"), expected.nonce) {
        return Err(Refusal::Nonce);
    }
    if text("sub").is_empty() || text("sub").len() > 255 {
        return Err(Refusal::Subject);
    }
    Ok(claims)
}

impl Key {
    fn check(&self, message: &[u8], signature: &[u8]) -> Result<(), Refusal> {
        let outcome = if self.kty == "RSA" {
            let (n, e) = (decoded(&self.n)?, decoded(&self.e)?);
            RsaPublicKeyComponents { n: &n, e: &e }.verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature)
        } else if self.crv == "P-256" {
            let point = [&[4][..], &decoded(&self.x)?, &decoded(&self.y)?].concat();
            UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
        } else {
            return Err(Refusal::UnknownKey);
        };
        outcome.map_err(|_| Refusal::Signature)
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::Form)
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
    use serde_json::json;

    use super::*;

    const NOW_S: i64 = 1_790_000_000;

    struct Provider {
        elliptic: EcdsaKeyPair,
        rsa: RsaKeyPair,
        random: SystemRandom,
    }

    fn encoded(bytes: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    impl Provider {
        fn new() -> Provider {
            let random = SystemRandom::new();
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            let elliptic = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
            // Made for these tests, of use for nothing else.
            let rsa = RsaKeyPair::from_pkcs8(include_bytes!("test-rsa-key.pk8")).unwrap();
            Provider { elliptic, rsa, random }
        }

        fn keys(&self) -> Keys {
            let point = self.elliptic.public_key().as_ref();
            let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(self.rsa.public_key());
            let keys = json!({"keys": [
                {"kid": "r1", "kty": "RSA", "use": "sig", "n": encoded(&n), "e": encoded(&e)},
                {"kid": "e1", "kty": "EC", "use": "sig", "crv": "P-256", "x": encoded(&point[1..33]), "y": encoded(&point[33..])},
            ]});
            serde_json::from_value(keys).unwrap()
        }

        fn sign(&self, alg: &str, kid: &str, claims: &Value) -> String {
            let header = json!({"alg": alg, "kid": kid}).to_string();
            let message = format!("{}.{}", encoded(header.as_bytes()), encoded(claims.to_string().as_bytes()));
            let signature = match alg {
                "RS256" => {
                    let mut signature = vec![0; self.rsa.public_key().modulus_len()];
                    self.rsa
                        .sign(&RSA_PKCS1_SHA256, &self.random, message.as_bytes(), &mut signature)
                        .unwrap();
                    signature
                }
                "ES256" => self.elliptic.sign(&self.random, message.as_bytes()).unwrap().as_ref().to_vec(),
                _ => Vec::new(),
            };
            format!("{message}.{}", encoded(&signature))
        }
    }

    fn claims() -> Value {
        json!({"iss": "https://id.example", "aud": "crm", "sub": "7", "nonce": "n", "exp": NOW_S + 300, "iat": NOW_S})
    }

    fn look(token: &str, keys: &Keys) -> Result<Map<String, Value>, Refusal> {
        let expected = Expected {
            issuer: "https://id.example",
            audience: "crm",
            nonce: "n",
            now_s: NOW_S,
        };
        verify(token, keys, &expected)
    }

    #[test]
    fn both_algorithms_are_good_and_no_other() {
        let provider = Provider::new();
        let keys = provider.keys();
        for (alg, kid) in [("RS256", "r1"), ("ES256", "e1")] {
            assert_eq!(look(&provider.sign(alg, kid, &claims()), &keys).unwrap()["sub"], "7");
        }
        for alg in ["none", "None", "HS256", ""] {
            assert_eq!(look(&provider.sign(alg, "r1", &claims()), &keys), Err(Refusal::Algorithm), "{alg}");
        }
        assert_eq!(
            look(&provider.sign("RS256", "e1", &claims()), &keys),
            Err(Refusal::UnknownKey),
            "a key is for its own algorithm"
        );
        assert_eq!(look(&provider.sign("ES256", "other", &claims()), &keys), Err(Refusal::UnknownKey));
        let stranger = Provider::new();
        assert_eq!(look(&stranger.sign("ES256", "e1", &claims()), &keys), Err(Refusal::Signature));
        let token = provider.sign("RS256", "r1", &claims());
        let (signed, _) = token.rsplit_once('.').unwrap();
        assert_eq!(look(&format!("{signed}."), &keys), Err(Refusal::Signature), "without a signature");
        let parts: Vec<&str> = token.split('.').collect();
        let mut other = claims();
        other["sub"] = "8".into();
        let forged = format!("{}.{}.{}", parts[0], encoded(other.to_string().as_bytes()), parts[2]);
        assert_eq!(look(&forged, &keys), Err(Refusal::Signature));
        for nonsense in ["", "a", "a.b", "a.b.c", "e30.e30.e30"] {
            assert_eq!(look(nonsense, &keys), Err(Refusal::Form), "{nonsense}");
        }
    }

    #[test]
    fn a_token_is_for_us_for_now_and_for_this_attempt() {
        let provider = Provider::new();
        let keys = provider.keys();
        for (changes, refusal) in [
            (json!({"iss": "https://other.example"}), Refusal::Issuer),
            (json!({"aud": "other"}), Refusal::Audience),
            (json!({"aud": ["crm", "other"]}), Refusal::Audience),
            (json!({"aud": ["crm", "other"], "azp": "other"}), Refusal::Audience),
            (json!({"aud": null}), Refusal::Audience),
            (json!({"exp": NOW_S - 61}), Refusal::Expired),
            (json!({"exp": null}), Refusal::Expired),
            (json!({"iat": NOW_S + 120}), Refusal::Expired),
            (json!({"nbf": NOW_S + 120}), Refusal::Expired),
            (json!({"nonce": "other"}), Refusal::Nonce),
            (json!({"nonce": null}), Refusal::Nonce),
            (json!({"sub": ""}), Refusal::Subject),
        ] {
            let mut claims = claims();
            for (name, value) in changes.as_object().unwrap() {
                claims[name] = value.clone();
            }
            assert_eq!(look(&provider.sign("ES256", "e1", &claims), &keys), Err(refusal), "{changes}");
        }
        let mut several = claims();
        several["aud"] = json!(["crm", "other"]);
        several["azp"] = "crm".into();
        assert!(look(&provider.sign("ES256", "e1", &several), &keys).is_ok());
    }
}
