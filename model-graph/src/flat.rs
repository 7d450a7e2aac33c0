//! A graph without its blocks, as configurations and summaries show it: every layer under Keras's name, in the order of first calls.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use crate::graph::{Graph, Kind, LayerId, LayerNode, Node, NodeId, Source, Tensor, TensorId};
use crate::layer::LayerArguments as _;
use crate::layers::TimeDistributed;
use crate::mask::Ended;
use crate::names::Counter;

/// A name that two layers, or a layer and an input, have both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateName(pub String);

impl fmt::Display for DuplicateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(name) = self;
        write!(f, "two layers are named `{name}`\nhelp: give one of them another name, `name = \"{name}_2\"`")
    }
}

impl std::error::Error for DuplicateName {}

/// Where a layer stands: the blocks around it, and itself.
type Path = Vec<LayerId>;

/// The name of a layer, and that of what calls it for each step of a sequence.
type Names = (String, Option<String>);

impl Graph {
    /// This graph with the layers of its blocks in their place, all of them named, and the same for the models in it.
    ///
    /// # Errors
    /// If two layers have one name.
    pub fn flat(&self) -> Result<Self, DuplicateName> {
        self.flat_with_tensors().map(|(flat, _)| flat)
    }

    /// The same, and for each tensor that is no block's own the one that it has become.
    ///
    /// # Errors
    /// If two layers have one name.
    pub fn flat_with_tensors(&self) -> Result<(Self, HashMap<TensorId, TensorId>), DuplicateName> {
        let mut names = HashMap::new();
        self.name_layers(&Path::new(), &mut std::iter::empty(), &mut Counter::default(), &mut names);
        let mut flattening = Flattening {
            names,
            ids: HashMap::new(),
            calls: HashMap::new(),
            ended: Vec::new(),
            flat: Self::new(self.name.clone()),
        };
        let inputs: Vec<TensorId> =
            self.inputs.iter().map(|port| flattening.flat.input(port.name.clone(), self.ty(port.tensor).clone())).collect();
        for (&of, mask) in self.masked_inputs.iter().zip(inputs.get(self.own_inputs().len()..).unwrap_or_default()) {
            flattening.flat.masked_inputs.push(of);
            flattening.flat.give_mask(inputs[of], *mask);
        }
        let tensors = flattening.inline(self, &Path::new(), &inputs);
        for port in &self.outputs {
            flattening.flat.output(port.name.clone(), tensors[&port.tensor]);
        }
        let mut flat = flattening.flat;
        flat.samples = self.samples;
        flat.ended = flattening.ended;
        flat.masked.clone_from(&self.masked);
        flat.check_names()?;
        for layer in &mut flat.layers {
            if let Kind::Model(model) = &layer.kind {
                layer.kind = Kind::Model(Arc::new(model.flat()?));
            }
        }
        Ok((flat, tensors))
    }

    /// Names in the order in which the layers were made, as Keras counts them; those that a call of this block gives come first.
    fn name_layers(
        &self,
        path: &Path,
        given: &mut dyn Iterator<Item = Option<String>>,
        counter: &mut Counter,
        names: &mut HashMap<Path, Names>,
    ) {
        let each_step = self.nodes.iter().filter(|node| node.manner.is_for_each_step()).map(|node| node.layer);
        let each_step: HashSet<LayerId> = each_step.collect();
        for (i, layer) in self.layers.iter().enumerate() {
            let given: Vec<Option<String>> = (0..layer.kind.layers()).map_while(|_| given.next()).collect();
            if layer.built.is_none() {
                continue;
            }
            let path = [path.as_slice(), &[LayerId(i)]].concat();
            match &layer.kind {
                Kind::Block(block) => {
                    let given = if layer.inside.is_empty() { given } else { layer.inside.clone() };
                    block.name_layers(&path, &mut given.into_iter(), counter, names);
                }
                Kind::Layer(_) | Kind::Model(_) => {
                    let given = given.into_iter().next().flatten();
                    let name = layer.name.clone().or(given).unwrap_or_else(|| counter.next(layer.kind.called()));
                    let around = || layer.time_distributed.clone().unwrap_or_else(|| counter.next(TimeDistributed::CLASS));
                    names.insert(path, (name, each_step.contains(&LayerId(i)).then(around)));
                }
            }
        }
    }

    /// Takes those of the layers' names for which this holds, and those that calls of blocks give: what is left is the same block, whatever
    /// names it is called with. Of all layers in order, as [`LayerNode::inside`] has them; empty where there are none.
    pub fn take_names(&mut self, is_given: impl Fn(&str) -> bool) -> Vec<Option<String>> {
        let mut taken = Vec::new();
        for i in 0..self.layers.len() {
            let layer = &mut self.layers[i];
            if let Kind::Block(_) = layer.kind {
                let count = layer.kind.layers();
                let inside = std::mem::take(&mut layer.inside);
                taken.extend(if inside.is_empty() { vec![None; count] } else { inside });
                continue;
            }
            let name = layer.name.take_if(|name| is_given(name));
            if let Some(name) = &name {
                self.call_otherwise(LayerId(i), name);
            }
            taken.push(name);
        }
        if taken.iter().any(Option::is_some) { taken } else { Vec::new() }
    }

