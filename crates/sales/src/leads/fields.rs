//! What a lead is made of.

use criteria::Kind;
use records::choices;
use records::fields::{Form, choices as of, folded, nullable, plain, sort};

choices! {
    /// Where a lead stands.
    Status {
        New: "new", "Yeni", "New";
        Working: "working", "Çalışılıyor", "Working";
        Nurturing: "nurturing", "Besleniyor", "Nurturing";
        Qualified: "qualified", "Nitelikli", "Qualified";
        Disqualified: "disqualified", "Elendi", "Disqualified";
        Converted: "converted", "Dönüştürüldü", "Converted";
    }
}

impl Status {
    /// Whether there is still something to do.
    pub fn is_open(self) -> bool {
        matches!(self, Status::New | Status::Working | Status::Nurturing | Status::Qualified)
    }
}

choices! {
    /// Where a lead came from.
    Source {
        WebForm: "web_form", "Web formu", "Web form";
        SocialMedia: "social_media", "Sosyal medya", "Social media";
        Referral: "referral", "Referans", "Referral";
        TradeShow: "trade_show", "Fuar", "Trade show";
        ColdCall: "cold_call", "Soğuk arama", "Cold call";
        Advertisement: "advertisement", "Reklam", "Advertisement";
        Email: "email", "E-posta", "E-mail";
        Partner: "partner", "İş ortağı", "Partner";
        Import: "import", "İçe aktarma", "Import";
        Other: "other", "Diğer", "Other";
    }
}

choices! {
    /// What somebody has to say in the purchase.
    Authority {
        Unknown: "unknown", "Bilinmiyor", "Unknown";
        User: "user", "Kullanıcı", "User";
        Influencer: "influencer", "Etkileyen", "Influencer";
        Champion: "champion", "İçeriden destekçi", "Champion";
        DecisionMaker: "decision_maker", "Karar verici", "Decision maker";
    }
}

choices! {
    /// How sure an answer of BANT is.
    Strength {
        Unknown: "unknown", "Bilinmiyor", "Unknown";
        Weak: "weak", "Zayıf", "Weak";
        Strong: "strong", "Güçlü", "Strong";
    }
}

impl Strength {
    /// What it adds to the BANT score: eight points in all.
    pub fn points(self) -> i64 {
        self as i64
    }
}

choices! {
    /// What the score of a lead rests on.
    ScoreSource {
        Rules: "rules", "Kurallar", "Rules";
        Model: "model", "Model", "Model";
    }
}

const TEXT_50: Form = Form::Text { max_chars: 50 };
const TEXT_100: Form = Form::Text { max_chars: 100 };
const LONG: Form = Form::LongText { max_chars: 10_000 };
const NUMBER: Kind = Kind::Number { decimals: 0 };

