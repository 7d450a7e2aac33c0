//! Where weights start: Keras's initialisers, seeded so that a weight's numbers follow from the model's seed and the weight's place alone.

use model_graph::argument::Initializer;
use model_graph::layer::WeightSpec;

use crate::float::Float;
use crate::layer::Weight;

/// Mixes two numbers into one whose bits all depend on both (the finaliser of `SplitMix64`).
///
/// Source: Steele, Lea and Flood 2014, <https://doi.org/10.1145/2660193.2660195>.
#[must_use]
pub const fn mix(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Gives every layer of a model its number, and its weights their random numbers.
#[derive(Clone, Debug)]
pub struct Seeds {
    seed: u64,
    layers: u64,
}

impl Seeds {
    /// The seeds of a model that is made with `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, layers: 0 }
    }

    /// The next layer's number, and what its weights start from.
    pub fn layer(&mut self) -> (u64, LayerSeeds) {
        let stream = self.layers;
        self.layers += 1;
        (stream, LayerSeeds { seed: mix(self.seed, stream), weights: 0 })
    }
}

/// Gives the weights of one layer their random numbers.
#[derive(Clone, Debug)]
pub struct LayerSeeds {
    seed: u64,
    weights: u64,
}
