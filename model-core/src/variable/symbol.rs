//! The functional API at run time: variables that stand for the tensors of a model to be.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::HashMap;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;

use model_graph::constants::Equation;
use model_graph::graph::{Graph, Kind, LayerId, Source, TensorId};
use model_graph::layer::{Flag, Manner, Slot};
use model_graph::layers::AnyLayer as Config;
use model_graph::shape::{DType, Shape, TensorType};

use super::fault::Fault;
use super::inputs::Inputs;
use super::var::Var;
use crate::any::AnyLayer;
use crate::custom::CustomObjects;
use crate::elements::Elements;
use crate::error::Result;
use crate::float::Float;
use crate::interpret::{self, Model};
use crate::network::Trainable;

/// A tensor of a graph that is being built.
#[derive(Clone)]
pub(super) struct Symbol<T: Float> {
    graph: Rc<Shared<T>>,
    tensor: TensorId,
}

/// A graph that tensors are of, or where it has gone.
struct Shared<T: Float>(RefCell<State<T>>);

enum State<T: Float> {
    Building(Box<Building<T>>),
    /// It was taken over by another, where its tensors have these numbers more.
    Moved(Rc<Shared<T>>, usize),
}

#[derive(Default)]
struct Building<T: Float> {
    graph: Graph,
    /// Layers that are called again, by what tells them apart.
    layers: HashMap<Token, LayerId>,
    /// The weights of layers and models that had some, in their order.
    weights: HashMap<usize, Vec<Elements<T>>>,
}

/// What tells layers from one another; a described one is kept, so that no other takes its place.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Token {
    Described(Kept),
    Built(u64),
}

/// An identity, by where it lies.
#[derive(Clone)]
pub(super) struct Kept(pub Arc<()>);

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Kept {}

impl std::hash::Hash for Kept {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

/// What is called on tensors of a graph.
pub(super) struct Callee<T: Float> {
    pub kind: Kind,
    pub name: Option<String>,
    /// Nothing where each call is one of a layer of its own.
    pub token: Option<Token>,
    pub trainable: bool,
    /// The weights that it has already.
    pub weights: Option<Vec<Elements<T>>>,
}

impl<T: Float> Callee<T> {
    /// An operation: each call is one by itself.
    pub(super) fn operation(config: Config) -> Self {
        Self { kind: Kind::Layer(config), name: None, token: None, trainable: true, weights: None }
    }

    /// A layer that waits to be built.
    pub(super) fn described(config: Config, name: Option<String>, identity: Arc<()>) -> Self {
        Self { token: Some(Token::Described(Kept(identity))), name, ..Self::operation(config) }
    }

    /// A layer with weights.
    pub(super) fn built(layer: &AnyLayer<T>) -> Self {
        let (token, trainable) = (Some(Token::Built(layer.identity().number())), layer.is_trainable());
        let weights = Some(layer.weights().iter().map(|weight| weight.data.clone()).collect());
        Self { token, trainable, weights, ..Self::operation(layer.config()) }
    }

    /// A model.
    pub(super) fn model(model: &impl Trainable<T>) -> Self {
        let (mut identity, mut weights, mut is_trainable) = (None, Vec::new(), false);
        model.visit(&mut |weight, is_trained| {
            identity.get_or_insert(weight.identity.number());
            weights.push(weight.data.clone());
            is_trainable |= is_trained;
        });
        let graph = model.graph().clone();
        let (name, token) = (Some(graph.name.clone()), identity.map(Token::Built));
        let trainable = is_trainable || weights.is_empty();
        Self { kind: Kind::Model(Arc::new(graph)), name, token, trainable, weights: Some(weights) }
    }
}

impl<T: Float> Symbol<T> {
    /// The graph as it is now, and the tensor's number there.
    fn place(&self) -> (Rc<Shared<T>>, TensorId) {
        let (mut graph, mut tensor) = (self.graph.clone(), self.tensor);
        loop {
            let next = match &*graph.0.borrow() {
                State::Building(_) => None,
                State::Moved(to, by) => Some((to.clone(), TensorId(tensor.0 + by))),
            };
            match next {
                Some((to, moved)) => (graph, tensor) = (to, moved),
                None => return (graph, tensor),
            }
        }
    }

