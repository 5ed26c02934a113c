//! What an opportunity is made of.

use criteria::Kind;
use records::choices;
use records::fields::{Form, choices as of, folded, nullable, plain, sort};

use crate::pipelines::{Category, Outcome};

choices! {
    /// Where the probability comes from.
    ProbabilitySource {
        Stage: "stage", "Aşama", "Stage";
        Model: "model", "Model", "Model";
        Manual: "manual", "Elle", "Manual";
    }
}

const TEXT_50: Form = Form::Text { max_chars: 50 };
const LONG: Form = Form::LongText { max_chars: 10_000 };

records::fields! {
    Number: "opportunity_number", "Fırsat no", "Opportunity number", Kind::Text, plain("opportunity_number"), Form::Code, Identity, sort("opportunity_number");
    Name: "name", "Fırsat adı", "Name", Kind::Text, folded("name", "name_fold"), Form::Text { max_chars: 200 }, Identity, sort("name_sort");
    Customer: "customer", "Müşteri", "Customer", Kind::Reference("customer"), plain("customer_id"), Form::Reference { table: "customers" }, Identity, None;
    Lead: "lead", "Aday", "Lead", Kind::Reference("lead"), plain("lead_id"), Form::Reference { table: "leads" }, Source, None;
    Pipeline: "pipeline", "Satış süreci", "Pipeline", Kind::Reference("pipeline"), plain("pipeline_id"), Form::Reference { table: "pipelines" }, Deal, None;
    StageId: "stage_id", "Aşama kimliği", "Stage id", Kind::Reference("stage"), plain("stage_id"), Form::Command, Deal, None;
    Stage: "stage", "Aşama", "Stage", Kind::Text, plain("stage"), Form::Text { max_chars: 20 }, Deal, None;
    Outcome: "outcome", "Sonuç", "Outcome", of(Outcome::CHOICES), plain("outcome"), Form::Computed, Outcome, sort("outcome");
    IsWon: "is_won", "Kazanıldı", "Won", Kind::Bool, plain("is_won"), Form::Computed, Outcome, None;
    Probability: "probability", "Olasılık (%)", "Probability (%)", Kind::Number { decimals: 2 }, plain("probability"), Form::Number { decimals: 2 }, Deal, None;
    ProbabilitySource: "probability_source", "Olasılığın kaynağı", "Probability source", of(ProbabilitySource::CHOICES), plain("probability_source"), Form::Choice, Deal, None;
    Amount: "amount", "Tutar", "Amount", Kind::Money, plain("amount"), Form::Money, Deal, None;
    Currency: "currency", "Para birimi", "Currency", Kind::Text, plain("currency"), Form::Currency, Deal, None;
    AmountBase: "amount_base", "Tutar (kuruluşun para biriminde)", "Amount (organisation's currency)", Kind::Money, plain("amount_base"), Form::Computed, Deal, sort("amount_base");
    RateMicros: "rate", "Kur", "Rate", Kind::Number { decimals: 6 }, plain("rate_micros"), Form::Computed, Deal, None;
    RateDate: "rate_date", "Kur tarihi", "Rate date", Kind::Date, plain("rate_date"), Form::Computed, Deal, None;
    Category: "category", "Tahmin kategorisi", "Forecast category", of(Category::CHOICES), plain("category"), Form::Choice, Deal, None;
    IsCategoryPinned: "is_category_pinned", "Kategori sabit", "Category pinned", Kind::Bool, plain("is_category_pinned"), Form::Bool, Deal, None;
    OpenedOn: "opened_on", "Açılış tarihi", "Opened on", Kind::Date, plain("opened_on"), Form::Date, Deal, None;
    ExpectedCloseDate: "expected_close_date", "Beklenen kapanış", "Expected close date", Kind::Date, plain("expected_close_date"), Form::Date, Deal, nullable("expected_close_date");
    ActualCloseDate: "actual_close_date", "Gerçek kapanış", "Actual close date", Kind::Date, plain("actual_close_date"), Form::Date, Outcome, None;
    Source: "source", "Kaynak", "Source", Kind::Text, folded("source", "source_fold"), TEXT_50, Source, None;
    Competitor: "competitor", "Rakip", "Competitor", Kind::Text, folded("competitor", "competitor_fold"), Form::Text { max_chars: 100 }, Deal, None;
    NextStep: "next_step", "Sonraki adım", "Next step", Kind::Text, plain("next_step"), LONG, Deal, None;
    Description: "description", "Açıklama", "Description", Kind::Text, plain("description"), LONG, Deal, None;
    WinReason: "win_reason", "Kazanma nedeni", "Win reason", Kind::Text, plain("win_reason"), Form::LongText { max_chars: 1_000 }, Outcome, None;
    LossReason: "loss_reason", "Kaybetme nedeni", "Loss reason", Kind::Text, plain("loss_reason"), Form::LongText { max_chars: 1_000 }, Outcome, None;
    SalesRep: "sales_rep", "Satış temsilcisi", "Sales representative", Kind::Reference("user"), plain("owner_id"), Form::User, Ownership, nullable("owner_id");
    Team: "team_id", "Ekip", "Team", Kind::Reference("team"), plain("team_id"), Form::Team, Ownership, nullable("team_id");
    StageEnteredAt: "stage_entered_at", "Aşamaya geçiş", "Stage entered", Kind::DateTime, plain("stage_entered_at"), Form::Command, System, None;
    ClosedAt: "closed_at", "Kapanma zamanı", "Closed", Kind::DateTime, plain("closed_at"), Form::Command, System, None;
    CreatedAt: "created_at", "Oluşturulma", "Created", Kind::DateTime, plain("created_at"), Form::Computed, System, sort("created_at");
    UpdatedAt: "updated_at", "Güncellenme", "Updated", Kind::DateTime, plain("updated_at"), Form::Computed, System, sort("updated_at");
}
