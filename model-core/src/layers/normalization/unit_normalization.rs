//! Running the division by the length.

use model_graph::layers::UnitNormalization;

use crate::float::Float;
use crate::kernels::normalization::Divisor;
use crate::layer::{Backward, Forward, Run};
use crate::layers::normalized::{self, Rows};

impl<T: Float> Run<T> for UnitNormalization {
    fn forward(&self, call: Forward<'_, T>) {
        let rows = Rows::along(&self.axis, call.inputs[0].shape);
        normalized::forward(&rows, Divisor::Length, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let rows = Rows::along(&self.axis, call.inputs[0].shape);
        normalized::backward(&rows, Divisor::Length, call);
    }
}
