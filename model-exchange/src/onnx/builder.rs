//! The graph of ONNX as it grows: names that are there once, nodes in their order, weights and constants.

use std::collections::{HashMap, HashSet};

use super::attribute::Attribute;
use super::proto::tensor_proto::DataType;
use super::proto::{GraphProto, NodeProto, TensorProto, ValueInfoProto};

/// A graph of ONNX that grows node by node.
#[derive(Default)]
pub struct Builder {
    /// The nodes so far, each behind those whose outputs it takes.
    pub nodes: Vec<NodeProto>,
    /// Weights and constants.
    pub initializers: Vec<TensorProto>,
    /// The names that are taken, each with the last number that was put behind it.
    taken: HashMap<String, usize>,
    /// The constants that there are, by their contents.
    constants: HashMap<(i32, Vec<i64>, Vec<u8>), String>,
    /// The weights that there are, by path and the form they were brought into.
    weights: HashMap<(String, String), String>,
    /// Sizes that have been worked out.
    pub sizes: HashMap<String, String>,
    /// The sizes that inputs have, by name: the input, the axis, and what the size is in terms of the name.
    pub sources: HashMap<String, Source>,
}

/// Where the size of a name is found: `(size - more) / times` of an input's axis.
#[derive(Clone, Debug)]
pub struct Source {
    /// The input.
    pub input: String,
    /// The axis, the batch's counted.
    pub axis: i64,
    /// What the name is multiplied by.
    pub times: i64,
    /// What is added.
    pub more: i64,
}

impl Builder {
    /// A name that is not there yet, which begins as this one.
    pub fn fresh(&mut self, wanted: &str) -> String {
        let Some(last) = self.taken.get(wanted).copied() else {
            self.taken.insert(wanted.to_owned(), 0);
            return wanted.to_owned();
        };
        let mut number = last;
        loop {
            number = number.saturating_add(1);
            let name = format!("{wanted}_{number}");
            if !self.taken.contains_key(&name) {
                self.taken.insert(wanted.to_owned(), number);
                self.taken.insert(name.clone(), 0);
                return name;
            }
        }
    }

    /// Adds a node, named after what it belongs to and what it does, and gives the names of its outputs.
    pub fn node(&mut self, of: &str, op: &str, inputs: &[&str], attributes: &[(&str, Attribute)], outputs: usize) -> Vec<String> {
        let name = self.fresh(&format!("{of}/{op}"));
        let output = match outputs {
            1 => vec![name.clone()],
            several => (0..several).map(|place| self.fresh(&format!("{name}/{place}"))).collect(),
        };
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: output.clone(),
            name: Some(name),
            op_type: Some(op.to_owned()),
            attribute: attributes.iter().map(|(name, value)| value.clone().named(name)).collect(),
            ..NodeProto::default()
        });
        output
    }

    /// A constant, which is there once.
    pub fn constant(&mut self, kind: DataType, sizes: &[i64], bytes: Vec<u8>) -> String {
        let key = (kind.into(), sizes.to_vec(), bytes);
        if let Some(name) = self.constants.get(&key) {
            return name.clone();
        }
        let name = self.fresh("constant");
        self.initializers.push(tensor(&name, kind, sizes, key.2.clone()));
        self.constants.insert(key, name.clone());
        name
    }

    /// A weight in the form that `key` names, under its path, which is there once.
    pub fn weight(&mut self, path: &str, key: &str, make: impl FnOnce() -> (Vec<i64>, Vec<f32>)) -> String {
        let known = (path.to_owned(), key.to_owned());
        if let Some(name) = self.weights.get(&known) {
            return name.clone();
        }
        let name = self.fresh(path);
        let (sizes, data) = make();
        self.initializers.push(tensor(&name, DataType::Float, &sizes, float_bytes(&data)));
        self.weights.insert(known, name.clone());
        name
    }

    /// Begins a body, whose nodes come by themselves; what was there before is given to `end`.
    pub fn begin(&mut self) -> Outer {
        Outer { nodes: std::mem::take(&mut self.nodes), sizes: self.sizes.clone() }
    }

    /// Ends a body: its graph, with these inputs and outputs.
    pub fn end(&mut self, outer: Outer, name: &str, input: Vec<ValueInfoProto>, output: Vec<ValueInfoProto>) -> GraphProto {
        self.sizes = outer.sizes;
        let node = std::mem::replace(&mut self.nodes, outer.nodes);
        GraphProto { node, name: Some(name.to_owned()), input, output, ..GraphProto::default() }
    }

    /// Leaves out nodes that nothing needs, and then initializers that no node takes.
    pub fn drop_unused(&mut self, outputs: &[String]) {
        let mut needed: HashSet<String> = outputs.iter().cloned().collect();
        let mut kept = Vec::new();
        for node in std::mem::take(&mut self.nodes).into_iter().rev() {
            if node.output.iter().any(|output| needed.contains(output)) {
                needed.extend(taken_by(&node));
                kept.push(node);
            }
        }
        kept.reverse();
        self.nodes = kept;
        self.initializers.retain(|tensor| needed.contains(tensor.name()));
    }
}

/// What a body was begun in.
pub struct Outer {
    nodes: Vec<NodeProto>,
    sizes: HashMap<String, String>,
}

/// What a node takes, what its body takes included.
pub fn taken_by(node: &NodeProto) -> Vec<String> {
    let bodies = node.attribute.iter().filter_map(|attribute| attribute.g.as_ref());
    let of_body = |body: &GraphProto| {
        let outputs = body.output.iter().map(|output| output.name().to_owned());
        body.node.iter().flat_map(taken_by).chain(outputs).collect::<Vec<_>>()
    };
    node.input.iter().cloned().chain(bodies.flat_map(of_body)).collect()
}

/// A tensor of these bytes.
pub fn tensor(name: &str, kind: DataType, sizes: &[i64], bytes: Vec<u8>) -> TensorProto {
    TensorProto {
        dims: sizes.to_vec(),
        data_type: Some(kind.into()),
        name: Some(name.to_owned()),
        raw_data: Some(bytes),
        ..TensorProto::default()
    }
}

/// Numbers as the format has them.
pub fn float_bytes(data: &[f32]) -> Vec<u8> {
    data.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Whole numbers as the format has them.
pub fn long_bytes(data: &[i64]) -> Vec<u8> {
    data.iter().flat_map(|number| number.to_le_bytes()).collect()
}
