//! A flat graph as Keras's document: word for word what Keras writes, but for keys that say nothing.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::document::{Document, object};
use super::output_names;
use super::reference::positions;
use super::schedule::{self, Call};
use crate::argument::{SIGNATURE, size_value};
use crate::dim::Dim;
use crate::graph::{Graph, Kind, LayerId, LayerNode, Node, Port, Source, TensorId};
use crate::layer::{LayerArguments as _, Slot};
use crate::layers::{AnyLayer, Declaration, OPERATIONS, TimeDistributed};
use crate::names::snake_case;
use crate::shape::{DType, Shape, TensorType};

/// Writes a flat graph as the document that Keras 3's `model_from_json` takes.
///
/// The layers stand in the order of their first calls. Outputs that are not named as their layers are written by name. Where [`super::read`]
/// would make the calls in another order than the graph's, inbound nodes have a number `call_order`, which Keras passes over. A named
/// dimension is written as null, since Keras has no names for them; the input's names stand beside it under `dimensions`, which Keras
/// passes over, too.
///
/// A size that follows from constants, whose values only the compiler knows, is written as `{"size": "2 * HIDDEN"}`, in whose place the
/// compiled program puts the number.
#[must_use]
pub fn write(graph: &Graph) -> Value {
    document(&graph.shown()).into_value()
}

/// Writes a flat graph as the text of Keras's JSON; see [`write()`].
#[must_use]
pub fn to_json(graph: &Graph) -> String {
    // A document holds nothing that JSON cannot say.
    serde_json::to_string(&document(&graph.shown())).unwrap_or_default()
}

fn document(graph: &Graph) -> Document<'_> {
    let document = model(graph, snake_case(&graph.name).into(), true);
    match graph.samples {
        None => document,
        Some(samples) => document.of_batches(samples, false),
    }
}

fn model<'g>(graph: &'g Graph, name: Cow<'g, str>, trainable: bool) -> Document<'g> {
    if graph.is_code {
        return code(graph, name, trainable);
    }
    object!({
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": object!({
            "name": name,
            "trainable": trainable,
            "layers": layers(graph),
            "input_layers": one_or_list(graph.inputs.iter().map(|port| place(&port.name, 0, 0)).collect()),
            "output_layers": outputs(graph),
        }),
        "registered_name": "Functional",
        "build_config": object!({ "input_shape": Document::Null }),
        "compile_config": object!({}),
    })
}

/// A model that plain code runs, as Keras writes one of a class of the user's own: under the class's name, with what it holds.
fn code<'g>(graph: &'g Graph, name: Cow<'g, str>, trainable: bool) -> Document<'g> {
    let ports = |ports: &'g [Port]| {
        let port = |port: &'g Port| {
            let TensorType { dtype, shape } = graph.ty(port.tensor);
            (Cow::Borrowed(port.name.as_str()), object!({ "batch_shape": batch_shape(shape), "dtype": dtype.keras_name() }))
        };
        Document::Object(ports.iter().map(port).collect())
    };
    let parts = graph.layers.iter().map(|layer| (Cow::Borrowed(layer.name()), Document::Object(alone(layer))));
    object!({
        "module": Document::Null,
        "class_name": graph.name.as_str(),
        "config": object!({
            "name": name,
            "trainable": trainable,
            "inputs": ports(&graph.inputs),
            "outputs": ports(&graph.outputs),
            "parts": Document::Object(parts.collect()),
        }),
        "registered_name": Cow::Owned(format!("Custom>{}", graph.name)),
    })
}

/// The inputs, and then the layers with their calls.
fn layers(graph: &Graph) -> Vec<Document<'_>> {
    let mut calls: HashMap<Entry, Vec<Document<'_>>> = HashMap::new();
    let is_ordered = is_in_passes(graph);
    for (order, node) in graph.nodes.iter().enumerate() {
        let mut inbound = inbound_node(graph, node);
        if !is_ordered {
            inbound.extend(object!(["call_order": order]));
        }
        calls.entry(entry(node)).or_default().push(Document::Object(inbound));
    }
    let inputs = graph.inputs.iter().map(|port| input(port, graph));
    let called = graph.nodes.iter().filter_map(|node| Some((node, calls.remove(&entry(node))?)));
    inputs.chain(called.filter_map(|(first, calls)| layer(graph, first, calls))).collect()
}

/// A layer of the document: one of the graph, or what calls one of the graph for each step.
type Entry = (LayerId, bool);

fn entry(node: &Node) -> Entry {
    (node.layer, node.manner.is_for_each_step())
}

