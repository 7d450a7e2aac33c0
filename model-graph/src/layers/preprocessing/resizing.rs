//! An image of another size.

use crate::argument::{ConstantFill, Interpolation, Number};
use crate::dim::Dim;
use crate::layer::{Layer, Needs, layer};
use crate::layers::resize::{of_size, resized};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// An image of another size.
    ///
    /// `output[y, x]` is a mean of the pixels around `((y + 1/2) * rows / height - 1/2, (x + 1/2) * columns / width - 1/2)`, weighted by
    /// their distances along each axis. Beyond the border is nothing: the weights of what there is add up to 1.
    ///
    /// # Shapes
    ///
    /// Input `[rows, columns, channels]`, output `[height, width, channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [6, 8, 3]) -> [4, 5, 3] {
    ///         Resizing(4, 5, interpolation = "bicubic", antialias = true)(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 8, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/>.
    Resizing {
        ..height_and_width,
        /// `"nearest"` takes the nearest pixel, `"bilinear"` mixes neighbours; `"bicubic"`, `"lanczos3"` and `"lanczos5"` reach further, for
        /// sharper edges. Default: `"bilinear"`.
        interpolation: Interpolation = Interpolation::Bilinear,
        /// Whether the image is first cut to the proportions of the output, to keep its own. Default: `false`.
        crop_to_aspect_ratio: bool = false,
        /// Whether the image is first filled up to the proportions of the output, to keep its own. Default: `false`.
        pad_to_aspect_ratio: bool = false,
        /// What it is filled up with: one value. Default: `"constant"`.
        fill_mode: ConstantFill = ConstantFill,
        /// The value. Default: `0.0`.
        fill_value: Number = Number(0.0),
        /// Whether an image that becomes smaller is smoothed before, so that no pixel is passed over. Default: `false`.
        antialias: bool = false,
        ..data_format,
    }
}

impl Resizing {
    /// A bound on what is resized, along each axis: with what an image is filled up with, of which there is more the longer the other
    /// axis is.
    fn bound(&self, input: &Shape) -> Shape {
        let [rows, columns, ..] = input.0.as_slice() else { return input.clone() };
        let [height, width] = [&self.height.0, &self.width.0];
        let filled = |size: &Dim, other: &Dim, to: &Dim, other_to: &Dim| {
            let ratio = to.size().zip(other_to.size()).and_then(|(to, other)| Some(to.checked_div(other)?.saturating_add(1)));
            let ratio = ratio.map_or_else(|| to.clone(), Dim::from);
            size.saturating_add(&other.saturating_mul(&ratio))
        };
        Shape(vec![filled(rows, columns, height, width), filled(columns, rows, width, height)])
    }
}

impl Layer for Resizing {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let output = of_size([&self.height, &self.width], inputs)?;
        if self.crop_to_aspect_ratio && self.pad_to_aspect_ratio {
            return Err(Problem::Together { first: "crop_to_aspect_ratio", second: "pad_to_aspect_ratio" });
        }
        Ok(output)
    }

    fn needs(&self, inputs: &[Shape], output: &Shape) -> Needs {
        let from = if self.pad_to_aspect_ratio { self.bound(&inputs[0]) } else { inputs[0].clone() };
        resized(self.interpolation, &from, &inputs[0], output)
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn height_and_width_are_those_asked_for() {
        check_rule(
            r#"Resizing {"height": 2, "width": 3}"#,
            &["[4, 5, 3]", "[1, 1, 3]", "[rows, 5, 3]", "[4, 5]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [2, 3, 3], 0 parameters
[1, 1, 3] -> [2, 3, 3], 0 parameters
[rows, 5, 3] -> [2, 3, 3], 0 parameters
[4, 5] -> Rank
i32[4, 5, 3] -> DType",
        );
    }

    #[test]
    fn an_image_is_cut_or_filled_up() {
        check_rule(
            r#"Resizing {"height": 2, "width": 3, "crop_to_aspect_ratio": true, "pad_to_aspect_ratio": true}"#,
            &["[4, 5, 3]"],
            "[4, 5, 3] -> Together",
        );
    }
}
