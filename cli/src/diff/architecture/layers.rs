//! Layers of two configurations, found in one another: by name, then in order, each with one of its class.

use std::collections::HashMap;

use serde_json::Value;

use super::Change;

/// What says how something is called, and nothing more.
const NAMES: [&str; 4] = ["name", "dimensions", "call_order", "shared_object_id"];

/// How the layers of two models compare.
#[derive(Default)]
pub struct Layers {
    pub changes: Vec<Change>,
    /// The paths of layers that belong together.
    pub pairs: Vec<(String, String)>,
}

/// Compares the configurations of two models.
pub fn compare(before: &Value, after: &Value) -> Layers {
    let mut layers = Layers::default();
    layers.models("", "", before, after);
    layers
}

impl Layers {
    /// Compares two models, which lie under these paths.
    fn models(&mut self, path_a: &str, path_b: &str, a: &Value, b: &Value) {
        let (ours, theirs) = (entries(a), entries(b));
        let partners = partners(ours, theirs);
        let names: HashMap<&str, &str> = partners
            .iter()
            .enumerate()
            .filter_map(|(place, partner)| Some((name(&ours[place]), name(&theirs[(*partner)?]))))
            .collect();
        for (layer, partner) in ours.iter().zip(&partners) {
            let path = join(path_a, name(layer));
            match partner.map(|place| &theirs[place]) {
                None => self.changes.push(Change::Removed { layer: path, class: class(layer).to_owned() }),
                Some(other) => self.layers(path, join(path_b, name(other)), layer, other, &names),
            }
        }
        let is_found = |place: usize| partners.contains(&Some(place));
        for (_, layer) in theirs.iter().enumerate().filter(|(place, _)| !is_found(*place)) {
            self.changes.push(Change::Added { layer: join(path_b, name(layer)), class: class(layer).to_owned() });
        }
        for (what, key) in [("inputs", "input_layers"), ("outputs", "output_layers")] {
            let (before, after) = (tensors(&a["config"][key]), tensors(&b["config"][key]));
            if renamed(&before, &names) != after {
                self.changes.push(Change::Ends { what, before, after });
            }
        }
    }

    fn layers(&mut self, path: String, other: String, a: &Value, b: &Value, names: &HashMap<&str, &str>) {
        let (before, after) = (inbound(a), inbound(b));
        if renamed(&before, names) != after {
            self.changes.push(Change::Inputs { layer: path.clone(), before, after });
        }
        if !entries(a).is_empty() && !entries(b).is_empty() {
            return self.models(&path, &other, a, b);
        }
        self.arguments(&path, "", &a["config"], &b["config"]);
        self.pairs.push((path, other));
    }

    /// Compares arguments, those within others by their paths: `kernel_initializer.config.seed`.
    fn arguments(&mut self, layer: &str, place: &str, a: &Value, b: &Value) {
        let (Value::Object(ours), Value::Object(theirs)) = (a, b) else {
            if a != b {
                let (layer, argument) = (layer.to_owned(), place.to_owned());
                self.changes.push(Change::Argument { layer, argument, before: a.clone(), after: b.clone() });
            }
            return;
        };
        let keys = ours.keys().chain(theirs.keys().filter(|key| !ours.contains_key(*key)));
        for key in keys.filter(|key| !NAMES.contains(&key.as_str())) {
            let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            self.arguments(layer, &place, &a[key], &b[key]);
        }
    }
}

/// The layer of the second that each of the first is: of the same name and class, or else the next of the class.
fn partners(ours: &[Value], theirs: &[Value]) -> Vec<Option<usize>> {
    let mut is_taken = vec![false; theirs.len()];
    let mut find = |layer: &Value, by_name: bool| {
        let is_it = |other: &Value| class(other) == class(layer) && (!by_name || name(other) == name(layer));
        let place = theirs.iter().enumerate().position(|(place, other)| !is_taken[place] && is_it(other))?;
        is_taken[place] = true;
        Some(place)
    };
    let named: Vec<Option<usize>> = ours.iter().map(|layer| find(layer, true)).collect();
    ours.iter().zip(named).map(|(layer, named)| named.or_else(|| find(layer, false))).collect()
}

/// The layers of a model, or of a layer that is one.
fn entries(model: &Value) -> &[Value] {
    model["config"]["layers"].as_array().map_or(&[], Vec::as_slice)
}

fn name(layer: &Value) -> &str {
    layer["name"].as_str().unwrap_or_default()
}

fn class(layer: &Value) -> &str {
    layer["class_name"].as_str().unwrap_or_default()
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

/// The names of the layers whose outputs a list of tensors holds, however deep it is.
fn tensors(list: &Value) -> Vec<String> {
    match list {
        Value::Array(items) => match items.first().and_then(Value::as_str) {
            Some(name) => vec![name.to_owned()],
            None => items.iter().flat_map(tensors).collect(),
        },
        Value::Object(entries) => entries.values().flat_map(tensors).collect(),
        _ => Vec::new(),
    }
}

/// The names of the layers that a layer is called with.
fn inbound(layer: &Value) -> Vec<String> {
    fn histories(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| histories(item, found)),
            Value::Object(entries) => entries.iter().for_each(|(key, entry)| match key.as_str() {
                "keras_history" => found.extend(entry[0].as_str().map(ToOwned::to_owned)),
                _ => histories(entry, found),
            }),
            _ => {}
        }
    }
    let mut found = Vec::new();
    histories(&layer["inbound_nodes"], &mut found);
    found
}

/// Names of the first as the second has them.
fn renamed(found: &[String], names: &HashMap<&str, &str>) -> Vec<String> {
    found.iter().map(|name| names.get(name.as_str()).map_or_else(|| name.clone(), ToString::to_string)).collect()
}
