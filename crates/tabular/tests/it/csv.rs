use tabular::{Encoding, Fault, Format, Header, Limits, Options, Problem, Row};

use crate::{cells, file, table};

const TURKISH: &str = "Müşteri Adı;Şehir;Doğum Tarihi;Tutar\r\nIşıl Çağlayan;İstanbul;03.04.1980;1.234,56\r\n\"Öğüt; Ümit\";Iğdır;;₺5\r\n";

fn utf16(text: &str, mark: bool, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = if mark { "\u{feff}" } else { "" };
    mark.encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
}

/// ₺ is not in windows-1254.
fn ansi(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1254.encode(&text.replace('₺', "")).0.into_owned()
}

#[test]
fn every_encoding_is_found_and_can_be_named() {
    let with_mark = [b"\xEF\xBB\xBF", TURKISH.as_bytes()].concat();
    let cases = [
        (TURKISH.as_bytes().to_vec(), "UTF-8"),
        (with_mark, "UTF-8"),
        (utf16(TURKISH, true, u16::to_le_bytes), "UTF-16LE"),
        (utf16(TURKISH, true, u16::to_be_bytes), "UTF-16BE"),
        (utf16(TURKISH, false, u16::to_le_bytes), "UTF-16LE"),
        (utf16(TURKISH, false, u16::to_be_bytes), "UTF-16BE"),
        (ansi(TURKISH), "windows-1254"),
    ];
    for (bytes, name) in cases {
        let file = file(&bytes);
        for encoding in [None, Some(Encoding::named(name).unwrap())] {
            let options = Options {
                encoding,
                ..Options::default()
            };
            let reader = tabular::open(file.path(), &options).unwrap();
            assert_eq!(
                reader.format(),
                &Format::Csv {
                    encoding: Encoding::named(name).unwrap(),
                    separator: ';'
                }
            );
            let (header, rows) = table(file.path(), &options).unwrap();
            assert_eq!(header, ["Müşteri Adı", "Şehir", "Doğum Tarihi", "Tutar"], "{name}");
            let last = if name == "windows-1254" { "5" } else { "₺5" };
            assert_eq!(
                cells(&rows),
                [
                    ["Işıl Çağlayan", "İstanbul", "03.04.1980", "1.234,56"],
                    ["Öğüt; Ümit", "Iğdır", "", last]
                ],
                "{name}"
            );
            assert!(rows.iter().all(|row| row.faults.is_empty()));
        }
    }
    let options = Options {
        encoding: Some(Encoding::named("iso-8859-9").unwrap()),
        ..Options::default()
    };
    assert_eq!(table(file(&ansi(TURKISH)).path(), &options).unwrap().1[0].cells[1], "İstanbul");
}

#[test]
fn turkish_letters_late_in_the_file_still_tell_the_encoding() {
    let mut text = "ad;sehir\n".to_owned();
    text.push_str(&"Ali;Ankara\n".repeat(60_000));
    text.push_str("Şükrü;Iğdır\n");
    let file = file(&ansi(&text));
    let (_, rows) = table(file.path(), &Options::default()).unwrap();
    assert_eq!(rows.last().unwrap().cells, ["Şükrü", "Iğdır"]);
}

#[test]
fn uneven_rows_are_told_and_empty_ones_passed_over() {
    let file = file("a,b,c,,\n1,2\n\n1,2,3,,\n1,2,3,4,5\n,,\n \n7,8,9\n".as_bytes());
    let (header, rows) = table(file.path(), &Options::default()).unwrap();
    assert_eq!(header, ["a", "b", "c"]);
    assert_eq!(cells(&rows), [["1", "2", ""], ["1", "2", "3"], ["1", "2", "3"], ["7", "8", "9"]]);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 4, 5, 8]);
    assert_eq!(rows[2].faults, [Fault::LongRow { cells: 5, columns: 3 }]);
    assert!(rows[0].faults.is_empty() && rows[1].faults.is_empty());
}

#[test]
fn broken_letters_name_their_column() {
    let mut bytes = "ad,şehir\nÇağrı,Muğla\nx,".as_bytes().to_vec();
    bytes.extend(b"\xDDstanbul\nson,y\n");
    let file = file(&bytes);
    let (header, rows) = table(file.path(), &Options::default()).unwrap();
    assert_eq!(rows[1].faults, [Fault::BrokenText { column: 1 }]);
    assert_eq!(rows[1].cells, ["x", "\u{fffd}stanbul"]);
    assert_eq!(
        rows[1].faults[0].say(&header).en,
        "The text in column “şehir” cannot be read in the encoding of the file."
    );
    assert!(rows[0].faults.is_empty() && rows[2].faults.is_empty());
}

