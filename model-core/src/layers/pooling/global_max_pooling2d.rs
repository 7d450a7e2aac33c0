//! Running global max pooling.

use model_graph::layers::GlobalMaxPooling2D;

use crate::layers::pool::global_pooling;

global_pooling!(GlobalMaxPooling2D, largest_of_all, largest_of_all_backward);
