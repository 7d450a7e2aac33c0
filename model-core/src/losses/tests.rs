//! Losses as Keras writes and reads them.

use model_graph::keras::LOSSES;
use ndarray::{ArrayD, array};
use serde_json::{Value, json};

use super::*;

#[test]
fn the_serialised_form_is_keras_s() {
    let check = |loss: Loss, class: &str, config: Value| {
        let expected = json!({ "module": "keras.losses", "class_name": class, "config": config, "registered_name": null });
        assert_eq!(loss.to_keras(), expected);
        assert_eq!(Loss::from_keras(&expected).unwrap(), loss);
    };
    let mut config = json!({
        "name": "categorical_crossentropy", "reduction": "sum_over_batch_size", "from_logits": false, "label_smoothing": 0.1, "axis": -1,
    });
    check(CategoricalCrossentropy::new().label_smoothing(0.1).into(), "CategoricalCrossentropy", config.clone());
    config["name"] = "binary_crossentropy".into();
    check(BinaryCrossentropy::new().label_smoothing(0.1).into(), "BinaryCrossentropy", config);
    let config = json!({
        "name": "sparse_categorical_crossentropy", "reduction": "sum_over_batch_size", "from_logits": true, "ignore_class": null, "axis": -1,
    });
    check(SparseCategoricalCrossentropy::from_logits().into(), "SparseCategoricalCrossentropy", config);
    let config = json!({ "name": "mean_squared_error", "reduction": "sum_over_batch_size" });
    check(MeanSquaredError::new().into(), "MeanSquaredError", config);
    let named = |name: &str| json!({ "name": name, "reduction": "sum_over_batch_size" });
    check(MeanAbsoluteError.into(), "MeanAbsoluteError", named("mean_absolute_error"));
    check(KLDivergence::new().into(), "KLDivergence", named("kl_divergence"));
    let mut config = named("huber_loss");
    config["delta"] = 1.0.into();
    check(Huber::new().into(), "Huber", config.clone());
    config["delta"] = 0.5.into();
    check(Huber::new().delta(0.5).into(), "Huber", config);
}

#[test]
fn strings_and_functions_stand_for_classes() {
    let function = json!({ "module": "builtins", "class_name": "function", "config": "mean_squared_error" });
    for name in [json!("mse"), json!("MSE"), json!("mean_squared_error"), json!("MeanSquaredError"), function] {
        assert_eq!(Loss::from_keras(&name).unwrap(), MeanSquaredError::new().into(), "{name}");
    }
    assert_eq!(Loss::from_keras(&json!("bce")).unwrap(), BinaryCrossentropy::new().into());
    assert_eq!(Loss::from_keras(&json!("huber")).unwrap(), Huber::new().into());
    assert_eq!(Loss::from_keras(&json!("MAE")).unwrap(), MeanAbsoluteError.into());
    assert_eq!(Loss::from_keras(&json!("kld")).unwrap(), KLDivergence::new().into());
    assert_eq!(Loss::from_keras(&json!("mse")).unwrap().to_keras()["class_name"], "MeanSquaredError");
}

#[test]
fn what_is_not_there_is_an_error() {
    let check = |class: &str, config: Value, key: &str| {
        let error = Loss::from_keras(&json!({ "class_name": class, "config": config })).unwrap_err().to_string();
        assert!(error.contains(&format!("has a `{key}` that this library does not have")), "{error}");
    };
    check("Wasserstein", json!({}), "class_name");
    check("Huber", json!({ "epsilon": 1.0 }), "epsilon");
    check("MeanSquaredError", json!({ "reduction": "product" }), "reduction");
    check("SparseCategoricalCrossentropy", json!({ "ignore_class": 0.5 }), "ignore_class");
}

/// Every class that Keras has, and every string that it takes.
#[test]
fn every_loss_of_keras_is_here() {
    for (class, strings) in LOSSES.iter().filter(|(class, _)| *class != "Loss") {
        let loss = Loss::from_keras(&json!({ "class_name": class, "config": {} })).unwrap();
        assert_eq!(loss.class(), *class);
        assert_eq!(Loss::from_keras(&loss.to_keras()).unwrap(), loss);
        for string in strings.iter().chain([class]) {
            assert_eq!(Loss::from(*string), loss, "{string}");
        }
    }
}

#[test]
fn a_string_that_is_no_loss_lists_those_that_are() {
    let error = Loss::from("mze").value(&array![[1.0]], array![[1.0]]).unwrap_err().to_string();
    assert!(error.starts_with("`compile` has a `loss` that this library does not have: expected one of "), "{error}");
    assert!(error.contains("MeanSquaredError") && error.ends_with("found `mze`"), "{error}");
}

#[test]
fn reduction_and_name_are_those_of_every_loss() {
    let loss = MeanSquaredError.name("far").reduction(Reduction::Sum);
    let config = json!({ "name": "far", "reduction": "sum" });
    assert_eq!(loss.to_keras()["config"], config);
    assert_eq!(Loss::from_keras(&loss.to_keras()).unwrap(), loss);
    let (output, target) = (array![[1.0, 3.0], [2.0, 0.0]], array![[0.0, 0.0], [0.0, 0.0]]);
    let with = |reduction| MeanSquaredError.reduction(reduction).gradient(&output, &target).unwrap();
    assert_eq!(with(Reduction::SumOverBatchSize), (3.5, array![[0.5, 1.5], [1.0, 0.0]]));
    assert_eq!(with(Reduction::Sum), (7.0, array![[1.0, 3.0], [2.0, 0.0]]));
    let masked = |reduction| MeanSquaredError.reduction(reduction).masked_value(&output, &target, array![2.0, 0.0]).unwrap();
    assert_eq!(masked(Reduction::Sum), 10.0);
    assert_eq!(masked(Reduction::MeanWithSampleWeight), 5.0);
    let error = MeanSquaredError.reduction(Reduction::None).value(&output, &target).unwrap_err().to_string();
    assert!(error.contains("`loss.values(&output, &target)` gives those of the samples"), "{error}");
    assert_eq!(MeanSquaredError.reduction(Reduction::None).values(&output, &target).unwrap(), array![5.0, 2.0].into_dyn());
}

