//! Views: the part of a graph that lies between some of its tensors, also inside of the models in it.

use std::collections::{HashMap, HashSet};

use crate::dim::Dim;
use crate::graph::{Graph, Kind, LayerId, LayerNode, Node, NodeId, Source, Tensor, TensorId};
use crate::layer::Manner;
use crate::message::CallError;
use crate::named;

/// A flat graph to be looked into: models in it can be opened, so that their tensors have names too.
#[derive(Clone, Debug)]
pub struct Inside {
    /// The graph, with the models that have been opened replaced by their layers.
    pub graph: Graph,
    /// Where each layer of `graph` stands in the model: the models around it, and its name.
    pub paths: Vec<Vec<String>>,
    /// Further names of tensors.
    named: Vec<(Vec<String>, TensorId)>,
}

/// What cannot be a view.
#[derive(Clone, Debug, PartialEq)]
pub enum Apart {
    /// The outputs depend on inputs of the graph that are none of the view's.
    Needs(Vec<String>),
    /// No output depends on this input of the view.
    Unread(usize),
    /// The mask of this output cannot be computed.
    Mask(usize, Box<CallError>),
}

impl Inside {
    /// A flat graph, with names for some of its tensors besides those of its layers, inputs and outputs.
    #[must_use]
    pub fn new(flat: &Graph, names: impl IntoIterator<Item = (String, TensorId)>) -> Self {
        let ports = flat.inputs.iter().chain(flat.own_outputs()).map(|port| (port.name.clone(), port.tensor));
        let named = ports.chain(names).map(|(name, tensor)| (vec![name], tensor)).collect();
        let paths = flat.layers.iter().map(|layer| vec![layer.name().to_owned()]).collect();
        Self { graph: flat.clone(), paths, named }
    }

    /// Replaces the model of this path by its layers; whether there is one.
    pub fn open(&mut self, path: &[String]) -> bool {
        let Some(position) = self.paths.iter().position(|other| other == path) else { return false };
        let Kind::Model(model) = self.graph.layers[position].kind.clone() else { return false };
        // What lies in a model that is called for each step is no tensor of the caller's.
        let is_it = |node: &&Node| node.layer == LayerId(position);
        if self.graph.nodes.iter().filter(is_it).any(|node| node.manner.is_for_each_step()) {
            return false;
        }
        let mut opening = Opening { graph: Graph::new(self.graph.name.clone()), calls: HashMap::new() };
        opening.graph.samples = self.graph.samples;
        let is_frozen = !self.graph.layers[position].trainable;
        let first_inner = self.graph.layers.len();
        opening.graph.layers.clone_from(&self.graph.layers);
        opening
            .graph
            .layers
            .extend(model.layers.iter().map(|layer| LayerNode { trainable: layer.trainable && !is_frozen, ..layer.clone() }));
        self.paths.extend(model.layers.iter().map(|layer| [path, &[layer.name().to_owned()]].concat()));
        let mut tensors: HashMap<TensorId, TensorId> = HashMap::new();
        for port in &self.graph.inputs {
            tensors.insert(port.tensor, opening.graph.input(port.name.clone(), self.graph.ty(port.tensor).clone()));
        }
        let mut inner_named = Vec::new();
        for node in &self.graph.nodes {
            if node.layer != LayerId(position) {
                opening.repeat(&self.graph, node, node.layer, None, &mut tensors);
                continue;
            }
            let mut inner: HashMap<TensorId, TensorId> =
                model.inputs.iter().zip(&node.inputs).map(|(port, input)| (port.tensor, tensors[input])).collect();
            for own in &model.nodes {
                opening.repeat(&model, own, LayerId(first_inner + own.layer.0), Some(&node.named), &mut inner);
            }
            let ports = model.inputs.iter().chain(model.own_outputs());
            inner_named.extend(ports.map(|port| ([path, std::slice::from_ref(&port.name)].concat(), inner[&port.tensor])));
            tensors.extend(node.outputs.iter().zip(&model.outputs).map(|(&output, port)| (output, inner[&port.tensor])));
        }
        for port in &self.graph.outputs {
            opening.graph.output(port.name.clone(), tensors[&port.tensor]);
        }
        opening.graph.masked.clone_from(&self.graph.masked);
        self.named.iter_mut().for_each(|(_, tensor)| *tensor = tensors[tensor]);
        self.named.extend(inner_named);
        self.graph = opening.graph;
        true
    }