records::fields! {
    LeadNumber: "lead_number", "Aday no", "Lead number", Kind::Text, plain("lead_number"), Form::Code, Identity, sort("lead_number");
    Status: "status", "Durum", "Status", of(Status::CHOICES), plain("status"), Form::Choice, Qualification, sort("status");
    Source: "source", "Kaynak", "Source", of(Source::CHOICES), plain("source"), Form::Choice, Source, sort("source");
    SourceDetail: "source_detail", "Kaynak ayrıntısı", "Source detail", Kind::Text, plain("source_detail"), TEXT_100, Source, None;
    Name: "name", "Ad", "Name", Kind::Text, folded("name", "name_fold"), Form::Computed, Identity, sort("name_sort");
    FirstName: "first_name", "Adı", "First name", Kind::Text, folded("first_name", "first_name_fold"), TEXT_50, Identity, sort("first_name_fold");
    LastName: "last_name", "Soyadı", "Last name", Kind::Text, folded("last_name", "last_name_fold"), TEXT_50, Identity, sort("last_name_fold");
    Company: "company", "Firma", "Company", Kind::Text, folded("company", "company_fold"), TEXT_100, Identity, sort("company_fold");
    Title: "title", "Görevi", "Job title", Kind::Text, plain("title"), TEXT_100, Identity, None;
    Email: "email", "E-posta", "E-mail", Kind::Text, plain("email"), Form::Email, Contact, sort("email");
    Phone: "phone", "Telefon", "Phone", Kind::Text, plain("phone"), Form::Phone, Contact, sort("phone");
    Website: "website", "Web sitesi", "Website", Kind::Link, plain("website"), Form::WebAddress, Contact, None;
    City: "city", "İl", "City", Kind::Text, folded("city", "city_fold"), Form::City, Contact, sort("city_fold");
    Country: "country", "Ülke", "Country", Kind::Text, plain("country"), Form::Country, Contact, sort("country");
    Industry: "industry", "Sektör", "Industry", Kind::Text, folded("industry", "industry_fold"), TEXT_50, Business, sort("industry_fold");
    CompanySize: "company_size", "Firma büyüklüğü", "Company size", of(customers::fields::COMPANY_SIZES), plain("company_size"), Form::Choice, Business, None;
    Budget: "budget", "Bütçe", "Budget", Kind::Money, plain("budget"), Form::Money, Qualification, nullable("budget");
    Currency: "currency", "Para birimi", "Currency", Kind::Text, plain("currency"), Form::Currency, Qualification, None;
    Authority: "authority", "Yetki", "Authority", of(Authority::CHOICES), plain("authority"), Form::Choice, Qualification, sort("authority");
    Need: "need", "İhtiyaç", "Need", Kind::Text, plain("need"), LONG, Qualification, None;
    Timeline: "timeline", "Zamanlama", "Timeline", Kind::Text, plain("timeline"), TEXT_50, Qualification, None;
    BantBudget: "bant_budget", "Bütçe yanıtı", "Budget answer", of(Strength::CHOICES), plain("bant_budget"), Form::Command, Qualification, None;
    BantAuthority: "bant_authority", "Yetki yanıtı", "Authority answer", of(Strength::CHOICES), plain("bant_authority"), Form::Command, Qualification, None;
    BantNeed: "bant_need", "İhtiyaç yanıtı", "Need answer", of(Strength::CHOICES), plain("bant_need"), Form::Command, Qualification, None;
    BantTimeline: "bant_timeline", "Zamanlama yanıtı", "Timeline answer", of(Strength::CHOICES), plain("bant_timeline"), Form::Command, Qualification, None;
    BantScore: "bant_score", "BANT puanı", "BANT score", NUMBER, plain("bant_score"), Form::Computed, Qualification, sort("bant_score");
    LeadScore: "lead_score", "Aday puanı", "Lead score", NUMBER, plain("lead_score"), Form::Computed, Qualification, sort("lead_score");
    ScoreSource: "score_source", "Puanın kaynağı", "Score source", of(ScoreSource::CHOICES), plain("score_source"), Form::Computed, Qualification, None;
    FitScore: "fit_score", "Uygunluk puanı", "Fit score", NUMBER, plain("fit_score"), Form::Computed, Qualification, sort("fit_score");
    EngagementScore: "engagement_score", "İlgi puanı", "Engagement score", NUMBER, plain("engagement_score"), Form::Computed, Qualification, sort("engagement_score");
    WinProbability: "win_probability", "Kazanma olasılığı (%)", "Win probability (%)", Kind::Number { decimals: 2 }, plain("win_probability"), Form::Computed, Qualification, nullable("win_probability");
    DisqualifyReason: "disqualify_reason", "Elenme nedeni", "Reason of disqualification", Kind::Text, plain("disqualify_reason"), Form::Text { max_chars: 200 }, Qualification, None;
    Notes: "notes", "Notlar", "Notes", Kind::Text, plain("notes"), LONG, Qualification, None;
    UtmSource: "utm_source", "UTM kaynağı", "UTM source", Kind::Text, plain("utm_source"), TEXT_100, Source, None;
    UtmMedium: "utm_medium", "UTM aracı", "UTM medium", Kind::Text, plain("utm_medium"), TEXT_100, Source, None;
    UtmCampaign: "utm_campaign", "UTM kampanyası", "UTM campaign", Kind::Text, plain("utm_campaign"), TEXT_100, Source, None;
    UtmTerm: "utm_term", "UTM terimi", "UTM term", Kind::Text, plain("utm_term"), TEXT_100, Source, None;
    UtmContent: "utm_content", "UTM içeriği", "UTM content", Kind::Text, plain("utm_content"), TEXT_100, Source, None;
    Referrer: "referrer", "Yönlendiren sayfa", "Referring page", Kind::Text, plain("referrer"), Form::Text { max_chars: 500 }, Source, None;
    LandingPage: "landing_page", "Geldiği sayfa", "Landing page", Kind::Text, plain("landing_page"), Form::Text { max_chars: 500 }, Source, None;
    ReferredBy: "referred_by", "Referans olan müşteri", "Referred by", Kind::Reference("customer"), plain("referred_by_id"), Form::Reference { table: "customers" }, Source, None;
    Form: "form_id", "Form", "Form", NUMBER, plain("form_id"), Form::Command, Source, None;
    AssignedTo: "assigned_to", "Sorumlu", "Assigned to", Kind::Reference("user"), plain("owner_id"), Form::User, Ownership, nullable("owner_id");
    Team: "team_id", "Ekip", "Team", Kind::Reference("team"), plain("team_id"), Form::Team, Ownership, nullable("team_id");
    ConvertedCustomer: "converted_customer", "Dönüştüğü müşteri", "Converted customer", Kind::Reference("customer"), plain("converted_customer_id"), Form::Command, System, None;
    ConvertedContact: "converted_contact", "Dönüştüğü ilgili kişi", "Converted contact", Kind::Reference("customer"), plain("converted_contact_id"), Form::Command, System, None;
    ConvertedOpportunity: "converted_opportunity", "Dönüştüğü fırsat", "Converted opportunity", Kind::Reference("opportunity"), plain("converted_opportunity_id"), Form::Command, System, None;
    ConversionDate: "conversion_date", "Dönüşüm tarihi", "Conversion date", Kind::Date, plain("conversion_date"), Form::Command, System, nullable("conversion_date");
    FirstTouchedAt: "first_touched_at", "İlk temas", "First touched", Kind::DateTime, plain("first_touched_at"), Form::Command, System, nullable("first_touched_at");
    LastTouchedAt: "last_touched_at", "Son temas", "Last touched", Kind::DateTime, plain("last_touched_at"), Form::Command, System, nullable("last_touched_at");
    SlaDueAt: "sla_due_at", "Yanıt süresi sonu", "Answer due", Kind::DateTime, plain("sla_due_at"), Form::Command, System, nullable("sla_due_at");
    QualifiedAt: "qualified_at", "Nitelendiği zaman", "Qualified", Kind::DateTime, plain("qualified_at"), Form::Command, System, nullable("qualified_at");
    CreatedAt: "created_at", "Oluşturulma", "Created", Kind::DateTime, plain("created_at"), Form::Computed, System, sort("created_at");
    UpdatedAt: "updated_at", "Güncellenme", "Updated", Kind::DateTime, plain("updated_at"), Form::Computed, System, sort("updated_at");
}
