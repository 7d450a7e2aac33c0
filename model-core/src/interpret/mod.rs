//! A model that is known at run time only: its graph is walked as its plan says. The macro's models compute the same bits without walking.

mod backward;
mod by_hand;
mod forward;
mod lend;
mod network;
mod sizes;
mod slots;

use std::sync::Arc;

use model_graph::graph::{Kind, LayerNode};
use model_graph::layer::WeightSpec;
use model_graph::message::CallError;
use model_graph::plan::Plan;
use model_graph::{DuplicateName, Graph};

use crate::any::AnyLayer;
use crate::custom::{CustomObjects, Missing};
use crate::elements::Elements;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::given::AnyArray;
use crate::initialize::Seeds;
use crate::layer::Weight;
use crate::memory::{self, TooLarge};
use crate::network::Trainable;

use sizes::Sizes;

pub use network::Gradients;
pub use slots::{Tape, Workspace};

/// A model made from a graph.
#[derive(Clone, Debug)]
pub struct Model<T: Float = f32> {
    graph: Arc<Graph>,
    plan: Arc<Plan>,
    /// The names of the graph's dimensions.
    names: Arc<[String]>,
    /// The sizes, where there are no names.
    sizes: Arc<Sizes>,
    /// What runs, by the graph's layers.
    parts: Vec<Part<T>>,
    /// Whether layers keep their states from one batch to the next.
    keeps_states: bool,
    /// Whether layers cannot run before they have been adapted to data.
    waits_for_data: bool,
}

/// What a call of the graph runs.
#[derive(Clone, Debug)]
pub(crate) enum Part<T: Float> {
    Layer(Box<AnyLayer<T>>),
    Model(Model<T>),
}

/// Why a graph cannot be run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// Two layers have one name.
    #[error(transparent)]
    Name(#[from] DuplicateName),
    /// A named dimension whose size follows from no input.
    #[error("no input gives `{name}` a size\nhelp: give an input an axis `{name}`, by itself")]
    Unbound {
        /// The name.
        name: String,
    },
    /// A layer of the user's own is not registered.
    #[error(
        "`{class}` is a custom layer that was not registered\nhelp: make the model with \
         `CustomObjects::new().layer::<{class}>()`, as `Model::with_custom_objects` takes it"
    )]
    Unregistered {
        /// Its class.
        class: &'static str,
    },
    /// A function or an object of the user's own of weights is not registered, or not of its class.
    #[error(transparent)]
    Function(#[from] Missing),
    /// Its weights would take more memory than there is.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// The mask of an output cannot be computed.
    #[error(transparent)]
    Mask(Box<CallError>),
}

/// A graph as a model runs it: calls that no output depends on are left out, every layer has a name, and outputs give their masks.
pub(crate) fn flat(mut graph: Graph) -> Result<Graph, ModelError> {
    let is_named = graph.layers.iter().all(|layer| layer.name.is_some());
    graph.give_out_masks().map_err(|(_, error)| ModelError::Mask(Box::new(error)))?;
    if is_named {
        graph.name_all();
    }
    let graph = graph.pruned().flat()?;
    graph.unbound_name().map_or(Ok(graph), |name| Err(ModelError::Unbound { name }))
}

/// Checks that the functions of the user's own are registered that a graph's weights name, and its penalties on what layers give.
pub(crate) fn check_functions<T: Float>(graph: &Graph, custom_objects: &CustomObjects<T>) -> Result<(), ModelError> {
    let specs: Vec<WeightSpec> = graph.weights().into_iter().map(|(_, spec)| spec.clone()).collect();
    Ok(custom_objects.weights().check(&specs, graph.activity_functions())?)
}

impl<T: Float> Model<T> {
    /// A model of a graph, with the weights that the seed gives it. Calls that no output depends on are left out.
    ///
    /// # Errors
    /// If two layers have one name, a named dimension gets its size by no input, or the weights would take more memory than there is.
    pub fn new(graph: Graph, seed: u64) -> Result<Self, ModelError> {
        Self::with_custom_objects(graph, seed, &CustomObjects::new())
    }

    /// The same, of a graph with layers of the user's own.
    ///
    /// # Errors
    /// As [`Model::new`]; also if such a layer is not among these.
    pub fn with_custom_objects(graph: Graph, seed: u64, custom_objects: &CustomObjects<T>) -> Result<Self, ModelError> {
        let graph = flat(graph)?;
        check_functions(&graph, custom_objects)?;
        Self::of_flat(graph, Seeds::new(seed), custom_objects)
    }

    /// A model of a graph that [`flat`] has given.
    pub(crate) fn of_flat(graph: Graph, mut seeds: Seeds, custom_objects: &CustomObjects<T>) -> Result<Self, ModelError> {
        memory::claim_weights::<T>(&graph)?;
        let graph = Arc::new(graph);
        let plan = Arc::new(Plan::new(&graph));
        seeds.knowing(custom_objects.weights().clone());
        Self::build(graph, plan, true, &mut seeds, custom_objects)
    }

