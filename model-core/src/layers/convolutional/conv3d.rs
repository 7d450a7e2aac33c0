//! Running the three-dimensional convolution.

use model_graph::layers::Conv3D;

use crate::layers::accessors::accessors;
use crate::layers::convolution::convolution;

accessors!(Conv3D {
    always {
        /// The kernel, `[kernel depth, kernel height, kernel width, channels / groups, filters]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[filters]`, where the layer has one.
        bias, bias_mut;
    }
});

convolution!(Conv3D);
