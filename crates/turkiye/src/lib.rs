//! What is Turkish about a customer, and a few checks that are not: provinces and districts, identity and tax numbers, telephone numbers,
//! e-mail addresses, web addresses. Pure: no database, no clock, no network.
//!
//! A check is a `parse` into a type that cannot hold anything wrong. What it refuses it refuses with a stable `code()` and a `say()` in
//! Turkish and English that tells what would be right; identity and tax numbers are never repeated in it.

pub mod holidays;
pub mod identity_number;
pub mod people;
pub mod phone;
pub mod places;
pub mod tax_number;
pub mod url;

pub use identity_number::{IdentityNumber, IdentityNumberError};
pub use phone::{Phone, PhoneError, PhoneKind};
pub use places::{Province, find_province, province, provinces};
pub use tax_number::{TaxNumber, TaxNumberError};
pub use url::{UrlError, WebAddress};

/// The digits of a number as people write it, without the blanks between them; `None` when there is anything else.
fn digits_only(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(10).map(|digit| digit as u8))
        .collect()
}
