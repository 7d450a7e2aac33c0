//! What Keras computed, from the files of `tests/parity`, whose `README.md` says what they hold.

use std::path::{Path, PathBuf};

use model_core::interpret::Model;
use model_core::network::{Network, Trainable};
use ndarray::{ArrayD, IxDyn};
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

/// The folder of the files.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/parity")
}

/// A file's tensors, and what is written beside them.
pub fn with_file<R>(path: &Path, check: impl FnOnce(&SafeTensors<'_>, &Value) -> R) -> R {
    let bytes = std::fs::read(path).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let case: Value = serde_json::from_str(&header.metadata().as_ref().unwrap()["case"]).unwrap();
    check(&SafeTensors::deserialize(&bytes).unwrap(), &case)
}

/// A tensor as numbers of 64 bits.
pub fn tensor(file: &SafeTensors<'_>, name: &str) -> ArrayD<f64> {
    let view = file.tensor(name).unwrap_or_else(|_| panic!("there is a tensor `{name}`"));
    let bytes = view.data();
    let numbers: Vec<f64> = match view.dtype() {
        Dtype::F32 => bytes.chunks(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()).into()).collect(),
        Dtype::F64 => bytes.chunks(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect(),
        Dtype::I32 => bytes.chunks(4).map(|bytes| i32::from_le_bytes(bytes.try_into().unwrap()).into()).collect(),
        other => panic!("no case holds {other}"),
    };
    ArrayD::from_shape_vec(IxDyn(view.shape()), numbers).unwrap()
}

/// The paths of a model's weights.
pub fn paths(model: &Model) -> Vec<String> {
    model.graph().weights().into_iter().map(|(path, _)| path).collect()
}

/// What a file holds of a weight: Keras's paths have no names of models around a layer.
fn of_weight(file: &SafeTensors<'_>, kind: &str, path: &str) -> ArrayD<f64> {
    let inner = path.split_once('/').map(|(_, inner)| inner).filter(|_| file.tensor(&format!("{kind}/{path}")).is_err());
    tensor(file, &format!("{kind}/{}", inner.unwrap_or(path)))
}

/// Gives a model the weights of a file.
pub fn set_weights(model: &mut Model, file: &SafeTensors<'_>) {
    let mut paths = paths(model).into_iter();
    model.visit_mut(&mut |weight| {
        let given = of_weight(file, "weight", &paths.next().unwrap());
        weight.view_mut().assign(&given.mapv(|number| number as f32));
    });
}

/// Holds a model's weights to those that a file has of the end of its training.
pub fn check_weights(name: &str, model: &Model, file: &SafeTensors<'_>) {
    let mut paths = paths(model).into_iter();
    model.visit(&mut |weight, _| {
        let path = paths.next().unwrap();
        let expected = of_weight(file, "after", &path);
        let scale = expected.iter().fold(0.0_f64, |scale, number| scale.max(number.abs()));
        for (found, expected) in weight.view().iter().zip(&expected) {
            let difference = (f64::from(*found) - expected).abs();
            assert!(difference <= 1e-4 * scale, "{name}, `{path}`: {found} for {expected}");
        }
    });
}
