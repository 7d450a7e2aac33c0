//! Dropout whose choices are shared: one for whole axes of a sample, or for all samples.

use super::{Mask, bits, chunk_keys, put, scale, self_normalizing};
use crate::chunks::{each, rows_per_task};
use crate::dropout::SATURATION;
use crate::float::Float;
use crate::sizes::{check, elements};
use crate::vectorize::vectorize;

/// Where choices are made.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// The sizes of a sample, of at least one axis.
    pub shape: &'a [usize],
    /// Along which of its axes choices are made for each place, not once.
    pub apart: &'a [bool],
    /// Of how many samples the choices are: all others have those of the first, in turn; without a number, each has its own.
    pub samples: Option<usize>,
}

impl Places<'_> {
    /// Which row of choices a row of the tensor has.
    fn row(self, row: usize) -> usize {
        let leading = || self.shape.iter().zip(self.apart).rev().skip(1);
        let (mut rest, mut own, mut stride) = (row, 0, 1);
        for (&size, &is_apart) in leading() {
            if is_apart {
                own += rest % size * stride;
                stride *= size;
            }
            rest /= size;
        }
        // What is left is the sample.
        own + self.samples.map_or(rest, |samples| rest % samples) * stride
    }
}

/// `y = x / (1 - rate)`, or 0 with probability `rate`; or `y +=` that. The gradient is the same function of the output's.
pub fn apply<T: Float>(x: &[T], y: &mut [T], places: Places<'_>, rate: f64, key: u64, accumulate: bool) {
    let scale = scale::<T>(rate);
    each_row(
        x,
        y,
        places,
        Mask { rate, key, accumulate },
        #[inline(always)]
        |x| x * scale,
        T::ZERO,
    );
}

/// As [`super::alpha_forward`].
pub fn alpha_forward<T: Float>(x: &[T], y: &mut [T], places: Places<'_>, rate: f64, key: u64) {
    let [factor, offset] = self_normalizing(rate);
    let dropped = T::from_f64(factor * SATURATION + offset);
    let [factor, offset] = [factor, offset].map(T::from_f64);
    each_row(
        x,
        y,
        places,
        Mask { rate, key, accumulate: false },
        #[inline(always)]
        |x| factor * x + offset,
        dropped,
    );
}

/// As [`super::alpha_backward`].
pub fn alpha_backward<T: Float>(d_y: &[T], d_x: &mut [T], places: Places<'_>, rate: f64, key: u64, accumulate: bool) {
    let factor = T::from_f64(self_normalizing(rate)[0]);
    each_row(
        d_y,
        d_x,
        places,
        Mask { rate, key, accumulate },
        #[inline(always)]
        |d| factor * d,
        T::ZERO,
    );
}

