//! Values of arguments: how older versions wrote arrays and functions, and the names of starts, penalties and constraints.

use model_graph::config::Program;
use serde_json::{Map, Value, json};

use super::arguments::Arguments;

/// How deep an argument's value may be.
const MOST_DEPTH: usize = 16;

/// Whether two values are the same, 0 and 0.0 too.
pub(super) fn is_same(one: &Value, other: &Value) -> bool {
    one == other || one.as_f64().is_some_and(|number| other.as_f64() == Some(number))
}

/// An argument's value without what Python's arrays, tuples and modules were written as.
pub(super) fn plain(value: Value, depth: usize) -> Value {
    if depth > MOST_DEPTH {
        return value;
    }
    let deeper = |value| plain(value, depth.saturating_add(1));
    match value {
        Value::Array(items) => items.into_iter().map(deeper).collect(),
        Value::Object(mut object) => {
            if object.get("type").is_some_and(|kind| kind == "ndarray") {
                return object.shift_remove("value").map_or(Value::Null, deeper);
            }
            let is_list = object.get("class_name").is_some_and(|class| class == "__tuple__" || class == "TensorShape");
            match object.shift_remove("items") {
                Some(items) if is_list => return deeper(items),
                items => object.extend(items.map(|items| ("items".to_owned(), items))),
            }
            Value::Object(object.into_iter().map(|(key, value)| (key, deeper(value))).collect())
        }
        other => other,
    }
}

/// Makes today's of every start, penalty, constraint and activation among a layer's arguments.
pub(super) fn modernize(arguments: &mut Arguments<'_>, program: Program) {
    let keys: Vec<String> = arguments.map.keys().cloned().collect();
    for key in keys {
        let Some(value) = arguments.map.get_mut(&key) else { continue };
        if key.ends_with("_initializer") {
            *value = initializer(value.take(), program);
        } else if key.ends_with("_regularizer") {
            *value = regularizer(value.take());
        } else if key.ends_with("_constraint") {
            *value = constraint(value.take());
        } else if key == "activation" || key == "recurrent_activation" {
            *value = function(value.take());
        }
    }
}

/// An object of a class as today's configurations have it, or what was there.
fn object(value: Value, change: impl FnOnce(&str, Map<String, Value>) -> Option<(String, Map<String, Value>)>) -> Value {
    let Some(object) = value.as_object() else { return value };
    // Keras 1 wrote the class among the arguments, as their `name`.
    let (class, config) = match (object.get("class_name"), object.get("name")) {
        (Some(Value::String(class)), _) => {
            (class.clone(), object.get("config").and_then(Value::as_object).cloned().unwrap_or_default())
        }
        (None, Some(Value::String(class))) => {
            let arguments = object.iter().filter(|(key, _)| *key != "name");
            (class.clone(), arguments.map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        _ => return value,
    };
    match change(&class, config) {
        Some((class, config)) => json!({ "class_name": class, "config": config }),
        None => value,
    }
}

/// How weights start.
fn initializer(value: Value, program: Program) -> Value {
    let scaled = |mode, scale: f64| {
        let config = json!({ "scale": scale, "mode": mode, "distribution": "untruncated_normal", "seed": null });
        json!({ "class_name": "VarianceScaling", "config": config })
    };
    match value.as_str() {
        // Keras 1 drew these from normal distributions that were not cut off.
        Some("glorot_normal") if program == Program::Keras1 => scaled("fan_avg", 1.0),
        Some("he_normal") if program == Program::Keras1 => scaled("fan_in", 2.0),
        Some("orthogonal") if program == Program::Keras1 => {
            json!({ "class_name": "Orthogonal", "config": { "gain": 1.1, "seed": null } })
        }
        Some(_) => value,
        None => object(value, |class, mut config| {
            config.shift_remove("dtype");
            config.shift_remove("partition_info");
            let class = class.strip_suffix("V2").or_else(|| class.strip_suffix("V1")).unwrap_or(class);
            Some((class.replace("LeCun", "Lecun"), config)) // as TensorFlow.js spells it
        }),
    }
}

/// A penalty.
fn regularizer(value: Value) -> Value {
    object(value, |class, mut config| {
        let class = match class {
            "WeightRegularizer" | "ActivityRegularizer" | "L1L2Regularizer" => "L1L2",
            other => other,
        };
        if class == "L1L2" {
            for key in ["l1", "l2"] {
                config.entry(key).or_insert_with(|| json!(0.0));
            }
        }
        Some((class.to_owned(), config))
    })
}

/// What weights are kept to.
fn constraint(value: Value) -> Value {
    const RENAMED: [(&str, &str); 3] = [("m", "max_value"), ("low", "min_value"), ("high", "max_value")];
    object(value, |class, mut config| {
        for (old, new) in RENAMED {
            if let Some(value) = config.shift_remove(old) {
                config.insert(new.to_owned(), value);
            }
        }
        let class = match class {
            "maxnorm" => "MaxNorm",
            "nonneg" => "NonNeg",
            "unitnorm" | "unit_norm" => "UnitNorm",
            other => other,
        };
        Some((class.to_owned(), config))
    })
}

/// The name of a function: some versions wrote an object of it.
fn function(value: Value) -> Value {
    let is_function = value.get("class_name").is_some_and(|class| class == "function");
    match value.get("config").filter(|name| is_function && name.is_string()) {
        Some(name) => name.clone(),
        None => value,
    }
}
