//! Losses: what training lowers, and their serialised form. The mathematics is in the kernels; the list below is the only one.

mod binary_crossentropy;
mod categorical_crossentropy;
mod huber;
mod kl_divergence;
mod mean_absolute_error;
mod mean_squared_error;
mod outputs;
mod own;
mod sparse_categorical_crossentropy;

pub use binary_crossentropy::BinaryCrossentropy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use huber::Huber;
pub use kl_divergence::KLDivergence;
pub use mean_squared_error::MeanSquaredError;
pub use outputs::{IntoLosses, IntoWeighted, Losses, Weighted};
pub use own::OwnLoss;
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;

use std::ops::RangeBounds;
use std::panic::Location;

use model_graph::keras::LOSSES;
use serde_json::{Map, Value, json};

use crate::custom::CustomObjects;
use crate::error::{Error, Result, Role};
use crate::given::{AnyArray, AsArray, FloatArray, Judged, Port, TargetForm, factor, target};
use crate::keras::{Fields, object, unknown};
pub use crate::metrics::MeanAbsoluteError;
use crate::variable::{self, Var};

/// What a loss's file says about it.
pub(crate) trait Rule: Sized {
    /// Keras's class.
    const CLASS: &'static str;

    /// Keras's name of the object.
    const NAME: &'static str;

    /// How targets are given.
    const FORM: TargetForm = TargetForm::Values;

    /// The mean over the batch of the losses times what the mask says of their positions. Its gradient goes into `d_output` unless that is
    /// empty. A loss that has no kernel says in operations what it gives for each position: [`Judged::mean_of`].
    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<f64>;

    /// The arguments as Keras's configuration has them, but for `name` and `reduction`.
    fn write(&self) -> Value;

    /// Reads what `write` has written; what is missing is Keras's default.
    fn read(fields: &mut Fields<'_>) -> Result<Self>;

    /// What is wrong with the loss for an output whose last axis has `size` elements: what it goes with, and what may have been meant.
    fn complaint(&self, _size: usize) -> Option<(&'static str, &'static str)> {
        None
    }

    /// Checks the arguments.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Checks the arguments, and that the loss goes with an output.
    fn check_for(&self, port: &Port) -> Result<()> {
        self.check()?;
        let unsuitable = |(expected, help)| Error::Unsuitable {
            rule: Self::CLASS.to_owned(),
            output: port.name.clone(),
            shape: port.batched(),
            expected,
            help: Some(help),
        };
        self.complaint(port.nominal_row()).map_or(Ok(()), |complaint| Err(unsuitable(complaint)))
    }
}

/// Checks that an argument is in its range.
fn argument(
    owner: &'static str,
    argument: &'static str,
    value: f64,
    range: impl RangeBounds<f64>,
    expected: &'static str,
) -> Result<()> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(Error::Argument { owner, argument, expected, found: value.to_string() })
}

