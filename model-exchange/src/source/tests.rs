//! What is written of small graphs, and what is said of those that cannot be written.

use model_graph::Graph;
use model_graph::argument::Argument as _;
use model_graph::custom::Signature;
use model_graph::graph::TensorId;
use model_graph::layers::operations::get_item::{Key, Part};
use model_graph::layers::{AnyLayer, Declaration};
use model_graph::shape::{DType, Shape, TensorType};
use serde_json::{Value, json};

use super::write;

fn layer(name: &str, arguments: &Value) -> AnyLayer {
    let class = model_graph::layers::Class::find(name).map(|class| Declaration::Class(*class));
    class.or_else(|| Declaration::function(name)).unwrap().read(arguments.as_object().unwrap()).unwrap()
}

/// A graph with one input of 8 numbers.
fn graph() -> (Graph, TensorId) {
    let mut graph = Graph::new("Net");
    let x = graph.input("x", TensorType::f32(Shape::from([8])));
    (graph, x)
}

fn call(graph: &mut Graph, name: &str, arguments: Value, inputs: &[TensorId]) -> TensorId {
    let layer = graph.layer(layer(name, &arguments), None);
    graph.call(layer, inputs).unwrap()[0]
}

fn finished(mut graph: Graph, outputs: &[TensorId]) -> Graph {
    for (i, &output) in outputs.iter().enumerate() {
        graph.output(format!("out_{i}"), output);
    }
    graph.flat().unwrap()
}

