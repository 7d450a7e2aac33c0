//! Models as ONNX files, which other programs run.
//!
//! [`export`] writes a graph and its weights as a model of ONNX: what onnxruntime, TensorRT, OpenVINO or a browser runs. It computes what the model
//! predicts: `Dropout` and what else is there for training alone are left out.
//!
//! - The batch is the dimension `batch`, whatever its size; named dimensions keep their names, other sizes are numbers.
//! - Inputs and outputs have the model's names. Nodes are named after layers, `conv2d/Conv`, and weights by their paths, `conv2d/kernel`.
//! - Inputs of integers are `int32`, as Keras has them; those of what is true or false are `bool`, all others `float32`.
//! - Images stay as they are here, channels last. Where ONNX asks for channels first, axes are put in another order around the node; a chain of such
//!   nodes has no other order between them.
//! - A weight that several calls share is there once.
//!
//! What has no form in ONNX is told before anything is written, all of it in one error.
//!
#![doc = include_str!("../../ONNX.md")]

mod attribute;
mod builder;
mod call;
mod error;
mod forms;
mod proto;
mod sizes;
#[cfg(test)]
mod tests;
mod transposes;
mod walk;
mod weights;

use std::collections::HashMap;

use model_graph::Graph;
use model_graph::dim::{Dim, Part, is_constant_name};
use model_graph::graph::Port;
use model_graph::named::Meanings;
use model_graph::shape::TensorType;
use prost::Message as _;

use builder::{Builder, Source};
use call::Value;
pub use error::{ExportError, NoForm};
pub use forms::table;
use proto::tensor_shape_proto::{Dimension, dimension};
use proto::{GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorShapeProto, TypeProto, ValueInfoProto, type_proto};
use walk::{Walk, meant};

/// The version of ONNX's operators that files ask for: the oldest in which all that is used here has the form it has today. Since 18, every reduction takes
/// its axes as an input; `LayerNormalization` is there since 17, `Trilu` and `HardSwish` since 14.
pub const OPSET: i64 = 18;

/// The version of the file's format that came with [`OPSET`].
const IR_VERSION: i64 = 8;

/// The most bytes of weights in one file: less than the format's 2 GiB, so that the rest has room.
const MOST_BYTES: u64 = (1 << 31) - (1 << 24);

/// Writes a model as a file of ONNX; its bytes.
///
/// `weights` are the elements of each of `graph.flat()?.weights()`, in that order, the last axis's next to one another. A graph that a model has
/// at run time is flat already.
///
/// # Errors
/// If layers have no form in ONNX: all of them, each with the reason. Also if two layers have one name, if there are more or fewer weights than the
/// graph has, if a size is a constant that the graph does not know, or if the weights are more than 2 GiB.
///
/// # Example
///
/// ```
/// use model_graph::config;
///
/// let document = r#"{"class_name": "Sequential", "config": {"name": "net", "layers": [
///     {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 3]}},
///     {"class_name": "Dense", "config": {"name": "dense", "units": 2, "activation": "relu"}}
/// ]}}"#;
/// let graph = config::from_json(document)?;
/// let (kernel, bias) = ([0.5; 6], [0.0; 2]);
/// let bytes = model_exchange::onnx::export(&graph, &[&kernel, &bias])?;
/// assert!(bytes.len() > 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: <https://onnx.ai/onnx/repo-docs/IR.html>.
pub fn export(graph: &Graph, weights: &[&[f32]]) -> Result<Vec<u8>, ExportError> {
    if graph.is_code {
        return Err(ExportError::Code(graph.name.clone()));
    }
    let graph = &graph.flat().map_err(ExportError::Name)?;
    let weights = by_path(graph, weights)?;
    let mut walk = Walk { builder: Builder::default(), missing: Vec::new(), weights };
    // The user's names come first: others get a number behind them where they would be the same.
    let inputs: Vec<Value> = graph.own_inputs().iter().map(|port| input(graph, port, &mut walk.builder)).collect();
    let names: Vec<String> = graph.own_outputs().iter().map(|port| walk.builder.fresh(&port.name)).collect();
    sources(graph, &inputs, &mut walk.builder)?;
    let meanings: Meanings = graph.names().into_iter().map(|name| (name.clone(), Dim::named(name))).collect();
    let outputs = walk.graph(graph, "", &inputs, &meanings);
    if !walk.missing.is_empty() {
        return Err(ExportError::NoForm(walk.missing));
    }
    let types = graph.own_outputs().iter().map(|port| meant(graph.ty(port.tensor), &meanings)).collect::<Vec<_>>();
    let batch = batch_name(&graph.names());
    let given = outputs.into_iter().take(names.len()).map(|output| output.name).collect::<Vec<_>>();
    finish(&mut walk.builder, &given, &names);
    let info = |name: &str, ty: &TensorType| value_info(name, ty, &batch);
    let written = GraphProto {
        node: std::mem::take(&mut walk.builder.nodes),
        name: Some(graph.name.clone()),
        initializer: std::mem::take(&mut walk.builder.initializers),
        input: inputs.iter().map(|input| info(&input.name, &input.ty)).collect(),
        output: names.iter().zip(&types).map(|(name, ty)| info(name, ty)).collect(),
        ..GraphProto::default()
    };
    let model = ModelProto {
        ir_version: Some(IR_VERSION),
        opset_import: vec![OperatorSetIdProto { domain: Some(String::new()), version: Some(OPSET) }],
        producer_name: Some("functional-model".to_owned()),
        producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        graph: Some(written),
        ..ModelProto::default()
    };
    Ok(model.encode_to_vec())
}

