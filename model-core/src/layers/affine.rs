//! What layers share that lay images anew, by numbers that are drawn while training.

use model_graph::argument::{FillMode, Number, Sampling};

use crate::float::Float;
use crate::kernels::augment::{Affine, Beyond, Motion};
use crate::layer::{Backward, Forward};
use crate::layers::geometry::image;
use crate::layers::noise;

/// How images are laid anew.
pub(super) struct Laid {
    /// By what.
    pub motion: Motion,
    /// What stands beyond the borders.
    pub fill_mode: FillMode,
    /// The value that does, if it is a constant.
    pub fill_value: Number,
    /// How pixels follow from those around their place.
    pub interpolation: Sampling,
    /// What sets the layer's choices apart.
    pub seed: Option<u64>,
}

impl Laid {
    fn affine(&self, shape: &[usize]) -> Affine {
        let beyond = match self.fill_mode {
            FillMode::Constant => Beyond::Constant(self.fill_value.0),
            FillMode::Reflect => Beyond::Reflect,
            FillMode::Wrap => Beyond::Wrap,
            FillMode::Nearest => Beyond::Nearest,
        };
        Affine { sizes: image(shape), beyond, is_bilinear: self.interpolation == Sampling::Bilinear }
    }

    /// The images laid anew.
    pub fn forward<T: Float>(&self, call: Forward<'_, T>) {
        let affine = self.affine(call.output_shape);
        noise::forward(self.seed, call, |x, y, key| affine.draw(self.motion, x, y, key));
    }

    /// The gradient of [`Laid::forward`].
    pub fn backward<T: Float>(&self, call: Backward<'_, T>) {
        let affine = self.affine(call.output.shape);
        noise::backward(self.seed, call, |d_y, d_x, key, accumulate| {
            affine.draw_backward(self.motion, d_y, d_x, key, accumulate);
        });
    }
}

/// Runs a layer that lays images anew, by the motion that the expression makes of it.
macro_rules! laid {
    ($layer:ty, $motion:expr) => {
        fn laid(layer: &$layer) -> crate::layers::affine::Laid {
            let motion: fn(&$layer) -> crate::kernels::augment::Motion = $motion;
            crate::layers::affine::Laid {
                motion: motion(layer),
                fill_mode: layer.fill_mode,
                fill_value: layer.fill_value,
                interpolation: layer.interpolation,
                seed: layer.seed,
            }
        }

        impl<T: crate::float::Float> crate::layer::Run<T> for $layer {
            crate::layers::derived::derived!(offset);

            fn forward(&self, call: crate::layer::Forward<'_, T>) {
                laid(self).forward(call);
            }

            fn backward(&self, call: crate::layer::Backward<'_, T>) {
                laid(self).backward(call);
            }
        }
    };
}
pub(super) use laid;
