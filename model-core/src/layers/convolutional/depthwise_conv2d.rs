//! Running the depthwise two-dimensional convolution.

use model_graph::layers::DepthwiseConv2D;

use crate::layers::accessors::accessors;
use crate::layers::convolution::depthwise_convolution;

accessors!(DepthwiseConv2D {
    always {
        /// The kernel, `[kernel height, kernel width, channels, depth_multiplier]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[channels * depth_multiplier]`, where the layer has one.
        bias, bias_mut;
    }
});

depthwise_convolution!(DepthwiseConv2D);
