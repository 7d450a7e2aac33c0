//! The layers of the user's own that models are read with: Keras's `custom_objects`.

use std::sync::Arc;

use model_graph::custom::{Custom as Call, Registry};
use model_graph::keras::{LOSSES, METRICS, Names, written};
use model_graph::shape::TensorType;
use ndarray::ArrayViewMutD;
use serde_json::Value;

use super::function::Classes;
use super::{
    ConstraintObject, Custom, CustomLayer, InitializerObject, LossObject, MetricObject, Own, RegularizerObject, Runs,
    Unregistered, WeightFunctions, function_name, is_called,
};
use crate::error::Result;
use crate::float::Float;
use crate::initialize::Seeds;
use crate::losses::Loss;
use crate::metrics::{IntoMetric, Metric};
use crate::schedules::LearningRate;
use crate::variable::Var;

type Make<T> = fn(&Call, &[TensorType], &mut Seeds) -> Own<T>;

/// Reads an object of a class from its configuration.
type Read<R> = fn(&Value) -> Result<R>;

type MakeCell<T> = fn(&Call) -> Arc<dyn Runs<T>>;

/// Layers of the user's own, by the names that they are saved by. What is not among them is not read.
///
/// ```
/// # use functional_model::prelude::*;
/// # use ndarray::Array2;
/// # #[layer(shape = "[.., n] -> [.., n]")]
/// # #[derive(Clone, Debug)]
/// # struct Twice {}
/// # impl<T: Float> CustomLayer<T> for Twice {
/// #     fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> { &call.inputs + &call.inputs }
/// #     fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
/// #         Gradients { inputs: &call.d_output + &call.d_output, weights: () }
/// #     }
/// # }
/// # functional_model! { model Net(x: [3]) { Twice()(x) } }
/// let custom_objects = CustomObjects::new().layer::<Twice>();
/// let model = Model::from_config_with(Net::config(), 42, &custom_objects)?;
/// assert_eq!(model.predict(&ndarray::array![[1.0, 2.0, 3.0]])?, ndarray::array![[2.0, 4.0, 6.0]].into_dyn());
///
/// let error = Model::from_config(Net::config(), 42).unwrap_err();
/// assert!(error.to_string().contains("`CustomObjects::new().layer::<Twice>()`"));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CustomObjects<T: Float = f32> {
    registry: Registry,
    makers: Vec<(String, Make<T>, MakeCell<T>)>,
    losses: Vec<Loss>,
    loss_classes: Classes<Read<Loss>>,
    metrics: Vec<Metric>,
    metric_classes: Classes<Read<Metric>>,
    rates: Vec<LearningRate>,
    /// What is done with weights.
    weights: WeightFunctions,
}

