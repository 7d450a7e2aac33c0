//! Running average pooling along a sequence.

use model_graph::layers::AveragePooling1D;

use crate::layers::pool::pooling;

pooling!(AveragePooling1D, mean, mean_backward);
