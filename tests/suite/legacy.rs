//! Documents of older versions of Keras against what `tf_keras` computes: how many parameters they have, and their outputs for weights and
//! inputs that follow from names. `tests/legacy/outputs.py` has made the numbers, `tests/legacy/old_keras.py` the documents.

use std::collections::BTreeMap;

use functional_model::prelude::*;
use model_exchange::tfjs::{self, TfjsError};
use model_graph::custom::Registry;
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

fn numbers(value: &Value) -> Vec<f32> {
    serde_json::from_value(value.clone()).unwrap()
}

/// What a model computes of inputs in their order.
fn predicted(model: &mut Model<f32>, given: &[ArrayD<f32>]) -> Vec<(String, ArrayD<f32>)> {
    let names: Vec<String> = model.graph().inputs.iter().map(|port| port.name.clone()).collect();
    let named: Vec<_> = names.iter().map(String::as_str).zip(given.iter().map(Into::into)).collect();
    model.predict_all(named).unwrap()
}

fn check_outputs(name: &str, found: &[(String, ArrayD<f32>)], expected: &[Vec<f32>]) {
    assert_eq!(found.len(), expected.len(), "{name}");
    for ((output, found), expected) in found.iter().zip(expected) {
        assert_eq!(found.len(), expected.len(), "{name} {output}");
        let largest = expected.iter().fold(1.0_f32, |largest, x| largest.max(x.abs()));
        let differs = found.iter().zip(expected).find(|(a, b)| (**a - **b).abs() > 1e-5 * largest);
        assert_eq!(differs, None, "{name} {output}");
    }
}

/// Reads every document, and compares what the models compute.
fn check(program: &str, documents: &str) {
    let documents: Value = serde_json::from_str(documents).unwrap();
    let expected: Value = serde_json::from_str(include_str!("../legacy/outputs.json")).unwrap();
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
        let outputs: Vec<Vec<f32>> = expected["outputs"].as_array().unwrap().iter().map(numbers).collect();
        check_outputs(&format!("{program} {name}"), &predicted(&mut model, &given), &outputs);
        write_tfjs(&format!("{program}_{name}"), &mut model, &given);
    }
}

#[test]
fn documents_of_keras_1_give_what_keras_1_did() {
    check("keras1", include_str!("../legacy/keras1.json"));
}

#[test]
fn documents_of_keras_2_give_what_keras_2_did() {
    check("keras2", include_str!("../legacy/keras2.json"));
}

#[test]
fn documents_of_tf_keras_give_what_it_computes() {
    check("tf_keras", include_str!("../legacy/tf_keras.json"));
}

/// The numbers of lists in lists, and how long those are.
fn array(value: &Value) -> ArrayD<f32> {
    let (mut shape, mut flat) = (Vec::new(), value.clone());
    while let Some(items) = flat.as_array().filter(|items| items.iter().all(Value::is_array)) {
        shape.push(items.len());
        flat = items.iter().flat_map(|item| item.as_array().unwrap().clone()).collect();
    }
    let sizes = shape.iter().scan(1, |before, size| Some(size / std::mem::replace(before, *size)));
    let mut shape: Vec<usize> = sizes.collect();
    let numbers = numbers(&flat);
    shape.push(numbers.len() / shape.iter().product::<usize>());
    ArrayD::from_shape_vec(IxDyn(&shape), numbers).unwrap()
}

#[test]
fn documents_written_by_hand_give_what_they_say() {
    let cases: Value = serde_json::from_str(include_str!("../legacy/cases.json")).unwrap();
    for (name, case) in cases.as_object().unwrap() {
        let mut model = Model::from_config(&case["model"].to_string(), 1).unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected = array(&case["output"]).iter().copied().collect();
        check_outputs(name, &predicted(&mut model, &[array(&case["input"])]), &[expected]);
    }
}

/// Every weight of a model, in the graph's order.
fn weights(model: &Model<f32>) -> Vec<Vec<f32>> {
    let paths = model.graph().weights().into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    paths.iter().map(|path| model.weight(path).unwrap().data.to_vec()).collect()
}