macro_rules! losses {
    ($($name:ident)*) => {
        /// A loss.
        ///
        /// ```
        /// use model_core::losses::{BinaryCrossentropy, Loss};
        ///
        /// let loss = Loss::from(BinaryCrossentropy::from_logits().label_smoothing(0.1));
        /// assert_eq!(loss.class(), "BinaryCrossentropy");
        /// assert_eq!(Loss::from_keras(&loss.to_keras())?, loss);
        /// # Ok::<(), model_core::Error>(())
        /// ```
        #[derive(Clone, Debug, PartialEq)]
        pub enum Loss {
            $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)*
            /// One of the user's own: [`Loss::own`] makes it.
            Own(OwnLoss),
        }

        $(impl From<$name> for Loss {
            fn from(loss: $name) -> Self {
                Self::$name(loss)
            }
        }

        impl IntoWeighted for $name {
            fn into_weighted(self) -> Weighted {
                Loss::from(self).into_weighted()
            }
        }

        impl IntoLosses for $name {
            fn into_losses(self) -> Losses {
                self.into()
            }
        }

        impl $name {
            /// The loss of a batch. See [`Loss::value`].
            ///
            /// # Errors
            /// As those of [`Loss::value`].
            pub fn value(&self, output: &impl FloatArray, target: impl AsArray) -> Result<f64> {
                Loss::from(*self).value(output, target)
            }

            /// The loss of a batch, and its gradient. See [`Loss::gradient`].
            ///
            /// # Errors
            /// As those of [`Loss::value`].
            pub fn gradient<O: FloatArray>(&self, output: &O, target: impl AsArray) -> Result<(f64, O::Gradient)> {
                Loss::from(*self).gradient(output, target)
            }

            /// The loss over what a mask says counts. See [`Loss::masked_value`].
            ///
            /// # Errors
            /// As those of [`Loss::masked_value`].
            pub fn masked_value(&self, output: &impl FloatArray, target: impl AsArray, mask: impl AsArray) -> Result<f64> {
                Loss::from(*self).masked_value(output, target, mask)
            }

            /// The loss over what a mask says counts, and its gradient. See [`Loss::masked_gradient`].
            ///
            /// # Errors
            /// As those of [`Loss::masked_gradient`].
            pub fn masked_gradient<O: FloatArray>(
                &self, output: &O, target: impl AsArray, mask: impl AsArray,
            ) -> Result<(f64, O::Gradient)> {
                Loss::from(*self).masked_gradient(output, target, mask)
            }

            /// The loss of a batch as a variable: a single number that gradients can be taken of. See [`Loss::value`].
            ///
            /// # Errors
            /// As those of [`Loss::value`].
            #[track_caller]
            pub fn call(&self, output: &Var, target: impl AsArray) -> Result<Var> {
                variable::loss::call(&Loss::from(*self), output, &target.as_array(), Location::caller())
            }
        })*

        impl Loss {
            /// Keras's name of the class; of a loss of the user's own, its name.
            #[must_use]
            pub fn class(&self) -> &str {
                match self { $(Self::$name(_) => $name::CLASS,)* Self::Own(own) => own.name() }
            }

            fn name(&self) -> &str {
                match self { $(Self::$name(_) => $name::NAME,)* Self::Own(own) => own.name() }
            }

            pub(crate) fn form(&self) -> TargetForm {
                match self { $(Self::$name(_) => $name::FORM,)* Self::Own(own) => own.form() }
            }

            fn weighted(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<f64> {
                match self {
                    $(Self::$name(rule) => rule.mean(judged, d_output),)*
                    Self::Own(own) => own.mean(judged, d_output),
                }
            }

            fn write(&self) -> Value {
                match self { $(Self::$name(rule) => rule.write(),)* Self::Own(_) => Value::Null }
            }

            fn read(class: &str, fields: &mut Fields<'_>) -> Result<Option<Self>> {
                Ok(Some(match class {
                    $($name::CLASS => Self::$name($name::read(fields)?),)*
                    _ => return Ok(None),
                }))
            }

            /// Checks the loss for an output.
            pub(crate) fn check(&self, port: &Port) -> Result<()> {
                match self { $(Self::$name(rule) => rule.check_for(port),)* Self::Own(_) => Ok(()) }
            }

            /// Every class, in Keras's words.
            const CLASSES: &'static [&'static str] = &[$($name::CLASS),*];
        }
    };
}

losses! {
    CategoricalCrossentropy SparseCategoricalCrossentropy BinaryCrossentropy MeanSquaredError MeanAbsoluteError Huber KLDivergence
}

impl Loss {
    /// The loss as `keras.losses.serialize` writes it: one of the user's own by its name.
    #[must_use]
    pub fn to_keras(&self) -> Value {
        if let Self::Own(own) = self {
            return own.to_keras();
        }
        let mut config = Map::new();
        config.insert("name".to_owned(), self.name().into());
        config.insert("reduction".to_owned(), "sum_over_batch_size".into());
        config.extend(self.write().as_object().cloned().unwrap_or_default());
        object("keras.losses", self.class(), Value::Object(config))
    }

    /// Reads what `keras.losses.serialize` or [`to_keras`](Self::to_keras) has written, and Keras's strings, such as `"mse"`.
    ///
    /// # Errors
    /// If it is a loss, or uses an argument, that this library does not have.
    pub fn from_keras(serialized: &Value) -> Result<Self> {
        Self::from_keras_with(serialized, &CustomObjects::new())
    }

