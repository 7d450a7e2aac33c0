//! Documents of older versions of Keras against what `tf_keras` computes: how many parameters they have, and their outputs for weights and
//! inputs that follow from names. `tests/legacy/outputs.py` has made the numbers, `tests/legacy/old_keras.py` the documents.

use functional_model::prelude::*;
use model_graph::graph::{Graph, Kind};
use ndarray::{ArrayD, IxDyn};
use serde_json::Value;

const DIRECTIONS: [&str; 6] = ["forward", "backward", "query", "key", "value", "attention_output"];

/// Numbers that follow from a name and their places, as `outputs.py` has them.
fn fill(name: &str, count: usize) -> Vec<f32> {
    let start = name.bytes().fold(2_166_136_261_u32, |value, byte| (value ^ u32::from(byte)).wrapping_mul(16_777_619));
    let number = |place: usize| (start as usize % 1009 + 31 * place) % 97;
    (0..count).map(|place| (number(place) as f32 - 48.0) / 160.0).collect()
}

/// What a weight's numbers follow from: the layer, the direction or the part of it, and the weight's own name.
fn key(layer: &str, weight: &str) -> String {
    let parts: Vec<&str> = weight.split('/').collect();
    let (last, before) = parts.split_last().unwrap();
    let is_part = |part: &&str, name: &str| *part == name || part.starts_with(&format!("{name}_")) && name.ends_with("ward");
    let direction =
        before.iter().find_map(|part| DIRECTIONS.iter().find(|name| is_part(part, name))).copied().unwrap_or_default();
    let cell = before.iter().find(|part| ["one", "two", "cell"].contains(part)).copied().unwrap_or_default();
    format!("{layer}/{direction}{cell}/{last}")
}

/// The paths of all weights, with what their numbers follow from.
fn keys(graph: &Graph, prefix: &str, found: &mut Vec<(String, String)>) {
    for layer in &graph.layers {
        let path = format!("{prefix}{}", layer.name());
        match &layer.kind {
            Kind::Model(inner) | Kind::Block(inner) => keys(inner, &format!("{path}/"), found),
            Kind::Layer(_) => {
                found.extend(layer.weights.iter().map(|spec| (format!("{path}/{}", spec.name), key(layer.name(), &spec.name))));
            }
        }
    }
}

fn set_weights(model: &mut Model<f32>) {
    let mut found = Vec::new();
    keys(&model.graph().clone(), "", &mut found);
    for (path, key) in found {
        let weight = model.weight_mut(&path).unwrap();
        let mut numbers = fill(&key, weight.data.len());
        if path.ends_with("moving_variance") {
            numbers.iter_mut().for_each(|number| *number = number.abs() + 0.5);
        }
        weight.data.copy_from_slice(&numbers);
    }
}

fn inputs(expected: &Value, looks_up: bool) -> Vec<ArrayD<f32>> {
    let shapes: Vec<Vec<usize>> = serde_json::from_value(expected["inputs"].clone()).unwrap();
    let input = |(place, shape): (usize, &Vec<usize>)| {
        let numbers = fill(&format!("input/{place}"), shape.iter().product());
        let number = |x: f32| if looks_up { (x * 160.0).round().abs() % 7.0 } else { x };
        ArrayD::from_shape_vec(IxDyn(shape), numbers.into_iter().map(number).collect()).unwrap()
    };
    shapes.iter().enumerate().map(input).collect()
}

/// Reads every document, and compares what the models compute.
fn check(program: &str, documents: &str) {
    let documents: Value = serde_json::from_str(documents).unwrap();
    let expected: Value = serde_json::from_str(include_str!("legacy/outputs.json")).unwrap();
    let documents = documents.as_object().unwrap();
    assert!(documents.len() >= 10);
    for (name, document) in documents {
        let expected = &expected[program][name];
        let mut model = Model::from_config(&document.to_string(), 1).unwrap_or_else(|error| panic!("{program} {name}: {error}"));
        assert_eq!(
            model.graph().parameters().total.size().map(|total| total as u64),
            expected["parameters"].as_u64(),
            "{program} {name}"
        );
        set_weights(&mut model);
        let looks_up = document.to_string().contains("\"Embedding\"");
        let given = inputs(expected, looks_up);
        let names: Vec<String> = model.graph().inputs.iter().map(|port| port.name.clone()).collect();
        let named: Vec<_> = names.iter().map(String::as_str).zip(given.iter().map(Into::into)).collect();
        let outputs = model.predict_all(named).unwrap_or_else(|error| panic!("{program} {name}: {error}"));
        let numbers: Vec<Vec<f32>> = serde_json::from_value(expected["outputs"].clone()).unwrap();
        assert_eq!(outputs.len(), numbers.len(), "{program} {name}");
        for ((output, found), expected) in outputs.iter().zip(&numbers) {
            assert_eq!(found.len(), expected.len(), "{program} {name} {output}");
            let largest = expected.iter().fold(1.0_f32, |largest, x| largest.max(x.abs()));
            let differs = found.iter().zip(expected).find(|(a, b)| (**a - **b).abs() > 1e-5 * largest);
            assert_eq!(differs, None, "{program} {name} {output}");
        }
    }
}

#[test]
fn documents_of_keras_1_give_what_keras_1_did() {
    check("keras1", include_str!("legacy/keras1.json"));
}

#[test]
fn documents_of_keras_2_give_what_keras_2_did() {
    check("keras2", include_str!("legacy/keras2.json"));
}

#[test]
fn documents_of_tf_keras_give_what_it_computes() {
    check("tf_keras", include_str!("legacy/tf_keras.json"));
}
