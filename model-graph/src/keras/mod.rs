//! What Keras calls what it has: of each kind all names, whether it is here or not, and what to write for a layer that is not.
//!
//! `table.rs` is made from Keras itself, so that no name is missing.

mod table;

pub use table::{ACTIVATIONS, INITIALIZERS, LAYERS, LOSSES, METRICS, OPTIMIZERS};

use crate::layers::Class;

/// All that Keras has of a kind: what it writes, and the other names that it takes for the same.
pub type Names = &'static [(&'static str, &'static [&'static str])];

/// What Keras writes for something that it takes by this name.
#[must_use]
pub fn written(names: Names, name: &str) -> Option<&'static str> {
    names.iter().find(|(own, others)| *own == name || others.contains(&name)).map(|(own, _)| *own)
}

/// A layer of Keras's that there is not (yet), by any of its names: what Keras writes.
#[must_use]
pub fn absent(name: &str) -> Option<&'static str> {
    written(LAYERS, name).filter(|own| Class::find(own).is_none())
}

/// What to write for a layer of Keras's that there is not.
#[must_use]
pub fn instead(absent: &str) -> String {
    if let Some(advice) = advice(absent) {
        return advice.to_owned();
    }
    let of_images = ["1D", "3D"].map(|dimensions| absent.replace(dimensions, "2D"));
    match of_images.map(|name| Class::find(&name).map(|class| class.name)) {
        [Some(image), _] => format!("`{image}` takes a sequence after `Reshape((length, 1, channels))(x)`"),
        [_, Some(image)] => format!("the nearest is `{image}`, for two dimensions"),
        [None, None] => "write it as a layer of your own, a struct with `#[layer(..)]`".to_owned(),
    }
}

fn advice(absent: &str) -> Option<&'static str> {
    Some(match absent {
        "Identity" => "leave it out: it changes nothing",
        "ActivityRegularization" => "leave it out: it gives what it takes, and adds to the loss alone",
        "Masking" => "leave it out: padding is then read like all else",
        "Lambda" => "write a block beside the model: `fn name(x) { .. }`",
        "TimeDistributed" => "leave it out around `Dense`, which works on the last axis: `Dense(64)(x)`",
        "Bidirectional" => "call two layers: `Concatenate()([LSTM(64)(x), LSTM(64, go_backwards = true)(x)])`",
        "RNN" | "GRUCell" | "LSTMCell" | "SimpleRNNCell" | "StackedRNNCells" => {
            "cells come as whole layers, `GRU(64)(x)`, `LSTM(64)(x)`, `SimpleRNN(64)(x)`"
        }
        "AlphaDropout" | "GaussianDropout" | "GaussianNoise" | "SpatialDropout1D" | "SpatialDropout2D" | "SpatialDropout3D" => {
            "the nearest is `Dropout(0.5)(x)`"
        }
        "GroupNormalization" | "RMSNormalization" | "UnitNormalization" => "the nearest is `LayerNormalization()(x)`",
        "Normalization" => "`Rescaling(1.0 / 255.0)(x)` scales, `BatchNormalization()(x)` learns to",
        "AdaptiveAveragePooling1D" | "AdaptiveAveragePooling2D" | "AdaptiveMaxPooling1D" | "AdaptiveMaxPooling2D" => {
            "pool by windows of a given size, `AveragePooling2D(2)(x)`, or over everything, `GlobalAveragePooling2D()(x)`"
        }
        "EinsumDense" => "the nearest is `Dense(64)(x)`, which works on the last axis",
        "ReversibleEmbedding" => "the nearest is `Embedding(1000, 64)(words)`, and `Dense(1000)(x)` for the way back",
        "CenterCrop" => "the nearest is `Cropping2D(4)(img)`",
        "Resizing" => "`UpSampling2D(2)(img)` enlarges, `AveragePooling2D(2)(img)` shrinks",
        name if name.starts_with("Rand") => PREPARE,
        "AugMix"
        | "AutoContrast"
        | "CategoryEncoding"
        | "ContrastLimitedAdaptiveHistogramEqualization"
        | "CutMix"
        | "Discretization"
        | "Equalization"
        | "HashedCrossing"
        | "Hashing"
        | "IntegerLookup"
        | "MaxNumBoundingBoxes"
        | "MelSpectrogram"
        | "MixUp"
        | "Pipeline"
        | "STFTSpectrogram"
        | "Solarization"
        | "StringLookup"
        | "TextVectorization" => PREPARE,
        _ => return None,
    })
}

const PREPARE: &str = "prepare the data before the model is given it";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::argument::{Activation, Argument, Initializer};
    use crate::layers::CLASSES;

    fn all(names: Names) -> impl Iterator<Item = &'static str> {
        names.iter().flat_map(|(own, others)| std::iter::once(*own).chain(others.iter().copied()))
    }

    #[test]
    fn every_layer_here_is_one_of_keras_s() {
        let foreign = CLASSES.iter().find(|class| written(LAYERS, class.name) != Some(class.name));
        assert_eq!(foreign.map(|class| class.name), None);
    }

    #[test]
    fn a_layer_is_found_by_all_of_its_names_or_absent_by_all() {
        for (own, others) in LAYERS {
            for name in others.iter().chain([own]) {
                assert_eq!(Class::find(name).map(|class| class.name), Class::find(own).map(|class| class.name), "{name}");
                assert_eq!(absent(name).is_some(), Class::find(own).is_none(), "{name}");
            }
        }
        let aliases: Vec<&str> = all(LAYERS).filter(|name| Class::find(name).is_some_and(|class| class.name != *name)).collect();
        assert_eq!(
            aliases.join(" "),
            "AvgPool1D AvgPool2D Convolution1D Convolution2D Convolution2DTranspose GlobalAvgPool1D GlobalAvgPool2D GlobalMaxPool1D \
             GlobalMaxPool2D MaxPool1D MaxPool2D SeparableConvolution2D"
        );
        assert_eq!((absent("Convolution3D"), absent("Dense"), absent("Encoder")), (Some("Conv3D"), None, None));
    }

    #[test]
    fn no_advice_is_for_a_layer_that_there_is_or_for_none_of_keras_s() {
        let stale = all(LAYERS).find(|name| absent(name).is_none() && advice(name).is_some());
        assert_eq!(stale, None, "take it off the list");
        assert_eq!(instead("Conv3D"), "the nearest is `Conv2D`, for two dimensions");
        assert_eq!(instead("Conv1DTranspose"), "`Conv2DTranspose` takes a sequence after `Reshape((length, 1, channels))(x)`");
        assert_eq!(instead("ConvLSTM3D"), instead("Attention"));
    }

    #[test]
    fn activations_and_initializers_are_read_by_all_of_their_names() {
        let absent = |read: &dyn Fn(&str) -> bool, names: Names| -> String {
            let read_alike =
                |(own, others): &(&str, &[&str])| assert!(others.iter().all(|other| read(other) == read(own)), "{own}");
            names.iter().for_each(read_alike);
            all(names).filter(|name| !read(name)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(absent(&|name| Activation::from_value(&json!(name)).is_ok(), ACTIVATIONS), "glu threshold");
        assert_eq!(
            absent(&|name| Initializer::from_value(&json!(name)).is_ok(), INITIALIZERS),
            "Identity IdentityInitializer identity Initializer initializer STFT STFTInitializer stft"
        );
    }
}