    /// The same, with losses of the user's own.
    ///
    /// # Errors
    /// As those of [`from_keras`](Self::from_keras); also if it is a loss of the user's own that is not among these.
    pub fn from_keras_with(serialized: &Value, custom_objects: &CustomObjects) -> Result<Self> {
        if let Some(own) = custom_objects.find_loss(serialized)? {
            return Ok(own);
        }
        let (class, mut fields) = Fields::of_named(serialized, "loss", LOSSES)?;
        fields.ignore(&["name", "dtype"]);
        fields.only(&json!({ "reduction": "sum_over_batch_size", "axis": -1, "ignore_class": null }))?;
        let Some(loss) = Self::read(class, &mut fields)? else {
            return Err(unknown("loss", class, Self::CLASSES, LOSSES));
        };
        fields.finish()?;
        Ok(loss)
    }

    /// The loss of a batch: what a model gave, a tensor or an array of `f32`, against what it should have given, as `fit` takes it.
    /// It is Keras's mean over the batch, as `fit` reports it.
    ///
    /// # Errors
    /// If the target does not go with the output or is not finite, or the loss does not go with the output.
    pub fn value(&self, output: &impl FloatArray, target: impl AsArray) -> Result<f64> {
        self.measure(&output.as_array(), &target.as_array(), None, None)
    }

    /// The same over what a mask says counts, as `fit` has it for outputs with masks: [`Pass::mask`](crate::pass::Pass::mask) gives it, one
    /// number for each sample or each of its steps, 1 where it counts and 0 where not.
    ///
    /// # Errors
    /// As those of [`value`](Self::value); also if the mask does not go with the output.
    pub fn masked_value(&self, output: &impl FloatArray, target: impl AsArray, mask: impl AsArray) -> Result<f64> {
        self.measure(&output.as_array(), &target.as_array(), Some(&mask.as_array()), None)
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
        self.gradient_of(output, &target.as_array(), None)
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
        self.gradient_of(output, &target.as_array(), Some(&mask.as_array()))
    }

    fn gradient_of<O: FloatArray>(
        &self,
        output: &O,
        target: &AnyArray<'_>,
        mask: Option<&AnyArray<'_>>,
    ) -> Result<(f64, O::Gradient)> {
        let given = output.as_array();
        let mut elements = vec![0.0; given.shape().iter().product()];
        let loss = self.measure(&given, target, mask, Some(&mut elements))?;
        Ok((loss, output.gradient(elements)))
    }

    /// The mean over what a mask says counts, or over all of the batch; its gradient goes into `d_output` unless that is empty. Where nothing
    /// counts, both are zero.
    pub(crate) fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<f64> {
        let mean = self.weighted(judged, d_output)?;
        if judged.factor != 1.0 {
            let factor = judged.factor as f32;
            d_output.iter_mut().for_each(|d| *d *= factor);
        }
        Ok(mean * judged.factor)
    }

    pub(crate) fn measure(
        &self,
        output: &AnyArray<'_>,
        target: &AnyArray<'_>,
        mask: Option<&AnyArray<'_>>,
        d_output: Option<&mut [f32]>,
    ) -> Result<f64> {
        let (&samples, sizes) = output.shape().split_first().unwrap_or((&0, &[]));
        // A batch of single numbers may leave their axis out.
        let port = Port::of("output", if sizes.is_empty() { &[1] } else { sizes });
        if samples == 0 {
            return Err(Error::Empty { role: Role::Output, name: port.name });
        }
        self.check(&port)?;
        let shape = port.shape(&[]);
        let values = self::target(&port, self.form(), &shape, target)?;
        let found = target.shape()[0];
        if found != samples {
            let (first_role, role, name) = (Role::Output, Role::Target, port.name.clone());
            return Err(Error::Samples { first_role, first: name.clone(), expected: samples, role, name, found });
        }
        if let Some(mask) = mask.filter(|mask| mask.shape().is_empty() || !output.shape().starts_with(mask.shape())) {
            let (role, name, expected) =
                (Role::Output, "mask".to_owned(), format!("{:?}, or the first axes of it", output.shape()));
            let help = Some("a mask has a number for each sample, or for each of its steps");
            return Err(Error::Shape { role, name, expected, found: format!("{:?}", mask.shape()), help });
        }
        let mask = mask.map(AnyArray::floats).transpose()?;
        let (output, mask) = (output.floats()?, mask.as_deref());
        let judged = Judged { target: &values, output: &output, samples, shape: &shape, mask, factor: factor(mask) };
        self.mean(judged, d_output.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
