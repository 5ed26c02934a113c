//! What a communication is made of.

use criteria::{Kind, Place};
use records::choices;
use records::fields::{Form, choices as of, folded, nullable, plain, sort};

choices! {
    /// By which way.
    CommunicationType {
        Email: "email", "E-posta", "E-mail";
        PhoneCall: "phone_call", "Telefon", "Phone call";
        Sms: "sms", "SMS", "SMS";
        Meeting: "meeting", "Toplantı", "Meeting";
        Social: "social", "Sosyal medya", "Social media";
        Chat: "chat", "Sohbet", "Chat";
        Letter: "letter", "Mektup", "Letter";
        Other: "other", "Diğer", "Other";
    }
}

choices! {
    /// From whom to whom.
    Direction {
        Inbound: "inbound", "Gelen", "Inbound";
        Outbound: "outbound", "Giden", "Outbound";
    }
}

choices! {
    /// What became of it.
    CommunicationStatus {
        Waiting: "waiting", "Gönderilecek", "Waiting";
        Sent: "sent", "Gönderildi", "Sent";
        Delivered: "delivered", "Ulaştı", "Delivered";
        Opened: "opened", "Açıldı", "Opened";
        Clicked: "clicked", "Tıklandı", "Clicked";
        Replied: "replied", "Yanıtlandı", "Replied";
        Bounced: "bounced", "Geri döndü", "Bounced";
        Failed: "failed", "Gönderilemedi", "Failed";
        Received: "received", "Alındı", "Received";
        Held: "held", "Yapıldı", "Held";
        Missed: "missed", "Ulaşılamadı", "Missed";
    }
}

const TEXT_200: Form = Form::Text { max_chars: 200 };
const LONG: Form = Form::LongText { max_chars: 100_000 };
const NUMBER: Kind = Kind::Number { decimals: 0 };

const fn list(table: &'static str, folded: Option<&'static str>) -> Place {
    Place::Set {
        table,
        owner: "communication_id",
        value: "value",
        folded,
        only: None,
    }
}

records::fields! {
    CommunicationType: "communication_type", "Yol", "Way", of(CommunicationType::CHOICES), plain("communication_type"), Form::Choice, Identity, sort("communication_type");
    Direction: "direction", "Yön", "Direction", of(Direction::CHOICES), plain("direction"), Form::Choice, Identity, sort("direction");
    Subject: "subject", "Konu", "Subject", Kind::Text, folded("subject", "subject_fold"), TEXT_200, Identity, sort("subject_sort");
    Content: "content", "İçerik", "Content", Kind::Text, plain("content"), LONG, Identity, None;
    Sender: "sender", "Gönderen", "Sender", Kind::Text, folded("sender", "sender_fold"), TEXT_200, Contact, sort("sender_fold");
    Recipient: "recipient", "Alıcı", "Recipient", Kind::Text, folded("recipient", "recipient_fold"), TEXT_200, Contact, sort("recipient_fold");
    Status: "status", "Durum", "Status", of(CommunicationStatus::CHOICES), plain("status"), Form::Choice, Outcome, sort("status");
    OccurredAt: "occurred_at", "Zamanı", "When", Kind::DateTime, plain("occurred_at"), Form::DateTime, Schedule, nullable("occurred_at");
    Duration: "duration", "Süre (dk)", "Duration (min)", NUMBER, plain("duration_minutes"), Form::Number { decimals: 0 }, Schedule, nullable("duration_minutes");
    DeliveryDate: "delivery_date", "Ulaşma", "Delivered", Kind::DateTime, plain("delivered_at"), Form::DateTime, Outcome, nullable("delivered_at");
    OpenedDate: "opened_date", "Açılma", "Opened", Kind::DateTime, plain("opened_at"), Form::DateTime, Outcome, nullable("opened_at");
    ClickedDate: "clicked_date", "Tıklanma", "Clicked", Kind::DateTime, plain("clicked_at"), Form::DateTime, Outcome, nullable("clicked_at");
    Network: "network", "Ağ", "Network", Kind::Text, plain("network"), Form::Text { max_chars: 50 }, Contact, None;
    Link: "link", "Bağlantı", "Link", Kind::Text, plain("link"), Form::WebAddress, Contact, None;
    Attachments: "attachments", "Ekler", "Attachments", Kind::Text, list("communication_attachments", None), Form::Texts { max_chars: 500 }, Related, None;
    Tags: "tags", "Etiketler", "Tags", Kind::Text, list("communication_tags", Some("value_fold")), Form::Tags, Identity, None;
    Customer: "customer", "Müşteri", "Customer", Kind::Reference("customer"), plain("customer_id"), Form::Reference { table: "customers" }, Related, None;
    Lead: "lead", "Aday", "Lead", Kind::Reference("lead"), plain("lead_id"), Form::Reference { table: "leads" }, Related, None;
    Opportunity: "opportunity", "Fırsat", "Opportunity", Kind::Reference("opportunity"), plain("opportunity_id"), Form::Reference { table: "opportunities" }, Related, None;
    Activity: "activity", "Aktivite", "Activity", Kind::Reference("activity"), plain("activity_id"), Form::Command, Related, None;
    Delivery: "delivery", "Gönderi", "Delivery", NUMBER, plain("delivery_id"), Form::Command, Related, None;
    Campaign: "campaign", "Kampanya", "Campaign", NUMBER, plain("campaign_id"), Form::Command, Related, None;
    Owner: "owner_id", "İlgilenen", "Handled by", Kind::Reference("user"), plain("owner_id"), Form::User, Ownership, nullable("owner_id");
    Team: "team_id", "Ekip", "Team", Kind::Reference("team"), plain("team_id"), Form::Team, Ownership, nullable("team_id");
    CreatedBy: "created_by", "Kaydeden", "Logged by", Kind::Reference("user"), plain("created_by_id"), Form::Command, System, None;
    CreatedAt: "created_at", "Kayıt", "Logged", Kind::DateTime, plain("created_at"), Form::Computed, System, sort("created_at");
    UpdatedAt: "updated_at", "Güncellenme", "Updated", Kind::DateTime, plain("updated_at"), Form::Computed, System, sort("updated_at");
}