/// The kernels of the hot losses give the means of what their functions give.
#[test]
fn kernels_are_the_functions() {
    let output = array![[[0.2, 0.7, 0.1], [0.3, 0.3, 0.4]], [[0.6, 0.25, 0.15], [0.2, 0.2, 0.6]]];
    let target = array![[[0.0, 1.0, 0.0], [0.5, 0.25, 0.25]], [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]];
    let labels = array![[1, 0], [-1, 2]];
    let losses: [Loss; 7] = [
        MeanSquaredError.into(),
        MeanAbsoluteError.into(),
        BinaryCrossentropy::new().label_smoothing(0.1).into(),
        BinaryCrossentropy::from_logits().axis(1).into(),
        CategoricalCrossentropy::from_logits().into(),
        CategoricalCrossentropy::new().label_smoothing(0.2).into(),
        SparseCategoricalCrossentropy::from_logits().ignore_class(-1).into(),
    ];
    for loss in losses {
        let are_labels = loss.class() == "SparseCategoricalCrossentropy";
        let (value, values) = if are_labels {
            (loss.value(&output, &labels).unwrap(), loss.values(&output, &labels).unwrap())
        } else {
            (loss.value(&output, &target).unwrap(), loss.values(&output, &target).unwrap())
        };
        let count = if are_labels { 3.0 } else { values.len() as f64 };
        let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
        assert!((value - mean).abs() < 1e-6, "{}: {value} for {mean}", loss.class());
    }
}

#[test]
fn what_does_not_fit_is_an_error() {
    let check = |loss: Loss, output: &ArrayD<f32>, target: &ArrayD<f32>, words: &str| {
        let error = loss.value(output, target).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    let (square, cube) = (ArrayD::zeros(vec![2, 3]), ArrayD::zeros(vec![2, 3, 4]));
    check(CosineSimilarity::new().axis(2).into(), &square, &square, "axes of the output in `axis`");
    check(Dice::new().axis(vec![1, -1]).into(), &square, &square, "each axis once in `axis`");
    check(SparseCategoricalCrossentropy::new().axis(1).into(), &cube, &square, "the last `axis`");
    check(Circle::new().into(), &cube, &square, "one vector a sample");
    check(CTC.into(), &square, &square, "[samples, steps, classes] with at least 2 classes");
    check(CategoricalGeneralizedCrossEntropy::new().q(1.0).into(), &square, &square, "between 0 and 1, neither");
    check(Dice::new().axis(vec![1, 3]).into(), &square, &square, "axes of the output in `axis`");
    let labels = |labels: ndarray::Array2<i32>| CTC.value(&cube, &labels).unwrap_err().to_string();
    assert!(labels(array![[1, 2, 3, 1], [1, 2, 3, 1]]).contains("[samples, labels] with 1 to 3 labels"));
    assert!(labels(array![[4], [1]]).contains("a class from 0 to 3, found 4"));
    assert!(labels(array![[1], [-1]]).contains("sample 1"));
    let mask = BinaryCrossentropy::new().axis(1).masked_value(&cube, &cube, ArrayD::<f32>::ones(vec![2, 3]));
    assert!(mask.unwrap_err().to_string().contains("the 2 first axes, which the mask tells of"));
}

/// Keras 3.15.1 on JAX, in the order of the classes: numbers for each feature, and their mean.
#[test]
fn the_batch_is_an_axis() {
    let (output, target) = (array![[0.1, 0.9], [0.4, 0.6], [0.3, 0.2]], array![[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let check = |loss: Loss, expected: f64| {
        let (value, values) = (loss.value(&output, &target).unwrap(), loss.values(&output, &target).unwrap());
        assert!((value - expected).abs() < 1e-5, "{}: {value} for {expected}", loss.class());
        assert_eq!(values.shape(), [2], "{}", loss.class());
    };
    check(CosineSimilarity::new().axis(0).into(), -0.838_916_0);
    check(BinaryCrossentropy::new().axis(0).into(), 0.809_452_24);
    check(CategoricalCrossentropy::new().axis(0).into(), 2.225_015_64);
    check(BinaryFocalCrossentropy::new().axis(0).into(), 0.380_303_95);
    check(CategoricalFocalCrossentropy::new().axis(0).into(), 0.295_425_83);
    check(Dice::new().axis(vec![0]).into(), 0.452_702_67);
    check(Tversky::new().axis(vec![0]).into(), 0.452_702_73);
    let weighted = Dice::new().axis(vec![0]).weighted_value(&output, &target, array![1.0, 2.0, 0.5]).unwrap_err().to_string();
    assert!(weighted.contains("the 1 first axes, which the mask tells of"), "{weighted}");
    let whole = Dice::new().axis(vec![0, 1]).value(&output, &target).unwrap();
    assert!((whole - 0.446_153_88).abs() < 1e-6, "{whole}");
}
