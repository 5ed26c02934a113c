use tabular::{Fault, Format, Options, Problem};

use crate::workbook::{Workbook, Zip};
use crate::{cells, file, table};

const STYLES: &str = r##"<numFmts><numFmt numFmtId="164" formatCode="dd.mm.yyyy hh:mm"/><numFmt numFmtId="165" formatCode="#,##0.00 &quot;day&quot;"/></numFmts>
    <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="20"/><xf numFmtId="46"/></cellXfs>"##;

#[test]
fn every_kind_of_cell_comes_as_text() {
    let rows = r#"
        <row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="inlineStr"><is><t>Tarih</t></is></c></row>
        <row r="4"><c r="A4" t="inlineStr"><is><r><t>İl</t></r><r><t xml:space="preserve"> &amp; il&#231;e</t></r></is></c><c r="C4" s="1"><v>45354</v></c></row>
        <row r="5"><c r="A5"><v>0.30000000000000004</v></c><c r="B5" s="3"><v>1234.5</v></c><c r="C5" s="2"><v>45354.604166666664</v></c></row>
        <row><c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="str"><f>A1&amp;"x"</f><v>sonuç</v></c></row>
        <row><c><f>1+1</f><v>2</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2024-03-03T00:00:00</v></c></row>
        <row><c s="4"><v>0.5</v></c><c s="5"><v>1.25</v></c><c s="1"><v>-5</v></c></row>
        <row><c><v>12345678901</v></c><c><v>1.2345678901E10</v></c><c t="s"><v>2</v></c></row>
        <row><c s="1"/><c s="1"/><c s="1"/><c r="XFD10" s="1"/></row>"#;
    let mut workbook = Workbook::of(rows);
    workbook.styles = STYLES;
    workbook.strings = "<si><t>Müşteri</t><rPh><t>okunuş</t></rPh></si><si><t>Tutar</t></si><si><t>bir_x000D_\niki</t></si>".to_owned();
    let file = file(&workbook.bytes());
    let (header, rows) = table(file.path(), &Options::default()).unwrap();
    assert_eq!(header, ["Müşteri", "Tutar", "Tarih"]);
    assert_eq!(
        cells(&rows),
        [
            ["İl & ilçe", "", "2024-03-03"],
            ["0.3", "1234.5", "2024-03-03T14:30:00"],
            ["true", "false", "sonuç"],
            ["2", "", "2024-03-03"],
            ["12:00:00", "30:00:00", "-5"],
            ["12345678901", "12345678901", "bir\r\niki"],
        ]
    );
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9]);
    assert_eq!(
        rows[3].faults,
        [Fault::FormulaError {
            column: 1,
            error: "#N/A".to_owned()
        }]
    );
}

#[test]
fn dates_may_be_counted_from_1904() {
    let mut workbook = Workbook::of(r#"<row><c t="str"><v>Tarih</v></c></row><row><c s="1"><v>43892</v></c></row>"#);
    (workbook.properties, workbook.styles) = (r#"<workbookPr date1904="1"/>"#, STYLES);
    assert_eq!(
        cells(&table(file(&workbook.bytes()).path(), &Options::default()).unwrap().1),
        [["2024-03-03"]]
    );
}

#[test]
fn a_sheet_is_chosen_by_name_or_the_first_to_be_seen_is_read() {
    let sheet = |name: &str| format!(r#"<row><c t="str"><v>{name}</v></c></row>"#);
    let mut workbook = Workbook::of("");
    workbook.sheets = vec![
        (".gizli", sheet("gizli")),
        ("Müşteriler", sheet("ad")),
        ("Liste &amp; Not", sheet("not")),
    ];
    let file = file(&workbook.bytes());
    assert_eq!(
        tabular::sheets(file.path(), &Options::default()).unwrap(),
        ["Müşteriler", "Liste & Not"]
    );
    let header = |sheet: Option<&str>| {
        tabular::open(
            file.path(),
            &Options {
                sheet: sheet.map(str::to_owned),
                ..Options::default()
            },
        )
    };
    assert_eq!(header(None).unwrap().header(), ["ad"]);
    assert_eq!(
        header(None).unwrap().format(),
        &Format::Xlsx {
            sheet: "Müşteriler".to_owned()
        }
    );
    assert_eq!(header(Some("Liste & Not")).unwrap().header(), ["not"]);
    let problem = header(Some("yok")).err().unwrap();
    assert_eq!(
        problem,
        Problem::NoSuchSheet {
            name: "yok".to_owned(),
            sheets: vec!["Müşteriler".to_owned(), "Liste & Not".to_owned()]
        }
    );
}

#[test]
fn rows_are_passed_over_to_go_on() {
    let rows: String = (1..=500)
        .map(|n| format!(r#"<row r="{n}"><c r="A{n}" t="str"><v>satır {n}</v></c></row>"#))
        .collect();
    let file = file(&Workbook::of(rows).bytes());
    let mut reader = tabular::open(file.path(), &Options::default()).unwrap();
    let third = reader.rows().nth(1).unwrap().unwrap();
    assert_eq!((third.number, third.cells[0].as_str()), (3, "satır 3"));
    let place = reader.position();
    assert_eq!(reader.rows().count(), 497);
    assert_eq!(
        reader.progress().read_bytes,
        reader.progress().total_bytes.min(reader.progress().read_bytes)
    );
    for _ in 0..2 {
        reader.seek(place).unwrap();
        assert_eq!(reader.rows().next().unwrap().unwrap().number, 4);
    }
    let mut ahead = tabular::open(file.path(), &Options::default()).unwrap();
    ahead.seek(tabular::Position { byte: 0, row: 400 }).unwrap();
    assert_eq!(ahead.rows().next().unwrap().unwrap().cells[0], "satır 400");
    ahead.seek(tabular::Position::default()).unwrap();
    assert_eq!(ahead.rows().next().unwrap().unwrap().number, 2);
}

#[test]
fn other_archives_are_named() {
    for (name, found) in [
        ("word/document.xml", "Word"),
        ("xl/workbook.bin", "XLSB"),
        ("content.xml", "OpenDocument (ODS)"),
        ("foto.jpg", "ZIP"),
    ] {
        let mut zip = Zip::new();
        zip.add(name, "<x/>");
        let problem = table(file(&zip.finish()).path(), &Options::default()).unwrap_err();
        assert_eq!(problem, Problem::NotATable { found });
    }
}