/// `y = kept(x)`, or `dropped`, of every row along the last axis.
fn each_row<T: Float>(x: &[T], y: &mut [T], places: Places<'_>, mask: Mask, kept: impl Fn(T) -> T + Sync, dropped: T) {
    let row = places.shape.last().copied().unwrap_or(1);
    let batch = y.len() / elements(places.shape).max(1);
    let whole = batch * elements(places.shape);
    check("a dropout", [("input", x.len(), &[whole]), ("output", y.len(), &[whole])]);
    let (rows, is_apart) = (rows_per_task(row), places.apart.last() == Some(&true));
    each([(y, rows * row)], |task, [y]| {
        vectorize(
            #[inline(always)]
            || {
                for (i, y) in y.chunks_exact_mut(row.max(1)).enumerate() {
                    let at = task * rows + i;
                    let (x, keys) = (&x[at * row..][..row], chunk_keys(mask.key, places.row(at) as u64));
                    if is_apart {
                        put(x, y, keys, mask, &kept, dropped);
                    } else {
                        let is_kept = bits(keys, 0) >= mask.threshold();
                        for (y, &x) in y.iter_mut().zip(x) {
                            let value = if is_kept { kept(x) } else { dropped };
                            *y = if mask.accumulate { *y + value } else { value };
                        }
                    }
                }
            },
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(places: Places<'_>, batch: usize) -> Vec<f64> {
        let mut y = vec![1.0; batch * places.shape.iter().product::<usize>()];
        apply(&vec![1.0; y.len()], &mut y, places, 0.5, 4, true);
        assert!(y.iter().all(|&y| y == 1.0 || y == 3.0));
        y
    }

    #[test]
    fn whole_channels_are_dropped_of_each_sample_for_itself() {
        let (positions, channels) = (5, 64);
        let y = factors(Places { shape: &[positions, channels], apart: &[false, true], samples: None }, 3);
        let rows: Vec<&[f64]> = y.chunks(channels).collect();
        for (row, values) in rows.iter().enumerate() {
            assert_eq!(*values, rows[row / positions * positions]);
        }
        assert_ne!(rows[0], rows[positions]);
    }

    /// Every element has the choice of its place along the axes that choices are made along.
    #[test]
    fn choices_are_shared_along_the_other_axes() {
        let (shape, batch) = ([3, 4, 5], 8);
        for number in 0..8 {
            let apart = [0, 1, 2].map(|axis| number >> axis & 1 == 1);
            for samples in [None, Some(1), Some(2)] {
                let y = factors(Places { shape: &shape, apart: &apart, samples }, batch);
                let mut choices = std::collections::HashMap::new();
                for (i, &y) in y.iter().enumerate() {
                    let (sample, place) = (i / 60, [i / 20 % 3, i / 5 % 4, i % 5]);
                    let own = [0, 1, 2].map(|axis| if apart[axis] { place[axis] } else { 0 });
                    let sample = samples.map_or(sample, |samples| sample % samples);
                    assert_eq!(*choices.entry((sample, own)).or_insert(y), y);
                }
                let dropped = choices.values().filter(|&&y| y == 1.0).count();
                assert!(
                    choices.len() < 24 || (choices.len() / 4..choices.len() * 3 / 4).contains(&dropped),
                    "{dropped} {}",
                    choices.len()
                );
            }
        }
    }

    /// The share of samples that are dropped is the rate, and what is expected of a sample stays.
    #[test]
    fn the_share_of_samples_is_the_rate() {
        let (n, rate) = (1 << 14, 0.2);
        let places = Places { shape: &[2, 3], apart: &[false, false], samples: None };
        let mut y = vec![0.0; n * 6];
        apply(&vec![1.0; n * 6], &mut y, places, rate, 9, false);
        let mean = y.iter().sum::<f64>() / y.len() as f64;
        let deviation = (rate / (1.0 - rate) / n as f64).sqrt();
        assert!((mean - 1.0).abs() < 4.0 * deviation, "{mean}");
        let together = y.chunks(6).all(|sample| sample.iter().all(|y| *y == sample[0]));
        assert!(together);
        let neighbours = y.chunks(6).zip(y.chunks(6).skip(1)).filter(|(a, b)| a[0] == 0.0 && b[0] == 0.0).count() as f64;
        assert!((neighbours / n as f64 - rate * rate).abs() < 0.01, "{neighbours}");
    }

    #[test]
    fn self_normalizing_dropout_has_the_same_choices() {
        let places = Places { shape: &[4, 6], apart: &[true, false], samples: None };
        let x: Vec<f64> = (0..48).map(|i| f64::from(i) / 10.0).collect();
        let (mut y, mut d, mut plain) = (vec![0.0; 48], vec![1.0; 48], vec![0.0; 48]);
        alpha_forward(&x, &mut y, places, 0.4, 3);
        alpha_backward(&vec![2.0; 48], &mut d, places, 0.4, 3, true);
        apply(&vec![1.0; 48], &mut plain, places, 0.4, 3, false);
        let [factor, offset] = self_normalizing(0.4);
        for i in 0..48 {
            let is_kept = plain[i] != 0.0;
            assert_eq!(y[i], if is_kept { factor * x[i] + offset } else { factor * SATURATION + offset });
            assert_eq!(d[i], if is_kept { 1.0 + 2.0 * factor } else { 1.0 });
        }
    }
}
