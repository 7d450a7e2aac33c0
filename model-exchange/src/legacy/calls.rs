//! How calls refer to tensors: lists of a layer, a call and an output, with what else the call was given behind them.

use std::collections::{HashMap, HashSet};

use model_graph::config::ConfigProblem;
use serde_json::{Map, Value, json};

use super::fault::Problem;

/// How deep lists of tensors may lie in one another.
const MOST_DEPTH: usize = 16;

/// What stands in the place of a layer's name where a number is meant.
const CONSTANT: &str = "_CONSTANT_VALUE";

const EXPECTED: &str = "tensors: [layer, call, output, {..}]";

/// What calls are told apart by: the layers that there are, and where the calls of models are counted from.
pub(super) struct Counting<'d> {
    names: HashSet<&'d str>,
    /// The layers whose call 0 is referred to.
    from_first: HashSet<String>,
    /// The models, by the number of their first call in the document, and whether Keras counts from 1 where outputs are listed.
    models: HashMap<&'d str, (u64, bool)>,
}

impl<'d> Counting<'d> {
    /// The calls of a model in whose lists these references stand.
    pub fn of(references: &[&Value]) -> Self {
        let mut from_first = HashSet::new();
        references.iter().for_each(|references| first_calls(references, 0, &mut from_first));
        Self { names: HashSet::new(), from_first, models: HashMap::new() }
    }

    /// Adds a layer.
    pub fn add(&mut self, name: &'d str) {
        self.names.insert(name);
    }

    /// Adds a model. What made it was its first call, and is in no document; models that were made without an input had none.
    pub fn add_model(&mut self, name: &'d str, is_functional: bool) {
        let counts_from = u64::from(!self.from_first.contains(name));
        self.names.insert(name);
        self.models.insert(name, (counts_from, is_functional));
    }

    fn is_tensor(&self, items: &[Value]) -> bool {
        let name = items.first().and_then(Value::as_str);
        let is_numbers = || items.get(1).is_some_and(Value::is_number) && items.get(2).is_some();
        name.is_some_and(|name| self.names.contains(name) || name == CONSTANT) && is_numbers()
    }

    /// A model's input or output as today's documents have it.
    pub fn port(&self, value: &Value, depth: usize) -> Value {
        match value {
            Value::Array(items) if depth < MOST_DEPTH => {
                if let [Value::String(name), call, output] = items.as_slice() {
                    let is_functional = self.models.get(name.as_str()).is_some_and(|(_, is_functional)| *is_functional);
                    let call = self.call(name, call).map(|call| call.saturating_add(u64::from(is_functional)));
                    return json!([name, call.map_or(Value::Null, Value::from), output]);
                }
                items.iter().map(|item| self.port(item, depth.saturating_add(1))).collect()
            }
            Value::Object(items) if depth < MOST_DEPTH => {
                let items = items.iter().map(|(key, item)| (key.clone(), self.port(item, depth.saturating_add(1))));
                Value::Object(items.collect())
            }
            other => other.clone(),
        }
    }

    /// Which call of a layer is meant, from 0.
    fn call(&self, name: &str, call: &Value) -> Option<u64> {
        let counts_from = self.models.get(name).map_or(0, |(counts_from, _)| *counts_from);
        call.as_u64()?.checked_sub(counts_from)
    }

    /// A tensor, or the number in its place.
    fn tensor(&self, items: &[Value]) -> Option<Value> {
        let [Value::String(name), call, output, ..] = items else { return None };
        if name == CONSTANT {
            return Some(output.clone());
        }
        let history = json!([name, self.call(name, call)?, output.as_u64()?]);
        Some(json!({ "class_name": "__keras_tensor__", "config": { "keras_history": history } }))
    }

    /// What a call was given by name: tensors are known by the names of layers.
    fn value(&self, value: &Value, depth: usize) -> Option<Value> {
        let deeper = |item: &Value| self.value(item, depth.saturating_add(1));
        match value {
            Value::Array(_) | Value::Object(_) if depth > MOST_DEPTH => None,
            Value::Array(items) if self.is_tensor(items) => self.tensor(items),
            Value::Array(items) => items.iter().map(deeper).collect::<Option<Vec<_>>>().map(Value::Array),
            Value::Object(items) => {
                let items = items.iter().map(|(key, item)| Some((key.clone(), deeper(item)?)));
                items.collect::<Option<Map<_, _>>>().map(Value::Object)
            }
            other => Some(other.clone()),
        }
    }

