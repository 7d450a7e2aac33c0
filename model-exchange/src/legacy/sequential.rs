//! A sequential model: its list of layers, and the input that follows from the first.

use model_graph::config::ConfigProblem;
use serde_json::{Value, json};

use super::Pass;
use super::layer::{Layer, name};

impl Pass<'_> {
    /// Rewrites a sequential model.
    pub(super) fn sequential(&mut self, document: &Value, own_name: &str) -> Value {
        let config = document.get("config").unwrap_or(&Value::Null);
        let Some(layers) = config.get("layers").or(Some(config)).and_then(Value::as_array) else {
            self.fault(ConfigProblem::Missing { key: "layers", expected: "a list of layers" });
            return Value::Null;
        };
        if layers.first().is_some_and(is_merging) {
            return self.merging(layers, own_name);
        }
        let mut written: Vec<Value> = Vec::new();
        if let Some(input) = layers.first().and_then(|first| input_of(first, 0)) {
            written.push(Value::Object(input.document));
        }
        for (position, entry) in layers.iter().enumerate() {
            let made_up = format!("layer_{}", position.saturating_add(1));
            let layer = self.layer(entry, &name(entry, &made_up));
            written.extend(layer.scaling().map(|scaling| Value::Object(scaling.document)));
            written.push(Value::Object(layer.document));
        }
        let mut rewritten = json!({ "name": own_name, "layers": written });
        for key in ["trainable", "build_input_shape"] {
            if let (Some(value), Value::Object(rewritten)) = (config.get(key), &mut rewritten) {
                rewritten.insert(key.to_owned(), value.clone());
            }
        }
        let build = document.get("build_config").cloned().unwrap_or_default();
        json!({ "module": "keras", "class_name": "Sequential", "config": rewritten, "registered_name": null, "build_config": build })
    }
}

/// Whether a layer is the one that Keras 1's sequential models of several branches began with.
pub(super) fn is_merging(layer: &Value) -> bool {
    layer.get("class_name").is_some_and(|class| class == "Merge")
        && layer.get("config").is_some_and(|config| config.get("layers").is_some_and(Value::is_array))
}

/// The input of a sequence that begins with this layer, unless that is an input, or does not know.
pub(super) fn input_of(first: &Value, depth: usize) -> Option<Layer> {
    if first.get("class_name").is_some_and(|class| class == "InputLayer") && depth == 0 {
        return None;
    }
    let (shape, dtype) = shape_of(first, depth)?;
    Some(Layer::input(&format!("{}_input", name(first, "layer_1")), shape, &dtype))
}

/// The shape of what a layer takes, and its type: its own, or that of the first of its layers.
fn shape_of(layer: &Value, depth: usize) -> Option<(&Value, Value)> {
    let config = layer.get("config")?;
    if let Some(shape) = config.get("batch_input_shape").or_else(|| config.get("batch_shape")).filter(|shape| !shape.is_null()) {
        let is_input = layer.get("class_name").is_some_and(|class| class == "InputLayer" || class == "Embedding");
        let dtype = config.get("input_dtype").or_else(|| config.get("dtype").filter(|_| is_input));
        return Some((shape, dtype.filter(|dtype| dtype.is_string()).cloned().unwrap_or_else(|| json!("float32"))));
    }
    if depth >= super::MOST_DEPTH {
        return None;
    }
    let layers = config.get("layers").unwrap_or(config).as_array();
    let inner = layers.and_then(|layers| layers.first()).filter(|first| !is_merging(first));
    inner.or_else(|| config.get("layer")).and_then(|inner| shape_of(inner, depth.saturating_add(1)))
}