#[test]
fn a_header_may_stand_lower_or_nowhere() {
    let file = file("Müşteri listesi\n\nad;soyad\nAli;Kaya\n".as_bytes());
    let header = |header| Options {
        header,
        ..Options::default()
    };
    let (names, rows) = table(file.path(), &header(Header::Row(3))).unwrap();
    assert_eq!(
        (names, cells(&rows)),
        (vec!["ad".to_owned(), "soyad".to_owned()], vec![vec!["Ali", "Kaya"]])
    );
    assert_eq!(
        table(file.path(), &header(Header::Row(2))).unwrap_err(),
        Problem::NoHeader { row: 2 }
    );
    assert_eq!(
        table(file.path(), &header(Header::Row(9))).unwrap_err(),
        Problem::NoHeader { row: 9 }
    );

    let file = crate::file(b"Ali;Kaya\nVeli;Can\n");
    let (names, rows) = table(file.path(), &header(Header::None)).unwrap();
    assert_eq!(
        (names, cells(&rows)),
        (vec!["A".to_owned(), "B".to_owned()], vec![vec!["Ali", "Kaya"], vec!["Veli", "Can"]])
    );
}

#[test]
fn excel_may_name_the_separator() {
    let (header, rows) = table(file(b"sep=|\r\na;b|c\r\n1|2\r\n").path(), &Options::default()).unwrap();
    assert_eq!(
        (header, cells(&rows)),
        (vec!["a;b".to_owned(), "c".to_owned()], vec![vec!["1", "2"]])
    );
    assert_eq!(rows[0].number, 3);
}

#[test]
fn reading_goes_on_from_any_row_after_a_restart() {
    let rows: String = (0..5_000).map(|n| format!("Müşteri {n};\"satır\n{n}\";😀 {n}\n")).collect();
    let text = format!("ad;not;im\n{rows}");
    for bytes in [text.clone().into_bytes(), utf16(&text, true, u16::to_le_bytes)] {
        let file = file(&bytes);
        let (_, expected) = table(file.path(), &Options::default()).unwrap();
        let mut reader = tabular::open(file.path(), &Options::default()).unwrap();
        let mut row = Row::default();
        for _ in 0..4_321 {
            assert!(reader.read_into(&mut row).unwrap());
        }
        let saved = serde_json::to_string(&reader.position()).unwrap();
        let progress = reader.progress();
        assert!(progress.read_bytes * 100 / progress.total_bytes >= 85);

        let mut again = tabular::open(file.path(), &Options::default()).unwrap();
        again.seek(serde_json::from_str(&saved).unwrap()).unwrap();
        let rest: Vec<Row> = again.rows().collect::<Result<_, _>>().unwrap();
        assert_eq!(rest.len(), 679);
        assert!(
            rest.iter()
                .zip(&expected[4_321..])
                .all(|(a, b)| a.cells == b.cells && a.number == b.number)
        );
        assert_eq!(again.progress().read_bytes, again.progress().total_bytes);

        again.seek(again.start()).unwrap();
        assert_eq!(again.rows().next().unwrap().unwrap().cells, expected[0].cells);
    }
}

#[test]
fn options_refuse_what_cannot_be() {
    let file = file(b"a,b\n");
    for separator in [b'"', b'\n', 0, 200] {
        let options = Options {
            separator: Some(separator),
            ..Options::default()
        };
        assert!(matches!(table(file.path(), &options), Err(Problem::BadSeparator { .. })));
    }
    let limits = Limits {
        max_columns: 1,
        ..Limits::default()
    };
    let problem = table(
        file.path(),
        &Options {
            limits,
            ..Options::default()
        },
    )
    .unwrap_err();
    assert_eq!(
        (problem.code(), problem.params()),
        ("too_many_columns", vec![("row", "1".to_owned()), ("max", "1".to_owned())])
    );
    assert_eq!(problem.say().tr, "1. satırda 1 sütundan fazlası var.");
    assert_eq!(
        table(crate::file(b"\n\r\n").path(), &Options::default()).unwrap_err(),
        Problem::Empty
    );
    assert!(matches!(
        table("/nowhere/at/all".as_ref(), &Options::default()),
        Err(Problem::Io { .. })
    ));
}