impl<T: Float> CustomObjects<T> {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            registry: Registry::default(),
            makers: Vec::new(),
            losses: Vec::new(),
            loss_classes: Classes::new(),
            metrics: Vec::new(),
            metric_classes: Classes::new(),
            rates: Vec::new(),
            weights: WeightFunctions::new(),
        }
    }

    /// With this layer.
    #[must_use]
    pub fn layer<L: CustomLayer<T>>(mut self) -> Self {
        self.registry.insert(<L as Custom>::signature().clone());
        self.add((L::signature().registered_name(), Own::make::<L>, cell::<L, T>));
        self
    }

    /// With this loss, which [`Loss::own`] made: under its name it is read back.
    #[must_use]
    pub fn loss(mut self, loss: Loss) -> Self {
        self.losses.retain(|other| other.class() != loss.class());
        self.losses.push(loss);
        self
    }

    /// With losses of this class, which [`Loss::object`] makes: they are read back with their fields.
    #[must_use]
    pub fn loss_class<O: LossObject>(mut self) -> Self {
        self.loss_classes.insert(O::CLASS, Loss::of_config::<O>);
        self
    }

    /// With metrics of this class, which [`Metric::object`] makes.
    #[must_use]
    pub fn metric_class<O: MetricObject>(mut self) -> Self {
        self.metric_classes.insert(O::CLASS, Metric::of_config::<O>);
        self
    }

    /// With this metric, which [`Metric::own`] or [`Metric::with_state`] made.
    #[must_use]
    pub fn metric(mut self, metric: impl IntoMetric) -> Self {
        let metric = metric.into_metric();
        self.metrics.retain(|other| other.own_name() != metric.own_name());
        self.metrics.push(metric);
        self
    }

    /// With this learning rate, which [`LearningRate::own`] made.
    #[must_use]
    pub fn learning_rate(mut self, rate: LearningRate) -> Self {
        self.rates.retain(|other| other.own_name() != rate.own_name());
        self.rates.push(rate);
        self
    }

    /// With a penalty on weights, or on what layers give, under the name that files have for it: a function that gives a number, in double precision
    /// whatever the model computes in.
    #[must_use]
    pub fn regularizer(
        self,
        name: impl Into<String>,
        penalty: impl Fn(&Var<f64>) -> Result<Var<f64>> + Send + Sync + 'static,
    ) -> Self {
        Self { weights: self.weights.regularizer(name, penalty), ..self }
    }

    /// With what weights are made to be after every step: a function of a weight that gives one of its shape, likewise.
    #[must_use]
    pub fn constraint(
        self,
        name: impl Into<String>,
        change: impl Fn(&Var<f64>) -> Result<Var<f64>> + Send + Sync + 'static,
    ) -> Self {
        Self { weights: self.weights.constraint(name, change), ..self }
    }

    /// With how weights start: what fills a weight of zeros, by a seed that follows from the model's and the weight's place.
    #[must_use]
    pub fn initializer(
        self,
        name: impl Into<String>,
        fill: impl Fn(ArrayViewMutD<'_, f64>, u64) + Send + Sync + 'static,
    ) -> Self {
        Self { weights: self.weights.initializer(name, fill), ..self }
    }

    /// With penalties on weights, or on what layers give, of this class, which files have with their fields.
    #[must_use]
    pub fn regularizer_class<O: RegularizerObject>(self) -> Self {
        Self { weights: self.weights.regularizer_class::<O>(O::CLASS), ..self }
    }

    /// With what weights are made to be after every step, of this class.
    #[must_use]
    pub fn constraint_class<O: ConstraintObject>(self) -> Self {
        Self { weights: self.weights.constraint_class::<O>(O::CLASS), ..self }
    }

    /// With how weights start, of this class.
    #[must_use]
    pub fn initializer_class<O: InitializerObject>(self) -> Self {
        Self { weights: self.weights.initializer_class::<O>(O::CLASS), ..self }
    }

    /// What is done with weights.
    pub(crate) const fn weights(&self) -> &WeightFunctions {
        &self.weights
    }

    /// The loss of a file, if it is one of these.
    pub(crate) fn find_loss(&self, serialized: &Value) -> Result<Option<Loss>> {
        if let Some(make) = find_class(serialized, &self.loss_classes) {
            return make(&serialized["config"]).map(Some);
        }
        let found = find(serialized, &self.losses, |loss| Some(loss.class()));
        let line = |name: &str| match serialized["class_name"].as_str() {
            Some(class) if class != "function" => format!("CustomObjects::new().loss_class::<{class}>()"),
            _ => format!("CustomObjects::new().loss(Loss::own(\"{name}\", ..))"),
        };
        found.map_or_else(|| check_ours("loss", serialized, LOSSES, line), |loss| Ok(Some(loss.clone())))
    }

    /// The metric of a file, if it is one of these.
    pub(crate) fn find_metric(&self, serialized: &Value) -> Result<Option<Metric>> {
        if let Some(make) = find_class(serialized, &self.metric_classes) {
            return make(&serialized["config"]).map(Some);
        }
        let found = find(serialized, &self.metrics, Metric::own_name);
        let line = |name: &str| format!("CustomObjects::new().metric(Metric::own(\"{name}\", ..))");
        found.map_or_else(|| check_ours("metric", serialized, METRICS, line), |metric| Ok(Some(metric.clone())))
    }

    /// The learning rate of a file, if it is one of these.
    pub(crate) fn find_learning_rate(&self, serialized: &Value, ours: &[&str]) -> Result<Option<LearningRate>> {
        if let Some(found) = find(serialized, &self.rates, LearningRate::own_name) {
            return Ok(Some(found.clone()));
        }
        let is_own = |name: &&str| serialized["class_name"] == "function" || serialized["registered_name"] == **name;
        match function_name(serialized).filter(is_own).filter(|name| !ours.contains(name)) {
            Some(name) => {
                let line = format!("CustomObjects::new().learning_rate(LearningRate::own(\"{name}\", ..))");
                Err(Unregistered { what: "learning rate", name: name.to_owned(), line }.into())
            }
            None => Ok(None),
        }
    }

    /// With all of the others'.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        others.registry.iter().for_each(|signature| self.registry.insert(signature.clone()));
        others.makers.into_iter().for_each(|maker| self.add(maker));
        self.loss_classes.extend(others.loss_classes);
        self.metric_classes.extend(others.metric_classes);
        let all = others.losses.into_iter().fold(self, Self::loss);
        let all = others.metrics.into_iter().fold(all, Self::metric);
        let mut all = others.rates.into_iter().fold(all, Self::learning_rate);
        all.weights = all.weights.and(others.weights);
        all
    }

    fn add(&mut self, maker: (String, Make<T>, MakeCell<T>)) {
        self.makers.retain(|(other, ..)| *other != maker.0);
        self.makers.push(maker);
    }

    /// The declarations.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The layer of a call, if it is one of these.
    pub(crate) fn make(&self, call: &Call, inputs: &[TensorType], seeds: &mut Seeds) -> Option<Own<T>> {
        let name = call.signature.registered_name();
        let (_, make, _) = self.makers.iter().find(|(other, ..)| *other == name)?;
        Some(make(call, inputs, seeds))
    }

    /// The arithmetic of a layer that is a cell of another one, if it is one of these.
    pub(crate) fn cell(&self, call: &Call) -> Option<Arc<dyn Runs<T>>> {
        let name = call.signature.registered_name();
        let (.., make) = self.makers.iter().find(|(other, ..)| *other == name)?;
        Some(make(call))
    }
}

