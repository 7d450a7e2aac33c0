//! Running the normalisation of groups of channels.

use model_graph::layers::GroupNormalization;

use crate::float::Float;
use crate::kernels::normalization::Divisor;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::derived::{along_only, derived, normalized as normal, scaled};
use crate::layers::normalized::{self, Rows};
use crate::variable::along;

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
    derived!(|layer, call| {
        let (x, rank) = (call.x()?, call.shape(0).len() - 1);
        let axis = layer.axis.in_sample(rank).map_or(rank, |axis| axis + 1);
        let channels = x.shape()[axis];
        let groups = layer.groups.0.unwrap_or(channels);
        let mut cut = x.shape().to_vec();
        cut.splice(axis..=axis, [groups, channels / groups]);
        let axes: Vec<i64> = (1..cut.len()).filter(|&other| other != axis).map(|other| other as i64).collect();
        let normal = normal(&x.reshaped(&cut)?, along(axes), true, layer.epsilon.0)?.reshaped(x.shape())?;
        scaled(normal, [call.weight("gamma"), call.weight("beta")], &along_only(x.shape(), |own| own + 1 == axis))
    });

    fn forward(&self, call: Forward<'_, T>) {
        let rows = rows(self, call.inputs[0].shape);
        normalized::forward(&rows, Divisor::Deviation { epsilon: self.epsilon.0 }, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let rows = rows(self, call.inputs[0].shape);
        normalized::backward(&rows, Divisor::Deviation { epsilon: self.epsilon.0 }, call);
    }
}
