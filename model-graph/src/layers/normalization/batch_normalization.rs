//! Batch normalisation.

use crate::argument::{Absent, Axis, Constraint, Epsilon, Fraction, Initializer, Off, Regularizer};
use crate::dim::Dim;
use crate::layer::{Layer, Manner, Needs, Slot, Space, WeightSpec, layer};
use crate::layers::activated::{is_one, known_size, require_floats, resolve_axis};
use crate::layers::masked::{self, MASK};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Normalises each channel to mean 0 and variance 1 over the batch, then scales and shifts it.
    ///
    /// `output = gamma * (input - mean) / sqrt(variance + epsilon) + beta`, with mean and variance of the batch while training, and their moving
    /// averages otherwise.
    ///
    /// With a mask, `BatchNormalization()(x, mask = m)`, the batch's mean and variance are those of the positions where it is true. It is of type
    /// `bool[..]`, with the input's axes but the last.
    ///
    /// Where ranks share batches, `Trainer::distribute`, each piece of a batch is normalised by its own mean and variance; `synchronized = true` takes those of
    /// all pieces, as if they were one batch. It changes nothing where one process trains by itself, and nothing in inference.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output `[..]`, unchanged. Weights: `gamma`, `beta`, `moving_mean`, `moving_variance`, each of the axis's size.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 3]) -> [4, 5, 3] {
    ///         BatchNormalization()(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/normalization_layers/batch_normalization/>; Ioffe and Szegedy 2015,
    /// <https://arxiv.org/abs/1502.03167>.
    BatchNormalization {
        /// The axis of the channels; the batch is axis 0. Default: `-1`.
        axis: Axis = Axis(-1),
        /// How much of the old moving average a step keeps. Default: `0.99`.
        momentum: Fraction = Fraction(0.99),
        /// Added to the variance. Default: `0.001`.
        epsilon: Epsilon = Epsilon(1e-3),
        /// Whether `beta` is added. Default: `true`.
        center: bool = true,
        /// Whether `gamma` scales the result. Default: `true`.
        scale: bool = true,
        /// How `beta` starts. Default: `"zeros"`.
        beta_initializer: Initializer = Initializer::ZEROS,
        /// How `gamma` starts. Default: `"ones"`.
        gamma_initializer: Initializer = Initializer::ONES,
        /// How the moving mean starts. Default: `"zeros"`.
        moving_mean_initializer: Initializer = Initializer::ZEROS,
        /// How the moving variance starts. Default: `"ones"`.
        moving_variance_initializer: Initializer = Initializer::ONES,
        /// A penalty on `beta`, which the loss includes. Default: `None`.
        beta_regularizer: Option<Regularizer> = None,
        /// A penalty on `gamma`, which the loss includes. Default: `None`.
        gamma_regularizer: Option<Regularizer> = None,
        /// What `beta` is made to be after every step. Default: `None`.
        beta_constraint: Option<Constraint> = None,
        /// What `gamma` is made to be after every step. Default: `None`.
        gamma_constraint: Option<Constraint> = None,
        /// Not supported.
        renorm: Off = Off,
        /// Not supported.
        renorm_clipping: Absent = Absent,
        /// Not supported, and without effect. Default: `0.99`.
        renorm_momentum: Fraction = Fraction(0.99),
        /// Whether the batch's mean and variance are those of the whole batch where ranks share it, and not of each piece. Default: `false`.
        synchronized: bool = false,
    }
}

impl BatchNormalization {
    /// The channels' axis in the sample's shape.
    ///
    /// # Errors
    /// If there is no such axis, or it is the batch's.
    pub fn sample_axis(&self, shape: &Shape) -> Result<usize, Problem> {
        resolve_axis("axis", self.axis.0, shape)
    }

    fn channels(&self, shape: &Shape) -> Result<Dim, Problem> {
        known_size(shape, self.sample_axis(shape)?)
    }
}

impl Layer for BatchNormalization {
    const DIFFERS_IN_TRAINING: bool = true;
    const SLOTS: &'static [Slot] = masked::SLOTS;

    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs.get(..1).unwrap_or_default())?;
        self.channels(&inputs[0].shape)?;
        Ok(inputs[0].clone())
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        let output = self.infer(inputs)?;
        let positions = inputs[0].shape.0.split_last().map(|(_, positions)| positions.to_vec()).unwrap_or_default();
        masked::check(inputs, manner, MASK, Shape(positions))?;
        Ok(vec![output])
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let channels = Shape(vec![self.channels(&inputs[0].shape).unwrap_or_default()]);
        let mut weights = Vec::new();
        if self.scale {
            weights.push(
                WeightSpec::trainable("gamma", channels.clone(), self.gamma_initializer)
                    .kept(self.gamma_regularizer, self.gamma_constraint),
            );
        }
        if self.center {
            weights.push(
                WeightSpec::trainable("beta", channels.clone(), self.beta_initializer)
                    .kept(self.beta_regularizer, self.beta_constraint),
            );
        }
        weights.push(WeightSpec::statistic("moving_mean", channels.clone(), self.moving_mean_initializer));
        weights.push(WeightSpec::statistic("moving_variance", channels, self.moving_variance_initializer));
        weights
    }

    fn mixes_samples(&self) -> bool {
        true
    }

    fn synchronizes(&self) -> bool {
        self.synchronized
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        let shape = &inputs[0];
        let channels = self.channels(shape).unwrap_or_default();
        // Where something lies behind the channels, tensors are turned so that they are last: the input and output, and their gradients.
        let is_last = self.sample_axis(shape).is_ok_and(|axis| is_one(shape.0.get(axis.saturating_add(1)..).unwrap_or_default()));
        let turned =
            |tensors: usize| Space::per_sample(shape.count().saturating_mul(&Dim::from(if is_last { 0 } else { tensors })));
        // A mask is spread over the channels, and turned likewise; there are then so many elements of each channel.
        let spread = if inputs.len() > 1 { Space::per_sample(shape.count()).and(&turned(1)) } else { Space::NONE };
        let counts = if inputs.len() > 1 { channels.clone() } else { Dim::default() };
        Needs {
            inputs: true,
            // Mean and inverse deviation; then mean and variance of the batch, and of how many steps these are.
            saved: Space::fixed(channels.saturating_mul(&4.into()).saturating_add(&1.into())),
            forward_scratch: turned(2).and(&spread).and(&Space::fixed(counts.clone())),
            // The sums of all steps, and of one; and how many elements count.
            backward_scratch: Space::fixed(channels.saturating_mul(&4.into()).saturating_add(&counts))
                .and(&turned(3))
                .and(&spread),
            ..Needs::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape_and_has_four_weights_a_channel() {
        check_rule(
            "BatchNormalization {}",
            &["[8, 8, 3]", "[words, 3]", "[words]", "[]"],
            "[8, 8, 3] -> [8, 8, 3], 12 parameters
[words, 3] -> [words, 3], 12 parameters
[words] -> Unknown
[] -> BatchAxis",
        );
        check_rule(r#"BatchNormalization {"axis": 1, "scale": false}"#, &["[8, 2, 3]"], "[8, 2, 3] -> [8, 2, 3], 24 parameters");
    }
}
