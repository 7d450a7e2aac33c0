//! Images of PNG and JPEG files: one at a time, or a folder of them as a stream of batches.
//!
//! An image is an array `[height, width, channels]`: of bytes as a file holds it, or of `f32` from 0 to 255, as Keras's utilities give it to models.
//!
//! ```
//! use model_data::images::{LoadImg, img_to_array, load_img, save_img};
//! use ndarray::Array3;
//!
//! let folder = tempfile::tempdir().unwrap();
//! let path = folder.path().join("ramp.png");
//! save_img(&path, &Array3::from_shape_fn((4, 6, 3), |(_, x, _)| x as f32), true)?;
//!
//! let image = load_img(&path, LoadImg::default())?;
//! assert_eq!(img_to_array(&image).shape(), [4, 6, 3]);
//! assert_eq!((image[[0, 0, 0]], image[[0, 5, 0]]), (0, 255));
//! # Ok::<(), model_data::DataError>(())
//! ```

mod colour;
mod file;
mod folder;
mod listing;
mod load;
mod options;
mod problem;
mod resize;
mod save;

pub use colour::ColorMode;
pub use folder::{ImageFolder, image_dataset_from_directory};
pub use load::{LoadImg, img_to_array, load_img};
pub use options::{ImageDataset, Labels, Subset};
pub use problem::{FolderProblem, ImageProblem};
pub use resize::{Interpolation, smart_resize};
pub use save::{array_to_img, save_img};

#[cfg(test)]
mod tests;
