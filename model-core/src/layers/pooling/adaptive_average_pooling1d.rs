//! Running adaptive average pooling along sequences.

use model_graph::layers::AdaptiveAveragePooling1D;

use crate::layers::pool::adaptive_pooling;

adaptive_pooling!(AdaptiveAveragePooling1D, mean, mean_backward);
