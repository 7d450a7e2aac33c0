//! Running the division by the length.

use model_graph::layers::UnitNormalization;

use crate::float::Float;
use crate::kernels::normalization::Divisor;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::{derived, of_batch};
use crate::layers::normalized::{self, Rows};

/// The least square of a length that is divided by.
const LEAST_SQUARE: f64 = 1e-24;

impl<T: Float> Run<T> for UnitNormalization {
    derived!(|layer, call| {
        let x = call.x()?;
        let squares = x.square()?.sum(of_batch(&layer.axis, x.shape().len() - 1).keepdims())?;
        Ok(Derived::Outputs(vec![x * squares.maximum(LEAST_SQUARE)?.rsqrt()?]))
    });

    fn forward(&self, call: Forward<'_, T>) {
        let rows = Rows::along(&self.axis, call.inputs[0].shape);
        normalized::forward(&rows, Divisor::Length, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let rows = Rows::along(&self.axis, call.inputs[0].shape);
        normalized::backward(&rows, Divisor::Length, call);
    }
}
