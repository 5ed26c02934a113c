//! How fast tables are written and read: `cargo run --release -p tabular --example rows_per_second -- 1000000`.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use tabular::number::Decimal;
use tabular::write::{Cell, Csv, CsvStyle, Sheet, Xlsx};
use tabular::{Options, Problem, Row};

const HEADER: [&str; 12] = [
    "Kod",
    "Ad",
    "Soyad",
    "Firma",
    "E-posta",
    "Telefon",
    "Şehir",
    "İlçe",
    "Adres",
    "Doğum Tarihi",
    "Tutar",
    "Not",
];

fn main() -> Result<(), Problem> {
    let count: u32 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1_000_000);
    let folder = std::env::temp_dir();
    let (csv, ansi, xlsx) = (
        folder.join("tabular.csv"),
        folder.join("tabular-1254.csv"),
        folder.join("tabular.xlsx"),
    );
    measure("write csv", &csv, count, || {
        fill(
            Box::new(Csv::new(BufWriter::new(File::create(&csv)?), &HEADER, CsvStyle::TURKISH_EXCEL)?),
            count,
        )
    })?;
    to_windows_1254(&csv, &ansi)?;
    measure("write xlsx", &xlsx, count, || {
        fill(Box::new(Xlsx::new(File::create(&xlsx)?, "Müşteriler", &HEADER)?), count)
    })?;
    measure("read csv, utf-8", &csv, count, || read(&csv, count))?;
    measure("read csv, windows-1254", &ansi, count, || read(&ansi, count))?;
    measure("read xlsx", &xlsx, count, || read(&xlsx, count))?;
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status
            .lines()
            .filter(|line| line.starts_with("VmHWM"))
            .for_each(|line| println!("{line} (most memory ever held)"));
    }
    [csv, ansi, xlsx].iter().try_for_each(|path| Ok(std::fs::remove_file(path)?))
}

fn fill(mut sheet: Box<dyn Sheet>, count: u32) -> Result<(), Problem> {
    let day = chrono::NaiveDate::from_ymd_opt(1980, 4, 3).unwrap_or_default();
    for n in 0..count {
        let code = format!("M{n:07}");
        let email = format!("isil.caglayan{n}@ornek.com.tr");
        let phone = format!("0532 {:03} {:02} {:02}", n % 1000, n % 100, n % 97);
        sheet.row(&[
            Cell::Text(&code),
            Cell::Text("Işıl Şükran"),
            Cell::Text("Çağlayan"),
            Cell::Text("Öztürk Gıda Sanayi ve Ticaret A.Ş."),
            Cell::Text(&email),
            Cell::Text(&phone),
            Cell::Text("İstanbul"),
            Cell::Text("Kadıköy"),
            Cell::Text("Bağdat Cad. No: 12, Daire \"5\""),
            Cell::Date(day),
            Cell::Decimal(Decimal {
                scaled: i64::from(n) * 101,
                scale: 2,
            }),
            Cell::Empty,
        ])?;
    }
    sheet.finish()
}

fn to_windows_1254(from: &Path, to: &Path) -> Result<(), Problem> {
    let mut out = BufWriter::new(File::create(to)?);
    for line in BufReader::new(File::open(from)?).lines() {
        let line = line?;
        out.write_all(&encoding_rs::WINDOWS_1254.encode(line.trim_start_matches('\u{feff}')).0)?;
        out.write_all(b"\r\n")?;
    }
    Ok(out.flush()?)
}

fn read(path: &Path, count: u32) -> Result<(), Problem> {
    let mut reader = tabular::open(path, &Options::default())?;
    let mut row = Row::default();
    let mut rows = 0;
    while reader.read_into(&mut row)? {
        rows += 1;
        assert!(row.faults.is_empty() && row.cells[6] == "İstanbul");
    }
    assert_eq!(rows, count);
    Ok(())
}

fn measure(what: &str, path: &Path, count: u32, work: impl FnOnce() -> Result<(), Problem>) -> Result<(), Problem> {
    let start = Instant::now();
    work()?;
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = std::fs::metadata(path)?.len() as f64 / 1e6;
    println!(
        "{what:24} {:>10.0} rows/s {seconds:>7.2} s {megabytes:>7.0} MB",
        f64::from(count) / seconds
    );
    Ok(())
}
