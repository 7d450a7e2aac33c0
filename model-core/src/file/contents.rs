//! What is in a file, for whoever looks at it: which kind it is, who wrote it, its model, its tensors as they lie there.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use model_exchange::Tensor;
use model_exchange::keras::{Variables, by_layer};
use serde_json::Value;

use super::content::Content;
use super::{FileProblem, container, keras, kind, load};
use crate::custom::CustomObjects;
use crate::error::{Error, Result};
use crate::interpret::Model;
use crate::network::Network as _;

/// The kinds of files that models or their weights are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `.safetensors` of this library.
    Own,
    /// `.keras` of Keras 3.
    Keras,
    /// `.h5`, a whole model, as Keras 1 and 2 save it, and Keras 3 where the name asks for it.
    KerasH5,
    /// `.weights.h5` of Keras 3, weights alone.
    KerasWeights,
    /// `.h5` of Keras 1 and 2, weights alone, layer by layer.
    KerasWeightsByLayer,
    /// `.safetensors` of any program, weights alone.
    Weights,
}

impl Kind {
    /// Whether such files have a model beside its weights.
    #[must_use]
    pub const fn has_model(self) -> bool {
        matches!(self, Self::Own | Self::Keras | Self::KerasH5)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Own => "`.safetensors` of functional-model",
            Self::Keras => "`.keras` of Keras 3",
            Self::KerasH5 => "`.h5` of Keras",
            Self::KerasWeights => "`.weights.h5` of Keras, weights alone",
            Self::KerasWeightsByLayer => "`.h5` of Keras, weights alone by layer",
            Self::Weights => "`.safetensors` of any program, weights alone",
        })
    }
}

/// The bytes of a model's file, to look at what is in it.
///
/// # Errors
/// If it is no regular file, cannot be read, or is larger than the memory that there is.
pub fn read_bytes(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    let path = path.as_ref();
    container::read_bytes(path).map_err(|problem| Error::File { path: path.to_owned(), problem })
}

/// What is in a file.
///
/// ```
/// use model_core::file::{Contents, Kind, Save, read_bytes};
/// use model_core::interpret::Model;
///
/// # let graph = model_graph::config::from_json(r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
/// #     {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2]}},
/// #     {"class_name": "Dense", "config": {"name": "line", "units": 1}}]}}"#).unwrap();
/// # let model = Model::<f32>::new(graph, 42).unwrap();
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("line.keras");
/// model.save(&path)?;
/// let bytes = read_bytes(&path)?;
/// let contents = Contents::of(&bytes)?;
/// assert_eq!((contents.kind, contents.training), (Kind::Keras, None));
/// let (name, kernel) = &contents.weights[0];
/// assert_eq!((name.as_str(), &kernel.shape[..]), ("line/kernel", &[2, 1][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Contents<'b> {
    /// What it is.
    pub kind: Kind,
    /// The program that wrote it with its version, where the file tells: `Keras 3.15.1`.
    pub writer: Option<String>,
    /// The model with its weights; none of weights alone.
    pub model: Option<Model>,
    /// How it was trained: `compile_config` as Keras writes it, and `iterations`.
    pub training: Option<Value>,
    /// The weights by the model's names, in its order. Of weights alone all there are, by their own names.
    pub weights: Vec<(String, Tensor<'b>)>,
    /// What else there is, by name: what the optimiser remembers, and what is no weight of the model.
    pub others: Vec<(String, Tensor<'b>)>,
    /// Whether the file tells how the model was trained in a way that is not read, as those of Keras 1 and 2 do.
    pub has_unread_training: bool,
}

impl<'b> Contents<'b> {
    /// Looks at the bytes of a file.
    ///
    /// # Errors
    /// If the file is damaged, of no kind that is read, or of a model that this library cannot run, or if its tensors are not the model's.
    pub fn of(bytes: &'b [u8]) -> Result<Self, FileProblem> {
        if kind::is_keras(bytes) {
            return Self::of_model(Kind::Keras, bytes);
        }
        if keras::weights::is_hdf5(bytes) {
            if keras::old::has(bytes, "model_config")? {
                return Self::of_model(Kind::KerasH5, bytes);
            }
            return Ok(match by_layer(bytes)? {
                Some(layers) => {
                    let weights = layers.into_iter().flat_map(|layer| layer.weights).collect();
                    Self::of_weights(Kind::KerasWeightsByLayer, weights)
                }
                None => Self::of_weights(Kind::KerasWeights, sorted(Variables::read(bytes)?.into_tensors())),
            });
        }
        match container::weights(bytes)? {
            Some(weights) => Ok(Self::of_weights(Kind::Weights, sorted(weights))),
            // Of what is none of these it is said, too, what is wrong with it as one of this library's.
            None => Self::of_model(Kind::Own, bytes),
        }
    }

    fn of_weights(kind: Kind, weights: Vec<(String, Tensor<'b>)>) -> Self {
        let (others, weights) = weights.into_iter().partition(|(name, _)| keras::is_variable(name));
        Self { kind, writer: None, model: None, training: None, weights, others, has_unread_training: false }
    }

    fn of_model(kind: Kind, bytes: &'b [u8]) -> Result<Self, FileProblem> {
        let custom_objects = CustomObjects::new();
        let mut content = Content::read(bytes, custom_objects.registry())?;
        let model = load::model(&mut content, &custom_objects)?;
        let Content { mut document, mut tensors, .. } = content;
        let names = model.graph().weights().into_iter().map(|(name, _)| name);
        let weights = names.filter_map(|name| tensors.remove_entry(&name)).collect();
        let writer = document["keras_version"].as_str().map(|version| format!("Keras {version}"));
        let has_unread_training = document["training_config"] == true;
        let training = Some(document["training"].take()).filter(|training| !training.is_null());
        Ok(Self { kind, writer, model: Some(model), training, weights, others: sorted(tensors), has_unread_training })
    }
}

/// Tensors by name, numbers in names as numbers.
fn sorted(tensors: HashMap<String, Tensor<'_>>) -> Vec<(String, Tensor<'_>)> {
    let key = |name: &str| name.split('/').map(|part| (part.parse::<u64>().ok(), part.to_owned())).collect::<Vec<_>>();
    let mut tensors: Vec<_> = tensors.into_iter().collect();
    tensors.sort_by_cached_key(|(name, _)| key(name));
    tensors
}