fn input<'g>(port: &'g Port, graph: &'g Graph) -> Document<'g> {
    let TensorType { dtype, shape } = graph.ty(port.tensor);
    let mut document = object!([
        "module": "keras.layers",
        "class_name": "InputLayer",
        "config": object!({
            "batch_shape": batch_shape(shape),
            "dtype": dtype.keras_name(),
            "sparse": false,
            "ragged": false,
            "name": port.name.as_str(),
            "optional": false,
        }),
        "registered_name": Document::Null,
        "name": port.name.as_str(),
        "inbound_nodes": Vec::new()
    ]);
    if !shape.0.iter().all(Dim::is_constant) {
        let dims = shape.0.iter().map(|dim| (!dim.is_constant()).then(|| dim.to_string()).into());
        document.extend(object!(["dimensions": dims.collect::<Vec<_>>()]));
    }
    Document::Object(document)
}

/// A layer of the document with its calls, of which this is the first.
fn layer<'g>(graph: &'g Graph, first: &Node, calls: Vec<Document<'g>>) -> Option<Document<'g>> {
    let node = graph.layers.get(first.layer.0)?;
    let name = node.called(first.manner);
    let mut document = alone(node);
    if first.manner.is_for_each_step() {
        let input = first.inputs.first().map(|&input| batch_shape(&graph.ty(input).shape));
        document = vec![
            ("module".into(), "keras.layers".into()),
            ("class_name".into(), TimeDistributed::CLASS.into()),
            (
                "config".into(),
                object!({
                    "name": name,
                    "trainable": node.trainable,
                    "dtype": policy(),
                    "layer": Document::Object(document),
                }),
            ),
            ("registered_name".into(), Document::Null),
            ("build_config".into(), object!({ "input_shape": input })),
        ];
    }
    document.extend(object!(["name": name, "inbound_nodes": calls]));
    Some(Document::Object(document))
}

/// A layer without its calls.
fn alone(node: &LayerNode) -> Vec<(Cow<'_, str>, Document<'_>)> {
    let document = match &node.kind {
        Kind::Model(inner) | Kind::Block(inner) => match inner.shown() {
            Cow::Borrowed(inner) => model(inner, node.name().into(), node.trainable),
            Cow::Owned(inner) => model(&inner, node.name().into(), node.trainable).owned(),
        },
        Kind::Layer(any) if any.operation().is_some() => operation(node, any),
        Kind::Layer(any) => {
            let mut config = object!(["name": node.name(), "trainable": node.trainable, "dtype": policy()]);
            config.retain(|(key, _)| key != "trainable" || any.keras_is_told_trainable());
            config.extend(any.write().into_iter().map(|(key, value)| (key.into(), Document::Written(without_signature(value)))));
            let (module, registered) = match any.declaration() {
                Declaration::Class(_) | Declaration::Operation(..) => (Some("keras.layers"), None),
                Declaration::Custom(signature) => (None, Some(signature.registered_name())),
            };
            object!({
                "module": module,
                "class_name": any.class(),
                "config": Document::Object(config),
                "registered_name": registered,
            })
        }
    };
    let mut document = if let Document::Object(document) = document { document } else { Vec::new() };
    document.extend(build_config(node).map(|built| (Cow::Borrowed("build_config"), built)));
    document
}

/// What a file has of an argument: the declarations of layers of the user's own are where those are.
fn without_signature(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(without_signature).collect()),
        Value::Object(mut object) => {
            if object.contains_key("class_name") {
                object.remove(SIGNATURE);
            }
            Value::Object(object.into_iter().map(|(key, value)| (key, without_signature(value))).collect())
        }
        other => other,
    }
}

/// An operation: its operands stand at its call, numbers among them.
fn operation<'g>(node: &'g LayerNode, any: &AnyLayer) -> Document<'g> {
    let operation = any.operation();
    let (class, module) = operation.map_or(("", ""), |operation| (operation.class, operation.module));
    let is_own = |key: &str| operation.is_some_and(|operation| operation.is_own(key) && !operation.keywords.contains(&key));
    let own = any.write().into_iter().filter(|(key, _)| is_own(key));
    let mut config = object!(["name": node.name()]);
    config.extend(own.map(|(key, value)| (key.into(), Document::Written(value))));
    object!({
        "module": Cow::Owned(format!("{OPERATIONS}{module}")),
        "class_name": class,
        "config": Document::Object(config),
        "registered_name": class,
    })
}

