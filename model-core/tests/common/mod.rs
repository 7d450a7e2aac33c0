//! Small models and data for the tests.
#![allow(dead_code)] // not every test uses all of them

pub mod parity;
pub mod signatures;

use model_core::interpret::Model;
use model_core::network::Network;
use model_core::random::Random;
use ndarray::{Array1, Array2};
use serde_json::{Value, json};

/// A model of dense layers with relu between them: inputs, hidden units, outputs; the last layer is `out`.
pub fn dense(sizes: &[usize], activation: &str) -> Model {
    let mut layers = vec![json!({ "class_name": "InputLayer", "config": { "batch_shape": [null, sizes[0]], "name": "x" } })];
    for (i, &units) in sizes.iter().enumerate().skip(1) {
        let is_last = i + 1 == sizes.len();
        let (name, activation) = if is_last { ("out".to_owned(), activation) } else { (format!("hidden_{i}"), "relu") };
        let config = json!({ "name": name, "units": units, "activation": activation });
        layers.push(json!({ "class_name": "Dense", "config": config }));
    }
    let document = json!({ "class_name": "Sequential", "config": { "name": "dense_layers", "layers": layers } });
    model(&document)
}

/// The model of a document of Keras's.
pub fn model(document: &Value) -> Model {
    Model::new(model_graph::config::read(document).unwrap(), 7).unwrap()
}

/// Inputs `left` `[3]` and `right` `[2]`, normalised, dropped out and joined; outputs `kind` of 3 classes and `size` of 1 number.
pub fn two_by_two() -> Model {
    let tensor = |name: &str, shape: Value| {
        let mut full = vec![Value::Null];
        full.extend(shape.as_array().unwrap().clone());
        json!({ "class_name": "__keras_tensor__", "config": { "shape": full, "dtype": "float32", "keras_history": [name, 0, 0] } })
    };
    let input = |name: &str, size: usize| {
        let config = json!({ "batch_shape": [null, size], "dtype": "float32", "name": name });
        json!({ "class_name": "InputLayer", "name": name, "config": config, "inbound_nodes": [] })
    };
    let layer = |class: &str, name: &str, mut config: Value, arguments: Value| {
        config["name"] = name.into();
        json!({ "class_name": class, "name": name, "config": config, "inbound_nodes": [{ "args": [arguments], "kwargs": {} }] })
    };
    let layers = json!([
        input("left", 3),
        input("right", 2),
        layer("Concatenate", "both", json!({ "axis": -1 }), json!([tensor("left", json!([3])), tensor("right", json!([2]))])),
        layer("BatchNormalization", "normal", json!({ "momentum": 0.9 }), tensor("both", json!([5]))),
        layer("Dropout", "dropout", json!({ "rate": 0.25 }), tensor("normal", json!([5]))),
        layer("Dense", "hidden", json!({ "units": 8, "activation": "relu" }), tensor("dropout", json!([5]))),
        layer("Dense", "kind", json!({ "units": 3 }), tensor("hidden", json!([8]))),
        layer("Dense", "size", json!({ "units": 1 }), tensor("hidden", json!([8]))),
    ]);
    let config = json!({
        "name": "two_by_two", "trainable": true, "layers": layers,
        "input_layers": [["left", 0, 0], ["right", 0, 0]], "output_layers": [["kind", 0, 0], ["size", 0, 0]],
    });
    model(&json!({ "class_name": "Functional", "config": config }))
}

/// Six words of nine, looked up and gone through by every recurrent layer; three numbers come out.
pub fn sequences() -> Model {
    let layer = |class: &str, config: Value| json!({ "class_name": class, "config": config });
    let layers = json!([
        layer("InputLayer", json!({ "batch_shape": [null, 6], "name": "words", "dtype": "int32" })),
        layer("Embedding", json!({ "name": "table", "input_dim": 9, "output_dim": 4 })),
        layer("Conv1D", json!({ "name": "window", "filters": 5, "kernel_size": 2, "padding": "causal" })),
        layer("Permute", json!({ "name": "turned", "dims": [2, 1] })),
        layer("LayerNormalization", json!({ "name": "normal", "axis": 1 })),
        layer("LSTM", json!({ "name": "lstm", "units": 4, "return_sequences": true })),
        layer("SimpleRNN", json!({ "name": "simple", "units": 3, "return_sequences": true, "go_backwards": true })),
        layer("GRU", json!({ "name": "gru", "units": 3 })),
    ]);
    model(&json!({ "class_name": "Sequential", "config": { "name": "sequences", "layers": layers } }))
}

/// Six numbers to three, by weights with penalties and constraints of every kind.
pub fn kept() -> Model {
    model(&kept_document())
}

pub fn kept_document() -> Value {
    let layer = |class: &str, config: Value| json!({ "class_name": class, "config": config });
    let object = |class: &str, config: Value| json!({ "class_name": class, "config": config });
    let layers = json!([
        layer("InputLayer", json!({ "batch_shape": [null, 6], "name": "x" })),
        layer(
            "Dense",
            json!({ "name": "first", "units": 5, "kernel_regularizer": "l1", "bias_regularizer": "l2",
            "kernel_constraint": object("MaxNorm", json!({ "max_value": 0.5 })), "bias_constraint": "non_neg" })
        ),
        layer("BatchNormalization", json!({ "name": "normal", "gamma_regularizer": "l1", "beta_regularizer": "l2" })),
        layer(
            "Dense",
            json!({ "name": "second", "units": 4, "kernel_regularizer": object("OrthogonalRegularizer", json!({ "factor": 0.3 })),
            "kernel_constraint": object("MinMaxNorm", json!({ "axis": -1 })) })
        ),
        layer(
            "Dense",
            json!({ "name": "third", "units": 3, "kernel_regularizer": object("L1L2", json!({ "l1": 0.1, "l2": 0.2 })),
            "kernel_constraint": object("UnitNorm", json!({ "axis": null })) })
        ),
    ]);
    json!({ "class_name": "Sequential", "config": { "name": "kept", "layers": layers } })
}

/// Random samples `[samples, features]` with the number of their largest feature.
pub fn largest(samples: usize, features: usize) -> (Array2<f32>, Array1<i32>) {
    let mut random = Random::new(3);
    let x = Array2::from_shape_simple_fn((samples, features), || random.uniform(-1.0, 1.0) as f32);
    let label = |row: ndarray::ArrayView1<'_, f32>| {
        let best = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        i32::try_from(best.0).unwrap()
    };
    let y = x.rows().into_iter().map(label).collect();
    (x, y)
}

/// The bits of all weights.
pub fn bits(model: &impl Network<f32>) -> Vec<u32> {
    let mut bits = Vec::new();
    model.visit(&mut |weight, _| bits.extend(weight.data.iter().map(|element| element.to_bits())));
    bits
}

/// The bytes of a file whose document has a checksum of any digits, with the right ones.
pub fn checked(mut bytes: Vec<u8>) -> Vec<u8> {
    use sha2::{Digest, Sha256};

    const BEFORE: &[u8] = br#"\"checksum\":\""#;
    const DIGITS: usize = 64;
    let Some(before) = bytes.windows(BEFORE.len()).position(|window| window == BEFORE) else { return bytes };
    let place = before + BEFORE.len();
    if bytes.len() >= place + DIGITS {
        bytes[place..place + DIGITS].fill(b'0');
        let digits: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        bytes[place..place + DIGITS].copy_from_slice(digits.as_bytes());
    }
    bytes
}
