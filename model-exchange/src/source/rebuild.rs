//! A graph made once more, call by call, as the source will make it: what follows by itself is left out, and made again. So it is known which
//! names follow, and whether the source says the same model.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model_graph::Graph;
use model_graph::config;
use model_graph::constants::Equation;
use model_graph::graph::{Kind, LayerId, LayerNode, Node, NodeId, Source, TensorId};
use model_graph::layer::{LayerArguments as _, Manner};
use model_graph::layers::TimeDistributed;
use model_graph::message::short;
use model_graph::names::Counter;

use super::error::Unsaid;

/// What is written of calls.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// Whether masks are, which follow.
    pub masks: bool,
}

impl Written {
    /// What a call is given, how, and the masks that a model is given for its inputs.
    pub fn call(self, plain: &Graph, node: &Node) -> (Vec<TensorId>, Manner, Vec<Option<TensorId>>) {
        let (mut inputs, mut manner) = plain.without_masks(node);
        let mut masks = plain.given_masks(node);
        if self.masks {
            match plain.layers.get(node.layer.0).map(|layer| &layer.kind) {
                Some(Kind::Model(model)) => masks = all_masks(model, node),
                _ => (inputs, manner) = (node.inputs.clone(), node.manner),
            }
        }
        (inputs, manner, masks)
    }
}

/// The masks that a call of a model is given, but for those that are not written.
fn all_masks(model: &Graph, node: &Node) -> Vec<Option<TensorId>> {
    let own = model.own_inputs().len();
    let mask = |position: usize| {
        let number = model.masked_inputs.iter().position(|masked| *masked == position)?;
        let mask = *node.inputs.get(own.saturating_add(number))?;
        (node.inputs.get(position) != Some(&mask)).then_some(mask)
    };
    (0..own).map(mask).collect()
}

/// What a source says of a graph.
pub struct Rebuilt {
    /// The graph as the source makes it. Layers whose names follow have none.
    pub graph: Graph,
    /// What the layers that are written are in it.
    pub layers: HashMap<LayerId, LayerId>,
    /// The calls that are written.
    pub calls: Vec<NodeId>,
    /// How they are written.
    pub written: Written,
}

/// Makes a graph again, with these graphs for the models in it.
pub fn rebuild(
    plain: &Graph,
    parts: &HashMap<LayerId, Arc<Graph>>,
    written: Written,
    problems: &mut Vec<Unsaid>,
) -> Option<Rebuilt> {
    let mut graph = Graph { samples: plain.samples, ..Graph::new(plain.name.clone()) };
    let mut tensors: HashMap<TensorId, TensorId> = HashMap::new();
    for port in &plain.inputs {
        tensors.insert(port.tensor, graph.input(port.name.clone(), plain.ty(port.tensor).clone()));
    }
    let (calls, mut layers) = (calls(plain, written), HashMap::new());
    for id in &calls {
        let node = plain.nodes.get(id.0)?;
        let (inputs, manner, masks) = written.call(plain, node);
        let inputs: Vec<TensorId> = inputs.iter().map(|input| tensors.get(input).copied()).collect::<Option<_>>()?;
        let masks: Vec<_> = masks.into_iter().map(|mask| tensors.get(&mask?).copied()).collect();
        let layer = *layers.entry(node.layer).or_insert_with(|| add(&mut graph, plain, node, parts));
        match graph.call_masked(layer, (&inputs, &masks), manner, Equation::open) {
            Ok((outputs, _)) => tensors.extend(node.outputs.iter().copied().zip(outputs)),
            Err(error) => {
                problems.push(Unsaid::Call(error.to_string()));
                return None;
            }
        }
    }
    for port in &plain.outputs {
        graph.output(port.name.clone(), *tensors.get(&port.tensor)?);
    }
    if let Err((_, error)) = graph.give_out_masks() {
        problems.push(Unsaid::Call(error.to_string()));
        return None;
    }
    let mut rebuilt = Rebuilt { graph: graph.pruned(), layers, calls, written };
    name(&mut rebuilt, plain);
    Some(rebuilt)
}

