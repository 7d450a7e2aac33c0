//! Where weights start: Keras's initialisers, seeded so that a weight's numbers follow from the model's seed and the weight's place alone.

mod stft;

use std::sync::Arc;

use model_graph::argument::{Distribution, FanMode, OwnFunction, Start};
use model_graph::layer::WeightSpec;

use crate::custom::{ActivityFunctions, WeightFunctions};
use crate::float::Float;
use crate::layer::Weight;
use crate::random::{Random, TRUNCATED_DEVIATION};

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
    /// Whether weights are drawn, or zeros that a file's take the place of.
    draws: bool,
    /// The functions of the user's own that weights may name.
    functions: Option<Arc<WeightFunctions>>,
}

impl Seeds {
    /// The seeds of a model that is made with `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, layers: 0, draws: true, functions: None }
    }

    /// The seeds of a model whose weights are all set afterwards: they are zeros.
    pub(crate) const fn zeros() -> Self {
        Self { seed: 0, layers: 0, draws: false, functions: None }
    }

    /// The same seeds, for layers whose weights may name these functions, and no others.
    pub fn knowing(&mut self, functions: WeightFunctions) -> &mut Self {
        self.functions = Some(Arc::new(functions));
        self
    }

    /// The next layer's number, and what its weights start from.
    pub fn layer(&mut self) -> (u64, LayerSeeds) {
        let stream = self.layers;
        self.layers += 1;
        (stream, LayerSeeds { seed: mix(self.seed, stream), weights: 0, draws: self.draws, functions: self.functions.clone() })
    }
}

impl Seeds {
    /// The penalties on what a layer gives that it names.
    pub(crate) fn activities(&self, named: Vec<OwnFunction>) -> ActivityFunctions {
        ActivityFunctions::new(named, self.functions.as_deref())
    }

    /// What a layer has that draws nothing.
    pub(crate) const fn none(&self) -> (u64, LayerSeeds) {
        (0, LayerSeeds { seed: 0, weights: 0, draws: self.draws, functions: None })
    }
}

/// Gives the weights of one layer their random numbers.
#[derive(Clone, Debug)]
pub struct LayerSeeds {
    seed: u64,
    weights: u64,
    draws: bool,
    functions: Option<Arc<WeightFunctions>>,
}

impl LayerSeeds {
    /// The next weight, as its initialiser has it. Its numbers are drawn in `f64` and rounded: models of one seed agree whatever they
    /// compute in.
    pub fn weight<T: Float>(&mut self, spec: &WeightSpec) -> Weight<T> {
        let seed = spec.initializer.seed.map_or(mix(self.seed, self.weights), u64::from);
        let mut random = Random::new(seed);
        self.weights += 1;
        let mut weight = Weight::zeros(spec);
        if let Some(functions) = &self.functions {
            weight.own = functions.of(spec);
        }
        if !self.draws {
            return weight;
        }
        match spec.initializer.start {
            Start::Orthogonal(gain) => {
                let numbers = orthogonal(&weight.shape, gain, &mut random);
                weight.data.iter_mut().zip(numbers).for_each(|(element, number)| *element = T::from_f64(number));
            }
            Start::Identity(gain) => {
                weight.view_mut().diag_mut().fill(T::from_f64(gain));
            }
            Start::Stft(stft) => {
                let numbers = stft::kernel(&weight.shape, stft);
                weight.data.iter_mut().zip(numbers).for_each(|(element, number)| *element = T::from_f64(number));
            }
            Start::Own(own) => self.functions.iter().for_each(|functions| functions.fill(own, &mut weight, seed)),
            start => {
                let distribution = Draw::new(start, fans(&weight.shape, spec.fan_axes.as_ref()));
                weight.data.iter_mut().for_each(|element| *element = T::from_f64(distribution.draw(&mut random)));
            }
        }
        let [first, end] = [&spec.ones.start, &spec.ones.end].map(|place| place.size().unwrap_or_default());
        weight.data[first..end].fill(T::ONE);
        weight
    }
}

/// A matrix, all axes but the last being rows, whose rows or columns, whichever are fewer, are orthogonal and of length `gain`.
///
/// Normal vectors are made orthogonal one after another, which gives every such matrix the same chance.
fn orthogonal(shape: &[usize], gain: f64, random: &mut Random) -> Vec<f64> {
    let columns = shape.last().copied().unwrap_or(1);
    let rows = shape.iter().product::<usize>() / columns.max(1);
    let (count, length) = (rows.min(columns), rows.max(columns));
    let mut vectors: Vec<Vec<f64>> = Vec::with_capacity(count);
    for _ in 0..count {
        let mut vector: Vec<f64> = (0..length).map(|_| random.normal()).collect();
        // Twice: the first time leaves what rounding lost.
        for earlier in vectors.iter().chain(&vectors) {
            let along = dot(earlier, &vector);
            vector.iter_mut().zip(earlier).for_each(|(x, e)| *x -= along * e);
        }
        let norm = dot(&vector, &vector).sqrt();
        vector.iter_mut().for_each(|x| *x /= norm);
        vectors.push(vector);
    }
    let at = |row: usize, column: usize| if rows < columns { vectors[row][column] } else { vectors[column][row] };
    (0..rows * columns).map(|i| gain * at(i / columns, i % columns)).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// What a weight's elements are drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Draw {
    Constant(f64),
    Normal { mean: f64, deviation: f64 },
    TruncatedNormal { mean: f64, deviation: f64 },
    Uniform { low: f64, high: f64 },
}

