//! Chance that can be had again: every test that throws dice prints the seed, and `CRM_TEST_SEED` gives it back.

/// Throws dice (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// With the seed of `CRM_TEST_SEED`, or one that differs from run to run.
    pub fn new(what: &str) -> Dice {
        let given = std::env::var("CRM_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.map_or(1, |since| since.as_micros() as u64)
        });
        eprintln!("{what}: CRM_TEST_SEED={seed}");
        Dice(seed)
    }

    /// Dice of their own for somebody else.
    pub fn split(&mut self) -> Dice {
        Dice(self.roll())
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end.max(1)
    }

    pub fn one_of<'a, T>(&mut self, some: &'a [T]) -> &'a T {
        &some[self.below(some.len() as u64) as usize]
    }
}
