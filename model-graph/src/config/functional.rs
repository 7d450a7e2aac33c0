//! A functional model: layers in any order, and their calls.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::error::{ConfigError, ConfigProblem};
use super::fields::list;
use super::integers::{self, Fault};
use super::layer::{self, Made};
use super::output_names;
use super::read::{Model, Reading};
use super::reference::{self, Operands, Ports, Reference};
use super::schedule::{self, Call};
use crate::constants::{Assumption, Equation};
use crate::dim::Dim;
use crate::flat::DuplicateName;
use crate::graph::{Graph, Kind, LayerId, LayerNode, TensorId};
use crate::layer::Manner;
use crate::named::Meanings;
use crate::shape::{DType, Shape, TensorType};

/// A layer of the document.
struct Entry<'v> {
    name: &'v str,
    made: Made,
    /// Whether it has no names for axes of any size.
    is_unnamed: bool,
    calls: Vec<Operands<'v>>,
    id: Option<LayerId>,
    /// The outputs of each call in Keras's order; none of one that has not been made.
    outputs: Vec<Vec<TensorId>>,
}

/// The layers of the document, by position and by name.
struct Entries<'v> {
    list: Vec<Entry<'v>>,
    positions: HashMap<&'v str, usize>,
    /// Whether one of them is called for each step of a sequence.
    has_steps: bool,
    reading: Reading<'v>,
}

/// What a document leaves open, and its calls tell.
#[derive(Clone, Default)]
struct Told {
    /// Names of dimensions, and what each is.
    same: Meanings,
    /// The places of the inputs that are of whole numbers, whatever their type says.
    integers: BTreeSet<usize>,
}

/// Reads the configuration of a functional model.
///
/// Where axes are of any size, Keras has no names for them: those that must agree for a call to fit are one. At run time they are held to
/// that, as all names are. Where numbers are looked up, the inputs that they come from are of integers.
pub(super) fn read(config: &Value, name: &str, reading: Reading<'_>) -> Result<Model, ConfigError> {
    let mut entries = Entries::read(config, reading)?;
    let (inputs, outputs) = (Ports::read(config, "input_layers")?, Ports::read(config, "output_layers")?);
    let mut told = Told::default();
    // What was wrong before inputs were taken for others than they say: where that does not help, it is what is wrong.
    let mut first: Option<ConfigError> = None;
    loop {
        match entries.graph(name, &inputs, &outputs, &told) {
            Ok((mut graph, more)) if more.len() == told.same.len() => {
                give_out_masks(&mut graph)?;
                return Ok(Model { graph, outputs: outputs.positions() });
            }
            Ok((_, more)) => told.same = more,
            Err(Fault { error, integers }) => {
                let before = told.integers.len();
                told.integers.extend(integers);
                if told.integers.len() == before {
                    return Err(first.unwrap_or(error));
                }
                first.get_or_insert(error);
            }
        }
    }
}

/// Gives a graph that has been read the masks of its outputs, which no document has. Where layers have been added for masks, the graph is then
/// as one is that was made layer by layer.
pub(super) fn give_out_masks(graph: &mut Graph) -> Result<(), ConfigError> {
    graph.give_out_masks().map_err(|(_, error)| ConfigProblem::Call(Box::new(error)))?;
    let is_added = |layer: &LayerNode| match &layer.kind {
        Kind::Model(model) => !model.masked_inputs.is_empty(),
        Kind::Layer(_) | Kind::Block(_) => layer.name.is_none(),
    };
    if graph.layers.iter().any(is_added) {
        graph.name_all();
        *graph = std::mem::take(graph).pruned().flat().map_err(|DuplicateName(name)| ConfigProblem::Duplicate(name))?;
    }
    Ok(())
}

/// Refuses two layers, or a layer and an input, of one name.
pub(super) fn check_names(graph: &Graph) -> Result<(), ConfigError> {
    let mut seen = HashSet::new();
    let layers = graph.layers.iter().filter_map(|layer| layer.name.as_deref());
    let mut names = graph.inputs.iter().map(|port| port.name.as_str()).chain(layers);
    names.find(|name| !seen.insert(*name)).map_or(Ok(()), |name| Err(ConfigProblem::Duplicate(name.to_owned()).into()))
}

