//! Batch normalisation over `[positions, c]`: every channel is brought to mean 0 and variance 1, scaled by gamma and moved by beta.
//!
//! The variance is the biased one, in the moving variance too, as in Keras 3.

pub mod grouped;
pub mod masked;
pub mod shared;

use crate::chunks::{each, rows_per_task};
use crate::columns::{WIDTH, reduce};
use crate::float::Float;
use crate::vectorize::vectorize;

/// The learned scale and offset of each channel; a layer may have either, both or none.
#[derive(Clone, Copy, Debug)]
pub struct Affine<'a, T> {
    /// The scale (`scale=True`), 1 without it.
    pub gamma: Option<&'a [T]>,
    /// The offset (`center=True`), 0 without it.
    pub beta: Option<&'a [T]>,
}

/// The moving mean and variance of each channel.
#[derive(Debug)]
pub struct Moving<'a, T> {
    /// The moving mean.
    pub mean: &'a mut [T],
    /// The moving variance.
    pub variance: &'a mut [T],
}

impl<T: Float> Moving<'_, T> {
    /// Has those of a channel follow a batch's: `moving * momentum + batch * (1 - momentum)`.
    fn follow(&mut self, j: usize, momentum: f64, [mean, variance]: [f64; 2]) {
        for (moving, batch) in [(&mut self.mean[j], mean), (&mut self.variance[j], variance)] {
            *moving = T::from_f64(moving.to_f64() * momentum + batch * (1.0 - momentum));
        }
    }

    /// Has those of all channels follow a batch's means and variances.
    fn follow_all(&mut self, momentum: f64, mean: &[T], variance: &[T]) {
        for (j, (mean, variance)) in mean.iter().zip(variance).enumerate() {
            self.follow(j, momentum, [mean.to_f64(), variance.to_f64()]);
        }
    }
}

/// Normalises with the batch's statistics. `saved` (`[2 * c]`) gets their means and inverse standard deviations for [`backward`], and the
/// moving statistics become `moving * momentum + batch * (1 - momentum)`.
pub fn forward_training<T: Float>(
    x: &[T],
    affine: Affine<T>,
    epsilon: f64,
    momentum: f64,
    mut moving: Moving<T>,
    saved: &mut [T],
    y: &mut [T],
) {
    let c = saved.len() / 2;
    let positions = (x.len() / c) as f64;
    let (mean, inverse) = saved.split_at_mut(c);
    let first = |[x]: [T; 1], []: [T; 0]| [x];
    reduce(c, [x], [], first, |j, [sum]| mean[j] = T::from_f64(sum / positions));
    let deviation = |[x]: [T; 1], [mean]: [T; 1]| [x - mean, (x - mean) * (x - mean)];
    reduce(c, [x], [mean], deviation, |j, [rest, squares]| {
        // The deviations' own mean is what rounding left in the first mean: the variance does without it.
        let rest = rest / positions;
        let variance = (squares / positions - rest * rest).max(0.0);
        inverse[j] = T::from_f64(1.0 / (variance + epsilon).sqrt());
        moving.follow(j, momentum, [mean[j].to_f64(), variance]);
    });
    normalize(x, y, c, |j| (mean[j], scale(affine, j) * inverse[j], shift(affine, j)));
}

/// Normalises with the moving statistics.
pub fn forward_inference<T: Float>(x: &[T], affine: Affine<T>, epsilon: f64, mean: &[T], variance: &[T], y: &mut [T]) {
    let inverse = |j: usize| T::from_f64(1.0 / (variance[j].to_f64() + epsilon).sqrt());
    normalize(x, y, mean.len(), |j| (mean[j], scale(affine, j) * inverse(j), shift(affine, j)));
}

/// The gradients of [`forward_training`]: `sums` (`[2 * c]`) gets those of gamma, then those of beta; `d_x` gets its own, or has it added.
pub fn backward<T: Float>(x: &[T], saved: &[T], gamma: Option<&[T]>, d_y: &[T], sums: &mut [T], d_x: &mut [T], accumulate: bool) {
    let c = saved.len() / 2;
    let (mean, inverse) = saved.split_at(c);
    gradient_sums(x, mean, inverse, d_y, sums);
    let positions = T::from_f64((x.len() / c) as f64);
    let affine = Affine { gamma, beta: None };
    spread(x, d_y, d_x, c, accumulate, |j| Channel {
        mean: mean[j],
        scale: scale(affine, j) * inverse[j],
        offset: sums[c + j] / positions,
        slope: inverse[j] * sums[j] / positions,
    });
}

