//! Running the dropout of whole channels of a volume.

use model_graph::layers::SpatialDropout3D;

use crate::layers::noise::spatial_dropout;

spatial_dropout!(SpatialDropout3D);