impl<'v> Entry<'v> {
    fn read(layer: &'v Value, name: &'v str, reading: Reading<'_>) -> Result<Self, ConfigError> {
        let made = layer::read(layer, reading)?;
        let calls = list(layer, "inbound_nodes", "a list of calls")?.iter().map(|call| Operands::read(call, is_operation(&made)));
        let calls: Vec<_> = calls.collect::<Result<_, _>>()?;
        match (&made, calls.is_empty()) {
            (Made::Layer(_), true) => Err(ConfigProblem::NeverCalled.into()),
            _ => {
                let is_unnamed = layer.get("dimensions").is_none();
                Ok(Self { name, made, is_unnamed, calls, id: None, outputs: Vec::new() })
            }
        }
    }

    /// The layer's own name, which is not the entry's where it is called for each step.
    fn own_name(&self) -> &str {
        match &self.made {
            Made::Layer(callable) => callable.of_each_step.as_deref().unwrap_or(self.name),
            Made::Input(_) => self.name,
        }
    }

    /// What Keras counts the calls from, where it lists a model's inputs and outputs.
    fn first_call(&self) -> usize {
        usize::from(matches!(&self.made, Made::Layer(callable) if callable.counts_from_one))
    }
}

impl<'v> Entries<'v> {
    fn read(config: &'v Value, reading: Reading<'v>) -> Result<Self, ConfigError> {
        let mut entries = Self { list: Vec::new(), positions: HashMap::new(), has_steps: false, reading };
        for layer in layer::layers(config)? {
            let name = layer::name(layer)?;
            if entries.positions.insert(name, entries.list.len()).is_some() {
                return Err(ConfigProblem::Duplicate(name.to_owned()).into());
            }
            entries.list.push(Entry::read(layer, name, reading).map_err(|error| error.within(name))?);
        }
        let is_for_each_step =
            |entry: &Entry<'_>| matches!(&entry.made, Made::Layer(callable) if callable.of_each_step.is_some());
        entries.has_steps = entries.list.iter().any(is_for_each_step);
        Ok(entries)
    }

    /// Makes the graph as calls have told, and tells of more names that are the same.
    fn graph(&mut self, name: &str, inputs: &Ports<'v>, outputs: &Ports<'v>, told: &Told) -> Result<(Graph, Meanings), Fault> {
        for entry in &mut self.list {
            (entry.id, entry.outputs) = (None, Vec::new());
        }
        let (mut graph, mut same) = (Graph::new(name), told.same.clone());
        self.add_inputs(&mut graph, inputs, told)?;
        for (position, call) in self.order(outputs)? {
            self.call(&mut graph, position, call, &mut same).map_err(|fault| fault.within(self.name(position)))?;
        }
        self.add_outputs(&mut graph, outputs)?;
        check_names(&graph)?;
        Ok((graph, same))
    }

