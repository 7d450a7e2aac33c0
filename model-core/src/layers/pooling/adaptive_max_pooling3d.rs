//! Running adaptive max pooling of volumes.

use model_graph::layers::AdaptiveMaxPooling3D;

use crate::layers::pool::adaptive_pooling;

adaptive_pooling!(AdaptiveMaxPooling3D, largest, largest_backward);
