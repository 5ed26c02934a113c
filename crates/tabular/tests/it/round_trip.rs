use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use proptest::collection::vec;
use proptest::prelude::*;
use tabular::number::{Decimal, NumberStyle, number};
use tabular::write::{Cell, Csv, CsvStyle, Sheet, Xlsx};
use tabular::{Options, Problem};

use crate::{cells, file, table};

const HEADER: [&str; 3] = ["Ad", "İl", "Not"];

fn csv(style: CsvStyle, rows: &[Vec<Cell<'_>>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut sheet = Box::new(Csv::new(&mut bytes, &HEADER, style).unwrap());
    for row in rows {
        sheet.row(row).unwrap();
    }
    sheet.finish().unwrap();
    bytes
}

fn xlsx(rows: &[Vec<Cell<'_>>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut sheet: Box<dyn Sheet + '_> = Box::new(Xlsx::new(&mut bytes, "Müşteriler", &HEADER).unwrap());
    for row in rows {
        sheet.row(row).unwrap();
    }
    sheet.finish().unwrap();
    bytes
}

fn moment(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn typed() -> Vec<Cell<'static>> {
    vec![
        Cell::Text("=HYPERLINK(\"http://x\")"),
        Cell::Decimal(Decimal {
            scaled: -123_450,
            scale: 2,
        }),
        Cell::DateTime(moment("2024-03-03T14:30:00")),
    ]
}

#[test]
fn csv_is_written_for_programs_and_for_turkish_excel() {
    let rows = [
        typed(),
        vec![
            Cell::Text("a,\"b\"\nc;d"),
            Cell::Bool(true),
            Cell::Date(NaiveDate::from_ymd_opt(2024, 3, 3).unwrap()),
        ],
    ];
    let plain = String::from_utf8(csv(CsvStyle::PLAIN, &rows)).unwrap();
    assert_eq!(
        plain,
        "Ad,İl,Not\r\n\"'=HYPERLINK(\"\"http://x\"\")\",-1234.50,2024-03-03T14:30:00\r\n\"a,\"\"b\"\"\nc;d\",true,2024-03-03\r\n"
    );
    let excel = String::from_utf8(csv(CsvStyle::TURKISH_EXCEL, &rows)).unwrap();
    assert!(excel.starts_with("\u{feff}Ad;İl;Not\r\n"));
    assert!(excel.contains(";-1234,50;"), "{excel}");
}

#[test]
fn a_workbook_keeps_types() {
    let day = NaiveDate::from_ymd_opt(2024, 3, 3).unwrap();
    let old = NaiveDate::from_ymd_opt(1881, 5, 19).unwrap();
    let rows = [
        typed(),
        vec![Cell::Date(day), Cell::Date(old), Cell::Bool(false)],
        vec![
            Cell::Integer(42),
            Cell::Integer(i64::MAX),
            Cell::Decimal(Decimal { scaled: 1_234, scale: 3 }),
        ],
        vec![Cell::Empty, Cell::Text("x"), Cell::Empty],
    ];
    let bytes = xlsx(&rows);
    let file = file(&bytes);
    let (header, read) = table(file.path(), &Options::default()).unwrap();
    assert_eq!(header, HEADER);
    assert_eq!(
        cells(&read),
        [
            ["=HYPERLINK(\"http://x\")", "-1234.5", "2024-03-03T14:30:00"],
            ["2024-03-03", "1881-05-19", "false"],
            ["42", "9223372036854775807", "1.2340"],
            ["", "x", ""],
        ]
    );
    let mut sheet = String::new();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    std::io::Read::read_to_string(&mut zip.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet).unwrap();
    assert!(sheet.contains("state=\"frozen\"") && sheet.contains("<v>45354</v>"), "{sheet:.600}");
}

#[test]
fn a_workbook_refuses_what_excel_cannot_hold() {
    let long = "x".repeat(32_768);
    let mut sheet = Xlsx::new(Vec::new(), "x", &["a"]).unwrap();
    assert_eq!(
        sheet.row(&[Cell::Text(&long)]).unwrap_err(),
        Problem::CellTooLong {
            row: 2,
            column: 0,
            max: 32_767
        }
    );
    assert!(matches!(Xlsx::new(Vec::new(), "a/b", &["a"]), Err(Problem::Io { .. })));
}

/// Text of every kind people and programs put into cells, never blank: empty rows are passed over.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[=+@\t'-]{0,3}[a-zA-ZçğıöşüÇĞİÖŞÜ0-9 ,;|\"\n\r\t'=.😀-]{0,30}x",
        "\\PC{0,20}x",
        "_x[0-9A-F]{4}_x",
    ]
}

fn styles() -> impl Strategy<Value = CsvStyle> {
    (prop::sample::select(vec![b',', b';', b'\t', b'|']), any::<bool>()).prop_map(|(separator, byte_order_mark)| CsvStyle {
        separator,
        byte_order_mark,
        decimal_mark: ',',
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_survives_csv(rows in vec(vec(text(), 3), 0..6), style in styles()) {
        let typed: Vec<Vec<Cell<'_>>> = rows.iter().map(|row| row.iter().map(|cell| Cell::Text(cell)).collect()).collect();
        let file = file(&csv(style, &typed));
        let options = Options { separator: Some(style.separator), ..Options::default() };
        let (header, read) = table(file.path(), &options).unwrap();
        prop_assert_eq!(header, HEADER);
        prop_assert_eq!(cells(&read), rows);
    }

    #[test]
    fn any_text_survives_xlsx(rows in vec(vec(text(), 3), 1..4)) {
        let typed: Vec<Vec<Cell<'_>>> = rows.iter().map(|row| row.iter().map(|cell| Cell::Text(cell)).collect()).collect();
        let (_, read) = table(file(&xlsx(&typed)).path(), &Options::default()).unwrap();
        prop_assert_eq!(cells(&read), rows);
    }

    #[test]
    fn numbers_and_moments_survive_both(scaled in -999_999_999_999_999..=999_999_999_999_999_i64, scale in 0..=6_u8, seconds in 0..7_000_000_000_i64) {
        let decimal = Decimal { scaled, scale };
        let moment = moment("1901-01-01T00:00:00") + TimeDelta::seconds(seconds);
        let row = vec![Cell::Decimal(decimal), Cell::DateTime(moment), Cell::Date(moment.date())];
        for (bytes, style) in [(csv(CsvStyle::TURKISH_EXCEL, std::slice::from_ref(&row)), NumberStyle::Comma), (xlsx(std::slice::from_ref(&row)), NumberStyle::Comma)] {
            let (_, read) = table(file(&bytes).path(), &Options::default()).unwrap();
            let cells = &read[0].cells;
            prop_assert_eq!(number(&cells[0], style).and_then(|read| read.exactly(scale)), Some(scaled), "{}", cells[0]);
            prop_assert_eq!(cells[1].parse::<NaiveDateTime>().unwrap(), moment);
            prop_assert_eq!(cells[2].parse::<NaiveDate>().unwrap(), moment.date());
        }
    }
}
