//! The colours of images, as Pillow converts them.

use image::{DynamicImage, GenericImageView};
use ndarray::Array3;

/// How many colours an image has, whatever its file has: Keras's `color_mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorMode {
    /// One channel.
    Grayscale,
    /// Red, green and blue.
    #[default]
    Rgb,
    /// These, and how opaque the pixel is.
    Rgba,
}

impl ColorMode {
    /// The size of the last axis.
    #[must_use]
    pub const fn channels(self) -> usize {
        match self {
            Self::Grayscale => 1,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// The pixels of an image. One that is grey already is not converted; where there is no place for opacity, it is left out.
    pub(super) fn pixels(self, image: &DynamicImage) -> Array3<u8> {
        let (width, height) = image.dimensions();
        let pixels = match self {
            Self::Grayscale if image.color().has_color() => image.to_rgb8().pixels().map(|pixel| grey(pixel.0)).collect(),
            Self::Grayscale => image.to_luma8().into_raw(),
            Self::Rgb => image.to_rgb8().into_raw(),
            Self::Rgba => image.to_rgba8().into_raw(),
        };
        let shape = (height as usize, width as usize, self.channels());
        Array3::from_shape_vec(shape, pixels).expect("an image has as many numbers as pixels times channels")
    }
}

/// What Pillow makes of a colour: the weights of ITU-R 601-2, in fractions of 2^16.
fn grey([red, green, blue]: [u8; 3]) -> u8 {
    ((u32::from(red) * 19_595 + u32::from(green) * 38_470 + u32::from(blue) * 7_471 + 0x8000) >> 16) as u8
}
