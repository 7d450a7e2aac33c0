//! Running adaptive max pooling along sequences.

use model_graph::layers::AdaptiveMaxPooling1D;

use crate::layers::pool::adaptive_pooling;

adaptive_pooling!(AdaptiveMaxPooling1D, largest, largest_backward);
