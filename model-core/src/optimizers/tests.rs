//! Serialised forms beside Keras 3.15's, the ranges of arguments, and steps of some rows beside those of all.

use ndarray::Array2;
use serde_json::{Value, json};

use super::*;
use crate::interpret::Model;
use crate::losses::MeanSquaredError;
use crate::pass::Pass;

fn keras(class: &str, name: &str, rate: f64, own: Value) -> Value {
    let mut config = json!({
        "name": name, "learning_rate": rate, "weight_decay": null, "clipnorm": null, "global_clipnorm": null, "clipvalue": null,
        "use_ema": false, "ema_momentum": 0.99, "ema_overwrite_frequency": null, "loss_scale_factor": null,
        "gradient_accumulation_steps": null,
    });
    config.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    json!({ "module": "keras.optimizers", "class_name": class, "config": config, "registered_name": null })
}

#[test]
fn the_serialised_form_is_keras_s() {
    let check = |optimizer: Optimizer, expected: Value| {
        assert_eq!(optimizer.to_keras(), expected);
        assert_eq!(Optimizer::from_keras(&expected).unwrap(), optimizer);
    };
    check(SGD::default().into(), keras("SGD", "sgd", 0.01, json!({ "momentum": 0.0, "nesterov": false })));
    let own = json!({ "rho": 0.8, "momentum": 0.5, "epsilon": 1e-5, "centered": true });
    check(RMSprop::new(0.1).rho(0.8).momentum(0.5).epsilon(1e-5).centered(true).into(), keras("RMSprop", "rm_sprop", 0.1, own));
    let own = json!({ "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": true });
    check(Adam::default().amsgrad(true).into(), keras("Adam", "adam", 0.001, own));
}

#[test]
fn strings_stand_for_classes_in_any_case() {
    for name in [json!("adam"), json!("Adam"), json!("ADAM"), json!({ "class_name": "adam", "config": {} })] {
        assert_eq!(Optimizer::from_keras(&name).unwrap(), Adam::default().into(), "{name}");
    }
    assert_eq!(Optimizer::from_keras(&json!("rmsprop")).unwrap(), RMSprop::default().into());
    assert_eq!(Optimizer::from_keras(&json!("SGD")).unwrap(), SGD::default().into());
}

#[test]
fn what_is_not_there_is_an_error() {
    let check = |class: &str, own: Value, expected: &str| {
        let error = Optimizer::from_keras(&keras(class, "x", 0.1, own)).unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    let sentence = |owner: &str, key: &str, expected: &str, found: &str| {
        format!("`{owner}` has a `{key}` that this library does not have: expected {expected}, found {found}")
    };
    let known = format!("one of {}", Optimizer::CLASSES.join(", "));
    let absent = "`LossScaleOptimizer`, which Keras has and this library not yet";
    check("LossScaleOptimizer", json!({}), &sentence("optimizer", "class_name", &known, absent));
    check("SGD", json!({ "clipnorm": "x" }), &sentence("SGD", "clipnorm", "a number or null", "`\"x\"`"));
    check("SGD", json!({ "rho": 1.0 }), &sentence("SGD", "rho", "no such key", "`1.0`"));
    check("Adam", json!({ "learning_rate": {} }), &sentence("Adam", "learning_rate", "a number or a schedule", "`{}`"));
    let range = "`beta_1` of `Adam` is out of range: expected a number from 0 to below 1, found 1.0";
    check("Adam", json!({ "beta_1": 1.0 }), range);
}

#[test]
fn arguments_have_ranges() {
    let check = |optimizer: Optimizer| assert!(optimizer.check().is_err(), "{optimizer:?}");
    check(SGD::new(f64::NAN).into());
    check(SGD::new(-0.1).into());
    check(SGD::new(0.1).momentum(1.1).into());
    check(RMSprop::new(0.1).epsilon(0.0).into());
    check(Adam::new(0.1).beta_2(1.0).into());
    check(Adam::new(0.1).beta_1(0.999_999_999).into());
}

/// What is clipped at a number that no gradient reaches goes through all rows.
#[test]
fn rows_without_gradients_are_left_out_to_the_bit() {
    let config = r#"{"class_name": "Sequential", "config": {"name": "words", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 4], "dtype": "int32"}},
        {"class_name": "Embedding", "config": {"name": "table", "input_dim": 9000, "output_dim": 3}},
        {"class_name": "Flatten", "config": {"name": "flatten"}},
        {"class_name": "Dense", "config": {"name": "dense", "units": 1}}]}}"#;
    let train = |optimizer: Optimizer| {
        let mut model = Model::<f32>::from_config(config, 7).unwrap();
        let mut pass = Pass::new(&model, 0);
        let mut optimizer = optimizer.build(&model).unwrap();
        for step in 0..4 {
            let x = Array2::from_shape_fn((5, 4), |(i, j)| ((i * 3331 + j * 1717 + step * 11) % 9000) as i32);
            let output = model.forward(&mut pass, &x).unwrap();
            let (_, d_output) = MeanSquaredError::new().gradient(&output, Array2::<f32>::ones((5, 1))).unwrap();
            model.backward(&mut pass, &d_output).unwrap();
            optimizer.apply(&mut model, &mut pass).unwrap();
        }
        let mut weights = Vec::new();
        model.visit(&mut |weight, _| weights.push(weight.data.clone()));
        (weights, optimizer.memory.into_iter().map(|memory| memory.slots).collect::<Vec<_>>())
    };
    assert!(train(SGD::new(0.5).into()) == train(SGD::new(0.5).clipvalue(1e6).into()));
    assert!(train(Adagrad::new(0.5).into()) == train(Adagrad::new(0.5).clipvalue(1e6).into()));
    assert!(train(RMSprop::new(0.5).into()) == train(RMSprop::new(0.5).clipvalue(1e6).into()));
}
