//! What a server answered, and what that means for the message, the address, and the lane.

use crate::provider::{Answer, Outcome};

/// An answer, its lines put together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    pub code: u16,
    pub text: String,
}

/// Answers longer than this are no answers.
pub const BYTES_AT_MOST: usize = 64 * 1024;
const KEPT_CHARS: usize = 500;

impl Reply {
    /// Reads one from the front of what has arrived, and how many bytes it took; none while some is missing.
    pub fn parse(bytes: &[u8]) -> Result<Option<(Reply, usize)>, String> {
        let mut text = String::new();
        let mut at = 0;
        loop {
            let Some(length) = bytes[at..].iter().position(|byte| *byte == b'\n') else {
                if bytes.len() > BYTES_AT_MOST {
                    return Err("the server's answer has no end".into());
                }
                return Ok(None);
            };
            let line = String::from_utf8_lossy(&bytes[at..at + length]);
            let line = line.trim_end_matches('\r');
            at += length + 1;
            let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
            let code = code.filter(|code| (200..600).contains(code));
            let code = code.ok_or_else(|| format!("not an answer: {}", cut(line)))?;
            let (separator, said) = match line.as_bytes().get(3) {
                None => (b' ', ""),
                Some(b' ') => (b' ', line.get(4..).unwrap_or_default()),
                Some(b'-') => (b'-', line.get(4..).unwrap_or_default()),
                Some(_) => return Err(format!("not an answer: {}", cut(line))),
            };
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(said);
            if at > BYTES_AT_MOST {
                return Err("the server's answer has no end".into());
            }
            if separator == b' ' {
                return Ok(Some((Reply { code, text }, at)));
            }
        }
    }

    pub fn is_yes(&self) -> bool {
        (200..300).contains(&self.code)
    }

    pub fn answer(&self) -> Answer {
        Answer::new(self.code, cut(&self.text))
    }

    /// Of who we are, and of the sender: whatever it refuses, it would refuse for every message.
    pub fn of_lane(&self) -> Outcome {
        Outcome::Halted(self.answer())
    }

    /// Of the recipient.
    pub fn of_recipient(&self) -> Outcome {
        match self.code {
            421 => Outcome::Halted(self.answer()),
            500.. => Outcome::Rejected {
                answer: self.answer(),
                is_address: self.tells_of_the_address(),
            },
            _ => Outcome::Deferred(self.answer()),
        }
    }

    /// Of the message as a whole.
    pub fn of_message(&self) -> Outcome {
        match self.code {
            200..300 => Outcome::Accepted(self.answer()),
            421 => Outcome::Halted(self.answer()),
            500.. => Outcome::Rejected {
                answer: self.answer(),
                is_address: false,
            },
            _ => Outcome::Deferred(self.answer()),
        }
    }

    /// Whether the address takes nothing at all (RFC 3463). Refusals for what we sent, or for who we are, say nothing of the person.
    fn tells_of_the_address(&self) -> bool {
        let status = self.text.split_whitespace().next().unwrap_or_default();
        ["5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"].contains(&status)
    }
}

fn cut(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(KEPT_CHARS)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reply(text: &str) -> Reply {
        Reply::parse(text.as_bytes()).expect("an answer").expect("whole").0
    }

    #[test]
    fn answers_of_several_lines_are_one() {
        let hello = reply("250-mail.ornek.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n");
        assert_eq!((hello.code, hello.text.as_str()), (250, "mail.ornek.example\nPIPELINING\n8BITMIME"));
        assert_eq!(Reply::parse(b"250-a\r\n250-b\r\n"), Ok(None));
        assert_eq!(reply("354\r\n").code, 354);
        assert!(Reply::parse(b"HTTP/1.1 400 Bad Request\r\n").is_err());
        assert!(Reply::parse(b"250x\r\n").is_err());
    }

    #[test]
    fn only_what_tells_of_the_address_is_held_against_it() {
        let is_address = |text| matches!(reply(text).of_recipient(), Outcome::Rejected { is_address: true, .. });
        assert!(is_address("550 5.1.1 no such user\r\n"));
        assert!(is_address("550 5.2.1 disabled\r\n"));
        assert!(!is_address("550 5.7.1 your network is on a list\r\n"));
        assert!(!is_address("552 5.2.2 mailbox full\r\n"));
        assert!(!is_address("550 no\r\n"));
        assert!(matches!(reply("450 4.2.1 greylisted\r\n").of_recipient(), Outcome::Deferred(_)));
        assert!(matches!(reply("421 closing\r\n").of_recipient(), Outcome::Halted(_)));
        assert!(matches!(reply("550 sender refused\r\n").of_lane(), Outcome::Halted(_)));
        assert!(matches!(
            reply("554 spam\r\n").of_message(),
            Outcome::Rejected { is_address: false, .. }
        ));
    }

    proptest! {
        #[test]
        fn nothing_a_server_says_harms(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(Some((_, taken))) = Reply::parse(&bytes) {
                prop_assert!(taken <= bytes.len());
            }
        }
    }
}
