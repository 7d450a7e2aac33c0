//! Running max pooling of volumes.

use model_graph::layers::MaxPooling3D;

use crate::layers::pool::pooling;

pooling!(MaxPooling3D, largest, largest_backward);