/// The gradients of [`forward_inference`], whose statistics are constants. `inverse` are the inverse standard deviations; `sums` as in
/// [`backward`].
pub fn backward_inference<T: Float>(
    x: &[T],
    [mean, inverse]: [&[T]; 2],
    gamma: Option<&[T]>,
    d_y: &[T],
    sums: &mut [T],
    d_x: &mut [T],
    accumulate: bool,
) {
    let affine = Affine { gamma, beta: None };
    gradient_sums(x, mean, inverse, d_y, sums);
    spread(x, d_y, d_x, mean.len(), accumulate, |j| Channel {
        mean: T::ZERO,
        scale: scale(affine, j) * inverse[j],
        offset: T::ZERO,
        slope: T::ZERO,
    });
}

fn gradient_sums<T: Float>(x: &[T], mean: &[T], inverse: &[T], d_y: &[T], sums: &mut [T]) {
    let (d_gamma, d_beta) = sums.split_at_mut(mean.len());
    let terms = |[x, d]: [T; 2], [mean, inverse]: [T; 2]| [d * ((x - mean) * inverse), d];
    reduce(mean.len(), [x, d_y], [mean, inverse], terms, |j, [gamma, beta]| {
        d_gamma[j] = T::from_f64(gamma);
        d_beta[j] = T::from_f64(beta);
    });
}

/// Makes the inverse standard deviations of variances.
pub fn invert<T: Float>(variances: &mut [T], epsilon: f64) {
    variances.iter_mut().for_each(|variance| *variance = T::from_f64(1.0 / (variance.to_f64() + epsilon).sqrt()));
}

fn scale<T: Float>(affine: Affine<T>, j: usize) -> T {
    affine.gamma.map_or(T::ONE, |gamma| gamma[j])
}

fn shift<T: Float>(affine: Affine<T>, j: usize) -> T {
    affine.beta.map_or(T::ZERO, |beta| beta[j])
}

/// `y = (x - mean) * scale + shift`, with the channel's three numbers from `channel(j)`.
fn normalize<T: Float>(x: &[T], y: &mut [T], c: usize, channel: impl Fn(usize) -> (T, T, T) + Sync) {
    let size = rows_per_task(c) * c;
    each([(y, size)], |i, [y]| {
        let x = &x[i * size..][..y.len()];
        for start in (0..c).step_by(WIDTH) {
            let columns = start..(start + WIDTH).min(c);
            let (mut mean, mut scale, mut shift) = ([T::ZERO; WIDTH], [T::ZERO; WIDTH], [T::ZERO; WIDTH]);
            for j in columns.clone() {
                (mean[j - start], scale[j - start], shift[j - start]) = channel(j);
            }
            vectorize(
                #[inline(always)]
                || {
                    for (y, x) in y.chunks_exact_mut(c).zip(x.chunks_exact(c)) {
                        let numbers = mean.iter().zip(&scale).zip(&shift);
                        for ((y, x), ((mean, scale), shift)) in
                            y[columns.clone()].iter_mut().zip(&x[columns.clone()]).zip(numbers)
                        {
                            *y = (*x - *mean) * *scale + *shift;
                        }
                    }
                },
            );
        }
    });
}

/// What [`spread`] knows of a channel.
struct Channel<T> {
    mean: T,
    scale: T,
    offset: T,
    slope: T,
}

/// `d_x = scale * (d_y - offset - (x - mean) * slope)`, or `d_x +=` that.
fn spread<T: Float>(x: &[T], d_y: &[T], d_x: &mut [T], c: usize, accumulate: bool, channel: impl Fn(usize) -> Channel<T> + Sync) {
    let size = rows_per_task(c) * c;
    each([(d_x, size)], |i, [d_x]| {
        let (x, d_y) = (&x[i * size..][..d_x.len()], &d_y[i * size..][..d_x.len()]);
        for start in (0..c).step_by(WIDTH) {
            let columns = start..(start + WIDTH).min(c);
            let mut numbers = [[T::ZERO; 4]; WIDTH];
            for j in columns.clone() {
                let Channel { mean, scale, offset, slope } = channel(j);
                numbers[j - start] = [mean, scale, offset, slope];
            }
            let numbers: [[T; WIDTH]; 4] = std::array::from_fn(|k| numbers.map(|numbers| numbers[k]));
            vectorize(
                #[inline(always)]
                || {
                    let rows = x.chunks_exact(c).zip(d_y.chunks_exact(c));
                    for (d_x, (x, d_y)) in d_x.chunks_exact_mut(c).zip(rows) {
                        spread_row(&mut d_x[columns.clone()], &x[columns.clone()], &d_y[columns.clone()], &numbers, accumulate);
                    }
                },
            );
        }
    });
}

