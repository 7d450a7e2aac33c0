//! A loss: a rule, what its numbers come to, and a name.

use model_graph::keras::{LOSSES, written};
use serde_json::{Map, Value};

use super::{AnyRule, Crossentropy, IntoLosses, IntoWeighted, Losses, OwnLoss, Reduction, Weighted};
use crate::arguments::Argument;
use crate::custom::CustomObjects;
use crate::error::{Error, Result};
use crate::given::{self, AnyArray, Counts, Judged, Port, TargetForm};
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
    pub(super) rule: AnyRule,
    reduction: Reduction,
    /// None where it is Keras's.
    name: Option<String>,
}

impl From<&str> for Loss {
    fn from(string: &str) -> Self {
        if let Some(chosen) = Crossentropy::of_string(string) {
            return Self::of(AnyRule::Crossentropy(chosen));
        }
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
            AnyRule::Crossentropy(_) | AnyRule::Unknown(_) => return self.class().into(),
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
        if let Some(chosen) = serialized.as_str().and_then(Crossentropy::of_string) {
            return Ok(Self::of(AnyRule::Crossentropy(chosen)));
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
    pub(super) fn judge<R>(
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
