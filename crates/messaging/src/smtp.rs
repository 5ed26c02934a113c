//! E-mail by SMTP, with a connection loop of our own: no delay in the socket, commands in one packet where the server allows it, connections that
//! are used again and ended in time, and every answer taken for what it says about the message, the address, or the lane.

mod connection;
mod reply;

use std::sync::Arc;

use futures::future::BoxFuture;
use kernel::clock::SECOND_US;
use kernel::error::{FieldErrors, Result, invalid};
use kernel::say;
use serde::{Deserialize, Serialize};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use self::connection::Connection;
use self::reply::Reply;
use crate::dkim::Signer;
use crate::mime::{self, Sender};
use crate::provider::{Answer, Link, Outcome, Outgoing, Provider, Step, Wire};

/// Messages of one connection: some servers end longer ones without a word.
const MESSAGES_AT_MOST: u32 = 500;
const MAX_TEXT_CHARS: usize = 200;

/// How the way to the server is kept from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// From the first byte, as on port 465.
    Tls,
    /// Begun in the clear and demanded before anything else, as on port 587.
    #[default]
    StartTls,
    /// Only to this very machine, when a password is used.
    None,
}

/// What a lane by SMTP is set to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Empty where the server asks for none.
    pub username: String,
    /// The address that mails come from.
    pub from_address: String,
    pub from_name: String,
    pub reply_to: String,
    /// What we call ourselves; by default the domain of the address.
    pub hello: String,
    /// Under which name the public key of DKIM stands in the domain of the address; with a key, by default `crm`.
    pub dkim_selector: String,
    /// Where the public key is to stand, and what; given, not set.
    pub dkim_record_name: String,
    pub dkim_record: String,
}

/// What a lane by SMTP keeps to itself.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Secrets {
    pub password: String,
    /// A private key, PEM; empty: mails are not signed.
    pub dkim_key: String,
}

impl Settings {
    /// Refuses what cannot work, naming the field.
    pub fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        let plain = |text: &str| text.chars().count() <= MAX_TEXT_CHARS && !text.chars().any(char::is_control);
        if self.host.is_empty() || !plain(&self.host) || self.host.contains([' ', '/', '@']) {
            errors.add(
                "settings.host",
                say!(
                    "Sunucunun adı olmalı: smtp.ornek.com.",
                    "Must be the name of the server: smtp.example.com."
                ),
            );
        }
        if self.port == 0 {
            errors.add(
                "settings.port",
                say!(
                    "1 ile 65535 arasında olmalı; çoğu sunucuda 587 ya da 465.",
                    "Must be between 1 and 65535; mostly 587 or 465."
                ),
            );
        }
        if kernel::email::Email::parse(&self.from_address).is_err() {
            errors.add(
                "settings.from_address",
                say!(
                    "Gönderen adresi olmalı: info@ornek.com.",
                    "Must be the sender's address: info@example.com."
                ),
            );
        }
        if !self.reply_to.is_empty() && kernel::email::Email::parse(&self.reply_to).is_err() {
            errors.add(
                "settings.reply_to",
                say!("Bir e-posta adresi olmalı.", "Must be an e-mail address."),
            );
        }
        for (field, text) in [("username", &self.username), ("from_name", &self.from_name), ("hello", &self.hello)] {
            if !plain(text) {
                errors.add(
                    format!("settings.{field}"),
                    say!(
                        "En çok {} karakterlik tek satır olmalı.",
                        "Must be a single line of {} characters at most.",
                        MAX_TEXT_CHARS
                    ),
                );
            }
        }
        if !self
            .dkim_selector
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
            || self.dkim_selector.len() > 63
        {
            errors.add(
                "settings.dkim_selector",
                say!(
                    "Harf, rakam, nokta ve tire olabilir.",
                    "May have letters, digits, dots and hyphens."
                ),
            );
        }
        if self.security == Security::None && !self.username.is_empty() && !self.is_local() {
            errors.add(
                "settings.security",
                say!(
                    "Parola şifresiz yola verilmez: tls ya da starttls seçin.",
                    "A password does not go over an open way: choose tls or starttls."
                ),
            );
        }
        errors.check()
    }

    fn is_local(&self) -> bool {
        matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1")
    }

    fn hello(&self) -> &str {
        let domain = self.from_address.rsplit('@').next().unwrap_or("localhost");
        if self.hello.is_empty() { domain } else { &self.hello }
    }

    /// Who signs; none without a key.
    pub fn signer(&self, secrets: &Secrets) -> Result<Option<Signer>> {
        if secrets.dkim_key.is_empty() {
            return Ok(None);
        }
        let domain = self.from_address.rsplit('@').next().unwrap_or_default();
        let signer = Signer::read(&secrets.dkim_key, domain, self.selector());
        Ok(Some(signer.map_err(|why| invalid("dkim_key", why))?))
    }

    fn selector(&self) -> &str {
        if self.dkim_selector.is_empty() {
            "crm"
        } else {
            &self.dkim_selector
        }
    }

    /// Tells where the public key is to stand.
    pub fn tell_record(&mut self, signer: Option<&Signer>) {
        self.dkim_record_name = signer.map(Signer::record_name).unwrap_or_default();
        self.dkim_record = signer.map(Signer::record).unwrap_or_default();
    }

    fn sender(&self) -> Sender {
        Sender {
            address: self.from_address.clone(),
            name: self.from_name.clone(),
            reply_to: self.reply_to.clone(),
        }
    }
}

