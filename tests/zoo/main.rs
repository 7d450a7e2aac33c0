//! Models as users write them, which must compile, and have as many parameters as Keras counts.
//!
//! `keras.txt` has Keras's numbers; README.md says how they are made.

#![deny(warnings)]

use std::collections::BTreeMap;
use std::path::PathBuf;

/// A model's name, its number of parameters, and its configuration.
type Entry = (&'static str, usize, fn() -> &'static str);

macro_rules! entries {
    ($($model:ident,)*) => {
        &[$((stringify!($model), $model::PARAMETERS, $model::config as fn() -> &'static str),)*]
    };
}

mod attention;
mod classic;
mod constants;
mod convnext;
mod dense;
mod guide;
mod images;
mod inception;
mod language;
mod mobile;
mod named;
mod parity;
mod residual;
mod sequences;
mod sharing;
mod users;

const FAMILIES: [&[Entry]; 17] = [
    attention::MODELS,
    classic::MODELS,
    constants::MODELS,
    convnext::MODELS,
    dense::MODELS,
    guide::MODELS,
    images::MODELS,
    inception::MODELS,
    language::MODELS,
    language::TAKEN_NAMES,
    mobile::MODELS,
    named::MODELS,
    parity::MODELS,
    residual::MODELS,
    sequences::MODELS,
    sharing::MODELS,
    users::MODELS,
];

/// What Keras publishes of its own applications.
const PUBLISHED: [(&str, usize); 15] = [
    ("ConvNeXtTiny", 28_589_128),
    ("DenseNet121", 8_062_504),
    ("EfficientNetB0", 5_330_571),
    ("InceptionV3", 23_851_784),
    ("MobileNet", 4_253_864),
    ("MobileNetV2", 3_538_984),
    ("MobileNetV3Large", 5_507_432),
    ("MobileNetV3Small", 2_554_968),
    ("ResNet50", 25_636_712),
    ("ResNet50V2", 25_613_800),
    ("ResNet101", 44_707_176),
    ("ResNet152", 60_419_944),
    ("Vgg16", 138_357_544),
    ("Vgg19", 143_667_240),
    ("Xception", 22_910_480),
];

fn models() -> impl Iterator<Item = &'static Entry> {
    FAMILIES.into_iter().flatten()
}

/// The counts in Keras's order: a line `Name number` a model.
fn counted_by_keras() -> BTreeMap<&'static str, usize> {
    let lines = include_str!("keras.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once(' ').unwrap()).map(|(name, count)| (name, count.parse().unwrap())).collect()
}

#[test]
fn every_model_has_as_many_parameters_as_keras_counts() {
    let ours: BTreeMap<&str, usize> = models().map(|(name, count, _)| (*name, *count)).collect();
    assert_eq!(ours.len(), models().count(), "names are given once");
    assert_eq!(ours, counted_by_keras());
    for (name, published) in PUBLISHED {
        assert_eq!(ours.get(name), Some(&published), "{name}");
    }
}

/// `ZOO_CONFIGS=<directory>` has the configurations written there, for Keras to count.
#[test]
fn configurations_are_written_where_they_are_asked_for() {
    let Some(directory) = std::env::var_os("ZOO_CONFIGS").map(PathBuf::from) else { return };
    std::fs::create_dir_all(&directory).unwrap();
    for (name, _, configuration) in models() {
        std::fs::write(directory.join(name).with_extension("json"), configuration()).unwrap();
    }
}
