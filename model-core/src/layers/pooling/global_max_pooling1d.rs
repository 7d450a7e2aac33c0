//! Running global max pooling along a sequence.

use model_graph::layers::GlobalMaxPooling1D;

use crate::layers::pool::global_pooling;

global_pooling!(GlobalMaxPooling1D, largest_of_all, largest_of_all_backward);
