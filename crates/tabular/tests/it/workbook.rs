//! Workbooks made by hand, to hold what writers other than ours write.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

pub struct Workbook {
    pub properties: &'static str,
    pub styles: &'static str,
    pub strings: String,
    pub sheets: Vec<(&'static str, String)>,
}

impl Workbook {
    /// A workbook of one sheet with these rows.
    pub fn of(rows: impl Into<String>) -> Workbook {
        Workbook {
            properties: "",
            styles: "",
            strings: String::new(),
            sheets: vec![("Sayfa1", rows.into())],
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut zip = Zip::new();
        zip.add(
            "_rels/.rels",
            &format!(
                r#"<Relationships><Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="/xl/workbook.xml"/></Relationships>"#
            ),
        );
        let (mut sheets, mut relations) = (String::new(), String::new());
        for (index, (name, rows)) in self.sheets.iter().enumerate() {
            let hidden = if name.starts_with('.') { r#" state="hidden""# } else { "" };
            sheets.push_str(&format!(r#"<sheet name="{name}" sheetId="{index}" r:id="s{index}"{hidden}/>"#));
            relations.push_str(&format!(
                r#"<Relationship Id="s{index}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{index}.xml"/>"#
            ));
            zip.add(
                &format!("xl/worksheets/sheet{index}.xml"),
                &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
            );
        }
        for (kind, target) in [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")] {
            relations.push_str(&format!(
                r#"<Relationship Id="{kind}" Type="{RELATIONS}/{kind}" Target="{target}"/>"#
            ));
        }
        zip.add("xl/_rels/workbook.xml.rels", &format!("<Relationships>{relations}</Relationships>"));
        zip.add(
            "xl/workbook.xml",
            &format!("<workbook>{}<sheets>{sheets}</sheets></workbook>", self.properties),
        );
        zip.add("xl/styles.xml", &format!("<styleSheet>{}</styleSheet>", self.styles));
        zip.add("xl/sharedStrings.xml", &format!("<sst>{}</sst>", self.strings));
        zip.finish()
    }
}

pub struct Zip(ZipWriter<Cursor<Vec<u8>>>);

impl Zip {
    pub fn new() -> Zip {
        Zip(ZipWriter::new(Cursor::new(Vec::new())))
    }

    pub fn add(&mut self, name: &str, content: &str) {
        self.begin(name);
        self.0.write_all(content.as_bytes()).unwrap();
    }

    pub fn begin(&mut self, name: &str) -> &mut impl Write {
        self.0
            .start_file(name, SimpleFileOptions::default().compression_level(Some(6)))
            .unwrap();
        &mut self.0
    }

    pub fn finish(self) -> Vec<u8> {
        self.0.finish().unwrap().into_inner()
    }
}