    fn name(&self, position: usize) -> &'v str {
        self.list.get(position).map_or("", |entry| entry.name)
    }

    fn missing(&self, reference: &Reference<'_>) -> ConfigError {
        let Reference { layer, call, output } = *reference;
        let known = self.list.iter().map(|entry| entry.name.to_owned()).collect();
        ConfigProblem::Tensor { layer: layer.to_owned(), call, output, known }.into()
    }

    fn tensor(&self, reference: &Reference<'_>) -> Result<TensorId, ConfigError> {
        let entry = self.positions.get(reference.layer).and_then(|&position| self.list.get(position));
        let outputs = entry.and_then(|entry| entry.outputs.get(reference.call));
        outputs.and_then(|outputs| outputs.get(reference.output)).copied().ok_or_else(|| self.missing(reference))
    }

    fn add_inputs(&mut self, graph: &mut Graph, ports: &Ports<'v>, told: &Told) -> Result<(), ConfigError> {
        for (place, (name, reference)) in ports.tensors.iter().enumerate() {
            let entry = self.positions.get(reference.layer).and_then(|&position| self.list.get_mut(position));
            match entry {
                Some(Entry { made: Made::Input(ty), outputs, name: layer, .. })
                    if reference.call == 0 && reference.output == 0 =>
                {
                    if !outputs.is_empty() {
                        return Err(ConfigProblem::Duplicate((*layer).to_owned()).into());
                    }
                    let shape = Shape(ty.shape.0.iter().map(|dim| renamed(dim, &told.same)).collect());
                    let dtype = if told.integers.contains(&place) { DType::I32 } else { ty.dtype };
                    outputs.push(vec![graph.input(name.unwrap_or(layer), TensorType { dtype, shape })]);
                }
                _ => return Err(self.missing(reference)),
            }
        }
        Ok(())
    }

    fn add_outputs(&self, graph: &mut Graph, ports: &Ports<'v>) -> Result<(), ConfigError> {
        let unnamed = output_names(ports.tensors.iter().map(|(_, reference)| reference.layer));
        for ((name, reference), unnamed) in ports.tensors.iter().zip(&unnamed) {
            let tensor = self.tensor(&self.counted(reference)?).map_err(|_| self.missing(reference))?;
            graph.output(name.unwrap_or(unnamed), tensor);
        }
        Ok(())
    }

    /// What an output refers to, its call counted from 0.
    fn counted(&self, reference: &Reference<'v>) -> Result<Reference<'v>, ConfigError> {
        let first = self.positions.get(reference.layer).and_then(|&p| self.list.get(p)).map_or(0, Entry::first_call);
        let call = reference.call.checked_sub(first).ok_or_else(|| self.missing(reference))?;
        Ok(Reference { call, ..*reference })
    }

    /// The order of the calls: the document's own, or that of a document of Keras's.
    fn order(&self, outputs: &Ports<'v>) -> Result<Vec<Call>, ConfigError> {
        let calls = || self.list.iter().enumerate().flat_map(|(i, entry)| (0..entry.calls.len()).map(move |call| (i, call)));
        let mut given = Vec::new();
        for (position, call) in calls() {
            let order = self.list.get(position).and_then(|entry| entry.calls.get(call)).and_then(|call| call.order);
            given.extend(order.map(|order| (order, (position, call))));
        }
        if given.is_empty() {
            return self.scheduled(outputs);
        }
        let ordered: HashSet<Call> = given.iter().map(|(_, call)| *call).collect();
        if let Some((position, _)) = calls().find(|call| !ordered.contains(call)) {
            let expected = "a whole number, which other calls have";
            return Err(ConfigError::from(ConfigProblem::Missing { key: "call_order", expected }).within(self.name(position)));
        }
        given.sort_unstable();
        Ok(given.into_iter().map(|(_, call)| call).collect())
    }

    fn scheduled(&self, outputs: &Ports<'v>) -> Result<Vec<Call>, ConfigError> {
        let inputs = |operands: &Operands<'v>| {
            let calls = operands.references().into_iter().map(|reference| self.input_call(reference));
            calls.filter_map(Result::transpose).collect::<Result<Vec<Call>, ConfigError>>()
        };
        let calls = |entry: &Entry<'v>| {
            entry.calls.iter().map(inputs).collect::<Result<Vec<_>, _>>().map_err(|error| error.within(entry.name))
        };
        let layers: Vec<_> = self.list.iter().map(calls).collect::<Result<_, _>>()?;
        let outputs = outputs.positions().into_iter().filter_map(|position| outputs.tensors.get(position));
        let outputs = outputs
            .map(|(_, reference)| self.input_call(&self.counted(reference)?).map_err(|_| self.missing(reference)))
            .collect::<Result<Vec<_>, _>>()?;
        schedule::order(&layers, &outputs.into_iter().flatten().collect::<Vec<_>>())
            .map_err(|(stuck, _)| ConfigError::from(ConfigProblem::Circle).within(self.name(stuck)))
    }

    /// The call that makes a tensor, or none where it is an input.
    fn input_call(&self, reference: &Reference<'v>) -> Result<Option<Call>, ConfigError> {
        let position = self.positions.get(reference.layer).copied().ok_or_else(|| self.missing(reference))?;
        match self.list.get(position) {
            Some(Entry { made: Made::Layer(_), calls, .. }) if reference.call < calls.len() => {
                Ok(Some((position, reference.call)))
            }
            Some(Entry { made: Made::Input(_), .. }) => self.tensor(reference).map(|_| None),
            _ => Err(self.missing(reference)),
        }
    }

    /// Takes two names for one, if one of them is an axis's that has none of its own; what holds of constants is said elsewhere.
    fn unite(&self, equation: &Equation, same: &mut Meanings) -> bool {
        let [left, right] = [&equation.left, &equation.right].map(|dim| renamed(dim, same));
        if left == right || Equation::open(&left, &right).is_some() {
            return true;
        }
        let is_made_up = |dim: &Dim| {
            let of_input = |entry: &Entry<'_>, name| matches!(entry.made, Made::Input(_)) && layer::is_made_up(name, entry.name);
            dim.name().is_some_and(|name| self.list.iter().any(|entry| entry.is_unnamed && of_input(entry, name)))
        };
        let made_up = [(&left, &right), (&right, &left)].into_iter().find(|(other, _)| is_made_up(other));
        let pair = made_up.and_then(|(other, one)| Some((other.name()?.to_owned(), one.clone())));
        let is_found = pair.is_some();
        same.extend(pair);
        is_found
    }

    /// The layer of another entry which an entry is, too: what is called for each step may be called by itself as well. Keras's document has
    /// it twice, under one name of its own.
    fn same(&self, entry: &Entry<'v>) -> Option<LayerId> {
        if !self.has_steps {
            return None;
        }
        self.list.iter().filter(|other| is_same(entry, other)).find_map(|other| other.id)
    }

    fn call(&mut self, graph: &mut Graph, position: usize, call: usize, same: &mut Meanings) -> Result<(), Fault> {
        let Some(entry) = self.list.get(position) else { return Ok(()) };
        let (Made::Layer(callable), Some(operands)) = (&entry.made, entry.calls.get(call)) else { return Ok(()) };
        self.reading.count(&callable.kind)?;
        let id = entry.id.or_else(|| self.same(entry)).unwrap_or_else(|| {
            let is_taken = |name: &str| self.list.iter().any(|other| other.name == name && !is_same(entry, other));
            callable.add(graph, entry.name, is_taken)
        });
        if let (Some(_), Some(node)) = (&callable.of_each_step, graph.layers.get_mut(id.0)) {
            node.time_distributed.get_or_insert_with(|| entry.name.to_owned());
        }
        let inputs: Vec<_> = operands
            .tensors
            .iter()
            .map(|(name, reference)| self.tensor(reference).map(|tensor| (*name, tensor)))
            .collect::<Result<_, ConfigError>>()?;
        let names: Vec<Option<&str>> = inputs.iter().map(|(name, _)| *name).collect();
        let mut inputs = arrange(&callable.kind, inputs)?;
        let mut masked = Vec::new();
        let mut by_name = Vec::new();
        let mut given: Vec<(usize, Vec<TensorId>)> = Vec::new();
        for (name, references) in &operands.slots {
            for (item, reference) in references.iter().enumerate() {
                let Some(reference) = reference else { continue };
                let tensor = self.tensor(reference)?;
                if let (Kind::Model(model), "mask") = (&callable.kind, *name) {
                    masked.extend(position_of(model, &names, item).map(|position| (position, tensor)));
                    continue;
                }
                match place(&callable.kind, name, item).ok_or_else(|| reference::option(name, &Value::from(reference.layer)))? {
                    Place::Position(position) => by_name.push((position, tensor)),
                    Place::Slot(slot) => match given.iter_mut().find(|(other, _)| *other == slot) {
                        Some((_, tensors)) => tensors.push(tensor),
                        None => given.push((slot, vec![tensor])),
                    },
                }
            }
        }
        by_name.sort_unstable();
        inputs.extend(by_name.into_iter().map(|(_, tensor)| tensor));
        behind(&callable.kind, &mut inputs, &mut given);
        if let Kind::Layer(layer) = &callable.kind {
            given.retain(|(slot, tensors)| !graph.is_within_steps(layer, &inputs, (*slot, tensors)));
        }
        let (inputs, manner) = Manner::arranged(inputs, given);
        let manner = flagged(&callable.kind, manner, &operands.flags)?;
        let manner = if operands.infers { manner.inferring() } else { manner };
        let manner = if callable.of_each_step.is_some() { manner.for_each_step() } else { manner };
        if let Kind::Layer(layer) = &callable.kind {
            graph.learn_masks(layer, &inputs, manner);
        }
        // Masks that follow are in the document, too.
        let masks: Vec<Option<TensorId>> = inputs
            .iter()
            .enumerate()
            .map(|(position, &input)| {
                let mask = masked.iter().find(|(masked, _)| *masked == position).map(|&(_, mask)| mask);
                mask.filter(|&mask| !graph.learn_mask(input, mask))
            })
            .collect();
        let called = graph.call_masked(id, (&inputs, &masks), manner, Equation::of_constants_or_names);
        let (made, assumptions) = called.map_err(|error| {
            let integers = integers::wanted(graph, &inputs, &error);
            Fault { error: ConfigProblem::Call(Box::new(error)).into(), integers }
        })?;
        for Assumption { equations, error } in assumptions {
            if !equations.iter().all(|equation| self.unite(equation, same)) {
                return Err(ConfigError::from(ConfigProblem::Call(Box::new(error))).into());
            }
        }
        let outputs = match &callable.kind {
            Kind::Model(_) => callable.outputs.iter().filter_map(|&output| made.get(output).copied()).collect(),
            Kind::Layer(_) | Kind::Block(_) => made,
        };
        if let Some(entry) = self.list.get_mut(position) {
            entry.id = Some(id);
            entry.outputs.resize_with(entry.calls.len(), Vec::new);
            if let Some(of_call) = entry.outputs.get_mut(call) {
                *of_call = outputs;
            }
        }
        Ok(())
    }
}

