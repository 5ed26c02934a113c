//! What a predictive model learns from: fields with few values or with an order. Texts and identifiers never: a model would learn names by
//! heart.

use criteria::{Field, Kind};
use kernel::ctx::Ctx;
use kernel::error::Result;
use records::custom;
use records::entity::Entity;
use records::fields::Form;

use super::super::Key;

/// How many fields a model may look at.
pub const MAX_FIELDS: usize = 60;

/// What a model of leads looks at when nobody has chosen: what is known of a lead before it is won or lost.
pub const DEFAULT: [Key; 12] = [
    Key::Source,
    Key::CompanySize,
    Key::Country,
    Key::City,
    Key::Budget,
    Key::Authority,
    Key::BantBudget,
    Key::BantAuthority,
    Key::BantNeed,
    Key::BantTimeline,
    Key::FitScore,
    Key::EngagementScore,
];

/// Fields that tell the outcome, are made of the model's own answer, or are identifiers.
const TELLING: [&str; 10] = [
    "form_id",
    "qualified_at",
    "status",
    "lead_score",
    "score_source",
    "win_probability",
    "converted_customer",
    "converted_contact",
    "converted_opportunity",
    "conversion_date",
];

/// The fields a model can learn from.
pub async fn available(ctx: &Ctx, entity: &'static Entity) -> Result<Vec<Field>> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let is_closed_list = |form: Form| matches!(form, Form::Country | Form::City);
    let own = entity
        .fields
        .iter()
        .filter(|spec| can_be_learned(&spec.field) || is_closed_list(spec.form))
        .map(|spec| spec.field.clone());
    let custom = definitions.0.iter().map(|definition| (*definition.field).clone());
    Ok(own.chain(custom.filter(can_be_learned)).collect())
}

fn can_be_learned(field: &Field) -> bool {
    let is_kind = matches!(
        field.kind,
        Kind::Choice(_) | Kind::Number { .. } | Kind::Money | Kind::Bool | Kind::Date | Kind::DateTime
    );
    is_kind && !TELLING.contains(&field.name.as_ref())
}