/// Writes a model for TensorFlow.js, and reads it again; with `WRITE_TFJS` into a folder in which `tfjs.js` runs it.
fn write_tfjs(name: &str, model: &mut Model<f32>, given: &[ArrayD<f32>]) -> bool {
    let own = weights(model);
    let files = match tfjs::write(model.graph(), &own.iter().map(Vec::as_slice).collect::<Vec<_>>()) {
        Ok(files) => files,
        Err(TfjsError::Unsupported(parts)) => {
            assert!(!parts.is_empty());
            eprintln!("{name}: {}", TfjsError::Unsupported(parts));
            return false;
        }
        Err(error) => panic!("{name}: {error}"),
    };
    let mut shards: BTreeMap<String, Vec<u8>> = files.shards.iter().cloned().collect();
    let read =
        tfjs::read(files.model.as_bytes(), &mut shards, &Registry::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(read.weights, own, "{name}");
    let outputs = predicted(model, given);
    let expected: Vec<Vec<f32>> = outputs.iter().map(|(_, output)| output.iter().copied().collect()).collect();
    let mut again = made(read);
    check_outputs(name, &predicted(&mut again, given), &expected);
    if let Some(folder) = std::env::var_os("WRITE_TFJS") {
        let folder = std::path::Path::new(&folder).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("model.json"), &files.model).unwrap();
        files.shards.iter().for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes).unwrap());
        let inputs: Vec<Value> =
            given.iter().map(|x| serde_json::json!({ "shape": x.shape(), "values": x.iter().collect::<Vec<_>>() })).collect();
        let expected = serde_json::json!({ "inputs": inputs, "outputs": expected });
        std::fs::write(folder.join("expected.json"), expected.to_string()).unwrap();
    }
    true
}

/// The model of what has been read.
fn made(read: tfjs::Read) -> Model<f32> {
    let paths: Vec<String> = read.graph.weights().into_iter().map(|(path, _)| path).collect();
    let mut model = Model::new(read.graph, 1).unwrap();
    for (path, elements) in paths.iter().zip(&read.weights) {
        model.weight_mut(path).unwrap().data.copy_from_slice(elements);
    }
    model
}

/// The bytes of a text in which each is two digits.
fn bytes(digits: &Value) -> Vec<u8> {
    let digits = digits.as_str().unwrap();
    let byte = |place: usize| u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).unwrap();
    (0..digits.len() / 2).map(byte).collect()
}

#[test]
fn models_that_the_converter_has_written_give_what_it_reads_them_as() {
    let cases: Value = serde_json::from_str(include_str!("../legacy/converted.json")).unwrap();
    for (name, case) in cases.as_object().unwrap() {
        let shards = case["shards"].as_object().unwrap().iter();
        let mut shards: BTreeMap<String, Vec<u8>> = shards.map(|(name, digits)| (name.clone(), bytes(digits))).collect();
        let read = tfjs::read(case["model"].to_string().as_bytes(), &mut shards, &Registry::default());
        let mut model = made(read.unwrap_or_else(|error| panic!("{name}: {error}")));
        let shape: Vec<usize> = serde_json::from_value(case["shape"].clone()).unwrap();
        let given = ArrayD::from_shape_vec(IxDyn(&shape), numbers(&case["input"])).unwrap();
        check_outputs(name, &predicted(&mut model, &[given]), &[numbers(&case["output"])]);
    }
}

#[test]
fn models_of_tensorflow_js_give_what_it_computes() {
    let models: Value = serde_json::from_str(include_str!("../legacy/tfjs.json")).unwrap();
    let models = models.as_object().unwrap();
    assert!(models.len() >= 10);
    for (name, case) in models {
        let mut shards = BTreeMap::from([("weights.bin".to_owned(), bytes(&case["weights"]))]);
        let json = case["model"].to_string();
        let read = tfjs::read(json.as_bytes(), &mut shards, &Registry::default());
        let mut model = made(read.unwrap_or_else(|error| panic!("{name}: {error}")));
        assert_eq!(model.graph().parameters().total.size().map(|total| total as u64), case["parameters"].as_u64(), "{name}");
        let input = |input: &Value| {
            let shape: Vec<usize> = serde_json::from_value(input["shape"].clone()).unwrap();
            ArrayD::from_shape_vec(IxDyn(&shape), numbers(&input["values"])).unwrap()
        };
        let given: Vec<ArrayD<f32>> = case["inputs"].as_array().unwrap().iter().map(input).collect();
        let expected: Vec<Vec<f32>> = case["outputs"].as_array().unwrap().iter().map(numbers).collect();
        check_outputs(name, &predicted(&mut model, &given), &expected);
        let is_written = write_tfjs(&format!("tfjs_{name}"), &mut model, &given);
        // One has `hard_sigmoid`, which is another function's name there, and one has masks.
        assert_eq!(is_written, !["sequence", "text"].contains(&name.as_str()), "{name}");
    }
}