/// The calls that outputs depend on, but for those that compute masks which follow.
fn calls(plain: &Graph, written: Written) -> Vec<NodeId> {
    let mut wanted: HashSet<TensorId> = plain.outputs.iter().map(|port| port.tensor).collect();
    let mut calls = Vec::new();
    for (id, node) in plain.nodes.iter().enumerate().rev() {
        if node.outputs.iter().any(|output| wanted.contains(output)) {
            let (inputs, _, masks) = written.call(plain, node);
            wanted.extend(inputs.into_iter().chain(masks.into_iter().flatten()));
            calls.push(NodeId(id));
        }
    }
    calls.reverse();
    calls
}

fn add(graph: &mut Graph, plain: &Graph, node: &Node, parts: &HashMap<LayerId, Arc<Graph>>) -> LayerId {
    let Some(layer) = plain.layers.get(node.layer.0) else { return LayerId(usize::MAX) };
    let part = parts.get(&node.layer).map(|part| Kind::Model(part.clone()));
    let id = graph.layer(part.unwrap_or_else(|| layer.kind.clone()), None);
    if let Some(added) = graph.layers.get_mut(id.0) {
        added.trainable = layer.trainable;
    }
    id
}

/// Gives the layers their names whose names do not follow, in the order in which Keras counts.
fn name(rebuilt: &mut Rebuilt, plain: &Graph) {
    let of: HashMap<LayerId, &LayerNode> =
        rebuilt.layers.iter().filter_map(|(own, made)| Some((*made, plain.layers.get(own.0)?))).collect();
    let stepped = rebuilt.graph.nodes.iter().filter(|node| node.manner.is_for_each_step()).map(|node| node.layer);
    let stepped: HashSet<LayerId> = stepped.collect();
    let mut counter = Counter::default();
    for (i, layer) in rebuilt.graph.layers.iter_mut().enumerate().filter(|(_, layer)| layer.built.is_some()) {
        let Some(own) = of.get(&LayerId(i)) else {
            drop(counter.next(layer.kind.called())); // it computes a mask
            continue;
        };
        layer.name = follows(&mut counter, layer.kind.called(), own.name());
        if stepped.contains(&LayerId(i)) {
            let around = own.time_distributed.as_deref().unwrap_or_default();
            layer.time_distributed = follows(&mut counter, TimeDistributed::CLASS, around);
        }
    }
}

/// A name, unless it is the next that follows from the class.
fn follows(counter: &mut Counter, class: &str, name: &str) -> Option<String> {
    let mut ahead = counter.clone();
    if ahead.next(class) == name {
        *counter = ahead;
        return None;
    }
    Some(name.to_owned())
}

impl Rebuilt {
    /// The layer of the source that a layer of the graph has become.
    pub fn layer(&self, layer: LayerId) -> Option<&LayerNode> {
        self.graph.layers.get(self.layers.get(&layer)?.0)
    }

    /// The graph with all names, as configurations have it.
    ///
    /// # Errors
    /// If two layers have one name, or it is another graph than the one that it was made after.
    pub fn finish(&self, plain: &Graph) -> Result<Graph, Unsaid> {
        let flat = self.graph.flat().map_err(|duplicate| Unsaid::Duplicate(duplicate.0))?;
        let (ours, theirs) = (config::write(&flat), config::write(plain));
        match difference(&ours, &theirs, "") {
            None => Ok(flat),
            Some(difference) => Err(Unsaid::Differs { model: plain.name.clone(), difference }),
        }
    }
}

/// The first place where two documents differ, and what is there.
fn difference(ours: &serde_json::Value, theirs: &serde_json::Value, place: &str) -> Option<String> {
    use serde_json::Value::{Array, Object};
    match (ours, theirs) {
        _ if ours == theirs => None,
        (Array(a), Array(b)) if a.len() == b.len() => {
            (0..).zip(a.iter().zip(b)).find_map(|(i, (a, b)): (usize, _)| difference(a, b, &format!("{place}[{i}]")))
        }
        (Object(a), Object(b)) if a.len() == b.len() && a.keys().all(|key| b.contains_key(key)) => {
            a.iter().find_map(|(key, value)| difference(value, b.get(key)?, &format!("{place}.{key}")))
        }
        _ => {
            let (ours, theirs) = (ours.to_string(), theirs.to_string());
            Some(format!("`{}` is `{}` and not `{}`", place.trim_start_matches('.'), short(&ours), short(&theirs)))
        }
    }
}

/// Whether a tensor is an input of a graph.
pub fn is_input(graph: &Graph, tensor: TensorId) -> bool {
    graph.tensors.get(tensor.0).is_some_and(|tensor| matches!(tensor.source, Source::Input(_)))
}
