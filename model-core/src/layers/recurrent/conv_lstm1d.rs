//! Running the long short-term memory that convolves sequences.

use model_graph::layers::ConvLSTM1D;

use crate::layers::accessors::accessors;
use crate::layers::recurrence::conv_lstm;

accessors!(ConvLSTM1D {
    always {
        /// What the inputs are convolved with, `[kernel length, channels, 4 * filters]`.
        kernel, kernel_mut;
        /// What the state is convolved with, `[kernel length, filters, 4 * filters]`.
        recurrent_kernel, recurrent_kernel_mut;
    }
    optional {
        /// The bias, `[4 * filters]`, where the layer has one.
        bias, bias_mut;
    }
});

conv_lstm!(ConvLSTM1D);
