//! Products of two tensors, summed along an axis of each.

use crate::argument::AxisOfEach;
use crate::dim::Dim;
use crate::layer::{Arity, Layer, Needs, Space, layer};
use crate::layers::activated::{require_floats, resolve_axis};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// The products of two tensors, summed along an axis of each.
    ///
    /// `output[i, j] = Σ a[i, k] * b[j, k]`, where `i` and `j` stand for all axes besides. With `normalize`, for vectors along the axes that
    /// are divided by their lengths: the cosine of the angle between them.
    ///
    /// # Shapes
    ///
    /// Two inputs; output the axes of the first without the one that is summed along, then those of the second. Of two vectors `[1]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(a: [4, 3], b: [5, 3]) -> [4, 5] {
    ///         Dot(2)([a, b])
    ///     }
    /// }
    ///
    /// let (a, b) = (Array::<f32, _>::ones((1, 4, 3)), Array::<f32, _>::ones((1, 5, 3)));
    /// let output = Net::new(0).predict([("a", (&a).into()), ("b", (&b).into())])?;
    /// assert_eq!(output.shape(), [1, 4, 5]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/merging_layers/dot/>.
    Dot {
        /// The axis of both, or a pair with the axis of each; the batch is axis 0.
        axes: AxisOfEach,
        /// Whether vectors along the axes are divided by their lengths. Default: `false`.
        normalize: bool = false,
    }
}

impl Dot {
    /// The axes in the samples' shapes.
    ///
    /// # Errors
    /// If there is no such axis, or it is the batch's.
    pub fn sample_axes(&self, shapes: [&Shape; 2]) -> Result<[usize; 2], Problem> {
        let [first, second] = self.axes.axes();
        Ok([resolve_axis("axes", first, shapes[0])?, resolve_axis("axes", second, shapes[1])?])
    }
}

/// A shape without an axis.
fn without(shape: &Shape, axis: usize) -> impl Iterator<Item = &Dim> {
    shape.0.iter().enumerate().filter(move |(place, _)| *place != axis).map(|(_, dim)| dim)
}

impl Layer for Dot {
    const ARITY: Arity = Arity::Exactly(2);

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        let [a, b] = [&inputs[0].shape, &inputs[1].shape];
        let axes @ [first, second] = self.sample_axes([a, b])?;
        if a.0[first] != b.0[second] {
            let sizes = Box::new([a.0[first].clone(), b.0[second].clone()]);
            return Err(Problem::Summed { axes: axes.map(|axis| axis.saturating_add(1)), sizes });
        }
        let mut dims: Vec<Dim> = without(a, first).chain(without(b, second)).cloned().collect();
        if dims.is_empty() {
            dims.push(Dim::constant(1));
        }
        Ok(inputs[0].with_shape(Shape(dims)))
    }

    fn needs(&self, inputs: &[Shape], output: &Shape) -> Needs {
        let Ok([first, second]) = self.sample_axes([&inputs[0], &inputs[1]]) else { return Needs::default() };
        let both = inputs[0].count().saturating_add(&inputs[1].count());
        let count = |shape, axis| Shape(without(shape, axis).cloned().collect()).count();
        let lengths =
            if self.normalize { count(&inputs[0], first).saturating_add(&count(&inputs[1], second)) } else { Dim::default() };
        let room = output.count().saturating_add(&both).saturating_add(&lengths);
        let more = room.saturating_add(&both).saturating_add(&lengths);
        Needs {
            inputs: true,
            output: self.normalize,
            forward_scratch: Space::per_sample(room),
            backward_scratch: Space::per_sample(more),
            ..Needs::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_leaves_the_axes_that_it_sums_along() {
        check_rule(
            r#"Dot {"axes": 1}"#,
            &["[4] [4]", "[4, 3] [4]", "[3] [4]", "[words] [words]", "[] [4]", "i32[4] [4]", "[4]"],
            "[4] [4] -> [1], 0 parameters
[4, 3] [4] -> [3], 0 parameters
[3] [4] -> Summed
[words] [words] -> [1], 0 parameters
[] [4] -> Axis
i32[4] [4] -> DType
[4] -> Arity",
        );
        check_rule(
            r#"Dot {"axes": [3, 2]}"#,
            &["[3, 5, 4] [6, 4]", "[3, 5, 4] [4]"],
            "[3, 5, 4] [6, 4] -> [3, 5, 6], 0 parameters\n[3, 5, 4] [4] -> Axis",
        );
        check_rule(r#"Dot {"axes": -1}"#, &["[3, 4] [2, 5, 4]"], "[3, 4] [2, 5, 4] -> [3, 2, 5], 0 parameters");
        check_rule(r#"Dot {"axes": 0}"#, &["[3] [3]"], "[3] [3] -> BatchAxis");
    }
}
