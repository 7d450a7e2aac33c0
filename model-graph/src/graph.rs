//! The graph itself: layers, their calls, and the tensors between them. It grows call by call, and every call is checked.

mod operands;

use std::sync::Arc;

use crate::argument::OwnFunction;
use crate::constants::{Assumption, Equation, Open};
use crate::custom::{Registry, Signature};
use crate::dim::Dim;
use crate::layer::{Arity, LayerArguments as _, Manner, WeightSpec};
use crate::layers::{AnyLayer, TimeDistributed, steps};
use crate::mask::{Ended, Mask, MaskId};
use crate::message::CallError;
use crate::named::{Meanings, Misfit};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

/// A tensor of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TensorId(pub usize);

/// A layer of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerId(pub usize);

/// A call of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub usize);

/// What is called.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // a layer is what nearly all are
pub enum Kind {
    /// A layer.
    Layer(AnyLayer),
    /// Another model, a layer like any other: called twice it shares its weights.
    Model(Arc<Graph>),
    /// A block: layers under a name of their own in the code, but not in the configuration.
    Block(Arc<Graph>),
}

impl Kind {
    /// The class that names are made of.
    #[must_use]
    pub fn class(&self) -> &str {
        match self {
            Self::Layer(layer) => layer.class(),
            Self::Model(_) => "Functional",
            Self::Block(block) => &block.name,
        }
    }

    /// What is called to make it: its class, or the model.
    #[must_use]
    pub fn called(&self) -> &str {
        if let Self::Model(model) = self { &model.name } else { self.class() }
    }

    /// The outputs of a call of it that are its results: those behind them are masks.
    #[must_use]
    pub fn results<'o>(&self, outputs: &'o [TensorId]) -> &'o [TensorId] {
        match self {
            Self::Layer(_) => outputs,
            Self::Model(graph) | Self::Block(graph) => outputs.get(..graph.own_outputs().len()).unwrap_or(outputs),
        }
    }

    /// The number of layer calls that a call of it brings; at least 1, so that counting ends where there are few.
    #[must_use]
    pub fn calls(&self) -> usize {
        match self {
            Self::Layer(_) => 1,
            Self::Model(graph) | Self::Block(graph) => graph.calls().max(1),
        }
    }

    /// The call as one would write it.
    #[must_use]
    pub fn source(&self) -> String {
        match self {
            Self::Layer(layer) => layer.source(),
            Self::Model(graph) => format!("{}()", graph.name),
            Self::Block(graph) => format!("{}(..)", graph.name),
        }
    }

    /// The same as it is called: `TimeDistributed(Encoder())` where that is for each step.
    #[must_use]
    pub fn source_in(&self, manner: Manner) -> String {
        if manner.is_for_each_step() { format!("{}({})", TimeDistributed::CLASS, self.source()) } else { self.source() }
    }

    /// Whether a sample's output follows from the other samples of the batch, too, while training.
    #[must_use]
    pub fn mixes_samples(&self) -> bool {
        match self {
            Self::Layer(any) => any.mixes_samples(),
            Self::Model(graph) | Self::Block(graph) => {
                let mixes = |node: &Node| !node.manner.infers() && graph.layers[node.layer.0].kind.mixes_samples();
                graph.nodes.iter().any(mixes)
            }
        }
    }
}

impl Kind {
    /// The number of layers that it adds to a flat graph, those that nothing calls included.
    #[must_use]
    pub fn layers(&self) -> usize {
        match self {
            Self::Layer(_) | Self::Model(_) => 1,
            Self::Block(block) => block.layers.iter().map(|layer| layer.kind.layers()).fold(0, usize::saturating_add),
        }
    }

    /// Whether its statistics of the batch move in one order, if they move for each step of a sequence, one step after the other: no layer with
    /// such is called twice, or for each step of another sequence.
    fn mixes_in_order(&self) -> bool {
        match self {
            Self::Layer(any) => !any.mixes_samples(),
            Self::Model(graph) | Self::Block(graph) => {
                let is_once = |node: &Node| {
                    let kind = &graph.layers[node.layer.0].kind;
                    let is_alone = || graph.nodes.iter().filter(|other| other.layer == node.layer).count() == 1;
                    let is_in_order = match kind {
                        Self::Layer(any) => any.class() != TimeDistributed::CLASS,
                        Self::Model(_) | Self::Block(_) => kind.mixes_in_order(),
                    };
                    node.manner.infers() || !kind.mixes_samples() || is_alone() && is_in_order
                };
                graph.nodes.iter().all(is_once)
            }
        }
    }

