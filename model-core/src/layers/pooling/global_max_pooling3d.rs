//! Running global max pooling of volumes.

use model_graph::layers::GlobalMaxPooling3D;

use crate::layers::pool::global_pooling;

global_pooling!(GlobalMaxPooling3D, largest_of_all, largest_of_all_backward);
