//! Documents written: like Keras's own, read back as the same graph, and left in `target/tmp/config` for Keras to load:
//! `python tests/parity/check_config.py target/tmp/config`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use model_graph::Graph;
use model_graph::config::{from_json, read, to_json, write};
use model_graph::constants::Equation;
use model_graph::graph::TensorId;
use model_graph::layer::Manner;
use model_graph::layers::{Class, INITIAL_STATE, MASK, STEPS_MASK};
use model_graph::shape::{DType, TensorType};
use serde_json::{Value, json};

const KERAS: [&str; 13] = [
    "../tests/parity/config/mlp.json",
    "../tests/parity/config/multiple.json",
    "../tests/parity/config/nested.json",
    "../tests/parity/config/normalized.json",
    "../tests/parity/config/shared.json",
    "../tests/parity/config/toy_resnet.json",
    "tests/keras/named.json",
    "tests/keras/operation.json",
    "tests/keras/sequential.json",
    "tests/keras/sequential_inside.json",
    "tests/keras/several.json",
    "../tests/parity/config/every_layer.json",
    "../tests/parity/config/augmented.json",
];

fn document(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Checks that a graph survives being written, and leaves the document for Keras.
fn check(name: &str, graph: &Graph) {
    assert_eq!(&graph.flat().unwrap(), graph, "{name} is not flat");
    let text = to_json(graph);
    assert_eq!(&from_json(&text).unwrap(), graph, "{name}");
    let folder: PathBuf = [env!("CARGO_TARGET_TMPDIR"), "config"].iter().collect();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.json")), text).unwrap();
}

#[test]
fn what_is_read_is_written_and_read_again() {
    for path in KERAS {
        let name = Path::new(path).file_stem().unwrap().to_str().unwrap();
        check(name, &read(&document(path)).unwrap());
    }
}

/// A document without what says nothing: nulls, and the order of keys and layers.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(items) => {
            let mut items: Vec<_> = items.iter().filter(|(_, item)| !item.is_null()).collect();
            items.sort_by_key(|(key, _)| *key);
            Value::Object(items.into_iter().map(|(key, item)| (key.clone(), plain(item))).collect())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(plain).collect();
            if items.iter().all(|item| item.get("inbound_nodes").is_some()) {
                items.sort_by_key(|layer| layer["name"].to_string());
            }
            Value::Array(items)
        }
        other => other.clone(),
    }
}

/// Layers without weights, of which Keras writes what they were built with all the same.
const NEED_NO_BUILDING: [&str; 18] = [
    "Cropping1D",
    "Cropping2D",
    "Flatten",
    "Permute",
    "RandomBrightness",
    "RandomContrast",
    "RandomCrop",
    "RandomErasing",
    "RandomFlip",
    "RandomRotation",
    "RandomTranslation",
    "RandomZoom",
    "RepeatVector",
    "Rescaling",
    "UpSampling1D",
    "UpSampling2D",
    "ZeroPadding1D",
    "ZeroPadding2D",
];

/// Leaves out what Keras writes and we do not: what a `Flatten` was built with, which needs no building, and that a call was made
/// outside training, which running the model overrules, and without masks.
fn without_what_we_leave_out(mut document: Value) -> Value {
    for layer in document["config"]["layers"].as_array_mut().unwrap() {
        for node in layer["inbound_nodes"].as_array_mut().unwrap() {
            node["kwargs"].as_object_mut().unwrap().retain(|key, _| key != "training" && key != "mask");
        }
        if NEED_NO_BUILDING.iter().any(|class| layer["class_name"] == *class) {
            layer.as_object_mut().unwrap().remove("build_config");
        }
    }
    document
}

/// Where two documents differ.
fn differences(path: &str, found: &Value, expected: &Value) -> Vec<String> {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            let keys: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
            let both = |key: &String| [found, expected].map(|items| items.get(key).cloned().unwrap_or_default());
            keys.into_iter()
                .map(|key| (key, both(key)))
                .flat_map(|(key, [f, e])| differences(&format!("{path}/{key}"), &f, &e))
                .collect()
        }
        (Value::Array(found), Value::Array(expected)) if found.len() == expected.len() => {
            found.iter().zip(expected).enumerate().flat_map(|(i, (f, e))| differences(&format!("{path}/{i}"), f, e)).collect()
        }
        _ if found == expected => Vec::new(),
        _ => vec![format!("{path}: {found} instead of {expected}")],
    }
}

