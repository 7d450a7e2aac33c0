//! What is done to data takes what Keras's takes: the same names, in the same order, with the same defaults. `tests/parity/signatures.py` writes
//! down what Keras takes.

use model_data::preprocessing::{
    CategoryEncoding, Hashing, IntegerLookup, Ngrams, OovMethod, OutputMode, Split, Standardize, StringLookup, TextVectorization,
};
use model_data::utils::{Pad, Side, pad_sequences, to_categorical};
use ndarray::array;
use serde_json::Value;

/// Arguments of Keras's that have one value here, and so no method.
const FIXED: [&str; 5] = ["sparse", "ragged", "encoding", "vocabulary_dtype", "dtype"];

/// The names of what something is made with and of its methods, which are called; and what is written of one that has only what it needs.
macro_rules! taken {
    ($($name:ident($($needed:ident = $value:expr),*) { $($argument:ident($given:expr))* })*) => {
        vec![$((stringify!($name), {
            let _all = $name::new($($value),*)$(.$argument($given))*;
            let plain: Value = serde_json::from_str(&$name::new($($value),*).to_json().unwrap()).unwrap();
            (vec![$(stringify!($needed),)* $(stringify!($argument)),*], plain["config"].clone())
        })),*]
    };
}

/// Arguments in their order, each with its default, if it has one.
type Arguments = Vec<(&'static str, Option<Value>)>;

/// Keras's classes and functions, with their arguments.
fn signatures() -> Vec<(&'static str, Arguments)> {
    let argument = |part: &'static str| match part.split_once('=') {
        None => (part, None),
        Some((name, default)) => (name, Some(serde_json::from_str(default).unwrap())),
    };
    let line = |line: &'static str| {
        let mut parts = line.split('\t');
        (parts.next().unwrap(), parts.map(argument).collect())
    };
    include_str!("keras/signatures.tsv").lines().filter(|line| !line.starts_with('#')).map(line).collect()
}

#[test]
fn layers_take_what_keras_s_take() {
    let ours = taken! {
        CategoryEncoding(num_tokens = 4) { output_mode(OutputMode::MultiHot) }
        Hashing(num_bins = 3) { mask_value("") salt(1) output_mode(OutputMode::Int) }
        IntegerLookup() {
            max_tokens(9) num_oov_indices(1) mask_token(0) oov_token(-1) vocabulary([7]) idf_weights([1.0]) invert(false)
            output_mode(OutputMode::Int) pad_to_max_tokens(false) oov_method(OovMethod::Floormod) salt(1)
        }
        StringLookup() {
            max_tokens(9) num_oov_indices(1) mask_token("") oov_token("[UNK]") vocabulary(["tea"]) idf_weights([1.0]) invert(false)
            output_mode(OutputMode::Int) pad_to_max_tokens(false) salt(1)
        }
        TextVectorization() {
            max_tokens(9) standardize(Standardize::Lower) split(Split::Whitespace) ngrams(Ngrams::from(2))
            output_mode(OutputMode::Int) output_sequence_length(4) pad_to_max_tokens(false) vocabulary(["tea"]) idf_weights([1.0])
        }
    };
    let keras: Vec<_> = signatures().into_iter().filter(|(name, _)| name.starts_with("layers.")).collect();
    assert_eq!(keras.len(), ours.len());
    for ((class, arguments), (ours, (names, plain))) in keras.into_iter().zip(ours) {
        assert_eq!(class, format!("layers.{ours}"));
        let expected: Vec<_> = arguments.iter().map(|(name, _)| *name).filter(|name| !FIXED.contains(name)).collect();
        assert_eq!(names, expected, "{class}");
        // Without `num_tokens` Keras's layer is an error, so it has no default here.
        for (name, default) in arguments.iter().filter(|(name, _)| *name != "num_tokens") {
            if let Some(default) = default {
                assert_eq!(plain.get(name), Some(default), "{class}: {name}");
            }
        }
    }
}

#[test]
fn functions_take_what_keras_s_take() {
    let pad = Pad::new().maxlen(2).padding(Side::Pre).truncating(Side::Pre).value(0);
    assert_eq!(pad_sequences(&[vec![1]], pad).unwrap(), array![[0, 1]]);
    assert_eq!(Pad::new().maxlen(2), pad);
    assert_eq!(to_categorical(&[1], None).unwrap(), array![[0.0, 1.0]]);
    let expected = [
        ("utils.pad_sequences", vec!["sequences", "maxlen", "padding", "truncating", "value"]),
        ("utils.to_categorical", vec!["x", "num_classes"]),
    ];
    let kept =
        |arguments: Vec<(&'static str, _)>| arguments.into_iter().map(|(name, _)| name).filter(|name| !FIXED.contains(name));
    let keras = signatures().into_iter().filter(|(name, _)| name.starts_with("utils."));
    let keras: Vec<_> = keras.map(|(name, arguments)| (name, kept(arguments).collect::<Vec<_>>())).collect();
    assert_eq!(keras, expected);
}
