//! What may be allowed around leads and opportunities.

use kernel::actor::Permission;

pub const LEAD_READ: Permission = Permission::scoped("lead", "read");
pub const LEAD_WRITE: Permission = Permission::scoped("lead", "write");
pub const LEAD_DELETE: Permission = Permission::scoped("lead", "delete");
pub const LEAD_EXPORT: Permission = Permission::scoped("lead", "export");
pub const LEAD_IMPORT: Permission = Permission::scoped("lead", "import");
/// Make a customer of a lead.
pub const LEAD_CONVERT: Permission = Permission::scoped("lead", "convert");
/// The rules by which leads are scored, and the model that learns from history.
pub const SCORING_MANAGE: Permission = Permission::global("scoring", "manage");
/// The forms on web pages that leads come in by.
pub const FORM_MANAGE: Permission = Permission::global("form", "manage");

pub const OPPORTUNITY_READ: Permission = Permission::scoped("opportunity", "read");
pub const OPPORTUNITY_WRITE: Permission = Permission::scoped("opportunity", "write");
pub const OPPORTUNITY_DELETE: Permission = Permission::scoped("opportunity", "delete");
pub const OPPORTUNITY_EXPORT: Permission = Permission::scoped("opportunity", "export");
pub const OPPORTUNITY_IMPORT: Permission = Permission::scoped("opportunity", "import");
/// Pipelines and their stages.
pub const PIPELINE_MANAGE: Permission = Permission::global("pipeline", "manage");
/// The catalogue of products and the rates of currencies.
pub const PRODUCT_MANAGE: Permission = Permission::global("product", "manage");
/// Quotas, and a manager's adjustments of the forecast of those below.
pub const FORECAST_MANAGE: Permission = Permission::scoped("forecast", "manage");

pub const ALL: &[Permission] = &[
    LEAD_READ,
    LEAD_WRITE,
    LEAD_DELETE,
    LEAD_EXPORT,
    LEAD_IMPORT,
    LEAD_CONVERT,
    SCORING_MANAGE,
    FORM_MANAGE,
    OPPORTUNITY_READ,
    OPPORTUNITY_WRITE,
    OPPORTUNITY_DELETE,
    OPPORTUNITY_EXPORT,
    OPPORTUNITY_IMPORT,
    PIPELINE_MANAGE,
    PRODUCT_MANAGE,
    FORECAST_MANAGE,
];
