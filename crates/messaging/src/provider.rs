//! What every way out of the house has in common: a lane opens links of a provider, and a link takes one message after the other.

use futures::future::BoxFuture;
use kernel::error::Result;

use crate::journal::{Attempt, Journal, Mark};

/// A message as it leaves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outgoing {
    pub delivery_id: i64,
    pub attempt: u32,
    pub to: String,
    pub to_name: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub attachments: std::sync::Arc<[Attachment]>,
    /// Of the delivery: the same each time it is tried, so that who gets it twice can tell.
    pub created_at_us: i64,
    pub now_us: i64,
}

impl Outgoing {
    pub fn key(&self) -> Attempt {
        Attempt {
            delivery_id: self.delivery_id,
            attempt: self.attempt,
        }
    }
}

/// A file that goes with a message.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Attachment {
    pub name: String,
    /// `application/pdf`
    pub kind: String,
    pub base64: String,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The other side has it now.
    Accepted(Answer),
    /// Not now; nobody has it.
    Deferred(Answer),
    /// Not now, nor any other message of this lane.
    Halted(Answer),
    /// Never; `is_address`: this address takes no mail at all.
    Rejected { answer: Answer, is_address: bool },
    /// It left, and no answer came.
    Unknown(Answer),
}

/// What the other side said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// 0 where it said nothing.
    pub code: u16,
    pub text: String,
}

impl Answer {
    pub fn new(code: u16, text: impl Into<String>) -> Answer {
        Answer { code, text: text.into() }
    }

    /// What happened on our side.
    pub fn ours(text: impl std::fmt::Display) -> Answer {
        Answer::new(0, text.to_string())
    }
}

/// A step on the way to the other side, for who tests a lane.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = LaneStep)]
pub struct Step {
    /// connect, tls, greeting, hello, sign_in, sender, recipient, data, message, …
    pub name: String,
    pub is_ok: bool,
    pub answer: String,
}

impl Step {
    pub fn of(name: &str, is_ok: bool, answer: &str) -> Step {
        Step {
            name: name.to_owned(),
            is_ok,
            answer: answer.to_owned(),
        }
    }
}

/// A way out of the house.
pub trait Provider: Send + Sync {
    /// A link of its own for a worker; it connects when it is first used.
    fn link(&self) -> Box<dyn Link>;
}

/// A connection, or what stands for one.
pub trait Link: Send {
    /// Sends one message. [`Wire::begun`] comes before the bytes after which the other side may have it.
    fn send<'a>(&'a mut self, message: &'a Outgoing, wire: &'a Wire<'a>) -> BoxFuture<'a, Outcome>;

    /// From now on remembers each step, for a test of the lane.
    fn watch(&mut self) {}

    /// The steps since then.
    fn steps(&mut self) -> Vec<Step> {
        Vec::new()
    }

    /// Ends it politely.
    fn close(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

/// The journal, for one message.
pub struct Wire<'a> {
    /// None where nothing needs to be remembered: a test of the lane.
    pub journal: Option<&'a Journal>,
    pub key: Attempt,
}

impl Wire<'_> {
    pub fn begun(&self) -> Result<()> {
        self.note(Mark::Begun)
    }

    pub fn note(&self, mark: Mark) -> Result<()> {
        Ok(self.journal.map_or(Ok(()), |journal| journal.note(self.key, mark))?)
    }
}

/// The built-in outbox: takes everything and sends nothing, so that all can be tried safely.
pub struct Outbox;

impl Provider for Outbox {
    fn link(&self) -> Box<dyn Link> {
        Box::new(Outbox)
    }
}

impl Link for Outbox {
    fn send<'a>(&'a mut self, _: &'a Outgoing, _: &'a Wire<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(async { Outcome::Accepted(Answer::new(250, "kept in the outbox")) })
    }
}
