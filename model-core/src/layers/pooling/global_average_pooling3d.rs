//! Running global average pooling of volumes.

use model_graph::layers::GlobalAveragePooling3D;

use crate::layers::pool::global_pooling;

global_pooling!(GlobalAveragePooling3D, mean_of_all, mean_of_all_backward);
