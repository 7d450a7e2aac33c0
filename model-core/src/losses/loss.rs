//! A loss: a rule, what its numbers come to, and a name.

use model_graph::keras::{LOSSES, written};
use ndarray::ArrayD;
use serde_json::{Map, Value};

use super::{AnyRule, IntoLosses, IntoWeighted, Losses, OwnLoss, Reduction, Weighted};
use crate::arguments::Argument;
use crate::custom::CustomObjects;
use crate::error::{Error, Result};
use crate::given::{self, AnyArray, AsArray, Counts, FloatArray, Judged, Port, TargetForm};
use crate::keras::{Fields, object, unknown};

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
///
/// Keras's strings stand for losses, too. One that stands for none is an error where the loss is first used.
///
/// ```
/// use model_core::losses::{Loss, MeanSquaredError};
///
/// assert_eq!(Loss::from("mse"), MeanSquaredError::new().into());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    rule: AnyRule,
    reduction: Reduction,
    /// None where it is Keras's.
    name: Option<String>,
}

impl From<&str> for Loss {
    fn from(string: &str) -> Self {
        let class = written(LOSSES, string).unwrap_or(string);
        let rule = AnyRule::read(class, &mut Fields::new(class, &Map::new())).ok().flatten();
        Self::of(rule.unwrap_or_else(|| AnyRule::Unknown(string.to_owned())))
    }
}

impl IntoLosses for &str {
    fn into_losses(self) -> Losses {
        Loss::from(self).into()
    }
}

impl IntoWeighted for &str {
    fn into_weighted(self) -> Weighted {
        Loss::from(self).into_weighted()
    }
}

impl Loss {
    pub(super) fn of(rule: AnyRule) -> Self {
        Self { rule, reduction: Reduction::default(), name: None }
    }

    pub(super) fn of_own(own: OwnLoss) -> Self {
        Self::of(AnyRule::Own(own))
    }

    /// The loss with what the numbers of a batch come to: Keras's argument `reduction`.
    #[must_use]
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// The loss under a name of its own: Keras's argument `name`.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Keras's name of the class; of a loss of the user's own, its name.
    #[must_use]
    pub fn class(&self) -> &str {
        self.rule.class()
    }

    pub(crate) fn form(&self) -> TargetForm {
        self.rule.form()
    }

    /// Checks that the loss goes with an output, and that it gives what can be trained on.
    pub(crate) fn check(&self, port: &Port) -> Result<()> {
        self.rule.check(port)?;
        if self.reduction != Reduction::None {
            return Ok(());
        }
        let expected = "one that gives a single number to train on; `loss.values(&output, &target)` gives those of the samples";
        Err(Error::Argument { owner: "Loss", argument: "reduction", expected, found: "none".to_owned() })
    }

    /// The loss as `keras.losses.serialize` writes it: one of the user's own by its name.
    #[must_use]
    pub fn to_keras(&self) -> Value {
        match &self.rule {
            AnyRule::Own(own) => return own.to_keras(self.name.as_deref(), self.reduction),
            AnyRule::Unknown(name) => return name.as_str().into(),
            _ => {}
        }
        let mut config = Map::new();
        config.insert("name".to_owned(), self.name.as_deref().unwrap_or_else(|| self.rule.name()).into());
        config.insert("reduction".to_owned(), self.reduction.write());
        config.extend(self.rule.write());
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
        fields.ignore(&["dtype"]);
        let (name, reduction) = (fields.text("name")?, fields.argument("reduction", Reduction::default())?);
        let Some(rule) = AnyRule::read(class, &mut fields)? else {
            return Err(unknown("loss", class, AnyRule::CLASSES, LOSSES));
        };
        fields.finish()?;
        let name = name.filter(|name| name != rule.name());
        Ok(Self { rule, reduction, name })
    }

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
        self.measure(&output.as_array(), &target.as_array(), Counts::mask(Some(&mask.as_array())), None)
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
        let loss = self.measure(&given, target, Counts::mask(mask), Some(&mut elements))?;
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
        self.judge(&output.as_array(), &target.as_array(), Counts::default(), |judged| {
            let mut values = judged.values_of(|truth, output| self.rule.values(truth, output))?;
            for (value, counts) in values.iter_mut().zip(self.rule.counting(&judged)?.into_iter().flatten()) {
                *value = if counts == 0.0 { 0.0 } else { *value };
            }
            Ok(values)
        })
    }

    /// What the numbers of a batch come to, each times what the mask says of it; the gradient goes into `d_output` unless that is empty. Where
    /// nothing counts, both are zero.
    pub(crate) fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<f64> {
        let counting = self.rule.counting(&judged)?;
        let counted = if counting.is_some() { self.rule.counting(&Judged { mask: judged.counted, ..judged })? } else { None };
        let (mask, counted) = (counting.as_deref().or(judged.mask), counted.as_deref().or(judged.counted));
        let judged = Judged { mask, counted, ..judged };
        let mean = self.rule.mean(judged, d_output)?;
        let factor = self.reduction.factor(&judged, || mean.numbers);
        if factor != 1.0 {
            let factor = factor as f32;
            d_output.iter_mut().for_each(|d| *d *= factor);
        }
        Ok(mean.mean * factor)
    }

    pub(crate) fn measure(
        &self,
        output: &AnyArray<'_>,
        target: &AnyArray<'_>,
        counts: Counts<'_, '_, '_>,
        d_output: Option<&mut [f32]>,
    ) -> Result<f64> {
        self.check(&port(output))?;
        self.judge(output, target, counts, |judged| self.mean(judged, d_output.unwrap_or_default()))
    }

    /// Judges arrays that have been checked.
    fn judge<R>(
        &self,
        output: &AnyArray<'_>,
        target: &AnyArray<'_>,
        counts: Counts<'_, '_, '_>,
        measure: impl FnOnce(Judged<'_>) -> Result<R>,
    ) -> Result<R> {
        self.rule.check(&port(output))?;
        given::judge((output, target, counts), &port(output), self.form(), measure)
    }
}

/// An output that is given by hand. A batch of single numbers may leave their axis out.
fn port(output: &AnyArray<'_>) -> Port {
    Port::of_array("output", output)
}
