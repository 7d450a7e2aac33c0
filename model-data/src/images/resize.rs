//! Images in other sizes, as Keras and JAX bring them there.

use std::ops::Range;

use ndarray::{Array3, ArrayView3, Axis, s};

use crate::DataError;

/// How colours between pixels are found: Keras's `interpolation`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interpolation {
    /// The nearest pixel's.
    Nearest,
    /// From the four nearest, by distance.
    #[default]
    Bilinear,
    /// From sixteen, by Keys' cubic function.
    Bicubic,
    /// From 36, by a sine through its angle, and another one over 3 pixels.
    Lanczos3,
    /// From 100, over 5 pixels.
    Lanczos5,
    /// The mean of the pixels that a new one covers: Pillow's, for [`load_img`](super::load_img) alone.
    Box,
    /// From those that a new one covers, by Hamming's function: Pillow's, for [`load_img`](super::load_img) alone.
    Hamming,
}

impl Interpolation {
    /// How far away pixels count.
    const fn radius(self) -> f32 {
        match self {
            Self::Nearest | Self::Box => 0.5,
            Self::Bilinear | Self::Hamming => 1.0,
            Self::Bicubic => 2.0,
            Self::Lanczos3 => 3.0,
            Self::Lanczos5 => 5.0,
        }
    }

    /// How much a pixel counts that is so far ahead.
    fn weight(self, ahead: f32) -> f32 {
        let x = ahead.abs();
        match self {
            Self::Nearest => 1.0,
            // One between two places counts for one of them.
            Self::Box => f32::from(u8::from(ahead > -0.5 && ahead <= 0.5)),
            Self::Hamming => hamming(x),
            Self::Bilinear => (1.0 - x).max(0.0),
            Self::Bicubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
            Self::Bicubic if x < 2.0 => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
            Self::Bicubic => 0.0,
            Self::Lanczos3 | Self::Lanczos5 => lanczos(x, self.radius()),
        }
    }
    /// Checks that it is one of Keras's own, where Pillow has no part in it.
    pub(super) fn check(self) -> Result<(), DataError> {
        if !matches!(self, Self::Box | Self::Hamming) {
            return Ok(());
        }
        let expected = "`Nearest`, `Bilinear`, `Bicubic`, `Lanczos3` or `Lanczos5`".to_owned();
        Err(DataError::Argument { name: "interpolation", expected, found: format!("`{self:?}`, which `load_img` has") })
    }
}

fn hamming(x: f32) -> f32 {
    use std::f32::consts::PI;
    match x {
        0.0 => 1.0,
        _ if x >= 1.0 => 0.0,
        _ => (PI * x).sin() / (PI * x) * (0.54 + 0.46 * (PI * x).cos()),
    }
}

fn lanczos(x: f32, radius: f32) -> f32 {
    use std::f32::consts::PI;
    if x > radius {
        return 0.0;
    }
    if x <= 1e-3 {
        return 1.0;
    }
    radius * (PI * x).sin() * (PI * x / radius).sin() / (PI * PI * x * x)
}

/// Rows and columns of an image.
pub(super) type Part = [Range<usize>; 2];

/// A size with pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub height: usize,
    pub width: usize,
}

impl Size {
    pub(super) fn new(name: &'static str, (height, width): (usize, usize)) -> Result<Self, DataError> {
        const MOST: usize = 1 << 16;
        if [height, width].iter().all(|size| (1..=MOST).contains(size)) {
            return Ok(Self { height, width });
        }
        let expected = format!("a height and a width from 1 to {MOST}");
        Err(DataError::Argument { name, expected, found: format!("({height}, {width})") })
    }

    /// The rows and columns of the largest part of an image, in its middle, with these proportions.
    pub(super) fn part(self, height: usize, width: usize) -> Part {
        let part_height = (width * self.height / self.width).clamp(1, height);
        let part_width = (height * self.width / self.height).clamp(1, width);
        let (top, left) = ((height - part_height) / 2, (width - part_width) / 2);
        [top..top + part_height, left..left + part_width]
    }

