//! A model's weights as tensors of a file.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::container::{self, Written};
use super::ending::Format;
use super::{FileProblem, atomic, ending, keras};
use crate::memory;
use crate::network::Network;

/// Saves a model.
pub(crate) fn save<N: Network<f32>>(model: &N, path: &Path) -> Result<(), FileProblem> {
    if ending::format(path)? == Format::Keras {
        return keras::save(model, &weights(model)?, None, path);
    }
    claim(model, 0)?;
    write(path, &weights(model)?, &json!({ "config": config(model) }))
}

/// Saves the weights of a model, and nothing else.
pub(crate) fn save_weights<N: Network<f32>>(model: &N, path: &Path) -> Result<(), FileProblem> {
    if ending::is_weights_of_keras(path) {
        return keras::weights::save(model, &weights(model)?, path);
    }
    ending::check(path, &["safetensors", "weights.h5"])?;
    claim(model, 0)?;
    let bytes = container::write_weights(&weights(model)?)?;
    Ok(atomic::write(path, |file| file.write_all(&bytes))?)
}

/// The model's configuration in Keras's form.
pub(crate) fn config<N: Network<f32>>(model: &N) -> Value {
    model_graph::config::write(model.graph())
}

/// Lets a file be put together before it is written that has so many more elements than the weights: it, and the bytes of a tensor, which may be nearly
/// as many.
pub(crate) fn claim<N: Network<f32>>(model: &N, more: usize) -> Result<(), FileProblem> {
    let mut elements = more;
    model.visit(&mut |weight, _| elements = elements.saturating_add(weight.data.len()));
    let bytes = memory::bytes_of::<f32>(elements).saturating_mul(2);
    Ok(memory::claim(bytes, || format!("a file of `{}`", model.graph().name))?)
}

/// The model's weights by path. They are shared with the model, not copied.
pub(crate) fn weights<N: Network<f32>>(model: &N) -> Result<Vec<(String, Written)>, FileProblem> {
    let mut paths = paths(model).into_iter();
    let mut tensors = Vec::new();
    model.visit(&mut |weight, _| {
        let path = paths.next().expect("a network visits the weights of its graph");
        let tensor = Written::new(&path, &weight.shape, weight.data.clone());
        tensors.push(tensor.map(|tensor| (path, tensor)));
    });
    tensors.into_iter().collect()
}

/// The paths of the model's weights in the order in which it visits them.
pub(crate) fn paths<N: Network<f32>>(model: &N) -> Vec<String> {
    model.graph().weights().into_iter().map(|(path, _)| path).collect()
}

/// Writes a file.
pub(crate) fn write(path: &Path, tensors: &[(String, Written)], document: &Value) -> Result<(), FileProblem> {
    let bytes = container::write(tensors, document)?;
    Ok(atomic::write(path, |file| file.write_all(&bytes))?)
}
