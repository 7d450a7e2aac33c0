//! Losses by hand: of arrays and variables, outside of `fit`.

use std::panic::Location;

use ndarray::ArrayD;

use super::Loss;
use crate::error::Result;
use crate::given::{AnyArray, AsArray, Counts, FloatArray, Judged};
use crate::variable::{self, Var};

impl Loss {
    /// The loss of a batch: what a model gave, a tensor or an array of `f32`, against what it should have given, as `fit` takes it.
    /// It is Keras's mean over the batch, as `fit` reports it, unless the loss has another reduction.
    ///
    /// # Errors
    /// If the target does not go with the output or is not finite, or the loss does not go with the output.
    pub fn value(&self, output: &impl FloatArray, target: impl AsArray) -> Result<f64> {
        self.measure(&output.as_array(), &target.as_array(), Counts::default(), None)
    }

    /// The same over what a mask says counts, as `fit` has it for outputs with masks: [`Pass::mask`](crate::pass::Pass::mask) gives it, one
    /// number for each sample or each of its steps, 1 where it counts and 0 where not.
    ///
    /// # Errors
    /// As those of [`value`](Self::value); also if the mask does not go with the output.
    pub fn masked_value(&self, output: &impl FloatArray, target: impl AsArray, mask: impl AsArray) -> Result<f64> {
        self.measure(&output.as_array(), &target.as_array(), Counts::mask(&mask.as_array()), None)
    }

    /// The same of samples that count as much as is said for each: Keras's `loss(y_true, y_pred, sample_weight)`. Weights are numbers of at least 0, one for
    /// each sample, or for each of its positions; they are multiplied in, and the mean is over all of the batch, whatever they are.
    ///
    /// ```
    /// use model_core::losses::{MeanSquaredError, Reduction};
    /// use ndarray::array;
    ///
    /// let (output, target, weights) = (array![[1.0], [4.0]], array![[0.0], [1.0]], array![1.0, 0.5]);
    /// assert_eq!(MeanSquaredError::new().weighted_value(&output, &target, &weights)?, 2.75);
    /// assert_eq!(MeanSquaredError::new().weighted_values(&output, &target, &weights)?, array![1.0, 4.5].into_dyn());
    /// let mean = MeanSquaredError::new().reduction(Reduction::MeanWithSampleWeight);
    /// assert!((mean.weighted_value(&output, &target, &weights)? - 5.5 / 1.5).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`value`](Self::value); also if the weights do not go with the output.
    pub fn weighted_value(&self, output: &impl FloatArray, target: impl AsArray, sample_weight: impl AsArray) -> Result<f64> {
        self.measure(&output.as_array(), &target.as_array(), Counts::weights(&sample_weight.as_array()), None)
    }

    /// The loss of a batch, and its gradient with respect to the output, of the output's type: what `backward` takes.
    ///
    /// ```
    /// use model_core::losses::MeanSquaredError;
    /// use ndarray::array;
    ///
    /// let (loss, d_output) = MeanSquaredError::new().gradient(&array![[1.0, 2.0], [3.0, 4.0]], array![[1.0, 2.0], [3.0, 2.0]])?;
    /// assert_eq!(loss, 1.0);
    /// assert_eq!(d_output, array![[0.0, 0.0], [0.0, 1.0]]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`value`](Self::value).
    pub fn gradient<O: FloatArray>(&self, output: &O, target: impl AsArray) -> Result<(f64, O::Gradient)> {
        self.gradient_of(output, &target.as_array(), Counts::default())
    }

