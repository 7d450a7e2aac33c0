//! Rules by tables: what inputs give under a rule, or what is wrong with them.

use serde_json::json;

use super::*;
use crate::dim::Dim;
use crate::graph::{Graph, Kind};
use crate::layers::AnyLayer;
use crate::shape::Shape;

fn signature(arguments: &Value, shape: &str, weights: &Value) -> Signature {
    let text = json!({
        "name": "Own", "package": "Custom", "shape": shape, "arguments": arguments, "weights": weights, "parts": [], "saved": [],
    });
    Signature::from_json(&text).unwrap()
}

fn ty(text: &str) -> TensorType {
    let (dtype, dims) = text.trim_end_matches(']').split_once('[').unwrap();
    let dims = dims.split(", ").filter(|dim| !dim.is_empty());
    let shape = Shape(dims.map(|dim| dim.parse().map_or_else(|_| Dim::named(dim), Dim::constant)).collect());
    TensorType { dtype: if dtype == "i32" { DType::I32 } else { DType::F32 }, shape }
}

/// Calls a layer with inputs `[3, 4] [5, 4]` and tells the output with its weights, or the message.
fn call(layer: &Custom, inputs: &str) -> String {
    let mut graph = Graph::new("net");
    let types = inputs.split_inclusive(']').map(|text| ty(text.trim()));
    let tensors: Vec<_> = types.enumerate().map(|(i, ty)| graph.input(["a", "b", "c"][i], ty)).collect();
    let id = graph.layer(Kind::Layer(AnyLayer::Custom(layer.clone())), None);
    match graph.call(id, &tensors) {
        Ok(outputs) => {
            let weights = graph.layers[id.0].weights.iter().map(|weight| format!(", {} {}", weight.name, weight.shape));
            format!("{inputs} -> {}{}", graph.ty(outputs[0]), weights.collect::<String>())
        }
        Err(error) => format!("{inputs}: {error}"),
    }
}

fn check(signature: Signature, arguments: &Value, inputs: &[&str], expected: &str) {
    let layer = Custom::new(Arc::new(signature), arguments.as_object().unwrap()).unwrap();
    let lines: Vec<String> = inputs.iter().map(|inputs| call(&layer, inputs)).collect();
    assert_eq!(lines.join("\n"), expected);
}

fn units() -> Value {
    json!([{ "name": "units", "type": "usize", "doc": "" }])
}

fn weight(name: &str, shape: &str) -> Value {
    json!({ "name": name, "shape": shape, "initializer": "zeros", "trainable": true })
}

#[test]
fn open_rules_keep_the_axes_that_they_do_not_look_at() {
    let weights = json!([weight("w", "[features, units]"), weight("b", "[units]")]);
    let dense = || signature(&units(), "[.., features] -> [.., units]", &weights);
    check(
        dense(),
        &json!({ "units": 5 }),
        &["[4]", "[7, 4]", "[words, 4]", "[]", "i32[4]", "[4, words]", "[4] [4]"],
        "[4] -> [5], w [4, 5], b [5]
[7, 4] -> [7, 5], w [4, 5], b [5]
[words, 4] -> [words, 5], w [4, 5], b [5]
[]: `Own(5)` needs [.., features]: `a` is []
help: add an axis, `Reshape([1])(a)`
i32[4]: `Own(5)` needs elements of type f32: `a` is i32[4], elements of type i32
help: declare the input without its type, `a: [4]`
[4, words]: `Own(5)` needs to know the size of axis 2: `a` is [4, words], `words` is any size
help: weights need a known size: write a number in place of `words`, or pool that axis away
[4] [4]: `Own` takes one tensor, found 2 tensors
help: call it once for each tensor, or merge them first, as in `Own(5)(Concatenate()([a, b]))`",
    );
    check(
        dense(),
        &json!({ "units": 0 }),
        &["[4]"],
        "[4]: `Own(0)` needs `units`, a size of its weight `w`, to be at least 1: `a` is [4], `units` 0
help: take another `units`, or give it a larger input",
    );
}

