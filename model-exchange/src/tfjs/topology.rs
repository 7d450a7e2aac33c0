//! A model's document as TensorFlow.js has it, from today's: the form of `tf.keras` 2, with what TensorFlow.js lacks told part by part.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::error::Unsupported;
use super::supported::{ACTIVATIONS, INITIALIZERS, LACKED, LAYERS, Only, RENAMED};

const LAYER: &str = "write the model with layers that TensorFlow.js has, or export it to ONNX";
const ARGUMENT: &str = "write the layer without it";
const MASK: &str = "make the model without masks, or export it to ONNX";
const FORWARD: &str = "forward_";
const CALL: &str = "call the layer with its inputs alone";

/// The way through a document.
#[derive(Default)]
pub(super) struct Pass {
    place: Vec<String>,
    /// What is not there.
    pub unsupported: Vec<Unsupported>,
}

impl Pass {
    fn lacks(&mut self, what: impl Into<String>, help: &'static str) {
        self.unsupported.push(Unsupported { place: self.place.clone(), what: what.into(), help });
    }

    fn within<T>(&mut self, name: &str, act: impl FnOnce(&mut Self) -> T) -> T {
        self.place.push(name.to_owned());
        let done = act(self);
        self.place.pop();
        done
    }

    /// The document of a model, from that of today.
    pub fn model(&mut self, document: &Value) -> Value {
        let config = document.get("config").unwrap_or(&Value::Null);
        let name = text(config, "name");
        let Some(layers) = config.get("layers").and_then(Value::as_array) else {
            self.within(name, |pass| pass.lacks("a model that plain code runs", LAYER));
            return Value::Null;
        };
        let models = layers.iter().filter(|layer| is_model(layer)).map(|layer| text(layer, "name"));
        let models: HashSet<&str> = models.collect();
        let written = self.within(name, |pass| layers.iter().map(|layer| pass.called(layer, &models)).collect::<Vec<_>>());
        let ports = |key: &str| listed(config.get(key).unwrap_or(&Value::Null));
        json!({
            "class_name": "Functional",
            "config": {
                "name": name, "layers": written, "input_layers": ports("input_layers"), "output_layers": ports("output_layers")
            },
        })
    }

    /// A layer with its calls.
    fn called(&mut self, layer: &Value, models: &HashSet<&str>) -> Value {
        let name = text(layer, "name");
        self.within(name, |pass| {
            let mut written = pass.layer(layer);
            let calls = layer.get("inbound_nodes").and_then(Value::as_array);
            let nodes: Vec<Value> = calls.into_iter().flatten().map(|call| pass.node(call, models)).collect();
            if let Value::Object(written) = &mut written {
                written.insert("name".to_owned(), name.into());
                written.insert("inbound_nodes".to_owned(), nodes.into());
            }
            written
        })
    }

    /// A layer without its calls.
    fn layer(&mut self, layer: &Value) -> Value {
        let class = text(layer, "class_name");
        let config = layer.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
        if is_model(layer) {
            let mut model = self.model(layer);
            if let Some(Value::Object(config)) = model.get_mut("config") {
                config.insert("name".to_owned(), text(layer, "name").into());
            }
            return model;
        }
        let is_keras = layer.get("module").is_some_and(|module| module == "keras.layers");
        if class == "InputLayer" {
            return input(&config);
        }
        if !is_keras || !LAYERS.contains(&class) {
            self.lacks(format!("`{class}`, which it does not have"), LAYER);
            return Value::Null;
        }
        json!({ "class_name": class, "config": self.config(class, config) })
    }

    /// A layer's arguments.
    fn config(&mut self, class: &str, mut config: Map<String, Value>) -> Map<String, Value> {
        for (_, argument, only) in LACKED.iter().filter(|(classes, ..)| classes.contains(&class)) {
            let Some(found) = config.shift_remove(*argument) else { continue };
            let is_nothing = match only {
                Only::Flag(flag) => found == *flag,
                Only::Number(number) => found.as_f64() == Some(*number),
                Only::Null => found.is_null(),
            };
            if !is_nothing {
                self.lacks(format!("a `{class}` with `{argument}` {found}, which it does not have"), ARGUMENT);
            }
        }
        for (_, new, old) in RENAMED.iter().filter(|(renamed, ..)| *renamed == class) {
            let value = config.shift_remove(*new);
            config.extend(value.map(|value| ((*old).to_owned(), value)));
        }
        if class == "DepthwiseConv2D" || class == "SeparableConv2D" {
            config.shift_remove("groups");
        }
        config.shift_remove("seed");
        config.insert("dtype".to_owned(), "float32".into());
        let arguments = config.into_iter().map(|(key, value)| {
            let value = self.argument(class, &key, value);
            (key, value)
        });
        arguments.collect()
    }

