//! Twenty steps of every optimiser beside Keras's, and the rates of every schedule. `tests/parity/README.md` says what the file holds.

use crate::common::parity::{self, paths, set_weights, tensor};
use model_core::interpret::Model;
use model_core::network::Network;
use model_core::optimizers::{IntoOptimizer, Optimizer, SGD};
use model_core::pass::Pass;
use ndarray::Array2;
use safetensors::SafeTensors;
use serde_json::{Value, json};

/// The file's tensors, and what is written beside them.
fn with_file(check: impl FnOnce(&SafeTensors<'_>, &Value)) {
    parity::with_file(&parity::folder().join("optimizers.safetensors"), check);
}

/// Twenty steps by the file's gradients.
fn train(file: &SafeTensors<'_>, model: &mut Model, optimizer: Optimizer) {
    set_weights(model, file);
    let gradients: Vec<Vec<f64>> =
        paths(model).iter().map(|path| tensor(file, &format!("gradient/{path}")).into_iter().collect()).collect();
    let (mut optimizer, mut pass) = (optimizer.build(model).unwrap(), Pass::new(model, 0));
    let words = Array2::<i32>::zeros((1, 6));
    for step in 0..20 {
        let output = model.forward(&mut pass, &words).unwrap();
        model.backward(&mut pass, &output).unwrap();
        let mut given = gradients.iter();
        pass.visit_gradients(model, |gradient| {
            let size = gradient.data.len();
            let given = &given.next().unwrap()[step * size..][..size];
            gradient.data.iter_mut().zip(given).for_each(|(element, &given)| *element = given as f32);
        });
        optimizer.apply(model, &mut pass).unwrap();
    }
    assert_eq!(optimizer.iterations(), 20);
}

#[test]
fn twenty_steps_are_keras_s() {
    with_file(|file, case| {
        let cases = case["cases"].as_array().unwrap();
        assert!(cases.len() >= 80);
        let mut wrong = Vec::new();
        for (number, own) in cases.iter().enumerate() {
            let excluded: Vec<&str> = own["excluded"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            let optimizer = Optimizer::from_keras(&own["optimizer"]).unwrap().exclude_from_weight_decay(excluded);
            let config = if own["is_constrained"] == true { &case["constrained"] } else { &case["config"] };
            let mut model = crate::common::model(config);
            train(file, &mut model, optimizer.clone());
            let mut all = paths(&model).into_iter();
            model.visit(&mut |weight, _| {
                let path = all.next().unwrap();
                let expected = tensor(file, &format!("after/{number}/{path}"));
                let scale = expected.iter().fold(0.0_f64, |scale, number| scale.max(number.abs()));
                let off = weight
                    .data
                    .iter()
                    .zip(&expected)
                    .fold(0.0_f64, |most, (found, expected)| most.max((f64::from(*found) - expected).abs() / scale));
                if off > 1e-4 {
                    wrong.push(format!("case {number}, `{path}` is off by {off:e}: {optimizer:?}"));
                }
            });
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

#[test]
fn what_keras_writes_is_written() {
    with_file(|_, case| {
        for own in case["cases"].as_array().unwrap() {
            let read = Optimizer::from_keras(&own["optimizer"]).unwrap();
            assert_eq!(plain(&read.to_keras()), plain(&own["optimizer"]));
        }
    });
}

/// A document in which whole numbers are numbers, and names, which are counted, are left out.
fn plain(document: &Value) -> Value {
    match document {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(all) => all.iter().map(plain).collect(),
        Value::Object(all) => {
            all.iter().filter(|(key, _)| *key != "name").map(|(key, value)| (key.clone(), plain(value))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn rates_are_keras_s() {
    with_file(|file, case| {
        let schedules = case["schedules"].as_array().unwrap();
        assert!(schedules.len() >= 12);
        for (number, schedule) in schedules.iter().enumerate() {
            let mut optimizer = Optimizer::from(SGD::new(0.1)).to_keras();
            optimizer["config"]["learning_rate"] = schedule.clone();
            let rate = Optimizer::from_keras(&optimizer).unwrap().learning_rate().clone();
            for (step, expected) in tensor(file, &format!("rate/{number}")).into_iter().enumerate() {
                let found = rate.at(step as u64);
                assert!(
                    (found - expected).abs() <= 1e-9 * expected.abs().max(1e-3),
                    "{rate:?} at {step}: {found} for {expected}"
                );
            }
        }
    });
}