    /// The parts are made in the order of the layers, those of models inside in their place: this numbers them for their seeds.
    fn build(
        graph: Arc<Graph>,
        plan: Arc<Plan>,
        is_trainable: bool,
        seeds: &mut Seeds,
        custom_objects: &CustomObjects<T>,
    ) -> Result<Self, ModelError> {
        let names: Arc<[String]> = graph.names().into();
        let sizes = if names.is_empty() { Sizes::new(&graph, &plan, &[], &[]) } else { Sizes::default() };
        let part = |(i, layer): (usize, &LayerNode)| {
            let is_trainable = is_trainable && layer.trainable;
            match &layer.kind {
                Kind::Layer(config) => {
                    let inputs = layer.built.as_deref().unwrap_or_default();
                    let mut layer = AnyLayer::new(config, inputs, seeds, custom_objects)
                        .ok_or(ModelError::Unregistered { class: config.class() })?;
                    layer.set_trainable(is_trainable);
                    Ok(Part::Layer(Box::new(layer)))
                }
                Kind::Model(inner) | Kind::Block(inner) => {
                    let call = graph.nodes.iter().position(|node| node.layer.0 == i).expect("flat graphs call every layer");
                    let plan = plan.children[&model_graph::graph::NodeId(call)].plan.clone();
                    Self::build(inner.clone(), plan, is_trainable, seeds, custom_objects).map(Part::Model)
                }
            }
        };
        let parts = graph.layers.iter().enumerate().map(part).collect::<Result<_, _>>()?;
        let (keeps_states, waits_for_data) = (graph.keeps_states(), graph.waits_for_data());
        Ok(Self { graph, plan, names, sizes: Arc::new(sizes), parts, keeps_states, waits_for_data })
    }

    /// What runs, by the graph's layers.
    pub(crate) fn parts(&self) -> &[Part<T>] {
        &self.parts
    }

    /// The same, to be changed.
    pub(crate) fn parts_mut(&mut self) -> &mut [Part<T>] {
        &mut self.parts
    }

    /// How the model is run.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What is worth knowing of the model, though nothing is wrong with it, each in a sentence or two: where the mask of a tensor ends at a layer
    /// that looks at what is padded as at all else. The macro says the same while it compiles.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.graph.warnings()
    }

    /// The layer of a path: `conv2d`, or `encoder/conv2d` inside a model.
    #[must_use]
    pub fn layer(&self, path: &str) -> Option<&AnyLayer<T>> {
        let (name, rest) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
        match (&self.parts[self.position(name)?], rest) {
            (Part::Layer(layer), None) => Some(layer),
            (Part::Model(model), Some(rest)) => model.layer(rest),
            (Part::Layer(_), Some(_)) | (Part::Model(_), None) => None,
        }
    }

    /// The layer of a path, to be changed.
    pub fn layer_mut(&mut self, path: &str) -> Option<&mut AnyLayer<T>> {
        let (name, rest) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let position = self.position(name)?;
        match (&mut self.parts[position], rest) {
            (Part::Layer(layer), None) => Some(layer),
            (Part::Model(model), Some(rest)) => model.layer_mut(rest),
            (Part::Layer(_), Some(_)) | (Part::Model(_), None) => None,
        }
    }

    /// The weight of a path: `conv2d/kernel`.
    #[must_use]
    pub fn weight(&self, path: &str) -> Option<&Weight<T>> {
        let (name, rest) = path.split_once('/')?;
        match &self.parts[self.position(name)?] {
            Part::Layer(layer) => layer.weights().iter().find(|weight| weight.name == rest),
            Part::Model(model) => model.weight(rest),
        }
    }

    /// The weight of a path, to be changed.
    pub fn weight_mut(&mut self, path: &str) -> Option<&mut Weight<T>> {
        let (name, rest) = path.split_once('/')?;
        let position = self.position(name)?;
        match &mut self.parts[position] {
            Part::Layer(layer) => layer.weights_mut().iter_mut().find(|weight| weight.name == rest),
            Part::Model(model) => model.weight_mut(rest),
        }
    }

    /// Lets the layer of a path take what it takes from data: the means and variances of a `Normalization`, the boundaries of a `Discretization`,
    /// as Keras's `layer.adapt(data)`. The array's first axis is its samples, as the layer is given them.
    ///
    /// # Errors
    /// If there is no such layer, it takes nothing from data, or the data does not fit it, has no samples, or is not finite.
    pub fn adapt<'a>(&mut self, path: &str, data: impl Into<AnyArray<'a>>) -> Result<()> {
        if self.layer(path).is_none() {
            let known = self.graph.layers.iter().map(|layer| layer.name().to_owned()).collect();
            return Err(Error::NoLayer { path: path.to_owned(), known });
        }
        self.layer_mut(path).map_or(Ok(()), |layer| layer.adapt(path, &data.into()))
    }

    /// Gives a part of the model other weights, in their order.
    pub(crate) fn set_weights(&mut self, part: usize, elements: Vec<Elements<T>>) {
        let mut elements = elements.into_iter();
        let mut take = |weight: &mut Weight<T>| {
            if let Some(elements) = elements.next() {
                weight.data = elements;
            }
        };
        match &mut self.parts[part] {
            Part::Layer(layer) => layer.weights_mut().iter_mut().for_each(take),
            Part::Model(model) => model.visit_mut(&mut take),
        }
    }

    fn position(&self, layer: &str) -> Option<usize> {
        self.graph.layers.iter().position(|other| other.name() == layer)
    }

    /// The sizes that follow from those of the names; those before serve again, where they do.
    fn sizes(&self, before: &Arc<Sizes>, named: &[usize]) -> Arc<Sizes> {
        match (self.names.is_empty(), before.named == named) {
            (true, _) => self.sizes.clone(),
            (false, true) => before.clone(),
            (false, false) => Arc::new(Sizes::new(&self.graph, &self.plan, &self.names, named)),
        }
    }
}

#[cfg(test)]
mod tests;
