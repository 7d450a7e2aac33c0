//! Data sets to train on, from their own files, and drawn shapes that need no file.
//!
//! Images are `f32` in `0..=1`, channels last, as layers take them; texts are numbers of words. Splits and the order of samples are those of Keras.
//! Nothing is fetched unasked: where a file is missing, the error says which to put where. With the feature `download`, `DataSet::Imdb.download()?` gets it.
//!
//! ```
//! use model_data::datasets;
//!
//! let (train, test) = datasets::shapes(120, 42).split_at(100)?;
//! assert_eq!(train.images.shape(), [100, 32, 32, 3]);
//! assert_eq!(test.labels.shape(), [20]);
//! # Ok::<(), datasets::DataError>(())
//! ```

mod california_housing;
mod cifar;
mod cifar10;
mod cifar100;
mod fashion_mnist;
pub mod idx;
mod imdb;
mod labelled;
mod mnist;
mod published;
mod random_state;
mod reuters;
mod sequences;
mod shapes;
mod word_index;

pub use california_housing::{CALIFORNIA_HOUSING_FEATURES, CaliforniaHousing, HousingVersion, california_housing};
pub use cifar10::{CIFAR10_CLASSES, cifar10};
pub use cifar100::{CIFAR100_CLASSES, CIFAR100_GROUPS, LabelMode, cifar100};
pub use fashion_mnist::{FASHION_MNIST_CLASSES, fashion_mnist};
pub use imdb::{Imdb, imdb};
pub use labelled::{ColourImages, GreyImages, LabelledImages};
pub use mnist::{mnist, mnist_part};
pub use published::{DataSet, PublishedFile};
pub use reuters::{REUTERS_TOPICS, Reuters, reuters};
pub use sequences::LabelledSequences;
pub use shapes::{SHAPE_CLASSES, shapes};
pub use word_index::{imdb_word_index, reuters_word_index};

pub use crate::error::{DataError, FoundSize};

#[cfg(test)]
mod tests;
