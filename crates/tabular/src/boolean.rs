//! Yes and no, as people write them.

use kernel::text::fold;

const YES: [&str; 13] = ["evet", "e", "var", "dogru", "true", "t", "yes", "y", "1", "x", "on", "✓", "✔"];
const NO: [&str; 12] = ["hayir", "h", "yok", "yanlis", "false", "f", "no", "n", "0", "off", "-", "✗"];

/// What a cell answers, in Turkish or English; None when it is neither a yes nor a no.
pub fn boolean(text: &str) -> Option<bool> {
    let word = fold(text);
    if YES.contains(&word.as_str()) {
        Some(true)
    } else if NO.contains(&word.as_str()) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        for yes in ["Evet", "EVET", "e", "VAR", "Doğru", "true", "Yes", "1", "x", "X", " evet "] {
            assert_eq!(boolean(yes), Some(true), "{yes}");
        }
        for no in ["Hayır", "HAYIR", "hayir", "h", "yok", "Yanlış", "FALSE", "no", "0"] {
            assert_eq!(boolean(no), Some(false), "{no}");
        }
        for neither in ["", "belki", "2", "xx"] {
            assert_eq!(boolean(neither), None, "{neither}");
        }
    }
}
