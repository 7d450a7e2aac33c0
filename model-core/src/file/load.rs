//! Reading models: all is checked before anything changes, and before anything is made that a file only declares.

use std::collections::HashSet;
use std::path::Path;

use model_exchange::{Dtype, Tensor};
use model_graph::Graph;

use super::container::read_bytes;
use super::content::{Content, Origin, check_elements};
use super::{FileProblem, pieces};
use crate::custom::CustomObjects;
use crate::error::{Error, Result};
use crate::initialize::Seeds;
use crate::interpret::{Model, check_functions};
use crate::memory;
use crate::network::Trainable;

/// Where an optimiser's tensors are.
pub(crate) const OPTIMIZER: &str = "optimizer/";

/// Loads the weights of a model from its file, or from one that has weights alone.
pub(crate) fn load_weights<N: Trainable<f32>>(model: &mut N, path: &Path) -> Result<(), FileProblem> {
    let bytes = read_bytes(path)?;
    let content = match Content::of_weights(&bytes, model.graph(), false)? {
        Some(weights) => weights,
        None => {
            let mut content = Content::read(&bytes, &model.graph().registry())?;
            content.check_model(model.graph())?;
            content
        }
    };
    let weights = find_weights(model.graph(), &content)?;
    set_weights(model, &weights);
    Ok(())
}

/// In what the weights of a file differ from a model's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// The weights of the model that the file has not.
    pub missing: Vec<String>,
    /// What the file has and the model has not.
    pub unexpected: Vec<String>,
    /// What both have, but of another shape: the name, what was expected, and what was found.
    pub different: Vec<(String, String, String)>,
}

/// Loads what a file has of a model's weights by the names of its layers.
pub(crate) fn load_weights_by_name<N: Trainable<f32>>(
    model: &mut N,
    path: &Path,
    skip_mismatch: bool,
) -> Result<Differences, FileProblem> {
    let bytes = read_bytes(path)?;
    let content = match Content::of_weights(&bytes, model.graph(), true)? {
        Some(weights) => weights,
        None => Content::read(&bytes, &model.graph().registry())?,
    };
    let expected = Expected::weights(model.graph());
    let (found, differences) = expected.look_up(&content, |name| !name.starts_with(OPTIMIZER));
    if !skip_mismatch && !differences.different.is_empty() {
        let different = differences.different;
        return Err(FileProblem::Tensors { missing: Vec::new(), unexpected: Vec::new(), different });
    }
    expected.check(&found)?;
    let mut found = found.into_iter();
    model.visit_mut(&mut |weight| {
        if let Some(Some(tensor)) = found.next() {
            tensor.copy_to(&mut weight.data);
        }
    });
    Ok(differences)
}

/// A compiled model with the weights of its file.
pub(crate) fn load<N: Trainable<f32>>(path: &Path, graph: &Graph, make: fn(&mut Seeds) -> N) -> Result<N> {
    let read = || {
        let bytes = read_bytes(path)?;
        let mut content = Content::read(&bytes, &graph.registry())?;
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
        let read = || model(&mut Content::read(&read_bytes(path)?, custom_objects.registry())?, custom_objects);
        read().map_err(|problem| Error::File { path: path.to_owned(), problem })
    }
}

/// The model of a file's content, with its weights. It is given once.
pub(super) fn model(content: &mut Content<'_>, custom_objects: &CustomObjects) -> Result<Model, FileProblem> {
    let graph = content.take_graph(custom_objects.registry())?;
    check_functions(&graph, custom_objects)?;
    let weights = find_weights(&graph, content)?;
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

    /// What the file has of them, and in what it differs. Those of the file that are not expected are wrong where `matters` says so.
    fn look_up<'c, 'b>(
        &self,
        content: &'c Content<'b>,
        matters: impl Fn(&str) -> bool,
    ) -> (Vec<Option<&'c Tensor<'b>>>, Differences) {
        let (mut found, mut differences) = (Vec::new(), Differences::default());
        for ExpectedTensor { name, shape, .. } in &self.0 {
            let tensor = content.tensor(name);
            let fits = |tensor: &&Tensor<'_>| {
                tensor.shape == *shape && (tensor.dtype == Dtype::F32 || !matches!(content.origin, Origin::Own))
            };
            match tensor {
                None => differences.missing.push(name.clone()),
                Some(tensor) if !fits(&tensor) => {
                    let is = format!("{:?} of {}", tensor.shape, tensor.dtype);
                    differences.different.push((name.clone(), format!("{shape:?} of F32"), is));
                }
                Some(_) => {}
            }
            found.push(tensor.filter(fits));
        }
        let expected: HashSet<&str> = self.0.iter().map(|tensor| tensor.name.as_str()).collect();
        let names = content.tensors.keys().filter(|name| !expected.contains(name.as_str()) && matters(name));
        differences.unexpected.extend(names.cloned());
        differences.unexpected.sort();
        (found, differences)
    }

    /// The tensors in this order, with elements as they must be. Those of the file that are not expected are wrong where `matters` says so.
    pub(crate) fn find<'c, 'b>(
        &self,
        content: &'c Content<'b>,
        matters: impl Fn(&str) -> bool,
    ) -> Result<Vec<&'c Tensor<'b>>, FileProblem> {
        let (found, Differences { missing, unexpected, different }) = self.look_up(content, matters);
        if !(missing.is_empty() && unexpected.is_empty() && different.is_empty()) {
            return Err(FileProblem::Tensors { missing, unexpected, different });
        }
        self.check(&found)?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Checks the elements of what was found.
    fn check(&self, found: &[Option<&Tensor<'_>>]) -> Result<(), FileProblem> {
        let all = self.0.iter().zip(found);
        all.filter_map(|(expected, tensor)| Some((expected, (*tensor)?)))
            .try_for_each(|(ExpectedTensor { name, are_squares, .. }, tensor)| check_elements(name, tensor, *are_squares))
    }
}

/// Sets the weights to tensors of their shapes.
pub(crate) fn set_weights<N: Trainable<f32>>(model: &mut N, tensors: &[&Tensor<'_>]) {
    let mut tensors = tensors.iter();
    model.visit_mut(&mut |weight| {
        let tensor = tensors.next().expect("there is a tensor for every weight");
        pieces::copy(tensor, &mut weight.data);
    });
}