    /// The loss over what a mask says counts, and its gradient. See [`masked_value`](Self::masked_value).
    ///
    /// ```
    /// use model_core::losses::MeanSquaredError;
    /// use ndarray::array;
    ///
    /// let (output, mask) = (array![[[1.0], [2.0]], [[3.0], [4.0]]], array![[true, false], [true, true]]);
    /// let (loss, d_output) = MeanSquaredError::new().masked_gradient(&output, array![[[1.0], [9.0]], [[3.0], [1.0]]], &mask)?;
    /// assert_eq!(loss, 3.0);
    /// assert_eq!(d_output, array![[[0.0], [0.0]], [[0.0], [2.0]]]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`masked_value`](Self::masked_value).
    pub fn masked_gradient<O: FloatArray>(
        &self,
        output: &O,
        target: impl AsArray,
        mask: impl AsArray,
    ) -> Result<(f64, O::Gradient)> {
        self.gradient_of(output, &target.as_array(), Counts::mask(&mask.as_array()))
    }

    /// The loss of samples that count as much as is said for each, and its gradient. See [`weighted_value`](Self::weighted_value).
    ///
    /// # Errors
    /// As those of [`weighted_value`](Self::weighted_value).
    pub fn weighted_gradient<O: FloatArray>(
        &self,
        output: &O,
        target: impl AsArray,
        sample_weight: impl AsArray,
    ) -> Result<(f64, O::Gradient)> {
        self.gradient_of(output, &target.as_array(), Counts::weights(&sample_weight.as_array()))
    }

    fn gradient_of<O: FloatArray>(
        &self,
        output: &O,
        target: &AnyArray<'_>,
        counts: Counts<'_, '_, '_>,
    ) -> Result<(f64, O::Gradient)> {
        let given = output.as_array();
        let mut elements = vec![0.0; given.shape().iter().product()];
        let loss = self.measure(&given, target, counts, Some(&mut elements))?;
        Ok((loss, output.gradient(elements)))
    }

    /// The number for each sample, or for each position: what Keras has as `reduction="none"`.
    ///
    /// ```
    /// use model_core::losses::MeanAbsoluteError;
    /// use ndarray::array;
    ///
    /// let values = MeanAbsoluteError.values(&array![[1.0, 2.0], [3.0, 4.0]], array![[1.0, 1.0], [0.0, 1.0]])?;
    /// assert_eq!(values, array![0.5, 3.0].into_dyn());
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`value`](Self::value).
    pub fn values(&self, output: &impl FloatArray, target: impl AsArray) -> Result<ArrayD<f32>> {
        self.values_of(&output.as_array(), &target.as_array(), Counts::default())
    }

    /// The same, each times what is said of how much it counts. See [`weighted_value`](Self::weighted_value).
    ///
    /// # Errors
    /// As those of [`weighted_value`](Self::weighted_value).
    pub fn weighted_values(
        &self,
        output: &impl FloatArray,
        target: impl AsArray,
        sample_weight: impl AsArray,
    ) -> Result<ArrayD<f32>> {
        self.values_of(&output.as_array(), &target.as_array(), Counts::weights(&sample_weight.as_array()))
    }

    fn values_of(&self, output: &AnyArray<'_>, target: &AnyArray<'_>, counts: Counts<'_, '_, '_>) -> Result<ArrayD<f32>> {
        self.judge(output, target, counts, |judged| {
            let mask = self.rule.counting(&judged)?;
            let judged = Judged { mask: mask.as_deref().or(judged.mask), ..judged };
            judged.weighted_values_of(self.rule.name(), self.rule.over(), |truth, output| self.rule.values(truth, output))
        })
    }

    /// The loss of a batch as a variable: a single number that gradients can be taken of. See [`Loss::value`].
    ///
    /// # Errors
    /// As those of [`Loss::value`].
    #[track_caller]
    pub fn call(&self, output: &Var, target: impl AsArray) -> Result<Var> {
        variable::loss::call(self, output, &target.as_array(), None, Location::caller())
    }

    /// The same of samples that count as much as is said for each. See [`Loss::weighted_value`].
    ///
    /// # Errors
    /// As those of [`Loss::weighted_value`].
    #[track_caller]
    pub fn weighted_call(&self, output: &Var, target: impl AsArray, sample_weight: impl AsArray) -> Result<Var> {
        variable::loss::call(self, output, &target.as_array(), Some(&sample_weight.as_array()), Location::caller())
    }
}

