//! Reading an image's file.

use std::io::{BufReader, Read};
use std::path::Path;

use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use model_core::file::regular;
use model_core::memory;

use super::ImageProblem;
use crate::DataError;

/// Enough to tell any format by.
const START: usize = 32;

/// The image of a file. What the file is called does not matter.
pub(super) fn read(path: &Path) -> Result<DynamicImage, DataError> {
    decode(path).map_err(|problem| DataError::Image { path: path.to_owned(), problem })
}

fn decode(path: &Path) -> Result<DynamicImage, ImageProblem> {
    let (mut file, _) = regular::open(path)?;
    let mut start = Vec::new();
    (&mut file).take(START as u64).read_to_end(&mut start)?;
    let format = match image::guess_format(&start) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => format,
        Ok(format) => return Err(ImageProblem::Format { found: format!("{format:?}") }),
        Err(_) if start.is_empty() => return Err(ImageProblem::Format { found: "an empty file".to_owned() }),
        Err(_) => return Err(ImageProblem::Format { found: "something else".to_owned() }),
    };
    std::io::Seek::rewind(&mut file)?;
    let mut reader = ImageReader::with_format(BufReader::new(file), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(memory::limit());
    reader.limits(limits);
    reader.decode().map_err(|error| match error {
        image::ImageError::IoError(error) if error.raw_os_error().is_some() => error.into(),
        error => Box::new(error).into(),
    })
}