/// A size with names in the place of those that are the same.
fn renamed(dim: &Dim, same: &Meanings) -> Dim {
    same.iter().fold(dim.clone(), |dim, (name, other)| {
        let meaning = |own: &str| Some(if own == name { other.clone() } else { Dim::named(own) });
        dim.substitute(&meaning).unwrap_or(dim)
    })
}

/// Whether two entries are of one layer, which at least one of them calls for each step.
fn is_same(one: &Entry<'_>, other: &Entry<'_>) -> bool {
    let (Made::Layer(a), Made::Layer(b)) = (&one.made, &other.made) else { return false };
    let is_each_step = a.of_each_step.is_some() || b.of_each_step.is_some();
    is_each_step && one.own_name() == other.own_name() && a.kind == b.kind
}

fn is_operation(made: &Made) -> bool {
    let Made::Layer(callable) = made else { return false };
    matches!(&callable.kind, Kind::Layer(layer) if layer.operation().is_some())
}

/// Where a tensor goes that a call gives by name.
enum Place {
    /// By position.
    Position(usize),
    /// Into a slot.
    Slot(usize),
}

/// The input whose mask an item of a model's masks is: they stand as what the model is called with.
fn position_of(model: &Graph, names: &[Option<&str>], item: usize) -> Option<usize> {
    match names.get(item)? {
        Some(name) => model.own_inputs().iter().position(|port| port.name == *name),
        None => Some(item),
    }
}