    /// That part by itself.
    pub(super) fn cut<T>(self, image: ArrayView3<'_, T>) -> ArrayView3<'_, T> {
        let [rows, columns] = self.part(image.dim().0, image.dim().1);
        image.slice_move(s![rows, columns, ..])
    }

    /// The image in the middle of black with these proportions.
    pub(super) fn pad(self, image: ArrayView3<'_, f32>) -> Array3<f32> {
        let (height, width, channels) = image.dim();
        let (top, left) = (
            ((width * self.height / self.width).max(height) - height) / 2,
            ((height * self.width / self.height).max(width) - width) / 2,
        );
        // As Keras does, on one axis only, and as much on either side.
        let left = if top > 0 { 0 } else { left };
        let mut padded = Array3::zeros((height + 2 * top, width + 2 * left, channels));
        padded.slice_mut(s![top..top + height, left..left + width, ..]).assign(&image);
        padded
    }
}

/// Brings an image to another size without distortion: what does not fit is cut off.
///
/// ```
/// use model_data::images::{Interpolation, smart_resize};
/// use ndarray::Array3;
///
/// let image = Array3::<f32>::zeros((340, 500, 3));
/// assert_eq!(smart_resize(&image, (200, 200), Interpolation::Bilinear)?.shape(), [200, 200, 3]);
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
///
/// [`DataError::Argument`] where the image or the size has no pixel, or the interpolation is one of Pillow's.
///
/// Source: <https://keras.io/api/data_loading/image/>, `smart_resize`.
pub fn smart_resize(image: &Array3<f32>, size: (usize, usize), interpolation: Interpolation) -> Result<Array3<f32>, DataError> {
    let (height, width, _) = image.dim();
    let size = Size::new("size", size)?;
    Size::new("image", (height, width))?;
    interpolation.check()?;
    Ok(resize(size.cut(image.view()), size, interpolation))
}

/// The image in another size, one axis after the other.
pub(super) fn resize(image: ArrayView3<'_, f32>, size: Size, interpolation: Interpolation) -> Array3<f32> {
    let (height, width, _) = image.dim();
    let rows = along(image, Axis(1), 0..width, size.width, interpolation, false);
    along(rows.view(), Axis(0), 0..height, size.height, interpolation, false)
}

/// A part of the image in another size along one axis. With `antialias`, the pixels of a smaller image look at all that they cover, also a little beyond the
/// part.
pub(super) fn along(
    image: ArrayView3<'_, f32>,
    axis: Axis,
    part: Range<usize>,
    size: usize,
    interpolation: Interpolation,
    antialias: bool,
) -> Array3<f32> {
    let whole = image.len_of(axis);
    if part.len() == size {
        return image.slice_axis(axis, part.into()).to_owned();
    }
    let mut shape = [image.dim().0, image.dim().1, image.dim().2];
    shape[axis.index()] = size;
    let mut resized = Array3::zeros(shape);
    for (place, mut line) in resized.axis_iter_mut(axis).enumerate() {
        let (first, weights) = weights(place, &part, whole, size, interpolation, antialias);
        for (offset, weight) in weights.into_iter().enumerate() {
            line.scaled_add(weight, &image.index_axis(axis, first + offset));
        }
    }
    resized
}

/// The first pixel that counts for a new one, and how much it and those behind it do.
fn weights(
    place: usize,
    part: &Range<usize>,
    whole: usize,
    size: usize,
    interpolation: Interpolation,
    antialias: bool,
) -> (usize, Vec<f32>) {
    let scale = part.len() as f32 / size as f32;
    let behind = (place as f32 + 0.5) * scale;
    if interpolation == Interpolation::Nearest {
        return ((part.start + behind.floor() as usize).min(part.end - 1), vec![1.0]);
    }
    let centre = part.start as f32 + behind - 0.5;
    let spread = if antialias { scale.max(1.0) } else { 1.0 };
    let reach = interpolation.radius() * spread;
    let first = (centre - reach).ceil().max(0.0) as usize;
    let last = ((centre + reach).floor().max(0.0) as usize).min(whole - 1);
    let mut weights: Vec<f32> = (first..=last).map(|pixel| interpolation.weight((pixel as f32 - centre) / spread)).collect();
    let sum: f32 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    (first, weights)
}