    /// Whether it keeps states from one call to the next.
    #[must_use]
    pub fn keeps_states(&self) -> bool {
        match self {
            Self::Layer(any) => any.keeps_states(),
            Self::Model(graph) | Self::Block(graph) => graph.keeps_states(),
        }
    }

    /// Whether a layer of it looks at all of a batch that ranks share while training, and not at a piece alone.
    #[must_use]
    pub fn synchronizes(&self) -> bool {
        match self {
            Self::Layer(any) => any.synchronizes(),
            Self::Model(graph) | Self::Block(graph) => graph.synchronizes(),
        }
    }
}

/// A layer, and what its first call made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerNode {
    /// The name that the user gave, or that `flat` has made up.
    pub name: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// The name of the `TimeDistributed` that calls it for each step of a sequence, as that of the layer itself.
    pub time_distributed: Option<String>,
    /// The names that the layers of a block have in this call of it: of all of them in order, those of the blocks in it included. A block that is called
    /// with other names is the same block. Empty where the call gives none.
    pub inside: Vec<Option<String>>,
    /// Whether training changes its weights.
    pub trainable: bool,
    /// The types that it was first called with; `None` before that.
    pub built: Option<Vec<TensorType>>,
    /// Its own weights, in Keras's order; those of a model or block are in its graph.
    pub weights: Vec<WeightSpec>,
    /// What it has given in a call of plain code; empty where there has been none.
    pub given: Vec<TensorType>,
}

impl LayerNode {
    /// The name, which every layer of a flat graph has.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// The name by which a call of it goes, which every call of a flat graph has: where it is for each step, that of the `TimeDistributed`.
    #[must_use]
    pub fn called(&self, manner: Manner) -> &str {
        if manner.is_for_each_step() { self.time_distributed.as_deref().unwrap_or_default() } else { self.name() }
    }
}

/// A call.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The layer that is called.
    pub layer: LayerId,
    /// Which call of the layer it is, from 0.
    pub call: usize,
    /// What it is called with: the tensors by position, then those of the layer's slots.
    pub inputs: Vec<TensorId>,
    /// Which of them are in slots.
    pub manner: Manner,
    /// What it gives.
    pub outputs: Vec<TensorId>,
    /// What the called model's names of dimensions stand for here, in its order.
    pub named: Meanings,
}

/// Where a tensor comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is an input of the graph.
    Input(usize),
    /// It is an output of a call.
    Node(NodeId, usize),
    /// Plain code computes it.
    Code,
}

/// A tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its type.
    pub ty: TensorType,
    /// Where it comes from.
    pub source: Source,
    /// What messages call it: the user's word for it, where there is one.
    pub label: String,
    /// Which of its steps count, where that is known.
    pub mask: Option<MaskId>,
}

/// An input or output of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// The tensor.
    pub tensor: TensorId,
}

/// The most elements that a sample or a weight may have: more than any machine holds, and few enough for sums over a graph to be counted.
pub const MOST_ELEMENTS: usize = 1 << 40;

/// The most names and roundings that the number of a sample's elements may follow from: some times as many are computed with.
const MOST_PARTS: usize = 256;

/// Whether a sample of a shape has so few elements, or a formula for them so short, that all sums over a graph can be counted.
#[must_use]
pub fn is_countable(shape: &crate::shape::Shape) -> bool {
    let is_few = |elements: Dim| elements.largest() <= MOST_ELEMENTS as u64 && elements.parts() <= MOST_PARTS;
    shape.elements().is_some_and(is_few)
}

/// What a call gives.
#[derive(Default)]
struct Inferred {
    outputs: Vec<TensorType>,
    weights: Vec<WeightSpec>,
    named: Meanings,
}

/// A network.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Graph {
    /// The name of the model or block.
    pub name: String,
    /// The inputs in order; behind them the masks of those of [`masked_inputs`](Self::masked_inputs).
    pub inputs: Vec<Port>,
    /// The outputs in order; those of [`masked`](Self::masked) have their masks behind them.
    pub outputs: Vec<Port>,
    /// The layers in the order in which they were made.
    pub layers: Vec<LayerNode>,
    /// The calls, each after those that it depends on.
    pub nodes: Vec<Node>,
    /// The tensors in the order in which they came about.
    pub tensors: Vec<Tensor>,
    /// The masks of tensors.
    pub masks: Vec<Mask>,
    /// Where masks end.
    pub ended: Vec<Ended>,
    /// Which of the outputs have masks. These are the last outputs, in this order; nobody who writes or calls the model sees them.
    pub masked: Vec<usize>,
    /// Which of the inputs are given masks, in a model that is called with some. These are the last inputs, in this order.
    pub masked_inputs: Vec<usize>,
    /// How many samples a batch has, where a configuration says so, as Keras asks of layers that keep their states.
    pub samples: Option<usize>,
    /// Whether it is of a model that plain code runs: the calls that it makes are not there.
    pub is_code: bool,
}

