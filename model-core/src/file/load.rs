//! Reading models: all is checked before anything changes, and before anything is made that a file only declares.

use std::collections::HashSet;
use std::path::Path;

use model_exchange::{Dtype, Tensor};
use model_graph::Graph;

use super::FileProblem;
use super::container::read_bytes;
use super::content::{Content, check_elements};
use crate::custom::CustomObjects;
use crate::error::{Error, Result};
use crate::initialize::Seeds;
use crate::interpret::{Model, check_functions, flat};
use crate::memory;
use crate::network::Trainable;

/// Where an optimiser's tensors are.
pub(crate) const OPTIMIZER: &str = "optimizer/";

/// Loads the weights of a model from its file.
pub(crate) fn load_weights<N: Trainable<f32>>(model: &mut N, path: &Path, custom_objects: &CustomObjects) -> Result<(), FileProblem> {
    let bytes = read_bytes(path)?;
    let mut content = Content::read(&bytes, custom_objects)?;
    content.check_model(model.graph())?;
    let weights = find_weights(model.graph(), &content)?;
    set_weights(model, &weights);
    Ok(())
}

/// A compiled model with the weights of its file.
pub(crate) fn load<N: Trainable<f32>>(path: &Path, graph: &Graph, make: fn(&mut Seeds) -> N) -> Result<N> {
    let read = || {
        let bytes = read_bytes(path)?;
        let mut content = Content::read(&bytes, &CustomObjects::new())?;
        content.check_model(graph)?;
        let weights = find_weights(graph, &content)?;
        memory::claim_weights::<f32>(graph)?;
        let mut model = make(&mut Seeds::zeros());
        set_weights(&mut model, &weights);
        Ok(model)
    };
    read().map_err(|problem| Error::File { path: path.to_owned(), problem })
}

impl Model<f32> {
    /// Makes a model from its file, without the code that it was written in.
    ///
    /// # Errors
    /// If the file is not whole, or of a model that this library cannot run.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_with(path, &CustomObjects::new())
    }

    /// The same, of a model with layers of the user's own.
    ///
    /// # Errors
    /// As [`Model::load`]; also if such a layer is not among these.
    pub fn load_with(path: impl AsRef<Path>, custom_objects: &CustomObjects) -> Result<Self> {
        let path = path.as_ref();
        read_model(path, custom_objects).map_err(|problem| Error::File { path: path.to_owned(), problem })
    }
}

fn read_model(path: &Path, custom_objects: &CustomObjects) -> Result<Model, FileProblem> {
    let bytes = read_bytes(path)?;
    let content = Content::read(&bytes, custom_objects)?;
    let graph = flat(model_graph::config::read_with(content.config()?, custom_objects.registry())?)?;
    check_functions(&graph, custom_objects)?;
    let weights = find_weights(&graph, &content)?;
    let mut model = Model::of_flat(graph, Seeds::zeros(), custom_objects)?;
    set_weights(&mut model, &weights);
    Ok(model)
}

/// The tensors of a model's weights, whatever the file may hold for training.
fn find_weights<'c, 'b>(graph: &Graph, content: &'c Content<'b>) -> Result<Vec<&'c Tensor<'b>>, FileProblem> {
    let has_training = !content.document["training"].is_null();
    Expected::weights(graph).find(content, |name| !(has_training && name.starts_with(OPTIMIZER)))
}

/// The tensors that a file should have.
pub(crate) struct Expected(pub(crate) Vec<ExpectedTensor>);

/// A tensor that a file should have.
#[derive(Clone)]
pub(crate) struct ExpectedTensor {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    /// Whether its elements are squares.
    pub(crate) are_squares: bool,
}

impl Expected {
    /// Those of a model's weights.
    pub(crate) fn weights(graph: &Graph) -> Self {
        let tensor = |(name, spec): (String, &model_graph::layer::WeightSpec)| ExpectedTensor {
            name,
            shape: spec.sizes(),
            are_squares: false,
        };
        Self(graph.weights().into_iter().map(tensor).collect())
    }

    /// The tensors in this order, with elements as they must be. Those of the file that are not expected are wrong where `matters` says so.
    pub(crate) fn find<'c, 'b>(
        &self,
        content: &'c Content<'b>,
        matters: impl Fn(&str) -> bool,
    ) -> Result<Vec<&'c Tensor<'b>>, FileProblem> {
        let (mut found, mut missing, mut different) = (Vec::new(), Vec::new(), Vec::new());
        for ExpectedTensor { name, shape, .. } in &self.0 {
            match content.tensor(name) {
                None => missing.push(name.clone()),
                Some(tensor) if (tensor.dtype == Dtype::F32 || content.keras.is_some()) && tensor.shape == *shape => found.push(tensor),
                Some(tensor) => {
                    let is = format!("{:?} of {}", tensor.shape, tensor.dtype);
                    different.push((name.clone(), format!("{shape:?} of F32"), is));
                }
            }
        }
        let expected: HashSet<&str> = self.0.iter().map(|tensor| tensor.name.as_str()).collect();
        let names = content.tensors.keys();
        let mut unexpected: Vec<String> =
            names.filter(|name| !expected.contains(name.as_str()) && matters(name)).cloned().collect();
        unexpected.sort();
        if !(missing.is_empty() && unexpected.is_empty() && different.is_empty()) {
            return Err(FileProblem::Tensors { missing, unexpected, different });
        }
        for (ExpectedTensor { name, are_squares, .. }, tensor) in self.0.iter().zip(&found) {
            check_elements(name, tensor, *are_squares)?;
        }
        Ok(found)
    }
}

/// Sets the weights to tensors of their shapes.
pub(crate) fn set_weights<N: Trainable<f32>>(model: &mut N, tensors: &[&Tensor<'_>]) {
    let mut tensors = tensors.iter();
    model.visit_mut(&mut |weight| {
        let tensor = tensors.next().expect("there is a tensor for every weight");
        tensor.copy_to(&mut weight.data);
    });
}
