//! Running the one-dimensional convolution: that of an image of one row.

use model_graph::layers::Conv1D;

use crate::layers::accessors::accessors;
use crate::layers::convolution::convolution;

accessors!(Conv1D {
    always {
        /// The kernel, `[kernel length, channels / groups, filters]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[filters]`, where the layer has one.
        bias, bias_mut;
    }
});

convolution!(Conv1D);