#[inline(always)]
fn spread_row<T: Float>(d_x: &mut [T], x: &[T], d_y: &[T], [mean, scale, offset, slope]: &[[T; WIDTH]; 4], accumulate: bool) {
    let width = d_x.len().min(x.len()).min(d_y.len()).min(WIDTH);
    for j in 0..width {
        let d = scale[j] * (d_y[j] - offset[j] - (x[j] - mean[j]) * slope[j]);
        d_x[j] = if accumulate { d_x[j] + d } else { d };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const C: usize = 3;
    const X: [f64; 15] = [1.0, 2.0, -3.0, 0.5, 2.5, 1.0, -1.0, 4.0, 0.0, 2.0, 1.0, -2.0, 0.25, 3.0, 5.0];
    const GAMMA: [f64; C] = [1.5, 0.5, -2.0];
    const BETA: [f64; C] = [0.1, -0.2, 0.3];

    fn train(x: &[f64], gamma: &[f64], saved: &mut [f64]) -> (Vec<f64>, [f64; 6]) {
        let (mut mean, mut variance, mut y) = ([1.0; C], [2.0; C], vec![0.0; x.len()]);
        let affine = Affine { gamma: Some(gamma), beta: Some(&BETA) };
        forward_training(x, affine, 1e-3, 0.9, Moving { mean: &mut mean, variance: &mut variance }, saved, &mut y);
        (y, [mean[0], mean[1], mean[2], variance[0], variance[1], variance[2]])
    }

    #[test]
    fn training_normalises_and_moves_the_statistics_with_the_biased_variance() {
        let (y, moving) = train(&X, &GAMMA, &mut [0.0; 6]);
        for j in 0..C {
            let column: Vec<f64> = X.iter().skip(j).step_by(C).copied().collect();
            let mean = column.iter().sum::<f64>() / 5.0;
            let variance = column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 5.0;
            assert!((moving[j] - (0.9 + 0.1 * mean)).abs() < 1e-12);
            assert!((moving[3 + j] - (1.8 + 0.1 * variance)).abs() < 1e-12);
            for i in 0..5 {
                let want = (column[i] - mean) / (variance + 1e-3).sqrt() * GAMMA[j] + BETA[j];
                assert!((y[i * C + j] - want).abs() < 1e-12);
            }
        }
        let mut again = [0.0; 15];
        let affine = Affine { gamma: None, beta: None };
        forward_inference(&X, affine, 1e-3, &moving[..3], &moving[3..], &mut again);
        assert!((again[4] - (X[4] - moving[1]) / (moving[4] + 1e-3).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn gradients_are_the_numerical_ones() {
        let weights: [f64; 15] = std::array::from_fn(|i| ((i * 5) % 7) as f64 - 2.0);
        let loss =
            |x: &[f64], gamma: &[f64]| train(x, gamma, &mut [0.0; 6]).0.iter().zip(weights).map(|(y, w)| y * w).sum::<f64>();
        let (mut saved, mut sums, mut d_x) = ([0.0; 6], [0.0; 6], [1.0; 15]);
        train(&X, &GAMMA, &mut saved);
        backward(&X, &saved, Some(&GAMMA), &weights, &mut sums, &mut d_x, true);
        for i in 0..15 {
            let (mut above, mut below) = (X, X);
            above[i] += 1e-5;
            below[i] -= 1e-5;
            let want = 1.0 + (loss(&above, &GAMMA) - loss(&below, &GAMMA)) / 2e-5;
            assert!((d_x[i] - want).abs() < 1e-8, "{} for {want}", d_x[i]);
        }
        for j in 0..C {
            let (mut above, mut below) = (GAMMA, GAMMA);
            above[j] += 1e-5;
            below[j] -= 1e-5;
            assert!((sums[j] - (loss(&X, &above) - loss(&X, &below)) / 2e-5).abs() < 1e-8);
            assert!((sums[C + j] - weights.iter().skip(j).step_by(C).sum::<f64>()).abs() < 1e-12);
        }
        backward_inference(&X, [&saved[..3], &saved[3..]], Some(&GAMMA), &weights, &mut sums, &mut d_x, false);
        assert!((d_x[4] - weights[4] * GAMMA[1] * saved[4]).abs() < 1e-12);
    }

    #[test]
    fn a_large_mean_does_not_drown_the_variance() {
        let x: Vec<f32> = (0..200_000).map(|i| 10_000.0 + (i % 5) as f32 - 2.0).collect();
        let (mut mean, mut variance, mut y) = ([0.0], [0.0], vec![0.0; x.len()]);
        let moving = Moving { mean: &mut mean, variance: &mut variance };
        forward_training(&x, Affine { gamma: None, beta: None }, 0.0, 0.0, moving, &mut [0.0; 2], &mut y);
        assert!((mean[0] - 10_000.0).abs() < 1e-2 && (variance[0] - 2.0).abs() < 1e-4, "{mean:?} {variance:?}");
    }
}
