//! The softmax along an axis.

use crate::argument::Axis;
use crate::layer::{Layer, Manner, Needs, Slot, Space, layer};
use crate::layers::activated::{require_floats, resolve_axis};
use crate::layers::masked::{self, MASK};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Numbers that are positive and sum to 1 along an axis.
    ///
    /// `output = e^input / sum(e^input)`, with the sum along the axis. With a mask, `Softmax()(x, mask = m)`, elements count where it is true, and
    /// are 0 elsewhere. It is of type `bool[..]`, with the input's sizes or 1 along each axis.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output `[..]`, unchanged.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [2, 3]) -> [2, 3] {
    ///         Softmax()(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 2, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/activation_layers/softmax/>.
    Softmax {
        /// The axis along which the result sums to 1; the batch is axis 0. Default: `-1`.
        axis: Axis = Axis(-1),
    }
}

impl Softmax {
    /// The axis in the sample's shape.
    ///
    /// # Errors
    /// If there is no such axis, or it is the batch's.
    pub fn sample_axis(&self, shape: &Shape) -> Result<usize, Problem> {
        resolve_axis("axis", self.axis.0, shape)
    }
}

impl Layer for Softmax {
    const SLOTS: &'static [Slot] = masked::SLOTS;

    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs.get(..1).unwrap_or_default())?;
        self.sample_axis(&inputs[0].shape)?;
        Ok(inputs[0].clone())
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        let output = self.infer(inputs)?;
        let (whole, mask) = (&inputs[0].shape, manner.slot(MASK, inputs));
        let is_stretched = |mask: &TensorType| {
            let mut axes = mask.shape.0.iter().zip(&whole.0);
            mask.shape.rank() == whole.rank() && axes.all(|(own, all)| own == all || own.is_one())
        };
        let shape = mask.first().filter(|mask| is_stretched(mask)).map_or(whole, |mask| &mask.shape);
        masked::check(inputs, manner, MASK, shape.clone())?;
        Ok(vec![output])
    }

    fn needs(&self, inputs: &[Shape], output: &Shape) -> Needs {
        // What a mask leaves of the input.
        let left = if inputs.len() > 1 { Space::per_sample(output.count()) } else { Space::NONE };
        Needs { output: true, forward_scratch: left, ..Needs::default() }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(r#"Softmax {"axis": 1}"#, &["[2, 3]", "[]"], "[2, 3] -> [2, 3], 0 parameters\n[] -> Axis");
    }
}
