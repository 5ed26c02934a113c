//! What may come of open opportunities: each is won or not by its chance, on its day or later as history has it. The same data give the same
//! answer.

/// How often a simulation is run.
pub const RUNS: usize = 10_000;
/// So many of the largest are drawn one by one. The many small ones that remain are drawn together: their sum is all but normal.
const SINGLY: usize = 64;

/// An open opportunity: what it is worth, and how likely it is won within each period.
#[derive(Clone, Debug, Default)]
pub struct Deal {
    pub amount: i64,
    pub chances: Vec<f64>,
}

/// What at least so many of ten runs stay below, in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    pub p10: i64,
    pub p50: i64,
    pub p90: i64,
    pub mean: i64,
}

/// By how many days wins of the past came later than expected, each with how often.
#[derive(Clone, Debug, Default)]
pub struct Slips(pub Vec<(i64, i64)>);

impl Slips {
    /// The shares of closings in each period `(first day, last day)`, days counted from today; one that is due closes no earlier than today.
    pub fn shares(&self, expected: i64, periods: &[(i64, i64)]) -> Vec<f64> {
        let on_time = [(0, 1)];
        let slips = if self.0.is_empty() { &on_time[..] } else { &self.0 };
        let all: i64 = slips.iter().map(|(_, count)| count).sum();
        let share = |(first, last): &(i64, i64)| {
            let within = slips
                .iter()
                .filter(|(days, _)| (*first..=*last).contains(&Ord::max(expected + days, 0)));
            within.map(|(_, count)| count).sum::<i64>() as f64 / all as f64
        };
        periods.iter().map(share).collect()
    }
}

/// Runs the simulation for every period.
pub fn run(deals: &[&Deal], periods: usize) -> Vec<Spread> {
    let mut sorted = deals.to_vec();
    sorted.sort_by_key(|deal| std::cmp::Reverse(deal.amount));
    let (large, small) = sorted.split_at(Ord::min(SINGLY, sorted.len()));
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut runs = vec![vec![0.0_f64; periods]; RUNS];
    let together: Vec<(f64, f64)> = (0..periods).map(|period| moments(small, period)).collect();
    for sums in &mut runs {
        for deal in large {
            let mut left = dice.unit();
            for (period, chance) in deal.chances.iter().enumerate() {
                if left < *chance {
                    sums[period] += deal.amount as f64;
                    break;
                }
                left -= chance;
            }
        }
        for (period, (mean, deviation)) in together.iter().enumerate() {
            if *deviation > 0.0 {
                sums[period] += f64::max(mean + deviation * dice.normal(), 0.0);
            } else {
                sums[period] += mean;
            }
        }
    }
    (0..periods)
        .map(|period| spread(runs.iter().map(|sums| sums[period]).collect()))
        .collect()
}

/// Mean and standard deviation of the sum of independent wins in a period.
fn moments(deals: &[&Deal], period: usize) -> (f64, f64) {
    let (mut mean, mut variance) = (0.0, 0.0);
    for deal in deals {
        let (amount, chance) = (deal.amount as f64, deal.chances[period]);
        mean += amount * chance;
        variance += amount * amount * chance * (1.0 - chance);
    }
    (mean, variance.sqrt())
}

fn spread(mut sums: Vec<f64>) -> Spread {
    let mean = sums.iter().sum::<f64>() / sums.len() as f64;
    sums.sort_unstable_by(f64::total_cmp);
    let at = |percent: usize| sums[sums.len() * percent / 100].round() as i64;
    Spread {
        p10: at(10),
        p50: at(50),
        p90: at(90),
        mean: mean.round() as i64,
    }
}

/// Numbers that look random and are the same every time (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// In [0, 1).
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Of mean 0 and deviation 1 (Box and Muller).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deals(count: i64) -> Vec<Deal> {
        let deal = |n: i64| Deal {
            amount: 1_000 + n * 7_919 % 50_000,
            chances: vec![(n * 37 % 60) as f64 / 100.0, (n * 11 % 40) as f64 / 100.0],
        };
        (0..count).map(deal).collect()
    }

    #[test]
    fn the_mean_is_the_weighted_sum_within_its_error() {
        for count in [1, 10, 64, 65, 500, 3_000] {
            let deals = deals(count);
            let all: Vec<&Deal> = deals.iter().collect();
            for (period, spread) in run(&all, 2).into_iter().enumerate() {
                let (expected, deviation) = moments(&all, period);
                let error = 4.0 * deviation / (RUNS as f64).sqrt() + 1.0;
                assert!(
                    (spread.mean as f64 - expected).abs() <= error,
                    "{count}: {spread:?} against {expected}"
                );
                assert!(spread.p10 <= spread.p50 && spread.p50 <= spread.p90);
            }
        }
    }

    #[test]
    fn the_same_deals_give_the_same_spread() {
        let deals = deals(200);
        let all: Vec<&Deal> = deals.iter().collect();
        assert_eq!(run(&all, 2), run(&all, 2));
        assert_eq!(run(&[], 2), vec![Spread::default(); 2]);
    }

    #[test]
    fn slips_move_wins_into_later_periods_and_nothing_into_the_past() {
        let slips = Slips(vec![(-10, 1), (0, 2), (30, 1)]);
        let periods = [(0, 29), (30, 59)];
        assert_eq!(slips.shares(5, &periods), [0.75, 0.25]);
        assert_eq!(slips.shares(-40, &periods), [1.0, 0.0], "what is overdue is due today");
        assert_eq!(Slips::default().shares(45, &periods), [0.0, 1.0]);
    }
}
