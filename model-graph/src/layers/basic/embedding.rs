//! Vectors looked up by numbers.

use crate::argument::{Absent, Constraint, Initializer, Regularizer, Size};
use crate::layer::{Layer, Needs, WeightSpec, layer};
use crate::layers::arguments::{activity, care};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

layer! {
    /// A vector for each of a number of things, words say, looked up by their numbers.
    ///
    /// `output[..] = embeddings[input[..]]`.
    ///
    /// # Shapes
    ///
    /// Input `i32[..]` of any rank, numbers from 0 to less than `input_dim`; output `[.., output_dim]`. Weights: `embeddings`
    /// `[input_dim, output_dim]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::array;
    ///
    /// functional_model! {
    ///     model Net(words: i32[5]) -> [5, 8] {
    ///         Embedding(100, 8)(words)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&array![[7, 0, 99, 3, 3]])?;
    /// assert_eq!(output.shape(), [1, 5, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/core_layers/embedding/>.
    Embedding {
        /// How many things there are.
        input_dim: Size,
        /// The size of each vector.
        output_dim: Size,
        /// How the vectors start. Default: `"random_uniform"`.
        embeddings_initializer: Initializer = Initializer::UNIFORM,
        /// A penalty on the vectors, which the loss includes. Default: `None`.
        embeddings_regularizer: Option<Regularizer> = None,
        /// What the vectors are made to be after every step. Default: `None`.
        embeddings_constraint: Option<Constraint> = None,
        /// Whether 0 stands for no element: then what comes behind passes over it, by a mask. Default: `false`.
        mask_zero: bool = false,
        /// Not supported.
        weights: Absent = Absent,
        /// Not supported.
        lora_rank: Absent = Absent,
        ..activity_regularizer,
    }
}

/// What is looked up by numbers in a table of so many vectors of a size.
pub(super) fn looked_up(numbers: &TensorType, [count, size]: [&Size; 2]) -> Result<TensorType, Problem> {
    let TensorType { dtype, shape } = numbers;
    if *dtype != DType::I32 {
        return Err(Problem::DType { operand: 0, expected: DType::I32, found: *dtype });
    }
    count.0.mul(&size.0).ok_or(Problem::Overflow)?;
    Ok(TensorType::f32(Shape(shape.0.iter().cloned().chain([size.0.clone()]).collect())))
}

impl Layer for Embedding {
    activity!();

    fn mask_use(&self) -> MaskUse {
        if self.mask_zero { MaskUse::Differs(0.0) } else { MaskUse::Ends }
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        looked_up(&inputs[0], [&self.input_dim, &self.output_dim])
    }

    fn weights(&self, _inputs: &[TensorType]) -> Vec<WeightSpec> {
        let shape = [self.input_dim.0.clone(), self.output_dim.0.clone()];
        vec![WeightSpec::cared_for("embeddings", shape, care!(self.embeddings))]
    }

    fn index_bound(&self) -> Option<usize> {
        Some(self.input_dim.get())
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { inputs: true, ..Needs::default() }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_adds_an_axis_to_integers() {
        check_rule(
            r#"Embedding {"input_dim": 9, "output_dim": 4}"#,
            &["i32[5]", "i32[]", "i32[words, 2]", "[5]"],
            "i32[5] -> [5, 4], 36 parameters
i32[] -> [4], 36 parameters
i32[words, 2] -> [words, 2, 4], 36 parameters
[5] -> DType",
        );
    }
}
