//! Running the long short-term memory that convolves images.

use model_graph::layers::ConvLSTM2D;

use crate::layers::accessors::accessors;
use crate::layers::recurrence::conv_lstm;

accessors!(ConvLSTM2D {
    always {
        /// What the inputs are convolved with, `[kernel height, kernel width, channels, 4 * filters]`.
        kernel, kernel_mut;
        /// What the state is convolved with, `[kernel height, kernel width, filters, 4 * filters]`.
        recurrent_kernel, recurrent_kernel_mut;
    }
    optional {
        /// The bias, `[4 * filters]`, where the layer has one.
        bias, bias_mut;
    }
});

conv_lstm!(ConvLSTM2D);
