//! How a folder of images is read.

use super::ColorMode;
use super::resize::{Interpolation, Size};
use crate::DataError;
use crate::setters::setters;

/// Where the labels of images come from: Keras's `labels`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Labels {
    /// Each folder in the folder is a class.
    #[default]
    Inferred,
    /// One for each image, in the order of their paths.
    Given(Vec<i32>),
    /// There are none.
    None,
}

/// A part of the images: Keras's `subset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subset {
    /// Those to learn from.
    Training,
    /// Those to judge by.
    Validation,
}

/// How a folder of images is read: Keras's arguments of `image_dataset_from_directory`, as a record or built up. Its `label_mode` is the method that
/// makes the stream.
///
/// ```
/// use model_data::images::{ImageDataset, Subset};
///
/// let options = ImageDataset { image_size: (180, 180), seed: 7, ..ImageDataset::default() };
/// assert_eq!(options, ImageDataset::default().image_size((180, 180)).seed(7));
/// assert_eq!((options.batch_size, options.shuffle), (32, true));
/// ```
///
/// Source: <https://keras.io/api/data_loading/image/#image_dataset_from_directory-function>.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageDataset {
    /// Where the labels come from. The folders by default.
    pub labels: Labels,
    /// The classes, in the order of their labels, where they are not all folders in the alphabet's order.
    pub class_names: Option<Vec<String>>,
    /// The colours. Red, green and blue by default.
    pub color_mode: ColorMode,
    /// The images of a batch. 32 by default.
    pub batch_size: usize,
    /// The height and width that images are brought to. 256 and 256 by default.
    pub image_size: (usize, usize),
    /// Whether the images are mixed, once before they are split, and again in every round. True by default.
    pub shuffle: bool,
    /// What the split follows from, which is Keras's for the same number. 0 by default.
    pub seed: u32,
    /// The share of the images, from the end, that is for validation; `subset` says which part is read. None by default.
    pub validation_split: Option<f64>,
    /// The part that is read, where the images are split.
    pub subset: Option<Subset>,
    /// How images are brought to their size. Bilinear by default.
    pub interpolation: Interpolation,
    /// Whether folders are looked into that are links. False by default.
    pub follow_links: bool,
    /// Whether what does not fit the proportions is cut off on both sides. False by default: images are distorted.
    pub crop_to_aspect_ratio: bool,
    /// Whether black is put on both sides where the proportions are others. False by default.
    pub pad_to_aspect_ratio: bool,
}

impl Default for ImageDataset {
    fn default() -> Self {
        Self {
            labels: Labels::Inferred,
            class_names: None,
            color_mode: ColorMode::Rgb,
            batch_size: 32,
            image_size: (256, 256),
            shuffle: true,
            seed: 0,
            validation_split: None,
            subset: None,
            interpolation: Interpolation::Bilinear,
            follow_links: false,
            crop_to_aspect_ratio: false,
            pad_to_aspect_ratio: false,
        }
    }
}

impl ImageDataset {
    setters! {
        /// Where the labels come from.
        labels: Labels,
        /// The colours.
        color_mode: ColorMode,
        /// The images of a batch.
        batch_size: usize,
        /// The height and width that images are brought to.
        image_size: (usize, usize),
        /// Whether the images are mixed.
        shuffle: bool,
        /// What the split follows from.
        seed: u32,
        /// How images are brought to their size.
        interpolation: Interpolation,
        /// Whether folders are looked into that are links.
        follow_links: bool,
        /// Whether what does not fit is cut off.
        crop_to_aspect_ratio: bool,
        /// Whether black is put on both sides.
        pad_to_aspect_ratio: bool,
        /// The share of the images that is for validation.
        validation_split: f64 => Some(validation_split),
        /// The part that is read.
        subset: Subset => Some(subset),
    }

    /// The classes, in the order of their labels.
    #[must_use]
    pub fn class_names<S: Into<String>>(self, class_names: impl IntoIterator<Item = S>) -> Self {
        Self { class_names: Some(class_names.into_iter().map(Into::into).collect()), ..self }
    }

    pub(super) fn check(&self) -> Result<Size, DataError> {
        let refused =
            |name, expected: &str, found: String| Err(DataError::Argument { name, expected: expected.to_owned(), found });
        if self.batch_size == 0 {
            return refused("batch_size", "at least 1", "0".to_owned());
        }
        if let Some(split) = self.validation_split.filter(|split| !(*split > 0.0 && *split < 1.0)) {
            return refused("validation_split", "a share between 0 and 1", split.to_string());
        }
        if self.validation_split.is_some() != self.subset.is_some() {
            let found = if self.subset.is_some() { "`subset` alone" } else { "`validation_split` alone" };
            return refused("subset", "`validation_split` and `subset` together", found.to_owned());
        }
        if self.crop_to_aspect_ratio && self.pad_to_aspect_ratio {
            return refused("pad_to_aspect_ratio", "to cut or to pad, or neither", "both".to_owned());
        }
        if self.class_names.is_some() && self.labels != Labels::Inferred {
            return refused("class_names", "names of folders with `Labels::Inferred`", "other labels".to_owned());
        }
        self.interpolation.check()?;
        Size::new("image_size", self.image_size)
    }
}