impl Draw {
    fn new(start: Start, fans: (usize, usize)) -> Self {
        match start {
            Start::Zeros => Self::Constant(0.0),
            Start::Ones => Self::Constant(1.0),
            Start::Constant(value) => Self::Constant(value),
            Start::Orthogonal(_) | Start::Identity(_) | Start::Stft(_) | Start::Own(_) => Self::Constant(0.0), // made as a whole
            Start::RandomNormal(mean, deviation) => Self::Normal { mean, deviation },
            Start::TruncatedNormal(mean, deviation) => Self::TruncatedNormal { mean, deviation },
            Start::RandomUniform(low, high) => Self::Uniform { low, high },
            Start::VarianceScaling { scale, mode, distribution } => Self::scaled(scale / fan(fans, mode), distribution),
        }
    }

    /// A distribution around zero of a variance.
    fn scaled(variance: f64, distribution: Distribution) -> Self {
        match distribution {
            Distribution::TruncatedNormal => {
                Self::TruncatedNormal { mean: 0.0, deviation: variance.sqrt() / TRUNCATED_DEVIATION }
            }
            Distribution::UntruncatedNormal => Self::Normal { mean: 0.0, deviation: variance.sqrt() },
            Distribution::Uniform => {
                let limit = (3.0 * variance).sqrt();
                Self::Uniform { low: -limit, high: limit }
            }
        }
    }

    fn draw(self, random: &mut Random) -> f64 {
        match self {
            Self::Constant(value) => value,
            Self::Normal { mean, deviation } => mean + deviation * random.normal(),
            Self::TruncatedNormal { mean, deviation } => mean + deviation * random.truncated_normal(),
            Self::Uniform { low, high } => random.uniform(low, high),
        }
    }
}

/// What the variance is divided by: at least 1.
fn fan((inputs, outputs): (usize, usize), mode: FanMode) -> f64 {
    let fan = match mode {
        FanMode::In => inputs as f64,
        FanMode::Out => outputs as f64,
        FanMode::Average => (inputs + outputs) as f64 / 2.0,
    };
    fan.max(1.0)
}

