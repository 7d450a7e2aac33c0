//! Running the two-dimensional convolution.

use model_graph::layers::Conv2D;

use crate::layers::accessors::accessors;
use crate::layers::convolution::convolution;

accessors!(Conv2D {
    always {
        /// The kernel, `[kernel height, kernel width, channels / groups, filters]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[filters]`, where the layer has one.
        bias, bias_mut;
    }
});

convolution!(Conv2D);
