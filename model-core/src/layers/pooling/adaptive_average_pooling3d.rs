//! Running adaptive average pooling of volumes.

use model_graph::layers::AdaptiveAveragePooling3D;

use crate::layers::pool::adaptive_pooling;

adaptive_pooling!(AdaptiveAveragePooling3D, mean, mean_backward);
