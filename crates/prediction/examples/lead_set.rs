//! How well leads of a real set are told apart: `cargo run --release -p prediction --example lead_set -- leads.csv`. Learns from four of five
//! and is tried on the fifth. Only what is known before the outcome counts.

use prediction::{Example, Feature, Kind, Quality, Value, train};

/// Not known before the outcome, or identifying.
const LEFT_OUT: [&str; 10] = [
    "Prospect ID",
    "Lead Number",
    "Converted",
    "Tags",
    "Lead Quality",
    "Lead Profile",
    "Last Notable Activity",
    "Asymmetrique Activity Index",
    "Asymmetrique Profile Index",
    "Asymmetrique Activity Score",
];
const NUMBERS: [&str; 3] = ["TotalVisits", "Total Time Spent on Website", "Page Views Per Visit"];

#[allow(clippy::unwrap_used, clippy::expect_used, reason = "an example for the terminal")]
fn main() {
    let path = std::env::args().nth(1).expect("the path of a CSV file");
    let mut reader = csv::Reader::from_path(path).expect("a CSV file");
    let header = reader.headers().expect("a header").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let columns: Vec<(usize, Feature)> = header
        .iter()
        .enumerate()
        .filter(|(_, name)| !LEFT_OUT.contains(name) && *name != "Asymmetrique Profile Score")
        .map(|(place, name)| {
            let kind = if NUMBERS.contains(&name) { Kind::Number } else { Kind::Category };
            (place, Feature { name: name.into(), kind })
        })
        .collect();
    let outcome = header.iter().position(|name| name == "Converted").expect("an outcome");
    let example = |(at, row): (usize, &'_ csv::StringRecord)| -> Example<'_> {
        // The record outlives the example.
        let row: &'static csv::StringRecord = Box::leak(Box::new(row.clone()));
        let value = |(place, feature): &(usize, Feature)| match (&row[*place], feature.kind) {
            ("" | "Select", _) => Value::Missing,
            (text, Kind::Number) => text.parse().map_or(Value::Missing, Value::Number),
            (text, Kind::Category) => Value::Text(text),
        };
        Example {
            at: at as i64,
            values: columns.iter().map(value).collect(),
            is_won: &row[outcome] == "1",
        }
    };
    let examples: Vec<Example<'_>> = rows.iter().enumerate().map(example).collect();
    let features: Vec<Feature> = columns.iter().map(|(_, feature)| feature.clone()).collect();
    let (held, known): (Vec<_>, Vec<_>) = examples.into_iter().partition(|example| example.at % 5 == 4);
    let began = std::time::Instant::now();
    let trained = train(&features, known).expect("enough history");
    println!(
        "learnt from {} in {:.0?}, penalty {}",
        trained.model.won + trained.model.lost,
        began.elapsed(),
        trained.model.lambda
    );
    let predictions: Vec<(f64, bool)> = held
        .iter()
        .map(|example| (trained.model.probability(&example.values), example.is_won))
        .collect();
    for (name, quality) in [("rolling hold-out", &trained.quality), ("never seen", &Quality::of(&predictions))] {
        println!(
            "{name}: {} leads, {} won, AUC {:.4}, Brier {:.4} (of the rate alone {:.4}), log loss {:.4}, calibration error {:.4}",
            quality.examples, quality.won, quality.auc, quality.brier, quality.brier_of_rate, quality.log_loss, quality.calibration_error
        );
        for bin in &quality.reliability {
            println!("  said {:.3}, came {:.3} ({})", bin.predicted, bin.observed, bin.count);
        }
    }
    let mut by_weight: Vec<(&Feature, f64)> = features
        .iter()
        .map(|feature| (feature, trained.model.importance(&feature.name)))
        .collect();
    by_weight.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (feature, importance) in by_weight.iter().take(8) {
        println!("{:<50} {importance:.3}", feature.name);
    }
    // A million rows, one core.
    let began = std::time::Instant::now();
    let (mut sum, mut count) = (0.0, 0u32);
    while count < 1_000_000 {
        for example in &held {
            sum += trained.model.probability(&example.values);
            count += 1;
        }
    }
    println!("{count} scored in {:.2?} (mean {:.3})", began.elapsed(), sum / f64::from(count));
}
