//! Running the change of how much of images is seen.

use model_graph::layers::RandomZoom;

use crate::kernels::augment::Motion;
use crate::layers::affine::laid;

laid!(RandomZoom, |layer| Motion::Zoom(layer.height_factor.0, layer.width_factor.map(|factor| factor.0)));
