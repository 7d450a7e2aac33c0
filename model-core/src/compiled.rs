//! What compiled models call: the parts of their functions that do not depend on the model.

use std::path::Path;

use model_exchange::legacy;
use model_graph::custom::Registry;
use model_graph::{Graph, config};

use crate::custom::CustomObjects;
use crate::error::{Error, Result};
use crate::file::difference;
use crate::initialize::Seeds;
use crate::interpret::Model;
use crate::memory;
use crate::network::Trainable;

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

/// The graph of a configuration, whichever version of Keras has written it.
fn read(configuration: &str, registry: &Registry) -> Result<Graph> {
    let document = config::parse(configuration)?;
    Ok(config::read_with(&*legacy::modern(&document, registry)?, registry)?)
}

/// Compares a configuration with that of a compiled model.
///
/// # Errors
/// If it cannot be read, or describes another model.
pub fn check_config(own: &Graph, configuration: &str) -> Result<()> {
    let given = read(configuration, &own.registry())?;
    // A compiled model takes batches of any size, unless its own configuration says which.
    let given = Graph { samples: own.samples.and(given.samples), ..given };
    let (own, given) = (config::write(own), config::write(&given));
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

/// What can fail for want of memory only: every layer is this library's, and every size was known to the macro.
///
/// # Panics
/// With the words of the error.
#[track_caller]
pub fn sure<T>(result: Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

/// Whether there is memory for a model's weights, of so many elements.
///
/// # Errors
/// If there is not.
pub fn check_weights(parameters: usize, graph: fn() -> &'static Graph) -> Result<()> {
    // The graph is asked for words only.
    let is_room = memory::claim(memory::bytes_of::<f32>(parameters), String::new);
    Ok(is_room.or_else(|_| memory::claim_weights::<f32>(graph()))?)
}

/// A model with the weights of a file, which are held against its graph before it is made.
///
/// # Errors
/// If the file cannot be read, is damaged, or is another model's.
pub fn load<N: Trainable>(path: impl AsRef<Path>, graph: &Graph, make: fn(&mut Seeds) -> N) -> Result<N> {
    crate::file::load(path.as_ref(), graph, make)
}

/// A model inside another that is declared with `trainable = false`.
#[must_use]
pub fn frozen<N: Trainable>(mut model: N) -> N {
    model.set_trainable(false);
    model
}

impl Model<f32> {
    /// Makes a model from its configuration, Keras's JSON, with the weights that the seed gives it.
    ///
    /// That of older versions is read, too: Keras 1 and 2, `tf.keras`, and `model.json` of TensorFlow.js. See [`legacy::modern`].
    ///
    /// # Errors
    /// If the configuration cannot be read, or has something that this library does not: of an older version's, all that it has not.
    pub fn from_config(configuration: &str, seed: u64) -> Result<Self> {
        Self::from_config_with(configuration, seed, &CustomObjects::new())
    }

    /// The same, of a model with layers of the user's own.
    ///
    /// # Errors
    /// As [`Model::from_config`]; also if such a layer is not among these.
    pub fn from_config_with(configuration: &str, seed: u64, custom_objects: &CustomObjects) -> Result<Self> {
        let graph = read(configuration, custom_objects.registry())?;
        Ok(Self::with_custom_objects(graph, seed, custom_objects)?)
    }

    /// The configuration: Keras 3's functional JSON, as `keras.models.model_from_json` takes it.
    #[must_use]
    pub fn config(&self) -> String {
        config::to_json(crate::network::Network::graph(self))
    }
}
