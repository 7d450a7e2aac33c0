//! Running the transposed two-dimensional convolution.

use model_graph::layers::Conv2DTranspose;

use crate::layers::accessors::accessors;
use crate::layers::convolution::transposed_convolution;

accessors!(Conv2DTranspose {
    always {
        /// The kernel, `[kernel height, kernel width, filters, channels]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[filters]`, where the layer has one.
        bias, bias_mut;
    }
});

transposed_convolution!(Conv2DTranspose);
