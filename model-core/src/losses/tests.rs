//! Losses as Keras writes and reads them.

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
        "name": "sparse_categorical_crossentropy", "reduction": "sum_over_batch_size", "from_logits": true, "ignore_class": null,
    });
    check(SparseCategoricalCrossentropy::from_logits().into(), "SparseCategoricalCrossentropy", config);
    let config = json!({ "name": "mean_squared_error", "reduction": "sum_over_batch_size" });
    check(MeanSquaredError::new().into(), "MeanSquaredError", config);
    let named = |name: &str| json!({ "name": name, "reduction": "sum_over_batch_size" });
    check(MeanAbsoluteError.into(), "MeanAbsoluteError", named("mean_absolute_error"));
    check(KLDivergence::new().into(), "KLDivergence", named("kl_divergence"));
    check(Huber::new().into(), "Huber", named("huber_loss"));
    let mut config = named("huber_loss");
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
    check("Dice", json!({}), "class_name");
    assert!(
        Loss::from_keras(&json!("dice")).unwrap_err().to_string().ends_with("`Dice`, which Keras has and this library not yet")
    );
    check("Huber", json!({ "epsilon": 1.0 }), "epsilon");
    check("MeanSquaredError", json!({ "reduction": "sum" }), "reduction");
    check("SparseCategoricalCrossentropy", json!({ "ignore_class": 3 }), "ignore_class");
}
