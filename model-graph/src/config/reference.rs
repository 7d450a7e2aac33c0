//! How a document refers to tensors: by layer, call and output, alone, in lists, or by name.

use serde_json::Value;

use super::error::{ConfigError, ConfigProblem};
use super::fields::{field, mismatch, text};

/// How deep lists of tensors may lie in one another.
const DEEPEST: usize = 8;

const EXPECTED: &str = "a tensor: [layer, call, output]";

/// A tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference<'v> {
    /// The layer that makes it.
    pub layer: &'v str,
    /// Which call of the layer.
    pub call: usize,
    /// Which output of the call.
    pub output: usize,
}

impl<'v> Reference<'v> {
    fn read(value: &'v Value) -> Option<Self> {
        let [layer, call, output] = value.as_array()?.as_slice() else { return None };
        let number = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok());
        Some(Self { layer: layer.as_str()?, call: number(call)?, output: number(output)? })
    }
}

/// A model's inputs or outputs.
pub(super) struct Ports<'v> {
    /// The tensors, with names where the document gives them.
    pub tensors: Vec<(Option<&'v str>, Reference<'v>)>,
}

impl<'v> Ports<'v> {
    /// Reads `input_layers` or `output_layers`: one tensor, a list of them, or an object of them.
    pub fn read(config: &'v Value, key: &'static str) -> Result<Self, ConfigError> {
        const LIST: &str = "a tensor [layer, call, output], a list of tensors, or an object of tensors";
        let value = field(config, key, LIST)?;
        let tensor = |name, item| Ok((name, Reference::read(item).ok_or_else(|| mismatch(key, EXPECTED, item))?));
        let tensors: Vec<_> = match (value, Reference::read(value)) {
            (_, Some(single)) => vec![(None, single)],
            (Value::Array(items), None) => items.iter().map(|item| tensor(None, item)).collect::<Result<_, ConfigError>>()?,
            (Value::Object(items), None) => {
                items.iter().map(|(name, item)| tensor(Some(name.as_str()), item)).collect::<Result<_, ConfigError>>()?
            }
            _ => return Err(mismatch(key, LIST, value)),
        };
        if tensors.is_empty() { Err(mismatch(key, "at least one tensor", value)) } else { Ok(Self { tensors }) }
    }

    /// The position of each tensor among the model's, in the order in which Keras counts them: an object's tensors by their names.
    pub fn positions(&self) -> Vec<usize> {
        positions(&self.tensors.iter().map(|(name, _)| *name).collect::<Vec<_>>())
    }
}

/// The positions of tensors in the order in which Keras counts them: as they stand, or by name where they have names.
pub(super) fn positions(names: &[Option<&str>]) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..names.len()).collect();
    positions.sort_by_key(|&position| names.get(position));
    positions
}

/// What a layer is called with.
pub(super) struct Operands<'v> {
    /// The tensors by position, with names where the document gives them.
    pub tensors: Vec<(Option<&'v str>, Reference<'v>)>,
    /// The tensors of slots, as their lists have them: some may be left out.
    pub slots: Vec<(&'v str, Vec<Option<Reference<'v>>>)>,
    /// What else is asked for.
    pub flags: Vec<(&'v str, bool)>,
    /// Whether it was asked for that the call infers.
    pub infers: bool,
    /// The call's place among all calls, where the document gives it.
    pub order: Option<u64>,
}

