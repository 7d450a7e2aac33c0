//! Where random choices of training come from: the seed and the place in training alone, so that training goes on as if it had not stopped.

use crate::given::Round;
use crate::initialize::mix;

/// Of the seed's uses those with even numbers are streams', and the first of them is the order of samples.
const STEPS: u64 = 1;

/// Puts `0..places.len()` into the order of an epoch.
pub(crate) fn shuffle(places: &mut [usize], round: Round) {
    places.iter_mut().enumerate().for_each(|(i, place)| *place = i);
    round.random(0).shuffle(places);
}

/// What a step's random choices follow from.
pub(crate) const fn step_seed(seed: u64, iteration: u64) -> u64 {
    mix(mix(seed, STEPS), iteration)
}