/// Where an item of what is given under a name goes. Slots of one name are a list's items; one slot takes all of them.
fn place(kind: &Kind, name: &str, item: usize) -> Option<Place> {
    let Kind::Layer(layer) = kind else { return None };
    if let Some(position) = layer.positional().iter().position(|positional| *positional == name) {
        return (item == 0).then_some(Place::Position(position));
    }
    let mut slots = layer.slots().iter().enumerate().filter(|(_, slot)| slot.name == name).map(|(slot, _)| slot);
    let is_list = slots.clone().count() > 1;
    if is_list { slots.nth(item) } else { slots.next() }.map(Place::Slot)
}

/// Of a layer that names its tensors, those by position beyond them are its slots', in order.
fn behind(kind: &Kind, inputs: &mut Vec<TensorId>, given: &mut Vec<(usize, Vec<TensorId>)>) {
    let Kind::Layer(layer) = kind else { return };
    if !layer.positional().is_empty() && inputs.len() > layer.positional().len() {
        let more = inputs.split_off(layer.positional().len());
        given.extend(more.into_iter().enumerate().map(|(slot, tensor)| (slot, vec![tensor])));
    }
}

/// How a call is made that asks for something.
fn flagged(kind: &Kind, manner: Manner, flags: &[(&str, bool)]) -> Result<Manner, ConfigError> {
    let known = if let Kind::Layer(layer) = kind { layer.flags() } else { &[] };
    flags.iter().try_fold(manner, |manner, (name, value)| {
        let flag = known.iter().position(|flag| flag.name == *name);
        flag.map(|flag| manner.with_flag(flag, *value)).ok_or_else(|| reference::option(name, &Value::from(*value)))
    })
}

/// A call's inputs in the layer's order: those with names, which only a model can have, go where the model has that name.
fn arrange(kind: &Kind, inputs: Vec<(Option<&str>, TensorId)>) -> Result<Vec<TensorId>, ConfigError> {
    if inputs.iter().all(|(name, _)| name.is_none()) {
        return Ok(inputs.into_iter().map(|(_, tensor)| tensor).collect());
    }
    let known: Vec<&str> = match kind {
        Kind::Model(model) => model.own_inputs().iter().map(|port| port.name.as_str()).collect(),
        Kind::Layer(_) | Kind::Block(_) => Vec::new(),
    };
    if let Some(found) = inputs.iter().map(|(name, _)| name.unwrap_or_default()).find(|name| !known.contains(name)) {
        let known = known.into_iter().map(str::to_owned).collect();
        return Err(ConfigProblem::Input { found: found.to_owned(), known }.into());
    }
    let mut seen = HashSet::new();
    if let Some(twice) = inputs.iter().filter_map(|(name, _)| *name).find(|name| !seen.insert(*name)) {
        return Err(ConfigProblem::Twice(twice.to_owned()).into());
    }
    let find = |name: &&str| inputs.iter().find(|(given, _)| *given == Some(*name)).map(|(_, tensor)| *tensor);
    Ok(known.iter().filter_map(find).collect())
}
