//! One image from a file.

use std::path::Path;

use ndarray::{Array3, Axis};

use super::resize::{Interpolation, Size, along};
use super::{ColorMode, file};
use crate::DataError;
use crate::setters::setters;

/// How an image is read: Keras's arguments of `load_img`, as a record or built up.
///
/// ```
/// use model_data::images::{ColorMode, LoadImg};
///
/// let options = LoadImg { target_size: Some((224, 224)), ..LoadImg::default() };
/// assert_eq!(options, LoadImg::default().target_size((224, 224)));
/// assert_eq!(options.color_mode, ColorMode::Rgb);
/// ```
///
/// Source: <https://keras.io/api/data_loading/image/#load_img-function>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadImg {
    /// The colours. Red, green and blue by default.
    pub color_mode: ColorMode,
    /// The height and width that the image is brought to. Its own by default.
    pub target_size: Option<(usize, usize)>,
    /// How it is brought there. By the nearest pixel by default; the others look at all pixels that a new one covers, as Pillow does.
    pub interpolation: Interpolation,
    /// Whether what does not fit the target's proportions is cut off on both sides. False by default.
    pub keep_aspect_ratio: bool,
}

impl Default for LoadImg {
    fn default() -> Self {
        let interpolation = Interpolation::Nearest;
        Self { color_mode: ColorMode::Rgb, target_size: None, interpolation, keep_aspect_ratio: false }
    }
}

impl LoadImg {
    setters! {
        /// The colours.
        color_mode: ColorMode,
        /// The height and width that the image is brought to.
        target_size: (usize, usize) => Some(target_size),
        /// How it is brought there.
        interpolation: Interpolation,
        /// Whether what does not fit is cut off.
        keep_aspect_ratio: bool,
    }
}

/// Reads an image as bytes, `[height, width, channels]`.
///
/// Colours of 16 bits are brought to 8. Bytes of JPEG may differ by a few from those of other programs, as the format allows.
///
/// ```no_run
/// use model_data::images::{LoadImg, img_to_array, load_img};
///
/// let image = load_img("cat.jpg", LoadImg::default().target_size((224, 224)))?;
/// let batch = img_to_array(&image).insert_axis(ndarray::Axis(0));
/// assert_eq!(batch.shape(), [1, 224, 224, 3]);
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
///
/// [`DataError`] where the file cannot be read, is no PNG or JPEG, is broken or takes more memory than there is, or the target has no pixel.
///
/// Source: <https://keras.io/api/data_loading/image/#load_img-function>.
pub fn load_img(path: impl AsRef<Path>, options: LoadImg) -> Result<Array3<u8>, DataError> {
    let target = options.target_size.map(|target| Size::new("target_size", target)).transpose()?;
    let pixels = options.color_mode.pixels(&file::read(path.as_ref())?);
    let (height, width, _) = pixels.dim();
    let Some(target) = target.filter(|target| (target.height, target.width) != (height, width)) else { return Ok(pixels) };
    let [rows, columns] = if options.keep_aspect_ratio { target.part(height, width) } else { [0..height, 0..width] };
    let antialias = options.interpolation != Interpolation::Nearest;
    let along =
        |image: Array3<f32>, axis, part, size| along(image.view(), axis, part, size, options.interpolation, antialias).mapv(byte);
    // Pillow rounds between the two axes, and takes the height first where that of the whole image shrinks by clearly more.
    let (down, across) = ((Axis(0), rows, target.height), (Axis(1), columns, target.width));
    let shrinks_more = target.height < height && target.height * width * 10 < target.width * height * 9;
    let (first, second) = if shrinks_more { (down, across) } else { (across, down) };
    let between = along(pixels.mapv(f32::from), first.0, first.1, first.2);
    Ok(along(between, second.0, second.1, second.2).mapv(|x| x as u8))
}

fn byte(x: f32) -> f32 {
    (x + 0.5).floor().clamp(0.0, 255.0)
}

/// An image as numbers from 0 to 255.
///
/// Source: <https://keras.io/api/data_loading/image/#img_to_array-function>.
#[must_use]
pub fn img_to_array(image: &Array3<u8>) -> Array3<f32> {
    image.mapv(f32::from)
}
