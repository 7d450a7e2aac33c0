//! Running average pooling.

use model_graph::layers::AveragePooling2D;

use crate::layers::pool::pooling;

pooling!(AveragePooling2D, mean, mean_backward);
