//! The fit: Newton's method on the penalised likelihood. Every row has one active bin for each feature, so that a row is a few places.

/// Rows as the places of their active weights, all of the same width.
pub struct Design {
    pub width: usize,
    /// Weights there are, without the intercept.
    pub weights: usize,
    /// `width` places for each row.
    pub places: Vec<u32>,
    pub outcomes: Vec<bool>,
}

/// What was learnt: the intercept and the weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    pub intercept: f64,
    pub weights: Vec<f64>,
}

const MAX_STEPS: usize = 50;
/// It is done when the likelihood of a row gains no more than this.
const GAIN: f64 = 1e-10;

impl Design {
    pub fn rows(&self) -> usize {
        self.outcomes.len()
    }

    fn row(&self, index: usize) -> &[u32] {
        &self.places[index * self.width..(index + 1) * self.width]
    }

    /// Log-odds of a row.
    pub fn log_odds(&self, fitted: &Fitted, index: usize) -> f64 {
        self.row(index)
            .iter()
            .fold(fitted.intercept, |sum, place| sum + fitted.weights[*place as usize])
    }

    /// The rows at these places.
    pub fn only(&self, rows: impl Iterator<Item = usize>) -> Design {
        let mut part = Design {
            width: self.width,
            weights: self.weights,
            places: Vec::new(),
            outcomes: Vec::new(),
        };
        for row in rows {
            part.places.extend_from_slice(self.row(row));
            part.outcomes.push(self.outcomes[row]);
        }
        part
    }

    /// Fits with the penalty `lambda/2·Σw²`; the intercept is free.
    pub fn fit(&self, lambda: f64) -> Fitted {
        let rows = self.rows().max(1) as f64;
        let won = self.outcomes.iter().filter(|won| **won).count() as f64;
        let rate = ((won + 0.5) / (rows + 1.0)).clamp(1e-6, 1.0 - 1e-6);
        let mut fitted = Fitted {
            intercept: (rate / (1.0 - rate)).ln(),
            weights: vec![0.0; self.weights],
        };
        let mut value = self.penalised(&fitted, lambda);
        for _ in 0..MAX_STEPS {
            let Some(step) = self.step(&fitted, lambda) else { break };
            let mut length = 1.0;
            let better = loop {
                let next = moved(&fitted, &step, length);
                let reached = self.penalised(&next, lambda);
                if reached >= value {
                    break Some((next, reached));
                }
                length /= 2.0;
                if length < 1e-6 {
                    break None;
                }
            };
            let Some((next, reached)) = better else { break };
            let gained = reached - value;
            (fitted, value) = (next, reached);
            if gained <= GAIN * rows {
                break;
            }
        }
        fitted
    }

    /// The logarithm of the likelihood, less the penalty.
    fn penalised(&self, fitted: &Fitted, lambda: f64) -> f64 {
        let mut sum = 0.0;
        for (index, won) in self.outcomes.iter().enumerate() {
            let log_odds = self.log_odds(fitted, index);
            sum -= softplus(if *won { -log_odds } else { log_odds });
        }
        sum - 0.5 * lambda * fitted.weights.iter().map(|weight| weight * weight).sum::<f64>()
    }

    /// Newton's step: the solution of `(XᵀWX + λI)·d = gradient`, the intercept in the last place.
    fn step(&self, fitted: &Fitted, lambda: f64) -> Option<Vec<f64>> {
        let size = self.weights + 1;
        let last = self.weights;
        let mut hessian = vec![0.0; size * size];
        let mut gradient = vec![0.0; size];
        for (index, won) in self.outcomes.iter().enumerate() {
            let p = logistic(self.log_odds(fitted, index));
            let residual = f64::from(u8::from(*won)) - p;
            let weight = p * (1.0 - p);
            let row = self.row(index);
            for (nth, place) in row.iter().enumerate() {
                let place = *place as usize;
                gradient[place] += residual;
                // Places ascend, so that only the lower triangle is filled.
                for other in &row[..=nth] {
                    hessian[place * size + *other as usize] += weight;
                }
                hessian[last * size + place] += weight;
            }
            gradient[last] += residual;
            hessian[last * size + last] += weight;
        }
        for (place, weight) in fitted.weights.iter().enumerate() {
            gradient[place] -= lambda * weight;
            hessian[place * size + place] += lambda;
        }
        hessian[last * size + last] += 1e-9;
        solve(&mut hessian, gradient, size)
    }
}

fn moved(fitted: &Fitted, step: &[f64], length: f64) -> Fitted {
    let weights = fitted.weights.iter().zip(step).map(|(weight, step)| weight + length * step);
    Fitted {
        weights: weights.collect(),
        intercept: fitted.intercept + length * step[step.len() - 1],
    }
}

/// Solves a symmetric positive definite system, given by its lower triangle, by Cholesky's method.
fn solve(matrix: &mut [f64], mut right: Vec<f64>, size: usize) -> Option<Vec<f64>> {
    for row in 0..size {
        for column in 0..=row {
            let mut sum = matrix[row * size + column];
            for k in 0..column {
                sum -= matrix[row * size + k] * matrix[column * size + k];
            }
            if row == column {
                if sum <= 0.0 {
                    return None;
                }
                matrix[row * size + row] = sum.sqrt();
            } else {
                matrix[row * size + column] = sum / matrix[column * size + column];
            }
        }
    }
    for row in 0..size {
        for k in 0..row {
            right[row] -= matrix[row * size + k] * right[k];
        }
        right[row] /= matrix[row * size + row];
    }
    for row in (0..size).rev() {
        for k in row + 1..size {
            right[row] -= matrix[k * size + row] * right[k];
        }
        right[row] /= matrix[row * size + row];
    }
    Some(right)
}

/// The probability of log-odds.
pub fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// `ln(1 + eˣ)`, without overflow.
pub fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}
