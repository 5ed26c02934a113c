//! The provinces and districts of Türkiye over HTTP, for forms.

use kernel::error::{Error, Result};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, PathId, Reply, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use turkiye;

const TAG: &str = "places";
/// They change by law, which takes longer than a day.
const KEPT: &str = "private, max-age=86400";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_provinces), Access::SignedIn)
        .add(routes!(list_districts), Access::SignedIn)
}

/// A province (il).
#[derive(Serialize, ToSchema)]
pub struct Province {
    /// The number on car plates, 1 to 81.
    pub code: u8,
    pub name: &'static str,
    /// One of the seven geographical regions.
    pub region: &'static str,
    /// Telephone area codes.
    pub area_codes: Vec<u16>,
}

/// A district (ilçe).
#[derive(Serialize, ToSchema)]
pub struct District {
    pub name: &'static str,
}

/// The 81 provinces, in the order of their plate codes.
#[utoipa::path(get, path = "/places/provinces/", tag = TAG, operation_id = "list_provinces", responses((status = 200, body = Listed<Province>), Problems))]
async fn list_provinces() -> Result<Reply> {
    let province = |known: &turkiye::Province| Province {
        code: known.code,
        name: known.name,
        region: known.region,
        area_codes: known.area_codes.clone(),
    };
    let provinces = turkiye::provinces().iter().map(province).collect();
    Ok(Reply::ok(&Listed::whole(provinces))?.header("cache-control", KEPT))
}

/// The districts of a province, in alphabetical order.
#[utoipa::path(get, path = "/places/provinces/{code}/districts/", tag = TAG, operation_id = "list_districts", params(("code" = u8, Path)), responses((status = 200, body = Listed<District>), Problems))]
async fn list_districts(PathId(code): PathId<u8>) -> Result<Reply> {
    let province = turkiye::province(code).ok_or(Error::NotFound)?;
    let districts = province.districts.iter().map(|name| District { name }).collect();
    Ok(Reply::ok(&Listed::whole(districts))?.header("cache-control", KEPT))
}
