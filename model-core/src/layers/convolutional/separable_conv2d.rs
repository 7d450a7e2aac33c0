//! Running the depthwise separable two-dimensional convolution.

use model_graph::layers::SeparableConv2D;

use crate::layers::accessors::accessors;
use crate::layers::convolution::separable_convolution;

accessors!(SeparableConv2D {
    always {
        /// The kernel of the channels, `[kernel height, kernel width, channels, depth_multiplier]`.
        depthwise_kernel, depthwise_kernel_mut;
        /// The kernel across channels, `[1, 1, channels * depth_multiplier, filters]`.
        pointwise_kernel, pointwise_kernel_mut;
    }
    optional {
        /// The bias, `[filters]`, where the layer has one.
        bias, bias_mut;
    }
});

separable_convolution!(SeparableConv2D);
