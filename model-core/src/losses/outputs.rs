//! The losses of a model: one for all its outputs, or one each by name.

use serde_json::{Map, Value};

use super::Loss;
use crate::custom::CustomObjects;
use crate::error::{Error, Result, Role};
use crate::given::Port;
use crate::keras::wrong;

/// The losses of a model.
///
/// A single loss is for every output; with several outputs, each gets its own, by name or in the order of the outputs: a list, `[a, b]`, or for
/// losses of several kinds `(a, b)`.
///
/// ```
/// use model_core::losses::{BinaryCrossentropy, Losses, MeanSquaredError, SparseCategoricalCrossentropy};
///
/// let one: Losses = MeanSquaredError::new().into();
/// let several = Losses::new()
///     .output("priority", BinaryCrossentropy::new())
///     .output("department", SparseCategoricalCrossentropy::new())
///     .weight("department", 0.2);
/// assert_ne!(one, several);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Losses {
    /// The loss of every output that is not named.
    all: Option<Loss>,
    by_name: Vec<(String, Loss)>,
    weights: Vec<(String, f64)>,
    /// The losses of all outputs in their order, where they are given so.
    in_order: Option<Vec<Weighted>>,
}

impl Losses {
    /// No loss yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The losses of all outputs, in their order.
    fn in_order(losses: impl IntoIterator<Item: IntoWeighted>) -> Self {
        let losses = losses.into_iter().map(IntoWeighted::into_weighted).collect();
        Self { in_order: Some(losses), ..Self::default() }
    }

    /// Whether there is none.
    pub(crate) fn is_none(&self) -> bool {
        self.all.is_none() && self.by_name.is_empty() && self.in_order.is_none()
    }

    /// With the loss of an output, `loss` or `(loss, 0.2)`.
    #[must_use]
    pub fn output(self, name: impl Into<String>, loss: impl IntoWeighted) -> Self {
        let (name, Weighted { loss, weight }) = (name.into(), loss.into_weighted());
        let mut all = if weight == 1.0 { self } else { self.weight(name.clone(), weight) };
        all.by_name.push((name, loss));
        all
    }

    /// With the factor of an output's loss in the sum that is trained on; without it, it is 1.
    #[must_use]
    pub fn weight(mut self, name: impl Into<String>, weight: f64) -> Self {
        self.weights.push((name.into(), weight));
        self
    }

    /// The loss of each output, and its factor.
    pub(crate) fn resolve(&self, outputs: &[Port]) -> Result<Vec<(Loss, f64)>> {
        let known = || outputs.iter().map(|port| port.name.clone()).collect::<Vec<_>>();
        if let Some(losses) = &self.in_order {
            return self.by_order(losses, outputs);
        }
        let names: Vec<&str> = self.by_name.iter().map(|(name, _)| name.as_str()).collect();
        let weighted: Vec<&str> = self.weights.iter().map(|(name, _)| name.as_str()).collect();
        check_names("a loss", &names, outputs)?;
        check_names("a loss weight", &weighted, outputs)?;
        if let Some((_, weight)) = self.weights.iter().find(|(_, weight)| !weight.is_finite()) {
            let (owner, argument, expected) = ("Losses", "weight", "a finite number");
            return Err(Error::Argument { owner, argument, expected, found: weight.to_string() });
        }
        let mut losses = Vec::new();
        for port in outputs {
            let named = self.by_name.iter().find(|(name, _)| *name == port.name).map(|(_, loss)| loss);
            let Some(loss) = named.or(self.all.as_ref()) else {
                return Err(Error::Missing { what: "a loss", role: Role::Output, name: port.name.clone(), known: known() });
            };
            loss.check(port)?;
            let weight = self.weights.iter().find(|(name, _)| *name == port.name).map_or(1.0, |(_, weight)| *weight);
            losses.push((loss.clone(), weight));
        }
        Ok(losses)
    }

    /// The losses that are given in the order of the outputs, by the outputs' names.
    fn by_order(&self, losses: &[Weighted], outputs: &[Port]) -> Result<Vec<(Loss, f64)>> {
        if losses.len() != outputs.len() {
            let expected = outputs.iter().map(|port| port.name.clone()).collect();
            return Err(Error::LossCount { expected, found: losses.len() });
        }
        let named = losses.iter().zip(outputs).fold(Self::new(), |all, (loss, port)| all.output(&port.name, loss.clone()));
        let weights = self.weights.clone();
        Self { weights: [named.weights, weights].concat(), ..named }.resolve(outputs)
    }

    /// `loss` and `loss_weights` of Keras's compile configuration.
    pub(crate) fn to_keras(&self) -> (Value, Value) {
        if let Some(losses) = &self.in_order {
            let all = losses.iter().map(|weighted| weighted.loss.to_keras()).collect();
            let weights = losses.iter().map(|weighted| weighted.weight).collect::<Vec<_>>();
            return (all, if weights.iter().all(|&weight| weight == 1.0) { Value::Null } else { weights.into() });
        }
        let by_name: Map<String, Value> = self.by_name.iter().map(|(name, loss)| (name.clone(), loss.to_keras())).collect();
        let loss = self.all.as_ref().map_or(Value::Object(by_name), |loss| loss.to_keras());
        let weights: Map<String, Value> = self.weights.iter().map(|(name, weight)| (name.clone(), (*weight).into())).collect();
        (loss, if weights.is_empty() { Value::Null } else { Value::Object(weights) })
    }

