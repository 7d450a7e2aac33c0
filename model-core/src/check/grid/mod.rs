//! Every layer over a grid of configurations: a layer without a line here fails the test.

mod activation;
mod attention;
mod basic;
mod convolutional;
mod merging;
mod normalization;
mod operations;
mod pooling;
mod preprocessing;
mod recurrent;
mod regularization;
mod reshaping;
mod wrapping;

use model_graph::argument::Activation;
use model_graph::layers::{AnyLayer, CLASSES, Class, Declaration};
use model_graph::shape::{DType, TensorType};

use super::{check_called, check_second};
use crate::layer::Manner;
use operations::FUNCTIONS;

/// Class, arguments in common, arguments that vary, and the shapes of the inputs: `[4, 5, 6] [4, 5, 6]`,
/// those of slots behind a semicolon each: `[4, 2]; [3] [3]; bool[4]`.
type Case = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

/// The cases of every family.
const GRID: &[&[Case]] = &[
    activation::CASES,
    attention::CASES,
    basic::CASES,
    convolutional::CASES,
    merging::CASES,
    normalization::CASES,
    pooling::CASES,
    preprocessing::CASES,
    recurrent::CASES,
    regularization::CASES,
    reshaping::CASES,
    wrapping::CASES,
];

/// Shapes large enough to be shared among threads, one of each kernel.
const LARGE: &[(&str, &str, &str)] = &[
    ("Dense", r#""units": 40"#, "[70]"),
    ("Conv2D", r#""filters": 33, "kernel_size": 3, "padding": "same", "activation": "relu""#, "[6, 7, 5]"),
    ("Conv3D", r#""filters": 9, "kernel_size": 3, "padding": "same", "activation": "relu""#, "[4, 6, 5, 3]"),
    ("DepthwiseConv2D", r#""kernel_size": 3, "padding": "same""#, "[9, 9, 33]"),
    ("MultiHeadAttention", r#""num_heads": 3, "key_dim": 9, "dropout": 0.2"#, "[67, 5] [67, 5] | 0"),
    ("Multiply", "", "[9, 9, 33] [1, 1, 33]"),
];

fn layer(class: &str, arguments: &str) -> AnyLayer {
    let arguments = format!("{{{}}}", arguments.trim_end_matches(", "));
    let declaration = match class.strip_prefix("ops::") {
        Some(name) => Declaration::function(name),
        None => Class::find(class).map(|class| Declaration::Class(*class)),
    };
    declaration.unwrap().read(&serde_json::from_str(&arguments).unwrap()).unwrap()
}

/// A type: `[3, 4]`, `bool[3]`.
fn type_of(text: &str, dtype: DType) -> TensorType {
    let named = [("bool", DType::Bool), ("f32", DType::F32), ("i32", DType::I32)];
    let named = named.into_iter().find_map(|(name, dtype)| Some((dtype, text.trim().strip_prefix(name)?)));
    let (dtype, shape) = named.unwrap_or((dtype, text.trim()));
    let shape: Vec<usize> = serde_json::from_str(shape).unwrap();
    TensorType { dtype, ..TensorType::f32(shape.as_slice()) }
}

/// Checks a layer called with these shapes: those by position, and behind each semicolon those of another slot.
fn check(layer: &AnyLayer, shapes: &str) {
    let (types, manner) = called_with(layer, shapes);
    check_called(layer, types, manner);
}

fn called_with(layer: &AnyLayer, shapes: &str) -> (Vec<TensorType>, Manner) {
    let dtype = if layer.index_bound().is_some() { DType::I32 } else { DType::F32 };
    let (shapes, flags) = shapes.split_once('|').unwrap_or((shapes, ""));
    let groups = shapes
        .split(';')
        .map(|group| group.trim().split_inclusive(']').map(|shape| type_of(shape, dtype)).collect::<Vec<TensorType>>());
    let mut groups = groups.enumerate();
    let positional = groups.next().map(|(_, positional)| positional).unwrap();
    let (shapes, manner) = Manner::arranged(positional, groups.map(|(behind, group)| (behind - 1, group)).collect());
    let flags = flags.split_whitespace().map(|flag| flag.parse().unwrap());
    (shapes, flags.fold(manner, |manner, flag| manner.with_flag(flag, true)))
}

#[test]
fn every_layer_keeps_its_contract() {
    for (class, common, variants, inputs) in GRID.iter().copied().flatten() {
        for (variant, shapes) in variants.iter().flat_map(|variant| inputs.iter().map(move |shapes| (variant, shapes))) {
            check(&layer(class, &format!("{common}{variant}")), shapes);
        }
    }
    for (class, arguments, shapes) in LARGE {
        check(&layer(class, arguments), shapes);
    }
}

#[test]
fn operations_keep_the_contract() {
    for (names, variants, inputs) in FUNCTIONS {
        for (variant, shapes) in variants.iter().flat_map(|variant| inputs.iter().map(move |shapes| (variant, shapes))) {
            names.split_whitespace().for_each(|name| check(&layer(&format!("ops::{name}"), variant), shapes));
        }
    }
}

#[test]
fn every_activation_keeps_the_contract_alone_and_within_a_layer() {
    for activation in Activation::ALL {
        let activation = format!(r#""activation": "{}""#, activation.name());
        check(&layer("Activation", &activation), "[2, 5]");
        check(&layer("Dense", &format!(r#""units": 5, {activation}"#)), "[3]");
    }
}

#[test]
fn every_layer_is_in_the_grid() {
    for class in CLASSES {
        assert!(
            GRID.iter().copied().flatten().any(|(name, ..)| *name == class.name),
            "`{}` needs a line in the grid",
            class.name
        );
    }
}

/// Layers some of whose calls have no gradient of their gradient.
const WITHOUT_SECOND: &[&str] = &[
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
    "AdditiveAttention",
    "Attention",
    "BatchNormalization", // with a mask
    "Bidirectional",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Discretization", // whose inputs have no gradient
    "Dot",            // of vectors of length 1
    "GRU",
    "GRUCell",
    "GroupQueryAttention",
    "LSTM",
    "LSTMCell",
    "MultiHeadAttention",
    "RNN",
    "RandomBrightness",
    "RandomContrast",
    "ReversibleEmbedding",
    "SimpleRNN",
    "SimpleRNNCell",
    "SpectralNormalization",
    "StackedRNNCells",
    "TimeDistributed",
];

#[test]
fn gradients_of_gradients_are_what_small_differences_say() {
    let mut without = std::collections::BTreeSet::new();
    let (mut all, mut failures) = (Vec::new(), Vec::new());
    for (class, common, variants, inputs) in GRID.iter().copied().flatten() {
        let each = variants.iter().flat_map(|variant| inputs.iter().map(move |shapes| (variant, shapes)));
        all.extend(each.map(|(variant, shapes)| ((*class).to_owned(), format!("{common}{variant}"), *shapes)));
    }
    for (names, variants, inputs) in FUNCTIONS {
        for (variant, shapes) in variants.iter().flat_map(|variant| inputs.iter().map(move |shapes| (variant, shapes))) {
            all.extend(names.split_whitespace().map(|name| (format!("ops::{name}"), (*variant).to_owned(), *shapes)));
        }
    }
    for (class, arguments, shapes) in all {
        let layer = layer(&class, &arguments);
        // A penalty on what a layer gives is none of its gradients.
        let (types, manner) = called_with(&layer, shapes);
        if layer.activity().is_some() {
            continue;
        }
        match check_second(&layer, types, manner) {
            Ok(true) => {}
            Ok(false) => drop(without.insert(class)),
            Err(failure) => failures.push(failure),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(without.iter().map(String::as_str).collect::<Vec<_>>(), WITHOUT_SECOND);
}