    /// The first argument of a call, with what else it was given put by.
    fn argument(&self, value: &Value, kwargs: &mut Map<String, Value>, depth: usize) -> Option<Value> {
        if depth > MOST_DEPTH {
            return None;
        }
        match value {
            Value::Array(items) if matches!(items.first(), Some(Value::String(_))) => {
                for (key, value) in items.get(3).and_then(Value::as_object).into_iter().flatten() {
                    kwargs.insert(key.clone(), self.value(value, 0)?);
                }
                self.tensor(items)
            }
            Value::Array(items) => {
                let items = items.iter().map(|item| self.argument(item, kwargs, depth.saturating_add(1)));
                items.collect::<Option<Vec<_>>>().map(Value::Array)
            }
            Value::Object(items) => {
                let items =
                    items.iter().map(|(key, item)| Some((key.clone(), self.argument(item, kwargs, depth.saturating_add(1))?)));
                items.collect::<Option<Map<_, _>>>().map(Value::Object)
            }
            _ => None,
        }
    }

    /// One call as today's documents have it.
    fn node(&self, node: &Value) -> Option<Call> {
        let mut kwargs = Map::new();
        let argument = self.argument(node, &mut kwargs, 0)?;
        Some(match argument {
            Value::Array(mut items) if items.len() == 1 => Call { args: items.pop().unwrap_or_default(), kwargs },
            args => Call { args, kwargs },
        })
    }

    /// The calls of a layer.
    pub fn calls(&self, layer: &Value) -> Result<Vec<Call>, Problem> {
        let nodes = layer.get("inbound_nodes").unwrap_or(&Value::Null);
        let error = |found: &Value| {
            Problem::Config(ConfigProblem::Value { key: "inbound_nodes".to_owned(), expected: EXPECTED, found: found.clone() })
        };
        let Some(items) = nodes.as_array() else {
            return Err(ConfigProblem::Missing { key: "inbound_nodes", expected: "a list of calls" }.into());
        };
        // One call was written without the list around it by some.
        let items = if matches!(items.first(), Some(Value::String(_))) { std::slice::from_ref(nodes) } else { items.as_slice() };
        items.iter().map(|node| self.node(node).ok_or_else(|| error(node))).collect()
    }
}

/// What a layer is called with.
pub(super) struct Call {
    /// The first argument.
    pub args: Value,
    /// The others, by name.
    pub kwargs: Map<String, Value>,
}

impl Call {
    /// The call as today's documents have it. One that was asked not to train does not; what was asked to train cannot be.
    pub fn into_value(mut self) -> Result<Value, Problem> {
        match self.kwargs.shift_remove("training") {
            None | Some(Value::Null) => Ok(json!({ "args": [self.args], "kwargs": self.kwargs })),
            Some(Value::Bool(false)) => {
                self.kwargs.insert("training".to_owned(), false.into());
                Ok(json!({ "args": [self.args], "kwargs": self.kwargs, "infers": true }))
            }
            Some(found) => Err(ConfigProblem::Option { name: "training".to_owned(), found }.into()),
        }
    }

    /// The states that a recurrent layer begins with stood behind its input.
    pub fn with_states(mut self) -> Self {
        let states = match &mut self.args {
            Value::Array(items) if items.len() > 1 => items.split_off(1),
            _ => return self,
        };
        self.args = self.args.get_mut(0).map_or(Value::Null, Value::take);
        self.kwargs.insert("initial_state".to_owned(), Value::Array(states));
        self
    }
}

/// Collects the layers whose call 0 is referred to.
fn first_calls(references: &Value, depth: usize, found: &mut HashSet<String>) {
    if depth > MOST_DEPTH {
        return;
    }
    match references {
        Value::Array(items) => {
            if let [Value::String(name), call, output, ..] = items.as_slice()
                && call.as_u64() == Some(0)
                && output.is_number()
            {
                found.insert(name.clone());
            }
            items.iter().for_each(|item| first_calls(item, depth.saturating_add(1), found));
        }
        Value::Object(items) => items.values().for_each(|item| first_calls(item, depth.saturating_add(1), found)),
        _ => {}
    }
}
