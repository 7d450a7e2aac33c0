//! Keras 1's `Merge`, which was all merging layers in one, and its sequential models that began with several branches.

use model_graph::config::ConfigProblem;
use serde_json::{Map, Value, json};

use super::Pass;
use super::fault::Problem;
use super::functional::functional;
use super::layer::{Layer, name};
use super::sequential::input_of;

/// What `mode` was called, and the class that does the same.
const MODES: [(&str, &str); 6] =
    [("sum", "Add"), ("mul", "Multiply"), ("concat", "Concatenate"), ("ave", "Average"), ("max", "Maximum"), ("dot", "Dot")];

/// A call of a layer with tensors of other layers, each of its first call.
fn call(of: &[&str]) -> Vec<Value> {
    let tensor = |layer: &&str| json!({ "class_name": "__keras_tensor__", "config": { "keras_history": [layer, 0, 0] } });
    let tensors: Vec<Value> = of.iter().map(tensor).collect();
    let args = if let [single] = tensors.as_slice() { single.clone() } else { Value::Array(tensors) };
    vec![json!({ "args": [args], "kwargs": {} })]
}

impl Pass<'_> {
    /// Takes the arguments of `Merge` for those of the class that does the same, and tells it.
    pub(super) fn merge(&mut self, arguments: &mut Map<String, Value>) -> &'static str {
        let mode = arguments.shift_remove("mode").unwrap_or_else(|| json!("sum"));
        let is_plain = arguments.shift_remove("mode_type").is_none_or(|kind| kind == "raw");
        let class = MODES.iter().find(|(name, _)| is_plain && mode == *name).map(|(_, class)| *class);
        let (axis, axes) = (arguments.shift_remove("concat_axis"), arguments.shift_remove("dot_axes"));
        match class {
            Some("Concatenate") => drop(arguments.insert("axis".to_owned(), axis.unwrap_or_else(|| json!(-1)))),
            Some("Dot") => drop(arguments.insert("axes".to_owned(), dot_axes(axes.unwrap_or_else(|| json!(-1))))),
            Some(_) => {}
            None => {
                let (class, argument) = ("Merge".to_owned(), "mode".to_owned());
                let (reason, help) =
                    ("which is no merging layer now", "write what it does in operations, or as a layer of your own");
                self.fault(Problem::Argument { class, argument, found: mode, reason, help });
            }
        }
        for key in ["output_shape", "output_shape_type", "output_mask", "output_mask_type", "arguments", "layers"] {
            arguments.shift_remove(key);
        }
        class.unwrap_or("Add")
    }

    /// A sequential model of Keras 1 that begins with several branches, as the functional model that it is.
    pub(super) fn merging(&mut self, layers: &[Value], own_name: &str) -> Value {
        let Some((first, rest)) = layers.split_first() else { return Value::Null };
        let (mut written, mut inputs, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        let merge = name(first, "merge_1");
        let branches = first.get("config").and_then(|config| config.get("layers")).and_then(Value::as_array);
        for (position, branch) in branches.into_iter().flatten().enumerate() {
            let branch_name = name(branch, &format!("{merge}_branch_{}", position.saturating_add(1)));
            let Some(input) = input_of(branch, 0) else {
                let expected = "the shape of what a branch takes";
                self.within(&branch_name, |pass| pass.fault(ConfigProblem::Missing { key: "batch_input_shape", expected }));
                continue;
            };
            let input = Layer { name: format!("{branch_name}_input"), ..input };
            let layer = self.layer(branch, &branch_name);
            written.push(renamed(input.clone(), &mut inputs).called(Vec::new()));
            written.push(layer.called(call(&[&format!("{branch_name}_input")])));
            ends.push(branch_name);
        }
        let mut before: Vec<&str> = ends.iter().map(String::as_str).collect();
        let names: Vec<String> =
            rest.iter().enumerate().map(|(i, entry)| name(entry, &format!("layer_{}", i.saturating_add(2)))).collect();
        for (entry, name) in std::iter::once((first, &merge)).chain(rest.iter().zip(&names)) {
            let layer = self.layer(entry, name);
            if let Some(scaling) = layer.scaling() {
                let scale = scaling.name.clone();
                written.push(scaling.called(call(&before)));
                written.push(layer.called(call(&[&scale])));
            } else {
                written.push(layer.called(call(&before)));
            }
            before = vec![name];
        }
        let output = before.first().map_or(Value::Null, |last| json!([last, 0, 0]));
        functional(own_name, None, written, &Value::Array(inputs), &json!([output]))
    }
}

/// An input under its own name, which is put among the model's inputs.
fn renamed(mut input: Layer, inputs: &mut Vec<Value>) -> Layer {
    let name = input.name.clone();
    inputs.push(json!([name, 0, 0]));
    input.document.insert("name".to_owned(), name.clone().into());
    if let Some(Value::Object(config)) = input.document.get_mut("config") {
        config.insert("name".to_owned(), name.into());
    }
    input
}

/// The axes of a product, which could be lists of one.
fn dot_axes(axes: Value) -> Value {
    let single = |value: Value| match value {
        Value::Array(mut items) if items.len() == 1 => items.pop().unwrap_or_default(),
        other => other,
    };
    match axes {
        Value::Array(items) => items.into_iter().map(single).collect(),
        other => other,
    }
}
