//! Running the normalisation of groups of channels.

use model_graph::layers::GroupNormalization;

use crate::float::Float;
use crate::kernels::normalization::Divisor;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::normalized::{self, Rows};

accessors!(GroupNormalization {
    always {}
    optional {
        /// The scale of each channel, where the layer has one.
        gamma, gamma_mut;
        /// The offset of each channel, where the layer has one.
        beta, beta_mut;
    }
});

/// The groups of the layer's channels.
fn rows(layer: &GroupNormalization, shape: &[usize]) -> Rows {
    let axis = layer.axis.in_sample(shape.len()).expect("the shape rule has checked the axis");
    Rows::of_groups(layer.groups.0, axis, shape)
}

impl<T: Float> Run<T> for GroupNormalization {
    fn forward(&self, call: Forward<'_, T>) {
        let rows = rows(self, call.inputs[0].shape);
        normalized::forward(&rows, Divisor::Deviation { epsilon: self.epsilon.0 }, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let rows = rows(self, call.inputs[0].shape);
        normalized::backward(&rows, Divisor::Deviation { epsilon: self.epsilon.0 }, call);
    }
}