impl<'v> Operands<'v> {
    /// Reads an inbound node; that of an operation may have numbers among its tensors.
    pub fn read(node: &'v Value, is_operation: bool) -> Result<Self, ConfigError> {
        let mut tensors = Vec::new();
        match field(node, "args", "a list of tensors")? {
            Value::Array(args) if is_operation => {
                let given = args.iter().filter(|value| has_tensor(value));
                given.into_iter().try_for_each(|value| collect(value, None, 0, &mut tensors))?;
            }
            args => collect(args, None, 0, &mut tensors)?,
        }
        let (mut slots, mut flags) = (Vec::new(), Vec::new());
        for (name, value) in node.get("kwargs").and_then(Value::as_object).into_iter().flatten() {
            // What Keras wrote as `training` is overruled by the model's own when it runs.
            // The numbers of an operation are among its arguments.
            if name == "training" || is_nothing(value, 0) || (is_operation && !has_tensor(value)) {
                continue;
            }
            if let Some(flag) = value.as_bool() {
                flags.push((name.as_str(), flag));
                continue;
            }
            slots.push((name.as_str(), listed(value).ok_or_else(|| option(name, value))?));
        }
        let order = node
            .get("call_order")
            .map(|order| order.as_u64().ok_or_else(|| mismatch("call_order", "a whole number of at least 0", order)));
        let infers = node.get("infers").is_some_and(|infers| infers == true);
        Ok(Self { tensors, slots, flags, infers, order: order.transpose()? })
    }

    /// Every tensor, in the order in which Keras goes through them: by names where they have names.
    pub fn references(&self) -> Vec<&Reference<'v>> {
        let (mut tensors, mut slots): (Vec<_>, Vec<_>) = (self.tensors.iter().collect(), self.slots.iter().collect());
        tensors.sort_by_key(|(name, _)| *name);
        slots.sort_by_key(|(name, _)| *name);
        tensors
            .into_iter()
            .map(|(_, reference)| reference)
            .chain(slots.into_iter().flat_map(|(_, given)| given).flatten())
            .collect()
    }
}

/// The tensors of a slot: one, or a list of some, in which null stands for none.
fn listed(value: &Value) -> Option<Vec<Option<Reference<'_>>>> {
    // An object that is no tensor itself has one under each name, in the order of what the call is given.
    let items: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(items) if !items.contains_key("class_name") => items.values().collect(),
        single => vec![single],
    };
    let mut found = Vec::new();
    for item in items {
        let mut tensors = Vec::new();
        collect(item, None, 0, &mut tensors).ok()?;
        if tensors.iter().any(|(name, _)| name.is_some()) {
            return None;
        }
        match item {
            Value::Null => found.push(None),
            _ => found.extend(tensors.into_iter().map(|(_, reference)| Some(reference))),
        }
    }
    Some(found)
}

/// Something beside a call's tensors that is not known.
pub(super) fn option(name: &str, found: &Value) -> ConfigError {
    ConfigProblem::Option { name: name.to_owned(), found: found.clone() }.into()
}

/// Whether a value is null, or made of nulls only.
fn is_nothing(value: &Value, depth: usize) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => depth < DEEPEST && items.iter().all(|item| is_nothing(item, depth + 1)),
        Value::Object(items) => depth < DEEPEST && items.values().all(|item| is_nothing(item, depth + 1)),
        _ => false,
    }
}

/// Whether a value is a tensor, or a list of which the first is one.
pub(super) fn has_tensor(value: &Value) -> bool {
    let first = value.as_array().map_or(Some(value), |items| items.first());
    first.and_then(|first| first.get("class_name")).is_some_and(|class| class == "__keras_tensor__")
}

/// Adds the tensors of a call's argument: one, or a list, or an object of them.
fn collect<'v>(
    value: &'v Value,
    name: Option<&'v str>,
    depth: usize,
    tensors: &mut Vec<(Option<&'v str>, Reference<'v>)>,
) -> Result<(), ConfigError> {
    if depth > DEEPEST {
        return Err(ConfigProblem::Depth { most: DEEPEST }.into());
    }
    match value {
        Value::Null => Ok(()),
        Value::Array(items) => items.iter().try_for_each(|item| collect(item, name, depth + 1, tensors)),
        Value::Object(items) if !items.contains_key("class_name") => {
            items.iter().try_for_each(|(name, item)| collect(item, Some(name), depth + 1, tensors))
        }
        Value::Object(_) if text(value, "class_name", "a class")? == "__keras_tensor__" => {
            let history = field(field(value, "config", "a tensor's place")?, "keras_history", EXPECTED)?;
            tensors.push((name, Reference::read(history).ok_or_else(|| mismatch("keras_history", EXPECTED, history))?));
            Ok(())
        }
        other => Err(mismatch("args", "tensors", other)),
    }
}
