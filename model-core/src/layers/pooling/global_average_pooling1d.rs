//! Running global average pooling along a sequence.

use model_graph::layers::GlobalAveragePooling1D;

use crate::layers::pool::global_pooling;

global_pooling!(GlobalAveragePooling1D, mean_of_all, mean_of_all_backward);
