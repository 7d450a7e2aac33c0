//! Running adaptive max pooling of images.

use model_graph::layers::AdaptiveMaxPooling2D;

use crate::layers::pool::adaptive_pooling;

adaptive_pooling!(AdaptiveMaxPooling2D, largest, largest_backward);
