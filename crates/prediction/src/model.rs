//! What was learnt, what it says of somebody, and why.

use serde::{Deserialize, Serialize};

use crate::bins::{Bins, Feature, Value};
use crate::fit::{Fitted, logistic};

/// A model. Its JSON is what is kept; read again it predicts the same to the last bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Of this form of JSON.
    pub version: u32,
    /// Log-odds of somebody average in every feature.
    base: f64,
    parts: Vec<Part>,
    /// The penalty that was chosen.
    pub lambda: f64,
    pub won: usize,
    pub lost: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Part {
    feature: Feature,
    bins: Bins,
    /// What each bin adds to the log-odds, compared with the average of the examples.
    weights: Vec<f64>,
    /// How many examples were in each bin.
    counts: Vec<usize>,
}

/// What one feature adds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contribution<'a> {
    pub feature: &'a str,
    /// The bin the value fell into; see [`Model::bins`].
    pub bin: usize,
    /// Above zero it speaks for, below zero against, compared with the average of the examples.
    pub log_odds: f64,
}

/// Why somebody has their probability: `base` and the contributions, added in this order, are the log-odds to the last bit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation<'a> {
    pub base: f64,
    pub contributions: Vec<Contribution<'a>>,
    pub log_odds: f64,
    pub probability: f64,
}

impl Model {
    pub(crate) fn new(
        features: &[Feature],
        bins: Vec<Bins>,
        counts: Vec<Vec<usize>>,
        fitted: &Fitted,
        lambda: f64,
        outcomes: (usize, usize),
    ) -> Model {
        let rows = (outcomes.0 + outcomes.1).max(1) as f64;
        let (mut base, mut parts, mut begin) = (fitted.intercept, Vec::with_capacity(features.len()), 0);
        for ((feature, bins), counts) in features.iter().zip(bins).zip(counts) {
            let mut weights = fitted.weights[begin..begin + bins.len()].to_vec();
            begin += bins.len();
            let mean: f64 = weights
                .iter()
                .zip(&counts)
                .map(|(weight, count)| weight * *count as f64 / rows)
                .sum();
            weights.iter_mut().for_each(|weight| *weight -= mean);
            base += mean;
            parts.push(Part {
                feature: feature.clone(),
                bins,
                weights,
                counts,
            });
        }
        Model {
            version: 1,
            base,
            parts,
            lambda,
            won: outcomes.0,
            lost: outcomes.1,
        }
    }

    /// The features, in the order in which rows give their values.
    pub fn features(&self) -> impl Iterator<Item = &Feature> {
        self.parts.iter().map(|part| &part.feature)
    }

    /// The bins of a feature.
    pub fn bins(&self, feature: &str) -> Option<&Bins> {
        self.parts.iter().find(|part| part.feature.name == feature).map(|part| &part.bins)
    }

    /// What each bin of a feature adds, with how many examples were in it.
    pub fn weights(&self, feature: &str) -> impl Iterator<Item = (f64, usize)> {
        let part = self.parts.iter().find(|part| part.feature.name == feature);
        part.into_iter()
            .flat_map(|part| part.weights.iter().copied().zip(part.counts.iter().copied()))
    }

    /// How much a feature decides: the standard deviation of what it adds, over the examples.
    pub fn importance(&self, feature: &str) -> f64 {
        let rows = (self.won + self.lost).max(1) as f64;
        let variance: f64 = self
            .weights(feature)
            .map(|(weight, count)| weight * weight * count as f64 / rows)
            .sum();
        variance.sqrt()
    }

    /// Log-odds of a row, whose values come in the order of the features; those that are not there are missing.
    pub fn log_odds(&self, row: &[Value<'_>]) -> f64 {
        self.parts.iter().enumerate().fold(self.base, |sum, (place, part)| {
            let value = row.get(place).copied().unwrap_or(Value::Missing);
            sum + part.weights[part.bins.of(value)]
        })
    }

    /// Between 0 and 1.
    pub fn probability(&self, row: &[Value<'_>]) -> f64 {
        logistic(self.log_odds(row))
    }

    /// What each feature of a row adds.
    pub fn explain(&self, row: &[Value<'_>]) -> Explanation<'_> {
        let contribution = |(place, part): (usize, &'_ Part)| {
            let bin = part.bins.of(row.get(place).copied().unwrap_or(Value::Missing));
            (bin, part.weights[bin])
        };
        let contributions = self.parts.iter().enumerate().map(|(place, part)| {
            let (bin, log_odds) = contribution((place, part));
            Contribution {
                feature: &part.feature.name,
                bin,
                log_odds,
            }
        });
        let contributions: Vec<Contribution<'_>> = contributions.collect();
        let log_odds = contributions.iter().fold(self.base, |sum, part| sum + part.log_odds);
        Explanation {
            base: self.base,
            contributions,
            log_odds,
            probability: logistic(log_odds),
        }
    }
}