/// The body of the source, without what is around it.
fn body(graph: &Graph) -> String {
    let source = write(graph).unwrap();
    source.lines().skip(2).filter_map(|line| line.strip_prefix("        ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn operators_are_written_as_such() {
    let (mut graph, x) = graph();
    let y = call(&mut graph, "true_divide", json!({ "x2": 255.0 }), &[x]);
    let y = call(&mut graph, "subtract", json!({ "x1": 1 }), &[y]);
    let y = call(&mut graph, "Add", json!({}), &[y, x]);
    let y = call(&mut graph, "add", json!({}), &[y, x]);
    let y = call(&mut graph, "negative", json!({}), &[y]);
    let graph = finished(graph, &[y]);
    let expected = "let y = x / 255.0;\nlet y = 1 - y;\nlet y = y + x;\nlet x = ops::add(y, x);\n-x";
    assert_eq!(body(&graph), expected);
}

#[test]
fn layers_that_follow_themselves_are_loops() {
    let (mut graph, mut x) = graph();
    for units in [16, 32, 64, 128] {
        x = call(&mut graph, "Dense", json!({ "units": units, "activation": "relu" }), &[x]);
        x = call(&mut graph, "Dropout", json!({ "rate": 0.5 }), &[x]);
    }
    let graph = finished(graph, &[x]);
    let expected = "let mut x = x;\nfor units in [16, 32, 64, 128] {\n    let y = Dense(units, activation = \"relu\")(x);\n    x = Dropout(0.5)(y);\n}\nx";
    assert_eq!(body(&graph), expected);
}

#[test]
fn what_is_used_in_between_is_in_no_loop() {
    let (mut graph, mut x) = graph();
    let mut all = Vec::new();
    for _ in 0..4 {
        x = call(&mut graph, "Dense", json!({ "units": 8 }), &[x]);
        all.push(x);
    }
    let source = write(&finished(graph, &all)).unwrap();
    assert!(!source.contains("for "), "{source}");
}

#[test]
fn all_that_cannot_be_said_is_listed() {
    let mut graph = Graph::new("Net");
    let x = graph.input("input:0", TensorType::f32(Shape::from([8])));
    let dense = graph.layer(layer("Dense", &json!({ "units": 3 })), Some("block1/dense".to_owned()));
    let y = graph.call(dense, &[x]).unwrap()[0];
    let negative = graph.layer(layer("negative", &json!({})), Some("negative_4".to_owned()));
    let y = graph.call(negative, &[y]).unwrap()[0];
    let error = write(&finished(graph, &[y, x])).unwrap_err().to_string();
    for part in ["`input:0`", "`block1/dense`", "output `out_1` is an input"] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn operations_with_names_of_their_own_are_called_by_their_functions() {
    let (mut graph, x) = graph();
    let negative = graph.layer(layer("negative", &json!({})), Some("negative_4".to_owned()));
    let y = graph.call(negative, &[x]).unwrap()[0];
    let key = Key(vec![Part::Slice { start: None, stop: None, step: None }, Part::At(0)]).to_value();
    let item = graph.layer(layer("get_item", &json!({ "key": key })), Some("first".to_owned()));
    let y = graph.call(item, &[y]).unwrap()[0];
    let expected = "let x = ops::negative(x, name = \"negative_4\");\nops::get_item(x[.., 0], name = \"first\")";
    assert_eq!(body(&finished(graph, &[y])), expected);
}

#[test]
fn names_that_are_made_by_rule_are_made_in_blocks_and_loops() {
    let (mut graph, mut x) = graph();
    for i in 1..=4 {
        for part in ["in", "norm", "out"] {
            let class = if part == "norm" { "LayerNormalization" } else { "Dense" };
            let arguments = if part == "norm" { json!({}) } else { json!({ "units": 8 }) };
            let named = graph.layer(layer(class, &arguments), Some(format!("stage{i}_{part}")));
            x = graph.call(named, &[x]).unwrap()[0];
        }
    }
    let expected = "\
let mut x = x;
for name in [\"stage1\", \"stage2\", \"stage3\", \"stage4\"] {
    let y = Dense(8, name = name + \"_in\")(x);
    let y = LayerNormalization(name = name + \"_norm\")(y);
    x = Dense(8, name = name + \"_out\")(y);
}
x";
    assert_eq!(body(&finished(graph, &[x])), expected);
}

#[test]
fn inputs_say_their_types() {
    let mut graph = Graph::new("class");
    let x = graph.input("type", TensorType { dtype: DType::I32, shape: Shape::from([5]) });
    let y = call(&mut graph, "Embedding", json!({ "input_dim": 10, "output_dim": 4 }), &[x]);
    let source = write(&finished(graph, &[y])).unwrap();
    assert!(source.contains("pub model Class(r#type: i32[5]) -> (out_0: [5, 4]) {"), "{source}");
}

/// The names of the layers are given, and the order in which they were made is another than that of their calls.
#[test]
fn names_that_do_not_follow_are_written() {
    let (mut graph, x) = graph();
    let [first, second] =
        ["dense_1", "dense"].map(|name| graph.layer(layer("Dense", &json!({ "units": 8 })), Some(name.to_owned())));
    let y = graph.call(first, &[x]).unwrap()[0];
    let y = graph.call(second, &[y]).unwrap()[0];
    let expected = "let x = Dense(8, name = \"dense_1\")(x);\nDense(8)(x)";
    assert_eq!(body(&finished(graph, &[y])), expected);
}

/// More calls than most networks have, of which some are alike here and there.
#[test]
fn large_graphs_are_written() {
    let (mut graph, mut x) = graph();
    for i in 0..400 {
        let y = call(&mut graph, "Dense", json!({ "units": 8 + i % 7 * (i % 3) }), &[x]);
        let y = call(&mut graph, "Dense", json!({ "units": 8 }), &[y]);
        x = if i % 5 == 0 { y } else { call(&mut graph, "Add", json!({}), &[x, y]) };
    }
    let source = write(&finished(graph, &[x])).unwrap();
    assert!(source.lines().count() < 700, "{}", source.lines().count());
}

#[test]
fn layers_of_the_users_own_are_named_at_the_top() {
    let declared = json!({
        "name": "Own", "package": "Custom", "shape": "[.., n] -> [.., units]", "parts": [], "saved": [],
        "arguments": [{ "name": "units", "type": "usize", "doc": "", "default": 32 }],
        "weights": [{ "name": "w", "shape": "[n, units]", "initializer": "glorot_uniform", "trainable": true }],
    });
    let declaration = Declaration::Custom(Signature::from_json(&declared).unwrap().into());
    let (mut graph, mut x) = graph();
    for units in [32, 5] {
        let own = declaration.read(json!({ "units": units }).as_object().unwrap()).unwrap();
        let own = graph.layer(own, None);
        x = graph.call(own, &[x]).unwrap()[0];
    }
    let source = write(&finished(graph, &[x])).unwrap();
    let expected = "\
// These must be in scope: `Own`.
functional_model! {
    pub model Net(x: [8]) -> (out_0: [5]) {
        let x = Own()(x);
        Own(5)(x)
    }
}
";
    assert_eq!(source, expected);
}
