//! Features, and how their values fall into bins.

use serde::{Deserialize, Serialize};

/// What kind of value a feature has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Category,
    Number,
}

/// A feature of the examples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feature {
    pub name: String,
    pub kind: Kind,
}

/// A value of a feature. Numbers that are not finite count as missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Missing,
    Text(&'a str),
    Number(f64),
}

/// The bins of a feature, learnt from the examples. Bin 0 is for what is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bins {
    /// Bin 1 is for categories too rare to learn from, and for those never seen; then the known ones, in their order.
    Categories { known: Vec<String> },
    /// A number falls into bin `1 + edges below it`: `edges` ascend, and an edge belongs to the bin below.
    Numbers { edges: Vec<f64> },
}

/// A category that fewer examples have is one of the rare ones.
const RARE: usize = 10;
/// Categories of one feature at most; the rest are rare ones.
const MAX_CATEGORIES: usize = 100;
/// Bins of a number at most.
const MAX_NUMBERS: usize = 10;

impl Bins {
    /// Learns the bins of a feature from its values.
    pub(crate) fn learn<'a>(kind: Kind, values: impl Iterator<Item = Value<'a>>) -> Bins {
        match kind {
            Kind::Category => learn_categories(values),
            Kind::Number => learn_numbers(values),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Bins::Categories { known } => known.len() + 2,
            Bins::Numbers { edges } => edges.len() + 2,
        }
    }

    pub fn is_empty(&self) -> bool {
        false
    }

    /// The bin of a value. A number where a category belongs is missing, and the other way round.
    pub fn of(&self, value: Value<'_>) -> usize {
        match (self, value) {
            (Bins::Categories { known }, Value::Text(text)) if !text.is_empty() => known
                .binary_search_by(|category| category.as_str().cmp(text))
                .map_or(1, |place| place + 2),
            (Bins::Numbers { edges }, Value::Number(number)) if number.is_finite() => 1 + edges.partition_point(|edge| *edge < number),
            _ => 0,
        }
    }

    /// The category of a bin; none for the missing, the rare, and numbers.
    pub fn category(&self, bin: usize) -> Option<&str> {
        match self {
            Bins::Categories { known } => known.get(bin.checked_sub(2)?).map(String::as_str),
            Bins::Numbers { .. } => None,
        }
    }

    /// Above what, and up to what, the numbers of a bin are.
    pub fn range(&self, bin: usize) -> Option<(Option<f64>, Option<f64>)> {
        match self {
            Bins::Numbers { edges } if bin > 0 => {
                let below = bin.checked_sub(2).and_then(|place| edges.get(place)).copied();
                Some((below, edges.get(bin - 1).copied()))
            }
            _ => None,
        }
    }
}

fn learn_categories<'a>(values: impl Iterator<Item = Value<'a>>) -> Bins {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for value in values {
        if let Value::Text(text) = value
            && !text.is_empty()
        {
            *counts.entry(text).or_default() += 1;
        }
    }
    let mut frequent: Vec<(&str, usize)> = counts.into_iter().filter(|(_, count)| *count >= RARE).collect();
    // The most frequent, and among equals the first in order, so that nothing depends on the order of examples.
    frequent.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    frequent.truncate(MAX_CATEGORIES);
    let mut known: Vec<String> = frequent.into_iter().map(|(category, _)| category.to_owned()).collect();
    known.sort();
    Bins::Categories { known }
}

fn learn_numbers<'a>(values: impl Iterator<Item = Value<'a>>) -> Bins {
    let mut numbers: Vec<f64> = values
        .filter_map(|value| match value {
            Value::Number(number) if number.is_finite() => Some(number),
            _ => None,
        })
        .collect();
    numbers.sort_by(f64::total_cmp);
    let mut edges: Vec<f64> = Vec::new();
    if let Some(last) = numbers.last().copied() {
        for cut in 1..MAX_NUMBERS {
            let edge = numbers[(numbers.len() * cut / MAX_NUMBERS).min(numbers.len() - 1)];
            // Where many examples have the same number, several quantiles are one.
            if edge < last && edges.last().is_none_or(|known| *known < edge) {
                edges.push(edge);
            }
        }
        // The smallest number is often one of its own, such as nought.
        let first = numbers[0];
        let of_first = numbers.partition_point(|number| *number <= first);
        if of_first >= RARE && first < last && edges.first().is_none_or(|edge| first < *edge) {
            edges.insert(0, first);
        }
    }
    Bins::Numbers { edges }
}
