//! Running the turning of images around their middle.

use model_graph::layers::RandomRotation;

use crate::kernels::augment::Motion;
use crate::layers::affine::laid;

laid!(RandomRotation, |layer| Motion::Rotation(layer.factor.0));
