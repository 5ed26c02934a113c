//! Mail out, as little of it as there must be: a text to one address, sent by the organisation's own server (SMTP), queued in the transaction
//! that wants it. Whole campaigns, bounces and unsubscriptions are not for here.

use std::time::Duration;

use futures::FutureExt as _;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::jobs::Job;

/// A server that does not answer must not hold a runner of jobs for longer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Where mails go out, read and sound.
#[derive(Clone)]
pub struct Settings {
    transport: AsyncSmtpTransportBuilder,
    from: Mailbox,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address of the server may carry a password.
        write!(f, "mail from {}", self.from)
    }
}

impl Settings {
    /// Reads `smtp://user:password@host:587?tls=required` (or `smtps://…:465`) and the address that mails come from: `Örnek A.Ş.
    /// <info@ornek.example>`.
    pub fn read(smtp_url: &str, from: &str) -> Result<Settings> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url)
            .map_err(|error| Error::internal(format!("CRM_SMTP_URL must be smtp://… or smtps://…: {error}")))?;
        let from = from
            .parse()
            .map_err(|error| Error::internal(format!("CRM_MAIL_FROM must be an address, with or without a name: {error}")))?;
        Ok(Settings {
            transport: transport.timeout(Some(TIMEOUT)),
            from,
        })
    }
}

/// The server that mails go out by.
pub struct Server {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A mail to one address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// Sends what was queued. One that was sent and not noted goes out twice; that is better than never.
pub const SEND: Job = Job {
    name: "mail.send",
    run: |ctx, payload| async move { send(&ctx, payload).await }.boxed(),
};

impl Server {
    pub fn new(settings: Settings) -> Server {
        Server {
            transport: settings.transport.build(),
            from: settings.from,
        }
    }
}

impl Tx {
    /// Queues a mail, which goes out once this transaction is committed.
    pub async fn send(&mut self, mail: &Mail, now_us: i64) -> Result<()> {
        self.enqueue(SEND.name, serde_json::to_value(mail)?, now_us).await
    }
}

async fn send(ctx: &Ctx, payload: Value) -> Result<()> {
    let mail: Mail = serde_json::from_value(payload)?;
    let server = ctx
        .mail
        .as_ref()
        .ok_or(Error::internal("no mail server is set up any more: CRM_SMTP_URL"))?;
    let unfit = |error: &dyn std::fmt::Display| Error::internal(format!("the mail cannot be written: {error}"));
    let message = Message::builder()
        .from(server.from.clone())
        .to(mail.to.parse().map_err(|error: lettre::address::AddressError| unfit(&error))?)
        .subject(mail.subject)
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text)
        .map_err(|error| unfit(&error))?;
    match server.transport.send(message).await {
        Ok(_) => Ok(()),
        // Trying again would be refused again.
        Err(error) if error.is_permanent() => {
            tracing::warn!(%error, "a mail was refused for good");
            Ok(())
        }
        Err(error) => Err(Error::internal(format!("the mail did not go out: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_or_refused_by_name() {
        assert!(Settings::read("smtp://localhost:2525", "Örnek A.Ş. <info@ornek.example>").is_ok());
        assert!(Settings::read("smtps://u:p@mail.ornek.example", "info@ornek.example").is_ok());
        let wrong = |url: &str, from: &str| Settings::read(url, from).expect_err("wrong").to_string();
        assert!(wrong("mail.ornek.example", "info@ornek.example").contains("CRM_SMTP_URL"));
        assert!(wrong("smtp://localhost", "nobody").contains("CRM_MAIL_FROM"));
        let shown = format!("{:?}", Settings::read("smtp://u:gizli@localhost", "a@b.example").expect("settings"));
        assert!(!shown.contains("gizli"), "{shown}");
    }
}
