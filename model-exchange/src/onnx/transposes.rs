//! Transposes that meet their inverse go: each is put off past what does not care about the order of axes, until one undoes it or something cares.

use std::collections::HashMap;

use super::builder::{Builder, taken_by, tensor};
use super::proto::{AttributeProto, NodeProto, TensorProto};
use super::weights::{ordered, transposed};

/// What works element by element, whatever the order of axes.
const POINTWISE: &[&str] = &[
    "Abs",
    "Add",
    "BitShift",
    "Cast",
    "Ceil",
    "Celu",
    "Clip",
    "Cos",
    "Div",
    "Elu",
    "Equal",
    "Erf",
    "Exp",
    "Floor",
    "Gelu",
    "Greater",
    "GreaterOrEqual",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "IsInf",
    "IsNaN",
    "LeakyRelu",
    "Less",
    "LessOrEqual",
    "Log",
    "Max",
    "Mean",
    "Min",
    "Mish",
    "Mul",
    "Neg",
    "Not",
    "And",
    "Or",
    "PRelu",
    "Pow",
    "Reciprocal",
    "Relu",
    "Round",
    "Selu",
    "Shrink",
    "Sigmoid",
    "Sign",
    "Sin",
    "Softplus",
    "Softsign",
    "Sqrt",
    "Sub",
    "Sum",
    "Tan",
    "Tanh",
    "ThresholdedRelu",
    "Where",
];

/// What works along an axis that it names.
const ALONG_AXIS: &[&str] = &["Concat", "LogSoftmax", "Softmax"];

/// What reduces axes that it takes as its second input.
const REDUCTIONS: &[&str] = &["ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum"];

/// A tensor that is another one with its axes in another order, and has not been written.
#[derive(Clone)]
struct PutOff {
    base: String,
    order: Vec<usize>,
}

/// Goes through the nodes of a graph, whose outputs keep their names.
pub struct Pass<'b> {
    builder: &'b mut Builder,
    put_off: HashMap<String, PutOff>,
    /// What has been written after all, by what it is of.
    written: HashMap<(String, Vec<usize>), String>,
    /// Names that stand for others.
    same: HashMap<String, String>,
    constants: HashMap<String, TensorProto>,
    nodes: Vec<NodeProto>,
}

/// Takes transposes out of a graph; what its outputs are called then.
pub fn settle(builder: &mut Builder, outputs: &[String]) -> Vec<String> {
    let constants = builder.initializers.iter().map(|tensor| (tensor.name().to_owned(), tensor.clone())).collect();
    let nodes = std::mem::take(&mut builder.nodes);
    let (put_off, written, same) = (HashMap::new(), HashMap::new(), HashMap::new());
    let mut pass = Pass { builder, put_off, written, same, constants, nodes: Vec::new() };
    for node in nodes {
        pass.node(node);
    }
    let outputs = outputs.iter().map(|output| pass.write(output)).collect();
    pass.builder.nodes = pass.nodes;
    outputs
}

