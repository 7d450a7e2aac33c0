//! Running average pooling of volumes.

use model_graph::layers::AveragePooling3D;

use crate::layers::pool::pooling;

pooling!(AveragePooling3D, mean, mean_backward);
