//! Reading models: all is checked before anything changes.

use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::Value;

use super::FileProblem;
use super::container::{Content, copy_elements, read_bytes};
use super::difference::difference;
use super::tensors::{config, paths};
use crate::custom::CustomObjects;
use crate::error::{Error, Result};
use crate::interpret::Model;
use crate::network::{Network, Trainable};

/// Where an optimiser's tensors are.
pub(crate) const OPTIMIZER: &str = "optimizer/";

/// Loads the weights of a model from its file.
pub(crate) fn load_weights<N: Trainable<f32>>(model: &mut N, path: &Path) -> Result<(), FileProblem> {
    let bytes = read_bytes(path)?;
    let content = Content::read(&bytes)?;
    check_model(model, &content)?;
    let weights =
        Expected::weights(model).find(&content, |name| !name.starts_with(OPTIMIZER) || content.document["training"].is_null())?;
    set_weights(model, &weights);
    Ok(())
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
    let content = Content::read(&bytes)?;
    let graph = model_graph::config::read_with(config_of(&content)?, custom_objects.registry())?;
    let mut model = Model::with_custom_objects(graph, 0, custom_objects)?;
    let weights = Expected::weights(&model)
        .find(&content, |name| !name.starts_with(OPTIMIZER) || content.document["training"].is_null())?;
    set_weights(&mut model, &weights);
    Ok(model)
}

fn config_of<'c>(content: &'c Content<'_>) -> Result<&'c Value, FileProblem> {
    let config = Some(&content.document["config"]).filter(|config| config.is_object());
    config.ok_or(FileProblem::Document { key: "config", expected: "a model's configuration" })
}

/// Checks that a file is of this model.
pub(crate) fn check_model<N: Network<f32>>(model: &N, content: &Content<'_>) -> Result<(), FileProblem> {
    match difference(&config(model), config_of(content)?) {
        None => Ok(()),
        Some((place, expected, found)) => Err(FileProblem::OtherModel { place, expected, found }),
    }
}

/// The tensors that a file should have: their names and shapes.
pub(crate) struct Expected(pub(crate) Vec<(String, Vec<usize>)>);

impl Expected {
    /// Those of a model's weights.
    pub(crate) fn weights<N: Network<f32>>(model: &N) -> Self {
        let mut paths = paths(model).into_iter();
        let mut expected = Vec::new();
        model.visit(&mut |weight, _| expected.push((paths.next().unwrap_or_default(), weight.shape.clone())));
        Self(expected)
    }

    /// The tensors in this order. Those of the file that are not expected are wrong where `matters` says so.
    pub(crate) fn find<'b>(
        &self,
        content: &Content<'b>,
        matters: impl Fn(&str) -> bool,
    ) -> Result<Vec<TensorView<'b>>, FileProblem> {
        let (mut found, mut missing, mut different) = (Vec::new(), Vec::new(), Vec::new());
        for (name, shape) in &self.0 {
            match content.tensor(name) {
                None => missing.push(name.clone()),
                Some(tensor) if tensor.dtype() == Dtype::F32 && tensor.shape() == shape => found.push(tensor),
                Some(tensor) => {
                    let is = format!("{:?} of {}", tensor.shape(), tensor.dtype());
                    different.push((name.clone(), format!("{shape:?} of F32"), is));
                }
            }
        }
        let is_expected = |name: &str| self.0.iter().any(|(expected, _)| expected == name);
        let names = content.tensors.names().into_iter();
        let mut unexpected: Vec<String> =
            names.filter(|name| !is_expected(name) && matters(name)).map(ToString::to_string).collect();
        unexpected.sort();
        if missing.is_empty() && unexpected.is_empty() && different.is_empty() {
            return Ok(found);
        }
        Err(FileProblem::Tensors { missing, unexpected, different })
    }
}

/// Sets the weights to tensors of their shapes.
pub(crate) fn set_weights<N: Trainable<f32>>(model: &mut N, tensors: &[TensorView<'_>]) {
    let mut tensors = tensors.iter();
    model.visit_mut(&mut |weight| {
        let tensor = tensors.next().expect("there is a tensor for every weight");
        copy_elements(tensor, &mut weight.data);
    });
}
