//! The one helper that the layers' tables are tested with.

use crate::dim::Dim;
use crate::layers::Class;
use crate::shape::{DType, Shape, TensorType};

/// Applies `Class {arguments}` to each line of input shapes and compares the results, a line each.
pub(crate) fn check_rule(layer: &str, inputs: &[&str], expected: &str) {
    let (class, arguments) = layer.split_once(' ').unwrap();
    let arguments = serde_json::from_str(arguments).unwrap();
    let layer = Class::find(class).unwrap().read(&arguments).unwrap();
    let lines = inputs.iter().map(|line| {
        let types: Vec<TensorType> = line.split_inclusive(']').map(|text| parse(text.trim())).collect();
        match layer.infer(&types) {
            Ok(output) => {
                let parameters: usize = layer.weights(&types).iter().map(|weight| weight.sizes().iter().product::<usize>()).sum();
                format!("{line} -> {output}, {parameters} parameters")
            }
            Err(problem) => {
                let name = format!("{problem:?}");
                format!("{line} -> {}", name.split([' ', '{', '(']).next().unwrap())
            }
        }
    });
    assert_eq!(lines.collect::<Vec<_>>().join("\n"), expected);
}

fn parse(text: &str) -> TensorType {
    let (dtype, dims) = text.trim_end_matches(']').split_once('[').unwrap();
    let dims = dims.split(", ").filter(|dim| !dim.is_empty());
    let shape = Shape(dims.map(|dim| dim.parse().map_or_else(|_| Dim::named(dim), Dim::constant)).collect());
    TensorType { dtype: if dtype == "i32" { DType::I32 } else { DType::F32 }, shape }
}

#[test]
fn every_layer_says_its_shapes_and_has_an_example() {
    for class in crate::layers::CLASSES {
        for part in [" # Shapes", " # Example", " Source: "] {
            assert!(class.doc.iter().any(|line| line.starts_with(part)), "the documentation of `{}` needs{part}", class.name);
        }
        let asserts = class.doc.iter().filter(|line| line.contains("assert_eq!(output.shape(), ")).count();
        assert_eq!(asserts, 1, "the example of `{}` asserts a shape", class.name);
    }
}

/// What an argument is where it is not given stands in its documentation, as a layer call has it.
#[test]
fn every_argument_says_its_default() {
    let arguments = crate::layers::CLASSES.iter().flat_map(|class| class.arguments().into_iter().map(move |it| (class.name, it)));
    let said = |doc: &str, default: &str| doc.trim() == "Not supported." || doc.ends_with(&format!("Default: `{default}`."));
    let silent: Vec<String> = arguments
        .filter(|(_, argument)| argument.default.as_ref().is_some_and(|default| !said(argument.doc, default)))
        .map(|(class, argument)| format!("{class}\t{}\t{}", argument.name, argument.default.unwrap_or_default()))
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
