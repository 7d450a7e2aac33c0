//! Running the dropout of whole channels of a sequence.

use model_graph::layers::SpatialDropout1D;

use crate::layers::noise::spatial_dropout;

spatial_dropout!(SpatialDropout1D);
