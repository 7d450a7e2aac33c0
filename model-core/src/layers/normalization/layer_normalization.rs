//! Running layer normalisation.

use model_graph::layers::LayerNormalization;

use crate::float::Float;
use crate::kernels::normalization::Divisor;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::derived::{along_only, derived, normalized as normal, of_batch, scaled};
use crate::layers::normalized::{self, Rows};

accessors!(LayerNormalization {
    always {}
    optional {
        /// The scale of each element of the axes, where the layer has one.
        gamma, gamma_mut;
        /// The offset of each element of the axes, where the layer has one.
        beta, beta_mut;
    }
});

impl<T: Float> Run<T> for LayerNormalization {
    derived!(|layer, call| {
        let (x, axes) = (call.x()?, &layer.axis.0);
        let rank = x.shape().len() - 1;
        let normal = normal(x, of_batch(axes, rank), true, layer.epsilon.0)?;
        let shape = along_only(x.shape(), |axis| axes.contain(axis, rank));
        scaled(normal, [call.weight("gamma"), call.weight("beta")], &shape)
    });

    fn forward(&self, call: Forward<'_, T>) {
        let rows = Rows::along(&self.axis.0, call.inputs[0].shape);
        normalized::forward(&rows, Divisor::Deviation { epsilon: self.epsilon.0 }, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let rows = Rows::along(&self.axis.0, call.inputs[0].shape);
        normalized::backward(&rows, Divisor::Deviation { epsilon: self.epsilon.0 }, call);
    }
}
