//! The closed lists of words around messages.

use records::choices;

choices! {
    /// By what way a message comes to somebody.
    MessageChannel {
        Email: "email", "E-posta", "E-mail";
        Sms: "sms", "SMS", "SMS";
        Push: "push", "Anlık bildirim", "Push notification";
        InApp: "in_app", "Uygulama içi", "In the application";
    }
}

choices! {
    /// Whether the law asks for a consent: it does where something is advertised.
    MessageCategory {
        Transactional: "transactional", "Bilgilendirme", "Transactional";
        Commercial: "commercial", "Ticari", "Commercial";
    }
}

choices! {
    /// What a lane goes by.
    ProviderKind {
        Outbox: "outbox", "Deneme kutusu (göndermez)", "Outbox (sends nothing)";
        Smtp: "smtp", "SMTP", "SMTP";
    }
}

choices! {
    /// How far a delivery is.
    DeliveryState {
        Waiting: "waiting", "Bekliyor", "Waiting";
        Claimed: "claimed", "Gönderiliyor", "Being sent";
        Sent: "sent", "Gönderildi", "Sent";
        Failed: "failed", "Gönderilemedi", "Failed";
        Suppressed: "suppressed", "Engelli adres", "Suppressed";
        InDoubt: "in_doubt", "Kuşkulu", "In doubt";
        Cancelled: "cancelled", "Vazgeçildi", "Cancelled";
    }
}
