//! What is learnt is what was there.

use prediction::{Example, Feature, Kind, Model, Quality, Refusal, Value, train};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn feature(name: &str, kind: Kind) -> Feature {
    Feature { name: name.into(), kind }
}

fn features() -> Vec<Feature> {
    vec![
        feature("source", Kind::Category),
        feature("visits", Kind::Number),
        feature("same", Kind::Category),
    ]
}

const SOURCES: [&str; 4] = ["web", "fair", "referral", "call"];

/// The chance with which an example is won.
fn chance(source: usize, visits: f64) -> f64 {
    let log_odds = [-1.5, -0.3, 1.2, -0.8][source] + 0.25 * (visits - 5.0);
    1.0 / (1.0 + (-log_odds).exp())
}

fn made(seed: u64, count: usize) -> Vec<Example<'static>> {
    let mut random = StdRng::seed_from_u64(seed);
    (0..count)
        .map(|at| {
            let source = random.random_range(0..4);
            let visits = f64::from(random.random_range(0..12u8));
            let visits_shown = if random.random_bool(0.1) {
                Value::Missing
            } else {
                Value::Number(visits)
            };
            Example {
                at: at as i64,
                values: vec![Value::Text(SOURCES[source]), visits_shown, Value::Text("always")],
                is_won: random.random_bool(chance(source, visits)),
            }
        })
        .collect()
}

fn learnt(seed: u64, count: usize) -> Model {
    train(&features(), made(seed, count)).expect("enough").model
}

#[test]
fn a_small_history_is_refused_with_what_is_missing() {
    let few: Vec<Example<'_>> = made(1, 60);
    let won = few.iter().filter(|example| example.is_won).count();
    assert_eq!(
        train(&features(), few),
        Err(Refusal::NotEnough {
            won,
            lost: 60 - won,
            needed: 50
        })
    );
    assert!(train(&features(), Vec::new()).is_err());
}

#[test]
fn the_order_of_influence_is_found_and_probabilities_are_calibrated() {
    let trained = train(&features(), made(2, 20_000)).expect("enough");
    let say = |source: &'static str, visits: f64| {
        trained
            .model
            .probability(&[Value::Text(source), Value::Number(visits), Value::Missing])
    };
    assert!(say("referral", 5.0) > say("fair", 5.0) && say("fair", 5.0) > say("call", 5.0) && say("call", 5.0) > say("web", 5.0));
    assert!(say("fair", 11.0) > say("fair", 6.0) && say("fair", 6.0) > say("fair", 0.0));
    assert!(trained.quality.calibration_error < 0.02, "{:?}", trained.quality);
    assert!(trained.quality.brier < trained.quality.brier_of_rate);
    let fresh: Vec<(f64, bool)> = made(3, 20_000)
        .iter()
        .map(|example| (trained.model.probability(&example.values), example.is_won))
        .collect();
    let fresh = Quality::of(&fresh);
    assert!(
        (fresh.auc - trained.quality.auc).abs() < 0.02,
        "the hold-out told the truth: {} and {}",
        fresh.auc,
        trained.quality.auc
    );
}

#[test]
fn what_is_always_the_same_says_nothing() {
    let model = learnt(4, 2_000);
    let why = model.explain(&[Value::Text("web"), Value::Number(3.0), Value::Text("always")]);
    assert!(why.contributions[2].log_odds.abs() < 1e-12, "{why:?}");
    assert!(model.importance("same") < 1e-12 && model.importance("source") > 0.5);
}

#[test]
fn the_order_of_features_values_that_nobody_knows_and_infinities_break_nothing() {
    let model = learnt(5, 2_000);
    for row in [
        vec![],
        vec![Value::Text("never seen"), Value::Number(f64::NAN), Value::Text("")],
        vec![Value::Number(1.0), Value::Text("five"), Value::Missing],
        vec![Value::Missing, Value::Number(f64::INFINITY)],
        vec![Value::Missing, Value::Number(-1e300)],
    ] {
        let p = model.probability(&row);
        assert!(p > 0.0 && p < 1.0, "{row:?}");
    }
    let unknown = model.probability(&[Value::Missing, Value::Number(f64::NAN)]);
    assert_eq!(unknown.to_bits(), model.probability(&[Value::Missing, Value::Missing]).to_bits());
}

#[test]
fn a_model_read_again_predicts_the_same_to_the_last_bit() {
    let model = learnt(6, 3_000);
    let json = serde_json::to_string(&model).expect("json");
    let again: Model = serde_json::from_str(&json).expect("a model");
    for example in made(7, 500) {
        assert_eq!(model.log_odds(&example.values).to_bits(), again.log_odds(&example.values).to_bits());
    }
}

#[test]
fn ties_share_their_rank() {
    let quality = Quality::of(&[(0.5, true), (0.5, false), (0.5, false)]);
    assert_eq!(quality.auc, 0.5);
    let quality = Quality::of(&[(0.9, true), (0.1, false), (0.9, false)]);
    assert_eq!(quality.auc, 0.75);
    assert_eq!(Quality::of(&[]), Quality::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn contributions_add_up_exactly(seed in 0u64..1000, source in 0usize..4, visits in -5.0f64..50.0) {
        let model = learnt(seed, 600);
        let row = [Value::Text(SOURCES[source]), Value::Number(visits), Value::Missing];
        let why = model.explain(&row);
        let sum = why.contributions.iter().fold(why.base, |sum, part| sum + part.log_odds);
        prop_assert_eq!(sum.to_bits(), model.log_odds(&row).to_bits());
        prop_assert_eq!(why.probability.to_bits(), model.probability(&row).to_bits());
    }

    #[test]
    fn the_order_of_examples_of_one_moment_does_not_matter(seed in 0u64..1000) {
        let mut examples = made(seed, 600);
        examples.iter_mut().for_each(|example| example.at = 0);
        let mut turned = examples.clone();
        turned.reverse();
        let (a, b) = (train(&features(), examples).expect("enough").model, train(&features(), turned).expect("enough").model);
        let row = [Value::Text("fair"), Value::Number(4.0), Value::Missing];
        // The penalty may be chosen otherwise, since the folds are others.
        if a.lambda == b.lambda {
            prop_assert!((a.log_odds(&row) - b.log_odds(&row)).abs() < 1e-6);
        }
    }
}