impl Graph {
    /// A graph without inputs.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Whether layers of it keep their states from one batch to the next.
    #[must_use]
    pub fn keeps_states(&self) -> bool {
        self.layers.iter().any(|layer| layer.kind.keeps_states())
    }

    /// Whether layers of it look at all of a batch that ranks share while training, and not at a piece alone.
    #[must_use]
    pub fn synchronizes(&self) -> bool {
        self.layers.iter().any(|layer| layer.kind.synchronizes())
    }

    /// Adds an input.
    pub fn input(&mut self, name: impl Into<String>, ty: TensorType) -> TensorId {
        let name = name.into();
        let tensor = self.tensor(Tensor { ty, source: Source::Input(self.inputs.len()), label: name.clone(), mask: None });
        self.inputs.push(Port { name, tensor });
        tensor
    }

    /// Adds an output.
    pub fn output(&mut self, name: impl Into<String>, tensor: TensorId) {
        self.outputs.push(Port { name: name.into(), tensor });
    }

    /// The inputs without the masks behind them.
    #[must_use]
    pub fn own_inputs(&self) -> &[Port] {
        self.inputs.get(..self.inputs.len().saturating_sub(self.masked_inputs.len())).unwrap_or_default()
    }

    /// The outputs without the masks behind them.
    #[must_use]
    pub fn own_outputs(&self) -> &[Port] {
        self.outputs.get(..self.outputs.len().saturating_sub(self.masked.len())).unwrap_or_default()
    }

    /// Adds a layer, which waits to be called.
    pub fn layer(&mut self, kind: impl Into<Kind>, name: Option<String>) -> LayerId {
        let id = LayerId(self.layers.len());
        self.layers.push(LayerNode {
            name,
            kind: kind.into(),
            time_distributed: None,
            inside: Vec::new(),
            trainable: true,
            built: None,
            weights: Vec::new(),
            given: Vec::new(),
        });
        id
    }

    fn tensor(&mut self, tensor: Tensor) -> TensorId {
        let id = TensorId(self.tensors.len());
        self.tensors.push(tensor);
        id
    }

    /// The type of a tensor.
    #[must_use]
    pub fn ty(&self, tensor: TensorId) -> &TensorType {
        &self.tensors[tensor.0].ty
    }

    /// Calls a layer: checks the inputs, infers the outputs' types, and builds the layer if this is its first call.
    ///
    /// # Errors
    /// If the inputs do not fit the layer. The graph is then as it was.
    pub fn call(&mut self, layer: LayerId, inputs: &[TensorId]) -> Result<Vec<TensorId>, CallError> {
        self.call_assuming(layer, inputs, Manner::default(), Equation::open).map(|(outputs, _)| outputs)
    }

    /// Calls a layer as [`call`](Self::call) does, also with tensors in its slots, and tells what the inputs fit for only if equations hold
    /// that are open.
    ///
    /// # Errors
    /// If the inputs do not fit the layer. The graph is then as it was.
    pub fn call_assuming(
        &mut self,
        layer: LayerId,
        inputs: &[TensorId],
        manner: Manner,
        open: Open,
    ) -> Result<(Vec<TensorId>, Vec<Assumption>), CallError> {
        self.call_masked(layer, (inputs, &[]), manner, open)
    }

    /// Calls a layer as [`call_assuming`](Self::call_assuming) does, with masks that are given for what it is called with, by position, whatever
    /// masks the tensors have themselves: `encoder(x, mask = m)`.
    ///
    /// # Errors
    /// If the inputs do not fit the layer, or a mask does not fit its tensor. The graph is then as it was.
    pub fn call_masked(
        &mut self,
        layer: LayerId,
        (inputs, masks): (&[TensorId], &[Option<TensorId>]),
        manner: Manner,
        open: Open,
    ) -> Result<(Vec<TensorId>, Vec<Assumption>), CallError> {
        self.check_masks(layer, (inputs, masks), manner)?;
        let is_model = matches!(self.layers.get(layer.0), Some(LayerNode { kind: Kind::Model(_), .. }));
        // A model is told so by position; any other layer looks at the tensors.
        let own = self.lend_masks(inputs, if is_model { &[] } else { masks });
        let called = self.call_with_masks(layer, (inputs, masks), manner, open);
        self.take_masks(own);
        called
    }

