//! Running the lookup of vectors by numbers.

use model_graph::layers::Embedding;

use crate::float::Float;
use crate::kernels::embedding as kernel;
use crate::layer::{Backward, Forward, Gradient, Run};
use crate::layers::accessors::accessors;

accessors!(Embedding {
    always {
        /// The vectors, `[input_dim, output_dim]`.
        embeddings, embeddings_mut;
    }
    optional {}
});

impl<T: Float> Run<T> for Embedding {
    crate::layers::derived::derived!(multilinear);

    fn forward(&self, call: Forward<'_, T>) {
        kernel::forward(call.inputs[0].data, &call.weights[0].data, self.output_dim.get(), call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, inputs, d_output, d_inputs, gradients, .. } = call;
        let (n, x) = (self.output_dim.get(), inputs[0].data);
        let rows = x.iter().map(|x| x.to_f64() as usize); // the kernel has looked at them
        gradients[0].data.add_rows(n, rows, context.accumulate, |table, accumulate| {
            kernel::backward(x, d_output, n, table, accumulate);
        });
        // Numbers do not move by little: they have no gradient, which counts as zero.
        if let Some(Gradient { data, accumulate: false }) = &mut d_inputs[0] {
            data.fill(T::ZERO);
        }
    }
}
