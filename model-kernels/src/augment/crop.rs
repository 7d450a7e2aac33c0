//! Parts of images, of one size.

use super::{Draws, samples};
use crate::border::{Inset, crop, pad};
use crate::float::Float;

/// A part of each image, from a place that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crop {
    /// Height, width and channels of an image.
    pub from: [usize; 3],
    /// Height and width of a part, which are not larger.
    pub to: [usize; 2],
    /// What the choices follow from.
    pub key: u64,
}

impl Crop {
    /// Height, width and channels of a part.
    const fn part(&self) -> [usize; 3] {
        [self.to[0], self.to[1], self.from[2]]
    }

    /// Where the part of a sample lies in its image.
    fn inset(&self, sample: usize) -> Inset {
        let ([height, width, channels], [rows, columns]) = (self.from, self.to);
        let draws = Draws::of(self.key, sample);
        let start = |draw, more: usize| (draws.uniform(draw) * (more as f64 + 1.0)) as usize;
        Inset {
            outer: [1, height, width, channels],
            inner: [1, rows, columns, channels],
            start: [0, start(0, height - rows), start(1, width - columns)],
        }
    }

    /// `y = ` the parts of the images `x`.
    pub fn forward<T: Float>(&self, x: &[T], y: &mut [T]) {
        samples([(x, &self.from)], (y, &self.part()), |sample, [x], y| crop(&self.inset(sample), x, y, false));
    }

    /// The gradient of [`Crop::forward`], which is zero around the part, or `+=` that.
    pub fn backward<T: Float>(&self, d_y: &[T], d_x: &mut [T], accumulate: bool) {
        samples([(d_y, &self.part())], (d_x, &self.from), |sample, [d_y], d_x| pad(&self.inset(sample), d_y, d_x, accumulate));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every place there is is drawn about as often as any other, and the part is what is there.
    #[test]
    fn parts_come_from_everywhere() {
        let (batch, crop) = (600, Crop { from: [4, 5, 2], to: [3, 3], key: 3 });
        let x: Vec<f64> = (0..batch * 40).map(|i| (i % 40) as f64).collect();
        let mut y = vec![0.0; batch * 18];
        crop.forward(&x, &mut y);
        let mut counts = [[0; 3]; 2];
        for part in y.chunks_exact(18) {
            let first = part[0] as usize;
            let (top, left) = (first / 10, first % 10 / 2);
            counts[top][left] += 1;
            assert!(part.iter().enumerate().all(|(i, &x)| x == ((top + i / 6) * 10 + left * 2 + i % 6) as f64));
        }
        assert!(counts.iter().flatten().all(|count| (60..140).contains(count)), "{counts:?}");
    }

    /// What a part of the size of the image is.
    #[test]
    fn the_whole_is_the_only_part_of_its_size() {
        let crop = Crop { from: [2, 3, 1], to: [2, 3], key: 9 };
        let x: Vec<f32> = (0..30).map(|i| i as f32).collect();
        let (mut y, mut d) = (vec![0.0; 30], vec![1.0; 30]);
        crop.forward(&x, &mut y);
        crop.backward(&x, &mut d, true);
        assert!(x == y && x.iter().zip(&d).all(|(x, d)| *d == x + 1.0));
    }
}
