//! Training beside Keras's: the loss of every step, the last weights, and the last metrics. `tests/parity/README.md` says what the files hold.

use std::path::PathBuf;

use crate::common::parity::{self, check_weights, set_weights, tensor};
use model_core::losses::Loss;
use model_core::metrics::Metric;
use model_core::optimizers::Optimizer;
use model_core::training::Train;
use ndarray::Axis;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

fn cases() -> Vec<PathBuf> {
    let files = std::fs::read_dir(parity::folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> =
        files.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("train_")).collect();
    cases.sort();
    cases
}

fn check(name: &str, file: &SafeTensors<'_>, case: &Value) {
    let mut model = crate::common::model(&case["config"]);
    set_weights(&mut model, file);

    let (loss, optimizer) = (Loss::from_keras(&case["loss"]).unwrap(), Optimizer::from_keras(&case["optimizer"]).unwrap());
    let mut trainer = model.compile(optimizer, loss);
    for metric in case["metrics"].as_array().unwrap() {
        trainer = trainer.metric(Metric::from_keras(metric).unwrap());
    }
    let (inputs, targets, losses) = (tensor(file, "input/0"), tensor(file, "target/0"), tensor(file, "loss"));
    let has_masks = !model_masks(&case["config"]).is_empty();
    let are_labels = file.tensor("target/0").unwrap().dtype() == Dtype::I32;
    for (step, &expected) in losses.iter().enumerate() {
        let (x, y) = (inputs.index_axis(Axis(0), step), targets.index_axis(Axis(0), step));
        let labels = y.mapv(|label| label as i32);
        if step + 1 == losses.len() && has_masks {
            let scores = if are_labels { trainer.evaluate((&x, &labels)) } else { trainer.evaluate((&x, &y)) }.unwrap();
            let metric = case["metrics"][0]["config"]["name"].as_str().unwrap();
            let wanted = [("loss", expected), (metric, tensor(file, &format!("metric/{metric}")).sum())];
            for (what, expected) in wanted {
                assert!((scores[what] - expected).abs() <= 1e-5 * expected.abs().max(1.0), "{name}: {scores} for {expected}");
            }
        }
        let found = if are_labels { trainer.train_on_batch(&x, &labels) } else { trainer.train_on_batch(&x, &y) };
        let found = found.unwrap();
        assert!((found - expected).abs() <= 1e-5 * expected.abs().max(1.0), "{name}, step {step}: {found} for {expected}");
    }
    check_weights(name, &model, file);
}

/// The outputs of a configuration that have masks.
fn model_masks(config: &Value) -> Vec<usize> {
    model_graph::config::from_json(&config.to_string()).unwrap().masked
}

#[test]
fn training_is_keras_s() {
    let cases = cases();
    assert!(cases.len() >= 20, "there are cases in tests/parity");
    for path in &cases {
        parity::with_file(path, |file, case| check(&path.file_stem().unwrap().to_string_lossy(), file, case));
    }
}
