//! Web addresses of customers: http or https with a host of the Internet; `https://` is put in front where it is missing.

use std::fmt;

use kernel::error::Say;

use kernel::email::plain_domain;

/// `https://www.example.com/hakkimizda`, its host in lower-case ASCII.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct WebAddress(String);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UrlError {
    Empty,
    Scheme,
    Host,
    Credentials,
    TooLong,
}

const MAX: usize = 2048;

impl WebAddress {
    pub fn parse(text: &str) -> Result<WebAddress, UrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(UrlError::Empty);
        }
        let whole = if has_scheme(text) {
            text.to_owned()
        } else {
            format!("https://{}", text.trim_start_matches('/'))
        };
        let url = ::url::Url::parse(&whole).map_err(|_| UrlError::Host)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlError::Credentials);
        }
        if url.domain().and_then(plain_domain).is_none() {
            return Err(UrlError::Host);
        }
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let address = if bare { url.as_str().trim_end_matches('/') } else { url.as_str() };
        if address.len() > MAX {
            return Err(UrlError::TooLong);
        }
        Ok(WebAddress(address.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without `www.`: what companies are matched by.
    pub fn domain(&self) -> &str {
        let host = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', '?', '#', ':']).next().unwrap_or("");
        host.strip_prefix("www.").unwrap_or(host)
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether it starts with a scheme, right or wrong: `https:` and `mailto:` do, the host and port `example.com:8080` do not.
fn has_scheme(text: &str) -> bool {
    match text.split_once(':') {
        Some((scheme, rest)) => {
            let word = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
            word && (rest.starts_with("//") || !scheme.contains('.') && !rest.starts_with(|c: char| c.is_ascii_digit()))
        }
        None => false,
    }
}

impl UrlError {
    pub fn code(self) -> &'static str {
        match self {
            UrlError::Empty => "url_empty",
            UrlError::Scheme => "url_scheme",
            UrlError::Host => "url_host",
            UrlError::Credentials => "url_credentials",
            UrlError::TooLong => "url_too_long",
        }
    }

    pub fn say(self) -> Say {
        match self {
            UrlError::Empty => Say::new(
                "Web adresini yazın, örneğin www.ornek.com.",
                "Write a web address, for example www.example.com.",
            ),
            UrlError::Scheme => Say::new(
                "Web adresi http:// veya https:// ile başlamalıdır.",
                "A web address starts with http:// or https://.",
            ),
            UrlError::Host => Say::new(
                "Web adresinde bir alan adı bulunmalıdır, örneğin www.ornek.com.",
                "A web address has a domain, such as www.example.com.",
            ),
            UrlError::Credentials => Say::new(
                "Web adresi kullanıcı adı veya parola içermemelidir.",
                "A web address must not contain a user name or a password.",
            ),
            UrlError::TooLong => Say::new(
                "Web adresi en fazla 2048 karakter olabilir.",
                "A web address has at most 2048 characters.",
            ),
        }
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say().en)
    }
}

impl std::error::Error for UrlError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn good_addresses_are_read() {
        let good = [
            ("www.example.com", "https://www.example.com", "example.com"),
            ("http://Example.COM/", "http://example.com", "example.com"),
            ("example.com:8080/a?b=c#d", "https://example.com:8080/a?b=c#d", "example.com"),
            ("//example.com", "https://example.com", "example.com"),
            (
                "HTTPS://WWW.ŞEKER.EXAMPLE/Ürünler",
                "https://www.xn--eker-45a.example/%C3%9Cr%C3%BCnler",
                "xn--eker-45a.example",
            ),
        ];
        for (text, address, domain) in good {
            let web = WebAddress::parse(text).unwrap();
            assert_eq!((web.as_str(), web.domain()), (address, domain), "{text}");
        }
    }

    #[test]
    fn bad_addresses_are_refused_with_the_reason() {
        let long = format!("example.com/{}", "a".repeat(MAX));
        let bad = [
            ("", UrlError::Empty),
            ("ftp://example.com", UrlError::Scheme),
            ("mailto:a@example.com", UrlError::Scheme),
            ("javascript:alert(1)", UrlError::Scheme),
            ("https://", UrlError::Host),
            ("localhost", UrlError::Host),
            ("http://127.0.0.1/", UrlError::Host),
            ("http://[::1]/", UrlError::Host),
            ("yok", UrlError::Host),
            ("web sitesi yok.", UrlError::Host),
            ("https://ali:parola@example.com", UrlError::Credentials),
            (&long, UrlError::TooLong),
        ];
        for (text, error) in bad {
            assert_eq!(WebAddress::parse(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_reads_again_the_same(text in "(https?://)?[a-zçğış.]{1,12}\\.(com|tr)(:[0-9]{2,4})?(/[ -~]{0,10})?") {
            if let Ok(web) = WebAddress::parse(&text) {
                prop_assert_eq!(WebAddress::parse(web.as_str()), Ok(web));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,24}") {
            let _ = WebAddress::parse(&text);
        }
    }
}
