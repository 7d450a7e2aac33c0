//! Documents that no program of good will writes: they are read, or refused in words, in time and memory that follow from their length.

use std::path::Path;

use model_graph::Graph;
use model_graph::config::{from_json, read, to_json};
use model_graph::shape::DType;
use serde_json::{Value, json};

fn document(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/parity/config").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What is said about a document, which is no more than can be read.
fn refused(document: &Value) -> String {
    let message = read(document).unwrap_err().to_string();
    assert!(message.len() < 5000, "{} bytes are said", message.len());
    message
}

fn check(document: &Value, expected: &str) {
    let message = refused(document);
    assert!(message.contains(expected), "{message}");
}

#[test]
fn lists_and_models_lie_in_one_another_so_deep_and_no_deeper() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(from_json(&deep).unwrap_err().to_string().contains("recursion limit"));
    let mut document = document("mlp.json");
    let inner = document.clone();
    for _ in 0..65 {
        let mut layer = document;
        layer["name"] = json!("inner");
        layer["inbound_nodes"] = inner["config"]["layers"][1]["inbound_nodes"].clone();
        document = inner.clone();
        document["config"]["layers"][2] = layer;
    }
    check(&document, "lies more than 64 deep\nhelp: put fewer lists or models inside one another");
}

#[test]
fn sizes_are_counted_before_they_are_believed() {
    let mut wide = document("mlp.json");
    wide["config"]["layers"][1]["config"]["units"] = json!(u32::MAX);
    wide["config"]["layers"][2]["config"]["units"] = json!(u32::MAX);
    check(&wide, "`mlp/dense_1` does not fit its inputs: `Dense(4294967295, activation");
    for size in [json!(1e300), json!(-1), json!(u64::MAX), json!(1.5), json!([]), json!({})] {
        let mut document = document("mlp.json");
        document["config"]["layers"][1]["config"]["units"] = size;
        check(&document, "`Dense` needs `units` to be a whole number of at least 1");
    }
}

fn input(shape: Value) -> Value {
    json!({ "class_name": "InputLayer", "name": "x", "config": { "name": "x", "batch_shape": shape }, "inbound_nodes": [] })
}

fn sequential(layer: Value) -> Value {
    json!({ "class_name": "Sequential", "config": { "name": "inner", "layers": [input(json!([null, 3])), layer] } })
}

#[test]
fn a_model_is_read_once_however_often_its_caller_is_tried() {
    let mut text = json!({ "class_name": "Embedding", "config": { "name": "table", "input_dim": 5, "output_dim": 2 } });
    for _ in 0..60 {
        text = sequential(text);
    }
    assert_eq!(read(&text).map(|graph: Graph| graph.ty(graph.inputs[0].tensor).dtype), Ok(DType::I32));
}

/// A model that calls another so often, one call after the other.
fn repeated(mut inner: Value, calls: usize) -> Value {
    let place = |call| match call {
        0 => json!(["x", 0, 0]),
        call => json!(["inner", call - 1, 0]),
    };
    let tensor = |call| json!({ "class_name": "__keras_tensor__", "config": { "keras_history": place(call) } });
    inner["name"] = json!("inner");
    inner["inbound_nodes"] = (0..calls).map(|call| json!({ "args": [tensor(call)], "kwargs": {} })).collect();
    let is_model = usize::from(inner["class_name"] == "Functional");
    json!({ "class_name": "Functional", "config": {
        "name": "inner", "layers": [input(json!([null, null])), inner],
        "input_layers": ["x", 0, 0], "output_layers": ["inner", calls - 1 + is_model, 0],
    } })
}

#[test]
fn a_short_document_does_not_ask_for_calls_without_end() {
    let relu = json!({ "class_name": "ReLU", "config": { "name": "inner" } });
    let mut twice = repeated(relu.clone(), 2);
    assert_eq!(read(&twice).map(|graph| graph.calls()), Ok(2));
    for _ in 0..60 {
        twice = repeated(twice, 2);
    }
    check(&twice, "would be one of more than 50000 layer calls\nhelp: call models that call models less often");
    check(&sequential(repeated(repeated(relu, 1000), 50)), "more than 50000");
}

#[test]
fn long_names_are_neither_compared_nor_repeated() {
    let long = "n".repeat(1_000_000);
    for place in
        ["/class_name", "/config/layers/1/class_name", "/config/layers/1/config/activation", "/config/layers/1/registered_name"]
    {
        let mut document = document("mlp.json");
        *document.pointer_mut(place).unwrap() = json!(long);
        refused(&document);
    }
    let mut document = document("mlp.json");
    document["config"]["layers"][1]["name"] = json!(long);
    document["config"]["layers"][2]["name"] = json!(format!("{long}m"));
    check(&document, "refers to output 0 of call 0 of `dense`, which is not there");
    document["config"]["layers"][2]["name"] = json!(long);
    check(&document, "has two layers named `nnn");
}

