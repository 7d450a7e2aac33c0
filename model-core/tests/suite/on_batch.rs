//! Training and judging batch by batch, with weights of samples and of classes: the numbers are those of Keras 3.15.1 on JAX.

use crate::common::model;
use model_core::Result;
use model_core::interpret::Model;
use model_core::metrics::Accuracy;
use model_core::network::Network;
use model_core::optimizers::SGD;
use model_core::training::{Fit, Train, Trainer, Verbose};
use ndarray::{Array1, Array2, array};
use serde_json::{Value, json};

/// Two numbers to a yes or no for each output, of kernels that begin as ones.
fn sigmoids(outputs: &[&str]) -> Model {
    let history = json!({ "class_name": "__keras_tensor__", "config": { "shape": [null, 2], "dtype": "float32", "keras_history": ["x", 0, 0] } });
    let config = json!({ "batch_shape": [null, 2], "dtype": "float32", "name": "x" });
    let mut layers = vec![json!({ "class_name": "InputLayer", "name": "x", "config": config, "inbound_nodes": [] })];
    layers.extend(outputs.iter().map(|name| {
        let config = json!({ "name": name, "units": 1, "activation": "sigmoid", "kernel_initializer": "ones" });
        json!({ "class_name": "Dense", "name": name, "config": config, "inbound_nodes": [{ "args": [history], "kwargs": {} }] })
    }));
    let ends: Vec<Value> = outputs.iter().map(|name| json!([name, 0, 0])).collect();
    let config = json!({ "name": "sigmoids", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": ends });
    model(&json!({ "class_name": "Functional", "config": config }))
}

fn data() -> (Array2<f32>, Array1<f32>, Array1<f32>) {
    (array![[1.0, 2.0], [-1.0, 0.5], [0.25, -2.0]], array![1.0, 1.0, 0.0], array![2.0, 0.5, 1.0])
}

fn compile(model: &mut Model) -> Trainer<'_, Model> {
    model.compile(SGD::new(0.5), "binary_crossentropy")
}

fn check_weights(model: &Model, expected: &[f32]) {
    let mut found = Vec::new();
    model.visit(&mut |weight, _| found.extend(weight.view().iter().copied()));
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6), "{found:?} for {expected:?}");
}

fn is_near(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1e-6
}

#[test]
fn samples_count_as_much_as_they_weigh() -> Result<()> {
    let (x, y, weights) = data();
    let mut model = sigmoids(&["yes"]);
    let mut trainer = compile(&mut model).metric(Accuracy).weighted_metric(Accuracy);
    let scores = trainer.test_on_batch_weighted(&x, &y, &weights)?;
    assert!(is_near(scores.loss(), 0.248_145_77), "{scores}");
    assert!(is_near(scores["accuracy"], 2.0 / 3.0) && is_near(scores["weighted_accuracy"], 6.0 / 7.0), "{scores}");
    assert!(is_near(trainer.train_on_batch_weighted(&x, &y, &weights)?, 0.248_145_77));
    check_weights(&model, &[0.957_768_4, 1.106_902_1, 0.043_005_69]);

    let mut same = sigmoids(&["yes"]);
    compile(&mut same).fit((&x, &y, &weights), Fit { verbose: Verbose::Silent, shuffle: false, ..Fit::default() })?;
    check_weights(&same, &[0.957_768_4, 1.106_902_1, 0.043_005_69]);
    Ok(())
}

#[test]
fn samples_count_as_much_as_their_classes() -> Result<()> {
    let (x, y, weights) = data();
    let mut model = sigmoids(&["yes"]);
    let loss = compile(&mut model).train_on_batch_class_weighted(&x, &y, [(1, 3.0)])?;
    assert!(is_near(loss, 1.076_072_335), "{loss}");
    check_weights(&model, &[0.706_314_7, 1.252_389_8, 0.310_268_04]);

    let mut model = sigmoids(&["yes", "no"]);
    let error = compile(&mut model)
        .train_on_batch_class_weighted(&x, [("yes", (&y).into()), ("no", (&weights).into())], [(1, 3.0)])
        .unwrap_err()
        .to_string();
    assert!(error.contains("give weights of samples by output instead"), "{error}");
    Ok(())
}

#[test]
fn outputs_have_weights_by_their_names() -> Result<()> {
    let (x, y, weights) = data();
    let other = 1.0 - &y;
    let mut model = sigmoids(&["yes", "no"]);
    let loss = compile(&mut model).train_on_batch_weighted(
        &x,
        [("no", (&other).into()), ("yes", (&y).into())],
        [("yes", (&weights).into())],
    )?;
    assert!(is_near(loss, 2.059_108_734), "{loss}");
    check_weights(&model, &[0.957_768_4, 1.106_902_1, 0.043_005_69, 0.939_659_1, 0.367_029_25, -0.079_693_66]);
    Ok(())
}