/// A server that mails go out by.
#[derive(Clone)]
pub struct Smtp(Arc<Server>);

struct Server {
    settings: Settings,
    password: String,
    signer: Option<Signer>,
    sender: Sender,
    tls: TlsConnector,
}

impl Smtp {
    pub fn new(settings: Settings, secrets: Secrets) -> Result<Smtp> {
        let roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| kernel::error::Error::internal(format!("TLS cannot be set up: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Smtp(Arc::new(Server {
            sender: settings.sender(),
            signer: settings.signer(&secrets)?,
            settings,
            password: secrets.password,
            tls: TlsConnector::from(Arc::new(tls)),
        })))
    }
}

impl Provider for Smtp {
    fn link(&self) -> Box<dyn Link> {
        Box::new(SmtpLink {
            server: self.0.clone(),
            connection: None,
            sent: 0,
            steps: None,
        })
    }
}

impl Server {
    /// As it goes after DATA, signed where there is a key.
    fn written(&self, message: &Outgoing) -> Vec<u8> {
        let mail = mime::write(message, &self.sender);
        let signature = self
            .signer
            .as_ref()
            .and_then(|signer| signer.sign(&mail, message.now_us / SECOND_US));
        match signature {
            Some(signature) => mime::dotted(&[signature.as_bytes(), &mail].concat()),
            None => mime::dotted(&mail),
        }
    }
}

/// A connection that is made when it is needed.
struct SmtpLink {
    server: Arc<Server>,
    connection: Option<Connection>,
    /// Messages that went by this connection.
    sent: u32,
    steps: Option<Vec<Step>>,
}

impl Link for SmtpLink {
    fn send<'a>(&'a mut self, message: &'a Outgoing, wire: &'a Wire<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(self.deliver(message, wire))
    }

    fn close(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            if let Some(mut connection) = self.connection.take() {
                connection.quit().await;
            }
        })
    }

    fn watch(&mut self) {
        self.steps = Some(Vec::new());
    }

    fn steps(&mut self) -> Vec<Step> {
        self.steps.take().unwrap_or_default()
    }
}

/// How far a message came before its bytes were asked for.
enum Opening {
    /// The server waits for them.
    Asked,
    Refused(Outcome),
    /// The connection is gone.
    Lost(String),
}

