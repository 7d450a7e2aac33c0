//! Running max pooling.

use model_graph::layers::MaxPooling2D;

use crate::layers::pool::pooling;

pooling!(MaxPooling2D, largest, largest_backward);
