//! Running the moving of images.

use model_graph::layers::RandomTranslation;

use crate::kernels::augment::Motion;
use crate::layers::affine::laid;

laid!(RandomTranslation, |layer| Motion::Translation([layer.height_factor.0, layer.width_factor.0]));