impl Pass<'_> {
    fn node(&mut self, mut node: NodeProto) {
        for input in &mut node.input {
            if let Some(same) = self.same.get(input) {
                input.clone_from(same);
            }
        }
        let op = node.op_type().to_owned();
        if op == "Transpose" {
            return self.transpose(node);
        }
        let moved = match op.as_str() {
            _ if node.output.len() != 1 => false,
            op if POINTWISE.contains(&op) => self.pointwise(&mut node),
            op if ALONG_AXIS.contains(&op) => self.along_axis(&mut node),
            op if REDUCTIONS.contains(&op) => self.reduction(&mut node),
            _ => false,
        };
        if !moved {
            let taken = taken_by(&node);
            for input in taken {
                let written = self.write(&input);
                node.input.iter_mut().filter(|own| **own == input).for_each(|own| own.clone_from(&written));
            }
        }
        self.nodes.push(node);
    }

    fn transpose(&mut self, node: NodeProto) {
        let (Some(input), Some(output)) = (node.input.first(), node.output.first()) else { return };
        let order = ints(&node, "perm");
        let (base, order) = match self.put_off.get(input) {
            Some(before) => (before.base.clone(), ordered(&before.order, &order)),
            None => (input.clone(), order),
        };
        if order.iter().copied().eq(0..order.len()) {
            self.same.insert(output.clone(), base);
        } else {
            self.put_off.insert(output.clone(), PutOff { base, order });
        }
    }

    /// The order that all inputs have been put off by, if constants do not stand against it.
    fn common(&self, inputs: &[String]) -> Option<Vec<usize>> {
        let order = inputs.iter().find_map(|input| self.put_off.get(input)).map(|first| first.order.clone())?;
        let fits = |input: &String| match (self.put_off.get(input), self.constants.get(input)) {
            (Some(put_off), _) => put_off.order == order,
            (None, Some(constant)) => constant.dims.len() <= order.len(),
            (None, None) => input.is_empty(),
        };
        inputs.iter().all(fits).then_some(order)
    }

    /// Makes inputs those that were put off, and constants of the same order.
    fn rebase(&mut self, inputs: &mut [String], order: &[usize]) {
        for input in inputs {
            if let Some(put_off) = self.put_off.get(input) {
                input.clone_from(&put_off.base);
            } else if let Some(constant) = self.constants.get(input).cloned()
                && constant.dims.iter().any(|&size| size != 1)
            {
                *input = self.constant(&constant, order);
            }
        }
    }

    /// A constant in the order of what was put off, whose axes it is stretched to.
    fn constant(&mut self, constant: &TensorProto, order: &[usize]) -> String {
        let missing = order.len().saturating_sub(constant.dims.len());
        let sizes: Vec<i64> = std::iter::repeat_n(1, missing).chain(constant.dims.iter().copied()).collect();
        let mut back = vec![0; order.len()];
        for (place, &axis) in order.iter().enumerate() {
            if let Some(own) = back.get_mut(axis) {
                *own = place;
            }
        }
        let key = (constant.name().to_owned(), back.clone());
        if let Some(known) = self.written.get(&key) {
            return known.clone();
        }
        let whole: Vec<usize> = sizes.iter().filter_map(|&size| usize::try_from(size).ok()).collect();
        let bytes = constant.raw_data();
        let width = bytes.len().checked_div(whole.iter().product()).unwrap_or(1).max(1);
        let elements: Vec<&[u8]> = bytes.chunks(width).collect();
        let bytes = transposed(&elements, &whole, &back).concat();
        let name = self.builder.fresh(constant.name());
        let kind = super::proto::tensor_proto::DataType::try_from(constant.data_type()).unwrap_or_default();
        let made = tensor(&name, kind, &ordered(&sizes, &back), bytes);
        self.constants.insert(name.clone(), made.clone());
        self.builder.initializers.push(made);
        self.written.insert(key, name.clone());
        name
    }

    /// The name of a tensor that has been put off, which is written now, once.
    fn write(&mut self, name: &str) -> String {
        let name = self.same.get(name).cloned().unwrap_or_else(|| name.to_owned());
        let Some(PutOff { base, order }) = self.put_off.get(&name).cloned() else { return name };
        let key = (base.clone(), order.clone());
        if let Some(known) = self.written.get(&key) {
            return known.clone();
        }
        let perm = order.iter().filter_map(|&axis| i64::try_from(axis).ok()).collect();
        let of = name.rsplit_once('/').map_or(name.as_str(), |(of, _)| of);
        let own = self.builder.fresh(&format!("{of}/Transpose"));
        self.nodes.push(NodeProto {
            input: vec![base],
            output: vec![own.clone()],
            name: Some(own.clone()),
            op_type: Some("Transpose".to_owned()),
            attribute: vec![super::attribute::Attribute::Ints(perm).named("perm")],
            ..NodeProto::default()
        });
        self.written.insert(key, own.clone());
        own
    }

    /// A node gives its output in the order of its inputs from here on, under another name; the output itself is put off.
    fn behind(&mut self, node: &mut NodeProto, order: Vec<usize>) {
        let Some(output) = node.output.first_mut() else { return };
        let base = self.builder.fresh(output);
        let known = std::mem::replace(output, base.clone());
        self.put_off.insert(known, PutOff { base, order });
    }

    fn pointwise(&mut self, node: &mut NodeProto) -> bool {
        let Some(order) = self.common(&node.input) else { return false };
        self.rebase(&mut node.input, &order);
        self.behind(node, order);
        true
    }

    fn along_axis(&mut self, node: &mut NodeProto) -> bool {
        let Some(order) = self.common(&node.input) else { return false };
        if node.op_type() == "Concat" && node.input.iter().any(|input| !self.put_off.contains_key(input)) {
            return false;
        }
        let Some(axis) = attribute(node, "axis").and_then(|axis| axis.i) else { return false };
        let Some(moved) = place(axis, &order) else { return false };
        self.rebase(&mut node.input, &order);
        if let Some(axis) = node.attribute.iter_mut().find(|attribute| attribute.name() == "axis") {
            axis.i = Some(moved);
        }
        self.behind(node, order);
        true
    }

    fn reduction(&mut self, node: &mut NodeProto) -> bool {
        let [input, axes] = node.input.as_slice() else { return false };
        let Some(PutOff { base, order }) = self.put_off.get(input).cloned() else { return false };
        let Some(axes) = self.constants.get(axes).map(longs) else { return false };
        let Some(moved) = axes.iter().map(|&axis| place(axis, &order)).collect::<Option<Vec<i64>>>() else { return false };
        let keeps = attribute(node, "keepdims").and_then(|keeps| keeps.i) != Some(0);
        let mut sorted = moved.clone();
        sorted.sort_unstable();
        let bytes = super::builder::long_bytes(&sorted);
        let axes = self.builder.constant(super::proto::tensor_proto::DataType::Int64, &[sorted.len() as i64], bytes);
        node.input = vec![base, axes];
        if keeps {
            self.behind(node, order);
            return true;
        }
        // The axes that are left, counted without those that are gone.
        let left: Vec<usize> = order.iter().copied().filter(|&axis| !sorted.contains(&(axis as i64))).collect();
        let rank = |axis: &usize| left.iter().filter(|other| *other < axis).count();
        let order: Vec<usize> = left.iter().map(rank).collect();
        if !order.iter().copied().eq(0..order.len()) {
            self.behind(node, order);
        }
        true
    }
}

/// Where an axis of what was put off lies in its base.
fn place(axis: i64, order: &[usize]) -> Option<i64> {
    let axes = i64::try_from(order.len()).ok()?;
    let axis = usize::try_from(if axis < 0 { axis + axes } else { axis }).ok()?;
    order.get(axis).and_then(|&axis| i64::try_from(axis).ok())
}

fn attribute<'n>(node: &'n NodeProto, name: &str) -> Option<&'n AttributeProto> {
    node.attribute.iter().find(|attribute| attribute.name() == name)
}

fn ints(node: &NodeProto, name: &str) -> Vec<usize> {
    let ints = attribute(node, name).map(|attribute| attribute.ints.as_slice()).unwrap_or_default();
    ints.iter().filter_map(|&axis| usize::try_from(axis).ok()).collect()
}

fn longs(constant: &TensorProto) -> Vec<i64> {
    let bytes = constant.raw_data();
    bytes.chunks_exact(8).map(|bytes| bytes.iter().rev().fold(0, |number, &byte| number << 8 | i64::from(byte))).collect()
}
