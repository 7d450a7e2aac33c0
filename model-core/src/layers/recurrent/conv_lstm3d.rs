//! Running the long short-term memory that convolves volumes.

use model_graph::layers::ConvLSTM3D;

use crate::layers::accessors::accessors;
use crate::layers::recurrence::conv_lstm;

accessors!(ConvLSTM3D {
    always {
        /// What the inputs are convolved with, `[kernel depth, kernel height, kernel width, channels, 4 * filters]`.
        kernel, kernel_mut;
        /// What the state is convolved with, `[kernel depth, kernel height, kernel width, filters, 4 * filters]`.
        recurrent_kernel, recurrent_kernel_mut;
    }
    optional {
        /// The bias, `[4 * filters]`, where the layer has one.
        bias, bias_mut;
    }
});

conv_lstm!(ConvLSTM3D);
