//! Running max pooling along a sequence.

use model_graph::layers::MaxPooling1D;

use crate::layers::pool::pooling;

pooling!(MaxPooling1D, largest, largest_backward);
