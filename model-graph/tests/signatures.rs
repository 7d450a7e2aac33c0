//! Every declaration against Keras's own signatures, `keras/signatures.tsv`: the arguments, their order and their defaults.

use std::collections::BTreeSet;

use model_graph::keras;
use model_graph::layer::ArgumentSpec;
use model_graph::layers::{CLASSES, Class, Declaration, operations};
use serde_json::{Map, Value, json};

/// Arguments of Keras's that are not declared here, as a class or all, and why.
const LEFT_OUT: &[(&str, &str, &str)] = &[
    ("*", "lora_rank", "there are no adapters of low rank"),
    ("*", "lora_alpha", "there are no adapters of low rank"),
    ("*", "quantization_config", "weights are not quantised"),
    ("EinsumDense", "gptq_unpacked_column_size", "weights are not quantised"),
    ("*", "use_cudnn", "it says how to compute and not what"),
    ("stop_gradient", "variable", "operands go by position: its group's is `x`"),
];

/// Arguments that only the declaration here has, and why.
const ADDED: &[(&str, &str, &str)] = &[
    ("AdditiveAttention", "seed", "Keras hands it on to `Attention` unnamed"),
    ("EinsumDense", "activity_regularizer", "Keras hands it on to `Layer` unnamed"),
    ("Embedding", "activity_regularizer", "Keras hands it on to `Layer` unnamed"),
    ("RandomBrightness", "data_format", "Keras hands it on to its base unnamed"),
    ("RandomContrast", "data_format", "Keras hands it on to its base unnamed"),
    ("ReversibleEmbedding", "activity_regularizer", "Keras hands it on to `Embedding` unnamed"),
    ("einsum", "x1", "Keras takes its operands as they come"),
    ("einsum", "x2", "Keras takes its operands as they come"),
    ("LayerNormalization", "rms_scaling", "Keras takes it unnamed, for models of earlier versions"),
    ("*", "unroll", "Keras hands it on to `RNN` unnamed"),
    ("*", "zero_output_for_mask", "Keras hands it on to `RNN` unnamed"),
    ("stop_gradient", "x", "Keras calls it `variable`"),
];

/// Keras's defaults that are not those here, and why.
const OTHER_DEFAULTS: &[(&str, &str, &str)] = &[
    ("CategoryEncoding", "num_tokens", "Keras refuses its own default"),
    ("expand_dims", "axis", "its group has operations without; its rule asks for it"),
    ("transpose", "axes", "Keras's default turns the batch, too"),
];

/// A value for each argument that must be given.
fn sample(argument: &str) -> Value {
    match argument {
        "activation" => json!("relu"),
        "axes" | "shared_axes" => json!(1),
        "cell" => json!({"class_name": "LSTMCell", "config": {"units": 3}}),
        "cells" => json!([{"class_name": "LSTMCell", "config": {"units": 3}}]),
        "dims" => json!([2, 1]),
        "equation" => json!("ab,bc->ac"),
        "layer" => json!({"class_name": "LSTM", "config": {"units": 3}}),
        "output_shape" | "target_shape" => json!([3]),
        "pad_width" => json!([[0, 0], [1, 1]]),
        "factor" | "rate" | "scale" | "stddev" | "height_factor" | "width_factor" => json!(0.5),
        _ => json!(4),
    }
}

/// A line of the table: a class or function, and its arguments, with the defaults of those that have one.
struct Signature {
    name: &'static str,
    arguments: Vec<(&'static str, Option<Value>)>,
}

/// The signatures of Keras's module, `layers` or `ops`.
fn signatures(module: &str) -> Vec<Signature> {
    let lines = include_str!("keras/signatures.tsv").lines().filter_map(|line| line.strip_prefix(module)?.strip_prefix('.'));
    let argument = |text: &'static str| match text.split_once('=') {
        None => (text, None),
        Some((name, default)) => (name, Some(serde_json::from_str(default).unwrap())),
    };
    let signature = |line: &'static str| {
        let mut parts = line.split('\t');
        Signature { name: parts.next().unwrap(), arguments: parts.map(argument).collect() }
    };
    lines.map(signature).collect()
}

/// What differs from Keras's signatures, a line each; what is on purpose is noted as used.
#[derive(Default)]
struct Differences {
    found: Vec<String>,
    used: BTreeSet<(&'static str, &'static str)>,
}

