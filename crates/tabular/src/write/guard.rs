//! Texts that a spreadsheet would run as a formula when it opens a CSV file get an apostrophe in front, and our reader takes it off. A text
//! that has apostrophes of its own there gets one more, so that nothing is lost.
//!
//! Telephones (`+905321112233`) get it too: without it Excel takes them for a number, drops the plus and shows 9,05321E+11, and a cell that
//! begins with a plus may hold a formula as well as a telephone. Numbers and dates are cells of their own kind and get none. In XLSX nothing is
//! needed: a cell says that it is text.

/// Whether a spreadsheet could take the text for a formula.
pub(crate) fn needs_guard(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
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
        for text in ["=1+1", "+90", "-x", "@a", "\tx", "\rx", "'=1", "''+", "\n=1", "＝1+1", "＠a"] {
            assert!(needs_guard(text), "{text:?}");
        }
        for text in ["", "'", "'x", "x=1", " =1", "O'Neill"] {
            assert!(!needs_guard(text), "{text:?}");
        }
    }
}
