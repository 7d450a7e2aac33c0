//! What compiled models call: the parts of their functions that do not depend on the model.

use model_graph::custom::Registry;
use model_graph::{Graph, config};

use crate::custom::CustomObjects;
use crate::error::{Error, Result};
use crate::file::difference;
use crate::interpret::Model;

/// The graph of a configuration that the macro has written.
///
/// # Panics
/// If it cannot be read, which a test of the writer excludes.
#[must_use]
pub fn graph(configuration: &str) -> Graph {
    graph_with(configuration, &CustomObjects::new())
}

/// The graph of a configuration that the macro has written, with layers of the user's own.
///
/// # Panics
/// If it cannot be read, which a test of the writer excludes.
#[must_use]
pub fn graph_with(configuration: &str, custom_objects: &CustomObjects) -> Graph {
    config::from_json_with(configuration, custom_objects.registry()).expect("the macro writes configurations that can be read")
}

/// The table of a model's layers.
#[must_use]
pub fn summary(graph: &Graph) -> String {
    model_graph::summary(graph)
}

/// Compares a configuration with that of a compiled model.
///
/// # Errors
/// If it cannot be read, or describes another model.
pub fn check_config(own: &Graph, configuration: &str) -> Result<()> {
    let mut registry = Registry::default();
    own.custom_layers().into_iter().for_each(|signature| registry.insert(signature));
    let (own, given) = (config::write(own), config::write(&config::from_json_with(configuration, &registry)?));
    difference(&own, &given).map_or(Ok(()), |(place, expected, found)| Err(Error::OtherModel { place, expected, found }))
}

/// The sizes of a graph's named dimensions, in their order, for inputs with samples of these shapes.
///
/// # Errors
/// If the shapes are not those of the inputs, or two of them give a name two sizes, or a layer cannot work on the sizes.
pub fn bind(graph: &Graph, shapes: &[&[usize]]) -> Result<Vec<usize>> {
    let shapes: Vec<Vec<usize>> = shapes.iter().map(|shape| shape.to_vec()).collect();
    crate::given::bind(graph, &crate::given::ports(graph).0, &shapes)
}

/// The result of a pass in which nothing can fail: every layer is this library's, and every size was known to the macro.
///
/// # Panics
/// If it has failed all the same.
pub fn sure<T>(result: Result<T>) -> T {
    result.unwrap_or_else(|error| unreachable!("a pass without layers of the user's own has failed: {error}"))
}

/// A model inside another that is declared with `trainable = false`.
#[must_use]
pub fn frozen<N: crate::network::Trainable>(mut model: N) -> N {
    model.set_trainable(false);
    model
}

impl Model<f32> {
    /// Makes a model from its configuration, Keras 3's functional JSON, with the weights that the seed gives it.
    ///
    /// # Errors
    /// If the configuration cannot be read, or has something that this library does not.
    pub fn from_config(configuration: &str, seed: u64) -> Result<Self> {
        Self::from_config_with(configuration, seed, &CustomObjects::new())
    }

    /// The same, of a model with layers of the user's own.
    ///
    /// # Errors
    /// As [`Model::from_config`]; also if such a layer is not among these.
    pub fn from_config_with(configuration: &str, seed: u64, custom_objects: &CustomObjects) -> Result<Self> {
        let graph = config::from_json_with(configuration, custom_objects.registry())?;
        Ok(Self::with_custom_objects(graph, seed, custom_objects)?)
    }

    /// The configuration: Keras 3's functional JSON, as `keras.models.model_from_json` takes it.
    #[must_use]
    pub fn config(&self) -> String {
        config::to_json(crate::network::Network::graph(self))
    }
}
