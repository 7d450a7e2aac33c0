//! Running the depthwise one-dimensional convolution.

use model_graph::layers::DepthwiseConv1D;

use crate::layers::accessors::accessors;
use crate::layers::convolution::depthwise_convolution;

accessors!(DepthwiseConv1D {
    always {
        /// The kernel, `[kernel length, channels, depth_multiplier]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[channels * depth_multiplier]`, where the layer has one.
        bias, bias_mut;
    }
});

depthwise_convolution!(DepthwiseConv1D);
