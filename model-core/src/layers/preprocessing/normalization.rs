//! Running the normalisation by statistics of data, and taking these from it.

use model_graph::argument::{Argument as _, PerChannel};
use model_graph::layers::Normalization;

use crate::error::Result;
use crate::float::Float;
use crate::given::AnyArray;
use crate::kernels::elementwise;
use crate::layer::{Backward, Forward, Run, Weight};
use crate::layers::accessors::accessors;
use crate::layers::adapted::{self, Adapts};

accessors!(Normalization {
    always {}
    optional {
        /// The mean of what the layer was adapted to, unless it was given.
        mean, mean_mut;
        /// The variance of what the layer was adapted to, unless it was given.
        variance, variance_mut;
        /// What Keras keeps without use, unless mean and variance were given.
        count, count_mut;
    }
});

/// The least that is divided by, or multiplied with.
const LEAST_DEVIATION: f64 = 1e-7;

/// Which of the statistics belongs to a place of a sample.
fn statistic(layer: &Normalization, shape: &[usize], place: usize) -> usize {
    let (mut rest, mut number, mut stride) = (place, 0, 1);
    for (axis, &size) in shape.iter().enumerate().rev() {
        if layer.keeps(axis, shape.len()) {
            number += rest % size * stride;
            stride *= size;
        }
        rest /= size;
    }
    number
}

/// Writes one of the statistics for each place of a sample: what the layer was given, or else its weight.
fn spread<T: Float>(
    layer: &Normalization,
    shape: &[usize],
    given: Option<&PerChannel>,
    weight: usize,
    weights: &[Weight<T>],
    of: impl Fn(T) -> T,
    places: &mut [T],
) {
    for (place, to) in places.iter_mut().enumerate() {
        let number = statistic(layer, shape, place);
        *to = of(match given {
            // One for all, or one for each place of the last axis that is named, which is the fastest.
            Some(given) => T::from_f64(given.of(number % given.numbers().len())),
            None => weights[weight].data[number],
        });
    }
}

/// Writes the deviation of each place of a sample.
fn deviations<T: Float>(layer: &Normalization, shape: &[usize], weights: &[Weight<T>], places: &mut [T]) {
    let least = T::from_f64(LEAST_DEVIATION);
    let deviation = |variance: T| if variance.sqrt() > least { variance.sqrt() } else { least };
    spread(layer, shape, layer.variance.as_ref(), 1, weights, deviation, places);
}

impl<T: Float> Run<T> for Normalization {
    crate::layers::derived::derived!(offset);

    fn forward(&self, call: Forward<'_, T>) {
        let Forward { weights, inputs, output, scratch, .. } = call;
        let shape = inputs[0].shape;
        let places: usize = shape.iter().product();
        let (means, rest) = scratch.split_at_mut(places);
        let deviation = &mut rest[..places];
        spread(self, shape, self.mean.as_ref(), 0, weights, |mean| mean, means);
        deviations(self, shape, weights, deviation);
        let (means, deviation) = (&*means, &*deviation);
        let x = inputs[0].data;
        if self.invert {
            elementwise::by_channel(x, places, |place, x| means[place] + x * deviation[place], output, false);
        } else {
            elementwise::by_channel(x, places, |place, x| (x - means[place]) / deviation[place], output, false);
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { weights, inputs, d_output, d_inputs, scratch, .. } = call;
        let Some(gradient) = &mut d_inputs[0] else { return };
        let shape = inputs[0].shape;
        let deviation = &mut scratch[..shape.iter().product()];
        deviations(self, shape, weights, deviation);
        let (places, deviation) = (deviation.len(), &*deviation);
        if self.invert {
            elementwise::by_channel(d_output, places, |place, d| d * deviation[place], gradient.data, gradient.accumulate);
        } else {
            elementwise::by_channel(d_output, places, |place, d| d / deviation[place], gradient.data, gradient.accumulate);
        }
    }

    fn adapt(&self, weights: &mut [Weight<T>], data: &AnyArray<'_>) -> Result<()> {
        adapted::adapt(self, weights, data)
    }
}

impl Adapts for Normalization {
    fn given(&self) -> Option<&'static str> {
        self.mean.is_some().then_some("its `mean` and `variance` are given\nhelp: leave both out")
    }

    fn wanted(&self, weights: &[&[usize]], sample: &[usize]) -> Option<String> {
        let kept = weights[0];
        let found = sample.iter().enumerate().filter(|&(axis, _)| self.keeps(axis, sample.len())).map(|(_, &size)| size);
        if found.collect::<Vec<_>>() == kept {
            return None;
        }
        let axes = if self.axis.0.0.len() == 1 { "axis" } else { "axes" };
        Some(format!("samples with {axes} {} of {kept:?}", self.axis.to_source()))
    }

    fn learn<T: Float>(&self, weights: &mut [Weight<T>], sample: &[usize], data: &[f64]) {
        let [mean, variance, _] = weights else { return };
        let places: usize = sample.iter().product();
        let numbers: Vec<usize> = (0..places).map(|place| statistic(self, sample, place)).collect();
        let [means, variances] = moments(data, &numbers, mean.data.len());
        for (weight, statistics) in [(mean, means), (variance, variances)] {
            weight.data.iter_mut().zip(statistics).for_each(|(to, statistic)| *to = T::from_f64(statistic));
        }
    }
}

/// The mean and the variance of the elements of each number, which `numbers` has for each place of a sample, added up one after the other.
fn moments(data: &[f64], numbers: &[usize], statistics: usize) -> [Vec<f64>; 2] {
    let each = data.len() as f64 / statistics as f64;
    let mean_of = |value: &dyn Fn(usize, f64) -> f64| {
        let mut sums = vec![0.0; statistics];
        for sample in data.chunks_exact(numbers.len()) {
            sample.iter().zip(numbers).for_each(|(&x, &number)| sums[number] += value(number, x));
        }
        sums.iter_mut().for_each(|sum| *sum /= each);
        sums
    };
    let means = mean_of(&|_, x| x);
    let variances = mean_of(&|number, x| (x - means[number]) * (x - means[number]));
    [means, variances]
}