#[test]
fn a_name_is_one_size_wherever_it_stands() {
    check(
        signature(&json!([]), "[n, d], [m, d] -> [n, m]", &json!([])),
        &json!({}),
        &["[3, 4] [5, 4]", "[words, 4] [m, 4]", "[3, 4] [5, 6]", "[3, 4] [5]", "[3, 4]"],
        "[3, 4] [5, 4] -> [3, 5]
[words, 4] [m, 4] -> [words, m]
[3, 4] [5, 6]: `Own()` needs one size for `d`: `a` is [3, 4], `d` 4; `b` is [5, 6], `d` 6
help: the shape rule of `Own` calls both `d`: make them equal
[3, 4] [5]: `Own()` needs [m, d]: `b` is [5]
help: add the axis of d, `Reshape([5, 1])(b)`
[3, 4]: `Own` takes a list of two tensors, found one tensor
help: write `Own()([a, ..])` with another tensor, or leave the layer out",
    );
    check(
        signature(&json!([]), "[n, n] -> [n]", &json!([])),
        &json!({}),
        &["[3, 3]", "[3, 4]", "[rows, rows]"],
        "[3, 3] -> [3]
[3, 4]: `Own()` needs one size for `n`: `a` is [3, 4], `n` 3 and 4
help: the shape rule of `Own` calls both `n`: make them equal
[rows, rows] -> [rows]",
    );
    check(
        signature(&json!([]), "[.., d], [.., d], [.., d] -> [.., d]", &json!([])),
        &json!({}),
        &["[2, 3] [2, 3] [2, 3]", "[2, 3] [3] [2, 3]", "[3] [2, 3] [3]", "[3] [3]"],
        "[2, 3] [2, 3] [2, 3] -> [2, 3]
[2, 3] [3] [2, 3]: `Own()` needs the axes [2] for `..` as in `a` [2, 3]: `b` is [3]
help: give all inputs the same axes before those that the rule names
[3] [2, 3] [3]: `Own()` needs no axes for `..` as in `a` [3]: `b` is [2, 3]
help: give all inputs the same axes before those that the rule names
[3] [3]: `Own` takes a list of 3 tensors, found 2 tensors
help: write `Own()([..])` with 3 tensors",
    );
}

#[test]
fn sizes_are_computed() {
    let heads = json!([{ "name": "heads", "type": "usize", "default": 2, "doc": "" }]);
    check(
        signature(&heads, "[.., features] -> [.., heads, features / heads]", &json!([])),
        &json!({ "heads": 3 }),
        &["[6]", "[7]", "[n]"],
        "[6] -> [3, 2]
[7]: `Own(3)` needs `features / heads` without a remainder: `a` is [7], 7 / 3
help: take another `heads`: the shape rule of `Own` divides `features / heads`
[n]: `Own(3)` needs `features / heads` without a remainder: `a` is [n], n / 3
help: take another `heads`: the shape rule of `Own` divides `features / heads`",
    );
    check(
        signature(&json!([]), "[n, 2, d], [n - 1, 2 * d] -> [2 * (n - 2) + 1]", &json!([])),
        &json!({}),
        &["[5, 2, 3] [4, 6]", "[n, 2, 3] [rows, 6]", "[5, 3, 3] [4, 6]", "[5, 2, 3] [4, 5]", "[1, 2, 3] [0, 6]"],
        "[5, 2, 3] [4, 6] -> [7]
[n, 2, 3] [rows, 6]: `Own()` needs axis 1 to be `n - 1` = n - 1: `b` is [rows, 6], axis 1 rows
help: give it an input whose axis 1 is n - 1
[5, 3, 3] [4, 6]: `Own()` needs axis 2 to be 2: `a` is [5, 3, 3], axis 2 3
help: give it an input whose axis 2 is 2
[5, 2, 3] [4, 5]: `Own()` needs axis 2 to be `2 * d` = 6: `b` is [4, 5], axis 2 5
help: give it an input whose axis 2 is 6
[1, 2, 3] [0, 6]: `Own()` needs `2 * (n - 2) + 1`, a size of its output, to be at least 1: `a` is [1, 2, 3], `b` is [0, 6], `2 * (n - 2) + 1` -1
help: give it a larger input",
    );
    check(
        signature(&units(), "[n, units] -> [n]", &json!([])),
        &json!({ "units": 4 }),
        &["[3, 4]", "[3, 5]", "[3]"],
        "[3, 4] -> [3]
[3, 5]: `Own(4)` needs axis 2 to be `units` = 4: `a` is [3, 5], axis 2 5
help: give it an input whose axis 2 is 4
[3]: `Own(4)` needs [n, units]: `a` is [3]
help: add the axis of units, `Reshape([3, 1])(a)`",
    );
}

