//! Images as samples, brought to the size that the model takes.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use functional_model::DataError;
use functional_model::dataset::Dataset;
use functional_model::images::{ColorMode, ImageDataset, Interpolation, Labels, LoadImg, image_dataset_from_directory, load_img};
use functional_model::memory;
use functional_model::ndarray::Array3;

use super::{Array, Wanted};
use crate::answer::{Failure, Result};
use crate::open::ending;

/// What becomes of the numbers of pixels, which are from 0 to 255: `x * scale + offset`.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct Pixels {
    /// Multiplies the numbers of images by this: a number or a fraction.
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = fraction)]
    scale: f32,
    /// Adds this to them, behind `--scale`.
    #[arg(long, value_name = "NUMBER", default_value = "0", value_parser = fraction, allow_negative_numbers = true)]
    offset: f32,
}

/// A number, or a fraction such as `1/255`.
fn fraction(text: &str) -> Result<f32, String> {
    let number =
        |text: &str| f32::from_str(text.trim()).map_err(|_| "expected a number, or a fraction such as `1/255`".to_owned());
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let fraction = number(above)? / number(below)?;
    if fraction.is_finite() { Ok(fraction) } else { Err("expected a finite number".to_owned()) }
}

/// The files of images that a name stands for: the image itself, or all that are in the folder, sorted; none, if it is something else.
pub fn files(path: &Path) -> Result<Option<Vec<PathBuf>>> {
    if path.is_dir() {
        let options = ImageDataset::default().labels(Labels::None).shuffle(false);
        return Ok(Some(image_dataset_from_directory(path, options)?.file_paths));
    }
    Ok(matches!(ending(path).as_str(), "png" | "jpg" | "jpeg").then(|| vec![path.to_owned()]))
}

/// Images as samples of an input, `[height, width, channels]`, read as they are needed. They are brought to its size as Pillow's `BILINEAR` does.
pub fn samples(files: &[PathBuf], port: &Wanted, pixels: Pixels) -> Result<Dataset<Array3<f32>>> {
    let expected = || Failure::Told(format!("`{}` takes no images: expected an input of [height, width, channels]", port.name));
    let [height, width, Some(channels)] = *port.shape.as_slice() else { return Err(expected()) };
    let colors = [ColorMode::Grayscale, ColorMode::Rgb, ColorMode::Rgba];
    let color_mode = colors.into_iter().find(|mode| mode.channels() == channels).ok_or_else(expected)?;
    let mut options = LoadImg::default().color_mode(color_mode).interpolation(Interpolation::Bilinear);
    options.target_size = height.zip(width);
    let Pixels { scale, offset } = pixels;
    Ok(Dataset::from_items(files.to_vec()).try_par_map(move |file| {
        let image = load_img(file, options.clone())?;
        Ok::<_, DataError>(image.mapv(|pixel| f32::from(pixel) * scale + offset))
    }))
}

/// The same images in one array.
pub fn read(files: &[PathBuf], port: &Wanted, pixels: Pixels) -> Result<Array> {
    let samples = samples(files, port, pixels)?;
    let elements: Option<usize> = port.shape.iter().copied().product();
    let bytes = memory::bytes_of::<f32>(elements.unwrap_or(0).saturating_mul(files.len()));
    memory::claim(bytes, || format!("{} images", files.len()))?;
    let batch = samples.batch(files.len().max(1)).iter().next();
    let batch = batch.ok_or_else(|| Failure::Told("there are no images in the folder".to_owned()))??;
    Ok(Box::new(batch))
}