impl Differences {
    /// Whether a difference stands on purpose.
    fn is_known(&mut self, list: &[(&'static str, &'static str, &str)], name: &str, argument: &str) -> bool {
        let known = list.iter().find(|(class, known, _)| [name, "*"].contains(class) && *known == argument);
        self.used.extend(known.map(|(class, argument, _)| (*class, *argument)));
        known.is_some()
    }

    fn compare(&mut self, keras: &Signature, declaration: &Declaration) {
        let own = declaration.parameters();
        let mut theirs = Vec::new();
        for (argument, _) in &keras.arguments {
            if own.contains(argument) || !self.is_known(LEFT_OUT, keras.name, argument) {
                theirs.push(*argument);
            }
        }
        let mut ours = Vec::new();
        for argument in own {
            if theirs.contains(&argument) || !self.is_known(ADDED, keras.name, argument) {
                ours.push(argument);
            }
        }
        if ours != theirs {
            self.found.push(format!("{}: {ours:?}, in Keras {theirs:?}", keras.name));
            return;
        }
        let specs = declaration.arguments();
        for (argument, default) in &keras.arguments {
            let is_operand = matches!(declaration, Declaration::Operation(operation, _) if !operation.is_own(argument));
            if let Some(spec) = specs.iter().find(|spec| spec.name == *argument && !is_operand) {
                self.compare_defaults(keras.name, declaration, &specs, spec, default.as_ref());
            }
        }
    }

    /// A default is the same if giving it makes the same layer as leaving it out.
    fn compare_defaults(
        &mut self,
        name: &str,
        declaration: &Declaration,
        specs: &[ArgumentSpec],
        spec: &ArgumentSpec,
        default: Option<&Value>,
    ) {
        let required = specs.iter().filter(|spec| spec.default.is_none());
        let mut given: Map<String, Value> = required.map(|spec| (spec.name.to_owned(), sample(spec.name))).collect();
        let is_same = match (default, &spec.default) {
            (None, None) => true,
            (Some(default), Some(_)) => {
                let without = match declaration.read(&given) {
                    Ok(without) => without,
                    Err(problems) => {
                        self.found.push(format!("{name}: {problems:?}"));
                        return;
                    }
                };
                given.insert(spec.name.to_owned(), default.clone());
                declaration.read(&given).is_ok_and(|with| with == without)
            }
            _ => false,
        };
        if !is_same && !self.is_known(OTHER_DEFAULTS, name, spec.name) {
            self.found.push(format!("{name}: `{}` is {:?}, in Keras {default:?}", spec.name, spec.default));
        }
    }
}

#[test]
fn arguments_are_keras_s() {
    let mut differences = Differences::default();
    for keras in signatures("layers") {
        if let Some(class) = Class::find(keras.name) {
            differences.compare(&keras, &Declaration::Class(*class));
        }
    }
    for keras in signatures("ops") {
        if let Some(operation) = Declaration::function(keras.name) {
            differences.compare(&keras, &operation);
        }
    }
    assert!(differences.found.is_empty(), "{}", differences.found.join("\n"));
    let listed = [LEFT_OUT, ADDED, OTHER_DEFAULTS].into_iter().flatten().map(|(class, argument, _)| (*class, *argument));
    assert_eq!(listed.filter(|entry| !differences.used.contains(entry)).collect::<Vec<_>>(), [], "these differ no more");
}

/// Keras's classes are those here and those that are known to be absent; its functions, those of operations and others.
#[test]
fn every_class_and_operation_is_one_of_keras_s() {
    let classes: BTreeSet<&str> = signatures("layers").iter().map(|keras| keras.name).collect();
    assert_eq!(classes, keras::LAYERS.iter().map(|(own, _)| *own).collect());
    let here = CLASSES.iter().map(|class| class.name);
    let absent = classes.iter().copied().filter(|name| keras::absent(name).is_some());
    assert_eq!(classes, here.chain(absent).collect());
    let functions: BTreeSet<&str> = signatures("ops").iter().map(|keras| keras.name).collect();
    let foreign = operations().map(|operation| operation.name).filter(|name| !functions.contains(name));
    assert_eq!(foreign.collect::<Vec<_>>(), [""; 0]);
}
