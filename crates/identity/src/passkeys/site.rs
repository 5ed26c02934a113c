//! The site that passkeys are made for, as the configured public address has it: a device binds each key to a name, and the browser signs where the
//! page came from. The `Host` header has no say in it: whoever sends a request writes it.

use url::{Host, Url};
use webauthn_rp::request::{AsciiDomain, RpId};

/// The name and the origin.
#[derive(Debug)]
pub(crate) struct Site {
    pub id: RpId,
    /// `https://crm.example.com`, with the port where it is not the usual one.
    pub origin: String,
}

impl Site {
    /// None where browsers make no passkeys: without TLS (but on `localhost`), and for an address that is a number.
    pub(crate) fn of(public_url: &str) -> Option<Site> {
        let url = Url::parse(public_url).ok()?;
        let Some(Host::Domain(host)) = url.host() else { return None };
        let is_local = host == "localhost" || host.ends_with(".localhost");
        if url.scheme() != "https" && !is_local {
            return None;
        }
        Some(Site {
            id: RpId::Domain(AsciiDomain::try_from(host.to_owned()).ok()?),
            origin: url.origin().ascii_serialization(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_a_name_reached_safely() {
        let site = |url| Site::of(url).map(|site| (String::from(site.id), site.origin));
        let expected = |name: &str, origin: &str| Some((name.to_owned(), origin.to_owned()));
        assert_eq!(
            site("https://crm.example.com"),
            expected("crm.example.com", "https://crm.example.com")
        );
        assert_eq!(
            site("https://CRM.example.com:8443/"),
            expected("crm.example.com", "https://crm.example.com:8443")
        );
        assert_eq!(site("http://localhost:8080"), expected("localhost", "http://localhost:8080"));
        for none in [
            "",
            "http://crm.example.com",
            "https://10.0.0.7",
            "https://[::1]:8443",
            "http://127.0.0.1:8080",
        ] {
            assert_eq!(site(none), None, "{none}");
        }
    }
}