    fn call_with_masks(
        &mut self,
        layer: LayerId,
        (inputs, masks): (&[TensorId], &[Option<TensorId>]),
        manner: Manner,
        open: Open,
    ) -> Result<(Vec<TensorId>, Vec<Assumption>), CallError> {
        let (inputs, manner) = self.with_masks(layer, (inputs, masks), manner)?;
        let inputs = inputs.as_slice();
        let mut types: Vec<TensorType> = inputs.iter().map(|&input| self.ty(input).clone()).collect();
        let mut assumptions = Vec::new();
        let Inferred { outputs, weights, named } = loop {
            let problem = match self.infer(layer, &types, manner) {
                Ok(inferred) => break inferred,
                Err(problem) => problem,
            };
            let equations = problem.settle(&mut types, open);
            let error = self.call_error(layer, inputs, manner, problem);
            let Some(equations) = equations.filter(|_| assumptions.len() <= inputs.len()) else { return Err(error) };
            assumptions.push(Assumption { equations, error });
        };
        self.check_numbers(layer, inputs).map_err(|problem| self.call_error(layer, inputs, manner, problem))?;
        let node = NodeId(self.nodes.len());
        let called = &self.layers[layer.0];
        let name = if manner.is_for_each_step() { &called.time_distributed } else { &called.name };
        let label = name.clone().unwrap_or_else(|| called.kind.source_in(manner));
        let tensors = outputs.into_iter().enumerate();
        let outputs = tensors
            .map(|(i, ty)| self.tensor(Tensor { ty, source: Source::Node(node, i), label: label.clone(), mask: None }))
            .collect();
        let is_built = self.layers[layer.0].built.is_some();
        let last = || self.nodes.iter().rev().find(|other| other.layer == layer);
        let call = if is_built { last().map_or(0, |last| last.call.saturating_add(1)) } else { 0 };
        self.nodes.push(Node { layer, call, inputs: inputs.to_vec(), manner, outputs, named });
        if call == 0 {
            self.layers[layer.0].weights = weights;
            self.layers[layer.0].built = Some(if manner.is_for_each_step() { one_step(&types) } else { types });
        }
        self.hand_on_masks(node);
        Ok((self.nodes[node.0].outputs.clone(), assumptions))
    }

    fn infer(&self, layer: LayerId, types: &[TensorType], manner: Manner) -> Result<Inferred, Problem> {
        if manner.is_for_each_step() {
            return self.infer_for_each_step(layer, types, manner);
        }
        let layer = &self.layers[layer.0];
        let any = match &layer.kind {
            Kind::Layer(any) => any,
            Kind::Model(graph) => return graph.infer_call(types),
            Kind::Block(graph) => {
                graph.check_inputs(types, |port, found| graph.ty(port.tensor) == found)?;
                let outputs = graph.outputs.iter().map(|port| graph.ty(port.tensor).clone()).collect();
                return Ok(Inferred { outputs, ..Inferred::default() });
            }
        };
        let (outputs, weights) = any.build(types, manner)?;
        if !outputs.iter().all(|output| is_countable(&output.shape)) || !weights.iter().all(|weight| is_countable(&weight.shape))
        {
            return Err(Problem::Overflow);
        }
        match &layer.built {
            Some(first) if layer.weights != weights => Err(Problem::Rebuilt { first: first[0].clone(), now: types[0].clone() }),
            Some(_) | None => Ok(Inferred { outputs, weights, named: Vec::new() }),
        }
    }