    fn argument(&mut self, class: &str, key: &str, value: Value) -> Value {
        if key == "layer" {
            return self.inner(&value, if class == "Bidirectional" { FORWARD } else { "" });
        }
        if key == "activation" || key == "recurrent_activation" {
            return self.activation(class, key, value);
        }
        if is_not_run(class, key, &value) {
            self.lacks(format!("a `{class}` with `{key}` {value}, which it does not run"), ARGUMENT);
        }
        let Some(inner) = value.get("class_name").and_then(Value::as_str) else { return value };
        let mut config = value.get("config").cloned().unwrap_or_else(|| json!({}));
        if let Value::Object(config) = &mut config {
            config.retain(|key, value| key == "seed" || !value.is_null());
        }
        let known = key.ends_with("_initializer") && INITIALIZERS.contains(&inner);
        let is_penalty = key.ends_with("_regularizer") && ["L1", "L2", "L1L2"].contains(&inner);
        let is_known = known
            || is_penalty
            || (key.ends_with("_constraint") && ["MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"].contains(&inner));
        let distribution = config.get("distribution").and_then(Value::as_str);
        if !is_known || distribution.is_some_and(|distribution| distribution == "untruncated_normal") {
            self.lacks(format!("a `{class}` with `{key}` `{inner}`, which it does not have"), ARGUMENT);
            return Value::Null;
        }
        let penalty = |key: &str| config.get(key).or_else(|| config.get("l")).and_then(Value::as_f64).unwrap_or(0.0);
        match inner {
            "L1" => config = json!({ "l1": penalty("l1"), "l2": 0.0 }),
            "L2" => config = json!({ "l1": 0.0, "l2": penalty("l2") }),
            "VarianceScaling" => {
                if let Some(Value::String(distribution)) = config.get_mut("distribution")
                    && distribution == "truncated_normal"
                {
                    *distribution = "normal".to_owned();
                }
            }
            _ => {}
        }
        let inner = match inner {
            "L1" | "L2" => "L1L2",
            "LecunNormal" => "LeCunNormal",
            "LecunUniform" => "LeCunUniform",
            other => other,
        };
        json!({ "class_name": inner, "config": config })
    }

    fn activation(&mut self, class: &str, key: &str, value: Value) -> Value {
        match value.as_str() {
            Some("silu") => "swish".into(),
            Some(name) if !ACTIVATIONS.contains(&name) => {
                self.lacks(
                    format!("a `{class}` with `{key}` \"{name}\", which it does not have or means another function by"),
                    ARGUMENT,
                );
                value
            }
            _ => value,
        }
    }

    /// The layer that a wrapper holds, under its name without what the wrapper puts before it.
    fn inner(&mut self, layer: &Value, prefix: &str) -> Value {
        let name = layer.get("config").map_or("", |config| text(config, "name"));
        self.within(name, |pass| {
            if is_model(layer) {
                pass.lacks("a model within a wrapper, whose weights it gives no names", LAYER);
                return Value::Null;
            }
            let mut written = pass.layer(layer);
            if let (Some(own), Some(Value::Object(config))) = (name.strip_prefix(prefix), written.get_mut("config")) {
                config.insert("name".to_owned(), own.into());
            }
            written
        })
    }

    /// A call as a list of tensors: the states that a recurrent layer begins with stand behind its input.
    fn node(&mut self, call: &Value, models: &HashSet<&str>) -> Value {
        let mut tensors = Vec::new();
        collect(call.get("args").unwrap_or(&Value::Null), models, &mut tensors);
        for (key, value) in call.get("kwargs").and_then(Value::as_object).into_iter().flatten() {
            match key.as_str() {
                "initial_state" => collect(value, models, &mut tensors),
                "training" if call.get("infers").is_none() => {}
                _ if value.is_null() => {}
                "mask" => self.lacks("called with a `mask`, which follows from `mask_zero` and `Masking` there", MASK),
                other => self.lacks(format!("called with `{other}`, which it has no place for"), CALL),
            }
        }
        Value::Array(tensors)
    }
}

/// Whether an argument is known to TensorFlow.js, but this value of it does nothing there, or fails.
fn is_not_run(class: &str, key: &str, value: &Value) -> bool {
    match key {
        "padding" => value == "causal",
        "interpolation" => !["nearest", "bilinear"].iter().any(|known| value == known),
        "backward_layer" => !value.is_null(),
        "dilation_rate" if class.ends_with("Transpose") => {
            value.as_u64() != Some(1) && value.as_array().is_none_or(|rates| rates.iter().any(|rate| rate.as_u64() != Some(1)))
        }
        _ => false,
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is_model(layer: &Value) -> bool {
    let config = layer.get("config");
    ["Functional", "Sequential"].contains(&text(layer, "class_name"))
        && config.is_some_and(|config| config.get("layers").is_some())
}

fn input(config: &Map<String, Value>) -> Value {
    let get = |key: &str| config.get(key).cloned().unwrap_or_default();
    let config = json!({ "batch_input_shape": get("batch_shape"), "dtype": get("dtype"), "sparse": false, "name": get("name") });
    json!({ "class_name": "InputLayer", "config": config })
}

/// A model's inputs or outputs as a list: those with names in the order in which Keras counts them.
fn listed(ports: &Value) -> Value {
    match ports {
        Value::Array(items) if items.first().is_some_and(Value::is_string) => json!([ports]),
        Value::Object(items) => {
            let mut named: Vec<(&String, &Value)> = items.iter().collect();
            named.sort_by_key(|(name, _)| *name);
            named.into_iter().map(|(_, port)| port.clone()).collect()
        }
        other => other.clone(),
    }
}

/// The tensors of an argument: those of models are counted from 1, since what made a model was its first call.
fn collect(value: &Value, models: &HashSet<&str>, tensors: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, models, tensors)),
        Value::Object(object) => {
            let history = object.get("config").and_then(|config| config.get("keras_history")).and_then(Value::as_array);
            let Some([Value::String(layer), call, output]) = history.map(Vec::as_slice) else {
                return object.values().for_each(|item| collect(item, models, tensors));
            };
            let first = u64::from(models.contains(layer.as_str()));
            let call = call.as_u64().unwrap_or_default().saturating_add(first);
            tensors.push(json!([layer, call, output, {}]));
        }
        _ => {}
    }
}
