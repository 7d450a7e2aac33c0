//! Configurations without the names in them, in Keras's order: two models are the same where these are.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::order;

/// What says how something is called, and nothing more.
const NAMES: [&str; 3] = ["name", "dimensions", "call_order"];

/// A model's configuration with its layers in Keras's order, each named by its place, and models without names.
#[must_use]
pub fn canonical(model: &Value) -> Value {
    let mut model = model.clone();
    rename(&mut model);
    model
}

fn rename(model: &mut Value) {
    let config = &model["config"];
    let sorted: Vec<Value> = order::layers(config).into_iter().cloned().collect();
    let name = |(place, layer): (usize, &Value)| Some((layer["name"].as_str()?.to_owned(), format!("layer {place}")));
    let names: HashMap<String, String> = sorted.iter().enumerate().filter_map(name).collect();
    let Some(config) = model.get_mut("config").and_then(Value::as_object_mut) else { return };
    config.remove("name");
    for key in ["input_layers", "output_layers"] {
        references(config.get_mut(key), &names);
    }
    let layers = sorted.into_iter().enumerate().map(|(place, mut layer)| {
        let nodes = layer.get_mut("inbound_nodes");
        histories(nodes, &names);
        forget(&mut layer, &format!("layer {place}"));
        if layer["config"]["layers"].is_array() {
            rename(&mut layer);
        } else if layer["config"]["layer"]["config"]["layers"].is_array() {
            rename(&mut layer["config"]["layer"]);
        }
        layer
    });
    config.insert("layers".to_owned(), layers.collect());
}

/// Takes a layer's names away, those of what is in it as well.
fn forget(layer: &mut Value, place: &str) {
    let without = |map: &mut Map<String, Value>| NAMES.iter().for_each(|name| drop(map.shift_remove(*name)));
    if let Some(map) = layer.as_object_mut() {
        without(map);
        map.insert("name".to_owned(), place.into());
    }
    if let Some(map) = layer.get_mut("config").and_then(Value::as_object_mut) {
        without(map);
        for inner in ["layer", "backward_layer", "cell"] {
            if let Some(config) = map.get_mut(inner).and_then(|inner| inner.get_mut("config")).and_then(Value::as_object_mut) {
                without(config);
            }
        }
    }
}

fn renamed(value: &mut Value, names: &HashMap<String, String>) {
    if let Some(name) = value.get_mut(0)
        && let Some(new) = name.as_str().and_then(|name| names.get(name))
    {
        *name = new.as_str().into();
    }
}

fn references(value: Option<&mut Value>, names: &HashMap<String, String>) {
    match value {
        Some(Value::Array(items)) if items.first().is_some_and(Value::is_string) => {
            let mut whole = Value::Array(std::mem::take(items));
            renamed(&mut whole, names);
            *items = whole.as_array_mut().map(std::mem::take).unwrap_or_default();
        }
        Some(Value::Array(items)) => items.iter_mut().for_each(|item| references(Some(item), names)),
        Some(Value::Object(entries)) => entries.values_mut().for_each(|item| references(Some(item), names)),
        _ => {}
    }
}

fn histories(value: Option<&mut Value>, names: &HashMap<String, String>) {
    match value {
        Some(Value::Array(items)) => items.iter_mut().for_each(|item| histories(Some(item), names)),
        Some(Value::Object(entries)) => {
            entries.shift_remove("call_order");
            for (key, entry) in entries {
                if key == "keras_history" { renamed(entry, names) } else { histories(Some(entry), names) }
            }
        }
        _ => {}
    }
}
