//! The one way through a graph: its calls in their order, those of models in it included, each by the form of its layer.

use std::collections::HashMap;

use model_graph::graph::{Graph, Kind, LayerNode, Node, TensorId};
use model_graph::layer::Manner;
use model_graph::layers::AnyLayer;
use model_graph::named::{Meanings, within};
use model_graph::shape::TensorType;

use super::builder::Builder;
use super::call::{Call, Formed, Reason, Value};
use super::error::NoForm;
use super::forms;
use super::weights::Weight;

/// What has been written of a model.
pub struct Walk<'w> {
    /// The graph of ONNX.
    pub builder: Builder,
    /// The layers that have no form.
    pub missing: Vec<NoForm>,
    /// The elements of weights by their paths.
    pub weights: HashMap<String, &'w [f32]>,
}

impl<'w> Walk<'w> {
    /// Writes what a graph does with these inputs; its outputs. What has no form is remembered, and the way goes on behind it.
    pub fn graph(&mut self, graph: &Graph, prefix: &str, inputs: &[Value], meanings: &Meanings) -> Vec<Value> {
        let live = graph.live();
        let mut values: HashMap<TensorId, Value> =
            graph.inputs.iter().map(|port| port.tensor).zip(inputs.iter().cloned()).collect();
        for node in &graph.nodes {
            let is_live = node.outputs.iter().any(|output| live.get(output.0).copied().unwrap_or_default());
            let Some(layer) = graph.layers.get(node.layer.0).filter(|_| is_live) else { continue };
            let inputs: Vec<Value> = node.inputs.iter().filter_map(|input| values.get(input).cloned()).collect();
            let outputs: Vec<TensorType> = node.outputs.iter().map(|&output| meant(graph.ty(output), meanings)).collect();
            let names = self.call(layer, node, prefix, inputs, &outputs, meanings);
            let given = names.into_iter().zip(outputs).map(|(name, ty)| Value { name, ty });
            values.extend(node.outputs.iter().copied().zip(given));
        }
        graph.outputs.iter().filter_map(|port| values.get(&port.tensor).cloned()).collect()
    }

    /// Writes a call; the names of its outputs, which stand for nothing where it has no form.
    fn call(
        &mut self,
        layer: &LayerNode,
        node: &Node,
        prefix: &str,
        inputs: Vec<Value>,
        outputs: &[TensorType],
        meanings: &Meanings,
    ) -> Vec<String> {
        let path = format!("{prefix}{}", layer.name());
        let formed = match node.manner.is_for_each_step() {
            true => self.for_each_step(layer, node, &path, &inputs, outputs, meanings),
            false => self.once(layer, node, &path, inputs, outputs.to_vec(), meanings),
        };
        formed.unwrap_or_else(|Reason(reason)| {
            let known = |known: &NoForm| known.layer == path;
            if !self.missing.iter().any(known) {
                self.missing.push(NoForm { layer: path.clone(), class: layer.kind.class().to_owned(), reason });
            }
            outputs.iter().map(|_| path.clone()).collect()
        })
    }

    fn once(
        &mut self,
        layer: &LayerNode,
        node: &Node,
        path: &str,
        inputs: Vec<Value>,
        outputs: Vec<TensorType>,
        meanings: &Meanings,
    ) -> Formed {
        match &layer.kind {
            Kind::Layer(any) => self.layer(any, layer, node.manner.of_one_step(), path, inputs, outputs),
            Kind::Model(inner) | Kind::Block(inner) => {
                let given = self.graph(inner, &format!("{path}/"), &inputs, &within(node, meanings));
                Ok(given.into_iter().map(|value| value.name).collect())
            }
        }
    }

    /// Writes a call for each step of a sequence: the steps of all samples are one batch.
    fn for_each_step(
        &mut self,
        layer: &LayerNode,
        node: &Node,
        path: &str,
        inputs: &[Value],
        outputs: &[TensorType],
        meanings: &Meanings,
    ) -> Formed {
        let mut steps = Vec::new();
        for input in inputs {
            steps.push(self.at(path).merge_steps(input)?);
        }
        let of_step = |ty: &TensorType| ty.with_shape(model_graph::shape::Shape(ty.shape.0.iter().skip(1).cloned().collect()));
        let given = self.once(layer, node, path, steps, outputs.iter().map(of_step).collect(), meanings)?;
        let mut joined = Vec::new();
        for (name, ty) in given.iter().zip(outputs) {
            joined.push(self.at(path).split_steps(name, ty)?);
        }
        Ok(joined)
    }

    fn layer(
        &mut self,
        any: &AnyLayer,
        layer: &LayerNode,
        manner: Manner,
        path: &str,
        inputs: Vec<Value>,
        outputs: Vec<TensorType>,
    ) -> Formed {
        if any.keeps_states() {
            return Err(
                "it keeps its states from one call to the next, which a graph of ONNX cannot: leave `stateful` out".into()
            );
        }
        let mut weights = Vec::new();
        for spec in &layer.weights {
            let path = format!("{path}/{}", spec.name);
            let Some(data) = self.weights.get(&path).copied() else {
                return Err(format!("the graph does not list its weight `{path}`").into());
            };
            weights.push(Weight { path, name: spec.name.to_string(), sizes: spec.sizes(), data });
        }
        let mut call = Call { builder: &mut self.builder, layer: path.to_owned(), inputs, outputs, manner, weights };
        forms::form(any, &mut call)
    }

    fn at(&mut self, path: &str) -> Call<'_, 'w> {
        let (inputs, outputs, weights) = (Vec::new(), Vec::new(), Vec::new());
        Call { builder: &mut self.builder, layer: path.to_owned(), inputs, outputs, manner: Manner::default(), weights }
    }
}

/// A type where names of dimensions stand for these sizes.
pub fn meant(ty: &TensorType, meanings: &Meanings) -> TensorType {
    if meanings.is_empty() { ty.clone() } else { ty.substitute(meanings).unwrap_or_else(|| ty.clone()) }
}