    /// Calls what a layer gives by what it is, where it was called by its name.
    fn call_otherwise(&mut self, layer: LayerId, name: &str) {
        let source = |node: &Node| self.layers[layer.0].kind.source_in(node.manner);
        let calls = self.nodes.iter().filter(|node| node.layer == layer).map(|node| (node.outputs.clone(), source(node)));
        for (outputs, source) in calls.collect::<Vec<_>>() {
            let outputs = outputs.into_iter().filter(|output| self.tensors[output.0].label == name).collect::<Vec<_>>();
            outputs.into_iter().for_each(|output| self.tensors[output.0].label.clone_from(&source));
        }
    }

    fn check_names(&self) -> Result<(), DuplicateName> {
        let mut seen = HashSet::new();
        let layers = self.layers.iter().flat_map(|layer| [Some(layer.name()), layer.time_distributed.as_deref()]).flatten();
        for name in self.inputs.iter().map(|port| port.name.as_str()).chain(layers) {
            if !seen.insert(name) {
                return Err(DuplicateName(name.to_owned()));
            }
        }
        Ok(())
    }
}

struct Flattening {
    names: HashMap<Path, Names>,
    ids: HashMap<Path, LayerId>,
    calls: HashMap<LayerId, usize>,
    /// Where masks end, as it was found where the calls were made.
    ended: Vec<Ended>,
    flat: Graph,
}

impl Flattening {
    /// Adds the calls of a graph, with these tensors for its inputs, and tells what its tensors have become.
    fn inline(&mut self, graph: &Graph, path: &Path, inputs: &[TensorId]) -> HashMap<TensorId, TensorId> {
        let mut tensors: HashMap<TensorId, TensorId> =
            graph.inputs.iter().zip(inputs).map(|(port, &tensor)| (port.tensor, tensor)).collect();
        let mut became: HashMap<NodeId, NodeId> = HashMap::new();
        for (i, node) in graph.nodes.iter().enumerate() {
            let path = [path.as_slice(), &[node.layer]].concat();
            let layer = &graph.layers[node.layer.0];
            let inputs: Vec<TensorId> = node.inputs.iter().map(|input| tensors[input]).collect();
            let outputs = match &layer.kind {
                Kind::Block(block) => {
                    let inner = self.inline(block, &path, &inputs);
                    block.outputs.iter().map(|port| inner[&port.tensor]).collect()
                }
                Kind::Layer(_) | Kind::Model(_) => {
                    became.insert(NodeId(i), NodeId(self.flat.nodes.len()));
                    self.call(graph, node, path, inputs)
                }
            };
            tensors.extend(node.outputs.iter().copied().zip(outputs));
        }
        let ended = graph.ended.iter().filter_map(|ended| {
            Some(Ended { at: *became.get(&ended.at)?, of: *tensors.get(&ended.of)?, is_beside: ended.is_beside })
        });
        self.ended.extend(ended);
        tensors
    }

    /// Repeats a call that has been checked.
    fn call(&mut self, graph: &Graph, node: &Node, path: Path, inputs: Vec<TensorId>) -> Vec<TensorId> {
        let Self { names, ids, calls, flat, .. } = self;
        let (name, time_distributed) = names.get(&path).cloned().unzip();
        let layer = *ids.entry(path).or_insert_with(|| {
            let time_distributed = time_distributed.flatten();
            flat.layers.push(LayerNode { name, time_distributed, ..graph.layers[node.layer.0].clone() });
            LayerId(flat.layers.len() - 1)
        });
        let id = NodeId(flat.nodes.len());
        let label = flat.layers[layer.0].called(node.manner).to_owned();
        let outputs: Vec<TensorId> = (0..node.outputs.len()).map(|i| TensorId(flat.tensors.len() + i)).collect();
        flat.tensors.extend(node.outputs.iter().enumerate().map(|(i, &output)| Tensor {
            ty: graph.ty(output).clone(),
            source: Source::Node(id, i),
            label: label.clone(),
            mask: None,
        }));
        let calls = calls.entry(layer).or_insert(0);
        flat.nodes.push(Node {
            layer,
            call: *calls,
            inputs,
            manner: node.manner,
            outputs: outputs.clone(),
            named: node.named.clone(),
        });
        *calls += 1;
        // What masks there are follows from the calls; those of blocks have been made calls of their own.
        flat.learn_and_hand_on(id);
        outputs
    }
}

impl Graph {
    /// The layers that are called, in the order of their first calls.
    #[must_use]
    pub fn call_order(&self) -> Vec<LayerId> {
        let mut seen = HashSet::new();
        self.nodes.iter().map(|node| node.layer).filter(|layer| seen.insert(*layer)).collect()
    }
}