#[test]
fn shapes_and_orders_have_as_many_axes_as_tensors_may() {
    let many: Vec<Value> = vec![Value::Null; 100_000];
    let mut one = sequential(json!({ "class_name": "ReLU", "config": { "name": "relu" } }));
    one["config"]["layers"][0] = input(json!(many));
    check(&one, "has `batch_shape` a list of 100000, expected no more than 64 sizes");
    let dims: Vec<u32> = (1..=100_000).collect();
    check(&sequential(json!({ "class_name": "Permute", "config": { "name": "p", "dims": dims } })), "needs `dims` to be a list");
    let sizes = vec![1; 100_000];
    check(
        &sequential(json!({ "class_name": "Reshape", "config": { "name": "r", "target_shape": sizes } })),
        "needs `target_shape`",
    );
}

#[test]
fn many_outputs_of_one_layer_have_names_of_their_own() {
    let mut model = document("mlp.json");
    model["config"]["output_layers"] = vec![json!(["dense_2", 0, 0]); 20_000].into();
    let graph = read(&model).unwrap();
    assert_eq!(graph.outputs[19_999].name, "dense_2_19999");
    assert_eq!(from_json(&to_json(&graph)), Ok(graph));
}

#[test]
fn of_a_key_that_stands_twice_the_last_counts_as_in_python() {
    let text = document("mlp.json").to_string().replace("\"units\":", "\"units\":0,\"units\":");
    assert!(text.contains("\"units\":0,\"units\":"));
    assert_eq!(from_json(&text), Ok(read(&document("mlp.json")).unwrap()));
}

#[test]
fn an_input_that_is_given_twice_is_not_dropped() {
    let mut named = document("nested.json");
    let call = named.pointer_mut("/config/layers/2/inbound_nodes/0/args").unwrap();
    *call = json!([{ "features": call[0] }, { "features": call[0] }]);
    check(&named, "is given the input `features` twice\nhelp: keep one of them");
}

/// Numbers that look drawn, the same on each run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

/// The places in a document.
fn places(value: &Value, place: &str, found: &mut Vec<String>) {
    found.push(place.to_owned());
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(i, item)| places(item, &format!("{place}/{i}"), found)),
        Value::Object(items) => items.iter().for_each(|(key, item)| places(item, &format!("{place}/{key}"), found)),
        _ => {}
    }
}

/// What comes in the place of something: a thing of another kind or size, another part of the document, or less of it.
fn other(document: &Value, place: &str, places: &[String], draw: &mut Draw) -> Value {
    let old = document.pointer(place).unwrap();
    match draw.below(16) {
        0 => Value::Null,
        1 => json!(draw.below(2) == 0),
        2 => json!([0, 1, -1, 2, 3, i64::from(u32::MAX), i64::MAX][draw.below(7)]),
        3 => json!([0.0, -0.5, 1e-300, 1e300][draw.below(4)]),
        4 => json!(["", "relu", "same", "x", "dense", "Dense", "Functional", "float32", "words"][draw.below(9)]),
        5 => json!([]),
        6 => json!({}),
        7 => json!([old, old]),
        8 => json!({ "x": old }),
        9 => match old {
            Value::Array(items) => items.iter().skip(1).cloned().collect(),
            Value::Object(items) => Value::Object(items.clone().into_iter().skip(1).collect()),
            _ => Value::Null,
        },
        _ => document.pointer(&places[draw.below(places.len())]).unwrap().clone(),
    }
}

#[test]
fn a_document_with_anything_in_the_place_of_anything_is_read_or_refused() {
    let (mut draw, mut sound) = (Draw(1), 0);
    let names = ["mlp.json", "toy_resnet.json", "shared.json", "nested.json", "multiple.json", "normalized.json"];
    for round in 0..1000 {
        let mut changed = document(names[round % names.len()]);
        for _ in 0..=draw.below(3) {
            let mut found = Vec::new();
            places(&changed, "", &mut found);
            let place = &found[draw.below(found.len())];
            let other = other(&changed, place, &found, &mut draw);
            *changed.pointer_mut(place).unwrap() = other;
        }
        if let Ok(graph) = read(&changed) {
            let written = to_json(&graph);
            let again = from_json(&written).unwrap_or_else(|error| panic!("{error}\n{changed}"));
            assert_eq!(to_json(&again), written, "{changed}");
            sound += 1;
        } else {
            refused(&changed);
        }
    }
    assert!((50..950).contains(&sound), "{sound} of the documents are read");
}