    /// Reads what `to_keras` has written.
    pub(crate) fn from_keras(loss: &Value, weights: &Value, custom_objects: &CustomObjects) -> Result<Self> {
        if let Some(all) = loss.as_array() {
            let read = |(place, loss): (usize, &Value)| {
                let weight = weights.get(place).and_then(Value::as_f64).unwrap_or(1.0);
                Ok(Weighted { loss: Loss::from_keras_with(loss, custom_objects)?, weight })
            };
            return Ok(Self::in_order(all.iter().enumerate().map(read).collect::<Result<Vec<_>>>()?));
        }
        let mut losses = Self::new();
        match loss.as_object() {
            Some(by_name) if !by_name.contains_key("class_name") => {
                for (name, loss) in by_name {
                    losses = losses.output(name, Loss::from_keras_with(loss, custom_objects)?);
                }
            }
            Some(_) | None => losses.all = Some(Loss::from_keras_with(loss, custom_objects)?),
        }
        for (name, weight) in weights.as_object().into_iter().flatten() {
            let number = weight.as_f64().ok_or_else(|| wrong("loss_weights", name, "a number", weight))?;
            losses = losses.weight(name, number);
        }
        Ok(losses)
    }
}

/// Checks that every name is an output's, and none is there twice.
pub(crate) fn check_names(what: &'static str, names: &[&str], outputs: &[Port]) -> Result<()> {
    for (i, &name) in names.iter().enumerate() {
        if names[..i].contains(&name) {
            return Err(Error::Repeated { what: what.to_owned(), role: Role::Output, name: name.to_owned() });
        }
        if outputs.iter().all(|port| port.name != name) {
            let known = outputs.iter().map(|port| port.name.clone()).collect();
            return Err(Error::UnknownName { role: Role::Output, name: name.to_owned(), known });
        }
    }
    Ok(())
}

/// A loss with its factor in the sum that is trained on: a loss alone has 1, `(loss, 0.2)` another.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighted {
    /// The loss.
    pub loss: Loss,
    /// The factor.
    pub weight: f64,
}

/// What is the loss of an output: a loss, or one with its factor in the sum that is trained on, `(loss, 0.2)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the loss of an output",
    label = "expected a loss, such as `MeanSquaredError::new()`",
    note = "a loss with its factor in the sum is `(MeanSquaredError::new(), 0.2)`"
)]
pub trait IntoWeighted {
    /// The loss with its factor.
    fn into_weighted(self) -> Weighted;
}

impl IntoWeighted for Weighted {
    fn into_weighted(self) -> Weighted {
        self
    }
}

impl IntoWeighted for Loss {
    fn into_weighted(self) -> Weighted {
        Weighted { loss: self, weight: 1.0 }
    }
}

/// Strings are not among these: a string in front of something else is the name of an output.
impl IntoWeighted for (Loss, f64) {
    fn into_weighted(self) -> Weighted {
        Weighted { loss: self.0, weight: self.1 }
    }
}

impl<L: Into<Loss>> From<L> for Weighted {
    fn from(loss: L) -> Self {
        loss.into().into_weighted()
    }
}

impl<L: Into<Loss>> From<(L, f64)> for Weighted {
    fn from((loss, weight): (L, f64)) -> Self {
        Self { loss: loss.into(), weight }
    }
}

/// What is the losses of a model: one loss for all outputs, or one for each, in the order of the outputs or by name, as a record or as pairs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a loss, nor the losses of several outputs",
    label = "expected a loss, such as `MeanSquaredError::new()`",
    note = "one loss is for all outputs; several are in the order of the outputs, `(loss_a, loss_b)`, or by name, `NetOutputs {{ a: loss_a, b: (loss_b, 0.2) }}` or `[(\"a\", loss_a.into()), ..]`",
    note = "losses are values: `MeanSquaredError::new()`, `BinaryCrossentropy::new()`, `CategoricalCrossentropy::new()`, `SparseCategoricalCrossentropy::new()`"
)]
pub trait IntoLosses {
    /// The losses.
    fn into_losses(self) -> Losses;
}

impl IntoLosses for Losses {
    fn into_losses(self) -> Losses {
        self
    }
}

impl IntoLosses for Loss {
    fn into_losses(self) -> Losses {
        self.into()
    }
}

impl<const N: usize> IntoLosses for [(&str, Weighted); N] {
    fn into_losses(self) -> Losses {
        self.into()
    }
}

/// In the order of the outputs.
impl<L: IntoWeighted, const N: usize> IntoLosses for [L; N] {
    fn into_losses(self) -> Losses {
        Losses::in_order(self)
    }
}

/// In the order of the outputs.
impl<L: IntoWeighted> IntoLosses for Vec<L> {
    fn into_losses(self) -> Losses {
        Losses::in_order(self)
    }
}

macro_rules! in_order {
    ($($($name:ident)*;)*) => {
        $(/// In the order of the outputs.
        impl<$($name: IntoWeighted),*> IntoLosses for ($($name,)*) {
            fn into_losses(self) -> Losses {
                #[allow(non_snake_case)] // the types' names stand for the losses
                let ($($name,)*) = self;
                Losses::in_order([$($name.into_weighted()),*])
            }
        })*
    };
}

in_order! {
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}

impl<const N: usize> From<[(&str, Weighted); N]> for Losses {
    fn from(losses: [(&str, Weighted); N]) -> Self {
        losses.into_iter().fold(Self::new(), |all, (name, loss)| all.output(name, loss))
    }
}

impl<L: Into<Loss>> From<L> for Losses {
    fn from(loss: L) -> Self {
        Self { all: Some(loss.into()), ..Self::default() }
    }
}
