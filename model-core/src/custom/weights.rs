//! Functions and objects of the user's own of weights: penalties on them, which may be on what layers give as well, what they are made to be after a step, and how they start.
//!
//! All of them work in double precision, whatever a model computes in: so one function serves both.

use std::sync::Arc;

use model_graph::argument::{OwnFunction, function_value};
use model_graph::layer::WeightSpec;
use ndarray::ArrayViewMutD;
use serde_json::Value;

use super::function::{Family, Function, Unregistered};
use super::object::{ConstraintObject, InitializerObject, Missing, RegularizerObject, made};
use crate::elements::Elements;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::layer::Weight;
use crate::variable::{Gradients, Tape, Var};

/// A function of a weight: a number, or another weight.
pub(super) type OfWeight = dyn Fn(&Var<f64>) -> Result<Var<f64>> + Send + Sync;

/// What fills a weight, from zeros and a seed.
type Fill = dyn Fn(ArrayViewMutD<'_, f64>, u64) + Send + Sync;

/// Functions of weights, by their names, and objects by their classes.
#[derive(Clone, Debug, Default)]
pub struct WeightFunctions {
    regularizers: Family<OfWeight>,
    constraints: Family<OfWeight>,
    initializers: Family<Fill>,
}

/// The function of the user's own of this name, as an argument of a layer that is described in plain Rust: what the layer or model is made with
/// knows it, [`Build::build_with`](crate::variable::Build::build_with) or [`Model::functional_with`](crate::interpret::Model::functional_with).
///
/// ```
/// use model_core::custom::{CustomObjects, function};
/// use model_core::layer::Layer;
/// use model_core::variable::Build;
/// use model_graph::layers::Dense;
///
/// let registered = CustomObjects::new().initializer("sevenths", |mut weight, _seed| weight.fill(1.0 / 7.0));
/// let layer: Layer<Dense> = Dense::new(3).with("kernel_initializer", function("sevenths")).build_with(&[2], 42, &registered)?;
/// assert_eq!(layer.get("kernel").unwrap().data[5], 1.0 / 7.0);
///
/// let missing = Dense::new(3).with("kernel_initializer", function("sevenths")).build::<f32>(&[2], 42).unwrap_err();
/// assert!(missing.to_string().contains("`CustomObjects::new().initializer(\"sevenths\", sevenths)`"));
/// # Ok::<(), model_core::Error>(())
/// ```
#[must_use]
pub fn function(name: &str) -> Value {
    function_value(name)
}

/// The functions of one weight.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct OfOneWeight {
    regularizer: Option<Function<OfWeight>>,
    constraint: Option<Function<OfWeight>>,
}

impl WeightFunctions {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a penalty on weights, and on what layers give: `kernel_regularizer`, `activity_regularizer`.
    #[must_use]
    pub fn regularizer(
        mut self,
        name: impl Into<String>,
        penalty: impl Fn(&Var<f64>) -> Result<Var<f64>> + Send + Sync + 'static,
    ) -> Self {
        self.regularizers.insert(Function::new(name, Arc::new(penalty)));
        self
    }

    /// With what weights are made to be after a step.
    #[must_use]
    pub fn constraint(
        mut self,
        name: impl Into<String>,
        change: impl Fn(&Var<f64>) -> Result<Var<f64>> + Send + Sync + 'static,
    ) -> Self {
        self.constraints.insert(Function::new(name, Arc::new(change)));
        self
    }

