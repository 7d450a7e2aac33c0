//! Patches of images filled with something else.

use std::ops::Range;

use super::{Draws, samples};
use crate::dropout::bits;
use crate::float::Float;
use crate::noise::normal;

/// A patch of some of the images, and what it is filled with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Erasing<'a> {
    /// Height, width and channels of an image.
    pub sizes: [usize; 3],
    /// Between what the probability is drawn that an image has a patch.
    pub probability: [f64; 2],
    /// Between what the squares of a patch's height and width are drawn, in units of those of the image's.
    pub scale: [f64; 2],
    /// One value for all channels, or one for each; otherwise normal noise, in units of the largest value.
    pub filling: Option<&'a [f64]>,
    /// The least and the largest value of the filling.
    pub range: [f64; 2],
    /// What the choices follow from.
    pub key: u64,
}

/// How many numbers are drawn for a patch, before its noise.
const DRAWN: u32 = 6;

impl Erasing<'_> {
    /// The rows and the columns of a sample's patch: none where it has none.
    fn patch(&self, draws: Draws) -> [Range<usize>; 2] {
        if draws.uniform(5) >= draws.between(4, self.probability) {
            return [0..0, 0..0];
        }
        [0, 1].map(|axis| {
            let (size, draw) = (self.sizes[axis], 2 * axis as u32);
            let length = draws.between(draw, self.scale).sqrt() * size as f64;
            let start = draws.uniform(draw + 1) * (size as f64 - length);
            start.ceil() as usize..((start + length).ceil() as usize).min(size)
        })
    }

    /// `y = x`, but for the patches.
    pub fn forward<T: Float>(&self, x: &[T], y: &mut [T]) {
        let ([_, width, channels], [least, largest]) = (self.sizes, self.range);
        samples([(x, &self.sizes)], (y, &self.sizes), |sample, [x], y| {
            y.copy_from_slice(x);
            let draws = Draws::of(self.key, sample);
            let others = Draws::of(!self.key, sample);
            let [rows, columns] = self.patch(draws);
            for row in rows {
                let elements = (row * width + columns.start) * channels..(row * width + columns.end) * channels;
                let patch = &mut y[elements.clone()];
                let put = |y: &mut T, value: f64| *y = T::from_f64(value.clamp(least, largest));
                match self.filling {
                    Some(filling) => patch.iter_mut().zip(filling.iter().cycle()).for_each(|(y, &value)| put(y, value)),
                    None => patch.iter_mut().zip(elements).for_each(|(y, element)| {
                        let number = DRAWN.wrapping_add(element as u32);
                        put(y, normal([draws, others].map(|draws| bits(draws.keys, number))) * largest);
                    }),
                }
            }
        });
    }

    /// The gradient of [`Erasing::forward`], which is zero in the patches, or `+=` that.
    pub fn backward<T: Float>(&self, d_y: &[T], d_x: &mut [T], accumulate: bool) {
        let [_, width, channels] = self.sizes;
        samples([(d_y, &self.sizes)], (d_x, &self.sizes), |sample, [d_y], d_x| {
            let [rows, columns] = self.patch(Draws::of(self.key, sample));
            for (pixel, (d_x, d_y)) in d_x.chunks_exact_mut(channels).zip(d_y.chunks_exact(channels)).enumerate() {
                let is_erased = rows.contains(&(pixel / width)) && columns.contains(&(pixel % width));
                for (d_x, &d_y) in d_x.iter_mut().zip(d_y) {
                    let d = if is_erased { T::ZERO } else { d_y };
                    *d_x = if accumulate { *d_x + d } else { d };
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ERASING: Erasing<'_> = Erasing {
        sizes: [10, 20, 2],
        probability: [1.0, 1.0],
        scale: [0.04, 0.25],
        filling: Some(&[5.0, 9.0]),
        range: [0.0, 7.0],
        key: 4,
    };

    /// The patches' heights and widths are as drawn, and the filling is that of each channel, within the range.
    #[test]
    fn patches_have_sizes_within_the_scale() {
        let batch = 400;
        let (x, mut y) = (vec![1.0_f32; batch * 400], vec![0.0; batch * 400]);
        ERASING.forward(&x, &mut y);
        let mut seen = [false; 200];
        let (mut heights, mut widths) = ([0; 7], [0; 12]);
        for image in y.chunks_exact(400) {
            let erased = |pixel: usize| match image[2 * pixel..][..2] {
                [1.0, 1.0] => false,
                [5.0, 7.0] => true,
                _ => panic!("{:?}", &image[2 * pixel..][..2]),
            };
            let pixels: Vec<usize> = (0..200).filter(|&pixel| erased(pixel)).collect();
            let (first, last) = (pixels[0], pixels[pixels.len() - 1]);
            let (height, width) = (last / 20 - first / 20 + 1, last % 20 - first % 20 + 1);
            assert_eq!(pixels.len(), height * width);
            heights[height] += 1;
            widths[width] += 1;
            pixels.into_iter().for_each(|pixel| seen[pixel] = true);
        }
        // A patch begins behind a pixel, as in Keras: the first row and column are part of none.
        assert!(seen.into_iter().enumerate().all(|(pixel, seen)| seen == (pixel / 20 > 0 && pixel % 20 > 0)));
        // From a fifth to a half, in whole pixels.
        assert!(heights[..2].iter().chain(&widths[..4]).chain(&widths[11..]).all(|&count| count == 0), "{heights:?} {widths:?}");
        assert!([heights[2], heights[5], widths[4], widths[10]].into_iter().all(|count| count > 0), "{heights:?} {widths:?}");
    }

    /// As many have one as the mean of the probabilities says; where there is none, the image is the same to the bit.
    #[test]
    fn some_images_have_a_patch() {
        for (probability, expected) in [([0.0, 0.0], 0..1), ([0.0, 1.0], 140..260), ([1.0, 1.0], 400..401)] {
            let erasing = Erasing { probability, filling: None, ..ERASING };
            let (x, mut y) = (vec![-1.0_f64; 400 * 400], vec![0.0; 400 * 400]);
            erasing.forward(&x, &mut y);
            let count = y.chunks_exact(400).filter(|image| image.iter().any(|&y| y != -1.0)).count();
            assert!(expected.contains(&count), "{probability:?}: {count}");
        }
    }

    /// Noise is that of Keras: half of it is below zero, which is the range's end here.
    #[test]
    fn noise_is_normal_and_within_the_range() {
        let erasing = Erasing { sizes: [100, 100, 1], scale: [1.0, 1.0], filling: None, range: [-1.0, 2.0], ..ERASING };
        let (x, mut y) = (vec![9.0_f64; 10_000], vec![0.0; 10_000]);
        erasing.forward(&x, &mut y);
        let share = |is: &dyn Fn(f64) -> bool| y.iter().filter(|y| is(**y)).count() as f64 / 1e4;
        assert!(y.iter().all(|y| (-1.0..=2.0).contains(y)));
        // Of a deviation of 2: the parts of the normal distribution beyond -1/2, 0 and 1 of it.
        for (found, expected) in [(share(&|y| y == -1.0), 0.3085), (share(&|y| y < 0.0), 0.5), (share(&|y| y == 2.0), 0.1587)] {
            assert!((found - expected).abs() < 0.02, "{found} for {expected}");
        }
    }
}