    /// Its type.
    pub(super) fn ty(&self) -> TensorType {
        let (graph, tensor) = self.place();
        graph.building().graph.ty(tensor).clone()
    }

    /// Whether it is an input, and which.
    fn input(&self) -> Option<usize> {
        let (graph, tensor) = self.place();
        let building = graph.building();
        match building.graph.tensors[tensor.0].source {
            Source::Input(input) => Some(input),
            Source::Node(..) | Source::Code => None,
        }
    }
}

impl<T: Float> fmt::Debug for Symbol<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.ty())
    }
}

impl<T: Float> Shared<T> {
    fn building(&self) -> Ref<'_, Building<T>> {
        Ref::map(self.0.borrow(), |state| match state {
            State::Building(building) => &**building,
            State::Moved(..) => unreachable!("places are where graphs have gone"),
        })
    }

    fn building_mut(&self) -> RefMut<'_, Building<T>> {
        RefMut::map(self.0.borrow_mut(), |state| match state {
            State::Building(building) => &mut **building,
            State::Moved(..) => unreachable!("places are where graphs have gone"),
        })
    }
}

/// Makes one graph of those of all tensors, and gives their numbers in it.
fn together<T: Float>(symbols: &[&Symbol<T>]) -> Option<(Rc<Shared<T>>, Vec<TensorId>)> {
    let (first, _) = symbols.first()?.place();
    for symbol in symbols {
        let (other, _) = symbol.place();
        if Rc::ptr_eq(&other, &first) {
            continue;
        }
        // Afterwards its tensors are found through it.
        let taken = std::mem::replace(&mut *other.0.borrow_mut(), State::Moved(first.clone(), 0));
        let State::Building(taken) = taken else { continue };
        let Building { graph, layers, weights } = *taken;
        let mut building = first.building_mut();
        let before = building.graph.layers.len();
        let moved = building.graph.append(graph);
        building.layers.extend(layers.into_iter().map(|(token, layer)| (token, LayerId(layer.0 + before))));
        building.weights.extend(weights.into_iter().map(|(layer, elements)| (layer + before, elements)));
        *other.0.borrow_mut() = State::Moved(first.clone(), moved);
    }
    let tensors = symbols.iter().map(|symbol| symbol.place().1).collect();
    Some((first, tensors))
}

/// An input of a model to be.
///
/// ```
/// use model_core::interpret::Model;
/// use model_core::network::Network;
/// use model_core::variable::{Callable, Input};
/// use model_graph::layers::Dense;
///
/// let (features, depth) = (8, 3);
/// let x = Input::new([features]);
/// let mut y = x.clone();
/// for _ in 0..depth {
///     y = Dense::new(16).activation("relu").call(&y)?;
/// }
/// let y = Dense::new(1).call(&y)?;
/// let model = Model::functional("net", &x, &y, 42)?;
/// assert_eq!(model.graph().parameters().total.size(), Some(8 * 16 + 16 + 2 * (16 * 16 + 16) + 16 + 1));
/// # Ok::<(), model_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Input;

impl Input {
    /// An input of samples of this shape, the batch left out.
    #[must_use]
    #[allow(clippy::new_ret_no_self)] // it stands for a tensor
    pub fn new(shape: impl Into<Shape>) -> Var {
        Self::of(TensorType { dtype: DType::F32, shape: shape.into() })
    }

    /// An input of integers.
    #[must_use]
    pub fn integers(shape: impl Into<Shape>) -> Var {
        Self::of(TensorType { dtype: DType::I32, shape: shape.into() })
    }

    /// An input of this type, of which sizes may be known by name.
    #[must_use]
    pub fn of<T: Float>(ty: TensorType) -> Var<T> {
        let mut graph = Graph::new("functional");
        let tensor = graph.input("input", ty);
        let building = Building { graph, layers: HashMap::new(), weights: HashMap::new() };
        Var::symbol(Symbol { graph: Rc::new(Shared(RefCell::new(State::Building(Box::new(building))))), tensor })
    }
}

