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
        return keras::save(model, &weights(model, 0, 1)?, None, path);
    }
    write(path, &weights(model, 0, 2)?, &json!({ "config": config(model) }))
}

/// Saves the weights of a model, and nothing else.
pub(crate) fn save_weights<N: Network<f32>>(model: &N, path: &Path) -> Result<(), FileProblem> {
    if ending::is_weights_of_keras(path) {
        return keras::weights::save(model, &weights(model, 0, 1)?, path);
    }
    ending::check(path, &["safetensors", "weights.h5"])?;
    let bytes = container::write_weights(&weights(model, 0, 2)?)?;
    Ok(atomic::write(path, |file| file.write_all(&bytes))?)
}

/// The model's configuration in Keras's form.
pub(crate) fn config<N: Network<f32>>(model: &N) -> Value {
    model_graph::config::write(model.graph())
}

/// The model's weights by path, for a file that has so many more elements, each of which memory holds so many times: once more where the
/// file is put together before it is written.
pub(crate) fn weights<N: Network<f32>>(model: &N, more: usize, times: u64) -> Result<Vec<(String, Written)>, FileProblem> {
    let mut elements = more;
    model.visit(&mut |weight, _| elements = elements.saturating_add(weight.data.len()));
    let bytes = memory::bytes_of::<f32>(elements).saturating_mul(times);
    memory::claim(bytes, || format!("a file of `{}`", model.graph().name))?;
    let mut paths = paths(model).into_iter();
    let mut tensors = Vec::new();
    model.visit(&mut |weight, _| {
        let path = paths.next().expect("a network visits the weights of its graph");
        let tensor = Written::new(&path, &weight.shape, &weight.data);
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