    /// The path of a layer as it is called: what calls it for each step stands beside it, under a name of its own.
    fn called(&self, layer: LayerId, manner: Manner) -> Vec<String> {
        let mut path = self.paths[layer.0].clone();
        if let Some(last) = path.last_mut().filter(|_| manner.is_for_each_step()) {
            self.graph.layers[layer.0].called(manner).clone_into(last);
        }
        path
    }

    /// The name of the model of this path.
    #[must_use]
    pub fn find_model(&self, path: &[String]) -> Option<String> {
        let position = self.paths.iter().position(|other| other == path)?;
        if let Kind::Model(model) = &self.graph.layers[position].kind { Some(model.name.clone()) } else { None }
    }

    /// The tensors of a path, one for each call of what it names.
    #[must_use]
    pub fn find(&self, path: &[String]) -> Vec<TensorId> {
        let calls = self.graph.nodes.iter().filter(|node| self.called(node.layer, node.manner) == path);
        let calls: Vec<TensorId> = calls.map(|node| node.outputs[0]).collect();
        if !calls.is_empty() {
            return calls;
        }
        let mut named: Vec<TensorId> = Vec::new();
        for (_, tensor) in self.named.iter().filter(|(other, _)| other == path) {
            if !named.contains(tensor) {
                named.push(*tensor);
            }
        }
        named
    }

    /// The names behind a path, each once.
    #[must_use]
    pub fn names(&self, path: &[String]) -> Vec<String> {
        let calls = self.graph.nodes.iter().map(|node| self.called(node.layer, node.manner));
        let all = self.named.iter().map(|(name, _)| name.clone()).chain(calls);
        let direct = all.filter_map(|name| match name.split_last() {
            Some((last, before)) if before == path => Some(last.clone()),
            _ => None,
        });
        let mut seen = HashSet::new();
        direct.filter(|name| seen.insert(name.clone())).collect()
    }

    /// The part from inputs to outputs, each under a name; with it, for each of its layers, where that stands in the model. Behind those stand
    /// layers that compute the masks of its outputs.
    ///
    /// # Errors
    /// If the outputs need more than these inputs, or do not need one of them, or the mask of one cannot be computed.
    pub fn between(
        &self,
        name: &str,
        inputs: &[(String, TensorId)],
        outputs: &[(String, TensorId)],
    ) -> Result<(Graph, Vec<Vec<String>>), Apart> {
        let is_input = |tensor: &TensorId| inputs.iter().any(|(_, input)| input == tensor);
        let mut needed: HashSet<TensorId> = outputs.iter().map(|(_, tensor)| *tensor).collect();
        let mut nodes: Vec<&Node> = Vec::new();
        for node in self.graph.nodes.iter().rev() {
            if node.outputs.iter().any(|output| needed.contains(output) && !is_input(output)) {
                needed.extend(&node.inputs);
                nodes.push(node);
            }
        }
        nodes.reverse();
        let missing = self.graph.inputs.iter().filter(|port| needed.contains(&port.tensor) && !is_input(&port.tensor));
        let missing: Vec<String> = missing.map(|port| port.name.clone()).collect();
        if !missing.is_empty() {
            return Err(Apart::Needs(missing));
        }
        if let Some(unread) = inputs.iter().position(|(_, input)| !nodes.iter().any(|node| node.inputs.contains(input))) {
            return Err(Apart::Unread(unread));
        }
        let (mut graph, paths) = self.part(name, inputs, outputs, &nodes);
        graph.give_out_masks().map_err(|(output, error)| Apart::Mask(output, Box::new(error)))?;
        graph.name_all();
        Ok((graph, paths))
    }

