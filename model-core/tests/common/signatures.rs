//! What Keras's losses, metrics, optimisers, schedules and callbacks take: `tests/keras/signatures.tsv`.

use serde_json::Value;

/// Arguments in their order, each with its default, if it has one.
pub type Arguments = Vec<(String, Option<Value>)>;

/// The classes of one of Keras's modules, as `losses`, with their arguments.
pub fn signatures(module: &str) -> Vec<(String, Arguments)> {
    let lines = include_str!("../keras/signatures.tsv").lines().filter(|line| !line.starts_with('#'));
    let of_module = lines.filter_map(|line| line.strip_prefix(module)?.strip_prefix('.'));
    of_module.map(read).collect()
}

fn read(line: &str) -> (String, Arguments) {
    let mut parts = line.split('\t');
    let name = parts.next().unwrap().to_owned();
    let argument = |part: &str| match part.split_once('=') {
        None => (part.to_owned(), None),
        Some((name, default)) => (name.to_owned(), Some(serde_json::from_str(default).unwrap())),
    };
    (name, parts.map(argument).collect())
}

/// Whether two defaults are the same: 1 is 1.0, and no names are none.
pub fn is_same(ours: Option<&Value>, keras: Option<&Value>) -> bool {
    match (ours, keras) {
        (Some(Value::Number(ours)), Some(Value::Number(keras))) => ours.as_f64() == keras.as_f64(),
        (Some(Value::Array(ours)), Some(Value::Null)) => ours.is_empty(),
        _ => ours == keras,
    }
}
