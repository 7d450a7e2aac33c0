//! Running attention by sums.

use model_graph::layers::AdditiveAttention;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run, Weight};
use crate::layers::accessors::accessors;
use crate::layers::attending::{self, Dropped, Mode};

accessors!(AdditiveAttention {
    always {}
    optional {
        /// What each feature is multiplied with, `[features]`, where the layer has it.
        scale, scale_mut;
    }
});

fn dropped(layer: &AdditiveAttention) -> Dropped {
    Dropped { rate: layer.dropout.0, seed: layer.seed }
}

/// Scores of which each feature has a factor, which is 1 where the layer has none.
fn with_mode<T: Float, R>(weights: &[Weight<T>], work: impl FnOnce(Mode<'_, T>) -> R) -> R {
    work(Mode::Sum { inner: T::ONE, outer: weights.first().map_or(&[T::ONE], |scale| &scale.data) })
}

impl<T: Float> Run<T> for AdditiveAttention {
    fn forward(&self, call: Forward<'_, T>) {
        with_mode(call.weights, |mode| attending::listed_forward(mode, dropped(self), call));
    }

    fn backward(&self, mut call: Backward<'_, T>) {
        let (gradients, accumulate) = (std::mem::take(&mut call.gradients), call.context.accumulate);
        with_mode(call.weights, |mode| {
            attending::listed_backward(mode, dropped(self), call, &mut |_, d_outer| {
                if let Some(scale) = gradients.first_mut() {
                    attending::give_weight(scale, d_outer, accumulate);
                }
            });
        });
    }
}