fn policy() -> Document<'static> {
    object!({
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": object!({ "name": "float32" }),
        "registered_name": Document::Null,
    })
}

/// What a layer was built with, where building it does something: it has weights, or checks several inputs against one another.
fn build_config(node: &LayerNode) -> Option<Document<'_>> {
    let (Kind::Layer(any), Some(inputs)) = (&node.kind, &node.built) else { return None };
    if any.operation().is_some() {
        return None;
    }
    let positional = any.positional();
    if !positional.is_empty() {
        // Behind those by position comes a tensor of a slot that weights follow from, if there is one; no weight follows from a mask.
        let names = positional.iter().copied().chain(any.slots().iter().map(|slot| slot.name));
        let built = inputs.iter().filter(|input| input.dtype != DType::Bool).zip(names);
        let shapes = built.map(|(input, name)| (Cow::Owned(format!("{name}_shape")), batch_shape(&input.shape)));
        return Some(object!({ "shapes_dict": Document::Object(shapes.collect()) }));
    }
    let listed = inputs.iter().take_while(|input| input.dtype != DType::Bool);
    let mut shapes: Vec<Document<'_>> = listed.map(|input| batch_shape(&input.shape)).collect();
    match any.arity().is_list() {
        true => Some(object!({ "input_shape": shapes })),
        false if node.weights.is_empty() => None,
        false => Some(object!({ "input_shape": shapes.drain(..).next() })),
    }
}

fn inbound_node<'g>(graph: &'g Graph, node: &Node) -> Vec<(Cow<'g, str>, Document<'g>)> {
    let is_list = match graph.layers.get(node.layer.0).map(|layer| &layer.kind) {
        Some(Kind::Layer(any)) => any.arity().is_list(),
        Some(Kind::Model(model)) => model.own_inputs().len() > 1,
        Some(Kind::Block(_)) | None => node.inputs.len() > 1,
    };
    let written = |tensors: &[TensorId]| tensors.iter().map(|&input| keras_tensor(graph, input)).collect::<Vec<_>>();
    let masks_of_inputs = match graph.layers.get(node.layer.0).map(|layer| &layer.kind) {
        Some(Kind::Model(model)) => model.masked_inputs.len(),
        Some(Kind::Layer(_) | Kind::Block(_)) | None => 0,
    };
    let mut tensors = written(node.manner.positional(&node.inputs));
    tensors.truncate(tensors.len().saturating_sub(masks_of_inputs));
    let args = if is_list { vec![Document::List(tensors)] } else { tensors };
    let args = beside_numbers(graph.layers.get(node.layer.0).map(|layer| &layer.kind), args);
    let (slots, flags) = match graph.layers.get(node.layer.0).map(|layer| &layer.kind) {
        Some(Kind::Layer(any)) => (any.slots(), any.flags()),
        Some(Kind::Model(_) | Kind::Block(_)) | None => (&[][..], &[][..]),
    };
    let lists = match graph.layers.get(node.layer.0).map(|layer| &layer.kind) {
        Some(Kind::Layer(any)) => any.states_in_lists(),
        Some(Kind::Model(_) | Kind::Block(_)) | None => Vec::new(),
    };
    let slot = |slot: usize| written(node.manner.slot(slot, &node.inputs));
    let mut kwargs: Vec<(Cow<'g, str>, Document<'g>)> = Vec::new();
    let mut next = 0_usize;
    // Slots of one name are a list, whose items may be left out.
    for named in slots.chunk_by(|a, b| a.name == b.name) {
        let tensors: Vec<Vec<Document<'g>>> = (next..).take(named.len()).map(slot).collect();
        next = next.saturating_add(named.len());
        let name = named.first().map_or("", |slot| slot.name);
        if tensors.iter().all(Vec::is_empty) {
            continue;
        }
        let list = match named {
            [_] => in_lists(tensors.into_iter().flatten().collect(), &lists),
            _ => Document::List(tensors.into_iter().map(|mut tensors| tensors.pop().unwrap_or(Document::Null)).collect()),
        };
        kwargs.push((Cow::Borrowed(name), list));
    }
    kwargs.extend(masks(graph, node).map(|masks| (Cow::Borrowed("mask"), masks)));
    if let Some(Kind::Layer(any)) = graph.layers.get(node.layer.0).map(|layer| &layer.kind)
        && let Some(operation) = any.operation()
    {
        let named = any.write().into_iter().filter(|(key, _)| operation.keywords.contains(&key.as_str()));
        kwargs.extend(named.map(|(key, value)| (Cow::Owned(key), Document::Written(value))));
    }
    let asked = flags.iter().enumerate().filter(|(flag, _)| node.manner.flag(*flag));
    kwargs.extend(asked.map(|(_, flag)| (Cow::Borrowed(flag.name), true.into())));
    if !node.manner.infers() {
        return object!(["args": args, "kwargs": Document::Object(kwargs)]);
    }
    // Keras writes the same where nobody has asked, and overrules it when it runs.
    kwargs.push((Cow::Borrowed("training"), false.into()));
    object!(["args": args, "kwargs": Document::Object(kwargs), "infers": true])
}

