//! Random numbers for initialisers and shuffling: from a seed, the same on every platform.
//!
//! The generator is Xoshiro256++; the distributions are written here, with `libm`'s logarithm, so that no platform's library and no other
//! crate's version changes a bit.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// A seeded generator.
#[derive(Clone, Debug)]
pub struct Random {
    source: Xoshiro256PlusPlus,
    /// The second number of the last pair of normal ones.
    spare: Option<f64>,
}

impl Random {
    /// The generator of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { source: Xoshiro256PlusPlus::seed_from_u64(seed), spare: None }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.source.next_u64()
    }

    /// A number from `[0, 1)`, a multiple of 2^-53.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// A number between `low` and `high`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// An integer below `bound`, all equally likely (Lemire, 2019).
    ///
    /// # Panics
    /// When `bound` is zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "there is no integer below zero");
        let least = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.bits()) * u128::from(bound);
            if product as u64 >= least {
                return (product >> 64) as u64;
            }
        }
    }

    /// A standard normal number (Marsaglia's polar method).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (u, v) = (self.uniform(-1.0, 1.0), self.uniform(-1.0, 1.0));
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let factor = (-2.0 * libm::log(s) / s).sqrt();
                self.spare = Some(v * factor);
                return u * factor;
            }
        }
    }

    /// A standard normal number within two standard deviations: what lies beyond is drawn again. Its own standard deviation is
    /// [`TRUNCATED_DEVIATION`].
    pub fn truncated_normal(&mut self) -> f64 {
        loop {
            let x = self.normal();
            if x.abs() < 2.0 {
                return x;
            }
        }
    }

    /// Puts the items into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = self.below(i as u64 + 1) as usize;
            items.swap(i, j);
        }
    }
}

/// The standard deviation of [`Random::truncated_normal`], by which Keras's variance scaling divides.
pub const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_are_pinned() {
        let mut random = Random::new(42);
        assert_eq!(random.bits(), 0xd076_4d4f_4476_689f);
        assert_eq!(random.unit(), 0.3188210400616611);
        assert_eq!(
            [random.normal(), random.normal(), random.truncated_normal()],
            [1.3403256427520227, 0.4023128702992608, -0.9642205062941384]
        );
        let mut items = [0, 1, 2, 3, 4, 5, 6, 7];
        random.shuffle(&mut items);
        assert_eq!(items, [7, 5, 0, 2, 4, 3, 6, 1]);
    }

    #[test]
    fn distributions_have_their_moments() {
        let (mut random, n) = (Random::new(7), 400_000);
        let mut check = |draw: fn(&mut Random) -> f64, mean: f64, deviation: f64| {
            let x: Vec<f64> = (0..n).map(|_| draw(&mut random)).collect();
            let average = x.iter().sum::<f64>() / f64::from(n);
            let variance = x.iter().map(|x| (x - average).powi(2)).sum::<f64>() / f64::from(n);
            assert!((average - mean).abs() < 0.01 && (variance.sqrt() - deviation).abs() < 0.01, "{average} {variance}");
        };
        check(|r| r.uniform(-1.0, 3.0), 1.0, 4.0 / 12.0_f64.sqrt());
        check(Random::normal, 0.0, 1.0);
        check(Random::truncated_normal, 0.0, TRUNCATED_DEVIATION);
        check(|r| r.below(5) as f64, 2.0, 2.0_f64.sqrt());
    }

    #[test]
    fn every_order_is_equally_likely() {
        let (mut random, mut counts) = (Random::new(1), std::collections::HashMap::new());
        for _ in 0..24_000 {
            let mut items = [0, 1, 2, 3];
            random.shuffle(&mut items);
            *counts.entry(items).or_insert(0) += 1;
        }
        assert!(counts.len() == 24 && counts.values().all(|&count| (850..1150).contains(&count)), "{counts:?}");
    }
}
