//! Where random choices of training come from: the seed and the place in training alone, so that training goes on as if it had not stopped.

use crate::initialize::mix;
use crate::random::Random;

const SHUFFLING: u64 = 0;
const STEPS: u64 = 1;

/// Puts `0..places.len()` into the order of an epoch.
pub(crate) fn shuffle(places: &mut [usize], seed: u64, epoch: u64) {
    places.iter_mut().enumerate().for_each(|(i, place)| *place = i);
    Random::new(mix(mix(seed, SHUFFLING), epoch)).shuffle(places);
}

/// What a step's random choices follow from.
pub(crate) const fn step_seed(seed: u64, iteration: u64) -> u64 {
    mix(mix(seed, STEPS), iteration)
}