    /// What a call of a layer for each step of a sequence gives.
    fn infer_for_each_step(&self, layer: LayerId, types: &[TensorType], manner: Manner) -> Result<Inferred, Problem> {
        let kind = &self.layers[layer.0].kind;
        // A model's input may have a mask behind it.
        let masks = if let Kind::Model(model) = kind { model.masked_inputs.len() } else { 0 };
        let (sequence, masks) = match types.split_first() {
            Some((sequence, behind)) if behind.len() == masks => (sequence, behind),
            _ => return Err(Problem::Arity { expected: Arity::One, found: types.len().saturating_sub(masks) }),
        };
        check_each_step(kind, manner)?;
        let (count, step) = if let Kind::Model(_) = kind { steps::split(sequence) } else { steps::split_features(sequence) }?;
        let parts: Vec<TensorType> = std::iter::once(step.clone()).chain(one_step(masks)).collect();
        let inferred = self.infer(layer, &parts, manner.of_one_step());
        let mut inferred = inferred.map_err(|problem| steps::within(kind.source(), kind.called(), step, problem))?;
        for output in &mut inferred.outputs {
            *output = steps::joined(count.clone(), output);
            if !is_countable(&output.shape) {
                return Err(Problem::Overflow);
            }
        }
        Ok(inferred)
    }

    /// How many steps a call is for, if it is for each of a sequence.
    #[must_use]
    pub fn steps(&self, node: &Node) -> Option<&Dim> {
        node.inputs.first().filter(|_| node.manner.is_for_each_step()).and_then(|&input| self.ty(input).shape.0.first())
    }

    /// What a call of this graph as a model gives: its names of dimensions get sizes by the inputs.
    fn infer_call(&self, types: &[TensorType]) -> Result<Inferred, Problem> {
        self.check_inputs(types, |port, found| self.ty(port.tensor).dtype == found.dtype)?;
        let shapes: Vec<Shape> = types.iter().map(|ty| ty.shape.clone()).collect();
        let named = self.bind(&shapes).map_err(|misfit| self.misfit(types, misfit))?;
        if named.is_empty() {
            let outputs = self.outputs.iter().map(|port| self.ty(port.tensor).clone()).collect();
            return Ok(Inferred { outputs, ..Inferred::default() });
        }
        self.check_meanings(&named).map_err(|unworkable| Problem::Unworkable(Box::new(unworkable)))?;
        let outputs = self.outputs.iter().map(|port| self.ty(port.tensor).substitute(&named).ok_or(Problem::Overflow));
        Ok(Inferred { outputs: outputs.collect::<Result<_, _>>()?, weights: Vec::new(), named })
    }

    fn misfit(&self, types: &[TensorType], misfit: Misfit) -> Problem {
        match misfit {
            Misfit::Shape { operand } => self.input_type(operand, &types[operand]),
            Misfit::Clash(clash) => Problem::Named(clash),
        }
    }

    fn input_type(&self, operand: usize, found: &TensorType) -> Problem {
        let port = &self.inputs[operand];
        let (input, expected, found) = (port.name.clone(), self.ty(port.tensor).clone(), found.clone());
        Problem::InputType { operand, input, expected, found }
    }

    /// Checks what this graph is called with as a layer.
    fn check_inputs(&self, types: &[TensorType], fits: impl Fn(&Port, &TensorType) -> bool) -> Result<(), Problem> {
        if types.len() != self.inputs.len() {
            let expected = self.own_inputs().iter().map(|port| port.name.clone()).collect();
            return Err(Problem::Inputs { expected, found: types.len() });
        }
        let misfit = self.inputs.iter().zip(types).position(|(port, found)| !fits(port, found));
        misfit.map_or(Ok(()), |operand| Err(self.input_type(operand, &types[operand])))
    }

