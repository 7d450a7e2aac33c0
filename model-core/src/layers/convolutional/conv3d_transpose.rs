//! Running the transposed three-dimensional convolution.

use model_graph::layers::Conv3DTranspose;

use crate::layers::accessors::accessors;
use crate::layers::convolution::transposed_convolution;

accessors!(Conv3DTranspose {
    always {
        /// The kernel, `[kernel depth, kernel height, kernel width, filters, channels]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[filters]`, where the layer has one.
        bias, bias_mut;
    }
});

transposed_convolution!(Conv3DTranspose);
