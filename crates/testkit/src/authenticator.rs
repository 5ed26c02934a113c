//! A device that makes passkeys, in software: it signs what a real one would, and, when told to, what a wrong one would.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// One passkey on one device, and the page it is used on.
#[derive(Clone)]
pub struct Authenticator {
    key: SigningKey,
    credential_id: Vec<u8>,
    /// Whose account the device believes it is for; known after a registration.
    pub user_handle: Vec<u8>,
    /// How often it was used. Zero for ever where `counts` is not set, as with passkeys that travel between devices.
    pub counter: u32,
    pub counts: bool,
    /// Whether it asks for a finger, a face or a PIN.
    pub verifies: bool,
    /// Where the page is from, as the browser writes it down.
    pub origin: String,
    /// The site the device is asked by; what the options say when not given.
    pub rp_id: Option<String>,
}

impl Authenticator {
    /// A device like no other: `seed` is its key.
    pub fn new(seed: u8, origin: &str) -> Authenticator {
        Authenticator {
            key: SigningKey::from_slice(&[seed; 32]).expect("a key"),
            credential_id: vec![seed; 16],
            user_handle: Vec::new(),
            counter: 0,
            counts: true,
            verifies: true,
            origin: origin.into(),
            rp_id: None,
        }
    }

    pub fn credential_id(&self) -> String {
        BASE64.encode(&self.credential_id)
    }

    /// What `navigator.credentials.create()` answers.
    pub fn create(&mut self, options: &Value) -> Value {
        let options = &options["publicKey"];
        self.user_handle = BASE64.decode(options["user"]["id"].as_str().expect("a handle")).expect("base64");
        let rp_id = self
            .rp_id
            .clone()
            .unwrap_or_else(|| options["rp"]["id"].as_str().expect("a site").into());
        let point = self.key.verifying_key().to_encoded_point(false);
        let mut data = self.data(&rp_id, ATTESTED);
        data.extend([0; 16]);
        data.extend((self.credential_id.len() as u16).to_be_bytes());
        data.extend(&self.credential_id);
        // COSE: kty EC2, alg ES256, crv P-256, x, y.
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(point.x().expect("x"));
        data.extend([0x22, 0x58, 0x20]);
        data.extend(point.y().expect("y"));
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut attestation = vec![0xa3, 0x63];
        attestation.extend(b"fmt");
        attestation.extend([0x64]);
        attestation.extend(b"none");
        attestation.extend([0x67]);
        attestation.extend(b"attStmt");
        attestation.extend([0xa0, 0x68]);
        attestation.extend(b"authData");
        attestation.extend([0x58, u8::try_from(data.len()).expect("a short one")]);
        attestation.extend(&data);
        let client_data = self.client_data("webauthn.create", options);
        json!({
            "id": self.credential_id(),
            "rawId": self.credential_id(),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": BASE64.encode(client_data),
                "attestationObject": BASE64.encode(attestation),
                "transports": ["internal"],
            },
        })
    }

    /// What `navigator.credentials.get()` answers.
    pub fn get(&mut self, options: &Value) -> Value {
        let options = &options["publicKey"];
        if self.counts {
            self.counter += 1;
        }
        let rp_id = self
            .rp_id
            .clone()
            .unwrap_or_else(|| options["rpId"].as_str().expect("a site").into());
        let data = self.data(&rp_id, 0);
        let client_data = self.client_data("webauthn.get", options);
        let mut signed = data.clone();
        signed.extend(Sha256::digest(&client_data));
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": self.credential_id(),
            "rawId": self.credential_id(),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": BASE64.encode(client_data),
                "authenticatorData": BASE64.encode(data),
                "signature": BASE64.encode(signature.to_der()),
                "userHandle": BASE64.encode(&self.user_handle),
            },
        })
    }

    fn data(&self, rp_id: &str, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { USER_VERIFIED } else { 0 };
        let mut data = Sha256::digest(rp_id).to_vec();
        data.push(USER_PRESENT | verified | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }
}
