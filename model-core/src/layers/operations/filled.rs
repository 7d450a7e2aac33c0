//! Running what gives one number everywhere.

use model_graph::layers::Filled;
use model_graph::layers::operations::filled::FilledFunction;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};

impl<T: Float> Run<T> for Filled {
    fn forward(&self, call: Forward<'_, T>) {
        call.output.fill(match self.function {
            FilledFunction::OnesLike => T::ONE,
            FilledFunction::ZerosLike => T::ZERO,
        });
    }

    fn backward(&self, call: Backward<'_, T>) {
        if let Some(gradient) = call.d_inputs[0].as_mut().filter(|gradient| !gradient.accumulate) {
            gradient.data.fill(T::ZERO);
        }
    }
}