    fn part(
        &self,
        name: &str,
        inputs: &[(String, TensorId)],
        outputs: &[(String, TensorId)],
        nodes: &[&Node],
    ) -> (Graph, Vec<Vec<String>>) {
        let mut opening = Opening { graph: Graph::new(name), calls: HashMap::new() };
        let mut tensors = HashMap::new();
        for (name, input) in inputs {
            tensors.insert(*input, opening.graph.input(name.clone(), self.graph.ty(*input).clone()));
        }
        let used = |layer: usize| nodes.iter().any(|node| node.layer.0 == layer);
        let kept: Vec<usize> = (0..self.graph.layers.len()).filter(|&layer| used(layer)).collect();
        opening.graph.layers = kept.iter().map(|&layer| self.graph.layers[layer].clone()).collect();
        self.name_apart(&kept, &mut opening.graph);
        for node in nodes {
            let layer = kept.iter().position(|&layer| layer == node.layer.0).map_or(node.layer, LayerId);
            opening.repeat(&self.graph, node, layer, None, &mut tensors);
        }
        for (name, output) in outputs {
            opening.graph.output(name.clone(), tensors[output]);
        }
        (opening.graph, kept.iter().map(|&layer| self.paths[layer].clone()).collect())
    }
}

impl Inside {
    /// A layer of a model that has been opened keeps its name, unless something outside has it: then the model's stands before it.
    fn name_apart(&self, kept: &[usize], graph: &mut Graph) {
        let mut taken: HashSet<String> = graph.inputs.iter().map(|port| port.name.clone()).collect();
        let outer = kept.iter().filter(|&&layer| self.paths[layer].len() == 1);
        taken.extend(outer.clone().map(|&layer| self.paths[layer][0].clone()));
        taken.extend(outer.filter_map(|&layer| self.graph.layers[layer].time_distributed.clone()));
        for (node, &layer) in graph.layers.iter_mut().zip(kept).filter(|(_, layer)| self.paths[**layer].len() > 1) {
            if !taken.insert(node.name().to_owned()) {
                let name = self.paths[layer].join("_");
                taken.insert(name.clone());
                node.name = Some(name);
            }
            if let Some(around) = node.time_distributed.as_mut().filter(|around| !taken.insert((*around).clone())) {
                *around = format!("{}_{around}", self.paths[layer][..self.paths[layer].len() - 1].join("_"));
                taken.insert(around.clone());
            }
        }
    }
}

/// A graph that repeats calls of others.
struct Opening {
    graph: Graph,
    calls: HashMap<LayerId, usize>,
}

impl Opening {
    /// Repeats a call that has been checked, of a layer that has another number here.
    /// Names of dimensions stand for what `meanings` say, where those are a model's that is being opened.
    fn repeat(
        &mut self,
        from: &Graph,
        node: &Node,
        layer: LayerId,
        meanings: Option<&[(String, Dim)]>,
        tensors: &mut HashMap<TensorId, TensorId>,
    ) {
        let Self { graph, calls } = self;
        let id = NodeId(graph.nodes.len());
        for (i, &output) in node.outputs.iter().enumerate() {
            let Tensor { ty, label, .. } = from.tensors[output.0].clone();
            let ty = meanings.and_then(|meanings| ty.substitute(meanings)).unwrap_or(ty);
            graph.tensors.push(Tensor { ty, source: Source::Node(id, i), label, mask: None });
            // What is given from outside is read from there, even where a call that is repeated gives it too.
            tensors.entry(output).or_insert(TensorId(graph.tensors.len() - 1));
        }
        let first = graph.tensors.len() - node.outputs.len();
        let outputs = (first..graph.tensors.len()).map(TensorId).collect();
        let inputs = node.inputs.iter().map(|input| tensors[input]).collect();
        let call = calls.entry(layer).or_insert(0);
        let named = meanings.map_or_else(|| node.named.clone(), |meanings| named::within(node, meanings));
        graph.nodes.push(Node { layer, call: *call, inputs, manner: node.manner, outputs, named });
        *call += 1;
        graph.learn_and_hand_on(id);
    }
}
