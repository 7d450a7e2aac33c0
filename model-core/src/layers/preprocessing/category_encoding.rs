//! Running the writing out of numbers.

use model_graph::argument::OutputMode;
use model_graph::layers::CategoryEncoding;

use crate::float::Float;
use crate::kernels::embedding;
use crate::layer::{Backward, Forward, Gradient, Run};
use crate::layers::geometry::row;

impl<T: Float> Run<T> for CategoryEncoding {
    fn forward(&self, call: Forward<'_, T>) {
        let length = if self.output_mode == OutputMode::OneHot { 1 } else { row(call.inputs[0].shape) };
        let counts = self.output_mode == OutputMode::Count;
        embedding::encode(call.inputs[0].data, length, self.num_tokens.get(), counts, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        // Numbers do not move by little: they have no gradient, which counts as zero.
        if let Some(Gradient { data, accumulate: false }) = &mut call.d_inputs[0] {
            data.fill(T::ZERO);
        }
    }
}
