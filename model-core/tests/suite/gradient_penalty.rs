//! A critic's step with a gradient penalty, beside Keras's. `tests/parity/README.md` says what the file holds.

use std::collections::HashMap;
use std::path::Path;

use model_core::interpret::Model;
use model_core::layer::Weight;
use model_core::network::{Network, Trainable};
use model_core::optimizers::{IntoOptimizer, SGD};
use model_core::variable::{Callable, Tape, Var, along, ops};
use ndarray::{ArrayD, IxDyn};
use safetensors::SafeTensors;
use serde_json::Value;

/// The file's tensors and its document.
fn read() -> (HashMap<String, ArrayD<f64>>, Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/parity/gradient_penalty.safetensors");
    let bytes = std::fs::read(path).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let document = serde_json::from_str(&header.metadata().as_ref().unwrap()["case"]).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensor = |(name, tensor): (String, safetensors::tensor::TensorView<'_>)| {
        let numbers = tensor.data().chunks(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect();
        (name, ArrayD::from_shape_vec(IxDyn(tensor.shape()), numbers).unwrap())
    };
    (file.tensors().into_iter().map(tensor).collect(), document)
}

/// The penalty: how far the critic is from rising by 1 between the images.
fn penalty(tape: &Tape, critic: &Model, tensors: &HashMap<String, ArrayD<f64>>) -> model_core::error::Result<Var> {
    let [real, fake, share] = ["real", "fake", "share"].map(|name| tensors[name].clone());
    let between = tape.variable(&real + &share * (&fake - &real))?;
    let [slopes] = critic.call(&between)?.sum(..)?.gradients([&between])?;
    (slopes.norm(along([1, 2, 3]))? - 1.0).square()?.mean(..)
}

#[test]
fn a_step_with_a_gradient_penalty_is_keras_s() {
    let (tensors, document) = read();
    let mut critic: Model = Model::from_config(&document["config"].to_string(), 1).unwrap();
    let weights = |critic: &Model| {
        let mut found: Vec<Weight> = Vec::new();
        critic.visit(&mut |weight, _| found.push(weight.clone()));
        found
    };
    let paths =
        ["conv/kernel", "conv/bias", "norm/gamma", "norm/beta", "hidden/kernel", "hidden/bias", "head/kernel", "head/bias"];
    let mut before = paths.iter().map(|path| &tensors[&format!("before/{path}")]);
    critic.visit_mut(&mut |weight| {
        let given = before.next().unwrap();
        weight.data.iter_mut().zip(given).for_each(|(to, &from)| *to = from as f32);
    });
    let number = |name: &str| *tensors[name].iter().next().unwrap();

    let tape = Tape::training(1);
    let penalty = penalty(&tape, &critic, &tensors).unwrap();
    let [real, fake] = ["real", "fake"].map(|name| critic.call(tape.constant(&tensors[name]).unwrap()).unwrap());
    let loss = ops::mean(&fake, ..).unwrap() - ops::mean(&real, ..).unwrap() + &penalty * document["factor"].as_f64().unwrap();
    for (name, found) in [("penalty", &penalty), ("loss", &loss)] {
        let (found, expected) = (f64::from(found.item().unwrap()), number(name));
        assert!((found - expected).abs() < 1e-5 * expected.abs().max(1.0), "{name}: {found}, Keras has {expected}");
    }
    let gradients = loss.backward().unwrap();
    let mut optimizer = SGD::new(document["rate"].as_f64().unwrap()).build(&critic).unwrap();
    optimizer.apply(&mut critic, &gradients).unwrap();
    for (path, weight) in paths.iter().zip(weights(&critic)) {
        for (&found, &expected) in weight.data.iter().zip(&tensors[&format!("after/{path}")]) {
            assert!((f64::from(found) - expected).abs() < 1e-5, "{path}: {found}, Keras has {expected}");
        }
    }
}
