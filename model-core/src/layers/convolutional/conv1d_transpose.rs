//! Running the transposed one-dimensional convolution.

use model_graph::layers::Conv1DTranspose;

use crate::layers::accessors::accessors;
use crate::layers::convolution::transposed_convolution;

accessors!(Conv1DTranspose {
    always {
        /// The kernel, `[kernel length, filters, channels]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[filters]`, where the layer has one.
        bias, bias_mut;
    }
});

transposed_convolution!(Conv1DTranspose);
