//! Running the putting of numbers into bins, and taking the bins from data.

mod summary;

use model_graph::argument::{BinMode, OutputMode};
use model_graph::layers::Discretization;

use crate::error::Result;
use crate::float::Float;
use crate::given::AnyArray;
use crate::kernels::bins;
use crate::layer::{Backward, Forward, Run, Weight};
use crate::layers::accessors::accessors;
use crate::layers::adapted::{self, Adapts};
use crate::layers::pass;
use summary::Summary;

accessors!(Discretization {
    always {}
    optional {
        /// The boundaries that the layer has taken from data, unless they were given; behind those, of data with fewer elements than bins, zeros.
        bin_boundaries, bin_boundaries_mut;
        /// How many bins the layer has taken from data, 0 before it is adapted, unless the boundaries were given.
        adapted_bins, adapted_bins_mut;
    }
});

/// The boundaries: those that the layer was given, or else those among its weights.
///
/// # Panics
/// If there are none yet: what runs whole models has looked.
fn boundaries<'a, T: Float>(layer: &Discretization, weights: &'a [Weight<T>], room: &'a mut [T]) -> &'a [T] {
    if let Some(given) = &layer.bin_boundaries {
        let room = &mut room[..given.0.len()];
        room.iter_mut().zip(&given.0).for_each(|(to, &boundary)| *to = T::from_f64(boundary));
        return room;
    }
    let [learnt, bins] = weights else { panic!("a layer without boundaries has two weights") };
    let bins = bins.data[0].to_f64() as usize;
    assert!(bins > 0, "a `Discretization` runs before it is adapted to data: call `adapt`, or write `bin_boundaries`");
    &learnt.data[..(bins - 1).min(learnt.data.len())]
}

impl<T: Float> Run<T> for Discretization {
    fn forward(&self, call: Forward<'_, T>) {
        let Forward { weights, inputs, output_shape, output, scratch, .. } = call;
        let boundaries = boundaries(self, weights, scratch);
        let BinMode::Encoded(mode) = self.output_mode else {
            return bins::forward(inputs[0].data, boundaries, output);
        };
        let depth = output_shape[output_shape.len() - 1];
        let length = if mode == OutputMode::OneHot { 1 } else { inputs[0].shape[0] };
        let behind = output_shape.iter().product::<usize>() / depth;
        bins::encode(inputs[0].data, boundaries, [length, behind, depth], mode == OutputMode::Count, output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        pass::nothing(call.d_inputs);
    }

    fn adapt(&self, weights: &mut [Weight<T>], data: &AnyArray<'_>) -> Result<()> {
        adapted::adapt(self, weights, data)
    }
}

impl Adapts for Discretization {
    fn given(&self) -> Option<&'static str> {
        let is_given = self.bin_boundaries.is_some();
        is_given.then_some("its `bin_boundaries` are given\nhelp: write `num_bins` in place of them")
    }

    fn wanted(&self, _weights: &[&[usize]], _sample: &[usize]) -> Option<String> {
        None
    }

    fn learn<T: Float>(&self, weights: &mut [Weight<T>], _sample: &[usize], data: &[f64]) {
        let [boundaries, bins] = weights else { return };
        let most = boundaries.data.len() + 1;
        let values = data.iter().map(|&number| number as f32).collect(); // Keras's type of them
        let learnt = Summary::of(values, self.epsilon.0).boundaries(most);
        boundaries.data.fill(T::ZERO);
        boundaries.data.iter_mut().zip(&learnt).for_each(|(to, &boundary)| *to = T::from_f64(f64::from(boundary)));
        bins.data[0] = T::from_f64((learnt.len() + 1) as f64);
    }
}