/// The same of a loss that has its arguments only.
macro_rules! by_hand {
    ($name:ident) => {
        impl $name {
            /// The loss of a batch. See [`Loss::value`].
            ///
            /// # Errors
            /// As those of [`Loss::value`].
            pub fn value(&self, output: &impl FloatArray, target: impl AsArray) -> Result<f64> {
                Loss::from(self.clone()).value(output, target)
            }

            /// The number for each sample, or for each position. See [`Loss::values`].
            ///
            /// # Errors
            /// As those of [`Loss::value`].
            pub fn values(&self, output: &impl FloatArray, target: impl AsArray) -> Result<ArrayD<f32>> {
                Loss::from(self.clone()).values(output, target)
            }

            /// The loss of a batch, and its gradient. See [`Loss::gradient`].
            ///
            /// # Errors
            /// As those of [`Loss::value`].
            pub fn gradient<O: FloatArray>(&self, output: &O, target: impl AsArray) -> Result<(f64, O::Gradient)> {
                Loss::from(self.clone()).gradient(output, target)
            }

            /// The loss over what a mask says counts. See [`Loss::masked_value`].
            ///
            /// # Errors
            /// As those of [`Loss::masked_value`].
            pub fn masked_value(&self, output: &impl FloatArray, target: impl AsArray, mask: impl AsArray) -> Result<f64> {
                Loss::from(self.clone()).masked_value(output, target, mask)
            }

            /// The loss over what a mask says counts, and its gradient. See [`Loss::masked_gradient`].
            ///
            /// # Errors
            /// As those of [`Loss::masked_gradient`].
            pub fn masked_gradient<O: FloatArray>(
                &self,
                output: &O,
                target: impl AsArray,
                mask: impl AsArray,
            ) -> Result<(f64, O::Gradient)> {
                Loss::from(self.clone()).masked_gradient(output, target, mask)
            }

            /// The loss of samples that count as much as is said for each. See [`Loss::weighted_value`].
            ///
            /// # Errors
            /// As those of [`Loss::weighted_value`].
            pub fn weighted_value(
                &self,
                output: &impl FloatArray,
                target: impl AsArray,
                sample_weight: impl AsArray,
            ) -> Result<f64> {
                Loss::from(self.clone()).weighted_value(output, target, sample_weight)
            }

            /// The loss of samples that count as much as is said for each, and its gradient. See [`Loss::weighted_gradient`].
            ///
            /// # Errors
            /// As those of [`Loss::weighted_value`].
            pub fn weighted_gradient<O: FloatArray>(
                &self,
                output: &O,
                target: impl AsArray,
                sample_weight: impl AsArray,
            ) -> Result<(f64, O::Gradient)> {
                Loss::from(self.clone()).weighted_gradient(output, target, sample_weight)
            }

            /// The number for each sample, or for each position, times how much it counts. See [`Loss::weighted_values`].
            ///
            /// # Errors
            /// As those of [`Loss::weighted_value`].
            pub fn weighted_values(
                &self,
                output: &impl FloatArray,
                target: impl AsArray,
                sample_weight: impl AsArray,
            ) -> Result<ArrayD<f32>> {
                Loss::from(self.clone()).weighted_values(output, target, sample_weight)
            }

            /// The loss of a batch as a variable: a single number that gradients can be taken of. See [`Loss::value`].
            ///
            /// # Errors
            /// As those of [`Loss::value`].
            #[track_caller]
            pub fn call(&self, output: &Var, target: impl AsArray) -> Result<Var> {
                Loss::from(self.clone()).call(output, target)
            }

            /// The same of samples that count as much as is said for each. See [`Loss::weighted_value`].
            ///
            /// # Errors
            /// As those of [`Loss::weighted_value`].
            #[track_caller]
            pub fn weighted_call(&self, output: &Var, target: impl AsArray, sample_weight: impl AsArray) -> Result<Var> {
                Loss::from(self.clone()).weighted_call(output, target, sample_weight)
            }
        }
    };
}
pub(super) use by_hand;
