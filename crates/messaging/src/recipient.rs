//! An address as it is compared: two ways of writing the same one have the same hash, which outlives the address itself.

use sha2::{Digest as _, Sha256};

use crate::words::MessageChannel;

/// The hash by which an address is known once nobody may keep it any more.
pub fn hash(channel: MessageChannel, address: &str) -> String {
    let normal = match channel {
        MessageChannel::Email => address.trim().to_lowercase(),
        MessageChannel::Sms => address.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
        MessageChannel::Push | MessageChannel::InApp => address.trim().to_owned(),
    };
    let digest = Sha256::digest(format!("{}\0{normal}", channel.word()));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_address_has_the_same_hash_and_another_channel_another() {
        assert_eq!(
            hash(MessageChannel::Email, " Info@Ornek.example"),
            hash(MessageChannel::Email, "info@ornek.example")
        );
        assert_eq!(
            hash(MessageChannel::Sms, "+90 532 111 22 33"),
            hash(MessageChannel::Sms, "+905321112233")
        );
        assert_ne!(
            hash(MessageChannel::Email, "a@b.example"),
            hash(MessageChannel::InApp, "a@b.example")
        );
        assert_eq!(hash(MessageChannel::Email, "a@b.example").len(), 64);
    }
}