impl SmtpLink {
    async fn deliver(&mut self, message: &Outgoing, wire: &Wire<'_>) -> Outcome {
        let to = message.to.trim();
        if to.is_empty() || to.contains(|c: char| c.is_control() || c.is_whitespace() || "<>".contains(c)) {
            return Outcome::Rejected {
                answer: Answer::ours("not an address"),
                is_address: true,
            };
        }
        if self.sent >= MESSAGES_AT_MOST {
            self.close().await;
        }
        let opening = loop {
            let is_fresh = self.connection.is_none();
            if is_fresh && let Err(halt) = self.connect().await {
                return halt;
            }
            match self.open(to).await {
                // It may have ended while nobody used it: nothing has left yet, so another is tried, once.
                Opening::Lost(_) if !is_fresh => self.connection = None,
                opening => break opening,
            }
        };
        match opening {
            Opening::Refused(outcome) => return outcome,
            Opening::Lost(why) => {
                self.connection = None;
                return Outcome::Halted(Answer::ours(why));
            }
            Opening::Asked => {}
        }
        let bytes = self.server.written(message);
        if let Err(error) = wire.begun() {
            self.connection = None;
            return Outcome::Halted(Answer::ours(format!("the wire journal cannot be written: {error}")));
        }
        let Some(connection) = &mut self.connection else {
            return Outcome::Deferred(Answer::ours("no connection"));
        };
        match connection.hand_over(&bytes).await {
            Ok(reply) => {
                self.sent += 1;
                self.step("message", &reply);
                let outcome = reply.of_message();
                if matches!(outcome, Outcome::Halted(_)) {
                    self.connection = None;
                }
                outcome
            }
            Err(error) => {
                self.connection = None;
                Outcome::Unknown(Answer::ours(error))
            }
        }
    }

    /// From nothing to a server that knows who we are; or why this lane goes nowhere.
    async fn connect(&mut self) -> Result<(), Outcome> {
        self.sent = 0;
        let server = self.server.clone();
        let connected = Connection::open(&server, &mut self.steps).await;
        self.connection = Some(connected.map_err(Outcome::Halted)?);
        Ok(())
    }

    /// Asks for the place of one message.
    async fn open(&mut self, to: &str) -> Opening {
        let Some(connection) = &mut self.connection else {
            return Opening::Lost("no connection".into());
        };
        if !to.is_ascii() && !connection.takes_utf8() {
            return Opening::Refused(Outcome::Rejected {
                answer: Answer::ours("the server takes no addresses beyond ASCII"),
                is_address: false,
            });
        }
        let utf8 = if to.is_ascii() { "" } else { " SMTPUTF8" };
        let from = &self.server.settings.from_address;
        let replies = connection
            .ask(&[format!("MAIL FROM:<{from}>{utf8}"), format!("RCPT TO:<{to}>"), "DATA".to_owned()])
            .await;
        let replies = match replies {
            Ok(replies) => replies,
            Err(error) => return Opening::Lost(error.to_string()),
        };
        for (name, reply) in ["sender", "recipient", "data"].into_iter().zip(&replies) {
            self.step(name, reply);
        }
        let refusal = match replies.as_slice() {
            [mail, ..] if !mail.is_yes() => Some(mail.of_lane()),
            [_, rcpt, ..] if !rcpt.is_yes() => Some(rcpt.of_recipient()),
            [_, _, data] if data.code != 354 => Some(data.of_message()),
            [_, _, _] => None,
            _ => return Opening::Lost("the server stopped answering".into()),
        };
        let Some(outcome) = refusal else { return Opening::Asked };
        let was_asked = replies.get(2).is_some_and(|data| data.code == 354);
        let is_over = replies.iter().any(|reply| reply.code == 421);
        // Where it asks for bytes though it refused the recipient, an empty message ends that; it goes to nobody.
        let mended = match &mut self.connection {
            Some(connection) if !is_over => connection.begin_anew(was_asked).await.is_ok(),
            _ => false,
        };
        if !mended {
            self.connection = None;
        }
        Opening::Refused(outcome)
    }

    fn step(&mut self, name: &'static str, reply: &Reply) {
        if let Some(steps) = &mut self.steps {
            steps.push(Step::of(name, reply.code < 400, reply.text.as_str()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            host: "smtp.ornek.example".into(),
            port: 587,
            username: "info".into(),
            from_address: "info@ornek.example".into(),
            ..Settings::default()
        }
    }

    #[test]
    fn a_password_never_goes_over_an_open_way() {
        assert!(settings().check().is_ok());
        let open = Settings {
            security: Security::None,
            ..settings()
        };
        assert!(open.check().is_err());
        let local = Settings {
            host: "127.0.0.1".into(),
            ..open
        };
        assert!(local.check().is_ok());
    }

    #[test]
    fn what_cannot_work_is_named() {
        let kernel::error::Error::Invalid(errors) = Settings::default().check().expect_err("wrong") else {
            panic!()
        };
        let fields: Vec<&str> = errors.0.keys().map(String::as_str).collect();
        assert_eq!(fields, ["settings.from_address", "settings.host", "settings.port"]);
    }
}
