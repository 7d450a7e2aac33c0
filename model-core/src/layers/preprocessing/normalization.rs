//! Running the normalisation by statistics of data, and taking these from it.

use model_graph::argument::PerChannel;
use model_graph::layers::Normalization;

use crate::error::{Error, Result, Role};
use crate::float::Float;
use crate::given::AnyArray;
use crate::kernels::elementwise;
use crate::layer::{Backward, Forward, Layer, Run, Weight};
use crate::layers::accessors::accessors;

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

impl<T: Float> Layer<Normalization, T> {
    /// Takes mean and variance from an array of samples, as Keras's `layer.adapt(data)`. What the layer had before is forgotten.
    ///
    /// # Errors
    /// If they were given, or the array has no samples, another size along the layer's axes, or infinity or NaN in it.
    pub fn adapt<'a>(&mut self, data: impl Into<AnyArray<'a>>) -> Result<()> {
        self.take_from(&data.into())
    }
}

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
        let [mean, variance, _] = weights else {
            let why = "its `mean` and `variance` are given\nhelp: leave both out";
            return Err(Error::NotAdaptable { layer: "Normalization".to_owned(), why });
        };
        let (samples, shape) = sample_shape(self, &mean.shape, data)?;
        let name = || "data".to_owned();
        if samples == 0 || shape.contains(&0) {
            return Err(Error::Empty { role: Role::Data, name: name() });
        }
        let places: usize = shape.iter().product();
        if let Some((place, _)) = data.first_failing(f64::is_finite) {
            return Err(Error::NotFinite { role: Role::Data, name: name(), sample: place / places });
        }
        let numbers: Vec<usize> = (0..places).map(|place| statistic(self, &shape, place)).collect();
        let [means, variances] = moments(&data.doubles()?, &numbers, mean.data.len());
        for (weight, statistics) in [(mean, means), (variance, variances)] {
            weight.data.iter_mut().zip(statistics).for_each(|(to, statistic)| *to = T::from_f64(statistic));
        }
        Ok(())
    }
}

/// The number of samples of data, and the shape of one, whose axes have the sizes that the layer keeps. Numbers without another axis are samples of
/// one number.
fn sample_shape(layer: &Normalization, kept: &[usize], data: &AnyArray<'_>) -> Result<(usize, Vec<usize>)> {
    let [samples, shape @ ..] = data.shape() else { return Err(wrong_shape(layer, kept, data)) };
    let shape = if shape.is_empty() { vec![1] } else { shape.to_vec() };
    let found = shape.iter().enumerate().filter(|&(axis, _)| layer.keeps(axis, shape.len())).map(|(_, &size)| size);
    if found.collect::<Vec<_>>() == kept { Ok((*samples, shape)) } else { Err(wrong_shape(layer, kept, data)) }
}

fn wrong_shape(layer: &Normalization, kept: &[usize], data: &AnyArray<'_>) -> Error {
    let axes = if layer.axis.0.0.len() == 1 { "axis" } else { "axes" };
    let expected = format!("samples with {axes} {} of {kept:?}", model_graph::argument::Argument::to_source(&layer.axis));
    let help = Some("give an array of samples as the layer is called with them, the batch first");
    Error::Shape { role: Role::Data, name: "data".to_owned(), expected, found: format!("{:?}", data.shape()), help }
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