    /// The number of elements of all weights, and of those that training changes; what is not called has none.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        let called = self.layers.iter().filter(|layer| layer.built.is_some());
        called.map(LayerNode::parameters).fold(Parameters::default(), |sum, layer| Parameters {
            total: sum.total.saturating_add(&layer.total),
            trainable: sum.trainable.saturating_add(&layer.trainable),
        })
    }

    /// The number of layer calls, with those of blocks and models for each of their calls.
    #[must_use]
    pub fn calls(&self) -> usize {
        let calls = |node: &Node| self.layers[node.layer.0].kind.calls();
        self.nodes.iter().map(calls).fold(0, usize::saturating_add)
    }

    /// The declarations of the user's own layers, those in models and blocks included, each once.
    #[must_use]
    pub fn custom_layers(&self) -> Vec<Arc<Signature>> {
        let mut found: Vec<Arc<Signature>> = Vec::new();
        for layer in &self.layers {
            let more = match &layer.kind {
                Kind::Layer(any) => any.own().into_iter().map(|own| own.signature.clone()).collect(),
                Kind::Model(inner) | Kind::Block(inner) => inner.custom_layers(),
            };
            found.extend(more);
        }
        let mut seen = std::collections::HashSet::new();
        found.retain(|signature| seen.insert(signature.registered_name()));
        found
    }

    /// The functions of the user's own that are penalties on what layers give, those in models and blocks included.
    #[must_use]
    pub fn activity_functions(&self) -> Vec<OwnFunction> {
        let of_layer = |layer: &LayerNode| match &layer.kind {
            Kind::Layer(any) => any.activity_functions(),
            Kind::Model(inner) | Kind::Block(inner) => inner.activity_functions(),
        };
        self.layers.iter().flat_map(of_layer).collect()
    }

    /// Whether code of the user's own runs in its passes: layers, or penalties on what layers give.
    #[must_use]
    pub fn runs_own_code(&self) -> bool {
        !self.custom_layers().is_empty() || !self.activity_functions().is_empty()
    }

    /// The declarations of the user's own layers, as a reader of configurations looks them up.
    #[must_use]
    pub fn registry(&self) -> Registry {
        let mut registry = Registry::default();
        self.custom_layers().into_iter().for_each(|signature| registry.insert(signature));
        registry
    }

    /// Which tensors are needed for the outputs.
    #[must_use]
    pub fn live(&self) -> Vec<bool> {
        let mut live = vec![false; self.tensors.len()];
        for port in &self.outputs {
            live[port.tensor.0] = true;
        }
        for node in self.nodes.iter().rev() {
            if node.outputs.iter().any(|output| live[output.0]) {
                node.inputs.iter().for_each(|input| live[input.0] = true);
            }
        }
        live
    }
}

/// Checks that a layer can be called for each step of a sequence by itself.
fn check_each_step(kind: &Kind, manner: Manner) -> Result<(), Problem> {
    let (inputs, outputs) = match kind {
        Kind::Layer(any) => {
            let outputs = any.signature().map_or(1, |signature| signature.rule.outputs.len());
            (usize::from(any.arity() == Arity::One), outputs)
        }
        Kind::Model(graph) | Kind::Block(graph) => (graph.own_inputs().len(), graph.own_outputs().len()),
    };
    let wrong = |expected, help| Err(Problem::Wrapped { argument: "layer", expected, found: kind.source(), help });
    match (inputs, outputs) {
        (1, 1) if kind.keeps_states() => wrong(
            "a model whose layers keep no states",
            "leave `stateful` out: the steps are samples of one batch, none of which comes before another",
        ),
        (1, 1) if !manner.infers() && !kind.mixes_in_order() => wrong(
            "a model in which a layer with statistics of the batch is called once, and for each step of no other sequence",
            "give each call a `BatchNormalization` of its own, or call the model with `training = false`",
        ),
        (1, 1) => Ok(()),
        (1, _) => wrong("a layer of one output", "join its outputs inside, with `Concatenate()`"),
        _ => wrong("a layer of one input", "merge the tensors before, and wrap what comes behind"),
    }
}

/// What is handed on of each step of a sequence.
fn one_step(types: &[TensorType]) -> Vec<TensorType> {
    types.iter().filter_map(|ty| steps::split(ty).ok()).map(|(_, step)| step).collect()
}

/// Numbers of weights' elements.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Parameters {
    /// All of them.
    pub total: Dim,
    /// Those that training changes.
    pub trainable: Dim,
}

impl LayerNode {
    /// Whether training changes a weight of it, those inside included.
    #[must_use]
    pub fn has_weights_to_train(&self) -> bool {
        let own = || match &self.kind {
            Kind::Layer(_) => self.weights.iter().any(|weight| weight.trainable),
            Kind::Model(graph) | Kind::Block(graph) => graph.layers.iter().any(Self::has_weights_to_train),
        };
        self.trainable && own()
    }

    /// The number of elements of its weights, those inside included.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        let own = match &self.kind {
            Kind::Layer(_) => {
                let count = |weights: &mut dyn Iterator<Item = &WeightSpec>| {
                    weights.fold(Dim::default(), |sum, weight| sum.saturating_add(&weight.shape.count()))
                };
                let trainable = count(&mut self.weights.iter().filter(|weight| weight.trainable));
                Parameters { total: count(&mut self.weights.iter()), trainable }
            }
            Kind::Model(graph) | Kind::Block(graph) => graph.parameters(),
        };
        Parameters { trainable: if self.trainable { own.trainable } else { Dim::default() }, ..own }
    }
}

impl<L: Into<AnyLayer>> From<L> for Kind {
    fn from(layer: L) -> Self {
        Self::Layer(layer.into())
    }
}
