//! Images laid anew: turned, moved, made larger or smaller. Each pixel is taken from a place that is a linear function of its own; the
//! derivative gives back to that place.

use std::f64::consts::TAU;

use super::{Draws, samples};
use crate::float::Float;
use crate::vectorize::vectorize;

/// Where a pixel is taken from: across from `m[0] * across + m[1] * down + m[2]`, down from `m[3] * across + m[4] * down + m[5]`.
pub type Matrix = [f64; 6];

/// An image of this height and width, turned around its middle against the clock, by so many full turns.
#[must_use]
pub fn rotation(turns: f64, [height, width]: [usize; 2]) -> Matrix {
    let (sine, cosine) = (libm::sin(turns * TAU), libm::cos(turns * TAU));
    let (across, down) = (middle(width), middle(height));
    [cosine, -sine, across - across * cosine + down * sine, sine, cosine, down - across * sine - down * cosine]
}

/// An image of this height and width, moved down and to the right by so many heights and widths.
#[must_use]
pub fn translation([down, across]: [f64; 2], [height, width]: [usize; 2]) -> Matrix {
    [1.0, 0.0, -across * width as f64, 0.0, 1.0, -down * height as f64]
}

/// An image of this height and width with so many times as many rows and columns around its middle in the same place.
#[must_use]
pub fn zoom([down, across]: [f64; 2], [height, width]: [usize; 2]) -> Matrix {
    [across, 0.0, middle(width) * (1.0 - across), 0.0, down, middle(height) * (1.0 - down)]
}

/// The place of the middle along an axis.
fn middle(size: usize) -> f64 {
    (size as f64 - 1.0) / 2.0
}

/// How images are laid anew, each by numbers that are drawn between two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Motion {
    /// A [`rotation`], by full turns.
    Rotation([f64; 2]),
    /// A [`translation`] by heights and widths.
    Translation([[f64; 2]; 2]),
    /// A [`zoom`] to so much more height and width; where there is none for the width, both are that of the height.
    Zoom([f64; 2], Option<[f64; 2]>),
}

impl Motion {
    /// The matrix of a sample.
    fn of(&self, sample: usize, key: u64, size: [usize; 2]) -> Matrix {
        let draws = Draws::of(key, sample);
        match *self {
            Self::Rotation(turns) => rotation(draws.between(0, turns), size),
            Self::Translation([down, across]) => translation([draws.between(0, down), draws.between(1, across)], size),
            Self::Zoom(down, across) => {
                let down = 1.0 + draws.between(0, down);
                zoom([down, across.map_or(down, |across| 1.0 + draws.between(1, across))], size)
            }
        }
    }
}

/// What stands beyond the borders of an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Beyond {
    /// A value.
    Constant(f64),
    /// The image reflected: `d c b a | a b c d | d c b a`.
    Reflect,
    /// The image again: `a b c d | a b c d | a b c d`.
    Wrap,
    /// The nearest pixel: `a a a a | a b c d | d d d d`.
    Nearest,
}

impl Beyond {
    /// The place along an axis whose element stands at a place, inside or beyond; none where the constant does.
    #[inline(always)]
    fn place(self, place: i64, size: usize) -> Option<usize> {
        let length = size as i64;
        if (0..length).contains(&place) {
            return Some(place as usize);
        }
        let inside = match self {
            Self::Constant(_) => return None,
            Self::Reflect => {
                let place = place.rem_euclid(2 * length);
                place.min(2 * length - 1 - place)
            }
            Self::Wrap => place.rem_euclid(length),
            Self::Nearest => place.clamp(0, length - 1),
        };
        Some(inside as usize)
    }
}

/// A pixel that counts, none where a constant does, and how much it does.
type Tap = (Option<usize>, f64);

/// Images that are laid anew.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// Height, width and channels.
    pub sizes: [usize; 3],
    /// What stands beyond their borders.
    pub beyond: Beyond,
    /// Whether the four pixels around a place are mixed, and not the nearest one taken.
    pub is_bilinear: bool,
}

impl Affine {
    /// The neighbours of a place along an axis.
    #[inline(always)]
    fn neighbours(&self, place: f64, size: usize) -> [Tap; 2] {
        let tap = |place: f64, weight| (self.beyond.place(place as i64, size), weight);
        if self.is_bilinear {
            let before = place.floor();
            let share = place - before;
            [tap(before, 1.0 - share), tap(before + 1.0, share)]
        } else {
            [tap(place.round(), 1.0), (None, 0.0)]
        }
    }

    /// The pixels that an output pixel is made of; at least the first counts.
    #[inline(always)]
    fn taps(&self, m: &Matrix, [row, column]: [usize; 2]) -> [Tap; 4] {
        let ([height, width, _], down, across) = (self.sizes, row as f64, column as f64);
        let rows = self.neighbours(m[3] * across + m[4] * down + m[5], height);
        let columns = self.neighbours(m[0] * across + m[1] * down + m[2], width);
        let tap = |row: Tap, column: Tap| (row.0.zip(column.0).map(|(row, column)| row * width + column), row.1 * column.1);
        [tap(rows[0], columns[0]), tap(rows[0], columns[1]), tap(rows[1], columns[0]), tap(rows[1], columns[1])]
    }

