//! Running the depthwise separable one-dimensional convolution.

use model_graph::layers::SeparableConv1D;

use crate::layers::accessors::accessors;
use crate::layers::convolution::separable_convolution;

accessors!(SeparableConv1D {
    always {
        /// The kernel of the channels, `[kernel length, channels, depth_multiplier]`.
        depthwise_kernel, depthwise_kernel_mut;
        /// The kernel across channels, `[1, channels * depth_multiplier, filters]`.
        pointwise_kernel, pointwise_kernel_mut;
    }
    optional {
        /// The bias, `[filters]`, where the layer has one.
        bias, bias_mut;
    }
});

separable_convolution!(SeparableConv1D);
