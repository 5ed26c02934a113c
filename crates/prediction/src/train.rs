//! Learning: bins, penalty, weights, and how good it is.

use crate::bins::{Bins, Feature, Value};
use crate::fit::{Design, logistic, softplus};
use crate::model::Model;
use crate::quality::Quality;

/// Somebody whose outcome is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Example<'a> {
    /// By which examples are put in the order of time.
    pub at: i64,
    /// In the order of the features.
    pub values: Vec<Value<'a>>,
    pub is_won: bool,
}

impl<'a> Example<'a> {
    fn value(&self, place: usize) -> Value<'a> {
        self.values.get(place).copied().unwrap_or(Value::Missing)
    }
}

/// A model and how good it is on what came after the examples it learnt from.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    pub model: Model,
    /// By rolling hold-out: learnt from what came before, tried on what came next, three times.
    pub quality: Quality,
}

/// Why nothing is learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The history is too small; so many of each outcome are needed.
    NotEnough { won: usize, lost: usize, needed: usize },
}

/// Examples of each outcome without which nothing is learnt.
pub const MIN_OF_EACH: usize = 50;

/// Penalties that are tried.
const LAMBDAS: [f64; 5] = [0.3, 1.0, 3.0, 10.0, 30.0];
const FOLDS: usize = 5;
/// Examples by which the penalty is chosen, at most.
const CHOSEN_BY: usize = 20_000;
/// What a part of the history must have of each outcome to be learnt from in the hold-out.
const MIN_OF_PART: usize = 20;

/// Learns from examples.
pub fn train(features: &[Feature], mut examples: Vec<Example<'_>>) -> Result<Trained, Refusal> {
    let won = examples.iter().filter(|example| example.is_won).count();
    let lost = examples.len() - won;
    if won < MIN_OF_EACH || lost < MIN_OF_EACH {
        return Err(Refusal::NotEnough {
            won,
            lost,
            needed: MIN_OF_EACH,
        });
    }
    examples.sort_by_key(|example| example.at);
    let model = learn(features, &examples, None);
    let quality = roll(features, &examples, model.lambda);
    Ok(Trained { model, quality })
}

fn learn(features: &[Feature], examples: &[Example<'_>], lambda: Option<f64>) -> Model {
    let bins: Vec<Bins> = features
        .iter()
        .enumerate()
        .map(|(place, feature)| Bins::learn(feature.kind, examples.iter().map(|example| example.value(place))))
        .collect();
    let mut counts: Vec<Vec<usize>> = bins.iter().map(|bins| vec![0; bins.len()]).collect();
    let mut design = Design {
        width: features.len(),
        weights: bins.iter().map(Bins::len).sum(),
        places: Vec::with_capacity(examples.len() * features.len()),
        outcomes: examples.iter().map(|example| example.is_won).collect(),
    };
    for example in examples {
        let mut begin = 0;
        for (place, bins) in bins.iter().enumerate() {
            let bin = bins.of(example.value(place));
            counts[place][bin] += 1;
            design.places.push((begin + bin) as u32);
            begin += bins.len();
        }
    }
    let lambda = lambda.unwrap_or_else(|| choose(&design));
    let fitted = design.fit(lambda);
    let won = design.outcomes.iter().filter(|won| **won).count();
    Model::new(features, bins, counts, &fitted, lambda, (won, design.rows() - won))
}

/// The penalty under which left-out examples are the least surprising.
fn choose(design: &Design) -> f64 {
    let every = design.rows().div_ceil(CHOSEN_BY);
    let sample = design.only((0..design.rows()).step_by(every.max(1)));
    let loss = |lambda: f64| -> f64 {
        let of_fold = |fold: usize| {
            let rest = sample.only((0..sample.rows()).filter(|row| row % FOLDS != fold));
            let fitted = rest.fit(lambda);
            let left_out = (0..sample.rows()).filter(|row| row % FOLDS == fold);
            left_out
                .map(|row| {
                    let log_odds = sample.log_odds(&fitted, row);
                    softplus(if sample.outcomes[row] { -log_odds } else { log_odds })
                })
                .sum::<f64>()
        };
        (0..FOLDS).map(of_fold).sum()
    };
    let losses = LAMBDAS.map(|lambda| (loss(lambda), lambda));
    losses
        .into_iter()
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(1.0, |(_, lambda)| lambda)
}

/// Learns from the first part of the history and is tried on the next one, three times.
fn roll(features: &[Feature], examples: &[Example<'_>], lambda: f64) -> Quality {
    let mut predictions = Vec::new();
    for part in [40, 60, 80] {
        let (before, after) = (examples.len() * part / 100, examples.len() * (part + 20) / 100);
        let (known, next) = (&examples[..before], &examples[before..after]);
        let won = known.iter().filter(|example| example.is_won).count();
        if won < MIN_OF_PART || known.len() - won < MIN_OF_PART {
            continue;
        }
        let model = learn(features, known, Some(lambda));
        predictions.extend(
            next.iter()
                .map(|example| (logistic(model.log_odds(&example.values)), example.is_won)),
        );
    }
    Quality::of(&predictions)
}