    /// Runs `work(the output pixel, the pixel it takes from, how much)`, for all that count, in the order of the output.
    #[inline(always)]
    fn each_tap(&self, matrix: &Matrix, mut work: impl FnMut(usize, Option<usize>, f64)) {
        let [height, width, _] = self.sizes;
        for row in 0..height {
            for column in 0..width {
                for (from, weight) in self.taps(matrix, [row, column]) {
                    if weight != 0.0 {
                        work(row * width + column, from, weight);
                    }
                }
            }
        }
    }

    /// `y = ` the images `x`, each laid anew by its matrix.
    pub fn forward<T: Float>(&self, x: &[T], y: &mut [T], matrix: impl Fn(usize) -> Matrix + Sync) {
        let channels = self.sizes[2];
        let constant = if let Beyond::Constant(value) = self.beyond { T::from_f64(value) } else { T::ZERO };
        samples([(x, &self.sizes)], (y, &self.sizes), |sample, [x], y| {
            let matrix = matrix(sample);
            y.fill(-T::ZERO); // to which any number is added without a change, also this one
            vectorize(
                #[inline(always)]
                || {
                    self.each_tap(
                        &matrix,
                        #[inline(always)]
                        |pixel, from, weight| {
                            let (y, weight) = (&mut y[pixel * channels..][..channels], T::from_f64(weight));
                            match from {
                                Some(from) => {
                                    y.iter_mut().zip(&x[from * channels..][..channels]).for_each(|(y, &x)| *y += x * weight)
                                }
                                None => y.iter_mut().for_each(|y| *y += constant * weight),
                            }
                        },
                    );
                },
            );
        });
    }

    /// The gradient of [`Affine::forward`], or `+=` that.
    pub fn backward<T: Float>(&self, d_y: &[T], d_x: &mut [T], matrix: impl Fn(usize) -> Matrix + Sync, accumulate: bool) {
        let channels = self.sizes[2];
        samples([(d_y, &self.sizes)], (d_x, &self.sizes), |sample, [d_y], d_x| {
            let matrix = matrix(sample);
            if !accumulate {
                d_x.fill(T::ZERO);
            }
            vectorize(
                #[inline(always)]
                || {
                    self.each_tap(
                        &matrix,
                        #[inline(always)]
                        |pixel, from, weight| {
                            let Some(from) = from else { return };
                            let (d_y, weight) = (&d_y[pixel * channels..][..channels], T::from_f64(weight));
                            d_x[from * channels..][..channels].iter_mut().zip(d_y).for_each(|(d_x, &d_y)| *d_x += d_y * weight);
                        },
                    );
                },
            );
        });
    }

    /// Lays images anew by numbers that are drawn.
    pub fn draw<T: Float>(&self, motion: Motion, x: &[T], y: &mut [T], key: u64) {
        self.forward(x, y, self.matrices(motion, key));
    }

    /// The gradient of [`Affine::draw`], or `+=` that.
    pub fn draw_backward<T: Float>(&self, motion: Motion, d_y: &[T], d_x: &mut [T], key: u64, accumulate: bool) {
        self.backward(d_y, d_x, self.matrices(motion, key), accumulate);
    }

