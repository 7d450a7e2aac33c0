//! A functional model: its layers, their calls, its inputs and outputs.

use serde_json::{Value, json};

use model_graph::config::ConfigProblem;

use super::Pass;
use super::calls::{Call, Counting};
use super::fault::Problem;
use super::layer::{Layer, name};
use super::operation;

/// Layers that begin with states.
const RECURRENT: [&str; 8] = ["RNN", "SimpleRNN", "LSTM", "GRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional"];

impl Pass<'_> {
    /// Rewrites the configuration of a functional model.
    pub(super) fn functional(&mut self, config: &Value, own_name: &str) -> Value {
        let Some(entries) = config.get("layers").and_then(Value::as_array) else {
            self.fault(ConfigProblem::Missing { key: "layers", expected: "a list of layers" });
            return Value::Null;
        };
        let names: Vec<String> = entries.iter().enumerate().map(|(i, entry)| entry_name(entry, i)).collect();
        let layers: Vec<Option<Layer>> = entries
            .iter()
            .zip(&names)
            .map(|(entry, name)| (!operation::is_operation(entry)).then(|| self.layer(entry, name)))
            .collect();
        let nodes = entries.iter().filter_map(|entry| entry.get("inbound_nodes"));
        let references: Vec<&Value> = nodes.chain(config.get("output_layers")).collect();
        let mut counting = Counting::of(&references);
        for (layer, name) in layers.iter().zip(&names) {
            match layer {
                Some(layer) if layer.is_model() => counting.add_model(name, layer.class == "Functional"),
                _ => counting.add(name),
            }
        }
        let mut written = Vec::new();
        for ((layer, entry), name) in layers.into_iter().zip(entries).zip(&names) {
            written.extend(self.within(name, |pass| pass.called(layer, entry, name, &counting)));
        }
        let ports = |key: &str| config.get(key).map_or(Value::Null, |ports| counting.port(ports, 0));
        functional(own_name, config.get("trainable"), written, &ports("input_layers"), &ports("output_layers"))
    }

    /// A layer with its calls, and the one that scales its input in front of it.
    fn called(&mut self, layer: Option<Layer>, entry: &Value, name: &str, counting: &Counting<'_>) -> Vec<Value> {
        let calls = match counting.calls(entry) {
            Ok(calls) => calls,
            Err(problem) => {
                self.fault(problem);
                return Vec::new();
            }
        };
        let Some(layer) = layer else {
            return operation::rewrite(entry, name, calls)
                .map_or_else(|problem| (self.fault(problem), Vec::new()).1, |op| vec![op]);
        };
        let calls = calls.into_iter().map(|call| match RECURRENT.contains(&layer.class.as_str()) {
            true => call.with_states(),
            false => call,
        });
        let calls = match calls.map(Call::into_value).collect::<Result<Vec<Value>, Problem>>() {
            Ok(calls) => calls,
            Err(problem) => {
                self.fault(problem);
                return Vec::new();
            }
        };
        match layer.scaling() {
            None => vec![layer.called(calls)],
            Some(scaling) => {
                let scaled = (0..calls.len()).map(|call| {
                    let tensor =
                        json!({ "class_name": "__keras_tensor__", "config": { "keras_history": [scaling.name, call, 0] } });
                    json!({ "args": [tensor], "kwargs": {} })
                });
                let scaled = scaled.collect();
                vec![scaling.called(calls), layer.called(scaled)]
            }
        }
    }
}

/// The name by which calls know a layer.
fn entry_name(entry: &Value, position: usize) -> String {
    let given = entry.get("name").and_then(Value::as_str).map(str::to_owned);
    given.unwrap_or_else(|| name(entry, &format!("layer_{}", position.saturating_add(1))))
}

/// The document of a functional model.
pub(super) fn functional(name: &str, trainable: Option<&Value>, layers: Vec<Value>, inputs: &Value, outputs: &Value) -> Value {
    let trainable = trainable.cloned().unwrap_or(Value::Bool(true));
    json!({
        "module": "keras",
        "class_name": "Functional",
        "config": { "name": name, "trainable": trainable, "layers": layers, "input_layers": inputs, "output_layers": outputs },
        "registered_name": "Functional",
    })
}
