//! Weights as Keras 1 and 2 have them, in `.h5` files: layer by layer, each with its weights in order.

use serde_json::{Value, json};

use super::KerasProblem;
use crate::hdf5::{self, Group, Hdf5Problem, Object};
use crate::tensor::Tensor;

/// The weights of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerWeights<'b> {
    /// The layer's name.
    pub name: String,
    /// Its weights with their names, those that are trained first.
    pub weights: Vec<(String, Tensor<'b>)>,
}

/// Reads the weights of an old file, of weights alone or of a whole model; nothing where the file is of another kind.
///
/// # Errors
/// If it is no file of HDF5, or lacks what it says is there.
pub fn by_layer(bytes: &[u8]) -> Result<Option<Vec<LayerWeights<'_>>>, KerasProblem> {
    let root = hdf5::open(bytes)?;
    let root = match root.group("model_weights") {
        Ok(Some(weights)) => weights,
        _ => root,
    };
    let Some(layers) = texts(&root, "layer_names")? else { return Ok(None) };
    let layer = |name: &str| {
        let missing = |what, name: &str| Hdf5Problem::Missing { what, name: name.to_owned() };
        let group = root.group(name)?.ok_or_else(|| missing("group", name))?;
        let weights = texts(&group, "weight_names")?.unwrap_or_default().into_iter().map(|weight| {
            let tensor = dataset(&group, weight)?.ok_or_else(|| missing("data set", weight))?;
            Ok((weight.to_owned(), tensor))
        });
        Ok(LayerWeights { name: name.to_owned(), weights: weights.collect::<Result<_, Hdf5Problem>>()? })
    };
    let layers = layers.into_iter().map(|name| layer(name).map_err(|problem: Hdf5Problem| problem.at(name)));
    Ok(Some(layers.collect::<Result<_, _>>()?))
}

/// The document of a whole model in an old file, with the version that wrote it, as [`legacy`](crate::legacy) reads it; nothing where the file has weights
/// alone.
///
/// # Errors
/// If it is no file of HDF5, or the document is none.
pub fn whole_model(bytes: &[u8]) -> Result<Option<Value>, KerasProblem> {
    const NAME: &str = "model_config";
    let root = hdf5::open(bytes)?;
    let text = |name: &str| root.attribute(name).and_then(|found| found.map(|found| found.text()).transpose());
    let Some(config) = text(NAME)? else { return Ok(None) };
    let config: Value =
        serde_json::from_str(config).map_err(|error| KerasProblem::Json { name: NAME, error: error.to_string() })?;
    Ok(Some(json!({ NAME: config, "keras_version": text("keras_version")? })))
}

/// The texts of an attribute; where it would be too long, Keras cuts it into pieces with numbers behind the name.
fn texts<'b>(group: &Group<'b>, name: &str) -> Result<Option<Vec<&'b str>>, Hdf5Problem> {
    if let Some(attribute) = group.attribute(name)? {
        return attribute.texts().map(Some);
    }
    let mut all = Vec::new();
    for piece in 0..1_u32 << 16 {
        let Some(attribute) = group.attribute(&format!("{name}{piece}"))? else { break };
        all.extend(attribute.texts()?);
    }
    Ok(if all.is_empty() { None } else { Some(all) })
}

/// The data at a path of names.
fn dataset<'b>(group: &Group<'b>, path: &str) -> Result<Option<Tensor<'b>>, Hdf5Problem> {
    let mut group = group.clone();
    let mut names = path.split('/').filter(|name| !name.is_empty()).peekable();
    while let Some(name) = names.next() {
        match group.get(name)? {
            Some(Object::Group(inner)) => group = inner,
            Some(Object::Dataset(data)) if names.peek().is_none() => return Ok(Some(data.tensor)),
            _ => return Ok(None),
        }
    }
    Ok(None)
}
