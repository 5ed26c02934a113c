//! A QR code as a picture that a page shows as it is, so that no secret goes to anybody who draws it for us.

use kernel::error::{Error, Result};
use qrcodegen::{QrCode, QrCodeEcc};

/// White around it, as the standard asks.
const BORDER: i32 = 4;

/// Draws a text.
pub fn svg(text: &str) -> Result<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|error| Error::internal(format!("no QR code: {error}")))?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{},{}h1v1h-1z", x + BORDER, y + BORDER));
        }
    }
    let side = code.size() + 2 * BORDER;
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0,0h{side}v{side}H0z"/><path d="{path}"/></svg>"##
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_square_with_its_three_corners() {
        let svg = svg("otpauth://totp/x?secret=ABC").unwrap();
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"));
        for corner in ["M4,4h1", "M4,10h1"] {
            assert!(svg.contains(corner), "{corner}");
        }
        assert!(!svg.contains("M0,4h1"), "the border is white");
        assert!(super::svg(&"x".repeat(5000)).is_err(), "too long is said");
    }
}
