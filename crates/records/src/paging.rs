//! Lists that can be paged and counted, but not filtered.

use kernel::error::{Error, Result};
use kernel::page::ListRequest;
use kernel::say;
use kernel::text::nearest;

const PAGING: [&str; 4] = ["page", "page_size", "cursor", "count"];

/// Reads the parameters of such a list; any other is refused with a suggestion.
pub fn paging_only(pairs: &[(String, String)]) -> Result<ListRequest> {
    among(pairs, &PAGING)
}

/// Reads the parameters of a list that can be searched as well.
pub fn paging_and_search(pairs: &[(String, String)]) -> Result<ListRequest> {
    among(pairs, &[PAGING[0], PAGING[1], PAGING[2], PAGING[3], "search"])
}

fn among(pairs: &[(String, String)], known: &[&str]) -> Result<ListRequest> {
    let Some((name, _)) = pairs.iter().find(|(name, _)| !known.contains(&name.as_str())) else {
        return ListRequest::from_pairs(pairs);
    };
    Err(Error::BadRequest(match nearest(name, known.iter().copied()) {
        Some(near) => say!(
            "“{}” diye bir parametre yok; “{}” olabilir mi?",
            "There is no parameter “{}”; did you mean “{}”?",
            name,
            near
        ),
        None => say!("“{}” diye bir parametre yok.", "There is no parameter “{}”.", name),
    }))
}
