//! Running the division by the root mean square.

use model_graph::layers::RMSNormalization;

use crate::float::Float;
use crate::kernels::normalization::Divisor;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::derived::{along_only, derived, normalized as normal, of_batch, scaled};
use crate::layers::normalized::{self, Rows};

accessors!(RMSNormalization {
    always {
        /// The scale of each element of the axes.
        scale, scale_mut;
    }
    optional {}
});

impl<T: Float> Run<T> for RMSNormalization {
    derived!(|layer, call| {
        let (x, axes) = (call.x()?, &layer.axis.0);
        let rank = x.shape().len() - 1;
        let normal = normal(x, of_batch(axes, rank), false, layer.epsilon.0)?;
        let shape = along_only(x.shape(), |axis| axes.contain(axis, rank));
        scaled(normal, [call.weight("scale"), None], &shape)
    });

    fn forward(&self, call: Forward<'_, T>) {
        let rows = Rows::along(&self.axis.0, call.inputs[0].shape);
        normalized::forward(&rows, Divisor::RootMeanSquare { epsilon: self.epsilon.0 }, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let rows = Rows::along(&self.axis.0, call.inputs[0].shape);
        normalized::backward(&rows, Divisor::RootMeanSquare { epsilon: self.epsilon.0 }, call);
    }
}
