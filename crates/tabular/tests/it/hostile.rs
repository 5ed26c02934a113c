//! Files that mean harm, or came to harm.

use std::io::Write;

use proptest::prelude::*;
use tabular::{Limits, Options, Problem};

use crate::workbook::{Workbook, Zip};
use crate::{file, table};

fn refusal(bytes: &[u8], limits: Limits) -> Option<Problem> {
    table(
        file(bytes).path(),
        &Options {
            limits,
            ..Options::default()
        },
    )
    .err()
}

/// A workbook whose only sheet holds nothing: 64 MiB of comments and blanks in less than a hundredth of that.
fn bomb() -> Vec<u8> {
    let honest = Workbook::of("").bytes();
    let mut source = zip::ZipArchive::new(std::io::Cursor::new(honest)).unwrap();
    let mut bomb = Zip::new();
    for index in 0..source.len() {
        let mut part = source.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = String::new();
        std::io::Read::read_to_string(&mut part, &mut content).unwrap();
        if name.contains("sheet0") {
            let writer = bomb.begin(&name);
            writer.write_all(b"<worksheet><sheetData>").unwrap();
            let blanks = [b"<!-- -->".repeat(8 << 10), vec![b' '; 192 << 10]].concat();
            for _ in 0..256 {
                writer.write_all(&blanks).unwrap();
            }
        } else {
            bomb.add(&name, &content);
        }
    }
    bomb.finish()
}

#[test]
fn a_zip_bomb_is_defused() {
    let bomb = bomb();
    assert!(bomb.len() < 1 << 19, "{}", bomb.len());
    assert_eq!(refusal(&bomb, Limits::default()), Some(Problem::Bomb { limit: "max_ratio" }));
    let limits = Limits {
        max_unpacked_bytes: 1 << 20,
        ..Limits::default()
    };
    assert_eq!(
        refusal(&bomb, limits),
        Some(Problem::Bomb {
            limit: "max_unpacked_bytes"
        })
    );
}

#[test]
fn one_cell_that_fills_the_memory_is_refused() {
    let long = "x".repeat(40_000);
    let cell = |text: &str| format!(r#"<row><c t="str"><v>{text}</v></c></row>"#);
    assert_eq!(
        refusal(&Workbook::of(cell(&long)).bytes(), Limits::default()),
        Some(Problem::CellTooLong {
            row: 1,
            column: 0,
            max: 32_768
        })
    );
    let huge = "x".repeat(20 << 20);
    let problem = refusal(&Workbook::of(cell(&huge)).bytes(), Limits::default());
    assert_eq!(problem, Some(Problem::Bomb { limit: "max_cell_chars" }));
    let wide: String = (0..1_100).map(|_| r#"<c t="str"><v>x</v></c>"#).collect();
    let problem = refusal(&Workbook::of(format!("<row>{wide}</row>")).bytes(), Limits::default());
    assert_eq!(problem, Some(Problem::TooManyColumns { row: 1, max: 1_000 }));
}

#[test]
fn shared_texts_are_bounded() {
    let mut workbook = Workbook::of(r#"<row><c t="s"><v>7</v></c></row>"#);
    workbook.strings = "<si/>".repeat(1_000);
    assert_eq!(
        refusal(
            &workbook.bytes(),
            Limits {
                max_shared_bytes: 4_000,
                ..Limits::default()
            }
        ),
        Some(Problem::Bomb { limit: "max_shared_bytes" })
    );
    assert_eq!(refusal(&workbook.bytes(), Limits::default()), Some(Problem::Empty));
    workbook.strings = String::new();
    assert_eq!(
        refusal(&workbook.bytes(), Limits::default()),
        Some(Problem::Damaged {
            part: "sharedStrings.xml".to_owned()
        })
    );
}

#[test]
fn twisted_xml_is_refused() {
    let nested = "<a>".repeat(100_000);
    for rows in [
        nested.as_str(),
        r#"<row r="9"></row><row r="3"></row>"#,
        r#"<row r="9999999999"></row>"#,
        r#"<row><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>"#,
        r#"<row><c r="!"><v>1</v></c></row>"#,
        r#"<row><c t="str"><v>&laugh;</v></c></row>"#,
        r#"<row><c t="str"><v>"#,
    ] {
        let problem = refusal(&Workbook::of(rows).bytes(), Limits::default());
        assert!(matches!(problem, Some(Problem::Damaged { .. })), "{:.60} {problem:?}", rows);
    }
    let mut workbook = Workbook::of("");
    workbook.properties = "<!DOCTYPE lolz [<!ENTITY lol 'lol'>]>";
    assert!(matches!(
        refusal(&workbook.bytes(), Limits::default()),
        Some(Problem::Damaged { .. })
    ));
    let entries = Limits {
        max_entries: 3,
        ..Limits::default()
    };
    assert_eq!(
        refusal(&Workbook::of("").bytes(), entries),
        Some(Problem::Bomb { limit: "max_entries" })
    );
}

#[test]
fn a_truncated_workbook_is_refused_wherever_it_is_cut() {
    let rows: String = (1..=50)
        .map(|n| format!(r#"<row r="{n}"><c r="A{n}" t="str"><v>satır {n}</v></c></row>"#))
        .collect();
    let whole = Workbook::of(rows).bytes();
    assert_eq!(refusal(&whole, Limits::default()), None);
    for length in (0..whole.len()).step_by(37) {
        assert!(refusal(&whole[..length], Limits::default()).is_some(), "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = refusal(&bytes, Limits::default());
    }

    #[test]
    fn a_workbook_with_wrong_bytes_never_panics(wrong in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let mut bytes = Workbook::of(r#"<row r="1"><c r="A1" t="str"><v>ad</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>"#).bytes();
        for (index, byte) in wrong {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = refusal(&bytes, Limits::default());
    }

    #[test]
    fn text_of_every_shape_never_panics(text in "[a-zşİ\"',;\t|\r\n=0-9]{0,200}", marks in any::<bool>()) {
        let text = if marks { format!("\u{feff}{text}") } else { text };
        let _ = refusal(text.as_bytes(), Limits::default());
        let _ = refusal(&text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(), Limits::default());
    }
}