/// The elements of each weight by its path.
fn by_path<'w>(graph: &Graph, weights: &[&'w [f32]]) -> Result<HashMap<String, &'w [f32]>, ExportError> {
    let specs = graph.weights();
    if specs.len() != weights.len() {
        return Err(ExportError::Weights { expected: specs.len(), found: weights.len() });
    }
    let bytes = weights.iter().map(|data| data.len() as u64 * 4).fold(0, u64::saturating_add);
    if bytes > MOST_BYTES {
        return Err(ExportError::Large { bytes });
    }
    let mut found = HashMap::new();
    for ((path, spec), data) in specs.into_iter().zip(weights) {
        let Some(sizes) = spec.shape.sizes() else {
            return Err(ExportError::Constant(spec.shape.to_string()));
        };
        let expected = sizes.iter().fold(1_usize, |product, &size| product.saturating_mul(size));
        if expected != data.len() {
            return Err(ExportError::Elements { path, expected, found: data.len() });
        }
        found.insert(path, *data);
    }
    Ok(found)
}

fn input(graph: &Graph, port: &Port, builder: &mut Builder) -> Value {
    Value { name: builder.fresh(&port.name), ty: graph.ty(port.tensor).clone() }
}

/// Notes where names of dimensions get their sizes.
fn sources(graph: &Graph, inputs: &[Value], builder: &mut Builder) -> Result<(), ExportError> {
    for input in inputs {
        for (axis, dim) in input.ty.shape.0.iter().enumerate() {
            let mut constant = None;
            dim.visit_names(&mut |name| constant = constant.take().or(is_constant_name(name).then(|| name.to_owned())));
            if let Some(name) = constant {
                return Err(ExportError::Constant(name));
            }
            let terms = dim.terms();
            let (named, numbers): (Vec<_>, Vec<_>) = terms.iter().partition(|term| !term.atoms.is_empty());
            let [named] = named.as_slice() else { continue };
            let [Part::Name(name)] = named.atoms.as_slice() else { continue };
            let more = numbers.iter().map(|term| term.coefficient).fold(0, i64::saturating_add);
            let axis = i64::try_from(axis).unwrap_or(i64::MAX).saturating_add(1);
            let source = Source { input: input.name.clone(), axis, times: named.coefficient, more };
            builder.sources.entry((*name).to_owned()).or_insert(source);
        }
    }
    let is_open = |name: &String| !builder.sources.contains_key(name);
    graph.names().into_iter().find(is_open).map_or(Ok(()), |name| Err(ExportError::Unbound(name)))
}

/// Takes out what is not needed, and gives the outputs their names.
fn finish(builder: &mut Builder, outputs: &[String], names: &[String]) {
    let outputs = transposes::settle(builder, outputs);
    builder.drop_unused(&outputs);
    for (output, name) in outputs.iter().zip(names) {
        let of = builder.fresh(&format!("{name}/Identity"));
        builder.nodes.push(NodeProto {
            input: vec![output.clone()],
            output: vec![name.clone()],
            name: Some(of),
            op_type: Some("Identity".to_owned()),
            ..NodeProto::default()
        });
    }
    name_outputs(builder, &outputs);
}

/// Gives outputs their names where they are made, instead of by a node of its own, where a node makes each for one output alone.
fn name_outputs(builder: &mut Builder, outputs: &[String]) {
    let mut renamed: HashMap<String, String> = HashMap::new();
    for output in outputs {
        let is_made = builder.nodes.iter().any(|node| node.output.contains(output) && node.op_type() != "Identity");
        let is_once = outputs.iter().filter(|other| *other == output).count() == 1;
        let is_it = |node: &NodeProto| node.op_type() == "Identity" && node.input.first() == Some(output);
        if let Some(last) = builder.nodes.iter().rposition(is_it).filter(|_| is_made && is_once) {
            let name = builder.nodes.remove(last).output.into_iter().next().unwrap_or_default();
            renamed.insert(output.clone(), name);
        }
    }
    for node in &mut builder.nodes {
        rename(node, &renamed);
    }
}

fn rename(node: &mut NodeProto, names: &HashMap<String, String>) {
    for own in node.input.iter_mut().chain(&mut node.output) {
        if let Some(name) = names.get(own) {
            own.clone_from(name);
        }
    }
    let bodies = node.attribute.iter_mut().filter_map(|attribute| attribute.g.as_mut());
    bodies.flat_map(|body| &mut body.node).for_each(|node| rename(node, names));
}

/// A name for the batch's size that no dimension has.
fn batch_name(names: &[String]) -> String {
    let mut name = "batch".to_owned();
    while names.contains(&name) {
        name.push('_');
    }
    name
}

fn value_info(name: &str, ty: &TensorType, batch: &str) -> ValueInfoProto {
    let named = |name: String| dimension::Value::DimParam(name);
    let size = |dim: &Dim| dim.known().map_or_else(|| named(dim.to_string()), dimension::Value::DimValue);
    let dims = std::iter::once(named(batch.to_owned())).chain(ty.shape.0.iter().map(size));
    let shape = TensorShapeProto { dim: dims.map(|value| Dimension { value: Some(value), ..Dimension::default() }).collect() };
    described(name, ty, Some(shape))
}

/// A tensor's name and type.
fn described(name: &str, ty: &TensorType, shape: Option<TensorShapeProto>) -> ValueInfoProto {
    let tensor = type_proto::Tensor { elem_type: Some(call::kind(ty.dtype).into()), shape };
    let value = Some(type_proto::Value::TensorType(tensor));
    ValueInfoProto {
        name: Some(name.to_owned()),
        r#type: Some(TypeProto { value, ..TypeProto::default() }),
        ..ValueInfoProto::default()
    }
}
