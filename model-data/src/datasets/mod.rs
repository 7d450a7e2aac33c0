//! Labelled images to train on: CIFAR-10 and MNIST from their own files, and drawn shapes that need no file.
//!
//! It reads and draws; it never fetches, and knows nothing of models. Images are `f32` in `0..=1`, channels last, as layers take them.
//!
//! ```
//! use model_data::datasets;
//!
//! let (train, test) = datasets::shapes(120, 42).split_at(100)?;
//! assert_eq!(train.images.shape(), [100, 32, 32, 3]);
//! assert_eq!(test.labels.shape(), [20]);
//! # Ok::<(), datasets::DataError>(())
//! ```

mod cifar10;
pub mod idx;
mod labelled;
mod mnist;
mod shapes;

pub use crate::error::{DataError, FoundSize};
pub use cifar10::{CIFAR10_CLASSES, cifar10};
pub use labelled::{ColourImages, GreyImages, LabelledImages};
pub use mnist::{mnist, mnist_part};
pub use shapes::{SHAPE_CLASSES, shapes};
