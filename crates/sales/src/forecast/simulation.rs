//! What may come of open opportunities: each is won or not by its chance, on its day or later as history has it. An opportunity is drawn once
//! in each run, and counts so in every line it is in: the lines of a run add up. The same data give the same answer.

use std::collections::BTreeMap;

/// How often a simulation is run.
pub const RUNS: usize = 10_000;
/// So many of the largest of a group are drawn one by one. As many or more small ones that remain are drawn together where their sum is all
/// but normal.
const SINGLY: usize = 32;
/// So many deviations of it must lie between that sum and nothing.
const DEVIATIONS: f64 = 3.0;
/// Chances are drawn in so many binary digits: to a part in 65 536.
const DIGITS: u32 = 16;

/// An open opportunity: what it is worth, and how likely it is won within each period.
#[derive(Clone, Debug, Default)]
pub struct Deal {
    pub amount: i64,
    pub chances: Vec<f64>,
}

/// Opportunities that count in the same lines.
#[derive(Clone, Debug, Default)]
pub struct Group<L> {
    pub lines: Vec<L>,
    pub deals: Vec<Deal>,
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

/// Runs the simulation of a period for every line. What is told of a period is told of it alone, so that each is drawn by itself.
pub fn run<L: Ord + Copy>(groups: &[Group<L>], period: usize) -> BTreeMap<L, Spread> {
    // How many groups of a line are still to come: with the last one its runs are done, and need not be kept.
    let mut waited: BTreeMap<L, usize> = BTreeMap::new();
    for line in groups.iter().flat_map(|group| &group.lines) {
        *waited.entry(*line).or_default() += 1;
    }
    let mut runs: BTreeMap<L, Vec<f64>> = BTreeMap::new();
    let mut spreads = BTreeMap::new();
    for (place, group) in groups.iter().enumerate() {
        let mut own = vec![0.0; RUNS];
        let mut dice = Dice(((period as u64) << 32) + place as u64);
        draw(&group.deals, period, &mut dice, &mut own);
        for line in &group.lines {
            let left = waited.entry(*line).or_insert(1);
            *left -= 1;
            let is_last = *left == 0;
            let sums = match runs.remove(line) {
                None => own.clone(),
                Some(mut sums) => {
                    sums.iter_mut().zip(&own).for_each(|(sum, own)| *sum += own);
                    sums
                }
            };
            match is_last {
                true => {
                    spreads.insert(*line, spread(sums));
                }
                false => {
                    runs.insert(*line, sums);
                }
            }
        }
    }
    spreads
}

/// Adds what is won of some opportunities to every run.
fn draw(deals: &[Deal], period: usize, dice: &mut Dice, sums: &mut [f64]) {
    let mut likely: Vec<(f64, f64)> = deals
        .iter()
        .map(|deal| (deal.amount as f64, deal.chances[period]))
        .filter(|(amount, chance)| *amount > 0.0 && *chance > 0.0)
        .collect();
    let (mut mean, mut deviation) = (0.0, 0.0);
    if likely.len() >= 2 * SINGLY {
        likely.select_nth_unstable_by(SINGLY, |a, b| b.0.total_cmp(&a.0));
        (mean, deviation) = moments(&likely[SINGLY..]);
        match mean >= DEVIATIONS * deviation {
            true => likely.truncate(SINGLY),
            false => (mean, deviation) = (0.0, 0.0),
        }
    }
    for (amount, chance) in likely {
        let digits = (chance * f64::from(1_u32 << DIGITS)).round() as u32;
        for sums in sums.chunks_mut(64) {
            let mut won = dice.chances(digits);
            while won != 0 {
                if let Some(sum) = sums.get_mut(won.trailing_zeros() as usize) {
                    *sum += amount;
                }
                won &= won - 1;
            }
        }
    }
    if mean > 0.0 {
        for pair in sums.chunks_mut(2) {
            for (sum, drawn) in pair.iter_mut().zip(dice.normals()) {
                *sum += f64::max(mean + deviation * drawn, 0.0);
            }
        }
    }
}

/// Mean and standard deviation of the sum of independent wins, of amounts and chances.
fn moments(deals: &[(f64, f64)]) -> (f64, f64) {
    let (mut mean, mut variance) = (0.0, 0.0);
    for (amount, chance) in deals {
        mean += amount * chance;
        variance += amount * amount * chance * (1.0 - chance);
    }
    (mean, variance.sqrt())
}

fn spread(mut sums: Vec<f64>) -> Spread {
    let mean = sums.iter().sum::<f64>() / sums.len() as f64;
    let mut at = |percent: usize| {
        let place = sums.len() * percent / 100;
        let (_, value, _) = sums.select_nth_unstable_by(place, f64::total_cmp);
        value.round() as i64
    };
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

    /// Sixty-four draws at once, each bit set with a chance given in binary digits: digit by digit, the last first, a coin decides in every
    /// draw whether it goes on or ends with that digit.
    fn chances(&mut self, digits: u32) -> u64 {
        if digits >= 1 << DIGITS {
            return u64::MAX;
        }
        let mut won = 0;
        for digit in digits.trailing_zeros()..DIGITS {
            let coins = self.next();
            won = if digits >> digit & 1 == 1 { won | coins } else { won & coins };
        }
        won
    }

    /// In [0, 1).
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Two of mean 0 and deviation 1 (Box and Muller).
    fn normals(&mut self) -> [f64; 2] {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * self.unit()).sin_cos();
        [radius * cos, radius * sin]
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

    fn one(deals: Vec<Deal>, period: usize) -> Spread {
        let group = Group { lines: vec![()], deals };
        run(&[group], period)[&()]
    }

    #[test]
    fn the_mean_is_the_weighted_sum_within_its_error() {
        for count in [1, 10, 64, 65, 500, 3_000] {
            for period in 0..2 {
                let spread = one(deals(count), period);
                let all: Vec<(f64, f64)> = deals(count).iter().map(|deal| (deal.amount as f64, deal.chances[period])).collect();
                let (expected, deviation) = moments(&all);
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
    fn what_is_drawn_is_what_the_chance_says() {
        let mut dice = Dice(7);
        for (digits, expected) in [
            (0, 0.0),
            (1 << 15, 0.5),
            (3 << 14, 0.75),
            (6_554, 0.1),
            (1 << 16, 1.0),
            (65_535, 1.0),
        ] {
            let won: u32 = (0..4_000).map(|_| dice.chances(digits).count_ones()).sum();
            let share = f64::from(won) / (4_000.0 * 64.0);
            assert!((share - expected).abs() < 0.004, "{digits}: {share}");
        }
        // Draws of one word do not follow each other.
        let words: Vec<u64> = (0..4_000).map(|_| dice.chances(1 << 15)).collect();
        let alike: u32 = words.iter().map(|word| (word ^ (word >> 1)).count_ones()).sum();
        assert!((f64::from(alike) / (4_000.0 * 64.0) - 0.5).abs() < 0.01);
    }

    #[test]
    fn quantiles_of_a_binomial_are_those_of_the_table() {
        // Twenty of the same at one half: 7, 10 and 13 of them.
        let deals = vec![
            Deal {
                amount: 100,
                chances: vec![0.5]
            };
            20
        ];
        let spread = one(deals, 0);
        assert_eq!((spread.p10, spread.p50, spread.p90), (700, 1_000, 1_300));
    }

    #[test]
    fn an_opportunity_is_drawn_once_for_all_its_lines() {
        let group = |line: usize, count: i64| Group {
            lines: vec![0, line],
            deals: deals(count),
        };
        let groups = [group(1, 90), group(2, 3), group(1, 0)];
        let spreads = run(&groups, 0);
        // Rounded to whole units each.
        assert!((spreads[&0].mean - spreads[&1].mean - spreads[&2].mean).abs() <= 2);
        let alone = run(&groups[1..2], 0);
        assert_eq!(alone[&0], alone[&2], "a line that holds the same is the same");
    }

    #[test]
    fn the_same_deals_give_the_same_spread() {
        assert_eq!(one(deals(200), 1), one(deals(200), 1));
        assert_eq!(one(Vec::new(), 0), Spread::default());
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
