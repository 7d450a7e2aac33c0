//! Keras's own documents read, as text; and what is wrong with wrong ones.

use std::path::Path;

use model_graph::Graph;
use model_graph::config::{from_json, read, to_json};
use model_graph::graph::Kind;
use serde_json::{Value, json};

fn document(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A graph as text: a line for each port and call.
fn draw(graph: &Graph) -> String {
    let tensor = |id: &model_graph::graph::TensorId| {
        let tensor = &graph.tensors[id.0];
        format!("{} {}", tensor.label, tensor.ty)
    };
    let mut lines = vec![format!("{} with {} parameters", graph.name, graph.parameters().total)];
    lines.extend(graph.inputs.iter().map(|port| format!("input {} = {}", port.name, tensor(&port.tensor))));
    lines.extend(graph.nodes.iter().map(|node| {
        let layer = &graph.layers[node.layer.0];
        let inputs: Vec<String> = node.inputs.iter().map(tensor).collect();
        let outputs: Vec<String> = node.outputs.iter().map(tensor).collect();
        let frozen = if layer.trainable { "" } else { " frozen" };
        format!("{}{frozen} = {}({}) -> {}", layer.name(), layer.kind.source(), inputs.join(", "), outputs.join(", "))
    }));
    lines.extend(graph.outputs.iter().map(|port| format!("output {} = {}", port.name, tensor(&port.tensor))));
    lines.extend(graph.layers.iter().filter_map(|layer| match &layer.kind {
        Kind::Model(inner) => Some(format!("[{}]", draw(inner))),
        Kind::Layer(_) | Kind::Block(_) => None,
    }));
    lines.join("\n")
}

/// Reads documents and compares the graphs with the snapshot of this name.
fn check(name: &str, paths: &[&str]) {
    let drawn: Vec<String> = paths.iter().map(|path| draw(&read(&document(path)).unwrap())).collect();
    insta::assert_snapshot!(name, drawn.join("\n\n"));
}

#[test]
fn the_models_of_the_guide_are_read() {
    check("guide", &["../tests/parity/config/toy_resnet.json", "../tests/parity/config/mlp.json"]);
}

#[test]
fn layers_are_shared_and_models_lie_in_models() {
    check("shared", &["../tests/parity/config/shared.json", "../tests/parity/config/nested.json", "tests/keras/several.json"]);
}

#[test]
fn inputs_and_outputs_come_in_lists_and_by_name() {
    check("ports", &["../tests/parity/config/multiple.json", "tests/keras/named.json"]);
}

#[test]
fn axes_of_any_size_are_one_where_they_must_agree() {
    check("any_size", &["tests/keras/any_size.json"]);
}

#[test]
fn sequences_and_operations_are_read() {
    check("sequences", &["tests/keras/sequential.json", "tests/keras/sequential_inside.json", "tests/keras/operation.json"]);
}

#[test]
fn images_are_changed_by_chance() {
    check("augmented", &["../tests/parity/config/augmented.json"]);
}

#[test]
fn the_order_of_layers_does_not_matter() {
    let mut reversed = document("../tests/parity/config/toy_resnet.json");
    let straight = read(&reversed).unwrap();
    reversed["config"]["layers"].as_array_mut().unwrap().reverse();
    let reversed = read(&reversed).unwrap();
    assert_eq!(draw(&reversed), draw(&straight));
}

/// The message for a document with one place changed.
fn refuse(path: &str, place: &str, value: Value) -> String {
    let mut document = document(path);
    *document.pointer_mut(place).unwrap() = value;
    format!("{place}\n{}\n", read(&document).unwrap_err())
}

#[test]
fn a_model_is_called_with_inputs_by_name() {
    let mut named = document("../tests/parity/config/nested.json");
    let straight = read(&named).unwrap();
    let call = named.pointer_mut("/config/layers/2/inbound_nodes/0/args").unwrap();
    *call = json!([{ "features": call[0] }]);
    assert_eq!(read(&named), Ok(straight));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    const MLP: &str = "../tests/parity/config/mlp.json";
    let mut messages: Vec<String> = Vec::new();
    for (place, value) in [
        ("/class_name", json!("Subclassed")),
        ("/config/layers", json!(null)),
        ("/config/layers/1/class_name", json!("Dens")),
        ("/config/layers/1/class_name", json!("FlaxLayer")),
        ("/config/layers/1/module", json!("keras.src.ops.nn")),
        ("/config/layers/1/registered_name", json!("mine>Dense")),
        ("/config/layers/1/module", json!("mine")),
        ("/config/layers/1/config/units", json!(0)),
        ("/config/layers/1/config/activation", json!("rely")),
        ("/config/layers/1/config/kernel_regularizer", json!({ "class_name": "L2", "config": { "l2": -0.5 } })),
        ("/config/layers/1/config/kernel_constraint", json!("maxnorm")),
        ("/config/layers/1/config/quantization_config", json!({ "mode": "int8" })),
        ("/config/layers/1/config/dtype/config/name", json!("mixed_float16")),
        ("/config/layers/1/config/trainable", json!("yes")),
        ("/config/layers/0/config/batch_shape", json!([null, null])),
        ("/config/layers/0/config/batch_shape", json!([0, 8])),
        ("/config/layers/0/config/batch_shape", json!([null, 4_000_000_000u64, 4_000_000_000u64, 8])),
        ("/config/layers/0/config/dtype", json!("string")),
        ("/config/layers/0/config/sparse", json!(true)),
        ("/config/layers/1/name", json!("dense_1")),
        ("/config/layers/1/inbound_nodes", json!([])),
        ("/config/layers/1/inbound_nodes/0/kwargs", json!({ "mask": [null, [null]], "initial_state": 1 })),
        ("/config/layers/1/inbound_nodes/0/args", json!([2.5])),
        ("/config/layers/1/inbound_nodes/0/args/0/config/keras_history", json!(["digit", 0, 0])),
        ("/config/layers/1/inbound_nodes/0/args/0/config/keras_history", json!(["dense_1", 0, 0])),
        ("/config/layers/1/inbound_nodes/0/args/0/config/keras_history", json!(["dense_2", 1, 0])),
        ("/config/layers/2/inbound_nodes/0/args/0/config/keras_history", json!(["dense", 0, 1])),
        ("/config/input_layers", json!(["dense", 0, 0])),
        ("/config/output_layers", json!([])),
        ("/config/output_layers", json!({ "digits": ["dense_3", 0, 0] })),
    ] {
        messages.push(refuse(MLP, place, value));
    }
    messages.push(refuse("../tests/parity/config/shared.json", "/config/layers/1/config/batch_shape/1", json!(6)));
    let mut batches = document("../tests/parity/config/shared.json");
    for (input, samples) in [(0, 2), (1, 4)] {
        *batches.pointer_mut(&format!("/config/layers/{input}/config/batch_shape/0")).unwrap() = samples.into();
    }
    messages.push(format!("{}\n", read(&batches).unwrap_err()));
    let mut named = document("../tests/parity/config/nested.json");
    let call = named.pointer_mut("/config/layers/2/inbound_nodes/0/args").unwrap();
    *call = json!([{ "feature": call[0] }]);
    messages.push(format!("{}\n", read(&named).unwrap_err()));
    messages.push(from_json("{\"class_name\": ").unwrap_err().to_string());
    insta::assert_snapshot!("messages", messages.join("\n"));
}

#[test]
fn documents_of_others_are_told_by_what_wrote_them() {
    let names = ["keras_1.json", "keras_2_functional.json", "keras_2_sequential.json", "tensorflow_js.json"];
    let mut messages: Vec<String> =
        names.iter().map(|name| format!("{name}: {}\n", read(&document(&format!("tests/others/{name}"))).unwrap_err())).collect();
    let graph = json!({ "format": "graph-model", "generatedBy": "2.10.0", "modelTopology": { "node": [] } });
    let beside = json!({ "model_config": document("../tests/parity/config/mlp.json") });
    messages.extend([graph, beside].iter().map(|document| format!("{}\n", read(document).unwrap_err())));
    insta::assert_snapshot!("others", messages.join("\n"));
    // An argument of a layer of one's own says nothing of its document's age.
    let mut own = document("../tests/parity/config/mlp.json");
    own["config"]["layers"][1]["module"] = json!("mine");
    own["config"]["layers"][1]["config"]["init"] = json!("one");
    assert!(read(&own).unwrap_err().to_string().contains("a custom layer that was not registered"));
}

#[test]
fn layers_are_read_by_all_of_keras_s_names() {
    let straight = document("../tests/parity/config/toy_resnet.json");
    let mut renamed = straight.to_string();
    for (own, other) in
        [("Conv2D", "Convolution2D"), ("MaxPooling2D", "MaxPool2D"), ("GlobalAveragePooling2D", "GlobalAvgPool2D")]
    {
        renamed = renamed.replace(&format!("\"class_name\":\"{own}\""), &format!("\"class_name\":\"{other}\""));
    }
    assert!(renamed.contains("MaxPool2D"));
    let read_again = from_json(&renamed).unwrap();
    assert_eq!(read_again, read(&straight).unwrap());
    assert!(!to_json(&read_again).contains("MaxPool2D"));
}
