//! A whole document, or a model inside one: which form it has, and what it is called.

use std::cell::Cell;

use serde_json::Value;

use super::error::{ConfigError, ConfigProblem};
use super::fields::{field, flag, mismatch, object, text};
use super::foreign::Foreign;
use super::{functional, layer, sequential};
use crate::custom::Registry;
use crate::graph::{Graph, Kind};

/// How deep models may lie in one another.
const DEEPEST: usize = 64;

/// The most layer calls that a document makes, those of the models in it for each call of these. The largest networks have some thousands; a
/// short document can ask for more than could ever be made, by models that call models twice.
const MOST_CALLS: usize = 50_000;

/// How a model is read: by which declarations of users' layers, how deep it lies in others, and how much has been asked for.
#[derive(Clone, Copy)]
pub(super) struct Reading<'r> {
    /// The declarations.
    pub registry: &'r Registry,
    /// How many models it lies in.
    pub depth: usize,
    /// The layer calls that have been made of the whole document.
    calls: &'r Cell<usize>,
}

impl Reading<'_> {
    /// How a model is read that lies in the one which is read so.
    pub fn deeper(self) -> Self {
        Self { depth: self.depth.saturating_add(1), ..self }
    }

    /// Counts a call.
    pub fn count(self, kind: &Kind) -> Result<(), ConfigError> {
        self.calls.set(self.calls.get().saturating_add(kind.calls()));
        if self.calls.get() > MOST_CALLS { Err(ConfigProblem::Calls { most: MOST_CALLS }.into()) } else { Ok(()) }
    }
}

/// A model, and the order in which Keras counts its outputs.
pub(super) struct Model {
    /// The model.
    pub graph: Graph,
    /// The positions of its outputs in Keras's order.
    pub outputs: Vec<usize>,
}

/// Reads the document that Keras 3's `model.to_json()` gives, of a functional or a sequential model.
///
/// The layers may stand in any order; those of the graph come in the order of their first calls. Calls are made in passes over the document,
/// as Keras makes them, but those of one layer in the order in which Keras runs them, by their distance from the outputs; unless inbound nodes have a
/// number `call_order`, which then decides. Every call is checked.
///
/// # Errors
/// The first fault found: its place by the names of models and layer, what was expected and what was found.
pub fn read(document: &Value) -> Result<Graph, ConfigError> {
    read_with(document, &Registry::default())
}

/// Reads a document with layers of the user's own, which Keras calls `custom_objects`.
///
/// # Errors
/// As [`read`]; also if such a layer is not registered.
pub fn read_with(document: &Value, registry: &Registry) -> Result<Graph, ConfigError> {
    let graph = whole(document, registry)?;
    match graph.constants().into_iter().next() {
        None => Ok(graph),
        Some(constant) => Err(ConfigError::from(ConfigProblem::Constant(constant)).within(&graph.name)),
    }
}

/// Reads a document, in which sizes may follow from constants.
pub(super) fn whole(document: &Value, registry: &Registry) -> Result<Graph, ConfigError> {
    let read = model(document, Reading { registry, depth: 0, calls: &Cell::new(0) });
    let foreign = |error| Foreign::of(document).map_or(error, |foreign| ConfigProblem::Foreign(foreign).into());
    let graph = read.map(|model| model.graph).and_then(|graph| Ok(Graph { samples: samples(document)?, ..graph }));
    graph.map_err(foreign)
}

/// The number of samples that all inputs of the outermost model have, where they have one: Keras asks for it where layers keep their states.
fn samples(document: &Value) -> Result<Option<usize>, ConfigError> {
    let config = document.get("config").unwrap_or(&Value::Null);
    let layers = config.get("layers").and_then(Value::as_array).into_iter().flatten();
    let inputs = layers.filter(|layer| layer.get("class_name").is_some_and(|class| class == "InputLayer"));
    let shapes = inputs.filter_map(|layer| layer.get("config")?.get("batch_shape"));
    let mut all = shapes.chain(config.get("build_input_shape")).filter_map(|shape| Some((shape, layer::samples(shape)?)));
    let Some((_, first)) = all.next() else { return Ok(None) };
    all.find(|(_, other)| *other != first).map_or(Ok(Some(first)), |(shape, _)| {
        let expected = "a batch of as many samples as that of the other inputs, or null";
        Err(mismatch("batch_shape", expected, shape))
    })
}

/// Reads a model that lies in so many others.
pub(super) fn model(document: &Value, reading: Reading<'_>) -> Result<Model, ConfigError> {
    let depth = reading.depth;
    if depth > DEEPEST {
        return Err(ConfigProblem::Depth { most: DEEPEST }.into());
    }
    let class = text(document, "class_name", "`Functional` or `Sequential`")?;
    let config = field(document, "config", "the model's configuration")?;
    let name = text(config, "name", "the model's name")?;
    let read = match class {
        "Functional" => functional::read(config, name, reading),
        "Sequential" => sequential::read(document, config, name, reading),
        other if config.get("parts").is_some() => Err(ConfigProblem::Code { class: other.to_owned() }.into()),
        other => Err(ConfigProblem::Class { found: other.to_owned(), known: vec!["Functional", "Sequential"] }.into()),
    };
    // The name of an inner model is added by the layer that it is.
    let model = read.map_err(|error| if depth == 0 { error.within(name) } else { error })?;
    let trainable = flag(object(document, "config", "the model's configuration")?, "trainable", true)?;
    Ok(if trainable || depth > 0 { model } else { frozen(model) })
}

/// A model whose layers are not to be trained: the outermost model is no layer that could say so.
fn frozen(mut model: Model) -> Model {
    model.graph.layers.iter_mut().for_each(|layer| layer.trainable = false);
    model
}