/// The masks that a model is called with: one, or a list with null where there is none, or where it follows from what has no words.
fn masks<'g>(graph: &'g Graph, node: &Node) -> Option<Document<'g>> {
    let Some(Kind::Model(model)) = graph.layers.get(node.layer.0).map(|layer| &layer.kind) else { return None };
    let own = model.own_inputs().len();
    let mask = |position: usize| {
        let number = model.masked_inputs.iter().position(|masked| *masked == position)?;
        let mask = *node.inputs.get(own.saturating_add(number))?;
        (node.inputs.get(position) != Some(&mask)).then(|| keras_tensor(graph, mask))
    };
    let masks: Vec<Option<Document<'g>>> = (0..own).map(mask).collect();
    let has_any = masks.iter().any(Option::is_some);
    has_any.then(|| one_or_list(masks.into_iter().map(|mask| mask.unwrap_or(Document::Null)).collect()))
}

/// A call's tensors, an operation's with the numbers among them.
fn beside_numbers<'g>(kind: Option<&Kind>, tensors: Vec<Document<'g>>) -> Vec<Document<'g>> {
    let operands = if let Some(Kind::Layer(any)) = kind { any.operands() } else { Vec::new() };
    if operands.iter().all(Option::is_none) {
        return tensors;
    }
    let mut tensors = tensors.into_iter();
    operands.into_iter().filter_map(|operand| operand.map(Document::Written).or_else(|| tensors.next())).collect()
}

fn keras_tensor(graph: &Graph, tensor: TensorId) -> Document<'_> {
    let TensorType { dtype, shape } = graph.ty(tensor);
    let (layer, call, output) = history(graph, tensor);
    let config = object!({
        "shape": batch_shape(shape),
        "dtype": dtype.keras_name(),
        "keras_history": place(layer, call, output),
    });
    object!({ "class_name": "__keras_tensor__", "config": config })
}

/// What Keras finds a tensor by.
fn place(layer: &str, call: usize, output: usize) -> Document<'_> {
    Document::List(vec![layer.into(), call.into(), output.into()])
}

/// The layer that makes a tensor, the layer's call, and the output as Keras counts it.
pub(crate) fn history(graph: &Graph, tensor: TensorId) -> (&str, usize, usize) {
    let source = graph.tensors.get(tensor.0).map(|tensor| tensor.source);
    let (node, output) = match source {
        Some(Source::Node(node, output)) => (graph.nodes.get(node.0), output),
        Some(Source::Input(input)) => return (graph.inputs.get(input).map_or("", |port| &port.name), 0, 0),
        Some(Source::Code) | None => return ("", 0, 0),
    };
    let layer = node.and_then(|node| graph.layers.get(node.layer.0));
    let (name, call) = node.zip(layer).map_or(("", 0), |(node, layer)| (layer.called(node.manner), call_of_entry(graph, node)));
    let output = match layer.map(|layer| &layer.kind) {
        Some(Kind::Model(inner) | Kind::Block(inner)) => keras_output(inner, output),
        Some(Kind::Layer(_)) | None => output,
    };
    (name, call, output)
}

/// Which call a call is of its layer in the document: those for each step are of another.
fn call_of_entry(graph: &Graph, node: &Node) -> usize {
    match graph.layers.get(node.layer.0) {
        Some(LayerNode { time_distributed: Some(_), .. }) => {
            graph.nodes.iter().filter(|other| entry(other) == entry(node) && other.call < node.call).count()
        }
        _ => node.call,
    }
}

/// Keras counts outputs that are written by name in the order of their names.
fn keras_output(inner: &Graph, output: usize) -> usize {
    let names: Vec<Option<&str>> = inner.own_outputs().iter().map(|port| Some(port.name.as_str())).collect();
    if has_own_names(inner) { positions(&names).iter().position(|&p| p == output).unwrap_or(output) } else { output }
}

