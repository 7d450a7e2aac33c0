//! What messages say about the tensors of a call: where their shapes come from, and what they would be otherwise.

use std::cmp::Ordering;

use super::{Graph, Kind, LayerId, Node, Source, Tensor, TensorId};
use crate::dim::Dim;
use crate::layer::{LayerArguments as _, Manner};
use crate::layers::{AnyLayer, Class, TimeDistributed};
use crate::message::{CallError, Kept, Operand, Origin};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

/// So many layers behind another are looked through for what it could have given.
const MOST_BEHIND: usize = 64;

impl Graph {
    /// The error of a call, with what is known of its tensors.
    pub(crate) fn call_error(&self, layer: LayerId, inputs: &[TensorId], manner: Manner, problem: Problem) -> CallError {
        let kind = &self.layers[layer.0].kind;
        let types: Vec<TensorType> = inputs.iter().map(|&input| self.ty(input).clone()).collect();
        let fits = |place: usize, kept: &Kept| {
            let mut types = types.clone();
            types[place] = kept.ty.clone();
            self.infer(layer, &types, manner).is_ok()
        };
        let operand = |(place, &input)| {
            let operand = self.operand(input);
            Operand { kept: operand.kept.filter(|kept| fits(place, kept)), ..operand }
        };
        let operands = inputs.iter().enumerate().map(operand).collect();
        let class = match kind {
            _ if manner.is_for_each_step() => TimeDistributed::CLASS.to_owned(),
            Kind::Layer(any) => {
                any.operation().map_or_else(|| any.class().to_owned(), |operation| format!("ops::{}", operation.name))
            }
            Kind::Model(_) | Kind::Block(_) => kind.called().to_owned(),
        };
        CallError { layer: kind.source_in(manner), class, operands, problem }
    }

    /// What messages say about a tensor: its name, its type, and the call that gave it its shape.
    #[must_use]
    pub fn operand(&self, tensor: TensorId) -> Operand {
        let Tensor { ty, label, source, .. } = &self.tensors[tensor.0];
        let is_input = matches!(source, Source::Input(_));
        Operand { label: label.clone(), ty: ty.clone(), origin: self.origin(tensor), kept: self.kept(tensor), is_input }
    }

    /// What a tensor would be if the last call before it that took axes away kept them. What comes behind that call is applied again.
    fn kept(&self, mut tensor: TensorId) -> Option<Kept> {
        let mut behind = Vec::new();
        let (layer, input) = loop {
            let Source::Node(node, _) = self.tensors[tensor.0].source else { return None };
            let Node { layer, inputs, manner, .. } = &self.nodes[node.0];
            if manner.is_for_each_step() {
                return None;
            }
            let ([input], Kind::Layer(any)) = (inputs.as_slice(), &self.layers[layer.0].kind) else { return None };
            match self.ty(*input).shape.rank().cmp(&self.ty(tensor).shape.rank()) {
                Ordering::Greater => break (any, *input),
                Ordering::Equal if behind.len() < MOST_BEHIND => behind.push(any),
                Ordering::Equal | Ordering::Less => return None,
            }
            tensor = *input;
        };
        let (argument, layer) =
            ["return_sequences", "keepdims"].iter().find_map(|name| Some((*name, with_argument(layer, name, false, true)?)))?;
        let first = layer.infer(&[self.ty(input).clone()]).ok()?;
        let ty = behind.iter().rev().try_fold(first, |ty, layer| layer.infer(&[ty]).ok())?;
        Some(Kept { argument, layer: layer.source(), ty, is_direct: behind.is_empty() })
    }

    /// The layer that gave a tensor as one would write it for so many outputs, where it can give its states besides.
    #[must_use]
    pub fn with_states(&self, tensor: TensorId, outputs: usize) -> Option<String> {
        let Source::Node(node, _) = self.tensors.get(tensor.0)?.source else { return None };
        let Node { layer, inputs, manner, .. } = self.nodes.get(node.0)?;
        let Kind::Layer(any) = &self.layers.get(layer.0)?.kind else { return None };
        let layer = with_argument(any, "return_state", false, true)?;
        let types: Vec<TensorType> = inputs.iter().map(|&input| self.ty(input).clone()).collect();
        let (found, _) = layer.build(&types, *manner).ok()?;
        (found.len() == outputs).then(|| layer.source())
    }

    /// The last call before a tensor that changed a shape.
    fn origin(&self, mut tensor: TensorId) -> Option<Origin> {
        let (node, from, to) = loop {
            let Source::Node(node, _) = self.tensors[tensor.0].source else { return None };
            let node = &self.nodes[node.0];
            let first = *node.inputs.first()?;
            let (from, to) = (&self.ty(first).shape, &self.ty(tensor).shape);
            if from != to {
                break (node, from, to);
            }
            tensor = first;
        };
        let kind = &self.layers[node.layer.0].kind;
        let layer = kind.source_in(node.manner);
        let types: Vec<TensorType> = node.inputs.iter().map(|&input| self.ty(input).clone()).collect();
        let padded = match kind {
            Kind::Layer(any) if !node.manner.is_for_each_step() && spatial(from) != spatial(to) => padded(any, &types),
            _ => None,
        };
        Some(Origin { layer, from: from.clone(), to: to.clone(), padded })
    }
}

/// The sizes along all axes but the last.
fn spatial(shape: &Shape) -> &[Dim] {
    shape.0.split_last().map_or(&[], |(_, spatial)| spatial)
}

/// What a layer would give with `padding = "same"`, if that keeps height and width.
fn padded(layer: &AnyLayer, inputs: &[TensorType]) -> Option<Shape> {
    let output = with_argument(layer, "padding", "valid", "same")?.infer(inputs).ok()?;
    inputs.first().is_some_and(|input| spatial(&output.shape) == spatial(&input.shape)).then_some(output.shape)
}

/// A layer with another value of an argument, if it has that argument and the value that is expected.
fn with_argument<V: Into<serde_json::Value>>(layer: &AnyLayer, name: &str, now: V, other: V) -> Option<AnyLayer> {
    let mut arguments = layer.write();
    let value = arguments.get_mut(name)?;
    if *value != now.into() {
        return None;
    }
    *value = other.into();
    Class::find(layer.class())?.read(&arguments).ok()
}