    fn matrices(&self, motion: Motion, key: u64) -> impl Fn(usize) -> Matrix + Sync {
        let [height, width, _] = self.sizes;
        move |sample| motion.of(sample, key, [height, width])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{values, with_threads};

    const BEYOND: [Beyond; 4] = [Beyond::Constant(0.25), Beyond::Reflect, Beyond::Wrap, Beyond::Nearest];

    fn affine(beyond: Beyond, is_bilinear: bool) -> Affine {
        Affine { sizes: [5, 4, 3], beyond, is_bilinear }
    }

    fn motions() -> [Motion; 4] {
        let wide = [-1.0, 1.0];
        [
            Motion::Rotation(wide),
            Motion::Translation([wide, wide]),
            Motion::Zoom(wide, None),
            Motion::Zoom(wide, Some([-0.5, 0.5])),
        ]
    }

    #[test]
    fn beyond_the_border_is_what_is_asked_for() {
        let row =
            |beyond: Beyond| (-5..9).map(|place| beyond.place(place, 4).map_or('k', |at| ['a', 'b', 'c', 'd'][at])).collect();
        let found: [String; 4] = BEYOND.map(row);
        assert_eq!(found, ["kkkkkabcdkkkkk", "ddcbaabcddcbaa", "dabcdabcdabcda", "aaaaaabcdddddd"]);
        let of_one = |beyond: Beyond| beyond.place(-7, 1) == Some(0) && beyond.place(i64::MAX, 1) == Some(0);
        assert!(BEYOND[1..].iter().copied().all(of_one));
    }

    /// Without the constant it is linear: the backward pass is the forward one transposed.
    #[test]
    fn the_backward_pass_is_the_forward_one_transposed() {
        let (x, d_y) = (values::<f64>(7 * 60, 1), values::<f64>(7 * 60, 2));
        for beyond in [Beyond::Constant(0.0), Beyond::Reflect, Beyond::Wrap, Beyond::Nearest] {
            for (motion, is_bilinear) in motions().into_iter().flat_map(|motion| [(motion, false), (motion, true)]) {
                let (mut y, mut d_x) = (vec![9.0; x.len()], vec![1.0; x.len()]);
                affine(beyond, is_bilinear).draw(motion, &x, &mut y, 3);
                affine(beyond, is_bilinear).draw_backward(motion, &d_y, &mut d_x, 3, true);
                let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
                let added: f64 = x.iter().sum();
                assert!((dot(&y, &d_y) - dot(&x, &d_x) + added).abs() < 1e-12, "{beyond:?} {motion:?} {is_bilinear}");
            }
        }
    }

    #[test]
    fn factors_of_zero_keep_every_bit() {
        let mut x = values::<f32>(3 * 60, 1);
        x[..4].copy_from_slice(&[-0.0, 0.0, f32::MAX, f32::MIN_POSITIVE]);
        let none = [0.0, 0.0];
        for motion in
            [Motion::Rotation(none), Motion::Translation([none, none]), Motion::Zoom(none, None), Motion::Zoom(none, Some(none))]
        {
            for (beyond, is_bilinear) in BEYOND.into_iter().flat_map(|beyond| [(beyond, false), (beyond, true)]) {
                let mut y = vec![9.0; x.len()];
                affine(beyond, is_bilinear).draw(motion, &x, &mut y, 5);
                assert!(x.iter().zip(&y).all(|(x, y)| x.to_bits() == y.to_bits()), "{motion:?} {beyond:?} {is_bilinear}");
            }
        }
    }

    /// Where images go is as drawn, from one end of the range to the other.
    #[test]
    fn numbers_are_drawn_from_the_whole_range() {
        let size = [5, 9];
        let range = |number: &dyn Fn(usize) -> f64| {
            let mut numbers: Vec<f64> = (0..2000).map(number).collect();
            numbers.sort_by(f64::total_cmp);
            let mean = numbers.iter().sum::<f64>() / 2000.0;
            [numbers[0], mean, numbers[1999]]
        };
        let turns = |sample| {
            let m = Motion::Rotation([-0.1, 0.3]).of(sample, 1, size);
            libm::atan2(m[3], m[0]) / TAU
        };
        let moved = Motion::Translation([[-0.25, 0.5], [0.5, 1.0]]);
        let zoomed = Motion::Zoom([-0.5, 0.75], Some([0.0, 0.5]));
        for (found, [low, high]) in [
            (range(&turns), [-0.1, 0.3]),
            (range(&|sample| -moved.of(sample, 2, size)[5] / 5.0), [-0.25, 0.5]),
            (range(&|sample| -moved.of(sample, 2, size)[2] / 9.0), [0.5, 1.0]),
            (range(&|sample| zoomed.of(sample, 3, size)[4] - 1.0), [-0.5, 0.75]),
            (range(&|sample| zoomed.of(sample, 3, size)[0] - 1.0), [0.0, 0.5]),
        ] {
            let expected = [low, (low + high) / 2.0, high];
            let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 0.03 * (high - low));
            assert!(near && low <= found[0] && found[2] < high + 1e-12, "{found:?} for {expected:?}");
        }
        let both = Motion::Zoom([-0.5, 0.5], None);
        assert!((0..100).all(|sample| both.of(sample, 4, size)[0] == both.of(sample, 4, size)[4]));
    }

    #[test]
    fn a_key_says_which_pictures_and_threads_do_not() {
        let x = values::<f32>(600 * 60, 1);
        for motion in motions() {
            let draw = |key, threads| {
                let mut y = vec![0.0; x.len()];
                with_threads(threads, || affine(Beyond::Reflect, true).draw(motion, &x, &mut y, key));
                y
            };
            assert!(draw(1, 1) == draw(1, 2), "{motion:?}");
            let (one, other) = (draw(1, 1), draw(2, 1));
            let same = one.chunks_exact(60).zip(other.chunks_exact(60)).filter(|(a, b)| a == b).count();
            assert!(same < 10, "{motion:?}: {same} of 600 are the same");
            // A sample is the same with fewer beside it.
            let mut first = vec![0.0; 60];
            affine(Beyond::Reflect, true).draw(motion, &x[..60], &mut first, 1);
            assert_eq!(first, one[..60]);
        }
    }
}
