//! Running adaptive average pooling of images.

use model_graph::layers::AdaptiveAveragePooling2D;

use crate::layers::pool::adaptive_pooling;

adaptive_pooling!(AdaptiveAveragePooling2D, mean, mean_backward);
