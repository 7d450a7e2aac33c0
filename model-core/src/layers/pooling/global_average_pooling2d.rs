//! Running global average pooling.

use model_graph::layers::GlobalAveragePooling2D;

use crate::layers::pool::global_pooling;

global_pooling!(GlobalAveragePooling2D, mean_of_all, mean_of_all_backward);
