//! Numbers put into bins, whose boundaries are given or taken from data.

use crate::argument::{BinMode, Boundaries, Initializer, Off, OutputMode, Size, Tolerance};
use crate::dim::Dim;
use crate::layer::{Layer, Needs, Space, WeightSpec, layer};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

layer! {
    /// The number of the bin that each element lies in.
    ///
    /// With boundaries `b`, in ascending order, `output[..] = k` where `b[k - 1] <= input[..] < b[k]`: the first bin has all below `b[0]`, the last
    /// one all from the last boundary on. With `output_mode = "one_hot"`, the number `k` is written out as a 1 in place `k` of an axis of zeros;
    /// with `"multi_hot"` and `"count"`, all numbers of a sample's first axis are together.
    ///
    /// The boundaries are given, and the layer has no weights; or there are to be `num_bins` bins, and the boundaries are weights that training does
    /// not change. Before it, `model.discretization.adapt(&data)?` takes them from an array of any shape, or
    /// `model.adapt("discretization", &data)?` for a model of a file, so that about as many elements lie in each bin. A layer that has not been
    /// adapted gives an error where the model is trained or predicts.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, floats or `i32`, output `i32[..]`. With `"one_hot"`, output `[.., bins]`, without a last axis of length 1; with `"multi_hot"`
    /// and `"count"`, input `[length, ..]`, output `[.., bins]`. Weights, unless `bin_boundaries` are given: `bin_boundaries` `[num_bins - 1]` and
    /// `adapted_bins` `[]`, which is 0 before the layer is adapted. Keras keeps both in the configuration, and counts them as no parameters.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::array;
    ///
    /// functional_model! {
    ///     model Net(age: [1]) -> [1, 8] {
    ///         let bin = Discretization(num_bins = 4)(age);
    ///         Embedding(4, 8)(bin)
    ///     }
    /// }
    ///
    /// let mut net = Net::new(0);
    /// net.discretization.adapt(&array![[3.0], [19.0], [25.0], [42.0], [51.0], [80.0]])?;
    /// let output = net.predict(&array![[30.0]])?;
    /// assert_eq!(output.shape(), [1, 1, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/numerical/discretization/>.
    Discretization {
        /// Where bins end and the next ones begin, in ascending order. Where they are given, `num_bins` says nothing. Default: `None`.
        bin_boundaries: Option<Boundaries> = None,
        /// How many bins there are, where the boundaries are adapted. Default: `None`.
        num_bins: Option<Size> = None,
        /// How far the parts of the data in the bins may be off: one number stands for so large a part of it. Default: `0.01`.
        epsilon: Tolerance = Tolerance(0.01),
        /// How the numbers of bins are given: `"int"`, `"one_hot"`, `"multi_hot"` or `"count"`. Default: `"int"`.
        output_mode: BinMode = BinMode::Int,
        /// Not supported.
        sparse: Off = Off,
    }
}

/// The weight that says how many bins a layer has taken from data: 0, where it has taken none.
pub const ADAPTED_BINS: &str = "adapted_bins";

impl Discretization {
    /// How many bins there are.
    fn bins(&self) -> Result<Dim, Problem> {
        match (&self.bin_boundaries, &self.num_bins) {
            (Some(Boundaries(given)), _) => Ok(Dim::from(given.len().saturating_add(1))),
            (None, Some(bins)) => Ok(bins.0.clone()),
            (None, None) => Err(Problem::Neither { first: "bin_boundaries", second: "num_bins" }),
        }
    }
}

impl Layer for Discretization {
    fn keras_is_told_trainable(&self) -> bool {
        false
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let TensorType { dtype, shape } = &inputs[0];
        if *dtype == DType::Bool {
            return Err(Problem::DType { operand: 0, expected: DType::F32, found: *dtype });
        }
        let bins = self.bins()?;
        let BinMode::Encoded(mode) = self.output_mode else {
            return Ok(TensorType { dtype: DType::I32, shape: shape.clone() });
        };
        let kept = match (mode, shape.0.as_slice()) {
            (OutputMode::OneHot, [before @ .., last]) if last.known() == Some(1) => before,
            (OutputMode::OneHot, all) => all,
            (OutputMode::MultiHot | OutputMode::Count, [_, behind @ ..]) => behind,
            (OutputMode::MultiHot | OutputMode::Count, []) => {
                return Err(Problem::Rank { operand: 0, expected: &[], found: shape.clone() });
            }
        };
        Ok(TensorType::f32(Shape(kept.iter().cloned().chain([bins]).collect())))
    }

    fn weights(&self, _inputs: &[TensorType]) -> Vec<WeightSpec> {
        let (None, Some(bins)) = (&self.bin_boundaries, &self.num_bins) else { return Vec::new() };
        let boundaries = bins.0.sub(&Dim::constant(1)).unwrap_or_default();
        vec![
            WeightSpec::statistic("bin_boundaries", [boundaries], Initializer::ZEROS),
            WeightSpec::statistic(ADAPTED_BINS, Shape(Vec::new()), Initializer::ZEROS),
        ]
    }

    fn index_bound_before(&self, _asked: usize) -> Option<usize> {
        None
    }

    fn numbers_below(&self, _inputs: &[TensorType], _output: usize) -> Option<usize> {
        self.bins().ok()?.size()
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        let given = self.bin_boundaries.as_ref().map_or(0, |given| given.0.len());
        Needs { forward_scratch: Space::fixed(Dim::from(given)), ..Needs::default() }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_gives_the_numbers_of_bins() {
        check_rule(
            r#"Discretization {"num_bins": 4}"#,
            &["[5]", "[]", "[words, 2]", "i32[5]"],
            "[5] -> i32[5], 4 parameters
[] -> i32[], 4 parameters
[words, 2] -> i32[words, 2], 4 parameters
i32[5] -> i32[5], 4 parameters",
        );
        check_rule(r#"Discretization {"bin_boundaries": [0, 1, 1]}"#, &["[5]"], "[5] -> i32[5], 0 parameters");
        check_rule(r#"Discretization {"bin_boundaries": [0, 1], "num_bins": 9}"#, &["[5]"], "[5] -> i32[5], 0 parameters");
        check_rule("Discretization {}", &["[5]"], "[5] -> Neither");
    }

    #[test]
    fn it_writes_them_out() {
        check_rule(
            r#"Discretization {"bin_boundaries": [0, 1], "output_mode": "one_hot"}"#,
            &["[5]", "[]", "[1]", "[words, 1]", "[words, 2]"],
            "[5] -> [5, 3], 0 parameters
[] -> [3], 0 parameters
[1] -> [3], 0 parameters
[words, 1] -> [words, 3], 0 parameters
[words, 2] -> [words, 2, 3], 0 parameters",
        );
        for mode in ["multi_hot", "count"] {
            check_rule(
                &format!(r#"Discretization {{"bin_boundaries": [0, 1], "output_mode": "{mode}"}}"#),
                &["[5]", "[words, 1]", "[words, 2]", "[]"],
                "[5] -> [3], 0 parameters
[words, 1] -> [1, 3], 0 parameters
[words, 2] -> [2, 3], 0 parameters
[] -> Rank",
            );
        }
    }
}
