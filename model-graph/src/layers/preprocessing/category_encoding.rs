//! Numbers of things, written out.

use crate::argument::{Off, OutputMode, Size};
use crate::layer::{Layer, layer};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

layer! {
    /// Numbers of things as zeros and ones, or as counts.
    ///
    /// `output[k]` is 1 where `k` is among the sample's numbers, else 0; how often it is, with `output_mode = "count"`; or, with
    /// `output_mode = "one_hot"`, `output[i, k]` is 1 where `k` is the number `i` of the sample.
    ///
    /// # Shapes
    ///
    /// Input `i32[length]`, every element of at least 0 and less than `num_tokens`; output `[num_tokens]`. With `"one_hot"`, output
    /// `[length, num_tokens]`, without an axis of length 1; also input `i32[]`, output `[num_tokens]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::array;
    ///
    /// functional_model! {
    ///     model Net(words: i32[3]) -> [5] {
    ///         CategoryEncoding(5, output_mode = "count")(words)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&array![[1, 4, 1]])?;
    /// assert_eq!(output.shape(), [1, 5]);
    /// assert_eq!(output[[0, 1]], 2.0);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/>.
    CategoryEncoding {
        /// How many things there are.
        num_tokens: Size,
        /// How the numbers are written out: `"one_hot"`, `"multi_hot"` or `"count"`. Default: `"multi_hot"`.
        output_mode: OutputMode = OutputMode::MultiHot,
        /// Not supported.
        sparse: Off = Off,
    }
}

impl Layer for CategoryEncoding {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let TensorType { dtype, shape } = &inputs[0];
        if *dtype != DType::I32 {
            return Err(Problem::DType { operand: 0, expected: DType::I32, found: *dtype });
        }
        let places = self.num_tokens.0.clone();
        let output = match (self.output_mode, shape.0.as_slice()) {
            (OutputMode::MultiHot | OutputMode::Count, [_]) | (OutputMode::OneHot, []) => vec![places],
            (OutputMode::OneHot, [length]) if length.known() == Some(1) => vec![places],
            (OutputMode::OneHot, [length]) => vec![length.clone(), places],
            (OutputMode::MultiHot | OutputMode::Count | OutputMode::OneHot, _) => {
                return Err(Problem::Rank { operand: 0, expected: &["length"], found: shape.clone() });
            }
        };
        Ok(TensorType::f32(Shape(output)))
    }

    fn index_bound(&self) -> Option<usize> {
        Some(self.num_tokens.get())
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_writes_out_all_numbers_or_each() {
        check_rule(
            r#"CategoryEncoding {"num_tokens": 9}"#,
            &["i32[5]", "i32[words]", "i32[1]", "i32[]", "i32[2, 3]", "[5]"],
            "i32[5] -> [9], 0 parameters
i32[words] -> [9], 0 parameters
i32[1] -> [9], 0 parameters
i32[] -> Rank
i32[2, 3] -> Rank
[5] -> DType",
        );
        check_rule(
            r#"CategoryEncoding {"num_tokens": 9, "output_mode": "one_hot"}"#,
            &["i32[5]", "i32[words]", "i32[1]", "i32[]", "i32[2, 1]"],
            "i32[5] -> [5, 9], 0 parameters
i32[words] -> [words, 9], 0 parameters
i32[1] -> [9], 0 parameters
i32[] -> [9], 0 parameters
i32[2, 1] -> Rank",
        );
    }
}