/// Calls something on tensors of a graph.
pub(super) fn call<T: Float>(
    inputs: Inputs<T>,
    (slots, flags): (&[Slot], &[Flag]),
    callee: impl FnOnce() -> Result<Callee<T>>,
    describe: &dyn Fn() -> String,
    place: &'static Location<'static>,
) -> Result<Vec<Var<T>>> {
    let (tensors, manner) = inputs.placed(slots, flags, describe, place)?;
    let symbols = tensors.iter().map(Var::as_symbol).collect::<Option<Vec<_>>>();
    let symbols = symbols.ok_or_else(|| Fault::Mixed { call: describe() }.at(place))?;
    make_call((&symbols, &[]), manner, callee()?, place)
}

/// Calls a model on tensors of a graph, with masks for all of them, or for none.
pub(super) fn call_model<T: Float>(
    inputs: Inputs<T>,
    masks: &[Var<T>],
    callee: Callee<T>,
    describe: &dyn Fn() -> String,
    place: &'static Location<'static>,
) -> Result<Vec<Var<T>>> {
    let (tensors, manner) = inputs.placed(&[], &[], describe, place)?;
    let symbols = tensors.iter().chain(masks).map(Var::as_symbol).collect::<Option<Vec<_>>>();
    let symbols = symbols.ok_or_else(|| Fault::Mixed { call: describe() }.at(place))?;
    make_call(symbols.split_at(tensors.len()), manner, callee, place)
}

fn make_call<T: Float>(
    (symbols, masks): (&[&Symbol<T>], &[&Symbol<T>]),
    manner: Manner,
    callee: Callee<T>,
    place: &'static Location<'static>,
) -> Result<Vec<Var<T>>> {
    let Some((shared, tensors)) = together(&[symbols, masks].concat()) else { return Ok(Vec::new()) };
    let (tensors, masks) = tensors.split_at(symbols.len());
    let masks: Vec<Option<TensorId>> = masks.iter().copied().map(Some).collect();
    let mut building = shared.building_mut();
    let Building { graph, layers, weights } = &mut *building;
    let known = callee.token.as_ref().and_then(|token| layers.get(token)).copied();
    let layer = known.unwrap_or_else(|| {
        let layer = graph.layer(callee.kind, callee.name);
        graph.layers[layer.0].trainable = callee.trainable;
        if let Some(elements) = callee.weights {
            weights.insert(layer.0, elements);
        }
        layers.extend(callee.token.map(|token| (token, layer)));
        layer
    });
    let called = graph.call_masked(layer, (tensors, &masks), manner, Equation::open);
    let (outputs, _) = called.map_err(|error| Fault::Call(Box::new(error)).at(place))?;
    let results = graph.layers[layer.0].kind.results(&outputs).iter();
    Ok(results.map(|&tensor| Var::symbol(Symbol { graph: shared.clone(), tensor })).collect())
}

impl<T: Float> Model<T> {
    /// The model between inputs and outputs that were made by calls: `Model::functional("net", &x, &y, 42)`. New layers start as the seed says;
    /// layers and models that had weights are in it with copies of theirs.
    ///
    /// # Errors
    /// If an input is no [`Input`], an output follows from an input that is not given, or a layer has a name twice.
    #[track_caller]
    pub fn functional(
        name: impl Into<String>,
        inputs: impl Into<Inputs<T>>,
        outputs: impl Into<Inputs<T>>,
        seed: u64,
    ) -> Result<Self> {
        Self::functional_with(name, inputs, outputs, seed, &CustomObjects::new())
    }

