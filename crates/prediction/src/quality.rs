//! How good predictions are, on examples the model never saw.

use serde::{Deserialize, Serialize};

/// What predictions were worth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Examples they were tried on.
    pub examples: usize,
    pub won: usize,
    /// The chance that somebody who was won had a higher probability than somebody who was not: 0.5 is guessing, 1 is perfect.
    pub auc: f64,
    /// The mean of the squared difference of probability and outcome: less is better. Saying the rate of wins to all would give
    /// [`Quality::brier_of_rate`].
    pub brier: f64,
    pub brier_of_rate: f64,
    pub log_loss: f64,
    /// How far probabilities and outcomes are apart, on average over the bins of the reliability.
    pub calibration_error: f64,
    /// Ten bins by probability: what was said, and what came.
    pub reliability: Vec<ReliabilityBin>,
}

/// Those to whom about the same probability was said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    pub count: usize,
    pub predicted: f64,
    pub observed: f64,
}

const BINS: usize = 10;

impl Quality {
    /// Of probabilities and outcomes.
    pub fn of(predictions: &[(f64, bool)]) -> Quality {
        let count = predictions.len();
        if count == 0 {
            return Quality::default();
        }
        let won = predictions.iter().filter(|(_, won)| *won).count();
        let rate = won as f64 / count as f64;
        let mean = |term: &dyn Fn(f64, f64) -> f64| {
            let sum: f64 = predictions.iter().map(|(p, won)| term(*p, f64::from(u8::from(*won)))).sum();
            sum / count as f64
        };
        let mut bins = [(0usize, 0.0, 0.0); BINS];
        for (p, won) in predictions {
            let bin = &mut bins[((p * BINS as f64) as usize).min(BINS - 1)];
            *bin = (bin.0 + 1, bin.1 + p, bin.2 + f64::from(u8::from(*won)));
        }
        let reliability: Vec<ReliabilityBin> = bins
            .iter()
            .map(|(count, predicted, observed)| ReliabilityBin {
                count: *count,
                predicted: predicted / (*count).max(1) as f64,
                observed: observed / (*count).max(1) as f64,
            })
            .collect();
        let apart = |bin: &ReliabilityBin| bin.count as f64 / count as f64 * (bin.predicted - bin.observed).abs();
        Quality {
            examples: count,
            won,
            auc: auc(predictions),
            brier: mean(&|p, y| (p - y) * (p - y)),
            brier_of_rate: rate * (1.0 - rate),
            log_loss: mean(&|p, y| {
                let p = p.clamp(1e-12, 1.0 - 1e-12);
                -(y * p.ln() + (1.0 - y) * (1.0 - p).ln())
            }),
            calibration_error: reliability.iter().map(apart).sum(),
            reliability,
        }
    }
}

/// By the ranks of the winners (Mann and Whitney); equal probabilities share their rank.
fn auc(predictions: &[(f64, bool)]) -> f64 {
    let mut sorted: Vec<(f64, bool)> = predictions.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let won = sorted.iter().filter(|(_, won)| *won).count() as f64;
    let lost = sorted.len() as f64 - won;
    if won == 0.0 || lost == 0.0 {
        return 0.5;
    }
    let (mut ranks, mut begin) = (0.0, 0);
    while begin < sorted.len() {
        let end = begin + sorted[begin..].partition_point(|(p, _)| *p == sorted[begin].0);
        let rank = (begin + end + 1) as f64 / 2.0;
        ranks += rank * sorted[begin..end].iter().filter(|(_, won)| *won).count() as f64;
        begin = end;
    }
    (ranks - won * (won + 1.0) / 2.0) / (won * lost)
}