    /// With how weights start.
    #[must_use]
    pub fn initializer(
        mut self,
        name: impl Into<String>,
        fill: impl Fn(ArrayViewMutD<'_, f64>, u64) + Send + Sync + 'static,
    ) -> Self {
        self.initializers.insert(Function::new(name, Arc::new(fill)));
        self
    }

    /// With such penalties of this class, under this name.
    #[must_use]
    pub fn regularizer_class<O: RegularizerObject>(mut self, name: &'static str) -> Self {
        self.regularizers.insert_class(name, |config| {
            let object: O = made("regularizer", config)?;
            Ok(Arc::new(move |weight: &Var<f64>| object.penalty(weight)))
        });
        self
    }

    /// With what weights are made to be after a step, of this class, under this name.
    #[must_use]
    pub fn constraint_class<O: ConstraintObject>(mut self, name: &'static str) -> Self {
        self.constraints.insert_class(name, |config| {
            let object: O = made("constraint", config)?;
            Ok(Arc::new(move |weight: &Var<f64>| object.constrain(weight)))
        });
        self
    }

    /// With how weights start, of this class, under this name.
    #[must_use]
    pub fn initializer_class<O: InitializerObject>(mut self, name: &'static str) -> Self {
        self.initializers.insert_class(name, |config| {
            let object: O = made("initializer", config)?;
            Ok(Arc::new(move |weight: ArrayViewMutD<'_, f64>, seed| object.fill(weight, seed)))
        });
        self
    }

    /// With all of the others'.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.regularizers.extend(others.regularizers);
        self.constraints.extend(others.constraints);
        self.initializers.extend(others.initializers);
        self
    }

    /// The penalty of this name, if it is known.
    pub(super) fn find_regularizer(&self, own: &OwnFunction) -> Option<Function<OfWeight>> {
        self.regularizers.find(own).ok().flatten()
    }

    /// The functions of a weight, of those that it names.
    pub(crate) fn of(&self, spec: &WeightSpec) -> OfOneWeight {
        let mut of_weight = OfOneWeight::default();
        for (what, own) in spec.functions() {
            match what {
                "regularizer" => of_weight.regularizer = self.find_regularizer(&own),
                "constraint" => of_weight.constraint = self.constraints.find(&own).ok().flatten(),
                _ => {}
            }
        }
        of_weight
    }

    /// Fills a weight by a function of this name, if there is one.
    pub(crate) fn fill<T: Float>(&self, own: OwnFunction, weight: &mut Weight<T>, seed: u64) {
        let Ok(Some(function)) = self.initializers.find(&own) else { return };
        let mut numbers = ndarray::ArrayD::zeros(weight.shape.as_slice());
        function.function()(numbers.view_mut(), seed);
        weight.data.iter_mut().zip(&numbers).for_each(|(element, &number)| *element = T::from_f64(number));
    }

    /// Checks that all functions are known that weights name, and penalties on what layers give.
    ///
    /// # Errors
    /// What is missing, and the line to write; or what an object's configuration lacks.
    pub(crate) fn check(&self, specs: &[WeightSpec], activities: Vec<OwnFunction>) -> Result<(), Missing> {
        let activities = activities.into_iter().map(|own| ("regularizer", own));
        for (what, own) in specs.iter().flat_map(WeightSpec::functions).chain(activities) {
            let is_known = match what {
                "regularizer" => self.regularizers.find(&own)?.is_some(),
                "constraint" => self.constraints.find(&own)?.is_some(),
                _ => self.initializers.find(&own)?.is_some(),
            };
            if !is_known {
                return Err(unregistered(what, &own).into());
            }
        }
        Ok(())
    }
}

impl OfOneWeight {
    /// The penalty of this name on a weight.
    pub(crate) fn penalty<T: Float>(&self, own: &OwnFunction, weight: &Weight<T>) -> Result<f64> {
        penalty(self.regularizer.as_ref(), own, (&weight.shape, &weight.data))
    }

    /// Adds the gradient of the penalty of this name.
    pub(crate) fn add_gradient<T: Float>(&self, own: &OwnFunction, weight: &Weight<T>, gradient: &mut [T]) -> Result<()> {
        add_gradient(self.regularizer.as_ref(), own, 1.0, (&weight.shape, &weight.data), gradient)
    }

    /// What the constraint of this name makes of a weight with these elements.
    pub(crate) fn constrained<T: Float>(&self, own: &OwnFunction, shape: &[usize], elements: &[T]) -> Result<Elements<T>> {
        let function = self.constraint.as_ref().ok_or_else(|| unregistered("constraint", own))?;
        let kept = function.function()(&variable(shape, elements)?)?;
        if kept.elements()?.len() != elements.len() || kept.shape() != shape {
            let (function, expected, found) = (own.name().to_owned(), format!("{shape:?}"), kept.shape().to_vec());
            return Err(Error::Returned { function, expected, found, help: "give the weight in its own shape" });
        }
        let mut result = Elements::zeros(elements.len());
        result.iter_mut().zip(kept.elements()?).for_each(|(to, &from)| *to = T::from_f64(from));
        Ok(result)
    }
}

/// Numbers with their shape.
type Numbers<'n, T> = (&'n [usize], &'n [T]);

/// The penalty of this name on numbers.
pub(super) fn penalty<T: Float>(
    function: Option<&Function<OfWeight>>,
    own: &OwnFunction,
    numbers: Numbers<'_, T>,
) -> Result<f64> {
    penalised(function, own, numbers).map(|(_, penalty)| Ok(penalty.elements()?[0]))?
}

/// Adds the gradient of a share of the penalty of this name.
pub(super) fn add_gradient<T: Float>(
    function: Option<&Function<OfWeight>>,
    own: &OwnFunction,
    share: f64,
    numbers: Numbers<'_, T>,
    gradient: &mut [T],
) -> Result<()> {
    let (variable, penalty) = penalised(function, own, numbers)?;
    let mut gradients = Gradients::default();
    gradients.add_from(&[(&penalty, &[share])])?;
    for (to, &from) in gradient.iter_mut().zip(gradients.elements_of(&variable).unwrap_or_default()) {
        *to += T::from_f64(from);
    }
    Ok(())
}

/// Numbers as a variable, and the penalty on it.
fn penalised<T: Float>(
    function: Option<&Function<OfWeight>>,
    own: &OwnFunction,
    (shape, elements): Numbers<'_, T>,
) -> Result<(Var<f64>, Var<f64>)> {
    let function = function.ok_or_else(|| unregistered("regularizer", own))?;
    let variable = variable(shape, elements)?;
    let penalty = function.function()(&variable)?;
    if penalty.elements()?.len() != 1 {
        let (function, expected, found) = (own.name().to_owned(), "a single number".to_owned(), penalty.shape().to_vec());
        return Err(Error::Returned { function, expected, found, help: "add them up, such as `.sum(..)`" });
    }
    Ok((variable, penalty))
}

/// Numbers as a variable of a tape of its own.
fn variable<T: Float>(shape: &[usize], elements: &[T]) -> Result<Var<f64>> {
    let numbers: Vec<f64> = elements.iter().map(|element| element.to_f64()).collect();
    Tape::of_thread(None).leaf(shape, &numbers)
}

fn unregistered(what: &'static str, own: &OwnFunction) -> Unregistered {
    let (name, path) = (own.name().to_owned(), own.path());
    let line = match own.config() {
        None => format!("CustomObjects::new().{what}(\"{name}\", {path})"),
        Some(_) => format!("CustomObjects::new().{what}_class::<{path}>()"),
    };
    Unregistered { what, name, line }
}