#[test]
fn documents_are_those_of_keras() {
    // The others give inputs by name, use operations or are sequences, which all are written as layers of a functional model.
    for path in KERAS[..6].iter().chain(&KERAS[10..]) {
        let keras = document(path);
        let expected = plain(&without_what_we_leave_out(keras.clone()));
        let found = plain(&write(&read(&keras).unwrap()));
        assert_eq!(differences("", &found, &expected), [""; 0], "{path}");
    }
}

fn graph_of(class: &str, arguments: Value, inputs: &[TensorType]) -> Graph {
    let mut graph = Graph::new(class.to_lowercase());
    let names = ["first", "second", "third"];
    let tensors: Vec<TensorId> = inputs.iter().zip(names).map(|(ty, name)| graph.input(name, ty.clone())).collect();
    let layer = Class::find(class).unwrap().read(arguments.as_object().unwrap()).unwrap();
    let layer = graph.layer(layer, Some("layer".to_owned()));
    let output = graph.call(layer, &tensors).unwrap()[0];
    graph.output("layer", output);
    graph
}

#[test]
fn every_layer_is_written_and_read_again() {
    let image = TensorType::f32([8, 9, 4]);
    let words = TensorType { dtype: DType::I32, ..image.clone() };
    for (class, arguments, inputs) in [
        ("Activation", json!({ "activation": "softmax" }), 1),
        ("ReLU", json!({ "max_value": 6.0, "negative_slope": 0.1 }), 1),
        ("Softmax", json!({ "axis": 1 }), 1),
        ("Dense", json!({ "units": 3, "activation": "gelu", "use_bias": false, "kernel_initializer": "he_normal" }), 1),
        ("Conv2D", json!({ "filters": 4, "kernel_size": [3, 2], "padding": "same", "groups": 2, "dilation_rate": 2 }), 1),
        ("Add", json!({}), 3),
        ("Average", json!({}), 2),
        ("Concatenate", json!({ "axis": 2 }), 3),
        ("Maximum", json!({}), 2),
        ("Minimum", json!({}), 2),
        ("Multiply", json!({}), 3),
        ("Subtract", json!({}), 2),
        ("BatchNormalization", json!({ "momentum": 0.9, "scale": false }), 1),
        ("AveragePooling2D", json!({ "pool_size": 2 }), 1),
        ("GlobalAveragePooling2D", json!({ "keepdims": true }), 1),
        ("GlobalMaxPooling2D", json!({}), 1),
        ("MaxPooling2D", json!({ "pool_size": [2, 3], "strides": 1, "padding": "same" }), 1),
        ("Dropout", json!({ "rate": 0.25, "seed": 7 }), 1),
        ("Flatten", json!({}), 1),
        ("Reshape", json!({ "target_shape": [-1, 6] }), 1),
    ] {
        check(class, &graph_of(class, arguments, &vec![image.clone(); inputs]));
    }
    check("whole_numbers", &graph_of("Flatten", json!({}), &[words]));
}

/// Words and frames of which some are not looked at.
#[test]
fn masks_are_written_by_name() {
    let mut graph = Graph::new("masked");
    let types = [(DType::I32, vec![5]), (DType::Bool, vec![5]), (DType::F32, vec![4, 6, 6, 2]), (DType::Bool, vec![4])];
    let names = ["words", "m", "frames", "n"];
    let [words, m, frames, n] = std::array::from_fn(|i| {
        let (dtype, shape) = &types[i];
        graph.input(names[i], TensorType { dtype: *dtype, ..TensorType::f32(shape.as_slice()) })
    });
    let mut call = |class: &str, arguments: Value, positional: TensorId, slots: Vec<(usize, Vec<TensorId>)>| {
        let layer = Class::find(class).unwrap().read(arguments.as_object().unwrap()).unwrap();
        let layer = graph.layer(layer, Some(class.to_lowercase()));
        let (inputs, manner) = Manner::arranged(vec![positional], slots);
        graph.call_assuming(layer, &inputs, manner, Equation::open).unwrap().0
    };
    let embedded = call("Embedding", json!({ "input_dim": 9, "output_dim": 3 }), words, vec![])[0];
    let normalized = call("BatchNormalization", json!({}), embedded, vec![(MASK, vec![m])])[0];
    let sequences = json!({ "units": 4, "return_sequences": true, "return_state": true, "dropout": 0.5 });
    let states = call("LSTM", sequences, normalized, vec![(STEPS_MASK, vec![m])]);
    let zeros = json!({ "units": 4, "zero_output_for_mask": true, "recurrent_dropout": 0.25 });
    let read = call("GRU", zeros, states[0], vec![(INITIAL_STATE, vec![states[1]]), (STEPS_MASK, vec![m])])[0];
    let mean = call("GlobalAveragePooling1D", json!({}), states[0], vec![(MASK, vec![m])])[0];
    let film = json!({ "filters": 3, "kernel_size": 3, "return_state": true });
    let seen = call("ConvLSTM2D", film, frames, vec![(STEPS_MASK, vec![n])])[0];
    for (name, tensor) in [("read", read), ("mean", mean), ("seen", seen)] {
        graph.output(name, tensor);
    }
    check("masked", &graph);
    let kwargs = |layer: usize| write(&graph)["config"]["layers"][layer]["inbound_nodes"][0]["kwargs"].clone();
    let layers = write(&graph)["config"]["layers"].as_array().unwrap().clone();
    let called = layers.iter().enumerate().filter(|(layer, _)| kwargs(*layer)["mask"].is_object());
    let classes: Vec<&str> = called.map(|(_, layer)| layer["class_name"].as_str().unwrap()).collect();
    assert_eq!(classes, ["BatchNormalization", "LSTM", "GRU", "GlobalAveragePooling1D", "ConvLSTM2D"]);
}

