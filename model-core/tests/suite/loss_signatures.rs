//! The arguments of losses and metrics: Keras's names, order and defaults. `tests/parity/signatures.py` writes down what Keras takes.

use crate::common::signatures::{is_same, signatures};
use model_core::losses::Loss;
use model_core::metrics::Metric;
use serde_json::{Map, Value, json};

/// Something for an argument that has no default.
fn given(argument: &str) -> Value {
    match argument {
        "num_classes" => 3.into(),
        "target_class_ids" => json!([1]),
        _ => 0.25.into(),
    }
}

/// The configuration that gives what has no default.
fn needed(arguments: &[(String, Option<Value>)]) -> Map<String, Value> {
    let without = arguments.iter().filter(|(_, default)| default.is_none());
    without.map(|(name, _)| (name.clone(), given(name))).collect()
}

/// Compares what is written of a class's defaults with what Keras takes.
fn check(class: &str, arguments: &[(String, Option<Value>)], config: &Value, besides: &[&str]) {
    let written: Vec<(&String, &Value)> =
        config.as_object().unwrap().iter().filter(|(name, _)| !besides.contains(&name.as_str())).collect();
    let taken: Vec<&(String, Option<Value>)> = arguments.iter().filter(|(name, _)| !besides.contains(&name.as_str())).collect();
    let names = |of: &[&String]| of.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    assert_eq!(
        names(&written.iter().map(|(name, _)| *name).collect::<Vec<_>>()),
        names(&taken.iter().map(|(name, _)| name).collect::<Vec<_>>()),
        "{class}"
    );
    for ((name, found), (_, default)) in written.iter().zip(&taken) {
        let expected = default.clone().unwrap_or_else(|| given(name));
        assert!(is_same(Some(found), Some(&expected)), "`{name}` of {class}: {found}, Keras has {expected}");
    }
}

#[test]
fn losses_take_what_keras_s_take() {
    let all = signatures("losses");
    assert_eq!(all.len(), 22);
    for (class, arguments) in all {
        let loss = Loss::from_keras(&json!({ "class_name": class, "config": needed(&arguments) })).unwrap();
        let written = loss.to_keras();
        // All losses take a name and a reduction, which Keras has at different places.
        let reduction = arguments.iter().find(|(name, _)| name == "reduction").and_then(|(_, default)| default.clone());
        assert_eq!(Some(&written["config"]["reduction"]), reduction.as_ref(), "{class}");
        check(&class, &arguments, &written["config"], &["name", "reduction"]);
    }
}

#[test]
fn metrics_take_what_keras_s_take() {
    let all = signatures("metrics");
    assert_eq!(all.len(), 45);
    // Numbers and functions of one's own: `Mean`, `Sum` and `Metric::own`.
    for (class, arguments) in all.into_iter().filter(|(class, _)| !["Mean", "Sum", "MeanMetricWrapper"].contains(&class.as_str()))
    {
        let metric = Metric::from_keras(&json!({ "class_name": class, "config": needed(&arguments) })).unwrap();
        check(&class, &arguments, &metric.to_keras()["config"], &["name", "dtype"]);
    }
}
