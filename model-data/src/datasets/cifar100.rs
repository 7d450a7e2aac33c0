//! CIFAR-100 in its binary version: colour photographs of 32 × 32 pixels, in a hundred classes of twenty groups.

use std::path::Path;

use super::cifar::{Records, read};
use super::{ColourImages, DataSet};
use crate::DataError;
use crate::source::{find, subfolder};

/// Which of its two labels an image of CIFAR-100 has: Keras's `label_mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LabelMode {
    /// One of 100 classes, such as `maple_tree`.
    #[default]
    Fine,
    /// One of 20 groups of classes, such as `trees`.
    Coarse,
}

/// Reads CIFAR-100's images for training and for testing.
///
/// `train.bin` and `test.bin` lie in `folder`, or in its subfolder `cifar-100-binary`; each may be compressed, with `.gz` behind its name. The labels' names
/// are [`CIFAR100_CLASSES`], or [`CIFAR100_GROUPS`] of `LabelMode::Coarse`.
///
/// ```no_run
/// use model_data::datasets::{self, LabelMode};
///
/// let (train, test) = datasets::cifar100("data", LabelMode::Fine)?;
/// assert_eq!(train.images.shape(), [50_000, 32, 32, 3]);
/// assert_eq!(test.labels.shape(), [10_000]);
/// # Ok::<(), datasets::DataError>(())
/// ```
///
/// # Shapes
///
/// Images `[samples, 32, 32, 3]` of red, green, blue in `0..=1`; labels `[samples]` in `0..100`, or `0..20`.
///
/// # Errors
///
/// [`DataError`] where the folder or a file is missing, a file is not a whole number of records, from 1 to 50,000, a label is out of range, or a `.gz` file
/// is corrupted.
///
/// Source: <https://www.cs.toronto.edu/~kriz/cifar.html>, "Binary version", and <https://keras.io/api/datasets/cifar100/>.
pub fn cifar100(folder: impl AsRef<Path>, label_mode: LabelMode) -> Result<(ColourImages, ColourImages), DataError> {
    let of = DataSet::Cifar100;
    let folder = subfolder(folder.as_ref(), of.subfolder())?;
    let (label, classes) = match label_mode {
        LabelMode::Coarse => (0, CIFAR100_GROUPS.len()),
        LabelMode::Fine => (1, CIFAR100_CLASSES.len()),
    };
    let records = Records { labels: 2, label, classes, most: 50_000 };
    let train = read(&[find(&folder, "train.bin", of)?], &records)?;
    let test = read(&[find(&folder, "test.bin", of)?], &records)?;
    Ok((train, test))
}

/// The names of CIFAR-100's groups of classes, by coarse label.
pub const CIFAR100_GROUPS: [&str; 20] = [
    "aquatic_mammals",
    "fish",
    "flowers",
    "food_containers",
    "fruit_and_vegetables",
    "household_electrical_devices",
    "household_furniture",
    "insects",
    "large_carnivores",
    "large_man-made_outdoor_things",
    "large_natural_outdoor_scenes",
    "large_omnivores_and_herbivores",
    "medium_mammals",
    "non-insect_invertebrates",
    "people",
    "reptiles",
    "small_mammals",
    "trees",
    "vehicles_1",
    "vehicles_2",
];

/// The names of CIFAR-100's classes, by fine label.
pub const CIFAR100_CLASSES: [&str; 100] = [
    "apple",
    "aquarium_fish",
    "baby",
    "bear",
    "beaver",
    "bed",
    "bee",
    "beetle",
    "bicycle",
    "bottle",
    "bowl",
    "boy",
    "bridge",
    "bus",
    "butterfly",
    "camel",
    "can",
    "castle",
    "caterpillar",
    "cattle",
    "chair",
    "chimpanzee",
    "clock",
    "cloud",
    "cockroach",
    "couch",
    "crab",
    "crocodile",
    "cup",
    "dinosaur",
    "dolphin",
    "elephant",
    "flatfish",
    "forest",
    "fox",
    "girl",
    "hamster",
    "house",
    "kangaroo",
    "keyboard",
    "lamp",
    "lawn_mower",
    "leopard",
    "lion",
    "lizard",
    "lobster",
    "man",
    "maple_tree",
    "motorcycle",
    "mountain",
    "mouse",
    "mushroom",
    "oak_tree",
    "orange",
    "orchid",
    "otter",
    "palm_tree",
    "pear",
    "pickup_truck",
    "pine_tree",
    "plain",
    "plate",
    "poppy",
    "porcupine",
    "possum",
    "rabbit",
    "raccoon",
    "ray",
    "road",
    "rocket",
    "rose",
    "sea",
    "seal",
    "shark",
    "shrew",
    "skunk",
    "skyscraper",
    "snail",
    "snake",
    "spider",
    "squirrel",
    "streetcar",
    "sunflower",
    "sweet_pepper",
    "table",
    "tank",
    "telephone",
    "television",
    "tiger",
    "tractor",
    "train",
    "trout",
    "tulip",
    "turtle",
    "wardrobe",
    "whale",
    "willow_tree",
    "wolf",
    "woman",
    "worm",
];

#[cfg(test)]
mod tests {
    use super::{LabelMode, cifar100};
    use crate::source::testing::{folder, message};

    fn record(coarse: u8, fine: u8) -> Vec<u8> {
        let mut record = vec![coarse, fine];
        [1, 2, 3].into_iter().for_each(|colour| record.extend([colour; 1024]));
        record
    }

    #[test]
    fn reads_either_label() {
        let train = [record(19, 99), record(0, 30)].concat();
        for prefix in ["", "cifar-100-binary/"] {
            let names = ["train.bin", "test.bin.gz"].map(|name| format!("{prefix}{name}"));
            let folder = folder(&[(&names[0], &train), (&names[1], &record(4, 7))]);
            let (train, test) = cifar100(folder.path(), LabelMode::Fine).unwrap();
            assert_eq!((train.labels.to_vec(), test.labels.to_vec()), (vec![99, 30], vec![7]));
            assert_eq!(train.images.shape(), [2, 32, 32, 3]);
            assert_eq!(test.images[[0, 31, 31, 2]], 3.0 / 255.0);
            let (train, test) = cifar100(folder.path(), LabelMode::Coarse).unwrap();
            assert_eq!((train.labels.to_vec(), test.labels.to_vec()), (vec![19, 0], vec![4]));
        }
    }

    #[test]
    fn refuses_what_is_none() {
        let check = |files: &[(&str, &[u8])], expected: &str| {
            let folder = folder(files);
            assert_eq!(message(cifar100(folder.path(), LabelMode::Coarse).unwrap_err(), folder.path()), expected);
        };
        let address = "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz";
        let lacks =
            format!("`folder` lacks a file: expected `train.bin` or `train.bin.gz`, found neither; unpack `{address}` there");
        check(&[], &lacks);
        check(&[("train.bin", &record(20, 1))], "label 0 of `train.bin` is out of range: expected 0 to 19, found 20");
        let size = "`train.bin` has the wrong size: expected 1 to 50000 records of 3074 bytes, found 3073 bytes";
        check(&[("train.bin", &record(1, 1)[1..])], size);
    }
}
