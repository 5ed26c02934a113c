//! E-mail addresses: what mail servers deliver to, not all that the standards allow. Quoted local parts, comments and addresses in brackets
//! are refused; nobody has one, and everybody mistypes.

use std::fmt;

use crate::error::Say;

/// An address whose domain is in lower case and ASCII (`info@Müller.DE` becomes `info@xn--mller-kva.de`). The part before the @ stays as it was
/// written: only its server knows what it means.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Email(String);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EmailError {
    Empty,
    At,
    Local,
    LocalLetters,
    Domain,
    TooLong,
}

const LOCAL_MAX: usize = 64;
const DOMAIN_MAX: usize = 253;
const ALL_MAX: usize = 254;

impl Email {
    pub fn parse(text: &str) -> Result<Email, EmailError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        let (local, domain) = text.split_once('@').ok_or(EmailError::At)?;
        if domain.contains('@') {
            return Err(EmailError::At);
        }
        check_local(local)?;
        let domain = plain_domain(domain).ok_or(EmailError::Domain)?;
        if local.len() + 1 + domain.len() > ALL_MAX {
            return Err(EmailError::TooLong);
        }
        Ok(Email(format!("{local}@{domain}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is behind the @.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_local(local: &str) -> Result<(), EmailError> {
    if local.len() > LOCAL_MAX {
        return Err(EmailError::TooLong);
    }
    if !local.is_ascii() {
        return Err(EmailError::LocalLetters);
    }
    let good = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    if local.split('.').all(good) {
        Ok(())
    } else {
        Err(EmailError::Local)
    }
}

/// The domain in lower-case ASCII, if it can be one of the Internet: labels with a dot between, the last of which is no number.
pub fn plain_domain(domain: &str) -> Option<String> {
    let ascii = if domain.is_ascii() {
        domain.to_ascii_lowercase()
    } else {
        // No domain has a capital İ; it comes from a Turkish keyboard with caps lock: GMAİL.COM.
        match ::url::Host::parse(&domain.replace('İ', "i")).ok()? {
            ::url::Host::Domain(ascii) => ascii,
            _ => return None,
        }
    };
    let labels: Vec<&str> = ascii.split('.').collect();
    let good = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = labels.last()?;
    let fits = labels.len() >= 2
        && ascii.len() <= DOMAIN_MAX
        && labels.iter().all(good)
        && top.len() >= 2
        && top.bytes().any(|b| b.is_ascii_alphabetic());
    fits.then_some(ascii)
}

impl EmailError {
    pub fn code(self) -> &'static str {
        match self {
            EmailError::Empty => "email_empty",
            EmailError::At => "email_at",
            EmailError::Local => "email_local",
            EmailError::LocalLetters => "email_local_letters",
            EmailError::Domain => "email_domain",
            EmailError::TooLong => "email_too_long",
        }
    }

    pub fn say(self) -> Say {
        match self {
            EmailError::Empty => Say::new(
                "E-posta adresini yazın, örneğin ad@ornek.com.",
                "Write an e-mail address, for example name@example.com.",
            ),
            EmailError::At => Say::new(
                "E-posta adresinde bir tane @ bulunmalıdır, örneğin ad@ornek.com.",
                "An e-mail address has exactly one @, as in name@example.com.",
            ),
            EmailError::Local => Say::new(
                "E-posta adresinde @ işaretinden önce harf, rakam, nokta, tire ve alt çizgi olabilir; boşluk olamaz, nokta başta, sonda veya yan yana olamaz.",
                "Before the @ an e-mail address may have letters, digits, dots, hyphens and underscores; no blanks, and no dot at the start, at the end or beside another.",
            ),
            EmailError::LocalLetters => Say::new(
                "E-posta adresinde @ işaretinden önce ç, ğ, ı, ö, ş, ü gibi harfler olamaz.",
                "Before the @ an e-mail address may not have letters such as ç, ğ, ı, ö, ş, ü.",
            ),
            EmailError::Domain => Say::new(
                "E-posta adresinde @ işaretinden sonra bir alan adı bulunmalıdır, örneğin ornek.com.",
                "After the @ an e-mail address has a domain, such as example.com.",
            ),
            EmailError::TooLong => Say::new(
                "E-posta adresi çok uzun: @ işaretinden önce en fazla 64, toplam en fazla 254 karakter olabilir.",
                "The e-mail address is too long: at most 64 characters before the @ and 254 in all.",
            ),
        }
    }
}

impl fmt::Display for EmailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say().en)
    }
}

impl std::error::Error for EmailError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn good_addresses_are_read() {
        let good = [
            ("ayse.yilmaz@example.com", "ayse.yilmaz@example.com"),
            (" Ayse+crm@EXAMPLE.Com ", "Ayse+crm@example.com"),
            ("AYSE@GMAİL.COM", "AYSE@gmail.com"),
            ("info@müller.example", "info@xn--mller-kva.example"),
            ("o'neil_x-1@a-b.co.uk", "o'neil_x-1@a-b.co.uk"),
            ("a@xn--mller-kva.de", "a@xn--mller-kva.de"),
        ];
        for (text, address) in good {
            assert_eq!(Email::parse(text).unwrap().as_str(), address, "{text}");
        }
        assert_eq!(Email::parse("a@B.example").unwrap().domain(), "b.example");
    }

    #[test]
    fn bad_addresses_are_refused_with_the_reason() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long = format!(
            "{}@{}.example",
            "a".repeat(64),
            ["b".repeat(60), "c".repeat(60), "d".repeat(60)].join(".")
        );
        let bad = [
            ("", EmailError::Empty),
            ("ayse", EmailError::At),
            ("a@b@c.com", EmailError::At),
            ("@example.com", EmailError::Local),
            ("a..b@example.com", EmailError::Local),
            (".a@example.com", EmailError::Local),
            ("a b@example.com", EmailError::Local),
            ("\"a b\"@example.com", EmailError::Local),
            ("ayşe@example.com", EmailError::LocalLetters),
            ("a@", EmailError::Domain),
            ("a@localhost", EmailError::Domain),
            ("a@example..com", EmailError::Domain),
            ("a@-example.com", EmailError::Domain),
            ("a@exa mple.com", EmailError::Domain),
            ("a@exa_mple.com", EmailError::Domain),
            ("a@127.0.0.1", EmailError::Domain),
            ("a@[127.0.0.1]", EmailError::Domain),
            ("a@example.c", EmailError::Domain),
            ("a@example.com.", EmailError::Domain),
            (&long_local, EmailError::TooLong),
            (&long, EmailError::TooLong),
        ];
        for (text, error) in bad {
            assert_eq!(Email::parse(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_reads_again_the_same(text in "[a-zA-Z.+_]{1,8}@[a-zA-ZçğıöşüİÇ.-]{1,12}\\.(com|tr|COM)") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,24}", domain in ".{0,12}") {
            let _ = Email::parse(&text);
            let _ = Email::parse(&format!("a@{domain}"));
        }
    }
}
