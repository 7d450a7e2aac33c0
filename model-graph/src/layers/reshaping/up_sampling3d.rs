//! A larger volume.

use crate::argument::Kernel;
use crate::layer::{Layer, layer};
use crate::layers::rank::enlarge;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// A volume each of whose voxels is repeated.
    ///
    /// `output[z, y, x] = input[floor(z / depth factor), floor(y / height factor), floor(x / width factor)]`.
    ///
    /// # Shapes
    ///
    /// Input `[depth, height, width, channels]`, output `[depth factor * depth, height factor * height, width factor * width, channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(volume: [2, 4, 5, 3]) -> [4, 4, 15, 3] {
    ///         UpSampling3D((2, 1, 3))(volume)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 2, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 4, 15, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/up_sampling3d/>.
    UpSampling3D {
        /// How many times deeper, higher and wider. Default: `2`.
        size: Kernel<3> = Kernel([2; 3]),
        ..data_format,
    }
}

impl Layer for UpSampling3D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        enlarge(self.size.0, &inputs[0])
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_multiplies_depth_height_and_width() {
        check_rule(
            r#"UpSampling3D {"size": [1, 2, 3]}"#,
            &["[2, 4, 5, 3]", "[frames, 4, 5, 3]", "[4, 5, 3]"],
            "[2, 4, 5, 3] -> [2, 8, 15, 3], 0 parameters
[frames, 4, 5, 3] -> [frames, 8, 15, 3], 0 parameters
[4, 5, 3] -> Rank",
        );
    }
}