#[test]
fn rules_are_read_and_written() {
    for text in [
        "[.., a] -> [.., 2 * a]",
        "[a, b], [c] -> []",
        "[a] -> [(a + 1) / 2 - (a - 1), a - 2 * b, a * (b / 2)]",
        "[..] -> [.., 1]",
        "[a], [b] -> [a], [b], []",
    ] {
        assert_eq!(rule(text).unwrap().to_string(), text);
    }
    assert_eq!(rule(" [..,a,] ->[ .. , a*2 ] ").unwrap().to_string(), "[.., a] -> [.., a * 2]");
    let faults = [
        "",
        "[a]",
        "[a] -> ",
        "[a -> [a]",
        "[a b] -> [a]",
        "[a, ..] -> [a]",
        "[a] -> [a], [b],",
        "[a +] -> [a]",
        "[a % 2] -> [a]",
    ];
    let told: Vec<String> = faults
        .iter()
        .map(|text| {
            let Fault { expected, found } = rule(text).unwrap_err();
            format!("{text}: {expected}, found {}", found.unwrap_or_else(|| "the end".to_owned()))
        })
        .collect();
    assert_eq!(
        told.join("\n"),
        ": a shape in brackets, found the end
[a]: `->` and the shape of the output, found the end
[a] -> : a shape in brackets, found the end
[a -> [a]: `,` or `]`, found ->
[a b] -> [a]: `,` or `]`, found b
[a, ..] -> [a]: a size: `..` stands first or not at all, found ..
[a] -> [a], [b],: a shape in brackets, found the end
[a +] -> [a]: a number, the name of a dimension or the name of an argument, found ]
[a % 2] -> [a]: `,` or `]`, found %"
    );
    assert!(rule(&format!("[{}a] -> [a]", "(".repeat(100_000))).is_err());
    assert!(rule(&format!("[a{}] -> [a]", " + a".repeat(100_000))).is_err());
}

#[test]
fn declarations_are_checked() {
    let arguments = json!([
        { "name": "units", "type": "usize", "doc": "" },
        { "name": "rate", "type": "f64", "default": 0.5, "doc": "" },
    ]);
    let fault = |shape: &str| signature(&arguments, shape, &json!([])).check_rule().err();
    assert_eq!(fault("[.., features] -> [.., units]"), None);
    assert_eq!(fault("[n, n - 1] -> [n]"), None);
    let known = vec!["features", "units"];
    assert_eq!(fault("[.., features] -> [.., unit]"), Some(SignatureFault::Unknown { name: "unit", known }));
    assert_eq!(fault("[n - 1, n] -> [n]"), Some(SignatureFault::Early { name: "n" }));
    let known = vec!["units"];
    assert_eq!(fault("[n - 1] -> [n]"), Some(SignatureFault::Unknown { name: "n", known }));
    assert_eq!(fault("[n] -> [rate]"), Some(SignatureFault::NoSize { name: "rate", ty: ArgumentType::Number }));
    assert!(matches!(fault("[.., n] -> [n]"), Some(SignatureFault::Open { .. })));
    assert!(matches!(fault("[.., n], [n] -> [.., n]"), Some(SignatureFault::Open { .. })));
    assert!(matches!(fault("[n] -> [.., n]"), Some(SignatureFault::Unopened { .. })));
}

#[test]
fn declarations_travel_as_text_and_layers_are_told_by_their_calls() {
    let arguments = json!([
        { "name": "units", "type": "usize", "doc": "The units." },
        { "name": "rate", "type": "Option<f64>", "default": null, "doc": "" },
        { "name": "names", "type": "Vec<String>", "default": [], "doc": "" },
    ]);
    let weights = json!([{ "name": "w", "shape": "[n, units]", "initializer": "he_normal", "trainable": false }]);
    let own = Arc::new(signature(&arguments, "[n] -> [units]", &weights));
    assert_eq!(Signature::from_json(&own.to_json()).as_ref(), Some(&*own));
    let layer = |given: Value| Custom::new(own.clone(), given.as_object().unwrap());
    let any = AnyLayer::Custom(layer(json!({ "units": 3, "names": ["a"] })).unwrap());
    assert_eq!(any.source(), "Own(3, names = [\"a\"])");
    assert_eq!(Value::Object(any.write()), json!({ "units": 3, "rate": null, "names": ["a"] }));
    assert_eq!(Value::Object(any.essential()), json!({ "units": 3, "names": ["a"] }));
    assert_eq!(layer(json!({ "unit": 3, "rate": "a" })).unwrap_err().len(), 3);
}
