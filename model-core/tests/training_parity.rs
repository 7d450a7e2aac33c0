//! Training beside Keras's: the loss of every step, the last weights, and the last metrics. `tests/parity/README.md` says what the files hold.

mod common;

use std::path::{Path, PathBuf};

use model_core::interpret::Model;
use model_core::losses::Loss;
use model_core::metrics::Metric;
use model_core::network::{Network, Trainable};
use model_core::optimizers::Optimizer;
use model_core::training::Train;
use ndarray::{ArrayD, Axis, IxDyn};
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/parity");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> =
        files.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("train_")).collect();
    cases.sort();
    cases
}

/// A tensor as numbers of 64 bits.
fn tensor(file: &SafeTensors<'_>, name: &str) -> ArrayD<f64> {
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

fn check(path: &Path) {
    let name = path.file_stem().unwrap().to_string_lossy();
    let bytes = std::fs::read(path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let case: Value = serde_json::from_str(&header.metadata().as_ref().unwrap()["case"]).unwrap();
    let mut model = common::model(&case["config"]);
    set_weights(&mut model, &file);

    let (loss, optimizer) = (Loss::from_keras(&case["loss"]).unwrap(), Optimizer::from_keras(&case["optimizer"]).unwrap());
    let mut trainer = model.compile(optimizer, loss);
    for metric in case["metrics"].as_array().unwrap() {
        trainer = trainer.metric(Metric::from_keras(metric).unwrap());
    }
    let (inputs, targets, losses) = (tensor(&file, "input/0"), tensor(&file, "target/0"), tensor(&file, "loss"));
    let has_masks = !model_masks(&case["config"]).is_empty();
    let are_labels = file.tensor("target/0").unwrap().dtype() == Dtype::I32;
    for (step, &expected) in losses.iter().enumerate() {
        let (x, y) = (inputs.index_axis(Axis(0), step), targets.index_axis(Axis(0), step));
        let labels = y.mapv(|label| label as i32);
        if step + 1 == losses.len() && has_masks {
            let scores = if are_labels { trainer.evaluate((&x, &labels)) } else { trainer.evaluate((&x, &y)) }.unwrap();
            let metric = case["metrics"][0]["config"]["name"].as_str().unwrap();
            let wanted = [("loss", expected), (metric, tensor(&file, &format!("metric/{metric}")).sum())];
            for (what, expected) in wanted {
                assert!((scores[what] - expected).abs() <= 1e-5 * expected.abs().max(1.0), "{name}: {scores} for {expected}");
            }
        }
        let found = if are_labels { trainer.train_on_batch(&x, &labels) } else { trainer.train_on_batch(&x, &y) };
        let found = found.unwrap();
        assert!((found - expected).abs() <= 1e-5 * expected.abs().max(1.0), "{name}, step {step}: {found} for {expected}");
    }
    check_weights(&name, &model, &file);
}

/// The outputs of a configuration that have masks.
fn model_masks(config: &Value) -> Vec<usize> {
    model_graph::config::from_json(&config.to_string()).unwrap().masked
}

/// What a file holds of a weight: Keras's paths have no names of models around a layer.
fn of_weight(file: &SafeTensors<'_>, kind: &str, path: &str) -> ArrayD<f64> {
    let inner = path.split_once('/').map(|(_, inner)| inner).filter(|_| file.tensor(&format!("{kind}/{path}")).is_err());
    tensor(file, &format!("{kind}/{}", inner.unwrap_or(path)))
}

fn set_weights(model: &mut Model, file: &SafeTensors<'_>) {
    let mut paths = model.graph().weights().into_iter().map(|(path, _)| path).collect::<Vec<_>>().into_iter();
    model.visit_mut(&mut |weight| {
        let given = of_weight(file, "weight", &paths.next().unwrap());
        weight.view_mut().assign(&given.mapv(|number| number as f32));
    });
}

fn check_weights(name: &str, model: &Model, file: &SafeTensors<'_>) {
    let mut paths = model.graph().weights().into_iter().map(|(path, _)| path).collect::<Vec<_>>().into_iter();
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

#[test]
fn training_is_keras_s() {
    let cases = cases();
    assert!(cases.len() >= 20, "there are cases in tests/parity");
    cases.iter().for_each(|path| check(path));
}