/// Two layers, called in turns on one input.
fn in_turns() -> Graph {
    let mut graph = Graph::new("in_turns");
    let input = graph.input("input", TensorType::f32([4]));
    let dense = |graph: &mut Graph, name: &str| {
        let arguments = json!({ "units": 4 });
        let layer = Class::find("Dense").unwrap().read(arguments.as_object().unwrap()).unwrap();
        graph.layer(layer, Some(name.to_owned()))
    };
    let (left, right) = (dense(&mut graph, "left"), dense(&mut graph, "right"));
    let outputs = [left, right, left, right].map(|layer| graph.call(layer, &[input]).unwrap()[0]);
    for (name, output) in ["left", "right", "left_1", "right_1"].into_iter().zip(outputs) {
        graph.output(name, output);
    }
    graph
}

#[test]
fn an_order_that_the_passes_do_not_give_is_written() {
    check("in_turns", &in_turns());
    let document = write(&in_turns());
    let order = |layer: usize, call: usize| document["config"]["layers"][layer]["inbound_nodes"][call]["call_order"].clone();
    assert_eq!([order(1, 0), order(1, 1), order(2, 0), order(2, 1)], [json!(0), json!(2), json!(1), json!(3)]);
    assert!(!to_json(&read(&self::document(KERAS[5])).unwrap()).contains("call_order"));
}

#[test]
fn outputs_with_names_of_their_own_are_written_by_name() {
    let mut graph = in_turns();
    graph.outputs[0].name = "zero".to_owned();
    check("named_outputs", &graph);
    let mut outer = Graph::new("outer");
    let input = outer.input("outside", TensorType::f32([4]));
    let inner = outer.layer(model_graph::graph::Kind::Model(graph.into()), Some("in_turns".to_owned()));
    let outputs = outer.call(inner, &[input]).unwrap();
    outer.output("in_turns", outputs[0]);
    check("named_outputs_inside", &outer);
    // `zero` comes last in the order of names, in which Keras counts.
    assert_eq!(write(&outer)["config"]["output_layers"], json!(["in_turns", 1, 3]));
}

/// Keras refuses `trainable` there.
#[test]
fn layers_that_keras_makes_without_it_do_not_say_whether_they_are_trained() {
    for (class, arguments) in [
        ("Discretization", json!({ "bin_boundaries": [-1.0, 0.0, 1.0] })),
        ("SpatialDropout1D", json!({ "rate": 0.5 })),
        ("Dropout", json!({ "rate": 0.5 })),
    ] {
        let mut graph = Graph::new("one");
        let x = graph.input("x", TensorType::f32([5, 4]));
        let layer = Class::find(class).unwrap().read(arguments.as_object().unwrap()).unwrap();
        let layer = graph.layer(layer, Some("layer".to_owned()));
        let y = graph.call(layer, &[x]).unwrap()[0];
        graph.output("layer", y);
        let says = write(&graph)["config"]["layers"][1]["config"].get("trainable").is_some();
        assert_eq!(says, class == "Dropout", "{class}");
    }
}
