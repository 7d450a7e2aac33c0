//! Exported models, read back and written as text.

use model_graph::Graph;
use model_graph::config;
use prost::Message as _;
use serde_json::{Value, json};

use super::proto::tensor_shape_proto::dimension::Value as Size;
use super::proto::{GraphProto, ModelProto, ValueInfoProto, type_proto};
use super::{ExportError, OPSET, export};

fn layer(class: &str, mut config: Value) -> Value {
    if class != "InputLayer" && config.get("name").is_none() {
        config["name"] = class.to_lowercase().into();
    }
    json!({ "class_name": class, "config": config })
}

fn sequential(layers: &[Value]) -> Graph {
    let document = json!({ "class_name": "Sequential", "config": { "name": "net", "layers": layers } });
    config::read(&document).unwrap().flat().unwrap()
}

fn zeros(graph: &Graph) -> Vec<Vec<f32>> {
    graph.weights().iter().map(|(_, spec)| vec![0.5; spec.sizes().iter().product()]).collect()
}

fn bytes(graph: &Graph) -> Result<Vec<u8>, ExportError> {
    let weights = zeros(graph);
    export(graph, &weights.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn read(graph: &Graph) -> ModelProto {
    ModelProto::decode(bytes(graph).unwrap().as_slice()).unwrap()
}

fn port(port: &ValueInfoProto) -> String {
    let Some(type_proto::Value::TensorType(tensor)) = port.r#type.as_ref().unwrap().value.as_ref() else { panic!("a tensor") };
    let size = |size: &Option<Size>| match size {
        Some(Size::DimValue(size)) => size.to_string(),
        Some(Size::DimParam(name)) => name.clone(),
        None => "?".to_owned(),
    };
    let sizes: Vec<String> = tensor.shape.as_ref().unwrap().dim.iter().map(|dim| size(&dim.value)).collect();
    format!("{}: {} [{}]", port.name(), tensor.elem_type(), sizes.join(", "))
}

/// The graph, a line for each of its parts; constants without names.
fn drawn(graph: &GraphProto) -> String {
    let named = |name: &String| if name.starts_with("constant") { "#".to_owned() } else { name.clone() };
    let mut lines: Vec<String> = graph.input.iter().map(|input| format!("in {}", port(input))).collect();
    for node in &graph.node {
        let inputs: Vec<String> = node.input.iter().map(named).collect();
        lines.push(format!("{} = {}({})", node.output.join(", "), node.op_type(), inputs.join(", ")));
    }
    lines.extend(graph.output.iter().map(|output| format!("out {}", port(output))));
    let weights = graph.initializer.iter().filter(|tensor| !tensor.name().starts_with("constant"));
    lines.extend(weights.map(|tensor| format!("weight {} {:?}", tensor.name(), tensor.dims)));
    lines.join("\n")
}

fn check(graph: &Graph, expected: &str) {
    assert_eq!(drawn(read(graph).graph.as_ref().unwrap()), expected);
}

#[test]
fn a_dense_network_is_as_one_would_write_it() {
    let graph = sequential(&[
        layer("InputLayer", json!({ "name": "x", "batch_shape": [null, 3] })),
        layer("Dense", json!({ "units": 2, "activation": "relu" })),
        layer("Dropout", json!({ "rate": 0.5 })),
        layer("Softmax", json!({})),
    ]);
    let model = read(&graph);
    assert_eq!(model.opset_import[0].version, Some(OPSET));
    assert_eq!(model.producer_name(), "functional-model");
    check(
        &graph,
        "in x: 1 [batch, 3]
dense/Gemm = Gemm(x, dense/kernel, dense/bias)
dense/Relu = Relu(dense/Gemm)
softmax = Softmax(dense/Relu)
out softmax: 1 [batch, 2]
weight dense/kernel [3, 2]
weight dense/bias [2]",
    );
}

#[test]
fn between_convolutions_nothing_is_put_in_another_order() {
    let convolution = |name: &str, filters: usize| {
        let config =
            json!({ "name": name, "filters": filters, "kernel_size": 3, "padding": "same", "activation": "relu", "strides": 2 });
        layer("Conv2D", config)
    };
    let graph = sequential(&[
        layer("InputLayer", json!({ "name": "x", "batch_shape": [null, 8, 9, 3] })),
        convolution("a", 4),
        layer("BatchNormalization", json!({ "name": "norm" })),
        layer("PReLU", json!({ "name": "prelu", "shared_axes": [1, 2] })),
        layer("MaxPooling2D", json!({ "name": "pool", "pool_size": 2 })),
        convolution("b", 5),
        layer("GlobalAveragePooling2D", json!({ "name": "mean" })),
    ]);
    check(
        &graph,
        "in x: 1 [batch, 8, 9, 3]
a/Transpose_2 = Transpose(x)
a/Conv = Conv(a/Transpose_2, a/kernel, a/bias)
a/Relu_1 = Relu(a/Conv)
norm/BatchNormalization = BatchNormalization(a/Relu_1, norm/gamma, norm/beta, norm/moving_mean, norm/moving_variance)
prelu/PRelu_1 = PRelu(norm/BatchNormalization, prelu/alpha_1)
pool/MaxPool = MaxPool(prelu/PRelu_1)
b/Conv = Conv(pool/MaxPool, b/kernel, b/bias)
b/Relu_1 = Relu(b/Conv)
mean = ReduceMean(b/Relu_1, #)
out mean: 1 [batch, 5]
weight a/kernel [4, 3, 3, 3]
weight a/bias [4]
weight norm/moving_mean [4]
weight norm/moving_variance [4]
weight norm/gamma [4]
weight norm/beta [4]
weight b/kernel [5, 4, 3, 3]
weight b/bias [5]
weight prelu/alpha_1 [1, 4, 1, 1]",
    );
    // The odd element of the padding comes behind, as in Keras: 8 elements in windows of 3 every 2 need one more.
    let model = read(&graph);
    let first = model.graph.unwrap().node.into_iter().find(|node| node.op_type() == "Conv").unwrap();
    let pads = first.attribute.iter().find(|attribute| attribute.name() == "pads").unwrap();
    assert_eq!(pads.ints, [0, 1, 1, 1]);
}

#[test]
fn named_sizes_are_taken_from_the_inputs() {
    let mut graph = Graph::new("net");
    let dims = ["words", "letters"].map(model_graph::dim::Dim::named).into_iter().chain([model_graph::dim::Dim::from(2)]);
    let ty = model_graph::shape::TensorType::f32(model_graph::shape::Shape(dims.collect()));
    let x = graph.input("x", ty);
    let reshape = json!({ "dims": [2, 1, 3] });
    let permute = model_graph::layers::Class::find("Permute").unwrap().read(reshape.as_object().unwrap()).unwrap();
    let permute = graph.layer(permute, Some("turned".to_owned()));
    let turned = graph.call(permute, &[x]).unwrap()[0];
    let flat = model_graph::layers::Class::find("Flatten").unwrap().read(json!({}).as_object().unwrap()).unwrap();
    let flat = graph.layer(flat, Some("flat".to_owned()));
    let y = graph.call(flat, &[turned]).unwrap()[0];
    graph.output("y", y);
    check(
        &graph.flat().unwrap(),
        "in x: 1 [batch, words, letters, 2]
turned/Transpose_1 = Transpose(x)
y = Reshape(turned/Transpose_1, #)
out y: 1 [batch, 2 * letters * words]",
    );
}

#[test]
fn all_layers_without_a_form_are_listed() {
    let graph = sequential(&[
        layer("InputLayer", json!({ "name": "x", "batch_shape": [4, 6, 3] })),
        layer("LSTM", json!({ "name": "first", "units": 2, "stateful": true, "return_sequences": true })),
        layer("GRU", json!({ "name": "second", "units": 2, "stateful": true, "return_sequences": true })),
        layer("Dense", json!({ "name": "dense", "units": 2 })),
    ]);
    let reason = "it keeps its states from one call to the next, which a graph of ONNX cannot: leave `stateful` out";
    let expected =
        format!("2 of this model's layers have no form in ONNX:\n  `first`, a `LSTM`: {reason}\n  `second`, a `GRU`: {reason}");
    assert_eq!(bytes(&graph).unwrap_err().to_string(), expected);
}

#[test]
fn what_is_given_must_be_the_graph_s_weights() {
    let graph = sequential(&[
        layer("InputLayer", json!({ "name": "x", "batch_shape": [null, 3] })),
        layer("Dense", json!({ "name": "dense", "units": 2 })),
    ]);
    assert_eq!(export(&graph, &[]).unwrap_err(), ExportError::Weights { expected: 2, found: 0 });
    let message = export(&graph, &[&[0.0; 5], &[0.0; 2]]).unwrap_err().to_string();
    assert_eq!(message, "the weight `dense/kernel` has 6 elements, and 5 were given");
}

#[test]
fn the_page_is_that_of_the_forms() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/ONNX.md");
    let head = "# What layers become in ONNX\n\nMade from the forms; groups of operations have their group's name.\n\n";
    let page = head.to_owned() + &super::table();
    if std::env::var_os("WRITE_ONNX").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap(),
        page,
        "`WRITE_ONNX=1 cargo test -p model-exchange --features onnx` writes it"
    );
}
