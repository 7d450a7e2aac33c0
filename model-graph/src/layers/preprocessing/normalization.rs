//! Values brought to mean 0 and variance 1 by statistics of data.

use crate::argument::{Axes, Initializer, KeptAxes, PerChannel};
use crate::dim::Dim;
use crate::layer::{Layer, Needs, Space, WeightSpec, layer};
use crate::layers::activated::{known_size, require_floats, resolve_axes};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Brings values to mean 0 and variance 1, by the mean and variance of data that the layer is adapted to.
    ///
    /// `output = (input - mean) / max(sqrt(variance), 1e-7)`, or with `invert = true`, `output = mean + input * max(sqrt(variance), 1e-7)`. There is
    /// a mean and a variance for each place of the axes that `axis` names, over all others.
    ///
    /// The statistics are weights that training does not change. Before it, `model.normalization.adapt(&data)?` takes them from an array of samples,
    /// or `model.adapt("normalization", &data)?` for a model of a file; or they are given, and the layer has no weights.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output `[..]`, unchanged. Weights, unless `mean` and `variance` are given: `mean` and `variance` of the sizes of the axes, and
    /// `count`, which Keras keeps without use.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::array;
    ///
    /// functional_model! {
    ///     model Net(x: [2]) -> [2] {
    ///         Normalization()(x)
    ///     }
    /// }
    ///
    /// let mut net = Net::new(0);
    /// net.normalization.adapt(&array![[1.0, 10.0], [3.0, 30.0]])?;
    /// let output = net.predict(&array![[3.0, 20.0]])?;
    /// assert_eq!(output.shape(), [1, 2]);
    /// assert_eq!(output[[0, 0]], 1.0);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/numerical/normalization/>.
    Normalization {
        /// The axes each of whose places has a mean and a variance of its own, the batch being axis 0; `None` for one of all. Default: `-1`.
        axis: KeptAxes = KeptAxes(Axes(vec![-1])),
        /// The mean, where it is not adapted: a number, or one for each place of the last axis that is named. Default: `None`.
        mean: Option<PerChannel> = None,
        /// The variance, likewise. Default: `None`.
        variance: Option<PerChannel> = None,
        /// Whether values of mean 0 and variance 1 are brought to those of the data instead. Default: `false`.
        invert: bool = false,
    }
}

impl Normalization {
    /// Whether an axis of a sample's shape of a rank is among those that are named.
    #[must_use]
    pub fn keeps(&self, axis: usize, rank: usize) -> bool {
        self.axis.0.contain(axis, rank)
    }

    /// The sizes of the axes that are named, in their order in the shape.
    fn kept(&self, shape: &Shape) -> Result<Vec<Dim>, Problem> {
        let mut axes = resolve_axes("axis", &self.axis.0.0, shape)?;
        axes.sort_unstable();
        axes.into_iter().map(|axis| known_size(shape, axis)).collect()
    }
}

impl Layer for Normalization {
    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        let shape = &inputs[0].shape;
        let kept = self.kept(shape)?;
        match (&self.mean, &self.variance) {
            (Some(_), None) => return Err(Problem::Alone { argument: "mean", needs: "variance" }),
            (None, Some(_)) => return Err(Problem::Alone { argument: "variance", needs: "mean" }),
            (Some(_), Some(_)) | (None, None) => {}
        }
        for (argument, numbers) in [("mean", &self.mean), ("variance", &self.variance)] {
            let Some(found) = numbers.as_ref().and_then(PerChannel::channels) else { continue };
            let places = kept.last().cloned().unwrap_or(Dim::constant(1));
            if places != Dim::from(found) {
                let expected = places.known().and_then(|places| usize::try_from(places).ok()).unwrap_or(1);
                return Err(Problem::Count { argument, expected, found, shape: shape.clone() });
            }
        }
        Ok(inputs[0].clone())
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        if self.mean.is_some() {
            return Vec::new();
        }
        let kept = Shape(self.kept(&inputs[0].shape).unwrap_or_default());
        vec![
            WeightSpec::statistic("mean", kept.clone(), Initializer::ZEROS),
            WeightSpec::statistic("variance", kept, Initializer::ONES),
            WeightSpec::statistic("count", Shape(Vec::new()), Initializer::ZEROS),
        ]
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        // The statistics of each place of a sample.
        let places = inputs[0].count();
        let both = Space::fixed(places.saturating_mul(&2.into()));
        Needs { forward_scratch: both, backward_scratch: Space::fixed(places), ..Needs::default() }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape_and_has_two_numbers_for_each_place_of_its_axes() {
        check_rule(
            "Normalization {}",
            &["[8, 3]", "[words, 3]", "[words]", "[]", "i32[3]"],
            "[8, 3] -> [8, 3], 7 parameters
[words, 3] -> [words, 3], 7 parameters
[words] -> Unknown
[] -> BatchAxis
i32[3] -> DType",
        );
        check_rule(r#"Normalization {"axis": [2, 1]}"#, &["[8, 3]", "[3]"], "[8, 3] -> [8, 3], 49 parameters\n[3] -> Axis");
        check_rule(
            r#"Normalization {"axis": null}"#,
            &["[8, 3]", "[words]"],
            "[8, 3] -> [8, 3], 3 parameters\n[words] -> [words], 3 parameters",
        );
        check_rule(r#"Normalization {"axis": [-1, 2]}"#, &["[8, 3]"], "[8, 3] -> RepeatedAxis");
    }

    #[test]
    fn what_is_given_is_no_weight() {
        check_rule(
            r#"Normalization {"mean": [1, 2, 3], "variance": 4}"#,
            &["[8, 3]", "[3, 8]"],
            "[8, 3] -> [8, 3], 0 parameters
[3, 8] -> Count",
        );
        check_rule(r#"Normalization {"mean": 1}"#, &["[3]"], "[3] -> Alone");
        check_rule(r#"Normalization {"variance": 1}"#, &["[3]"], "[3] -> Alone");
    }
}
