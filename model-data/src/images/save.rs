//! Images to files.

use std::path::{Path, PathBuf};

use image::{ExtendedColorType, ImageEncoder, codecs};
use model_core::file::atomic;
use ndarray::Array3;

use super::ImageProblem;
use crate::DataError;

/// Pillow's.
const JPEG_QUALITY: u8 = 75;

/// Numbers as an image of bytes. With `scale`, as Keras does by default, the smallest becomes 0 and the largest 255; else they are from 0 to 255 already.
/// What is behind the point is left out.
///
/// ```
/// use model_data::images::array_to_img;
/// use ndarray::array;
///
/// let image = array_to_img(&array![[[-1.0], [0.0], [1.0]]], true)?;
/// assert_eq!(image, array![[[0], [127], [255]]]);
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
///
/// [`DataError::Image`] where the array has no pixel or not 1, 3 or 4 channels, or numbers are out of range.
///
/// Source: <https://keras.io/api/data_loading/image/#array_to_img-function>.
pub fn array_to_img(x: &Array3<f32>, scale: bool) -> Result<Array3<u8>, DataError> {
    bytes(x, scale).map_err(|problem| DataError::Image { path: PathBuf::from("an array"), problem })
}

/// Writes numbers as an image, a PNG or a JPEG by the file's name. The file is there whole or not at all. `scale` is that of [`array_to_img`].
///
/// # Errors
///
/// [`DataError::Image`] where the array is no image, the name ends in something else, or the file cannot be written.
///
/// Source: <https://keras.io/api/data_loading/image/#save_img-function>.
pub fn save_img(path: impl AsRef<Path>, x: &Array3<f32>, scale: bool) -> Result<(), DataError> {
    let path = path.as_ref();
    let write = || {
        let image = bytes(x, scale)?;
        write(path, &image)
    };
    write().map_err(|problem| DataError::Image { path: path.to_owned(), problem })
}

fn bytes(x: &Array3<f32>, scale: bool) -> Result<Array3<u8>, ImageProblem> {
    if !matches!(x.dim().2, 1 | 3 | 4) || x.is_empty() {
        return Err(ImageProblem::Shape { found: x.shape().to_vec() });
    }
    if !x.iter().all(|x| x.is_finite()) {
        return Err(ImageProblem::NotFinite);
    }
    let least = x.fold(f32::INFINITY, |least, &x| least.min(x));
    let most = x.fold(f32::NEG_INFINITY, |most, &x| most.max(x));
    if !scale {
        let is_colour = least >= 0.0 && most < 256.0;
        return if is_colour { Ok(x.mapv(|x| x as u8)) } else { Err(ImageProblem::Range { least, most }) };
    }
    let range = if most > least { most - least } else { 1.0 };
    Ok(x.mapv(|x| ((x - least) / range * 255.0) as u8))
}

fn write(path: &Path, image: &Array3<u8>) -> Result<(), ImageProblem> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let is_jpeg = match ending.as_str() {
        "png" => false,
        "jpg" | "jpeg" => true,
        _ => return Err(ImageProblem::Ending),
    };
    let (height, width, channels) = image.dim();
    let colour = match channels {
        1 => ExtendedColorType::L8,
        3 => ExtendedColorType::Rgb8,
        _ if is_jpeg => return Err(ImageProblem::Transparent),
        _ => ExtendedColorType::Rgba8,
    };
    let side = |size: usize| u32::try_from(size).map_err(|_| ImageProblem::Shape { found: image.shape().to_vec() });
    let (width, height) = (side(width)?, side(height)?);
    let bytes: Vec<u8> = image.iter().copied().collect();
    let mut problem = None;
    let written = atomic::write_buffered(path, |mut writer| {
        let encoded = if is_jpeg {
            codecs::jpeg::JpegEncoder::new_with_quality(&mut writer, JPEG_QUALITY).write_image(&bytes, width, height, colour)
        } else {
            codecs::png::PngEncoder::new(&mut writer).write_image(&bytes, width, height, colour)
        };
        encoded.map_err(|error| {
            problem = Some(error);
            std::io::Error::other("the image is not written")
        })
    });
    match problem {
        Some(error) => Err(Box::new(error).into()),
        None => Ok(written?),
    }
}
