//! Running the dropout of whole channels of an image.

use model_graph::layers::SpatialDropout2D;

use crate::layers::noise::spatial_dropout;

spatial_dropout!(SpatialDropout2D);
