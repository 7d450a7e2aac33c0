//! What to write for a layer of Keras's that there is not.

use crate::keras;

/// What to write for a layer of Keras's that there is not.
#[must_use]
pub fn instead(absent: &str) -> &'static str {
    advice(absent).unwrap_or("write it as a layer of your own, a struct with `#[layer(..)]`")
}

/// Why a layer of Keras is not here, as the end of a sentence about it.
#[must_use]
pub fn reason(absent: &str) -> &'static str {
    match absent {
        "HashedCrossing" | "Hashing" | "IntegerLookup" | "StringLookup" | "TextVectorization" => {
            "works on texts and categories, outside of models"
        }
        "Lambda" => "is code of Python's",
        _ => "is not supported",
    }
}

fn advice(absent: &str) -> Option<&'static str> {
    Some(match absent {
        "Lambda" => "write a block beside the model: `fn name(x) { .. }`",
        name if name.starts_with("Rand") && keras::absent(name).is_some() => PREPARE,
        "AugMix"
        | "AutoContrast"
        | "ContrastLimitedAdaptiveHistogramEqualization"
        | "CutMix"
        | "Equalization"
        | "HashedCrossing"
        | "MaxNumBoundingBoxes"
        | "MelSpectrogram"
        | "MixUp"
        | "Pipeline"
        | "STFTSpectrogram"
        | "Solarization" => PREPARE,
        "Hashing" | "IntegerLookup" | "StringLookup" | "TextVectorization" => {
            "call it on the data, in front of the model: it is one of `preprocessing`"
        }
        _ => return None,
    })
}

const PREPARE: &str = "prepare the data before the model is given it";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keras::{LAYERS, absent};

    #[test]
    fn advice_is_for_absent_layers() {
        let names = || LAYERS.iter().map(|(name, _)| *name);
        assert_eq!(names().find(|name| absent(name).is_none() && advice(name).is_some()), None);
        assert_eq!(instead("FlaxLayer"), instead("JaxLayer"));
    }
}