    /// The same, with functions of the user's own that layers name for their weights.
    ///
    /// # Errors
    /// As those of [`functional`](Self::functional); also if one is not among these.
    #[track_caller]
    pub fn functional_with(
        name: impl Into<String>,
        inputs: impl Into<Inputs<T>>,
        outputs: impl Into<Inputs<T>>,
        seed: u64,
        custom_objects: &CustomObjects<T>,
    ) -> Result<Self> {
        let place = Location::caller();
        let (inputs, outputs) = (inputs.into(), outputs.into());
        let symbol = |var: &Var<T>| {
            let symbol = var.as_symbol().cloned();
            symbol.ok_or_else(|| Fault::NoSymbol.at(place))
        };
        let inputs = inputs.positional().iter().map(symbol).collect::<Result<Vec<_>>>()?;
        let outputs = outputs.positional().iter().map(symbol).collect::<Result<Vec<_>>>()?;
        let all: Vec<&Symbol<T>> = inputs.iter().chain(&outputs).collect();
        let Some((shared, tensors)) = together(&all) else { return Err(Fault::NoSymbol.at(place)) };
        let building = shared.building();
        let order = inputs.iter().map(Symbol::input).collect::<Option<Vec<_>>>();
        let order = order.ok_or_else(|| Fault::NoInput.at(place))?;
        let graph = building.between(name.into(), &order, &tensors[inputs.len()..], place)?;
        let weights = building.weights_of(&graph)?;
        let mut model = interpret::Model::with_custom_objects(named_outputs(graph)?, seed, custom_objects)?;
        weights.into_iter().for_each(|(part, elements)| model.set_weights(part, elements));
        Ok(model)
    }
}

impl<T: Float> Building<T> {
    /// The graph with these inputs and outputs alone.
    fn between(&self, name: String, order: &[usize], outputs: &[TensorId], place: &'static Location<'static>) -> Result<Graph> {
        let mut graph = Graph { name, ..self.graph.clone() };
        graph.outputs = Vec::new();
        for (i, &output) in outputs.iter().enumerate() {
            graph.output(format!("output_{i}"), output);
        }
        let live = graph.live();
        for (input, port) in graph.inputs.iter().enumerate() {
            if live[port.tensor.0] && !order.contains(&input) {
                let ty = graph.ty(port.tensor).to_string();
                return Err(Fault::MissingInput { ty }.at(place));
            }
        }
        let several = order.len() > 1;
        let ports = order.iter().enumerate().map(|(place, &input)| {
            let mut port = graph.inputs[input].clone();
            port.name = if several { format!("input_{place}") } else { port.name };
            port
        });
        graph.inputs = ports.collect();
        let numbers: Vec<TensorId> = graph.inputs.iter().map(|port| port.tensor).collect();
        for (number, tensor) in numbers.into_iter().enumerate() {
            graph.tensors[tensor.0].source = Source::Input(number);
        }
        Ok(graph)
    }

    /// The weights that layers had, by the places of the layers in the model.
    fn weights_of(&self, graph: &Graph) -> Result<Vec<(usize, Vec<Elements<T>>)>> {
        if self.weights.is_empty() {
            return Ok(Vec::new());
        }
        // Layers keep their order, so that names that no user gives tell where they come to be.
        let mut marked = graph.clone();
        for (layer, node) in marked.layers.iter_mut().enumerate() {
            node.name = Some(format!("{layer}"));
        }
        let flat = interpret::flat(marked)?;
        let places = flat.layers.iter().enumerate().filter_map(|(place, layer)| {
            let own: usize = layer.name().parse().ok()?;
            Some((place, self.weights.get(&own)?.clone()))
        });
        Ok(places.collect())
    }
}

/// The graph whose outputs are named after the layers that give them, as in Keras.
fn named_outputs(graph: Graph) -> Result<Graph> {
    let mut graph = interpret::flat(graph)?;
    let mut names: Vec<String> = Vec::new();
    for port in &graph.outputs {
        let own = match graph.tensors[port.tensor.0].source {
            Source::Input(input) => graph.inputs[input].name.clone(),
            Source::Node(node, _) => graph.layers[graph.nodes[node.0].layer.0].name().to_owned(),
            Source::Code => String::new(),
        };
        let count = names.iter().filter(|name| **name == own || name.starts_with(&format!("{own}_"))).count();
        names.push(if count == 0 { own } else { format!("{own}_{count}") });
    }
    graph.outputs.iter_mut().zip(names).for_each(|(port, name)| port.name = name);
    Ok(graph)
}
