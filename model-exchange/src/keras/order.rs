//! The order in which Keras has a model's layers, and so the variables of its files and of its optimisers.
//!
//! Keras makes it anew whenever it makes a model of a configuration: the calls are gone through from the outputs to the inputs, and layers are ordered by how far
//! their first call is from the outputs.

use std::cmp::Reverse;
use std::collections::HashMap;

use model_graph::depth::{Call, Depths, depths};
use serde_json::{Map, Value};

/// The calls of a configuration.
struct Calls {
    calls: Vec<Call>,
    layers: usize,
    /// The calls that give the outputs, in order.
    outputs: Vec<usize>,
    /// The calls that are inputs, in order.
    inputs: Vec<usize>,
}

/// The layers of a functional model's configuration in Keras's order.
///
/// Layers that no output follows from are not among them, as in Keras; unused inputs are.
pub(crate) fn layers(config: &Value) -> Vec<&Value> {
    let entries = entries(config);
    let order = Calls::read(config, entries).map_or_else(|| (0..entries.len()).collect(), |calls| calls.order());
    order.into_iter().filter_map(|layer| entries.get(layer)).collect()
}

/// The layers of a configuration in its own order.
pub(crate) fn entries(config: &Value) -> &[Value] {
    config.get("layers").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

impl Calls {
    fn read(config: &Value, entries: &[Value]) -> Option<Self> {
        let mut places = HashMap::new();
        let (mut first, mut nodes) = (Vec::new(), Vec::<Call>::new());
        for (layer, entry) in entries.iter().enumerate() {
            places.insert(entry["name"].as_str()?, layer);
            first.push(nodes.len());
            let calls = entry["inbound_nodes"].as_array().map_or(0, Vec::len).max(1);
            nodes.extend((0..calls).map(|_| Call { layer, inputs: Vec::new() }));
        }
        let calls = |layer: usize| entries[layer]["inbound_nodes"].as_array().map_or(&[][..], Vec::as_slice);
        let mut found = Vec::new();
        for (layer, &first) in first.iter().enumerate() {
            for (place, call) in calls(layer).iter().enumerate() {
                let mut tensors = Vec::new();
                histories(call, &mut tensors);
                found.extend(tensors.into_iter().map(|tensor| (first + place, tensor)));
            }
        }
        let mut ends = [Vec::new(), Vec::new()];
        for (key, ends) in ["input_layers", "output_layers"].into_iter().zip(&mut ends) {
            references(config.get(key)?, ends);
        }
        // Calls of models are counted from 1: the first is what the model itself was made by.
        let all = found.iter().map(|(_, tensor)| tensor).chain(ends.iter().flatten());
        let mut largest = vec![0; entries.len()];
        for (name, call) in all {
            let layer = *places.get(name)?;
            largest[layer] = *call.max(&largest[layer]);
        }
        let node = |(name, call): &(&str, usize)| {
            let layer = *places.get(name)?;
            let count = calls(layer).len().max(1);
            let before = usize::from(largest[layer] >= count);
            Some(first[layer] + call.saturating_sub(before).min(count - 1))
        };
        for (taker, tensor) in &found {
            nodes[*taker].inputs.extend(node(tensor));
        }
        let [inputs, outputs] = ends.map(|ends| ends.iter().filter_map(node).collect());
        Some(Self { calls: nodes, layers: entries.len(), outputs, inputs })
    }

    fn order(&self) -> Vec<usize> {
        let Depths { layers: mut of_layers, met, .. } = depths(&self.calls, self.layers, &self.outputs);
        // Inputs that no output follows from come first among the nearest.
        for call in self.inputs.iter().filter_map(|&input| self.calls.get(input)) {
            of_layers[call.layer].get_or_insert(0);
        }
        let mut order: Vec<usize> = (0..self.layers).filter(|&layer| of_layers[layer].is_some()).collect();
        order.sort_by_key(|&layer| (Reverse(of_layers[layer]), met[layer]));
        order
    }
}

/// The tensors that a call takes, as Keras lists them: of which layer, and of which call of it.
fn histories<'v>(value: &'v Value, found: &mut Vec<(&'v str, usize)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| histories(item, found)),
        Value::Object(entries) => match (entries.get("class_name").and_then(Value::as_str), entries.get("config")) {
            (Some("__keras_tensor__"), Some(config)) => reference(&config["keras_history"], found),
            _ => sorted(entries).for_each(|item| histories(item, found)),
        },
        _ => {}
    }
}

fn reference<'v>(value: &'v Value, found: &mut Vec<(&'v str, usize)>) {
    if let (Some(name), Some(call)) = (value[0].as_str(), value[1].as_u64()) {
        found.push((name, usize::try_from(call).unwrap_or(usize::MAX)));
    }
}

/// The references of a list, or of lists and objects of them.
fn references<'v>(value: &'v Value, found: &mut Vec<(&'v str, usize)>) {
    match value {
        Value::Array(items) if items.first().is_some_and(Value::is_string) => reference(value, found),
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(entries) => sorted(entries).for_each(|item| references(item, found)),
        _ => {}
    }
}

/// The values of an object by their keys, as Keras goes through it.
fn sorted(entries: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let mut entries: Vec<(&String, &Value)> = entries.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    entries.into_iter().map(|(_, value)| value)
}
