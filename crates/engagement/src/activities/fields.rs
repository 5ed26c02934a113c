//! What an activity is made of.

use criteria::{Kind, Place};
use records::choices;
use records::fields::{Form, choices as of, folded, nullable, plain, sort};

choices! {
    /// Where an activity stands.
    Status {
        Planned: "planned", "Planlandı", "Planned";
        InProgress: "in_progress", "Sürüyor", "In progress";
        Waiting: "waiting", "Bekliyor", "Waiting";
        Completed: "completed", "Tamamlandı", "Completed";
        Cancelled: "cancelled", "İptal edildi", "Cancelled";
    }
}

impl Status {
    /// Those in which there is still something to do.
    pub const OPEN: [Status; 3] = [Status::Planned, Status::InProgress, Status::Waiting];

    pub fn is_open(self) -> bool {
        Status::OPEN.contains(&self)
    }
}

choices! {
    /// How much it presses.
    Priority {
        Low: "low", "Düşük", "Low";
        Normal: "normal", "Normal", "Normal";
        High: "high", "Yüksek", "High";
        Urgent: "urgent", "Acil", "Urgent";
    }
}

choices! {
    /// What came of it, in one word.
    ActivityResult {
        Done: "done", "Yapıldı", "Done";
        Reached: "reached", "Ulaşıldı", "Reached";
        NoAnswer: "no_answer", "Yanıt yok", "No answer";
        Busy: "busy", "Meşgul", "Busy";
        LeftMessage: "left_message", "Mesaj bırakıldı", "Left a message";
        WrongNumber: "wrong_number", "Yanlış numara", "Wrong number";
        NotHeld: "not_held", "Gerçekleşmedi", "Not held";
    }
}

const TEXT_200: Form = Form::Text { max_chars: 200 };
const LONG: Form = Form::LongText { max_chars: 10_000 };
const NUMBER: Kind = Kind::Number { decimals: 0 };
const ATTENDEES: Place = Place::Set {
    table: "activity_attendees",
    owner: "activity_id",
    value: "user_id",
    folded: None,
    only: None,
};

records::fields! {
    ActivityType: "activity_type", "Tür", "Type", Kind::Text, plain("activity_type"), Form::Text { max_chars: 20 }, Identity, sort("activity_type");
    Subject: "subject", "Konu", "Subject", Kind::Text, folded("subject", "subject_fold"), TEXT_200, Identity, sort("subject_sort");
    Status: "status", "Durum", "Status", of(Status::CHOICES), plain("status"), Form::Choice, Schedule, sort("status");
    Priority: "priority", "Öncelik", "Priority", of(Priority::CHOICES), plain("priority"), Form::Choice, Schedule, sort("priority_rank");
    PriorityRank: "priority_rank", "Öncelik sırası", "Priority rank", NUMBER, plain("priority_rank"), Form::Computed, System, sort("priority_rank");
    DueDate: "due_date", "Zamanı", "Due", Kind::DateTime, plain("due_at"), Form::DateTime, Schedule, nullable("due_at");
    IsAllDay: "is_all_day", "Tüm gün", "All day", Kind::Bool, plain("is_all_day"), Form::Bool, Schedule, None;
    Duration: "duration", "Süre (dk)", "Duration (min)", NUMBER, plain("duration_minutes"), Form::Number { decimals: 0 }, Schedule, nullable("duration_minutes");
    EndDate: "end_date", "Bitişi", "End", Kind::DateTime, plain("ends_at"), Form::Computed, Schedule, nullable("ends_at");
    Recurrence: "recurrence", "Tekrar", "Repeats", Kind::Text, plain("recurrence"), Form::Text { max_chars: 500 }, Schedule, None;
    Series: "series_id", "Dizi", "Series", NUMBER, plain("series_id"), Form::Command, System, None;
    Occurrence: "occurrence_date", "Dizideki zamanı", "Time in the series", Kind::DateTime, plain("occurrence_at"), Form::Command, System, nullable("occurrence_at");
    IsException: "is_exception", "Diziden ayrı", "Apart from its series", Kind::Bool, plain("is_exception"), Form::Command, System, None;
    Location: "location", "Yer", "Location", Kind::Text, plain("location"), TEXT_200, Schedule, None;
    Attendees: "attendees", "Katılanlar", "Attendees", Kind::Reference("user"), ATTENDEES, Form::Users, Schedule, None;
    Customer: "customer", "Müşteri", "Customer", Kind::Reference("customer"), plain("customer_id"), Form::Reference { table: "customers" }, Related, None;
    Lead: "lead", "Aday", "Lead", Kind::Reference("lead"), plain("lead_id"), Form::Reference { table: "leads" }, Related, None;
    Opportunity: "opportunity", "Fırsat", "Opportunity", Kind::Reference("opportunity"), plain("opportunity_id"), Form::Reference { table: "opportunities" }, Related, None;
    Description: "description", "Açıklama", "Description", Kind::Text, plain("description"), LONG, Identity, None;
    Result: "result", "Sonuç", "Result", of(ActivityResult::CHOICES), plain("result"), Form::Choice, Outcome, None;
    OutcomeText: "outcome", "Sonuç notu", "Outcome", Kind::Text, plain("outcome"), LONG, Outcome, None;
    SpentMinutes: "spent_minutes", "Harcanan süre (dk)", "Time spent (min)", NUMBER, plain("spent_minutes"), Form::Command, Outcome, nullable("spent_minutes");
    FollowUpDate: "follow_up_date", "Takip zamanı", "Follow-up", Kind::DateTime, plain("follow_up_at"), Form::DateTime, Outcome, nullable("follow_up_at");
    CompletedDate: "completed_date", "Tamamlanma", "Completed", Kind::DateTime, plain("completed_at"), Form::DateTime, Outcome, nullable("completed_at");
    CompletedBy: "completed_by", "Tamamlayan", "Completed by", Kind::Reference("user"), plain("completed_by_id"), Form::Command, Outcome, None;
    AssignedTo: "assigned_to", "Sorumlu", "Assigned to", Kind::Reference("user"), plain("owner_id"), Form::User, Ownership, nullable("owner_id");
    Team: "team_id", "Ekip", "Team", Kind::Reference("team"), plain("team_id"), Form::Team, Ownership, nullable("team_id");
    CreatedBy: "created_by", "Oluşturan", "Created by", Kind::Reference("user"), plain("created_by_id"), Form::Command, System, None;
    Parent: "parent", "Üst aktivite", "Parent activity", Kind::Reference("activity"), plain("parent_id"), Form::Reference { table: "activities" }, Related, None;
    Follows: "follows", "Öncesi", "Follows", Kind::Reference("activity"), plain("follows_id"), Form::Command, Related, None;
    ChecklistTotal: "checklist_total", "Yapılacak sayısı", "Checklist items", NUMBER, plain("checklist_total"), Form::Command, System, None;
    ChecklistDone: "checklist_done", "Yapılan sayısı", "Checklist items done", NUMBER, plain("checklist_done"), Form::Command, System, None;
    CreatedAt: "created_at", "Oluşturulma", "Created", Kind::DateTime, plain("created_at"), Form::Computed, System, sort("created_at");
    UpdatedAt: "updated_at", "Güncellenme", "Updated", Kind::DateTime, plain("updated_at"), Form::Computed, System, sort("updated_at");
}