/// What is registered under the name that a serialised object has.
fn find<'r, R>(serialized: &Value, registered: &'r [R], name: impl Fn(&R) -> Option<&str>) -> Option<&'r R> {
    let in_file = function_name(serialized)?;
    registered.iter().find(|one| name(one).is_some_and(|name| is_called(name, in_file)))
}

/// What makes objects of the class that a serialised one has.
fn find_class<R>(serialized: &Value, classes: &Classes<Read<R>>) -> Option<Read<R>> {
    let in_file = function_name(serialized).filter(|_| serialized.is_object() && serialized["class_name"] != "function")?;
    classes.find(in_file).map(|(_, make)| make)
}

/// Nothing where a serialised object is to be read as one of this library's.
fn check_ours<R>(what: &'static str, serialized: &Value, names: Names, line: impl Fn(&str) -> String) -> Result<Option<R>> {
    let name = function_name(serialized).filter(|_| serialized.is_object());
    match name.filter(|name| written(names, name).is_none()) {
        Some(name) => Err(Unregistered { what, name: name.to_owned(), line: line(name) }.into()),
        None => Ok(None),
    }
}

/// The arithmetic of a layer of the user's own, of a call that is known to be of this type.
pub(crate) fn cell<L: CustomLayer<T>, T: Float>(call: &Call) -> Arc<dyn Runs<T>> {
    Arc::new(L::read(&call.arguments).expect("the graph has checked the arguments"))
}

impl<T: Float> Default for CustomObjects<T> {
    fn default() -> Self {
        Self::new()
    }
}
