//! Objects of the user's own: structs whose fields files have, Keras's `get_config`.

use ndarray::ArrayViewMutD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::function::class_to_keras;
use crate::error::{Error, Result};
use crate::metrics::MetricState;
use crate::variable::Var;

/// A loss, a metric, a regulariser, an initialiser or a constraint of one's own with a configuration: a struct, whose fields are written and
/// read by serde, as Keras's `get_config` has them. What it computes is said by [`LossObject`], [`MetricObject`], [`RegularizerObject`],
/// [`ConstraintObject`] or [`InitializerObject`]. Who reads a file with it registers its class.
///
/// ```
/// use functional_model::custom::{LossObject, Object};
/// use functional_model::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// /// What lies above costs more than what lies below, or less.
/// #[derive(Serialize, Deserialize)]
/// struct Pinball {
///     quantile: f64,
/// }
///
/// impl Object for Pinball {
///     const CLASS: &'static str = "Pinball";
/// }
///
/// impl LossObject for Pinball {
///     fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
///         let error = truth - output;
///         (&error * self.quantile).maximum(error * (self.quantile - 1.0))?.mean(-1)
///     }
/// }
///
/// let loss = Loss::object(Pinball { quantile: 0.75 });
/// assert_eq!(loss.value(&ndarray::array![[1.0_f32], [3.0]], ndarray::array![[3.0], [1.0]])?, 1.0);
/// let written = loss.to_keras();
/// assert_eq!(written["registered_name"], "Custom>Pinball");
/// let read = Loss::from_keras_with(&written, &CustomObjects::new().loss_class::<Pinball>())?;
/// assert_eq!(read.to_keras()["config"]["quantile"], 0.75);
/// # Ok::<(), Error>(())
/// ```
pub trait Object: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The class, as files have it: `Pinball`, or with a package, `mine>Pinball`, as `@register_keras_serializable(package="mine")` does.
    const CLASS: &'static str;
}

/// A loss of one's own. The fields `name`, `reduction` and `dtype` of a configuration are those of every loss, and not the struct's.
pub trait LossObject: Object {
    /// Whether targets are class numbers, one in place of each row of the output's last axis. Default: `false`.
    const OF_LABELS: bool = false;

    /// A number for each sample, or for each position, of what should have come out and of what did.
    ///
    /// # Errors
    /// What goes wrong with variables.
    fn values(&self, truth: &Var, output: &Var) -> Result<Var>;
}

/// A metric of one's own. The fields `name` and `dtype` of a configuration are those of every metric, and not the struct's.
pub trait MetricObject: Object {
    /// What it remembers over the batches of an epoch.
    type State: MetricState;

    /// That at the start of an epoch.
    fn start(&self) -> Self::State;
}

/// A penalty on weights of one's own, or on what layers give, in double precision whatever the model computes in.
pub trait RegularizerObject: Object {
    /// The penalty on a weight, or on a layer's output, `[samples, ..]`: a single number.
    ///
    /// # Errors
    /// What goes wrong with variables.
    fn penalty(&self, weight: &Var<f64>) -> Result<Var<f64>>;
}

/// What weights are made to be after every step, in double precision whatever the model computes in.
pub trait ConstraintObject: Object {
    /// What a weight becomes, in its own shape.
    ///
    /// # Errors
    /// What goes wrong with variables.
    fn constrain(&self, weight: &Var<f64>) -> Result<Var<f64>>;
}

/// How weights start, in double precision whatever the model computes in.
pub trait InitializerObject: Object {
    /// Fills a weight of zeros, by a seed that follows from the model's and the weight's place.
    fn fill(&self, weight: ArrayViewMutD<'_, f64>, seed: u64);
}

/// An object of the user's own as an argument of a layer that is described in plain Rust, beside [`function`](super::function):
/// `Dense::new(3).with("kernel_regularizer", custom::object(&Decay { rate: 0.1 }))`. What the layer or model is made with knows its class,
/// [`CustomObjects::regularizer_class`](super::CustomObjects::regularizer_class). Its configuration has at most 1023 bytes of JSON.
#[must_use]
pub fn object<O: Object>(object: &O) -> Value {
    class_to_keras(O::CLASS, &Value::Object(fields(object)))
}

/// The fields of an object; none of what is no struct with names.
pub(crate) fn fields<O: Object>(object: &O) -> Map<String, Value> {
    if let Ok(Value::Object(fields)) = serde_json::to_value(object) { fields } else { Map::new() }
}

/// The object of a configuration.
///
/// # Errors
/// What does not fit its fields.
pub(crate) fn made<O: Object>(what: &'static str, config: &Value) -> Result<O, Misfit> {
    let problem = |error: serde_json::Error| Misfit { what, class: O::CLASS, problem: error.to_string() };
    serde_json::from_value(if config.is_null() { json!({}) } else { config.clone() }).map_err(problem)
}

/// A configuration that no object of a class has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {what} `{class}` cannot be made of its configuration: {problem}")]
pub struct Misfit {
    /// What it is: a loss, a metric, a regularizer.
    pub what: &'static str,
    /// The class.
    pub class: &'static str,
    /// What does not fit.
    pub problem: String,
}

/// As an error of the library.
impl From<Missing> for Error {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Unregistered(unregistered) => unregistered.into(),
            Missing::Misfit(misfit) => misfit.into(),
        }
    }
}

/// What a model lacks of the functions and objects that its configuration names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// One is not registered.
    #[error(transparent)]
    Unregistered(#[from] super::Unregistered),
    /// A configuration is not its class's.
    #[error(transparent)]
    Misfit(#[from] Misfit),
}
