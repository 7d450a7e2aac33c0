//! Documents and shards with something changed: whatever becomes of them, reading them ends with a model or an error. `MUTATIONS` says how many
//! are tried.

use std::collections::BTreeMap;

use model_exchange::{legacy, tfjs};
use model_graph::config;
use model_graph::custom::Registry;
use serde_json::{Value, json};

/// Random numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap()
    }
}

fn count() -> usize {
    std::env::var("MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(300)
}

/// All documents, one by one.
fn documents() -> Vec<Value> {
    let files = [
        include_str!("../../tests/legacy/keras1.json"),
        include_str!("../../tests/legacy/keras2.json"),
        include_str!("../../tests/legacy/tf_keras.json"),
    ];
    let parsed = files.iter().map(|file| serde_json::from_str::<Value>(file).unwrap());
    parsed.flat_map(|file| file.as_object().unwrap().values().cloned().collect::<Vec<_>>()).collect()
}

/// Something else in the place of a value.
fn strange(random: &mut Random, value: &Value) -> Value {
    let words = [
        "",
        "a",
        "x",
        "Functional",
        "Model",
        "Sequential",
        "Merge",
        "InputLayer",
        "TFOpLambda",
        "Bidirectional",
        "TimeDistributed",
        "dot",
        "hard_sigmoid",
        "_CONSTANT_VALUE",
        "__tuple__",
        "ndarray",
        "th",
        "\u{0}\u{ffff}é",
    ];
    match random.below(12) {
        0 => Value::Null,
        1 => [json!(-1), json!(0), json!(1), json!(u64::MAX), json!(i64::MIN), json!(1e308), json!(0.5)][random.below(7)].clone(),
        2 => json!(words[random.below(words.len())]),
        3 => json!([]),
        4 => json!({}),
        5 => json!([value]),
        6 => json!({ "class_name": words[random.below(words.len())], "config": value }),
        7 => json!({ "type": "ndarray", "value": value }),
        8 => json!(true),
        9 => value.as_i64().map_or(Value::Null, |number| json!(number.wrapping_mul(1 << random.below(62)))),
        10 => value.as_str().map_or(Value::Null, |text| json!(text.chars().rev().collect::<String>())),
        _ => (0..40).fold(value.clone(), |inner, _| json!([inner])),
    }
}

/// Changes one place of a value, wherever it lies.
fn mutate(random: &mut Random, value: &mut Value) {
    if random.below(6) == 0 {
        *value = strange(random, value);
        return;
    }
    match value {
        Value::Array(items) if !items.is_empty() => {
            let at = random.below(items.len());
            match random.below(12) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => items.swap(0, at),
                _ => mutate(random, &mut items[at]),
            }
        }
        Value::Object(entries) if !entries.is_empty() => {
            let key = entries.keys().nth(random.below(entries.len())).unwrap().clone();
            match random.below(12) {
                0 => drop(entries.remove(&key)),
                1 => drop(entries.remove(&key).map(|value| entries.insert(key.chars().skip(1).collect(), value))),
                _ => mutate(random, &mut entries[&key]),
            }
        }
        _ => *value = strange(random, value),
    }
}

#[test]
fn changed_documents_are_read_or_refused() {
    let (documents, registry, mut random) = (documents(), Registry::default(), Random(0x9e37_79b9_7f4a_7c15));
    let (mut read, mut refused) = (0_usize, 0_usize);
    for turn in 0..count() {
        let mut document = documents[turn % documents.len()].clone();
        for _ in 0..=random.below(3) {
            mutate(&mut random, &mut document);
        }
        let result = legacy::modern(&document, &registry).map_err(|error| error.to_string());
        match result.and_then(|modern| config::read_with(&modern, &registry).map_err(|error| error.to_string())) {
            Ok(_) => read += 1,
            Err(error) => {
                assert!(!error.is_empty());
                refused += 1;
            }
        }
    }
    assert!(read > 0 && refused > 0, "{read} read, {refused} refused");
}

#[test]
fn changed_models_of_tensorflow_js_are_read_or_refused() {
    let models: Value = serde_json::from_str(include_str!("../../tests/legacy/tfjs.json")).unwrap();
    let models: Vec<(Value, Vec<u8>)> = models.as_object().unwrap().values().map(model).collect();
    let (registry, mut random) = (Registry::default(), Random(0x2545_f491_4f6c_dd1d));
    let (mut read, mut refused) = (0_usize, 0_usize);
    for turn in 0..count() {
        let (mut document, mut bytes) = models[turn % models.len()].clone();
        match random.below(8) {
            0 => bytes.truncate(random.below(bytes.len())),
            1 => bytes.push(0),
            2 => {}
            3 => mutate(&mut random, &mut document["weightsManifest"]),
            _ => mutate(&mut random, &mut document),
        }
        let mut text = document.to_string().into_bytes();
        if random.below(8) == 0 {
            let at = random.below(text.len());
            text[at] = u8::try_from(random.below(256)).unwrap();
        }
        let mut shards = BTreeMap::from([("weights.bin".to_owned(), bytes)]);
        match tfjs::read(&text, &mut shards, &registry) {
            Ok(_) => read += 1,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                refused += 1;
            }
        }
    }
    assert!(read > 0 && refused > 0, "{read} read, {refused} refused");
}

fn model(case: &Value) -> (Value, Vec<u8>) {
    let digits = case["weights"].as_str().unwrap();
    let byte = |place: usize| u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).unwrap();
    (case["model"].clone(), (0..digits.len() / 2).map(byte).collect())
}