/// Whether the outputs need their names written: they are others than those of the layers.
fn has_own_names(graph: &Graph) -> bool {
    let own = graph.own_outputs();
    let unnamed = output_names(own.iter().map(|port| history(graph, port.tensor).0));
    let mut seen = HashSet::new();
    let differs = own.iter().zip(&unnamed).any(|(port, unnamed)| port.name != *unnamed);
    differs && own.iter().all(|port| seen.insert(&port.name))
}

fn outputs(graph: &Graph) -> Document<'_> {
    let tensors = graph.outputs.iter().map(|port| {
        let (layer, call, output) = history(graph, port.tensor);
        (Cow::Borrowed(port.name.as_str()), place(layer, call + usize::from(is_of_model(graph, port.tensor)), output))
    });
    if has_own_names(graph) {
        return Document::Object(tensors.collect());
    }
    one_or_list(tensors.map(|(_, tensor)| tensor).collect())
}

/// Keras counts the calls of a model from 1 where it lists outputs.
fn is_of_model(graph: &Graph, tensor: TensorId) -> bool {
    let source = graph.tensors.get(tensor.0).map(|tensor| tensor.source);
    let Some(Source::Node(node, _)) = source else { return false };
    let plain = graph.nodes.get(node.0).filter(|node| !node.manner.is_for_each_step());
    let layer = plain.and_then(|node| graph.layers.get(node.layer.0));
    matches!(layer, Some(LayerNode { kind: Kind::Model(_) | Kind::Block(_), .. }))
}

/// Tensors in a list, in lists of so many where there are as many as those take.
fn in_lists<'g>(tensors: Vec<Document<'g>>, lists: &[usize]) -> Document<'g> {
    if lists.is_empty() || lists.iter().copied().fold(0, usize::saturating_add) != tensors.len() {
        return one_or_list(tensors);
    }
    let mut tensors = tensors.into_iter();
    Document::List(lists.iter().map(|&count| one_or_list(tensors.by_ref().take(count).collect())).collect())
}

fn one_or_list(mut items: Vec<Document<'_>>) -> Document<'_> {
    if items.len() == 1 { items.remove(0) } else { Document::List(items) }
}

fn batch_shape(shape: &Shape) -> Document<'_> {
    let sizes = shape.0.iter().map(|dim| match dim.size() {
        None if dim.is_constant() => Document::Written(size_value(dim)),
        size => Document::from(size),
    });
    Document::List(std::iter::once(Document::Null).chain(sizes).collect())
}

/// Whether reading the document makes the calls in the graph's order without being told.
fn is_in_passes(graph: &Graph) -> bool {
    let mut places: HashMap<Entry, usize> = HashMap::new();
    for node in &graph.nodes {
        let next = places.len();
        places.entry(entry(node)).or_insert(next);
    }
    let call = |node: &Node| (places.get(&entry(node)).copied().unwrap_or_default(), call_of_entry(graph, node));
    let made_by = |tensor: TensorId| match graph.tensors.get(tensor.0)?.source {
        Source::Node(node, _) => graph.nodes.get(node.0).map(call),
        Source::Input(_) | Source::Code => None,
    };
    let mut layers: Vec<Vec<Vec<Call>>> = vec![Vec::new(); places.len()];
    for node in &graph.nodes {
        if let Some(calls) = layers.get_mut(call(node).0) {
            calls.push(taken(graph, node).into_iter().filter_map(made_by).collect());
        }
    }
    let mut ports: Vec<&Port> = graph.outputs.iter().collect();
    if has_own_names(graph) {
        ports.sort_by_key(|port| &port.name);
    }
    let outputs: Vec<Call> = ports.into_iter().filter_map(|port| made_by(port.tensor)).collect();
    schedule::order(&layers, &outputs).is_ok_and(|order| order.into_iter().eq(graph.nodes.iter().map(call)))
}

/// What a call takes, in the order in which Keras goes through it: by position, and then by names.
fn taken(graph: &Graph, node: &Node) -> Vec<TensorId> {
    let slots = match graph.layers.get(node.layer.0).map(|layer| &layer.kind) {
        Some(Kind::Layer(any)) => any.slots(),
        Some(Kind::Model(_) | Kind::Block(_)) | None => &[],
    };
    let mut slots: Vec<(usize, &Slot)> = slots.iter().enumerate().collect();
    slots.sort_by_key(|(_, slot)| slot.name);
    let named = slots.into_iter().flat_map(|(slot, _)| node.manner.slot(slot, &node.inputs));
    node.manner.positional(&node.inputs).iter().chain(named).copied().collect()
}
