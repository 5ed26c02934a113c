//! E-mails as they stand on the wire: headers in ASCII (RFC 2047, RFC 2231), text and HTML side by side, attachments. Lines end in CRLF and have
//! no more than 998 bytes; dots at their beginning are doubled by who sends it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::clock;

use crate::provider::Outgoing;

/// Bytes of an encoded word's content, before Base64: with its frame it stays within 75.
const WORD_BYTES: usize = 42;
const LINE_CHARS: usize = 76;

/// Who a mail is from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sender {
    pub address: String,
    pub name: String,
    pub reply_to: String,
}

/// The message id of a delivery, the same each time it is sent.
pub fn message_id(message: &Outgoing, sender: &Sender) -> String {
    let domain = sender.address.rsplit('@').next().unwrap_or("localhost");
    format!("{:x}.{:x}@{domain}", message.delivery_id, message.created_at_us)
}

/// Writes a mail.
pub fn write(message: &Outgoing, sender: &Sender) -> Vec<u8> {
    let base64 = message.attachments.iter().map(|attachment| attachment.base64.len()).sum::<usize>();
    let mut out = String::with_capacity(1024 + (message.text.len() + message.html.len()) * 5 / 4 + base64 * 40 / 39);
    mailbox(&mut out, "From", &sender.name, &sender.address);
    mailbox(&mut out, "To", &message.to_name, &message.to);
    if !sender.reply_to.is_empty() {
        mailbox(&mut out, "Reply-To", "", &sender.reply_to);
    }
    unstructured(&mut out, "Subject", &message.subject);
    let date = clock::utc(message.now_us).format("%a, %d %b %Y %H:%M:%S +0000");
    out.push_str(&format!(
        "Date: {date}\r\nMessage-ID: <{}>\r\nMIME-Version: 1.0\r\n",
        message_id(message, sender)
    ));
    let edge = format!("=_{:x}.{:x}", message.delivery_id, message.created_at_us);
    if message.attachments.is_empty() {
        body(&mut out, message, &edge);
        return out.into_bytes();
    }
    out.push_str(&format!(
        "Content-Type: multipart/mixed; boundary=\"{edge}.m\"\r\n\r\n--{edge}.m\r\n"
    ));
    body(&mut out, message, &edge);
    for attachment in message.attachments.iter() {
        let kind = token(&attachment.kind);
        out.push_str(&format!(
            "\r\n--{edge}.m\r\nContent-Type: {kind}\r\nContent-Disposition: attachment;\r\n"
        ));
        parameter(&mut out, "filename", &attachment.name);
        out.push_str("\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        let clean: Vec<u8> = attachment
            .base64
            .bytes()
            .filter(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
            .collect();
        for line in clean.chunks(LINE_CHARS) {
            out.extend(line.iter().map(|byte| char::from(*byte)));
            out.push_str("\r\n");
        }
    }
    out.push_str(&format!("\r\n--{edge}.m--\r\n"));
    out.into_bytes()
}

/// The text, the HTML, or both.
fn body(out: &mut String, message: &Outgoing, edge: &str) {
    match (message.text.is_empty(), message.html.is_empty()) {
        (_, true) => part(out, "plain", &message.text),
        (true, false) => part(out, "html", &message.html),
        (false, false) => {
            out.push_str(&format!(
                "Content-Type: multipart/alternative; boundary=\"{edge}.a\"\r\n\r\n--{edge}.a\r\n"
            ));
            part(out, "plain", &message.text);
            out.push_str(&format!("\r\n--{edge}.a\r\n"));
            part(out, "html", &message.html);
            out.push_str(&format!("\r\n--{edge}.a--\r\n"));
        }
    }
}

fn part(out: &mut String, kind: &str, text: &str) {
    out.push_str(&format!(
        "Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    ));
    quoted_printable(out, text);
}

/// RFC 2045: what is not plain ASCII as `=XX`, lines of 76 characters at most.
fn quoted_printable(out: &mut String, text: &str) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line).as_bytes();
        let mut width = 0;
        for (place, byte) in line.iter().enumerate() {
            let is_last = place + 1 == line.len();
            let plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~') || (matches!(byte, b' ' | b'\t') && !is_last);
            let needs = if plain { 1 } else { 3 };
            if width + needs > LINE_CHARS - 1 {
                out.push_str("=\r\n");
                width = 0;
            }
            if plain {
                out.push(char::from(*byte));
            } else {
                out.extend(['=', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
            width += needs;
        }
        out.push_str("\r\n");
    }
}

/// `Name: text`, in encoded words where it is not plain ASCII or too long for a line.
fn unstructured(out: &mut String, name: &str, text: &str) {
    out.push_str(name);
    out.push_str(": ");
    phrase(out, text, false);
    out.push_str("\r\n");
}

fn mailbox(out: &mut String, header: &str, name: &str, address: &str) {
    out.push_str(header);
    out.push_str(": ");
    let address: String = address.chars().filter(|c| !c.is_control() && !"<>".contains(*c)).collect();
    if name.trim().is_empty() {
        out.push_str(&format!("{address}\r\n"));
        return;
    }
    phrase(out, name, true);
    out.push_str(&format!("\r\n <{address}>\r\n"));
}

/// Text of a header. No line break of its own can come through: whoever writes a name must not write headers.
fn phrase(out: &mut String, text: &str, is_name: bool) {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_plain = text.len() <= 60 && text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !text.contains("=?");
    if is_plain && is_name {
        out.push_str(&format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")));
        return;
    }
    if is_plain {
        out.push_str(&text);
        return;
    }
    let mut rest = text.as_str();
    let mut is_first = true;
    while !rest.is_empty() {
        let mut end = rest.len().min(WORD_BYTES);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (word, further) = rest.split_at(end);
        let fold = if is_first { "" } else { "\r\n " };
        out.push_str(&format!("{fold}=?utf-8?B?{}?=", STANDARD.encode(word)));
        (rest, is_first) = (further, false);
    }
}

/// ` name="value"`, or RFC 2231 where it is not plain.
fn parameter(out: &mut String, name: &str, value: &str) {
    let value: String = value.chars().filter(|c| !c.is_control()).collect();
    let is_plain = value.len() <= 60 && value.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !b"\"\\%".contains(&byte));
    if is_plain {
        out.push_str(&format!(" {name}=\"{value}\""));
        return;
    }
    let mut encoded = vec![String::new()];
    for c in value.chars() {
        let mut bytes = [0; 4];
        let piece: String = if c.is_ascii_alphanumeric() || "-._".contains(c) {
            c.to_string()
        } else {
            c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
        };
        match encoded.last_mut() {
            Some(line) if line.len() + piece.len() <= 50 => line.push_str(&piece),
            _ => encoded.push(piece),
        }
    }
    let lines = encoded.iter().enumerate().map(|(place, line)| {
        let charset = if place == 0 { "utf-8''" } else { "" };
        format!(" {name}*{place}*={charset}{line}")
    });
    out.push_str(&lines.collect::<Vec<_>>().join(";\r\n"));
}

/// A media type that can be nothing else.
fn token(kind: &str) -> String {
    let is_sound = kind.len() <= 80
        && kind.split('/').count() == 2
        && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/.+-".contains(&byte));
    if is_sound {
        kind.to_owned()
    } else {
        "application/octet-stream".to_owned()
    }
}

/// As it goes after DATA: dots at the beginning of lines doubled, the end marked.
pub fn dotted(mail: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(mail.len() + 64);
    let mut begins = true;
    for &byte in mail {
        if begins && byte == b'.' {
            out.push(b'.');
        }
        out.push(byte);
        begins = byte == b'\n';
    }
    if !mail.ends_with(b"\r\n") {
        out.extend(b"\r\n");
    }
    out.extend(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::provider::Attachment;

    fn sender() -> Sender {
        Sender {
            address: "info@ornek.example".into(),
            name: "Örnek A.Ş.".into(),
            reply_to: String::new(),
        }
    }

    fn message() -> Outgoing {
        Outgoing {
            delivery_id: 10,
            to: "ayse@deneme.example".into(),
            to_name: "Ayşe \"A\" Yılmaz".into(),
            subject: "İğdeli yoğurt üzerine uzunca bir konu: şimdi, yarın ve öbür gün de geçerli".into(),
            text: "Merhaba Ayşe,\n.\n".into(),
            html: "<p>Merhaba Ayşe</p>".into(),
            created_at_us: 16,
            now_us: 1_773_651_600_000_000,
            ..Outgoing::default()
        }
    }

    fn text(message: &Outgoing) -> String {
        String::from_utf8(write(message, &sender())).expect("ASCII")
    }

    #[test]
    fn a_mail_has_what_it_must() {
        let mail = text(&message());
        assert!(mail.is_ascii());
        assert!(mail.contains("Date: Mon, 16 Mar 2026 09:00:00 +0000\r\n"), "{mail}");
        assert!(mail.contains("Message-ID: <a.10@ornek.example>\r\n"), "{mail}");
        assert!(mail.contains("multipart/alternative"));
        assert!(mail.contains("Merhaba Ay=C5=9Fe"));
        assert!(!mail.contains("multipart/mixed"));
    }

    #[test]
    fn attachments_keep_their_names() {
        let pdf = Attachment {
            name: "Teklif – şubat.pdf".into(),
            kind: "application/pdf".into(),
            base64: STANDARD.encode([7; 200]),
        };
        let odd = Attachment {
            name: "a.bin".into(),
            kind: "x\r\nBcc: b@c.example".into(),
            base64: String::new(),
        };
        let mail = text(&Outgoing {
            attachments: [pdf, odd].into(),
            ..message()
        });
        assert!(mail.contains("filename*0*=utf-8''Teklif%20%E2%80%93%20%C5%9Fubat.pdf"), "{mail}");
        assert!(mail.contains("filename=\"a.bin\""));
        assert!(!mail.contains("Bcc:"));
    }

    #[test]
    fn a_dot_does_not_end_a_mail() {
        assert_eq!(dotted(b".a\r\n.\r\nb"), b"..a\r\n..\r\nb\r\n.\r\n");
        assert_eq!(dotted(b""), b"\r\n.\r\n");
    }

    proptest! {
        #[test]
        fn no_text_writes_a_header_or_a_long_line(subject in ".{0,200}", name in "(?s).{0,80}", html in "(?s).{0,400}") {
            let message = Outgoing { subject: format!("{subject}\r\nBcc: x@y.example"), to_name: format!("{name}\nBcc: x@y.example"), html, ..message() };
            let mail = text(&message);
            let head = mail.split("\r\n\r\n").next().expect("a head");
            prop_assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{}", head);
            prop_assert!(mail.split("\r\n").all(|line| line.len() <= 120 && !line.contains(['\r', '\n'])));
        }
    }
}