/// The numbers of inputs and outputs of a unit, as Keras's `compute_fans` has them: along the axes of each, or where they are not named, all
/// axes before the last two are a window.
fn fans(shape: &[usize], axes: Option<&[Vec<usize>; 2]>) -> (usize, usize) {
    if let Some([inputs, outputs]) = axes {
        let along = |axes: &[usize]| axes.iter().map(|&axis| shape[axis]).product();
        return (along(inputs), along(outputs));
    }
    match shape {
        [] => (1, 1),
        &[size] => (size, size),
        [window @ .., inputs, outputs] => {
            let window: usize = window.iter().product();
            (window * inputs, window * outputs)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model_graph::argument::Initializer;

    fn numbers(initializer: Initializer, shape: &[usize]) -> Vec<f64> {
        let (_, mut seeds) = Seeds::new(42).layer();
        seeds.weight::<f64>(&WeightSpec::trainable("kernel", shape, initializer)).data.to_vec()
    }

    fn named(class: &str) -> Initializer {
        use model_graph::argument::Argument;
        Initializer::from_value(&class.into()).unwrap()
    }

    #[test]
    fn fans_are_keras_s() {
        assert_eq!(fans(&[], None), (1, 1));
        assert_eq!(fans(&[7], None), (7, 7));
        assert_eq!(fans(&[5, 3], None), (5, 3));
        assert_eq!(fans(&[3, 2, 8, 16], None), (48, 96));
        assert_eq!(fans(&[3, 4, 5], Some(&[vec![0], vec![1, 2]])), (3, 20));
    }

    #[test]
    fn distributions_have_their_moments_and_bounds() {
        let shape = [3, 3, 64, 128];
        let uniform = |variance: f64| (variance.sqrt(), (3.0 * variance).sqrt());
        let normal = |variance: f64| (variance.sqrt(), 2.0 * variance.sqrt() / TRUNCATED_DEVIATION);
        for (name, (deviation, bound)) in [
            ("glorot_uniform", uniform(1.0 / 864.0)),
            ("glorot_normal", normal(1.0 / 864.0)),
            ("he_uniform", uniform(2.0 / 576.0)),
            ("he_normal", normal(2.0 / 576.0)),
            ("lecun_uniform", uniform(1.0 / 576.0)),
            ("lecun_normal", normal(1.0 / 576.0)),
            ("random_uniform", (0.05 / 3.0_f64.sqrt(), 0.05)),
            ("truncated_normal", (0.05 * TRUNCATED_DEVIATION, 0.1)),
            ("random_normal", (0.05, 0.5)),
        ] {
            let x = numbers(named(name), &shape);
            let mean = x.iter().sum::<f64>() / x.len() as f64;
            let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / x.len() as f64;
            let largest = x.iter().fold(0.0_f64, |a, x| a.max(x.abs()));
            assert!(mean.abs() < 0.01 * deviation, "{name}: mean {mean}");
            assert!((variance.sqrt() / deviation - 1.0).abs() < 0.01, "{name}: deviation {} for {deviation}", variance.sqrt());
            assert!(largest <= bound, "{name}: {largest} beyond {bound}");
        }
        assert_eq!(numbers(Initializer::of(Start::Constant(0.3)), &[2]), [0.3, 0.3]);
        assert_eq!(numbers(Initializer::ONES, &[2]), [1.0, 1.0]);
    }

    /// `VarianceScaling` with every argument another than its default: its deviation is that of Keras's.
    #[test]
    fn variance_is_scaled_by_the_fan_that_is_asked_for() {
        let start = Start::VarianceScaling { scale: 2.0, mode: FanMode::Out, distribution: Distribution::UntruncatedNormal };
        let x = numbers(Initializer::of(start), &[3, 3, 64, 128]);
        let deviation = (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64).sqrt();
        assert!((deviation / (2.0_f64 / 1152.0).sqrt() - 1.0).abs() < 0.01, "{deviation}");
    }

    /// An initialiser with a seed of its own does not follow from the model's.
    #[test]
    fn seeds_of_their_own_are_honoured() {
        let initializer = Initializer { seed: Some(5), ..Initializer::GLOROT_UNIFORM };
        let of = |seed, before: usize| {
            let (_, mut seeds) = Seeds::new(seed).layer();
            (0..before).for_each(|_| drop(seeds.weight::<f32>(&WeightSpec::trainable("kernel", [3], initializer))));
            seeds.weight::<f32>(&WeightSpec::trainable("kernel", [3], initializer)).data.to_vec()
        };
        assert_eq!(of(1, 0), of(2, 3));
    }

    #[test]
    fn orthogonal_matrices_are_orthogonal() {
        for [rows, columns] in [[4, 12], [12, 4], [5, 5], [1, 3]] {
            let x = numbers(Initializer::of(Start::Orthogonal(2.0)), &[rows, columns]);
            let count = rows.min(columns);
            let element = |i: usize, k: usize| if rows < columns { x[i * columns + k] } else { x[k * columns + i] };
            for (i, j) in (0..count).flat_map(|i| (0..count).map(move |j| (i, j))) {
                let product: f64 = (0..rows.max(columns)).map(|k| element(i, k) * element(j, k)).sum();
                assert!((product - if i == j { 4.0 } else { 0.0 }).abs() < 1e-12, "{rows} x {columns}: {product}");
            }
        }
    }

    #[test]
    fn some_elements_may_start_at_one() {
        let spec = WeightSpec::trainable("bias", [8], Initializer::ZEROS).with_ones(2.into()..4.into());
        let (_, mut seeds) = Seeds::new(1).layer();
        assert_eq!(seeds.weight::<f64>(&spec).data.to_vec(), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn numbers_follow_from_seed_layer_and_weight_alone_and_are_the_same_in_both_precisions() {
        let spec = |shape: usize| WeightSpec::trainable("kernel", [shape], Initializer::GLOROT_UNIFORM);
        let weights = |first: usize| {
            let mut seeds = Seeds::new(7);
            let _ = seeds.layer();
            let (stream, mut layer) = seeds.layer();
            assert_eq!(stream, 1);
            let _ = layer.weight::<f64>(&spec(first));
            (layer.clone().weight::<f32>(&spec(4)), layer.weight::<f64>(&spec(4)))
        };
        let (single, double) = weights(3);
        assert_eq!(double, weights(3000).1, "the first weight's size makes no difference to the second");
        assert!(single.data.iter().zip(double.data.iter()).all(|(&single, &double)| single == double as f32));
        assert_eq!(double.data.to_vec(), GOLDEN);
    }

    /// What seed 7 gives the second weight of the second layer, for ever.
    const GOLDEN: [f64; 4] = [-0.8359462227963316, -0.24841788147894273, -0.076255582286199, -0.6588510412603115];
}
