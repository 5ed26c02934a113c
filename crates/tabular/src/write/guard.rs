//! Texts that a spreadsheet would run as a formula when it opens a CSV file get an apostrophe in front, and our reader takes it off. A text
//! that has apostrophes of its own there gets one more, so that nothing is lost.

/// Whether a spreadsheet could take the text for a formula.
pub(crate) fn needs_guard(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Takes off the apostrophe that the writer put in front.
pub(crate) fn unguarded(text: &mut String) {
    if text.starts_with('\'') && needs_guard(text) {
        text.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded() {
        for text in ["=1+1", "+90", "-x", "@a", "\tx", "\rx", "'=1", "''+"] {
            assert!(needs_guard(text), "{text:?}");
        }
        for text in ["", "'", "'x", "x=1", " =1", "O'Neill"] {
            assert!(!needs_guard(text), "{text:?}");
        }
    }
}
