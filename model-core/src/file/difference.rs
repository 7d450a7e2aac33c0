//! Where two configurations differ.

use serde_json::Value;

/// The first difference of two configurations: where it is, what was expected, and what was found.
pub(crate) fn difference(expected: &Value, found: &Value) -> Option<(String, String, String)> {
    differ(String::new(), expected, found)
}

/// What says nothing about a model's weights, as long as it is of its kind: the model's own name, and whether weights are trained.
fn is_ignored(place: &str, key: &str, found: Option<&Value>) -> bool {
    match found {
        None => key == "trainable",
        Some(found) => (key == "trainable" && found.is_boolean()) || (place == "config" && key == "name" && found.is_string()),
    }
}

fn differ(place: String, expected: &Value, found: &Value) -> Option<(String, String, String)> {
    match (expected, found) {
        (Value::Object(a), Value::Object(b)) => {
            let keys =
                a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))).filter(|key| !is_ignored(&place, key, b.get(*key)));
            keys.filter_map(|key| {
                let (a, b) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                differ(join(&place, key), a, b)
            })
            .next()
        }
        (Value::Array(a), Value::Array(b)) => items(&place, a, b),
        _ if expected == found => None,
        _ => Some((place, short(expected), short(found))),
    }
}

fn items(place: &str, expected: &[Value], found: &[Value]) -> Option<(String, String, String)> {
    let item = |(i, (a, b)): (usize, (&Value, &Value))| {
        let name = a["name"].as_str().map_or_else(|| format!("{place}[{i}]"), str::to_owned);
        differ(name, a, b)
    };
    let first = expected.iter().zip(found).enumerate().find_map(item);
    let count = |items: &[Value]| format!("{} of them", items.len());
    first.or_else(|| (expected.len() != found.len()).then(|| (place.to_owned(), count(expected), count(found))))
}

fn join(place: &str, key: &str) -> String {
    if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") }
}

fn short(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => format!("`{value}`"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_named() {
        let model = |units: Value| json!({ "layers": [{ "name": "dense", "config": { "units": units, "trainable": true } }] });
        let check = |a: &Value, b: &Value, expected: Option<(&str, &str, &str)>| {
            let found = difference(a, b);
            assert_eq!(found.as_ref().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())), expected);
        };
        let (ten, twelve) = (model(json!(10)), model(json!(12)));
        check(&ten, &ten, None);
        check(&ten, &twelve, Some(("dense.config.units", "`10`", "`12`")));
        check(&ten, &json!({ "layers": [] }), Some(("layers", "1 of them", "0 of them")));
        check(&ten, &json!({}), Some(("layers", "a list of 1", "nothing")));
        check(&json!({ "config": { "name": "a" } }), &json!({ "config": { "name": "b" } }), None);
        check(&json!({ "trainable": true }), &json!({}), None);
        check(&json!({ "trainable": true }), &json!({ "trainable": "perhaps" }), Some(("trainable", "`true`", "`\"perhaps\"`")));
        check(
            &json!({ "config": { "name": "a" } }),
            &json!({ "config": { "name": 1 } }),
            Some(("config.name", "`\"a\"`", "`1`")),
        );
        check(&json!({ "trainable": true, "a": [1] }), &json!({ "trainable": false, "a": [2] }), Some(("a[0]", "`1`", "`2`")));
    }
}
